//! `str`: finding, counting, prefixes and suffixes, replacing. Positions that Python sees count
//! characters; [`Span`] turns them into byte offsets.

use super::{plain, text};
use crate::object::{Special, Str, TupleObj, Value, heap};
use crate::types::format;
use crate::vm::{Result, Vm};

/// Start and end arguments of a search, in characters; `None` when start lies behind the end.
pub fn search_range(
    vm: &mut Vm,
    start: &Value,
    end: &Value,
    length: usize,
) -> Result<Option<(usize, usize)>> {
    let length = length as i64;
    let mut ends = [0, length];
    for (position, value) in ends.iter_mut().zip([start, end]) {
        let Some(value) = value.bound().filter(|v| !v.is_none()) else { continue };
        if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
            return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        let n = vm.index_clamped(value)?;
        *position = if n < 0 { n.saturating_add(length).max(0) } else { n };
    }
    let [start, end] = ends;
    let end = end.min(length);
    Ok(if start > end { None } else { Some((start as usize, end as usize)) })
}

/// The byte offset of the first `part` in `text`.
pub(super) fn find_text(text: &str, part: &str) -> Option<usize> {
    match part.as_bytes() {
        [byte] => memchr::memchr(*byte, text.as_bytes()),
        bytes => memchr::memmem::find(text.as_bytes(), bytes),
    }
}

/// How often `part`, which is not empty, stands in `text`, side by side.
pub(super) fn count_text(text: &str, part: &str) -> usize {
    match part.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, text.as_bytes()).count(),
        bytes => memchr::memmem::find_iter(text.as_bytes(), bytes).count(),
    }
}

/// Calls `each` with the parts of `text` between separators, which are not empty; the last of
/// `most + 1` parts is what is left.
pub(super) fn split_text(text: &str, separator: &str, most: usize, mut each: impl FnMut(&str)) {
    let mut start = 0;
    let mut part = |at: usize| {
        each(&text[start..at]);
        start = at + separator.len();
    };
    match separator.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, text.as_bytes()).take(most).for_each(&mut part),
        bytes => memchr::memmem::find_iter(text.as_bytes(), bytes).take(most).for_each(&mut part),
    }
    part(text.len());
}

/// A part of a string, with the byte offset where it begins.
pub(super) struct Span<'s> {
    string: &'s Str,
    part: &'s str,
    offset: usize,
}

impl Span<'_> {
    /// The character position of a byte offset in the part.
    fn position(&self, at: usize) -> usize {
        let offset = self.offset + at;
        if self.string.is_ascii() { offset } else { self.string.as_str()[..offset].chars().count() }
    }
}

/// The receiver between the bounds in `values[2]` and `values[3]`.
pub(super) fn span<'s>(vm: &mut Vm, values: &'s [Value]) -> Result<Option<Span<'s>>> {
    let Some(string) = values[0].get::<Str>() else { return Ok(None) };
    if values[2..4].iter().all(|bound| bound.is_unbound() || bound.is_none()) {
        return Ok(Some(Span { string, part: string.as_str(), offset: 0 }));
    }
    let range = search_range(vm, &values[2], &values[3], string.len())?;
    Ok(range.map(|(start, end)| {
        let part = string.slice(start, end);
        Span { string, part, offset: string.byte_offset(start) }
    }))
}

/// Argument 1 of a method: a string.
pub(super) fn part_argument<'v>(vm: &mut Vm, name: &str, value: &'v Value) -> Result<&'v str> {
    match value.get::<Str>() {
        Some(text) => Ok(text.as_str()),
        None => vm.expect_text(value, &format!("{name}() argument 1")),
    }
}

pub(super) fn position_of(vm: &mut Vm, name: &str, values: &[Value], last: bool) -> Result<Option<usize>> {
    let part = part_argument(vm, name, &values[1])?;
    let Some(span) = span(vm, values)? else { return Ok(None) };
    let found = if last { span.part.rfind(part) } else { find_text(span.part, part) };
    let visited = match found {
        Some(at) if last => span.part.len() - at,
        Some(at) => at,
        None => span.part.len(),
    };
    heap::spend_bytes(visited);
    Ok(found.map(|at| span.position(at)))
}

