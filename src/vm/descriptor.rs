//! The builtin descriptors, which attribute access knows by their Rust types: property,
//! classmethod, staticmethod, the members that `__slots__` makes, and `super` objects. Their
//! Python methods are in `types`.

use crate::object::{Class, Opaque, Ref, Str, Tracer, Value};
use std::cell::{Cell, RefCell};

macro_rules! opaque_cells {
    ($type:ty: $($cell:ident),*) => {
        impl Opaque for $type {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                $(tracer.cell(&self.$cell);)*
            }
            fn clear(&self) {
                $(drop(self.$cell.replace(Value::NONE));)*
            }
        }
    };
}

/// `property(fget, fset, fdel, doc)`; None where not given.
pub struct Property {
    pub fget: Cell<Value>,
    pub fset: Cell<Value>,
    pub fdel: Cell<Value>,
    pub doc: Cell<Value>,
    /// Whether `doc` is the getter's.
    pub getter_doc: Cell<bool>,
    /// The attribute's name (`__set_name__`), or None.
    pub name: Cell<Value>,
}
opaque_cells!(Property: fget, fset, fdel, doc, name);

/// The payload of a `staticmethod`.
pub struct StaticMethod {
    pub callable: Cell<Value>,
}
opaque_cells!(StaticMethod: callable);

/// The payload of a `classmethod`.
pub struct ClassMethod {
    pub callable: Cell<Value>,
}
opaque_cells!(ClassMethod: callable);

/// A slot of `__slots__`: the value is kept in the instance's shape under `key`.
pub struct Member {
    pub name: Ref<Str>,
    pub class: RefCell<Option<Ref<Class>>>,
}

impl Opaque for Member {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(class) = &*self.class.borrow() {
            tracer.reference(class);
        }
    }
    fn clear(&self) {
        drop(self.class.borrow_mut().take());
    }
}

/// `super(class, receiver)`: looks attributes up behind `class` in the MRO of `start`.
pub struct Super {
    pub class: Cell<Value>,
    /// The instance or class, or None.
    pub receiver: Cell<Value>,
    /// The class whose MRO is searched, or None.
    pub start: Cell<Value>,
}
opaque_cells!(Super: class, receiver, start);
