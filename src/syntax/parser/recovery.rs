//! Going on after a mistake. A statement that fails is parsed a second time to find out what to
//! say about it, is reported, and left: reading resumes behind its line, and its block, if it has
//! one, is still read for mistakes of its own. So one run shows every mistake of a file.

use super::super::ast::StmtKind;
use super::stmt::Stmts;
use super::*;

/// How many knots may be passed while one statement is explained. Enough for any statement that
/// people write; CPython's `invalid_...` rules have no bound on machine-made ones.
const EXPLANATION_FUEL: u32 = 200_000;

/// The statements of a block, to which recovery returns.
type Nested<'s> = Rule<'s, Vec<Stmt>>;

/// statements: statement*
///
/// Reads up to the `Dedent` or `EndMarker` that ends the block, whatever happens.
pub(super) fn statements<'s>(statement: Rule<'s, Stmts>, nested: Nested<'s>) -> Rule<'s, Vec<Stmt>> {
    custom(move |inp: &mut Input<'s, '_>| {
        let explaining = std::mem::replace(&mut inp.state().explaining, false);
        let mut body = Vec::new();
        loop {
            let state = inp.state();
            if state.first_only && !state.errors.is_empty() {
                while peek(inp) != Token::EndMarker {
                    inp.skip();
                }
                break;
            }
            match peek(inp) {
                Token::Dedent | Token::EndMarker => break,
                Token::Newline => {
                    inp.skip();
                    continue;
                }
                Token::Indent => {
                    unexpected_indent(inp, &nested);
                    continue;
                }
                _ => {}
            }
            let start = position(inp);
            if let Some(&resume) = inp.state().failed.get(&start) {
                while position(inp) < resume {
                    inp.skip();
                }
                continue;
            }
            let first = inp.full_slice()[start];
            let state = inp.state();
            state.furthest = order(&first);
            state.height = Height::default();
            match attempt(inp, &statement) {
                Some(Stmts::One(one)) => body.push(one),
                Some(Stmts::Many(many)) => body.extend(many),
                None => {
                    let before = inp.state().errors.len();
                    explain(inp, &statement);
                    drop_echoes(inp, before);
                    leave(inp, start, &nested);
                    let span = compound::span_between(inp, start);
                    body.push(Stmt { kind: StmtKind::Error, span });
                    let resume = position(inp);
                    inp.state().failed.insert(start, resume);
                }
            }
        }
        inp.state().explaining = explaining;
        Ok(body)
    })
    .boxed()
}

/// Where the lexer has found a mistake, what the parser has just said of the same line is its
/// echo.
fn drop_echoes(inp: &mut Input<'_, '_>, before: usize) {
    let state = inp.state();
    let tokens = state.tokens;
    let furthest = state.furthest_token();
    let is_end = |l: &Lexeme| l.token == Token::Newline;
    let first = tokens[..furthest].iter().rposition(is_end).map_or(0, |i| i + 1);
    let last = tokens[furthest..].iter().position(is_end).map_or(tokens.len() - 1, |i| furthest + i);
    let (first, last) = (tokens[first].span.start, tokens[last].span.end);
    let next = state.bad.partition_point(|&at| at < first);
    if state.bad.get(next).is_some_and(|&at| at <= last) {
        state.errors.truncate(before);
    }
}

/// Finds out what is wrong with the statement here, which has just failed, and reports it.
fn explain<'s, O>(inp: &mut Input<'s, '_>, statement: &Rule<'s, O>) {
    let state = inp.state();
    let furthest = state.furthest;
    let found = state.errors.len();
    if state.fatal.is_none() {
        state.explaining = true;
        state.fuel = EXPLANATION_FUEL;
        attempt(inp, statement);
        inp.state().explaining = false;
    }
    let state = inp.state();
    let reached = state.furthest;
    state.furthest = furthest;
    let diagnostic = match state.fatal.take() {
        Some(diagnostic) => diagnostic,
        // The statement has said what is wrong without failing for it.
        None if state.errors.len() > found => return,
        None => generic(state),
    };
    let first = state.errors.is_empty();
    state.found(diagnostic);
    if first {
        state.furthest_at_error = state.tokens[state.token_of(reached)].span.start;
    }
}

