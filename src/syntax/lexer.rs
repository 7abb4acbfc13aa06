//! Text to raw tokens: the driver around the `logos` enum. What a table of patterns cannot say
//! is here and in `number` and `fstring`: the rest of a number or string, f-strings with their
//! nesting, identifiers beyond ASCII. Comments and blanks are gone afterwards; line ends and continuations are still
//! there, for the layout pass.
//!
//! An f-string becomes `FStringStart`, then for each part `FStringMiddle` (perhaps empty)
//! followed by `{`, the tokens of the field and `}`, and at last `FStringMiddle`, `FStringEnd`:
//!
//! ```text
//! f"a{b:>{w}}c"   f"  a  {  b  :  >  {  w  } (empty) }  c  "
//! ```

mod fstring;
mod number;

use super::token::{Lexeme, Token};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{LineIndex, Name, Span};
use logos::Logos;
use number::{NumberError, Scanned, scan_number};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The raw tokens of a text, and what was wrong with it.
#[derive(Debug, Default)]
pub struct Lexed {
    pub tokens: Vec<Lexeme>,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

pub fn lex(source: &str) -> Lexed {
    let mut driver = Driver {
        source,
        bytes: source.as_bytes(),
        lexer: Token::lexer(source),
        frames: Vec::new(),
        out: Lexed::default(),
        lines: None,
        comment: None,
    };
    driver.out.tokens.reserve(source.len() / 4 + 8);
    driver.run();
    driver.out
}

/// Where the driver is inside nested f-strings.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// In the text of an f-string.
    Literal { quote: u8, triple: bool, raw: bool, start: u32 },
    /// In a replacement field, with so many brackets open.
    Field { depth: u32 },
    /// In a format specification.
    Spec,
}

struct Driver<'s> {
    source: &'s str,
    bytes: &'s [u8],
    lexer: logos::Lexer<'s, Token>,
    frames: Vec<Frame>,
    out: Lexed,
    /// Made when the first message needs a line number.
    lines: Option<LineIndex>,
    /// The start of a comment whose line has not ended yet.
    comment: Option<u32>,
}

impl<'s> Driver<'s> {
    fn run(&mut self) {
        if let Some(at) = self.source.find('\0') {
            let span = Span::new(at as u32, at as u32 + 1);
            self.error(Code::NullByte, span, "source code cannot contain null bytes");
            return;
        }
        loop {
            match self.frames.last() {
                None | Some(Frame::Field { .. }) => {
                    if !self.token() {
                        break;
                    }
                }
                Some(&Frame::Literal { quote, triple, raw, start }) => {
                    self.fstring_middle(quote, triple, raw, start);
                }
                Some(Frame::Spec) => self.format_spec(),
            }
        }
        // A text that ends inside a field: close what is open, the layout pass says what is
        // wrong.
        let end = self.bytes.len() as u32;
        while let Some(frame) = self.frames.pop() {
            if let Frame::Literal { .. } = frame {
                self.push(Token::FStringEnd, Span::new(end, end));
            }
        }
    }

