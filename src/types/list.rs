//! `list`. No borrow of the items spans a call that may run Python code: loops go by index and
//! look at the length anew each time, as CPython's do.

use super::operators::comparisons;
use super::slice::{Slice, bounds, position, search_bounds};
use super::{arity, class_argument, no_keywords, payload, sort};
use crate::object::{ListObj, Ref, SliceObj, Str, TupleObj, Value, heap, repeated};
use crate::vm::compare::CompareOp;
use crate::vm::native::{Row, class_method, method, raw, static_raw};
use crate::vm::{Result, Vm};

fn this(vm: &mut Vm, value: &Value) -> Result<Ref<ListObj>> {
    payload::<ListObj>(vm, value, "list")
}

fn new(vm: &mut Vm, values: &[Value], _: &[Ref<Str>]) -> Result {
    let base = vm.types.list.clone();
    let class = class_argument(vm, values, &base)?;
    Ok(heap::alloc(&class, ListObj::new(Vec::new())).into_value())
}

fn init(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let list = this(vm, values.first().unwrap_or(&Value::NONE))?;
    // A derived class with a `__new__` of its own may take some.
    let own = vm.class_of(list.as_value()).special(crate::object::Special::New);
    let plain = vm.types.list.special(crate::object::Special::New);
    if own.zip(plain).is_none_or(|(own, plain)| own.is_same(&plain)) {
        no_keywords(vm, "list", names)?;
    }
    let values = &values[..values.len() - names.len()];
    arity(vm, "list", values.len() - 1, 0, 1)?;
    list.clear();
    if let Some(iterable) = values.get(1) {
        extend_from(vm, &list, iterable)?;
    }
    Ok(Value::NONE)
}

/// `list.extend`: items arrive one by one, visible to code that runs meanwhile.
pub fn extend_from(vm: &mut Vm, list: &ListObj, iterable: &Value) -> Result<()> {
    let class = vm.class_of(iterable);
    if class.is_same(&vm.types.list)
        && let Some(other) = iterable.get::<ListObj>()
    {
        let items = other.to_vec();
        vm.room((list.len() + items.len()) * size_of::<Value>())?;
        list.extend(items);
        return Ok(());
    }
    if class.is_same(&vm.types.tuple)
        && let Some(tuple) = iterable.get::<TupleObj>()
    {
        vm.room((list.len() + tuple.len()) * size_of::<Value>())?;
        list.extend(tuple.items().iter().cloned());
        return Ok(());
    }
    let iterator = vm.iter(iterable)?;
    vm.ask_length(iterable)?;
    while let Some(item) = vm.next(&iterator)? {
        list.push(item);
        vm.check_memory(list.len())?;
    }
    Ok(())
}

fn repr(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    if list.is_empty() {
        return Ok(vm.str("[]"));
    }
    let text = super::guard_repr(vm, &args[0], |vm| {
        let mut text = String::from("[");
        let mut i = 0;
        while let Some(item) = list.get(i) {
            if i > 0 {
                text.push_str(", ");
            }
            text.push_str(vm.repr(&item)?.as_str());
            i += 1;
        }
        text.push(']');
        Ok(text)
    })?;
    Ok(vm.str(text.unwrap_or_else(|| "[...]".to_owned())))
}

comparisons! { compare }

fn compare(vm: &mut Vm, op: CompareOp, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let Some(other) = args[1].downcast::<ListObj>() else { return Ok(Value::NOT_IMPLEMENTED) };
    vm.check_native_stack()?;
    if list.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut i = 0;
    while let (Some(a), Some(b)) = (list.get(i), other.get(i)) {
        if !vm.eq(&a, &b)? {
            // What stands there now: `==` may have changed the lists.
            let (Some(a), Some(b)) = (list.get(i), other.get(i)) else { break };
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(op, &a, &b),
            };
        }
        i += 1;
    }
    heap::spend_items(i);
    Ok(Value::bool(op.holds(list.len().cmp(&other.len()))))
}

fn iter(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?;
    Ok(super::iterators::over_sequence(vm, &args[0], true))
}

fn len(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    Ok(Value::index(list.len()))
}

fn is_index(vm: &Vm, value: &Value) -> bool {
    value.is_int() || vm.special(value, crate::object::Special::Index).is_some()
}

fn getitem(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    if let Some(slice) = args[1].get::<SliceObj>() {
        let slice = bounds(vm, slice, || list.len())?;
        let items =
            list.with(|items| slice.indices().filter_map(|i| items.get(i).cloned()).collect::<Vec<_>>());
        return Ok(vm.list(items));
    }
    if !is_index(vm, &args[1]) {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("list indices must be integers or slices, not {got}")));
    }
    let at = position(vm, &args[1], || list.len())?;
    match at.and_then(|at| list.get(at)) {
        Some(item) => Ok(item),
        None => Err(vm.index_error("list index out of range")),
    }
}

