//! Iteration from Rust: `iter`, `next`, and collecting.

use super::native::NativeCode;
use super::{Native, Result, Vm};
use crate::object::{
    DictIter, DictPart, ExcObj, GenKind, GenObj, Kind, ListObj, RangeIter, RangeObj, SeqIter, Special,
    TupleObj, Value, heap,
};
use std::cell::Cell;

impl Vm {
    /// `iter(value)`
    pub fn iter(&mut self, value: &Value) -> Result {
        let class = self.class_of(value).clone();
        if class.is_same(&self.types.list) {
            return Ok(self.sequence_iterator(value, true));
        }
        if class.is_same(&self.types.tuple) {
            return Ok(self.sequence_iterator(value, false));
        }
        if class.is_same(&self.types.range)
            && let Some(iterator) = value.get::<RangeObj>().and_then(|r| self.range_iterator(r))
        {
            return Ok(iterator);
        }
        if class.is_same(&self.types.generator) {
            return Ok(value.clone());
        }
        match class.special(Special::Iter) {
            Some(method) if !method.is_none() => {
                let iterator = self.call(&method, &[value.clone()])?;
                if self.class_of(&iterator).has_special(Special::Next) {
                    return Ok(iterator);
                }
                let name = self.type_name(&iterator);
                Err(self.type_error(format!("iter() returned non-iterator of type '{name}'")))
            }
            None if class.has_special(Special::GetItem) => self.index_iterator(value),
            _ => {
                let name = class.type_name();
                Err(self.type_error(format!("'{name}' object is not iterable")))
            }
        }
    }

    fn sequence_iterator(&self, value: &Value, list: bool) -> Value {
        let class = if list { &self.types.list_iterator } else { &self.types.tuple_iterator };
        let body = SeqIter { sequence: Cell::new(value.clone()), index: Cell::new(0) };
        heap::alloc_plain(class, body).into_value()
    }

    /// An iterator over a range of inline integers; `None` when some number is larger.
    pub fn range_iterator(&self, range: &RangeObj) -> Option<Value> {
        let (start, stop, step) = range.small()?;
        let body = RangeIter::new(start, step, range_length(start, stop, step));
        Some(heap::alloc_plain(&self.types.range_iterator, body).into_value())
    }

    /// An iterator by `__getitem__` with 0, 1, 2 …
    fn index_iterator(&mut self, value: &Value) -> Result {
        let body = SeqIter { sequence: Cell::new(value.clone()), index: Cell::new(0) };
        // The payload is the same as a list's.
        Ok(heap::alloc_plain(&self.types.sequence_iterator, body).into_value())
    }

