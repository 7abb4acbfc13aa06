//! `def`, `lambda`, type parameters and `type` statements: everything that makes a function.

use super::Compiler;
use super::call::Callee;
use super::regs::{fresh, owned};
use crate::analysis::{Role, ScopeId, ScopeKind, every_param};
use crate::bytecode::{Const, Out};
use crate::source::{Name, Span};
use crate::syntax::ast::*;
use std::sync::Arc;

impl<'a> Compiler<'a> {
    /// The qualified name of something that the current unit defines.
    pub(super) fn qualname_of(&self, name: &str) -> String {
        let scope = self.analysis.scope(self.unit.scope);
        let global = self
            .analysis
            .scope(self.scope())
            .symbol(self.mangled(Name::new(name)))
            .is_some_and(|symbol| symbol.global);
        match scope.kind {
            ScopeKind::Module => name.to_owned(),
            _ if global => name.to_owned(),
            ScopeKind::Class => format!("{}.{name}", self.unit.qualname),
            ScopeKind::Function
            | ScopeKind::Lambda
            | ScopeKind::Comprehension
            | ScopeKind::Generator
            | ScopeKind::TypeParams
            | ScopeKind::TypeAlias => format!("{}.<locals>.{name}", self.unit.qualname),
        }
    }

    pub(super) fn line_of(&self, span: Span) -> u32 {
        self.source.lines.line(span.start)
    }

    /// ```text
    /// @d
    /// def f(): …     <t0 = d>;  make_function t1 = f t2..;  call t0 = t0.. 1;  <f = t0>
    /// ```
    pub(super) fn stmt_function_def(&mut self, node: &'a FunctionDef, span: Span) {
        let base = self.expr_run(&node.decorators);
        let name = self.mangled(node.name.name);
        let target = Expr { kind: ExprKind::Name(node.name.name), span: node.name.span };
        let direct = match node.decorators.is_empty() {
            true => self.local_target(&target),
            false => None,
        };
        let out = direct.unwrap_or_else(|| fresh(self.temp()));
        let first = node.decorators.first().map_or(span, |decorator| decorator.span.to(span));
        let def = Span::new(span.start, span.start + "def".len() as u32);
        let def_span = if span.is_empty() { span } else { def.to(node.name.span) };
        self.function_value(node, def_span, self.line_of(first), out);
        if direct.is_some() {
            return;
        }
        let value = self.decorate(base, out.reg, &node.decorators);
        self.at(node.name.span);
        self.store_name(name, owned(value));
    }

    /// Calls the decorators at `base`.. on the value after them, the last one first; each result
    /// lands where the one before expects its argument. Returns where the final value is.
    pub(super) fn decorate(&mut self, base: u16, value: u16, decorators: &'a [Expr]) -> u16 {
        let mut value = value;
        for (index, decorator) in decorators.iter().enumerate().rev() {
            let callee = base + index as u16;
            debug_assert_eq!(value, callee + 1, "the value follows the decorators");
            self.at(decorator.span);
            self.unit.e.call(fresh(callee), callee, 1);
            value = callee;
        }
        value
    }

    /// The function object of a `def`, with its type parameters if it has any.
    fn function_value(&mut self, node: &'a FunctionDef, span: Span, line: u32, out: Out) {
        // Defaults belong to the scope outside.
        let parts = self.unit.top;
        self.temps(4);
        self.function_defaults(&node.params, span, parts);
        let generic = (!node.type_params.is_empty()).then(|| self.open_type_params(node, &node.type_params));
        self.function_annotations(node, span, parts + 3);
        let scope = self.analysis.scope_of(node, Role::Body);
        let code = self.function_code(node, scope, line);
        self.closure(scope, span, parts + 2);
        self.at(span);
        match generic {
            None => self.unit.e.make_function(out, code, parts),
            Some((opened, params)) => {
                let function = self.temp();
                self.unit.e.make_function(fresh(function), code, parts);
                self.unit.e.set_attr(super::regs::in_place(function), owned(params), "__type_params__");
                self.close_scope(opened);
                self.unit.e.mov(out, owned(function));
            }
        }
        self.unit.top = parts;
    }

