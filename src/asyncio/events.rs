//! The event loop. One turn:
//!
//! ```text
//!   ready:  [ step A | wake B | handle | … ]          timers:  (when, order) heap
//!              ^ taken from the front                     |
//!   1. nothing ready: sleep until the first timer is due  |
//!   2. what is due goes to the back of ready  <-----------+
//!   3. run what was ready when step 3 began, in order; what that makes ready comes at the
//!      back and is run in the next turn
//! ```
//!
//! Everything that waits becomes ready by being pushed to `ready`, never by being called, so
//! the order in which things happen is the order of the queue. A task's step is an entry of its
//! own kind: no handle object and no closure is made for it.

use super::futures::{self, Future};
use super::timers::{Timer, Timers};
use super::{Classes, State, classes, coroutines, format, gather, tasks};
use crate::object::{
    Class, Dict, ExcObj, Kind, Opaque, Ref, Tracer, TupleObj, Value, WeakRef, class_flag, heap, new_opaque,
};
use crate::types::context;
use crate::vm::native::{function, getset, method, raw};
use crate::vm::{Raised, Result, Row, Vm};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

pub(super) const NANOS: f64 = 1e9;

/// Something that waits in the ready queue.
pub(super) enum Ready {
    /// A task goes on.
    Step(Value),
    /// A task goes on with an exception.
    Throw(Value, Ref<ExcObj>),
    /// A task goes on because a future is done.
    Wakeup(Value, Value),
    /// A done callback is called with its future, in its context.
    Call(Value, Value, Value),
    /// A child of `gather` (the second) is done.
    Gather(Value, Value),
    /// The future of `run_until_complete` is done.
    Stop(Value),
    /// The future of a `sleep` gets its result.
    Sleep(Value, Value),
    Handle(Value),
}

/// An event loop.
pub(super) struct Loop {
    pub(super) classes: Rc<Classes>,
    ready: RefCell<VecDeque<Ready>>,
    timers: RefCell<Timers>,
    /// The task whose step runs, or None.
    pub(super) current: Cell<Value>,
    exception_handler: Cell<Value>,
    task_factory: Cell<Value>,
    running: Cell<bool>,
    stopping: Cell<bool>,
    pub(super) closed: Cell<bool>,
    pub(super) debug: Cell<bool>,
    /// Tasks that are not done, or were destroyed before they were.
    pub(super) unfinished: Cell<usize>,
    /// The task that Ctrl-C cancels, or None; and how often it has.
    pub(super) interruptible: Cell<Value>,
    pub(super) interrupts: Cell<u32>,
    /// Asynchronous generators whose iteration began in this loop, weakly.
    asyncgens: RefCell<Vec<Ref<WeakRef>>>,
}

impl Opaque for Loop {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Ok(ready) = self.ready.try_borrow() {
            for entry in ready.iter() {
                match entry {
                    Ready::Step(a) | Ready::Stop(a) | Ready::Handle(a) => tracer.value(a),
                    Ready::Throw(a, exc) => {
                        tracer.value(a);
                        tracer.reference(exc);
                    }
                    Ready::Wakeup(a, b) | Ready::Gather(a, b) | Ready::Sleep(a, b) => {
                        tracer.values([a, b]);
                    }
                    Ready::Call(a, b, c) => tracer.values([a, b, c]),
                }
            }
        }
        if let Ok(timers) = self.timers.try_borrow() {
            timers.trace(tracer);
        }
        for cell in [&self.current, &self.exception_handler, &self.task_factory, &self.interruptible] {
            tracer.cell(cell);
        }
    }

    fn clear(&self) {
        let ready = self.ready.try_borrow_mut().map(|mut ready| std::mem::take(&mut *ready));
        let timers = self.timers.try_borrow_mut().map(|mut timers| timers.take_all());
        drop((ready, timers));
        for cell in [&self.exception_handler, &self.task_factory, &self.interruptible] {
            drop(cell.replace(Value::NONE));
        }
    }
}

impl Loop {
    pub(super) fn push(&self, ready: Ready) {
        self.ready.borrow_mut().push_back(ready);
    }

    pub(super) fn push_timer(&self, when: i64, timer: Timer) {
        self.timers.borrow_mut().push(when, timer);
    }

    pub(super) fn note_cancelled_timer(&self) {
        self.timers.borrow_mut().note_cancelled();
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.get()
    }

    /// Whether `create_task` makes plain tasks: no factory, and open.
    pub(super) fn makes_plain_tasks(&self) -> bool {
        Value::peek(&self.task_factory).is_none() && !self.closed.get()
    }

