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
