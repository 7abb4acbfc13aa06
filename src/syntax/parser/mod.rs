//! Tokens to tree, with `chumsky`. Every production of `grammar/co.gram` is a function of the
//! same name in one of these files and returns a boxed parser; productions that refer to each
//! other in circles do so through a [`Knot`].
//!
//! What must hold:
//! - one input type and one error type, so the grammar is compiled once;
//! - alternatives are told apart by their first tokens wherever they share a prefix;
//! - a statement is parsed quickly first, without any thought of messages. Only when that fails
//!   is it parsed again, with the productions named `invalid_...` switched on, which look for
//!   the mistakes that CPython has words for (`State::explaining`);
//! - the native stack grows in a `Knot` and nowhere else, and a tree higher than [`MAX_HEIGHT`]
//!   is refused.

mod atom;
mod call;
mod compound;
mod comprehension;
mod expr;
mod fstring;
mod height;
mod invalid;
mod params;
mod pattern;
mod recovery;
mod stmt;
mod target;

use super::advice;
use super::ast::{Expr, ExprKind, Ident, Module, Stmt};
use super::layout;
use super::lexer;
use super::token::{Lexeme, Token};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{LineIndex, Name, Span};
use crate::stack;
use chumsky::error::EmptyErr;
use chumsky::input::{Checkpoint, Cursor, InputRef, MapExtra};
use chumsky::inspector::Inspector;
use chumsky::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::rc::{Rc, Weak};

pub use height::MAX_HEIGHT;
use height::{Height, link, scope, too_deep};

/// What the parser reads.
pub(super) type Tokens<'s> = &'s [Lexeme];
/// How it fails (saying nothing: [`State`] knows why) and what it carries along.
pub(super) type Extra<'s> = extra::Full<EmptyErr, State<'s>, ()>;
/// A production.
pub(super) type Rule<'s, O> = Boxed<'s, 's, Tokens<'s>, O, Extra<'s>>;
/// The input while it is read.
pub(super) type Input<'s, 'p> = InputRef<'s, 'p, Tokens<'s>, Extra<'s>>;
/// What `map_with` hands on.
pub(super) type At<'s, 'p> = MapExtra<'s, 'p, Tokens<'s>, Extra<'s>>;

/// The outcome of [`parse`]: a tree in any case, and what was wrong. The first error is the one
/// that CPython would report.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub module: Module,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// The outcome of [`parse_expression`].
#[derive(Clone, Debug)]
pub struct ParsedExpression {
    pub expression: Expr,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// What a REPL needs to know about what has been typed so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    Incomplete,
    Invalid,
}

/// Parses a file.
pub fn parse(source: &str) -> Parsed {
    let prepared = Prepared::new(source);
    let (body, errors, warnings) = prepared.run(whole);
    let module = Module { body: body.unwrap_or_default(), span: Span::new(0, source.len() as u32) };
    Parsed { module, errors, warnings }
}

fn whole<'t>(grammar: &Grammar<'t>, state: &mut State<'t>, tokens: Tokens<'t>) -> Option<Vec<Stmt>> {
    grammar.statements().parse_with_state(tokens, state).into_output()
}

/// Parses one expression, as `eval` takes it.
pub fn parse_expression(source: &str) -> ParsedExpression {
    // CPython's `eval` ignores blanks before the expression.
    let skipped = source.len() - source.trim_start_matches([' ', '\t']).len();
    let blanked;
    let text = if skipped == 0 {
        source
    } else {
        // Keep offsets: the blanks become an empty line's worth of form feeds.
        blanked = format!("{}{}", "\x0c".repeat(skipped), &source[skipped..]);
        &blanked
    };
    let prepared = Prepared::new(text);
    let (expression, errors, warnings) =
        prepared.run(|grammar, state, tokens| grammar.eval().parse_with_state(tokens, state).into_output());
    let whole = Span::new(0, source.len() as u32);
    let expression = expression.unwrap_or(Expr { kind: ExprKind::Error, span: whole });
    ParsedExpression { expression, errors, warnings }
}

