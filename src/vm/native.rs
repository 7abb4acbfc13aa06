//! Native functions, methods and attributes: one row each, whose key is the signature that
//! Python shows.
//!
//! ```text
//!   method("pop(self, index=-1, /)", pop)
//! ```
//!
//! The signature is the contract: the binder (`args`) checks arguments by it exactly as for a
//! `def`, fills in defaults, and calls the function with one value a parameter. A parameter
//! whose default is `<unrepresentable>` is passed as unbound when it is missing; `*args` is
//! passed as a tuple, `**kwargs` as a dict. A signature is parsed when the function is first
//! called with anything but plain positional arguments, or inspected.

use super::{Result, Vm};
use crate::object::{Class, Kind, Ref, Special, Str, Tracer, Value, class_flag};
use std::cell::{Cell, OnceCell};

/// A native function: one value a parameter, `self` first.
pub type NativeFn = fn(&mut Vm, &[Value]) -> Result;
/// `__next__` of a native iterator: `None` when it is exhausted.
pub type NextFn = fn(&mut Vm, &Value) -> Result<Option<Value>>;
/// A function that gets positional and keyword arguments as they were passed: values, then the
/// names of the last of them.
pub type RawFn = fn(&mut Vm, &[Value], &[Ref<Str>]) -> Result;
/// Reads an attribute of its argument.
pub type GetFn = fn(&mut Vm, &Value) -> Result;
/// Sets (or, given unbound, deletes) an attribute of its first argument.
pub type SetFn = fn(&mut Vm, &Value, &Value) -> Result<()>;

#[derive(Clone, Copy)]
pub enum NativeCode {
    Plain(NativeFn),
    Next(NextFn),
    Raw(RawFn),
    /// A getset descriptor.
    Attribute(GetFn, Option<SetFn>),
}

/// How a row appears in its class or module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A function of a module, or a method.
    Function,
    Static,
    Class,
    Attribute,
}

/// Functions that resume a generator, which the loop does itself: natively, each item would
/// cost an entry into the loop and an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumes {
    No,
    /// `next(generator)`, `next(generator, default)`
    Next,
    /// `generator.send(value)`
    Send,
    /// `sum(generator)`
    Sum,
}

/// One native row.
#[derive(Clone, Copy)]
pub struct Row {
    pub signature: &'static str,
    pub code: NativeCode,
    pub binding: Binding,
    pub resumes: Resumes,
}

/// A method, or a function of a module.
pub const fn method(signature: &'static str, code: NativeFn) -> Row {
    Row::new(signature, NativeCode::Plain(code), Binding::Function)
}

/// A function of a module.
pub const fn function(signature: &'static str, code: NativeFn) -> Row {
    method(signature, code)
}

/// `__next__` of an iterator.
pub const fn next(code: NextFn) -> Row {
    Row::new("__next__(self, /)", NativeCode::Next(code), Binding::Function)
}

/// A method whose arguments are not bound by signature (`dict.update`, `type.__call__`).
pub const fn raw(signature: &'static str, code: RawFn) -> Row {
    Row::new(signature, NativeCode::Raw(code), Binding::Function)
}

pub const fn static_method(signature: &'static str, code: NativeFn) -> Row {
    Row::new(signature, NativeCode::Plain(code), Binding::Static)
}

/// A static method that takes its arguments as passed: `__new__`.
pub const fn static_raw(signature: &'static str, code: RawFn) -> Row {
    Row::new(signature, NativeCode::Raw(code), Binding::Static)
}

pub const fn class_method(signature: &'static str, code: NativeFn) -> Row {
    Row::new(signature, NativeCode::Plain(code), Binding::Class)
}

/// A read-only attribute.
pub const fn getter(name: &'static str, get: GetFn) -> Row {
    Row::new(name, NativeCode::Attribute(get, None), Binding::Attribute)
}

/// An attribute that can be set, and deleted when `set` takes unbound.
pub const fn getset(name: &'static str, get: GetFn, set: SetFn) -> Row {
    Row::new(name, NativeCode::Attribute(get, Some(set)), Binding::Attribute)
}

impl Row {
    const fn new(signature: &'static str, code: NativeCode, binding: Binding) -> Row {
        Row { signature, code, binding, resumes: Resumes::No }
    }

    /// The same row, for a function that the loop runs itself when it can.
    pub const fn that_resumes(self, resumes: Resumes) -> Row {
        Row { resumes, ..self }
    }

    /// The name in front of the parenthesis.
    pub fn name(&self) -> &'static str {
        self.signature.split('(').next().unwrap_or(self.signature)
    }
}

