//! The methods of `Future`, its class, and the functions of `asyncio.futures`.

use super::iter::dunder_await;
use super::{
    Callback, Future, Part, State, add_callback, cancel_native, cancelled_error, exception, expect, finish,
    init_loop, invalid_state, is_future, of, result, set_exception,
};
use crate::asyncio::{debug, events, format};
use crate::object::{Class, Kind, Ref, Str, Value, class_flag, new_opaque};
use crate::types::context;
use crate::vm::native::{class_method, function, getset, getter, method, raw, static_raw};
use crate::vm::{Result, Row, Vm};

fn dunder_new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let Some(class) = values.first().and_then(|class| class.downcast::<Class>()) else {
        return Err(vm.type_error("Future.__new__(X): X is not a type object"));
    };
    Ok(new_opaque(&class, Future::new(Value::UNBOUND, Part::Plain)))
}

fn add_done_callback(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let positional = values.len() - names.len();
    if positional != 2 {
        let count = positional.saturating_sub(1);
        return Err(
            vm.type_error(format!("add_done_callback() takes exactly 1 positional argument ({count} given)"))
        );
    }
    let this = expect(vm, &values[0])?;
    let context = context::given_or_inherited(vm, values.get(2).unwrap_or(&Value::NONE))?;
    add_callback(&values[0], this, Callback::Call(values[1].clone(), context));
    Ok(Value::NONE)
}

fn remove_done_callback(vm: &mut Vm, args: &[Value]) -> Result {
    let this = expect(vm, &args[0])?;
    let mut callbacks = vec![this.first.take()];
    callbacks.append(&mut this.rest.borrow_mut());
    let mut kept = Vec::new();
    let mut removed = 0;
    for callback in callbacks {
        let same = match &callback {
            Callback::Call(callable, _) => vm.eq(callable, &args[1])?,
            Callback::None => continue,
            Callback::Wakeup(_) | Callback::Gather(_) | Callback::Stop => false,
        };
        if same {
            removed += 1;
        } else {
            kept.push(callback);
        }
    }
    let mut kept = kept.into_iter();
    this.first.set(kept.next().unwrap_or_default());
    // Comparing may have run code that added more.
    let mut rest = this.rest.borrow_mut();
    let added = std::mem::take(&mut *rest);
    rest.extend(kept);
    rest.extend(added);
    Ok(Value::index(removed))
}

/// `__del__`: reports an exception that nobody has seen, or a task that was not done.
fn dunder_del(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(this) = of(&args[0]) else { return Ok(Value::NONE) };
    let event_loop = this.event_loop();
    // A run that has used up its steps has none left to tell of what it leaves behind.
    if event_loop.is_unbound() || vm.is_out_of_steps() {
        return Ok(Value::NONE);
    }
    let pending_task = this.task().is_some() && !this.is_done() && this.log_destroyed.get();
    if !pending_task && !this.log_traceback.get() {
        return Ok(Value::NONE);
    }
    let context = vm.new_dict();
    if pending_task {
        drop(context.set_text("task", args[0].clone()));
        drop(context.set_text("message", vm.str("Task was destroyed but it is pending!")));
    } else {
        let name = vm.class_of(&args[0]).name_text();
        drop(context.set_text("message", vm.str(format!("{name} exception was never retrieved"))));
        drop(context.set_text("exception", Value::peek(&this.outcome)));
        drop(context.set_text("future", args[0].clone()));
    }
    this.log_traceback.set(false);
    debug::add_traceback(vm, &context, &Value::peek(&this.created))?;
    events::call_exception_handler(vm, &event_loop, &context.into_value())?;
    Ok(Value::NONE)
}

