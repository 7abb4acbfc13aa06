//! `gc`.

use crate::object::{Dict, Ref, Value, cycle};
use crate::vm::native::{Row, function};
use crate::vm::{Result, Vm};

fn collect(vm: &mut Vm, _: &[Value]) -> Result {
    let found = vm.collect_garbage()?;
    Ok(Value::index(found))
}

fn enable(_: &mut Vm, _: &[Value]) -> Result {
    cycle::set_automatic(true);
    Ok(Value::NONE)
}

fn disable(_: &mut Vm, _: &[Value]) -> Result {
    cycle::set_automatic(false);
    Ok(Value::NONE)
}

fn isenabled(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::bool(cycle::is_automatic()))
}

fn zeros(vm: &mut Vm, _: &[Value]) -> Result {
    let zero = vm.int(0);
    Ok(vm.tuple([zero.clone(), zero.clone(), zero]))
}

fn threshold(vm: &mut Vm, _: &[Value]) -> Result {
    let items = [vm.int(2000), vm.int(10), vm.int(0)];
    Ok(vm.tuple(items))
}

fn set_threshold(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

fn is_tracked(_: &mut Vm, args: &[Value]) -> Result {
    use crate::object::Kind;
    Ok(Value::bool(!matches!(
        args[0].kind(),
        None | Some(Kind::Int | Kind::Complex | Kind::Str | Kind::Bytes | Kind::ByteArray | Kind::RangeIter)
    )))
}

fn freeze(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

fn empty_list(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.list(Vec::new()))
}

const FUNCTIONS: &[Row] = &[
    function("collect(generation=2)", collect),
    function("enable()", enable),
    function("disable()", disable),
    function("isenabled()", isenabled),
    function("get_count()", zeros),
    function("get_threshold()", threshold),
    function("set_threshold(threshold0, threshold1=10, threshold2=0, /)", set_threshold),
    function("is_tracked(obj, /)", is_tracked),
    function("freeze()", freeze),
    function("unfreeze()", freeze),
    function("get_objects(generation=None)", empty_list),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "gc", FUNCTIONS);
    let garbage = vm.list(Vec::new());
    dict.set_text("garbage", garbage);
    let callbacks = vm.list(Vec::new());
    dict.set_text("callbacks", callbacks);
    Ok(())
}
