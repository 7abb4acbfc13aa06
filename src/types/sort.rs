//! The stable sort behind `list.sort` and `sorted`: only `<` is asked, an exception in it ends
//! the sort with the items in some order, and lists of one builtin type are compared in Rust.
//!
//! Short lists are sorted as CPython does (a run, then binary insertion), so programs that
//! watch the comparisons see the same ones; longer ones by merging such runs.

use crate::object::{Str, Value, heap};
use crate::vm::compare::{CompareOp, compare_text};
use crate::vm::{Result, Vm};
use std::cmp::Ordering;

const RUN: usize = 32;

/// Sorts `items`; they come back (in some order) even when a comparison raised.
pub fn sort(
    vm: &mut Vm,
    mut items: Vec<Value>,
    key: Option<&Value>,
    reverse: bool,
) -> (Vec<Value>, Result<()>) {
    // What Python compares counts by its calls; here is what it costs at least.
    let rounds = usize::BITS - items.len().leading_zeros();
    heap::spend_items(items.len().saturating_mul(rounds as usize));
    let mut keys = None;
    if let Some(key) = key {
        let mut made = Vec::with_capacity(items.len());
        for item in &items {
            match vm.call(key, std::slice::from_ref(item)) {
                Ok(value) => made.push(value),
                Err(raised) => return (items, Err(raised)),
            }
        }
        keys = Some(made);
    }
    let compared = keys.as_ref().unwrap_or(&items);
    let mut order: Vec<usize> = (0..items.len()).collect();
    if reverse {
        order.reverse();
    }
    let result = match builtin_order(compared) {
        Some(compare) => {
            order.sort_by(|&a, &b| compare(&compared[a], &compared[b]));
            Ok(())
        }
        None => {
            let compared = compared.clone();
            let mut sorter = Sorter { vm, keys: &compared, order: &mut order };
            sorter.sort()
        }
    };
    if reverse {
        order.reverse();
    }
    items = order.into_iter().map(|i| items[i].clone()).collect();
    (items, result)
}

type Compare = fn(&Value, &Value) -> Ordering;

/// How to compare values that are all of one builtin type.
fn builtin_order(values: &[Value]) -> Option<Compare> {
    let first = values.first()?;
    if first.is_int() {
        return values.iter().all(Value::is_int).then_some(|a: &Value, b: &Value| a.bits().cmp(&b.bits()));
    }
    if first.is_float() {
        let plain = |v: &Value| v.as_float().is_some_and(|x| !x.is_nan());
        return values.iter().all(plain).then_some(|a: &Value, b: &Value| {
            a.as_float().partial_cmp(&b.as_float()).unwrap_or(Ordering::Equal)
        });
    }
    if heap::is_exact_str(first) {
        return values.iter().all(heap::is_exact_str).then_some(|a: &Value, b: &Value| {
            match (a.get::<Str>(), b.get::<Str>()) {
                (Some(a), Some(b)) => compare_text(a.as_str(), b.as_str()),
                _ => Ordering::Equal,
            }
        });
    }
    None
}

struct Sorter<'a> {
    vm: &'a mut Vm,
    keys: &'a [Value],
    order: &'a mut Vec<usize>,
}

impl Sorter<'_> {
    fn less(&mut self, a: usize, b: usize) -> Result<bool> {
        self.vm.compare_truth(CompareOp::Lt, &self.keys[a], &self.keys[b])
    }

    fn sort(&mut self) -> Result<()> {
        let length = self.order.len();
        if length < 2 {
            return Ok(());
        }
        if length < 64 {
            return self.sort_run(0, length).map(drop);
        }
        let mut runs = Vec::new();
        let mut start = 0;
        while start < length {
            let run = self.count_run(start, length)?;
            let end = if run < RUN {
                let forced = (start + RUN).min(length);
                self.insert(start, start + run, forced)?;
                forced
            } else {
                start + run
            };
            runs.push((start, end));
            start = end;
        }
        while runs.len() > 1 {
            let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
            for pair in runs.chunks(2) {
                match *pair {
                    [(start, middle), (_, end)] => {
                        self.merge(start, middle, end)?;
                        merged.push((start, end));
                    }
                    [run] => merged.push(run),
                    _ => {}
                }
            }
            runs = merged;
        }
        Ok(())
    }

    fn sort_run(&mut self, start: usize, end: usize) -> Result<()> {
        let run = self.count_run(start, end)?;
        self.insert(start, start + run, end)
    }

    /// The length of the ascending run at `start`; a descending one is turned around.
    fn count_run(&mut self, start: usize, end: usize) -> Result<usize> {
        let mut n = start + 1;
        while n < end && !self.less(self.order[n], self.order[n - 1])? {
            n += 1;
        }
        if n >= end {
            return Ok(end - start);
        }
        if n > start + 1 {
            if self.less(self.order[start], self.order[n - 1])? {
                return Ok(n - start);
            }
            self.order[start..n].reverse();
        }
        n += 1;
        let mut equal = 0;
        while n < end {
            if self.less(self.order[n], self.order[n - 1])? {
                if equal > 0 {
                    self.order[n - equal - 1..n].reverse();
                    equal = 0;
                }
            } else if self.less(self.order[n - 1], self.order[n])? {
                break;
            } else {
                equal += 1;
            }
            n += 1;
        }
        if equal > 0 {
            self.order[n - equal - 1..n].reverse();
        }
        self.order[start..n].reverse();
        // What follows may continue the run upwards.
        while n < end && !self.less(self.order[n], self.order[n - 1])? {
            n += 1;
        }
        Ok(n - start)
    }

    /// Binary insertion of `sorted..end` into the run `start..sorted`.
    fn insert(&mut self, start: usize, sorted: usize, end: usize) -> Result<()> {
        for next in sorted..end {
            let pivot = self.order[next];
            let (mut left, mut right) = (start, next);
            while left < right {
                let middle = left + (right - left) / 2;
                if self.less(pivot, self.order[middle])? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.order[left..=next].rotate_right(1);
        }
        Ok(())
    }

    fn merge(&mut self, start: usize, middle: usize, end: usize) -> Result<()> {
        let left = self.order[start..middle].to_vec();
        let right = self.order[middle..end].to_vec();
        let (mut l, mut r) = (0, 0);
        let mut merged = Vec::with_capacity(end - start);
        while l < left.len() && r < right.len() {
            if self.less(right[r], left[l])? {
                merged.push(right[r]);
                r += 1;
            } else {
                merged.push(left[l]);
                l += 1;
            }
        }
        merged.extend_from_slice(&left[l..]);
        merged.extend_from_slice(&right[r..]);
        self.order[start..end].copy_from_slice(&merged);
        Ok(())
    }
}
