//! What happens to the stream when a code object is finished: labels become distances, jumps
//! to jumps go straight to the end, unreachable instructions vanish, `check_bound` vanishes
//! where the variable is certainly bound, and a 16-bit jump that does not reach gets an island:
//!
//! ```text
//!       jump_lt a, b -> far           jump_lt a, b -> 1
//!       ...                      =>   jump -> 2
//!                                  1: jump -> far
//!                                  2: ...
//! ```

use super::bound;
use super::code::{Handler, Handling};
use super::emit::{Emitter, Finished, RegionKind};
use super::op::{Instr, Op};
use super::operand::Role;
use crate::source::Span;

/// Whether control can go on to the next instruction.
pub fn falls_through(op: Op) -> bool {
    !matches!(op, Op::Jump | Op::Return | Op::Raise | Op::RaiseFrom | Op::RaiseAgain | Op::Reraise)
}

/// The instruction's slot that holds a 16-bit jump distance.
fn short_jump_slot(op: Op) -> Option<usize> {
    op.info().operands.iter().position(|&(_, role)| role == Role::Jump)
}

pub(super) struct Flow<'a> {
    pub(super) instrs: &'a [Instr],
    pub(super) ops: Vec<Op>,
    /// The instruction that each jump goes to.
    pub(super) targets: Vec<Option<u32>>,
    /// Protected ranges: start, end, index into `handlers`; innermost first.
    ranges: Vec<(u32, u32, Protect)>,
    pub(super) keep: Vec<bool>,
}

#[derive(Clone, Copy)]
pub(super) struct Protect {
    pub(super) target: u32,
    exc: u16,
    depth: u16,
}

/// Finishes the code of `emitter`; the first `bound` registers are bound at its start.
/// `None` when it is too large for the instruction format.
pub fn finish(mut emitter: Emitter, bound: u16) -> Option<Finished> {
    let end = emitter.position();
    for record in &mut emitter.regions {
        debug_assert!(record.open.is_none(), "every region is closed");
        if let Some(start) = record.open.take() {
            record.segments.push((start, end));
        }
    }
    if emitter.overflow || end >= i32::MAX as u32 / 4 {
        return None;
    }
    let count = emitter.instrs.len();
    let ops: Vec<Op> = emitter
        .instrs
        .iter()
        .map(|instr| Op::from_byte(instr.op).expect("the emitter writes opcodes"))
        .collect();
    let mut targets = vec![None; count];
    for (&index, &label) in &emitter.jumps {
        targets[index as usize] = Some(emitter.label_position(label));
    }
    let mut ranges = Vec::new();
    let mut handlings = Vec::new();
    // Inner regions begin after outer ones, so the later record is the inner one.
    for record in emitter.regions.iter().rev() {
        for &(start, end) in &record.segments {
            match record.kind {
                RegionKind::Protect { target, exc, depth } => {
                    let target = emitter.label_position(target);
                    ranges.push((start, end, Protect { target, exc, depth }));
                }
                RegionKind::Handling { exc } => handlings.push((start, end, exc)),
            }
        }
    }
    let mut flow = Flow { instrs: &emitter.instrs, ops, targets, ranges, keep: vec![false; count] };
    flow.thread_jumps();
    let handler_of = flow.handler_of();
    flow.mark_reachable(&handler_of);
    bound::drop_checks(&mut flow, &handler_of, bound);
    flow.drop_empty_jumps();
    let positions = flow.layout();

    let (instrs, spans) = flow.write(&emitter.spans, &positions);
    let handlers = flow
        .ranges
        .iter()
        .map(|&(start, end, protect)| Handler {
            start: positions[start as usize],
            end: positions[end as usize],
            target: positions[protect.target as usize],
            exc: protect.exc,
            depth: protect.depth,
        })
        .filter(|handler| handler.start < handler.end)
        .collect();
    let handlings = handlings
        .into_iter()
        .map(|(start, end, exc)| Handling {
            start: positions[start as usize],
            end: positions[end as usize],
            exc,
        })
        .filter(|handling| handling.start < handling.end)
        .collect();
    Some(Finished {
        instrs,
        spans,
        handlers,
        handlings,
        consts: emitter.consts,
        sites: emitter.sites,
        call_shapes: emitter.call_shapes,
    })
}

