//! `gc`.

use crate::object::{Dict, Ref, Value, cycle};
use crate::vm::native::{Row, function};
use crate::vm::{Result, Vm};

fn collect(vm: &mut Vm, args: &[Value]) -> Result {
    if !(0..=2).contains(&vm.index_i64(&args[0])?) {
        return Err(vm.value_error("invalid generation"));
    }
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

/// What a program has set and may read again: this collector decides for itself when to run.
struct Settings {
    threshold: [i64; 3],
    debug: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { threshold: [2000, 10, 10], debug: 0 }
    }
}

fn threshold(vm: &mut Vm, _: &[Value]) -> Result {
    let items = vm.extension::<Settings>().threshold.map(|n| vm.int(n));
    Ok(vm.tuple(items))
}

fn set_threshold(vm: &mut Vm, args: &[Value]) -> Result {
    let mut threshold = vm.extension::<Settings>().threshold;
    for (slot, value) in threshold.iter_mut().zip(args) {
        if value.bound().is_some() {
            *slot = vm.index_i64(value)?;
        }
    }
    vm.extension::<Settings>().threshold = threshold;
    // Zero turns the collector off.
    cycle::set_automatic(threshold[0] != 0);
    Ok(Value::NONE)
}

fn get_debug(vm: &mut Vm, _: &[Value]) -> Result {
    let debug = vm.extension::<Settings>().debug;
    Ok(vm.int(debug))
}

fn set_debug(vm: &mut Vm, args: &[Value]) -> Result {
    let flags = vm.index_i64(&args[0])?;
    if flags != 0 {
        let class = vm.exceptions.not_implemented_error.clone();
        return Err(vm.raised(&class, "this collector has no debugging output"));
    }
    vm.extension::<Settings>().debug = flags;
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
    function(
        "set_threshold(threshold0, threshold1=<unrepresentable>, threshold2=<unrepresentable>, /)",
        set_threshold,
    ),
    function("is_tracked(obj, /)", is_tracked),
    function("get_debug()", get_debug),
    function("set_debug(flags, /)", set_debug),
    function("freeze()", freeze),
    function("unfreeze()", freeze),
    function("get_objects(generation=None)", empty_list),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "gc", FUNCTIONS);
    for (name, bits) in [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ] {
        dict.set_text(name, vm.int(bits));
    }
    let garbage = vm.list(Vec::new());
    dict.set_text("garbage", garbage);
    let callbacks = vm.list(Vec::new());
    dict.set_text("callbacks", callbacks);
    Ok(())
}
