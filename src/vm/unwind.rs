//! Exceptions on their way: the handler tables, the traceback, and what a frame that is left
//! leaves behind.

use super::{Raised, Result, Vm};
use crate::bytecode::Op;
use crate::object::{CellObj, ExcObj, FramePtr, GenKind, Mark, Ref, TracebackObj, Value, heap};

/// How an exception came to the place where it is raised.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    Raised,
    /// Raised once more: its frame has an entry in the traceback already.
    Again,
    /// Thrown in by a resumer: its context is what each generator it passes is handling itself.
    Thrown,
    /// Thrown into a generator that has not begun: it has no handler yet.
    Unstarted,
}

impl Vm {
    /// Finds the handler of an exception that was raised in the top frame, leaving frames
    /// without one. `Ok` is the frame to go on in; `Err` when the loop's entry frame was left.
    pub(crate) fn unwind(
        &mut self,
        raised: Raised,
        arrival: Arrival,
    ) -> std::result::Result<FramePtr, Raised> {
        let mut raised = raised;
        let mut record = arrival != Arrival::Again;
        let mut thrown = arrival == Arrival::Thrown;
        let mut unstarted = arrival == Arrival::Unstarted;
        let past = std::mem::take(&mut self.thread.thrown_past) == raised.0.id();
        if arrival == Arrival::Raised && !past {
            self.set_context_if_fresh(&raised);
        }
        // The frame object of the activation that was left last, which has no caller yet.
        let mut above = None;
        loop {
            let frame = self.thread.frame.expect("an exception is raised in a frame");
            let index = if unstarted { TracebackObj::UNSTARTED } else { frame.index() as u32 };
            if thrown && let Some(handled) = handled_in(frame) {
                chain_context(&raised.0, handled);
            }
            if record {
                self.add_traceback(&raised, frame, index);
            }
            record = true;
            let code = &frame.code().code;
            if let Some(handler) = code.handlers.iter().find(|h| h.start <= index && index < h.end) {
                frame.release_back_to(handler.depth);
                if heap::has_finalizers()
                    && let Err(other) = self.safepoint()
                {
                    raised = other;
                }
                frame.init(handler.exc, raised.into_value());
                frame.set_index(handler.target as usize);
                self.arrive(above, Some(frame));
                return Ok(frame);
            }
            let prev = frame.prev();
            let mark = frame.mark();
            // Temporaries go while the frame still counts as running: finalisers see the line.
            frame.release_back_to(frame.nlocals());
            if heap::has_finalizers()
                && let Err(other) = self.safepoint()
            {
                raised = other;
            }
            if raised.is(&self.exceptions.attribute_error) {
                raised = self.left_getter(raised, frame);
            }
            if frame.is_seen() {
                // The traceback keeps the object, and that the local variables.
                self.leave_raising(frame, &mut above);
            }
            if let Some(generator) = frame.generator() {
                if !std::mem::take(&mut unstarted) {
                    raised = self.check_stop(generator.kind, raised);
                }
                let is_root = mark.is_own() || generator.is(self.thread.fiber);
                if is_root && !mark.is_own() {
                    self.thread.depth = generator.base.get();
                    self.thread.fiber = generator.outer.take();
                } else {
                    self.thread.depth = self.thread.depth.saturating_sub(1);
                }
                if !is_root {
                    thrown = self.hand_throw_on(generator);
                }
                self.thread.frame = prev;
                self.finish(generator);
                if !is_root {
                    continue;
                }
                thrown = false;
                match mark {
                    Mark::Entry => {
                        self.arrive(above, prev);
                        return Err(raised);
                    }
                    Mark::Close => {
                        // The delegator sees its own GeneratorExit when this one ended by it.
                        let own = self.own_exit();
                        thrown = true;
                        if raised.is(&self.exceptions.generator_exit)
                            || raised.is(&self.exceptions.stop_iteration)
                        {
                            raised = own;
                        }
                        self.left_closing(&mut above, prev);
                    }
                    Mark::Store | Mark::Init | Mark::Own | Mark::Sum => {}
                }
            } else {
                frame.release_from(0);
                self.thread.stack.pop(frame);
                self.thread.depth = self.thread.depth.saturating_sub(1);
                self.thread.frame = prev;
                if mark == Mark::Entry {
                    self.arrive(above, prev);
                    return Err(raised);
                }
            }
        }
    }

