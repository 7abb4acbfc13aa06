//! Compound statements: those with blocks.

use super::super::ast::{
    Arg, ClassDef, ExceptHandler, Expr, ExprKind, FunctionDef, MatchCase, StmtKind, Try, WithItem,
};
use super::stmt::optional_type_params;
use super::*;

pub(super) fn starts_compound(token: Token) -> bool {
    matches!(
        token,
        Token::If
            | Token::While
            | Token::For
            | Token::With
            | Token::Try
            | Token::Def
            | Token::Class
            | Token::Async
            | Token::At
    )
}

/// compound_stmt: function_def | if_stmt | class_def | with_stmt | for_stmt | try_stmt
///              | while_stmt | match_stmt
pub(super) fn compound_stmt<'s>(k: &Knots<'s>) -> Rule<'s, Stmt> {
    let if_stmt = if_stmt(k);
    let while_stmt = while_stmt(k);
    let for_stmt = for_stmt(k);
    let with_stmt = with_stmt(k);
    let try_stmt = try_stmt(k);
    let function_def = function_def_raw(k);
    let class_def = class_def_raw(k);
    let decorated = decorated(k, function_def.clone(), class_def.clone());
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let is_async = peek(inp) == Token::Async;
        let kind = match peek_at(inp, usize::from(is_async)) {
            Token::If if !is_async => inp.parse(&if_stmt)?,
            Token::While if !is_async => inp.parse(&while_stmt)?,
            Token::Try if !is_async => inp.parse(&try_stmt)?,
            Token::Class if !is_async => StmtKind::ClassDef(inp.parse(&class_def)?),
            Token::At if !is_async => inp.parse(&decorated)?,
            Token::For => inp.parse(&for_stmt)?,
            Token::With => inp.parse(&with_stmt)?,
            Token::Def => StmtKind::FunctionDef(inp.parse(&function_def)?),
            _ => {
                inp.skip();
                inp.skip();
                return failure();
            }
        };
        let span = statement_span(inp, start, &kind);
        Ok(Stmt { kind, span })
    })
    .boxed()
}

/// From its first token to the end of its last statement, without line ends; a decorated
/// definition starts at its `def` or `class`, as in CPython.
fn statement_span(inp: &mut Input<'_, '_>, start: usize, kind: &StmtKind) -> Span {
    let tokens = inp.full_slice();
    let mut from = start;
    if let StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) = kind
        && tokens[start].token == Token::At
    {
        from = definition_start(tokens, start);
    }
    let span = span_between(inp, from);
    Span::new(inp.full_slice()[from].span.start, span.end)
}

fn definition_start(tokens: &[Lexeme], start: usize) -> usize {
    let mut i = start;
    while tokens[i].token == Token::At {
        while tokens[i].token != Token::Newline {
            i += 1;
        }
        i += 1;
    }
    i
}

/// The span of the tokens read since `from`, without layout at the end.
pub(super) fn span_between(inp: &mut Input<'_, '_>, from: usize) -> Span {
    let to = position(inp);
    let tokens = &inp.full_slice()[from..to];
    let end = tokens
        .iter()
        .rposition(|l| !matches!(l.token, Token::Newline | Token::Indent | Token::Dedent))
        .map_or(0, |i| i + 1);
    span_of(&tokens[..end])
}

/// block: NEWLINE INDENT statements DEDENT | simple_stmts
pub(super) fn block<'s>(k: &Knots<'s>) -> Rule<'s, Vec<Stmt>> {
    let statements = k.statements.rule();
    let simple_stmts = stmt::simple_stmts(k);
    custom(move |inp: &mut Input<'s, '_>| {
        if peek(inp) == Token::Newline {
            inp.skip();
            inp.parse(token(Token::Indent))?;
            let body = inp.parse(&statements)?;
            inp.parse(token(Token::Dedent))?;
            return Ok(body);
        }
        inp.parse(&simple_stmts).map(|statements| match statements {
            stmt::Stmts::One(one) => vec![one],
            stmt::Stmts::Many(many) => many,
        })
    })
    .boxed()
}

/// A block after `owner` ("'if' statement"), whose first token is at index `start`.
#[derive(Clone)]
struct Body<'s> {
    block: Rule<'s, Vec<Stmt>>,
}

