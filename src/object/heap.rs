//! Where objects live: allocation by size class, release when the last reference goes, the
//! intern table, and the queue of finalisers.
//!
//! ```text
//!   page (64 KiB, aligned)
//!  +-------------+--------+--------+--------+--- …
//!  | page header | cell 0 | cell 1 | cell 2 |
//!  +-------------+--------+--------+--------+--- …
//!   a free cell has Kind::Free at byte 4 and the next free cell at byte 8
//! ```
//!
//! Releasing never runs Python code: an object with a finaliser (`__del__`, a generator
//! suspended inside `try`, a coroutine that was never awaited) is brought back to one reference
//! and queued; the machine drains the queue (`take_finalizers`) before its next instruction.
//! Long chains are freed without recursion.
//!
//! # Invariants
//! 1. One thread at a time uses the heap: the holder of the [`Baton`].
//! 2. A cell is either free (Kind::Free) or holds a whole, initialised object.
//! 3. `LAYOUTS[kind]` describes the payload type of `kind`; it is registered before the first
//!    object of that kind is made.

#![expect(unsafe_code, reason = "the allocator; invariants above")]

use super::class::Class;
use super::coroutine::GenObj;
use super::dict::Dict;
use super::function::BoundMethod;
use super::header::{Header, KIND_COUNT, Kind, Obj, Payload, Tracer, flag};
use super::shape::Shape;
use super::special::Special;
use super::str::Str;
use super::value::{Ref, Value};
use compact_str::CompactString;
use rustc_hash::FxBuildHasher;
use std::alloc::Layout as Memory;
use std::any::TypeId;
use std::borrow::Borrow;
use std::cell::{Cell, UnsafeCell};
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

const PAGE: usize = 64 * 1024;
/// Pages that are asked for together: one request, of which only what is used takes memory.
const CHUNK: usize = 16;
const GRANULE: usize = 16;
/// Bytes of a page that are made into cells at a time.
const BATCH: usize = 4096;
/// Larger objects come from the system allocator.
const LARGEST: usize = 1024;
/// What a program without any object of its own adds: its code, its function.
const FEW: usize = 3;
const CLASSES: usize = LARGEST / GRANULE + 1;

#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) size: usize,
    container: bool,
    drop: unsafe fn(NonNull<Header>),
    pub(super) trace: unsafe fn(NonNull<Header>, &mut Tracer<'_>),
    pub(super) clear: unsafe fn(NonNull<Header>),
}

pub(super) struct Page {
    pub(super) cell: usize,
    pub(super) count: usize,
    /// Number of the first cell while a collection counts; `reciprocal` divides by `cell`.
    ordinal: usize,
    reciprocal: u64,
}

pub(super) const PAGE_HEADER: usize = size_of::<Page>();

/// In front of a large object.
#[repr(C)]
struct LargePrefix {
    index: usize,
    size: usize,
}

/// What calls a special method that is not a function, the class of bound methods, and whether a native has
/// its receiver already.
type SpecialCaller = (Value, Ref<Class>, fn(&Value) -> bool);

pub(super) struct Heap {
    free: [*mut u8; CLASSES],
    /// The newest page of each class, whose last cells may not be in the free list yet.
    growing: [Option<NonNull<Page>>; CLASSES],
    pub(super) pages: Vec<NonNull<Page>>,
    /// Pages of the newest chunk that are not in use yet: the next one, and how many.
    spare: (*mut u8, usize),
    pub(super) large: Vec<NonNull<Header>>,
    pub(super) layouts: [Option<Layout>; KIND_COUNT],
    interned: HashSet<Interned, FxBuildHasher>,
    str_class: Option<Ref<Class>>,
    special_caller: Option<SpecialCaller>,
    finalizers: Vec<Value>,
    depth: u32,
    deferred: Vec<NonNull<Header>>,
    pub(super) containers: usize,
    pub(super) threshold: usize,
    /// Whether automatic collection is on (`gc.enable`).
    pub(super) automatic: bool,
    pub(super) collecting: bool,
    pub(super) weak: HashMap<usize, Vec<NonNull<Header>>, FxBuildHasher>,
    stress: bool,
    /// Every object is a large one (`CO_STRESS=heap`): then no free list has a cell, and only the
    /// slow path looks here.
    separate: bool,
    used: usize,
    limit: usize,
    special_names: Vec<Ref<Str>>,
    baseline: usize,
    dict_shape: Option<&'static Shape>,
}

struct Global(UnsafeCell<Option<Heap>>);

// SAFETY: invariant 1.
unsafe impl Sync for Global {}

