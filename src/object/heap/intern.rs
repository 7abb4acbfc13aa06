//! The table of interned strings: names of attributes and variables, one object for each text.

use super::{heap, new_str};
use crate::object::header::flag;
use crate::object::str::Str;
use crate::object::value::Ref;
use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

/// A member of the intern table, found by its text.
pub(super) struct Interned(Ref<Str>);

impl Borrow<str> for Interned {
    fn borrow(&self) -> &str {
        self.0.as_str()
    }
}

impl Hash for Interned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

impl PartialEq for Interned {
    fn eq(&self, other: &Interned) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Interned {}

/// The one string object of this text among the interned ones: names of attributes and
/// variables. Two interned strings are equal exactly when they are the same object.
pub fn intern(text: &str) -> Ref<Str> {
    if let Some(found) = heap().interned.get(text) {
        return found.0.clone();
    }
    let string = new_str(text);
    string.header().set(flag::INTERNED);
    heap().interned.insert(Interned(string.clone()));
    string
}

/// The interned string equal to `string`.
#[inline]
pub fn intern_value(string: &Ref<Str>) -> Ref<Str> {
    if string.header().has(flag::INTERNED) { string.clone() } else { intern(string.as_str()) }
}
