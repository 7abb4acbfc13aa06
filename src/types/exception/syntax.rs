//! SyntaxError: where in which text.

use super::{args_of, fields, get_message, init, set_msg, this, tuple_items};
use crate::object::{Ref, Str, Value};
use crate::vm::native::{Row, getset, method, raw};
use crate::vm::{Result, Vm};

fields! {
    get_lineno set_lineno "lineno"
    get_offset set_offset "offset"
    get_text set_text "text"
    get_end_lineno set_end_lineno "end_lineno"
    get_end_offset set_end_offset "end_offset"
    get_filename set_filename "filename"
    get_print set_print "print_file_and_line"
}

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
            4 | 6 => {}
            5 => return Err(vm.type_error("end_offset must be provided when end_lineno is provided")),
            0..4 => {
                return Err(vm.type_error(format!("function takes at least 4 arguments ({given} given)")));
            }
            _ => return Err(vm.type_error(format!("function takes at most 6 arguments ({given} given)"))),
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

pub(super) const ROWS: &[Row] = &[
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
