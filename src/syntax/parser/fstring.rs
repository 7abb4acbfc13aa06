//! Strings: implicit concatenation, bytes, f-strings with their fields.

use super::super::ast::{Conversion, Expr, ExprKind, FStringField, FStringPart};
use super::super::literal::{self, EscapeProblem, EscapeProblemKind};
use super::*;

/// strings: (fstring | STRING)+
pub(super) fn strings<'s>(k: &Knots<'s>) -> Rule<'s, Expr> {
    let fstring = fstring(k);
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        let mut parts: Vec<FStringPart> = Vec::new();
        let mut text: Option<String> = None;
        let mut bytes: Option<Vec<u8>> = None;
        let mut formatted = false;
        loop {
            let span = peek_span(inp);
            match peek(inp) {
                Token::String => {
                    inp.skip();
                    let value = string(inp.state(), span);
                    match &mut text {
                        Some(text) => text.push_str(&value),
                        None => text = Some(value),
                    }
                }
                Token::Bytes => {
                    inp.skip();
                    let value = byte_string(inp.state(), span);
                    bytes.get_or_insert_default().extend(value);
                }
                Token::FStringStart => {
                    formatted = true;
                    if let Some(text) = text.take() {
                        literal_part(&mut parts, text);
                    }
                    for part in inp.parse(&fstring)? {
                        match part {
                            FStringPart::Literal(text) => literal_part(&mut parts, text.into()),
                            FStringPart::Field(_) => parts.push(part),
                        }
                    }
                }
                _ => break,
            }
        }
        if position(inp) == start {
            return failure();
        }
        let span = span_since(inp, start);
        let kind = match (formatted, text, bytes) {
            (false, None, Some(bytes)) => ExprKind::Bytes(bytes.into()),
            (_, _, Some(_)) => {
                let message = "cannot mix bytes and nonbytes literals";
                invalid::touch(inp);
                return Err(inp.state().fail_furthest(Code::MixedBytes, message));
            }
            (false, text, None) => ExprKind::Str(text.unwrap_or_default().into()),
            (true, text, None) => {
                if let Some(text) = text {
                    literal_part(&mut parts, text);
                }
                ExprKind::FString(parts)
            }
        };
        Ok(Expr { kind, span })
    })
    .boxed()
}

/// Adds literal text, joined with literal text before it.
fn literal_part(parts: &mut Vec<FStringPart>, text: String) {
    if text.is_empty() {
        return;
    }
    if let Some(FStringPart::Literal(last)) = parts.last_mut() {
        *last = format!("{last}{text}").into();
    } else {
        parts.push(FStringPart::Literal(text.into()));
    }
}

/// The prefix of a string token in lower case is `raw`; and where its text is.
fn inside(source: &str, span: Span) -> (bool, Span) {
    let token = &source[span.range()];
    let prefix = token.bytes().position(|b| matches!(b, b'"' | b'\'')).unwrap_or(0);
    let raw = token[..prefix].bytes().any(|b| matches!(b, b'r' | b'R'));
    let quotes = &token[prefix..];
    let width =
        if quotes.len() >= 6 && (quotes.starts_with("\"\"\"") || quotes.starts_with("'''")) { 3 } else { 1 };
    let start = span.start + (prefix + width) as u32;
    (raw, Span::new(start, (span.end - width as u32).max(start)))
}

fn string(state: &mut State<'_>, span: Span) -> String {
    let (raw, text) = inside(state.source, span);
    let source = state.source;
    let mut warned = false;
    literal::string(&source[text.range()], raw, &mut |p| escape_problem(state, span, text, p, &mut warned))
}

fn byte_string(state: &mut State<'_>, span: Span) -> Vec<u8> {
    let (raw, text) = inside(state.source, span);
    let source = state.source;
    if !source[text.range()].is_ascii() {
        state.found(Diagnostic::new(
            Code::BytesNotAscii,
            span,
            "bytes can only contain ASCII literal characters",
        ));
        return Vec::new();
    }
    let mut warned = false;
    literal::bytes(&source[text.range()], raw, &mut |p| escape_problem(state, span, text, p, &mut warned))
}

/// Reports a problem with an escape in `text`, which lies in the token at `token`. A literal gets
/// one warning.
fn escape_problem(state: &mut State<'_>, token: Span, text: Span, problem: EscapeProblem, warned: &mut bool) {
    let place = Span::new(text.start + problem.start as u32, text.start + problem.end as u32);
    match problem.kind {
        EscapeProblemKind::Unknown(_) | EscapeProblemKind::OctalOverflow(_) if *warned => {}
        EscapeProblemKind::Unknown(c) => {
            *warned = true;
            let message = format!("invalid escape sequence '\\{c}'");
            state.warn(
                Diagnostic::new(Code::EscapeWarning, place, message)
                    .told_at(token)
                    .with_text("this escape stands for no character")
                    .with_help("write the backslash twice, or make the string raw: r\"...\""),
            );
        }
        EscapeProblemKind::OctalOverflow(digits) => {
            *warned = true;
            let message = format!("invalid octal escape sequence '\\{digits}'");
            let warning = Diagnostic::new(Code::EscapeWarning, place, message).told_at(token);
            state.warn(warning.with_text("no character has so high a number"));
        }
        EscapeProblemKind::Invalid(message) => {
            let diagnostic = Diagnostic::new(Code::InvalidEscape, token, message);
            state.found(diagnostic.with_picture(place).with_text("this escape stands for no character"));
        }
    }
}

