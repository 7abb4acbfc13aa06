//! The parts of `functools` that are native in CPython too: what calls a function on somebody's
//! behalf. Such a call is no Python frame of its own, so that a cached function may recurse as
//! deep as a plain one and leaves the same traceback. The classes are in `python/functools.py`;
//! here are their `__call__` and `reduce`.

use crate::object::{Class, Dict, Ref, Str, Value, heap};
use crate::types::tuple_items;
use crate::vm::native::{Row, function, raw};
use crate::vm::{Result, Vm};

fn part(vm: &mut Vm, object: &Value, name: &str) -> Result {
    vm.get_attr(object, &heap::intern(name))
}

/// `partial.__call__`: the kept arguments come first, the kept keywords give way.
fn call_partial(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let this = &values[0];
    let (called, kept) = (part(vm, this, "_partial__func")?, part(vm, this, "_partial__args")?);
    let kept_keywords = part(vm, this, "_partial__keywords")?;
    let (positional, keyword) = values[1..].split_at(values.len() - 1 - names.len());
    let mut all = [tuple_items(&kept), positional].concat();
    let mut all_names = Vec::new();
    if let Some(kept) = kept_keywords.get::<Dict>() {
        for (name, value) in kept.items() {
            let Some(name) = name.downcast::<Str>() else {
                return Err(vm.type_error("keywords must be strings"));
            };
            let given = names.iter().position(|other| other.as_str() == name.as_str());
            all.push(given.map_or(value, |at| keyword[at].clone()));
            all_names.push(name);
        }
    }
    let first = all_names.len();
    for (name, value) in names.iter().zip(keyword) {
        if !all_names[..first].iter().any(|other| other.as_str() == name.as_str()) {
            all.push(value.clone());
            all_names.push(name.clone());
        }
    }
    vm.call_kw(&called, &all, &all_names)
}

/// What a call's result is kept under: a lone `int` or `str` itself, otherwise everything that
/// was passed, in a tuple.
fn cache_key(vm: &mut Vm, this: &Value, values: &[Value], names: &[Ref<Str>]) -> Result {
    let typed = part(vm, this, "_lru_cache_wrapper__typed")?;
    let typed = vm.truth(&typed)?;
    let plain = |value: &Value| {
        let class = vm.class_of(value);
        class.is_same(&vm.types.int) || class.is_same(&vm.types.str)
    };
    if let ([only], [], false) = (values, names, typed)
        && plain(only)
    {
        return Ok(only.clone());
    }
    let (positional, keyword) = values.split_at(values.len() - names.len());
    let mut parts = positional.to_vec();
    if !names.is_empty() {
        // What separates positions from keywords is equal to no argument.
        parts.push(vm.class_of(this).to_value());
        for (name, value) in names.iter().zip(keyword) {
            parts.extend([name.to_value(), value.clone()]);
        }
    }
    if typed {
        parts.extend(values.iter().map(|value| vm.class_of(value).to_value()));
    }
    Ok(vm.tuple(parts))
}

fn count(vm: &mut Vm, this: &Value, name: &str) -> Result<()> {
    let n = part(vm, this, name)?.as_int().unwrap_or(0);
    vm.set_attr_text(this, name, Value::small_int(n + 1).unwrap_or(Value::NONE))
}

/// `_lru_cache_wrapper.__call__`: the dict's order is the order of use, and the key's hash is
/// asked for once.
fn call_cached(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (this, values) = (&values[0], &values[1..]);
    let called = part(vm, this, "_lru_cache_wrapper__function")?;
    let most = part(vm, this, "_lru_cache_wrapper__maxsize")?.as_int();
    if most == Some(0) {
        count(vm, this, "_lru_cache_wrapper__misses")?;
        return vm.call_kw(&called, values, names);
    }
    let Some(found) = part(vm, this, "_lru_cache_wrapper__found")?.downcast::<Dict>() else {
        return Err(vm.type_error("the cache is no dict"));
    };
    let key = cache_key(vm, this, values, names)?;
    let hash = vm.hash(&key)?;
    if let Some(position) = vm.dict_find(&found, hash, &key)? {
        let result = found.value_at(position);
        if most.is_some() {
            drop(found.remove_at(position));
            found.insert_new(hash, key, result.clone());
        }
        count(vm, this, "_lru_cache_wrapper__hits")?;
        return Ok(result);
    }
    count(vm, this, "_lru_cache_wrapper__misses")?;
    let result = vm.call_kw(&called, values, names)?;
    if let Some(most) = most {
        // The call may have kept its own result.
        if vm.dict_find(&found, hash, &key)?.is_some() {
            return Ok(result);
        }
        let mut behind = 0;
        if found.len() as i64 >= most && found.next_entry(&mut behind).is_some() {
            drop(found.remove_at(behind - 1));
        }
    }
    match vm.dict_find(&found, hash, &key)? {
        Some(position) => drop(found.set_value_at(position, result.clone())),
        None => {
            found.insert_new(hash, key, result.clone());
        }
    }
    Ok(result)
}

fn reduce(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = match vm.iter(&args[1]) {
        Ok(iterator) => iterator,
        Err(raised) if raised.is(&vm.exceptions.type_error) => {
            return Err(vm.type_error("reduce() arg 2 must support iteration"));
        }
        Err(raised) => return Err(raised),
    };
    let mut result = match args[2].bound() {
        Some(initial) => initial.clone(),
        None => match vm.next(&iterator)? {
            Some(first) => first,
            None => return Err(vm.type_error("reduce() of empty iterable with no initial value")),
        },
    };
    while let Some(item) = vm.next(&iterator)? {
        result = vm.call(&args[0], &[result, item])?;
    }
    Ok(result)
}

const FUNCTIONS: &[Row] = &[function("reduce(function, iterable, initial=<unrepresentable>, /)", reduce)];
const PARTIAL: &Row = &raw("__call__(self, /, *args, **kwargs)", call_partial);
const CACHED: &Row = &raw("__call__(self, /, *args, **kwargs)", call_cached);

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_functools", FUNCTIONS);
    super::run_python(vm, dict, "functools", include_str!("python/functools.py"))?;
    for (name, row) in [("partial", PARTIAL), ("_lru_cache_wrapper", CACHED)] {
        let Some(class) = dict.get_text(name).and_then(|class| class.downcast::<Class>()) else { continue };
        let method = vm.native_value(row, &heap::intern(row.name()), Some(&class), None);
        vm.set_attr_text(class.as_value(), row.name(), method)?;
    }
    Ok(())
}
