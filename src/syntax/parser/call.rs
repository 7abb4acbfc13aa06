//! Primaries: an atom with its calls, subscripts and attributes; arguments and slices.

use super::super::ast::{Arg, Comprehension, Expr, ExprKind};
use super::*;

/// primary: atom ('.' NAME | '(' [arguments] ')' | '[' slices ']')*
pub(super) fn primary<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let atom = atom::atom(k);
    let arguments = arguments(k, true);
    let slices = slices(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let mut value = inp.parse(&atom)?;
        let mut links = 0;
        loop {
            let kind = match peek(inp) {
                Token::Dot => {
                    inp.skip();
                    let attr = inp.parse(name())?;
                    ExprKind::Attribute { value: Box::new(value), attr }
                }
                Token::LeftParen => {
                    let open = position(inp);
                    inp.skip();
                    let mut args = inp.parse(&arguments)?;
                    inp.parse(token(Token::RightParen))?;
                    if let [Arg::Positional(Expr { kind: ExprKind::Generator(_), span })] = &mut args[..] {
                        let outer = span_since(inp, open);
                        if is_bare(inp, open) {
                            *span = outer;
                        }
                    }
                    ExprKind::Call { func: Box::new(value), args }
                }
                Token::LeftBracket => {
                    inp.skip();
                    let index = inp.parse(&slices)?;
                    inp.parse(token(Token::RightBracket))?;
                    ExprKind::Subscript { value: Box::new(value), index: Box::new(index) }
                }
                _ => return Ok(value),
            };
            let span = span_since(inp, start);
            value = Expr { kind, span };
            links += 1;
            if links > MAX_HEIGHT {
                return Err(too_deep(inp.state(), span));
            }
        }
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
    let invalid = invalid::invalid_arguments(k);
    custom(move |inp: &mut Input<'s, '_>| {
        if inp.state().explaining && attempt(inp, &invalid).is_some() {
            return failure();
        }
        let mut args = Vec::new();
        // CPython's order: after `name=value` no positional, after `**` no `*` either.
        let mut keyword = false;
        let mut unpacked = false;
        while peek(inp) != Token::RightParen {
            let (arg, bare_generator) = inp.parse(&argument)?;
            // Without parentheses of its own, a generator expression is the only argument, and
            // has the call's parentheses for its own.
            if bare_generator && !(sole_generator && args.is_empty() && peek(inp) == Token::RightParen) {
                return failure();
            }
            match &arg {
                Arg::Positional(_) if keyword || unpacked => return failure(),
                Arg::Positional(_) => {}
                Arg::Star(_) if unpacked => return failure(),
                Arg::Star(_) => {}
                Arg::Keyword(..) => keyword = true,
                Arg::DoubleStar(_) => unpacked = true,
            }
            args.push(arg);
            if accept(inp, Token::Comma).is_none() {
                break;
            }
        }
        Ok(args)
    })
    .boxed()
}

/// One argument; true when it is a generator expression without parentheses of its own.
fn argument<'s>(k: &Knots<'s>) -> Rule<'s, (Arg, bool)> {
    let expression = k.expression.rule();
    let named_expression = k.named_expression.rule();
    let for_if_clauses = k.for_if_clauses.rule();
    let invalid_kwarg = invalid::invalid_kwarg(k);
    custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Star => {
            inp.skip();
            inp.parse(&expression).map(|value| (Arg::Star(value), false))
        }
        Token::DoubleStar => {
            inp.skip();
            inp.parse(&expression).map(|value| (Arg::DoubleStar(value), false))
        }
        Token::Name(_) if peek_at(inp, 1) == Token::Equal => {
            if inp.state().explaining {
                attempt(inp, &invalid_kwarg);
            }
            let name = inp.parse(name())?;
            inp.skip();
            Ok((Arg::Keyword(name, inp.parse(&expression)?), false))
        }
        _ => {
            let start = position(inp);
            if inp.state().explaining {
                attempt(inp, &invalid_kwarg);
            }
            let element = inp.parse(&named_expression)?;
            if !matches!(peek(inp), Token::For | Token::Async) {
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
    let starred = expr::star_expression(k);
    let item = custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Star => inp.parse(&starred),
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
