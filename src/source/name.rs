//! Interned identifiers. Two [`Name`]s are equal exactly when their texts are, and the
//! comparison is one of two integers. The table lives as long as the process and only holds
//! names that stand in source texts, so it grows with the programs read, not with what they do.

use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::{Mutex, OnceLock};

/// An interned identifier (already NFKC-normalised by the lexer).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

#[derive(Default)]
struct Table {
    ids: FxHashMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

fn table() -> &'static Mutex<Table> {
    static TABLE: OnceLock<Mutex<Table>> = OnceLock::new();
    TABLE.get_or_init(Mutex::default)
}

fn locked() -> std::sync::MutexGuard<'static, Table> {
    // A panic while the lock was held leaves the table whole: both writes are appends.
    table().lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Name {
        let mut table = locked();
        if let Some(&id) = table.ids.get(text) {
            return Name(id);
        }
        let id = table.texts.len() as u32;
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        table.texts.push(text);
        table.ids.insert(text, id);
        Name(id)
    }

    pub fn as_str(self) -> &'static str {
        locked().texts[self.0 as usize]
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::new(text)
    }
}
