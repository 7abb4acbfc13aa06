//! Tracebacks and frames as objects. A frame object is a snapshot: the function, the line and
//! the local variables when it was asked for.

use super::{payload, wrong_receiver};
use crate::object::{
    CellObj, CodeObj, Dict, FramePtr, Function, Opaque, Ref, TracebackObj, Tracer, Value, heap,
};
use crate::vm::native::{Row, getset, getter, method};
use crate::vm::{Result, Vm};

/// The payload of a frame object.
pub struct FrameView {
    pub function: Ref<Function>,
    pub line: u32,
    pub locals: Value,
    /// The frame that called it, or None.
    pub back: Value,
}

impl Opaque for FrameView {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.function);
        tracer.value(&self.locals);
        tracer.value(&self.back);
    }
    fn clear(&self) {}
}

/// The line that a frame is in.
pub fn line_of(frame: FramePtr) -> u32 {
    let code = &frame.code().code;
    let span = code.spans.get(frame.index()).copied().unwrap_or_default();
    code.source.0.lines.line(span.start)
}

/// The local variables of a frame: a module's globals, a class body's namespace, or a new dict.
pub fn locals_of(vm: &mut Vm, frame: FramePtr) -> Value {
    let code: &CodeObj = frame.code();
    if code.code.flags.namespace {
        return frame.reg(0).clone();
    }
    if code.code.flags.module {
        return frame.function().globals.to_value();
    }
    let dict = vm.new_dict();
    for (i, name) in code.locals.iter().enumerate() {
        let mut value = frame.reg(i as u16).clone();
        if code.code.cells.contains(&(i as u16))
            && let Some(cell) = value.downcast::<CellObj>()
        {
            value = cell.get();
        }
        if !value.is_unbound() && !name.is_empty() {
            drop(dict.set_name(name, value));
        }
    }
    let frees = code.code.frees.clone();
    for (name, cell) in frees.iter().zip(&frame.function().closure) {
        let value = cell.get();
        if !value.is_unbound() {
            drop(dict.set_text(name, value));
        }
    }
    dict.into_value()
}

/// A frame object for a running frame and those below it.
pub fn view(vm: &mut Vm, frame: FramePtr) -> Value {
    let mut frames = vec![frame];
    let mut at = frame;
    while let Some(prev) = at.prev() {
        frames.push(prev);
        at = prev;
    }
    let mut back = Value::NONE;
    for (i, frame) in frames.into_iter().enumerate().rev() {
        // Only the frame that was asked for shows its variables; the others show none unless
        // they are a module's.
        let locals = if i == 0 || frame.code().code.flags.module {
            locals_of(vm, frame)
        } else {
            vm.new_dict().into_value()
        };
        let view = FrameView { function: frame.function().clone(), line: line_of(frame), locals, back };
        back = heap::new_opaque(&vm.types.frame, view);
    }
    back
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v FrameView> {
    match value.opaque::<FrameView>() {
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
        frame.line,
        frame.function.code.name.as_str()
    );
    Ok(vm.str(text))
}

fn frame_clear(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

fn f_back(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.back.clone())
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
    Ok(this(vm, value)?.locals.clone())
}

fn f_lineno(vm: &mut Vm, value: &Value) -> Result {
    let line = this(vm, value)?.line;
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
    let locals: Ref<Dict> = if entry.function.code.code.flags.module {
        entry.function.globals.clone()
    } else {
        vm.new_dict()
    };
    let view = FrameView {
        function: entry.function.clone(),
        line: entry.line(),
        locals: locals.into_value(),
        back: Value::NONE,
    };
    Ok(heap::new_opaque(&vm.types.frame, view))
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
