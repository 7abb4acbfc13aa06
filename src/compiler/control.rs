//! Loops, `try`, `with`, and the ways out of them.
//!
//! Control that leaves a block early (`break`, `continue`, `return`) runs what the block owes:
//! it walks the stack of [`Block`]s from the inside, emits each one's exit code and makes a
//! hole in the protected ranges, so that the exit code is not protected by the block it leaves.

use super::Compiler;
use super::regs::{fresh, in_place, owned};
use crate::bytecode::emit::{Label, Region};
use crate::bytecode::{Const, In};
use crate::source::{Name, Span};
use crate::syntax::ast::*;

/// A block that control may leave early.
#[derive(Clone, Copy)]
pub(super) enum Block<'a> {
    Loop {
        exit: Label,
        again: Label,
        iter: Option<u16>,
    },
    /// The body of `try … except`.
    Try {
        region: Region,
    },
    /// An `except` clause: its exception, and the name to unbind.
    Handler {
        handling: Region,
        exc: u16,
        named: Option<(Region, Name)>,
    },
    /// What `finally` protects.
    Finally {
        region: Region,
        body: &'a [Stmt],
    },
    /// The `finally` block that runs because of an exception.
    FinallyHandler {
        handling: Region,
        exc: u16,
    },
    With {
        region: Region,
        base: u16,
        is_async: bool,
        span: Span,
    },
    /// A `finally` block that runs while a returned value waits in a temporary.
    Returning {
        value: u16,
    },
}

impl<'a> Compiler<'a> {
    /// A chain of `elif` is compiled in a loop, because it is as deep as it is long.
    pub(super) fn stmt_if(&mut self, stmt: &'a Stmt) {
        let end = self.unit.e.label();
        let mut next = Some(stmt);
        while let Some(Stmt { kind: StmtKind::If { test, body, orelse }, .. }) = next.take() {
            let constant = self.constant_truth(test);
            let other = self.unit.e.label();
            if constant != Some(false) {
                self.condition(test, other, false);
                self.block(body);
                if !orelse.is_empty() {
                    self.unit.e.jump(end);
                }
            }
            self.unit.e.place(other);
            if constant == Some(true) {
                break;
            }
            match orelse.as_slice() {
                [only] if matches!(only.kind, StmtKind::If { .. }) => next = Some(only),
                _ => self.block(orelse),
            }
        }
        self.unit.e.place(end);
    }

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
    /// ```
    pub(super) fn stmt_for(
        &mut self,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
    ) {
        let exit = self.unit.e.label();
        let again = self.unit.e.label();
        let iterator = self.temp();
        let source = self.operand_iterable(iter);
        self.at(iter.span);
        self.unit.e.get_iter(fresh(iterator), source);
        self.unit.top = iterator + 1;
        self.unit.blocks.push(Block::Loop { exit, again, iter: Some(iterator) });
        self.for_loop(iterator, target, iter.span, again, |this| this.block(body));
        self.unit.blocks.pop();
        self.block(orelse);
        self.unit.e.place(exit);
    }

