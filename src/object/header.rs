//! What every heap object begins with.
//!
//! ```text
//!   0      4     5      6      8               16
//!  +------+-----+------+------+---------------+----------------------+
//!  |count |kind |flags | room |  class        |  body (the payload)  |  [ values … ]
//!  +------+-----+------+------+---------------+----------------------+
//! ```
//!
//! `room` counts values behind the body: the inline attribute slots of an instance, the
//! registers of a generator; for a subclass of a builtin type, one word for the attribute dict.
//!
//! # Invariants
//! 1. `kind` names the payload type: [`Payload::KIND`] is unique to one Rust type, and it never
//!    changes while the object lives.
//! 2. `count` is the number of [`Value`]s that hold this object.
//! 3. `class` points to a live class object and owns a reference to it.

#![expect(unsafe_code, reason = "object layout; invariants above")]

use super::class::Class;
use super::dict::Dict;
use super::value::{Ref, Value};
use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;

/// Which payload an object has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A cell of the heap with no object in it.
    Free,
    Int,
    Complex,
    Str,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    Range,
    Slice,
    Function,
    Native,
    BoundMethod,
    Cell,
    Code,
    Class,
    Instance,
    Exception,
    Frame,
    Traceback,
    Generator,
    Module,
    RangeIter,
    SeqIter,
    DictView,
    DictIter,
    WeakRef,
    /// A payload that a higher room defines; see `heap::Opaque`.
    Opaque,
}

pub const KIND_COUNT: usize = Kind::Opaque as usize + 1;

/// Visits the references that an object holds.
pub struct Tracer<'a> {
    pub(super) visit: &'a mut dyn FnMut(&Header),
}

impl Tracer<'_> {
    #[inline]
    pub fn value(&mut self, value: &Value) {
        if let Some(header) = value.header() {
            (self.visit)(header);
        }
    }

    pub fn values<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        for value in values {
            self.value(value);
        }
    }

    pub fn cell(&mut self, cell: &Cell<Value>) {
        let value = cell.replace(Value::UNBOUND);
        self.value(&value);
        cell.set(value);
    }

    pub fn reference<T: Payload>(&mut self, r: &Ref<T>) {
        self.value(r.as_value());
    }
}

/// A payload type. Implemented by the `payload!` macro only, which keeps invariant 1.
///
/// # Safety
/// `KIND` must belong to this type alone.
pub unsafe trait Payload: Sized + 'static {
    const KIND: Kind;
    /// Whether objects of this kind can take part in a cycle.
    const CONTAINER: bool;
    /// Visits every counted reference in the payload.
    fn trace(&self, tracer: &mut Tracer<'_>);
    /// Drops the references through which a cycle may run.
    fn clear(&self);
}

