//! Making values: the one-line constructors that natives use.

use super::Vm;
use crate::object::{
    BytesObj, ComplexObj, Dict, IntObj, ListObj, Ref, SetObj, SliceObj, TupleObj, Value, heap,
};
use compact_str::CompactString;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::cell::Cell;

/// The shared string of one character, made now if nobody has wanted it before.
#[inline]
fn shared_char(shared: &Cell<Value>, c: char) -> Value {
    let value = Value::peek(shared);
    if value.is_unbound() { make_shared_char(shared, c) } else { value }
}

#[cold]
fn make_shared_char(shared: &Cell<Value>, c: char) -> Value {
    let value = heap::intern(c.encode_utf8(&mut [0; 4])).into_value();
    shared.set(value.clone());
    value
}

impl Vm {
    /// An `int`.
    #[inline]
    pub fn int(&self, n: i64) -> Value {
        Value::small_int(n).unwrap_or_else(|| self.big(BigInt::from(n)))
    }

    /// An `int` of any size; inline when it fits.
    pub fn bigint(&self, n: BigInt) -> Value {
        match n.to_i64().and_then(Value::small_int) {
            Some(value) => value,
            None => self.big(n),
        }
    }

    fn big(&self, value: BigInt) -> Value {
        heap::spend_bytes(value.bits() as usize / 8);
        heap::alloc_plain(&self.types.int, IntObj { value }).into_value()
    }

    /// A `str`; short ASCII ones are shared.
    #[inline]
    pub fn str(&self, text: impl Into<CompactString> + AsRef<str>) -> Value {
        match text.as_ref().as_bytes() {
            [] => self.empty_str.clone(),
            [byte] => match self.ascii.get(*byte as usize) {
                Some(shared) => shared_char(shared, *byte as char),
                None => heap::new_str(text).into_value(),
            },
            long => {
                heap::spend_bytes(long.len());
                heap::new_str(text).into_value()
            }
        }
    }

    /// One `str` of several texts.
    pub fn joined<const N: usize>(&self, parts: [&str; N]) -> Value {
        let mut text = CompactString::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            text.push_str(part);
        }
        self.str(text)
    }

    /// A one-character `str`.
    #[inline]
    pub fn char(&self, c: char) -> Value {
        match self.ascii.get(c as usize) {
            Some(shared) => shared_char(shared, c),
            None => heap::new_str(&*c.encode_utf8(&mut [0; 4])).into_value(),
        }
    }

    pub fn bytes(&self, data: impl Into<Box<[u8]>>) -> Value {
        let data = data.into();
        heap::spend_bytes(data.len());
        heap::alloc_plain(&self.types.bytes, BytesObj { data }).into_value()
    }

    pub fn complex(&self, re: f64, im: f64) -> Value {
        heap::alloc_plain(&self.types.complex, ComplexObj { re, im }).into_value()
    }

    #[inline]
    pub fn tuple<I>(&self, items: I) -> Value
    where
        I: IntoIterator<Item = Value>,
        I::IntoIter: ExactSizeIterator,
    {
        let items = items.into_iter();
        if items.len() == 0 {
            return self.empty_tuple.clone();
        }
        heap::spend_items(items.len());
        TupleObj::create(&self.types.tuple, items).into_value()
    }

    #[inline]
    pub fn list(&self, items: Vec<Value>) -> Value {
        heap::spend_items(items.len());
        heap::alloc_plain(&self.types.list, ListObj::new(items)).into_value()
    }

    #[inline]
    pub fn new_dict(&self) -> Ref<Dict> {
        heap::alloc_plain(&self.types.dict, Dict::new())
    }

    /// An object around a ready dict.
    pub fn dict(&self, dict: Dict) -> Value {
        heap::alloc_plain(&self.types.dict, dict).into_value()
    }

    #[inline]
    pub fn new_set(&self) -> Ref<SetObj> {
        heap::alloc_plain(&self.types.set, SetObj::new())
    }

    pub fn new_frozenset(&self) -> Ref<SetObj> {
        heap::alloc_plain(&self.types.frozenset, SetObj::new())
    }

    pub fn slice(&self, start: Value, stop: Value, step: Value) -> Value {
        heap::alloc_plain(&self.types.slice, SliceObj { start, stop, step }).into_value()
    }
}
