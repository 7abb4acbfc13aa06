//! What the compiler makes of a module, function, class body or comprehension: instructions
//! with everything they refer to, as data.
//!
//! Registers of a frame:
//!
//! ```text
//!   0 .. nparams        parameters: positional, keyword-only, *args, **kwargs
//!   nparams .. nlocals  other local variables; a captured one holds its cell
//!   nlocals .. nregs    temporaries
//! ```
//!
//! A class body (and code compiled for `exec` with its own namespace) has the namespace
//! in R\[0\], a parameter without a name, and no other locals. A module's variables are globals.

use super::op::Instr;
use crate::source::{SourceFile, Span};
use std::sync::Arc;

/// Compiled code. Immutable; the machine links it into its own form once.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    pub name: Arc<str>,
    pub qualname: Arc<str>,
    pub source: SourceRef,
    /// 1-based line of the `def`, `class`, or 1.
    pub first_line: u32,
    pub flags: CodeFlags,
    /// Number of positional-only parameters, of all positional ones (those included), and of
    /// keyword-only ones.
    pub posonly_count: u16,
    pub positional_count: u16,
    pub kwonly_count: u16,
    /// The parameters' names in register order (`*args` and `**kwargs` last).
    pub params: Vec<Param>,
    pub nlocals: u16,
    pub nregs: u16,
    /// Name of each of the first `nlocals` registers; empty for the class namespace and for
    /// the hidden variables of inlined comprehensions.
    pub locals: Vec<Arc<str>>,
    /// Those hidden variables.
    pub hidden: Vec<Hidden>,
    /// The registers below `nlocals` that hold cells.
    pub cells: Vec<u16>,
    /// Names of the closure cells, in closure order.
    pub frees: Vec<Arc<str>>,
    pub instrs: Vec<Instr>,
    /// Where each instruction comes from, one a instruction.
    pub spans: Vec<Span>,
    pub consts: Vec<Const>,
    /// Name sites: the name that an attribute, global or import instruction looks up. One
    /// entry for each such instruction, because the machine keeps a cache beside each.
    pub sites: Vec<Arc<str>>,
    pub call_shapes: Vec<CallShape>,
    /// Innermost first.
    pub handlers: Vec<Handler>,
    /// Innermost first.
    pub handlings: Vec<Handling>,
    /// The function's docstring.
    pub doc: Option<Arc<str>>,
}

/// The text that a code object was compiled from; equal only to itself.
#[derive(Clone, Debug)]
pub struct SourceRef(pub Arc<SourceFile>);

impl PartialEq for SourceRef {
    fn eq(&self, other: &SourceRef) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A variable of an inlined comprehension: a temporary register that has a name while the
/// instructions of a part of the source run.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    pub span: Span,
    pub register: u16,
    pub name: Arc<str>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CodeFlags {
    pub generator: bool,
    pub coroutine: bool,
    pub async_generator: bool,
    pub varargs: bool,
    pub varkw: bool,
    /// R\[0\] is the namespace of a class body or of `exec`.
    pub namespace: bool,
    /// A module's top level.
    pub module: bool,
    /// A class body.
    pub class_body: bool,
}

/// A constant, as data.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// Decimal digits, perhaps with a leading `-`.
    BigInt(Arc<str>),
    Float(f64),
    Complex(f64, f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Tuple(Vec<Const>),
    FrozenSet(Vec<Const>),
    Code(Arc<Code>),
}

impl PartialEq for Const {
    /// Identity for the constant pool: `0.0` and `-0.0` differ, as do `1` and `1.0`.
    fn eq(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::None, Const::None)
            | (Const::True, Const::True)
            | (Const::False, Const::False)
            | (Const::Ellipsis, Const::Ellipsis) => true,
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt(a), Const::BigInt(b)) => a == b,
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Complex(a, b), Const::Complex(c, d)) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Const::Str(a), Const::Str(b)) => a == b,
            (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) | (Const::FrozenSet(a), Const::FrozenSet(b)) => a == b,
            (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// How many positional and which keyword arguments a call passes.
#[derive(Clone, Debug, PartialEq)]
pub struct CallShape {
    pub positional: u16,
    pub keywords: Vec<Arc<str>>,
}

/// Instructions `start..end` are protected: an exception raised there continues at `target`
/// with the registers from `depth` on released and the exception in R\[exc\]. (`exc` is at
/// least `depth`.) `end` is exclusive; the raising instruction's own index counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    pub exc: u16,
    pub depth: u16,
}

/// While the instruction pointer is in `start..end`, R\[exc\] is the exception being handled:
/// what a bare `raise` raises again and what a new exception gets as its `__context__`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handling {
    pub start: u32,
    pub end: u32,
    pub exc: u16,
}
