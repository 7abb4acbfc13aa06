//! Calls. The callee and its arguments are a run of temporaries; what the call passes decides
//! the instruction: only positional values, keywords too (their names are in a call shape), or
//! stars (a list and a dict are built).

use super::Compiler;
use super::regs::{Place, fresh, in_place, owned};
use crate::analysis::ScopeKind;
use crate::bytecode::{CallShape, Const, Out};
use crate::source::Span;
use crate::syntax::ast::*;

/// What stands before the arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Callee {
    /// R[base] is called.
    Plain,
    /// R[base] is called with R[base+1] first, unless that is unbound.
    Method,
}

impl<'a> Compiler<'a> {
    /// ```text
    /// f(x, y):       <t0 = f>;  mov t1 = x;  mov t2 = y;  call out = t0.. 2
    /// o.m(x):        load_method t0.. o m;  mov t2 = x;  call_method out = t0.. 1
    /// f(x, k=y):     …;  call_kw out = t0.. (1 k)
    /// ```
    pub(super) fn expr_call(&mut self, func: &'a Expr, args: &'a [Arg], span: Span, out: Out) {
        let base = self.run_base(out);
        match &func.kind {
            ExprKind::Attribute { value, attr } if !has_star(args) => {
                let name = self.mangled(attr.name);
                if self.is_super_call(value) {
                    let operands = self.super_operands(value);
                    self.at(self.attribute_span(func.span, *attr));
                    self.unit.e.load_super_method(base, operands, name.as_str());
                    self.unit.top = base + 2;
                } else {
                    let pair = self.temps(2);
                    let obj = self.operand(value);
                    self.at(self.attribute_span(func.span, *attr));
                    self.unit.e.load_method(pair, obj, name.as_str());
                    self.unit.top = pair + 2;
                }
                let span = self.attribute_span(span, *attr);
                self.finish_call(base, Callee::Method, 0, args, span, out);
            }
            _ => {
                self.expr_temp(func);
                self.finish_call(base, Callee::Plain, 0, args, span, out);
            }
        }
    }

