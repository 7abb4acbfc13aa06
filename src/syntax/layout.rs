//! Raw tokens to tokens with layout: line ends become `Newline` where a logical line ends and
//! vanish elsewhere (blank lines, inside brackets, after a backslash); indentation becomes
//! `Indent` and `Dedent`; the stream ends with `EndMarker`. Brackets are matched here, so the
//! parser sees only balanced ones, except in a logical line that has had its error.
//!
//! ```text
//! if a:           if a : NEWLINE
//!     b(1,        INDENT b ( 1 ,
//!       2)        2 ) NEWLINE
//! c               DEDENT c NEWLINE ENDMARKER
//! ```
//!
//! CPython's limits hold: 200 open brackets, 100 levels of indentation.

use super::token::{Lexeme, Token};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{LineIndex, Span};

/// As deep as CPython lets brackets nest.
pub const MAX_BRACKETS: usize = 200;
/// As deep as CPython lets blocks be indented.
pub const MAX_INDENTS: usize = 100;

/// Tokens ready for the parser.
#[derive(Debug, Default)]
pub struct Laid {
    pub tokens: Vec<Lexeme>,
    pub errors: Vec<Diagnostic>,
    /// The text ends inside brackets or after a backslash: more input may complete it.
    pub open_at_end: bool,
}

impl Laid {
    /// The mistake of a bracket that is open at the end of the text.
    pub fn unclosed(&self) -> Option<&Diagnostic> {
        self.errors.iter().find(|e| e.code == Code::UnclosedBracket)
    }
}

/// Lays out `raw`, the raw tokens of `source`.
pub fn lay_out(source: &str, raw: &[Lexeme]) -> Laid {
    Layout::new(source, raw, false).run()
}

/// Lays out a text in which a bracket is never closed, and goes on after it: a statement keyword
/// at the start of a line inside brackets is where the bracket should have been closed by.
pub fn lay_out_with_unclosed(source: &str, raw: &[Lexeme]) -> Laid {
    let mut laid = Layout::new(source, raw, true).run();
    laid.open_at_end = true;
    laid
}

#[derive(Clone, Copy)]
struct Bracket {
    token: Token,
    span: Span,
    /// The brace of a replacement field.
    field: bool,
}

/// Indentation as CPython measures it: with tabs to multiples of 8, and with tabs as 1.
#[derive(Clone, Copy, PartialEq)]
struct Column {
    wide: u32,
    narrow: u32,
}

struct Layout<'s> {
    source: &'s str,
    raw: &'s [Lexeme],
    resynchronise: bool,
    indents: Vec<Column>,
    brackets: Vec<Bracket>,
    /// How many brackets were open at the start of each open f-string.
    fstrings: Vec<usize>,
    lines: Option<LineIndex>,
    out: Laid,
}

