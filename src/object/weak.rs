//! Weak references.
//!
//! # Invariants
//! 1. `target` is the address of a live object or 0. The heap's table lists the weak references
//!    of every object that has any; when the object dies, all of them are set to 0.
//! 2. A weak reference that dies takes itself out of the table.

#![expect(unsafe_code, reason = "addresses of objects that may die; invariants above")]

use super::class::Class;
use super::header::{Header, Kind, Obj, Tracer, flag};
use super::heap;
use super::value::{Ref, Value};
use std::cell::Cell;
use std::ptr::NonNull;

/// The payload of a weak reference.
pub struct WeakRef {
    target: Cell<usize>,
    /// Called with this reference when the target has died; or None.
    pub callback: Cell<Value>,
    /// The target's hash once asked for.
    pub hash: Cell<Option<i64>>,
}
crate::payload!(Kind::WeakRef, WeakRef, container);

impl WeakRef {
    /// A weak reference to `target`, which is a heap object.
    pub fn create(class: &Ref<Class>, target: &Value, callback: Value) -> Option<Ref<WeakRef>> {
        let pointer = target.pointer()?;
        let weak = heap::alloc(
            class,
            WeakRef {
                target: Cell::new(pointer.as_ptr() as usize),
                callback: Cell::new(callback),
                hash: Cell::new(None),
            },
        );
        target.header()?.set(flag::WEAKLY_REFERENCED);
        let list = heap::heap().weak.entry(pointer.as_ptr() as usize).or_default();
        list.push(NonNull::from(weak.header()));
        Some(weak)
    }

    /// The object, while it is alive.
    pub fn target(&self) -> Option<Value> {
        let address = self.target.get();
        let header = NonNull::new(address as *mut Header)?;
        // SAFETY: invariant 1.
        Some(Value::from_borrowed(unsafe { header.as_ref() }))
    }

    /// The weak references to `target` without a callback, to share one.
    pub fn existing(target: &Value) -> Vec<Ref<WeakRef>> {
        let Some(pointer) = target.pointer() else { return Vec::new() };
        let list = heap::heap().weak.get(&(pointer.as_ptr() as usize));
        list.into_iter()
            .flatten()
            // SAFETY: invariant 2: listed weak references are alive.
            .filter_map(|w| Value::from_borrowed(unsafe { w.as_ref() }).downcast::<WeakRef>())
            .collect()
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.callback);
    }

    fn clear_payload(&self) {
        drop(self.callback.replace(Value::NONE));
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        let address = self.target.get();
        if address != 0 {
            let this = NonNull::from(heap::header_of(self));
            let weak = &mut heap::heap().weak;
            if let Some(list) = weak.get_mut(&address) {
                list.retain(|w| *w != this);
                if list.is_empty() {
                    weak.remove(&address);
                }
            }
        }
    }
}

/// Clears the weak references to an object that is being freed and queues their callbacks.
pub(super) fn referent_died(object: NonNull<Header>) {
    let Some(list) = heap::heap().weak.remove(&(object.as_ptr() as usize)) else { return };
    // The last one made is called first, as in CPython.
    for weak in list.into_iter().rev() {
        // SAFETY: invariant 2.
        let body = unsafe { &(*weak.as_ptr().cast::<Obj<WeakRef>>()).body };
        body.target.set(0);
        // SAFETY: as above.
        let header = unsafe { weak.as_ref() };
        let has_callback = !Value::peek(&body.callback).is_none();
        if has_callback && header.ref_count() > 0 {
            heap::queue(Value::from_borrowed(header));
        }
    }
}

/// How many weak references an object has.
pub fn count(target: &Value) -> usize {
    let Some(pointer) = target.pointer() else { return 0 };
    heap::heap().weak.get(&(pointer.as_ptr() as usize)).map_or(0, Vec::len)
}
