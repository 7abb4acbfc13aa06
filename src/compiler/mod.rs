//! Tree to code. One function for each node, named after it (`stmt_for`, `expr_call`), in the
//! file of its kind; above each that is not obvious stands the bytecode it makes.
//!
//! The contract with the machine is in `bytecode::op` and `bytecode::operand`. What holds here:
//! an expression is compiled *into* a register ([`Compiler::expr_into`]) so that `x = a + b` is
//! one instruction; temporaries are a stack (`regs`); conditions are compiled to jumps, not to
//! values (`condition`); whatever must happen when control leaves a block early is on the stack
//! of blocks (`control`).

mod assign;
mod call;
mod class;
mod comprehension;
mod condition;
mod control;
mod display;
mod expr;
mod fold;
mod fstring;
mod function;
mod handlers;
mod loops;
mod operator;
mod pattern;
mod regs;
mod stmt;

use crate::analysis::{self, Analysis, Binding, Context, ErrorKind, Mistake, Role, ScopeId, ScopeKind};
use crate::bytecode::emit::{Emitter, FrozenSets};
use crate::bytecode::{Code, CodeFlags, Const, Hidden, Param, SourceRef, flow};
use crate::diagnostics::Diagnostic;
use crate::source::{Name, SourceFile, Span};
use crate::syntax::ast::{ExprKind, Module, StmtKind};
use control::Block;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What the code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// A module: its names are globals.
    #[default]
    Module,
    /// `exec` with a namespace of its own, in R\[0\].
    Namespace,
    /// `eval`: one expression, whose value is returned; namespace in R\[0\].
    Eval,
    /// `compile(…, "single")`: the values of expression statements are shown.
    Interactive,
    /// The interactive prompt: of several statements only the last shows values, as at CPython's.
    Prompt,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub mode: Mode,
    /// `await` may stand at the top level; the code is then a coroutine.
    pub top_level_await: bool,
    /// As if `from __future__ import annotations` stood first.
    pub future_annotations: bool,
}

/// Compiles `module`, or says everything that is wrong with it.
pub fn compile(
    module: &Module,
    source: &Arc<SourceFile>,
    options: &Options,
) -> Result<Arc<Code>, Vec<Diagnostic>> {
    compile_with_warnings(module, source, options, &mut Vec::new())
}

/// The same; `warnings` gets what is allowed, but suspect.
pub fn compile_with_warnings(
    module: &Module,
    source: &Arc<SourceFile>,
    options: &Options,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Arc<Code>, Vec<Diagnostic>> {
    let context = Context {
        namespace: matches!(options.mode, Mode::Namespace | Mode::Eval),
        top_level_await: options.top_level_await,
        future_annotations: options.future_annotations,
    };
    let mut analysis = analysis::analyse(module, context);
    warnings.append(&mut analysis.warnings);
    if !analysis.mistakes.is_empty() {
        return Err(analysis.mistakes.into_iter().map(Diagnostic::from).collect());
    }
    let mut compiler = Compiler {
        analysis: &analysis,
        source,
        options: *options,
        unit: Unit::default(),
        outer: Vec::new(),
        mistakes: Vec::new(),
        names: Names { class: Name::new("__class__"), super_: Name::new("super") },
        frozensets: FrozenSets::default(),
        displays: false,
    };
    let code = compiler.module(module);
    match code {
        Some(code) if compiler.mistakes.is_empty() => {
            debug_assert_eq!(crate::bytecode::verify::verify(&code), Ok(()));
            Ok(code)
        }
        _ => {
            if compiler.mistakes.is_empty() {
                compiler.mistakes.push(Mistake { kind: ErrorKind::CodeTooLarge, span: module.span });
            }
            Err(compiler.mistakes.into_iter().map(Diagnostic::from).collect())
        }
    }
}

/// The compiler at work on one unit, with the enclosing ones waiting.
struct Compiler<'a> {
    analysis: &'a Analysis,
    source: &'a Arc<SourceFile>,
    options: Options,
    unit: Unit<'a>,
    outer: Vec<Unit<'a>>,
    mistakes: Vec<Mistake>,
    names: Names,
    frozensets: FrozenSets,
    /// The value of an expression statement at the top level is shown.
    displays: bool,
}

/// Names that mean something to the compiler.
struct Names {
    class: Name,
    super_: Name,
}

