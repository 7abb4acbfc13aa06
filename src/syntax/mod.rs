//! Text to tokens to tree. Reading order: `token`, `lexer`, `layout`, `literal`, `ast`, `parser`.

pub mod ast;
pub mod dump;
pub mod layout;
pub mod lexer;
pub mod literal;
pub mod parser;
pub mod token;
pub mod unparse;

pub use parser::{Completeness, Parsed, ParsedExpression, completeness, parse, parse_expression};
