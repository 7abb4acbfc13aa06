//! Parameters of `def` and `lambda`, and type parameters.

use super::super::ast::{Expr, ExprKind, Param, Params, TypeParam, TypeParamKind};
use super::*;

/// params: parameters with annotations, in parentheses
///
/// parameters: positional-only ones, '/', plain ones, '*' or '*' vararg, keyword-only ones,
/// '**' kwarg; those without a default before those with one, up to the star.
pub(super) fn params<'s>(k: &Knots<'s>) -> Rule<'s, Params> {
    parameters(k, true)
}

/// lambda_params: the same without annotations
pub(super) fn lambda_params<'s>(k: &Knots<'s>) -> Rule<'s, Params> {
    parameters(k, false)
}

fn parameters<'s>(k: &Knots<'s>, annotated: bool) -> Rule<'s, Params> {
    let param = if annotated { param(k) } else { lambda_param(k) };
    let star_param = if annotated { star_param(k) } else { lambda_param(k) };
    let expression = k.expression.rule();
    let closer = if annotated { Token::RightParen } else { Token::Colon };
    custom(move |inp: &mut Input<'s, '_>| {
        let mut params = Params::default();
        let mut slash = false;
        let mut star = false;
        let mut default_seen = false;
        loop {
            let span = peek_span(inp);
            match peek(inp) {
                Token::Slash => {
                    inp.skip();
                    if peek(inp) == Token::Star {
                        let next = peek_span(inp);
                        let message = "expected comma between / and *";
                        return Err(inp.state().fail(Code::Parameters, next, message));
                    }
                    let message = if slash {
                        Some("/ may appear only once")
                    } else if star {
                        Some("/ must be ahead of *")
                    } else if params.args.is_empty() {
                        if peek(inp) != Token::Comma {
                            return failure();
                        }
                        Some("at least one argument must precede /")
                    } else {
                        None
                    };
                    if let Some(message) = message {
                        return Err(inp.state().fail(Code::Parameters, span, message));
                    }
                    slash = true;
                    params.posonly = std::mem::take(&mut params.args);
                }
                Token::Star => {
                    if star {
                        invalid::touch(inp);
                        if !inp.state().explaining
                            || !matches!(peek_at(inp, 1), Token::Comma | Token::Name(_))
                        {
                            return failure();
                        }
                        let message = "* argument may appear only once";
                        return Err(inp.state().fail(Code::Parameters, span, message));
                    }
                    inp.skip();
                    star = true;
                    let bare = match peek(inp) {
                        Token::Comma => {
                            matches!(peek_at(inp, 1), Token::DoubleStar) || peek_at(inp, 1) == closer
                        }
                        token => token == closer,
                    };
                    if bare {
                        let message = "named arguments must follow bare *";
                        return Err(inp.state().fail(Code::Parameters, span, message));
                    }
                    if peek(inp) != Token::Comma {
                        params.vararg = Some(inp.parse(&star_param)?);
                        if let Some(equal) = accept(inp, Token::Equal) {
                            let message = "var-positional argument cannot have default value";
                            return Err(inp.state().fail(Code::Parameters, equal, message));
                        }
                    }
                }
                Token::DoubleStar => {
                    inp.skip();
                    params.kwarg = Some(inp.parse(&param)?);
                    if let Some(equal) = accept(inp, Token::Equal) {
                        let message = "var-keyword argument cannot have default value";
                        return Err(inp.state().fail(Code::Parameters, equal, message));
                    }
                    if accept(inp, Token::Comma).is_some() {
                        let next = peek_span(inp);
                        if matches!(
                            peek(inp),
                            Token::Name(_) | Token::Star | Token::DoubleStar | Token::Slash
                        ) {
                            let message = "arguments cannot follow var-keyword argument";
                            return Err(inp.state().fail(Code::Parameters, next, message));
                        }
                    }
                    return Ok(params);
                }
                Token::Name(_) => {
                    let mut one = inp.parse(&param)?;
                    one.default = default(inp, &expression)?;
                    if let Some(default) = &one.default {
                        one.span = one.span.to(default.span);
                        default_seen |= !star;
                    } else if default_seen && !star && (peek(inp) == Token::Comma || peek(inp) == closer) {
                        let message = "parameter without a default follows parameter with a default";
                        return Err(inp.state().fail(Code::Parameters, one.span, message));
                    }
                    if star { params.kwonly.push(one) } else { params.args.push(one) }
                }
                Token::LeftParen if inp.state().explaining && !(default_seen || star || slash) => {
                    parenthesized(inp, annotated);
                    return failure();
                }
                _ => return Ok(params),
            }
            if accept(inp, Token::Comma).is_none() {
                return Ok(params);
            }
        }
    })
    .boxed()
}