pub(super) fn position_or_minus_one(found: Option<usize>) -> Result {
    Ok(found.map_or(Value::small_int(-1).unwrap_or(Value::NONE), Value::index))
}

pub(super) fn find(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, "find", values, false)?;
    position_or_minus_one(found)
}

pub(super) fn rfind(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, "rfind", values, true)?;
    position_or_minus_one(found)
}

pub(super) fn index(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, "index", values, false)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

pub(super) fn rindex(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, "rindex", values, true)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

pub(super) fn count(vm: &mut Vm, values: &[Value]) -> Result {
    let part = part_argument(vm, "count", &values[1])?;
    let Some(span) = span(vm, values)? else { return Ok(Value::index(0)) };
    heap::spend_bytes(span.part.len());
    Ok(Value::index(if part.is_empty() {
        span.part.chars().count() + 1
    } else {
        count_text(span.part, part)
    }))
}

/// `startswith` and `endswith`: one string or a tuple of them.
pub(super) fn affix(vm: &mut Vm, name: &str, values: &[Value], fits: fn(&str, &str) -> bool) -> Result {
    let span = span(vm, values)?;
    let holds = |affix: &str| {
        heap::spend_bytes(affix.len());
        span.as_ref().is_some_and(|s| fits(s.part, affix))
    };
    if let Some(affix) = values[1].get::<Str>() {
        return Ok(Value::bool(holds(affix.as_str())));
    }
    if let Some(tuple) = values[1].get::<TupleObj>() {
        for each in tuple.items() {
            let Some(affix) = each.get::<Str>() else {
                let got = vm.type_name(each);
                return Err(vm.type_error(format!("tuple for {name} must only contain str, not {got}")));
            };
            if holds(affix.as_str()) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    let got = vm.type_name(&values[1]);
    Err(vm.type_error(format!("{name} first arg must be str or a tuple of str, not {got}")))
}

pub(super) fn startswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "startswith", values, |text, part| text.starts_with(part))
}

pub(super) fn endswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "endswith", values, |text, part| text.ends_with(part))
}

pub(super) fn removeprefix(vm: &mut Vm, values: &[Value]) -> Result {
    let prefix = vm.expect_text(&values[1], "removeprefix() argument")?;
    match text(&values[0]).strip_prefix(prefix) {
        Some(rest) => Ok(vm.str(rest)),
        None => plain(vm, &values[0]),
    }
}

pub(super) fn removesuffix(vm: &mut Vm, values: &[Value]) -> Result {
    let suffix = vm.expect_text(&values[1], "removesuffix() argument")?;
    match text(&values[0]).strip_suffix(suffix) {
        Some(rest) => Ok(vm.str(rest)),
        None => plain(vm, &values[0]),
    }
}

pub(super) fn replace(vm: &mut Vm, values: &[Value]) -> Result {
    let old = part_argument(vm, "replace", &values[1])?;
    let new = vm.expect_text(&values[2], "replace() argument 2")?;
    let count = vm.index_i64(&values[3])?;
    let text = text(&values[0]);
    heap::spend_bytes(text.len());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    // The number of places bounds the size of the result.
    if new.len() > old.len() && text.len().saturating_mul(new.len()) > 1 << 16 {
        let places = text.matches(old).count().min(count);
        format::check_length(vm, text.len().saturating_add(places.saturating_mul(new.len())))?;
    }
    if old.is_empty() {
        let replaced = text.replacen(old, new, count);
        return Ok(vm.str(replaced));
    }
    let first = if count == 0 { None } else { find_text(text, old) };
    let Some(first) = first else { return plain(vm, &values[0]) };
    let mut out = String::with_capacity(text.len() + new.len());
    out.push_str(&text[..first]);
    out.push_str(new);
    let mut rest = &text[first + old.len()..];
    let mut start = 0;
    let mut copy = |at: usize| {
        out.push_str(&rest[start..at]);
        out.push_str(new);
        start = at + old.len();
    };
    match old.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, rest.as_bytes()).take(count - 1).for_each(&mut copy),
        bytes => memchr::memmem::find_iter(rest.as_bytes(), bytes).take(count - 1).for_each(&mut copy),
    }
    rest = &rest[start..];
    out.push_str(rest);
    Ok(vm.str(out))
}
