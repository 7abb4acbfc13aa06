//! `memoryview`: a window on the bytes of a `bytes` or `bytearray`, of one dimension or, after a
//! `cast`, of several.
//!
//! ```text
//!   object   b'abcdefgh'         a view of it [1:7:2]
//!              ^ ^ ^             offset 1, shape (3,), strides (2,), format 'B'
//! ```
//!
//! While a view is not released its `bytearray` keeps its length ([`ByteArrayObj::exports`]). The
//! elements of a view are read and written one at a time by their format (`elements`).

pub(super) use elements::unpack as element_at;

mod elements;
mod methods;

use super::{Extra, class_argument, wrong_receiver};
use crate::object::{ByteArrayObj, BytesObj, Kind, Opaque, Ref, Str, Tracer, Value, heap};
use crate::vm::native::{Row, class_method, getter, method, next, static_raw};
use crate::vm::{Result, Vm};
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
pub(super) struct Format {
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

    /// A format without mark.
    pub(super) fn of(code: char) -> Format {
        Format { code, marked: false }
    }

    pub(super) fn size(self) -> usize {
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
    let bytes = value.opaque::<MemoryView>()?.bytes()?;
    heap::spend_bytes(bytes.len());
    Some(bytes)
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
    let (object, format) = match super::array_store::parts(object) {
        Some((data, format)) => (data, format),
        None => (object.clone(), BYTE),
    };
    let length = super::bytes::with(&object, <[u8]>::len);
    let Some(length) = length else {
        let got = vm.type_name(&object);
        return Err(vm.type_error(format!("memoryview: a bytes-like object is required, not '{got}'")));
    };
    let view = MemoryView {
        offset: 0,
        shape: vec![length / format.size()],
        strides: vec![format.size() as isize],
        format,
        readonly: !object.is::<ByteArrayObj>(),
        object: Cell::new(object),
        hash: Cell::new(None),
    };
    Ok(make(vm, view.counted()))
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::memoryview(vm);
    class_argument(vm, values, &base)?;
    match &values[1..] {
        [object] if names.first().is_none_or(|name| name.as_str() == "object") => over(vm, object),
        [] | [_] => Err(vm.type_error("memoryview() missing required argument 'object' (pos 1)")),
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

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    class_method("_from_flags(type, /, object, flags)", from_flags),
    method("__repr__(self, /)", elements::repr),
    method("__hash__(self, /)", elements::hash),
    method("__eq__(self, value, /)", elements::eq),
    method("__ne__(self, value, /)", elements::ne),
    method("__iter__(self, /)", methods::iter),
    method("__len__(self, /)", elements::len),
    method("__getitem__(self, key, /)", elements::get_item),
    method("__setitem__(self, key, value, /)", elements::set_item),
    method("__delitem__(self, key, /)", elements::del_item),
    method("__enter__(self, /)", methods::enter),
    method("__exit__(self, *exc_info)", methods::release),
    method("release(self, /)", methods::release),
    method("tobytes(self, /, order='C')", methods::tobytes),
    method("tolist(self, /)", methods::tolist),
    method("hex(self, /, sep=<unrepresentable>, bytes_per_sep=1)", methods::hex),
    method("toreadonly(self, /)", methods::toreadonly),
    method("cast(self, /, format, shape=<unrepresentable>)", methods::cast),
    getter("obj", methods::get_obj),
    getter("nbytes", methods::get_nbytes),
    getter("readonly", methods::get_readonly),
    getter("itemsize", methods::get_itemsize),
    getter("format", methods::get_format),
    getter("ndim", methods::get_ndim),
    getter("shape", methods::get_shape),
    getter("strides", methods::get_strides),
    getter("suboffsets", methods::get_suboffsets),
    getter("c_contiguous", methods::get_c_contiguous),
    getter("f_contiguous", methods::get_f_contiguous),
    getter("contiguous", methods::get_contiguous),
];

const ITERATOR: &[Row] =
    &[method("__iter__(self, /)", super::iterators::iterator_self), next(methods::iterator_next)];

pub fn install(vm: &mut Vm) {
    let object = vm.types.object.clone();
    let class = vm.new_class("memoryview", "builtins", &object, Kind::Opaque, 0, METHODS);
    let iterator = vm.new_class("memory_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let extra = vm.extension::<Extra>();
    extra.memoryview = Some(class);
    extra.memory_iterator = Some(iterator);
}
