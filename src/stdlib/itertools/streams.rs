//! `itertools`: the iterators that look at one item, or one of each source, at a time.

use super::{State, Step, arguments, make, or, own_class};
use crate::object::{ListObj, Ref, Special, Str, Value};
use crate::types::{arity, no_keywords, positional, split_arguments, wrong_receiver};
use crate::vm::{BinaryOp, Result, Vm};

// ---- count, cycle, repeat

pub(super) fn count(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (class, args) = arguments(vm, values, names, "count", &["start", "step"], 0)?;
    let (start, by) = (or(&args[0], vm.int(0)), or(&args[1], vm.int(1)));
    for value in [&start, &by] {
        let specials = [Special::Index, Special::Int, Special::Float];
        let is_number = vm.number(value).is_some()
            || vm.class_of(value).is_subclass_of(&vm.types.complex)
            || specials.into_iter().any(|special| vm.special(value, special).is_some());
        if !is_number {
            return Err(vm.type_error("a number is required"));
        }
    }
    Ok(make(
        &class,
        |vm, state| {
            let now = state.value(0);
            let next = vm.binary(BinaryOp::Add, &now, &state.value(1))?;
            state.set(0, next);
            Ok(Some(now))
        },
        vec![start, by],
        Vec::new(),
        Vec::new(),
    ))
}

pub(super) fn count_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(state) = args[0].opaque::<State>() else {
        return Err(wrong_receiver(vm, &args[0], "count"));
    };
    let (now, by) = (state.value(0), state.value(1));
    let mut text = format!("count({}", vm.repr_text(&now)?);
    if by.as_int() != Some(1) {
        text.push_str(&format!(", {}", vm.repr_text(&by)?));
    }
    text.push(')');
    Ok(vm.str(text))
}

pub(super) fn cycle(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let given = positional(vm, "cycle", values, names)?;
    arity(vm, "cycle", given.len(), 1, 1)?;
    let class = own_class(vm, values)?;
    let iterator = vm.iter(&given[0])?;
    // A copy goes on with the same list of what has been seen.
    let seen = vm.list(Vec::new());
    Ok(make(
        &class,
        |vm, state| {
            let seen = state.value(1);
            let Some(seen) = seen.get::<ListObj>() else { return Ok(None) };
            if state.mark.get() == 0 {
                if let Some(item) = vm.next(&state.value(0))? {
                    seen.push(item.clone());
                    return Ok(Some(item));
                }
                state.mark.set(1);
            }
            let length = seen.len();
            if length == 0 {
                return Ok(None);
            }
            let at = state.number(0) % length;
            state.set_number(0, at + 1);
            Ok(seen.get(at))
        },
        vec![iterator, seen],
        Vec::new(),
        vec![0],
    ))
}

pub(super) fn repeat(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (class, args) = arguments(vm, values, names, "repeat", &["object", "times"], 1)?;
    let (forever, times) = match args[1].bound() {
        Some(times) => (0, vm.index_i64(times)?.max(0) as usize),
        None => (1, 0),
    };
    let iterator = make(
        &class,
        |_, state| {
            if state.mark.get() == 0 {
                let left = state.number(0);
                if left == 0 {
                    return Ok(None);
                }
                state.set_number(0, left - 1);
            }
            Ok(Some(state.value(0)))
        },
        vec![args[0].clone()],
        Vec::new(),
        vec![times],
    );
    if let Some(state) = iterator.opaque::<State>() {
        state.mark.set(forever);
    }
    Ok(iterator)
}

pub(super) fn repeat_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(state) = args[0].opaque::<State>() else {
        return Err(wrong_receiver(vm, &args[0], "repeat"));
    };
    let text = vm.repr_text(&state.value(0))?;
    Ok(if state.mark.get() == 1 {
        vm.str(format!("repeat({text})"))
    } else {
        vm.str(format!("repeat({text}, {})", state.number(0)))
    })
}

pub(super) fn repeat_hint(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].opaque::<State>() {
        Some(state) if state.mark.get() == 0 => Ok(Value::index(state.number(0))),
        _ => Err(vm.type_error("len() of unsized object")),
    }
}

// ---- chain

pub(super) fn chain_step(vm: &mut Vm, state: &State) -> Result<Option<Value>> {
    loop {
        let inner = state.value(1);
        if inner.is_none() {
            let outer = state.value(0);
            if outer.is_none() {
                return Ok(None);
            }
            match vm.next(&outer)? {
                Some(iterable) => {
                    let inner = vm.iter(&iterable)?;
                    state.set(1, inner);
                }
                None => {
                    state.set(0, Value::NONE);
                    return Ok(None);
                }
            }
            continue;
        }
        if let Some(item) = vm.next(&inner)? {
            return Ok(Some(item));
        }
        state.set(1, Value::NONE);
    }
}

pub(super) fn chain(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = own_class(vm, values)?;
    let given = positional(vm, "chain", values, names)?;
    let all = vm.tuple(given.to_vec());
    let outer = vm.iter(&all)?;
    Ok(make(&class, chain_step, vec![outer, Value::NONE], Vec::new(), Vec::new()))
}

