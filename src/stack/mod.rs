//! Native stacks: how much is left of the one in use, and a larger one.
//!
//! The parser's nesting and natives that call back (`repr` of nested data) use the native stack,
//! as far as bounds of their own let them. So a program runs on a stack made here, of a size
//! that is known. The system would tell the size of its own one only from the map of the whole
//! process, and reading that takes a noticeable part of a short program's time (it is what the
//! crate `stacker` does, whose design this is); on such a stack [`ensure`] takes a new one.
//!
//! Invariants:
//! 1. A [`Region`] is memory of its own, readable and writable above its guard, until dropped;
//!    whatever runs on it has returned by then, since the one who made it waits.
//! 2. No panic leaves the function that runs on a new stack: it is caught there, and goes on
//!    in the one who waits.

#![expect(unsafe_code, reason = "maps memory and moves the stack pointer; invariants above")]

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What lies below a stack and may not be touched: some pages, however large a page is.
const GUARD: usize = 64 << 10;
/// A stack with less is of no use.
const LEAST: usize = 1 << 20;

thread_local! {
    /// The lowest address of the stack in use; the highest of all while it is not known.
    static LOWEST: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The memory of a stack. While it exists, it is the one in use.
struct Region {
    start: *mut u8,
    size: usize,
    /// The lowest address of the stack below.
    below: usize,
}

impl Region {
    /// Reserves a stack; memory is taken only as far as it is used. None when there is no room.
    fn reserve(size: usize) -> Option<Region> {
        let size = size.next_multiple_of(GUARD).checked_add(GUARD)?;
        let access = ProtFlags::READ | ProtFlags::WRITE;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: invariant 1. The system chooses a place where nothing is.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), size, access, flags) }.ok()?;
        let below = LOWEST.replace(start as usize + GUARD);
        let region = Region { start: start.cast(), size, below };
        // SAFETY: invariant 1: the guard is the lowest part of the region.
        unsafe { mprotect(start, GUARD, MprotectFlags::empty()) }.ok()?;
        Some(region)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        LOWEST.set(self.below);
        // SAFETY: invariant 1. A failure leaves the memory reserved, which harms nobody.
        let _ = unsafe { munmap(self.start.cast(), self.size) };
    }
}

/// Calls `work` on a new stack and returns what it returns; its argument is the lowest address
/// that it may use. Where memory is scarce (`ulimit -v`), the stack is smaller than wanted.
///
/// It belongs to this thread: starting another would take longer than a short program runs.
///
/// # Panics
/// When there is not even room for a small stack.
pub fn on_new<R>(size: usize, work: impl FnOnce(usize) -> R) -> R {
    let sizes = std::iter::successors(Some(size), |size| Some(size / 2)).take_while(|size| *size >= LEAST);
    let region = sizes.chain([LEAST]).find_map(Region::reserve).expect("memory for a small stack");
    let lowest = region.start as usize + GUARD;
    let run = || catch_unwind(AssertUnwindSafe(|| work(lowest)));
    // SAFETY: invariants 1 and 2; both ends are multiples of a page.
    let result = unsafe { psm::on_stack(region.start.add(GUARD), region.size - GUARD, run) };
    drop(region);
    result.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Calls `work` with at least `needed` bytes of stack: on the one in use, or on a new one of
/// `size` bytes when there is less left or nobody knows.
pub fn ensure<R>(needed: usize, size: usize, work: impl FnOnce() -> R) -> R {
    let left = (psm::stack_pointer() as usize).saturating_sub(LOWEST.get());
    if left >= needed { work() } else { on_new(size, |_| work()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes down some levels of about a kilobyte each.
    fn descend(levels: usize) -> usize {
        let block = std::hint::black_box([levels; 128]);
        if levels == 0 {
            block.len()
        } else {
            ensure(8 << 10, LEAST, || descend(levels - 1)) + block[0] - levels
        }
    }

    #[test]
    fn a_stack_grows_as_often_as_needed() {
        assert_eq!(descend(20_000), 128);
    }

    #[test]
    fn a_panic_goes_on_where_the_stack_was_made() {
        let outer = LOWEST.get();
        let result = catch_unwind(|| on_new(LEAST, |_| ensure(2 * LEAST, LEAST, || panic!("deep"))));
        assert_eq!(result.expect_err("a panic").downcast_ref(), Some(&"deep"));
        assert_eq!(LOWEST.get(), outer);
    }

    #[test]
    fn what_is_wanted_shrinks_to_what_there_is() {
        let room = on_new(1 << 46, |lowest| psm::stack_pointer() as usize - lowest);
        assert!((LEAST / 2..1 << 46).contains(&room), "{room}");
    }
}
