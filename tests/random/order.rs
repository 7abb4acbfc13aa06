//! In what order things are evaluated: every leaf is a call of `t`, which says its tag and gives the value back; after
//! a random number of leaves one fails, and the program says where that was, to the column.

use super::{Body, Grower};

/// What an expression gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Number,
    List,
    Dict,
    Text,
    Thing,
}

const ANY: [Gives; 5] = [Gives::Number, Gives::List, Gives::Dict, Gives::Text, Gives::Thing];

impl Grower {
    /// A call of `t` around a value of the kind.
    fn leaf(&mut self, gives: Gives) -> String {
        let tag = self.fresh("");
        let value = match gives {
            Gives::Number => self.pick(&["0", "1", "2", "3", "-1", "True", "2.5"]),
            Gives::List => self.pick(&["[1, 2, 3]", "[0]", "[]", "(4, 5)", "[3, 1, 2, 0]"]),
            Gives::Dict => self.pick(&["{'a': 1}", "{}", "{'b': 2, 'a': 0}"]),
            Gives::Text => self.pick(&["'a'", "''", "'b'", "'ab'"]),
            Gives::Thing => self.pick(&["Thing(1)", "Thing(2)", "thing"]),
        };
        let call = format!("t({tag}, {value})");
        if self.body == Body::Plain || self.chance(80) {
            return call;
        }
        if self.body == Body::Coroutine {
            format!("(await s{})", &call[1..])
        } else {
            format!("(yield {call})")
        }
    }

