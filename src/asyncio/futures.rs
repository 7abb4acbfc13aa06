//! `Future`: a result that is not there yet, and who wants to know when it is.
//!
//! ```text
//!   PENDING --set_result, set_exception--> FINISHED
//!      \-----------cancel----------------> CANCELLED        (all callbacks become ready)
//! ```
//!
//! A task, and what `gather` returns, are futures with more to them ([`Part`]). Awaiting a
//! future makes no object: the machine polls it ([`poll`]), and what travels up to the task is
//! the future itself with `blocking` set, as in CPython.

mod iter;
mod methods;

use super::events::{self, Ready};
use super::gather::Gathering;
use super::tasks::TaskPart;
use super::{format, tasks};
use crate::object::{Class, ExcObj, GenObj, Opaque, Tracer, Value, class_flag, flag, new_opaque};
use crate::vm::{AwaitStep, Raised, Result, Vm};
use std::cell::{Cell, RefCell};

pub(super) use methods::{FLAGS, FUNCTIONS, class};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Cancelled,
    Finished,
}

/// Who wants to know.
#[derive(Default)]
pub(super) enum Callback {
    #[default]
    None,
    /// A task that awaits the future.
    Wakeup(Value),
    /// A Python callable, and the context that it runs in.
    Call(Value, Value),
    /// The result of a `gather`.
    Gather(Value),
    /// `run_until_complete`.
    Stop,
}

/// What makes a future more than that.
pub(super) enum Part {
    Plain,
    Task(TaskPart),
    Gathering(Gathering),
}

pub(super) struct Future {
    state: Cell<State>,
    /// Yielded by an `await`, and not yet picked up by a task.
    pub(super) blocking: Cell<bool>,
    log_traceback: Cell<bool>,
    log_destroyed: Cell<bool>,
    failed: Cell<bool>,
    pub(super) event_loop: Cell<Value>,
    /// The result; the exception when `failed`.
    outcome: Cell<Value>,
    /// The traceback that the exception had when it was set.
    traceback: Cell<Value>,
    pub(super) cancel_message: Cell<Value>,
    pub(super) cancelled_error: Cell<Value>,
    /// Most futures have one callback.
    first: Cell<Callback>,
    rest: RefCell<Vec<Callback>>,
    /// Where it was made, as `debug` notes it; unbound outside of debug mode.
    pub(super) created: Cell<Value>,
    pub(super) part: Part,
}

fn trace_callback(callback: &Callback, tracer: &mut Tracer<'_>) {
    match callback {
        Callback::None | Callback::Stop => {}
        Callback::Wakeup(value) | Callback::Gather(value) => tracer.value(value),
        Callback::Call(callable, context) => tracer.values([callable, context]),
    }
}

impl Opaque for Future {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for cell in
            [&self.event_loop, &self.outcome, &self.traceback, &self.cancel_message, &self.cancelled_error]
        {
            tracer.cell(cell);
        }
        let first = self.first.take();
        trace_callback(&first, tracer);
        self.first.set(first);
        if let Ok(rest) = self.rest.try_borrow() {
            rest.iter().for_each(|callback| trace_callback(callback, tracer));
        }
        match &self.part {
            Part::Plain => {}
            Part::Task(task) => task.trace(tracer),
            Part::Gathering(gathering) => gathering.trace(tracer),
        }
    }

    fn clear(&self) {
        for cell in [&self.outcome, &self.traceback, &self.cancelled_error] {
            drop(cell.replace(Value::NONE));
        }
        drop(self.first.take());
        drop(self.rest.try_borrow_mut().map(|mut rest| std::mem::take(&mut *rest)));
        match &self.part {
            Part::Plain => {}
            Part::Task(task) => task.clear(),
            Part::Gathering(gathering) => gathering.clear(),
        }
    }
}

impl Future {
    pub(super) fn new(event_loop: Value, part: Part) -> Future {
        Future {
            state: Cell::new(State::Pending),
            blocking: Cell::new(false),
            log_traceback: Cell::new(false),
            log_destroyed: Cell::new(true),
            failed: Cell::new(false),
            event_loop: Cell::new(event_loop),
            outcome: Cell::new(Value::NONE),
            traceback: Cell::new(Value::NONE),
            cancel_message: Cell::new(Value::NONE),
            cancelled_error: Cell::new(Value::NONE),
            first: Cell::new(Callback::None),
            rest: RefCell::default(),
            created: Cell::new(Value::UNBOUND),
            part,
        }
    }

