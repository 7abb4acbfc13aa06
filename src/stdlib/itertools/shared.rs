//! `itertools`: iterators that share a source: the groups of `groupby`, the readers of `tee`.

use super::{Classes, State, arguments, make, or};
use crate::object::{Ref, Str, Value};
use crate::types::wrong_receiver;
use crate::vm::{Result, Vm};

// ---- groupby: the group shares the state of its parent

pub(super) fn groupby(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (class, args) = arguments(vm, values, names, "groupby", &["iterable", "key"], 1)?;
    let iterator = vm.iter(&args[0])?;
    let key = or(&args[1], Value::NONE);
    // Iterator, key function, current item, its key, key of the current group.
    let held = vec![iterator, key, Value::UNBOUND, Value::UNBOUND, Value::UNBOUND];
    Ok(make(&class, |_, _| Ok(None), held, Vec::new(), vec![0]))
}

pub(super) fn advance_group(vm: &mut Vm, state: &State) -> Result<bool> {
    let Some(item) = vm.next(&state.value(0))? else { return Ok(false) };
    let function = state.value(1);
    let key =
        if function.is_none() { item.clone() } else { vm.call(&function, std::slice::from_ref(&item))? };
    state.set(2, item);
    state.set(3, key);
    Ok(true)
}

pub(super) fn groupby_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(state) = iterator.opaque::<State>() else {
        return Err(wrong_receiver(vm, iterator, "groupby"));
    };
    // Whatever comes next, the group handed out before is over.
    let number = state.number(0) + 1;
    state.set_number(0, number);
    loop {
        let (current, target) = (state.value(3), state.value(4));
        let fresh = if current.is_unbound() {
            false
        } else if target.is_unbound() {
            true
        } else {
            !vm.eq(&target, &current)?
        };
        if fresh {
            break;
        }
        if !advance_group(vm, state)? {
            return Ok(None);
        }
    }
    let key = state.value(3);
    state.set(4, key.clone());
    let class = vm.extension::<Classes>().group.clone();
    let Some(class) = class else { return Ok(None) };
    let group = make(&class, group_step, vec![iterator.clone(), key.clone()], Vec::new(), vec![number]);
    Ok(Some(vm.tuple([key, group])))
}

pub(super) fn group_step(vm: &mut Vm, group: &State) -> Result<Option<Value>> {
    let parent = group.value(0);
    let Some(state) = parent.opaque::<State>() else { return Ok(None) };
    if state.number(0) != group.number(0) {
        return Ok(None);
    }
    if state.value(2).is_unbound() && !advance_group(vm, state)? {
        return Ok(None);
    }
    let current = state.value(3);
    if !vm.eq(&group.value(1), &current)? {
        return Ok(None);
    }
    let item = state.value(2);
    state.set(2, Value::UNBOUND);
    Ok(Some(item))
}

// ---- tee: readers share a list that grows as the fastest of them reads

pub(super) fn tee(vm: &mut Vm, args: &[Value]) -> Result {
    let count = vm.index_i64(&args[1])?;
    if count < 0 {
        return Err(vm.value_error("n must be >= 0"));
    }
    let Some(class) = vm.extension::<Classes>().tee.clone() else { return Ok(Value::NONE) };
    vm.room((count as usize).saturating_mul(size_of::<Value>()))?;
    let mut readers = Vec::new();
    if count > 0 {
        let iterator = vm.iter(&args[0])?;
        let first = match iterator.opaque::<State>() {
            Some(_) if vm.class_of(&iterator).is_same(&class) => iterator,
            _ => {
                let buffer = vm.list(Vec::new());
                make(&class, tee_step, vec![iterator, buffer], Vec::new(), vec![0])
            }
        };
        for _ in 1..count {
            if let Some(state) = first.opaque::<State>() {
                let held = vec![state.value(0), state.value(1)];
                readers.push(make(&class, tee_step, held, Vec::new(), vec![state.number(0)]));
            }
        }
        readers.insert(0, first);
    }
    Ok(vm.tuple(readers))
}

pub(super) fn tee_step(vm: &mut Vm, state: &State) -> Result<Option<Value>> {
    let (iterator, buffer) = (state.value(0), state.value(1));
    let Some(buffer) = buffer.get::<crate::object::ListObj>() else { return Ok(None) };
    let at = state.number(0);
    if let Some(item) = buffer.get(at) {
        state.set_number(0, at + 1);
        return Ok(Some(item));
    }
    let Some(item) = vm.next(&iterator)? else { return Ok(None) };
    buffer.push(item.clone());
    state.set_number(0, at + 1);
    Ok(Some(item))
}
