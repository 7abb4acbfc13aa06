//! What Python forbids where: one function for each rule, all asked by `collect` as it walks.
//! A function that finds a mistake reports it and lets the walk go on, so that one run shows
//! all of them.

use super::collect::{Collector, Place};
use super::error::ErrorKind;
use super::scope::ScopeKind;
use crate::source::{Name, Span};
use crate::syntax::ast::*;
use crate::syntax::unparse;
use crate::syntax::visit::captured_names;

impl Collector<'_> {
    /// `return` stands in a function; with a value it is no async generator. (Whether it is
    /// one is known at the function's end, so the place is remembered.)
    pub(super) fn check_return(&mut self, value: Option<&Expr>, span: Span) {
        match self.scope().kind {
            ScopeKind::Function | ScopeKind::Lambda => {}
            ScopeKind::Module
            | ScopeKind::Class
            | ScopeKind::Comprehension
            | ScopeKind::Generator
            | ScopeKind::TypeParams
            | ScopeKind::TypeAlias => self.report(ErrorKind::ReturnOutsideFunction, span),
        }
        if value.is_some() {
            self.place.returns.push(span);
        }
        let span = value.map_or(span, |value| value.span);
        self.check_except_star(self.place.in_except_star, span);
    }

    /// `return value` in an async generator.
    pub(super) fn check_async_generator(&mut self, place: &Place) {
        if self.scope().is_async && self.scope().has_yield {
            for &span in &place.returns {
                self.report(ErrorKind::ReturnValueInAsyncGenerator, span);
            }
        }
    }

    pub(super) fn check_break(&mut self, span: Span) {
        self.check_except_star(self.place.loop_left_by_break_in_except_star(), span);
        if self.place.loops == 0 && !self.place.in_except_star {
            self.report(ErrorKind::BreakOutsideLoop, span);
        }
    }

    pub(super) fn check_continue(&mut self, span: Span) {
        self.check_except_star(self.place.loop_left_by_break_in_except_star(), span);
        if self.place.loops == 0 && !self.place.in_except_star {
            self.report(ErrorKind::ContinueOutsideLoop, span);
        }
    }

    fn check_except_star(&mut self, leaves: bool, span: Span) {
        if leaves {
            self.report(ErrorKind::LeavesExceptStar, span);
        }
    }

    /// `yield` belongs to a function, and not to a comprehension in it.
    pub(super) fn check_yield(&mut self, span: Span, outside: ErrorKind) {
        if let Some(place) = self.restriction() {
            return self.report(ErrorKind::NotAllowedWithin("yield expression", place), span);
        }
        match self.scope().kind {
            ScopeKind::Function | ScopeKind::Lambda | ScopeKind::TypeParams | ScopeKind::TypeAlias => {}
            ScopeKind::Module | ScopeKind::Class => self.report(outside, span),
            ScopeKind::Comprehension | ScopeKind::Generator => {
                let place = match self.scope().name.as_str() {
                    "<listcomp>" => "list comprehension",
                    "<setcomp>" => "set comprehension",
                    "<dictcomp>" => "dict comprehension",
                    _ => "generator expression",
                };
                self.report(ErrorKind::YieldInside(place), span);
            }
        }
    }

    /// The part of a generic or alias in which expressions may not suspend or bind, if the
    /// walk is in one.
    fn restriction(&self) -> Option<&'static str> {
        match self.scope().kind {
            ScopeKind::TypeAlias => Some(self.place.type_parameter.unwrap_or("a type alias")),
            ScopeKind::TypeParams => Some(self.place.type_parameter.unwrap_or("the definition of a generic")),
            ScopeKind::Module
            | ScopeKind::Class
            | ScopeKind::Function
            | ScopeKind::Lambda
            | ScopeKind::Comprehension
            | ScopeKind::Generator => None,
        }
    }

    pub(super) fn check_yield_from(&mut self, span: Span) {
        if self.scope().kind == ScopeKind::Function && self.scope().is_async {
            self.report(ErrorKind::YieldFromInAsync, span);
        }
    }

    /// `await` belongs to an async function; a generator expression that awaits becomes an
    /// async generator wherever it stands.
    pub(super) fn check_await(&mut self, span: Span) {
        if let Some(place) = self.restriction() {
            return self.report(ErrorKind::NotAllowedWithin("await expression", place), span);
        }
        match self.scope().kind {
            ScopeKind::Module if self.context.top_level_await => self.scope_mut().is_async = true,
            ScopeKind::Module | ScopeKind::Class => self.report(ErrorKind::AwaitOutsideFunction, span),
            ScopeKind::Function | ScopeKind::Lambda => {
                if !self.scope().is_async {
                    self.report(ErrorKind::AwaitOutsideAsync, span);
                }
            }
            ScopeKind::Comprehension | ScopeKind::Generator => self.scope_mut().is_async = true,
            ScopeKind::TypeParams | ScopeKind::TypeAlias => {}
        }
    }

    /// Whether the code here may suspend; at the top level it then is a coroutine.
    fn may_suspend(&mut self) -> bool {
        if self.scope().kind == ScopeKind::Module && self.context.top_level_await {
            self.scope_mut().is_async = true;
        }
        self.scope().is_async
    }

    pub(super) fn check_async_for(&mut self, span: Span) {
        if !self.may_suspend() {
            self.report(ErrorKind::AsyncForOutsideAsync, span);
        }
    }

    pub(super) fn check_async_with(&mut self, span: Span) {
        if !self.may_suspend() {
            self.report(ErrorKind::AsyncWithOutsideAsync, span);
        }
    }

    /// An asynchronous comprehension (not a generator expression) suspends the code around it.
    pub(super) fn check_async_comprehension(&mut self, span: Span) {
        match self.scope().kind {
            ScopeKind::Comprehension | ScopeKind::Generator => self.scope_mut().is_async = true,
            ScopeKind::Module
            | ScopeKind::Class
            | ScopeKind::Function
            | ScopeKind::Lambda
            | ScopeKind::TypeParams
            | ScopeKind::TypeAlias => {
                if !self.may_suspend() {
                    self.report(ErrorKind::AsyncComprehensionOutsideAsync, span);
                }
            }
        }
    }

    pub(super) fn check_global(&mut self, name: Name, span: Span) {
        let symbol = self.scope_mut().symbol_mut(name).clone();
        if symbol.param {
            self.report(ErrorKind::ParameterAndGlobal(name), span);
        } else if symbol.used {
            self.report(ErrorKind::UsedBeforeGlobal(name), span);
        } else if symbol.annotated {
            self.report(ErrorKind::AnnotatedGlobal(name), span);
        } else if symbol.bound && !symbol.imported {
            self.report(ErrorKind::AssignedBeforeGlobal(name), span);
        } else if symbol.nonlocal {
            let first = self.directives.get(&(self.current, name)).copied();
            self.report(ErrorKind::NonlocalAndGlobal(name), first.unwrap_or(span));
        }
    }

    pub(super) fn check_nonlocal(&mut self, name: Name, span: Span) {
        if self.scope().kind == ScopeKind::Module {
            return self.report(ErrorKind::NonlocalAtModule, span);
        }
        let symbol = self.scope_mut().symbol_mut(name).clone();
        if symbol.param {
            self.report(ErrorKind::ParameterAndNonlocal(name), span);
        } else if symbol.used {
            self.report(ErrorKind::UsedBeforeNonlocal(name), span);
        } else if symbol.annotated {
            self.report(ErrorKind::AnnotatedNonlocal(name), span);
        } else if symbol.bound && !symbol.imported {
            self.report(ErrorKind::AssignedBeforeNonlocal(name), span);
        } else if symbol.global {
            let first = self.directives.get(&(self.current, name)).copied();
            self.report(ErrorKind::NonlocalAndGlobal(name), first.unwrap_or(span));
        } else {
            self.nonlocals.push((self.current, name, span));
        }
    }

    /// `x: int` where `x` is declared global or nonlocal.
    pub(super) fn check_annotated(&mut self, name: Name, span: Span) {
        let symbol = self.scope_mut().symbol_mut(name).clone();
        if self.scope().kind == ScopeKind::Module {
            return;
        }
        if symbol.global {
            self.report(ErrorKind::AnnotatedGlobal(name), span);
        } else if symbol.nonlocal {
            self.report(ErrorKind::AnnotatedNonlocal(name), span);
        }
    }

    pub(super) fn check_parameter(&mut self, name: Name, span: Span) {
        if self.scope_mut().symbol_mut(name).param {
            self.report(ErrorKind::DuplicateParameter(name), span);
        }
    }

    pub(super) fn check_type_parameter(&mut self, name: Name, span: Span) {
        if self.scope_mut().symbol_mut(name).type_param {
            self.report(ErrorKind::DuplicateTypeParameter(name), span);
        }
    }

    /// A type parameter without default does not follow one that has one.
    pub(super) fn check_type_parameter_order(&mut self, params: &[TypeParam]) {
        let first = params.iter().position(|param| param.default.is_some());
        for param in params.iter().skip(first.unwrap_or(params.len())) {
            if param.default.is_none() {
                self.report(ErrorKind::TypeParameterOrder(param.name.name), param.span);
            }
        }
    }

    pub(super) fn check_import_star(&mut self, span: Span) {
        if self.scope().kind != ScopeKind::Module {
            self.report(ErrorKind::ImportStarNotAtModule, span);
        }
    }

    /// Nothing may bind `__debug__`.
    pub(super) fn check_debug(&mut self, name: Name, span: Span) {
        if name == self.debug {
            self.report(ErrorKind::AssignDebug, span);
        }
    }

    /// `from __future__` stands first, and names what there is.
    pub(super) fn check_future(&mut self, names: &ImportNames, at_start: bool, span: Span) {
        if !at_start {
            return self.report(ErrorKind::FutureNotAtStart, span);
        }
        const FEATURES: &[&str] = &[
            "nested_scopes",
            "generators",
            "division",
            "absolute_import",
            "with_statement",
            "print_function",
            "unicode_literals",
            "barry_as_FLUFL",
            "generator_stop",
            "annotations",
        ];
        // Of what no version knows, CPython points at the first letter.
        let start = Span::new(span.start, span.start + 1);
        match names {
            ImportNames::Star(star) => self.report(ErrorKind::FutureUnknown(Name::new("*")), *star),
            ImportNames::Names(aliases) => {
                for alias in aliases {
                    match alias.name.name.as_str() {
                        "braces" => self.report(ErrorKind::FutureBraces, start),
                        "annotations" if at_start => self.analysis.future_annotations = true,
                        name if FEATURES.contains(&name) => {}
                        _ => self.report(ErrorKind::FutureUnknown(alias.name.name), start),
                    }
                }
            }
        }
    }

    pub(super) fn check_except_order(&mut self, handlers: &[ExceptHandler]) {
        if let Some((_, before)) = handlers.split_last() {
            for handler in before.iter().filter(|handler| handler.typ.is_none()) {
                self.report(ErrorKind::DefaultExceptNotLast, handler.span);
            }
        }
    }

    /// `a, *b, *c = …`
    pub(super) fn check_star_targets(&mut self, items: &[Expr], span: Span) {
        let mut stars = 0;
        let mut before = 0;
        for (index, item) in items.iter().enumerate() {
            if let ExprKind::Starred(_) = item.kind {
                stars += 1;
                before = index;
            }
        }
        if stars > 1 {
            self.report(ErrorKind::MultipleStarredTargets, span);
        }
        if stars == 1 && (before > 255 || items.len() - before - 1 > 255) {
            self.report(ErrorKind::TooManyStarTargets, span);
        }
    }

    pub(super) fn check_keywords(&mut self, args: &[Arg]) {
        let mut seen = std::collections::HashSet::new();
        for arg in args {
            if let Arg::Keyword(name, value) = arg {
                if !seen.insert(name.name) {
                    let span = name.span.to(value.span);
                    self.report(ErrorKind::KeywordRepeated(name.name), span);
                }
                self.check_debug(name.name, name.span.to(value.span));
            }
        }
    }

    /// The walrus in a comprehension binds outside of it, which some places do not allow.
    pub(super) fn check_walrus(&mut self, target: Ident, span: Span) {
        let name = self.mangled(target.name);
        self.check_debug(target.name, target.span);
        if let Some(place) = self.restriction() {
            return self.report(ErrorKind::NotAllowedWithin("named expression", place), span);
        }
        if self.place.comprehension_iterables > 0 {
            return self.report(ErrorKind::WalrusInIterable, span);
        }
        let mut id = self.current;
        loop {
            let scope = self.analysis.scope(id);
            match scope.kind {
                ScopeKind::Comprehension | ScopeKind::Generator => {
                    if scope.symbol(name).is_some_and(|symbol| symbol.iteration) {
                        let kind = ErrorKind::WalrusRebindsIteration(target.name);
                        return self.report(kind, target.span);
                    }
                    // An inner loop must not rebind it later either.
                    self.analysis.scope_mut(id).symbol_mut(name).walrus = true;
                }
                ScopeKind::Class if id != self.current => {
                    return self.report(ErrorKind::WalrusInClassComprehension, target.span);
                }
                ScopeKind::TypeParams | ScopeKind::TypeAlias => {
                    let place = match scope.kind {
                        ScopeKind::TypeAlias => self.place.type_parameter.unwrap_or("a type alias"),
                        _ => self.place.type_parameter.unwrap_or("the definition of a generic"),
                    };
                    let kind = ErrorKind::WalrusInComprehensionWithin(place);
                    return self.report(kind, target.span);
                }
                ScopeKind::Class | ScopeKind::Module | ScopeKind::Function | ScopeKind::Lambda => break,
            }
            id = self.analysis.scope(id).parent.expect("a comprehension has a scope around it");
        }
    }

    pub(super) fn check_iteration_variable(&mut self, name: Name, span: Span) {
        if self.scope_mut().symbol_mut(name).walrus {
            self.report(ErrorKind::InnerLoopRebindsWalrus(name), span);
        }
    }

    /// Only the last case may match everything.
    pub(super) fn check_unreachable_cases(&mut self, cases: &[MatchCase]) {
        let Some((_, before)) = cases.split_last() else { return };
        for case in before.iter().filter(|case| case.guard.is_none()) {
            self.check_irrefutable(&case.pattern);
        }
    }

    /// Reports a pattern that matches everything where others follow.
    fn check_irrefutable(&mut self, pattern: &Pattern) {
        if let Some((kind, span)) = irrefutable(pattern) {
            self.report(kind, span);
        }
    }

    pub(super) fn check_alternatives(&mut self, patterns: &[Pattern], span: Span) {
        if let Some((_, before)) = patterns.split_last() {
            for pattern in before {
                self.check_irrefutable(pattern);
            }
        }
        let names: Vec<_> = patterns
            .iter()
            .map(|pattern| {
                let mut names = Vec::new();
                captured_names(pattern, &mut names);
                names.sort();
                names.dedup();
                names
            })
            .collect();
        if names.windows(2).any(|pair| pair[0] != pair[1]) {
            self.report(ErrorKind::AlternativesDiffer, span);
        }
    }

    /// Every name is captured once (once in each alternative).
    pub(super) fn check_captures(&mut self, pattern: &Pattern) {
        let mut seen = Vec::new();
        self.captures(pattern, &mut seen);
    }

    fn captures(&mut self, pattern: &Pattern, seen: &mut Vec<Name>) {
        match &pattern.kind {
            PatternKind::Value(_) | PatternKind::Singleton(_) | PatternKind::Star(None) => {}
            PatternKind::Star(Some(name)) => self.capture(*name, pattern.span, seen),
            PatternKind::As { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.captures(inner, seen);
                }
                if let Some(name) = name {
                    self.capture(*name, pattern.span, seen);
                }
            }
            PatternKind::Sequence(items) => items.iter().for_each(|item| self.captures(item, seen)),
            PatternKind::Mapping { entries, rest } => {
                if let Some(rest) = rest {
                    self.capture(*rest, pattern.span, seen);
                }
                entries.iter().for_each(|(_, value)| self.captures(value, seen));
            }
            PatternKind::Class { patterns, keywords, .. } => {
                patterns.iter().for_each(|item| self.captures(item, seen));
                keywords.iter().for_each(|(_, item)| self.captures(item, seen));
            }
            PatternKind::Or(items) => {
                let before = seen.clone();
                let mut after = before.clone();
                for item in items {
                    let mut own = before.clone();
                    self.captures(item, &mut own);
                    after.extend(own.into_iter().filter(|name| !before.contains(name)));
                }
                after.sort();
                after.dedup();
                *seen = after;
            }
        }
    }

    fn capture(&mut self, name: Ident, span: Span, seen: &mut Vec<Name>) {
        if seen.contains(&name.name) {
            self.report(ErrorKind::PatternRebinds(name.name), span);
        } else {
            seen.push(name.name);
        }
    }

    pub(super) fn check_sequence_pattern(&mut self, items: &[Pattern], span: Span) {
        let stars = items.iter().filter(|item| matches!(item.kind, PatternKind::Star(_))).count();
        if stars > 1 {
            self.report(ErrorKind::MultipleStarredPatterns, span);
        }
    }

    pub(super) fn check_class_pattern(&mut self, keywords: &[(Ident, Pattern)]) {
        for (index, (name, pattern)) in keywords.iter().enumerate() {
            if keywords[..index].iter().any(|(other, _)| other.name == name.name) {
                self.report(ErrorKind::AttributeRepeatedInPattern(name.name), pattern.span);
            }
        }
    }

    /// Equal literal keys in a mapping pattern: `0`, `0.0` and `False` are equal.
    pub(super) fn check_mapping_pattern(&mut self, entries: &[(Expr, Pattern)], span: Span) {
        let mut seen: Vec<&Expr> = Vec::new();
        for (key, _) in entries {
            if let ExprKind::Attribute { .. } = key.kind {
                continue;
            }
            let equal = |other: &&Expr| match (number(key), number(other)) {
                (Some(a), Some(b)) => a == b,
                _ => other.kind == key.kind,
            };
            if seen.iter().any(equal) {
                self.report(ErrorKind::MappingKeyRepeated(key_text(key)), span);
            }
            seen.push(key);
        }
    }
}

