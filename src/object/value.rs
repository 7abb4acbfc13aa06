//! One Python value in eight bytes. This file alone knows the bits; everyone else calls methods.
//!
//! ```text
//!   0x0000_…  .. 0xFFF0_…   a double, unshifted (every negative NaN is 0xFFF0_0000_0000_0001)
//!   0xFFF8_pppp_pppp_pppp   a pointer to an object header, 48 bits
//!   0xFFF9_0000_0000_000n   a special: unbound, None, False, True, Ellipsis, NotImplemented
//!   0xFFFC_…  .. 0xFFFF_…   an integer n with |n| < 2^49, held as 0xFFFE_0000_0000_0000 + n
//! ```
//!
//! Integers stand above every other pattern and in order: "both are integers" is one AND and
//! one compare, and two integers compare as their bits do.
//!
//! # Invariants
//! 1. A pointer pattern always points to a live object and owns one of its counted references:
//!    `Clone` counts up, `Drop` counts down, and nothing else makes or forgets one.
//! 2. The heap is touched by one thread at a time: the holder of the baton (see `heap`).

#![expect(unsafe_code, reason = "value bits; invariants above")]

use super::header::{Header, Kind, Obj, Payload};
use super::heap;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// The usual pattern, with the quiet bit, would be a pointer. Arithmetic sets that bit again.
const NEGATIVE_NAN: u64 = 0xFFF0_0000_0000_0001;
const POINTER: u64 = 0xFFF8_0000_0000_0000;
const SPECIAL: u64 = 0xFFF9_0000_0000_0000;
const INT_FLOOR: u64 = 0xFFFC_0000_0000_0000;
const INT_ZERO: u64 = 0xFFFE_0000_0000_0000;
/// Integers in `-INT_LIMIT..INT_LIMIT` are held inline.
const INT_LIMIT: i64 = 1 << 49;

/// A Python value, or "unbound". Owns its reference.
#[repr(transparent)]
pub struct Value(u64, PhantomData<*const ()>);

impl Value {
    pub const UNBOUND: Value = Value::special(0);
    pub const NONE: Value = Value::special(1);
    pub const FALSE: Value = Value::special(2);
    pub const TRUE: Value = Value::special(3);
    pub const ELLIPSIS: Value = Value::special(4);
    pub const NOT_IMPLEMENTED: Value = Value::special(5);

    pub(super) const UNBOUND_BITS: u64 = SPECIAL;

    const fn special(n: u64) -> Value {
        Value(SPECIAL + n, PhantomData)
    }

    #[inline(always)]
    const fn raw(bits: u64) -> Value {
        Value(bits, PhantomData)
    }

    #[inline(always)]
    pub fn bits(&self) -> u64 {
        self.0
    }

    // ---- integers

    /// An integer that fits inline, or `None`.
    #[inline(always)]
    pub fn small_int(n: i64) -> Option<Value> {
        if n.wrapping_add(INT_LIMIT) as u64 >> 50 == 0 {
            Some(Value::raw(INT_ZERO.wrapping_add(n as u64)))
        } else {
            None
        }
    }

    /// An integer known to fit inline: a length, an index, a byte.
    #[inline(always)]
    pub fn index(n: usize) -> Value {
        debug_assert!((n as u64) < INT_LIMIT as u64, "an index fits inline");
        Value::raw(INT_ZERO.wrapping_add(n as u64))
    }

    /// An integer known to fit inline: an item of a range of inline integers.
    #[inline(always)]
    pub fn inline_int(n: i64) -> Value {
        debug_assert!(Value::small_int(n).is_some(), "an integer that fits inline");
        Value::raw(INT_ZERO.wrapping_add(n as u64))
    }

    /// The sum of two inline integers when it fits inline. Bits add as the numbers do, and what
    /// leaves the inline range leaves their patterns, which are the highest.
    #[inline(always)]
    pub fn add_ints(a: &Value, b: &Value) -> Option<Value> {
        Value::if_int(a.0.wrapping_add(b.0.wrapping_sub(INT_ZERO)))
    }

    /// Their difference.
    #[inline(always)]
    pub fn sub_ints(a: &Value, b: &Value) -> Option<Value> {
        Value::if_int(a.0.wrapping_sub(b.0).wrapping_add(INT_ZERO))
    }

    /// An inline integer plus a short one.
    #[inline(always)]
    pub fn add_short(a: &Value, n: i32) -> Option<Value> {
        Value::if_int(a.0.wrapping_add(i64::from(n) as u64))
    }

    #[inline(always)]
    const fn if_int(bits: u64) -> Option<Value> {
        if bits >= INT_FLOOR { Some(Value::raw(bits)) } else { None }
    }

    /// The inline integer.
    #[inline(always)]
    pub fn as_int(&self) -> Option<i64> {
        if self.is_int() { Some(self.0.wrapping_sub(INT_ZERO) as i64) } else { None }
    }

