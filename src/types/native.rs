//! Native functions, method descriptors and getset descriptors as objects: one payload, shown
//! under the class that CPython has for each.

use super::payload;
use crate::object::{Class, ModuleObj, Ref, Str, Value, heap};
use crate::vm::descriptor::Member;
use crate::vm::native::{Binding, Row, getter, method, raw};
use crate::vm::{Native, Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<Native>> {
    payload::<Native>(vm, value, "builtin_function_or_method")
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let native = this(vm, &args[0])?;
    let name = native.name.as_str().to_owned();
    let owner = native.owner_class();
    if let Some(receiver) = native.receiver.bound() {
        let class = match receiver.downcast::<Class>() {
            Some(_) => "type".to_owned(),
            None => vm.type_name(receiver),
        };
        let address = super::object::address(receiver);
        if native.is_slot_wrapper() {
            return Ok(vm.str(format!("<method-wrapper '{name}' of {class} object at {address}>")));
        }
        return Ok(vm.str(format!("<built-in method {name} of {class} object at {address}>")));
    }
    let text = match (native.row.binding, owner) {
        (Binding::Attribute, Some(owner)) => {
            format!("<attribute '{name}' of '{}' objects>", owner.type_name())
        }
        (Binding::Static, Some(owner)) => {
            let address = super::object::address(owner.as_value());
            format!("<built-in method {name} of type object at {address}>")
        }
        (_, Some(owner)) if vm.class_of(&args[0]).is_same(&vm.types.wrapper_descriptor) => {
            format!("<slot wrapper '{name}' of '{}' objects>", owner.type_name())
        }
        (_, Some(owner)) => format!("<method '{name}' of '{}' objects>", owner.type_name()),
        (_, None) => format!("<built-in function {name}>"),
    };
    Ok(vm.str(text))
}

fn call(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    match values.split_first() {
        Some((native, rest)) => {
            this(vm, native)?;
            vm.call_kw(native, rest, names)
        }
        None => Err(vm.type_error("descriptor '__call__' needs an argument")),
    }
}

fn same(vm: &mut Vm, a: &Value, b: &Value) -> Result<Option<bool>> {
    let native = this(vm, a)?;
    let Some(other) = b.get::<Native>() else { return Ok(None) };
    Ok(Some(
        std::ptr::eq(native.row, other.row)
            && native.receiver.is_same(&other.receiver)
            && native.name.as_str() == other.name.as_str(),
    ))
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, |e| Value::bool(!e)))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let native = this(vm, &args[0])?;
    let row = std::ptr::from_ref(native.row) as u64;
    Ok(vm.int(((native.receiver.id() >> 4) ^ (row >> 3)) as i64))
}

fn get_name(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.name.to_value())
}

fn get_qualname(vm: &mut Vm, value: &Value) -> Result {
    let native = this(vm, value)?;
    let name = native.name.as_str().to_owned();
    let wrapper = native.is_slot_wrapper();
    let owner = match native.receiver.downcast::<Class>() {
        Some(class) if native.row.binding == Binding::Class => Some(class),
        // A bound method is named by the class that it was got from.
        receiver if native.owner_class().is_some() && native.row.binding == Binding::Function && !wrapper => {
            match (receiver, native.receiver.bound()) {
                (Some(class), _) => Some(class),
                (None, Some(receiver)) => Some(vm.class_of(receiver).clone()),
                (None, None) => native.owner_class(),
            }
        }
        _ => native.owner_class(),
    };
    Ok(match owner {
        Some(owner) => {
            let owner = owner.qualname.borrow().as_str().to_owned();
            vm.str(format!("{owner}.{name}"))
        }
        None => vm.str(name),
    })
}

fn get_module(vm: &mut Vm, value: &Value) -> Result {
    let module = Value::peek(&this(vm, value)?.module);
    Ok(if module.is_unbound() { Value::NONE } else { module })
}

fn get_self(vm: &mut Vm, value: &Value) -> Result {
    let native = this(vm, value)?;
    if let Some(receiver) = native.receiver.bound() {
        return Ok(receiver.clone());
    }
    if let Some(owner) = native.owner_class() {
        return Ok(owner.into_value());
    }
    let module = Value::peek(&native.module);
    let found = module.downcast::<Str>().and_then(|name| vm.modules.get_name(&name));
    match found {
        Some(module) if module.is::<ModuleObj>() => Ok(module),
        _ => Ok(Value::NONE),
    }
}

fn get_objclass(vm: &mut Vm, value: &Value) -> Result {
    match this(vm, value)?.owner_class() {
        Some(owner) => Ok(owner.into_value()),
        None => {
            let name = heap::intern("__objclass__");
            Err(vm.no_attribute(value, &name))
        }
    }
}

fn get_doc(_: &mut Vm, _: &Value) -> Result {
    Ok(Value::NONE)
}

fn get_text_signature(vm: &mut Vm, value: &Value) -> Result {
    let native = this(vm, value)?;
    if native.row.binding == Binding::Attribute {
        return Ok(Value::NONE);
    }
    let text = native.row.signature;
    let inner = text.split_once('(').map_or("", |(_, rest)| rest);
    let owned = native.owner_class().is_some();
    let receiver = ["self", "type", "cls", "module"]
        .iter()
        .any(|n| owned && inner.strip_prefix(n).is_some_and(|rest| rest.starts_with([',', ')'])));
    let shown = if receiver {
        format!("(${inner}")
    } else if native.owner_class().is_none() {
        if inner == ")" { "($module, /)".to_owned() } else { format!("($module, /, {inner}") }
    } else {
        format!("({inner}")
    };
    let shown = match shown.strip_prefix("($module, /, ") {
        // One slash is enough: the module stands before the function's own.
        Some(rest) if rest.contains("/") => format!("($module, {rest}"),
        _ => shown,
    };
    Ok(vm.str(shown))
}

