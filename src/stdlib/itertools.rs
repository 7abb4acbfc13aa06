//! `itertools`. Every iterator has the same payload, [`State`]: held values, numbers, and the
//! function that makes the next item of them. The steps are in `streams`, `combinatorics` and
//! `shared`; here are the payload and the tables.

mod combinatorics;
mod shared;
mod streams;

use crate::object::{Class, Dict, Kind, Opaque, Ref, Str, Tracer, Value, class_flag, heap};
use crate::types::{class_argument, split_arguments, wrong_receiver};
use crate::vm::native::{Row, class_method, function, method, next, static_raw};
use crate::vm::{Result, Vm};
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

impl State {
    fn twin(&self) -> State {
        State {
            step: self.step,
            values: RefCell::new(self.values.borrow().clone()),
            pool: RefCell::new(self.pool.borrow().clone()),
            numbers: RefCell::new(self.numbers.borrow().clone()),
            mark: self.mark.clone(),
        }
    }
}

/// An iterator of the same class in the same state. What it holds, it shares.
fn twin(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(state) = args[0].opaque::<State>() else {
        return Err(wrong_receiver(vm, &args[0], "itertools"));
    };
    let class = vm.class_of(&args[0]);
    Ok(heap::new_opaque(class, state.twin()))
}

/// The way to a copy: `twin`, without arguments, and what the twin is to hold instead.
fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(state) = args[0].opaque::<State>() else {
        return Err(wrong_receiver(vm, &args[0], "itertools"));
    };
    let category = vm.exceptions.deprecation_warning.clone();
    vm.warn(&category, "Pickle, copy, and deepcopy support will be removed from itertools in Python 3.14.")?;
    let twin = vm.get_attr_text(&args[0], "_twin")?;
    let held = |values: &RefCell<Vec<Value>>| -> Vec<Value> {
        values.borrow().iter().map(|value| value.bound().cloned().unwrap_or(Value::NONE)).collect()
    };
    let (values, pool) = (vm.tuple(held(&state.values)), vm.tuple(held(&state.pool)));
    let state = vm.tuple([values, pool]);
    Ok(crate::types::reduce::by_class(vm, twin, Vec::new(), Some(state)))
}

fn setstate(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(state) = args[0].opaque::<State>() else {
        return Err(wrong_receiver(vm, &args[0], "itertools"));
    };
    let parts = vm.collect(&args[1])?;
    for (cell, part) in [&state.values, &state.pool].into_iter().zip(&parts) {
        let items = vm.collect(part)?;
        // What is unbound stays so: None stands for it outside.
        let new: Vec<Value> = cell
            .borrow()
            .iter()
            .zip(items)
            .map(|(old, new)| if old.is_unbound() { Value::UNBOUND } else { new })
            .collect();
        drop(cell.replace(new));
    }
    Ok(Value::NONE)
}

/// The class that `__new__` was called with: one whose instances can hold a [`State`].
fn own_class(vm: &mut Vm, values: &[Value]) -> Result<Ref<Class>> {
    let object = vm.types.object.clone();
    let class = class_argument(vm, values, &object)?;
    if class.layout() != Kind::Opaque {
        let name = class.type_name();
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
                return Err(vm.unexpected_keyword(function, name.as_str(), params));
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

/// Classes that natives here need again.
#[derive(Default)]
struct Classes {
    group: Option<Ref<Class>>,
    tee: Option<Ref<Class>>,
}

macro_rules! iterator_rows {
    ($($name:ident: $new:path $(, $more:expr)*;)*) => {
        $(const $name: &[Row] = &[
            static_raw("__new__(type, *args, **kwargs)", $new),
            method("__iter__(self, /)", own),
            next(step),
            $($more,)*
        ];)*
    };
}

iterator_rows! {
    COUNT: streams::count, method("__repr__(self, /)", streams::count_repr);
    CYCLE: streams::cycle;
    REPEAT: streams::repeat, method("__repr__(self, /)", streams::repeat_repr), method("__length_hint__(self, /)", streams::repeat_hint);
    CHAIN: streams::chain, class_method("from_iterable(type, iterable, /)", streams::from_iterable);
    COMPRESS: streams::compress;
    DROPWHILE: streams::dropwhile;
    TAKEWHILE: streams::takewhile;
    FILTERFALSE: streams::filterfalse;
    STARMAP: streams::starmap;
    ISLICE: streams::islice;
    ACCUMULATE: streams::accumulate;
    PAIRWISE: streams::pairwise;
    BATCHED: streams::batched;
    ZIP_LONGEST: streams::zip_longest;
    PRODUCT: combinatorics::product;
    COMBINATIONS: combinatorics::combinations;
    WITH_REPLACEMENT: combinatorics::combinations_with_replacement;
    PERMUTATIONS: combinatorics::permutations;
}

const GROUPBY: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", shared::groupby),
    method("__iter__(self, /)", own),
    next(shared::groupby_next),
];

/// What makes iterators fit for `copy`.
const COPIED: &[Row] = &[
    method("__reduce__(self, /)", reduce),
    method("__setstate__(self, object, /)", setstate),
    method("_twin(self, /)", twin),
];

const TEE: &[Row] = &[method("__copy__(self, /)", twin)];

const PLAIN: &[Row] = &[method("__iter__(self, /)", own), next(step)];

const FUNCTIONS: &[Row] = &[function("tee(iterable, n=2, /)", shared::tee)];

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
        let class = vm.new_class(
            name,
            "itertools",
            &object,
            Kind::Opaque,
            class_flag::BASE | class_flag::QUALIFIED,
            rows,
        );
        if !matches!(name, "pairwise" | "batched") {
            vm.add_rows(&class, COPIED);
        }
        dict.set_text(name, class.into_value());
    }
    let group = vm.new_class("_grouper", "itertools", &object, Kind::Opaque, 0, PLAIN);
    let tee = vm.new_class("_tee", "itertools", &object, Kind::Opaque, 0, PLAIN);
    vm.add_rows(&tee, COPIED);
    vm.add_rows(&tee, TEE);
    let classes = vm.extension::<Classes>();
    classes.group = Some(group);
    classes.tee = Some(tee);
    Ok(())
}
