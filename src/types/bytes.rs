//! `bytes`: construction, operators, and all methods; those of `bytearray` are the same ones.
//! A method reads its receiver with [`buffer`], which copies, and gives a result of the
//! receiver's kind with [`like`].

use super::slice;
use super::str::{TextIterators, codec, index_argument, repetitions, search_range};
use super::{format, percent};
use crate::object::{
    ByteArrayObj, BytesObj, Kind, Opaque, Ref, SliceObj, Special, Str, Tracer, TupleObj, Value, hash_bytes,
    heap,
};
use crate::vm::native::{Row, class_method, method, next, static_method, static_raw};
use crate::vm::{CompareOp, Raised, Result, Vm};
use num_traits::ToPrimitive;
use std::cell::Cell;

/// The content of a `bytes` or `bytearray`.
pub fn buffer(value: &Value) -> Option<Vec<u8>> {
    if let Some(bytes) = value.get::<BytesObj>() {
        return Some(bytes.data.to_vec());
    }
    value.get::<ByteArrayObj>().map(|b| b.data.borrow().clone())
}

/// The receiver's content.
pub(super) fn data(value: &Value) -> Vec<u8> {
    buffer(value).unwrap_or_default()
}

/// A result of the receiver's kind: `bytearray` methods give a `bytearray`.
fn like(vm: &mut Vm, receiver: &Value, data: Vec<u8>) -> Value {
    if receiver.is::<ByteArrayObj>() { new_bytearray(vm, data) } else { vm.bytes(data) }
}

pub(super) fn new_bytearray(vm: &mut Vm, data: Vec<u8>) -> Value {
    heap::alloc_plain(&vm.types.bytearray.clone(), ByteArrayObj { data: data.into() }).into_value()
}

#[cold]
fn bytes_like(vm: &mut Vm, value: &Value) -> Raised {
    let got = vm.type_name(value);
    vm.type_error(format!("a bytes-like object is required, not '{got}'"))
}

/// A bytes-like argument.
pub(super) fn argument(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    match buffer(value) {
        Some(data) => Ok(data),
        None => Err(bytes_like(vm, value)),
    }
}

/// One byte from an integer.
pub(super) fn byte(vm: &mut Vm, value: &Value, refusal: &str) -> Result<u8> {
    match vm.index(value)?.to_u8() {
        Some(byte) => Ok(byte),
        None => Err(vm.value_error(refusal)),
    }
}

/// The bytes that a value stands for: bytes-like, `__bytes__`, or an iterable of integers.
pub fn to_byte_vector(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    if let Some(data) = buffer(value) {
        return Ok(data);
    }
    if let Some(method) = vm.special(value, Special::Bytes) {
        let result = vm.call(&method, &[value.clone()])?;
        return match buffer(&result) {
            Some(data) => Ok(data),
            None => {
                let got = vm.type_name(&result);
                Err(vm.type_error(format!("__bytes__ returned non-bytes (type {got})")))
            }
        };
    }
    from_iterable(vm, value, "bytes", "bytes must be in range(0, 256)")
}

/// Integers of an iterable as bytes.
pub(super) fn from_iterable(vm: &mut Vm, value: &Value, class: &str, refusal: &str) -> Result<Vec<u8>> {
    let iterable = vm.special(value, Special::Iter).is_some_and(|m| !m.is_none())
        || vm.special(value, Special::GetItem).is_some();
    if value.is::<Str>() || !iterable {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("cannot convert '{got}' object to {class}")));
    }
    let items = vm.collect(value)?;
    items.iter().map(|item| byte(vm, item, refusal)).collect()
}

