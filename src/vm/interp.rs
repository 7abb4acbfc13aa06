//! The loop: one arm for each opcode of `bytecode/op.rs`, the fast path inline, the slow path
//! called.
//!
//! # Rules of the loop
//! 1. `w.save()` stores the pc in the frame before anything that may raise, call or suspend:
//!    tracebacks, unwinding and returns read it there. Arms that cannot do so do not save.
//! 2. An arm borrows its operands from the registers and writes its result last. Killed
//!    operands are released after the operation (`kill_*`), and only where they may hold
//!    references: integers and floats need no release.
//! 3. Python-to-Python calls switch the window to the callee's frame and stay in this loop.
//!    Natives may come back to it through `run`, guarded by the native stack's limit.
//! 4. Suspension is legal exactly at `Yield`, `YieldOnly` and `YieldFrom`.
//! 5. Finalisers run at safepoints: where a value was released and `heap::pending` says so, at
//!    calls and at backward jumps.

use super::arith::BinaryOp;
use super::compare::CompareOp;
use super::fiber::{Exit, Go, Left};
use super::native::Native;
use super::quick::{floor_div, floor_mod, int_div, quick_pow, shift_left, shift_right};
use super::sites::OWN_GLOBAL;
use super::unwind::Arrival;
use super::window::{Window, entry, op, replace_entry};
use super::{Raised, Result, Vm};
use crate::bytecode::Op;
use crate::object::{
    CellObj, Dict, ExcObj, FramePtr, Function, GenKind, GenObj, GenState, Kind, ListObj, Mark, RangeIter,
    Ref, SeqIter, SetObj, Special, Str, TupleObj, Value, heap,
};

/// Backward jumps between two looks at the outside (interrupts, step limit).
pub(crate) const TICKS: u32 = 4096;

impl Vm {
    /// Runs a frame that was pushed with `Mark::Entry` to its end.
    pub(crate) fn run(&mut self, frame: FramePtr) -> Result {
        match self.run_from(frame) {
            Exit::Returned(value) | Exit::Yielded(value) | Exit::AsyncYielded(value) => Ok(value),
            Exit::Raised(raised) => Err(raised),
        }
    }

    /// Runs from a frame on until the entry frame below it returns, suspends or raises.
    pub(crate) fn run_from(&mut self, frame: FramePtr) -> Exit {
        let mut frame = frame;
        loop {
            match self.steps(Window::enter(frame)) {
                Ok(exit) => return exit,
                Err(raised) => {
                    let again = std::mem::take(&mut self.reraising);
                    match self.unwind(raised, if again { Arrival::Again } else { Arrival::Raised }) {
                        Ok(handler) => frame = handler,
                        Err(raised) => return Exit::Raised(raised),
                    }
                }
            }
        }
    }

