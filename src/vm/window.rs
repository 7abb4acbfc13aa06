//! The register window and instruction fetch of the running frame.
//!
//! # Invariants
//! 1. `pc` lies inside the instructions of the frame's code, which `bytecode::verify` accepted:
//!    every register operand is below `nregs`, every constant and site index in range, every
//!    jump lands on an instruction, and the last instruction does not fall through.
//! 2. A borrow of a register (`reg`) ends before that register is written.
//! 3. A value remembered in a cache line is alive while the class version beside it is current:
//!    the class's dict holds it.
//! 4. The entry of a dict lies where a cache line remembers it while the dict's version is the
//!    one beside it: entries move only when a key comes or goes (`Dict::place`).

#![expect(unsafe_code, reason = "unchecked access that the verifier justifies; invariants above")]

use crate::bytecode::{Instr, Op};
use crate::object::{FramePtr, Payload, Ref, Site, Value};
use std::mem::ManuallyDrop;

#[derive(Clone, Copy)]
pub(crate) struct Window {
    pc: *const Instr,
    /// The registers lie right behind the frame's header.
    pub frame: FramePtr,
}

impl Window {
    /// Stands in front of the loop, whose first instructions, the dispatch, then lie in one cache
    /// line wherever the function begins: across two, a tight loop takes a fifth longer. What the
    /// compiler puts in between is part of the count: see the address of the shared `jmp *`.
    #[inline(always)]
    pub fn align_loop() {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        // SAFETY: instructions that do nothing.
        unsafe {
            std::arch::asm!(".p2align 6", ".nops 16", options(nomem, nostack, preserves_flags));
        }
    }

    /// The window of a frame, at its saved pc.
    #[inline(always)]
    pub fn enter(frame: FramePtr) -> Window {
        Window { pc: frame.pc(), frame }
    }