fn setitem(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    if let Some(slice) = args[1].get::<SliceObj>() {
        set_slice(vm, &list, slice, &args[2])?;
        return Ok(Value::NONE);
    }
    if !is_index(vm, &args[1]) {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("list indices must be integers or slices, not {got}")));
    }
    match position(vm, &args[1], || list.len())? {
        Some(at) => {
            drop(list.set(at, args[2].clone()));
            Ok(Value::NONE)
        }
        None => Err(vm.index_error("list assignment index out of range")),
    }
}

fn set_slice(vm: &mut Vm, list: &ListObj, slice: &SliceObj, value: &Value) -> Result<()> {
    // The slice is looked at before the value, and once more behind it, which may have changed the list.
    bounds(vm, slice, || list.len())?;
    let items = match vm.collect_through(value) {
        Ok(items) => items,
        Err(raised) if raised.is(&vm.exceptions.type_error) && !iterable(vm, value) => {
            return Err(vm.type_error("must assign iterable to extended slice"));
        }
        Err(raised) => return Err(raised),
    };
    let selected = bounds(vm, slice, || list.len())?;
    if selected.step == 1 {
        let start = selected.start as usize;
        list.splice(start, (selected.stop.max(selected.start)) as usize, items);
        return Ok(());
    }
    if items.len() != selected.count {
        return Err(vm.value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            selected.count
        )));
    }
    for (at, item) in selected.indices().zip(items) {
        drop(list.set(at, item));
    }
    Ok(())
}

fn iterable(vm: &Vm, value: &Value) -> bool {
    vm.special(value, crate::object::Special::Iter).is_some()
        || vm.special(value, crate::object::Special::GetItem).is_some()
}

fn delitem(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    if let Some(slice) = args[1].get::<SliceObj>() {
        let selected = bounds(vm, slice, || list.len())?;
        delete_slice(&list, selected);
        return Ok(Value::NONE);
    }
    if !is_index(vm, &args[1]) {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("list indices must be integers or slices, not {got}")));
    }
    match position(vm, &args[1], || list.len())? {
        Some(at) => {
            drop(list.remove(at));
            Ok(Value::NONE)
        }
        None => Err(vm.index_error("list assignment index out of range")),
    }
}

fn delete_slice(list: &ListObj, selected: Slice) {
    if selected.step == 1 {
        let start = selected.start as usize;
        list.splice(start, start + selected.count, Vec::new());
        return;
    }
    let mut doomed: Vec<usize> = selected.indices().collect();
    doomed.sort_unstable();
    let mut doomed = doomed.into_iter().peekable();
    let (mut kept, mut removed) = (Vec::new(), Vec::new());
    for (i, item) in list.take().into_iter().enumerate() {
        if doomed.peek() == Some(&i) {
            doomed.next();
            removed.push(item);
        } else {
            kept.push(item);
        }
    }
    list.extend(kept);
    drop(removed);
}

fn add(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let Some(other) = args[1].get::<ListObj>() else { return Err(vm.cannot_join(&args[0], &args[1])) };
    let mut items = list.to_vec();
    vm.room((items.len() + other.len()) * size_of::<Value>())?;
    items.extend(other.to_vec());
    Ok(vm.list(items))
}

/// How often a sequence of `length` is to be repeated; `None` when the other operand is no
/// integer.
pub fn repetitions(vm: &mut Vm, length: usize, times: &Value) -> Result<Option<usize>> {
    if !is_index(vm, times) {
        return Ok(None);
    }
    let times = match vm.index_i64(times) {
        Ok(times) => times.max(0) as usize,
        Err(raised) if raised.is(&vm.exceptions.overflow_error) => {
            let got = vm.type_name(times);
            return Err(vm.overflow_error(format!("cannot fit '{got}' into an index-sized integer")));
        }
        Err(raised) => return Err(raised),
    };
    match length.checked_mul(times) {
        Some(total) if total < isize::MAX as usize / 8 => {
            vm.room(total * size_of::<Value>())?;
            Ok(Some(times))
        }
        _ => Err(vm.memory_error("")),
    }
}

fn mul(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let Some(times) = repetitions(vm, list.len(), &args[1])? else {
        return Err(vm.cannot_count(&args[1]));
    };
    Ok(vm.list(list.with(|items| repeated(items, times))))
}

fn contains(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let mut i = 0;
    while let Some(item) = list.get(i) {
        if vm.eq(&item, &args[1])? {
            heap::spend_items(i);
            return Ok(Value::TRUE);
        }
        i += 1;
    }
    heap::spend_items(i);
    Ok(Value::FALSE)
}

fn iadd(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    extend_from(vm, &list, &args[1])?;
    Ok(args[0].clone())
}

