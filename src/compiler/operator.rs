//! Operators: unary, binary, boolean and comparisons, each as a value. As conditions they are in
//! `condition`.

use super::Compiler;
use super::fold::{self, chain_of};
use super::regs::{fresh, in_place, owned};
use crate::bytecode::{Const, In, Op, Out};
use crate::source::Span;
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    pub(super) fn expr_unary(&mut self, op: UnaryOp, inner: &'a Expr, expr: &'a Expr, out: Out) {
        if let Some(value) = self.constant(expr) {
            self.at(expr.span);
            return self.load_k(out, value);
        }
        // `not` of a comparison is the opposite one where there is one.
        if op == UnaryOp::Not
            && let ExprKind::Compare(lhs, rest) = &inner.kind
            && let [(cmp, rhs)] = rest.as_slice()
            && let Some(opposite) = opposite(*cmp)
        {
            let lhs_in = self.operand_before(lhs, &[rhs]);
            let rhs_in = self.operand(rhs);
            self.at(inner.span);
            return self.compare(opposite, out, lhs_in, rhs_in);
        }
        // CPython takes the truth of a comparison and its opposite for one step, whose place is that
        // of the `not`.
        let value = match &inner.kind {
            ExprKind::Compare(lhs, rest) if op == UnaryOp::Not && rest.len() == 1 => {
                let reg = self.temp();
                self.expr_compare(lhs, rest, expr.span, fresh(reg));
                owned(reg)
            }
            _ => self.operand(inner),
        };
        self.at(expr.span);
        match op {
            UnaryOp::Not => self.unit.e.not(out, value),
            UnaryOp::Neg => self.unit.e.neg(out, value),
            UnaryOp::Pos => self.unit.e.pos(out, value),
            UnaryOp::Invert => self.unit.e.invert(out, value),
        }
    }

    /// A left-deep chain in a loop, through two temporaries that take turns:
    ///
    /// ```text
    /// a + b + c + d:   add t0 = a b;  add t1 = t0! c;  add out = t1! d
    /// ```
    pub(super) fn expr_binary(&mut self, expr: &'a Expr, out: Out) {
        let (leaf, chain) = chain_of(expr);
        let mut done = 0;
        let mut value = self.constant(leaf);
        while let Some(lhs) = &value
            && let Some((_, op, rhs)) = chain.get(done)
            && let Some(rhs) = self.constant(rhs)
            && let Some(folded) = fold::binary(lhs, *op, &rhs)
        {
            value = Some(folded);
            done += 1;
        }
        let rest = &chain[done..];
        let mut lhs = match value {
            Some(value) => {
                self.at(if done == 0 { leaf.span } else { chain[done - 1].0 });
                if rest.is_empty() {
                    return self.load_k(out, value);
                }
                let reg = self.temp();
                self.load_k(fresh(reg), value);
                owned(reg)
            }
            None => {
                let later: Vec<&Expr> = rest.iter().take(1).map(|(_, _, rhs)| *rhs).collect();
                self.operand_before(leaf, &later)
            }
        };
        let mut spare = None;
        for (index, &(span, op, rhs)) in rest.iter().enumerate() {
            let dst = if index + 1 == rest.len() {
                out
            } else {
                fresh(spare.take().unwrap_or_else(|| self.temp()))
            };
            let top = self.unit.top;
            let immediate = self.immediate(rhs).and_then(|imm| Some((immediate_op(op)?, imm)));
            match immediate {
                Some((op, imm)) => {
                    self.at(span);
                    self.unit.e.emit(op, [dst.into(), lhs.into(), imm.into()]);
                }
                None => {
                    let rhs = self.operand(rhs);
                    self.at(span);
                    self.unit.e.emit(binary_op(op), [dst.into(), lhs.into(), rhs.into()]);
                }
            }
            self.unit.top = top;
            if lhs.kill {
                spare = Some(lhs.reg);
            }
            lhs = owned(dst.reg);
        }
    }

    /// ```text
    /// a and b:   <t0 = a>;  jump_if_false t0 -> end;  kill t0;  <t0 = b>;  end:
    /// ```
    pub(super) fn expr_bool(&mut self, op: BoolOp, items: &'a [Expr], out: Out) {
        self.accumulate(out, |this, reg| {
            let end = this.unit.e.label();
            for (index, item) in items.iter().enumerate() {
                this.expr_into(item, fresh(reg));
                if index + 1 < items.len() {
                    this.at(item.span);
                    match op {
                        BoolOp::And => this.unit.e.jump_if_false(in_place(reg), end),
                        BoolOp::Or => this.unit.e.jump_if_true(in_place(reg), end),
                    }
                    this.unit.e.kill(reg);
                }
            }
            this.unit.e.place(end);
        });
    }

    /// ```text
    /// a < b < c:   <t1 = b>;  lt t0 = a t1;  jump_if_false t0 -> short;  kill t0
    ///              lt t0 = t1! c;  jump -> end
    ///       short: kill t1
    ///         end:
    /// ```
    pub(super) fn expr_compare(&mut self, first: &'a Expr, rest: &'a [(CmpOp, Expr)], span: Span, out: Out) {
        if let [(op, rhs)] = rest {
            let lhs_in = self.operand_before(first, &[rhs]);
            let rhs_in = self.operand_container(*op, rhs);
            self.at(span);
            return self.compare(*op, out, lhs_in, rhs_in);
        }
        self.accumulate(out, |this, reg| {
            let short = this.unit.e.label();
            let end = this.unit.e.label();
            // The middle operands take turns in two temporaries.
            let middles = [this.temp(), this.temp()];
            let later: Vec<&Expr> = rest.iter().take(1).map(|(_, rhs)| rhs).collect();
            let mut lhs = this.operand_before(first, &later);
            for (index, (op, rhs)) in rest.iter().enumerate() {
                let top = this.unit.top;
                if index + 1 == rest.len() {
                    let rhs = this.operand_container(*op, rhs);
                    this.at(span);
                    this.compare(*op, fresh(reg), lhs, rhs);
                } else {
                    let middle = middles[index % 2];
                    this.expr_into(rhs, fresh(middle));
                    this.at(span);
                    this.compare(*op, fresh(reg), lhs, in_place(middle));
                    this.unit.e.jump_if_false(in_place(reg), short);
                    this.unit.e.kill(reg);
                    lhs = owned(middle);
                }
                this.unit.top = top;
            }
            this.unit.e.jump(end);
            this.unit.e.place(short);
            this.unit.e.kill(middles[0]);
            if rest.len() > 2 {
                this.unit.e.kill(middles[1]);
            }
            this.unit.e.place(end);
        });
    }

    /// The right operand of a comparison; `in` takes a literal container as a constant.
    pub(super) fn operand_container(&mut self, op: CmpOp, expr: &'a Expr) -> In {
        if let CmpOp::In | CmpOp::NotIn = op {
            let value = match &expr.kind {
                ExprKind::List(items) => self.constants(items).map(Const::Tuple),
                ExprKind::Set(items) => self.constant_set(items),
                _ => None,
            };
            if let Some(value) = value {
                let reg = self.temp();
                self.at(expr.span);
                self.load_k(fresh(reg), value);
                return owned(reg);
            }
        }
        self.operand(expr)
    }

    /// One comparison as a value.
    pub(super) fn compare(&mut self, op: CmpOp, out: Out, lhs: In, rhs: In) {
        let e = &mut self.unit.e;
        match op {
            CmpOp::Eq => e.eq(out, lhs, rhs),
            CmpOp::NotEq => e.ne(out, lhs, rhs),
            CmpOp::Lt => e.lt(out, lhs, rhs),
            CmpOp::LtE => e.le(out, lhs, rhs),
            CmpOp::Gt => e.gt(out, lhs, rhs),
            CmpOp::GtE => e.ge(out, lhs, rhs),
            CmpOp::Is => e.is(out, lhs, rhs),
            CmpOp::IsNot => e.is_not(out, lhs, rhs),
            CmpOp::In => e.contains(out, lhs, rhs),
            CmpOp::NotIn => e.not_contains(out, lhs, rhs),
        }
    }
}

