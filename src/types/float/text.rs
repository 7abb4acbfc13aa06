//! Floats and their texts: the digits that `repr` and the format specifications write, and what
//! `float(text)` reads.

use crate::object::heap;
use crate::types::str::properties;
use std::sync::atomic::{AtomicU32, Ordering};

/// No double has more significant digits than this; what lies behind is zeros.
const MOST_DIGITS: usize = 1100;

pub(super) fn not_finite(x: f64) -> Option<String> {
    if x.is_nan() {
        Some("nan".to_owned())
    } else if x.is_infinite() {
        Some(if x > 0.0 { "inf" } else { "-inf" }.to_owned())
    } else {
        None
    }
}

/// Significant digits of a finite, non-negative `x`, and its decimal exponent: `count` of them,
/// correctly rounded, or as few as tell `x` from its neighbours.
fn decimal_digits(x: f64, count: Option<usize>) -> (String, i32) {
    let text = match count {
        Some(count) => format!("{:.*e}", count.clamp(1, MOST_DIGITS) - 1, x),
        None => format!("{x:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if let Some(count) = count {
        digits.extend(std::iter::repeat_n('0', count.max(1).saturating_sub(digits.len())));
    }
    (digits, exponent.parse().unwrap_or(0))
}

fn exponent_form(digits: &str, exponent: i32, alternate: bool) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() && !alternate { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.abs())
}

/// Digits with the decimal point where the exponent puts it.
fn plain_form(digits: &str, exponent: i32, at_least_one_decimal: bool, alternate: bool) -> String {
    let mut out = String::with_capacity(digits.len() + 8);
    let whole = exponent + 1;
    if whole <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', whole.unsigned_abs() as usize));
        out.push_str(digits);
        return out;
    }
    let whole = whole as usize;
    if digits.len() <= whole {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', whole - digits.len()));
        if at_least_one_decimal {
            out.push_str(".0");
        } else if alternate {
            out.push('.');
        }
    } else {
        out.push_str(&digits[..whole]);
        out.push('.');
        out.push_str(&digits[whole..]);
    }
    out
}

/// The shortest text that reads back as `x`.
pub fn shortest(x: f64, at_least_one_decimal: bool, alternate: bool) -> String {
    if let Some(text) = not_finite(x) {
        return text;
    }
    let (mut digits, mut exponent) = decimal_digits(x.abs(), None);
    // Of two shortest texts equally near, the one with the even last digit. There are two only
    // when the exact value has one digit more, which takes sixteen at least.
    if digits.len() >= 15 {
        let (even, power) = decimal_digits(x.abs(), Some(digits.len()));
        if even != digits && format!("{even}e{}", power - even.len() as i32 + 1).parse() == Ok(x.abs()) {
            (digits, exponent) = (even, power);
        }
    }
    let text = if (-4..16).contains(&exponent) {
        plain_form(&digits, exponent, at_least_one_decimal, alternate)
    } else {
        exponent_form(&digits, exponent, alternate)
    };
    if x.is_sign_negative() { format!("-{text}") } else { text }
}

/// `repr()` of a float.
pub fn repr(x: f64) -> String {
    shortest(x, true, false)
}

/// `%e` of a number that is not negative.
pub fn exponential(x: f64, precision: usize, alternate: bool) -> String {
    not_finite(x).unwrap_or_else(|| {
        let (digits, exponent) = decimal_digits(x, Some(precision + 1));
        exponent_form(&digits, exponent, alternate)
    })
}

/// `%f` of a number that is not negative.
pub fn fixed(x: f64, precision: usize, alternate: bool) -> String {
    not_finite(x).unwrap_or_else(|| {
        let mut text = format!("{:.*}", precision.min(MOST_DIGITS), x);
        text.extend(std::iter::repeat_n('0', precision.saturating_sub(MOST_DIGITS)));
        if precision == 0 && alternate {
            text.push('.');
        }
        text
    })
}

/// `%g` of a number that is not negative.
pub fn general(x: f64, precision: usize, alternate: bool, at_least_one_decimal: bool) -> String {
    if let Some(text) = not_finite(x) {
        return text;
    }
    let precision = precision.max(1);
    // Zeros behind the last digit that a double can have would go at once.
    let shown = if alternate { precision } else { precision.min(MOST_DIGITS) };
    let (mut digits, exponent) = decimal_digits(x, Some(shown));
    if !alternate {
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    let limit = precision as i64 - i64::from(at_least_one_decimal);
    if exponent < -4 || i64::from(exponent) >= limit {
        exponent_form(&digits, exponent, alternate)
    } else {
        plain_form(&digits, exponent, at_least_one_decimal, alternate)
    }
}

/// Reads a decimal number as `float()` does; `None` when the text is not one.
pub fn parse(text: &str) -> Option<f64> {
    heap::spend_items(text.len());
    let text = if text.is_ascii() { text.to_owned() } else { properties::to_ascii_digits(text) };
    let text = text.trim_matches(properties::is_space);
    let plain = without_underscores(text)?;
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let word = unsigned.to_ascii_lowercase();
    let sign = if plain.starts_with('-') { -1.0 } else { 1.0 };
    match word.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" if sign > 0.0 => return Some(fresh_nan()),
        "nan" => return Some(f64::NAN.copysign(sign)),
        _ => {}
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    plain.parse().ok()
}

/// Underscores may stand between digits only.
pub(in crate::types) fn without_underscores(text: &str) -> Option<String> {
    if !text.contains('_') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    let fine =
        (0..bytes.len()).filter(|&i| bytes[i] == b'_').all(|i| digit(i.checked_sub(1)) && digit(Some(i + 1)));
    fine.then(|| text.replace('_', ""))
}

/// A NaN that is not the same object as any other: each text makes a float of its own, and containers look at
/// identity first. What is left of the number outside is a plain NaN, see [`quiet`].
fn fresh_nan() -> f64 {
    static MADE: AtomicU32 = AtomicU32::new(0);
    f64::from_bits(FRESH_NAN | u64::from(MADE.fetch_add(1, Ordering::Relaxed)))
}

/// A quiet NaN with bits of its own above the count.
const FRESH_NAN: u64 = 0x7FFC_C0DE_0000_0000;

/// The number as it is outside: a value holds a negative NaN without its quiet bit, and a NaN made of text
/// counted.
pub(crate) fn quiet(x: f64) -> f64 {
    if x.is_nan() { f64::NAN.copysign(x) } else { x }
}
