//! `memoryview`: a window on the bytes of a `bytes` or `bytearray`, of one dimension or, after a
//! `cast`, of several.
//!
//! ```text
//!   object   b'abcdefgh'         a view of it [1:7:2]
//!              ^ ^ ^             offset 1, shape (3,), strides (2,), format 'B'
//! ```
//!
//! While a view is not released its `bytearray` keeps its length ([`ByteArrayObj::exports`]). The
//! elements of a view are read and written one at a time by their format ([`unpack`], [`pack`]).

use super::bytes::hexadecimal;
use super::slice;
use super::{Extra, class_argument, wrong_receiver};
use crate::object::{
    ByteArrayObj, BytesObj, Kind, Opaque, Ref, SliceObj, Special, Str, Tracer, Value, hash_bytes, heap,
};
use crate::vm::native::{Row, class_method, getter, method, next, static_raw};
use crate::vm::{Raised, Result, Vm};
use num_traits::ToPrimitive;
use std::cell::Cell;

/// The payload.
struct MemoryView {
    /// The `bytes` or `bytearray`; unbound after `release`.
    object: Cell<Value>,
    /// Byte position of the first element.
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<isize>,
    format: Format,
    readonly: bool,
    /// The hash, once computed: it outlives `release`.
    hash: Cell<Option<i64>>,
}

/// A native element format: one character, perhaps with `@` in front.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Format {
    code: char,
    marked: bool,
}

const BYTE: Format = Format { code: 'B', marked: false };

impl Format {
    fn parse(text: &str) -> Option<Format> {
        let (marked, rest) = match text.strip_prefix('@') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(code), None) if size_of_code(code).is_some() => Some(Format { code, marked }),
            _ => None,
        }
    }

    fn size(self) -> usize {
        size_of_code(self.code).unwrap_or(1)
    }

    fn text(self) -> String {
        if self.marked { format!("@{}", self.code) } else { self.code.to_string() }
    }

    fn is_byte(self) -> bool {
        matches!(self.code, 'B' | 'b' | 'c')
    }
}

fn size_of_code(code: char) -> Option<usize> {
    Some(match code {
        'b' | 'B' | 'c' | '?' => 1,
        'h' | 'H' | 'e' => 2,
        'i' | 'I' | 'f' => 4,
        'l' | 'L' | 'q' | 'Q' | 'n' | 'N' | 'd' | 'P' => 8,
        _ => return None,
    })
}

impl Opaque for MemoryView {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.object);
    }
    fn clear(&self) {
        self.release();
    }
}

impl Drop for MemoryView {
    fn drop(&mut self) {
        self.release();
    }
}

impl MemoryView {
    /// Counts this view among those that look at its `bytearray`, until `release`.
    fn counted(self) -> MemoryView {
        if let Some(array) = Value::peek(&self.object).get::<ByteArrayObj>() {
            array.exports.set(array.exports.get() + 1);
        }
        self
    }

    fn release(&self) {
        let object = self.object.replace(Value::UNBOUND);
        if let Some(array) = object.get::<ByteArrayObj>() {
            array.exports.set(array.exports.get().saturating_sub(1));
        }
    }

    fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Byte positions of all elements, the last dimension fastest.
    fn positions(&self) -> Vec<usize> {
        let mut positions = vec![self.offset as isize];
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            positions = positions
                .into_iter()
                .flat_map(|at| (0..length as isize).map(move |i| at + i * stride))
                .collect();
        }
        positions.into_iter().map(|at| at as usize).collect()
    }

    fn is_contiguous(&self) -> bool {
        let mut expected = self.format.size() as isize;
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if length > 1 && stride != expected {
                return false;
            }
            expected *= length as isize;
        }
        true
    }

    fn is_fortran_contiguous(&self) -> bool {
        let mut expected = self.format.size() as isize;
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            if length > 1 && stride != expected {
                return false;
            }
            expected *= length as isize;
        }
        true
    }

    /// The bytes of all elements in order; `None` when released.
    fn bytes(&self) -> Option<Vec<u8>> {
        let object = Value::peek(&self.object);
        let gather = |data: &[u8]| -> Vec<u8> {
            let size = self.format.size();
            if self.is_contiguous() {
                let all = self.offset..self.offset + self.count() * size;
                return data.get(all).unwrap_or_default().to_vec();
            }
            self.positions().into_iter().flat_map(|at| data[at..at + size].iter().copied()).collect()
        };
        if let Some(bytes) = object.get::<BytesObj>() {
            return Some(gather(&bytes.data));
        }
        object.get::<ByteArrayObj>().map(|array| gather(&array.data.borrow()))
    }

    /// The bytes of the element at a byte position.
    fn element(&self, at: usize) -> [u8; 8] {
        let mut element = [0; 8];
        let size = self.format.size();
        let object = Value::peek(&self.object);
        if let Some(bytes) = object.get::<BytesObj>() {
            element[..size].copy_from_slice(&bytes.data[at..at + size]);
        } else if let Some(array) = object.get::<ByteArrayObj>() {
            element[..size].copy_from_slice(&array.data.borrow()[at..at + size]);
        }
        element
    }

    fn write(&self, at: usize, element: &[u8]) {
        if let Some(array) = Value::peek(&self.object).get::<ByteArrayObj>() {
            array.data.borrow_mut()[at..at + element.len()].copy_from_slice(element);
        }
    }
}

/// The content of a view that is not released; `None` for anything else.
pub fn content(value: &Value) -> Option<Vec<u8>> {
    value.opaque::<MemoryView>()?.bytes()
}

/// The view in `value`, which must not be released.
fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v MemoryView> {
    let Some(view) = value.opaque::<MemoryView>() else {
        return Err(wrong_receiver(vm, value, "memoryview"));
    };
    if Value::peek(&view.object).is_unbound() {
        return Err(vm.value_error("operation forbidden on released memoryview object"));
    }
    Ok(view)
}

fn make(vm: &mut Vm, view: MemoryView) -> Value {
    heap::new_opaque(&Extra::memoryview(vm), view)
}

/// A view of the same object with another window.
fn derived(view: &MemoryView, offset: usize, shape: Vec<usize>, strides: Vec<isize>) -> MemoryView {
    MemoryView {
        object: Cell::new(Value::peek(&view.object)),
        offset,
        shape,
        strides,
        format: view.format,
        readonly: view.readonly,
        hash: Cell::new(None),
    }
    .counted()
}

fn over(vm: &mut Vm, object: &Value) -> Result {
    if object.opaque::<MemoryView>().is_some() {
        let view = this(vm, object)?;
        let copy = derived(view, view.offset, view.shape.clone(), view.strides.clone());
        return Ok(make(vm, copy));
    }
    let length = super::bytes::with(object, <[u8]>::len);
    let Some(length) = length else {
        let got = vm.type_name(object);
        return Err(vm.type_error(format!("memoryview: a bytes-like object is required, not '{got}'")));
    };
    let view = MemoryView {
        object: Cell::new(object.clone()),
        offset: 0,
        shape: vec![length],
        strides: vec![1],
        format: BYTE,
        readonly: !object.is::<ByteArrayObj>(),
        hash: Cell::new(None),
    };
    Ok(make(vm, view.counted()))
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::memoryview(vm);
    class_argument(vm, values, &base)?;
    if let Some(name) = names.first().filter(|name| name.as_str() != "object") {
        let name = name.as_str();
        return Err(vm.type_error(format!("memoryview() got an unexpected keyword argument '{name}'")));
    }
    match &values[1..] {
        [object] => over(vm, object),
        [] => Err(vm.type_error("memoryview() missing required argument 'object' (pos 1)")),
        more => {
            let given = more.len();
            Err(vm.type_error(format!("memoryview() takes at most 1 argument ({given} given)")))
        }
    }
}

fn from_flags(vm: &mut Vm, values: &[Value]) -> Result {
    let flags = vm.index_i64(&values[2])?;
    let view = over(vm, &values[1])?;
    // The lowest bit asks for a view that can be written to.
    if flags & 1 != 0 && view.opaque::<MemoryView>().is_some_and(|v| v.readonly) {
        return Err(vm.buffer_error("Object is not writable."));
    }
    Ok(view)
}

// ---- elements

