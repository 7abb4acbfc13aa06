//! Ways through the tree for those who look for something: the statements below a block, the
//! expressions of a statement, the names that a target or a pattern binds. None of them recurses
//! into expressions, so depth does not matter.

use super::ast::*;
use crate::source::Name;

/// Every statement below `block`; those of functions and classes inside only when `inside`.
pub fn each_stmt<'a>(block: &'a [Stmt], inside: bool, visit: &mut impl FnMut(&'a Stmt)) {
    let mut work: Vec<&'a Stmt> = block.iter().rev().collect();
    while let Some(stmt) = work.pop() {
        visit(stmt);
        let scope = matches!(stmt.kind, StmtKind::FunctionDef(_) | StmtKind::ClassDef(_));
        if inside || !scope {
            let mut blocks = Vec::new();
            blocks_of(stmt, &mut |block| blocks.push(block));
            work.extend(blocks.into_iter().rev().flat_map(|block| block.iter().rev()));
        }
    }
}

/// The blocks directly inside a statement.
pub fn blocks_of<'a>(stmt: &'a Stmt, visit: &mut impl FnMut(&'a [Stmt])) {
    match &stmt.kind {
        StmtKind::If { body, orelse, .. }
        | StmtKind::While { body, orelse, .. }
        | StmtKind::For { body, orelse, .. } => {
            visit(body);
            visit(orelse);
        }
        StmtKind::With { body, .. } => visit(body),
        StmtKind::Try(block) => {
            visit(&block.body);
            block.handlers.iter().for_each(|handler| visit(&handler.body));
            visit(&block.orelse);
            visit(&block.finalbody);
        }
        StmtKind::Match { cases, .. } => cases.iter().for_each(|case| visit(&case.body)),
        StmtKind::FunctionDef(def) => visit(&def.body),
        StmtKind::ClassDef(def) => visit(&def.body),
        _ => {}
    }
}

/// The expressions that a statement evaluates in its own scope; not those of its blocks.
pub fn exprs_of<'a>(stmt: &'a Stmt, visit: &mut impl FnMut(&'a Expr)) {
    match &stmt.kind {
        StmtKind::Expr(expr) => visit(expr),
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(&mut *visit);
            visit(value);
        }
        StmtKind::AnnAssign { target, annotation, value, .. } => {
            visit(target);
            visit(annotation);
            value.iter().for_each(visit);
        }
        StmtKind::AugAssign { target, value, .. } => {
            visit(target);
            visit(value);
        }
        StmtKind::TypeAlias { value, .. } => visit(value),
        StmtKind::Return(value) => value.iter().for_each(visit),
        StmtKind::Delete(targets) => targets.iter().for_each(visit),
        StmtKind::Raise { exc, cause } => exc.iter().chain(cause).for_each(visit),
        StmtKind::Assert { test, msg } => {
            visit(test);
            msg.iter().for_each(visit);
        }
        StmtKind::If { test, .. } | StmtKind::While { test, .. } => visit(test),
        StmtKind::For { target, iter, .. } => {
            visit(target);
            visit(iter);
        }
        StmtKind::With { items, .. } => items.iter().for_each(|item| {
            visit(&item.context);
            item.target.iter().for_each(&mut *visit);
        }),
        StmtKind::Try(block) => block.handlers.iter().filter_map(|one| one.typ.as_ref()).for_each(visit),
        StmtKind::Match { subject, cases } => {
            visit(subject);
            cases.iter().filter_map(|case| case.guard.as_ref()).for_each(visit);
        }
        StmtKind::FunctionDef(def) => {
            def.decorators.iter().for_each(&mut *visit);
            every_param(&def.params).for_each(|param| {
                param.default.iter().chain(&param.annotation).for_each(&mut *visit);
            });
            def.returns.iter().for_each(visit);
        }
        StmtKind::ClassDef(def) => {
            def.decorators.iter().for_each(&mut *visit);
            def.args.iter().for_each(|arg| visit(argument(arg)));
        }
        StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom { .. }
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Error => {}
    }
}

fn argument(arg: &Arg) -> &Expr {
    match arg {
        Arg::Positional(value) | Arg::Star(value) | Arg::Keyword(_, value) | Arg::DoubleStar(value) => value,
    }
}