    #[inline]
    pub(super) fn is_done(&self) -> bool {
        self.state.get() != State::Pending
    }

    pub(super) fn state(&self) -> State {
        self.state.get()
    }

    /// The loop; unbound when `__init__` was never called.
    #[inline]
    pub(super) fn event_loop(&self) -> Value {
        Value::peek(&self.event_loop)
    }

    pub(super) fn task(&self) -> Option<&TaskPart> {
        match &self.part {
            Part::Task(task) => Some(task),
            Part::Plain | Part::Gathering(_) => None,
        }
    }

    pub(super) fn gathering(&self) -> Option<&Gathering> {
        match &self.part {
            Part::Gathering(gathering) => Some(gathering),
            Part::Plain | Part::Task(_) => None,
        }
    }

    /// The exception, without marking it as seen.
    pub(super) fn peek_exception(&self) -> Option<Value> {
        (self.state.get() == State::Finished && self.failed.get()).then(|| Value::peek(&self.outcome))
    }

    /// The result of a future that finished without an exception.
    pub(super) fn peek_result(&self) -> Option<Value> {
        (self.state.get() == State::Finished && !self.failed.get()).then(|| Value::peek(&self.outcome))
    }

    /// The exception need not be reported when the future dies.
    #[inline]
    pub(super) fn mark_retrieved(&self) {
        self.log_traceback.set(false);
    }

    /// No "Task was destroyed" for this one: its maker looks after it.
    pub(super) fn forget_if_destroyed(&self) {
        self.log_destroyed.set(false);
    }

    pub(super) fn remove_stop(&self) {
        match self.first.take() {
            Callback::Stop => {}
            other => self.first.set(other),
        }
        self.rest.borrow_mut().retain(|callback| !matches!(callback, Callback::Stop));
    }

    /// What `repr` shows of the callbacks.
    pub(super) fn callbacks_shown(&self) -> Vec<format::Shown> {
        let first = self.first.take();
        let mut shown = Vec::new();
        let rest = self.rest.borrow();
        for callback in std::iter::once(&first).chain(rest.iter()) {
            match callback {
                Callback::None => {}
                Callback::Wakeup(_) => shown.push(format::Shown::Text("Task.task_wakeup()".to_owned())),
                Callback::Call(callable, _) => shown.push(format::Shown::Callable(callable.clone())),
                Callback::Gather(_) => shown.push(format::Shown::Text(format!(
                    "gather.<locals>._done_callback() at {}/tasks.py:820",
                    super::LIBRARY
                ))),
                Callback::Stop => shown.push(format::Shown::Text(format!(
                    "_run_until_complete_cb() at {}/base_events.py:182",
                    super::LIBRARY
                ))),
            }
        }
        drop(rest);
        self.first.set(first);
        shown
    }

    pub(super) fn is_builtin_class(&self, value: &Value) -> bool {
        let Some(header) = value.header() else { return false };
        !header.class().has_flag(class_flag::HEAP)
    }
}

pub(super) fn of(value: &Value) -> Option<&Future> {
    value.opaque::<Future>()
}

/// A pending future of `event_loop`, which is a native loop.
pub(super) fn new(event_loop: &Value) -> Value {
    match events::of(event_loop) {
        Some(this) => {
            let future = new_opaque(&this.classes.future, Future::new(event_loop.clone(), Part::Plain));
            // Nothing to report when it dies, unless it gets an exception.
            if let Some(header) = future.header() {
                header.set(flag::FINALIZED);
            }
            future
        }
        None => Value::NONE,
    }
}

fn push_ready(value: &Value, this: &Future, callback: Callback) {
    let held = this.event_loop();
    let Some(event_loop) = events::of(&held) else { return };
    match callback {
        Callback::None => {}
        Callback::Wakeup(task) => event_loop.push(Ready::Wakeup(task, value.clone())),
        Callback::Call(callable, context) => event_loop.push(Ready::Call(callable, value.clone(), context)),
        Callback::Gather(outer) => event_loop.push(Ready::Gather(outer, value.clone())),
        Callback::Stop => event_loop.push(Ready::Stop(value.clone())),
    }
}

