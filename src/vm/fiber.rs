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
//! What is thrown in and closed is in `throwing`, what a generator delegates to in `delegation`.
//!
//! ```text
//!   Created --resume--> Running --yield--> Suspended --resume--> …
//!                          \--return, raise--> Finished
//! ```

mod delegation;
mod throwing;

use super::native::{Native, Resumes};
use super::unwind::Arrival;
use super::window::Window;
use super::{Raised, Result, Vm};
use crate::bytecode::{Instr, Op};
use crate::object::{FramePtr, GenKind, GenObj, GenState, Mark, Ref, Value};
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

    /// A generator's frame returned `value`: goes on with its delegator or resumer. So does a call
    /// that somebody looks at, with its caller.
    pub(crate) fn generator_returned(&mut self, frame: FramePtr, value: Value) -> Result<Go> {
        let Some(generator) = frame.generator() else { return self.return_seen(frame, value) };
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
        if frame.is_seen() {
            self.part(frame, prev);
        }
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
        generator.part();
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
