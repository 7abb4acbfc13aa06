//! The verifier: what the machine takes for granted about a code object. Registers, runs,
//! indices and jumps are in range, handler tables are sane, control never runs off the end,
//! and temporaries live and die as [`super::operand`] says: a killed operand was live, a
//! destination without the drop flag was dead, and at `ret` nothing but locals is live.
//!
//! Runs on every compiled unit in debug builds and in the tests; the machine's unchecked
//! register access rests on it.

use super::blocks::Blocks;
use super::code::{Code, Const};
use super::disasm::jump_target;
use super::flow::falls_through;
use super::op::{Instr, Op};
use super::operand::Role;

/// Checks `code` and every code object among its constants; the text says what is wrong.
pub fn verify(code: &Code) -> Result<(), String> {
    let mut queue = vec![code];
    while let Some(code) = queue.pop() {
        check(code).map_err(|problem| format!("{}: {problem}", code.qualname))?;
        queue.extend(code.consts.iter().filter_map(|value| match value {
            Const::Code(inner) => Some(&**inner),
            _ => None,
        }));
    }
    Ok(())
}

/// The register runs of an instruction: first register, length, whether it is written.
fn runs(code: &Code, op: Op, instr: Instr) -> Vec<(u16, u32, bool)> {
    let (a, b, c) = (instr.a, instr.b, instr.c as u32);
    match op {
        Op::LoadMethod => vec![(a, 2, true)],
        Op::LoadSuperMethod => vec![(b, 3, false), (a, 2, true)],
        Op::LoadSuperAttr => vec![(b, 3, false)],
        Op::UnpackSequence => vec![(a, c, true)],
        Op::UnpackEx => vec![(a, (c & 0xff) + (c >> 8) + 1, true)],
        Op::Call => vec![(b, c + 1, false)],
        Op::CallMethod => vec![(b, c + 2, false)],
        Op::CallKw | Op::CallMethodKw => {
            let shape = code.call_shapes.get(c as usize);
            let values = shape.map_or(0, |s| s.positional as u32 + s.keywords.len() as u32);
            vec![(b, values + if op == Op::CallKw { 1 } else { 2 }, false)]
        }
        Op::CallEx => vec![(b, if c == 1 { 3 } else { 2 }, false)],
        Op::BuildTuple | Op::BuildList | Op::BuildSet | Op::BuildString => vec![(b, c, false)],
        Op::BuildMap => vec![(b, 2 * c, false)],
        Op::BuildSlice => vec![(b, 3, false)],
        Op::FormatSpec | Op::Import => vec![(b, 2, false)],
        Op::MakeFunction => vec![(instr.c, 4, false)],
        Op::WithSetup => vec![(a, 4, true)],
        Op::WithExceptArgs => vec![(a, 3, true)],
        Op::MatchClass | Op::MakeTypeParam | Op::MakeTypeAlias => vec![(b, 3, false)],
        _ => vec![],
    }
}

/// Whether every register of the run must be live. The others allow unbound ones.
fn whole_run(op: Op) -> bool {
    !matches!(op, Op::CallMethod | Op::CallMethodKw | Op::MakeFunction | Op::MakeTypeParam)
}

fn check(code: &Code) -> Result<(), String> {
    let count = code.instrs.len() as u32;
    if code.spans.len() != code.instrs.len() {
        return Err("spans and instructions differ in number".to_owned());
    }
    if code.nlocals > code.nregs || code.locals.len() != code.nlocals as usize {
        return Err("the register counts disagree".to_owned());
    }
    if code.params.len() > code.nlocals as usize {
        return Err("more parameters than locals".to_owned());
    }
    if let Some(cell) = code.cells.iter().find(|&&cell| cell >= code.nlocals) {
        return Err(format!("cell register {cell} is no local"));
    }
    for (index, &instr) in code.instrs.iter().enumerate() {
        check_instruction(code, index as u32, instr).map_err(|what| format!("{index}: {what}"))?;
    }
    match code.instrs.last().and_then(|instr| Op::from_byte(instr.op)) {
        Some(op) if !falls_through(op) => {}
        _ => return Err("control runs off the end".to_owned()),
    }
    for handler in &code.handlers {
        let sane = handler.start < handler.end
            && handler.end <= count
            && handler.target < count
            && handler.exc >= handler.depth
            && handler.depth >= code.nlocals
            && handler.exc < code.nregs;
        if !sane {
            return Err(format!("bad handler {handler:?}"));
        }
    }
    for handling in &code.handlings {
        if handling.start >= handling.end || handling.end > count || handling.exc >= code.nregs {
            return Err(format!("bad handling range {handling:?}"));
        }
    }
    check_lives(code)
}

