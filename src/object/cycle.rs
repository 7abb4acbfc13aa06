//! The cycle collector: trial deletion over all containers.
//!
//! 1. Every object starts with its reference count; each reference found *inside* a container
//!    is taken off its target. What is left over comes from outside: a stack, a Rust variable,
//!    a builtin table.
//! 2. Whatever such an object reaches is alive.
//! 3. The rest is garbage, and weak references to it are dead. If some of it has finalisers
//!    that have not run, these are queued (each once) and the collection ends there: what they
//!    reach stays whole for them. Else every container drops what it holds.
//!
//! A container whose table is borrowed just now shows no references: its targets then look
//! referenced from outside and stay. Collection is therefore safe at any allocation.
//!
//! # Invariants
//! 1. Tracing visits each counted reference that a container holds, at most once a count.

#![expect(unsafe_code, reason = "walks all objects; invariant above")]

use super::header::{Header, Kind, Tracer, flag};
use super::heap::{self, heap};
use super::value::Value;
use std::collections::VecDeque;
use std::ptr::NonNull;

/// An allocation passed the threshold.
#[cold]
#[inline(never)]
pub(super) fn due() {
    let heap = heap();
    if heap::stress() {
        collect();
    } else if heap.automatic {
        collect();
        let heap = super::heap::heap();
        heap.threshold = (heap.containers * 2).max(10_000);
    } else {
        heap.threshold = heap.containers.saturating_mul(2);
    }
}

/// Collects garbage cycles; returns the number of unreachable objects found.
pub fn collect() -> usize {
    if std::mem::replace(&mut heap().collecting, true) {
        return 0;
    }
    let found = run();
    heap().collecting = false;
    found
}

fn run() -> usize {
    let layouts = heap().layouts;
    let numbers = heap::number_cells();
    heap::spend_items(numbers);
    let small = numbers - heap::large_count();
    // What is left of each container's count; REACHED once it is known to be alive.
    let mut outside: Vec<u32> = vec![0; numbers];
    let mut containers: Vec<NonNull<Header>> = Vec::with_capacity(heap().containers);
    let is_container = |header: &Header| CONTAINERS[header.kind() as usize];
    heap::each_object(|object| {
        // SAFETY: live objects only.
        let header = unsafe { object.as_ref() };
        if is_container(header) {
            outside[heap::ordinal(header, small)] = header.ref_count();
            containers.push(object);
        }
    });
    let trace = |object: NonNull<Header>, visit: &mut dyn FnMut(&Header)| {
        // SAFETY: live objects; the layout is that of the object's kind.
        unsafe {
            let header = object.as_ref();
            let layout = layouts[header.kind() as usize].expect("a live object's kind is registered");
            (layout.trace)(object, &mut Tracer { visit });
            if let Some(cell) = header.tail_cell() {
                Tracer { visit }.cell(cell);
            }
            visit(header.class().header());
        }
    };
    for &object in &containers {
        trace(object, &mut |child| {
            if is_container(child) {
                let count = &mut outside[heap::ordinal(child, small)];
                *count = count.saturating_sub(1);
            }
        });
    }
    // Propagate from what is referenced from outside.
    let number_of = |object: &NonNull<Header>| {
        // SAFETY: live objects only.
        heap::ordinal(unsafe { object.as_ref() }, small)
    };
    let mut stack: Vec<NonNull<Header>> =
        containers.iter().filter(|object| outside[number_of(object)] > 0).copied().collect();
    for object in &stack {
        outside[number_of(object)] = REACHED;
    }
    while let Some(object) = stack.pop() {
        trace(object, &mut |child| {
            if is_container(child) {
                let count = &mut outside[heap::ordinal(child, small)];
                if *count != REACHED {
                    *count = REACHED;
                    stack.push(NonNull::from(child));
                }
            }
        });
    }
    let garbage: Vec<NonNull<Header>> =
        containers.into_iter().filter(|object| outside[number_of(object)] != REACHED).collect();
    if garbage.is_empty() {
        return 0;
    }
    // Hold every object while the others let go of it.
    // SAFETY: all are still whole.
    let held: Vec<Value> =
        garbage.iter().map(|object| Value::from_borrowed(unsafe { object.as_ref() })).collect();
    // Weak references to garbage are dead before a finaliser can bring some of it back; those
    // that are garbage themselves call nobody.
    let clear = |object: NonNull<Header>| {
        // SAFETY: held above.
        unsafe {
            let layout =
                layouts[object.as_ref().kind() as usize].expect("a live object's kind is registered");
            (layout.clear)(object);
        }
    };
    let headers = || held.iter().filter_map(Value::header);
    headers().filter(|header| header.kind() == Kind::WeakRef).map(NonNull::from).for_each(clear);
    for header in headers().filter(|header| header.has(flag::WEAKLY_REFERENCED)) {
        super::weak::referent_died(NonNull::from(header));
    }
    let mut finalizers = false;
    for &object in &garbage {
        if heap::wants_finalizer(object) {
            heap::queue_finalizer(object);
            finalizers = true;
        }
    }
    if finalizers {
        // The machine runs them and then collects again (`gc.collect` in `vm`).
        return garbage.len();
    }
    for &object in &garbage {
        // SAFETY: held above.
        unsafe {
            let header = object.as_ref();
            clear(object);
            if let Some(cell) = header.tail_cell() {
                drop(cell.take());
            }
        }
    }
    let count = held.len();
    drop(held);
    count
}

