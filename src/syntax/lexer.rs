//! Text to raw tokens: the driver around the `logos` enum. What a table of patterns cannot say
//! is here: the rest of a number or string, f-strings with their nesting (PEP 701), identifiers
//! beyond ASCII. Comments and blanks are gone afterwards; line ends and continuations are still
//! there, for the layout pass.
//!
//! An f-string becomes `FStringStart`, then for each part `FStringMiddle` (perhaps empty)
//! followed by `{`, the tokens of the field and `}`, and at last `FStringMiddle`, `FStringEnd`:
//!
//! ```text
//! f"a{b:>{w}}c"   f"  a  {  b  :  >  {  w  } (empty) }  c  "
//! ```

use super::token::{Lexeme, Token};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{LineIndex, Name, Span};
use logos::Logos;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// How many f-strings may stand inside each other, as in CPython.
const MAX_FSTRING_NESTING: usize = 150;

/// How many fields may stand inside each other's format specifications.
const MAX_FIELD_NESTING: usize = 3;

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
        if self.source.starts_with('\u{feff}') {
            self.lexer.bump(3);
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

    /// A token inside a replacement field: brackets count, and at the field's own level `:` and
    /// `}` end its expression.
    fn field_token(&mut self, token: Token, span: Span) {
        let Some(Frame::Field { depth }) = self.frames.last_mut() else { return };
        match token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace => *depth += 1,
            Token::RightBrace if *depth == 0 => {
                self.frames.pop();
            }
            Token::RightParen | Token::RightBracket | Token::RightBrace => {
                *depth = depth.saturating_sub(1);
            }
            Token::Colon if *depth == 0 => self.frames.push(Frame::Spec),
            Token::ColonEqual if *depth == 0 => {
                // `f"{x:=5}"` has the format specification `=5`.
                self.frames.push(Frame::Spec);
                self.reposition(span.start as usize + 1);
                self.push(Token::Colon, Span::new(span.start, span.start + 1));
                return;
            }
            _ => {}
        }
        self.push(token, span);
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
                    let span = Span::from(start..end);
                    self.error(Code::UnexpectedEnd, span, "unexpected EOF while parsing");
                }
                Some(c) => self.error(
                    Code::LineContinuation,
                    Span::from(end..end + c.len_utf8()),
                    "unexpected character after line continuation character",
                ),
            }
        } else if c == '$' || c == '?' || c == '`' {
            // CPython's tokenizer takes these for operators; the parser refuses them.
            self.error(Code::InvalidSyntax, Span::from(start..end), "invalid syntax");
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
                    self.out.warnings.push(Diagnostic::new(
                        Code::NumberWarning,
                        span,
                        format!("invalid {kind} literal"),
                    ));
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

    fn fstring_start(&mut self, range: std::ops::Range<usize>) {
        let quote = self.bytes[range.end - 1];
        let triple = range.len() >= 4 && self.bytes[range.end - 3..range.end] == [quote; 3];
        let raw = self.bytes[range.start..range.end].iter().any(|b| matches!(b, b'r' | b'R'));
        let nesting = self.frames.iter().filter(|f| matches!(f, Frame::Literal { .. })).count();
        if nesting >= MAX_FSTRING_NESTING {
            let span = self.before(range.end);
            self.error(Code::TooDeep, span, "too many nested f-strings");
            self.push(Token::Error, Span::from(range));
            self.reposition(self.bytes.len());
            self.frames.clear();
            return;
        }
        self.push(Token::FStringStart, Span::from(range.clone()));
        self.frames.push(Frame::Literal { quote, triple, raw, start: range.start as u32 });
    }

    /// The text of an f-string up to the next field or its end.
    fn fstring_middle(&mut self, quote: u8, triple: bool, raw: bool, opened: u32) {
        let start = self.lexer.span().end;
        let bytes = self.bytes;
        let mut i = start;
        loop {
            match bytes.get(i) {
                None => return self.unterminated_fstring(triple, opened, start, i),
                Some(b'\n' | b'\r') if !triple => {
                    return self.unterminated_fstring(triple, opened, start, i);
                }
                Some(b'\\') => i = self.after_backslash(i, raw),
                Some(b'{') if bytes.get(i + 1) == Some(&b'{') => i += 2,
                Some(b'}') if bytes.get(i + 1) == Some(&b'}') => i += 2,
                Some(b'{') => {
                    self.push(Token::FStringMiddle, Span::from(start..i));
                    self.push(Token::LeftBrace, Span::from(i..i + 1));
                    self.reposition(i + 1);
                    self.frames.push(Frame::Field { depth: 0 });
                    return;
                }
                Some(b'}') => {
                    let span = Span::from(i..i + 1);
                    self.error(Code::FString, span, "f-string: single '}' is not allowed");
                    i += 1;
                }
                Some(&b) if b == quote => {
                    let width = if triple { 3 } else { 1 };
                    if triple && bytes.get(i..i + 3) != Some(&[quote; 3][..]) {
                        i += 1;
                        continue;
                    }
                    self.push(Token::FStringMiddle, Span::from(start..i));
                    self.push(Token::FStringEnd, Span::from(i..i + width));
                    self.reposition(i + width);
                    self.frames.pop();
                    return;
                }
                Some(_) => i += 1,
            }
        }
    }

    /// The offset after a backslash and what it escapes, in f-string text. Braces are never
    /// escaped by it, but those of `\N{...}` belong to the name.
    fn after_backslash(&self, at: usize, raw: bool) -> usize {
        match self.bytes.get(at + 1) {
            Some(b'N') if !raw && self.bytes.get(at + 2) == Some(&b'{') => {
                let rest = &self.bytes[at + 3..];
                let name =
                    rest.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_')));
                match name {
                    Some(n) if rest[n] == b'}' => at + 3 + n + 1,
                    _ => at + 2,
                }
            }
            Some(b'{' | b'}') | None => at + 1,
            Some(b'\r') if self.bytes.get(at + 2) == Some(&b'\n') => at + 3,
            Some(_) => at + 2,
        }
    }

    fn unterminated_fstring(&mut self, triple: bool, opened: u32, start: usize, end: usize) {
        let last = self.last_line(end);
        let message = if triple {
            format!("unterminated triple-quoted f-string literal (detected at line {last})")
        } else {
            format!("unterminated f-string literal (detected at line {last})")
        };
        self.error(Code::UnterminatedString, Span::new(opened, opened + 1), message);
        self.push(Token::FStringMiddle, Span::from(start..end));
        self.push(Token::FStringEnd, Span::from(end..end));
        self.reposition(end);
        self.frames.pop();
    }

    /// The text of a format specification up to a nested field or the end of its field.
    fn format_spec(&mut self) {
        let start = self.lexer.span().end;
        let innermost = self.frames.iter().rev().find_map(|f| match f {
            Frame::Literal { quote, triple, raw, start } => Some((*quote, *triple, *raw, *start)),
            Frame::Field { .. } | Frame::Spec => None,
        });
        let (quote, triple, raw, opened) = innermost.unwrap_or((b'"', false, false, 0));
        let mut i = start;
        loop {
            match self.bytes.get(i) {
                None => break,
                Some(b'\n' | b'\r') if !triple => {
                    let span = self.before(i + 1);
                    self.error(
                        Code::FString,
                        span,
                        "f-string: newlines are not allowed in format specifiers for single quoted f-strings",
                    );
                    break;
                }
                Some(b'{') => {
                    let fields = self.frames.iter().rev();
                    let open = fields
                        .take_while(|f| !matches!(f, Frame::Literal { .. }))
                        .filter(|f| matches!(f, Frame::Field { .. }))
                        .count();
                    if open >= MAX_FIELD_NESTING {
                        let span = self.before(i);
                        self.error(Code::FString, span, "f-string: expressions nested too deeply");
                    }
                    self.push(Token::FStringMiddle, Span::from(start..i));
                    self.push(Token::LeftBrace, Span::from(i..i + 1));
                    self.reposition(i + 1);
                    self.frames.push(Frame::Field { depth: 0 });
                    return;
                }
                Some(b'}') => {
                    self.push(Token::FStringMiddle, Span::from(start..i));
                    self.reposition(i);
                    self.frames.pop();
                    return;
                }
                Some(b'\\') => i = self.after_backslash(i, raw),
                Some(&b) if b == quote => {
                    let close = [quote; 3];
                    let width = if triple { 3 } else { 1 };
                    if self.bytes.get(i..i + width) == Some(&close[..width]) {
                        // The string ends inside a field; the parser says so.
                        self.push(Token::FStringMiddle, Span::from(start..i));
                        self.push(Token::FStringEnd, Span::from(i..i + width));
                        while let Some(Frame::Field { .. } | Frame::Spec) = self.frames.pop() {}
                        self.reposition(i + width);
                        return;
                    }
                    i += 1;
                }
                Some(_) => i += 1,
            }
        }
        if i >= self.bytes.len() {
            self.unterminated_spec(triple, opened, i);
        }
        self.close_fields(start, i, i);
    }

    fn unterminated_spec(&mut self, triple: bool, opened: u32, end: usize) {
        let last = self.last_line(end);
        let kind = if triple { "triple-quoted " } else { "" };
        let message = format!("unterminated {kind}f-string literal (detected at line {last})");
        self.error(Code::UnterminatedString, Span::new(opened, opened + 1), message);
    }

    /// Ends the innermost f-string inside its fields, after a mistake: text from `start` to
    /// `end`, then its closing quotes up to `after`.
    fn close_fields(&mut self, start: usize, end: usize, after: usize) {
        self.push(Token::FStringMiddle, Span::from(start..end));
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Field { .. } => {
                    self.push(Token::RightBrace, Span::from(end..end));
                    self.push(Token::FStringMiddle, Span::from(end..end));
                }
                Frame::Spec => {}
                Frame::Literal { .. } => break,
            }
        }
        self.push(Token::FStringEnd, Span::from(end..after));
        self.reposition(after);
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

