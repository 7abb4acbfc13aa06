//! `collections.deque`, as the module `_collections`.

use crate::object::{Class, Dict, Kind, Opaque, Ref, Str, Tracer, Value, class_flag, heap};
use crate::types::iterators::iterator_self;
use crate::types::operators::comparisons;
use crate::types::{class_argument, split_arguments, wrong_receiver};
use crate::vm::native::{Row, class_method, getter, method, next, raw, static_raw};
use crate::vm::{CompareOp, Result, Vm};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// The payload.
struct Deque {
    items: RefCell<VecDeque<Value>>,
    maxlen: Cell<Option<usize>>,
    /// Changes with every change of the items: an iterator checks it.
    version: Cell<u64>,
}

impl Opaque for Deque {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Ok(items) = self.items.try_borrow() {
            tracer.values(items.iter());
        }
    }
    fn clear(&self) {
        drop(std::mem::take(&mut *self.items.borrow_mut()));
    }
}

impl Deque {
    fn changed(&self) {
        self.version.set(self.version.get() + 1);
    }

    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }

    fn push_back(&self, value: Value) {
        let old = {
            let mut items = self.items.borrow_mut();
            items.push_back(value);
            if self.maxlen.get().is_some_and(|most| items.len() > most) { items.pop_front() } else { None }
        };
        self.changed();
        drop(old);
    }

    fn push_front(&self, value: Value) {
        let old = {
            let mut items = self.items.borrow_mut();
            items.push_front(value);
            if self.maxlen.get().is_some_and(|most| items.len() > most) { items.pop_back() } else { None }
        };
        self.changed();
        drop(old);
    }

    fn to_vec(&self) -> Vec<Value> {
        heap::spend_items(self.len());
        self.items.borrow().iter().cloned().collect()
    }
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Deque> {
    match value.opaque::<Deque>() {
        Some(deque) => Ok(deque),
        None => Err(wrong_receiver(vm, value, "collections.deque")),
    }
}

#[derive(Default)]
struct Classes {
    iterator: Option<Ref<Class>>,
    reverse: Option<Ref<Class>>,
}

fn empty(class: &Ref<Class>, maxlen: Option<usize>) -> Value {
    let body = Deque { items: RefCell::default(), maxlen: Cell::new(maxlen), version: Cell::new(0) };
    heap::new_opaque(class, body)
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let object = vm.types.object.clone();
    let class = class_argument(vm, values, &object)?;
    if class.layout() != Kind::Opaque {
        let name = class.name_text();
        return Err(
            vm.type_error(format!("deque.__new__({name}): {name} is not a subtype of collections.deque"))
        );
    }
    Ok(empty(&class, None))
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (positional, keywords) = split_arguments(values, names);
    let mut args = [Value::NONE, Value::NONE];
    if positional.len() > 3 {
        return Err(
            vm.type_error(format!("deque() takes at most 2 arguments ({} given)", positional.len() - 1))
        );
    }
    for (slot, value) in args.iter_mut().zip(&positional[1..]) {
        *slot = value.clone();
    }
    for (name, value) in keywords {
        match name.as_str() {
            "iterable" => args[0] = value.clone(),
            "maxlen" => args[1] = value.clone(),
            other => {
                return Err(vm.unexpected_keyword("deque", other, &["iterable", "maxlen"]));
            }
        }
    }
    let deque = this(vm, &positional[0])?;
    if args[1].is_none() {
        deque.maxlen.set(None);
    } else {
        if vm.int_like(&args[1]).is_none() {
            return Err(vm.type_error("an integer is required"));
        }
        let most = vm.index_i64(&args[1])?;
        if most < 0 {
            return Err(vm.value_error("maxlen must be non-negative"));
        }
        deque.maxlen.set(Some(most as usize));
    }
    let old = std::mem::take(&mut *deque.items.borrow_mut());
    drop(old);
    if !args[0].is_none() {
        extend(vm, &[positional[0].clone(), args[0].clone()])?;
    }
    Ok(Value::NONE)
}

fn append(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?.push_back(args[1].clone());
    Ok(Value::NONE)
}

