//! `property`, `classmethod` and `staticmethod`. Attribute access knows their payloads
//! (`vm/descriptor.rs`); here are their constructors and methods.

use super::{arity, class_argument, no_keywords, split_arguments, wrong_receiver};
use crate::object::{Class, Ref, Str, Value, heap, set_special_caller};
use crate::vm::descriptor::{ClassMethod, Property, StaticMethod};
use crate::vm::native::{Native, Row, class_method, getset, getter, method, raw, static_raw};
use crate::vm::{Result, Vm};
use std::cell::Cell;

fn none() -> Cell<Value> {
    Cell::new(Value::NONE)
}

// ---- property

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Property> {
    match value.opaque::<Property>() {
        Some(property) => Ok(property),
        None => Err(wrong_receiver(vm, value, "property")),
    }
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.property.clone();
    let class = class_argument(vm, values, &base)?;
    let getter_doc = Cell::new(false);
    let body = Property { fget: none(), fset: none(), fdel: none(), doc: none(), getter_doc, name: none() };
    Ok(heap::new_opaque(&class, body))
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (positional, keywords) = split_arguments(values, names);
    let Some((this_value, given)) = positional.split_first() else {
        return Err(vm.type_error("descriptor '__init__' of 'property' object needs an argument"));
    };
    if given.len() > 4 {
        return Err(vm.type_error(format!("property() takes at most 4 arguments ({} given)", given.len())));
    }
    let mut parts = [Value::NONE, Value::NONE, Value::NONE, Value::NONE];
    for (slot, value) in parts.iter_mut().zip(given) {
        *slot = value.clone();
    }
    for (name, value) in keywords {
        match ["fget", "fset", "fdel", "doc"].iter().position(|n| *n == name.as_str()) {
            Some(i) => parts[i] = value.clone(),
            None => {
                let known = ["fget", "fset", "fdel", "doc"];
                return Err(vm.unexpected_keyword("property", name.as_str(), &known));
            }
        }
    }
    let [fget, fset, fdel, mut doc] = parts;
    let name = heap::intern("__doc__");
    let explicit = !doc.is_none();
    if !explicit && !fget.is_none() {
        doc = vm.get_attr_optional(&fget, &name)?.unwrap_or(Value::NONE);
    }
    let property = this(vm, this_value)?;
    property.getter_doc.set(!explicit && !doc.is_none());
    drop(property.fget.replace(fget));
    drop(property.fset.replace(fset));
    drop(property.fdel.replace(fdel));
    drop(property.doc.replace(doc.clone()));
    if !vm.class_of(this_value).is_same(&vm.types.property) {
        // The class's own text would hide it. Where there is no room for it, only one that comes
        // from the getter is missed.
        match vm.set_attr(this_value, &name, doc) {
            Err(raised) if !property.getter_doc.get() && raised.is(&vm.exceptions.attribute_error) => {}
            result => result?,
        }
    }
    Ok(Value::NONE)
}

/// A copy of the property with one function replaced: `getter`, `setter`, `deleter`.
fn with(vm: &mut Vm, args: &[Value], which: usize) -> Result {
    let property = this(vm, &args[0])?;
    let name = Value::peek(&property.name);
    let mut parts = [
        Value::peek(&property.fget),
        Value::peek(&property.fset),
        Value::peek(&property.fdel),
        Value::peek(&property.doc),
    ];
    if !args[1].is_none() {
        parts[which] = args[1].clone();
    }
    if property.getter_doc.get() && !parts[0].is_none() {
        parts[3] = Value::NONE;
    }
    let class = vm.class_of(&args[0]).to_value();
    let copy = vm.call(&class, &parts)?;
    if let Some(copied) = copy.opaque::<Property>() {
        drop(copied.name.replace(name));
    }
    Ok(copy)
}

fn getter_method(vm: &mut Vm, args: &[Value]) -> Result {
    with(vm, args, 0)
}

fn setter_method(vm: &mut Vm, args: &[Value]) -> Result {
    with(vm, args, 1)
}

fn deleter_method(vm: &mut Vm, args: &[Value]) -> Result {
    with(vm, args, 2)
}