const ROWS: &[Row] = &[
    static_raw("__new__(cls, *, loop=None)", dunder_new),
    method("__init__(self, *, loop=None)", |vm, args| {
        let Some(this) = of(&args[0]) else { return Err(vm.type_error("a future was expected")) };
        init_loop(vm, this, &args[1])?;
        debug::note_origin(vm, &args[0], None);
        Ok(Value::NONE)
    }),
    method("__del__(self, /)", dunder_del),
    method("__await__(self, /)", dunder_await),
    method("__iter__(self, /)", dunder_await),
    method("__repr__(self, /)", |vm, args| {
        let text = format::future(vm, &args[0])?;
        Ok(vm.str(text))
    }),
    class_method("__class_getitem__(cls, item, /)", crate::types::alias::class_getitem),
    method("result(self, /)", |vm, args| {
        let this = expect(vm, &args[0])?;
        result(vm, this)
    }),
    method("exception(self, /)", |vm, args| {
        let this = expect(vm, &args[0])?;
        exception(vm, this)
    }),
    method("done(self, /)", |_, args| Ok(Value::bool(of(&args[0]).is_some_and(Future::is_done)))),
    method("cancelled(self, /)", |_, args| {
        Ok(Value::bool(of(&args[0]).is_some_and(|this| this.state() == State::Cancelled)))
    }),
    method("cancel(self, /, msg=None)", |vm, args| {
        let this = expect(vm, &args[0])?;
        cancel_native(vm, &args[0], this, &args[1]).map(Value::bool)
    }),
    method("set_result(self, result, /)", |vm, args| {
        let this = expect(vm, &args[0])?;
        if this.is_done() {
            return Err(invalid_state(vm, "invalid state"));
        }
        finish(&args[0], this, args[1].clone());
        Ok(Value::NONE)
    }),
    method("set_exception(self, exception, /)", |vm, args| {
        let this = expect(vm, &args[0])?;
        set_exception(vm, &args[0], this, &args[1]).map(|()| Value::NONE)
    }),
    raw("add_done_callback(self, fn, /, *, context=<unrepresentable>)", add_done_callback),
    method("remove_done_callback(self, fn, /)", remove_done_callback),
    method("get_loop(self, /)", |vm, args| Ok(expect(vm, &args[0])?.event_loop())),
    method("_make_cancelled_error(self, /)", |vm, args| {
        let this = expect(vm, &args[0])?;
        Ok(cancelled_error(vm, this).into_value())
    }),
    getset(
        "_asyncio_future_blocking",
        |_, value| Ok(Value::bool(of(value).is_some_and(|this| this.blocking.get()))),
        |vm, value, new| {
            let on = vm.truth(new)?;
            if let Some(this) = of(value) {
                this.blocking.set(on);
            }
            Ok(())
        },
    ),
    getset(
        "_log_traceback",
        |_, value| Ok(Value::bool(of(value).is_some_and(|this| this.log_traceback.get()))),
        |vm, value, new| {
            if vm.truth(new)? {
                return Err(vm.value_error("_log_traceback can only be set to False"));
            }
            if let Some(this) = of(value) {
                this.log_traceback.set(false);
            }
            Ok(())
        },
    ),
    getset(
        "_log_destroy_pending",
        |_, value| Ok(Value::bool(of(value).is_some_and(|this| this.log_destroyed.get()))),
        |vm, value, new| {
            let on = vm.truth(new)?;
            if let Some(this) = of(value) {
                this.log_destroyed.set(on);
            }
            Ok(())
        },
    ),
    getter("_loop", |_, value| Ok(of(value).map_or(Value::NONE, Future::event_loop))),
    getter("_cancel_message", |_, value| {
        Ok(of(value).map_or(Value::NONE, |this| Value::peek(&this.cancel_message)))
    }),
    getter("_state", |vm, value| {
        let word = match of(value).map_or(State::Pending, Future::state) {
            State::Pending => "PENDING",
            State::Cancelled => "CANCELLED",
            State::Finished => "FINISHED",
        };
        Ok(vm.str(word))
    }),
    getter("_result", |_, value| Ok(of(value).and_then(Future::peek_result).unwrap_or(Value::NONE))),
    getter("_exception", |_, value| Ok(of(value).and_then(Future::peek_exception).unwrap_or(Value::NONE))),
];

pub(in crate::asyncio) const FLAGS: u32 = class_flag::BASE
    | class_flag::WEAKREF
    | class_flag::FINALIZER
    | class_flag::HAS_DICT
    | class_flag::TAIL_DICT;

pub(in crate::asyncio) fn class(vm: &mut Vm) -> Ref<Class> {
    let object = vm.types.object.clone();
    let class = vm.new_class("Future", "_asyncio", &object, Kind::Opaque, FLAGS, ROWS);
    class.set_flag(class_flag::QUALIFIED);
    class
}

pub(in crate::asyncio) const FUNCTIONS: &[Row] = &[function("isfuture(obj)", |vm, args| {
    let found = is_future(vm, &args[0]);
    Ok(Value::bool(found))
})];
