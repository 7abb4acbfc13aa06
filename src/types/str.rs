//! `str`: construction, operators, and all methods. A string is a Rust string; positions that
//! Python sees count characters, and `Span` turns them into byte offsets.
//!
//! Beside this file: `properties` (what characters are), `codec` (encodings), `template`
//! (`str.format`). `%` is in `types/percent`, the format mini-language in `types/format`.

pub mod codec;
pub mod properties;
mod tables;
pub mod template;

use super::slice;
use super::{format, percent};
use crate::object::{Class, Dict, Kind, Opaque, Ref, SliceObj, Special, Str, Tracer, TupleObj, Value, heap};
use crate::source::surrogate::{char_of, code_of};
use crate::vm::native::{Row, method, next, static_method, static_raw};
use crate::vm::{CompareOp, Result, Vm};
use compact_str::CompactString;
use num_bigint::Sign;
use num_traits::ToPrimitive;
use std::cell::Cell;

/// Classes of the iterators over text and bytes.
#[derive(Default)]
pub struct TextIterators {
    /// Over ASCII text, and over any other: CPython names them apart.
    pub str_ascii_iterator: Option<Ref<Class>>,
    pub str_iterator: Option<Ref<Class>>,
    pub bytes_iterator: Option<Ref<Class>>,
    pub bytearray_iterator: Option<Ref<Class>>,
}

/// The receiver's text; the caller of a method has checked the receiver.
fn text(value: &Value) -> &str {
    value.get::<Str>().map_or("", Str::as_str)
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.str.clone())?;
    let given = values.len() - names.len();
    if given > 4 {
        return Err(vm.type_error(format!("str expected at most 3 arguments, got {}", values.len() - 1)));
    }
    let mut args: [Option<&Value>; 3] =
        [values[..given].get(1), values[..given].get(2), values[..given].get(3)];
    for (name, value) in names.iter().zip(&values[given..]) {
        match ["object", "encoding", "errors"].iter().position(|n| *n == name.as_str()) {
            Some(at) if args[at].is_none() => args[at] = Some(value),
            Some(at) => {
                return Err(vm.type_error(format!(
                    "argument for str() given by name ('{}') and position ({})",
                    name.as_str(),
                    at + 1
                )));
            }
            None => {
                return Err(
                    vm.type_error(format!("str() got an unexpected keyword argument '{}'", name.as_str()))
                );
            }
        }
    }
    let result = match args {
        [None, ..] => vm.str(""),
        [Some(value), None, None] => vm.str_of(value)?.into_value(),
        [Some(value), encoding, errors] => {
            let encoding = name_argument(vm, encoding, "utf-8", "str() argument 'encoding'")?;
            let errors = name_argument(vm, errors, "strict", "str() argument 'errors'")?;
            decode_object(vm, value, &encoding, &errors)?
        }
    };
    if class.is_same(&vm.types.str) {
        return Ok(result);
    }
    Ok(heap::alloc(&class, Str::new(text(&result))).into_value())
}

/// An encoding or error handler name.
pub fn name_argument(vm: &mut Vm, value: Option<&Value>, default: &str, what: &str) -> Result<String> {
    match value {
        None => Ok(default.to_owned()),
        Some(value) => Ok(vm.expect_text(value, what)?.to_owned()),
    }
}

fn decode_object(vm: &mut Vm, value: &Value, encoding: &str, errors: &str) -> Result {
    if value.is::<Str>() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let Some(data) = super::bytes::buffer(value) else {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {name} found")));
    };
    let text = codec::decode(vm, &data, encoding, errors)?;
    Ok(vm.str(text))
}

// ---- operators

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(vm.str(properties::repr(text(&values[0]))))
}

fn to_str(vm: &mut Vm, values: &[Value]) -> Result {
    plain(vm, &values[0])
}

/// The same text as an exact `str`.
fn plain(vm: &mut Vm, value: &Value) -> Result {
    if heap::is_exact_str(value) { Ok(value.clone()) } else { Ok(vm.str(text(value))) }
}

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let hash = values[0].get::<Str>().map_or(0, Str::hash);
    Ok(vm.int(hash))
}

fn comparison(op: CompareOp, values: &[Value]) -> Result {
    Ok(match (values[0].get::<Str>(), values[1].get::<Str>()) {
        (Some(a), Some(b)) => Value::bool(op.holds(crate::vm::compare::compare_text(a.as_str(), b.as_str()))),
        _ => Value::NOT_IMPLEMENTED,
    })
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(_: &mut Vm, values: &[Value]) -> Result {
            comparison(CompareOp::$op, values)
        })*
    };
}

comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn len(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::index(values[0].get::<Str>().map_or(0, Str::len)))
}

fn add(vm: &mut Vm, values: &[Value]) -> Result {
    match values[1].get::<Str>() {
        Some(other) => Ok(vm.joined([text(&values[0]), other.as_str()])),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// How often a sequence of `length` is repeated; `None` for a foreign operand.
pub fn repetitions(vm: &mut Vm, count: &Value, length: usize) -> Result<Option<usize>> {
    if let Some(n) = count.as_int()
        && n >= 0
        && let Some(total) = (n as usize).checked_mul(length).filter(|total| *total < 1 << 40)
    {
        vm.room(total)?;
        return Ok(Some(n as usize));
    }
    if vm.int_like(count).is_none() && vm.special(count, Special::Index).is_none() {
        return Ok(None);
    }
    let count = vm.index(count)?;
    if count.sign() == Sign::Minus {
        return Ok(Some(0));
    }
    let Some(count) = count.to_i64() else {
        return Err(vm.overflow_error("cannot fit 'int' into an index-sized integer"));
    };
    match (count as usize).checked_mul(length) {
        Some(total) if total < 1 << 40 => {
            vm.room(total)?;
            Ok(Some(count as usize))
        }
        _ => Err(vm.memory_error("")),
    }
}

fn mul(vm: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]);
    match repetitions(vm, &values[1], text.len())? {
        Some(count) => {
            if count == 1 {
                return plain(vm, &values[0]);
            }
            if text.len() * count <= 24 {
                let mut short = CompactString::default();
                (0..count).for_each(|_| short.push_str(text));
                return Ok(vm.str(short));
            }
            let text = text.repeat(count);
            Ok(vm.str(text))
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn modulo(vm: &mut Vm, values: &[Value]) -> Result {
    let text = percent::format_text(vm, text(&values[0]), &values[1])?;
    Ok(vm.str(text))
}

fn rmodulo(vm: &mut Vm, values: &[Value]) -> Result {
    match values[1].get::<Str>() {
        Some(template) => {
            let text = percent::format_text(vm, template.as_str(), &values[0])?;
            Ok(vm.str(text))
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn contains(vm: &mut Vm, values: &[Value]) -> Result {
    match values[1].get::<Str>() {
        Some(part) => Ok(Value::bool(find_text(text(&values[0]), part.as_str()).is_some())),
        None => {
            let name = vm.type_name(&values[1]);
            Err(vm.type_error(format!("'in <string>' requires string as left operand, not {name}")))
        }
    }
}

fn get_item(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(string) = values[0].get::<Str>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(slice) = values[1].get::<SliceObj>() {
        let slice = slice::bounds(vm, slice, string.len())?;
        if slice.step == 1 {
            let text = string.slice(slice.start as usize, slice.start as usize + slice.count);
            return Ok(vm.str(text));
        }
        let text: String = if string.is_ascii() {
            let bytes = string.as_str().as_bytes();
            slice.indices().filter_map(|i| bytes.get(i)).map(|&b| b as char).collect()
        } else {
            let chars: Vec<char> = string.as_str().chars().collect();
            slice.indices().filter_map(|i| chars.get(i)).collect()
        };
        return Ok(vm.str(text));
    }
    let index = match values[1].as_int() {
        Some(index) => index,
        None => index_argument(vm, &values[1], "string indices must be integers, not")?,
    };
    let at = if index < 0 { index + string.len() as i64 } else { index };
    match usize::try_from(at).ok().and_then(|at| string.char_at(at)) {
        Some(c) => Ok(vm.char(c)),
        None => Err(vm.index_error("string index out of range")),
    }
}

/// An index of a sequence: TypeError with `refusal` for what is no integer, IndexError for
/// what no sequence has room for.
pub fn index_argument(vm: &mut Vm, value: &Value, refusal: &str) -> Result<i64> {
    if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("{refusal} '{name}'")));
    }
    match vm.index(value)?.to_i64() {
        Some(n) => Ok(n),
        None => {
            let name = vm.type_name(value);
            Err(vm.index_error(format!("cannot fit '{name}' into an index-sized integer")))
        }
    }
}

fn format_method(vm: &mut Vm, values: &[Value]) -> Result {
    let spec = format::spec_argument(vm, &values[1])?;
    if spec.is_empty() {
        return Ok(vm.str_of(&values[0])?.into_value());
    }
    let class = vm.type_name(&values[0]);
    let text = format::format_str(vm, text(&values[0]), spec.as_str(), &class)?;
    Ok(vm.str(text))
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    let text = vm.str(text(&values[0]));
    Ok(vm.tuple([text]))
}

fn sizeof(vm: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]);
    let widest = text.chars().map(code_of).max().unwrap_or(0);
    let count = text.chars().count() as i64;
    Ok(vm.int(match widest {
        0..=0x7F => 41 + count,
        0x80..=0xFF => 57 + count + 1,
        0x100..=0xFFFF => 58 + 2 * count + 1,
        _ => 60 + 4 * count + 1,
    }))
}

// ---- iteration

/// The iterator over a string; `text` becomes unbound at the end.
struct StrIterator {
    text: Cell<Value>,
    /// Byte offset of the next character.
    offset: Cell<usize>,
}

impl Opaque for StrIterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.text);
    }
    fn clear(&self) {
        drop(self.text.take());
    }
}