/// The payload of native functions, method descriptors and getset descriptors.
pub struct Native {
    pub row: &'static Row,
    pub name: Ref<Str>,
    /// The class of a method or attribute (borrowed knowledge for messages), or None.
    pub owner: Cell<Value>,
    /// The module's name, or None.
    pub module: Cell<Value>,
    /// The receiver that a bound native carries, or unbound.
    pub receiver: Value,
    /// For a function that CPython has in Python: the function whose parameters, code and names it
    /// shows, or, until somebody looks, whether that is a coroutine function. Unbound for others.
    pub shown: Cell<Value>,
    signature: OnceCell<Signature>,
    /// The number of positional arguments with which the code is called as it is; `UNKNOWN`
    /// until such a call has been bound.
    pub(crate) exact: Cell<usize>,
    few: OnceCell<Option<Few>>,
}

/// What a call needs to know that leaves some of a few parameters to their defaults.
pub(crate) struct Few {
    /// How many arguments there are at least and at most, all by position.
    least: usize,
    most: usize,
    /// One value a parameter; unbound for those that have to be given.
    defaults: Box<[Value]>,
}

impl Few {
    /// The defaults of the parameters behind the given ones, when there are enough of those.
    #[inline(always)]
    pub fn rest(&self, given: usize) -> Option<&[Value]> {
        if given < self.least || given > self.most { None } else { self.defaults.get(given..) }
    }
}

/// `Native::exact` before the first call of that form.
const UNKNOWN: usize = usize::MAX;
crate::payload!(Kind::Native, Native, container);

impl Native {
    pub fn new(row: &'static Row, name: Ref<Str>, owner: Value, module: Value, receiver: Value) -> Native {
        Native {
            row,
            name,
            owner: Cell::new(owner),
            module: Cell::new(module),
            receiver,
            shown: Cell::new(Value::UNBOUND),
            signature: OnceCell::new(),
            exact: Cell::new(UNKNOWN),
            few: OnceCell::new(),
        }
    }

    pub fn signature(&self) -> &Signature {
        self.signature.get_or_init(|| Signature::parse(self.row.signature))
    }

    /// How calls leave parameters out, once [`Vm::few`] has found it.
    #[inline(always)]
    pub(crate) fn known_few(&self) -> Option<&Few> {
        self.few.get()?.as_ref()
    }

    /// What setting an attribute says that can only be read. CPython has two ways to declare one,
    /// with a sentence each.
    pub fn not_writable(&self) -> String {
        let owner = self.owner_class().map(|c| c.name_text()).unwrap_or_default();
        let name = self.name.as_str();
        let member = matches!(
            (owner.as_str(), name),
            ("function", "__closure__" | "__globals__" | "__builtins__")
                | ("method", "__func__" | "__self__")
                | ("slice" | "range", "start" | "stop" | "step")
                | ("complex", "real" | "imag")
                | ("property", "fget" | "fset" | "fdel")
                | ("classmethod" | "staticmethod", "__func__" | "__wrapped__")
                | ("super", "__thisclass__" | "__self__" | "__self_class__")
                | ("traceback", "tb_frame" | "tb_lasti")
                | ("BaseExceptionGroup", "message" | "exceptions")
        ) || owner == "code"
            && !matches!(name, "co_code" | "co_varnames" | "co_cellvars" | "co_freevars");
        if member {
            "readonly attribute".to_owned()
        } else {
            let module = self.owner_class().filter(|class| class.has_flag(class_flag::QUALIFIED));
            let module = module.and_then(|class| class.dict().get_text("__module__"));
            let module = module.as_ref().and_then(|module| module.get::<Str>());
            let module = module.map_or(String::new(), |module| format!("{}.", module.as_str()));
            format!("attribute '{name}' of '{module}{owner}' objects is not writable")
        }
    }

    /// Whether it is a function of a module, which no class binds.
    pub fn is_module_function(&self) -> bool {
        self.row.binding == Binding::Function && self.owner_class().is_none()
    }

    /// Whether this is one of the methods that CPython wraps around a slot: they word their
    /// argument errors in their own way.
    pub fn is_slot_wrapper(&self) -> bool {
        let name = self.name.as_str();
        // A few are methods of their own, for speed.
        let plain = matches!(name, "__getitem__" | "__contains__")
            && self.owner_class().is_some_and(|owner| {
                matches!(
                    (owner.name_text().as_str(), name),
                    ("dict", _) | ("list", "__getitem__") | ("set" | "frozenset", "__contains__")
                )
            });
        !plain
            && (self.row.binding == Binding::Function || name == "__next__")
            && Special::all_texts().contains(&name)
            && !matches!(
                name,
                "__format__"
                    | "__reversed__"
                    | "__missing__"
                    | "__bytes__"
                    | "__complex__"
                    | "__round__"
                    | "__trunc__"
                    | "__floor__"
                    | "__ceil__"
                    | "__sizeof__"
                    | "__dir__"
                    | "__enter__"
                    | "__exit__"
                    | "__instancecheck__"
                    | "__subclasscheck__"
                    | "__length_hint__"
                    | "__init_subclass__"
                    | "__prepare__"
                    | "__class_getitem__"
                    | "__mro_entries__"
                    | "__fspath__"
                    | "__buffer__"
                    | "__set_name__"
            )
    }

