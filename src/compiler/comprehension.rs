//! Comprehensions. Those of lists, sets and dicts are loops inside their unit, with variables
//! of their own; a generator expression is a function with one parameter, the iterator of its
//! first clause.

use super::Compiler;
use super::regs::fresh;
use crate::analysis::{Binding, Role};
use crate::bytecode::{Hidden, Out};
use crate::source::{Name, Span};
use crate::syntax::ast::*;

/// What a comprehension does with each element.
#[derive(Clone, Copy)]
enum Sink {
    List(u16),
    Set(u16),
    Dict(u16),
    Yield,
}

impl<'a> Compiler<'a> {
    /// ```text
    /// [x * 2 for x in xs if x]:   get_iter t1 = xs;  build_list t0 =;  kill x;  jump -> next
    ///                       body: jump_if_false x -> next;  mul_i t2 = x 2;  list_append t0 t2!
    ///                       next: for_iter t1 x = -> body
    ///                             kill x
    /// ```
    pub(super) fn expr_list_comp(&mut self, node: &'a Comprehension, span: Span, out: Out) {
        self.accumulate(out, |this, list| {
            let iterator = this.first_iterator(node);
            this.at(span);
            this.unit.e.build_list(fresh(list), list, 0);
            this.inline(node, iterator, Sink::List(list), span);
        });
    }

    pub(super) fn expr_set_comp(&mut self, node: &'a Comprehension, span: Span, out: Out) {
        self.accumulate(out, |this, set| {
            let iterator = this.first_iterator(node);
            this.at(span);
            this.unit.e.build_set(fresh(set), set, 0);
            this.inline(node, iterator, Sink::Set(set), span);
        });
    }

    pub(super) fn expr_dict_comp(&mut self, node: &'a Comprehension, span: Span, out: Out) {
        self.accumulate(out, |this, map| {
            let iterator = this.first_iterator(node);
            this.at(span);
            this.unit.e.build_map(fresh(map), map, 0);
            this.inline(node, iterator, Sink::Dict(map), span);
        });
    }

    /// The first clause's iterator, made in the scope outside.
    fn first_iterator(&mut self, node: &'a Comprehension) -> u16 {
        let clause = node.clauses.first().expect("a comprehension has a clause");
        let iterator = self.temp();
        self.iterator_of(&clause.iter, clause.is_async, iterator);
        iterator
    }

    fn inline(&mut self, node: &'a Comprehension, iterator: u16, sink: Sink, span: Span) {
        let scope = self.open_scope(node, Role::Body);
        let analysis = self.analysis;
        for symbol in &analysis.scope(scope).symbols {
            if symbol.binding == Binding::Local(scope) {
                let register = self.unit.registers[&(scope, symbol.name)];
                self.unit.hidden.push(Hidden { span, register, name: symbol.name.as_str().into() });
            }
        }
        self.clauses(node, 0, iterator, sink, span);
        self.close_scope(scope);
    }

    /// The loop of clause `index`, with the later ones inside it; `span` is the whole's.
    fn clauses(&mut self, node: &'a Comprehension, index: usize, iterator: u16, sink: Sink, span: Span) {
        let clause = &node.clauses[index];
        let again = self.unit.e.label();
        let body = |this: &mut Self| {
            for condition in &clause.conditions {
                this.condition(condition, again, false);
            }
            if index + 1 < node.clauses.len() {
                let inner = this.temp();
                this.iterator_of(&node.clauses[index + 1].iter, node.clauses[index + 1].is_async, inner);
                this.clauses(node, index + 1, inner, sink, span);
                this.unit.top = inner;
            } else {
                this.sink(node, sink);
            }
        };
        let shown = if clause.is_async { span } else { clause.iter.span };
        self.loop_over(iterator, &clause.target, shown, clause.is_async, again, body);
    }

    fn sink(&mut self, node: &'a Comprehension, sink: Sink) {
        let top = self.unit.top;
        match sink {
            Sink::Dict(map) => {
                let key = node.key.as_ref().expect("a dict comprehension has a key");
                let key_in = self.operand_before(key, &[&node.element]);
                let value = self.operand(&node.element);
                self.at(key.span.to(node.element.span));
                self.unit.e.map_add(map, key_in, value);
            }
            Sink::List(list) => {
                let value = self.operand(&node.element);
                self.at(node.element.span);
                self.unit.e.list_append(list, value);
            }
            Sink::Set(set) => {
                let value = self.operand(&node.element);
                self.at(node.element.span);
                self.unit.e.set_add(set, value);
            }
            Sink::Yield => {
                let value = self.operand(&node.element);
                self.at(node.element.span);
                self.unit.e.yield_only(value);
            }
        }
        self.unit.top = top;
    }

    /// ```text
    /// (x for x in xs):   <t1..t5 unbound>;  make_function t0 = <genexpr> t2..
    ///                    get_iter t1 = xs;  call out = t0.. 1
    /// ```
    pub(super) fn expr_generator(&mut self, node: &'a Comprehension, span: Span, out: Out) {
        let base = self.temp();
        let scope = self.analysis.scope_of(node, Role::Body);
        let qualname = self.qualname_of("<genexpr>");
        self.begin_unit(scope, "<genexpr>", qualname, &[Name::new(".0")]);
        self.unit.positional_count = 1;
        self.unit.posonly_count = 1;
        self.set_kind(scope);
        self.unit.first_line = self.line_of(span);
        self.at(span);
        self.clauses(node, 0, 0, Sink::Yield, span);
        self.at(span);
        self.return_none();
        self.finish_function(scope, span, base);
        self.first_iterator(node);
        self.at(span);
        self.unit.e.call(out, base, 1);
    }
}
