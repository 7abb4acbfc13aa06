//! `bytes`: construction, operators, and all methods; those of `bytearray` are the same ones.
//! A method reads its receiver with [`data`] and gives a result of the receiver's kind with
//! [`like`]. `bytes` is read in place; what can change (`bytearray`, `memoryview`) is copied
//! first, because converting the other arguments may run Python; where no Python can run, [`with`]
//! reads in place.
//!
//! Beside this file: `search`, `split` (and join), `pad` (and strip), `letters` (case, kinds,
//! translation), `hexadecimal`.

pub(super) mod hexadecimal;
mod letters;
mod pad;
mod search;
mod split;

use super::iterators::iterator_self;
use super::operators::comparisons;
use super::reduce;
use super::slice;
use super::str::{TextIterators, codec, index_argument, repetitions};
use super::{array_store, format, memoryview, percent};
use crate::object::{
    ByteArrayObj, BytesObj, Kind, Opaque, Ref, SliceObj, Special, Str, Tracer, Value, hash_bytes, heap,
};
use crate::vm::native::{Row, class_method, method, next, static_method, static_raw};
use crate::vm::{CompareOp, Raised, Result, Vm};
use num_traits::ToPrimitive;
use std::borrow::Cow;
use std::cell::Cell;

/// The content of a bytes-like object.
pub fn buffer(value: &Value) -> Option<Cow<'_, [u8]>> {
    if let Some(bytes) = value.get::<BytesObj>() {
        return Some(Cow::Borrowed(&bytes.data));
    }
    if let Some(array) = value.get::<ByteArrayObj>() {
        heap::spend_bytes(array.data.borrow().len());
        return Some(Cow::Owned(array.data.borrow().clone()));
    }
    memoryview::content(value).or_else(|| array_store::content(value)).map(Cow::Owned)
}

/// Calls `read` with the content of a bytes-like object in place; `read` runs no Python.
pub(super) fn with<R>(value: &Value, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if let Some(bytes) = value.get::<BytesObj>() {
        return Some(read(&bytes.data));
    }
    if let Some(array) = value.get::<ByteArrayObj>() {
        return Some(read(&array.data.borrow()));
    }
    memoryview::content(value).or_else(|| array_store::content(value)).map(|content| read(&content))
}

/// The receiver's content.
pub(super) fn data(value: &Value) -> Cow<'_, [u8]> {
    buffer(value).unwrap_or_default()
}

/// A part of the receiver in its kind: all of a `bytes` is the `bytes` itself.
pub(super) fn kept(vm: &mut Vm, receiver: &Value, part: Vec<u8>) -> Value {
    if part.len() == length(receiver) && vm.class_of(receiver).is_same(&vm.types.bytes) {
        return receiver.clone();
    }
    like(vm, receiver, part)
}

/// A result of the receiver's kind: `bytearray` methods give a `bytearray`.
pub(super) fn like(vm: &mut Vm, receiver: &Value, data: Vec<u8>) -> Value {
    if receiver.is::<ByteArrayObj>() { new_bytearray(vm, data) } else { vm.bytes(data) }
}

pub(super) fn new_bytearray(vm: &mut Vm, data: Vec<u8>) -> Value {
    heap::alloc_plain(&vm.types.bytearray.clone(), ByteArrayObj::new(data)).into_value()
}

#[cold]
pub(super) fn bytes_like(vm: &mut Vm, value: &Value) -> Raised {
    let got = vm.type_name(value);
    vm.type_error(format!("a bytes-like object is required, not '{got}'"))
}

