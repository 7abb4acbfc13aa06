//! `Task`: a coroutine that the loop drives.
//!
//! ```text
//!   create -> ready:Step -> step -> yields future F -> F.callbacks: Wakeup -> ready:Wakeup -> step …
//!                             \-> yields None       -> ready:Step (a bare yield: sleep(0))
//!                             \-> returns, raises   -> the task is done
//! ```
//!
//! A step resumes the coroutine's innermost frame at once, however deep its awaits are. What it
//! yields is the future that it waits for: the task adds itself to that future's callbacks and
//! is out of the ready queue until the future is done.

use super::coroutines::{self, Sleep};
use super::events::{self, Loop, Ready};
use super::futures::{self, Callback, Future, Part, State as FutureState};
use super::{State, debug, gather};
use crate::object::{
    Class, CodeObj, ExcObj, GenKind, GenObj, GenState, Kind, Ref, Tracer, Value, heap, new_opaque,
};
use crate::types::context;
use crate::vm::native::{function, getter, method, static_raw};
use crate::vm::{AwaitStep, Raised, Result, Resume, Row, Step, Vm};
use std::cell::Cell;

/// What a task adds to a future.
pub(super) struct TaskPart {
    pub(super) coroutine: Cell<Value>,
    /// The coroutine's code, for `repr` when it has finished; or None.
    pub(super) code: Cell<Value>,
    /// The future that the task waits for, or None.
    pub(super) waiter: Cell<Value>,
    /// Unbound until someone asks: then `Task-N`.
    name: Cell<Value>,
    number: Cell<u64>,
    /// What the task's steps run in; unbound as in `types::context`, and during a step.
    context: Cell<Value>,
    must_cancel: Cell<bool>,
    /// Requests to cancel, less `uncancel` calls.
    pub(super) cancels: Cell<i64>,
}

impl TaskPart {
    fn new(coroutine: Value, number: u64, context: Value) -> TaskPart {
        let code = code_of(&coroutine);
        TaskPart {
            coroutine: Cell::new(coroutine),
            code: Cell::new(code),
            waiter: Cell::new(Value::NONE),
            name: Cell::new(Value::UNBOUND),
            number: Cell::new(number),
            context: Cell::new(context),
            must_cancel: Cell::new(false),
            cancels: Cell::new(0),
        }
    }

    pub(super) fn trace(&self, tracer: &mut Tracer<'_>) {
        for cell in [&self.coroutine, &self.code, &self.waiter, &self.name, &self.context] {
            tracer.cell(cell);
        }
    }

    pub(super) fn clear(&self) {
        drop(self.coroutine.replace(Value::NONE));
        drop(self.waiter.replace(Value::NONE));
        drop(self.context.replace(Value::UNBOUND));
    }

    pub(super) fn name(&self, vm: &mut Vm) -> Value {
        let name = Value::peek(&self.name);
        if !name.is_unbound() {
            return name;
        }
        let made = vm.str(format!("Task-{}", self.number.get()));
        drop(self.name.replace(made.clone()));
        made
    }
}

fn code_of(coroutine: &Value) -> Value {
    match coroutine.get::<GenObj>() {
        Some(generator) if generator.state.get() != GenState::Finished => {
            let code: &Ref<CodeObj> = &generator.frame().function().code;
            code.to_value()
        }
        _ => Value::NONE,
    }
}

fn next_number(vm: &mut Vm) -> u64 {
    let state = vm.extension::<State>();
    let number = state.next_task;
    state.next_task += 1;
    number
}

fn not_a_coroutine(vm: &mut Vm, value: &Value) -> Raised {
    match vm.repr_text(value) {
        Ok(shown) => vm.type_error(format!("a coroutine was expected, got {shown}")),
        Err(raised) => raised,
    }
}

