//! Frame objects: which frames are shown, how their objects are made, and what happens to these
//! when an activation ends. What an object keeps is in `object/frame_object.rs`.

use super::fiber::{Exit, Go};
use super::{Result, Vm};
use crate::bytecode::Hidden;
use crate::object::{
    CellObj, CodeObj, Dict, FrameObj, FramePtr, Function, GenObj, GenState, Keep, Mark, Ref, Str,
    TracebackObj, Value, heap,
};

/// Where a variable of a frame is.
#[derive(Clone, Copy)]
pub enum Place {
    /// In a register, perhaps in the cell that the register holds.
    Local(u16),
    /// In a cell of the function's closure.
    Free(usize),
}

impl FramePtr {
    /// Whether the frame belongs to what stands in for a native part of CPython: nobody sees it.
    pub fn is_hidden(self) -> bool {
        self.code().hidden.get()
    }

    /// The frame that runs this one. Those that delegate to a generator which is being closed wait
    /// for it, each a root of its own: it is closed for the one that resumed the first.
    pub(crate) fn caller(self) -> Option<FramePtr> {
        let mut root = self;
        while root.generator().is_some() && root.mark() == Mark::Close {
            root = root.prev()?;
        }
        root.prev()
    }

    /// The nearest frame below that is not hidden.
    pub fn shown_below(self) -> Option<FramePtr> {
        shown_from(self.caller())
    }
}

/// The frame or the nearest one below it that is not hidden.
fn shown_from(frame: Option<FramePtr>) -> Option<FramePtr> {
    std::iter::successors(frame, |frame| frame.caller()).find(|frame| !frame.is_hidden())
}

/// The variables of a frame: those of its function, and of the comprehensions that it is in.
pub fn variables(frame: &FrameObj) -> Vec<(Ref<Str>, Place)> {
    let mut found = variables_of(&frame.function);
    let code = &frame.function.code.code;
    if !code.hidden.is_empty()
        && let Some(live) = frame.live()
        && let Some(at) = code.spans.get(live.index())
    {
        let around = |hidden: &&Hidden| hidden.span.start <= at.start && at.end <= hidden.span.end;
        for hidden in code.hidden.iter().filter(around) {
            if live.reg(hidden.register).is_unbound() {
                continue;
            }
            let place = Place::Local(hidden.register);
            match found.iter_mut().find(|(name, _)| name.as_str() == &*hidden.name) {
                Some(known) => known.1 = place,
                None => found.push((heap::intern(&hidden.name), place)),
            }
        }
    }
    found
}

/// Whether a frame is inside a comprehension whose variables live in it.
pub fn in_comprehension(frame: FramePtr) -> bool {
    let code = &frame.code().code;
    let Some(at) = code.spans.get(frame.index()) else { return false };
    let around = |hidden: &&Hidden| hidden.span.start <= at.start && at.end <= hidden.span.end;
    code.hidden.iter().filter(around).any(|hidden| !frame.reg(hidden.register).is_unbound())
}

/// The variables of a function in the order in which CPython lists them: its own, then those that
/// it has from around it.
fn variables_of(function: &Function) -> Vec<(Ref<Str>, Place)> {
    let code: &CodeObj = &function.code;
    let own = code.listed_locals();
    let mut found: Vec<(Ref<Str>, Place)> =
        own.into_iter().map(|n| (code.locals[n as usize].clone(), Place::Local(n))).collect();
    for (n, name) in code.code.frees.iter().enumerate() {
        if !found.iter().any(|(known, _)| known.as_str() == &**name) {
            found.push((heap::intern(name), Place::Free(n)));
        }
    }
    found
}

/// The cell of a variable that lives in one.
fn cell_of(frame: &FrameObj, place: Place) -> Option<Ref<CellObj>> {
    match place {
        Place::Free(n) => frame.function.closure.get(n).cloned(),
        // The register of a parameter holds its value until the cell is made.
        Place::Local(n)
            if n >= frame.function.code.nlocals || frame.function.code.code.cells.contains(&n) =>
        {
            frame.local(n).into_ref()
        }
        Place::Local(_) => None,
    }
}

