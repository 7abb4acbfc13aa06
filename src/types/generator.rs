//! Generators, and what they share with coroutines and asynchronous generators: `send`,
//! `throw`, `close`, the attributes.
//!
//! Source: the Python reference, "Generator-iterator methods"; PEP 342, PEP 380, PEP 479.

use crate::object::{ExcObj, GenObj, GenState, Ref, Str, Value, class_flag};
use crate::vm::native::{Resumes, Row, class_method, getset, getter, method, next};
use crate::vm::{Raised, Result, Resume, Step, Vm};

pub(super) fn this(value: &Value) -> Ref<GenObj> {
    value.downcast::<GenObj>().expect("the receiver was checked")
}

pub(super) fn iter(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

pub(super) fn generator_next(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    match vm.resume(&this(value), Resume::Send(Value::NONE))? {
        Step::Yielded(value) => Ok(Some(value)),
        Step::Returned(value) if value.is_none() => Ok(None),
        Step::Returned(value) => Err(vm.stop_iteration(value)),
    }
}

/// A step as Python sees it: the value, or StopIteration.
pub(super) fn answer(vm: &mut Vm, step: Step) -> Result {
    match step {
        Step::Yielded(value) => Ok(value),
        Step::Returned(value) => Err(vm.stop_iteration(value)),
    }
}

pub fn send(vm: &mut Vm, args: &[Value]) -> Result {
    let step = vm.resume(&this(&args[0]), Resume::Send(args[1].clone()))?;
    answer(vm, step)
}

/// The exception that `throw(type, value, traceback)` means; `method` is what was called.
pub(super) fn thrown(vm: &mut Vm, method: &str, args: &[Value]) -> Result<Raised> {
    warn_of_signature(vm, method, args)?;
    exception_of(vm, args)
}

/// Only the form with a single argument is not deprecated.
pub(super) fn warn_of_signature(vm: &mut Vm, method: &str, args: &[Value]) -> Result<()> {
    if args[1].bound().is_none() {
        return Ok(());
    }
    let text = format!(
        "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
    );
    vm.warn(&vm.exceptions.deprecation_warning.clone(), &text)
}

/// The exception that the arguments of `throw(type, value, traceback)` mean.
pub(super) fn exception_of(vm: &mut Vm, args: &[Value]) -> Result<Raised> {
    let (class, value, traceback) = (&args[0], &args[1], &args[2]);
    let traceback = traceback.bound().filter(|traceback| !traceback.is_none());
    if traceback.is_some_and(|traceback| !traceback.is::<crate::object::TracebackObj>()) {
        return Err(vm.type_error("throw() third argument must be a traceback object"));
    }
    let exc = if let Some(exc) = class.downcast::<ExcObj>() {
        if value.bound().is_some_and(|v| !v.is_none()) {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        exc
    } else if class.downcast::<crate::object::Class>().is_some_and(|c| c.has_flag(class_flag::EXCEPTION)) {
        let made = match value.bound() {
            Some(value) if value.get::<ExcObj>().is_some() && vm.is_instance(value, class)? => {
                Ok(value.clone())
            }
            Some(value) if value.get::<crate::object::TupleObj>().is_some() => {
                vm.call_spread(class, value, None)
            }
            Some(value) if !value.is_none() => vm.call(class, &[value.clone()]),
            _ => vm.call(class, &[]),
        };
        let made = match made {
            Ok(made) => made,
            // What cannot be made is thrown as what it raised instead.
            Err(raised) => return Ok(raised),
        };
        match made.downcast::<ExcObj>() {
            Some(exc) => exc,
            // Nor can this; CPython throws what it says of it.
            None => {
                let got = vm.type_name(&made);
                return vm.not_an_exception(class, &got);
            }
        }
    } else {
        let name = vm.type_name(class);
        return Err(vm.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {name}"
        )));
    };
    if let Some(traceback) = traceback {
        exc.traceback.set(traceback.clone());
    }
    Ok(Raised(exc))
}

pub(super) fn throw(vm: &mut Vm, args: &[Value]) -> Result {
    let raised = thrown(vm, "throw", &args[1..])?;
    let generator = this(&args[0]);
    let step = vm.resume(&generator, Resume::Throw(raised))?;
    answer(vm, step)
}

pub(super) fn close(vm: &mut Vm, args: &[Value]) -> Result {
    vm.close_generator(&this(&args[0]))
}

/// `__del__`: what happens to a generator that dies.
pub(super) fn finalize(vm: &mut Vm, args: &[Value]) -> Result {
    vm.finalize_generator(&this(&args[0]));
    Ok(Value::NONE)
}

pub(super) fn get_name(_: &mut Vm, value: &Value) -> Result {
    Ok(this(value).name())
}

pub(super) fn set_name(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.get::<Str>().is_none() {
        return Err(vm.type_error("__name__ must be set to a string object"));
    }
    this(value).set_name(new.clone());
    Ok(())
}

pub(super) fn get_qualname(_: &mut Vm, value: &Value) -> Result {
    Ok(this(value).qualname())
}

pub(super) fn set_qualname(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.get::<Str>().is_none() {
        return Err(vm.type_error("__qualname__ must be set to a string object"));
    }
    this(value).set_qualname(new.clone());
    Ok(())
}

pub(super) fn get_frame(vm: &mut Vm, value: &Value) -> Result {
    Ok(vm.generator_frame(&this(value)).unwrap_or(Value::NONE))
}

pub(super) fn get_running(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(vm.generator_is_running(&this(value))))
}

pub(super) fn get_suspended(vm: &mut Vm, value: &Value) -> Result {
    let generator = this(value);
    let suspended = generator.state.get() == GenState::Suspended && !vm.generator_is_running(&generator);
    Ok(Value::bool(suspended))
}

pub(super) fn get_delegation(vm: &mut Vm, value: &Value) -> Result {
    let generator = this(value);
    if vm.generator_is_running(&generator) {
        return Ok(Value::NONE);
    }
    Ok(generator.delegation().unwrap_or(Value::NONE))
}

pub(super) fn get_code(_: &mut Vm, value: &Value) -> Result {
    Ok(this(value).code.to_value())
}

pub(super) fn repr_as(vm: &mut Vm, value: &Value, kind: &str) -> Result {
    let name = this(value).qualname();
    let name = name.get::<Str>().map_or(String::new(), |s| s.as_str().to_owned());
    Ok(vm.str(format!("<{kind} object {name} at {:#x}>", value.id())))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    repr_as(vm, &args[0], "generator")
}

const ROWS: &[Row] = &[
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
    method("__repr__(self, /)", repr),
    method("__iter__(self, /)", iter),
    next(generator_next),
    method("send(self, object, /)", send).that_resumes(Resumes::Send),
    method("throw(self, typ, val=<unrepresentable>, tb=<unrepresentable>, /)", throw),
    method("close(self, /)", close),
    method("__del__(self, /)", finalize),
    getset("__name__", get_name, set_name),
    getset("__qualname__", get_qualname, set_qualname),
    getter("gi_frame", get_frame),
    getter("gi_running", get_running),
    getter("gi_suspended", get_suspended),
    getter("gi_yieldfrom", get_delegation),
    getter("gi_code", get_code),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.generator.clone();
    vm.add_rows(&class, ROWS);
}
