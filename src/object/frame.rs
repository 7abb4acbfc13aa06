//! Frames: the header and the registers of one running or suspended call.
//!
//! ```text
//!  +------+----+----------+-----+-------+------+---------+----+----+----+---
//!  | prev | pc | function | tie | marks | code | globals | R0 | R1 | R2 | …
//!  +------+----+----------+-----+-------+------+---------+----+----+----+---
//! ```
//!
//! A frame lies on the stack of its thread, or inside a generator object: the layout is the
//! same, and resuming copies nothing. `prev` is where control goes at return. While a frame is
//! not the top one, `pc` is its next instruction: the one before it is the call (or the yield)
//! that it waits in, which names the register for the result.
//!
//! The stack is a list of chunks; a frame never straddles two and never moves, so its depth is
//! bounded by memory and by `sys.setrecursionlimit` only.
//!
//! # Invariants
//! 1. A [`FramePtr`] is used only while its frame is on a stack or its generator is alive.
//! 2. Every register holds a valid value or is unbound; `nregs` of them follow the header.
//! 3. A borrow of a register ends before that register is written and before any instruction
//!    that may run other code in the frame.
//! 4. `pc` lies inside the instructions of `code`, whose verifier has checked every register
//!    number, constant number and jump.
//! 5. A running frame marked `Own` or `Sum` is a generator's, and `prev` is set.
//! 6. A frame that is not finished has its function.
//! 7. The lowest bit of `tie` says whether the frame is part of a generator. The rest is 0, or the
//!    address of the frame's object, of which the frame owns a counted reference; or, with the
//!    second bit, that of an entry of a traceback which names the frame itself (`frame_object`).

#![expect(unsafe_code, reason = "frame layout; invariants above")]

use super::coroutine::GenObj;
use super::dict::Dict;
use super::function::{CodeObj, Function};
use super::value::{Ref, Value};
use crate::bytecode::{Instr, Op};
use std::cell::Cell;
use std::ptr::NonNull;

#[repr(C)]
pub struct Frame {
    prev: Cell<Option<FramePtr>>,
    pc: Cell<*const Instr>,
    /// The function; unbound in a finished frame.
    function: Cell<Value>,
    /// What hangs on the frame; 0 for a call that nobody looks at (invariant 7).
    tie: Cell<usize>,
    nregs: Cell<u16>,
    nlocals: Cell<u16>,
    mark: Cell<Mark>,
    code: Cell<NonNull<CodeObj>>,
    globals: Cell<NonNull<Dict>>,
}

pub const FRAME_SIZE: usize = size_of::<Frame>();

/// The bit of `tie` that says "part of a generator".
const GENERATOR: usize = 1;

/// What happens with the value that a frame returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// It goes to the register that the calling instruction names.
    Store,
    /// The machine's loop was entered for this frame: return to its caller in Rust.
    Entry,
    /// `__init__`: it must be None, and the new instance, which the caller keeps in its
    /// callee register, is the result.
    Init,
    /// A generator is being closed by the one that delegates to it, which waits in `prev`.
    Close,
    /// A generator that is root and leaf in one, resumed by a frame of the loop: as `Store`, but
    /// no fiber was begun for it (see `vm/fiber.rs`).
    Own,
    /// The same for `sum(generator)`: what it yields is added to the total, an inline integer
    /// that stands in the callee's register of the call that waits in `prev`.
    Sum,
}

impl Mark {
    /// A run of a generator without a fiber.
    #[inline(always)]
    pub fn is_own(self) -> bool {
        matches!(self, Mark::Own | Mark::Sum)
    }
}

/// A pointer to a frame. Copy; see invariant 1.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct FramePtr(NonNull<Frame>);

impl Frame {
    /// A frame for a generator object: the registers follow as the object's room.
    #[inline(always)]
    pub(super) fn for_generator(function: Ref<Function>) -> Frame {
        let code = &function.code;
        Frame {
            prev: Cell::new(None),
            pc: Cell::new(code.first_instr()),
            tie: Cell::new(GENERATOR),
            nregs: Cell::new(code.nregs),
            nlocals: Cell::new(code.nlocals),
            mark: Cell::new(Mark::Store),
            code: Cell::new(NonNull::from(&**code)),
            globals: Cell::new(NonNull::from(&*function.globals)),
            function: Cell::new(function.into_value()),
        }
    }