struct Scanned {
    end: usize,
    /// A keyword follows without a space: the kind of literal, for the warning.
    warning: Option<&'static str>,
}

struct NumberError {
    message: String,
    /// How far CPython's tokenizer had read.
    at: usize,
    /// For the one message that underlines more than a character.
    span_end: Option<usize>,
}

fn number_error<T>(message: impl Into<String>, at: usize) -> Result<T, NumberError> {
    Err(NumberError { message: message.into(), at, span_end: None })
}

/// Reads a number as CPython's tokenizer does, down to the places of its messages.
fn scan_number(bytes: &[u8], start: usize) -> Result<Scanned, NumberError> {
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let mut i = start;
    if at(i) == b'0' {
        let radix = match at(i + 1) {
            b'x' | b'X' => Some((16, "hexadecimal")),
            b'o' | b'O' => Some((8, "octal")),
            b'b' | b'B' => Some((2, "binary")),
            _ => None,
        };
        if let Some((radix, kind)) = radix {
            let is_digit = |b: u8| (b as char).is_digit(radix);
            i += 2;
            loop {
                if at(i) == b'_' {
                    i += 1;
                }
                if !is_digit(at(i)) {
                    if at(i).is_ascii_digit() {
                        let message = format!("invalid digit '{}' in {kind} literal", at(i) as char);
                        return number_error(message, i + 1);
                    }
                    return number_error(format!("invalid {kind} literal"), i);
                }
                while is_digit(at(i)) {
                    i += 1;
                }
                if at(i) != b'_' {
                    break;
                }
            }
            if at(i).is_ascii_digit() {
                let message = format!("invalid digit '{}' in {kind} literal", at(i) as char);
                return number_error(message, i + 1);
            }
            return end_of_number(bytes, i, kind);
        }
        // Zeros only, or a float or imaginary number that starts with zeros.
        let mut nonzero = false;
        i += 1;
        loop {
            if at(i) == b'_' {
                i += 1;
                if !at(i).is_ascii_digit() {
                    return number_error("invalid decimal literal", i);
                }
            }
            if at(i) != b'0' {
                break;
            }
            i += 1;
        }
        let zeros_end = i;
        if at(i).is_ascii_digit() {
            nonzero = true;
            i = decimal_tail(bytes, i)?;
        }
        return match at(i) {
            b'.' => fraction(bytes, i + 1),
            b'e' | b'E' => exponent(bytes, i),
            b'j' | b'J' => end_of_number(bytes, i + 1, "imaginary"),
            _ if nonzero => Err(NumberError {
                message: "leading zeros in decimal integer literals are not permitted; \
                          use an 0o prefix for octal integers"
                    .into(),
                at: i,
                span_end: Some(zeros_end),
            }),
            _ => end_of_number(bytes, i, "decimal"),
        };
    }
    if at(i) == b'.' {
        return fraction(bytes, i + 1);
    }
    i = decimal_tail(bytes, i)?;
    match at(i) {
        b'.' => fraction(bytes, i + 1),
        b'e' | b'E' => exponent(bytes, i),
        b'j' | b'J' => end_of_number(bytes, i + 1, "imaginary"),
        _ => end_of_number(bytes, i, "decimal"),
    }
}

