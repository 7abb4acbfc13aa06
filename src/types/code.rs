//! Code objects as Python sees them: what the compiler knows about a function.

use super::payload;
use crate::object::{CodeObj, Ref, Value};
use crate::vm::native::{Row, getter, method};
use crate::vm::{Result, Vm};
use std::sync::Arc;

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<CodeObj>> {
    payload::<CodeObj>(vm, value, "code")
}

fn names<'n>(vm: &mut Vm, names: impl IntoIterator<Item = &'n Arc<str>>) -> Value {
    let items: Vec<Value> = names.into_iter().map(|n| vm.intern(n).into_value()).collect();
    vm.tuple(items)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let code = this(vm, &args[0])?;
    let file = file_name(&code);
    let text = format!(
        "<code object {} at {}, file \"{file}\", line {}>",
        code.name.as_str(),
        super::object::address(&args[0]),
        code.code.first_line
    );
    Ok(vm.str(text))
}

/// The file that a code object was compiled from.
pub fn file_name(code: &CodeObj) -> String {
    code.code.source.0.name.to_string()
}

fn name(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.name.to_value())
}

fn qualname(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.qualname.to_value())
}

fn filename(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?;
    Ok(vm.str(file_name(&code)))
}

fn first_line(vm: &mut Vm, value: &Value) -> Result {
    let count = this(vm, value)?.code.first_line;
    Ok(vm.int(i64::from(count)))
}

fn argcount(vm: &mut Vm, value: &Value) -> Result {
    let count = this(vm, value)?.code.positional_count;
    Ok(vm.int(i64::from(count)))
}

fn posonly(vm: &mut Vm, value: &Value) -> Result {
    let count = this(vm, value)?.code.posonly_count;
    Ok(vm.int(i64::from(count)))
}

fn kwonly(vm: &mut Vm, value: &Value) -> Result {
    let count = this(vm, value)?.code.kwonly_count;
    Ok(vm.int(i64::from(count)))
}

/// The flags that `inspect` names.
pub fn flags(code: &CodeObj) -> i64 {
    let flags = code.code.flags;
    let mut bits = 0;
    if !flags.module && !flags.namespace {
        // CO_OPTIMIZED and CO_NEWLOCALS.
        bits |= 0x3;
    }
    for (on, bit) in [
        (flags.varargs, 0x4),
        (flags.varkw, 0x8),
        (flags.generator && !flags.coroutine && !flags.async_generator, 0x20),
        (flags.coroutine, 0x80),
        (flags.async_generator, 0x200),
    ] {
        if on {
            bits |= bit;
        }
    }
    bits
}

fn get_flags(vm: &mut Vm, value: &Value) -> Result {
    let bits = flags(&*this(vm, value)?);
    Ok(vm.int(bits))
}

fn varnames(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?;
    let cells = &code.code.cells;
    let shown: Vec<&Arc<str>> = code
        .code
        .locals
        .iter()
        .enumerate()
        .filter(|(i, n)| !n.is_empty() && (*i < code.code.params.len() || !cells.contains(&(*i as u16))))
        .map(|(_, n)| n)
        .collect();
    Ok(names(vm, shown))
}

fn nlocals(vm: &mut Vm, value: &Value) -> Result {
    let names = varnames(vm, value)?;
    Ok(Value::index(super::tuple_items(&names).len()))
}

fn cellvars(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?;
    let cells = code.listed_locals().into_iter().filter(|n| code.code.cells.contains(n));
    let found: Vec<&Arc<str>> = cells.filter_map(|n| code.code.locals.get(n as usize)).collect();
    Ok(names(vm, found))
}

fn freevars(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?;
    Ok(names(vm, &code.code.frees))
}

fn site_names(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?;
    let mut found: Vec<&Arc<str>> = Vec::new();
    for name in &code.code.sites {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Ok(names(vm, found))
}

fn consts(vm: &mut Vm, value: &Value) -> Result {
    let items = this(vm, value)?.consts.to_vec();
    Ok(vm.tuple(items))
}

fn stacksize(vm: &mut Vm, value: &Value) -> Result {
    let count = this(vm, value)?.code.nregs;
    Ok(vm.int(i64::from(count)))
}

const METHODS: &[Row] = &[
    method("__repr__(self, /)", repr),
    getter("co_argcount", argcount),
    getter("co_posonlyargcount", posonly),
    getter("co_kwonlyargcount", kwonly),
    getter("co_stacksize", stacksize),
    getter("co_flags", get_flags),
    getter("co_nlocals", nlocals),
    getter("co_consts", consts),
    getter("co_names", site_names),
    getter("co_filename", filename),
    getter("co_name", name),
    getter("co_qualname", qualname),
    getter("co_firstlineno", first_line),
    getter("co_varnames", varnames),
    getter("co_cellvars", cellvars),
    getter("co_freevars", freevars),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.code.clone();
    vm.add_rows(&class, METHODS);
}
