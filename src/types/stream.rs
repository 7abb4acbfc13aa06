//! The standard streams as file objects: text in, text out, no buffering of their own (the host
//! buffers).

use super::{Extra, wrong_receiver};
use crate::object::{Kind, Opaque, Str, Tracer, Value, class_flag, heap};
use crate::source::surrogate::{code_of, is_surrogate};
use crate::vm::native::{Row, getter, method, next};
use crate::vm::{Raised, Result, Vm};
use std::cell::{Cell, RefCell};

/// The payload: which of the three it is.
pub struct Stream {
    /// 0, 1 or 2.
    pub number: i64,
    closed: Cell<bool>,
    /// Input that was read but not asked for yet.
    rest: RefCell<String>,
    /// What `buffer` is; unbound until then.
    buffer: Cell<Value>,
}

impl Opaque for Stream {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.buffer);
    }
    fn clear(&self) {
        drop(self.buffer.replace(Value::UNBOUND));
    }
}

/// The standard stream that a value is, unless the program has set attributes of it: then its
/// methods are asked for like those of any object.
pub fn untouched(value: &Value) -> Option<&Stream> {
    let own = value.header().and_then(|header| header.tail_cell());
    value
        .opaque::<Stream>()
        .filter(|_| own.is_none_or(|cell| Value::look(cell, |dict| dict.bound().is_none())))
}

/// A new stream object for standard input, output or error.
pub fn make(vm: &mut Vm, number: i64) -> Value {
    let class = Extra::text_stream(vm);
    let body = Stream {
        number,
        closed: Cell::new(false),
        rest: RefCell::default(),
        buffer: Cell::new(Value::UNBOUND),
    };
    heap::new_opaque(&class, body)
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Stream> {
    let Some(stream) = value.opaque::<Stream>() else {
        return Err(wrong_receiver(vm, value, "_io.TextIOWrapper"));
    };
    if stream.closed.get() {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    Ok(stream)
}

/// Writes a text to a stream, refusing lone surrogates as UTF-8 does.
pub fn write_text(vm: &mut Vm, number: i64, text: &str) -> Result<()> {
    if let Some(raised) = unencodable(vm, number, text) {
        return Err(raised);
    }
    heap::spend_items(text.len() / 4);
    match number {
        1 => vm.write_out(text),
        2 => vm.host.write_err(text.as_bytes()).map_err(|code| vm.os_error_code(code)),
        _ => Err(vm.os_error("not writable")),
    }
}

/// The UnicodeEncodeError for a text with a lone surrogate; standard error escapes it instead.
fn unencodable(vm: &mut Vm, number: i64, text: &str) -> Option<Raised> {
    if text.is_ascii() || number == 2 {
        return None;
    }
    let at = text.chars().position(is_surrogate)?;
    let class = vm.exceptions.unicode_encode_error.to_value();
    let args = [
        vm.str("utf-8"),
        vm.str(text),
        Value::index(at),
        Value::index(at + 1),
        vm.str("surrogates not allowed"),
    ];
    match vm.call(&class, &args) {
        Ok(exc) => exc.downcast().map(Raised),
        Err(raised) => Some(raised),
    }
}

fn escape_surrogates(text: &str) -> String {
    text.chars()
        .map(|c| if is_surrogate(c) { format!("\\u{:04x}", code_of(c)) } else { c.to_string() })
        .collect()
}

fn write(vm: &mut Vm, args: &[Value]) -> Result {
    let number = this(vm, &args[0])?.number;
    let Some(text) = args[1].get::<Str>() else {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("write() argument must be str, not {got}")));
    };
    if number == 2 && text.as_str().chars().any(is_surrogate) {
        write_text(vm, number, &escape_surrogates(text.as_str()))?;
    } else {
        write_text(vm, number, text.as_str())?;
    }
    Ok(Value::index(text.len()))
}

fn writelines(vm: &mut Vm, args: &[Value]) -> Result {
    for line in vm.collect(&args[1])? {
        write(vm, &[args[0].clone(), line])?;
    }
    Ok(Value::NONE)
}

fn flush(vm: &mut Vm, args: &[Value]) -> Result {
    if this(vm, &args[0])?.number == 1
        && let Err(code) = vm.host.flush_out()
    {
        return Err(vm.os_error_code(code));
    }
    Ok(Value::NONE)
}

/// A line of input with its line ending; empty at the end.
fn line(vm: &mut Vm, stream: &Stream) -> Result<String> {
    let rest = std::mem::take(&mut *stream.rest.borrow_mut());
    if rest.contains('\n') {
        let (line, more) = rest.split_at(rest.find('\n').map_or(rest.len(), |i| i + 1));
        more.clone_into(&mut stream.rest.borrow_mut());
        return Ok(line.to_owned());
    }
    match vm.host.read_line() {
        Ok(bytes) => Ok(rest + &String::from_utf8_lossy(&bytes)),
        Err(code) => Err(vm.os_error_code(code)),
    }
}

fn readable<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Stream> {
    let stream = this(vm, value)?;
    if stream.number != 0 {
        return Err(vm.os_error("not readable"));
    }
    Ok(stream)
}

fn readline(vm: &mut Vm, args: &[Value]) -> Result {
    let stream = readable(vm, &args[0])?;
    let line = line(vm, stream)?;
    Ok(vm.str(line))
}