/// A task for `coroutine` on `event_loop`, ready for its first step in `context`.
pub(super) fn create(
    vm: &mut Vm,
    event_loop: &Value,
    coroutine: &Value,
    name: &Value,
    context: Value,
) -> Result {
    if !coroutines::is_coroutine(vm, coroutine) {
        return Err(not_a_coroutine(vm, coroutine));
    }
    let name = if name.is_none() { Value::UNBOUND } else { vm.str_of(name)?.into_value() };
    let number = if name.is_unbound() { next_number(vm) } else { 0 };
    let Some(native) = events::of(event_loop) else {
        return Err(vm.type_error("an event loop was expected"));
    };
    let part = TaskPart::new(coroutine.clone(), number, context);
    part.name.set(name);
    let task = new_opaque(&native.classes.task, Future::new(event_loop.clone(), Part::Task(part)));
    native.unfinished.set(native.unfinished.get() + 1);
    native.push(Ready::Step(task.clone()));
    Ok(task)
}

/// What `awaitable` is or becomes: a future, or a task that drives it.
pub(super) fn ensure_future(vm: &mut Vm, awaitable: &Value, event_loop: Option<&Value>) -> Result {
    if futures::is_future(vm, awaitable) {
        if let (Some(expected), Some(future)) = (event_loop, futures::of(awaitable))
            && !future.event_loop().is_same(expected)
        {
            return Err(vm.value_error(
                "The future belongs to a different loop than the one specified as the loop argument",
            ));
        }
        return Ok(awaitable.clone());
    }
    let coroutine = if coroutines::is_coroutine(vm, awaitable) {
        awaitable.clone()
    } else if coroutines::is_awaitable(vm, awaitable) {
        let wrap = super::part_function(vm, "asyncio.waiting", "_wrap_awaitable")?;
        vm.call(&wrap, &[awaitable.clone()])?
    } else {
        return Err(vm.type_error("An asyncio.Future, a coroutine or an awaitable is required"));
    };
    let event_loop = match event_loop {
        Some(event_loop) => event_loop.clone(),
        None => events::event_loop(vm)?,
    };
    let task = vm.call_method(&event_loop, "create_task", &[coroutine])?;
    debug::note_origin(vm, &task, Some(debug::ENSURE_FUTURE));
    Ok(task)
}

/// One step: goes on until the coroutine waits, returns or raises.
pub(super) fn step(vm: &mut Vm, this: &Loop, task: &Value, thrown: Option<Raised>) -> Result<()> {
    let Some(future) = futures::of(task) else { return Ok(()) };
    let Some(part) = future.task() else { return Ok(()) };
    if future.is_done() {
        let shown = vm.repr_text(task)?;
        return Err(futures::invalid_state(vm, &format!("__step(): already done: {shown}")));
    }
    let thrown = if part.must_cancel.get() {
        part.must_cancel.set(false);
        match thrown {
            Some(raised) if raised.is(&this.classes.cancelled_error) => Some(raised),
            _ => Some(futures::cancelled_error(vm, future)),
        }
    } else {
        thrown
    };
    drop(part.waiter.replace(Value::NONE));
    let outer = this.current.replace(task.clone());
    let before = context::swap(vm, part.context.take());
    let outcome = resume(vm, &part.coroutine, thrown);
    // Asking for it has made it.
    part.context.set(context::swap(vm, before));
    drop(this.current.replace(outer));
    match outcome {
        Ok(Step::Yielded(value)) => yielded(vm, this, task, future, part, value),
        Ok(Step::Returned(value)) => {
            if part.must_cancel.get() {
                // Cancelled just before it finished.
                part.must_cancel.set(false);
                let message = Value::peek(&future.cancel_message);
                futures::cancel_plain(task, future, &message);
            } else {
                futures::finish(task, future, value);
            }
            Ok(())
        }
        Err(raised) if raised.is(&this.classes.cancelled_error) => {
            // The error carries the message on; the task itself forgets it.
            drop(future.cancelled_error.replace(raised.into_value()));
            futures::cancel_plain(task, future, &Value::NONE);
            Ok(())
        }
        Err(raised) => {
            let exception = raised.0.to_value();
            futures::fail(task, future, exception.clone());
            if events::is_fatal(vm, &exception) { Err(super::keeping(raised, task)) } else { Ok(()) }
        }
    }
}

