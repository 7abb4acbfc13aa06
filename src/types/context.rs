//! Context variables: `contextvars`, and what the event loop needs of them.
//!
//! A context is a list of variables with values, shared until one of its owners changes it, so
//! that copying one (each task does) costs nothing. The current context is the machine's; the
//! event loop puts a task's context in its place for the time of a step ([`swap`]).

use super::wrong_receiver;
use crate::object::{Class, Kind, Opaque, Ref, Str, Tracer, Value, class_flag, heap};
use crate::vm::native::{Row, class_method, getter, method, raw, static_raw};
use crate::vm::{CompareOp, Result, Vm};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

type Pairs = Rc<Vec<(Value, Value)>>;

/// The payload of `Context`.
struct Context {
    values: RefCell<Pairs>,
    entered: Cell<bool>,
    /// The context that was current before this one was entered.
    outer: Cell<Value>,
}

impl Opaque for Context {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.outer);
        // Shared pairs are not this context's alone: they count as held from outside.
        if let Ok(values) = self.values.try_borrow()
            && Rc::strong_count(&values) == 1
        {
            for (variable, value) in values.iter() {
                tracer.value(variable);
                tracer.value(value);
            }
        }
    }
    fn clear(&self) {
        drop(self.values.take());
        drop(self.outer.replace(Value::NONE));
    }
}

impl Context {
    fn get(&self, variable: &Value) -> Option<Value> {
        self.values.borrow().iter().find(|(v, _)| v.is_same(variable)).map(|(_, x)| x.clone())
    }

    /// Sets a variable, or takes it out for unbound; gives back what it had.
    fn set(&self, variable: &Value, value: Value) -> Option<Value> {
        let mut pairs = (**self.values.borrow()).clone();
        let at = pairs.iter().position(|(v, _)| v.is_same(variable));
        let old = match (at, value.is_unbound()) {
            (Some(at), false) => Some(std::mem::replace(&mut pairs[at].1, value)),
            (Some(at), true) => Some(pairs.remove(at).1),
            (None, false) => {
                pairs.push((variable.clone(), value));
                None
            }
            (None, true) => None,
        };
        let before = self.values.replace(Rc::new(pairs));
        drop(before);
        old
    }
}

/// The payload of `ContextVar`.
struct Variable {
    name: Value,
    /// Unbound when there is none.
    default: Cell<Value>,
}

impl Opaque for Variable {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.name);
        tracer.cell(&self.default);
    }
    fn clear(&self) {
        drop(self.default.replace(Value::NONE));
    }
}

/// The payload of `Token`.
struct Token {
    variable: Cell<Value>,
    context: Cell<Value>,
    /// Unbound when the variable had no value.
    old: Cell<Value>,
    used: Cell<bool>,
}

impl Opaque for Token {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for cell in [&self.variable, &self.context, &self.old] {
            tracer.cell(cell);
        }
    }
    fn clear(&self) {
        for cell in [&self.variable, &self.context, &self.old] {
            drop(cell.replace(Value::NONE));
        }
    }
}

/// The classes.
#[derive(Default)]
struct State {
    context: Option<Ref<Class>>,
    variable: Option<Ref<Class>>,
    token: Option<Ref<Class>>,
    missing: Value,
}

fn make(vm: &mut Vm, values: Pairs) -> Value {
    let class = vm.extension::<State>().context.clone().expect("`install` makes the class");
    let body =
        Context { values: RefCell::new(values), entered: Cell::new(false), outer: Cell::new(Value::NONE) };
    heap::new_opaque(&class, body)
}

/// The context that code runs in now.
pub fn current(vm: &mut Vm) -> Value {
    if vm.thread.context.is_unbound() {
        vm.thread.context = make(vm, Rc::default());
    }
    vm.thread.context.clone()
}

/// `contextvars.copy_context()`
pub fn copy_current(vm: &mut Vm) -> Value {
    let current = current(vm);
    let values = current.opaque::<Context>().map(|c| c.values.borrow().clone());
    make(vm, values.unwrap_or_default())
}

/// Makes `context` current and gives back the one that was. Unbound stands for an empty context
/// that nobody has asked for.
#[inline]
pub fn swap(vm: &mut Vm, context: Value) -> Value {
    std::mem::replace(&mut vm.thread.context, context)
}

