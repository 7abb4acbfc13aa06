//! `FrameLocalsProxy` (PEP 667): the variables of a function's frame as a mapping. Reading and
//! writing go to the frame itself; a name that is no variable goes into a dict of the frame's.
//! Nothing can be removed.

use super::{no_keywords, wrong_receiver};
use crate::object::{Dict, FrameObj, Opaque, Ref, Str, Tracer, Value, heap};
use crate::vm::frames::{self, Place};
use crate::vm::native::{Row, method, raw, static_raw};
use crate::vm::{BinaryOp, Result, Vm};

/// The payload: the frame that is shown.
struct FrameLocals {
    frame: Ref<FrameObj>,
}

impl Opaque for FrameLocals {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.frame);
    }
    fn clear(&self) {}
}

/// A proxy for the variables of a function's frame.
pub fn make(vm: &mut Vm, frame: Ref<FrameObj>) -> Value {
    heap::new_opaque(&vm.types.frame_locals, FrameLocals { frame })
}

fn frame_of(value: &Value) -> Option<Ref<FrameObj>> {
    value.opaque::<FrameLocals>().map(|proxy| proxy.frame.clone())
}

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<FrameObj>> {
    match frame_of(value) {
        Some(frame) => Ok(frame),
        None => Err(wrong_receiver(vm, value, "FrameLocalsProxy")),
    }
}

/// The variable that a key names. Whatever is no variable must at least be hashable.
fn place(vm: &mut Vm, frame: &FrameObj, key: &Value) -> Result<Option<Place>> {
    let Some(name) = key.get::<Str>() else {
        vm.hash(key)?;
        return Ok(None);
    };
    let found = frames::variables(frame).into_iter().find(|(known, _)| known.as_str() == name.as_str());
    Ok(found.map(|(_, place)| place))
}

fn find(vm: &mut Vm, frame: &FrameObj, key: &Value) -> Result<Option<Value>> {
    if let Some(place) = place(vm, frame, key)? {
        let value = frames::variable(frame, place);
        if !value.is_unbound() {
            return Ok(Some(value));
        }
    }
    match frame.extra_names().get::<Dict>() {
        Some(names) => vm.dict_get(names, key),
        None => Ok(None),
    }
}

