//! `match`: keys of mappings and attributes of classes.

use crate::object::{Class, Dict, Ref, Special, Str, TupleObj, Value, class_flag, heap};
use crate::vm::{Result, Vm};

impl Vm {
    pub(crate) fn match_keys(&mut self, subject: &Value, keys: &Value) -> Result {
        let keys = keys.get::<TupleObj>().map(|t| t.items().to_vec()).unwrap_or_default();
        for (n, key) in keys.iter().enumerate() {
            for other in &keys[..n] {
                if self.eq(key, other)? {
                    let repr = self.repr_text(key)?;
                    return Err(self.value_error(format!("mapping pattern checks duplicate key ({repr})")));
                }
            }
        }
        let mut values = Vec::with_capacity(keys.len());
        let sentinel = self.new_dict().into_value();
        let plain = self.class_of(subject).is_same(&self.types.dict);
        for key in &keys {
            let value = if plain && let Some(dict) = subject.downcast::<Dict>() {
                self.dict_get(&dict, key)?
            } else {
                let found = self.call_method(subject, "get", &[key.clone(), sentinel.clone()])?;
                if found.is_same(&sentinel) { None } else { Some(found) }
            };
            match value {
                Some(value) => values.push(value),
                None => return Ok(Value::NONE),
            }
        }
        Ok(self.tuple(values))
    }

    pub(crate) fn mapping_rest(&mut self, subject: &Value, keys: &Value) -> Result {
        let rest = self.new_dict();
        self.dict_update(&rest, subject)?;
        for key in keys.get::<TupleObj>().map(|t| t.items().to_vec()).unwrap_or_default() {
            self.dict_remove(&rest, &key)?;
        }
        Ok(rest.into_value())
    }

    pub(crate) fn match_class(
        &mut self,
        subject: &Value,
        class: &Value,
        names: &Value,
        count: usize,
    ) -> Result {
        let Some(class) = class.downcast::<Class>() else {
            return Err(self.type_error("called match pattern must be a class"));
        };
        if !self.is_instance(subject, class.as_value())? {
            return Ok(Value::NONE);
        }
        let mut seen: Vec<Ref<Str>> = Vec::new();
        let mut values = Vec::new();
        let class_name = class.type_name();
        if count > 0 {
            let match_args = self.get_attr_optional(class.as_value(), &Special::MatchArgs.name())?;
            let args = match &match_args {
                Some(args) => match args.get::<TupleObj>() {
                    Some(tuple) => Some(tuple.items().to_vec()),
                    None => {
                        let got = self.type_name(args);
                        return Err(self
                            .type_error(format!("{class_name}.__match_args__ must be a tuple (got {got})")));
                    }
                },
                None => None,
            };
            let itself = args.is_none() && class.has_flag(class_flag::MATCH_SELF);
            let allowed = if itself { 1 } else { args.as_ref().map_or(0, Vec::len) };
            if count > allowed {
                let plural = if allowed == 1 { "" } else { "s" };
                return Err(self.type_error(format!(
                    "{class_name}() accepts {allowed} positional sub-pattern{plural} ({count} given)"
                )));
            }
            if itself {
                values.push(subject.clone());
            } else {
                for arg in args.unwrap_or_default().into_iter().take(count) {
                    let Some(name) = arg.downcast::<Str>() else {
                        let got = self.type_name(&arg);
                        return Err(
                            self.type_error(format!("__match_args__ elements must be strings (got {got})"))
                        );
                    };
                    match self.pattern_attribute(subject, &name, &class_name, &mut seen)? {
                        Some(value) => values.push(value),
                        None => return Ok(Value::NONE),
                    }
                }
            }
        }
        for name in names.get::<TupleObj>().map(|t| t.items().to_vec()).unwrap_or_default() {
            let Some(name) = name.downcast::<Str>() else { continue };
            match self.pattern_attribute(subject, &name, &class_name, &mut seen)? {
                Some(value) => values.push(value),
                None => return Ok(Value::NONE),
            }
        }
        Ok(self.tuple(values))
    }

    fn pattern_attribute(
        &mut self,
        subject: &Value,
        name: &Ref<Str>,
        class: &str,
        seen: &mut Vec<Ref<Str>>,
    ) -> Result<Option<Value>> {
        let name = heap::intern_value(name);
        if seen.iter().any(|s| s.is_same(&name)) {
            return Err(self.type_error(format!(
                "{class}() got multiple sub-patterns for attribute '{}'",
                name.as_str()
            )));
        }
        seen.push(name.clone());
        self.get_attr_optional(subject, &name)
    }
}