fn descriptor_get(vm: &mut Vm, args: &[Value]) -> Result {
    let class = match args[2].downcast::<Class>() {
        Some(class) => class,
        None => vm.class_of(&args[1]).clone(),
    };
    let receiver = if args[1].is_none() { None } else { Some(&args[1]) };
    vm.bind_builtin(args[0].clone(), receiver, &class)
}

fn set(vm: &mut Vm, args: &[Value]) -> Result {
    change(vm, args, |property| Value::peek(&property.fset), "setter")
}

fn delete(vm: &mut Vm, args: &[Value]) -> Result {
    change(vm, args, |property| Value::peek(&property.fdel), "deleter")
}

/// Calls the function that changes the attribute, or says that there is none.
fn change(vm: &mut Vm, args: &[Value], function: fn(&Property) -> Value, missing: &str) -> Result {
    let property = this(vm, &args[0])?;
    let function = function(property);
    if function.is_none() {
        return Err(vm.property_error(property, &args[1], missing));
    }
    vm.call(&function, &args[1..])
}

fn set_name(vm: &mut Vm, args: &[Value]) -> Result {
    drop(this(vm, &args[0])?.name.replace(args[2].clone()));
    Ok(Value::NONE)
}

fn get_fget(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.fget))
}

fn get_fset(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.fset))
}

fn get_fdel(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.fdel))
}

fn get_doc(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.doc))
}

fn set_doc(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    drop(this(vm, value)?.doc.replace(new));
    Ok(())
}

fn get_name(vm: &mut Vm, value: &Value) -> Result {
    let property = this(vm, value)?;
    let name = Value::peek(&property.name);
    if !name.is_none() {
        return Ok(name);
    }
    let fget = Value::peek(&property.fget);
    let key = heap::intern("__name__");
    match vm.get_attr_optional(&fget, &key)? {
        Some(name) if !fget.is_none() => Ok(name),
        _ => Err(vm.no_attribute(value, &key)),
    }
}

fn set_own_name(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    drop(this(vm, value)?.name.replace(new));
    Ok(())
}

fn is_abstract(vm: &mut Vm, function: &Value) -> Result<bool> {
    let name = heap::intern("__isabstractmethod__");
    match vm.get_attr_optional(function, &name)? {
        Some(flag) => vm.truth(&flag),
        None => Ok(false),
    }
}

fn property_abstract(vm: &mut Vm, value: &Value) -> Result {
    let property = this(vm, value)?;
    for cell in [&property.fget, &property.fset, &property.fdel] {
        if is_abstract(vm, &Value::peek(cell))? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

// ---- classmethod and staticmethod

/// The function that a classmethod or staticmethod wraps.
fn wrapped<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Cell<Value>> {
    if let Some(method) = value.opaque::<ClassMethod>() {
        return Ok(&method.callable);
    }
    if let Some(method) = value.opaque::<StaticMethod>() {
        return Ok(&method.callable);
    }
    Err(wrong_receiver(vm, value, "classmethod"))
}

fn class_new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.classmethod.clone();
    let class = class_argument(vm, values, &base)?;
    Ok(heap::new_opaque(&class, ClassMethod { callable: none() }))
}

fn static_new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.staticmethod.clone();
    let class = class_argument(vm, values, &base)?;
    Ok(heap::new_opaque(&class, StaticMethod { callable: none() }))
}

fn wrap(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let Some(this_value) = values.first() else {
        return Err(vm.type_error("descriptor '__init__' needs an argument"));
    };
    let name = vm.type_name(this_value);
    no_keywords(vm, &name, names)?;
    arity(vm, &name, values.len() - 1, 1, 1)?;
    drop(wrapped(vm, this_value)?.replace(values[1].clone()));
    // What identifies a function is copied, as `functools.wraps` does.
    if let Some(dict) = vm.attribute_dict_or_new(this_value) {
        for attribute in ["__module__", "__name__", "__qualname__", "__doc__", "__annotations__"] {
            let attribute = heap::intern(attribute);
            if let Some(found) = vm.get_attr_optional(&values[1], &attribute)? {
                drop(dict.set_name(&attribute, found));
            }
        }
    }
    Ok(Value::NONE)
}

fn class_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let callable = Value::peek(wrapped(vm, &args[0])?);
    let text = vm.repr_text(&callable)?;
    Ok(vm.str(format!("<classmethod({text})>")))
}