/// The value of a frame's variable; unbound when it has none.
pub fn variable(frame: &FrameObj, place: Place) -> Value {
    match (cell_of(frame, place), place) {
        (Some(cell), _) => cell.get(),
        (None, Place::Local(n)) => frame.local(n),
        (None, Place::Free(_)) => Value::UNBOUND,
    }
}

impl Vm {
    /// The top frame of those that are not hidden: the caller of a native.
    pub fn shown_frame(&self) -> Option<FramePtr> {
        shown_from(self.thread.frame)
    }

    /// The frame object of a generator; `None` when it has finished.
    pub fn generator_frame(&mut self, generator: &Ref<GenObj>) -> Option<Value> {
        if generator.state.get() == GenState::Finished {
            return None;
        }
        Some(self.frame_object(generator.frame()).into_value())
    }

    /// The frame object of an activation.
    pub fn frame_object(&mut self, frame: FramePtr) -> Ref<FrameObj> {
        match frame.object() {
            Some(object) => object,
            None => FrameObj::create(&self.types.frame, frame),
        }
    }

    /// `f_back`: the frame object of the caller, or None.
    pub fn frame_back(&mut self, object: &FrameObj) -> Value {
        let Some(frame) = object.live() else {
            if let Some(caller) = object.caller_activation() {
                drop(self.frame_object(caller));
            }
            return object.back();
        };
        if frame.generator().is_some_and(|generator| !self.is_executing(generator)) {
            return Value::NONE;
        }
        match frame.shown_below() {
            Some(below) => self.frame_object(below).into_value(),
            None => Value::NONE,
        }
    }

    /// An activation ends by returning to `below` or by an exception: when anybody holds its
    /// object, that keeps the variables, and the object of the caller.
    pub(crate) fn part(&mut self, frame: FramePtr, below: Option<FramePtr>) {
        if frame.object().is_none() {
            // An entry of a traceback that goes on names the frame.
            drop(self.frame_object(frame));
        }
        // A generator that is being closed has its delegator there, which is not its caller.
        let below = if frame.mark() == Mark::Close { frame.caller() } else { below };
        let back = match shown_from(below) {
            Some(below) if frame.object_is_held() => self.frame_object(below).into_value(),
            _ => Value::NONE,
        };
        self.forget_overwritten(frame);
        frame.part(back, Keep::Locals);
    }

    /// A generator that was being closed has ended by an exception. The one that delegates to it goes
    /// on, but is not its caller; and when nobody holds its frame, nobody needs to be looked for.
    #[cold]
    #[inline(never)]
    pub(crate) fn left_closing(&mut self, above: &mut Option<Ref<FrameObj>>, delegator: Option<FramePtr>) {
        if let Some(above) = above.take()
            && above.header().ref_count() > 1
        {
            self.arrive(Some(above), delegator.and_then(FramePtr::caller));
        }
    }

    /// The frame object of an entry of a traceback.
    pub fn frame_of_entry(&mut self, entry: &TracebackObj) -> Ref<FrameObj> {
        match entry.activation() {
            Some(frame) => self.frame_object(frame),
            None => entry.object().expect("an entry names a frame or holds its object"),
        }
    }

    /// An exception ends an activation that has an entry in its traceback: the frame object, which
    /// has the variables now. `above` is that of the activation which it ended before.
    pub(crate) fn leave_raising(&mut self, frame: FramePtr, above: &mut Option<Ref<FrameObj>>) {
        self.forget_overwritten(frame);
        let object = match FrameObj::create_ended(&self.types.frame, frame) {
            Some(object) => object,
            None => {
                let Some(object) = frame.object() else { return };
                object
            }
        };
        if let Some(above) = above.take() {
            above.set_back(object.to_value());
        }
        frame.part(Value::NONE, Keep::Locals);
        *above = Some(object);
    }