    /// The defaults tuple in R[parts] and the keyword defaults in R[parts+1]; unbound if none.
    fn function_defaults(&mut self, params: &'a Params, span: Span, parts: u16) {
        let top = self.unit.top;
        let defaults: Vec<&'a Expr> =
            params.posonly.iter().chain(&params.args).filter_map(|param| param.default.as_ref()).collect();
        if defaults.is_empty() {
            self.at(span);
            self.unit.e.kill(parts);
        } else {
            let constants: Option<Vec<Const>> =
                defaults.iter().map(|default| self.constant(default)).collect();
            match constants {
                Some(values) => {
                    self.at(span);
                    self.load_k(fresh(parts), Const::Tuple(values));
                }
                None => {
                    let count = self.count(defaults.len());
                    let base = self.expr_run(defaults);
                    self.at(span);
                    self.unit.e.build_tuple(fresh(parts), base, count);
                }
            }
            self.unit.top = top;
        }
        let base = self.unit.top;
        let mut pairs = 0;
        for param in &params.kwonly {
            if let Some(default) = &param.default {
                let name = self.mangled(param.name.name);
                let key = self.temp();
                self.at(param.span);
                self.load_k(fresh(key), Const::Str(name.as_str().into()));
                self.expr_temp(default);
                pairs += 1;
            }
        }
        self.at(span);
        if pairs == 0 {
            self.unit.e.kill(parts + 1);
        } else {
            let pairs = self.count(pairs);
            self.unit.e.build_map(fresh(parts + 1), base, pairs);
        }
        self.unit.top = top;
    }

    /// The annotations in R[out]; unbound if there are none.
    fn function_annotations(&mut self, node: &'a FunctionDef, span: Span, out: u16) {
        let top = self.unit.top;
        // The order in which CPython evaluates them: `*args` before the keyword-only ones.
        let Params { posonly, args, vararg, kwonly, kwarg } = &node.params;
        let params = (posonly.iter().chain(args).chain(vararg).chain(kwonly).chain(kwarg))
            .filter_map(|param| param.annotation.as_ref().map(|value| (param.name.name, value)));
        let returns = node.returns.as_ref().map(|value| (Name::new("return"), value));
        let mut pairs = 0;
        for (name, value) in params.chain(returns) {
            let name = self.mangled(name);
            let key = self.temp();
            self.at(value.span);
            self.load_k(fresh(key), Const::Str(name.as_str().into()));
            let place = self.temp();
            match &value.kind {
                // `*args: *Ts`
                ExprKind::Starred(inner) if !self.analysis.future_annotations => {
                    self.expr_into(inner, fresh(place));
                }
                _ => {
                    let operand = self.annotation(value);
                    if operand.reg != place || !operand.kill {
                        self.unit.e.mov(fresh(place), operand);
                    }
                }
            }
            self.unit.top = place + 1;
            pairs += 1;
        }
        self.at(span);
        if pairs == 0 {
            self.unit.e.kill(out);
        } else {
            let pairs = self.count(pairs);
            self.unit.e.build_map(fresh(out), top, pairs);
        }
        self.unit.top = top;
    }

    /// The closure tuple of an inner unit in R[out]; unbound if it has none.
    pub(super) fn closure(&mut self, scope: ScopeId, span: Span, out: u16) {
        let top = self.unit.top;
        let analysis = self.analysis;
        let frees = &analysis.scope(scope).frees;
        self.at(span);
        if frees.is_empty() {
            return self.unit.e.kill(out);
        }
        for &name in frees {
            self.load_cell_of(name);
        }
        let count = self.count(frees.len());
        self.unit.e.build_tuple(fresh(out), top, count);
        self.unit.top = top;
    }

    /// The parameters of a unit that is about to begin.
    fn param_names(&self, scope: ScopeId, params: &Params) -> Vec<Name> {
        let class_name = self.analysis.scope(scope).class_name;
        every_param(params).map(|param| crate::analysis::mangle(class_name, param.name.name)).collect()
    }

    fn set_params(&mut self, params: &Params) {
        let unit = &mut self.unit;
        let narrow = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        unit.posonly_count = narrow(params.posonly.len());
        unit.positional_count = narrow(params.posonly.len() + params.args.len());
        unit.kwonly_count = narrow(params.kwonly.len());
        unit.flags.varargs = params.vararg.is_some();
        unit.flags.varkw = params.kwarg.is_some();
    }

