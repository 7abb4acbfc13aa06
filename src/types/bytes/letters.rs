//! Letters: upper and lower case, kinds of bytes, translation tables.

use super::pad::is_space;
use super::{argument, data, like};
use crate::object::{Value, heap};
use crate::vm::{Result, Vm};
use std::borrow::Cow;

macro_rules! mappings {
    ($($name:ident |$data:ident| $body:expr;)*) => {
        $(pub(in crate::types) fn $name(vm: &mut Vm, values: &[Value]) -> Result {
            let $data = data(&values[0]);
            let mapped: Vec<u8> = $body;
            Ok(like(vm, &values[0], mapped))
        })*
    };
}

mappings! {
    upper |data| data.to_ascii_uppercase();
    lower |data| data.to_ascii_lowercase();
    swapcase |data| data.iter().map(|&b| swapped(b)).collect();
    capitalize |data| data.iter().enumerate().map(|(at, b)| cased(b, at == 0)).collect();
    title |data| {
        let mut inside = false;
        data.iter().map(|b| {
            let mapped = cased(b, !inside);
            inside = b.is_ascii_alphabetic();
            mapped
        }).collect()
    };
}

fn swapped(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte }
}

fn cased(byte: &u8, upper: bool) -> u8 {
    if upper { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
}

macro_rules! kinds {
    ($($name:ident $kind:expr;)*) => {
        $(pub(in crate::types) fn $name(_: &mut Vm, values: &[Value]) -> Result {
            let data = data(&values[0]);
            heap::spend_items(data.len());
            Ok(Value::bool(!data.is_empty() && data.iter().all($kind)))
        })*
    };
}

kinds! {
    isalnum u8::is_ascii_alphanumeric;
    isalpha u8::is_ascii_alphabetic;
    isdigit u8::is_ascii_digit;
    isspace |&b| is_space(b);
}

pub(in crate::types) fn isascii(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(data(&values[0]).is_ascii()))
}

pub(in crate::types) fn islower(_: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    Ok(Value::bool(data.iter().any(u8::is_ascii_lowercase) && !data.iter().any(u8::is_ascii_uppercase)))
}

pub(in crate::types) fn isupper(_: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    Ok(Value::bool(data.iter().any(u8::is_ascii_uppercase) && !data.iter().any(u8::is_ascii_lowercase)))
}

pub(in crate::types) fn istitle(_: &mut Vm, values: &[Value]) -> Result {
    let text: String = data(&values[0]).iter().map(|&b| if b.is_ascii() { b as char } else { ' ' }).collect();
    Ok(Value::bool(crate::types::str::properties::is_titled(&text)))
}

pub(in crate::types) fn maketrans(vm: &mut Vm, values: &[Value]) -> Result {
    let (from, to) = (argument(vm, &values[0])?, argument(vm, &values[1])?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&key, &value) in from.iter().zip(to.iter()) {
        table[key as usize] = value;
    }
    Ok(vm.bytes(table))
}

pub(in crate::types) fn translate(vm: &mut Vm, values: &[Value]) -> Result {
    let table = if values[1].is_none() { None } else { Some(argument(vm, &values[1])?) };
    if table.as_ref().is_some_and(|t| t.len() != 256) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let dropped = match values[2].bound() {
        Some(value) => argument(vm, value)?,
        None => Cow::Borrowed(&[][..]),
    };
    let mapped = data(&values[0])
        .iter()
        .filter(|byte| !dropped.contains(byte))
        .map(|&byte| table.as_ref().map_or(byte, |t| t[byte as usize]))
        .collect();
    Ok(like(vm, &values[0], mapped))
}
