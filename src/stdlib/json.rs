//! `_json`: text from objects and objects from text, in one pass each. The classes with their
//! options are in `python/json_encoder.py` and `python/json_decoder.py`; what they decide comes
//! here as arguments.
//!
//! Places in a text are byte offsets here and characters outside; they are translated when they
//! leave.

use crate::object::{Class, Dict, ExcObj, ListObj, Ref, Str, TupleObj, Value};
use crate::source::surrogate::{char_of, code_of};
use crate::types::float::{self, float_value};
use crate::types::int;
use crate::vm::native::{Row, function};
use crate::vm::{Raised, Result, Vm};
use rustc_hash::{FxHashMap, FxHashSet};

// ---- objects to text

struct Encoder {
    default: Value,
    /// Containers that are being written, to find one inside itself; none when nobody asked.
    open: Option<FxHashSet<u64>>,
    ascii: bool,
    allow_nan: bool,
    sort_keys: bool,
    skip_keys: bool,
    item_separator: String,
    key_separator: String,
    indent: Option<String>,
    level: usize,
    out: String,
}

/// `encode(object, default, ascii, circular, allow_nan, sort_keys, skip_keys, item_separator, key_separator, indent)`
fn encode(vm: &mut Vm, args: &[Value]) -> Result {
    let mut flags = [false; 5];
    for (flag, value) in flags.iter_mut().zip(&args[2..7]) {
        *flag = vm.truth(value)?;
    }
    let [ascii, circular, allow_nan, sort_keys, skip_keys] = flags;
    let indent = if args[9].is_none() { None } else { Some(vm.expect_text(&args[9], "indent")?.to_owned()) };
    let mut encoder = Encoder {
        default: args[1].clone(),
        open: circular.then(FxHashSet::default),
        ascii,
        allow_nan,
        sort_keys,
        skip_keys,
        item_separator: vm.expect_text(&args[7], "make_encoder() argument 6")?.to_owned(),
        key_separator: vm.expect_text(&args[8], "make_encoder() argument 5")?.to_owned(),
        indent,
        level: 0,
        out: String::new(),
    };
    encoder.value(vm, &args[0])?;
    Ok(vm.str(encoder.out))
}

/// `quote(text, ascii)`
fn quote(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(text) = args[0].get::<Str>() else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("first argument must be a string, not {got}")));
    };
    let mut out = String::with_capacity(text.as_str().len() + 2);
    push_quoted(&mut out, text.as_str(), vm.truth(&args[1])?);
    Ok(vm.str(out))
}

