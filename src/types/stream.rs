//! The standard streams as file objects: text in, text out, no buffering of their own (the host
//! buffers).

use super::str::codec;
use super::{Extra, wrong_receiver};
use crate::object::{Kind, Opaque, Str, Tracer, Value, class_flag, heap};
use crate::source::surrogate::is_surrogate;
use crate::vm::native::{Row, getter, method, next};
use crate::vm::{Result, Vm};
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

impl Stream {
    pub fn check_open(&self, vm: &Vm) -> Result<()> {
        if self.closed.get() { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(()) }
    }
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
    stream.check_open(vm)?;
    Ok(stream)
}

/// Writes a text to a stream; lone surrogates as the stream's error handler says.
pub fn write_text(vm: &mut Vm, number: i64, text: &str) -> Result<()> {
    heap::spend_items(text.len() / 4);
    if !text.is_ascii() && text.chars().any(is_surrogate) {
        let (errors, text) = (errors(vm, number), vm.str(text));
        let bytes = codec::encode(vm, &text, "utf-8", errors)?;
        return write_bytes(vm, number, &bytes);
    }
    write_bytes(vm, number, text.as_bytes())
}

fn write_bytes(vm: &mut Vm, number: i64, bytes: &[u8]) -> Result<()> {
    let written = match number {
        1 => vm.host.write_out(bytes),
        2 => vm.host.write_err(bytes),
        _ => return Err(vm.os_error("not writable")),
    };
    written.map_err(|code| vm.os_error_code(code))
}

fn write(vm: &mut Vm, args: &[Value]) -> Result {
    let number = this(vm, &args[0])?.number;
    let Some(text) = args[1].get::<Str>() else {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("write() argument must be str, not {got}")));
    };
    write_text(vm, number, text.as_str())?;
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
pub fn line(vm: &mut Vm, stream: &Stream) -> Result<String> {
    let mut text = std::mem::take(&mut *stream.rest.borrow_mut());
    if !text.contains('\n') {
        let bytes = vm.read_line()?;
        text += &decoded(vm, &bytes)?;
    }
    let end = text.find('\n').map_or(text.len(), |at| at + 1);
    *stream.rest.borrow_mut() = text.split_off(end);
    Ok(text)
}

/// The text of a line of input.
pub fn decoded(vm: &mut Vm, bytes: &[u8]) -> Result<String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let errors = errors(vm, 0);
    codec::decode(vm, bytes, "utf-8", errors)
}

/// What becomes of bytes that are no UTF-8, and of lone surrogates. In the locale that knows nothing, CPython lets
/// them pass.
///
/// Source: `PYTHONIOENCODING`, in "Command line and environment"; PEP 538, PEP 540.
fn errors(vm: &Vm, number: i64) -> &'static str {
    if number == 2 {
        return "backslashreplace";
    }
    if let Some(given) = vm.host.environment("PYTHONIOENCODING").filter(|given| !given.is_empty()) {
        let errors = given.split_once(':').map_or("strict", |(_, errors)| errors);
        let known = ["surrogateescape", "replace", "ignore", "backslashreplace", "surrogatepass"];
        return known.into_iter().find(|&name| name == errors).unwrap_or("strict");
    }
    let mut names = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| vm.host.environment(name));
    match names.find(|name| !name.is_empty()).as_deref() {
        None | Some("C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8") => "surrogateescape",
        Some(_) => "strict",
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
    let errors = errors(vm, number);
    Ok(vm.str(errors))
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
