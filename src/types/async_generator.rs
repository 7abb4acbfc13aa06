//! Asynchronous generators and the awaitables of `asend`, `athrow`, `aclose`, `__anext__`.
//!
//! Source: PEP 525; behaviour of CPython 3.13, `Objects/genobject.c`.

use super::generator::{
    exception_of, finalize, get_code, get_delegation, get_frame, get_name, get_qualname, get_suspended, iter,
    repr_as, set_name, set_qualname, this, thrown, warn_of_signature,
};
use crate::object::{GenObj, GenState, Opaque, Ref, Str, Tracer, Value, class_flag, flag, new_opaque};
use crate::vm::native::{Row, class_method, getset, getter, method};
use crate::vm::{AsyncStep, Raised, Result, Resume, Vm};
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Under,
    Closed,
}

/// What an awaitable does with its generator at its first step.
enum Action {
    Send(Value),
    /// The arguments of `athrow`, until they are looked at.
    Throw(Vec<Value>),
    Close,
}

struct Awaitable {
    generator: Ref<GenObj>,
    action: RefCell<Action>,
    state: Cell<State>,
}

impl Opaque for Awaitable {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.generator);
        if let Ok(action) = self.action.try_borrow() {
            match &*action {
                Action::Send(value) => tracer.value(value),
                Action::Throw(args) => args.iter().for_each(|arg| tracer.value(arg)),
                Action::Close => {}
            }
        }
    }
    fn clear(&self) {}
}

impl Awaitable {
    fn names(&self) -> (&'static str, &'static str) {
        match &*self.action.borrow() {
            Action::Send(_) => ("__anext__()/asend()", "anext()"),
            Action::Throw(_) => ("aclose()/athrow()", "athrow()"),
            Action::Close => ("aclose()/athrow()", "aclose()"),
        }
    }

    fn closes(&self) -> bool {
        matches!(&*self.action.borrow(), Action::Close)
    }
}

/// Tells the hooks about a generator that is iterated for the first time.
fn first_iteration(vm: &mut Vm, generator: &Ref<GenObj>) -> Result<()> {
    if generator.hooked.replace(true) {
        return Ok(());
    }
    let finalizer = vm.thread.asyncgen_finalizer.clone();
    if !finalizer.is_none() {
        generator.set_finalizer(finalizer);
    }
    let first = vm.thread.asyncgen_first.clone();
    if !first.is_none() {
        vm.call(&first, &[generator.to_value()])?;
    }
    Ok(())
}

fn awaitable(vm: &mut Vm, generator: &Value, action: Action) -> Result {
    let generator = this(generator);
    first_iteration(vm, &generator)?;
    let class = match action {
        Action::Send(_) => vm.types.async_gen_asend.clone(),
        Action::Throw(_) | Action::Close => vm.types.async_gen_athrow.clone(),
    };
    let body = Awaitable { generator, action: RefCell::new(action), state: Cell::new(State::Fresh) };
    Ok(new_opaque(&class, body))
}

fn anext(vm: &mut Vm, args: &[Value]) -> Result {
    awaitable(vm, &args[0], Action::Send(Value::NONE))
}

fn asend(vm: &mut Vm, args: &[Value]) -> Result {
    awaitable(vm, &args[0], Action::Send(args[1].clone()))
}

fn athrow(vm: &mut Vm, args: &[Value]) -> Result {
    warn_of_signature(vm, "athrow", &args[1..])?;
    awaitable(vm, &args[0], Action::Throw(args[1..].to_vec()))
}

fn aclose(vm: &mut Vm, args: &[Value]) -> Result {
    awaitable(vm, &args[0], Action::Close)
}

