//! Small payloads: numbers, bytes, ranges, slices, modules, and the iterators that the machine
//! advances itself.

use super::dict::Dict;
use super::header::{Kind, Tracer};
use super::value::{Ref, Value};
use num_bigint::BigInt;
use std::cell::{Cell, RefCell};

/// An integer that does not fit inline; or any integer of a subclass of `int`.
pub struct IntObj {
    pub value: BigInt,
}
crate::payload!(Kind::Int, IntObj, leaf);

/// The payload of a `complex`.
pub struct ComplexObj {
    pub re: f64,
    pub im: f64,
}
crate::payload!(Kind::Complex, ComplexObj, leaf);

/// The payload of `bytes`.
pub struct BytesObj {
    pub data: Box<[u8]>,
}
crate::payload!(Kind::Bytes, BytesObj, leaf);

/// The payload of a `bytearray`.
pub struct ByteArrayObj {
    pub data: RefCell<Vec<u8>>,
    /// How many memory views look at `data`, which must keep its length meanwhile.
    pub exports: Cell<usize>,
}

impl ByteArrayObj {
    pub fn new(data: Vec<u8>) -> ByteArrayObj {
        ByteArrayObj { data: data.into(), exports: Cell::new(0) }
    }
}
crate::payload!(Kind::ByteArray, ByteArrayObj, leaf);

/// `range(start, stop, step)`: any integers, `step` not zero.
pub struct RangeObj {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}
crate::payload!(Kind::Range, RangeObj, container);

impl RangeObj {
    /// The three numbers when all are inline.
    #[inline]
    pub fn small(&self) -> Option<(i64, i64, i64)> {
        Some((self.start.as_int()?, self.stop.as_int()?, self.step.as_int()?))
    }

    fn trace_payload(&self, _: &mut Tracer<'_>) {}
    fn clear_payload(&self) {}
}

/// The payload of a `slice`.
pub struct SliceObj {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}
crate::payload!(Kind::Slice, SliceObj, container);

impl SliceObj {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.values([&self.start, &self.stop, &self.step]);
    }
    fn clear_payload(&self) {}
}

/// A module, builtin or imported: its namespace.
pub struct ModuleObj {
    pub dict: Ref<Dict>,
}
crate::payload!(Kind::Module, ModuleObj, container);

impl ModuleObj {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.dict);
    }
    fn clear_payload(&self) {
        self.dict.clear();
    }
}

/// Iterator over a range of inline integers.
pub struct RangeIter {
    next: Cell<i64>,
    step: i64,
    /// What `next` is when nothing is left: a multiple of the step away, so that one comparison
    /// answers for steps of either sign.
    end: i64,
}
crate::payload!(Kind::RangeIter, RangeIter, leaf);

impl RangeIter {
    /// `count` items from `start` on, all of them inline integers.
    pub fn new(start: i64, step: i64, count: u64) -> RangeIter {
        RangeIter { next: Cell::new(start), step, end: start + step * count as i64 }
    }

    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let n = self.next.get();
        if n == self.end {
            return None;
        }
        self.next.set(n + self.step);
        Some(n)
    }

    /// The next item, the step, and where it ends.
    pub fn rest(&self) -> (i64, i64, i64) {
        (self.next.get(), self.step, self.end)
    }

    /// Passes over `count` items; there are as many.
    pub fn skip(&self, count: i64) {
        self.next.set(self.next.get() + count * self.step);
    }

    /// Items left.
    pub fn left(&self) -> i64 {
        (self.end - self.next.get()) / self.step
    }
}

/// Iterator over a list or tuple by index, forwards; `sequence` becomes unbound at the end.
pub struct SeqIter {
    pub sequence: Cell<Value>,
    pub index: Cell<usize>,
}
crate::payload!(Kind::SeqIter, SeqIter, container);

impl SeqIter {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.sequence);
    }
    fn clear_payload(&self) {
        drop(self.sequence.take());
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictPart {
    Keys,
    Values,
    Items,
}

/// `d.keys()`, `d.values()`, `d.items()`.
pub struct DictView {
    pub dict: Ref<Dict>,
    pub part: DictPart,
}
crate::payload!(Kind::DictView, DictView, container);

impl DictView {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.dict);
    }
    fn clear_payload(&self) {}
}

/// Iterator over a dict or one of its views; `dict` becomes unbound at the end.
pub struct DictIter {
    pub dict: Cell<Value>,
    pub part: DictPart,
    pub position: Cell<usize>,
    /// Length when the iteration began: a change is an error.
    pub length: Cell<usize>,
    /// Items left.
    pub left: Cell<usize>,
    pub reverse: bool,
    /// The pair given out, if it may be used again; see `TupleObj::next_pair`.
    pub pair: Cell<Value>,
}
crate::payload!(Kind::DictIter, DictIter, container);

impl DictIter {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.dict);
        tracer.cell(&self.pair);
    }
    fn clear_payload(&self) {
        drop(self.dict.take());
        drop(self.pair.take());
    }
}
