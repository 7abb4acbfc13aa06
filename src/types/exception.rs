//! Exceptions: the constructor that all share, and what some classes add: fields and a text of
//! their own (`os`, `syntax`, `unicode`). What a class holds besides `args` lies in the
//! payload's named fields; machine-made exceptions may lack them, so readers fall back on
//! `args`.

mod os;
mod syntax;
mod unicode;

use super::{class_argument, payload, split_arguments, tuple_items};
use crate::object::{Dict, ExcObj, ListObj, Ref, Str, TracebackObj, Value, heap};
use crate::vm::native::{Row, getset, method, raw, static_raw};
use crate::vm::{Result, Vm};

/// The payload of an exception.
pub fn this(vm: &mut Vm, value: &Value) -> Result<Ref<ExcObj>> {
    payload::<ExcObj>(vm, value, "BaseException")
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.exceptions.base_exception.clone();
    let class = class_argument(vm, values, &base)?;
    let (positional, _) = split_arguments(values, names);
    let args = vm.tuple(positional[1..].to_vec());
    Ok(heap::alloc(&class, ExcObj::new(args)).into_value())
}

fn set_args(vm: &mut Vm, exc: &ExcObj, given: &[Value]) {
    let args = vm.tuple(given.to_vec());
    drop(exc.args.replace(args));
}

/// The receiver of an `__init__` that takes no keywords.
fn init_without_keywords(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result<Ref<ExcObj>> {
    let value = values.first().unwrap_or(const { &Value::NONE });
    let exc = this(vm, value)?;
    if !names.is_empty() {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
    }
    Ok(exc)
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let exc = init_without_keywords(vm, values, names)?;
    set_args(vm, &exc, &values[1..]);
    Ok(Value::NONE)
}

/// An `__init__` whose keywords become fields.
fn init_with_fields(
    vm: &mut Vm,
    function: &str,
    fields: &[&'static str],
    values: &[Value],
    names: &[Ref<Str>],
) -> Result<(Ref<ExcObj>, Vec<Value>)> {
    let value = values.first().unwrap_or(const { &Value::NONE });
    let exc = this(vm, value)?;
    let (positional, keywords) = split_arguments(values, names);
    for field in fields {
        exc.set_field(field, Value::NONE);
    }
    if names.len() > fields.len() {
        let (most, given) = (fields.len(), names.len());
        let plural = if most == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{function}() takes at most {most} keyword argument{plural} ({given} given)"
        )));
    }
    for (name, value) in keywords {
        match fields.iter().find(|f| **f == name.as_str()) {
            Some(field) => exc.set_field(field, value.clone()),
            None => {
                return Err(vm.unexpected_keyword(function, name.as_str(), fields));
            }
        }
    }
    let given = positional[1..].to_vec();
    set_args(vm, &exc, &given);
    Ok((exc, given))
}

fn args_of(exc: &ExcObj) -> Value {
    Value::peek(&exc.args)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let name = vm.type_name(&args[0]);
    let held = args_of(&exc);
    vm.check_native_stack()?;
    let text = super::repr_items(vm, &format!("{name}("), tuple_items(&held), ")")?;
    Ok(vm.str(text))
}

fn str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let held = args_of(&exc);
    match tuple_items(&held) {
        [] => Ok(vm.str("")),
        [one] => Ok(vm.str_of(one)?.into_value()),
        _ => Ok(vm.repr(&held)?.into_value()),
    }
}

fn setstate(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].is_none() {
        return Ok(Value::NONE);
    }
    let Some(state) = args[1].downcast::<Dict>() else {
        return Err(vm.type_error("state is not a dictionary"));
    };
    for (key, value) in state.items() {
        let name = super::attribute_name(vm, &key)?;
        vm.set_attr(&args[0], &name, value)?;
    }
    Ok(Value::NONE)
}

fn with_traceback(vm: &mut Vm, args: &[Value]) -> Result {
    set_traceback(vm, &args[0], &args[1])?;
    Ok(args[0].clone())
}

