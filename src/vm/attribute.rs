//! What a dot means: reading attributes, with `binding` for what is found in a class; `store` sets
//! and deletes them.
//!
//! Source: the Python reference, "Invoking Descriptors", and `object.__getattribute__`.

mod binding;
mod store;

use super::descriptor::{Member, Property, Super};
use super::native::Row;
use super::{Raised, Result, Vm};
use crate::object::{
    Class, Dict, ExcObj, Function, Instance, Kind, ModuleObj, Ref, Special, Str, Value, heap,
};
use binding::is_class_native;

/// One remembered look-up along an MRO.
#[derive(Default)]
pub(crate) struct CachedLookup {
    version: u64,
    name: u64,
    /// Unbound when the look-up found nothing.
    value: Value,
}

/// What `Vm::lookup` remembers. It starts small, since a short program asks little.
pub(crate) struct MethodCache {
    /// A power of two.
    entries: Box<[CachedLookup]>,
    misses: u32,
}

impl MethodCache {
    const SMALL: usize = 64;
    const LARGE: usize = 1024;

    pub(super) fn new() -> MethodCache {
        MethodCache { entries: MethodCache::empty(MethodCache::SMALL), misses: 0 }
    }

    fn empty(size: usize) -> Box<[CachedLookup]> {
        std::iter::repeat_with(CachedLookup::default).take(size).collect()
    }

    /// Lets go of everything: what is remembered of a class that is gone would keep it alive.
    pub(crate) fn forget(&mut self) {
        drop(std::mem::replace(self, MethodCache::new()));
    }

    #[inline(always)]
    fn place(&self, version: u64, name: u64) -> usize {
        (version.wrapping_mul(0x9E37_79B9) ^ (name >> 4)) as usize & (self.entries.len() - 1)
    }

    fn remember(&mut self, entry: CachedLookup) {
        self.misses = self.misses.saturating_add(1);
        if self.misses == MethodCache::SMALL as u32 {
            drop(std::mem::replace(&mut self.entries, MethodCache::empty(MethodCache::LARGE)));
        }
        let place = self.place(entry.version, entry.name);
        drop(std::mem::replace(&mut self.entries[place], entry));
    }
}

/// The builtin implementations of the attribute hooks, by identity.
#[derive(Default)]
pub(crate) struct Plain {
    pub object_getattribute: Value,
    pub object_setattr: Value,
    pub object_delattr: Value,
    pub type_getattribute: Value,
    pub type_setattr: Value,
    pub type_delattr: Value,
    pub object_new: Value,
    pub object_init: Value,
    pub type_call: Value,
    pub object_eq: Value,
    pub object_ne: Value,
    pub object_hash: Value,
    pub object_repr: Value,
    pub object_str: Value,
    pub object_format: Value,
    /// The method called most of all: the loop does it itself.
    pub list_append: Option<&'static Row>,
}

/// How a class attribute takes part in an attribute access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descriptor {
    /// No `__get__`: the value itself.
    Plain,
    /// A function or method descriptor: binds the receiver.
    Method,
    /// `__get__` only.
    NonData,
    /// `__set__` or `__delete__` too: goes before the instance's own attributes.
    Data,
}

impl Vm {
    /// An attribute along the MRO of `class`, not bound. `name` is interned.
    #[inline]
    pub fn lookup(&mut self, class: &Ref<Class>, name: &Ref<Str>) -> Option<Value> {
        let version = class.version();
        let id = name.id();
        let cached = &self.method_cache.entries[self.method_cache.place(version, id)];
        if cached.version == version && cached.name == id {
            return cached.value.bound().cloned();
        }
        let found = class.lookup(name);
        let value = found.clone().unwrap_or(Value::UNBOUND);
        self.method_cache.remember(CachedLookup { version, name: id, value });
        found
    }

    /// A special method of a value's class.
    #[inline]
    pub fn special(&self, value: &Value, special: Special) -> Option<Value> {
        self.class_of(value).special(special)
    }

    /// The attribute dict of a value, if it has one now.
    pub fn attribute_dict(&self, value: &Value) -> Option<Ref<Dict>> {
        let header = value.header()?;
        match header.kind() {
            Kind::Instance => value.get::<Instance>()?.dict_if_any(),
            Kind::Exception => Value::peek(&value.get::<ExcObj>()?.dict).downcast::<Dict>(),
            Kind::Function => Value::peek(&value.get::<Function>()?.dict).downcast::<Dict>(),
            Kind::Module => Some(value.get::<ModuleObj>()?.dict.clone()),
            Kind::Class => Some(value.get::<Class>()?.dict().clone()),
            _ => Value::peek(header.tail_cell()?).downcast::<Dict>(),
        }
    }

