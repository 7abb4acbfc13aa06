//! When the machine has to look up from the program: something is pending, or a number of steps
//! has been taken.
//!
//! Both answers come from one counter, so a step costs one subtraction: while something is
//! pending a single step is left, and what was left before is owed.
//!
//! The invariants are those of the heap (`object/heap.rs`).

#![expect(unsafe_code, reason = "two statics of the thread that holds the heap")]

use std::cell::Cell;

/// Set when something waits for the machine: queued finalisers, a collection that is due, a
/// signal. The machine looks at it at safepoints and after anything was freed.
static PENDING: PendingFlag = PendingFlag(Cell::new(false));

struct PendingFlag(Cell<bool>);

// SAFETY: invariant 1.
unsafe impl Sync for PendingFlag {}

/// Steps (backward jumps, calls, items that natives take) until the machine looks outside. While something is pending there is one
/// left, and what was left before is owed.
static TICKS: Ticks = Ticks { left: Cell::new(1), owed: Cell::new(1), debt: Cell::new(0) };

struct Ticks {
    left: Cell<u32>,
    owed: Cell<u32>,
    /// Steps of natives beyond the next look.
    debt: Cell<u64>,
}

// SAFETY: invariant 1.
unsafe impl Sync for Ticks {}

#[inline(always)]
pub fn pending() -> bool {
    PENDING.0.get()
}

pub fn set_pending() {
    if !PENDING.0.replace(true) {
        // The next backward jump looks.
        TICKS.owed.set(TICKS.left.replace(1));
    }
}

pub fn clear_pending() {
    if PENDING.0.replace(false) {
        TICKS.left.set(TICKS.owed.get().max(1));
    }
}

/// Counts a step; true when the machine has to look, because something is pending or
/// because the count has run down.
#[inline(always)]
pub fn tick() -> bool {
    let left = TICKS.left.get().wrapping_sub(1);
    TICKS.left.set(left);
    left == 0
}

/// After `tick` said to look: whether the count itself has run down.
pub fn ran_down() -> bool {
    if !PENDING.0.get() {
        return true;
    }
    let owed = TICKS.owed.get().saturating_sub(1);
    TICKS.owed.set(owed);
    owed == 0
}

/// Steps until `tick` says to look.
pub fn set_ticks(left: u32) {
    if PENDING.0.get() {
        TICKS.owed.set(left);
        TICKS.left.set(1);
    } else {
        TICKS.left.set(left);
    }
}

/// Items that natives visit, and bytes that they copy, in the time of a step.
const ITEMS_A_STEP: usize = 64;
const BYTES_A_STEP: usize = 4096;

/// Counts the steps that a native takes at once. The next look comes the sooner; what goes beyond it is
/// a debt that the look settles.
pub fn spend(steps: u64) {
    let count = if PENDING.0.get() { &TICKS.owed } else { &TICKS.left };
    let spare = count.get().saturating_sub(1);
    if steps <= u64::from(spare) {
        count.set(count.get() - steps as u32);
    } else {
        count.set(1);
        TICKS.debt.set(TICKS.debt.get().saturating_add(steps - u64::from(spare)));
    }
}

/// Counts the time that a native takes to visit items.
#[inline(always)]
pub fn spend_items(items: usize) {
    if items >= ITEMS_A_STEP {
        spend((items / ITEMS_A_STEP) as u64);
    }
}

/// Counts the time that a native takes to read or copy bytes.
#[inline(always)]
pub fn spend_bytes(bytes: usize) {
    if bytes >= BYTES_A_STEP {
        spend((bytes / BYTES_A_STEP) as u64);
    }
}

/// Whether natives have taken more steps than there were until the next look.
pub fn in_debt() -> bool {
    TICKS.debt.get() > 0
}

/// The steps that natives took beyond the next look; they are settled.
pub fn take_debt() -> u64 {
    TICKS.debt.replace(0)
}

/// After `tick` said to look at something pending where that can't be done: the next one says so again.
pub fn tick_again() {
    TICKS.left.set(1);
}