/// A bytes-like argument.
pub(super) fn argument<'v>(vm: &mut Vm, value: &'v Value) -> Result<Cow<'v, [u8]>> {
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
        return Ok(data.into_owned());
    }
    if let Some(method) = vm.special(value, Special::Bytes) {
        let result = vm.call(&method, &[value.clone()])?;
        return match buffer(&result) {
            Some(data) => Ok(data.into_owned()),
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
    if vm.class_of(value).is_same(&vm.types.list) || vm.class_of(value).is_same(&vm.types.tuple) {
        let items = vm.collect(value)?;
        return items.iter().map(|item| byte(vm, item, refusal)).collect();
    }
    // One by one: what is no byte ends an iterable that does not end.
    let iterator = vm.iter(value)?;
    // `bytearray(…)` reads on without asking.
    if class == "bytes" {
        vm.ask_length(value)?;
    }
    let mut bytes = Vec::new();
    while let Some(item) = vm.next(&iterator)? {
        bytes.push(byte(vm, &item, refusal)?);
    }
    Ok(bytes)
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
                return Err(vm.unexpected_keyword(class, name.as_str(), &["source", "encoding", "errors"]));
            }
        }
    }
    let [source, encoding, errors] = parts;
    for (name, value) in [("encoding", encoding), ("errors", errors)] {
        if let Some(value) = value {
            vm.expect_text(value, &format!("{class}() argument '{name}'"))?;
        }
    }
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
        Some(data) => Ok(data.into_owned()),
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
    // What `__bytes__` makes is the answer, even an instance of a subclass.
    if names.is_empty()
        && let [_, only] = values
        && let Some(method) = vm.special(only, Special::Bytes).filter(|method| !method.is_none())
    {
        let made = vm.call(&method, std::slice::from_ref(only))?;
        let Some(bytes) = made.get::<BytesObj>() else {
            let got = vm.type_name(&made);
            return Err(vm.type_error(format!("__bytes__ returned non-bytes (type {got})")));
        };
        if exact {
            return Ok(made);
        }
        return Ok(heap::alloc(&class, BytesObj { data: bytes.data.clone() }).into_value());
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

fn fromhex(vm: &mut Vm, values: &[Value]) -> Result {
    let data = hexadecimal::parse(vm, &values[1])?;
    let bytes = vm.bytes(data);
    if values[0].is_same(vm.types.bytes.as_value()) { Ok(bytes) } else { vm.call(&values[0], &[bytes]) }
}

pub(super) fn decode(vm: &mut Vm, values: &[Value]) -> Result {
    let encoding = vm.expect_text(&values[1], "decode() argument 'encoding'")?;
    let errors = vm.expect_text(&values[2], "decode() argument 'errors'")?;
    let data = data(&values[0]);
    // Nothing to decode: whether there is such an encoding is not asked.
    if data.is_empty() {
        return Ok(vm.str(""));
    }
    let text = codec::decode(vm, &data, encoding, errors)?;
    Ok(vm.str(text))
}

// ---- operators

fn comparison(_: &mut Vm, op: CompareOp, values: &[Value]) -> Result {
    // `bytes` compares with its own kind; a `bytearray` with whatever has a buffer, and answers from its side.
    if values[0].is::<BytesObj>() && !values[1].is::<BytesObj>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let compare = |a: &[u8], b: &[u8]| {
        heap::spend_bytes(a.len().min(b.len()));
        a.cmp(b)
    };
    let ordering = with(&values[0], |a| with(&values[1], |b| compare(a, b))).flatten();
    Ok(ordering.map_or(Value::NOT_IMPLEMENTED, |ordering| Value::bool(op.holds(ordering))))
}

comparisons! { pub(super) comparison }

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    heap::spend_bytes(data.len());
    let hash = hash_bytes(&data);
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
            let own = data(&values[0]);
            vm.room(own.len() + other.len())?;
            let sum = [&*own, &*other].concat();
            if own.is_empty()
                && vm.class_of(&values[1]).is_same(&vm.types.bytes)
                && values[0].is::<BytesObj>()
            {
                return Ok(values[1].clone());
            }
            Ok(kept(vm, &values[0], sum))
        }
        None => Err(vm.cannot_join(&values[0], &values[1])),
    }
}

pub(super) fn mul(vm: &mut Vm, values: &[Value]) -> Result {
    let data = data(&values[0]);
    match repetitions(vm, &values[1], data.len())? {
        Some(count) => Ok(kept(vm, &values[0], data.repeat(count))),
        None => Err(vm.cannot_count(&values[1])),
    }
}

pub(super) fn modulo(vm: &mut Vm, values: &[Value]) -> Result {
    let text = percent::format_bytes(vm, &data(&values[0]), &values[1])?;
    Ok(like(vm, &values[0], text))
}

