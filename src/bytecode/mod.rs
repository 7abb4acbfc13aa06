//! The door between the two wings: plain data that the compiler writes and the machine reads.
//! No tree and no runtime value crosses it. Reading order: `op` (the machine manual), `operand`,
//! `code`, `emit`, `flow` and `bound`, `disasm`, `pair`, `verify`.

mod blocks;
mod bound;
mod code;
pub mod disasm;
pub mod emit;
pub mod flow;
mod op;
mod operand;
pub mod pair;
pub mod verify;

pub use code::{CallShape, Code, CodeFlags, Const, Handler, Handling, Hidden, Param, SourceRef};
pub use op::{Instr, OPS, Op, OpInfo};
pub use operand::{In, Out, Role};
