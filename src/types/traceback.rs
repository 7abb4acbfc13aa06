//! Tracebacks as objects: chains of entries, each a frame and an instruction.

use super::{payload, split_arguments};
use crate::object::{FrameObj, Ref, Str, TracebackObj, Value};
use crate::source::Span;
use crate::vm::native::{Row, getset, getter, method, static_raw};
use crate::vm::{Result, Vm};

fn traceback(vm: &mut Vm, value: &Value) -> Result<Ref<TracebackObj>> {
    payload::<TracebackObj>(vm, value, "traceback")
}

/// `TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)`. The instruction is the one at
/// `tb_lasti` if that is in the line, otherwise the first of the line.
fn new_traceback(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    const NAMES: [&str; 4] = ["tb_next", "tb_frame", "tb_lasti", "tb_lineno"];
    let (positional, keyword) = split_arguments(&values[1..], names);
    let given = positional.len() + names.len();
    if given > NAMES.len() {
        return Err(vm.type_error(format!("traceback() takes at most 4 arguments ({given} given)")));
    }
    let mut parts: [Option<&Value>; 4] = std::array::from_fn(|at| positional.get(at));
    for (name, value) in keyword {
        match NAMES.iter().position(|known| *known == name.as_str()) {
            Some(at) if parts[at].is_none() => parts[at] = Some(value),
            _ => {
                let name = name.as_str();
                return Err(vm.type_error(format!("traceback() got an unexpected keyword argument '{name}'")));
            }
        }
    }
    if let Some(at) = parts.iter().position(Option::is_none) {
        let name = NAMES[at];
        return Err(vm.type_error(format!("traceback() missing required argument '{name}' (pos {})", at + 1)));
    }
    let [Some(next), Some(frame), Some(lasti), Some(lineno)] = parts else {
        return Err(vm.system_error("an argument is missing"));
    };
    let Some(shown) = frame.downcast::<FrameObj>() else {
        let got = vm.type_name(frame);
        return Err(vm.type_error(format!("traceback() argument 'tb_frame' must be frame, not {got}")));
    };
    let (lasti, lineno) = (vm.index_i64(lasti)?, vm.index_i64(lineno)?);
    if !next.is_none() && !next.is::<TracebackObj>() {
        let got = vm.type_name(next);
        return Err(vm.type_error(format!("expected traceback object or None, got '{got}'")));
    }
    let code = &shown.function.code.code;
    let lines = &code.source.0.lines;
    let is_in_line = |span: &Span| i64::from(lines.line(span.start)) == lineno;
    let at_lasti = usize::try_from(lasti / 2).unwrap_or(0);
    let index = match code.spans.get(at_lasti) {
        Some(span) if is_in_line(span) => at_lasti,
        _ => code.spans.iter().position(is_in_line).unwrap_or(shown.index() as usize),
    };
    Ok(TracebackObj::create(&vm.types.traceback, next.clone(), shown, index as u32).into_value())
}

fn tb_frame(vm: &mut Vm, value: &Value) -> Result {
    let entry = traceback(vm, value)?;
    Ok(vm.frame_of_entry(&entry).into_value())
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

const TRACEBACK: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new_traceback),
    method("__dir__(self, /)", dir),
    getter("tb_frame", tb_frame),
    getter("tb_lasti", tb_lasti),
    getset("tb_next", tb_next, set_tb_next),
    getter("tb_lineno", tb_lineno),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.traceback.clone();
    vm.add_rows(&class, TRACEBACK);
}
