//! Putting a machine together: builtin classes, native rows, builtin modules, and code objects
//! in the form in which they run.

use super::attribute::{MethodCache, Plain};
use super::builtin::{self, Builtin, Exceptions, Types};
use super::native::{Binding, Native, Row};
use super::{Result, Thread, Vm};
use crate::bytecode::{Code, Const};
use crate::host::Host;
use crate::object::{
    Class, CodeObj, ComplexObj, Dict, FrameStack, Function, IntObj, Kind, ModuleObj, NO_ARITY, Ref, SetObj,
    Site, Str, TupleObj, Value, class_flag, heap,
};
use num_bigint::BigInt;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Fills the namespace of a builtin module at its first import.
pub type ModuleFill = fn(&mut Vm, &Ref<Dict>) -> Result<()>;

/// The builtin modules of one room: their names, and what fills them.
pub type ModuleTable = &'static [(&'static str, ModuleFill)];

/// The builtin modules that can be imported. The tables are searched when a module is first
/// imported: the names lie beside the modules' texts, and reading them all at the start would
/// bring those into memory.
#[derive(Default)]
struct BuiltinModules(Vec<ModuleTable>);

impl BuiltinModules {
    fn find(&self, name: &str) -> Option<ModuleFill> {
        let mut rows = self.0.iter().copied().flatten();
        rows.find_map(|&(known, fill)| (known == name).then_some(fill))
    }
}

/// The classes of the objects that stand for native rows.
pub(crate) struct Makers {
    function: Ref<Class>,
    method: Ref<Class>,
    special: Ref<Class>,
    attribute: Ref<Class>,
    class_method: Ref<Class>,
}

impl Makers {
    fn new(types: &Types) -> Makers {
        Makers {
            function: types.native.clone(),
            method: types.method_descriptor.clone(),
            special: types.wrapper_descriptor.clone(),
            attribute: types.getset_descriptor.clone(),
            class_method: types.classmethod_descriptor.clone(),
        }
    }

    pub(crate) fn make(
        &self,
        row: &'static Row,
        name: &Ref<Str>,
        owner: Option<&Ref<Class>>,
        module: Option<&Value>,
    ) -> Value {
        let owned = owner.is_some();
        let owner = owner.map_or(Value::NONE, |c| c.to_value());
        let module = module.cloned().unwrap_or(Value::NONE);
        let native = Native::new(row, name.clone(), owner, module, Value::UNBOUND);
        let class = match row.binding {
            Binding::Attribute => &self.attribute,
            Binding::Function if owned && name.as_str().starts_with("__") && native.is_slot_wrapper() => {
                &self.special
            }
            Binding::Function if owned => &self.method,
            Binding::Class if owned => &self.class_method,
            _ => &self.function,
        };
        heap::alloc_plain(class, native).into_value()
    }
}

impl Vm {
    /// A machine with its classes, but without any of their methods yet: `types`, `builtins`
    /// and the modules install theirs. The caller holds the [`crate::object::Baton`].
    pub fn new(host: Box<dyn Host>) -> Vm {
        crate::object::register_payloads();
        heap::set_ticks(super::interp::TICKS);
        heap::register::<Native>();
        let flags =
            |name: &str| builtin::CLASSES.iter().find(|row| row.name == name).map_or(0, |row| row.flags);
        let [type_, dict, str_] = heap::bootstrap([flags("type"), flags("dict"), flags("str")]);
        let types = build_types(&type_, &dict, &str_);
        let exceptions = build_exceptions(&types);
        let empty_tuple = heap::alloc_plain(&types.tuple, TupleObj::new(Vec::new())).into_value();
        let ascii = (0..128).map(|_| Cell::new(Value::UNBOUND)).collect();
        let builtins = heap::alloc_plain(&types.dict, Dict::new());
        let modules = heap::alloc_plain(&types.dict, Dict::new());
        let makers = Rc::new(Makers::new(&types));
        Vm {
            makers,
            types,
            exceptions,
            thread: Thread {
                stack: FrameStack::new(),
                frame: None,
                fiber: None,
                depth: 0,
                handling: Vec::new(),
                asyncgen_first: Value::NONE,
                asyncgen_finalizer: Value::NONE,
                origin_depth: 0,
                context: Value::UNBOUND,
                thrown_past: 0,
                exits: Vec::new(),
                overwritten: Vec::new(),
                throws: Vec::new(),
                native_limit: 0,
            },
            builtins,
            modules,
            host,
            recursion_limit: 1000,
            steps_left: u64::MAX,
            limits: super::limits::Limits::default(),
            hops: 0,
            nested: 0,
            reraising: false,
            last_stored: 0,
            empty_tuple,
            empty_str: heap::intern("").into_value(),
            ascii,
            method_cache: MethodCache::new(),
            plain: Plain::default(),
            await_table: Vec::new(),
            extensions: Vec::new(),
            compile_hook: None,
            alias_hook: None,
            import_hook: None,
            library_names: None,
            marks_hook: None,
            reloading: None,
            path: Vec::new(),
            argv: Vec::new(),
        }
    }

