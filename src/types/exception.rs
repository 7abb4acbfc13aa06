//! Exceptions: the constructor that all share, and what some classes add: fields, a text of
//! their own, OSError's choice of a subclass. What a class holds besides `args` lies in the
//! payload's named fields; machine-made exceptions may lack them, so readers fall back on
//! `args`.

use super::{class_argument, payload, split_arguments, tuple_items};
use crate::object::{
    BytesObj, Class, Dict, ExcObj, ListObj, Ref, Special, Str, TracebackObj, TupleObj, Value, heap,
};
use crate::vm::native::{Row, getset, method, raw, static_raw};
use crate::vm::{Result, Vm};

/// The payload of an exception.
pub fn this(vm: &mut Vm, value: &Value) -> Result<Ref<ExcObj>> {
    payload::<ExcObj>(vm, value, "BaseException")
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.exceptions.base_exception.clone();
    let class = class_argument(vm, values, &base)?;
    let (positional, _) = split_arguments(values, names);
    let args = vm.tuple(positional[1..].to_vec());
    Ok(heap::alloc(&class, ExcObj::new(args)).into_value())
}

fn set_args(vm: &mut Vm, exc: &ExcObj, given: &[Value]) {
    let args = vm.tuple(given.to_vec());
    drop(exc.args.replace(args));
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let value = values.first().unwrap_or(const { &Value::NONE });
    let exc = this(vm, value)?;
    if !names.is_empty() {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
    }
    set_args(vm, &exc, &values[1..]);
    Ok(Value::NONE)
}

/// An `__init__` whose keywords become fields.
fn init_with_fields(
    vm: &mut Vm,
    function: &str,
    fields: &[&'static str],
    values: &[Value],
    names: &[Ref<Str>],
) -> Result<(Ref<ExcObj>, Vec<Value>)> {
    let value = values.first().unwrap_or(const { &Value::NONE });
    let exc = this(vm, value)?;
    let (positional, keywords) = split_arguments(values, names);
    for field in fields {
        exc.set_field(field, Value::NONE);
    }
    if names.len() > fields.len() {
        let (most, given) = (fields.len(), names.len());
        let plural = if most == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{function}() takes at most {most} keyword argument{plural} ({given} given)"
        )));
    }
    for (name, value) in keywords {
        match fields.iter().find(|f| **f == name.as_str()) {
            Some(field) => exc.set_field(field, value.clone()),
            None => {
                let name = name.as_str();
                return Err(
                    vm.type_error(format!("{function}() got an unexpected keyword argument '{name}'"))
                );
            }
        }
    }
    let given = positional[1..].to_vec();
    set_args(vm, &exc, &given);
    Ok((exc, given))
}

fn args_of(exc: &ExcObj) -> Value {
    Value::peek(&exc.args)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let name = vm.type_name(&args[0]);
    let held = args_of(&exc);
    vm.check_native_stack()?;
    let text = super::repr_items(vm, &format!("{name}("), tuple_items(&held), ")")?;
    Ok(vm.str(text))
}

fn str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let held = args_of(&exc);
    match tuple_items(&held) {
        [] => Ok(vm.str("")),
        [one] => Ok(vm.str_of(one)?.into_value()),
        _ => Ok(vm.repr(&held)?.into_value()),
    }
}

fn setstate(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].is_none() {
        return Ok(Value::NONE);
    }
    let Some(state) = args[1].downcast::<Dict>() else {
        return Err(vm.type_error("state is not a dictionary"));
    };
    for (key, value) in state.items() {
        let name = super::attribute_name(vm, &key)?;
        vm.set_attr(&args[0], &name, value)?;
    }
    Ok(Value::NONE)
}

fn with_traceback(vm: &mut Vm, args: &[Value]) -> Result {
    set_traceback(vm, &args[0], &args[1])?;
    Ok(args[0].clone())
}