fn iter(vm: &mut Vm, values: &[Value]) -> Result {
    let classes = vm.extension::<TextIterators>();
    let class = if text(&values[0]).is_ascii() {
        classes.str_ascii_iterator.clone()
    } else {
        classes.str_iterator.clone()
    };
    let class = class.expect("`install` makes it");
    let text = Cell::new(values[0].clone());
    Ok(heap::new_opaque(&class, StrIterator { text, offset: Cell::new(0) }))
}

fn iterator_next(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = value.opaque::<StrIterator>() else { return Ok(None) };
    let held = Value::peek(&iterator.text);
    let offset = iterator.offset.get();
    match held.get::<Str>().and_then(|s| s.as_str().get(offset..)?.chars().next()) {
        Some(c) => {
            iterator.offset.set(offset + c.len_utf8());
            Ok(Some(vm.char(c)))
        }
        None => {
            drop(iterator.text.take());
            Ok(None)
        }
    }
}

fn iterator_self(_: &mut Vm, values: &[Value]) -> Result {
    Ok(values[0].clone())
}

fn iterator_length_hint(_: &mut Vm, values: &[Value]) -> Result {
    let left = values[0].opaque::<StrIterator>().map_or(0, |iterator| {
        let held = Value::peek(&iterator.text);
        held.get::<Str>().map_or(0, |s| s.as_str()[iterator.offset.get()..].chars().count())
    });
    Ok(Value::index(left))
}

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", iterator_length_hint),
];

// ---- searching

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
fn find_text(text: &str, part: &str) -> Option<usize> {
    match part.as_bytes() {
        [byte] => memchr::memchr(*byte, text.as_bytes()),
        bytes => memchr::memmem::find(text.as_bytes(), bytes),
    }
}

/// How often `part`, which is not empty, stands in `text`, side by side.
fn count_text(text: &str, part: &str) -> usize {
    match part.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, text.as_bytes()).count(),
        bytes => memchr::memmem::find_iter(text.as_bytes(), bytes).count(),
    }
}

/// Calls `each` with the parts of `text` between separators, which are not empty; the last of
/// `most + 1` parts is what is left.
fn split_text(text: &str, separator: &str, most: usize, mut each: impl FnMut(&str)) {
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
struct Span<'s> {
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
fn span<'s>(vm: &mut Vm, values: &'s [Value]) -> Result<Option<Span<'s>>> {
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
fn part_argument<'v>(vm: &mut Vm, name: &str, value: &'v Value) -> Result<&'v str> {
    match value.get::<Str>() {
        Some(text) => Ok(text.as_str()),
        None => vm.expect_text(value, &format!("{name}() argument 1")),
    }
}

fn position_of(vm: &mut Vm, name: &str, values: &[Value], last: bool) -> Result<Option<usize>> {
    let part = part_argument(vm, name, &values[1])?;
    let Some(span) = span(vm, values)? else { return Ok(None) };
    let found = if last { span.part.rfind(part) } else { find_text(span.part, part) };
    Ok(found.map(|at| span.position(at)))
}

fn position_or_minus_one(found: Option<usize>) -> Result {
    Ok(found.map_or(Value::small_int(-1).unwrap_or(Value::NONE), Value::index))
}

fn find(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, "find", values, false)?;
    position_or_minus_one(found)
}

fn rfind(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, "rfind", values, true)?;
    position_or_minus_one(found)
}