/// What the first step puts into the generator, or the error of an awaitable that cannot start.
fn start(vm: &mut Vm, this: &Awaitable, input: Resume) -> Result<Resume> {
    let generator = &this.generator;
    if generator.async_running.get() {
        this.state.set(State::Closed);
        let name = this.names().1;
        return Err(vm.runtime_error(format!("{name}: asynchronous generator is already running")));
    }
    let Resume::Send(given) = input else {
        this.state.set(State::Under);
        return Ok(input);
    };
    let mut borrowed = this.action.borrow_mut();
    if !matches!(&*borrowed, Action::Send(_)) {
        if generator.closed.get() {
            this.state.set(State::Closed);
            return Err(Raised(vm.exception(&vm.exceptions.stop_async_iteration.clone(), Vec::new())));
        }
        if !given.is_none() {
            return Err(vm.runtime_error("can't send non-None value to a just-started coroutine"));
        }
    }
    this.state.set(State::Under);
    Ok(match &mut *borrowed {
        Action::Send(value) if given.is_none() => Resume::Send(value.clone()),
        Action::Send(_) => Resume::Send(given),
        Action::Throw(args) => match std::mem::take(args) {
            args if args.is_empty() => Resume::Send(given),
            args => {
                drop(borrowed);
                match exception_of(vm, &args) {
                    Ok(raised) => Resume::Pass(raised),
                    Err(raised) => {
                        this.state.set(State::Closed);
                        return Err(raised);
                    }
                }
            }
        },
        Action::Close => {
            generator.closed.set(true);
            Resume::Pass(vm.generator_exit())
        }
    })
}

/// One step: what the generator's own awaits yield goes up, its `yield` ends the awaiting.
fn step(vm: &mut Vm, value: &Value, input: Resume) -> Result {
    let this = value.opaque::<Awaitable>().expect("the receiver was checked");
    let generator = this.generator.clone();
    if this.state.get() == State::Closed {
        let name = this.names().0;
        return Err(vm.runtime_error(format!("cannot reuse already awaited {name}")));
    }
    let is_send = matches!(&*this.action.borrow(), Action::Send(_));
    let sent = matches!(input, Resume::Send(_));
    if !is_send && sent && generator.state.get() == GenState::Finished {
        this.state.set(State::Closed);
        return Err(vm.stop_iteration(Value::NONE));
    }
    let fresh = this.state.get() == State::Fresh;
    let input = if fresh {
        let begun = start(vm, this, input);
        if this.state.get() != State::Fresh
            && let Some(header) = value.header()
        {
            // No longer one that was never awaited.
            header.set(flag::FINALIZED);
        }
        begun?
    } else {
        input
    };
    if fresh || is_send && sent {
        generator.async_running.set(true);
    }
    let answer = vm.resume_async(&generator, input);
    // CPython leaves an `athrow` usable that was sent into after its first step.
    let reusable = sent && !fresh && matches!(&*this.action.borrow(), Action::Throw(_));
    let close = || {
        if !reusable {
            this.state.set(State::Closed);
        }
    };
    match answer {
        Ok(AsyncStep::Awaiting(value)) => Ok(value),
        Ok(AsyncStep::Yielded(value)) => {
            generator.async_running.set(false);
            close();
            if this.closes() {
                drop(value);
                return Err(vm.runtime_error("async generator ignored GeneratorExit"));
            }
            Err(vm.stop_iteration(value))
        }
        Ok(AsyncStep::Finished) => {
            close();
            let raised = Raised(vm.exception(&vm.exceptions.stop_async_iteration.clone(), Vec::new()));
            ended(vm, this, raised)
        }
        Err(raised) => {
            close();
            ended(vm, this, raised)
        }
    }
}

/// The generator is over: by its end, or by an exception.
fn ended(vm: &mut Vm, this: &Awaitable, raised: Raised) -> Result {
    this.generator.async_running.set(false);
    let stop = raised.is(&vm.exceptions.stop_async_iteration) || raised.is(&vm.exceptions.generator_exit);
    if stop {
        if this.closes() {
            return Err(vm.stop_iteration(Value::NONE));
        }
        this.generator.closed.set(true);
    }
    Err(raised)
}