fn read(vm: &mut Vm, args: &[Value]) -> Result {
    let stream = readable(vm, &args[0])?;
    let limit = if args[1].is_none() { -1 } else { vm.index_i64(&args[1])? };
    let mut text = String::new();
    loop {
        if limit >= 0 && text.chars().count() as i64 >= limit {
            let cut = text.char_indices().nth(limit as usize).map_or(text.len(), |(i, _)| i);
            stream.rest.borrow_mut().insert_str(0, &text[cut..]);
            text.truncate(cut);
            break;
        }
        let more = line(vm, stream)?;
        if more.is_empty() {
            break;
        }
        text.push_str(&more);
    }
    Ok(vm.str(text))
}

fn readlines(vm: &mut Vm, args: &[Value]) -> Result {
    let stream = readable(vm, &args[0])?;
    let mut lines = Vec::new();
    loop {
        let text = line(vm, stream)?;
        if text.is_empty() {
            return Ok(vm.list(lines));
        }
        lines.push(vm.str(text));
    }
}

fn iter(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

fn next_line(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    let stream = readable(vm, value)?;
    let text = line(vm, stream)?;
    Ok(if text.is_empty() { None } else { Some(vm.str(text)) })
}

fn isatty(vm: &mut Vm, args: &[Value]) -> Result {
    let number = this(vm, &args[0])?.number;
    Ok(Value::bool(vm.is_terminal(number)))
}

fn fileno(vm: &mut Vm, args: &[Value]) -> Result {
    let number = this(vm, &args[0])?.number;
    Ok(vm.int(number))
}

fn is_readable(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(this(vm, &args[0])?.number == 0))
}

fn is_writable(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(this(vm, &args[0])?.number != 0))
}

fn close(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].opaque::<Stream>() {
        Some(stream) => stream.closed.set(true),
        None => return Err(wrong_receiver(vm, &args[0], "_io.TextIOWrapper")),
    }
    Ok(Value::NONE)
}

fn reconfigure(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let number = args[0].opaque::<Stream>().map_or(0, |s| s.number);
    let (name, mode) = match number {
        0 => ("<stdin>", "r"),
        1 => ("<stdout>", "w"),
        _ => ("<stderr>", "w"),
    };
    Ok(vm.str(format!("<_io.TextIOWrapper name='{name}' mode='{mode}' encoding='utf-8'>")))
}

fn get_name(vm: &mut Vm, value: &Value) -> Result {
    let names = ["<stdin>", "<stdout>", "<stderr>"];
    let number = value.opaque::<Stream>().map_or(0, |s| s.number);
    Ok(vm.str(names[number.clamp(0, 2) as usize]))
}

fn get_encoding(vm: &mut Vm, _: &Value) -> Result {
    Ok(vm.str("utf-8"))
}

fn get_errors(vm: &mut Vm, value: &Value) -> Result {
    let number = value.opaque::<Stream>().map_or(0, |s| s.number);
    Ok(vm.str(if number == 2 { "backslashreplace" } else { "strict" }))
}

fn get_mode(vm: &mut Vm, value: &Value) -> Result {
    let number = value.opaque::<Stream>().map_or(0, |s| s.number);
    Ok(vm.str(if number == 0 { "r" } else { "w" }))
}

fn get_closed(_: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(value.opaque::<Stream>().is_some_and(|s| s.closed.get())))
}

/// The bytes behind the text: an object of `io`, made when it is first asked for.
fn get_buffer(vm: &mut Vm, value: &Value) -> Result {
    let stream = this(vm, value)?;
    let known = Value::peek(&stream.buffer);
    if !known.is_unbound() {
        return Ok(known);
    }
    let io = vm.import_module("io")?;
    let number = vm.int(stream.number);
    let buffer = vm.call_method(&io, "_standard", &[number])?;
    drop(stream.buffer.replace(buffer.clone()));
    Ok(buffer)
}

fn get_line_buffering(vm: &mut Vm, value: &Value) -> Result {
    let out = this(vm, value)?.number == 1;
    Ok(Value::bool(!out || vm.is_terminal(1)))
}

fn get_newlines(_: &mut Vm, _: &Value) -> Result {
    Ok(Value::NONE)
}

const METHODS: &[Row] = &[
    method("__repr__(self, /)", repr),
    method("write(self, text, /)", write),
    method("writelines(self, lines, /)", writelines),
    method("flush(self, /)", flush),
    method("read(self, size=-1, /)", read),
    method("readline(self, size=-1, /)", readline),
    method("readlines(self, hint=-1, /)", readlines),
    method("__iter__(self, /)", iter),
    next(next_line),
    method("isatty(self, /)", isatty),
    method("fileno(self, /)", fileno),
    method("readable(self, /)", is_readable),
    method("writable(self, /)", is_writable),
    method("close(self, /)", close),
    method("reconfigure(self, /, **kwargs)", reconfigure),
    getter("buffer", get_buffer),
    getter("line_buffering", get_line_buffering),
    getter("newlines", get_newlines),
    getter("name", get_name),
    getter("encoding", get_encoding),
    getter("errors", get_errors),
    getter("mode", get_mode),
    getter("closed", get_closed),
    getter("__dict__", super::object::get_dict),
];

pub fn install(vm: &mut Vm) {
    let object = vm.types.object.clone();
    // Programs hang attributes on streams, `write` among them.
    let flags = class_flag::HAS_DICT | class_flag::TAIL_DICT | class_flag::WEAKREF;
    let class = vm.new_class("TextIOWrapper", "_io", &object, Kind::Opaque, flags, METHODS);
    vm.extension::<Extra>().text_stream = Some(class);
}
