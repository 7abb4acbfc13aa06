//! Encodings of one byte a character whose lower half is ASCII: what the upper half stands for.
//!
//! `charmap.txt` has a line for each: the name, other names, and the characters of the bytes from
//! 0x80 on. `00C7*3` are three characters in a row from U+00C7 on, `-` is a byte that stands for
//! nothing.

use std::sync::OnceLock;

const TABLE: &str = include_str!("charmap.txt");

pub(super) struct Charmap {
    names: Vec<&'static str>,
    upper: Vec<Option<char>>,
}

/// All encodings, read when a program first asks for one.
fn all() -> &'static [Charmap] {
    static ALL: OnceLock<Vec<Charmap>> = OnceLock::new();
    ALL.get_or_init(|| TABLE.lines().map(read).collect())
}

fn read(line: &'static str) -> Charmap {
    let mut words = line.split(' ');
    let mut names: Vec<&str> = words.next().into_iter().collect();
    names.extend(words.next().unwrap_or_default().split(','));
    let mut upper = Vec::with_capacity(128);
    for word in words {
        let (first, count) = word.split_once('*').unwrap_or((word, "1"));
        let first = u32::from_str_radix(first, 16).ok();
        let count = count.parse().unwrap_or(1);
        upper.extend((0..count).map(|n| char::from_u32(first? + n)));
    }
    Charmap { names, upper }
}

/// The number of the encoding of that name.
pub(super) fn find(name: &str) -> Option<usize> {
    all().iter().position(|charmap| charmap.names.contains(&name))
}

/// What CPython calls the encoding.
pub(super) fn name(number: usize) -> &'static str {
    all()[number].names[0]
}

pub(super) fn decoded(number: usize, byte: u8) -> Option<char> {
    match byte {
        0..=0x7F => Some(byte as char),
        _ => all()[number].upper[byte as usize - 0x80],
    }
}

pub(super) fn encoded(number: usize, c: char) -> Option<u8> {
    if c.is_ascii() {
        return Some(c as u8);
    }
    let at = all()[number].upper.iter().position(|&known| known == Some(c))?;
    Some(at as u8 + 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_128_characters() {
        assert!(all().iter().all(|charmap| charmap.upper.len() == 128));
    }

    #[test]
    fn both_ways() {
        let number = find("windows-1252").expect("in the table");
        assert_eq!(decoded(number, 0x80), Some('€'));
        assert_eq!(encoded(number, '€'), Some(0x80));
        assert_eq!(decoded(number, 0x81), None);
        assert_eq!(name(number), "cp1252");
    }
}
