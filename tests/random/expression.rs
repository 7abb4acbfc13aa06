//! Expressions of a wanted kind.

use super::{Grower, Kind};

const WORDS: [&str; 12] = [
    "''",
    "'a'",
    "'spam'",
    "'Hello World'",
    "'x,y,,z'",
    "'  pad '",
    "'한글'",
    "'naïve'",
    "'tab\\tnew\\n'",
    "'12'",
    "'🐍s'",
    "\"it's\"",
];
const INTEGERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "10",
    "-13",
    "255",
    "1_000",
    "0x7fffffff",
    "2**49",
    "-2**49",
    "2**63",
    "10**18",
    "12345678901234567890",
];
const FLOATS: [&str; 12] = [
    "0.0",
    "-0.0",
    "0.5",
    "1.0",
    "-2.5",
    "3.14159",
    "1e10",
    "1e-7",
    "1e300",
    "float('inf')",
    "0.1",
    "123456.789",
];
const KEYS: [&str; 5] = ["'a'", "'b'", "'c'", "'key'", "'한'"];

impl Grower {
    pub(super) fn expression(&mut self, kind: Kind, depth: u8) -> String {
        if depth == 0 || self.chance(15) {
            return match self.variable(kind) {
                Some(name) if self.chance(75) => name,
                _ => self.literal(kind),
            };
        }
        let depth = depth - 1;
        if self.chance(6) {
            let (test, then, other) = (
                self.expression(Kind::Bool, depth),
                self.expression(kind, depth),
                self.expression(kind, depth),
            );
            return format!("({then} if {test} else {other})");
        }
        if self.chance(10)
            && let Some(call) = self.call_of(kind, depth)
        {
            return call;
        }
        match kind {
            Kind::Int => self.integer(depth),
            Kind::Float => self.float(depth),
            Kind::Str => self.string(depth),
            Kind::Bool => self.truth(depth),
            Kind::List => self.list(depth),
            Kind::Dict => self.dict(depth),
            Kind::Tuple => self.tuple(depth),
            Kind::Set => self.set(depth),
            Kind::Bytes => self.bytes(depth),
        }
    }

    fn literal(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Int => INTEGERS[self.random.usize(0..INTEGERS.len())].to_owned(),
            Kind::Float => FLOATS[self.random.usize(0..FLOATS.len())].to_owned(),
            Kind::Str => WORDS[self.random.usize(0..WORDS.len())].to_owned(),
            Kind::Bool => self.pick(&["True", "False"]).to_owned(),
            Kind::List => {
                let items: Vec<String> = (0..self.random.usize(0..6)).map(|_| self.small()).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Tuple => {
                let items: String = (0..self.random.usize(0..5)).map(|_| self.small() + ", ").collect();
                if items.is_empty() { "()".to_owned() } else { format!("({items})") }
            }
            Kind::Set => {
                let items: Vec<String> = (0..self.random.usize(1..7)).map(|_| self.small()).collect();
                format!("{{{}}}", items.join(", "))
            }
            Kind::Dict => {
                let items: Vec<String> = (0..self.random.usize(0..5))
                    .map(|_| format!("{}: {}", self.key(), self.small()))
                    .collect();
                format!("{{{}}}", items.join(", "))
            }
            Kind::Bytes => self.pick(&["b''", "b'abc'", "b'\\x00\\xff'", "b'a b'"]).to_owned(),
        }
    }

    fn small(&mut self) -> String {
        self.random.i32(-9..40).to_string()
    }

    fn key(&mut self) -> String {
        KEYS[self.random.usize(0..KEYS.len())].to_owned()
    }

    /// A call of one of the program's own functions, with arguments in one of the ways that bind.
    fn call_of(&mut self, kind: Kind, depth: u8) -> Option<String> {
        let fitting: Vec<usize> =
            (0..self.functions.len()).filter(|&at| self.functions[at].result == kind).collect();
        if fitting.is_empty() {
            return None;
        }
        let function = self.functions[fitting[self.random.usize(0..fitting.len())]].clone();
        let mut arguments = Vec::new();
        let mut named = false;
        for (at, (name, wanted)) in function.parameters.iter().enumerate() {
            // The last parameter has a default.
            if at + 1 == function.parameters.len() && self.chance(40) {
                break;
            }
            let value = self.expression(*wanted, depth.min(1));
            named |= self.chance(20);
            arguments.push(if named { format!("{name}={value}") } else { value });
        }
        Some(format!("{}({})", function.name, arguments.join(", ")))
    }

