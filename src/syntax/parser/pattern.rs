//! Patterns of the `match` statement.

use super::super::ast::{BinOp, Expr, ExprKind, Ident, Pattern, PatternKind, UnaryOp};
use super::super::literal;
use super::*;

/// patterns: open_sequence_pattern | pattern
///
/// open_sequence_pattern: maybe_star_pattern ',' [maybe_sequence_pattern]
pub(super) fn patterns<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let item = maybe_star_pattern(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let first = inp.parse(&item)?;
        if peek(inp) != Token::Comma {
            return match first.kind {
                PatternKind::Star(_) => failure(),
                _ => Ok(first),
            };
        }
        let mut items = vec![first];
        while accept(inp, Token::Comma).is_some() {
            match attempt(inp, &item) {
                Some(next) => items.push(next),
                None => break,
            }
        }
        let span = span_since(inp, start);
        Ok(Pattern { kind: PatternKind::Sequence(items), span })
    })
    .boxed()
}

/// maybe_star_pattern: star_pattern | pattern
///
/// star_pattern: '*' NAME
fn maybe_star_pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let pattern = k.pattern.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let Some(star) = accept(inp, Token::Star) else { return inp.parse(&pattern) };
        let name = inp.parse(name())?;
        let span = star.to(name.span);
        Ok(Pattern { kind: PatternKind::Star(unless_wildcard(name)), span })
    })
    .boxed()
}

fn unless_wildcard(name: Ident) -> Option<Ident> {
    (name.name.as_str() != "_").then_some(name)
}

/// pattern: or_pattern ['as' pattern_capture_target]
pub(super) fn pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let or_pattern = or_pattern(k);
    let expression = k.expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let pattern = inp.parse(&or_pattern)?;
        if accept(inp, Token::As).is_none() {
            return Ok(pattern);
        }
        let next = peek_span(inp);
        if let Some(name) = attempt(inp, &name()) {
            if name.name.as_str() == "_" {
                let message = "cannot use '_' as a target";
                return Err(inp.state().fail(Code::Pattern, next, message));
            }
            if !matches!(peek(inp), Token::Dot | Token::LeftParen | Token::Equal) {
                let span = span_since(inp, start);
                let kind = PatternKind::As { pattern: Some(Box::new(pattern)), name: Some(name) };
                return Ok(Pattern { kind, span });
            }
        }
        invalid::touch(inp);
        if inp.state().explaining
            && peek_span(inp) == next
            && let Some(value) = attempt(inp, &expression)
        {
            return Err(inp.state().fail(Code::Pattern, value.span, "invalid pattern target"));
        }
        failure()
    })
    .boxed()
}

/// or_pattern: closed_pattern ('|' closed_pattern)*
fn or_pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    closed_pattern(k)
        .separated_by(token(Token::Bar))
        .at_least(1)
        .collect::<Vec<_>>()
        .map_with(|mut patterns, e: &mut At<'s, '_>| match patterns.pop() {
            Some(only) if patterns.is_empty() => only,
            last => {
                patterns.extend(last);
                Pattern { kind: PatternKind::Or(patterns), span: span_of(e.slice()) }
            }
        })
        .boxed()
}

/// closed_pattern: literal_pattern | capture_pattern | wildcard_pattern | value_pattern
///               | group_pattern | sequence_pattern | mapping_pattern | class_pattern
fn closed_pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let literal = literal_expr(k)
        .map(|value| {
            let span = value.span;
            let kind = match value.kind {
                ExprKind::None | ExprKind::True | ExprKind::False => PatternKind::Singleton(value),
                _ => PatternKind::Value(value),
            };
            Pattern { kind, span }
        })
        .boxed();
    let name_or_class = name_or_class_pattern(k);
    let group_or_sequence = group_or_sequence_pattern(k);
    let mapping = mapping_pattern(k);
    custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Name(_) => inp.parse(&name_or_class),
        Token::LeftParen | Token::LeftBracket => inp.parse(&group_or_sequence),
        Token::LeftBrace => inp.parse(&mapping),
        _ => inp.parse(&literal),
    })
    .boxed()
}

