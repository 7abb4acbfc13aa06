//! The iterators of `collections.OrderedDict`, in the module `_collections`: they look one key
//! ahead, and notice every key that came or went meanwhile, even when the length is the same.

use crate::object::{Class, Dict, Kind, Opaque, Ref, Tracer, Value, new_opaque};
use crate::types::wrong_receiver;
use crate::vm::native::{Row, function, method, next};
use crate::vm::{Result, Vm};
use std::cell::Cell;

/// The payload.
struct Ordered {
    /// Unbound at the end.
    dict: Cell<Value>,
    position: Cell<usize>,
    /// The dict's version when the iteration began.
    version: u64,
    /// 0 for keys, 1 for values, 2 for items.
    part: i64,
    reverse: bool,
    /// Whether there was another key after the last one given out.
    more: Cell<bool>,
}

impl Opaque for Ordered {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.dict);
    }
    fn clear(&self) {
        drop(self.dict.take());
    }
}

impl Ordered {
    fn look(&self, dict: &Dict) -> bool {
        let mut position = self.position.get();
        if self.reverse {
            dict.previous_entry(&mut position).is_some()
        } else {
            dict.look_next(&mut position, |_, _| ()).is_some()
        }
    }
}

/// `odict_iterator(dict, part, reverse)`
fn make(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(dict) = args[0].downcast::<Dict>() else {
        return Err(vm.type_error("odict_iterator() needs a dict"));
    };
    let reverse = vm.truth(&args[2])?;
    let body = Ordered {
        position: Cell::new(if reverse { dict.end() } else { 0 }),
        version: dict.version(),
        part: vm.index_i64(&args[1])?,
        reverse,
        more: Cell::new(!dict.is_empty()),
        dict: Cell::new(dict.into_value()),
    };
    let class = vm.extension::<IteratorClass>().0.clone();
    let Some(class) = class else { return Err(vm.runtime_error("_collections is not complete")) };
    Ok(new_opaque(&class, body))
}

fn iterator_next(vm: &mut Vm, iterator: &Value) -> Result<Option<Value>> {
    let Some(this) = iterator.opaque::<Ordered>() else {
        return Err(wrong_receiver(vm, iterator, "odict_iterator"));
    };
    let held = Value::peek(&this.dict);
    let Some(dict) = held.downcast::<Dict>() else { return Ok(None) };
    if !this.more.get() {
        drop(this.dict.take());
        return Ok(None);
    }
    if dict.version() != this.version {
        drop(this.dict.take());
        return Err(vm.runtime_error("OrderedDict mutated during iteration"));
    }
    let mut position = this.position.get();
    let entry =
        if this.reverse { dict.previous_entry(&mut position) } else { dict.next_entry(&mut position) };
    this.position.set(position);
    this.more.set(this.look(&dict));
    Ok(entry.map(|(key, value)| match this.part {
        0 => key,
        1 => value,
        _ => vm.tuple([key, value]),
    }))
}

fn iterator_self(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(this) = args[0].opaque::<Ordered>() else {
        return Err(wrong_receiver(vm, &args[0], "odict_iterator"));
    };
    let twin = Ordered {
        dict: Cell::new(Value::peek(&this.dict)),
        position: this.position.clone(),
        version: this.version,
        part: this.part,
        reverse: this.reverse,
        more: this.more.clone(),
    };
    let class = vm.class_of(&args[0]);
    let twin = new_opaque(class, twin);
    crate::types::reduce::by_items(vm, &twin)
}

#[derive(Default)]
struct IteratorClass(Option<Ref<Class>>);

const ITERATOR: &[Row] =
    &[method("__iter__(self, /)", iterator_self), next(iterator_next), method("__reduce__(self, /)", reduce)];

const FUNCTIONS: &[Row] = &[function("odict_iterator(dict, part, reverse, /)", make)];

/// Puts the function that makes iterators into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) {
    let object = vm.types.object.clone();
    let class = vm.new_class("odict_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    vm.extension::<IteratorClass>().0 = Some(class);
    vm.add_functions(dict, "_collections", FUNCTIONS);
}
