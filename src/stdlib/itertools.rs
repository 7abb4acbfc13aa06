//! `itertools`. Every iterator has the same payload, [`State`]: held values, numbers, and the
//! function that makes the next item of them.

use crate::object::{Class, Dict, Kind, Opaque, Ref, Str, Tracer, Value, class_flag, heap};
use crate::types::{arity, class_argument, no_keywords, split_arguments, wrong_receiver};
use crate::vm::native::{Row, class_method, function, method, next, static_raw};
use crate::vm::{BinaryOp, Result, Vm};
use std::cell::{Cell, RefCell};

type Step = fn(&mut Vm, &State) -> Result<Option<Value>>;

/// The payload of every iterator here.
struct State {
    step: Step,
    values: RefCell<Vec<Value>>,
    /// Pools of items to combine, or a buffer.
    pool: RefCell<Vec<Value>>,
    numbers: RefCell<Vec<usize>>,
    /// What the step needs to remember: begun, ended, a mode.
    mark: Cell<u32>,
}

impl Opaque for State {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for held in [&self.values, &self.pool] {
            if let Ok(values) = held.try_borrow() {
                tracer.values(values.iter());
            }
        }
    }
    fn clear(&self) {
        drop(std::mem::take(&mut *self.values.borrow_mut()));
        drop(std::mem::take(&mut *self.pool.borrow_mut()));
    }
}

impl State {
    /// A held value; None when the collector has emptied the iterator.
    fn value(&self, at: usize) -> Value {
        self.values.borrow().get(at).cloned().unwrap_or(Value::NONE)
    }

    fn set(&self, at: usize, value: Value) {
        let old = match self.values.borrow_mut().get_mut(at) {
            Some(slot) => std::mem::replace(slot, value),
            None => value,
        };
        drop(old);
    }

    fn number(&self, at: usize) -> usize {
        self.numbers.borrow().get(at).copied().unwrap_or(0)
    }

    fn set_number(&self, at: usize, n: usize) {
        if let Some(slot) = self.numbers.borrow_mut().get_mut(at) {
            *slot = n;
        }
    }

    fn item(&self, at: usize) -> Value {
        self.pool.borrow().get(at).cloned().unwrap_or(Value::NONE)
    }
}

fn make(class: &Ref<Class>, step: Step, values: Vec<Value>, pool: Vec<Value>, numbers: Vec<usize>) -> Value {
    let state = State {
        step,
        values: RefCell::new(values),
        pool: RefCell::new(pool),
        numbers: RefCell::new(numbers),
        mark: Cell::new(0),
    };
    heap::new_opaque(class, state)
}

fn step(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    match iterator.opaque::<State>() {
        Some(state) => (state.step)(vm, state),
        None => Err(wrong_receiver(vm, iterator, "itertools")),
    }
}

