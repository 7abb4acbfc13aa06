//! What CPython has words for: the functions named `invalid_...` correspond to the productions
//! of these names in its grammar. They run only while a failed statement is explained, at the
//! place in the ordinary production where CPython has them, and set `State::fatal`.

use super::super::ast::{Expr, ExprKind};
use super::target::{self, Targets};
use super::*;

impl<'s> State<'s> {
    /// The furthest token's span: where CPython puts a message that names no place.
    pub(super) fn furthest_span(&self) -> Span {
        let index = self.furthest_token();
        let lexeme = self.tokens[index];
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
        let end = self.furthest_span().end.saturating_sub(1).max(start.start);
        Span::new(start.start, end)
    }

    pub(super) fn fail_furthest(&mut self, code: Code, message: impl Into<String>) -> EmptyErr {
        let span = self.furthest_span();
        self.fail(code, span, message)
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

/// After an expression where a named expression may stand: `:=` after what is no name, `=`
/// where `==` is meant.
pub(super) fn invalid_named_expression<'s>(
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
            let first = inp.full_slice()[start].token;
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
                        && !matches!(first, Token::True | Token::None | Token::False)
                        && !matches!(
                            value.kind,
                            ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Generator(_)
                        )
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

/// Looks at the next token, as CPython's lookahead does.
pub(super) fn touch(inp: &mut Input<'_, '_>) {
    let checkpoint = inp.save();
    let _ = inp.next_ref();
    inp.rewind(checkpoint);
}

/// Whether what was read from `start` is no looser than the operand of a comparison.
fn is_operand(inp: &mut Input<'_, '_>, start: usize, value: &Expr) -> bool {
    let loose = matches!(
        value.kind,
        ExprKind::Compare(..)
            | ExprKind::Bool(..)
            | ExprKind::Unary(super::super::ast::UnaryOp::Not, _)
            | ExprKind::IfExp { .. }
            | ExprKind::Lambda(_)
            | ExprKind::Walrus { .. }
    );
    !loose || inp.full_slice()[start].token == Token::LeftParen
}

/// After a disjunction: another expression right behind it, `if` without `else`, and the
/// statements of Python 2.
pub(super) fn invalid_expression<'s>(
    inp: &mut Input<'s, '_>,
    start: usize,
    value: &Expr,
    expression: &Rule<'s, Expr>,
    disjunction: &Rule<'s, Expr>,
    star_expressions: &Rule<'s, Expr>,
) {
    let checkpoint = inp.save();
    let behind = position(inp);
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
        } else if let Some(next) = next
            && inp.state().fatal.is_none()
        {
            invalid_legacy_expression(inp, behind, &next, star_expressions);
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
pub(super) fn invalid_legacy_expression<'s>(
    inp: &mut Input<'s, '_>,
    start: usize,
    value: &Expr,
    star_expressions: &Rule<'s, Expr>,
) {
    let ExprKind::Name(name) = value.kind else { return };
    if position(inp) != start + 1 || !is_legacy(value) || !starts_expression(peek(inp)) {
        return;
    }
    let checkpoint = inp.save();
    if attempt(inp, star_expressions).is_some() {
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
pub(super) fn lambda_in_fstring(inp: &mut Input<'_, '_>, colon: Span) {
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
pub(super) fn invalid_factor<'s>(inp: &mut Input<'s, '_>, operand: &Rule<'s, Expr>) {
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
pub(super) fn invalid_for_if_clause<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
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

/// invalid_for_target: ['async'] 'for' star_expressions
pub(super) fn invalid_for_target<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
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

/// invalid_group: '(' starred_expression ')' | '(' '**' expression ')'
pub(super) fn invalid_group<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let expression = k.expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let stars = peek_span(inp);
        let double = peek(inp) == Token::DoubleStar;
        if !double && peek(inp) != Token::Star {
            return failure();
        }
        inp.skip();
        let value = inp.parse(&expression)?;
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
pub(super) fn invalid_comprehension<'s>(
    inp: &mut Input<'s, '_>,
    items: &[Expr],
    comma: Option<Span>,
    for_if_clauses: &Rule<'s, Vec<super::super::ast::CompFor>>,
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
pub(super) fn invalid_kvpair<'s>(
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
pub(super) fn invalid_replacement_field<'s>(inp: &mut Input<'s, '_>, annotated_rhs: &Rule<'s, Expr>) {
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

/// invalid_assignment, before the statement is read.
pub(super) fn invalid_assignment<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
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
pub(super) fn invalid_del_stmt<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
    let star_expressions = k.star_expressions.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let value = inp.parse(&star_expressions)?;
        target_error(inp, &value, Targets::Del);
        failure()
    })
    .boxed()
}

/// invalid_with_item: expression 'as' expression &(',' | ')' | ':')
pub(super) fn invalid_with_item<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
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
pub(super) fn invalid_with_stmt<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
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
pub(super) fn invalid_except_stmt<'s>(k: &Knots<'s>) -> Rule<'s, ()> {
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
pub(super) fn invalid_import(inp: &mut Input<'_, '_>, import: Span) {
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
pub(super) fn invalid_import_from_targets(inp: &mut Input<'_, '_>) {
    if peek(inp) == Token::Newline {
        touch(inp);
        let place = peek_span(inp);
        let place = inp.state().starting_from(place);
        let message = "Expected one or more names after 'import'";
        inp.state().fail(Code::Import, place, message);
    }
}

/// Where CPython says that a block is missing: at the token after the line end.
pub(super) fn place_of_missing_block(inp: &mut Input<'_, '_>) -> Span {
    touch(inp);
    inp.state().furthest_span()
}

/// invalid_starred_expression: '*' where no expression follows, in a call or subscript
pub(super) fn starred_value<'s>(
    inp: &mut Input<'s, '_>,
    expression: &Rule<'s, Expr>,
) -> Result<Expr, EmptyErr> {
    match attempt(inp, expression) {
        Some(value) => Ok(value),
        None if inp.state().explaining => {
            Err(inp.state().fail_furthest(Code::ExpectedExpression, "Invalid star expression"))
        }
        None => failure(),
    }
}
