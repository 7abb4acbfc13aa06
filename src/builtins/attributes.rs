//! Attributes and types: `getattr` and its kin, `isinstance`, `repr`, `hash`, `id`, `format`.

use crate::object::{Ref, Str, Value};
use crate::types::{arity, attribute_name, no_keywords};
use crate::vm::native::{Row, function, raw};
use crate::vm::{Result, Vm};

fn getattr(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "getattr", names)?;
    arity(vm, "getattr", values.len(), 2, 3)?;
    let name = attribute_name(vm, &values[1])?;
    match values.get(2) {
        Some(default) => Ok(vm.get_attr_optional(&values[0], &name)?.unwrap_or_else(|| default.clone())),
        None => vm.get_attr(&values[0], &name),
    }
}

fn setattr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    vm.set_attr(&args[0], &name, args[2].clone())?;
    Ok(Value::NONE)
}

fn hasattr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    Ok(Value::bool(vm.get_attr_optional(&args[0], &name)?.is_some()))
}

fn delattr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    vm.del_attr(&args[0], &name)?;
    Ok(Value::NONE)
}

fn isinstance(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(vm.is_instance(&args[0], &args[1])?))
}

fn issubclass(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(vm.is_subclass(&args[0], &args[1])?))
}

fn callable(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(vm.is_callable(&args[0])))
}

fn id(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(vm.bigint(args[0].id().into()))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let hash = vm.hash(&args[0])?;
    Ok(vm.int(hash))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(vm.repr(&args[0])?.into_value())
}

fn ascii(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(vm.ascii(&args[0])?.into_value())
}

fn format(vm: &mut Vm, args: &[Value]) -> Result {
    match args[1].downcast::<Str>() {
        Some(spec) => Ok(vm.format(&args[0], &spec)?.into_value()),
        None => vm.expect_text(&args[1], "format() argument 2").map(|_| Value::NONE),
    }
}

fn build_class(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    vm.build_class(values, names)
}

pub const FUNCTIONS: &[Row] = &[
    raw("getattr(object, name, /)", getattr),
    function("setattr(obj, name, value, /)", setattr),
    function("hasattr(obj, name, /)", hasattr),
    function("delattr(obj, name, /)", delattr),
    function("isinstance(obj, class_or_tuple, /)", isinstance),
    function("issubclass(cls, class_or_tuple, /)", issubclass),
    function("callable(obj, /)", callable),
    function("id(obj, /)", id),
    function("hash(obj, /)", hash),
    function("repr(obj, /)", repr),
    function("ascii(obj, /)", ascii),
    function("format(value, format_spec='', /)", format),
    raw("__build_class__(func, name, /, *bases, **kwds)", build_class),
];
