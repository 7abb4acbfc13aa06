//! The values of literals: numbers of every base, and the text of strings with their escapes
//! undone. Works on the text of a token; where it stands in the source does not matter here,
//! problems carry offsets into that text.

use super::ast::ExprKind;
use crate::source::surrogate;
use num_bigint::BigUint;

/// CPython refuses decimal literals with more digits.
const MAX_DECIMAL_DIGITS: usize = 4300;

/// The value of a number that the lexer has accepted.
pub fn number(text: &str) -> Result<ExprKind, String> {
    let bytes = text.as_bytes();
    if let [b'0'..=b'9'] = bytes {
        return Ok(ExprKind::Int(i64::from(bytes[0] - b'0')));
    }
    let clean: std::borrow::Cow<'_, str> =
        if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let radix = match bytes {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 10,
    };
    if radix != 10 {
        return Ok(integer(&clean[2..], radix));
    }
    if let Some(real) = clean.strip_suffix(['j', 'J']) {
        return Ok(ExprKind::Imaginary(float(real)));
    }
    if clean.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) {
        return Ok(ExprKind::Float(float(&clean)));
    }
    if clean.len() > MAX_DECIMAL_DIGITS {
        return Err(format!(
            "Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for \
             huge integer literals to avoid decimal conversion limits.",
            clean.len()
        ));
    }
    Ok(integer(&clean, 10))
}

fn integer(digits: &str, radix: u32) -> ExprKind {
    if let Ok(value) = i64::from_str_radix(digits, radix) {
        return ExprKind::Int(value);
    }
    match BigUint::parse_bytes(digits.as_bytes(), radix) {
        Some(value) => ExprKind::BigInt(value.to_string().into()),
        // The lexer lets only digits through.
        None => ExprKind::Error,
    }
}

fn float(text: &str) -> f64 {
    // Rust reads every form that Python has, once underscores are gone.
    text.parse().unwrap_or(f64::NAN)
}

