//! `memoryview`: reading and writing elements by their format, items, slices, comparison.

use super::{BYTE, Format, MemoryView, derived, make, this};
use crate::object::{BytesObj, SliceObj, Special, Value, hash_bytes, heap};
use crate::types::float::quiet;
use crate::types::slice;
use crate::vm::{Raised, Result, Vm};
use num_traits::ToPrimitive;

pub(in crate::types) fn unpack(vm: &mut Vm, format: Format, e: [u8; 8]) -> Value {
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
pub(super) fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f64::from(bits & 0x3FF);
    let size = match bits >> 10 & 0x1F {
        0 => fraction * 2f64.powi(-24),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2f64.powi(i32::from(exponent) - 15),
    };
    size.copysign(sign)
}

/// The nearest number of 16 bits, ties to even; `None` when it is too large.
pub(super) fn to_half(x: f64) -> Option<u16> {
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
pub(super) fn invalid_type(vm: &mut Vm, format: Format) -> Raised {
    vm.type_error(format!("memoryview: invalid type for format '{}'", format.text()))
}

#[cold]
pub(super) fn invalid_value(vm: &mut Vm, format: Format) -> Raised {
    vm.value_error(format!("memoryview: invalid value for format '{}'", format.text()))
}

/// The bytes that an element of a format has for a value.
pub(super) fn pack(vm: &mut Vm, format: Format, value: &Value) -> Result<Vec<u8>> {
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
                'd' => Ok(quiet(x).to_le_bytes().to_vec()),
                'f' if x.is_finite() && (x as f32).is_infinite() => {
                    Err(vm.overflow_error("float too large to pack with f format"))
                }
                'f' => Ok((quiet(x) as f32).to_le_bytes().to_vec()),
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
pub(super) fn position(vm: &mut Vm, view: &MemoryView, indices: &[Value]) -> Result<usize> {
    let mut at = view.offset as isize;
    for (dimension, index) in indices.iter().enumerate() {
        let length = view.shape[dimension] as i64;
        let index = crate::types::str::index_argument(vm, index, "memoryview indices must be integers, not")?;
        let own = if index < 0 { index.saturating_add(length) } else { index };
        if own < 0 || own >= length {
            let dimension = dimension + 1;
            return Err(vm.index_error(format!("index out of bounds on dimension {dimension}")));
        }
        at += own as isize * view.strides[dimension];
    }
    Ok(at as usize)
}

pub(super) fn is_index(vm: &mut Vm, value: &Value) -> bool {
    vm.int_like(value).is_some() || vm.special(value, Special::Index).is_some()
}

/// The element that `key` names: its byte position; `None` when `key` is no plain index.
pub(super) fn element_position(
    vm: &mut Vm,
    view: &MemoryView,
    key: &Value,
    sub_views: &str,
) -> Result<Option<usize>> {
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
pub(super) fn sliced(vm: &mut Vm, view: &MemoryView, slice: &SliceObj) -> Result<MemoryView> {
    if view.shape.len() != 1 {
        return Err(if view.shape.is_empty() {
            vm.type_error("invalid indexing of 0-dim memory")
        } else {
            vm.not_implemented_error("multi-dimensional slicing is not implemented")
        });
    }
    let slice = slice::bounds(vm, slice, || view.shape[0])?;
    let stride = view.strides[0];
    let start = if slice.count == 0 { 0 } else { slice.start as isize * stride };
    let offset = (view.offset as isize + start) as usize;
    Ok(derived(view, offset, vec![slice.count], vec![stride * slice.step as isize]))
}

pub(super) fn get_item(vm: &mut Vm, values: &[Value]) -> Result {
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

pub(super) fn set_item(vm: &mut Vm, values: &[Value]) -> Result {
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
        None => match crate::types::bytes::buffer(&values[2]) {
            Some(data) => {
                let fits = data.len() == window.shape[0];
                (fits.then(|| data.into_owned()), BYTE)
            }
            None => return Err(crate::types::bytes::bytes_like(vm, &values[2])),
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

pub(super) fn del_item(vm: &mut Vm, values: &[Value]) -> Result {
    if this(vm, &values[0])?.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    Err(vm.type_error("cannot delete memory"))
}

pub(super) fn len(vm: &mut Vm, values: &[Value]) -> Result {
    match this(vm, &values[0])?.shape.first() {
        Some(&length) => Ok(Value::index(length)),
        None => Err(vm.type_error("0-dim memory has no length")),
    }
}

pub(super) fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    let released = values[0].opaque::<MemoryView>().is_some_and(|v| Value::peek(&v.object).is_unbound());
    let address = crate::types::object::address(&values[0]);
    Ok(vm.str(if released {
        format!("<released memory at {address}>")
    } else {
        format!("<memory at {address}>")
    }))
}

pub(super) fn hash(vm: &mut Vm, values: &[Value]) -> Result {
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
pub(super) fn structure(vm: &mut Vm, value: &Value) -> Option<(Vec<usize>, Format, Vec<Value>)> {
    if let Some(view) = value.opaque::<MemoryView>() {
        let positions = view.positions();
        heap::spend_items(positions.len() * 8);
        let elements = positions.into_iter().map(|at| unpack(vm, view.format, view.element(at)));
        return Some((view.shape.clone(), view.format, elements.collect()));
    }
    let data = crate::types::bytes::buffer(value)?;
    heap::spend_items(data.len());
    let elements = data.iter().map(|&byte| Value::index(byte as usize)).collect();
    Some((vec![data.len()], BYTE, elements))
}

pub(super) fn same(vm: &mut Vm, values: &[Value]) -> Result<Option<bool>> {
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

pub(super) fn content_of(value: &Value) -> Vec<u8> {
    crate::types::bytes::buffer(value).unwrap_or_default().into_owned()
}

pub(super) fn eq(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(same(vm, values)?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

pub(super) fn ne(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(same(vm, values)?.map_or(Value::NOT_IMPLEMENTED, |equal| Value::bool(!equal)))
}
