//! Strings: text with what Python asks of it often: the number of characters and the hash.
//! Texts of up to 24 bytes lie in the object itself (`CompactString`). Lone surrogates are held as `source::surrogate` describes.
//!
//! # Invariants
//! 1. The text changes only through [`Str::append`], whose caller holds the only reference to
//!    the object, so no borrow of the text is alive.

#![expect(unsafe_code, reason = "in-place append; invariant above")]

use super::header::Kind;
use crate::source::surrogate;
use compact_str::CompactString;
use std::cell::{Cell, UnsafeCell};

/// The payload of a `str`: UTF-8, with what is known of it.
pub struct Str {
    text: UnsafeCell<CompactString>,
    /// Number of characters; `usize::MAX` when not counted yet.
    chars: Cell<usize>,
    /// Python's hash; 0 when not computed yet.
    hash: Cell<i64>,
}
crate::payload!(Kind::Str, Str, leaf);

const NOT_COUNTED: usize = usize::MAX;

impl Str {
    #[inline]
    pub fn new(text: impl Into<CompactString>) -> Str {
        Str { text: UnsafeCell::new(text.into()), chars: Cell::new(NOT_COUNTED), hash: Cell::new(0) }
    }

    #[inline(always)]
    pub fn as_str(&self) -> &str {
        // SAFETY: invariant 1.
        unsafe { &*self.text.get() }
    }

    /// Number of characters (Python's `len`).
    #[inline]
    pub fn len(&self) -> usize {
        match self.chars.get() {
            NOT_COUNTED => {
                let text = self.as_str();
                let count = if text.is_ascii() { text.len() } else { text.chars().count() };
                self.chars.set(count);
                count
            }
            count => count,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    /// Whether byte offsets are character offsets.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.len() == self.as_str().len()
    }

    /// The character at `index`.
    pub fn char_at(&self, index: usize) -> Option<char> {
        if self.is_ascii() {
            self.as_str().as_bytes().get(index).map(|&b| b as char)
        } else {
            self.as_str().chars().nth(index)
        }
    }

    /// The byte offset of character `index` (the length of the text when it is past the end).
    pub fn byte_offset(&self, index: usize) -> usize {
        let text = self.as_str();
        if self.is_ascii() {
            index.min(text.len())
        } else {
            text.char_indices().nth(index).map_or(text.len(), |(offset, _)| offset)
        }
    }

    /// The characters `start..end`, borrowed.
    pub fn slice(&self, start: usize, end: usize) -> &str {
        let text = self.as_str();
        if start >= end {
            return "";
        }
        let from = self.byte_offset(start);
        let to = if self.is_ascii() {
            end.min(text.len())
        } else {
            text[from..].char_indices().nth(end - start).map_or(text.len(), |(o, _)| from + o)
        };
        &text[from..to]
    }

    /// `hash()` of the string as CPython computes it under PYTHONHASHSEED=0.
    #[inline]
    pub fn hash(&self) -> i64 {
        match self.hash.get() {
            0 => {
                let hash = hash_text(self.as_str());
                self.hash.set(hash);
                hash
            }
            hash => hash,
        }
    }

    /// Appends in place.
    ///
    /// The caller holds the only reference to the object (checked by `object::append_to`).
    pub(super) fn append(&self, more: &str) {
        super::heap::spend_bytes(more.len());
        let chars = self.chars.get();
        let added = if more.is_ascii() { more.len() } else { more.chars().count() };
        // SAFETY: invariant 1; `more` belongs to another object, since this one has a single
        // reference.
        unsafe { &mut *self.text.get() }.push_str(more);
        if chars != NOT_COUNTED {
            self.chars.set(chars + added);
        }
        self.hash.set(0);
    }
}

/// The key of string hashing: two zero words under PYTHONHASHSEED=0.
struct HashKey(Cell<(u64, u64)>);
// SAFETY: set once, before the program runs, by the holder of the baton.
unsafe impl Sync for HashKey {}
static HASH_KEY: HashKey = HashKey(Cell::new((0, 0)));

/// Sets the hash key (`--hash-seed`), before the first string is hashed.
pub fn set_hash_key(key: (u64, u64)) {
    HASH_KEY.0.set(key);
}

/// SipHash-1-3 over the narrowest fixed-width form of the text, as CPython stores it.
pub fn hash_text(text: &str) -> i64 {
    super::heap::spend_bytes(text.len());
    if text.is_ascii() {
        return hash_bytes(text.as_bytes());
    }
    let widest = text.chars().map(surrogate::code_of).max().unwrap_or(0);
    let codes = text.chars().map(surrogate::code_of);
    let bytes: Vec<u8> = match widest {
        0..=0xFF => codes.map(|c| c as u8).collect(),
        0x100..=0xFFFF => codes.flat_map(|c| (c as u16).to_le_bytes()).collect(),
        _ => codes.flat_map(u32::to_le_bytes).collect(),
    };
    hash_bytes(&bytes)
}

/// `hash()` of a bytes object; of a string's stored form.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    use std::hash::Hasher;
    if bytes.is_empty() {
        return 0;
    }
    let (k0, k1) = HASH_KEY.0.get();
    let mut hasher = siphasher::sip::SipHasher13::new_with_keys(k0, k1);
    hasher.write(bytes);
    match hasher.finish() as i64 {
        -1 => -2,
        hash => hash,
    }
}
