//! `grammar/co.gram` as data: read, and turned into random sentences.

use std::collections::HashMap;

/// One side of a production.
#[derive(Clone, Debug)]
pub enum Part {
    /// `'if'`
    Token(String),
    /// `NAME`
    Terminal(String),
    /// `expression`
    Production(String),
    Sequence(Vec<Part>),
    Choice(Vec<Part>),
    Optional(Box<Part>),
    /// `a*`, or `a+` with at least one.
    Repeated(Box<Part>, usize),
}

pub struct Grammar {
    pub productions: Vec<(String, Part)>,
    index: HashMap<String, usize>,
    /// How many levels the shortest sentence of each production needs.
    heights: HashMap<String, usize>,
}

impl Grammar {
    pub fn read(text: &str) -> Grammar {
        let mut productions = Vec::new();
        let mut current = String::new();
        let lines = text.lines().map(|l| if l.starts_with('#') { "" } else { l }).chain([""]);
        for line in lines {
            if !line.trim().is_empty() {
                current.push_str(line);
                current.push(' ');
                continue;
            }
            if !current.is_empty() {
                let (name, body) = current.split_once(':').expect("a production has a colon");
                let mut reader = Reader { tokens: words(body), at: 0 };
                let part = reader.choice();
                assert_eq!(reader.at, reader.tokens.len(), "{name} is read to its end");
                productions.push((name.trim().to_owned(), part));
                current.clear();
            }
        }
        let index = productions.iter().enumerate().map(|(i, (n, _))| (n.clone(), i)).collect();
        let mut grammar = Grammar { productions, index, heights: HashMap::new() };
        grammar.measure();
        grammar
    }

