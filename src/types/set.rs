//! `set` and `frozenset`: one payload, two classes. The order of insertions follows CPython's
//! `setobject.c` operation by operation, because it decides the order in which a set prints.

use super::{arity, class_argument, no_keywords, payload, tuple_items};
use crate::object::{Class, Dict, Ref, SetObj, Special, Str, Value, heap};
use crate::object::{Opaque, Tracer};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Row, class_method, method, next, raw, static_raw};
use crate::vm::{Result, Vm};
use std::cell::Cell;

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<SetObj>> {
    payload::<SetObj>(vm, value, "set")
}

/// The set or frozenset in a value.
pub fn of(value: &Value) -> Option<Ref<SetObj>> {
    value.downcast::<SetObj>()
}

/// A new `set` of the items of an iterable.
pub fn from_iterable(vm: &mut Vm, iterable: &Value) -> Result<Ref<SetObj>> {
    let set = vm.new_set();
    vm.set_update(&set, iterable)?;
    Ok(set)
}

/// An empty set of the class `set` or `frozenset`, as `like` is.
fn empty_like(vm: &mut Vm, like: &Value) -> Ref<SetObj> {
    if vm.class_of(like).is_subclass_of(&vm.types.frozenset) { vm.new_frozenset() } else { vm.new_set() }
}

fn copy_like(vm: &mut Vm, value: &Value) -> Result<Ref<SetObj>> {
    let copy = empty_like(vm, value);
    vm.set_update(&copy, value)?;
    Ok(copy)
}

fn set_new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.set.clone();
    let class = class_argument(vm, values, &base)?;
    Ok(heap::alloc(&class, SetObj::new()).into_value())
}

fn set_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let set = this(vm, values.first().unwrap_or(&Value::NONE))?;
    no_keywords(vm, "set", names)?;
    arity(vm, "set", values.len() - 1, 0, 1)?;
    set.clear();
    if let Some(iterable) = values.get(1) {
        vm.set_update(&set, iterable)?;
    }
    Ok(Value::NONE)
}

fn frozenset_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.types.frozenset.clone();
    let class = class_argument(vm, values, &base)?;
    let exact = class.is_same(&base);
    if exact {
        no_keywords(vm, "frozenset", names)?;
    }
    let given = &values[1..values.len() - names.len()];
    arity(vm, "frozenset", given.len(), 0, 1)?;
    if exact
        && let Some(same) = given.first()
        && vm.class_of(same).is_same(&base)
    {
        return Ok(same.clone());
    }
    let set = heap::alloc(&class, SetObj::new());
    if let Some(iterable) = given.first() {
        vm.set_update(&set, iterable)?;
    }
    Ok(set.into_value())
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let name = vm.type_name(&args[0]);
    if set.is_empty() {
        return Ok(vm.str(format!("{name}()")));
    }
    let plain = vm.class_of(&args[0]).is_same(&vm.types.set);
    let text = super::guard_repr(vm, &args[0], |vm| {
        let keys = set.keys();
        if plain {
            super::repr_items(vm, "{", &keys, "}")
        } else {
            super::repr_items(vm, &format!("{name}({{"), &keys, "})")
        }
    })?;
    Ok(vm.str(text.unwrap_or_else(|| format!("{name}(...)"))))
}

fn frozen_hash(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    if set.hash.get() == 0 {
        set.hash.set(hash_of(&set));
    }
    Ok(vm.int(set.hash.get()))
}