    /// `next(iterator)`; `None` when it is exhausted.
    pub fn next(&mut self, iterator: &Value) -> Result<Option<Value>> {
        self.step()?;
        if let Some(generator) = iterator.get::<GenObj>()
            && generator.kind == GenKind::Generator
        {
            return self.generator_next(iterator);
        }
        if let Some(result) = self.next_builtin(iterator) {
            return result;
        }
        let native = self.class_of(iterator).look_special(Special::Next, |method| {
            match method.get::<Native>().map(|native| native.row.code) {
                Some(NativeCode::Next(next)) => Some(next),
                _ => None,
            }
        });
        if let Some(Some(next)) = native {
            // Iterators stand on iterators.
            self.check_native_stack()?;
            return match next(self, iterator) {
                // A function that `map` calls ends it by raising.
                Err(raised) if raised.is(&self.exceptions.stop_iteration) => Ok(None),
                answer => answer,
            };
        }
        let Some(method) = self.special(iterator, Special::Next) else {
            let name = self.type_name(iterator);
            return Err(self.type_error(format!("'{name}' object is not an iterator")));
        };
        match self.call(&method, &[iterator.clone()]) {
            Ok(item) => Ok(Some(item)),
            Err(raised) if raised.is(&self.exceptions.stop_iteration) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    /// The iterators that the machine advances itself.
    #[inline]
    pub(crate) fn next_builtin(&mut self, iterator: &Value) -> Option<Result<Option<Value>>> {
        match iterator.kind()? {
            Kind::RangeIter => {
                let n = iterator.get::<RangeIter>()?.advance();
                Some(Ok(n.map(Value::inline_int)))
            }
            Kind::SeqIter => Some(self.next_in_sequence(iterator)),
            Kind::DictIter => Some(self.next_in_dict(iterator)),
            _ => None,
        }
    }

    fn next_in_sequence(&mut self, iterator: &Value) -> Result<Option<Value>> {
        let Some(iter) = iterator.get::<SeqIter>() else { return Ok(None) };
        let index = iter.index.get();
        let quick = Value::look(&iter.sequence, |held| match held.get::<ListObj>() {
            Some(list) => list.get(index),
            None => held.get::<TupleObj>().and_then(|t| t.items().get(index).cloned()),
        });
        if quick.is_some() {
            iter.index.set(index + 1);
            return Ok(quick);
        }
        let sequence = Value::peek(&iter.sequence);
        let item = match sequence.kind() {
            Some(Kind::List) => sequence.get::<ListObj>().and_then(|l| l.get(index)),
            Some(Kind::Tuple) => sequence.get::<TupleObj>().and_then(|t| t.items().get(index).cloned()),
            None => None,
            // `__setstate__` may have put it anywhere.
            Some(_) if index >= i64::MAX as usize => {
                return Err(self.overflow_error("iter index too large"));
            }
            Some(_) => match self.get_item(&sequence, &self.int(index as i64)) {
                Ok(item) => Some(item),
                Err(raised)
                    if raised.is(&self.exceptions.index_error)
                        || raised.is(&self.exceptions.stop_iteration) =>
                {
                    None
                }
                Err(raised) => return Err(raised),
            },
        };
        match item {
            Some(item) => {
                iter.index.set(index + 1);
                Ok(Some(item))
            }
            None => {
                drop(iter.sequence.take());
                Ok(None)
            }
        }
    }

    fn next_in_dict(&mut self, iterator: &Value) -> Result<Option<Value>> {
        let Some(iter) = iterator.get::<DictIter>() else { return Ok(None) };
        if !iter.reverse && iter.left.get() > 0 {
            // The usual step forwards copies no more than it gives.
            let mut position = iter.position.get();
            let item = Value::look(&iter.dict, |held| {
                let dict =
                    held.get::<crate::object::Dict>().filter(|dict| dict.len() == iter.length.get())?;
                dict.look_next(&mut position, |key, value| match iter.part {
                    DictPart::Keys => (key.clone(), None),
                    DictPart::Values => (value.clone(), None),
                    DictPart::Items => (key.clone(), Some(value.clone())),
                })
            });
            if let Some((first, second)) = item {
                iter.position.set(position);
                iter.left.set(iter.left.get() - 1);
                return Ok(Some(match second {
                    Some(second) => TupleObj::next_pair(&iter.pair, &self.types.tuple, first, second),
                    None => first,
                }));
            }
        }
        let held = Value::peek(&iter.dict);
        let Some(dict) = held.downcast::<crate::object::Dict>() else { return Ok(None) };
        if dict.len() != iter.length.get() {
            // From now on it is never right again.
            iter.length.set(usize::MAX);
            return Err(self.runtime_error("dictionary changed size during iteration"));
        }
        let mut position = iter.position.get();
        let entry =
            if iter.reverse { dict.previous_entry(&mut position) } else { dict.next_entry(&mut position) };
        iter.position.set(position);
        match entry {
            Some(_) if iter.left.get() == 0 && !iter.reverse => {
                drop(iter.dict.take());
                Err(self.runtime_error("dictionary keys changed during iteration"))
            }
            Some((key, value)) => {
                iter.left.set(iter.left.get().saturating_sub(1));
                Ok(Some(match iter.part {
                    DictPart::Keys => key,
                    DictPart::Values => value,
                    DictPart::Items => TupleObj::next_pair(&iter.pair, &self.types.tuple, key, value),
                }))
            }
            None => {
                drop(iter.dict.take());
                Ok(None)
            }
        }
    }

    /// All items of an iterable.
    pub fn collect(&mut self, iterable: &Value) -> Result<Vec<Value>> {
        let class = self.class_of(iterable);
        if class.is_same(&self.types.list)
            && let Some(list) = iterable.get::<ListObj>()
        {
            return Ok(list.to_vec());
        }
        if class.is_same(&self.types.tuple)
            && let Some(tuple) = iterable.get::<TupleObj>()
        {
            return Ok(tuple.items().to_vec());
        }
        let iterator = self.iter(iterable)?;
        self.ask_length(iterable)?;
        self.items_left(&iterator)
    }

    /// The same for one who makes an iterator first and a list of that: `join`, assignment to a slice. It is
    /// the iterator that is asked for its length.
    pub fn collect_through(&mut self, iterable: &Value) -> Result<Vec<Value>> {
        let class = self.class_of(iterable);
        if class.is_same(&self.types.list) || class.is_same(&self.types.tuple) {
            return self.collect(iterable);
        }
        let iterator = self.iter(iterable)?;
        self.rest_of(&iterator)
    }

    /// All items that an iterator still has.
    pub fn rest_of(&mut self, iterator: &Value) -> Result<Vec<Value>> {
        self.ask_length(iterator)?;
        self.items_left(iterator)
    }

    fn items_left(&mut self, iterator: &Value) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        while let Some(item) = self.next(iterator)? {
            items.push(item);
            self.check_memory(items.len())?;
        }
        Ok(items)
    }

    /// Calls `visit` with each item of an iterable.
    pub fn each(
        &mut self,
        iterable: &Value,
        mut visit: impl FnMut(&mut Vm, Value) -> Result<()>,
    ) -> Result<()> {
        let iterator = self.iter(iterable)?;
        while let Some(item) = self.next(&iterator)? {
            visit(self, item)?;
        }
        Ok(())
    }

    /// The value that a StopIteration carries.
    pub fn stop_value(&self, exc: &ExcObj) -> Value {
        match exc.field("value") {
            value if value.is_unbound() => {
                let args = Value::peek(&exc.args);
                args.get::<TupleObj>().and_then(|t| t.items().first().cloned()).unwrap_or(Value::NONE)
            }
            value => value,
        }
    }
}

/// Number of items of `range(start, stop, step)`.
pub fn range_length(start: i64, stop: i64, step: i64) -> u64 {
    if step > 0 && start < stop {
        (stop.wrapping_sub(start) as u64 - 1) / step as u64 + 1
    } else if step < 0 && start > stop {
        (start.wrapping_sub(stop) as u64 - 1) / step.unsigned_abs() + 1
    } else {
        0
    }
}
