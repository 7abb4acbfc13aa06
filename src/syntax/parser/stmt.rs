//! Simple statements, and which statement it is.

use super::super::ast::{Alias, BinOp, Expr, ExprKind, ImportNames, StmtKind};
use super::*;

/// One or more statements of a line.
pub(super) enum Stmts {
    One(Stmt),
    Many(Vec<Stmt>),
}

/// statement: compound_stmt | simple_stmts
pub(super) fn statement<'s>(k: &Knots<'s>) -> Rule<'s, Stmts> {
    let compound_stmt = later(k, compound::compound_stmt);
    let match_stmt = later(k, compound::match_stmt);
    let simple_stmts = simple_stmts(k);
    let match_name = Token::Name(Name::new("match"));
    custom(move |inp: &mut Input<'s, '_>| {
        let next = peek(inp);
        if compound::starts_compound(next) {
            return inp.parse(&compound_stmt).map(Stmts::One);
        }
        if next == match_name
            && compound::may_start_subject(peek_at(inp, 1))
            && let Some(statement) = attempt(inp, &match_stmt)
        {
            return Ok(Stmts::One(statement));
        }
        inp.parse(&simple_stmts)
    })
    .boxed()
}

/// simple_stmts: simple_stmt (';' simple_stmt)* [';'] NEWLINE
pub(super) fn simple_stmts<'s>(k: &Knots<'s>) -> Rule<'s, Stmts> {
    let simple_stmt = simple_stmt(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let first = inp.parse(&simple_stmt)?;
        if accept(inp, Token::Newline).is_some() {
            return Ok(Stmts::One(first));
        }
        let mut statements = vec![first];
        while accept(inp, Token::Semicolon).is_some() {
            if peek(inp) == Token::Newline {
                break;
            }
            statements.push(inp.parse(&simple_stmt)?);
        }
        inp.parse(token(Token::Newline))?;
        Ok(Stmts::Many(statements))
    })
    .boxed()
}

/// simple_stmt: assignment | star_expressions | return_stmt | import_stmt | raise_stmt
///            | pass_stmt | del_stmt | assert_stmt | break_stmt | continue_stmt | global_stmt
///            | nonlocal_stmt | type_alias
fn simple_stmt<'s>(k: &Knots<'s>) -> Rule<'s, Stmt> {
    let type_alias = later(k, type_alias);
    let type_name = Token::Name(Name::new("type"));
    let return_stmt = later(k, return_stmt);
    let import_name = import_name();
    let import_from = import_from();
    let raise_stmt = later(k, raise_stmt);
    let del_stmt = later(k, del_stmt);
    let assert_stmt = later(k, assert_stmt);
    let pass_stmt = pass_stmt();
    let break_stmt = break_stmt();
    let continue_stmt = continue_stmt();
    let global_stmt = global_stmt();
    let nonlocal_stmt = nonlocal_stmt();
    let assignment = later(k, assignment);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let next = peek(inp);
        let kind = match next {
            Token::Return => inp.parse(&return_stmt),
            Token::Import => inp.parse(&import_name),
            Token::From => inp.parse(&import_from),
            Token::Raise => inp.parse(&raise_stmt),
            Token::Del => inp.parse(&del_stmt),
            Token::Assert => inp.parse(&assert_stmt),
            Token::Pass => inp.parse(&pass_stmt),
            Token::Break => inp.parse(&break_stmt),
            Token::Continue => inp.parse(&continue_stmt),
            Token::Global => inp.parse(&global_stmt),
            Token::Nonlocal => inp.parse(&nonlocal_stmt),
            _ if next == type_name && matches!(peek_at(inp, 1), Token::Name(_)) => inp.parse(&type_alias),
            _ => inp.parse(&assignment),
        }?;
        let span = span_since(inp, start);
        Ok(Stmt { kind, span })
    })
    .boxed()
}