impl<'s> Layout<'s> {
    fn new(source: &'s str, raw: &'s [Lexeme], resynchronise: bool) -> Layout<'s> {
        let mut out = Laid::default();
        out.tokens.reserve(raw.len() + 16);
        Layout {
            source,
            raw,
            resynchronise,
            indents: vec![Column { wide: 0, narrow: 0 }],
            brackets: Vec::new(),
            fstrings: Vec::new(),
            lines: None,
            out,
        }
    }

    fn push(&mut self, token: Token, span: Span) {
        self.out.tokens.push(Lexeme { token, span });
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        self.out.errors.push(diagnostic);
    }

    fn line(&mut self, offset: u32) -> u32 {
        self.lines.get_or_insert_with(|| LineIndex::new(self.source)).line(offset)
    }

    fn run(mut self) -> Laid {
        let raw = self.raw;
        let mut line_start = true;
        // After a line end inside brackets.
        let mut bracket_line_start = false;
        // The end of the last token that is not layout.
        let mut last_end = 0;
        let mut i = 0;
        while let Some(&Lexeme { token, span }) = raw.get(i) {
            i += 1;
            match token {
                Token::Newline => {
                    if !self.brackets.is_empty() {
                        bracket_line_start = true;
                    } else if !line_start {
                        self.push(Token::Newline, span);
                        line_start = true;
                    }
                    continue;
                }
                Token::Continuation => {
                    if span.end as usize == self.source.len() {
                        self.out.open_at_end = true;
                        let caret = Span::new(span.start + 1, span.end);
                        let alone = self.out.tokens.is_empty();
                        let message = "unexpected EOF while parsing";
                        let diagnostic = Diagnostic::new(Code::UnexpectedEnd, caret, message);
                        self.error(diagnostic.with_textless(alone));
                    }
                    continue;
                }
                _ => {}
            }
            if bracket_line_start {
                bracket_line_start = false;
                if self.resynchronise && token.starts_only_statements() {
                    self.unclosed();
                    self.brackets.clear();
                    self.push(Token::Newline, Span::new(last_end, last_end));
                    line_start = true;
                }
            }
            if line_start {
                line_start = false;
                if !self.indentation(span) {
                    line_start = true;
                    break;
                }
            }
            last_end = span.end;
            match token {
                Token::FStringStart => self.fstrings.push(self.brackets.len()),
                // The brace of a field that the string leaves open stays open behind it.
                Token::FStringEnd => {
                    self.fstrings.pop();
                }
                _ => {}
            }
            if token.closer().is_some() {
                if self.brackets.len() >= MAX_BRACKETS {
                    self.error(Diagnostic::new(Code::TooDeep, span, "too many nested parentheses"));
                    // Nothing after this can be made sense of.
                    self.brackets.clear();
                    break;
                }
                let field = self
                    .out
                    .tokens
                    .last()
                    .is_some_and(|l| l.token == Token::FStringMiddle && token == Token::LeftBrace);
                self.brackets.push(Bracket { token, span, field });
            } else if token.is_closer() {
                self.close(token, span);
            }
            self.push(token, span);
        }
        self.finish(line_start, last_end)
    }

    fn finish(mut self, line_start: bool, last_end: u32) -> Laid {
        let end = self.source.len() as u32;
        if !self.brackets.is_empty() {
            self.out.open_at_end = true;
            self.unclosed();
        }
        let after_error = self.out.tokens.last().is_some_and(|l| l.token != Token::Newline);
        if !line_start || (after_error && !self.brackets.is_empty()) {
            let closed = self.brackets.is_empty() && !self.out.open_at_end;
            // CPython puts a line end behind blanks that end the text, and lets it start with a comment.
            let behind = &self.source[last_end as usize..];
            let span = match behind.find('#') {
                Some(comment) if closed => Span::new(last_end + comment as u32, end),
                None if closed => Span::new(end, end),
                _ => Span::new(last_end, last_end),
            };
            self.push(Token::Newline, span);
        }
        for _ in 1..self.indents.len() {
            self.push(Token::Dedent, Span::new(end, end));
        }
        self.push(Token::EndMarker, Span::new(end, end));
        self.out
    }

    /// Reports the innermost open bracket, as CPython does.
    fn unclosed(&mut self) {
        let Some(&Bracket { token, span, .. }) = self.brackets.last() else { return };
        let message = format!("'{}' was never closed", text_of(token));
        self.error(
            Diagnostic::new(Code::UnclosedBracket, span, message)
                .with_text("opened here, and nothing closes it")
                .with_help(format!("add '{}'", token.closer().map_or("", text_of))),
        );
    }

    fn close(&mut self, token: Token, span: Span) {
        let Some(open) = self.brackets.last().copied() else {
            let message = format!("unmatched '{}'", text_of(token));
            self.error(Diagnostic::new(Code::UnmatchedBracket, span, message));
            return;
        };
        if open.token.closer() == Some(token) {
            self.brackets.pop();
            return;
        }
        let opening = text_of(open.token);
        let closing = text_of(token);
        let inside = self.fstrings.last().is_some_and(|&before| self.brackets.len() > before);
        let message = if open.field && inside {
            format!("f-string: unmatched '{closing}'")
        } else {
            let (a, b) = (self.line(open.span.start), self.line(span.start));
            let place = if a == b { String::new() } else { format!(" on line {a}") };
            format!("closing parenthesis '{closing}' does not match opening parenthesis '{opening}'{place}")
        };
        self.error(
            Diagnostic::new(Code::UnmatchedBracket, span, message)
                .with_label(open.span, format!("this '{opening}' is still open")),
        );
        // Take it as closing what it matches, or else the innermost.
        match self.brackets.iter().rposition(|b| b.token.closer() == Some(token) && !b.field) {
            Some(i) => self.brackets.truncate(i),
            None if !open.field => {
                self.brackets.pop();
            }
            None => {}
        }
    }

    /// Compares the indentation of a logical line, whose first token is at `first`, with the
    /// lines before. False when reading must stop.
    fn indentation(&mut self, first: Span) -> bool {
        let bytes = self.source.as_bytes();
        let mut start = first.start as usize;
        while start > 0 && matches!(bytes[start - 1], b' ' | b'\t' | b'\x0c') {
            start -= 1;
        }
        let mut from = start;
        while let Some(before) = continuation_start(bytes, from) {
            from = before;
        }
        let mut column = Column { wide: 0, narrow: 0 };
        // Blanks go on counting behind a backslash, unless there were some in front of one.
        let mut fixed = 0;
        for b in &bytes[from..first.start as usize] {
            match b {
                b'\\' if fixed == 0 => fixed = column.wide,
                b'\\' | b'\n' | b'\r' => {}
                b'\t' => {
                    column.wide = (column.wide / 8 + 1) * 8;
                    column.narrow += 1;
                }
                b'\x0c' => column = Column { wide: 0, narrow: 0 },
                _ => {
                    column.wide += 1;
                    column.narrow += 1;
                }
            }
        }
        if fixed > 0 {
            column = Column { wide: fixed, narrow: fixed };
        }
        let here = Span::new(first.start, first.start);
        let top = self.indents.last().copied().unwrap_or(Column { wide: 0, narrow: 0 });
        if column.wide == top.wide {
            if column.narrow != top.narrow {
                self.tabs(first);
            }
        } else if column.wide > top.wide {
            if self.indents.len() >= MAX_INDENTS {
                let line_start = Span::new(start as u32, start as u32);
                self.error(Diagnostic::new(
                    Code::TooManyIndents,
                    line_start,
                    "too many levels of indentation",
                ));
                return false;
            }
            if column.narrow <= top.narrow {
                self.tabs(first);
            }
            self.indents.push(column);
            self.push(Token::Indent, Span::new(start as u32, first.start));
        } else {
            let mut popped = None;
            while let Some(&level) = self.indents.last()
                && column.wide < level.wide
            {
                popped = self.indents.pop();
                self.push(Token::Dedent, here);
            }
            let level = self.indents.last().copied().unwrap_or(top);
            if column.wide != level.wide {
                self.unindent(first);
                // Take the line as belonging to the block that it nearly left.
                if let Some(popped) = popped {
                    self.indents.push(popped);
                    self.out.tokens.pop();
                }
            } else if column.narrow != level.narrow {
                self.tabs(first);
            }
        }
        true
    }

    /// The caret of an indentation error of CPython's tokenizer: after the line's last character.
    fn line_end(&mut self, first: Span) -> Span {
        let bytes = &self.source.as_bytes()[first.start as usize..];
        let length = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len());
        let end = first.start + length as u32;
        Span::new(end, end)
    }

    fn tabs(&mut self, first: Span) {
        let bytes = &self.source.as_bytes()[..first.start as usize];
        let start = bytes.iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |n| n as u32 + 1);
        let span = Span::new(start, start);
        self.error(
            Diagnostic::new(Code::Tabs, span, "inconsistent use of tabs and spaces in indentation")
                .with_help("indent every line of the block with the same characters"),
        );
    }

    fn unindent(&mut self, first: Span) {
        let span = self.line_end(first);
        self.error(Diagnostic::new(
            Code::Unindent,
            span,
            "unindent does not match any outer indentation level",
        ));
    }
}

/// When the line that starts at `at` continues one that holds only blanks and a backslash: where
/// that one starts.
fn continuation_start(bytes: &[u8], at: usize) -> Option<usize> {
    let mut i = at;
    if i > 0 && bytes[i - 1] == b'\n' {
        i -= 1;
    }
    if i > 0 && bytes[i - 1] == b'\r' {
        i -= 1;
    }
    if i == at || i == 0 || bytes[i - 1] != b'\\' {
        return None;
    }
    i -= 1;
    while i > 0 && matches!(bytes[i - 1], b' ' | b'\t' | b'\x0c') {
        i -= 1;
    }
    (i == 0 || matches!(bytes[i - 1], b'\n' | b'\r')).then_some(i)
}

fn text_of(token: Token) -> &'static str {
    match token {
        Token::LeftParen => "(",
        Token::RightParen => ")",
        Token::LeftBracket => "[",
        Token::RightBracket => "]",
        Token::LeftBrace => "{",
        Token::RightBrace => "}",
        _ => "",
    }
}
