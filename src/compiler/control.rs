//! The ways out of loops, `try` and `with` (`loops`, `handlers`), and `if`.
//!
//! Control that leaves a block early (`break`, `continue`, `return`) runs what the block owes:
//! it walks the stack of [`Block`]s from the inside, emits each one's exit code and makes a
//! hole in the protected ranges, so that the exit code is not protected by the block it leaves.

use super::Compiler;
use super::regs::{fresh, owned};
use crate::bytecode::Const;
use crate::bytecode::emit::{Label, Region};
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
}