fn push_quoted(out: &mut String, text: &str, ascii: bool) {
    use std::fmt::Write;
    out.push('"');
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let is_plain = match c {
            '"' | '\\' => false,
            ' '..='~' => true,
            '\0'..'\u{20}' => false,
            _ => !ascii,
        };
        if is_plain {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            _ => {
                let code = code_of(c);
                // Writing to a `String` does not fail.
                let _ = if code < 0x1_0000 {
                    write!(out, "\\u{code:04x}")
                } else {
                    let rest = code - 0x1_0000;
                    write!(out, "\\u{:04x}\\u{:04x}", 0xd800 | (rest >> 10), 0xdc00 | (rest & 0x3ff))
                };
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

impl Encoder {
    fn value(&mut self, vm: &mut Vm, value: &Value) -> Result<()> {
        if self.scalar(vm, value)? {
            return Ok(());
        }
        vm.check_native_stack()?;
        vm.nest(" while encoding a JSON object", |vm| {
            if value.is::<ListObj>() || value.is::<TupleObj>() {
                let class = vm.class_of(value);
                if !class.is_same(&vm.types.list) && !class.is_same(&vm.types.tuple) {
                    // A derived class says itself what its items are.
                    let items = vm.collect_through(value)?;
                    return self.items(vm, value, |at| items.get(at).cloned());
                }
            }
            if let Some(list) = value.get::<ListObj>() {
                return self.items(vm, value, |at| list.get(at));
            }
            if let Some(tuple) = value.get::<TupleObj>() {
                return self.items(vm, value, |at| tuple.items().get(at).cloned());
            }
            if let Some(dict) = value.downcast::<Dict>() {
                return self.dict(vm, value, &dict);
            }
            self.enter(vm, value)?;
            let replacement = vm.call(&self.default, std::slice::from_ref(value))?;
            self.value(vm, &replacement)?;
            self.leave(value);
            Ok(())
        })
    }

    /// Writes a value that holds no others; false for one that does.
    fn scalar(&mut self, vm: &mut Vm, value: &Value) -> Result<bool> {
        if let Some(text) = value.get::<Str>() {
            push_quoted(&mut self.out, text.as_str(), self.ascii);
            return Ok(true);
        }
        let text = self.number_or_constant(vm, value)?;
        if let Some(text) = &text {
            self.out.push_str(text);
        }
        Ok(text.is_some())
    }

    /// What is written alike as a value and as a key.
    fn number_or_constant(&mut self, vm: &mut Vm, value: &Value) -> Result<Option<String>> {
        if value.is_none() {
            return Ok(Some("null".to_owned()));
        }
        if let Some(truth) = value.as_bool() {
            return Ok(Some(truth.to_string()));
        }
        if let Some(n) = value.as_int() {
            return Ok(Some(n.to_string()));
        }
        if let Some(x) = float_value(value) {
            if x.is_finite() {
                return Ok(Some(float::repr(x)));
            }
            if !self.allow_nan {
                let shown = vm.repr_text(value)?;
                return Err(
                    vm.value_error(format!("Out of range float values are not JSON compliant: {shown}"))
                );
            }
            let text = if x.is_nan() {
                "NaN"
            } else if x > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            };
            return Ok(Some(text.to_owned()));
        }
        match vm.int_like(value) {
            Some(n) => int::decimal_text(vm, &n).map(Some),
            None => Ok(None),
        }
    }

    fn enter(&mut self, vm: &mut Vm, value: &Value) -> Result<()> {
        if let Some(open) = &mut self.open
            && !open.insert(value.id())
        {
            return Err(vm.value_error("Circular reference detected"));
        }
        Ok(())
    }

    fn leave(&mut self, value: &Value) {
        if let Some(open) = &mut self.open {
            open.remove(&value.id());
        }
    }

    /// A new line at this depth, when the text is indented.
    fn line(&mut self) {
        if let Some(indent) = &self.indent {
            self.out.push('\n');
            for _ in 0..self.level {
                self.out.push_str(indent);
            }
        }
    }

    fn items(&mut self, vm: &mut Vm, value: &Value, item: impl Fn(usize) -> Option<Value>) -> Result<()> {
        let mut next = item(0);
        if next.is_none() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.enter(vm, value)?;
        self.out.push('[');
        self.level += 1;
        self.line();
        let mut at = 0;
        while let Some(each) = next {
            if at > 0 {
                self.out.push_str(&self.item_separator);
                self.line();
            }
            self.value(vm, &each)?;
            at += 1;
            next = item(at);
        }
        self.level -= 1;
        self.line();
        self.out.push(']');
        self.leave(value);
        Ok(())
    }

    fn dict(&mut self, vm: &mut Vm, value: &Value, dict: &Dict) -> Result<()> {
        if dict.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.enter(vm, value)?;
        let exact = vm.class_of(value).is_same(&vm.types.dict);
        let mut items = if exact {
            dict.items()
        } else {
            // A subclass may show other items than it holds.
            let listed = vm.call_method(value, "items", &[])?;
            let mut items = Vec::new();
            for pair in vm.collect(&listed)? {
                match pair.get::<TupleObj>().map(TupleObj::items) {
                    Some([key, item]) => items.push((key.clone(), item.clone())),
                    _ => return Err(vm.value_error("items must return 2-tuples")),
                }
            }
            items
        };
        if self.sort_keys {
            let pairs = items.into_iter().map(|(key, item)| vm.tuple([key, item])).collect();
            let list = vm.list(pairs);
            vm.call_method(&list, "sort", &[])?;
            items = vm
                .collect(&list)?
                .iter()
                .filter_map(|pair| match pair.get::<TupleObj>()?.items() {
                    [key, item] => Some((key.clone(), item.clone())),
                    _ => None,
                })
                .collect();
        }
        self.out.push('{');
        self.level += 1;
        self.line();
        let mut first = true;
        for (key, item) in &items {
            let text = match key.get::<Str>() {
                Some(_) => None,
                None => match self.number_or_constant(vm, key)? {
                    Some(text) => Some(text),
                    None if self.skip_keys => continue,
                    None => {
                        let got = vm.type_name(key);
                        return Err(
                            vm.type_error(format!("keys must be str, int, float, bool or None, not {got}"))
                        );
                    }
                },
            };
            if !first {
                self.out.push_str(&self.item_separator);
                self.line();
            }
            first = false;
            match text {
                Some(text) => push_quoted(&mut self.out, &text, self.ascii),
                None => {
                    self.scalar(vm, key)?;
                }
            }
            self.out.push_str(&self.key_separator);
            self.value(vm, item)?;
        }
        self.level -= 1;
        self.line();
        self.out.push('}');
        self.leave(value);
        Ok(())
    }
}

// ---- text to objects

struct Decoder<'t> {
    document: &'t Value,
    text: &'t str,
    bytes: &'t [u8],
    strict: bool,
    object_hook: &'t Value,
    pairs_hook: &'t Value,
    parse_float: &'t Value,
    parse_int: &'t Value,
    parse_constant: &'t Value,
    /// The class `JSONDecodeError`.
    error: &'t Value,
    /// Keys that came before: equal keys are one object.
    keys: FxHashMap<String, Value>,
}

/// `decode(text, index, strict, object_hook, object_pairs_hook, parse_float, parse_int,
/// parse_constant, error)`: an object and the index behind it.
fn decode(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(text) = args[0].get::<Str>() else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("first argument must be a string, not {got}")));
    };
    let start = vm.index_i64(&args[1])?;
    let Ok(start) = usize::try_from(start) else {
        return Err(vm.value_error("idx cannot be negative"));
    };
    let start = text.byte_offset(start.min(text.len()));
    let mut decoder = Decoder {
        document: &args[0],
        text: text.as_str(),
        bytes: text.as_str().as_bytes(),
        strict: vm.truth(&args[2])?,
        object_hook: &args[3],
        pairs_hook: &args[4],
        parse_float: &args[5],
        parse_int: &args[6],
        parse_constant: &args[7],
        error: &args[8],
        keys: FxHashMap::default(),
    };
    let (value, end) = decoder.value(vm, start)?;
    let end = decoder.index(end);
    Ok(vm.tuple([value, Value::index(end)]))
}