/// The arguments of `bytes(…)` and `bytearray(…)`: source, encoding, errors.
pub(super) fn constructor(vm: &mut Vm, class: &str, args: &[Value], names: &[Ref<Str>]) -> Result<Vec<u8>> {
    let given = args.len() - names.len();
    if args.len() > 3 {
        return Err(vm.type_error(format!("{class}() takes at most 3 arguments ({} given)", args.len())));
    }
    let mut parts: [Option<&Value>; 3] = [args[..given].first(), args[..given].get(1), args[..given].get(2)];
    for (name, value) in names.iter().zip(&args[given..]) {
        match ["source", "encoding", "errors"].iter().position(|n| *n == name.as_str()) {
            Some(at) if parts[at].is_none() => parts[at] = Some(value),
            _ => {
                return Err(vm.type_error(format!(
                    "{class}() got an unexpected keyword argument '{}'",
                    name.as_str()
                )));
            }
        }
    }
    let [source, encoding, errors] = parts;
    let Some(source) = source else {
        return match (encoding, errors) {
            (None, None) => Ok(Vec::new()),
            (Some(_), _) => Err(vm.type_error("encoding without a string argument")),
            _ => Err(vm.type_error("errors without a string argument")),
        };
    };
    if source.is::<Str>() {
        let Some(encoding) = encoding else {
            return Err(vm.type_error("string argument without an encoding"));
        };
        let encoding = vm.expect_text(encoding, &format!("{class}() argument 'encoding'"))?;
        let errors = match errors {
            Some(errors) => vm.expect_text(errors, &format!("{class}() argument 'errors'"))?,
            None => "strict",
        };
        return codec::encode(vm, source, encoding, errors);
    }
    if encoding.is_some() {
        return Err(vm.type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(vm.type_error("errors without a string argument"));
    }
    let counts = vm.int_like(source).is_some()
        || (vm.special(source, Special::Index).is_some() && vm.special(source, Special::Bytes).is_none());
    let count = match if counts { Some(vm.index(source)) } else { None } {
        Some(Err(raised)) if !raised.is(&vm.exceptions.type_error) => return Err(raised),
        Some(Ok(count)) => Some(count),
        // An index method that fails makes the source an iterable, or nothing.
        Some(Err(_)) | None => None,
    };
    if let Some(count) = count {
        let Some(count) = count.to_i64() else {
            return Err(vm.overflow_error("cannot fit 'int' into an index-sized integer"));
        };
        let Ok(count) = usize::try_from(count) else { return Err(vm.value_error("negative count")) };
        format::check_length(vm, count)?;
        return Ok(vec![0; count]);
    }
    if class == "bytes" {
        return to_byte_vector(vm, source);
    }
    match buffer(source) {
        Some(data) => Ok(data),
        None => from_iterable(vm, source, class, "byte must be in range(0, 256)"),
    }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.bytes.clone())?;
    let exact = class.is_same(&vm.types.bytes);
    if exact
        && names.is_empty()
        && let [_, only] = values
        && vm.class_of(only).is_same(&class)
    {
        return Ok(only.clone());
    }
    let data = constructor(vm, "bytes", &values[1..], names)?;
    if exact {
        return Ok(vm.bytes(data));
    }
    Ok(heap::alloc(&class, BytesObj { data: data.into() }).into_value())
}

// ---- text form

/// The literal of some bytes. In that of a `bytearray`, single quotes are always escaped.
pub fn literal(data: &[u8], mutable: bool) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in data {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\'' if mutable || quote == '\'' => out.push_str("\\'"),
            b' '..=b'~' => out.push(byte as char),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(vm.str(literal(&data(&values[0]), false)))
}

pub(super) fn hex(vm: &mut Vm, values: &[Value]) -> Result {
    let digits: Vec<String> = data(&values[0]).iter().map(|b| format!("{b:02x}")).collect();
    let Some(separator) = values[1].bound() else { return Ok(vm.str(digits.concat())) };
    let separator = match (separator.get::<Str>(), buffer(separator)) {
        (Some(text), _) => text.as_str().to_owned(),
        (None, Some(data)) => data.iter().map(|&b| b as char).collect(),
        (None, None) => return Err(vm.type_error("sep must be str or bytes.")),
    };
    if separator.chars().count() != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    if !separator.is_ascii() {
        return Err(vm.value_error("sep must be ASCII."));
    }
    let size = vm.index_i64(&values[2])?;
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
pub(super) fn parse_hex(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    let Some(text) = value.get::<Str>() else {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("fromhex() argument must be str, not {got}")));
    };
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

fn fromhex(vm: &mut Vm, values: &[Value]) -> Result {
    let data = parse_hex(vm, &values[1])?;
    let bytes = vm.bytes(data);
    if values[0].is_same(vm.types.bytes.as_value()) { Ok(bytes) } else { vm.call(&values[0], &[bytes]) }
}

