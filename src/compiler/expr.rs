//! Expressions. [`Compiler::expr_into`] compiles one into a given register,
//! [`Compiler::operand`] to wherever it is cheapest to read it once.

use super::Compiler;
use super::fold::{self, chain_of};
use super::regs::{Place, fresh, in_place, over, owned};
use crate::bytecode::{Const, In, Op, Out};
use crate::source::{Name, Span};
use crate::syntax::ast::*;

/// Displays with more elements are built one by one, as in CPython.
const MANY: usize = 30;

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
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_) => {
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
        let place = self.place(name);
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

    fn expr_list(&mut self, items: &'a [Expr], span: Span, out: Out) {
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
                    self.at(item.span);
                    self.unit.e.list_extend(list, value);
                }
                _ => {
                    let value = self.operand(item);
                    self.at(item.span);
                    self.unit.e.list_append(list, value);
                }
            }
            self.unit.top = top;
        }
    }

    fn expr_set(&mut self, items: &'a [Expr], span: Span, out: Out) {
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
                        this.at(item.span);
                        this.unit.e.set_update(set, value);
                    }
                    _ => {
                        let value = this.operand(item);
                        this.at(item.span);
                        this.unit.e.set_add(set, value);
                    }
                }
                this.unit.top = top;
            }
        });
    }

    fn expr_dict(&mut self, items: &'a [(Option<Expr>, Expr)], span: Span, out: Out) {
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
                        this.at(value.span);
                        this.unit.e.dict_update(map, source);
                    }
                }
                this.unit.top = top;
            }
        });
    }

    fn expr_unary(&mut self, op: UnaryOp, inner: &'a Expr, expr: &'a Expr, out: Out) {
        if let Some(value) = self.constant(expr) {
            self.at(expr.span);
            return self.load_k(out, value);
        }
        // `not` of a comparison is the opposite one where there is one.
        if op == UnaryOp::Not
            && let ExprKind::Compare(lhs, rest) = &inner.kind
            && let [(cmp, rhs)] = rest.as_slice()
            && let Some(opposite) = opposite(*cmp)
        {
            let lhs_in = self.operand_before(lhs, &[rhs]);
            let rhs_in = self.operand(rhs);
            self.at(inner.span);
            return self.compare(opposite, out, lhs_in, rhs_in);
        }
        let value = self.operand(inner);
        self.at(expr.span);
        match op {
            UnaryOp::Not => self.unit.e.not(out, value),
            UnaryOp::Neg => self.unit.e.neg(out, value),
            UnaryOp::Pos => self.unit.e.pos(out, value),
            UnaryOp::Invert => self.unit.e.invert(out, value),
        }
    }

    /// A left-deep chain in a loop, through two temporaries that take turns:
    ///
    /// ```text
    /// a + b + c + d:   add t0 = a b;  add t1 = t0! c;  add out = t1! d
    /// ```
    fn expr_binary(&mut self, expr: &'a Expr, out: Out) {
        let (leaf, chain) = chain_of(expr);
        let mut done = 0;
        let mut value = self.constant(leaf);
        while let Some(lhs) = &value
            && let Some((_, op, rhs)) = chain.get(done)
            && let Some(rhs) = self.constant(rhs)
            && let Some(folded) = fold::binary(lhs, *op, &rhs)
        {
            value = Some(folded);
            done += 1;
        }
        let rest = &chain[done..];
        let mut lhs = match value {
            Some(value) => {
                self.at(if done == 0 { leaf.span } else { chain[done - 1].0 });
                if rest.is_empty() {
                    return self.load_k(out, value);
                }
                let reg = self.temp();
                self.load_k(fresh(reg), value);
                owned(reg)
            }
            None => {
                let later: Vec<&Expr> = rest.iter().take(1).map(|(_, _, rhs)| *rhs).collect();
                self.operand_before(leaf, &later)
            }
        };
        let mut spare = None;
        for (index, &(span, op, rhs)) in rest.iter().enumerate() {
            let dst = if index + 1 == rest.len() {
                out
            } else {
                fresh(spare.take().unwrap_or_else(|| self.temp()))
            };
            let top = self.unit.top;
            let immediate = self.immediate(rhs).and_then(|imm| Some((immediate_op(op)?, imm)));
            match immediate {
                Some((op, imm)) => {
                    self.at(span);
                    self.unit.e.emit(op, [dst.into(), lhs.into(), imm.into()]);
                }
                None => {
                    let rhs = self.operand(rhs);
                    self.at(span);
                    self.unit.e.emit(binary_op(op), [dst.into(), lhs.into(), rhs.into()]);
                }
            }
            self.unit.top = top;
            if lhs.kill {
                spare = Some(lhs.reg);
            }
            lhs = owned(dst.reg);
        }
    }

    /// ```text
    /// a and b:   <t0 = a>;  jump_if_false t0 -> end;  kill t0;  <t0 = b>;  end:
    /// ```
    fn expr_bool(&mut self, op: BoolOp, items: &'a [Expr], out: Out) {
        self.accumulate(out, |this, reg| {
            let end = this.unit.e.label();
            for (index, item) in items.iter().enumerate() {
                this.expr_into(item, fresh(reg));
                if index + 1 < items.len() {
                    this.at(item.span);
                    match op {
                        BoolOp::And => this.unit.e.jump_if_false(in_place(reg), end),
                        BoolOp::Or => this.unit.e.jump_if_true(in_place(reg), end),
                    }
                    this.unit.e.kill(reg);
                }
            }
            this.unit.e.place(end);
        });
    }

    /// ```text
    /// a < b < c:   <t1 = b>;  lt t0 = a t1;  jump_if_false t0 -> short;  kill t0
    ///              lt t0 = t1! c;  jump -> end
    ///       short: kill t1
    ///         end:
    /// ```
    fn expr_compare(&mut self, first: &'a Expr, rest: &'a [(CmpOp, Expr)], span: Span, out: Out) {
        if let [(op, rhs)] = rest {
            let lhs_in = self.operand_before(first, &[rhs]);
            let rhs_in = self.operand_container(*op, rhs);
            self.at(span);
            return self.compare(*op, out, lhs_in, rhs_in);
        }
        self.accumulate(out, |this, reg| {
            let short = this.unit.e.label();
            let end = this.unit.e.label();
            // The middle operands take turns in two temporaries.
            let middles = [this.temp(), this.temp()];
            let later: Vec<&Expr> = rest.iter().take(1).map(|(_, rhs)| rhs).collect();
            let mut lhs = this.operand_before(first, &later);
            for (index, (op, rhs)) in rest.iter().enumerate() {
                let top = this.unit.top;
                if index + 1 == rest.len() {
                    let rhs = this.operand_container(*op, rhs);
                    this.at(span);
                    this.compare(*op, fresh(reg), lhs, rhs);
                } else {
                    let middle = middles[index % 2];
                    this.expr_into(rhs, fresh(middle));
                    this.at(span);
                    this.compare(*op, fresh(reg), lhs, in_place(middle));
                    this.unit.e.jump_if_false(in_place(reg), short);
                    this.unit.e.kill(reg);
                    lhs = owned(middle);
                }
                this.unit.top = top;
            }
            this.unit.e.jump(end);
            this.unit.e.place(short);
            this.unit.e.kill(middles[0]);
            if rest.len() > 2 {
                this.unit.e.kill(middles[1]);
            }
            this.unit.e.place(end);
        });
    }

    /// The right operand of a comparison; `in` takes a literal container as a constant.
    pub(super) fn operand_container(&mut self, op: CmpOp, expr: &'a Expr) -> In {
        if let CmpOp::In | CmpOp::NotIn = op {
            let value = match &expr.kind {
                ExprKind::List(items) => self.constants(items).map(Const::Tuple),
                ExprKind::Set(items) => self.constant_set(items),
                _ => None,
            };
            if let Some(value) = value {
                let reg = self.temp();
                self.at(expr.span);
                self.load_k(fresh(reg), value);
                return owned(reg);
            }
        }
        self.operand(expr)
    }

    /// One comparison as a value.
    pub(super) fn compare(&mut self, op: CmpOp, out: Out, lhs: In, rhs: In) {
        let e = &mut self.unit.e;
        match op {
            CmpOp::Eq => e.eq(out, lhs, rhs),
            CmpOp::NotEq => e.ne(out, lhs, rhs),
            CmpOp::Lt => e.lt(out, lhs, rhs),
            CmpOp::LtE => e.le(out, lhs, rhs),
            CmpOp::Gt => e.gt(out, lhs, rhs),
            CmpOp::GtE => e.ge(out, lhs, rhs),
            CmpOp::Is => e.is(out, lhs, rhs),
            CmpOp::IsNot => e.is_not(out, lhs, rhs),
            CmpOp::In => e.contains(out, lhs, rhs),
            CmpOp::NotIn => e.not_contains(out, lhs, rhs),
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

    /// ```text
    /// f"a{x!r}b{y:>5}":   load_k t0 = "a";  format_value t1 = x 2;  load_k t2 = "b"
    ///                     <t4 = y>;  load_k t5 = ">5";  format_spec t3 = t4.. 0
    ///                     build_string out = t0.. 4
    /// ```
    fn expr_fstring(&mut self, parts: &'a [FStringPart], span: Span, out: Out) {
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        for part in parts {
            match part {
                FStringPart::Literal(text) => push_text(&mut pieces, text),
                FStringPart::Field(field) => {
                    if let Some(text) = &field.debug {
                        push_text(&mut pieces, text);
                    }
                    pieces.push(Piece::Field(field));
                }
            }
        }
        match pieces.as_slice() {
            [] => {
                self.at(span);
                self.load_k(out, Const::Str("".into()));
            }
            [only] => self.fstring_piece(only, span, out),
            _ => {
                let base = self.run_base(out);
                for piece in &pieces {
                    let reg = self.temp();
                    self.fstring_piece(piece, span, fresh(reg));
                    self.unit.top = reg + 1;
                }
                let count = self.count(pieces.len());
                self.at(span);
                self.unit.e.build_string(out, base, count);
            }
        }
    }

    fn fstring_piece(&mut self, piece: &Piece<'a>, span: Span, out: Out) {
        match piece {
            Piece::Text(text) => {
                self.at(span);
                self.load_k(out, Const::Str(text.as_str().into()));
            }
            Piece::Field(field) => {
                let conversion = match field.conversion {
                    None if field.debug.is_some() && field.spec.is_none() => 2,
                    None => 0,
                    Some(Conversion::Str) => 1,
                    Some(Conversion::Repr) => 2,
                    Some(Conversion::Ascii) => 3,
                };
                match &field.spec {
                    None => {
                        let value = self.operand(&field.value);
                        self.at(field.span);
                        self.unit.e.format_value(out, value, conversion);
                    }
                    Some(spec) => {
                        let base = self.expr_temp(&field.value);
                        let text = self.temp();
                        self.expr_fstring(spec, field.span, fresh(text));
                        self.at(field.span);
                        self.unit.e.format_spec(out, base, conversion);
                    }
                }
            }
        }
    }
}

/// A piece of an f-string, adjacent texts joined.
enum Piece<'a> {
    Text(String),
    Field(&'a FStringField),
}

fn push_text(pieces: &mut Vec<Piece<'_>>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

pub(super) fn has_star(items: &[Expr]) -> bool {
    items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_)))
}

