//! The methods of event loops: scheduling calls, making futures and tasks, running and closing,
//! and what the loop does about asynchronous generators.

use super::handle::{Call, Handle, new_handle};
use super::report::{call_exception_handler, default_exception_handler};
use super::{Loop, NANOS, Ready, close, expect_loop, new_loop, run_forever, run_until_complete};
use crate::asyncio::timers::Timer;
use crate::asyncio::{coroutines, debug, futures, keeping, part_function, tasks};
use crate::object::{Class, Kind, Ref, Str, Value, WeakRef, class_flag};
use crate::types::context;
use crate::vm::native::{getset, method, raw, static_raw};
use crate::vm::{BinaryOp, Result, Row, Vm};

/// `callback, *args` of the scheduling methods, and the context of `context=`.
fn split_call(vm: &mut Vm, name: &str, leading: usize, values: &[Value], names: &[Ref<Str>]) -> Result<Call> {
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

fn call_soon(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    soon(vm, "call_soon", values, names)
}

fn call_soon_threadsafe(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    soon(vm, "call_soon_threadsafe", values, names)
}

fn soon(vm: &mut Vm, name: &str, values: &[Value], names: &[Ref<Str>]) -> Result {
    let call = split_call(vm, name, 1, values, names)?;
    let this = expect_loop(vm, &values[0])?;
    this.check_open(vm)?;
    check_callback(vm, this, name, &call.0)?;
    let handle = new_handle(&this.classes, &values[0], call, None);
    note_place(vm, this, &handle);
    this.push(Ready::Handle(handle.clone()));
    Ok(handle)
}

/// In debug mode what cannot be called is refused at once.
fn check_callback(vm: &mut Vm, this: &Loop, name: &str, callback: &Value) -> Result<()> {
    if !this.debug.get() {
        return Ok(());
    }
    if coroutines::is_coroutine(vm, callback) || coroutines::is_coroutine_function(callback) {
        return Err(vm.type_error(format!("coroutines cannot be used with {name}()")));
    }
    if !vm.is_callable(callback) {
        let shown = vm.repr_text(callback)?;
        return Err(vm.type_error(format!("a callable object was expected by {name}(), got {shown}")));
    }
    Ok(())
}

/// In debug mode a handle says where it was made, also when it has been cancelled.
fn note_place(vm: &mut Vm, this: &Loop, handle: &Value) {
    if this.debug.get()
        && let Some(handle) = handle.opaque::<Handle>()
    {
        drop(handle.created.replace(debug::made_here(vm, None)));
    }
}

fn call_later(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let call = split_call(vm, "call_later", 2, values, names)?;
    if values[1].is_none() {
        return Err(vm.type_error("delay must not be None"));
    }
    let delay = seconds(vm, &values[1])?;
    let now = vm.host.monotonic();
    schedule(vm, &values[0], now.saturating_add(nanos(delay)), now as f64 / NANOS + delay, call)
}

fn call_at(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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
    check_callback(vm, this, "call_at", &call.0)?;
    let handle = new_handle(&this.classes, value, call, Some(when));
    note_place(vm, this, &handle);
    this.push_timer(at, Timer::Handle(handle.clone()));
    Ok(handle)
}

/// A number of seconds.
pub(in crate::asyncio) fn seconds(vm: &mut Vm, value: &Value) -> Result<f64> {
    if let Some(x) = value.as_float() {
        return Ok(x);
    }
    if let Some(n) = value.as_int() {
        return Ok(n as f64);
    }
    // Any other number adds to a float as in CPython's arithmetic.
    let zero = Value::float(0.0);
    let sum = vm.binary(BinaryOp::Add, &zero, value)?;
    match sum.as_float() {
        Some(x) => Ok(x),
        None => Err(vm.type_error("a number of seconds was expected")),
    }
}

/// Nanoseconds of a number of seconds; saturates.
fn nanos(seconds: f64) -> i64 {
    (seconds * NANOS).round() as i64
}

const LOOP: &[Row] = &[
    raw("call_soon(self, callback, *args, context=None)", call_soon),
    raw("call_soon_threadsafe(self, callback, *args, context=None)", call_soon_threadsafe),
    raw("call_later(self, delay, callback, *args, context=None)", call_later),
    raw("call_at(self, when, callback, *args, context=None)", call_at),
    method("time(self)", |vm, _| Ok(Value::float(vm.host.monotonic() as f64 / NANOS))),
    method("create_future(self)", |vm, args| {
        expect_loop(vm, &args[0])?;
        let future = futures::new(&args[0]);
        debug::note_origin(vm, &future, Some(debug::CREATE_FUTURE));
        Ok(future)
    }),
    method("create_task(self, coro, *, name=None, context=None)", |vm, args| {
        let this = expect_loop(vm, &args[0])?;
        this.check_open(vm).map_err(|raised| keeping(raised, &args[1]))?;
        let factory = Value::peek(&this.task_factory);
        if factory.is_none() {
            let context = context::given_or_inherited(vm, &args[3])?;
            let task = tasks::create(vm, &args[0], &args[1], &args[2], context)?;
            debug::note_origin(vm, &task, None);
            return Ok(task);
        }
        let task = if args[3].is_none() {
            vm.call(&factory, &[args[0].clone(), args[1].clone()])?
        } else {
            let name = vm.intern("context");
            vm.call_kw(&factory, &[args[0].clone(), args[1].clone(), args[3].clone()], &[name])?
        };
        // Also when there is no name, which is then `None`.
        drop(vm.call_method(&task, "set_name", &[args[2].clone()])?);
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
        let this = expect_loop(vm, &args[0])?;
        this.debug.set(on);
        if this.running.get() {
            vm.thread.origin_depth = if on { debug::STACK_DEPTH } else { 0 };
        }
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
        let close = part_function(vm, "asyncio.waiting", "_close_asyncgens")?;
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
    getset(
        "slow_callback_duration",
        |vm, value| Ok(Value::float(expect_loop(vm, value)?.slow_callback_duration.get())),
        |vm, value, new| {
            let limit = seconds(vm, new)?;
            expect_loop(vm, value)?.slow_callback_duration.set(limit);
            Ok(())
        },
    ),
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

const NEW_LOOP: &[Row] = &[static_raw("__new__(cls)", |vm, _, _| new_loop(vm))];

/// The class of event loops.
pub(super) fn class(vm: &mut Vm) -> Ref<Class> {
    let object = vm.types.object.clone();
    let event_loop = vm.new_class(
        "_UnixSelectorEventLoop",
        "asyncio.unix_events",
        &object,
        Kind::Opaque,
        class_flag::WEAKREF | class_flag::BASE | class_flag::HAS_DICT | class_flag::TAIL_DICT,
        LOOP,
    );
    vm.add_rows(&event_loop, NEW_LOOP);
    event_loop
}