fn add_note(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].get::<Str>().is_none() {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("note must be a str, not '{got}'")));
    }
    let name = heap::intern("__notes__");
    let notes = match vm.get_attr_optional(&args[0], &name)? {
        Some(notes) => notes,
        None => {
            let notes = vm.list(Vec::new());
            vm.set_attr(&args[0], &name, notes.clone())?;
            notes
        }
    };
    match notes.get::<ListObj>() {
        Some(list) => {
            list.push(args[1].clone());
            Ok(Value::NONE)
        }
        None => Err(vm.type_error("Cannot add note: __notes__ is not a list")),
    }
}

fn get_args(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    Ok(args_of(&exc))
}

fn set_args_attribute(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("args may not be deleted"));
    }
    let items = vm.collect(new)?;
    let exc = this(vm, value)?;
    set_args(vm, &exc, &items);
    Ok(())
}

fn get_traceback(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.traceback))
}

fn set_traceback(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("__traceback__ may not be deleted"));
    }
    if !new.is_none() && !new.is::<TracebackObj>() {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    drop(this(vm, value)?.traceback.replace(new.clone()));
    Ok(())
}

fn get_context(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.context))
}

fn set_context(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("__context__ may not be deleted"));
    }
    if !new.is_none() && !new.is::<ExcObj>() {
        return Err(vm.type_error("exception context must be None or derive from BaseException"));
    }
    drop(this(vm, value)?.context.replace(new.clone()));
    Ok(())
}

fn get_cause(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.cause))
}

fn set_cause(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("__cause__ may not be deleted"));
    }
    if !new.is_none() && !new.is::<ExcObj>() {
        return Err(vm.type_error("exception cause must be None or derive from BaseException"));
    }
    let exc = this(vm, value)?;
    drop(exc.cause.replace(new.clone()));
    exc.suppress_context.set(true);
    Ok(())
}

fn get_suppress(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.suppress_context.get()))
}

fn set_suppress(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    match new.as_bool() {
        Some(on) => {
            this(vm, value)?.suppress_context.set(on);
            Ok(())
        }
        None => Err(vm.type_error("attribute value type must be bool")),
    }
}

fn set_dict(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if !new.is::<Dict>() {
        let got = vm.type_name(new);
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{got}'")));
    }
    drop(this(vm, value)?.dict.replace(new.clone()));
    Ok(())
}

/// A pair of functions that read and set a named field.
macro_rules! fields {
    ($($get:ident $set:ident $name:literal)*) => {
        $(
            fn $get(vm: &mut Vm, value: &Value) -> Result {
                let held = this(vm, value)?.field($name);
                Ok(if held.is_unbound() { Value::NONE } else { held })
            }
            fn $set(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
                let new = new.bound().cloned().unwrap_or(Value::NONE);
                this(vm, value)?.set_field($name, new);
                Ok(())
            }
        )*
    };
}

fields! {
    get_name set_name "name"
    get_obj set_obj "obj"
    get_path set_path "path"
    get_msg set_msg "msg"
    get_name_from set_name_from "name_from"
    get_errno set_errno "errno"
    get_strerror set_strerror "strerror"
    get_filename set_filename "filename"
    get_filename2 set_filename2 "filename2"
    get_lineno set_lineno "lineno"
    get_offset set_offset "offset"
    get_text set_text "text"
    get_end_lineno set_end_lineno "end_lineno"
    get_end_offset set_end_offset "end_offset"
    get_print set_print "print_file_and_line"
    get_encoding set_encoding "encoding"
    get_object set_object "object"
    get_start set_start "start"
    get_end set_end "end"
    get_reason set_reason "reason"
    get_value_field set_value "value"
    get_code_field set_code "code"
}

/// Set by whoever knows how much a blocked write got rid of; not there before.
fn get_characters_written(vm: &mut Vm, value: &Value) -> Result {
    let held = this(vm, value)?.field("characters_written");
    if held.is_unbound() { Err(vm.attribute_error("characters_written")) } else { Ok(held) }
}

