//! `match`. The subject stays in a temporary for the whole statement. Captures wait in
//! temporaries of their own and are bound when the whole pattern has matched; a case that fails
//! releases every temporary it may have filled.
//!
//! ```text
//!            <t0 = subject>
//!   case 1:  <pattern: jump -> fail>;  <bind captures>;  <guard: jump -> next>;  kill t0;  body
//!            jump -> end
//!      fail: kill …
//!      next: <the next case>
//!            kill t0
//!       end:
//! ```

use super::Compiler;
use super::condition::immediate_jump;
use super::regs::{fresh, in_place, in_run, over, owned};
use crate::bytecode::emit::Label;
use crate::bytecode::{Const, In};
use crate::source::{Name, Span};
use crate::syntax::ast::*;
use crate::syntax::visit::captured_names;

/// What a case knows while its pattern is compiled.
struct Case {
    fail: Label,
    /// The captured names and their temporaries, in order.
    captures: Vec<(Name, u16)>,
    /// One past the highest temporary in use.
    high: u16,
}

impl<'a> Compiler<'a> {
    pub(super) fn stmt_match(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) {
        let end = self.unit.e.label();
        let reg = self.expr_temp(subject);
        for case in cases {
            self.match_case(case, reg, end);
        }
        self.unit.e.kill(reg);
        self.unit.e.place(end);
    }

    fn match_case(&mut self, node: &'a MatchCase, subject: u16, end: Label) {
        let fail = self.unit.e.label();
        let next = self.unit.e.label();
        let first = self.unit.top;
        // A bare name takes the subject as it is.
        let bare = match &node.pattern.kind {
            PatternKind::As { pattern: None, name } => *name,
            _ => None,
        };
        let mut names = Vec::new();
        if bare.is_none() {
            captured_names(&node.pattern, &mut names);
        }
        let mut captures: Vec<(Name, u16)> = Vec::new();
        for name in names {
            if !captures.iter().any(|(other, _)| *other == name) {
                captures.push((name, self.temp()));
            }
        }
        let mut case = Case { fail, captures, high: self.unit.top };
        match bare {
            Some(name) => {
                let name = self.mangled(name.name);
                self.at(node.pattern.span);
                self.store_name(name, in_place(subject));
            }
            None => self.pattern(&node.pattern, subject, false, &mut case),
        }
        for &(name, reg) in &case.captures {
            let name = self.mangled(name);
            self.at(node.pattern.span);
            self.store_name(name, owned(reg));
        }
        self.unit.top = first;
        if let Some(guard) = &node.guard {
            self.condition(guard, next, false);
        }
        self.unit.e.kill(subject);
        self.block(&node.body);
        self.unit.e.jump(end);
        self.unit.e.place(fail);
        self.at(node.pattern.span);
        for reg in first..case.high {
            self.unit.e.kill(reg);
        }
        self.unit.e.place(next);
    }