    #[inline(always)]
    pub fn is_int(&self) -> bool {
        self.0 >= INT_FLOOR
    }

    /// Both inline integers.
    #[inline(always)]
    pub fn both_int(a: &Value, b: &Value) -> bool {
        a.0 & b.0 >= INT_FLOOR
    }

    /// The integer of a value for which `is_int` holds.
    #[inline(always)]
    pub fn int_unchecked(&self) -> i64 {
        debug_assert!(self.is_int(), "an inline integer");
        self.0.wrapping_sub(INT_ZERO) as i64
    }

    // ---- floats

    #[inline(always)]
    pub fn float(x: f64) -> Value {
        let bits = x.to_bits();
        if bits >= POINTER { Value::raw(NEGATIVE_NAN) } else { Value::raw(bits) }
    }

    #[inline(always)]
    pub fn is_float(&self) -> bool {
        self.0 < POINTER
    }

    #[inline(always)]
    pub fn as_float(&self) -> Option<f64> {
        if self.is_float() { Some(f64::from_bits(self.0)) } else { None }
    }

    // ---- singletons

    #[inline(always)]
    pub fn bool(b: bool) -> Value {
        Value::raw(SPECIAL + 2 + b as u64)
    }

    #[inline(always)]
    pub fn as_bool(&self) -> Option<bool> {
        match self.0.wrapping_sub(SPECIAL) {
            2 => Some(false),
            3 => Some(true),
            _ => None,
        }
    }

    #[inline(always)]
    pub fn is_true(&self) -> bool {
        self.0 == SPECIAL + 3
    }

    #[inline(always)]
    pub fn is_false(&self) -> bool {
        self.0 == SPECIAL + 2
    }

