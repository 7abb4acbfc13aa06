//! Generators, coroutines and asynchronous generators: one payload, a frame that can be left
//! and entered again.
//!
//! # Invariants
//! 1. The frame is the last field and the object's room holds its registers, so the frame
//!    layout of `frame` holds inside a generator too.
//! 2. `leaf`, `owner` and `outer` are borrowed pointers: each is reset before its
//!    target can die (see `vm/fiber.rs`, which alone sets them). A suspended root and its leaf
//!    point at each other or not at all: who resumes a part of the chain unties them first.

#![expect(unsafe_code, reason = "the frame is part of the object; invariants above")]

use super::class::Class;
use super::frame::{Frame, FramePtr};
use super::frame_object::Keep;
use super::function::{CodeObj, Function};
use super::header::{Header, Kind, Obj, Tracer, flag};
use super::heap;
use super::value::{Ref, Value};
use crate::bytecode::Op;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenKind {
    Generator,
    Coroutine,
    AsyncGenerator,
}

/// Where a generator is in its life.
///
/// ```text
///   Created --resume--> Running --yield--> Suspended --resume--> Running …
///      \                   \--return, raise--> Finished <--close--/
///       \--close--> Finished
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenState {
    Created,
    Suspended,
    Running,
    Finished,
}

#[repr(C)]
pub struct GenObj {
    pub kind: GenKind,
    /// Made by a function under `types.coroutine`: a generator that may be awaited.
    pub awaitable: Cell<bool>,
    pub state: Cell<GenState>,
    /// Suspended at its own `yield` by a run marked `Own`, and nobody touched it since: a frame of
    /// the loop may resume it without a fiber. It is neither leaf nor owner of anything then.
    pub ready: Cell<bool>,
    /// Asynchronous generators: an `asend`, `athrow` or `aclose` is under way.
    pub async_running: Cell<bool>,
    /// Asynchronous generators: the hooks have been told; `aclose` was begun.
    pub hooked: Cell<bool>,
    pub closed: Cell<bool>,
    /// Of a suspended root: frames from this root to the leaf, for the recursion count; else 1.
    pub depth: Cell<u32>,
    /// Of a running root: the recursion depth of its resumer.
    pub base: Cell<u32>,
    /// Of a suspended root: the generator at the bottom of its chain.
    pub leaf: Cell<Option<NonNull<GenObj>>>,
    /// Of a suspended leaf: the root that suspended it and has not been bypassed since.
    pub owner: Cell<Option<NonNull<GenObj>>>,
    /// Of a running root: the fiber that resumed it.
    pub outer: Cell<Option<NonNull<GenObj>>>,
    /// What few generators have.
    extra: RefCell<Option<Box<Extra>>>,
    /// Kept after the frame has gone, for `gi_code`.
    pub code: Ref<CodeObj>,
    frame: Frame,
}
crate::payload!(Kind::Generator, GenObj, container);

/// Names that differ from the code's, the finaliser hook of an asynchronous generator, and where a coroutine
/// was made.
#[derive(Default)]
struct Extra {
    name: Value,
    qualname: Value,
    finalizer: Value,
    origin: Value,
}

impl GenObj {
    /// Where the frame lies in the object.
    pub(super) const FRAME_OFFSET: usize = std::mem::offset_of!(GenObj, frame);

    /// A generator object for a call of `function`; the caller fills the parameter registers.
    #[inline(always)]
    pub fn create(class: &Ref<Class>, function: Ref<Function>, kind: GenKind) -> Ref<GenObj> {
        let code = &function.code;
        let nregs = code.nregs;
        // The function was given another name since its code was compiled.
        let renamed = Value::look(&function.qualname, |q| !q.is_same(code.qualname.as_value()))
            || Value::look(&function.name, |n| !n.is_same(code.name.as_value()));
        let awaitable = kind == GenKind::Coroutine || function.awaitable.get();
        let body = GenObj {
            kind,
            awaitable: Cell::new(awaitable),
            state: Cell::new(GenState::Created),
            ready: Cell::new(false),
            async_running: Cell::new(false),
            hooked: Cell::new(false),
            closed: Cell::new(false),
            depth: Cell::new(1),
            base: Cell::new(0),
            leaf: Cell::new(None),
            owner: Cell::new(None),
            outer: Cell::new(None),
            extra: RefCell::default(),
            code: code.clone(),
            frame: Frame::for_generator(function),
        };
        let generator = heap::alloc_with_room(class, body, nregs);
        if renamed {
            generator.take_names();
        }
        generator
    }

    #[cold]
    #[inline(never)]
    fn take_names(&self) {
        let function = self.frame().function();
        self.set_name(Value::peek(&function.name));
        self.set_qualname(Value::peek(&function.qualname));
    }

    pub fn name(&self) -> Value {
        let extra = self.extra.borrow();
        let own = extra.as_ref().and_then(|e| e.name.bound().cloned());
        own.unwrap_or_else(|| self.code.name.to_value())
    }

    pub fn qualname(&self) -> Value {
        let extra = self.extra.borrow();
        let own = extra.as_ref().and_then(|e| e.qualname.bound().cloned());
        own.unwrap_or_else(|| self.code.qualname.to_value())
    }

    pub fn set_name(&self, name: Value) {
        self.extra.borrow_mut().get_or_insert_default().name = name;
    }

    pub fn set_qualname(&self, qualname: Value) {
        self.extra.borrow_mut().get_or_insert_default().qualname = qualname;
    }

