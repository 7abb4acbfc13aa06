//! Modules as objects.

use super::{class_argument, payload, split_arguments};
use crate::object::{ModuleObj, Ref, Str, Value, heap};
use crate::vm::native::{Row, getset, getter, method, raw, static_raw};
use crate::vm::{Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<ModuleObj>> {
    payload::<ModuleObj>(vm, value, "module")
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.module.clone();
    let class = class_argument(vm, values, &base)?;
    let dict = vm.new_dict();
    Ok(heap::alloc(&class, ModuleObj { dict }).into_value())
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let module = this(vm, values.first().unwrap_or(&Value::NONE))?;
    let (positional, keywords) = split_arguments(values, names);
    let mut name = positional.get(1).cloned();
    let mut doc = positional.get(2).cloned().unwrap_or(Value::NONE);
    for (key, value) in keywords {
        match key.as_str() {
            "name" => name = Some(value.clone()),
            "doc" => doc = value.clone(),
            other => {
                return Err(vm.type_error(format!("module() got an unexpected keyword argument '{other}'")));
            }
        }
    }
    let Some(name) = name else {
        return Err(vm.type_error("module() missing required argument 'name' (pos 1)"));
    };
    if name.get::<Str>().is_none() {
        let got = vm.type_name(&name);
        return Err(vm.type_error(format!("module() argument 'name' must be str, not {got}")));
    }
    for (key, value) in [
        ("__name__", name),
        ("__doc__", doc),
        ("__package__", Value::NONE),
        ("__loader__", Value::NONE),
        ("__spec__", Value::NONE),
    ] {
        drop(module.dict.set_text(key, value));
    }
    Ok(Value::NONE)
}

/// Modules that CPython has frozen into its program, and says so.
const FROZEN: &[&str] = &["_collections_abc", "abc", "codecs", "io", "os", "posixpath"];

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let module = this(vm, &args[0])?;
    let name = match module.dict.get_text("__name__") {
        Some(name) => vm.repr_text(&name)?,
        None => "'?'".to_owned(),
    };
    let text = match module.dict.get_text("__file__") {
        Some(file) if file.get::<Str>().is_some() => {
            let file = vm.repr_text(&file)?;
            format!("<module {name} from {file}>")
        }
        _ => {
            let plain = name.trim_matches('\'').to_owned();
            if FROZEN.contains(&plain.as_str()) {
                format!("<module {name} (frozen)>")
            } else if vm.has_builtin_module(&plain) || plain == "builtins" {
                format!("<module {name} (built-in)>")
            } else {
                format!("<module {name}>")
            }
        }
    };
    Ok(vm.str(text))
}

fn dir(vm: &mut Vm, args: &[Value]) -> Result {
    let module = this(vm, &args[0])?;
    if let Some(hook) = module.dict.get_text("__dir__") {
        return vm.call(&hook, &[]);
    }
    let keys = module.dict.items().into_iter().map(|(key, _)| key).collect();
    Ok(vm.list(keys))
}

fn get_dict(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.dict.to_value())
}

fn get_annotations(vm: &mut Vm, value: &Value) -> Result {
    let module = this(vm, value)?;
    if let Some(found) = module.dict.get_text("__annotations__") {
        return Ok(found);
    }
    let dict = vm.new_dict().into_value();
    drop(module.dict.set_text("__annotations__", dict.clone()));
    Ok(dict)
}

fn set_annotations(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let module = this(vm, value)?;
    match new.bound() {
        Some(new) => drop(module.dict.set_text("__annotations__", new.clone())),
        None => drop(module.dict.remove_name(&heap::intern("__annotations__"))),
    }
    Ok(())
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__dir__(self, /)", dir),
    getter("__dict__", get_dict),
    getset("__annotations__", get_annotations, set_annotations),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.module.clone();
    vm.add_rows(&class, METHODS);
}
