//! Binding arguments to parameters: one binder for `def` and one for native rows, with
//! CPython's error texts.
//!
//! Arguments come as in CPython's vector call: values, then the names of the last of them.

use super::native::{NativeCode, NativeDefault, NativeFn, Signature};
use super::window::Window;
use super::{Native, Raised, Result, Vm};
use crate::object::{Class, Dict, FramePtr, Function, GenObj, Ref, Str, TupleObj, Value};

/// Natives with at most this many parameters are called without a list of bound arguments.
const FEW: usize = 6;

impl Vm {
    /// Fills the parameter registers of `frame`, whose registers are all unbound.
    #[inline(never)]
    pub(crate) fn bind_arguments(
        &mut self,
        function: &Ref<Function>,
        frame: FramePtr,
        values: &[Value],
        names: &[Ref<Str>],
    ) -> Result<()> {
        let bound = self.bind_each(function, frame, values, names);
        match bound {
            Err(raised) if function.code.hidden.get() && raised.is(&self.exceptions.type_error) => {
                let given = values.len() - names.len();
                Err(self.native_argument_error(function, given, names).unwrap_or(raised))
            }
            bound => bound,
        }
    }

    fn bind_each(
        &mut self,
        function: &Ref<Function>,
        frame: FramePtr,
        values: &[Value],
        names: &[Ref<Str>],
    ) -> Result<()> {
        let code = &function.code.code;
        if code.flags.namespace {
            // The namespace of a class body or of `exec` is its one, nameless argument.
            frame.init(0, values.first().cloned().unwrap_or(Value::NONE));
            return Ok(());
        }
        let positional_given = values.len() - names.len();
        let positional = code.positional_count as usize;
        let kwonly = code.kwonly_count as usize;
        let total = positional + kwonly;
        for (i, value) in values[..positional_given.min(positional)].iter().enumerate() {
            frame.init(i as u16, value.clone());
        }
        if code.flags.varargs {
            let rest = values[..positional_given].get(positional..).unwrap_or(&[]).to_vec();
            frame.init(total as u16, self.tuple(rest));
        }
        let varkw = if code.flags.varkw {
            let dict = self.new_dict();
            frame.init((total + code.flags.varargs as usize) as u16, dict.to_value());
            Some(dict)
        } else {
            None
        };
        for (name, value) in names.iter().zip(&values[positional_given..]) {
            self.bind_keyword(function, frame, total, name, value, varkw.as_deref(), names)?;
        }
        if positional_given > positional && !code.flags.varargs {
            return Err(self.too_many_positional(function, frame, positional_given));
        }
        if positional_given < positional {
            let defaults = Value::peek(&function.defaults);
            let defaults = defaults.get::<TupleObj>().map_or(&[][..], |t| t.items());
            let first_default = positional.saturating_sub(defaults.len());
            let mut missing = Vec::new();
            for i in positional_given..positional {
                if frame.reg(i as u16).is_unbound() {
                    match i.checked_sub(first_default).and_then(|d| defaults.get(d)) {
                        Some(default) => frame.init(i as u16, default.clone()),
                        None => missing.push(code.params[i].name.to_string()),
                    }
                }
            }
            if !missing.is_empty() {
                return Err(self.missing_arguments(function, "positional", &missing));
            }
        }
        if kwonly > 0 {
            let defaults = Value::peek(&function.kwdefaults).downcast::<Dict>();
            let mut missing = Vec::new();
            for i in positional..total {
                if frame.reg(i as u16).is_unbound() {
                    let name = &function.code.locals[i];
                    match defaults.as_ref().and_then(|d| d.get_name(name)) {
                        Some(default) => frame.init(i as u16, default),
                        None => missing.push(name.as_str().to_owned()),
                    }
                }
            }
            if !missing.is_empty() {
                return Err(self.missing_arguments(function, "keyword-only", &missing));
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the binder's loop, split for length")]
    fn bind_keyword(
        &mut self,
        function: &Ref<Function>,
        frame: FramePtr,
        total: usize,
        name: &Ref<Str>,
        value: &Value,
        varkw: Option<&Dict>,
        names: &[Ref<Str>],
    ) -> Result<()> {
        let code = &function.code.code;
        let posonly = code.posonly_count as usize;
        let locals = &function.code.locals;
        let found = (posonly..total)
            .find(|&i| locals[i].is_same(name))
            .or_else(|| (posonly..total).find(|&i| locals[i].as_str() == name.as_str()));
        if let Some(i) = found {
            if !frame.reg(i as u16).is_unbound() {
                let callee = self.function_name(function);
                return Err(
                    self.type_error(format!("{callee} got multiple values for argument '{}'", name.as_str()))
                );
            }
            frame.init(i as u16, value.clone());
            return Ok(());
        }
        if let Some(dict) = varkw {
            return self.dict_set(dict, name.to_value(), value.clone());
        }
        let callee = self.function_name(function);
        let wrong: Vec<&str> = (0..posonly)
            .map(|i| locals[i].as_str())
            .filter(|param| names.iter().any(|n| n.as_str() == *param))
            .collect();
        if !wrong.is_empty() {
            return Err(self.type_error(format!(
                "{callee} got some positional-only arguments passed as keyword arguments: '{}'",
                wrong.join(", ")
            )));
        }
        let candidates: Vec<&str> = (posonly..total).map(|i| locals[i].as_str()).collect();
        let hint = super::suggest::hint(name.as_str(), &candidates);
        Err(self.type_error(format!("{callee} got an unexpected keyword argument '{}'{hint}", name.as_str())))
    }

    fn function_name(&mut self, function: &Ref<Function>) -> String {
        self.callee_name(function.as_value())
    }

    fn too_many_positional(&mut self, function: &Ref<Function>, frame: FramePtr, given: usize) -> Raised {
        let code = &function.code.code;
        let positional = code.positional_count as usize;
        let total = positional + code.kwonly_count as usize;
        let defaults = Value::peek(&function.defaults);
        let defaults = defaults.get::<TupleObj>().map_or(0, |t| t.len());
        let takes = if defaults > 0 {
            format!("from {} to {positional}", positional.saturating_sub(defaults))
        } else {
            positional.to_string()
        };
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let kwonly = (positional..total).filter(|&i| !frame.reg(i as u16).is_unbound()).count();
        let detail = if kwonly > 0 {
            format!(
                " positional argument{} (and {kwonly} keyword-only argument{})",
                plural(given),
                plural(kwonly)
            )
        } else {
            String::new()
        };
        let callee = self.function_name(function);
        let were = if given == 1 && kwonly == 0 { "was" } else { "were" };
        let many = if defaults > 0 { "s" } else { plural(positional) };
        self.type_error(format!(
            "{callee} takes {takes} positional argument{many} but {given}{detail} {were} given"
        ))
    }

    fn missing_arguments(&mut self, function: &Ref<Function>, kind: &str, names: &[String]) -> Raised {
        let quoted: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
        let list = match quoted.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        };
        let callee = self.function_name(function);
        let plural = if names.len() == 1 { "" } else { "s" };
        self.type_error(format!("{callee} missing {} required {kind} argument{plural}: {list}", names.len()))
    }

    /// Calls a native with arguments as passed (receiver included).
    #[inline]
    pub(crate) fn call_native(&mut self, native: &Native, values: &[Value], names: &[Ref<Str>]) -> Result {
        // The usual call: every parameter is given by position, the receiver is what it should be.
        if let NativeCode::Plain(code) = native.row.code
            && native.exact.get() == values.len()
            && names.is_empty()
            && self.fits_owner(native, values)
        {
            return code(self, values);
        }
        self.call_native_bound(native, values, names)
    }

    /// The code of a native that takes just these values as they are: what the loop calls itself.
    /// Generators are left to the fibers.
    #[inline(always)]
    pub(crate) fn exact_native(&self, callee: &Value, values: &[Value]) -> Option<NativeFn> {
        let native = callee.get::<Native>()?;
        let NativeCode::Plain(code) = native.row.code else { return None };
        let fits = native.exact.get() == values.len()
            && native.receiver.is_unbound()
            && self.fits_owner(native, values)
            && !values.first().is_some_and(|first| first.is::<GenObj>());
        fits.then_some(code)
    }

    /// Whether there is no receiver to check, or it is an instance of just that class.
    #[inline(always)]
    fn fits_owner(&self, native: &Native, values: &[Value]) -> bool {
        Value::look(&native.owner, |owner| {
            !owner.is_object()
                || values.first().is_some_and(|first| self.class_of(first).as_value().is_same(owner))
        })
    }

    fn call_native_bound(&mut self, native: &Native, values: &[Value], names: &[Ref<Str>]) -> Result {
        match native.row.code {
            NativeCode::Plain(code) => {
                let signature = native.signature();
                self.check_receiver(native, values)?;
                if names.is_empty()
                    && !signature.varargs
                    && !signature.varkw
                    && values.len() == signature.params.len()
                    && signature.positional == values.len()
                {
                    native.exact.set(values.len());
                    return code(self, values);
                }
                // Only positional ones, a few left out: no list is made.
                if names.is_empty()
                    && let Some(defaults) = self.few(native, FEW).and_then(|few| few.rest(values.len()))
                {
                    let mut bound = [const { Value::UNBOUND }; FEW];
                    for (slot, value) in bound.iter_mut().zip(values.iter().chain(defaults)) {
                        *slot = value.clone();
                    }
                    return code(self, &bound[..values.len() + defaults.len()]);
                }
                match self.bind_native(native, signature, values, names) {
                    Ok(bound) => code(self, &bound),
                    Err(raised) => Err(self.refused(native, values, names, raised)),
                }
            }
            NativeCode::Raw(code) => {
                self.check_receiver(native, &values[..values.len().saturating_sub(names.len())])?;
                code(self, values, names)
            }
            NativeCode::Next(next) => {
                self.check_receiver(native, values)?;
                let [iterator] = values else {
                    let callee = self.callee_name_of(native);
                    let given = values.len().saturating_sub(1);
                    return Err(self.type_error(format!("{callee} takes no arguments ({given} given)")));
                };
                match next(self, iterator)? {
                    Some(item) => Ok(item),
                    None => Err(self.stop_iteration(Value::NONE)),
                }
            }
            NativeCode::Attribute(..) => Err(self.type_error("'getset_descriptor' object is not callable")),
        }
    }

    /// Calls a native that leaves its last parameters to their defaults, with arguments that
    /// move out of registers; `None` when it is no such call.
    #[inline]
    pub(crate) fn call_partial(
        &mut self,
        native: &Native,
        w: Window,
        first: u16,
        count: usize,
    ) -> Option<Result> {
        let defaults = native.known_few()?.rest(count)?;
        let NativeCode::Plain(code) = native.row.code else { return None };
        if !self.fits_owner(native, w.range(first, count)) {
            return None;
        }
        Some(match count + defaults.len() {
            0..=2 => self.call_moved::<2>(code, w, first, count, defaults),
            3 => self.call_moved::<3>(code, w, first, count, defaults),
            4 => self.call_moved::<4>(code, w, first, count, defaults),
            _ => self.call_moved::<FEW>(code, w, first, count, defaults),
        })
    }

    #[inline(always)]
    fn call_moved<const N: usize>(
        &mut self,
        code: NativeFn,
        w: Window,
        first: u16,
        count: usize,
        defaults: &[Value],
    ) -> Result {
        let mut bound = [const { Value::UNBOUND }; N];
        let (given, rest) = bound.split_at_mut(count.min(N));
        for (slot, n) in given.iter_mut().zip(first..) {
            *slot = w.take(n);
        }
        for (slot, default) in rest.iter_mut().zip(defaults) {
            *slot = default.clone();
        }
        code(self, &bound[..(count + defaults.len()).min(N)])
    }

    /// A method of a builtin class called through the class: its first argument has to be an
    /// instance.
    fn check_receiver(&mut self, native: &Native, values: &[Value]) -> Result<()> {
        use super::native::Binding;
        if native.row.binding == Binding::Function && self.fits_owner(native, values) {
            return Ok(());
        }
        let Some(owner) = native.owner_class() else { return Ok(()) };
        if native.row.binding != Binding::Function {
            if values.is_empty() && native.name.as_str() == "__new__" {
                let owner = owner.type_name();
                return Err(self.type_error(format!("{owner}.__new__(): not enough arguments")));
            }
            return Ok(());
        }
        let Some(receiver) = values.first() else {
            let (owner, name) = (owner.type_name(), native.name.as_str());
            return Err(self.type_error(if native.is_slot_wrapper() {
                format!("descriptor '{name}' of '{owner}' object needs an argument")
            } else {
                format!("unbound method {owner}.{name}() needs an argument")
            }));
        };
        if self.class_of(receiver).is_subclass_of(&owner) {
            return Ok(());
        }
        let own = self.type_name(receiver);
        let name = native.name.as_str();
        Err(self.type_error(if name.starts_with("__") {
            format!("descriptor '{name}' requires a '{}' object but received a '{own}'", owner.type_name())
        } else {
            format!(
                "descriptor '{name}' for '{}' objects doesn't apply to a '{own}' object",
                owner.type_name()
            )
        }))
    }

    fn callee_name_of(&mut self, native: &Native) -> String {
        match native.owner_class() {
            Some(owner) => format!("{}.{}()", owner.name_text(), native.name.as_str()),
            None => {
                let module = Value::peek(&native.module);
                match module.get::<Str>().map(Str::as_str) {
                    Some(module) if module != "builtins" => format!("{module}.{}()", native.name.as_str()),
                    _ => format!("{}()", native.name.as_str()),
                }
            }
        }
    }

    pub(super) fn native_default(&self, default: &NativeDefault) -> Value {
        match default {
            NativeDefault::Missing => Value::UNBOUND,
            NativeDefault::None => Value::NONE,
            NativeDefault::Bool(b) => Value::bool(*b),
            NativeDefault::Int(n) => self.int(*n),
            NativeDefault::Float(x) => Value::float(*x),
            NativeDefault::Str(text) => self.str(*text),
            NativeDefault::EmptyTuple => self.empty_tuple.clone(),
        }
    }

    /// One value a parameter, in the order of the signature's list.
    fn bind_native(
        &mut self,
        native: &Native,
        signature: &Signature,
        values: &[Value],
        names: &[Ref<Str>],
    ) -> Result<Vec<Value>> {
        let count = signature.params.len() - signature.varargs as usize - signature.varkw as usize;
        let given = values.len() - names.len();
        let method = usize::from(
            native.owner_class().is_some() && native.row.binding != super::native::Binding::Static,
        );
        let too_many = given + names.len() > count && !signature.varargs && !signature.varkw;
        if given > signature.positional && !signature.varargs
            || !names.is_empty() && signature.posonly == count && !signature.varkw
            || too_many
        {
            return Err(self.native_count_error(native, signature, given, names.len(), method));
        }
        let mut bound: Vec<Value> = Vec::with_capacity(signature.params.len());
        bound.extend(values[..given.min(signature.positional)].iter().cloned());
        bound.resize_with(count, || Value::UNBOUND);
        let kwargs = signature.varkw.then(|| self.new_dict());
        let mut unexpected = None;
        for (name, value) in names.iter().zip(&values[given..]) {
            let found = (signature.posonly..count).find(|&i| signature.params[i].name == name.as_str());
            match (found, &kwargs) {
                (Some(i), _) if bound[i].is_unbound() => bound[i] = value.clone(),
                (Some(i), _) => {
                    return Err(self.type_error(format!(
                        "argument for {}() given by name ('{}') and position ({})",
                        native.name.as_str(),
                        name.as_str(),
                        i + 1 - method
                    )));
                }
                (None, Some(dict)) => self.dict_set(dict, name.to_value(), value.clone())?,
                (None, None) => drop(unexpected.get_or_insert(name)),
            }
        }
        for i in 0..count {
            if bound[i].is_unbound() {
                match &signature.params[i].default {
                    Some(default) => bound[i] = self.native_default(default),
                    None if signature.posonly >= signature.positional && signature.positional == count
                        || i < signature.posonly =>
                    {
                        return Err(self.native_count_error(native, signature, given, 0, method));
                    }
                    None => {
                        let callee = match native.owner_class() {
                            Some(owner) if native.name.as_str() == "__init__" => owner.name_text(),
                            _ => native.name.as_str().to_owned(),
                        };
                        return Err(self.type_error(format!(
                            "{callee}() missing required argument '{}' (pos {})",
                            signature.params[i].name,
                            i + 1 - method
                        )));
                    }
                }
            }
        }
        // What is missing is said first.
        if let Some(name) = unexpected {
            let candidates: Vec<&str> =
                signature.params[signature.posonly..count].iter().map(|param| param.name).collect();
            // `sorted` hands what it is given on to the method of lists.
            let function = match native.name.as_str() {
                "sorted" => "sort",
                other => other,
            };
            return Err(self.unexpected_keyword(function, name.as_str(), &candidates));
        }
        if signature.varargs {
            let rest = values[..given].get(signature.positional..).unwrap_or(&[]).to_vec();
            bound.push(self.tuple(rest));
        }
        if let Some(dict) = kwargs {
            bound.push(dict.into_value());
        }
        Ok(bound)
    }

    #[cold]
    fn native_count_error(
        &mut self,
        native: &Native,
        signature: &Signature,
        given: usize,
        keywords: usize,
        method: usize,
    ) -> Raised {
        let count = signature.params.len() - signature.varargs as usize - signature.varkw as usize;
        let qualified = self.callee_name_of(native);
        let name = native.name.as_str().to_owned();
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        if name == "__init__"
            && count > signature.positional
            && let Some(owner) = native.owner_class()
        {
            let owner = owner.name_text();
            return self.type_error(match signature.positional - 1 {
                0 => format!("{owner}() takes no positional arguments"),
                most => format!(
                    "{owner}() takes exactly {most} positional argument{} ({} given)",
                    plural(most),
                    given.saturating_sub(1)
                ),
            });
        }
        if native.is_slot_wrapper() {
            return self.type_error(if keywords > 0 {
                format!("wrapper {name}() takes no keyword arguments")
            } else {
                slot_count_message(native, signature, given.saturating_sub(1))
            });
        }
        let only_positional = signature.posonly == count;
        if only_positional && keywords > 0 {
            return self.type_error(format!("{qualified} takes no keyword arguments"));
        }
        let required =
            signature.params[..signature.positional].iter().filter(|p| p.default.is_none()).count() - method;
        let most = signature.positional - method;
        let given = given - method.min(given);
        if only_positional {
            return self.type_error(if most == 0 && !signature.varargs {
                format!("{qualified} takes no arguments ({given} given)")
            } else if most == 1 && required == 1 && !signature.varargs {
                format!("{qualified} takes exactly one argument ({given} given)")
            } else if required == most && !signature.varargs {
                format!("{name} expected {most} argument{}, got {given}", plural(most))
            } else if given < required {
                format!("{name} expected at least {required} argument{}, got {given}", plural(required))
            } else {
                format!("{name} expected at most {most} argument{}, got {given}", plural(most))
            });
        }
        if given < required {
            // The first missing parameter that has no default and is positional-only.
            return self.type_error(if required == most && signature.posonly == signature.positional {
                format!("{name} expected {required} argument{}, got {given}", plural(required))
            } else {
                format!(
                    "{name}() takes at least {required} positional argument{} ({given} given)",
                    plural(required)
                )
            });
        }
        let total = given + keywords;
        let all = count - method;
        if total > all && !signature.varargs {
            let kind = if given == 0 { "keyword " } else { "" };
            let how = if required == all { "exactly" } else { "at most" };
            return self.type_error(format!(
                "{name}() takes {how} {all} {kind}argument{} ({total} given)",
                plural(all)
            ));
        }
        let keyword_only = count - signature.positional;
        self.type_error(if most == 0 {
            format!("{name}() takes no positional arguments")
        } else if keyword_only > 0 {
            let how = if required == most { "exactly" } else { "at most" };
            if signature.posonly == signature.positional {
                format!("{name} expected {most} argument{}, got {given}", plural(most))
            } else {
                format!("{name}() takes {how} {most} positional argument{} ({given} given)", plural(most))
            }
        } else {
            let how = if required == most { "exactly" } else { "at most" };
            format!("{name}() takes {how} {most} argument{} ({total} given)", plural(most))
        })
    }

    /// The TypeError of a class whose constructor takes nothing.
    pub fn no_arguments(&mut self, class: &Ref<Class>) -> Raised {
        self.type_error(format!("{}() takes no arguments", class.type_name()))
    }
}

/// What a slot's method says of a wrong number of arguments. The slots that CPython unpacks
/// with a function of its own begin the text with an empty name.
fn slot_count_message(native: &Native, signature: &Signature, given: usize) -> String {
    let most = signature.positional.saturating_sub(1);
    let least = signature.params[..signature.positional].iter().filter(|p| p.default.is_none()).count();
    let least = least.saturating_sub(1);
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    if most > 1 {
        let (how, bound) = match given < least {
            _ if least == most => ("", most),
            true => ("at least ", least),
            false => ("at most ", most),
        };
        return format!(" expected {how}{bound} argument{}, got {given}", plural(bound));
    }
    let repeats = matches!(native.name.as_str(), "__mul__" | "__rmul__" | "__imul__");
    let sequence = native.owner_class().is_some_and(|owner| {
        matches!(owner.name_text().as_str(), "str" | "bytes" | "bytearray" | "list" | "tuple" | "deque")
    });
    let gap = if repeats && sequence { " " } else { "" };
    format!("{gap}expected {most} argument{}, got {given}", plural(most))
}