    /// What a loop runs over; a list of constants may be a tuple, a set of constants a frozenset.
    pub(super) fn operand_iterable(&mut self, iter: &'a Expr) -> In {
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

    /// The loop itself, over the iterator in R[iterator], which it releases.
    pub(super) fn for_loop(
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

    /// ```text
    /// async for x in it:    get_aiter t0 = it
    ///     body        next: get_anext t1 = t0;  get_awaitable t2 = t1! 3;  yield_from x = t2
    ///                       …;  jump -> next
    ///                 done: end_async_for t1!;  kill t0       (handler of the line `next`)
    /// ```
    pub(super) fn stmt_async_for(
        &mut self,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
    ) {
        let exit = self.unit.e.label();
        let again = self.unit.e.label();
        let iterator = self.temp();
        let source = self.operand(iter);
        self.at(iter.span);
        self.unit.e.get_aiter(fresh(iterator), source);
        self.unit.top = iterator + 1;
        self.unit.blocks.push(Block::Loop { exit, again, iter: Some(iterator) });
        self.async_for_loop(iterator, target, iter.span, span, again, |this| this.block(body));
        self.unit.blocks.pop();
        self.block(orelse);
        self.unit.e.place(exit);
    }

    /// The loop itself, over the asynchronous iterator in R[iterator], which it releases. A
    /// traceback shows a failed `__anext__` at `whole`: the statement, or the comprehension.
    pub(super) fn async_for_loop(
        &mut self,
        iterator: u16,
        target: &'a Expr,
        iter: Span,
        whole: Span,
        again: Label,
        body: impl FnOnce(&mut Self),
    ) {
        let top = self.unit.top;
        let done = self.unit.e.label();
        self.at(whole);
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
        self.at(iter);
        self.unit.e.end_async_for(owned(exc));
        self.unit.e.kill(iterator);
        self.unit.top = top;
    }

    /// Emits the exit code of every block from the innermost down to the one at `depth`, and
    /// returns the ranges that got a hole; they go on after the jump that follows.
    ///
    /// `returning` is the temporary in which a returned value waits meanwhile.
    fn unwind(&mut self, depth: usize, returning: Option<u16>) -> Vec<Region> {
        let blocks = self.unit.blocks.clone();
        let mut paused = Vec::new();
        for (index, block) in blocks.iter().enumerate().skip(depth).rev() {
            self.unit.blocks.truncate(index);
            match *block {
                Block::Loop { iter, .. } => {
                    if let Some(iter) = iter {
                        self.unit.e.kill(iter);
                    }
                }
                Block::Try { region } => self.hole(region, &mut paused),
                Block::Handler { handling, exc, named } => {
                    self.hole(handling, &mut paused);
                    if let Some((region, _)) = named {
                        self.hole(region, &mut paused);
                    }
                    self.unit.e.kill(exc);
                    if let Some((_, name)) = named {
                        self.unbind(name);
                    }
                }
                Block::Finally { region, body } => {
                    self.hole(region, &mut paused);
                    let span = self.unit.e.span();
                    if let Some(value) = returning {
                        self.unit.blocks.push(Block::Returning { value });
                    }
                    self.block(body);
                    self.at(span);
                }
                Block::FinallyHandler { handling, exc } => {
                    self.hole(handling, &mut paused);
                    self.unit.e.kill(exc);
                }
                Block::Returning { value } => self.unit.e.kill(value),
                Block::With { region, base, is_async, span } => {
                    self.hole(region, &mut paused);
                    let before = self.unit.e.span();
                    self.exit_context(base, is_async, span);
                    self.at(before);
                }
            }
        }
        self.unit.blocks = blocks;
        paused
    }

    fn hole(&mut self, region: Region, paused: &mut Vec<Region>) {
        self.unit.e.pause(region);
        paused.push(region);
    }

    fn resume(&mut self, paused: Vec<Region>) {
        paused.into_iter().for_each(|region| self.unit.e.resume(region));
    }

    /// The innermost loop: its place on the stack of blocks.
    fn innermost_loop(&self) -> usize {
        let place = self.unit.blocks.iter().rposition(|block| matches!(block, Block::Loop { .. }));
        place.expect("the analysis has found the loop")
    }

    pub(super) fn stmt_break(&mut self, span: Span) {
        self.at(span);
        let place = self.innermost_loop();
        let paused = self.unwind(place + 1, None);
        if let Block::Loop { exit, iter, .. } = self.unit.blocks[place] {
            if let Some(iter) = iter {
                self.unit.e.kill(iter);
            }
            self.unit.e.jump(exit);
        }
        self.resume(paused);
    }

    pub(super) fn stmt_continue(&mut self, span: Span) {
        self.at(span);
        let place = self.innermost_loop();
        let paused = self.unwind(place + 1, None);
        if let Block::Loop { again, .. } = self.unit.blocks[place] {
            self.unit.e.jump(again);
        }
        self.resume(paused);
    }

    /// A constant is loaded last; anything else waits in a temporary while the exit code runs.
    pub(super) fn stmt_return(&mut self, value: Option<&'a Expr>, span: Span) {
        let constant = match value {
            None => Some(Const::None),
            Some(value) => self.constant(value),
        };
        let runs_code = self.unit.blocks.iter().any(|block| match block {
            Block::Loop { .. } | Block::Try { .. } | Block::Returning { .. } => false,
            Block::Handler { .. }
            | Block::Finally { .. }
            | Block::FinallyHandler { .. }
            | Block::With { .. } => true,
        });
        let operand = match (&constant, value) {
            (None, Some(value)) if runs_code => Some(owned(self.expr_temp(value))),
            (None, Some(value)) => Some(self.operand(value)),
            _ => None,
        };
        self.at(span);
        let waiting = operand.and_then(|operand| operand.kill.then_some(operand.reg));
        let paused = self.unwind(0, waiting);
        let operand = match operand {
            Some(operand) => operand,
            None => {
                let reg = self.temp();
                self.load_k(fresh(reg), constant.unwrap_or(Const::None));
                owned(reg)
            }
        };
        self.unit.e.ret(operand);
        self.resume(paused);
    }

    /// `name = None; del name`, which succeeds whatever the clause did to the name.
    fn unbind(&mut self, name: Name) {
        let reg = self.temp();
        self.load_k(fresh(reg), Const::None);
        self.store_name(name, owned(reg));
        self.delete_name(name);
        self.unit.top = reg;
    }

    pub(super) fn stmt_try(&mut self, node: &'a Try) {
        if node.finalbody.is_empty() {
            return self.try_except(node);
        }
        self.try_finally(node);
    }

    /// ```text
    ///         <try … except>                  protected: exception t0 -> handler
    ///         <finally>;  jump -> end
    /// handler: <finally>;  reraise t0!        handling t0
    ///    end:
    /// ```
    fn try_finally(&mut self, node: &'a Try) {
        let handler = self.unit.e.label();
        let end = self.unit.e.label();
        let exc = self.unit.top;
        let region = self.unit.e.protect(handler, exc, exc);
        self.unit.blocks.push(Block::Finally { region, body: &node.finalbody });
        if node.handlers.is_empty() {
            self.block(&node.body);
            self.block(&node.orelse);
        } else {
            self.try_except(node);
        }
        self.unit.blocks.pop();
        self.unit.e.pause(region);
        self.block(&node.finalbody);
        self.unit.e.jump(end);

        self.unit.e.place(handler);
        self.temp();
        let handling = self.unit.e.handling(exc);
        self.unit.blocks.push(Block::FinallyHandler { handling, exc });
        self.block(&node.finalbody);
        self.unit.blocks.pop();
        self.unit.e.reraise(owned(exc));
        self.unit.e.pause(handling);
        self.unit.top = exc;
        self.unit.e.place(end);
    }

    /// ```text
    ///          body                            protected: exception t0 -> handler
    ///          orelse;  jump -> end
    /// handler: <t1 = E>;  jump_if_no_match t0 t1! -> next      handling t0 from here on
    ///          mov e = t0
    ///          clause                          protected: exception t1 -> cleanup
    ///          kill t0;  <e = None; del e>;  jump -> end
    /// cleanup: <e = None; del e>;  reraise t1!
    ///    next: reraise t0!
    ///     end:
    /// ```
    fn try_except(&mut self, node: &'a Try) {
        if node.is_star {
            return self.try_except_star(node);
        }
        let handler = self.unit.e.label();
        let end = self.unit.e.label();
        let exc = self.unit.top;
        let region = self.unit.e.protect(handler, exc, exc);
        self.unit.blocks.push(Block::Try { region });
        self.block(&node.body);
        self.unit.blocks.pop();
        self.unit.e.pause(region);
        self.block(&node.orelse);
        self.unit.e.jump(end);

        self.unit.e.place(handler);
        self.temp();
        let handling = self.unit.e.handling(exc);
        let mut catches_all = false;
        for clause in &node.handlers {
            let next = self.unit.e.label();
            match &clause.typ {
                Some(typ) => {
                    let class = self.operand(typ);
                    self.at(typ.span);
                    self.unit.e.jump_if_no_match(exc, class, next);
                    self.unit.top = exc + 1;
                }
                None => catches_all = true,
            }
            self.except_clause(clause, exc, handling, end);
            self.unit.e.place(next);
        }
        if !catches_all {
            self.unit.e.reraise(owned(exc));
        }
        self.unit.e.pause(handling);
        self.unit.top = exc;
        self.unit.e.place(end);
    }

    /// The body of one `except` clause and what follows it.
    fn except_clause(&mut self, clause: &'a ExceptHandler, exc: u16, handling: Region, end: Label) {
        self.at(clause.span);
        let Some(ident) = clause.name else {
            self.unit.blocks.push(Block::Handler { handling, exc, named: None });
            self.block(&clause.body);
            self.unit.blocks.pop();
            self.unit.e.kill(exc);
            return self.unit.e.jump(end);
        };
        let name = self.mangled(ident.name);
        let cleanup = self.unit.e.label();
        self.store_name(name, in_place(exc));
        let inner = self.unit.top;
        let region = self.unit.e.protect(cleanup, inner, inner);
        self.unit.blocks.push(Block::Handler { handling, exc, named: Some((region, name)) });
        self.block(&clause.body);
        self.unit.blocks.pop();
        self.unit.e.pause(region);
        self.at(clause.span);
        self.unit.e.kill(exc);
        self.unbind(name);
        self.unit.e.jump(end);
        self.unit.e.place(cleanup);
        self.temp();
        self.unbind(name);
        self.unit.e.reraise(owned(inner));
        self.unit.top = inner;
    }

    /// ```text
    ///          body                            protected: exception t0 -> handler
    /// handler: mov t1 = t0;  build_list t2 =       what remains, what was raised
    ///          match_star t3 = t1 E;  jump_if_none t3 -> next
    ///          clause                          protected: exception t4 -> raised; handling t3
    ///          kill t3;  jump -> next
    ///  raised: list_append t2 t4!;  kill t3
    ///    next: …
    ///          jump_if_none t1 -> all;  list_append t2 t1
    ///     all: kill t1;  prepare_reraise_star t1 = t0 t2!;  jump_if_none t1 -> done;  reraise t1!
    ///    done: kill t1;  kill t0
    /// ```
    fn try_except_star(&mut self, node: &'a Try) {
        let handler = self.unit.e.label();
        let end = self.unit.e.label();
        let exc = self.unit.top;
        let region = self.unit.e.protect(handler, exc, exc);
        self.unit.blocks.push(Block::Try { region });
        self.block(&node.body);
        self.unit.blocks.pop();
        self.unit.e.pause(region);
        self.block(&node.orelse);
        self.unit.e.jump(end);

        self.unit.e.place(handler);
        self.temp();
        let handling = self.unit.e.handling(exc);
        let rest = self.temp();
        let raised = self.temp();
        let matched = self.temp();
        self.unit.e.mov(fresh(rest), in_place(exc));
        self.unit.e.build_list(fresh(raised), raised, 0);
        for clause in &node.handlers {
            let next = self.unit.e.label();
            let none = self.unit.e.label();
            let cleanup = self.unit.e.label();
            if let Some(typ) = &clause.typ {
                let class = self.operand(typ);
                self.at(typ.span);
                self.unit.e.match_star(fresh(matched), rest, class);
                self.unit.top = matched + 1;
            }
            self.unit.e.jump_if_none(in_place(matched), none);
            self.at(clause.span);
            let name = clause.name.map(|ident| self.mangled(ident.name));
            if let Some(name) = name {
                self.store_name(name, in_place(matched));
            }
            let inner = self.unit.top;
            let region = self.unit.e.protect(cleanup, inner, inner);
            let own = self.unit.e.handling(matched);
            self.block(&clause.body);
            self.unit.e.pause(own);
            self.unit.e.pause(region);
            self.at(clause.span);
            self.unit.e.kill(matched);
            if let Some(name) = name {
                self.unbind(name);
            }
            self.unit.e.jump(next);
            self.unit.e.place(cleanup);
            self.temp();
            if let Some(name) = name {
                self.unbind(name);
            }
            self.unit.e.list_append(raised, owned(inner));
            self.unit.top = inner;
            self.unit.e.place(none);
            self.unit.e.kill(matched);
            self.unit.e.place(next);
        }
        let all = self.unit.e.label();
        let done = self.unit.e.label();
        self.unit.e.jump_if_none(in_place(rest), all);
        self.unit.e.list_append(raised, in_place(rest));
        self.unit.e.place(all);
        self.unit.e.kill(rest);
        self.unit.e.prepare_reraise_star(fresh(rest), exc, owned(raised));
        self.unit.e.jump_if_none(in_place(rest), done);
        self.unit.e.reraise(owned(rest));
        self.unit.e.place(done);
        self.unit.e.kill(rest);
        self.unit.e.kill(exc);
        self.unit.e.pause(handling);
        self.unit.top = exc;
        self.unit.e.place(end);
    }

    /// ```text
    /// with m as x:   with_setup t0.. m 0;  call_method x = t2.. 0
    ///     body       …                                   protected: exception t5 -> handler
    ///                <t2, t3, t4 = None>;  call_method t5 = t0.. 3;  kill t5;  jump -> end
    ///       handler: with_except_args t2.. t5;  call_method t6 = t0.. 3
    ///                jump_if_true t6! -> quiet;  reraise t5!
    ///         quiet: kill t5
    ///           end:
    /// ```
    pub(super) fn stmt_with(&mut self, items: &'a [WithItem], body: &'a [Stmt], is_async: bool) {
        let Some((item, rest)) = items.split_first() else { return self.block(body) };
        let span = item.context.span;
        let handler = self.unit.e.label();
        let end = self.unit.e.label();
        let quiet = self.unit.e.label();
        // The exit method and its self, then room for its three arguments.
        let base = self.temps(5);
        let exc = base + 5;
        let manager = self.operand(&item.context);
        self.at(span);
        self.unit.e.with_setup(base, manager, is_async as u16);
        let local = item.target.as_ref().and_then(|target| self.local_target(target));
        self.unit.top = exc;
        let entered = local.unwrap_or_else(|| fresh(self.temp()));
        if is_async {
            let awaitable = self.temp();
            self.unit.e.call_method(fresh(awaitable), base + 2, 0);
            self.await_value(owned(awaitable), 1, entered);
        } else {
            self.unit.e.call_method(entered, base + 2, 0);
        }
        let region = self.unit.e.protect(handler, exc, base + 2);
        self.unit.blocks.push(Block::With { region, base, is_async, span });
        match &item.target {
            Some(target) if local.is_none() => self.assign(target, owned(entered.reg)),
            Some(_) => {}
            None => self.unit.e.kill(entered.reg),
        }
        self.unit.top = exc;
        self.stmt_with(rest, body, is_async);
        self.unit.blocks.pop();
        self.unit.e.pause(region);
        self.exit_context(base, is_async, span);
        self.unit.e.jump(end);

        self.unit.e.place(handler);
        self.temp();
        let handling = self.unit.e.handling(exc);
        self.at(span);
        self.unit.e.with_except_args(base + 2, exc);
        let answer = self.temp();
        if is_async {
            let awaitable = self.temp();
            self.unit.e.call_method(fresh(awaitable), base, 3);
            self.await_value(owned(awaitable), 2, fresh(answer));
        } else {
            self.unit.e.call_method(fresh(answer), base, 3);
        }
        self.unit.e.jump_if_true(owned(answer), quiet);
        self.unit.e.reraise(owned(exc));
        self.unit.e.pause(handling);
        self.unit.e.place(quiet);
        self.unit.e.kill(exc);
        self.unit.top = base;
        self.unit.e.place(end);
    }

    /// Calls the exit method with three times None.
    fn exit_context(&mut self, base: u16, is_async: bool, span: Span) {
        self.at(span);
        for offset in 2..5 {
            self.load_k(fresh(base + offset), Const::None);
        }
        let answer = self.temp();
        if is_async {
            let awaitable = self.temp();
            self.unit.e.call_method(fresh(awaitable), base, 3);
            self.await_value(owned(awaitable), 2, fresh(answer));
        } else {
            self.unit.e.call_method(fresh(answer), base, 3);
        }
        self.unit.e.kill(answer);
        self.unit.top = answer;
    }
}
