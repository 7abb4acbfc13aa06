//! Calls from registers: Python functions get their frame here, classes their instance, and
//! everything else goes to `vm/call`.

use crate::bytecode::{Instr, Op};
use crate::object::{
    BoundMethod, Class, FramePtr, Function, GenKind, GenObj, GenState, Kind, Mark, RangeObj, Ref, Special,
    Str, TupleObj, Value, heap,
};
use crate::vm::fiber::Go;
use crate::vm::interp::Called;
use crate::vm::native::{Native, Resumes};
use crate::vm::window::Window;
use crate::vm::{Result, Vm};

impl Vm {
    /// Calls R[b] with `count` values from register `first` on, the last of them named.
    #[inline(never)]
    pub(crate) fn call_registers(
        &mut self,
        w: Window,
        i: Instr,
        first: u16,
        count: usize,
        names: &[Ref<Str>],
    ) -> Result<Called> {
        let callee = w.reg(i.b);
        match callee.kind() {
            Some(Kind::Function) => {
                let function = w.take(i.b).downcast::<Function>().expect("the kind says so");
                self.call_python(w, i, function, first, count, names)
            }
            Some(Kind::Native) => {
                let native = callee.get::<Native>().expect("the kind says so");
                if native.row.resumes != Resumes::No
                    && names.is_empty()
                    && native.receiver.is_unbound()
                    && let Some(go) = self.call_generator_method(w, i, native, w.range(first, count))?
                {
                    return Ok(Called::Go(go));
                }
                let callee = w.take(i.b);
                let native = callee.get::<Native>().expect("the kind says so");
                if native.receiver.is_unbound() {
                    if names.is_empty()
                        && let Some(result) = self.call_partial(native, w, first, count)
                    {
                        w.out(&i, result?);
                        return Ok(Called::Done);
                    }
                    let values = w.range(first, count);
                    let value = self.call_native(native, values, names);
                    // The first argument goes first, whatever came of the call.
                    for n in 0..count as u16 {
                        drop(w.take(first + n));
                    }
                    w.out(&i, value?);
                    return Ok(Called::Done);
                }
                let mut values = vec![native.receiver.clone()];
                values.extend(w.frame.take_range(first, count));
                let value = self.call_native(native, &values, names)?;
                drop(values);
                w.out(&i, value);
                Ok(Called::Done)
            }
            Some(Kind::BoundMethod) if first == i.b + 1 && w.reg(i.b).get::<BoundMethod>().is_some() => {
                let callee = w.take(i.b);
                let method = callee.get::<BoundMethod>().expect("the kind says so");
                if let Some(function) = method.function.downcast::<Function>() {
                    // The receiver takes the callee's place, right before the arguments.
                    w.init(i.b, method.receiver.clone());
                    drop(callee);
                    return self.call_python(w, i, function, i.b, count + 1, names);
                }
                let values = w.frame.take_range(first, count);
                let value = self.call_kw(&callee, &values, names)?;
                w.out(&i, value);
                Ok(Called::Done)
            }
            Some(Kind::Class) => self.call_class_registers(w, i, first, count, names),
            _ => {
                if callee.is_unbound() {
                    return Err(self.unbound_local(w.frame.code(), i.b));
                }
                let callee = w.take(i.b);
                let values = w.frame.take_range(first, count);
                self.call_values(w, i, callee, values, names)
            }
        }
    }