pub(super) fn decode(vm: &mut Vm, values: &[Value]) -> Result {
    let encoding = vm.expect_text(&values[1], "decode() argument 'encoding'")?;
    let errors = vm.expect_text(&values[2], "decode() argument 'errors'")?;
    let text = codec::decode(vm, &data(&values[0]), encoding, errors)?;
    Ok(vm.str(text))
}

// ---- operators

fn comparison(op: CompareOp, values: &[Value]) -> Result {
    Ok(match (buffer(&values[0]), buffer(&values[1])) {
        (Some(a), Some(b)) => Value::bool(op.holds(a.cmp(&b))),
        _ => Value::NOT_IMPLEMENTED,
    })
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(pub(super) fn $name(_: &mut Vm, values: &[Value]) -> Result {
            comparison(CompareOp::$op, values)
        })*
    };
}

comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let hash = hash_bytes(&data(&values[0]));
    Ok(vm.int(hash))
}

pub(super) fn len(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::index(match values[0].get::<BytesObj>() {
        Some(bytes) => bytes.data.len(),
        None => values[0].get::<ByteArrayObj>().map_or(0, |b| b.data.borrow().len()),
    }))
}

pub(super) fn add(vm: &mut Vm, values: &[Value]) -> Result {
    match buffer(&values[1]) {
        Some(other) => {
            let sum = [data(&values[0]), other].concat();
            Ok(like(vm, &values[0], sum))
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn mul(vm: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    match repetitions(vm, &values[1], data.len())? {
        Some(count) => Ok(like(vm, &values[0], data.repeat(count))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn modulo(vm: &mut Vm, values: &[Value]) -> Result {
    let text = percent::format_bytes(vm, &data(&values[0]), &values[1])?;
    Ok(like(vm, &values[0], text))
}

pub(super) fn rmodulo(vm: &mut Vm, values: &[Value]) -> Result {
    match buffer(&values[1]) {
        Some(template) => {
            let text = percent::format_bytes(vm, &template, &values[0])?;
            Ok(like(vm, &values[1], text))
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn contains(vm: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    if let Some(part) = buffer(&values[1]) {
        return Ok(Value::bool(find_in(&data, &part).is_some()));
    }
    if vm.int_like(&values[1]).is_none() && vm.special(&values[1], Special::Index).is_none() {
        return Err(bytes_like(vm, &values[1]));
    }
    let byte = byte(vm, &values[1], "byte must be in range(0, 256)")?;
    Ok(Value::bool(data.contains(&byte)))
}

pub(super) fn get_item(vm: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    if let Some(slice) = values[1].get::<SliceObj>() {
        let slice = slice::bounds(vm, slice, data.len())?;
        let selected = slice.indices().filter_map(|i| data.get(i).copied()).collect();
        return Ok(like(vm, &values[0], selected));
    }
    let name = if values[0].is::<ByteArrayObj>() { "bytearray" } else { "byte" };
    let index = match values[1].as_int() {
        Some(index) => index,
        None => index_argument(vm, &values[1], &format!("{name} indices must be integers or slices, not"))
            .map_err(|raised| unquoted(vm, raised, &values[1], name))?,
    };
    let at = if index < 0 { index + data.len() as i64 } else { index };
    match usize::try_from(at).ok().and_then(|at| data.get(at)) {
        Some(&byte) => Ok(Value::index(byte as usize)),
        None => Err(vm.index_error(if name == "byte" {
            "index out of range"
        } else {
            "bytearray index out of range"
        })),
    }
}

/// Unlike `str`, these types name the index's class without quotes.
fn unquoted(vm: &mut Vm, raised: Raised, value: &Value, name: &str) -> Raised {
    if !raised.is(&vm.exceptions.type_error) {
        return raised;
    }
    let got = vm.type_name(value);
    vm.type_error(format!("{name} indices must be integers or slices, not {got}"))
}

fn bytes_method(vm: &mut Vm, values: &[Value]) -> Result {
    if vm.class_of(&values[0]).is_same(&vm.types.bytes) {
        return Ok(values[0].clone());
    }
    Ok(vm.bytes(data(&values[0])))
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    let data = vm.bytes(data(&values[0]));
    Ok(vm.tuple([data]))
}

// ---- iteration

/// The iterator over bytes; `object` becomes unbound at the end.
struct BytesIterator {
    object: Cell<Value>,
    index: Cell<usize>,
}

impl Opaque for BytesIterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.object);
    }
    fn clear(&self) {
        drop(self.object.take());
    }
}

pub(super) fn iter(vm: &mut Vm, values: &[Value]) -> Result {
    let classes = vm.extension::<TextIterators>();
    let class = if values[0].is::<ByteArrayObj>() {
        classes.bytearray_iterator.clone()
    } else {
        classes.bytes_iterator.clone()
    };
    let class = class.expect("`install` makes it");
    let object = Cell::new(values[0].clone());
    Ok(heap::new_opaque(&class, BytesIterator { object, index: Cell::new(0) }))
}

fn iterator_next(_: &mut Vm, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = value.opaque::<BytesIterator>() else { return Ok(None) };
    let held = Value::peek(&iterator.object);
    let index = iterator.index.get();
    let byte = match held.get::<BytesObj>() {
        Some(bytes) => bytes.data.get(index).copied(),
        None => held.get::<ByteArrayObj>().and_then(|b| b.data.borrow().get(index).copied()),
    };
    match byte {
        Some(byte) => {
            iterator.index.set(index + 1);
            Ok(Some(Value::index(byte as usize)))
        }
        None => {
            drop(iterator.object.take());
            Ok(None)
        }
    }
}

fn iterator_self(_: &mut Vm, values: &[Value]) -> Result {
    Ok(values[0].clone())
}

const ITERATOR: &[Row] = &[method("__iter__(self, /)", iterator_self), next(iterator_next)];

// ---- searching

fn find_in(data: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    data.windows(part.len()).position(|window| window == part)
}

fn rfind_in(data: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(data.len());
    }
    data.windows(part.len()).rposition(|window| window == part)
}

/// What is searched: bytes, or one byte.
fn needle(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    if let Some(data) = buffer(value) {
        return Ok(data);
    }
    if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("argument should be integer or bytes-like object, not '{got}'")));
    }
    Ok(vec![byte(vm, value, "byte must be in range(0, 256)")?])
}

fn position_of(vm: &mut Vm, values: &[Value], last: bool) -> Result<Option<usize>> {
    let part = needle(vm, &values[1])?;
    let data = data(&values[0]);
    let Some((start, end)) = search_range(vm, &values[2], &values[3], data.len())? else {
        return Ok(None);
    };
    let window = &data[start..end];
    let found = if last { rfind_in(window, &part) } else { find_in(window, &part) };
    Ok(found.map(|at| at + start))
}

fn position_or_minus_one(vm: &mut Vm, found: Option<usize>) -> Result {
    Ok(match found {
        Some(at) => Value::index(at),
        None => vm.int(-1),
    })
}

pub(super) fn find(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, values, false)?;
    position_or_minus_one(vm, found)
}

pub(super) fn rfind(vm: &mut Vm, values: &[Value]) -> Result {
    let found = position_of(vm, values, true)?;
    position_or_minus_one(vm, found)
}

pub(super) fn index(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, values, false)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("subsection not found")),
    }
}