    pub fn pointer(&self) -> FramePtr {
        FramePtr(NonNull::from(self))
    }
}

impl FramePtr {
    #[inline(always)]
    fn frame(&self) -> &Frame {
        // SAFETY: invariant 1.
        unsafe { self.0.as_ref() }
    }

    pub(super) fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// The frame at an address.
    ///
    /// # Safety
    /// It is there (invariant 1).
    pub(super) unsafe fn at(address: usize) -> FramePtr {
        // SAFETY: by the caller.
        FramePtr(unsafe { NonNull::new_unchecked(address as *mut Frame) })
    }

    #[inline(always)]
    pub fn prev(self) -> Option<FramePtr> {
        self.frame().prev.get()
    }

    #[inline(always)]
    pub fn set_prev(self, prev: Option<FramePtr>) {
        self.frame().prev.set(prev);
    }

    #[inline(always)]
    pub fn pc(self) -> *const Instr {
        self.frame().pc.get()
    }

    #[inline(always)]
    pub fn set_pc(self, pc: *const Instr) {
        self.frame().pc.set(pc);
    }

    /// The index of the instruction that the frame is in: the one before `pc`.
    pub fn index(self) -> usize {
        let first = self.code().first_instr();
        // SAFETY: invariant 4: both pointers lie in the same vector of instructions.
        let next = unsafe { self.pc().offset_from(first) };
        (next.max(1) - 1) as usize
    }

    /// Sets the next instruction by index.
    pub fn set_index(self, index: usize) {
        let code = self.code();
        debug_assert!(index < code.code.instrs.len(), "invariant 4");
        self.set_pc(&code.code.instrs[index]);
    }