    fn two(&mut self, kind: Kind, depth: u8) -> (String, String) {
        (self.expression(kind, depth), self.expression(kind, depth))
    }

    fn integer(&mut self, depth: u8) -> String {
        let (a, b) = self.two(Kind::Int, depth);
        match self.random.u8(0..30) {
            0..=2 => format!("({a} + {b})"),
            3..=4 => format!("({a} - {b})"),
            5 => format!("({a} * {b})"),
            6 => format!("({a} // {b})"),
            7 => format!("({a} % {b})"),
            8 => format!("({a} & {b})"),
            9 => format!("({a} | {b})"),
            10 => format!("({a} ^ {b})"),
            11 => format!("(~{a})"),
            12 => format!("({a} << ({b} & 15))"),
            13 => format!("({a} >> ({b} & 31))"),
            14 => format!("(-{a})"),
            15 => format!("abs({a})"),
            16 => format!("pow({a}, {b} & 7, 1009)"),
            17 => format!("divmod({a}, {b})[{}]", self.random.u8(0..2)),
            18 => {
                let kind =
                    [Kind::List, Kind::Str, Kind::Dict, Kind::Tuple, Kind::Set][self.random.usize(0..5)];
                format!("len({})", self.expression(kind, depth))
            }
            19 => {
                let (name, list) = (self.pick(&["sum", "min", "max"]), self.expression(Kind::List, depth));
                format!("{name}({list})")
            }
            20 => format!("{}[{}]", self.expression(Kind::List, depth), self.small_index()),
            21 => format!("{}.get({}, {a})", self.expression(Kind::Dict, depth), self.key()),
            22 => format!("{}[{}]", self.expression(Kind::Dict, depth), self.key()),
            23 => format!("int({})", self.expression(Kind::Float, depth)),
            24 => format!("{}.count({})", self.expression(Kind::List, depth), self.small()),
            25 => format!("{}.find({})", self.expression(Kind::Str, depth), self.expression(Kind::Str, 0)),
            26 => format!("int({})", self.expression(Kind::Str, 0)),
            27 => format!(
                "functools.reduce(lambda x, y: (x * 31 + y) % 1009, {}, {})",
                self.expression(Kind::List, depth),
                self.small()
            ),
            28 => format!("round({})", self.expression(Kind::Float, depth)),
            _ => {
                let name = self.fresh("w");
                format!("[{name} := {a}, {name} + {name}][1]")
            }
        }
    }

    fn small_index(&mut self) -> String {
        self.random.i32(-3..6).to_string()
    }

    fn float(&mut self, depth: u8) -> String {
        let (a, b) = self.two(Kind::Float, depth);
        match self.random.u8(0..14) {
            0..=1 => format!("({a} + {b})"),
            2 => format!("({a} - {b})"),
            3..=4 => format!("({a} * {b})"),
            5 => format!("({a} / {b})"),
            6 => {
                let (x, y) = self.two(Kind::Int, depth);
                format!("({x} / {y})")
            }
            7 => format!("math.sqrt({a})"),
            8 => format!("round({a}, {})", self.random.u8(0..5)),
            9 => format!("float({})", self.expression(Kind::Int, depth)),
            10 => format!("abs({a})"),
            11 => format!("({a} // {b})"),
            12 => format!("({a} % {b})"),
            _ => format!("({a} * {})", self.expression(Kind::Int, depth)),
        }
    }

