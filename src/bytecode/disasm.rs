//! The listing: what `co dis` prints and what the golden listings hold. Instructions stand
//! under their source lines; registers have the names of their variables, temporaries are
//! `t0`, `t1`, …; `!` marks an operand that is killed.
//!
//! ```text
//! code add_one (x) in <module>.add_one: 1 local, 2 registers
//!    2 |     return x + 1
//!        0  add_i t0 = x 1
//!        1  ret t0!
//! ```

use super::code::{Code, Const, Handler};
use super::op::{Instr, Op};
use super::operand::Role;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// The listing of `code` and of every code object among its constants.
pub fn listing(code: &Code) -> String {
    let mut text = String::new();
    let mut queue = std::collections::VecDeque::from([code]);
    while let Some(code) = queue.pop_front() {
        if !text.is_empty() {
            text.push('\n');
        }
        write_code(&mut text, code).expect("writing to a string succeeds");
        queue.extend(code.consts.iter().filter_map(|value| match value {
            Const::Code(inner) => Some(&**inner),
            _ => None,
        }));
    }
    text
}

/// The first line of a listing: what kind of code it is, its parameters, how much room it takes.
pub fn heading(code: &Code) -> String {
    let params: Vec<&str> = code.params.iter().map(|param| &*param.name).collect();
    let mut text = format!("code {}", code.qualname);
    if !code.flags.module && !code.flags.namespace {
        text.push_str(&format!("({})", params.join(", ")));
    }
    text.push_str(&format!(": {} locals, {} registers", code.nlocals, code.nregs));
    let flags = code.flags;
    for (set, name) in [
        (flags.generator, "generator"),
        (flags.coroutine, "coroutine"),
        (flags.async_generator, "async generator"),
        (flags.varargs, "*args"),
        (flags.varkw, "**kwargs"),
        (flags.namespace, "namespace"),
        (flags.module, "module"),
        (flags.class_body, "class body"),
    ] {
        if set {
            text.push_str(", ");
            text.push_str(name);
        }
    }
    text
}

fn write_code(out: &mut String, code: &Code) -> std::fmt::Result {
    out.push_str(&heading(code));
    out.push('\n');
    if !code.frees.is_empty() {
        writeln!(out, "  free: {}", code.frees.join(", "))?;
    }
    if !code.cells.is_empty() {
        let cells: Vec<String> = code.cells.iter().map(|&reg| register(code, reg)).collect();
        writeln!(out, "  cells: {}", cells.join(", "))?;
    }
    let labels = labels(code);
    let text = &code.source.0.text;
    let lines = &code.source.0.lines;
    let mut line = 0;
    for (index, instr) in code.instrs.iter().enumerate() {
        let span = code.spans[index];
        let here = lines.line(span.start);
        if here != line {
            line = here;
            writeln!(out, "{line:5} | {}", lines.line_text(text, line))?;
        }
        let label = match labels.get(&(index as u32)) {
            Some(label) => format!("L{label}:"),
            None => String::new(),
        };
        writeln!(out, "  {label:>6} {index:4}  {}", instruction(code, index as u32, *instr, &labels))?;
    }
    for handler in &code.handlers {
        writeln!(out, "  {}", handler_text(code, handler, &labels))?;
    }
    for handling in &code.handlings {
        let exc = register(code, handling.exc);
        writeln!(out, "  handling {}..{} {exc}", handling.start, handling.end)?;
    }
    Ok(())
}

/// A row of the handler table.
pub fn handler_text(code: &Code, handler: &Handler, labels: &BTreeMap<u32, usize>) -> String {
    format!(
        "handler {}..{} -> {} exception {} depth {}",
        handler.start,
        handler.end,
        place(labels, handler.target),
        register(code, handler.exc),
        depth(code, handler.depth),
    )
}

/// Every place that is jumped to, numbered in order.
pub fn labels(code: &Code) -> BTreeMap<u32, usize> {
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, instr) in code.instrs.iter().enumerate() {
        if let Some(target) = jump_target(index as u32, *instr) {
            places.insert(target, 0);
        }
    }
    for handler in &code.handlers {
        places.insert(handler.target, 0);
    }
    for (number, label) in places.values_mut().enumerate() {
        *label = number + 1;
    }
    places
}

fn place(labels: &BTreeMap<u32, usize>, target: u32) -> String {
    labels.get(&target).map_or_else(|| format!("@{target}"), |label| format!("L{label}"))
}

/// Where the instruction at `index` jumps to, if it jumps.
pub fn jump_target(index: u32, instr: Instr) -> Option<u32> {
    let slots = [instr.a, instr.b, instr.c];
    let mut slot = 0;
    for &(_, role) in Op::from_byte(instr.op)?.info().operands {
        let distance = match role {
            Role::Jump => slots[slot] as i16 as i32,
            Role::Jump32 => instr.jump32(),
            _ => {
                slot += !role.is_wide() as usize;
                continue;
            }
        };
        return Some((index + 1).wrapping_add_signed(distance));
    }
    None
}

