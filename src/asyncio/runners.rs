//! `asyncio.run` and `Runner`: a loop from its making to its closing.

use super::futures::{self, State as FutureState};
use super::{State, coroutines, debug, events, tasks};
use crate::object::{Class, Kind, Opaque, Ref, Tracer, Value, class_flag, new_opaque};
use crate::types::context;
use crate::vm::native::{function, method, static_raw};
use crate::vm::{Raised, Result, Row, Vm};
use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Created,
    Initialized,
    Closed,
}

struct Runner {
    stage: Cell<Stage>,
    debug: Cell<Value>,
    factory: Cell<Value>,
    event_loop: Cell<Value>,
    /// What all the coroutines of this runner run in, unless they are given another.
    context: Cell<Value>,
    /// Whether the loop was made current, which is undone at the end.
    made_current: Cell<bool>,
}

impl Opaque for Runner {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for cell in [&self.debug, &self.factory, &self.event_loop, &self.context] {
            tracer.cell(cell);
        }
    }

    fn clear(&self) {
        drop(self.factory.replace(Value::NONE));
        drop(self.event_loop.replace(Value::NONE));
    }
}

impl Runner {
    fn new(debug: Value, factory: Value) -> Runner {
        Runner {
            stage: Cell::new(Stage::Created),
            debug: Cell::new(debug),
            factory: Cell::new(factory),
            event_loop: Cell::new(Value::NONE),
            context: Cell::new(Value::NONE),
            made_current: Cell::new(false),
        }
    }

    fn open(&self, vm: &mut Vm) -> Result<()> {
        match self.stage.get() {
            Stage::Closed => return Err(vm.runtime_error("Runner is closed")),
            Stage::Initialized => return Ok(()),
            Stage::Created => {}
        }
        let factory = Value::peek(&self.factory);
        let event_loop = if factory.is_none() {
            let made = events::asked(vm, "new_event_loop", &[], events::own_new_event_loop)?;
            events::asked(vm, "set_event_loop", &[made.clone()], events::own_set_event_loop)?;
            self.made_current.set(true);
            made
        } else {
            vm.call(&factory, &[])?
        };
        let debug = Value::peek(&self.debug);
        if !debug.is_none() {
            drop(vm.call_method(&event_loop, "set_debug", &[debug])?);
        }
        drop(self.event_loop.replace(event_loop));
        drop(self.context.replace(context::copy_current(vm)));
        self.stage.set(Stage::Initialized);
        Ok(())
    }

    fn run(&self, vm: &mut Vm, coroutine: &Value, given: &Value) -> Result {
        if !coroutines::is_coroutine(vm, coroutine) {
            let shown = vm.repr_text(coroutine)?;
            return Err(vm.value_error(format!("a coroutine was expected, got {shown}")));
        }
        if !vm.extension::<State>().running.is_none() {
            let raised = vm.runtime_error("Runner.run() cannot be called from a running event loop");
            return Err(super::keeping(raised, coroutine));
        }
        self.open(vm).map_err(|raised| super::keeping(raised, coroutine))?;
        let event_loop = Value::peek(&self.event_loop);
        let context = if given.is_none() { Value::peek(&self.context) } else { given.clone() };
        drive(vm, &event_loop, coroutine, context)
    }

    /// Cancels what is left, closes generators and the loop.
    fn close(&self, vm: &mut Vm) -> Result<()> {
        if self.stage.get() != Stage::Initialized {
            return Ok(());
        }
        let event_loop = Value::peek(&self.event_loop);
        let result = shut_down(vm, &event_loop);
        if self.made_current.get() {
            events::asked(vm, "set_event_loop", &[Value::NONE], events::own_set_event_loop)?;
        }
        let closed = vm.call_method(&event_loop, "close", &[]);
        drop(self.event_loop.replace(Value::NONE));
        self.stage.set(Stage::Closed);
        result.and(closed).map(drop)
    }
}

