//! Atoms: names, constants, numbers, strings, and everything in brackets.

use super::super::ast::{CompFor, Comprehension, Expr, ExprKind};
use super::super::literal;
use super::*;

/// atom: NAME | 'True' | 'False' | 'None' | '...' | NUMBER | strings
///     | group_or_tuple | list_or_listcomp | dict_or_set
pub(super) fn atom<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let strings = fstring::strings(k);
    let group_or_tuple = group_or_tuple(k);
    let list_or_listcomp = list_or_listcomp(k);
    let dict_or_set = dict_or_set(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let checkpoint = inp.save();
        let Some(&Lexeme { token, span }) = inp.next_ref() else { return failure() };
        let kind = match token {
            Token::Name(name) => ExprKind::Name(name),
            Token::None => ExprKind::None,
            Token::True => ExprKind::True,
            Token::False => ExprKind::False,
            Token::Ellipsis => ExprKind::Ellipsis,
            Token::Number => match literal::number(&inp.state().source[span.range()]) {
                Ok(kind) => kind,
                Err(message) => return Err(inp.state().fail(Code::InvalidNumber, span, message)),
            },
            // The lexer has said what is wrong here.
            Token::Error => ExprKind::Error,
            Token::String | Token::Bytes | Token::FStringStart => {
                inp.rewind(checkpoint);
                return inp.parse(&strings);
            }
            Token::LeftParen => {
                inp.rewind(checkpoint);
                return inp.parse(&group_or_tuple);
            }
            Token::LeftBracket => {
                inp.rewind(checkpoint);
                return inp.parse(&list_or_listcomp);
            }
            Token::LeftBrace => {
                inp.rewind(checkpoint);
                return inp.parse(&dict_or_set);
            }
            _ => return failure(),
        };
        Ok(Expr { kind, span })
    })
    .boxed()
}

/// Whether a comprehension's clauses follow.
fn at_clauses(inp: &mut Input<'_, '_>) -> bool {
    matches!(peek(inp), Token::For | Token::Async)
}

/// group_or_tuple: '(' (yield_expr | named_expression) ')'
///               | '(' [star_named_expression ',' [star_named_expressions]] ')'
///               | '(' named_expression for_if_clauses ')'
fn group_or_tuple<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let yield_expr = k.yield_expr.rule();
    let item = expr::star_named_expression(k);
    let for_if_clauses = k.for_if_clauses.rule();
    let invalid = invalid::invalid_group(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::LeftParen))?;
        if inp.state().explaining {
            attempt(inp, &invalid);
        }
        if accept(inp, Token::RightParen).is_some() {
            let span = span_since(inp, start);
            return Ok(Expr { kind: ExprKind::Tuple(Vec::new()), span });
        }
        if peek(inp) == Token::Yield {
            let value = inp.parse(&yield_expr)?;
            inp.parse(token(Token::RightParen))?;
            return Ok(value);
        }
        let first = inp.parse(&item)?;
        let is_starred = matches!(first.kind, ExprKind::Starred(_));
        if at_clauses(inp) && !is_starred {
            let clauses = inp.parse(&for_if_clauses)?;
            inp.parse(token(Token::RightParen))?;
            let span = span_since(inp, start);
            let comprehension = Comprehension { key: None, element: first, clauses };
            return Ok(Expr { kind: ExprKind::Generator(Box::new(comprehension)), span });
        }
        if is_starred && inp.state().explaining {
            invalid::invalid_comprehension(inp, std::slice::from_ref(&first), None, &for_if_clauses);
        }
        if peek(inp) != Token::Comma {
            inp.parse(token(Token::RightParen))?;
            // `(*a)` is no tuple, and a star needs one.
            return if is_starred { failure() } else { Ok(first) };
        }
        let items = rest_of_items(inp, first, &item, Token::RightParen, None)?;
        let span = span_since(inp, start);
        Ok(Expr { kind: ExprKind::Tuple(items), span })
    })
    .boxed()
}

/// After the first item of a display: more of them up to and with the closing bracket.
fn rest_of_items<'s>(
    inp: &mut Input<'s, '_>,
    first: Expr,
    item: &Rule<'s, Expr>,
    closer: Token,
    clauses: Option<&Rule<'s, Vec<CompFor>>>,
) -> Result<Vec<Expr>, EmptyErr> {
    let mut items = vec![first];
    let mut comma = None;
    loop {
        if let Some(clauses) = clauses
            && inp.state().explaining
        {
            invalid::invalid_comprehension(inp, &items, comma, clauses);
        }
        comma = accept(inp, Token::Comma);
        if comma.is_none() || peek(inp) == closer {
            break;
        }
        if let Some(clauses) = clauses
            && inp.state().explaining
            && items.len() == 1
        {
            invalid::invalid_comprehension(inp, &items, comma, clauses);
        }
        items.push(inp.parse(item)?);
    }
    inp.parse(token(closer))?;
    Ok(items)
}