/// The comparison that is true exactly when the other is false, without asking the operands.
fn opposite(op: CmpOp) -> Option<CmpOp> {
    match op {
        CmpOp::Is => Some(CmpOp::IsNot),
        CmpOp::IsNot => Some(CmpOp::Is),
        CmpOp::In => Some(CmpOp::NotIn),
        CmpOp::NotIn => Some(CmpOp::In),
        CmpOp::Eq | CmpOp::NotEq | CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => None,
    }
}

pub(super) fn binary_op(op: BinOp) -> Op {
    match op {
        BinOp::Add => Op::Add,
        BinOp::Sub => Op::Sub,
        BinOp::Mul => Op::Mul,
        BinOp::MatMul => Op::MatMul,
        BinOp::Div => Op::Div,
        BinOp::FloorDiv => Op::FloorDiv,
        BinOp::Mod => Op::Mod,
        BinOp::Pow => Op::Pow,
        BinOp::LShift => Op::LShift,
        BinOp::RShift => Op::RShift,
        BinOp::BitAnd => Op::BitAnd,
        BinOp::BitOr => Op::BitOr,
        BinOp::BitXor => Op::BitXor,
    }
}

fn immediate_op(op: BinOp) -> Option<Op> {
    match op {
        BinOp::Add => Some(Op::AddI),
        BinOp::Sub => Some(Op::SubI),
        BinOp::Mul => Some(Op::MulI),
        BinOp::FloorDiv => Some(Op::FloorDivI),
        BinOp::Mod => Some(Op::ModI),
        BinOp::BitAnd => Some(Op::BitAndI),
        BinOp::MatMul
        | BinOp::Div
        | BinOp::Pow
        | BinOp::LShift
        | BinOp::RShift
        | BinOp::BitOr
        | BinOp::BitXor => None,
    }
}

pub(super) fn in_place_op(op: BinOp) -> Op {
    match op {
        BinOp::Add => Op::IAdd,
        BinOp::Sub => Op::ISub,
        BinOp::Mul => Op::IMul,
        BinOp::MatMul => Op::IMatMul,
        BinOp::Div => Op::IDiv,
        BinOp::FloorDiv => Op::IFloorDiv,
        BinOp::Mod => Op::IMod,
        BinOp::Pow => Op::IPow,
        BinOp::LShift => Op::ILShift,
        BinOp::RShift => Op::IRShift,
        BinOp::BitAnd => Op::IBitAnd,
        BinOp::BitOr => Op::IBitOr,
        BinOp::BitXor => Op::IBitXor,
    }
}
