//! Square brackets, and dicts and sets with keys that Python compares.

use super::protocol::quick_hash;
use super::{Result, Vm};
use crate::object::{
    Class, Dict, Kind, ListObj, Ref, SetObj, SliceObj, Special, Str, TupleObj, Value, class_flag, heap,
};

impl Vm {
    /// The position of `key` in a dict.
    #[inline]
    pub fn dict_find(&mut self, dict: &Dict, hash: i64, key: &Value) -> Result<Option<usize>> {
        match dict.find_quick(hash, key) {
            Some(found) => Ok(found),
            None => dict.find(hash, key, &mut |stored| self.eq(stored, key)),
        }
    }

    /// `dict.get(key)`; `None` when it is missing.
    #[inline]
    pub fn dict_get(&mut self, dict: &Dict, key: &Value) -> Result<Option<Value>> {
        let hash = self.hash(key)?;
        Ok(self.dict_find(dict, hash, key)?.map(|position| dict.value_at(position)))
    }

    /// `dict[key] = value`
    #[inline]
    pub fn dict_set(&mut self, dict: &Dict, key: Value, value: Value) -> Result<()> {
        let hash = self.hash(&key)?;
        self.dict_set_hashed(dict, hash, key, value)
    }

    /// The same for a key that comes from a dict or a set, where its hash is known.
    #[inline]
    pub fn dict_set_hashed(&mut self, dict: &Dict, hash: i64, key: Value, value: Value) -> Result<()> {
        match self.dict_find(dict, hash, &key)? {
            Some(position) => drop(dict.set_value_at(position, value)),
            None => {
                dict.insert_new(hash, key, value);
            }
        }
        Ok(())
    }

    /// `dict.setdefault(key, value)`
    pub fn dict_set_default(&mut self, dict: &Dict, key: Value, value: Value) -> Result {
        let hash = self.hash(&key)?;
        match self.dict_find(dict, hash, &key)? {
            Some(position) => Ok(dict.value_at(position)),
            None => {
                dict.insert_new(hash, key, value.clone());
                Ok(value)
            }
        }
    }

    /// Removes a key; `None` when it is missing.
    pub fn dict_remove(&mut self, dict: &Dict, key: &Value) -> Result<Option<Value>> {
        let hash = self.hash(key)?;
        Ok(self.dict_find(dict, hash, key)?.map(|position| dict.remove_at(position).1))
    }

    /// `dict.update(mapping)`: a dict, or anything with `keys()`.
    pub fn dict_update(&mut self, dict: &Dict, mapping: &Value) -> Result<()> {
        if let Some(other) = mapping.downcast::<Dict>()
            && (self.class_of(mapping).is_same(&self.types.dict) || !self.overrides_iter(mapping))
        {
            if std::ptr::eq(dict, &*other) {
                return Ok(());
            }
            heap::spend_items(other.len() * 4);
            let (mut position, end) = (0, other.end());
            while let Some((hash, key, value)) = other.next_hashed(&mut position) {
                self.dict_set_hashed(dict, hash, key, value)?;
                if other.end() != end {
                    // A comparison of keys has put something in.
                    return Err(self.runtime_error("dict mutated during update"));
                }
            }
            return Ok(());
        }
        let keys = self.call_method(mapping, "keys", &[])?;
        let iterator = match self.iter(&keys) {
            Err(raised) if raised.is(&self.exceptions.type_error) => {
                let (owner, found) = (self.type_name(mapping), self.type_name(&keys));
                return Err(self.type_error(format!("{owner}.keys() returned a non-iterable (type {found})")));
            }
            iterator => iterator?,
        };
        // All keys come first: looking up a value may change the mapping.
        for key in self.collect(&iterator)? {
            let value = self.get_item(mapping, &key)?;
            self.dict_set(dict, key, value)?;
        }
        Ok(())
    }

    /// A new dict with the items of an instance of a class derived from `dict`, perhaps.
    pub fn dict_copy(&mut self, value: &Value) -> Result<Ref<Dict>> {
        match value.get::<Dict>() {
            Some(dict) if self.class_of(value).is_same(&self.types.dict) || !self.overrides_iter(value) => {
                Ok(heap::alloc_plain(&self.types.dict, dict.copy()))
            }
            _ => {
                let copy = heap::alloc_plain(&self.types.dict, Dict::new());
                self.dict_update(&copy, value)?;
                Ok(copy)
            }
        }
    }

    fn overrides_iter(&self, value: &Value) -> bool {
        let own = self.class_of(value).special(Special::Iter);
        let base = self.types.dict.special(Special::Iter);
        match (own, base) {
            (Some(own), Some(base)) => !own.is_same(&base),
            _ => true,
        }
    }

