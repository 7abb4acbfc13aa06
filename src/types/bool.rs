//! `bool`: the two of them, and the bitwise operators that keep them booleans. Everything else
//! is inherited from `int`.

use crate::object::{Ref, Str, Value};
use crate::vm::native::{Row, method, static_raw};
use crate::vm::{BinaryOp, Result, Vm};

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    if !names.is_empty() {
        return Err(vm.type_error("bool() takes no keyword arguments"));
    }
    super::class_argument(vm, values, &vm.types.bool.clone())?;
    match values {
        [] | [_] => Ok(Value::FALSE),
        [_, value] => vm.truth(value).map(Value::bool),
        _ => {
            let given = values.len() - 1;
            Err(vm.type_error(format!("bool expected at most 1 argument, got {given}")))
        }
    }
}

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(vm.str(if values[0].is_true() { "True" } else { "False" }))
}

const INVERSION: &str = "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. \
    This returns the bitwise inversion of the underlying int object and is usually not what you expect \
    from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the \
    bitwise inversion of the underlying int.";

fn invert(vm: &mut Vm, values: &[Value]) -> Result {
    let category = vm.exceptions.deprecation_warning.clone();
    vm.warn(&category, INVERSION)?;
    Ok(vm.int(if values[0].is_true() { -2 } else { -1 }))
}

/// Two booleans give a boolean; a boolean and an integer an integer.
fn bitwise(vm: &mut Vm, op: BinaryOp, values: &[Value]) -> Result {
    let (Some(x), Some(y)) = (vm.int_like(&values[0]), vm.int_like(&values[1])) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = vm.big_binary(op, &x, &y)?;
    if values[0].is_bool() && values[1].is_bool() {
        return vm.truth(&result).map(Value::bool);
    }
    Ok(result)
}

fn and(vm: &mut Vm, values: &[Value]) -> Result {
    bitwise(vm, BinaryOp::And, values)
}

fn or(vm: &mut Vm, values: &[Value]) -> Result {
    bitwise(vm, BinaryOp::Or, values)
}

fn xor(vm: &mut Vm, values: &[Value]) -> Result {
    bitwise(vm, BinaryOp::Xor, values)
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__invert__(self, /)", invert),
    method("__and__(self, value, /)", and),
    method("__rand__(self, value, /)", and),
    method("__xor__(self, value, /)", xor),
    method("__rxor__(self, value, /)", xor),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", or),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.bool.clone();
    vm.add_rows(&class, METHODS);
}
