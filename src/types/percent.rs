//! The `%` operator of strings and bytes. One formatter serves both: bytes are formatted as a
//! text whose characters are the byte values.
//!
//! Source: the Python library reference, "printf-style String Formatting"; the error texts are
//! CPython's.

use super::format::check_length;
use super::{float, int};
use crate::object::{ByteArrayObj, BytesObj, Special, Str, TupleObj, Value};
use crate::source::surrogate::char_of;
use crate::vm::{Result, Vm};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

/// `template % values` for strings.
pub fn format_text(vm: &mut Vm, template: &str, values: &Value) -> Result<String> {
    let chars: Vec<char> = template.chars().collect();
    Formatter::new(vm, &chars, values, false).run(vm)
}

/// `template % values` for bytes.
pub fn format_bytes(vm: &mut Vm, template: &[u8], values: &Value) -> Result<Vec<u8>> {
    let chars: Vec<char> = template.iter().map(|&b| b as char).collect();
    let text = Formatter::new(vm, &chars, values, true).run(vm)?;
    Ok(text.chars().map(|c| c as u8).collect())
}

struct Formatter<'t> {
    chars: &'t [char],
    at: usize,
    values: Value,
    /// How many values there are: a tuple's length, else one.
    count: usize,
    used: usize,
    /// The values can be looked up by key, so it is fine when some are never used.
    mapping: bool,
    /// For bytes.
    bytes: bool,
}

/// One conversion specifier.
#[derive(Default)]
struct Item {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

impl<'t> Formatter<'t> {
    fn new(vm: &Vm, chars: &'t [char], values: &Value, bytes: bool) -> Formatter<'t> {
        let tuple = values.get::<TupleObj>();
        let text = if bytes {
            values.is::<BytesObj>() || values.is::<ByteArrayObj>() || values.is::<Str>()
        } else {
            values.is::<Str>()
        };
        // A deque has items, but in CPython it is no mapping, as other sequences are.
        let mapping = tuple.is_none()
            && !text
            && vm.special(values, Special::GetItem).is_some()
            && vm.type_name(values) != "collections.deque";
        let count = tuple.map_or(1, TupleObj::len);
        Formatter { chars, at: 0, values: values.clone(), count, used: 0, mapping, bytes }
    }

    fn run(mut self, vm: &mut Vm) -> Result<String> {
        let mut out = String::with_capacity(self.chars.len());
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            if c == '%' { self.item(vm, &mut out)? } else { out.push(c) }
        }
        if self.used < self.count && !self.mapping {
            let what = if self.bytes { "bytes" } else { "string" };
            return Err(vm.type_error(format!("not all arguments converted during {what} formatting")));
        }
        Ok(out)
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The character before the one that was read last.
    fn before_last(&self) -> Option<char> {
        self.chars.get(self.at.checked_sub(2)?).copied()
    }

    fn next_value(&mut self, vm: &mut Vm) -> Result {
        if self.used >= self.count {
            return Err(vm.type_error("not enough arguments for format string"));
        }
        self.used += 1;
        Ok(match self.values.get::<TupleObj>() {
            Some(tuple) => tuple.items()[self.used - 1].clone(),
            None => self.values.clone(),
        })
    }

    /// `(key)`: the value is looked up.
    fn key(&mut self, vm: &mut Vm) -> Result {
        if !self.mapping {
            return Err(vm.type_error("format requires a mapping"));
        }
        self.at += 1;
        let start = self.at;
        let mut open = 1;
        while open > 0 {
            match self.peek() {
                Some('(') => open += 1,
                Some(')') => open -= 1,
                Some(_) => {}
                None => return Err(vm.value_error("incomplete format key")),
            }
            self.at += 1;
        }
        let key: String = self.chars[start..self.at - 1].iter().collect();
        let key = if self.bytes {
            vm.bytes(key.chars().map(|c| c as u8).collect::<Vec<u8>>())
        } else {
            vm.str(key)
        };
        let value = vm.get_item(&self.values, &key)?;
        // From now on the mapping itself is not a value any more.
        self.used = self.count;
        Ok(value)
    }

    /// A number, or `*` and a value.
    fn size(&mut self, vm: &mut Vm, most: i64, too_big: &str) -> Result<i64> {
        if self.peek() == Some('*') {
            self.at += 1;
            let value = self.next_value(vm)?;
            let Some(n) = vm.int_like(&value) else { return Err(vm.type_error("* wants int")) };
            return match n.to_i64() {
                Some(n) if n.abs() <= most => Ok(n),
                _ => {
                    let kind = if most > i64::from(i32::MAX) { "ssize_t" } else { "int" };
                    Err(vm.overflow_error(format!("Python int too large to convert to C {kind}")))
                }
            };
        }
        let mut n: i64 = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            n = n.saturating_mul(10).saturating_add(i64::from(digit));
            if n > most {
                return Err(vm.value_error(too_big));
            }
            self.at += 1;
        }
        Ok(n)
    }

