//! The format mini-language: parsing a format spec, and putting integers, floats, complex
//! numbers and strings into its form. `str.format` itself is in `str/template`; the `%`
//! operator in `percent`.
//!
//! Source: the Python library reference, "Format Specification Mini-Language"; the error texts
//! are CPython's.

use super::float;
use crate::object::{Ref, Str, Value, heap};
use crate::vm::{Raised, Result, Vm};
use compact_str::CompactString;
use num_bigint::{BigInt, Sign as BigSign};
use num_traits::ToPrimitive;
use std::fmt::Write;

/// A parsed format spec.
#[derive(Clone, Debug)]
pub struct Spec {
    pub fill: char,
    /// `<`, `>`, `^` or `=`.
    pub align: char,
    /// `+`, `-`, a space, or nothing.
    pub sign: Option<char>,
    /// `z`: no negative zero.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    pub width: usize,
    /// `,` or `_`
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    /// The type character, or the default of the type.
    pub kind: Option<char>,
}

/// The longest text that a width or precision may ask for.
const LONGEST: usize = 1 << 40;

/// Reads digits at `*at`; `None` when there are none, an error when there are too many.
pub fn read_number(chars: &[char], at: &mut usize) -> std::result::Result<Option<usize>, ()> {
    let start = *at;
    let mut n: i64 = 0;
    while let Some(digit) = chars.get(*at).and_then(|&c| super::str::properties::decimal_value(c)) {
        n = n.checked_mul(10).and_then(|n| n.checked_add(i64::from(digit))).ok_or(())?;
        *at += 1;
    }
    Ok((*at > start).then_some(n as usize))
}

impl Spec {
    /// Parses a spec for a value of type `class`.
    pub fn parse(vm: &mut Vm, text: &str, default_align: char, class: &str) -> Result<Spec> {
        let chars: Vec<char> = text.chars().collect();
        let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '^' | '='));
        let mut spec = Spec {
            fill: ' ',
            align: default_align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            kind: None,
        };
        let mut at = 0;
        let (mut fill_given, mut align_given) = (false, false);
        if is_align(chars.get(1)) {
            (spec.fill, spec.align) = (chars[0], chars[1]);
            (fill_given, align_given) = (true, true);
            at = 2;
        } else if is_align(chars.first()) {
            spec.align = chars[0];
            align_given = true;
            at = 1;
        }
        if let Some(&sign @ (' ' | '+' | '-')) = chars.get(at) {
            spec.sign = Some(sign);
            at += 1;
        }
        if chars.get(at) == Some(&'z') {
            spec.no_negative_zero = true;
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if !fill_given && chars.get(at) == Some(&'0') {
            spec.fill = '0';
            if !align_given && default_align == '>' {
                spec.align = '=';
            }
            at += 1;
        }
        let too_many = "Too many decimal digits in format string";
        match read_number(&chars, &mut at) {
            Ok(width) => spec.width = width.unwrap_or(0),
            Err(()) => return Err(vm.value_error(too_many)),
        }
        if chars.get(at) == Some(&',') {
            spec.grouping = Some(',');
            at += 1;
        }
        if chars.get(at) == Some(&'_') {
            if spec.grouping.is_some() {
                return Err(vm.value_error("Cannot specify both ',' and '_'."));
            }
            spec.grouping = Some('_');
            at += 1;
        }
        if chars.get(at) == Some(&',') && spec.grouping == Some('_') {
            return Err(vm.value_error("Cannot specify both ',' and '_'."));
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            match read_number(&chars, &mut at) {
                Ok(Some(precision)) => spec.precision = Some(precision),
                Ok(None) => return Err(vm.value_error("Format specifier missing precision")),
                Err(()) => return Err(vm.value_error(too_many)),
            }
        }
        match chars[at..] {
            [] => {}
            [kind] => spec.kind = Some(kind),
            _ => {
                return Err(
                    vm.value_error(format!("Invalid format specifier '{text}' for object of type '{class}'"))
                );
            }
        }
        if let Some(grouping) = spec.grouping {
            match spec.kind {
                None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => {}
                Some('b' | 'o' | 'x' | 'X') if grouping == '_' => {}
                Some(kind) => return Err(cannot_group(vm, grouping, kind)),
            }
        }
        Ok(spec)
    }

    /// Pads a text that has no sign.
    pub fn pad(&self, vm: &mut Vm, text: &str) -> Result<String> {
        let length = text.chars().count();
        let missing = self.width.saturating_sub(length);
        if missing == 0 {
            return Ok(text.to_owned());
        }
        check_length(vm, self.width)?;
        let left = match self.align {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        let mut out = String::with_capacity(text.len() + missing * self.fill.len_utf8());
        out.extend(std::iter::repeat_n(self.fill, left));
        out.push_str(text);
        out.extend(std::iter::repeat_n(self.fill, missing - left));
        Ok(out)
    }

    /// Puts sign, prefix, digits (grouped) and the rest together, padded.
    fn number(&self, vm: &mut Vm, negative: bool, prefix: &str, digits: &str, rest: &str) -> Result<String> {
        check_length(vm, self.width)?;
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        };
        let fixed = sign.len() + prefix.len() + rest.chars().count();
        let zero_padded = self.fill == '0' && self.align == '=';
        let digits = match self.grouping {
            Some(separator) if !digits.is_empty() => {
                let size = if matches!(self.kind, Some('b' | 'o' | 'x' | 'X')) { 4 } else { 3 };
                let least = if zero_padded { self.width.saturating_sub(fixed) } else { 0 };
                group(digits, separator, size, least)
            }
            _ => digits.to_owned(),
        };
        let length = fixed + digits.chars().count();
        let missing = self.width.saturating_sub(length);
        let (left, inner, right) = match self.align {
            '<' => (0, 0, missing),
            '^' => (missing / 2, 0, missing - missing / 2),
            '=' => (0, missing, 0),
            _ => (missing, 0, 0),
        };
        let mut out = String::with_capacity(length + missing * self.fill.len_utf8());
        let fill = |out: &mut String, count| out.extend(std::iter::repeat_n(self.fill, count));
        fill(&mut out, left);
        out.push_str(sign);
        out.push_str(prefix);
        fill(&mut out, inner);
        out.push_str(&digits);
        out.push_str(rest);
        fill(&mut out, right);
        Ok(out)
    }
}