    #[inline(always)]
    pub fn is_bool(&self) -> bool {
        self.0 & !1 == SPECIAL + 2
    }

    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.0 == SPECIAL + 1
    }

    #[inline(always)]
    pub fn is_unbound(&self) -> bool {
        self.0 == SPECIAL
    }

    #[inline(always)]
    pub fn is_ellipsis(&self) -> bool {
        self.0 == SPECIAL + 4
    }

    #[inline(always)]
    pub fn is_not_implemented(&self) -> bool {
        self.0 == SPECIAL + 5
    }

    /// The value, or `None` when unbound: for optional native arguments.
    #[inline]
    pub fn bound(&self) -> Option<&Value> {
        if self.is_unbound() { None } else { Some(self) }
    }

    // ---- objects

    #[inline(always)]
    pub fn is_object(&self) -> bool {
        self.0.wrapping_sub(POINTER) >> 48 == 0
    }

    #[inline(always)]
    pub(super) fn pointer(&self) -> Option<NonNull<Header>> {
        // Test and address in one subtraction.
        let address = self.0.wrapping_sub(POINTER);
        if address >> 48 == 0 {
            // SAFETY: invariant 1: no object is at address zero.
            Some(unsafe { NonNull::new_unchecked(address as *mut Header) })
        } else {
            None
        }
    }

    /// The header of a heap object.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        // SAFETY: invariant 1: the pointer is live while this value is.
        self.pointer().map(|p| unsafe { p.as_ref() })
    }

    /// The kind of a heap object's payload.
    #[inline(always)]
    pub fn kind(&self) -> Option<Kind> {
        self.header().map(|h| h.kind())
    }

    /// The payload, when this is an object of that kind.
    #[inline(always)]
    pub fn get<T: Payload>(&self) -> Option<&T> {
        let header = self.header()?;
        if header.kind() == T::KIND {
            // SAFETY: invariant 1, and the kind names the payload type (`header`, invariant 1).
            Some(unsafe { &(*(header as *const Header).cast::<Obj<T>>()).body })
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn is<T: Payload>(&self) -> bool {
        self.kind() == Some(T::KIND)
    }

    /// A counted typed reference, when this is an object of that kind.
    #[inline(always)]
    pub fn downcast<T: Payload>(&self) -> Option<Ref<T>> {
        if self.is::<T>() { Some(Ref { value: self.clone(), marker: PhantomData }) } else { None }
    }

    /// The same, taking this reference over: no counting.
    #[inline(always)]
    pub fn into_ref<T: Payload>(self) -> Option<Ref<T>> {
        if self.is::<T>() { Some(Ref { value: self, marker: PhantomData }) } else { None }
    }

    /// The same, borrowed: no counting.
    #[inline(always)]
    pub fn downcast_ref<T: Payload>(&self) -> Option<&Ref<T>> {
        if self.is::<T>() {
            // SAFETY: `Ref<T>` is a transparent wrapper of `Value`, and the kind was checked.
            Some(unsafe { &*(self as *const Value).cast::<Ref<T>>() })
        } else {
            None
        }
    }

    /// Takes over one counted reference that the caller owns.
    #[inline(always)]
    pub(super) fn from_owned(pointer: NonNull<Header>) -> Value {
        Value::raw(POINTER | pointer.as_ptr() as u64)
    }

    /// A new counted reference to a live object.
    #[inline(always)]
    pub(super) fn from_borrowed(header: &Header) -> Value {
        header.count_up();
        Value::from_owned(NonNull::from(header))
    }

    /// Python's `is`.
    #[inline(always)]
    pub fn is_same(&self, other: &Value) -> bool {
        self.0 == other.0
    }

    /// The number that `id()` shows: the address of an object, else the bits.
    pub fn id(&self) -> u64 {
        match self.pointer() {
            Some(p) => p.as_ptr() as u64,
            None => self.0,
        }
    }

    /// Number of counted references; a large constant for what is not on the heap.
    pub fn ref_count(&self) -> u32 {
        self.header().map_or(u32::MAX, Header::ref_count)
    }

    /// A copy of what a cell holds.
    #[inline(always)]
    pub fn peek(cell: &Cell<Value>) -> Value {
        // SAFETY: invariant 2, and cloning touches nothing but the target's count.
        unsafe { (*cell.as_ptr()).clone() }
    }

    /// Looks at what a cell holds without counting; `look` must not write the cell.
    #[inline(always)]
    pub fn look<R>(cell: &Cell<Value>, look: impl FnOnce(&Value) -> R) -> R {
        // SAFETY: invariant 2, and the cell is not written meanwhile.
        look(unsafe { &*cell.as_ptr() })
    }

    /// The value whose bits a cache remembered, without counting.
    ///
    /// # Safety
    /// The object is still alive: what the cache compared before proves it.
    #[inline(always)]
    pub unsafe fn from_cached(bits: u64) -> std::mem::ManuallyDrop<Value> {
        std::mem::ManuallyDrop::new(Value::raw(bits))
    }

    /// Takes the value and leaves "unbound".
    #[inline(always)]
    pub fn take(&mut self) -> Value {
        std::mem::replace(self, Value::UNBOUND)
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Some(header) = self.header() {
            header.count_up();
        }
        Value::raw(self.0)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(pointer) = self.pointer() {
            // SAFETY: invariant 1: this value owns one reference, given back here.
            if unsafe { pointer.as_ref() }.count_down() {
                heap::release(pointer);
            }
        }
    }
}

impl Default for Value {
    fn default() -> Value {
        Value::UNBOUND
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(n) = self.as_int() {
            write!(f, "{n}")
        } else if let Some(x) = self.as_float() {
            write!(f, "{x:?}")
        } else if let Some(header) = self.header() {
            write!(f, "<{:?} at {:#x}>", header.kind(), self.id())
        } else {
            f.write_str(match self.0.wrapping_sub(SPECIAL) {
                0 => "<unbound>",
                1 => "None",
                2 => "False",
                3 => "True",
                4 => "Ellipsis",
                _ => "NotImplemented",
            })
        }
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Value {
        Value::float(x)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}

/// A counted reference to an object whose payload type is known.
#[repr(transparent)]
pub struct Ref<T: Payload> {
    value: Value,
    marker: PhantomData<T>,
}

impl<T: Payload> Ref<T> {
    #[inline(always)]
    pub(super) fn from_owned(pointer: NonNull<Obj<T>>) -> Ref<T> {
        Ref { value: Value::from_owned(pointer.cast()), marker: PhantomData }
    }

    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    #[inline(always)]
    pub fn to_value(&self) -> Value {
        self.value.clone()
    }

    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.value
    }

    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: a `Ref` holds a pointer pattern, live by invariant 1.
        unsafe { &*(self.value.0.wrapping_sub(POINTER) as *const Header) }
    }

    #[inline(always)]
    pub(super) fn obj(&self) -> NonNull<Obj<T>> {
        NonNull::from(self.header()).cast()
    }

    #[inline(always)]
    pub fn is_same(&self, other: &Ref<T>) -> bool {
        self.value.0 == other.value.0
    }

    pub fn id(&self) -> u64 {
        self.value.id()
    }
}

impl<T: Payload> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a `Ref<T>` is only made from an object of kind `T::KIND` (invariant 1).
        unsafe { &self.obj().as_ref().body }
    }
}

impl<T: Payload> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Ref<T> {
        Ref { value: self.value.clone(), marker: PhantomData }
    }
}

impl<T: Payload> From<Ref<T>> for Value {
    #[inline(always)]
    fn from(r: Ref<T>) -> Value {
        r.value
    }
}

impl<T: Payload> From<&Ref<T>> for Value {
    #[inline(always)]
    fn from(r: &Ref<T>) -> Value {
        r.value.clone()
    }
}

impl<T: Payload> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)
    }
}

const _: () = assert!(size_of::<Value>() == 8 && size_of::<Option<Box<u8>>>() == 8);
