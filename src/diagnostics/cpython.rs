//! The same mistake in CPython's words: the lines that `python3.13` writes to standard error
//! for a `SyntaxError`, byte for byte.

use super::{Code, Diagnostic};
use crate::source::{SourceFile, marked_line};

/// The text that CPython prints for `diagnostic`, with a final line end.
pub fn render(file: &SourceFile, diagnostic: &Diagnostic) -> String {
    let text = &*file.text;
    let start = file.lines.line_column(text, diagnostic.span.start);
    let end = file.lines.line_column(text, diagnostic.span.end.max(diagnostic.span.start));
    let mut line = format!("{}\n", file.lines.line_text(text, start.line));
    let null = diagnostic.code == Code::NullByte;
    if null {
        // CPython has read no further.
        line.truncate(line.find('\0').unwrap_or(line.len()));
    }
    let bare = null || is_behind_the_text(text, diagnostic) || is_before_the_line(diagnostic);
    let from = if bare { 0 } else { start.column };
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
    diagnostic.textless && diagnostic.span.end as usize >= text.len()
}

/// Whether CPython finds the mistake at the end of a block, before a line that is not indented:
/// nothing of the line had been read then.
pub fn is_before_the_line(diagnostic: &Diagnostic) -> bool {
    diagnostic.textless && diagnostic.span.is_empty()
}
