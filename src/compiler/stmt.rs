//! Simple statements and the door to all others.

use super::Compiler;
use super::regs::{fresh, owned};
use crate::analysis::{ScopeKind, first_component};
use crate::bytecode::Const;
use crate::source::{Name, Span};
use crate::syntax::ast::*;
use std::sync::Arc;

impl<'a> Compiler<'a> {
    pub(super) fn block(&mut self, block: &'a [Stmt]) {
        block.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        let top = self.unit.top;
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Expr(value) => self.stmt_expr(value),
            StmtKind::Assign { targets, value } => self.stmt_assign(targets, value),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.stmt_ann_assign(target, annotation, value.as_ref(), *simple)
            }
            StmtKind::AugAssign { target, op, value } => self.stmt_aug_assign(target, *op, value, span),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.stmt_type_alias(stmt, *name, type_params, value)
            }
            StmtKind::Return(value) => self.stmt_return(value.as_ref(), span),
            StmtKind::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            StmtKind::Raise { exc, cause } => self.stmt_raise(exc.as_ref(), cause.as_ref(), span),
            StmtKind::Assert { test, msg } => self.stmt_assert(test, msg.as_ref(), span),
            StmtKind::Global(_) | StmtKind::Nonlocal(_) | StmtKind::Pass | StmtKind::Error => {}
            StmtKind::Import(aliases) => self.stmt_import(aliases, span),
            StmtKind::ImportFrom { module, names, level } => {
                self.stmt_import_from(*module, names, *level, span)
            }
            StmtKind::Break => self.stmt_break(span),
            StmtKind::Continue => self.stmt_continue(span),
            StmtKind::If { .. } => self.stmt_if(stmt),
            StmtKind::While { test, body, orelse } => self.stmt_while(test, body, orelse),
            StmtKind::For { target, iter, body, orelse, is_async } => {
                self.stmt_for(target, iter, body, orelse, span, *is_async);
            }
            StmtKind::With { items, body, is_async } => self.stmt_with(items, body, *is_async),
            StmtKind::Try(node) => self.stmt_try(node),
            StmtKind::Match { subject, cases } => self.stmt_match(subject, cases),
            StmtKind::FunctionDef(node) => self.stmt_function_def(node, span),
            StmtKind::ClassDef(node) => self.stmt_class_def(node, span),
        }
        self.unit.top = top;
    }

    fn stmt_expr(&mut self, value: &'a Expr) {
        let top_level = self.analysis.scope(self.unit.scope).kind == ScopeKind::Module;
        if self.displays && top_level {
            let operand = self.operand(value);
            self.at(value.span);
            return self.unit.e.display(operand);
        }
        if let ExprKind::Yield(given) = &value.kind {
            return self.stmt_yield(given.as_deref(), value.span);
        }
        // A constant on its own does nothing.
        if self.constant(value).is_none() {
            self.expr_effect(value);
        }
    }

    fn stmt_raise(&mut self, exc: Option<&'a Expr>, cause: Option<&'a Expr>, span: Span) {
        let Some(exc) = exc else {
            self.at(span);
            return self.unit.e.raise_again();
        };
        match cause {
            None => {
                let exc = self.operand(exc);
                self.at(span);
                self.unit.e.raise(exc);
            }
            Some(cause) => {
                let exc = self.operand_before(exc, &[cause]);
                let cause = self.operand(cause);
                self.at(span);
                self.unit.e.raise_from(exc, cause);
            }
        }
    }

    /// ```text
    /// assert x, m:   jump_if_true x -> end
    ///                load_assertion_error t0 =;  <t1 = m>;  call t2 = t0.. 1;  raise t2!
    ///           end:
    /// ```
    fn stmt_assert(&mut self, test: &'a Expr, msg: Option<&'a Expr>, span: Span) {
        let end = self.unit.e.label();
        self.condition(test, end, true);
        let base = self.temp();
        self.at(span);
        self.unit.e.load_assertion_error(fresh(base));
        let mut raised = base;
        if let Some(msg) = msg {
            self.expr_temp(msg);
            raised = self.temp();
            self.at(span);
            self.unit.e.call(fresh(raised), base, 1);
        }
        // CPython underlines the condition.
        self.at(test.span);
        self.unit.e.raise(owned(raised));
        self.unit.e.place(end);
    }

    /// The module named `name` into a fresh temporary.
    fn import(&mut self, name: &str, level: u32, fromlist: Const) -> u16 {
        let out = self.temp();
        let base = self.temps(2);
        self.load_k(fresh(base), Const::Int(level as i64));
        self.load_k(fresh(base + 1), fromlist);
        self.unit.e.import(fresh(out), base, name);
        self.unit.top = out + 1;
        out
    }

    /// ```text
    /// import a.b:        load_k t1 = 0;  load_k t2 = None;  import t0 = t1.. a.b;  <a = t0>
    /// import a.b as c:   …;  import_from t1 = t0 b;  kill t0;  <c = t1>
    /// ```
    fn stmt_import(&mut self, aliases: &'a [Alias], span: Span) {
        for alias in aliases {
            let top = self.unit.top;
            self.at(span);
            let path = self.mangled(alias.name.name);
            let path = path.as_str();
            let mut module = self.import(path, 0, Const::None);
            let bound = match alias.asname {
                None => first_component(alias.name),
                Some(asname) => {
                    for part in path.split('.').skip(1) {
                        let inner = self.temp();
                        self.unit.e.import_from(fresh(inner), module, part);
                        self.unit.e.kill(module);
                        module = inner;
                    }
                    asname
                }
            };
            let name = self.mangled(bound.name);
            self.store_name(name, owned(module));
            self.unit.top = top;
        }
    }

    /// ```text
    /// from m import x, y:   load_k t1 = 0;  load_k t2 = ("x", "y");  import t0 = t1.. m
    ///                       import_from t1 = t0 x;  <x = t1>;  …;  kill t0
    /// ```
    fn stmt_import_from(&mut self, module: Option<Ident>, names: &'a ImportNames, level: u32, span: Span) {
        self.at(span);
        let path = module.map_or("", |module| module.name.as_str());
        let text = |name: Name| Const::Str(Arc::from(name.as_str()));
        match names {
            ImportNames::Star(_) => {
                let module = self.import(path, level, Const::Tuple(vec![Const::Str("*".into())]));
                self.unit.e.import_star(owned(module));
            }
            ImportNames::Names(aliases) => {
                let list = aliases.iter().map(|alias| text(alias.name.name)).collect();
                let module = self.import(path, level, Const::Tuple(list));
                for alias in aliases {
                    let value = self.temp();
                    let wanted = self.mangled(alias.name.name);
                    self.unit.e.import_from(fresh(value), module, wanted.as_str());
                    let name = self.mangled(alias.asname.unwrap_or(alias.name).name);
                    self.store_name(name, owned(value));
                    self.unit.top = value;
                }
                self.unit.e.kill(module);
            }
        }
    }
}
