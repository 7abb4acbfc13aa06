//! What CPython has words for: the functions named `invalid_...` correspond to the productions
//! of these names in its grammar. They run only while a failed statement is explained, at the
//! place in the ordinary production where CPython has them, and set `State::fatal`.
//! Here is what they share; the functions are in `expressions` and `statements`.

mod expressions;
mod statements;

use super::super::ast::{Expr, ExprKind};
use super::target::{self, Targets};
use super::*;

pub(super) use expressions::*;
pub(super) use statements::*;

impl<'s> State<'s> {
    /// The furthest token's span: where CPython puts a message that names no place.
    pub(super) fn furthest_span(&self) -> Span {
        let lexeme = self.furthest_lexeme();
        match lexeme.token {
            // These have no column of their own; CPython takes how far it had read the line.
            Token::Indent => last_character(self.source, lexeme.span),
            Token::Dedent | Token::EndMarker if lexeme.span.end as usize == self.source.len() => {
                last_character(self.source, Span::new(0, lexeme.span.end))
            }
            Token::Dedent | Token::EndMarker => {
                let line_start =
                    self.source[..lexeme.span.start as usize].rfind('\n').map_or(0, |n| n as u32 + 1);
                if line_start == lexeme.span.start {
                    lexeme.span
                } else {
                    last_character(self.source, Span::new(line_start, lexeme.span.start))
                }
            }
            _ => lexeme.span,
        }
    }

    /// From `start` to as far as has been read.
    pub(super) fn starting_from(&self, start: Span) -> Span {
        // CPython takes the column read so far without the one it adds to all others.
        let read = self.furthest_span().end;
        let cut = self.furthest_lexeme().token == Token::Newline
            && !self.source[..read as usize].ends_with(['\n', '\r']);
        let end = read.saturating_sub(u32::from(!cut)).max(start.start);
        Span::new(start.start, end)
    }

    pub(super) fn fail_furthest(&mut self, code: Code, message: impl Into<String>) -> EmptyErr {
        let diagnostic = self.at_furthest(code, message);
        self.fail_with(diagnostic)
    }

    /// A mistake at the furthest token.
    pub(super) fn at_furthest(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        let textless =
            matches!(self.furthest_lexeme().token, Token::Indent | Token::Dedent | Token::EndMarker);
        Diagnostic::new(code, self.furthest_span(), message).with_textless(textless)
    }
}

fn last_character(source: &str, span: Span) -> Span {
    let width = source[span.range()].chars().next_back().map_or(0, char::len_utf8) as u32;
    Span::new(span.end - width, span.end)
}

/// The span of an expression with its parentheses is what was read; CPython underlines the
/// expression without them.
fn target_error(inp: &mut Input<'_, '_>, value: &Expr, targets: Targets) {
    let Some(part) = target::invalid_target(value, targets) else { return };
    let verb = if targets == Targets::Del { "delete" } else { "assign to" };
    let message = format!("cannot {verb} {}", target::expr_name(part));
    inp.state().fail(Code::InvalidTarget, part.span, message);
}

/// Looks at the next token, as CPython's lookahead does.
pub(super) fn touch(inp: &mut Input<'_, '_>) {
    let checkpoint = inp.save();
    let _ = inp.next_ref();
    inp.rewind(checkpoint);
}

/// Says that a block is missing, where CPython does: at the token after the line end.
pub(super) fn missing_here(inp: &mut Input<'_, '_>, code: Code, message: impl Into<String>) -> Diagnostic {
    touch(inp);
    inp.state().at_furthest(code, message)
}
