//! Statements, functions and classes.

use super::{Body, Function, Grower, Kind};

impl Grower {
    /// At most `count` statements, nested `depth` deep.
    pub(super) fn statements(&mut self, count: usize, depth: u8) {
        for _ in 0..self.random.usize(1..=count) {
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: u8) {
        if self.body != Body::Plain && self.chance(35) {
            return self.suspension();
        }
        if depth == 0 {
            return self.simple();
        }
        match self.random.u8(0..25) {
            0..=6 => self.simple(),
            7..=8 => self.print(),
            9..=10 => self.branch(depth - 1),
            11..=13 => self.for_loop(depth - 1),
            14 => self.while_loop(depth - 1),
            15..=17 => self.try_statement(depth - 1),
            18 => self.with_statement(depth - 1),
            19 => self.match_statement(depth - 1),
            20 => self.objects(),
            21..=22 => self.library(),
            23 => self.mixed(),
            _ => self.closure(),
        }
    }

    fn print(&mut self) {
        let values: Vec<String> = (0..self.random.usize(1..4))
            .map(|_| {
                let kind = self.kind();
                self.expression(kind, 2)
            })
            .collect();
        let end = self.pick(&["", "", "", ", sep='|'", ", end=';\\n'"]);
        self.line(&format!("print({}{end})", values.join(", ")));
    }

    /// One line.
    fn simple(&mut self) {
        let kind = self.kind();
        let Some(name) = self.variable(kind).filter(|_| self.chance(70)) else {
            return self.bind();
        };
        let text = match kind {
            Kind::Int => match self.random.u8(0..4) {
                0 => format!("{name} += {}", self.expression(Kind::Int, 1)),
                1 => format!("{name} ^= {}", self.expression(Kind::Int, 1)),
                2 => format!("{name} //= {}", self.expression(Kind::Int, 1)),
                _ => format!("{name} = {}", self.bounded(Kind::Int, 3)),
            },
            Kind::Float => format!(
                "{name} {}= {}",
                self.pick(&["+", "-", "*", "/", ""]),
                self.expression(Kind::Float, 2)
            ),
            Kind::Str => match self.random.u8(0..2) {
                0 => format!("{name} = ({name} + {})[-16:]", self.expression(Kind::Str, 1)),
                _ => format!("{name} = {}", self.bounded(Kind::Str, 3)),
            },
            Kind::List => match self.random.u8(0..11) {
                0 => format!("{name}.append({})", self.bounded(Kind::Int, 1)),
                1 => format!("{name}.insert({}, {})", self.random.i8(-3..5), self.random.i8(-3..5)),
                2 => format!("print({name}.pop({}))", self.pick(&["", "0", "-2"])),
                3 => format!("{name}.sort(reverse={})", self.expression(Kind::Bool, 1)),
                4 => format!("{name}.reverse()"),
                5 => format!("{name}.remove({})", self.random.i8(-3..9)),
                6 => format!("{name}[{}] = {}", self.random.i8(-3..5), self.bounded(Kind::Int, 1)),
                7 => format!("{name}[1:3] = {}", self.bounded(Kind::List, 1)),
                8 => format!("del {name}[{}]", self.pick(&["0", "-1", ":2", "::2", "3"])),
                9 => {
                    let names = [self.fresh("v"), self.fresh("v"), self.fresh("v")];
                    let line = format!("{}, *{}, {} = {name}", names[0], names[1], names[2]);
                    self.line(&line);
                    format!("print({})", names.join(", "))
                }
                _ => format!("{name} = {}", self.bounded(Kind::List, 2)),
            },
            Kind::Dict => match self.random.u8(0..7) {
                0 => format!("{name}['{}'] = {}", self.pick(&["a", "b", "new"]), self.bounded(Kind::Int, 1)),
                1 => format!("print({name}.pop('{}', None))", self.pick(&["a", "b", "key"])),
                2 => format!("del {name}['{}']", self.pick(&["a", "b", "c"])),
                3 => format!("{name}.setdefault('{}', {})", self.pick(&["c", "z"]), self.random.u8(0..9)),
                4 => format!("{name}.update({})", self.bounded(Kind::Dict, 1)),
                5 => format!("print(list({name}.items()), {name}.keys() & {{'a', 'zz'}})"),
                _ => format!("{name} = {}", self.bounded(Kind::Dict, 2)),
            },
            Kind::Set => match self.random.u8(0..4) {
                0 => format!("{name}.add({})", self.random.i8(-3..99)),
                1 => format!("{name}.discard({})", self.random.i8(-3..9)),
                2 => format!("{name}.remove({})", self.random.i8(-3..9)),
                _ => format!("{name} = {}", self.bounded(Kind::Set, 2)),
            },
            Kind::Bool | Kind::Tuple | Kind::Bytes => format!("{name} = {}", self.bounded(kind, 2)),
        };
        self.line(&text);
    }

    fn branch(&mut self, depth: u8) {
        let test = self.expression(Kind::Bool, 2);
        self.block(&format!("if {test}:"), |grower| grower.statements(2, depth));
        if self.chance(30) {
            let kind = self.kind();
            let test = self.expression(kind, 1);
            self.block(&format!("elif {test}:"), |grower| grower.statements(2, depth));
        }
        if self.chance(50) {
            self.block("else:", |grower| grower.statements(2, depth));
        }
    }

    fn for_loop(&mut self, depth: u8) {
        let (name, other) = (self.fresh("n"), self.fresh("k"));
        let mut bound = vec![(name.clone(), Kind::Int)];
        let head = match self.random.u8(0..6) {
            0..=1 => format!("for {name} in range({}):", self.random.u8(0..5)),
            2 => format!("for {name} in {}:", self.bounded(Kind::List, 2)),
            3 => {
                bound.push((other.clone(), Kind::Int));
                format!("for {name}, {other} in enumerate({}):", self.bounded(Kind::Tuple, 1))
            }
            4 => {
                bound.push((other.clone(), Kind::Str));
                format!("for {other}, {name} in {}.items():", self.bounded(Kind::Dict, 1))
            }
            _ => {
                bound.push((other.clone(), Kind::Str));
                format!(
                    "for {name}, {other} in zip({}, {}):",
                    self.bounded(Kind::List, 1),
                    self.bounded(Kind::Str, 1)
                )
            }
        };
        let around = std::mem::replace(&mut self.in_loop, true);
        self.block(&head, |grower| {
            grower.variables.extend(bound);
            grower.statements(3, depth);
            grower.leave_loop();
        });
        self.in_loop = around;
        if self.chance(25) {
            self.block("else:", |grower| grower.statements(2, depth));
        }
    }

    /// Perhaps a jump out of the loop, behind a test.
    fn leave_loop(&mut self) {
        if self.chance(40) {
            let test = self.expression(Kind::Bool, 1);
            let jump = self.pick(&["break", "continue"]);
            self.block(&format!("if {test}:"), |grower| grower.line(jump));
        }
    }

    fn while_loop(&mut self, depth: u8) {
        let name = self.fresh("left");
        let turns = self.random.u8(1..5);
        self.line(&format!("{name} = {turns}"));
        let test = self.expression(Kind::Bool, 1);
        let around = std::mem::replace(&mut self.in_loop, true);
        self.block(&format!("while {name} > 0 and ({test} or {name} % 2):"), |grower| {
            // In front, so that no `continue` can skip it.
            grower.line(&format!("{name} -= 1"));
            grower.statements(2, depth);
            grower.leave_loop();
        });
        self.in_loop = around;
        if self.chance(25) {
            self.block("else:", |grower| grower.statements(1, depth));
        }
    }

    fn try_statement(&mut self, depth: u8) {
        self.block("try:", |grower| {
            grower.statements(2, depth);
            if grower.chance(40) {
                grower.raise();
            }
        });
        let caught = self.chance(80);
        if caught {
            let name = self.fresh("e");
            let class = self.pick(&[
                "ValueError",
                "(IndexError, KeyError)",
                "LookupError",
                "ArithmeticError",
                "Wrong",
                "Exception",
            ]);
            self.block(&format!("except {class} as {name}:"), |grower| {
                grower.line(&format!("print('caught', type({name}).__name__, {name})"));
                grower.statements(1, depth);
                if grower.chance(20) {
                    let again = grower.pick(&["raise", "raise Wrong('again', 1)"]);
                    let cause = if again == "raise" { String::new() } else { format!(" from {name}") };
                    let test = grower.expression(Kind::Bool, 1);
                    grower.block(&format!("if {test}:"), |grower| grower.line(&format!("{again}{cause}")));
                }
            });
            if self.chance(25) {
                self.block("else:", |grower| grower.statements(1, depth));
            }
        }
        if !caught || self.chance(40) {
            self.block("finally:", |grower| {
                grower.line("print('finally')");
                if grower.body == Body::Generator {
                    // What yields here, or fails here and is caught around by who yields, refuses to be closed;
                    // what that leaves goes with a collection of cycles, whose moment differs.
                    return;
                }
                // A jump out of a `finally` swallows what was in flight; that has to agree, too.
                let (in_loop, result) = (grower.in_loop, grower.result);
                if grower.chance(85) {
                    (grower.in_loop, grower.result) = (false, None);
                }
                grower.statements(1, 0);
                if grower.in_loop && grower.chance(30) {
                    grower.line("break");
                }
                (grower.in_loop, grower.result) = (in_loop, result);
            });
        }
    }

    fn raise(&mut self) {
        let test = self.expression(Kind::Bool, 1);
        let (class, kind) = (
            self.pick(&[
                "ValueError",
                "KeyError",
                "Wrong",
                "IndexError",
                "ZeroDivisionError",
                "StopIteration",
            ]),
            self.kind(),
        );
        let value = self.expression(kind, 1);
        self.block(&format!("if {test}:"), |grower| grower.line(&format!("raise {class}({value})")));
    }

    fn with_statement(&mut self, depth: u8) {
        let name = self.fresh("g");
        let head = match self.random.u8(0..4) {
            0 => format!("with Guard('{name}', {}) as {name}:", self.pick(&["True", "False"])),
            1 => format!("with Guard('{name}') as {name}, Guard('inner', True):"),
            2 => "with contextlib.suppress(ValueError, KeyError):".to_owned(),
            _ => format!("with guarded('{name}') as {name}:"),
        };
        self.block(&head, |grower| {
            grower.statements(2, depth);
            if grower.chance(35) {
                grower.raise();
            }
        });
    }

    fn match_statement(&mut self, depth: u8) {
        let kind = [Kind::Int, Kind::List, Kind::Dict, Kind::Tuple, Kind::Str][self.random.usize(0..5)];
        let subject = self.expression(kind, 2);
        let (first, second) = (self.fresh("m"), self.fresh("m"));
        self.line(&format!("match {subject}:"));
        self.indent += 1;
        let patterns: Vec<String> = vec![
            "0 | 1 | -1".to_owned(),
            format!("[{first}, *{second}] if len({second}) > 1"),
            format!("({first}, {second})"),
            format!("{{'a': {first}, **{second}}}"),
            format!("str() as {first}"),
            format!("int({first}) if {first} > 5"),
            "[]".to_owned(),
            "'spam' | ''".to_owned(),
        ];
        for pattern in patterns {
            if self.chance(45) {
                let body = if pattern.contains(&first) {
                    format!("print('case', {first})")
                } else {
                    "print('case')".to_owned()
                };
                self.block(&format!("case {pattern}:"), |grower| {
                    grower.line(&body);
                    grower.statements(1, depth);
                });
            }
        }
        self.block("case _:", |grower| grower.line("print('other')"));
        self.indent -= 1;
    }

    /// Objects of the classes that every program has.
    fn objects(&mut self) {
        let name = self.fresh("o");
        let (a, b) = (self.bounded(Kind::Int, 1), self.bounded(Kind::Int, 1));
        let class = self.pick(&["Point", "Deep"]);
        self.line(&format!("{name} = {class}({a}, {b})"));
        let text = match self.random.u8(0..7) {
            0 => format!("print({name} + Point(1, 2), {name} == {class}({a}, {b}), {name} != 3)"),
            1 => format!("print({name}.total, {name}.moved(x={}), {name})", self.random.u8(0..9)),
            2 => format!(
                "{name}.y = {}; print({name}, bool({name}), len({name}))",
                self.expression(Kind::Str, 1)
            ),
            3 => format!("print([*{name}], {name}[0], {name}[{}])", self.random.u8(0..4)),
            4 => format!("print({name}.missing, {name}.__dict__)"),
            5 => format!("print(f'{{{name}!r:>20}}', {name} < Point(3, 3), sorted([{name}, Point(0, 0)]))"),
            _ => format!("del {name}.x; print({name}.x)"),
        };
        self.line(&text);
    }

    fn closure(&mut self) {
        let (name, count) = (self.fresh("c"), self.fresh("count"));
        let step = self.bounded(Kind::Int, 1);
        self.function_block(&format!("def {name}():"), Body::Plain, None, |grower| {
            grower.line(&format!("{count} = 0"));
            grower.block("def step(by=1, *rest, scale=2, **named):", |grower| {
                grower.line(&format!("nonlocal {count}"));
                grower.line(&format!("{count} += by * scale + len(rest) + len(named)"));
                grower.line(&format!("return {count}"));
            });
            grower.line("return step");
        });
        self.line(&format!("{name} = {name}()"));
        let call = self.pick(&[
            "()",
            "(2)",
            "(2, 3, 4)",
            "(by=5)",
            "(1, scale=0, z=1)",
            "(1, by=2)",
            "(*[1, 2], **{'q': 0})",
        ]);
        self.line(&format!("print({name}(), {name}{call}, {name}({step}))"));
    }

    /// A function with parameters of known kinds; the last has a default.
    pub(super) fn function(&mut self) {
        let (name, result) = (self.fresh("f"), self.kind());
        let parameters: Vec<(String, Kind)> = (0..self.random.usize(1..4))
            .map(|_| {
                let kind = self.kind();
                (self.fresh("p"), kind)
            })
            .collect();
        let mut list: Vec<String> = parameters.iter().map(|(name, _)| name.clone()).collect();
        if let Some((last, kind)) = parameters.last() {
            let (last, kind) = (last.clone(), *kind);
            let value = self.expression(kind, 0);
            let at = list.len() - 1;
            list[at] = format!("{last}={value}");
        }
        let outer = std::mem::take(&mut self.variables);
        self.function_block(
            &format!("def {name}({}):", list.join(", ")),
            Body::Plain,
            Some(result),
            |grower| {
                grower.variables = parameters.clone();
                grower.statements(3, 2);
                if grower.chance(30) {
                    let test = grower.expression(Kind::Bool, 1);
                    let value = grower.bounded(result, 1);
                    grower.block(&format!("if {test}:"), |grower| grower.line(&format!("return {value}")));
                }
                let value = grower.bounded(result, 2);
                grower.line(&format!("return {value}"));
                grower.variables.clear();
            },
        );
        self.variables = outer;
        if self.chance(20) {
            let decorated =
                format!("{name} = functools.wraps({name})(lambda *a, **k: {name}.__wrapped__(*a, **k))");
            self.line(&decorated);
        }
        self.functions.push(Function { name, parameters, result });
    }

    /// The classes that every program has; details differ.
    pub(super) fn classes(&mut self) {
        self.block("def chain(error):", |grower| {
            grower.line("links = []");
            grower.block(
                "while (error := error.__cause__ or error.__context__) and len(links) < 9:",
                |grower| {
                    grower.line(
                        "links.append((repr(error), error.__suppress_context__, error.__cause__ is None))",
                    );
                },
            );
            grower.line("return links");
        });
        self.lines(TOP);
        self.block("class Deep(Point):", |grower| {
            if grower.chance(50) {
                grower.line("def __init__(self, x, y=0): super().__init__(x, y); self.z = x");
            }
            if grower.chance(50) {
                grower.line("def __getattr__(self, name): return name.upper() if name != 'x' else 1");
            }
            grower.line("def moved(self, **by): return super().moved(**by)");
            if grower.chance(50) {
                grower.line("def __bool__(self): return self.y > 0");
            }
        });
    }
}

/// What every such program has at its top.
const TOP: &str = r#"
class Wrong(LookupError):
    pass
class Guard:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self):
        print('enter', self.name)
        return self.name
    def __exit__(self, kind, error, trace):
        print('exit', self.name, kind and kind.__name__, error)
        return self.swallow
    async def __aenter__(self): await asyncio.sleep(0); return self.__enter__()
    async def __aexit__(self, *what): await asyncio.sleep(0); return self.__exit__(*what)
@contextlib.contextmanager
def guarded(name):
    print('open', name)
    try:
        yield name
    finally:
        print('shut', name)
@functools.total_ordering
class Point:
    def __init__(self, x, y=0): self.x, self.y = x, y
    def __repr__(self): return f'{type(self).__name__}({self.x}, {self.y})'
    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y) if isinstance(other, Point) else NotImplemented
    def __lt__(self, other): return self.x < other.x
    def __add__(self, other): return type(self)(self.x + other.x, self.y + other.y)
    def __iter__(self): yield self.x; yield self.y
    def __getitem__(self, at): return [self.x, self.y][at]
    def __len__(self): return abs(self.x) % 7
    @property
    def total(self): return self.x + self.y
    def moved(self, x=0, y=0): return type(self)(self.x + x, self.y + y)
"#;
