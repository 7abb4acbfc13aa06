//! What a dot means: reading, setting and deleting attributes.
//!
//! Source: the Python reference, "Invoking Descriptors", and `object.__getattribute__`.

use super::descriptor::{ClassMethod, Member, Property, StaticMethod, Super};
use super::native::{Binding, Native, NativeCode, Row};
use super::{Raised, Result, Vm};
use crate::object::{
    BoundMethod, Class, Dict, ExcObj, Function, Instance, Kind, ModuleObj, Ref, Special, Str, Value,
    class_flag, heap,
};

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

    /// How a class attribute behaves.
    pub fn descriptor_kind(&mut self, attribute: &Value) -> Descriptor {
        let Some(header) = attribute.header() else { return Descriptor::Plain };
        match header.kind() {
            Kind::Function => Descriptor::Method,
            Kind::Native => {
                let native = attribute.get::<Native>().expect("the kind says so");
                match native.row.binding {
                    Binding::Attribute => Descriptor::Data,
                    Binding::Function if native.receiver.is_unbound() && native.owner_class().is_some() => {
                        Descriptor::Method
                    }
                    Binding::Function | Binding::Static | Binding::Class => Descriptor::Plain,
                }
            }
            Kind::Str | Kind::Tuple | Kind::List | Kind::Dict | Kind::BoundMethod => {
                if self.class_of(attribute).has_special(Special::Get) {
                    self.descriptor_by_methods(attribute)
                } else {
                    Descriptor::Plain
                }
            }
            Kind::Opaque => {
                if attribute.opaque::<Property>().is_some() || attribute.opaque::<Member>().is_some() {
                    Descriptor::Data
                } else if attribute.opaque::<StaticMethod>().is_some()
                    || attribute.opaque::<ClassMethod>().is_some()
                {
                    Descriptor::NonData
                } else {
                    self.descriptor_by_methods(attribute)
                }
            }
            _ => self.descriptor_by_methods(attribute),
        }
    }

    fn descriptor_by_methods(&mut self, attribute: &Value) -> Descriptor {
        let class = self.class_of(attribute);
        if class.has_special(Special::Set) || class.has_special(Special::Delete) {
            Descriptor::Data
        } else if class.has_special(Special::Get) {
            Descriptor::NonData
        } else {
            Descriptor::Plain
        }
    }

    /// `attribute.__get__(receiver, owner)`; `receiver` is None when read from the class.
    pub fn bind(&mut self, attribute: Value, receiver: Option<&Value>, owner: &Ref<Class>) -> Result {
        match self.overriding(&attribute, Special::Get) {
            Some(get) => {
                let receiver = receiver.cloned().unwrap_or(Value::NONE);
                self.call(&get, &[attribute, receiver, owner.to_value()])
            }
            None => self.bind_builtin(attribute, receiver, owner),
        }
    }

    /// What a subclass of a builtin descriptor has of its own instead of the builtin's method.
    fn overriding(&self, attribute: &Value, special: Special) -> Option<Value> {
        let header = attribute.header()?;
        if header.kind() != Kind::Opaque || !header.class().has_flag(class_flag::HEAP) {
            return None;
        }
        header.class().special(special).filter(|method| !method.is::<Native>())
    }

    /// The same as the builtin descriptors themselves do it, whatever a subclass says.
    pub fn bind_builtin(&mut self, attribute: Value, receiver: Option<&Value>, owner: &Ref<Class>) -> Result {
        let Some(header) = attribute.header() else { return Ok(attribute) };
        match header.kind() {
            Kind::Function => {
                return Ok(match receiver {
                    Some(receiver) => self.bound_method(attribute, receiver.clone()),
                    None => attribute,
                });
            }
            Kind::Native => {
                let native = attribute.get::<Native>().expect("the kind says so");
                return match (native.row.binding, receiver) {
                    (Binding::Attribute, Some(receiver)) => {
                        let NativeCode::Attribute(get, _) = native.row.code else { return Ok(attribute) };
                        get(self, receiver)
                    }
                    (Binding::Function, Some(receiver))
                        if native.receiver.is_unbound() && native.owner_class().is_some() =>
                    {
                        Ok(self.bound_native(native, receiver.clone()))
                    }
                    (Binding::Class, _) => Ok(self.bound_native(native, owner.to_value())),
                    _ => Ok(attribute),
                };
            }
            Kind::Opaque => {
                if let Some(property) = attribute.opaque::<Property>() {
                    let Some(receiver) = receiver else { return Ok(attribute) };
                    let getter = Value::peek(&property.fget);
                    if getter.is_none() {
                        return Err(self.property_error(property, receiver, "getter"));
                    }
                    return self.call(&getter, &[receiver.clone()]);
                }
                if let Some(method) = attribute.opaque::<StaticMethod>() {
                    return Ok(Value::peek(&method.callable));
                }
                if let Some(method) = attribute.opaque::<ClassMethod>() {
                    let callable = Value::peek(&method.callable);
                    let class = owner.to_value();
                    if let Some(native) = callable.get::<Native>() {
                        return Ok(self.bound_native(native, class));
                    }
                    return Ok(self.bound_method(callable, class));
                }
                if let Some(member) = attribute.opaque::<Member>() {
                    let Some(receiver) = receiver else { return Ok(attribute) };
                    return self.member_get(member, receiver);
                }
            }
            _ => {}
        }
        match self.special(&attribute, Special::Get) {
            Some(get) => {
                let receiver = receiver.cloned().unwrap_or(Value::NONE);
                self.call(&get, &[attribute, receiver, owner.to_value()])
            }
            None => Ok(attribute),
        }
    }

    pub fn bound_method(&self, function: Value, receiver: Value) -> Value {
        heap::alloc_plain(&self.types.method, BoundMethod { function, receiver }).into_value()
    }

    /// A native method with its receiver, as `[].append` gives it.
    pub fn bound_native(&self, native: &Native, receiver: Value) -> Value {
        let bound = Native::new(
            native.row,
            native.name.clone(),
            Value::peek(&native.owner),
            Value::peek(&native.module),
            receiver,
        );
        heap::alloc_plain(&self.types.native, bound).into_value()
    }

    fn property_error(&mut self, property: &Property, receiver: &Value, what: &str) -> Raised {
        let class = self.class_of(receiver).qualname.borrow().as_str().to_owned();
        let name = Value::peek(&property.name);
        let message = match name.get::<Str>() {
            Some(name) => format!("property '{}' of '{class}' object has no {what}", name.as_str()),
            None => format!("property of '{class}' object has no {what}"),
        };
        self.attribute_error(message)
    }

    fn member_get(&mut self, member: &Member, receiver: &Value) -> Result {
        self.check_member(member, receiver)?;
        let found = match receiver.get::<Instance>() {
            Some(instance) => instance.member(&member.name),
            None => self.attribute_dict(receiver).and_then(|d| d.get_name(&member.name)),
        };
        match found {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(receiver, &member.name)),
        }
    }

    fn check_member(&mut self, member: &Member, receiver: &Value) -> Result<()> {
        let owner = member.class.borrow().clone();
        if let Some(owner) = owner
            && !self.class_of(receiver).is_subclass_of(&owner)
        {
            let message = format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                member.name.as_str(),
                owner.type_name(),
                self.type_name(receiver)
            );
            return Err(self.type_error(message));
        }
        Ok(())
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
        if missing && let Some(fallback) = class.special(Special::GetAttr) {
            let found = self.call(&fallback, &[value.clone(), name.to_value()]).map(Some);
            return found.map_err(|raised| self.with_attribute(raised, value, name));
        }
        found
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
    fn with_attribute(&mut self, raised: Raised, value: &Value, name: &Ref<Str>) -> Raised {
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

    /// `value.name = new`
    pub fn set_attr(&mut self, value: &Value, name: &Ref<Str>, new: Value) -> Result<()> {
        let class = self.class_of(value).clone();
        match class.special(Special::SetAttr) {
            Some(hook) if hook.is_same(&self.plain.object_setattr) => self.generic_set(value, name, new),
            Some(hook) if hook.is_same(&self.plain.type_setattr) => self.class_set(value, name, new),
            Some(hook) => self.call(&hook, &[value.clone(), name.to_value(), new]).map(drop),
            None => self.generic_set(value, name, new),
        }
    }

    /// `del value.name`
    pub fn del_attr(&mut self, value: &Value, name: &Ref<Str>) -> Result<()> {
        let class = self.class_of(value).clone();
        match class.special(Special::DelAttr) {
            Some(hook) if hook.is_same(&self.plain.object_delattr) => {
                self.generic_set(value, name, Value::UNBOUND)
            }
            Some(hook) if hook.is_same(&self.plain.type_delattr) => {
                self.class_set(value, name, Value::UNBOUND)
            }
            Some(hook) => self.call(&hook, &[value.clone(), name.to_value()]).map(drop),
            None => self.generic_set(value, name, Value::UNBOUND),
        }
    }

    /// `object.__setattr__`; with unbound, `object.__delattr__`.
    pub fn generic_set(&mut self, value: &Value, name: &Ref<Str>, new: Value) -> Result<()> {
        let class = self.class_of(value).clone();
        let attribute = self.lookup(&class, name);
        if let Some(attribute) = &attribute
            && self.descriptor_kind(attribute) == Descriptor::Data
        {
            return self.descriptor_set(attribute, value, new);
        }
        if new.is_unbound() {
            let removed = match value.get::<Instance>() {
                Some(instance) => instance.delete(name, &self.types.dict),
                None => self.attribute_dict(value).and_then(|d| d.remove_name(name)),
            };
            return match removed {
                Some(_) => Ok(()),
                None => Err(self.cannot_set(value, name, attribute.is_some(), true)),
            };
        }
        if let Some(instance) = value.get::<Instance>() {
            if class.has_flag(class_flag::HAS_DICT) {
                instance.set(name, new, &self.types.dict);
                return Ok(());
            }
        } else if value.kind() != Some(Kind::Class)
            // A dict that is there for `__slots__` only takes nothing else.
            && (class.has_flag(class_flag::HAS_DICT) || !class.has_flag(class_flag::TAIL_DICT))
            && let Some(dict) = self.attribute_dict_or_new(value)
        {
            drop(dict.set_name(name, new));
            return Ok(());
        }
        Err(self.cannot_set(value, name, attribute.is_some(), false))
    }

    #[cold]
    fn cannot_set(&mut self, value: &Value, name: &Ref<Str>, in_class: bool, delete: bool) -> Raised {
        use crate::object::class_flag::HAS_DICT;
        let has_dict = self.class_of(value).has_flag(HAS_DICT);
        // CPython tells the exception what was missing, unless the attributes lie in the object.
        if has_dict && delete && value.get::<Instance>().is_some() {
            let class = self.type_name(value);
            return self.attribute_error(format!("'{class}' object has no attribute '{}'", name.as_str()));
        }
        if has_dict && delete && value.get::<ModuleObj>().is_none() {
            return self.no_attribute(value, name);
        }
        let class = self.type_name(value);
        let message = if has_dict && delete {
            format!("'{class}' object has no attribute '{}'", name.as_str())
        } else if in_class {
            format!("'{class}' object attribute '{}' is read-only", name.as_str())
        } else {
            // Only who goes by the rule of `object` knows that a dict would have helped.
            let class = self.class_of(value);
            let is_plain =
                |special: Special, plain: &Value| class.special(special).is_none_or(|own| own.is_same(plain));
            let by_rule = is_plain(Special::SetAttr, &self.plain.object_setattr)
                && is_plain(Special::DelAttr, &self.plain.object_delattr);
            let why = if by_rule { " and no __dict__ for setting new attributes" } else { "" };
            let class = class.type_name();
            format!("'{class}' object has no attribute '{}'{why}", name.as_str())
        };
        let raised = self.attribute_error(message);
        raised.0.set_field("name", name.to_value());
        raised.0.set_field("obj", value.clone());
        raised
    }

    fn descriptor_set(&mut self, attribute: &Value, value: &Value, new: Value) -> Result<()> {
        if let Some(native) = attribute.get::<Native>() {
            return match native.row.code {
                NativeCode::Attribute(_, Some(set)) => set(self, value, &new),
                _ => Err(self.attribute_error(native.not_writable())),
            };
        }
        let special = if new.is_unbound() { Special::Delete } else { Special::Set };
        if let Some(own) = self.overriding(attribute, special) {
            return match new.bound() {
                Some(new) => self.call(&own, &[attribute.clone(), value.clone(), new.clone()]).map(drop),
                None => self.call(&own, &[attribute.clone(), value.clone()]).map(drop),
            };
        }
        if let Some(property) = attribute.opaque::<Property>() {
            let (function, what) = if new.is_unbound() {
                (Value::peek(&property.fdel), "deleter")
            } else {
                (Value::peek(&property.fset), "setter")
            };
            if function.is_none() {
                return Err(self.property_error(property, value, what));
            }
            return match new.bound() {
                Some(new) => self.call(&function, &[value.clone(), new.clone()]).map(drop),
                None => self.call(&function, &[value.clone()]).map(drop),
            };
        }
        if let Some(member) = attribute.opaque::<Member>() {
            self.check_member(member, value)?;
            let found = match value.get::<Instance>() {
                Some(instance) if new.is_unbound() => instance.unbind(&member.name),
                Some(instance) => {
                    instance.set_member(&member.name, new, &self.types.dict);
                    return Ok(());
                }
                None => {
                    let dict = self.attribute_dict_or_new(value);
                    match (dict, new.is_unbound()) {
                        (Some(dict), true) => dict.remove_name(&member.name),
                        (Some(dict), false) => {
                            drop(dict.set_name(&member.name, new));
                            return Ok(());
                        }
                        (None, _) => None,
                    }
                }
            };
            return match found {
                Some(_) => Ok(()),
                None => Err(self.attribute_error(member.name.as_str())),
            };
        }
        let (special, text) =
            if new.is_unbound() { (Special::Delete, "__delete__") } else { (Special::Set, "__set__") };
        let Some(method) = self.special(attribute, special) else {
            return Err(self.attribute_error(text));
        };
        match new.bound() {
            Some(new) => self.call(&method, &[attribute.clone(), value.clone(), new.clone()]).map(drop),
            None => self.call(&method, &[attribute.clone(), value.clone()]).map(drop),
        }
    }

    /// `type.__setattr__`; with unbound, `type.__delattr__`.
    pub fn class_set(&mut self, value: &Value, name: &Ref<Str>, new: Value) -> Result<()> {
        let Some(class) = value.downcast::<Class>() else {
            return self.generic_set(value, name, new);
        };
        if !class.has_flag(crate::object::class_flag::HEAP) {
            return Err(self.type_error(format!(
                "cannot set '{}' attribute of immutable type '{}'",
                name.as_str(),
                class.type_name()
            )));
        }
        let meta = value.header().map(|h| h.class().clone()).unwrap_or_else(|| self.types.type_.clone());
        if let Some(attribute) = self.lookup(&meta, name)
            && self.descriptor_kind(&attribute) == Descriptor::Data
        {
            return self.descriptor_set(&attribute, value, new);
        }
        if new.is_unbound() {
            let Some(old) = class.dict().remove_name(name) else {
                return Err(self.no_attribute(value, name));
            };
            class.changed();
            drop(old);
        } else {
            class.set_attribute(name, new);
        }
        self.class_attribute_changed(&class, name);
        Ok(())
    }

    /// `hasattr`-like read by text.
    pub fn get_attr_text(&mut self, value: &Value, name: &str) -> Result {
        let name = heap::intern(name);
        self.get_attr(value, &name)
    }

    pub fn set_attr_text(&mut self, value: &Value, name: &str, new: Value) -> Result<()> {
        let name = heap::intern(name);
        self.set_attr(value, &name, new)
    }
}

/// A native class method: plain by kind, but it still binds the class.
fn is_class_native(attribute: &Value) -> bool {
    attribute.get::<Native>().is_some_and(|n| n.row.binding == Binding::Class)
}