fn resume(vm: &mut Vm, coroutine: &Cell<Value>, thrown: Option<Raised>) -> Result<Step> {
    let coroutine = Value::peek(coroutine);
    if let Some(generator) = coroutine.downcast_ref::<GenObj>() {
        // What is thrown in lives as long as the step, even when the coroutine is done with it.
        let held = thrown.as_ref().map(|raised| raised.0.clone());
        let input = match thrown {
            None => Resume::Send(Value::NONE),
            Some(raised) => Resume::Throw(raised),
        };
        let step = vm.resume(generator, input);
        drop(held);
        return step;
    }
    if let Some(sleep) = coroutine.opaque::<Sleep>() {
        let answer = match thrown {
            None => coroutines::poll(vm, &coroutine)?,
            Some(raised) => return Err(sleep.throw(raised)),
        };
        return Ok(match answer {
            AwaitStep::Yield(value) => Step::Yielded(value),
            AwaitStep::Return(value) => Step::Returned(value),
        });
    }
    let answer = match thrown {
        None => vm.call_method(&coroutine, "send", &[Value::NONE]),
        Some(raised) => vm.call_method(&coroutine, "throw", &[raised.into_value()]),
    };
    match answer {
        Ok(value) => Ok(Step::Yielded(value)),
        Err(raised) if raised.is(&vm.exceptions.stop_iteration) => {
            Ok(Step::Returned(vm.stop_value(&raised.0)))
        }
        Err(raised) => Err(raised),
    }
}

/// The coroutine waits for `value`.
fn yielded(
    vm: &mut Vm,
    this: &Loop,
    task: &Value,
    future: &Future,
    part: &TaskPart,
    value: Value,
) -> Result<()> {
    if value.is_none() {
        this.push(Ready::Step(task.clone()));
        return Ok(());
    }
    if value.is_same(task) {
        let shown = vm.repr_text(task)?;
        return fail_next(vm, this, task, format!("Task cannot await on itself: {shown}"));
    }
    if let Some(awaited) = futures::of(&value) {
        if !awaited.event_loop().is_same(&future.event_loop()) {
            let (shown, other) = (vm.repr_text(task)?, vm.repr_text(&value)?);
            let text = format!("Task {shown} got Future {other} attached to a different loop");
            return fail_next(vm, this, task, text);
        }
        if !awaited.blocking.replace(false) {
            let (shown, other) = (vm.repr_text(task)?, vm.repr_text(&value)?);
            let text = format!("yield was used instead of yield from in task {shown} with {other}");
            return fail_next(vm, this, task, text);
        }
        futures::add_callback(&value, awaited, Callback::Wakeup(task.clone()));
        drop(part.waiter.replace(value.clone()));
        if part.must_cancel.get() {
            let message = Value::peek(&future.cancel_message);
            if futures::cancel(vm, &value, &message)? {
                part.must_cancel.set(false);
            }
        }
        return Ok(());
    }
    if value.get::<GenObj>().is_some_and(|g| g.kind == GenKind::Generator) {
        let (shown, other) = (vm.repr_text(task)?, vm.repr_text(&value)?);
        let text = format!("yield was used instead of yield from for generator in task {shown} with {other}");
        return fail_next(vm, this, task, text);
    }
    let shown = vm.repr_text(&value)?;
    fail_next(vm, this, task, format!("Task got bad yield: {shown}"))
}

/// The coroutine gets a RuntimeError at its next step.
fn fail_next(vm: &mut Vm, this: &Loop, task: &Value, text: String) -> Result<()> {
    let raised = vm.runtime_error(text);
    this.push(Ready::Throw(task.clone(), raised.0));
    Ok(())
}

/// The future that a task waits for is done.
pub(super) fn wakeup(vm: &mut Vm, this: &Loop, task: &Value, future: &Value) -> Result<()> {
    let thrown = match futures::of(future) {
        Some(done) if done.peek_result().is_some() => None,
        // A future of another class is asked for its `result()`.
        Some(done) if done.gathering().is_some() || done.state() == FutureState::Cancelled => {
            futures::result(vm, done).err()
        }
        Some(done) => futures::outcome(vm, done).err(),
        None => None,
    };
    step(vm, this, task, thrown)
}