/// Declares the payload type of a kind: `payload!(Kind::Cell, CellObj, container)` with methods
/// `trace_payload` and `clear_payload`, or `payload!(Kind::Str, Str, leaf)`.
#[macro_export]
macro_rules! payload {
    ($kind:expr, $type:ty, leaf) => {
        #[expect(unsafe_code, reason = "one type a kind: see object/header.rs")]
        const _: () = {
            // SAFETY: header invariant 1: the kind is named once, here.
            unsafe impl $crate::object::Payload for $type {
                const KIND: $crate::object::Kind = $kind;
                const CONTAINER: bool = false;
                fn trace(&self, _: &mut $crate::object::Tracer<'_>) {}
                fn clear(&self) {}
            }
        };
    };
    ($kind:expr, $type:ty, container) => {
        #[expect(unsafe_code, reason = "one type a kind: see object/header.rs")]
        const _: () = {
            // SAFETY: header invariant 1: the kind is named once, here.
            unsafe impl $crate::object::Payload for $type {
                const KIND: $crate::object::Kind = $kind;
                const CONTAINER: bool = true;
                fn trace(&self, tracer: &mut $crate::object::Tracer<'_>) {
                    self.trace_payload(tracer);
                }
                fn clear(&self) {
                    self.clear_payload();
                }
            }
        };
    };
}

/// `flags` bits.
pub mod flag {
    /// The finaliser has run (or been queued) and does not run again.
    pub const FINALIZED: u8 = 1;
    /// At least one weak reference points here.
    pub const WEAKLY_REFERENCED: u8 = 2;
    /// A string in the intern table.
    pub const INTERNED: u8 = 4;
    /// Lies outside the size-class pages.
    pub const LARGE: u8 = 8;
    /// The word behind the body holds an attribute dict (subclasses of builtin types).
    pub const TAIL_DICT: u8 = 16;
    /// Waiting in the finaliser queue.
    pub const QUEUED: u8 = 32;
}

/// The header of a heap object.
#[repr(C)]
pub struct Header {
    count: Cell<u32>,
    kind: Kind,
    flags: Cell<u8>,
    room: u16,
    class: UnsafeCell<ManuallyDrop<Ref<Class>>>,
}

/// A whole heap object.
#[repr(C)]
pub struct Obj<T> {
    pub(super) header: Header,
    pub(super) body: T,
}

impl Header {
    pub(super) fn new(kind: Kind, flags: u8, room: u16, class: Ref<Class>) -> Header {
        Header {
            count: Cell::new(1),
            kind,
            flags: Cell::new(flags),
            room,
            class: UnsafeCell::new(ManuallyDrop::new(class)),
        }
    }

    #[inline(always)]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    #[inline(always)]
    pub(super) fn count_up(&self) {
        self.count.set(self.count.get() + 1);
    }

    /// Counts down; true when the last reference has gone.
    #[inline(always)]
    pub(super) fn count_down(&self) -> bool {
        let count = self.count.get() - 1;
        self.count.set(count);
        count == 0
    }

    #[inline(always)]
    pub fn ref_count(&self) -> u32 {
        self.count.get()
    }

    pub(super) fn set_count(&self, count: u32) {
        self.count.set(count);
    }

    #[inline(always)]
    pub fn has(&self, bit: u8) -> bool {
        self.flags.get() & bit != 0
    }

    /// No flag and no room: nothing but the body has to be released.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.flags.get() == 0 && self.room == 0
    }

    pub fn set(&self, bit: u8) {
        self.flags.set(self.flags.get() | bit);
    }

    pub fn unset(&self, bit: u8) {
        self.flags.set(self.flags.get() & !bit);
    }

    /// Number of values behind the body.
    #[inline(always)]
    pub fn room(&self) -> u16 {
        self.room
    }

    /// The class, borrowed. Ends before anything that may assign `__class__`.
    #[inline(always)]
    pub fn class(&self) -> &Ref<Class> {
        // SAFETY: invariant 3; single-threaded by the baton.
        unsafe { &*self.class.get() }
    }

    /// `obj.__class__ = class`, for two classes of one layout.
    pub fn set_class(&self, class: &Ref<Class>) {
        // SAFETY: invariant 3: the old reference is owned here and moves out whole before it
        // is dropped.
        let old = unsafe { std::mem::replace(&mut *self.class.get(), ManuallyDrop::new(class.clone())) };
        drop(ManuallyDrop::into_inner(old));
    }

    /// Releases the class reference: the object is being freed.
    pub(super) fn drop_class(&self) {
        // SAFETY: called once, by the heap, when nothing refers to the object any more.
        unsafe { ManuallyDrop::drop(&mut *self.class.get()) }
    }

    /// The attribute dict of an instance of a subclass of a builtin type, made on first use;
    /// `None` for objects that have no such word.
    pub fn tail_dict(&self, make: impl FnOnce() -> Ref<Dict>) -> Option<Ref<Dict>> {
        let cell = self.tail_cell()?;
        let value = cell.replace(Value::UNBOUND);
        let dict = value.downcast::<Dict>().unwrap_or_else(make);
        cell.set(dict.to_value());
        Some(dict)
    }

    /// The word that holds the attribute dict.
    pub fn tail_cell(&self) -> Option<&Cell<Value>> {
        if self.has(flag::TAIL_DICT) {
            let size = super::heap::body_size(self.kind);
            // SAFETY: TAIL_DICT objects are allocated with one value behind the body
            // (`heap::alloc`), initialised to unbound.
            Some(unsafe { &*(self as *const Header).cast::<u8>().add(16 + size).cast::<Cell<Value>>() })
        } else {
            None
        }
    }
}

const _: () = assert!(size_of::<Header>() == 16);
