//! The iterator that `Future.__await__` returns to Python code; an `await` of ours makes none.

use super::{expect, of, result};
use crate::object::{Class, ExcObj, Kind, Opaque, Ref, Tracer, Value, new_opaque};
use crate::vm::native::method;
use crate::vm::{Raised, Result, Row, Vm};

/// The iterator that `__await__` returns to Python code.
struct FutureIter {
    future: Value,
}

impl Opaque for FutureIter {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.future);
    }
    fn clear(&self) {}
}

fn iter_send(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<FutureIter>() else {
        return Err(vm.type_error("a future's iterator was expected"));
    };
    let future = iter.future.clone();
    let Some(this) = of(&future) else { return Err(vm.type_error("a future was expected")) };
    if this.is_done() {
        let value = result(vm, this)?;
        return Err(vm.stop_iteration(value));
    }
    if this.blocking.replace(true) {
        return Err(vm.runtime_error("await wasn't used with future"));
    }
    Ok(future)
}

fn iter_throw(vm: &mut Vm, args: &[Value]) -> Result {
    let exception = if args[1].get::<ExcObj>().is_some() {
        args[1].clone()
    } else if args[2].get::<ExcObj>().is_some() {
        args[2].clone()
    } else {
        vm.call(&args[1], &[])?
    };
    match exception.downcast::<ExcObj>() {
        Some(exception) => Err(Raised(exception)),
        None => Err(vm.type_error("exceptions must be classes or instances deriving from BaseException")),
    }
}

const ITER: &[Row] = &[
    method("__next__(self, /)", iter_send),
    method("send(self, value, /)", iter_send),
    method("throw(self, typ, val=None, tb=None, /)", iter_throw),
    method("close(self, /)", |_, _| Ok(Value::NONE)),
    method("__iter__(self, /)", |_, args| Ok(args[0].clone())),
];

/// The class of [`FutureIter`], made when Python code first asks for such an iterator.
#[derive(Default)]
struct IterClass(Option<Ref<Class>>);

/// `Future.__await__`
pub(super) fn dunder_await(vm: &mut Vm, args: &[Value]) -> Result {
    expect(vm, &args[0])?;
    let class = match &vm.extension::<IterClass>().0 {
        Some(class) => class.clone(),
        None => {
            let object = vm.types.object.clone();
            let class = vm.new_class("FutureIter", "_asyncio", &object, Kind::Opaque, 0, ITER);
            vm.extension::<IterClass>().0 = Some(class.clone());
            class
        }
    };
    Ok(new_opaque(&class, FutureIter { future: args[0].clone() }))
}
