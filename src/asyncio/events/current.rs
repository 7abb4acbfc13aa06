//! Which event loop is meant: the one that runs, the one that was set, or the one of a prompt.

use super::{new_loop, of};
use crate::asyncio::{State, prompt};
use crate::object::Value;
use crate::vm::native::function;
use crate::vm::{Result, Row, Vm};

/// The running loop, at a prompt the one that lives there, or RuntimeError.
pub(in crate::asyncio) fn running_loop(vm: &mut Vm) -> Result {
    let running = vm.extension::<State>().running.clone();
    if !running.is_none() {
        return Ok(running);
    }
    match prompt::event_loop(vm) {
        Some(event_loop) => Ok(event_loop),
        None => Err(vm.runtime_error("no running event loop")),
    }
}

/// `get_event_loop`: the running loop, else the one that was set; the first is made on demand.
pub(in crate::asyncio) fn event_loop(vm: &mut Vm) -> Result {
    let state = vm.extension::<State>();
    if !state.running.is_none() {
        return Ok(state.running.clone());
    }
    if let Some(event_loop) = prompt::event_loop(vm) {
        return Ok(event_loop);
    }
    let state = vm.extension::<State>();
    if !state.event_loop.is_none() {
        return Ok(state.event_loop.clone());
    }
    if state.event_loop_was_set {
        return Err(vm.runtime_error("There is no current event loop in thread 'MainThread'."));
    }
    let category = vm.exceptions.deprecation_warning.clone();
    vm.warn(&category, "There is no current event loop")?;
    let made = new_loop(vm)?;
    set_event_loop(vm, made.clone());
    Ok(made)
}

pub(in crate::asyncio) fn set_event_loop(vm: &mut Vm, value: Value) {
    let state = vm.extension::<State>();
    state.event_loop_was_set = true;
    let old = std::mem::replace(&mut state.event_loop, value);
    drop(old);
}

pub(in crate::asyncio) const FUNCTIONS: &[Row] = &[
    function("get_running_loop()", |vm, _| running_loop(vm)),
    function("_get_running_loop()", |vm, _| Ok(vm.extension::<State>().running.clone())),
    function("get_event_loop()", |vm, _| event_loop(vm)),
    function("new_event_loop()", |vm, _| new_loop(vm)),
    function("set_event_loop(loop)", |vm, args| {
        if !args[0].is_none() && of(&args[0]).is_none() {
            let name = vm.type_name(&args[0]);
            return Err(
                vm.type_error(format!("loop must be an instance of AbstractEventLoop or None, not '{name}'"))
            );
        }
        set_event_loop(vm, args[0].clone());
        Ok(Value::NONE)
    }),
];
