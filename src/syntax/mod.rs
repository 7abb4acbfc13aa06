//! Text to tokens to tree. Reading order: `token`, `lexer`, `layout`, `literal`, `ast`, `parser`;
//! `visit` and `dump` for those who read trees; `unparse` goes back from an expression to text;
//! `advice` adds to a mistake what helps.

mod advice;
pub mod ast;
pub mod dump;
pub mod layout;
pub mod lexer;
pub mod literal;
pub mod parser;
pub mod token;
pub mod unparse;
pub mod visit;

pub use parser::{Completeness, Parsed, ParsedExpression, completeness, parse, parse_expression};
