//! The emitter: one method for each row of the opcode table, generated from it, taking the
//! operands as the roles say: [`Out`], [`In`], register numbers, constants, names, [`Label`]s.
//! It owns everything an instruction can refer to: constants, name sites, call shapes, and
//! the ranges of handlers.
//!
//! Labels are resolved and the stream is tidied in [`super::flow`] when the code is finished;
//! until then jumps are remembered beside their instructions.

use super::code::{CallShape, Const, Handler, Handling};
use super::op::{Instr, Op};
use super::operand::{In, Out, Role};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A place in the code, which may be jumped to before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(u32);

/// A protected or handling range; it may have holes where control leaves through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(u32);

/// What a region means for the instructions in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum RegionKind {
    /// An exception continues at the label, with registers from `depth` on released.
    Protect { target: Label, exc: u16, depth: u16 },
    /// R\[exc\] is being handled.
    Handling { exc: u16 },
}

#[derive(Debug)]
pub(super) struct RegionRecord {
    pub kind: RegionKind,
    pub segments: Vec<(u32, u32)>,
    pub open: Option<u32>,
}

/// One operand on its way into an instruction.
#[derive(Debug)]
pub enum Operand<'a> {
    Out(Out),
    In(In),
    Number(u16),
    Imm(i16),
    Name(&'a str),
    Const(Const),
    Label(Label),
}

macro_rules! operands {
    ($($kind:ident($from:ty))*) => {
        $(
            impl From<$from> for Operand<'_> {
                fn from(value: $from) -> Self {
                    Operand::$kind(value)
                }
            }
        )*
    };
}
operands! { Out(Out) In(In) Number(u16) Imm(i16) Const(Const) Label(Label) }

impl<'a> From<&'a str> for Operand<'a> {
    fn from(name: &'a str) -> Self {
        Operand::Name(name)
    }
}

/// The key under which equal constants share one slot of the pool.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum ConstKey {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    BigInt(Arc<str>),
    Float(u64),
    Complex(u64, u64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Tuple(Vec<ConstKey>),
    FrozenSet(Vec<ConstKey>),
}

impl ConstKey {
    fn of(value: &Const) -> Option<ConstKey> {
        let keys = |items: &[Const]| items.iter().map(ConstKey::of).collect::<Option<Vec<_>>>();
        Some(match value {
            Const::None => ConstKey::None,
            Const::True => ConstKey::True,
            Const::False => ConstKey::False,
            Const::Ellipsis => ConstKey::Ellipsis,
            Const::Int(n) => ConstKey::Int(*n),
            Const::BigInt(digits) => ConstKey::BigInt(digits.clone()),
            Const::Float(f) => ConstKey::Float(f.to_bits()),
            Const::Complex(re, im) => ConstKey::Complex(re.to_bits(), im.to_bits()),
            Const::Str(s) => ConstKey::Str(s.clone()),
            Const::Bytes(b) => ConstKey::Bytes(b.clone()),
            Const::Tuple(items) => ConstKey::Tuple(keys(items)?),
            Const::FrozenSet(items) => ConstKey::FrozenSet(keys(items)?),
            Const::Code(_) => return None,
        })
    }
}

/// The frozensets of constants of one module. Equal ones are one object in CPython, so all of them have the
/// order of the first, and the order of a set shows when it's printed.
#[derive(Default)]
pub struct FrozenSets(FxHashMap<Vec<ConstKey>, Const>);

impl FrozenSets {
    /// The frozenset of these items, or the equal one that came before.
    pub fn intern(&mut self, items: Vec<Const>) -> Const {
        let Some(mut keys) = items.iter().map(ConstKey::of).collect::<Option<Vec<_>>>() else {
            return Const::FrozenSet(items);
        };
        keys.sort_unstable();
        keys.dedup();
        self.0.entry(keys).or_insert(Const::FrozenSet(items)).clone()
    }
}

/// Collects the instructions of one code object.
#[derive(Default)]
pub struct Emitter {
    pub(super) instrs: Vec<Instr>,
    pub(super) spans: Vec<Span>,
    /// The label of each instruction that jumps.
    pub(super) jumps: FxHashMap<u32, Label>,
    /// Where each label stands.
    pub(super) labels: Vec<Option<u32>>,
    pub(super) regions: Vec<RegionRecord>,
    pub(super) consts: Vec<Const>,
    pub(super) sites: Vec<Arc<str>>,
    pub(super) call_shapes: Vec<CallShape>,
    const_index: FxHashMap<ConstKey, u32>,
    names: FxHashMap<Arc<str>, u32>,
    span: Span,
    /// Set when something does not fit its operand: the code object is too large.
    pub(super) overflow: bool,
}

/// The finished parts of a code object, in the machine's form.
#[derive(Debug)]
pub struct Finished {
    pub instrs: Vec<Instr>,
    pub spans: Vec<Span>,
    pub handlers: Vec<Handler>,
    pub handlings: Vec<Handling>,
    pub consts: Vec<Const>,
    pub sites: Vec<Arc<str>>,
    pub call_shapes: Vec<CallShape>,
}

impl Emitter {
    pub fn new() -> Emitter {
        Emitter::default()
    }

    /// Sets the source of the instructions that follow and returns the one before.
    pub fn set_span(&mut self, span: Span) -> Span {
        std::mem::replace(&mut self.span, span)
    }

    pub fn span(&self) -> Span {
        self.span
    }

    /// The index of the next instruction.
    pub fn position(&self) -> u32 {
        self.instrs.len() as u32
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts `label` here.
    pub fn place(&mut self, label: Label) {
        let slot = &mut self.labels[label.0 as usize];
        debug_assert!(slot.is_none(), "a label is placed once");
        *slot = Some(self.instrs.len() as u32);
    }

    /// A new label, here.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.place(label);
        label
    }