fn set_characters_written(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() && this(vm, value)?.field("characters_written").is_unbound() {
        return Err(vm.attribute_error("characters_written"));
    }
    let new =
        if new.is_unbound() { Value::UNBOUND } else { Value::index(vm.index_i64(new)?.max(0) as usize) };
    this(vm, value)?.set_field("characters_written", new);
    Ok(())
}

/// `msg`; the machine's own exceptions hold it in `args` alone.
fn get_message(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    let held = args_of(&exc);
    match tuple_items(&held) {
        [one] if exc.field("msg").is_unbound() => Ok(one.clone()),
        _ => get_msg(vm, value),
    }
}

// ---- StopIteration, SystemExit

fn get_value(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    if exc.field("value").is_unbound() { Ok(vm.stop_value(&exc)) } else { get_value_field(vm, value) }
}

fn stop_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init(vm, values, names)?;
    let exc = this(vm, &values[0])?;
    exc.set_field("value", values.get(1).cloned().unwrap_or(Value::NONE));
    Ok(Value::NONE)
}

fn code_from_args(vm: &mut Vm, given: &[Value]) -> Value {
    match given {
        [] => Value::NONE,
        [one] => one.clone(),
        _ => vm.tuple(given.to_vec()),
    }
}

fn get_code(vm: &mut Vm, value: &Value) -> Result {
    let exc = this(vm, value)?;
    if exc.field("code").is_unbound() {
        let held = args_of(&exc);
        return Ok(code_from_args(vm, tuple_items(&held)));
    }
    get_code_field(vm, value)
}

fn exit_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init(vm, values, names)?;
    let code = code_from_args(vm, &values[1..]);
    this(vm, &values[0])?.set_field("code", code);
    Ok(Value::NONE)
}

// ---- KeyError

fn key_str(vm: &mut Vm, args: &[Value]) -> Result {
    let held = args_of(&*this(vm, &args[0])?);
    match tuple_items(&held) {
        [one] => Ok(vm.repr(one)?.into_value()),
        _ => str(vm, args),
    }
}

// ---- NameError, AttributeError, ImportError

fn name_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init_with_fields(vm, "NameError", &["name"], values, names)?;
    Ok(Value::NONE)
}

fn attribute_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init_with_fields(vm, "AttributeError", &["name", "obj"], values, names)?;
    Ok(Value::NONE)
}

fn import_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let fields = ["name", "path", "name_from"];
    let (exc, given) = init_with_fields(vm, "ImportError", &fields, values, names)?;
    let msg = if let [msg] = &given[..] { msg.clone() } else { Value::NONE };
    exc.set_field("msg", msg);
    Ok(Value::NONE)
}

fn import_str(vm: &mut Vm, args: &[Value]) -> Result {
    let msg = this(vm, &args[0])?.field("msg");
    if vm.class_of(&msg).is_same(&vm.types.str) { Ok(msg) } else { str(vm, args) }
}

// ---- OSError

/// A subclass with an `__init__` of its own, but no `__new__`, gets its arguments there.
fn filled_by_init(vm: &Vm, class: &Ref<Class>) -> bool {
    let base = &vm.exceptions.os_error;
    let same = |special| match (class.special(special), base.special(special)) {
        (Some(own), Some(known)) => own.is_same(&known),
        _ => false,
    };
    !same(Special::Init) && same(Special::New)
}

/// What the arguments say: `errno, strerror[, filename[, winerror[, filename2]]]`.
fn fill_os(vm: &mut Vm, exc: &ExcObj, given: &[Value]) {
    let numbered = (2..=5).contains(&given.len());
    set_args(vm, exc, if numbered { &given[..2] } else { given });
    if numbered {
        exc.set_field("errno", given[0].clone());
        exc.set_field("strerror", given[1].clone());
        for (field, at) in [("filename", 2), ("filename2", 4)] {
            if let Some(name) = given.get(at) {
                exc.set_field(field, name.clone());
            }
        }
    }
}

