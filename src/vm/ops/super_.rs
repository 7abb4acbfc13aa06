//! `super()`: where the search starts, and a method or an attribute found by it.

use crate::object::{Class, Ref, Site, Value, heap};
use crate::vm::window::Window;
use crate::vm::{Result, Vm};

impl Vm {
    pub(crate) fn super_method(&mut self, w: Window, args: u16, site: &Site) -> Result<(Value, Value)> {
        let (sup, class, receiver) = (w.take(args), w.take(args + 1), w.take(args + 2));
        if sup.is_same(self.types.super_.as_value())
            && let Some(class) = class.downcast::<Class>()
        {
            let start = self.super_start(&class, &receiver)?;
            if let Some(attribute) = self.super_lookup(&class, &start, &site.name) {
                let on_instance = !receiver.is_same(start.as_value());
                if on_instance && self.descriptor_kind(&attribute) == crate::vm::attribute::Descriptor::Method
                {
                    return Ok((attribute, receiver));
                }
                let bound_to = if on_instance { Some(&receiver) } else { None };
                return Ok((self.bind(attribute, bound_to, &start)?, Value::UNBOUND));
            }
        }
        let object = self.call(&sup, &[class, receiver])?;
        Ok((self.get_attr(&object, &site.name)?, Value::UNBOUND))
    }

    pub(crate) fn super_attr(&mut self, w: Window, args: u16, site: &Site) -> Result {
        let (sup, class, receiver) = (w.take(args), w.take(args + 1), w.take(args + 2));
        let object = self.call(&sup, &[class, receiver])?;
        self.get_attr(&object, &site.name)
    }

    /// The class whose MRO `super(class, receiver)` searches.
    pub fn super_start(&mut self, class: &Ref<Class>, receiver: &Value) -> Result<Ref<Class>> {
        if let Some(own) = receiver.downcast::<Class>()
            && own.is_subclass_of(class)
        {
            return Ok(own);
        }
        let own = self.class_of(receiver).clone();
        if own.is_subclass_of(class) {
            return Ok(own);
        }
        let name = heap::intern("__class__");
        if let Some(claimed) = self.get_attr_optional(receiver, &name)?
            && let Some(claimed) = claimed.downcast::<Class>()
            && claimed.is_subclass_of(class)
        {
            return Ok(claimed);
        }
        let (what, of) = match receiver.get::<Class>() {
            Some(given) => ("type", given.type_name()),
            None => ("instance of", own.type_name()),
        };
        let name = class.type_name();
        Err(self.type_error(format!(
            "super(type, obj): obj ({what} {of}) is not an instance or subtype of type ({name})."
        )))
    }
}
