//! `types.GenericAlias` (`list[int]`) and `types.UnionType` (`int | str`).

use super::{Extra, arity, attribute_name, no_keywords, tuple_items, wrong_receiver};
use crate::object::{Class, Kind, ListObj, Opaque, Ref, Str, Tracer, TupleObj, Value, class_flag, heap};
use crate::vm::native::{Row, getter, method, raw, static_raw};
use crate::vm::{Result, Vm};

/// `origin[args]`
pub struct Alias {
    pub origin: Value,
    /// A tuple.
    pub args: Value,
    /// What iterating over an alias gives: `*origin[args]`.
    pub starred: bool,
}

impl Opaque for Alias {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.origin);
        tracer.value(&self.args);
    }
    fn clear(&self) {}
}

/// `a | b`
pub struct Union {
    /// A tuple, without duplicates.
    pub args: Value,
}

impl Opaque for Union {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.args);
    }
    fn clear(&self) {}
}

/// `__class_getitem__` of generic builtin classes.
pub fn class_getitem(vm: &mut Vm, args: &[Value]) -> Result {
    make(vm, &args[0], &args[1])
}

/// `origin[item]`
pub fn make(vm: &mut Vm, origin: &Value, item: &Value) -> Result {
    let class = Extra::generic_alias(vm);
    let args =
        if vm.class_of(item).is_same(&vm.types.tuple) { item.clone() } else { vm.tuple([item.clone()]) };
    Ok(heap::new_opaque(&class, Alias { origin: origin.clone(), args, starred: false }))
}

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Alias> {
    match value.opaque::<Alias>() {
        Some(alias) => Ok(alias),
        None => Err(wrong_receiver(vm, value, "types.GenericAlias")),
    }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "GenericAlias", names)?;
    arity(vm, "GenericAlias", values.len() - 1, 2, 2)?;
    make(vm, &values[1], &values[2])
}

/// How a type argument is shown.
fn argument_text(vm: &mut Vm, value: &Value) -> Result<String> {
    if value.is_ellipsis() {
        return Ok("...".to_owned());
    }
    if value.is_same(vm.types.none.as_value()) {
        return Ok("None".to_owned());
    }
    if let Some(list) = value.get::<ListObj>() {
        let mut parts = Vec::new();
        for item in list.to_vec() {
            parts.push(argument_text(vm, &item)?);
        }
        return Ok(format!("[{}]", parts.join(", ")));
    }
    match value.downcast::<Class>() {
        Some(class) => Ok(super::object::full_name(vm, &class)),
        None => vm.repr_text(value),
    }
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let alias = this(vm, &args[0])?;
    vm.check_native_stack()?;
    let star = if alias.starred { "*" } else { "" };
    let origin = argument_text(vm, &alias.origin)?;
    let mut parts = Vec::new();
    for item in tuple_items(&alias.args) {
        parts.push(argument_text(vm, item)?);
    }
    // The arguments of a callable stand in brackets of their own, unless one thing stands for all.
    let callable = origin == "collections.abc.Callable";
    let for_all = callable
        && parts.len() == 2
        && (parts[0] == "..."
            || parts[0].starts_with("typing.Concatenate[")
            || tuple_items(&alias.args)
                .first()
                .is_some_and(|first| vm.type_name(first).ends_with("ParamSpec")));
    if callable
        && !for_all
        && let Some(result) = parts.pop()
    {
        return Ok(vm.str(format!("{star}{origin}[[{}], {result}]", parts.join(", "))));
    }
    let inner = if parts.is_empty() { "()".to_owned() } else { parts.join(", ") };
    Ok(vm.str(format!("{star}{origin}[{inner}]")))
}

fn hash(vm: &mut Vm, args: &[Value]) -> Result {
    let alias = this(vm, &args[0])?;
    let hash = vm.hash(&alias.origin)? ^ vm.hash(&alias.args)?;
    Ok(vm.int(hash))
}

fn same(vm: &mut Vm, a: &Value, b: &Value) -> Result<Option<bool>> {
    let alias = this(vm, a)?;
    let Some(other) = b.opaque::<Alias>() else { return Ok(None) };
    Ok(Some(
        alias.starred == other.starred
            && vm.eq(&alias.origin, &other.origin)?
            && vm.eq(&alias.args, &other.args)?,
    ))
}