/// As many tasks as CPython's native stack takes when each passes a cancellation on to the next.
const LONGEST_CHAIN: usize = 9995;

/// `task.cancel(msg)`
pub(super) fn cancel(vm: &mut Vm, this: &Future, part: &TaskPart, message: &Value) -> Result<bool> {
    this.mark_retrieved();
    if this.is_done() {
        return Ok(false);
    }
    part.cancels.set(part.cancels.get() + 1);
    let mut waiter = Value::peek(&part.waiter);
    // Down the chain of tasks that wait for one another, which may be a ring.
    let mut lowest: Option<Value> = None;
    let mut depth = 1;
    while let Some((future, next)) = builtin_task(&waiter).filter(|(future, _)| !future.is_done()) {
        depth += 1;
        if depth > LONGEST_CHAIN {
            return Err(vm.recursion_error("maximum recursion depth exceeded while calling a Python object"));
        }
        future.mark_retrieved();
        next.cancels.set(next.cancels.get() + 1);
        let below = Value::peek(&next.waiter);
        lowest = Some(std::mem::replace(&mut waiter, below));
    }
    if !waiter.is_none() && futures::cancel(vm, &waiter, message)? {
        return Ok(true);
    }
    let (this, part) = lowest.as_ref().and_then(builtin_task).unwrap_or((this, part));
    part.must_cancel.set(true);
    drop(this.cancel_message.replace(message.clone()));
    Ok(true)
}

/// A task of the class itself, whose `cancel` nobody overrides.
fn builtin_task(value: &Value) -> Option<(&Future, &TaskPart)> {
    let future = futures::of(value)?;
    if future.is_builtin_class(value) { Some((future, future.task()?)) } else { None }
}

/// The tasks of a loop that are not done, in the order in which they were made.
pub(super) fn unfinished(vm: &mut Vm, event_loop: &Value) -> Vec<Value> {
    let Some(native) = events::of(event_loop) else { return Vec::new() };
    if native.unfinished.get() == 0 {
        return Vec::new();
    }
    let class = native.classes.task.clone();
    let mut tasks: Vec<(u64, Value)> = heap::instances(&class)
        .into_iter()
        .filter_map(|task| {
            let future = futures::of(&task)?;
            let number = future.task()?.number.get();
            (!future.is_done() && future.event_loop().is_same(event_loop)).then_some((number, task))
        })
        .collect();
    tasks.sort_by_key(|(number, _)| *number);
    native.unfinished.set(tasks.len());
    let _ = vm;
    tasks.into_iter().map(|(_, task)| task).collect()
}

fn expect<'v>(vm: &Vm, value: &'v Value) -> Result<(&'v Future, &'v TaskPart)> {
    match futures::of(value).and_then(|future| Some((future, future.task()?))) {
        Some(found) => Ok(found),
        None => Err(vm.type_error("a task was expected")),
    }
}

fn init(vm: &mut Vm, args: &[Value]) -> Result {
    let [value, coroutine, event_loop, name, context, eager] = args else {
        return Err(vm.type_error("Task() missing required argument 'coro' (pos 1)"));
    };
    let (future, part) = expect(vm, value)?;
    if !coroutines::is_coroutine(vm, coroutine) {
        return Err(not_a_coroutine(vm, coroutine));
    }
    futures::init_loop(vm, future, event_loop)?;
    debug::note_origin(vm, value, None);
    if name.is_none() {
        part.number.set(next_number(vm));
    } else {
        let name = vm.str_of(name)?.into_value();
        drop(part.name.replace(name));
    }
    let context = context::given_or_inherited(vm, context)?;
    drop(part.context.replace(context));
    drop(part.coroutine.replace(coroutine.clone()));
    drop(part.code.replace(code_of(coroutine)));
    let held = future.event_loop();
    let Some(native) = events::of(&held) else { return Ok(Value::NONE) };
    native.check_open(vm)?;
    native.unfinished.set(native.unfinished.get() + 1);
    if vm.truth(eager)? && native.is_running() {
        step(vm, native, value, None)?;
        if future.is_done() {
            drop(part.coroutine.replace(Value::NONE));
        }
    } else {
        native.push(Ready::Step(value.clone()));
    }
    Ok(Value::NONE)
}

