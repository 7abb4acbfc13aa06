//! Two functions side by side: which instructions correspond, and which differ. What is only a
//! matter of naming makes no difference: registers, jump targets and line numbers are compared by
//! what they stand for, local variables and the functions of the file may have other names, as
//! long as each name always stands for the same other one.
//!
//! ```text
//!    gen                                co
//!    8  call t2 = t2.. count=1          8  call t2 = t2.. count=1
//!    9  get_yield_from_iter t3 = t2!  ≠ 9  get_awaitable t3 = t2! context=0
//!   10  yield_from t1 = t3             10  yield_from t1 = t3
//! ```
//!
//! First the two lists are aligned (a longest common subsequence over instructions without their
//! names), then every aligned pair is looked at closely.

use super::code::{Code, Const};
use super::disasm::{self, jump_target};
use super::op::{Instr, Op};
use super::operand::Role;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Two functions with their instructions aligned.
pub struct Pair {
    pub left: Arc<Code>,
    pub right: Arc<Code>,
    pub rows: Vec<Row>,
    /// Whether the same places are protected by corresponding handlers.
    pub same_handlers: bool,
    /// Names that stand for each other although they differ, in the order of the left ones.
    pub names: Vec<(String, String)>,
    /// The functions inside, as far as they correspond.
    pub inner: Vec<Pair>,
}

/// One line of the picture: an instruction on one side or on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub left: Option<u32>,
    pub right: Option<u32>,
    pub same: bool,
}

impl Pair {
    /// How many rows differ.
    pub fn differing(&self) -> usize {
        self.rows.iter().filter(|row| !row.same).count()
    }
}

/// Compares two functions of the file that was compiled to `module`.
pub fn pair(module: &Code, left: &Arc<Code>, right: &Arc<Code>) -> Pair {
    let mut defined = HashSet::new();
    collect_defined(module, &mut defined);
    pair_with(&defined, left, right)
}

/// The names of all functions and classes of a file.
fn collect_defined(module: &Code, defined: &mut HashSet<Arc<str>>) {
    let mut codes = vec![module];
    while let Some(code) = codes.pop() {
        for value in &code.consts {
            if let Const::Code(inner) = value {
                defined.insert(inner.name.clone());
                codes.push(inner);
            }
        }
    }
}

fn pair_with(defined: &HashSet<Arc<str>>, left: &Arc<Code>, right: &Arc<Code>) -> Pair {
    let mut rows = align(defined, left, right);
    let mut names = Names::default();
    let meeting = Meeting::new(&rows, left.instrs.len(), right.instrs.len());
    let mut inner = Vec::new();
    for row in &mut rows {
        let (Some(at), Some(to)) = (row.left, row.right) else { continue };
        let compared = Comparison { defined, left, right, at, to, meeting: &meeting };
        row.same = compared.same(&mut names);
        if row.same
            && let (Some(one), Some(other)) = (made_function(left, at), made_function(right, to))
        {
            inner.push(pair_with(defined, &one, &other));
        }
    }
    let handlers = |code: &Code, meeting: &[usize]| -> Vec<[usize; 3]> {
        let row = |index: u32| meeting.get(index as usize).copied().unwrap_or(usize::MAX);
        code.handlers.iter().map(|one| [row(one.start), row(one.end), row(one.target)]).collect()
    };
    let same_handlers = handlers(left, &meeting.left) == handlers(right, &meeting.right);
    Pair { left: left.clone(), right: right.clone(), rows, same_handlers, names: names.differing(), inner }
}

/// The rows, before anybody has looked closely at those with two instructions.
fn align(defined: &HashSet<Arc<str>>, left: &Code, right: &Code) -> Vec<Row> {
    let (one, other) = (keys(defined, left), keys(defined, right));
    let mut rows = Vec::new();
    let mut push = |left: Option<usize>, right: Option<usize>| {
        let place = |index: Option<usize>| index.and_then(|index| u32::try_from(index).ok());
        rows.push(Row { left: place(left), right: place(right), same: false });
    };
    for op in capture_diff_slices(Algorithm::Myers, &one, &other) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                (0..len).for_each(|n| push(Some(old_index + n), Some(new_index + n)));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                (old_index..old_index + old_len).for_each(|index| push(Some(index), None));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                (new_index..new_index + new_len).for_each(|index| push(None, Some(index)));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                for n in 0..old_len.max(new_len) {
                    push((n < old_len).then_some(old_index + n), (n < new_len).then_some(new_index + n));
                }
            }
        }
    }
    rows
}