fn os_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.exceptions.os_error.clone();
    let mut class = class_argument(vm, values, &base)?;
    let (positional, _) = split_arguments(values, names);
    let given = &positional[1..];
    let args = vm.tuple([]);
    if filled_by_init(vm, &class) {
        return Ok(heap::alloc(&class, ExcObj::new(args)).into_value());
    }
    if class.is_same(&base)
        && (2..=5).contains(&given.len())
        && let Some(errno) = vm.int_like_i64(&given[0])
        && let Some(found) = vm.os_error_class(errno)
    {
        class = found;
    }
    let exc = heap::alloc(&class, ExcObj::new(args));
    fill_os(vm, &exc, given);
    Ok(exc.into_value())
}

fn os_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let value = values.first().unwrap_or(const { &Value::NONE });
    let exc = this(vm, value)?;
    if !names.is_empty() {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
    }
    // Otherwise the constructor has done all.
    if filled_by_init(vm, &vm.class_of(value).clone()) {
        fill_os(vm, &exc, &values[1..]);
    }
    Ok(Value::NONE)
}

fn os_str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let (errno, strerror) = (exc.field("errno"), exc.field("strerror"));
    if errno.is_unbound() || strerror.is_unbound() {
        return str(vm, args);
    }
    let mut text = format!("[Errno {}] {}", vm.text_of(&errno)?, vm.text_of(&strerror)?);
    let filename = exc.field("filename");
    if !filename.is_unbound() && !filename.is_none() {
        text.push_str(": ");
        text.push_str(&vm.repr_text(&filename)?);
        let second = exc.field("filename2");
        if !second.is_unbound() && !second.is_none() {
            text.push_str(" -> ");
            text.push_str(&vm.repr_text(&second)?);
        }
    }
    Ok(vm.str(text))
}

// ---- SyntaxError

fn syntax_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    init(vm, values, names)?;
    let exc = this(vm, &values[0])?;
    if let Some(msg) = values.get(1) {
        exc.set_field("msg", msg.clone());
    }
    if let [_, _, details] = values {
        let details = vm.collect(details)?;
        let given = details.len();
        match given {
            4 | 6 | 7 => {}
            5 => return Err(vm.type_error("end_offset must be provided when end_lineno is provided")),
            0..4 => {
                return Err(vm.type_error(format!("function takes at least 4 arguments ({given} given)")));
            }
            _ => return Err(vm.type_error(format!("function takes at most 7 arguments ({given} given)"))),
        }
        let fields = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"];
        for (field, value) in fields.into_iter().zip(details) {
            exc.set_field(field, value);
        }
    }
    Ok(Value::NONE)
}

fn syntax_str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let mut msg = exc.field("msg");
    if msg.is_unbound() {
        let held = args_of(&exc);
        msg = tuple_items(&held).first().cloned().unwrap_or(Value::NONE);
    }
    let mut text = vm.text_of(&msg)?;
    let filename = exc.field("filename");
    let line = exc.field("lineno").as_int();
    let file = filename.get::<Str>().map(|f| f.as_str().rsplit('/').next().unwrap_or_default().to_owned());
    match (file, line) {
        (Some(file), Some(line)) => text.push_str(&format!(" ({file}, line {line})")),
        (Some(file), None) => text.push_str(&format!(" ({file})")),
        (None, Some(line)) => text.push_str(&format!(" (line {line})")),
        (None, None) => {}
    }
    Ok(vm.str(text))
}

// ---- Unicode errors

