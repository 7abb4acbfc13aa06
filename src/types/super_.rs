//! `super`. Attribute look-up is the machine's (`Vm::super_get`); here is the constructor,
//! which without arguments reads the calling frame: its first parameter and `__class__`.

use super::{attribute_name, no_keywords, wrong_receiver};
use crate::object::{CellObj, Class, Ref, Str, Value, heap};
use crate::vm::descriptor::Super;
use crate::vm::native::{Row, getter, method, raw, static_raw};
use crate::vm::{Result, Vm};
use std::cell::Cell;

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Super> {
    match value.opaque::<Super>() {
        Some(sup) => Ok(sup),
        None => Err(wrong_receiver(vm, value, "super")),
    }
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.super_.clone();
    let class = super::class_argument(vm, values, &base)?;
    let body = Super {
        class: Cell::new(Value::NONE),
        receiver: Cell::new(Value::NONE),
        start: Cell::new(Value::NONE),
    };
    Ok(heap::new_opaque(&class, body))
}

/// `__class__` and the first argument of the calling frame.
fn from_frame(vm: &mut Vm) -> Result<(Value, Value)> {
    let Some(frame) = vm.thread.frame else {
        return Err(vm.runtime_error("super(): no current frame"));
    };
    let code = &frame.code().code;
    if code.positional_count == 0 || code.flags.namespace {
        return Err(vm.runtime_error("super(): no arguments"));
    }
    let mut receiver = frame.reg(0).clone();
    if let (true, Some(cell)) = (code.cells.contains(&0), receiver.downcast::<CellObj>()) {
        receiver = cell.get();
    }
    if receiver.is_unbound() {
        return Err(vm.runtime_error("super(): arg[0] deleted"));
    }
    let Some(at) = code.frees.iter().position(|n| &**n == "__class__") else {
        return Err(vm.runtime_error("super(): __class__ cell not found"));
    };
    let class = frame.function().closure.get(at).map(|cell| cell.get());
    match class {
        Some(class) if class.is::<Class>() => Ok((class, receiver)),
        Some(class) if !class.is_unbound() => {
            let got = vm.type_name(&class);
            Err(vm.runtime_error(format!("super(): __class__ is not a type ({got})")))
        }
        _ => Err(vm.runtime_error("super(): empty __class__ cell")),
    }
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "super", names)?;
    super::arity(vm, "super", values.len().saturating_sub(1), 0, 2)?;
    let (class, receiver) = match values {
        [_, class, receiver] => (class.clone(), receiver.clone()),
        [_, class] => (class.clone(), Value::NONE),
        _ => from_frame(vm)?,
    };
    if receiver.is_unbound() {
        return Err(vm.runtime_error("super(): arg[0] deleted"));
    }
    let Some(of) = class.downcast::<Class>() else {
        let got = vm.type_name(&class);
        return Err(vm.type_error(format!("super() argument 1 must be a type, not {got}")));
    };
    let start = if receiver.is_none() { Value::NONE } else { vm.super_start(&of, &receiver)?.into_value() };
    let sup = this(vm, &values[0])?;
    drop(sup.class.replace(class));
    drop(sup.receiver.replace(receiver));
    drop(sup.start.replace(start));
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let sup = this(vm, &args[0])?;
    let class = Value::peek(&sup.class);
    let name = class.get::<Class>().map_or_else(|| "NULL".to_owned(), |c| c.type_name());
    let start = Value::peek(&sup.start);
    Ok(match start.get::<Class>() {
        Some(start) => {
            let start = start.type_name();
            vm.str(format!("<super: <class '{name}'>, <{start} object>>"))
        }
        None => vm.str(format!("<super: <class '{name}'>, NULL>")),
    })
}

fn getattribute(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    this(vm, &args[0])?;
    match vm.super_get(&args[0], &name)? {
        Some(found) => Ok(found),
        None => Err(vm.no_attribute(&args[0], &name)),
    }
}

/// An unbound `super(C)` binds when it is read as an attribute.
fn get(vm: &mut Vm, args: &[Value]) -> Result {
    let sup = this(vm, &args[0])?;
    if args[1].is_none() || !Value::peek(&sup.receiver).is_none() {
        return Ok(args[0].clone());
    }
    let class = Value::peek(&sup.class);
    let own = vm.class_of(&args[0]).to_value();
    vm.call(&own, &[class, args[1].clone()])
}

fn get_this_class(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.class))
}

fn get_self(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.receiver))
}

fn get_self_class(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.start))
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__getattribute__(self, name, /)", getattribute),
    method("__get__(self, instance, owner=None, /)", get),
    raw("__init__(self, /, *args, **kwargs)", init),
    getter("__thisclass__", get_this_class),
    getter("__self__", get_self),
    getter("__self_class__", get_self_class),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.super_.clone();
    vm.add_rows(&class, METHODS);
}
