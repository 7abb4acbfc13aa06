//! `contextvars`: the classes live in `types/context.rs`, where the event loop reaches them.

use crate::object::{Dict, Ref, Value};
use crate::types::context;
use crate::vm::native::{Row, function};
use crate::vm::{Result, Vm};

fn copy_context(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(context::copy_current(vm))
}

const FUNCTIONS: &[Row] = &[function("copy_context()", copy_context)];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_contextvars", FUNCTIONS);
    for (name, class) in context::names(vm) {
        dict.set_text(name, class);
    }
    Ok(())
}
