//! Sets, with CPython's table, probing and growth, because they decide the order in which a
//! set prints. A set and a frozenset have the same payload.
//!
//! Source of the behaviour: CPython 3.13, `Objects/setobject.c` (facts of the layout only).

use super::header::{Kind, Tracer};
use super::heap;
use super::probe::{self, quick_eq};
use super::value::Value;
use std::cell::{Cell, RefCell};

/// Slots tried one after the other before the probe jumps.
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
const SMALLEST: usize = 8;

/// The payload of a `set` and of a `frozenset`.
pub struct SetObj {
    table: RefCell<Table>,
    /// Changes with every structural change.
    version: Cell<u64>,
    /// Of a frozenset; 0 when not computed yet.
    pub hash: Cell<i64>,
}
crate::payload!(Kind::Set, SetObj, container);

struct Table {
    slots: Vec<Slot>,
    /// Used slots and removed ones.
    fill: usize,
    used: usize,
    finger: usize,
}

#[derive(Clone)]
enum Slot {
    Free,
    Removed,
    Used(i64, Value),
}

/// How many slots after `at` are tried one by one before the probe jumps.
fn run(at: usize, mask: usize) -> usize {
    if at + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
}

impl Table {
    fn new() -> Table {
        Table { slots: vec![Slot::Free; SMALLEST], fill: 0, used: 0, finger: 0 }
    }

    fn mask(&self) -> usize {
        self.slots.len() - 1
    }

