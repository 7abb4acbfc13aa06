//! `BaseExceptionGroup` and `ExceptionGroup`: making, splitting and deriving groups.

use super::exception::this;
use super::{class_argument, no_keywords, tuple_items};
use crate::object::{Class, ExcObj, Ref, Special, Str, Value, heap};
use crate::vm::native::{Row, class_method, getter, method, raw, static_raw};
use crate::vm::{Result, Vm};

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let base = vm.exceptions.base_exception_group.clone();
    let mut class = class_argument(vm, values, &base)?;
    // Keywords are for the `__init__` of a derived class.
    let values = &values[..values.len() - names.len()];
    let [_, message, sequence] = values else {
        return Err(vm.type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            values.len() - 1
        )));
    };
    if message.get::<Str>().is_none() {
        let got = vm.argument_name(message);
        return Err(vm.type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {got}")));
    }
    let is_sequence = vm.special(sequence, Special::GetItem).is_some()
        && !vm.class_of(sequence).is_subclass_of(&vm.types.dict);
    if !is_sequence {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = vm.collect(sequence)?;
    if items.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let exception = vm.exceptions.exception.clone();
    let mut only_exceptions = true;
    for (i, item) in items.iter().enumerate() {
        if !item.is::<ExcObj>() {
            return Err(
                vm.value_error(format!("Item {i} of second argument (exceptions) is not an exception"))
            );
        }
        only_exceptions &= vm.is_a(item, &exception);
    }
    let group = vm.exceptions.exception_group.clone();
    if class.is_same(&base) {
        if only_exceptions {
            class = group;
        }
    } else if !only_exceptions && class.is_same(&group) {
        return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    } else if !only_exceptions && class.is_subclass_of(&exception) {
        let name = class.name_text();
        return Err(vm.type_error(format!("Cannot nest BaseExceptions in '{name}'")));
    }
    let args = vm.tuple([message.clone(), sequence.clone()]);
    let exc = heap::alloc(&class, ExcObj::new(args));
    exc.set_field("message", message.clone());
    let held = vm.tuple(items);
    exc.set_field("exceptions", held);
    Ok(exc.into_value())
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let value = values.first().unwrap_or(const { &Value::NONE });
    let exc = this(vm, value)?;
    let name = vm.type_name(value);
    no_keywords(vm, &name, names)?;
    let args = vm.tuple(values[1..].to_vec());
    drop(exc.args.replace(args));
    Ok(Value::NONE)
}

fn str(vm: &mut Vm, args: &[Value]) -> Result {
    let exc = this(vm, &args[0])?;
    let message = vm.text_of(&exc.field("message"))?;
    let held = exc.field("exceptions");
    let count = tuple_items(&held).len();
    let plural = if count == 1 { "" } else { "s" };
    Ok(vm.str(format!("{message} ({count} sub-exception{plural})")))
}

fn is_group(vm: &Vm, value: &Value) -> bool {
    vm.is_a(value, &vm.exceptions.base_exception_group)
}

fn derive(vm: &mut Vm, args: &[Value]) -> Result {
    let message = this(vm, &args[0])?.field("message");
    let base = vm.exceptions.base_exception_group.to_value();
    vm.call(&base, &[message, args[1].clone()])
}

/// What a split goes by.
enum Matcher {
    Class(Value),
    Predicate(Value),
}

impl Matcher {
    fn from(vm: &mut Vm, value: &Value) -> Result<Matcher> {
        let base = vm.exceptions.base_exception.clone();
        let is_class = |v: &Value| v.downcast::<Class>().is_some_and(|c| c.is_subclass_of(&base));
        let tuple = tuple_items(value);
        if is_class(value) || (!tuple.is_empty() && tuple.iter().all(is_class)) {
            return Ok(Matcher::Class(value.clone()));
        }
        if vm.is_callable(value) && !value.is::<Class>() {
            return Ok(Matcher::Predicate(value.clone()));
        }
        Err(vm.type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn matches(&self, vm: &mut Vm, exc: &Value) -> Result<bool> {
        match self {
            Matcher::Class(class) => vm.is_instance(exc, class),
            Matcher::Predicate(predicate) => {
                let verdict = vm.call(predicate, std::slice::from_ref(exc))?;
                vm.truth(&verdict)
            }
        }
    }
}

/// A group like `group` of some of its exceptions, with its traceback, context, cause and
/// notes; None when there are none.
fn subset(vm: &mut Vm, group: &Value, items: Vec<Value>) -> Result {
    if items.is_empty() {
        return Ok(Value::NONE);
    }
    let list = vm.list(items);
    let derived = vm.call_method(group, "derive", &[list])?;
    if !is_group(vm, &derived) {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (old, new) = (this(vm, group)?, this(vm, &derived)?);
    drop(new.traceback.replace(Value::peek(&old.traceback)));
    drop(new.context.replace(Value::peek(&old.context)));
    drop(new.cause.replace(Value::peek(&old.cause)));
    // As if the cause had been set.
    new.suppress_context.set(true);
    let name = heap::intern("__notes__");
    if let Some(notes) = vm.get_attr_optional(group, &name)?
        && vm.special(&notes, Special::GetItem).is_some()
    {
        let notes = vm.collect(&notes)?;
        let notes = vm.list(notes);
        vm.set_attr(&derived, &name, notes)?;
    }
    Ok(derived)
}

/// The matching and the other part of an exception; either may be None.
fn split_by(vm: &mut Vm, value: &Value, matcher: &Matcher, want_rest: bool) -> Result<(Value, Value)> {
    vm.check_native_stack()?;
    if matcher.matches(vm, value)? {
        return Ok((value.clone(), Value::NONE));
    }
    if !is_group(vm, value) {
        return Ok((Value::NONE, value.clone()));
    }
    let held = this(vm, value)?.field("exceptions");
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for exc in tuple_items(&held) {
        let (yes, no) = split_by(vm, exc, matcher, want_rest)?;
        if !yes.is_none() {
            matched.push(yes);
        }
        if !no.is_none() {
            rest.push(no);
        }
    }
    let matched = subset(vm, value, matched)?;
    let rest = if want_rest { subset(vm, value, rest)? } else { Value::NONE };
    Ok((matched, rest))
}

fn split(vm: &mut Vm, args: &[Value]) -> Result {
    let matcher = Matcher::from(vm, &args[1])?;
    let (matched, rest) = split_by(vm, &args[0], &matcher, true)?;
    Ok(vm.tuple([matched, rest]))
}

fn subgroup(vm: &mut Vm, args: &[Value]) -> Result {
    let matcher = Matcher::from(vm, &args[1])?;
    let (matched, _) = split_by(vm, &args[0], &matcher, false)?;
    Ok(matched)
}

fn get_message(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.field("message"))
}

fn get_exceptions(vm: &mut Vm, value: &Value) -> Result {
    Ok(this(vm, value)?.field("exceptions"))
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__str__(self, /)", str),
    raw("__init__(self, /, *args, **kwargs)", init),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
    method("derive(self, object, /)", derive),
    method("split(self, object, /)", split),
    method("subgroup(self, object, /)", subgroup),
    getter("message", get_message),
    getter("exceptions", get_exceptions),
];

pub fn install(vm: &mut Vm) {
    let class = vm.exceptions.base_exception_group.clone();
    vm.add_rows(&class, METHODS);
}
