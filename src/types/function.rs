//! Functions, bound methods and closure cells as objects.

use super::operators::comparisons;
use super::{class_argument, payload, split_arguments};
use crate::object::{
    BoundMethod, CellObj, Class, CodeObj, Dict, Function, Ref, Special, Str, TupleObj, Value, heap,
};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Native, Row, getset, getter, method, raw, static_raw};
use crate::vm::{Result, Vm};
use std::cell::Cell;

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<Function>> {
    match value.get::<Native>() {
        Some(native) if !Value::peek(&native.shown).is_unbound() => vm.shown_function(native),
        _ => payload::<Function>(vm, value, "function"),
    }
}

fn peek_or(cell: &Cell<Value>, default: Value) -> Value {
    let held = Value::peek(cell);
    if held.is_unbound() { default } else { held }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (positional, keywords) = split_arguments(values, names);
    let mut parts: Vec<Option<Value>> = positional.iter().skip(1).cloned().map(Some).collect();
    parts.resize(6.max(parts.len()), None);
    for (name, value) in keywords {
        let slot = ["code", "globals", "name", "argdefs", "closure", "kwdefaults"]
            .iter()
            .position(|n| *n == name.as_str());
        match slot {
            Some(slot) => parts[slot] = Some(value.clone()),
            None => {
                let name = name.as_str();
                return Err(vm.type_error(format!("function() got an unexpected keyword argument '{name}'")));
            }
        }
    }
    let code = parts[0].as_ref().and_then(|v| v.downcast::<CodeObj>());
    let Some(code) = code else {
        let message = match &parts[0] {
            Some(other) => format!("function() argument 'code' must be code, not {}", vm.type_name(other)),
            None => "function() missing required argument 'code' (pos 1)".to_owned(),
        };
        return Err(vm.type_error(message));
    };
    let Some(globals) = parts[1].as_ref().and_then(|v| v.downcast::<Dict>()) else {
        return Err(vm.type_error("function() argument 'globals' must be dict"));
    };
    let cells: Vec<Ref<CellObj>> = match &parts[4] {
        None if !code.code.frees.is_empty() => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        Some(closure) => super::tuple_items(closure).iter().filter_map(|c| c.downcast()).collect(),
        None => Vec::new(),
    };
    if cells.len() != code.code.frees.len() {
        let (name, needed) = (code.name.as_str().to_owned(), code.code.frees.len());
        return Err(
            vm.value_error(format!("{name} requires closure of length {needed}, not {}", cells.len()))
        );
    }
    let module = globals.get_text("__name__").unwrap_or(Value::NONE);
    let name = match &parts[2] {
        Some(name) if !name.is_none() => name.clone(),
        _ => code.name.to_value(),
    };
    let builtins = vm.builtins_of(&globals);
    let function = Function {
        qualname: Cell::new(code.qualname.to_value()),
        doc: Cell::new(code.code.doc.as_ref().map_or(Value::NONE, |d| vm.str(&**d))),
        code,
        globals,
        builtins,
        closure: cells.into(),
        name: Cell::new(name),
        module: Cell::new(module),
        defaults: Cell::new(parts[3].clone().unwrap_or(Value::NONE)),
        kwdefaults: Cell::new(parts[5].clone().unwrap_or(Value::NONE)),
        annotations: Cell::new(Value::UNBOUND),
        type_params: Cell::new(Value::UNBOUND),
        dict: Cell::new(Value::UNBOUND),
        awaitable: Cell::new(false),
    };
    Ok(heap::alloc_plain(&vm.types.function, function).into_value())
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let function = this(vm, &args[0])?;
    let name = Value::peek(&function.qualname);
    let name = vm.text_of(&name)?;
    Ok(vm.str(format!("<function {name} at {}>", super::object::address(&args[0]))))
}

fn call(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    match values.split_first() {
        Some((function, rest)) => {
            this(vm, function)?;
            vm.call_kw(function, rest, names)
        }
        None => Err(vm.type_error("descriptor '__call__' of 'function' object needs an argument")),
    }
}

