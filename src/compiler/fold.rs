//! Constants that can be computed ahead: literals, arithmetic on small ones, tuples of
//! constants. What would raise, grow large or depend on anything is left to the machine.

use super::Compiler;
use crate::bytecode::Const;
use crate::syntax::ast::*;
use std::sync::Arc;

/// CPython's limit on the length of folded strings.
const MAX_TEXT: usize = 4096;

impl<'a> Compiler<'a> {
    /// The value of `expr`, if it is a constant.
    pub(super) fn constant(&self, expr: &Expr) -> Option<Const> {
        match &expr.kind {
            ExprKind::None => Some(Const::None),
            ExprKind::True => Some(Const::True),
            ExprKind::False => Some(Const::False),
            ExprKind::Ellipsis => Some(Const::Ellipsis),
            ExprKind::Int(n) => Some(Const::Int(*n)),
            ExprKind::BigInt(digits) => Some(Const::BigInt(Arc::from(&**digits))),
            ExprKind::Float(f) => Some(Const::Float(*f)),
            ExprKind::Imaginary(f) => Some(Const::Complex(0.0, *f)),
            ExprKind::Str(text) => Some(Const::Str(Arc::from(&**text))),
            ExprKind::Bytes(bytes) => Some(Const::Bytes(Arc::from(&**bytes))),
            ExprKind::Name(name) if name.as_str() == "__debug__" => Some(Const::True),
            ExprKind::Tuple(items) => {
                items.iter().map(|item| self.constant(item)).collect::<Option<_>>().map(Const::Tuple)
            }
            ExprKind::Unary(op, inner) => unary(*op, self.constant(inner)?),
            ExprKind::Binary(..) => {
                let (leaf, chain) = chain_of(expr);
                let mut value = self.constant(leaf)?;
                for (_, op, rhs) in chain {
                    value = binary(&value, op, &self.constant(rhs)?)?;
                }
                Some(value)
            }
            ExprKind::FString(_)
            | ExprKind::Name(_)
            | ExprKind::List(_)
            | ExprKind::Set(_)
            | ExprKind::Dict(_)
            | ExprKind::Starred(_)
            | ExprKind::Bool(..)
            | ExprKind::Compare(..)
            | ExprKind::IfExp { .. }
            | ExprKind::Walrus { .. }
            | ExprKind::Lambda(_)
            | ExprKind::ListComp(_)
            | ExprKind::SetComp(_)
            | ExprKind::DictComp(_)
            | ExprKind::Generator(_)
            | ExprKind::Await(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldFrom(_)
            | ExprKind::Call { .. }
            | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. }
            | ExprKind::Slice { .. }
            | ExprKind::Error => None,
        }
    }

    /// All of `items` as constants.
    pub(super) fn constants(&self, items: &[Expr]) -> Option<Vec<Const>> {
        items.iter().map(|item| self.constant(item)).collect()
    }

    /// All of `items` as one frozenset.
    pub(super) fn constant_set(&mut self, items: &[Expr]) -> Option<Const> {
        let items = self.constants(items)?;
        Some(self.frozensets.intern(items))
    }

