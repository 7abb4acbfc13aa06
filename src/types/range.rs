//! `range`: integers of any size. What fits machine integers takes the short way.

use super::iterators::iterator_self;
use super::slice::bounds;
use super::{arity, no_keywords, payload};
use crate::object::{Kind, Opaque, RangeIter, RangeObj, Ref, SliceObj, Str, Tracer, Value, heap};
use crate::vm::native::{Row, getter, method, next, static_raw};
use crate::vm::{Result, Vm};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cell::RefCell;

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<RangeObj>> {
    payload::<RangeObj>(vm, value, "range")
}

/// The three numbers of a range.
struct Numbers {
    start: BigInt,
    stop: BigInt,
    step: BigInt,
}

impl Numbers {
    fn of(vm: &mut Vm, range: &RangeObj) -> Result<Numbers> {
        Ok(Numbers {
            start: vm.index(&range.start)?,
            stop: vm.index(&range.stop)?,
            step: vm.index(&range.step)?,
        })
    }

    fn length(&self) -> BigInt {
        let (low, high, step) = if self.step.is_negative() {
            (&self.stop, &self.start, -&self.step)
        } else {
            (&self.start, &self.stop, self.step.clone())
        };
        if low >= high { BigInt::ZERO } else { (high - low - BigInt::from(1)).div_floor(&step) + 1 }
    }

    fn item(&self, index: &BigInt) -> BigInt {
        &self.start + index * &self.step
    }

    /// The position of `n` when it is an item.
    fn find(&self, n: &BigInt) -> Option<BigInt> {
        let inside = if self.step.is_negative() {
            *n <= self.start && *n > self.stop
        } else {
            *n >= self.start && *n < self.stop
        };
        if !inside {
            return None;
        }
        let (index, rest) = (n - &self.start).div_rem(&self.step);
        rest.is_zero().then_some(index)
    }
}

fn make(vm: &mut Vm, start: BigInt, stop: BigInt, step: BigInt) -> Value {
    let body = RangeObj { start: vm.bigint(start), stop: vm.bigint(stop), step: vm.bigint(step) };
    heap::alloc_plain(&vm.types.range, body).into_value()
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "range", names)?;
    let given = &values[1..];
    arity(vm, "range", given.len(), 1, 3)?;
    let mut numbers = Vec::with_capacity(3);
    for value in given {
        numbers.push(vm.index(value)?);
    }
    let mut numbers = numbers.into_iter();
    let first = numbers.next().unwrap_or_default();
    let Some(stop) = numbers.next() else {
        return Ok(make(vm, BigInt::ZERO, first, BigInt::from(1)));
    };
    let step = numbers.next().unwrap_or_else(|| BigInt::from(1));
    if step.is_zero() {
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    Ok(make(vm, first, stop, step))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let mut items = vec![range.start.clone(), range.stop.clone()];
    if range.step.as_int() != Some(1) {
        items.push(range.step.clone());
    }
    let text = super::repr_items(vm, "range(", &items, ")")?;
    Ok(vm.str(text))
}

/// What decides equality and hash: length, then start, then step.
fn identity(vm: &mut Vm, range: &RangeObj) -> Result<Vec<Value>> {
    let numbers = Numbers::of(vm, range)?;
    let length = numbers.length();
    let one = length == BigInt::from(1);
    let empty = length.is_zero();
    Ok(vec![
        vm.bigint(length),
        if empty { Value::NONE } else { range.start.clone() },
        if empty || one { Value::NONE } else { range.step.clone() },
    ])
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let items = identity(vm, &range)?;
    let hash = vm.hash_tuple(&items)?;
    Ok(vm.int(hash))
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let Some(other) = args[1].downcast::<RangeObj>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (a, b) = (identity(vm, &range)?, identity(vm, &other)?);
    vm.compare_sequences(crate::vm::CompareOp::Eq, &a, &b)
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    let equal = eq(vm, args)?;
    Ok(equal.as_bool().map_or(Value::NOT_IMPLEMENTED, |e| Value::bool(!e)))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    if let Some(iterator) = vm.range_iterator(&range) {
        return Ok(iterator);
    }
    let numbers = Numbers::of(vm, &range)?;
    let left = numbers.length();
    Ok(long_iterator(vm, numbers.start, numbers.step, left))
}

