//! The module `builtins`: functions by theme, one file each; all builtin classes and exceptions.

mod attributes;
mod introspection;
mod io;
mod iteration;
mod numbers;
mod site;

use crate::object::Value;
use crate::types::Extra;
use crate::vm::Vm;

/// Builtin classes of the machine that have a name in `builtins`.
const NAMED: &[&str] = &[
    "object",
    "type",
    "dict",
    "str",
    "int",
    "bool",
    "float",
    "complex",
    "bytes",
    "bytearray",
    "tuple",
    "list",
    "set",
    "frozenset",
    "range",
    "slice",
    "property",
    "classmethod",
    "staticmethod",
    "super",
];

/// About how many names there are: room for them is made at once.
const ENTRIES: usize = 170;

/// Fills `builtins`; after `types::install`.
pub fn install(vm: &mut Vm) {
    let dict = vm.builtins.clone();
    dict.reserve(ENTRIES);
    for (name, text) in [("__name__", "builtins"), ("__doc__", ""), ("__package__", "")] {
        let text = vm.str(text);
        dict.set_text(name, text);
    }
    for rows in [
        attributes::FUNCTIONS,
        introspection::FUNCTIONS,
        io::FUNCTIONS,
        iteration::FUNCTIONS,
        numbers::FUNCTIONS,
    ] {
        vm.add_functions(&dict, "builtins", rows);
    }
    site::install(vm, &dict);
    for class in vm.types.all() {
        let name = class.name.borrow();
        if NAMED.contains(&name.as_str()) {
            dict.set_name(&name, class.to_value());
        }
    }
    for class in vm.exceptions.all() {
        dict.set_name(&class.name.borrow(), class.to_value());
    }
    for alias in ["EnvironmentError", "IOError"] {
        dict.set_text(alias, vm.exceptions.os_error.to_value());
    }
    let extra = [
        Extra::enumerate(vm),
        Extra::zip(vm),
        Extra::map(vm),
        Extra::filter(vm),
        Extra::reversed(vm),
        Extra::memoryview(vm),
    ];
    for class in extra {
        dict.set_text(&class.name_text(), class.to_value());
    }
    for (name, value) in [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("__debug__", Value::TRUE),
    ] {
        dict.set_text(name, value);
    }
    // The module object shares the namespace that the machine looks names up in.
    let class = vm.types.module.clone();
    let module = crate::object::heap::alloc_plain(&class, crate::object::ModuleObj { dict });
    vm.modules.set_text("builtins", module.into_value());
}