/// A copy of the current context for something that runs later; unbound while it is empty, so
/// that programs without context variables pay nothing.
pub fn inherit(vm: &mut Vm) -> Value {
    let empty = vm.thread.context.opaque::<Context>().is_none_or(|own| own.values.borrow().is_empty());
    if empty { Value::UNBOUND } else { copy_current(vm) }
}

/// The context that something runs in: `given`, or a copy of the current one when it is None.
pub fn given_or_inherited(vm: &mut Vm, given: &Value) -> Result {
    if given.is_none() {
        return Ok(inherit(vm));
    }
    this(vm, given)?;
    Ok(given.clone())
}

/// What `get_context` shows of a context that may not have been asked for yet.
pub fn shown(vm: &mut Vm, context: &Cell<Value>) -> Value {
    let held = Value::peek(context);
    if !held.is_unbound() {
        return held;
    }
    let made = make(vm, Rc::default());
    context.set(made.clone());
    made
}

/// Calls a function in a context, which nobody has entered.
pub fn call_in(vm: &mut Vm, context: &Cell<Value>, function: &Value, args: &[Value]) -> Result {
    let before = swap(vm, Value::peek(context));
    let result = vm.call(function, args);
    // Asking for it has made it.
    context.set(swap(vm, before));
    result
}

/// Whether a value is a context.
pub fn is_context(value: &Value) -> bool {
    value.opaque::<Context>().is_some()
}

/// Runs `body` in a context, as `Context.run` does.
pub fn run<T>(vm: &mut Vm, context: &Value, body: impl FnOnce(&mut Vm) -> Result<T>) -> Result<T> {
    let own = this(vm, context)?;
    if vm.thread.context.is_same(context) || own.entered.replace(true) {
        let text = vm.repr_text(context)?;
        return Err(vm.runtime_error(format!("cannot enter context: {text} is already entered")));
    }
    let before = swap(vm, context.clone());
    let result = body(vm);
    drop(swap(vm, before));
    own.entered.set(false);
    result
}

// ---- Context

fn this<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Context> {
    match value.opaque::<Context>() {
        Some(context) => Ok(context),
        None => Err(wrong_receiver(vm, value, "_contextvars.Context")),
    }
}

fn context_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    if values.len() > 1 || !names.is_empty() {
        return Err(vm.type_error("Context() does not accept any arguments"));
    }
    Ok(make(vm, Rc::default()))
}

fn context_run(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (Some(context), Some(_)) = (values.first(), values.get(1)) else {
        return Err(vm.type_error("run() missing 1 required positional argument"));
    };
    if values.len() - names.len() < 2 {
        return Err(vm.type_error("run() missing 1 required positional argument"));
    }
    run(vm, context, |vm| vm.call_kw(&values[1], &values[2..], names))
}

fn context_copy(vm: &mut Vm, args: &[Value]) -> Result {
    let values = this(vm, &args[0])?.values.borrow().clone();
    Ok(make(vm, values))
}

fn key(vm: &mut Vm, value: &Value) -> Result<()> {
    if value.opaque::<Variable>().is_some() {
        return Ok(());
    }
    let text = vm.repr_text(value)?;
    Err(vm.type_error(format!("a ContextVar key was expected, got {text}")))
}

fn context_getitem(vm: &mut Vm, args: &[Value]) -> Result {
    key(vm, &args[1])?;
    match this(vm, &args[0])?.get(&args[1]) {
        Some(value) => Ok(value),
        None => Err(vm.key_error(&args[1])),
    }
}

fn context_contains(vm: &mut Vm, args: &[Value]) -> Result {
    key(vm, &args[1])?;
    Ok(Value::bool(this(vm, &args[0])?.get(&args[1]).is_some()))
}

fn context_get(vm: &mut Vm, args: &[Value]) -> Result {
    key(vm, &args[1])?;
    Ok(this(vm, &args[0])?.get(&args[1]).unwrap_or_else(|| args[2].clone()))
}

fn context_len(vm: &mut Vm, args: &[Value]) -> Result {
    let count = this(vm, &args[0])?.values.borrow().len();
    Ok(Value::index(count))
}