    /// The loop proper. An exception of the top frame comes back as `Err`, its pc saved.
    fn steps(&mut self, window: Window) -> Result<Exit> {
        let mut w = window;

        /// Goes on in another frame.
        macro_rules! switch {
            ($frame:expr) => {{
                w = Window::enter($frame);
            }};
        }
        /// Goes where a fiber operation says.
        macro_rules! go {
            ($go:expr) => {
                match $go {
                    Go::Frame(frame) => switch!(frame),
                    Go::Exit(exit) => return Ok(exit),
                }
            };
        }
        /// A safepoint when something was released that left work behind.
        macro_rules! released {
            () => {
                if heap::pending() {
                    w.save();
                    self.safepoint()?;
                }
            };
        }
        macro_rules! jump {
            ($distance:expr) => {{
                let distance: i32 = $distance;
                if distance < 0 && heap::tick() {
                    // An interrupt is raised at the jump, not at what stands before its target.
                    w.save();
                    self.tick()?;
                }
                w.jump(distance);
            }};
        }
        /// To the body of a loop, whose `ForIter` stands at its end.
        macro_rules! next_round {
            ($i:expr, $value:expr) => {{
                w.put($i.b, $i.flags & 2 != 0, $value);
                if heap::tick() {
                    w.save();
                    self.tick()?;
                }
                w.jump(i32::from($i.c as i16));
            }};
        }
        macro_rules! binary {
            ($i:expr, $op:expr, $inplace:expr, $ints:path, |$fx:ident, $fy:ident| $float:expr) => {{
                let (a, b) = (w.reg($i.b), w.reg($i.c));
                let quick: Option<Value> = if Value::both_int(a, b) {
                    $ints(a, b)
                } else if let (Some($fx), Some($fy)) = (a.as_float(), b.as_float()) {
                    Some(Value::float($float))
                } else {
                    None
                };
                match quick {
                    Some(value) => w.out($i, value),
                    None => {
                        w.save();
                        self.binary_slow(w, *$i, $op, $inplace)?;
                        released!();
                    }
                }
            }};
            ($i:expr, $op:expr, $inplace:expr, |$x:ident, $y:ident| $int:expr, |$fx:ident, $fy:ident| $float:expr) => {{
                let (a, b) = (w.reg($i.b), w.reg($i.c));
                let quick: Option<Value> = if Value::both_int(a, b) {
                    let ($x, $y) = (a.int_unchecked(), b.int_unchecked());
                    $int
                } else if let (Some($fx), Some($fy)) = (a.as_float(), b.as_float()) {
                    $float
                } else {
                    None
                };
                match quick {
                    Some(value) => w.out($i, value),
                    None => {
                        w.save();
                        self.binary_slow(w, *$i, $op, $inplace)?;
                        released!();
                    }
                }
            }};
        }
        macro_rules! immediate {
            ($i:expr, $op:expr, $inplace:expr, |$x:ident, $y:ident| $int:expr) => {{
                let a = w.reg($i.b);
                let $y = i64::from($i.c as i16);
                let quick: Option<Value> = match a.as_int() {
                    Some($x) => $int,
                    None => None,
                };
                immediate!($i, $op, $inplace, a, quick);
            }};
            ($i:expr, $op:expr, $inplace:expr, +$y:expr) => {{
                let a = w.reg($i.b);
                let quick = if a.is_int() { Value::add_short(a, $y) } else { None };
                immediate!($i, $op, $inplace, a, quick);
            }};
            ($i:expr, $op:expr, $inplace:expr, $a:ident, $quick:ident) => {{
                match $quick {
                    Some(value) => w.out($i, value),
                    None => {
                        w.save();
                        self.immediate_slow(w, *$i, $op, $inplace)?;
                        released!();
                    }
                }
            }};
        }
        /// A native that takes the registers from `first` on as they are.
        macro_rules! native {
            ($i:expr, $first:expr, $count:expr) => {{
                let values = w.range($first, $count as usize);
                if let Some(code) = self.exact_native(w.reg($i.b), values) {
                    let value = code(self, values)?;
                    for n in 0..$count {
                        drop(w.take($first + n));
                    }
                    drop(w.take($i.b));
                    w.out($i, value);
                    released!();
                    continue;
                }
            }};
        }
        macro_rules! compare {
            ($i:expr, $op:expr, $cmp:tt) => {{
                let (a, b) = (w.reg($i.b), w.reg($i.c));
                if Value::both_int(a, b) {
                    w.out($i, Value::bool(a.bits() $cmp b.bits()));
                } else if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
                    w.out($i, Value::bool(x $cmp y));
                } else {
                    w.save();
                    self.check_bound(w, $i.b)?;
                    self.check_bound(w, $i.c)?;
                    let value = self.compare($op, a, b)?;
                    w.kill_b($i);
                    w.kill_c($i);
                    w.out($i, value);
                    released!();
                }
            }};
        }
        macro_rules! jump_compare {
            ($i:expr, $op:expr, $cmp:tt, $want:expr) => {{
                let (a, b) = (w.reg($i.a), w.reg($i.b));
                let holds = if Value::both_int(a, b) {
                    a.bits() $cmp b.bits()
                } else if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
                    x $cmp y
                } else {
                    w.save();
                    self.check_bound(w, $i.a)?;
                    self.check_bound(w, $i.b)?;
                    let holds = self.compare_truth($op, a, b)?;
                    w.kill_a($i);
                    w.kill_b($i);
                    holds
                };
                if holds == $want {
                    jump!(i32::from($i.c as i16));
                }
            }};
        }
        // Each outcome jumps for itself: a branch is predicted, a computed truth is waited for.
        macro_rules! jump_if {
            ($i:expr, $want:expr) => {{
                let test = w.reg($i.a);
                if test.is_true() {
                    if $want {
                        jump!($i.jump32());
                    }
                } else if test.is_false() {
                    if !$want {
                        jump!($i.jump32());
                    }
                } else if test.is_int() {
                    if test.is_same(&Value::inline_int(0)) != $want {
                        jump!($i.jump32());
                    }
                } else {
                    w.save();
                    self.check_bound(w, $i.a)?;
                    let truth = self.truth(test)?;
                    w.kill_a($i);
                    if truth == $want {
                        jump!($i.jump32());
                    }
                }
            }};
        }
        macro_rules! jump_immediate {
            ($i:expr, $op:expr, $cmp:tt, $want:expr) => {{
                let a = w.reg($i.a);
                let holds = if let Some(x) = a.as_int() {
                    x $cmp i64::from($i.b as i16)
                } else {
                    w.save();
                    self.check_bound(w, $i.a)?;
                    let imm = self.int(i64::from($i.b as i16));
                    let holds = self.compare_truth($op, a, &imm)?;
                    w.kill_a($i);
                    holds
                };
                if holds == $want {
                    jump!(i32::from($i.c as i16));
                }
            }};
        }

        macro_rules! jump_bits {
            ($i:expr, $want:expr) => {{
                let a = w.reg($i.a);
                let mask = i64::from($i.b as i16);
                let truth = if a.is_int() {
                    a.int_unchecked() & mask != 0
                } else {
                    w.save();
                    self.check_bound(w, $i.a)?;
                    let mask = self.int(mask);
                    let bits = self.binary(BinaryOp::And, a, &mask)?;
                    let truth = self.truth(&bits)?;
                    w.kill_a($i);
                    truth
                };
                if truth == $want {
                    jump!(i32::from($i.c as i16));
                }
            }};
        }
        macro_rules! call {
            ($i:expr, $callee:expr, $first:expr, $count:expr) => {{
                w.save();
                if heap::pending() {
                    self.safepoint()?;
                }
                if let Some(function) = $callee.get::<Function>() {
                    if function.code.generator_arity == $count {
                        let generator = self.call_generator(w, $i.b, $first, $count);
                        w.out($i, generator);
                        released!();
                        continue;
                    }
                    // A Python function that takes just these arguments.
                    if function.code.arity == $count && self.thread.depth < self.recursion_limit {
                        if heap::tick() {
                            self.look_if_due()?;
                        }
                        self.thread.depth += 1;
                        let function = w.take_ref::<Function>($i.b);
                        let frame =
                            self.thread.stack.push_call(function, w.frame, Mark::Store, $first, $count);
                        self.thread.frame = Some(frame);
                        switch!(frame);
                        continue;
                    }
                } else if let Some(native) = $callee.get::<Native>()
                    && let Some(frame) = self.quick_resume(native, w, $first, $count)
                {
                    // `next(generator)`, `generator.send(value)`: straight back into it.
                    switch!(frame);
                    continue;
                }
                native!($i, $first, $count);
                match self.call_registers(w, *$i, $first, $count as usize, &[])? {
                    Called::Done => released!(),
                    Called::Go(next) => go!(next),
                }
            }};
        }

        /// Suspends the running generator with a value. `$resumed` is what happens when the one
        /// that takes the value asks for the next at once.
        macro_rules! give {
            ($value:ident $(, $resumed:expr)?) => {{
                w.save();
                let frame = w.frame;
                match frame.mark() {
                    // The usual case: to a frame of this loop, which resumed just this generator.
                    Mark::Own => switch!(self.leave_own(frame)),
                    Mark::Sum => {
                        if Vm::sum_in_loop(frame.own_run().1, &$value) {
                            if heap::tick() {
                                self.tick()?;
                            }
                            $($resumed;)?
                            continue;
                        }
                        frame.set_mark(Mark::Own);
                        switch!(self.leave_own(frame));
                    }
                    _ => match self.leave(frame) {
                        Left::For(resumer) => switch!(resumer),
                        Left::Exit => return Ok(Exit::Yielded($value)),
                        Left::Not => {
                            go!(self.suspend(frame, $value)?);
                            continue;
                        }
                    },
                }
                let i = w.current();
                if i.op == Op::ForIter as u8 {
                    next_round!(i, $value);
                } else if super::fiber::is_sum(w.frame, i) {
                    self.sum_the_rest(w.frame, $value)?;
                    released!();
                } else {
                    // `send` or `next`, called from the loop.
                    super::fiber::release_run(w.frame, i);
                    w.out(i, $value);
                    released!();
                }
            }};
        }

        Window::align_loop();
        'run: loop {
            let i = w.fetch();
            match op(i) {
                // ---- registers, constants, variables
                Op::Move => {
                    let value = w.input(i.b, i.flags & 2 != 0);
                    w.out(i, value);
                    released!();
                }
                Op::LoadK => {
                    let value = w.constant(i.bc()).clone();
                    // `flags[i] = False`: a constant that the next instruction stores in a list.
                    let next = w.peek();
                    if next.op == Op::SetItem as u8
                        && next.c == i.a
                        && next.flags & 7 == 4
                        && i.flags & 1 == 0
                        && next.a != i.a
                        && next.b != i.a
                    {
                        match self.store_item(w.reg(next.a), w.reg(next.b), value) {
                            Ok(old) => {
                                w.jump(1);
                                if old.is_object() {
                                    drop(old);
                                    released!();
                                }
                            }
                            Err(value) => w.init(i.a, value),
                        }
                        continue;
                    }
                    w.out(i, value);
                    released!();
                }
                Op::Kill => {
                    drop(w.take(i.a));
                    released!();
                }
                Op::CheckBound => {
                    if w.reg(i.a).is_unbound() {
                        w.save();
                        return Err(self.unbound_local(w.frame.code(), i.a));
                    }
                }
                Op::DelLocal => {
                    if w.reg(i.a).is_unbound() {
                        w.save();
                        return Err(self.unbound_local(w.frame.code(), i.a));
                    }
                    drop(w.take(i.a));
                    released!();
                }
                Op::MakeCell => {
                    let value = w.take(i.a);
                    let cell = heap::alloc_plain(&self.types.cell, CellObj::new(value));
                    w.set(i.a, cell.into_value());
                }
                Op::LoadCell => {
                    let value = w.reg(i.b).get::<CellObj>().map_or(Value::UNBOUND, CellObj::get);
                    if value.is_unbound() {
                        w.save();
                        return Err(self.unbound_local(w.frame.code(), i.b));
                    }
                    w.out(i, value);
                }
                Op::StoreCell => {
                    let value = w.input(i.b, i.flags & 2 != 0);
                    if let Some(cell) = w.reg(i.a).get::<CellObj>() {
                        drop(cell.value.replace(value));
                    }
                    released!();
                }
                Op::LoadFree => {
                    let value = w.frame.running_function().closure[i.b as usize].get();
                    if value.is_unbound() {
                        w.save();
                        return Err(self.unbound_free(w.frame.code(), i.b));
                    }
                    w.out(i, value);
                }
                Op::StoreFree => {
                    let value = w.input(i.b, i.flags & 2 != 0);
                    drop(w.frame.running_function().closure[i.a as usize].value.replace(value));
                    released!();
                }
                Op::LoadFreeCell => {
                    w.out(i, w.frame.running_function().closure[i.b as usize].to_value());
                }
                Op::LoadGlobal => {
                    let site = w.site(i.bc());
                    let line = site.cache[0].get();
                    if line.key == w.frame.globals().version()
                        && (line.how == OWN_GLOBAL
                            || line.guard == w.frame.running_function().builtins.version())
                    {
                        w.out(i, entry(line.data).clone());
                    } else {
                        w.save();
                        let value = self.load_global(w.frame.running_function(), site)?;
                        w.out(i, value);
                    }
                }
                Op::StoreGlobal => {
                    let value = w.input(i.a, i.flags & 1 != 0);
                    let site = w.site(i.bc());
                    let line = site.cache[0].get();
                    if line.how == OWN_GLOBAL && line.key == w.frame.globals().version() {
                        drop(replace_entry(line.data, value));
                    } else {
                        self.store_global(w.frame.globals(), site, value);
                    }
                    released!();
                }

                // ---- attributes and items
                Op::GetAttr => {
                    let obj = w.reg(i.b);
                    let site = w.site(u32::from(i.c));
                    if i.flags & 3 == 0
                        && let Some(value) = Vm::slot_attr(obj, site)
                    {
                        w.init(i.a, value.clone());
                        continue;
                    }
                    let value = match self.cached_attr(obj, site) {
                        Some(value) => value,
                        None => {
                            w.save();
                            self.check_bound(w, i.b)?;
                            if let Some(frame) = self.enter_getter(w, i, site)? {
                                switch!(frame);
                                continue;
                            }
                            self.get_attr_slow(obj, site)?
                        }
                    };
                    w.kill_b(i);
                    w.out(i, value);
                    released!();
                }
                Op::SetAttr => {
                    let obj = w.reg(i.a);
                    let site = w.site(u32::from(i.c));
                    let value = w.input(i.b, i.flags & 2 != 0);
                    if let Err(value) = self.cached_set_attr(obj, site, value) {
                        w.save();
                        self.check_bound(w, i.a)?;
                        self.set_attr_slow(obj, site, value)?;
                    }
                    w.kill_a(i);
                    released!();
                }
                Op::LoadMethod => {
                    let obj = w.reg(i.b);
                    let site = w.site(u32::from(i.c));
                    match self.cached_method(obj, site) {
                        Some(method) => {
                            let receiver = w.input(i.b, i.flags & 2 != 0);
                            w.init(i.a, method);
                            w.init(i.a + 1, receiver);
                        }
                        None if obj.kind() == Some(Kind::Module) || obj.kind() == Some(Kind::Class) => {
                            // A function of a module, or an attribute of a class: no receiver.
                            let value = match self.cached_attr(obj, site) {
                                Some(value) => value,
                                None => {
                                    w.save();
                                    self.get_attr_slow(obj, site)?
                                }
                            };
                            if i.flags & 2 != 0 {
                                drop(w.take(i.b));
                            }
                            w.init(i.a, value);
                            w.init(i.a + 1, Value::UNBOUND);
                            released!();
                        }
                        None => {
                            w.save();
                            self.check_bound(w, i.b)?;
                            let (method, bound) = self.load_method_slow(obj, site)?;
                            let receiver = w.input(i.b, i.flags & 2 != 0);
                            w.init(i.a, method);
                            if bound {
                                w.init(i.a + 1, receiver);
                            } else {
                                w.init(i.a + 1, Value::UNBOUND);
                                drop(receiver);
                                released!();
                            }
                        }
                    }
                }
                Op::LoadSuperMethod => {
                    w.save();
                    let site = w.site(u32::from(i.c));
                    let (method, receiver) = self.super_method(w, i.b, site)?;
                    w.init(i.a, method);
                    w.init(i.a + 1, receiver);
                }
                Op::GetItem => {
                    let (obj, index) = (w.reg(i.b), w.reg(i.c));
                    if let Some(value) = self.quick_item(obj, index) {
                        w.kill_b(i);
                        w.out(i, value);
                        if i.flags & 3 != 0 {
                            released!();
                        }
                        continue;
                    }
                    w.save();
                    self.check_bound(w, i.b)?;
                    self.check_bound(w, i.c)?;
                    let value = self.get_item(obj, index)?;
                    w.kill_b(i);
                    w.kill_c(i);
                    w.out(i, value);
                    released!();
                }
                Op::SetItem => {
                    let (obj, index) = (w.reg(i.a), w.reg(i.b));
                    let value = w.input(i.c, i.flags & 4 != 0);
                    match self.store_item(obj, index, value) {
                        Ok(old) => drop(old),
                        Err(value) => {
                            w.save();
                            self.check_bound(w, i.a)?;
                            self.check_bound(w, i.b)?;
                            self.set_item(obj, index, value)?;
                        }
                    }
                    w.kill_a(i);
                    w.kill_b(i);
                    released!();
                }

                // ---- arithmetic
                Op::Add => binary!(i, BinaryOp::Add, false, Value::add_ints, |x, y| x + y),
                Op::Sub => binary!(i, BinaryOp::Sub, false, Value::sub_ints, |x, y| x - y),
                Op::Mul => binary!(
                    i,
                    BinaryOp::Mul,
                    false,
                    |x, y| x.checked_mul(y).and_then(Value::small_int),
                    |x, y| Some(Value::float(x * y))
                ),
                Op::Div => binary!(i, BinaryOp::Div, false, |x, y| int_div(x, y), |x, y| if y != 0.0 {
                    Some(Value::float(x / y))
                } else {
                    None
                }),
                Op::FloorDiv => binary!(i, BinaryOp::FloorDiv, false, |x, y| floor_div(x, y), |_x, _y| None),
                Op::Mod => binary!(i, BinaryOp::Mod, false, |x, y| floor_mod(x, y), |_x, _y| None),
                Op::Pow => binary!(i, BinaryOp::Pow, false, |_x, _y| None, |x, y| quick_pow(x, y)),
                Op::LShift => binary!(i, BinaryOp::LShift, false, |x, y| shift_left(x, y), |_x, _y| None),
                Op::RShift => binary!(i, BinaryOp::RShift, false, |x, y| shift_right(x, y), |_x, _y| None),
                Op::BitAnd => {
                    binary!(i, BinaryOp::And, false, |x, y| Some(Value::inline_int(x & y)), |_x, _y| None)
                }
                Op::BitOr => {
                    binary!(i, BinaryOp::Or, false, |x, y| Some(Value::inline_int(x | y)), |_x, _y| None)
                }
                Op::BitXor => {
                    binary!(i, BinaryOp::Xor, false, |x, y| Some(Value::inline_int(x ^ y)), |_x, _y| None)
                }
                Op::MatMul => binary!(i, BinaryOp::MatMul, false, |_x, _y| None, |_x, _y| None),
                Op::IAdd => binary!(i, BinaryOp::Add, true, Value::add_ints, |x, y| x + y),
                Op::ISub => binary!(i, BinaryOp::Sub, true, Value::sub_ints, |x, y| x - y),
                Op::IMul => binary!(
                    i,
                    BinaryOp::Mul,
                    true,
                    |x, y| x.checked_mul(y).and_then(Value::small_int),
                    |x, y| Some(Value::float(x * y))
                ),
                Op::IDiv => binary!(i, BinaryOp::Div, true, |x, y| int_div(x, y), |x, y| if y != 0.0 {
                    Some(Value::float(x / y))
                } else {
                    None
                }),
                Op::IFloorDiv => binary!(i, BinaryOp::FloorDiv, true, |x, y| floor_div(x, y), |_x, _y| None),
                Op::IMod => binary!(i, BinaryOp::Mod, true, |x, y| floor_mod(x, y), |_x, _y| None),
                Op::IPow => binary!(i, BinaryOp::Pow, true, |_x, _y| None, |x, y| quick_pow(x, y)),
                Op::ILShift => binary!(i, BinaryOp::LShift, true, |x, y| shift_left(x, y), |_x, _y| None),
                Op::IRShift => binary!(i, BinaryOp::RShift, true, |x, y| shift_right(x, y), |_x, _y| None),
                Op::IBitAnd => binary!(i, BinaryOp::And, true, |x, y| Value::small_int(x & y), |_x, _y| None),
                Op::IBitOr => binary!(i, BinaryOp::Or, true, |x, y| Value::small_int(x | y), |_x, _y| None),
                Op::IBitXor => binary!(i, BinaryOp::Xor, true, |x, y| Value::small_int(x ^ y), |_x, _y| None),
                Op::IMatMul => binary!(i, BinaryOp::MatMul, true, |_x, _y| None, |_x, _y| None),
                Op::AddI => immediate!(i, BinaryOp::Add, false, +i32::from(i.c as i16)),
                Op::SubI => immediate!(i, BinaryOp::Sub, false, +-i32::from(i.c as i16)),
                Op::IAddI => immediate!(i, BinaryOp::Add, true, +i32::from(i.c as i16)),
                Op::ISubI => immediate!(i, BinaryOp::Sub, true, +-i32::from(i.c as i16)),
                Op::MulI => {
                    immediate!(i, BinaryOp::Mul, false, |x, y| x.checked_mul(y).and_then(Value::small_int))
                }
                Op::FloorDivI => immediate!(i, BinaryOp::FloorDiv, false, |x, y| floor_div(x, y)),
                Op::ModI => immediate!(i, BinaryOp::Mod, false, |x, y| floor_mod(x, y)),
                // Of two inline integers, the bits that both have make an inline integer.
                Op::BitAndI => immediate!(i, BinaryOp::And, false, |x, y| Some(Value::inline_int(x & y))),
                Op::Neg | Op::Pos | Op::Invert => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    let special = match op(i) {
                        Op::Neg => Special::Neg,
                        Op::Pos => Special::Pos,
                        _ => Special::Invert,
                    };
                    let value = self.unary(special, w.reg(i.b))?;
                    w.kill_b(i);
                    w.out(i, value);
                }
                Op::Not => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    let truth = self.truth(w.reg(i.b))?;
                    w.kill_b(i);
                    w.out(i, Value::bool(!truth));
                }

                // ---- comparison
                Op::Lt => compare!(i, CompareOp::Lt, <),
                Op::Le => compare!(i, CompareOp::Le, <=),
                Op::Gt => compare!(i, CompareOp::Gt, >),
                Op::Ge => compare!(i, CompareOp::Ge, >=),
                Op::Eq => compare!(i, CompareOp::Eq, ==),
                Op::Ne => compare!(i, CompareOp::Ne, !=),
                Op::Is | Op::IsNot => {
                    let same = w.reg(i.b).is_same(w.reg(i.c));
                    w.kill_b(i);
                    w.kill_c(i);
                    w.out(i, Value::bool(same == (op(i) == Op::Is)));
                }
                Op::Contains | Op::NotContains => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    self.check_bound(w, i.c)?;
                    let found = self.contains(w.reg(i.c), w.reg(i.b))?;
                    w.kill_b(i);
                    w.kill_c(i);
                    w.out(i, Value::bool(found == (op(i) == Op::Contains)));
                    released!();
                }

                // ---- jumps
                Op::Jump => jump!(i.jump32()),
                Op::JumpIfTrue => jump_if!(i, true),
                Op::JumpIfFalse => jump_if!(i, false),
                Op::JumpIfNone => {
                    let none = w.reg(i.a).is_none();
                    w.kill_a(i);
                    if none {
                        jump!(i.jump32());
                    }
                }
                Op::JumpIfNotNone => {
                    let none = w.reg(i.a).is_none();
                    w.kill_a(i);
                    if !none {
                        jump!(i.jump32());
                    }
                }
                Op::JumpLt => jump_compare!(i, CompareOp::Lt, <, true),
                Op::JumpLe => jump_compare!(i, CompareOp::Le, <=, true),
                Op::JumpGt => jump_compare!(i, CompareOp::Gt, >, true),
                Op::JumpGe => jump_compare!(i, CompareOp::Ge, >=, true),
                Op::JumpEq => jump_compare!(i, CompareOp::Eq, ==, true),
                Op::JumpNe => jump_compare!(i, CompareOp::Ne, !=, true),
                Op::JumpNotLt => jump_compare!(i, CompareOp::Lt, <, false),
                Op::JumpNotLe => jump_compare!(i, CompareOp::Le, <=, false),
                Op::JumpNotGt => jump_compare!(i, CompareOp::Gt, >, false),
                Op::JumpNotGe => jump_compare!(i, CompareOp::Ge, >=, false),
                Op::JumpNotEq => jump_compare!(i, CompareOp::Eq, ==, false),
                Op::JumpNotNe => jump_compare!(i, CompareOp::Ne, !=, false),
                Op::JumpLtI => jump_immediate!(i, CompareOp::Lt, <, true),
                Op::JumpLeI => jump_immediate!(i, CompareOp::Le, <=, true),
                Op::JumpGtI => jump_immediate!(i, CompareOp::Gt, >, true),
                Op::JumpGeI => jump_immediate!(i, CompareOp::Ge, >=, true),
                Op::JumpEqI => jump_immediate!(i, CompareOp::Eq, ==, true),
                Op::JumpNeI => jump_immediate!(i, CompareOp::Ne, !=, true),
                Op::JumpNotLtI => jump_immediate!(i, CompareOp::Lt, <, false),
                Op::JumpNotLeI => jump_immediate!(i, CompareOp::Le, <=, false),
                Op::JumpNotGtI => jump_immediate!(i, CompareOp::Gt, >, false),
                Op::JumpNotGeI => jump_immediate!(i, CompareOp::Ge, >=, false),
                Op::JumpNotEqI => jump_immediate!(i, CompareOp::Eq, ==, false),
                Op::JumpNotNeI => jump_immediate!(i, CompareOp::Ne, !=, false),
                Op::JumpIfBits => jump_bits!(i, true),
                Op::JumpIfNoBits => jump_bits!(i, false),
                Op::JumpIs | Op::JumpIsNot => {
                    let same = w.reg(i.a).is_same(w.reg(i.b));
                    w.kill_a(i);
                    w.kill_b(i);
                    if same == (op(i) == Op::JumpIs) {
                        jump!(i32::from(i.c as i16));
                    }
                }
                Op::JumpIn | Op::JumpNotIn => {
                    w.save();
                    self.check_bound(w, i.a)?;
                    self.check_bound(w, i.b)?;
                    let found = self.contains(w.reg(i.b), w.reg(i.a))?;
                    w.kill_a(i);
                    w.kill_b(i);
                    if found == (op(i) == Op::JumpIn) {
                        jump!(i32::from(i.c as i16));
                    }
                }

                // ---- iteration
                Op::GetIter => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    let iterator = self.iter(w.reg(i.b))?;
                    w.kill_b(i);
                    w.out(i, iterator);
                }
                Op::ForIter => {
                    let mut i = i;
                    loop {
                        let iterator = w.reg(i.a);
                        match iterator.kind() {
                            Some(Kind::RangeIter) => {
                                let range = iterator.get::<RangeIter>().expect("the kind says so");
                                let Some(n) = range.advance() else {
                                    drop(w.take(i.a));
                                    continue 'run;
                                };
                                // A range that has such an iterator has inline bounds.
                                next_round!(i, Value::inline_int(n));
                            }
                            Some(Kind::SeqIter) => {
                                let sequence = iterator.get::<SeqIter>().expect("the kind says so");
                                let at = sequence.index.get();
                                let item = Value::look(&sequence.sequence, |held| {
                                    if let Some(list) = held.get::<ListObj>() {
                                        list.get(at)
                                    } else {
                                        held.get::<TupleObj>().and_then(|t| t.items().get(at).cloned())
                                    }
                                });
                                let item = match item {
                                    Some(item) => {
                                        sequence.index.set(at + 1);
                                        Some(item)
                                    }
                                    None => {
                                        w.save();
                                        self.next(iterator)?
                                    }
                                };
                                match item {
                                    Some(value) => {
                                        next_round!(i, value);
                                    }
                                    None => {
                                        drop(w.take(i.a));
                                        released!();
                                    }
                                }
                            }
                            Some(Kind::Generator) => {
                                let generator = iterator.get::<GenObj>().expect("the kind says so");
                                w.save();
                                if self.is_ready(generator) {
                                    switch!(self.reenter_own(generator, w.frame));
                                    w.accept_none();
                                    if w.peek().op == Op::ForIter as u8 {
                                        // A pipeline: it asks the next stage at once.
                                        i = w.fetch();
                                        continue;
                                    }
                                    continue 'run;
                                }
                                if let Some(leaf) = self.ready_leaf(generator) {
                                    switch!(self.reenter(generator, leaf, Some(w.frame), Mark::Store));
                                    w.accept_none();
                                    continue 'run;
                                }
                                if generator.kind == GenKind::Generator {
                                    if generator.state.get() == GenState::Finished {
                                        drop(w.take(i.a));
                                        continue 'run;
                                    }
                                    let send = super::Resume::Send(Value::NONE);
                                    go!(self.enter(generator, send, Some(w.frame), Mark::Store)?);
                                    continue 'run;
                                }
                                match self.next(iterator)? {
                                    Some(value) => {
                                        next_round!(i, value);
                                    }
                                    None => {
                                        drop(w.take(i.a));
                                        released!();
                                    }
                                }
                            }
                            _ => {
                                w.save();
                                match self.next(iterator)? {
                                    Some(value) => {
                                        next_round!(i, value);
                                    }
                                    None => {
                                        drop(w.take(i.a));
                                        released!();
                                    }
                                }
                            }
                        }
                        break;
                    }
                }
                Op::GetANext => {
                    w.save();
                    let awaitable = self.async_next(w.reg(i.b))?;
                    w.out(i, awaitable);
                }
                Op::UnpackSequence => {
                    if self.unpack_tuple(w, i) {
                        released!();
                        continue;
                    }
                    w.save();
                    self.check_bound(w, i.b)?;
                    self.unpack_sequence(w, *i)?;
                    released!();
                }

                // ---- calls
                Op::Call => {
                    let callee = w.reg(i.b);
                    call!(i, callee, i.b + 1, i.c);
                }
                Op::CallMethod => {
                    let bound = !w.reg(i.b + 1).is_unbound();
                    let first = if bound { i.b + 1 } else { i.b + 2 };
                    let count = i.c + u16::from(bound);
                    let callee = w.reg(i.b);
                    if bound
                        && i.c == 1
                        && self.is_list_append(callee)
                        && self.is_plain_list(w.reg(first))
                        && let Some(list) = w.reg(first).get::<ListObj>()
                    {
                        list.push(w.take(first + 1));
                        drop(w.take(first));
                        drop(w.take(i.b));
                        w.out(i, Value::NONE);
                        released!();
                        continue;
                    }
                    call!(i, callee, first, count);
                }
                Op::CallKw | Op::CallMethodKw => {
                    w.save();
                    if heap::pending() {
                        self.safepoint()?;
                    }
                    let names = &w.frame.code().keywords[i.c as usize];
                    let count =
                        w.frame.code().code.call_shapes[i.c as usize].positional as usize + names.len();
                    let (first, count) = if op(i) == Op::CallKw {
                        (i.b + 1, count)
                    } else if w.reg(i.b + 1).is_unbound() {
                        (i.b + 2, count)
                    } else {
                        (i.b + 1, count + 1)
                    };
                    match self.call_registers(w, *i, first, count, names)? {
                        Called::Done => released!(),
                        Called::Go(next) => go!(next),
                    }
                }
                Op::CallEx => {
                    w.save();
                    if heap::pending() {
                        self.safepoint()?;
                    }
                    let callee = w.take(i.b);
                    let args = w.take(i.b + 1);
                    if i.c == 0
                        && let Some(function) = callee.get::<Function>()
                        && !function.code.suspends
                        && args.is::<TupleObj>()
                    {
                        let function = callee.downcast::<Function>().expect("just seen");
                        drop(callee);
                        go!(self.call_tuple(w, function, &args)?);
                        continue;
                    }
                    let args = self.star_arguments(&callee, args)?;
                    let kwargs = if i.c != 0 { w.take(i.b + 2).downcast::<Dict>() } else { None };
                    let mut values = match args.get::<TupleObj>() {
                        Some(tuple) => tuple.items().to_vec(),
                        None => args.get::<ListObj>().map(ListObj::to_vec).unwrap_or_default(),
                    };
                    drop(args);
                    let mut names: Vec<Ref<Str>> = Vec::new();
                    if let Some(kwargs) = kwargs {
                        for (name, value) in kwargs.items() {
                            let Some(name) = name.downcast::<Str>() else {
                                return Err(self.no_keyword(&callee));
                            };
                            names.push(heap::intern_value(&name));
                            values.push(value);
                        }
                    }
                    match self.call_values(w, *i, callee, values, &names)? {
                        Called::Done => released!(),
                        Called::Go(next) => go!(next),
                    }
                }
                Op::Return => {
                    let value = w.take(i.a);
                    let frame = w.frame;
                    if !frame.is_plain() {
                        w.save();
                        if let Some(generator) = frame.unseen_generator()
                            && frame.mark() == Mark::Store
                            && !generator.is(self.thread.fiber)
                            && self.thread.throws.is_empty()
                            && let Some(parent) = frame.prev()
                        {
                            // The usual case of `await`: back to the one that delegates.
                            self.thread.depth = self.thread.depth.saturating_sub(1);
                            self.thread.frame = Some(parent);
                            self.finish_returned(generator);
                            switch!(parent);
                            let i = parent.current();
                            drop(w.take(i.b));
                            w.out(i, value);
                            released!();
                            continue;
                        }
                        go!(self.generator_returned(frame, value)?);
                        released!();
                        continue;
                    }
                    frame.release_locals();
                    let mark = frame.mark();
                    let prev = frame.prev();
                    self.thread.stack.pop(frame);
                    self.thread.depth = self.thread.depth.saturating_sub(1);
                    self.thread.frame = prev;
                    if mark == Mark::Store {
                        let prev = prev.expect("a caller waits for the value");
                        switch!(prev);
                        w.out(prev.current(), value);
                        released!();
                        continue;
                    }
                    let Some(prev) = prev.filter(|_| mark == Mark::Init) else {
                        return Ok(Exit::Returned(value));
                    };
                    switch!(prev);
                    if !value.is_none() {
                        return Err(self.init_returned(&value));
                    }
                    let call = prev.current();
                    let instance = prev.take(call.b);
                    w.out(call, instance);
                    released!();
                }
                Op::Yield => {
                    let value = w.input(i.b, i.flags & 2 != 0);
                    give!(value, w.set(i.a, Value::NONE));
                }
                Op::YieldOnly => {
                    let value = w.input(i.a, i.flags & 1 != 0);
                    give!(value);
                }
                Op::GetYieldFromIter => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    if w.reg(i.b).get::<GenObj>().is_some_and(|g| g.kind == GenKind::Generator) {
                        let generator = w.input(i.b, i.flags & 2 != 0);
                        w.out(i, generator);
                        continue;
                    }
                    let in_coroutine = w.frame.generator().is_some_and(|g| g.awaitable.get());
                    let iterator = self.get_yield_from_iter(w.reg(i.b), in_coroutine)?;
                    w.kill_b(i);
                    w.out(i, iterator);
                }
                Op::GetAwaitable => {
                    let fresh = w
                        .reg(i.b)
                        .get::<GenObj>()
                        .is_some_and(|g| g.kind == GenKind::Coroutine && g.state.get() == GenState::Created);
                    if fresh {
                        let coroutine = w.input(i.b, i.flags & 2 != 0);
                        w.out(i, coroutine);
                        continue;
                    }
                    w.save();
                    self.check_bound(w, i.b)?;
                    let iterator = self.get_awaitable(w.reg(i.b), i.c)?;
                    w.kill_b(i);
                    w.out(i, iterator);
                }
                Op::YieldFrom => {
                    w.save();
                    if heap::pending() {
                        self.safepoint()?;
                    }
                    self.adopt(w.frame);
                    // The usual case: a coroutine or generator that has not started.
                    if let Some(below) = w.reg(i.b).get::<GenObj>()
                        && below.state.get() == GenState::Created
                        && self.thread.depth < self.recursion_limit
                    {
                        let frame = below.frame();
                        frame.set_prev(Some(w.frame));
                        frame.set_mark(Mark::Store);
                        below.state.set(GenState::Suspended);
                        self.thread.depth += 1;
                        self.thread.frame = Some(frame);
                        switch!(frame);
                        continue;
                    }
                    go!(self.begin_delegation(w.frame)?);
                }

                // ---- building
                Op::BuildTuple => {
                    let value = self.tuple((0..i.c).map(|n| w.take(i.b + n)));
                    w.out(i, value);
                }
                Op::BuildList => {
                    let items: Vec<Value> = (0..i.c).map(|n| w.take(i.b + n)).collect();
                    let value = self.list(items);
                    w.out(i, value);
                }
                Op::BuildSet => {
                    w.save();
                    let set = self.new_set();
                    for n in 0..i.c {
                        self.set_add(&set, w.reg(i.b + n))?;
                        drop(w.take(i.b + n));
                    }
                    w.out(i, set.into_value());
                }
                Op::BuildMap => {
                    w.save();
                    let dict = self.new_dict();
                    for n in 0..i.c {
                        let (key, value) = (w.take(i.b + 2 * n), w.take(i.b + 2 * n + 1));
                        self.dict_set(&dict, key, value)?;
                    }
                    w.out(i, dict.into_value());
                }
                Op::BuildString => {
                    let value = self.build_string(w.range(i.b, i.c as usize));
                    for n in 0..i.c {
                        drop(w.take(i.b + n));
                    }
                    w.out(i, value);
                }
                Op::BuildSlice => {
                    let slice = self.slice(w.take(i.b), w.take(i.b + 1), w.take(i.b + 2));
                    w.out(i, slice);
                }
                Op::ListAppend => {
                    let value = w.input(i.b, i.flags & 2 != 0);
                    if let Some(list) = w.reg(i.a).get::<ListObj>() {
                        list.push(value);
                    }
                }
                Op::ListExtend => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    self.list_extend(w.reg(i.a), w.reg(i.b))?;
                    w.kill_b(i);
                }
                Op::SetAdd => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    if let Some(set) = w.reg(i.a).get::<SetObj>() {
                        self.set_add(set, w.reg(i.b))?;
                    }
                    w.kill_b(i);
                }
                Op::MapAdd => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    self.check_bound(w, i.c)?;
                    let key = w.input(i.b, i.flags & 2 != 0);
                    let value = w.input(i.c, i.flags & 4 != 0);
                    if let Some(dict) = w.reg(i.a).downcast::<Dict>() {
                        self.dict_set(&dict, key, value)?;
                    }
                }
                Op::FormatValue => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    let text = match i.c {
                        0 => self.format_plain(w.reg(i.b))?,
                        conversion => self.convert(w.reg(i.b), conversion)?,
                    };
                    w.kill_b(i);
                    w.out(i, text);
                }
                Op::MakeFunction => {
                    let function = self.make_function(w, w.frame.code(), *i);
                    w.out(i, function);
                }

                // ---- exceptions and contexts
                Op::Raise => {
                    w.save();
                    self.check_bound(w, i.a)?;
                    let value = w.input(i.a, i.flags & 1 != 0);
                    let exc = self.exception_to_raise(&value)?;
                    drop(value);
                    self.set_context(&exc);
                    return Err(Raised(exc));
                }
                Op::Reraise => {
                    w.save();
                    let value = w.take(i.a);
                    self.reraising = true;
                    return Err(Raised(
                        value.downcast::<ExcObj>().expect("a handler's register holds an exception"),
                    ));
                }
                Op::JumpIfNoMatch => {
                    w.save();
                    self.check_bound(w, i.b)?;
                    let matches = self.exception_matches(w.reg(i.a), w.reg(i.b))?;
                    w.kill_b(i);
                    if !matches {
                        w.jump(i32::from(i.c as i16));
                    }
                }

                // ---- what few programs do in a loop
                _ => {
                    w.save();
                    self.rare(w, i)?;
                    released!();
                }
            }
        }
    }

    /// A look at the outside after many backward jumps.
    #[cold]
    #[inline(never)]
    fn tick(&mut self) -> Result<()> {
        if heap::ran_down() {
            self.look_outside()?;
        }
        if heap::pending() { self.safepoint() } else { Ok(()) }
    }
}

/// How a call through registers went.
pub(crate) enum Called {
    /// The result is in its register.
    Done,
    Go(Go),
}

/// The kinds whose instances never have attributes of their own.
#[inline(always)]
pub(crate) fn is_bare(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::List
            | Kind::Dict
            | Kind::Str
            | Kind::Set
            | Kind::Tuple
            | Kind::Generator
            | Kind::Bytes
            | Kind::Opaque
    )
}
