//! What Python asks of a character: letter, digit, printable, upper and lower case; and the
//! case mappings of whole strings. The sets are those of CPython 3.13 (see `tables`), so that
//! `repr` and the `is…` methods agree with it whatever version the Rust library knows.

use super::tables;
use crate::source::surrogate::{code_of, is_surrogate};

/// Whether a code point lies in a set given by its boundaries.
fn within(boundaries: &[u32], code: u32) -> bool {
    boundaries.partition_point(|&b| b <= code) % 2 == 1
}

fn code(c: char) -> u32 {
    code_of(c)
}

pub fn is_alphabetic(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(tables::ALPHABETIC, code(c)) }
}

pub fn is_decimal(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(tables::DECIMAL, code(c)) }
}

pub fn is_digit(c: char) -> bool {
    is_decimal(c) || within(tables::DIGIT, code(c))
}

pub fn is_numeric(c: char) -> bool {
    is_digit(c) || within(tables::NUMERIC, code(c))
}

pub fn is_alphanumeric(c: char) -> bool {
    is_alphabetic(c) || is_numeric(c)
}

pub fn is_printable(c: char) -> bool {
    if c.is_ascii() { (' '..='~').contains(&c) } else { within(tables::PRINTABLE, code(c)) }
}

pub fn is_lower(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_lowercase() } else { within(tables::LOWER, code(c)) }
}

pub fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { within(tables::UPPER, code(c)) }
}

pub fn is_title(c: char) -> bool {
    within(tables::TITLE, code(c))
}

/// White space as `str.split` and `str.strip` see it.
pub fn is_space(c: char) -> bool {
    matches!(c,
        '\t'..='\r' | '\x1c'..=' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The value of a decimal digit of any script.
pub fn decimal_value(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let code = code(c);
    let above = tables::DECIMAL.partition_point(|&b| b <= code);
    if above % 2 == 1 { Some((code - tables::DECIMAL[above - 1]) % 10) } else { None }
}

/// A text in which decimal digits of every script and white space became ASCII, as `int` and
/// `float` read it.
pub fn to_ascii_digits(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii() {
                c
            } else if is_space(c) {
                ' '
            } else {
                decimal_value(c).and_then(|d| char::from_digit(d, 10)).unwrap_or(c)
            }
        })
        .collect()
}

/// A case mapping from one of the tables of exceptions.
fn mapped(table: &[(u32, &'static str)], c: char) -> Option<&'static str> {
    table.binary_search_by_key(&(c as u32), |&(key, _)| key).ok().map(|at| table[at].1)
}

fn caseless(c: char) -> bool {
    is_surrogate(c) || within(tables::CASELESS, c as u32)
}

pub fn push_upper(out: &mut String, c: char) {
    if caseless(c) { out.push(c) } else { out.extend(c.to_uppercase()) }
}

fn push_plain_lower(out: &mut String, c: char) {
    if caseless(c) { out.push(c) } else { out.extend(c.to_lowercase()) }
}

pub fn push_title(out: &mut String, c: char) {
    match mapped(tables::TITLE_CASE, c) {
        Some(text) => out.push_str(text),
        None => push_upper(out, c),
    }
}

/// Appends the lower case of character `at`; a capital sigma at the end of a word takes its
/// final form.
pub fn push_lower(out: &mut String, chars: &[char], at: usize) {
    let c = chars[at];
    if c != 'Σ' {
        return push_plain_lower(out, c);
    }
    let cased = |found: Option<&char>| found.is_some_and(|&c| within(tables::CASED, code(c)));
    let skipped = |c: &&char| within(tables::CASE_IGNORABLE, code(**c));
    let before = cased(chars[..at].iter().rev().find(|c| !skipped(c)));
    let after = cased(chars[at + 1..].iter().find(|c| !skipped(c)));
    out.push(if before && !after { 'ς' } else { 'σ' });
}

pub fn upper(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_upper(&mut out, c));
    out
}

pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    (0..chars.len()).for_each(|at| push_lower(&mut out, &chars, at));
    out
}

pub fn casefold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match mapped(tables::CASE_FOLD, c) {
            Some(folded) => out.push_str(folded),
            None => push_plain_lower(&mut out, c),
        }
    }
    out
}

pub fn swapcase(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, &c) in chars.iter().enumerate() {
        if is_upper(c) {
            push_lower(&mut out, &chars, at);
        } else if is_lower(c) {
            push_upper(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

pub fn capitalize(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, &c) in chars.iter().enumerate() {
        if at == 0 { push_title(&mut out, c) } else { push_lower(&mut out, &chars, at) }
    }
    out
}

pub fn title(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for (at, &c) in chars.iter().enumerate() {
        if inside {
            push_lower(&mut out, &chars, at)
        } else {
            push_title(&mut out, c)
        }
        inside = is_lower(c) || is_upper(c) || is_title(c);
    }
    out
}

/// Whether every word begins in upper case and goes on in lower case.
pub fn is_titled(text: &str) -> bool {
    let (mut any, mut inside) = (false, false);
    for c in text.chars() {
        if is_upper(c) || is_title(c) {
            if inside {
                return false;
            }
            (any, inside) = (true, true);
        } else if is_lower(c) {
            if !inside {
                return false;
            }
            any = true;
        } else {
            inside = false;
        }
    }
    any
}

/// `repr()` of a string: single quotes unless the text has some and no double ones.
pub fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            _ if is_printable(c) => out.push(c),
            _ => escape(&mut out, code(c)),
        }
    }
    out.push(quote);
    out
}

/// Appends `\x…`, `\u…` or `\U…`, the shortest that fits.
pub fn escape(out: &mut String, code: u32) {
    out.push_str(&match code {
        0..=0xFF => format!("\\x{code:02x}"),
        0x100..=0xFFFF => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    });
}
