//! Bytes and hexadecimal digits.

use super::data;
use crate::object::{BytesObj, Str, Value, heap};
use crate::vm::{Result, Vm};

pub(in crate::types) fn hex(vm: &mut Vm, values: &[Value]) -> Result {
    let size = vm.index_i64(&values[2])?;
    heap::spend_items(super::length(&values[0]).saturating_mul(8));
    let digits: Vec<String> = data(&values[0]).iter().map(|b| format!("{b:02x}")).collect();
    let Some(separator) = values[1].bound() else { return Ok(vm.str(digits.concat())) };
    if vm.len(separator)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    let separator = match (separator.get::<Str>(), separator.get::<BytesObj>()) {
        (Some(text), _) => text.as_str().to_owned(),
        (None, Some(bytes)) => bytes.data.iter().map(|&b| b as char).collect(),
        (None, None) => return Err(vm.type_error("sep must be str or bytes.")),
    };
    if !separator.is_ascii() {
        return Err(vm.value_error("sep must be ASCII."));
    }
    let count = size.unsigned_abs() as usize;
    if count == 0 {
        return Ok(vm.str(digits.concat()));
    }
    // A positive size counts groups from the right.
    let first = if size > 0 { digits.len() % count } else { 0 };
    let (head, tail) = digits.split_at(first);
    let mut groups: Vec<String> = tail.chunks(count).map(<[String]>::concat).collect();
    if !head.is_empty() {
        groups.insert(0, head.concat());
    }
    Ok(vm.str(groups.join(&separator)))
}

/// The bytes of hexadecimal digits, with spaces between them.
pub(in crate::types) fn parse(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    let Some(text) = value.get::<Str>() else {
        let got = vm.argument_name(value);
        return Err(vm.type_error(format!("fromhex() argument must be str, not {got}")));
    };
    heap::spend_items(text.as_str().len());
    let chars: Vec<char> = text.as_str().chars().collect();
    let mut out = Vec::with_capacity(chars.len() / 2);
    let mut at = 0;
    while at < chars.len() {
        if chars[at].is_ascii_whitespace() || chars[at] == '\x0b' {
            at += 1;
            continue;
        }
        let digit = |at: usize| chars.get(at).and_then(|c| c.to_digit(16));
        match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => out.push((high << 4 | low) as u8),
            (high, _) => {
                let wrong = if high.is_none() { at } else { at + 1 };
                return Err(vm.value_error(format!(
                    "non-hexadecimal number found in fromhex() arg at position {wrong}"
                )));
            }
        }
        at += 2;
    }
    Ok(out)
}
