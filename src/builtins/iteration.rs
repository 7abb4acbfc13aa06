//! Iteration: `len`, `iter`, `next`, `sorted`, `all`, `any`, and their asynchronous kin.

use crate::object::{Ref, Special, Str, Value};
use crate::types::{arity, iterators, no_keywords, sort};
use crate::vm::native::{Resumes, Row, function, raw};
use crate::vm::{CompileMode, Result, Vm};

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    // The length of a range, or what `__len__` says, need not fit inline.
    let length = vm.len(&args[0])?;
    Ok(vm.int(length as i64))
}

fn iter(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "iter", names)?;
    arity(vm, "iter", values.len(), 1, 2)?;
    match values {
        [callable, sentinel] => {
            if !vm.is_callable(callable) {
                return Err(vm.type_error("iter(v, w): v must be callable"));
            }
            Ok(iterators::call_iterator(vm, callable, sentinel))
        }
        _ => vm.iter(&values[0]),
    }
}

fn next(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    no_keywords(vm, "next", names)?;
    arity(vm, "next", values.len(), 1, 2)?;
    let iterator = &values[0];
    if let Some(answer) = vm.next_builtin(iterator) {
        return match (answer?, values.get(1)) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(vm.stop_iteration(Value::NONE)),
        };
    }
    if vm.special(iterator, Special::Next).is_none() {
        let got = vm.type_name(iterator);
        return Err(vm.type_error(format!("'{got}' object is not an iterator")));
    }
    let Some(default) = values.get(1) else {
        // The exception passes through whole: a generator's return value is in it.
        return match vm.special(iterator, Special::Next) {
            Some(method) => vm.call(&method, std::slice::from_ref(iterator)),
            None => match vm.next(iterator)? {
                Some(item) => Ok(item),
                None => Err(vm.stop_iteration(Value::NONE)),
            },
        };
    };
    match vm.next(iterator)? {
        Some(item) => Ok(item),
        None => Ok(default.clone()),
    }
}

fn aiter(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(method) = vm.special(&args[0], Special::AIter) else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("'{got}' object is not an async iterable")));
    };
    let iterator = vm.call(&method, args)?;
    if vm.special(&iterator, Special::ANext).is_none() {
        let got = vm.type_name(&iterator);
        return Err(vm.type_error(format!("aiter() returned not an async iterator of type '{got}'")));
    }
    Ok(iterator)
}

/// `anext` with a default, in Python: the default replaces StopAsyncIteration.
const ANEXT_WITH_DEFAULT: &str = "\
async def _or_default(wrapped, default):
    try:
        return await wrapped
    except StopAsyncIteration:
        return default


class anext_awaitable:
    __slots__ = ('_wrapped', '_default', '_begun')
    __module__ = 'builtins'

    def __init__(self, wrapped, default):
        self._wrapped, self._default, self._begun = wrapped, default, None

    def __await__(self):
        return _or_default(self._wrapped, self._default).__await__()

    __iter__ = __await__

    def _begin(self):
        if self._begun is None:
            self._begun = _or_default(self._wrapped, self._default)
        return self._begun

    def __next__(self):
        return self._begin().send(None)

    def send(self, value, /):
        return self._begin().send(value)

    def throw(self, *error):
        if self._begun is not None:
            return self._begun.throw(*error)
        wrapped = self._wrapped
        try:
            return (wrapped if hasattr(wrapped, 'throw') else wrapped.__await__()).throw(*error)
        except StopAsyncIteration:
            raise StopIteration(self._default) from None

    def close(self):
        (self._wrapped if self._begun is None else self._begun).close()
";

/// The compiled form of the above.
#[derive(Default)]
struct AnextWithDefault(Option<Value>);

fn anext(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(method) = vm.special(&args[0], Special::ANext) else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("'{got}' object is not an async iterator")));
    };
    let Some(default) = args[1].bound() else {
        return vm.call(&method, &args[..1]);
    };
    let known = vm.extension::<AnextWithDefault>().0.clone();
    let helper = match known {
        Some(helper) => helper,
        None => {
            let Some(compile) = vm.compile_hook else {
                return Err(vm.runtime_error("no compiler is installed"));
            };
            let code = compile(vm, ANEXT_WITH_DEFAULT, "<builtins>", CompileMode::Module)?;
            let globals = vm.new_dict();
            vm.run_code(&code, &globals, None)?;
            let helper = globals.get_text("anext_awaitable").unwrap_or(Value::NONE);
            vm.extension::<AnextWithDefault>().0 = Some(helper.clone());
            helper
        }
    };
    let wrapped = vm.call(&method, &args[..1])?;
    vm.call(&helper, &[wrapped, default.clone()])
}

fn sorted(vm: &mut Vm, args: &[Value]) -> Result {
    let items = vm.collect(&args[0])?;
    let key = if args[1].is_none() { None } else { Some(&args[1]) };
    let reverse = vm.truth(&args[2])?;
    let (items, result) = sort::sort(vm, items, key, reverse);
    result?;
    Ok(vm.list(items))
}

fn all(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = vm.iter(&args[0])?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.truth(&item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

fn any(vm: &mut Vm, args: &[Value]) -> Result {
    let iterator = vm.iter(&args[0])?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.truth(&item)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

pub const FUNCTIONS: &[Row] = &[
    function("len(obj, /)", len),
    raw("iter(object, /)", iter),
    raw("next(iterator, /)", next).that_resumes(Resumes::Next),
    function("aiter(async_iterable, /)", aiter),
    function("anext(aiterator, default=<unrepresentable>, /)", anext),
    function("sorted(iterable, /, *, key=None, reverse=False)", sorted),
    function("all(iterable, /)", all),
    function("any(iterable, /)", any),
];
