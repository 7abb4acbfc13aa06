//! Mistakes in expressions.

use super::*;
use crate::syntax::ast::{CompFor, UnaryOp};

/// After an expression where a named expression may stand: `:=` after what is no name, `=`
/// where `==` is meant.
pub(in crate::syntax::parser) fn invalid_named_expression<'s>(
    inp: &mut Input<'s, '_>,
    start: usize,
    value: &Expr,
    expression: &Rule<'s, Expr>,
    bitwise_or: &Rule<'s, Expr>,
) {
    let checkpoint = inp.save();
    match peek(inp) {
        Token::ColonEqual => {
            inp.skip();
            if attempt(inp, expression).is_some() {
                let message = format!("cannot use assignment expressions with {}", target::expr_name(value));
                inp.state().fail(Code::InvalidTarget, value.span, message);
            }
        }
        Token::Equal => {
            let bare_name = position(inp) == start + 1 && matches!(value.kind, ExprKind::Name(_));
            let first = inp.full_slice()[start];
            let whole = is_operand(inp, start, value);
            inp.skip();
            if attempt(inp, bitwise_or).is_some() {
                let next = peek(inp);
                touch(inp);
                if !matches!(next, Token::Equal | Token::ColonEqual) {
                    if bare_name {
                        let end = last_span(inp);
                        inp.state().fail_with(
                            Diagnostic::new(
                                Code::EqualsForComparison,
                                value.span.to(end),
                                "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
                            )
                            .with_help("'==' compares, ':=' assigns within an expression"),
                        );
                    } else if whole
                        && !matches!(first.token, Token::True | Token::None | Token::False)
                        && !begins_with_display(value, first.span.start)
                    {
                        let message = format!(
                            "cannot assign to {} here. Maybe you meant '==' instead of '='?",
                            target::expr_name(value)
                        );
                        inp.state().fail_with(
                            Diagnostic::new(Code::EqualsForComparison, value.span, message)
                                .with_help("write '==' to compare"),
                        );
                    }
                }
            }
        }
        _ => {}
    }
    inp.rewind(checkpoint);
}

/// Whether a list, a tuple or a generator is what comes first, at `start`.
fn begins_with_display(value: &Expr, start: u32) -> bool {
    match &value.kind {
        ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Generator(_) => value.span.start == start,
        ExprKind::Binary(first, ..)
        | ExprKind::Call { func: first, .. }
        | ExprKind::Attribute { value: first, .. }
        | ExprKind::Subscript { value: first, .. } => begins_with_display(first, start),
        _ => false,
    }
}

/// Whether what was read from `start` is no looser than the operand of a comparison.
fn is_operand(inp: &mut Input<'_, '_>, start: usize, value: &Expr) -> bool {
    let loose = matches!(
        value.kind,
        ExprKind::Compare(..)
            | ExprKind::Bool(..)
            | ExprKind::Unary(UnaryOp::Not, _)
            | ExprKind::IfExp { .. }
            | ExprKind::Lambda(_)
            | ExprKind::Walrus { .. }
    );
    !loose || inp.full_slice()[start].token == Token::LeftParen
}

/// After a disjunction: another expression right behind it, and `if` without `else`.
pub(in crate::syntax::parser) fn invalid_expression<'s>(
    inp: &mut Input<'s, '_>,
    start: usize,
    value: &Expr,
    expression: &Rule<'s, Expr>,
    disjunction: &Rule<'s, Expr>,
) {
    let checkpoint = inp.save();
    let first = inp.full_slice()[start].token;
    let second = inp.full_slice().get(start + 1).map(|l| l.token);
    let soft = match first {
        Token::Name(name) => {
            matches!(second, Some(Token::String | Token::Bytes))
                // CPython compares as many characters as the name has.
                || ["_", "case", "match", "type"].iter().any(|k| k.starts_with(name.as_str()))
        }
        _ => false,
    };
    if !soft && !is_legacy(value) && starts_expression(peek(inp)) {
        inp.state().explaining = false;
        let next = attempt(inp, expression);
        inp.state().explaining = true;
        if let Some(next) = &next
            && inside_brackets(inp)
            && inp.state().fatal.is_none()
        {
            let end = next.span;
            inp.state().fail_with(
                Diagnostic::new(
                    Code::MissingComma,
                    value.span.to(end),
                    "invalid syntax. Perhaps you forgot a comma?",
                )
                .with_help("put a comma between the two expressions"),
            );
        }
        inp.rewind(checkpoint.clone());
    }
    if peek(inp) == Token::If && inp.state().fatal.is_none() {
        inp.skip();
        if let Some(test) = attempt(inp, disjunction) {
            touch(inp);
            if !matches!(peek(inp), Token::Else | Token::Colon) {
                inp.state().fail(
                    Code::ExpectedExpression,
                    value.span.to(test.span),
                    "expected 'else' after 'if' expression",
                );
            }
        }
        inp.rewind(checkpoint);
    }
}

