//! `sleep`, and the questions what is a coroutine, what can be awaited.
//!
//! `sleep(…)` gives a coroutine without a frame: an object that the machine polls. A bare
//! `sleep(0)` yields None once, a longer one makes a future, sets a timer for it and yields
//! that. To a program it is a coroutine like any other: `send`, `throw`, `close`, tasks.

use super::State;
use super::events::{self, NANOS, seconds};
use super::futures::{self, Future};
use super::timers::Timer;
use crate::object::{
    BoundMethod, Class, ExcObj, Function, GenKind, GenObj, Kind, Opaque, Ref, Special, Tracer, Value,
    class_flag, flag, new_opaque,
};
use crate::vm::native::{Native, NativeFn, function, getter, method};
use crate::vm::{AwaitStep, CompareOp, Raised, Result, Row, Vm};
use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Created,
    /// After the bare yield of `sleep(0)`.
    Yielded,
    /// Until the timer has fired.
    Waiting,
    Finished,
}

/// The coroutine of a `sleep`; without a delay, one that returns at once.
pub(super) struct Sleep {
    stage: Cell<Stage>,
    /// Unbound for the coroutine that returns at once.
    delay: Cell<Value>,
    result: Cell<Value>,
    /// The future that the timer finishes, or None.
    future: Cell<Value>,
    /// Where it was made, when that is tracked.
    origin: Cell<Value>,
}

impl Opaque for Sleep {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.delay);
        tracer.cell(&self.result);
        tracer.cell(&self.future);
        tracer.cell(&self.origin);
    }

    fn clear(&self) {
        drop(self.result.replace(Value::NONE));
        drop(self.future.replace(Value::NONE));
    }
}

impl Sleep {
    pub(super) fn name(&self) -> &'static str {
        if Value::peek(&self.delay).is_unbound() { "shutdown_asyncgens" } else { "sleep" }
    }

    /// What `repr` of a task says: the line in CPython's file where the coroutine stands.
    pub(super) fn place(&self) -> (&'static str, u32) {
        match self.stage.get() {
            Stage::Created => ("running", 703),
            Stage::Yielded => ("running", 699),
            Stage::Waiting => ("running", 718),
            Stage::Finished => ("done, defined", 703),
        }
    }

    /// An exception that is thrown in leaves at once; the timer no longer matters.
    pub(super) fn throw(&self, raised: Raised) -> Raised {
        let future = self.future.replace(Value::NONE);
        self.stage.set(Stage::Finished);
        if let Some(held) = future.opaque::<Future>().map(Future::event_loop)
            && let Some(event_loop) = events::of(&held)
        {
            event_loop.note_cancelled_timer();
        }
        raised
    }
}

/// How many used objects are kept for the next `sleep(0)`.
const MOST_SPARE: usize = 64;

/// A program that takes turns makes and drops one of these a turn, so those that a bare yield is
/// done with are used again, as soon as nobody else holds them.
fn new(vm: &mut Vm, delay: Value, result: Value) -> Value {
    let depth = vm.thread.origin_depth;
    let origin = if depth > 0 { vm.stack_origin(depth) } else { Value::UNBOUND };
    let state = vm.extension::<State>();
    if let Some(front) = state.spare_sleeps.front()
        && front.ref_count() == 1
        && let Some(value) = state.spare_sleeps.pop_front()
        && let (Some(this), Some(header)) = (value.opaque::<Sleep>(), value.header())
    {
        header.unset(flag::FINALIZED);
        this.stage.set(Stage::Created);
        drop(this.delay.replace(delay));
        drop(this.result.replace(result));
        drop(this.origin.replace(origin));
        return value;
    }
    let classes = super::classes(vm);
    let body = Sleep {
        stage: Cell::new(Stage::Created),
        delay: Cell::new(delay),
        result: Cell::new(result),
        future: Cell::new(Value::NONE),
        origin: Cell::new(origin),
    };
    new_opaque(&classes.sleep, body)
}

/// A coroutine that returns None at once.
pub(super) fn finished(vm: &mut Vm) -> Value {
    new(vm, Value::UNBOUND, Value::NONE)
}

