//! Inline caches: what each name site remembers, and the slow look-ups that fill it.
//!
//! | how | key | guard | meaning |
//! | --- | --- | --- | --- |
//! | SLOT | shape | class version | an own attribute in `slot` |
//! | CLASS | shape | class version | a class attribute that needs no binding: `data` |
//! | METHOD | shape, or class for values without own attributes | class version | a function to be called with the receiver: `data` |
//! | ADD | shape | class version | assignment adds a slot: `data` is the next shape |
//! | PROPERTY | shape | class version | a property whose getter is called: `data` |
//! | ON_CLASS | the class itself | its version | an attribute read from a class: `data` |
//! | MODULE | version of the module's dict | | the entry at `slot` |
//!
//! Global sites use line 0: key = version of the globals, data = the place of the entry; how
//! OWN_GLOBAL = in the globals themselves, at position `slot`, how BUILTIN = in the builtins, whose version is `guard`.

use super::attribute::Descriptor;
use super::descriptor::Property;
use super::window::{Window, cached, shape_of};
use super::{Raised, Result, Vm};
use crate::bytecode::{Hidden, Instr};
use crate::object::{
    CacheLine, Class, CodeObj, Dict, FramePtr, Function, Instance, Kind, Mark, ModuleObj, Ref, Site, Special,
    Str, Value, class_flag, heap,
};
use std::cell::Cell;

const SLOT: u32 = 1;
const CLASS: u32 = 2;
const METHOD: u32 = 3;
const ADD: u32 = 4;
const ON_CLASS: u32 = 5;
const MODULE: u32 = 6;
const PROPERTY: u32 = 7;
pub(crate) const OWN_GLOBAL: u32 = 1;
pub(crate) const BUILTIN: u32 = 2;

