//! `gather`: one future for the results of many.
//!
//! The children know the outer future by a callback of its own kind; it knows them by a list.
//! Cancelling it cancels the children, and only when they are done is it done itself.

use super::futures::{self, Callback, Future, Part, State};
use super::{classes, events, tasks};
use crate::object::{Class, Kind, Ref, Tracer, TupleObj, Value, new_opaque};
use crate::vm::native::function;
use crate::vm::{Result, Row, Vm};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// What the future of a `gather` adds.
pub(super) struct Gathering {
    /// One for each argument, in order; a future given twice stands here twice.
    children: RefCell<Vec<Value>>,
    /// Different children, and how many of them are done.
    count: Cell<usize>,
    finished: Cell<usize>,
    return_exceptions: bool,
    cancel_requested: Cell<bool>,
}

impl Drop for Gathering {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Gathering {
    pub(super) fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Ok(children) = self.children.try_borrow() {
            tracer.values(children.iter());
        }
    }

    /// Lets go of the children, the last first, as a list does.
    pub(super) fn clear(&self) {
        let held = self.children.try_borrow_mut().map(|mut children| std::mem::take(&mut *children));
        let mut held = held.unwrap_or_default();
        while let Some(child) = held.pop() {
            drop(child);
        }
    }

    /// Cancels every child that can be; the outer future follows when they are done.
    pub(super) fn cancel(&self, vm: &mut Vm, this: &Future, message: &Value) -> Result<bool> {
        if this.is_done() {
            return Ok(false);
        }
        let children = self.children.borrow().clone();
        let mut any = false;
        for child in children {
            any |= futures::cancel(vm, &child, message)?;
        }
        if any {
            self.cancel_requested.set(true);
        }
        Ok(any)
    }
}

/// A child is done.
pub(super) fn child_done(vm: &mut Vm, outer: &Value, child: &Value) -> Result<()> {
    let (Some(this), Some(done)) = (futures::of(outer), futures::of(child)) else { return Ok(()) };
    let Some(gathering) = this.gathering() else { return Ok(()) };
    gathering.finished.set(gathering.finished.get() + 1);
    if this.is_done() {
        done.mark_retrieved();
        return Ok(());
    }
    if !gathering.return_exceptions {
        let failure = match done.state() {
            State::Cancelled => Some(futures::cancelled_error(vm, done).into_value()),
            State::Pending | State::Finished => {
                done.mark_retrieved();
                done.peek_exception()
            }
        };
        if let Some(exception) = failure {
            futures::fail(outer, this, exception);
            return Ok(());
        }
    }
    if gathering.finished.get() < gathering.count.get() {
        return Ok(());
    }
    let children = gathering.children.borrow().clone();
    let mut results = Vec::with_capacity(children.len());
    for child in &children {
        let Some(future) = futures::of(child) else { continue };
        results.push(match future.state() {
            State::Cancelled => {
                let class = classes(vm).cancelled_error.clone();
                let message = Value::peek(&future.cancel_message);
                let message = if message.is_none() { vm.str("") } else { message };
                vm.exception(&class, vec![message]).into_value()
            }
            State::Pending | State::Finished => {
                future.mark_retrieved();
                future.peek_exception().or_else(|| future.peek_result()).unwrap_or(Value::NONE)
            }
        });
    }
    if gathering.cancel_requested.get() {
        let error = match children.last().and_then(futures::of) {
            Some(last) => futures::cancelled_error(vm, last),
            None => return Ok(()),
        };
        futures::fail(outer, this, error.into_value());
    } else {
        let results = vm.list(results);
        futures::finish(outer, this, results);
    }
    Ok(())
}

/// The future of all `awaitables`.
pub(super) fn gather(vm: &mut Vm, awaitables: &[Value], return_exceptions: bool) -> Result {
    if awaitables.is_empty() {
        let event_loop = events::event_loop(vm)?;
        let outer = futures::new(&event_loop);
        if let Some(this) = futures::of(&outer) {
            let empty = vm.list(Vec::new());
            futures::finish(&outer, this, empty);
        }
        return Ok(outer);
    }
    let mut event_loop: Option<Value> = None;
    let mut seen: HashMap<u64, Value> = HashMap::with_capacity(awaitables.len());
    let mut children = Vec::with_capacity(awaitables.len());
    // Each child once: a future that is given twice gets one callback.
    let mut unique = Vec::with_capacity(awaitables.len());
    for awaitable in awaitables {
        if let Some(child) = seen.get(&awaitable.id()) {
            children.push(child.clone());
            continue;
        }
        // The table of what was given is a dict in CPython: a list fails there already.
        vm.hash(awaitable)?;
        let child = tasks::ensure_future(vm, awaitable, event_loop.as_ref())?;
        let Some(future) = futures::of(&child) else {
            return Err(vm.type_error("An asyncio.Future, a coroutine or an awaitable is required"));
        };
        event_loop.get_or_insert_with(|| future.event_loop());
        if !child.is_same(awaitable) {
            future.forget_if_destroyed();
        }
        seen.insert(awaitable.id(), child.clone());
        unique.push(child.clone());
        children.push(child);
    }
    let event_loop = event_loop.unwrap_or(Value::NONE);
    let Some(native) = events::of(&event_loop) else {
        return Err(vm.type_error("an event loop was expected"));
    };
    let gathering = Gathering {
        children: RefCell::new(children),
        count: Cell::new(unique.len()),
        finished: Cell::new(0),
        return_exceptions,
        cancel_requested: Cell::new(false),
    };
    let class = native.classes.gathering.clone();
    let outer = new_opaque(&class, Future::new(event_loop.clone(), Part::Gathering(gathering)));
    let mut done = Vec::new();
    for child in unique {
        match futures::of(&child) {
            Some(future) if !future.is_done() => {
                futures::add_callback(&child, future, Callback::Gather(outer.clone()));
            }
            _ => done.push(child),
        }
    }
    for child in done {
        child_done(vm, &outer, &child)?;
    }
    Ok(outer)
}

pub(super) fn class(vm: &mut Vm, future: &Ref<Class>) -> Ref<Class> {
    vm.new_class("_GatheringFuture", "asyncio.tasks", future, Kind::Opaque, futures::FLAGS, &[])
}

pub(super) const FUNCTIONS: &[Row] =
    &[function("gather(*coros_or_futures, return_exceptions=False)", |vm, args| {
        let return_exceptions = vm.truth(&args[0])?;
        let awaitables = args[1].get::<TupleObj>().map(|t| t.items().to_vec()).unwrap_or_default();
        gather(vm, &awaitables, return_exceptions).map_err(|raised| super::keeping(raised, &args[1]))
    })];
