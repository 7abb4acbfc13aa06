//! `Handle` and `TimerHandle`: a callback that was scheduled and can be cancelled.

use super::of;
use crate::asyncio::{Classes, debug, format};
use crate::object::{Class, Kind, Opaque, Ref, Tracer, Value, class_flag, new_opaque};
use crate::types::context;
use crate::vm::native::method;
use crate::vm::{Result, Row, Vm};
use std::cell::Cell;

/// A callback that was scheduled and can be cancelled.
pub(in crate::asyncio) struct Handle {
    event_loop: Value,
    pub(super) callback: Cell<Value>,
    /// A tuple.
    pub(super) args: Cell<Value>,
    /// What the callback runs in; unbound as in `types::context`.
    pub(super) context: Cell<Value>,
    cancelled: Cell<bool>,
    /// Whether it waits in the timer heap.
    pub(super) scheduled: Cell<bool>,
    when: Option<f64>,
    /// Where it was made, as `debug` notes it; unbound outside of debug mode.
    pub(super) created: Cell<Value>,
}

impl Opaque for Handle {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.event_loop);
        tracer.cell(&self.callback);
        tracer.cell(&self.args);
        tracer.cell(&self.context);
        tracer.cell(&self.created);
    }

    fn clear(&self) {
        drop(self.callback.replace(Value::NONE));
        drop(self.args.replace(Value::NONE));
        drop(self.context.replace(Value::UNBOUND));
    }
}

impl Handle {
    pub(in crate::asyncio) fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }
}

/// What a handle calls: the function, a tuple of arguments, the context.
pub(super) type Call = (Value, Value, Value);

pub(super) fn new_handle(
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
            created: Cell::new(Value::UNBOUND),
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
        if let Some(place) = debug::place(&Value::peek(&handle.created)) {
            text.push_str(&format!(" created at {place}"));
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

/// The classes of handles and of timer handles.
pub(super) fn classes_of(vm: &mut Vm) -> (Ref<Class>, Ref<Class>) {
    let object = vm.types.object.clone();
    let flags = class_flag::WEAKREF | class_flag::BASE;
    let handle = vm.new_class("Handle", "asyncio.events", &object, Kind::Opaque, flags, HANDLE);
    let timer = vm.new_class("TimerHandle", "asyncio.events", &handle, Kind::Opaque, flags, TIMER_HANDLE);
    (handle, timer)
}