fn unicode_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>], fields: &[&'static str]) -> Result {
    init(vm, values, names)?;
    let given = &values[1..];
    if given.len() != fields.len() {
        return Err(vm.type_error(format!(
            "function takes exactly {} arguments ({} given)",
            fields.len(),
            given.len()
        )));
    }
    let exc = this(vm, &values[0])?;
    let bytes = fields.len() == 5 && vm.is_a(&values[0], &vm.exceptions.unicode_decode_error);
    for (i, (field, value)) in fields.iter().zip(given).enumerate() {
        if *field == "object" && bytes {
            let Some(data) = super::bytes::buffer(value) else {
                return Err(super::bytes::bytes_like(vm, value));
            };
            let data = vm.bytes(data.into_owned());
            exc.set_field(field, data);
            continue;
        }
        let expected = match *field {
            "encoding" | "reason" | "object" => "str",
            "start" | "end" => "int",
            _ => "",
        };
        let fits = match expected {
            "str" => value.get::<Str>().is_some(),
            "int" => vm.int_like(value).is_some(),
            _ => true,
        };
        if !fits {
            let got = vm.type_name(value);
            if expected == "int" {
                return Err(vm.type_error(format!("'{got}' object cannot be interpreted as an integer")));
            }
            return Err(vm.type_error(format!("argument {} must be {expected}, not {got}", i + 1)));
        }
        exc.set_field(field, value.clone());
    }
    Ok(Value::NONE)
}

fn decode_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    unicode_init(vm, values, names, &["encoding", "object", "start", "end", "reason"])
}

fn translate_init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    unicode_init(vm, values, names, &["object", "start", "end", "reason"])
}

struct Unicode {
    encoding: String,
    start: i64,
    end: i64,
    reason: String,
}

fn unicode_parts(vm: &mut Vm, exc: &ExcObj) -> Result<Unicode> {
    let text = |vm: &mut Vm, name: &str| {
        let field = exc.field(name);
        if field.is_unbound() { Ok(String::new()) } else { vm.text_of(&field) }
    };
    Ok(Unicode {
        encoding: text(vm, "encoding")?,
        start: exc.field("start").as_int().unwrap_or(0),
        end: exc.field("end").as_int().unwrap_or(0),
        reason: text(vm, "reason")?,
    })
}

fn escaped(exc: &ExcObj, at: i64) -> String {
    let object = exc.field("object");
    let c = object.get::<Str>().and_then(|s| s.char_at(at.max(0) as usize)).unwrap_or('?');
    match crate::source::surrogate::code_of(c) {
        code @ 0..=0xFF => format!("\\x{code:02x}"),
        code @ 0x100..=0xFFFF => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

fn decode_str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    if exc.field("object").is_unbound() {
        return str(vm, args);
    }
    let Unicode { encoding, start, end, reason } = unicode_parts(vm, &exc)?;
    let object = exc.field("object");
    let byte = object.get::<BytesObj>().and_then(|b| b.data.get(start.max(0) as usize).copied());
    Ok(match byte {
        Some(byte) if end == start + 1 => {
            vm.str(format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}"))
        }
        _ => {
            vm.str(format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end - 1))
        }
    })
}

fn encode_str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    if exc.field("object").is_unbound() {
        return str(vm, args);
    }
    let Unicode { encoding, start, end, reason } = unicode_parts(vm, &exc)?;
    Ok(if end == start + 1 {
        let c = escaped(&exc, start);
        vm.str(format!("'{encoding}' codec can't encode character '{c}' in position {start}: {reason}"))
    } else {
        vm.str(format!(
            "'{encoding}' codec can't encode characters in position {start}-{}: {reason}",
            end - 1
        ))
    })
}

fn translate_str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    if exc.field("object").is_unbound() {
        return str(vm, args);
    }
    let Unicode { start, end, reason, .. } = unicode_parts(vm, &exc)?;
    Ok(if end == start + 1 {
        let c = escaped(&exc, start);
        vm.str(format!("can't translate character '{c}' in position {start}: {reason}"))
    } else {
        vm.str(format!("can't translate characters in position {start}-{}: {reason}", end - 1))
    })
}

/// A tuple of arguments, for classes that build exceptions themselves.
pub fn arguments(exc: &ExcObj) -> Vec<Value> {
    args_of(exc).get::<TupleObj>().map_or(Vec::new(), |t| t.items().to_vec())
}

