//! Code that is allowed and can hardly do what it says: CPython's syntax warnings, one function
//! a rule. The words are CPython's.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{CmpOp, Expr, ExprKind, UnaryOp};

fn warning(span: Span, message: String, text: &str) -> Diagnostic {
    Diagnostic::new(Code::CodeWarning, span, message).with_text(text)
}

/// The type of an expression, where its form shows it.
fn type_of(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::None => "NoneType",
        ExprKind::True | ExprKind::False => "bool",
        ExprKind::Ellipsis => "ellipsis",
        ExprKind::Int(_) | ExprKind::BigInt(_) => "int",
        ExprKind::Float(_) => "float",
        ExprKind::Imaginary(_) => "complex",
        ExprKind::Str(_) | ExprKind::FString(_) => "str",
        ExprKind::Bytes(_) => "bytes",
        ExprKind::Tuple(_) => "tuple",
        ExprKind::List(_) | ExprKind::ListComp(_) => "list",
        ExprKind::Dict(_) | ExprKind::DictComp(_) => "dict",
        ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
        ExprKind::Generator(_) => "generator",
        ExprKind::Lambda(_) => "function",
        ExprKind::Unary(UnaryOp::Neg | UnaryOp::Pos, inner) if is_number(inner) => return type_of(inner),
        _ => return None,
    })
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Int(_) | ExprKind::BigInt(_) | ExprKind::Float(_) | ExprKind::Imaginary(_))
}

/// Whether the compiler knows the value.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::None
        | ExprKind::True
        | ExprKind::False
        | ExprKind::Ellipsis
        | ExprKind::Str(_)
        | ExprKind::Bytes(_) => true,
        ExprKind::Tuple(items) => items.iter().all(is_constant),
        ExprKind::Unary(UnaryOp::Neg | UnaryOp::Pos, inner) => is_number(inner),
        _ => is_number(expr),
    }
}

/// Whether identity with it depends on how constants are kept.
fn is_literal(expr: &Expr) -> bool {
    let singleton =
        matches!(expr.kind, ExprKind::None | ExprKind::True | ExprKind::False | ExprKind::Ellipsis);
    is_constant(expr) && !singleton
}

/// `x is 1`
pub(super) fn comparison(whole: Span, first: &Expr, rest: &[(CmpOp, Expr)]) -> Option<Diagnostic> {
    let mut left = first;
    for (op, right) in rest {
        let (sign, meant) = match op {
            CmpOp::Is => ("is", "=="),
            CmpOp::IsNot => ("is not", "!="),
            _ => {
                left = right;
                continue;
            }
        };
        let literal = [left, right].into_iter().find(|operand| is_literal(operand));
        if let Some(kind) = literal.and_then(type_of) {
            return Some(warning(
                whole,
                format!("\"{sign}\" with '{kind}' literal. Did you mean \"{meant}\"?"),
                "whether two equal values are one object is nobody's promise",
            ));
        }
        left = right;
    }
    None
}

/// `assert (x, "message")`
pub(super) fn assertion(whole: Span, test: &Expr) -> Option<Diagnostic> {
    match &test.kind {
        ExprKind::Tuple(items) if !items.is_empty() => Some(warning(
            whole,
            "assertion is always true, perhaps remove parentheses?".to_owned(),
            "a tuple that holds something is true",
        )),
        _ => None,
    }
}

/// `"text" (x)`
pub(super) fn call(function: &Expr) -> Option<Diagnostic> {
    if matches!(function.kind, ExprKind::Lambda(_)) {
        return None;
    }
    let kind = type_of(function)?;
    Some(warning(
        function.span,
        format!("'{kind}' object is not callable; perhaps you missed a comma?"),
        "this is called",
    ))
}

/// `1 [0]`, `[1, 2] ["x"]`
pub(super) fn subscript(value: &Expr, index: &Expr) -> Option<Diagnostic> {
    let kind = type_of(value)?;
    match kind {
        "NoneType" | "ellipsis" | "int" | "bool" | "float" | "complex" | "set" | "generator" | "function" => {
            Some(warning(
                value.span,
                format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"),
                "an item is taken from this",
            ))
        }
        "str" | "bytes" | "tuple" | "list" => {
            let index = type_of(index).filter(|index| !matches!(*index, "int" | "bool"))?;
            Some(warning(
                value.span,
                format!(
                    "{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?"
                ),
                "an item is taken from this",
            ))
        }
        _ => None,
    }
}
