//! `co`: a small Python-like language for coroutines.

pub mod bytecode;
pub mod object;
pub mod source;
pub mod syntax;
