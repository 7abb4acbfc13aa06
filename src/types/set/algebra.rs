//! What two sets make: difference, intersection, symmetric difference and union, as operators,
//! in place, and as the methods that take any iterable.

use super::{copy_like, empty_like, from_iterable, has_entry, of, subset, this};
use crate::object::{Dict, Ref, SetObj, Value};
use crate::types::tuple_items;
use crate::vm::{Result, Vm};

/// Removes the items of an iterable from a set.
pub fn difference_update(vm: &mut Vm, set: &SetObj, other: &Value) -> Result<()> {
    if let Some(other) = of(other) {
        if std::ptr::eq(set, &*other) {
            set.clear();
            return Ok(());
        }
        for (hash, key) in other.entries() {
            set.remove(hash, &key, &mut |stored| vm.eq(stored, &key))?;
        }
    } else {
        let iterator = vm.iter(other)?;
        while let Some(item) = vm.next(&iterator)? {
            vm.set_remove(set, &item)?;
        }
    }
    set.forget_removed();
    Ok(())
}

fn difference_of(vm: &mut Vm, value: &Value, other: &Value) -> Result<Ref<SetObj>> {
    let set = this(vm, value)?;
    let dict = other.get::<Dict>().filter(|_| vm.class_of(other).is_same(&vm.types.dict));
    let other_length = match (of(other), dict) {
        (Some(other), _) => other.len(),
        (None, Some(dict)) => dict.len(),
        (None, None) => {
            let result = copy_like(vm, value)?;
            difference_update(vm, &result, other)?;
            return Ok(result);
        }
    };
    if set.len() >> 2 > other_length {
        let result = copy_like(vm, value)?;
        difference_update(vm, &result, other)?;
        return Ok(result);
    }
    let result = empty_like(vm, value);
    for (hash, key) in set.entries() {
        let there = match of(other) {
            Some(other) => has_entry(vm, &other, hash, &key)?,
            None => match dict {
                Some(dict) => vm.dict_find(dict, hash, &key)?.is_some(),
                None => vm.contains(other, &key)?,
            },
        };
        if !there {
            result.add(hash, &key, &mut |stored| vm.eq(stored, &key))?;
        }
    }
    Ok(result)
}

fn intersection_of(vm: &mut Vm, value: &Value, other: &Value) -> Result<Ref<SetObj>> {
    let mut set = this(vm, value)?;
    let result = empty_like(vm, value);
    if let Some(mut other) = of(other) {
        if set.is_same(&other) {
            return copy_like(vm, value);
        }
        if other.len() > set.len() {
            std::mem::swap(&mut set, &mut other);
        }
        for (hash, key) in other.entries() {
            if has_entry(vm, &set, hash, &key)? {
                result.add(hash, &key, &mut |stored| vm.eq(stored, &key))?;
            }
        }
        return Ok(result);
    }
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        let hash = vm.hash(&item)?;
        if has_entry(vm, &set, hash, &item)? {
            result.add(hash, &item, &mut |stored| vm.eq(stored, &item))?;
        }
    }
    Ok(result)
}

fn toggle_all(vm: &mut Vm, set: &SetObj, entries: Vec<(i64, Value)>) -> Result<()> {
    for (hash, key) in entries {
        if !set.remove(hash, &key, &mut |stored| vm.eq(stored, &key))? {
            set.add(hash, &key, &mut |stored| vm.eq(stored, &key))?;
        }
    }
    Ok(())
}

fn symmetric_of(vm: &mut Vm, value: &Value, other: &Value) -> Result<Ref<SetObj>> {
    let set = this(vm, value)?;
    let result = empty_like(vm, value);
    vm.set_update(&result, other)?;
    toggle_all(vm, &result, set.entries())?;
    Ok(result)
}

fn union_of(vm: &mut Vm, value: &Value, other: &Value) -> Result<Ref<SetObj>> {
    let result = copy_like(vm, value)?;
    // Merging a set with itself would make room, and change the order.
    if !value.is_same(other) {
        vm.set_update(&result, other)?;
    }
    Ok(result)
}

macro_rules! operators {
    ($($name:ident $reflected:ident $operation:ident)*) => {
        $(
            pub(super) fn $name(vm: &mut Vm, args: &[Value]) -> Result {
                if of(&args[0]).is_none() || of(&args[1]).is_none() {
                    return Ok(Value::NOT_IMPLEMENTED);
                }
                Ok($operation(vm, &args[0], &args[1])?.into_value())
            }
            pub(super) fn $reflected(vm: &mut Vm, args: &[Value]) -> Result {
                $name(vm, &[args[1].clone(), args[0].clone()])
            }
        )*
    };
}

