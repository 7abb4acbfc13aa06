//! Roles and encodings of operands.
//!
//! ```text
//!   63        48 47        32 31        16 15     8 7      0
//!  +------------+------------+------------+--------+--------+
//!  |     c      |     b      |     a      | flags  |   op   |
//!  +------------+------------+------------+--------+--------+
//! ```
//!
//! Operands take the slots a, b, c in the order of their row in the opcode table. A 32-bit
//! operand ([`Role::Const`], [`Role::Site32`], [`Role::Jump32`]) takes b and c together,
//! wherever it stands in its row. Flag bit 0, 1, 2 belongs to the operand in slot a, b, c:
//!
//! * on an [`Role::In`] register it means *kill*: this is the last use, the value moves out of
//!   the register. The compiler sets it on every temporary and on no local.
//! * on an [`Role::Out`] register it means *drop*: the register may hold a reference that has
//!   to be released when it is overwritten. The compiler sets it on every local and on
//!   temporaries that are still live; a dead temporary never holds a reference.
//!
//! A run ([`Role::Base`]) that is consumed is consumed before the destination is written, which
//! may be a register of the run: `call t0 = t0.. 1`.
//!
//! What must hold at every instruction boundary: each register of a frame owns a valid value
//! or is unbound; a temporary that is not live holds no reference.

/// What an operand means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A register that is written.
    Out,
    /// A register that is read; its flag says whether it is killed.
    In,
    /// A register that is read or updated in place and stays live.
    Keep,
    /// The first of a run of consecutive temporaries, all consumed (inputs) or all written.
    Base,
    /// A signed 16-bit integer.
    Imm,
    /// An unsigned 16-bit number: a count, an index or a selector; the row says which.
    Num,
    /// A 16-bit index into [`super::Code::sites`].
    Site,
    /// The same, 32 bits wide.
    Site32,
    /// A 32-bit index into [`super::Code::consts`].
    Const,
    /// A signed 16-bit distance from the next instruction.
    Jump,
    /// A signed 32-bit distance from the next instruction.
    Jump32,
}

impl Role {
    /// Whether the operand takes the slots b and c together.
    pub const fn is_wide(self) -> bool {
        matches!(self, Role::Site32 | Role::Const | Role::Jump32)
    }
}

/// A register to write; `drop` when it may hold a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Out {
    pub reg: u16,
    pub drop: bool,
}

/// A register to read; `kill` when this is its last use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct In {
    pub reg: u16,
    pub kill: bool,
}
