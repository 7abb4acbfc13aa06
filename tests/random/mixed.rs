//! What mostly fails: operators, builtins, methods and formats with values that nobody chose to fit. The words of
//! the error are what is compared.

use super::{Grower, KINDS, Kind};

/// Values that are no expression of a [`Kind`].
const OTHERS: [&str; 22] = [
    "None",
    "...",
    "range(4)",
    "range(5, 0, -2)",
    "int",
    "str",
    "len",
    "Point(1, 2)",
    "Point",
    "slice(1, None)",
    "iter([1, 2])",
    "2j",
    "1.5+0j",
    "frozenset({1, 2})",
    "bytearray(b'ab')",
    "memoryview(b'abc')",
    "ValueError('x')",
    "(x for x in 'ab')",
    "{'a': 1}.items()",
    "{'a': 1}.keys()",
    "NotImplemented",
    "object",
];

const BINARY: [&str; 20] = [
    "+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^", "<", "<=", "==", "!=", ">", "in",
    "not in",
];

/// Builtins, with the least and the most arguments that they get here.
const BUILTINS: [(&str, usize, usize); 51] = [
    ("abs", 1, 2),
    ("all", 0, 1),
    ("any", 1, 1),
    ("ascii", 1, 1),
    ("bin", 1, 1),
    ("bool", 0, 2),
    ("bytearray", 0, 3),
    ("bytes", 0, 3),
    ("callable", 1, 1),
    ("chr", 1, 1),
    ("complex", 0, 2),
    ("dict", 0, 2),
    ("divmod", 1, 2),
    ("enumerate", 1, 2),
    ("list", 0, 2),
    ("filter", 1, 2),
    ("float", 0, 2),
    ("format", 1, 2),
    ("frozenset", 0, 1),
    ("getattr", 1, 3),
    ("hasattr", 2, 2),
    ("hex", 1, 1),
    ("int", 0, 3),
    ("isinstance", 2, 2),
    ("issubclass", 2, 2),
    ("iter", 1, 2),
    ("len", 0, 2),
    ("map", 1, 3),
    ("max", 0, 3),
    ("memoryview", 1, 1),
    ("min", 1, 3),
    ("next", 1, 2),
    ("oct", 1, 1),
    ("ord", 1, 1),
    ("pow", 1, 3),
    ("range", 1, 3),
    ("repr", 0, 1),
    ("reversed", 1, 1),
    ("round", 1, 2),
    ("set", 0, 1),
    ("slice", 0, 3),
    ("sorted", 1, 2),
    ("str", 0, 3),
    ("sum", 1, 2),
    ("tuple", 0, 2),
    ("type", 1, 1),
    ("zip", 0, 3),
    ("math.sqrt", 1, 2),
    ("math.gcd", 0, 2),
    ("math.floor", 1, 1),
    ("math.pow", 1, 2),
];

const ALL: &str = "__getitem__ __len__ __contains__ __iter__ __eq__ __lt__ __add__ __mul__ __bool__ missing";

/// The methods of a kind.
fn methods(kind: Kind) -> &'static str {
    match kind {
        Kind::Int | Kind::Bool => {
            "bit_length bit_count conjugate to_bytes from_bytes as_integer_ratio is_integer real __format__ __round__ \
             __divmod__ __pow__ __and__ __index__ __floordiv__ __neg__"
        }
        Kind::Float => {
            "as_integer_ratio hex fromhex is_integer conjugate __round__ __format__ __floor__ __mod__ __pow__"
        }
        Kind::Str => {
            "capitalize casefold center count encode endswith expandtabs find format_map index isalnum \
             isdecimal isnumeric isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace \
             rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate \
             upper zfill __mod__ __format__ __rmul__"
        }
        Kind::List => {
            "append clear copy count extend index insert pop remove reverse sort __setitem__ __delitem__ __iadd__ \
             __imul__ __reversed__"
        }
        Kind::Dict => {
            "clear copy fromkeys get items keys pop popitem setdefault update values __setitem__ __delitem__ __or__ \
             __ior__ __reversed__"
        }
        Kind::Tuple => "count index __hash__ __rmul__",
        Kind::Set => {
            "add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset \
             issuperset pop remove symmetric_difference symmetric_difference_update union update __and__ __or__ \
             __sub__ __xor__ __rsub__ __ior__ __le__"
        }
        Kind::Bytes => {
            "capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha isdigit \
             islower istitle join ljust lower lstrip maketrans partition removeprefix replace rfind rjust rsplit \
             split splitlines startswith strip swapcase title translate upper zfill __mod__"
        }
    }
}