    /// A Python function: its frame goes on top, its arguments move there.
    fn call_python(
        &mut self,
        w: Window,
        i: Instr,
        function: Ref<Function>,
        first: u16,
        count: usize,
        names: &[Ref<Str>],
    ) -> Result<Called> {
        let simple =
            function.code.simple && names.is_empty() && function.code.code.positional_count as usize == count;
        if function.code.suspends {
            if simple {
                let generator = self.new_generator(function);
                generator.frame().accept_arguments(w.frame, first, count as u16);
                w.out(&i, generator.into_value());
            } else {
                let value = self.make_generator(&function, w.range(first, count), names)?;
                for n in 0..count as u16 {
                    drop(w.take(first + n));
                }
                w.out(&i, value);
            }
            return Ok(Called::Done);
        }
        self.enter_call()?;
        let quick = names.is_empty() && is_quick(&function, count);
        let frame = self.thread.stack.push(function, Some(w.frame), Mark::Store);
        if quick {
            let function = frame.function();
            let positional = function.code.code.positional_count as usize;
            for n in 0..count.min(positional) as u16 {
                frame.init(n, w.take(first + n));
            }
            if function.code.code.flags.varargs {
                let rest = positional.min(count)..count;
                let rest = self.tuple(rest.map(|n| w.take(first + n as u16)));
                frame.init(positional as u16, rest);
            }
            fill_defaults(function, frame, count);
        } else {
            let function = frame.function().clone();
            if let Err(raised) = self.bind_arguments(&function, frame, w.range(first, count), names) {
                self.abandon(frame);
                return Err(raised);
            }
            for n in 0..count as u16 {
                drop(w.take(first + n));
            }
        }
        self.thread.frame = Some(frame);
        Ok(Called::Go(Go::Frame(frame)))
    }

    /// `function(*args)` with a tuple: its frame goes on top, the items are copied there.
    pub(crate) fn call_tuple(&mut self, w: Window, function: Ref<Function>, args: &Value) -> Result<Go> {
        let own;
        let items = match args.get::<TupleObj>() {
            Some(tuple) if self.class_of(args).is_same(&self.types.tuple) => tuple.items(),
            _ => {
                // A derived class says itself what its items are.
                own = self.collect(args)?;
                &own
            }
        };
        self.enter_call()?;
        let quick = is_quick(&function, items.len());
        let frame = self.thread.stack.push(function, Some(w.frame), Mark::Store);
        if quick {
            let function = frame.function();
            let positional = function.code.code.positional_count as usize;
            for (n, item) in items.iter().take(positional).enumerate() {
                frame.init(n as u16, item.clone());
            }
            if function.code.code.flags.varargs {
                let rest = items.get(positional..).unwrap_or(&[]);
                frame.init(positional as u16, self.tuple(rest.iter().cloned()));
            }
            fill_defaults(function, frame, items.len());
        } else {
            let function = frame.function().clone();
            if let Err(raised) = self.bind_arguments(&function, frame, items, &[]) {
                self.abandon(frame);
                return Err(raised);
            }
        }
        self.thread.frame = Some(frame);
        Ok(Go::Frame(frame))
    }

    /// What stands behind `*` in a call, as a list or tuple.
    pub(crate) fn star_arguments(&mut self, callee: &Value, args: Value) -> Result {
        let class = self.class_of(&args);
        if class.is_same(&self.types.tuple) || class.is_same(&self.types.list) {
            return Ok(args);
        }
        match self.collect(&args) {
            Ok(items) => Ok(self.list(items)),
            Err(raised)
                if raised.is(&self.exceptions.type_error)
                    && !self.class_of(&args).has_special(Special::Iter)
                    && !self.class_of(&args).has_special(Special::GetItem) =>
            {
                let (callee, name) = (self.full_callee_name(callee)?, self.type_name(&args));
                Err(self.type_error(format!("{callee} argument after * must be an iterable, not {name}")))
            }
            Err(raised) => Err(raised),
        }
    }

