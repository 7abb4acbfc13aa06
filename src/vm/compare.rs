//! Comparisons: `<`, `==` and their kin, `in`.

use super::number;
use super::protocol::quick_hash;
use super::{Result, Vm};
use crate::object::{Class, Dict, ListObj, Ref, SetObj, Special, Str, TupleObj, Value, heap};
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Eq => "==",
            CompareOp::Ne => "!=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }

    pub fn special(self) -> Special {
        match self {
            CompareOp::Lt => Special::Lt,
            CompareOp::Le => Special::Le,
            CompareOp::Eq => Special::Eq,
            CompareOp::Ne => Special::Ne,
            CompareOp::Gt => Special::Gt,
            CompareOp::Ge => Special::Ge,
        }
    }

    /// The operator with its operands exchanged.
    pub fn reflected(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            CompareOp::Eq | CompareOp::Ne => self,
        }
    }

    /// The answer for two ordered things.
    #[inline]
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering == Ordering::Less,
            CompareOp::Le => ordering != Ordering::Greater,
            CompareOp::Eq => ordering == Ordering::Equal,
            CompareOp::Ne => ordering != Ordering::Equal,
            CompareOp::Gt => ordering == Ordering::Greater,
            CompareOp::Ge => ordering != Ordering::Less,
        }
    }

    /// The answer for two things of which neither is less or equal (NaN).
    pub fn unordered(self) -> bool {
        self == CompareOp::Ne
    }
}

impl Vm {
    /// `a op b` as a Python value.
    pub fn compare(&mut self, op: CompareOp, a: &Value, b: &Value) -> Result {
        if let Some(known) = self.compare_builtin(op, a, b) {
            return Ok(Value::bool(known));
        }
        self.compare_nested(op, a, b)
    }

    /// Not part of what the loop takes in: the comparison of builtin values is.
    #[inline(never)]
    fn compare_nested(&mut self, op: CompareOp, a: &Value, b: &Value) -> Result {
        self.nest(" in comparison", |vm| vm.compare_objects(op, a, b))
    }