    fn ordered(&mut self, gives: Gives, depth: u8) -> String {
        if depth == 0 || self.chance(25) {
            return self.leaf(gives);
        }
        let depth = depth - 1;
        let any = ANY[self.random.usize(0..ANY.len())];
        match self.random.u8(0..12) {
            0 => {
                let (then, test, other) =
                    (self.ordered(gives, depth), self.ordered(any, depth), self.ordered(gives, depth));
                return format!("({then} if {test} else {other})");
            }
            1 => {
                let (a, b) = (self.ordered(gives, depth), self.ordered(gives, depth));
                return format!("({a} {} {b})", self.pick(&["and", "or"]));
            }
            2 => {
                let (name, value) = (self.fresh("w"), self.ordered(gives, depth));
                return format!("({name} := {value})");
            }
            3 => {
                let (value, outside) = (self.ordered(gives, depth), self.ordered(any, depth));
                let name = self.fresh("p");
                // A body of its own cannot wait or yield for the function around it.
                let inner = std::mem::replace(&mut self.body, Body::Plain);
                let inside = self.ordered(gives, depth);
                self.body = inner;
                return match self.random.u8(0..2) {
                    0 => format!("(lambda {name}={value}: {name} or {inside})()"),
                    _ => format!(
                        "(lambda {name}, *a, **k: {name})({value}, {outside}, *{}, k={inside})",
                        self.ordered(Gives::List, depth)
                    ),
                };
            }
            _ => {}
        }
        match gives {
            Gives::Number => {
                let (a, b, c) = (
                    self.ordered(Gives::Number, depth),
                    self.ordered(Gives::Number, depth),
                    self.ordered(Gives::Number, depth),
                );
                match self.random.u8(0..14) {
                    0..=2 => format!("({a} {} {b})", self.pick(&["+", "-", "*", "/", "//", "%", "**"])),
                    3 => format!(
                        "({a} {} {b} {} {c})",
                        self.pick(&["<", "<=", "==", "is not"]),
                        self.pick(&[">", "!=", ">="])
                    ),
                    4 => format!("({}{a})", self.pick(&["-", "not ", "+"])),
                    5 => format!("{}[{b}]", self.ordered(Gives::List, depth)),
                    6 => {
                        format!("{}[{}]", self.ordered(Gives::Dict, depth), self.ordered(Gives::Text, depth))
                    }
                    7 => format!("{}.n", self.ordered(Gives::Thing, depth)),
                    8 => format!("len({})", self.ordered(Gives::List, depth)),
                    9 => format!("max({a}, {b}, *{})", self.ordered(Gives::List, depth)),
                    10 => format!("{}.add({a}, {b}, k={c})", self.ordered(Gives::Thing, depth)),
                    11 => format!("({a} in {})", self.ordered(Gives::List, depth)),
                    12 => format!(
                        "{}({a}, *{}, b={b}, **{})",
                        self.ordered(Gives::Thing, depth),
                        self.ordered(Gives::List, depth),
                        self.ordered(Gives::Dict, depth)
                    ),
                    _ => format!("sum({}, start={a})", self.ordered(Gives::List, depth)),
                }
            }
            Gives::List => {
                let (a, b) = (self.ordered(Gives::Number, depth), self.ordered(Gives::Number, depth));
                let list = self.ordered(Gives::List, depth);
                let name = self.fresh("x");
                match self.random.u8(0..9) {
                    0..=1 => format!("[{a}, *{list}, {b}]"),
                    2 => format!("({a}, {b}, *{list})"),
                    3 => format!("{list}[{a}:{b}]"),
                    4 => format!("[*{list}][::{b}]"),
                    // No `:=` may stand in what a comprehension goes through.
                    5 => {
                        let (tag, list) = (self.fresh(""), self.leaf(Gives::List));
                        format!("[t({tag}, {name}) for {name} in {list} if t({tag}, {name} != 1)]")
                    }
                    6 => {
                        let (inner, tag, list) = (self.fresh("y"), self.fresh(""), self.leaf(Gives::List));
                        format!(
                            "[({name}, {inner}) for {name} in {list} for {inner} in t({tag}, [{name}, 1])]"
                        )
                    }
                    7 => format!("sorted({list}, key=lambda {name}: t(0, -{name}), reverse={a})"),
                    _ => format!("(({a}, {b}) + tuple({list}))"),
                }
            }
            Gives::Dict => {
                let (key, value) = (self.ordered(Gives::Text, depth), self.ordered(any, depth));
                let dict = self.ordered(Gives::Dict, depth);
                let name = self.fresh("k");
                match self.random.u8(0..5) {
                    0 => format!(
                        "{{{key}: {value}, **{dict}, {}: {}}}",
                        self.leaf(Gives::Text),
                        self.leaf(Gives::Number)
                    ),
                    1 => format!("dict(a={value}, **{dict})"),
                    2 => format!("({dict} | {})", self.ordered(Gives::Dict, depth)),
                    3 => {
                        let (first, second, dict) = (self.fresh(""), self.fresh(""), self.leaf(Gives::Dict));
                        format!("{{t({first}, {name}): t({second}, 1) for {name} in {dict}}}")
                    }
                    _ => format!("{{{key}: {value}}}"),
                }
            }
            Gives::Text => {
                let (a, b) = (self.ordered(Gives::Text, depth), self.ordered(Gives::Number, depth));
                match self.random.u8(0..5) {
                    0 => format!("f\"{{{a}!r:>{{{b}}}}}|{{{}}}\"", self.leaf(Gives::Number)),
                    1 => format!("('%s-%s' % ({a}, {b}))"),
                    2 => format!("({a} + {})", self.ordered(Gives::Text, depth)),
                    3 => format!("'{{}}{{x}}'.format({b}, x={a})"),
                    _ => format!("{a}.join(map(str, {}))", self.ordered(Gives::List, depth)),
                }
            }
            Gives::Thing => match self.random.u8(0..3) {
                0 => format!("Thing({})", self.ordered(Gives::Number, depth)),
                1 => format!("{}.same()", self.ordered(Gives::Thing, depth)),
                _ => self.leaf(Gives::Thing),
            },
        }
    }

    fn in_order(&mut self, gives: Gives) -> String {
        self.ordered(gives, 2)
    }

    /// What may stand to the left of `=`.
    fn target(&mut self) -> String {
        match self.random.u8(0..5) {
            0 => self.fresh("v"),
            1 => format!("{}[{}]", self.in_order(Gives::List), self.in_order(Gives::Number)),
            2 => format!("{}.n", self.in_order(Gives::Thing)),
            3 => format!("{}[{}]", self.in_order(Gives::Dict), self.in_order(Gives::Text)),
            _ => format!(
                "{}[{}:{}]",
                self.in_order(Gives::List),
                self.leaf(Gives::Number),
                self.leaf(Gives::Number)
            ),
        }
    }