operators! {
    sub rsub difference_of
    and rand intersection_of
    xor rxor symmetric_of
    or ror union_of
}

pub(super) fn isub(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let set = this(vm, &args[0])?;
    difference_update(vm, &set, &args[1])?;
    Ok(args[0].clone())
}

pub(super) fn iand(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let set = this(vm, &args[0])?;
    let kept = intersection_of(vm, &args[0], &args[1])?;
    set.swap(&kept);
    Ok(args[0].clone())
}

pub(super) fn ixor(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    symmetric_difference_update(vm, args)?;
    Ok(args[0].clone())
}

pub(super) fn ior(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let set = this(vm, &args[0])?;
    vm.set_update(&set, &args[1])?;
    Ok(args[0].clone())
}

pub(super) fn difference(vm: &mut Vm, args: &[Value]) -> Result {
    let others = tuple_items(&args[1]);
    let Some((first, rest)) = others.split_first() else {
        return Ok(copy_like(vm, &args[0])?.into_value());
    };
    let result = difference_of(vm, &args[0], first)?;
    for other in rest {
        difference_update(vm, &result, other)?;
    }
    Ok(result.into_value())
}

pub(super) fn difference_update_method(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    for other in tuple_items(&args[1]) {
        difference_update(vm, &set, other)?;
    }
    Ok(Value::NONE)
}

pub(super) fn intersection(vm: &mut Vm, args: &[Value]) -> Result {
    let others = tuple_items(&args[1]);
    let Some((first, rest)) = others.split_first() else {
        return Ok(copy_like(vm, &args[0])?.into_value());
    };
    let mut result = intersection_of(vm, &args[0], first)?;
    for other in rest {
        let so_far = result.into_value();
        result = intersection_of(vm, &so_far, other)?;
    }
    Ok(result.into_value())
}

pub(super) fn intersection_update(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let kept = intersection(vm, args)?;
    if let Some(kept) = of(&kept) {
        set.swap(&kept);
    }
    Ok(Value::NONE)
}

pub(super) fn isdisjoint(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let class = vm.class_of(&args[1]);
    // A derived class says itself what its items are.
    let exact = class.is_same(&vm.types.set) || class.is_same(&vm.types.frozenset);
    if let Some(other) = of(&args[1]).filter(|_| exact) {
        let (small, large) = if other.len() > set.len() { (&set, &other) } else { (&other, &set) };
        for (hash, key) in small.entries() {
            if has_entry(vm, large, hash, &key)? {
                return Ok(Value::FALSE);
            }
        }
        return Ok(Value::TRUE);
    }
    let iterator = vm.iter(&args[1])?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.set_contains(&set, &item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

pub(super) fn issubset(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let other = match of(&args[1]) {
        Some(other) => other,
        None => from_iterable(vm, &args[1])?,
    };
    Ok(Value::bool(subset(vm, &set, &other)?))
}

pub(super) fn issuperset(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    if let Some(other) = of(&args[1]) {
        return Ok(Value::bool(subset(vm, &other, &set)?));
    }
    let iterator = vm.iter(&args[1])?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.set_contains(&set, &item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

pub(super) fn symmetric_difference(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(symmetric_of(vm, &args[0], &args[1])?.into_value())
}

pub fn symmetric_difference_update(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    if args[0].is_same(&args[1]) {
        set.clear();
        return Ok(Value::NONE);
    }
    let dict = args[1].get::<Dict>().filter(|_| vm.class_of(&args[1]).is_same(&vm.types.dict));
    let entries = match (of(&args[1]), dict) {
        (Some(other), _) => other.entries(),
        (None, Some(dict)) => dict.hashed_keys(),
        // Nothing is changed before all items are there; what comes twice counts once.
        (None, None) => from_iterable(vm, &args[1])?.entries(),
    };
    toggle_all(vm, &set, entries)?;
    Ok(Value::NONE)
}

pub(super) fn union(vm: &mut Vm, args: &[Value]) -> Result {
    let result = copy_like(vm, &args[0])?;
    for other in tuple_items(&args[1]) {
        if !args[0].is_same(other) {
            vm.set_update(&result, other)?;
        }
    }
    Ok(result.into_value())
}

pub(super) fn update(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    for other in tuple_items(&args[1]) {
        vm.set_update(&set, other)?;
    }
    Ok(Value::NONE)
}