    pub(super) fn check_open(&self, vm: &Vm) -> Result<()> {
        if self.closed.get() { Err(vm.runtime_error("Event loop is closed")) } else { Ok(()) }
    }
}

pub(super) fn of(value: &Value) -> Option<&Loop> {
    value.opaque::<Loop>()
}

/// The loop of a future, task or handle; every one has a native loop.
pub(super) fn expect(vm: &Vm, value: &Value) -> Result<()> {
    if of(value).is_some() { Ok(()) } else { Err(vm.type_error("an event loop was expected")) }
}

pub(super) fn new_loop(vm: &mut Vm) -> Value {
    let classes = classes(vm);
    let class = classes.event_loop.clone();
    new_opaque(
        &class,
        Loop {
            classes,
            ready: RefCell::default(),
            timers: RefCell::default(),
            current: Cell::new(Value::NONE),
            exception_handler: Cell::new(Value::NONE),
            task_factory: Cell::new(Value::NONE),
            running: Cell::new(false),
            stopping: Cell::new(false),
            closed: Cell::new(false),
            debug: Cell::new(false),
            unfinished: Cell::new(0),
            interruptible: Cell::new(Value::NONE),
            interrupts: Cell::new(0),
            asyncgens: RefCell::default(),
        },
    )
}

/// Runs until the loop is stopped.
pub(super) fn run_forever(vm: &mut Vm, value: &Value) -> Result<()> {
    let Some(this) = of(value) else { return expect(vm, value) };
    this.check_open(vm)?;
    check_not_running(vm, this)?;
    as_running(vm, value, this, |vm| {
        loop {
            turn(vm, value, this)?;
            if this.stopping.get() {
                return Ok(());
            }
        }
    })
}

/// What a loop that is not waited for has before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Something is ready now.
    Ready,
    /// The first timer is due in so many nanoseconds.
    In(i64),
    Nothing,
}

/// One turn that does not wait.
pub(super) fn turn_without_waiting(vm: &mut Vm, value: &Value) -> Result<Next> {
    let Some(this) = of(value) else { return Ok(Next::Nothing) };
    let due = next_due(this);
    if this.closed.get() || (due.is_none() && this.ready.borrow().is_empty()) {
        return Ok(Next::Nothing);
    }
    if due.is_some_and(|due| due <= vm.host.monotonic()) || !this.ready.borrow().is_empty() {
        check_not_running(vm, this)?;
        as_running(vm, value, this, |vm| {
            let now = vm.host.monotonic();
            move_due(this, now);
            run_ready(vm, value, this)
        })?;
    }
    if !this.ready.borrow().is_empty() {
        return Ok(Next::Ready);
    }
    let now = vm.host.monotonic();
    Ok(next_due(this).map_or(Next::Nothing, |due| Next::In(due.saturating_sub(now).max(0))))
}

/// Does `work` while the loop counts as running.
fn as_running(
    vm: &mut Vm,
    value: &Value,
    this: &Loop,
    work: impl FnOnce(&mut Vm) -> Result<()>,
) -> Result<()> {
    let first = vm.get_attr_text(value, "_asyncgen_firstiter_hook")?;
    let finalizer = vm.get_attr_text(value, "_asyncgen_finalizer_hook")?;
    let first = std::mem::replace(&mut vm.thread.asyncgen_first, first);
    let finalizer = std::mem::replace(&mut vm.thread.asyncgen_finalizer, finalizer);
    this.running.set(true);
    vm.extension::<State>().running = value.clone();
    let result = work(vm);
    this.stopping.set(false);
    this.running.set(false);
    vm.extension::<State>().running = Value::NONE;
    vm.thread.asyncgen_first = first;
    vm.thread.asyncgen_finalizer = finalizer;
    result
}

/// One turn of the loop.
fn turn(vm: &mut Vm, value: &Value, this: &Loop) -> Result<()> {
    wait_for_timers(vm, value, this)?;
    run_ready(vm, value, this)
}

/// Runs what is ready now; what that makes ready waits for the next turn.
fn run_ready(vm: &mut Vm, value: &Value, this: &Loop) -> Result<()> {
    let count = this.ready.borrow().len();
    for _ in 0..count {
        let Some(entry) = this.ready.borrow_mut().pop_front() else { break };
        run_entry(vm, value, this, entry)?;
        vm.step()?;
        if heap::pending() {
            vm.safepoint()?;
        }
    }
    Ok(())
}