    /// An AttributeError that leaves the getter of a property, which the loop called itself, says
    /// which attribute was read.
    #[cold]
    fn left_getter(&mut self, raised: Raised, frame: FramePtr) -> Raised {
        let Some(caller) = frame.prev() else { return raised };
        if frame.mark() != Mark::Store || frame.generator().is_some() {
            return raised;
        }
        let read = caller.current();
        if read.op != Op::GetAttr as u8 {
            return raised;
        }
        let name = caller.code().sites[read.c as usize].name.clone();
        let mut object = caller.reg(read.b).clone();
        if object.is_unbound() {
            // It has moved to the getter, which may have put it into a cell.
            object = frame.reg(0).clone();
            object = object.get::<CellObj>().map_or(object.clone(), CellObj::get);
        }
        if object.is_unbound() { raised } else { self.with_attribute(raised, &object, &name) }
    }

    /// PEP 479: StopIteration that leaves a generator becomes a RuntimeError.
    fn check_stop(&mut self, kind: GenKind, raised: Raised) -> Raised {
        let stop = raised.is(&self.exceptions.stop_iteration);
        let async_stop = kind == GenKind::AsyncGenerator && raised.is(&self.exceptions.stop_async_iteration);
        if !stop && !async_stop {
            return raised;
        }
        let what = match kind {
            GenKind::Generator => "generator",
            GenKind::Coroutine => "coroutine",
            GenKind::AsyncGenerator => "async generator",
        };
        let which = if stop { "StopIteration" } else { "StopAsyncIteration" };
        let error = self.runtime_error(format!("{what} raised {which}"));
        let cause = raised.into_value();
        error.0.cause.set(cause.clone());
        error.0.context.set(cause);
        error.0.suppress_context.set(true);
        // The generator's own frame is not in its traceback: no line of the program raised it.
        error
    }

    /// Gives an exception that no frame has seen an entry for the top frame.
    pub(crate) fn trace_here(&mut self, raised: &Raised) {
        if let Some(frame) = self.thread.frame {
            self.add_traceback(raised, frame, frame.index() as u32);
        }
    }

    /// Frames of the modules that stand in for native ones of CPython are left out.
    fn add_traceback(&mut self, raised: &Raised, frame: FramePtr, index: u32) {
        if frame.is_hidden() {
            return;
        }
        let next = Value::peek(&raised.0.traceback);
        let entry = if frame.is_plain() {
            TracebackObj::create_for(&self.types.traceback, next, frame, index)
        } else {
            self.entry_with_object(next, frame, index)
        };
        drop(raised.0.traceback.replace(entry.into_value()));
    }

    #[inline(never)]
    fn entry_with_object(&mut self, next: Value, frame: FramePtr, index: u32) -> Ref<TracebackObj> {
        let frame = self.frame_object(frame);
        TracebackObj::create(&self.types.traceback, next, frame, index)
    }

    /// An exception that was never raised before gets the one being handled as its context.
    pub(crate) fn set_context_if_fresh(&mut self, raised: &Raised) {
        let fresh = Value::peek(&raised.0.traceback).is_none() && Value::peek(&raised.0.context).is_none();
        if fresh {
            self.set_context(&raised.0);
        }
    }

    /// Makes the exception being handled the context of `exc`, without closing a circle.
    pub(crate) fn set_context(&mut self, exc: &Ref<ExcObj>) {
        if let Some(handled) = self.handled_exception() {
            chain_context(exc, handled);
        }
    }

    /// The exception that is being handled in the top frame or one below it:
    /// `sys.exception()`.
    pub fn handled_exception(&self) -> Option<Value> {
        self.handled_below(self.thread.frame)
    }