/// Every container that is alive: `gc.get_objects`.
pub fn containers() -> Vec<Value> {
    let mut found = Vec::new();
    heap::each_object(|object| {
        // SAFETY: live objects only.
        let header = unsafe { object.as_ref() };
        if CONTAINERS[header.kind() as usize] && header.ref_count() > 0 {
            found.push(Value::from_borrowed(header));
        }
    });
    found
}

/// What a container refers to, its class at the end: `gc.get_referents`.
pub fn referents(container: &Value) -> Vec<Value> {
    let Some(header) = container.header() else { return Vec::new() };
    let Some(layout) = heap().layouts[header.kind() as usize] else { return Vec::new() };
    let mut found = Vec::new();
    let mut visit = |child: &Header| found.push(Value::from_borrowed(child));
    // SAFETY: a live object; the layout is that of the object's kind.
    unsafe { (layout.trace)(NonNull::from(header), &mut Tracer { visit: &mut visit }) };
    if let Some(cell) = header.tail_cell() {
        Tracer { visit: &mut visit }.cell(cell);
    }
    if header.class().has_flag(super::class::class_flag::HEAP) {
        visit(header.class().header());
    }
    found
}

/// Queues the finalisers of what `root` reaches, the nearest objects first: the order in which
/// CPython's last collection finds what a module held. Sequences are walked from their end, as there.
pub fn queue_reachable(root: &Value) {
    let mut wanted = false;
    heap::each_object(|object| wanted |= heap::wants_finalizer(object));
    let Some(first) = root.header().filter(|_| wanted) else { return };
    let layouts = heap().layouts;
    let numbers = heap::number_cells();
    let small = numbers - heap::large_count();
    let mut seen = vec![false; numbers];
    let mut waiting = VecDeque::from([NonNull::from(first)]);
    seen[heap::ordinal(first, small)] = true;
    let mut children = Vec::new();
    while let Some(object) = waiting.pop_front() {
        // SAFETY: what a live object references is alive; the layout is that of the object's kind.
        unsafe {
            let header = object.as_ref();
            let visit: &mut dyn FnMut(&Header) = &mut |child| children.push(NonNull::from(child));
            let layout = layouts[header.kind() as usize].expect("a live object's kind is registered");
            (layout.trace)(object, &mut Tracer { visit });
            if matches!(header.kind(), Kind::List | Kind::Tuple) {
                children.reverse();
            }
            if let Some(cell) = header.tail_cell() {
                Tracer { visit: &mut |child| children.push(NonNull::from(child)) }.cell(cell);
            }
            children.push(NonNull::from(header.class().header()));
        }
        for child in children.drain(..) {
            // SAFETY: as above; queueing a finaliser releases nothing.
            let header = unsafe { child.as_ref() };
            let is_new = CONTAINERS[header.kind() as usize]
                && !std::mem::replace(&mut seen[heap::ordinal(header, small)], true);
            if is_new {
                // Closing a generator releases what its frame holds, at that moment.
                let is_open = header.kind() == Kind::Generator && !header.has(flag::FINALIZED);
                if is_open || heap::wants_finalizer(child) {
                    heap::queue_finalizer(child);
                }
                if !is_open {
                    waiting.push_back(child);
                }
            }
        }
    }
}

const REACHED: u32 = u32::MAX;

/// Which kinds can be part of a cycle.
static CONTAINERS: [bool; super::header::KIND_COUNT] = {
    let mut table = [true; super::header::KIND_COUNT];
    let leaves =
        [Kind::Free, Kind::Int, Kind::Complex, Kind::Str, Kind::Bytes, Kind::ByteArray, Kind::RangeIter];
    let mut i = 0;
    while i < leaves.len() {
        table[leaves[i] as usize] = false;
        i += 1;
    }
    table
};

/// `gc.enable`, `gc.disable`.
pub fn set_automatic(on: bool) {
    heap().automatic = on;
}

pub fn is_automatic() -> bool {
    heap().automatic
}
