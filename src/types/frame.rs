//! Frames as objects. What an object keeps is in `object/frame_object.rs`, how it is made in
//! `vm/frames.rs`; `f_locals` of a function is in `frame_locals`.

use super::{frame_locals, payload};
use crate::object::{FrameObj, GenState, Ref, Value};
use crate::vm::frames::in_comprehension;
use crate::vm::native::{Row, getset, getter, method};
use crate::vm::{Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<FrameObj>> {
    payload::<FrameObj>(vm, value, "frame")
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    let text = format!(
        "<frame at {}, file '{}', line {}, code {}>",
        super::object::address(&args[0]),
        super::code::file_name(&frame.function.code),
        frame.line(),
        frame.function.code.name.as_str()
    );
    Ok(vm.str(text))
}

/// `frame.clear()`: lets go of the variables of a call that has ended. A generator that has not
/// begun is closed by it.
fn clear(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    let Some(live) = frame.live() else {
        frame.clear();
        return Ok(Value::NONE);
    };
    match live.generator() {
        Some(generator) if generator.state.get() == GenState::Created => {
            if let Some(generator) = generator.to_value().downcast() {
                vm.finalize_generator(&generator);
                drop(vm.close_generator(&generator));
            }
            Ok(Value::NONE)
        }
        Some(generator) if !vm.generator_is_running(generator) => {
            Err(vm.runtime_error("cannot clear a suspended frame"))
        }
        _ => Err(vm.runtime_error("cannot clear an executing frame")),
    }
}

fn f_back(vm: &mut Vm, value: &Value) -> Result {
    let frame = this(vm, value)?;
    Ok(vm.frame_back(&frame))
}

fn f_code(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.function.code.to_value())
}

fn f_globals(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.function.globals.to_value())
}

fn f_builtins(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.function.builtins.to_value())
}

/// The namespace itself of a module or a class body; of a function a proxy that reads and writes
/// its variables.
fn f_locals(vm: &mut Vm, value: &Value) -> Result {
    let frame = this(vm, value)?;
    let flags = frame.function.code.code.flags;
    if !flags.namespace && !flags.module || frame.live().is_some_and(in_comprehension) {
        return Ok(frame_locals::make(vm, frame));
    }
    if flags.namespace
        && let Some(namespace) = frame.local(0).bound()
    {
        return Ok(namespace.clone());
    }
    if !flags.namespace && !frame.is_cleared() {
        return Ok(frame.function.globals.to_value());
    }
    // It was cleared: from now on there is a dict of its own.
    let known = frame.extra_names();
    if !known.is_unbound() {
        return Ok(known);
    }
    let dict = vm.new_dict().into_value();
    frame.with_extra(|extra| extra.names = dict.clone());
    Ok(dict)
}

fn f_lineno(vm: &mut Vm, value: &Value) -> Result {
    let line = this(vm, value)?.line();
    Ok(vm.int(i64::from(line)))
}

/// Only a debugger's trace function may move a frame.
fn set_f_lineno(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let frame = this(vm, value)?;
    if new.is_unbound() {
        return Err(vm.attribute_error("cannot delete attribute"));
    }
    if vm.int_like(new).is_none() {
        return Err(vm.value_error("lineno must be an integer"));
    }
    let event = match frame.live() {
        Some(live) if live.generator().is_some_and(|g| g.state.get() == GenState::Created) => "call",
        Some(_) => {
            return Err(vm.value_error("f_lineno can only be set in a trace function"));
        }
        None => "return",
    };
    Err(vm.value_error(format!("can't jump from the '{event}' trace event of a new frame")))
}

fn f_lasti(vm: &mut Vm, value: &Value) -> Result {
    let index = this(vm, value)?.index();
    let index = if index == FrameObj::UNSTARTED { 0 } else { index };
    Ok(vm.int(i64::from(index) * 2))
}

fn f_trace(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.with_extra(|extra| extra.trace.clone()))
}

fn set_f_trace(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let frame = this(vm, value)?;
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    let old = frame.with_extra(|extra| std::mem::replace(&mut extra.trace, new));
    drop(old);
    Ok(())
}

fn f_trace_lines(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.with_extra(|extra| extra.trace_lines)))
}

fn f_trace_opcodes(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.with_extra(|extra| extra.trace_opcodes)))
}

fn flag(vm: &mut Vm, new: &Value) -> Result<bool> {
    if new.is_unbound() {
        return Err(vm.type_error("can't delete numeric/char attribute"));
    }
    new.as_bool().ok_or_else(|| vm.type_error("attribute value type must be bool"))
}

fn set_f_trace_lines(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let (frame, on) = (this(vm, value)?, flag(vm, new)?);
    frame.with_extra(|extra| extra.trace_lines = on);
    Ok(())
}

fn set_f_trace_opcodes(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let (frame, on) = (this(vm, value)?, flag(vm, new)?);
    frame.with_extra(|extra| extra.trace_opcodes = on);
    Ok(())
}

const ROWS: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("clear(self, /)", clear),
    getter("f_back", f_back),
    getter("f_locals", f_locals),
    getset("f_lineno", f_lineno, set_f_lineno),
    getset("f_trace", f_trace, set_f_trace),
    getset("f_trace_lines", f_trace_lines, set_f_trace_lines),
    getset("f_trace_opcodes", f_trace_opcodes, set_f_trace_opcodes),
    getter("f_lasti", f_lasti),
    getter("f_globals", f_globals),
    getter("f_builtins", f_builtins),
    getter("f_code", f_code),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.frame.clone();
    vm.add_rows(&class, ROWS);
}
