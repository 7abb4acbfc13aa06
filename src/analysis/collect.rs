//! One walk over the tree: opens the scopes, notes what each does with its names, and asks
//! `checks` about every rule on the way. Left-deep chains of operators are walked in a loop,
//! everything else by recursion, which the parser bounds. Expressions are in `expressions`.

mod expressions;

use super::Context;
use super::error::{ErrorKind, Mistake};
use super::resolve;
use super::scope::{Analysis, Role, Scope, ScopeId, ScopeKind, mangle};
use super::suspect;
use crate::source::{Name, Span};
use crate::syntax::ast::*;
use crate::syntax::visit::every_param;
use rustc_hash::FxHashMap;

/// The walk in progress.
pub(super) struct Collector<'a> {
    pub(super) analysis: Analysis,
    pub(super) context: Context,
    pub(super) current: ScopeId,
    pub(super) place: Place,
    /// `nonlocal` statements, to be checked when all scopes are known.
    pub(super) nonlocals: Vec<(ScopeId, Name, Span)>,
    /// Where each name was first declared `global` or `nonlocal`.
    pub(super) directives: FxHashMap<(ScopeId, Name), Span>,
    pub(super) debug: Name,
    class_name: Option<Name>,
    tree: std::marker::PhantomData<&'a Module>,
}

/// Where in its unit the walk is.
#[derive(Default)]
pub(super) struct Place {
    /// The loops around.
    pub loops: usize,
    pub in_except_star: bool,
    /// How many of the loops stand around the `except*`.
    pub loops_around_star: usize,
    /// `return` statements with a value.
    pub returns: Vec<Span>,
    /// Comprehension iterables around.
    pub comprehension_iterables: usize,
    /// Statements that hold a block: CPython allows 21 inside each other.
    pub blocks: usize,
    /// Which part of a type parameter this is.
    pub type_parameter: Option<&'static str>,
}

impl Place {
    pub fn loop_left_by_break_in_except_star(&self) -> bool {
        self.in_except_star && self.loops == self.loops_around_star
    }
}

pub(super) fn collect(module: &Module, context: Context) -> Analysis {
    let mut collector = Collector {
        analysis: Analysis { future_annotations: context.future_annotations, ..Default::default() },
        context,
        current: ScopeId(0),
        place: Place::default(),
        nonlocals: Vec::new(),
        directives: FxHashMap::default(),
        debug: Name::new("__debug__"),
        class_name: None,
        tree: std::marker::PhantomData,
    };
    collector.push_scope(ScopeKind::Module, Name::new("<module>"), None);
    collector.module(module);
    let nonlocals = std::mem::take(&mut collector.nonlocals);
    let mut analysis = collector.analysis;
    for (scope, name, span) in nonlocals {
        resolve::check_nonlocal(&mut analysis, scope, name, span);
    }
    analysis
}

impl<'a> Collector<'a> {
    pub(super) fn report(&mut self, kind: ErrorKind, span: Span) {
        self.analysis.mistakes.push(Mistake { kind, span });
    }

    pub(super) fn scope(&self) -> &Scope {
        self.analysis.scope(self.current)
    }

    pub(super) fn scope_mut(&mut self) -> &mut Scope {
        self.analysis.scope_mut(self.current)
    }

    pub(super) fn mangled(&self, name: Name) -> Name {
        mangle(self.class_name, name)
    }

    fn push_scope(&mut self, kind: ScopeKind, name: Name, parent: Option<ScopeId>) -> ScopeId {
        let id = ScopeId(self.analysis.scopes.len() as u32);
        let mut scope = Scope {
            kind,
            name,
            parent,
            unit: id,
            class_name: self.class_name,
            symbols: Vec::new(),
            index: FxHashMap::default(),
            children: Vec::new(),
            is_async: false,
            has_yield: false,
            frees: Vec::new(),
            class_cell: false,
        };
        if let Some(parent) = parent {
            if scope.is_inlined() {
                scope.unit = self.analysis.scope(parent).unit;
            }
            self.analysis.scope_mut(parent).children.push(id);
        }
        self.analysis.scopes.push(scope);
        id
    }

    /// Opens a scope for `node` around what `inside` walks.
    fn enter<T>(
        &mut self,
        node: &T,
        role: Role,
        kind: ScopeKind,
        name: Name,
        inside: impl FnOnce(&mut Self),
    ) -> ScopeId {
        let id = self.push_scope(kind, name, Some(self.current));
        self.analysis.of_node.insert((std::ptr::from_ref(node).addr(), role), id);
        let outer = std::mem::replace(&mut self.current, id);
        let inlined = self.scope().is_inlined();
        // A walrus is not allowed in the iterable's functions either.
        let comprehension_iterables = self.place.comprehension_iterables;
        let inner = Place { comprehension_iterables, ..Place::default() };
        let place = if inlined { None } else { Some(std::mem::replace(&mut self.place, inner)) };
        inside(self);
        if let Some(place) = place {
            self.place = place;
        }
        self.current = outer;
        id
    }

