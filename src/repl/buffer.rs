//! An input while it is typed, perhaps of many lines.
//!
//! The editor knows one prompt only and starts every further line at the left edge. So that
//! those lines can show `... `, the buffer holds a tab behind each line end: the *mark*. The
//! editor takes it for as wide as that prompt (its tab stops are set so), `paint` draws it as
//! the prompt, and the machine never sees it.
//!
//! ```text
//!   buffer    def f():\n\t    return 1
//!   screen    >>> def f():
//!             ...     return 1
//!   text      def f():\n    return 1
//! ```

use crate::syntax::token::Token;
use crate::syntax::{Completeness, completeness, lexer};
use std::ops::Range;

/// Columns of a level of indentation.
pub(super) const WIDTH: usize = 4;
/// Stands behind a line end for the prompt of the next line.
pub(super) const MARK: char = '\t';

/// The text that a buffer holds.
pub(super) fn text(buffer: &str) -> String {
    let mut text = String::with_capacity(buffer.len());
    for (number, line) in buffer.split('\n').enumerate() {
        if number == 0 {
            text.push_str(line);
            continue;
        }
        text.push('\n');
        match line.split_once(MARK) {
            // What was typed in front of the mark stands at the start of the line.
            Some((before, after)) => text.extend([before, after]),
            None => text.push_str(line),
        }
    }
    text
}

/// The buffer that holds a text.
pub(super) fn marked(text: &str) -> String {
    text.replace('\n', "\n\t")
}

/// Where the lines of a buffer are, without their ends and marks.
pub(super) fn lines(buffer: &str) -> Vec<Range<usize>> {
    let mut begin = 0;
    let mut lines = Vec::new();
    for line in buffer.split('\n') {
        let mark = if begin > 0 && line.starts_with(MARK) { MARK.len_utf8() } else { 0 };
        lines.push(begin + mark..begin + line.len());
        begin += line.len() + 1;
    }
    lines
}

/// The number of the line that a place belongs to: between a line end and its mark, the next.
pub(super) fn line_at(lines: &[Range<usize>], at: usize) -> usize {
    lines.iter().position(|line| at <= line.end).unwrap_or(lines.len().saturating_sub(1))
}

/// A line end with the mark and the indentation of the next line.
pub(super) fn line_start(indent: usize) -> String {
    format!("\n{MARK}{}", " ".repeat(indent))
}

/// Text to stand behind `before`, with levels of blanks for the tabs in front of its lines; in a
/// string of many lines they are part of the text.
pub(super) fn with_blanks(before: &str, text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let whole = format!("{before}{text}");
    let lexed = lexer::lex(&whole);
    let open = lexed.errors.iter().find(|error| error.message.contains("triple-quoted"));
    let open = open.map_or(whole.len(), |error| error.span.start as usize);
    let in_string = |at: usize| {
        at > open
            || lexed.tokens.iter().any(|lexeme| {
                let token = lexeme.token;
                matches!(token, Token::String | Token::Bytes | Token::FStringMiddle)
                    && (lexeme.span.start as usize..lexeme.span.end as usize).contains(&at)
                    && at > lexeme.span.start as usize
            })
    };
    let mut at = before.len();
    let mut column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        let rest = line.trim_start_matches([' ', '\t']);
        let blanks = &line[..line.len() - rest.len()];
        let after_text = at == before.len() && !before[before.len() - column..].trim().is_empty();
        if in_string(at) || after_text {
            result.push_str(line);
        } else {
            let start = column;
            for blank in blanks.chars() {
                column += if blank == '\t' { WIDTH - column % WIDTH } else { 1 };
            }
            result.extend(std::iter::repeat_n(' ', column - start));
            result.push_str(rest);
        }
        at += line.len();
        column = 0;
    }
    result
}

/// Whether the end of a text is inside a string of many lines.
pub(super) fn in_long_string(text: &str) -> bool {
    lexer::lex(text).errors.iter().any(|error| error.message.contains("triple-quoted"))
}

/// What Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Enter {
    /// The input is whole, or wrong: it is run.
    Accept,
    /// Another line begins, indented by so many blanks.
    Continue { indent: usize },
}

/// What Enter does at byte `at` of a text.
pub(super) fn enter(text: &str, at: usize) -> Enter {
    let trimmed = text.trim_start();
    if trimmed.is_empty() || trimmed.starts_with(':') {
        return Enter::Accept;
    }
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let more = Enter::Continue { indent: indent_after(before) };
    if after.contains('\n') && !after.trim().is_empty() {
        // In the middle of a block Enter opens a line.
        return more;
    }
    match completeness(&format!("{}\n", text.trim_end_matches([' ', '\t']))) {
        Completeness::Incomplete => more,
        Completeness::Complete | Completeness::Invalid => Enter::Accept,
    }
}

/// How far the line after `before` is indented.
fn indent_after(before: &str) -> usize {
    if in_long_string(before) {
        return 0;
    }
    let lexed = lexer::lex(before);
    let indent_at = |at: usize| {
        let line = &before[before[..at].rfind('\n').map_or(0, |end| end + 1)..];
        line.len() - line.trim_start_matches(' ').len()
    };
    // The logical line that the cursor is in, and the brackets that are open in it.
    let mut depth = 0usize;
    let mut first = None;
    let mut last = None;
    for lexeme in &lexed.tokens {
        match lexeme.token {
            Token::Newline if depth == 0 => (first, last) = (None, None),
            Token::Newline | Token::Comment | Token::Continuation => {}
            token => {
                depth = match token {
                    Token::LeftParen | Token::LeftBracket | Token::LeftBrace => depth + 1,
                    Token::RightParen | Token::RightBracket | Token::RightBrace => depth.saturating_sub(1),
                    _ => depth,
                };
                first = first.or(Some(lexeme));
                last = Some(token);
            }
        }
    }
    let Some(first) = first else { return indent_at(before.len()) };
    let indent = indent_at(first.span.start as usize);
    match (first.token, last) {
        (_, Some(Token::LeftParen | Token::LeftBracket | Token::LeftBrace)) => {
            indent_at(before.len()) + WIDTH
        }
        _ if depth > 0 => indent_at(before.len()),
        (_, Some(Token::Colon)) => indent + WIDTH,
        (Token::Return | Token::Raise | Token::Pass | Token::Break | Token::Continue, _) => {
            indent.saturating_sub(WIDTH)
        }
        _ => indent,
    }
}

