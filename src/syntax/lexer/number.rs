//! The text of a number, read as CPython's tokenizer does, down to the places of its messages.

pub(super) struct Scanned {
    pub(super) end: usize,
    /// A keyword follows without a space: the kind of literal, for the warning.
    pub(super) warning: Option<&'static str>,
}

pub(super) struct NumberError {
    pub(super) message: String,
    /// How far CPython's tokenizer had read.
    pub(super) at: usize,
    /// For the one message that underlines more than a character.
    pub(super) span_end: Option<usize>,
}

fn number_error<T>(message: impl Into<String>, at: usize) -> Result<T, NumberError> {
    Err(NumberError { message: message.into(), at, span_end: None })
}

/// Reads a number as CPython's tokenizer does, down to the places of its messages.
pub(super) fn scan_number(bytes: &[u8], start: usize) -> Result<Scanned, NumberError> {
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let mut i = start;
    if at(i) == b'0' {
        let radix = match at(i + 1) {
            b'x' | b'X' => Some((16, "hexadecimal")),
            b'o' | b'O' => Some((8, "octal")),
            b'b' | b'B' => Some((2, "binary")),
            _ => None,
        };
        if let Some((radix, kind)) = radix {
            let is_digit = |b: u8| (b as char).is_digit(radix);
            i += 2;
            loop {
                if at(i) == b'_' {
                    i += 1;
                }
                if !is_digit(at(i)) {
                    if at(i).is_ascii_digit() {
                        let message = format!("invalid digit '{}' in {kind} literal", at(i) as char);
                        return number_error(message, i + 1);
                    }
                    return number_error(format!("invalid {kind} literal"), i);
                }
                while is_digit(at(i)) {
                    i += 1;
                }
                if at(i) != b'_' {
                    break;
                }
            }
            if at(i).is_ascii_digit() {
                let message = format!("invalid digit '{}' in {kind} literal", at(i) as char);
                return number_error(message, i + 1);
            }
            return end_of_number(bytes, i, kind);
        }
        // Zeros only, or a float or imaginary number that starts with zeros.
        let mut nonzero = false;
        i += 1;
        loop {
            if at(i) == b'_' {
                i += 1;
                if !at(i).is_ascii_digit() {
                    return number_error("invalid decimal literal", i);
                }
            }
            if at(i) != b'0' {
                break;
            }
            i += 1;
        }
        let zeros_end = i;
        if at(i).is_ascii_digit() {
            nonzero = true;
            i = decimal_tail(bytes, i)?;
        }
        return match at(i) {
            b'.' => fraction(bytes, i + 1),
            b'e' | b'E' => exponent(bytes, i),
            b'j' | b'J' => end_of_number(bytes, i + 1, "imaginary"),
            _ if nonzero => Err(NumberError {
                message: "leading zeros in decimal integer literals are not permitted; \
                          use an 0o prefix for octal integers"
                    .into(),
                at: i,
                span_end: Some(zeros_end),
            }),
            _ => end_of_number(bytes, i, "decimal"),
        };
    }
    if at(i) == b'.' {
        return fraction(bytes, i + 1);
    }
    i = decimal_tail(bytes, i)?;
    match at(i) {
        b'.' => fraction(bytes, i + 1),
        b'e' | b'E' => exponent(bytes, i),
        b'j' | b'J' => end_of_number(bytes, i + 1, "imaginary"),
        _ => end_of_number(bytes, i, "decimal"),
    }
}

fn decimal_tail(bytes: &[u8], mut i: usize) -> Result<usize, NumberError> {
    loop {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        if bytes.get(i) != Some(&b'_') {
            return Ok(i);
        }
        i += 1;
        if !bytes.get(i).is_some_and(u8::is_ascii_digit) {
            return number_error("invalid decimal literal", i);
        }
    }
}

fn fraction(bytes: &[u8], mut i: usize) -> Result<Scanned, NumberError> {
    if bytes.get(i).is_some_and(u8::is_ascii_digit) {
        i = decimal_tail(bytes, i)?;
    }
    match bytes.get(i) {
        Some(b'e' | b'E') => exponent(bytes, i),
        Some(b'j' | b'J') => end_of_number(bytes, i + 1, "imaginary"),
        _ => end_of_number(bytes, i, "decimal"),
    }
}

fn exponent(bytes: &[u8], e: usize) -> Result<Scanned, NumberError> {
    let mut i = e + 1;
    if matches!(bytes.get(i), Some(b'+' | b'-')) {
        i += 1;
        if !bytes.get(i).is_some_and(u8::is_ascii_digit) {
            return number_error("invalid decimal literal", i);
        }
    } else if !bytes.get(i).is_some_and(u8::is_ascii_digit) {
        // No exponent after all: `1else`.
        return end_of_number(bytes, e, "decimal");
    }
    i = decimal_tail(bytes, i)?;
    match bytes.get(i) {
        Some(b'j' | b'J') => end_of_number(bytes, i + 1, "imaginary"),
        _ => end_of_number(bytes, i, "decimal"),
    }
}

/// A number may be followed directly by these keywords (with a warning), by no other letter.
fn end_of_number(bytes: &[u8], end: usize, kind: &'static str) -> Result<Scanned, NumberError> {
    let rest = &bytes[end..];
    let Some(&next) = rest.first() else { return Ok(Scanned { end, warning: None }) };
    if !(next.is_ascii_alphanumeric() || next == b'_' || next >= 0x80) {
        return Ok(Scanned { end, warning: None });
    }
    let keywords: [&[u8]; 9] = [b"and", b"else", b"for", b"if", b"in", b"is", b"not", b"or", b"for"];
    if keywords.iter().any(|k| rest.starts_with(k)) {
        return Ok(Scanned { end, warning: Some(kind) });
    }
    if next >= 0x80 {
        return Ok(Scanned { end, warning: None });
    }
    number_error(format!("invalid {kind} literal"), end)
}