    fn use_name(&mut self, name: Name) {
        let name = self.mangled(name);
        self.scope_mut().symbol_mut(name).used = true;
    }

    fn bind(&mut self, ident: Ident) {
        self.bind_in(ident, ident.span);
    }

    /// Binds a name; `whole` is where CPython says that it must not be.
    fn bind_in(&mut self, ident: Ident, whole: Span) {
        self.check_debug(ident.name, whole);
        let name = self.mangled(ident.name);
        let symbol = self.scope_mut().symbol_mut(name);
        symbol.bound = true;
        symbol.imported = false;
    }

    fn bind_import(&mut self, ident: Ident, whole: Span) {
        let name = self.mangled(ident.name);
        let symbol = self.scope_mut().symbol_mut(name);
        let assigned = symbol.bound && !symbol.imported;
        self.bind_in(ident, whole);
        self.scope_mut().symbol_mut(name).imported = !assigned;
    }

    fn module(&mut self, module: &'a Module) {
        let mut at_start = true;
        for (index, stmt) in module.body.iter().enumerate() {
            match &stmt.kind {
                StmtKind::ImportFrom { module: Some(from), names, level: 0 }
                    if from.name.as_str() == "__future__" =>
                {
                    self.check_future(names, at_start, stmt.span);
                    self.import_names(names, stmt.span);
                    continue;
                }
                StmtKind::Expr(Expr { kind: ExprKind::Str(_), .. }) if index == 0 => {}
                _ => at_start = false,
            }
            self.stmt(stmt);
        }
    }

    fn body(&mut self, block: &'a [Stmt]) {
        block.iter().for_each(|stmt| self.stmt(stmt));
    }

    /// A block that an exception or a loop can leave: these nest only so deep.
    fn nested(&mut self, span: Span, inside: impl FnOnce(&mut Self)) {
        self.enter_block(span);
        inside(self);
        self.place.blocks -= 1;
    }

    fn enter_block(&mut self, span: Span) {
        self.place.blocks += 1;
        if self.place.blocks == 22 {
            self.report(ErrorKind::TooManyNestedBlocks, span);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assign { targets, value } => {
                self.expr(value);
                targets.iter().for_each(|target| self.assignment_target(target));
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if let ExprKind::Name(name) = target.kind {
                    let mangled = self.mangled(name);
                    self.check_annotated(mangled, span);
                    let symbol = self.scope_mut().symbol_mut(mangled);
                    symbol.annotated = *simple;
                    symbol.bound |= *simple || value.is_some();
                    self.check_debug(name, if value.is_some() { target.span } else { span });
                } else {
                    self.target(target);
                }
                self.annotation(annotation);
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            StmtKind::AugAssign { target, value, .. } => {
                if let ExprKind::Name(name) = target.kind {
                    self.use_name(name);
                }
                self.target(target);
                self.expr(value);
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.bind_in(*name, span);
                self.type_params(stmt, type_params, name.name, |this| {
                    this.enter(stmt, Role::Body, ScopeKind::TypeAlias, name.name, |this| this.expr(value));
                });
            }
            StmtKind::Return(value) => {
                self.check_return(value.as_ref(), span);
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            StmtKind::Raise { exc, cause } => {
                exc.iter().chain(cause).for_each(|value| self.expr(value));
            }
            StmtKind::Assert { test, msg } => {
                self.analysis.warnings.extend(suspect::assertion(span, test));
                self.expr(test);
                msg.iter().for_each(|value| self.expr(value));
            }
            StmtKind::Global(names) => {
                for ident in names {
                    let name = self.mangled(ident.name);
                    self.check_global(name, span);
                    self.directives.entry((self.current, name)).or_insert(span);
                    self.scope_mut().symbol_mut(name).global = true;
                    // The declaration counts at the top level too: what `exec` runs then puts
                    // the name into its globals instead of its own namespace.
                    if self.context.namespace {
                        self.analysis.scope_mut(ScopeId(0)).symbol_mut(name).global = true;
                    }
                }
            }
            StmtKind::Nonlocal(names) => {
                for ident in names {
                    let name = self.mangled(ident.name);
                    self.check_nonlocal(name, span);
                    self.directives.entry((self.current, name)).or_insert(span);
                    if self.scope().kind != ScopeKind::Module {
                        self.scope_mut().symbol_mut(name).nonlocal = true;
                    }
                }
            }
            StmtKind::Import(aliases) => {
                for alias in aliases {
                    self.bind_import(alias.asname.unwrap_or_else(|| first_component(alias.name)), span);
                }
            }
            StmtKind::ImportFrom { module, names, level } => {
                if *level == 0 && module.is_some_and(|from| from.name.as_str() == "__future__") {
                    self.check_future(names, false, span);
                }
                self.import_names(names, span);
            }
            StmtKind::Pass | StmtKind::Error => {}
            StmtKind::Break => self.check_break(span),
            StmtKind::Continue => self.check_continue(span),
            StmtKind::If { .. } => self.stmt_if(stmt),
            StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.in_loop(span, body);
                self.body(orelse);
            }
            StmtKind::For { target, iter, body, orelse, is_async } => {
                if *is_async {
                    self.check_async_for(span);
                }
                self.expr(iter);
                self.assignment_target(target);
                self.in_loop(span, body);
                self.body(orelse);
            }
            StmtKind::With { items, body, is_async } => {
                if *is_async {
                    self.check_async_with(span);
                }
                for item in items {
                    self.expr(&item.context);
                    self.enter_block(item.context.span);
                    if let Some(target) = &item.target {
                        self.assignment_target(target);
                    }
                }
                self.body(body);
                self.place.blocks -= items.len();
            }
            StmtKind::Try(node) => self.stmt_try(node, span),
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                self.check_unreachable_cases(cases);
                for case in cases {
                    self.check_captures(&case.pattern);
                    self.pattern(&case.pattern);
                    if let Some(guard) = &case.guard {
                        self.expr(guard);
                    }
                    self.body(&case.body);
                }
            }
            StmtKind::FunctionDef(node) => self.function_def(node, span),
            StmtKind::ClassDef(node) => self.class_def(node, span),
        }
    }

