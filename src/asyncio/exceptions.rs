//! `CancelledError`, `InvalidStateError` and `BrokenBarrierError`; `TimeoutError` is the builtin one.

use super::classes;
use crate::object::{Class, Dict, Kind, Ref, class_flag};
use crate::vm::{Result, Vm};

const FLAGS: u32 = class_flag::BASE | class_flag::WEAKREF | class_flag::HAS_DICT | class_flag::EXCEPTION;

pub(super) fn classes_of(vm: &mut Vm) -> (Ref<Class>, Ref<Class>, Ref<Class>) {
    let module = "asyncio.exceptions";
    let base = vm.exceptions.base_exception.clone();
    let cancelled = vm.new_class("CancelledError", module, &base, Kind::Exception, FLAGS, &[]);
    let error = vm.exceptions.exception.clone();
    let invalid = vm.new_class("InvalidStateError", module, &error, Kind::Exception, FLAGS, &[]);
    let runtime = vm.exceptions.runtime_error.clone();
    let broken = vm.new_class("BrokenBarrierError", module, &runtime, Kind::Exception, FLAGS, &[]);
    (cancelled, invalid, broken)
}

/// The module `asyncio.exceptions`.
pub(super) fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    let classes = classes(vm);
    drop(dict.set_text("CancelledError", classes.cancelled_error.to_value()));
    drop(dict.set_text("InvalidStateError", classes.invalid_state_error.to_value()));
    drop(dict.set_text("BrokenBarrierError", classes.broken_barrier_error.to_value()));
    drop(dict.set_text("TimeoutError", vm.exceptions.timeout_error.to_value()));
    Ok(())
}