/// assignment: NAME ':' expression ['=' annotated_rhs]
///           | ('(' single_target ')' | single_subscript_attribute_target) ':' expression ['=' annotated_rhs]
///           | (star_targets '=')+ (yield_expr | star_expressions)
///           | single_target augassign (yield_expr | star_expressions)
///
/// Here with the expression statement, which starts in the same way.
fn assignment<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let star_expressions = k.star_expressions.rule();
    let yield_expr = k.yield_expr.rule();
    let annotated_rhs = custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::Yield => inp.parse(&yield_expr),
        _ => inp.parse(&star_expressions),
    })
    .boxed();
    let expression = k.expression.rule();
    let invalid = invalid::invalid_assignment(k);
    let valid = custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let first = inp.parse(&annotated_rhs)?;
        let next = peek(inp);
        match next {
            Token::Newline => Ok(StmtKind::Expr(first)),
            Token::Equal => {
                let mut targets = Vec::new();
                let mut value = first;
                let mut from = start;
                while accept(inp, Token::Equal).is_some() {
                    let is_bare_yield = inp.full_slice()[from].token == Token::Yield;
                    if is_bare_yield || target::invalid_target(&value, target::Targets::Star).is_some() {
                        return failure();
                    }
                    targets.push(value);
                    from = position(inp);
                    value = inp.parse(&annotated_rhs)?;
                }
                Ok(StmtKind::Assign { targets, value })
            }
            Token::Colon => {
                if !target::is_single_target(&first) {
                    return Ok(StmtKind::Expr(first));
                }
                let simple = position(inp) == start + 1;
                inp.skip();
                let annotation = inp.parse(&expression)?;
                let value = match accept(inp, Token::Equal) {
                    Some(_) => Some(inp.parse(&annotated_rhs)?),
                    None => None,
                };
                Ok(StmtKind::AnnAssign { target: first, annotation, value, simple })
            }
            _ => {
                let Some(op) = augassign(next) else { return Ok(StmtKind::Expr(first)) };
                if !target::is_single_target(&first) {
                    return failure();
                }
                inp.skip();
                let value = inp.parse(&annotated_rhs)?;
                Ok(StmtKind::AugAssign { target: first, op, value })
            }
        }
    })
    .boxed();
    custom(move |inp: &mut Input<'s, '_>| {
        if !inp.state().explaining {
            return inp.parse(&valid);
        }
        let checkpoint = inp.save();
        let result = inp.parse(&valid);
        let done = match &result {
            Ok(StmtKind::Expr(_)) => matches!(peek(inp), Token::Newline | Token::Semicolon),
            Ok(_) => true,
            Err(_) => false,
        };
        if done {
            return result;
        }
        let end = inp.save();
        inp.rewind(checkpoint);
        attempt(inp, &invalid);
        inp.rewind(end);
        if inp.state().fatal.is_some() { failure() } else { result }
    })
    .boxed()
}

/// augassign: '+=' | '-=' | '*=' | '@=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
pub(super) fn augassign(token: Token) -> Option<BinOp> {
    Some(match token {
        Token::PlusEqual => BinOp::Add,
        Token::MinusEqual => BinOp::Sub,
        Token::StarEqual => BinOp::Mul,
        Token::AtEqual => BinOp::MatMul,
        Token::SlashEqual => BinOp::Div,
        Token::PercentEqual => BinOp::Mod,
        Token::AmpersandEqual => BinOp::BitAnd,
        Token::BarEqual => BinOp::BitOr,
        Token::CaretEqual => BinOp::BitXor,
        Token::LeftShiftEqual => BinOp::LShift,
        Token::RightShiftEqual => BinOp::RShift,
        Token::DoubleStarEqual => BinOp::Pow,
        Token::DoubleSlashEqual => BinOp::FloorDiv,
        _ => return None,
    })
}

/// return_stmt: 'return' [star_expressions]
fn return_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    token(Token::Return).ignore_then(k.star_expressions.rule().or_not()).map(StmtKind::Return).boxed()
}

/// raise_stmt: 'raise' [expression ['from' expression]]
fn raise_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let cause = token(Token::From).ignore_then(k.expression.rule());
    token(Token::Raise)
        .ignore_then(k.expression.rule().then(cause.or_not()).or_not())
        .map(|parts| match parts {
            Some((exc, cause)) => StmtKind::Raise { exc: Some(exc), cause },
            None => StmtKind::Raise { exc: None, cause: None },
        })
        .boxed()
}

