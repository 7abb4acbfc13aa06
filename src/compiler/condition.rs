//! Conditions, compiled to jumps. Comparisons become one instruction, `and`, `or` and `not`
//! become the shape of the code.

use super::Compiler;
use super::regs::in_place;
use crate::bytecode::emit::Label;
use crate::bytecode::{In, Op};
use crate::source::Span;
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// Jumps to `target` when the truth of `test` is `jump_when`, else goes on.
    ///
    /// ```text
    /// if a < 3 and b is not None:   jump_not_lt_i a 3 -> else;  jump_if_none b -> else
    /// ```
    pub(super) fn condition(&mut self, test: &'a Expr, target: Label, jump_when: bool) {
        let top = self.unit.top;
        self.test(test, target, jump_when);
        self.unit.top = top;
    }

    fn test(&mut self, test: &'a Expr, target: Label, jump_when: bool) {
        if let Some(truth) = self.constant_truth(test) {
            if truth == jump_when {
                self.at(test.span);
                self.unit.e.jump(target);
            }
            return;
        }
        match &test.kind {
            ExprKind::Unary(UnaryOp::Not, inner) => self.condition(inner, target, !jump_when),
            ExprKind::Bool(op, items) => {
                let decides = match op {
                    BoolOp::And => false,
                    BoolOp::Or => true,
                };
                if decides == jump_when {
                    items.iter().for_each(|item| self.condition(item, target, jump_when));
                    return;
                }
                let past = self.unit.e.label();
                let (last, before) = items.split_last().expect("an operator has operands");
                before.iter().for_each(|item| self.condition(item, past, decides));
                self.condition(last, target, jump_when);
                self.unit.e.place(past);
            }
            ExprKind::Compare(first, rest) => match rest.as_slice() {
                [(op, rhs)] => self.comparison(first, *op, rhs, test.span, target, jump_when),
                _ => self.comparisons(first, rest, test.span, target, jump_when),
            },
            ExprKind::Binary(lhs, BinOp::BitAnd, rhs) if self.immediate(rhs).is_some() => {
                let mask = self.immediate(rhs).unwrap_or_default();
                let value = self.operand(lhs);
                self.at(test.span);
                let op = if jump_when { Op::JumpIfBits } else { Op::JumpIfNoBits };
                self.unit.e.emit(op, [value.into(), mask.into(), target.into()]);
            }
            _ => {
                let value = self.operand(test);
                self.at(test.span);
                if jump_when {
                    self.unit.e.jump_if_true(value, target);
                } else {
                    self.unit.e.jump_if_false(value, target);
                }
            }
        }
    }

    fn comparison(
        &mut self,
        lhs: &'a Expr,
        op: CmpOp,
        rhs: &'a Expr,
        span: Span,
        target: Label,
        jump_when: bool,
    ) {
        if let (CmpOp::Is | CmpOp::IsNot, ExprKind::None) = (op, &rhs.kind) {
            let value = self.operand(lhs);
            self.at(span);
            return if (op == CmpOp::Is) == jump_when {
                self.unit.e.jump_if_none(value, target)
            } else {
                self.unit.e.jump_if_not_none(value, target)
            };
        }
        if let Some(imm) = self.immediate(rhs)
            && let Some(op) = immediate_jump(op, jump_when)
        {
            let value = self.operand(lhs);
            self.at(span);
            return self.unit.e.emit(op, [value.into(), imm.into(), target.into()]);
        }
        let lhs_in = self.operand_before(lhs, &[rhs]);
        let rhs_in = self.operand_container(op, rhs);
        self.at(span);
        self.comparison_jump(op, jump_when, lhs_in, rhs_in, target);
    }

    fn comparison_jump(&mut self, op: CmpOp, jump_when: bool, lhs: In, rhs: In, target: Label) {
        let op = fused_jump(op, jump_when);
        self.unit.e.emit(op, [lhs.into(), rhs.into(), target.into()]);
    }

    /// A chain: every comparison but the last leaves when it is false, and the middle operand
    /// is released on both ways.
    ///
    /// ```text
    /// if a < b < c:   <t0 = b>;  jump_not_lt a t0 -> short;  jump_not_lt t0! c -> else
    ///                 jump -> past
    ///          short: kill t0;  jump -> else
    ///           past:
    /// ```
    fn comparisons(
        &mut self,
        first: &'a Expr,
        rest: &'a [(CmpOp, Expr)],
        span: Span,
        target: Label,
        jump_when: bool,
    ) {
        let short = self.unit.e.label();
        let past = self.unit.e.label();
        let middles = [self.temp(), self.temp()];
        let later: Vec<&Expr> = rest.iter().take(1).map(|(_, rhs)| rhs).collect();
        let mut lhs = self.operand_before(first, &later);
        for (index, (op, rhs)) in rest.iter().enumerate() {
            let top = self.unit.top;
            if index + 1 == rest.len() {
                let rhs = self.operand_container(*op, rhs);
                self.at(span);
                self.comparison_jump(*op, jump_when, lhs, rhs, target);
            } else {
                let middle = middles[index % 2];
                self.expr_into(rhs, super::regs::fresh(middle));
                self.at(span);
                self.comparison_jump(*op, false, lhs, in_place(middle), short);
                lhs = super::regs::owned(middle);
            }
            self.unit.top = top;
        }
        self.unit.e.jump(past);
        self.unit.e.place(short);
        self.unit.e.kill(middles[0]);
        if rest.len() > 2 {
            self.unit.e.kill(middles[1]);
        }
        if !jump_when {
            self.unit.e.jump(target);
        }
        self.unit.e.place(past);
    }
}