/// Goes on with a sleep: at the `await`, and when its task goes on.
pub(super) fn poll(vm: &mut Vm, value: &Value) -> Result<AwaitStep> {
    let Some(this) = value.opaque::<Sleep>() else { return Err(vm.type_error("a sleep was expected")) };
    match this.stage.get() {
        Stage::Created => {
            if let Some(header) = value.header() {
                // No longer one that was never awaited.
                header.set(flag::FINALIZED);
            }
            begin(vm, this)
        }
        Stage::Yielded => {
            this.stage.set(Stage::Finished);
            let spare = &mut vm.extension::<State>().spare_sleeps;
            let watched = value.header().is_none_or(|header| header.has(flag::WEAKLY_REFERENCED));
            if spare.len() < MOST_SPARE && !watched {
                spare.push_back(value.clone());
            }
            Ok(AwaitStep::Return(this.result.replace(Value::NONE)))
        }
        Stage::Waiting => {
            this.stage.set(Stage::Finished);
            let future = this.future.replace(Value::NONE);
            match future.opaque::<Future>() {
                Some(done) if done.is_done() => futures::result(vm, done).map(AwaitStep::Return),
                _ => Err(vm.runtime_error("await wasn't used with future")),
            }
        }
        Stage::Finished => Err(vm.runtime_error("cannot reuse already awaited coroutine")),
    }
}

fn begin(vm: &mut Vm, this: &Sleep) -> Result<AwaitStep> {
    this.stage.set(Stage::Finished);
    let delay = Value::peek(&this.delay);
    if delay.is_unbound() {
        return Ok(AwaitStep::Return(Value::NONE));
    }
    let at_once = match (delay.as_int(), delay.as_float()) {
        (Some(n), _) => n <= 0,
        (_, Some(x)) => x <= 0.0,
        (None, None) => {
            let zero = Value::index(0);
            vm.compare_truth(CompareOp::Le, &delay, &zero)?
        }
    };
    if at_once {
        this.stage.set(Stage::Yielded);
        return Ok(AwaitStep::Yield(Value::NONE));
    }
    let delay = seconds(vm, &delay)?;
    if delay.is_nan() {
        return Err(vm.value_error("Invalid delay: NaN (not a number)"));
    }
    let running = events::running_loop(vm)?;
    let future = futures::new(&running);
    // However short, a delay takes time: who sleeps until a moment gets there.
    let delay = ((delay * NANOS).round() as i64).max(1);
    let when = vm.host.monotonic().saturating_add(delay);
    if let (Some(event_loop), Some(body)) = (events::of(&running), future.opaque::<Future>()) {
        let result = this.result.replace(Value::NONE);
        event_loop.push_timer(when, Timer::Sleep { future: future.clone(), result });
        body.blocking.set(true);
    }
    drop(this.future.replace(future.clone()));
    this.stage.set(Stage::Waiting);
    Ok(AwaitStep::Yield(future))
}

fn expect<'v>(vm: &Vm, value: &'v Value) -> Result<&'v Sleep> {
    value.opaque::<Sleep>().ok_or_else(|| vm.type_error("a coroutine was expected"))
}

fn send(vm: &mut Vm, args: &[Value]) -> Result {
    let this = expect(vm, &args[0])?;
    if this.stage.get() == Stage::Created && !args[1].is_none() {
        return Err(vm.type_error("can't send non-None value to a just-started coroutine"));
    }
    match poll(vm, &args[0])? {
        AwaitStep::Yield(value) => Ok(value),
        AwaitStep::Return(value) => Err(vm.stop_iteration(value)),
    }
}

fn throw(vm: &mut Vm, args: &[Value]) -> Result {
    let this = expect(vm, &args[0])?;
    if let Some(header) = args[0].header() {
        header.set(flag::FINALIZED);
    }
    let given = if args[1].get::<ExcObj>().is_some() {
        args[1].clone()
    } else if args[2].get::<ExcObj>().is_some() {
        args[2].clone()
    } else {
        vm.call(&args[1], &[])?
    };
    match given.downcast::<ExcObj>() {
        Some(exception) => Err(this.throw(Raised(exception))),
        None => {
            let name = vm.type_name(&args[1]);
            Err(vm.type_error(format!(
                "exceptions must be classes or instances deriving from BaseException, not {name}"
            )))
        }
    }
}

fn close(vm: &mut Vm, args: &[Value]) -> Result {
    let this = expect(vm, &args[0])?;
    if let Some(header) = args[0].header() {
        header.set(flag::FINALIZED);
    }
    if this.stage.get() != Stage::Finished {
        let exit = vm.exceptions.generator_exit.clone();
        drop(this.throw(vm.raised(&exit, "")));
    }
    Ok(Value::NONE)
}