fn awaitable_next(vm: &mut Vm, args: &[Value]) -> Result {
    step(vm, &args[0], Resume::Send(Value::NONE))
}

fn awaitable_send(vm: &mut Vm, args: &[Value]) -> Result {
    step(vm, &args[0], Resume::Send(args[1].clone()))
}

fn awaitable_throw(vm: &mut Vm, args: &[Value]) -> Result {
    let raised = match thrown(vm, "throw", &args[1..]) {
        Ok(raised) => raised,
        Err(refused) => {
            // It cannot be begun any more.
            if let (Some(this), Some(header)) = (args[0].opaque::<Awaitable>(), args[0].header()) {
                this.state.set(State::Closed);
                header.set(flag::FINALIZED);
            }
            return Err(refused);
        }
    };
    step(vm, &args[0], Resume::Throw(raised))
}

fn awaitable_close(vm: &mut Vm, args: &[Value]) -> Result {
    let this = args[0].opaque::<Awaitable>().expect("the receiver was checked");
    if this.state.get() == State::Closed {
        return Ok(Value::NONE);
    }
    let exit = vm.generator_exit();
    match step(vm, &args[0], Resume::Throw(exit)) {
        Ok(_) => Err(vm.runtime_error("coroutine ignored GeneratorExit")),
        Err(raised)
            if raised.is(&vm.exceptions.stop_iteration)
                || raised.is(&vm.exceptions.stop_async_iteration)
                || raised.is(&vm.exceptions.generator_exit) =>
        {
            Ok(Value::NONE)
        }
        Err(raised) => Err(raised),
    }
}

/// An awaitable dies that nobody began to await.
fn never_awaited(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(this) = args[0].opaque::<Awaitable>() else { return Ok(Value::NONE) };
    if this.state.get() == State::Fresh {
        let method = match &*this.action.borrow() {
            Action::Send(_) => "asend",
            Action::Throw(_) => "athrow",
            Action::Close => "aclose",
        };
        let name = this.generator.qualname();
        let name = name.get::<Str>().map_or(String::new(), |name| name.as_str().to_owned());
        let category = vm.exceptions.runtime_warning.clone();
        vm.warn(&category, &format!("coroutine method '{method}' of '{name}' was never awaited"))?;
    }
    Ok(Value::NONE)
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    repr_as(vm, &args[0], "async_generator")
}

fn get_running(_: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(value).async_running.get()))
}

const ROWS: &[Row] = &[
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
    method("__repr__(self, /)", repr),
    method("__aiter__(self, /)", iter),
    method("__anext__(self, /)", anext),
    method("asend(self, object, /)", asend),
    method("athrow(self, typ, val=<unrepresentable>, tb=<unrepresentable>, /)", athrow),
    method("aclose(self, /)", aclose),
    method("__del__(self, /)", finalize),
    getset("__name__", get_name, set_name),
    getset("__qualname__", get_qualname, set_qualname),
    getter("ag_frame", get_frame),
    getter("ag_running", get_running),
    getter("ag_suspended", get_suspended),
    getter("ag_await", get_delegation),
    getter("ag_code", get_code),
];

const AWAITABLE_ROWS: &[Row] = &[
    method("__await__(self, /)", iter),
    method("__iter__(self, /)", iter),
    method("__next__(self, /)", awaitable_next),
    method("send(self, arg, /)", awaitable_send),
    method("throw(self, typ, val=<unrepresentable>, tb=<unrepresentable>, /)", awaitable_throw),
    method("close(self, /)", awaitable_close),
    method("__del__(self, /)", never_awaited),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.async_generator.clone();
    vm.add_rows(&class, ROWS);
    for class in [vm.types.async_gen_asend.clone(), vm.types.async_gen_athrow.clone()] {
        vm.add_rows(&class, AWAITABLE_ROWS);
        class.set_flag(class_flag::FINALIZER);
    }
}