    /// Gives a class the attributes of native rows; their objects are made when somebody first
    /// looks at the class.
    pub fn add_rows(&mut self, class: &Ref<Class>, rows: &'static [Row]) {
        let makers = self.makers.clone();
        class.defer(Box::new(move |class, dict| {
            dict.reserve(rows.len());
            for row in rows {
                let name = heap::intern(row.name());
                let value = makers.make(row, &name, Some(class), None);
                drop(dict.set_name(&name, value));
            }
        }));
    }

    /// Puts native rows into a module's namespace.
    pub fn add_functions(&mut self, dict: &Ref<Dict>, module: &str, rows: &'static [Row]) {
        let module = heap::intern(module).into_value();
        dict.reserve(rows.len());
        for row in rows {
            let name = heap::intern(row.name());
            let value = self.native_value(row, &name, None, Some(&module));
            drop(dict.set_name(&name, value));
        }
    }

    /// The same for what CPython has in Python: to a program these are plain functions, some of them
    /// coroutine functions.
    pub fn add_plain_functions(
        &mut self,
        dict: &Ref<Dict>,
        module: &str,
        rows: &'static [Row],
        coroutines: &[&str],
    ) {
        let module = heap::intern(module).into_value();
        for row in rows {
            let name = heap::intern(row.name());
            let native = Native::new(row, name.clone(), Value::NONE, module.clone(), Value::UNBOUND);
            native.shown.set(Value::bool(coroutines.contains(&row.name())));
            let value = heap::alloc_plain(&self.types.function, native).into_value();
            drop(dict.set_name(&name, value));
        }
    }

    /// The object of a native row.
    pub fn native_value(
        &self,
        row: &'static Row,
        name: &Ref<Str>,
        owner: Option<&Ref<Class>>,
        module: Option<&Value>,
    ) -> Value {
        self.makers.make(row, name, owner, module)
    }

    /// A class of a higher room with native methods.
    pub fn new_class(
        &mut self,
        name: &str,
        module: &str,
        base: &Ref<Class>,
        kind: Kind,
        flags: u32,
        rows: &'static [Row],
    ) -> Ref<Class> {
        let class = make_class(&self.types.type_, &self.types.dict, name, base, kind, flags);
        if base.has_flag(class_flag::FINALIZER) {
            class.set_flag(class_flag::FINALIZER);
        }
        drop(class.dict().set_text("__module__", heap::intern(module).into_value()));
        // In CPython these are in C, but for asyncio's.
        if module != "builtins" && !module.starts_with("asyncio") {
            class.set_flag(class_flag::QUALIFIED);
        }
        if let Some(weak) = crate::object::WeakRef::create(&self.types.weakref, class.as_value(), Value::NONE)
        {
            base.add_subclass(weak);
        }
        self.add_rows(&class, rows);
        class
    }

    /// Makes builtin modules available to `import`.
    pub fn add_modules(&mut self, table: ModuleTable) {
        self.extension::<BuiltinModules>().0.push(table);
    }

    /// Whether a builtin module of that name exists.
    pub fn has_builtin_module(&mut self, name: &str) -> bool {
        self.extension::<BuiltinModules>().find(name).is_some()
    }

    /// The names of the builtin modules.
    pub fn builtin_module_names(&mut self) -> Vec<String> {
        self.extension::<BuiltinModules>()
            .0
            .iter()
            .copied()
            .flatten()
            .map(|(name, _)| (*name).to_owned())
            .collect()
    }

    /// A new module object; it is not in `sys.modules` yet.
    pub fn new_module(&self, name: &str) -> Ref<ModuleObj> {
        let dict = self.new_dict();
        drop(dict.set_text("__name__", self.str(name)));
        drop(dict.set_text("__doc__", Value::NONE));
        drop(dict.set_text("__package__", self.str(name.rsplit_once('.').map_or("", |(p, _)| p))));
        drop(dict.set_text("__loader__", Value::NONE));
        drop(dict.set_text("__spec__", Value::NONE));
        heap::alloc_plain(&self.types.module, ModuleObj { dict })
    }

