//! How Python *runs*. [`Vm`] is the machine: what all threads share (classes, modules, caches,
//! the host) and the [`Thread`] that runs now (frames, fiber, recursion depth).
//!
//! Reading order: `error` and `native` (how Rust code speaks Python), `protocol` and
//! `attribute` (what operators and dots mean), `call` and `args` (how calls are made), `interp`
//! (the loop), `fiber` (how generators are entered and left), `unwind` and `traceback`.

pub mod args;
mod arith;
mod attribute;
pub mod bases;
pub mod builtin;
mod call;
pub mod class;
pub mod compare;
pub mod descriptor;
pub mod error;
mod excerpt;
mod fiber;
mod finalize;
pub mod frames;
mod import;
mod interp;
mod items;
mod iterate;
mod limits;
mod link;
mod make;
pub mod native;
mod native_args;
pub mod number;
mod ops;
mod origin;
mod protocol;
mod quick;
mod sites;
pub mod suggest;
mod sum;
pub mod traceback;
mod unwind;
mod window;

pub use arith::BinaryOp;
pub use attribute::Descriptor;
pub use builtin::{Exceptions, Types};
pub use compare::CompareOp;
pub use error::{Raised, Result};
pub use excerpt::{Marks, MarksHook};
pub use fiber::{AsyncStep, AwaitStep, Resume, Step};
pub use link::ModuleTable;
pub use native::{Native, Row};
pub use sum::Total;

use crate::bytecode::Code;
use crate::host::Host;
use crate::object::{Class, Dict, FramePtr, FrameStack, GenObj, ModuleObj, Ref, Str, Value};
use std::any::{Any, TypeId};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;

/// How source text is compiled at run time (`eval`, `exec`, `import`); `engine` installs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileMode {
    /// A module or `exec` in the namespace of a module.
    Module,
    /// `exec` with a namespace of its own.
    Namespace,
    /// `eval`: one expression.
    Eval,
    /// REPL.
    Interactive,
}

/// Compiles a text; syntax errors come back raised.
pub type CompileHook = fn(&mut Vm, text: &str, filename: &str, mode: CompileMode) -> Result<Arc<Code>>;
/// Finds in some folders and runs a module that is not loaded yet; `None` when there is no such
/// module.
pub type ImportHook =
    fn(&mut Vm, name: &str, folders: &[String], wanted: ImportFiles) -> Result<Option<Value>>;

/// Which files an import looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportFiles {
    /// `.py`: what hides a module of the library in CPython too.
    Python,
    /// `.co` and `.py`.
    All,
    /// A folder that is no package: a namespace.
    Folders,
}

/// What belongs to one thread of execution.
pub struct Thread {
    pub(crate) stack: FrameStack,
    /// The top frame.
    pub(crate) frame: Option<FramePtr>,
    /// The root of the fiber that runs now; none in the main program.
    pub(crate) fiber: Option<NonNull<GenObj>>,
    /// Python frames between here and the bottom.
    pub(crate) depth: u32,
    /// Exceptions that native code is handling while it calls Python, innermost last, each with the frame that
    /// called the native.
    pub(crate) handling: Vec<(Option<FramePtr>, Value)>,
    /// The exception that was thrown into a finished generator just now: it gets no context.
    pub(crate) thrown_past: u64,
    /// Generators that close what they delegate to, with the GeneratorExit that they get then
    /// and the context of those that the members of their chain get.
    pub(crate) exits: Vec<(NonNull<GenObj>, Raised, Option<Value>)>,
    /// Fibers that something was thrown into, until they answer; innermost last.
    pub(crate) throws: Vec<fiber::Throw>,
    /// What was written over through `f_locals` while its frame was in the middle of an instruction.
    pub(crate) overwritten: Vec<(FramePtr, Value)>,
    /// `sys.set_asyncgen_hooks`: first iteration and finalisation of asynchronous generators;
    /// None when not set.
    pub asyncgen_first: Value,
    pub asyncgen_finalizer: Value,
    /// `sys.set_coroutine_origin_tracking_depth`: how many frames a new coroutine keeps as its origin.
    pub origin_depth: usize,
    /// The context of context variables that code runs in; unbound until it is first needed.
    pub context: Value,
    /// The lowest address that the native stack may reach.
    pub(crate) native_limit: usize,
}

