//! What `array.array` stands on: a `bytearray` that is read as numbers of one kind. The class itself is Python
//! text (`stdlib/python/array.py`); here is what shows its bytes wherever a bytes-like object is taken.

use super::memoryview::{Format, element_at};
use super::{Extra, class_argument, wrong_receiver};
use crate::object::{ByteArrayObj, Kind, Opaque, Ref, Str, Tracer, Value, class_flag, heap};
use crate::vm::native::{Row, getter, method, static_raw};
use crate::vm::{Result, Vm};
use std::cell::Cell;

/// The payload.
struct ArrayStore {
    /// The `bytearray`: all that looks at it is counted there.
    data: Cell<Value>,
    code: char,
}

impl Opaque for ArrayStore {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.data);
    }
    fn clear(&self) {}
}

/// The bytes of an array; `None` for anything else.
pub fn content(value: &Value) -> Option<Vec<u8>> {
    let (data, _) = parts(value)?;
    let bytes = data.get::<ByteArrayObj>()?.data.borrow().clone();
    heap::spend_bytes(bytes.len());
    Some(bytes)
}

/// The `bytearray` of an array and the format of its items.
pub(super) fn parts(value: &Value) -> Option<(Value, Format)> {
    let store = value.opaque::<ArrayStore>()?;
    // Characters look like the numbers that they are.
    let code = if matches!(store.code, 'u' | 'w') { 'I' } else { store.code };
    Some((Value::peek(&store.data), Format::of(code)))
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = Extra::array_store(vm);
    let class = class_argument(vm, values, &base)?;
    let code = match values.get(1) {
        Some(code) => vm.text_of(code)?.chars().next(),
        None => None,
    };
    let Some(code) = code else { return Err(vm.type_error("an array needs a typecode")) };
    let data = super::bytes::new_bytearray(vm, Vec::new());
    Ok(heap::new_opaque(&class, ArrayStore { data: Cell::new(data), code }))
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v ArrayStore> {
    match value.opaque::<ArrayStore>() {
        Some(store) => Ok(store),
        None => Err(wrong_receiver(vm, value, "array.array")),
    }
}

fn typecode(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?.code;
    Ok(vm.char(code))
}

fn data(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.data))
}

/// The item at an index, which may count from the end.
fn item(vm: &mut Vm, args: &[Value]) -> Result {
    let index = vm.index_clamped(&args[1])?;
    let store = this(vm, &args[0])?;
    let Some((data, format)) = parts(&args[0]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(array) = data.get::<ByteArrayObj>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let size = format.size();
    let length = array.data.borrow().len() / size;
    let at = if index < 0 { index.saturating_add(length as i64) } else { index };
    let at = match usize::try_from(at) {
        Ok(at) if at < length => at * size,
        _ => return Err(vm.index_error("array index out of range")),
    };
    let mut bytes = [0; 8];
    bytes[..size].copy_from_slice(&array.data.borrow()[at..at + size]);
    if matches!(store.code, 'u' | 'w') {
        let [a, b, c, d, ..] = bytes;
        let number = u32::from_le_bytes([a, b, c, d]);
        return match char::from_u32(number) {
            Some(letter) => Ok(vm.char(letter)),
            None => Err(vm.value_error(format!("character U+{number:x} is not in range [U+0000; U+10ffff]"))),
        };
    }
    Ok(element_at(vm, format, bytes))
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("_item(self, index, /)", item),
    getter("_data", data),
    getter("typecode", typecode),
];

pub fn install(vm: &mut Vm) {
    let object = vm.types.object.clone();
    let flags = class_flag::BASE;
    let class = vm.new_class("array", "array", &object, Kind::Opaque, flags, METHODS);
    vm.extension::<Extra>().array_store = Some(class);
}