    /// A loaded module, or a builtin one made now.
    pub fn builtin_module(&mut self, name: &str) -> Result<Option<Value>> {
        if let Some(module) = self.modules.get_text(name) {
            return Ok(Some(module));
        }
        let Some(fill) = self.extension::<BuiltinModules>().find(name) else {
            return Ok(None);
        };
        let module = self.new_module(name);
        drop(self.modules.set_text(name, module.to_value()));
        if let Err(raised) = fill(self, &module.dict) {
            drop(self.modules.remove_name(&heap::intern(name)));
            return Err(raised);
        }
        Ok(Some(module.into_value()))
    }

    // ---- code

    /// The running form of compiled code.
    pub fn link(&mut self, code: &Arc<Code>) -> Ref<CodeObj> {
        let intern = |text: &Arc<str>| heap::intern(text);
        let consts = code.consts.iter().map(|c| self.constant(c)).collect();
        let simple =
            !code.flags.namespace && code.kwonly_count == 0 && !code.flags.varargs && !code.flags.varkw;
        let suspends = code.flags.generator || code.flags.coroutine || code.flags.async_generator;
        let arity = |holds: bool| if holds { code.positional_count } else { NO_ARITY };
        let linked = CodeObj {
            consts,
            sites: code.sites.iter().map(|name| Site::new(heap::intern(name))).collect(),
            locals: code.locals.iter().map(intern).collect(),
            keywords: code
                .call_shapes
                .iter()
                .map(|shape| shape.keywords.iter().map(intern).collect())
                .collect(),
            name: heap::intern(&code.name),
            qualname: heap::intern(&code.qualname),
            simple,
            arity: arity(simple && !suspends),
            generator_arity: arity(simple && suspends),
            nregs: code.nregs,
            nlocals: code.nlocals,
            suspends,
            hidden: Cell::new(code.source.0.name.starts_with("<native ")),
            code: code.clone(),
        };
        heap::alloc_plain(&self.types.code, linked)
    }

    fn constant(&mut self, constant: &Const) -> Value {
        match constant {
            Const::None => Value::NONE,
            Const::True => Value::TRUE,
            Const::False => Value::FALSE,
            Const::Ellipsis => Value::ELLIPSIS,
            Const::Int(n) => self.int(*n),
            Const::BigInt(digits) => {
                let value: BigInt = digits.parse().expect("the compiler writes decimal digits");
                match Value::small_int(i64::try_from(&value).unwrap_or(i64::MAX)) {
                    Some(small) => small,
                    None => heap::alloc_plain(&self.types.int, IntObj { value }).into_value(),
                }
            }
            Const::Float(x) => Value::float(*x),
            Const::Complex(re, im) => {
                heap::alloc_plain(&self.types.complex, ComplexObj { re: *re, im: *im }).into_value()
            }
            Const::Str(text) => {
                let looks_like_name =
                    text.len() <= 40 && text.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
                if looks_like_name { heap::intern(text).into_value() } else { self.str(&**text) }
            }
            Const::Bytes(data) => self.bytes(data.to_vec()),
            Const::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|c| self.constant(c)).collect();
                self.tuple(items)
            }
            Const::FrozenSet(items) => {
                let written: Ref<SetObj> = self.new_frozenset();
                for item in items {
                    let item = self.constant(item);
                    // Constants are hashable by construction.
                    let _ = self.set_add(&written, &item);
                }
                // CPython makes the constant again from what it iterates over, and the order may change.
                let set: Ref<SetObj> = self.new_frozenset();
                for key in written.keys() {
                    let _ = self.set_add(&set, &key);
                }
                set.into_value()
            }
            Const::Code(code) => self.link(code).into_value(),
        }
    }

    /// The builtins that `__builtins__` names in a namespace: its own, or the machine's.
    ///
    /// Source: "Builtins and restricted execution" in the Python reference.
    pub fn builtins_of(&self, globals: &Dict) -> Ref<Dict> {
        let named = globals.get_text("__builtins__");
        let named = named.and_then(|named| match named.get::<ModuleObj>() {
            Some(module) => Some(module.dict.clone()),
            None => named.downcast::<Dict>(),
        });
        named.unwrap_or_else(|| self.builtins.clone())
    }

    /// A function object of linked code in a namespace.
    pub fn new_function(&mut self, code: Ref<CodeObj>, globals: Ref<Dict>) -> Ref<Function> {
        let name = code.name.to_value();
        let qualname = code.qualname.to_value();
        let doc = code.code.doc.as_ref().map_or(Value::NONE, |doc| self.str(&**doc));
        let module = globals.get_text("__name__").unwrap_or(Value::NONE);
        let builtins = self.builtins_of(&globals);
        let function = Function {
            code,
            globals,
            builtins,
            closure: Box::new([]),
            name: Cell::new(name),
            qualname: Cell::new(qualname),
            doc: Cell::new(doc),
            module: Cell::new(module),
            defaults: Cell::new(Value::NONE),
            kwdefaults: Cell::new(Value::NONE),
            annotations: Cell::new(Value::UNBOUND),
            type_params: Cell::new(Value::UNBOUND),
            dict: Cell::new(Value::UNBOUND),
            awaitable: Cell::new(false),
        };
        heap::alloc_plain(&self.types.function, function)
    }

    /// Runs a module's code in `globals`; or, for code compiled for its own namespace, with
    /// `namespace` in R[0].
    pub fn run_code(&mut self, code: &Arc<Code>, globals: &Ref<Dict>, namespace: Option<Value>) -> Result {
        let linked = self.link(code);
        let function = self.new_function(linked, globals.clone());
        match namespace {
            Some(namespace) => self.call(function.as_value(), &[namespace]),
            None => self.call(function.as_value(), &[]),
        }
    }
}

