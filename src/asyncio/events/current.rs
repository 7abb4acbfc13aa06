//! Which event loop is meant: the one that runs, the one that was set, or the one of a prompt.

use super::{new_loop, of};
use crate::asyncio::{State, prompt};
use crate::object::Value;
use crate::vm::native::{NativeFn, function};
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

fn set_event_loop(vm: &mut Vm, value: Value) {
    let state = vm.extension::<State>();
    state.event_loop_was_set = true;
    let old = std::mem::replace(&mut state.event_loop, value);
    drop(old);
}

pub(in crate::asyncio) const NATIVE: &[Row] = &[
    function("get_running_loop()", |vm, _| running_loop(vm)),
    function("_get_running_loop()", |vm, _| Ok(vm.extension::<State>().running.clone())),
    function("get_event_loop()", |vm, args| {
        if vm.extension::<State>().running.is_none() {
            asked(vm, "get_event_loop", args, own_event_loop)
        } else {
            running_loop(vm)
        }
    }),
    function("_own_event_loop()", own_event_loop),
    function("_own_new_event_loop()", own_new_event_loop),
    function("_own_set_event_loop(loop)", own_set_event_loop),
    function("_set_policy(policy)", |vm, args| {
        let policy = args[0].clone();
        drop(std::mem::replace(&mut vm.extension::<State>().policy, policy));
        Ok(Value::NONE)
    }),
];

/// Those that CPython has in Python.
pub(in crate::asyncio) const FUNCTIONS: &[Row] = &[
    function("new_event_loop()", |vm, args| asked(vm, "new_event_loop", args, own_new_event_loop)),
    function("set_event_loop(loop)", |vm, args| asked(vm, "set_event_loop", args, own_set_event_loop)),
];

/// Asks the policy that the program has set, or does what there is to do without one.
pub(in crate::asyncio) fn asked(vm: &mut Vm, name: &str, args: &[Value], own: NativeFn) -> Result {
    let policy = vm.extension::<State>().policy.clone();
    if policy.is_none() { own(vm, args) } else { vm.call_method(&policy, name, args) }
}

fn own_event_loop(vm: &mut Vm, _: &[Value]) -> Result {
    event_loop(vm)
}

pub(in crate::asyncio) fn own_new_event_loop(vm: &mut Vm, _: &[Value]) -> Result {
    new_loop(vm)
}

pub(in crate::asyncio) fn own_set_event_loop(vm: &mut Vm, args: &[Value]) -> Result {
    if !args[0].is_none() && of(&args[0]).is_none() {
        let name = vm.type_name(&args[0]);
        return Err(
            vm.type_error(format!("loop must be an instance of AbstractEventLoop or None, not '{name}'"))
        );
    }
    set_event_loop(vm, args[0].clone());
    Ok(Value::NONE)
}