    fn string(&mut self, depth: u8) -> String {
        let (a, b) = self.two(Kind::Str, depth);
        match self.random.u8(0..16) {
            0..=1 => format!("({a} + {b})"),
            2 => {
                let method =
                    self.pick(&["upper", "lower", "title", "swapcase", "capitalize", "strip", "casefold"]);
                format!("{a}.{method}()")
            }
            3 => format!("{a}.replace({b}, {})", self.expression(Kind::Str, 0)),
            4 => format!("{a}[{}]", self.slice()),
            5 => {
                let kind = self.kind();
                format!("str({})", self.expression(kind, depth))
            }
            6 => {
                let kind = self.kind();
                format!("repr({})", self.expression(kind, depth))
            }
            7 => format!("({a} * ({} & 3))", self.expression(Kind::Int, 0)),
            8 => format!("', '.join(sorted({}))", self.expression(Kind::Dict, depth)),
            9 => format!("'-'.join(map(str, {}))", self.expression(Kind::List, depth)),
            10 => format!("{a}.split({})[0]", self.pick(&["", "','", "'l', 1"])),
            11 => self.interpolated(depth),
            12 => format!("('%s|%5d|%-6r' % ({a}, {}, {b}))", self.expression(Kind::Int, depth)),
            13 => format!(
                "{a}.{}({})",
                self.pick(&["center", "ljust", "rjust", "zfill"]),
                self.random.u8(0..14)
            ),
            14 => format!("'{{0}}:{{1!r:>9}}:{{k}}'.format({a}, {b}, k={})", self.expression(Kind::Float, 0)),
            _ => format!("{a}.partition({b})[{}]", self.random.u8(0..3)),
        }
    }

    fn interpolated(&mut self, depth: u8) -> String {
        let mut text = String::from("f\"\"\"");
        for _ in 0..self.random.usize(1..4) {
            let kind = self.kind();
            // Inside of a field the quotes of the text may stand since 3.12.
            let value = self.expression(kind, depth.min(1));
            let spec = match kind {
                Kind::Int => self.pick(&["", ":d", ":5", ":<6", ":+,", ":#x", ":08b", "!r", ":_", ":e"]),
                Kind::Float => self.pick(&["", ":.3f", ":10.2e", ":g", ":+.1%", "!s", ":,.2f", ":n"]),
                Kind::Str => self.pick(&["", "!r", ":>8", ":^9", ":.2", "!a", ":*<7"]),
                _ => self.pick(&["", "!r", "!s"]),
            };
            text += &format!(" {{({value}){spec}}}");
        }
        text + "\"\"\""
    }

    fn truth(&mut self, depth: u8) -> String {
        match self.random.u8(0..12) {
            0..=2 => {
                let kind =
                    [Kind::Int, Kind::Str, Kind::Float, Kind::List, Kind::Tuple][self.random.usize(0..5)];
                let (a, b) = self.two(kind, depth);
                format!("({a} {} {b})", self.pick(&["<", "<=", "==", "!=", ">", ">="]))
            }
            3 => {
                let ((a, b), c) = (self.two(Kind::Int, depth), self.expression(Kind::Int, depth));
                format!("({a} <= {b} < {c})")
            }
            4 => format!("(not {})", self.expression(Kind::Bool, depth)),
            5 => {
                let (a, b) = self.two(Kind::Bool, depth);
                format!("({a} {} {b})", self.pick(&["and", "or", "^", "is not"]))
            }
            6 => format!("({} in {})", self.small(), self.expression(Kind::Set, depth)),
            7 => format!("({} not in {})", self.key(), self.expression(Kind::Dict, depth)),
            8 => {
                let name = self.fresh("x");
                let test = self.pick(&["any", "all"]);
                format!(
                    "{test}({name} > {} for {name} in {})",
                    self.small(),
                    self.expression(Kind::List, depth)
                )
            }
            9 => {
                let (a, b) = self.two(Kind::Str, depth);
                format!("{a}.{}({b})", self.pick(&["startswith", "endswith"]))
            }
            10 => {
                let kind = self.kind();
                format!("isinstance({}, (int, str, list))", self.expression(kind, depth))
            }
            _ => {
                let kind = self.kind();
                format!("bool({})", self.expression(kind, depth))
            }
        }
    }

    fn slice(&mut self) -> String {
        let mut part = |low: i32, high: i32| {
            if self.random.bool() { String::new() } else { self.random.i32(low..high).to_string() }
        };
        let (start, stop) = (part(-4, 6), part(-4, 8));
        let step = self.pick(&["", ":", ":2", ":-1", ":-2", ":3"]);
        format!("{start}:{stop}{step}")
    }