impl Grower {
    /// A value of any type; integers are small, so that nothing is repeated for long.
    fn anything(&mut self) -> String {
        if self.chance(30) {
            return self.pick(&OTHERS).to_owned();
        }
        let kind = KINDS[self.random.usize(0..KINDS.len())];
        self.fitting(kind)
    }

    fn fitting(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Int if self.chance(60) => self.random.i8(-3..12).to_string(),
            Kind::Int => format!("({}) % 97", self.expression(Kind::Int, 1)),
            kind => format!("({})", self.bounded(kind, 1)),
        }
    }

    fn arguments(&mut self, least: usize, most: usize) -> String {
        let count = self.random.usize(least..=most);
        let values: Vec<String> = (0..count).map(|_| self.anything()).collect();
        values.join(", ")
    }

    /// A line that prints what came of it.
    pub(super) fn mixed(&mut self) {
        let line = match self.random.u8(0..20) {
            0..=2 => {
                let (a, b, op) = (self.anything(), self.anything(), self.pick(&BINARY));
                format!("print(({a}) {op} ({b}))")
            }
            3 => {
                // By way of a name: CPython warns of `~True` while it compiles.
                let (a, op, name) = (self.anything(), self.pick(&["-", "+", "~", "not "]), self.fresh("s"));
                format!("{name} = {a}; print({op}{name})")
            }
            4..=6 => {
                let (name, least, most) = BUILTINS[self.random.usize(0..BUILTINS.len())];
                format!("print({name}({}))", self.arguments(least, most))
            }
            7..=10 => self.method_call(),
            11 => {
                // By way of a name: CPython folds what it can before it warns about the subscript of a literal.
                let (a, b, name) = (self.anything(), self.anything(), self.fresh("s"));
                format!("{name} = {a}; print({name}[{b}])")
            }
            12 => {
                let (a, b, c) = (self.anything(), self.anything(), self.anything());
                let name = self.fresh("s");
                let change = match self.random.u8(0..5) {
                    0 => format!("{name}[{b}] = {c}"),
                    1 => format!("del {name}[{b}]"),
                    2 => format!("{name}.attr = {b}"),
                    3 => format!("{name}[{b}:{c}] = {}", self.anything()),
                    _ => format!("{name} {}= {b}", self.pick(&["+", "-", "*", "|", "&", "**", "//", "@"])),
                };
                format!("{name} = {a}; {change}; print({name})")
            }
            13 => {
                let (a, names) = (self.anything(), [self.fresh("s"), self.fresh("s")]);
                let targets = match self.random.u8(0..4) {
                    0 => format!("{}, {}", names[0], names[1]),
                    1 => format!("{}, *{}", names[0], names[1]),
                    2 => format!("*{}, {}", names[0], names[1]),
                    _ => format!("({}, {}), *_", names[0], names[1]),
                };
                format!("{targets} = {a}; print({}, {})", names[0], names[1])
            }
            14 => self.wrong_call(),
            15..=16 => self.random_format(),
            17 => self.random_percent(),
            18 => {
                let (a, b) = (self.anything(), self.anything());
                format!(
                    "print(sorted([{a}, {b}], key=lambda x: x if {} else 0))",
                    self.pick(&["True", "False"])
                )
            }
            _ => self.random_number_text(),
        };
        self.block("try:", |grower| grower.line(&line));
        self.caught();
    }

    fn method_call(&mut self) -> String {
        let kind = KINDS[self.random.usize(0..KINDS.len())];
        let names: Vec<&str> = methods(kind).split_whitespace().chain(ALL.split_whitespace()).collect();
        let method = self.pick(&names);
        let object = self.fresh("s");
        let value = self.fitting(kind);
        let mut arguments: Vec<String> = (0..self.random.usize(0..3))
            .map(|_| if self.chance(50) { self.fitting(kind) } else { self.anything() })
            .collect();
        if self.chance(8) {
            let name =
                self.pick(&["key", "sep", "reverse", "default", "encoding", "maxsplit", "length", "no"]);
            arguments.push(format!("{name}={}", self.anything()));
        }
        // A class or an iterator that was added to a set hashes by where it lies.
        let after = if kind == Kind::Set { format!("sorted(map(str, {object}))") } else { object.clone() };
        format!("{object} = {value}; print({object}.{method}({}), {after})", arguments.join(", "))
    }

    /// A function with parameters of all sorts, called in some way.
    fn wrong_call(&mut self) -> String {
        let name = self.fresh("h");
        let parameters = self.pick(&[
            "",
            "a",
            "a, b",
            "a, b=2",
            "a, /, b",
            "a, b, /, c=3",
            "*a",
            "a, *b",
            "a, *, b",
            "*, a, b",
            "a, b=1, *c, d, e=5",
            "**a",
            "a, **b",
            "a, /, **b",
            "a, b, c, d",
            "a=1, *, b=2, **c",
        ]);
        let arguments = self.pick(&[
            "",
            "1",
            "1, 2",
            "1, 2, 3",
            "1, 2, 3, 4, 5",
            "a=1",
            "b=1",
            "1, a=2",
            "1, b=2",
            "1, 2, b=3",
            "c=1, d=2",
            "*[1, 2]",
            "*[1], **{'b': 2}",
            "**{'a': 1}",
            "1, **{'a': 1}",
            "*5",
            "**[1]",
            "**{1: 2}",
            "1, z=0",
            "b=1, **{'b': 2}",
            "*'abc', d=4",
            "a=1, b=2, c=3, d=4",
        ]);
        format!("{name} = lambda {parameters}: 'called'; print({name}({arguments}))")
    }

    fn spec(&mut self) -> String {
        let mut spec = String::new();
        if self.chance(40) {
            if self.chance(50) {
                spec += self.pick(&["*", "0", " ", "한", "x", "<"]);
            }
            spec += self.pick(&["<", ">", "^", "="]);
        }
        if self.chance(30) {
            spec += self.pick(&["+", "-", " "]);
        }
        if self.chance(10) {
            spec += "z";
        }
        if self.chance(20) {
            spec += "#";
        }
        if self.chance(20) {
            spec += "0";
        }
        if self.chance(60) {
            spec += &self.random.u8(0..15).to_string();
        }
        if self.chance(25) {
            spec += self.pick(&[",", "_"]);
        }
        if self.chance(40) {
            spec += &format!(".{}", self.random.u8(0..9));
        }
        if self.chance(80) {
            spec += self
                .pick(&["d", "b", "o", "x", "X", "c", "e", "E", "f", "F", "g", "G", "n", "%", "s", "q", "r"]);
        }
        spec
    }

    fn random_format(&mut self) -> String {
        let spec = self.spec();
        let value = match self.random.u8(0..5) {
            0..=1 => self.bounded(Kind::Int, 1),
            2..=3 => self.bounded(Kind::Float, 1),
            _ => self.anything(),
        };
        match self.random.u8(0..3) {
            0 => format!("print('|' + format({value}, '{spec}') + '|')"),
            1 => format!("print(f'|{{ {value}!s:{spec}}}|')"),
            _ => format!("print('|{{0:{spec}}}|{{0!r:>{}}}'.format({value}))", self.random.u8(0..20)),
        }
    }

    fn random_percent(&mut self) -> String {
        let mut text = String::new();
        let count = self.random.usize(1..3);
        for _ in 0..count {
            text += "%";
            text += self.pick(&["", "", "-", "+", "0", "#", " ", "-0", "+#"]);
            if self.chance(50) {
                text += self.pick(&["5", "12", "*"]);
            }
            if self.chance(40) {
                text += self.pick(&[".0", ".3", ".", ".*"]);
            }
            text += self
                .pick(&["d", "i", "u", "x", "o", "X", "e", "f", "g", "G", "s", "r", "a", "c", "%", "b", "q"]);
        }
        let values = self.arguments(count, count + 1);
        let prefix = self.pick(&["", "", "", "b"]);
        format!("print({prefix}'{text}' % ({values},))")
    }

    fn random_number_text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.random.usize(0..7) {
            text += self.pick(&[
                "0", "1", "9", "12", "_", "-", "+", ".", "e", "E5", "x", "0x", "0b1", "o7", " ", "nan",
                "inf", "j", "٣", "a", "z", "1_0",
            ]);
        }
        match self.random.u8(0..5) {
            0 => format!("print(int('{text}'))"),
            1 => format!("print(int('{text}', {}))", self.random.u8(0..38)),
            2 => format!("print(complex('{text}'))"),
            3 => format!("print(fractions.Fraction('{text}'))"),
            _ => format!("print(float('{text}'))"),
        }
    }
}