fn eq(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn ne(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(same(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, |e| Value::bool(!e)))
}

fn call(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let Some((own, rest)) = values.split_first() else {
        return Err(vm.type_error("descriptor '__call__' needs an argument"));
    };
    let alias = this(vm, own)?;
    let object = vm.call_kw(&alias.origin, rest, names)?;
    let name = heap::intern("__orig_class__");
    match vm.set_attr(&object, &name, own.clone()) {
        Err(raised)
            if !raised.is(&vm.exceptions.attribute_error) && !raised.is(&vm.exceptions.type_error) =>
        {
            Err(raised)
        }
        _ => Ok(object),
    }
}

const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__typing_unpacked_tuple_args__",
    "__parameters__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];

/// Attributes other than the alias's own are the origin's.
fn getattribute(vm: &mut Vm, args: &[Value]) -> Result {
    let name = attribute_name(vm, &args[1])?;
    let alias = this(vm, &args[0])?;
    if !OWN.contains(&name.as_str()) {
        return vm.get_attr(&alias.origin, &name);
    }
    let class = vm.class_of(&args[0]).clone();
    match vm.generic_get(&args[0], &name, &class)? {
        Some(found) => Ok(found),
        None => Err(vm.no_attribute(&args[0], &name)),
    }
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    let alias = this(vm, &args[0])?;
    let class = Extra::generic_alias(vm);
    let starred = Alias { origin: alias.origin.clone(), args: alias.args.clone(), starred: true };
    let once = vm.tuple([heap::new_opaque(&class, starred)]);
    vm.iter(&once)
}

/// The type variables among the arguments, each once.
fn parameters(vm: &mut Vm, args: &Value) -> Result<Vec<Value>> {
    vm.check_native_stack()?;
    let mut found: Vec<Value> = Vec::new();
    let variable = heap::intern("__typing_subst__");
    for item in members(args) {
        let candidates = if item.is::<TupleObj>() || item.is::<ListObj>() {
            parameters(vm, &item)?
        } else if item.is::<Class>() {
            Vec::new()
        } else if vm.get_attr_optional(&item, &variable)?.is_some() {
            vec![item.clone()]
        } else {
            own_parameters(vm, &item)?
        };
        for candidate in candidates {
            if !found.iter().any(|f| f.is_same(&candidate)) {
                found.push(candidate);
            }
        }
    }
    Ok(found)
}

/// The items of a tuple or list.
fn members(value: &Value) -> Vec<Value> {
    match value.get::<ListObj>() {
        Some(list) => list.to_vec(),
        None => tuple_items(value).to_vec(),
    }
}

/// `item.__parameters__`, when it has any.
fn own_parameters(vm: &mut Vm, item: &Value) -> Result<Vec<Value>> {
    if item.is::<Class>() {
        return Ok(Vec::new());
    }
    let own = vm.get_attr_optional(item, &heap::intern("__parameters__"))?;
    Ok(own.map(|own| tuple_items(&own).to_vec()).unwrap_or_default())
}

/// `*tuple[int, str]` among what a subscription was given stands for its members, unless there may
/// be any number of them.
fn unpacked(vm: &mut Vm, given: &[Value]) -> Result<Vec<Value>> {
    let name = heap::intern("__typing_unpacked_tuple_args__");
    let mut flat = Vec::new();
    for item in given {
        let inside = if item.is::<Class>() { None } else { vm.get_attr_optional(item, &name)? };
        match inside.as_ref().filter(|inside| inside.is::<TupleObj>()).map(tuple_items) {
            Some(inside) if !inside.last().is_some_and(Value::is_ellipsis) => flat.extend_from_slice(inside),
            _ => flat.push(item.clone()),
        }
    }
    Ok(flat)
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let alias = this(vm, &args[0])?;
    let items = substituted(vm, &args[0], &alias.args, &args[1])?;
    let args = vm.tuple(items);
    let class = Extra::generic_alias(vm);
    Ok(heap::new_opaque(&class, Alias { origin: alias.origin.clone(), args, starred: alias.starred }))
}

/// The arguments of an alias or union with its type variables replaced by what `key` gives.
fn substituted(vm: &mut Vm, whole: &Value, args: &Value, key: &Value) -> Result<Vec<Value>> {
    let variables = parameters(vm, args)?;
    if variables.is_empty() {
        let text = vm.repr_text(whole)?;
        return Err(vm.type_error(format!("{text} is not a generic class")));
    }
    let given =
        unpacked(vm, if key.is::<TupleObj>() { tuple_items(key) } else { std::slice::from_ref(key) })?;
    let mut given = vm.tuple(given);
    let prepare = heap::intern("__typing_prepare_subst__");
    for variable in &variables {
        if let Some(prepare) = vm.get_attr_optional(variable, &prepare)? {
            given = vm.call(&prepare, &[whole.clone(), given])?;
        }
    }
    let given = members(&given);
    if given.len() != variables.len() {
        let how = if given.len() > variables.len() { "many" } else { "few" };
        let text = vm.repr_text(whole)?;
        return Err(vm.type_error(format!(
            "Too {how} arguments for {text}; actual {}, expected {}",
            given.len(),
            variables.len()
        )));
    }
    // The arguments of a callable are not in a list of their own.
    let origin = whole.opaque::<Alias>().map(|alias| alias.origin.clone());
    let flat = match origin {
        Some(origin) => argument_text(vm, &origin)? == "collections.abc.Callable",
        None => false,
    };
    fill(vm, args, &variables, &given, flat)
}

/// Puts what is given for each variable in its place among the arguments.
fn fill(vm: &mut Vm, args: &Value, variables: &[Value], given: &[Value], flat: bool) -> Result<Vec<Value>> {
    vm.check_native_stack()?;
    let substitute = heap::intern("__typing_subst__");
    let starred = heap::intern("__typing_is_unpacked_typevartuple__");
    let given_for = |variable: &Value| {
        let at = variables.iter().position(|v| v.is_same(variable));
        at.and_then(|at| given.get(at)).cloned().unwrap_or_else(|| variable.clone())
    };
    let mut items = Vec::new();
    for item in members(args) {
        if item.is::<Class>() {
            items.push(item);
            continue;
        }
        if item.is::<TupleObj>() || item.is::<ListObj>() {
            let inner = fill(vm, &item, variables, given, false)?;
            items.push(if item.is::<ListObj>() { vm.list(inner) } else { vm.tuple(inner) });
            continue;
        }
        let own = own_parameters(vm, &item)?;
        let new = match vm.get_attr_optional(&item, &substitute)? {
            Some(substitute) => vm.call(&substitute, &[given_for(&item)])?,
            None if own.is_empty() => item.clone(),
            None => {
                let mut chosen = Vec::new();
                for variable in &own {
                    let value = given_for(variable);
                    if vm.type_name(variable).ends_with("TypeVarTuple") && value.is::<TupleObj>() {
                        chosen.extend_from_slice(tuple_items(&value));
                    } else {
                        chosen.push(value);
                    }
                }
                let key = vm.tuple(chosen);
                vm.get_item(&item, &key)?
            }
        };
        let spread = match vm.get_attr_optional(&item, &starred)? {
            Some(starred) => vm.truth(&starred)?,
            None => false,
        };
        if (spread || flat) && new.is::<TupleObj>() {
            items.extend_from_slice(tuple_items(&new));
        } else {
            items.push(new);
        }
    }
    Ok(items)
}

fn or(vm: &mut Vm, args: &[Value]) -> Result {
    make_union(vm, &args[0], &args[1])
}

fn ror(vm: &mut Vm, args: &[Value]) -> Result {
    make_union(vm, &args[1], &args[0])
}

fn mro_entries(vm: &mut Vm, args: &[Value]) -> Result {
    let origin = this(vm, &args[0])?.origin.clone();
    Ok(vm.tuple([origin]))
}

fn instancecheck(vm: &mut Vm, _: &[Value]) -> Result {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclasscheck(vm: &mut Vm, _: &[Value]) -> Result {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn get_origin(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.origin.clone())
}

fn get_args(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.args.clone())
}

fn get_parameters(vm: &mut Vm, value: &Value) -> Result {
    let args = this(vm, value)?.args.clone();
    let found = parameters(vm, &args)?;
    Ok(vm.tuple(found))
}

fn get_unpacked(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::bool(this(vm, value)?.starred))
}

