//! The same mistake in CPython's words: the lines that `python3.13` writes to standard error
//! for a `SyntaxError`, byte for byte.

use super::{Code, Diagnostic};
use crate::source::{SourceFile, marked_line};

/// The text that CPython prints for `diagnostic`, with a final line end.
pub fn render(file: &SourceFile, diagnostic: &Diagnostic) -> String {
    let text = &*file.text;
    let start = file.lines.line_column(text, diagnostic.span.start);
    let end = file.lines.line_column(text, diagnostic.span.end.max(diagnostic.span.start));
    let line = format!("{}\n", file.lines.line_text(text, start.line));
    let from = if is_behind_the_text(text, diagnostic) { 0 } else { start.column };
    let to = (end.line == start.line).then_some(i64::from(end.column));
    let mut out = format!("  File \"{}\", line {}\n", file.name, start.line);
    out.push_str(&marked_line(&line, Some(i64::from(from)), to));
    out.push_str(diagnostic.python_type);
    out.push_str(": ");
    out.push_str(&diagnostic.message);
    out.push('\n');
    out
}

/// Whether CPython finds the mistake at the token that ends the text, which has no column.
pub fn is_behind_the_text(text: &str, diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::ExpectedBlock | Code::TryBlock)
        && diagnostic.span.end as usize >= text.len()
}