/// Each instruction as a text that leaves out what only names something.
fn keys(defined: &HashSet<Arc<str>>, code: &Code) -> Vec<String> {
    let key = |(index, instr): (usize, &Instr)| {
        let Some(op) = Op::from_byte(instr.op) else { return format!("{instr:?}") };
        let mut key = op.info().name.to_owned();
        for operand in operands(index as u32, *instr) {
            key.push(' ');
            match operand {
                Operand::Register(_) | Operand::Run(_) | Operand::Jump(_) => {}
                Operand::Number(value) => match number_name(code, op, value) {
                    Some(name) if defined.contains(name) => key.push('ƒ'),
                    Some(name) => key.push_str(name),
                    None => key.push_str(&value.to_string()),
                },
                Operand::Site(site) => match code.sites.get(site as usize) {
                    Some(name) if is_variable(op) && defined.contains(name) => key.push('ƒ'),
                    Some(name) => key.push_str(name),
                    None => {}
                },
                Operand::Constant(index) => {
                    if let Some(value) = code.consts.get(index as usize) {
                        key.push_str(&disasm::constant(value));
                    }
                }
            }
        }
        key
    };
    code.instrs.iter().enumerate().map(key).collect()
}

/// An operand with what it stands for.
#[derive(Clone, Copy)]
enum Operand {
    Register(u16),
    /// The first of several registers.
    Run(u16),
    Number(u16),
    Site(u32),
    Constant(u32),
    Jump(u32),
}

fn operands(index: u32, instr: Instr) -> Vec<Operand> {
    let Some(op) = Op::from_byte(instr.op) else { return Vec::new() };
    let slots = [instr.a, instr.b, instr.c];
    let mut slot = 0;
    let mut found = Vec::with_capacity(3);
    for &(_, role) in op.info().operands {
        let value = slots[if role.is_wide() { 1 } else { slot }];
        found.push(match role {
            Role::Out | Role::In | Role::Keep => Operand::Register(value),
            Role::Base => Operand::Run(value),
            Role::Imm | Role::Num => Operand::Number(value),
            Role::Site => Operand::Site(u32::from(value)),
            Role::Site32 => Operand::Site(instr.bc()),
            Role::Const => Operand::Constant(instr.bc()),
            Role::Jump | Role::Jump32 => Operand::Jump(jump_target(index, instr).unwrap_or(index)),
        });
        slot += !role.is_wide() as usize;
    }
    found
}

/// Whether the site of an instruction names a variable, and not an attribute.
fn is_variable(op: Op) -> bool {
    let name = op.info().name;
    name.ends_with("_global") || name.ends_with("_name")
}

/// The name that a number stands for, if it does.
fn number_name(code: &Code, op: Op, value: u16) -> Option<&Arc<str>> {
    match op {
        Op::MakeFunction => match code.consts.get(value as usize) {
            Some(Const::Code(inner)) => Some(&inner.name),
            _ => None,
        },
        Op::LoadFree | Op::StoreFree | Op::DelFree | Op::LoadFreeCell => code.frees.get(value as usize),
        _ => None,
    }
}

fn made_function(code: &Code, index: u32) -> Option<Arc<Code>> {
    let instr = code.instrs.get(index as usize)?;
    let op = Op::from_byte(instr.op).filter(|op| *op == Op::MakeFunction)?;
    operands(index, *instr).into_iter().find_map(|operand| match operand {
        Operand::Number(value) if number_name(code, op, value).is_some() => {
            match code.consts.get(value as usize) {
                Some(Const::Code(inner)) => Some(inner.clone()),
                _ => None,
            }
        }
        _ => None,
    })
}

/// For each instruction of both sides, the row at which the two sides meet again: its own when it
/// has a partner, else the next one that has two.
struct Meeting {
    left: Vec<usize>,
    right: Vec<usize>,
}

impl Meeting {
    fn new(rows: &[Row], left: usize, right: usize) -> Meeting {
        let mut meeting = Meeting { left: vec![rows.len(); left], right: vec![rows.len(); right] };
        let mut next = rows.len();
        for (number, row) in rows.iter().enumerate().rev() {
            if row.left.is_some() && row.right.is_some() {
                next = number;
            }
            for (side, index) in [(&mut meeting.left, row.left), (&mut meeting.right, row.right)] {
                if let Some(place) = index.and_then(|index| side.get_mut(index as usize)) {
                    *place = next;
                }
            }
        }
        meeting
    }
}

/// Which names stand for each other.
#[derive(Default)]
struct Names {
    forth: BTreeMap<String, String>,
    back: HashMap<String, String>,
    /// The right temporary that holds what a left one holds.
    temporaries: HashMap<u16, u16>,
}

