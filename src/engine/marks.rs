//! Where the marks of a traceback change their sign: the operator of a binary operation, the brackets
//! of a subscript or a call. The failed text is parsed again for it, as CPython does.

use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::parse;
use crate::vm::Marks;

/// In front of a text, so that an expression may go on over its lines.
const OPENING: &str = "(\n";

/// What there is to say about the bytes `from..to` of `lines`.
pub fn marks(lines: &str, from: usize, to: usize) -> Marks {
    let anchors = anchors(&lines[from..to]).map(|(left, right)| (from + left, from + right));
    Marks { obvious: is_obvious(lines, from, to), anchors }
}

/// Whether the failed text is a call that a statement returns or assigns to a name, and the
/// lines hold nothing else. CPython compares bytes with characters here; so does this.
fn is_obvious(lines: &str, from: usize, to: usize) -> bool {
    let parsed = parse(lines);
    if !parsed.errors.is_empty() {
        return false;
    }
    let Some(statement) = parsed.module.body.first() else { return true };
    let Some(call) = plain_call(statement) else { return false };
    let column = |offset: usize| offset - lines[..offset].rfind('\n').map_or(0, |at| at + 1);
    let characters = |offset: usize| lines[offset - column(offset)..offset].chars().count();
    let Span { start, end } = call.span;
    let (start, end) = (start as usize, end as usize);
    !lines[..start].contains('\n')
        && !lines[end..].contains('\n')
        && column(start) == characters(from)
        && column(end) == characters(to)
}

fn plain_call(statement: &Stmt) -> Option<&Expr> {
    let is_name = |expr: &Expr| matches!(expr.kind, ExprKind::Name(_));
    match &statement.kind {
        StmtKind::Return(Some(value)) => {
            matches!(&value.kind, ExprKind::Call { func, .. } if is_name(func)).then_some(value)
        }
        StmtKind::Assign { targets, value } => {
            let named = matches!(targets.as_slice(), [target] if is_name(target));
            (named && matches!(value.kind, ExprKind::Call { .. })).then_some(value)
        }
        _ => None,
    }
}

/// The part of an expression that is marked `^`.
fn anchors(segment: &str) -> Option<(usize, usize)> {
    let parsed = parse(&format!("{OPENING}{segment}\n)"));
    if !parsed.errors.is_empty() {
        return None;
    }
    let [Stmt { kind: StmtKind::Expr(expr), .. }] = parsed.module.body.as_slice() else { return None };
    let place = |offset: u32| (offset as usize).saturating_sub(OPENING.len());
    match &expr.kind {
        ExprKind::Binary(left, _, right) => {
            let from = seek(segment, place(left.span.end), |b| !b.is_ascii_whitespace() && b != b')')?;
            let next = segment.as_bytes().get(from + 1).copied().unwrap_or(b'\n');
            let is_double = from + 1 < place(right.span.start)
                && !next.is_ascii_whitespace()
                && !matches!(next, b'\\' | b'#');
            Some((from, from + if is_double { 2 } else { 1 }))
        }
        ExprKind::Subscript { value, .. } => {
            Some((seek(segment, place(value.span.end), |b| b == b'[')?, place(expr.span.end)))
        }
        ExprKind::Call { func, .. } => {
            Some((seek(segment, place(func.span.end), |b| b == b'(')?, place(expr.span.end)))
        }
        _ => None,
    }
}

/// The first byte from `at` on that is wanted and stands in no comment.
fn seek(text: &str, mut at: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'\\' | b'#') {
            at += text[at..].find('\n')?;
        } else if wanted(byte) {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}
