//! What becomes of an exception that nobody can catch: it is given to the loop's exception
//! handler, or told on standard error. Only SystemExit and KeyboardInterrupt leave the loop.

use super::handle::Handle;
use super::of;
use crate::asyncio::{debug, format};
use crate::object::{Dict, ExcObj, Ref, Value};
use crate::vm::{Raised, Result, Vm};

/// Whether an exception ends the loop instead of being reported.
pub(in crate::asyncio) fn is_fatal(vm: &Vm, exception: &Value) -> bool {
    vm.is_a(exception, &vm.exceptions.system_exit) || vm.is_a(exception, &vm.exceptions.keyboard_interrupt)
}

pub(super) fn callback_failed(vm: &mut Vm, value: &Value, handle: &Value, raised: Raised) -> Result<()> {
    if is_fatal(vm, raised.0.as_value()) {
        return Err(raised);
    }
    let callback = handle.opaque::<Handle>().map_or(Value::NONE, |h| Value::peek(&h.callback));
    let shown = format::callback_source(vm, &callback)?;
    let context = vm.new_dict();
    drop(context.set_text("message", vm.str(format!("Exception in callback {shown}"))));
    drop(context.set_text("exception", raised.into_value()));
    drop(context.set_text("handle", handle.clone()));
    if let Some(handle) = handle.opaque::<Handle>() {
        debug::add_traceback(vm, &context, &Value::peek(&handle.created))?;
    }
    call_exception_handler(vm, value, &context.into_value())
}

/// Reports `context` by the loop's exception handler, or on standard error.
pub(in crate::asyncio) fn call_exception_handler(vm: &mut Vm, value: &Value, context: &Value) -> Result<()> {
    let handler = of(value).map_or(Value::NONE, |this| Value::peek(&this.exception_handler));
    if handler.is_none() {
        return default_exception_handler(vm, context);
    }
    match vm.call(&handler, &[value.clone(), context.clone()]) {
        Ok(_) => Ok(()),
        Err(raised) if is_fatal(vm, raised.0.as_value()) => Err(raised),
        Err(raised) => {
            let outer = vm.new_dict();
            drop(outer.set_text("message", vm.str("Unhandled error in exception handler")));
            drop(outer.set_text("exception", raised.into_value()));
            drop(outer.set_text("context", context.clone()));
            default_exception_handler(vm, &outer.into_value())
        }
    }
}

/// Whether there is nothing to show of an exception but itself.
fn exception_is_bare(vm: &Vm, exception: &Ref<ExcObj>) -> bool {
    !vm.is_a(exception.as_value(), &vm.exceptions.base_exception_group)
        && Value::peek(&exception.traceback).is_none()
}

pub(super) fn default_exception_handler(vm: &mut Vm, context: &Value) -> Result<()> {
    let Some(dict) = context.downcast::<Dict>() else {
        return Err(vm.type_error("the context of an exception handler must be a dict"));
    };
    let message = match dict.get_text("message") {
        Some(message) if vm.truth(&message)? => vm.text_of(&message)?,
        _ => "Unhandled exception in event loop".to_owned(),
    };
    let mut rows = Vec::new();
    for (key, item) in dict.items() {
        let key = vm.text_of(&key)?;
        if key != "message" && key != "exception" {
            let shown = match key.as_str() {
                "source_traceback" => debug::traceback_text(vm, "Object", &item)?,
                "handle_traceback" => debug::traceback_text(vm, "Handle", &item)?,
                _ => vm.repr_text(&item)?,
            };
            rows.push((key, shown));
        }
    }
    rows.sort();
    let mut text = message;
    for (key, shown) in rows {
        text.push_str(&format!("\n{key}: {shown}"));
    }
    let exception = dict.get_text("exception").and_then(|exc| exc.downcast::<ExcObj>());
    if let Some(exception) = &exception {
        // A callback that is no Python function: CPython shows the frame of the handle that called it.
        let called = dict.get_text("handle").is_some_and(|handle| handle.opaque::<Handle>().is_some());
        if called && exception_is_bare(vm, exception) {
            let told = vm.format_exception(exception);
            if !told.starts_with("Traceback") {
                let told = told.trim_end_matches('\n');
                text.push_str(&format!("\nTraceback (most recent call last):\n{told}"));
                return debug::log(vm, "error", &text, None);
            }
        }
    }
    debug::log(vm, "error", &text, exception.as_ref())
}
