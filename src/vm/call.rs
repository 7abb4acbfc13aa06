//! Calling from Rust, and what a call of each kind of callable means. The machine's loop makes
//! Python-to-Python calls itself; everything here may enter the loop anew, under the guard of
//! the native stack.

use super::window::Window;
use super::{Native, Raised, Result, Vm};
use crate::object::heap;
use crate::object::{
    BoundMethod, Class, CodeObj, Dict, FramePtr, Function, GenKind, GenObj, Instance, Kind, Mark, Ref,
    Special, Str, TupleObj, Value,
};

impl Vm {
    /// `callee(*args)`
    #[inline]
    pub fn call(&mut self, callee: &Value, args: &[Value]) -> Result {
        self.call_kw(callee, args, &[])
    }

    /// `callee(*values)`, the last `names.len()` of them by keyword.
    pub fn call_kw(&mut self, callee: &Value, values: &[Value], names: &[Ref<Str>]) -> Result {
        match callee.kind() {
            Some(Kind::Function) => {
                let function = callee.downcast::<Function>().expect("the kind says so");
                self.call_function(function, values, names)
            }
            Some(Kind::Native) => {
                // Natives that call natives (a view of a view of a dict) may go as deep as data does.
                self.check_native_stack()?;
                let native = callee.get::<Native>().expect("the kind says so");
                if native.receiver.is_unbound() {
                    return self.call_native(native, values, names);
                }
                let mut all = Vec::with_capacity(values.len() + 1);
                all.push(native.receiver.clone());
                all.extend_from_slice(values);
                self.call_native(native, &all, names)
            }
            Some(Kind::BoundMethod) => {
                let method = callee.get::<BoundMethod>().expect("the kind says so");
                let function = method.function.clone();
                let mut all = Vec::with_capacity(values.len() + 1);
                all.push(method.receiver.clone());
                all.extend_from_slice(values);
                self.call_kw(&function, &all, names)
            }
            Some(Kind::Class) => {
                let class = callee.downcast::<Class>().expect("the kind says so");
                self.call_class(&class, values, names)
            }
            _ => self.call_object(callee, values, names),
        }
    }

