//! The slow half of the loop: operations that are too long for an arm of `interp`.

use super::arith::BinaryOp;
use super::descriptor::Super;
use super::fiber::Go;
use super::interp::Called;
use super::native::{Native, Resumes};
use super::window::Window;
use super::{Raised, Result, Vm};
use crate::bytecode::Instr;
use crate::object::{
    BoundMethod, CellObj, Class, CodeObj, Dict, ExcObj, FramePtr, Function, Kind, ListObj, Mark, RangeObj,
    Ref, Site, Special, Str, TupleObj, Value, append_to, class_flag, heap,
};

/// How many stores ahead of a stride of list stores the memory is asked for.
const STORES_AHEAD: i64 = 64;

impl Vm {
    /// A binary operator whose operands are no small numbers.
    #[inline(never)]
    pub(crate) fn binary_slow(&mut self, w: Window, i: Instr, op: BinaryOp, inplace: bool) -> Result<()> {
        self.check_bound(w, i.b)?;
        self.check_bound(w, i.c)?;
        let (a, b) = (w.reg(i.b), w.reg(i.c));
        if op == BinaryOp::Add
            && i.a != i.b
            && i.flags & 2 == 0
            && heap::is_exact_str(a)
            && heap::is_exact_str(b)
            && let (Some(x), Some(y)) = (a.get::<Str>(), b.get::<Str>())
        {
            let value = self.joined([x.as_str(), y.as_str()]);
            if i.flags & 4 != 0 {
                drop(w.take(i.c));
            }
            w.out(&i, value);
            return Ok(());
        }
        // `s += x` on a variable: the string grows in place when nobody else holds it.
        if op == BinaryOp::Add
            && (i.a == i.b || i.flags & 2 != 0)
            && i.b != i.c
            && heap::is_exact_str(a)
            && heap::is_exact_str(b)
            && let Some(more) = b.get::<Str>()
            && append_to(a, more.as_str())
        {
            if i.flags & 4 != 0 {
                drop(w.take(i.c));
            }
            if i.a != i.b {
                let grown = w.take(i.b);
                w.out(&i, grown);
            }
            return Ok(());
        }
        let value = if inplace { self.inplace(op, a, b)? } else { self.binary(op, a, b)? };
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        if i.flags & 4 != 0 {
            drop(w.take(i.c));
        }
        w.out(&i, value);
        Ok(())
    }

    #[inline(never)]
    pub(crate) fn immediate_slow(&mut self, w: Window, i: Instr, op: BinaryOp, inplace: bool) -> Result<()> {
        self.check_bound(w, i.b)?;
        let (a, b) = (w.reg(i.b), self.int(i64::from(i.c as i16)));
        let value = if inplace { self.inplace(op, a, &b)? } else { self.binary(op, a, &b)? };
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        w.out(&i, value);
        Ok(())
    }

    /// Items of plain lists and tuples by a non-negative index.
    #[inline(always)]
    pub(crate) fn quick_item(&self, obj: &Value, index: &Value) -> Option<Value> {
        let at = index.as_int()?;
        if at < 0 {
            return None;
        }
        if let Some(list) = obj.get::<ListObj>() {
            return if self.is_plain_list(obj) { list.get(at as usize) } else { None };
        }
        let tuple = obj.get::<TupleObj>()?;
        if obj.header()?.class().is_same(&self.types.tuple) {
            tuple.items().get(at as usize).cloned()
        } else {
            None
        }
    }

    /// `obj[index] = value` of a plain list by a non-negative index: what was there, or `value`
    /// again when it is something else.
    #[inline(always)]
    pub(crate) fn store_item(
        &mut self,
        obj: &Value,
        index: &Value,
        value: Value,
    ) -> std::result::Result<Value, Value> {
        match (obj.get::<ListObj>(), index.as_int()) {
            (Some(list), Some(at)) if self.is_plain_list(obj) => {
                // Stores often go in strides that the processor does not foresee.
                let stride = at.wrapping_sub(self.last_stored);
                self.last_stored = at;
                list.expect_store(at.wrapping_add(stride.wrapping_mul(STORES_AHEAD)) as usize);
                // A negative index is out of range here.
                list.set(at as usize, value)
            }
            _ => Err(value),
        }
    }

