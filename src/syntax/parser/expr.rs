//! Expressions, from the loosest binding to the tightest: star expressions, named expressions,
//! conditionals, `lambda`, boolean operators, comparisons, and the binary operators in one Pratt
//! table with one entry for each level. `atom` and `call` hold what comes below.

use super::super::ast::{BinOp, BoolOp, CmpOp, Expr, ExprKind, Lambda, UnaryOp};
use super::*;
use chumsky::pratt::{infix, left};

fn expr(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}

/// star_expressions: star_expression (',' star_expression)* [',']
pub(super) fn star_expressions<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    tuple_of(star_expression(k))
}

/// One item, or several with commas as a tuple without brackets.
pub(super) fn tuple_of<'s>(item: Rule<'s, Expr>) -> Rule<'s, Expr> {
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let first = inp.parse(&item)?;
        if peek(inp) != Token::Comma {
            return Ok(first);
        }
        let mut items = vec![first];
        while accept(inp, Token::Comma).is_some() {
            match attempt(inp, &item) {
                Some(next) => items.push(next),
                None => break,
            }
        }
        let span = span_since(inp, start);
        Ok(expr(ExprKind::Tuple(items), span))
    })
    .boxed()
}

/// star_expression: '*' bitwise_or | expression
pub(super) fn star_expression<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    starred_or(k, k.expression.rule())
}

/// star_named_expression: '*' bitwise_or | named_expression
pub(super) fn star_named_expression<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    starred_or(k, k.named_expression.rule())
}

fn starred_or<'s>(k: &Knots<'s>, other: Rule<'s, Expr>) -> Rule<'s, Expr> {
    let starred = token(Token::Star)
        .then(k.bitwise_or.rule())
        .map_with(|(_, value), e: &mut At<'s, '_>| {
            expr(ExprKind::Starred(Box::new(value)), span_of(e.slice()))
        })
        .boxed();
    custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Star => inp.parse(&starred),
        _ => inp.parse(&other),
    })
    .boxed()
}

/// named_expression: NAME ':=' expression | expression !':='
pub(super) fn named_expression<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let walrus = assignment_expression(k);
    let plain = expression(k);
    let again = k.expression.rule();
    let bitwise_or = k.bitwise_or.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        if matches!(peek(inp), Token::Name(_)) && peek_at(inp, 1) == Token::ColonEqual {
            return inp.parse(&walrus);
        }
        let start = position(inp);
        let value = inp.parse(&plain)?;
        if inp.state().explaining {
            invalid::invalid_named_expression(inp, start, &value, &again, &bitwise_or);
        }
        if peek(inp) == Token::ColonEqual || inp.state().fatal.is_some() {
            return failure();
        }
        Ok(value)
    })
    .boxed()
}

/// assignment_expression: NAME ':=' expression
fn assignment_expression<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    name()
        .then_ignore(token(Token::ColonEqual))
        .then(k.expression.rule())
        .map_with(|(target, value), e: &mut At<'s, '_>| {
            expr(ExprKind::Walrus { target, value: Box::new(value) }, span_of(e.slice()))
        })
        .boxed()
}

/// yield_expr: 'yield' 'from' expression | 'yield' [star_expressions]
pub(super) fn yield_expr<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let from = token(Token::From).ignore_then(k.expression.rule()).map(|e| ExprKind::YieldFrom(Box::new(e)));
    let plain = k.star_expressions.rule().or_not().map(|e| ExprKind::Yield(e.map(Box::new)));
    token(Token::Yield)
        .ignore_then(choice((from, plain)))
        .map_with(|kind, e: &mut At<'s, '_>| expr(kind, span_of(e.slice())))
        .boxed()
}

/// expression: disjunction ['if' disjunction 'else' expression] | lambdef
pub(super) fn expression<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let lambda = lambdef(k);
    let plain = disjunction(k);
    let test = k.disjunction.rule();
    let orelse = k.expression.rule();
    let star_expressions = k.star_expressions.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        if peek(inp) == Token::Lambda {
            return inp.parse(&lambda);
        }
        let start = position(inp);
        let body = inp.parse(&plain)?;
        if inp.state().explaining {
            invalid::invalid_expression(inp, start, &body, &orelse, &test);
            invalid::invalid_legacy_expression(inp, start, &body, &star_expressions);
            if inp.state().fatal.is_some() {
                return failure();
            }
        }
        if peek(inp) != Token::If {
            return Ok(body);
        }
        // `x if y` without `else` may be an `x` followed by a comprehension's condition.
        let checkpoint = inp.save();
        accept(inp, Token::If);
        let Ok(test) = inp.parse(&test) else {
            inp.rewind(checkpoint);
            return Ok(body);
        };
        if accept(inp, Token::Else).is_none() {
            inp.rewind(checkpoint);
            return Ok(body);
        }
        let Ok(orelse) = inp.parse(&orelse) else {
            inp.rewind(checkpoint);
            return Ok(body);
        };
        let span = span_since(inp, start);
        Ok(expr(
            ExprKind::IfExp { test: Box::new(test), body: Box::new(body), orelse: Box::new(orelse) },
            span,
        ))
    })
    .boxed()
}