/// default: '=' expression
fn default<'s>(inp: &mut Input<'s, '_>, expression: &Rule<'s, Expr>) -> Result<Option<Expr>, EmptyErr> {
    let Some(equal) = accept(inp, Token::Equal) else { return Ok(None) };
    if inp.state().explaining && matches!(peek(inp), Token::Comma | Token::RightParen) {
        let message = "expected default value expression";
        return Err(inp.state().fail(Code::Parameters, equal, message));
    }
    inp.parse(expression).map(Some)
}

/// `def f(a, (b, c)):` was Python 2.
fn parenthesized(inp: &mut Input<'_, '_>, annotated: bool) {
    let open = peek_span(inp);
    inp.skip();
    let mut names = 0;
    while let Token::Name(_) = peek(inp) {
        inp.skip();
        names += 1;
        if accept(inp, Token::Comma).is_none() {
            break;
        }
    }
    let close = peek_span(inp);
    if names == 0 || peek(inp) != Token::RightParen {
        return;
    }
    inp.skip();
    let what = if annotated { "Function" } else { "Lambda expression" };
    let message = format!("{what} parameters cannot be parenthesized");
    inp.state().fail(Code::Parameters, open.to(close), message);
}

/// param: NAME [':' expression]
fn param<'s>(k: &Knots<'s>) -> Rule<'s, Param> {
    named_param(k.expression.rule(), true)
}

/// star_param: NAME [':' star_expression]
fn star_param<'s>(k: &Knots<'s>) -> Rule<'s, Param> {
    named_param(expr::star_expression(k), true)
}

/// lambda_param: NAME
fn lambda_param<'s>(k: &Knots<'s>) -> Rule<'s, Param> {
    named_param(k.expression.rule(), false)
}

fn named_param<'s>(annotation: Rule<'s, Expr>, annotated: bool) -> Rule<'s, Param> {
    custom(move |inp: &mut Input<'s, '_>| {
        let name = inp.parse(name())?;
        let mut span = name.span;
        let mut note = None;
        if annotated && accept(inp, Token::Colon).is_some() {
            let value = inp.parse(&annotation)?;
            span = span.to(value.span);
            note = Some(value);
        }
        Ok(Param { name, annotation: note, default: None, span })
    })
    .boxed()
}

/// type_params: '[' type_param (',' type_param)* [','] ']'
pub(super) fn type_params<'s>(k: &Knots<'s>) -> Rule<'s, Vec<TypeParam>> {
    let type_param = type_param(k);
    custom(move |inp: &mut Input<'s, '_>| {
        inp.parse(token(Token::LeftBracket))?;
        if peek(inp) == Token::RightBracket && inp.state().explaining {
            let span = peek_span(inp);
            invalid::touch(inp);
            let message = "Type parameter list cannot be empty";
            return Err(inp.state().fail(Code::Parameters, span, message));
        }
        let mut params = vec![inp.parse(&type_param)?];
        while accept(inp, Token::Comma).is_some() {
            if peek(inp) == Token::RightBracket {
                break;
            }
            params.push(inp.parse(&type_param)?);
        }
        inp.parse(token(Token::RightBracket))?;
        Ok(params)
    })
    .boxed()
}

/// type_param: NAME [':' expression] ['=' expression]
///           | '*' NAME ['=' star_expression]
///           | '**' NAME ['=' expression]
fn type_param<'s>(k: &Knots<'s>) -> Rule<'s, TypeParam> {
    let expression = k.expression.rule();
    let star_expression = expr::star_expression(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let kind = if accept(inp, Token::Star).is_some() {
            TypeParamKind::TypeVarTuple
        } else if accept(inp, Token::DoubleStar).is_some() {
            TypeParamKind::ParamSpec
        } else {
            TypeParamKind::TypeVar
        };
        let name = inp.parse(name())?;
        let mut bound = None;
        if let Some(colon) = accept(inp, Token::Colon) {
            let value = inp.parse(&expression)?;
            let what = match kind {
                TypeParamKind::TypeVar => None,
                TypeParamKind::TypeVarTuple => Some("TypeVarTuple"),
                TypeParamKind::ParamSpec => Some("ParamSpec"),
            };
            if let Some(what) = what {
                let noun = match value.kind {
                    ExprKind::Tuple(_) => "constraints",
                    _ => "bound",
                };
                let message = format!("cannot use {noun} with {what}");
                return Err(inp.state().fail(Code::Parameters, colon, message));
            }
            bound = Some(value);
        }
        let mut default = None;
        if accept(inp, Token::Equal).is_some() {
            default = Some(match kind {
                TypeParamKind::TypeVarTuple => inp.parse(&star_expression)?,
                TypeParamKind::TypeVar | TypeParamKind::ParamSpec => inp.parse(&expression)?,
            });
        }
        let span = span_since(inp, start);
        Ok(TypeParam { kind, name, bound, default, span })
    })
    .boxed()
}
