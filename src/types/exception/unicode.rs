//! The errors of encoding, decoding and translating text: which part of what, and why.

use super::{fields, init, str, this};
use crate::object::{BytesObj, ExcObj, Ref, Str, Value};
use crate::source::surrogate;
use crate::types::bytes::{buffer, bytes_like};
use crate::vm::native::{Row, getset, method, raw};
use crate::vm::{Result, Vm};

fields! {
    get_encoding set_encoding "encoding"
    get_object set_object "object"
    get_start set_start "start"
    get_end set_end "end"
    get_reason set_reason "reason"
}

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
            let Some(data) = buffer(value) else {
                return Err(bytes_like(vm, value));
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
    match surrogate::code_of(c) {
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

pub(super) const DECODE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", decode_init),
    method("__str__(self, /)", decode_str),
    getset("encoding", get_encoding, set_encoding),
    getset("object", get_object, set_object),
    getset("start", get_start, set_start),
    getset("end", get_end, set_end),
    getset("reason", get_reason, set_reason),
];

pub(super) const ENCODE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", decode_init),
    method("__str__(self, /)", encode_str),
    getset("encoding", get_encoding, set_encoding),
    getset("object", get_object, set_object),
    getset("start", get_start, set_start),
    getset("end", get_end, set_end),
    getset("reason", get_reason, set_reason),
];

pub(super) const TRANSLATE: &[Row] = &[
    raw("__init__(self, /, *args, **kwargs)", translate_init),
    method("__str__(self, /)", translate_str),
    getset("encoding", get_encoding, set_encoding),
    getset("object", get_object, set_object),
    getset("start", get_start, set_start),
    getset("end", get_end, set_end),
    getset("reason", get_reason, set_reason),
];