/// lambdef: 'lambda' [lambda_params] ':' expression
pub(super) fn lambdef<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    token(Token::Lambda)
        .then(params::lambda_params(k))
        .then_ignore(lambda_colon())
        .then(k.expression.rule())
        .map_with(|((_, params), body), e: &mut At<'s, '_>| {
            expr(ExprKind::Lambda(Box::new(Lambda { params, body })), span_of(e.slice()))
        })
        .boxed()
}

/// The colon of a lambda. In an f-string it may be the colon of the field.
fn lambda_colon<'s>() -> impl Parser<'s, Tokens<'s>, Span, Extra<'s>> + Clone {
    custom(|inp: &mut Input<'s, '_>| {
        let colon = inp.parse(token(Token::Colon))?;
        if inp.state().explaining {
            invalid::lambda_in_fstring(inp, colon);
        }
        Ok(colon)
    })
}

/// disjunction: conjunction ('or' conjunction)*
pub(super) fn disjunction<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    boolean(conjunction(k), Token::Or, BoolOp::Or)
}

/// conjunction: inversion ('and' inversion)*
fn conjunction<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    boolean(inversion(k), Token::And, BoolOp::And)
}

fn boolean<'s>(operand: Rule<'s, Expr>, word: Token, op: BoolOp) -> Rule<'s, Expr> {
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let first = inp.parse(&operand)?;
        if peek(inp) != word {
            return Ok(first);
        }
        let mut operands = vec![first];
        while peek(inp) == word {
            let checkpoint = inp.save();
            inp.skip();
            match inp.parse(&operand) {
                Ok(next) => operands.push(next),
                Err(_) => {
                    inp.rewind(checkpoint);
                    break;
                }
            }
        }
        if operands.len() == 1 {
            return operands.pop().ok_or_else(EmptyErr::default);
        }
        let span = span_since(inp, start);
        Ok(expr(ExprKind::Bool(op, operands), span))
    })
    .boxed()
}

/// inversion: 'not'* comparison
fn inversion<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let comparison = comparison(k);
    custom(move |inp: &mut Input<'s, '_>| {
        if peek(inp) != Token::Not {
            return inp.parse(&comparison);
        }
        let mut starts = Vec::new();
        while let Some(span) = accept(inp, Token::Not) {
            starts.push(span);
            link(inp)?;
        }
        let operand = inp.parse(&comparison)?;
        let end = last_span(inp);
        Ok(unary(starts.into_iter().map(|s| (UnaryOp::Not, s)).collect(), operand, end))
    })
    .boxed()
}

/// `operand`, whose last token is at `end`, under the operators before it.
fn unary(ops: Vec<(UnaryOp, Span)>, operand: Expr, end: Span) -> Expr {
    ops.into_iter().rev().fold(operand, |operand, (op, start)| {
        let span = start.to(end);
        expr(ExprKind::Unary(op, Box::new(operand)), span)
    })
}

/// comparison: bitwise_or (compare_op bitwise_or)*
fn comparison<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let operand = bitwise_or(k);
    let op = compare_op();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let first = inp.parse(&operand)?;
        let mut rest = Vec::new();
        while may_compare(peek(inp)) {
            let checkpoint = inp.save();
            let pair = inp.parse(&op).ok().and_then(|op| Some((op, inp.parse(&operand).ok()?)));
            match pair {
                Some(pair) => rest.push(pair),
                None => {
                    inp.rewind(checkpoint);
                    break;
                }
            }
        }
        if rest.is_empty() {
            return Ok(first);
        }
        let span = span_since(inp, start);
        Ok(expr(ExprKind::Compare(Box::new(first), rest), span))
    })
    .boxed()
}

fn may_compare(token: Token) -> bool {
    matches!(
        token,
        Token::EqualEqual
            | Token::NotEqual
            | Token::Less
            | Token::LessEqual
            | Token::Greater
            | Token::GreaterEqual
            | Token::In
            | Token::Is
            | Token::Not
    )
}

/// compare_op: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not' 'in' | 'is' | 'is' 'not'
fn compare_op<'s>() -> Rule<'s, CmpOp> {
    custom(|inp: &mut Input<'s, '_>| {
        let Some(lexeme) = inp.next_ref() else { return failure() };
        Ok(match lexeme.token {
            Token::EqualEqual => CmpOp::Eq,
            Token::NotEqual => CmpOp::NotEq,
            Token::Less => CmpOp::Lt,
            Token::LessEqual => CmpOp::LtE,
            Token::Greater => CmpOp::Gt,
            Token::GreaterEqual => CmpOp::GtE,
            Token::In => CmpOp::In,
            Token::Not if accept(inp, Token::In).is_some() => CmpOp::NotIn,
            Token::Is if accept(inp, Token::Not).is_some() => CmpOp::IsNot,
            Token::Is => CmpOp::Is,
            _ => return failure(),
        })
    })
    .boxed()
}

