//! Entering and leaving generators and coroutines.
//!
//! A *fiber* is what a resumer outside starts: a `for` loop, `send`, a task's step. Its root is
//! the generator named there; below it hangs the chain of generators that it delegates to.
//!
//! ```text
//!   resumer frame <--prev-- root <--prev-- middle <--prev-- leaf      (running: top is leaf)
//!
//!   suspended:  root.leaf = leaf, leaf.owner = root
//! ```
//!
//! Suspending records the leaf and goes straight to the root's resumer; resuming goes straight
//! back into the leaf. `leaf.owner == root` proves that nobody touched the chain in between:
//! whoever resumes a generator by another way clears its owner. Else the chain is walked and
//! linked anew. Members between root and leaf are not marked as running; whether one is
//! executing is answered by looking for its frame below the top.
//!
//! Most fibers are one generator in a `for` loop, again and again. Such a run is marked `Own` and
//! is no fiber at all, until the generator delegates (`adopt`): its frame lies on the resumer's,
//! and that is all that going in and out has to change. Suspended by such a run, it is `ready`
//! for the next one; whoever resumes it by another way, or links it into a chain, ends that.
//! `sum` runs its generator in the same way (`Mark::Sum`) and keeps it running.
//!
//! Closing goes from the leaf up; every generator of the chain is then the root of a fiber of
//! its own whose resumer is its delegator (`Mark::Close`), so each gets its own GeneratorExit.
//!
//! ```text
//!   Created --resume--> Running --yield--> Suspended --resume--> …
//!                          \--return, raise--> Finished
//! ```

use super::native::{Native, Resumes};
use super::unwind::{Arrival, chain_context};
use super::window::Window;
use super::{Raised, Result, Vm};
use crate::bytecode::{Instr, Op};
use crate::object::{FramePtr, GenKind, GenObj, GenState, Mark, Ref, Special, Value, heap};
use std::ptr::NonNull;

/// What a resumer passes in.
pub enum Resume {
    Send(Value),
    Throw(Raised),
    /// Thrown to the leaf even when it is GeneratorExit, which else closes what is delegated to.
    Pass(Raised),
}

/// How a generator answered.
#[derive(Debug)]
pub enum Step {
    Yielded(Value),
    Returned(Value),
}

/// How an asynchronous generator answered.
#[derive(Debug)]
pub enum AsyncStep {
    /// One of its own awaits suspends the task.
    Awaiting(Value),
    /// It gave a value to its consumer.
    Yielded(Value),
    Finished,
}

/// How the machine goes on after a fiber was entered or left.
pub(crate) enum Go {
    /// In this frame, at its saved pc.
    Frame(FramePtr),
    /// The loop's entry frame ended or its fiber suspended: back to Rust.
    Exit(Exit),
}

pub(crate) enum Exit {
    Returned(Value),
    Yielded(Value),
    /// An asynchronous generator gave a value to its consumer.
    AsyncYielded(Value),
    /// An exception left the entry frame.
    Raised(Raised),
}

/// Something was thrown into a fiber. The members from its root down to the one that it reached each wait for
/// the answer of the one below, as if they had been asked to throw: what they handle is not in sight, and becomes
/// the context of whatever comes up. A member that ends hands on to the one above it.
pub(crate) struct Throw {
    root: NonNull<GenObj>,
    /// The member that runs.
    at: NonNull<GenObj>,
    /// It asks its iterator, and waits as well.
    waits: bool,
}

/// Who gets the value of a fiber that was suspended the short way.
pub(crate) enum Left {
    /// A frame of the loop.
    For(FramePtr),
    /// The caller of the loop.
    Exit,
    /// Nothing was done: it needs the long way.
    Not,
}

/// The answer of an awaitable that the machine polls itself.
#[derive(Debug)]
pub enum AwaitStep {
    /// Suspend the task with this value.
    Yield(Value),
    Return(Value),
}

/// Polls an awaitable: at the `await`, and each time the task goes on.
pub type AwaitFast = fn(&mut Vm, &Value) -> Result<AwaitStep>;

impl Vm {
    /// Resumes a generator or coroutine from Rust, at a cost that does not depend on how deep
    /// it is suspended. Raises what it raises.
    pub fn resume(&mut self, generator: &Ref<GenObj>, input: Resume) -> Result<Step> {
        match self.resume_any(generator, input)? {
            Exit::Returned(value) => Ok(Step::Returned(value)),
            Exit::Yielded(value) | Exit::AsyncYielded(value) => Ok(Step::Yielded(value)),
            Exit::Raised(raised) => Err(raised),
        }
    }

    /// Resumes an asynchronous generator.
    pub fn resume_async(&mut self, generator: &Ref<GenObj>, input: Resume) -> Result<AsyncStep> {
        match self.resume_any(generator, input)? {
            Exit::Returned(_) => Ok(AsyncStep::Finished),
            Exit::Yielded(value) => Ok(AsyncStep::Awaiting(value)),
            Exit::AsyncYielded(value) => Ok(AsyncStep::Yielded(value)),
            Exit::Raised(raised) => Err(raised),
        }
    }

    /// `gi_running`: whether the generator's frame is executing now.
    pub fn generator_is_running(&self, generator: &GenObj) -> bool {
        self.is_executing(generator)
    }