/// A code object in the making.
#[derive(Default)]
struct Unit<'a> {
    e: Emitter,
    scope: ScopeId,
    /// The unit's own scope, then the open scopes of comprehensions and type parameters.
    scopes: Vec<ScopeId>,
    registers: FxHashMap<(ScopeId, Name), u16>,
    nlocals: u16,
    top: u16,
    max: u16,
    blocks: Vec<Block<'a>>,
    flags: CodeFlags,
    name: &'static str,
    qualname: String,
    /// Names of the locals, empty for those without.
    locals: Vec<Arc<str>>,
    /// Variables of comprehensions, for messages.
    hidden: Vec<Hidden>,
    params: Vec<Param>,
    posonly_count: u16,
    positional_count: u16,
    kwonly_count: u16,
    doc: Option<Arc<str>>,
    first_line: u32,
    /// A class body's `__static_attributes__`: what its methods assign on `self`.
    static_attributes: Vec<Name>,
    too_large: bool,
}

impl<'a> Compiler<'a> {
    /// Sets the source of what is emitted next.
    fn at(&mut self, span: Span) {
        self.unit.e.set_span(span);
    }

    /// Where a tree that reads, sets or calls an attribute is said to be: a name that stands on a line of
    /// its own is what tells one link of a chain from the others, so it begins there.
    fn attribute_span(&self, span: Span, attr: crate::syntax::ast::Ident) -> Span {
        let line = |offset: u32| self.source.lines.line(offset);
        if line(span.start) == line(attr.span.end) { span } else { Span::new(attr.span.start, span.end) }
    }

    /// Begins a unit; `params` are its parameters in register order.
    fn begin_unit(&mut self, scope: ScopeId, name: &'static str, qualname: String, params: &[Name]) {
        let record = self.analysis.scope(scope);
        let mut unit = Unit {
            scope,
            scopes: vec![scope],
            name,
            qualname,
            first_line: 1,
            params: params.iter().map(|name| Param { name: name.as_str().into() }).collect(),
            ..Unit::default()
        };
        for &param in params {
            unit.registers.insert((scope, param), unit.locals.len() as u16);
            unit.locals.push(param.as_str().into());
        }
        if record.kind == ScopeKind::Class || record.kind == ScopeKind::Module {
            unit.flags.class_body = record.kind == ScopeKind::Class;
            unit.flags.module = record.kind == ScopeKind::Module;
            unit.flags.namespace =
                unit.flags.class_body || matches!(self.options.mode, Mode::Namespace | Mode::Eval);
            if unit.flags.namespace {
                unit.locals.push("".into());
            }
            if record.class_cell {
                unit.registers.insert((scope, self.names.class), unit.locals.len() as u16);
                unit.locals.push(self.names.class.as_str().into());
            }
        } else {
            for symbol in &record.symbols {
                if symbol.binding == Binding::Local(scope) && !params.contains(&symbol.name) {
                    unit.registers.insert((scope, symbol.name), unit.locals.len() as u16);
                    unit.locals.push(symbol.name.as_str().into());
                }
            }
        }
        unit.too_large = unit.locals.len() > 60_000;
        unit.nlocals = unit.locals.len().min(60_000) as u16;
        unit.top = unit.nlocals;
        unit.max = unit.nlocals;
        unit.e.set_span(self.unit.e.span());
        self.outer.push(std::mem::replace(&mut self.unit, unit));
        self.make_cells();
    }

    /// Captured variables live in cells from the start.
    fn make_cells(&mut self) {
        for reg in self.cell_registers() {
            self.unit.e.make_cell(reg);
        }
    }

