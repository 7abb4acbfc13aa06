//! `print`, `input`, `open`.

use crate::object::{Ref, Str, Value};
use crate::types::stream::{self as streams, Stream, write_text};
use crate::types::tuple_items;
use crate::vm::native::{Row, function, raw};
use crate::vm::{Result, Vm};

/// `sys.stdout` (or another stream of `sys`) as the program has set it; unbound when `sys` was
/// never imported.
fn stream(vm: &mut Vm, name: &str) -> Result {
    match vm.modules.get_text("sys") {
        Some(sys) => match vm.get_attr_text(&sys, name) {
            Ok(stream) => Ok(stream),
            Err(_) => Err(vm.runtime_error(format!("lost sys.{name}"))),
        },
        None => Ok(Value::UNBOUND),
    }
}

fn separator(vm: &mut Vm, value: &Value, name: &str, default: &str) -> Result<String> {
    if value.is_none() {
        return Ok(default.to_owned());
    }
    match value.get::<Str>() {
        Some(text) => Ok(text.as_str().to_owned()),
        None => {
            let got = vm.type_name(value);
            Err(vm.type_error(format!("{name} must be None or a string, not {got}")))
        }
    }
}

fn print(vm: &mut Vm, args: &[Value]) -> Result {
    let [sep, end, file, flush, values] = args else { return Ok(Value::NONE) };
    let sep = separator(vm, sep, "sep", " ")?;
    let end = match end.bound() {
        Some(end) => separator(vm, end, "end", "\n")?,
        None => "\n".to_owned(),
    };
    let target = if file.is_none() { stream(vm, "stdout")? } else { file.clone() };
    if target.is_none() {
        return Ok(Value::NONE);
    }
    let number = match streams::untouched(&target) {
        Some(stream) => {
            stream.check_open(vm)?;
            Some(stream.number)
        }
        None if target.is_unbound() => Some(1),
        None => None,
    };
    let flush = vm.truth(flush)?;
    if let Some(number) = number {
        let mut text = String::new();
        for (i, value) in tuple_items(values).iter().enumerate() {
            if i > 0 {
                text.push_str(&sep);
            }
            match vm.str_of(value) {
                Ok(shown) => text.push_str(shown.as_str()),
                Err(raised) => {
                    // What was written before the failing argument stays written.
                    write_text(vm, number, &text)?;
                    return Err(raised);
                }
            }
        }
        text.push_str(&end);
        write_text(vm, number, &text)?;
        if flush && let Err(code) = vm.host.flush_out() {
            return Err(vm.os_error_code(code));
        }
        return Ok(Value::NONE);
    }
    let write = vm.get_attr_text(&target, "write")?;
    let sep = vm.str(sep);
    for (i, value) in tuple_items(values).iter().enumerate() {
        if i > 0 {
            vm.call(&write, std::slice::from_ref(&sep))?;
        }
        let text = vm.str_of(value)?.into_value();
        vm.call(&write, &[text])?;
    }
    let end = vm.str(end);
    vm.call(&write, &[end])?;
    if flush {
        vm.call_method(&target, "flush", &[])?;
    }
    Ok(Value::NONE)
}

/// A stream that `input` cannot do without.
fn needed(vm: &mut Vm, name: &str) -> Result {
    let found = stream(vm, name).ok().filter(|stream| !stream.is_none());
    found.ok_or_else(|| vm.runtime_error(format!("input(): lost sys.{name}")))
}

fn input(vm: &mut Vm, args: &[Value]) -> Result {
    let (stdin, stdout) = (needed(vm, "stdin")?, needed(vm, "stdout")?);
    // It would be flushed, had it anything to hold back; that it is closed matters to nobody.
    needed(vm, "stderr")?;
    for stream in [&stdin, &stdout] {
        if let Some(stream) = stream.opaque::<Stream>() {
            stream.check_open(vm)?;
        }
    }
    let prompt = vm.text_of(&args[0])?;
    if !prompt.is_empty() {
        if stdout.is_unbound() || stdout.opaque::<Stream>().is_some() {
            write_text(vm, 1, &prompt)?;
        } else {
            let prompt = vm.str(prompt);
            vm.call_method(&stdout, "write", &[prompt])?;
        }
    }
    if let Err(code) = vm.host.flush_out() {
        return Err(vm.os_error_code(code));
    }
    let line = if stdin.is_unbound() {
        let bytes = vm.read_line()?;
        streams::decoded(vm, &bytes)?
    } else if let Some(stream) = stdin.opaque::<Stream>() {
        streams::line(vm, stream)?
    } else {
        let line = vm.call_method(&stdin, "readline", &[])?;
        vm.text_of(&line)?
    };
    if line.is_empty() {
        return Err(vm.eof_error("EOF when reading a line"));
    }
    Ok(vm.str(line.strip_suffix('\n').unwrap_or(&line)))
}

/// `io.open`; the module is loaded with the first file.
fn open(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let named = names.iter().any(|name| name.as_str() == "file");
    if values.len() == names.len() && !named {
        return Err(vm.type_error("open() missing required argument 'file' (pos 1)"));
    }
    let io = vm.import_module("io")?;
    let open = vm.get_attr_text(&io, "open")?;
    vm.call_kw(&open, values, names)
}

pub const FUNCTIONS: &[Row] = &[
    function("print(*args, sep=' ', end='\\n', file=None, flush=False)", print),
    function("input(prompt='', /)", input),
    raw(
        "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        open,
    ),
];
