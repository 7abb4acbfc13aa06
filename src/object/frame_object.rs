//! Frame objects: what a program sees of a frame; and the entries of tracebacks, which hold them.
//! One object for an activation, from the first look at it on; the activation holds it, and
//! whoever asked (a name, a traceback, the frame object of a call above).
//!
//! ```text
//!   while it goes on:  frame --tie (counted)--> object --live (borrowed)--> frame
//!   once it has ended: object holds the local variables, the last instruction and `back`
//! ```
//!
//! Most exceptions are caught and forgotten where they were raised, and nobody looks at the frame:
//! an entry then names the activation itself, which is tied to the entry, until the entry dies or
//! a frame object is wanted (`settle`). The object of an activation that the exception has ended
//! knows its caller by such an entry, too (`await_caller`).
//!
//! When an activation ends whose object nobody else holds, the object dies with it; otherwise the
//! local variables move into the object (`part`), and live as long as it does.
//!
//! # Invariants
//! 1. `tie` of an object is the address of its activation while that goes on: `part` resets it before
//!    the frame is left. Then it is 0 or, with the lowest bit, the address of the entry whose
//!    activation is the caller; `above` of that entry is the object. Whichever dies first cuts that.
//! 2. The object has room for the local variables of its code; they are unbound while it is live.
//! 3. `place` of an entry is the address of a frame object, of which the entry owns a counted
//!    reference; or, with the lowest bit, that of an activation on a stack which is tied to the
//!    entry: whichever of the two ends first, the tie is cut or settled before.

#![expect(unsafe_code, reason = "the locals lie behind the object; invariants above")]

use super::class::Class;
use super::frame::FramePtr;
use super::function::Function;
use super::header::{Header, Kind, Obj, Tracer};
use super::heap;
use super::value::{Ref, Value};
use crate::source::Span;
use std::cell::Cell;
use std::ptr::NonNull;

/// The payload of a frame object: a handle to an activation, which it may outlive.
pub struct FrameObj {
    pub function: Ref<Function>,
    tie: Cell<usize>,
    /// The frame object of the caller once the activation has ended, or None.
    back: Cell<Value>,
    extra: Cell<Option<Box<FrameExtra>>>,
    index: Cell<u32>,
    /// `clear` was called, or the collector found the object: it keeps nothing any more.
    cleared: Cell<bool>,
}
crate::payload!(Kind::Frame, FrameObj, container);

/// What few frame objects have.
pub struct FrameExtra {
    /// Names that were set through `f_locals` and are no variables: a dict, or unbound.
    pub names: Value,
    /// What a generator held besides its variables when it died in the middle of its work.
    pub rest: Vec<Value>,
    /// `f_trace`, `f_trace_lines`, `f_trace_opcodes`: kept for who set them; nobody is called.
    pub trace: Value,
    pub trace_lines: bool,
    pub trace_opcodes: bool,
}

impl Default for FrameExtra {
    fn default() -> FrameExtra {
        FrameExtra {
            names: Value::UNBOUND,
            rest: Vec::new(),
            trace: Value::NONE,
            trace_lines: true,
            trace_opcodes: false,
        }
    }
}

/// The bit of an object's `tie` that says "the entry of the caller".
const CALLER: usize = 1;
/// The bit of a frame's tie that says "an entry of a traceback"; the lowest one is taken.
const ENTRY: usize = 2;
/// The bit of an entry's `place` that says "an activation".
const ACTIVATION: usize = 1;

/// The address of an object, with the count that the reference owned.
fn address_of(object: Ref<FrameObj>) -> usize {
    let value = object.into_value();
    let address = value.pointer().map_or(0, |pointer| pointer.as_ptr() as usize);
    std::mem::forget(value);
    address
}

impl FrameObj {
    /// The index of a frame that has not begun: it stands at its `def` line.
    pub const UNSTARTED: u32 = u32::MAX;

    /// The frame object of an activation that has none yet.
    pub fn create(class: &Ref<Class>, frame: FramePtr) -> Ref<FrameObj> {
        let body = FrameObj {
            function: frame.function().clone(),
            tie: Cell::new(frame.address()),
            back: Cell::new(Value::NONE),
            extra: Cell::new(None),
            index: Cell::new(FrameObj::UNSTARTED),
            cleared: Cell::new(false),
        };
        let object = heap::alloc_with_room(class, body, frame.nlocals());
        let entry = frame.entry();
        if let Some(entry) = entry {
            frame.forget_entry();
            entry.settle(object.clone());
        }
        frame.set_object(object.clone());
        object
    }

