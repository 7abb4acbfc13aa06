//! Text to tokens to tree. Reading order: `token`, `lexer`, `layout`, `literal`, `ast`, `parser`.

pub mod ast;