    pub(crate) fn resume_any(&mut self, generator: &Ref<GenObj>, input: Resume) -> Result<Exit> {
        self.check_native_stack()?;
        // The generator lives while it runs, even when its last name goes meanwhile.
        let held = generator.clone();
        let outer = self.thread.frame;
        let result = match self.enter(&held, input, outer, Mark::Entry) {
            Ok(Go::Frame(frame)) => Ok(self.run_from(frame)),
            Ok(Go::Exit(exit)) => Ok(exit),
            Err(raised) => Err(raised),
        };
        self.thread.frame = outer;
        result
    }

    /// `next(generator)` for plain generators; `None` when it is exhausted.
    pub(crate) fn generator_next(&mut self, value: &Value) -> Result<Option<Value>> {
        let Some(generator) = value.downcast::<GenObj>() else { return Ok(None) };
        if let Some(leaf) = self.ready_leaf(&generator) {
            self.check_native_stack()?;
            let outer = self.thread.frame;
            let frame = self.reenter(&generator, leaf, outer, Mark::Entry);
            frame.accept(Value::NONE);
            let exit = self.run_from(frame);
            self.thread.frame = outer;
            return match exit {
                Exit::Yielded(value) | Exit::AsyncYielded(value) => Ok(Some(value)),
                Exit::Returned(_) => Ok(None),
                Exit::Raised(raised) => Err(raised),
            };
        }
        match self.resume(&generator, Resume::Send(Value::NONE))? {
            Step::Yielded(value) => Ok(Some(value)),
            Step::Returned(_) => Ok(None),
        }
    }

    /// Starts or goes on with a fiber: afterwards the top frame is its leaf, ready to run. The
    /// result is where to go on, which may be the resumer again when the fiber ended at once.
    /// `resumer` gets the answer; `mark` says how.
    pub(crate) fn enter(
        &mut self,
        root: &GenObj,
        input: Resume,
        resumer: Option<FramePtr>,
        mark: Mark,
    ) -> Result<Go> {
        match root.state.get() {
            GenState::Running => return Err(self.already_executing(root)),
            GenState::Finished => return self.enter_finished(root, input, mark),
            GenState::Created => {
                if let Resume::Send(value) = &input
                    && !value.is_none()
                {
                    let kind = kind_name(root.kind);
                    return Err(
                        self.type_error(format!("can't send non-None value to a just-started {kind}"))
                    );
                }
                if mark == Mark::Store
                    && let Resume::Send(_) = &input
                    && self.thread.depth < self.recursion_limit
                    && let Some(resumer) = resumer
                {
                    root.frame().set_mark(Mark::Own);
                    return Ok(Go::Frame(self.reenter_own(root, resumer)));
                }
                if let Err(raised) = self.start_fiber(root, resumer, mark) {
                    // There was no room for its frame: it has ended.
                    self.finish(root);
                    return Err(raised);
                }
                let frame = root.frame();
                self.thread.frame = Some(frame);
                return match input {
                    Resume::Send(_) => Ok(Go::Frame(frame)),
                    Resume::Throw(raised) | Resume::Pass(raised) => {
                        self.raise_arrived(raised, Arrival::Unstarted)
                    }
                };
            }
            GenState::Suspended => {}
        }
        let quick = if root.ready.get() {
            Some(GenObj::at(root.pointer()))
        } else {
            root.leaf.get().map(GenObj::at).filter(|leaf| root.is(leaf.owner.get()))
        };
        let leaf = match quick {
            Some(leaf) => {
                self.start_fiber(root, resumer, mark)?;
                leaf
            }
            None => {
                if self.is_executing(root) {
                    return Err(self.already_executing(root));
                }
                let relinked = self.relink(root);
                self.start_fiber(root, resumer, mark)?;
                match relinked {
                    Ok(leaf) => leaf,
                    Err((at, raised)) => {
                        self.thread.frame = Some(at.frame());
                        return match input {
                            Resume::Throw(exit) if self.closes_delegates(&exit) => {
                                self.close_chain(root, at, exit, Some(raised))
                            }
                            _ => self.raise_in_fiber(raised),
                        };
                    }
                }
            }
        };
        leaf.owner.set(None);
        let frame = leaf.frame();
        self.thread.frame = Some(frame);
        match input {
            Resume::Send(value) => self.send_to_leaf(frame, value),
            Resume::Throw(raised) if self.closes_delegates(&raised) => {
                self.close_chain(root, leaf, raised, None)
            }
            Resume::Throw(raised) | Resume::Pass(raised) => self.throw_to_leaf(frame, raised),
        }
    }