/// Whether `source`, typed at a prompt, is whole. A compound statement is complete only after
/// an empty line, as in CPython.
pub fn completeness(source: &str) -> Completeness {
    let prepared = Prepared::new(source);
    let is_open_string =
        |e: &Diagnostic| e.code == Code::UnterminatedString && e.message.contains("triple-quoted");
    if let Some(first) = prepared.errors.first() {
        return if is_open_string(first) { Completeness::Incomplete } else { Completeness::Invalid };
    }
    let laid = &prepared.laid;
    if laid.open_at_end {
        let wrong =
            laid.errors.iter().any(|e| !matches!(e.code, Code::UnclosedBracket | Code::UnexpectedEnd));
        // A mistake that the parser finds before the end will not go away by typing more.
        let early = prepared
            .first_of_parser(whole)
            .is_some_and(|(_, furthest, _)| furthest < prepared.last_line_end());
        return if wrong || early { Completeness::Invalid } else { Completeness::Incomplete };
    }
    let parsed = parse(source);
    let Some(first) = parsed.errors.first() else {
        let compound = laid.tokens.iter().any(|l| l.token == Token::Indent)
            || laid.tokens.first().is_some_and(|l| compound::starts_compound(l.token));
        let ended = source.ends_with("\n\n")
            || source.rsplit('\n').nth(1).is_some_and(|l| l.trim().is_empty() && source.ends_with('\n'));
        return if compound && !ended { Completeness::Incomplete } else { Completeness::Complete };
    };
    let end = source.trim_end().len() as u32;
    let at_end = first.span.start >= end || first.textless && first.span.end >= end;
    if matches!(first.code, Code::ExpectedBlock | Code::TryBlock) && at_end {
        return Completeness::Incomplete;
    }
    if matches!(first.code, Code::InvalidSyntax | Code::UnexpectedIndent) && at_end {
        // A decorator waits for what it decorates, wherever it stands.
        let layout =
            |token: Token| matches!(token, Token::Newline | Token::Indent | Token::Dedent | Token::EndMarker);
        let end = laid.tokens.iter().rposition(|l| !layout(l.token)).map_or(0, |last| last + 1);
        let line = laid.tokens[..end].iter().rposition(|l| layout(l.token)).map_or(0, |before| before + 1);
        if laid.tokens[line..end].first().is_some_and(|l| l.token == Token::At) {
            return Completeness::Incomplete;
        }
    }
    Completeness::Invalid
}