impl Names {
    /// Whether `left` and `right` may stand for each other, from now on for good.
    fn agree(&mut self, left: &str, right: &str) -> bool {
        let forth = self.forth.entry(left.to_owned()).or_insert_with(|| right.to_owned());
        let back = self.back.entry(right.to_owned()).or_insert_with(|| left.to_owned());
        *forth == right && *back == left
    }

    fn differing(self) -> Vec<(String, String)> {
        self.forth.into_iter().filter(|(left, right)| left != right).collect()
    }
}

struct Comparison<'a> {
    defined: &'a HashSet<Arc<str>>,
    left: &'a Code,
    right: &'a Code,
    /// The instruction on the left and the one on the right.
    at: u32,
    to: u32,
    meeting: &'a Meeting,
}

impl Comparison<'_> {
    fn same(&self, names: &mut Names) -> bool {
        let (one, other) = (self.left.instrs[self.at as usize], self.right.instrs[self.to as usize]);
        let written = self.temporaries_written(one, other);
        let same = one.op == other.op && self.same_operands(one, other, names);
        // From here on the two destinations hold the same, or the difference has been shown.
        if let Some((left, right)) = written {
            names.temporaries.insert(left, right);
        }
        same
    }

    /// The temporaries that the two instructions write.
    fn temporaries_written(&self, one: Instr, other: Instr) -> Option<(u16, u16)> {
        let written = |code: &Code, instr: Instr| {
            let (_, role) = *Op::from_byte(instr.op)?.info().operands.first()?;
            (role == Role::Out && instr.a >= code.nlocals).then(|| instr.a - code.nlocals)
        };
        Some((written(self.left, one)?, written(self.right, other)?))
    }

    fn same_operands(&self, one: Instr, other: Instr, names: &mut Names) -> bool {
        let Some(op) = Op::from_byte(one.op) else { return one == other };
        let roles = op.info().operands.iter();
        let pairs = operands(self.at, one).into_iter().zip(operands(self.to, other));
        let mut same = true;
        for (&(_, role), (left, right)) in roles.zip(pairs) {
            same &= match (left, right) {
                (Operand::Register(left), Operand::Register(right)) => {
                    role == Role::Out && self.both_temporary(left, right)
                        || self.same_register(left, right, names)
                }
                // What the registers behind the first hold was compared when it was put there.
                (Operand::Run(left), Operand::Run(right)) => {
                    self.both_temporary(left, right) || left == right
                }
                (Operand::Number(left), Operand::Number(right)) => self.same_number(op, left, right, names),
                (Operand::Site(left), Operand::Site(right)) => {
                    let site = |code: &Code, site: u32| code.sites.get(site as usize).cloned();
                    match (site(self.left, left), site(self.right, right)) {
                        (Some(left), Some(right)) if is_variable(op) => {
                            self.same_variable(&left, &right, names)
                        }
                        (left, right) => left == right,
                    }
                }
                (Operand::Constant(left), Operand::Constant(right)) => {
                    self.left.consts.get(left as usize) == self.right.consts.get(right as usize)
                }
                (Operand::Jump(left), Operand::Jump(right)) => {
                    self.meeting.left.get(left as usize) == self.meeting.right.get(right as usize)
                }
                _ => false,
            };
        }
        same
    }

    fn both_temporary(&self, left: u16, right: u16) -> bool {
        left >= self.left.nlocals && right >= self.right.nlocals
    }

    fn same_register(&self, left: u16, right: u16, names: &mut Names) -> bool {
        if self.both_temporary(left, right) {
            let (left, right) = (left - self.left.nlocals, right - self.right.nlocals);
            return names.temporaries.get(&left).is_none_or(|held| *held == right);
        }
        if left >= self.left.nlocals || right >= self.right.nlocals {
            return false;
        }
        let name = |code: &Code, register: u16| disasm::register(code, register);
        names.agree(&name(self.left, left), &name(self.right, right))
    }

    fn same_number(&self, op: Op, left: u16, right: u16, names: &mut Names) -> bool {
        match (number_name(self.left, op, left), number_name(self.right, op, right)) {
            (Some(left), Some(right)) if op == Op::MakeFunction => self.same_variable(left, right, names),
            (Some(left), Some(right)) => names.agree(left, right),
            (None, None) if op.info().operands.iter().any(|(name, _)| *name == "shape") => {
                self.left.call_shapes.get(left as usize) == self.right.call_shapes.get(right as usize)
                    || left == right
            }
            (None, None) => left == right,
            _ => false,
        }
    }

    /// Functions of this file may stand for each other; any other name is what it says.
    fn same_variable(&self, left: &Arc<str>, right: &Arc<str>, names: &mut Names) -> bool {
        let own = self.defined.contains(left) && self.defined.contains(right);
        (left == right || own) && names.agree(left, right)
    }
}