/// A clause of a compound statement, and what begins the statements that can have it.
const CLAUSES: &[(&str, &[&str])] = &[
    ("elif", &["if", "elif"]),
    ("else", &["if", "elif", "for", "while", "try", "except", "async"]),
    ("except", &["try", "except"]),
    ("finally", &["try", "except", "else"]),
    ("case", &["case"]),
];

/// Where the clause that the last line begins belongs, when that line has the suggested
/// indentation and no statement there can have the clause.
pub(super) fn clause_indent(text: &str) -> Option<usize> {
    let (above, line) = text.rsplit_once('\n')?;
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let word = |line: &str| {
        let line = line.trim_start();
        line[..line.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(line.len())].to_owned()
    };
    let first = word(line);
    let (_, openers) = CLAUSES.iter().find(|(clause, _)| *clause == first)?;
    let mut below = blanks(line);
    if below != indent_after(above) {
        return None;
    }
    // From the line above upwards, each step to the left leaves the blocks on its right.
    let mut innermost = true;
    for line in above.lines().rev().filter(|line| !line.trim().is_empty()) {
        let indent = blanks(line);
        if indent < below || (innermost && indent == below) {
            if openers.contains(&word(line).as_str()) {
                return (!innermost || indent < below).then_some(indent);
            }
            below = indent;
            innermost = false;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> Enter {
        enter(text, text.len())
    }

    #[test]
    fn marks_come_and_go() {
        let typed = "def f():\n    return 1";
        assert_eq!(text(&marked(typed)), typed);
        assert_eq!(text("if x:\ny\t"), "if x:\ny");
        assert_eq!(text("x\ty"), "x\ty");
        assert_eq!(marked("if x:\n      y"), "if x:\n\t      y");
        assert_eq!(text("s = '''\n\t\ty'''"), "s = '''\n\ty'''");
    }

    #[test]
    fn lines_lie_behind_their_marks() {
        let buffer = "if x:\n\t    y\n\t";
        assert_eq!(lines(buffer), [0..5, 7..12, 14..14]);
        assert_eq!([0, 5, 6, 7, 12, 13, 14].map(|at| line_at(&lines(buffer), at)), [0, 0, 1, 1, 1, 2, 2]);
    }

    #[test]
    fn a_line_is_accepted_when_it_is_whole() {
        assert_eq!(at_end("1 + 1"), Enter::Accept);
        assert_eq!(at_end(""), Enter::Accept);
        assert_eq!(at_end(":help"), Enter::Accept);
        assert_eq!(at_end("1 +"), Enter::Accept);
        assert_eq!(enter("print(1)", 3), Enter::Accept);
        assert_eq!(at_end("f(1,"), Enter::Continue { indent: 0 });
        assert_eq!(at_end("x = ["), Enter::Continue { indent: 4 });
        assert_eq!(at_end("s = '''a"), Enter::Continue { indent: 0 });
        assert_eq!(at_end("def f(\n    a,\n    b):"), Enter::Continue { indent: 4 });
        assert_eq!(at_end("if f(\n    a,\n    b)"), Enter::Accept);
    }

    #[test]
    fn a_clause_goes_to_its_statement() {
        assert_eq!(clause_indent("if x:\n    y\n    else"), Some(0));
        assert_eq!(clause_indent("if x:\n    return\nelse"), None);
        assert_eq!(clause_indent("for x in y:\n    if x: z\n    else"), None);
        assert_eq!(clause_indent("for x in y:\n    if x:\n        z\n        else"), Some(4));
        assert_eq!(clause_indent("for x in y:\n    if x:\n        z\n    else"), None);
        assert_eq!(clause_indent("try:\n    if x:\n        z\n        except A as e"), Some(0));
        assert_eq!(clause_indent("match x:\n    case 1:\n        z\n        case 2"), Some(4));
        assert_eq!(clause_indent("match x:\n    case 1"), None);
        assert_eq!(clause_indent("x = {\n    else"), None);
    }

    #[test]
    fn a_block_ends_with_an_empty_line() {
        assert_eq!(at_end("def f():"), Enter::Continue { indent: 4 });
        assert_eq!(at_end("def f():\n    x = 1"), Enter::Continue { indent: 4 });
        assert_eq!(at_end("def f():\n    return 1"), Enter::Continue { indent: 0 });
        assert_eq!(at_end("def f():\n    return 1\n"), Enter::Accept);
        assert_eq!(at_end("def f():\n    x = 1\n    "), Enter::Accept);
        assert_eq!(at_end("if x:\n    if y:"), Enter::Continue { indent: 8 });
        assert_eq!(enter("def f():\n    x = 1\n    y = 2", 9), Enter::Continue { indent: 0 });
        assert_eq!(at_end("@decorated"), Enter::Continue { indent: 0 });
        assert_eq!(at_end("class A:\n    @property"), Enter::Continue { indent: 4 });
        assert_eq!(at_end("class A:\n    @property\n    def f(self): pass"), Enter::Continue { indent: 4 });
    }
}