fn unpack(vm: &mut Vm, format: Format, e: [u8; 8]) -> Value {
    let [a, b, c, d, ..] = e;
    match format.code {
        'b' => vm.int(i64::from(a as i8)),
        'c' => vm.bytes(vec![a]),
        '?' => Value::bool(a != 0),
        'h' => vm.int(i64::from(i16::from_le_bytes([a, b]))),
        'H' => vm.int(i64::from(u16::from_le_bytes([a, b]))),
        'i' => vm.int(i64::from(i32::from_le_bytes([a, b, c, d]))),
        'I' => vm.int(i64::from(u32::from_le_bytes([a, b, c, d]))),
        'l' | 'q' | 'n' => vm.int(i64::from_le_bytes(e)),
        'L' | 'Q' | 'N' | 'P' => vm.bigint(u64::from_le_bytes(e).into()),
        'f' => Value::float(f64::from(f32::from_le_bytes([a, b, c, d]))),
        'd' => Value::float(f64::from_le_bytes(e)),
        'e' => Value::float(half(u16::from_le_bytes([a, b]))),
        _ => vm.int(i64::from(a)),
    }
}

/// The value of a number of 16 bits: one of sign, five of exponent, ten of fraction.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f64::from(bits & 0x3FF);
    sign * match bits >> 10 & 0x1F {
        0 => fraction * 2f64.powi(-24),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2f64.powi(i32::from(exponent) - 15),
    }
}

/// The nearest number of 16 bits, ties to even; `None` when it is too large.
fn to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    let size = x.abs();
    if x.is_nan() {
        return Some(sign | 0x7E00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if size < 2f64.powi(-14) {
        return Some(sign | (size * 2f64.powi(24)).round_ties_even() as u16);
    }
    let exponent = (size.to_bits() >> 52) as i32 - 1023;
    let fraction = (size / 2f64.powi(exponent) * 1024.0).round_ties_even() as i32;
    let bits = ((exponent + 15) << 10) + (fraction - 1024);
    if bits < 0x7C00 { Some(sign | bits as u16) } else { None }
}

#[cold]
fn invalid_type(vm: &mut Vm, format: Format) -> Raised {
    vm.type_error(format!("memoryview: invalid type for format '{}'", format.text()))
}

#[cold]
fn invalid_value(vm: &mut Vm, format: Format) -> Raised {
    vm.value_error(format!("memoryview: invalid value for format '{}'", format.text()))
}

/// The bytes that an element of a format has for a value.
fn pack(vm: &mut Vm, format: Format, value: &Value) -> Result<Vec<u8>> {
    match format.code {
        'c' => match value.get::<BytesObj>() {
            Some(bytes) if bytes.data.len() == 1 => Ok(bytes.data.to_vec()),
            Some(_) => Err(invalid_value(vm, format)),
            None => Err(invalid_type(vm, format)),
        },
        '?' => Ok(vec![u8::from(vm.truth(value)?)]),
        'f' | 'd' | 'e' => {
            let x = match value.as_float() {
                Some(x) => x,
                None if vm.int_like(value).is_some() || vm.special(value, Special::Float).is_some() => {
                    let class = vm.types.float.to_value();
                    vm.call(&class, &[value.clone()])?.as_float().unwrap_or(0.0)
                }
                None => return Err(invalid_type(vm, format)),
            };
            match format.code {
                'd' => Ok(x.to_le_bytes().to_vec()),
                'f' if x.is_finite() && (x as f32).is_infinite() => {
                    Err(vm.overflow_error("float too large to pack with f format"))
                }
                'f' => Ok((x as f32).to_le_bytes().to_vec()),
                _ => match to_half(x) {
                    Some(bits) => Ok(bits.to_le_bytes().to_vec()),
                    None => Err(vm.overflow_error("float too large to pack with e format")),
                },
            }
        }
        code => {
            if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
                return Err(invalid_type(vm, format));
            }
            let Some(n) = vm.index(value)?.to_i128() else { return Err(invalid_value(vm, format)) };
            let bits = 8 * format.size() as u32;
            let range = if code.is_ascii_lowercase() {
                -(1i128 << (bits - 1))..=(1i128 << (bits - 1)) - 1
            } else {
                0..=(1i128 << bits) - 1
            };
            if !range.contains(&n) {
                return Err(invalid_value(vm, format));
            }
            Ok(n.to_le_bytes()[..format.size()].to_vec())
        }
    }
}