/// Runs `coroutine` as a task of `event_loop` to its end; Ctrl-C cancels that task.
pub(super) fn drive(vm: &mut Vm, event_loop: &Value, coroutine: &Value, context: Value) -> Result {
    let create = vm.get_attr_text(event_loop, "create_task")?;
    let name = vm.intern("context");
    let task = vm.call_kw(&create, &[coroutine.clone(), context], &[name])?;
    debug::note_origin(vm, &task, Some(debug::RUNNER));
    if let Some(this) = events::of(event_loop) {
        this.interrupts.set(0);
        drop(this.interruptible.replace(task.clone()));
    }
    let result = events::run_until_complete(vm, event_loop, &task);
    let Some(this) = events::of(event_loop) else { return result };
    drop(this.interruptible.replace(Value::NONE));
    if result.is_err() && this.interrupts.get() > 0 {
        let cancelled = futures::of(&task).is_some_and(|t| t.state() == FutureState::Cancelled);
        if cancelled && vm.call_method(&task, "uncancel", &[])?.as_int() == Some(0) {
            let class = vm.exceptions.keyboard_interrupt.clone();
            return Err(Raised(vm.exception(&class, Vec::new())));
        }
    }
    result
}

/// Cancels the tasks of a loop and closes its generators.
pub(super) fn shut_down(vm: &mut Vm, event_loop: &Value) -> Result<()> {
    tasks::cancel_all(vm, event_loop)?;
    for method in ["shutdown_asyncgens", "shutdown_default_executor"] {
        let coroutine = vm.call_method(event_loop, method, &[])?;
        drop(events::run_until_complete(vm, event_loop, &coroutine)?);
    }
    Ok(())
}

/// `with Runner(…) as runner: return runner.run(main)`
fn run(vm: &mut Vm, args: &[Value]) -> Result {
    if !vm.extension::<State>().running.is_none() {
        let raised = vm.runtime_error("asyncio.run() cannot be called from a running event loop");
        return Err(super::keeping(raised, &args[0]));
    }
    let runner = Runner::new(args[1].clone(), args[2].clone());
    runner.open(vm)?;
    let result = runner.run(vm, &args[0], &Value::NONE);
    let closed = match &result {
        Err(raised) => vm.handling(raised, |vm| runner.close(vm)),
        Ok(_) => runner.close(vm),
    };
    match (result, closed) {
        (result, Ok(())) => result,
        (Ok(_), Err(raised)) => Err(raised),
        (Err(first), Err(second)) => {
            // What was on its way up when the clean-up failed is the context of the failure.
            drop(second.0.context.replace(first.into_value()));
            Err(second)
        }
    }
}

fn expect<'v>(vm: &Vm, value: &'v Value) -> Result<&'v Runner> {
    value.opaque::<Runner>().ok_or_else(|| vm.type_error("a Runner was expected"))
}

const ROWS: &[Row] = &[
    static_raw("__new__(cls, *, debug=None, loop_factory=None)", |vm, values, _| {
        let Some(class) = values.first().and_then(|class| class.downcast::<Class>()) else {
            return Err(vm.type_error("Runner.__new__(X): X is not a type object"));
        };
        Ok(new_opaque(&class, Runner::new(Value::NONE, Value::NONE)))
    }),
    method("__init__(self, *, debug=None, loop_factory=None)", |vm, args| {
        let this = expect(vm, &args[0])?;
        drop(this.debug.replace(args[1].clone()));
        drop(this.factory.replace(args[2].clone()));
        Ok(Value::NONE)
    }),
    method("__enter__(self)", |vm, args| {
        expect(vm, &args[0])?.open(vm)?;
        Ok(args[0].clone())
    }),
    method("__exit__(self, exc_type, exc_val, exc_tb)", |vm, args| {
        expect(vm, &args[0])?.close(vm).map(|()| Value::NONE)
    }),
    method("close(self)", |vm, args| expect(vm, &args[0])?.close(vm).map(|()| Value::NONE)),
    method("get_loop(self)", |vm, args| {
        let this = expect(vm, &args[0])?;
        this.open(vm)?;
        Ok(Value::peek(&this.event_loop))
    }),
    method("run(self, coro, *, context=None)", |vm, args| expect(vm, &args[0])?.run(vm, &args[1], &args[2])),
];

pub(super) fn class(vm: &mut Vm) -> Ref<Class> {
    let object = vm.types.object.clone();
    let flags = class_flag::BASE | class_flag::WEAKREF;
    vm.new_class("Runner", "asyncio.runners", &object, Kind::Opaque, flags, ROWS)
}

pub(super) const FUNCTIONS: &[Row] = &[function("run(main, *, debug=None, loop_factory=None)", run)];