/// A class with one base whose MRO is the base's behind itself.
fn make_class(
    meta: &Ref<Class>,
    dict_class: &Ref<Class>,
    name: &str,
    base: &Ref<Class>,
    kind: Kind,
    flags: u32,
) -> Ref<Class> {
    let dict = heap::alloc_plain(dict_class, Dict::new());
    let class = heap::alloc_plain(meta, Class::new(heap::intern(name), kind, dict, flags));
    let mro: Rc<[Ref<Class>]> = std::iter::once(&class).chain(base.mro().iter()).cloned().collect();
    class.set_bases(vec![base.clone()], mro);
    class
}

fn build_types(type_: &Ref<Class>, dict: &Ref<Class>, str_: &Ref<Class>) -> Types {
    let mut made: Vec<Ref<Class>> = Vec::new();
    let mut object: Option<Ref<Class>> = None;
    for &Builtin { name, base, kind, flags, .. } in builtin::CLASSES {
        let class = match name {
            "type" => type_.clone(),
            "dict" => dict.clone(),
            "str" => str_.clone(),
            _ => {
                let own = heap::alloc_plain(dict, Dict::new());
                heap::alloc_plain(type_, Class::new(heap::intern(name), kind, own, flags))
            }
        };
        let mro = match (&object, base) {
            (None, _) => {
                object = Some(class.clone());
                vec![class.clone()]
            }
            (Some(object), "object") => vec![class.clone(), object.clone()],
            // The one builtin class with another base is `bool`, right behind `int`.
            (Some(object), _) => {
                let int = made.last().expect("int comes before bool").clone();
                vec![class.clone(), int, object.clone()]
            }
        };
        class.set_bases(mro.get(1).cloned().into_iter().collect(), mro);
        made.push(class);
    }
    Types::from_list(made).expect("one class for each row")
}

fn build_exceptions(types: &Types) -> Exceptions {
    let mut made: Vec<Ref<Class>> = Vec::new();
    for &Builtin { name, base, kind, flags, .. } in builtin::EXCEPTIONS {
        let base = match base {
            "object" => types.object.clone(),
            base => {
                let position = builtin::EXCEPTIONS.iter().position(|row| row.field == base);
                made[position.expect("an exception's base is in the table before it")].clone()
            }
        };
        let class = make_class(&types.type_, &types.dict, name, &base, kind, flags);
        if name == "ExceptionGroup" {
            // ExceptionGroup(BaseExceptionGroup, Exception)
            let exception = made.last().expect("Exception comes right before it").clone();
            let mro: Rc<[Ref<Class>]> = [class.clone(), base.clone(), exception.clone()]
                .into_iter()
                .chain(exception.mro().iter().skip(1).cloned())
                .collect();
            class.set_bases(vec![base, exception], mro);
        }
        made.push(class);
    }
    Exceptions::from_list(made).expect("one class for each row")
}