    /// Compares R[subject] with a pattern and jumps to the case's `fail` when it differs. A
    /// subject that is owned is consumed on success.
    fn pattern(&mut self, pattern: &'a Pattern, subject: u16, kill: bool, case: &mut Case) {
        let top = self.unit.top;
        self.at(pattern.span);
        match &pattern.kind {
            PatternKind::Value(value) => {
                self.pattern_value(value, In { reg: subject, kill }, pattern.span, case.fail)
            }
            PatternKind::Singleton(value) => {
                let lhs = In { reg: subject, kill };
                if let ExprKind::None = value.kind {
                    self.unit.e.jump_if_not_none(lhs, case.fail);
                } else {
                    let rhs = self.operand(value);
                    self.at(pattern.span);
                    self.unit.e.jump_is_not(lhs, rhs, case.fail);
                }
            }
            PatternKind::As { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.pattern(inner, subject, false, case);
                }
                self.capture(*name, subject, kill, case);
            }
            PatternKind::Star(name) => self.capture(*name, subject, kill, case),
            PatternKind::Sequence(items) => {
                self.pattern_sequence(items, subject, pattern.span, case);
                self.consume(subject, kill);
            }
            PatternKind::Mapping { entries, rest } => {
                self.pattern_mapping(entries, *rest, subject, pattern.span, case);
                self.consume(subject, kill);
            }
            PatternKind::Class { class, patterns, keywords } => {
                self.pattern_class(class, patterns, keywords, subject, pattern.span, case);
                self.consume(subject, kill);
            }
            PatternKind::Or(items) => {
                self.pattern_or(items, subject, case);
                self.consume(subject, kill);
            }
        }
        self.unit.top = top;
    }

    fn consume(&mut self, subject: u16, kill: bool) {
        if kill {
            self.unit.e.kill(subject);
        }
    }

    fn capture(&mut self, name: Option<Ident>, subject: u16, kill: bool, case: &Case) {
        let Some(name) = name else { return self.consume(subject, kill) };
        let found = case.captures.iter().find(|(other, _)| *other == name.name);
        let (_, reg) = *found.expect("the case has collected its captures");
        self.unit.e.mov(over(reg), In { reg: subject, kill });
    }

    fn pattern_value(&mut self, value: &'a Expr, lhs: In, span: Span, fail: Label) {
        if let Some(imm) = self.immediate(value)
            && let Some(op) = immediate_jump(CmpOp::Eq, false)
        {
            return self.unit.e.emit(op, [lhs.into(), imm.into(), fail.into()]);
        }
        let rhs = self.operand(value);
        self.at(span);
        self.unit.e.jump_not_eq(lhs, rhs, fail);
    }

    /// Takes the temporaries that the case must release when it fails.
    fn pattern_temps(&mut self, count: usize, case: &mut Case) -> u16 {
        let base = self.temps(count);
        case.high = case.high.max(self.unit.top);
        base
    }

    /// ```text
    /// [a, 1, *b]:   match_sequence t1 = t0;  jump_if_false t1! -> fail
    ///               get_len t1 = t0;  jump_not_ge_i t1! 2 -> fail
    ///               unpack_ex t1.. t0 before=2 after=0;  …
    /// ```
    fn pattern_sequence(&mut self, items: &'a [Pattern], subject: u16, span: Span, case: &mut Case) {
        let test = self.temp();
        self.unit.e.match_sequence(fresh(test), subject);
        self.unit.e.jump_if_false(owned(test), case.fail);
        let star = items.iter().position(|item| matches!(item.kind, PatternKind::Star(_)));
        let needed = items.len() - star.is_some() as usize;
        if star.is_none() || needed > 0 {
            self.unit.e.get_len(fresh(test), subject);
            let op = if star.is_none() { CmpOp::Eq } else { CmpOp::GtE };
            self.length_check(op, test, needed, case.fail);
        }
        self.unit.top = test;
        let only_star = star.is_some() && items.len() == 1;
        let ignored = |item: &Pattern| {
            matches!(item.kind, PatternKind::As { pattern: None, name: None } | PatternKind::Star(None))
        };
        if items.is_empty() || (only_star && ignored(&items[0])) || items.iter().all(ignored) {
            return;
        }
        if let Some(before) = star
            && ignored(&items[before])
        {
            return self.pattern_items_around(items, before, ignored, subject, span, case);
        }
        let base = self.pattern_temps(items.len(), case);
        self.at(span);
        match star {
            None => {
                let count = self.count(items.len());
                self.unit.e.unpack_sequence(base, in_place(subject), count);
            }
            Some(before) => {
                let after = items.len() - before - 1;
                if before > 255 || after > 255 {
                    self.unit.too_large = true;
                }
                self.unit.e.unpack_ex(base, in_place(subject), before as u16 | (after as u16) << 8);
            }
        }
        for (index, item) in items.iter().enumerate() {
            self.pattern(item, in_run(base, index), true, case);
        }
    }

    /// The items beside a star that takes nothing are fetched one by one: the rest may be endless.
    ///
    /// ```text
    /// [a, *_, z]:   load_k t2 = 0;  get_item t1 = t0 t2!;  …
    ///               get_len t2 = t0;  sub_i t2 = t2! 1;  get_item t1 = t0 t2!;  …
    /// ```
    fn pattern_items_around(
        &mut self,
        items: &'a [Pattern],
        star: usize,
        ignored: impl Fn(&Pattern) -> bool,
        subject: u16,
        span: Span,
        case: &mut Case,
    ) {
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !ignored(item)) {
            let found = self.pattern_temps(2, case);
            let place = found + 1;
            self.at(span);
            if index < star {
                self.load_k(fresh(place), Const::Int(index as i64));
            } else {
                let Ok(from_end) = i16::try_from(items.len() - index) else {
                    self.unit.too_large = true;
                    return;
                };
                self.unit.e.get_len(fresh(place), subject);
                self.unit.e.sub_i(fresh(place), owned(place), from_end);
            }
            self.unit.e.get_item(fresh(found), in_place(subject), owned(place));
            self.unit.top = place;
            self.pattern(item, found, true, case);
        }
    }

    /// Jumps to `fail` unless the length in R[test] compares so with `needed`.
    fn length_check(&mut self, op: CmpOp, test: u16, needed: usize, fail: Label) {
        match (i16::try_from(needed), immediate_jump(op, false)) {
            (Ok(imm), Some(op)) => {
                self.unit.e.emit(op, [owned(test).into(), imm.into(), fail.into()]);
            }
            _ => self.unit.too_large = true,
        }
    }

    /// ```text
    /// {"k": p, **rest}:   match_mapping t1 = t0;  jump_if_false t1! -> fail
    ///                     get_len t1 = t0;  jump_not_ge_i t1! 1 -> fail
    ///                     load_k t2 = ("k",);  match_keys t1 = t0 t2;  <kill t2 or rest>
    ///                     jump_if_none t1 -> fail;  unpack_sequence …
    /// ```
    fn pattern_mapping(
        &mut self,
        entries: &'a [(Expr, Pattern)],
        rest: Option<Ident>,
        subject: u16,
        span: Span,
        case: &mut Case,
    ) {
        let test = self.pattern_temps(1, case);
        self.unit.e.match_mapping(fresh(test), subject);
        self.unit.e.jump_if_false(owned(test), case.fail);
        if !entries.is_empty() {
            self.unit.e.get_len(fresh(test), subject);
            self.length_check(CmpOp::GtE, test, entries.len(), case.fail);
        }
        if entries.is_empty() && rest.is_none() {
            return;
        }
        let keys = self.pattern_temps(1, case);
        let constants: Option<Vec<Const>> = entries.iter().map(|(key, _)| self.constant(key)).collect();
        match constants {
            Some(values) => self.load_k(fresh(keys), Const::Tuple(values)),
            None => {
                let base = self.expr_run(entries.iter().map(|(key, _)| key));
                let count = self.count(entries.len());
                self.unit.e.build_tuple(fresh(keys), base, count);
                self.unit.top = keys + 1;
            }
        }
        self.at(span);
        if !entries.is_empty() {
            self.unit.e.match_keys(fresh(test), subject, keys);
            self.unit.e.jump_if_none(in_place(test), case.fail);
        }
        match rest {
            Some(name) => {
                let map = self.pattern_temps(1, case);
                self.unit.e.mapping_rest(fresh(map), subject, owned(keys));
                self.capture(Some(name), map, true, case);
                self.unit.top = map;
            }
            None => self.unit.e.kill(keys),
        }
        if entries.is_empty() {
            return;
        }
        let base = self.pattern_temps(entries.len(), case);
        let count = self.count(entries.len());
        self.unit.e.unpack_sequence(base, owned(test), count);
        for (index, (_, pattern)) in entries.iter().enumerate() {
            self.pattern(pattern, in_run(base, index), true, case);
        }
    }

    /// ```text
    /// C(p, k=q):   <t2 = subject, t3 = C, t4 = ("k",)>;  match_class t1 = t2.. 1
    ///              jump_if_none t1 -> fail;  unpack_sequence t2.. t1! 2;  …
    /// ```
    fn pattern_class(
        &mut self,
        class: &'a Expr,
        patterns: &'a [Pattern],
        keywords: &'a [(Ident, Pattern)],
        subject: u16,
        span: Span,
        case: &mut Case,
    ) {
        let attributes = self.pattern_temps(1, case);
        let base = self.temp();
        self.unit.e.mov(fresh(base), in_place(subject));
        self.expr_temp(class);
        let names = self.temp();
        let list = keywords.iter().map(|(name, _)| Const::Str(name.name.as_str().into())).collect();
        self.at(span);
        self.load_k(fresh(names), Const::Tuple(list));
        let count = self.count(patterns.len());
        self.unit.e.match_class(fresh(attributes), base, count);
        self.unit.e.jump_if_none(in_place(attributes), case.fail);
        self.unit.top = base;
        let total = patterns.len() + keywords.len();
        let items = self.pattern_temps(total, case);
        let count = self.count(total);
        self.unit.e.unpack_sequence(items, owned(attributes), count);
        let all = patterns.iter().chain(keywords.iter().map(|(_, pattern)| pattern));
        for (index, pattern) in all.enumerate() {
            self.pattern(pattern, in_run(items, index), true, case);
        }
    }

    /// Each alternative but the last fails to the next one, after releasing its temporaries.
    fn pattern_or(&mut self, items: &'a [Pattern], subject: u16, case: &mut Case) {
        let matched = self.unit.e.label();
        let fail = case.fail;
        let (last, before) = items.split_last().expect("an or-pattern has alternatives");
        for item in before {
            let next = self.unit.e.label();
            let outer = std::mem::replace(&mut case.high, self.unit.top);
            case.fail = next;
            self.pattern(item, subject, false, case);
            self.unit.e.jump(matched);
            self.unit.e.place(next);
            for reg in self.unit.top..case.high {
                self.unit.e.kill(reg);
            }
            case.high = case.high.max(outer);
        }
        case.fail = fail;
        self.pattern(last, subject, false, case);
        self.unit.e.place(matched);
    }
}