fn add_note(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].get::<Str>().is_none() {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("note must be a str, not '{got}'")));
    }
    let name = heap::intern("__notes__");
    let notes = match vm.get_attr_optional(&args[0], &name)? {
        Some(notes) => notes,
        None => {
            let notes = vm.list(Vec::new());
            vm.set_attr(&args[0], &name, notes.clone())?;
            notes
        }
    };
    match notes.get::<ListObj>() {
        Some(list) => {
            list.push(args[1].clone());
            Ok(Value::NONE)
        }
        None => Err(vm.type_error("Cannot add note: __notes__ is not a list")),
    }
}

fn get_args(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    Ok(args_of(&exc))
}

fn set_args_attribute(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("args may not be deleted"));
    }
    let items = vm.collect(new)?;
    let exc = this(vm, value)?;
    set_args(vm, &exc, &items);
    Ok(())
}

fn get_traceback(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.traceback))
}

fn set_traceback(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("__traceback__ may not be deleted"));
    }
    if !new.is_none() && !new.is::<TracebackObj>() {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    drop(this(vm, value)?.traceback.replace(new.clone()));
    Ok(())
}

fn get_context(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.context))
}

fn set_context(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("__context__ may not be deleted"));
    }
    if !new.is_none() && !new.is::<ExcObj>() {
        return Err(vm.type_error("exception context must be None or derive from BaseException"));
    }
    drop(this(vm, value)?.context.replace(new.clone()));
    Ok(())
}

fn get_cause(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.cause))
}

fn set_cause(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("__cause__ may not be deleted"));
    }
    if !new.is_none() && !new.is::<ExcObj>() {
        return Err(vm.type_error("exception cause must be None or derive from BaseException"));
    }
    let exc = this(vm, value)?;
    drop(exc.cause.replace(new.clone()));
    exc.suppress_context.set(true);
    Ok(())
}

fn get_suppress(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.suppress_context.get()))
}

fn set_suppress(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    match new.as_bool() {
        Some(on) => {
            this(vm, value)?.suppress_context.set(on);
            Ok(())
        }
        None => Err(vm.type_error("attribute value type must be bool")),
    }
}

fn set_dict(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if !new.is::<Dict>() {
        let got = vm.type_name(new);
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{got}'")));
    }
    drop(this(vm, value)?.dict.replace(new.clone()));
    Ok(())
}

/// A pair of functions that read and set a named field.
macro_rules! fields {
    ($($get:ident $set:ident $name:literal)*) => {
        $(
            fn $get(vm: &mut Vm, value: &Value) -> Result {
                let held = this(vm, value)?.field($name);
                Ok(if held.is_unbound() { Value::NONE } else { held })
            }
            fn $set(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
                let new = new.bound().cloned().unwrap_or(Value::NONE);
                this(vm, value)?.set_field($name, new);
                Ok(())
            }
        )*
    };
}
use fields;

fields! {
    get_name set_name "name"
    get_obj set_obj "obj"
    get_path set_path "path"
    get_msg set_msg "msg"
    get_name_from set_name_from "name_from"
    get_value_field set_value "value"
    get_code_field set_code "code"
}

/// `msg`; the machine's own exceptions hold it in `args` alone.
fn get_message(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    let held = args_of(&exc);
    match tuple_items(&held) {
        [one] if exc.field("msg").is_unbound() => Ok(one.clone()),
        _ => get_msg(vm, value),
    }
}

// ---- StopIteration, SystemExit

fn get_value(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    if exc.field("value").is_unbound() { Ok(vm.stop_value(&exc)) } else { get_value_field(vm, value) }
}