fn long_iterator(vm: &mut Vm, next: BigInt, step: BigInt, left: BigInt) -> Value {
    let class = super::Extra::longrange_iterator(vm);
    heap::new_opaque(&class, LongRange { step, state: RefCell::new((next, left)) })
}

/// An iterator over a range with numbers that do not fit inline.
struct LongRange {
    step: BigInt,
    /// The next item, and how many are left.
    state: RefCell<(BigInt, BigInt)>,
}

impl Opaque for LongRange {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

fn long_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(range) = iterator.opaque::<LongRange>() else {
        return Err(super::wrong_receiver(vm, iterator, "longrange_iterator"));
    };
    let mut state = range.state.borrow_mut();
    if state.1.is_zero() {
        return Ok(None);
    }
    let item = state.0.clone();
    state.0 += &range.step;
    state.1 -= 1;
    Ok(Some(vm.bigint(item)))
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let numbers = Numbers::of(vm, &range)?;
    let length = numbers.length();
    let last = numbers.item(&(&length - 1));
    let stop = &numbers.start - &numbers.step;
    if length.is_zero() {
        return Ok(long_iterator(vm, BigInt::ZERO, BigInt::from(1), BigInt::ZERO));
    }
    let back =
        RangeObj { start: vm.bigint(last.clone()), stop: vm.bigint(stop), step: vm.bigint(-&numbers.step) };
    match vm.range_iterator(&back) {
        Some(iterator) => Ok(iterator),
        None => Ok(long_iterator(vm, last, -numbers.step, length)),
    }
}

fn bool(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    Ok(Value::bool(!Numbers::of(vm, &range)?.length().is_zero()))
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let length = Numbers::of(vm, &range)?.length();
    match length.to_i64() {
        Some(n) => Ok(vm.int(n)),
        None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let numbers = Numbers::of(vm, &range)?;
    let length = numbers.length();
    if let Some(slice) = args[1].get::<SliceObj>() {
        let Some(length) = length.to_usize() else {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        };
        let slice = bounds(vm, slice, || length)?;
        let start = numbers.item(&BigInt::from(slice.start));
        let stop = numbers.item(&BigInt::from(slice.stop));
        let step = &numbers.step * slice.step;
        return Ok(make(vm, start, stop, step));
    }
    if !args[1].is_int() && vm.special(&args[1], crate::object::Special::Index).is_none() {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("range indices must be integers or slices, not {got}")));
    }
    let mut index = vm.index(&args[1])?;
    if index.is_negative() {
        index += &length;
    }
    if index.is_negative() || index >= length {
        return Err(vm.index_error("range object index out of range"));
    }
    Ok(vm.bigint(numbers.item(&index)))
}

/// The position of a value in a range, from a position on: by arithmetic for integers and by
/// search for others, instances of classes derived from `int` among them.
fn find(vm: &mut Vm, range: &RangeObj, value: &Value, from: BigInt) -> Result<Option<BigInt>> {
    let numbers = Numbers::of(vm, range)?;
    let class = vm.class_of(value);
    if (class.is_same(&vm.types.int) || class.is_same(&vm.types.bool))
        && let Some(n) = vm.int_like(value)
    {
        return Ok(numbers.find(&n).filter(|at| *at >= from));
    }
    let length = numbers.length();
    let mut i = from;
    while i < length {
        vm.step()?;
        let item = vm.bigint(numbers.item(&i));
        if vm.eq(&item, value)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    Ok(Value::bool(find(vm, &range, &args[1], BigInt::ZERO)?.is_some()))
}

fn count(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    let (mut count, mut from) = (0, BigInt::ZERO);
    while let Some(at) = find(vm, &range, &args[1], from)? {
        count += 1;
        from = at + 1;
    }
    Ok(vm.int(count))
}

fn index(vm: &mut Vm, args: &[Value]) -> Result {
    let range = this(vm, &args[0])?;
    match find(vm, &range, &args[1], BigInt::ZERO)? {
        Some(position) => Ok(vm.bigint(position)),
        None if vm.int_like(&args[1]).is_some() => {
            let text = vm.repr_text(&args[1])?;
            Err(vm.value_error(format!("{text} is not in range")))
        }
        None => Err(vm.value_error("sequence.index(x): x not in sequence")),
    }
}

fn get_start(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.start.clone())
}