fn check_instruction(code: &Code, index: u32, instr: Instr) -> Result<(), String> {
    let op = Op::from_byte(instr.op).ok_or_else(|| format!("no opcode {}", instr.op))?;
    let slots = [instr.a, instr.b, instr.c];
    let mut slot = 0;
    for &(name, role) in op.info().operands {
        let value = slots[slot.min(2)];
        let fault = |what: &str| Err(format!("{op:?}: {what} {name} out of range"));
        match role {
            Role::Out | Role::In | Role::Keep => {
                if value >= code.nregs {
                    return fault("register");
                }
            }
            Role::Site | Role::Site32 => {
                let site = if role.is_wide() { instr.bc() } else { value as u32 };
                if site as usize >= code.sites.len() {
                    return fault("name site");
                }
            }
            Role::Const => {
                if instr.bc() as usize >= code.consts.len() {
                    return fault("constant");
                }
            }
            Role::Jump | Role::Jump32 => {
                let target = jump_target(index, instr).unwrap_or(u32::MAX);
                if target as usize >= code.instrs.len() {
                    return fault("jump");
                }
            }
            Role::Num => {
                let ok = match (op, name) {
                    (Op::MakeFunction, "code") => {
                        matches!(code.consts.get(value as usize), Some(Const::Code(_)))
                    }
                    (_, "shape") => (value as usize) < code.call_shapes.len(),
                    (Op::LoadFree | Op::StoreFree | Op::DelFree, _)
                    | (Op::LoadFreeCell | Op::LoadNameFree, _) => (value as usize) < code.frees.len(),
                    _ => true,
                };
                if !ok {
                    return fault("index");
                }
            }
            Role::Base | Role::Imm => {}
        }
        slot += !role.is_wide() as usize;
    }
    for (first, length, _) in runs(code, op, instr) {
        if first as u32 + length > code.nregs as u32 || (length > 0 && first < code.nlocals) {
            return Err(format!("{op:?}: register run {first}+{length} out of range"));
        }
    }
    if code.flags.namespace && code.nlocals == 0 {
        return Err("no register for the namespace".to_owned());
    }
    Ok(())
}

/// What is known of a temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Life {
    Dead,
    Live,
    /// Live on some paths only: a pattern's captures, a comprehension's variables.
    Maybe,
}

fn check_lives(code: &Code) -> Result<(), String> {
    let temps = (code.nregs - code.nlocals) as usize;
    let count = code.instrs.len();
    // The cost grows with temporaries times blocks; giant units are not worth it.
    if temps == 0 || temps * count > 50_000_000 {
        return Ok(());
    }
    let mut handler_of = vec![None; count];
    for handler in code.handlers.iter().rev() {
        handler_of[handler.start as usize..handler.end as usize].fill(Some(*handler));
    }
    let mut leader = vec![false; count];
    for (index, &instr) in code.instrs.iter().enumerate() {
        if let Some(target) = jump_target(index as u32, instr) {
            leader[target as usize] = true;
        }
    }
    // What is not the same on all paths is perhaps live.
    let join = |old: Life, new: Life| if old == new { old } else { Life::Maybe };
    let mut blocks = Blocks::new(vec![Life::Dead; temps]);
    while let Some((start, mut state)) = blocks.next() {
        let mut index = start;
        loop {
            if let Some(handler) = handler_of[index] {
                let mut caught = state.clone();
                for life in &mut caught[(handler.depth - code.nlocals) as usize..] {
                    *life = Life::Dead;
                }
                caught[(handler.exc - code.nlocals) as usize] = Life::Live;
                blocks.reach(handler.target, &caught, join);
            }
            let instr = code.instrs[index];
            let op = Op::from_byte(instr.op).ok_or("no such opcode")?;
            let before = state.clone();
            step(code, op, instr, &mut state).map_err(|what| format!("{index}: {op:?}: {what}"))?;
            if let Some(target) = jump_target(index as u32, instr) {
                let mut taken = state.clone();
                if op == Op::ForIter {
                    // Exhausted, it has released its iterator and written nothing.
                    taken = before;
                    let mut fallen = taken.clone();
                    if let Some(life) = instr.a.checked_sub(code.nlocals) {
                        fallen[life as usize] = Life::Dead;
                    }
                    if let Some(life) = instr.b.checked_sub(code.nlocals) {
                        taken[life as usize] = Life::Live;
                    }
                    state = fallen;
                }
                blocks.reach(target, &taken, join);
            }
            if !falls_through(op) {
                break;
            }
            index += 1;
            if leader[index] {
                blocks.reach(index as u32, &state, join);
                break;
            }
        }
    }
    Ok(())
}