/// The comparison that is true exactly when the other is false, without asking the operands.
fn opposite(op: CmpOp) -> Option<CmpOp> {
    match op {
        CmpOp::Is => Some(CmpOp::IsNot),
        CmpOp::IsNot => Some(CmpOp::Is),
        CmpOp::In => Some(CmpOp::NotIn),
        CmpOp::NotIn => Some(CmpOp::In),
        CmpOp::Eq | CmpOp::NotEq | CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => None,
    }
}

pub(super) fn binary_op(op: BinOp) -> Op {
    match op {
        BinOp::Add => Op::Add,
        BinOp::Sub => Op::Sub,
        BinOp::Mul => Op::Mul,
        BinOp::MatMul => Op::MatMul,
        BinOp::Div => Op::Div,
        BinOp::FloorDiv => Op::FloorDiv,
        BinOp::Mod => Op::Mod,
        BinOp::Pow => Op::Pow,
        BinOp::LShift => Op::LShift,
        BinOp::RShift => Op::RShift,
        BinOp::BitAnd => Op::BitAnd,
        BinOp::BitOr => Op::BitOr,
        BinOp::BitXor => Op::BitXor,
    }
}

fn immediate_op(op: BinOp) -> Option<Op> {
    match op {
        BinOp::Add => Some(Op::AddI),
        BinOp::Sub => Some(Op::SubI),
        BinOp::Mul => Some(Op::MulI),
        BinOp::FloorDiv => Some(Op::FloorDivI),
        BinOp::Mod => Some(Op::ModI),
        BinOp::BitAnd => Some(Op::BitAndI),
        BinOp::MatMul
        | BinOp::Div
        | BinOp::Pow
        | BinOp::LShift
        | BinOp::RShift
        | BinOp::BitOr
        | BinOp::BitXor => None,
    }
}

pub(super) fn in_place_op(op: BinOp) -> Op {
    match op {
        BinOp::Add => Op::IAdd,
        BinOp::Sub => Op::ISub,
        BinOp::Mul => Op::IMul,
        BinOp::MatMul => Op::IMatMul,
        BinOp::Div => Op::IDiv,
        BinOp::FloorDiv => Op::IFloorDiv,
        BinOp::Mod => Op::IMod,
        BinOp::Pow => Op::IPow,
        BinOp::LShift => Op::ILShift,
        BinOp::RShift => Op::IRShift,
        BinOp::BitAnd => Op::IBitAnd,
        BinOp::BitOr => Op::IBitOr,
        BinOp::BitXor => Op::IBitXor,
    }
}