/// The real and imaginary part of a literal number.
fn number(expr: &Expr) -> Option<(f64, f64)> {
    match &expr.kind {
        ExprKind::Int(n) => Some((*n as f64, 0.0)),
        ExprKind::Float(f) => Some((*f, 0.0)),
        ExprKind::Imaginary(f) => Some((0.0, *f)),
        ExprKind::True => Some((1.0, 0.0)),
        ExprKind::False => Some((0.0, 0.0)),
        ExprKind::Unary(UnaryOp::Neg, inner) => number(inner).map(|(re, im)| (-re, -im)),
        ExprKind::Binary(lhs, BinOp::Add, rhs) => {
            let (a, b) = (number(lhs)?, number(rhs)?);
            Some((a.0 + b.0, a.1 + b.1))
        }
        ExprKind::Binary(lhs, BinOp::Sub, rhs) => {
            let (a, b) = (number(lhs)?, number(rhs)?);
            Some((a.0 - b.0, a.1 - b.1))
        }
        _ => None,
    }
}

/// A literal key as `repr` shows it.
fn key_text(key: &Expr) -> String {
    match &key.kind {
        ExprKind::Int(n) => n.to_string(),
        ExprKind::Float(f) => unparse::float(*f),
        ExprKind::Imaginary(f) => unparse::imaginary(*f),
        ExprKind::Str(text) => unparse::string(text),
        ExprKind::Bytes(data) => unparse::bytes(data),
        ExprKind::None => "None".to_owned(),
        ExprKind::True => "True".to_owned(),
        ExprKind::False => "False".to_owned(),
        ExprKind::Unary(UnaryOp::Neg, inner) => match inner.kind {
            ExprKind::Int(0) => "0".to_owned(),
            _ => format!("-{}", key_text(inner)),
        },
        ExprKind::Binary(real, op @ (BinOp::Add | BinOp::Sub), imaginary) => {
            let (real, sign) = (key_text(real), if *op == BinOp::Add { '+' } else { '-' });
            // As the real part of a complex number a whole number has no point.
            format!("({}{sign}{})", real.strip_suffix(".0").unwrap_or(&real), key_text(imaginary))
        }
        _ => "...".to_owned(),
    }
}

/// What makes a pattern match everything, if it does.
fn irrefutable(pattern: &Pattern) -> Option<(ErrorKind, Span)> {
    match &pattern.kind {
        PatternKind::As { pattern: None, name: None } => Some((ErrorKind::WildcardUnreachable, pattern.span)),
        PatternKind::As { pattern: None, name: Some(name) } => {
            Some((ErrorKind::CaptureUnreachable(name.name), pattern.span))
        }
        PatternKind::As { pattern: Some(inner), .. } => irrefutable(inner),
        PatternKind::Or(items) => items.last().and_then(irrefutable),
        PatternKind::Value(_)
        | PatternKind::Singleton(_)
        | PatternKind::Sequence(_)
        | PatternKind::Star(_)
        | PatternKind::Mapping { .. }
        | PatternKind::Class { .. } => None,
    }
}
