//! `_tuplegetter`: the descriptor of a field of a named tuple.

use crate::object::{Class, Dict, Kind, Opaque, Ref, Str, Tracer, TupleObj, Value, heap};
use crate::types::wrong_receiver;
use crate::vm::native::{Row, getset, method, static_raw};
use crate::vm::{Result, Vm};
use std::cell::Cell;

struct TupleGetter {
    index: usize,
    doc: Cell<Value>,
}

impl Opaque for TupleGetter {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.doc);
    }
    fn clear(&self) {
        drop(self.doc.replace(Value::NONE));
    }
}

#[derive(Default)]
struct Classes(Option<Ref<Class>>);

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v TupleGetter> {
    match value.opaque::<TupleGetter>() {
        Some(getter) => Ok(getter),
        None => Err(wrong_receiver(vm, value, "_tuplegetter")),
    }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (Some(class), [_, index, doc], []) = (vm.extension::<Classes>().0.clone(), values, names) else {
        let given = values.len().saturating_sub(1);
        return Err(vm.type_error(format!("_tuplegetter expected 2 arguments, got {given}")));
    };
    let index = usize::try_from(vm.index_i64(index)?).unwrap_or(usize::MAX);
    Ok(heap::new_opaque(&class, TupleGetter { index, doc: Cell::new(doc.clone()) }))
}

fn get(vm: &mut Vm, args: &[Value]) -> Result {
    let getter = this(vm, &args[0])?;
    let [_, instance, owner] = args else { return Ok(Value::NONE) };
    if let Some(tuple) = instance.get::<TupleObj>() {
        return match tuple.items().get(getter.index) {
            Some(item) => Ok(item.clone()),
            None => Err(vm.index_error("tuple index out of range")),
        };
    }
    if !instance.is_none() {
        let (index, got) = (getter.index, vm.type_name(instance));
        return Err(vm.type_error(format!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{got}' object"
        )));
    }
    if owner.is_none() {
        return Err(vm.type_error("__get__(None, None) is invalid"));
    }
    Ok(args[0].clone())
}

fn set(vm: &mut Vm, _: &[Value]) -> Result {
    Err(vm.attribute_error("can't set attribute"))
}

fn delete(vm: &mut Vm, _: &[Value]) -> Result {
    Err(vm.attribute_error("can't delete attribute"))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let getter = this(vm, &args[0])?;
    let doc = vm.repr_text(&Value::peek(&getter.doc))?;
    Ok(vm.str(format!("_tuplegetter({}, {doc})", getter.index)))
}

fn get_doc(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.doc))
}

fn set_doc(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let getter = this(vm, value)?;
    drop(getter.doc.replace(new.bound().cloned().unwrap_or(Value::NONE)));
    Ok(())
}

fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let getter = this(vm, &args[0])?;
    let held = vec![Value::index(getter.index), Value::peek(&getter.doc)];
    let class = vm.class_of(&args[0]).to_value();
    Ok(crate::types::reduce::by_class(vm, class, held, None))
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__get__(self, instance, owner=None, /)", get),
    method("__set__(self, instance, value, /)", set),
    method("__delete__(self, instance, /)", delete),
    method("__repr__(self, /)", repr),
    method("__reduce__(self, /)", reduce),
    getset("__doc__", get_doc, set_doc),
];

/// Puts the class into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) {
    let object = vm.types.object.clone();
    let class = vm.new_class("_tuplegetter", "collections", &object, Kind::Opaque, 0, METHODS);
    dict.set_text("_tuplegetter", class.to_value());
    vm.extension::<Classes>().0 = Some(class);
}
