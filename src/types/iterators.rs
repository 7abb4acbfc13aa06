//! Iterators: those of sequences, and the classes `enumerate`, `zip`, `map`, `filter`,
//! `reversed` and the iterator of `iter(callable, sentinel)`.

use super::{Extra, arity, class_argument, payload, positional, reduce, split_arguments, wrong_receiver};
use crate::object::{
    Kind, ListObj, Opaque, Ref, SeqIter, Special, Str, Tracer, TupleObj, Value, class_flag, heap,
};
use crate::vm::native::{Row, class_method, method, next, static_raw};
use crate::vm::{Result, Vm};
use num_bigint::BigInt;
use std::cell::{Cell, RefCell};

/// An iterator over a list or tuple.
pub fn over_sequence(vm: &mut Vm, sequence: &Value, list: bool) -> Value {
    let class = if list { &vm.types.list_iterator } else { &vm.types.tuple_iterator };
    let body = SeqIter { sequence: Cell::new(sequence.clone()), index: Cell::new(0) };
    heap::alloc_plain(class, body).into_value()
}

/// `__iter__` of every iterator.
pub fn iterator_self(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

fn sequence_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    payload::<SeqIter>(vm, iterator, "list_iterator")?;
    vm.next(iterator)
}

fn sequence_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let iter = payload::<SeqIter>(vm, &args[0], "list_iterator")?;
    let sequence = Value::peek(&iter.sequence);
    let length = match (sequence.get::<ListObj>(), sequence.get::<TupleObj>()) {
        (Some(list), _) => list.len(),
        (None, Some(tuple)) => tuple.len(),
        (None, None) if sequence.is_unbound() => 0,
        // What has items need not have a length.
        (None, None) if vm.special(&sequence, Special::Len).is_none() => return Ok(Value::NOT_IMPLEMENTED),
        (None, None) => vm.len(&sequence)?,
    };
    Ok(Value::index(length.saturating_sub(iter.index.get())))
}

fn sequence_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let iter = payload::<SeqIter>(vm, &args[0], "list_iterator")?;
    let list = vm.class_of(&args[0]).is_same(&vm.types.list_iterator);
    let empty = if list { vm.list(Vec::new()) } else { vm.tuple([]) };
    reduce::by_position(vm, &iter.sequence, iter.index.get(), empty)
}

fn sequence_setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let iter = payload::<SeqIter>(vm, &args[0], "list_iterator")?;
    let at = reduce::position(vm, &args[1], usize::MAX)?;
    iter.index.set(at);
    Ok(Value::NONE)
}

/// Cells of values as a payload.
macro_rules! holds {
    ($type:ty: $($cell:ident),*) => {
        impl Opaque for $type {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                $(tracer.cell(&self.$cell);)*
            }
            fn clear(&self) {
                $(drop(self.$cell.replace(Value::NONE));)*
            }
        }
    };
}

// ---- reversed

struct Reversed {
    /// Unbound at the end.
    sequence: Cell<Value>,
    /// The next position, plus one.
    index: Cell<usize>,
}
holds!(Reversed: sequence);

/// `reversed(list)`
pub fn reversed_list(vm: &mut Vm, list: &Value, length: usize) -> Result {
    let class = Extra::list_reverseiterator(vm);
    let body = Reversed { sequence: Cell::new(list.clone()), index: Cell::new(length) };
    Ok(heap::new_opaque(&class, body))
}

fn reversed_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::reversed(vm);
    let class = class_argument(vm, values, &base)?;
    let given = positional(vm, "reversed", values, names)?;
    arity(vm, "reversed", given.len(), 1, 1)?;
    let sequence = &given[0];
    match vm.special(sequence, Special::Reversed) {
        Some(method) if !method.is_none() => return vm.call(&method, &[sequence.clone()]),
        None if is_sequence(vm, sequence) => {}
        _ => {
            let got = vm.type_name(sequence);
            return Err(vm.type_error(format!("'{got}' object is not reversible")));
        }
    }
    let length = vm.len(sequence)?;
    let body = Reversed { sequence: Cell::new(sequence.clone()), index: Cell::new(length) };
    Ok(heap::new_opaque(&class, body))
}