fn stop_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init(vm, values, names)?;
    let exc = this(vm, &values[0])?;
    exc.set_field("value", values.get(1).cloned().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

fn code_from_args(vm: &mut Vm, given: &[Value]) -> Value {
    match given {
        [] => Value::NONE,
        [one] => one.clone(),
        _ => vm.tuple(given.to_vec()),
    }
}

fn get_code(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    if exc.field("code").is_unbound() {
        let held = args_of(&exc);
        return Ok(code_from_args(vm, tuple_items(&held)));
    }
    get_code_field(vm, value)
}

fn exit_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init(vm, values, names)?;
    let code = code_from_args(vm, &values[1..]);
    this(vm, &values[0])?.set_field("code", code);
    Ok(Value::NONE)
}

// ---- KeyError

fn key_str(vm: &mut Vm, args: &[Value]) -> Result {
    let held = args_of(&*this(vm, &args[0])?);
    match tuple_items(&held) {
        [one] => Ok(vm.repr(one)?.into_value()),
        _ => str(vm, args),
    }
}

// ---- NameError, AttributeError, ImportError

fn name_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init_with_fields(vm, "NameError", &["name"], values, names)?;
    Ok(Value::NONE)
}

fn attribute_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init_with_fields(vm, "AttributeError", &["name", "obj"], values, names)?;
    Ok(Value::NONE)
}

fn import_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let fields = ["name", "path", "name_from"];
    let (exc, given) = init_with_fields(vm, "ImportError", &fields, values, names)?;
    let msg = if let [msg] = &given[..] { msg.clone() } else { Value::NONE };
    exc.set_field("msg", msg);
    Ok(Value::NONE)
}

fn import_str(vm: &mut Vm, args: &[Value]) -> Result {
    let msg = this(vm, &args[0])?.field("msg");
    if vm.class_of(&msg).is_same(&vm.types.str) { Ok(msg) } else { str(vm, args) }
}

const BASE: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", str),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__setstate__(self, object, /)", setstate),
    method("with_traceback(self, object, /)", with_traceback),
    method("add_note(self, object, /)", add_note),
    getset("__suppress_context__", get_suppress, set_suppress),
    getset("__dict__", super::object::get_dict, set_dict),
    getset("args", get_args, set_args_attribute),
    getset("__traceback__", get_traceback, set_traceback),
    getset("__context__", get_context, set_context),
    getset("__cause__", get_cause, set_cause),
];

const STOP: &[Row] =
    &[raw("__init__(self, /, *args, **kwargs)", stop_init), getset("value", get_value, set_value)];

const EXIT: &[Row] =
    &[raw("__init__(self, /, *args, **kwargs)", exit_init), getset("code", get_code, set_code)];

const KEY: &[Row] = &[method("__str__(self, /)", key_str)];

const NAME: &[Row] =
    &[raw("__init__(self, /, *args, **kwargs)", name_init), getset("name", get_name, set_name)];

const ATTRIBUTE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", attribute_init),
    getset("name", get_name, set_name),
    getset("obj", get_obj, set_obj),
];

const IMPORT: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", import_init),
    method("__str__(self, /)", import_str),
    getset("msg", get_message, set_msg),
    getset("name", get_name, set_name),
    getset("path", get_path, set_path),
    getset("name_from", get_name_from, set_name_from),
];

pub fn install(vm: &mut Vm) {
    let e = &vm.exceptions;
    let rows = [
        (e.base_exception.clone(), BASE),
        (e.stop_iteration.clone(), STOP),
        (e.system_exit.clone(), EXIT),
        (e.key_error.clone(), KEY),
        (e.name_error.clone(), NAME),
        (e.attribute_error.clone(), ATTRIBUTE),
        (e.import_error.clone(), IMPORT),
        (e.os_error.clone(), os::ROWS),
        (e.syntax_error.clone(), syntax::ROWS),
        (e.unicode_decode_error.clone(), unicode::DECODE),
        (e.unicode_encode_error.clone(), unicode::ENCODE),
        (e.unicode_translate_error.clone(), unicode::TRANSLATE),
    ];
    for (class, rows) in rows {
        vm.add_rows(&class, rows);
    }
}
