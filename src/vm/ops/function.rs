//! What `def` and a frame have to do with names: making functions and annotations.

use crate::bytecode::Instr;
use crate::object::{CellObj, CodeObj, Function, TupleObj, Value, heap};
use crate::vm::window::Window;
use crate::vm::{Result, Vm};

impl Vm {
    pub(crate) fn make_function(&mut self, w: Window, code: &CodeObj, i: Instr) -> Value {
        let inner =
            code.consts[i.b as usize].downcast::<CodeObj>().expect("the compiler names a code constant");
        let (defaults, kwdefaults, closure, annotations) =
            (w.take(i.c), w.take(i.c + 1), w.take(i.c + 2), w.take(i.c + 3));
        let globals = w.frame.function().globals.clone();
        let none_if_unbound = |v: Value| if v.is_unbound() { Value::NONE } else { v };
        let module = globals.get_text("__name__").unwrap_or(Value::NONE);
        let cells = closure
            .get::<TupleObj>()
            .map(|t| t.items().iter().filter_map(Value::downcast::<CellObj>).collect())
            .unwrap_or_default();
        let doc = inner.code.doc.as_ref().map_or(Value::NONE, |doc| self.str(&**doc));
        let function = Function {
            name: std::cell::Cell::new(inner.name.to_value()),
            qualname: std::cell::Cell::new(inner.qualname.to_value()),
            doc: std::cell::Cell::new(doc),
            module: std::cell::Cell::new(module),
            builtins: w.frame.function().builtins.clone(),
            globals,
            closure: cells,
            defaults: std::cell::Cell::new(none_if_unbound(defaults)),
            kwdefaults: std::cell::Cell::new(none_if_unbound(kwdefaults)),
            annotations: std::cell::Cell::new(annotations),
            type_params: std::cell::Cell::new(Value::UNBOUND),
            dict: std::cell::Cell::new(Value::UNBOUND),
            awaitable: std::cell::Cell::new(false),
            code: inner,
        };
        heap::alloc_plain(&self.types.function, function).into_value()
    }

    pub(crate) fn setup_annotations(&mut self, w: Window, code: &CodeObj) -> Result<()> {
        let name = heap::intern("__annotations__");
        if code.code.flags.namespace {
            if self.namespace_get(w.reg(0), &name)?.is_none() {
                let dict = self.new_dict().into_value();
                self.namespace_set(w.reg(0), &name, dict)?;
            }
        } else {
            let globals = &w.frame.function().globals;
            if globals.get_name(&name).is_none() {
                drop(globals.set_name(&name, self.new_dict().into_value()));
            }
        }
        Ok(())
    }
}