/// Every expression in `expr`, itself included, with whether it runs when `expr` does: what is
/// inside a lambda or a generator expression runs later. No recursion, so depth does not matter.
pub fn each_expr<'a>(expr: &'a Expr, visit: &mut impl FnMut(&'a Expr, bool)) {
    let mut work = vec![(expr, true)];
    while let Some((expr, here)) = work.pop() {
        visit(expr, here);
        let mut push = |expr: &'a Expr| work.push((expr, here));
        match &expr.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => {
                items.iter().for_each(push);
            }
            ExprKind::Bool(_, items) => items.iter().for_each(push),
            ExprKind::Dict(items) => items.iter().for_each(|(key, value)| {
                key.iter().for_each(&mut push);
                push(value);
            }),
            ExprKind::Starred(value) | ExprKind::Unary(_, value) | ExprKind::Await(value) => push(value),
            ExprKind::YieldFrom(value) | ExprKind::Walrus { value, .. } => push(value),
            ExprKind::Yield(value) => value.iter().for_each(|value| push(value)),
            ExprKind::Binary(left, _, right) => {
                push(left);
                push(right);
            }
            ExprKind::Compare(first, rest) => {
                push(first);
                rest.iter().for_each(|(_, value)| push(value));
            }
            ExprKind::IfExp { test, body, orelse } => {
                push(test);
                push(body);
                push(orelse);
            }
            ExprKind::Lambda(lambda) => {
                every_param(&lambda.params).for_each(|param| param.default.iter().for_each(&mut push));
                work.push((&lambda.body, false));
            }
            ExprKind::ListComp(comp) | ExprKind::SetComp(comp) | ExprKind::DictComp(comp) => {
                comprehension(comp, |expr, _| push(expr));
            }
            ExprKind::Generator(comp) => {
                comprehension(comp, |expr, first| work.push((expr, here && first)));
            }
            ExprKind::Call { func, args } => {
                push(func);
                args.iter().for_each(|arg| push(argument(arg)));
            }
            ExprKind::Attribute { value, .. } => push(value),
            ExprKind::Subscript { value, index } => {
                push(value);
                push(index);
            }
            ExprKind::Slice { lower, upper, step } => {
                lower.iter().chain(upper).chain(step).for_each(|part| push(part));
            }
            ExprKind::FString(parts) => {
                let mut parts: Vec<&'a FStringPart> = parts.iter().collect();
                while let Some(part) = parts.pop() {
                    if let FStringPart::Field(field) = part {
                        push(&field.value);
                        parts.extend(field.spec.iter().flatten());
                    }
                }
            }
            literal!() | ExprKind::Name(_) | ExprKind::Error => {}
        }
    }
}

/// The parts of a comprehension; the iterable of the first clause runs at once in any case.
fn comprehension<'a>(comp: &'a Comprehension, mut visit: impl FnMut(&'a Expr, bool)) {
    comp.key.iter().for_each(|key| visit(key, false));
    visit(&comp.element, false);
    for (number, clause) in comp.clauses.iter().enumerate() {
        visit(&clause.target, false);
        visit(&clause.iter, number == 0);
        clause.conditions.iter().for_each(|condition| visit(condition, false));
    }
}

/// The names in a target.
pub fn bound_by(target: &Expr, visit: &mut impl FnMut(Name)) {
    each_expr(target, &mut |expr, _| {
        if let ExprKind::Name(name) = expr.kind {
            visit(name);
        }
    });
}

/// All parameters in register order.
pub fn every_param(params: &Params) -> impl Iterator<Item = &Param> {
    params.posonly.iter().chain(&params.args).chain(&params.kwonly).chain(&params.vararg).chain(&params.kwarg)
}

/// The names that a pattern binds, in source order, each as often as it stands there.
pub fn captured_names(pattern: &Pattern, names: &mut Vec<Name>) {
    match &pattern.kind {
        PatternKind::Value(_) | PatternKind::Singleton(_) => {}
        PatternKind::Star(name) => names.extend(name.map(|name| name.name)),
        PatternKind::As { pattern, name } => {
            if let Some(inner) = pattern {
                captured_names(inner, names);
            }
            names.extend(name.map(|name| name.name));
        }
        PatternKind::Sequence(items) | PatternKind::Or(items) => {
            items.iter().for_each(|item| captured_names(item, names));
        }
        PatternKind::Mapping { entries, rest } => {
            entries.iter().for_each(|(_, value)| captured_names(value, names));
            names.extend(rest.map(|rest| rest.name));
        }
        PatternKind::Class { patterns, keywords, .. } => {
            patterns.iter().for_each(|item| captured_names(item, names));
            keywords.iter().for_each(|(_, item)| captured_names(item, names));
        }
    }
}