fn index(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, "index", values, false)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn rindex(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, "rindex", values, true)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn count(vm: &mut Vm, values: &[Value]) -> Result {
    let part = part_argument(vm, "count", &values[1])?;
    let Some(span) = span(vm, values)? else { return Ok(Value::index(0)) };
    Ok(Value::index(if part.is_empty() {
        span.part.chars().count() + 1
    } else {
        count_text(span.part, part)
    }))
}

/// `startswith` and `endswith`: one string or a tuple of them.
fn affix(vm: &mut Vm, name: &str, values: &[Value], fits: fn(&str, &str) -> bool) -> Result {
    let span = span(vm, values)?;
    let holds = |affix: &str| span.as_ref().is_some_and(|s| fits(s.part, affix));
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

fn startswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "startswith", values, |text, part| text.starts_with(part))
}

fn endswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "endswith", values, |text, part| text.ends_with(part))
}

fn removeprefix(vm: &mut Vm, values: &[Value]) -> Result {
    let prefix = vm.expect_text(&values[1], "removeprefix() argument")?;
    match text(&values[0]).strip_prefix(prefix) {
        Some(rest) => Ok(vm.str(rest)),
        None => plain(vm, &values[0]),
    }
}

fn removesuffix(vm: &mut Vm, values: &[Value]) -> Result {
    let suffix = vm.expect_text(&values[1], "removesuffix() argument")?;
    match text(&values[0]).strip_suffix(suffix) {
        Some(rest) => Ok(vm.str(rest)),
        None => plain(vm, &values[0]),
    }
}

fn replace(vm: &mut Vm, values: &[Value]) -> Result {
    let old = part_argument(vm, "replace", &values[1])?;
    let new = vm.expect_text(&values[2], "replace() argument 2")?;
    let count = vm.index_i64(&values[3])?;
    let text = text(&values[0]);
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

// ---- splitting and joining

fn strings(vm: &mut Vm, parts: Vec<&str>) -> Result {
    let parts = parts.into_iter().map(|part| vm.str(part)).collect();
    Ok(vm.list(parts))
}

/// `sep` and `maxsplit` of a split.
fn split_arguments<'v>(vm: &mut Vm, values: &'v [Value]) -> Result<(Option<&'v str>, usize)> {
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

fn split(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    let text = text(&values[0]);
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

fn rsplit(vm: &mut Vm, values: &[Value]) -> Result {
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
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\x0b' | '\x0c' | '\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn splitlines(vm: &mut Vm, values: &[Value]) -> Result {
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
fn separator<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v str> {
    match value.get::<Str>() {
        Some(separator) if separator.is_empty() => Err(vm.value_error("empty separator")),
        Some(separator) => Ok(separator.as_str()),
        None => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!("must be str, not {name}")))
        }
    }
}

fn three(vm: &mut Vm, a: &str, b: &str, c: &str) -> Result {
    let parts = [vm.str(a), vm.str(b), vm.str(c)];
    Ok(vm.tuple(parts))
}

fn partition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let text = text(&values[0]);
    match text.split_once(separator) {
        Some((head, tail)) => three(vm, head, separator, tail),
        None => three(vm, text, "", ""),
    }
}

fn rpartition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let text = text(&values[0]);
    match text.rsplit_once(separator) {
        Some((head, tail)) => three(vm, head, separator, tail),
        None => three(vm, "", "", text),
    }
}

fn join(vm: &mut Vm, values: &[Value]) -> Result {
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
            collected = vm.collect(&values[1])?;
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

// ---- stripping and padding

fn stripped(vm: &mut Vm, name: &str, values: &[Value], left: bool, right: bool) -> Result {
    let mut rest = text(&values[0]);
    if values[1].is_none() {
        if left {
            rest = rest.trim_start_matches(properties::is_space);
        }
        if right {
            rest = rest.trim_end_matches(properties::is_space);
        }
    } else {
        let Some(chars) = values[1].get::<Str>() else {
            return Err(vm.type_error(format!("{name} arg must be None or str")));
        };
        let chars: Vec<char> = chars.as_str().chars().collect();
        if left {
            rest = rest.trim_start_matches(chars.as_slice());
        }
        if right {
            rest = rest.trim_end_matches(chars.as_slice());
        }
    }
    if rest.len() == text(&values[0]).len() { plain(vm, &values[0]) } else { Ok(vm.str(rest)) }
}

fn strip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, "strip", values, true, true)
}

fn lstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, "lstrip", values, true, false)
}

fn rstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, "rstrip", values, false, true)
}