/// The name of a register: its variable's, or `t0`, `t1`, … for temporaries.
pub(super) fn register(code: &Code, reg: u16) -> String {
    if reg >= code.nlocals {
        return format!("t{}", reg - code.nlocals);
    }
    match code.locals.get(reg as usize) {
        Some(name) if !name.is_empty() => name.to_string(),
        _ => format!("r{reg}"),
    }
}

fn depth(code: &Code, depth: u16) -> String {
    if depth >= code.nlocals { format!("t{}", depth - code.nlocals) } else { format!("r{depth}") }
}

/// One instruction of the listing; `labels` are those of its code.
pub fn instruction(code: &Code, index: u32, instr: Instr, labels: &BTreeMap<u32, usize>) -> String {
    let Some(op) = Op::from_byte(instr.op) else { return format!("byte {}", instr.op) };
    let info = op.info();
    let slots = [instr.a, instr.b, instr.c];
    let mut slot = 0;
    let mut text = info.name.trim_end_matches('_').to_owned();
    for &(name, role) in info.operands {
        let value = slots[if role.is_wide() { 1 } else { slot }];
        let flag = instr.flags >> slot & 1 == 1;
        let shown = match role {
            Role::Out => format!("{} =", register(code, value)),
            Role::In => format!("{}{}", register(code, value), if flag { "!" } else { "" }),
            Role::Keep => register(code, value),
            Role::Base => format!("{}..", register(code, value)),
            Role::Imm => (value as i16).to_string(),
            Role::Num => number(code, op, name, value),
            Role::Site => site(code, value as u32),
            Role::Site32 => site(code, instr.bc()),
            Role::Const => match code.consts.get(instr.bc() as usize) {
                Some(value) => constant(value),
                None => format!("constant {}", instr.bc()),
            },
            Role::Jump | Role::Jump32 => {
                let target = jump_target(index, instr).expect("the row has a jump operand");
                format!("-> {}", place(labels, target))
            }
        };
        text.push(' ');
        text.push_str(&shown);
        slot += !role.is_wide() as usize;
    }
    text
}

fn site(code: &Code, index: u32) -> String {
    code.sites.get(index as usize).map_or_else(|| format!("site {index}"), |name| name.to_string())
}

fn number(code: &Code, op: Op, name: &str, value: u16) -> String {
    match (op, name) {
        (Op::MakeFunction, "code") => match code.consts.get(value as usize) {
            Some(Const::Code(inner)) => format!("code={}", inner.name),
            _ => format!("code={value}"),
        },
        (_, "shape") => match code.call_shapes.get(value as usize) {
            Some(shape) => format!("({} {})", shape.positional, shape.keywords.join(" ")),
            None => format!("shape={value}"),
        },
        (Op::LoadFree | Op::StoreFree | Op::DelFree | Op::LoadFreeCell | Op::LoadNameFree, _) => {
            match code.frees.get(value as usize) {
                Some(free) => format!("^{free}"),
                None => format!("^{value}"),
            }
        }
        (Op::UnpackEx, _) => format!("before={} after={}", value & 0xff, value >> 8),
        _ => format!("{name}={value}"),
    }
}

/// A constant as a Python expression.
pub(super) fn constant(value: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(constant).collect::<Vec<_>>().join(", ");
    match value {
        Const::None => "None".to_owned(),
        Const::True => "True".to_owned(),
        Const::False => "False".to_owned(),
        Const::Ellipsis => "...".to_owned(),
        Const::Int(n) => n.to_string(),
        Const::BigInt(digits) => digits.to_string(),
        Const::Float(f) => format!("{f:?}"),
        Const::Complex(re, im) => format!("({re:?}+{im:?}j)"),
        Const::Str(s) => format!("{s:?}"),
        Const::Bytes(b) => format!("b\"{}\"", b.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", constant(&items[0])),
        Const::Tuple(items) => format!("({})", list(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", list(items)),
        Const::Code(code) => format!("<code {}>", code.name),
    }
}

/// The first code object named `name` (or with that qualified name) in `code`.
pub fn find(code: &Arc<Code>, name: &str) -> Option<Arc<Code>> {
    let mut queue = std::collections::VecDeque::from([code.clone()]);
    while let Some(code) = queue.pop_front() {
        if &*code.name == name || &*code.qualname == name {
            return Some(code);
        }
        queue.extend(code.consts.iter().filter_map(|value| match value {
            Const::Code(inner) => Some(inner.clone()),
            _ => None,
        }));
    }
    None
}