fn imul(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let Some(times) = repetitions(vm, list.len(), &args[1])? else {
        return Err(vm.cannot_count(&args[1]));
    };
    if times == 0 {
        list.clear();
        return Ok(args[0].clone());
    }
    let items = list.to_vec();
    for _ in 1..times {
        list.extend(items.iter().cloned());
    }
    Ok(args[0].clone())
}

fn reversed(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    super::iterators::reversed_list(vm, &args[0], list.len())
}

fn sizeof(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    Ok(vm.int(56 + 8 * list.len() as i64))
}

fn clear(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?.clear();
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, args: &[Value]) -> Result {
    let items = this(vm, &args[0])?.to_vec();
    Ok(vm.list(items))
}

fn append(vm: &mut Vm, args: &[Value]) -> Result {
    match args[0].get::<ListObj>() {
        Some(list) => list.push(args[1].clone()),
        None => this(vm, &args[0])?.push(args[1].clone()),
    }
    Ok(Value::NONE)
}

fn insert(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let index = vm.index_i64(&args[1])?;
    let length = list.len() as i64;
    let at = if index < 0 { (index + length).max(0) } else { index.min(length) };
    list.insert(at as usize, args[2].clone());
    Ok(Value::NONE)
}

fn extend(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    extend_from(vm, &list, &args[1])?;
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let index = vm.index_i64(&args[1])?;
    let length = list.len() as i64;
    if length == 0 {
        return Err(vm.index_error("pop from empty list"));
    }
    let at = if index < 0 { index.saturating_add(length) } else { index };
    if at < 0 || at >= length {
        return Err(vm.index_error("pop index out of range"));
    }
    Ok(list.remove(at as usize).unwrap_or(Value::NONE))
}

fn remove(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let mut i = 0;
    while let Some(item) = list.get(i) {
        if vm.eq(&item, &args[1])? {
            heap::spend_items(i);
            drop(list.remove(i));
            return Ok(Value::NONE);
        }
        i += 1;
    }
    Err(vm.value_error("list.remove(x): x not in list"))
}

fn index(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let (start, stop) = search_bounds(vm, &args[2], &args[3], list.len())?;
    let mut i = start;
    while i < stop
        && let Some(item) = list.get(i)
    {
        if vm.eq(&item, &args[1])? {
            heap::spend_items(i - start);
            return Ok(Value::index(i));
        }
        i += 1;
    }
    heap::spend_items(i - start);
    let text = vm.repr_text(&args[1])?;
    Err(vm.value_error(format!("{text} is not in list")))
}

fn count(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let (mut i, mut found) = (0, 0);
    while let Some(item) = list.get(i) {
        if vm.eq(&item, &args[1])? {
            found += 1;
        }
        i += 1;
    }
    heap::spend_items(i);
    Ok(Value::index(found))
}

fn reverse(vm: &mut Vm, args: &[Value]) -> Result {
    this(vm, &args[0])?.reverse();
    Ok(Value::NONE)
}

fn sort_method(vm: &mut Vm, args: &[Value]) -> Result {
    let list = this(vm, &args[0])?;
    let key = if args[1].is_none() { None } else { Some(&args[1]) };
    let reverse = vm.truth(&args[2])?;
    // The list looks empty while it is sorted. Room for items shows that there were some.
    let (items, result) = sort::sort(vm, list.take(), key, reverse);
    let meanwhile = list.replace(items);
    result?;
    if meanwhile.capacity() > 0 {
        return Err(vm.value_error("list modified during sort"));
    }
    Ok(Value::NONE)
}

const METHODS: &[Row] = &[
    static_raw("__new__(type, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("__iter__(self, /)", iter),
    raw("__init__(self, /, *args, **kwargs)", init),
    method("__len__(self, /)", len),
    method("__getitem__(self, index, /)", getitem),
    method("__setitem__(self, key, value, /)", setitem),
    method("__delitem__(self, key, /)", delitem),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__contains__(self, key, /)", contains),
    method("__iadd__(self, value, /)", iadd),
    method("__imul__(self, value, /)", imul),
    method("__reversed__(self, /)", reversed),
    method("__sizeof__(self, /)", sizeof),
    method("clear(self, /)", clear),
    method("copy(self, /)", copy),
    method("append(self, object, /)", append),
    method("insert(self, index, object, /)", insert),
    method("extend(self, iterable, /)", extend),
    method("pop(self, index=-1, /)", pop),
    method("remove(self, value, /)", remove),
    method("index(self, value, start=0, stop=sys.maxsize, /)", index),
    method("count(self, value, /)", count),
    method("reverse(self, /)", reverse),
    method("sort(self, /, *, key=None, reverse=False)", sort_method),
    class_method("__class_getitem__(type, object, /)", super::alias::class_getitem),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.list.clone();
    vm.add_rows(&class, METHODS);
    vm.plain.list_append = METHODS.iter().find(|row| row.name() == "append");
    class.preset("__hash__", Value::NONE);
}
