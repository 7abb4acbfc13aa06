//! f-strings (PEP 701): their texts, their fields and the format specifications in these.

use super::{Driver, Frame};
use crate::diagnostics::Code;
use crate::source::Span;
use crate::syntax::token::Token;

/// How many f-strings may stand inside each other, as in CPython.
const MAX_FSTRING_NESTING: usize = 150;

/// How many fields may stand inside each other's format specifications.
const MAX_FIELD_NESTING: usize = 3;

impl Driver<'_> {
    /// A token inside a replacement field: brackets count, and at the field's own level `:` and
    /// `}` end its expression.
    pub(super) fn field_token(&mut self, token: Token, span: Span) {
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

    pub(super) fn fstring_start(&mut self, range: std::ops::Range<usize>) {
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
    pub(super) fn fstring_middle(&mut self, quote: u8, triple: bool, raw: bool, opened: u32) {
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
    pub(super) fn after_backslash(&self, at: usize, raw: bool) -> usize {
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

    pub(super) fn unterminated_fstring(&mut self, triple: bool, opened: u32, start: usize, end: usize) {
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
    pub(super) fn format_spec(&mut self) {
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
                Some(b'\n' | b'\r') if !triple => break,
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
        // Behind a nested field CPython has forgotten that this is a specification.
        let nested = self.out.tokens.last().is_some_and(|l| l.token == Token::RightBrace);
        if triple || nested {
            self.unterminated_spec(triple, opened, i);
            self.close_fields(start, i, i);
            return;
        }
        // The line end ends the specification, and the field goes on behind it.
        self.push(Token::FStringMiddle, Span::from(start..i));
        self.reposition(i);
        self.frames.pop();
    }

    pub(super) fn unterminated_spec(&mut self, triple: bool, opened: u32, end: usize) {
        let last = self.last_line(end);
        let kind = if triple { "triple-quoted " } else { "" };
        let message = format!("unterminated {kind}f-string literal (detected at line {last})");
        self.error(Code::UnterminatedString, Span::new(opened, opened + 1), message);
    }

    /// Ends the innermost f-string inside its fields, after a mistake: text from `start` to
    /// `end`, then its closing quotes up to `after`.
    pub(super) fn close_fields(&mut self, start: usize, end: usize, after: usize) {
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