    /// Whether `expr` is `super()` and means the builtin with its hidden arguments.
    pub(super) fn is_super_call(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call { func, args } => {
                matches!(func.kind, ExprKind::Name(name) if name == self.names.super_)
                    && args.is_empty()
                    && self.super_is_implicit()
            }
            _ => false,
        }
    }

    /// A method's `super()`: the name is the builtin's, the class is in a cell, and there is a
    /// first parameter.
    fn super_is_implicit(&self) -> bool {
        let kind = self.analysis.scope(self.unit.scope).kind;
        matches!(kind, ScopeKind::Function | ScopeKind::Lambda)
            && self.unit.positional_count > 0
            && self.place(self.names.super_) == Place::Global
            && matches!(self.place(self.names.class), Place::Free(_))
    }

    /// The operands of `super()`: super, `__class__`, the first parameter.
    pub(super) fn super_operands(&mut self, call: &'a Expr) -> u16 {
        let span = match &call.kind {
            ExprKind::Call { func, .. } => func.span,
            _ => call.span,
        };
        let base = self.temps(3);
        self.at(span);
        self.unit.e.load_global(fresh(base), "super");
        self.load_name(self.names.class, fresh(base + 1));
        let first = crate::source::Name::new(&self.unit.params[0].name);
        // The function's, also where a comprehension has a scope of its own.
        self.load_from(self.place_in(self.unit.scope, first), first, fresh(base + 2));
        base
    }

    /// The rest of a call: the callee is at `base`, followed by `before` positional values.
    pub(super) fn finish_call(
        &mut self,
        base: u16,
        callee: Callee,
        before: usize,
        args: &'a [Arg],
        span: Span,
        out: Out,
    ) {
        if has_star(args) {
            debug_assert!(callee == Callee::Plain, "a call with stars has a plain callee");
            return self.call_with_stars(base, before, args, None, span, out);
        }
        let mut positional = before;
        for arg in args {
            if let Arg::Positional(value) = arg {
                self.expr_temp(value);
                positional += 1;
            }
        }
        let mut keywords = Vec::new();
        for arg in args {
            if let Arg::Keyword(name, value) = arg {
                self.expr_temp(value);
                keywords.push(name.name.as_str().into());
            }
        }
        let count = self.count(positional);
        self.at(span);
        if keywords.is_empty() {
            match callee {
                Callee::Plain => self.unit.e.call(out, base, count),
                Callee::Method => self.unit.e.call_method(out, base, count),
            }
        } else {
            let shape = self.unit.e.call_shape(CallShape { positional: count, keywords });
            match callee {
                Callee::Plain => self.unit.e.call_kw(out, base, shape),
                Callee::Method => self.unit.e.call_method_kw(out, base, shape),
            }
        }
    }

    /// ```text
    /// f(x, *a, k=y, **b):   <t0 = f>;  <t1 = x>;  build_list t1 = t1.. 1;  list_extend t1 a
    ///                       <t2 = {"k": y}>;  dict_merge t2 b t0;  call_ex out = t0.. 1
    /// ```
    ///
    /// `generic`: where the type parameters are of a class whose last base is made from them.
    pub(super) fn call_with_stars(
        &mut self,
        base: u16,
        before: usize,
        args: &'a [Arg],
        generic: Option<u16>,
        span: Span,
        out: Out,
    ) {
        // The leading positional values are a run already.
        let mut leading = before;
        let mut rest = args.iter().filter(|arg| is_positional(arg)).peekable();
        while leading < 30
            && let Some(Arg::Positional(value)) = rest.next_if(|arg| matches!(arg, Arg::Positional(_)))
        {
            self.expr_temp(value);
            leading += 1;
        }
        let list = base + 1;
        self.at(span);
        let count = self.count(leading);
        let only_star = match rest.peek() {
            Some(Arg::Star(value))
                if leading == 0 && args.iter().filter(|arg| is_positional(arg)).count() == 1 =>
            {
                Some(value)
            }
            _ => None,
        };
        if let Some(value) = only_star {
            // f(*x): the machine spreads any iterable itself.
            self.unit.top = list;
            self.expr_temp(value);
            rest.next();
        } else if rest.peek().is_none() && generic.is_none() {
            // Only keywords have stars: a tuple will do.
            self.unit.e.build_tuple(fresh(list), list, count);
        } else {
            self.unit.e.build_list(fresh(list), list, count);
        }
        self.unit.top = list;
        self.temp();
        for arg in rest {
            let top = self.unit.top;
            match arg {
                Arg::Positional(value) => {
                    let operand = self.operand(value);
                    self.at(value.span);
                    self.unit.e.list_append(list, operand);
                }
                Arg::Star(value) => {
                    let operand = self.operand(value);
                    self.at(span);
                    self.unit.e.list_extend(list, operand);
                }
                Arg::Keyword(..) | Arg::DoubleStar(_) => {}
            }
            self.unit.top = top;
        }
        if let Some(params) = generic {
            let made = self.temp();
            self.at(span);
            self.unit.e.make_generic(fresh(made), in_place(params));
            self.unit.e.list_append(list, owned(made));
            self.unit.top = made;
        }
        let named: Vec<&'a Arg> = args.iter().filter(|arg| !is_positional(arg)).collect();
        if named.is_empty() {
            self.at(span);
            return self.unit.e.call_ex(out, base, 0);
        }
        // Neighbouring keywords make one dict; the first group starts the whole.
        let map = self.temp();
        let mut started = false;
        let mut next = 0;
        while next < named.len() {
            let top = self.unit.top;
            if let Arg::DoubleStar(value) = named[next] {
                if !started {
                    self.at(span);
                    self.unit.e.build_map(fresh(map), map, 0);
                }
                let operand = self.operand(value);
                self.at(span);
                self.unit.e.dict_merge(map, operand, base);
                next += 1;
            } else {
                let group = self.unit.top;
                let mut pairs = 0;
                while let Some(Arg::Keyword(name, value)) = named.get(next) {
                    let key = self.temp();
                    self.at(name.span);
                    self.load_k(fresh(key), Const::Str(name.name.as_str().into()));
                    self.expr_temp(value);
                    pairs += 1;
                    next += 1;
                }
                let pairs = self.count(pairs);
                self.at(span);
                if started {
                    let built = self.temp();
                    self.unit.e.build_map(fresh(built), group, pairs);
                    self.unit.e.dict_merge(map, owned(built), base);
                } else {
                    self.unit.e.build_map(fresh(map), group, pairs);
                }
            }
            started = true;
            self.unit.top = top;
        }
        self.at(span);
        self.unit.e.call_ex(out, base, 1);
    }
}

fn is_positional(arg: &Arg) -> bool {
    matches!(arg, Arg::Positional(_) | Arg::Star(_))
}

fn has_star(args: &[Arg]) -> bool {
    args.iter().any(|arg| matches!(arg, Arg::Star(_) | Arg::DoubleStar(_)))
}
