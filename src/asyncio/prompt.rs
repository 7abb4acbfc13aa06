//! The loop that lives between the inputs of a session.
//!
//! ```text
//!   input without await     runs like a script's line; the loop stands still, but
//!                           get_running_loop() finds it, so create_task() works;
//!                           asyncio.run() works too, on a loop of its own
//!   input with await        is a task of the loop and is driven to its end
//!   nobody has hit Enter    turns that do not wait: timers fire, tasks go on
//! ```
//!
//! The loop is made when something first asks for it, and made anew when a program closed it.

use super::{State, events, runners, tasks};
use crate::object::Value;
use crate::vm::{Result, Vm};

pub use events::Next;

/// From now on a person types.
pub fn open(vm: &mut Vm) {
    vm.extension::<State>().interactive = true;
}

/// The session's loop; none in a program.
pub(super) fn event_loop(vm: &mut Vm) -> Option<Value> {
    let state = vm.extension::<State>();
    if !state.interactive {
        return None;
    }
    let found = state.prompt.clone();
    if events::of(&found).is_some_and(|this| !this.closed.get()) {
        return Some(found);
    }
    let made = events::quiet_loop(vm);
    drop(std::mem::replace(&mut vm.extension::<State>().prompt, made.clone()));
    Some(made)
}

/// Drives the coroutine that an input with `await` is to its end.
pub fn drive(vm: &mut Vm, coroutine: &Value) -> Result {
    match event_loop(vm) {
        Some(event_loop) => runners::drive(vm, &event_loop, coroutine, Value::NONE),
        None => Err(vm.runtime_error("no running event loop")),
    }
}

/// One turn of the loop; it does not wait.
pub fn turn(vm: &mut Vm) -> Result<Next> {
    let event_loop = vm.extension::<State>().prompt.clone();
    events::turn_without_waiting(vm, &event_loop)
}

/// The tasks that are not done.
pub fn tasks(vm: &mut Vm) -> Vec<Value> {
    let event_loop = vm.extension::<State>().prompt.clone();
    tasks::unfinished(vm, &event_loop)
}

/// What `asyncio.run` does at its end: cancels what is left and closes the loop.
pub fn close(vm: &mut Vm) -> Result<()> {
    let event_loop = std::mem::replace(&mut vm.extension::<State>().prompt, Value::NONE);
    if events::of(&event_loop).is_none_or(|this| this.closed.get()) {
        return Ok(());
    }
    let result = runners::shut_down(vm, &event_loop);
    result.and(events::close(vm, &event_loop))
}
