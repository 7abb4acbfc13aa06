//! The iterator of sets.

use super::{of, this};
use crate::object::{Opaque, Tracer, Value, heap};
use crate::types::Extra;
use crate::types::iterators::iterator_self;
use crate::types::wrong_receiver;
use crate::vm::native::{Row, method, next};
use crate::vm::{Result, Vm};
use std::cell::Cell;

pub(super) fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let set = this(vm, &args[0])?;
    let class = Extra::set_iterator(vm);
    let body = SetIter {
        set: Cell::new(args[0].clone()),
        position: Cell::new(0),
        length: Cell::new(set.len()),
        left: Cell::new(set.len()),
    };
    Ok(heap::new_opaque(&class, body))
}

struct SetIter {
    /// Unbound at the end.
    set: Cell<Value>,
    position: Cell<usize>,
    length: Cell<usize>,
    left: Cell<usize>,
}

impl Opaque for SetIter {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.set);
    }
    fn clear(&self) {
        drop(self.set.take());
    }
}

fn iterator_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(iter) = iterator.opaque::<SetIter>() else {
        return Err(wrong_receiver(vm, iterator, "set_iterator"));
    };
    let Some(set) = of(&Value::peek(&iter.set)) else { return Ok(None) };
    if set.len() != iter.length.get() {
        // From now on it is never right again.
        iter.length.set(usize::MAX);
        return Err(vm.runtime_error("Set changed size during iteration"));
    }
    let mut position = iter.position.get();
    let found = set.next_key(&mut position);
    iter.position.set(position);
    match found {
        Some((_, key)) => {
            iter.left.set(iter.left.get().saturating_sub(1));
            Ok(Some(key))
        }
        None => {
            drop(iter.set.take());
            Ok(None)
        }
    }
}

fn length_hint(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<SetIter>() else {
        return Err(wrong_receiver(vm, &args[0], "set_iterator"));
    };
    let left = if Value::peek(&iter.set).is_unbound() { 0 } else { iter.left.get() };
    Ok(Value::index(left))
}

fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(iter) = args[0].opaque::<SetIter>() else {
        return Err(wrong_receiver(vm, &args[0], "set_iterator"));
    };
    let class = Extra::set_iterator(vm);
    let twin = SetIter {
        set: Cell::new(Value::peek(&iter.set)),
        position: iter.position.clone(),
        length: iter.length.clone(),
        left: iter.left.clone(),
    };
    let twin = heap::new_opaque(&class, twin);
    crate::types::reduce::by_items(vm, &twin)
}

pub(super) const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", length_hint),
    method("__reduce__(self, /)", reduce),
];