    fn item(&mut self, vm: &mut Vm, out: &mut String) -> Result<()> {
        let mut item = Item::default();
        let found = if self.peek() == Some('(') { Some(self.key(vm)?) } else { None };
        loop {
            match self.peek() {
                Some('-') => item.left = true,
                Some('+') => item.plus = true,
                Some(' ') => item.blank = true,
                Some('#') => item.alternate = true,
                Some('0') => item.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        let width = self.size(vm, i64::MAX >> 1, "width too big")?;
        item.left |= width < 0;
        item.width = width.unsigned_abs() as usize;
        if self.peek() == Some('.') {
            self.at += 1;
            let precision = self.size(vm, i64::from(i32::MAX), "precision too big")?;
            item.precision = Some(precision.max(0) as usize);
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        let Some(kind) = self.peek() else { return Err(vm.value_error("incomplete format")) };
        self.at += 1;
        // Only `%%` with nothing between; anything else asks for a value first.
        if kind == '%' && self.before_last() == Some('%') {
            out.push('%');
            return Ok(());
        }
        check_length(vm, item.width.max(item.precision.unwrap_or(0)))?;
        let value = match found {
            Some(value) => value,
            None => self.next_value(vm)?,
        };
        match kind {
            's' | 'r' | 'a' | 'b' if kind != 'b' || self.bytes => {
                let text = self.text(vm, kind, &value)?;
                let shown: String = match item.precision {
                    Some(precision) => text.chars().take(precision).collect(),
                    None => text,
                };
                item.pad(out, "", "", &shown, false);
            }
            'c' => {
                let c = self.character(vm, &value)?;
                item.pad(out, "", "", c.encode_utf8(&mut [0; 4]), false);
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                // Messages of bytes know no `%i`.
                let shown = if self.bytes && kind == 'i' { 'd' } else { kind };
                item.integer(vm, out, shown, &value)?;
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let x = match float::as_double(vm, &value)? {
                    Some(x) => x,
                    None => {
                        let got = vm.type_name(&value);
                        return Err(vm.type_error(if self.bytes {
                            format!("float argument required, not {got}")
                        } else {
                            format!("must be real number, not {got}")
                        }));
                    }
                };
                item.float(out, kind, x);
            }
            // CPython shows it as a signed byte, but not behind the digits of a width or precision.
            _ if self.bytes
                && !kind.is_ascii()
                && !((item.width > 0 || item.precision.is_some())
                    && self.before_last().is_some_and(|c| c.is_ascii_digit())) =>
            {
                return Err(vm.overflow_error("character argument not in range(0x110000)"));
            }
            _ => {
                let shown = if self.bytes || ('\x1f'..='~').contains(&kind) { kind } else { '?' };
                return Err(vm.value_error(format!(
                    "unsupported format character '{shown}' (0x{:x}) at index {}",
                    kind as u32,
                    self.at - 1
                )));
            }
        }
        Ok(())
    }

    fn text(&self, vm: &mut Vm, kind: char, value: &Value) -> Result<String> {
        let latin = |data: &[u8]| data.iter().map(|&b| b as char).collect();
        Ok(match (kind, self.bytes) {
            ('a', _) | ('r', true) => vm.ascii(value)?.as_str().to_owned(),
            ('r', false) => vm.repr_text(value)?,
            (_, false) => vm.text_of(value)?,
            (_, true) => match super::bytes::buffer(value) {
                Some(data) => latin(&data),
                None => match vm.special(value, Special::Bytes) {
                    Some(method) => {
                        let result = vm.call(&method, &[value.clone()])?;
                        match super::bytes::buffer(&result) {
                            Some(data) => latin(&data),
                            None => {
                                let got = vm.type_name(&result);
                                return Err(
                                    vm.type_error(format!("__bytes__ returned non-bytes (type {got})"))
                                );
                            }
                        }
                    }
                    None => {
                        let got = vm.type_name(value);
                        return Err(vm.type_error(format!(
                            "%b requires a bytes-like object, or an object that implements __bytes__, not '{got}'"
                        )));
                    }
                },
            },
        })
    }

    fn character(&self, vm: &mut Vm, value: &Value) -> Result<char> {
        if self.bytes {
            if let Some(data) = super::bytes::buffer(value) {
                return match &*data {
                    [byte] => Ok(*byte as char),
                    _ => Err(vm.type_error("%c requires an integer in range(256) or a single byte")),
                };
            }
        } else if let Some(text) = value.get::<Str>() {
            let mut chars = text.as_str().chars();
            return match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(c),
                _ => Err(vm.type_error("%c requires int or char")),
            };
        }
        if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
            return Err(vm.type_error(if self.bytes {
                "%c requires an integer in range(256) or a single byte"
            } else {
                "%c requires int or char"
            }));
        }
        let code = vm.index(value)?.to_u32();
        if self.bytes {
            return match code {
                Some(code @ 0..=255) => Ok(code as u8 as char),
                _ => Err(vm.overflow_error("%c arg not in range(256)")),
            };
        }
        match code.and_then(char_of) {
            Some(c) => Ok(c),
            None => Err(vm.overflow_error("%c arg not in range(0x110000)")),
        }
    }
}

impl Item {
    /// Appends sign, prefix and body, padded to the width; zeros go behind sign and prefix.
    fn pad(&self, out: &mut String, sign: &str, prefix: &str, body: &str, number: bool) {
        let length = sign.len() + prefix.len() + body.chars().count();
        let missing = self.width.saturating_sub(length);
        let zeros = self.zero && number && !self.left;
        if !self.left && !zeros {
            out.extend(std::iter::repeat_n(' ', missing));
        }
        out.push_str(sign);
        out.push_str(prefix);
        if zeros {
            out.extend(std::iter::repeat_n('0', missing));
        }
        out.push_str(body);
        if self.left {
            out.extend(std::iter::repeat_n(' ', missing));
        }
    }

