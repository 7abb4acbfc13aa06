//! What an attribute of a class becomes when it is read through an instance or the class: bound,
//! asked as a descriptor, or left as it is.

use super::Descriptor;
use crate::object::{BoundMethod, Class, Instance, Kind, Ref, Special, Str, Value, class_flag, heap};
use crate::vm::descriptor::{ClassMethod, Member, Property, StaticMethod};
use crate::vm::native::{Binding, Native, NativeCode};
use crate::vm::{Raised, Result, Vm};

impl Vm {
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

    pub(super) fn descriptor_by_methods(&mut self, attribute: &Value) -> Descriptor {
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
    pub(super) fn overriding(&self, attribute: &Value, special: Special) -> Option<Value> {
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
                    (Binding::Class, _) if native.receiver.is_unbound() => {
                        Ok(self.bound_native(native, owner.to_value()))
                    }
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
                    if let Some(native) = callable.get::<Native>()
                        && native.receiver.is_unbound()
                    {
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
        let wrapper = native.name.as_str().starts_with("__") && native.is_slot_wrapper();
        let class = if wrapper { &self.types.method_wrapper } else { &self.types.native };
        heap::alloc_plain(class, bound).into_value()
    }

    /// A property is asked for what it lacks: `what` is `getter`, `setter` or `deleter`.
    pub fn property_error(&mut self, property: &Property, receiver: &Value, what: &str) -> Raised {
        let class = self.class_of(receiver).qualname.borrow().as_str().to_owned();
        let mut name = Value::peek(&property.name);
        if !name.is::<Str>()
            && let Ok(Some(own)) =
                self.get_attr_optional(&Value::peek(&property.fget), &heap::intern("__name__"))
        {
            // One that no class has named goes by its getter.
            name = own;
        }
        let message = match name.get::<Str>() {
            Some(name) => format!("property '{}' of '{class}' object has no {what}", name.as_str()),
            None => format!("property of '{class}' object has no {what}"),
        };
        self.attribute_error(message)
    }

    pub(super) fn member_get(&mut self, member: &Member, receiver: &Value) -> Result {
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

    pub fn check_member(&mut self, member: &Member, receiver: &Value) -> Result<()> {
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
}

/// A native class method: plain by kind, but it still binds the class, unless it has.
pub(super) fn is_class_native(attribute: &Value) -> bool {
    attribute.get::<Native>().is_some_and(|n| n.row.binding == Binding::Class && n.receiver.is_unbound())
}