fn get_unpacked_args(vm: &mut Vm, value: &Value) -> Result {
    let alias = this(vm, value)?;
    let tuple = alias.starred && alias.origin.is_same(vm.types.tuple.as_value());
    Ok(if tuple { this(vm, value)?.args.clone() } else { Value::NONE })
}

// ---- unions

/// `a | b` of types; NotImplemented when either is none.
pub fn make_union(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    let mut items: Vec<Value> = Vec::new();
    for side in [a, b] {
        let parts = match side.opaque::<Union>() {
            Some(union) => tuple_items(&union.args).to_vec(),
            None if side.is_none() => vec![vm.types.none.to_value()],
            None if side.is::<Class>()
                || side.opaque::<Alias>().is_some()
                || vm.type_name(side).ends_with("TypeAliasType") =>
            {
                vec![side.clone()]
            }
            None => return Ok(Value::NOT_IMPLEMENTED),
        };
        for part in parts {
            let mut known = false;
            for item in &items {
                known = known || vm.eq(item, &part)?;
            }
            if !known {
                items.push(part);
            }
        }
    }
    if let [only] = &items[..] {
        return Ok(only.clone());
    }
    let args = vm.tuple(items);
    let class = Extra::union(vm);
    Ok(heap::new_opaque(&class, Union { args }))
}

