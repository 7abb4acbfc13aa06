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
//!
//! Beside the turn: `handle` (callbacks that can be cancelled), `methods` (what programs call),
//! `report` (exceptions that nobody catches), `current` (which loop is meant).

mod current;
mod handle;
mod methods;
mod report;

use super::debug::{self, Subject};
use super::futures::{self, Future};
use super::timers::{Timer, Timers};
use super::{Classes, State, classes, gather, tasks};
use crate::object::{Class, ExcObj, Opaque, Ref, Tracer, TupleObj, Value, WeakRef, heap, new_opaque};
use crate::types::context;
use crate::vm::{Raised, Result, Vm};
use handle::new_handle;
use report::callback_failed;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

pub(super) use current::{
    FUNCTIONS, NATIVE, asked, event_loop, own_new_event_loop, own_set_event_loop, running_loop,
};
pub(super) use handle::Handle;
pub(super) use methods::seconds;
pub(super) use report::{call_exception_handler, is_fatal};

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
    /// Seconds from which on a step is reported in debug mode.
    pub(super) slow_callback_duration: Cell<f64>,
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

fn expect_loop<'v>(vm: &Vm, value: &'v Value) -> Result<&'v Loop> {
    of(value).ok_or_else(|| vm.type_error("an event loop was expected"))
}

/// The loop of a future, task or handle; every one has a native loop.
pub(super) fn expect(vm: &Vm, value: &Value) -> Result<()> {
    expect_loop(vm, value).map(drop)
}

/// A loop, which says in the log what it waits with.
pub(super) fn new_loop(vm: &mut Vm) -> Result {
    debug::log(vm, "debug", "Using selector: EpollSelector", None)?;
    Ok(quiet_loop(vm))
}

pub(super) fn quiet_loop(vm: &mut Vm) -> Value {
    let classes = classes(vm);
    let class = classes.event_loop.clone();
    let asked_for_debug = debug::asked_for(vm);
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
            debug: Cell::new(asked_for_debug),
            slow_callback_duration: Cell::new(0.1),
            unfinished: Cell::new(0),
            interruptible: Cell::new(Value::NONE),
            interrupts: Cell::new(0),
            asyncgens: RefCell::default(),
        },
    )
}

/// Runs until the loop is stopped.
pub(super) fn run_forever(vm: &mut Vm, value: &Value) -> Result<()> {
    let this = expect_loop(vm, value)?;
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
    let depth = vm.thread.origin_depth;
    if this.debug.get() {
        vm.thread.origin_depth = debug::STACK_DEPTH;
    }
    this.running.set(true);
    vm.extension::<State>().running = value.clone();
    let result = work(vm);
    this.stopping.set(false);
    this.running.set(false);
    vm.extension::<State>().running = Value::NONE;
    vm.thread.asyncgen_first = first;
    vm.thread.asyncgen_finalizer = finalizer;
    vm.thread.origin_depth = depth;
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
        if this.debug.get() {
            let (subject, start) = (Subject::of(&entry), vm.host.monotonic());
            run_entry(vm, value, this, entry)?;
            let taken = vm.host.monotonic().saturating_sub(start);
            debug::step_ended(vm, this, &subject, taken)?;
        } else {
            run_entry(vm, value, this, entry)?;
        }
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
    let this = expect_loop(vm, value)?;
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

/// `loop.close()`
pub(super) fn close(vm: &mut Vm, value: &Value) -> Result<()> {
    let this = expect_loop(vm, value)?;
    if this.running.get() {
        return Err(vm.runtime_error("Cannot close a running event loop"));
    }
    if !this.closed.replace(true) && this.debug.get() {
        let shown = vm.repr_text(value)?.replace("closed=True", "closed=False");
        debug::log(vm, "debug", &format!("Close {shown}"), None)?;
    }
    let ready = std::mem::take(&mut *this.ready.borrow_mut());
    let timers = this.timers.borrow_mut().take_all();
    drop((ready, timers));
    Ok(())
}

/// The classes of loops, handles and timer handles.
pub(super) fn classes_of(vm: &mut Vm) -> (Ref<Class>, Ref<Class>, Ref<Class>) {
    let event_loop = methods::class(vm);
    let (handle, timer) = handle::classes_of(vm);
    (event_loop, handle, timer)
}