fn get_stop(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.stop.clone())
}

fn get_step(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.step.clone())
}

fn iterator_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    payload::<RangeIter>(vm, iterator, "range_iterator")?;
    vm.next(iterator)
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let left = payload::<RangeIter>(vm, &args[0], "range_iterator")?.left();
    Ok(vm.int(left))
}

fn iterator_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let (start, step, stop) = payload::<RangeIter>(vm, &args[0], "range_iterator")?.rest();
    let (start, stop, step) = (vm.int(start), vm.int(stop), vm.int(step));
    reduced(vm, RangeObj { start, stop, step })
}

fn long_reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(range) = args[0].opaque::<LongRange>() else {
        return Err(super::wrong_receiver(vm, &args[0], "longrange_iterator"));
    };
    let (start, left) = range.state.borrow().clone();
    let stop = vm.bigint(&start + &range.step * left);
    let (start, step) = (vm.bigint(start), vm.bigint(range.step.clone()));
    reduced(vm, RangeObj { start, stop, step })
}

/// Passes over as many items as `__reduce__` may have counted, at most those that are left.
fn iterator_setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = payload::<RangeIter>(vm, &args[0], "range_iterator")?;
    let count = vm.index_i64(&args[1])?.clamp(0, iterator.left());
    iterator.skip(count);
    Ok(Value::NONE)
}

fn long_setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(range) = args[0].opaque::<LongRange>() else {
        return Err(super::wrong_receiver(vm, &args[0], "longrange_iterator"));
    };
    let count = vm.index(&args[1])?;
    let mut state = range.state.borrow_mut();
    let count = count.clamp(BigInt::ZERO, state.1.clone());
    state.0 += &range.step * &count;
    state.1 -= count;
    Ok(Value::NONE)
}

/// What is left, as a range.
fn reduced(vm: &mut Vm, rest: RangeObj) -> Result {
    let class = vm.types.range.clone();
    let rest = crate::object::heap::alloc(&class, rest).into_value();
    super::reduce::by_builtin(vm, "iter", vec![rest], Some(Value::NONE))
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__iter__(self, /)", iter),
    method("__bool__(self, /)", bool),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", getitem),
    method("__contains__(self, key, /)", contains),
    method("__reversed__(self, /)", reversed),
    method("count(self, object, /)", count),
    method("index(self, object, /)", index),
    getter("start", get_start),
    getter("stop", get_stop),
    getter("step", get_step),
];

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", length_hint),
    method("__reduce__(self, /)", iterator_reduce),
    method("__setstate__(self, object, /)", iterator_setstate),
];

fn long_length_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let left = args[0].opaque::<LongRange>().map(|range| range.state.borrow().1.clone());
    Ok(vm.bigint(left.unwrap_or_default()))
}

const LONG: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(long_next),
    method("__length_hint__(self, /)", long_length_hint),
    method("__reduce__(self, /)", long_reduce),
    method("__setstate__(self, object, /)", long_setstate),
];

pub fn install(vm: &mut Vm) {
    let (range, iterator) = (vm.types.range.clone(), vm.types.range_iterator.clone());
    vm.add_rows(&range, METHODS);
    vm.add_rows(&iterator, ITERATOR);
    let object = vm.types.object.clone();
    let long = vm.new_class("longrange_iterator", "builtins", &object, Kind::Opaque, 0, LONG);
    vm.extension::<super::Extra>().longrange_iterator = Some(long);
}
