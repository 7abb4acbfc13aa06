//! `_internals`: what the modules written in Python cannot say in Python.

use crate::object::{
    Class, CodeObj, Dict, ExcObj, Function, GenKind, GenObj, ModuleObj, Ref, TracebackObj, Value, class_flag,
    heap,
};
use crate::types::float::{quiet, real_argument};
use crate::types::str::codec;
use crate::vm::native::{Native, Row, function};
use crate::vm::{Result, Vm};

/// Marks a class as a sequence or mapping for `match`, as one that messages name with its module,
/// or as one that is no base for others; the last two are not for subclasses.
fn mark_class(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(class) = args[0].downcast::<Class>() else {
        return Err(vm.type_error("mark_class() needs a class"));
    };
    let flag = match vm.text_of(&args[1])?.as_str() {
        "sequence" => class_flag::SEQUENCE,
        "mapping" => class_flag::MAPPING,
        "qualified" => {
            class.set_flag(class_flag::QUALIFIED);
            return Ok(Value::NONE);
        }
        "final" => {
            class.unset_flag(class_flag::BASE);
            return Ok(Value::NONE);
        }
        _ => 0,
    };
    mark_all(&class, flag);
    Ok(Value::NONE)
}

fn mark_all(class: &Ref<Class>, flag: u32) {
    class.set_flag(flag);
    for subclass in class.subclasses() {
        mark_all(&subclass, flag);
    }
}

/// Marks a function, or the methods of a class, as native in CPython: tracebacks leave their
/// frames out.
fn native(vm: &mut Vm, args: &[Value]) -> Result {
    hide(vm, &args[0])?;
    Ok(args[0].clone())
}

fn hide(vm: &mut Vm, value: &Value) -> Result<()> {
    if let Some(function) = value.get::<Function>() {
        hide_code(&function.code);
    } else if let Some(class) = value.downcast::<Class>() {
        for (_, attribute) in class.dict().items() {
            hide(vm, &attribute)?;
        }
    } else {
        for name in ["__func__", "fget"] {
            let name = heap::intern(name);
            if matches!(vm.type_name(value).as_str(), "property" | "classmethod" | "staticmethod")
                && let Some(inside) = vm.get_attr_optional(value, &name)?
            {
                hide(vm, &inside)?;
            }
        }
    }
    Ok(())
}

fn hide_code(code: &CodeObj) {
    code.hidden.set(true);
    for inner in code.consts.iter().filter_map(|constant| constant.get::<CodeObj>()) {
        hide_code(inner);
    }
}

/// A copy of a generator function whose generators may be awaited.
fn awaitable_function(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(function) = args[0].get::<Function>() else {
        return Err(vm.type_error("awaitable_function() needs a function"));
    };
    function.awaitable.set(true);
    Ok(args[0].clone())
}

/// Whether a function was marked by `types.coroutine`.
fn is_awaitable_function(_: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(args[0].get::<Function>().is_some_and(|f| f.awaitable.get())))
}

/// Whether a generator may be awaited.
fn is_awaitable_generator(_: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(
        args[0].get::<GenObj>().is_some_and(|g| g.kind != GenKind::AsyncGenerator && g.awaitable.get()),
    ))
}

/// An exception as the machine prints it.
fn format_exception(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].downcast::<ExcObj>() {
        Some(exc) => {
            let text = vm.format_exception(&exc);
            Ok(vm.str(text))
        }
        None => Err(vm.type_error("format_exception() needs an exception")),
    }
}

/// The last line (or lines) of that.
fn format_exception_only(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].downcast::<ExcObj>() {
        Some(exc) => {
            let text = vm.exception_only(&exc);
            Ok(vm.str(text))
        }
        None => Err(vm.type_error("format_exception_only() needs an exception")),
    }
}

fn format_traceback(vm: &mut Vm, args: &[Value]) -> Result {
    let text = vm.format_traceback(&args[0]);
    Ok(vm.str(text))
}

/// File and line of the `n`th caller, and its source line: for warnings.
fn caller(vm: &mut Vm, args: &[Value]) -> Result {
    let depth = vm.index_i64(&args[0])?;
    let mut frame = vm.shown_frame();
    for _ in 0..depth.max(0) {
        frame = frame.and_then(|f| f.shown_below());
    }
    let Some(frame) = frame else {
        let items = [vm.str("sys"), vm.int(1), vm.str("")];
        return Ok(vm.tuple(items));
    };
    let code = &frame.code().code;
    let span = code.spans.get(frame.index()).copied().unwrap_or_default();
    let source = &code.source.0;
    let line = source.lines.line(span.start);
    let text = source.lines.line_text(&source.text, line).trim().to_owned();
    let items = [vm.str(&*source.name), vm.int(i64::from(line)), vm.str(text)];
    Ok(vm.tuple(items))
}

fn write_err(vm: &mut Vm, args: &[Value]) -> Result {
    let text = vm.text_of(&args[0])?;
    vm.write_err(&text);
    Ok(Value::NONE)
}

/// `a | b` as `types.UnionType` has it.
fn union(vm: &mut Vm, args: &[Value]) -> Result {
    crate::types::alias::make_union(vm, &args[0], &args[1])
}

fn address(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(vm.str(crate::types::object::address(&args[0])))
}

/// Makes a class look like one of CPython's in C: messages name it with its module, and its
/// attributes cannot be set.
fn seal(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(class) = args[0].downcast::<Class>() else {
        return Err(vm.type_error("seal() needs a class"));
    };
    let module = vm.get_attr_text(&args[0], "__module__")?;
    let name = heap::new_str(format!("{}.{}", vm.text_of(&module)?, class.name_text()));
    drop(class.name.replace(name));
    class.unset_flag(class_flag::HEAP);
    Ok(Value::NONE)
}

