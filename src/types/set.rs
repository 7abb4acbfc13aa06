//! `set` and `frozenset`: one payload, two classes. The order of insertions follows CPython's
//! `setobject.c` operation by operation, because it decides the order in which a set prints.

mod algebra;
mod iter;

use super::operators::comparisons;
use super::{arity, class_argument, no_keywords, payload, positional};
use crate::object::{Class, Ref, SetObj, Special, Str, Value, class_flag, heap};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Row, class_method, method, raw, static_raw};
use crate::vm::{Result, Vm};
use iter::{ITERATOR, iter};

pub use algebra::{difference_update, symmetric_difference_update};

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
    let name = vm.type_name(&values[0]);
    arity(vm, &name, values.len() - 1, 0, 1)?;
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
    let given = positional(vm, "frozenset", values, names)?;
    arity(vm, &class.name_text(), given.len(), 0, 1)?;
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
        let own = vm.class_of(&args[0]).has_flag(class_flag::HEAP);
        let keys = if own { vm.collect(&args[0])? } else { set.keys() };
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

comparisons! { compare }

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

fn pop(vm: &mut Vm, args: &[Value]) -> Result {
    match this(vm, &args[0])?.pop() {
        Some(key) => Ok(key),
        None => {
            let message = vm.str("pop from an empty set");
            Err(vm.key_error(&message))
        }
    }
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
    method("__sub__(self, value, /)", algebra::sub),
    method("__rsub__(self, value, /)", algebra::rsub),
    method("__and__(self, value, /)", algebra::and),
    method("__rand__(self, value, /)", algebra::rand),
    method("__xor__(self, value, /)", algebra::xor),
    method("__rxor__(self, value, /)", algebra::rxor),
    method("__or__(self, value, /)", algebra::or),
    method("__ror__(self, value, /)", algebra::ror),
    method("__len__(self, /)", len),
    method("__contains__(self, object, /)", contains),
    method("copy(self, /)", copy),
    method("difference(self, /, *others)", algebra::difference),
    method("intersection(self, /, *others)", algebra::intersection),
    method("isdisjoint(self, other, /)", algebra::isdisjoint),
    method("issubset(self, other, /)", algebra::issubset),
    method("issuperset(self, other, /)", algebra::issuperset),
    method("symmetric_difference(self, other, /)", algebra::symmetric_difference),
    method("union(self, /, *others)", algebra::union),
    method("__sizeof__(self, /)", sizeof),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

const SET: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", set_new),
    raw("__init__(self, /, *args, **kwargs)", set_init),
    method("__isub__(self, value, /)", algebra::isub),
    method("__iand__(self, value, /)", algebra::iand),
    method("__ixor__(self, value, /)", algebra::ixor),
    method("__ior__(self, value, /)", algebra::ior),
    method("add(self, object, /)", add),
    method("clear(self, /)", clear),
    method("discard(self, object, /)", discard),
    method("difference_update(self, /, *others)", algebra::difference_update_method),
    method("intersection_update(self, /, *others)", algebra::intersection_update),
    method("pop(self, /)", pop),
    method("remove(self, object, /)", remove),
    method("symmetric_difference_update(self, other, /)", algebra::symmetric_difference_update),
    method("update(self, /, *others)", algebra::update),
];

const FROZENSET: &[Row] =
    &[static_raw("__new__(type, *args, **kwargs)", frozenset_new), method("__hash__(self, /)", frozen_hash)];

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
