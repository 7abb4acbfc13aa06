//! Lone surrogates. A Python string may hold one (`"\ud800"`); Rust's may not. Inside `co`
//! every text is a Rust string, and the lone surrogate U+D800+n is held as the private-use
//! character U+10F000+n. Where a string meets the outside (`ord`, `chr`, `repr`, encoding,
//! comparison), these functions translate. A program that uses U+10F000–U+10F7FF itself sees
//! them as surrogates: listed under `tests/differences`.

const BASE: u32 = 0x10F000;

/// The character that stands for code point `code`, which may be a surrogate; `None` above
/// U+10FFFF.
pub fn char_of(code: u32) -> Option<char> {
    match code {
        0xD800..=0xDFFF => char::from_u32(BASE + (code - 0xD800)),
        _ => char::from_u32(code),
    }
}

/// The code point that `c` stands for.
pub fn code_of(c: char) -> u32 {
    match c as u32 {
        code @ BASE..=0x10F7FF => 0xD800 + (code - BASE),
        code => code,
    }
}

/// Whether `c` stands for a lone surrogate.
pub fn is_surrogate(c: char) -> bool {
    (BASE..=0x10F7FF).contains(&(c as u32))
}

/// The text of bytes from outside (an argument, a file name): UTF-8, and a lone surrogate for each byte that is
/// none, as CPython's `surrogateescape` has it.
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|&byte| char_of(0xDC00 + u32::from(byte))));
    }
    text
}

/// The bytes that [`escaped`] made `text` of.
pub fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match code_of(c) {
            code @ 0xDC80..=0xDCFF => bytes.push((code - 0xDC00) as u8),
            _ => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// `text` for people: a lone surrogate as its escape sequence.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_surrogate(c) { shown.push_str(&format!("\\u{:04x}", code_of(c))) } else { shown.push(c) }
    }
    shown
}