/// What CPython calls an encoding; None for one that is not there.
fn codec_name(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    Ok(codec::canonical_name(&name).map_or(Value::NONE, |name| vm.str(name)))
}

fn register_error(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    codec::register_handler(vm, name, args[1].clone());
    Ok(Value::NONE)
}

/// The error handler that was registered under a name, or None.
fn find_error(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    Ok(codec::registered_handler(vm, &name).unwrap_or(Value::NONE))
}

/// Seconds east of UTC at a number of seconds since the epoch.
fn utc_offset(vm: &mut Vm, args: &[Value]) -> Result {
    let wall = vm.index_clamped(&args[0])?;
    let offset = vm.host.utc_offset(wall);
    Ok(vm.int(offset))
}

/// The bytes of a float in 4 or 8 bytes, the highest first; None when it is too large for them.
fn float_bytes(vm: &mut Vm, args: &[Value]) -> Result {
    let x = real_argument(vm, &args[0])?;
    if vm.index_i64(&args[1])? == 8 {
        return Ok(vm.bytes(quiet(x).to_be_bytes()));
    }
    let single = quiet(x) as f32;
    if single.is_infinite() && x.is_finite() {
        return Ok(Value::NONE);
    }
    Ok(vm.bytes(single.to_be_bytes()))
}

/// The float in 4 or 8 bytes.
fn float_from_bytes(vm: &mut Vm, args: &[Value]) -> Result {
    let data = crate::types::bytes::buffer(&args[0]).unwrap_or_default();
    if let Ok(bytes) = <[u8; 8]>::try_from(&data[..]) {
        return Ok(Value::float(f64::from_be_bytes(bytes)));
    }
    match <[u8; 4]>::try_from(&data[..]) {
        Ok(bytes) => Ok(Value::float(f64::from(f32::from_be_bytes(bytes)))),
        Err(_) => Err(vm.value_error("a float has 4 or 8 bytes")),
    }
}

/// One entry of a traceback as the machine prints it, and its place: first and last line, first
/// and last column.
fn format_entry(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(entry) = args[0].downcast::<TracebackObj>() else {
        return Err(vm.type_error("format_entry() needs a traceback"));
    };
    let text = vm.format_entry(&entry);
    let source = &entry.function().code.code.source.0;
    let span = entry.span();
    let start = source.lines.line_column(&source.text, span.start);
    let end = source.lines.line_column(&source.text, span.end);
    let number = |n: u32| vm.int(i64::from(n));
    let items = [
        vm.str(text),
        number(start.line),
        number(end.line),
        number(start.column.saturating_sub(1)),
        number(end.column.saturating_sub(1)),
    ];
    Ok(vm.tuple(items))
}

/// Runs the file of a module again.
fn reload(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    let Some(module) = args[1].downcast::<ModuleObj>() else {
        return Err(vm.type_error("reload() argument must be a module"));
    };
    match vm.reload_module(&name, &module)? {
        Some(module) => Ok(module),
        // The interpreter's own modules do not change.
        None => Ok(args[1].clone()),
    }
}

/// The text of a file that was run, or None.
fn source_of(vm: &mut Vm, args: &[Value]) -> Result {
    let name = vm.text_of(&args[0])?;
    Ok(match vm.source_of(&name) {
        Some(source) => vm.str(&*source.text),
        None => Value::NONE,
    })
}

/// The text that code was compiled from.
fn source_of_code(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].get::<CodeObj>() {
        Some(code) => Ok(vm.str(&*code.code.source.0.text)),
        None => Err(vm.type_error("source_of_code() needs code")),
    }
}

/// The row of a native function, or None: `name(parameters)`.
fn native_signature(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(match args[0].get::<Native>() {
        Some(native) if native.row.signature.contains('(') => vm.str(native.row.signature),
        _ => Value::NONE,
    })
}

const FUNCTIONS: &[Row] = &[
    function("float_bytes(x, size, /)", float_bytes),
    function("float_from_bytes(data, /)", float_from_bytes),
    function("seal(cls, /)", seal),
    function("native(object, /)", native),
    function("codec_name(name, /)", codec_name),
    function("register_error(name, handler, /)", register_error),
    function("find_error(name, /)", find_error),
    function("utc_offset(seconds, /)", utc_offset),
    function("format_entry(traceback, /)", format_entry),
    function("reload(name, module, /)", reload),
    function("source_of(filename, /)", source_of),
    function("source_of_code(code, /)", source_of_code),
    function("native_signature(function, /)", native_signature),
    function("mark_class(cls, kind, /)", mark_class),
    function("awaitable_function(function, /)", awaitable_function),
    function("is_awaitable_function(function, /)", is_awaitable_function),
    function("is_awaitable_generator(object, /)", is_awaitable_generator),
    function("format_exception(exc, /)", format_exception),
    function("format_exception_only(exc, /)", format_exception_only),
    function("format_traceback(traceback, /)", format_traceback),
    function("caller(depth, /)", caller),
    function("write_err(text, /)", write_err),
    function("address(object, /)", address),
    function("union(a, b, /)", union),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_internals", FUNCTIONS);
    dict.set_text("FrameLocalsProxy", vm.types.frame_locals.to_value());
    let array_store = crate::types::Extra::array_store(vm).to_value();
    dict.set_text("array_store", array_store);
    Ok(())
}
