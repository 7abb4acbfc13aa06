//! The special methods that the machine itself looks up, by number: each class caches them in
//! a table. One row each: the number's name and the method's.

use super::class::Class;
use super::function::BoundMethod;
use super::header::Kind;
use super::heap::{alloc_plain, heap, intern};
use super::str::Str;
use super::value::{Ref, Value};

macro_rules! specials {
    ($($name:ident $text:literal)*) => {
        /// A special method.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Special { $($name),* }

        const TEXTS: &[&str] = &[$($text),*];
        pub const SPECIAL_COUNT: usize = TEXTS.len();
    };
}

specials! {
    New "__new__" Init "__init__" Del "__del__" Call "__call__"
    Repr "__repr__" Str "__str__" Format "__format__" Bytes "__bytes__"
    Hash "__hash__" Bool "__bool__" Len "__len__" LengthHint "__length_hint__"
    Lt "__lt__" Le "__le__" Eq "__eq__" Ne "__ne__" Gt "__gt__" Ge "__ge__"
    GetAttribute "__getattribute__" GetAttr "__getattr__" SetAttr "__setattr__" DelAttr "__delattr__"
    Get "__get__" Set "__set__" Delete "__delete__"
    GetItem "__getitem__" SetItem "__setitem__" DelItem "__delitem__" Missing "__missing__"
    Contains "__contains__" ClassGetItem "__class_getitem__"
    Iter "__iter__" Next "__next__" Reversed "__reversed__"
    Await "__await__" AIter "__aiter__" ANext "__anext__"
    Enter "__enter__" Exit "__exit__" AEnter "__aenter__" AExit "__aexit__"
    Index "__index__" Int "__int__" Float "__float__" Complex "__complex__" Round "__round__"
    Trunc "__trunc__" Floor "__floor__" Ceil "__ceil__"
    Neg "__neg__" Pos "__pos__" Invert "__invert__" Abs "__abs__"
    Add "__add__" Sub "__sub__" Mul "__mul__" MatMul "__matmul__" Div "__truediv__"
    FloorDiv "__floordiv__" Mod "__mod__" Pow "__pow__" LShift "__lshift__" RShift "__rshift__"
    And "__and__" Or "__or__" Xor "__xor__" DivMod "__divmod__"
    RAdd "__radd__" RSub "__rsub__" RMul "__rmul__" RMatMul "__rmatmul__" RDiv "__rtruediv__"
    RFloorDiv "__rfloordiv__" RMod "__rmod__" RPow "__rpow__" RLShift "__rlshift__"
    RRShift "__rrshift__" RAnd "__rand__" ROr "__ror__" RXor "__rxor__" RDivMod "__rdivmod__"
    IAdd "__iadd__" ISub "__isub__" IMul "__imul__" IMatMul "__imatmul__" IDiv "__itruediv__"
    IFloorDiv "__ifloordiv__" IMod "__imod__" IPow "__ipow__" ILShift "__ilshift__"
    IRShift "__irshift__" IAnd "__iand__" IOr "__ior__" IXor "__ixor__"
    InstanceCheck "__instancecheck__" SubclassCheck "__subclasscheck__"
    Prepare "__prepare__" InitSubclass "__init_subclass__" SetName "__set_name__"
    MroEntries "__mro_entries__" Dir "__dir__" SizeOf "__sizeof__"
    Buffer "__buffer__" FsPath "__fspath__" MatchArgs "__match_args__"
}

impl Special {
    pub fn text(self) -> &'static str {
        TEXTS[self as usize]
    }

    /// The method's name, interned.
    pub fn name(self) -> Ref<Str> {
        if heap().special_names.is_empty() {
            let names = TEXTS.iter().map(|text| intern(text)).collect();
            heap().special_names = names;
        }
        heap().special_names[self as usize].clone()
    }

    /// The names of all of them.
    pub fn all_texts() -> &'static [&'static str] {
        TEXTS
    }
}

/// What calls a special method that is not a function, the class of bound methods, and whether a native has
/// its receiver already.
pub(super) type SpecialCaller = (Value, Ref<Class>, fn(&Value) -> bool);

/// Says who calls special methods that are not functions: given the attribute, the receiver and
/// the arguments, it binds the attribute as its class wants.
pub fn set_special_caller(caller: Value, method_class: &Ref<Class>, is_bound: fn(&Value) -> bool) {
    drop(heap().special_caller.replace((caller, method_class.clone(), is_bound)));
}

/// A class attribute as the machine calls it: with the receiver in front. Functions are called
/// so as they are; a static method, a property or a callable object needs a caller that binds.
pub(super) fn bound_special(special: Special, value: Value) -> Value {
    let Some((caller, class, is_bound)) = &heap().special_caller else { return value };
    let plain = match value.kind() {
        None | Some(Kind::Function) => true,
        Some(Kind::Native) => !is_bound(&value),
        Some(_) => false,
    };
    let unbound = matches!(
        special,
        Special::New | Special::ClassGetItem | Special::InitSubclass | Special::Prepare | Special::MatchArgs
    );
    if plain || unbound {
        return value;
    }
    let (caller, class) = (caller.clone(), class.clone());
    alloc_plain(&class, BoundMethod { function: caller, receiver: value }).into_value()
}