impl Vm {
    /// The value in an own slot of an instance, as the first line of the site remembers it:
    /// the usual read.
    #[inline(always)]
    pub(crate) fn slot_attr<'v>(obj: &'v Value, site: &Site) -> Option<&'v Value> {
        let instance = obj.get::<Instance>()?;
        let line = site.cache[0].get();
        if line.key == instance.shape().id()
            && line.guard == obj.header()?.class().version()
            && line.how == SLOT
        {
            return instance.inline_slot(line.slot as u16)?.bound();
        }
        None
    }

    /// An attribute that an earlier look-up at this site answers.
    #[inline(always)]
    pub(crate) fn cached_attr(&self, obj: &Value, site: &Site) -> Option<Value> {
        let header = obj.header()?;
        if let Some(instance) = obj.get::<Instance>() {
            let (key, guard) = (instance.shape().id(), header.class().version());
            for line in &site.cache {
                let line = line.get();
                if line.key == key && line.guard == guard {
                    return match line.how {
                        SLOT => instance.slot(line.slot as u16).bound().cloned(),
                        CLASS => Some((*cached(line.data)).clone()),
                        _ => None,
                    };
                }
            }
            return None;
        }
        let line = site.cache[0].get();
        match line.how {
            MODULE => {
                let module = obj.get::<ModuleObj>()?;
                if module.dict.version() == line.key {
                    return module.dict.cached(line.slot as usize);
                }
                None
            }
            ON_CLASS => {
                let class = obj.get::<Class>()?;
                if obj.id() == line.key && class.version() == line.guard {
                    return Some((*cached(line.data)).clone());
                }
                None
            }
            _ => None,
        }
    }

    /// The frame of a property's getter, when this site has found one that is a plain function:
    /// its value goes where the attribute's would, and a killed receiver has moved there.
    #[inline(never)]
    pub(crate) fn enter_getter(&mut self, w: Window, i: &Instr, site: &Site) -> Result<Option<FramePtr>> {
        let Some(getter) = remembered_getter(w.reg(i.b), site) else { return Ok(None) };
        self.enter_call()?;
        let frame = self.thread.stack.push(getter, Some(w.frame), Mark::Store);
        frame.init(0, w.input(i.b, i.flags & 2 != 0));
        self.thread.frame = Some(frame);
        Ok(Some(frame))
    }

    /// `obj.name`, remembering what can be remembered.
    #[inline(never)]
    pub(crate) fn get_attr_slow(&mut self, obj: &Value, site: &Site) -> Result {
        self.remember_read(obj, site);
        self.get_attr(obj, &site.name)
    }

    fn remember_read(&mut self, obj: &Value, site: &Site) {
        let Some(header) = obj.header() else { return };
        match header.kind() {
            Kind::Instance => {
                let Some(instance) = obj.get::<Instance>() else { return };
                let class = header.class().clone();
                let plain = class.special(Special::GetAttribute);
                if !plain.is_some_and(|p| p.is_same(&self.plain.object_getattribute)) {
                    return;
                }
                let shape = instance.shape();
                if shape.is_dict() {
                    return;
                }
                let (key, guard) = (shape.id(), class.version());
                let attribute = self.lookup(&class, &site.name);
                let kind = attribute.as_ref().map(|a| self.descriptor_kind(a));
                if kind == Some(Descriptor::Data) {
                    if let Some(property) = attribute
                        && property.opaque::<Property>().is_some()
                        // A subclass may read in its own way.
                        && property.header().is_some_and(|header| !header.class().has_flag(class_flag::HEAP))
                        && !class.has_special(Special::GetAttr)
                    {
                        site.remember(CacheLine {
                            key,
                            guard,
                            slot: 0,
                            how: PROPERTY,
                            data: property.bits(),
                        });
                    }
                    return;
                }
                if let Some(slot) = shape.find(&site.name) {
                    site.remember(CacheLine { key, guard, slot: u32::from(slot), how: SLOT, data: 0 });
                } else if let (Some(attribute), Some(Descriptor::Plain)) = (attribute, kind)
                    && attribute.kind() != Some(Kind::Native)
                {
                    site.remember(CacheLine { key, guard, slot: 0, how: CLASS, data: attribute.bits() });
                }
            }
            Kind::Module => {
                let Some(module) = obj.get::<ModuleObj>() else { return };
                let meta = header.class();
                if !meta.is_same(&self.types.module) {
                    return;
                }
                if let Some(position) = module.dict.find_name(&site.name) {
                    site.cache[0].set(CacheLine {
                        key: module.dict.version(),
                        slot: position as u32,
                        how: MODULE,
                        ..Default::default()
                    });
                }
            }
            Kind::Class => {
                let Some(class) = obj.downcast::<Class>() else { return };
                if !header.class().is_same(&self.types.type_) {
                    return;
                }
                let meta_has = self.types.type_.lookup(&site.name).is_some();
                let Some(attribute) = self.lookup(&class, &site.name) else { return };
                let plain = matches!(attribute.kind(), None | Some(Kind::Function))
                    || self.descriptor_kind(&attribute) == Descriptor::Plain
                        && attribute.kind() != Some(Kind::Native);
                if !meta_has && plain {
                    site.cache[0].set(CacheLine {
                        key: obj.id(),
                        guard: class.version(),
                        slot: 0,
                        how: ON_CLASS,
                        data: attribute.bits(),
                    });
                }
            }
            _ => {}
        }
    }

    /// A method that an earlier look-up at this site found: it is called with the receiver.
    #[inline(always)]
    pub(crate) fn cached_method(&self, obj: &Value, site: &Site) -> Option<Value> {
        let header = obj.header()?;
        let class = header.class();
        if header.kind() == Kind::Module {
            return None;
        }
        let key = match obj.get::<Instance>() {
            Some(instance) => instance.shape().id(),
            None => class.id(),
        };
        let guard = class.version();
        for line in &site.cache {
            let line = line.get();
            if line.key == key && line.guard == guard && line.how == METHOD {
                return Some((*cached(line.data)).clone());
            }
        }
        None
    }

    /// `obj.name` for a call: the callable, and whether it takes the receiver.
    #[inline(never)]
    pub(crate) fn load_method_slow(&mut self, obj: &Value, site: &Site) -> Result<(Value, bool)> {
        let class = self.class_of(obj).clone();
        let getattribute = class.special(Special::GetAttribute);
        if getattribute.is_some_and(|g| g.is_same(&self.plain.object_getattribute)) {
            let attribute = self.lookup(&class, &site.name);
            if let Some(attribute) = attribute
                && self.descriptor_kind(&attribute) == Descriptor::Method
            {
                let own = match obj.get::<Instance>() {
                    Some(instance) => instance.get(&site.name),
                    None => self.attribute_dict(obj).and_then(|d| d.get_name(&site.name)),
                };
                if let Some(own) = own {
                    return Ok((own, false));
                }
                let key = match obj.get::<Instance>() {
                    Some(instance) if !instance.shape().is_dict() => Some(instance.shape().id()),
                    Some(_) => None,
                    // Only values without own attributes: their class decides alone.
                    None => match obj.kind() {
                        Some(kind)
                            if super::interp::is_bare(kind)
                                && !class.has_flag(class_flag::TAIL_DICT | class_flag::HAS_DICT) =>
                        {
                            Some(class.id())
                        }
                        _ => None,
                    },
                };
                if let Some(key) = key {
                    site.remember(CacheLine {
                        key,
                        guard: class.version(),
                        slot: 0,
                        how: METHOD,
                        data: attribute.bits(),
                    });
                }
                return Ok((attribute, true));
            }
        }
        Ok((self.get_attr(obj, &site.name)?, false))
    }

    /// An assignment that an earlier one at this site prepared; gives the value back when it
    /// did not.
    #[inline(always)]
    pub(crate) fn cached_set_attr(
        &self,
        obj: &Value,
        site: &Site,
        value: Value,
    ) -> std::result::Result<(), Value> {
        let Some(instance) = obj.get::<Instance>() else { return Err(value) };
        let Some(header) = obj.header() else { return Err(value) };
        let (key, guard) = (instance.shape().id(), header.class().version());
        for line in &site.cache {
            let line = line.get();
            if line.key == key && line.guard == guard {
                match line.how {
                    SLOT => {
                        drop(instance.set_slot(line.slot as u16, value));
                        return Ok(());
                    }
                    ADD => {
                        instance.add_slot(shape_of(line.data), value);
                        return Ok(());
                    }
                    _ => return Err(value),
                }
            }
        }
        Err(value)
    }

    #[inline(never)]
    pub(crate) fn set_attr_slow(&mut self, obj: &Value, site: &Site, value: Value) -> Result<()> {
        if let (Some(instance), Some(header)) = (obj.get::<Instance>(), obj.header()) {
            let class = header.class().clone();
            let plain = class.special(Special::SetAttr);
            let shape = instance.shape();
            if plain.is_some_and(|p| p.is_same(&self.plain.object_setattr))
                && !shape.is_dict()
                && class.has_flag(class_flag::HAS_DICT)
            {
                let attribute = self.lookup(&class, &site.name);
                let data = attribute.is_some_and(|a| self.descriptor_kind(&a) == Descriptor::Data);
                if !data {
                    let (key, guard) = (shape.id(), class.version());
                    if let Some(slot) = shape.find(&site.name) {
                        site.remember(CacheLine { key, guard, slot: u32::from(slot), how: SLOT, data: 0 });
                    } else if let Some(next) = shape.with(&site.name) {
                        site.remember(CacheLine { key, guard, slot: 0, how: ADD, data: next.id() });
                    }
                }
            }
        }
        self.set_attr(obj, &site.name, value)
    }

    // ---- globals

    /// A name in globals, then builtins.
    #[inline(never)]
    pub(crate) fn load_global(&mut self, function: &Ref<Function>, site: &Site) -> Result {
        let known = site.cache[0].get().slot as usize;
        if let Some(position) = function.globals.find_name_near(&site.name, known) {
            remember_global(&function.globals, site, position);
            return Ok(function.globals.value_at(position));
        }
        if let Some(position) = function.builtins.find_name(&site.name) {
            site.cache[0].set(CacheLine {
                key: function.globals.version(),
                guard: function.builtins.version(),
                slot: 0,
                how: BUILTIN,
                data: function.builtins.place(position),
            });
            return Ok(function.builtins.value_at(position));
        }
        Err(self.undefined_name(&site.name))
    }

    /// `globals[name] = value` when the site does not know the entry.
    #[inline(never)]
    pub(crate) fn store_global(&mut self, globals: &Dict, site: &Site, value: Value) {
        let known = site.cache[0].get().slot as usize;
        let position = match globals.find_name_near(&site.name, known) {
            Some(position) => position,
            None => globals.insert_new(site.name.hash(), site.name.to_value(), Value::UNBOUND),
        };
        remember_global(globals, site, position);
        drop(globals.set_value_at(position, value));
    }

    #[cold]
    pub(crate) fn undefined_name(&mut self, name: &Ref<Str>) -> Raised {
        let raised = self.name_error(format!("name '{}' is not defined", name.as_str()));
        raised.0.set_field("name", name.to_value());
        raised
    }

    #[cold]
    pub(crate) fn unbound_local(&mut self, code: &CodeObj, register: u16) -> Raised {
        let name = match code.locals.get(register as usize) {
            Some(name) => name.as_str().to_owned(),
            None => self.hidden_name(code, register),
        };
        // Unlike a NameError's, its `name` stays None: nothing is suggested.
        self.unbound_local_error(format!(
            "cannot access local variable '{name}' where it is not associated with a value"
        ))
    }

    /// The variable of a comprehension, of several around the instruction the innermost's.
    fn hidden_name(&self, code: &CodeObj, register: u16) -> String {
        let at = self.thread.frame.and_then(|frame| code.code.spans.get(frame.index()).copied());
        let at = at.unwrap_or_default();
        let around = |hidden: &&Hidden| {
            hidden.register == register && hidden.span.start <= at.start && at.end <= hidden.span.end
        };
        code.code.hidden.iter().rev().find(around).map_or("?", |hidden| &*hidden.name).to_owned()
    }

    #[cold]
    pub(crate) fn unbound_free(&mut self, code: &CodeObj, index: u16) -> Raised {
        let name = code.code.frees.get(index as usize).map_or("?", |n| &**n).to_owned();
        let raised = self.name_error(format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        ));
        raised.0.set_field("name", heap::intern(&name).into_value());
        raised
    }

    /// The slow path of an operand that turned out not to be a number: it may be unbound.
    #[inline(always)]
    pub(crate) fn check_bound(&mut self, w: Window, register: u16) -> Result<()> {
        if w.reg(register).is_unbound() {
            return Err(self.unbound_local(w.frame.code(), register));
        }
        Ok(())
    }

    pub(crate) fn namespace_get(&mut self, namespace: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        if let Some(dict) = namespace.get::<Dict>()
            && self.class_of(namespace).is_same(&self.types.dict)
        {
            return Ok(dict.get_name(name));
        }
        match self.get_item(namespace, name.as_value()) {
            Ok(value) => Ok(Some(value)),
            Err(raised) if raised.is(&self.exceptions.key_error) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    pub(crate) fn namespace_set(&mut self, namespace: &Value, name: &Ref<Str>, value: Value) -> Result<()> {
        if let Some(dict) = namespace.get::<Dict>()
            && self.class_of(namespace).is_same(&self.types.dict)
        {
            drop(dict.set_name(name, value));
            return Ok(());
        }
        self.set_item(namespace, name.as_value(), value)
    }
}

/// The getter of the property that a site remembers for this object.
fn remembered_getter(obj: &Value, site: &Site) -> Option<Ref<Function>> {
    let (key, guard) = (obj.get::<Instance>()?.shape().id(), obj.header()?.class().version());
    let line = site.cache.iter().map(Cell::get).find(|line| line.key == key && line.guard == guard)?;
    if line.how != PROPERTY {
        return None;
    }
    let property = cached(line.data);
    let getter = Value::peek(&property.opaque::<Property>()?.fget).downcast::<Function>()?;
    (getter.code.arity == 1).then_some(getter)
}

fn remember_global(globals: &Dict, site: &Site, position: usize) {
    site.cache[0].set(CacheLine {
        key: globals.version(),
        data: globals.place(position),
        how: OWN_GLOBAL,
        slot: position as u32,
        guard: 0,
    });
}
