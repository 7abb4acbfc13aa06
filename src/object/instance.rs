//! Instances of classes made by `class`: a shape and the attribute values.
//!
//! ```text
//!  +--------+--------+--------+---------+---------+---
//!  | header | shape  | more   | slot 0  | slot 1  | …   (room: as many as the class expects)
//!  +--------+--------+--------+---------+---------+---
//!    more: nothing | further slots | the attribute dict
//! ```
//!
//! # Invariants
//! 1. Slots below the shape's length hold values (unbound for a slot whose value was deleted);
//!    slot i is inline when i < room, else number i - room of the further slots.
//! 2. No borrow of a slot lives across a call that may run Python code.

#![expect(unsafe_code, reason = "slots behind the body; invariants above")]

use super::class::Class;
use super::dict::Dict;
use super::header::{Kind, Tracer};
use super::heap;
use super::shape::Shape;
use super::str::Str;
use super::value::{Ref, Value};
use std::cell::{Cell, UnsafeCell};

/// The payload of an instance of a class in Python: a shape, and the values behind it.
pub struct Instance {
    shape: Cell<&'static Shape>,
    more: UnsafeCell<Option<Box<More>>>,
}
crate::payload!(Kind::Instance, Instance, container);

enum More {
    Slots(Vec<Value>),
    /// The attribute dict, and the values of `__slots__`, which do not belong in it.
    Dict(Ref<Dict>, Vec<(Ref<Str>, Value)>),
}

/// The most slots that are laid out inline.
const MOST_INLINE: u16 = 24;

impl Instance {
    /// A new instance without attributes.
    #[inline]
    pub fn create(class: &Ref<Class>) -> Ref<Instance> {
        let body = Instance { shape: Cell::new(class.shape()), more: UnsafeCell::new(None) };
        heap::alloc_with_room(class, body, class.inline_slots())
    }