/// The byte position that an index (an integer, or a tuple of them) names.
fn position(vm: &mut Vm, view: &MemoryView, indices: &[Value]) -> Result<usize> {
    let mut at = view.offset as isize;
    for (dimension, index) in indices.iter().enumerate() {
        let length = view.shape[dimension] as i64;
        let index = super::str::index_argument(vm, index, "memoryview indices must be integers, not")?;
        let own = if index < 0 { index.saturating_add(length) } else { index };
        if own < 0 || own >= length {
            let dimension = dimension + 1;
            return Err(vm.index_error(format!("index out of bounds on dimension {dimension}")));
        }
        at += own as isize * view.strides[dimension];
    }
    Ok(at as usize)
}

fn is_index(vm: &mut Vm, value: &Value) -> bool {
    vm.int_like(value).is_some() || vm.special(value, Special::Index).is_some()
}

/// The element that `key` names: its byte position; `None` when `key` is no plain index.
fn element_position(vm: &mut Vm, view: &MemoryView, key: &Value, sub_views: &str) -> Result<Option<usize>> {
    let dimensions = view.shape.len();
    if is_index(vm, key) {
        return match dimensions {
            0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
            1 => position(vm, view, std::slice::from_ref(key)).map(Some),
            _ => Err(vm.not_implemented_error(sub_views)),
        };
    }
    let Some(tuple) = key.get::<crate::object::TupleObj>() else { return Ok(None) };
    let indices = tuple.items();
    if !indices.is_empty() && indices.iter().all(Value::is::<SliceObj>) {
        return Err(vm.not_implemented_error("multi-dimensional slicing is not implemented"));
    }
    if !indices.iter().all(|index| is_index(vm, index)) {
        return Ok(None);
    }
    if indices.len() < dimensions {
        return Err(vm.not_implemented_error("sub-views are not implemented"));
    }
    if indices.len() > dimensions {
        let given = indices.len();
        return Err(vm.type_error(if dimensions == 0 {
            "invalid indexing of 0-dim memory".to_owned()
        } else {
            format!("cannot index {dimensions}-dimension view with {given}-element tuple")
        }));
    }
    position(vm, view, indices).map(Some)
}

/// The window that a slice of a view of one dimension selects.
fn sliced(vm: &mut Vm, view: &MemoryView, slice: &SliceObj) -> Result<MemoryView> {
    if view.shape.len() != 1 {
        return Err(if view.shape.is_empty() {
            vm.type_error("invalid indexing of 0-dim memory")
        } else {
            vm.not_implemented_error("multi-dimensional slicing is not implemented")
        });
    }
    let slice = slice::bounds(vm, slice, view.shape[0])?;
    let stride = view.strides[0];
    let start = if slice.count == 0 { 0 } else { slice.start as isize * stride };
    let offset = (view.offset as isize + start) as usize;
    Ok(derived(view, offset, vec![slice.count], vec![stride * slice.step as isize]))
}

fn get_item(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    if let Some(at) =
        element_position(vm, view, &values[1], "multi-dimensional sub-views are not implemented")?
    {
        // The index may have run code that released the view.
        let view = this(vm, &values[0])?;
        return Ok(unpack(vm, view.format, view.element(at)));
    }
    if view.shape.is_empty() {
        let empty = values[1].is_same(&Value::ELLIPSIS);
        return if empty {
            Ok(values[0].clone())
        } else {
            Err(vm.type_error("invalid indexing of 0-dim memory"))
        };
    }
    match values[1].get::<SliceObj>() {
        Some(slice) => {
            let window = sliced(vm, view, slice)?;
            Ok(make(vm, window))
        }
        None => Err(vm.type_error("memoryview: invalid slice key")),
    }
}

