//! `co`: a small Python-like language for coroutines.
//!
//! Two wings and one door. The front wing turns text into a tree and never sees a runtime
//! value; the back wing runs and never sees a tree; they meet in `bytecode`, plain data.
//!
//! ```text
//!   source, stack ─ diagnostics ─ syntax ─ analysis ─ compiler ─┐
//!                                                           bytecode
//!   host ─ object ─ vm ─ types ─ builtins, stdlib, asyncio ──────┘
//!   engine (text to exit status) ─ repl, golden (programs beside what they print) ─ cli
//! ```
//!
//! Imports only go down; `tests/tidy.rs` holds the table. Order of reading: `bytecode` (the
//! machine manual), `object` (what a value is), `vm` (how Python runs; `fiber` for
//! generators and coroutines), `asyncio` (one turn of the loop in `events`).

// Open to the binary and the tests. What is not is the crate's own, so that the compiler tells
// what nobody uses.
pub mod bytecode;
pub mod cli;
pub mod compiler;
pub mod diagnostics;
pub mod engine;
pub mod golden;
pub mod source;
pub mod syntax;

mod analysis;
mod asyncio;
mod builtins;
mod host;
mod object;
mod repl;
#[cfg_attr(miri, path = "stack/interpreted.rs")]
mod stack;
mod stdlib;
mod types;
mod vm;
