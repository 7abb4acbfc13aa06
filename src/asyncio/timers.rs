//! What is due later: a heap in the order of time, then of creation. Times are integers, so
//! nothing is ever left over by rounding.
//!
//! An entry that was cancelled stays until it comes to the top, or until more than half of a
//! large heap is cancelled; it never wakes the loop.

use super::events::Handle;
use super::futures::Future;
use crate::object::{Tracer, Value};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Below this many entries a heap is not cleaned up.
const SMALL: usize = 100;

/// What happens when the time has come.
pub(super) enum Timer {
    /// A future that `sleep` waits for gets its result.
    Sleep { future: Value, result: Value },
    /// A handle is called.
    Handle(Value),
}

impl Timer {
    fn is_cancelled(&self) -> bool {
        match self {
            Timer::Sleep { future, .. } => future.opaque::<Future>().is_none_or(Future::is_done),
            Timer::Handle(handle) => handle.opaque::<Handle>().is_none_or(Handle::is_cancelled),
        }
    }
}

struct Entry {
    when: i64,
    sequence: u64,
    timer: Timer,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        (self.when, self.sequence).cmp(&(other.when, other.sequence))
    }
}

#[derive(Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Entry>>,
    sequence: u64,
    /// Entries cancelled since the last clean-up; a lower bound.
    cancelled: usize,
}

impl Timers {
    pub(super) fn push(&mut self, when: i64, timer: Timer) {
        self.sequence += 1;
        self.heap.push(Reverse(Entry { when, sequence: self.sequence, timer }));
    }

    pub(super) fn note_cancelled(&mut self) {
        self.cancelled += 1;
    }

    /// When the next timer is due that is not cancelled. The cancelled ones that were in front
    /// are handed back, so that they are dropped when the heap is no longer borrowed.
    pub(super) fn next_due(&mut self, dropped: &mut Vec<Timer>) -> Option<i64> {
        if self.heap.len() > SMALL && self.cancelled * 2 > self.heap.len() {
            let (gone, kept): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.heap).into_iter().partition(|e| e.0.timer.is_cancelled());
            dropped.extend(gone.into_iter().map(|entry| entry.0.timer));
            self.heap = kept.into();
            self.cancelled = 0;
        }
        while self.heap.peek().is_some_and(|entry| entry.0.timer.is_cancelled()) {
            self.cancelled = self.cancelled.saturating_sub(1);
            dropped.extend(self.heap.pop().map(|entry| entry.0.timer));
        }
        self.heap.peek().map(|entry| entry.0.when)
    }

    /// The next timer, when it is due at `now`.
    pub(super) fn pop_due(&mut self, now: i64) -> Option<Timer> {
        if self.heap.peek()?.0.when > now {
            return None;
        }
        self.heap.pop().map(|entry| entry.0.timer)
    }

    pub(super) fn take_all(&mut self) -> Vec<Timer> {
        std::mem::take(&mut self.heap).into_iter().map(|entry| entry.0.timer).collect()
    }

    pub(super) fn trace(&self, tracer: &mut Tracer<'_>) {
        for entry in &self.heap {
            match &entry.0.timer {
                Timer::Sleep { future, result } => tracer.values([future, result]),
                Timer::Handle(handle) => tracer.value(handle),
            }
        }
    }
}
