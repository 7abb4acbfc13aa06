//! `slice`, and what all sequences do with one: [`bounds`] and [`Slice`].

use super::operators::comparisons;
use super::{arity, no_keywords, payload};
use crate::object::{Ref, SliceObj, Str, Value};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Row, getter, method, static_raw};
use crate::vm::{Result, Vm};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

/// A slice applied to a sequence of a certain length.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    /// Number of items selected.
    pub count: usize,
}

impl Slice {
    /// The selected indices, in order.
    pub fn indices(self) -> impl Iterator<Item = usize> {
        (0..self.count as i64).map(move |i| (self.start + i * self.step) as usize)
    }
}

fn part(vm: &mut Vm, value: &Value, default: i64) -> Result<i64> {
    if value.is_none() {
        return Ok(default);
    }
    if vm.special(value, crate::object::Special::Index).is_none() && vm.int_like(value).is_none() {
        return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    vm.index_clamped(value)
}

/// What a slice selects of `length` items. They are counted when the parts are known: an `__index__` may
/// have changed how many there are.
pub fn bounds(vm: &mut Vm, slice: &SliceObj, length: impl FnOnce() -> usize) -> Result<Slice> {
    let step = part(vm, &slice.step, 1)?.max(-i64::MAX);
    if step == 0 {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let start = part(vm, &slice.start, if step < 0 { i64::MAX } else { 0 })?;
    let stop = part(vm, &slice.stop, if step < 0 { i64::MIN } else { i64::MAX })?;
    Ok(clamp(start, stop, step, length() as i64))
}

/// Clamps start and stop to a length, as `slice.indices` does.
pub fn clamp(start: i64, stop: i64, step: i64, length: i64) -> Slice {
    let (low, high) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let fit = |n: i64| {
        if n < 0 { n.saturating_add(length).max(low) } else { n.min(high) }
    };
    let (start, stop) = (fit(start), fit(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Slice { start, stop, step, count: count as usize }
}

/// Start and stop of `index(value, start, stop)`, clamped to the length.
pub fn search_bounds(vm: &mut Vm, start: &Value, stop: &Value, length: usize) -> Result<(usize, usize)> {
    let mut ends = [0, i64::MAX];
    for (end, value) in ends.iter_mut().zip([start, stop]) {
        if let Some(value) = value.bound() {
            if vm.special(value, crate::object::Special::Index).is_none() {
                return Err(vm.type_error("slice indices must be integers or have an __index__ method"));
            }
            *end = vm.index_clamped(value)?;
        }
    }
    let slice = clamp(ends[0], ends[1], 1, length as i64);
    Ok((slice.start as usize, slice.stop.max(slice.start) as usize))
}

/// The position that an index names, or `None` when it is out of range. The length is asked for when the
/// index is known.
pub fn position(vm: &mut Vm, index: &Value, length: impl FnOnce() -> usize) -> Result<Option<usize>> {
    let n = match index.as_int() {
        Some(n) => n,
        None => {
            let big = vm.index(index)?;
            match big.to_i64() {
                Some(n) => n,
                None => {
                    let got = vm.type_name(index);
                    return Err(vm.index_error(format!("cannot fit '{got}' into an index-sized integer")));
                }
            }
        }
    };
    let length = length();
    let at = if n < 0 { n.saturating_add(length as i64) } else { n };
    Ok((at >= 0 && at < length as i64).then_some(at as usize))
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "slice", names)?;
    let given = &values[1..];
    arity(vm, "slice", given.len(), 1, 3)?;
    let (start, stop, step) = match given {
        [stop] => (Value::NONE, stop.clone(), Value::NONE),
        [start, stop] => (start.clone(), stop.clone(), Value::NONE),
        _ => (given[0].clone(), given[1].clone(), given[2].clone()),
    };
    Ok(vm.slice(start, stop, step))
}

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<SliceObj>> {
    payload::<SliceObj>(vm, value, "slice")
}

fn parts(slice: &SliceObj) -> [Value; 3] {
    [slice.start.clone(), slice.stop.clone(), slice.step.clone()]
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let slice = this(vm, &args[0])?;
    let text = super::repr_items(vm, "slice(", &parts(&slice), ")")?;
    Ok(vm.str(text))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let slice = this(vm, &args[0])?;
    // As of a tuple, but without the length that CPython adds to that one at the end.
    const LENGTH: i64 = (3 ^ (2_870_177_450_012_600_261_u64 ^ 3_527_539)) as i64;
    let hash = vm.hash_tuple(&parts(&slice))?.wrapping_sub(LENGTH);
    Ok(vm.int(if hash == -1 { 1_546_275_796 } else { hash }))
}

comparisons! { compare }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let slice = this(vm, &args[0])?;
    match args[1].downcast::<SliceObj>() {
        Some(other) => vm.compare_sequences(op, &parts(&slice), &parts(&other)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn indices(vm: &mut Vm, args: &[Value]) -> Result {
    let slice = this(vm, &args[0])?;
    let length = vm.index(&args[1])?;
    if length.is_negative() {
        return Err(vm.value_error("length should not be negative"));
    }
    let read = |vm: &mut Vm, value: &Value| -> Result<Option<BigInt>> {
        if value.is_none() {
            return Ok(None);
        }
        if vm.special(value, crate::object::Special::Index).is_none() {
            return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        vm.index(value).map(Some)
    };
    let step = read(vm, &slice.step)?.unwrap_or_else(|| BigInt::from(1));
    if step.is_zero() {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let (low, high) =
        if step.is_negative() { (BigInt::from(-1), &length - 1) } else { (BigInt::ZERO, length.clone()) };
    let fit = |n: BigInt| {
        if n.is_negative() { (n + &length).max(low.clone()) } else { n.min(high.clone()) }
    };
    let start = match read(vm, &slice.start)? {
        Some(n) => fit(n),
        None => {
            if step.is_negative() {
                high.clone()
            } else {
                low.clone()
            }
        }
    };
    let stop = match read(vm, &slice.stop)? {
        Some(n) => fit(n),
        None => {
            if step.is_negative() {
                low.clone()
            } else {
                high.clone()
            }
        }
    };
    let items = [vm.bigint(start), vm.bigint(stop), vm.bigint(step)];
    Ok(vm.tuple(items))
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

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("indices(self, object, /)", indices),
    getter("start", get_start),
    getter("stop", get_stop),
    getter("step", get_step),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.slice.clone();
    vm.add_rows(&class, METHODS);
}