impl<'s> Body<'s> {
    fn new(k: &Knots<'s>) -> Body<'s> {
        Body { block: k.block.rule() }
    }

    fn read(&self, inp: &mut Input<'s, '_>, owner: &str, start: usize) -> Result<Vec<Stmt>, EmptyErr> {
        if peek(inp) == Token::Newline && peek_at(inp, 1) != Token::Indent {
            missing_block(inp, owner, start);
            return Ok(Vec::new());
        }
        inp.parse(&self.block)
    }
}

/// A block that is missing is reported, and the statement goes on without it.
fn missing_block(inp: &mut Input<'_, '_>, owner: &str, start: usize) {
    let owner_span = inp.full_slice()[start].span;
    inp.skip();
    let line = inp.state().line(owner_span.start);
    let message = format!("expected an indented block after {owner} on line {line}");
    let missing = invalid::missing_here(inp, Code::ExpectedBlock, message);
    inp.state().found(
        missing
            .with_label(owner_span, "this needs a block")
            .with_help("indent the lines that belong to it, or write 'pass'"),
    );
}

/// The `:` before a block. Where the line ends without one, that is what is missing.
fn colon(inp: &mut Input<'_, '_>) -> Result<(), EmptyErr> {
    if accept(inp, Token::Colon).is_some() {
        return Ok(());
    }
    if inp.state().explaining && peek(inp) == Token::Newline {
        let span = peek_span(inp);
        return Err(inp.state().fail(Code::ExpectedToken, span, "expected ':'"));
    }
    failure()
}

fn forced_colon(inp: &mut Input<'_, '_>) -> Result<(), EmptyErr> {
    inp.parse(forced(Token::Colon, ":")).map(|_| ())
}

/// if_stmt: 'if' named_expression ':' block (elif_stmt | [else_block])
///
/// elif_stmt: 'elif' named_expression ':' block (elif_stmt | [else_block])
fn if_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let named_expression = k.named_expression.rule();
    let body = Body::new(k);
    let else_block = else_block(k);
    let if_stmt = custom(move |inp: &mut Input<'s, '_>| {
        // The chain is read in a row, then nested from its end.
        let mut chain: Vec<(usize, Expr, Vec<Stmt>)> = Vec::new();
        let mut orelse = loop {
            let start = position(inp);
            let owner = if chain.is_empty() { "'if' statement" } else { "'elif' statement" };
            inp.skip();
            let test = inp.parse(&named_expression)?;
            colon(inp)?;
            let block = body.read(inp, owner, start)?;
            chain.push((start, test, block));
            inp.state().branches += 1;
            if inp.state().branches > MAX_HEIGHT {
                let span = inp.full_slice()[start].span;
                return Err(too_deep(inp.state(), span));
            }
            if peek(inp) != Token::Elif {
                break inp.parse(&else_block)?;
            }
        };
        let end = span_between(inp, chain[0].0).end;
        loop {
            let Some((start, test, body)) = chain.pop() else { return failure() };
            let kind = StmtKind::If { test, body, orelse };
            if chain.is_empty() {
                return Ok(kind);
            }
            let span = Span::new(inp.full_slice()[start].span.start, end);
            orelse = vec![Stmt { kind, span }];
        }
    })
    .boxed();
    custom(move |inp: &mut Input<'s, '_>| {
        let branches = inp.state().branches;
        let result = inp.parse(&if_stmt);
        inp.state().branches = branches;
        result
    })
    .boxed()
}

/// [else_block]
///
/// else_block: 'else' ':' block
fn else_block<'s>(k: &Knots<'s>) -> Rule<'s, Vec<Stmt>> {
    let body = Body::new(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        if accept(inp, Token::Else).is_none() {
            return Ok(Vec::new());
        }
        forced_colon(inp)?;
        body.read(inp, "'else' statement", start)
    })
    .boxed()
}

/// while_stmt: 'while' named_expression ':' block [else_block]
fn while_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let named_expression = k.named_expression.rule();
    let body = Body::new(k);
    let else_block = else_block(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::While))?;
        let test = inp.parse(&named_expression)?;
        colon(inp)?;
        let body = body.read(inp, "'while' statement", start)?;
        let orelse = inp.parse(&else_block)?;
        Ok(StmtKind::While { test, body, orelse })
    })
    .boxed()
}

