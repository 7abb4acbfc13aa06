//! `memoryview`: its methods and attributes, and the iterator over one.

use super::elements::unpack;
use super::{Format, MemoryView, derived, make, this};
use crate::object::{Opaque, Str, Tracer, Value, heap};
use crate::types::Extra;
use crate::types::bytes::hexadecimal;
use crate::vm::{Result, Vm};
use std::cell::Cell;

// ---- methods

pub(super) fn release(_: &mut Vm, values: &[Value]) -> Result {
    if let Some(view) = values[0].opaque::<MemoryView>() {
        view.release();
    }
    Ok(Value::NONE)
}

pub(super) fn enter(vm: &mut Vm, values: &[Value]) -> Result {
    this(vm, &values[0])?;
    Ok(values[0].clone())
}

pub(super) fn tobytes(vm: &mut Vm, values: &[Value]) -> Result {
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
pub(super) fn nested(vm: &mut Vm, view: &MemoryView, at: isize, dimension: usize) -> Value {
    if dimension == view.shape.len() {
        return unpack(vm, view.format, view.element(at as usize));
    }
    let stride = view.strides[dimension];
    heap::spend_items(view.shape[dimension] * 4);
    let items = (0..view.shape[dimension] as isize)
        .map(|i| nested(vm, view, at + i * stride, dimension + 1))
        .collect();
    vm.list(items)
}

pub(super) fn tolist(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    Ok(nested(vm, view, view.offset as isize, 0))
}

pub(super) fn hex(vm: &mut Vm, values: &[Value]) -> Result {
    this(vm, &values[0])?;
    hexadecimal::hex(vm, values)
}

pub(super) fn toreadonly(vm: &mut Vm, values: &[Value]) -> Result {
    let view = this(vm, &values[0])?;
    let mut copy = derived(view, view.offset, view.shape.clone(), view.strides.clone());
    copy.readonly = true;
    Ok(make(vm, copy))
}

/// The lengths that `cast` is given.
pub(super) fn cast_shape(vm: &mut Vm, value: &Value) -> Result<Vec<usize>> {
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

pub(super) fn cast(vm: &mut Vm, values: &[Value]) -> Result {
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
pub(super) struct MemoryIterator {
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

pub(super) fn iter(vm: &mut Vm, values: &[Value]) -> Result {
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

pub(super) fn iterator_next(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
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

// ---- attributes

pub(super) fn get_obj(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.object))
}

pub(super) fn get_nbytes(vm: &mut Vm, value: &Value) -> Result {
    let view = this(vm, value)?;
    Ok(Value::index(view.count() * view.format.size()))
}

pub(super) fn get_readonly(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.readonly))
}

pub(super) fn get_itemsize(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::index(this(vm, value)?.format.size()))
}

pub(super) fn get_format(vm: &mut Vm, value: &Value) -> Result {
    let text = this(vm, value)?.format.text();
    Ok(vm.str(text))
}

pub(super) fn get_ndim(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::index(this(vm, value)?.shape.len()))
}

pub(super) fn get_shape(vm: &mut Vm, value: &Value) -> Result {
    let shape: Vec<Value> = this(vm, value)?.shape.iter().map(|&n| Value::index(n)).collect();
    Ok(vm.tuple(shape))
}

pub(super) fn get_strides(vm: &mut Vm, value: &Value) -> Result {
    let strides: Vec<Value> = this(vm, value)?.strides.iter().map(|&n| vm.int(n as i64)).collect();
    Ok(vm.tuple(strides))
}

pub(super) fn get_suboffsets(vm: &mut Vm, value: &Value) -> Result {
    this(vm, value)?;
    Ok(vm.tuple([]))
}

pub(super) fn get_c_contiguous(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.is_contiguous()))
}

pub(super) fn get_f_contiguous(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.is_fortran_contiguous()))
}

pub(super) fn get_contiguous(vm: &mut Vm, value: &Value) -> Result {
    let view = this(vm, value)?;
    Ok(Value::bool(view.is_contiguous() || view.is_fortran_contiguous()))
}