    pub(super) fn label_position(&self, label: Label) -> u32 {
        self.labels[label.0 as usize].expect("every label that is used is placed")
    }

    /// Begins a protected range.
    pub fn protect(&mut self, target: Label, exc: u16, depth: u16) -> Region {
        self.region(RegionKind::Protect { target, exc, depth })
    }

    /// Begins the range in which R\[exc\] is being handled.
    pub fn handling(&mut self, exc: u16) -> Region {
        self.region(RegionKind::Handling { exc })
    }

    fn region(&mut self, kind: RegionKind) -> Region {
        let open = Some(self.position());
        self.regions.push(RegionRecord { kind, segments: Vec::new(), open });
        Region(self.regions.len() as u32 - 1)
    }

    /// Ends a range, or begins a hole in it.
    pub fn pause(&mut self, region: Region) {
        let position = self.position();
        let record = &mut self.regions[region.0 as usize];
        if let Some(start) = record.open.take()
            && start < position
        {
            record.segments.push((start, position));
        }
    }

    /// Ends the hole that `pause` began.
    pub fn resume(&mut self, region: Region) {
        let position = self.position();
        self.regions[region.0 as usize].open = Some(position);
    }

    /// The index of a constant, shared with equal ones.
    pub fn constant(&mut self, value: Const) -> u32 {
        let next = self.consts.len() as u32;
        match ConstKey::of(&value) {
            Some(key) => {
                let index = *self.const_index.entry(key).or_insert(next);
                if index == next {
                    self.consts.push(value);
                }
                index
            }
            None => {
                self.consts.push(value);
                next
            }
        }
    }

    /// The index of a code constant as a 16-bit operand.
    pub fn code_constant(&mut self, value: Const) -> u16 {
        let index = self.constant(value);
        self.narrow(index)
    }

    pub fn call_shape(&mut self, shape: CallShape) -> u16 {
        let index = match self.call_shapes.iter().rposition(|other| *other == shape) {
            Some(index) => index,
            None => {
                self.call_shapes.push(shape);
                self.call_shapes.len() - 1
            }
        };
        self.narrow(index as u32)
    }

    fn narrow(&mut self, index: u32) -> u16 {
        u16::try_from(index).unwrap_or_else(|_| {
            self.overflow = true;
            0
        })
    }

    /// A fresh name site, because each has its own cache; a shared one only when there are
    /// too many for the operand.
    fn site(&mut self, name: &str, wide: bool) -> u32 {
        let next = self.sites.len() as u32;
        let text = match self.names.get_key_value(name) {
            Some((text, _)) => text.clone(),
            None => Arc::from(name),
        };
        let first = *self.names.entry(text.clone()).or_insert(next);
        if next > u16::MAX as u32 && !wide && first != next {
            return first;
        }
        self.sites.push(text);
        next
    }

    /// Appends an instruction; the operands must fit the row of `op`. The compiler prefers
    /// the methods named after the rows.
    pub fn emit<'a>(&mut self, op: Op, operands: impl IntoIterator<Item = Operand<'a>>) {
        let mut slots = [0u16; 3];
        let mut flags = 0u8;
        let mut slot = 0;
        let info = op.info();
        let index = self.position();
        for (operand, &(_, role)) in operands.into_iter().zip(info.operands) {
            let wide = role.is_wide();
            let at = if wide { 1 } else { slot };
            let mut flag = false;
            let value: u32 = match operand {
                Operand::Out(out) => {
                    debug_assert_eq!(role, Role::Out, "{op:?}: an Out operand in an Out slot");
                    flag = out.drop;
                    out.reg as u32
                }
                Operand::In(input) => {
                    debug_assert_eq!(role, Role::In, "{op:?}: an In operand in an In slot");
                    flag = input.kill;
                    input.reg as u32
                }
                Operand::Number(number) => number as u32,
                Operand::Imm(imm) => imm as u16 as u32,
                Operand::Name(name) => {
                    let site = self.site(name, wide);
                    if wide { site } else { self.narrow(site) as u32 }
                }
                Operand::Const(value) => self.constant(value),
                Operand::Label(label) => {
                    self.jumps.insert(index, label);
                    0
                }
            };
            if wide {
                slots[1] = value as u16;
                slots[2] = (value >> 16) as u16;
                // A narrow operand before the wide one has slot a, one after it would too.
                continue;
            }
            slots[at] = value as u16;
            flags |= (flag as u8) << at;
            slot += 1;
        }
        self.instrs.push(Instr::new(op, flags, slots[0], slots[1], slots[2]));
        self.spans.push(self.span);
    }

    /// Whether something did not fit its operand.
    pub fn overflowed(&self) -> bool {
        self.overflow
    }
}

macro_rules! operand_type {
    (Out) => {
        Out
    };
    (In) => {
        In
    };
    (Keep) => {
        u16
    };
    (Base) => {
        u16
    };
    (Imm) => {
        i16
    };
    (Num) => {
        u16
    };
    (Site) => {
        &str
    };
    (Site32) => {
        &str
    };
    (Const) => {
        Const
    };
    (Jump) => {
        Label
    };
    (Jump32) => {
        Label
    };
}

macro_rules! define_methods {
    ($($op:ident $name:ident ($($field:ident : $role:ident),*) $doc:literal;)*) => {
        /// One method for each row of the opcode table.
        impl Emitter {
            $(
                #[doc = $doc]
                pub fn $name(&mut self $(, $field: operand_type!($role))*) {
                    self.emit(Op::$op, [$(Operand::from($field)),*]);
                }
            )*
        }
    };
}
crate::for_each_opcode!(define_methods);