fn own(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

/// The class that `__new__` was called with: one whose instances can hold a [`State`].
fn own_class(vm: &mut Vm, values: &[Value]) -> Result<Ref<Class>> {
    let object = vm.types.object.clone();
    let class = class_argument(vm, values, &object)?;
    if class.layout() != Kind::Opaque {
        let name = class.name_text();
        return Err(vm.type_error(format!("{name} is not a subtype of an iterator of itertools")));
    }
    Ok(class)
}

/// Arguments by position or name; missing ones are unbound.
fn arguments(
    vm: &mut Vm,
    values: &[Value],
    names: &[Ref<Str>],
    function: &str,
    params: &[&str],
    required: usize,
) -> Result<(Ref<Class>, Vec<Value>)> {
    let class = own_class(vm, values)?;
    let (positional, keywords) = split_arguments(values, names);
    let mut found: Vec<Value> = positional[1..].to_vec();
    if found.len() > params.len() {
        return Err(vm.type_error(format!(
            "{function}() takes at most {} argument{} ({} given)",
            params.len(),
            if params.len() == 1 { "" } else { "s" },
            found.len()
        )));
    }
    found.resize(params.len(), Value::UNBOUND);
    for (name, value) in keywords {
        match params.iter().position(|p| *p == name.as_str()) {
            Some(at) => found[at] = value.clone(),
            None => {
                let name = name.as_str();
                return Err(
                    vm.type_error(format!("{function}() got an unexpected keyword argument '{name}'"))
                );
            }
        }
    }
    for (i, value) in found.iter().enumerate().take(required) {
        if value.is_unbound() {
            return Err(vm.type_error(format!(
                "{function}() missing required argument '{}' (pos {})",
                params[i],
                i + 1
            )));
        }
    }
    Ok((class, found))
}

fn or(value: &Value, default: Value) -> Value {
    value.bound().cloned().unwrap_or(default)
}

// ---- count, cycle, repeat

fn count(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (class, args) = arguments(vm, values, names, "count", &["start", "step"], 0)?;
    let (start, by) = (or(&args[0], vm.int(0)), or(&args[1], vm.int(1)));
    for value in [&start, &by] {
        if vm.number(value).is_none() && vm.special(value, crate::object::Special::Index).is_none() {
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

fn count_repr(vm: &mut Vm, args: &[Value]) -> Result {
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

fn cycle(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "cycle", names)?;
    let (class, args) = arguments(vm, values, names, "cycle", &["iterable"], 1)?;
    let iterator = vm.iter(&args[0])?;
    Ok(make(
        &class,
        |vm, state| {
            if state.mark.get() == 0 {
                if let Some(item) = vm.next(&state.value(0))? {
                    state.pool.borrow_mut().push(item.clone());
                    return Ok(Some(item));
                }
                state.mark.set(1);
            }
            let length = state.pool.borrow().len();
            if length == 0 {
                return Ok(None);
            }
            let at = state.number(0) % length;
            state.set_number(0, at + 1);
            Ok(Some(state.item(at)))
        },
        vec![iterator],
        Vec::new(),
        vec![0],
    ))
}

fn repeat(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn repeat_repr(vm: &mut Vm, args: &[Value]) -> Result {
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

fn repeat_hint(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].opaque::<State>() {
        Some(state) if state.mark.get() == 0 => Ok(Value::index(state.number(0))),
        _ => Err(vm.type_error("len() of unsized object")),
    }
}

// ---- chain

fn chain_step(vm: &mut Vm, state: &State) -> Result<Option<Value>> {
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

fn chain(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "chain", names)?;
    let class = own_class(vm, values)?;
    let all = vm.tuple(values[1..].to_vec());
    let outer = vm.iter(&all)?;
    Ok(make(&class, chain_step, vec![outer, Value::NONE], Vec::new(), Vec::new()))
}

fn from_iterable(vm: &mut Vm, args: &[Value]) -> Result {
    let class = own_class(vm, &args[..1])?;
    let outer = vm.iter(&args[1])?;
    Ok(make(&class, chain_step, vec![outer, Value::NONE], Vec::new(), Vec::new()))
}

// ---- filters

fn compress(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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
fn holds(vm: &mut Vm, predicate: &Value, item: &Value) -> Result<bool> {
    if predicate.is_none() {
        return vm.truth(item);
    }
    let verdict = vm.call(predicate, std::slice::from_ref(item))?;
    vm.truth(&verdict)
}

fn by_predicate(vm: &mut Vm, function: &str, values: &[Value], names: &[Ref<Str>], step: Step) -> Result {
    no_keywords(vm, function, names)?;
    arity(vm, function, values.len() - 1, 2, 2)?;
    let class = own_class(vm, values)?;
    let iterator = vm.iter(&values[2])?;
    Ok(make(&class, step, vec![values[1].clone(), iterator], Vec::new(), Vec::new()))
}

fn dropwhile(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn takewhile(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn filterfalse(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn starmap(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    by_predicate(vm, "starmap", values, names, |vm, state| {
        let Some(args) = vm.next(&state.value(1))? else { return Ok(None) };
        let args = vm.collect(&args)?;
        vm.call(&state.value(0), &args).map(Some)
    })
}

fn islice_bound(vm: &mut Vm, value: &Value, what: &str) -> Result<Option<usize>> {
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

fn islice(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "islice", names)?;
    arity(vm, "islice", values.len() - 1, 2, 4)?;
    let class = own_class(vm, values)?;
    let given = &values[2..];
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

fn accumulate(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn pairwise(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn batched(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn zip_longest(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

// ---- combinatorics: `pool` holds the items, `numbers` the chosen positions

fn chosen(vm: &mut Vm, state: &State) -> Value {
    let items: Vec<Value> = state.numbers.borrow().iter().map(|&i| state.item(i)).collect();
    vm.tuple(items)
}

fn product(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = own_class(vm, values)?;
    let (positional, keywords) = split_arguments(values, names);
    let mut times = 1;
    for (name, value) in keywords {
        if name.as_str() != "repeat" {
            return Err(vm.type_error("product() got an unexpected keyword argument"));
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
    for _ in 0..times {
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

fn choose(
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
        Some(r) if !r.is_none() => vm.index_i64(r)?,
        _ => pool.len() as i64,
    };
    if length < 0 {
        return Err(vm.value_error("r must be non-negative"));
    }
    let begun = begin(pool.len(), length as usize);
    let ended = begun.is_none();
    let iterator = make(&class, step, vec![vm.int(length)], pool, begun.unwrap_or_default());
    if let (true, Some(state)) = (ended, iterator.opaque::<State>()) {
        state.mark.set(2);
    }
    Ok(iterator)
}

fn combinations(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn combinations_with_replacement(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

fn permutations(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
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

// ---- groupby: the group shares the state of its parent

fn groupby(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (class, args) = arguments(vm, values, names, "groupby", &["iterable", "key"], 1)?;
    let iterator = vm.iter(&args[0])?;
    let key = or(&args[1], Value::NONE);
    // Iterator, key function, current item, its key, key of the current group.
    let held = vec![iterator, key, Value::UNBOUND, Value::UNBOUND, Value::UNBOUND];
    Ok(make(&class, |_, _| Ok(None), held, Vec::new(), vec![0]))
}

fn advance_group(vm: &mut Vm, state: &State) -> Result<bool> {
    let Some(item) = vm.next(&state.value(0))? else { return Ok(false) };
    let function = state.value(1);
    let key =
        if function.is_none() { item.clone() } else { vm.call(&function, std::slice::from_ref(&item))? };
    state.set(2, item);
    state.set(3, key);
    Ok(true)
}

fn groupby_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(state) = iterator.opaque::<State>() else {
        return Err(wrong_receiver(vm, iterator, "groupby"));
    };
    // Whatever comes next, the group handed out before is over.
    let number = state.number(0) + 1;
    state.set_number(0, number);
    loop {
        let (current, target) = (state.value(3), state.value(4));
        let fresh = if current.is_unbound() {
            false
        } else if target.is_unbound() {
            true
        } else {
            !vm.eq(&target, &current)?
        };
        if fresh {
            break;
        }
        if !advance_group(vm, state)? {
            return Ok(None);
        }
    }
    let key = state.value(3);
    state.set(4, key.clone());
    let class = vm.extension::<Classes>().group.clone();
    let Some(class) = class else { return Ok(None) };
    let group = make(&class, group_step, vec![iterator.clone(), key.clone()], Vec::new(), vec![number]);
    Ok(Some(vm.tuple([key, group])))
}

fn group_step(vm: &mut Vm, group: &State) -> Result<Option<Value>> {
    let parent = group.value(0);
    let Some(state) = parent.opaque::<State>() else { return Ok(None) };
    if state.number(0) != group.number(0) {
        return Ok(None);
    }
    if state.value(2).is_unbound() && !advance_group(vm, state)? {
        return Ok(None);
    }
    let current = state.value(3);
    if !vm.eq(&group.value(1), &current)? {
        return Ok(None);
    }
    let item = state.value(2);
    state.set(2, Value::UNBOUND);
    Ok(Some(item))
}

// ---- tee: readers share a list that grows as the fastest of them reads

fn tee(vm: &mut Vm, args: &[Value]) -> Result {
    let count = vm.index_i64(&args[1])?;
    if count < 0 {
        return Err(vm.value_error("n must be >= 0"));
    }
    let Some(class) = vm.extension::<Classes>().tee.clone() else { return Ok(Value::NONE) };
    let mut readers = Vec::new();
    if count > 0 {
        let iterator = vm.iter(&args[0])?;
        let first = match iterator.opaque::<State>() {
            Some(_) if vm.class_of(&iterator).is_same(&class) => iterator,
            _ => {
                let buffer = vm.list(Vec::new());
                make(&class, tee_step, vec![iterator, buffer], Vec::new(), vec![0])
            }
        };
        for _ in 1..count {
            if let Some(state) = first.opaque::<State>() {
                let held = vec![state.value(0), state.value(1)];
                readers.push(make(&class, tee_step, held, Vec::new(), vec![state.number(0)]));
            }
        }
        readers.insert(0, first);
    }
    Ok(vm.tuple(readers))
}

fn tee_step(vm: &mut Vm, state: &State) -> Result<Option<Value>> {
    let (iterator, buffer) = (state.value(0), state.value(1));
    let Some(buffer) = buffer.get::<crate::object::ListObj>() else { return Ok(None) };
    let at = state.number(0);
    if let Some(item) = buffer.get(at) {
        state.set_number(0, at + 1);
        return Ok(Some(item));
    }
    let Some(item) = vm.next(&iterator)? else { return Ok(None) };
    buffer.push(item.clone());
    state.set_number(0, at + 1);
    Ok(Some(item))
}

/// Classes that natives here need again.
#[derive(Default)]
struct Classes {
    group: Option<Ref<Class>>,
    tee: Option<Ref<Class>>,
}

macro_rules! iterator_rows {
    ($($name:ident: $new:ident $(, $more:expr)*;)*) => {
        $(const $name: &[Row] = &[
            static_raw("__new__(type, *args, **kwargs)", $new),
            method("__iter__(self, /)", own),
            next(step),
            $($more,)*
        ];)*
    };
}

iterator_rows! {
    COUNT: count, method("__repr__(self, /)", count_repr);
    CYCLE: cycle;
    REPEAT: repeat, method("__repr__(self, /)", repeat_repr), method("__length_hint__(self, /)", repeat_hint);
    CHAIN: chain, class_method("from_iterable(type, iterable, /)", from_iterable);
    COMPRESS: compress;
    DROPWHILE: dropwhile;
    TAKEWHILE: takewhile;
    FILTERFALSE: filterfalse;
    STARMAP: starmap;
    ISLICE: islice;
    ACCUMULATE: accumulate;
    PAIRWISE: pairwise;
    BATCHED: batched;
    ZIP_LONGEST: zip_longest;
    PRODUCT: product;
    COMBINATIONS: combinations;
    WITH_REPLACEMENT: combinations_with_replacement;
    PERMUTATIONS: permutations;
}

const GROUPBY: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", groupby),
    method("__iter__(self, /)", own),
    next(groupby_next),
];

const PLAIN: &[Row] = &[method("__iter__(self, /)", own), next(step)];

const FUNCTIONS: &[Row] = &[function("tee(iterable, n=2, /)", tee)];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "itertools", FUNCTIONS);
    let object = vm.types.object.clone();
    let classes: [(&str, &'static [Row]); 19] = [
        ("count", COUNT),
        ("cycle", CYCLE),
        ("repeat", REPEAT),
        ("chain", CHAIN),
        ("compress", COMPRESS),
        ("dropwhile", DROPWHILE),
        ("takewhile", TAKEWHILE),
        ("filterfalse", FILTERFALSE),
        ("starmap", STARMAP),
        ("islice", ISLICE),
        ("accumulate", ACCUMULATE),
        ("pairwise", PAIRWISE),
        ("batched", BATCHED),
        ("zip_longest", ZIP_LONGEST),
        ("product", PRODUCT),
        ("combinations", COMBINATIONS),
        ("combinations_with_replacement", WITH_REPLACEMENT),
        ("permutations", PERMUTATIONS),
        ("groupby", GROUPBY),
    ];
    for (name, rows) in classes {
        let class = vm.new_class(name, "itertools", &object, Kind::Opaque, class_flag::BASE, rows);
        dict.set_text(name, class.into_value());
    }
    let group = vm.new_class("_grouper", "itertools", &object, Kind::Opaque, 0, PLAIN);
    let tee = vm.new_class("_tee", "itertools", &object, Kind::Opaque, 0, PLAIN);
    let classes = vm.extension::<Classes>();
    classes.group = Some(group);
    classes.tee = Some(tee);
    Ok(())
}
