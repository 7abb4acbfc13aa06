//! The methods of the builtin types, one file a type. Each file ends with its table of native
//! rows and an `install` that puts them into the class; [`install`] does so for all of them.
//!
//! What the machine itself must know of a type (its payload, its class) lives below, in
//! `object` and `vm`; here are the methods that Python sees. Classes that only this room needs
//! (`enumerate`, `zip`, iterators) are kept in [`Extra`].

pub mod alias;
mod array_store;
pub mod async_generator;
pub mod bool;
pub mod bytearray;
pub mod bytes;
pub mod code;
pub mod complex;
pub mod context;
pub mod coroutine;
pub mod dict;
pub mod dict_views;
pub mod exception;
pub mod exception_group;
pub mod float;
pub mod format;
pub mod frame;
mod frame_locals;
pub mod function;
pub mod generator;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod memoryview;
pub mod module;
pub mod native;
pub mod none;
pub mod object;
pub mod operators;
pub mod percent;
pub mod property;
pub mod range;
pub mod reduce;
pub mod set;
pub mod slice;
pub mod sort;
pub mod str;
pub mod stream;
pub mod super_;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod weakref;

use crate::object::{Class, Payload, Ref, Special, Str, TupleObj, Value, heap};
use crate::vm::{Raised, Result, Vm};

/// Puts the methods into all builtin classes; once, when the machine is made.
pub fn install(vm: &mut Vm) {
    object::install(vm);
    type_::install(vm);
    none::install(vm);
    int::install(vm);
    bool::install(vm);
    float::install(vm);
    complex::install(vm);
    str::install(vm);
    bytes::install(vm);
    bytearray::install(vm);
    tuple::install(vm);
    list::install(vm);
    dict::install(vm);
    dict_views::install(vm);
    set::install(vm);
    range::install(vm);
    slice::install(vm);
    function::install(vm);
    native::install(vm);
    code::install(vm);
    module::install(vm);
    property::install(vm);
    super_::install(vm);
    mappingproxy::install(vm);
    memoryview::install(vm);
    array_store::install(vm);
    iterators::install(vm);
    exception::install(vm);
    exception_group::install(vm);
    frame::install(vm);
    frame_locals::install(vm);
    traceback::install(vm);
    weakref::install(vm);
    alias::install(vm);
    stream::install(vm);
    context::install(vm);
    generator::install(vm);
    coroutine::install(vm);
    async_generator::install(vm);
}

macro_rules! extra_classes {
    ($($name:ident)*) => {
        /// Classes that the machine does not have to know.
        #[derive(Default)]
        pub struct Extra { $(pub $name: Option<Ref<Class>>,)* }

        impl Extra {
            $(
                #[doc = concat!("The class `", stringify!($name), "`.")]
                pub fn $name(vm: &mut Vm) -> Ref<Class> {
                    vm.extension::<Extra>().$name.clone().expect("`install` makes every class")
                }
            )*
        }
    };
}

extra_classes! {
    enumerate zip map filter reversed callable_iterator set_iterator longrange_iterator
    list_reverseiterator generic_alias union text_stream memoryview memory_iterator array_store
}

/// The receiver's payload, or the TypeError of a method that got another type.
pub fn payload<T: Payload>(vm: &mut Vm, value: &Value, class: &str) -> Result<Ref<T>> {
    match value.downcast::<T>() {
        Some(payload) => Ok(payload),
        None => Err(wrong_receiver(vm, value, class)),
    }
}

/// The TypeError of a method that got a receiver of another type.
#[cold]
pub fn wrong_receiver(vm: &mut Vm, value: &Value, class: &str) -> Raised {
    let name = vm.type_name(value);
    vm.type_error(format!("descriptor requires a '{class}' object but received a '{name}'"))
}

