//! `str`: case, kinds of characters (from `properties`), translation.

use super::{properties, text};
use crate::object::{Dict, Str, Value, heap};
use crate::source::surrogate::{char_of, code_of};
use crate::vm::{Result, Vm};
use num_traits::ToPrimitive;

macro_rules! mappings {
    ($($name:ident)*) => {
        $(pub(super) fn $name(vm: &mut Vm, values: &[Value]) -> Result {
            heap::spend_items(text(&values[0]).len());
            Ok(vm.str(properties::$name(text(&values[0]))))
        })*
    };
}

mappings! { upper lower casefold swapcase capitalize title }

/// Whether there are characters, and all are of a kind.
pub(super) fn all_of(values: &[Value], kind: fn(char) -> bool) -> Result {
    let text = text(&values[0]);
    heap::spend_items(text.len());
    Ok(Value::bool(!text.is_empty() && text.chars().all(kind)))
}

macro_rules! kinds {
    ($($name:ident $kind:ident;)*) => {
        $(pub(super) fn $name(_: &mut Vm, values: &[Value]) -> Result {
            all_of(values, properties::$kind)
        })*
    };
}

kinds! {
    isalpha is_alphabetic;
    isdecimal is_decimal;
    isdigit is_digit;
    isnumeric is_numeric;
    isalnum is_alphanumeric;
    isspace is_space;
}

pub(super) fn isprintable(_: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]);
    heap::spend_items(text.len());
    Ok(Value::bool(text.chars().all(properties::is_printable)))
}

pub(super) fn isascii(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(text(&values[0]).is_ascii()))
}

/// All cased characters have one case, and there is one.
pub(super) fn one_case(values: &[Value], own: fn(char) -> bool, other: fn(char) -> bool) -> Result {
    heap::spend_items(text(&values[0]).len());
    let mut any = false;
    for c in text(&values[0]).chars() {
        if other(c) || properties::is_title(c) {
            return Ok(Value::FALSE);
        }
        any |= own(c);
    }
    Ok(Value::bool(any))
}

pub(super) fn islower(_: &mut Vm, values: &[Value]) -> Result {
    one_case(values, properties::is_lower, properties::is_upper)
}

pub(super) fn isupper(_: &mut Vm, values: &[Value]) -> Result {
    one_case(values, properties::is_upper, properties::is_lower)
}

pub(super) fn istitle(_: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]);
    heap::spend_items(text.len());
    Ok(Value::bool(properties::is_titled(text)))
}

pub(super) fn isidentifier(_: &mut Vm, values: &[Value]) -> Result {
    heap::spend_items(text(&values[0]).len());
    let mut chars = text(&values[0]).chars();
    // The crate knows a newer Unicode than CPython 3.13: what that one does not assign is out.
    let known = properties::is_printable;
    let begins = chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c) && known(c));
    Ok(Value::bool(begins && chars.all(|c| unicode_ident::is_xid_continue(c) && known(c))))
}

pub(super) fn maketrans(vm: &mut Vm, values: &[Value]) -> Result {
    let table = vm.new_dict();
    if values[1].bound().is_none() {
        let exact = vm.class_of(&values[0]).is_same(&vm.types.dict);
        let Some(mapping) = values[0].downcast::<Dict>().filter(|_| exact) else {
            return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (key, value) in mapping.items() {
            let key = if let Some(text) = key.get::<Str>() {
                let mut chars = text.as_str().chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => vm.int(i64::from(code_of(c))),
                    _ => {
                        return Err(vm.value_error("string keys in translate table must be of length 1"));
                    }
                }
            } else if vm.int_like(&key).is_some() {
                key
            } else {
                return Err(vm.type_error("keys in translate table must be strings or integers"));
            };
            vm.dict_set(&table, key, value)?;
        }
        return Ok(table.into_value());
    }
    let to = vm.expect_text(&values[1], "maketrans() argument 2")?;
    let Some(from) = values[0].get::<Str>() else {
        return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if from.len() != to.chars().count() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (key, value) in from.as_str().chars().zip(to.chars()) {
        let (key, value) = (vm.int(i64::from(code_of(key))), vm.int(i64::from(code_of(value))));
        vm.dict_set(&table, key, value)?;
    }
    if let Some(dropped) = values[2].bound() {
        for c in vm.expect_text(dropped, "maketrans() argument 3")?.chars() {
            let key = vm.int(i64::from(code_of(c)));
            vm.dict_set(&table, key, Value::NONE)?;
        }
    }
    Ok(table.into_value())
}

pub(super) fn translate(vm: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]).to_owned();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let key = vm.int(i64::from(code_of(c)));
        let mapped = match vm.get_item(&values[1], &key) {
            Ok(mapped) => mapped,
            Err(raised) if raised.is(&vm.exceptions.lookup_error) => {
                out.push(c);
                continue;
            }
            Err(raised) => return Err(raised),
        };
        if mapped.is_none() {
            continue;
        }
        if let Some(text) = mapped.get::<Str>() {
            out.push_str(text.as_str());
        } else if let Some(n) = vm.int_like(&mapped) {
            match n.to_u32().and_then(char_of) {
                Some(c) => out.push(c),
                None => {
                    return Err(vm.value_error("character mapping must be in range(0x110000)"));
                }
            }
        } else {
            return Err(vm.type_error("character mapping must return integer, None or str"));
        }
    }
    Ok(vm.str(out))
}