/// for_stmt: ['async'] 'for' star_targets 'in' star_expressions ':' block [else_block]
fn for_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let star_targets = target::star_targets(k);
    let star_expressions = k.star_expressions.rule();
    let body = Body::new(k);
    let else_block = else_block(k);
    let invalid = invalid::invalid_for_target(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let checkpoint = inp.save();
        let is_async = accept(inp, Token::Async).is_some();
        let start = position(inp);
        inp.parse(token(Token::For))?;
        let header = inp.parse(&star_targets).and_then(|target| {
            inp.parse(token(Token::In))?;
            Ok(target)
        });
        let Ok(target) = header else {
            if inp.state().explaining {
                inp.rewind(checkpoint);
                attempt(inp, &invalid);
            }
            return failure();
        };
        let iter = inp.parse(&star_expressions)?;
        colon(inp)?;
        let body = body.read(inp, "'for' statement", start)?;
        let orelse = inp.parse(&else_block)?;
        Ok(StmtKind::For { target, iter, body, orelse, is_async })
    })
    .boxed()
}

/// with_stmt: ['async'] 'with' '(' with_item (',' with_item)* [','] ')' ':' block
///          | ['async'] 'with' with_item (',' with_item)* ':' block
fn with_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let with_item = with_item(k);
    let body = Body::new(k);
    let parenthesized = {
        let with_item = with_item.clone();
        custom(move |inp: &mut Input<'s, '_>| {
            inp.parse(token(Token::LeftParen))?;
            let mut items = vec![inp.parse(&with_item)?];
            while accept(inp, Token::Comma).is_some() {
                if peek(inp) == Token::RightParen {
                    break;
                }
                items.push(inp.parse(&with_item)?);
            }
            inp.parse(token(Token::RightParen))?;
            if peek(inp) != Token::Colon {
                return failure();
            }
            Ok(items)
        })
        .boxed()
    };
    let bare = with_item.separated_by(token(Token::Comma)).at_least(1).collect::<Vec<_>>().boxed();
    let invalid = invalid::invalid_with_item(k);
    let invalid_with_stmt = invalid::invalid_with_stmt(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let is_async = accept(inp, Token::Async).is_some();
        let start = position(inp);
        inp.parse(token(Token::With))?;
        let mut items = None;
        if peek(inp) == Token::LeftParen {
            items = attempt(inp, &parenthesized);
        }
        let items = match items {
            Some(items) => items,
            None => {
                let checkpoint = inp.save();
                match inp.parse(&bare) {
                    Ok(items) if matches!(peek(inp), Token::Colon | Token::Newline) => items,
                    _ => {
                        if inp.state().explaining {
                            inp.rewind(checkpoint);
                            attempt(inp, &invalid);
                            attempt(inp, &invalid_with_stmt);
                        }
                        return failure();
                    }
                }
            }
        };
        colon(inp)?;
        let body = body.read(inp, "'with' statement", start)?;
        Ok(StmtKind::With { items, body, is_async })
    })
    .boxed()
}

/// with_item: expression 'as' star_target &(',' | ')' | ':') | expression
fn with_item<'s>(k: &Knots<'s>) -> Rule<'s, WithItem> {
    let expression = k.expression.rule();
    let star_target = target::star_target(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let context = inp.parse(&expression)?;
        let mut target = None;
        if accept(inp, Token::As).is_some() {
            target = Some(inp.parse(&star_target)?);
            if !matches!(peek(inp), Token::Comma | Token::RightParen | Token::Colon) {
                return failure();
            }
        }
        Ok(WithItem { context, target })
    })
    .boxed()
}

/// try_stmt: 'try' ':' block finally_block
///         | 'try' ':' block except_block+ [else_block] [finally_block]
///         | 'try' ':' block except_star_block+ [else_block] [finally_block]
fn try_stmt<'s>(k: &Knots<'s>) -> Rule<'s, StmtKind> {
    let body = Body::new(k);
    let except_block = except_block(k);
    let except_star_block = except_star_block(k);
    let else_block = else_block(k);
    let finally_block = finally_block(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::Try))?;
        forced_colon(inp)?;
        let body = body.read(inp, "'try' statement", start)?;
        let mut handlers = Vec::new();
        let mut is_star = None;
        while peek(inp) == Token::Except {
            let mut span = peek_span(inp);
            let star = peek_at(inp, 1) == Token::Star;
            if star {
                let at = position(inp) + 1;
                span = span.to(inp.full_slice()[at].span);
            }
            let handler = inp.parse(if star { &except_star_block } else { &except_block })?;
            if is_star.is_some_and(|before| before != star) {
                let message = "cannot have both 'except' and 'except*' on the same 'try'";
                return Err(inp.state().fail(Code::TryBlock, span, message));
            }
            is_star = Some(star);
            handlers.push(handler);
        }
        let orelse = if handlers.is_empty() { Vec::new() } else { inp.parse(&else_block)? };
        let has_finally = peek(inp) == Token::Finally;
        let finalbody = inp.parse(&finally_block)?;
        if handlers.is_empty() && !has_finally {
            let message = "expected 'except' or 'finally' block";
            let missing = invalid::missing_here(inp, Code::TryBlock, message);
            inp.state().found(missing);
        }
        let is_star = is_star.unwrap_or(false);
        Ok(StmtKind::Try(Box::new(Try { body, handlers, orelse, finalbody, is_star })))
    })
    .boxed()
}

