//! Code objects as Python sees them: what the compiler knows about a function.

use super::payload;
use crate::bytecode::{Code, SourceRef};
use crate::object::{CodeObj, Ref, Str, Value};
use crate::source::SourceFile;
use crate::vm::native::{Row, getter, method, raw};
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

/// The instructions as bytes, for programs that count or compare them.
fn instructions(vm: &mut Vm, value: &Value) -> Result {
    let code = this(vm, value)?;
    let bytes = code.code.instrs.iter().flat_map(|instr| {
        let [a, b, c] = [instr.a, instr.b, instr.c].map(u16::to_le_bytes);
        [instr.op, instr.flags, a[0], a[1], b[0], b[1], c[0], c[1]]
    });
    let bytes: Vec<u8> = bytes.collect();
    Ok(vm.bytes(bytes))
}

/// Bytes of one instruction in `co_code`.
const WIDTH: usize = 8;

/// `(start, end, line)` for each run of instructions of one line.
fn lines(vm: &mut Vm, args: &[Value]) -> Result {
    let code = this(vm, &args[0])?;
    let source = &code.code.source.0;
    let mut runs: Vec<(usize, usize, u32)> = Vec::new();
    for (at, span) in code.code.spans.iter().enumerate() {
        let line = source.lines.line(span.start);
        match runs.last_mut() {
            Some(run) if run.2 == line => run.1 = at + 1,
            _ => runs.push((at, at + 1, line)),
        }
    }
    let mut rows = Vec::with_capacity(runs.len());
    for (start, end, line) in runs {
        let row = [Value::index(start * WIDTH), Value::index(end * WIDTH), vm.int(i64::from(line))];
        rows.push(vm.tuple(row));
    }
    let rows = vm.list(rows);
    vm.iter(&rows)
}

/// `(line, end_line, column, end_column)` of each instruction; columns count from 0.
fn positions(vm: &mut Vm, args: &[Value]) -> Result {
    let code = this(vm, &args[0])?;
    let source = &code.code.source.0;
    let mut rows = Vec::with_capacity(code.code.spans.len());
    for span in &code.code.spans {
        let start = source.lines.line_column(&source.text, span.start);
        let end = source.lines.line_column(&source.text, span.end);
        let row = [start.line, end.line, start.column.saturating_sub(1), end.column.saturating_sub(1)];
        rows.push(vm.tuple(row.map(|n| Value::index(n as usize))));
    }
    let rows = vm.list(rows);
    vm.iter(&rows)
}

/// Whether two code objects do the same, under the same name, at the same place.
fn same(a: &Code, b: &Code) -> bool {
    a.name == b.name
        && a.first_line == b.first_line
        && a.flags == b.flags
        && (a.posonly_count, a.positional_count, a.kwonly_count)
            == (b.posonly_count, b.positional_count, b.kwonly_count)
        && (&a.locals, &a.cells, &a.frees) == (&b.locals, &b.cells, &b.frees)
        && (&a.instrs, &a.spans, &a.consts) == (&b.instrs, &b.spans, &b.consts)
        && (&a.sites, &a.call_shapes) == (&b.sites, &b.call_shapes)
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    let code = this(vm, &args[0])?;
    Ok(args[1].get::<CodeObj>().map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(same(&code.code, &o.code))))
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    let code = this(vm, &args[0])?;
    Ok(args[1].get::<CodeObj>().map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(!same(&code.code, &o.code))))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let code = this(vm, &args[0])?;
    let parts =
        [code.name.to_value(), vm.int(i64::from(code.code.first_line)), Value::index(code.code.instrs.len())];
    let parts = vm.tuple(parts);
    let hash = vm.hash(&parts)?;
    Ok(vm.int(hash))
}

/// What `replace` may be given; the instructions and what they refer to stay as they are.
const FIELDS: &[&str] = &[
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_flags",
    "co_firstlineno",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_linetable",
    "co_exceptiontable",
];

/// A code object with some things changed.
fn replace(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let Some(own) = values.first() else {
        return Err(vm.type_error("unbound method code.replace() needs an argument"));
    };
    let code = this(vm, own)?;
    let (positional, keywords) = super::split_arguments(values, names);
    if positional.len() > 1 {
        return Err(vm.type_error("replace() takes no positional arguments"));
    }
    let mut new = Code::clone(&code.code);
    for (name, value) in keywords {
        let name = name.as_str();
        if !FIELDS.contains(&name) {
            return Err(vm.type_error(format!("replace() got an unexpected keyword argument '{name}'")));
        }
        let text = value.get::<Str>().map(|text| Arc::<str>::from(text.as_str()));
        match (name, text) {
            ("co_name", Some(text)) => new.name = text,
            ("co_qualname", Some(text)) => new.qualname = text,
            ("co_filename", Some(text)) => {
                let source = SourceFile { name: text, ..SourceFile::clone(&new.source.0) };
                new.source = SourceRef(Arc::new(source));
            }
            ("co_name" | "co_qualname" | "co_filename", None) => {
                let got = vm.type_name(value);
                return Err(vm.type_error(format!("replace() argument '{name}' must be str, not {got}")));
            }
            ("co_firstlineno", _) => {
                new.first_line = u32::try_from(vm.index_i64(value)?).unwrap_or(0);
            }
            _ => {
                let held = vm.get_attr_text(own, name)?;
                if !vm.eq(&held, value)? {
                    return Err(vm.value_error(format!("co cannot replace the {name} of code")));
                }
            }
        }
    }
    Ok(vm.link(&Arc::new(new)).into_value())
}

const METHODS: &[Row] = &[
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__hash__(self, /)", hash),
    raw("replace(self, /, **changes)", replace),
    raw("__replace__(self, /, **changes)", replace),
    method("co_lines(self, /)", lines),
    method("co_positions(self, /)", positions),
    getter("co_code", instructions),
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