fn get(vm: &mut Vm, args: &[Value]) -> Result {
    if args[1].is_none() {
        return Ok(args[0].clone());
    }
    Ok(vm.bound_method(args[0].clone(), args[1].clone()))
}

fn get_closure(vm: &mut Vm, value: &Value) -> Result {
    let function = this(vm, value)?;
    if function.closure.is_empty() {
        return Ok(Value::NONE);
    }
    let cells: Vec<Value> = function.closure.iter().map(Ref::to_value).collect();
    Ok(vm.tuple(cells))
}

fn get_globals(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.globals.to_value())
}

fn get_builtins(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.builtins.to_value())
}

fn get_code(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.code.to_value())
}

fn set_code(vm: &mut Vm, _: &Value, new: &Value) -> Result<()> {
    if !new.is::<CodeObj>() {
        return Err(vm.type_error("__code__ must be set to a code object"));
    }
    Err(vm.attribute_error("__code__ cannot be replaced here"))
}

fn get_module(vm: &mut Vm, value: &Value) -> Result {
    Ok(peek_or(&this(vm, value)?.module, Value::NONE))
}

fn set_module(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    drop(this(vm, value)?.module.replace(new));
    Ok(())
}

fn get_doc(vm: &mut Vm, value: &Value) -> Result {
    Ok(peek_or(&this(vm, value)?.doc, Value::NONE))
}

fn set_doc(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    drop(this(vm, value)?.doc.replace(new));
    Ok(())
}

fn get_name(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.name))
}

fn set_name(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.get::<Str>().is_none() {
        return Err(vm.type_error("__name__ must be set to a string object"));
    }
    drop(this(vm, value)?.name.replace(new.clone()));
    Ok(())
}

fn get_qualname(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&this(vm, value)?.qualname))
}

fn set_qualname(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.get::<Str>().is_none() {
        return Err(vm.type_error("__qualname__ must be set to a string object"));
    }
    drop(this(vm, value)?.qualname.replace(new.clone()));
    Ok(())
}

fn get_defaults(vm: &mut Vm, value: &Value) -> Result {
    Ok(peek_or(&this(vm, value)?.defaults, Value::NONE))
}

fn set_defaults(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    if !new.is_none() && new.get::<TupleObj>().is_none() {
        return Err(vm.type_error("__defaults__ must be set to a tuple object"));
    }
    drop(this(vm, value)?.defaults.replace(new));
    Ok(())
}

fn get_kwdefaults(vm: &mut Vm, value: &Value) -> Result {
    Ok(peek_or(&this(vm, value)?.kwdefaults, Value::NONE))
}

fn set_kwdefaults(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = new.bound().cloned().unwrap_or(Value::NONE);
    if !new.is_none() && new.get::<Dict>().is_none() {
        return Err(vm.type_error("__kwdefaults__ must be set to a dict object"));
    }
    drop(this(vm, value)?.kwdefaults.replace(new));
    Ok(())
}

fn get_annotations(vm: &mut Vm, value: &Value) -> Result {
    let function = this(vm, value)?;
    let held = Value::peek(&function.annotations);
    if held.is::<Dict>() {
        return Ok(held);
    }
    let dict = vm.new_dict().into_value();
    drop(function.annotations.replace(dict.clone()));
    Ok(dict)
}

fn set_annotations(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let new = match new.bound() {
        Some(new) if !new.is_none() => new.clone(),
        _ => Value::UNBOUND,
    };
    if !new.is_unbound() && new.get::<Dict>().is_none() {
        return Err(vm.type_error("__annotations__ must be set to a dict object"));
    }
    drop(this(vm, value)?.annotations.replace(new));
    Ok(())
}

fn get_type_params(vm: &mut Vm, value: &Value) -> Result {
    let empty = vm.tuple([]);
    Ok(peek_or(&this(vm, value)?.type_params, empty))
}