/// CPython's hash of a frozenset: independent of order.
fn hash_of(set: &SetObj) -> i64 {
    let shuffle = |h: u64| ((h ^ 89_869_747) ^ (h << 16)).wrapping_mul(3_644_798_167);
    let mut hash: u64 = 0;
    for (item, _) in set.entries() {
        hash ^= shuffle(item as u64);
    }
    hash ^= (set.len() as u64 + 1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    if hash == u64::MAX { 590_923_713 } else { hash as i64 }
}

fn has_entry(vm: &mut Vm, set: &SetObj, hash: i64, key: &Value) -> Result<bool> {
    set.contains(hash, key, &mut |stored| vm.eq(stored, key))
}

fn subset(vm: &mut Vm, a: &SetObj, b: &SetObj) -> Result<bool> {
    if a.len() > b.len() {
        return Ok(false);
    }
    for (hash, key) in a.entries() {
        if !has_entry(vm, b, hash, &key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

macro_rules! comparison {
    ($($name:ident $op:ident)*) => {
        $(fn $name(vm: &mut Vm, args: &[Value]) -> Result {
            compare(vm, CompareOp::$op, args)
        })*
    };
}
comparison! { lt Lt le Le eq Eq ne Ne gt Gt ge Ge }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let Some(other) = of(&args[1]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let result = match op {
        CompareOp::Eq => set.len() == other.len() && subset(vm, &set, &other)?,
        CompareOp::Ne => !(set.len() == other.len() && subset(vm, &set, &other)?),
        CompareOp::Le => subset(vm, &set, &other)?,
        CompareOp::Lt => set.len() < other.len() && subset(vm, &set, &other)?,
        CompareOp::Ge => subset(vm, &other, &set)?,
        CompareOp::Gt => other.len() < set.len() && subset(vm, &other, &set)?,
    };
    Ok(Value::bool(result))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let class = super::Extra::set_iterator(vm);
    let body = SetIter {
        set: Cell::new(args[0].clone()),
        position: Cell::new(0),
        length: set.len(),
        left: Cell::new(set.len()),
    };
    Ok(heap::new_opaque(&class, body))
}

struct SetIter {
    /// Unbound at the end.
    set: Cell<Value>,
    position: Cell<usize>,
    length: usize,
    left: Cell<usize>,
}

impl Opaque for SetIter {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.set);
    }
    fn clear(&self) {
        drop(self.set.take());
    }
}

fn iterator_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(iter) = iterator.opaque::<SetIter>() else {
        return Err(super::wrong_receiver(vm, iterator, "set_iterator"));
    };
    let Some(set) = of(&Value::peek(&iter.set)) else { return Ok(None) };
    if set.len() != iter.length {
        drop(iter.set.take());
        return Err(vm.runtime_error("Set changed size during iteration"));
    }
    let mut position = iter.position.get();
    let found = set.next_key(&mut position);
    iter.position.set(position);
    match found {
        Some((_, key)) => {
            iter.left.set(iter.left.get().saturating_sub(1));
            Ok(Some(key))
        }
        None => {
            drop(iter.set.take());
            Ok(None)
        }
    }
}

fn iterator_self(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<SetIter>() else {
        return Err(super::wrong_receiver(vm, &args[0], "set_iterator"));
    };
    let left = if Value::peek(&iter.set).is_unbound() { 0 } else { iter.left.get() };
    Ok(Value::index(left))
}

// ---- operations

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
    let other_length = match (of(other), other.get::<Dict>()) {
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
            None => vm.contains(other, &key)?,
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

fn toggle_all(vm: &mut Vm, set: &SetObj, other: &SetObj) -> Result<()> {
    for (hash, key) in other.entries() {
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
    toggle_all(vm, &result, &set)?;
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
            fn $name(vm: &mut Vm, args: &[Value]) -> Result {
                if of(&args[0]).is_none() || of(&args[1]).is_none() {
                    return Ok(Value::NOT_IMPLEMENTED);
                }
                Ok($operation(vm, &args[0], &args[1])?.into_value())
            }
            fn $reflected(vm: &mut Vm, args: &[Value]) -> Result {
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

fn isub(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let set = this(vm, &args[0])?;
    difference_update(vm, &set, &args[1])?;
    Ok(args[0].clone())
}

fn iand(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let set = this(vm, &args[0])?;
    let kept = intersection_of(vm, &args[0], &args[1])?;
    set.swap(&kept);
    Ok(args[0].clone())
}

fn ixor(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    symmetric_difference_update(vm, args)?;
    Ok(args[0].clone())
}

fn ior(vm: &mut Vm, args: &[Value]) -> Result {
    if of(&args[1]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let set = this(vm, &args[0])?;
    vm.set_update(&set, &args[1])?;
    Ok(args[0].clone())
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::index(this(vm, &args[0])?.len()))
}

/// A key that is looked for: a set, which cannot be hashed, stands for an equal frozenset.
fn lookup_key(vm: &mut Vm, key: &Value) -> Result<Value> {
    if let Some(set) = of(key)
        && vm.class_of(key).is_subclass_of(&vm.types.set)
        && vm.special(key, Special::Hash).is_none_or(|hash| hash.is_none())
    {
        let frozen = vm.new_frozenset();
        for (hash, item) in set.entries() {
            frozen.add(hash, &item, &mut |stored| vm.eq(stored, &item))?;
        }
        return Ok(frozen.into_value());
    }
    Ok(key.clone())
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let key = lookup_key(vm, &args[1])?;
    Ok(Value::bool(vm.set_contains(&set, &key)?))
}

fn add(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    vm.set_add(&set, &args[1])?;
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?.clear();
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    let class: Ref<Class> = vm.class_of(&args[0]).clone();
    if class.is_same(&vm.types.frozenset) {
        return Ok(args[0].clone());
    }
    Ok(copy_like(vm, &args[0])?.into_value())
}

fn discard(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let key = lookup_key(vm, &args[1])?;
    vm.set_remove(&set, &key)?;
    Ok(Value::NONE)
}

fn remove(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let key = lookup_key(vm, &args[1])?;
    if vm.set_remove(&set, &key)? { Ok(Value::NONE) } else { Err(vm.key_error(&args[1])) }
}

fn difference(vm: &mut Vm, args: &[Value]) -> Result {
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

fn difference_update_method(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    for other in tuple_items(&args[1]) {
        difference_update(vm, &set, other)?;
    }
    Ok(Value::NONE)
}

fn intersection(vm: &mut Vm, args: &[Value]) -> Result {
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

fn intersection_update(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let kept = intersection(vm, args)?;
    if let Some(kept) = of(&kept) {
        set.swap(&kept);
    }
    Ok(Value::NONE)
}

fn isdisjoint(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    if let Some(other) = of(&args[1]) {
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

fn issubset(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let other = match of(&args[1]) {
        Some(other) => other,
        None => from_iterable(vm, &args[1])?,
    };
    Ok(Value::bool(subset(vm, &set, &other)?))
}

fn issuperset(vm: &mut Vm, args: &[Value]) -> Result {
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

fn pop(vm: &mut Vm, args: &[Value]) -> Result {
    match this(vm, &args[0])?.pop() {
        Some(key) => Ok(key),
        None => {
            let message = vm.str("pop from an empty set");
            Err(vm.key_error(&message))
        }
    }
}

fn symmetric_difference(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(symmetric_of(vm, &args[0], &args[1])?.into_value())
}

fn symmetric_difference_update(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    if args[0].is_same(&args[1]) {
        set.clear();
        return Ok(Value::NONE);
    }
    let other = match of(&args[1]) {
        Some(other) => other,
        None => from_iterable(vm, &args[1])?,
    };
    toggle_all(vm, &set, &other)?;
    Ok(Value::NONE)
}

fn union(vm: &mut Vm, args: &[Value]) -> Result {
    let result = copy_like(vm, &args[0])?;
    for other in tuple_items(&args[1]) {
        if !args[0].is_same(other) {
            vm.set_update(&result, other)?;
        }
    }
    Ok(result.into_value())
}

fn update(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    for other in tuple_items(&args[1]) {
        vm.set_update(&set, other)?;
    }
    Ok(Value::NONE)
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    Ok(vm.int(216 + 16 * set.len() as i64))
}

const SHARED: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("__iter__(self, /)", iter),
    method("__sub__(self, value, /)", sub),
    method("__rsub__(self, value, /)", rsub),
    method("__and__(self, value, /)", and),
    method("__rand__(self, value, /)", rand),
    method("__xor__(self, value, /)", xor),
    method("__rxor__(self, value, /)", rxor),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__len__(self, /)", len),
    method("__contains__(self, object, /)", contains),
    method("copy(self, /)", copy),
    method("difference(self, /, *others)", difference),
    method("intersection(self, /, *others)", intersection),
    method("isdisjoint(self, other, /)", isdisjoint),
    method("issubset(self, other, /)", issubset),
    method("issuperset(self, other, /)", issuperset),
    method("symmetric_difference(self, other, /)", symmetric_difference),
    method("union(self, /, *others)", union),
    method("__sizeof__(self, /)", sizeof),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

const SET: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", set_new),
    raw("__init__(self, /, *args, **kwargs)", set_init),
    method("__isub__(self, value, /)", isub),
    method("__iand__(self, value, /)", iand),
    method("__ixor__(self, value, /)", ixor),
    method("__ior__(self, value, /)", ior),
    method("add(self, object, /)", add),
    method("clear(self, /)", clear),
    method("discard(self, object, /)", discard),
    method("difference_update(self, /, *others)", difference_update_method),
    method("intersection_update(self, /, *others)", intersection_update),
    method("pop(self, /)", pop),
    method("remove(self, object, /)", remove),
    method("symmetric_difference_update(self, other, /)", symmetric_difference_update),
    method("update(self, /, *others)", update),
];

const FROZENSET: &[Row] =
    &[static_raw("__new__(type, *args, **kwargs)", frozenset_new), method("__hash__(self, /)", frozen_hash)];

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", length_hint),
];

pub fn install(vm: &mut Vm) {
    let (set, frozenset) = (vm.types.set.clone(), vm.types.frozenset.clone());
    vm.add_rows(&set, SHARED);
    vm.add_rows(&set, SET);
    set.preset("__hash__", Value::NONE);
    vm.add_rows(&frozenset, SHARED);
    vm.add_rows(&frozenset, FROZENSET);
    let object = vm.types.object.clone();
    let iterator =
        vm.new_class("set_iterator", "builtins", &object, crate::object::Kind::Opaque, 0, ITERATOR);
    vm.extension::<super::Extra>().set_iterator = Some(iterator);
}