/// Pads to `values[1]` characters with `values[2]`; `left` says how many of the missing ones
/// go to the left.
fn padded(vm: &mut Vm, values: &[Value], left: fn(usize, usize) -> usize) -> Result {
    let width = vm.index_i64(&values[1])?;
    let fill = match values[2].get::<Str>() {
        Some(fill) => {
            let mut chars = fill.as_str().chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => c,
                _ => {
                    return Err(vm.type_error("The fill character must be exactly one character long"));
                }
            }
        }
        None => {
            let name = vm.type_name(&values[2]);
            return Err(vm.type_error(format!("The fill character must be a unicode character, not {name}")));
        }
    };
    let length = values[0].get::<Str>().map_or(0, Str::len);
    let width = usize::try_from(width).unwrap_or(0);
    if width <= length {
        return plain(vm, &values[0]);
    }
    format::check_length(vm, width)?;
    let missing = width - length;
    let before = left(missing, width);
    let mut out = String::new();
    out.extend(std::iter::repeat_n(fill, before));
    out.push_str(text(&values[0]));
    out.extend(std::iter::repeat_n(fill, missing - before));
    Ok(vm.str(out))
}

fn center(vm: &mut Vm, values: &[Value]) -> Result {
    // An odd one goes to the left when the width is odd.
    padded(vm, values, |missing, width| missing / 2 + (missing & width & 1))
}

fn ljust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, values, |_, _| 0)
}

fn rjust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, values, |missing, _| missing)
}

fn zfill(vm: &mut Vm, values: &[Value]) -> Result {
    let width = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    let length = values[0].get::<Str>().map_or(0, Str::len);
    if width <= length {
        return plain(vm, &values[0]);
    }
    format::check_length(vm, width)?;
    let text = text(&values[0]);
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => text.split_at(text.len() - digits.len()),
        None => ("", text),
    };
    let text = format!("{sign}{}{digits}", "0".repeat(width - length));
    Ok(vm.str(text))
}

