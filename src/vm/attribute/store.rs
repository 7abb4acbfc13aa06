//! Setting and deleting attributes; deleting is setting unbound.

use super::Descriptor;
use crate::object::{Class, Instance, Kind, ModuleObj, Ref, Special, Str, Value, class_flag, heap};
use crate::vm::descriptor::{Member, Property};
use crate::vm::native::{Native, NativeCode};
use crate::vm::{Raised, Result, Vm};

impl Vm {
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
        let has_dict = self.class_of(value).has_flag(class_flag::HAS_DICT);
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
        if !class.has_flag(class_flag::HEAP) {
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

    pub fn set_attr_text(&mut self, value: &Value, name: &str, new: Value) -> Result<()> {
        let name = heap::intern(name);
        self.set_attr(value, &name, new)
    }
}
