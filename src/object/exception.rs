//! Exceptions. Tracebacks are in `frame_object`.

use super::header::{Kind, Tracer};
use super::value::Value;
use std::cell::{Cell, RefCell};

/// The payload of every `BaseException`.
pub struct ExcObj {
    /// A tuple.
    pub args: Cell<Value>,
    /// A traceback or None.
    pub traceback: Cell<Value>,
    /// An exception or None.
    pub cause: Cell<Value>,
    /// An exception or None.
    pub context: Cell<Value>,
    pub suppress_context: Cell<bool>,
    /// What some classes hold besides `args`, by name: `value` of StopIteration, `code` of
    /// SystemExit, `message` and `exceptions` of a group, `name`, `obj` …
    pub fields: RefCell<Vec<(&'static str, Value)>>,
    /// `__dict__`, or unbound.
    pub dict: Cell<Value>,
}
crate::payload!(Kind::Exception, ExcObj, container);

impl ExcObj {
    /// `args` is a tuple.
    pub fn new(args: Value) -> ExcObj {
        ExcObj {
            args: Cell::new(args),
            traceback: Cell::new(Value::NONE),
            cause: Cell::new(Value::NONE),
            context: Cell::new(Value::NONE),
            suppress_context: Cell::new(false),
            fields: RefCell::default(),
            dict: Cell::new(Value::UNBOUND),
        }
    }

    /// A named field; unbound when it was never set.
    pub fn field(&self, name: &str) -> Value {
        self.fields.borrow().iter().find(|(n, _)| *n == name).map_or(Value::UNBOUND, |(_, v)| v.clone())
    }

    pub fn set_field(&self, name: &'static str, value: Value) {
        let mut fields = self.fields.borrow_mut();
        match fields.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) => {
                let old = std::mem::replace(&mut slot.1, value);
                drop(fields);
                drop(old);
            }
            None => fields.push((name, value)),
        }
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        for cell in [&self.args, &self.traceback, &self.cause, &self.context, &self.dict] {
            tracer.cell(cell);
        }
        if let Ok(fields) = self.fields.try_borrow() {
            fields.iter().for_each(|(_, v)| tracer.value(v));
        }
    }

    fn clear_payload(&self) {
        for cell in [&self.traceback, &self.cause, &self.context] {
            drop(cell.replace(Value::NONE));
        }
        drop(self.dict.replace(Value::UNBOUND));
        drop(std::mem::take(&mut *self.fields.borrow_mut()));
    }
}