    /// The registers of the unit's variables that hold cells, in order.
    fn cell_registers(&self) -> Vec<u16> {
        let record = self.analysis.scope(self.unit.scope);
        let mut cells: Vec<u16> = record
            .symbols
            .iter()
            .filter(|symbol| symbol.captured)
            .filter_map(|symbol| self.unit.registers.get(&(self.unit.scope, symbol.name)))
            .copied()
            .collect();
        if record.class_cell {
            cells.extend(self.unit.registers.get(&(self.unit.scope, self.names.class)));
        }
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// Ends the unit and goes on with the one around it. `None` when it is too large.
    fn end_unit(&mut self) -> Option<Arc<Code>> {
        let cells = self.cell_registers();
        let outer = self.outer.pop().expect("every unit has been begun inside another");
        let unit = std::mem::replace(&mut self.unit, outer);
        debug_assert!(unit.too_large || unit.top == unit.nlocals, "every temporary is given back");
        let record = self.analysis.scope(unit.scope);
        if unit.too_large {
            return None;
        }
        let bound = if unit.flags.namespace { 1 } else { unit.params.len() as u16 };
        let finished = flow::finish(unit.e, bound)?;
        Some(Arc::new(Code {
            name: unit.name.into(),
            qualname: unit.qualname.into(),
            source: SourceRef(self.source.clone()),
            first_line: unit.first_line,
            flags: unit.flags,
            posonly_count: unit.posonly_count,
            positional_count: unit.positional_count,
            kwonly_count: unit.kwonly_count,
            params: unit.params,
            nlocals: unit.nlocals,
            nregs: unit.max,
            locals: unit.locals,
            hidden: unit.hidden,
            cells,
            frees: record.frees.iter().map(|name| name.as_str().into()).collect(),
            instrs: finished.instrs,
            spans: finished.spans,
            consts: finished.consts,
            sites: finished.sites,
            call_shapes: finished.call_shapes,
            handlers: finished.handlers,
            handlings: finished.handlings,
            doc: unit.doc,
        }))
    }

    /// Ends an inner unit and makes its code a constant of this one.
    fn end_inner_unit(&mut self) -> u16 {
        match self.end_unit() {
            Some(code) => self.unit.e.code_constant(Const::Code(code)),
            None => {
                self.unit.too_large = true;
                0
            }
        }
    }

    fn module(&mut self, module: &'a Module) -> Option<Arc<Code>> {
        let scope = ScopeId(0);
        self.begin_unit(scope, "<module>", "<module>".to_owned(), &[]);
        self.unit.flags.coroutine = self.analysis.scope(scope).is_async;
        if self.options.mode == Mode::Eval
            && let [only] = module.body.as_slice()
            && let StmtKind::Expr(value) = &only.kind
        {
            let operand = self.operand(value);
            self.at(value.span);
            self.unit.e.ret(operand);
            self.unit.top = self.unit.nlocals;
            return self.end_unit();
        }
        let mut body = module.body.as_slice();
        self.at(module.span);
        if function::has_annotations(body) {
            self.at(Span::new(module.span.start, module.span.start));
            self.unit.e.setup_annotations();
        }
        if self.options.mode == Mode::Module
            && let Some((first, rest)) = body.split_first()
            && let StmtKind::Expr(value) = &first.kind
            && let ExprKind::Str(text) = &value.kind
        {
            self.at(value.span);
            self.store_implicit("__doc__", Const::Str(function::clean_doc(text)));
            body = rest;
        }
        let (quiet, shown) = match self.options.mode {
            Mode::Module | Mode::Namespace | Mode::Eval => (body, Default::default()),
            Mode::Interactive => (Default::default(), body),
            Mode::Prompt => body.split_at(body.len().saturating_sub(1)),
        };
        self.block(quiet);
        self.displays = true;
        self.block(shown);
        self.at(module.body.last().map_or(module.span, |last| last.span));
        self.return_none();
        self.end_unit()
    }

    /// Stores a constant under a name that no statement mentions.
    fn store_implicit(&mut self, name: &str, value: Const) {
        let reg = self.temp();
        self.unit.e.load_k(regs::fresh(reg), value);
        match self.top_level_place() {
            regs::Place::Namespace => self.unit.e.store_name(regs::owned(reg), name),
            _ => self.unit.e.store_global(regs::owned(reg), name),
        }
        self.unit.top = reg;
    }

    fn return_none(&mut self) {
        let reg = self.temp();
        self.unit.e.load_k(regs::fresh(reg), Const::None);
        self.unit.e.ret(regs::owned(reg));
        self.unit.top = reg;
    }

    /// Opens a scope inside this unit (a comprehension, type parameters): gives its variables
    /// temporaries, which are empty cells where they are captured.
    fn open_scope<T>(&mut self, node: &T, role: Role) -> ScopeId {
        let scope = self.analysis.scope_of(node, role);
        let analysis = self.analysis;
        for symbol in &analysis.scope(scope).symbols {
            if symbol.binding == Binding::Local(scope) {
                let reg = self.temp();
                self.unit.registers.insert((scope, symbol.name), reg);
                // What an earlier use left there must not be taken for a value.
                self.unit.e.kill(reg);
                if symbol.captured {
                    self.unit.e.make_cell(reg);
                }
            }
        }
        self.unit.scopes.push(scope);
        scope
    }

    /// Closes the scope and releases its variables.
    fn close_scope(&mut self, scope: ScopeId) {
        self.unit.scopes.pop();
        let analysis = self.analysis;
        for symbol in &analysis.scope(scope).symbols {
            if symbol.binding == Binding::Local(scope) {
                let reg = self.unit.registers[&(scope, symbol.name)];
                self.unit.e.kill(reg);
            }
        }
    }
}