/// A text with its tokens, and what was found before parsing.
struct Prepared<'s> {
    source: &'s str,
    /// The tokens as CPython has them.
    laid: layout::Laid,
    /// When a bracket is never closed: the tokens with the bracket closed where it should be.
    recovered: Option<layout::Laid>,
    /// What the lexer found.
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl<'s> Prepared<'s> {
    fn new(source: &'s str) -> Prepared<'s> {
        let lexed = lexer::lex(source);
        let laid = layout::lay_out(source, &lexed.tokens);
        let recovered = laid.unclosed().map(|_| layout::lay_out_with_unclosed(source, &lexed.tokens));
        Prepared { source, laid, recovered, errors: lexed.errors, warnings: lexed.warnings }
    }

    /// Parses, and puts all findings into the order in which they are shown.
    fn run<O>(
        &self,
        parse: impl for<'t> Fn(&Grammar<'t>, &mut State<'t>, Tokens<'t>) -> Option<O>,
    ) -> (Option<O>, Vec<Diagnostic>, Vec<Diagnostic>) {
        let laid = self.recovered.as_ref().unwrap_or(&self.laid);
        let lexical: Vec<Diagnostic> = self.errors.iter().chain(&laid.errors).cloned().collect();
        let mut bad: Vec<u32> = lexical.iter().map(|e| e.span.start).collect();
        bad.sort_unstable();
        let mut state = State::new(self.source, &laid.tokens, bad);
        let out = parse(&Grammar::new(), &mut state, &laid.tokens);
        let mut warnings = self.warnings.clone();
        warnings.extend(state.warnings);
        warnings.sort_by_key(|w| w.span.start);
        warnings.dedup();
        let mut errors = lexical;
        errors.extend(state.errors);
        if errors.is_empty() {
            return (out, errors, warnings);
        }
        let (first, read) = match self.first_error(parse) {
            Some((first, read)) => (Some(first), read),
            None => (errors.first().cloned(), 0),
        };
        // What CPython has not come to it does not warn of. Its parser warns of strings, but its
        // tokenizer of numbers, and that reads on to its own first mistake.
        let on = !first.as_ref().is_some_and(|f| f.code == Code::UnexpectedIndent);
        let tokenized = if on { self.stop().map_or(u32::MAX, |s| self.reached(s)) } else { read };
        warnings.retain(|w| match w.code {
            Code::NumberWarning => w.span.start <= tokenized,
            _ => w.span.start < read,
        });
        errors.sort_by_key(|e| e.span.start);
        if let Some(first) = first {
            errors.retain(|e| *e != first);
            errors.insert(0, first);
        }
        advice::advise(self.source, &laid.tokens, &mut errors);
        (out, errors, warnings)
    }

    /// How far CPython's tokenizer has read when it finds this mistake.
    fn reached(&self, error: &Diagnostic) -> u32 {
        match error.code {
            // This is found when the last token has been read.
            Code::UnexpectedEnd => self.last_line_end(),
            // This is shown at the start, but found in the text that should have ended.
            Code::UnterminatedString if error.message.contains("f-string") => {
                self.last_text(error.span.start)
            }
            // This is shown at the character behind the backslash.
            Code::LineContinuation => error.span.start.saturating_sub(1),
            // This is shown at the end of the line, but found at its start.
            Code::Unindent => {
                self.source[..error.span.start as usize].rfind('\n').map_or(0, |n| n as u32 + 1)
            }
            _ => error.span.start,
        }
    }

    /// Where the last text starts of the f-string at `opened`, which never ends.
    fn last_text(&self, opened: u32) -> u32 {
        let tokens = &self.laid.tokens;
        let first = tokens.partition_point(|l| l.span.start < opened);
        let mut depth = 0u32;
        for (i, lexeme) in tokens.iter().enumerate().skip(first) {
            match lexeme.token {
                Token::FStringStart => depth += 1,
                Token::FStringEnd if depth <= 1 => {
                    let end = lexeme.span.start;
                    let ends = |l: &&Lexeme| l.token == Token::FStringMiddle && l.span.end == end;
                    return tokens[first..i].iter().find(ends).map_or(opened, |l| l.span.start);
                }
                Token::FStringEnd => depth -= 1,
                _ => {}
            }
        }
        opened
    }

    /// The first mistake of the tokenizer.
    fn stop(&self) -> Option<&Diagnostic> {
        let tokenizer = self.errors.iter().chain(&self.laid.errors);
        tokenizer.filter(|e| e.code != Code::UnclosedBracket).min_by_key(|e| self.reached(e))
    }

    /// Of what the tokenizer and the parser find, the one that CPython reports. Most mistakes of
    /// the tokenizer come before all others, wherever they stand, because CPython reads on to
    /// the end once its parser has failed.
    fn first_error<O>(
        &self,
        parse: impl for<'t> Fn(&Grammar<'t>, &mut State<'t>, Tokens<'t>) -> Option<O>,
    ) -> Option<(Diagnostic, u32)> {
        let stop = self.stop().or_else(|| self.laid.unclosed());
        let (stop, found, furthest, read) = match (stop, self.first_of_parser(parse)) {
            (Some(stop), Some((found, furthest, read))) => (stop, found, furthest, read),
            (Some(stop), None) => return Some((stop.clone(), self.reached(stop))),
            (None, Some((found, _, read))) => return Some((found, read)),
            (None, None) => return None,
        };
        if stop.code == Code::UnclosedBracket {
            let lines = LineIndex::new(self.source);
            let later = lines.line(furthest) > lines.line(stop.span.start) && !self.is_in_fstring(stop);
            let beyond = later || furthest >= self.last_line_end();
            return Some((if beyond { stop.clone() } else { found }, read));
        }
        let quiet = found.code == Code::UnexpectedIndent
            || matches!(
                stop.code,
                Code::Unindent
                    | Code::Tabs
                    | Code::TooManyIndents
                    | Code::LineContinuation
                    | Code::UnexpectedEnd
            )
            || self.is_in_fstring(stop);
        let first = if furthest < self.reached(stop) && quiet { found } else { stop.clone() };
        Some((first, read.min(self.reached(stop))))
    }

    /// Whether a mistake of the tokenizer stands inside an f-string. Reading on to the end, CPython
    /// does not make these known.
    fn is_in_fstring(&self, error: &Diagnostic) -> bool {
        let at = error.span.start;
        let mut open = 0u32;
        for lexeme in self.laid.tokens.iter().take_while(|l| l.span.start <= at) {
            match lexeme.token {
                Token::FStringStart => open += 1,
                Token::FStringEnd if lexeme.span.end <= at => open = open.saturating_sub(1),
                _ => {}
            }
        }
        open > 0
    }

    /// The first mistake that the parser finds in the tokens as CPython has them, how far it has
    /// looked for it, and how far it had read before it looked for words.
    fn first_of_parser<O>(
        &self,
        parse: impl for<'t> Fn(&Grammar<'t>, &mut State<'t>, Tokens<'t>) -> Option<O>,
    ) -> Option<(Diagnostic, u32, u32)> {
        let tokens = &self.laid.tokens;
        let mut state = State::new(self.source, tokens, Vec::new());
        state.first_only = true;
        parse(&Grammar::new(), &mut state, tokens);
        let found = state.errors.into_iter().next()?;
        Some((found, state.furthest_at_error, state.read_before_error))
    }

    /// Where the last logical line ends.
    fn last_line_end(&self) -> u32 {
        let mut tokens = self.laid.tokens.iter();
        tokens.rfind(|l| l.token == Token::Newline).map_or(0, |l| l.span.start)
    }
}