    /// The object of an activation that an exception ends just now and that is tied to an entry:
    /// it takes the function and the local variables over.
    pub fn create_ended(class: &Ref<Class>, frame: FramePtr) -> Option<Ref<FrameObj>> {
        let entry = frame.entry()?;
        let index = if frame.is_fresh() { FrameObj::UNSTARTED } else { frame.index() as u32 };
        let nlocals = frame.nlocals();
        let body = FrameObj {
            function: frame.function().clone(),
            tie: Cell::new(0),
            back: Cell::new(Value::NONE),
            extra: Cell::new(None),
            index: Cell::new(index),
            cleared: Cell::new(false),
        };
        let object = heap::alloc_with_room(class, body, nlocals);
        for index in 0..nlocals {
            // SAFETY: invariant 2: the words are unbound.
            unsafe { object.slot(index).write(frame.take(index)) };
        }
        frame.forget_entry();
        entry.settle(object.clone());
        Some(object)
    }

    /// The activation, while it goes on.
    #[inline]
    pub fn live(&self) -> Option<FramePtr> {
        let tie = self.tie.get();
        // SAFETY: invariant 1.
        (tie & CALLER == 0 && tie != 0).then(|| unsafe { FramePtr::at(tie) })
    }

    /// The frame object of the caller of an activation that has ended, or None.
    pub fn back(&self) -> Value {
        Value::peek(&self.back)
    }

    pub fn set_back(&self, back: Value) {
        drop(self.back.replace(back));
    }

    /// The entry whose activation is the caller, for which there is no object yet.
    fn caller(&self) -> Option<&'static TracebackObj> {
        let tie = self.tie.get();
        // SAFETY: invariant 1.
        (tie & CALLER != 0).then(|| unsafe { &*((tie & !CALLER) as *const TracebackObj) })
    }

    /// The caller's activation, for which there is no object yet.
    pub fn caller_activation(&self) -> Option<FramePtr> {
        self.caller()?.activation()
    }

    /// The caller of this activation, which has ended, is `frame`: known by its object once there
    /// is one. False when there is no entry that could tell.
    pub fn await_caller(&self, frame: FramePtr) -> bool {
        match frame.entry().filter(|entry| entry.above.get().is_none()) {
            Some(entry) if self.tie.get() == 0 => {
                entry.above.set(Some(NonNull::from(self)));
                self.tie.set(entry as *const TracebackObj as usize | CALLER);
                true
            }
            _ => false,
        }
    }

    fn forget_caller(&self) {
        if let Some(entry) = self.caller() {
            entry.above.set(None);
            self.tie.set(0);
        }
    }

    pub fn is_cleared(&self) -> bool {
        self.cleared.get()
    }

    /// Index of the instruction that the frame is in, or was left in.
    pub fn index(&self) -> u32 {
        match self.live() {
            Some(frame) if frame.is_fresh() => FrameObj::UNSTARTED,
            Some(frame) => frame.index() as u32,
            None => self.index.get(),
        }
    }

    /// 1-based line.
    pub fn line(&self) -> u32 {
        self.function.code.line_of(self.index())
    }

    /// The word of a variable in an object whose activation has ended.
    #[inline]
    fn slot(&self, index: u16) -> *mut Value {
        debug_assert!(index < self.function.code.nlocals, "invariant 2");
        // SAFETY: invariant 2.
        unsafe { heap::room_of(self).add(index as usize) }
    }

    /// What a local variable's register holds: its value, or its cell.
    pub fn local(&self, index: u16) -> Value {
        match self.live() {
            Some(frame) => frame.reg(index).clone(),
            // SAFETY: invariant 2; the borrow ends here.
            None => unsafe { (*self.slot(index)).clone() },
        }
    }

    /// Sets a local variable's register; gives back what was there.
    pub fn set_local(&self, index: u16, value: Value) -> Value {
        match self.live() {
            Some(frame) => frame.replace(index, value),
            // SAFETY: invariant 2; the borrow ends here.
            None => unsafe { self.slot(index).replace(value) },
        }
    }

    /// What few frame objects have; `work` makes and drops no objects.
    pub fn with_extra<T>(&self, work: impl FnOnce(&mut FrameExtra) -> T) -> T {
        let mut extra = self.extra.take().unwrap_or_default();
        let result = work(&mut extra);
        self.extra.set(Some(extra));
        result
    }

    /// The names that were set through `f_locals` and are no variables: a dict, or unbound.
    pub fn extra_names(&self) -> Value {
        let extra = self.extra.take();
        let names = extra.as_ref().map_or(Value::UNBOUND, |extra| extra.names.clone());
        self.extra.set(extra);
        names
    }

    /// Drops what an object keeps of an activation that has ended, except for who called it.
    pub fn clear(&self) {
        self.cleared.set(true);
        if self.live().is_none() {
            self.release_locals();
        }
        drop(self.extra.take());
    }

    fn release_locals(&self) {
        for index in 0..self.function.code.nlocals {
            // SAFETY: invariant 2.
            drop(unsafe { self.slot(index).replace(Value::UNBOUND) });
        }
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.function);
        tracer.cell(&self.back);
        let extra = self.extra.take();
        if let Some(extra) = &extra {
            tracer.values([&extra.names, &extra.trace]);
            tracer.values(&extra.rest);
        }
        self.extra.set(extra);
        for index in 0..self.function.code.nlocals {
            // SAFETY: invariant 2.
            tracer.value(unsafe { &*self.slot(index) });
        }
    }

    fn clear_payload(&self) {
        self.clear();
        self.forget_caller();
        drop(self.back.replace(Value::NONE));
    }
}

