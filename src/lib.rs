//! `co`: a small Python-like language for coroutines.

pub mod analysis;
pub mod bytecode;
pub mod compiler;
pub mod diagnostics;
pub mod host;
pub mod object;
pub mod source;
pub mod syntax;
pub mod builtins;
pub mod types;
pub mod vm;