fn expandtabs(vm: &mut Vm, values: &[Value]) -> Result {
    let size = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    let mut out = String::new();
    let mut column = 0;
    for c in text(&values[0]).chars() {
        match c {
            '\t' => {
                if let Some(inside) = column_in(column, size) {
                    let spaces = size - inside;
                    format::check_length(vm, out.len().saturating_add(spaces))?;
                    out.extend(std::iter::repeat_n(' ', spaces));
                    column += spaces;
                }
            }
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    Ok(vm.str(out))
}

fn column_in(column: usize, size: usize) -> Option<usize> {
    column.checked_rem(size)
}

// ---- case and kinds of characters

macro_rules! mappings {
    ($($name:ident)*) => {
        $(fn $name(vm: &mut Vm, values: &[Value]) -> Result {
            Ok(vm.str(properties::$name(text(&values[0]))))
        })*
    };
}

mappings! { upper lower casefold swapcase capitalize title }

/// Whether there are characters, and all are of a kind.
fn all_of(values: &[Value], kind: fn(char) -> bool) -> Result {
    let text = text(&values[0]);
    Ok(Value::bool(!text.is_empty() && text.chars().all(kind)))
}

macro_rules! kinds {
    ($($name:ident $kind:ident;)*) => {
        $(fn $name(_: &mut Vm, values: &[Value]) -> Result {
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

fn isprintable(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(text(&values[0]).chars().all(properties::is_printable)))
}

fn isascii(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(text(&values[0]).is_ascii()))
}

/// All cased characters have one case, and there is one.
fn one_case(values: &[Value], own: fn(char) -> bool, other: fn(char) -> bool) -> Result {
    let mut any = false;
    for c in text(&values[0]).chars() {
        if other(c) || properties::is_title(c) {
            return Ok(Value::FALSE);
        }
        any |= own(c);
    }
    Ok(Value::bool(any))
}

fn islower(_: &mut Vm, values: &[Value]) -> Result {
    one_case(values, properties::is_lower, properties::is_upper)
}

fn isupper(_: &mut Vm, values: &[Value]) -> Result {
    one_case(values, properties::is_upper, properties::is_lower)
}

fn istitle(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(properties::is_titled(text(&values[0]))))
}

fn isidentifier(_: &mut Vm, values: &[Value]) -> Result {
    let mut chars = text(&values[0]).chars();
    // The crate knows a newer Unicode than CPython 3.13: what that one does not assign is out.
    let known = properties::is_printable;
    let begins = chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c) && known(c));
    Ok(Value::bool(begins && chars.all(|c| unicode_ident::is_xid_continue(c) && known(c))))
}

// ---- encoding, translation, formatting

fn encode(vm: &mut Vm, values: &[Value]) -> Result {
    let encoding = vm.expect_text(&values[1], "encode() argument 'encoding'")?;
    let errors = vm.expect_text(&values[2], "encode() argument 'errors'")?;
    let data = codec::encode(vm, &values[0], encoding, errors)?;
    Ok(vm.bytes(data))
}

fn maketrans(vm: &mut Vm, values: &[Value]) -> Result {
    let table = vm.new_dict();
    if values[1].bound().is_none() {
        let Some(mapping) = values[0].downcast::<Dict>() else {
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

fn translate(vm: &mut Vm, values: &[Value]) -> Result {
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

fn format_call(vm: &mut Vm, values: &[Value]) -> Result {
    let args = values[1].get::<TupleObj>().map_or(&[][..], |t| t.items());
    let source = template::Source::Arguments(args, &values[2]);
    let text = template::format(vm, text(&values[0]), &source)?;
    Ok(vm.str(text))
}

fn format_map(vm: &mut Vm, values: &[Value]) -> Result {
    let source = template::Source::Mapping(&values[1]);
    let text = template::format(vm, text(&values[0]), &source)?;
    Ok(vm.str(text))
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__str__(self, /)", to_str),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("__iter__(self, /)", iter),
    method("__mod__(self, value, /)", modulo),
    method("__rmod__(self, value, /)", rmodulo),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", get_item),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__contains__(self, key, /)", contains),
    method("encode(self, /, encoding='utf-8', errors='strict')", encode),
    method("replace(self, old, new, /, count=-1)", replace),
    method("split(self, /, sep=None, maxsplit=-1)", split),
    method("rsplit(self, /, sep=None, maxsplit=-1)", rsplit),
    method("join(self, iterable, /)", join),
    method("capitalize(self, /)", capitalize),
    method("casefold(self, /)", casefold),
    method("title(self, /)", title),
    method("center(self, width, fillchar=' ', /)", center),
    method("count(self, sub[, start[, end]], /)", count),
    method("expandtabs(self, /, tabsize=8)", expandtabs),
    method("find(self, sub[, start[, end]], /)", find),
    method("partition(self, sep, /)", partition),
    method("index(self, sub[, start[, end]], /)", index),
    method("ljust(self, width, fillchar=' ', /)", ljust),
    method("lower(self, /)", lower),
    method("lstrip(self, chars=None, /)", lstrip),
    method("rfind(self, sub[, start[, end]], /)", rfind),
    method("rindex(self, sub[, start[, end]], /)", rindex),
    method("rjust(self, width, fillchar=' ', /)", rjust),
    method("rstrip(self, chars=None, /)", rstrip),
    method("rpartition(self, sep, /)", rpartition),
    method("splitlines(self, /, keepends=False)", splitlines),
    method("strip(self, chars=None, /)", strip),
    method("swapcase(self, /)", swapcase),
    method("translate(self, table, /)", translate),
    method("upper(self, /)", upper),
    method("startswith(self, prefix[, start[, end]], /)", startswith),
    method("endswith(self, suffix[, start[, end]], /)", endswith),
    method("removeprefix(self, prefix, /)", removeprefix),
    method("removesuffix(self, suffix, /)", removesuffix),
    method("isascii(self, /)", isascii),
    method("islower(self, /)", islower),
    method("isupper(self, /)", isupper),
    method("istitle(self, /)", istitle),
    method("isspace(self, /)", isspace),
    method("isdecimal(self, /)", isdecimal),
    method("isdigit(self, /)", isdigit),
    method("isnumeric(self, /)", isnumeric),
    method("isalpha(self, /)", isalpha),
    method("isalnum(self, /)", isalnum),
    method("isidentifier(self, /)", isidentifier),
    method("isprintable(self, /)", isprintable),
    method("zfill(self, width, /)", zfill),
    method("format(self, /, *args, **kwargs)", format_call),
    method("format_map(self, mapping, /)", format_map),
    method("__format__(self, format_spec, /)", format_method),
    static_method("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", maketrans),
    method("__sizeof__(self, /)", sizeof),
    method("__getnewargs__(self, /)", getnewargs),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.str.clone();
    vm.add_rows(&class, METHODS);
    let object = vm.types.object.clone();
    let iterator = vm.new_class("str_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let ascii = vm.new_class("str_ascii_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let classes = vm.extension::<TextIterators>();
    classes.str_iterator = Some(iterator);
    classes.str_ascii_iterator = Some(ascii);
}
