//! `weakref.ref`. The list of the references to an object is the heap's (`object/weak.rs`).

use super::{class_argument, payload};
use crate::object::{Class, Ref, Str, Value, WeakRef, class_flag};
use crate::vm::native::{Row, class_method, getter, method, raw, static_raw};
use crate::vm::{CompareOp, Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<WeakRef>> {
    payload::<WeakRef>(vm, value, "weakref.ReferenceType")
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.types.weakref.clone();
    let class = class_argument(vm, values, &base)?;
    if class.is_same(&base) {
        super::no_keywords(vm, "ref", names)?;
    }
    let values = &values[..values.len() - names.len()];
    super::arity(vm, "__new__", values.len() - 1, 1, 2)?;
    let callback = values.get(2).cloned().unwrap_or(Value::NONE);
    make(vm, &class, &values[1], callback)
}

/// A weak reference; without a callback the one of an earlier call is shared.
pub fn make(vm: &mut Vm, class: &Ref<Class>, target: &Value, callback: Value) -> Result {
    let own = vm.class_of(target).clone();
    if !own.has_flag(class_flag::WEAKREF) || target.header().is_none() {
        let name = own.type_name();
        return Err(vm.type_error(format!("cannot create weak reference to '{name}' object")));
    }
    if callback.is_none() && class.is_same(&vm.types.weakref) {
        let shared = WeakRef::existing(target)
            .into_iter()
            .find(|w| Value::peek(&w.callback).is_none() && w.header().class().is_same(class));
        if let Some(shared) = shared {
            return Ok(shared.into_value());
        }
    }
    match WeakRef::create(class, target, callback) {
        Some(weak) => Ok(weak.into_value()),
        None => Err(vm.type_error("cannot create weak reference")),
    }
}

fn init(_: &mut Vm, _: &[Value], _: &[Ref<Str>]) -> Result {
    Ok(Value::NONE)
}

fn call(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(this(vm, &args[0])?.target().unwrap_or(Value::NONE))
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let weak = this(vm, &args[0])?;
    let address = super::object::address(&args[0]);
    let Some(target) = weak.target() else {
        return Ok(vm.str(format!("<weakref at {address}; dead>")));
    };
    let class = vm.class_of(&target).clone();
    let name = vm.qualified_class_name(&class);
    let inner = super::object::address(&target);
    let own = vm.intern("__name__");
    let shown = match vm.get_attr_optional(&target, &own)? {
        Some(own) if own.get::<Str>().is_some() => format!(" ({})", vm.text_of(&own)?),
        _ => String::new(),
    };
    Ok(vm.str(format!("<weakref at {address}; to '{name}' at {inner}{shown}>")))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let weak = this(vm, &args[0])?;
    if let Some(hash) = weak.hash.get() {
        return Ok(vm.int(hash));
    }
    match weak.target() {
        Some(target) => {
            let hash = vm.hash(&target)?;
            weak.hash.set(Some(hash));
            Ok(vm.int(hash))
        }
        None => Err(vm.type_error("weak object has gone away")),
    }
}

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let weak = this(vm, &args[0])?;
    let Some(other) = args[1].downcast::<WeakRef>() else { return Ok(Value::NOT_IMPLEMENTED) };
    match (weak.target(), other.target()) {
        (Some(a), Some(b)) => vm.compare(op, &a, &b),
        _ => Ok(Value::bool(args[0].is_same(&args[1]) == (op == CompareOp::Eq))),
    }
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    compare(vm, CompareOp::Eq, args)
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    compare(vm, CompareOp::Ne, args)
}

fn get_callback(vm: &mut Vm, value: &Value) -> Result {
    let weak = this(vm, value)?;
    if weak.target().is_none() {
        return Ok(Value::NONE);
    }
    Ok(Value::peek(&weak.callback))
}

/// `obj.__weakref__`: the first weak reference, or None.
pub fn first(_: &mut Vm, value: &Value) -> Result {
    Ok(WeakRef::existing(value).into_iter().next().map_or(Value::NONE, Ref::into_value))
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__call__(self, /)", call),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    raw("__init__(self, /, *args, **kwargs)", init),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
    getter("__callback__", get_callback),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.weakref.clone();
    vm.add_rows(&class, METHODS);
    let module = vm.str("weakref");
    class.preset("__module__", module);
    class.set_flag(class_flag::QUALIFIED);
}