    /// The exception that is being handled in `frame` or one below it.
    pub(crate) fn handled_below(&self, frame: Option<FramePtr>) -> Option<Value> {
        let native = self.thread.handling.last();
        let mut frame = frame;
        while let Some(at) = frame {
            if let Some((caller, handled)) = native
                && *caller == Some(at)
            {
                return Some(handled.clone());
            }
            if let Some(handled) = handled_in(at)
                && !self.asks_to_throw(at)
            {
                return Some(handled);
            }
            frame = self.handlers_below(at);
        }
        native.map(|(_, handled)| handled.clone())
    }

    /// Calls `work` while the native that the top frame has called handles an exception.
    pub fn handling<T>(&mut self, raised: &Raised, work: impl FnOnce(&mut Vm) -> T) -> T {
        self.thread.handling.push((self.thread.frame, raised.0.to_value()));
        let result = work(self);
        self.thread.handling.pop();
        result
    }

    /// What `raise value` raises: an exception, or an instance of an exception class.
    pub(crate) fn exception_to_raise(&mut self, value: &Value) -> Result<Ref<ExcObj>> {
        if let Some(exc) = value.downcast::<ExcObj>() {
            return Ok(exc);
        }
        if let Some(class) = value.downcast::<crate::object::Class>()
            && class.has_flag(crate::object::class_flag::EXCEPTION)
        {
            let made = self.call(value, &[])?;
            if let Some(exc) = made.downcast::<ExcObj>() {
                return Ok(exc);
            }
            let got = self.type_name(&made);
            return Err(self.not_an_exception(value, &format!("<class '{got}'>"))?);
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    /// The error of an exception class that made something else when it was called.
    #[cold]
    pub fn not_an_exception(&mut self, class: &Value, got: &str) -> Result<Raised> {
        let class = self.repr_text(class)?;
        Ok(self.type_error(format!(
            "calling {class} should have returned an instance of BaseException, not {got}"
        )))
    }

    /// `raise exc from cause`
    pub(crate) fn set_cause(&mut self, exc: &Ref<ExcObj>, cause: &Value) -> Result<()> {
        let cause = if cause.is_none() {
            Value::NONE
        } else if let Some(class) = cause.downcast::<crate::object::Class>()
            && class.has_flag(crate::object::class_flag::EXCEPTION)
        {
            let made = self.call(cause, &[])?;
            if made.get::<ExcObj>().is_none() {
                let got = self.type_name(&made);
                return Err(self.not_an_exception(cause, &format!("<class '{got}'>"))?);
            }
            made
        } else if cause.get::<ExcObj>().is_some() {
            cause.clone()
        } else {
            return Err(self.type_error("exception causes must derive from BaseException"));
        };
        exc.suppress_context.set(true);
        drop(exc.cause.replace(cause));
        Ok(())
    }
}

/// The exception that a frame itself is handling.
fn handled_in(frame: FramePtr) -> Option<Value> {
    let code = &frame.code().code;
    if code.handlings.is_empty() {
        return None;
    }
    let index = frame.index() as u32;
    let around = code.handlings.iter().filter(|h| h.start <= index && index < h.end);
    around.map(|h| frame.reg(h.exc)).find(|value| value.get::<ExcObj>().is_some()).cloned()
}

/// Makes `handled` the context of `exc`, without closing a circle.
pub(super) fn chain_context(exc: &Ref<ExcObj>, handled: Value) {
    if handled.is_same(exc.as_value()) {
        return;
    }
    // If `exc` is already in the chain of contexts, the chain is cut there.
    // A program can tie a circle of its own: the second look, at half the pace, finds it.
    let mut at = handled.clone();
    let mut slow = at.clone();
    let mut step = false;
    while let Some(link) = at.downcast::<ExcObj>() {
        let context = Value::peek(&link.context);
        if context.is_same(exc.as_value()) {
            drop(link.context.replace(Value::NONE));
            break;
        }
        if context.is_same(&slow) {
            break;
        }
        at = context;
        if step && let Some(link) = slow.downcast::<ExcObj>() {
            slow = Value::peek(&link.context);
        }
        step = !step;
    }
    drop(exc.context.replace(handled));
}
