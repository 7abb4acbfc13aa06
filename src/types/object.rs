//! `object`: what every value can do. After its rows are in place, `install` remembers the
//! hooks by identity, so that the machine recognises classes that do not override them.

use super::{attribute_name, class_argument};
use crate::object::{BoundMethod, Class, Instance, Kind, Ref, Special, Str, Value, class_flag};
use crate::vm::native::{Row, class_method, getset, method, raw, static_raw};
use crate::vm::{Result, Vm};

/// The address of a value as `repr` shows it.
pub fn address(value: &Value) -> String {
    format!("{:#x}", value.id())
}

/// `module.qualname` of a class, without the module when it is `builtins`.
pub fn full_name(vm: &mut Vm, class: &Ref<Class>) -> String {
    match super::type_::module_of(vm, class).get::<Str>() {
        Some(module) if module.as_str() != "builtins" => {
            format!("{}.{}", module.as_str(), class.qualname.borrow().as_str())
        }
        _ => class.name_text(),
    }
}

fn same_special(vm: &Vm, class: &Ref<Class>, special: Special, plain: &Value) -> bool {
    let _ = vm;
    class.special(special).is_some_and(|found| found.is_same(plain))
}

/// `object.__new__`
fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let object = vm.types.object.clone();
    let class = class_argument(vm, values, &object)?;
    if values.len() > 1 || !names.is_empty() {
        let (plain_new, plain_init) = (vm.plain.object_new.clone(), vm.plain.object_init.clone());
        if !same_special(vm, &class, Special::New, &plain_new) {
            return Err(
                vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
            );
        }
        if same_special(vm, &class, Special::Init, &plain_init) {
            let name = class.type_name();
            return Err(vm.type_error(format!("{name}() takes no arguments")));
        }
    }
    vm.new_instance(&class)
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    if values.len() > 1 || !names.is_empty() {
        let Some(this) = values.first() else {
            return Err(vm.type_error("descriptor '__init__' of 'object' object needs an argument"));
        };
        let class = vm.class_of(this).clone();
        let (plain_new, plain_init) = (vm.plain.object_new.clone(), vm.plain.object_init.clone());
        if !same_special(vm, &class, Special::Init, &plain_init) {
            return Err(
                vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)")
            );
        }
        if same_special(vm, &class, Special::New, &plain_new) {
            let name = class.type_name();
            return Err(vm.type_error(format!(
                "{name}.__init__() takes exactly one argument (the instance to initialize)"
            )));
        }
    }
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let class = vm.class_of(&args[0]).clone();
    let name = full_name(vm, &class);
    Ok(vm.str(format!("<{name} object at {}>", address(&args[0]))))
}

fn str(vm: &mut Vm, args: &[Value]) -> Result {
    // Whether the result is a string is for `str()` to see.
    match vm.special(&args[0], Special::Repr) {
        Some(repr) => vm.call(&repr, &args[..1]),
        None => Ok(vm.repr(&args[0])?.into_value()),
    }
}

fn format(vm: &mut Vm, args: &[Value]) -> Result {
    let spec = match args[1].downcast::<Str>() {
        Some(spec) => spec,
        None => {
            let got = vm.argument_name(&args[1]);
            return Err(vm.type_error(format!("__format__() argument must be str, not {got}")));
        }
    };
    if !spec.is_empty() {
        let name = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("unsupported format string passed to {name}.__format__")));
    }
    Ok(vm.str_of(&args[0])?.into_value())
}

fn eq(_: &mut Vm, args: &[Value]) -> Result {
    Ok(if args[0].is_same(&args[1]) { Value::TRUE } else { Value::NOT_IMPLEMENTED })
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(method) = vm.special(&args[0], Special::Eq) else { return Ok(Value::NOT_IMPLEMENTED) };
    let equal = vm.call(&method, &[args[0].clone(), args[1].clone()])?;
    if equal.is_not_implemented() {
        return Ok(equal);
    }
    Ok(Value::bool(!vm.truth(&equal)?))
}

fn not_implemented(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NOT_IMPLEMENTED)
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let address = args[0].id().rotate_right(4) as i64;
    Ok(vm.int(if address == -1 { -2 } else { address }))
}

