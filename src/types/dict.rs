//! `dict`. Keys are compared by the machine (`vm/items.rs`); here are the methods.

use super::{arity, class_argument, payload, split_arguments};
use crate::object::{Class, Dict, DictPart, Ref, Special, Str, Value, heap};
use crate::vm::native::{Row, class_method, method, raw, static_raw};
use crate::vm::{Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<Dict>> {
    payload::<Dict>(vm, value, "dict")
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.dict.clone();
    let class = class_argument(vm, values, &base)?;
    Ok(heap::alloc(&class, Dict::new()).into_value())
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    fill(vm, "dict", values, names)
}

fn update(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    fill(vm, "update", values, names)
}

fn fill(vm: &mut Vm, function: &str, values: &[Value], names: &[Ref<Str>]) -> Result {
    let dict = this(vm, values.first().unwrap_or(&Value::NONE))?;
    let (positional, keywords) = split_arguments(values, names);
    arity(vm, function, positional.len() - 1, 0, 1)?;
    if let Some(source) = positional.get(1) {
        merge(vm, &dict, source)?;
    }
    for (name, value) in keywords {
        vm.dict_set(&dict, name.to_value(), value.clone())?;
    }
    Ok(Value::NONE)
}

/// `dict.update(source)`: a mapping, or an iterable of pairs.
pub fn merge(vm: &mut Vm, dict: &Ref<Dict>, source: &Value) -> Result<()> {
    if source.is::<Dict>() || has_keys(vm, source)? {
        return vm.dict_update(dict, source);
    }
    let iterator = vm.iter(source)?;
    let mut number = 0;
    while let Some(pair) = vm.next(&iterator)? {
        let items = match vm.collect(&pair) {
            Ok(items) => items,
            Err(raised) if raised.is(&vm.exceptions.type_error) => {
                return Err(vm.type_error(format!(
                    "cannot convert dictionary update sequence element #{number} to a sequence"
                )));
            }
            Err(raised) => return Err(raised),
        };
        let [key, value] = &items[..] else {
            return Err(vm.value_error(format!(
                "dictionary update sequence element #{number} has length {}; 2 is required",
                items.len()
            )));
        };
        vm.dict_set(dict, key.clone(), value.clone())?;
        number += 1;
    }
    Ok(())
}

fn has_keys(vm: &mut Vm, source: &Value) -> Result<bool> {
    let name = heap::intern("keys");
    Ok(vm.get_attr_optional(source, &name)?.is_some())
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    if dict.is_empty() {
        return Ok(vm.str("{}"));
    }
    let text = super::guard_repr(vm, &args[0], |vm| {
        let mut text = String::from("{");
        let mut position = 0;
        let mut first = true;
        while let Some((key, value)) = dict.next_entry(&mut position) {
            if !std::mem::replace(&mut first, false) {
                text.push_str(", ");
            }
            text.push_str(vm.repr(&key)?.as_str());
            text.push_str(": ");
            text.push_str(vm.repr(&value)?.as_str());
        }
        text.push('}');
        Ok(text)
    })?;
    Ok(vm.str(text.unwrap_or_else(|| "{...}".to_owned())))
}

fn equal(vm: &mut Vm, a: &Ref<Dict>, b: &Ref<Dict>) -> Result<bool> {
    vm.check_native_stack()?;
    if a.len() != b.len() {
        return Ok(false);
    }
    heap::spend_items(a.len() * 4);
    let mut position = 0;
    while let Some((hash, key, value)) = a.next_hashed(&mut position) {
        match vm.dict_find(b, hash, &key)?.map(|position| b.value_at(position)) {
            Some(other) if vm.eq(&value, &other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    match args[1].downcast::<Dict>() {
        Some(other) => Ok(Value::bool(equal(vm, &dict, &other)?)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    match args[1].downcast::<Dict>() {
        Some(other) => Ok(Value::bool(!equal(vm, &dict, &other)?)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(super::dict_views::iterator(vm, &dict, DictPart::Keys, false))
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(super::dict_views::iterator(vm, &dict, DictPart::Keys, true))
}

fn merged(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    if !a.is::<Dict>() || !b.is::<Dict>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let copy = vm.dict_copy(a)?;
    vm.dict_update(&copy, b)?;
    Ok(copy.into_value())
}

fn or(vm: &mut Vm, args: &[Value]) -> Result {
    merged(vm, &args[0], &args[1])
}

fn ror(vm: &mut Vm, args: &[Value]) -> Result {
    merged(vm, &args[1], &args[0])
}

fn ior(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    merge(vm, &dict, &args[1])?;
    Ok(args[0].clone())
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(Value::index(this(vm, &args[0])?.len()))
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    if let Some(found) = vm.dict_get(&dict, &args[1])? {
        return Ok(found);
    }
    if !vm.class_of(&args[0]).is_same(&vm.types.dict)
        && let Some(missing) = vm.special(&args[0], Special::Missing)
    {
        return vm.call(&missing, &[args[0].clone(), args[1].clone()]);
    }
    Err(vm.key_error(&args[1]))
}

fn setitem(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    vm.dict_set(&dict, args[1].clone(), args[2].clone())?;
    Ok(Value::NONE)
}

fn delitem(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    match vm.dict_remove(&dict, &args[1])? {
        Some(_) => Ok(Value::NONE),
        None => Err(vm.key_error(&args[1])),
    }
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(Value::bool(vm.dict_get(&dict, &args[1])?.is_some()))
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(vm.int(64 + 24 * dict.len() as i64))
}

fn get(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(vm.dict_get(&dict, &args[1])?.unwrap_or_else(|| args[2].clone()))
}

fn setdefault(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    vm.dict_set_default(&dict, args[1].clone(), args[2].clone())
}

fn pop(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    // An empty dict does not even hash the key.
    let removed = if dict.is_empty() { None } else { vm.dict_remove(&dict, &args[1])? };
    match removed {
        Some(value) => Ok(value),
        None => match args[2].bound() {
            Some(default) => Ok(default.clone()),
            None => Err(vm.key_error(&args[1])),
        },
    }
}

fn popitem(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    match dict.remove_last() {
        Some((key, value)) => Ok(vm.tuple([key, value])),
        None => {
            let message = vm.str("popitem(): dictionary is empty");
            Err(vm.key_error(&message))
        }
    }
}

fn keys(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(super::dict_views::make(vm, dict, DictPart::Keys))
}

fn values(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(super::dict_views::make(vm, dict, DictPart::Values))
}

fn items(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = this(vm, &args[0])?;
    Ok(super::dict_views::make(vm, dict, DictPart::Items))
}

fn fromkeys(vm: &mut Vm, args: &[Value]) -> Result {
    let exact = args[0].downcast::<Class>().is_some_and(|c| c.is_same(&vm.types.dict));
    if exact {
        let dict = vm.new_dict();
        // The hashes of the keys of a dict or set are known.
        let class = vm.class_of(&args[1]);
        let hashed = if class.is_same(&vm.types.dict) {
            args[1].get::<Dict>().map(Dict::hashed_keys)
        } else if class.is_same(&vm.types.set) || class.is_same(&vm.types.frozenset) {
            super::set::of(&args[1]).map(|set| set.entries())
        } else {
            None
        };
        if let Some(keys) = hashed {
            for (hash, key) in keys {
                vm.dict_set_hashed(&dict, hash, key, args[2].clone())?;
            }
            return Ok(dict.into_value());
        }
        let iterator = vm.iter(&args[1])?;
        while let Some(key) = vm.next(&iterator)? {
            vm.dict_set(&dict, key, args[2].clone())?;
        }
        return Ok(dict.into_value());
    }
    let dict = vm.call(&args[0], &[])?;
    let iterator = vm.iter(&args[1])?;
    while let Some(key) = vm.next(&iterator)? {
        vm.set_item(&dict, &key, args[2].clone())?;
    }
    Ok(dict)
}

fn clear(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?.clear();
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?;
    Ok(vm.dict_copy(&args[0])?.into_value())
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__iter__(self, /)", iter),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__ior__(self, value, /)", ior),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", getitem),
    method("__setitem__(self, key, value, /)", setitem),
    method("__delitem__(self, key, /)", delitem),
    method("__contains__(self, key, /)", contains),
    method("__sizeof__(self, /)", sizeof),
    method("get(self, key, default=None, /)", get),
    method("setdefault(self, key, default=None, /)", setdefault),
    method("pop(self, key, default=<unrepresentable>, /)", pop),
    method("popitem(self, /)", popitem),
    method("keys(self, /)", keys),
    method("items(self, /)", items),
    method("values(self, /)", values),
    raw("update(self, /, *args, **kwargs)", update),
    class_method("fromkeys(type, iterable, value=None, /)", fromkeys),
    method("clear(self, /)", clear),
    method("copy(self, /)", copy),
    method("__reversed__(self, /)", reversed),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.dict.clone();
    vm.add_rows(&class, METHODS);
    class.preset("__hash__", Value::NONE);
}