/// A chain of binary operators while it is read.
#[derive(Clone, Copy, Default)]
struct Chain {
    /// The token it starts with.
    start: usize,
    /// The token at which the Pratt table took over, after the first operand.
    resumed: usize,
}

/// What the parser carries along.
pub(super) struct State<'s> {
    pub(super) source: &'s str,
    tokens: Tokens<'s>,
    /// The furthest token that was looked at, as its [`order`]: CPython's place for `invalid syntax`.
    furthest: u64,
    /// Whether the `invalid_...` productions are switched on.
    explaining: bool,
    /// The mistake found in the statement at hand; nothing is parsed any more once it is set.
    fatal: Option<Diagnostic>,
    errors: Vec<Diagnostic>,
    /// The places and kinds of these errors: a place that is parsed twice is reported once.
    reported: FxHashSet<(u32, u32, Code)>,
    warnings: Vec<Diagnostic>,
    /// Where the lexer and the layout pass found mistakes, sorted.
    bad: Vec<u32>,
    /// Stop after the first mistake.
    first_only: bool,
    /// How far the parser had looked when it was done with the first mistake, and how far before
    /// that mistake was explained.
    furthest_at_error: u32,
    read_before_error: u32,
    /// How many knots are open.
    depth: u32,
    height: Height,
    /// How many branches of `if` statements are open: each nests in the one before it.
    branches: u32,
    /// The chain of binary operators at hand.
    chain: Chain,
    /// The operand that the Pratt table is to start with.
    first_operand: Option<Expr>,
    /// Whether the argument at hand may be a generator expression without parentheses.
    sole_generator: bool,
    /// Whether the f-string at hand is raw.
    raw_fstring: bool,
    /// How many steps may still be spent on explaining.
    fuel: u32,
    /// Statements that have failed already: at this token, resumed at that one.
    failed: FxHashMap<usize, usize>,
    lines: OnceCell<LineIndex>,
}

