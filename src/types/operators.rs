//! What every type with operators would write again: its comparisons, and its binary operators
//! with their reflected forms, as natives. The type says what an operator means in one function.

/// The six comparisons `lt`, `le`, `eq`, `ne`, `gt` and `ge`, by `compare(vm, op, args)`.
macro_rules! comparisons {
    ($visibility:vis $compare:ident) => {
        $crate::types::operators::comparisons! {
            $visibility $compare: lt Lt le Le eq Eq ne Ne gt Gt ge Ge
        }
    };
    ($visibility:vis $compare:ident: $($name:ident $op:ident)*) => {
        $(
            $visibility fn $name(vm: &mut $crate::vm::Vm, args: &[$crate::object::Value]) -> $crate::vm::Result {
                $compare(vm, $crate::vm::compare::CompareOp::$op, args)
            }
        )*
    };
}

/// Operators and their reflected forms, by `operation(vm, which, args, reflected)`.
macro_rules! operators {
    ($operation:ident: $($plain:ident $reflected:ident $which:expr;)*) => {
        $(
            fn $plain(vm: &mut $crate::vm::Vm, args: &[$crate::object::Value]) -> $crate::vm::Result {
                $operation(vm, $which, args, false)
            }
            fn $reflected(vm: &mut $crate::vm::Vm, args: &[$crate::object::Value]) -> $crate::vm::Result {
                $operation(vm, $which, args, true)
            }
        )*
    };
}

pub(crate) use {comparisons, operators};
