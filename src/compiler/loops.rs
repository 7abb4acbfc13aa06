//! `while`, `for` and `async for`.

use super::Compiler;
use super::control::Block;
use super::regs::{fresh, owned};
use crate::bytecode::emit::Label;
use crate::bytecode::{Const, In};
use crate::source::Span;
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// ```text
    /// while test:         jump -> test
    ///     body      body: …
    ///               test: <test: jump -> body>
    /// else: …             …
    ///               exit:
    /// ```
    pub(super) fn stmt_while(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) {
        let constant = self.constant_truth(test);
        if constant == Some(false) {
            return self.block(orelse);
        }
        let exit = self.unit.e.label();
        let again = self.unit.e.label();
        self.at(test.span);
        if constant.is_none() {
            self.unit.e.jump(again);
        }
        let start = self.unit.e.here();
        if constant.is_some() {
            self.unit.e.place(again);
        }
        self.unit.blocks.push(Block::Loop { exit, again, iter: None });
        self.block(body);
        self.unit.blocks.pop();
        if constant.is_none() {
            self.unit.e.place(again);
        }
        self.at(test.span);
        self.condition(test, start, true);
        self.block(orelse);
        self.unit.e.place(exit);
    }

    /// ```text
    /// for x in it:          get_iter t0 = it;  jump -> next
    ///     body        body: …
    ///                 next: for_iter t0 x = -> body
    /// else: …               …
    ///                 exit:
    ///
    /// async for x in it:    get_aiter t0 = it
    ///     body        next: get_anext t1 = t0;  get_awaitable t2 = t1! 3;  yield_from x = t2
    ///                       …;  jump -> next
    ///                 done: end_async_for t1!;  kill t0       (handler of the line `next`)
    /// ```
    pub(super) fn stmt_for(
        &mut self,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
        is_async: bool,
    ) {
        let exit = self.unit.e.label();
        let again = self.unit.e.label();
        let iterator = self.temp();
        self.iterator_of(iter, is_async, iterator);
        self.unit.blocks.push(Block::Loop { exit, again, iter: Some(iterator) });
        let shown = if is_async { span } else { iter.span };
        self.loop_over(iterator, target, shown, is_async, again, |this| this.block(body));
        self.unit.blocks.pop();
        self.block(orelse);
        self.unit.e.place(exit);
    }

    /// The iterator that a loop runs over, in R[iterator].
    pub(super) fn iterator_of(&mut self, iter: &'a Expr, is_async: bool, iterator: u16) {
        let top = self.unit.top;
        let source = if is_async { self.operand(iter) } else { self.operand_iterable(iter) };
        self.at(iter.span);
        if is_async {
            self.unit.e.get_aiter(fresh(iterator), source);
        } else {
            self.unit.e.get_iter(fresh(iterator), source);
        }
        self.unit.top = top;
    }

    /// The loop itself, over the iterator in R[iterator], which it releases. What fails in it is
    /// shown at `span`: where the values come from, or the whole when they are awaited.
    pub(super) fn loop_over(
        &mut self,
        iterator: u16,
        target: &'a Expr,
        span: Span,
        is_async: bool,
        again: Label,
        body: impl FnOnce(&mut Self),
    ) {
        if is_async {
            self.async_for_loop(iterator, target, span, again, body);
        } else {
            self.for_loop(iterator, target, span, again, body);
        }
    }

    /// What a loop runs over; a list of constants may be a tuple, a set of constants a frozenset.
    fn operand_iterable(&mut self, iter: &'a Expr) -> In {
        let value = match &iter.kind {
            ExprKind::List(items) => self.constants(items).map(Const::Tuple),
            ExprKind::Set(items) => self.constant_set(items),
            _ => None,
        };
        if let Some(value) = value {
            let reg = self.temp();
            self.at(iter.span);
            self.load_k(fresh(reg), value);
            return owned(reg);
        }
        self.operand(iter)
    }

    fn for_loop(
        &mut self,
        iterator: u16,
        target: &'a Expr,
        span: Span,
        again: Label,
        body: impl FnOnce(&mut Self),
    ) {
        let top = self.unit.top;
        self.unit.e.jump(again);
        let start = self.unit.e.here();
        let item = match self.local_target(target) {
            Some(out) => out,
            None => {
                let reg = self.temp();
                self.assign(target, owned(reg));
                self.unit.top = reg;
                fresh(reg)
            }
        };
        body(self);
        self.unit.e.place(again);
        self.at(span);
        self.unit.max = self.unit.max.max(item.reg.saturating_add(1));
        self.unit.e.for_iter(iterator, item, start);
        self.unit.top = top;
    }

    fn async_for_loop(
        &mut self,
        iterator: u16,
        target: &'a Expr,
        span: Span,
        again: Label,
        body: impl FnOnce(&mut Self),
    ) {
        let top = self.unit.top;
        let done = self.unit.e.label();
        self.at(span);
        self.unit.e.place(again);
        let exc = self.temp();
        let region = self.unit.e.protect(done, exc, exc);
        let awaitable = self.temp();
        self.unit.e.get_anext(fresh(awaitable), iterator);
        let local = self.local_target(target);
        self.await_value(owned(awaitable), 3, local.unwrap_or(fresh(exc)));
        self.unit.e.pause(region);
        self.unit.top = exc;
        if local.is_none() {
            self.temp();
            self.assign(target, owned(exc));
            self.unit.top = exc;
        }
        body(self);
        self.unit.e.jump(again);
        self.unit.e.place(done);
        self.at(span);
        self.unit.e.end_async_for(owned(exc));
        self.unit.e.kill(iterator);
        self.unit.top = top;
    }
}