/// The machine.
pub struct Vm {
    pub types: Types,
    pub exceptions: Exceptions,
    pub thread: Thread,
    pub builtins: Ref<Dict>,
    /// `sys.modules`
    pub modules: Ref<Dict>,
    pub host: Box<dyn Host>,
    pub recursion_limit: u32,
    /// Steps that are left when the heap's ticks are used up: see `limits`.
    pub(crate) steps_left: u64,
    pub(crate) limits: limits::Limits,
    /// Objects with `__call__` on the way to a function.
    pub(crate) hops: u32,
    /// Levels of nested data that `repr` or `hash` is in.
    pub(crate) nested: u32,
    /// The exception on its way is raised again: its own frame gets no new traceback entry.
    pub(crate) reraising: bool,
    /// The index of the last store into a list: stores often go in strides.
    pub(crate) last_stored: i64,
    /// The empty tuple, the empty string and those of one ASCII character are shared; the last
    /// are made when they are first wanted.
    pub(crate) empty_tuple: Value,
    pub(crate) empty_str: Value,
    pub(crate) ascii: Box<[Cell<Value>]>,
    pub(crate) method_cache: attribute::MethodCache,
    /// `object.__getattribute__` and its kin, to recognise classes that do not override them.
    pub(crate) plain: attribute::Plain,
    /// What the objects of native rows are made with.
    pub(crate) makers: std::rc::Rc<link::Makers>,
    /// Classes whose instances are awaited by polling.
    pub(crate) await_table: Vec<(u64, fiber::AwaitFast)>,
    /// A short list, searched from the front: rooms that ask often come first.
    extensions: Vec<(TypeId, Box<dyn Any>)>,
    pub compile_hook: Option<CompileHook>,
    /// `type[item]`, the only class that is subscripted without a method; `types` installs it.
    pub alias_hook: Option<fn(&mut Vm, &Value, &Value) -> Result>,
    pub import_hook: Option<ImportHook>,
    /// Whether CPython's library has a module of that name; `stdlib` installs it.
    pub library_names: Option<fn(&str) -> bool>,
    /// What the parser says about the marks below a line of a traceback; the engine installs it.
    pub marks_hook: Option<MarksHook>,
    /// The module that `importlib.reload` runs again.
    pub reloading: Option<Ref<ModuleObj>>,
    /// What `sys.path` starts with.
    pub path: Vec<String>,
    /// `sys.argv` and the name of the program, for messages.
    pub argv: Vec<String>,
}

impl Vm {
    /// State of a higher room (the running event loop, warning filters), made on first use.
    pub fn extension<T: Default + 'static>(&mut self) -> &mut T {
        let wanted = TypeId::of::<T>();
        let found = self.extensions.iter().position(|(id, _)| *id == wanted);
        let index = found.unwrap_or_else(|| {
            self.extensions.push((wanted, Box::new(T::default())));
            self.extensions.len() - 1
        });
        // The one asked for most stands first.
        self.extensions.swap(0, index);
        self.extensions[0].1.downcast_mut::<T>().expect("the list is keyed by type")
    }

    /// The class of any value.
    #[inline]
    pub fn class_of<'a>(&'a self, value: &'a Value) -> &'a Ref<Class> {
        if let Some(header) = value.header() {
            header.class()
        } else if value.is_int() {
            &self.types.int
        } else if value.is_float() {
            &self.types.float
        } else if value.is_bool() {
            &self.types.bool
        } else if value.is_none() {
            &self.types.none
        } else if value.is_ellipsis() {
            &self.types.ellipsis
        } else {
            &self.types.not_implemented
        }
    }

    /// The name of a value's class, for messages.
    pub fn type_name(&self, value: &Value) -> String {
        self.class_of(value).type_name()
    }

    /// What the messages about a native's argument call it: None by itself, all else by the class.
    pub fn argument_name(&self, value: &Value) -> String {
        if value.is_none() { "None".to_owned() } else { self.type_name(value) }
    }

    /// An interned name.
    pub fn intern(&self, text: &str) -> Ref<Str> {
        crate::object::heap::intern(text)
    }
}