fn dunder_new(vm: &mut Vm, values: &[Value], _: &[Ref<crate::object::Str>]) -> Result {
    let Some(class) = values.first().and_then(|class| class.downcast::<Class>()) else {
        return Err(vm.type_error("Task.__new__(X): X is not a type object"));
    };
    let part = Part::Task(TaskPart::new(Value::NONE, 0, Value::UNBOUND));
    Ok(new_opaque(&class, Future::new(Value::UNBOUND, part)))
}

/// `task.get_stack()`: the frame of a suspended coroutine; of a failed one, those of its
/// traceback.
fn get_stack(vm: &mut Vm, args: &[Value]) -> Result {
    let (future, part) = expect(vm, &args[0])?;
    let coroutine = Value::peek(&part.coroutine);
    let name = vm.intern("cr_frame");
    let mut frames = Vec::new();
    match vm.get_attr_optional(&coroutine, &name)? {
        Some(frame) if !frame.is_none() => frames.push(frame),
        _ => {
            let exception = future.peek_exception();
            let mut entry = exception
                .as_ref()
                .and_then(|exc| exc.get::<ExcObj>())
                .map_or(Value::NONE, |exc| Value::peek(&exc.traceback));
            while !entry.is_none() {
                frames.push(vm.get_attr_text(&entry, "tb_frame")?);
                entry = vm.get_attr_text(&entry, "tb_next")?;
            }
        }
    }
    if !args[1].is_none() {
        let limit = vm.index_clamped(&args[1])?;
        frames.truncate(usize::try_from(limit).unwrap_or_default());
    }
    Ok(vm.list(frames))
}

const ROWS: &[Row] = &[
    static_raw("__new__(cls, coro, *, loop=None, name=None, context=None, eager_start=False)", dunder_new),
    method("__init__(self, coro, *, loop=None, name=None, context=None, eager_start=False)", init),
    method("get_coro(self, /)", |vm, args| Ok(Value::peek(&expect(vm, &args[0])?.1.coroutine))),
    method("get_context(self, /)", |vm, args| {
        let (_, part) = expect(vm, &args[0])?;
        let held = Value::peek(&part.context);
        let runs = events::of(&expect(vm, &args[0])?.0.event_loop())
            .is_some_and(|this| Value::peek(&this.current).is_same(&args[0]));
        if runs && held.is_unbound() {
            return Ok(context::current(vm));
        }
        Ok(context::shown(vm, &part.context))
    }),
    method("get_name(self, /)", |vm, args| Ok(expect(vm, &args[0])?.1.name(vm))),
    method("set_name(self, value, /)", |vm, args| {
        let name = vm.str_of(&args[1])?.into_value();
        drop(expect(vm, &args[0])?.1.name.replace(name));
        Ok(Value::NONE)
    }),
    method("cancelling(self, /)", |vm, args| {
        let count = expect(vm, &args[0])?.1.cancels.get();
        Ok(vm.int(count))
    }),
    method("uncancel(self, /)", |vm, args| {
        let part = expect(vm, &args[0])?.1;
        let count = (part.cancels.get() - 1).max(0);
        part.cancels.set(count);
        if count == 0 {
            part.must_cancel.set(false);
        }
        Ok(vm.int(count))
    }),
    method("set_result(self, result, /)", |vm, _| {
        Err(vm.runtime_error("Task does not support set_result operation"))
    }),
    method("set_exception(self, exception, /)", |vm, _| {
        Err(vm.runtime_error("Task does not support set_exception operation"))
    }),
    method("get_stack(self, /, *, limit=None)", get_stack),
    method("print_stack(self, /, *, limit=None, file=None)", |vm, args| {
        let print = super::part_function(vm, "asyncio.waiting", "_print_stack")?;
        vm.call(&print, args)
    }),
    getter("_coro", |vm, value| Ok(Value::peek(&expect(vm, value)?.1.coroutine))),
    getter("_fut_waiter", |vm, value| Ok(Value::peek(&expect(vm, value)?.1.waiter))),
    getter("_must_cancel", |vm, value| Ok(Value::bool(expect(vm, value)?.1.must_cancel.get()))),
];