/// fstring: FSTRING_START fstring_middle* FSTRING_END
pub(super) fn fstring<'s>(k: &Knots<'s>) -> Rule<'s, Vec<FStringPart>> {
    let replacement_field = k.replacement_field.rule();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = inp.parse(token(Token::FStringStart))?;
        let raw = inp.state().source[start.range()].bytes().any(|b| matches!(b, b'r' | b'R'));
        let mut parts = Vec::new();
        loop {
            match peek(inp) {
                Token::FStringMiddle => {
                    let span = peek_span(inp);
                    inp.skip();
                    literal_part(&mut parts, middle(inp.state(), span, raw, true));
                }
                Token::LeftBrace => {
                    // Format specifications are raw when their string is.
                    let outer = std::mem::replace(&mut inp.state().raw_fstring, raw);
                    let field = inp.parse(&replacement_field);
                    inp.state().raw_fstring = outer;
                    field?.add_to(&mut parts);
                }
                _ => break,
            }
        }
        inp.parse(token(Token::FStringEnd))?;
        Ok(parts)
    })
    .boxed()
}

/// The text of an f-string between fields; doubled braces are single ones, except in a format
/// specification.
fn middle(state: &mut State<'_>, span: Span, raw: bool, doubled: bool) -> String {
    let source = state.source;
    let text = &source[span.range()];
    let mut out = String::with_capacity(text.len());
    if !raw {
        brace_escapes(state, span);
    }
    // Escapes are undone between the braces, so that `\N{...}` keeps its own.
    let mut from = 0;
    let bytes = text.as_bytes();
    let mut i = 0;
    let mut warned = false;
    let mut flush = |state: &mut State<'_>, out: &mut String, from: usize, to: usize| {
        let piece = Span::new(span.start + from as u32, span.start + to as u32);
        let value = literal::string(&source[piece.range()], raw, &mut |p| {
            if matches!(p.kind, EscapeProblemKind::Unknown('{' | '}')) {
                // `brace_escapes` has said so.
                return;
            }
            // A format specification is looked at when it has been read.
            let token = if doubled { fstring_end(state, piece) } else { span };
            escape_problem(state, token, piece, p, &mut warned);
        });
        out.push_str(&value);
    };
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if !raw && bytes.get(i + 1) == Some(&b'N') && bytes.get(i + 2) == Some(&b'{') => {
                i += bytes[i..].iter().position(|&b| b == b'}').map_or(3, |n| n + 1);
            }
            b'\\' if !matches!(bytes.get(i + 1), Some(b'{' | b'}')) => i += 2,
            b'{' | b'}' if doubled => {
                flush(state, &mut out, from, i + 1);
                i += if bytes.get(i + 1) == Some(&bytes[i]) { 2 } else { 1 };
                from = i;
            }
            _ => i += 1,
        }
    }
    flush(state, &mut out, from, bytes.len());
    out
}

/// Warns of each backslash before a brace: it escapes nothing.
fn brace_escapes(state: &mut State<'_>, span: Span) {
    let bytes = state.source.as_bytes();
    let mut at = span.start as usize;
    while at < span.end as usize {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\\', Some(brace @ (b'{' | b'}'))) => {
                let place = Span::new(at as u32, at as u32 + 2);
                let message = format!("invalid escape sequence '\\{}'", *brace as char);
                state.warn(
                    Diagnostic::new(Code::EscapeWarning, place, message)
                        .with_text("this escape stands for no character")
                        .with_help("write the backslash twice, or make the string raw: rf\"...\""),
                );
                at += 1;
            }
            (b'\\', Some(b'N')) if bytes.get(at + 2) == Some(&b'{') => {
                at += bytes[at..].iter().position(|&b| b == b'}').map_or(3, |length| length + 1);
            }
            (b'\\', _) => at += 2,
            _ => at += 1,
        }
    }
}

/// The token that ends the f-string in which `piece` is: CPython looks at the text when it has read all
/// of it.
fn fstring_end(state: &State<'_>, piece: Span) -> Span {
    let first = state.tokens.partition_point(|l| l.span.start < piece.end);
    let mut depth = 0u32;
    for lexeme in &state.tokens[first..] {
        match lexeme.token {
            Token::FStringStart => depth += 1,
            Token::FStringEnd if depth == 0 => return lexeme.span,
            Token::FStringEnd => depth -= 1,
            _ => {}
        }
    }
    piece
}

/// A field as read: with `=` its own text becomes literal text before it in CPython's tree; here
/// it stays with the field.
pub(super) struct Field(FStringField);