    fn call_object(&mut self, callee: &Value, values: &[Value], names: &[Ref<Str>]) -> Result {
        let Some(method) = self.special(callee, Special::Call) else {
            let name = self.type_name(callee);
            return Err(self.type_error(format!("'{name}' object is not callable")));
        };
        self.check_native_stack()?;
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(callee.clone());
        all.extend_from_slice(values);
        // A `__call__` that is itself an object with a `__call__` adds a receiver each time.
        if self.hops >= self.recursion_limit {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        self.hops += 1;
        let result = self.call_kw(&method, &all, names);
        self.hops -= 1;
        result
    }

    /// Calls a Python function from Rust.
    fn call_function(&mut self, function: Ref<Function>, values: &[Value], names: &[Ref<Str>]) -> Result {
        if function.code.suspends {
            return self.make_generator(&function, values, names);
        }
        self.check_native_stack()?;
        self.enter_call()?;
        let prev = self.thread.frame;
        let frame = self.thread.stack.push(function.clone(), prev, Mark::Entry);
        if function.code.simple
            && names.is_empty()
            && values.len() == function.code.code.positional_count as usize
        {
            for (i, value) in values.iter().enumerate() {
                frame.init(i as u16, value.clone());
            }
        } else if let Err(raised) = self.bind_arguments(&function, frame, values, names) {
            self.abandon(frame);
            return Err(raised);
        }
        self.thread.frame = Some(frame);
        self.run(frame)
    }

    /// Counts one more Python frame; RecursionError when there are too many.
    #[inline(always)]
    pub(crate) fn enter_call(&mut self) -> Result<()> {
        self.thread.depth += 1;
        if self.thread.depth > self.recursion_limit {
            return Err(self.too_deep());
        }
        if heap::tick() { self.look_outside_in_call() } else { Ok(()) }
    }

    /// A call that is a step too many, or comes when an interrupt has arrived, is not made.
    #[cold]
    fn look_outside_in_call(&mut self) -> Result<()> {
        let looked = self.look_if_due();
        if looked.is_err() {
            self.thread.depth = self.thread.depth.saturating_sub(1);
        }
        looked
    }

    #[cold]
    pub(crate) fn too_deep(&mut self) -> Raised {
        self.thread.depth = self.thread.depth.saturating_sub(1);
        self.recursion_error("maximum recursion depth exceeded")
    }

    /// Pops a frame that was pushed for a call that could not be made.
    pub(crate) fn abandon(&mut self, frame: FramePtr) {
        frame.release_from(0);
        self.thread.stack.pop(frame);
        self.thread.depth = self.thread.depth.saturating_sub(1);
    }

    /// The generator, coroutine or asynchronous generator that a call of `function` makes.
    pub(crate) fn make_generator(
        &mut self,
        function: &Ref<Function>,
        values: &[Value],
        names: &[Ref<Str>],
    ) -> Result {
        let generator = self.new_generator(function.clone());
        let frame = generator.frame();
        if function.code.simple
            && names.is_empty()
            && values.len() == function.code.code.positional_count as usize
        {
            for (i, value) in values.iter().enumerate() {
                frame.init(i as u16, value.clone());
            }
        } else if let Err(raised) = self.bind_arguments(function, frame, values, names) {
            generator.state.set(crate::object::GenState::Finished);
            frame.release_from(0);
            frame.finish();
            return Err(raised);
        }
        Ok(generator.into_value())
    }

    /// A generator object with unbound registers.
    #[inline]
    pub(crate) fn new_generator(&mut self, function: Ref<Function>) -> Ref<GenObj> {
        let flags = function.code.code.flags;
        let (class, kind) = if flags.coroutine {
            (&self.types.coroutine, GenKind::Coroutine)
        } else if flags.async_generator {
            (&self.types.async_generator, GenKind::AsyncGenerator)
        } else {
            (&self.types.generator, GenKind::Generator)
        };
        let generator = GenObj::create(class, function, kind);
        if self.thread.origin_depth > 0 && kind == GenKind::Coroutine {
            self.note_coroutine_origin(&generator);
        }
        generator
    }

    /// The same for a call with just the arguments that the function takes, in registers.
    #[inline(never)]
    pub(crate) fn call_generator(&mut self, w: Window, callee: u16, first: u16, count: u16) -> Value {
        let generator = self.new_generator(w.take_ref::<Function>(callee));
        generator.frame().accept_arguments(w.frame, first, count);
        generator.into_value()
    }

    /// `class(*values)`: the metaclass's `__call__`.
    pub fn call_class(&mut self, class: &Ref<Class>, values: &[Value], names: &[Ref<Str>]) -> Result {
        let meta = class.header().class().clone();
        match meta.special(Special::Call) {
            Some(call) if call.is_same(&self.plain.type_call) => self.construct(class, values, names),
            Some(call) => {
                self.check_native_stack()?;
                let mut all = Vec::with_capacity(values.len() + 1);
                all.push(class.to_value());
                all.extend_from_slice(values);
                self.call_kw(&call, &all, names)
            }
            None => self.construct(class, values, names),
        }
    }

    /// `type.__call__`: `__new__`, then `__init__` when the result is an instance.
    pub fn construct(&mut self, class: &Ref<Class>, values: &[Value], names: &[Ref<Str>]) -> Result {
        if class.is_same(&self.types.type_) && values.len() == 1 && names.is_empty() {
            return Ok(self.class_of(&values[0]).to_value());
        }
        let new = class.special(Special::New);
        let instance = match new {
            Some(new) if new.is_same(&self.plain.object_new) => {
                if !(values.is_empty() && names.is_empty())
                    && class.special(Special::Init).is_some_and(|i| i.is_same(&self.plain.object_init))
                {
                    return Err(self.no_arguments(class));
                }
                if class.layout() != Kind::Instance {
                    let name = class.type_name();
                    return Err(self.type_error(format!("cannot create '{name}' instances")));
                }
                self.new_instance(class)?
            }
            Some(new) => {
                let new = self.bind(new, None, class)?;
                let mut all = Vec::with_capacity(values.len() + 1);
                all.push(class.to_value());
                all.extend_from_slice(values);
                self.call_kw(&new, &all, names)?
            }
            None => {
                let name = class.type_name();
                return Err(self.type_error(format!("cannot create '{name}' instances")));
            }
        };
        if !self.class_of(&instance).is_subclass_of(class) {
            return Ok(instance);
        }
        let own = self.class_of(&instance).clone();
        self.initialize(instance, &own, values, names)
    }

    /// Calls the `__init__` of a new instance of `own`, and gives the instance back.
    pub(crate) fn initialize(
        &mut self,
        instance: Value,
        own: &Ref<Class>,
        values: &[Value],
        names: &[Ref<Str>],
    ) -> Result {
        match own.special(Special::Init) {
            Some(init) if init.is_same(&self.plain.object_init) => Ok(instance),
            Some(init) => {
                let mut all = Vec::with_capacity(values.len() + 1);
                all.push(instance.clone());
                all.extend_from_slice(values);
                let result = self.call_kw(&init, &all, names)?;
                if !result.is_none() {
                    return Err(self.init_returned(&result));
                }
                Ok(instance)
            }
            None => Ok(instance),
        }
    }

    #[cold]
    pub(crate) fn init_returned(&mut self, result: &Value) -> Raised {
        let name = self.type_name(result);
        self.type_error(format!("__init__() should return None, not '{name}'"))
    }

    /// A bare instance of a class whose payload is an [`Instance`].
    #[inline]
    pub fn new_instance(&mut self, class: &Ref<Class>) -> Result {
        if class.has_flag(crate::object::class_flag::ABSTRACT) {
            return Err(self.abstract_class(class));
        }
        if class.layout() != Kind::Instance {
            let name = class.type_name();
            return Err(self.type_error(format!("object.__new__({name}) is not safe, use {name}.__new__()")));
        }
        Ok(Instance::create(class).into_value())
    }

    #[cold]
    fn abstract_class(&mut self, class: &Ref<Class>) -> Raised {
        let methods = class.dict().get_text("__abstractmethods__");
        let mut names: Vec<String> = match methods {
            Some(methods) => self
                .collect(&methods)
                .unwrap_or_default()
                .iter()
                .filter_map(|m| m.get::<Str>().map(|s| format!("'{}'", s.as_str())))
                .collect(),
            None => Vec::new(),
        };
        names.sort();
        let (word, list) = (if names.len() == 1 { "method" } else { "methods" }, names.join(", "));
        let name = class.name_text();
        self.type_error(format!(
            "Can't instantiate abstract class {name} without an implementation for abstract {word} {list}"
        ))
    }

    /// `callee(*args, **kwargs)` with ready containers.
    pub fn call_spread(&mut self, callee: &Value, args: &Value, kwargs: Option<&Ref<Dict>>) -> Result {
        let mut values = match args.get::<TupleObj>() {
            Some(tuple) => tuple.items().to_vec(),
            None => self.collect(args)?,
        };
        let mut names = Vec::new();
        if let Some(kwargs) = kwargs {
            for (name, value) in kwargs.items() {
                let Some(name) = name.downcast::<Str>() else {
                    return Err(self.no_keyword(callee));
                };
                names.push(crate::object::heap::intern_value(&name));
                values.push(value);
            }
        }
        self.call_kw(callee, &values, &names)
    }

    /// The error of a call with a keyword that is no string.
    #[cold]
    pub(crate) fn no_keyword(&mut self, callee: &Value) -> Raised {
        if self.is_callable(callee) {
            return self.type_error("keywords must be strings");
        }
        let name = self.type_name(callee);
        self.type_error(format!("'{name}' object is not callable"))
    }

    /// The code object behind a function, bound method or generator.
    pub fn code_of(&self, value: &Value) -> Option<Ref<CodeObj>> {
        if let Some(function) = value.get::<Function>() {
            return Some(function.code.clone());
        }
        if let Some(method) = value.get::<BoundMethod>() {
            return self.code_of(&method.function);
        }
        value.downcast::<CodeObj>()
    }
}