/// The instruction that jumps when `op` gives `jump_when`. The negated forms are not the
/// opposite comparisons: a comparison with NaN is false, and objects decide for themselves.
fn fused_jump(op: CmpOp, jump_when: bool) -> Op {
    match (op, jump_when) {
        (CmpOp::Eq, true) => Op::JumpEq,
        (CmpOp::Eq, false) => Op::JumpNotEq,
        (CmpOp::NotEq, true) => Op::JumpNe,
        (CmpOp::NotEq, false) => Op::JumpNotNe,
        (CmpOp::Lt, true) => Op::JumpLt,
        (CmpOp::Lt, false) => Op::JumpNotLt,
        (CmpOp::LtE, true) => Op::JumpLe,
        (CmpOp::LtE, false) => Op::JumpNotLe,
        (CmpOp::Gt, true) => Op::JumpGt,
        (CmpOp::Gt, false) => Op::JumpNotGt,
        (CmpOp::GtE, true) => Op::JumpGe,
        (CmpOp::GtE, false) => Op::JumpNotGe,
        (CmpOp::Is, true) | (CmpOp::IsNot, false) => Op::JumpIs,
        (CmpOp::Is, false) | (CmpOp::IsNot, true) => Op::JumpIsNot,
        (CmpOp::In, true) | (CmpOp::NotIn, false) => Op::JumpIn,
        (CmpOp::In, false) | (CmpOp::NotIn, true) => Op::JumpNotIn,
    }
}

pub(super) fn immediate_jump(op: CmpOp, jump_when: bool) -> Option<Op> {
    Some(match (op, jump_when) {
        (CmpOp::Eq, true) => Op::JumpEqI,
        (CmpOp::Eq, false) => Op::JumpNotEqI,
        (CmpOp::NotEq, true) => Op::JumpNeI,
        (CmpOp::NotEq, false) => Op::JumpNotNeI,
        (CmpOp::Lt, true) => Op::JumpLtI,
        (CmpOp::Lt, false) => Op::JumpNotLtI,
        (CmpOp::LtE, true) => Op::JumpLeI,
        (CmpOp::LtE, false) => Op::JumpNotLeI,
        (CmpOp::Gt, true) => Op::JumpGtI,
        (CmpOp::Gt, false) => Op::JumpNotGtI,
        (CmpOp::GtE, true) => Op::JumpGeI,
        (CmpOp::GtE, false) => Op::JumpNotGeI,
        (CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn, _) => return None,
    })
}
