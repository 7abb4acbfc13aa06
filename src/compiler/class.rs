//! `class`: the body is a unit of its own whose names live in a namespace.

use super::Compiler;
use super::call::Callee;
use super::regs::{fresh, in_place, owned};
use crate::analysis::{Role, ScopeId};
use crate::bytecode::{Const, Out};
use crate::source::Span;
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// ```text
    /// @d
    /// class C(B): …   <t0 = d>;  load_build_class t1 =;  make_function t2 = C t3..
    ///                 load_k t3 = "C";  <t4 = B>;  call t1 = t1.. 3;  call t0 = t0.. 1;  <C = t0>
    /// ```
    pub(super) fn stmt_class_def(&mut self, node: &'a ClassDef, span: Span) {
        let base = self.expr_run(&node.decorators);
        let name = self.mangled(node.name.name);
        let out = fresh(self.temp());
        let first = node.decorators.first().map_or(span, |decorator| decorator.span.to(span));
        self.class_value(node, span, self.line_of(first), out);
        let value = self.decorate(base, out.reg, &node.decorators);
        self.at(node.name.span);
        self.store_name(name, owned(value));
    }

    fn class_value(&mut self, node: &'a ClassDef, span: Span, line: u32, out: Out) {
        let top = self.unit.top;
        let generic = (!node.type_params.is_empty()).then(|| self.open_type_params(node, &node.type_params));
        let made = if generic.is_some() { fresh(self.temp()) } else { out };
        let base = self.temp();
        self.at(span);
        self.unit.e.load_build_class(fresh(base));
        let body = self.temp();
        let scope = self.analysis.scope_of(node, Role::Body);
        let code = self.class_code(node, scope, line);
        let parts = self.temps(4);
        self.at(span);
        for part in [0, 1, 3] {
            self.unit.e.kill(parts + part);
        }
        self.closure(scope, span, parts + 2);
        self.unit.e.make_function(fresh(body), code, parts);
        self.unit.top = parts;
        let name = self.temp();
        self.load_k(fresh(name), Const::Str(node.name.name.as_str().into()));
        match generic {
            None => self.finish_call(base, Callee::Plain, 2, &node.args, span, made),
            Some((opened, params)) => {
                self.generic_class(node, base, params, span, made);
                self.unit.e.set_attr(in_place(made.reg), owned(params), "__type_params__");
                self.close_scope(opened);
                self.unit.e.mov(out, owned(made.reg));
            }
        }
        self.unit.top = top;
    }

    /// The call that makes a generic class: `Generic[T, …]` follows the written bases.
    fn generic_class(&mut self, node: &'a ClassDef, base: u16, params: u16, span: Span, out: Out) {
        if node.args.iter().any(|arg| matches!(arg, Arg::Star(_) | Arg::DoubleStar(_))) {
            return self.call_with_stars(base, 2, &node.args, Some(params), span, out);
        }
        let mut bases = 1;
        for arg in &node.args {
            if let Arg::Positional(value) = arg {
                self.expr_temp(value);
                bases += 1;
            }
        }
        let generic = self.temp();
        self.at(span);
        self.unit.e.make_generic(fresh(generic), in_place(params));
        if node.args.iter().any(|arg| matches!(arg, Arg::Keyword(..))) {
            self.class_keywords(node, base, 2 + bases, span, out);
        } else {
            self.call_run(base, 2 + bases, span, out);
        }
    }

    fn class_keywords(&mut self, node: &'a ClassDef, base: u16, positional: usize, span: Span, out: Out) {
        let mut keywords = Vec::new();
        for arg in &node.args {
            if let Arg::Keyword(name, value) = arg {
                self.expr_temp(value);
                keywords.push(name.name.as_str().into());
            }
        }
        let positional = self.count(positional);
        let shape = self.unit.e.call_shape(crate::bytecode::CallShape { positional, keywords });
        self.at(span);
        self.unit.e.call_kw(out, base, shape);
    }

    /// ```text
    ///     load_name t0 = __name__;  store_name t0! __module__
    ///     <__qualname__, __firstlineno__, __doc__>
    ///     body
    ///     <__static_attributes__>;  mov t0 = __class__;  store_name t0! __classcell__
    ///     ret None
    /// ```
    fn class_code(&mut self, node: &'a ClassDef, scope: ScopeId, line: u32) -> u16 {
        let qualname = self.qualname_of(node.name.name.as_str());
        self.begin_unit(scope, node.name.name.as_str(), qualname.clone(), &[]);
        self.unit.first_line = line;
        self.at(node.name.span);
        let reg = self.temp();
        self.unit.e.load_name(fresh(reg), "__name__");
        self.unit.e.store_name(owned(reg), "__module__");
        self.unit.top = reg;
        self.store_implicit("__qualname__", Const::Str(qualname.into()));
        self.store_implicit("__firstlineno__", Const::Int(line as i64));
        let mut body = node.body.as_slice();
        if let Some((first, rest)) = body.split_first()
            && let StmtKind::Expr(value) = &first.kind
            && let ExprKind::Str(text) = &value.kind
        {
            self.at(value.span);
            self.store_implicit("__doc__", Const::Str(super::function::clean_doc(text)));
            body = rest;
        }
        if super::function::has_annotations(body) {
            self.unit.e.setup_annotations();
        }
        self.block(body);
        self.at(node.name.span);
        let names = self.unit.static_attributes.iter();
        let names = names.map(|name| Const::Str(name.as_str().into())).collect();
        self.store_implicit("__static_attributes__", Const::Tuple(names));
        if self.analysis.scope(scope).class_cell {
            let cell = self.unit.registers[&(scope, self.names.class)];
            let reg = self.temp();
            self.unit.e.mov(fresh(reg), in_place(cell));
            self.unit.e.store_name(owned(reg), "__classcell__");
            self.unit.top = reg;
        }
        self.return_none();
        self.end_inner_unit()
    }
}
