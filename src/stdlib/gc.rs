//! `gc`.

use crate::object::{Dict, Instance, Kind, ListObj, Ref, Str, TupleObj, Value, cycle, flag};
use crate::vm::native::{Row, function, raw};
use crate::vm::{Result, Vm};

fn collect(vm: &mut Vm, args: &[Value]) -> Result {
    if !(0..=2).contains(&vm.index_i64(&args[0])?) {
        return Err(vm.value_error("invalid generation"));
    }
    let found = vm.collect_garbage()?;
    let counts = &mut vm.extension::<Counts>().0;
    *counts = [counts[0] + 1, counts[1] + found as i64];
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

fn is_tracked(vm: &mut Vm, args: &[Value]) -> Result {
    let is_container = |value: &Value| {
        !matches!(
            value.kind(),
            None | Some(
                Kind::Int | Kind::Complex | Kind::Str | Kind::Bytes | Kind::ByteArray | Kind::RangeIter
            )
        )
    };
    // CPython's collector leaves a dict alone that holds no container.
    if vm.class_of(&args[0]).is_same(&vm.types.dict)
        && let Some(dict) = args[0].get::<Dict>()
    {
        let holds = dict.items().iter().any(|(key, value)| is_container(key) || is_container(value));
        return Ok(Value::bool(holds));
    }
    Ok(Value::bool(is_container(&args[0])))
}

fn freeze(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NONE)
}

fn get_objects(vm: &mut Vm, args: &[Value]) -> Result {
    if !args[0].is_none() {
        let generation = vm.index_i64(&args[0])?;
        if generation < -1 {
            return Err(vm.value_error("generation parameter cannot be negative"));
        }
        if generation > 2 {
            return Err(vm.value_error(
                "generation parameter must be less than the number of available generations (3)",
            ));
        }
        if (0..2).contains(&generation) {
            // This collector has one generation, and what is in it has been there from the start.
            return Ok(vm.list(Vec::new()));
        }
    }
    Ok(vm.list(cycle::containers()))
}

fn get_referents(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let found = values.iter().flat_map(referents).collect();
    Ok(vm.list(found))
}

/// What a value refers to, in CPython's order; also what is no object on this heap, as numbers are.
fn referents(value: &Value) -> Vec<Value> {
    if let Some(list) = value.get::<ListObj>() {
        return list.to_vec().into_iter().rev().collect();
    }
    if let Some(tuple) = value.get::<TupleObj>() {
        return tuple.items().iter().rev().cloned().collect();
    }
    if let Some(dict) = value.get::<Dict>() {
        let items = dict.items();
        // A dict whose keys are all strings is not looked at for its keys.
        if items.iter().all(|(key, _)| key.get::<Str>().is_some()) {
            return items.into_iter().map(|(_, item)| item).collect();
        }
        return items.into_iter().flat_map(|(key, item)| [item, key]).collect();
    }
    if let Some(instance) = value.get::<Instance>()
        && instance.dict_if_any().is_none()
    {
        let mut found: Vec<Value> = instance.attributes().into_iter().map(|(_, value)| value).collect();
        found.extend(value.header().map(|header| header.class().to_value()));
        return found;
    }
    cycle::referents(value)
}

/// The containers that refer to one of the values, without the list of the values itself.
fn get_referrers(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let refers = |container: &Value| {
        referents(container).iter().any(|child| values.iter().any(|value| value.is_same(child)))
    };
    let found = cycle::containers().into_iter().filter(refers).collect();
    Ok(vm.list(found))
}

/// One row for each generation of CPython's collector; all the work is in the last.
fn get_stats(vm: &mut Vm, _: &[Value]) -> Result {
    let counts = vm.extension::<Counts>().0;
    let mut rows = Vec::new();
    for [collections, collected] in [[0, 0], [0, 0], counts] {
        let row = vm.new_dict();
        for (name, count) in [("collections", collections), ("collected", collected), ("uncollectable", 0)] {
            drop(row.set_text(name, vm.int(count)));
        }
        rows.push(row.into_value());
    }
    Ok(vm.list(rows))
}

fn is_finalized(_: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::bool(args[0].header().is_some_and(|header| header.has(flag::FINALIZED))))
}

fn get_freeze_count(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.int(0))
}

/// How often `gc.collect` ran, and how many objects it found.
#[derive(Default)]
struct Counts([i64; 2]);

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
    function("get_objects(generation=None)", get_objects),
    raw("get_referents(*objs)", get_referents),
    raw("get_referrers(*objs)", get_referrers),
    function("get_stats()", get_stats),
    function("is_finalized(obj, /)", is_finalized),
    function("get_freeze_count()", get_freeze_count),
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
