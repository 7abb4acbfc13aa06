//! `mappingproxy`: a read-only view of a mapping; what a class shows as `__dict__`.

use super::{arity, no_keywords, wrong_receiver};
use crate::object::{Dict, Opaque, Ref, Str, Tracer, Value, heap};
use crate::vm::native::{Row, class_method, method, static_raw};
use crate::vm::{BinaryOp, CompareOp, Result, Vm};

/// The payload: the mapping that is shown.
pub struct Proxy {
    pub mapping: Value,
}

impl Opaque for Proxy {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.mapping);
    }
    fn clear(&self) {}
}

/// A proxy of `mapping`.
pub fn make(vm: &mut Vm, mapping: Value) -> Value {
    heap::new_opaque(&vm.types.mappingproxy, Proxy { mapping })
}

/// The mapping behind a proxy.
fn mapping(vm: &mut Vm, value: &Value) -> Result {
    match value.opaque::<Proxy>() {
        Some(proxy) => Ok(proxy.mapping.clone()),
        None => Err(wrong_receiver(vm, value, "mappingproxy")),
    }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "mappingproxy", names)?;
    arity(vm, "mappingproxy", values.len() - 1, 1, 1)?;
    let given = &values[1];
    let is_mapping = given.is::<Dict>()
        || (vm.special(given, crate::object::Special::GetItem).is_some()
            && !vm.class_of(given).is_subclass_of(&vm.types.list)
            && !vm.class_of(given).is_subclass_of(&vm.types.tuple));
    if !is_mapping {
        let got = vm.type_name(given);
        return Err(vm.type_error(format!("mappingproxy() argument must be a mapping, not {got}")));
    }
    Ok(make(vm, given.clone()))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    let text = vm.repr_text(&mapping)?;
    Ok(vm.str(format!("mappingproxy({text})")))
}

fn str(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    Ok(vm.str_of(&mapping)?.into_value())
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    let hash = vm.hash(&mapping)?;
    Ok(vm.int(hash))
}

fn unwrapped(value: &Value) -> Value {
    value.opaque::<Proxy>().map_or_else(|| value.clone(), |p| p.mapping.clone())
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.compare(CompareOp::Eq, &mapping, &unwrapped(&args[1]))
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.compare(CompareOp::Ne, &mapping, &unwrapped(&args[1]))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.iter(&mapping)
}

fn or(vm: &mut Vm, args: &[Value]) -> Result {
    vm.binary(BinaryOp::Or, &unwrapped(&args[0]), &unwrapped(&args[1]))
}

fn ror(vm: &mut Vm, args: &[Value]) -> Result {
    vm.binary(BinaryOp::Or, &unwrapped(&args[1]), &unwrapped(&args[0]))
}

fn ior(vm: &mut Vm, _: &[Value]) -> Result {
    Err(vm.type_error("'|=' is not supported by mappingproxy; use '|' instead"))
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    Ok(Value::index(vm.len(&mapping)?))
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.get_item(&mapping, &args[1])
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    Ok(Value::bool(vm.contains(&mapping, &args[1])?))
}

fn get(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.call_method(&mapping, "get", &args[1..])
}

fn keys(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.call_method(&mapping, "keys", &[])
}

fn values(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.call_method(&mapping, "values", &[])
}

fn items(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.call_method(&mapping, "items", &[])
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.call_method(&mapping, "copy", &[])
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    let mapping = mapping(vm, &args[0])?;
    vm.call_method(&mapping, "__reversed__", &[])
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__str__(self, /)", str),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__iter__(self, /)", iter),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__ior__(self, value, /)", ior),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", getitem),
    method("__contains__(self, key, /)", contains),
    method("get(self, key, default=None, /)", get),
    method("keys(self, /)", keys),
    method("values(self, /)", values),
    method("items(self, /)", items),
    method("copy(self, /)", copy),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
    method("__reversed__(self, /)", reversed),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.mappingproxy.clone();
    vm.add_rows(&class, METHODS);
}
