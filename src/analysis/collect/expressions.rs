//! The walk through expressions and patterns.

use super::Collector;
use crate::analysis::error::ErrorKind;
use crate::analysis::scope::{Role, ScopeKind};
use crate::analysis::suspect;
use crate::source::{Name, Span};
use crate::syntax::ast::*;

impl<'a> Collector<'a> {
    pub(in crate::analysis) fn expr(&mut self, expr: &'a Expr) {
        let mut expr = expr;
        loop {
            match &expr.kind {
                ExprKind::Binary(lhs, _, rhs) => {
                    self.expr(rhs);
                    expr = lhs;
                    continue;
                }
                literal!() | ExprKind::Error => {}
                ExprKind::FString(parts) => self.fstring(parts),
                ExprKind::Name(name) => self.expr_name(*name),
                ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => {
                    items.iter().for_each(|item| self.element(item));
                }
                ExprKind::Dict(items) => {
                    for (key, value) in items {
                        if let Some(key) = key {
                            self.expr(key);
                        }
                        self.expr(value);
                    }
                }
                ExprKind::Starred(inner) => {
                    self.report(ErrorKind::StarredHere, expr.span);
                    expr = inner;
                    continue;
                }
                ExprKind::Unary(_, inner) => {
                    expr = inner;
                    continue;
                }
                ExprKind::Bool(_, items) => items.iter().for_each(|item| self.expr(item)),
                ExprKind::Compare(first, rest) => {
                    self.analysis.warnings.extend(suspect::comparison(expr.span, first, rest));
                    rest.iter().for_each(|(_, item)| self.expr(item));
                    expr = first;
                    continue;
                }
                ExprKind::IfExp { test, body, orelse } => {
                    self.expr(test);
                    self.expr(body);
                    expr = orelse;
                    continue;
                }
                ExprKind::Walrus { target, value } => self.expr_walrus(*target, value, expr.span),
                ExprKind::Lambda(node) => self.expr_lambda(node),
                ExprKind::ListComp(node) => {
                    self.comprehension(node, "<listcomp>", ScopeKind::Comprehension, expr.span)
                }
                ExprKind::SetComp(node) => {
                    self.comprehension(node, "<setcomp>", ScopeKind::Comprehension, expr.span)
                }
                ExprKind::DictComp(node) => {
                    self.comprehension(node, "<dictcomp>", ScopeKind::Comprehension, expr.span)
                }
                ExprKind::Generator(node) => {
                    self.comprehension(node, "<genexpr>", ScopeKind::Generator, expr.span)
                }
                ExprKind::Await(inner) => {
                    self.check_await(expr.span);
                    expr = inner;
                    continue;
                }
                ExprKind::Yield(value) => {
                    self.check_yield(expr.span, ErrorKind::YieldOutsideFunction);
                    self.scope_mut().has_yield = true;
                    if let Some(value) = value {
                        self.expr(value);
                    }
                }
                ExprKind::YieldFrom(inner) => {
                    self.check_yield(expr.span, ErrorKind::YieldFromOutsideFunction);
                    self.check_yield_from(expr.span);
                    self.scope_mut().has_yield = true;
                    expr = inner;
                    continue;
                }
                ExprKind::Call { func, args } => {
                    self.analysis.warnings.extend(suspect::call(func));
                    self.args(args);
                    expr = func;
                    continue;
                }
                ExprKind::Attribute { value, .. } => {
                    expr = value;
                    continue;
                }
                ExprKind::Subscript { value, index } => {
                    self.analysis.warnings.extend(suspect::subscript(value, index));
                    self.subscript(index);
                    expr = value;
                    continue;
                }
                ExprKind::Slice { lower, upper, step } => {
                    for part in [lower, upper, step].into_iter().flatten() {
                        self.expr(part);
                    }
                }
            }
            return;
        }
    }

    pub(super) fn args(&mut self, args: &'a [Arg]) {
        self.check_keywords(args);
        for arg in args {
            match arg {
                Arg::Positional(value)
                | Arg::Star(value)
                | Arg::Keyword(_, value)
                | Arg::DoubleStar(value) => self.expr(value),
            }
        }
    }