fn set_item(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    if view.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    if let Some(at) = element_position(vm, view, &values[1], "sub-views are not implemented")? {
        let element = pack(vm, view.format, &values[2])?;
        this(vm, &values[0])?.write(at, &element);
        return Ok(Value::NONE);
    }
    let Some(slice) = values[1].get::<SliceObj>() else {
        return Err(vm.type_error("memoryview: invalid slice key"));
    };
    let window = sliced(vm, view, slice)?;
    let (data, format) = match values[2].opaque::<MemoryView>() {
        Some(_) => {
            let source = this(vm, &values[2])?;
            let flat = source.shape.len() == 1 && source.shape == window.shape;
            (if flat { source.bytes() } else { None }, source.format)
        }
        None => match super::bytes::buffer(&values[2]) {
            Some(data) => {
                let fits = data.len() == window.shape[0];
                (fits.then(|| data.into_owned()), BYTE)
            }
            None => return Err(super::bytes::bytes_like(vm, &values[2])),
        },
    };
    let same = format.code == view.format.code;
    match data.filter(|_| same) {
        Some(data) => {
            let size = view.format.size();
            for (at, element) in window.positions().into_iter().zip(data.chunks(size)) {
                view.write(at, element);
            }
            Ok(Value::NONE)
        }
        _ => Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures")),
    }
}

fn del_item(vm: &mut Vm, values: &[Value]) -> Result {
    if this(vm, &values[0])?.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    Err(vm.type_error("cannot delete memory"))
}

fn len(vm: &mut Vm, values: &[Value]) -> Result {
    match this(vm, &values[0])?.shape.first() {
        Some(&length) => Ok(Value::index(length)),
        None => Err(vm.type_error("0-dim memory has no length")),
    }
}

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    let released = values[0].opaque::<MemoryView>().is_some_and(|v| Value::peek(&v.object).is_unbound());
    let address = super::object::address(&values[0]);
    Ok(vm.str(if released {
        format!("<released memory at {address}>")
    } else {
        format!("<memory at {address}>")
    }))
}

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    if let Some(hash) = values[0].opaque::<MemoryView>().and_then(|view| view.hash.get()) {
        return Ok(vm.int(hash));
    }
    let view = this(vm, &values[0])?;
    if !view.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !view.format.is_byte() {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    let hash = hash_bytes(&view.bytes().unwrap_or_default());
    view.hash.set(Some(hash));
    Ok(vm.int(hash))
}

/// Shape, format and elements of a bytes-like object.
fn structure(vm: &mut Vm, value: &Value) -> Option<(Vec<usize>, Format, Vec<Value>)> {
    if let Some(view) = value.opaque::<MemoryView>() {
        let elements = view.positions().into_iter().map(|at| unpack(vm, view.format, view.element(at)));
        return Some((view.shape.clone(), view.format, elements.collect()));
    }
    let data = super::bytes::buffer(value)?;
    let elements = data.iter().map(|&byte| Value::index(byte as usize)).collect();
    Some((vec![data.len()], BYTE, elements))
}