/// A result of this length has to fit into memory.
pub fn check_length(vm: &mut Vm, length: usize) -> Result<()> {
    if length > LONGEST {
        return Err(vm.memory_error(""));
    }
    // Fillers are written one by one.
    heap::spend_items(length / 4);
    vm.room(length)
}

/// Digits in groups from the right, with zeros in front up to `least` characters.
fn group(digits: &str, separator: char, size: usize, least: usize) -> String {
    let mut reversed = String::with_capacity(digits.len() * 4 / 3 + least);
    let mut source = digits.chars().rev().peekable();
    let mut length = 0;
    loop {
        for _ in 0..size {
            match source.next() {
                Some(digit) => reversed.push(digit),
                None if length < least => reversed.push('0'),
                None => break,
            }
            length += 1;
        }
        if source.peek().is_none() && length >= least {
            break;
        }
        reversed.push(separator);
        length += 1;
        // A separator never stands in front: one more digit follows it.
        if source.peek().is_none() && length >= least {
            reversed.push('0');
            break;
        }
    }
    reversed.chars().rev().collect()
}

#[cold]
fn cannot_group(vm: &mut Vm, grouping: char, kind: char) -> Raised {
    vm.value_error(if ('!'..'\u{80}').contains(&kind) {
        format!("Cannot specify '{grouping}' with '{kind}'.")
    } else {
        format!("Cannot specify '{grouping}' with '\\x{:x}'.", kind as u32)
    })
}

#[cold]
fn unknown_code(vm: &mut Vm, kind: char, class: &str) -> Raised {
    vm.value_error(if ('!'..'\u{80}').contains(&kind) {
        format!("Unknown format code '{kind}' for object of type '{class}'")
    } else {
        format!("Unknown format code '\\x{:x}' for object of type '{class}'", kind as u32)
    })
}

/// The format spec argument of a `__format__` method.
pub fn spec_argument(vm: &mut Vm, value: &Value) -> Result<Ref<Str>> {
    match value.downcast::<Str>() {
        Some(spec) => Ok(spec),
        None => {
            let name = vm.argument_name(value);
            Err(vm.type_error(format!("__format__() argument must be str, not {name}")))
        }
    }
}

/// A leading zero and a width of at most three digits, and what stands behind them.
fn quick_width(spec: &[u8]) -> Option<(bool, usize, &[u8])> {
    let zero = spec.first() == Some(&b'0');
    let digits = spec.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 3 {
        return None;
    }
    let width = spec[..digits].iter().fold(0, |n, byte| n * 10 + usize::from(byte - b'0'));
    Some((zero, width, &spec[digits..]))
}