/// `scanstring(text, index, strict, error)`: the string behind a quote, and the index behind it.
fn scanstring(vm: &mut Vm, args: &[Value]) -> Result {
    let Some(text) = args[0].get::<Str>() else {
        let got = vm.type_name(&args[0]);
        return Err(vm.type_error(format!("first argument must be a string, not {got}")));
    };
    let start = vm.index_i64(&args[1])?;
    let start = match usize::try_from(start) {
        Ok(start) if start <= text.len() => text.byte_offset(start),
        _ => return Err(vm.value_error("end is out of bounds")),
    };
    let none = Value::NONE;
    let decoder = Decoder {
        document: &args[0],
        text: text.as_str(),
        bytes: text.as_str().as_bytes(),
        strict: vm.truth(&args[2])?,
        object_hook: &none,
        pairs_hook: &none,
        parse_float: &none,
        parse_int: &none,
        parse_constant: &none,
        error: &args[3],
        keys: FxHashMap::default(),
    };
    let (string, end) = decoder.string(vm, start)?;
    let string = vm.str(string);
    let end = decoder.index(end);
    Ok(vm.tuple([string, Value::index(end)]))
}

impl Decoder<'_> {
    /// The character at a byte offset.
    fn index(&self, offset: usize) -> usize {
        match self.document.get::<Str>() {
            Some(text) if text.is_ascii() => offset,
            _ => self.text[..offset].chars().count(),
        }
    }

    /// There is no value here: `raw_decode` makes an error of this.
    #[cold]
    fn nothing(&self, vm: &mut Vm, offset: usize) -> Raised {
        vm.stop_iteration(Value::index(self.index(offset)))
    }

    #[cold]
    fn wrong(&self, vm: &mut Vm, message: &str, offset: usize) -> Raised {
        let position = Value::index(self.index(offset));
        let message = vm.str(message);
        match vm.call(self.error, &[message, self.document.clone(), position]) {
            Ok(value) => match value.downcast::<ExcObj>() {
                Some(exc) => Raised(exc),
                None => vm.type_error("exceptions must derive from BaseException"),
            },
            Err(raised) => raised,
        }
    }

    fn skip_space(&self, mut at: usize) -> usize {
        while matches!(self.bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
        }
        at
    }

    fn value(&mut self, vm: &mut Vm, at: usize) -> Result<(Value, usize)> {
        let rest = &self.bytes[at..];
        match rest.first() {
            Some(b'"') => {
                let (string, end) = self.string(vm, at + 1)?;
                Ok((vm.str(string), end))
            }
            Some(b'{') => {
                vm.check_native_stack()?;
                vm.nest(" while decoding a JSON object from a unicode string", |vm| self.object(vm, at + 1))
            }
            Some(b'[') => {
                vm.check_native_stack()?;
                vm.nest(" while decoding a JSON array from a unicode string", |vm| self.array(vm, at + 1))
            }
            Some(b'n') if rest.starts_with(b"null") => Ok((Value::NONE, at + 4)),
            Some(b't') if rest.starts_with(b"true") => Ok((Value::TRUE, at + 4)),
            Some(b'f') if rest.starts_with(b"false") => Ok((Value::FALSE, at + 5)),
            Some(b'N') if rest.starts_with(b"NaN") => self.constant(vm, at, 3),
            Some(b'I') if rest.starts_with(b"Infinity") => self.constant(vm, at, 8),
            Some(b'-') if rest.starts_with(b"-Infinity") => self.constant(vm, at, 9),
            _ => self.number(vm, at),
        }
    }

    fn constant(&self, vm: &mut Vm, at: usize, length: usize) -> Result<(Value, usize)> {
        let name = vm.str(&self.text[at..at + length]);
        Ok((vm.call(self.parse_constant, &[name])?, at + length))
    }

    fn digits(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    }

    fn number(&self, vm: &mut Vm, start: usize) -> Result<(Value, usize)> {
        let mut at = start;
        if self.bytes.get(at) == Some(&b'-') {
            at += 1;
        }
        let mut end = match self.bytes.get(at) {
            Some(b'0') => at + 1,
            Some(b'1'..=b'9') => self.digits(at),
            _ => return Err(self.nothing(vm, start)),
        };
        let mut is_float = false;
        if self.bytes.get(end) == Some(&b'.') && self.digits(end + 1) > end + 1 {
            end = self.digits(end + 1);
            is_float = true;
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            let after = self.digits(end + 1 + sign);
            if after > end + 1 + sign {
                end = after;
                is_float = true;
            }
        }
        let text = &self.text[start..end];
        let (hook, plain) =
            if is_float { (self.parse_float, &vm.types.float) } else { (self.parse_int, &vm.types.int) };
        if !hook.downcast_ref::<Class>().is_some_and(|class| class.is_same(plain)) {
            let text = vm.str(text);
            return Ok((vm.call(hook, &[text])?, end));
        }
        if is_float {
            return match text.parse() {
                Ok(x) => Ok((Value::float(x), end)),
                Err(_) => Err(self.nothing(vm, start)),
            };
        }
        let value = match text.parse() {
            Ok(n) => vm.int(n),
            Err(_) => {
                let shown = vm.str(text);
                let n = int::from_text(vm, text, 10, &shown)?;
                vm.bigint(n)
            }
        };
        Ok((value, end))
    }

    /// The text of a string and the offset behind its closing quote.
    fn string(&self, vm: &mut Vm, start: usize) -> Result<(String, usize)> {
        let mut out = String::new();
        let mut at = start;
        loop {
            let plain = at;
            while !matches!(self.bytes.get(at), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                at += 1;
            }
            out.push_str(&self.text[plain..at]);
            match self.bytes.get(at) {
                None => return Err(self.wrong(vm, "Unterminated string starting at", start - 1)),
                Some(b'"') => return Ok((out, at + 1)),
                Some(b'\\') => at = self.escape(vm, &mut out, at, start)?,
                Some(&control) => {
                    if self.strict {
                        return Err(self.wrong(vm, "Invalid control character at", at));
                    }
                    out.push(char::from(control));
                    at += 1;
                }
            }
        }
    }

    /// Reads what a backslash at `at` stands for; the offset behind it.
    fn escape(&self, vm: &mut Vm, out: &mut String, at: usize, start: usize) -> Result<usize> {
        let c = match self.bytes.get(at + 1) {
            None => return Err(self.wrong(vm, "Unterminated string starting at", start - 1)),
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let high = self.code_unit(vm, at + 1)?;
                let mut end = at + 6;
                let mut code = high;
                if (0xd800..0xdc00).contains(&high) && self.bytes[end..].starts_with(b"\\u") {
                    let low = self.code_unit(vm, end + 1)?;
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        end += 6;
                    }
                }
                out.push(char_of(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(end);
            }
            Some(_) => return Err(self.wrong(vm, "Invalid \\escape", at)),
        };
        out.push(c);
        Ok(at + 2)
    }

    /// The four hexadecimal digits behind the `u` at `at`.
    fn code_unit(&self, vm: &mut Vm, at: usize) -> Result<u32> {
        let digits = self.bytes.get(at + 1..at + 5).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let value = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        value.ok_or_else(|| self.wrong(vm, "Invalid \\uXXXX escape", at))
    }

    fn array(&mut self, vm: &mut Vm, at: usize) -> Result<(Value, usize)> {
        let mut items = Vec::new();
        let mut at = self.skip_space(at);
        if self.bytes.get(at) == Some(&b']') {
            return Ok((vm.list(items), at + 1));
        }
        loop {
            let (item, end) = self.value(vm, at)?;
            items.push(item);
            at = self.skip_space(end);
            match self.bytes.get(at) {
                Some(b']') => return Ok((vm.list(items), at + 1)),
                Some(b',') => {}
                _ => return Err(self.wrong(vm, "Expecting ',' delimiter", at)),
            }
            let comma = at;
            at = self.skip_space(at + 1);
            if self.bytes.get(at) == Some(&b']') {
                return Err(self.wrong(vm, "Illegal trailing comma before end of array", comma));
            }
        }
    }

    fn object(&mut self, vm: &mut Vm, at: usize) -> Result<(Value, usize)> {
        const NO_NAME: &str = "Expecting property name enclosed in double quotes";
        let dict = vm.new_dict();
        let mut pairs = Vec::new();
        let mut at = self.skip_space(at);
        if self.bytes.get(at) == Some(&b'}') {
            return Ok((self.finish(vm, dict, pairs)?, at + 1));
        }
        loop {
            if self.bytes.get(at) != Some(&b'"') {
                return Err(self.wrong(vm, NO_NAME, at));
            }
            let (key, end) = self.string(vm, at + 1)?;
            let key = match self.keys.get(&key) {
                Some(known) => known.clone(),
                None => {
                    let value = vm.str(key.as_str());
                    self.keys.insert(key, value.clone());
                    value
                }
            };
            at = self.skip_space(end);
            if self.bytes.get(at) != Some(&b':') {
                return Err(self.wrong(vm, "Expecting ':' delimiter", at));
            }
            at = self.skip_space(at + 1);
            let (item, end) = self.value(vm, at)?;
            if self.pairs_hook.is_none() {
                vm.dict_set(&dict, key, item)?;
            } else {
                pairs.push(vm.tuple([key, item]));
            }
            at = self.skip_space(end);
            match self.bytes.get(at) {
                Some(b'}') => return Ok((self.finish(vm, dict, pairs)?, at + 1)),
                Some(b',') => {}
                _ => return Err(self.wrong(vm, "Expecting ',' delimiter", at)),
            }
            let comma = at;
            at = self.skip_space(at + 1);
            if self.bytes.get(at) == Some(&b'}') {
                return Err(self.wrong(vm, "Illegal trailing comma before end of object", comma));
            }
        }
    }

    fn finish(&self, vm: &mut Vm, dict: Ref<Dict>, pairs: Vec<Value>) -> Result {
        if !self.pairs_hook.is_none() {
            let list = vm.list(pairs);
            return vm.call(self.pairs_hook, &[list]);
        }
        let dict = dict.into_value();
        if self.object_hook.is_none() { Ok(dict) } else { vm.call(self.object_hook, &[dict]) }
    }
}

const FUNCTIONS: &[Row] = &[
    function(
        "encode(object, default, ascii, circular, allow_nan, sort_keys, skip_keys, item_separator, key_separator, indent, /)",
        encode,
    ),
    function("quote(text, ascii, /)", quote),
    function(
        "decode(text, index, strict, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant, error, /)",
        decode,
    ),
    function("scanstring(text, index, strict, error, /)", scanstring),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_json", FUNCTIONS);
    Ok(())
}