/// Sleeps when nothing is ready, then moves what is due to the ready queue.
fn wait_for_timers(vm: &mut Vm, value: &Value, this: &Loop) -> Result<()> {
    loop {
        let idle = this.ready.borrow().is_empty() && !this.stopping.get();
        let Some(due) = next_due(this) else {
            return if idle { wait_without_timers(vm, value, this) } else { Ok(()) };
        };
        let mut now = vm.host.monotonic();
        if idle && due > now {
            if !vm.host.sleep(due - now) {
                interrupted(vm, this)?;
                continue;
            }
            now = vm.host.monotonic();
        }
        move_due(this, now);
        return Ok(());
    }
}

/// When the first timer is due.
fn next_due(this: &Loop) -> Option<i64> {
    let mut dropped = Vec::new();
    let due = this.timers.borrow_mut().next_due(&mut dropped);
    drop(dropped);
    due
}

/// Moves what is due at `now` to the ready queue.
fn move_due(this: &Loop, now: i64) {
    let mut timers = this.timers.borrow_mut();
    let mut ready = this.ready.borrow_mut();
    while let Some(timer) = timers.pop_due(now) {
        ready.push_back(match timer {
            Timer::Sleep { future, result } => Ready::Sleep(future, result),
            Timer::Handle(handle) => Ready::Handle(handle),
        });
    }
}

/// Nothing is ready and nothing is due: only Ctrl-C can end the wait, or nothing at all.
fn wait_without_timers(vm: &mut Vm, value: &Value, this: &Loop) -> Result<()> {
    if vm.host.take_interrupt() {
        return interrupt(vm, this);
    }
    let waiting = tasks::unfinished(vm, value);
    let mut text =
        String::from("deadlock: nothing is ready, no timer is set, nothing can wake the event loop\n");
    for task in &waiting {
        text.push_str(&format!("  waiting: {}\n", vm.repr_text(task)?));
    }
    // Nobody is left to tell when standard error is closed; the status still says it.
    let _ = vm.host.flush_out();
    let _ = vm.host.write_err(text.as_bytes());
    if vm.extension::<State>().interactive {
        // A session goes on: the input ends as if it had been interrupted.
        return interrupt(vm, this);
    }
    let class = vm.exceptions.system_exit.clone();
    let status = vm.int(3);
    match vm.call(class.as_value(), &[status]) {
        Ok(made) => match made.downcast() {
            Some(exception) => Err(Raised(exception)),
            None => Err(vm.runtime_error("deadlock")),
        },
        Err(raised) => Err(raised),
    }
}

fn interrupted(vm: &mut Vm, this: &Loop) -> Result<()> {
    if vm.host.take_interrupt() { interrupt(vm, this) } else { Ok(()) }
}

/// Ctrl-C while the loop sleeps: the first cancels the main task, the next ends the run.
fn interrupt(vm: &mut Vm, this: &Loop) -> Result<()> {
    let task = Value::peek(&this.interruptible);
    this.interrupts.set(this.interrupts.get() + 1);
    if this.interrupts.get() == 1 && task.opaque::<Future>().is_some_and(|task| !task.is_done()) {
        return futures::cancel(vm, &task, &Value::NONE).map(drop);
    }
    let class = vm.exceptions.keyboard_interrupt.clone();
    Err(Raised(vm.exception(&class, Vec::new())))
}

/// Runs one entry. Only SystemExit and KeyboardInterrupt leave the loop.
fn run_entry(vm: &mut Vm, value: &Value, this: &Loop, entry: Ready) -> Result<()> {
    match entry {
        Ready::Step(task) => tasks::step(vm, this, &task, None),
        Ready::Throw(task, exception) => tasks::step(vm, this, &task, Some(Raised(exception))),
        Ready::Wakeup(task, future) => tasks::wakeup(vm, this, &task, &future),
        Ready::Sleep(future, result) => {
            if let Some(sleeper) = future.opaque::<Future>()
                && !sleeper.is_done()
            {
                futures::finish(&future, sleeper, result);
            }
            Ok(())
        }
        Ready::Gather(outer, child) => gather::child_done(vm, &outer, &child),
        Ready::Stop(future) => {
            let exception = future.opaque::<Future>().and_then(|done| {
                // Whoever runs the loop gets the exception.
                done.mark_retrieved();
                done.peek_exception()
            });
            let fatal = exception.is_some_and(|exception| is_fatal(vm, &exception));
            if !fatal {
                this.stopping.set(true);
            }
            Ok(())
        }
        Ready::Call(callback, future, context) => {
            let context = Cell::new(context);
            let outcome = context::call_in(vm, &context, &callback, &[future.clone()]);
            match outcome {
                Ok(_) => Ok(()),
                Err(raised) => {
                    let args = vm.tuple(vec![future]);
                    let handle = new_handle(&this.classes, value, (callback, args, context.take()), None);
                    callback_failed(vm, value, &handle, raised)
                }
            }
        }
        Ready::Handle(handle) => {
            let Some(body) = handle.opaque::<Handle>() else { return Ok(()) };
            body.scheduled.set(false);
            if body.is_cancelled() {
                return Ok(());
            }
            let callback = Value::peek(&body.callback);
            let args = Value::peek(&body.args);
            let items = args.get::<TupleObj>().map_or(&[][..], TupleObj::items);
            match context::call_in(vm, &body.context, &callback, items) {
                Ok(_) => Ok(()),
                Err(raised) => callback_failed(vm, value, &handle, raised),
            }
        }
    }
}