    fn sign(&self, negative: bool) -> &'static str {
        if negative {
            "-"
        } else if self.plus {
            "+"
        } else if self.blank {
            " "
        } else {
            ""
        }
    }

    fn integer(&self, vm: &mut Vm, out: &mut String, kind: char, value: &Value) -> Result<()> {
        let n = integer_argument(vm, kind, value)?;
        let (radix, prefix) = match kind {
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let magnitude = n.abs();
        let mut digits =
            if radix == 10 { int::decimal_text(vm, &magnitude)? } else { magnitude.to_str_radix(radix) };
        if kind == 'X' {
            digits.make_ascii_uppercase();
        }
        if let Some(precision) = self.precision {
            let missing = precision.saturating_sub(digits.len());
            digits.insert_str(0, &"0".repeat(missing));
        }
        let prefix = if self.alternate { prefix } else { "" };
        self.pad(out, self.sign(n.is_negative()), prefix, &digits, true);
        Ok(())
    }

    fn float(&self, out: &mut String, kind: char, x: f64) {
        let magnitude = x.abs();
        let precision = self.precision.unwrap_or(6);
        let mut text = match kind {
            'e' | 'E' => float::exponential(magnitude, precision, self.alternate),
            'f' | 'F' => float::fixed(magnitude, precision, self.alternate),
            _ => float::general(magnitude, precision, self.alternate, false),
        };
        if kind.is_ascii_uppercase() {
            text.make_ascii_uppercase();
        }
        let negative = x.is_sign_negative() && !x.is_nan();
        self.pad(out, self.sign(negative), "", &text, true);
    }
}

/// The value of `%d` (any real number) or `%x` (an integer).
fn integer_argument(vm: &mut Vm, kind: char, value: &Value) -> Result<BigInt> {
    if let Some(n) = vm.int_like(value) {
        return Ok(n);
    }
    let decimal = matches!(kind, 'd' | 'i' | 'u');
    let number = if decimal {
        [Special::Int, Special::Index].iter().any(|&s| vm.special(value, s).is_some())
    } else {
        vm.special(value, Special::Index).is_some()
    };
    if number {
        let converted = if decimal { int::from_value(vm, value) } else { vm.index(value) };
        match converted {
            Err(raised) if raised.is(&vm.exceptions.type_error) => {}
            other => return other,
        }
    }
    let got = vm.type_name(value);
    let what = if decimal { "a real number" } else { "an integer" };
    Err(vm.type_error(format!("%{kind} format: {what} is required, not {got}")))
}