/// except_block: 'except' [expression ['as' NAME]] ':' block
fn except_block<'s>(k: &Knots<'s>) -> Rule<'s, ExceptHandler> {
    handler(k)
}

/// except_star_block: 'except' '*' expression ['as' NAME] ':' block
fn except_star_block<'s>(k: &Knots<'s>) -> Rule<'s, ExceptHandler> {
    handler(k)
}

fn handler<'s>(k: &Knots<'s>) -> Rule<'s, ExceptHandler> {
    let expression = k.expression.rule();
    let body = Body::new(k);
    let invalid = invalid::invalid_except_stmt(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::Except))?;
        let star = accept(inp, Token::Star).is_some();
        if inp.state().explaining {
            attempt(inp, &invalid);
        }
        let mut typ = None;
        let mut name_ = None;
        if star || !matches!(peek(inp), Token::Colon | Token::Newline) {
            if star && inp.state().explaining && matches!(peek(inp), Token::Colon | Token::Newline) {
                let span = peek_span(inp);
                let message = "expected one or more exception types";
                return Err(inp.state().fail(Code::TryBlock, span, message));
            }
            typ = Some(inp.parse(&expression)?);
            if accept(inp, Token::As).is_some() {
                name_ = Some(inp.parse(name())?);
            }
        }
        colon(inp)?;
        let owner = if star { "'except*' statement" } else { "'except' statement" };
        let body = body.read(inp, owner, start)?;
        let span = span_between(inp, start);
        Ok(ExceptHandler { typ, name: name_, body, span })
    })
    .boxed()
}

/// [finally_block]
///
/// finally_block: 'finally' ':' block
fn finally_block<'s>(k: &Knots<'s>) -> Rule<'s, Vec<Stmt>> {
    let body = Body::new(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        if accept(inp, Token::Finally).is_none() {
            return Ok(Vec::new());
        }
        forced_colon(inp)?;
        body.read(inp, "'finally' statement", start)
    })
    .boxed()
}

/// function_def_raw: ['async'] 'def' NAME [type_params] '(' [params] ')' ['->' expression] ':' block
fn function_def_raw<'s>(k: &Knots<'s>) -> Rule<'s, Box<FunctionDef>> {
    let type_params = optional_type_params(k);
    let params = params::params(k);
    let returns = token(Token::Arrow).ignore_then(k.expression.rule()).boxed();
    let body = Body::new(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let is_async = accept(inp, Token::Async).is_some();
        let start = position(inp);
        inp.parse(token(Token::Def))?;
        let name = inp.parse(name())?;
        let checkpoint = inp.save();
        let type_params = match inp.parse(&type_params) {
            Ok(type_params) => type_params,
            // Where there are no words for what is in the brackets, they are what should not be there.
            Err(_) if inp.state().explaining && inp.state().fatal.is_none() => {
                inp.rewind(checkpoint);
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        inp.parse(forced(Token::LeftParen, "("))?;
        let params = inp.parse(&params)?;
        inp.parse(token(Token::RightParen))?;
        let returns = match peek(inp) {
            Token::Arrow => attempt(inp, &returns),
            _ => None,
        };
        forced_colon(inp)?;
        let body = body.read(inp, "function definition", start)?;
        Ok(Box::new(FunctionDef {
            name,
            decorators: Vec::new(),
            type_params,
            params,
            returns,
            body,
            is_async,
        }))
    })
    .boxed()
}

/// class_def_raw: 'class' NAME [type_params] ['(' [arguments] ')'] ':' block
fn class_def_raw<'s>(k: &Knots<'s>) -> Rule<'s, Box<ClassDef>> {
    let type_params = optional_type_params(k);
    let arguments = call::arguments(k, false);
    let body = Body::new(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::Class))?;
        let name = inp.parse(name())?;
        let type_params = inp.parse(&type_params)?;
        let mut args: Vec<Arg> = Vec::new();
        if accept(inp, Token::LeftParen).is_some() {
            args = inp.parse(&arguments)?;
            inp.parse(token(Token::RightParen))?;
        }
        colon(inp)?;
        let body = body.read(inp, "class definition", start)?;
        Ok(Box::new(ClassDef { name, decorators: Vec::new(), type_params, args, body }))
    })
    .boxed()
}

