//! `co`: a small Python-like language for coroutines.
//!
//! Two wings and one door. The front wing turns text into a tree and never sees a runtime
//! value; the back wing runs and never sees a tree; they meet in [`bytecode`], plain data.
//!
//! ```text
//!   source ─ diagnostics ─ syntax ─ analysis ─ compiler ─┐
//!                                                      bytecode
//!   host ─ object ─ vm ─ types ─ builtins, stdlib, asyncio ─┘
//!   engine (text to exit status) ─ repl, golden (programs beside what they print) ─ cli
//! ```
//!
//! Imports only go down; `tests/tidy.rs` holds the table. Order of reading: [`bytecode`] (the
//! machine manual), [`object`] (what a value is), [`vm`] (how Python runs; `fiber` for
//! generators and coroutines), [`asyncio`] (one turn of the loop in `events`).

pub mod analysis;
pub mod asyncio;
pub mod builtins;
pub mod bytecode;
pub mod cli;
pub mod compiler;
pub mod diagnostics;
pub mod engine;
pub mod golden;
pub mod host;
pub mod object;
pub mod repl;
pub mod source;
pub mod stdlib;
pub mod syntax;
pub mod types;
pub mod vm;