pub(super) fn from_iterable(vm: &mut Vm, args: &[Value]) -> Result {
    let class = own_class(vm, &args[..1])?;
    let outer = vm.iter(&args[1])?;
    Ok(make(&class, chain_step, vec![outer, Value::NONE], Vec::new(), Vec::new()))
}

// ---- filters

pub(super) fn compress(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (class, args) = arguments(vm, values, names, "compress", &["data", "selectors"], 2)?;
    let (data, selectors) = (vm.iter(&args[0])?, vm.iter(&args[1])?);
    Ok(make(
        &class,
        |vm, state| {
            let (data, selectors) = (state.value(0), state.value(1));
            loop {
                let Some(item) = vm.next(&data)? else { return Ok(None) };
                let Some(selector) = vm.next(&selectors)? else { return Ok(None) };
                if vm.truth(&selector)? {
                    return Ok(Some(item));
                }
            }
        },
        vec![data, selectors],
        Vec::new(),
        Vec::new(),
    ))
}

/// `predicate(item)`, or the item's own truth for None.
pub(super) fn holds(vm: &mut Vm, predicate: &Value, item: &Value) -> Result<bool> {
    if predicate.is_none() {
        return vm.truth(item);
    }
    let verdict = vm.call(predicate, std::slice::from_ref(item))?;
    vm.truth(&verdict)
}

pub(super) fn by_predicate(
    vm: &mut Vm,
    function: &str,
    values: &[Value],
    names: &[Ref<Str>],
    step: Step,
) -> Result {
    let given = positional(vm, function, values, names)?;
    arity(vm, function, given.len(), 2, 2)?;
    let class = own_class(vm, values)?;
    let iterator = vm.iter(&given[1])?;
    Ok(make(&class, step, vec![given[0].clone(), iterator], Vec::new(), Vec::new()))
}

pub(super) fn dropwhile(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    by_predicate(vm, "dropwhile", values, names, |vm, state| {
        let iterator = state.value(1);
        while let Some(item) = vm.next(&iterator)? {
            if state.mark.get() == 1 || !holds(vm, &state.value(0), &item)? {
                state.mark.set(1);
                return Ok(Some(item));
            }
        }
        Ok(None)
    })
}

pub(super) fn takewhile(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    by_predicate(vm, "takewhile", values, names, |vm, state| {
        if state.mark.get() == 1 {
            return Ok(None);
        }
        let Some(item) = vm.next(&state.value(1))? else { return Ok(None) };
        if holds(vm, &state.value(0), &item)? {
            return Ok(Some(item));
        }
        state.mark.set(1);
        Ok(None)
    })
}