/// Adds a callback, or makes it ready at once when the future is done.
pub(super) fn add_callback(value: &Value, this: &Future, callback: Callback) {
    if this.is_done() {
        push_ready(value, this, callback);
        return;
    }
    match this.first.take() {
        Callback::None if this.rest.borrow().is_empty() => this.first.set(callback),
        first => {
            this.first.set(first);
            this.rest.borrow_mut().push(callback);
        }
    }
}

/// The future is done: its callbacks become ready.
fn settle(value: &Value, this: &Future, state: State) {
    this.state.set(state);
    if this.task().is_some() {
        let held = this.event_loop();
        if let Some(event_loop) = events::of(&held) {
            event_loop.unfinished.set(event_loop.unfinished.get().saturating_sub(1));
        }
    }
    if let Some(header) = value.header()
        && this.is_builtin_class(value)
    {
        // Only an exception that nobody has seen is worth a finaliser.
        if this.log_traceback.get() { header.unset(flag::FINALIZED) } else { header.set(flag::FINALIZED) }
    }
    match this.first.take() {
        Callback::None => {}
        first => push_ready(value, this, first),
    }
    let rest = std::mem::take(&mut *this.rest.borrow_mut());
    for callback in rest {
        push_ready(value, this, callback);
    }
}

/// `set_result` of a pending future.
pub(super) fn finish(value: &Value, this: &Future, result: Value) {
    drop(this.outcome.replace(result));
    settle(value, this, State::Finished);
}

/// `set_exception` of a pending future, with an exception object.
pub(super) fn fail(value: &Value, this: &Future, exception: Value) {
    let traceback = exception.get::<ExcObj>().map_or(Value::NONE, |exc| Value::peek(&exc.traceback));
    drop(this.traceback.replace(traceback));
    drop(this.outcome.replace(exception));
    this.failed.set(true);
    this.log_traceback.set(true);
    settle(value, this, State::Finished);
}

/// `Future.cancel` itself, without what a task or a gathering adds.
pub(super) fn cancel_plain(value: &Value, this: &Future, message: &Value) -> bool {
    this.log_traceback.set(false);
    if this.is_done() {
        return false;
    }
    drop(this.cancel_message.replace(message.clone()));
    settle(value, this, State::Cancelled);
    true
}

/// `value.cancel(msg=message)`, whatever `value` is.
pub(super) fn cancel(vm: &mut Vm, value: &Value, message: &Value) -> Result<bool> {
    if let Some(this) = of(value)
        && this.is_builtin_class(value)
    {
        return cancel_native(vm, value, this, message);
    }
    let answer = if message.is_none() {
        vm.call_method(value, "cancel", &[])?
    } else {
        let method = vm.get_attr_text(value, "cancel")?;
        let name = vm.intern("msg");
        vm.call_kw(&method, &[message.clone()], &[name])?
    };
    vm.truth(&answer)
}

fn cancel_native(vm: &mut Vm, value: &Value, this: &Future, message: &Value) -> Result<bool> {
    // What `gather` returns may stand in another, and so on.
    vm.check_native_stack()?;
    vm.step()?;
    match &this.part {
        Part::Plain => Ok(cancel_plain(value, this, message)),
        Part::Task(task) => tasks::cancel(vm, this, task, message),
        Part::Gathering(gathering) => gathering.cancel(vm, this, message),
    }
}

/// The CancelledError of a cancelled future. The one that was saved is given away once.
pub(super) fn cancelled_error(vm: &mut Vm, this: &Future) -> Raised {
    if let Some(saved) = this.cancelled_error.replace(Value::NONE).downcast::<ExcObj>() {
        return Raised(saved);
    }
    let class = super::classes(vm).cancelled_error.clone();
    let message = Value::peek(&this.cancel_message);
    let args = if message.is_none() { Vec::new() } else { vec![message] };
    Raised(vm.exception(&class, args))
}

pub(super) fn invalid_state(vm: &mut Vm, text: &str) -> Raised {
    let class = super::classes(vm).invalid_state_error.clone();
    vm.raised(&class, text)
}