    /// The instruction that the frame is in.
    #[inline(always)]
    pub fn current(self) -> &'static Instr {
        // SAFETY: invariant 4; a frame that waits has executed at least one instruction. A
        // reference, so that each operand is one load with zero extension.
        unsafe { &*self.pc().sub(1) }
    }

    /// Whether the frame waits at a `yield`, not in a call or a delegation.
    #[inline(always)]
    pub fn is_at_yield(self) -> bool {
        let op = self.current().op;
        op == Op::Yield as u8 || op == Op::YieldOnly as u8
    }

    /// Gives the `yield` that the frame was suspended at its result, which a statement drops.
    #[inline(always)]
    pub fn accept(self, value: Value) {
        let instr = self.current();
        debug_assert!(self.is_at_yield(), "only a yield has a result that is sent in");
        if instr.op == Op::YieldOnly as u8 {
            drop(value);
        } else {
            drop(self.replace(instr.a, value));
        }
    }

    /// Whether the first instruction has not run yet.
    pub fn is_fresh(self) -> bool {
        std::ptr::eq(self.pc(), self.code().first_instr())
    }

    #[inline(always)]
    pub fn code(self) -> &'static CodeObj {
        // SAFETY: invariant 1: the function owns the code while the frame is in use.
        unsafe { self.frame().code.get().as_ref() }
    }

    /// The namespace of the function's module.
    #[inline(always)]
    pub fn globals(self) -> &'static Dict {
        // SAFETY: invariant 1: the function owns its globals while the frame is in use.
        unsafe { self.frame().globals.get().as_ref() }
    }

    /// The function, borrowed (invariant 3).
    #[inline(always)]
    pub fn function(self) -> &'static Ref<Function> {
        // SAFETY: invariants 1 and 3.
        let value = unsafe { &*self.frame().function.as_ptr() };
        value.downcast_ref::<Function>().expect("a frame in use has a function")
    }

    /// The function of a frame that runs, which has one for certain (invariant 6).
    #[inline(always)]
    pub fn running_function(self) -> &'static Ref<Function> {
        // SAFETY: invariants 1, 3 and 6.
        unsafe { (*self.frame().function.as_ptr()).downcast_ref::<Function>().unwrap_unchecked() }
    }

    #[inline(always)]
    pub fn generator(self) -> Option<&'static GenObj> {
        if self.frame().tie.get() & GENERATOR == 0 {
            return None;
        }
        // The object is where its frame is: found by subtraction, which waits for no load.
        // SAFETY: invariants 1 and 7: the frame is part of the generator object.
        Some(unsafe { self.0.cast::<u8>().sub(GenObj::FRAME_OFFSET).cast::<GenObj>().as_ref() })
    }

    /// The generator that the frame is part of, if the frame has no object.
    #[inline(always)]
    pub fn unseen_generator(self) -> Option<&'static GenObj> {
        if self.frame().tie.get() == GENERATOR { self.generator() } else { None }
    }

    /// Whether the frame is one of a call, on the stack, without a frame object: nothing has to be
    /// seen to when it returns.
    #[inline(always)]
    pub fn is_plain(self) -> bool {
        self.frame().tie.get() == 0
    }

    /// Whether the frame has a frame object, or an entry of a traceback names it.
    #[inline(always)]
    pub fn is_seen(self) -> bool {
        self.frame().tie.get() > GENERATOR
    }

    /// The tie, without the bit that says "part of a generator".
    #[inline]
    pub(super) fn tie(self) -> usize {
        self.frame().tie.get() & !GENERATOR
    }

    /// Sets the tie: by invariant 7.
    #[inline]
    pub(super) fn set_tie(self, tie: usize) {
        self.frame().tie.set(self.frame().tie.get() & GENERATOR | tie);
    }

    /// The generator of a frame marked `Own` or `Sum`, and the frame that resumed it. Nothing is
    /// loaded for the first, nothing tested for the second.
    #[inline(always)]
    pub fn own_run(self) -> (&'static GenObj, FramePtr) {
        debug_assert!(self.mark().is_own() && self.frame().tie.get() & GENERATOR != 0, "invariant 5");
        // SAFETY: invariant 5.
        unsafe {
            let object = self.0.cast::<u8>().sub(GenObj::FRAME_OFFSET).cast::<GenObj>();
            (object.as_ref(), self.prev().unwrap_unchecked())
        }
    }

    #[inline(always)]
    pub fn mark(self) -> Mark {
        self.frame().mark.get()
    }

    #[inline(always)]
    pub fn set_mark(self, mark: Mark) {
        self.frame().mark.set(mark);
    }

    #[inline(always)]
    pub fn nregs(self) -> u16 {
        self.frame().nregs.get()
    }

    #[inline(always)]
    pub fn nlocals(self) -> u16 {
        self.frame().nlocals.get()
    }

    /// The first register.
    #[inline(always)]
    pub fn registers(self) -> *mut Value {
        // SAFETY: invariant 2: the registers follow the header.
        unsafe { self.0.as_ptr().add(1).cast() }
    }

    /// A register (invariant 3).
    #[inline(always)]
    pub fn reg(self, index: u16) -> &'static Value {
        debug_assert!(index < self.nregs(), "invariant 4");
        // SAFETY: invariants 2 to 4.
        unsafe { &*self.registers().add(index as usize) }
    }

    /// Writes a register, giving back what was there.
    #[inline(always)]
    pub fn replace(self, index: u16, value: Value) -> Value {
        debug_assert!(index < self.nregs(), "invariant 4");
        // SAFETY: invariants 2 to 4.
        unsafe { std::mem::replace(&mut *self.registers().add(index as usize), value) }
    }

    #[inline(always)]
    pub fn take(self, index: u16) -> Value {
        self.replace(index, Value::UNBOUND)
    }

    /// Moves arguments into the first registers of this frame, which holds nothing yet.
    #[inline(always)]
    pub fn accept_arguments(self, caller: FramePtr, first: u16, count: u16) {
        debug_assert!(count <= self.nregs(), "arguments are registers");
        caller.give_arguments(first, count, self.registers().cast());
    }

    /// Moves `count` registers from `first` on to `target`, which has room for them.
    #[inline(always)]
    fn give_arguments(self, first: u16, count: u16, target: *mut u64) {
        debug_assert!(first as usize + count as usize <= self.nregs() as usize, "invariant 4");
        let move_one = |n: usize| {
            // SAFETY: invariants 2 and 4, and the caller's room.
            unsafe {
                let source = self.registers().add(first as usize + n).cast::<u64>();
                target.add(n).write(source.replace(Value::UNBOUND_BITS));
            }
        };
        // Few arguments are the rule: no loop for them.
        if count > 0 {
            move_one(0);
        }
        if count > 1 {
            move_one(1);
        }
        for n in 2..count as usize {
            move_one(n);
        }
    }

    /// Writes a register that holds no reference.
    #[inline(always)]
    pub fn init(self, index: u16, value: Value) {
        debug_assert!(index < self.nregs(), "invariant 4");
        // SAFETY: invariants 2 to 4; the old value needs no release.
        unsafe { self.registers().add(index as usize).write(value) };
    }

    /// Consecutive registers, borrowed (invariant 3).
    #[inline(always)]
    pub fn range(self, base: u16, count: usize) -> &'static [Value] {
        debug_assert!(base as usize + count <= self.nregs() as usize, "invariant 4");
        // SAFETY: invariants 2 to 4.
        unsafe { std::slice::from_raw_parts(self.registers().add(base as usize), count) }
    }

    /// Moves consecutive registers out.
    pub fn take_range(self, base: u16, count: usize) -> Vec<Value> {
        (0..count).map(|i| self.take(base + i as u16)).collect()
    }

    /// Releases consecutive registers.
    #[inline(always)]
    pub fn release_range(self, base: u16, count: usize) {
        debug_assert!(base as usize + count <= self.nregs() as usize, "invariant 4");
        // SAFETY: invariants 2 and 4.
        let registers = unsafe { self.registers().add(base as usize) };
        for n in 0..count {
            // SAFETY: as above.
            drop(unsafe { std::mem::replace(&mut *registers.add(n), Value::UNBOUND) });
        }
    }

    /// Releases the registers from `from` on.
    pub fn release_from(self, from: u16) {
        for i in from..self.nregs() {
            drop(self.take(i));
        }
    }

    /// Releases the temporaries from `from` on, the last one first, as CPython empties its stack.
    pub fn release_back_to(self, from: u16) {
        for i in (from..self.nregs()).rev() {
            drop(self.take(i));
        }
    }

    /// Releases the local variables. At a `return` no temporary is live.
    #[inline(always)]
    pub fn release_locals(self) {
        for i in 0..self.nlocals() {
            if self.reg(i).is_object() {
                drop(self.take(i));
            }
        }
    }

    /// Drops the function reference: the frame is finished.
    #[inline(always)]
    pub fn finish(self) {
        drop(self.frame().function.take());
    }
}