/// assert_stmt: 'assert' expression [',' expression]
fn assert_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let msg = token(Token::Comma).ignore_then(k.expression.rule());
    token(Token::Assert)
        .ignore_then(k.expression.rule())
        .then(msg.or_not())
        .map(|(test, msg)| StmtKind::Assert { test, msg })
        .boxed()
}

/// pass_stmt: 'pass'
fn pass_stmt<'s>() -> Rule<'s, StmtKind> {
    token(Token::Pass).to(StmtKind::Pass).boxed()
}

/// break_stmt: 'break'
fn break_stmt<'s>() -> Rule<'s, StmtKind> {
    token(Token::Break).to(StmtKind::Break).boxed()
}

/// continue_stmt: 'continue'
fn continue_stmt<'s>() -> Rule<'s, StmtKind> {
    token(Token::Continue).to(StmtKind::Continue).boxed()
}

/// global_stmt: 'global' NAME (',' NAME)*
fn global_stmt<'s>() -> Rule<'s, StmtKind> {
    token(Token::Global).ignore_then(names()).map(StmtKind::Global).boxed()
}

/// nonlocal_stmt: 'nonlocal' NAME (',' NAME)*
fn nonlocal_stmt<'s>() -> Rule<'s, StmtKind> {
    token(Token::Nonlocal).ignore_then(names()).map(StmtKind::Nonlocal).boxed()
}

fn names<'s>() -> Rule<'s, Vec<Ident>> {
    name().separated_by(token(Token::Comma)).at_least(1).collect().boxed()
}

/// del_stmt: 'del' del_target (',' del_target)* [',']
fn del_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let targets = target::del_targets(k);
    let invalid = invalid::invalid_del_stmt(k);
    custom(move |inp: &mut Input<'s, '_>| {
        inp.parse(token(Token::Del))?;
        let start = position(inp);
        let checkpoint = inp.save();
        let value = match inp.parse(&targets) {
            Ok(value) if matches!(peek(inp), Token::Newline | Token::Semicolon) => value,
            _ => {
                if inp.state().explaining {
                    inp.rewind(checkpoint);
                    attempt(inp, &invalid);
                }
                return failure();
            }
        };
        // `del (a, b)` deletes one target, `del a, b` two.
        let bare = value.span.start == inp.full_slice()[start].span.start && !is_parenthesized(inp, start);
        Ok(StmtKind::Delete(match value.kind {
            ExprKind::Tuple(items) if bare => items,
            kind => vec![Expr { kind, span: value.span }],
        }))
    })
    .boxed()
}

/// Whether the tokens from `start` to here are one bracketed group.
fn is_parenthesized(inp: &mut Input<'_, '_>, start: usize) -> bool {
    let end = position(inp);
    let tokens = &inp.full_slice()[start..end];
    if tokens.first().map(|l| l.token) != Some(Token::LeftParen) {
        return false;
    }
    let mut depth = 0;
    for (i, lexeme) in tokens.iter().enumerate() {
        if lexeme.token.closer().is_some() {
            depth += 1;
        } else if lexeme.token.is_closer() {
            depth -= 1;
            if depth == 0 {
                return i + 1 == tokens.len();
            }
        }
    }
    false
}

/// type_alias: "type" NAME [type_params] '=' expression
fn type_alias<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    soft_keyword("type")
        .ignore_then(name())
        .then(optional_type_params(k))
        .then_ignore(token(Token::Equal))
        .then(k.expression.rule())
        .map(|((name, type_params), value)| StmtKind::TypeAlias { name, type_params, value })
        .boxed()
}

/// [type_params]
pub(super) fn optional_type_params<'s>(k: &Knots<'s>) -> Rule<'s, Vec<super::super::ast::TypeParam>> {
    let type_params = params::type_params(k);
    custom(move |inp: &mut Input<'s, '_>| match peek(inp) {
        Token::LeftBracket => inp.parse(&type_params),
        _ => Ok(Vec::new()),
    })
    .boxed()
}