impl<'s> State<'s> {
    fn new(source: &'s str, tokens: Tokens<'s>, bad: Vec<u32>) -> State<'s> {
        State {
            source,
            tokens,
            furthest: 0,
            explaining: false,
            fatal: None,
            errors: Vec::new(),
            reported: FxHashSet::default(),
            warnings: Vec::new(),
            bad,
            first_only: false,
            furthest_at_error: 0,
            read_before_error: 0,
            depth: 0,
            height: Height::default(),
            branches: 0,
            chain: Chain::default(),
            first_operand: None,
            sole_generator: false,
            raw_fstring: false,
            fuel: 0,
            failed: FxHashMap::default(),
            lines: OnceCell::new(),
        }
    }

    /// Sets the mistake of the statement at hand; the first one found stays.
    fn fail(&mut self, code: Code, span: Span, message: impl Into<String>) -> EmptyErr {
        self.fail_with(Diagnostic::new(code, span, message))
    }

    fn fail_with(&mut self, diagnostic: Diagnostic) -> EmptyErr {
        if self.fatal.is_none() {
            self.fatal = Some(diagnostic);
        }
        EmptyErr::default()
    }

    /// The 1-based line of an offset.
    fn line(&self, offset: u32) -> u32 {
        self.lines.get_or_init(|| LineIndex::new(self.source)).line(offset)
    }

    /// The index of the furthest token that was looked at.
    fn furthest_token(&self) -> usize {
        self.token_of(self.furthest)
    }

    /// The index of the token of that order; of the ends of several blocks it is the first.
    fn token_of(&self, reach: u64) -> usize {
        let index = self.tokens.partition_point(|l| order(l) < reach);
        index.min(self.tokens.len().saturating_sub(1))
    }

    /// The furthest token that was looked at.
    fn furthest_lexeme(&self) -> Lexeme {
        self.tokens[self.furthest_token()]
    }
}

/// Orders tokens by where they start. Those without text share their start with the next one that has
/// some, and come before it.
#[inline(always)]
fn order(lexeme: &Lexeme) -> u64 {
    let rank = match lexeme.token {
        Token::FStringMiddle | Token::FStringEnd => 0,
        Token::Newline => 1,
        Token::Dedent => 2,
        _ => 3,
    };
    u64::from(lexeme.span.start) << 2 | rank
}

impl<'s> Inspector<'s, Tokens<'s>> for State<'s> {
    type Checkpoint = ();

    #[inline(always)]
    fn on_token(&mut self, lexeme: &Lexeme) {
        self.furthest = self.furthest.max(order(lexeme));
    }

    #[inline(always)]
    fn on_save<'p>(&self, _: &Cursor<'s, 'p, Tokens<'s>>) {}

    #[inline(always)]
    fn on_rewind<'p>(&mut self, _: &Checkpoint<'s, 'p, Tokens<'s>, ()>) {}
}

/// A production that is put together when the parser first comes to it: most texts need few of
/// them, and a short one would be parsed long before all are made.
struct Lazy<'s, O> {
    rule: OnceCell<Rule<'s, O>>,
    make: Make<'s, O>,
    knots: Weak<Knots<'s>>,
}

/// How a production is put together.
type Make<'s, O> = fn(&Knots<'s>) -> Rule<'s, O>;

impl<'s, O> Lazy<'s, O> {
    fn new(knots: Weak<Knots<'s>>, make: Make<'s, O>) -> Lazy<'s, O> {
        Lazy { rule: OnceCell::new(), make, knots }
    }

    /// The production; none when the grammar is gone.
    fn rule(&self) -> Option<&Rule<'s, O>> {
        match self.rule.get() {
            Some(rule) => Some(rule),
            None => {
                let knots = self.knots.upgrade()?;
                Some(self.rule.get_or_init(|| (self.make)(&knots)))
            }
        }
    }
}

/// A production that is put together only when the parser comes to it.
fn later<'s, O: 's>(k: &Knots<'s>, make: Make<'s, O>) -> Rule<'s, O> {
    let lazy = Lazy::new(k.this.clone(), make);
    custom(move |inp: &mut Input<'s, '_>| match lazy.rule() {
        Some(rule) => inp.parse(rule),
        None => failure(),
    })
    .boxed()
}