    fn list(&mut self, depth: u8) -> String {
        match self.random.u8(0..15) {
            0..=1 => {
                let (a, b) = self.two(Kind::List, depth);
                format!("({a} + {b})")
            }
            2..=4 => self.comprehension(depth, "[", "]"),
            5 => format!(
                "sorted({}, reverse={})",
                self.expression(Kind::List, depth),
                self.expression(Kind::Bool, 0)
            ),
            6 => format!("sorted({}, key=lambda n: (n % 3, -n))", self.expression(Kind::List, depth)),
            7 => format!("{}[{}]", self.expression(Kind::List, depth), self.slice()),
            8 => format!("list(reversed({}))", self.expression(Kind::Tuple, depth)),
            9 => format!("list(map(lambda n: n * 2, {}))", self.expression(Kind::Tuple, depth)),
            10 => format!("list(filter(None, {}))", self.expression(Kind::List, depth)),
            11 => format!("list({}.values())", self.expression(Kind::Dict, depth)),
            12 => format!("list({})", self.expression(Kind::Set, depth)),
            13 => format!("list(itertools.accumulate({}))", self.expression(Kind::List, depth)),
            _ => format!(
                "[*{}, {}, *{}]",
                self.expression(Kind::Tuple, depth),
                self.small(),
                self.expression(Kind::Set, 0)
            ),
        }
    }

    fn comprehension(&mut self, depth: u8, open: &str, close: &str) -> String {
        let name = self.fresh("i");
        let source = match self.random.u8(0..3) {
            0 => format!("range({})", self.random.u8(0..9)),
            1 => self.expression(Kind::List, depth.min(1)),
            _ => format!(
                "range({}, {}, {})",
                self.random.u8(0..9),
                self.small(),
                self.pick(&["1", "-1", "2", "-3"])
            ),
        };
        self.variables.push((name.clone(), Kind::Int));
        let item = self.bounded(Kind::Int, depth.min(1));
        let filter = if self.chance(40) {
            format!(" if {}", self.expression(Kind::Bool, depth.min(1)))
        } else {
            String::new()
        };
        self.variables.pop();
        format!("{open}{item} for {name} in {source}{filter}{close}")
    }

    fn dict(&mut self, depth: u8) -> String {
        match self.random.u8(0..7) {
            0 => {
                let (a, b) = self.two(Kind::Dict, depth);
                format!("({a} | {b})")
            }
            1 => {
                let (a, b) = self.two(Kind::Dict, depth);
                format!("{{**{a}, {}: {}, **{b}}}", self.key(), self.small())
            }
            2 => format!("dict(zip('abcdef', {}))", self.expression(Kind::List, depth)),
            3 => {
                let name = self.fresh("k");
                format!(
                    "{{str({name}): {name} * {name} for {name} in {}}}",
                    self.expression(Kind::Tuple, depth)
                )
            }
            4 => format!("dict(sorted({}.items()))", self.expression(Kind::Dict, depth)),
            5 => format!("dict.fromkeys({}, {})", self.expression(Kind::Str, depth), self.small()),
            _ => format!("dict(collections.Counter({}))", self.expression(Kind::Str, depth)),
        }
    }

    fn tuple(&mut self, depth: u8) -> String {
        match self.random.u8(0..5) {
            0 => {
                let (a, b) = self.two(Kind::Tuple, depth);
                format!("({a} + {b})")
            }
            1 => format!("tuple({})", self.expression(Kind::List, depth)),
            2 => format!("{}[{}]", self.expression(Kind::Tuple, depth), self.slice()),
            3 => format!("tuple{}", self.comprehension(depth, "(", ")")),
            _ => {
                let (a, b) = self.two(Kind::Int, depth);
                format!("({a}, {b})")
            }
        }
    }

    fn set(&mut self, depth: u8) -> String {
        match self.random.u8(0..5) {
            0..=1 => {
                let (a, b) = self.two(Kind::Set, depth);
                format!("({a} {} {b})", self.pick(&["|", "&", "-", "^"]))
            }
            2 => format!("set({})", self.expression(Kind::List, depth)),
            3 => self.comprehension(depth, "{", "}"),
            _ => format!("set({}.values())", self.expression(Kind::Dict, depth)),
        }
    }

    fn bytes(&mut self, depth: u8) -> String {
        match self.random.u8(0..5) {
            0 => format!("{}.encode()", self.expression(Kind::Str, depth)),
            1 => format!("bytes(n & 255 for n in {})", self.expression(Kind::List, depth)),
            2 => format!("{}[{}]", self.expression(Kind::Bytes, depth), self.slice()),
            3 => {
                let (a, b) = self.two(Kind::Bytes, depth);
                format!("({a} + {b})")
            }
            _ => format!(
                "({} & 0xffff).to_bytes(3, {})",
                self.expression(Kind::Int, depth),
                self.pick(&["'big'", "'little'"])
            ),
        }
    }
}