/// A problem with an escape; `start..end` are byte offsets into the text given.
#[derive(Clone, Debug, PartialEq)]
pub struct EscapeProblem {
    pub start: usize,
    pub end: usize,
    pub kind: EscapeProblemKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EscapeProblemKind {
    /// A backslash that starts no escape: a warning.
    Unknown(char),
    /// `\777`: a warning; the three digits.
    OctalOverflow(String),
    /// An error, in CPython's words.
    Invalid(String),
}

/// Undoes the escapes of `text`, the inside of a string literal, and line ends become `\n`.
/// Problems are handed to `problem`; what is meant by them is kept as it stands.
pub fn string(text: &str, raw: bool, problem: &mut dyn FnMut(EscapeProblem)) -> String {
    if raw {
        return with_newlines(text);
    }
    if !text.bytes().any(|b| matches!(b, b'\\' | b'\r')) {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < bytes.len() {
        let run = bytes[i..].iter().position(|b| matches!(b, b'\\' | b'\r')).unwrap_or(bytes.len() - i);
        out.push_str(&text[i..i + run]);
        i += run;
        if i == bytes.len() {
            break;
        }
        if bytes[i] == b'\r' {
            out.push('\n');
            i += if bytes.get(i + 1) == Some(&b'\n') { 2 } else { 1 };
            continue;
        }
        let start = i;
        let Some(c) = text[i + 1..].chars().next() else {
            out.push('\\');
            break;
        };
        i += 1 + c.len_utf8();
        match c {
            '\n' => {}
            '\r' => {
                if bytes.get(i) == Some(&b'\n') {
                    i += 1;
                }
            }
            'x' | 'u' | 'U' => {
                let width = match c {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits = bytes[i..].iter().take(width).take_while(|b| b.is_ascii_hexdigit()).count();
                let code = u32::from_str_radix(&text[i..i + digits], 16).ok();
                i += digits;
                let value = if digits == width { code.and_then(surrogate::char_of) } else { None };
                match value {
                    Some(value) => out.push(value),
                    None => {
                        let (what, end) = if digits == width {
                            ("illegal Unicode character".to_owned(), i - 1)
                        } else {
                            (format!("truncated \\{c}{} escape", "X".repeat(width)), i - 1)
                        };
                        let place = unicode_position(text, start, end);
                        problem(EscapeProblem {
                            start,
                            end: i,
                            kind: EscapeProblemKind::Invalid(format!(
                                "(unicode error) 'unicodeescape' codec can't decode bytes in position {place}: {what}"
                            )),
                        });
                    }
                }
            }
            'N' => {
                let name = text[i..].strip_prefix('{').and_then(|rest| rest.split_once('}'));
                match name {
                    Some((name, _)) if !name.is_empty() => {
                        i += name.len() + 2;
                        match named(name) {
                            Some(c) => out.push(c),
                            None => {
                                let place = unicode_position(text, start, i - 1);
                                problem(EscapeProblem {
                                    start,
                                    end: i,
                                    kind: EscapeProblemKind::Invalid(format!(
                                        "(unicode error) 'unicodeescape' codec can't decode bytes in position {place}: unknown Unicode character name"
                                    )),
                                });
                            }
                        }
                    }
                    _ => {
                        let place = unicode_position(text, start, i - 1);
                        problem(EscapeProblem {
                            start,
                            end: i,
                            kind: EscapeProblemKind::Invalid(format!(
                                "(unicode error) 'unicodeescape' codec can't decode bytes in position {place}: malformed \\N character escape"
                            )),
                        });
                    }
                }
            }
            '0'..='7' => {
                let (code, end) = octal(bytes, i - 1);
                if code > 0o377 {
                    problem(octal_overflow(text, start, i - 1, end));
                }
                i = end;
                out.push(char::from_u32(code).unwrap_or('\0'));
            }
            _ => match simple_escape(c) {
                Some(value) => out.push(value),
                None => {
                    // CPython takes a backslash before a letter beyond ASCII for one that was meant.
                    if c.is_ascii() {
                        problem(EscapeProblem { start, end: i, kind: EscapeProblemKind::Unknown(c) });
                    }
                    out.push('\\');
                    out.push(c);
                }
            },
        }
    }
    out
}

/// Undoes the escapes of the inside of a bytes literal, which holds only ASCII.
pub fn bytes(text: &str, raw: bool, problem: &mut dyn FnMut(EscapeProblem)) -> Vec<u8> {
    let text = with_newlines(text);
    if raw || !text.contains('\\') {
        return text.into_bytes();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'\\' || i + 1 == bytes.len() {
            out.push(bytes[i]);
            i += 1;
            continue;
        }
        let start = i;
        let c = bytes[i + 1];
        i += 2;
        match c {
            b'\n' => {}
            b'x' => {
                let digits = bytes[i..].iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
                match u8::from_str_radix(&text[i..i + digits], 16) {
                    Ok(value) if digits == 2 => out.push(value),
                    _ => problem(EscapeProblem {
                        start,
                        end: i + digits,
                        kind: EscapeProblemKind::Invalid(format!(
                            "(value error) invalid \\x escape at position {start}"
                        )),
                    }),
                }
                i += digits;
            }
            b'0'..=b'7' => {
                let (code, end) = octal(bytes, i - 1);
                if code > 0o377 {
                    problem(octal_overflow(&text, start, i - 1, end));
                }
                i = end;
                out.push(code as u8);
            }
            _ => match simple_escape(c as char) {
                Some(value) => out.push(value as u8),
                None => {
                    problem(EscapeProblem { start, end: i, kind: EscapeProblemKind::Unknown(c as char) });
                    out.extend([b'\\', c]);
                }
            },
        }
    }
    out
}

fn simple_escape(c: char) -> Option<char> {
    Some(match c {
        '\\' => '\\',
        '\'' => '\'',
        '"' => '"',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        _ => return None,
    })
}

/// Up to three octal digits from `at`: their value and the offset after them.
fn octal(bytes: &[u8], at: usize) -> (u32, usize) {
    let mut code = 0;
    let mut i = at;
    while i < at + 3 && matches!(bytes.get(i), Some(b'0'..=b'7')) {
        code = code * 8 + u32::from(bytes[i] - b'0');
        i += 1;
    }
    (code, i)
}

fn octal_overflow(text: &str, start: usize, digits: usize, end: usize) -> EscapeProblem {
    let digits = text[digits..end].to_owned();
    EscapeProblem { start, end, kind: EscapeProblemKind::OctalOverflow(digits) }
}

fn with_newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// `3-5`: byte positions as CPython counts them, where every character beyond ASCII before the
/// escape has been rewritten as a ten-byte escape.
fn unicode_position(text: &str, start: usize, end: usize) -> String {
    let shift: usize = text[..start].chars().filter(|c| !c.is_ascii()).map(|c| 10 - c.len_utf8()).sum();
    format!("{}-{}", start + shift, end + shift)
}

/// The character of that Unicode name or alias.
fn named(name: &str) -> Option<char> {
    crate::source::charname::character(name)
}