fn set_type_params(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.get::<TupleObj>().is_none() {
        return Err(vm.type_error("__type_params__ must be set to a tuple"));
    }
    drop(this(vm, value)?.type_params.replace(new.clone()));
    Ok(())
}

fn set_dict(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    if new.is_unbound() {
        return Err(vm.type_error("cannot delete __dict__"));
    }
    if new.get::<Dict>().is_none() {
        let got = vm.type_name(new);
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{got}'")));
    }
    drop(this(vm, value)?.dict.replace(new.clone()));
    Ok(())
}

// ---- bound methods

fn bound(vm: &mut Vm, value: &Value) -> Result<Ref<BoundMethod>> {
    payload::<BoundMethod>(vm, value, "method")
}

fn method_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.types.method.clone();
    class_argument(vm, values, &base)?;
    super::no_keywords(vm, "method", names)?;
    super::arity(vm, "method", values.len() - 1, 2, 2)?;
    if !vm.is_callable(&values[1]) {
        return Err(vm.type_error("first argument must be callable"));
    }
    if values[2].is_none() {
        return Err(vm.type_error("instance must not be None"));
    }
    Ok(vm.bound_method(values[1].clone(), values[2].clone()))
}

fn method_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let method = bound(vm, &args[0])?;
    let function = method.function.clone();
    let name = heap::intern("__qualname__");
    let mut found = vm.get_attr_optional(&function, &name)?;
    if found.is_none() {
        let name = heap::intern("__name__");
        found = vm.get_attr_optional(&function, &name)?;
    }
    let name = match found.as_ref().and_then(|v| v.get::<Str>()) {
        Some(name) => name.as_str().to_owned(),
        None => "?".to_owned(),
    };
    let receiver = vm.repr_text(&method.receiver)?;
    Ok(vm.str(format!("<bound method {name} of {receiver}>")))
}

fn method_hash(vm: &mut Vm, args: &[Value]) -> Result {
    let method = bound(vm, &args[0])?;
    let function = vm.hash(&method.function)?;
    let receiver = (method.receiver.id() >> 4) as i64;
    Ok(vm.int(receiver ^ function))
}

fn same_method(vm: &mut Vm, a: &Value, b: &Value) -> Result<Option<bool>> {
    let method = bound(vm, a)?;
    let Some(other) = b.get::<BoundMethod>() else { return Ok(None) };
    if !method.receiver.is_same(&other.receiver) {
        return Ok(Some(false));
    }
    vm.eq(&method.function, &other.function).map(Some)
}

fn method_eq(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same_method(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn method_ne(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same_method(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, |e| Value::bool(!e)))
}

fn method_call(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    match values.split_first() {
        Some((method, rest)) => {
            bound(vm, method)?;
            vm.call_kw(method, rest, names)
        }
        None => Err(vm.type_error("descriptor '__call__' of 'method' object needs an argument")),
    }
}

fn method_get(_: &mut Vm, args: &[Value]) -> Result {
    Ok(args[0].clone())
}

/// Attributes that a method does not have are its function's.
fn method_getattribute(vm: &mut Vm, args: &[Value]) -> Result {
    let name = super::attribute_name(vm, &args[1])?;
    let class = vm.class_of(&args[0]).clone();
    if let Some(found) = vm.generic_get(&args[0], &name, &class)? {
        return Ok(found);
    }
    let function = bound(vm, &args[0])?.function.clone();
    match vm.get_attr_optional(&function, &name)? {
        Some(found) => Ok(found),
        None => Err(vm.no_attribute(&args[0], &name)),
    }
}

fn get_func(vm: &mut Vm, value: &Value) -> Result {
    Ok(bound(vm, value)?.function.clone())
}

fn get_self(vm: &mut Vm, value: &Value) -> Result {
    Ok(bound(vm, value)?.receiver.clone())
}

fn get_method_doc(vm: &mut Vm, value: &Value) -> Result {
    let function = bound(vm, value)?.function.clone();
    let name = heap::intern("__doc__");
    Ok(vm.get_attr_optional(&function, &name)?.unwrap_or(Value::NONE))
}

// ---- cells

fn cell_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    super::no_keywords(vm, "cell", names)?;
    super::arity(vm, "cell", values.len() - 1, 0, 1)?;
    let contents = values.get(1).cloned().unwrap_or(Value::UNBOUND);
    Ok(heap::alloc_plain(&vm.types.cell, CellObj::new(contents)).into_value())
}