fn appendleft(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?.push_front(args[1].clone());
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let item = deque.items.borrow_mut().pop_back();
    deque.changed();
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn popleft(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let item = deque.items.borrow_mut().pop_front();
    deque.changed();
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

/// Calls `take` with one item after the other; of the deque itself, with those that it has now.
fn each_of(vm: &mut Vm, value: &Value, own: &Deque, take: fn(&Deque, Value)) -> Result<()> {
    if value.opaque::<Deque>().is_some_and(|other| std::ptr::eq(other, own)) {
        own.to_vec().into_iter().for_each(|item| take(own, item));
        return Ok(());
    }
    let iterator = vm.iter(value)?;
    while let Some(item) = vm.next(&iterator)? {
        take(own, item);
        vm.check_memory(own.len())?;
    }
    Ok(())
}

fn extend(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    each_of(vm, &args[1], deque, Deque::push_back)?;
    Ok(Value::NONE)
}

fn extendleft(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    each_of(vm, &args[1], deque, Deque::push_front)?;
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let old = std::mem::take(&mut *deque.items.borrow_mut());
    deque.changed();
    drop(old);
    Ok(Value::NONE)
}

fn rotate(vm: &mut Vm, args: &[Value]) -> Result {
    let by = vm.index_i64(&args[1])?;
    let deque = this(vm, &args[0])?;
    let length = deque.len();
    if length > 1 {
        let by = by.rem_euclid(length as i64) as usize;
        heap::spend_items(by.min(length - by) / 8);
        deque.items.borrow_mut().rotate_right(by);
        deque.changed();
    }
    Ok(Value::NONE)
}

fn reverse(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    heap::spend_items(deque.len());
    deque.items.borrow_mut().make_contiguous().reverse();
    deque.changed();
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let class = vm.class_of(&args[0]).clone();
    if class.has_flag(class_flag::HEAP) {
        let mut given = vec![args[0].clone()];
        given.extend(deque.maxlen.get().map(Value::index));
        let copy = vm.call(class.as_value(), &given)?;
        if copy.opaque::<Deque>().is_none() {
            let (name, got) = (class.type_name(), vm.type_name(&copy));
            return Err(vm.type_error(format!("{name}() must return a deque, not {got}")));
        }
        return Ok(copy);
    }
    let copy = empty(&class, deque.maxlen.get());
    heap::spend_items(deque.len());
    let items = deque.items.borrow().clone();
    if let Some(copied) = copy.opaque::<Deque>() {
        *copied.items.borrow_mut() = items;
    }
    Ok(copy)
}

/// `(class, (), state, iterator)`: how `copy.deepcopy` makes it anew.
fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let most = this(vm, &args[0])?.maxlen.get();
    let class = vm.class_of(&args[0]).to_value();
    let given = match most {
        Some(most) => {
            let (none, most) = (vm.tuple([]), vm.int(most as i64));
            vm.tuple([none, most])
        }
        None => vm.tuple([]),
    };
    let name = heap::intern("__dict__");
    let state = vm.get_attr_optional(&args[0], &name)?.unwrap_or(Value::NONE);
    let items = vm.iter(&args[0])?;
    Ok(vm.tuple([class, given, state, items]))
}

fn find(vm: &mut Vm, deque: &Deque, value: &Value, start: usize, stop: usize) -> Result<Option<usize>> {
    let version = deque.version.get();
    let mut at = start;
    while at < stop
        && let Some(item) = deque.get(at)
    {
        let same = vm.eq(&item, value)?;
        if deque.version.get() != version {
            return Err(vm.runtime_error("deque mutated during iteration"));
        }
        if same {
            heap::spend_items(at - start);
            return Ok(Some(at));
        }
        at += 1;
    }
    heap::spend_items(at - start);
    Ok(None)
}

fn count(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let (mut found, mut at) = (0, 0);
    while let Some(position) = find(vm, deque, &args[1], at, usize::MAX)? {
        found += 1;
        at = position + 1;
    }
    Ok(Value::index(found))
}

fn index(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let (start, stop) = crate::types::slice::search_bounds(vm, &args[2], &args[3], deque.len())?;
    match find(vm, deque, &args[1], start, stop)? {
        Some(at) => Ok(Value::index(at)),
        None => {
            let text = vm.repr_text(&args[1])?;
            Err(vm.value_error(format!("{text} is not in deque")))
        }
    }
}

fn remove(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let version = deque.version.get();
    let found = find(vm, deque, &args[1], 0, usize::MAX);
    // Where other methods say RuntimeError, this one says IndexError.
    if deque.version.get() != version {
        return Err(vm.index_error("deque mutated during iteration"));
    }
    match found? {
        Some(at) => {
            heap::spend_items(at.min(deque.len() - at) / 8);
            let old = deque.items.borrow_mut().remove(at);
            deque.changed();
            drop(old);
            Ok(Value::NONE)
        }
        None => {
            let text = vm.repr_text(&args[1])?;
            Err(vm.value_error(format!("{text} is not in deque")))
        }
    }
}

fn insert(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let index = vm.index_i64(&args[1])?;
    let length = deque.len() as i64;
    if deque.maxlen.get() == Some(length as usize) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let at = if index < 0 { (index + length).max(0) } else { index.min(length) };
    heap::spend_items(at.min(length - at) as usize / 8);
    deque.items.borrow_mut().insert(at as usize, args[2].clone());
    deque.changed();
    Ok(Value::NONE)
}

fn position(vm: &mut Vm, deque: &Deque, index: &Value) -> Result<usize> {
    if vm.special(index, crate::object::Special::Index).is_none() {
        let got = vm.type_name(index);
        return Err(vm.type_error(format!("sequence index must be integer, not '{got}'")));
    }
    match crate::types::slice::position(vm, index, || deque.len())? {
        Some(at) => Ok(at),
        None => Err(vm.index_error("deque index out of range")),
    }
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let at = position(vm, deque, &args[1])?;
    Ok(deque.get(at).unwrap_or(Value::NONE))
}

fn setitem(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let at = position(vm, deque, &args[1])?;
    let old = std::mem::replace(&mut deque.items.borrow_mut()[at], args[2].clone());
    drop(old);
    Ok(Value::NONE)
}

fn delitem(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let at = position(vm, deque, &args[1])?;
    heap::spend_items(at.min(deque.len() - at) / 8);
    let old = deque.items.borrow_mut().remove(at);
    deque.changed();
    drop(old);
    Ok(Value::NONE)
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::index(this(vm, &args[0])?.len()))
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    Ok(Value::bool(find(vm, deque, &args[1], 0, usize::MAX)?.is_some()))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let name = vm.class_of(&args[0]).name_text();
    let text = crate::types::guard_repr(vm, &args[0], |vm| {
        let items = items(vm, &args[0])?;
        crate::types::repr_items(vm, "[", &items, "]")
    })?;
    // A deque inside itself is shown without its name.
    let Some(text) = text else { return Ok(vm.str("[...]")) };
    Ok(vm.str(match deque.maxlen.get() {
        Some(most) => format!("{name}({text}, maxlen={most})"),
        None => format!("{name}({text})"),
    }))
}

