//! `dict_keys`, `dict_values`, `dict_items` and their iterators. Keys and items are sets.

use super::iterators::iterator_self;
use super::operators::comparisons;
use super::{payload, set};
use crate::object::{Dict, DictIter, DictPart, DictView, Ref, SetObj, TupleObj, Value, heap};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Row, getter, method, next};
use crate::vm::{Result, Vm};
use std::cell::Cell;

/// A view of a dict.
pub fn make(vm: &mut Vm, dict: Ref<Dict>, part: DictPart) -> Value {
    let class = match part {
        DictPart::Keys => &vm.types.dict_keys,
        DictPart::Values => &vm.types.dict_values,
        DictPart::Items => &vm.types.dict_items,
    };
    heap::alloc_plain(class, DictView { dict, part }).into_value()
}

/// An iterator over a part of a dict.
pub fn iterator(vm: &mut Vm, dict: &Ref<Dict>, part: DictPart, reverse: bool) -> Value {
    let types = &vm.types;
    let class = match (part, reverse) {
        (DictPart::Keys, false) => &types.dict_keyiterator,
        (DictPart::Values, false) => &types.dict_valueiterator,
        (DictPart::Items, false) => &types.dict_itemiterator,
        (DictPart::Keys, true) => &types.dict_reversekeyiterator,
        (DictPart::Values, true) => &types.dict_reversevalueiterator,
        (DictPart::Items, true) => &types.dict_reverseitemiterator,
    };
    let length = dict.len();
    let body = DictIter {
        dict: Cell::new(dict.to_value()),
        part,
        position: Cell::new(if reverse { dict.end() } else { 0 }),
        length: Cell::new(length),
        left: Cell::new(length),
        reverse,
        pair: Cell::default(),
    };
    heap::alloc_plain(class, body).into_value()
}

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<DictView>> {
    payload::<DictView>(vm, value, "dict_keys")
}

/// The elements of a view now.
fn elements(vm: &mut Vm, view: &DictView) -> Vec<Value> {
    let items = view.dict.items();
    match view.part {
        DictPart::Keys => items.into_iter().map(|(key, _)| key).collect(),
        DictPart::Values => items.into_iter().map(|(_, value)| value).collect(),
        DictPart::Items => items.into_iter().map(|(key, value)| vm.tuple([key, value])).collect(),
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let view = this(vm, &args[0])?;
    let name = vm.type_name(&args[0]);
    let text = super::guard_repr(vm, &args[0], |vm| {
        let items = elements(vm, &view);
        super::repr_items(vm, &format!("{name}(["), &items, "])")
    })?;
    Ok(vm.str(text.unwrap_or_else(|| "...".to_owned())))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let view = this(vm, &args[0])?;
    Ok(iterator(vm, &view.dict, view.part, false))
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    let view = this(vm, &args[0])?;
    Ok(iterator(vm, &view.dict, view.part, true))
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::index(this(vm, &args[0])?.dict.len()))
}