    #[inline(always)]
    pub fn shape(&self) -> &'static Shape {
        self.shape.get()
    }

    #[inline(always)]
    fn room(&self) -> u16 {
        heap::header_of(self).room()
    }

    #[inline(always)]
    fn inline(&self, slot: u16) -> *mut Value {
        // SAFETY: callers check `slot < room`; the slots lie behind the body.
        unsafe { heap::room_of(self).add(slot as usize) }
    }

    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "invariant 2")]
    fn more(&self) -> &mut Option<Box<More>> {
        // SAFETY: invariant 2.
        unsafe { &mut *self.more.get() }
    }

    /// The value in a slot that lies in the object itself.
    #[inline(always)]
    pub fn inline_slot(&self, slot: u16) -> Option<&Value> {
        if slot < self.room() {
            // SAFETY: checked; invariant 2.
            Some(unsafe { &*self.inline(slot) })
        } else {
            None
        }
    }

    /// The value in a slot below the shape's length.
    #[inline(always)]
    pub fn slot(&self, slot: u16) -> &Value {
        if slot < self.room() {
            // SAFETY: checked; invariant 2.
            return unsafe { &*self.inline(slot) };
        }
        match self.more() {
            Some(more) => match &**more {
                More::Slots(slots) => &slots[(slot - self.room()) as usize],
                More::Dict(..) => const { &Value::UNBOUND },
            },
            None => const { &Value::UNBOUND },
        }
    }

    /// Replaces the value in a slot below the shape's length, giving back the old one.
    #[inline(always)]
    pub fn set_slot(&self, slot: u16, value: Value) -> Value {
        if slot < self.room() {
            // SAFETY: checked; invariant 2.
            return unsafe { std::mem::replace(&mut *self.inline(slot), value) };
        }
        if let Some(More::Slots(slots)) = self.more().as_deref_mut() {
            return std::mem::replace(&mut slots[(slot - self.room()) as usize], value);
        }
        debug_assert!(false, "invariant 1: a slot below the shape's length exists");
        Value::UNBOUND
    }

    /// Moves to `shape`, which has one name more, with `value` in the new slot.
    #[inline]
    pub fn add_slot(&self, shape: &'static Shape, value: Value) {
        let slot = shape.len() as u16 - 1;
        if slot < self.room() {
            // SAFETY: checked; the slot is unbound.
            unsafe { self.inline(slot).write(value) };
        } else {
            heap::header_of(self).class().expect_slots((slot + 1).min(MOST_INLINE));
            match self.more() {
                Some(more) => match &mut **more {
                    More::Slots(slots) => slots.push(value),
                    More::Dict(..) => debug_assert!(false, "a dict-mode instance has no slots"),
                },
                more @ None => *more = Some(Box::new(More::Slots(vec![value]))),
            }
        }
        self.shape.set(shape);
    }

    /// The attribute dict when the attributes are in one.
    pub fn dict_if_any(&self) -> Option<Ref<Dict>> {
        match self.more().as_deref() {
            Some(More::Dict(dict, _)) => Some(dict.clone()),
            _ => None,
        }
    }

    /// An own attribute.
    #[inline]
    pub fn get(&self, name: &Ref<Str>) -> Option<Value> {
        let shape = self.shape();
        if shape.is_dict() {
            return self.dict_if_any()?.get_name(name);
        }
        let value = self.slot(shape.find(name)?);
        value.bound().cloned()
    }

    /// Sets an own attribute.
    pub fn set(&self, name: &Ref<Str>, value: Value, dict_class: &Ref<Class>) {
        let shape = self.shape();
        if !shape.is_dict() {
            if let Some(slot) = shape.find(name) {
                drop(self.set_slot(slot, value));
                return;
            }
            if let Some(next) = shape.with(name) {
                self.add_slot(next, value);
                return;
            }
        }
        drop(self.dict(dict_class).set_name(name, value));
    }

    /// Removes an own attribute, giving it back.
    pub fn delete(&self, name: &Ref<Str>, dict_class: &Ref<Class>) -> Option<Value> {
        self.get(name)?;
        self.dict(dict_class).remove_name(name)
    }

    /// The value of a slot of `__slots__`.
    pub fn member(&self, name: &Ref<Str>) -> Option<Value> {
        if let Some(More::Dict(_, slots)) = self.more().as_deref() {
            return slots.iter().find(|(n, _)| n.is_same(name)).and_then(|(_, v)| v.bound().cloned());
        }
        self.get(name)
    }

    /// Sets a slot of `__slots__`.
    pub fn set_member(&self, name: &Ref<Str>, value: Value, dict_class: &Ref<Class>) {
        if let Some(More::Dict(_, slots)) = self.more().as_deref_mut() {
            match slots.iter_mut().find(|(n, _)| n.is_same(name)) {
                Some((_, slot)) => drop(std::mem::replace(slot, value)),
                None => slots.push((name.clone(), value)),
            }
            return;
        }
        self.set(name, value, dict_class);
    }

    /// Empties a slot of `__slots__`, giving back what it held.
    pub fn unbind(&self, name: &Ref<Str>) -> Option<Value> {
        if let Some(More::Dict(_, slots)) = self.more().as_deref_mut() {
            let at = slots.iter().position(|(n, _)| n.is_same(name))?;
            return slots.remove(at).1.bound().cloned();
        }
        let slot = self.shape().find(name)?;
        self.set_slot(slot, Value::UNBOUND).bound().cloned()
    }

    /// `__dict__`: from now on the attributes live there.
    pub fn dict(&self, dict_class: &Ref<Class>) -> Ref<Dict> {
        if let Some(dict) = self.dict_if_any() {
            return dict;
        }
        let dict = heap::alloc_plain(dict_class, Dict::new());
        let shape = self.shape();
        let declared = heap::header_of(self).class().slots.borrow().clone();
        let mut slots = Vec::new();
        for (i, name) in shape.names().iter().enumerate() {
            let value = self.set_slot(i as u16, Value::UNBOUND);
            if declared.iter().any(|slot| slot.is_same(name)) {
                slots.push((name.clone(), value));
            } else if !value.is_unbound() {
                dict.set_name(name, value);
            }
        }
        let old = self.more().replace(Box::new(More::Dict(dict.clone(), slots)));
        self.shape.set(heap::dict_shape());
        drop(old);
        dict
    }

    /// `obj.__dict__ = dict`
    pub fn set_dict(&self, dict: Ref<Dict>, dict_class: &Ref<Class>) {
        drop(self.dict(dict_class));
        if let Some(More::Dict(held, _)) = self.more().as_deref_mut() {
            drop(std::mem::replace(held, dict));
        }
    }

    /// Own attributes in order, where they are now.
    pub fn attributes(&self) -> Vec<(Value, Value)> {
        if let Some(dict) = self.dict_if_any() {
            return dict.items();
        }
        let names = self.shape().names();
        names
            .iter()
            .enumerate()
            .map(|(i, n)| (n.to_value(), self.slot(i as u16).clone()))
            .filter(|(_, v)| !v.is_unbound())
            .collect()
    }

    /// `obj.__class__ = class`: the attributes move to the other class's shapes.
    pub fn change_class(&self, class: &Ref<Class>, dict_class: &Ref<Class>) {
        if !self.shape().is_dict() && !self.shape().is_empty() {
            self.dict(dict_class);
        } else if self.shape().is_empty() && !self.shape().is_dict() {
            self.shape.set(class.shape());
        }
        heap::header_of(self).set_class(class);
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        for slot in 0..self.room() {
            // SAFETY: below room; values behind the body are always valid.
            tracer.value(unsafe { &*self.inline(slot) });
        }
        match self.more().as_deref() {
            Some(More::Slots(slots)) => tracer.values(slots),
            Some(More::Dict(dict, slots)) => {
                tracer.reference(dict);
                tracer.values(slots.iter().map(|(_, value)| value));
            }
            None => {}
        }
    }

    fn clear_payload(&self) {
        for slot in 0..self.room() {
            // SAFETY: below room.
            drop(unsafe { std::mem::replace(&mut *self.inline(slot), Value::UNBOUND) });
        }
        drop(self.more().take());
    }
}