pub(super) fn rindex(vm: &mut Vm, values: &[Value]) -> Result {
    match position_of(vm, values, true)? {
        Some(at) => Ok(Value::index(at)),
        None => Err(vm.value_error("subsection not found")),
    }
}

pub(super) fn count(vm: &mut Vm, values: &[Value]) -> Result {
    let part = needle(vm, &values[1])?;
    let data = data(&values[0]);
    let Some((start, end)) = search_range(vm, &values[2], &values[3], data.len())? else {
        return Ok(Value::index(0));
    };
    let window = &data[start..end];
    if part.is_empty() {
        return Ok(Value::index(window.len() + 1));
    }
    Ok(Value::index(pieces(window, &part, usize::MAX).len() - 1))
}

fn affix(vm: &mut Vm, name: &str, values: &[Value], fits: fn(&[u8], &[u8]) -> bool) -> Result {
    let data = data(&values[0]);
    let range = search_range(vm, &values[2], &values[3], data.len())?;
    let holds = |part: &[u8]| range.is_some_and(|(start, end)| fits(&data[start..end], part));
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

pub(super) fn startswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "startswith", values, |data, part| data.starts_with(part))
}

pub(super) fn endswith(vm: &mut Vm, values: &[Value]) -> Result {
    affix(vm, "endswith", values, |data, part| data.ends_with(part))
}

