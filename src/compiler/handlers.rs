//! `try` with its clauses, and `with`.

use super::Compiler;
use super::control::Block;
use super::regs::{fresh, in_place, owned};
use crate::bytecode::Const;
use crate::bytecode::emit::{Label, Region};
use crate::source::{Name, Span};
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// `name = None; del name`, which succeeds whatever the clause did to the name.
    pub(super) fn unbind(&mut self, name: Name) {
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
        let (exc, end, handling) = self.guarded(node);
        let mut catches_all = false;
        for clause in &node.handlers {
            let next = self.unit.e.label();
            match &clause.typ {
                Some(typ) => {
                    let class = self.operand(typ);
                    self.at(clause.span);
                    self.unit.e.jump_if_no_match(exc, class, next);
                    self.unit.top = exc + 1;
                }
                None => catches_all = true,
            }
            self.except_clause(clause, exc, handling, end);
            self.unit.e.place(next);
        }
        if !catches_all {
            // The last clause is where it went by.
            if let Some(clause) = node.handlers.last() {
                self.at(clause.span);
            }
            self.unit.e.reraise(owned(exc));
        }
        self.unit.e.pause(handling);
        self.unit.top = exc;
        self.unit.e.place(end);
    }

    /// The body and `else` of a `try` with handlers, up to where the handlers begin: where the
    /// exception lies, where to go on behind them, and the region in which it is handled.
    fn guarded(&mut self, node: &'a Try) -> (u16, Label, Region) {
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
        (exc, end, handling)
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
        // The exception goes at the line where the body ended.
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
        let (exc, end, handling) = self.guarded(node);
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
                self.at(clause.span);
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
    pub(super) fn exit_context(&mut self, base: u16, is_async: bool, span: Span) {
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
