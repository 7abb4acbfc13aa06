//! What happens when the last reference to an object has gone: its finaliser is queued, or it is
//! destroyed and its cell is free again. Long chains are freed without recursion.
//!
//! The invariants are those of the heap (`object/heap.rs`).

#![expect(unsafe_code, reason = "frees objects; the heap's invariants")]

use super::{heap, set_pending};
use crate::object::coroutine::{self, GenObj};
use crate::object::header::{Header, Kind, Obj, flag};
use crate::object::str::Str;
use crate::object::value::Value;
use crate::object::weak;
use std::ptr::NonNull;

/// Called by `Value::drop` when the last reference has gone.
#[cold]
#[inline(never)]
pub(in crate::object) fn release(object: NonNull<Header>) {
    // SAFETY: the object is whole: its count just reached zero.
    let header = unsafe { object.as_ref() };
    if header.kind() == Kind::Generator
        && coroutine::has_finished(header)
        && !header.has(flag::WEAKLY_REFERENCED | flag::LARGE)
    {
        destroy_finished(object);
        return;
    }
    if header.kind() == Kind::Str
        && header.is_plain()
        && heap().str_class.as_ref().is_some_and(|class| header.class().is_same(class))
    {
        // The usual string: nothing hangs on it, and its size is known here.
        // SAFETY: the kind names the payload; the cell is freed once, here.
        unsafe {
            std::ptr::drop_in_place(&raw mut (*object.cast::<Obj<Str>>().as_ptr()).body);
            header.drop_class();
            heap().cells.free(object, const { size_of::<Obj<Str>>() }, false);
        }
        return;
    }
    if needs_finalizer(header) {
        header.set(flag::FINALIZED | flag::QUEUED);
        header.set_count(1);
        heap().finalizers.push(Value::from_owned(object));
        set_pending();
        return;
    }
    let heap = heap();
    if heap.depth > 100 {
        heap.deferred.push(object);
        return;
    }
    heap.depth += 1;
    destroy(object);
    if super::heap().depth == 1 {
        while let Some(object) = super::heap().deferred.pop() {
            destroy(object);
        }
    }
    super::heap().depth -= 1;
}

/// Frees a generator that has ended, the short way: its registers hold nothing.
fn destroy_finished(object: NonNull<Header>) {
    const SIZE: usize = size_of::<Obj<GenObj>>().next_multiple_of(8);
    // SAFETY: as in `destroy`; the caller checked kind, state and flags.
    unsafe {
        let room = object.as_ref().room() as usize;
        std::ptr::drop_in_place(&raw mut (*object.cast::<Obj<GenObj>>().as_ptr()).body);
        object.as_ref().drop_class();
        let heap = heap();
        heap.containers = heap.containers.saturating_sub(1);
        heap.cells.free(object, SIZE + room * 8, false);
    }
}

fn destroy(object: NonNull<Header>) {
    // SAFETY: the object is whole, has no references left, and is freed once, here.
    unsafe {
        let header = object.as_ref();
        if header.has(flag::WEAKLY_REFERENCED) {
            weak::referent_died(object);
        }
        let kind = header.kind();
        let Some(layout) = &heap().layouts[kind as usize] else { return };
        let room = header.room() as usize;
        (layout.drop)(object);
        let body_end = size_of::<Header>() + layout.size;
        if room > 0 {
            let mut tail = object.as_ptr().cast::<u8>().add(body_end).cast::<Value>();
            // The items of a tuple go from its end on, as in CPython.
            if kind == Kind::Tuple {
                for i in (0..room).rev() {
                    std::ptr::drop_in_place(tail.add(i));
                }
            } else {
                for _ in 0..room {
                    std::ptr::drop_in_place(tail);
                    tail = tail.add(1);
                }
            }
        }
        let large = header.has(flag::LARGE);
        header.drop_class();
        let container = layout.container;
        let heap = heap();
        if container {
            heap.containers = heap.containers.saturating_sub(1);
        }
        heap.cells.free(object, body_end + room * 8, large);
    }
}

#[inline(always)]
fn needs_finalizer(header: &Header) -> bool {
    match header.kind() {
        Kind::Generator => !header.has(flag::FINALIZED) && coroutine::needs_finalizer(header),
        Kind::Free => false,
        _ => header.class().has_finalizer() && !header.has(flag::FINALIZED),
    }
}

/// Whether `object`'s finaliser would run if it died now; the cycle collector asks.
pub(in crate::object) fn wants_finalizer(object: NonNull<Header>) -> bool {
    // SAFETY: the collector passes live objects.
    needs_finalizer(unsafe { object.as_ref() })
}

/// Queues the finaliser of an object that the collector found unreachable.
pub(in crate::object) fn queue_finalizer(object: NonNull<Header>) {
    // SAFETY: the collector passes live objects.
    let header = unsafe { object.as_ref() };
    header.set(flag::FINALIZED | flag::QUEUED);
    heap().finalizers.push(Value::from_borrowed(header));
    set_pending();
}

/// Queues a value for the machine to finalise or (a weak reference with a callback) to call.
pub(in crate::object) fn queue(value: Value) {
    heap().finalizers.push(value);
    set_pending();
}

/// The objects whose finalisers have to run, in order; the queue is empty afterwards.
pub fn take_finalizers() -> Vec<Value> {
    let queue = std::mem::take(&mut heap().finalizers);
    for value in &queue {
        if let Some(header) = value.header() {
            header.unset(flag::QUEUED);
        }
    }
    queue
}

pub fn has_finalizers() -> bool {
    !heap().finalizers.is_empty()
}