pub(super) fn removeprefix(vm: &mut Vm, values: &[Value]) -> Result {
    let (data, prefix) = (data(&values[0]), argument(vm, &values[1])?);
    let rest = data.strip_prefix(prefix.as_slice()).unwrap_or(&data).to_vec();
    Ok(like(vm, &values[0], rest))
}

pub(super) fn removesuffix(vm: &mut Vm, values: &[Value]) -> Result {
    let (data, suffix) = (data(&values[0]), argument(vm, &values[1])?);
    let rest = data.strip_suffix(suffix.as_slice()).unwrap_or(&data).to_vec();
    Ok(like(vm, &values[0], rest))
}

// ---- splitting and joining

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

/// White space as `bytes.split` and `bytes.strip` see it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

fn list(vm: &mut Vm, receiver: &Value, parts: Vec<Vec<u8>>) -> Result {
    let parts = parts.into_iter().map(|part| like(vm, receiver, part)).collect();
    Ok(vm.list(parts))
}

fn split_arguments(vm: &mut Vm, values: &[Value]) -> Result<(Option<Vec<u8>>, usize)> {
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

pub(super) fn split(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    let data = data(&values[0]);
    let parts = match separator {
        Some(separator) => pieces(&data, &separator, most),
        None => words(&data, most),
    };
    list(vm, &values[0], parts)
}

pub(super) fn rsplit(vm: &mut Vm, values: &[Value]) -> Result {
    let (separator, most) = split_arguments(vm, values)?;
    // Splitting from the right is splitting the reversed text from the left.
    let reversed: Vec<u8> = data(&values[0]).into_iter().rev().collect();
    let mut parts = match separator {
        Some(separator) => {
            let separator: Vec<u8> = separator.into_iter().rev().collect();
            pieces(&reversed, &separator, most)
        }
        None => words(&reversed, most),
    };
    parts.reverse();
    parts.iter_mut().for_each(|part| part.reverse());
    list(vm, &values[0], parts)
}

pub(super) fn splitlines(vm: &mut Vm, values: &[Value]) -> Result {
    let keep = vm.truth(&values[1])?;
    let data = data(&values[0]);
    let mut parts = Vec::new();
    let mut rest = data.as_slice();
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

fn separator(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    let separator = argument(vm, value)?;
    if separator.is_empty() { Err(vm.value_error("empty separator")) } else { Ok(separator) }
}

pub(super) fn partition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let data = data(&values[0]);
    match find_in(&data, &separator) {
        Some(at) => three(vm, &values[0], [&data[..at], &separator, &data[at + separator.len()..]]),
        None => three(vm, &values[0], [&data, b"", b""]),
    }
}

pub(super) fn rpartition(vm: &mut Vm, values: &[Value]) -> Result {
    let separator = separator(vm, &values[1])?;
    let data = data(&values[0]);
    match rfind_in(&data, &separator) {
        Some(at) => three(vm, &values[0], [&data[..at], &separator, &data[at + separator.len()..]]),
        None => three(vm, &values[0], [b"", b"", &data]),
    }
}

pub(super) fn join(vm: &mut Vm, values: &[Value]) -> Result {
    if vm.special(&values[1], Special::Iter).is_none() && vm.special(&values[1], Special::GetItem).is_none() {
        return Err(vm.type_error("can only join an iterable"));
    }
    let separator = data(&values[0]);
    let mut out = Vec::new();
    for (at, item) in vm.collect(&values[1])?.iter().enumerate() {
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

pub(super) fn replace(vm: &mut Vm, values: &[Value]) -> Result {
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
        out = pieces(&data, &old, most).join(new.as_slice());
    }
    Ok(like(vm, &values[0], out))
}

// ---- stripping and padding

fn trim<'d>(data: &'d [u8], drop: &dyn Fn(u8) -> bool, left: bool, right: bool) -> &'d [u8] {
    let start = if left { data.iter().position(|&b| !drop(b)).unwrap_or(data.len()) } else { 0 };
    let rest = &data[start..];
    let end = if right { rest.iter().rposition(|&b| !drop(b)).map_or(0, |at| at + 1) } else { rest.len() };
    &rest[..end]
}

