//! `str`: splitting at separators, at white space, at line ends; partitions; joining.

use super::search::split_text;
use super::{properties, text};
use crate::object::{Kind, Special, Str, TupleObj, Value, heap};
use crate::vm::{Result, Vm};

pub(super) fn strings(vm: &mut Vm, parts: Vec<&str>) -> Result {
    let parts = parts.into_iter().map(|part| vm.str(part)).collect();
    Ok(vm.list(parts))
}

/// `sep` and `maxsplit` of a split.
pub(super) fn split_arguments<'v>(vm: &mut Vm, values: &'v [Value]) -> Result<(Option<&'v str>, usize)> {
    let most = vm.index_i64(&values[2])?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if values[1].is_none() {
        return Ok((None, most));
    }
    match values[1].get::<Str>() {
        Some(separator) if separator.is_empty() => Err(vm.value_error("empty separator")),
        Some(separator) => Ok((Some(separator.as_str()), most)),
        None => {
            let name = vm.type_name(&values[1]);
            Err(vm.type_error(format!("must be str or None, not {name}")))
        }
    }
}

pub(super) fn split(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    let text = text(&values[0]);
    heap::spend_bytes(text.len());
    let parts = match separator {
        Some(separator) => {
            let mut parts = Vec::new();
            split_text(text, separator, most, |part| parts.push(vm.str(part)));
            return Ok(vm.list(parts));
        }
        None if text.is_ascii() => split_ascii(text, most),
        None => {
            let mut parts = Vec::new();
            let mut rest = text.trim_start_matches(properties::is_space);
            while !rest.is_empty() {
                if parts.len() == most {
                    parts.push(rest);
                    break;
                }
                let end = rest.find(properties::is_space).unwrap_or(rest.len());
                parts.push(&rest[..end]);
                rest = rest[end..].trim_start_matches(properties::is_space);
            }
            parts
        }
    };
    strings(vm, parts)
}

/// The words of an ASCII text, the last one with all that is left when there are more than `most`.
fn split_ascii(text: &str, most: usize) -> Vec<&str> {
    let is_space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | 0x1c..=0x20);
    let (bytes, mut parts, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(skipped) = bytes[at..].iter().position(|byte| !is_space(byte)) {
        at += skipped;
        let length = match bytes[at..].iter().position(is_space) {
            Some(length) if parts.len() < most => length,
            _ => bytes.len() - at,
        };
        parts.push(&text[at..at + length]);
        at += length;
    }
    parts
}

pub(super) fn rsplit(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    let text = text(&values[0]);
    let mut parts: Vec<&str> = match separator {
        Some(separator) => text.rsplitn(most.saturating_add(1), separator).collect(),
        None => {
            let mut parts = Vec::new();
            let mut rest = text.trim_end_matches(properties::is_space);
            while !rest.is_empty() {
                if parts.len() == most {
                    parts.push(rest);
                    break;
                }
                let start = rest
                    .char_indices()
                    .rev()
                    .find(|&(_, c)| properties::is_space(c))
                    .map_or(0, |(offset, c)| offset + c.len_utf8());
                parts.push(&rest[start..]);
                rest = rest[..start].trim_end_matches(properties::is_space);
            }
            parts
        }
    };
    parts.reverse();
    strings(vm, parts)
}

/// What ends a line for `str.splitlines`.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\x0b' | '\x0c' | '\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn splitlines(vm: &mut Vm, values: &[Value]) -> Result {
    let keep = vm.truth(&values[1])?;
    let mut parts = Vec::new();
    let mut rest = text(&values[0]);
    while !rest.is_empty() {
        let (line, end) = match rest.find(is_line_end) {
            Some(at) if rest[at..].starts_with("\r\n") => (at, at + 2),
            Some(at) => (at, at + rest[at..].chars().next().map_or(1, char::len_utf8)),
            None => (rest.len(), rest.len()),
        };
        parts.push(&rest[..if keep { end } else { line }]);
        rest = &rest[end..];
    }
    strings(vm, parts)
}

/// The separator of `partition`.
pub(super) fn separator<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v str> {
    match value.get::<Str>() {
        Some(separator) if separator.is_empty() => Err(vm.value_error("empty separator")),
        Some(separator) => Ok(separator.as_str()),
        None => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!("must be str, not {name}")))
        }
    }
}

pub(super) fn three(vm: &mut Vm, a: &str, b: &str, c: &str) -> Result {
    let parts = [vm.str(a), vm.str(b), vm.str(c)];
    Ok(vm.tuple(parts))
}

pub(super) fn partition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let text = text(&values[0]);
    match text.split_once(separator) {
        Some((head, tail)) => three(vm, head, separator, tail),
        None => three(vm, text, "", ""),
    }
}

pub(super) fn rpartition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let text = text(&values[0]);
    match text.rsplit_once(separator) {
        Some((head, tail)) => three(vm, head, separator, tail),
        None => three(vm, "", "", text),
    }
}

pub(super) fn join(vm: &mut Vm, values: &[Value]) -> Result {
    let can_iterate = matches!(values[1].kind(), Some(Kind::List | Kind::Tuple | Kind::Generator))
        || vm.special(&values[1], Special::Iter).is_some()
        || vm.special(&values[1], Special::GetItem).is_some();
    if !can_iterate {
        return Err(vm.type_error("can only join an iterable"));
    }
    // The items of a list or tuple are read where they are: joining runs no Python code.
    let collected;
    let items: &[Value] = match values[1].get::<TupleObj>() {
        Some(tuple) if vm.class_of(&values[1]).is_same(&vm.types.tuple) => tuple.items(),
        _ => {
            collected = vm.collect_through(&values[1])?;
            &collected
        }
    };
    let separator = text(&values[0]);
    if let [only] = items
        && heap::is_exact_str(only)
    {
        return Ok(only.clone());
    }
    let length =
        items.iter().map(|item| item.get::<Str>().map_or(0, |part| part.as_str().len())).sum::<usize>()
            + separator.len() * items.len().saturating_sub(1);
    vm.room(length)?;
    let mut out = String::with_capacity(length);
    for (at, item) in items.iter().enumerate() {
        let Some(part) = item.get::<Str>() else {
            let name = vm.type_name(item);
            return Err(vm.type_error(format!("sequence item {at}: expected str instance, {name} found")));
        };
        if at > 0 {
            out.push_str(separator);
        }
        out.push_str(part.as_str());
    }
    Ok(vm.str(out))
}
