//! Tracebacks and frames as objects. What a frame object holds is in `vm/frames.rs`.

use super::{payload, wrong_receiver};
use crate::object::{FramePtr, GenObj, GenState, Ref, TracebackObj, Value};
use crate::vm::frames::FrameObj;
use crate::vm::native::{Row, getset, getter, method};
use crate::vm::{Result, Vm};

/// A frame object for a running frame and those below it.
pub fn view(vm: &mut Vm, frame: FramePtr) -> Value {
    vm.frame_object(frame)
}

/// The local variables of a frame: a module's globals, a class body's namespace, or a new dict.
pub fn locals_of(vm: &mut Vm, frame: FramePtr) -> Value {
    vm.frame_locals(frame)
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v FrameObj> {
    match value.opaque::<FrameObj>() {
        Some(frame) => Ok(frame),
        None => Err(wrong_receiver(vm, value, "frame")),
    }
}

fn frame_repr(vm: &mut Vm, args: &[Value]) -> Result {
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

fn frame_clear(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

fn f_back(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.back))
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

fn f_locals(vm: &mut Vm, value: &Value) -> Result {
    let frame = this(vm, value)?;
    let generator = Value::peek(&frame.generator);
    if let Some(generator) = generator.get::<GenObj>()
        && generator.state.get() != GenState::Finished
    {
        return Ok(vm.frame_locals(generator.frame()));
    }
    let locals = Value::peek(&frame.locals);
    if !locals.is_none() {
        return Ok(locals);
    }
    if frame.function.code.code.flags.module {
        return Ok(frame.function.globals.to_value());
    }
    Ok(vm.new_dict().into_value())
}

fn f_lineno(vm: &mut Vm, value: &Value) -> Result {
    let line = this(vm, value)?.line();
    Ok(vm.int(i64::from(line)))
}

fn f_lasti(vm: &mut Vm, _: &Value) -> Result {
    Ok(vm.int(0))
}

fn f_trace(_: &mut Vm, _: &Value) -> Result {
    Ok(Value::NONE)
}

// ---- tracebacks

fn traceback(vm: &mut Vm, value: &Value) -> Result<Ref<TracebackObj>> {
    payload::<TracebackObj>(vm, value, "traceback")
}

fn tb_frame(vm: &mut Vm, value: &Value) -> Result {
    let entry = traceback(vm, value)?;
    Ok(vm.traceback_frame(&entry))
}

fn tb_lineno(vm: &mut Vm, value: &Value) -> Result {
    let line = traceback(vm, value)?.line();
    Ok(vm.int(i64::from(line)))
}

fn tb_lasti(vm: &mut Vm, value: &Value) -> Result {
    let index = traceback(vm, value)?.index;
    Ok(vm.int(i64::from(index) * 2))
}

fn tb_next(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&traceback(vm, value)?.next))
}

fn set_tb_next(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("can't delete tb_next attribute"));
    }
    if !new.is_none() && !new.is::<TracebackObj>() {
        let got = vm.type_name(new);
        return Err(vm.type_error(format!("expected traceback object, got '{got}'")));
    }
    let mut at = new.clone();
    while let Some(entry) = at.downcast::<TracebackObj>() {
        if at.is_same(value) {
            return Err(vm.value_error("traceback loop detected"));
        }
        at = Value::peek(&entry.next);
    }
    drop(traceback(vm, value)?.next.replace(new.clone()));
    Ok(())
}

fn dir(vm: &mut Vm, _: &[Value]) -> Result {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    let items = names.iter().map(|n| vm.str(*n)).collect();
    Ok(vm.list(items))
}

const FRAME: &[Row] = &[
    method("__repr__(self, /)", frame_repr),
    method("clear(self, /)", frame_clear),
    getter("f_back", f_back),
    getter("f_locals", f_locals),
    getter("f_lineno", f_lineno),
    getter("f_trace", f_trace),
    getter("f_lasti", f_lasti),
    getter("f_globals", f_globals),
    getter("f_builtins", f_builtins),
    getter("f_code", f_code),
];

const TRACEBACK: &[Row] = &[
    method("__dir__(self, /)", dir),
    getter("tb_frame", tb_frame),
    getter("tb_lasti", tb_lasti),
    getset("tb_next", tb_next, set_tb_next),
    getter("tb_lineno", tb_lineno),
];

pub fn install(vm: &mut Vm) {
    let (frame, traceback) = (vm.types.frame.clone(), vm.types.traceback.clone());
    vm.add_rows(&frame, FRAME);
    vm.add_rows(&traceback, TRACEBACK);
}
