//! The dict: entries in insertion order, and an index table of hashes.
//!
//! ```text
//!   entries   [ (h0,k0,v0) (h1,k1,v1) ( hole ) (h3,k3,v3) ]   in insertion order
//!   index     [ - 1 - - 3 - 0 - ]                             open addressing, power of two
//! ```
//!
//! Finding a key may run Python code (`__eq__`), which may change the dict: [`Dict::find`]
//! takes the comparison as a closure (`probe`). A borrow of the table never spans a foreign call.
//!
//! Entries stand where CPython has them, which a program sees that deletes and inserts while it
//! iterates: the room of the entries is that of CPython's tables, and only when it is used up are
//! the holes closed.
//!
//! `version` is a number that no two dict states share; it changes when a key comes or goes,
//! not when a value is replaced, and entries move only then. The machine's caches of globals
//! compare it and keep the entry's address.

use super::header::{Kind, Tracer};
use super::heap;
use super::probe::{self, quick_eq};
use super::str::Str;
use super::value::{Ref, Value};
use std::cell::{Cell, RefCell};

/// The payload of a `dict`: the table, and a number that changes with its keys.
pub struct Dict {
    table: RefCell<Table>,
    version: Cell<u64>,
}
crate::payload!(Kind::Dict, Dict, container);

struct Table {
    entries: Vec<Entry>,
    live: usize,
    /// Entry number + 1, 0 for free, `u32::MAX` for a removed entry; empty while there are few
    /// entries, which are then scanned.
    index: Vec<u32>,
}

struct Entry {
    hash: i64,
    /// Unbound in a hole.
    key: Value,
    value: Value,
}

const SCAN: usize = 8;
const REMOVED: u32 = u32::MAX;

fn next_version() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // One thread at a time gets here (the holder of the baton): no locked addition is needed.
    let version = NEXT.load(Ordering::Relaxed);
    NEXT.store(version + 1, Ordering::Relaxed);
    version
}