/// decorators: ('@' named_expression NEWLINE)+
///
/// function_def: [decorators] function_def_raw
///
/// class_def: [decorators] class_def_raw
fn decorated<'s>(
    k: &Knots<'s>,
    function_def: Rule<'s, Box<FunctionDef>>,
    class_def: Rule<'s, Box<ClassDef>>,
) -> Rule<'s, StmtKind> {
    let named_expression = k.named_expression.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let mut decorators = Vec::new();
        while accept(inp, Token::At).is_some() {
            decorators.push(inp.parse(&named_expression)?);
            inp.parse(token(Token::Newline))?;
        }
        // The block ends where its last definition should begin.
        if peek(inp) == Token::Dedent && inp.state().explaining {
            let missing = invalid::missing_here(inp, Code::UnexpectedIndent, "unexpected unindent");
            return Err(inp.state().fail_with(missing));
        }
        if peek(inp) == Token::Class {
            let mut class = inp.parse(&class_def)?;
            class.decorators = decorators;
            return Ok(StmtKind::ClassDef(class));
        }
        let mut function = inp.parse(&function_def)?;
        function.decorators = decorators;
        Ok(StmtKind::FunctionDef(function))
    })
    .boxed()
}

/// Whether a subject may follow `match`, so that it may be the keyword.
pub(super) fn may_start_subject(token: Token) -> bool {
    matches!(
        token,
        Token::Name(_)
            | Token::Number
            | Token::String
            | Token::Bytes
            | Token::FStringStart
            | Token::None
            | Token::True
            | Token::False
            | Token::Ellipsis
            | Token::LeftParen
            | Token::LeftBracket
            | Token::LeftBrace
            | Token::Plus
            | Token::Minus
            | Token::Tilde
            | Token::Star
            | Token::Not
            | Token::Lambda
            | Token::Await
            | Token::Yield
            | Token::Error
    )
}

/// subject_expr: star_named_expression ',' [star_named_expressions] | named_expression
fn subject_expr<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let items = expr::tuple_of(expr::star_named_expression(k));
    custom(move |inp: &mut Input<'s, '_>| {
        let subject = inp.parse(&items)?;
        match subject.kind {
            ExprKind::Starred(_) => failure(),
            _ => Ok(subject),
        }
    })
    .boxed()
}

/// match_stmt: "match" subject_expr ':' NEWLINE INDENT case_block+ DEDENT
pub(super) fn match_stmt<'s>(k: &Knots<'s>) -> Rule<'s, Stmt> {
    let subject = subject_expr(k);
    let case_block = case_block(k);
    let case = Token::Name(Name::new("case"));
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.skip();
        let subject = inp.parse(&subject)?;
        if inp.state().explaining && peek(inp) == Token::Newline {
            let span = peek_span(inp);
            return Err(inp.state().fail(Code::ExpectedToken, span, "expected ':'"));
        }
        inp.parse(token(Token::Colon))?;
        inp.parse(token(Token::Newline))?;
        if peek(inp) != Token::Indent {
            let owner = inp.full_slice()[start].span;
            let line = inp.state().line(owner.start);
            let message = format!("expected an indented block after 'match' statement on line {line}");
            let missing = invalid::missing_here(inp, Code::ExpectedBlock, message);
            return Err(inp.state().fail_with(missing));
        }
        inp.skip();
        let mut cases = Vec::new();
        while peek(inp) == case {
            cases.push(inp.parse(&case_block)?);
        }
        if cases.is_empty() {
            inp.parse(token(case))?;
        }
        inp.parse(token(Token::Dedent))?;
        let span = span_between(inp, start);
        Ok(Stmt { kind: StmtKind::Match { subject, cases }, span })
    })
    .boxed()
}

/// case_block: "case" patterns ['if' named_expression] ':' block
fn case_block<'s>(k: &Knots<'s>) -> Rule<'s, MatchCase> {
    let patterns = pattern::patterns(k);
    let named_expression = k.named_expression.rule();
    let body = Body::new(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.skip();
        let pattern = inp.parse(&patterns)?;
        let guard = match accept(inp, Token::If) {
            Some(_) => Some(inp.parse(&named_expression)?),
            None => None,
        };
        colon(inp)?;
        let body = body.read(inp, "'case' statement", start)?;
        let span = span_between(inp, start);
        Ok(MatchCase { pattern, guard, body, span })
    })
    .boxed()
}
