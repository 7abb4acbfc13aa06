//! Taking values apart and putting them together: unpacking, displays, `*` and `**` in them.

use crate::bytecode::Instr;
use crate::object::{Dict, ListObj, Special, TupleObj, Value, heap};
use crate::vm::window::Window;
use crate::vm::{Result, Vm};

impl Vm {
    /// The usual case of unpacking: a tuple of the right length, whose items are copied once.
    #[inline(always)]
    pub(crate) fn unpack_tuple(&self, w: Window, i: &Instr) -> bool {
        let source = w.reg(i.b);
        let Some(tuple) = source.get::<TupleObj>() else { return false };
        if tuple.len() != i.c as usize
            || !source.header().is_some_and(|h| h.class().is_same(&self.types.tuple))
        {
            return false;
        }
        let held = w.input(i.b, i.flags & 2 != 0);
        for (n, item) in tuple.items().iter().enumerate() {
            w.init(i.a + n as u16, item.clone());
        }
        drop(held);
        true
    }

    pub(crate) fn unpack_sequence(&mut self, w: Window, i: Instr) -> Result<()> {
        let source = w.reg(i.b);
        let count = i.c as usize;
        let exact = self.class_of(source);
        if exact.is_same(&self.types.list) && source.get::<ListObj>().is_some_and(|list| list.len() == count)
        {
            // A list is read before it may be released: its items are copied or moved out.
            let held = w.input(i.b, i.flags & 2 != 0);
            if let Some(list) = held.get::<ListObj>() {
                if held.ref_count() == 1 {
                    for (n, item) in list.take().into_iter().enumerate() {
                        w.init(i.a + n as u16, item);
                    }
                } else {
                    for n in 0..count {
                        w.init(i.a + n as u16, list.get(n).unwrap_or(Value::UNBOUND));
                    }
                }
            }
            drop(held);
            return Ok(());
        }
        let items = if exact.is_same(&self.types.tuple) {
            source.get::<TupleObj>().map(|t| t.items().to_vec())
        } else if exact.is_same(&self.types.list) {
            source.get::<ListObj>().map(ListObj::to_vec)
        } else {
            None
        };
        let items = match items {
            Some(items) if items.len() > count => {
                return Err(self.value_error(format!("too many values to unpack (expected {count})")));
            }
            Some(items) => items,
            None => {
                let iterator = self.unpack_iterator(source)?;
                let mut items = Vec::with_capacity(count);
                while items.len() < count {
                    match self.next(&iterator)? {
                        Some(item) => items.push(item),
                        None => break,
                    }
                }
                if items.len() == count && self.next(&iterator)?.is_some() {
                    return Err(self.value_error(format!("too many values to unpack (expected {count})")));
                }
                items
            }
        };
        if items.len() < count {
            let got = items.len();
            return Err(
                self.value_error(format!("not enough values to unpack (expected {count}, got {got})"))
            );
        }
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        for (n, item) in items.into_iter().enumerate() {
            w.init(i.a + n as u16, item);
        }
        Ok(())
    }

    fn unpack_iterator(&mut self, source: &Value) -> Result {
        match self.iter(source) {
            Err(raised)
                if raised.is(&self.exceptions.type_error)
                    && !self.class_of(source).has_special(Special::Iter)
                    && !self.class_of(source).has_special(Special::GetItem) =>
            {
                let name = self.type_name(source);
                Err(self.type_error(format!("cannot unpack non-iterable {name} object")))
            }
            other => other,
        }
    }

    pub(crate) fn unpack_ex(&mut self, w: Window, i: Instr) -> Result<()> {
        let (before, after) = (i.c as usize & 0xFF, i.c as usize >> 8);
        let source = w.reg(i.b);
        let iterator = self.unpack_iterator(source)?;
        let mut items = Vec::new();
        while items.len() < before
            && let Some(item) = self.next(&iterator)?
        {
            items.push(item);
        }
        if items.len() == before {
            items.append(&mut self.rest_of(&iterator)?);
        }
        if items.len() < before + after {
            let (least, got) = (before + after, items.len());
            return Err(self
                .value_error(format!("not enough values to unpack (expected at least {least}, got {got})")));
        }
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        let middle = self.list(middle);
        for (n, item) in items.into_iter().chain([middle]).chain(tail).enumerate() {
            w.init(i.a + n as u16, item);
        }
        Ok(())
    }

    pub(crate) fn list_extend(&mut self, list: &Value, source: &Value) -> Result<()> {
        let Some(list) = list.downcast::<ListObj>() else { return Ok(()) };
        let iterator = match self.iter(source) {
            Err(raised)
                if raised.is(&self.exceptions.type_error)
                    && !self.class_of(source).has_special(Special::Iter)
                    && !self.class_of(source).has_special(Special::GetItem) =>
            {
                let name = self.type_name(source);
                let message = format!("Value after * must be an iterable, not {name}");
                return Err(self.type_error(message));
            }
            other => other?,
        };
        self.ask_length(source)?;
        while let Some(item) = self.next(&iterator)? {
            list.push(item);
            self.check_memory(list.len())?;
        }
        Ok(())
    }

    pub(crate) fn dict_display_update(&mut self, dict: &Value, mapping: &Value) -> Result<()> {
        let Some(dict) = dict.downcast::<Dict>() else { return Ok(()) };
        if !self.is_mapping_like(mapping)? {
            let name = self.type_name(mapping);
            return Err(self.type_error(format!("'{name}' object is not a mapping")));
        }
        self.dict_update(&dict, mapping)
    }

    fn is_mapping_like(&mut self, value: &Value) -> Result<bool> {
        if value.get::<Dict>().is_some() {
            return Ok(true);
        }
        let name = heap::intern("keys");
        Ok(self.get_attr_optional(value, &name)?.is_some())
    }

    /// `**mapping` of a call: keys that were not given yet. The call itself wants strings.
    pub(crate) fn dict_merge(&mut self, dict: &Value, mapping: &Value, callee: &Value) -> Result<()> {
        let Some(dict) = dict.downcast::<Dict>() else { return Ok(()) };
        if !self.is_mapping_like(mapping)? {
            let (callee, name) = (self.full_callee_name(callee)?, self.type_name(mapping));
            return Err(self.type_error(format!("{callee} argument after ** must be a mapping, not {name}")));
        }
        let other = self.new_dict();
        self.dict_update(&other, mapping)?;
        for (key, value) in other.items() {
            let hash = self.hash(&key)?;
            if self.dict_find(&dict, hash, &key)?.is_some() {
                let callee = self.full_callee_name(callee)?;
                let key = self.str_of(&key)?;
                return Err(self.type_error(format!(
                    "{callee} got multiple values for keyword argument '{}'",
                    key.as_str()
                )));
            }
            dict.insert_new(hash, key, value);
        }
        Ok(())
    }
}