    /// The leaf of a fiber that is suspended at a `yield`, when nobody touched the chain since
    /// and there is room on the stack: `reenter` goes straight back.
    #[inline(always)]
    pub(crate) fn ready_leaf(&self, root: &GenObj) -> Option<&'static GenObj> {
        let leaf = if root.ready.get() {
            GenObj::at(root.pointer())
        } else {
            let leaf = GenObj::at(root.leaf.get()?);
            if !root.is(leaf.owner.get()) || !leaf.frame().is_at_yield() {
                return None;
            }
            leaf
        };
        (self.thread.depth + root.depth.get() <= self.recursion_limit).then_some(leaf)
    }

    /// Back into a fiber; gives the leaf's frame, whose `yield` waits for its result.
    pub(crate) fn reenter(
        &mut self,
        root: &GenObj,
        leaf: &GenObj,
        resumer: Option<FramePtr>,
        mark: Mark,
    ) -> FramePtr {
        leaf.owner.set(None);
        self.make_running(root, resumer, mark);
        let frame = leaf.frame();
        self.thread.frame = Some(frame);
        frame
    }

    /// Whether `reenter_own` may be used.
    #[inline(always)]
    pub(crate) fn is_ready(&self, generator: &GenObj) -> bool {
        generator.ready.get() && self.thread.depth < self.recursion_limit
    }

    /// Back into a generator that is ready, or into one that has not begun, from a frame of the
    /// loop. Its mark says already that it runs on its own.
    #[inline(always)]
    pub(crate) fn reenter_own(&mut self, generator: &GenObj, resumer: FramePtr) -> FramePtr {
        let frame = generator.frame();
        debug_assert!(frame.mark().is_own(), "a run without a fiber");
        generator.state.set(GenState::Running);
        generator.ready.set(false);
        frame.set_prev(Some(resumer));
        self.thread.depth += 1;
        self.thread.frame = Some(frame);
        frame
    }

    /// Suspends a generator that runs on its own; the frame of the loop that resumed it goes on.
    #[inline(always)]
    pub(crate) fn leave_own(&mut self, frame: FramePtr) -> FramePtr {
        let (generator, resumer) = frame.own_run();
        generator.state.set(GenState::Suspended);
        generator.ready.set(true);
        self.thread.depth -= 1;
        self.thread.frame = Some(resumer);
        resumer
    }

    /// A generator that runs on its own begins to delegate: from here on it is the root of a
    /// fiber.
    #[inline(always)]
    pub(crate) fn adopt(&mut self, frame: FramePtr) {
        if frame.mark().is_own() {
            let (root, resumer) = frame.own_run();
            self.thread.depth -= 1;
            self.make_running(root, Some(resumer), Mark::Store);
        }
    }

    /// Suspends the running fiber, whose leaf is `frame`, when its resumer needs no more than
    /// the value.
    #[inline(never)]
    pub(crate) fn leave(&mut self, frame: FramePtr) -> Left {
        if !self.thread.throws.is_empty() {
            return Left::Not;
        }
        let Some(leaf) = frame.generator() else { return Left::Not };
        let Some(root) = self.thread.fiber else { return Left::Not };
        let root = GenObj::at(root);
        let resumer = root.frame().prev();
        let left = match (root.frame().mark(), resumer) {
            (Mark::Store, Some(resumer)) => Left::For(resumer),
            (Mark::Entry, _) if root.kind != GenKind::AsyncGenerator => Left::Exit,
            _ => return Left::Not,
        };
        root.depth.set(self.thread.depth - root.base.get());
        if root.is(Some(leaf.pointer())) && matches!(left, Left::For(_)) {
            // The next run needs no fiber.
            root.leaf.set(None);
            root.frame().set_mark(Mark::Own);
            root.ready.set(true);
        } else {
            root.leaf.set(Some(leaf.pointer()));
            leaf.owner.set(Some(root.pointer()));
        }
        self.make_suspended(root, resumer);
        left
    }

    #[inline(always)]
    fn make_suspended(&mut self, root: &GenObj, resumer: Option<FramePtr>) {
        root.state.set(GenState::Suspended);
        self.thread.depth = root.base.get();
        self.thread.fiber = root.outer.get();
        self.thread.frame = resumer;
    }

    /// A call of `next` or `send` with its arguments in registers: back into a generator that is
    /// suspended at a `yield`, whose frame is the answer.
    #[inline(always)]
    pub(crate) fn quick_resume(
        &mut self,
        native: &Native,
        w: Window,
        first: u16,
        count: u16,
    ) -> Option<FramePtr> {
        let is_send = match native.row.resumes {
            Resumes::Next => false,
            Resumes::Send => true,
            Resumes::No | Resumes::Sum => return None,
        };
        if !native.receiver.is_unbound() || count < 1 + u16::from(is_send) || count > 2 {
            return None;
        }
        let generator = w.reg(first).get::<GenObj>()?;
        let frame = if self.is_ready(generator) {
            self.reenter_own(generator, w.frame)
        } else {
            self.reenter_leaf(generator, w.frame, is_send)?
        };
        // The argument stays in its register as well, until the answer comes.
        frame.accept(if is_send { w.reg(first + 1).clone() } else { Value::NONE });
        Some(frame)
    }

    #[inline(never)]
    fn reenter_leaf(&mut self, generator: &GenObj, resumer: FramePtr, is_send: bool) -> Option<FramePtr> {
        let fits = match generator.kind {
            GenKind::Generator => true,
            GenKind::Coroutine => is_send,
            GenKind::AsyncGenerator => false,
        };
        let leaf = self.ready_leaf(generator).filter(|_| fits)?;
        Some(self.reenter(generator, leaf, Some(resumer), Mark::Store))
    }

    /// Marks `root` as the running fiber.
    #[inline]
    fn start_fiber(&mut self, root: &GenObj, resumer: Option<FramePtr>, mark: Mark) -> Result<()> {
        let base = self.thread.depth;
        let depth = base + root.depth.get();
        if depth > self.recursion_limit {
            self.thread.depth = base + 1;
            return Err(self.too_deep());
        }
        self.make_running(root, resumer, mark);
        Ok(())
    }

    #[inline(always)]
    fn make_running(&mut self, root: &GenObj, resumer: Option<FramePtr>, mark: Mark) {
        root.base.set(self.thread.depth);
        self.thread.depth += root.depth.replace(1);
        root.leaf.set(None);
        root.ready.set(false);
        root.outer.set(self.thread.fiber);
        self.thread.fiber = Some(root.pointer());
        root.state.set(GenState::Running);
        let frame = root.frame();
        frame.set_prev(resumer);
        frame.set_mark(mark);
    }

    /// Whether a generator's frame lies below the top frame.
    pub(crate) fn is_executing(&self, generator: &GenObj) -> bool {
        match generator.state.get() {
            GenState::Running => return true,
            GenState::Created | GenState::Finished => return false,
            GenState::Suspended => {}
        }
        let target = generator.frame();
        let mut frame = self.thread.frame;
        while let Some(at) = frame {
            if at == target {
                return true;
            }
            frame = at.prev();
        }
        false
    }

    /// Walks down the delegations of a suspended root, linking every frame to the one above it
    /// and counting them.
    fn relink(&mut self, root: &GenObj) -> std::result::Result<&'static GenObj, (&'static GenObj, Raised)> {
        let mut at = GenObj::at(root.pointer());
        at.untie();
        root.depth.set(0);
        loop {
            root.depth.set(root.depth.get() + 1);
            let Some(below) = at.delegation().and_then(|v| v.downcast::<GenObj>()) else { return Ok(at) };
            if below.state.get() != GenState::Suspended {
                if self.is_executing(&below) {
                    let raised = self.already_executing(&below);
                    return Err((at, raised));
                }
                return Ok(at);
            }
            if self.is_executing(&below) {
                let raised = self.already_executing(&below);
                return Err((at, raised));
            }
            let below = GenObj::at(below.pointer());
            below.untie();
            below.frame().set_prev(Some(at.frame()));
            below.frame().set_mark(Mark::Store);
            at = below;
        }
    }

    /// Gives `value` to the leaf frame: as the result of its `yield`, or to the iterator that
    /// it delegates to.
    fn send_to_leaf(&mut self, frame: FramePtr, value: Value) -> Result<Go> {
        let instr = frame.current();
        if instr.op != Op::YieldFrom as u8 {
            frame.accept(value);
            return Ok(Go::Frame(frame));
        }
        let iterator = frame.reg(instr.b).clone();
        let answer = self.send_to_iterator(&iterator, value);
        self.delegate_answered(frame, answer)
    }

    /// Goes on after the iterator of a `yield from` answered.
    pub(crate) fn delegate_answered(&mut self, frame: FramePtr, answer: Result<Step>) -> Result<Go> {
        match answer {
            Ok(Step::Yielded(value)) => self.suspend(frame, value),
            Ok(Step::Returned(value)) => {
                let instr = frame.current();
                drop(frame.take(instr.b));
                drop(frame.replace(instr.a, value));
                Ok(Go::Frame(frame))
            }
            Err(raised) => self.raise_in_fiber(raised),
        }
    }

    /// Resumes an iterator that a frame delegates to and that is not part of its fiber.
    pub(crate) fn send_to_iterator(&mut self, iterator: &Value, value: Value) -> Result<Step> {
        if let Some(poll) = self.await_fast(iterator) {
            return match poll(self, iterator)? {
                AwaitStep::Yield(value) => Ok(Step::Yielded(value)),
                AwaitStep::Return(value) => Ok(Step::Returned(value)),
            };
        }
        if let Some(generator) = iterator.downcast::<GenObj>() {
            return self.resume(&generator, Resume::Send(value));
        }
        let result = if value.is_none() {
            let special = self.special(iterator, Special::Next);
            match special {
                Some(next) => match next.get::<super::Native>().map(|n| n.row.code) {
                    // It may as well be one that says its value by raising: the wrapper of a coroutine.
                    Some(super::native::NativeCode::Next(next)) => match next(self, iterator) {
                        Ok(None) => return Ok(Step::Returned(Value::NONE)),
                        Ok(Some(value)) => Ok(value),
                        Err(raised) => Err(raised),
                    },
                    _ => self.call(&next, &[iterator.clone()]),
                },
                None => match self.next_builtin(iterator) {
                    Some(result) => {
                        return Ok(match result? {
                            Some(value) => Step::Yielded(value),
                            None => Step::Returned(Value::NONE),
                        });
                    }
                    None => {
                        let name = self.type_name(iterator);
                        Err(self.type_error(format!("'{name}' object is not an iterator")))
                    }
                },
            }
        } else {
            self.call_method(iterator, "send", &[value])
        };
        match result {
            Ok(value) => Ok(Step::Yielded(value)),
            Err(raised) if raised.is(&self.exceptions.stop_iteration) => {
                Ok(Step::Returned(self.stop_value(&raised.0)))
            }
            Err(raised) => Err(raised),
        }
    }

    /// Suspends the running fiber with a value; `frame` is its leaf, its pc saved.
    pub(crate) fn suspend(&mut self, frame: FramePtr, value: Value) -> Result<Go> {
        let root = GenObj::at(self.thread.fiber.expect("only a fiber suspends"));
        let leaf = frame.generator().expect("the leaf of a fiber is a generator's frame");
        self.forget_throw(root);
        root.leaf.set(Some(leaf.pointer()));
        leaf.owner.set(Some(root.pointer()));
        root.state.set(GenState::Suspended);
        root.depth.set(self.thread.depth.saturating_sub(root.base.get()).max(1));
        self.thread.depth = root.base.get();
        self.thread.fiber = root.outer.take();
        let root_frame = root.frame();
        let resumer = root_frame.prev();
        self.thread.frame = resumer;
        match root_frame.mark() {
            Mark::Entry => {
                let own_yield = root.is(Some(leaf.pointer()))
                    && root.kind == GenKind::AsyncGenerator
                    && frame.is_at_yield();
                Ok(Go::Exit(if own_yield { Exit::AsyncYielded(value) } else { Exit::Yielded(value) }))
            }
            Mark::Close => {
                drop(value);
                drop(self.own_exit());
                let raised = self.ignored_exit(root.kind);
                self.raise_in_fiber(raised)
            }
            Mark::Store | Mark::Init | Mark::Own | Mark::Sum => {
                let resumer = resumer.expect("a resumer frame waits for the value");
                let instr = resumer.current();
                if is_sum(resumer, instr) {
                    if let Err(raised) = self.sum_the_rest(resumer, value) {
                        return self.raise_in_fiber(raised);
                    }
                } else if instr.op == Op::ForIter as u8 {
                    drop(resumer.replace(instr.b, value));
                    let body = (resumer.index() as i64 + 1 + i64::from(instr.c as i16)) as usize;
                    resumer.set_index(body);
                } else {
                    release_run(resumer, instr);
                    drop(resumer.replace(instr.a, value));
                }
                Ok(Go::Frame(resumer))
            }
        }
    }

    /// A generator's frame returned `value`: goes on with its delegator or resumer.
    pub(crate) fn generator_returned(&mut self, frame: FramePtr, value: Value) -> Result<Go> {
        let generator = frame.generator().expect("the caller checked");
        let prev = frame.prev();
        let mark = frame.mark();
        let is_root = mark.is_own() || generator.is(self.thread.fiber);
        if is_root && !mark.is_own() {
            self.thread.depth = generator.base.get();
            self.thread.fiber = generator.outer.take();
        } else {
            self.thread.depth = self.thread.depth.saturating_sub(1);
        }
        self.thread.frame = prev;
        // The frame is part of the object, which its holder may drop as soon as it is finished.
        self.finish(generator);
        if !is_root {
            self.hand_throw_on(generator);
            let parent = prev.expect("a delegator waits");
            let instr = parent.current();
            drop(parent.take(instr.b));
            drop(parent.replace(instr.a, value));
            return Ok(Go::Frame(parent));
        }
        match mark {
            Mark::Entry => Ok(Go::Exit(Exit::Returned(value))),
            Mark::Close => {
                let raised = self.own_exit();
                self.raise_arrived(raised, Arrival::Thrown)
            }
            Mark::Store | Mark::Init | Mark::Own | Mark::Sum => {
                let resumer = prev.expect("a resumer frame waits");
                let instr = resumer.current();
                if instr.op == Op::ForIter as u8 {
                    drop(resumer.take(instr.a));
                    return Ok(Go::Frame(resumer));
                }
                if is_sum(resumer, instr) {
                    let total = resumer.take(instr.b);
                    release_run(resumer, instr);
                    drop(resumer.replace(instr.a, total));
                    return Ok(Go::Frame(resumer));
                }
                // `next(generator, default)`
                let callee = resumer.reg(instr.b).get::<Native>();
                if instr.c == 2 && callee.is_some_and(|n| n.row.resumes == Resumes::Next) {
                    let default = resumer.take(instr.b + 2 + u16::from(instr.op == Op::CallMethod as u8));
                    release_run(resumer, instr);
                    drop(resumer.replace(instr.a, default));
                    return Ok(Go::Frame(resumer));
                }
                release_run(resumer, instr);
                let raised = self.stop_iteration(value);
                self.raise_in_fiber(raised)
            }
        }
    }

    /// The generator returned: only its local variables are left to release, and whoever waits
    /// for it holds the object.
    #[inline]
    pub(crate) fn finish_returned(&mut self, generator: &GenObj) {
        generator.state.set(GenState::Finished);
        generator.leaf.set(None);
        generator.owner.set(None);
        let frame = generator.frame();
        frame.release_locals();
        frame.finish();
    }

    /// The generator has ended: nothing of its frame is needed any more.
    pub(crate) fn finish(&mut self, generator: &GenObj) {
        generator.state.set(GenState::Finished);
        generator.untie();
        let frame = generator.frame();
        // While the registers go, the object itself must stay.
        let held = generator.to_value();
        frame.release_from(0);
        frame.finish();
        drop(held);
    }

    fn enter_finished(&mut self, root: &GenObj, input: Resume, mark: Mark) -> Result<Go> {
        if root.kind == GenKind::Coroutine {
            return Err(self.runtime_error("cannot reuse already awaited coroutine"));
        }
        match input {
            Resume::Throw(raised) | Resume::Pass(raised) => {
                self.thread.thrown_past = raised.0.id();
                Err(raised)
            }
            Resume::Send(_) if mark == Mark::Entry => Ok(Go::Exit(Exit::Returned(Value::NONE))),
            Resume::Send(_) => Err(self.stop_iteration(Value::NONE)),
        }
    }

    #[cold]
    pub(crate) fn already_executing(&mut self, generator: &GenObj) -> Raised {
        let kind = kind_name(generator.kind);
        self.value_error(format!("{kind} already executing"))
    }

    #[cold]
    fn ignored_exit(&mut self, kind: GenKind) -> Raised {
        self.runtime_error(format!("{} ignored GeneratorExit", kind_name(kind)))
    }

    pub fn generator_exit(&mut self) -> Raised {
        Raised(self.exception(&self.exceptions.generator_exit, Vec::new()))
    }

    /// GeneratorExit thrown in closes what is delegated to, before it is raised.
    fn closes_delegates(&self, raised: &Raised) -> bool {
        raised.is(&self.exceptions.generator_exit)
    }

    /// Raises at the top frame's place and goes on where it is handled. `Err` of this room's
    /// functions is for what happened before a fiber was entered: it is raised in the resumer.
    pub(crate) fn raise_in_fiber(&mut self, raised: Raised) -> Result<Go> {
        self.raise_arrived(raised, Arrival::Raised)
    }

    fn raise_arrived(&mut self, raised: Raised, arrival: Arrival) -> Result<Go> {
        match self.unwind(raised, arrival) {
            Ok(frame) => Ok(Go::Frame(frame)),
            Err(raised) => Ok(Go::Exit(Exit::Raised(raised))),
        }
    }

    /// Throws into the leaf: first into the iterator that it delegates to, if that can take it.
    /// StopIteration at a `yield from` ends that, whoever raised it.
    fn throw_to_leaf(&mut self, frame: FramePtr, raised: Raised) -> Result<Go> {
        let instr = frame.current();
        let waits = instr.op == Op::YieldFrom as u8;
        let root = self.thread.fiber.expect("a throw runs in a fiber");
        if let Some(at) = frame.generator().map(GenObj::pointer)
            && (waits || at != root)
        {
            self.thread.throws.push(Throw { root, at, waits });
        }
        if !waits {
            return self.raise_arrived(raised, Arrival::Thrown);
        }
        let iterator = frame.reg(instr.b).clone();
        let answer = self.throw_to_iterator(&iterator, raised);
        self.throw_reaches(frame);
        match answer {
            Ok(answer) => self.throw_answered(frame, answer),
            Err(other) => self.refuse_throw(frame, other),
        }
    }

    /// Throws into an iterator that is no part of the chain. `Err` when it can't be asked.
    fn throw_to_iterator(&mut self, iterator: &Value, raised: Raised) -> Result<Result<Step>> {
        if let Some(below) = iterator.downcast::<GenObj>() {
            // It has not begun, or has finished.
            let thrown = raised.0.id();
            let answer = self.resume(&below, Resume::Throw(raised));
            if let Err(other) = &answer
                && other.0.id() != thrown
            {
                self.set_context_if_fresh(other);
            }
            return Ok(answer);
        }
        let name = heap::intern("throw");
        let Some(method) = self.get_attr_optional(iterator, &name)? else { return Ok(Err(raised)) };
        Ok(self.call(&method, &[raised.into_value()]).map(Step::Yielded))
    }

    /// The delegate of the leaf has answered a throw: now the leaf itself runs.
    fn throw_reaches(&mut self, leaf: FramePtr) {
        let Some(at) = leaf.generator() else { return };
        if at.is(self.thread.fiber) {
            self.thread.throws.pop();
        } else if let Some(throw) = self.thread.throws.last_mut() {
            throw.waits = false;
        }
    }

    /// The fiber suspends: that is the answer to what was thrown into it.
    fn forget_throw(&mut self, root: &GenObj) {
        if self.thread.throws.last().is_some_and(|throw| root.is(Some(throw.root))) {
            self.thread.throws.pop();
        }
    }

    /// A member of the running fiber ends. Whether the one above it waits for the answer to a throw; if so, it
    /// runs from now on.
    pub(crate) fn hand_throw_on(&mut self, ended: &GenObj) -> bool {
        let Some(throw) = self.thread.throws.last_mut() else { return false };
        if Some(throw.root) != self.thread.fiber || !ended.is(Some(throw.at)) {
            return false;
        }
        match ended.frame().prev().and_then(FramePtr::generator) {
            Some(above) if above.pointer() != throw.root => throw.at = above.pointer(),
            _ => drop(self.thread.throws.pop()),
        }
        true
    }

    /// The frame below `frame` in which a handler is in sight; members that wait are passed over.
    pub(crate) fn handlers_below(&self, frame: FramePtr) -> Option<FramePtr> {
        if frame.generator().is_some() && frame.mark() == Mark::Close {
            // Its delegators wait, each the root of a fiber of its own, for it to be closed.
            let mut root = frame.prev()?;
            while root.mark() == Mark::Close {
                root = root.prev()?;
            }
            return root.prev();
        }
        let at = frame.generator().map(GenObj::pointer);
        match self.thread.throws.iter().find(|throw| Some(throw.at) == at) {
            Some(throw) => GenObj::at(throw.root).frame().prev(),
            None => frame.prev(),
        }
    }

    /// Whether a frame is not in sight because it waits for its iterator's `throw`.
    pub(crate) fn asks_to_throw(&self, frame: FramePtr) -> bool {
        let at = frame.generator().map(GenObj::pointer);
        self.thread.throws.iter().any(|throw| throw.waits && Some(throw.at) == at)
    }

    /// Goes on after an exception was thrown into the iterator of a `yield from`.
    fn throw_answered(&mut self, frame: FramePtr, answer: Result<Step>) -> Result<Go> {
        match answer {
            Err(raised) if raised.is(&self.exceptions.stop_iteration) => {
                let value = self.stop_value(&raised.0);
                self.delegate_answered(frame, Ok(Step::Returned(value)))
            }
            Err(raised) => self.raise_arrived(raised, Arrival::Thrown),
            answer => self.delegate_answered(frame, answer),
        }
    }

    /// The GeneratorExit for the top frame, whose delegate has just been closed: the one that
    /// was thrown into the root of the chain, or a new one.
    pub(crate) fn own_exit(&mut self) -> Raised {
        let top = self.thread.frame.and_then(FramePtr::generator).map(GenObj::pointer);
        let exits = &mut self.thread.exits;
        match exits.iter().rposition(|(root, ..)| Some(*root) == top) {
            Some(at) => exits.swap_remove(at).1,
            None => {
                let handled = exits.last().and_then(|(.., handled)| handled.clone());
                let exit = self.generator_exit();
                if let Some(handled) = handled {
                    chain_context(&exit.0, handled);
                }
                exit
            }
        }
    }

    /// The iterator below could not even be asked for its `throw`: the fiber stays suspended and
    /// its resumer gets the error.
    fn refuse_throw(&mut self, frame: FramePtr, raised: Raised) -> Result<Go> {
        let root = GenObj::at(self.thread.fiber.expect("a throw runs in a fiber"));
        if frame != root.frame() {
            return self.raise_arrived(raised, Arrival::Thrown);
        }
        root.leaf.set(Some(root.pointer()));
        root.owner.set(Some(root.pointer()));
        root.state.set(GenState::Suspended);
        self.thread.depth = root.base.get();
        self.thread.fiber = root.outer.take();
        self.thread.frame = frame.prev();
        match frame.mark() {
            Mark::Entry => Ok(Go::Exit(Exit::Raised(raised))),
            _ => self.raise_in_fiber(raised),
        }
    }

    /// Closes the chain below `root`, leaf first, then raises `raised` in the root. Every
    /// member becomes a fiber whose resumer is the frame above it.
    /// `stuck` is why what the leaf delegates to cannot be closed.
    fn close_chain(
        &mut self,
        root: &GenObj,
        leaf: &'static GenObj,
        raised: Raised,
        stuck: Option<Raised>,
    ) -> Result<Go> {
        let mut members: Vec<NonNull<GenObj>> = Vec::new();
        let mut frame = leaf.frame();
        while frame != root.frame() {
            members.push(frame.generator().expect("the chain is made of generators").pointer());
            frame = frame.prev().expect("the chain ends at the root");
        }
        let base = root.base.get();
        for (depth, member) in members.iter().rev().enumerate() {
            let member = GenObj::at(*member);
            member.state.set(GenState::Running);
            member.leaf.set(Some(member.pointer()));
            member.depth.set(1);
            member.outer.set(self.thread.fiber);
            member.base.set(base + depth as u32 + 1);
            member.frame().set_mark(Mark::Close);
            self.thread.fiber = Some(member.pointer());
        }
        let mut raised = if members.is_empty() {
            raised
        } else {
            self.thread.exits.retain(|(other, ..)| !root.is(Some(*other)));
            let handled = self.handled_below(root.frame().prev());
            self.thread.exits.push((root.pointer(), raised, handled.clone()));
            let exit = self.generator_exit();
            if let Some(handled) = handled {
                chain_context(&exit.0, handled);
            }
            exit
        };
        // What the leaf delegates to is no generator: ask it to close.
        let delegates = leaf.frame().current().op == Op::YieldFrom as u8;
        if let Some(stuck) = stuck {
            self.set_context_if_fresh(&stuck);
            raised = stuck;
        } else if let Some(iterator) = leaf.delegation()
            && iterator.get::<GenObj>().is_none()
        {
            let name = heap::intern("close");
            let closed = match self.get_attr_optional(&iterator, &name) {
                Ok(Some(close)) => self.call(&close, &[]).map(drop),
                Ok(None) => Ok(()),
                Err(other) => {
                    self.report_unraisable(other, "Exception ignored in", &iterator);
                    Ok(())
                }
            };
            if let Err(other) = closed {
                raised = other;
            }
        }
        if delegates {
            return self.throw_answered(leaf.frame(), Err(raised));
        }
        self.raise_arrived(raised, Arrival::Thrown)
    }

    /// `generator.close()`: the value that the generator returned on GeneratorExit, or None.
    pub fn close_generator(&mut self, generator: &Ref<GenObj>) -> Result<Value> {
        match generator.state.get() {
            GenState::Finished => return Ok(Value::NONE),
            GenState::Created => {
                self.finish(generator);
                return Ok(Value::NONE);
            }
            GenState::Running => return Err(self.already_executing(generator)),
            GenState::Suspended => {}
        }
        if !generator.close_runs_code() && !self.is_executing(generator) {
            self.finish(generator);
            return Ok(Value::NONE);
        }
        let raised = self.generator_exit();
        self.set_context(&raised.0);
        match self.resume(generator, Resume::Throw(raised)) {
            Ok(Step::Yielded(value)) => {
                drop(value);
                Err(self.ignored_exit(generator.kind))
            }
            Ok(Step::Returned(value)) => Ok(value),
            Err(raised)
                if raised.is(&self.exceptions.generator_exit)
                    || raised.is(&self.exceptions.stop_iteration) =>
            {
                Ok(Value::NONE)
            }
            Err(raised) => Err(raised),
        }
    }

    /// Executes `yield from` / `await` for the first time: `frame` delegates to the iterator in
    /// its register.
    pub(crate) fn begin_delegation(&mut self, frame: FramePtr) -> Result<Go> {
        let instr = frame.current();
        let iterator = frame.reg(instr.b).clone();
        let Some(below) = iterator.get::<GenObj>() else {
            let answer = self.send_to_iterator(&iterator, Value::NONE);
            return self.delegate_answered(frame, answer);
        };
        match below.state.get() {
            GenState::Running => {
                let raised = self.already_executing(below);
                return self.raise_in_fiber(raised);
            }
            GenState::Finished => {
                if below.kind == GenKind::Coroutine {
                    let raised = self.runtime_error("cannot reuse already awaited coroutine");
                    return self.raise_in_fiber(raised);
                }
                return self.delegate_answered(frame, Ok(Step::Returned(Value::NONE)));
            }
            GenState::Created | GenState::Suspended => {}
        }
        let fresh = below.state.get() == GenState::Created;
        if !fresh && self.is_executing(below) {
            let raised = self.already_executing(below);
            return self.raise_in_fiber(raised);
        }
        if self.thread.depth + below.depth.get() > self.recursion_limit {
            if fresh {
                self.finish(below);
            }
            self.thread.depth += 1;
            let raised = self.too_deep();
            return self.raise_in_fiber(raised);
        }
        below.frame().set_prev(Some(frame));
        below.frame().set_mark(Mark::Store);
        if fresh {
            below.state.set(GenState::Suspended);
            self.thread.depth += 1;
            self.thread.frame = Some(below.frame());
            return Ok(Go::Frame(below.frame()));
        }
        let quick = below.leaf.get().map(GenObj::at).filter(|leaf| below.is(leaf.owner.get()));
        let leaf = match quick {
            Some(leaf) => {
                // It is no root any more: another one will have this leaf.
                below.untie();
                leaf
            }
            None => match self.relink(below) {
                Ok(leaf) => leaf,
                Err((at, raised)) => {
                    self.thread.depth += below.depth.get();
                    self.thread.frame = Some(at.frame());
                    return self.raise_in_fiber(raised);
                }
            },
        };
        leaf.owner.set(None);
        self.thread.depth += below.depth.get();
        self.thread.frame = Some(leaf.frame());
        self.send_to_leaf(leaf.frame(), Value::NONE)
    }

    /// Registers a class whose instances the machine awaits by polling.
    pub fn set_await_fast(&mut self, class: &Ref<crate::object::Class>, poll: AwaitFast) {
        self.await_table.push((class.id(), poll));
    }

    #[inline]
    pub(crate) fn await_fast(&self, value: &Value) -> Option<AwaitFast> {
        let class = value.header()?.class().id();
        self.await_table.iter().find(|(id, _)| *id == class).map(|(_, poll)| *poll)
    }

    /// The iterator that `await value` delegates to; `context` says which statement awaits.
    pub(crate) fn get_awaitable(&mut self, value: &Value, context: u16) -> Result {
        match self.find_awaitable(value, context) {
            Err(cause) if context == 3 && !cause.is(&self.exceptions.runtime_error) => {
                let name = self.type_name(value);
                let message = format!("'async for' received an invalid object from __anext__: {name}");
                let error = self.type_error(message);
                error.0.cause.set(cause.0.to_value());
                error.0.context.set(cause.into_value());
                error.0.suppress_context.set(true);
                Err(error)
            }
            found => found,
        }
    }

    fn find_awaitable(&mut self, value: &Value, context: u16) -> Result {
        if let Some(generator) = value.get::<GenObj>() {
            if generator.kind == GenKind::Coroutine {
                let busy = generator.state.get() == GenState::Suspended
                    && generator.delegation().is_some()
                    && !self.is_executing(generator);
                if busy {
                    return Err(self.runtime_error("coroutine is being awaited already"));
                }
                return Ok(value.clone());
            }
            if generator.awaitable.get() {
                return Ok(value.clone());
            }
        }
        if self.await_fast(value).is_some() {
            return Ok(value.clone());
        }
        let Some(method) = self.special(value, Special::Await) else {
            let name = self.type_name(value);
            return Err(match context {
                1 => self.type_error(format!(
                    "'async with' received an object from __aenter__ that does not implement __await__: {name}"
                )),
                2 => self.type_error(format!(
                    "'async with' received an object from __aexit__ that does not implement __await__: {name}"
                )),
                _ => self.type_error(format!("object {name} can't be used in 'await' expression")),
            });
        };
        let iterator = self.call(&method, &[value.clone()])?;
        if iterator.get::<GenObj>().is_some_and(|g| g.kind == GenKind::Coroutine || g.awaitable.get()) {
            return Err(self.type_error("__await__() returned a coroutine"));
        }
        if iterator.get::<GenObj>().is_none() && !self.class_of(&iterator).has_special(Special::Next) {
            let name = self.type_name(&iterator);
            return Err(self.type_error(format!("__await__() returned non-iterator of type '{name}'")));
        }
        Ok(iterator)
    }

    /// The iterator that `yield from value` delegates to.
    pub(crate) fn get_yield_from_iter(&mut self, value: &Value, in_coroutine: bool) -> Result {
        if value.get::<GenObj>().is_some_and(|generator| generator.kind == GenKind::Generator) {
            return Ok(value.clone());
        }
        if self.class_of(value).is_subclass_of(&self.types.coroutine) {
            if in_coroutine {
                return Ok(value.clone());
            }
            return Err(
                self.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator")
            );
        }
        self.iter(value)
    }
}

/// Releases the registers of a call of `send` or `next` that the loop made itself: they kept the
/// generator alive until its answer came.
#[inline(always)]
pub(crate) fn release_run(resumer: FramePtr, instr: &Instr) {
    let count = 1 + instr.c as usize + usize::from(instr.op == Op::CallMethod as u8);
    resumer.release_range(instr.b, count);
}

/// Whether a frame waits in a `sum` that the loop runs: the total has taken the callee's place.
#[inline(always)]
pub(crate) fn is_sum(resumer: FramePtr, instr: &Instr) -> bool {
    instr.op == Op::Call as u8 && resumer.reg(instr.b).is_int()
}

fn kind_name(kind: GenKind) -> &'static str {
    match kind {
        GenKind::Generator => "generator",
        GenKind::Coroutine => "coroutine",
        GenKind::AsyncGenerator => "async generator",
    }
}
