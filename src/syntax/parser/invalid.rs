//! The `invalid_...` productions: what CPython has words for.

use super::super::ast::Expr;
use super::*;

fn nothing<'s>() -> Rule<'s, ()> {
    custom(|_: &mut Input<'s, '_>| failure()).boxed()
}

pub(super) fn invalid_named_expression<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_expression<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_arguments<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_kwarg<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_for_target<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_group<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_comprehension<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_dict<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_replacement_field<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_assignment<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_del_stmt<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_with_item<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }
pub(super) fn invalid_except_stmt<'s>(_: &Knots<'s>) -> Rule<'s, ()> { nothing() }

pub(super) fn invalid_import(_: &mut Input<'_, '_>) {}
pub(super) fn invalid_import_as(_: &mut Input<'_, '_>) {}
pub(super) fn invalid_import_from_targets(_: &mut Input<'_, '_>) {}

/// Where CPython says that a block is missing: at the token after the line end.
pub(super) fn place_of_missing_block(inp: &mut Input<'_, '_>) -> Span {
    peek_span(inp)
}

pub(super) fn place_of_mixed_except(_: &mut Input<'_, '_>, span: Span) -> Span {
    span
}

pub(super) fn match_without_colon(inp: &mut Input<'_, '_>, _: usize) -> EmptyErr {
    let span = peek_span(inp);
    inp.state().fail(Code::ExpectedToken, span, "expected ':'")
}
