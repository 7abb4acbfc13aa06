//! Which `check_bound` instructions are needed: those whose register is not bound on every path
//! that comes to them. A forward analysis over the registers that are checked somewhere.

use super::blocks::Blocks;
use super::flow::{Flow, Protect, falls_through};
use super::op::Op;
use super::operand::Role;
use rustc_hash::FxHashMap;

/// The bit of each register that is checked; a state says by bits which of them are bound.
struct Checked(FxHashMap<u16, usize>);

/// Drops the checks of registers that are certainly bound; the first `bound` registers are at
/// the start.
pub(super) fn drop_checks(flow: &mut Flow<'_>, handler_of: &[Option<Protect>], bound: u16) {
    let checked = Checked::of(flow);
    if checked.0.is_empty() {
        return;
    }
    let mut entry = vec![0u64; checked.0.len().div_ceil(64)];
    for (&reg, &bit) in &checked.0 {
        set(&mut entry, bit, reg < bound);
    }
    let leader = leaders(flow, handler_of);
    let mut blocks = Blocks::new(entry);
    while let Some((start, state)) = blocks.next() {
        checked.walk(flow, handler_of, &leader, &mut blocks, start, state);
    }
    // A last walk, now that every state is final.
    for (start, mut state) in blocks.finished() {
        let mut i = start;
        loop {
            let op = flow.ops[i];
            if op == Op::CheckBound && is_set(&state, checked.0[&flow.instrs[i].a]) {
                flow.keep[i] = false;
            }
            // What it writes when it jumps is in the state of the block that it jumps to.
            if op != Op::ForIter {
                checked.step(flow, i, &mut state);
            }
            if !falls_through(op) {
                break;
            }
            i += 1;
            if i >= flow.instrs.len() || leader[i] {
                break;
            }
        }
    }
}

/// The instructions that begin a block, and so have a state of their own.
fn leaders(flow: &Flow<'_>, handler_of: &[Option<Protect>]) -> Vec<bool> {
    let mut leader = vec![false; flow.instrs.len()];
    leader[0] = true;
    for i in (0..flow.instrs.len()).filter(|&i| flow.keep[i]) {
        if let Some(target) = flow.targets[i] {
            leader[target as usize] = true;
        }
        if let Some(protect) = handler_of[i] {
            leader[protect.target as usize] = true;
        }
    }
    leader
}

impl Checked {
    fn of(flow: &Flow<'_>) -> Checked {
        let mut bits = FxHashMap::default();
        for (i, op) in flow.ops.iter().enumerate() {
            if *op == Op::CheckBound && flow.keep[i] {
                let next = bits.len();
                bits.entry(flow.instrs[i].a).or_insert(next);
            }
        }
        Checked(bits)
    }

    /// Walks the block at `start`, and tells those that control goes to from there.
    fn walk(
        &self,
        flow: &Flow<'_>,
        handler_of: &[Option<Protect>],
        leader: &[bool],
        blocks: &mut Blocks<u64>,
        start: usize,
        mut state: Vec<u64>,
    ) {
        let both = |old: u64, new: u64| old & new;
        // The same state need not go to the same handler twice in a row.
        let mut told: Option<(u32, Vec<u64>)> = None;
        let mut i = start;
        loop {
            if let Some(protect) = handler_of[i]
                && !told.as_ref().is_some_and(|(target, old)| *target == protect.target && *old == state)
            {
                blocks.reach(protect.target, &state, both);
                told = Some((protect.target, state.clone()));
            }
            let op = flow.ops[i];
            let mut after = state.clone();
            self.step(flow, i, &mut after);
            if let Some(target) = flow.targets[i] {
                blocks.reach(target, &after, both);
            }
            // `for_iter` writes only when it jumps.
            if op != Op::ForIter {
                state = after;
            }
            if !falls_through(op) {
                return;
            }
            i += 1;
            if i >= flow.instrs.len() {
                return;
            }
            if leader[i] {
                return blocks.reach(i as u32, &state, both);
            }
        }
    }

    /// What instruction `i` binds and unbinds.
    fn step(&self, flow: &Flow<'_>, i: usize, state: &mut [u64]) {
        let (op, instr) = (flow.ops[i], flow.instrs[i]);
        let mut put = |reg: u16, bound: bool| {
            if let Some(&bit) = self.0.get(&reg) {
                set(state, bit, bound);
            }
        };
        match op {
            Op::DelLocal | Op::Kill => put(instr.a, false),
            Op::CheckBound => put(instr.a, true),
            Op::UnpackSequence => (0..instr.c).for_each(|n| put(instr.a.saturating_add(n), true)),
            Op::UnpackEx => {
                let count = (instr.c & 0xff) + (instr.c >> 8) + 1;
                (0..count).for_each(|n| put(instr.a.saturating_add(n), true));
            }
            _ => {
                let slots = [instr.a, instr.b, instr.c];
                let mut slot = 0;
                for &(_, role) in op.info().operands {
                    if role == Role::Out {
                        put(slots[slot], true);
                    }
                    slot += !role.is_wide() as usize;
                }
            }
        }
    }
}

fn is_set(state: &[u64], bit: usize) -> bool {
    state[bit / 64] >> (bit % 64) & 1 == 1
}

fn set(state: &mut [u64], bit: usize, value: bool) {
    if value {
        state[bit / 64] |= 1 << (bit % 64);
    } else {
        state[bit / 64] &= !(1 << (bit % 64));
    }
}