comparisons! { compare }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    this(vm, &args[0])?;
    if args[1].opaque::<Deque>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut sides = [Vec::new(), Vec::new()];
    for (value, side) in args.iter().zip(&mut sides) {
        if vm.class_of(value).has_flag(class_flag::HEAP) {
            vm.each(value, |_, item| {
                side.push(item);
                Ok(())
            })?;
        } else {
            *side = this(vm, value)?.to_vec();
        }
    }
    vm.compare_sequences(op, &sides[0], &sides[1])
}

/// The items, as a class derived from `deque` lists them.
fn items(vm: &mut Vm, value: &Value) -> Result<Vec<Value>> {
    if vm.class_of(value).has_flag(class_flag::HEAP) {
        vm.collect(value)
    } else {
        Ok(this(vm, value)?.to_vec())
    }
}

fn add(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].opaque::<Deque>().is_none() {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("can only concatenate deque (not \"{got}\") to deque")));
    }
    let sum = copy(vm, args)?;
    extend(vm, &[sum.clone(), args[1].clone()])?;
    Ok(sum)
}

fn iadd(vm: &mut Vm, args: &[Value]) -> Result {
    extend(vm, args)?;
    Ok(args[0].clone())
}

fn mul(vm: &mut Vm, args: &[Value]) -> Result {
    let length = this(vm, &args[0])?.len();
    if crate::types::list::repetitions(vm, length, &args[1])?.is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let result = copy(vm, args)?;
    imul(vm, &[result, args[1].clone()])
}

fn imul(vm: &mut Vm, args: &[Value]) -> Result {
    let deque = this(vm, &args[0])?;
    let Some(times) = crate::types::list::repetitions(vm, deque.len(), &args[1])? else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let items = items(vm, &args[0])?;
    if times == 0 {
        let old = std::mem::take(&mut *deque.items.borrow_mut());
        deque.changed();
        drop(old);
    }
    for item in (1..times).flat_map(|_| items.iter()) {
        deque.push_back(item.clone());
    }
    Ok(args[0].clone())
}

fn get_maxlen(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.maxlen.get().map_or(Value::NONE, Value::index))
}

// ---- iterators

struct Iter {
    deque: Cell<Value>,
    version: u64,
    /// Items already given.
    given: Cell<usize>,
    reverse: bool,
}

impl Opaque for Iter {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.deque);
    }
    fn clear(&self) {
        drop(self.deque.take());
    }
}