fn is_sequence(vm: &Vm, value: &Value) -> bool {
    let class = vm.class_of(value);
    class.has_special(Special::GetItem)
        && !class.is_subclass_of(&vm.types.dict)
        && value.kind() != Some(Kind::Class)
        && value.opaque::<super::mappingproxy::Proxy>().is_none()
}

fn reversed_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(iter) = iterator.opaque::<Reversed>() else {
        return Err(wrong_receiver(vm, iterator, "reversed"));
    };
    let sequence = Value::peek(&iter.sequence);
    let index = iter.index.get();
    if index == 0 || sequence.is_unbound() {
        drop(iter.sequence.take());
        return Ok(None);
    }
    iter.index.set(index - 1);
    // A list's own iterator takes the items as they are, whatever a class derived from it does.
    if let Some(list) = sequence.get::<ListObj>() {
        let item = list.get(index - 1);
        if item.is_none() {
            drop(iter.sequence.take());
        }
        return Ok(item);
    }
    match vm.get_item(&sequence, &Value::index(index - 1)) {
        Ok(item) => Ok(Some(item)),
        Err(raised) if raised.is(&vm.exceptions.index_error) || raised.is(&vm.exceptions.stop_iteration) => {
            drop(iter.sequence.take());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn reversed_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Reversed>() else {
        return Err(wrong_receiver(vm, &args[0], "reversed"));
    };
    let sequence = Value::peek(&iter.sequence);
    if sequence.is_unbound() {
        let empty = vm.tuple([]);
        return reduce::by_builtin(vm, "reversed", vec![empty], None);
    }
    // The position is that of the next item: -1 before the first.
    let at = vm.int(iter.index.get() as i64 - 1);
    reduce::by_builtin(vm, "reversed", vec![sequence], Some(at))
}

fn reversed_setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Reversed>() else {
        return Err(wrong_receiver(vm, &args[0], "reversed"));
    };
    let sequence = Value::peek(&iter.sequence);
    if !sequence.is_unbound() {
        let length = vm.len(&sequence)?;
        let at = vm.index_i64(&args[1])?.saturating_add(1);
        iter.index.set(usize::try_from(at).unwrap_or(0).min(length));
    }
    Ok(Value::NONE)
}

fn reversed_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Reversed>() else {
        return Err(wrong_receiver(vm, &args[0], "reversed"));
    };
    let sequence = Value::peek(&iter.sequence);
    if sequence.is_unbound() {
        return Ok(Value::index(0));
    }
    // What has become shorter meanwhile ends at once.
    let length = vm.len(&sequence)?;
    Ok(Value::index(if iter.index.get() > length { 0 } else { iter.index.get() }))
}

// ---- enumerate

struct Enumerate {
    iterator: Cell<Value>,
    count: RefCell<BigInt>,
    /// The count while it fits; the other one takes over when it no longer does.
    small: Cell<i64>,
    /// The pair given out, if it may be used again; see `TupleObj::next_pair`.
    pair: Cell<Value>,
}
holds!(Enumerate: iterator, pair);

fn enumerate_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::enumerate(vm);
    let class = class_argument(vm, values, &base)?;
    let (positional, keywords) = split_arguments(values, names);
    let mut iterable = positional.get(1).cloned();
    let mut start = positional.get(2).cloned();
    for (name, value) in keywords {
        let slot = match name.as_str() {
            "iterable" if iterable.is_none() => &mut iterable,
            "start" if start.is_none() => &mut start,
            other => {
                return Err(
                    vm.type_error(format!("'{other}' is an invalid keyword argument for enumerate()"))
                );
            }
        };
        *slot = Some(value.clone());
    }
    if positional.len() > 3 {
        return Err(
            vm.type_error(format!("enumerate() takes at most 2 arguments ({} given)", values.len() - 1))
        );
    }
    let Some(iterable) = iterable else {
        return Err(vm.type_error("enumerate() missing required argument 'iterable'"));
    };
    let start = match start {
        Some(start) => vm.index(&start)?,
        None => BigInt::ZERO,
    };
    let iterator = vm.iter(&iterable)?;
    let small = i64::try_from(&start).unwrap_or(i64::MAX);
    let body = Enumerate {
        iterator: Cell::new(iterator),
        count: RefCell::new(start),
        small: Cell::new(small),
        pair: Cell::default(),
    };
    Ok(heap::new_opaque(&class, body))
}

