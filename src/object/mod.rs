//! What a value *is*: its bits, its place on the heap, the payload of every kind of object.
//! Nothing here can run Python code; what may need to (comparing keys) takes a closure, and
//! what must happen later (finalisers) is queued. Reading order: `value`, `header`, `heap`,
//! then the payloads; `frame` and `coroutine` for calls; `cycle` and `weak` last.

mod class;
mod coroutine;
pub mod cycle;
mod dict;
mod exception;
mod frame;
mod frame_object;
mod function;
mod header;
pub mod heap;
mod instance;
mod probe;
mod sequence;
mod set;
mod shape;
mod simple;
mod special;
mod str;
mod value;
pub mod weak;

pub use class::{Class, class_flag};
pub use coroutine::{GenKind, GenObj, GenState};
pub use dict::Dict;
pub use exception::ExcObj;
pub use frame::{FramePtr, FrameStack, Mark};
pub use frame_object::{FrameObj, Keep, TracebackObj};
pub use function::{BoundMethod, CacheLine, CellObj, CodeObj, Function, NO_ARITY, Site};
pub use header::{Kind, Payload, Tracer, flag};
pub use heap::{Baton, Opaque, new_opaque};
pub use instance::Instance;
pub use sequence::{ListObj, TupleObj, repeated};
pub use set::SetObj;
pub use shape::Shape;
pub use simple::{
    ByteArrayObj, BytesObj, ComplexObj, DictIter, DictPart, DictView, IntObj, ModuleObj, RangeIter, RangeObj,
    SeqIter, SliceObj,
};
pub use special::{Special, set_special_caller};
pub use str::{Str, hash_bytes, set_hash_key};
pub use value::{Ref, Value};
pub use weak::WeakRef;

/// Appends to the string in `target` in place when nobody else holds it; false when that is
/// not possible and a new string has to be made.
#[inline]
pub fn append_to(target: &Value, more: &str) -> bool {
    match target.get::<Str>() {
        Some(string) if target.ref_count() == 1 && heap::is_exact_str(target) => {
            string.append(more);
            true
        }
        _ => false,
    }
}

/// Registers the payloads of this room; once for each start of the heap.
pub fn register_payloads() {
    heap::register::<IntObj>();
    heap::register::<ComplexObj>();
    heap::register::<Str>();
    heap::register::<BytesObj>();
    heap::register::<ByteArrayObj>();
    heap::register::<TupleObj>();
    heap::register::<ListObj>();
    heap::register::<Dict>();
    heap::register::<SetObj>();
    heap::register::<RangeObj>();
    heap::register::<SliceObj>();
    heap::register::<Function>();
    heap::register::<BoundMethod>();
    heap::register::<CellObj>();
    heap::register::<CodeObj>();
    heap::register::<Class>();
    heap::register::<Instance>();
    heap::register::<ExcObj>();
    heap::register::<FrameObj>();
    heap::register::<TracebackObj>();
    heap::register::<GenObj>();
    heap::register::<ModuleObj>();
    heap::register::<RangeIter>();
    heap::register::<SeqIter>();
    heap::register::<DictView>();
    heap::register::<DictIter>();
    heap::register::<WeakRef>();
    heap::register::<heap::OpaqueObj>();
}
