//! Tuples and lists.
//!
//! # Invariants
//! 1. A borrow of a list's items (`ListObj::with`) runs no Python code and does not touch the
//!    list in any other way before it ends.
//! 2. A tuple without a box has its items, and nothing else, in the object's room.

#![expect(unsafe_code, reason = "storage of items; invariants above")]

use super::class::Class;
use super::header::{Kind, Tracer};
use super::heap;
use super::value::{Ref, Value};
use std::cell::{Cell, UnsafeCell};

/// The items of a short tuple lie behind the body (the object's room), those of a long one in
/// a box of their own.
pub struct TupleObj {
    items: Option<Box<[Value]>>,
}
crate::payload!(Kind::Tuple, TupleObj, container);

/// Tuples up to this length are one allocation.
const INLINE_TUPLE: usize = 24;

impl TupleObj {
    pub fn new(items: impl Into<Box<[Value]>>) -> TupleObj {
        TupleObj { items: Some(items.into()) }
    }

    /// A tuple of a class without an attribute dict, from as many items as `items` says.
    #[inline]
    pub fn create(class: &Ref<Class>, items: impl ExactSizeIterator<Item = Value>) -> Ref<TupleObj> {
        let length = items.len();
        if length > INLINE_TUPLE || length == 0 {
            return heap::alloc_plain(class, TupleObj::new(items.collect::<Vec<_>>()));
        }
        let tuple = heap::alloc_with_room(class, TupleObj { items: None }, length as u16);
        for (i, item) in items.take(length).enumerate() {
            // SAFETY: invariant 2: the room has `length` values, unbound until now.
            unsafe { heap::room_of(&*tuple).add(i).write(item) };
        }
        tuple
    }

    /// Puts two other items into a pair that `slot` alone still holds, and gives it out again:
    /// what an iterator over pairs does with a pair that its user has let go of. A pair that is
    /// in use stays as it is, and another one is made; an empty slot gets its first pair.
    #[inline]
    pub fn next_pair(slot: &Cell<Value>, class: &Ref<Class>, first: Value, second: Value) -> Value {
        let free = Value::look(slot, |held| held.ref_count() == 1 && held.is::<TupleObj>());
        if free {
            let held = Value::peek(slot);
            if let Some(pair) = held.get::<TupleObj>()
                && pair.items.is_none()
                && pair.len() == 2
            {
                // SAFETY: invariant 2; nobody else can look at the items, since the slot and
                // `held` are the only references. The old items go when the new ones are there.
                let old = unsafe {
                    let room = heap::room_of(pair);
                    (std::mem::replace(&mut *room, first), std::mem::replace(&mut *room.add(1), second))
                };
                drop(old);
                return held;
            }
            unreachable!("a slot of pairs holds a pair")
        }
        let pair = TupleObj::create(class, [first, second].into_iter()).into_value();
        if Value::look(slot, Value::is_unbound) {
            drop(slot.replace(pair.clone()));
        }
        pair
    }

    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        match &self.items {
            Some(items) => items,
            // SAFETY: invariant 2.
            None => unsafe {
                std::slice::from_raw_parts(heap::room_of(self), heap::header_of(self).room() as usize)
            },
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.items().len()
    }

    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.values(self.items());
    }

    /// A tuple cannot let go of its items while someone may read them; every cycle through a
    /// tuple also runs through something mutable, which does.
    fn clear_payload(&self) {}
}

/// The payload of a `list`.
pub struct ListObj {
    items: UnsafeCell<Vec<Value>>,
}
crate::payload!(Kind::List, ListObj, container);

impl Drop for ListObj {
    fn drop(&mut self) {
        release(self.items.get_mut());
    }
}

/// Releases items from the end on. What is no object needs none.
fn release(items: &mut Vec<Value>) {
    while let Some(last) = items.iter().rposition(Value::is_object) {
        // SAFETY: shorter than it was, and what is left out owns nothing.
        unsafe { items.set_len(last + 1) };
        drop(items.pop());
    }
    // SAFETY: no item that is left owns anything.
    unsafe { items.set_len(0) };
}

