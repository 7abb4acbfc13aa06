//! Primaries: an atom with its calls, subscripts and attributes; arguments and slices.

use super::super::ast::{Arg, Comprehension, Expr, ExprKind};
use super::*;

/// primary: atom ('.' NAME | '(' [arguments] ')' | '[' slices ']')*
pub(super) fn primary<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let atom = atom::atom(k);
    let call = call(arguments(k, true));
    let index = slices(k).then_ignore(token(Token::RightBracket)).boxed();
    let primary = custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let mut value = inp.parse(&atom)?;
        loop {
            let checkpoint = inp.save();
            // A link that fails is not there, as far as this production goes.
            let link = match peek(inp) {
                Token::Dot => {
                    inp.skip();
                    inp.parse(name()).map(Link::Attribute)
                }
                Token::LeftParen => inp.parse(&call).map(Link::Call),
                Token::LeftBracket => {
                    inp.skip();
                    inp.parse(&index).map(Link::Subscript)
                }
                _ => {
                    // CPython has looked at the next token by now.
                    invalid::touch(inp);
                    return Ok(value);
                }
            };
            let Ok(link) = link else {
                inp.rewind(checkpoint);
                return Ok(value);
            };
            let span = span_since(inp, start);
            let inner = Box::new(value);
            let kind = match link {
                Link::Attribute(attr) => ExprKind::Attribute { value: inner, attr },
                Link::Call(args) => ExprKind::Call { func: inner, args },
                Link::Subscript(index) => ExprKind::Subscript { value: inner, index: Box::new(index) },
            };
            value = Expr { kind, span };
            height::link(inp)?;
        }
    });
    custom(move |inp: &mut Input<'s, '_>| scope(inp, |inp| inp.parse(&primary))).boxed()
}

/// What may follow an atom.
enum Link {
    Attribute(Ident),
    Call(Vec<Arg>),
    Subscript(Expr),
}

/// '(' [arguments] ')' | '(' genexp ')'
fn call<'s>(arguments: Rule<'s, Vec<Arg>>) -> Rule<'s, Vec<Arg>> {
    custom(move |inp: &mut Input<'s, '_>| {
        let open = position(inp);
        inp.skip();
        let mut args = inp.parse(&arguments)?;
        inp.parse(token(Token::RightParen))?;
        if let [Arg::Positional(Expr { kind: ExprKind::Generator(_), span })] = &mut args[..]
            && is_bare(inp, open)
        {
            *span = span_since(inp, open);
        }
        Ok(args)
    })
    .boxed()
}

/// Whether the brackets from `open` to here hold a comprehension's `for` at their own level.
fn is_bare(inp: &mut Input<'_, '_>, open: usize) -> bool {
    let end = position(inp);
    let tokens = &inp.full_slice()[open..end];
    let mut depth = 0;
    for lexeme in tokens {
        match lexeme.token {
            Token::For if depth == 1 => return true,
            token if token.closer().is_some() => depth += 1,
            token if token.is_closer() => depth -= 1,
            _ => {}
        }
    }
    false
}

/// arguments: argument (',' argument)* [',']
///
/// argument: NAME '=' expression | '*' expression | '**' expression
///         | named_expression [for_if_clauses]
pub(super) fn arguments<'s>(k: &Knots<'s>, sole_generator: bool) -> Rule<'s, Vec<Arg>> {
    let argument = argument(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let mut args = Vec::new();
        // CPython's order: after `name=value` no positional, after `**` no `*` either.
        let mut keyword = false;
        let mut unpacked = false;
        let mut misplaced = false;
        let mut comma = None;
        while peek(inp) != Token::RightParen {
            if !inp.state().explaining && (keyword || unpacked) && !is_keyword_argument(inp) {
                // Nothing else can come now; CPython looks only for a name and what is behind it.
                if let Token::Name(_) = peek(inp) {
                    inp.skip();
                }
                invalid::touch(inp);
                return failure();
            }
            inp.state().sole_generator = sole_generator && args.is_empty();
            let (arg, bare_generator) = inp.parse(&argument)?;
            // Without parentheses of its own, a generator expression is the only argument, and
            // has the call's parentheses for its own.
            if bare_generator && !(sole_generator && args.is_empty() && peek(inp) == Token::RightParen) {
                if inp.state().explaining
                    && (!args.is_empty() || peek(inp) == Token::Comma)
                    && let Arg::Positional(value) = &arg
                {
                    let message = "Generator expression must be parenthesized";
                    return Err(inp.state().fail(Code::Arguments, value.span, message));
                }
                return failure();
            }
            match &arg {
                Arg::Positional(_) if keyword || unpacked => {
                    if inp.state().explaining {
                        invalid::touch(inp);
                        misplaced = true;
                    } else {
                        return failure();
                    }
                }
                Arg::Positional(_) => {}
                Arg::Star(value) if unpacked => {
                    if inp.state().explaining {
                        let from = comma.unwrap_or(value.span);
                        let span = inp.state().starting_from(from);
                        let message = "iterable argument unpacking follows keyword argument unpacking";
                        return Err(inp.state().fail(Code::Arguments, span, message));
                    }
                    return failure();
                }
                Arg::Star(_) => {}
                Arg::Keyword(..) => keyword = true,
                Arg::DoubleStar(_) => unpacked = true,
            }
            args.push(arg);
            comma = accept(inp, Token::Comma);
            if comma.is_none() {
                break;
            }
        }
        if misplaced {
            let what = if unpacked { " unpacking" } else { "" };
            let message = format!("positional argument follows keyword argument{what}");
            return Err(inp.state().fail_furthest(Code::Arguments, message));
        }
        Ok(args)
    })
    .boxed()
}