    /// A class: the usual case, a plain `__new__` and a Python `__init__`, stays in the loop.
    fn call_class_registers(
        &mut self,
        w: Window,
        i: Instr,
        first: u16,
        count: usize,
        names: &[Ref<Str>],
    ) -> Result<Called> {
        let class = w.take(i.b).downcast::<Class>().expect("the caller checked");
        if class.is_same(&self.types.range)
            && names.is_empty()
            && let Some(range) = self.small_range(w.range(first, count))
        {
            w.out(&i, range);
            return Ok(Called::Done);
        }
        let plain_call = class.header().class().is_same(&self.types.type_);
        if plain_call
            && first == i.b + 1
            && !class.is_same(&self.types.type_)
            && let Some(value) = self.construct_builtin(w, i.b, &class, count, names)?
        {
            for n in 0..count as u16 {
                drop(w.take(first + n));
            }
            w.out(&i, value);
            return Ok(Called::Done);
        }
        let plain_new = class.special(Special::New).is_some_and(|n| n.is_same(&self.plain.object_new));
        if plain_call
            && plain_new
            && let Some(init) = class.special(Special::Init)
            && let Some(function) = init.downcast::<Function>()
            && !function.code.suspends
        {
            let instance = self.new_instance(&class)?;
            self.enter_call()?;
            let frame = self.thread.stack.push(function.clone(), Some(w.frame), Mark::Init);
            let simple = function.code.simple
                && names.is_empty()
                && function.code.code.positional_count as usize == count + 1;
            if simple {
                frame.init(0, instance.clone());
                for n in 0..count as u16 {
                    frame.init(n + 1, w.take(first + n));
                }
            } else {
                let mut values = Vec::with_capacity(count + 1);
                values.push(instance.clone());
                values.extend(w.frame.take_range(first, count));
                if let Err(raised) = self.bind_arguments(&function, frame, &values, names) {
                    drop(values);
                    self.abandon(frame);
                    return Err(raised);
                }
            }
            w.init(i.b, instance);
            self.thread.frame = Some(frame);
            return Ok(Called::Go(Go::Frame(frame)));
        }
        let values = w.frame.take_range(first, count);
        let value = self.call_class(&class, &values, names)?;
        drop(values);
        drop(class);
        w.out(&i, value);
        Ok(Called::Done)
    }

    /// A call of a class whose `__new__` and `__init__` are native: they get the registers as
    /// they are. R[b], where the class stood, is free meanwhile. `None` when nothing was done.
    fn construct_builtin(
        &mut self,
        w: Window,
        b: u16,
        class: &Ref<Class>,
        count: usize,
        names: &[Ref<Str>],
    ) -> Result<Option<Value>> {
        let Some(new) = class.special(Special::New) else { return Ok(None) };
        let Some(native) = new.get::<Native>() else { return Ok(None) };
        if new.is_same(&self.plain.object_new)
            || native.row.binding != crate::vm::native::Binding::Static
            || !native.receiver.is_unbound()
        {
            return Ok(None);
        }
        let Some(init) = class.special(Special::Init) else { return Ok(None) };
        let plain_init = init.is_same(&self.plain.object_init);
        if !plain_init && init.get::<Native>().is_none() {
            return Ok(None);
        }
        w.init(b, class.to_value());
        let instance = self.call_native(native, w.range(b, count + 1), names)?;
        drop(w.take(b));
        if !self.class_of(&instance).is_same(class) {
            // Another class decides itself what its `__init__` is.
            let own = self.class_of(&instance).clone();
            let same = own.special(Special::Init).is_some_and(|other| other.is_same(&init));
            if !own.is_subclass_of(class) || same && plain_init {
                return Ok(Some(instance));
            }
            let values = w.range(b + 1, count);
            return self.initialize(instance, &own, values, names).map(Some);
        }
        if !plain_init && let Some(init) = init.get::<Native>() {
            w.init(b, instance.clone());
            let result = self.call_native(init, w.range(b, count + 1), names)?;
            drop(w.take(b));
            if !result.is_none() {
                return Err(self.init_returned(&result));
            }
        }
        Ok(Some(instance))
    }

    /// `range(…)` of inline integers, the usual head of a loop. The arguments hold no reference.
    fn small_range(&self, values: &[Value]) -> Option<Value> {
        let zero = || Value::index(0);
        let one = || Value::index(1);
        let (start, stop, step) = match values {
            [stop] => (zero(), stop, one()),
            [start, stop] => (start.clone(), stop, one()),
            [start, stop, step] => (start.clone(), stop, step.clone()),
            _ => return None,
        };
        if !(start.is_int() && stop.is_int() && step.is_int()) || step.as_int() == Some(0) {
            return None;
        }
        let range = RangeObj { start, stop: stop.clone(), step };
        Some(heap::alloc_plain(&self.types.range, range).into_value())
    }