    /// The attribute dict of a value, made when it may have one.
    pub fn attribute_dict_or_new(&self, value: &Value) -> Option<Ref<Dict>> {
        use crate::object::class_flag::HAS_DICT;
        let header = value.header()?;
        let fill = |cell: &std::cell::Cell<Value>| {
            let held = Value::peek(cell);
            Some(held.downcast::<Dict>().unwrap_or_else(|| {
                let dict = self.new_dict();
                cell.set(dict.to_value());
                dict
            }))
        };
        match header.kind() {
            Kind::Instance => {
                let instance = value.get::<Instance>()?;
                header.class().has_flag(HAS_DICT).then(|| instance.dict(&self.types.dict))
            }
            Kind::Exception => fill(&value.get::<ExcObj>()?.dict),
            Kind::Function => fill(&value.get::<Function>()?.dict),
            Kind::Module => Some(value.get::<ModuleObj>()?.dict.clone()),
            Kind::Class => Some(value.get::<Class>()?.dict().clone()),
            _ => header.tail_dict(|| self.new_dict()),
        }
    }

    /// An own attribute of a value that is no class.
    #[inline]
    fn own_attribute(&self, value: &Value, name: &Ref<Str>) -> Option<Value> {
        match value.get::<Instance>() {
            Some(instance) => instance.get(name),
            None => self.attribute_dict(value)?.get_name(name),
        }
    }

    /// `value.name`, with `__getattribute__` and `__getattr__`.
    pub fn get_attr(&mut self, value: &Value, name: &Ref<Str>) -> Result {
        match self.find_attr(value, name)? {
            Some(found) => Ok(found),
            None => Err(self.no_attribute(value, name)),
        }
    }

    /// `value.name`, or `None` when there is no such attribute (an AttributeError is swallowed).
    pub fn get_attr_optional(&mut self, value: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        match self.find_attr(value, name) {
            Err(raised) if raised.is(&self.exceptions.attribute_error) => Ok(None),
            other => other,
        }
    }

    /// `None` when the builtin look-up finds nothing; any exception else.
    fn find_attr(&mut self, value: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let class = self.class_of(value).clone();
        // The usual hook is known without being taken.
        let plain =
            class.look_special(Special::GetAttribute, |hook| hook.is_same(&self.plain.object_getattribute));
        let hook = if plain == Some(true) { None } else { class.special(Special::GetAttribute) };
        let found = match hook {
            Some(hook) if hook.is_same(&self.plain.type_getattribute) => self.class_get(value, name),
            Some(hook) => self.call(&hook, &[value.clone(), name.to_value()]).map(Some),
            None => self.generic_get(value, name, &class),
        };
        let missing = match &found {
            Ok(Some(_)) => return found,
            Ok(None) => true,
            Err(raised) => raised.is(&self.exceptions.attribute_error),
        };
        let found = match class.special(Special::GetAttr) {
            Some(fallback) if missing => self.call(&fallback, &[value.clone(), name.to_value()]).map(Some),
            _ => found,
        };
        found.map_err(|raised| self.with_attribute(raised, value, name))
    }

    /// `object.__getattribute__`, without the error.
    pub fn generic_get(
        &mut self,
        value: &Value,
        name: &Ref<Str>,
        class: &Ref<Class>,
    ) -> Result<Option<Value>> {
        let Some(attribute) = self.lookup(class, name) else {
            if let Some(found) = self.own_attribute(value, name) {
                return Ok(Some(found));
            }
            return self.module_fallback(value, name);
        };
        let kind = self.descriptor_kind(&attribute);
        if kind == Descriptor::Data {
            // A data descriptor without `__get__` gives way to the instance's own attribute.
            let own = if self.reads(&attribute) { None } else { self.own_attribute(value, name) };
            return match own {
                Some(found) => Ok(Some(found)),
                None => self.bind(attribute, Some(value), class).map(Some),
            };
        }
        if let Some(found) = self.own_attribute(value, name) {
            return Ok(Some(found));
        }
        match kind {
            Descriptor::Plain if !is_class_native(&attribute) => Ok(Some(attribute)),
            _ => self.bind(attribute, Some(value), class).map(Some),
        }
    }

