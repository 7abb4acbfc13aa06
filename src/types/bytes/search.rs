//! Searching in bytes: `find` and its kin, `count`, prefixes and suffixes.

use super::{argument, byte, data, like};
use crate::object::{Special, TupleObj, Value, heap};
use crate::types::bytes::buffer;
use crate::types::str::search_range;
use crate::vm::{Result, Vm};
use memchr::memmem;
use std::borrow::Cow;

pub(super) fn find_in(data: &[u8], part: &[u8]) -> Option<usize> {
    memmem::find(data, part)
}

pub(super) fn rfind_in(data: &[u8], part: &[u8]) -> Option<usize> {
    memmem::rfind(data, part)
}

/// What is searched: bytes, or one byte.
fn needle<'v>(vm: &mut Vm, value: &'v Value) -> Result<Cow<'v, [u8]>> {
    if let Some(data) = buffer(value) {
        return Ok(data);
    }
    if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("argument should be integer or bytes-like object, not '{got}'")));
    }
    Ok(Cow::Owned(vec![byte(vm, value, "byte must be in range(0, 256)")?]))
}

fn position_of(vm: &mut Vm, values: &[Value], last: bool) -> Result<Option<usize>> {
    // Bounds come first, as in CPython.
    let data = data(&values[0]);
    let range = search_range(vm, &values[2], &values[3], data.len())?;
    let part = needle(vm, &values[1])?;
    let Some((start, end)) = range else {
        return Ok(None);
    };
    let window = &data[start..end];
    let found = if last { rfind_in(window, &part) } else { find_in(window, &part) };
    let visited = match found {
        Some(at) if last => window.len() - at,
        Some(at) => at,
        None => window.len(),
    };
    heap::spend_bytes(visited);
    Ok(found.map(|at| at + start))
}

fn position_or_minus_one(vm: &mut Vm, found: Option<usize>) -> Result {
    Ok(match found {
        Some(at) => Value::index(at),
        None => vm.int(-1),
    })
}

pub(in crate::types) fn find(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, values, false)?;
    position_or_minus_one(vm, found)
}

pub(in crate::types) fn rfind(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, values, true)?;
    position_or_minus_one(vm, found)
}

pub(in crate::types) fn index(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, values, false)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("subsection not found")),
    }
}

pub(in crate::types) fn rindex(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, values, true)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("subsection not found")),
    }
}

pub(in crate::types) fn count(vm: &mut Vm, values: &[Value]) -> Result {
    // Bounds come first, as in CPython.
    let data = data(&values[0]);
    let range = search_range(vm, &values[2], &values[3], data.len())?;
    let part = needle(vm, &values[1])?;
    let Some((start, end)) = range else {
        return Ok(Value::index(0));
    };
    let window = &data[start..end];
    heap::spend_bytes(window.len());
    if part.is_empty() {
        return Ok(Value::index(window.len() + 1));
    }
    Ok(Value::index(memmem::find_iter(window, &part).count()))
}

fn affix(vm: &mut Vm, name: &str, values: &[Value], fits: fn(&[u8], &[u8]) -> bool) -> Result {
    let data = data(&values[0]);
    let range = search_range(vm, &values[2], &values[3], data.len())?;
    let holds = |part: &[u8]| {
        heap::spend_bytes(part.len());
        range.is_some_and(|(start, end)| fits(&data[start..end], part))
    };
    if let Some(part) = buffer(&values[1]) {
        return Ok(Value::bool(holds(&part)));
    }
    if let Some(tuple) = values[1].get::<TupleObj>() {
        for each in tuple.items() {
            if holds(&argument(vm, each)?) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    let got = vm.type_name(&values[1]);
    Err(vm.type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {got}")))
}

pub(in crate::types) fn startswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "startswith", values, |data, part| data.starts_with(part))
}

pub(in crate::types) fn endswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "endswith", values, |data, part| data.ends_with(part))
}

pub(in crate::types) fn removeprefix(vm: &mut Vm, values: &[Value]) -> Result {
    let (data, prefix) = (data(&values[0]), argument(vm, &values[1])?);
    let rest = data.strip_prefix(&*prefix).unwrap_or(&data).to_vec();
    Ok(like(vm, &values[0], rest))
}

pub(in crate::types) fn removesuffix(vm: &mut Vm, values: &[Value]) -> Result {
    let (data, suffix) = (data(&values[0]), argument(vm, &values[1])?);
    let rest = data.strip_suffix(&*suffix).unwrap_or(&data).to_vec();
    Ok(like(vm, &values[0], rest))
}