fn union<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Union> {
    match value.opaque::<Union>() {
        Some(union) => Ok(union),
        None => Err(wrong_receiver(vm, value, "types.UnionType")),
    }
}

fn union_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let items = union(vm, &args[0])?.args.clone();
    let mut parts = Vec::new();
    for item in tuple_items(&items) {
        parts.push(argument_text(vm, item)?);
    }
    Ok(vm.str(parts.join(" | ")))
}

fn union_hash(vm: &mut Vm, args: &[Value]) -> Result {
    let items = union(vm, &args[0])?.args.clone();
    let class = vm.types.frozenset.to_value();
    let set = vm.call(&class, &[items])?;
    let hash = vm.hash(&set)?;
    Ok(vm.int(hash))
}

fn union_same(vm: &mut Vm, a: &Value, b: &Value) -> Result<Option<bool>> {
    let own = union(vm, a)?.args.clone();
    let Some(other) = b.opaque::<Union>() else { return Ok(None) };
    if tuple_items(&own).len() != tuple_items(&other.args).len() {
        return Ok(Some(false));
    }
    for item in tuple_items(&own) {
        if !vm.contains(&other.args, item)? {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}

fn union_eq(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(union_same(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn union_ne(vm: &mut Vm, args: &[Value]) -> Result {
    Ok(union_same(vm, &args[0], &args[1])?.map_or(Value::NOT_IMPLEMENTED, |e| Value::bool(!e)))
}

fn union_instancecheck(vm: &mut Vm, args: &[Value]) -> Result {
    let items = union(vm, &args[0])?.args.clone();
    // One after the other: a generic behind what holds is not looked at.
    for item in tuple_items(&items) {
        if item.opaque::<Alias>().is_some() {
            return Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"));
        }
        if vm.is_instance(&args[1], item)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn union_subclasscheck(vm: &mut Vm, args: &[Value]) -> Result {
    let items = union(vm, &args[0])?.args.clone();
    // One after the other: a generic behind what holds is not looked at.
    for item in tuple_items(&items) {
        if item.opaque::<Alias>().is_some() {
            return Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"));
        }
        if vm.is_subclass(&args[1], item)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn union_getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let own = union(vm, &args[0])?.args.clone();
    let items = substituted(vm, &args[0], &own, &args[1])?;
    let mut items = items.into_iter();
    let mut all = items.next().unwrap_or(Value::NONE);
    for item in items {
        all = vm.binary(crate::vm::BinaryOp::Or, &all, &item)?;
    }
    Ok(all)
}

fn union_args(vm: &mut Vm, value: &Value) -> Result {
    Ok(union(vm, value)?.args.clone())
}

fn union_parameters(vm: &mut Vm, value: &Value) -> Result {
    let args = union(vm, value)?.args.clone();
    let found = parameters(vm, &args)?;
    Ok(vm.tuple(found))
}

const ALIAS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    raw("__call__(self, /, *args, **kwargs)", call),
    method("__getattribute__(self, name, /)", getattribute),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__iter__(self, /)", iter),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__getitem__(self, key, /)", getitem),
    method("__mro_entries__(self, object, /)", mro_entries),
    method("__instancecheck__(self, object, /)", instancecheck),
    method("__subclasscheck__(self, object, /)", subclasscheck),
    getter("__origin__", get_origin),
    getter("__args__", get_args),
    getter("__unpacked__", get_unpacked),
    getter("__typing_unpacked_tuple_args__", get_unpacked_args),
    getter("__parameters__", get_parameters),
];

const UNION: &[Row] = &[
    method("__repr__(self, /)", union_repr),
    method("__hash__(self, /)", union_hash),
    method("__eq__(self, value, /)", union_eq),
    method("__ne__(self, value, /)", union_ne),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__getitem__(self, key, /)", union_getitem),
    method("__instancecheck__(self, object, /)", union_instancecheck),
    method("__subclasscheck__(self, object, /)", union_subclasscheck),
    getter("__args__", union_args),
    getter("__parameters__", union_parameters),
];

pub fn install(vm: &mut Vm) {
    let object = vm.types.object.clone();
    let alias = vm.new_class("GenericAlias", "types", &object, Kind::Opaque, class_flag::WEAKREF, ALIAS);
    let union = vm.new_class("UnionType", "types", &object, Kind::Opaque, 0, UNION);
    let extra = vm.extension::<Extra>();
    extra.generic_alias = Some(alias);
    extra.union = Some(union);
    vm.alias_hook = Some(make);
}