/// The effect of one instruction on the temporaries.
fn step(code: &Code, op: Op, instr: Instr, state: &mut [Life]) -> Result<(), String> {
    let temp = |reg: u16| reg.checked_sub(code.nlocals).map(|temp| temp as usize);
    let slots = [instr.a, instr.b, instr.c];
    let roles = || {
        let mut slot = 0;
        op.info().operands.iter().map(move |&(_, role)| {
            let at = slot;
            slot += !role.is_wide() as usize;
            (role, at)
        })
    };
    for (role, slot) in roles() {
        let Some(reg) = slots.get(slot).and_then(|&reg| temp(reg)) else { continue };
        match role {
            Role::In => {
                if state[reg] == Life::Dead {
                    return Err(format!("reads t{reg}, which is dead"));
                }
            }
            Role::Keep => match op {
                Op::Kill | Op::CheckBound | Op::MakeCell => {}
                _ if state[reg] == Life::Dead => {
                    return Err(format!("uses t{reg}, which is dead"));
                }
                _ => {}
            },
            Role::Out
            | Role::Base
            | Role::Imm
            | Role::Num
            | Role::Site
            | Role::Site32
            | Role::Const
            | Role::Jump
            | Role::Jump32 => {}
        }
    }
    for (first, length, written) in runs(code, op, instr) {
        if written {
            continue;
        }
        let first = (first - code.nlocals) as usize;
        for (place, life) in state[first..first + length as usize].iter_mut().enumerate() {
            if *life != Life::Live && (place == 0 || whole_run(op)) && op != Op::MakeFunction {
                return Err(format!("t{} of the run is not live", first + place));
            }
            *life = Life::Dead;
        }
    }
    for (role, slot) in roles() {
        let Some(reg) = slots.get(slot).and_then(|&reg| temp(reg)) else { continue };
        if role == Role::In && instr.flags >> slot & 1 == 1 {
            state[reg] = Life::Dead;
        }
    }
    match op {
        Op::Kill => {
            if let Some(reg) = temp(instr.a) {
                state[reg] = Life::Dead;
            }
        }
        Op::CheckBound | Op::MakeCell => {
            if let Some(reg) = temp(instr.a) {
                state[reg] = Life::Live;
            }
        }
        Op::YieldFrom => {
            if let Some(reg) = temp(instr.b) {
                state[reg] = Life::Dead;
            }
        }
        Op::Return => {
            if let Some(reg) = state.iter().position(|life| *life != Life::Dead) {
                return Err(format!("t{reg} is live at the end"));
            }
        }
        _ => {}
    }
    for (first, length, written) in runs(code, op, instr) {
        if written {
            let first = (first - code.nlocals) as usize;
            for life in &mut state[first..first + length as usize] {
                if *life != Life::Dead {
                    return Err("writes a run that is not dead".to_owned());
                }
                *life = Life::Live;
            }
        }
    }
    for (role, slot) in roles() {
        let Some(reg) = slots.get(slot).and_then(|&reg| temp(reg)) else { continue };
        if role == Role::Out && op != Op::ForIter {
            if state[reg] != Life::Dead && instr.flags >> slot & 1 == 0 {
                return Err(format!("overwrites t{reg}, which is not dead"));
            }
            state[reg] = Life::Live;
        }
    }
    Ok(())
}
