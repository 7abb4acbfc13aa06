//! `itertools`: products, combinations, permutations. `pool` holds the items, `numbers` the
//! chosen positions.

use super::{State, Step, arguments, make, own_class};
use crate::object::{Ref, Str, Value};
use crate::types::split_arguments;
use crate::vm::{Result, Vm};

pub(super) fn chosen(vm: &mut Vm, state: &State) -> Value {
    let items: Vec<Value> = state.numbers.borrow().iter().map(|&i| state.item(i)).collect();
    vm.tuple(items)
}

pub(super) fn product(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = own_class(vm, values)?;
    let (positional, keywords) = split_arguments(values, names);
    let mut times = 1;
    for (name, value) in keywords {
        if name.as_str() != "repeat" {
            let name = name.as_str();
            return Err(vm.type_error(format!("product() got an unexpected keyword argument '{name}'")));
        }
        times = vm.index_i64(value)?;
    }
    if times < 0 {
        return Err(vm.value_error("repeat argument cannot be negative"));
    }
    let mut pools = Vec::new();
    for iterable in &positional[1..] {
        let items = vm.collect(iterable)?;
        pools.push(vm.tuple(items));
    }
    let count = pools.len();
    vm.room(count.saturating_mul(times as usize).saturating_mul(size_of::<Value>()))?;
    let mut all = Vec::with_capacity(count * times as usize);
    for _ in 0..if count == 0 { 0 } else { times } {
        all.extend(pools.iter().cloned());
    }
    let positions = vec![0; all.len()];
    Ok(make(
        &class,
        |vm, state| {
            let pools = state.pool.borrow().clone();
            let pools: Vec<&[Value]> = pools.iter().map(crate::types::tuple_items).collect();
            if state.mark.replace(1) == 0 {
                if pools.iter().any(|p| p.is_empty()) {
                    state.mark.set(2);
                }
            } else if state.mark.get() == 1 {
                let mut numbers = state.numbers.borrow_mut();
                let mut at = pools.len();
                loop {
                    if at == 0 {
                        state.mark.set(2);
                        break;
                    }
                    at -= 1;
                    numbers[at] += 1;
                    if numbers[at] < pools[at].len() {
                        break;
                    }
                    numbers[at] = 0;
                }
            } else {
                state.mark.set(2);
            }
            if state.mark.get() == 2 {
                // Left alone from now on: a mark of 2 ends every later step, too.
                state.mark.set(2);
                return Ok(None);
            }
            let items: Vec<Value> =
                pools.iter().zip(state.numbers.borrow().iter()).map(|(p, &i)| p[i].clone()).collect();
            Ok(Some(vm.tuple(items)))
        },
        Vec::new(),
        all,
        positions,
    ))
}

pub(super) fn choose(
    vm: &mut Vm,
    function: &str,
    values: &[Value],
    names: &[Ref<Str>],
    required: usize,
    step: Step,
    begin: fn(usize, usize) -> Option<Vec<usize>>,
) -> Result {
    let (class, args) = arguments(vm, values, names, function, &["iterable", "r"], required)?;
    let pool = vm.collect(&args[0])?;
    let length = match args[1].bound() {
        // The length of permutations may be left out, and `__index__` does not make one.
        Some(r) if r.is_none() && required == 1 => pool.len() as i64,
        Some(r) if required == 1 && vm.int_like(r).is_none() => {
            return Err(vm.type_error("Expected int as r"));
        }
        Some(r) => vm.index_i64(r)?,
        None => pool.len() as i64,
    };
    if length < 0 {
        return Err(vm.value_error("r must be non-negative"));
    }
    // With replacement there may be more items chosen than there are.
    if length as usize > pool.len() {
        vm.room((length as usize).saturating_mul(size_of::<usize>()))?;
    }
    let begun = begin(pool.len(), length as usize);
    let ended = begun.is_none();
    let iterator = make(&class, step, vec![vm.int(length)], pool, begun.unwrap_or_default());
    if let (true, Some(state)) = (ended, iterator.opaque::<State>()) {
        state.mark.set(2);
    }
    Ok(iterator)
}

pub(super) fn combinations(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    choose(
        vm,
        "combinations",
        values,
        names,
        2,
        |vm, state| {
            let count = state.pool.borrow().len();
            match state.mark.get() {
                0 => state.mark.set(1),
                1 => {
                    let mut numbers = state.numbers.borrow_mut();
                    let length = numbers.len();
                    let Some(at) = (0..length).rev().find(|&i| numbers[i] != i + count - length) else {
                        state.mark.set(2);
                        return Ok(None);
                    };
                    numbers[at] += 1;
                    for i in at + 1..length {
                        numbers[i] = numbers[i - 1] + 1;
                    }
                }
                _ => return Ok(None),
            }
            Ok(Some(chosen(vm, state)))
        },
        |count, length| (length <= count).then(|| (0..length).collect()),
    )
}

pub(super) fn combinations_with_replacement(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    choose(
        vm,
        "combinations_with_replacement",
        values,
        names,
        2,
        |vm, state| {
            let count = state.pool.borrow().len();
            match state.mark.get() {
                0 => state.mark.set(1),
                1 => {
                    let mut numbers = state.numbers.borrow_mut();
                    let Some(at) = (0..numbers.len()).rev().find(|&i| numbers[i] != count - 1) else {
                        state.mark.set(2);
                        return Ok(None);
                    };
                    let next = numbers[at] + 1;
                    numbers[at..].fill(next);
                }
                _ => return Ok(None),
            }
            Ok(Some(chosen(vm, state)))
        },
        |count, length| (count > 0 || length == 0).then(|| vec![0; length]),
    )
}

pub(super) fn permutations(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    choose(
        vm,
        "permutations",
        values,
        names,
        1,
        |vm, state| {
            match state.mark.get() {
                0 => state.mark.set(1),
                1 => {
                    // The lexicographically next choice of `r` different positions.
                    let count = state.pool.borrow().len();
                    let mut numbers = state.numbers.borrow_mut();
                    let mut found = false;
                    for at in (0..numbers.len()).rev() {
                        let before: Vec<usize> = numbers[..at].to_vec();
                        let next = (numbers[at] + 1..count).find(|n| !before.contains(n));
                        if let Some(next) = next {
                            numbers[at] = next;
                            for i in at + 1..numbers.len() {
                                let used: Vec<usize> = numbers[..i].to_vec();
                                numbers[i] = (0..count).find(|n| !used.contains(n)).unwrap_or(0);
                            }
                            found = true;
                            break;
                        }
                    }
                    if !found {
                        state.mark.set(2);
                        return Ok(None);
                    }
                }
                _ => return Ok(None),
            }
            Ok(Some(chosen(vm, state)))
        },
        |count, length| (length <= count).then(|| (0..length).collect()),
    )
}