fn cell_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let cell = payload::<CellObj>(vm, &args[0], "cell")?;
    let held = cell.get();
    let address = super::object::address(&args[0]);
    if held.is_unbound() {
        return Ok(vm.str(format!("<cell at {address}: empty>")));
    }
    let class: Ref<Class> = vm.class_of(&held).clone();
    let inner = super::object::address(&held);
    Ok(vm.str(format!("<cell at {address}: {} object at {inner}>", class.name_text())))
}

fn cell_get(vm: &mut Vm, value: &Value) -> Result {
    let held = payload::<CellObj>(vm, value, "cell")?.get();
    if held.is_unbound() {
        return Err(vm.value_error("Cell is empty"));
    }
    Ok(held)
}

fn cell_set(vm: &mut Vm, value: &Value, new: &Value) -> Result<()> {
    let cell = payload::<CellObj>(vm, value, "cell")?;
    drop(cell.value.replace(new.clone()));
    Ok(())
}

comparisons! { compare_cells }

/// Cells compare as their contents do; an empty one comes first.
fn compare_cells(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let cell = payload::<CellObj>(vm, &args[0], "cell")?.get();
    let Some(other) = args[1].get::<CellObj>().map(CellObj::get) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if cell.is_unbound() || other.is_unbound() {
        return Ok(Value::bool(op.holds((!cell.is_unbound()).cmp(&!other.is_unbound()))));
    }
    vm.compare(op, &cell, &other)
}

const FUNCTION: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    raw("__call__(self, /, *args, **kwargs)", call),
    method("__get__(self, instance, owner=None, /)", get),
    getter("__closure__", get_closure),
    getter("__globals__", get_globals),
    getset("__module__", get_module, set_module),
    getset("__doc__", get_doc, set_doc),
    getter("__builtins__", get_builtins),
    getset("__code__", get_code, set_code),
    getset("__defaults__", get_defaults, set_defaults),
    getset("__kwdefaults__", get_kwdefaults, set_kwdefaults),
    getset("__annotations__", get_annotations, set_annotations),
    getset("__dict__", super::object::get_dict, set_dict),
    getset("__name__", get_name, set_name),
    getset("__qualname__", get_qualname, set_qualname),
    getset("__type_params__", get_type_params, set_type_params),
];

const METHOD: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", method_new),
    method("__repr__(self, /)", method_repr),
    method("__hash__(self, /)", method_hash),
    raw("__call__(self, /, *args, **kwargs)", method_call),
    method("__getattribute__(self, name, /)", method_getattribute),
    method("__eq__(self, value, /)", method_eq),
    method("__ne__(self, value, /)", method_ne),
    method("__get__(self, instance, owner=None, /)", method_get),
    getter("__func__", get_func),
    getter("__self__", get_self),
    getter("__doc__", get_method_doc),
];

const CELL: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", cell_new),
    method("__repr__(self, /)", cell_repr),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    getset("cell_contents", cell_get, cell_set),
];

pub fn install(vm: &mut Vm) {
    let (function, method, cell) =
        (vm.types.function.clone(), vm.types.method.clone(), vm.types.cell.clone());
    vm.add_rows(&function, FUNCTION);
    vm.add_rows(&method, METHOD);
    vm.add_rows(&cell, CELL);
    cell.preset("__hash__", Value::NONE);
    debug_assert!(function.has_special(Special::Get), "functions are descriptors");
}