/// Whether an exception ends the loop instead of being reported.
pub(super) fn is_fatal(vm: &Vm, exception: &Value) -> bool {
    vm.is_a(exception, &vm.exceptions.system_exit) || vm.is_a(exception, &vm.exceptions.keyboard_interrupt)
}

fn callback_failed(vm: &mut Vm, value: &Value, handle: &Value, raised: Raised) -> Result<()> {
    if is_fatal(vm, raised.0.as_value()) {
        return Err(raised);
    }
    let callback = handle.opaque::<Handle>().map_or(Value::NONE, |h| Value::peek(&h.callback));
    let shown = format::callback_source(vm, &callback)?;
    let context = vm.new_dict();
    drop(context.set_text("message", vm.str(format!("Exception in callback {shown}"))));
    drop(context.set_text("exception", raised.into_value()));
    drop(context.set_text("handle", handle.clone()));
    call_exception_handler(vm, value, &context.into_value())
}

/// Reports `context` by the loop's exception handler, or on standard error.
pub(super) fn call_exception_handler(vm: &mut Vm, value: &Value, context: &Value) -> Result<()> {
    let handler = of(value).map_or(Value::NONE, |this| Value::peek(&this.exception_handler));
    if handler.is_none() {
        return default_exception_handler(vm, context);
    }
    match vm.call(&handler, &[value.clone(), context.clone()]) {
        Ok(_) => Ok(()),
        Err(raised) if is_fatal(vm, raised.0.as_value()) => Err(raised),
        Err(raised) => {
            let outer = vm.new_dict();
            drop(outer.set_text("message", vm.str("Unhandled error in exception handler")));
            drop(outer.set_text("exception", raised.into_value()));
            drop(outer.set_text("context", context.clone()));
            default_exception_handler(vm, &outer.into_value())
        }
    }
}

/// Whether there is nothing to show of an exception but itself.
fn exception_is_bare(vm: &Vm, exception: &Ref<ExcObj>) -> bool {
    !vm.is_a(exception.as_value(), &vm.exceptions.base_exception_group)
        && Value::peek(&exception.traceback).is_none()
}

fn default_exception_handler(vm: &mut Vm, context: &Value) -> Result<()> {
    let Some(dict) = context.downcast::<Dict>() else {
        return Err(vm.type_error("the context of an exception handler must be a dict"));
    };
    let message = match dict.get_text("message") {
        Some(message) if vm.truth(&message)? => vm.text_of(&message)?,
        _ => "Unhandled exception in event loop".to_owned(),
    };
    let mut rows = Vec::new();
    for (key, item) in dict.items() {
        let key = vm.text_of(&key)?;
        if key != "message" && key != "exception" {
            let shown = vm.repr_text(&item)?;
            rows.push((key, shown));
        }
    }
    rows.sort();
    let mut text = message;
    for (key, shown) in rows {
        text.push_str(&format!("\n{key}: {shown}"));
    }
    text.push('\n');
    if let Some(exception) = dict.get_text("exception").and_then(|exc| exc.downcast::<ExcObj>()) {
        let told = vm.format_exception(&exception);
        // A callback that is no Python function: CPython shows the frame of the handle that called it.
        let called = dict.get_text("handle").is_some_and(|handle| handle.opaque::<Handle>().is_some());
        if called && exception_is_bare(vm, &exception) && !told.starts_with("Traceback") {
            text.push_str("Traceback (most recent call last):\n");
        }
        text.push_str(&told);
    }
    // As for any log: when standard error is closed the report is lost.
    let _ = vm.host.write_err(text.as_bytes());
    Ok(())
}

// ---- handles

/// A callback that was scheduled and can be cancelled.
pub(super) struct Handle {
    event_loop: Value,
    callback: Cell<Value>,
    /// A tuple.
    args: Cell<Value>,
    /// What the callback runs in; unbound as in `types::context`.
    context: Cell<Value>,
    cancelled: Cell<bool>,
    /// Whether it waits in the timer heap.
    scheduled: Cell<bool>,
    when: Option<f64>,
}

