//! Random programs of the subset: text that CPython accepts, ends after a bounded number of steps, and prints
//! what it computes as it goes, so that a difference shows near its cause.
//!
//! A program is grown from a seed alone: the same seed is the same text. `expression` makes expressions of a
//! wanted kind, `statement` makes statements from them, and `coroutine` the generators and coroutines together
//! with the scripts that drive them, `library` fills the holes of a stock of texts, `mixed` uses values where they
//! don't fit, `order` lets expressions say when their parts are evaluated, and `scenario` lets workers share what
//! `asyncio` has. What may fail does fail now and then: every group of statements stands in a `try` that prints
//! the exception, and some programs end with one that nobody catches.

mod coroutine;
mod expression;
mod library;
mod mixed;
mod order;
mod scenario;
mod statement;

use std::fmt::Write;

/// What an expression evaluates to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Int,
    Float,
    Str,
    Bool,
    /// A list of integers.
    List,
    /// A dict from strings to integers.
    Dict,
    /// A tuple of integers.
    Tuple,
    /// A set of integers.
    Set,
    Bytes,
}

pub const KINDS: [Kind; 9] = [
    Kind::Int,
    Kind::Float,
    Kind::Str,
    Kind::Bool,
    Kind::List,
    Kind::Dict,
    Kind::Tuple,
    Kind::Set,
    Kind::Bytes,
];

/// What the statements around the place of growth allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Body {
    Plain,
    Generator,
    Coroutine,
}

/// A function that later text may call.
#[derive(Clone)]
struct Function {
    name: String,
    parameters: Vec<(String, Kind)>,
    result: Kind,
}

/// A program that grows.
pub struct Grower {
    random: fastrand::Rng,
    text: String,
    indent: usize,
    /// The variables that are bound here whatever path led here.
    variables: Vec<(String, Kind)>,
    functions: Vec<Function>,
    /// Generator functions of one integer parameter, and whether they yield integers only.
    generators: Vec<String>,
    /// Coroutine functions of one integer parameter.
    coroutines: Vec<String>,
    names: usize,
    body: Body,
    in_loop: bool,
    /// What a `return` gives, where one is allowed.
    result: Option<Kind>,
}

/// The text of the program with this seed.
pub fn program(seed: u64) -> String {
    let mut grower = Grower {
        random: fastrand::Rng::with_seed(seed),
        text: String::new(),
        indent: 0,
        variables: Vec::new(),
        functions: Vec::new(),
        generators: Vec::new(),
        coroutines: Vec::new(),
        names: 0,
        body: Body::Plain,
        in_loop: false,
        result: None,
    };
    grower.line("import asyncio, math, functools, itertools, contextlib, collections");
    grower.line(
        "import abc, bisect, contextvars, copy, dataclasses, datetime, enum, fractions, heapq, io, json",
    );
    grower.line("import operator, pprint, random, statistics, string, struct, sys, textwrap, traceback, typing, weakref");
    grower.line("");
    grower.classes();
    for _ in 0..grower.random.usize(1..4) {
        grower.function();
    }
    for _ in 0..grower.random.usize(0..3) {
        grower.generator();
    }
    for _ in 0..grower.random.usize(1..4) {
        grower.guarded_group();
    }
    for _ in 0..grower.random.usize(0..6) {
        grower.library();
    }
    for _ in 0..grower.random.usize(0..14) {
        grower.mixed();
    }
    if grower.chance(50) {
        grower.featured_class();
    }
    if grower.chance(20) {
        grower.order();
    }
    if !grower.generators.is_empty() {
        grower.drive_generators();
    }
    match grower.random.u8(0..6) {
        0..=3 => grower.asyncio_program(),
        4 => grower.scenario(),
        _ => {}
    }
    for _ in 0..grower.random.usize(0..3) {
        grower.guarded_group();
    }
    if grower.random.u8(0..8) == 0 {
        // Nobody catches what happens here.
        grower.statements(3, 2);
        grower.line("raise ValueError('the end')");
    }
    grower.text
}

impl Grower {
    fn line(&mut self, text: &str) {
        if !text.is_empty() {
            for _ in 0..self.indent {
                self.text.push_str("    ");
            }
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// The lines of a text, which has its own indentation.
    fn lines(&mut self, text: &str) {
        for line in text.trim_start_matches('\n').lines() {
            self.line(line);
        }
    }

    /// A line that opens a block, and the block.
    fn block(&mut self, head: &str, inside: impl FnOnce(&mut Grower)) {
        self.line(head);
        self.indent += 1;
        let known = self.variables.len();
        inside(self);
        // What a block binds may be unbound behind it.
        self.variables.truncate(known);
        self.indent -= 1;
    }

    /// A function's block: its own variables, no loop around it.
    fn function_block(
        &mut self,
        head: &str,
        body: Body,
        result: Option<Kind>,
        inside: impl FnOnce(&mut Grower),
    ) {
        let state = (self.body, self.in_loop, self.result);
        (self.body, self.in_loop, self.result) = (body, false, result);
        self.block(head, inside);
        (self.body, self.in_loop, self.result) = state;
    }

    fn fresh(&mut self, start: &str) -> String {
        self.names += 1;
        format!("{start}{}", self.names)
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.random.u8(0..100) < percent
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.random.usize(0..choices.len())]
    }

    fn kind(&mut self) -> Kind {
        KINDS[self.random.usize(0..KINDS.len())]
    }

    /// A variable of the kind, when there is one.
    fn variable(&mut self, kind: Kind) -> Option<String> {
        let known: Vec<&String> =
            self.variables.iter().filter(|(_, found)| *found == kind).map(|(name, _)| name).collect();
        if known.is_empty() {
            return None;
        }
        Some(known[self.random.usize(0..known.len())].clone())
    }

    /// Binds a fresh variable to an expression of a random kind.
    fn bind(&mut self) {
        let kind = self.kind();
        let name = self.fresh("v");
        let value = self.bounded(kind, 2);
        self.line(&format!("{name} = {value}"));
        self.variables.push((name, kind));
    }

    /// An expression that stays small however often it's evaluated.
    fn bounded(&mut self, kind: Kind, depth: u8) -> String {
        let value = self.expression(kind, depth);
        match kind {
            Kind::Int => match self.random.u8(0..3) {
                0 => format!("({value}) % 1000003"),
                1 => format!("max(-10**20, min(10**20, {value}))"),
                _ => format!("({value}) & 0xffffffffffff"),
            },
            Kind::Str | Kind::Bytes | Kind::List | Kind::Tuple => format!("({value})[:20]"),
            Kind::Dict => format!("dict(list(({value}).items())[:12])"),
            Kind::Set => format!("set(sorted({value})[:12])"),
            Kind::Float | Kind::Bool => value,
        }
    }

    /// A few statements; when something in them fails, the program says what and goes on.
    fn guarded_group(&mut self) {
        self.block("try:", |grower| {
            for _ in 0..grower.random.usize(2..4) {
                grower.bind();
            }
            grower.statements(4, 3);
        });
        self.caught();
    }

    /// The handler that prints what arrived, with where it came from.
    fn caught(&mut self) {
        let name = self.fresh("e");
        self.block(&format!("except Exception as {name}:"), |grower| {
            let mut text = format!("print(type({name}).__name__, {name}");
            if grower.chance(50) {
                let _ = write!(text, ", chain({name})");
            }
            grower.line(&(text + ")"));
        });
    }
}