/// A production that others refer to before it is defined. The grammar owns the knot; references
/// to it are weak, so that a grammar is freed with its owner. Passing through a knot counts as
/// one level of nesting, and the native stack grows here.
struct Knot<'s, O>(Rc<Lazy<'s, O>>);

/// Stack that must be left when a knot is entered, and how much more is taken otherwise.
const STACK_RED_ZONE: usize = 1024 * 1024;
const STACK_STEP: usize = 8 * 1024 * 1024;

impl<'s, O: 's> Knot<'s, O> {
    fn new(knots: &Weak<Knots<'s>>, make: Make<'s, O>) -> Knot<'s, O> {
        Knot(Rc::new(Lazy::new(knots.clone(), make)))
    }

    /// A reference to the production.
    fn rule(&self) -> Rule<'s, O> {
        let weak = Rc::downgrade(&self.0);
        custom(move |inp: &mut Input<'s, '_>| {
            let Some(lazy) = weak.upgrade() else { return failure() };
            let Some(rule) = lazy.rule() else { return failure() };
            let state = inp.state();
            if state.fatal.is_some() {
                return failure();
            }
            if state.explaining {
                if state.fuel == 0 {
                    return failure();
                }
                state.fuel -= 1;
            }
            state.depth += 1;
            if state.depth > MAX_HEIGHT {
                let span = peek_span(inp);
                inp.state().depth -= 1;
                return Err(too_deep(inp.state(), span));
            }
            let result = stack::ensure(STACK_RED_ZONE, STACK_STEP, || scope(inp, |inp| inp.parse(rule)));
            inp.state().depth -= 1;
            result
        })
        .boxed()
    }
}

/// What is parsed from the outside: the statements of a file, or one expression.
struct Grammar<'s>(Rc<Knots<'s>>);

/// One knot for each production that takes part in a circle.
struct Knots<'s> {
    expression: Knot<'s, Expr>,
    named_expression: Knot<'s, Expr>,
    star_expressions: Knot<'s, Expr>,
    yield_expr: Knot<'s, Expr>,
    disjunction: Knot<'s, Expr>,
    bitwise_or: Knot<'s, Expr>,
    factor: Knot<'s, Expr>,
    primary: Knot<'s, Expr>,
    statements: Knot<'s, Vec<Stmt>>,
    block: Knot<'s, Vec<Stmt>>,
    pattern: Knot<'s, super::ast::Pattern>,
    for_if_clauses: Knot<'s, Vec<super::ast::CompFor>>,
    replacement_field: Knot<'s, fstring::Field>,
    this: Weak<Knots<'s>>,
}

impl<'s> Grammar<'s> {
    fn new() -> Grammar<'s> {
        Grammar(Rc::new_cyclic(|this| Knots {
            expression: Knot::new(this, expr::expression),
            named_expression: Knot::new(this, expr::named_expression),
            star_expressions: Knot::new(this, expr::star_expressions),
            yield_expr: Knot::new(this, expr::yield_expr),
            disjunction: Knot::new(this, expr::disjunction),
            bitwise_or: Knot::new(this, expr::bitwise_or),
            factor: Knot::new(this, expr::factor),
            primary: Knot::new(this, call::primary),
            statements: Knot::new(this, statements),
            block: Knot::new(this, compound::block),
            pattern: Knot::new(this, pattern::pattern),
            for_if_clauses: Knot::new(this, comprehension::for_if_clauses),
            replacement_field: Knot::new(this, fstring::fstring_replacement_field),
            this: this.clone(),
        }))
    }

    /// All statements of a file.
    fn statements(&self) -> Rule<'s, Vec<Stmt>> {
        let statements = self.0.statements.0.rule().expect("the grammar is there");
        recovery::whole(statements.clone())
    }

    /// One expression, with the end of the text behind it.
    fn eval(&self) -> Rule<'s, Expr> {
        recovery::lone(stmt::eval(&self.0))
    }
}