impl Opaque for Handle {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.event_loop);
        tracer.cell(&self.callback);
        tracer.cell(&self.args);
        tracer.cell(&self.context);
    }

    fn clear(&self) {
        drop(self.callback.replace(Value::NONE));
        drop(self.args.replace(Value::NONE));
        drop(self.context.replace(Value::UNBOUND));
    }
}

impl Handle {
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }
}

/// What a handle calls: the function, a tuple of arguments, the context.
type Call = (Value, Value, Value);

fn new_handle(
    classes: &Classes,
    event_loop: &Value,
    (callback, args, context): Call,
    when: Option<f64>,
) -> Value {
    let class = if when.is_some() { &classes.timer_handle } else { &classes.handle };
    new_opaque(
        class,
        Handle {
            event_loop: event_loop.clone(),
            callback: Cell::new(callback),
            args: Cell::new(args),
            context: Cell::new(context),
            cancelled: Cell::new(false),
            scheduled: Cell::new(when.is_some()),
            when,
        },
    )
}

const HANDLE: &[Row] = &[
    method("cancel(self, /)", |vm, args| {
        let handle = expect_handle(vm, &args[0])?;
        if !handle.cancelled.replace(true) {
            drop(handle.callback.replace(Value::NONE));
            drop(handle.args.replace(Value::NONE));
            if handle.scheduled.get()
                && let Some(this) = of(&handle.event_loop)
            {
                this.note_cancelled_timer();
            }
        }
        Ok(Value::NONE)
    }),
    method("cancelled(self, /)", |vm, args| Ok(Value::bool(expect_handle(vm, &args[0])?.is_cancelled()))),
    method("get_context(self, /)", |vm, args| {
        let handle = expect_handle(vm, &args[0])?;
        Ok(context::shown(vm, &handle.context))
    }),
    method("__repr__(self, /)", |vm, args| {
        let handle = expect_handle(vm, &args[0])?;
        let (cancelled, when) = (handle.is_cancelled(), handle.when);
        let callback = Value::peek(&handle.callback);
        let mut text = format!("<{}", vm.type_name(&args[0]));
        if cancelled {
            text.push_str(" cancelled");
        }
        if let Some(when) = when {
            let when = vm.repr_text(&Value::float(when))?;
            text.push_str(&format!(" when={when}"));
        }
        if !callback.is_none() {
            text.push(' ');
            text.push_str(&format::callback_source(vm, &callback)?);
        }
        text.push('>');
        Ok(vm.str(text))
    }),
];

const TIMER_HANDLE: &[Row] = &[method("when(self, /)", |vm, args| {
    Ok(expect_handle(vm, &args[0])?.when.map_or(Value::NONE, Value::float))
})];

fn expect_handle<'v>(vm: &Vm, value: &'v Value) -> Result<&'v Handle> {
    value.opaque::<Handle>().ok_or_else(|| vm.type_error("a handle was expected"))
}

// ---- the loop's methods

fn expect_loop<'v>(vm: &Vm, value: &'v Value) -> Result<&'v Loop> {
    of(value).ok_or_else(|| vm.type_error("an event loop was expected"))
}

fn check_not_running(vm: &mut Vm, this: &Loop) -> Result<()> {
    if this.running.get() {
        return Err(vm.runtime_error("This event loop is already running"));
    }
    if !vm.extension::<State>().running.is_none() {
        return Err(vm.runtime_error("Cannot run the event loop while another loop is running"));
    }
    Ok(())
}

/// `run_until_complete`, for a coroutine or a future.
pub(super) fn run_until_complete(vm: &mut Vm, value: &Value, awaitable: &Value) -> Result {
    let Some(this) = of(value) else { return expect(vm, value).map(|()| Value::NONE) };
    let ready = this.check_open(vm).and_then(|()| check_not_running(vm, this));
    ready.map_err(|raised| super::keeping(raised, awaitable))?;
    let new_task = !futures::is_future(vm, awaitable);
    let future = tasks::ensure_future(vm, awaitable, Some(value))?;
    let Some(body) = future.opaque::<Future>() else {
        return Err(vm.type_error("run_until_complete() needs a future of this loop"));
    };
    if new_task {
        body.forget_if_destroyed();
    }
    futures::add_callback(&future, body, futures::Callback::Stop);
    let result = run_forever(vm, value);
    body.remove_stop();
    if let Err(raised) = result {
        if new_task && body.is_done() {
            body.mark_retrieved();
        }
        return Err(raised);
    }
    if !body.is_done() {
        return Err(vm.runtime_error("Event loop stopped before Future completed."));
    }
    futures::result(vm, body)
}

