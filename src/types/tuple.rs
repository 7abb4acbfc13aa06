//! `tuple`.

use super::operators::comparisons;
use super::slice::{bounds, position, search_bounds};
use super::{arity, class_argument, payload, positional};
use crate::object::{Ref, SliceObj, Str, TupleObj, Value, heap};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Row, class_method, method, static_raw};
use crate::vm::{Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<TupleObj>> {
    payload::<TupleObj>(vm, value, "tuple")
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.types.tuple.clone();
    let class = class_argument(vm, values, &base)?;
    let exact = class.is_same(&base);
    let given = positional(vm, "tuple", values, names)?;
    arity(vm, "tuple", given.len(), 0, 1)?;
    if exact
        && let Some(same) = given.first()
        && vm.class_of(same).is_same(&base)
    {
        return Ok(same.clone());
    }
    let items = match given.first() {
        Some(iterable) => vm.collect(iterable)?,
        None => Vec::new(),
    };
    if exact {
        return Ok(vm.tuple(items));
    }
    Ok(heap::alloc(&class, TupleObj::new(items)).into_value())
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    if tuple.is_empty() {
        return Ok(vm.str("()"));
    }
    let close = if tuple.len() == 1 { ",)" } else { ")" };
    let text = super::guard_repr(vm, &args[0], |vm| super::repr_items(vm, "(", tuple.items(), close))?;
    Ok(vm.str(text.unwrap_or_else(|| "(...)".to_owned())))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    vm.check_native_stack()?;
    let hash = vm.hash_tuple(tuple.items())?;
    Ok(vm.int(hash))
}

comparisons! { compare }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    let Some(other) = args[1].downcast::<TupleObj>() else { return Ok(Value::NOT_IMPLEMENTED) };
    vm.check_native_stack()?;
    heap::spend_items(tuple.len().min(other.len()));
    // Unlike lists, tuples of different lengths compare their items before they differ.
    for (a, b) in tuple.items().iter().zip(other.items()) {
        if !vm.eq(a, b)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(op, a, b),
            };
        }
    }
    Ok(Value::bool(op.holds(tuple.len().cmp(&other.len()))))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?;
    Ok(super::iterators::over_sequence(vm, &args[0], false))
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::index(this(vm, &args[0])?.len()))
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    if let Some(slice) = args[1].get::<SliceObj>() {
        let slice = bounds(vm, slice, || tuple.len())?;
        if slice.count == tuple.len() && slice.step == 1 && vm.class_of(&args[0]).is_same(&vm.types.tuple) {
            return Ok(args[0].clone());
        }
        let items: Vec<Value> = slice.indices().map(|i| tuple.items()[i].clone()).collect();
        return Ok(vm.tuple(items));
    }
    if !args[1].is_int() && vm.special(&args[1], crate::object::Special::Index).is_none() {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("tuple indices must be integers or slices, not {got}")));
    }
    match position(vm, &args[1], || tuple.len())? {
        Some(at) => Ok(tuple.items()[at].clone()),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

fn add(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    let Some(other) = args[1].get::<TupleObj>() else { return Err(vm.cannot_join(&args[0], &args[1])) };
    if other.items().is_empty() && vm.class_of(&args[0]).is_same(&vm.types.tuple) {
        return Ok(args[0].clone());
    }
    if tuple.items().is_empty() && vm.class_of(&args[1]).is_same(&vm.types.tuple) {
        return Ok(args[1].clone());
    }
    vm.room((tuple.len() + other.items().len()) * size_of::<Value>())?;
    let items: Vec<Value> = tuple.items().iter().chain(other.items()).cloned().collect();
    Ok(vm.tuple(items))
}

fn mul(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    let Some(times) = super::list::repetitions(vm, tuple.len(), &args[1])? else {
        return Err(vm.cannot_count(&args[1]));
    };
    if (times == 1 || tuple.items().is_empty()) && vm.class_of(&args[0]).is_same(&vm.types.tuple) {
        return Ok(args[0].clone());
    }
    let mut items = Vec::with_capacity(tuple.len() * times);
    for _ in 0..if tuple.items().is_empty() { 0 } else { times } {
        items.extend_from_slice(tuple.items());
    }
    Ok(vm.tuple(items))
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    for item in tuple.items() {
        if vm.eq(item, &args[1])? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn getnewargs(vm: &mut Vm, args: &[Value]) -> Result {
    let items = this(vm, &args[0])?.items().to_vec();
    let own = vm.tuple(items);
    Ok(vm.tuple([own]))
}

fn index(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    let (start, stop) = search_bounds(vm, &args[2], &args[3], tuple.len())?;
    for (i, item) in tuple.items().iter().enumerate().take(stop).skip(start) {
        if vm.eq(item, &args[1])? {
            return Ok(Value::index(i));
        }
    }
    Err(vm.value_error("tuple.index(x): x not in tuple"))
}

fn count(vm: &mut Vm, args: &[Value]) -> Result {
    let tuple = this(vm, &args[0])?;
    let mut found = 0;
    for item in tuple.items() {
        if vm.eq(item, &args[1])? {
            found += 1;
        }
    }
    Ok(Value::index(found))
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
    method("__iter__(self, /)", iter),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", getitem),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__contains__(self, key, /)", contains),
    method("__getnewargs__(self, /)", getnewargs),
    method("index(self, value, start=0, stop=sys.maxsize, /)", index),
    method("count(self, value, /)", count),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.tuple.clone();
    vm.add_rows(&class, METHODS);
}
