//! The heap: how objects are made, and what is known of all of them together. Its parts:
//! `cells` (the memory), `release` (when the last reference goes), `intern` (one object for each
//! name), `opaque` (payloads of higher rooms) and `ticks` (when the machine has to look up).
//!
//! Releasing never runs Python code: an object with a finaliser (`__del__`, a generator
//! suspended inside `try`, a coroutine that was never awaited) is brought back to one reference
//! and queued; the machine drains the queue (`take_finalizers`) before its next instruction.
//!
//! # Invariants
//! 1. One thread at a time uses the heap: the holder of the [`Baton`].
//! 2. A cell is either free (Kind::Free) or holds a whole, initialised object.
//! 3. `Heap::layouts[kind]` describes the payload type of `kind`; it is registered before the first
//!    object of that kind is made.

#![expect(unsafe_code, reason = "makes objects; invariants above")]

mod cells;
mod intern;
mod opaque;
mod release;
mod ticks;

use super::class::Class;
use super::dict::Dict;
use super::header::{Header, KIND_COUNT, Kind, Obj, Payload, Tracer, flag};
use super::shape::Shape;
use super::special::SpecialCaller;
use super::str::Str;
use super::value::{Ref, Value};
use cells::Cells;
use compact_str::CompactString;
use intern::Interned;
use rustc_hash::FxBuildHasher;
use std::cell::UnsafeCell;
use std::collections::{HashMap, HashSet};
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use cells::{census, instances, over_limit, set_limit, set_separate, used_bytes};
pub(super) use cells::{each_object, large_count, number_cells, ordinal};
pub use intern::{intern, intern_value};
pub use opaque::{Opaque, OpaqueObj, new_opaque};
pub use release::{has_finalizers, take_finalizers};
pub(super) use release::{queue, queue_finalizer, release, wants_finalizer};
pub use ticks::{
    clear_pending, in_debt, pending, ran_down, set_pending, set_ticks, spend, spend_bytes, spend_items,
    take_debt, tick, tick_again,
};

/// What a program without any object of its own adds: its code, its function.
const FEW: usize = 3;
/// So many containers make a collection due.
const COLLECT_ABOVE: usize = 10_000;
/// Memory of this size is worth asking for huge pages.
const MUCH: usize = 2 * HUGE;
const HUGE: usize = 2 * 1024 * 1024;

#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) size: usize,
    container: bool,
    drop: unsafe fn(NonNull<Header>),
    pub(super) trace: unsafe fn(NonNull<Header>, &mut Tracer<'_>),
    pub(super) clear: unsafe fn(NonNull<Header>),
}

pub(super) struct Heap {
    cells: Cells,
    pub(super) layouts: [Option<Layout>; KIND_COUNT],
    interned: HashSet<Interned, FxBuildHasher>,
    str_class: Option<Ref<Class>>,
    pub(super) special_caller: Option<SpecialCaller>,
    pub(super) special_names: Vec<Ref<Str>>,
    dict_shape: Option<&'static Shape>,
    finalizers: Vec<Value>,
    /// How deep `release` is in releases that follow from one another.
    depth: u32,
    /// What waits until the outermost `release` comes to it.
    deferred: Vec<NonNull<Header>>,
    /// How many containers there are; above `threshold` a collection is due.
    pub(super) containers: usize,
    pub(super) threshold: usize,
    /// The containers that the machine itself consists of.
    baseline: usize,
    /// Whether automatic collection is on (`gc.enable`).
    pub(super) automatic: bool,
    pub(super) collecting: bool,
    stress: bool,
    /// The weak references of each object that has any, by its address.
    pub(super) weak: HashMap<usize, Vec<NonNull<Header>>, FxBuildHasher>,
}

struct Global(UnsafeCell<Option<Heap>>);

// SAFETY: invariant 1.
unsafe impl Sync for Global {}

static HEAP: Global = Global(UnsafeCell::new(None));

static BATON: Mutex<()> = Mutex::new(());

/// The right to use the heap. One is held by the thread that runs Python.
pub struct Baton {
    _guard: MutexGuard<'static, ()>,
}

impl Baton {
    /// Waits until no other thread runs Python, and sets the heap up when it is the first.
    pub fn take() -> Baton {
        let guard = BATON.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: invariant 1: the lock was just taken.
        let heap = unsafe { &mut *HEAP.0.get() };
        if heap.is_none() {
            *heap = Some(Heap::new());
        }
        Baton { _guard: guard }
    }
}

#[inline(always)]
pub(super) fn heap() -> &'static mut Heap {
    // SAFETY: invariant 1; borrows are short and never held over a call that may come back here.
    match unsafe { &mut *HEAP.0.get() } {
        Some(heap) => heap,
        None => no_baton(),
    }
}

#[cold]
fn no_baton() -> ! {
    panic!("the heap is used without a Baton")
}