/// `callback, *args` of the scheduling methods, and the context of `context=`.
fn split_call(
    vm: &mut Vm,
    name: &str,
    leading: usize,
    values: &[Value],
    names: &[Ref<crate::object::Str>],
) -> Result<Call> {
    let positional = values.len() - names.len();
    for keyword in names {
        if keyword.as_str() != "context" {
            return Err(vm.type_error(format!(
                "BaseEventLoop.{name}() got an unexpected keyword argument '{}'",
                keyword.as_str()
            )));
        }
    }
    if positional <= leading {
        let missing = ["self", if leading == 2 { "delay" } else { "callback" }, "callback"];
        let count = leading + 1 - positional;
        let listed: Vec<String> =
            missing[missing.len() - count..].iter().map(|name| format!("'{name}'")).collect();
        return Err(vm.type_error(format!(
            "BaseEventLoop.{name}() missing {count} required positional argument{}: {}",
            if count == 1 { "" } else { "s" },
            listed.join(" and ")
        )));
    }
    let args = vm.tuple(values[leading + 1..positional].to_vec());
    let context = context::given_or_inherited(vm, values.get(positional).unwrap_or(&Value::NONE))?;
    Ok((values[leading].clone(), args, context))
}

fn call_soon(vm: &mut Vm, values: &[Value], names: &[Ref<crate::object::Str>]) -> Result {
    let call = split_call(vm, "call_soon", 1, values, names)?;
    let this = expect_loop(vm, &values[0])?;
    this.check_open(vm)?;
    let handle = new_handle(&this.classes, &values[0], call, None);
    this.push(Ready::Handle(handle.clone()));
    Ok(handle)
}

fn call_later(vm: &mut Vm, values: &[Value], names: &[Ref<crate::object::Str>]) -> Result {
    let call = split_call(vm, "call_later", 2, values, names)?;
    if values[1].is_none() {
        return Err(vm.type_error("delay must not be None"));
    }
    let delay = seconds(vm, &values[1])?;
    let now = vm.host.monotonic();
    schedule(vm, &values[0], now.saturating_add(nanos(delay)), now as f64 / NANOS + delay, call)
}

fn call_at(vm: &mut Vm, values: &[Value], names: &[Ref<crate::object::Str>]) -> Result {
    let call = split_call(vm, "call_at", 2, values, names)?;
    if values[1].is_none() {
        return Err(vm.type_error("when cannot be None"));
    }
    let when = seconds(vm, &values[1])?;
    schedule(vm, &values[0], nanos(when), when, call)
}

fn schedule(vm: &mut Vm, value: &Value, at: i64, when: f64, call: Call) -> Result {
    let this = expect_loop(vm, value)?;
    this.check_open(vm)?;
    let handle = new_handle(&this.classes, value, call, Some(when));
    this.push_timer(at, Timer::Handle(handle.clone()));
    Ok(handle)
}

/// A number of seconds.
pub(super) fn seconds(vm: &mut Vm, value: &Value) -> Result<f64> {
    if let Some(x) = value.as_float() {
        return Ok(x);
    }
    if let Some(n) = value.as_int() {
        return Ok(n as f64);
    }
    // Any other number adds to a float as in CPython's arithmetic.
    let zero = Value::float(0.0);
    let sum = vm.binary(crate::vm::BinaryOp::Add, &zero, value)?;
    match sum.as_float() {
        Some(x) => Ok(x),
        None => Err(vm.type_error("a number of seconds was expected")),
    }
}

/// Nanoseconds of a number of seconds; saturates.
pub(super) fn nanos(seconds: f64) -> i64 {
    (seconds * NANOS).round() as i64
}