fn same(vm: &mut Vm, values: &[Value]) -> Result<Option<bool>> {
    let released = |value: &Value| {
        value.opaque::<MemoryView>().is_some_and(|view| Value::peek(&view.object).is_unbound())
    };
    if released(&values[0]) || released(&values[1]) {
        return Ok(Some(values[0].is_same(&values[1])));
    }
    let (Some((shape, format, elements)), Some((other_shape, other_format, others))) =
        (structure(vm, &values[0]), structure(vm, &values[1]))
    else {
        return Ok(None);
    };
    if shape != other_shape {
        return Ok(Some(false));
    }
    if format.is_byte() && format.code == other_format.code {
        let equal = content_of(&values[0]) == content_of(&values[1]);
        return Ok(Some(equal));
    }
    for (a, b) in elements.iter().zip(&others) {
        if !vm.eq(a, b)? {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}

fn content_of(value: &Value) -> Vec<u8> {
    super::bytes::buffer(value).unwrap_or_default().into_owned()
}

fn eq(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(same(vm, values)?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn ne(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(same(vm, values)?.map_or(Value::NOT_IMPLEMENTED, |equal| Value::bool(!equal)))
}

// ---- methods

fn release(_: &mut Vm, values: &[Value]) -> Result {
    if let Some(view) = values[0].opaque::<MemoryView>() {
        view.release();
    }
    Ok(Value::NONE)
}

fn enter(vm: &mut Vm, values: &[Value]) -> Result {
    this(vm, &values[0])?;
    Ok(values[0].clone())
}

fn tobytes(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    let order = match values[1].get::<Str>() {
        Some(order) => order.as_str(),
        None if values[1].is_none() => "C",
        None => {
            let got = vm.type_name(&values[1]);
            return Err(vm.type_error(format!("tobytes() argument 'order' must be str or None, not {got}")));
        }
    };
    let data = match order {
        // With several dimensions Fortran's order counts the first one fastest.
        "F" if view.shape.len() > 1 => {
            let shape = view.shape.iter().rev().copied().collect();
            let strides = view.strides.iter().rev().copied().collect();
            let turned = derived(view, view.offset, shape, strides);
            let size = view.format.size();
            turned.positions().into_iter().flat_map(|at| view.element(at).into_iter().take(size)).collect()
        }
        "C" | "F" | "A" => view.bytes().unwrap_or_default(),
        _ => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
    };
    Ok(vm.bytes(data))
}

/// Nested lists of the elements from a dimension on.
fn nested(vm: &mut Vm, view: &MemoryView, at: isize, dimension: usize) -> Value {
    if dimension == view.shape.len() {
        return unpack(vm, view.format, view.element(at as usize));
    }
    let stride = view.strides[dimension];
    let items = (0..view.shape[dimension] as isize)
        .map(|i| nested(vm, view, at + i * stride, dimension + 1))
        .collect();
    vm.list(items)
}

fn tolist(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    Ok(nested(vm, view, view.offset as isize, 0))
}

fn hex(vm: &mut Vm, values: &[Value]) -> Result {
    this(vm, &values[0])?;
    hexadecimal::hex(vm, values)
}

fn toreadonly(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    let mut copy = derived(view, view.offset, view.shape.clone(), view.strides.clone());
    copy.readonly = true;
    Ok(make(vm, copy))
}

/// The lengths that `cast` is given.
fn cast_shape(vm: &mut Vm, value: &Value) -> Result<Vec<usize>> {
    if !value.is::<crate::object::ListObj>() && !value.is::<crate::object::TupleObj>() {
        return Err(vm.type_error("shape must be a list or a tuple"));
    }
    let mut shape = Vec::new();
    for item in vm.collect(value)? {
        if vm.int_like(&item).is_none() {
            return Err(vm.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        match usize::try_from(vm.index_clamped(&item)?) {
            Ok(length) if length > 0 => shape.push(length),
            _ => {
                return Err(vm.value_error("memoryview.cast(): elements of shape must be integers > 0"));
            }
        }
    }
    if shape.len() > 64 {
        return Err(vm.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    Ok(shape)
}

fn cast(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    let text = vm.expect_text(&values[1], "cast() argument 'format'")?;
    if view.count() == 0 && values[2].bound().is_some() {
        return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    if !view.is_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let shape = match values[2].bound() {
        Some(shape) => {
            let shape = cast_shape(vm, shape)?;
            if shape.len() != 1 && view.shape.len() != 1 {
                return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
            }
            Some(shape)
        }
        None => None,
    };
    let Some(format) = Format::parse(text) else {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed with an \
             optional '@'",
        ));
    };
    if !format.is_byte() && !view.format.is_byte() {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let (total, size) = (view.count() * view.format.size(), format.size());
    if !total.is_multiple_of(size) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = shape.unwrap_or_else(|| vec![total / size]);
    let wanted = shape.iter().try_fold(size, |product, &length| product.checked_mul(length));
    if wanted != Some(total) {
        return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    let mut strides = vec![0; shape.len()];
    let mut stride = size;
    for (own, length) in strides.iter_mut().zip(&shape).rev() {
        *own = stride as isize;
        stride *= length;
    }
    let mut copy = derived(view, view.offset, shape, strides);
    copy.format = format;
    Ok(make(vm, copy))
}

// ---- iteration

/// The iterator: the view, unbound at the end, and the next index.
struct MemoryIterator {
    view: Cell<Value>,
    index: Cell<usize>,
}

impl Opaque for MemoryIterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.view);
    }
    fn clear(&self) {
        drop(self.view.take());
    }
}

fn iter(vm: &mut Vm, values: &[Value]) -> Result {
    match this(vm, &values[0])?.shape.len() {
        0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
        1 => {
            let class = Extra::memory_iterator(vm);
            let view = Cell::new(values[0].clone());
            Ok(heap::new_opaque(&class, MemoryIterator { view, index: Cell::new(0) }))
        }
        _ => Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
}

fn iterator_next(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = value.opaque::<MemoryIterator>() else { return Ok(None) };
    let held = Value::peek(&iterator.view);
    if held.is_unbound() {
        return Ok(None);
    }
    let view = this(vm, &held)?;
    let index = iterator.index.get();
    if index >= view.shape[0] {
        drop(iterator.view.take());
        return Ok(None);
    }
    iterator.index.set(index + 1);
    let at = (view.offset as isize + index as isize * view.strides[0]) as usize;
    Ok(Some(unpack(vm, view.format, view.element(at))))
}

fn iterator_self(_: &mut Vm, values: &[Value]) -> Result {
    Ok(values[0].clone())
}

// ---- attributes

fn get_obj(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.object))
}

fn get_nbytes(vm: &mut Vm, value: &Value) -> Result {
    let view = this(vm, value)?;
    Ok(Value::index(view.count() * view.format.size()))
}

fn get_readonly(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.readonly))
}

fn get_itemsize(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::index(this(vm, value)?.format.size()))
}

fn get_format(vm: &mut Vm, value: &Value) -> Result {
    let text = this(vm, value)?.format.text();
    Ok(vm.str(text))
}

fn get_ndim(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::index(this(vm, value)?.shape.len()))
}

fn get_shape(vm: &mut Vm, value: &Value) -> Result {
    let shape: Vec<Value> = this(vm, value)?.shape.iter().map(|&n| Value::index(n)).collect();
    Ok(vm.tuple(shape))
}

fn get_strides(vm: &mut Vm, value: &Value) -> Result {
    let strides: Vec<Value> = this(vm, value)?.strides.iter().map(|&n| vm.int(n as i64)).collect();
    Ok(vm.tuple(strides))
}

fn get_suboffsets(vm: &mut Vm, value: &Value) -> Result {
    this(vm, value)?;
    Ok(vm.tuple([]))
}

fn get_c_contiguous(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.is_contiguous()))
}

