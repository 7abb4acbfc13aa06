//! `bytearray`: construction and what changes it; the rest is shared with `bytes`.

use super::bytes::{
    SHARED, buffer, byte, constructor, data, from_iterable, literal, new_bytearray, parse_hex,
};
use super::slice;
use crate::object::{ByteArrayObj, Ref, SliceObj, Special, Str, Value, heap};
use crate::vm::native::{Row, class_method, method, raw, static_raw};
use crate::vm::{Result, Vm};

const RANGE: &str = "byte must be in range(0, 256)";

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.bytearray.clone())?;
    Ok(heap::alloc(&class, ByteArrayObj { data: Vec::new().into() }).into_value())
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let data = constructor(vm, "bytearray", &values[1..], names)?;
    set(&values[0], data);
    Ok(Value::NONE)
}

/// Replaces the content.
fn set(value: &Value, data: Vec<u8>) {
    if let Some(array) = value.get::<ByteArrayObj>() {
        *array.data.borrow_mut() = data;
    }
}

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    let class = vm.type_name(&values[0]);
    Ok(vm.str(format!("{class}({})", literal(&data(&values[0]), true))))
}

/// The position that an index names.
fn position(vm: &mut Vm, value: &Value, length: usize) -> Result<usize> {
    if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("bytearray indices must be integers or slices, not {got}")));
    }
    let index = vm.index_clamped(value)?;
    let at = if index < 0 { index.saturating_add(length as i64) } else { index };
    match usize::try_from(at) {
        Ok(at) if at < length => Ok(at),
        _ => Err(vm.index_error("bytearray index out of range")),
    }
}

fn set_item(vm: &mut Vm, values: &[Value]) -> Result {
    let mut content = data(&values[0]);
    if let Some(slice) = values[1].get::<SliceObj>() {
        let new = match buffer(&values[2]) {
            Some(new) => new,
            None if vm.int_like(&values[2]).is_some() || values[2].is::<Str>() => {
                return Err(
                    vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)")
                );
            }
            None => from_iterable(vm, &values[2], "bytearray", RANGE)?,
        };
        let slice = slice::bounds(vm, slice, content.len())?;
        if slice.step == 1 {
            let start = slice.start as usize;
            content.splice(start..start + slice.count, new);
        } else if new.len() == slice.count {
            slice.indices().zip(new).for_each(|(at, byte)| content[at] = byte);
        } else {
            return Err(vm.value_error(format!(
                "attempt to assign bytes of size {} to extended slice of size {}",
                new.len(),
                slice.count
            )));
        }
    } else {
        let at = position(vm, &values[1], content.len())?;
        content[at] = byte(vm, &values[2], RANGE)?;
    }
    set(&values[0], content);
    Ok(Value::NONE)
}

fn del_item(vm: &mut Vm, values: &[Value]) -> Result {
    let mut content = data(&values[0]);
    if let Some(slice) = values[1].get::<SliceObj>() {
        let slice = slice::bounds(vm, slice, content.len())?;
        let dropped: Vec<usize> = slice.indices().collect();
        let mut at = 0;
        content.retain(|_| {
            at += 1;
            !dropped.contains(&(at - 1))
        });
    } else {
        let at = position(vm, &values[1], content.len())?;
        content.remove(at);
    }
    set(&values[0], content);
    Ok(Value::NONE)
}

fn extended(vm: &mut Vm, value: &Value) -> Result<Vec<u8>> {
    match buffer(value) {
        Some(data) => Ok(data),
        None => from_iterable(vm, value, "bytearray", RANGE),
    }
}

fn push_all(value: &Value, more: &[u8]) {
    if let Some(array) = value.get::<ByteArrayObj>() {
        array.data.borrow_mut().extend_from_slice(more);
    }
}

fn iadd(vm: &mut Vm, values: &[Value]) -> Result {
    let more = match buffer(&values[1]) {
        Some(more) => more,
        None => {
            let (got, class) = (vm.type_name(&values[1]), vm.type_name(&values[0]));
            return Err(vm.type_error(format!("can't concat {got} to {class}")));
        }
    };
    push_all(&values[0], &more);
    Ok(values[0].clone())
}

fn imul(vm: &mut Vm, values: &[Value]) -> Result {
    let content = data(&values[0]);
    match super::str::repetitions(vm, &values[1], content.len())? {
        Some(count) => {
            set(&values[0], content.repeat(count));
            Ok(values[0].clone())
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn append(vm: &mut Vm, values: &[Value]) -> Result {
    let byte = byte(vm, &values[1], RANGE)?;
    push_all(&values[0], &[byte]);
    Ok(Value::NONE)
}

fn extend(vm: &mut Vm, values: &[Value]) -> Result {
    if buffer(&values[1]).is_none() && vm.special(&values[1], Special::Iter).is_none() {
        let got = vm.type_name(&values[1]);
        return Err(vm.type_error(format!("can't extend bytearray with {got}")));
    }
    let more = extended(vm, &values[1])?;
    push_all(&values[0], &more);
    Ok(Value::NONE)
}

fn insert(vm: &mut Vm, values: &[Value]) -> Result {
    let index = vm.index_clamped(&values[1])?;
    let byte = byte(vm, &values[2], RANGE)?;
    let mut content = data(&values[0]);
    let length = content.len() as i64;
    let at = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
    content.insert(at as usize, byte);
    set(&values[0], content);
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, values: &[Value]) -> Result {
    let index = vm.index_clamped(&values[1])?;
    let mut content = data(&values[0]);
    if content.is_empty() {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let at = if index < 0 { index.saturating_add(content.len() as i64) } else { index };
    if at < 0 || at >= content.len() as i64 {
        return Err(vm.index_error("pop index out of range"));
    }
    let byte = content.remove(at as usize);
    set(&values[0], content);
    Ok(Value::index(byte as usize))
}

fn remove(vm: &mut Vm, values: &[Value]) -> Result {
    let byte = byte(vm, &values[1], RANGE)?;
    let mut content = data(&values[0]);
    match content.iter().position(|&b| b == byte) {
        Some(at) => {
            content.remove(at);
            set(&values[0], content);
            Ok(Value::NONE)
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn clear(_: &mut Vm, values: &[Value]) -> Result {
    set(&values[0], Vec::new());
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(new_bytearray(vm, data(&values[0])))
}

fn reverse(_: &mut Vm, values: &[Value]) -> Result {
    if let Some(array) = values[0].get::<ByteArrayObj>() {
        array.data.borrow_mut().reverse();
    }
    Ok(Value::NONE)
}

fn fromhex(vm: &mut Vm, values: &[Value]) -> Result {
    let data = parse_hex(vm, &values[1])?;
    let array = new_bytearray(vm, data);
    if values[0].is_same(vm.types.bytearray.as_value()) { Ok(array) } else { vm.call(&values[0], &[array]) }
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", repr),
    method("__setitem__(self, key, value, /)", set_item),
    method("__delitem__(self, key, /)", del_item),
    method("__iadd__(self, value, /)", iadd),
    method("__imul__(self, value, /)", imul),
    method("append(self, item, /)", append),
    method("clear(self, /)", clear),
    method("copy(self, /)", copy),
    method("extend(self, iterable_of_ints, /)", extend),
    class_method("fromhex(type, string, /)", fromhex),
    method("insert(self, index, item, /)", insert),
    method("pop(self, index=-1, /)", pop),
    method("remove(self, value, /)", remove),
    method("reverse(self, /)", reverse),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.bytearray.clone();
    vm.add_rows(&class, METHODS);
    vm.add_rows(&class, SHARED);
    class.preset("__hash__", Value::NONE);
}