/// The class that `__new__` was called with: its first argument.
pub fn class_argument(vm: &mut Vm, values: &[Value], base: &Ref<Class>) -> Result<Ref<Class>> {
    let Some(first) = values.first() else {
        let name = base.type_name();
        return Err(vm.type_error(format!("{name}.__new__(): not enough arguments")));
    };
    let Some(class) = first.downcast::<Class>() else {
        let (name, got) = (base.type_name(), vm.type_name(first));
        return Err(vm.type_error(format!("{name}.__new__(X): X is not a type object ({got})")));
    };
    if !class.is_same(base) && !class.is_subclass_of(base) {
        let (name, got) = (base.type_name(), class.type_name());
        return Err(vm.type_error(format!("{name}.__new__({got}): {got} is not a subtype of {name}")));
    }
    // Its values are two, made by nobody else.
    if class.is_same(&vm.types.bool) && base.is_same(&vm.types.int) {
        return Err(vm.type_error("int.__new__(bool) is not safe, use bool.__new__()"));
    }
    Ok(class)
}

/// An attribute name, interned.
pub fn attribute_name(vm: &mut Vm, value: &Value) -> Result<Ref<Str>> {
    match value.downcast::<Str>() {
        Some(name) => Ok(heap::intern_value(&name)),
        None => {
            let got = vm.type_name(value);
            Err(vm.type_error(format!("attribute name must be string, not '{got}'")))
        }
    }
}

/// Checks that no keyword was passed: `list() takes no keyword arguments`.
pub fn no_keywords(vm: &mut Vm, function: &str, names: &[Ref<Str>]) -> Result<()> {
    if names.is_empty() {
        Ok(())
    } else {
        Err(vm.type_error(format!("{function}() takes no keyword arguments")))
    }
}

/// The positional arguments of a constructor behind the class. Keywords it takes none of, but a
/// class derived from its own may take some in an `__init__`.
pub fn positional<'a>(
    vm: &mut Vm,
    function: &str,
    values: &'a [Value],
    names: &[Ref<Str>],
) -> Result<&'a [Value]> {
    if !names.is_empty() {
        let init = values[0].get::<Class>().and_then(|class| class.special(Special::Init));
        let plain = vm.types.object.special(Special::Init);
        let own = init.zip(plain).is_some_and(|(init, plain)| !init.is_same(&plain));
        if !own {
            no_keywords(vm, function, names)?;
        }
    }
    Ok(&values[1..values.len() - names.len()])
}

/// Checks the number of positional arguments as CPython's `PyArg_UnpackTuple` does.
pub fn arity(vm: &mut Vm, function: &str, given: usize, least: usize, most: usize) -> Result<()> {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    if given < least {
        let how = if least == most { "" } else { "at least " };
        return Err(
            vm.type_error(format!("{function} expected {how}{least} argument{}, got {given}", plural(least)))
        );
    }
    if given > most {
        let how = if least == most { "" } else { "at most " };
        return Err(
            vm.type_error(format!("{function} expected {how}{most} argument{}, got {given}", plural(most)))
        );
    }
    Ok(())
}

/// Splits raw arguments into positional values and `(name, value)` pairs.
pub fn split_arguments<'v>(
    values: &'v [Value],
    names: &'v [Ref<Str>],
) -> (&'v [Value], impl Iterator<Item = (&'v Ref<Str>, &'v Value)>) {
    let (positional, keyword) = values.split_at(values.len().saturating_sub(names.len()));
    (positional, names.iter().zip(keyword))
}

/// The items of a tuple value; none for anything else.
pub fn tuple_items(value: &Value) -> &[Value] {
    value.get::<TupleObj>().map_or(&[], TupleObj::items)
}

/// Writes `f(item)` of all items between two brackets.
pub fn repr_items(vm: &mut Vm, open: &str, items: &[Value], close: &str) -> Result<String> {
    let mut text = String::from(open);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(vm.repr(item)?.as_str());
    }
    text.push_str(close);
    Ok(text)
}

/// Containers whose `repr` is being made, to stop at a container inside itself.
#[derive(Default)]
struct ReprGuard(Vec<u64>);

/// Runs `body` unless the `repr` of `value` is being made already: then `None`.
pub fn guard_repr(
    vm: &mut Vm,
    value: &Value,
    body: impl FnOnce(&mut Vm) -> Result<String>,
) -> Result<Option<String>> {
    let id = value.id();
    let active = &mut vm.extension::<ReprGuard>().0;
    if active.contains(&id) {
        return Ok(None);
    }
    active.push(id);
    let result = body(vm);
    vm.extension::<ReprGuard>().0.pop();
    result.map(Some)
}