static HEAP: Global = Global(UnsafeCell::new(None));
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
            free: [std::ptr::null_mut(); CLASSES],
            growing: [None; CLASSES],
            pages: Vec::new(),
            spare: (std::ptr::null_mut(), 0),
            large: Vec::new(),
            layouts: [None; KIND_COUNT],
            interned: HashSet::with_capacity_and_hasher(800, FxBuildHasher),
            str_class: None,
            special_caller: None,
            finalizers: Vec::new(),
            depth: 0,
            deferred: Vec::new(),
            containers: 0,
            threshold: 10_000,
            automatic: true,
            collecting: false,
            weak: HashMap::default(),
            stress: false,
            separate: false,
            used: 0,
            limit: usize::MAX,
            special_names: Vec::new(),
            baseline: 0,
            dict_shape: None,
        }
    }

    #[inline(always)]
    fn allocate(&mut self, size: usize) -> (NonNull<u8>, u8) {
        if size <= LARGEST {
            let class = size.div_ceil(GRANULE);
            let cell = self.free[class];
            if let Some(cell) = NonNull::new(cell) {
                // SAFETY: invariant 2: a free cell holds the next one at byte 8.
                self.free[class] = unsafe { cell.as_ptr().add(8).cast::<*mut u8>().read() };
                return (cell, 0);
            }
            self.allocate_page(class)
        } else {
            (self.allocate_large(size), flag::LARGE)
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_page(&mut self, class: usize) -> (NonNull<u8>, u8) {
        let cell = class * GRANULE;
        if self.separate {
            return (self.allocate_large(cell), flag::LARGE);
        }
        let total = (PAGE - PAGE_HEADER) / cell;
        let page = match self.growing[class] {
            // SAFETY: pages live as long as the heap.
            Some(page) if unsafe { page.as_ref() }.count < total => page,
            _ => self.new_page(class),
        };
        // SAFETY: the page is `PAGE` bytes; every cell below `total` lies inside it, and those
        // from `count` on were never used.
        unsafe {
            let first = page.as_ptr().cast::<u8>().add(PAGE_HEADER);
            let old = page.as_ref().count;
            let new = (old + (BATCH / cell).max(1)).min(total);
            for i in (old..new).rev() {
                let cell_start = first.add(i * cell);
                cell_start.cast::<u64>().write(0);
                cell_start.add(8).cast::<*mut u8>().write(self.free[class]);
                self.free[class] = cell_start;
            }
            (*page.as_ptr()).count = new;
            let cell_start = self.free[class];
            self.free[class] = cell_start.add(8).cast::<*mut u8>().read();
            (NonNull::new_unchecked(cell_start), 0)
        }
    }

    /// A page without cells yet: memory is touched only as it is needed, which a short program
    /// feels at start.
    fn new_page(&mut self, class: usize) -> NonNull<Page> {
        if self.spare.1 == 0 {
            let memory = Memory::from_size_align(CHUNK * PAGE, PAGE).expect("the chunk layout is valid");
            // SAFETY: the layout has a non-zero size.
            self.spare = (unsafe { std::alloc::alloc(memory) }, CHUNK);
            if self.spare.0.is_null() {
                std::alloc::handle_alloc_error(memory)
            }
        }
        let page = NonNull::new(self.spare.0.cast::<Page>()).expect("a chunk has pages left");
        // SAFETY: the address is inside the chunk, or right behind its last page.
        self.spare = (unsafe { self.spare.0.add(PAGE) }, self.spare.1 - 1);
        let cell = class * GRANULE;
        // SAFETY: the page is large enough for its header and belongs to nobody else.
        unsafe {
            page.write(Page { cell, count: 0, ordinal: 0, reciprocal: (1u64 << 32).div_ceil(cell as u64) });
        }
        self.pages.push(page);
        self.growing[class] = Some(page);
        self.used += PAGE;
        page
    }

    #[cold]
    #[inline(never)]
    fn allocate_large(&mut self, size: usize) -> NonNull<u8> {
        let total = size + size_of::<LargePrefix>();
        let memory = Memory::from_size_align(total, 16).expect("an object's layout is valid");
        // SAFETY: the layout has a non-zero size; the prefix lies inside the block.
        unsafe {
            let base = std::alloc::alloc(memory);
            if base.is_null() {
                std::alloc::handle_alloc_error(memory)
            }
            base.cast::<LargePrefix>().write(LargePrefix { index: self.large.len(), size: total });
            let object = NonNull::new_unchecked(base.add(size_of::<LargePrefix>()));
            self.large.push(object.cast());
            self.used += total;
            object
        }
    }

    /// # Safety
    /// `object` is an allocated cell whose contents have been dropped.
    unsafe fn free(&mut self, object: NonNull<Header>, size: usize, large: bool) {
        let start = object.as_ptr().cast::<u8>();
        // SAFETY: by the caller, and invariant 2.
        unsafe {
            if large {
                let base = start.sub(size_of::<LargePrefix>());
                let prefix = base.cast::<LargePrefix>().read();
                self.large.swap_remove(prefix.index);
                if let Some(moved) = self.large.get(prefix.index) {
                    let moved = moved.as_ptr().cast::<u8>().sub(size_of::<LargePrefix>());
                    (*moved.cast::<LargePrefix>()).index = prefix.index;
                }
                self.used -= prefix.size;
                std::alloc::dealloc(base, Memory::from_size_align_unchecked(prefix.size, 16));
            } else {
                let class = size.div_ceil(GRANULE);
                start.cast::<u64>().write(0);
                start.add(8).cast::<*mut u8>().write(self.free[class]);
                self.free[class] = start;
            }
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
    let (cell, large) = heap.allocate(size);
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
    // SAFETY: a payload is only ever reached inside its object (`alloc`).
    unsafe { (body as *const T).cast::<u8>().add(size_of::<T>().next_multiple_of(8)).cast_mut().cast() }
}

/// The object that a payload lives in.
#[inline(always)]
pub(super) fn header_of<T: Payload>(body: &T) -> &Header {
    // SAFETY: a payload is only ever reached inside its object (`alloc`), right behind the
    // 16-byte header.
    unsafe { &*(body as *const T).cast::<Header>().sub(1) }
}

/// The object that a payload lives in, as a counted reference.
pub fn object_of<T: Payload>(body: &T) -> Value {
    Value::from_borrowed(header_of(body))
}

/// Called by `Value::drop` when the last reference has gone.
#[cold]
#[inline(never)]
pub(super) fn release(object: NonNull<Header>) {
    // SAFETY: the object is whole: its count just reached zero.
    let header = unsafe { object.as_ref() };
    if header.kind() == Kind::Generator
        && super::coroutine::has_finished(header)
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
            heap().free(object, const { size_of::<Obj<Str>>() }, false);
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
    if self::heap().depth == 1 {
        while let Some(object) = self::heap().deferred.pop() {
            destroy(object);
        }
    }
    self::heap().depth -= 1;
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
        heap.free(object, SIZE + room * 8, false);
    }
}

fn destroy(object: NonNull<Header>) {
    // SAFETY: the object is whole, has no references left, and is freed once, here.
    unsafe {
        let header = object.as_ref();
        if header.has(flag::WEAKLY_REFERENCED) {
            super::weak::referent_died(object);
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
        heap.free(object, body_end + room * 8, large);
    }
}

#[inline(always)]
fn needs_finalizer(header: &Header) -> bool {
    match header.kind() {
        Kind::Generator => !header.has(flag::FINALIZED) && super::coroutine::needs_finalizer(header),
        Kind::Free => false,
        _ => header.class().has_finalizer() && !header.has(flag::FINALIZED),
    }
}

/// Whether `object`'s finaliser would run if it died now; the cycle collector asks.
pub(super) fn wants_finalizer(object: NonNull<Header>) -> bool {
    // SAFETY: the collector passes live objects.
    needs_finalizer(unsafe { object.as_ref() })
}

/// Queues the finaliser of an object that the collector found unreachable.
pub(super) fn queue_finalizer(object: NonNull<Header>) {
    // SAFETY: the collector passes live objects.
    let header = unsafe { object.as_ref() };
    header.set(flag::FINALIZED | flag::QUEUED);
    heap().finalizers.push(Value::from_borrowed(header));
    set_pending();
}

/// Queues a value for the machine to finalise or (a weak reference with a callback) to call.
pub(super) fn queue(value: Value) {
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

// ---- interned strings

/// A member of the intern table, found by its text.
struct Interned(Ref<Str>);

impl Borrow<str> for Interned {
    fn borrow(&self) -> &str {
        self.0.as_str()
    }
}

impl Hash for Interned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

impl PartialEq for Interned {
    fn eq(&self, other: &Interned) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Interned {}

/// Whether a value is a string of class `str` itself.
#[inline(always)]
pub fn is_exact_str(value: &Value) -> bool {
    match (value.header(), &heap().str_class) {
        (Some(header), Some(class)) => header.kind() == Kind::Str && header.class().is_same(class),
        _ => false,
    }
}

/// The name of a special method, interned.
pub(super) fn special_name(index: usize) -> Ref<Str> {
    if heap().special_names.is_empty() {
        let names = super::special::Special::all_texts().iter().map(|text| intern(text)).collect();
        heap().special_names = names;
    }
    heap().special_names[index].clone()
}

/// Says who calls special methods that are not functions: given the attribute, the receiver and
/// the arguments, it binds the attribute as its class wants.
pub fn set_special_caller(caller: Value, method_class: &Ref<Class>, is_bound: fn(&Value) -> bool) {
    heap().special_caller = Some((caller, method_class.clone(), is_bound));
}

/// A class attribute as the machine calls it: with the receiver in front. Functions are called
/// so as they are; a static method, a property or a callable object needs a caller that binds.
pub(super) fn bound_special(special: Special, value: Value) -> Value {
    let Some((caller, class, is_bound)) = &heap().special_caller else { return value };
    let plain = match value.kind() {
        None | Some(Kind::Function) => true,
        Some(Kind::Native) => !is_bound(&value),
        Some(_) => false,
    };
    let unbound = matches!(
        special,
        Special::New | Special::ClassGetItem | Special::InitSubclass | Special::Prepare | Special::MatchArgs
    );
    if plain || unbound {
        return value;
    }
    let (caller, class) = (caller.clone(), class.clone());
    alloc_plain(&class, BoundMethod { function: caller, receiver: value }).into_value()
}

/// The shape of instances whose attributes are in a dict.
pub(super) fn dict_shape() -> &'static Shape {
    heap().dict_shape.get_or_insert_with(Shape::dict_mode)
}

/// Makes the three classes that need each other before any can be whole: `type` (its own
/// class), `dict` (every class has one) and `str` (every class has a name).
pub fn bootstrap(flags: [u32; 3]) -> [Ref<Class>; 3] {
    // Strings of an earlier machine in this process have an earlier `str` for their class.
    heap().interned.clear();
    heap().special_names.clear();
    heap().special_caller = None;
    let size = size_of::<Header>() + size_of::<Class>().next_multiple_of(8);
    let cells = [(); 3].map(|()| heap().allocate(size));
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
        heap().str_class = Some(classes[2].clone());
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

/// The one string object of this text among the interned ones: names of attributes and
/// variables. Two interned strings are equal exactly when they are the same object.
pub fn intern(text: &str) -> Ref<Str> {
    if let Some(found) = heap().interned.get(text) {
        return found.0.clone();
    }
    let string = new_str(text);
    string.header().set(flag::INTERNED);
    heap().interned.insert(Interned(string.clone()));
    string
}

/// The interned string equal to `string`.
#[inline]
pub fn intern_value(string: &Ref<Str>) -> Ref<Str> {
    if string.header().has(flag::INTERNED) { string.clone() } else { intern(string.as_str()) }
}

/// Drops the interned strings that nobody else holds.
pub fn sweep_interned() {
    heap().interned.retain(|string| string.0.as_value().ref_count() > 1);
}

// ---- opaque payloads: objects whose Rust type a higher room defines

/// A payload type of a higher room (an iterator of `itertools`, a future of `asyncio`).
pub trait Opaque: 'static {
    /// Visits every counted reference held; nothing to do for a type that holds none.
    fn trace(&self, tracer: &mut Tracer<'_>);
    /// Drops the references through which a cycle may run.
    fn clear(&self);
}

/// The payload of [`Kind::Opaque`].
pub struct OpaqueObj {
    type_id: TypeId,
    data: Box<dyn OpaqueData>,
}

trait OpaqueData {
    fn trace_data(&self, tracer: &mut Tracer<'_>);
    fn clear_data(&self);
}

impl<T: Opaque> OpaqueData for T {
    fn trace_data(&self, tracer: &mut Tracer<'_>) {
        self.trace(tracer);
    }
    fn clear_data(&self) {
        self.clear();
    }
}

impl OpaqueObj {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        self.data.trace_data(tracer);
    }
    fn clear_payload(&self) {
        self.data.clear_data();
    }
}
crate::payload!(Kind::Opaque, OpaqueObj, container);

/// Makes an object of `class` around a Rust value of a higher room.
pub fn new_opaque<T: Opaque>(class: &Ref<Class>, data: T) -> Value {
    alloc(class, OpaqueObj { type_id: TypeId::of::<T>(), data: Box::new(data) }).into_value()
}

impl Value {
    /// The Rust value inside an object made by [`new_opaque`] with this type.
    #[inline]
    pub fn opaque<T: Opaque>(&self) -> Option<&T> {
        let object = self.get::<OpaqueObj>()?;
        if object.type_id == TypeId::of::<T>() {
            // SAFETY: the type id says that the box holds a `T`, which lives as long as the
            // object.
            Some(unsafe { &*(&raw const *object.data).cast::<T>() })
        } else {
            None
        }
    }
}

// ---- accounting

/// Collect at every allocation of a container (`CO_STRESS=gc`).
pub fn set_stress(on: bool) {
    let heap = heap();
    heap.stress = on;
    heap.threshold = if on { 0 } else { 10_000 };
}

/// Gives every object an allocation of its own, which really ends with the object
/// (`CO_STRESS=heap`): tools that watch the system's allocator then see each use after the end.
/// To be decided before the first object is made.
pub fn set_separate(on: bool) {
    let heap = heap();
    heap.separate = on;
    if on {
        // Cells of an earlier machine stay free.
        heap.free = [std::ptr::null_mut(); CLASSES];
    }
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

/// Bytes that objects take, and the limit above which `over_limit` says so.
pub fn used_bytes() -> usize {
    heap().used
}

pub fn set_limit(bytes: usize) {
    heap().limit = bytes;
}

pub fn over_limit() -> bool {
    let heap = heap();
    heap.used > heap.limit
}

/// Calls `visit` with every object on the heap.
pub(super) fn each_object(mut visit: impl FnMut(NonNull<Header>)) {
    let pages = heap().pages.clone();
    for page in pages {
        // SAFETY: pages live as long as the heap; invariant 2 for the cells.
        unsafe {
            let Page { cell, count, .. } = page.read();
            let first = page.as_ptr().cast::<u8>().add(PAGE_HEADER);
            for i in 0..count {
                let object = NonNull::new_unchecked(first.add(i * cell).cast::<Header>());
                if object.as_ref().kind() != Kind::Free {
                    visit(object);
                }
            }
        }
    }
    for object in heap().large.clone() {
        visit(object);
    }
}

/// Numbers all cells for a collection; returns how many numbers there are.
pub(super) fn number_cells() -> usize {
    let heap = heap();
    let mut next = 0;
    for page in &heap.pages {
        // SAFETY: pages live as long as the heap.
        unsafe {
            (*page.as_ptr()).ordinal = next;
            next += (*page.as_ptr()).count;
        }
    }
    next + heap.large.len()
}

/// The number that `number_cells` gave an object; `small` is how many cells pages have.
#[inline(always)]
pub(super) fn ordinal(header: &Header, small: usize) -> usize {
    let address = header as *const Header as usize;
    // SAFETY: a small object lies in a page, aligned to its size, a large one behind its prefix.
    unsafe {
        if header.has(flag::LARGE) {
            let prefix = (address as *const u8).sub(size_of::<LargePrefix>()).cast::<LargePrefix>();
            return small + (*prefix).index;
        }
        let page = (address & !(PAGE - 1)) as *const Page;
        let offset = (address - page as usize - PAGE_HEADER) as u64;
        (*page).ordinal + ((offset * (*page).reciprocal) >> 32) as usize
    }
}

/// How many cells the pages have.
pub(super) fn large_count() -> usize {
    heap().large.len()
}

/// How many objects of each kind are alive, for leak checks.
pub fn census() -> Vec<(Kind, usize)> {
    let mut counts: HashMap<Kind, usize> = HashMap::new();
    each_object(|object| {
        // SAFETY: `each_object` passes live objects.
        *counts.entry(unsafe { object.as_ref() }.kind()).or_default() += 1;
    });
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|&(kind, _)| kind as u8);
    rows
}

/// Every object of a higher room's payload whose class is `class` or derived from it: for lists
/// that must not keep their members alive (`asyncio.all_tasks`).
pub fn instances(class: &Ref<Class>) -> Vec<Value> {
    let mut found = Vec::new();
    each_object(|object| {
        // SAFETY: `each_object` passes live objects.
        let header = unsafe { object.as_ref() };
        if header.kind() == Kind::Opaque && header.ref_count() > 0 && header.class().is_subclass_of(class) {
            found.push(Value::from_borrowed(header));
        }
    });
    found
}

/// The dict behind an object of a subclass of a builtin type.
pub fn tail_dict(value: &Value, dict_class: &Ref<Class>) -> Option<Ref<Dict>> {
    value.header()?.tail_dict(|| alloc_plain(dict_class, Dict::new()))
}
