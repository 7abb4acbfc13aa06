//! `bytearray`: construction and what changes it; the rest is shared with `bytes`.

use super::bytes::hexadecimal;
use super::bytes::{SHARED, buffer, byte, constructor, data, from_iterable, literal, new_bytearray};
use super::slice;
use crate::object::{ByteArrayObj, Ref, SliceObj, Special, Str, Value, heap};
use crate::vm::native::{Row, class_method, method, raw, static_raw};
use crate::vm::{Result, Vm};

const RANGE: &str = "byte must be in range(0, 256)";

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.bytearray.clone())?;
    Ok(heap::alloc(&class, ByteArrayObj::new(Vec::new())).into_value())
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let data = constructor(vm, "bytearray", &values[1..], names)?;
    change(vm, &values[0], |content| *content = data)?;
    Ok(Value::NONE)
}

/// Changes the content in place; `change` runs no Python. Memory views that look at it forbid
/// another length.
fn change<R>(vm: &mut Vm, value: &Value, change: impl FnOnce(&mut Vec<u8>) -> R) -> Result<R> {
    let array = super::payload::<ByteArrayObj>(vm, value, "bytearray")?;
    if array.exports.get() > 0 {
        return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
    }
    Ok(change(&mut array.data.borrow_mut()))
}

fn length(value: &Value) -> usize {
    value.get::<ByteArrayObj>().map_or(0, |array| array.data.borrow().len())
}

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    let class = vm.type_name(&values[0]);
    Ok(vm.str(format!("{class}({})", literal(&data(&values[0]), true))))
}

fn index_of(vm: &mut Vm, value: &Value) -> Result<i64> {
    if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
        let got = vm.type_name(value);
        return Err(vm.type_error(format!("bytearray indices must be integers or slices, not {got}")));
    }
    vm.index_clamped(value)
}

/// The position that an index names now.
fn position(vm: &mut Vm, array: &Value, index: i64) -> Result<usize> {
    let length = length(array);
    let at = if index < 0 { index.saturating_add(length as i64) } else { index };
    match usize::try_from(at) {
        Ok(at) if at < length => Ok(at),
        _ => Err(vm.index_error("bytearray index out of range")),
    }
}

fn set_item(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(slice) = values[1].get::<SliceObj>() else {
        // The kind of the index comes first, then the value, then the bounds.
        let index = index_of(vm, &values[1])?;
        let byte = byte(vm, &values[2], RANGE)?;
        let at = position(vm, &values[0], index)?;
        if let Some(slot) = values[0].get::<ByteArrayObj>() {
            slot.data.borrow_mut()[at] = byte;
        }
        return Ok(Value::NONE);
    };
    slice::bounds(vm, slice, || length(&values[0]))?;
    let new = match buffer(&values[2]) {
        Some(new) => new.into_owned(),
        None if vm.int_like(&values[2]).is_some() || values[2].is::<Str>() => {
            return Err(
                vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)")
            );
        }
        None => from_iterable(vm, &values[2], "bytearray", RANGE)?,
    };
    let slice = slice::bounds(vm, slice, || length(&values[0]))?;
    if new.len() == slice.count {
        if let Some(array) = values[0].get::<ByteArrayObj>() {
            let mut content = array.data.borrow_mut();
            slice.indices().zip(new).for_each(|(at, byte)| content[at] = byte);
        }
    } else if slice.step == 1 {
        let start = slice.start as usize;
        change(vm, &values[0], |content| drop(content.splice(start..start + slice.count, new)))?;
    } else {
        return Err(vm.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            new.len(),
            slice.count
        )));
    }
    Ok(Value::NONE)
}

fn del_item(vm: &mut Vm, values: &[Value]) -> Result {
    if let Some(slice) = values[1].get::<SliceObj>() {
        let slice = slice::bounds(vm, slice, || length(&values[0]))?;
        if slice.count == 0 {
            return Ok(Value::NONE);
        }
        // The same positions, counted upwards.
        let step = slice.step.unsigned_abs() as usize;
        let last = slice.start + (slice.count as i64 - 1) * slice.step;
        let first = slice.start.min(last) as usize;
        let end = slice.start.max(last) as usize;
        change(vm, &values[0], |content| {
            let mut at = 0;
            content.retain(|_| {
                at += 1;
                let own = at - 1;
                own < first || own > end || !(own - first).is_multiple_of(step)
            });
        })?;
    } else {
        let index = index_of(vm, &values[1])?;
        let at = position(vm, &values[0], index)?;
        heap::spend_bytes(length(&values[0]) - at);
        change(vm, &values[0], |content| content.remove(at))?;
    }
    Ok(Value::NONE)
}