#[inline(always)]
fn start(hash: i64, mask: usize) -> usize {
    ((hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask
}

/// How many entries CPython's table holds that is made for `wanted` places.
fn room_for(wanted: usize) -> usize {
    wanted.max(8).next_power_of_two() * 2 / 3
}

/// The same for a table that is made for `count` entries.
fn room_of(count: usize) -> usize {
    if count <= room_for(0) { room_for(0) } else { room_for((count * 3).div_ceil(2)) }
}

impl Table {
    #[inline]
    fn find_with(&self, hash: i64, mut same: impl FnMut(&Value) -> bool) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|e| e.hash == hash && !e.key.is_unbound() && same(&e.key));
        }
        let mask = self.index.len() - 1;
        let mut at = start(hash, mask);
        // Bounded: marks of removed entries may have taken every free place.
        for _ in 0..self.index.len() {
            match self.index[at] {
                0 => return None,
                REMOVED => {}
                n => {
                    let entry = &self.entries[n as usize - 1];
                    if entry.hash == hash && same(&entry.key) {
                        return Some(n as usize - 1);
                    }
                }
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// Closes the holes.
    fn compact(&mut self) {
        if self.live != self.entries.len() {
            self.entries.retain(|e| !e.key.is_unbound());
        }
    }

    /// Makes the index anew for the entries where they are.
    fn reindex(&mut self) {
        if self.entries.len() <= SCAN {
            self.index = Vec::new();
            return;
        }
        // Each entry that the room may still take has a place: marks never fill the index.
        let size = self.entries.capacity().next_power_of_two() * 2;
        self.index.clear();
        self.index.resize(size, 0);
        let mask = size - 1;
        for (i, entry) in self.entries.iter().enumerate().filter(|(_, e)| !e.key.is_unbound()) {
            let mut at = start(entry.hash, mask);
            while self.index[at] != 0 {
                at = (at + 1) & mask;
            }
            self.index[at] = i as u32 + 1;
        }
    }

    /// The room is used up: three times what is live decides the next one.
    #[cold]
    fn make_room(&mut self) {
        self.compact();
        let room = room_for(self.live * 3);
        if room > self.entries.capacity() {
            self.entries.reserve_exact(room - self.entries.len());
        } else {
            self.entries.shrink_to(room);
        }
        self.reindex();
    }

    #[inline]
    fn push(&mut self, hash: i64, key: Value, value: Value) -> usize {
        if self.entries.len() == self.entries.capacity() {
            self.make_room();
        }
        let position = self.entries.len();
        self.entries.push(Entry { hash, key, value });
        self.live += 1;
        if !self.index.is_empty() {
            let mask = self.index.len() - 1;
            let mut at = start(hash, mask);
            while !matches!(self.index[at], 0 | REMOVED) {
                at = (at + 1) & mask;
            }
            self.index[at] = position as u32 + 1;
        } else if position >= SCAN {
            self.reindex();
        }
        position
    }

    fn remove(&mut self, position: usize) -> (Value, Value) {
        let hash = self.entries[position].hash;
        if !self.index.is_empty() {
            let mask = self.index.len() - 1;
            let mut at = start(hash, mask);
            while self.index[at] != position as u32 + 1 {
                at = (at + 1) & mask;
            }
            self.index[at] = REMOVED;
            // Nothing lies behind: the marks that end here are not needed.
            if self.index[(at + 1) & mask] == 0 {
                while self.index[at] == REMOVED {
                    self.index[at] = 0;
                    at = at.wrapping_sub(1) & mask;
                }
            }
        }
        self.live -= 1;
        let entry = &mut self.entries[position];
        let pair = (entry.key.take(), entry.value.take());
        if self.entries.len() > 32 && self.live * 4 < self.entries.len() {
            // Holes at the front are what a queue made of a dict leaves behind.
            self.compact();
            self.reindex();
        }
        pair
    }
}

impl Default for Dict {
    fn default() -> Dict {
        Dict::new()
    }
}

impl Dict {
    pub fn new() -> Dict {
        Dict::with_capacity(0)
    }

    pub fn with_capacity(capacity: usize) -> Dict {
        let room = if capacity == 0 { 0 } else { room_of(capacity) };
        let table = Table { entries: Vec::with_capacity(room), live: 0, index: Vec::new() };
        Dict { table: RefCell::new(table), version: Cell::new(next_version()) }
    }

    /// Makes room for more entries.
    pub fn reserve(&self, more: usize) {
        let mut table = self.table.borrow_mut();
        if table.entries.capacity() - table.entries.len() < more {
            table.compact();
            let room = room_of(table.live + more);
            let held = table.entries.len();
            table.entries.reserve_exact(room.max(held) - held);
            table.reindex();
            drop(table);
            self.changed();
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.table.borrow().live
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A number that changes whenever a key comes or goes, and that no other dict ever has.
    #[inline(always)]
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    fn changed(&self) {
        self.version.set(next_version());
    }

    /// The position of the entry whose key equals `key`, if that can be told without running
    /// Python code.
    #[inline]
    pub fn find_quick(&self, hash: i64, key: &Value) -> Option<Option<usize>> {
        let mut unsure = false;
        let found = self.table.borrow().find_with(hash, |stored| {
            quick_eq(stored, key).unwrap_or_else(|| {
                unsure = true;
                true
            })
        });
        if unsure { None } else { Some(found) }
    }

    /// The same for any key. `eq` compares a stored key with `key` and may run any code.
    pub fn find<E>(
        &self,
        hash: i64,
        key: &Value,
        eq: &mut dyn FnMut(&Value) -> Result<bool, E>,
    ) -> Result<Option<usize>, E> {
        probe::asking(&self.version, key, |same| self.table.borrow().find_with(hash, same), eq)
    }

    /// The value at a position that `find` gave.
    #[inline]
    pub fn value_at(&self, position: usize) -> Value {
        self.table.borrow().entries[position].value.clone()
    }

    /// Replaces the value at a position that `find` gave, returning the old one.
    #[inline]
    pub fn set_value_at(&self, position: usize, value: Value) -> Value {
        std::mem::replace(&mut self.table.borrow_mut().entries[position].value, value)
    }

    /// Where the value at a position that `find` gave lies: it stays there, and the key with
    /// it, while the version is the same.
    #[inline]
    pub fn place(&self, position: usize) -> u64 {
        let table = self.table.borrow();
        debug_assert!(position < table.entries.len());
        // From the vector's own pointer: one that a borrow of the entry gave would end with it.
        let entry = table.entries.as_ptr().wrapping_add(position);
        entry.wrapping_byte_add(std::mem::offset_of!(Entry, value)) as u64
    }

    /// The value at a position if it exists and is not a hole.
    #[inline(always)]
    pub fn cached(&self, position: usize) -> Option<Value> {
        self.table.borrow().entries.get(position).map(|e| e.value.clone())
    }

    /// Adds a key that is known not to be there.
    pub fn insert_new(&self, hash: i64, key: Value, value: Value) -> usize {
        let position = self.table.borrow_mut().push(hash, key, value);
        self.changed();
        position
    }

    /// Removes the entry at a position that `find` gave.
    pub fn remove_at(&self, position: usize) -> (Value, Value) {
        let pair = self.table.borrow_mut().remove(position);
        self.changed();
        pair
    }

    /// Removes the last entry, which leaves no hole.
    pub fn remove_last(&self) -> Option<(Value, Value)> {
        let mut position = self.end();
        self.previous_entry(&mut position)?;
        let pair = self.remove_at(position);
        self.table.borrow_mut().entries.truncate(position);
        Some(pair)
    }

    /// The first entry at or after `*position`, which moves behind it.
    #[inline]
    pub fn next_entry(&self, position: &mut usize) -> Option<(Value, Value)> {
        let table = self.table.borrow();
        while let Some(entry) = table.entries.get(*position) {
            *position += 1;
            if !entry.key.is_unbound() {
                return Some((entry.key.clone(), entry.value.clone()));
            }
        }
        None
    }

    /// The same with the hash of the key.
    pub fn next_hashed(&self, position: &mut usize) -> Option<(i64, Value, Value)> {
        let table = self.table.borrow();
        while let Some(entry) = table.entries.get(*position) {
            *position += 1;
            if !entry.key.is_unbound() {
                return Some((entry.hash, entry.key.clone(), entry.value.clone()));
            }
        }
        None
    }

    /// The same, for one who needs only a part of the entry: `look` must not run Python code.
    #[inline]
    pub fn look_next<R>(&self, position: &mut usize, look: impl FnOnce(&Value, &Value) -> R) -> Option<R> {
        let table = self.table.borrow();
        while let Some(entry) = table.entries.get(*position) {
            *position += 1;
            if !entry.key.is_unbound() {
                return Some(look(&entry.key, &entry.value));
            }
        }
        None
    }

    /// The last entry before `*position`, which moves onto it: reverse iteration.
    pub fn previous_entry(&self, position: &mut usize) -> Option<(Value, Value)> {
        let table = self.table.borrow();
        *position = (*position).min(table.entries.len());
        while *position > 0 {
            *position -= 1;
            let entry = &table.entries[*position];
            if !entry.key.is_unbound() {
                return Some((entry.key.clone(), entry.value.clone()));
            }
        }
        None
    }

    /// Number of entries, holes included: where reverse iteration starts.
    pub fn end(&self) -> usize {
        self.table.borrow().entries.len()
    }

    /// Copies of all pairs, in order.
    pub fn items(&self) -> Vec<(Value, Value)> {
        let table = self.table.borrow();
        heap::spend_items(table.entries.len());
        table
            .entries
            .iter()
            .filter(|e| !e.key.is_unbound())
            .map(|e| (e.key.clone(), e.value.clone()))
            .collect()
    }

    /// Copies of all keys with their hashes, in order.
    pub fn hashed_keys(&self) -> Vec<(i64, Value)> {
        let table = self.table.borrow();
        heap::spend_items(table.entries.len());
        table.entries.iter().filter(|e| !e.key.is_unbound()).map(|e| (e.hash, e.key.clone())).collect()
    }

    /// A copy of the dict: with its holes when they are few, as CPython's.
    pub fn copy(&self) -> Dict {
        let table = self.table.borrow();
        if table.live == 0 {
            return Dict::new();
        }
        heap::spend_items(table.entries.len());
        let same = table.live >= table.entries.len() * 2 / 3;
        let room = if same { table.entries.capacity() } else { room_of(table.live) };
        let mut entries: Vec<Entry> = Vec::with_capacity(room);
        let copied = table.entries.iter().filter(|e| same || !e.key.is_unbound());
        entries.extend(copied.map(|e| Entry { hash: e.hash, key: e.key.clone(), value: e.value.clone() }));
        let mut copy = Table { live: table.live, entries, index: Vec::new() };
        copy.reindex();
        Dict { table: RefCell::new(copy), version: Cell::new(next_version()) }
    }

    pub fn clear(&self) {
        let old = std::mem::replace(
            &mut *self.table.borrow_mut(),
            Table { entries: Vec::new(), live: 0, index: Vec::new() },
        );
        self.changed();
        drop(old);
    }

    // ---- names: keys that are strings, compared without Python code

    /// The position of a string key.
    #[inline]
    pub fn find_name(&self, name: &Ref<Str>) -> Option<usize> {
        self.table.borrow().find_with(name.hash(), |stored| {
            stored.is_same(name.as_value())
                || stored.get::<Str>().is_some_and(|s| s.as_str() == name.as_str())
        })
    }

    /// The same for a name that was at a position when it was last looked for: keys seldom move.
    #[inline]
    pub fn find_name_near(&self, name: &Ref<Str>, position: usize) -> Option<usize> {
        let is_there =
            self.table.borrow().entries.get(position).is_some_and(|entry| entry.key.is_same(name.as_value()));
        if is_there { Some(position) } else { self.find_name(name) }
    }

    #[inline]
    pub fn get_name(&self, name: &Ref<Str>) -> Option<Value> {
        let position = self.find_name(name)?;
        Some(self.value_at(position))
    }

    /// Sets a string key, returning the old value.
    pub fn set_name(&self, name: &Ref<Str>, value: Value) -> Option<Value> {
        match self.find_name(name) {
            Some(position) => Some(self.set_value_at(position, value)),
            None => {
                self.insert_new(name.hash(), name.to_value(), value);
                None
            }
        }
    }

    pub fn remove_name(&self, name: &Ref<Str>) -> Option<Value> {
        let position = self.find_name(name)?;
        Some(self.remove_at(position).1)
    }

    /// `get_name` by text; interns it.
    pub fn get_text(&self, name: &str) -> Option<Value> {
        self.get_name(&heap::intern(name))
    }

    /// `set_name` by text; interns it.
    pub fn set_text(&self, name: &str, value: Value) -> Option<Value> {
        self.set_name(&heap::intern(name), value)
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        if let Ok(table) = self.table.try_borrow() {
            for entry in &table.entries {
                tracer.value(&entry.key);
                tracer.value(&entry.value);
            }
        }
    }

    fn clear_payload(&self) {
        self.clear();
    }
}
