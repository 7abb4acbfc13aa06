//! Looking for a key among those of a dict or a set.
//!
//! Most keys are told apart without Python code ([`quick_eq`]). The rest run `__eq__`, which
//! may change the table: [`asking`] lets go of the table before each such call, and starts anew
//! when the key that was asked about is not where it was.

use super::header::Kind;
use super::heap;
use super::sequence::TupleObj;
use super::str::Str;
use super::value::Value;
use std::cell::Cell;

/// Tuples in tuples that `quick_eq` goes down.
const DEEPEST: u32 = 4;

/// Equality that needs no Python code: `None` when it does.
#[inline]
pub fn quick_eq(a: &Value, b: &Value) -> Option<bool> {
    if a.is_same(b) {
        return Some(true);
    }
    match (a.header(), b.header()) {
        (Some(_), Some(_)) => objects_eq(a, b, DEEPEST),
        (None, None) if Value::both_int(a, b) => Some(false),
        (None, None) => Some(a.as_float()? == b.as_float()?),
        // A string equals nothing but a string.
        (Some(_), None) if heap::is_exact_str(a) => Some(false),
        (None, Some(_)) if heap::is_exact_str(b) => Some(false),
        _ => None,
    }
}

fn objects_eq(a: &Value, b: &Value, levels: u32) -> Option<bool> {
    if heap::is_exact_str(a) && heap::is_exact_str(b) {
        return Some(a.get::<Str>()?.as_str() == b.get::<Str>()?.as_str());
    }
    if levels == 0 || a.kind() != Some(Kind::Tuple) || b.kind() != Some(Kind::Tuple) {
        return None;
    }
    let class = a.header()?.class();
    if class.has_flag(super::class_flag::HEAP) || !class.is_same(b.header()?.class()) {
        return None;
    }
    let (a, b) = (a.get::<TupleObj>()?.items(), b.get::<TupleObj>()?.items());
    if a.len() != b.len() {
        return Some(false);
    }
    for (x, y) in a.iter().zip(b) {
        let same = if x.is_object() && y.is_object() && !x.is_same(y) {
            objects_eq(x, y, levels - 1)?
        } else {
            quick_eq(x, y)?
        };
        if !same {
            return Some(false);
        }
    }
    Some(true)
}

/// Runs a search whose comparisons may need Python code. `search` walks over the candidates for
/// `key` and calls its argument with each, in the same order every time; `eq` compares a stored
/// key with `key` and may run any code.
pub(super) fn asking<R, E>(
    version: &Cell<u64>,
    key: &Value,
    mut search: impl FnMut(&mut dyn FnMut(&Value) -> bool) -> R,
    eq: &mut dyn FnMut(&Value) -> Result<bool, E>,
) -> Result<R, E> {
    // Candidates already compared and found different.
    let mut seen = 0;
    loop {
        let (mut found, ask) = walk(&mut search, key, seen);
        heap::spend_items(seen);
        let Some(stored) = ask else { return Ok(found) };
        let state = version.get();
        let same = eq(&stored)?;
        if version.get() != state {
            let (now, there) = walk(&mut search, key, seen);
            if !there.is_some_and(|there| there.is_same(&stored)) {
                seen = 0;
                continue;
            }
            found = now;
        }
        if same {
            return Ok(found);
        }
        seen += 1;
    }
}

/// Walks past `seen` candidates that only Python code can tell from `key`, to the next one; there is none when
/// the search has ended by itself.
fn walk<R>(
    search: &mut impl FnMut(&mut dyn FnMut(&Value) -> bool) -> R,
    key: &Value,
    seen: usize,
) -> (R, Option<Value>) {
    let mut nth = 0;
    let mut ask = None;
    let found = search(&mut |stored| match quick_eq(stored, key) {
        Some(same) => same,
        None => {
            nth += 1;
            if nth > seen {
                ask = Some(stored.clone());
            }
            nth > seen
        }
    });
    (found, ask)
}