fn statements<'s>(k: &Knots<'s>) -> Rule<'s, Vec<Stmt>> {
    recovery::statements(stmt::statement(k), k.statements.rule())
}

// ---- What every production uses -------------------------------------------------------------

fn position(inp: &Input<'_, '_>) -> usize {
    *inp.cursor().inner()
}

/// The token `n` places ahead, without looking at it in the sense of [`State::furthest`].
fn peek_at(inp: &mut Input<'_, '_>, n: usize) -> Token {
    let index = position(inp) + n;
    inp.full_slice().get(index).map_or(Token::EndMarker, |l| l.token)
}

fn peek(inp: &mut Input<'_, '_>) -> Token {
    peek_at(inp, 0)
}

fn peek_span(inp: &mut Input<'_, '_>) -> Span {
    let index = position(inp);
    let tokens = inp.full_slice();
    tokens.get(index).or(tokens.last()).map_or(Span::default(), |l| l.span)
}

/// The span from the token at index `from` to the last one read.
fn span_since(inp: &mut Input<'_, '_>, from: usize) -> Span {
    let to = position(inp);
    let tokens = inp.full_slice();
    span_of(&tokens[from..to.max(from)])
}

/// The span of the last token read.
fn last_span(inp: &mut Input<'_, '_>) -> Span {
    let index = position(inp).saturating_sub(1);
    inp.full_slice().get(index).map_or(Span::default(), |l| l.span)
}

/// The span of some tokens.
fn span_of(lexemes: &[Lexeme]) -> Span {
    match lexemes {
        [] => Span::default(),
        [first, .., last] => Span::new(first.span.start, last.span.end),
        [one] => one.span,
    }
}

/// One token of that kind.
fn token<'s>(kind: Token) -> impl Parser<'s, Tokens<'s>, Span, Extra<'s>> + Copy {
    custom(move |inp: &mut Input<'s, '_>| match inp.next_ref() {
        Some(l) if l.token == kind => Ok(l.span),
        _ => Err(EmptyErr::default()),
    })
}

/// A token that the grammar demands: without it, nothing else is tried (CPython's `&&`).
fn forced<'s>(kind: Token, text: &'static str) -> impl Parser<'s, Tokens<'s>, Span, Extra<'s>> + Copy {
    custom(move |inp: &mut Input<'s, '_>| {
        let found = peek_span(inp);
        match inp.next_ref() {
            Some(l) if l.token == kind => Ok(l.span),
            _ => {
                let message = format!("expected '{text}'");
                Err(inp.state().fail(Code::ExpectedToken, found, message))
            }
        }
    })
}

/// A soft keyword: a name that is a keyword at this place.
fn soft_keyword<'s>(text: &str) -> impl Parser<'s, Tokens<'s>, Span, Extra<'s>> + Copy {
    token(Token::Name(Name::new(text)))
}

/// NAME
fn name<'s>() -> impl Parser<'s, Tokens<'s>, Ident, Extra<'s>> + Copy {
    custom(|inp: &mut Input<'s, '_>| match inp.next_ref() {
        Some(&Lexeme { token: Token::Name(name), span }) => Ok(Ident { name, span }),
        _ => Err(EmptyErr::default()),
    })
}

/// Tries `rule`; goes back when it fails.
fn attempt<'s, O>(inp: &mut Input<'s, '_>, rule: &impl Parser<'s, Tokens<'s>, O, Extra<'s>>) -> Option<O> {
    let checkpoint = inp.save();
    match inp.parse(rule) {
        Ok(out) => Some(out),
        Err(_) => {
            inp.rewind(checkpoint);
            None
        }
    }
}

/// Reads the next token when it is of that kind.
fn accept(inp: &mut Input<'_, '_>, kind: Token) -> Option<Span> {
    let checkpoint = inp.save();
    match inp.next_ref() {
        Some(l) if l.token == kind => Some(l.span),
        _ => {
            inp.rewind(checkpoint);
            None
        }
    }
}

fn failure<T>() -> Result<T, EmptyErr> {
    Err(EmptyErr::default())
}