/// bitwise_or: factor (binary_op factor)*, by the table of levels below
pub(super) fn bitwise_or<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let factor = factor(k);
    let operand = custom(move |inp: &mut Input<'s, '_>| {
        let state = inp.state();
        if let Some(first) = state.first_operand.take() {
            return Ok(first);
        }
        link(inp)?;
        inp.parse(&factor)
    });
    let fold = |left: Expr, op: BinOp, right: Expr, e: &mut At<'s, '_>| {
        // For a chain from the very left, the table started after the first operand.
        let read = e.span();
        let chain = e.state().chain;
        let from = if read.start == chain.resumed { chain.start } else { read.start };
        let span = span_of(&e.state().tokens[from..read.end]);
        expr(ExprKind::Binary(Box::new(left), op, Box::new(right)), span)
    };
    let chain = operand
        .clone()
        .pratt((
            infix(left(5), binary_op(5), fold),
            infix(left(4), binary_op(4), fold),
            infix(left(3), binary_op(3), fold),
            infix(left(2), binary_op(2), fold),
            infix(left(1), binary_op(1), fold),
            infix(left(0), binary_op(0), fold),
        ))
        .boxed();
    custom(move |inp: &mut Input<'s, '_>| {
        let outer = inp.state().chain;
        let start = position(inp);
        inp.state().chain = Chain { start, resumed: usize::MAX };
        // Most expressions have no operator; the table is asked only when there is one, and
        // then finds its first operand already read.
        let result = scope(inp, |inp| {
            let first = inp.parse(&operand)?;
            if level_of(peek(inp)).is_none() {
                return Ok(first);
            }
            let resumed = position(inp);
            let state = inp.state();
            state.first_operand = Some(first);
            state.chain.resumed = resumed;
            inp.parse(&chain)
        });
        inp.state().chain = outer;
        result
    })
    .boxed()
}

/// The operators of one level of the table.
fn binary_op<'s>(level: u8) -> impl Parser<'s, Tokens<'s>, BinOp, Extra<'s>> + Copy {
    custom(move |inp: &mut Input<'s, '_>| match level_of(peek(inp)) {
        Some((found, op)) if found == level => {
            inp.skip();
            Ok(op)
        }
        _ => failure(),
    })
}

/// Level 0 binds loosest.
fn level_of(token: Token) -> Option<(u8, BinOp)> {
    Some(match token {
        Token::Bar => (0, BinOp::BitOr),
        Token::Caret => (1, BinOp::BitXor),
        Token::Ampersand => (2, BinOp::BitAnd),
        Token::LeftShift => (3, BinOp::LShift),
        Token::RightShift => (3, BinOp::RShift),
        Token::Plus => (4, BinOp::Add),
        Token::Minus => (4, BinOp::Sub),
        Token::Star => (5, BinOp::Mul),
        Token::Slash => (5, BinOp::Div),
        Token::DoubleSlash => (5, BinOp::FloorDiv),
        Token::Percent => (5, BinOp::Mod),
        Token::At => (5, BinOp::MatMul),
        _ => return None,
    })
}

/// factor: ('+' | '-' | '~')* power
pub(super) fn factor<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let power = power(k);
    let exponent = k.bitwise_or.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        if unary_of(peek(inp)).is_none() {
            if inp.state().explaining {
                invalid::invalid_factor(inp, &exponent);
            }
            return inp.parse(&power);
        }
        let mut ops = Vec::new();
        while let Some(op) = unary_of(peek(inp)) {
            let span = peek_span(inp);
            inp.skip();
            ops.push((op, span));
            link(inp)?;
        }
        if inp.state().explaining {
            invalid::invalid_factor(inp, &exponent);
        }
        let operand = inp.parse(&power)?;
        let end = last_span(inp);
        Ok(unary(ops, operand, end))
    })
    .boxed()
}

fn unary_of(token: Token) -> Option<UnaryOp> {
    match token {
        Token::Plus => Some(UnaryOp::Pos),
        Token::Minus => Some(UnaryOp::Neg),
        Token::Tilde => Some(UnaryOp::Invert),
        _ => None,
    }
}

/// power: await_primary ['**' factor]
fn power<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let base = await_primary(k);
    let exponent = k.factor.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let base = inp.parse(&base)?;
        if peek(inp) != Token::DoubleStar {
            return Ok(base);
        }
        let checkpoint = inp.save();
        inp.skip();
        let Ok(exponent) = inp.parse(&exponent) else {
            inp.rewind(checkpoint);
            return Ok(base);
        };
        let span = span_since(inp, start);
        Ok(expr(ExprKind::Binary(Box::new(base), BinOp::Pow, Box::new(exponent)), span))
    })
    .boxed()
}

/// await_primary: ['await'] primary
fn await_primary<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let primary = call::primary(k);
    custom(move |inp: &mut Input<'s, '_>| {
        if peek(inp) != Token::Await {
            return inp.parse(&primary);
        }
        let start = position(inp);
        inp.skip();
        let value = inp.parse(&primary)?;
        let span = span_since(inp, start);
        Ok(expr(ExprKind::Await(Box::new(value)), span))
    })
    .boxed()
}
