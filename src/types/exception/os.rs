//! OSError: its constructor chooses a subclass by `errno`, and its text names the files.

use super::{class_argument, fields, init_without_keywords, set_args, str, this};
use crate::object::{Class, ExcObj, Ref, Special, Str, Value, heap};
use crate::types::split_arguments;
use crate::vm::native::{Row, getset, method, raw, static_raw};
use crate::vm::{Result, Vm};

fields! {
    get_errno set_errno "errno"
    get_strerror set_strerror "strerror"
    get_filename set_filename "filename"
    get_filename2 set_filename2 "filename2"
}

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
    let exc = init_without_keywords(vm, values, names)?;
    // Otherwise the constructor has done all.
    if filled_by_init(vm, &vm.class_of(&values[0]).clone()) {
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

pub(super) const ROWS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", os_new),
    raw("__init__(self, /, *args, **kwargs)", os_init),
    method("__str__(self, /)", os_str),
    getset("errno", get_errno, set_errno),
    getset("strerror", get_strerror, set_strerror),
    getset("filename", get_filename, set_filename),
    getset("filename2", get_filename2, set_filename2),
    getset("characters_written", get_characters_written, set_characters_written),
];