    /// Keeps the finaliser hook taken at the first iteration.
    pub fn set_finalizer(&self, hook: Value) {
        self.extra.borrow_mut().get_or_insert_default().finalizer = hook;
    }

    /// Takes the finaliser hook; unbound when there is none.
    pub fn take_finalizer(&self) -> Value {
        self.extra.borrow_mut().as_mut().map_or(Value::UNBOUND, |e| e.finalizer.take())
    }

    pub fn set_origin(&self, origin: Value) {
        self.extra.borrow_mut().get_or_insert_default().origin = origin;
    }

    /// Where the coroutine was made, when that is tracked.
    pub fn origin(&self) -> Option<Value> {
        self.extra.borrow().as_ref().and_then(|e| e.origin.bound().cloned())
    }

    #[inline(always)]
    pub fn frame(&self) -> FramePtr {
        self.frame.pointer()
    }

    #[inline(always)]
    pub fn pointer(&self) -> NonNull<GenObj> {
        NonNull::from(self)
    }

    /// The generator behind one of the borrowed pointers (invariant 2).
    #[inline(always)]
    pub fn at(pointer: NonNull<GenObj>) -> &'static GenObj {
        // SAFETY: invariant 2.
        unsafe { pointer.as_ref() }
    }

    #[inline(always)]
    pub fn is(&self, pointer: Option<NonNull<GenObj>>) -> bool {
        pointer == Some(self.pointer())
    }

    /// Cuts the tie between a suspended root and its leaf, from either end: the chain between
    /// them is about to change, or one of them to die.
    pub fn untie(&self) {
        self.ready.set(false);
        if let Some(leaf) = self.leaf.take().filter(|leaf| !self.is(Some(*leaf))) {
            let leaf = GenObj::at(leaf);
            if self.is(leaf.owner.get()) {
                leaf.owner.set(None);
            }
        }
        if let Some(root) = self.owner.take().filter(|root| !self.is(Some(*root))) {
            let root = GenObj::at(root);
            if self.is(root.leaf.get()) {
                root.leaf.set(None);
            }
        }
    }

    /// The generator ends without running: its frame object, if any, goes on without it. What a
    /// generator that never ran was given stays with the frame object, as in CPython.
    pub fn part(&self) {
        if self.frame().is_seen() {
            let created = self.state.get() == GenState::Created;
            self.frame().part(Value::NONE, if created { Keep::Locals } else { Keep::Nothing });
        }
    }

    /// The generator dies. One that refused to be closed leaves all it has to its frame object.
    #[cold]
    fn part_for_good(&self) {
        let refused = self.state.get() == GenState::Suspended && heap::header_of(self).has(flag::FINALIZED);
        if refused {
            self.frame().part(Value::NONE, Keep::All);
        } else {
            self.part();
        }
    }

    /// This generator as a value: a new counted reference.
    pub fn to_value(&self) -> Value {
        heap::object_of(self)
    }

    /// The iterator that a suspended generator delegates to (`gi_yieldfrom`, `cr_await`).
    pub fn delegation(&self) -> Option<Value> {
        if self.state.get() == GenState::Finished || self.frame().is_fresh() {
            return None;
        }
        let instr = self.frame().current();
        if instr.op == Op::YieldFrom as u8 { self.frame().reg(instr.b).bound().cloned() } else { None }
    }

    /// Whether a suspended frame is inside `try`, `with` or a delegation, so that closing it
    /// may run code.
    pub fn close_runs_code(&self) -> bool {
        let frame = self.frame();
        let index = frame.index() as u32;
        frame.current().op == Op::YieldFrom as u8
            || frame.code().code.handlers.iter().any(|h| h.start <= index && index < h.end)
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        if let Ok(extra) = self.extra.try_borrow()
            && let Some(extra) = &*extra
        {
            tracer.values([&extra.name, &extra.qualname, &extra.finalizer, &extra.origin]);
        }
        tracer.reference(&self.code);
        if self.state.get() != GenState::Finished {
            tracer.reference(self.frame().function());
        }
        let frame = self.frame();
        frame.trace_object(tracer);
        for i in 0..frame.nregs() {
            tracer.value(frame.reg(i));
        }
    }

    fn clear_payload(&self) {
        if self.state.get() != GenState::Running {
            self.untie();
            self.part();
            self.state.set(GenState::Finished);
            self.frame().release_from(0);
            self.frame().finish();
        }
    }
}

impl Drop for GenObj {
    fn drop(&mut self) {
        self.untie();
        if self.frame().is_seen() {
            self.part_for_good();
        }
    }
}

/// Whether the generator has ended: its registers hold nothing any more.
#[inline(always)]
pub(super) fn has_finished(header: &Header) -> bool {
    // SAFETY: the caller checked the kind.
    let generator = unsafe { &(*(header as *const Header).cast::<Obj<GenObj>>()).body };
    generator.state.get() == GenState::Finished
}

/// Whether a generator that dies now has code to run or a warning to give.
pub(super) fn needs_finalizer(header: &Header) -> bool {
    // SAFETY: the caller checked the kind.
    let generator = unsafe { &(*(header as *const Header).cast::<Obj<GenObj>>()).body };
    match generator.state.get() {
        GenState::Finished | GenState::Running => false,
        GenState::Created => generator.kind == GenKind::Coroutine && !header.has(flag::FINALIZED),
        GenState::Suspended => generator.kind == GenKind::AsyncGenerator || generator.close_runs_code(),
    }
}
