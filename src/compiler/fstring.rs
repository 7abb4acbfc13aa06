//! f-strings: the pieces in a row of registers, then joined.

use super::Compiler;
use super::regs::fresh;
use crate::bytecode::{Const, Out};
use crate::source::Span;
use crate::syntax::ast::*;

impl<'a> Compiler<'a> {
    /// ```text
    /// f"a{x!r}b{y:>5}":   load_k t0 = "a";  format_value t1 = x 2;  load_k t2 = "b"
    ///                     <t4 = y>;  load_k t5 = ">5";  format_spec t3 = t4.. 0
    ///                     build_string out = t0.. 4
    /// ```
    pub(super) fn expr_fstring(&mut self, parts: &'a [FStringPart], span: Span, out: Out) {
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        for part in parts {
            match part {
                FStringPart::Literal(text) => push_text(&mut pieces, text),
                FStringPart::Field(field) => {
                    if let Some(text) = &field.debug {
                        push_text(&mut pieces, text);
                    }
                    pieces.push(Piece::Field(field));
                }
            }
        }
        match pieces.as_slice() {
            [] => {
                self.at(span);
                self.load_k(out, Const::Str("".into()));
            }
            [only] => self.fstring_piece(only, span, out),
            _ => {
                let base = self.run_base(out);
                for piece in &pieces {
                    let reg = self.temp();
                    self.fstring_piece(piece, span, fresh(reg));
                    self.unit.top = reg + 1;
                }
                let count = self.count(pieces.len());
                self.at(span);
                self.unit.e.build_string(out, base, count);
            }
        }
    }

    fn fstring_piece(&mut self, piece: &Piece<'a>, span: Span, out: Out) {
        match piece {
            Piece::Text(text) => {
                self.at(span);
                self.load_k(out, Const::Str(text.as_str().into()));
            }
            Piece::Field(field) => {
                let conversion = match field.conversion {
                    None if field.debug.is_some() && field.spec.is_none() => 2,
                    None => 0,
                    Some(Conversion::Str) => 1,
                    Some(Conversion::Repr) => 2,
                    Some(Conversion::Ascii) => 3,
                };
                match &field.spec {
                    None => {
                        let value = self.operand(&field.value);
                        self.at(field.span);
                        self.unit.e.format_value(out, value, conversion);
                    }
                    Some(spec) => {
                        let base = self.expr_temp(&field.value);
                        let text = self.temp();
                        self.expr_fstring(spec, field.span, fresh(text));
                        self.at(field.span);
                        self.unit.e.format_spec(out, base, conversion);
                    }
                }
            }
        }
    }
}

/// A piece of an f-string, adjacent texts joined.
enum Piece<'a> {
    Text(String),
    Field(&'a FStringField),
}

fn push_text(pieces: &mut Vec<Piece<'_>>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}
