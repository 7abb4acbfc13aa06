//! Objects whose Rust type a higher room defines: an iterator of `itertools`, a future of
//! `asyncio`. This room sees of them what they hold.
//!
//! # Invariants
//! 1. `data` is a box of the type that `type_id` names.

#![expect(unsafe_code, reason = "a box whose type is checked by its id; invariant above")]

use super::alloc;
use crate::object::class::Class;
use crate::object::header::{Kind, Tracer};
use crate::object::value::{Ref, Value};
use std::any::TypeId;

/// A payload type of a higher room (an iterator of `itertools`, a future of `asyncio`).
pub trait Opaque: 'static {
    /// Visits every counted reference held; nothing to do for a type that holds none.
    fn trace(&self, tracer: &mut Tracer<'_>);
    /// Drops the references through which a cycle may run.
    fn clear(&self);
}

/// The payload of [`Kind::Opaque`].
pub struct OpaqueObj {
    type_id: TypeId,
    data: Box<dyn OpaqueData>,
}

trait OpaqueData {
    fn trace_data(&self, tracer: &mut Tracer<'_>);
    fn clear_data(&self);
}

impl<T: Opaque> OpaqueData for T {
    fn trace_data(&self, tracer: &mut Tracer<'_>) {
        self.trace(tracer);
    }
    fn clear_data(&self) {
        self.clear();
    }
}

impl OpaqueObj {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        self.data.trace_data(tracer);
    }
    fn clear_payload(&self) {
        self.data.clear_data();
    }
}

crate::payload!(Kind::Opaque, OpaqueObj, container);

/// Makes an object of `class` around a Rust value of a higher room.
pub fn new_opaque<T: Opaque>(class: &Ref<Class>, data: T) -> Value {
    alloc(class, OpaqueObj { type_id: TypeId::of::<T>(), data: Box::new(data) }).into_value()
}

impl Value {
    /// The Rust value inside an object made by [`new_opaque`] with this type.
    #[inline]
    pub fn opaque<T: Opaque>(&self) -> Option<&T> {
        let object = self.get::<OpaqueObj>()?;
        if object.type_id == TypeId::of::<T>() {
            // SAFETY: invariant 1: the type id says that the box holds a `T`, which lives as long as the
            // object.
            Some(unsafe { &*(&raw const *object.data).cast::<T>() })
        } else {
            None
        }
    }
}