/// The pairs as a dict, whose views and iterators the context lends.
fn as_dict(vm: &mut Vm, value: &Value) -> Result {
    let values = this(vm, value)?.values.borrow().clone();
    let dict = vm.new_dict();
    for (variable, value) in values.iter() {
        vm.dict_set(&dict, variable.clone(), value.clone())?;
    }
    Ok(dict.into_value())
}

fn context_iter(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = as_dict(vm, &args[0])?;
    vm.iter(&dict)
}

fn context_keys(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = as_dict(vm, &args[0])?;
    vm.call_method(&dict, "keys", &[])
}

fn context_values(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = as_dict(vm, &args[0])?;
    vm.call_method(&dict, "values", &[])
}

fn context_items(vm: &mut Vm, args: &[Value]) -> Result {
    let dict = as_dict(vm, &args[0])?;
    vm.call_method(&dict, "items", &[])
}

fn context_eq(vm: &mut Vm, args: &[Value]) -> Result {
    if !is_context(&args[1]) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (as_dict(vm, &args[0])?, as_dict(vm, &args[1])?);
    vm.compare(CompareOp::Eq, &a, &b)
}

// ---- ContextVar

fn variable<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Variable> {
    match value.opaque::<Variable>() {
        Some(variable) => Ok(variable),
        None => Err(wrong_receiver(vm, value, "_contextvars.ContextVar")),
    }
}

fn variable_new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let (positional, keywords) = super::split_arguments(values, names);
    let [_, name] = positional else {
        return Err(vm.type_error(format!(
            "ContextVar() takes exactly 1 positional argument ({} given)",
            positional.len().saturating_sub(1)
        )));
    };
    let name = name.clone();
    let mut default = Value::UNBOUND;
    for (keyword, value) in keywords {
        match keyword.as_str() {
            "default" => default = value.clone(),
            other => return Err(vm.unexpected_keyword("ContextVar", other, &["default"])),
        }
    }
    if name.get::<Str>().is_none() {
        return Err(vm.type_error("context variable name must be a str"));
    }
    let class = vm.extension::<State>().variable.clone().expect("`install` makes the class");
    Ok(heap::new_opaque(&class, Variable { name, default: Cell::new(default) }))
}

fn variable_get(vm: &mut Vm, args: &[Value]) -> Result {
    let own = variable(vm, &args[0])?;
    let context = current(vm);
    if let Some(value) = context.opaque::<Context>().and_then(|c| c.get(&args[0])) {
        return Ok(value);
    }
    if let Some(default) = args[1].bound() {
        return Ok(default.clone());
    }
    let default = Value::peek(&own.default);
    if !default.is_unbound() {
        return Ok(default);
    }
    let exc = vm.exception(&vm.exceptions.lookup_error.clone(), vec![args[0].clone()]);
    Err(crate::vm::Raised(exc))
}

fn variable_set(vm: &mut Vm, args: &[Value]) -> Result {
    variable(vm, &args[0])?;
    let context = current(vm);
    let old = this(vm, &context)?.set(&args[0], args[1].clone());
    let class = vm.extension::<State>().token.clone().expect("`install` makes the class");
    let token = Token {
        variable: Cell::new(args[0].clone()),
        context: Cell::new(context),
        old: Cell::new(old.unwrap_or(Value::UNBOUND)),
        used: Cell::new(false),
    };
    Ok(heap::new_opaque(&class, token))
}

fn variable_reset(vm: &mut Vm, args: &[Value]) -> Result {
    variable(vm, &args[0])?;
    let Some(token) = args[1].opaque::<Token>() else {
        let text = vm.repr_text(&args[1])?;
        return Err(vm.type_error(format!("expected an instance of Token, got {text}")));
    };
    let text = vm.repr_text(&args[1])?;
    if token.used.get() {
        return Err(vm.runtime_error(format!("{text} has already been used once")));
    }
    if !Value::peek(&token.variable).is_same(&args[0]) {
        return Err(vm.value_error(format!("{text} was created by a different ContextVar")));
    }
    let context = current(vm);
    if !Value::peek(&token.context).is_same(&context) {
        return Err(vm.value_error(format!("{text} was created in a different Context")));
    }
    token.used.set(true);
    let old = Value::peek(&token.old);
    drop(this(vm, &context)?.set(&args[0], old));
    Ok(Value::NONE)
}

