//! Frame objects: what `sys._getframe`, `tb_frame` and `gi_frame` show of a frame. They are
//! snapshots: function and instruction, with the generator for frames that can go on.

use super::Vm;
use crate::object::{
    CellObj, FramePtr, Function, GenObj, GenState, Opaque, Ref, TracebackObj, Tracer, TupleObj, Value,
    WeakRef, new_opaque,
};
use std::cell::Cell;

/// The payload of a frame object.
pub struct FrameObj {
    pub function: Ref<Function>,
    index: u32,
    /// The generator whose frame this is, or None.
    pub generator: Cell<Value>,
    /// The frame below, or None.
    pub back: Cell<Value>,
    /// A dict: the local variables when the snapshot was taken; None for a generator's frame.
    pub locals: Cell<Value>,
}

impl Opaque for FrameObj {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.function);
        tracer.cell(&self.generator);
        tracer.cell(&self.back);
        tracer.cell(&self.locals);
    }
    fn clear(&self) {
        for cell in [&self.generator, &self.back, &self.locals] {
            drop(cell.replace(Value::NONE));
        }
    }
}

impl FrameObj {
    /// Index of the instruction that the frame is in.
    pub fn index(&self) -> u32 {
        match Value::peek(&self.generator).get::<GenObj>() {
            Some(generator) if generator.state.get() != GenState::Finished => {
                generator.frame().index() as u32
            }
            _ => self.index,
        }
    }

    /// 1-based line.
    pub fn line(&self) -> u32 {
        let code = &self.function.code.code;
        let generator = Value::peek(&self.generator);
        if generator.get::<GenObj>().is_some_and(|generator| generator.state.get() == GenState::Created) {
            return code.first_line;
        }
        match code.spans.get(self.index() as usize) {
            Some(span) => code.source.0.lines.line(span.start),
            None => code.first_line,
        }
    }
}

impl FramePtr {
    /// Whether the frame belongs to what stands in for a native part of CPython: nobody sees it.
    pub fn is_hidden(self) -> bool {
        self.code().hidden.get()
    }

    /// The nearest frame below that is not hidden.
    pub fn shown_below(self) -> Option<FramePtr> {
        std::iter::successors(self.prev(), |frame| frame.prev()).find(|frame| !frame.is_hidden())
    }
}

impl Vm {
    /// The top frame of those that are not hidden: the caller of a native.
    pub fn shown_frame(&self) -> Option<FramePtr> {
        let top = self.thread.frame?;
        if top.is_hidden() { top.shown_below() } else { Some(top) }
    }

    /// The frame object of a generator; `None` when it has finished.
    pub fn generator_frame(&mut self, generator: &Ref<GenObj>) -> Option<Value> {
        if generator.state.get() == GenState::Finished {
            return None;
        }
        if let Some(known) = generator.frame_object() {
            return Some(known);
        }
        let frame = generator.frame();
        let object = FrameObj {
            function: frame.function().clone(),
            index: frame.index() as u32,
            generator: Cell::new(generator.to_value()),
            back: Cell::new(Value::NONE),
            locals: Cell::new(Value::NONE),
        };
        let object = new_opaque(&self.types.frame, object);
        if let Some(weak) = WeakRef::create(&self.types.weakref, &object, Value::NONE) {
            generator.set_frame_object(weak);
        }
        Some(object)
    }

    /// The frame object of a frame on the stack, with those below it.
    pub fn frame_object(&mut self, frame: FramePtr) -> Value {
        let chain: Vec<FramePtr> = std::iter::successors(Some(frame), |frame| frame.shown_below()).collect();
        let mut below = Value::NONE;
        for frame in chain.into_iter().rev() {
            let locals = self.frame_locals(frame);
            let object = FrameObj {
                function: frame.function().clone(),
                index: frame.index() as u32,
                generator: Cell::new(Value::NONE),
                back: Cell::new(below),
                locals: Cell::new(locals),
            };
            below = new_opaque(&self.types.frame, object);
        }
        below
    }

    /// The frame object of a traceback entry.
    pub fn traceback_frame(&mut self, entry: &TracebackObj) -> Value {
        let (function, index) = (&entry.function, entry.index);
        let locals = self.locals_left(entry);
        let object = FrameObj {
            function: function.clone(),
            index,
            generator: Cell::new(Value::NONE),
            back: Cell::new(Value::NONE),
            locals: Cell::new(locals),
        };
        new_opaque(&self.types.frame, object)
    }

    /// The local variables that a traceback entry keeps of a frame that was left, as a dict; None
    /// when it keeps none.
    fn locals_left(&mut self, entry: &TracebackObj) -> Value {
        let kept = Value::peek(&entry.locals);
        let code = &entry.function.code;
        // The last one comes first.
        let registers = kept.get::<TupleObj>().map(TupleObj::items).unwrap_or_default();
        if code.code.flags.module || registers.is_empty() && code.code.frees.is_empty() {
            return Value::NONE;
        }
        if code.code.flags.namespace {
            return registers.last().cloned().unwrap_or(Value::NONE);
        }
        let dict = self.new_dict();
        for n in code.listed_locals() {
            let Some(value) = registers.iter().nth_back(n as usize) else { continue };
            let value = match value.get::<CellObj>() {
                Some(cell) if code.code.cells.contains(&n) => cell.get(),
                _ => value.clone(),
            };
            if !value.is_unbound() {
                drop(dict.set_name(&code.locals[n as usize], value));
            }
        }
        for (name, cell) in code.code.frees.iter().zip(entry.function.closure.iter()) {
            let value = cell.get();
            if !value.is_unbound() && dict.get_text(name).is_none() {
                drop(dict.set_text(name, value));
            }
        }
        dict.into_value()
    }
}