/// literal_expr: signed_number ['+' NUMBER | '-' NUMBER] | strings | 'None' | 'True' | 'False'
fn literal_expr<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let strings = fstring::strings(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let span = peek_span(inp);
        let kind = match peek(inp) {
            Token::None => ExprKind::None,
            Token::True => ExprKind::True,
            Token::False => ExprKind::False,
            Token::String | Token::Bytes | Token::FStringStart => {
                let value = inp.parse(&strings)?;
                if matches!(value.kind, ExprKind::FString(_)) {
                    let message = "patterns may only match literals and attribute lookups";
                    return Err(inp.state().fail(Code::Pattern, value.span, message));
                }
                return Ok(value);
            }
            Token::Error => ExprKind::Error,
            _ => {
                let real = signed_number(inp)?;
                let op = match peek(inp) {
                    Token::Plus => BinOp::Add,
                    Token::Minus => BinOp::Sub,
                    _ => return Ok(real),
                };
                inp.skip();
                let imaginary = number(inp)?;
                if !is_real(&real) {
                    let message = "real number required in complex literal";
                    return Err(inp.state().fail(Code::Pattern, real.span, message));
                }
                if !matches!(imaginary.kind, ExprKind::Imaginary(_)) {
                    let message = "imaginary number required in complex literal";
                    return Err(inp.state().fail(Code::Pattern, imaginary.span, message));
                }
                let span = real.span.to(imaginary.span);
                let kind = ExprKind::Binary(Box::new(real), op, Box::new(imaginary));
                return Ok(Expr { kind, span });
            }
        };
        inp.skip();
        Ok(Expr { kind, span })
    })
    .boxed()
}

fn is_real(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Unary(_, value) => is_real(value),
        ExprKind::Imaginary(_) => false,
        _ => true,
    }
}

/// signed_number: ['-'] NUMBER
fn signed_number(inp: &mut Input<'_, '_>) -> Result<Expr, EmptyErr> {
    match accept(inp, Token::Minus) {
        Some(minus) => {
            let value = number(inp)?;
            let span = minus.to(value.span);
            Ok(Expr { kind: ExprKind::Unary(UnaryOp::Neg, Box::new(value)), span })
        }
        None => number(inp),
    }
}

fn number(inp: &mut Input<'_, '_>) -> Result<Expr, EmptyErr> {
    let span = peek_span(inp);
    match inp.next_ref() {
        Some(l) if l.token == Token::Number => match literal::number(&inp.state().source[span.range()]) {
            Ok(kind) => Ok(Expr { kind, span }),
            Err(message) => Err(inp.state().fail(Code::InvalidNumber, span, message)),
        },
        _ => failure(),
    }
}

/// attr: NAME ('.' NAME)+
fn dotted(inp: &mut Input<'_, '_>) -> Result<Expr, EmptyErr> {
    let first = inp.parse(name())?;
    let mut value = Expr { kind: ExprKind::Name(first.name), span: first.span };
    while accept(inp, Token::Dot).is_some() {
        let attr = inp.parse(name())?;
        let span = value.span.to(attr.span);
        value = Expr { kind: ExprKind::Attribute { value: Box::new(value), attr }, span };
        link(inp)?;
    }
    Ok(value)
}