/// `NAME '='`, `*` or `**`.
fn is_keyword_argument(inp: &mut Input<'_, '_>) -> bool {
    match peek(inp) {
        Token::Star | Token::DoubleStar => true,
        Token::Name(_) => peek_at(inp, 1) == Token::Equal,
        _ => false,
    }
}

/// One argument; true when it is a generator expression without parentheses of its own.
fn argument<'s>(k: &Knots<'s>) -> Rule<'s, (Arg, bool)> {
    let expression = k.expression.rule();
    let named_expression = k.named_expression.rule();
    let for_if_clauses = k.for_if_clauses.rule();
    custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Star => {
            let star = peek_span(inp);
            inp.skip();
            let value = invalid::starred_value(inp, &expression)?;
            if inp.state().explaining && accept(inp, Token::Equal).is_some() {
                let right = inp.parse(&expression)?;
                let message = "cannot assign to iterable argument unpacking";
                return Err(inp.state().fail(Code::Arguments, star.to(right.span), message));
            }
            Ok((Arg::Star(value), false))
        }
        Token::DoubleStar => {
            let star = peek_span(inp);
            inp.skip();
            let value = inp.parse(&expression)?;
            if inp.state().explaining && accept(inp, Token::Equal).is_some() {
                let right = inp.parse(&expression)?;
                let message = "cannot assign to keyword argument unpacking";
                return Err(inp.state().fail(Code::Arguments, star.to(right.span), message));
            }
            Ok((Arg::DoubleStar(value), false))
        }
        Token::Name(_) if peek_at(inp, 1) == Token::Equal => {
            let name = inp.parse(name())?;
            let equal = peek_span(inp);
            inp.skip();
            if inp.state().explaining && matches!(peek(inp), Token::Comma | Token::RightParen) {
                let message = "expected argument value expression";
                return Err(inp.state().fail(Code::Arguments, name.span.to(equal), message));
            }
            let value = inp.parse(&expression)?;
            if inp.state().explaining
                && matches!(peek(inp), Token::For | Token::Async)
                && attempt(inp, &for_if_clauses).is_some()
            {
                let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                return Err(inp.state().fail(Code::EqualsForComparison, name.span.to(equal), message));
            }
            Ok((Arg::Keyword(name, value), false))
        }
        _ => {
            let start = position(inp);
            let sole_generator = inp.state().sole_generator;
            let element = if inp.state().explaining {
                // CPython reads no `named_expression` here, and so has other words for `=`.
                let walrus = matches!(peek(inp), Token::Name(_)) && peek_at(inp, 1) == Token::ColonEqual;
                let element = inp.parse(if walrus { &named_expression } else { &expression })?;
                if peek(inp) == Token::Equal {
                    let equal = peek_span(inp);
                    let first = inp.full_slice()[start].token;
                    let constant = matches!(first, Token::True | Token::False | Token::None)
                        && position(inp) == start + 1;
                    let message = if constant {
                        format!("cannot assign to {}", target::expr_name(&element))
                    } else {
                        "expression cannot contain assignment, perhaps you meant \"==\"?".to_owned()
                    };
                    let span = element.span.to(equal);
                    return Err(inp.state().fail(Code::Arguments, span, message));
                }
                element
            } else {
                inp.parse(&named_expression)?
            };
            let clauses_allowed = sole_generator || inp.state().explaining;
            if !clauses_allowed || !matches!(peek(inp), Token::For | Token::Async) {
                return Ok((Arg::Positional(element), false));
            }
            let clauses = inp.parse(&for_if_clauses)?;
            let span = span_since(inp, start);
            let comprehension = Comprehension { key: None, element, clauses };
            let kind = ExprKind::Generator(Box::new(comprehension));
            Ok((Arg::Positional(Expr { kind, span }), true))
        }
    })
    .boxed()
}

/// slices: slice !',' | (slice | '*' expression) (',' (slice | '*' expression))* [',']
fn slices<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let slice = slice(k);
    let expression = k.expression.rule();
    let item = custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Star => {
            let start = position(inp);
            inp.skip();
            let value = invalid::starred_value(inp, &expression)?;
            let span = span_since(inp, start);
            Ok(Expr { kind: ExprKind::Starred(Box::new(value)), span })
        }
        _ => inp.parse(&slice),
    })
    .boxed();
    let several = expr::tuple_of(item);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let index = inp.parse(&several)?;
        if let ExprKind::Starred(_) = index.kind {
            // `a[*b]` is a tuple of one.
            let span = span_since(inp, start);
            return Ok(Expr { kind: ExprKind::Tuple(vec![index]), span });
        }
        Ok(index)
    })
    .boxed()
}

/// slice: [expression] ':' [expression] [':' [expression]] | named_expression
fn slice<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let expression = k.expression.rule();
    let named_expression = k.named_expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let lower = if peek(inp) == Token::Colon {
            None
        } else {
            let value = inp.parse(&named_expression)?;
            if peek(inp) != Token::Colon {
                return Ok(value);
            }
            // A walrus needs parentheses to be a bound.
            if inp.full_slice().get(start + 1).map(|l| l.token) == Some(Token::ColonEqual) {
                return failure();
            }
            Some(Box::new(value))
        };
        inp.parse(token(Token::Colon))?;
        let part = |inp: &mut Input<'s, '_>| match peek(inp) {
            Token::Colon | Token::Comma | Token::RightBracket => Ok(None),
            _ => inp.parse(&expression).map(|e| Some(Box::new(e))),
        };
        let upper = part(inp)?;
        let step = match accept(inp, Token::Colon) {
            Some(_) => part(inp)?,
            None => None,
        };
        let span = span_since(inp, start);
        Ok(Expr { kind: ExprKind::Slice { lower, upper, step }, span })
    })
    .boxed()
}