fn store(vm: &mut Vm, frame: &FrameObj, key: &Value, value: Value) -> Result<()> {
    if let Some(place) = place(vm, frame, key)? {
        vm.set_variable(frame, place, value);
        return Ok(());
    }
    let mut names = frame.extra_names();
    if names.is_unbound() {
        names = vm.new_dict().into_value();
        frame.with_extra(|extra| extra.names = names.clone());
    }
    match names.get::<Dict>() {
        Some(names) => vm.dict_set(names, key.clone(), value),
        None => Ok(()),
    }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    if values.len() != 2 {
        let given = values.len().saturating_sub(1);
        return Err(vm.type_error(format!("FrameLocalsProxy expected 1 argument, got {given}")));
    }
    if !names.is_empty() {
        return Err(vm.type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    match values[1].downcast::<FrameObj>() {
        Some(frame) => Ok(make(vm, frame)),
        None => {
            let got = vm.type_name(&values[1]);
            Err(vm.type_error(format!("expect frame, not {got}")))
        }
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    let text = super::guard_repr(vm, &args[0], |vm| {
        let dict = vm.copy_of_locals(&frame).into_value();
        vm.repr_text(&dict)
    })?;
    Ok(vm.str(text.unwrap_or_else(|| "{...}".to_owned())))
}

/// Proxies are equal when they show one frame; a dict is equal to the same names and values.
fn same(vm: &mut Vm, args: &[Value]) -> Result<Option<bool>> {
    let frame = this(vm, &args[0])?;
    if let Some(other) = frame_of(&args[1]) {
        return Ok(Some(frame.is_same(&other)));
    }
    if !args[1].is::<Dict>() {
        return Ok(None);
    }
    let copy = vm.copy_of_locals(&frame).into_value();
    let equal = vm.eq(&copy, &args[1])?;
    Ok(Some(equal))
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same(vm, args)?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same(vm, args)?.map_or(Value::NOT_IMPLEMENTED, |same| Value::bool(!same)))
}

fn copied(vm: &mut Vm, value: &Value) -> Result {
    let frame = this(vm, value)?;
    Ok(vm.copy_of_locals(&frame).into_value())
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    copied(vm, &args[0])
}

/// What a method of a dict says of the variables now, as a list.
fn listed(vm: &mut Vm, value: &Value, method: &str) -> Result {
    let copy = copied(vm, value)?;
    let view = vm.call_method(&copy, method, &[])?;
    let items = vm.collect(&view)?;
    Ok(vm.list(items))
}

fn keys(vm: &mut Vm, args: &[Value]) -> Result {
    listed(vm, &args[0], "keys")
}

fn values(vm: &mut Vm, args: &[Value]) -> Result {
    listed(vm, &args[0], "values")
}

fn items(vm: &mut Vm, args: &[Value]) -> Result {
    listed(vm, &args[0], "items")
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let keys = listed(vm, &args[0], "keys")?;
    vm.iter(&keys)
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    listed(vm, &args[0], "__reversed__")
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    Ok(Value::index(vm.copy_of_locals(&frame).len()))
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    Ok(Value::bool(find(vm, &frame, &args[1])?.is_some()))
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    match find(vm, &frame, &args[1])? {
        Some(value) => Ok(value),
        None => {
            let key = vm.repr_text(&args[1])?;
            let message = vm.str(format!("local variable '{key}' is not defined"));
            Err(vm.key_error(&message))
        }
    }
}

fn setitem(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    store(vm, &frame, &args[1], args[2].clone())?;
    Ok(Value::NONE)
}

fn delitem(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?;
    Err(vm.type_error("cannot remove variables from FrameLocalsProxy"))
}

/// The key and the default of `get` and `setdefault`.
fn key_and_default<'v>(
    vm: &mut Vm,
    function: &str,
    values: &'v [Value],
    names: &[Ref<Str>],
) -> Result<(&'v Value, Value)> {
    no_keywords(vm, &format!("FrameLocalsProxy.{function}"), names)?;
    match values {
        [_, key] => Ok((key, Value::NONE)),
        [_, key, default] => Ok((key, default.clone())),
        _ => Err(vm.type_error(format!("{function} expected 1 or 2 arguments"))),
    }
}

fn get(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let frame = this(vm, values.first().unwrap_or(&Value::NONE))?;
    let (key, default) = key_and_default(vm, "get", values, names)?;
    Ok(find(vm, &frame, key)?.unwrap_or(default))
}

fn setdefault(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let frame = this(vm, values.first().unwrap_or(&Value::NONE))?;
    let (key, default) = key_and_default(vm, "setdefault", values, names)?;
    if let Some(found) = find(vm, &frame, key)? {
        return Ok(found);
    }
    store(vm, &frame, key, default.clone())?;
    Ok(default)
}

/// Stores what a dict or another proxy holds; false for anything else.
fn merge(vm: &mut Vm, frame: &FrameObj, source: &Value) -> Result<bool> {
    let source = if frame_of(source).is_some() { copied(vm, source)? } else { source.clone() };
    let Some(dict) = source.get::<Dict>() else { return Ok(false) };
    for (key, value) in dict.items() {
        store(vm, frame, &key, value)?;
    }
    Ok(true)
}

fn update(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    if merge(vm, &frame, &args[1])? {
        return Ok(Value::NONE);
    }
    Err(vm.type_error("update() argument must be dict or another FrameLocalsProxy"))
}

fn ior(vm: &mut Vm, args: &[Value]) -> Result {
    let frame = this(vm, &args[0])?;
    if merge(vm, &frame, &args[1])? { Ok(args[0].clone()) } else { Ok(Value::NOT_IMPLEMENTED) }
}

/// An operand of `|`: a proxy stands for a dict.
fn operand(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    if frame_of(value).is_some() {
        return copied(vm, value).map(Some);
    }
    Ok(value.is::<Dict>().then(|| value.clone()))
}

fn union(vm: &mut Vm, left: &Value, right: &Value) -> Result {
    match (operand(vm, left)?, operand(vm, right)?) {
        (Some(left), Some(right)) => vm.binary(BinaryOp::Or, &left, &right),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn or(vm: &mut Vm, args: &[Value]) -> Result {
    union(vm, &args[0], &args[1])
}

fn ror(vm: &mut Vm, args: &[Value]) -> Result {
    union(vm, &args[1], &args[0])
}

const ROWS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__iter__(self, /)", iter),
    method("__reversed__(self, /)", reversed),
    method("__len__(self, /)", len),
    method("__contains__(self, key, /)", contains),
    method("__getitem__(self, key, /)", getitem),
    method("__setitem__(self, key, value, /)", setitem),
    method("__delitem__(self, key, /)", delitem),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__ior__(self, value, /)", ior),
    method("copy(self, /)", copy),
    method("keys(self, /)", keys),
    method("values(self, /)", values),
    method("items(self, /)", items),
    raw("get(self, /, *args, **kwargs)", get),
    raw("setdefault(self, /, *args, **kwargs)", setdefault),
    method("update(self, mapping, /)", update),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.frame_locals.clone();
    vm.add_rows(&class, ROWS);
    class.preset("__hash__", Value::NONE);
}