    pub fn set_contains(&mut self, set: &SetObj, key: &Value) -> Result<bool> {
        let hash = self.hash(key)?;
        set.contains(hash, key, &mut |stored| self.eq(stored, key))
    }

    /// Adds a key; false when it was there.
    #[inline]
    pub fn set_add(&mut self, set: &SetObj, key: &Value) -> Result<bool> {
        let hash = self.hash(key)?;
        set.add(hash, key, &mut |stored| self.eq(stored, key))
    }

    /// `set.update` with one iterable. How room is made for its items decides the order of the set.
    pub fn set_update(&mut self, set: &SetObj, iterable: &Value) -> Result<()> {
        if let Some(other) = iterable.downcast::<SetObj>() {
            heap::spend_items(other.len() * 4);
            if std::ptr::eq(set, &*other) || set.prepare_merge(&other) {
                return Ok(());
            }
            for (hash, key) in other.entries() {
                set.add(hash, &key, &mut |stored| self.eq(stored, &key))?;
            }
            return Ok(());
        }
        if let Some(dict) = iterable.get::<Dict>()
            && self.class_of(iterable).is_same(&self.types.dict)
        {
            set.prepare_for(dict.len());
            heap::spend_items(dict.len() * 4);
            for (hash, key) in dict.hashed_keys() {
                set.add(hash, &key, &mut |stored| self.eq(stored, &key))?;
            }
            return Ok(());
        }
        let iterator = self.iter(iterable)?;
        while let Some(item) = self.next(&iterator)? {
            self.set_add(set, &item)?;
            self.check_memory(set.len())?;
        }
        Ok(())
    }

    /// Removes a key; false when it was not there.
    pub fn set_remove(&mut self, set: &SetObj, key: &Value) -> Result<bool> {
        let hash = self.hash(key)?;
        set.remove(hash, key, &mut |stored| self.eq(stored, key))
    }

    /// `value[key]`
    pub fn get_item(&mut self, value: &Value, key: &Value) -> Result {
        // What runs no Python code comes first: nothing has to be kept alive meanwhile.
        match value.kind() {
            Some(Kind::Dict) if self.class_of(value).is_same(&self.types.dict) => {
                if let Some(hash) = quick_hash(key)
                    && let Some(dict) = value.get::<Dict>()
                    && let Some(found) = dict.find_quick(hash, key)
                {
                    return match found {
                        Some(position) => Ok(dict.value_at(position)),
                        None => Err(self.key_error(key)),
                    };
                }
            }
            Some(Kind::List) if self.class_of(value).is_same(&self.types.list) => {
                if let (Some(list), Some(slice)) = (value.get::<ListObj>(), key.get::<SliceObj>())
                    && let Some(range) = plain_slice(slice, list.len())
                {
                    let items = list.with(|items| items[range].to_vec());
                    return Ok(self.list(items));
                }
            }
            Some(Kind::Str) if heap::is_exact_str(value) => {
                if let (Some(text), Some(slice)) = (value.get::<Str>(), key.get::<SliceObj>())
                    && text.is_ascii()
                    && let Some(range) = plain_slice(slice, text.len())
                {
                    if range.len() == text.len() {
                        return Ok(value.clone());
                    }
                    return Ok(self.str(&text.as_str()[range]));
                }
                if let (Some(text), Some(index)) = (value.get::<Str>(), key.as_int())
                    && text.is_ascii()
                {
                    let at = if index < 0 { index + text.len() as i64 } else { index };
                    if let Some(byte) =
                        usize::try_from(at).ok().and_then(|at| text.as_str().as_bytes().get(at))
                    {
                        return Ok(self.char(*byte as char));
                    }
                }
            }
            _ => {}
        }
        let class = self.class_of(value).clone();
        if let Some(index) = key.as_int() {
            if class.is_same(&self.types.list)
                && let Some(list) = value.get::<ListObj>()
            {
                let length = list.len() as i64;
                let at = if index < 0 { index + length } else { index };
                return match list.get(at as usize) {
                    Some(item) if at >= 0 => Ok(item),
                    _ => Err(self.index_error("list index out of range")),
                };
            }
            if class.is_same(&self.types.tuple)
                && let Some(tuple) = value.get::<TupleObj>()
            {
                let length = tuple.len() as i64;
                let at = if index < 0 { index + length } else { index };
                return match tuple.items().get(at as usize) {
                    Some(item) if at >= 0 => Ok(item.clone()),
                    _ => Err(self.index_error("tuple index out of range")),
                };
            }
        }
        if class.is_same(&self.types.dict)
            && let Some(dict) = value.downcast::<Dict>()
        {
            return match self.dict_get(&dict, key)? {
                Some(item) => Ok(item),
                None => Err(self.key_error(key)),
            };
        }
        if let Some(method) = class.special(Special::GetItem) {
            return self.call(&method, &[value.clone(), key.clone()]);
        }
        if let Some(subject) = value.downcast::<Class>() {
            return self.class_item(&subject, key);
        }
        let name = self.type_name(value);
        Err(self.type_error(format!("'{name}' object is not subscriptable")))
    }