    fn ordered_statement(&mut self, depth: u8) {
        let any = ANY[self.random.usize(0..ANY.len())];
        let value = self.in_order(any);
        let inside = |grower: &mut Grower| {
            for _ in 0..grower.random.usize(1..3) {
                grower.ordered_statement(depth.saturating_sub(1));
            }
        };
        match self.random.u8(0..if depth == 0 { 10 } else { 18 }) {
            0..=1 => {
                let end = self.pick(&["end='.\\n'", "sep=t(0, '-')", "*t(0, 'xy')"]);
                self.line(&format!("print({value}, {end})"));
            }
            2 => {
                let target = self.target();
                self.line(&format!("{target} = {value}"));
            }
            3 => {
                let (first, second) = (self.target(), self.target());
                let list = self.in_order(Gives::List);
                let text = match self.random.u8(0..3) {
                    0 => format!("{first} = {second} = {value}"),
                    1 => format!("{first}, {second} = {list}"),
                    _ => format!("{first}, *{second} = {list}"),
                };
                self.line(&text);
            }
            4..=5 => {
                let target = match self.random.u8(0..3) {
                    0 => format!("{}[{}]", self.in_order(Gives::List), self.in_order(Gives::Number)),
                    1 => format!("{}.n", self.in_order(Gives::Thing)),
                    _ => format!("{}[{}]", self.in_order(Gives::Dict), self.in_order(Gives::Text)),
                };
                let operator = self.pick(&["+", "-", "*", "|", "//"]);
                self.line(&format!("{target} {operator}= {value}"));
            }
            6 => {
                let (list, number, thing) =
                    (self.in_order(Gives::List), self.in_order(Gives::Number), self.in_order(Gives::Thing));
                let text =
                    self.pick(&["del #l[#n]", "del #t.n", "del #l[#n], #t.n", "del #l[#n:], (#t.n, #l[0])"]);
                let text = text.replace("#l", &list).replace("#n", &number).replace("#t", &thing);
                self.line(&text);
            }
            7 => {
                let text = self.in_order(Gives::Text);
                // CPython warns of a tuple, as often as it compiles the place.
                self.line(&format!("assert {value} != 0, {text}"));
            }
            8 => {
                let (number, thing) = (self.in_order(Gives::Number), self.in_order(Gives::Thing));
                self.line(&format!(
                    "raise Wrong({number}) from [ValueError({value}), None][bool({thing}.n)]"
                ));
            }
            9 => {
                let name = self.fresh("f");
                let (annotation, second) = (self.leaf(any), self.in_order(Gives::Number));
                let (thing, result) = (self.leaf(Gives::Thing), self.leaf(Gives::Text));
                self.line(&format!("@t({}, lambda f: f)", self.names));
                self.line(&format!("@{thing}.same"));
                self.line(&format!(
                    "def {name}(a: {annotation} = 1, *b, c={second}) -> {result}: return a, b, c"
                ));
                self.line(&format!("print({name}({value}), sorted({name}.__annotations__))"));
            }
            10..=11 => {
                let target = self.target();
                let list = self.in_order(Gives::List);
                self.block(&format!("for {target} in {list}:"), |grower| {
                    inside(grower);
                    if grower.chance(40) {
                        let test = grower.leaf(Gives::Number);
                        let jump = grower.pick(&["break", "continue"]);
                        grower.line(&format!("if {test}: {jump}"));
                    }
                });
                if self.chance(40) {
                    self.block("else:", inside);
                }
            }
            12 => {
                self.block(&format!("if {value}:"), inside);
                let other = self.in_order(any);
                self.block(&format!("elif {other}:"), inside);
                self.block("else:", inside);
            }
            13..=14 => {
                let (tag, target, other) = (self.names, self.target(), self.leaf(Gives::Number));
                let head = format!("with Scope({tag}, {value}) as {target}, Scope({}, {other}):", tag + 1);
                self.block(&head, inside);
            }
            15 => {
                self.block("try:", inside);
                let name = self.fresh("e");
                let inner = self.leaf(Gives::Number);
                self.block(
                    &format!("except ([ValueError, Wrong][t(0, 1)], [TypeError][{inner} * 0]) as {name}:"),
                    |grower| {
                        grower
                            .line(&format!("print('caught', type({name}).__name__, {name}, places({name}))"));
                        if grower.chance(60) {
                            inside(grower);
                        }
                    },
                );
                if self.chance(30) {
                    self.block("else:", inside);
                }
                if self.chance(50) {
                    self.block("finally:", inside);
                }
            }
            16 => {
                let name = self.fresh("C");
                let thing = self.leaf(Gives::Thing);
                self.block(&format!("class {name}(type({thing}), tag={value}):"), |grower| {
                    let inner = std::mem::replace(&mut grower.body, Body::Plain);
                    let (text, number) = (grower.in_order(Gives::Text), grower.in_order(Gives::Number));
                    grower.line(&format!("m: {text} = {number}"));
                    let (first, rest) = (grower.leaf(Gives::Number), grower.leaf(Gives::List));
                    grower.line(&format!("l = [{first}, *(x + 1 for x in {rest})]"));
                    grower.body = inner;
                });
                let number = self.leaf(Gives::Number);
                self.line(&format!("print({name}.m, {name}.l, {name}({number}).n)"));
            }
            _ => {
                self.line(&format!("match {value}:"));
                self.indent += 1;
                for pattern in ["[x, *_]", "{'a': x}", "Thing(n=x)", "str(x) | int(x)", "x"] {
                    let test = self.leaf(Gives::Number);
                    let guard = if self.chance(70) { format!(" if {test}") } else { String::new() };
                    if pattern == "x" && guard.is_empty() {
                        self.line("case _: print('other')");
                    } else {
                        self.line(&format!("case {pattern}{guard}: print('case', x)"));
                    }
                }
                self.indent -= 1;
            }
        }
    }

