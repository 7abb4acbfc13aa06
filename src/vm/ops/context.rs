//! `async for`, `with` and `async with`: the methods they need, and the messages without them.

use crate::bytecode::Instr;
use crate::object::{Special, Value};
use crate::vm::window::Window;
use crate::vm::{Result, Vm};

impl Vm {
    pub fn async_iter(&mut self, value: &Value) -> Result {
        let Some(method) = self.special(value, Special::AIter) else {
            let name = self.type_name(value);
            return Err(
                self.type_error(format!("'async for' requires an object with __aiter__ method, got {name}"))
            );
        };
        let iterator = self.call(&method, &[value.clone()])?;
        if !self.class_of(&iterator).has_special(Special::ANext) {
            let name = self.type_name(&iterator);
            return Err(self.type_error(format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {name}"
            )));
        }
        Ok(iterator)
    }

    pub fn async_next(&mut self, iterator: &Value) -> Result {
        let Some(method) = self.special(iterator, Special::ANext) else {
            let name = self.type_name(iterator);
            return Err(self
                .type_error(format!("'async for' requires an iterator with __anext__ method, got {name}")));
        };
        self.call(&method, &[iterator.clone()])
    }

    pub(crate) fn with_setup(&mut self, w: Window, i: Instr) -> Result<()> {
        let manager = w.reg(i.b).clone();
        let (enter, exit, protocol) = if i.c == 0 {
            (Special::Enter, Special::Exit, "context manager")
        } else {
            (Special::AEnter, Special::AExit, "asynchronous context manager")
        };
        let class = self.class_of(&manager).clone();
        let name = class.type_name();
        let Some(enter_method) = class.special(enter) else {
            return Err(self.type_error(format!("'{name}' object does not support the {protocol} protocol")));
        };
        let Some(exit_method) = class.special(exit) else {
            return Err(self.type_error(format!(
                "'{name}' object does not support the {protocol} protocol (missed {} method)",
                exit.text()
            )));
        };
        let pair = |vm: &mut Vm, method: Value| -> Result<(Value, Value)> {
            // What the class table holds of a method that is not a function takes the receiver, too.
            if method.is::<crate::object::BoundMethod>()
                || vm.descriptor_kind(&method) == crate::vm::attribute::Descriptor::Method
            {
                Ok((method, manager.clone()))
            } else {
                Ok((vm.bind(method, Some(&manager), &class)?, Value::UNBOUND))
            }
        };
        let (enter_method, enter_self) = pair(self, enter_method)?;
        let (exit_method, exit_self) = pair(self, exit_method)?;
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        w.init(i.a, exit_method);
        w.init(i.a + 1, exit_self);
        w.init(i.a + 2, enter_method);
        w.init(i.a + 3, enter_self);
        Ok(())
    }
}
