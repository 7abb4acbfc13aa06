//! What `__reduce__` says of an iterator: the function that makes it anew, its arguments, and
//! the position to go on from. `copy` asks for it.

use crate::object::Value;
use crate::vm::{Result, Vm};
use std::cell::Cell;

/// A builtin function and its arguments.
pub fn by_builtin(vm: &mut Vm, name: &str, args: Vec<Value>, state: Option<Value>) -> Result {
    let function = match vm.builtins.get_text(name) {
        Some(function) => function,
        None => return Err(vm.runtime_error(format!("lost builtins.{name}"))),
    };
    Ok(by_class(vm, function, args, state))
}

/// A class, or another callable, and its arguments.
pub fn by_class(vm: &mut Vm, class: Value, args: Vec<Value>, state: Option<Value>) -> Value {
    let args = vm.tuple(args);
    match state {
        Some(state) => vm.tuple([class, args, state]),
        None => vm.tuple([class, args]),
    }
}

/// An iterator that goes through what it holds by position; unbound is one at its end.
pub fn by_position(vm: &mut Vm, held: &Cell<Value>, at: usize, empty: Value) -> Result {
    let held = Value::peek(held);
    if held.is_unbound() {
        return by_builtin(vm, "iter", vec![empty], None);
    }
    by_builtin(vm, "iter", vec![held], Some(Value::index(at)))
}

/// An iterator whose items cannot be found again by position: those that are left, of a twin
/// that is made for the purpose.
pub fn by_items(vm: &mut Vm, twin: &Value) -> Result {
    let items = vm.collect(twin)?;
    let items = vm.list(items);
    by_builtin(vm, "iter", vec![items], None)
}

/// The argument of `__setstate__`: a position from 0 to the length.
pub fn position(vm: &mut Vm, state: &Value, length: usize) -> Result<usize> {
    let at = vm.index_i64(state)?;
    Ok(usize::try_from(at).unwrap_or(0).min(length))
}