fn static_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let callable = Value::peek(wrapped(vm, &args[0])?);
    let text = vm.repr_text(&callable)?;
    Ok(vm.str(format!("<staticmethod({text})>")))
}

fn static_call(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let Some((this_value, rest)) = values.split_first() else {
        return Err(vm.type_error("descriptor '__call__' needs an argument"));
    };
    let callable = Value::peek(wrapped(vm, this_value)?);
    vm.call_kw(&callable, rest, names)
}

fn get_wrapped(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(wrapped(vm, value)?))
}

fn wrapped_abstract(vm: &mut Vm, value: &Value) -> Result {
    let callable = Value::peek(wrapped(vm, value)?);
    Ok(Value::bool(is_abstract(vm, &callable)?))
}

/// Calls a special method that is not a function: `values` are the class attribute, the
/// receiver, and the arguments.
fn call_special(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let [attribute, receiver, rest @ ..] = values else {
        return Err(vm.type_error("a special method needs a receiver"));
    };
    vm.check_native_stack()?;
    let owner = vm.class_of(receiver).clone();
    let bound = vm.bind(attribute.clone(), Some(receiver), &owner)?;
    vm.call_kw(&bound, rest, names)
}

const SPECIAL_CALLER: Row = raw("__call__(attribute, self, /, *args, **kwargs)", call_special);

const PROPERTY: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__get__(self, instance, owner=None, /)", descriptor_get),
    method("__set__(self, instance, value, /)", set),
    method("__delete__(self, instance, /)", delete),
    method("getter(self, object, /)", getter_method),
    method("setter(self, object, /)", setter_method),
    method("deleter(self, object, /)", deleter_method),
    method("__set_name__(self, owner, name, /)", set_name),
    getter("fget", get_fget),
    getter("fset", get_fset),
    getter("fdel", get_fdel),
    getset("__doc__", get_doc, set_doc),
    getset("__name__", get_name, set_own_name),
    getter("__isabstractmethod__", property_abstract),
];

fn get_wrapped_name(vm: &mut Vm, value: &Value) -> Result {
    let wrapped = get_wrapped(vm, value)?;
    vm.get_attr_text(&wrapped, "__name__")
}

fn get_wrapped_qualname(vm: &mut Vm, value: &Value) -> Result {
    let wrapped = get_wrapped(vm, value)?;
    vm.get_attr_text(&wrapped, "__qualname__")
}

const CLASS_METHOD: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", class_new),
    method("__repr__(self, /)", class_repr),
    method("__get__(self, instance, owner=None, /)", descriptor_get),
    raw("__init__(self, /, *args, **kwargs)", wrap),
    getter("__func__", get_wrapped),
    getter("__wrapped__", get_wrapped),
    getter("__name__", get_wrapped_name),
    getter("__qualname__", get_wrapped_qualname),
    getter("__isabstractmethod__", wrapped_abstract),
    getter("__dict__", super::object::get_dict),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

const STATIC_METHOD: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", static_new),
    method("__repr__(self, /)", static_repr),
    raw("__call__(self, /, *args, **kwargs)", static_call),
    method("__get__(self, instance, owner=None, /)", descriptor_get),
    raw("__init__(self, /, *args, **kwargs)", wrap),
    getter("__func__", get_wrapped),
    getter("__wrapped__", get_wrapped),
    getter("__name__", get_wrapped_name),
    getter("__qualname__", get_wrapped_qualname),
    getter("__isabstractmethod__", wrapped_abstract),
    getter("__dict__", super::object::get_dict),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let types = &vm.types;
    let (property, class, static_) =
        (types.property.clone(), types.classmethod.clone(), types.staticmethod.clone());
    let name = heap::intern("__call__");
    let caller = vm.makers.make(&SPECIAL_CALLER, &name, None, None);
    set_special_caller(caller, &vm.types.method, |value| {
        value.get::<Native>().is_some_and(|native| {
            // A function of a module takes no receiver either.
            !native.receiver.is_unbound() || native.is_module_function()
        })
    });
    vm.add_rows(&property, PROPERTY);
    vm.add_rows(&class, CLASS_METHOD);
    vm.add_rows(&static_, STATIC_METHOD);
}
