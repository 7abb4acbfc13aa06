//! What the module `site` puts into `builtins`: `exit`, `quit` and `help`, objects that say how
//! they are to be called; `copyright`, `credits` and `license`, which say whose work this is.

use crate::object::{Dict, Kind, Opaque, Ref, Str, Tracer, Value, heap};
use crate::types::wrong_receiver;
use crate::vm::native::{Row, getter, method, raw};
use crate::vm::{Result, Vm};

/// `exit` or `quit`.
struct Quitter(&'static str);

impl Opaque for Quitter {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

/// A text that is shown when its name is typed, or behind a hint when it is called.
struct Printer {
    hint: Option<&'static str>,
    text: &'static str,
}

impl Opaque for Printer {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

struct Helper;

impl Opaque for Helper {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

fn exit(vm: &mut Vm, args: &[Value]) -> Result {
    let class = vm.exceptions.system_exit.to_value();
    match vm.call(&class, &[args[1].clone()])?.downcast() {
        Some(exc) => Err(crate::vm::Raised(exc)),
        None => Ok(Value::NONE),
    }
}

fn exit_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(quitter) = args[0].opaque::<Quitter>() else {
        return Err(wrong_receiver(vm, &args[0], "Quitter"));
    };
    Ok(vm.str(format!("Use {}() or Ctrl-D (i.e. EOF) to exit", quitter.0)))
}

fn exit_name(vm: &mut Vm, value: &Value) -> Result {
    match value.opaque::<Quitter>() {
        Some(quitter) => Ok(vm.str(quitter.0)),
        None => Err(wrong_receiver(vm, value, "Quitter")),
    }
}

fn exit_eof(vm: &mut Vm, _: &Value) -> Result {
    Ok(vm.str("Ctrl-D (i.e. EOF)"))
}

fn printer_repr(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].opaque::<Printer>() {
        Some(printer) => Ok(vm.str(printer.hint.unwrap_or(printer.text))),
        None => Err(wrong_receiver(vm, &args[0], "_Printer")),
    }
}

fn printer_call(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(printer) = args[0].opaque::<Printer>() else {
        return Err(wrong_receiver(vm, &args[0], "_Printer"));
    };
    let text = vm.str(printer.text);
    let Some(print) = vm.builtins.get_text("print") else { return Ok(Value::NONE) };
    vm.call(&print, &[text])
}

/// `help(object)` is work of the module `pydoc`.
fn help(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let pydoc = vm.import_module("pydoc")?;
    let help = vm.get_attr_text(&pydoc, "help")?;
    vm.call_kw(&help, &values[1..], names)
}

fn help_repr(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("Type help() for interactive help, or help(object) for help about object."))
}

const QUITTER: &[Row] = &[
    method("__call__(self, code=None)", exit),
    method("__repr__(self, /)", exit_repr),
    getter("name", exit_name),
    getter("eof", exit_eof),
];
const PRINTER: &[Row] = &[method("__call__(self)", printer_call), method("__repr__(self, /)", printer_repr)];

/// The texts are those of this program, not of CPython.
const PRINTERS: [(&str, Printer); 3] = [
    ("copyright", Printer { hint: None, text: "Copyright (c) 2026 The co developers" }),
    (
        "credits",
        Printer {
            hint: None,
            text: "Thanks to the developers of Python, whose language this is a subset of, and to the\n\
                   authors of the Rust libraries that this program is built from.",
        },
    ),
    (
        "license",
        Printer {
            hint: Some("Type license() to see the full license text"),
            text: concat!(
                "MIT or Apache-2.0, as you like. The first:\n\n",
                include_str!("../../LICENSE-MIT")
            ),
        },
    ),
];

const HELPER: &[Row] =
    &[raw("__call__(self, /, *args, **kwds)", help), method("__repr__(self, /)", help_repr)];

pub fn install(vm: &mut Vm, dict: &Ref<Dict>) {
    let object = vm.types.object.clone();
    let quitter = vm.new_class("Quitter", "_sitebuiltins", &object, Kind::Opaque, 0, QUITTER);
    for name in ["exit", "quit"] {
        dict.set_text(name, heap::new_opaque(&quitter, Quitter(name)));
    }
    let class = vm.new_class("_Printer", "_sitebuiltins", &object, Kind::Opaque, 0, PRINTER);
    for (name, printer) in PRINTERS {
        dict.set_text(name, heap::new_opaque(&class, printer));
    }
    let helper = vm.new_class("_Helper", "_sitebuiltins", &object, Kind::Opaque, 0, HELPER);
    dict.set_text("help", heap::new_opaque(&helper, Helper));
}
