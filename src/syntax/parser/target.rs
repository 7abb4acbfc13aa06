//! Targets: what may stand left of `=`, after `for`, `as` and `del`. A target is parsed as an
//! expression and then checked; what is wrong with it, and what CPython calls it, is here.

use super::super::ast::{CmpOp, Expr, ExprKind};
use super::*;

/// Which targets a place takes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Targets {
    Star,
    Del,
    For,
}

/// star_targets: star_target (',' star_target)* [',']
pub(super) fn star_targets<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    checked(expr::tuple_of(unchecked_target(k)), Targets::Star)
}

/// del_targets: del_target (',' del_target)* [',']
pub(super) fn del_targets<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    checked(expr::tuple_of(del_target(k)), Targets::Del)
}

/// star_target: '*' star_target | target
pub(super) fn star_target<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    checked(unchecked_target(k), Targets::Star)
}

/// del_target: target | '(' [del_targets] ')' | '[' [del_targets] ']'
fn del_target<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    target_with_tuples(k)
}

/// target_with_tuples: target | '(' [star_targets] ')' | '[' [star_targets] ']'
fn target_with_tuples<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    target(k)
}

/// target: NAME | primary '.' NAME | primary '[' slices ']' | '(' target ')'
///
/// Read as any primary; what it may be is checked once it is known.
fn target<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    k.primary.rule()
}

fn unchecked_target<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let target = target_with_tuples(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let star = accept(inp, Token::Star);
        let value = inp.parse(&target)?;
        Ok(match star {
            Some(_) => {
                let span = span_since(inp, start);
                Expr { kind: ExprKind::Starred(Box::new(value)), span }
            }
            None => value,
        })
    })
    .boxed()
}

fn checked<'s>(rule: Rule<'s, Expr>, targets: Targets) -> Rule<'s, Expr> {
    custom(move |inp: &mut Input<'s, '_>| {
        let target = inp.parse(&rule)?;
        match invalid_target(&target, targets) {
            Some(_) => failure(),
            None => Ok(target),
        }
    })
    .boxed()
}

/// The part of `target` that cannot be a target of that sort.
pub(super) fn invalid_target(target: &Expr, targets: Targets) -> Option<&Expr> {
    match &target.kind {
        ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Error => None,
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().find_map(|item| invalid_target(item, targets))
        }
        ExprKind::Starred(_) if targets == Targets::Del => Some(target),
        ExprKind::Starred(value) => invalid_target(value, targets),
        // `for a in b` reads as a comparison when its target is looked for.
        ExprKind::Compare(first, rest) if targets == Targets::For => match rest.first() {
            Some((CmpOp::In, _)) => invalid_target(first, targets),
            _ => None,
        },
        _ => Some(target),
    }
}

/// Whether this may be the target of an augmented or annotated assignment.
pub(super) fn is_single_target(target: &Expr) -> bool {
    matches!(target.kind, ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. })
}

/// What CPython calls an expression in "cannot assign to ...".
pub(super) fn expr_name(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::None => "None",
        ExprKind::True => "True",
        ExprKind::False => "False",
        ExprKind::Ellipsis => "ellipsis",
        ExprKind::Int(_)
        | ExprKind::BigInt(_)
        | ExprKind::Float(_)
        | ExprKind::Imaginary(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_) => "literal",
        ExprKind::FString(_) => "f-string expression",
        ExprKind::Name(_) => "name",
        ExprKind::Tuple(_) => "tuple",
        ExprKind::List(_) => "list",
        ExprKind::Set(_) => "set display",
        ExprKind::Dict(_) => "dict literal",
        ExprKind::Starred(_) => "starred",
        ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Bool(..) => "expression",
        ExprKind::Compare(..) => "comparison",
        ExprKind::IfExp { .. } => "conditional expression",
        ExprKind::Walrus { .. } => "named expression",
        ExprKind::Lambda(_) => "lambda",
        ExprKind::ListComp(_) => "list comprehension",
        ExprKind::SetComp(_) => "set comprehension",
        ExprKind::DictComp(_) => "dict comprehension",
        ExprKind::Generator(_) => "generator expression",
        ExprKind::Await(_) => "await expression",
        ExprKind::Yield(_) | ExprKind::YieldFrom(_) => "yield expression",
        ExprKind::Call { .. } => "function call",
        ExprKind::Attribute { .. } => "attribute",
        ExprKind::Subscript { .. } => "subscript",
        ExprKind::Slice { .. } => "slice",
        ExprKind::Error => "expression",
    }
}
