//! Assignment, augmented assignment, annotations and `del`: everything with a target.

use super::Compiler;
use super::expr::in_place_op;
use super::regs::{Place, fresh, in_place, over, owned};
use crate::analysis::ScopeKind;
use crate::bytecode::{Const, In, Op, Out};
use crate::source::{Name, Span};
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// Stores a value under `name` (mangled).
    pub(super) fn store_name(&mut self, name: Name, value: In) {
        let place = self.place(name);
        let e = &mut self.unit.e;
        match place {
            Place::Register(reg) => e.mov(over(reg), value),
            Place::Cell(reg) => e.store_cell(reg, value),
            Place::Free(index) | Place::NamespaceFree(index) => e.store_free(index, value),
            Place::Global => e.store_global(value, name.as_str()),
            Place::Namespace => e.store_name(value, name.as_str()),
        }
    }

    /// The register to compile a value into when `target` is a plain local variable.
    pub(super) fn local_target(&self, target: &Expr) -> Option<Out> {
        let ExprKind::Name(name) = target.kind else { return None };
        match self.place(self.mangled(name)) {
            Place::Register(reg) => Some(over(reg)),
            Place::Cell(_) | Place::Free(_) | Place::Global | Place::Namespace | Place::NamespaceFree(_) => {
                None
            }
        }
    }

    /// Assigns a value, which is consumed when it is owned.
    pub(super) fn assign(&mut self, target: &'a Expr, value: In) {
        let top = self.unit.top;
        match &target.kind {
            ExprKind::Name(name) => {
                self.at(target.span);
                let name = self.mangled(*name);
                self.store_name(name, value);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => self.assign_items(items, target.span, value),
            ExprKind::Attribute { value: object, attr } => {
                let obj = self.operand(object);
                self.note_static_attribute(object, *attr);
                let name = self.mangled(attr.name);
                self.at(self.attribute_span(target.span, *attr));
                self.unit.e.set_attr(obj, value, name.as_str());
            }
            ExprKind::Subscript { value: object, index } => {
                let obj = self.operand_before(object, &[index]);
                let index = self.operand_index(index);
                self.at(target.span);
                self.unit.e.set_item(obj, index, value);
            }
            // The parser or the analysis has reported it.
            _ => {
                if value.kill {
                    self.unit.e.kill(value.reg);
                }
            }
        }
        self.unit.top = top;
    }

    /// ```text
    /// a, b = x:       unpack_sequence t0.. x count=2;  mov a = t0!;  mov b = t1!
    /// a, *b, c = x:   unpack_ex t0.. x before=1 after=1;  …
    /// ```
    fn assign_items(&mut self, items: &'a [Expr], span: Span, value: In) {
        let base = self.temps(items.len());
        let star = items.iter().position(|item| matches!(item.kind, ExprKind::Starred(_)));
        self.at(span);
        match star {
            Some(before) => {
                let after = items.len() - before - 1;
                self.unit.e.unpack_ex(base, value, before as u16 | (after as u16) << 8);
            }
            None => {
                let count = self.count(items.len());
                self.unit.e.unpack_sequence(base, value, count);
            }
        }
        for (index, item) in items.iter().enumerate() {
            let target = match &item.kind {
                ExprKind::Starred(inner) => inner,
                _ => item,
            };
            self.assign(target, owned(base.saturating_add(index as u16)));
        }
    }

    pub(super) fn stmt_assign(&mut self, targets: &'a [Expr], value: &'a Expr) {
        if let [only] = targets {
            if let Some(out) = self.local_target(only) {
                return self.expr_into(value, out);
            }
            if self.assign_pairwise(only, value) {
                return;
            }
            let later: Vec<&Expr> = match &only.kind {
                ExprKind::Attribute { value, .. } => vec![value],
                ExprKind::Subscript { value, index } => vec![value, index],
                _ => vec![],
            };
            let operand = self.operand_before(value, &later);
            return self.assign(only, operand);
        }
        let reg = self.expr_temp(value);
        for (index, target) in targets.iter().enumerate() {
            let last = index + 1 == targets.len();
            self.assign(target, if last { owned(reg) } else { in_place(reg) });
        }
    }

    /// `a, b = x, y`: no tuple. When all targets are different local variables, the last value
    /// goes straight into its own.
    ///
    /// ```text
    /// a, b = b, a + b:   mov t0 = b;  add b = a b;  mov a = t0!
    /// ```
    fn assign_pairwise(&mut self, target: &'a Expr, value: &'a Expr) -> bool {
        let (ExprKind::Tuple(targets) | ExprKind::List(targets)) = &target.kind else {
            return false;
        };
        let (ExprKind::Tuple(values) | ExprKind::List(values)) = &value.kind else { return false };
        if targets.len() != values.len()
            || targets.is_empty()
            || targets.len() > 30
            || super::expr::has_star(targets)
            || super::expr::has_star(values)
        {
            return false;
        }
        let locals: Option<Vec<Out>> = targets.iter().map(|target| self.local_target(target)).collect();
        let locals = locals.filter(|outs| (1..outs.len()).all(|index| !outs[..index].contains(&outs[index])));
        let direct = locals.and_then(|outs| outs.last().copied());
        let (last, before) = values.split_last().expect("there is a value");
        let base = self.expr_run(before);
        match direct {
            Some(out) => self.expr_into(last, out),
            None => {
                self.expr_temp(last);
            }
        }
        let stored = if direct.is_some() { before.len() } else { values.len() };
        for (index, target) in targets[..stored].iter().enumerate() {
            self.assign(target, owned(base + index as u16));
        }
        true
    }

    /// ```text
    /// x += y:      iadd x = x y
    /// o.a += y:    <t0 = o>;  get_attr t1 = t0 a;  iadd t2 = t1! y;  set_attr t0! t2! a
    /// o[i] += y:   <t0 = o, t1 = i>;  get_item t2 = t0 t1;  iadd t3 = t2! y;  set_item t0! t1! t3!
    /// ```
    pub(super) fn stmt_aug_assign(&mut self, target: &'a Expr, op: BinOp, value: &'a Expr, span: Span) {
        match &target.kind {
            ExprKind::Name(name) => {
                let name = self.mangled(*name);
                let (old, out) = match self.place(name) {
                    Place::Register(reg) if !self.is_rebound(target, &[value]) => {
                        self.at(target.span);
                        self.unit.e.check_bound(reg);
                        (in_place(reg), over(reg))
                    }
                    _ => {
                        let old = self.temp();
                        self.at(target.span);
                        self.load_name(name, fresh(old));
                        (owned(old), fresh(self.temp()))
                    }
                };
                self.in_place_operation(op, out, old, value, span);
                if !out.drop {
                    self.at(target.span);
                    self.store_name(name, owned(out.reg));
                }
            }
            ExprKind::Attribute { value: object, attr } => {
                let obj = self.operand_before(object, &[value]);
                let old = self.temp();
                let new = self.temp();
                let name = self.mangled(attr.name);
                self.at(self.attribute_span(target.span, *attr));
                self.unit.e.get_attr(fresh(old), in_place(obj.reg), name.as_str());
                self.in_place_operation(op, fresh(new), owned(old), value, span);
                self.note_static_attribute(object, *attr);
                self.at(self.attribute_span(target.span, *attr));
                self.unit.e.set_attr(obj, owned(new), name.as_str());
            }
            ExprKind::Subscript { value: object, index } => {
                let obj = self.operand_before(object, &[index, value]);
                let index = match index.kind {
                    ExprKind::Starred(_) => self.operand_index(index),
                    _ => self.operand_before(index, &[value]),
                };
                let old = self.temp();
                let new = self.temp();
                self.at(target.span);
                self.unit.e.get_item(fresh(old), in_place(obj.reg), in_place(index.reg));
                self.in_place_operation(op, fresh(new), owned(old), value, span);
                self.at(target.span);
                self.unit.e.set_item(obj, index, owned(new));
            }
            // The parser has reported it.
            _ => self.expr_effect(value),
        }
    }

    fn in_place_operation(&mut self, op: BinOp, out: Out, old: In, value: &'a Expr, span: Span) {
        if let Some(imm) = self.immediate(value) {
            let immediate = match op {
                BinOp::Add => Some(Op::IAddI),
                BinOp::Sub => Some(Op::ISubI),
                _ => None,
            };
            if let Some(immediate) = immediate {
                self.at(span);
                return self.unit.e.emit(immediate, [out.into(), old.into(), imm.into()]);
            }
        }
        let value = self.operand(value);
        self.at(span);
        self.unit.e.emit(in_place_op(op), [out.into(), old.into(), value.into()]);
    }

    /// ```text
    /// x: int = 1:   <x = 1>;  <t0 = int>;  load_name t1 = __annotations__
    ///               load_k t2 = "x";  set_item t1! t2! t0!
    /// ```
    pub(super) fn stmt_ann_assign(
        &mut self,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
    ) {
        if let Some(value) = value {
            self.stmt_assign(std::slice::from_ref(target), value);
        }
        let kind = self.analysis.scope(self.unit.scope).kind;
        let top_level = matches!(kind, ScopeKind::Module | ScopeKind::Class);
        match &target.kind {
            ExprKind::Name(name) => {
                if !simple || !top_level {
                    if top_level && !self.analysis.future_annotations {
                        self.expr_effect(annotation);
                    }
                    return;
                }
                let name = self.mangled(*name);
                let value = self.annotation(annotation);
                self.at(target.span);
                let map = self.temp();
                match self.top_level_place() {
                    Place::Namespace => self.unit.e.load_name(fresh(map), "__annotations__"),
                    _ => self.unit.e.load_global(fresh(map), "__annotations__"),
                }
                let key = self.temp();
                self.load_k(fresh(key), Const::Str(name.as_str().into()));
                self.unit.e.set_item(owned(map), owned(key), value);
            }
            ExprKind::Attribute { value: object, .. } if value.is_none() => {
                self.expr_effect(object);
            }
            ExprKind::Subscript { value: object, index } if value.is_none() => {
                self.expr_effect(object);
                self.expr_effect(index);
            }
            _ => {}
        }
        if top_level && !matches!(target.kind, ExprKind::Name(_)) {
            let value = self.annotation(annotation);
            if value.kill {
                self.unit.e.kill(value.reg);
            }
        }
    }

    /// An annotation's value; its text under `from __future__ import annotations`.
    pub(super) fn annotation(&mut self, annotation: &'a Expr) -> In {
        if !self.analysis.future_annotations {
            return self.operand(annotation);
        }
        let text = Const::Str(crate::syntax::unparse::annotation(annotation).into());
        let reg = self.temp();
        self.at(annotation.span);
        self.load_k(fresh(reg), text);
        owned(reg)
    }

    pub(super) fn delete(&mut self, target: &'a Expr) {
        let top = self.unit.top;
        match &target.kind {
            ExprKind::Name(name) => {
                let name = self.mangled(*name);
                self.at(target.span);
                self.delete_name(name);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                items.iter().for_each(|item| self.delete(item));
            }
            ExprKind::Attribute { value, attr } => {
                let obj = self.operand(value);
                let name = self.mangled(attr.name);
                self.at(target.span);
                self.unit.e.del_attr(obj, name.as_str());
            }
            ExprKind::Subscript { value, index } => {
                let obj = self.operand_before(value, &[index]);
                let index = self.operand_index(index);
                self.at(target.span);
                self.unit.e.del_item(obj, index);
            }
            // The parser has reported it.
            _ => {}
        }
        self.unit.top = top;
    }

    pub(super) fn delete_name(&mut self, name: Name) {
        let place = self.place(name);
        let e = &mut self.unit.e;
        match place {
            Place::Register(reg) => e.del_local(reg),
            Place::Cell(reg) => e.del_cell(reg),
            Place::Free(index) | Place::NamespaceFree(index) => e.del_free(index),
            Place::Global => e.del_global(name.as_str()),
            Place::Namespace => e.del_name(name.as_str()),
        }
    }

    /// `self.attr = …` in a method is one of its class's `__static_attributes__`.
    fn note_static_attribute(&mut self, object: &Expr, attr: Ident) {
        let ExprKind::Name(name) = object.kind else { return };
        if name.as_str() != "self" {
            return;
        }
        if let Some(class) = self.outer.iter_mut().rev().find(|unit| unit.flags.class_body)
            && !class.static_attributes.contains(&attr.name)
        {
            class.static_attributes.push(attr.name);
        }
    }
}