const LOOP: &[Row] = &[
    raw("call_soon(self, callback, *args, context=None)", call_soon),
    raw("call_soon_threadsafe(self, callback, *args, context=None)", call_soon),
    raw("call_later(self, delay, callback, *args, context=None)", call_later),
    raw("call_at(self, when, callback, *args, context=None)", call_at),
    method("time(self)", |vm, _| Ok(Value::float(vm.host.monotonic() as f64 / NANOS))),
    method("create_future(self)", |vm, args| {
        expect_loop(vm, &args[0])?;
        Ok(futures::new(&args[0]))
    }),
    method("create_task(self, coro, *, name=None, context=None)", |vm, args| {
        let this = expect_loop(vm, &args[0])?;
        this.check_open(vm).map_err(|raised| super::keeping(raised, &args[1]))?;
        let factory = Value::peek(&this.task_factory);
        if factory.is_none() {
            let context = context::given_or_inherited(vm, &args[3])?;
            return tasks::create(vm, &args[0], &args[1], &args[2], context);
        }
        let task = if args[3].is_none() {
            vm.call(&factory, &[args[0].clone(), args[1].clone()])?
        } else {
            let name = vm.intern("context");
            vm.call_kw(&factory, &[args[0].clone(), args[1].clone(), args[3].clone()], &[name])?
        };
        if !args[2].is_none() {
            drop(vm.call_method(&task, "set_name", &[args[2].clone()])?);
        }
        Ok(task)
    }),
    method("set_task_factory(self, factory)", |vm, args| {
        if !args[1].is_none() && !vm.is_callable(&args[1]) {
            return Err(vm.type_error("task factory must be a callable or None"));
        }
        drop(expect_loop(vm, &args[0])?.task_factory.replace(args[1].clone()));
        Ok(Value::NONE)
    }),
    method("get_task_factory(self)", |vm, args| Ok(Value::peek(&expect_loop(vm, &args[0])?.task_factory))),
    method("run_until_complete(self, future)", |vm, args| run_until_complete(vm, &args[0], &args[1])),
    method("run_forever(self)", |vm, args| run_forever(vm, &args[0]).map(|()| Value::NONE)),
    method("stop(self)", |vm, args| {
        expect_loop(vm, &args[0])?.stopping.set(true);
        Ok(Value::NONE)
    }),
    method("close(self)", |vm, args| close(vm, &args[0]).map(|()| Value::NONE)),
    method("is_running(self)", |vm, args| Ok(Value::bool(expect_loop(vm, &args[0])?.running.get()))),
    method("is_closed(self)", |vm, args| Ok(Value::bool(expect_loop(vm, &args[0])?.closed.get()))),
    method("get_debug(self)", |vm, args| Ok(Value::bool(expect_loop(vm, &args[0])?.debug.get()))),
    method("set_debug(self, enabled)", |vm, args| {
        let on = vm.truth(&args[1])?;
        expect_loop(vm, &args[0])?.debug.set(on);
        Ok(Value::NONE)
    }),
    method("set_exception_handler(self, handler)", |vm, args| {
        if !args[1].is_none() && !vm.is_callable(&args[1]) {
            let shown = vm.repr_text(&args[1])?;
            return Err(vm.type_error(format!("A callable object or None is expected, got {shown}")));
        }
        drop(expect_loop(vm, &args[0])?.exception_handler.replace(args[1].clone()));
        Ok(Value::NONE)
    }),
    method("get_exception_handler(self)", |vm, args| {
        Ok(Value::peek(&expect_loop(vm, &args[0])?.exception_handler))
    }),
    method("default_exception_handler(self, context)", |vm, args| {
        default_exception_handler(vm, &args[1]).map(|()| Value::NONE)
    }),
    method("call_exception_handler(self, context)", |vm, args| {
        call_exception_handler(vm, &args[0], &args[1]).map(|()| Value::NONE)
    }),
    method("shutdown_asyncgens(self)", |vm, args| {
        let this = expect_loop(vm, &args[0])?;
        let open = std::mem::take(&mut *this.asyncgens.borrow_mut());
        let open: Vec<Value> = open.iter().filter_map(|weak| weak.target()).collect();
        if open.is_empty() {
            return Ok(coroutines::finished(vm));
        }
        let close = super::part_function(vm, "asyncio.waiting", "_close_asyncgens")?;
        let open = vm.list(open);
        vm.call(&close, &[args[0].clone(), open])
    }),
    method("_asyncgen_firstiter_hook(self, agen)", |vm, args| {
        let this = expect_loop(vm, &args[0])?;
        let mut open = this.asyncgens.borrow_mut();
        open.retain(|weak| weak.target().is_some());
        open.extend(WeakRef::create(&vm.types.weakref, &args[1], Value::NONE));
        Ok(Value::NONE)
    }),
    method("_asyncgen_finalizer_hook(self, agen)", |vm, args| {
        let this = expect_loop(vm, &args[0])?;
        this.asyncgens.borrow_mut().retain(|w| w.target().is_some_and(|t| !t.is_same(&args[1])));
        if !this.closed.get() {
            // Its clean-up may await, so it gets a task of its own in the next turn.
            let callback = vm.get_attr_text(&args[0], "create_task")?;
            let closing = vm.call_method(&args[1], "aclose", &[])?;
            let closing = vm.tuple(vec![closing]);
            let context = context::inherit(vm);
            let handle = new_handle(&this.classes, &args[0], (callback, closing, context), None);
            this.push(Ready::Handle(handle));
        }
        Ok(Value::NONE)
    }),
    method("shutdown_default_executor(self, timeout=None)", |vm, _| Ok(coroutines::finished(vm))),
    getset("slow_callback_duration", |_, _| Ok(Value::float(0.1)), |_, _, _| Ok(())),
    method("__repr__(self, /)", |vm, args| {
        let this = expect_loop(vm, &args[0])?;
        let word = |on: bool| if on { "True" } else { "False" };
        Ok(vm.str(format!(
            "<{} running={} closed={} debug={}>",
            vm.type_name(&args[0]),
            word(this.running.get()),
            word(this.closed.get()),
            word(this.debug.get())
        )))
    }),
];