    #[inline(always)]
    pub(crate) fn is_plain_list(&self, obj: &Value) -> bool {
        obj.header().is_some_and(|h| h.class().is_same(&self.types.list))
    }

    /// Whether a callee is `list.append` itself.
    #[inline(always)]
    pub(crate) fn is_list_append(&self, callee: &Value) -> bool {
        match (callee.get::<Native>(), self.plain.list_append) {
            (Some(native), Some(row)) => std::ptr::eq(native.row, row),
            _ => false,
        }
    }

    // ---- calls

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
                    && let Some(go) = self.call_generator_method(w, native, w.range(first, count))?
                {
                    return Ok(Called::Go(go));
                }
                let callee = w.take(i.b);
                let native = callee.get::<Native>().expect("the kind says so");
                if native.receiver.is_unbound() {
                    let values = w.range(first, count);
                    let value = self.call_native(native, values, names)?;
                    for n in 0..count as u16 {
                        drop(w.take(first + n));
                    }
                    w.out(&i, value);
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

    /// `function(*items)`: its frame goes on top, the items are copied there.
    pub(crate) fn call_slice(&mut self, w: Window, function: Ref<Function>, items: &[Value]) -> Result<Go> {
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
        if args.get::<TupleObj>().is_some() || args.get::<ListObj>().is_some() && self.is_plain_list(&args) {
            return Ok(args);
        }
        match self.collect(&args) {
            Ok(items) => Ok(self.list(items)),
            Err(raised)
                if raised.is(&self.exceptions.type_error)
                    && !self.class_of(&args).has_special(Special::Iter)
                    && !self.class_of(&args).has_special(Special::GetItem) =>
            {
                let (callee, name) = (self.full_callee_name(callee), self.type_name(&args));
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
            || native.row.binding != super::native::Binding::Static
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

    /// `generator.send(value)` and `next(generator)` from the loop itself: the generator's frame
    /// goes on top instead of a new run of the loop.
    fn call_generator_method(&mut self, w: Window, native: &Native, values: &[Value]) -> Result<Option<Go>> {
        let is_next = native.row.resumes == Resumes::Next;
        let is_send = native.row.resumes == Resumes::Send;
        let (generator, value) = match values {
            [generator, value] if is_send => (generator, value.clone()),
            [generator] | [generator, _] if is_next => (generator, Value::NONE),
            _ => return Ok(None),
        };
        let Some(generator) = generator.downcast::<crate::object::GenObj>() else { return Ok(None) };
        if generator.kind == crate::object::GenKind::AsyncGenerator
            || is_next && generator.kind != crate::object::GenKind::Generator
        {
            return Ok(None);
        }
        if generator.state.get() == crate::object::GenState::Finished {
            return Ok(None);
        }
        // Callee and receiver stay in their registers until the answer comes: that keeps the
        // generator alive.
        self.enter(&generator, super::Resume::Send(value), Some(w.frame), Mark::Store).map(Some)
    }

    // ---- super

    pub(crate) fn super_method(&mut self, w: Window, args: u16, site: &Site) -> Result<(Value, Value)> {
        let (sup, class, receiver) = (w.take(args), w.take(args + 1), w.take(args + 2));
        if receiver.is_unbound() {
            return Err(self.runtime_error("super(): arg[0] deleted"));
        }
        if sup.is_same(self.types.super_.as_value())
            && let Some(class) = class.downcast::<Class>()
        {
            let start = self.super_start(&class, &receiver)?;
            if let Some(attribute) = self.super_lookup(&class, &start, &site.name) {
                let on_instance = !receiver.is_same(start.as_value());
                if on_instance && self.descriptor_kind(&attribute) == super::attribute::Descriptor::Method {
                    return Ok((attribute, receiver));
                }
                let bound_to = if on_instance { Some(&receiver) } else { None };
                return Ok((self.bind(attribute, bound_to, &start)?, Value::UNBOUND));
            }
        }
        let object = self.call(&sup, &[class, receiver])?;
        Ok((self.get_attr(&object, &site.name)?, Value::UNBOUND))
    }

    pub(crate) fn super_attr(&mut self, w: Window, args: u16, site: &Site) -> Result {
        let (sup, class, receiver) = (w.take(args), w.take(args + 1), w.take(args + 2));
        if receiver.is_unbound() {
            return Err(self.runtime_error("super(): arg[0] deleted"));
        }
        let object = self.call(&sup, &[class, receiver])?;
        self.get_attr(&object, &site.name)
    }

    /// The class whose MRO `super(class, receiver)` searches.
    pub fn super_start(&mut self, class: &Ref<Class>, receiver: &Value) -> Result<Ref<Class>> {
        if let Some(own) = receiver.downcast::<Class>()
            && own.is_subclass_of(class)
        {
            return Ok(own);
        }
        let own = self.class_of(receiver).clone();
        if own.is_subclass_of(class) {
            return Ok(own);
        }
        let name = heap::intern("__class__");
        if let Ok(Some(claimed)) = self.get_attr_optional(receiver, &name)
            && let Some(claimed) = claimed.downcast::<Class>()
            && claimed.is_subclass_of(class)
        {
            return Ok(claimed);
        }
        Err(self.type_error(
            "super(type, obj): obj (instance of ".to_owned()
                + &own.name_text()
                + ") is not an instance or subtype of type ("
                + &class.name_text()
                + ").",
        ))
    }

    /// The object of `super(class, receiver)`.
    pub fn new_super(&mut self, class: &Ref<Class>, receiver: &Value) -> Result {
        let start = self.super_start(class, receiver)?;
        Ok(crate::object::new_opaque(
            &self.types.super_.clone(),
            Super {
                class: std::cell::Cell::new(class.to_value()),
                receiver: std::cell::Cell::new(receiver.clone()),
                start: std::cell::Cell::new(start.into_value()),
            },
        ))
    }

    // ---- functions

    pub(crate) fn make_function(&mut self, w: Window, code: &CodeObj, i: Instr) -> Value {
        let inner =
            code.consts[i.b as usize].downcast::<CodeObj>().expect("the compiler names a code constant");
        let (defaults, kwdefaults, closure, annotations) =
            (w.take(i.c), w.take(i.c + 1), w.take(i.c + 2), w.take(i.c + 3));
        let globals = w.frame.function().globals.clone();
        let none_if_unbound = |v: Value| if v.is_unbound() { Value::NONE } else { v };
        let module = match w.frame.function().module.take() {
            module if code.code.flags.module => {
                w.frame.function().module.set(module.clone());
                module
            }
            module => {
                w.frame.function().module.set(module);
                globals.get_text("__name__").unwrap_or(Value::NONE)
            }
        };
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

    // ---- unpacking, building

    /// The usual case of unpacking: a tuple of the right length, whose items are copied once.
    #[inline(always)]
    pub(crate) fn unpack_tuple(&self, w: Window, i: &Instr) -> bool {
        let source = w.reg(i.b);
        let Some(tuple) = source.get::<TupleObj>() else { return false };
        if tuple.len() != i.c as usize
            || !source.header().is_some_and(|h| h.class().is_same(&self.types.tuple))
        {
            return false;
        }
        let held = w.input(i.b, i.flags & 2 != 0);
        for (n, item) in tuple.items().iter().enumerate() {
            w.init(i.a + n as u16, item.clone());
        }
        drop(held);
        true
    }

    pub(crate) fn unpack_sequence(&mut self, w: Window, i: Instr) -> Result<()> {
        let source = w.reg(i.b);
        let count = i.c as usize;
        let exact = self.class_of(source);
        if exact.is_same(&self.types.list) && source.get::<ListObj>().is_some_and(|list| list.len() == count)
        {
            // A list is read before it may be released: its items are copied or moved out.
            let held = w.input(i.b, i.flags & 2 != 0);
            if let Some(list) = held.get::<ListObj>() {
                if held.ref_count() == 1 {
                    for (n, item) in list.take().into_iter().enumerate() {
                        w.init(i.a + n as u16, item);
                    }
                } else {
                    for n in 0..count {
                        w.init(i.a + n as u16, list.get(n).unwrap_or(Value::UNBOUND));
                    }
                }
            }
            drop(held);
            return Ok(());
        }
        let items = if exact.is_same(&self.types.tuple) {
            source.get::<TupleObj>().map(|t| t.items().to_vec())
        } else if exact.is_same(&self.types.list) {
            source.get::<ListObj>().map(ListObj::to_vec)
        } else {
            None
        };
        let items = match items {
            Some(items) if items.len() > count => {
                return Err(self.value_error(format!("too many values to unpack (expected {count})")));
            }
            Some(items) => items,
            None => {
                let iterator = self.unpack_iterator(source)?;
                let mut items = Vec::with_capacity(count);
                while items.len() < count {
                    match self.next(&iterator)? {
                        Some(item) => items.push(item),
                        None => break,
                    }
                }
                if items.len() == count && self.next(&iterator)?.is_some() {
                    return Err(self.value_error(format!("too many values to unpack (expected {count})")));
                }
                items
            }
        };
        if items.len() < count {
            let got = items.len();
            return Err(
                self.value_error(format!("not enough values to unpack (expected {count}, got {got})"))
            );
        }
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        for (n, item) in items.into_iter().enumerate() {
            w.init(i.a + n as u16, item);
        }
        Ok(())
    }

    fn unpack_iterator(&mut self, source: &Value) -> Result {
        match self.iter(source) {
            Err(raised)
                if raised.is(&self.exceptions.type_error)
                    && !self.class_of(source).has_special(Special::Iter)
                    && !self.class_of(source).has_special(Special::GetItem) =>
            {
                let name = self.type_name(source);
                Err(self.type_error(format!("cannot unpack non-iterable {name} object")))
            }
            other => other,
        }
    }

    pub(crate) fn unpack_ex(&mut self, w: Window, i: Instr) -> Result<()> {
        let (before, after) = (i.c as usize & 0xFF, i.c as usize >> 8);
        let source = w.reg(i.b);
        let iterator = self.unpack_iterator(source)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&iterator)? {
            items.push(item);
            self.check_memory(items.len())?;
        }
        if items.len() < before + after {
            let (least, got) = (before + after, items.len());
            return Err(self
                .value_error(format!("not enough values to unpack (expected at least {least}, got {got})")));
        }
        if i.flags & 2 != 0 {
            drop(w.take(i.b));
        }
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        let middle = self.list(middle);
        for (n, item) in items.into_iter().chain([middle]).chain(tail).enumerate() {
            w.init(i.a + n as u16, item);
        }
        Ok(())
    }

    pub(crate) fn list_extend(&mut self, list: &Value, source: &Value) -> Result<()> {
        let Some(list) = list.downcast::<ListObj>() else { return Ok(()) };
        let iterator = match self.iter(source) {
            Err(raised)
                if raised.is(&self.exceptions.type_error)
                    && !self.class_of(source).has_special(Special::Iter)
                    && !self.class_of(source).has_special(Special::GetItem) =>
            {
                let name = self.type_name(source);
                let message = format!("Value after * must be an iterable, not {name}");
                return Err(self.type_error(message));
            }
            other => other?,
        };
        while let Some(item) = self.next(&iterator)? {
            list.push(item);
            self.check_memory(list.len())?;
        }
        Ok(())
    }

    pub(crate) fn dict_display_update(&mut self, dict: &Value, mapping: &Value) -> Result<()> {
        let Some(dict) = dict.downcast::<Dict>() else { return Ok(()) };
        if !self.is_mapping_like(mapping)? {
            let name = self.type_name(mapping);
            return Err(self.type_error(format!("'{name}' object is not a mapping")));
        }
        self.dict_update(&dict, mapping)
    }

    fn is_mapping_like(&mut self, value: &Value) -> Result<bool> {
        if value.get::<Dict>().is_some() {
            return Ok(true);
        }
        let name = heap::intern("keys");
        Ok(self.get_attr_optional(value, &name)?.is_some())
    }

    /// `**mapping` of a call: string keys that were not given yet.
    pub(crate) fn dict_merge(&mut self, dict: &Value, mapping: &Value, callee: &Value) -> Result<()> {
        let Some(dict) = dict.downcast::<Dict>() else { return Ok(()) };
        if !self.is_mapping_like(mapping)? {
            let (callee, name) = (self.full_callee_name(callee), self.type_name(mapping));
            return Err(self.type_error(format!("{callee} argument after ** must be a mapping, not {name}")));
        }
        let other = self.new_dict();
        self.dict_update(&other, mapping)?;
        for (key, value) in other.items() {
            let Some(name) = key.downcast::<Str>() else {
                return Err(self.type_error("keywords must be strings"));
            };
            if dict.find_name(&name).is_some() {
                let callee = self.full_callee_name(callee);
                return Err(self.type_error(format!(
                    "{callee} got multiple values for keyword argument '{}'",
                    name.as_str()
                )));
            }
            dict.insert_new(name.hash(), key, value);
        }
        Ok(())
    }

    /// `!s`, `!r`, `!a` of an f-string field.
    pub(crate) fn convert(&mut self, value: &Value, conversion: u16) -> Result {
        Ok(match conversion {
            1 => self.str_of(value)?.into_value(),
            2 => self.repr(value)?.into_value(),
            3 => self.ascii(value)?.into_value(),
            _ => value.clone(),
        })
    }

    // ---- asynchronous iteration, contexts

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
        let name = class.name_text();
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
            if method.is::<BoundMethod>()
                || vm.descriptor_kind(&method) == super::attribute::Descriptor::Method
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

    // ---- exceptions

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
        // What was not handled, or raised again as it was, keeps the original's traceback, so
        // it belongs to the original; the rest was newly raised.
        let traceback = |v: &Value| {
            v.get::<ExcObj>().map_or(0, |e| {
                if Value::peek(&e.traceback).is_none() {
                    0
                } else {
                    root_traceback(&Value::peek(&e.traceback)).id()
                }
            })
        };
        let origin = traceback(original);
        let (again, new): (Vec<Value>, Vec<Value>) = items.into_iter().partition(|v| {
            self.class_of(v).is_subclass_of(&group) && traceback(v) == origin && same_metadata(v, original)
        });
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
        if kept.len() == members.len() && kept.iter().zip(members.items()).all(|(a, b)| a.is_same(b)) {
            return Ok(Some(exc.clone()));
        }
        let list = self.list(kept);
        let derived = self.call_method(exc, "derive", &[list])?;
        if let Some(new) = derived.get::<ExcObj>() {
            new.traceback.set(Value::peek(&body.traceback));
            new.cause.set(Value::peek(&body.cause));
            new.context.set(Value::peek(&body.context));
            new.suppress_context.set(body.suppress_context.get());
            let notes = heap::intern("__notes__");
            if let Some(notes) = self.get_attr_optional(exc, &notes)? {
                let copy = self.collect(&notes)?;
                let copy = self.list(copy);
                self.set_attr_text(&derived, "__notes__", copy)?;
            }
        }
        Ok(Some(derived))
    }

    // ---- patterns

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
        let class_name = class.name_text();
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

    /// The value that a name has in a frame: for `locals()`.
    pub fn frame_local(&self, frame: FramePtr, register: u16) -> Option<Value> {
        let value = frame.reg(register);
        let is_cell = frame.code().code.cells.contains(&register);
        let value = match value.get::<CellObj>() {
            Some(cell) if is_cell => cell.get(),
            _ => value.clone(),
        };
        value.bound().cloned()
    }

    /// `locals()` of a function's frame as a new dict; the namespace itself in a class body.
    pub fn frame_locals(&mut self, frame: FramePtr) -> Value {
        let code = frame.code();
        if code.code.flags.namespace {
            return frame.reg(0).clone();
        }
        if code.code.flags.module {
            return frame.function().globals.to_value();
        }
        let dict = self.new_dict();
        for (n, name) in code.locals.iter().enumerate() {
            if !name.is_empty()
                && let Some(value) = self.frame_local(frame, n as u16)
            {
                drop(dict.set_name(name, value));
            }
        }
        for (n, name) in code.code.frees.iter().enumerate() {
            let value = frame.function().closure[n].get();
            if !value.is_unbound() && dict.get_text(name).is_none() {
                drop(dict.set_text(name, value));
            }
        }
        dict.into_value()
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

fn root_traceback(traceback: &Value) -> Value {
    let mut at = traceback.clone();
    while let Some(entry) = at.get::<crate::object::TracebackObj>() {
        let next = Value::peek(&entry.next);
        if next.is_none() {
            break;
        }
        at = next;
    }
    at
}

fn same_metadata(a: &Value, b: &Value) -> bool {
    match (a.get::<ExcObj>(), b.get::<ExcObj>()) {
        (Some(x), Some(y)) => {
            Value::peek(&x.cause).is_same(&Value::peek(&y.cause))
                && Value::peek(&x.context).is_same(&Value::peek(&y.context))
        }
        _ => false,
    }
}