    /// The class that a method or attribute belongs to.
    pub fn owner_class(&self) -> Option<Ref<Class>> {
        Value::peek(&self.owner).downcast::<Class>()
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.owner);
        tracer.cell(&self.module);
        tracer.cell(&self.shown);
        tracer.value(&self.receiver);
    }

    fn clear_payload(&self) {
        drop(self.shown.replace(Value::UNBOUND));
    }
}

impl Vm {
    /// How a native with at most `limit` parameters, all with one value each, is called with
    /// fewer arguments.
    pub(crate) fn few<'n>(&self, native: &'n Native, limit: usize) -> Option<&'n Few> {
        let few = native.few.get_or_init(|| {
            let signature = native.signature();
            if signature.varargs || signature.varkw || signature.params.len() > limit {
                return None;
            }
            let least = signature.params.iter().rposition(|p| p.default.is_none()).map_or(0, |at| at + 1);
            let defaults = signature.params.iter().map(|p| match &p.default {
                Some(default) => self.native_default(default),
                None => Value::UNBOUND,
            });
            Some(Few { least, most: signature.positional, defaults: defaults.collect() })
        });
        few.as_ref()
    }
}

/// A parsed signature.
#[derive(Debug)]
pub struct Signature {
    pub params: Vec<NativeParam>,
    /// How many leading parameters are positional-only.
    pub posonly: usize,
    /// How many can be passed by position.
    pub positional: usize,
    pub varargs: bool,
    pub varkw: bool,
}

/// Parameters in the order in which the native gets them: positional, keyword-only, `*args`,
/// `**kwargs`.
#[derive(Debug)]
pub struct NativeParam {
    pub name: &'static str,
    pub default: Option<NativeDefault>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NativeDefault {
    /// Passed as unbound.
    Missing,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'static str),
    EmptyTuple,
}

impl NativeDefault {
    fn parse(text: &'static str) -> NativeDefault {
        match text {
            "None" => NativeDefault::None,
            "True" => NativeDefault::Bool(true),
            "False" => NativeDefault::Bool(false),
            "()" => NativeDefault::EmptyTuple,
            "'\\n'" => NativeDefault::Str("\n"),
            _ => {
                if let Ok(n) = text.parse() {
                    NativeDefault::Int(n)
                } else if let Ok(x) = text.parse() {
                    NativeDefault::Float(x)
                } else if let Some(inner) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
                    NativeDefault::Str(inner)
                } else {
                    NativeDefault::Missing
                }
            }
        }
    }
}

impl Signature {
    /// Parses `name(self, a, b=1, /, *args, key=None, **kwargs)`, and `name(self, a[, b[, c]], /)`.
    pub fn parse(text: &'static str) -> Signature {
        let inner = text
            .split_once('(')
            .map_or("", |(_, rest)| rest.rsplit_once(')').map_or(rest, |(inner, _)| inner));
        let mut signature =
            Signature { params: Vec::new(), posonly: 0, positional: 0, varargs: false, varkw: false };
        let mut keyword_only = false;
        let (mut vararg, mut kwarg) = (None, None);
        let mut optional = false;
        for part in inner.split(", ").filter(|p| !p.is_empty()) {
            // `sub[, start[, end]]`: what follows a bracket can be left out.
            let may_miss = std::mem::replace(&mut optional, part.ends_with('['));
            let part = part.trim_end_matches(['[', ']']);
            if part == "/" {
                signature.posonly = signature.params.len();
            } else if part == "*" {
                keyword_only = true;
            } else if let Some(name) = part.strip_prefix("**") {
                kwarg = Some(NativeParam { name, default: None });
            } else if let Some(name) = part.strip_prefix('*') {
                vararg = Some(NativeParam { name, default: None });
                keyword_only = true;
            } else {
                let (name, default) = match part.split_once('=') {
                    Some((name, default)) => (name, Some(NativeDefault::parse(default))),
                    None => (part, may_miss.then_some(NativeDefault::Missing)),
                };
                if !keyword_only {
                    signature.positional += 1;
                }
                signature.params.push(NativeParam { name: name.trim_start_matches('$'), default });
            }
        }
        signature.varargs = vararg.is_some();
        signature.varkw = kwarg.is_some();
        signature.params.extend(vararg);
        signature.params.extend(kwarg);
        signature
    }
}