    /// Calls any callable with values that are no longer in registers.
    pub(crate) fn call_values(
        &mut self,
        w: Window,
        i: Instr,
        callee: Value,
        mut values: Vec<Value>,
        names: &[Ref<Str>],
    ) -> Result<Called> {
        let mut callee = callee;
        // Callable objects and bound methods lead to functions; each step adds a receiver.
        for _ in 0..64 {
            if let Some(method) = callee.get::<BoundMethod>() {
                values.insert(0, method.receiver.clone());
                callee = method.function.clone();
                continue;
            }
            if matches!(callee.kind(), Some(Kind::Instance))
                && let Some(call) = self.special(&callee, Special::Call)
                && call.get::<Function>().is_some()
            {
                values.insert(0, callee);
                callee = call;
                continue;
            }
            break;
        }
        if let Some(function) = callee.downcast::<Function>()
            && !function.code.suspends
        {
            drop(callee);
            self.enter_call()?;
            let frame = self.thread.stack.push(function.clone(), Some(w.frame), Mark::Store);
            if let Err(raised) = self.bind_arguments(&function, frame, &values, names) {
                drop(values);
                self.abandon(frame);
                return Err(raised);
            }
            self.thread.frame = Some(frame);
            return Ok(Called::Go(Go::Frame(frame)));
        }
        let value = self.call_kw(&callee, &values, names)?;
        drop(values);
        drop(callee);
        w.out(&i, value);
        Ok(Called::Done)
    }

    /// `generator.send(value)`, `next(generator)` and `sum(generator)` from the loop itself: the
    /// generator's frame goes on top instead of a new run of the loop.
    fn call_generator_method(
        &mut self,
        w: Window,
        i: Instr,
        native: &Native,
        values: &[Value],
    ) -> Result<Option<Go>> {
        if native.row.resumes == Resumes::Sum {
            return Ok(self.begin_sum(w, i, values).map(Go::Frame));
        }
        let is_next = native.row.resumes == Resumes::Next;
        let is_send = native.row.resumes == Resumes::Send;
        let (generator, value) = match values {
            [generator, value] if is_send => (generator, value.clone()),
            [generator] | [generator, _] if is_next => (generator, Value::NONE),
            _ => return Ok(None),
        };
        let Some(generator) = generator.downcast::<GenObj>() else { return Ok(None) };
        if generator.kind == GenKind::AsyncGenerator || is_next && generator.kind != GenKind::Generator {
            return Ok(None);
        }
        if generator.state.get() == GenState::Finished {
            return Ok(None);
        }
        // Callee and receiver stay in their registers until the answer comes: that keeps the
        // generator alive.
        self.enter(&generator, crate::vm::Resume::Send(value), Some(w.frame), Mark::Store).map(Some)
    }

    /// The total, which begins with zero, takes the callee's place; the generator stays in its
    /// register until it has ended.
    fn begin_sum(&mut self, w: Window, i: Instr, values: &[Value]) -> Option<FramePtr> {
        let [generator] = values else { return None };
        let generator = generator.get::<GenObj>().filter(|g| g.kind == GenKind::Generator)?;
        let fresh = generator.state.get() == GenState::Created && self.thread.depth < self.recursion_limit;
        if i.op != Op::Call as u8 || !fresh && !self.is_ready(generator) {
            return None;
        }
        w.set(i.b, Value::index(0));
        generator.frame().set_mark(Mark::Sum);
        let frame = self.reenter_own(generator, w.frame);
        if !fresh {
            frame.accept(Value::NONE);
        }
        Some(frame)
    }
}

/// Whether a call with `count` positional arguments needs no binder: positional parameters and
/// `*args` only, and a default for each that is missing.
fn is_quick(function: &Function, count: usize) -> bool {
    let code = &function.code.code;
    if code.kwonly_count != 0 || code.flags.varkw || code.flags.namespace {
        return false;
    }
    let positional = code.positional_count as usize;
    if count >= positional {
        return count == positional || code.flags.varargs;
    }
    let defaults = Value::look(&function.defaults, |d| d.get::<TupleObj>().map_or(0, TupleObj::len));
    positional - count <= defaults
}

/// Fills the parameters behind the given ones from the defaults.
fn fill_defaults(function: &Function, frame: FramePtr, count: usize) {
    let positional = function.code.code.positional_count as usize;
    if count < positional {
        Value::look(&function.defaults, |defaults| {
            let defaults = defaults.get::<TupleObj>().map_or(&[][..], TupleObj::items);
            let first = positional - defaults.len().min(positional);
            for n in count..positional {
                frame.init(n as u16, defaults[n - first].clone());
            }
        });
    }
}
