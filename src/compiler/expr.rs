//! Expressions. [`Compiler::expr_into`] compiles one into a given register,
//! [`Compiler::operand`] to wherever it is cheapest to read it once. What takes more than a few
//! lines is in `operator`, `display`, `fstring`, `call` and `comprehension`.

use super::Compiler;
use super::regs::{Place, fresh, in_place, over, owned};
use crate::bytecode::{Const, In, Out};
use crate::source::{Name, Span};
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// Compiles `expr` so that its value ends up in `out`. When it raises, `out` is as before.
    pub(super) fn expr_into(&mut self, expr: &'a Expr, out: Out) {
        let top = self.unit.top;
        self.expr(expr, out);
        self.unit.top = top;
    }

    /// Compiles `expr` into a fresh temporary, which it takes.
    pub(super) fn expr_temp(&mut self, expr: &'a Expr) -> u16 {
        let reg = self.temp();
        self.expr_into(expr, fresh(reg));
        reg
    }

    /// The value of `expr` to be read once: a variable in place, anything else in a temporary.
    pub(super) fn operand(&mut self, expr: &'a Expr) -> In {
        self.operand_before(expr, &[])
    }

    /// The same for an operand that is read after `later` have been evaluated, which must not
    /// change it.
    pub(super) fn operand_before(&mut self, expr: &'a Expr, later: &[&Expr]) -> In {
        match &expr.kind {
            ExprKind::Name(name) if !self.is_rebound(expr, later) => {
                let name = self.mangled(*name);
                if let Place::Register(reg) = self.place(name) {
                    self.at(expr.span);
                    self.unit.e.check_bound(reg);
                    return in_place(reg);
                }
            }
            ExprKind::Walrus { target, value } if !self.is_rebound(expr, later) => {
                let name = self.mangled(target.name);
                if let Place::Register(reg) = self.place(name) {
                    self.expr_into(value, over(reg));
                    return in_place(reg);
                }
            }
            _ => {}
        }
        owned(self.expr_temp(expr))
    }

    /// Evaluates `expr` and drops the value.
    pub(super) fn expr_effect(&mut self, expr: &'a Expr) {
        let top = self.unit.top;
        let operand = self.operand(expr);
        if operand.kill {
            self.unit.e.kill(operand.reg);
        }
        self.unit.top = top;
    }

    /// Values in a row of temporaries; the first one's register.
    pub(super) fn expr_run(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> u16 {
        let base = self.unit.top;
        for expr in exprs {
            self.expr_temp(expr);
        }
        base
    }

    /// Runs `inside` with a temporary that holds the growing value, which then goes to `out`.
    /// A dead temporary as `out` is used itself.
    pub(super) fn accumulate(&mut self, out: Out, inside: impl FnOnce(&mut Self, u16)) {
        if !out.drop {
            return inside(self, out.reg);
        }
        let reg = self.temp();
        inside(self, reg);
        self.unit.e.mov(out, owned(reg));
        self.unit.top = reg;
    }

    pub(super) fn load_k(&mut self, out: Out, value: Const) {
        self.unit.e.load_k(out, value);
    }

    fn expr(&mut self, expr: &'a Expr, out: Out) {
        match &expr.kind {
            literal!() => {
                let value = self.constant(expr).expect("a literal is a constant");
                self.at(expr.span);
                self.load_k(out, value);
            }
            ExprKind::FString(parts) => self.expr_fstring(parts, expr.span, out),
            ExprKind::Name(name) => self.expr_name(*name, expr.span, out),
            ExprKind::Tuple(items) => match self.constants(items) {
                Some(values) => {
                    self.at(expr.span);
                    self.load_k(out, Const::Tuple(values));
                }
                None => self.expr_tuple(items, expr.span, out),
            },
            ExprKind::List(items) => self.expr_list(items, expr.span, out),
            ExprKind::Set(items) => self.expr_set(items, expr.span, out),
            ExprKind::Dict(items) => self.expr_dict(items, expr.span, out),
            // The analysis has reported it.
            ExprKind::Starred(_) | ExprKind::Error => self.load_k(out, Const::None),
            ExprKind::Unary(op, inner) => self.expr_unary(*op, inner, expr, out),
            ExprKind::Binary(..) => self.expr_binary(expr, out),
            ExprKind::Bool(op, items) => self.expr_bool(*op, items, out),
            ExprKind::Compare(first, rest) => self.expr_compare(first, rest, expr.span, out),
            ExprKind::IfExp { test, body, orelse } => self.expr_if(test, body, orelse, out),
            ExprKind::Walrus { target, value } => self.expr_walrus(*target, value, expr.span, out),
            ExprKind::Lambda(node) => self.expr_lambda(node, expr.span, out),
            ExprKind::ListComp(node) => self.expr_list_comp(node, expr.span, out),
            ExprKind::SetComp(node) => self.expr_set_comp(node, expr.span, out),
            ExprKind::DictComp(node) => self.expr_dict_comp(node, expr.span, out),
            ExprKind::Generator(node) => self.expr_generator(node, expr.span, out),
            ExprKind::Await(inner) => {
                let value = self.operand(inner);
                self.at(expr.span);
                self.await_value(value, 0, out);
            }
            ExprKind::Yield(value) => self.expr_yield(value.as_deref(), expr.span, out),
            ExprKind::YieldFrom(inner) => self.expr_yield_from(inner, expr.span, out),
            ExprKind::Call { func, args } => self.expr_call(func, args, expr.span, out),
            ExprKind::Attribute { value, attr } => {
                let span = self.attribute_span(expr.span, *attr);
                self.expr_attribute(value, *attr, span, out);
            }
            ExprKind::Subscript { value, index } => {
                let obj = self.operand_before(value, &[index]);
                let index = self.operand_index(index);
                self.at(expr.span);
                self.unit.e.get_item(out, obj, index);
            }
            ExprKind::Slice { lower, upper, step } => self.expr_slice([lower, upper, step], expr.span, out),
        }
    }

    /// A subscript's index; `a[*b]` has a tuple there.
    pub(super) fn operand_index(&mut self, index: &'a Expr) -> In {
        match index.kind {
            ExprKind::Starred(_) => {
                let reg = self.temp();
                self.expr_tuple(std::slice::from_ref(index), index.span, fresh(reg));
                self.unit.top = reg + 1;
                owned(reg)
            }
            _ => self.operand(index),
        }
    }

    fn expr_name(&mut self, name: Name, span: Span, out: Out) {
        if name.as_str() == "__debug__" {
            self.at(span);
            return self.load_k(out, Const::True);
        }
        let name = self.mangled(name);
        self.at(span);
        self.load_name(name, out);
    }

    /// The variable `name` (mangled) into `out`.
    pub(super) fn load_name(&mut self, name: Name, out: Out) {
        self.load_from(self.place(name), name, out);
    }

    /// The same, when the place of the variable is known.
    pub(super) fn load_from(&mut self, place: Place, name: Name, out: Out) {
        let e = &mut self.unit.e;
        match place {
            Place::Register(reg) => {
                e.check_bound(reg);
                if reg != out.reg {
                    e.mov(out, in_place(reg));
                }
            }
            Place::Cell(reg) => e.load_cell(out, reg),
            Place::Free(index) => e.load_free(out, index),
            Place::Global => e.load_global(out, name.as_str()),
            Place::Namespace => e.load_name(out, name.as_str()),
            Place::NamespaceFree(index) => e.load_name_free(out, index, name.as_str()),
        }
    }

    fn expr_if(&mut self, test: &'a Expr, body: &'a Expr, orelse: &'a Expr, out: Out) {
        match self.constant_truth(test) {
            Some(true) => return self.expr_into(body, out),
            Some(false) => return self.expr_into(orelse, out),
            None => {}
        }
        let other = self.unit.e.label();
        let end = self.unit.e.label();
        self.condition(test, other, false);
        self.expr_into(body, out);
        self.unit.e.jump(end);
        self.unit.e.place(other);
        self.expr_into(orelse, out);
        self.unit.e.place(end);
    }

    fn expr_walrus(&mut self, target: Ident, value: &'a Expr, span: Span, out: Out) {
        let name = self.mangled(target.name);
        if let Place::Register(reg) = self.place(name) {
            self.expr_into(value, over(reg));
            self.at(span);
            if reg != out.reg {
                self.unit.e.mov(out, in_place(reg));
            }
            return;
        }
        self.accumulate(out, |this, reg| {
            this.expr_into(value, fresh(reg));
            this.at(span);
            this.store_name(name, in_place(reg));
        });
    }

    /// ```text
    /// await x:   get_awaitable t0 = x;  yield_from out = t0
    /// ```
    pub(super) fn await_value(&mut self, value: In, context: u16, out: Out) {
        let iter = self.temp();
        self.unit.e.get_awaitable(fresh(iter), value, context);
        self.unit.e.yield_from(out, iter);
        self.unit.top = iter;
    }

    fn expr_yield(&mut self, value: Option<&'a Expr>, span: Span, out: Out) {
        let value = self.yielded(value, span);
        self.unit.e.yield_(out, value);
    }

    /// `yield x` as a statement: nobody looks at what is sent in.
    pub(super) fn stmt_yield(&mut self, value: Option<&'a Expr>, span: Span) {
        let value = self.yielded(value, span);
        self.unit.e.yield_only(value);
    }

    fn yielded(&mut self, value: Option<&'a Expr>, span: Span) -> In {
        let value = match value {
            Some(value) => self.operand(value),
            None => {
                let reg = self.temp();
                self.at(span);
                self.load_k(fresh(reg), Const::None);
                owned(reg)
            }
        };
        self.at(span);
        value
    }

    /// ```text
    /// yield from x:   get_yield_from_iter t0 = x;  yield_from out = t0
    /// ```
    fn expr_yield_from(&mut self, inner: &'a Expr, span: Span, out: Out) {
        let value = self.operand(inner);
        self.at(span);
        let iter = self.temp();
        self.unit.e.get_yield_from_iter(fresh(iter), value);
        self.unit.e.yield_from(out, iter);
    }

    fn expr_attribute(&mut self, value: &'a Expr, attr: Ident, span: Span, out: Out) {
        let name = self.mangled(attr.name);
        if self.is_super_call(value) {
            let args = self.super_operands(value);
            self.at(span);
            return self.unit.e.load_super_attr(out, args, name.as_str());
        }
        let obj = self.operand(value);
        self.at(span);
        self.unit.e.get_attr(out, obj, name.as_str());
    }

    fn expr_slice(&mut self, parts: [&'a Option<Box<Expr>>; 3], span: Span, out: Out) {
        let base = self.run_base(out);
        for part in parts {
            match part {
                Some(part) => {
                    self.expr_temp(part);
                }
                None => {
                    let reg = self.temp();
                    self.at(span);
                    self.load_k(fresh(reg), Const::None);
                }
            }
        }
        self.at(span);
        self.unit.e.build_slice(out, base);
    }
}