fn getattribute(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    let class = vm.class_of(&args[0]).clone();
    match vm.generic_get(&args[0], &name, &class)? {
        Some(found) => Ok(found),
        None => Err(vm.no_attribute(&args[0], &name)),
    }
}

fn setattr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    if args[0].kind() == Some(Kind::Class) {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("can't apply this __setattr__ to {got} object")));
    }
    vm.generic_set(&args[0], &name, args[2].clone())?;
    Ok(Value::NONE)
}

fn delattr(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    if args[0].kind() == Some(Kind::Class) {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("can't apply this __delattr__ to {got} object")));
    }
    vm.generic_set(&args[0], &name, Value::UNBOUND)?;
    Ok(Value::NONE)
}

fn get_class(vm: &mut Vm, value: &Value) -> Result {
    Ok(vm.class_of(value).to_value())
}

fn set_class(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("can't delete __class__ attribute"));
    }
    let Some(class) = new.downcast::<Class>() else {
        let got = vm.type_name(new);
        return Err(vm.type_error(format!("__class__ must be set to a class, not '{got}' object")));
    };
    let old = vm.class_of(value).clone();
    let module = class.is_subclass_of(&vm.types.module) && old.is_subclass_of(&vm.types.module);
    let both_heap = old.has_flag(class_flag::HEAP) && class.has_flag(class_flag::HEAP);
    if !module && !both_heap {
        return Err(
            vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses")
        );
    }
    if !module {
        vm.check_compatible(&old, &class, "__class__")?;
    }
    let dict_class = vm.types.dict.clone();
    match (value.get::<Instance>(), value.header()) {
        (Some(instance), _) => instance.change_class(&class, &dict_class),
        (None, Some(header)) => header.set_class(&class),
        (None, None) => {}
    }
    Ok(())
}

/// The names that `dir` shows for a class: its own and those of its bases.
pub fn class_names(vm: &mut Vm, class: &Ref<Class>) -> Result<Vec<Value>> {
    let names = vm.new_dict();
    for base in class.mro().iter() {
        for (key, _) in base.dict().items() {
            vm.dict_set(&names, key, Value::NONE)?;
        }
    }
    Ok(names.items().into_iter().map(|(key, _)| key).collect())
}

fn dir(vm: &mut Vm, args: &[Value]) -> Result {
    let names = vm.new_dict();
    let own = match args[0].get::<Instance>() {
        Some(instance) => instance.attributes(),
        None => {
            // A method shows the attributes of its function.
            let holder = match args[0].get::<BoundMethod>() {
                Some(method) => &method.function,
                None => &args[0],
            };
            vm.attribute_dict(holder).map(|d| d.items()).unwrap_or_default()
        }
    };
    for (key, _) in own {
        vm.dict_set(&names, key, Value::NONE)?;
    }
    let class = vm.class_of(&args[0]).clone();
    for key in class_names(vm, &class)? {
        vm.dict_set(&names, key, Value::NONE)?;
    }
    let keys = names.items().into_iter().map(|(key, _)| key).collect();
    Ok(vm.list(keys))
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(vm.int(16 + 8 * args[0].header().map_or(0, |h| i64::from(h.room()))))
}