fn stripped(vm: &mut Vm, values: &[Value], left: bool, right: bool) -> Result {
    let data = data(&values[0]);
    let rest = if values[1].is_none() {
        trim(&data, &is_space, left, right)
    } else {
        let set = argument(vm, &values[1])?;
        trim(&data, &move |byte| set.contains(&byte), left, right)
    };
    Ok(like(vm, &values[0], rest.to_vec()))
}

pub(super) fn strip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, values, true, true)
}

pub(super) fn lstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, values, true, false)
}

pub(super) fn rstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, values, false, true)
}

fn padded(vm: &mut Vm, name: &str, values: &[Value], left: fn(usize, usize) -> usize) -> Result {
    let width = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    let fill = match values[2].bound() {
        None => b' ',
        Some(value) => match buffer(value).as_deref() {
            Some([byte]) => *byte,
            Some(other) => {
                let (kind, length) = (vm.type_name(value), other.len());
                return Err(vm.type_error(format!(
                    "{name}(): argument 2 must be a byte string of length 1, not a {kind} object of length {length}"
                )));
            }
            None => {
                let got = vm.type_name(value);
                return Err(vm.type_error(format!(
                    "{name}() argument 2 must be a byte string of length 1, not {got}"
                )));
            }
        },
    };
    let data = data(&values[0]);
    let missing = width.saturating_sub(data.len());
    format::check_length(vm, width)?;
    let before = left(missing, width);
    let mut out = vec![fill; before];
    out.extend_from_slice(&data);
    out.resize(data.len() + missing, fill);
    Ok(like(vm, &values[0], out))
}

pub(super) fn center(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, "center", values, |missing, width| missing / 2 + (missing & width & 1))
}

pub(super) fn ljust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, "ljust", values, |_, _| 0)
}

pub(super) fn rjust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, "rjust", values, |missing, _| missing)
}

pub(super) fn zfill(vm: &mut Vm, values: &[Value]) -> Result {
    let width = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    format::check_length(vm, width)?;
    let data = data(&values[0]);
    let sign = usize::from(matches!(data.first(), Some(b'+' | b'-')));
    let mut out = data[..sign].to_vec();
    out.resize(sign + width.saturating_sub(data.len()), b'0');
    out.extend_from_slice(&data[sign..]);
    Ok(like(vm, &values[0], out))
}

