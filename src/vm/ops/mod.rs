//! The slow half of the loop: operations that are too long for an arm of `interp`, by subject.
//! All are methods of [`Vm`]; this file holds the few that are nobody else's.

mod build;
mod call;
mod context;
mod exceptions;
mod function;
mod operators;
mod pattern;
mod rare;
mod super_;

use crate::object::{Value, heap};
use crate::vm::{Result, Vm};

impl Vm {
    /// `!s`, `!r`, `!a` of an f-string field.
    pub(crate) fn convert(&mut self, value: &Value, conversion: u16) -> Result {
        Ok(match conversion {
            1 => self.str_of(value)?.into_value(),
            2 => self.repr(value)?.into_value(),
            3 => self.ascii(value)?.into_value(),
            _ => value.clone(),
        })
    }

    /// Type parameters are made by functions of the `typing` module.
    pub(crate) fn typing_call(&mut self, function: &str, args: &[Value], kind: u16) -> Result {
        let typing = self.import_module("typing")?;
        let function = self.get_attr_text(&typing, function)?;
        let mut values: Vec<Value> =
            args.iter().map(|v| if v.is_unbound() { Value::NONE } else { v.clone() }).collect();
        values.push(Value::index(kind as usize));
        self.call(&function, &values)
    }

    /// `sys.displayhook`
    pub(crate) fn display(&mut self, value: Value) -> Result<()> {
        // Before `sys` is there nobody can have replaced its hook.
        if let Some(sys) = self.modules.get_text("sys") {
            let name = heap::intern("displayhook");
            let Some(hook) = self.get_attr_optional(&sys, &name)? else {
                return Err(self.runtime_error("lost sys.displayhook"));
            };
            return self.call(&hook, &[value]).map(drop);
        }
        if value.is_none() {
            return Ok(());
        }
        let text = self.repr_text(&value)?;
        self.write_out(&format!("{text}\n"))?;
        drop(self.builtins.set_text("_", value));
        Ok(())
    }
}