    fn push(&mut self, token: Token, span: Span) {
        self.out.tokens.push(Lexeme { token, span });
    }

    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.out.errors.push(Diagnostic::new(code, span, message));
    }

    /// The line that ends a string which goes on to `end`.
    fn last_line(&mut self, end: usize) -> u32 {
        let at_end = end >= self.source.len() && self.source.ends_with('\n');
        self.line((end - usize::from(at_end)) as u32)
    }

    fn line(&mut self, offset: u32) -> u32 {
        self.lines.get_or_insert_with(|| LineIndex::new(self.source)).line(offset)
    }

    /// Goes on at `offset`, wherever the lexer is now.
    fn reposition(&mut self, offset: usize) {
        let now = self.lexer.span().end;
        if offset >= now {
            self.lexer.bump(offset - now);
        } else {
            self.lexer = Token::lexer(self.source);
            self.lexer.bump(offset);
        }
    }

    /// The character before `offset`: where CPython's tokenizer puts its caret.
    fn before(&self, offset: usize) -> Span {
        let offset = offset.min(self.source.len());
        let start = self.source[..offset].char_indices().next_back().map_or(0, |(i, _)| i);
        Span::from(start..offset)
    }

    /// Reads one token outside string text; false at the end.
    fn token(&mut self) -> bool {
        let Some(result) = self.lexer.next() else { return false };
        let range = self.lexer.span();
        let span = Span::from(range.clone());
        match result {
            Ok(Token::Name(name)) => {
                if self.bytes.get(range.end).is_some_and(|&b| b >= 0x80) {
                    self.identifier(range.start);
                } else {
                    self.push(Token::Name(name), span);
                }
            }
            Ok(Token::Comment) => self.comment = Some(span.start),
            Ok(Token::Newline) => {
                let start = self.comment.take().unwrap_or(span.start);
                self.push(Token::Newline, Span::new(start, span.end));
            }
            Ok(Token::Number) => self.number(range.start),
            Ok(Token::String) => self.string(range),
            Ok(Token::FStringStart) => self.fstring_start(range),
            Ok(token) => {
                if token.is_keyword() && self.bytes.get(range.end).is_some_and(|&b| b >= 0x80) {
                    self.identifier(range.start);
                } else if self.frames.is_empty() {
                    self.push(token, span);
                } else {
                    self.field_token(token, span);
                }
            }
            Err(()) => self.other(range.start),
        }
        true
    }

    /// An identifier with characters beyond ASCII, from `start`.
    fn identifier(&mut self, start: usize) {
        let text = &self.source[start..];
        let mut end = text.len();
        for (i, c) in text.char_indices() {
            let ok = if i == 0 {
                c == '_' || unicode_ident::is_xid_start(c)
            } else {
                unicode_ident::is_xid_continue(c)
            };
            if ok {
                continue;
            }
            if c.is_ascii() {
                end = i;
                break;
            }
            // CPython reads every character beyond ASCII as part of the identifier, then
            // complains about the first that cannot be one.
            self.invalid_character(start + i, c);
            end = text[i..]
                .find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_')
                .map_or(text.len(), |n| i + n);
            self.reposition(start + end);
            self.push(Token::Error, Span::from(start..start + end));
            return;
        }
        self.reposition(start + end);
        let text = &text[..end];
        let name = match is_nfkc_quick(text.chars()) {
            IsNormalized::Yes => Name::new(text),
            IsNormalized::No | IsNormalized::Maybe => Name::new(&text.nfkc().collect::<String>()),
        };
        self.push(Token::Name(name), Span::from(start..start + end));
    }

    fn invalid_character(&mut self, at: usize, c: char) {
        let span = Span::from(at..at + c.len_utf8());
        let message = if c.is_control() || !is_printable(c) {
            format!("invalid non-printable character U+{:04X}", c as u32)
        } else {
            format!("invalid character '{c}' (U+{:04X})", c as u32)
        };
        self.error(Code::InvalidCharacter, span, message);
    }

    /// What no pattern matched.
    fn other(&mut self, start: usize) {
        let Some(c) = self.source[start..].chars().next() else { return };
        if !c.is_ascii() {
            self.identifier(start);
            return;
        }
        let end = start + 1;
        self.reposition(end);
        if c == '\\' {
            let next = self.source[end..].chars().next();
            match next {
                None => {
                    let span = Span::from(end..end);
                    let alone = self.out.tokens.is_empty();
                    let message = "unexpected EOF while parsing";
                    let diagnostic = Diagnostic::new(Code::UnexpectedEnd, span, message);
                    self.out.errors.push(diagnostic.with_textless(alone));
                }
                Some(c) => self.error(
                    Code::LineContinuation,
                    Span::from(end..end + c.len_utf8()),
                    "unexpected character after line continuation character",
                ),
            }
        } else {
            self.invalid_character(start, c);
        }
        self.push(Token::Error, Span::from(start..end));
    }

    fn number(&mut self, start: usize) {
        match scan_number(self.bytes, start) {
            Ok(Scanned { end, warning }) => {
                self.reposition(end);
                let span = Span::from(start..end);
                self.push(Token::Number, span);
                if let Some(kind) = warning {
                    let message = format!("invalid {kind} literal");
                    let warning = Diagnostic::new(Code::NumberWarning, span, message);
                    self.out.warnings.push(warning.with_text("a word follows without a blank"));
                }
            }
            Err(NumberError { message, at, span_end }) => {
                let span = match span_end {
                    Some(end) => Span::from(start..end),
                    None => self.before(at),
                };
                self.error(Code::InvalidNumber, span, message);
                // Swallow the rest of the word, so that one mistake is one message.
                let mut end = at.max(start + 1);
                while self.bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    end += 1;
                }
                self.reposition(end);
                self.push(Token::Error, Span::from(start..end));
            }
        }
    }

    /// The rest of a string; `range` is its prefix and opening quotes.
    fn string(&mut self, range: std::ops::Range<usize>) {
        let quote = self.bytes[range.end - 1];
        let triple = range.len() >= 3 && self.bytes[range.end - 3..range.end] == [quote; 3];
        let prefix = &self.bytes[range.start..range.end - if triple { 3 } else { 1 }];
        let token =
            if prefix.iter().any(|b| matches!(b, b'b' | b'B')) { Token::Bytes } else { Token::String };
        match scan_string(self.bytes, range.end, quote, triple) {
            Ok(end) => {
                self.reposition(end);
                self.push(token, Span::from(range.start..end));
            }
            Err(end) => self.unterminated(range, quote, triple, end),
        }
    }

    fn unterminated(&mut self, range: std::ops::Range<usize>, quote: u8, triple: bool, end: usize) {
        let start = range.start;
        // Inside an f-string with the same quotes, the opening quote was meant to close it.
        let literal = self.frames.iter().rposition(|f| matches!(f, Frame::Literal { .. }));
        if let Some(i) = literal
            && let Frame::Literal { quote: q, triple: t, .. } = self.frames[i]
            && (q, t) == (quote, triple)
        {
            let span = Span::from(start..start + 1);
            self.error(Code::FString, span, "f-string: expecting '}'");
            let inner = self.frames.split_off(i);
            for frame in inner.iter().skip(1) {
                if let Frame::Field { .. } = frame {
                    self.push(Token::RightBrace, Span::from(start..start));
                    self.push(Token::FStringMiddle, Span::from(start..start));
                }
            }
            self.reposition(range.end);
            self.push(Token::FStringEnd, Span::from(start..range.end));
            return;
        }
        let last = self.last_line(end);
        let message = if triple {
            format!("unterminated triple-quoted string literal (detected at line {last})")
        } else {
            let escaped = format!("\\{}", quote as char);
            let hint = if self.source[range.end..end].contains(&escaped) {
                "; perhaps you escaped the end quote?"
            } else {
                ""
            };
            format!("unterminated string literal (detected at line {last}){hint}")
        };
        self.error(Code::UnterminatedString, Span::from(start..start + 1), message);
        self.reposition(end);
        self.push(Token::Error, Span::from(start..end));
    }
}

/// Whether CPython would print the character as it is in a message.
fn is_printable(c: char) -> bool {
    !(c.is_whitespace()
        || matches!(c as u32, 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE000..=0xF8FF | 0xFFF9..=0xFFFB | 0xE0000..=0x10FFFF))
}

/// The end of a string whose text starts at `from`, or where it breaks off.
fn scan_string(bytes: &[u8], from: usize, quote: u8, triple: bool) -> Result<usize, usize> {
    let mut i = from;
    loop {
        match bytes.get(i) {
            None => return Err(i),
            Some(b'\\') => match bytes.get(i + 1) {
                None => return Err(i + 1),
                Some(b'\r') if bytes.get(i + 2) == Some(&b'\n') => i += 3,
                Some(_) => i += 2,
            },
            Some(b'\n' | b'\r') if !triple => return Err(i),
            Some(&b) if b == quote => {
                if !triple {
                    return Ok(i + 1);
                }
                if bytes.get(i + 1) == Some(&quote) && bytes.get(i + 2) == Some(&quote) {
                    return Ok(i + 3);
                }
                i += 1;
            }
            Some(_) => i += 1,
        }
    }
}