pub(super) fn expandtabs(vm: &mut Vm, values: &[Value]) -> Result {
    let size = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    let mut out = Vec::new();
    let mut column = 0usize;
    for byte in data(&values[0]) {
        match byte {
            b'\t' => {
                if let Some(inside) = column.checked_rem(size) {
                    format::check_length(vm, out.len().saturating_add(size))?;
                    out.resize(out.len() + size - inside, b' ');
                    column += size - inside;
                }
            }
            _ => {
                out.push(byte);
                column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(like(vm, &values[0], out))
}

// ---- case and kinds of bytes

macro_rules! mappings {
    ($($name:ident |$data:ident| $body:expr;)*) => {
        $(pub(super) fn $name(vm: &mut Vm, values: &[Value]) -> Result {
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
        $(pub(super) fn $name(_: &mut Vm, values: &[Value]) -> Result {
            let data = data(&values[0]);
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

pub(super) fn isascii(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(data(&values[0]).is_ascii()))
}

pub(super) fn islower(_: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    Ok(Value::bool(data.iter().any(u8::is_ascii_lowercase) && !data.iter().any(u8::is_ascii_uppercase)))
}

pub(super) fn isupper(_: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    Ok(Value::bool(data.iter().any(u8::is_ascii_uppercase) && !data.iter().any(u8::is_ascii_lowercase)))
}

pub(super) fn istitle(_: &mut Vm, values: &[Value]) -> Result {
    let text: String = data(&values[0]).iter().map(|&b| if b.is_ascii() { b as char } else { ' ' }).collect();
    Ok(Value::bool(super::str::properties::is_titled(&text)))
}

// ---- translation

pub(super) fn maketrans(vm: &mut Vm, values: &[Value]) -> Result {
    let (from, to) = (argument(vm, &values[0])?, argument(vm, &values[1])?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&key, &value) in from.iter().zip(&to) {
        table[key as usize] = value;
    }
    Ok(vm.bytes(table))
}

pub(super) fn translate(vm: &mut Vm, values: &[Value]) -> Result {
    let table = if values[1].is_none() { None } else { Some(argument(vm, &values[1])?) };
    if table.as_ref().is_some_and(|t| t.len() != 256) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let dropped = match values[2].bound() {
        Some(value) => argument(vm, value)?,
        None => Vec::new(),
    };
    let mapped = data(&values[0])
        .into_iter()
        .filter(|byte| !dropped.contains(byte))
        .map(|byte| table.as_ref().map_or(byte, |t| t[byte as usize]))
        .collect();
    Ok(like(vm, &values[0], mapped))
}

pub(super) fn sizeof(vm: &mut Vm, values: &[Value]) -> Result {
    let length = data(&values[0]).len() as i64;
    Ok(vm.int(if values[0].is::<ByteArrayObj>() { 57 + length } else { 33 + length }))
}

/// The methods that `bytes` and `bytearray` share.
pub(super) const SHARED: &[Row] = &[
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
    method("__sizeof__(self, /)", sizeof),
    method("capitalize(self, /)", capitalize),
    method("center(self, width, fillchar=<unrepresentable>, /)", center),
    method("count(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", count),
    method("decode(self, /, encoding='utf-8', errors='strict')", decode),
    method("endswith(self, suffix, start=<unrepresentable>, end=<unrepresentable>, /)", endswith),
    method("expandtabs(self, /, tabsize=8)", expandtabs),
    method("find(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", find),
    method("hex(self, /, sep=<unrepresentable>, bytes_per_sep=1)", hex),
    method("index(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", index),
    method("isalnum(self, /)", isalnum),
    method("isalpha(self, /)", isalpha),
    method("isascii(self, /)", isascii),
    method("isdigit(self, /)", isdigit),
    method("islower(self, /)", islower),
    method("isspace(self, /)", isspace),
    method("istitle(self, /)", istitle),
    method("isupper(self, /)", isupper),
    method("join(self, iterable_of_bytes, /)", join),
    method("ljust(self, width, fillchar=<unrepresentable>, /)", ljust),
    method("lower(self, /)", lower),
    method("lstrip(self, bytes=None, /)", lstrip),
    static_method("maketrans(frm, to, /)", maketrans),
    method("partition(self, sep, /)", partition),
    method("replace(self, old, new, count=-1, /)", replace),
    method("removeprefix(self, prefix, /)", removeprefix),
    method("removesuffix(self, suffix, /)", removesuffix),
    method("rfind(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", rfind),
    method("rindex(self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", rindex),
    method("rjust(self, width, fillchar=<unrepresentable>, /)", rjust),
    method("rpartition(self, sep, /)", rpartition),
    method("rsplit(self, /, sep=None, maxsplit=-1)", rsplit),
    method("rstrip(self, bytes=None, /)", rstrip),
    method("split(self, /, sep=None, maxsplit=-1)", split),
    method("splitlines(self, /, keepends=False)", splitlines),
    method("startswith(self, prefix, start=<unrepresentable>, end=<unrepresentable>, /)", startswith),
    method("strip(self, bytes=None, /)", strip),
    method("swapcase(self, /)", swapcase),
    method("title(self, /)", title),
    method("translate(self, table, /, delete=<unrepresentable>)", translate),
    method("upper(self, /)", upper),
    method("zfill(self, width, /)", zfill),
];

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__getnewargs__(self, /)", getnewargs),
    method("__bytes__(self, /)", bytes_method),
    class_method("fromhex(type, string, /)", fromhex),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.bytes.clone();
    vm.add_rows(&class, METHODS);
    vm.add_rows(&class, SHARED);
    let object = vm.types.object.clone();
    let iterator = vm.new_class("bytes_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let mutable = vm.new_class("bytearray_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let classes = vm.extension::<TextIterators>();
    classes.bytes_iterator = Some(iterator);
    classes.bytearray_iterator = Some(mutable);
}