fn enumerate_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(iter) = iterator.opaque::<Enumerate>() else {
        return Err(wrong_receiver(vm, iterator, "enumerate"));
    };
    let inner = Value::peek(&iter.iterator);
    let Some(item) = vm.next(&inner)? else { return Ok(None) };
    let small = iter.small.get();
    let number = if small < 1 << 48 {
        iter.small.set(small + 1);
        vm.int(small)
    } else {
        let mut count = iter.count.borrow_mut();
        if *count < BigInt::from(1_i64 << 48) {
            *count = BigInt::from(1_i64 << 48);
        }
        let number = vm.bigint(count.clone());
        *count += 1;
        number
    };
    Ok(Some(TupleObj::next_pair(&iter.pair, &vm.types.tuple, number, item)))
}

fn enumerate_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<Enumerate>() else {
        return Err(wrong_receiver(vm, &args[0], "enumerate"));
    };
    let small = iter.small.get();
    let count = if small < 1 << 48 {
        vm.int(small)
    } else {
        let count = iter.count.borrow().clone();
        vm.bigint(count.max(BigInt::from(1_i64 << 48)))
    };
    let class = vm.class_of(&args[0]).to_value();
    Ok(reduce::by_class(vm, class, vec![Value::peek(&iter.iterator), count], None))
}

// ---- zip

struct Zip {
    iterators: Vec<Value>,
    strict: Cell<bool>,
    /// The pair given out, if it may be used again; see `TupleObj::next_pair`.
    pair: Cell<Value>,
}

impl Opaque for Zip {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.iterators);
        tracer.cell(&self.pair);
    }
    fn clear(&self) {
        drop(self.pair.take());
    }
}

fn zip_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::zip(vm);
    let class = class_argument(vm, values, &base)?;
    let (positional, keywords) = split_arguments(values, names);
    let mut strict = false;
    for (name, value) in keywords {
        if name.as_str() != "strict" {
            return Err(vm.unexpected_keyword("zip", name.as_str(), &["strict"]));
        }
        strict = vm.truth(value)?;
    }
    let mut iterators = Vec::with_capacity(positional.len() - 1);
    for (i, iterable) in positional[1..].iter().enumerate() {
        match vm.iter(iterable) {
            Ok(iterator) => iterators.push(iterator),
            Err(raised)
                if raised.is(&vm.exceptions.type_error) && vm.special(iterable, Special::Iter).is_none() =>
            {
                let _ = i;
                return Err(raised);
            }
            Err(raised) => return Err(raised),
        }
    }
    Ok(heap::new_opaque(&class, Zip { iterators, strict: Cell::new(strict), pair: Cell::default() }))
}

fn zip_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(zip) = iterator.opaque::<Zip>() else {
        return Err(wrong_receiver(vm, iterator, "zip"));
    };
    if zip.iterators.is_empty() {
        return Ok(None);
    }
    if let ([first, second], false) = (&zip.iterators[..], zip.strict.get()) {
        let Some(first) = vm.next(first)? else { return Ok(None) };
        let Some(second) = vm.next(second)? else { return Ok(None) };
        return Ok(Some(TupleObj::next_pair(&zip.pair, &vm.types.tuple, first, second)));
    }
    let mut items = Vec::with_capacity(zip.iterators.len());
    for (i, each) in zip.iterators.iter().enumerate() {
        match vm.next(each)? {
            Some(item) => items.push(item),
            None if zip.strict.get() => return zip_uneven(vm, &zip.iterators, i).map(|()| None),
            None => return Ok(None),
        }
    }
    Ok(Some(vm.tuple(items)))
}

/// Iterator `i` has ended: under `strict` all others must have, too.
fn zip_uneven(vm: &mut Vm, iterators: &[Value], i: usize) -> Result<()> {
    let others = |n: usize| if n == 1 { " 1".to_owned() } else { format!("s 1-{n}") };
    if i > 0 {
        let message = format!("zip() argument {} is shorter than argument{}", i + 1, others(i));
        return Err(vm.value_error(message));
    }
    for (j, each) in iterators.iter().enumerate().skip(1) {
        if vm.next(each)?.is_some() {
            let message = format!("zip() argument {} is longer than argument{}", j + 1, others(j));
            return Err(vm.value_error(message));
        }
    }
    Ok(())
}