pub(super) fn class(vm: &mut Vm, future: &Ref<Class>) -> Ref<Class> {
    let class = vm.new_class("Task", "_asyncio", future, Kind::Opaque, futures::FLAGS, ROWS);
    class.set_flag(crate::object::class_flag::QUALIFIED);
    class
}

/// `loop` as an argument: the running one when it is None.
fn loop_argument(vm: &mut Vm, argument: &Value) -> Result {
    if argument.is_none() { events::running_loop(vm) } else { Ok(argument.clone()) }
}

pub(super) const NATIVE: &[Row] = &[function("current_task(loop=None)", |vm, args| {
    let event_loop = loop_argument(vm, &args[0])?;
    Ok(events::of(&event_loop).map_or(Value::NONE, |this| Value::peek(&this.current)))
})];

/// Those that CPython has in Python.
pub(super) const FUNCTIONS: &[Row] = &[
    function("create_task(coro, *, name=None, context=None)", |vm, args| {
        let event_loop = events::running_loop(vm).map_err(|raised| super::keeping(raised, &args[0]))?;
        let plain = events::of(&event_loop).is_some_and(Loop::makes_plain_tasks);
        if plain {
            let context = context::given_or_inherited(vm, &args[2])?;
            let task = create(vm, &event_loop, &args[0], &args[1], context)?;
            debug::note_origin(vm, &task, Some(debug::CREATE_TASK));
            return Ok(task);
        }
        let method = vm.get_attr_text(&event_loop, "create_task")?;
        let names = ["name", "context"].map(|name| vm.intern(name));
        // A factory does not hear of a context that nobody gave.
        let given = if args[2].is_none() { 1 } else { 2 };
        vm.call_kw(&method, &args[..=given], &names[..given])
    }),
    function("all_tasks(loop=None)", |vm, args| {
        let event_loop = loop_argument(vm, &args[0])?;
        let set = vm.new_set();
        for task in unfinished(vm, &event_loop) {
            vm.set_add(&set, &task)?;
        }
        Ok(set.into_value())
    }),
    function("eager_task_factory(loop, coro, *, name=None, context=None)", |vm, args| {
        let class = super::classes(vm).task.to_value();
        let names = ["loop", "name", "context", "eager_start"].map(|name| vm.intern(name));
        let values = [args[1].clone(), args[0].clone(), args[2].clone(), args[3].clone(), Value::TRUE];
        vm.call_kw(&class, &values, &names)
    }),
    function("ensure_future(coro_or_future, *, loop=None)", |vm, args| {
        let event_loop = args[1].clone();
        ensure_future(vm, &args[0], (!event_loop.is_none()).then_some(&event_loop))
            .map_err(|raised| super::keeping(raised, &args[0]))
    }),
];

/// Cancels every task of a loop that is not done, lets the loop run until they are, and reports
/// what they raised instead.
pub(super) fn cancel_all(vm: &mut Vm, event_loop: &Value) -> Result<()> {
    let tasks = unfinished(vm, event_loop);
    if tasks.is_empty() {
        return Ok(());
    }
    for task in &tasks {
        futures::cancel(vm, task, &Value::NONE)?;
    }
    let all = gather::gather(vm, &tasks, true)?;
    drop(events::run_until_complete(vm, event_loop, &all)?);
    for task in tasks {
        let Some(future) = futures::of(&task) else { continue };
        if future.state() != FutureState::Finished {
            continue;
        }
        let exception = futures::exception(vm, future)?;
        if !exception.is_none() {
            let context = vm.new_dict();
            drop(context.set_text("message", vm.str("unhandled exception during asyncio.run() shutdown")));
            drop(context.set_text("exception", exception));
            drop(context.set_text("task", task.clone()));
            events::call_exception_handler(vm, event_loop, &context.into_value())?;
        }
    }
    Ok(())
}