fn iadd(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(more) = buffer(&values[1]) else {
        let (got, class) = (vm.type_name(&values[1]), vm.type_name(&values[0]));
        return Err(vm.type_error(format!("can't concat {got} to {class}")));
    };
    if values[0].is_same(&values[1]) {
        // Its bytes are lent to itself.
        return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
    }
    vm.room(length(&values[0]) + more.len())?;
    change(vm, &values[0], |content| content.extend_from_slice(&more))?;
    Ok(values[0].clone())
}

fn imul(vm: &mut Vm, values: &[Value]) -> Result {
    match super::str::repetitions(vm, &values[1], length(&values[0]))? {
        Some(count) => {
            change(vm, &values[0], |content| *content = content.repeat(count))?;
            Ok(values[0].clone())
        }
        None => Err(vm.cannot_count(&values[1])),
    }
}

fn append(vm: &mut Vm, values: &[Value]) -> Result {
    let byte = byte(vm, &values[1], RANGE)?;
    change(vm, &values[0], |content| content.push(byte))?;
    Ok(Value::NONE)
}

fn extend(vm: &mut Vm, values: &[Value]) -> Result {
    let more = match buffer(&values[1]) {
        Some(data) => data.into_owned(),
        None if values[1].is::<Str>() => {
            if values[1].get::<Str>().is_some_and(|text| text.as_str().is_empty()) {
                return Ok(Value::NONE);
            }
            return Err(vm.type_error("expected iterable of integers; got: 'str'"));
        }
        None if vm.special(&values[1], Special::Iter).is_none()
            && vm.special(&values[1], Special::GetItem).is_none() =>
        {
            let got = vm.type_name(&values[1]);
            return Err(vm.type_error(format!("can't extend bytearray with {got}")));
        }
        None => {
            vm.ask_length(&values[1])?;
            from_iterable(vm, &values[1], "bytearray", RANGE)?
        }
    };
    vm.room(length(&values[0]) + more.len())?;
    change(vm, &values[0], |content| content.extend_from_slice(&more))?;
    Ok(Value::NONE)
}

fn insert(vm: &mut Vm, values: &[Value]) -> Result {
    let index = vm.index_clamped(&values[1])?;
    let byte = byte(vm, &values[2], RANGE)?;
    change(vm, &values[0], |content| {
        let length = content.len() as i64;
        let at = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
        heap::spend_bytes((length - at) as usize);
        content.insert(at as usize, byte);
    })?;
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, values: &[Value]) -> Result {
    let index = vm.index_clamped(&values[1])?;
    let length = length(&values[0]) as i64;
    if length == 0 {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let at = if index < 0 { index.saturating_add(length) } else { index };
    if at < 0 || at >= length {
        return Err(vm.index_error("pop index out of range"));
    }
    heap::spend_bytes((length - at) as usize);
    let byte = change(vm, &values[0], |content| content.remove(at as usize))?;
    Ok(Value::index(byte as usize))
}

fn remove(vm: &mut Vm, values: &[Value]) -> Result {
    let byte = byte(vm, &values[1], RANGE)?;
    match data(&values[0]).iter().position(|&b| b == byte) {
        Some(at) => {
            change(vm, &values[0], |content| content.remove(at))?;
            Ok(Value::NONE)
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn clear(vm: &mut Vm, values: &[Value]) -> Result {
    change(vm, &values[0], Vec::clear)?;
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(new_bytearray(vm, data(&values[0]).into_owned()))
}

fn reverse(_: &mut Vm, values: &[Value]) -> Result {
    if let Some(array) = values[0].get::<ByteArrayObj>() {
        array.data.borrow_mut().reverse();
    }
    Ok(Value::NONE)
}

/// The size of the memory that is held: the content and the byte behind it.
fn alloc(_: &mut Vm, values: &[Value]) -> Result {
    let length = length(&values[0]);
    Ok(Value::index(if length == 0 { 0 } else { length + 1 }))
}

fn fromhex(vm: &mut Vm, values: &[Value]) -> Result {
    let data = hexadecimal::parse(vm, &values[1])?;
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
    method("__alloc__(self, /)", alloc),
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