fn make_iterator(vm: &mut Vm, value: &Value, reverse: bool) -> Result {
    let version = this(vm, value)?.version.get();
    let classes = vm.extension::<Classes>();
    let class = if reverse { classes.reverse.clone() } else { classes.iterator.clone() };
    let class = class.expect("the classes are made together");
    let body = Iter { deque: Cell::new(value.clone()), version, given: Cell::new(0), reverse };
    Ok(heap::new_opaque(&class, body))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    make_iterator(vm, &args[0], false)
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    make_iterator(vm, &args[0], true)
}

fn iterator_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(iter) = iterator.opaque::<Iter>() else {
        return Err(wrong_receiver(vm, iterator, "_collections._deque_iterator"));
    };
    let held = Value::peek(&iter.deque);
    let Some(deque) = held.opaque::<Deque>() else { return Ok(None) };
    let given = iter.given.get();
    let length = deque.len();
    if deque.version.get() != iter.version {
        drop(iter.deque.take());
        return Err(vm.runtime_error("deque mutated during iteration"));
    }
    if given >= length {
        drop(iter.deque.take());
        return Ok(None);
    }
    iter.given.set(given + 1);
    Ok(deque.get(if iter.reverse { length - 1 - given } else { given }))
}

fn iterator_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Iter>() else {
        return Err(wrong_receiver(vm, &args[0], "_collections._deque_iterator"));
    };
    let deque = Value::peek(&iter.deque);
    let name = if iter.reverse { "reversed" } else { "iter" };
    if deque.is_unbound() {
        let empty = vm.tuple([]);
        return crate::types::reduce::by_builtin(vm, name, vec![empty], None);
    }
    let given = Value::index(iter.given.get());
    crate::types::reduce::by_builtin(vm, name, vec![deque], Some(given))
}

fn iterator_setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Iter>() else {
        return Err(wrong_receiver(vm, &args[0], "_collections._deque_iterator"));
    };
    let length = Value::peek(&iter.deque).opaque::<Deque>().map_or(0, Deque::len);
    let at = crate::types::reduce::position(vm, &args[1], length)?;
    iter.given.set(at);
    Ok(Value::NONE)
}

fn length_hint(_: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Iter>() else { return Ok(Value::index(0)) };
    let held = Value::peek(&iter.deque);
    let length = held.opaque::<Deque>().map_or(0, Deque::len);
    Ok(Value::index(length.saturating_sub(iter.given.get())))
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("append(self, item, /)", append),
    method("appendleft(self, item, /)", appendleft),
    method("pop(self, /)", pop),
    method("popleft(self, /)", popleft),
    method("extend(self, iterable, /)", extend),
    method("extendleft(self, iterable, /)", extendleft),
    method("clear(self, /)", clear),
    method("rotate(self, n=1, /)", rotate),
    method("reverse(self, /)", reverse),
    method("copy(self, /)", copy),
    method("__copy__(self, /)", copy),
    method("__reduce__(self, /)", reduce),
    method("count(self, value, /)", count),
    method("index(self, value, start=<unrepresentable>, stop=<unrepresentable>, /)", index),
    method("remove(self, value, /)", remove),
    method("insert(self, index, value, /)", insert),
    method("__getitem__(self, key, /)", getitem),
    method("__setitem__(self, key, value, /)", setitem),
    method("__delitem__(self, key, /)", delitem),
    method("__len__(self, /)", len),
    method("__contains__(self, key, /)", contains),
    method("__repr__(self, /)", repr),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("__add__(self, value, /)", add),
    method("__iadd__(self, value, /)", iadd),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__imul__(self, value, /)", imul),
    method("__iter__(self, /)", iter),
    method("__reversed__(self, /)", reversed),
    getter("maxlen", get_maxlen),
    class_method("__class_getitem__(type, object, /)", crate::types::alias::class_getitem),
];

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", length_hint),
    method("__reduce__(self, /)", iterator_reduce),
    method("__setstate__(self, object, /)", iterator_setstate),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    let object = vm.types.object.clone();
    let flags = class_flag::BASE | class_flag::WEAKREF | class_flag::SEQUENCE;
    let deque = vm.new_class("deque", "collections", &object, Kind::Opaque, flags, METHODS);
    deque.preset("__hash__", Value::NONE);
    let iterator = vm.new_class("_deque_iterator", "collections", &object, Kind::Opaque, 0, ITERATOR);
    let reverse = vm.new_class("_deque_reverse_iterator", "collections", &object, Kind::Opaque, 0, ITERATOR);
    dict.set_text("deque", deque.into_value());
    super::ordered::fill(vm, dict);
    super::tuplegetter::fill(vm, dict);
    let classes = vm.extension::<Classes>();
    classes.iterator = Some(iterator);
    classes.reverse = Some(reverse);
    Ok(())
}
