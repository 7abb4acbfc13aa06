//! Mistakes in statements.

use super::*;

/// invalid_assignment, before the statement is read.
pub(in crate::syntax::parser) fn invalid_assignment<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let star_named_expression = expr::star_named_expression(k);
    let star_expressions = k.star_expressions.rule();
    let yield_expr = k.yield_expr.rule();
    let expression = k.expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let checkpoint = inp.save();
        let start = position(inp);
        if peek(inp) != Token::Yield
            && let Some(first) = attempt(inp, &star_named_expression)
        {
            match peek(inp) {
                Token::Colon => {
                    let what = match first.kind {
                        ExprKind::List(_) => Some("list"),
                        ExprKind::Tuple(_) => Some("tuple"),
                        _ => None,
                    };
                    inp.skip();
                    let bare = !matches!(first.kind, ExprKind::Starred(_) | ExprKind::Walrus { .. });
                    if bare && attempt(inp, &expression).is_some() {
                        if let Some(what) = what {
                            let message = format!("only single target (not {what}) can be annotated");
                            return Err(inp.state().fail(Code::InvalidTarget, first.span, message));
                        }
                        if !target::is_single_target(&first) {
                            let message = "illegal target for annotation";
                            return Err(inp.state().fail(Code::InvalidTarget, first.span, message));
                        }
                    }
                }
                Token::Comma => {
                    inp.skip();
                    while attempt(inp, &star_named_expression).is_some() {
                        accept(inp, Token::Comma);
                    }
                    if accept(inp, Token::Colon).is_some() && attempt(inp, &expression).is_some() {
                        let message = "only single target (not tuple) can be annotated";
                        return Err(inp.state().fail(Code::InvalidTarget, first.span, message));
                    }
                }
                _ => {}
            }
        }
        if inp.state().fatal.is_some() {
            return failure();
        }
        inp.rewind(checkpoint);
        // A chain of targets, the last of which is wrong.
        let mut from = start;
        loop {
            if inp.full_slice()[from].token == Token::Yield {
                let value = inp.parse(&yield_expr)?;
                if peek(inp) == Token::Equal {
                    let message = "assignment to yield expression not possible";
                    return Err(inp.state().fail(Code::InvalidTarget, value.span, message));
                }
                return failure();
            }
            let value = inp.parse(&star_expressions)?;
            let next = peek(inp);
            if next == Token::Equal {
                touch(inp);
                target_error(inp, &value, Targets::Star);
                if inp.state().fatal.is_some() {
                    return failure();
                }
                inp.skip();
                from = position(inp);
                continue;
            }
            if from == start && stmt::augassign(next).is_some() {
                inp.skip();
                let right = match peek(inp) {
                    Token::Yield => attempt(inp, &yield_expr),
                    _ => attempt(inp, &star_expressions),
                };
                if right.is_some() && !target::is_single_target(&value) {
                    let message = format!(
                        "'{}' is an illegal expression for augmented assignment",
                        target::expr_name(&value)
                    );
                    inp.state().fail(Code::InvalidTarget, value.span, message);
                }
            }
            return failure();
        }
    })
    .boxed()
}

/// invalid_del_stmt: 'del' star_expressions
pub(in crate::syntax::parser) fn invalid_del_stmt<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let star_expressions = k.star_expressions.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let value = inp.parse(&star_expressions)?;
        target_error(inp, &value, Targets::Del);
        failure()
    })
    .boxed()
}

/// invalid_for_target: ['async'] 'for' star_expressions
pub(in crate::syntax::parser) fn invalid_for_target<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let star_expressions = k.star_expressions.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        accept(inp, Token::Async);
        inp.parse(token(Token::For))?;
        let value = inp.parse(&star_expressions)?;
        target_error(inp, &value, Targets::For);
        failure()
    })
    .boxed()
}

/// invalid_with_item: expression 'as' expression &(',' | ')' | ':')
pub(in crate::syntax::parser) fn invalid_with_item<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let expression = k.expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        accept(inp, Token::LeftParen);
        loop {
            inp.parse(&expression)?;
            if accept(inp, Token::As).is_some() {
                let value = inp.parse(&expression)?;
                touch(inp);
                if matches!(peek(inp), Token::Comma | Token::RightParen | Token::Colon) {
                    target_error(inp, &value, Targets::Star);
                }
            }
            inp.parse(token(Token::Comma))?;
        }
    })
    .boxed()
}

/// invalid_with_stmt: 'with' (expression ['as' star_target])+ NEWLINE, or in parentheses
pub(in crate::syntax::parser) fn invalid_with_stmt<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let expression = k.expression.rule();
    let star_target = target::star_target(k);
    let items = custom(move |inp: &mut Input<'s, '_>| {
        let parenthesized = accept(inp, Token::LeftParen).is_some();
        loop {
            inp.parse(&expression)?;
            if accept(inp, Token::As).is_some() {
                inp.parse(&star_target)?;
            }
            if accept(inp, Token::Comma).is_none() || parenthesized && peek(inp) == Token::RightParen {
                break;
            }
        }
        if parenthesized {
            inp.parse(token(Token::RightParen))?;
        }
        inp.parse(token(Token::Newline))?;
        Err::<(), _>(inp.state().fail_furthest(Code::ExpectedToken, "expected ':'"))
    });
    items.boxed()
}

/// invalid_except_stmt: 'except' ['*'] expression ',' expressions ['as' NAME] ':'
pub(in crate::syntax::parser) fn invalid_except_stmt<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let expression = k.expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let first = inp.parse(&expression)?;
        inp.parse(token(Token::Comma))?;
        loop {
            inp.parse(&expression)?;
            if accept(inp, Token::Comma).is_none() || peek(inp) == Token::Colon {
                break;
            }
        }
        if accept(inp, Token::As).is_some() {
            inp.parse(name())?;
        }
        inp.parse(token(Token::Colon))?;
        let span = inp.state().starting_from(first.span);
        let message = "multiple exception types must be parenthesized";
        inp.state().fail_with(
            Diagnostic::new(Code::TryBlock, span, message).with_help("write them as a tuple: except (A, B):"),
        );
        failure()
    })
    .boxed()
}

/// invalid_import: 'import' dotted_name (',' dotted_name)* 'from' dotted_name
pub(in crate::syntax::parser) fn invalid_import(inp: &mut Input<'_, '_>, import: Span) {
    let checkpoint = inp.save();
    let dotted = |inp: &mut Input<'_, '_>| {
        while accept_name(inp) {
            if accept(inp, Token::Dot).is_none() {
                return true;
            }
        }
        false
    };
    while dotted(inp) {
        if accept(inp, Token::Comma).is_some() {
            continue;
        }
        if accept(inp, Token::From).is_some() && dotted(inp) {
            touch(inp);
            let span = inp.state().starting_from(import);
            let message = "Did you mean to use 'from ... import ...' instead?";
            inp.state().fail(Code::Import, span, message);
        }
        break;
    }
    inp.rewind(checkpoint);
}

fn accept_name(inp: &mut Input<'_, '_>) -> bool {
    let is_name = matches!(peek(inp), Token::Name(_));
    if is_name {
        inp.skip();
    }
    is_name
}

/// invalid_import_from_targets: import_from_as_names ',' NEWLINE | NEWLINE
pub(in crate::syntax::parser) fn invalid_import_from_targets(inp: &mut Input<'_, '_>) {
    if peek(inp) == Token::Newline {
        touch(inp);
        let place = peek_span(inp);
        let place = inp.state().starting_from(place);
        let message = "Expected one or more names after 'import'";
        inp.state().fail(Code::Import, place, message);
    }
}