    /// A chain of `elif` is as deep as it is long, so it is walked in a loop.
    fn stmt_if(&mut self, stmt: &'a Stmt) {
        let mut next = Some(stmt);
        while let Some(Stmt { kind: StmtKind::If { test, body, orelse }, .. }) = next.take() {
            self.expr(test);
            self.body(body);
            match orelse.as_slice() {
                [only] if matches!(only.kind, StmtKind::If { .. }) => next = Some(only),
                _ => self.body(orelse),
            }
        }
    }

    fn in_loop(&mut self, span: Span, body: &'a [Stmt]) {
        self.place.loops += 1;
        self.nested(span, |this| this.body(body));
        self.place.loops -= 1;
    }

    fn stmt_try(&mut self, node: &'a Try, span: Span) {
        self.check_except_order(&node.handlers);
        self.nested(span, |this| {
            this.body(&node.body);
            for handler in &node.handlers {
                if let Some(typ) = &handler.typ {
                    this.expr(typ);
                }
                if let Some(name) = handler.name {
                    this.bind_in(name, handler.span);
                }
                let before = (this.place.in_except_star, this.place.loops_around_star);
                if node.is_star {
                    this.place.in_except_star = true;
                    this.place.loops_around_star = this.place.loops;
                }
                this.body(&handler.body);
                (this.place.in_except_star, this.place.loops_around_star) = before;
            }
            this.body(&node.orelse);
        });
        self.body(&node.finalbody);
    }

    fn import_names(&mut self, names: &'a ImportNames, span: Span) {
        match names {
            ImportNames::Star(star) => self.check_import_star(*star),
            ImportNames::Names(aliases) => {
                for alias in aliases {
                    self.bind_import(alias.asname.unwrap_or(alias.name), span);
                }
            }
        }
    }

    /// A target of `=`, `for` or `with`, where a bare starred one is out of place.
    fn assignment_target(&mut self, target: &'a Expr) {
        if let ExprKind::Starred(_) = target.kind {
            self.report(ErrorKind::StarredTargetNotInList, target.span);
        }
        self.target(target);
    }

    fn target(&mut self, target: &'a Expr) {
        match &target.kind {
            ExprKind::Name(name) => {
                let ident = Ident { name: *name, span: target.span };
                if matches!(self.scope().kind, ScopeKind::Comprehension | ScopeKind::Generator) {
                    let mangled = self.mangled(*name);
                    self.check_iteration_variable(mangled, target.span);
                    self.scope_mut().symbol_mut(mangled).iteration = true;
                }
                self.bind(ident);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                self.check_star_targets(items, target.span);
                items.iter().for_each(|item| self.target(item));
            }
            ExprKind::Starred(inner) => self.target(inner),
            ExprKind::Attribute { value, attr } => {
                self.check_debug(attr.name, target.span);
                self.expr(value);
            }
            ExprKind::Subscript { value, index } => {
                self.expr(value);
                self.subscript(index);
            }
            // The parser has reported what is no target.
            _ => self.expr(target),
        }
    }