/// What of an activation that ends its frame object keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    Nothing,
    Locals,
    /// The temporaries of a suspended generator as well.
    All,
}

impl FramePtr {
    /// The frame object of this activation.
    pub fn object(self) -> Option<Ref<FrameObj>> {
        let header = self.object_header()?;
        // SAFETY: invariant 7 of `frame`.
        Value::from_borrowed(unsafe { header.as_ref() }).into_ref()
    }

    #[inline]
    fn object_header(self) -> Option<NonNull<Header>> {
        let tie = self.tie();
        if tie & ENTRY != 0 { None } else { NonNull::new(tie as *mut Header) }
    }

    /// Whether anybody but the frame itself holds the frame object.
    pub fn object_is_held(self) -> bool {
        // SAFETY: invariant 7 of `frame`.
        self.object_header().is_some_and(|header| unsafe { header.as_ref() }.ref_count() > 1)
    }

    /// Ties the frame to its object, which it has none of yet.
    fn set_object(self, object: Ref<FrameObj>) {
        debug_assert!(!self.is_seen(), "one frame object for an activation");
        self.set_tie(address_of(object));
    }

    /// Gives up the frame object: the activation ends.
    fn take_object(self) -> Option<Value> {
        let header = self.object_header()?;
        self.set_tie(0);
        // The count that the frame owned passes on.
        Some(Value::from_owned(header))
    }

    /// Visits the frame object.
    pub(super) fn trace_object(self, tracer: &mut Tracer<'_>) {
        if let Some(header) = self.object_header() {
            // SAFETY: invariant 7 of `frame`.
            (tracer.visit)(unsafe { header.as_ref() });
        }
    }

    /// The entry of a traceback that names this frame itself.
    #[inline]
    fn entry(self) -> Option<&'static TracebackObj> {
        let tie = self.tie();
        // SAFETY: invariant 3.
        (tie & ENTRY != 0).then(|| unsafe { &*((tie & !ENTRY) as *const TracebackObj) })
    }

    /// Ties the frame, to which nothing is tied yet, to an entry.
    #[inline]
    fn set_entry(self, entry: &TracebackObj) {
        debug_assert!(self.is_plain(), "a call that nobody looked at");
        self.set_tie(entry as *const TracebackObj as usize | ENTRY);
    }

    #[inline]
    fn forget_entry(self) {
        debug_assert!(self.entry().is_some(), "invariant 3");
        self.set_tie(0);
    }

    /// The activation ends. Its object goes on without it when anybody holds it. `back` is the
    /// frame object of the caller, or None.
    pub fn part(self, back: Value, keep: Keep) {
        let Some(value) = self.take_object() else { return };
        let Some(object) = value.get::<FrameObj>() else { return };
        object.index.set(object.index());
        object.tie.set(0);
        if value.ref_count() == 1 || object.cleared.get() {
            return;
        }
        drop(object.back.replace(back));
        if keep == Keep::Nothing {
            return;
        }
        for index in 0..self.nlocals() {
            // SAFETY: invariant 2: the words are unbound.
            unsafe { object.slot(index).write(self.take(index)) };
        }
        if keep == Keep::All {
            let count = self.nregs() - self.nlocals();
            let rest = self.take_range(self.nlocals(), count as usize);
            object.with_extra(|extra| extra.rest = rest);
        }
    }
}

impl Drop for FrameObj {
    /// The variables go before the frame of the caller does, and the first one first.
    fn drop(&mut self) {
        self.forget_caller();
        self.release_locals();
    }
}