/// `future.result()`: what it raises gets the exception that is being handled as its context, also when it had
/// another one.
#[inline]
pub(super) fn result(vm: &mut Vm, this: &Future) -> Result {
    let answer = outcome(vm, this);
    if let Err(raised) = &answer {
        vm.set_context(&raised.0);
    }
    answer
}

/// What a task that waited for the future gets: an exception is thrown into it as it is.
#[inline]
pub(super) fn outcome(vm: &mut Vm, this: &Future) -> Result {
    match this.state.get() {
        State::Finished if !this.failed.get() => Ok(Value::peek(&this.outcome)),
        State::Finished => {
            this.mark_retrieved();
            let exception = Value::peek(&this.outcome);
            match exception.downcast::<ExcObj>() {
                Some(exception) => {
                    let traceback = this.traceback.replace(Value::NONE);
                    drop(exception.traceback.replace(traceback));
                    Err(Raised(exception))
                }
                None => Ok(exception),
            }
        }
        State::Cancelled => Err(cancelled_error(vm, this)),
        State::Pending => Err(invalid_state(vm, "Result is not set.")),
    }
}

/// `future.exception()`
pub(super) fn exception(vm: &mut Vm, this: &Future) -> Result {
    match this.state.get() {
        State::Finished => {
            this.mark_retrieved();
            Ok(if this.failed.get() { Value::peek(&this.outcome) } else { Value::NONE })
        }
        State::Cancelled => {
            let raised = cancelled_error(vm, this);
            vm.set_context(&raised.0);
            Err(raised)
        }
        State::Pending => Err(invalid_state(vm, "Exception is not set.")),
    }
}

/// An `await` of a future: at the `await`, and when the task goes on.
pub(super) fn poll(vm: &mut Vm, value: &Value) -> Result<AwaitStep> {
    let Some(this) = of(value) else { return Err(vm.type_error("a future was expected")) };
    if this.is_done() {
        return result(vm, this).map(AwaitStep::Return);
    }
    // Whoever took the future up has reset the flag; nobody did when it is still set.
    if this.blocking.replace(true) {
        return Err(vm.runtime_error("await wasn't used with future"));
    }
    Ok(AwaitStep::Yield(value.clone()))
}

/// `asyncio.isfuture(value)`
pub(super) fn is_future(vm: &mut Vm, value: &Value) -> bool {
    if of(value).is_some() {
        return true;
    }
    if value.get::<GenObj>().is_some() {
        return false;
    }
    let class = vm.class_of(value).clone();
    let name = vm.intern("_asyncio_future_blocking");
    class.lookup(&name).is_some()
        && matches!(vm.get_attr_optional(value, &name), Ok(Some(flag)) if !flag.is_none())
}

fn expect<'v>(vm: &Vm, value: &'v Value) -> Result<&'v Future> {
    let Some(this) = of(value) else { return Err(vm.type_error("a future was expected")) };
    if this.event_loop().is_unbound() {
        return Err(vm.runtime_error("Future object is not initialized."));
    }
    Ok(this)
}

/// Sets the loop of a future that Python code makes.
pub(super) fn init_loop(vm: &mut Vm, this: &Future, event_loop: &Value) -> Result<()> {
    let event_loop = if event_loop.is_none() { events::event_loop(vm)? } else { event_loop.clone() };
    events::expect(vm, &event_loop)?;
    drop(this.event_loop.replace(event_loop));
    Ok(())
}

/// `set_exception`, with CPython's checks.
pub(super) fn set_exception(vm: &mut Vm, value: &Value, this: &Future, exception: &Value) -> Result<()> {
    if this.is_done() {
        return Err(invalid_state(vm, "invalid state"));
    }
    let exception =
        if exception.get::<Class>().is_some() { vm.call(exception, &[])? } else { exception.clone() };
    if exception.get::<ExcObj>().is_none() {
        return Err(vm.type_error("invalid exception object"));
    }
    if vm.is_a(&exception, &vm.exceptions.stop_iteration) {
        let wrapped = vm.runtime_error(
            "StopIteration interacts badly with generators and cannot be raised into a Future",
        );
        drop(wrapped.0.cause.replace(exception.clone()));
        drop(wrapped.0.context.replace(exception));
        wrapped.0.suppress_context.set(true);
        fail(value, this, wrapped.into_value());
        return Ok(());
    }
    fail(value, this, exception);
    Ok(())
}
