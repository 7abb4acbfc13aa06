//! The encodings `unicode_escape` and `raw_unicode_escape`: text as a literal would write it.

use super::properties;
use crate::source::surrogate::{char_of, code_of};
use crate::vm::{Result, Vm};

/// What to do with bytes that are wrong: the output so far, where they are, what is wrong; the
/// answer is where to go on.
pub(super) type Wrong<'w> = dyn FnMut(&mut Vm, &mut String, (usize, usize), &str) -> Result<usize> + 'w;

/// The bytes of a text. The raw form writes all characters of Latin-1 as they are.
pub(super) fn encode(text: &str, raw: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        let code = code_of(c);
        let written = match c {
            '\\' if !raw => "\\\\",
            '\t' if !raw => "\\t",
            '\n' if !raw => "\\n",
            '\r' if !raw => "\\r",
            ' '..='~' => {
                out.push(c as u8);
                continue;
            }
            _ if raw && code < 0x100 => {
                out.push(code as u8);
                continue;
            }
            _ => {
                let mut escaped = String::new();
                properties::escape(&mut escaped, code);
                out.extend_from_slice(escaped.as_bytes());
                continue;
            }
        };
        out.extend_from_slice(written.as_bytes());
    }
    out
}

/// Up to `count` hexadecimal digits from `at` on: their value, and where they end.
fn digits(data: &[u8], at: usize, count: usize) -> (u32, usize) {
    let mut value: u32 = 0;
    let mut end = at;
    while end < data.len() && end < at + count {
        let Some(digit) = (data[end] as char).to_digit(16) else { break };
        value = value << 4 | digit;
        end += 1;
    }
    (value, end)
}

/// The text of bytes with escapes.
pub(super) fn decode(vm: &mut Vm, data: &[u8], wrong: &mut Wrong<'_>) -> Result<String> {
    let mut out = String::with_capacity(data.len());
    let mut invalid = None;
    let mut at = 0;
    while at < data.len() {
        let start = at;
        let byte = data[at];
        at += 1;
        if byte != b'\\' {
            out.push(byte as char);
            continue;
        }
        let Some(&letter) = data.get(at) else {
            at = wrong(vm, &mut out, (start, at), "\\ at end of string")?;
            continue;
        };
        at += 1;
        let simple = match letter {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => letter,
            b'b' => 8,
            b'f' => 12,
            b't' => b'\t',
            b'n' => b'\n',
            b'r' => b'\r',
            b'v' => 11,
            b'a' => 7,
            b'0'..=b'7' => {
                let mut code = u32::from(letter - b'0');
                for _ in 0..2 {
                    if let Some(&digit @ b'0'..=b'7') = data.get(at) {
                        code = code << 3 | u32::from(digit - b'0');
                        at += 1;
                    }
                }
                if code > 0o377 && invalid.is_none() {
                    invalid = Some(format!("invalid octal escape sequence '\\{code:o}'"));
                }
                out.extend(char_of(code));
                continue;
            }
            b'x' | b'u' | b'U' => {
                let (count, reason) = match letter {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (code, end) = digits(data, at, count);
                let whole = end == at + count;
                at = end;
                match char_of(code) {
                    Some(c) if whole => out.push(c),
                    found => {
                        let reason =
                            if whole && found.is_none() { "illegal Unicode character" } else { reason };
                        at = wrong(vm, &mut out, (start, end), reason)?;
                    }
                }
                continue;
            }
            b'N' => {
                at = named(vm, data, (start, at), &mut out, wrong)?;
                continue;
            }
            _ => {
                if invalid.is_none() {
                    invalid = Some(format!("invalid escape sequence '\\{}'", letter as char));
                }
                out.push('\\');
                out.push(letter as char);
                continue;
            }
        };
        out.push(simple as char);
    }
    if let Some(text) = invalid {
        let class = vm.exceptions.deprecation_warning.clone();
        vm.warn(&class, &text)?;
    }
    Ok(out)
}

/// `\N{NAME}`; the range ends behind the `N`.
fn named(
    vm: &mut Vm,
    data: &[u8],
    (start, after): (usize, usize),
    out: &mut String,
    wrong: &mut Wrong<'_>,
) -> Result<usize> {
    let malformed = "malformed \\N character escape";
    if data.get(after) != Some(&b'{') {
        return wrong(vm, out, (start, after), malformed);
    }
    let first = after + 1;
    let Some(length) = data[first..].iter().position(|&byte| byte == b'}') else {
        return wrong(vm, out, (start, data.len()), malformed);
    };
    if length == 0 {
        return wrong(vm, out, (start, first), malformed);
    }
    let end = first + length + 1;
    let name = std::str::from_utf8(&data[first..first + length]).unwrap_or("");
    match crate::source::charname::character(name) {
        Some(c) => {
            out.push(c);
            Ok(end)
        }
        None => wrong(vm, out, (start, end), "unknown Unicode character name"),
    }
}

/// The text of bytes in which only `\u` and `\U` are escapes.
pub(super) fn decode_raw(vm: &mut Vm, data: &[u8], wrong: &mut Wrong<'_>) -> Result<String> {
    let mut out = String::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        let start = at;
        let byte = data[at];
        at += 1;
        let letter = data.get(at).copied();
        if byte != b'\\' || letter.is_none() {
            out.push(byte as char);
            continue;
        }
        let (count, reason) = match letter {
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            _ => {
                // The next byte is no escape either, even when it is a backslash.
                out.push('\\');
                out.extend(letter.map(char::from));
                at += 1;
                continue;
            }
        };
        let (code, end) = digits(data, at + 1, count);
        let whole = end == at + 1 + count;
        at = end;
        match char_of(code) {
            Some(c) if whole => out.push(c),
            found => {
                let reason = if whole && found.is_none() { "\\Uxxxxxxxx out of range" } else { reason };
                at = wrong(vm, &mut out, (start, end), reason)?;
            }
        }
    }
    Ok(out)
}