fn decimal_tail(bytes: &[u8], mut i: usize) -> Result<usize, NumberError> {
    loop {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        if bytes.get(i) != Some(&b'_') {
            return Ok(i);
        }
        i += 1;
        if !bytes.get(i).is_some_and(u8::is_ascii_digit) {
            return number_error("invalid decimal literal", i);
        }
    }
}

fn fraction(bytes: &[u8], mut i: usize) -> Result<Scanned, NumberError> {
    if bytes.get(i).is_some_and(u8::is_ascii_digit) {
        i = decimal_tail(bytes, i)?;
    }
    match bytes.get(i) {
        Some(b'e' | b'E') => exponent(bytes, i),
        Some(b'j' | b'J') => end_of_number(bytes, i + 1, "imaginary"),
        _ => end_of_number(bytes, i, "decimal"),
    }
}

fn exponent(bytes: &[u8], e: usize) -> Result<Scanned, NumberError> {
    let mut i = e + 1;
    if matches!(bytes.get(i), Some(b'+' | b'-')) {
        i += 1;
        if !bytes.get(i).is_some_and(u8::is_ascii_digit) {
            return number_error("invalid decimal literal", i);
        }
    } else if !bytes.get(i).is_some_and(u8::is_ascii_digit) {
        // No exponent after all: `1else`.
        return end_of_number(bytes, e, "decimal");
    }
    i = decimal_tail(bytes, i)?;
    match bytes.get(i) {
        Some(b'j' | b'J') => end_of_number(bytes, i + 1, "imaginary"),
        _ => end_of_number(bytes, i, "decimal"),
    }
}

/// A number may be followed directly by these keywords (with a warning), by no other letter.
fn end_of_number(bytes: &[u8], end: usize, kind: &'static str) -> Result<Scanned, NumberError> {
    let rest = &bytes[end..];
    let Some(&next) = rest.first() else { return Ok(Scanned { end, warning: None }) };
    if !(next.is_ascii_alphanumeric() || next == b'_' || next >= 0x80) {
        return Ok(Scanned { end, warning: None });
    }
    let keywords: [&[u8]; 9] = [b"and", b"else", b"for", b"if", b"in", b"is", b"not", b"or", b"for"];
    if keywords.iter().any(|k| rest.starts_with(k)) {
        return Ok(Scanned { end, warning: Some(kind) });
    }
    if next >= 0x80 {
        return Ok(Scanned { end, warning: None });
    }
    number_error(format!("invalid {kind} literal"), end)
}
