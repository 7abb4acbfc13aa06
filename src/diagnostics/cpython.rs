//! The same mistake in CPython's words: the lines that `python3.13` writes to standard error
//! for a `SyntaxError`, byte for byte.

use super::Diagnostic;
use crate::source::SourceFile;

/// The text that CPython prints for `diagnostic`, with a final line end.
pub fn render(file: &SourceFile, diagnostic: &Diagnostic) -> String {
    let text = &*file.text;
    let start = file.lines.line_column(text, diagnostic.span.start);
    let end = file.lines.line_column(text, diagnostic.span.end.max(diagnostic.span.start));
    let mut out = format!("  File \"{}\", line {}\n", file.name, start.line);
    let line = file.lines.line_text(text, start.line);
    let stripped = line.trim_start_matches([' ', '\t', '\x0c', '\n', '\r']);
    let shown = stripped.trim_end();
    if !shown.is_empty() {
        out.push_str("    ");
        out.push_str(shown);
        out.push('\n');
        let removed = line.chars().count() - stripped.chars().count();
        let from = start.column as usize - 1;
        let to = if end.line == start.line { end.column as usize - 1 } else { line.chars().count() };
        if let Some(indent) = from.checked_sub(removed) {
            out.push_str("    ");
            // White space stays what it is, so that tabs line up.
            out.extend(stripped.chars().take(indent).map(|c| if c.is_whitespace() { c } else { ' ' }));
            let width = stripped.chars().count();
            out.extend(std::iter::repeat_n(' ', indent.saturating_sub(width)));
            out.extend(std::iter::repeat_n('^', to.saturating_sub(from).max(1)));
            out.push('\n');
        }
    }
    out.push_str(diagnostic.python_type);
    out.push_str(": ");
    out.push_str(&diagnostic.message);
    out.push('\n');
    out
}
