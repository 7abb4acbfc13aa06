//! Exceptions on their way: the handler tables, the traceback, and what a frame that is left
//! leaves behind.

use super::{Raised, Result, Vm};
use crate::object::{ExcObj, FramePtr, GenKind, Mark, Ref, TracebackObj, Value, heap};
use std::cell::Cell;

impl Vm {
    /// Finds the handler of an exception that was raised in the top frame, leaving frames
    /// without one. `Ok` is the frame to go on in; `Err` when the loop's entry frame was left.
    /// `record` is false for a re-raise, which makes no new traceback entry for its own frame.
    pub(crate) fn unwind(&mut self, raised: Raised, record: bool) -> std::result::Result<FramePtr, Raised> {
        let mut raised = raised;
        let mut record = record;
        self.set_context_if_fresh(&raised);
        loop {
            let frame = self.thread.frame.expect("an exception is raised in a frame");
            let index = frame.index() as u32;
            if record {
                self.add_traceback(&raised, frame, index);
            }
            record = true;
            let code = &frame.code().code;
            if let Some(handler) = code.handlers.iter().find(|h| h.start <= index && index < h.end) {
                frame.release_from(handler.depth);
                frame.init(handler.exc, raised.into_value());
                frame.set_index(handler.target as usize);
                return Ok(frame);
            }
            let prev = frame.prev();
            let mark = frame.mark();
            if let Some(generator) = frame.generator() {
                raised = self.check_stop(generator.kind, raised);
                let is_root = generator.is(self.thread.fiber);
                if is_root {
                    self.thread.depth = generator.base.get();
                    self.thread.fiber = generator.outer.take();
                } else {
                    self.thread.depth -= 1;
                }
                self.thread.frame = prev;
                self.finish(generator);
                if !is_root {
                    if let Some(above) = prev.and_then(FramePtr::generator) {
                        above.delegate.set(None);
                    }
                    continue;
                }
                match mark {
                    Mark::Entry => return Err(raised),
                    Mark::Close => {
                        // The delegator sees its own GeneratorExit when this one ended by it.
                        if raised.is(&self.exceptions.generator_exit) {
                            raised = self.generator_exit();
                            self.set_context_if_fresh(&raised);
                        }
                    }
                    Mark::Store | Mark::Init => {}
                }
            } else {
                frame.release_from(0);
                self.thread.stack.pop(frame);
                self.thread.depth -= 1;
                self.thread.frame = prev;
                if mark == Mark::Entry {
                    return Err(raised);
                }
            }
        }
    }

    /// PEP 479: StopIteration that leaves a generator becomes a RuntimeError.
    fn check_stop(&mut self, kind: GenKind, raised: Raised) -> Raised {
        let stop = raised.is(&self.exceptions.stop_iteration);
        let async_stop =
            kind == GenKind::AsyncGenerator && raised.is(&self.exceptions.stop_async_iteration);
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
        // It is raised in the generator's own frame.
        if let Some(frame) = self.thread.frame {
            self.add_traceback(&error, frame, frame.index() as u32);
        }
        error
    }

    fn add_traceback(&mut self, raised: &Raised, frame: FramePtr, index: u32) {
        let next = Value::peek(&raised.0.traceback);
        let entry =
            TracebackObj { next: Cell::new(next), function: frame.function().clone(), index };
        let entry = heap::alloc_plain(&self.types.traceback, entry);
        drop(raised.0.traceback.replace(entry.into_value()));
    }

    /// An exception that was never raised before gets the one being handled as its context.
    fn set_context_if_fresh(&mut self, raised: &Raised) {
        let fresh = Value::peek(&raised.0.traceback).is_none() && Value::peek(&raised.0.context).is_none();
        if fresh {
            self.set_context(&raised.0);
        }
    }

    /// Makes the exception being handled the context of `exc`, without closing a circle.
    pub(crate) fn set_context(&mut self, exc: &Ref<ExcObj>) {
        let Some(handled) = self.handled_exception() else { return };
        if handled.is_same(exc.as_value()) {
            return;
        }
        // If `exc` is already in the chain of contexts, the chain is cut there.
        let mut at = handled.clone();
        while let Some(link) = at.downcast::<ExcObj>() {
            let context = Value::peek(&link.context);
            if context.is_same(exc.as_value()) {
                drop(link.context.replace(Value::NONE));
                break;
            }
            at = context;
        }
        drop(exc.context.replace(handled));
    }

    /// The exception that is being handled in the top frame or one below it:
    /// `sys.exception()`.
    pub fn handled_exception(&self) -> Option<Value> {
        let mut frame = self.thread.frame;
        while let Some(at) = frame {
            let code = &at.code().code;
            if !code.handlings.is_empty() {
                let index = at.index() as u32;
                for handling in &code.handlings {
                    if handling.start <= index && index < handling.end {
                        let value = at.reg(handling.exc);
                        if value.get::<ExcObj>().is_some() {
                            return Some(value.clone());
                        }
                    }
                }
            }
            frame = at.prev();
        }
        self.thread.handling.last().cloned()
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
            let (repr, name) = (self.repr_text(value)?, self.type_name(&made));
            return Err(self.type_error(format!(
                "calling {repr} should have returned an instance of BaseException, not <class '{name}'>"
            )));
        }
        Err(self.type_error("exceptions must derive from BaseException"))
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
                let (repr, name) = (self.repr_text(cause)?, self.type_name(&made));
                return Err(self.type_error(format!(
                    "calling {repr} should have returned an instance of BaseException, not <class '{name}'>"
                )));
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