/// The items, one run of them after the other (`[x] * n`).
pub fn repeated(items: &[Value], times: usize) -> Vec<Value> {
    let total = items.len() * times;
    let mut all: Vec<Value> = Vec::with_capacity(total);
    heap::expect_fill(all.as_mut_ptr().cast(), total * size_of::<Value>());
    match items {
        // Without objects, the bits are all there is: no counting for each.
        [item] if !item.is_object() => {
            let bits = item.bits();
            // SAFETY: a value is its bits, there is room for `total`, and none owns anything.
            unsafe {
                std::slice::from_raw_parts_mut(all.as_mut_ptr().cast::<std::mem::MaybeUninit<u64>>(), total)
                    .fill(std::mem::MaybeUninit::new(bits));
                all.set_len(total);
            }
        }
        _ => (0..times).for_each(|_| all.extend_from_slice(items)),
    }
    all
}

impl Drop for TupleObj {
    fn drop(&mut self) {
        if let Some(items) = self.items.take() {
            release(&mut items.into_vec());
        }
    }
}

impl ListObj {
    pub fn new(items: Vec<Value>) -> ListObj {
        ListObj { items: UnsafeCell::new(items) }
    }

    #[inline(always)]
    fn vec(&self) -> &Vec<Value> {
        // SAFETY: invariant 1.
        unsafe { &*self.items.get() }
    }

    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "invariant 1")]
    fn vec_mut(&self) -> &mut Vec<Value> {
        // SAFETY: invariant 1; dropping a value never runs Python code (`heap`).
        unsafe { &mut *self.items.get() }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.vec().len()
    }

    pub fn is_empty(&self) -> bool {
        self.vec().is_empty()
    }

    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.vec().get(index).cloned()
    }

    /// Puts `value` at `index` and gives back what was there, or `value` when out of range.
    #[inline(always)]
    pub fn set(&self, index: usize, value: Value) -> Result<Value, Value> {
        match self.vec_mut().get_mut(index) {
            Some(slot) => Ok(std::mem::replace(slot, value)),
            None => Err(value),
        }
    }

    /// Tells the processor that `index` will be written soon; nothing when it is out of range.
    #[inline(always)]
    pub fn expect_store(&self, index: usize) {
        #[cfg(target_arch = "x86_64")]
        if let Some(slot) = self.vec().get(index) {
            use std::arch::x86_64::{_MM_HINT_ET0, _mm_prefetch};
            // SAFETY: a hint about an address inside the items.
            unsafe { _mm_prefetch::<_MM_HINT_ET0>((slot as *const Value).cast()) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = index;
    }

    #[inline(always)]
    pub fn push(&self, value: Value) {
        self.vec_mut().push(value);
    }

    /// Inserts before `index`, which is at most the length.
    pub fn insert(&self, index: usize, value: Value) {
        let index = index.min(self.len());
        heap::spend_items((self.len() - index) / 8);
        self.vec_mut().insert(index, value);
    }

    pub fn remove(&self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        heap::spend_items((self.len() - index) / 8);
        Some(self.vec_mut().remove(index))
    }

    /// Lets go of all items.
    pub fn clear(&self) {
        release(&mut self.take());
    }

    /// Takes all items out.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(self.vec_mut())
    }

    /// Replaces all items, giving back the old ones.
    pub fn replace(&self, items: Vec<Value>) -> Vec<Value> {
        std::mem::replace(self.vec_mut(), items)
    }

    /// A copy of the items.
    pub fn to_vec(&self) -> Vec<Value> {
        heap::spend_items(self.len());
        self.vec().clone()
    }

    /// Replaces `start..end` by `items`.
    pub fn splice(&self, start: usize, end: usize, items: Vec<Value>) {
        let len = self.len();
        let (start, end) = (start.min(len), end.min(len).max(start.min(len)));
        heap::spend_items(len - start);
        release(&mut self.vec_mut().splice(start..end, items).collect());
    }

    pub fn extend(&self, items: impl IntoIterator<Item = Value>) {
        self.vec_mut().extend(items);
    }

    pub fn reverse(&self) {
        heap::spend_items(self.len());
        self.vec_mut().reverse();
    }

    /// Reads the items; `f` must not run Python code (invariant 1).
    #[inline(always)]
    pub fn with<R>(&self, f: impl FnOnce(&[Value]) -> R) -> R {
        f(self.vec())
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.values(self.vec());
    }

    fn clear_payload(&self) {
        self.clear();
    }
}
