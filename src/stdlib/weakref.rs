//! `weakref`: references are a builtin type; the collections are in Python.

use crate::object::{Dict, Ref, Value, WeakRef, weak};
use crate::vm::native::{Row, function};
use crate::vm::{Result, Vm};

fn getweakrefcount(vm: &mut Vm, args: &[Value]) -> Result {
    let count = weak::count(&args[0]);
    Ok(vm.int(count as i64))
}

fn getweakrefs(vm: &mut Vm, args: &[Value]) -> Result {
    let items = WeakRef::existing(&args[0]).into_iter().map(Ref::into_value).collect();
    Ok(vm.list(items))
}

const FUNCTIONS: &[Row] = &[
    function("getweakrefcount(object, /)", getweakrefcount),
    function("getweakrefs(object, /)", getweakrefs),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "weakref", FUNCTIONS);
    let class = vm.types.weakref.to_value();
    dict.set_text("ref", class.clone());
    dict.set_text("ReferenceType", class);
    super::run_python(vm, dict, "weakref", include_str!("python/weakref.py"))
}
