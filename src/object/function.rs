//! Functions and what they share: linked code, closure cells, bound methods.

use super::dict::Dict;
use super::header::{Kind, Tracer};
use super::str::Str;
use super::value::{Ref, Value};
use crate::bytecode::{Code, Instr};
use std::cell::Cell;
use std::sync::Arc;

/// A code object as the machine runs it: constants and names are values, each name site has
/// room for what the machine remembers about it.
pub struct CodeObj {
    pub code: Arc<Code>,
    pub consts: Box<[Value]>,
    pub sites: Box<[Site]>,
    /// Names of the parameters and other locals, in register order.
    pub locals: Box<[Ref<Str>]>,
    /// Keyword names of each call shape.
    pub keywords: Box<[Box<[Ref<Str>]>]>,
    pub name: Ref<Str>,
    pub qualname: Ref<Str>,
    /// Positional parameters only: a call with exactly that many arguments needs no binder.
    pub simple: bool,
    /// How many those are, in code that runs when it is called; else `NO_ARITY`.
    pub arity: u16,
    /// The same for code whose call makes a generator or coroutine.
    pub generator_arity: u16,
    /// Registers, and how many of them are local variables.
    pub nregs: u16,
    pub nlocals: u16,
    /// Any of generator, coroutine, asynchronous generator.
    pub suspends: bool,
    /// Stands in for code that is native in CPython: tracebacks leave its frames out.
    pub hidden: Cell<bool>,
}
crate::payload!(Kind::Code, CodeObj, container);

impl CodeObj {
    /// The registers of the named locals in the order in which CPython lists variables: those
    /// that live in cells and are no parameters come last, by name.
    pub fn listed_locals(&self) -> Vec<u16> {
        let params = self.code.params.len();
        let named = (0..self.locals.len() as u16).filter(|&n| !self.locals[n as usize].is_empty());
        let (mut cells, mut listed): (Vec<u16>, Vec<u16>) =
            named.partition(|n| *n as usize >= params && self.code.cells.contains(n));
        cells.sort_by(|a, b| self.locals[*a as usize].as_str().cmp(self.locals[*b as usize].as_str()));
        listed.append(&mut cells);
        listed
    }
}

impl CodeObj {
    /// The 1-based line of an instruction; that of the `def` for one that is none.
    pub fn line_of(&self, index: u32) -> u32 {
        match self.code.spans.get(index as usize) {
            Some(span) => self.code.source.0.lines.line(span.start),
            None => self.code.first_line,
        }
    }
}

/// More arguments than any call passes.
pub const NO_ARITY: u16 = u16::MAX;

/// The cache lines that one name site has.
pub const CACHE_LINES: usize = 4;

/// A name that an instruction looks up, and what earlier look-ups found. The machine alone
/// interprets the cache (`vm/window.rs`).
pub struct Site {
    pub name: Ref<Str>,
    pub cache: [Cell<CacheLine>; CACHE_LINES],
    /// Next line to replace.
    pub turn: Cell<u8>,
}

/// One remembered look-up: numbers only, no counted reference.
#[derive(Clone, Copy, Default)]
pub struct CacheLine {
    pub key: u64,
    pub guard: u64,
    pub data: u64,
    pub slot: u32,
    pub how: u32,
}

impl Site {
    pub fn new(name: Ref<Str>) -> Site {
        Site { name, cache: Default::default(), turn: Cell::new(0) }
    }

    /// Remembers a look-up.
    pub fn remember(&self, line: CacheLine) {
        for cell in &self.cache {
            if cell.get().key == line.key || cell.get().how == 0 {
                cell.set(line);
                return;
            }
        }
        let turn = self.turn.get() as usize % CACHE_LINES;
        self.cache[turn].set(line);
        self.turn.set(turn as u8 + 1);
    }
}

impl CodeObj {
    #[inline(always)]
    pub fn first_instr(&self) -> *const Instr {
        self.code.instrs.as_ptr()
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&*self.consts);
    }

    fn clear_payload(&self) {}
}

/// A variable that a closure captured.
pub struct CellObj {
    pub value: Cell<Value>,
}
crate::payload!(Kind::Cell, CellObj, container);

impl CellObj {
    pub fn new(value: Value) -> CellObj {
        CellObj { value: Cell::new(value) }
    }

    /// The contents; unbound when empty.
    #[inline(always)]
    pub fn get(&self) -> Value {
        Value::peek(&self.value)
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.value);
    }

    fn clear_payload(&self) {
        drop(self.value.take());
    }
}

/// A function made by `def` or `lambda`.
pub struct Function {
    pub code: Ref<CodeObj>,
    pub globals: Ref<Dict>,
    pub builtins: Ref<Dict>,
    pub closure: Box<[Ref<CellObj>]>,
    /// `str`
    pub name: Cell<Value>,
    pub qualname: Cell<Value>,
    pub doc: Cell<Value>,
    pub module: Cell<Value>,
    /// A tuple, or None.
    pub defaults: Cell<Value>,
    /// A dict, or None.
    pub kwdefaults: Cell<Value>,
    /// A dict, or unbound.
    pub annotations: Cell<Value>,
    /// A tuple, or unbound.
    pub type_params: Cell<Value>,
    /// `__dict__`, or unbound.
    pub dict: Cell<Value>,
    /// Marked by `types.coroutine`: the generators it makes may be awaited.
    pub awaitable: Cell<bool>,
}
crate::payload!(Kind::Function, Function, container);

impl Function {
    fn cells(&self) -> [&Cell<Value>; 9] {
        [
            &self.name,
            &self.qualname,
            &self.doc,
            &self.module,
            &self.defaults,
            &self.kwdefaults,
            &self.annotations,
            &self.type_params,
            &self.dict,
        ]
    }

    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.reference(&self.code);
        tracer.reference(&self.globals);
        tracer.reference(&self.builtins);
        self.closure.iter().for_each(|cell| tracer.reference(cell));
        self.cells().into_iter().for_each(|cell| tracer.cell(cell));
    }

    fn clear_payload(&self) {
        for cell in [&self.defaults, &self.kwdefaults, &self.annotations, &self.dict] {
            drop(cell.replace(Value::NONE));
        }
        self.dict.set(Value::UNBOUND);
        self.annotations.set(Value::UNBOUND);
        // The variables of the closure may be those of others, who live: a cell that is part of
        // the cycle is let go of by itself.
    }
}

/// A function with its first argument.
pub struct BoundMethod {
    pub function: Value,
    pub receiver: Value,
}
crate::payload!(Kind::BoundMethod, BoundMethod, container);

impl BoundMethod {
    fn trace_payload(&self, tracer: &mut Tracer<'_>) {
        tracer.value(&self.function);
        tracer.value(&self.receiver);
    }

    fn clear_payload(&self) {}
}
