//! `None`, `Ellipsis` and `NotImplemented`: one value each.

use super::{class_argument, no_keywords, split_arguments};
use crate::object::{Ref, Str, Value};
use crate::vm::native::{Row, method, static_raw};
use crate::vm::{Result, Vm};

/// Checks what `__new__` of a class with a single instance got: the class, and no more.
fn no_arguments(vm: &mut Vm, class: &str, values: &[Value], names: &[Ref<Str>], only: &Value) -> Result<()> {
    let base = vm.class_of(only).clone();
    class_argument(vm, values, &base)?;
    let (positional, _) = split_arguments(values, names);
    if positional.len() > 1 || !names.is_empty() {
        return Err(vm.type_error(format!("{class} takes no arguments")));
    }
    no_keywords(vm, class, names)
}

fn none_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_arguments(vm, "NoneType", values, names, &Value::NONE)?;
    Ok(Value::NONE)
}

fn none_repr(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("None"))
}

fn none_bool(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::FALSE)
}

fn none_hash(vm: &mut Vm, args: &[Value]) -> Result {
    let hash = vm.hash(&args[0])?;
    Ok(vm.int(hash))
}

fn ellipsis_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_arguments(vm, "EllipsisType", values, names, &Value::ELLIPSIS)?;
    Ok(Value::ELLIPSIS)
}

fn ellipsis_repr(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("Ellipsis"))
}

fn not_implemented_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_arguments(vm, "NotImplementedType", values, names, &Value::NOT_IMPLEMENTED)?;
    Ok(Value::NOT_IMPLEMENTED)
}

fn not_implemented_repr(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("NotImplemented"))
}

fn not_implemented_bool(vm: &mut Vm, args: &[Value]) -> Result {
    vm.truth(&args[0]).map(Value::bool)
}

const NONE: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", none_new),
    method("__repr__(self, /)", none_repr),
    method("__hash__(self, /)", none_hash),
    method("__bool__(self, /)", none_bool),
];

const ELLIPSIS: &[Row] =
    &[static_raw("__new__(type, *args, **kwargs)", ellipsis_new), method("__repr__(self, /)", ellipsis_repr)];

const NOT_IMPLEMENTED: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", not_implemented_new),
    method("__repr__(self, /)", not_implemented_repr),
    method("__bool__(self, /)", not_implemented_bool),
];

pub fn install(vm: &mut Vm) {
    let (none, ellipsis, not_implemented) =
        (vm.types.none.clone(), vm.types.ellipsis.clone(), vm.types.not_implemented.clone());
    vm.add_rows(&none, NONE);
    vm.add_rows(&ellipsis, ELLIPSIS);
    vm.add_rows(&not_implemented, NOT_IMPLEMENTED);
}
