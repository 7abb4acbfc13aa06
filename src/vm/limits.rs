//! The limits of a run: how many steps it takes, how much memory. Both are looked at every so
//! many steps (a backward jump, a call, an item that a native takes from an iterator), so that
//! no loop, native or not, escapes them or Ctrl-C; and before anything large is made at once.
//!
//! A program may catch the error of a limit, so that its `finally` blocks run. One that goes on
//! all the same is ended a little later, by nobody's leave.

use super::interp::TICKS;
use super::{Raised, Result, Vm};
use crate::object::heap;

/// Steps for cleaning up after the last one.
const GRACE: u64 = 1 << 20;
/// What is smaller than this is seen at the next look.
const SMALL: usize = 4096;
/// Without a limit, only this much is asked for beforehand.
const LARGE: usize = 1 << 26;
/// Bytes for the end of a run that has a limit.
const LAST: usize = 1 << 24;
/// Status of a run that did not stop at its limit.
const STOPPED: u8 = 1;

/// What a run may use, and whether it has.
#[derive(Default)]
pub(crate) struct Limits {
    /// The process may take this many bytes.
    memory: Option<usize>,
    out_of_steps: bool,
}

impl Vm {
    /// Ends the run after `steps`.
    pub fn limit_steps(&mut self, steps: u64) {
        let first = steps.clamp(1, u64::from(TICKS));
        heap::set_ticks(first as u32);
        self.steps_left = steps.saturating_sub(first);
    }

    /// Raises MemoryError when objects take more than `bytes`.
    pub fn limit_memory(&mut self, bytes: usize) {
        heap::set_limit(heap::used_bytes().saturating_add(bytes));
        self.limits.memory = Some(self.host.memory_in_use().saturating_add(bytes));
    }

    /// The end of a run has some memory of its own: an error is shown, finalisers run.
    pub fn limit_memory_of_end(&mut self) {
        if let Some(limit) = self.limits.memory {
            self.limits.memory = Some(limit.max(self.host.memory_in_use()).saturating_add(LAST));
            heap::set_limit(heap::used_bytes().saturating_add(LAST));
        }
    }

    /// Whether the run went over its step limit.
    pub fn is_out_of_steps(&self) -> bool {
        self.limits.out_of_steps
    }

    /// One step of a native that may take any number of them.
    #[inline(always)]
    pub fn step(&mut self) -> Result<()> {
        if heap::tick() { self.look_if_due() } else { Ok(()) }
    }

    /// Steps that a native is about to take at once: where they are too many, it does not begin.
    #[inline]
    pub fn afford(&mut self, steps: u64) -> Result<()> {
        if steps == 0 {
            return Ok(());
        }
        heap::spend(steps);
        if heap::in_debt() { self.look_outside() } else { Ok(()) }
    }

    /// The count stands at its end because it has run down, or because something is pending that the next
    /// backward jump will see to.
    #[cold]
    #[inline(never)]
    pub(crate) fn look_if_due(&mut self) -> Result<()> {
        if heap::ran_down() {
            return self.look_outside();
        }
        heap::tick_again();
        Ok(())
    }

    /// What is done once in a while: limits and Ctrl-C.
    #[cold]
    #[inline(never)]
    pub(crate) fn look_outside(&mut self) -> Result<()> {
        self.steps_left = self.steps_left.saturating_sub(heap::take_debt());
        if self.steps_left == 0 {
            return Err(self.out_of_steps());
        }
        let next = self.steps_left.min(u64::from(TICKS));
        heap::set_ticks(next as u32);
        self.steps_left -= next;
        if self.host.take_interrupt() {
            let class = self.exceptions.keyboard_interrupt.clone();
            return Err(Raised(self.exception(&class, Vec::new())));
        }
        if self.limits.memory.is_some_and(|limit| self.host.memory_in_use() > limit) {
            return Err(self.memory_error(""));
        }
        Ok(())
    }

    fn out_of_steps(&mut self) -> Raised {
        if self.limits.out_of_steps {
            // Nobody is left to tell when a stream is closed; the status says it.
            let _ = self.host.flush_out();
            let _ = self.host.write_err(b"co: stopped: the program went on after its step limit\n");
            self.host.exit(STOPPED);
        }
        self.limits.out_of_steps = true;
        heap::set_ticks(TICKS);
        self.steps_left = GRACE;
        self.runtime_error("step limit exceeded")
    }

    /// MemoryError when `bytes` more do not fit below the limit, or into the machine.
    #[inline]
    pub fn room(&mut self, bytes: usize) -> Result<()> {
        if bytes < SMALL { Ok(()) } else { self.room_for_much(bytes) }
    }

    /// What is filled takes time as well: a step for each page.
    fn room_for_much(&mut self, bytes: usize) -> Result<()> {
        let fits = match self.limits.memory {
            Some(limit) => self.host.memory_in_use().saturating_add(bytes) <= limit,
            None if bytes < LARGE => true,
            // Asking is cheap: nothing is touched.
            None => Vec::<u8>::new().try_reserve_exact(bytes).is_ok(),
        };
        if !fits {
            return Err(self.memory_error(""));
        }
        self.afford((bytes / SMALL) as u64)
    }
}