impl Heap {
    fn new() -> Heap {
        Heap {
            cells: Cells::new(),
            layouts: [None; KIND_COUNT],
            interned: HashSet::default(),
            str_class: None,
            special_caller: None,
            special_names: Vec::new(),
            dict_shape: None,
            finalizers: Vec::new(),
            depth: 0,
            deferred: Vec::new(),
            containers: 0,
            threshold: COLLECT_ABOVE,
            baseline: 0,
            automatic: true,
            collecting: false,
            stress: false,
            weak: HashMap::default(),
        }
    }
}

/// Registers the payload type of a kind; before the first object of it is made.
pub fn register<T: Payload>() {
    unsafe fn drop_body<T: Payload>(object: NonNull<Header>) {
        // SAFETY: the caller passes an object of kind `T::KIND`, once.
        unsafe { std::ptr::drop_in_place(&raw mut (*object.cast::<Obj<T>>().as_ptr()).body) }
    }
    unsafe fn trace_body<T: Payload>(object: NonNull<Header>, tracer: &mut Tracer<'_>) {
        // SAFETY: as above.
        unsafe { object.cast::<Obj<T>>().as_ref() }.body.trace(tracer);
    }
    unsafe fn clear_body<T: Payload>(object: NonNull<Header>) {
        // SAFETY: as above.
        unsafe { object.cast::<Obj<T>>().as_ref() }.body.clear();
    }
    heap().layouts[T::KIND as usize] = Some(Layout {
        size: size_of::<T>().next_multiple_of(8),
        container: T::CONTAINER,
        drop: drop_body::<T>,
        trace: trace_body::<T>,
        clear: clear_body::<T>,
    });
}

pub(super) fn body_size(kind: Kind) -> usize {
    heap().layouts[kind as usize].expect("the kind is registered").size
}

#[inline(always)]
fn make<T: Payload>(class: &Ref<Class>, body: T, room: u16, flags: u8) -> Ref<T> {
    let heap = heap();
    let size = const { size_of::<Header>() + (size_of::<T>()).next_multiple_of(8) } + room as usize * 8;
    if T::CONTAINER {
        heap.containers += 1;
        if heap.containers > heap.threshold {
            super::cycle::due();
        }
    }
    let (cell, large) = heap.cells.allocate(size);
    let object = cell.cast::<Obj<T>>();
    // SAFETY: the cell is large enough and unused (invariant 2); values behind the body are
    // set to unbound before anyone sees them.
    unsafe {
        object.write(Obj { header: Header::new(T::KIND, flags | large, room, class.clone()), body });
        clear_room(cell.as_ptr().add(size - room as usize * 8).cast::<u64>(), room as usize);
    }
    Ref::from_owned(object)
}

/// Sets the values behind a body to unbound, four at a time while there are so many.
///
/// # Safety
/// There is room for `count` words.
#[inline(always)]
unsafe fn clear_room(mut next: *mut u64, count: usize) {
    // SAFETY: by the caller: each write stays below `count` words.
    unsafe {
        for _ in 0..count / 4 {
            next.cast::<[u64; 4]>().write([Value::UNBOUND_BITS; 4]);
            next = next.add(4);
        }
        if count & 2 != 0 {
            next.cast::<[u64; 2]>().write([Value::UNBOUND_BITS; 2]);
            next = next.add(2);
        }
        if count & 1 != 0 {
            next.write(Value::UNBOUND_BITS);
        }
    }
}

/// Makes an object.
#[inline(always)]
pub fn alloc<T: Payload>(class: &Ref<Class>, body: T) -> Ref<T> {
    debug_assert!(heap().layouts[T::KIND as usize].is_some(), "invariant 3");
    if class.has_tail_dict() { make(class, body, 1, flag::TAIL_DICT) } else { make(class, body, 0, 0) }
}

/// Makes an object of a class that is known to be builtin itself.
#[inline(always)]
pub fn alloc_plain<T: Payload>(class: &Ref<Class>, body: T) -> Ref<T> {
    make(class, body, 0, 0)
}

/// Makes an object with `room` unbound values behind its body.
#[inline(always)]
pub(super) fn alloc_with_room<T: Payload>(class: &Ref<Class>, body: T, room: u16) -> Ref<T> {
    make(class, body, room, 0)
}

/// The values behind the body of an object.
///
/// # Safety
/// The borrow ends before the object is freed, and no two mutable borrows overlap.
#[inline(always)]
pub(super) unsafe fn room_of<T: Payload>(body: &T) -> *mut Value {
    // A payload is only ever reached inside its object (`alloc`). The borrow of the body reaches no
    // further than the body; the object's own address, which each value holds, does.
    let address = (body as *const T).addr() + size_of::<T>().next_multiple_of(8);
    std::ptr::with_exposed_provenance_mut(address)
}