    /// A small integer constant, for the immediate forms.
    pub(super) fn immediate(&self, expr: &Expr) -> Option<i16> {
        match &expr.kind {
            ExprKind::Int(_) | ExprKind::Unary(..) => match self.constant(expr)? {
                Const::Int(n) => i16::try_from(n).ok(),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `expr` is always true, or always false.
    pub(super) fn constant_truth(&self, expr: &Expr) -> Option<bool> {
        self.constant(expr).and_then(|value| truth(&value))
    }
}

/// A left-deep chain of operators: its first operand, then each operator with the span of the
/// operation and the right operand, innermost first.
pub(super) fn chain_of(expr: &Expr) -> (&Expr, Vec<(crate::source::Span, BinOp, &Expr)>) {
    let mut chain = Vec::new();
    let mut leaf = expr;
    while let ExprKind::Binary(lhs, op, rhs) = &leaf.kind {
        chain.push((leaf.span, *op, &**rhs));
        leaf = lhs;
    }
    chain.reverse();
    (leaf, chain)
}

fn truth(value: &Const) -> Option<bool> {
    Some(match value {
        Const::None | Const::False => false,
        Const::True | Const::Ellipsis | Const::BigInt(_) => true,
        Const::Int(n) => *n != 0,
        Const::Float(f) => *f != 0.0,
        Const::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Const::Str(text) => !text.is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::Code(_) => return None,
    })
}

fn unary(op: UnaryOp, value: Const) -> Option<Const> {
    match (op, value) {
        (UnaryOp::Not, value) => truth(&value).map(|truth| if truth { Const::False } else { Const::True }),
        (UnaryOp::Neg, Const::Int(n)) => match n.checked_neg() {
            Some(n) => Some(Const::Int(n)),
            None => Some(Const::BigInt("9223372036854775808".into())),
        },
        (UnaryOp::Neg, Const::BigInt(digits)) => Some(match digits.strip_prefix('-') {
            Some(digits) => Const::BigInt(digits.into()),
            None if &*digits == "9223372036854775808" => Const::Int(i64::MIN),
            None => Const::BigInt(format!("-{digits}").into()),
        }),
        (UnaryOp::Neg, Const::Float(f)) => Some(Const::Float(-f)),
        (UnaryOp::Neg, Const::Complex(re, im)) => Some(Const::Complex(-re, -im)),
        (UnaryOp::Invert, Const::Int(n)) => Some(Const::Int(!n)),
        // No warning, unlike when it runs.
        (UnaryOp::Invert, Const::True) => Some(Const::Int(-2)),
        (UnaryOp::Invert, Const::False) => Some(Const::Int(-1)),
        (UnaryOp::Pos, value @ (Const::Int(_) | Const::BigInt(_) | Const::Float(_))) => Some(value),
        _ => None,
    }
}

/// `lhs op rhs` for constants, where the result is certain and small.
pub(super) fn binary(lhs: &Const, op: BinOp, rhs: &Const) -> Option<Const> {
    match (lhs, rhs) {
        (Const::Int(a), Const::Int(b)) => integers(*a, op, *b),
        (Const::Float(a), Const::Float(b)) => floats(*a, op, *b),
        (Const::Int(a), Const::Float(b)) => floats(exact(*a)?, op, *b),
        (Const::Float(a), Const::Int(b)) => floats(*a, op, exact(*b)?),
        (Const::Int(_) | Const::Float(_), Const::Complex(re, im)) => {
            let a = match lhs {
                Const::Int(n) => exact(*n)?,
                Const::Float(f) => *f,
                _ => return None,
            };
            match op {
                BinOp::Add => Some(Const::Complex(a + re, 0.0 + im)),
                BinOp::Sub => Some(Const::Complex(a - re, 0.0 - im)),
                _ => None,
            }
        }
        (Const::Str(a), Const::Str(b)) if op == BinOp::Add && a.len() + b.len() <= MAX_TEXT => {
            Some(Const::Str(format!("{a}{b}").into()))
        }
        (Const::Str(a), Const::Int(n)) | (Const::Int(n), Const::Str(a)) if op == BinOp::Mul => {
            let times = usize::try_from(*n).unwrap_or(0);
            (a.len().checked_mul(times)? <= MAX_TEXT).then(|| Const::Str(a.repeat(times).into()))
        }
        (Const::Bytes(a), Const::Bytes(b)) if op == BinOp::Add && a.len() + b.len() <= MAX_TEXT => {
            Some(Const::Bytes([&a[..], &b[..]].concat().into()))
        }
        (Const::Bytes(a), Const::Int(n)) | (Const::Int(n), Const::Bytes(a)) if op == BinOp::Mul => {
            let times = usize::try_from(*n).unwrap_or(0);
            (a.len().checked_mul(times)? <= MAX_TEXT).then(|| Const::Bytes(a.repeat(times).into()))
        }
        _ => None,
    }
}

/// An integer as a float, when that loses nothing.
fn exact(n: i64) -> Option<f64> {
    (n.unsigned_abs() <= 1 << 53).then_some(n as f64)
}

fn integers(a: i64, op: BinOp, b: i64) -> Option<Const> {
    let value = match op {
        BinOp::Add => a.checked_add(b)?,
        BinOp::Sub => a.checked_sub(b)?,
        BinOp::Mul => a.checked_mul(b)?,
        BinOp::Div => {
            return (b != 0).then_some(()).and(Some(Const::Float(exact(a)? / exact(b)?)));
        }
        BinOp::FloorDiv => {
            let quotient = a.checked_div(b)?;
            if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
        }
        BinOp::Mod => {
            let rest = a.checked_rem(b)?;
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        BinOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinOp::LShift => {
            let shift = u32::try_from(b).ok().filter(|&shift| shift < 63)?;
            a.checked_mul(1i64.checked_shl(shift)?)?
        }
        BinOp::RShift => a >> u32::try_from(b).ok()?.min(63),
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        BinOp::MatMul => return None,
    };
    Some(Const::Int(value))
}

fn floats(a: f64, op: BinOp, b: f64) -> Option<Const> {
    let value = match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div if b != 0.0 => a / b,
        BinOp::Div
        | BinOp::FloorDiv
        | BinOp::Mod
        | BinOp::Pow
        | BinOp::LShift
        | BinOp::RShift
        | BinOp::BitAnd
        | BinOp::BitOr
        | BinOp::BitXor
        | BinOp::MatMul => return None,
    };
    Some(Const::Float(value))
}