    /// Functions of such statements, and calls that fail after so many leaves.
    pub(super) fn order(&mut self) {
        let outer = std::mem::take(&mut self.variables);
        self.lines(TOP);
        for _ in 0..self.random.usize(2..5) {
            let name = self.fresh("run");
            let body = [Body::Plain, Body::Plain, Body::Generator, Body::Coroutine][self.random.usize(0..4)];
            let head = if body == Body::Coroutine { "async def" } else { "def" };
            self.function_block(&format!("{head} {name}():"), body, None, |grower| {
                for _ in 0..grower.random.usize(1..4) {
                    grower.ordered_statement(2);
                }
                let value = grower.in_order(Gives::Number);
                grower.line(&format!("return {value}"));
                if body == Body::Generator {
                    grower.line("yield");
                }
            });
            let call = match body {
                Body::Plain => format!("{name}()"),
                Body::Generator => format!("[*{name}()]"),
                Body::Coroutine => format!("asyncio.run({name}())"),
            };
            let fuses: Vec<String> = (0..3).map(|_| self.random.u8(1..30).to_string()).collect();
            self.block(&format!("for fuse in {}, 0:", fuses.join(", ")), |grower| {
                grower.block("try:", |grower| grower.line(&format!("print('gives', {call})")));
                grower.block("except Exception as e:", |grower| {
                    grower.line("print(type(e).__name__, e, places(e), chain(e))");
                });
            });
        }
        self.variables = outer;
    }
}

/// What every such program has at its top.
const TOP: &str = r#"
class Thing:
    def __init__(self, n): self.n = n
    def __init_subclass__(cls, tag=None): print('subclass', cls.__name__, tag)
    # It may hold itself.
    def __repr__(self): return f'Thing({vars(self).get("n", 0) if isinstance(self.n, (int, float, str)) else type(self.n).__name__})' if 'n' in vars(self) else 'Thing'
    def __call__(self, *a, **k): return a[0] if a and self.n == 1 else len(k)
    def add(self, *a, k): return sum(a, k)
    def same(self, value=None): return self if value is None else value
thing = Thing(0)
class Scope:
    def __init__(self, tag, value): self.tag, self.value = tag, value
    def __enter__(self): t(self.tag, 'enter'); return self.value
    def __exit__(self, kind, *rest): print('exit', self.tag, kind and kind.__name__); return kind is Wrong and self.tag % 5 == 0
def t(tag, value):
    global fuse
    print(tag, end=' ')
    fuse -= 1
    if not fuse: raise Wrong(tag)
    return value
async def s(tag, value):
    await asyncio.sleep(0)
    return t(tag, value)
def places(e): return [(f.name, f.lineno, f.end_lineno, f.colno, f.end_colno) for f in traceback.extract_tb(e.__traceback__) if f.filename.endswith('.co')]
"#;