/// The object that a payload lives in.
#[inline(always)]
pub(super) fn header_of<T: Payload>(body: &T) -> &Header {
    let address = (body as *const T).addr() - size_of::<Header>();
    // SAFETY: a payload is only ever reached inside its object (`alloc`), right behind its header;
    // as for the address, see `room_of`.
    unsafe { &*std::ptr::with_exposed_provenance(address) }
}

/// The object that a payload lives in, as a counted reference.
pub fn object_of<T: Payload>(body: &T) -> Value {
    Value::from_borrowed(header_of(body))
}

/// Memory that is about to be filled from end to end: huge pages take one fault where small ones
/// take 512, and a program that strides through it finds its addresses sooner. It is a hint:
/// without it, or where there are no such pages, the memory is the same.
pub(super) fn expect_fill(start: *mut u8, bytes: usize) {
    #[cfg(target_os = "linux")]
    if bytes >= MUCH && !cfg!(miri) {
        let from = start as usize;
        let (first, end) = (from.next_multiple_of(HUGE), (from + bytes) / HUGE * HUGE);
        // SAFETY: the range lies inside the caller's memory, and the hint changes no contents.
        let _ = unsafe {
            rustix::mm::madvise(first as *mut _, end.saturating_sub(first), rustix::mm::Advice::LinuxHugepage)
        };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, bytes);
}

/// Whether a value is a string of class `str` itself.
#[inline(always)]
pub fn is_exact_str(value: &Value) -> bool {
    match (value.header(), &heap().str_class) {
        (Some(header), Some(class)) => header.kind() == Kind::Str && header.class().is_same(class),
        _ => false,
    }
}

/// The shape of instances whose attributes are in a dict.
pub(super) fn dict_shape() -> &'static Shape {
    heap().dict_shape.get_or_insert_with(Shape::dict_mode)
}

/// Makes the three classes that need each other before any can be whole: `type` (its own
/// class), `dict` (every class has one) and `str` (every class has a name).
pub fn bootstrap(flags: [u32; 3]) -> [Ref<Class>; 3] {
    // Strings of an earlier machine in this process have an earlier `str` for their class.
    // They are taken first: what goes with them comes back to the heap.
    let room = HashSet::with_capacity_and_hasher(800, FxBuildHasher);
    drop(std::mem::replace(&mut heap().interned, room));
    drop(std::mem::take(&mut heap().special_names));
    drop(heap().special_caller.take());
    let size = size_of::<Header>() + size_of::<Class>().next_multiple_of(8);
    let cells = [(); 3].map(|()| heap().cells.allocate(size));
    let objects = cells.map(|(cell, _)| cell.cast::<Obj<Class>>());
    // SAFETY: the cells are large enough and unused. Headers come first, so that references can
    // be counted; no body is read before it is written at the end of this block.
    unsafe {
        for (object, (_, large)) in objects.iter().zip(cells) {
            let class = Ref::from_owned(objects[0]);
            (&raw mut (*object.as_ptr()).header).write(Header::new(Kind::Class, large, 0, class));
        }
        // Each header counts itself once; `type` is the class of all three besides.
        (*objects[0].as_ptr()).header.set_count(4);
        let classes = objects.map(Ref::from_owned);
        drop(heap().str_class.replace(classes[2].clone()));
        let layouts = [Kind::Class, Kind::Dict, Kind::Str];
        let names = ["type", "dict", "str"];
        for i in 0..3 {
            let name = make(&classes[2], Str::new(names[i]), 0, 0);
            let dict = make(&classes[1], Dict::new(), 0, 0);
            (&raw mut (*objects[i].as_ptr()).body).write(Class::new(name, layouts[i], dict, flags[i]));
        }
        classes
    }
}

/// A new string object of class `str`.
#[inline]
pub fn new_str(text: impl Into<CompactString>) -> Ref<Str> {
    let class = heap().str_class.as_ref().expect("bootstrap comes first");
    make(class, Str::new(text), 0, 0)
}

// ---- accounting

/// Does `work` without a collection: in the middle of a release there may be none.
pub(super) fn without_collection(work: impl FnOnce()) {
    let before = std::mem::replace(&mut heap().collecting, true);
    work();
    heap().collecting = before;
}

/// Collect at every allocation of a container (`CO_STRESS=gc`).
pub fn set_stress(on: bool) {
    let heap = heap();
    heap.stress = on;
    heap.threshold = if on { 0 } else { COLLECT_ABOVE };
}

pub(super) fn stress() -> bool {
    heap().stress
}

/// Remembers how many containers the machine itself consists of.
pub fn mark_baseline() {
    let heap = heap();
    heap.baseline = heap.containers;
}

/// Runs `work`, which makes parts of the machine itself: they do not count as the program's.
pub(super) fn extend_baseline(work: impl FnOnce()) {
    let before = heap().containers;
    work();
    let heap = heap();
    heap.baseline += heap.containers.saturating_sub(before);
}

/// Whether the program left any container behind: else there is no cycle to look for.
pub fn grown() -> bool {
    let heap = heap();
    heap.containers > heap.baseline + FEW
}