const CHUNK: usize = 256 * 1024;
/// Registers of a new frame that are set to unbound at a time.
const CLEARED: usize = 4;

/// The frames of one thread of execution.
pub struct FrameStack {
    chunks: Vec<Chunk>,
    current: usize,
    top: *mut u8,
    end: *mut u8,
    /// Where the current chunk begins, except for the first one: popping to here leaves the chunk.
    floor: *mut u8,
}

struct Chunk {
    memory: Box<[u64]>,
    /// Where the top was when the next chunk was begun.
    saved_top: *mut u8,
}

impl Default for FrameStack {
    fn default() -> FrameStack {
        FrameStack::new()
    }
}

impl FrameStack {
    pub fn new() -> FrameStack {
        let mut stack = FrameStack {
            chunks: Vec::new(),
            current: 0,
            top: std::ptr::null_mut(),
            end: std::ptr::null_mut(),
            floor: std::ptr::null_mut(),
        };
        stack.add_chunk(CHUNK);
        stack.enter(0);
        stack
    }

    fn add_chunk(&mut self, bytes: usize) {
        let memory = vec![0u64; bytes / 8].into_boxed_slice();
        self.chunks.push(Chunk { memory, saved_top: std::ptr::null_mut() });
    }

    fn enter(&mut self, index: usize) {
        self.current = index;
        let range = self.chunks[index].memory.as_mut_ptr_range();
        self.top = range.start.cast();
        self.end = range.end.cast();
        self.floor = if index == 0 { std::ptr::null_mut() } else { self.top };
    }