/// `text`, the digits of a number, on the right of `width` places; zeros go behind the sign.
fn quick_pad(text: &str, zero: bool, width: usize) -> CompactString {
    let mut out = CompactString::with_capacity(text.len().max(width));
    let missing = width.saturating_sub(text.len());
    let (sign, digits) = text.split_at(usize::from(zero && text.starts_with('-')));
    out.push_str(sign);
    for _ in 0..missing {
        out.push(if zero { '0' } else { ' ' });
    }
    out.push_str(digits);
    out
}

/// The usual specs of integers, `6`, `06d` and their kin; `None` for any other.
pub fn quick_int(n: i64, spec: &str) -> Option<CompactString> {
    match quick_width(spec.as_bytes())? {
        (zero, width, b"" | b"d") => Some(quick_pad(itoa::Buffer::new().format(n), zero, width)),
        _ => None,
    }
}

/// The usual specs of floats, `.2f`, `8.3f` and their kin; `None` for any other.
pub fn quick_float(x: f64, spec: &str) -> Option<CompactString> {
    let (zero, width, rest) = quick_width(spec.as_bytes())?;
    let precision = match rest {
        [b'.', digit, b'f'] if digit.is_ascii_digit() => usize::from(digit - b'0'),
        _ => return None,
    };
    if !x.is_finite() || x.abs() > 1e16 {
        return None;
    }
    let mut text = CompactString::default();
    write!(text, "{x:.precision$}").ok()?;
    if width <= text.len() { Some(text) } else { Some(quick_pad(&text, zero, width)) }
}

/// `int.__format__` for a spec that is not empty.
pub fn format_int(vm: &mut Vm, n: &BigInt, text: &str, class: &str) -> Result<String> {
    let spec = Spec::parse(vm, text, '>', class)?;
    match spec.kind {
        None | Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => format_integer(vm, n, &spec),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let x = vm.big_to_float(n)?;
            format_float_spec(vm, x, &spec)
        }
        Some(kind) => Err(unknown_code(vm, kind, class)),
    }
}