const ROWS: &[Row] = &[
    method("send(self, arg, /)", send),
    method("throw(self, type, value=None, traceback=None, /)", throw),
    method("close(self, /)", close),
    method("__await__(self, /)", |vm, args| {
        let class = super::classes(vm).sleep_iterator.clone();
        Ok(new_opaque(&class, Iterator { sleep: args[0].clone() }))
    }),
    method("__repr__(self, /)", |vm, args| {
        let name = expect(vm, &args[0])?.name();
        Ok(vm.str(format!("<coroutine object {name} at {:#x}>", args[0].id())))
    }),
    method("__del__(self, /)", |vm, args| {
        let this = expect(vm, &args[0])?;
        if this.stage.get() == Stage::Created {
            let category = vm.exceptions.runtime_warning.clone();
            let text = vm.never_awaited_text(this.name(), &Value::peek(&this.origin));
            vm.warn(&category, &text)?;
        }
        Ok(Value::NONE)
    }),
    getter("__name__", |vm, value| Ok(vm.str(expect(vm, value)?.name()))),
    getter("__qualname__", |vm, value| Ok(vm.str(expect(vm, value)?.name()))),
    getter("cr_await", |vm, value| Ok(Value::peek(&expect(vm, value)?.future))),
    getter("cr_code", |_, _| Ok(Value::NONE)),
    getter("cr_frame", |_, _| Ok(Value::NONE)),
    getter("cr_origin", |vm, value| {
        Ok(Value::peek(&expect(vm, value)?.origin).bound().cloned().unwrap_or(Value::NONE))
    }),
    getter("cr_running", |_, _| Ok(Value::FALSE)),
    getter("cr_suspended", |vm, value| {
        let stage = expect(vm, value)?.stage.get();
        Ok(Value::bool(matches!(stage, Stage::Yielded | Stage::Waiting)))
    }),
];

/// `sleep(…).__await__()`: an iterator over the coroutine.
struct Iterator {
    sleep: Value,
}

impl Opaque for Iterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.sleep);
    }
    fn clear(&self) {}
}

/// Calls the coroutine's method of the same name, with what the iterator's was called with.
fn forward(vm: &mut Vm, method: NativeFn, args: &[Value]) -> Result {
    let mut forwarded = args.to_vec();
    forwarded[0] = args[0].opaque::<Iterator>().expect("the receiver was checked").sleep.clone();
    method(vm, &forwarded)
}

const ITERATOR_ROWS: &[Row] = &[
    method("__iter__(self, /)", |_, args| Ok(args[0].clone())),
    method("__next__(self, /)", |vm, args| forward(vm, send, &[args[0].clone(), Value::NONE])),
    method("send(self, arg, /)", |vm, args| forward(vm, send, args)),
    method("throw(self, type, value=None, traceback=None, /)", |vm, args| forward(vm, throw, args)),
    method("close(self, /)", |vm, args| forward(vm, close, args)),
];

/// The classes of the coroutine and of its iterator.
pub(super) fn classes(vm: &mut Vm) -> (Ref<Class>, Ref<Class>) {
    let base = vm.types.coroutine.clone();
    let flags = class_flag::WEAKREF | class_flag::FINALIZER;
    let coroutine = vm.new_class("coroutine", "builtins", &base, Kind::Opaque, flags, ROWS);
    let base = vm.types.object.clone();
    let iterator = vm.new_class("coroutine_wrapper", "builtins", &base, Kind::Opaque, 0, ITERATOR_ROWS);
    (coroutine, iterator)
}

/// `asyncio.iscoroutine(value)`: a coroutine object, or anything with the methods of one.
pub(super) fn is_coroutine(vm: &mut Vm, value: &Value) -> bool {
    if let Some(generator) = value.get::<GenObj>() {
        return generator.kind == GenKind::Coroutine;
    }
    if value.opaque::<Sleep>().is_some() {
        return true;
    }
    if value.header().is_none() {
        return false;
    }
    let class = vm.class_of(value).clone();
    ["send", "throw", "close", "__await__"].into_iter().all(|name| {
        let name = vm.intern(name);
        class.lookup(&name).is_some()
    })
}

/// Whether `await value` is possible.
pub(super) fn is_awaitable(vm: &mut Vm, value: &Value) -> bool {
    if let Some(generator) = value.get::<GenObj>() {
        return generator.kind == GenKind::Coroutine || generator.awaitable.get();
    }
    vm.class_of(value).has_special(Special::Await)
}

const SLEEP: &str = "sleep(delay, result=None)";

pub(super) fn is_coroutine_function(value: &Value) -> bool {
    if let Some(method) = value.get::<BoundMethod>() {
        return is_coroutine_function(&method.function);
    }
    if let Some(native) = value.get::<Native>() {
        return native.row.signature == SLEEP;
    }
    value.get::<Function>().is_some_and(|function| function.code.code.flags.coroutine)
}

pub(super) const SLEEPING: &[Row] =
    &[function(SLEEP, |vm, args| Ok(new(vm, args[0].clone(), args[1].clone())))];

pub(super) const FUNCTIONS: &[Row] = &[
    function("iscoroutine(obj)", |vm, args| {
        let found = is_coroutine(vm, &args[0]);
        Ok(Value::bool(found))
    }),
    function("iscoroutinefunction(func)", |_, args| Ok(Value::bool(is_coroutine_function(&args[0])))),
];