impl Flow<'_> {
    /// A jump to a `jump` goes to where that one goes.
    fn thread_jumps(&mut self) {
        for i in 0..self.targets.len() {
            let Some(mut target) = self.targets[i] else { continue };
            // A loop of jumps ends the chase, as does a long chain.
            for _ in 0..8 {
                match self.ops.get(target as usize) {
                    Some(Op::Jump) if target as usize != i => match self.targets[target as usize] {
                        Some(next) => target = next,
                        None => break,
                    },
                    _ => break,
                }
            }
            self.targets[i] = Some(target);
        }
    }

    /// The innermost protected range of each instruction.
    fn handler_of(&self) -> Vec<Option<Protect>> {
        let mut handler_of = vec![None; self.instrs.len()];
        for &(start, end, protect) in self.ranges.iter().rev() {
            handler_of[start as usize..end as usize].fill(Some(protect));
        }
        handler_of
    }

    fn mark_reachable(&mut self, handler_of: &[Option<Protect>]) {
        let mut work = vec![0usize];
        while let Some(start) = work.pop() {
            let mut i = start;
            while i < self.instrs.len() && !self.keep[i] {
                self.keep[i] = true;
                if let Some(target) = self.targets[i] {
                    work.push(target as usize);
                }
                if let Some(protect) = handler_of[i]
                    && !self.keep[protect.target as usize]
                {
                    work.push(protect.target as usize);
                }
                if !falls_through(self.ops[i]) {
                    break;
                }
                i += 1;
            }
        }
    }

    /// A `jump` to what follows it anyway is none.
    fn drop_empty_jumps(&mut self) {
        let count = self.instrs.len();
        let mut next_kept = count;
        for i in (0..count).rev() {
            if !self.keep[i] {
                continue;
            }
            if self.ops[i] == Op::Jump
                && let Some(target) = self.targets[i]
                && target as usize > i
                && next_kept >= target as usize
            {
                self.keep[i] = false;
                continue;
            }
            next_kept = i;
        }
    }

    /// Where each instruction comes to stand. An instruction that is gone has the position of
    /// the next one; a short jump that needs an island takes three places.
    fn layout(&self) -> Vec<u32> {
        let count = self.instrs.len();
        let mut size: Vec<u32> = self.keep.iter().map(|&keep| keep as u32).collect();
        let mut positions = vec![0u32; count + 1];
        loop {
            for i in 0..count {
                positions[i + 1] = positions[i] + size[i];
            }
            let mut grown = false;
            for i in 0..count {
                if size[i] != 1 || short_jump_slot(self.ops[i]).is_none() {
                    continue;
                }
                let Some(target) = self.targets[i] else { continue };
                let distance = positions[target as usize] as i64 - positions[i] as i64 - 1;
                if i16::try_from(distance).is_err() {
                    size[i] = 3;
                    grown = true;
                }
            }
            if !grown {
                return positions;
            }
        }
    }

    /// The instructions that stay, with distances for labels, and their spans.
    fn write(&self, places: &[Span], positions: &[u32]) -> (Vec<Instr>, Vec<Span>) {
        let mut instrs = Vec::with_capacity(self.instrs.len());
        let mut spans = Vec::with_capacity(self.instrs.len());
        let distance = |from: u32, to: u32| to.wrapping_sub(from + 1);
        let long = |from: u32, to: u32| {
            let d = distance(from, to);
            Instr::new(Op::Jump, 0, 0, d as u16, (d >> 16) as u16)
        };
        for i in 0..self.instrs.len() {
            if !self.keep[i] {
                continue;
            }
            let at = positions[i];
            debug_assert_eq!(at as usize, instrs.len(), "the layout gives every position");
            let mut instr = self.instrs[i];
            let span = places[i];
            let Some(target) = self.targets[i] else {
                instrs.push(instr);
                spans.push(span);
                continue;
            };
            let target = positions[target as usize];
            match short_jump_slot(self.ops[i]) {
                None => {
                    let d = distance(at, target);
                    instr.b = d as u16;
                    instr.c = (d >> 16) as u16;
                    instrs.push(instr);
                    spans.push(span);
                }
                Some(slot) => {
                    let far = positions[i + 1] - at == 3;
                    let d = if far { 1 } else { distance(at, target) as u16 };
                    match slot {
                        0 => instr.a = d,
                        1 => instr.b = d,
                        _ => instr.c = d,
                    }
                    instrs.push(instr);
                    spans.push(span);
                    if far {
                        instrs.push(long(at + 1, at + 3));
                        instrs.push(long(at + 2, target));
                        spans.extend([span, span]);
                    }
                }
            }
        }
        (instrs, spans)
    }
}
