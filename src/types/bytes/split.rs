//! Taking bytes apart and joining them: `split` and its kin, `partition`, `join`, `replace`.

use super::pad::{is_space, trim};
use super::search::{find_in, rfind_in};
use super::{argument, buffer, data, like};
use crate::object::{BytesObj, Special, Value};
use crate::vm::{Result, Vm};
use std::borrow::Cow;

/// The pieces between occurrences of `part`, at most `most` of which are used.
fn pieces(data: &[u8], part: &[u8], most: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = data;
    while out.len() < most
        && let Some(at) = find_in(rest, part)
    {
        out.push(rest[..at].to_vec());
        rest = &rest[at + part.len()..];
    }
    out.push(rest.to_vec());
    out
}

fn list(vm: &mut Vm, receiver: &Value, parts: Vec<Vec<u8>>) -> Result {
    let parts = parts.into_iter().map(|part| like(vm, receiver, part)).collect();
    Ok(vm.list(parts))
}

fn split_arguments<'v>(vm: &mut Vm, values: &'v [Value]) -> Result<(Option<Cow<'v, [u8]>>, usize)> {
    let most = usize::try_from(vm.index_i64(&values[2])?).unwrap_or(usize::MAX);
    if values[1].is_none() {
        return Ok((None, most));
    }
    let separator = argument(vm, &values[1])?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    Ok((Some(separator), most))
}

/// Words of a text, from the left.
fn words(data: &[u8], most: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = trim(data, &is_space, true, false);
    while !rest.is_empty() {
        if out.len() == most {
            out.push(rest.to_vec());
            break;
        }
        let end = rest.iter().position(|&b| is_space(b)).unwrap_or(rest.len());
        out.push(rest[..end].to_vec());
        rest = trim(&rest[end..], &is_space, true, false);
    }
    out
}

pub(in crate::types) fn split(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    let data = data(&values[0]);
    let parts = match separator {
        Some(separator) => pieces(&data, &separator, most),
        None => words(&data, most),
    };
    list(vm, &values[0], parts)
}

pub(in crate::types) fn rsplit(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    // Splitting from the right is splitting the reversed text from the left.
    let reversed: Vec<u8> = data(&values[0]).iter().rev().copied().collect();
    let mut parts = match separator {
        Some(separator) => {
            let separator: Vec<u8> = separator.iter().rev().copied().collect();
            pieces(&reversed, &separator, most)
        }
        None => words(&reversed, most),
    };
    parts.reverse();
    parts.iter_mut().for_each(|part| part.reverse());
    list(vm, &values[0], parts)
}

pub(in crate::types) fn splitlines(vm: &mut Vm, values: &[Value]) -> Result {
    let keep = vm.truth(&values[1])?;
    let data = data(&values[0]);
    let mut parts = Vec::new();
    let mut rest = &*data;
    while !rest.is_empty() {
        let line = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        let end = if rest[line..].starts_with(b"\r\n") { line + 2 } else { (line + 1).min(rest.len()) };
        parts.push(rest[..if keep { end } else { line }].to_vec());
        rest = &rest[end..];
    }
    list(vm, &values[0], parts)
}

fn three(vm: &mut Vm, receiver: &Value, parts: [&[u8]; 3]) -> Result {
    let parts = parts.map(|part| like(vm, receiver, part.to_vec()));
    Ok(vm.tuple(parts))
}

fn separator<'v>(vm: &mut Vm, value: &'v Value) -> Result<Cow<'v, [u8]>> {
    let separator = argument(vm, value)?;
    if separator.is_empty() { Err(vm.value_error("empty separator")) } else { Ok(separator) }
}

/// The parts around a separator that was found: `bytes` hands out the very object that it was given.
fn around(vm: &mut Vm, values: &[Value], data: &[u8], at: usize, separator: &[u8]) -> Result {
    let receiver = &values[0];
    let [before, after] =
        [&data[..at], &data[at + separator.len()..]].map(|part| like(vm, receiver, part.to_vec()));
    let middle =
        if receiver.is::<BytesObj>() { values[1].clone() } else { like(vm, receiver, separator.to_vec()) };
    Ok(vm.tuple(vec![before, middle, after]))
}

pub(in crate::types) fn partition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let data = data(&values[0]);
    match find_in(&data, &separator) {
        Some(at) => around(vm, values, &data, at, &separator),
        None => three(vm, &values[0], [&data, b"", b""]),
    }
}

pub(in crate::types) fn rpartition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let data = data(&values[0]);
    match rfind_in(&data, &separator) {
        Some(at) => around(vm, values, &data, at, &separator),
        None => three(vm, &values[0], [b"", b"", &data]),
    }
}

pub(in crate::types) fn join(vm: &mut Vm, values: &[Value]) -> Result {
    if vm.special(&values[1], Special::Iter).is_none() && vm.special(&values[1], Special::GetItem).is_none() {
        return Err(vm.type_error("can only join an iterable"));
    }
    let separator = data(&values[0]);
    let mut out = Vec::new();
    for (at, item) in vm.collect_through(&values[1])?.iter().enumerate() {
        let Some(part) = buffer(item) else {
            let got = vm.type_name(item);
            return Err(
                vm.type_error(format!("sequence item {at}: expected a bytes-like object, {got} found"))
            );
        };
        if at > 0 {
            out.extend_from_slice(&separator);
        }
        out.extend_from_slice(&part);
    }
    Ok(like(vm, &values[0], out))
}

pub(in crate::types) fn replace(vm: &mut Vm, values: &[Value]) -> Result {
    let (data, old, new) = (data(&values[0]), argument(vm, &values[1])?, argument(vm, &values[2])?);
    let most = usize::try_from(vm.index_i64(&values[3])?).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(data.len());
    if old.is_empty() {
        for (at, &byte) in data.iter().enumerate() {
            if at < most {
                out.extend_from_slice(&new);
            }
            out.push(byte);
        }
        if data.len() < most {
            out.extend_from_slice(&new);
        }
    } else {
        out = pieces(&data, &old, most).join(&*new);
    }
    Ok(like(vm, &values[0], out))
}