    /// The instruction before the next one.
    #[inline(always)]
    pub fn current(&self) -> &'static Instr {
        // SAFETY: invariant 1; the window stands behind an instruction that was fetched.
        unsafe { &*self.pc.sub(1) }
    }

    /// The next instruction; the pc moves behind it.
    #[inline(always)]
    pub fn fetch(&mut self) -> &'static Instr {
        // SAFETY: invariant 1; the code outlives the frame. A reference, so that each operand is
        // one load with zero extension.
        unsafe {
            let instr = &*self.pc;
            self.pc = self.pc.add(1);
            instr
        }
    }

    /// The instruction that `fetch` gives next.
    #[inline(always)]
    pub fn peek(&self) -> &'static Instr {
        // SAFETY: invariant 1.
        unsafe { &*self.pc }
    }

    /// Stores the pc in the frame, where tracebacks, calls and suspension look for it.
    #[inline(always)]
    pub fn save(&self) {
        self.frame.set_pc(self.pc);
    }

    #[inline(always)]
    pub fn jump(&mut self, distance: i32) {
        // SAFETY: invariant 1.
        self.pc = unsafe { self.pc.offset(distance as isize) };
    }

    #[inline(always)]
    pub fn reg(&self, index: u16) -> &'static Value {
        // SAFETY: invariants 1 and 2.
        unsafe { &*self.frame.registers().add(index as usize) }
    }

    /// Writes a register and releases what it held.
    #[inline(always)]
    pub fn set(&self, index: u16, value: Value) {
        // SAFETY: invariants 1 and 2.
        drop(unsafe { std::mem::replace(&mut *self.frame.registers().add(index as usize), value) });
    }

    /// Writes a register that holds no reference.
    #[inline(always)]
    pub fn init(&self, index: u16, value: Value) {
        debug_assert!(!self.reg(index).is_object(), "a dead temporary holds no reference");
        // SAFETY: invariant 1; nothing to release.
        unsafe { self.frame.registers().add(index as usize).write(value) };
    }

    /// Writes the register in slot a, which holds a reference only when the instruction says so.
    #[inline(always)]
    pub fn out(&self, instr: &Instr, value: Value) {
        if instr.flags & 1 != 0 { self.set(instr.a, value) } else { self.init(instr.a, value) }
    }

    #[inline(always)]
    pub fn take(&self, index: u16) -> Value {
        // SAFETY: invariants 1 and 2.
        unsafe { std::mem::replace(&mut *self.frame.registers().add(index as usize), Value::UNBOUND) }
    }

    /// Releases the operand in slot a when the instruction kills it.
    #[inline(always)]
    pub fn kill_a(&self, instr: &Instr) {
        if instr.flags & 1 != 0 {
            drop(self.take(instr.a));
        }
    }

    /// The same for slot b.
    #[inline(always)]
    pub fn kill_b(&self, instr: &Instr) {
        if instr.flags & 2 != 0 {
            drop(self.take(instr.b));
        }
    }

    /// The same for slot c.
    #[inline(always)]
    pub fn kill_c(&self, instr: &Instr) {
        if instr.flags & 4 != 0 {
            drop(self.take(instr.c));
        }
    }

    /// Writes a register, which holds a reference only when `holds` says so.
    #[inline(always)]
    pub fn put(&self, index: u16, holds: bool, value: Value) {
        if holds { self.set(index, value) } else { self.init(index, value) }
    }

    /// Moves an object of a known kind out of a register.
    #[inline(always)]
    pub fn take_ref<T: Payload>(&self, index: u16) -> Ref<T> {
        self.take(index).into_ref().expect("the caller has seen the kind")
    }

    /// Gives the `yield` that the frame was suspended at None as its result.
    #[inline(always)]
    pub fn accept_none(&self) {
        let instr = self.current();
        if instr.op != Op::YieldOnly as u8 {
            self.set(instr.a, Value::NONE);
        }
    }

    /// The value of an input operand: moved out when it is killed, else copied.
    #[inline(always)]
    pub fn input(&self, index: u16, kill: bool) -> Value {
        if kill { self.take(index) } else { self.reg(index).clone() }
    }

    /// A constant of the running code.
    #[inline(always)]
    pub fn constant(&self, index: u32) -> &'static Value {
        let consts = &self.frame.code().consts;
        debug_assert!((index as usize) < consts.len(), "invariant 1");
        // SAFETY: invariant 1.
        unsafe { consts.get_unchecked(index as usize) }
    }

    /// A name site of the running code.
    #[inline(always)]
    pub fn site(&self, index: u32) -> &'static Site {
        let sites = &self.frame.code().sites;
        debug_assert!((index as usize) < sites.len(), "invariant 1");
        // SAFETY: invariant 1.
        unsafe { sites.get_unchecked(index as usize) }
    }

    /// Consecutive registers.
    #[inline(always)]
    pub fn range(&self, base: u16, count: usize) -> &'static [Value] {
        // SAFETY: invariants 1 and 2.
        unsafe { std::slice::from_raw_parts(self.frame.registers().add(base as usize), count) }
    }
}

/// The opcode of an instruction.
#[inline(always)]
pub(crate) fn op(instr: &Instr) -> Op {
    debug_assert!(Op::from_byte(instr.op).is_some(), "invariant 1");
    // SAFETY: invariant 1: the verifier checked the opcode byte.
    unsafe { std::mem::transmute::<u8, Op>(instr.op) }
}

/// The value in a cache line whose class version was just found to be current (invariant 3).
#[inline(always)]
pub(crate) fn cached(bits: u64) -> ManuallyDrop<Value> {
    // SAFETY: invariant 3.
    unsafe { Value::from_cached(bits) }
}

/// The value of a dict's entry that a cache line remembers, its version just found to be current.
#[inline(always)]
pub(crate) fn entry(place: u64) -> &'static Value {
    // SAFETY: invariant 4.
    unsafe { &*(place as *const Value) }
}

/// Replaces that value, giving back the old one.
#[inline(always)]
pub(crate) fn replace_entry(place: u64, value: Value) -> Value {
    // SAFETY: invariant 4; no borrow of the dict's table spans an instruction.
    unsafe { std::mem::replace(&mut *(place as *mut Value), value) }
}

/// The shape in a cache line (shapes live as long as the process).
#[inline(always)]
pub(crate) fn shape_of(id: u64) -> &'static crate::object::Shape {
    // SAFETY: the number was made by `Shape::id`, and shapes are never freed.
    unsafe { &*(id as *const crate::object::Shape) }
}