    fn compare_objects(&mut self, op: CompareOp, a: &Value, b: &Value) -> Result {
        let (class_a, class_b) = (self.class_of(a).clone(), self.class_of(b).clone());
        let reflected_first = !class_a.is_same(&class_b)
            && class_b.is_subclass_of(&class_a)
            && class_b.has_special(op.reflected().special());
        if reflected_first {
            let result = self.try_compare(&class_b, op.reflected(), b, a)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        let result = self.try_compare(&class_a, op, a, b)?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
        if !reflected_first {
            let result = self.try_compare(&class_b, op.reflected(), b, a)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        match op {
            CompareOp::Eq => Ok(Value::bool(a.is_same(b))),
            CompareOp::Ne => Ok(Value::bool(!a.is_same(b))),
            _ => {
                let message = format!(
                    "'{}' not supported between instances of '{}' and '{}'",
                    op.symbol(),
                    self.type_name(a),
                    self.type_name(b)
                );
                Err(self.type_error(message))
            }
        }
    }

    fn try_compare(&mut self, class: &Ref<Class>, op: CompareOp, a: &Value, b: &Value) -> Result {
        match class.special(op.special()) {
            Some(method) if method.is_same(&self.plain.object_eq) => {
                Ok(if a.is_same(b) { Value::TRUE } else { Value::NOT_IMPLEMENTED })
            }
            Some(method) if method.is_same(&self.plain.object_ne) => {
                // `!=` is the negation of `==` unless the class has its own.
                let equal = self.try_compare(class, CompareOp::Eq, a, b)?;
                if equal.is_not_implemented() {
                    return Ok(equal);
                }
                Ok(Value::bool(!self.truth(&equal)?))
            }
            Some(method) => self.call(&method, &[a.clone(), b.clone()]),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    /// Comparisons of builtin numbers and strings, which run no Python code.
    #[inline]
    pub fn compare_builtin(&self, op: CompareOp, a: &Value, b: &Value) -> Option<bool> {
        if Value::both_int(a, b) {
            return Some(op.holds(a.bits().cmp(&b.bits())));
        }
        if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
            return Some(match x.partial_cmp(&y) {
                Some(ordering) => op.holds(ordering),
                None => op.unordered(),
            });
        }
        if heap::is_exact_str(a) && heap::is_exact_str(b) {
            let (x, y) = (a.get::<Str>()?, b.get::<Str>()?);
            heap::spend_bytes(x.as_str().len().min(y.as_str().len()));
            return Some(match op {
                CompareOp::Eq => x.as_str() == y.as_str(),
                CompareOp::Ne => x.as_str() != y.as_str(),
                _ => op.holds(compare_text(x.as_str(), y.as_str())),
            });
        }
        // `==` of a string, or of None, and a number: never.
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let unlike = match (a.is_object(), b.is_object()) {
                (true, false) => heap::is_exact_str(a),
                (false, true) => heap::is_exact_str(b),
                (false, false) => a.is_none() != b.is_none(),
                (true, true) => false,
            };
            if unlike {
                return Some(op == CompareOp::Ne);
            }
        }
        number::compare(op, a, b, self)
    }

    /// `a == b`, identity first: what containers ask.
    #[inline]
    pub fn eq(&mut self, a: &Value, b: &Value) -> Result<bool> {
        if a.is_same(b) {
            return Ok(true);
        }
        self.eq_values(a, b)
    }

    /// `bool(a == b)` without the identity shortcut.
    pub fn eq_values(&mut self, a: &Value, b: &Value) -> Result<bool> {
        if let Some(known) = self.compare_builtin(CompareOp::Eq, a, b) {
            return Ok(known);
        }
        let result = self.compare(CompareOp::Eq, a, b)?;
        self.truth(&result)
    }

    /// `bool(a op b)`
    #[inline]
    pub fn compare_truth(&mut self, op: CompareOp, a: &Value, b: &Value) -> Result<bool> {
        if let Some(known) = self.compare_builtin(op, a, b) {
            return Ok(known);
        }
        let result = self.compare(op, a, b)?;
        self.truth(&result)
    }

    /// `item in container`
    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        if let Some(hash) = quick_hash(item) {
            let own = self.class_of(container);
            if let Some(dict) = container.get::<Dict>()
                && own.is_same(&self.types.dict)
                && let Some(found) = dict.find_quick(hash, item)
            {
                return Ok(found.is_some());
            }
            if let Some(set) = container.get::<SetObj>()
                && (own.is_same(&self.types.set) || own.is_same(&self.types.frozenset))
                && let Some(found) = set.contains_quick(hash, item)
            {
                return Ok(found);
            }
        }
        let class = self.class_of(container).clone();
        if class.is_same(&self.types.dict)
            && let Some(dict) = container.downcast::<Dict>()
        {
            return Ok(self.dict_get(&dict, item)?.is_some());
        }
        // A set that is looked for stands for an equal frozenset: the method knows.
        if (class.is_same(&self.types.set) || class.is_same(&self.types.frozenset))
            && !item.is::<SetObj>()
            && let Some(set) = container.downcast::<SetObj>()
        {
            return self.set_contains(&set, item);
        }
        if class.is_same(&self.types.list)
            && let Some(list) = container.downcast::<ListObj>()
        {
            let mut i = 0;
            while let Some(each) = list.get(i) {
                if self.eq(&each, item)? {
                    heap::spend_items(i);
                    return Ok(true);
                }
                i += 1;
            }
            heap::spend_items(i);
            return Ok(false);
        }
        if class.is_same(&self.types.tuple)
            && let Some(tuple) = container.downcast::<TupleObj>()
        {
            for each in tuple.items() {
                if self.eq(each, item)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match class.special(Special::Contains) {
            Some(method) if method.is_none() => {}
            Some(method) => {
                let result = self.call(&method, &[container.clone(), item.clone()])?;
                return self.truth(&result);
            }
            None => {
                let iterator = match self.iter(container) {
                    Ok(iterator) => iterator,
                    Err(raised) if raised.is(&self.exceptions.type_error) => {
                        let name = class.type_name();
                        return Err(self.type_error(format!("argument of type '{name}' is not iterable")));
                    }
                    Err(raised) => return Err(raised),
                };
                while let Some(each) = self.next(&iterator)? {
                    if self.eq(&each, item)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
        let name = class.type_name();
        Err(self.type_error(format!("'{name}' object is not a container")))
    }

    /// Element-wise comparison of two sequences, as lists and tuples compare.
    pub fn compare_sequences(&mut self, op: CompareOp, a: &[Value], b: &[Value]) -> Result {
        if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
        heap::spend_items(a.len().min(b.len()));
        for (x, y) in a.iter().zip(b) {
            if !self.eq(x, y)? {
                return match op {
                    CompareOp::Eq => Ok(Value::FALSE),
                    CompareOp::Ne => Ok(Value::TRUE),
                    _ => self.compare(op, x, y),
                };
            }
        }
        Ok(Value::bool(op.holds(a.len().cmp(&b.len()))))
    }
}

/// Strings compare by code point; lone surrogates stand where their code is.
pub fn compare_text(a: &str, b: &str) -> Ordering {
    use crate::source::surrogate::code_of;
    if a.is_ascii() && b.is_ascii() {
        return a.cmp(b);
    }
    a.chars().map(code_of).cmp(b.chars().map(code_of))
}