fn format_integer(vm: &mut Vm, n: &BigInt, spec: &Spec) -> Result<String> {
    if spec.precision.is_some() {
        return Err(vm.value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(vm.value_error("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if spec.kind == Some('c') {
        if spec.sign.is_some() {
            return Err(vm.value_error("Sign not allowed with integer format specifier 'c'"));
        }
        if spec.alternate {
            return Err(vm.value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
        }
        if n.to_i64().is_none() {
            return Err(vm.overflow_error("Python int too large to convert to C long"));
        }
        let Some(c) = n.to_u32().and_then(crate::source::surrogate::char_of) else {
            return Err(vm.overflow_error("%c arg not in range(0x110000)"));
        };
        return spec.number(vm, false, "", "", c.encode_utf8(&mut [0; 4]));
    }
    let (radix, prefix) = match spec.kind {
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        _ => (10, ""),
    };
    let magnitude = n.magnitude();
    let mut digits = if radix == 10 {
        super::int::decimal_text(vm, &BigInt::from(magnitude.clone()))?
    } else {
        magnitude.to_str_radix(radix)
    };
    if spec.kind == Some('X') {
        digits.make_ascii_uppercase();
    }
    let prefix = if spec.alternate { prefix } else { "" };
    spec.number(vm, n.sign() == BigSign::Minus, prefix, &digits, "")
}

/// `float.__format__` for a spec that is not empty.
pub fn format_float(vm: &mut Vm, x: f64, text: &str, class: &str) -> Result<String> {
    let spec = Spec::parse(vm, text, '>', class)?;
    match spec.kind {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' | 'n') => format_float_spec(vm, x, &spec),
        Some(kind) => Err(unknown_code(vm, kind, class)),
    }
}

fn check_precision(vm: &mut Vm, spec: &Spec) -> Result<()> {
    match spec.precision {
        Some(precision) if precision > i32::MAX as usize => Err(vm.value_error("precision too big")),
        Some(precision) => vm.room(precision),
        _ => Ok(()),
    }
}

/// The digits of a float without sign, as the type character asks.
fn float_digits(x: f64, spec: &Spec, for_complex: bool) -> String {
    let magnitude = x.abs();
    match spec.kind {
        Some(kind @ ('e' | 'E')) => {
            let text = float::exponential(magnitude, spec.precision.unwrap_or(6), spec.alternate);
            if kind == 'E' { text.to_ascii_uppercase() } else { text }
        }
        Some(kind @ ('f' | 'F' | '%')) => {
            let text = float::fixed(magnitude, spec.precision.unwrap_or(6), spec.alternate);
            if kind == 'F' { text.to_ascii_uppercase() } else { text }
        }
        Some(kind) => {
            let text = float::general(magnitude, spec.precision.unwrap_or(6), spec.alternate, false);
            if kind == 'G' { text.to_ascii_uppercase() } else { text }
        }
        None => match spec.precision {
            Some(precision) => float::general(magnitude, precision, spec.alternate, !for_complex),
            None => float::shortest(magnitude, !for_complex, spec.alternate),
        },
    }
}

fn format_float_spec(vm: &mut Vm, x: f64, spec: &Spec) -> Result<String> {
    check_precision(vm, spec)?;
    let x = if spec.kind == Some('%') { x * 100.0 } else { x };
    let text = float_digits(x, spec, false);
    let (digits, rest) = split_number(&text);
    let mut rest = rest.to_owned();
    if spec.kind == Some('%') {
        rest.push('%');
    }
    spec.number(vm, is_negative(x, &text, spec), "", digits, &rest)
}

/// Whether a minus sign is shown.
fn is_negative(x: f64, text: &str, spec: &Spec) -> bool {
    if x.is_nan() || !x.is_sign_negative() {
        return false;
    }
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    !(spec.no_negative_zero && x.is_finite() && mantissa.bytes().all(|b| matches!(b, b'0' | b'.')))
}

/// The integer digits, and what follows them.
fn split_number(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// `complex.__format__` for a spec that is not empty.
pub fn format_complex(vm: &mut Vm, re: f64, im: f64, text: &str, class: &str) -> Result<String> {
    let spec = Spec::parse(vm, text, '>', class)?;
    if let Some(kind) = spec.kind
        && !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')
    {
        return Err(unknown_code(vm, kind, class));
    }
    if spec.fill == '0' {
        return Err(vm.value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == '=' {
        return Err(vm.value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    check_precision(vm, &spec)?;
    let skip_real = spec.kind.is_none() && re == 0.0 && re.is_sign_positive();
    let parentheses = spec.kind.is_none() && !skip_real;
    let part = Spec { width: 0, align: '>', fill: ' ', ..spec.clone() };
    let mut out = String::new();
    if parentheses {
        out.push('(');
    }
    if !skip_real {
        let text = float_digits(re, &part, true);
        let (digits, rest) = split_number(&text);
        out.push_str(&part.number(vm, is_negative(re, &text, &part), "", digits, rest)?);
    }
    let sign = if skip_real { part.sign } else { Some('+') };
    let part = Spec { sign, ..part };
    let text = float_digits(im, &part, true);
    let (digits, rest) = split_number(&text);
    out.push_str(&part.number(vm, is_negative(im, &text, &part), "", digits, rest)?);
    out.push('j');
    if parentheses {
        out.push(')');
    }
    spec.pad(vm, &out)
}

/// `str.__format__` for a spec that is not empty.
pub fn format_str(vm: &mut Vm, value: &str, text: &str, class: &str) -> Result<String> {
    let spec = Spec::parse(vm, text, '<', class)?;
    match spec.kind {
        None | Some('s') => {}
        Some(kind) => return Err(unknown_code(vm, kind, class)),
    }
    if let Some(grouping) = spec.grouping {
        return Err(cannot_group(vm, grouping, 's'));
    }
    let refusal = if spec.sign == Some(' ') {
        "Space not allowed in string format specifier"
    } else if spec.sign.is_some() {
        "Sign not allowed in string format specifier"
    } else if spec.no_negative_zero {
        "Negative zero coercion (z) not allowed in string format specifier"
    } else if spec.alternate {
        "Alternate form (#) not allowed in string format specifier"
    } else if spec.align == '=' {
        "'=' alignment not allowed in string format specifier"
    } else {
        ""
    };
    if !refusal.is_empty() {
        return Err(vm.value_error(refusal));
    }
    let shown = match spec.precision {
        Some(precision) => {
            let end = value.char_indices().nth(precision).map_or(value.len(), |(offset, _)| offset);
            &value[..end]
        }
        None => value,
    };
    spec.pad(vm, shown)
}