    pub(super) fn set_kind(&mut self, scope: ScopeId) {
        let record = self.analysis.scope(scope);
        let flags = &mut self.unit.flags;
        flags.generator = record.has_yield && !record.is_async;
        flags.coroutine = record.is_async && !record.has_yield;
        flags.async_generator = record.is_async && record.has_yield;
    }

    fn function_code(&mut self, node: &'a FunctionDef, scope: ScopeId, line: u32) -> u16 {
        let qualname = self.qualname_of(node.name.name.as_str());
        let params = self.param_names(scope, &node.params);
        self.begin_unit(scope, node.name.name.as_str(), qualname, &params);
        self.set_params(&node.params);
        self.set_kind(scope);
        self.unit.first_line = line;
        let mut body = node.body.as_slice();
        if let Some((first, rest)) = body.split_first()
            && let StmtKind::Expr(value) = &first.kind
            && let ExprKind::Str(text) = &value.kind
        {
            self.unit.doc = Some(clean_doc(text));
            body = rest;
        }
        self.block(body);
        self.at(node.body.last().map_or(node.name.span, |last| last.span));
        self.return_none();
        self.end_inner_unit()
    }

    pub(super) fn expr_lambda(&mut self, node: &'a Lambda, span: Span, out: Out) {
        let parts = self.temps(4);
        self.function_defaults(&node.params, span, parts);
        let scope = self.analysis.scope_of(node, Role::Body);
        let qualname = self.qualname_of("<lambda>");
        let params = self.param_names(scope, &node.params);
        self.begin_unit(scope, "<lambda>", qualname, &params);
        self.set_params(&node.params);
        self.set_kind(scope);
        self.unit.first_line = self.line_of(span);
        let value = self.operand(&node.body);
        self.at(node.body.span);
        self.unit.e.ret(value);
        self.unit.top = self.unit.nlocals;
        let code = self.end_inner_unit();
        self.closure(scope, span, parts + 2);
        self.at(span);
        self.unit.e.kill(parts + 3);
        self.unit.e.make_function(out, code, parts);
    }

    /// Opens the scope of type parameters, makes each of them, and leaves their tuple in a
    /// temporary. They are ordinary variables of the unit, captured by what they are used in.
    ///
    /// ```text
    /// def f[T: int](): …   <t1 = "T", t2 = a function that gives int, t3 unbound>
    ///                      make_type_param t0 = t1.. 0
    ///                      build_tuple t4 = …
    /// ```
    pub(super) fn open_type_params<T>(&mut self, node: &T, params: &'a [TypeParam]) -> (ScopeId, u16) {
        let tuple = self.temp();
        let scope = self.open_scope(node, Role::TypeParams);
        for param in params {
            let base = self.temps(3);
            let name = self.mangled(param.name.name);
            self.at(param.span);
            self.load_k(fresh(base), Const::Str(param.name.name.as_str().into()));
            for (offset, part) in [(1, &param.bound), (2, &param.default)] {
                match part {
                    Some(part) => {
                        let value = match &part.kind {
                            ExprKind::Starred(inner) => inner,
                            _ => part,
                        };
                        let scope = self.analysis.scope_of(part, Role::Body);
                        self.deferred(scope, param.name, value, param.span, base + offset);
                    }
                    None => self.unit.e.kill(base + offset),
                }
            }
            let kind = match param.kind {
                TypeParamKind::TypeVar if is_tuple(param.bound.as_ref()) => 3,
                TypeParamKind::TypeVar => 0,
                TypeParamKind::TypeVarTuple => 1,
                TypeParamKind::ParamSpec => 2,
            };
            let made = self.temp();
            self.at(param.span);
            self.unit.e.make_type_param(fresh(made), base, kind);
            self.store_name(name, owned(made));
            self.unit.top = base;
        }
        let base = self.unit.top;
        for param in params {
            let name = self.mangled(param.name.name);
            let reg = self.temp();
            self.at(param.span);
            self.load_name(name, fresh(reg));
        }
        let count = self.count(params.len());
        self.unit.e.build_tuple(fresh(tuple), base, count);
        self.unit.top = base;
        (scope, tuple)
    }