/// invalid_legacy_expression: NAME !'(' star_expressions
pub(in crate::syntax::parser) fn invalid_legacy_expression<'s>(
    inp: &mut Input<'s, '_>,
    start: usize,
    value: &Expr,
    star_expressions: &Rule<'s, Expr>,
) {
    let ExprKind::Name(name) = value.kind else { return };
    let next = peek(inp);
    if position(inp) != start + 1 || next == Token::LeftParen || !starts_expression(next) {
        return;
    }
    let checkpoint = inp.save();
    // What follows any name is read, and may have mistakes that there are words for.
    if attempt(inp, star_expressions).is_some() && is_legacy(value) {
        let end = last_span(inp);
        inp.state().fail_with(
            Diagnostic::new(
                Code::MissingCallParentheses,
                value.span.to(end),
                format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?"),
            )
            .with_help(format!("{name} is a function: put its arguments in parentheses")),
        );
    }
    inp.rewind(checkpoint);
}

fn is_legacy(value: &Expr) -> bool {
    match value.kind {
        ExprKind::Name(name) => matches!(name.as_str(), "print" | "exec"),
        _ => false,
    }
}

fn starts_expression(token: Token) -> bool {
    compound::may_start_subject(token) && !matches!(token, Token::Star | Token::Yield)
}

/// Whether the last token read stands inside brackets.
fn inside_brackets(inp: &mut Input<'_, '_>) -> bool {
    // The level of a closing bracket is that outside of it.
    let end = position(inp);
    let tokens = inp.full_slice();
    let mut depth = 0i32;
    for lexeme in tokens[..end].iter().rev() {
        match lexeme.token {
            Token::Newline => return false,
            token if token.is_closer() => depth += 1,
            token if token.closer().is_some() => {
                depth -= 1;
                if depth < 0 {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// invalid_lambda: 'lambda' [lambda_params] ':' in an f-string, where the colon ends the field
pub(in crate::syntax::parser) fn lambda_in_fstring(inp: &mut Input<'_, '_>, colon: Span) {
    let before = position(inp);
    let lambda = inp.full_slice()[..before].iter().rfind(|l| l.token == Token::Lambda);
    let Some(start) = lambda.map(|l| l.span) else { return };
    if peek(inp) == Token::FStringMiddle || peek(inp) == Token::RightBrace {
        inp.state().fail(
            Code::FString,
            start.to(colon),
            "f-string: lambda expressions are not allowed without parentheses",
        );
    }
}

/// invalid_factor: an operator, then 'not'
pub(in crate::syntax::parser) fn invalid_factor<'s>(inp: &mut Input<'s, '_>, operand: &Rule<'s, Expr>) {
    if peek(inp) != Token::Not {
        return;
    }
    let before = position(inp).checked_sub(1).map(|i| inp.full_slice()[i].token);
    let operator = matches!(
        before,
        Some(
            Token::Plus
                | Token::Minus
                | Token::Star
                | Token::Slash
                | Token::DoubleSlash
                | Token::Percent
                | Token::At
                | Token::Tilde
        )
    );
    let checkpoint = inp.save();
    let not = peek_span(inp);
    while accept(inp, Token::Not).is_some() {}
    if operator && attempt(inp, operand).is_some() {
        let span = not.to(last_span(inp));
        let message = "'not' after an operator must be parenthesized";
        inp.state().fail(Code::InvalidSyntax, span, message);
    }
    inp.rewind(checkpoint);
}

/// invalid_for_if_clause: ['async'] 'for' (bitwise_or (',' bitwise_or)* [',']) !'in'
pub(in crate::syntax::parser) fn invalid_for_if_clause<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let targets = expr::tuple_of(k.bitwise_or.rule());
    custom(move |inp: &mut Input<'s, '_>| {
        accept(inp, Token::Async);
        inp.parse(token(Token::For))?;
        inp.parse(&targets)?;
        touch(inp);
        if peek(inp) != Token::In {
            let message = "'in' expected after for-loop variables";
            inp.state().fail_furthest(Code::Comprehension, message);
        }
        failure()
    })
    .boxed()
}

/// invalid_group: '(' starred_expression ')' | '(' '**' expression ')'
pub(in crate::syntax::parser) fn invalid_group<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let expression = k.expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let stars = peek_span(inp);
        let double = peek(inp) == Token::DoubleStar;
        if !double && peek(inp) != Token::Star {
            return failure();
        }
        inp.skip();
        let value = if double { inp.parse(&expression)? } else { starred_value(inp, &expression)? };
        inp.parse(token(Token::RightParen))?;
        if double {
            let message = "cannot use double starred expression here";
            inp.state().fail(Code::InvalidTarget, stars, message);
        } else {
            let message = "cannot use starred expression here";
            inp.state().fail(Code::InvalidTarget, stars.to(value.span), message);
        }
        failure()
    })
    .boxed()
}