/// import_name: 'import' dotted_as_name (',' dotted_as_name)*
fn import_name<'s>() -> Rule<'s, StmtKind> {
    let alias = dotted_as_name();
    custom(move |inp: &mut Input<'s, '_>| {
        let import = inp.parse(token(Token::Import))?;
        if inp.state().explaining {
            invalid::invalid_import(inp, import);
            invalid::invalid_import_from_targets(inp);
        }
        let mut names = vec![inp.parse(&alias)?];
        while accept(inp, Token::Comma).is_some() {
            names.push(inp.parse(&alias)?);
        }
        Ok(StmtKind::Import(names))
    })
    .boxed()
}

/// dotted_as_name: dotted_name ['as' NAME]
fn dotted_as_name<'s>() -> Rule<'s, Alias> {
    as_name(dotted_name())
}

/// import_from_as_name: NAME ['as' NAME]
fn import_from_as_name<'s>() -> Rule<'s, Alias> {
    as_name(name().boxed())
}

fn as_name<'s>(what: Rule<'s, Ident>) -> Rule<'s, Alias> {
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let what = inp.parse(&what)?;
        let asname = match accept(inp, Token::As) {
            Some(_) => Some(inp.parse(name())?),
            None => None,
        };
        let span = span_since(inp, start);
        Ok(Alias { name: what, asname, span })
    })
    .boxed()
}

/// dotted_name: NAME ('.' NAME)*
pub(super) fn dotted_name<'s>() -> Rule<'s, Ident> {
    custom(|inp: &mut Input<'s, '_>| {
        let first = inp.parse(name())?;
        if peek(inp) != Token::Dot {
            return Ok(first);
        }
        let mut path = first.name.as_str().to_owned();
        let mut span = first.span;
        while accept(inp, Token::Dot).is_some() {
            let next = inp.parse(name())?;
            path.push('.');
            path.push_str(next.name.as_str());
            span = span.to(next.span);
        }
        Ok(Ident { name: Name::new(&path), span })
    })
    .boxed()
}

/// import_from: 'from' ('.' | '...')* dotted_name 'import' import_from_targets
///            | 'from' ('.' | '...')+ 'import' import_from_targets
fn import_from<'s>() -> Rule<'s, StmtKind> {
    let dotted_name = dotted_name();
    let targets = import_from_targets();
    custom(move |inp: &mut Input<'s, '_>| {
        inp.parse(token(Token::From))?;
        let mut level = 0;
        loop {
            if accept(inp, Token::Dot).is_some() {
                level += 1;
            } else if accept(inp, Token::Ellipsis).is_some() {
                level += 3;
            } else {
                break;
            }
        }
        let module = match peek(inp) {
            Token::Import if level > 0 => None,
            _ => Some(inp.parse(&dotted_name)?),
        };
        inp.parse(token(Token::Import))?;
        let names = inp.parse(&targets)?;
        Ok(StmtKind::ImportFrom { module, names, level })
    })
    .boxed()
}

/// import_from_targets: '(' import_from_as_names [','] ')' | import_from_as_names !',' | '*'
fn import_from_targets<'s>() -> Rule<'s, ImportNames> {
    let alias = import_from_as_name();
    custom(move |inp: &mut Input<'s, '_>| {
        if let Some(star) = accept(inp, Token::Star) {
            return Ok(ImportNames::Star(star));
        }
        if inp.state().explaining {
            invalid::invalid_import_from_targets(inp);
        }
        let parenthesized = accept(inp, Token::LeftParen).is_some();
        let mut names = vec![inp.parse(&alias)?];
        while accept(inp, Token::Comma).is_some() {
            if parenthesized && peek(inp) == Token::RightParen {
                break;
            }
            if inp.state().explaining && peek(inp) == Token::Newline {
                let span = peek_span(inp);
                inp.skip();
                let message = "trailing comma not allowed without surrounding parentheses";
                return Err(inp.state().fail(Code::Import, span, message));
            }
            names.push(inp.parse(&alias)?);
        }
        if parenthesized {
            inp.parse(token(Token::RightParen))?;
        }
        Ok(ImportNames::Names(names))
    })
    .boxed()
}

/// eval: star_expressions NEWLINE* ENDMARKER
pub(super) fn eval<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    k.star_expressions
        .rule()
        .then_ignore(token(Token::Newline).repeated())
        .then_ignore(token(Token::EndMarker))
        .boxed()
}
