//! `except` and `except*`: does it match, what is left, what is raised again.

use crate::object::{Class, ExcObj, ListObj, TupleObj, Value, class_flag, heap};
use crate::vm::{Raised, Result, Vm};

impl Vm {
    /// Whether an exception matches the class or tuple of an `except` clause.
    pub(crate) fn exception_matches(&mut self, exc: &Value, class: &Value) -> Result<bool> {
        let wrong = |vm: &mut Vm| -> Raised {
            vm.type_error("catching classes that do not inherit from BaseException is not allowed")
        };
        if let Some(class) = class.downcast::<Class>() {
            if !class.has_flag(class_flag::EXCEPTION) {
                return Err(wrong(self));
            }
            return Ok(self.class_of(exc).is_subclass_of(&class));
        }
        let Some(tuple) = class.get::<TupleObj>() else { return Err(wrong(self)) };
        for each in tuple.items() {
            match each.downcast::<Class>() {
                Some(class) if class.has_flag(class_flag::EXCEPTION) => {}
                _ if each.get::<TupleObj>().is_some() => {
                    // A nested tuple is an error in `except`, as in CPython.
                    return Err(wrong(self));
                }
                _ => return Err(wrong(self)),
            }
        }
        Ok(tuple.items().iter().any(|each| {
            each.downcast::<Class>().is_some_and(|class| self.class_of(exc).is_subclass_of(&class))
        }))
    }

    /// `except* class`: the part that matches (as a group), and the rest.
    pub(crate) fn match_star(&mut self, rest: &Value, class: &Value) -> Result<(Value, Value)> {
        if rest.is_none() {
            return Ok((Value::NONE, Value::NONE));
        }
        let group = self.exceptions.base_exception_group.clone();
        let classes = match class.get::<TupleObj>() {
            Some(tuple) => tuple.items().to_vec(),
            None => vec![class.clone()],
        };
        for each in &classes {
            match each.downcast::<Class>() {
                Some(c) if !c.has_flag(class_flag::EXCEPTION) => {
                    return Err(self.type_error(
                        "catching classes that do not inherit from BaseException is not allowed",
                    ));
                }
                Some(c) if c.is_subclass_of(&group) => {
                    return Err(self.type_error(
                        "catching ExceptionGroup with except* is not allowed. Use except instead.",
                    ));
                }
                Some(_) => {}
                None => {
                    return Err(self.type_error(
                        "catching classes that do not inherit from BaseException is not allowed",
                    ));
                }
            }
        }
        let is_group = self.class_of(rest).is_subclass_of(&group);
        if !is_group {
            if !self.exception_matches(rest, class)? {
                return Ok((Value::NONE, rest.clone()));
            }
            // A bare exception is wrapped so that the handler always sees a group.
            let message = self.str("");
            let members = self.tuple([rest.clone()]);
            let class = self.exceptions.exception_group.to_value();
            let wrapped = match self.call(&class, &[message.clone(), members.clone()]) {
                Ok(wrapped) => wrapped,
                Err(_) => {
                    self.call(self.exceptions.base_exception_group.clone().as_value(), &[message, members])?
                }
            };
            return Ok((wrapped, Value::NONE));
        }
        let pair = self.call_method(rest, "split", &[class.clone()])?;
        let Some(pair) = pair.get::<TupleObj>().filter(|t| t.len() == 2) else {
            let name = self.type_name(rest);
            let got = self.type_name(&pair);
            return Err(self.type_error(format!("{name}.split must return a 2-tuple, got {got}")));
        };
        Ok((pair.items()[0].clone(), pair.items()[1].clone()))
    }

    /// What an `except*` statement raises at its end: None, one exception, or a group.
    pub(crate) fn prepare_reraise_star(&mut self, original: &Value, raised: &Value) -> Result {
        let items: Vec<Value> = raised
            .get::<ListObj>()
            .map(ListObj::to_vec)
            .unwrap_or_default()
            .into_iter()
            .filter(|v| !v.is_none())
            .collect();
        if items.is_empty() {
            return Ok(Value::NONE);
        }
        let group = self.exceptions.base_exception_group.clone();
        if !self.class_of(original).is_subclass_of(&group) {
            return Ok(items[0].clone());
        }
        // What was not handled, or raised again as it was, keeps what the original had, so it
        // belongs to the original; the rest was newly raised.
        let (again, new): (Vec<Value>, Vec<Value>) =
            items.into_iter().partition(|v| same_metadata(v, original));
        let reraised = if again.is_empty() { None } else { Some(self.project_group(original, &again)?) };
        if new.is_empty() {
            return Ok(reraised.unwrap_or(Value::NONE));
        }
        let mut all = new;
        all.extend(reraised);
        if all.len() == 1 {
            return Ok(all[0].clone());
        }
        let message = self.str("");
        let members = self.list(all);
        let class = self.exceptions.base_exception_group.to_value();
        self.call(&class, &[message, members])
    }

    /// The part of `original` that consists of the leaves of `parts`.
    fn project_group(&mut self, original: &Value, parts: &[Value]) -> Result {
        let mut leaves = Vec::new();
        for part in parts {
            self.collect_leaves(part, &mut leaves)?;
        }
        let kept = self.keep_leaves(original, &leaves)?;
        Ok(kept.unwrap_or_else(|| original.clone()))
    }

    fn collect_leaves(&mut self, exc: &Value, leaves: &mut Vec<u64>) -> Result<()> {
        self.check_native_stack()?;
        let members = exc.get::<ExcObj>().map(|e| e.field("exceptions"));
        match members.as_ref().and_then(|m| m.get::<TupleObj>()) {
            Some(members) => {
                for member in members.items() {
                    self.collect_leaves(member, leaves)?;
                }
            }
            None => leaves.push(exc.id()),
        }
        Ok(())
    }

    fn keep_leaves(&mut self, exc: &Value, leaves: &[u64]) -> Result<Option<Value>> {
        self.check_native_stack()?;
        let Some(body) = exc.get::<ExcObj>() else { return Ok(None) };
        let field = body.field("exceptions");
        let Some(members) = field.get::<TupleObj>() else {
            return Ok(leaves.contains(&exc.id()).then(|| exc.clone()));
        };
        let mut kept = Vec::new();
        for member in members.items() {
            kept.extend(self.keep_leaves(member, leaves)?);
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let list = self.list(kept);
        let derived = self.call_method(exc, "derive", &[list])?;
        if let Some(new) = derived.get::<ExcObj>() {
            new.traceback.set(Value::peek(&body.traceback));
            new.cause.set(Value::peek(&body.cause));
            new.context.set(Value::peek(&body.context));
            // As if the cause had been set.
            new.suppress_context.set(true);
            let notes = heap::intern("__notes__");
            if let Some(notes) = self.get_attr_optional(exc, &notes)? {
                let copy = self.collect(&notes)?;
                let copy = self.list(copy);
                self.set_attr_text(&derived, "__notes__", copy)?;
            }
        }
        Ok(Some(derived))
    }
}

fn same_metadata(a: &Value, b: &Value) -> bool {
    match (a.get::<ExcObj>(), b.get::<ExcObj>()) {
        (Some(x), Some(y)) => {
            Value::peek(&x.traceback).is_same(&Value::peek(&y.traceback))
                && Value::peek(&x.cause).is_same(&Value::peek(&y.cause))
                && Value::peek(&x.context).is_same(&Value::peek(&y.context))
        }
        _ => false,
    }
}