    fn delete(&mut self, target: &'a Expr) {
        match &target.kind {
            ExprKind::Name(name) => {
                if *name == self.debug {
                    self.report(ErrorKind::DeleteDebug, target.span);
                }
                let name = self.mangled(*name);
                self.scope_mut().symbol_mut(name).bound = true;
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                items.iter().for_each(|item| self.delete(item));
            }
            ExprKind::Starred(_) => self.report(ErrorKind::StarredDelete, target.span),
            ExprKind::Subscript { value, index } => {
                self.expr(value);
                self.subscript(index);
            }
            _ => self.expr(target),
        }
    }

    /// An annotation; that of `*args` may be starred itself.
    fn annotation(&mut self, annotation: &'a Expr) {
        if !self.analysis.future_annotations {
            self.element(annotation);
        }
    }

    /// Walks `inside` in the scope of the type parameters, if there are any.
    fn type_params<T>(
        &mut self,
        node: &T,
        params: &'a [TypeParam],
        name: Name,
        inside: impl FnOnce(&mut Self),
    ) {
        if params.is_empty() {
            return inside(self);
        }
        self.enter(node, Role::TypeParams, ScopeKind::TypeParams, name, |this| {
            for param in params {
                let mangled = this.mangled(param.name.name);
                this.check_type_parameter(mangled, param.span);
                this.bind(param.name);
                this.scope_mut().symbol_mut(mangled).type_param = true;
            }
            this.check_type_parameter_order(params);
            for param in params {
                let (bound, default) = match param.kind {
                    TypeParamKind::TypeVar => match &param.bound {
                        Some(Expr { kind: ExprKind::Tuple(_), .. }) => {
                            ("a TypeVar constraint", "a TypeVar default")
                        }
                        _ => ("a TypeVar bound", "a TypeVar default"),
                    },
                    TypeParamKind::TypeVarTuple => ("", "a TypeVarTuple default"),
                    TypeParamKind::ParamSpec => ("", "a ParamSpec default"),
                };
                for (place, part) in [(bound, &param.bound), (default, &param.default)] {
                    let Some(part) = part else { continue };
                    // Computed when it is asked for, like the value of an alias.
                    this.enter(part, Role::Body, ScopeKind::TypeAlias, param.name.name, |this| {
                        this.place.type_parameter = Some(place);
                        this.element(part);
                    });
                }
            }
            inside(this);
        });
    }

    fn function_def(&mut self, node: &'a FunctionDef, span: Span) {
        node.decorators.iter().for_each(|decorator| self.expr(decorator));
        self.bind_in(node.name, span);
        self.defaults(&node.params);
        self.type_params(node, &node.type_params, node.name.name, |this| {
            for param in every_param(&node.params) {
                if let Some(annotation) = &param.annotation {
                    this.annotation(annotation);
                }
            }
            if let Some(returns) = &node.returns {
                this.annotation(returns);
            }
            this.enter(node, Role::Body, ScopeKind::Function, node.name.name, |this| {
                this.scope_mut().is_async = node.is_async;
                this.params(&node.params);
                this.body(&node.body);
                let place = std::mem::take(&mut this.place);
                this.check_async_generator(&place);
            });
        });
    }

    fn defaults(&mut self, params: &'a Params) {
        for param in every_param(params) {
            if let Some(default) = &param.default {
                self.expr(default);
            }
        }
    }

    fn params(&mut self, params: &'a Params) {
        for param in every_param(params) {
            let name = self.mangled(param.name.name);
            let annotated = param.annotation.as_ref().map(|annotation| annotation.span);
            let span = annotated.map_or(param.name.span, |span| param.name.span.to(span));
            self.check_parameter(name, span);
            self.bind(param.name);
            self.scope_mut().symbol_mut(name).param = true;
        }
    }

    fn class_def(&mut self, node: &'a ClassDef, span: Span) {
        node.decorators.iter().for_each(|decorator| self.expr(decorator));
        self.bind_in(node.name, span);
        self.type_params(node, &node.type_params, node.name.name, |this| {
            this.args(&node.args);
            let outer = this.class_name.replace(node.name.name);
            this.enter(node, Role::Body, ScopeKind::Class, node.name.name, |this| {
                this.body(&node.body);
            });
            this.class_name = outer;
        });
    }
}

/// `a` of `a.b.c`, the name that `import a.b.c` binds.
pub fn first_component(path: Ident) -> Ident {
    let text = path.name.as_str();
    let first = text.split('.').next().unwrap_or(text);
    Ident { name: Name::new(first), span: path.span }
}