    /// ```text
    /// type A = B:   load_k t0 = "A";  <t1 = ()>;  make_function t2 = A t3..
    ///               make_type_alias t3 = t0..;  <A = t3>
    /// ```
    pub(super) fn stmt_type_alias(
        &mut self,
        stmt: &'a Stmt,
        name: Ident,
        params: &'a [TypeParam],
        value: &'a Expr,
    ) {
        let span = stmt.span;
        let base = self.temps(3);
        self.at(name.span);
        self.load_k(fresh(base), Const::Str(name.name.as_str().into()));
        let generic = if params.is_empty() {
            self.load_k(fresh(base + 1), Const::Tuple(Vec::new()));
            None
        } else {
            let (scope, tuple) = self.open_type_params(stmt, params);
            self.unit.e.mov(fresh(base + 1), owned(tuple));
            Some(scope)
        };
        let scope = self.analysis.scope_of(stmt, Role::Body);
        self.deferred(scope, name, value, span, base + 2);
        let alias = self.temp();
        self.at(span);
        self.unit.e.make_type_alias(fresh(alias), base);
        if let Some(scope) = generic {
            self.close_scope(scope);
        }
        let name = self.mangled(name.name);
        self.store_name(name, owned(alias));
    }

    /// A function in R[out] that computes `value` when it is called.
    fn deferred(&mut self, scope: ScopeId, name: Ident, value: &'a Expr, span: Span, out: u16) {
        let qualname = self.qualname_of(name.name.as_str());
        self.begin_unit(scope, name.name.as_str(), qualname, &[]);
        self.unit.first_line = self.line_of(span);
        let result = self.operand(value);
        self.at(value.span);
        self.unit.e.ret(result);
        self.unit.top = self.unit.nlocals;
        let code = self.end_inner_unit();
        let parts = self.temps(4);
        self.at(span);
        for part in [0, 1, 3] {
            self.unit.e.kill(parts + part);
        }
        self.closure(scope, span, parts + 2);
        self.unit.e.make_function(fresh(out), code, parts);
        self.unit.top = parts;
    }

    /// Calls the function at `base` with `count` values after it.
    pub(super) fn call_run(&mut self, base: u16, count: usize, span: Span, out: Out) {
        self.finish_call(base, Callee::Plain, count, &[], span, out);
    }
}

/// `T: (int, str)` has constraints, not a bound.
fn is_tuple(bound: Option<&Expr>) -> bool {
    bound.is_some_and(|bound| matches!(bound.kind, ExprKind::Tuple(_)))
}

/// Whether a module's or class's own statements (not those of functions in it) annotate names.
pub(super) fn has_annotations(block: &[Stmt]) -> bool {
    block.iter().any(|stmt| match &stmt.kind {
        StmtKind::AnnAssign { .. } => true,
        StmtKind::If { body, orelse, .. }
        | StmtKind::While { body, orelse, .. }
        | StmtKind::For { body, orelse, .. } => has_annotations(body) || has_annotations(orelse),
        StmtKind::With { body, .. } => has_annotations(body),
        StmtKind::Try(node) => {
            has_annotations(&node.body)
                || node.handlers.iter().any(|handler| has_annotations(&handler.body))
                || has_annotations(&node.orelse)
                || has_annotations(&node.finalbody)
        }
        StmtKind::Match { cases, .. } => cases.iter().any(|case| has_annotations(&case.body)),
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::TypeAlias { .. }
        | StmtKind::Return(_)
        | StmtKind::Delete(_)
        | StmtKind::Raise { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom { .. }
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::FunctionDef(_)
        | StmtKind::ClassDef(_)
        | StmtKind::Error => false,
    })
}

/// A docstring as CPython 3.13 keeps it: without the indentation that all its lines but the
/// first have in common.
pub(super) fn clean_doc(text: &str) -> Arc<str> {
    let text = expand_tabs(text);
    let blank = |line: &str| line.trim_start_matches(' ').is_empty();
    let margin = text
        .split('\n')
        .skip(1)
        .filter(|line| !blank(line))
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut clean = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index == 0 {
            clean.push_str(line.trim_start_matches(' '));
        } else {
            clean.push('\n');
            let spaces = line.len() - line.trim_start_matches(' ').len();
            clean.push_str(&line[spaces.min(margin)..]);
        }
    }
    clean.into()
}

/// Tabs as CPython's docstrings see them: to the next multiple of eight.
fn expand_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}