/// capture_pattern: NAME
///
/// wildcard_pattern: "_"
///
/// value_pattern: attr
///
/// class_pattern: name_or_attr '(' [positional_patterns] [keyword_patterns] ')'
fn name_or_class_pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let pattern = k.pattern.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let value = dotted(inp)?;
        let span = value.span;
        if accept(inp, Token::LeftParen).is_none() {
            let kind = match value.kind {
                ExprKind::Name(name) => {
                    if peek(inp) == Token::Equal {
                        return failure();
                    }
                    let name = unless_wildcard(Ident { name, span });
                    PatternKind::As { pattern: None, name }
                }
                _ => PatternKind::Value(value),
            };
            return Ok(Pattern { kind, span });
        }
        let mut patterns = Vec::new();
        let mut keywords: Vec<(Ident, Pattern)> = Vec::new();
        while peek(inp) != Token::RightParen {
            if matches!(peek(inp), Token::Name(_)) && peek_at(inp, 1) == Token::Equal {
                let name = inp.parse(name())?;
                inp.skip();
                keywords.push((name, inp.parse(&pattern)?));
            } else {
                let positional = inp.parse(&pattern)?;
                if !keywords.is_empty() {
                    // CPython underlines the first such run of patterns.
                    let mut place = positional.span;
                    while accept(inp, Token::Comma).is_some() {
                        if matches!(peek(inp), Token::Name(_)) && peek_at(inp, 1) == Token::Equal {
                            break;
                        }
                        let Some(next) = attempt(inp, &pattern) else { break };
                        place = place.to(next.span);
                    }
                    let message = "positional patterns follow keyword patterns";
                    return Err(inp.state().fail(Code::Pattern, place, message));
                }
                patterns.push(positional);
            }
            if accept(inp, Token::Comma).is_none() {
                break;
            }
        }
        inp.parse(token(Token::RightParen))?;
        let span = span_since(inp, start);
        Ok(Pattern { kind: PatternKind::Class { class: value, patterns, keywords }, span })
    })
    .boxed()
}

/// group_pattern: '(' pattern ')'
///
/// sequence_pattern: '[' [maybe_sequence_pattern] ']' | '(' [open_sequence_pattern] ')'
///
/// maybe_sequence_pattern: maybe_star_pattern (',' maybe_star_pattern)* [',']
fn group_or_sequence_pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let item = maybe_star_pattern(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let round = peek(inp) == Token::LeftParen;
        let closer = if round { Token::RightParen } else { Token::RightBracket };
        inp.skip();
        let mut items = Vec::new();
        let mut comma = false;
        while peek(inp) != closer {
            items.push(inp.parse(&item)?);
            comma = accept(inp, Token::Comma).is_some();
            if !comma {
                break;
            }
        }
        inp.parse(token(closer))?;
        if round && !comma && items.len() == 1 {
            return match items.pop() {
                Some(only) if !matches!(only.kind, PatternKind::Star(_)) => Ok(only),
                _ => failure(),
            };
        }
        let span = span_since(inp, start);
        Ok(Pattern { kind: PatternKind::Sequence(items), span })
    })
    .boxed()
}

/// key_value_pattern: (literal_expr | attr) ':' pattern
fn key_value_pattern<'s>(k: &Knots<'s>) -> Rule<'s, (Expr, Pattern)> {
    let literal_expr = literal_expr(k);
    let pattern = k.pattern.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let key = match peek(inp) {
            Token::Name(_) => match dotted(inp)? {
                Expr { kind: ExprKind::Name(_), .. } => return failure(),
                key => key,
            },
            _ => inp.parse(&literal_expr)?,
        };
        inp.parse(token(Token::Colon))?;
        Ok((key, inp.parse(&pattern)?))
    })
    .boxed()
}

/// mapping_pattern: '{' [key_value_pattern (',' key_value_pattern)*] [',' '**' NAME] [','] '}'
fn mapping_pattern<'s>(k: &Knots<'s>) -> Rule<'s, Pattern> {
    let key_value_pattern = key_value_pattern(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::LeftBrace))?;
        let mut entries = Vec::new();
        let mut rest = None;
        while peek(inp) != Token::RightBrace {
            if accept(inp, Token::DoubleStar).is_some() {
                let name = inp.parse(name())?;
                if name.name.as_str() == "_" {
                    return failure();
                }
                rest = Some(name);
                accept(inp, Token::Comma);
                break;
            }
            entries.push(inp.parse(&key_value_pattern)?);
            if accept(inp, Token::Comma).is_none() {
                break;
            }
        }
        inp.parse(token(Token::RightBrace))?;
        let span = span_since(inp, start);
        Ok(Pattern { kind: PatternKind::Mapping { entries, rest }, span })
    })
    .boxed()
}