pub(super) fn rmodulo(vm: &mut Vm, values: &[Value]) -> Result {
    let template =
        if values[1].is::<BytesObj>() || values[1].is::<ByteArrayObj>() { buffer(&values[1]) } else { None };
    match template {
        Some(template) => {
            let text = percent::format_bytes(vm, &template, &values[0])?;
            Ok(like(vm, &values[1], text))
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn contains(vm: &mut Vm, values: &[Value]) -> Result {
    heap::spend_bytes(length(&values[0]));
    let found = with(&values[1], |part| with(&values[0], |data| search::find_in(data, part).is_some()));
    if let Some(found) = found.flatten() {
        return Ok(Value::bool(found));
    }
    if vm.int_like(&values[1]).is_none() && vm.special(&values[1], Special::Index).is_none() {
        return Err(bytes_like(vm, &values[1]));
    }
    let byte = byte(vm, &values[1], "byte must be in range(0, 256)")?;
    Ok(Value::bool(with(&values[0], |data| memchr::memchr(byte, data).is_some()) == Some(true)))
}

fn length(value: &Value) -> usize {
    with(value, <[u8]>::len).unwrap_or(0)
}

pub(super) fn get_item(vm: &mut Vm, values: &[Value]) -> Result {
    if let Some(slice) = values[1].get::<SliceObj>() {
        let slice = slice::bounds(vm, slice, || length(&values[0]))?;
        let select = |data: &[u8]| -> Vec<u8> {
            match data.get(slice.start as usize..slice.start as usize + slice.count) {
                Some(part) if slice.step == 1 => part.to_vec(),
                _ => slice.indices().filter_map(|i| data.get(i).copied()).collect(),
            }
        };
        let selected = with(&values[0], select).unwrap_or_default();
        if slice.step == 1 {
            return Ok(kept(vm, &values[0], selected));
        }
        return Ok(like(vm, &values[0], selected));
    }
    let name = if values[0].is::<ByteArrayObj>() { "bytearray" } else { "byte" };
    let index = match values[1].as_int() {
        Some(index) => index,
        None => index_argument(vm, &values[1], &format!("{name} indices must be integers or slices, not"))
            .map_err(|raised| unquoted(vm, raised, &values[1], name))?,
    };
    let byte = with(&values[0], |data| {
        let at = if index < 0 { index + data.len() as i64 } else { index };
        usize::try_from(at).ok().and_then(|at| data.get(at).copied())
    });
    match byte.flatten() {
        Some(byte) => Ok(Value::index(byte as usize)),
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
    Ok(vm.bytes(data(&values[0]).into_owned()))
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    let data = vm.bytes(data(&values[0]).into_owned());
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

fn iterator_length_hint(_: &mut Vm, values: &[Value]) -> Result {
    let left = values[0]
        .opaque::<BytesIterator>()
        .map_or(0, |iterator| length(&Value::peek(&iterator.object)).saturating_sub(iterator.index.get()));
    Ok(Value::index(left))
}

fn iterator_reduce(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(iterator) = values[0].opaque::<BytesIterator>() else {
        return Err(super::wrong_receiver(vm, &values[0], "bytes_iterator"));
    };
    let empty = vm.tuple([]);
    reduce::by_position(vm, &iterator.object, iterator.index.get(), empty)
}

fn iterator_setstate(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(iterator) = values[0].opaque::<BytesIterator>() else {
        return Err(super::wrong_receiver(vm, &values[0], "bytes_iterator"));
    };
    let held = Value::peek(&iterator.object);
    if !held.is_unbound() {
        iterator.index.set(reduce::position(vm, &values[1], length(&held))?);
    }
    Ok(Value::NONE)
}

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", iterator_length_hint),
    method("__reduce__(self, /)", iterator_reduce),
    method("__setstate__(self, object, /)", iterator_setstate),
];

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
    method("capitalize(self, /)", letters::capitalize),
    method("center(self, width, fillchar=b' ', /)", pad::center),
    method("count(self, sub[, start[, end]], /)", search::count),
    method("decode(self, /, encoding='utf-8', errors='strict')", decode),
    method("endswith(self, suffix[, start[, end]], /)", search::endswith),
    method("expandtabs(self, /, tabsize=8)", pad::expandtabs),
    method("find(self, sub[, start[, end]], /)", search::find),
    method("hex(self, /, sep=<unrepresentable>, bytes_per_sep=1)", hexadecimal::hex),
    method("index(self, sub[, start[, end]], /)", search::index),
    method("isalnum(self, /)", letters::isalnum),
    method("isalpha(self, /)", letters::isalpha),
    method("isascii(self, /)", letters::isascii),
    method("isdigit(self, /)", letters::isdigit),
    method("islower(self, /)", letters::islower),
    method("isspace(self, /)", letters::isspace),
    method("istitle(self, /)", letters::istitle),
    method("isupper(self, /)", letters::isupper),
    method("join(self, iterable_of_bytes, /)", split::join),
    method("ljust(self, width, fillchar=b' ', /)", pad::ljust),
    method("lower(self, /)", letters::lower),
    method("lstrip(self, bytes=None, /)", pad::lstrip),
    static_method("maketrans(frm, to, /)", letters::maketrans),
    method("partition(self, sep, /)", split::partition),
    method("replace(self, old, new, count=-1, /)", split::replace),
    method("removeprefix(self, prefix, /)", search::removeprefix),
    method("removesuffix(self, suffix, /)", search::removesuffix),
    method("rfind(self, sub[, start[, end]], /)", search::rfind),
    method("rindex(self, sub[, start[, end]], /)", search::rindex),
    method("rjust(self, width, fillchar=b' ', /)", pad::rjust),
    method("rpartition(self, sep, /)", split::rpartition),
    method("rsplit(self, /, sep=None, maxsplit=-1)", split::rsplit),
    method("rstrip(self, bytes=None, /)", pad::rstrip),
    method("split(self, /, sep=None, maxsplit=-1)", split::split),
    method("splitlines(self, /, keepends=False)", split::splitlines),
    method("startswith(self, prefix[, start[, end]], /)", search::startswith),
    method("strip(self, bytes=None, /)", pad::strip),
    method("swapcase(self, /)", letters::swapcase),
    method("title(self, /)", letters::title),
    method("translate(self, table, /, delete=b'')", letters::translate),
    method("upper(self, /)", letters::upper),
    method("zfill(self, width, /)", pad::zfill),
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