    fn measure(&mut self) {
        loop {
            let mut changed = false;
            for (name, part) in &self.productions {
                if let Some(height) = self.height(part)
                    && self.heights.get(name).is_none_or(|&h| h > height + 1)
                {
                    self.heights.insert(name.clone(), height + 1);
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn height(&self, part: &Part) -> Option<usize> {
        match part {
            Part::Token(_) | Part::Terminal(_) => Some(0),
            Part::Production(name) => {
                assert!(self.index.contains_key(name), "no production {name}");
                self.heights.get(name).copied()
            }
            Part::Sequence(parts) => {
                parts.iter().map(|p| self.height(p)).try_fold(0, |m, h| h.map(|h| m.max(h)))
            }
            Part::Choice(parts) => parts.iter().filter_map(|p| self.height(p)).min(),
            Part::Optional(_) | Part::Repeated(_, 0) => Some(0),
            Part::Repeated(part, _) => self.height(part),
        }
    }

    /// A random sentence of `name`.
    pub fn sentence(&self, name: &str, seed: u64) -> String {
        let mut writer = Writer {
            grammar: self,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            out: String::new(),
            indent: 0,
            line_start: true,
            brackets: 0,
            fields: Vec::new(),
        };
        writer.production(name, 0);
        writer.out
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '\'' | '"' => rest[1..].find(c).expect("a quote closes") + 2,
            '(' | ')' | '[' | ']' | '|' | '*' | '+' => 1,
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        words.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    words
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn choice(&mut self) -> Part {
        let mut choices = vec![self.sequence()];
        while self.peek() == "|" {
            self.at += 1;
            choices.push(self.sequence());
        }
        if choices.len() == 1 { choices.remove(0) } else { Part::Choice(choices) }
    }

    fn sequence(&mut self) -> Part {
        let mut parts = Vec::new();
        while !matches!(self.peek(), "" | "|" | ")" | "]") {
            let word = self.peek().to_owned();
            self.at += 1;
            let mut part = match word.as_str() {
                "(" => {
                    let inner = self.choice();
                    self.at += 1;
                    inner
                }
                "[" => {
                    let inner = self.choice();
                    self.at += 1;
                    Part::Optional(Box::new(inner))
                }
                w if w.starts_with(['\'', '"']) => Part::Token(w[1..w.len() - 1].to_owned()),
                w if w.chars().all(|c| c.is_ascii_uppercase() || c == '_') => Part::Terminal(w.to_owned()),
                w => Part::Production(w.to_owned()),
            };
            if self.peek() == "*" || self.peek() == "+" {
                let least = usize::from(self.peek() == "+");
                self.at += 1;
                part = Part::Repeated(Box::new(part), least);
            }
            parts.push(part);
        }
        if parts.len() == 1 { parts.remove(0) } else { Part::Sequence(parts) }
    }
}

/// Beyond this depth only the shortest way out is taken.
const DEEP: usize = 22;

struct Writer<'g> {
    grammar: &'g Grammar,
    random: u64,
    out: String,
    indent: usize,
    line_start: bool,
    brackets: usize,
    /// The bracket depth of each open f-string field.
    fields: Vec<usize>,
}

impl Writer<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % n
    }

    fn production(&mut self, name: &str, depth: usize) {
        let grammar = self.grammar;
        let part = &grammar.productions[grammar.index[name]].1;
        let field = name == "fstring_replacement_field";
        if field {
            self.fields.push(self.brackets + 1);
        }
        self.part(part, depth + 1);
        if field {
            self.fields.pop();
        }
    }

    /// A lambda directly in a field would end it, and fields nest only so deep.
    fn is_allowed(&self, part: &Part) -> bool {
        match part {
            Part::Production(name) if name == "lambdef" => self.fields.last() != Some(&self.brackets),
            Part::Production(name) if name == "fstring_replacement_field" => self.fields.len() < 3,
            _ => true,
        }
    }

    fn part(&mut self, part: &Part, depth: usize) {
        match part {
            Part::Token(text) => self.token(text),
            Part::Terminal(name) => self.terminal(name),
            Part::Production(name) => self.production(name, depth),
            Part::Sequence(parts) => parts.iter().for_each(|p| self.part(p, depth)),
            Part::Choice(parts) => {
                let mut choices: Vec<&Part> = parts.iter().filter(|p| self.is_allowed(p)).collect();
                if depth > DEEP {
                    let least = choices.iter().filter_map(|p| self.grammar.height(p)).min();
                    choices.retain(|p| self.grammar.height(p) == least);
                }
                let chosen = choices[self.below(choices.len())];
                self.part(chosen, depth);
            }
            Part::Optional(inner) => {
                if depth <= DEEP && self.below(3) == 0 {
                    self.part(inner, depth);
                }
            }
            Part::Repeated(inner, least) => {
                let mut count = *least;
                while depth <= DEEP && count < 4 && self.below(3) == 0 {
                    count += 1;
                }
                (0..count).for_each(|_| self.part(inner, depth));
            }
        }
    }

    fn token(&mut self, text: &str) {
        match text {
            "(" | "[" | "{" => self.brackets += 1,
            ")" | "]" | "}" => self.brackets -= 1,
            _ => {}
        }
        self.write(text);
    }

    fn write(&mut self, text: &str) {
        if self.line_start {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
            self.line_start = false;
        } else {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    fn terminal(&mut self, name: &str) {
        const NAMES: &[&str] = &["a", "b", "c", "x1", "match", "case", "type", "이름"];
        const NUMBERS: &[&str] =
            &["0", "1", "0x1F", "1_000", "1.5", ".5", "1e3", "0b11", "99999999999999999999"];
        const STRINGS: &[&str] = &["'s'", "\"\"", "r'\\d'", "'''t'''", "u'\\u00e9'"];
        const BYTES: &[&str] = &["b'x'", "rb'\\d'", "b\"\"\"y\"\"\""];
        match name {
            "NAME" => {
                let i = self.below(NAMES.len());
                self.write(NAMES[i]);
            }
            "NUMBER" => {
                let i = self.below(NUMBERS.len());
                self.write(NUMBERS[i]);
            }
            "IMAGINARY" => self.write("2j"),
            "STRING" => {
                let i = self.below(STRINGS.len());
                self.write(STRINGS[i]);
            }
            "BYTES" => {
                let i = self.below(BYTES.len());
                self.write(BYTES[i]);
            }
            "FSTRING_START" => self.write("f\""),
            "FSTRING_MIDDLE" => self.out.push_str("text"),
            "FSTRING_END" => self.out.push('"'),
            "CONVERSION" => self.out.push('r'),
            "NEWLINE" => {
                self.out.push('\n');
                self.line_start = true;
            }
            "INDENT" => self.indent += 4,
            "DEDENT" => self.indent -= 4,
            other => panic!("no terminal {other}"),
        }
    }
}