impl Field {
    fn add_to(self, parts: &mut Vec<FStringPart>) {
        parts.push(FStringPart::Field(Box::new(self.0)));
    }
}

/// fstring_replacement_field: '{' (yield_expr | star_expressions) ['='] ['!' NAME]
///                            [':' fstring_format_spec*] '}'
pub(super) fn fstring_replacement_field<'s>(k: &Knots<'s>) -> Rule<'s, Field> {
    let nested = k.replacement_field.rule();
    let yield_expr = k.yield_expr.rule();
    let star_expressions = k.star_expressions.rule();
    let annotated_rhs = choice((k.yield_expr.rule(), k.star_expressions.rule())).boxed();
    custom(move |inp: &mut Input<'s, '_>| {
        let start = position(inp);
        inp.parse(token(Token::LeftBrace))?;
        if inp.state().explaining {
            let checkpoint = inp.save();
            invalid::invalid_replacement_field(inp, &annotated_rhs);
            inp.rewind(checkpoint);
        }
        let value = match peek(inp) {
            Token::Yield => inp.parse(&yield_expr)?,
            _ => inp.parse(&star_expressions)?,
        };
        let mut debug = None;
        if accept(inp, Token::Equal).is_some() {
            let end = position(inp);
            let source = inp.state().source;
            let lexemes = &inp.full_slice()[start..=end];
            let place = Span::new(lexemes[0].span.end, lexemes[lexemes.len() - 1].span.start);
            let text = text_without_comments(source, lexemes);
            debug = Some(debug_text(inp.state(), place, text).into());
        }
        let mut conversion = None;
        if let Some(mark) = accept(inp, Token::Exclamation) {
            let Some(kind) = attempt(inp, &name()) else {
                let next = peek_span(inp);
                let message = match peek(inp) {
                    Token::Colon | Token::RightBrace => "f-string: missing conversion character",
                    _ => "f-string: invalid conversion character",
                };
                return Err(inp.state().fail(Code::FString, next, message));
            };
            if kind.span.start != mark.end {
                let message = "f-string: conversion type must come right after the exclamanation mark";
                return Err(inp.state().fail(Code::FString, mark.to(kind.span), message));
            }
            conversion = Some(match kind.name.as_str() {
                "s" => Conversion::Str,
                "r" => Conversion::Repr,
                "a" => Conversion::Ascii,
                other => {
                    let message = format!(
                        "f-string: invalid conversion character '{other}': expected 's', 'r', or 'a'"
                    );
                    return Err(inp.state().fail(Code::FString, kind.span, message));
                }
            });
        }
        let mut spec = None;
        if accept(inp, Token::Colon).is_some() {
            let mut parts = Vec::new();
            loop {
                match peek(inp) {
                    Token::FStringMiddle => {
                        let span = peek_span(inp);
                        inp.skip();
                        let raw = inp.state().raw_fstring;
                        literal_part(&mut parts, middle(inp.state(), span, raw, false));
                    }
                    Token::LeftBrace => inp.parse(&nested)?.add_to(&mut parts),
                    _ => break,
                }
            }
            spec = Some(parts);
        }
        let next = peek_span(inp);
        if inp.parse(token(Token::RightBrace)).is_err() {
            let state = inp.state();
            if state.explaining {
                let span = next;
                let message = if spec.is_some() {
                    "f-string: expecting '}', or format specs"
                } else if conversion.is_some() {
                    "f-string: expecting ':' or '}'"
                } else if debug.is_some() {
                    "f-string: expecting '!', or ':', or '}'"
                } else {
                    "f-string: expecting '=', or '!', or ':', or '}'"
                };
                return Err(state.fail(Code::FString, span, message));
            }
            return failure();
        }
        let span = span_since(inp, start);
        Ok(Field(FStringField { value, debug, conversion, spec, span }))
    })
    .boxed()
}

/// The text of a field with `=` is a literal like the text around the field: its escapes are undone, too.
fn debug_text(state: &mut State<'_>, place: Span, text: String) -> String {
    let exact = text == state.source[place.range()];
    let mut warned = false;
    literal::string(&text, state.raw_fstring, &mut |mut problem| {
        if !exact {
            // Without its comments the text has other places than the source.
            (problem.start, problem.end) = (0, place.range().len());
        }
        escape_problem(state, place, place, problem, &mut warned);
    })
}

/// The source text between the first and the last of some tokens, without the comments.
fn text_without_comments(source: &str, lexemes: &[Lexeme]) -> String {
    let mut out = String::new();
    for pair in lexemes.windows(2) {
        let [before, after] = pair else { continue };
        let mut gap = &source[before.span.end as usize..after.span.start as usize];
        while let Some(hash) = gap.find('#') {
            out.push_str(&gap[..hash]);
            gap = &gap[gap[hash..].find(['\n', '\r']).map_or(gap.len(), |n| hash + n)..];
        }
        out.push_str(gap);
        if after.span != lexemes[lexemes.len() - 1].span {
            out.push_str(&source[after.span.range()]);
        }
    }
    out.replace("\r\n", "\n").replace('\r', "\n")
}