/// One entry of a traceback: the frame that the exception went through, and the instruction.
pub struct TracebackObj {
    /// The next entry, nearer to where the exception was raised, or None.
    pub next: Cell<Value>,
    place: Cell<usize>,
    /// The object of the activation which the exception ended before it came to this one, and
    /// which waits for the object of this one.
    above: Cell<Option<NonNull<FrameObj>>>,
    /// Index of the instruction.
    pub index: u32,
}
crate::payload!(Kind::Traceback, TracebackObj, container);

impl TracebackObj {
    /// The index of a frame that had not begun: it stands at its `def` line.
    pub const UNSTARTED: u32 = FrameObj::UNSTARTED;

    /// An entry for a frame with an object.
    pub fn create(class: &Ref<Class>, next: Value, frame: Ref<FrameObj>, index: u32) -> Ref<TracebackObj> {
        let entry =
            TracebackObj { next: Cell::new(next), place: Cell::new(0), above: Cell::new(None), index };
        entry.settle(frame);
        heap::alloc_plain(class, entry)
    }

    /// An entry for a call that nobody has looked at.
    pub fn create_for(class: &Ref<Class>, next: Value, frame: FramePtr, index: u32) -> Ref<TracebackObj> {
        let place = Cell::new(frame.address() | ACTIVATION);
        let entry = TracebackObj { next: Cell::new(next), place, above: Cell::new(None), index };
        let entry = heap::alloc_plain(class, entry);
        frame.set_entry(&entry);
        entry
    }

    /// From now on the entry holds this object.
    fn settle(&self, object: Ref<FrameObj>) {
        if let Some(above) = self.above.take() {
            // SAFETY: invariant 1.
            let above = unsafe { above.as_ref() };
            above.tie.set(0);
            above.set_back(object.to_value());
        }
        self.place.set(address_of(object));
    }

    /// The activation that the entry names itself, for which there is no object yet.
    pub fn activation(&self) -> Option<FramePtr> {
        let place = self.place.get();
        // SAFETY: invariant 3: the activation goes on.
        (place & ACTIVATION != 0).then(|| unsafe { FramePtr::at(place & !ACTIVATION) })
    }

    fn header(&self) -> Option<&Header> {
        let place = self.place.get();
        // SAFETY: invariant 3.
        (place & ACTIVATION == 0).then(|| unsafe { &*(place as *const Header) })
    }

    /// The frame object, if there is one.
    pub fn object(&self) -> Option<Ref<FrameObj>> {
        Value::from_borrowed(self.header()?).into_ref()
    }

    /// The function of the frame; the borrow ends before anything that may run code.
    pub fn function(&self) -> &Ref<Function> {
        match self.activation() {
            Some(frame) => frame.function(),
            None => {
                let object = self.place.get() as *const Obj<FrameObj>;
                // SAFETY: invariant 3.
                unsafe { &(*object).body.function }
            }
        }
    }

    pub fn span(&self) -> Span {
        self.function().code.code.spans.get(self.index as usize).copied().unwrap_or_default()
    }

    /// 1-based line.
    pub fn line(&self) -> u32 {
        self.function().code.line_of(self.index)
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.next);
        if let Some(header) = self.header() {
            (tracer.visit)(header);
        }
    }

    fn clear_payload(&self) {
        drop(self.next.replace(Value::NONE));
    }
}

impl Drop for TracebackObj {
    /// The entries nearer to the place of the exception go first, as in CPython. Nothing refers to
    /// this one any more when they do.
    #[inline]
    fn drop(&mut self) {
        let Some(frame) = self.activation() else {
            drop(self.next.replace(Value::NONE));
            // Invariant 3: the count that the entry owns.
            drop(NonNull::new(self.place.get() as *mut Header).map(Value::from_owned));
            return;
        };
        frame.forget_entry();
        if let Some(above) = self.above.get() {
            forget_above(above, frame, self.next.replace(Value::NONE));
        }
    }
}

/// The entry of an activation dies for whose object that of the activation `above` waits.
#[inline(never)]
fn forget_above(above: NonNull<FrameObj>, frame: FramePtr, next: Value) {
    // SAFETY: invariant 1.
    let above = unsafe { above.as_ref() };
    above.tie.set(0);
    let Some(above) = heap::object_of(above).into_ref::<FrameObj>() else { return };
    drop(next);
    if above.header().ref_count() > 1 {
        // Somebody holds the frame above for itself: that has to know this one.
        let class = above.header().class();
        heap::without_collection(|| above.set_back(FrameObj::create(class, frame).into_value()));
    }
}
