//! `co`: a small Python-like language for coroutines.

pub mod analysis;
pub mod asyncio;
pub mod builtins;
pub mod bytecode;
pub mod cli;
pub mod compiler;
pub mod diagnostics;
pub mod engine;
pub mod host;
pub mod object;
pub mod source;
pub mod stdlib;
pub mod syntax;
pub mod types;
pub mod vm;