fn get(vm: &mut Vm, args: &[Value]) -> Result {
    let class = match args[2].downcast::<Class>() {
        Some(class) => class,
        None => vm.class_of(&args[1]).clone(),
    };
    let receiver = if args[1].is_none() { None } else { Some(&args[1]) };
    vm.bind(args[0].clone(), receiver, &class)
}

fn attribute_set(vm: &mut Vm, args: &[Value]) -> Result {
    let native = this(vm, &args[0])?;
    match native.row.code {
        crate::vm::native::NativeCode::Attribute(_, Some(set)) => {
            set(vm, &args[1], &args[2])?;
            Ok(Value::NONE)
        }
        _ => Err(vm.attribute_error(native.not_writable())),
    }
}

fn attribute_delete(vm: &mut Vm, args: &[Value]) -> Result {
    attribute_set(vm, &[args[0].clone(), args[1].clone(), Value::UNBOUND])
}

// ---- members of `__slots__`

fn member(value: &Value) -> Option<&Member> {
    value.opaque::<Member>()
}

fn member_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(member) = member(&args[0]) else { return Ok(vm.str("<member>")) };
    let owner = member.class.borrow().as_ref().map(|c| c.type_name()).unwrap_or_default();
    Ok(vm.str(format!("<member '{}' of '{owner}' objects>", member.name.as_str())))
}

fn member_name(vm: &mut Vm, value: &Value) -> Result {
    match member(value) {
        Some(member) => Ok(member.name.to_value()),
        None => Err(super::wrong_receiver(vm, value, "member_descriptor")),
    }
}

fn member_qualname(vm: &mut Vm, value: &Value) -> Result {
    let owner = member(value).and_then(|m| m.class.borrow().as_ref().map(|c| c.qualname.borrow().clone()));
    let name = member_name(vm, value)?;
    let name = vm.text_of(&name)?;
    Ok(match owner {
        Some(owner) => vm.str(format!("{}.{name}", owner.as_str())),
        None => vm.str(name),
    })
}

fn member_class(_: &mut Vm, value: &Value) -> Result {
    let class = member(value).and_then(|m| m.class.borrow().clone());
    Ok(class.map_or(Value::NONE, Ref::into_value))
}

fn member_set(vm: &mut Vm, args: &[Value]) -> Result {
    if let Some(member) = member(&args[0]) {
        vm.check_member(member, &args[1])?;
    }
    let name = member_name(vm, &args[0])?;
    let name = super::attribute_name(vm, &name)?;
    vm.generic_set(&args[1], &name, args[2].clone())?;
    Ok(Value::NONE)
}

fn member_delete(vm: &mut Vm, args: &[Value]) -> Result {
    member_set(vm, &[args[0].clone(), args[1].clone(), Value::UNBOUND])
}

const FUNCTION: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    raw("__call__(self, /, *args, **kwargs)", call),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    getter("__module__", get_module),
    getter("__name__", get_name),
    getter("__qualname__", get_qualname),
    getter("__self__", get_self),
    getter("__doc__", get_doc),
    getter("__text_signature__", get_text_signature),
];

/// A method of a builtin class with its receiver.
const WRAPPER: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    raw("__call__(self, /, *args, **kwargs)", call),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    getter("__objclass__", get_objclass),
    getter("__name__", get_name),
    getter("__qualname__", get_qualname),
    getter("__self__", get_self),
    getter("__doc__", get_doc),
    getter("__text_signature__", get_text_signature),
];

const METHOD: &[Row] = &[
    method("__repr__(self, /)", repr),
    raw("__call__(self, /, *args, **kwargs)", call),
    method("__get__(self, instance, owner=None, /)", get),
    getter("__objclass__", get_objclass),
    getter("__name__", get_name),
    getter("__qualname__", get_qualname),
    getter("__doc__", get_doc),
    getter("__text_signature__", get_text_signature),
];

const ATTRIBUTE: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("__get__(self, instance, owner=None, /)", get),
    method("__set__(self, instance, value, /)", attribute_set),
    method("__delete__(self, instance, /)", attribute_delete),
    getter("__objclass__", get_objclass),
    getter("__name__", get_name),
    getter("__qualname__", get_qualname),
    getter("__doc__", get_doc),
];

const MEMBER: &[Row] = &[
    method("__repr__(self, /)", member_repr),
    method("__get__(self, instance, owner=None, /)", get),
    method("__set__(self, instance, value, /)", member_set),
    method("__delete__(self, instance, /)", member_delete),
    getter("__objclass__", member_class),
    getter("__name__", member_name),
    getter("__qualname__", member_qualname),
    getter("__doc__", get_doc),
];

pub fn install(vm: &mut Vm) {
    let types = &vm.types;
    let rows = [
        (types.native.clone(), FUNCTION),
        (types.method_descriptor.clone(), METHOD),
        (types.wrapper_descriptor.clone(), METHOD),
        (types.getset_descriptor.clone(), ATTRIBUTE),
        (types.classmethod_descriptor.clone(), METHOD),
        (types.method_wrapper.clone(), WRAPPER),
        (types.member_descriptor.clone(), MEMBER),
    ];
    for (class, rows) in rows {
        vm.add_rows(&class, rows);
    }
}