    fn reads(&mut self, descriptor: &Value) -> bool {
        match descriptor.kind() {
            Some(Kind::Native) => true,
            Some(Kind::Opaque)
                if descriptor.opaque::<Property>().is_some() || descriptor.opaque::<Member>().is_some() =>
            {
                true
            }
            _ => self.class_of(descriptor).has_special(Special::Get),
        }
    }

    /// PEP 562: a module's `__getattr__`.
    fn module_fallback(&mut self, value: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let Some(module) = value.get::<ModuleObj>() else { return Ok(None) };
        match module.dict.get_name(&Special::GetAttr.name()) {
            Some(hook) => {
                let found = self.call(&hook, &[name.to_value()]).map(Some);
                found.map_err(|raised| self.with_attribute(raised, value, name))
            }
            None => Ok(None),
        }
    }

    /// An AttributeError that does not say which attribute gets told.
    #[cold]
    pub(super) fn with_attribute(&mut self, raised: Raised, value: &Value, name: &Ref<Str>) -> Raised {
        let unset = |field: Value| field.is_unbound() || field.is_none();
        if raised.is(&self.exceptions.attribute_error)
            && unset(raised.0.field("name"))
            && unset(raised.0.field("obj"))
        {
            raised.0.set_field("name", name.to_value());
            raised.0.set_field("obj", value.clone());
        }
        raised
    }

    /// `type.__getattribute__`, without the error.
    pub fn class_get(&mut self, value: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let Some(class) = value.downcast::<Class>() else { return Ok(None) };
        let meta = value.header().map(|h| h.class().clone()).unwrap_or_else(|| self.types.type_.clone());
        let meta_attribute = self.lookup(&meta, name);
        if let Some(attribute) = &meta_attribute
            && self.descriptor_kind(attribute) == Descriptor::Data
            && self.reads(attribute)
        {
            return self.bind(attribute.clone(), Some(value), &meta).map(Some);
        }
        if let Some(attribute) = self.lookup(&class, name) {
            return self.bind(attribute, None, &class).map(Some);
        }
        match meta_attribute {
            Some(attribute) => self.bind(attribute, Some(value), &meta).map(Some),
            None => Ok(None),
        }
    }

    /// What `super(…).name` gives.
    pub fn super_get(&mut self, value: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let Some(sup) = value.opaque::<Super>() else { return Ok(None) };
        let (class, receiver, start) =
            (Value::peek(&sup.class), Value::peek(&sup.receiver), Value::peek(&sup.start));
        if let (Some(start), false) = (start.downcast::<Class>(), name.as_str() == "__class__")
            && let Some(attribute) =
                class.downcast::<Class>().and_then(|c| self.super_lookup(&c, &start, name))
        {
            let bound_to = if receiver.is_same(start.as_value()) { None } else { Some(&receiver) };
            return self.bind(attribute, bound_to, &start).map(Some);
        }
        let own = self.class_of(value).clone();
        self.generic_get(value, name, &own)
    }

    /// The attribute behind `class` in the MRO of `start`.
    pub fn super_lookup(&mut self, class: &Ref<Class>, start: &Ref<Class>, name: &Ref<Str>) -> Option<Value> {
        let mro = start.mro();
        let mut behind = mro.iter().skip_while(|c| !c.is_same(class));
        behind.next();
        behind.find_map(|c| c.dict().get_name(name))
    }

    /// The AttributeError for a missing attribute, with `name` and `obj` set.
    #[cold]
    pub fn no_attribute(&mut self, value: &Value, name: &Ref<Str>) -> Raised {
        let message = match value.kind() {
            Some(Kind::Class) => {
                let class = value.get::<Class>().map(|c| c.type_name()).unwrap_or_default();
                format!("type object '{class}' has no attribute '{}'", name.as_str())
            }
            Some(Kind::Module) => match value.downcast::<ModuleObj>() {
                Some(module) => self.module_lacks(&module, name.as_str()),
                None => String::new(),
            },
            _ => format!("'{}' object has no attribute '{}'", self.type_name(value), name.as_str()),
        };
        let raised = self.attribute_error(message);
        raised.0.set_field("name", name.to_value());
        raised.0.set_field("obj", value.clone());
        raised
    }

    /// `hasattr`-like read by text.
    pub fn get_attr_text(&mut self, value: &Value, name: &str) -> Result {
        let name = heap::intern(name);
        self.get_attr(value, &name)
    }
}