fn has(vm: &mut Vm, view: &DictView, item: &Value) -> Result<bool> {
    match view.part {
        DictPart::Keys => Ok(vm.dict_get(&view.dict, item)?.is_some()),
        DictPart::Values => {
            for value in elements(vm, view) {
                if vm.eq(&value, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        DictPart::Items => {
            let Some([key, value]) = item.get::<TupleObj>().map(TupleObj::items) else {
                return Ok(false);
            };
            match vm.dict_get(&view.dict, key)? {
                Some(found) => vm.eq(&found, value),
                None => Ok(false),
            }
        }
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let view = this(vm, &args[0])?;
    Ok(Value::bool(has(vm, &view, &args[1])?))
}

fn mapping(vm: &mut Vm, value: &Value) -> Result {
    let view = this(vm, value)?;
    Ok(super::mappingproxy::make(vm, view.dict.to_value()))
}

/// Whether a value is a set or a set-like view: what views compare with.
fn set_like(value: &Value) -> bool {
    set::of(value).is_some() || value.get::<DictView>().is_some_and(|v| v.part != DictPart::Values)
}

fn all_in(vm: &mut Vm, items: &Value, container: &Value) -> Result<bool> {
    let iterator = vm.iter(items)?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.contains(container, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

comparisons! { compare }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let (a, b) = (&args[0], &args[1]);
    if !set_like(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (own, other) = (vm.len(a)?, vm.len(b)?);
    let result = match op {
        CompareOp::Eq => own == other && all_in(vm, a, b)?,
        CompareOp::Ne => !(own == other && all_in(vm, a, b)?),
        CompareOp::Lt => own < other && all_in(vm, a, b)?,
        CompareOp::Le => own <= other && all_in(vm, a, b)?,
        CompareOp::Gt => own > other && all_in(vm, b, a)?,
        CompareOp::Ge => own >= other && all_in(vm, b, a)?,
    };
    Ok(Value::bool(result))
}

/// The left operand as a new set. The keys of a plain dict count as the dict itself, whose length is known, so the
/// set is as large as that of `set(dict)`: the order that it prints in depends on it.
fn new_set(vm: &mut Vm, operand: &Value) -> Result<Ref<SetObj>> {
    if let Some(view) = operand.get::<DictView>()
        && view.part == DictPart::Keys
    {
        return set::from_iterable(vm, &view.dict.to_value());
    }
    set::from_iterable(vm, operand)
}

fn sub(vm: &mut Vm, args: &[Value]) -> Result {
    let result = new_set(vm, &args[0])?;
    set::difference_update(vm, &result, &args[1])?;
    Ok(result.into_value())
}

fn rsub(vm: &mut Vm, args: &[Value]) -> Result {
    sub(vm, &[args[1].clone(), args[0].clone()])
}

fn and(vm: &mut Vm, args: &[Value]) -> Result {
    // The longer one is asked for the items of the shorter one.
    let (mut own, mut other) = (args[0].clone(), args[1].clone());
    if own.get::<DictView>().is_none() {
        std::mem::swap(&mut own, &mut other);
    }
    let swaps = other.get::<DictView>().is_some_and(|view| view.part != DictPart::Values)
        || vm.class_of(&other).is_same(&vm.types.set);
    if swaps && vm.len(&other)? > vm.len(&own)? {
        std::mem::swap(&mut own, &mut other);
    }
    let result = vm.new_set();
    let iterator = vm.iter(&other)?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.contains(&own, &item)? {
            vm.set_add(&result, &item)?;
        }
    }
    Ok(result.into_value())
}

fn or(vm: &mut Vm, args: &[Value]) -> Result {
    let result = new_set(vm, &args[0])?;
    vm.set_update(&result, &args[1])?;
    Ok(result.into_value())
}

fn ror(vm: &mut Vm, args: &[Value]) -> Result {
    or(vm, &[args[1].clone(), args[0].clone()])
}

/// `items ^ items` looks for each pair of the longer one in the shorter one.
fn items_xor(vm: &mut Vm, own: &Dict, other: &Dict) -> Result {
    let (short, long) = if own.len() > other.len() { (other, own) } else { (own, other) };
    let left = short.copy();
    let result = vm.new_set();
    for (key, value) in long.items() {
        let found = match vm.dict_get(short, &key)? {
            Some(found) => vm.eq(&found, &value)?,
            None => false,
        };
        if found {
            vm.dict_remove(&left, &key)?;
        } else {
            let pair = vm.tuple([key, value]);
            vm.set_add(&result, &pair)?;
        }
    }
    for (key, value) in left.items() {
        let pair = vm.tuple([key, value]);
        vm.set_add(&result, &pair)?;
    }
    Ok(result.into_value())
}

fn rxor(vm: &mut Vm, args: &[Value]) -> Result {
    xor(vm, &[args[1].clone(), args[0].clone()])
}

fn xor(vm: &mut Vm, args: &[Value]) -> Result {
    if let (Some(own), Some(other)) = (args[0].get::<DictView>(), args[1].get::<DictView>())
        && own.part == DictPart::Items
        && other.part == DictPart::Items
    {
        return items_xor(vm, &own.dict, &other.dict);
    }
    let result = new_set(vm, &args[0])?;
    set::symmetric_difference_update(vm, &[result.to_value(), args[1].clone()])?;
    Ok(result.into_value())
}

fn isdisjoint(vm: &mut Vm, args: &[Value]) -> Result {
    let view = this(vm, &args[0])?;
    let iterator = vm.iter(&args[1])?;
    while let Some(item) = vm.next(&iterator)? {
        if has(vm, &view, &item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

fn iterator_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    payload::<DictIter>(vm, iterator, "dict_keyiterator")?;
    vm.next(iterator)
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = payload::<DictIter>(vm, &args[0], "dict_keyiterator")?;
    let dict = Value::peek(&iterator.dict);
    // A dict that has changed cannot be gone on with.
    let goes_on = dict.get::<Dict>().is_some_and(|dict| dict.len() == iterator.length.get());
    Ok(Value::index(if goes_on { iterator.left.get() } else { 0 }))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = payload::<DictIter>(vm, &args[0], "dict_keyiterator")?;
    let class = vm.class_of(&args[0]);
    let twin = DictIter {
        dict: Cell::new(Value::peek(&iterator.dict)),
        part: iterator.part,
        position: iterator.position.clone(),
        length: iterator.length.clone(),
        left: iterator.left.clone(),
        reverse: iterator.reverse,
        pair: Cell::default(),
    };
    let twin = heap::alloc_plain(class, twin).into_value();
    super::reduce::by_items(vm, &twin)
}

const SET_METHODS: &[Row] = &[
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
    method("__rand__(self, value, /)", and),
    method("__xor__(self, value, /)", xor),
    method("__rxor__(self, value, /)", rxor),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__len__(self, /)", len),
    method("__contains__(self, key, /)", contains),
    method("isdisjoint(self, object, /)", isdisjoint),
    method("__reversed__(self, /)", reversed),
    getter("mapping", mapping),
];

const VALUES_METHODS: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("__iter__(self, /)", iter),
    method("__len__(self, /)", len),
    method("__reversed__(self, /)", reversed),
    getter("mapping", mapping),
];

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", length_hint),
    method("__reduce__(self, /)", reduce),
];

pub fn install(vm: &mut Vm) {
    let types = &vm.types;
    let views = [types.dict_keys.clone(), types.dict_items.clone()];
    let values = types.dict_values.clone();
    let iterators = [
        types.dict_keyiterator.clone(),
        types.dict_valueiterator.clone(),
        types.dict_itemiterator.clone(),
        types.dict_reversekeyiterator.clone(),
        types.dict_reversevalueiterator.clone(),
        types.dict_reverseitemiterator.clone(),
    ];
    for class in views {
        vm.add_rows(&class, SET_METHODS);
        class.preset("__hash__", Value::NONE);
    }
    vm.add_rows(&values, VALUES_METHODS);
    for class in iterators {
        vm.add_rows(&class, ITERATOR);
    }
}