    /// An element of a display, where a starred expression may stand.
    pub(super) fn element(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Starred(inner) => self.expr(inner),
            _ => self.expr(expr),
        }
    }

    pub(super) fn subscript(&mut self, index: &'a Expr) {
        match &index.kind {
            ExprKind::Starred(inner) => self.expr(inner),
            _ => self.expr(index),
        }
    }

    pub(super) fn expr_name(&mut self, name: Name) {
        self.use_name(name);
        // `super` finds its class through the cell that methods share with their class body.
        if name.as_str() == "super" && self.scope().is_function_like() {
            self.use_name(Name::new("__class__"));
        }
    }

    pub(super) fn fstring(&mut self, parts: &'a [FStringPart]) {
        for part in parts {
            match part {
                FStringPart::Literal(_) => {}
                FStringPart::Field(field) => {
                    self.expr(&field.value);
                    if let Some(spec) = &field.spec {
                        self.fstring(spec);
                    }
                }
            }
        }
    }

    /// The target belongs to the nearest scope that is no comprehension.
    pub(super) fn expr_walrus(&mut self, target: Ident, value: &'a Expr, span: Span) {
        self.check_walrus(target, span);
        let name = self.mangled(target.name);
        let mut id = self.current;
        while matches!(self.analysis.scope(id).kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            self.analysis.scope_mut(id).symbol_mut(name).used = true;
            id = self.analysis.scope(id).parent.expect("a comprehension has a scope around it");
        }
        let symbol = self.analysis.scope_mut(id).symbol_mut(name);
        symbol.bound = true;
        symbol.walrus = true;
        self.expr(value);
    }

    pub(super) fn expr_lambda(&mut self, node: &'a Lambda) {
        self.defaults(&node.params);
        self.enter(node, Role::Body, ScopeKind::Lambda, Name::new("<lambda>"), |this| {
            this.params(&node.params);
            this.expr(&node.body);
        });
    }

    pub(super) fn comprehension(&mut self, node: &'a Comprehension, name: &str, kind: ScopeKind, span: Span) {
        let (first, rest) = node.clauses.split_first().expect("a comprehension has a clause");
        self.place.comprehension_iterables += 1;
        self.expr(&first.iter);
        self.place.comprehension_iterables -= 1;
        let id = self.enter(node, Role::Body, kind, Name::new(name), |this| {
            if kind == ScopeKind::Generator {
                this.scope_mut().has_yield = true;
            }
            if node.clauses.iter().any(|clause| clause.is_async) {
                this.scope_mut().is_async = true;
            }
            this.clause(first);
            for clause in rest {
                this.place.comprehension_iterables += 1;
                this.expr(&clause.iter);
                this.place.comprehension_iterables -= 1;
                this.clause(clause);
            }
            if let Some(key) = &node.key {
                this.expr(key);
            }
            this.expr(&node.element);
        });
        if self.analysis.scope(id).is_async && kind == ScopeKind::Comprehension {
            self.check_async_comprehension(span);
        }
    }

    pub(super) fn clause(&mut self, clause: &'a CompFor) {
        self.assignment_target(&clause.target);
        clause.conditions.iter().for_each(|condition| self.expr(condition));
    }

    pub(super) fn pattern(&mut self, pattern: &'a Pattern) {
        match &pattern.kind {
            PatternKind::Value(value) | PatternKind::Singleton(value) => self.expr(value),
            PatternKind::Star(name) => {
                if let Some(name) = name {
                    self.bind_in(*name, pattern.span);
                }
            }
            PatternKind::Sequence(items) => {
                self.check_sequence_pattern(items, pattern.span);
                items.iter().for_each(|item| self.pattern(item));
            }
            PatternKind::Mapping { entries, rest } => {
                self.check_mapping_pattern(entries, pattern.span);
                for (key, value) in entries {
                    self.expr(key);
                    self.pattern(value);
                }
                if let Some(rest) = rest {
                    self.bind_in(*rest, pattern.span);
                }
            }
            PatternKind::Class { class, patterns, keywords } => {
                self.check_class_pattern(keywords);
                self.expr(class);
                patterns.iter().for_each(|item| self.pattern(item));
                for (name, item) in keywords {
                    self.check_debug(name.name, item.span);
                    self.pattern(item);
                }
            }
            PatternKind::As { pattern, name } => {
                if let Some(inner) = pattern {
                    self.pattern(inner);
                }
                if let Some(name) = name {
                    self.bind(*name);
                }
            }
            PatternKind::Or(items) => {
                self.check_alternatives(items, pattern.span);
                items.iter().for_each(|item| self.pattern(item));
            }
        }
    }
}
