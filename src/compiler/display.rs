//! Displays: tuples, lists, sets and dicts that are written out. Short ones are built from a row
//! of registers, long and starred ones element by element.

use super::Compiler;
use super::regs::{fresh, owned};
use crate::bytecode::{Const, Out};
use crate::source::Span;
use crate::syntax::ast::*;

/// Displays with more elements are built one by one, as in CPython.
const MANY: usize = 30;

impl<'a> Compiler<'a> {
    /// ```text
    /// tuple:        build_tuple out = t0.. 2
    /// with a star:  build_list t0 =; list_append t0 ..; list_extend t0 ..; list_to_tuple out = t0!
    /// ```
    pub(super) fn expr_tuple(&mut self, items: &'a [Expr], span: Span, out: Out) {
        if items.len() <= MANY && !has_star(items) {
            let base = self.run_base(out);
            self.expr_run(items);
            let count = self.count(items.len());
            self.at(span);
            return self.unit.e.build_tuple(out, base, count);
        }
        let list = self.temp();
        self.grow_list(items, span, list);
        self.at(span);
        self.unit.e.list_to_tuple(out, owned(list));
    }

    pub(super) fn expr_list(&mut self, items: &'a [Expr], span: Span, out: Out) {
        let constant = if items.len() >= 3 { self.constants(items) } else { None };
        if constant.is_none() && items.len() <= MANY && !has_star(items) {
            let base = self.run_base(out);
            self.expr_run(items);
            let count = self.count(items.len());
            self.at(span);
            return self.unit.e.build_list(out, base, count);
        }
        self.accumulate(out, |this, list| match constant {
            Some(values) => {
                this.at(span);
                this.unit.e.build_list(fresh(list), list, 0);
                let reg = this.temp();
                this.load_k(fresh(reg), Const::Tuple(values));
                this.unit.e.list_extend(list, owned(reg));
                this.unit.top = reg;
            }
            None => this.grow_list(items, span, list),
        });
    }

    /// Builds a list in the temporary `list`, element by element.
    pub(super) fn grow_list(&mut self, items: &'a [Expr], span: Span, list: u16) {
        self.at(span);
        self.unit.e.build_list(fresh(list), list, 0);
        for item in items {
            let top = self.unit.top;
            match &item.kind {
                ExprKind::Starred(inner) => {
                    let value = self.operand(inner);
                    self.at(span);
                    self.unit.e.list_extend(list, value);
                }
                _ => {
                    let value = self.operand(item);
                    self.at(span);
                    self.unit.e.list_append(list, value);
                }
            }
            self.unit.top = top;
        }
    }

    pub(super) fn expr_set(&mut self, items: &'a [Expr], span: Span, out: Out) {
        if items.len() > 2
            && let Some(set_of_all) = self.constant_set(items)
        {
            // CPython makes a frozenset ahead and merges it, which shows in the order of the set.
            return self.accumulate(out, |this, set| {
                this.at(span);
                this.unit.e.build_set(fresh(set), set, 0);
                let reg = this.temp();
                this.load_k(fresh(reg), set_of_all);
                this.unit.e.set_update(set, owned(reg));
                this.unit.top = reg;
            });
        }
        if items.len() <= MANY && !has_star(items) {
            let base = self.run_base(out);
            self.expr_run(items);
            let count = self.count(items.len());
            self.at(span);
            return self.unit.e.build_set(out, base, count);
        }
        self.accumulate(out, |this, set| {
            this.at(span);
            this.unit.e.build_set(fresh(set), set, 0);
            for item in items {
                let top = this.unit.top;
                match &item.kind {
                    ExprKind::Starred(inner) => {
                        let value = this.operand(inner);
                        this.at(span);
                        this.unit.e.set_update(set, value);
                    }
                    _ => {
                        let value = this.operand(item);
                        this.at(span);
                        this.unit.e.set_add(set, value);
                    }
                }
                this.unit.top = top;
            }
        });
    }

    pub(super) fn expr_dict(&mut self, items: &'a [(Option<Expr>, Expr)], span: Span, out: Out) {
        if items.len() <= MANY / 2 && items.iter().all(|(key, _)| key.is_some()) {
            let base = self.run_base(out);
            for (key, value) in items {
                self.expr_run(key.iter().chain([value]));
            }
            let count = self.count(items.len());
            self.at(span);
            return self.unit.e.build_map(out, base, count);
        }
        self.accumulate(out, |this, map| {
            this.at(span);
            this.unit.e.build_map(fresh(map), map, 0);
            for (key, value) in items {
                let top = this.unit.top;
                match key {
                    Some(key) => {
                        let key_in = this.operand_before(key, &[value]);
                        let value_in = this.operand(value);
                        this.at(span);
                        this.unit.e.map_add(map, key_in, value_in);
                    }
                    None => {
                        let source = this.operand(value);
                        this.at(span);
                        this.unit.e.dict_update(map, source);
                    }
                }
                this.unit.top = top;
            }
        });
    }
}

pub(super) fn has_star(items: &[Expr]) -> bool {
    items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_)))
}