/// invalid_comprehension, after the first items of a display when clauses follow.
pub(in crate::syntax::parser) fn invalid_comprehension<'s>(
    inp: &mut Input<'s, '_>,
    items: &[Expr],
    comma: Option<Span>,
    for_if_clauses: &Rule<'s, Vec<CompFor>>,
) {
    if !matches!(peek(inp), Token::For | Token::Async) || inp.state().fatal.is_some() {
        return;
    }
    let checkpoint = inp.save();
    if attempt(inp, for_if_clauses).is_some() {
        match items {
            [only] if comma.is_none() => {
                if let ExprKind::Starred(_) = only.kind {
                    let message = "iterable unpacking cannot be used in comprehension";
                    inp.state().fail(Code::Comprehension, only.span, message);
                }
            }
            [first, .., last] | [first @ last] => {
                let end = if items.len() == 1 { comma.unwrap_or(last.span) } else { last.span };
                let message = "did you forget parentheses around the comprehension target?";
                inp.state().fail(Code::Comprehension, first.span.to(end), message);
            }
            [] => {}
        }
    }
    inp.rewind(checkpoint);
}

/// invalid_kvpair, after the key of a dictionary entry.
pub(in crate::syntax::parser) fn invalid_kvpair<'s>(
    inp: &mut Input<'s, '_>,
    key: &Expr,
    first: bool,
    bitwise_or: &Rule<'s, Expr>,
) {
    let checkpoint = inp.save();
    touch(inp);
    let Some(colon) = accept(inp, Token::Colon) else {
        if !first {
            let end = key.span.end;
            let source = inp.state().source;
            let place = last_character(source, Span::new(key.span.start, end));
            let message = "':' expected after dictionary key";
            inp.state().fail(Code::Dictionary, place, message);
        }
        return;
    };
    touch(inp);
    match peek(inp) {
        Token::Star => {
            let star = peek_span(inp);
            inp.skip();
            if attempt(inp, bitwise_or).is_some() {
                let span = inp.state().starting_from(star);
                let message = "cannot use a starred expression in a dictionary value";
                inp.state().fail(Code::Dictionary, span, message);
            }
        }
        Token::RightBrace | Token::Comma => {
            let message = "expression expected after dictionary key and ':'";
            inp.state().fail(Code::Dictionary, colon, message);
        }
        _ => {}
    }
    inp.rewind(checkpoint);
}

/// invalid_replacement_field, right after the brace.
pub(in crate::syntax::parser) fn invalid_replacement_field<'s>(
    inp: &mut Input<'s, '_>,
    annotated_rhs: &Rule<'s, Expr>,
) {
    let span = peek_span(inp);
    let mark = match peek(inp) {
        Token::Equal => "=",
        Token::Exclamation => "!",
        Token::Colon => ":",
        Token::RightBrace => "}",
        _ => {
            if attempt(inp, annotated_rhs).is_none() {
                let message = "f-string: expecting a valid expression after '{'";
                inp.state().fail(Code::FString, span, message);
            }
            return;
        }
    };
    let message = format!("f-string: valid expression required before '{mark}'");
    inp.state().fail(Code::FString, span, message);
}

/// invalid_starred_expression: '*' where no expression follows, in a call or subscript
pub(in crate::syntax::parser) fn starred_value<'s>(
    inp: &mut Input<'s, '_>,
    expression: &Rule<'s, Expr>,
) -> Result<Expr, EmptyErr> {
    match attempt(inp, expression) {
        Some(value) => Ok(value),
        // CPython says so at once, before it looks for other words.
        None => Err(inp.state().fail_furthest(Code::ExpectedExpression, "Invalid star expression")),
    }
}