fn zip_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(zip) = args[0].opaque::<Zip>() else {
        return Err(wrong_receiver(vm, &args[0], "zip"));
    };
    let class = vm.class_of(&args[0]).to_value();
    let state = zip.strict.get().then_some(Value::TRUE);
    Ok(reduce::by_class(vm, class, zip.iterators.clone(), state))
}

/// The state says whether the iterators must end together.
fn zip_setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let strict = vm.truth(&args[1])?;
    let Some(zip) = args[0].opaque::<Zip>() else {
        return Err(wrong_receiver(vm, &args[0], "zip"));
    };
    zip.strict.set(strict);
    Ok(Value::NONE)
}

// ---- map

struct Map {
    function: Value,
    iterators: Vec<Value>,
}

impl Opaque for Map {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.function);
        tracer.values(&self.iterators);
    }
    fn clear(&self) {}
}

fn map_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::map(vm);
    let class = class_argument(vm, values, &base)?;
    let [function, iterables @ ..] = positional(vm, "map", values, names)? else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let mut iterators = Vec::with_capacity(iterables.len());
    for iterable in iterables {
        iterators.push(vm.iter(iterable)?);
    }
    Ok(heap::new_opaque(&class, Map { function: function.clone(), iterators }))
}

fn map_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(map) = iterator.opaque::<Map>() else {
        return Err(wrong_receiver(vm, iterator, "map"));
    };
    if let [only] = &map.iterators[..] {
        let Some(item) = vm.next(only)? else { return Ok(None) };
        return vm.call(&map.function, &[item]).map(Some);
    }
    let mut items = Vec::with_capacity(map.iterators.len());
    for each in &map.iterators {
        match vm.next(each)? {
            Some(item) => items.push(item),
            None => return Ok(None),
        }
    }
    vm.call(&map.function, &items).map(Some)
}

fn map_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(map) = args[0].opaque::<Map>() else {
        return Err(wrong_receiver(vm, &args[0], "map"));
    };
    let mut held = vec![map.function.clone()];
    held.extend(map.iterators.iter().cloned());
    let class = vm.class_of(&args[0]).to_value();
    Ok(reduce::by_class(vm, class, held, None))
}

// ---- filter

struct Filter {
    function: Value,
    iterator: Value,
}

impl Opaque for Filter {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.function);
        tracer.value(&self.iterator);
    }
    fn clear(&self) {}
}

fn filter_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = Extra::filter(vm);
    let class = class_argument(vm, values, &base)?;
    let given = positional(vm, "filter", values, names)?;
    arity(vm, "filter", given.len(), 2, 2)?;
    let iterator = vm.iter(&given[1])?;
    Ok(heap::new_opaque(&class, Filter { function: given[0].clone(), iterator }))
}