    /// Pushes a frame for `function`, whose registers are unbound. Takes the reference over.
    #[inline(always)]
    pub fn push(&mut self, function: Ref<Function>, prev: Option<FramePtr>, mark: Mark) -> FramePtr {
        self.push_with(function, prev, mark, 0, |_| {})
    }

    /// Pushes the frame of a call: `count` arguments, which are its first registers, move there
    /// from register `first` of the caller on.
    #[inline(always)]
    pub fn push_call(
        &mut self,
        function: Ref<Function>,
        caller: FramePtr,
        mark: Mark,
        first: u16,
        count: u16,
    ) -> FramePtr {
        debug_assert!(count <= function.code.nregs, "arguments are registers");
        self.push_with(function, Some(caller), mark, count as usize, |registers| {
            caller.give_arguments(first, count, registers);
        })
    }

    /// Pushes a frame whose first `filled` registers `fill` writes.
    #[inline(always)]
    fn push_with(
        &mut self,
        function: Ref<Function>,
        prev: Option<FramePtr>,
        mark: Mark,
        filled: usize,
        fill: impl FnOnce(*mut u64),
    ) -> FramePtr {
        let code: NonNull<CodeObj> = NonNull::from(&*function.code);
        let globals: NonNull<Dict> = NonNull::from(&*function.globals);
        // SAFETY: the function owns its code.
        let (nregs, nlocals, pc) = unsafe {
            let code = code.as_ref();
            (code.nregs, code.nlocals, code.first_instr())
        };
        let size = FRAME_SIZE + nregs as usize * 8;
        // Registers are cleared by the batch; the last one may reach beyond the frame.
        if (self.end as usize) - (self.top as usize) < size + 8 * (CLEARED - 1) {
            self.grow(size + 8 * (CLEARED - 1));
        }
        let frame = self.top.cast::<Frame>();
        // SAFETY: `size` bytes from `top` on, and the rest of a batch, lie inside the chunk and
        // are unused.
        unsafe {
            frame.write(Frame {
                prev: Cell::new(prev),
                pc: Cell::new(pc),
                function: Cell::new(function.into_value()),
                tie: Cell::new(0),
                nregs: Cell::new(nregs),
                nlocals: Cell::new(nlocals),
                mark: Cell::new(mark),
                code: Cell::new(code),
                globals: Cell::new(globals),
            });
            let registers = frame.add(1).cast::<u64>();
            let end = registers.add(nregs as usize);
            let mut next = registers.add(filled);
            while next < end {
                next.cast::<[u64; CLEARED]>().write([Value::UNBOUND_BITS; CLEARED]);
                next = next.add(CLEARED);
            }
            fill(registers);
            self.top = self.top.add(size);
            FramePtr(NonNull::new_unchecked(frame))
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, size: usize) {
        self.chunks[self.current].saved_top = self.top;
        let next = self.current + 1;
        if let Some(chunk) = self.chunks.get(next)
            && chunk.memory.len() * 8 < size
        {
            self.chunks.truncate(next);
        }
        if next == self.chunks.len() {
            self.add_chunk(CHUNK.max(size));
        }
        self.enter(next);
    }

    /// Pops the top frame, whose registers hold no reference any more.
    #[inline(always)]
    pub fn pop(&mut self, frame: FramePtr) {
        debug_assert!(!frame.is_seen(), "whoever ends an activation parts it from its object");
        frame.finish();
        self.top = frame.0.as_ptr().cast();
        if self.top == self.floor {
            self.leave_chunk();
        }
    }

    #[cold]
    #[inline(never)]
    fn leave_chunk(&mut self) {
        let index = self.current - 1;
        let top = self.chunks[index].saved_top;
        self.enter(index);
        self.top = top;
    }
}
