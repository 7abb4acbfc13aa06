//! What a generator hands on to: `yield from` and `await`, and the iterators that are none of ours.

use super::{AwaitFast, AwaitStep, Go, Resume, Step};
use crate::bytecode::Op;
use crate::object::{FramePtr, GenKind, GenObj, GenState, Mark, Ref, Special, Value};
use crate::vm::native::NativeCode;
use crate::vm::{Result, Vm};

impl Vm {
    /// Gives `value` to the leaf frame: as the result of its `yield`, or to the iterator that
    /// it delegates to.
    pub(super) fn send_to_leaf(&mut self, frame: FramePtr, value: Value) -> Result<Go> {
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
                    Some(NativeCode::Next(next)) => match next(self, iterator) {
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

    pub(super) fn find_awaitable(&mut self, value: &Value, context: u16) -> Result {
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