const BASE: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__str__(self, /)", str),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__setstate__(self, object, /)", setstate),
    method("with_traceback(self, object, /)", with_traceback),
    method("add_note(self, object, /)", add_note),
    getset("__suppress_context__", get_suppress, set_suppress),
    getset("__dict__", super::object::get_dict, set_dict),
    getset("args", get_args, set_args_attribute),
    getset("__traceback__", get_traceback, set_traceback),
    getset("__context__", get_context, set_context),
    getset("__cause__", get_cause, set_cause),
];

const STOP: &[Row] =
    &[raw("__init__(self, /, *args, **kwargs)", stop_init), getset("value", get_value, set_value)];

const EXIT: &[Row] =
    &[raw("__init__(self, /, *args, **kwargs)", exit_init), getset("code", get_code, set_code)];

const KEY: &[Row] = &[method("__str__(self, /)", key_str)];

const NAME: &[Row] =
    &[raw("__init__(self, /, *args, **kwargs)", name_init), getset("name", get_name, set_name)];

const ATTRIBUTE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", attribute_init),
    getset("name", get_name, set_name),
    getset("obj", get_obj, set_obj),
];

const IMPORT: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", import_init),
    method("__str__(self, /)", import_str),
    getset("msg", get_message, set_msg),
    getset("name", get_name, set_name),
    getset("path", get_path, set_path),
    getset("name_from", get_name_from, set_name_from),
];

const OS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", os_new),
    raw("__init__(self, /, *args, **kwargs)", os_init),
    method("__str__(self, /)", os_str),
    getset("errno", get_errno, set_errno),
    getset("strerror", get_strerror, set_strerror),
    getset("filename", get_filename, set_filename),
    getset("filename2", get_filename2, set_filename2),
    getset("characters_written", get_characters_written, set_characters_written),
];

const SYNTAX: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", syntax_init),
    method("__str__(self, /)", syntax_str),
    getset("msg", get_message, set_msg),
    getset("filename", get_filename, set_filename),
    getset("lineno", get_lineno, set_lineno),
    getset("offset", get_offset, set_offset),
    getset("text", get_text, set_text),
    getset("end_lineno", get_end_lineno, set_end_lineno),
    getset("end_offset", get_end_offset, set_end_offset),
    getset("print_file_and_line", get_print, set_print),
];

const DECODE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", decode_init),
    method("__str__(self, /)", decode_str),
    getset("encoding", get_encoding, set_encoding),
    getset("object", get_object, set_object),
    getset("start", get_start, set_start),
    getset("end", get_end, set_end),
    getset("reason", get_reason, set_reason),
];

const ENCODE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", decode_init),
    method("__str__(self, /)", encode_str),
    getset("encoding", get_encoding, set_encoding),
    getset("object", get_object, set_object),
    getset("start", get_start, set_start),
    getset("end", get_end, set_end),
    getset("reason", get_reason, set_reason),
];

const TRANSLATE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", translate_init),
    method("__str__(self, /)", translate_str),
    getset("encoding", get_encoding, set_encoding),
    getset("object", get_object, set_object),
    getset("start", get_start, set_start),
    getset("end", get_end, set_end),
    getset("reason", get_reason, set_reason),
];

pub fn install(vm: &mut Vm) {
    let e = &vm.exceptions;
    let rows = [
        (e.base_exception.clone(), BASE),
        (e.stop_iteration.clone(), STOP),
        (e.system_exit.clone(), EXIT),
        (e.key_error.clone(), KEY),
        (e.name_error.clone(), NAME),
        (e.attribute_error.clone(), ATTRIBUTE),
        (e.import_error.clone(), IMPORT),
        (e.os_error.clone(), OS),
        (e.syntax_error.clone(), SYNTAX),
        (e.unicode_decode_error.clone(), DECODE),
        (e.unicode_encode_error.clone(), ENCODE),
        (e.unicode_translate_error.clone(), TRANSLATE),
    ];
    for (class, rows) in rows {
        vm.add_rows(&class, rows);
    }
}