    fn insert_clean(&mut self, hash: i64, key: Value) {
        let mask = self.mask();
        let mut at = hash as usize & mask;
        let mut perturb = hash as u64;
        loop {
            for i in at..=at + run(at, mask) {
                if matches!(self.slots[i], Slot::Free) {
                    self.slots[i] = Slot::Used(hash, key);
                    return;
                }
            }
            perturb >>= PERTURB_SHIFT;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    /// Makes the table anew, as large as CPython makes it when it has become too full.
    fn grow(&mut self) {
        self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
    }

    fn resize(&mut self, at_least: usize) {
        let mut size = SMALLEST;
        while size <= at_least {
            size <<= 1;
        }
        let old = std::mem::replace(&mut self.slots, vec![Slot::Free; size]);
        for slot in old {
            if let Slot::Used(hash, key) = slot {
                self.insert_clean(hash, key);
            }
        }
        self.fill = self.used;
    }

    /// Where a key that `same` accepts stands, or where it would go: the last removed slot that its probe
    /// met, or the free one that ended it.
    fn search(&self, hash: i64, mut same: impl FnMut(&Value) -> bool) -> Result<usize, usize> {
        let mask = self.mask();
        let mut at = hash as usize & mask;
        let mut perturb = hash as u64;
        let mut removed = None;
        loop {
            for i in at..=at + run(at, mask) {
                match &self.slots[i] {
                    Slot::Free => return Err(removed.unwrap_or(i)),
                    Slot::Used(h, key) if *h == hash && same(key) => return Ok(i),
                    Slot::Used(..) => {}
                    Slot::Removed => removed = Some(i),
                }
            }
            perturb >>= PERTURB_SHIFT;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }
}

impl Default for SetObj {
    fn default() -> SetObj {
        SetObj::new()
    }
}

impl SetObj {
    pub fn new() -> SetObj {
        SetObj { table: RefCell::new(Table::new()), version: Cell::new(0), hash: Cell::new(0) }
    }

    pub fn len(&self) -> usize {
        self.table.borrow().used
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn changed(&self) {
        self.version.set(self.version.get() + 1);
    }

    /// Ok(slot) of an equal key, or Err(slot) where it would go, if that can be told without
    /// running Python code.
    #[inline]
    fn find_quick(&self, hash: i64, key: &Value) -> Option<Result<usize, usize>> {
        let mut unsure = false;
        let found = self.table.borrow().search(hash, |stored| {
            quick_eq(stored, key).unwrap_or_else(|| {
                unsure = true;
                true
            })
        });
        if unsure { None } else { Some(found) }
    }

    /// The same for any key. `eq` may run any code.
    fn find<E>(
        &self,
        hash: i64,
        key: &Value,
        eq: &mut dyn FnMut(&Value) -> Result<bool, E>,
    ) -> Result<Result<usize, usize>, E> {
        match self.find_quick(hash, key) {
            Some(found) => Ok(found),
            None => probe::asking(&self.version, key, |same| self.table.borrow().search(hash, same), eq),
        }
    }

    /// Whether a key is there, if that can be told without running Python code.
    #[inline]
    pub fn contains_quick(&self, hash: i64, key: &Value) -> Option<bool> {
        self.find_quick(hash, key).map(|found| found.is_ok())
    }

    pub fn contains<E>(
        &self,
        hash: i64,
        key: &Value,
        eq: &mut dyn FnMut(&Value) -> Result<bool, E>,
    ) -> Result<bool, E> {
        Ok(self.find(hash, key, eq)?.is_ok())
    }

    /// Adds a key; false when an equal one is there already.
    pub fn add<E>(
        &self,
        hash: i64,
        key: &Value,
        eq: &mut dyn FnMut(&Value) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let Err(slot) = self.find(hash, key, eq)? else { return Ok(false) };
        let mut table = self.table.borrow_mut();
        let before = std::mem::replace(&mut table.slots[slot], Slot::Used(hash, key.clone()));
        table.used += 1;
        table.fill += usize::from(matches!(before, Slot::Free));
        // Only a slot taken for the first time can make the table too full.
        if matches!(before, Slot::Free) && table.fill * 5 >= table.mask() * 3 {
            table.grow();
        }
        drop(table);
        self.changed();
        Ok(true)
    }

    /// Removes a key; false when it is not there.
    pub fn remove<E>(
        &self,
        hash: i64,
        key: &Value,
        eq: &mut dyn FnMut(&Value) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let Ok(slot) = self.find(hash, key, eq)? else { return Ok(false) };
        let old = {
            let mut table = self.table.borrow_mut();
            table.used -= 1;
            std::mem::replace(&mut table.slots[slot], Slot::Removed)
        };
        self.changed();
        drop(old);
        Ok(true)
    }

    /// Removes and returns some key: CPython's choice.
    pub fn pop(&self) -> Option<Value> {
        let key = {
            let mut table = self.table.borrow_mut();
            if table.used == 0 {
                return None;
            }
            let mask = table.mask();
            let mut at = table.finger & mask;
            while !matches!(table.slots[at], Slot::Used(..)) {
                at = (at + 1) & mask;
            }
            table.finger = at + 1;
            table.used -= 1;
            match std::mem::replace(&mut table.slots[at], Slot::Removed) {
                Slot::Used(_, key) => key,
                Slot::Free | Slot::Removed => return None,
            }
        };
        self.changed();
        Some(key)
    }

    /// The first key at or after slot `*position`, which moves behind it.
    pub fn next_key(&self, position: &mut usize) -> Option<(i64, Value)> {
        let table = self.table.borrow();
        while let Some(slot) = table.slots.get(*position) {
            *position += 1;
            if let Slot::Used(hash, key) = slot {
                return Some((*hash, key.clone()));
            }
        }
        None
    }

    /// Copies of all keys with their hashes, in table order.
    pub fn entries(&self) -> Vec<(i64, Value)> {
        let table = self.table.borrow();
        heap::spend_items(table.slots.len());
        table
            .slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Used(hash, key) => Some((*hash, key.clone())),
                Slot::Free | Slot::Removed => None,
            })
            .collect()
    }

    pub fn keys(&self) -> Vec<Value> {
        self.entries().into_iter().map(|(_, key)| key).collect()
    }

    /// Gets rid of removed slots when there are many of them, as CPython does behind a difference.
    pub fn forget_removed(&self) {
        let mut table = self.table.borrow_mut();
        if table.fill - table.used > table.mask() / 4 {
            table.grow();
            drop(table);
            self.changed();
        }
    }

    /// Removes all keys; where `pop` goes on looking stays.
    pub fn clear(&self) {
        let finger = self.table.borrow().finger;
        let old = std::mem::replace(&mut *self.table.borrow_mut(), Table { finger, ..Table::new() });
        self.changed();
        drop(old);
    }

    /// Makes room as CPython does before the keys of another set come in, and tells whether
    /// they can be copied without comparing (this set has never held a key).
    pub fn prepare_merge(&self, other: &SetObj) -> bool {
        let (other_used, other_mask, other_clean) = {
            let table = other.table.borrow();
            (table.used, table.mask(), table.fill == table.used)
        };
        if other_used == 0 {
            return false;
        }
        let mut table = self.table.borrow_mut();
        if (table.fill + other_used) * 5 >= table.mask() * 3 {
            let target = (table.used + other_used) * 2;
            table.resize(target);
        }
        if table.fill != 0 {
            return false;
        }
        if table.mask() == other_mask && other_clean {
            table.slots.clone_from(&other.table.borrow().slots);
        } else {
            for (hash, key) in other.entries() {
                table.insert_clean(hash, key);
            }
        }
        table.fill = other_used;
        table.used = other_used;
        drop(table);
        self.changed();
        true
    }

    /// Makes room as CPython does before `count` keys of a dict come in.
    pub fn prepare_for(&self, count: usize) {
        let mut table = self.table.borrow_mut();
        if (table.fill + count) * 5 >= table.mask() * 3 {
            let target = (table.used + count) * 2;
            table.resize(target);
        }
        drop(table);
        self.changed();
    }

    /// Swaps the contents of two sets; where `pop` goes on looking stays.
    pub fn swap(&self, other: &SetObj) {
        if !std::ptr::eq(self, other) {
            let (mut one, mut two) = (self.table.borrow_mut(), other.table.borrow_mut());
            let (one, two) = (&mut *one, &mut *two);
            std::mem::swap(one, two);
            std::mem::swap(&mut one.finger, &mut two.finger);
            self.changed();
            other.changed();
        }
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        if let Ok(table) = self.table.try_borrow() {
            for slot in &table.slots {
                if let Slot::Used(_, key) = slot {
                    tracer.value(key);
                }
            }
        }
    }

    fn clear_payload(&self) {
        self.clear();
    }
}
