//! `float.hex` and `float.fromhex`.

use super::text::not_finite;
use super::{receiver, rounded_ratio};
use crate::object::{Str, Value};
use crate::types::str::properties;
use crate::vm::{Result, Vm};
use num_bigint::BigInt;
use num_traits::Zero;

pub(super) fn hex(vm: &mut Vm, values: &[Value]) -> Result {
    let x = receiver(values);
    if let Some(text) = not_finite(x) {
        return Ok(vm.str(text));
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = (bits >> 52 & 0x7FF) as i32;
    let text = match (biased, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => format!("{sign}0x1.{fraction:013x}p{:+}", biased - 1023),
    };
    Ok(vm.str(text))
}

pub(super) fn fromhex(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(text) = values[1].downcast::<Str>() else {
        return Err(vm.type_error("bad argument type for built-in operation"));
    };
    let x = match parse_hex(text.as_str()) {
        Some(x) if x.1 => {
            return Err(vm.overflow_error("hexadecimal value too large to represent as a float"));
        }
        Some((x, _)) => Value::float(x),
        None => return Err(vm.value_error("invalid hexadecimal floating-point string")),
    };
    if values[0].is_same(vm.types.float.as_value()) { Ok(x) } else { vm.call(&values[0], &[x]) }
}

/// The number, and whether it is too large.
fn parse_hex(text: &str) -> Option<(f64, bool)> {
    let text = text.trim_matches(properties::is_space).to_ascii_lowercase();
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let signed = |x: f64| if negative { -x } else { x };
    match text {
        "inf" | "infinity" => return Some((signed(f64::INFINITY), false)),
        "nan" => return Some((signed(f64::NAN), false)),
        _ => {}
    }
    let text = text.strip_prefix("0x").unwrap_or(text);
    let (mantissa, exponent) = match text.split_once('p') {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let size = digits.parse::<i64>().unwrap_or(i64::MAX >> 4).min(i64::MAX >> 4);
            (mantissa, if exponent.starts_with('-') { -size } else { size })
        }
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let number = BigInt::parse_bytes(digits.as_bytes(), 16)?;
    if number.is_zero() {
        return Some((signed(0.0), false));
    }
    let exponent = exponent - 4 * fraction.len() as i64;
    let top = exponent.saturating_add(number.bits() as i64);
    if top > 1024 {
        return Some((0.0, true));
    }
    if top < -1080 {
        return Some((signed(0.0), false));
    }
    let x = rounded_ratio(&number, exponent)?;
    if x.is_infinite() { Some((0.0, true)) } else { Some((signed(x), false)) }
}