/// CPython's message when it has no other.
fn generic(state: &State<'_>) -> Diagnostic {
    let (code, message) = match state.furthest_lexeme().token {
        Token::Indent => (Code::UnexpectedIndent, "unexpected indent"),
        Token::Dedent => (Code::UnexpectedIndent, "unexpected unindent"),
        _ => (Code::InvalidSyntax, "invalid syntax"),
    };
    state.at_furthest(code, message)
}

fn unexpected_indent<'s>(inp: &mut Input<'s, '_>, nested: &Nested<'s>) {
    let indent = peek_span(inp);
    inp.state().furthest = order(&Lexeme { token: Token::Indent, span: indent });
    let span = Span::new(indent.end.saturating_sub(1).max(indent.start), indent.end);
    inp.state().found(Diagnostic::new(Code::UnexpectedIndent, span, "unexpected indent").with_textless(true));
    read_nested(inp, nested);
}

/// Reads an `Indent` ... `Dedent` group that belongs to nothing, for its own mistakes.
fn read_nested<'s>(inp: &mut Input<'s, '_>, nested: &Nested<'s>) {
    inp.skip();
    let furthest = inp.state().furthest;
    attempt(inp, nested);
    inp.state().furthest = furthest;
    accept(inp, Token::Dedent);
}

/// Moves behind the failed statement that starts at the token `start`.
fn leave<'s>(inp: &mut Input<'s, '_>, start: usize, nested: &Nested<'s>) {
    let tokens = inp.state().tokens;
    let first = tokens[start].token;
    let furthest = inp.state().furthest_token().max(start);
    // How deep the failure was inside the statement's own blocks.
    let mut depth = 0i32;
    while position(inp) < furthest {
        match peek(inp) {
            Token::Indent => depth += 1,
            Token::Dedent => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return;
        }
        inp.skip();
    }
    loop {
        // To the end of the logical line, and out of the blocks that the failure was in.
        loop {
            match peek(inp) {
                Token::EndMarker => return,
                Token::Newline if depth == 0 => {
                    inp.skip();
                    break;
                }
                Token::Indent => depth += 1,
                Token::Dedent => {
                    depth -= 1;
                    if depth < 0 {
                        return;
                    }
                    if depth == 0 {
                        inp.skip();
                        break;
                    }
                }
                _ => {}
            }
            inp.skip();
        }
        if peek(inp) == Token::Indent {
            read_nested(inp, nested);
        }
        // The clauses of a statement whose first line is lost have lost their home.
        let clause = matches!(peek(inp), Token::Elif | Token::Else | Token::Except | Token::Finally);
        if !clause || !(compound::starts_compound(first) || matches!(first, Token::Name(_))) {
            return;
        }
    }
}

/// A whole file.
pub(super) fn whole<'s>(statements: Rule<'s, Vec<Stmt>>) -> Rule<'s, Vec<Stmt>> {
    statements
        .then_ignore(custom(|inp: &mut Input<'s, '_>| {
            while inp.next_ref().is_some() {}
            Ok(())
        }))
        .boxed()
}

/// One expression and nothing else.
pub(super) fn lone<'s>(eval: Rule<'s, Expr>) -> Rule<'s, Expr> {
    custom(move |inp: &mut Input<'s, '_>| {
        let whole = Span::new(0, inp.state().source.len() as u32);
        let value = match attempt(inp, &eval) {
            Some(value) => value,
            None => {
                explain(inp, &eval);
                Expr { kind: ExprKind::Error, span: whole }
            }
        };
        while inp.next_ref().is_some() {}
        Ok(value)
    })
    .boxed()
}

impl State<'_> {
    /// Reports a mistake that does not keep the statement from being parsed.
    pub(super) fn found(&mut self, diagnostic: Diagnostic) {
        if self.errors.is_empty() {
            self.furthest_at_error = self.furthest_lexeme().span.start;
            self.read_before_error = self.furthest_at_error;
        }
        let Span { start, end } = diagnostic.span;
        if self.reported.insert((start, end, diagnostic.code)) {
            self.errors.push(diagnostic);
        }
    }

    pub(super) fn warn(&mut self, diagnostic: Diagnostic) {
        self.warnings.push(diagnostic);
    }
}