    /// The exception has come to `frame`, or to whoever called the loop from there: the activation
    /// above knows its caller now.
    #[inline]
    pub(crate) fn arrive(&mut self, above: Option<Ref<FrameObj>>, frame: Option<FramePtr>) {
        if let Some(above) = above {
            self.tell_caller(&above, frame);
        }
    }

    #[inline(never)]
    fn tell_caller(&mut self, above: &FrameObj, frame: Option<FramePtr>) {
        let Some(frame) = shown_from(frame) else { return };
        if !above.await_caller(frame) {
            let object = self.frame_object(frame);
            above.set_back(object.into_value());
        }
    }

    /// `return` in a frame on the stack that has an object.
    #[cold]
    #[inline(never)]
    pub(super) fn return_seen(&mut self, frame: FramePtr, value: Value) -> Result<Go> {
        let (mark, prev) = (frame.mark(), frame.prev());
        self.part(frame, prev);
        frame.release_locals();
        self.thread.stack.pop(frame);
        self.thread.depth = self.thread.depth.saturating_sub(1);
        self.thread.frame = prev;
        let Some(prev) = prev.filter(|_| matches!(mark, Mark::Store | Mark::Init)) else {
            return Ok(Go::Exit(Exit::Returned(value)));
        };
        let call = prev.current();
        if mark == Mark::Init {
            if !value.is_none() {
                return Err(self.init_returned(&value));
            }
            let instance = prev.take(call.b);
            drop(prev.replace(call.a, instance));
        } else {
            drop(prev.replace(call.a, value));
        }
        Ok(Go::Frame(prev))
    }

    /// Sets a variable of a frame. What an activation had in its register may be in use by the
    /// instruction that it is in, and lives until that is over.
    pub fn set_variable(&mut self, frame: &FrameObj, place: Place, value: Value) {
        if let Some(cell) = cell_of(frame, place) {
            drop(cell.value.replace(value));
            return;
        }
        let Place::Local(n) = place else { return };
        let old = frame.set_local(n, value);
        if let Some(live) = frame.live()
            && old.is_object()
            && live.generator().is_none_or(|generator| self.is_executing(generator))
        {
            self.thread.overwritten.push((live, old));
            heap::set_pending();
        }
    }

    /// Releases what was overwritten in a frame that has come to its next instruction, or to its
    /// end.
    pub(crate) fn forget_overwritten(&mut self, frame: FramePtr) {
        if self.thread.overwritten.is_empty() {
            return;
        }
        let (gone, kept) =
            std::mem::take(&mut self.thread.overwritten).into_iter().partition(|(at, _)| *at == frame);
        self.thread.overwritten = kept;
        let gone: Vec<(FramePtr, Value)> = gone;
        drop(gone);
    }

    /// `locals()` of a frame: a function's variables as a new dict, else the namespace itself. In a
    /// comprehension that has no frame of its own, its variables are all that any frame has.
    pub fn frame_locals(&mut self, frame: FramePtr) -> Value {
        let code = frame.code();
        if code.code.flags.namespace && !in_comprehension(frame) {
            return frame.reg(0).clone();
        }
        if code.code.flags.module && !in_comprehension(frame) {
            return frame.function().globals.to_value();
        }
        let object = self.frame_object(frame);
        self.copy_of_locals(&object).into_value()
    }

    /// The variables of a function's frame as a new dict.
    pub fn copy_of_locals(&mut self, frame: &FrameObj) -> Ref<Dict> {
        let dict = self.new_dict();
        for (name, place) in variables(frame) {
            let value = variable(frame, place);
            if !value.is_unbound() {
                drop(dict.set_name(&name, value));
            }
        }
        if let Some(more) = frame.extra_names().get::<Dict>() {
            for (name, value) in more.items() {
                // What is a key of one dict is one of the next.
                drop(self.dict_set(&dict, name, value));
            }
        }
        dict
    }
}