fn variable_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let own = variable(vm, &args[0])?;
    let name = vm.repr_text(&own.name)?;
    let default = Value::peek(&own.default);
    let shown = match default.bound() {
        Some(default) => format!(" default={}", vm.repr_text(default)?),
        None => String::new(),
    };
    let address = super::object::address(&args[0]);
    Ok(vm.str(format!("<ContextVar name={name}{shown} at {address}>")))
}

fn variable_name(vm: &mut Vm, value: &Value) -> Result {
    Ok(variable(vm, value)?.name.clone())
}

// ---- Token

fn token<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Token> {
    match value.opaque::<Token>() {
        Some(token) => Ok(token),
        None => Err(wrong_receiver(vm, value, "_contextvars.Token")),
    }
}

fn token_new(vm: &mut Vm, _: &[Value], _: &[Ref<Str>]) -> Result {
    Err(vm.runtime_error("Tokens can only be created by ContextVars"))
}

fn token_repr(vm: &mut Vm, args: &[Value]) -> Result {
    let own = token(vm, &args[0])?;
    let used = if own.used.get() { " used" } else { "" };
    let variable = vm.repr_text(&Value::peek(&own.variable))?;
    let address = super::object::address(&args[0]);
    Ok(vm.str(format!("<Token{used} var={variable} at {address}>")))
}

fn token_var(vm: &mut Vm, value: &Value) -> Result {
    Ok(Value::peek(&token(vm, value)?.variable))
}

fn token_old(vm: &mut Vm, value: &Value) -> Result {
    let old = Value::peek(&token(vm, value)?.old);
    Ok(if old.is_unbound() { vm.extension::<State>().missing.clone() } else { old })
}

/// The type of `Token.MISSING`.
struct Missing;

impl Opaque for Missing {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

fn missing_repr(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str("<Token.MISSING>"))
}

/// The classes and the function of the module `contextvars`.
pub fn names(vm: &mut Vm) -> Vec<(&'static str, Value)> {
    let state = vm.extension::<State>();
    [
        ("Context", state.context.clone()),
        ("ContextVar", state.variable.clone()),
        ("Token", state.token.clone()),
    ]
    .into_iter()
    .filter_map(|(name, class)| Some((name, class?.into_value())))
    .collect()
}

const CONTEXT: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", context_new),
    raw("run(self, callable, /, *args, **kwargs)", context_run),
    method("copy(self, /)", context_copy),
    method("__getitem__(self, key, /)", context_getitem),
    method("__contains__(self, key, /)", context_contains),
    method("get(self, key, default=None, /)", context_get),
    method("__len__(self, /)", context_len),
    method("__iter__(self, /)", context_iter),
    method("keys(self, /)", context_keys),
    method("values(self, /)", context_values),
    method("items(self, /)", context_items),
    method("__eq__(self, value, /)", context_eq),
];

const VARIABLE: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", variable_new),
    method("__repr__(self, /)", variable_repr),
    method("get(self, default=<unrepresentable>, /)", variable_get),
    method("set(self, value, /)", variable_set),
    method("reset(self, token, /)", variable_reset),
    getter("name", variable_name),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

const TOKEN: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", token_new),
    method("__repr__(self, /)", token_repr),
    getter("var", token_var),
    getter("old_value", token_old),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

const MISSING: &[Row] = &[method("__repr__(self, /)", missing_repr)];

pub fn install(vm: &mut Vm) {
    let object = vm.types.object.clone();
    let weak = class_flag::WEAKREF;
    let module = "_contextvars";
    let context = vm.new_class("Context", module, &object, Kind::Opaque, weak, CONTEXT);
    let variable = vm.new_class("ContextVar", module, &object, Kind::Opaque, 0, VARIABLE);
    for class in [&context, &variable] {
        class.set_flag(class_flag::QUALIFIED);
    }
    let token = vm.new_class("Token", module, &object, Kind::Opaque, 0, TOKEN);
    let missing = vm.new_class("Token.MISSING", module, &object, Kind::Opaque, 0, MISSING);
    let missing = heap::new_opaque(&missing, Missing);
    for class in [&context, &token] {
        class.preset("__hash__", Value::NONE);
    }
    token.preset("MISSING", missing.clone());
    let state = vm.extension::<State>();
    state.context = Some(context);
    state.variable = Some(variable);
    state.token = Some(token);
    state.missing = missing;
}