fn get_f_contiguous(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.is_fortran_contiguous()))
}

fn get_contiguous(vm: &mut Vm, value: &Value) -> Result {
    let view = this(vm, value)?;
    Ok(Value::bool(view.is_contiguous() || view.is_fortran_contiguous()))
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    class_method("_from_flags(type, /, object, flags)", from_flags),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__iter__(self, /)", iter),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", get_item),
    method("__setitem__(self, key, value, /)", set_item),
    method("__delitem__(self, key, /)", del_item),
    method("__enter__(self, /)", enter),
    method("__exit__(self, *exc_info)", release),
    method("release(self, /)", release),
    method("tobytes(self, /, order='C')", tobytes),
    method("tolist(self, /)", tolist),
    method("hex(self, /, sep=<unrepresentable>, bytes_per_sep=1)", hex),
    method("toreadonly(self, /)", toreadonly),
    method("cast(self, /, format, shape=<unrepresentable>)", cast),
    getter("obj", get_obj),
    getter("nbytes", get_nbytes),
    getter("readonly", get_readonly),
    getter("itemsize", get_itemsize),
    getter("format", get_format),
    getter("ndim", get_ndim),
    getter("shape", get_shape),
    getter("strides", get_strides),
    getter("suboffsets", get_suboffsets),
    getter("c_contiguous", get_c_contiguous),
    getter("f_contiguous", get_f_contiguous),
    getter("contiguous", get_contiguous),
];

const ITERATOR: &[Row] = &[method("__iter__(self, /)", iterator_self), next(iterator_next)];

pub fn install(vm: &mut Vm) {
    let object = vm.types.object.clone();
    let class = vm.new_class("memoryview", "builtins", &object, Kind::Opaque, 0, METHODS);
    let iterator = vm.new_class("memory_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let extra = vm.extension::<Extra>();
    extra.memoryview = Some(class);
    extra.memory_iterator = Some(iterator);
}