/// `loop.close()`
pub(super) fn close(vm: &mut Vm, value: &Value) -> Result<()> {
    let this = expect_loop(vm, value)?;
    if this.running.get() {
        return Err(vm.runtime_error("Cannot close a running event loop"));
    }
    this.closed.set(true);
    let ready = std::mem::take(&mut *this.ready.borrow_mut());
    let timers = this.timers.borrow_mut().take_all();
    drop((ready, timers));
    Ok(())
}

pub(super) fn classes_of(vm: &mut Vm) -> (Ref<Class>, Ref<Class>, Ref<Class>) {
    let object = vm.types.object.clone();
    let flags = class_flag::WEAKREF | class_flag::BASE;
    let event_loop = vm.new_class(
        "_UnixSelectorEventLoop",
        "asyncio.unix_events",
        &object,
        Kind::Opaque,
        flags | class_flag::HAS_DICT | class_flag::TAIL_DICT,
        LOOP,
    );
    vm.add_rows(&event_loop, NEW_LOOP);
    let handle = vm.new_class("Handle", "asyncio.events", &object, Kind::Opaque, flags, HANDLE);
    let timer = vm.new_class("TimerHandle", "asyncio.events", &handle, Kind::Opaque, flags, TIMER_HANDLE);
    (event_loop, handle, timer)
}

const NEW_LOOP: &[Row] = &[crate::vm::native::static_raw("__new__(cls)", |vm, _, _| Ok(new_loop(vm)))];

// ---- functions

/// The running loop, at a prompt the one that lives there, or RuntimeError.
pub(super) fn running_loop(vm: &mut Vm) -> Result {
    let running = vm.extension::<State>().running.clone();
    if !running.is_none() {
        return Ok(running);
    }
    match super::prompt::event_loop(vm) {
        Some(event_loop) => Ok(event_loop),
        None => Err(vm.runtime_error("no running event loop")),
    }
}

/// `get_event_loop`: the running loop, else the one that was set; the first is made on demand.
pub(super) fn event_loop(vm: &mut Vm) -> Result {
    let state = vm.extension::<State>();
    if !state.running.is_none() {
        return Ok(state.running.clone());
    }
    if let Some(event_loop) = super::prompt::event_loop(vm) {
        return Ok(event_loop);
    }
    let state = vm.extension::<State>();
    if !state.event_loop.is_none() {
        return Ok(state.event_loop.clone());
    }
    if state.event_loop_was_set {
        return Err(vm.runtime_error("There is no current event loop in thread 'MainThread'."));
    }
    let category = vm.exceptions.deprecation_warning.clone();
    vm.warn(&category, "There is no current event loop")?;
    let made = new_loop(vm);
    set_event_loop(vm, made.clone());
    Ok(made)
}

pub(super) fn set_event_loop(vm: &mut Vm, value: Value) {
    let state = vm.extension::<State>();
    state.event_loop_was_set = true;
    let old = std::mem::replace(&mut state.event_loop, value);
    drop(old);
}

pub(super) const FUNCTIONS: &[Row] = &[
    function("get_running_loop()", |vm, _| running_loop(vm)),
    function("_get_running_loop()", |vm, _| Ok(vm.extension::<State>().running.clone())),
    function("get_event_loop()", |vm, _| event_loop(vm)),
    function("new_event_loop()", |vm, _| Ok(new_loop(vm))),
    function("set_event_loop(loop)", |vm, args| {
        if !args[0].is_none() && of(&args[0]).is_none() {
            let name = vm.type_name(&args[0]);
            return Err(
                vm.type_error(format!("loop must be an instance of AbstractEventLoop or None, not '{name}'"))
            );
        }
        set_event_loop(vm, args[0].clone());
        Ok(Value::NONE)
    }),
];