/// list_or_listcomp: '[' [star_named_expressions] ']'
///                 | '[' named_expression for_if_clauses ']'
fn list_or_listcomp<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let item = expr::star_named_expression(k);
    let for_if_clauses = k.for_if_clauses.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::LeftBracket))?;
        let mut items = Vec::new();
        if accept(inp, Token::RightBracket).is_none() {
            let first = inp.parse(&item)?;
            if at_clauses(inp) && !matches!(first.kind, ExprKind::Starred(_)) {
                let clauses = inp.parse(&for_if_clauses)?;
                inp.parse(token(Token::RightBracket))?;
                let span = span_since(inp, start);
                let comprehension = Comprehension { key: None, element: first, clauses };
                return Ok(Expr { kind: ExprKind::ListComp(Box::new(comprehension)), span });
            }
            items = rest_of_items(inp, first, &item, Token::RightBracket, Some(&for_if_clauses))?;
        }
        let span = span_since(inp, start);
        Ok(Expr { kind: ExprKind::List(items), span })
    })
    .boxed()
}

/// dict_or_set: '{' [double_starred_kvpair (',' double_starred_kvpair)* [',']] '}'
///            | '{' expression ':' expression for_if_clauses '}'
///            | '{' star_named_expressions '}'
///            | '{' named_expression for_if_clauses '}'
fn dict_or_set<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let item = expr::star_named_expression(k);
    let double_starred_kvpair = double_starred_kvpair(k);
    let value = k.expression.rule();
    let for_if_clauses = k.for_if_clauses.rule();
    let bitwise_or = k.bitwise_or.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::LeftBrace))?;
        let kind = if accept(inp, Token::RightBrace).is_some() {
            ExprKind::Dict(Vec::new())
        } else if peek(inp) == Token::DoubleStar {
            let stars = peek_span(inp);
            let first = inp.parse(&double_starred_kvpair)?;
            if inp.state().explaining && at_clauses(inp) && attempt(inp, &for_if_clauses).is_some() {
                let message = "dict unpacking cannot be used in dict comprehension";
                return Err(inp.state().fail(Code::Comprehension, stars, message));
            }
            ExprKind::Dict(rest_of_pairs(inp, first, &double_starred_kvpair)?)
        } else {
            // A dict or a set: the token after the first item tells.
            let bare_walrus = peek_at(inp, 1) == Token::ColonEqual;
            let first = inp.parse(&item)?;
            let is_starred = matches!(first.kind, ExprKind::Starred(_));
            match peek(inp) {
                Token::Colon if !is_starred && !bare_walrus => {
                    if inp.state().explaining {
                        invalid::invalid_kvpair(inp, &first, true, &bitwise_or);
                    }
                    inp.skip();
                    let first_value = inp.parse(&value)?;
                    if at_clauses(inp) {
                        let clauses = inp.parse(&for_if_clauses)?;
                        inp.parse(token(Token::RightBrace))?;
                        ExprKind::DictComp(Box::new(Comprehension {
                            key: Some(first),
                            element: first_value,
                            clauses,
                        }))
                    } else {
                        let pair = (Some(first), first_value);
                        ExprKind::Dict(rest_of_pairs(inp, pair, &double_starred_kvpair)?)
                    }
                }
                Token::For | Token::Async if !is_starred => {
                    let clauses = inp.parse(&for_if_clauses)?;
                    inp.parse(token(Token::RightBrace))?;
                    ExprKind::SetComp(Box::new(Comprehension { key: None, element: first, clauses }))
                }
                _ => {
                    let clauses = Some(&for_if_clauses);
                    ExprKind::Set(rest_of_items(inp, first, &item, Token::RightBrace, clauses)?)
                }
            }
        };
        let span = span_since(inp, start);
        Ok(Expr { kind, span })
    })
    .boxed()
}

type Pair = (Option<Expr>, Expr);

fn rest_of_pairs<'s>(
    inp: &mut Input<'s, '_>,
    first: Pair,
    pair: &Rule<'s, Pair>,
) -> Result<Vec<Pair>, EmptyErr> {
    let mut pairs = vec![first];
    while accept(inp, Token::Comma).is_some() {
        if peek(inp) == Token::RightBrace {
            break;
        }
        pairs.push(inp.parse(pair)?);
    }
    inp.parse(token(Token::RightBrace))?;
    Ok(pairs)
}

/// double_starred_kvpair: '**' bitwise_or | expression ':' expression
fn double_starred_kvpair<'s>(k: &Knots<'s>) -> Rule<'s, Pair> {
    let unpacked =
        token(Token::DoubleStar).ignore_then(k.bitwise_or.rule()).map(|value| (None, value)).boxed();
    let expression = k.expression.rule();
    let bitwise_or = k.bitwise_or.rule();
    let kvpair = custom(move |inp: &mut Input<'s, '_>| {
        let key = inp.parse(&expression)?;
        // Of a missing colon CPython says so at once, before it looks for other words.
        if inp.state().explaining || peek(inp) != Token::Colon {
            invalid::invalid_kvpair(inp, &key, false, &bitwise_or);
        }
        inp.parse(token(Token::Colon))?;
        Ok((Some(key), inp.parse(&expression)?))
    })
    .boxed();
    custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::DoubleStar => inp.parse(&unpacked),
        _ => inp.parse(&kvpair),
    })
    .boxed()
}