fn init_subclass(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let name = values.first().and_then(|v| v.get::<Class>()).map(|c| c.qualname.borrow().as_str().to_owned());
    let name = name.unwrap_or_else(|| "object".to_owned());
    if !names.is_empty() {
        return Err(vm.type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
    }
    if values.len() > 1 {
        let given = values.len() - 1;
        return Err(vm.type_error(format!("{name}.__init_subclass__() takes no arguments ({given} given)")));
    }
    Ok(Value::NONE)
}

/// Its keywords are checked by hand: the message names the class.
const INIT_SUBCLASS: Row = {
    let mut row = class_method("__init_subclass__(type, /)", not_implemented);
    row.code = crate::vm::native::NativeCode::Raw(init_subclass);
    row
};

fn getstate(vm: &mut Vm, args: &[Value]) -> Result {
    if !vm.class_of(&args[0]).slots.borrow().is_empty() {
        return ask_copyreg(vm, "_state", args);
    }
    match vm.attribute_dict_or_new(&args[0]) {
        Some(dict) if !dict.is_empty() => Ok(dict.into_value()),
        _ => Ok(Value::NONE),
    }
}

/// How objects are taken apart is said in Python.
fn ask_copyreg(vm: &mut Vm, function: &str, args: &[Value]) -> Result {
    let module = vm.import_module("copyreg")?;
    vm.call_method(&module, function, args)
}

fn take_apart(vm: &mut Vm, object: &Value, protocol: Value) -> Result {
    let kind = object.header().map(|header| header.kind());
    let native = match kind {
        Some(Kind::Instance | Kind::List | Kind::Dict) => Value::NONE,
        _ => {
            let name = vm.type_name(object);
            vm.str(name)
        }
    };
    ask_copyreg(vm, "_reduce", &[object.clone(), protocol, native])
}

fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    take_apart(vm, &args[0], Value::index(0))
}

/// A class with a `__reduce__` of its own is asked that.
fn reduce_ex(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.intern("__reduce__");
    let (own, plain) = (vm.class_of(&args[0]).lookup(&name), vm.types.object.lookup(&name));
    match (own, plain) {
        (Some(own), Some(plain)) if !own.is_same(&plain) => vm.call_method(&args[0], "__reduce__", &[]),
        _ => {
            vm.index_i64(&args[1])?;
            take_apart(vm, &args[0], args[1].clone())
        }
    }
}

/// `obj.__dict__` of instances; classes with dicts share this pair.
pub fn get_dict(vm: &mut Vm, value: &Value) -> Result {
    match vm.attribute_dict_or_new(value) {
        Some(dict) => Ok(dict.into_value()),
        None => {
            let name = vm.intern("__dict__");
            Err(vm.no_attribute(value, &name))
        }
    }
}

/// `obj.__dict__ = dict`
pub fn set_dict(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let dict = match new.downcast::<crate::object::Dict>() {
        Some(dict) => dict,
        // Without its dict an object begins a new one.
        None if new.is_unbound() => vm.new_dict(),
        None => {
            let got = vm.type_name(new);
            return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{got}'")));
        }
    };
    if let Some(instance) = value.get::<Instance>() {
        instance.set_dict(dict, &vm.types.dict);
    } else if let Some(cell) = value.header().and_then(|h| h.tail_cell()) {
        drop(cell.replace(dict.into_value()));
    }
    Ok(())
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__str__(self, /)", str),
    method("__getattribute__(self, name, /)", getattribute),
    method("__setattr__(self, name, value, /)", setattr),
    method("__delattr__(self, name, /)", delattr),
    method("__lt__(self, value, /)", not_implemented),
    method("__le__(self, value, /)", not_implemented),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", not_implemented),
    method("__ge__(self, value, /)", not_implemented),
    method("__reduce_ex__(self, protocol, /)", reduce_ex),
    method("__reduce__(self, /)", reduce),
    method("__getstate__(self, /)", getstate),
    class_method("__subclasshook__(type, object, /)", not_implemented),
    INIT_SUBCLASS,
    method("__format__(self, format_spec, /)", format),
    method("__sizeof__(self, /)", sizeof),
    method("__dir__(self, /)", dir),
    getset("__class__", get_class, set_class),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.object.clone();
    vm.add_rows(&class, METHODS);
    // Whatever has no text of its own has none.
    class.preset("__doc__", Value::NONE);
    let row = |name: &str| class.dict().get_text(name).expect("the row was just added");
    vm.plain.object_new = row("__new__");
    vm.plain.object_init = row("__init__");
    vm.plain.object_getattribute = row("__getattribute__");
    vm.plain.object_setattr = row("__setattr__");
    vm.plain.object_delattr = row("__delattr__");
    vm.plain.object_eq = row("__eq__");
    vm.plain.object_ne = row("__ne__");
    vm.plain.object_hash = row("__hash__");
    vm.plain.object_repr = row("__repr__");
    vm.plain.object_str = row("__str__");
    vm.plain.object_format = row("__format__");
}
