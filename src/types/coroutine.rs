//! Coroutines, and the wrapper that `coroutine.__await__()` gives.
//!
//! Source: PEP 492; the Python reference, "Coroutine objects".

use super::generator::{
    answer, close, finalize, get_code, get_delegation, get_frame, get_name, get_qualname, get_running,
    get_suspended, repr_as, send, set_name, set_qualname, this, throw, thrown,
};
use crate::object::{GenKind, GenObj, Opaque, Ref, Tracer, Value, new_opaque};
use crate::vm::native::{Resumes, Row, class_method, getset, getter, method, next};
use crate::vm::{Result, Resume, Step, Vm};

/// `coroutine.__await__()`: an iterator over the coroutine.
struct Wrapper {
    coroutine: Ref<GenObj>,
}

impl Opaque for Wrapper {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.coroutine);
    }
    fn clear(&self) {}
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    repr_as(vm, &args[0], "coroutine")
}

fn make_wrapper(vm: &mut Vm, args: &[Value]) -> Result {
    let coroutine = this(&args[0]);
    debug_assert!(coroutine.kind == GenKind::Coroutine, "the receiver was checked");
    Ok(new_opaque(&vm.types.coroutine_wrapper, Wrapper { coroutine }))
}

fn wrapped(value: &Value) -> Ref<GenObj> {
    value.opaque::<Wrapper>().expect("the receiver was checked").coroutine.clone()
}

fn wrapper_next(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    match vm.resume(&wrapped(value), Resume::Send(Value::NONE))? {
        Step::Yielded(value) => Ok(Some(value)),
        Step::Returned(value) => Err(vm.stop_iteration(value)),
    }
}

fn wrapper_send(vm: &mut Vm, args: &[Value]) -> Result {
    let step = vm.resume(&wrapped(&args[0]), Resume::Send(args[1].clone()))?;
    answer(vm, step)
}

fn wrapper_throw(vm: &mut Vm, args: &[Value]) -> Result {
    let raised = thrown(vm, "throw", &args[1..])?;
    let step = vm.resume(&wrapped(&args[0]), Resume::Throw(raised))?;
    answer(vm, step)
}

fn wrapper_close(vm: &mut Vm, args: &[Value]) -> Result {
    vm.close_generator(&wrapped(&args[0]))
}

/// Where the coroutine was made, when `sys.set_coroutine_origin_tracking_depth` asked for it.
fn get_origin(_: &mut Vm, value: &Value) -> Result {
    Ok(value.get::<GenObj>().and_then(GenObj::origin).unwrap_or(Value::NONE))
}

const ROWS: &[Row] = &[
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
    method("__repr__(self, /)", repr),
    method("__await__(self, /)", make_wrapper),
    method("send(self, object, /)", send).that_resumes(Resumes::Send),
    method("throw(self, typ, val=<unrepresentable>, tb=<unrepresentable>, /)", throw),
    method("close(self, /)", close),
    method("__del__(self, /)", finalize),
    getset("__name__", get_name, set_name),
    getset("__qualname__", get_qualname, set_qualname),
    getter("cr_frame", get_frame),
    getter("cr_running", get_running),
    getter("cr_suspended", get_suspended),
    getter("cr_await", get_delegation),
    getter("cr_code", get_code),
    getter("cr_origin", get_origin),
];

const WRAPPER_ROWS: &[Row] = &[
    method("__iter__(self, /)", super::generator::iter),
    next(wrapper_next),
    method("send(self, arg, /)", wrapper_send),
    method("throw(self, typ, val=<unrepresentable>, tb=<unrepresentable>, /)", wrapper_throw),
    method("close(self, /)", wrapper_close),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.coroutine.clone();
    vm.add_rows(&class, ROWS);
    let class = vm.types.coroutine_wrapper.clone();
    vm.add_rows(&class, WRAPPER_ROWS);
}