pub(super) fn filterfalse(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    by_predicate(vm, "filterfalse", values, names, |vm, state| {
        let iterator = state.value(1);
        while let Some(item) = vm.next(&iterator)? {
            if !holds(vm, &state.value(0), &item)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    })
}

pub(super) fn starmap(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    by_predicate(vm, "starmap", values, names, |vm, state| {
        let Some(args) = vm.next(&state.value(1))? else { return Ok(None) };
        let args = vm.collect(&args)?;
        vm.call(&state.value(0), &args).map(Some)
    })
}

pub(super) fn islice_bound(vm: &mut Vm, value: &Value, what: &str) -> Result<Option<usize>> {
    if value.is_none() {
        return Ok(None);
    }
    match vm.index_i64(value) {
        Ok(n) if n >= 0 => Ok(Some(n as usize)),
        _ => Err(vm.value_error(match what {
            "step" => "Step for islice() must be a positive integer or None.",
            "stop" => "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
            _ => "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        })),
    }
}

pub(super) fn islice(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let all = positional(vm, "islice", values, names)?;
    arity(vm, "islice", all.len(), 2, 4)?;
    let class = own_class(vm, values)?;
    let given = &all[1..];
    let (start, stop, by) = match given {
        [stop] => (0, islice_bound(vm, stop, "stop")?, 1),
        _ => {
            let start = islice_bound(vm, &given[0], "start")?.unwrap_or(0);
            let stop = islice_bound(vm, &given[1], "start")?;
            let by = match given.get(2) {
                Some(by) => islice_bound(vm, by, "step")?.unwrap_or(1),
                None => 1,
            };
            (start, stop, by)
        }
    };
    if by == 0 {
        return Err(vm.value_error("Step for islice() must be a positive integer or None."));
    }
    let iterator = vm.iter(&values[1])?;
    // Position, next wanted position, stop, step.
    let numbers = vec![0, start, stop.unwrap_or(usize::MAX), by];
    Ok(make(
        &class,
        |vm, state| {
            let iterator = state.value(0);
            if iterator.is_none() {
                return Ok(None);
            }
            let (mut at, wanted, stop, by) =
                (state.number(0), state.number(1), state.number(2), state.number(3));
            // Up to the wanted item, or to the stop when that comes first.
            while at < wanted.min(stop) {
                if vm.next(&iterator)?.is_none() {
                    state.set(0, Value::NONE);
                    return Ok(None);
                }
                at += 1;
                state.set_number(0, at);
            }
            if at >= stop {
                state.set(0, Value::NONE);
                return Ok(None);
            }
            let item = vm.next(&iterator)?;
            if item.is_none() {
                state.set(0, Value::NONE);
            }
            state.set_number(0, at + 1);
            state.set_number(1, wanted.saturating_add(by));
            Ok(item)
        },
        vec![iterator],
        Vec::new(),
        numbers,
    ))
}

// ---- accumulate, pairwise, batched, zip_longest

pub(super) fn accumulate(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let given = values.len() - names.len() - 1;
    if given == 3 {
        return Err(vm.type_error("accumulate() takes at most 2 positional arguments (3 given)"));
    }
    let (class, args) = arguments(vm, values, names, "accumulate", &["iterable", "func", "initial"], 1)?;
    let iterator = vm.iter(&args[0])?;
    let function = or(&args[1], Value::NONE);
    let initial = or(&args[2], Value::NONE);
    Ok(make(
        &class,
        |vm, state| {
            let initial = state.value(3);
            if !initial.is_none() {
                state.set(3, Value::NONE);
                state.set(2, initial.clone());
                state.mark.set(1);
                return Ok(Some(initial));
            }
            let Some(item) = vm.next(&state.value(0))? else { return Ok(None) };
            let total = if state.mark.replace(1) == 0 {
                item
            } else {
                let (function, so_far) = (state.value(1), state.value(2));
                if function.is_none() {
                    vm.binary(BinaryOp::Add, &so_far, &item)?
                } else {
                    vm.call(&function, &[so_far, item])?
                }
            };
            state.set(2, total.clone());
            Ok(Some(total))
        },
        vec![iterator, function, Value::NONE, initial],
        Vec::new(),
        Vec::new(),
    ))
}

pub(super) fn pairwise(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "pairwise", names)?;
    arity(vm, "pairwise", values.len() - 1, 1, 1)?;
    let (class, args) = arguments(vm, values, names, "pairwise", &["iterable"], 1)?;
    let iterator = vm.iter(&args[0])?;
    Ok(make(
        &class,
        |vm, state| {
            let iterator = state.value(0);
            if state.mark.get() == 0 {
                let Some(first) = vm.next(&iterator)? else { return Ok(None) };
                state.set(1, first);
                state.mark.set(1);
            }
            let Some(item) = vm.next(&iterator)? else { return Ok(None) };
            let before = state.value(1);
            state.set(1, item.clone());
            Ok(Some(vm.tuple([before, item])))
        },
        vec![iterator, Value::NONE],
        Vec::new(),
        Vec::new(),
    ))
}

pub(super) fn batched(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let given = values.len() - 1 - names.len();
    if given > 2 {
        let message = format!("batched() takes exactly 2 positional arguments ({given} given)");
        return Err(vm.type_error(message));
    }
    let (class, args) = arguments(vm, values, names, "batched", &["iterable", "n", "strict"], 2)?;
    let size = vm.index_i64(&args[1])?;
    if size < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let strict = match args[2].bound() {
        Some(strict) => vm.truth(strict)?,
        None => false,
    };
    let iterator = vm.iter(&args[0])?;
    Ok(make(
        &class,
        |vm, state| {
            let (iterator, size) = (state.value(0), state.number(0));
            let mut items = Vec::new();
            while items.len() < size
                && let Some(item) = vm.next(&iterator)?
            {
                items.push(item);
            }
            if items.is_empty() {
                return Ok(None);
            }
            if items.len() < size && state.number(1) == 1 {
                return Err(vm.value_error("batched(): incomplete batch"));
            }
            Ok(Some(vm.tuple(items)))
        },
        vec![iterator],
        Vec::new(),
        vec![size as usize, usize::from(strict)],
    ))
}

pub(super) fn zip_longest(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = own_class(vm, values)?;
    let (positional, keywords) = split_arguments(values, names);
    let mut fill = Value::NONE;
    for (name, value) in keywords {
        if name.as_str() != "fillvalue" {
            return Err(vm.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = value.clone();
    }
    let mut iterators = Vec::new();
    for iterable in &positional[1..] {
        iterators.push(vm.iter(iterable)?);
    }
    let live = iterators.len();
    Ok(make(
        &class,
        |vm, state| {
            let iterators = state.pool.borrow().clone();
            let mut items = Vec::with_capacity(iterators.len());
            if state.number(0) == 0 {
                return Ok(None);
            }
            for (i, iterator) in iterators.iter().enumerate() {
                if iterator.is_none() {
                    items.push(state.value(0));
                    continue;
                }
                match vm.next(iterator)? {
                    Some(item) => items.push(item),
                    None => {
                        let live = state.number(0) - 1;
                        state.set_number(0, live);
                        if live == 0 {
                            return Ok(None);
                        }
                        let ended = std::mem::replace(&mut state.pool.borrow_mut()[i], Value::NONE);
                        drop(ended);
                        items.push(state.value(0));
                    }
                }
            }
            Ok(Some(vm.tuple(items)))
        },
        vec![fill],
        iterators,
        vec![live],
    ))
}
