//! `co`: a small Python-like language for coroutines.

pub mod diagnostics;
pub mod source;
pub mod syntax;
