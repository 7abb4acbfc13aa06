//! Throwing into a chain of generators, and closing one.
//!
//! Closing goes from the leaf up; every generator of the chain is then the root of a fiber of
//! its own whose resumer is its delegator (`Mark::Close`), so each gets its own GeneratorExit.

use super::{Exit, Go, Resume, Step, Throw, kind_name};
use crate::bytecode::Op;
use crate::object::{FramePtr, GenKind, GenObj, GenState, Mark, Ref, Value, heap};
use crate::vm::unwind::{Arrival, chain_context};
use crate::vm::{Raised, Result, Vm};
use std::ptr::NonNull;

impl Vm {
    #[cold]
    pub(super) fn ignored_exit(&mut self, kind: GenKind) -> Raised {
        self.runtime_error(format!("{} ignored GeneratorExit", kind_name(kind)))
    }

    pub fn generator_exit(&mut self) -> Raised {
        Raised(self.exception(&self.exceptions.generator_exit, Vec::new()))
    }

    /// GeneratorExit thrown in closes what is delegated to, before it is raised.
    pub(super) fn closes_delegates(&self, raised: &Raised) -> bool {
        raised.is(&self.exceptions.generator_exit)
    }

    /// Raises at the top frame's place and goes on where it is handled. `Err` of this room's
    /// functions is for what happened before a fiber was entered: it is raised in the resumer.
    pub(crate) fn raise_in_fiber(&mut self, raised: Raised) -> Result<Go> {
        self.raise_arrived(raised, Arrival::Raised)
    }

    pub(super) fn raise_arrived(&mut self, raised: Raised, arrival: Arrival) -> Result<Go> {
        match self.unwind(raised, arrival) {
            Ok(frame) => Ok(Go::Frame(frame)),
            Err(raised) => Ok(Go::Exit(Exit::Raised(raised))),
        }
    }

    /// Throws into the leaf: first into the iterator that it delegates to, if that can take it.
    /// StopIteration at a `yield from` ends that, whoever raised it.
    pub(super) fn throw_to_leaf(&mut self, frame: FramePtr, raised: Raised) -> Result<Go> {
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
    pub(super) fn throw_to_iterator(&mut self, iterator: &Value, raised: Raised) -> Result<Result<Step>> {
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
    pub(super) fn throw_reaches(&mut self, leaf: FramePtr) {
        let Some(at) = leaf.generator() else { return };
        if at.is(self.thread.fiber) {
            self.thread.throws.pop();
        } else if let Some(throw) = self.thread.throws.last_mut() {
            throw.waits = false;
        }
    }

    /// The fiber suspends: that is the answer to what was thrown into it.
    pub(super) fn forget_throw(&mut self, root: &GenObj) {
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
    pub(super) fn throw_answered(&mut self, frame: FramePtr, answer: Result<Step>) -> Result<Go> {
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
    pub(super) fn refuse_throw(&mut self, frame: FramePtr, raised: Raised) -> Result<Go> {
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
    pub(super) fn close_chain(
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
}