    /// `Class[key]`
    fn class_item(&mut self, class: &Ref<Class>, key: &Value) -> Result {
        if class.is_same(&self.types.type_)
            && let Some(alias) = self.alias_hook
        {
            return alias(self, class.as_value(), key);
        }
        let name = Special::ClassGetItem.name();
        let found = self.class_get(class.as_value(), &name)?;
        // None says that a class is not for this, although a base of it is.
        let Some(method) = found.filter(|method| !method.is_none()) else {
            let name = class.type_name();
            return Err(self.type_error(format!("type '{name}' is not subscriptable")));
        };
        self.call(&method, &[key.clone()])
    }

    /// `value[key] = item`
    pub fn set_item(&mut self, value: &Value, key: &Value, item: Value) -> Result<()> {
        if let Some(dict) = value.get::<Dict>()
            && self.class_of(value).is_same(&self.types.dict)
            && let Some(hash) = quick_hash(key)
            && let Some(found) = dict.find_quick(hash, key)
        {
            match found {
                Some(position) => drop(dict.set_value_at(position, item)),
                None => {
                    dict.insert_new(hash, key.clone(), item);
                }
            }
            return Ok(());
        }
        let class = self.class_of(value).clone();
        if class.is_same(&self.types.dict)
            && let Some(dict) = value.downcast::<Dict>()
        {
            return self.dict_set(&dict, key.clone(), item);
        }
        if let Some(index) = key.as_int()
            && class.is_same(&self.types.list)
            && let Some(list) = value.get::<ListObj>()
        {
            let length = list.len() as i64;
            let at = if index < 0 { index + length } else { index };
            if at < 0 || at >= length {
                return Err(self.index_error("list assignment index out of range"));
            }
            drop(list.set(at as usize, item));
            return Ok(());
        }
        let Some(method) = class.special(Special::SetItem) else {
            if class.special(Special::DelItem).is_some() {
                return Err(self.attribute_error("__setitem__"));
            }
            let name = self.type_name(value);
            return Err(self.type_error(format!("'{name}' object does not support item assignment")));
        };
        self.call(&method, &[value.clone(), key.clone(), item]).map(drop)
    }

    /// `del value[key]`
    pub fn del_item(&mut self, value: &Value, key: &Value) -> Result<()> {
        let class = self.class_of(value).clone();
        if class.is_same(&self.types.dict)
            && let Some(dict) = value.downcast::<Dict>()
        {
            return match self.dict_remove(&dict, key)? {
                Some(old) => {
                    drop(old);
                    Ok(())
                }
                None => Err(self.key_error(key)),
            };
        }
        let Some(method) = class.special(Special::DelItem) else {
            if class.special(Special::SetItem).is_some() {
                return Err(self.attribute_error("__delitem__"));
            }
            let name = self.type_name(value);
            // CPython has two sentences: one for sequences, and classes of programs may be some.
            let sequence = class.has_special(Special::Len) || class.has_flag(class_flag::HEAP);
            let number = self.int_like(key).is_some() || self.class_of(key).has_special(Special::Index);
            let refusal = if sequence && number { "doesn't" } else { "does not" };
            return Err(self.type_error(format!("'{name}' object {refusal} support item deletion")));
        };
        self.call(&method, &[value.clone(), key.clone()]).map(drop)
    }

    /// `value.name(*args)`
    pub fn call_method(&mut self, value: &Value, name: &str, args: &[Value]) -> Result {
        let name: Ref<Str> = self.intern(name);
        let method = self.get_attr(value, &name)?;
        self.call(&method, args)
    }
}

/// The positions that a slice without a step selects, when its bounds are small integers or
/// left out.
fn plain_slice(slice: &SliceObj, length: usize) -> Option<std::ops::Range<usize>> {
    if !slice.step.is_none() {
        return None;
    }
    let bound = |value: &Value, missing: usize| match value.as_int() {
        Some(n) if n < 0 => Some((n + length as i64).max(0) as usize),
        Some(n) => Some((n as usize).min(length)),
        None if value.is_none() => Some(missing),
        None => None,
    };
    let (start, stop) = (bound(&slice.start, 0)?, bound(&slice.stop, length)?);
    Some(start..stop.max(start))
}