fn filter_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(filter) = iterator.opaque::<Filter>() else {
        return Err(wrong_receiver(vm, iterator, "filter"));
    };
    let by_truth = filter.function.is_none() || filter.function.is_same(vm.types.bool.as_value());
    while let Some(item) = vm.next(&filter.iterator)? {
        let keep = if by_truth {
            vm.truth(&item)?
        } else {
            let verdict = vm.call(&filter.function, std::slice::from_ref(&item))?;
            vm.truth(&verdict)?
        };
        if keep {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn filter_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(filter) = args[0].opaque::<Filter>() else {
        return Err(wrong_receiver(vm, &args[0], "filter"));
    };
    let held = vec![filter.function.clone(), filter.iterator.clone()];
    let class = vm.class_of(&args[0]).to_value();
    Ok(reduce::by_class(vm, class, held, None))
}

// ---- iter(callable, sentinel)

struct CallIter {
    /// Unbound at the end.
    callable: Cell<Value>,
    sentinel: Cell<Value>,
}
holds!(CallIter: callable, sentinel);

/// `iter(callable, sentinel)`
pub fn call_iterator(vm: &mut Vm, callable: &Value, sentinel: &Value) -> Value {
    let class = Extra::callable_iterator(vm);
    let body = CallIter { callable: Cell::new(callable.clone()), sentinel: Cell::new(sentinel.clone()) };
    heap::new_opaque(&class, body)
}

fn call_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(iter) = iterator.opaque::<CallIter>() else {
        return Err(wrong_receiver(vm, iterator, "callable_iterator"));
    };
    let callable = Value::peek(&iter.callable);
    if callable.is_unbound() {
        return Ok(None);
    }
    match vm.call(&callable, &[]) {
        // The call itself has used it up.
        Ok(_) if Value::look(&iter.callable, Value::is_unbound) => Ok(None),
        Ok(item) => {
            let sentinel = Value::peek(&iter.sentinel);
            if vm.eq(&sentinel, &item)? {
                drop(iter.callable.take());
                return Ok(None);
            }
            Ok(Some(item))
        }
        Err(raised) if raised.is(&vm.exceptions.stop_iteration) => {
            drop(iter.callable.take());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn call_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<CallIter>() else {
        return Err(wrong_receiver(vm, &args[0], "callable_iterator"));
    };
    let callable = Value::peek(&iter.callable);
    let held =
        if callable.is_unbound() { vec![vm.tuple([])] } else { vec![callable, Value::peek(&iter.sentinel)] };
    reduce::by_builtin(vm, "iter", held, None)
}

const SEQUENCE: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(sequence_next),
    method("__length_hint__(self, /)", sequence_hint),
    method("__reduce__(self, /)", sequence_reduce),
    method("__setstate__(self, object, /)", sequence_setstate),
];

const REVERSED: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", reversed_new),
    method("__iter__(self, /)", iterator_self),
    next(reversed_next),
    method("__length_hint__(self, /)", reversed_hint),
    method("__reduce__(self, /)", reversed_reduce),
    method("__setstate__(self, object, /)", reversed_setstate),
];

const LIST_REVERSED: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(reversed_next),
    method("__length_hint__(self, /)", reversed_hint),
    method("__reduce__(self, /)", reversed_reduce),
    method("__setstate__(self, object, /)", reversed_setstate),
];

const ENUMERATE: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", enumerate_new),
    method("__iter__(self, /)", iterator_self),
    next(enumerate_next),
    method("__reduce__(self, /)", enumerate_reduce),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

const ZIP: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", zip_new),
    method("__iter__(self, /)", iterator_self),
    next(zip_next),
    method("__reduce__(self, /)", zip_reduce),
    method("__setstate__(self, object, /)", zip_setstate),
];

const MAP: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", map_new),
    method("__iter__(self, /)", iterator_self),
    next(map_next),
    method("__reduce__(self, /)", map_reduce),
];

const FILTER: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", filter_new),
    method("__iter__(self, /)", iterator_self),
    next(filter_next),
    method("__reduce__(self, /)", filter_reduce),
];

const CALLABLE: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(call_next),
    method("__reduce__(self, /)", call_reduce),
];

pub fn install(vm: &mut Vm) {
    let types = &vm.types;
    let over_sequences =
        [types.list_iterator.clone(), types.tuple_iterator.clone(), types.sequence_iterator.clone()];
    for class in over_sequences {
        vm.add_rows(&class, SEQUENCE);
    }
    let object = vm.types.object.clone();
    let mut make = |name: &str, flags: u32, rows: &'static [Row]| {
        Some(vm.new_class(name, "builtins", &object, Kind::Opaque, flags, rows))
    };
    let base = class_flag::BASE;
    let reversed = make("reversed", base, REVERSED);
    let list_reverseiterator = make("list_reverseiterator", 0, LIST_REVERSED);
    let enumerate = make("enumerate", base, ENUMERATE);
    let zip = make("zip", base, ZIP);
    let map = make("map", base, MAP);
    let filter = make("filter", base, FILTER);
    let callable_iterator = make("callable_iterator", 0, CALLABLE);
    let extra = vm.extension::<Extra>();
    extra.reversed = reversed;
    extra.list_reverseiterator = list_reverseiterator;
    extra.enumerate = enumerate;
    extra.zip = zip;
    extra.map = map;
    extra.filter = filter;
    extra.callable_iterator = callable_iterator;
}
