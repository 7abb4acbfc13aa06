//! From an expression back to text, in the form that CPython gives annotations under
//! `from __future__ import annotations`: one way to write each thing, quotes and numbers as
//! `repr` shows them, parentheses only where the tree needs them.
//!
//! Statements have no place here. Chains that lean to the left (`a + b + …`, `a.b.c…`) are
//! written in a loop, everything else by recursion, which the parser bounds.

use super::ast::*;
use crate::source::surrogate;

/// How tightly an expression holds together; a looser one inside a tighter one gets parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    /// The next tighter one.
    fn tighter(self) -> Level {
        use Level::*;
        match self {
            Tuple => Test,
            Test => Or,
            Or => And,
            And => Not,
            Not => Compare,
            Compare => BitOr,
            BitOr => BitXor,
            BitXor => BitAnd,
            BitAnd => Shift,
            Shift => Arith,
            Arith => Term,
            Term => Factor,
            Factor => Power,
            Power => Await,
            Await | Atom => Atom,
        }
    }
}

/// The text of an annotation.
pub fn annotation(expr: &Expr) -> String {
    let mut out = String::new();
    write(&mut out, expr, Level::Test);
    out
}

fn operator(op: BinOp) -> (&'static str, Level) {
    match op {
        BinOp::Add => (" + ", Level::Arith),
        BinOp::Sub => (" - ", Level::Arith),
        BinOp::Mul => (" * ", Level::Term),
        BinOp::MatMul => (" @ ", Level::Term),
        BinOp::Div => (" / ", Level::Term),
        BinOp::FloorDiv => (" // ", Level::Term),
        BinOp::Mod => (" % ", Level::Term),
        BinOp::Pow => (" ** ", Level::Power),
        BinOp::LShift => (" << ", Level::Shift),
        BinOp::RShift => (" >> ", Level::Shift),
        BinOp::BitAnd => (" & ", Level::BitAnd),
        BinOp::BitOr => (" | ", Level::BitOr),
        BinOp::BitXor => (" ^ ", Level::BitXor),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}

/// The part on the left that an expression begins with, and how tight that has to be.
fn left_part(expr: &Expr) -> Option<(&Expr, Level)> {
    match &expr.kind {
        ExprKind::Binary(left, op, _) => {
            let own = operator(*op).1;
            Some((left, if *op == BinOp::Pow { own.tighter() } else { own }))
        }
        ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => Some((value, Level::Atom)),
        ExprKind::Call { func, .. } => Some((func, Level::Atom)),
        _ => None,
    }
}

fn write(out: &mut String, expr: &Expr, level: Level) {
    // The chain from the outermost expression to its leftmost part, with each one's parentheses.
    let mut chain = Vec::new();
    let (mut leftmost, mut level) = (expr, level);
    while let Some((left, inner)) = left_part(leftmost) {
        let loose = matches!(leftmost.kind, ExprKind::Binary(_, op, _) if level > operator(op).1);
        if loose {
            out.push('(');
        }
        chain.push((leftmost, loose));
        (leftmost, level) = (left, inner);
    }
    write_one(out, leftmost, level);
    for (link, loose) in chain.into_iter().rev() {
        write_rest(out, link);
        if loose {
            out.push(')');
        }
    }
}

/// What follows the left part of an expression that has one.
fn write_rest(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Binary(_, op, right) => {
            let (text, own) = operator(*op);
            out.push_str(text);
            write(out, right, if *op == BinOp::Pow { own } else { own.tighter() });
        }
        ExprKind::Attribute { value, attr } => {
            // `1.real` would be a number that goes wrong.
            let space = matches!(value.kind, ExprKind::Int(_) | ExprKind::BigInt(_));
            out.push_str(if space { " ." } else { "." });
            out.push_str(attr.name.as_str());
        }
        ExprKind::Subscript { index, .. } => {
            out.push('[');
            write(out, index, Level::Tuple);
            if let ExprKind::Starred(_) = index.kind {
                out.push(',');
            }
            out.push(']');
        }
        ExprKind::Call { args, .. } => {
            if let [Arg::Positional(only)] = args.as_slice()
                && let ExprKind::Generator(_) = only.kind
            {
                return write(out, only, Level::Test);
            }
            bracketed(out, "(", args, ")", write_arg);
        }
        _ => {}
    }
}

fn write_arg(out: &mut String, arg: &Arg) {
    match arg {
        Arg::Positional(value) => write(out, value, Level::Test),
        Arg::Star(value) => {
            out.push('*');
            write(out, value, Level::BitOr);
        }
        Arg::Keyword(name, value) => {
            out.push_str(name.name.as_str());
            out.push('=');
            write(out, value, Level::Test);
        }
        Arg::DoubleStar(value) => {
            out.push_str("**");
            write(out, value, Level::Test);
        }
    }
}

/// Items with commas between them.
fn bracketed<T>(out: &mut String, open: &str, items: &[T], close: &str, one: impl Fn(&mut String, &T)) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        one(out, item);
    }
    out.push_str(close);
}

/// `inside` in parentheses if `own` is too loose for `level`.
fn grouped(out: &mut String, level: Level, own: Level, inside: impl FnOnce(&mut String)) {
    if level > own {
        out.push('(');
    }
    inside(out);
    if level > own {
        out.push(')');
    }
}

fn write_item(out: &mut String, item: &Expr) {
    write(out, item, Level::Test);
}

/// An expression that does not begin with a part of its own.
fn write_one(out: &mut String, expr: &Expr, level: Level) {
    match &expr.kind {
        ExprKind::None => out.push_str("None"),
        ExprKind::True => out.push_str("True"),
        ExprKind::False => out.push_str("False"),
        ExprKind::Ellipsis => out.push_str("..."),
        ExprKind::Int(n) => out.push_str(&n.to_string()),
        ExprKind::BigInt(digits) => out.push_str(digits),
        ExprKind::Float(x) => out.push_str(&float(*x)),
        ExprKind::Imaginary(x) => out.push_str(&imaginary(*x)),
        ExprKind::Str(text) => out.push_str(&string(text)),
        ExprKind::Bytes(data) => out.push_str(&bytes(data)),
        ExprKind::FString(parts) => {
            let mut text = String::new();
            fstring(&mut text, parts);
            out.push('f');
            out.push_str(&string(&text));
        }
        ExprKind::Name(name) => out.push_str(name.as_str()),
        ExprKind::Tuple(items) if items.is_empty() => out.push_str("()"),
        ExprKind::Tuple(items) => grouped(out, level, Level::Tuple, |out| {
            bracketed(out, "", items, if items.len() == 1 { "," } else { "" }, write_item);
        }),
        ExprKind::List(items) => bracketed(out, "[", items, "]", write_item),
        ExprKind::Set(items) => bracketed(out, "{", items, "}", write_item),
        ExprKind::Dict(items) => bracketed(out, "{", items, "}", |out, (key, value)| match key {
            Some(key) => {
                write(out, key, Level::Test);
                out.push_str(": ");
                write(out, value, Level::Test);
            }
            None => {
                out.push_str("**");
                write(out, value, Level::BitOr);
            }
        }),
        ExprKind::Starred(inner) => {
            out.push('*');
            write(out, inner, Level::BitOr);
        }
        ExprKind::Unary(op, inner) => {
            let (text, own) = match op {
                UnaryOp::Not => ("not ", Level::Not),
                UnaryOp::Neg => ("-", Level::Factor),
                UnaryOp::Pos => ("+", Level::Factor),
                UnaryOp::Invert => ("~", Level::Factor),
            };
            grouped(out, level, own, |out| {
                out.push_str(text);
                write(out, inner, own);
            });
        }
        ExprKind::Bool(op, items) => {
            let (text, own) = match op {
                BoolOp::And => (" and ", Level::And),
                BoolOp::Or => (" or ", Level::Or),
            };
            grouped(out, level, own, |out| {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(text);
                    }
                    write(out, item, own.tighter());
                }
            });
        }
        ExprKind::Compare(first, rest) => grouped(out, level, Level::Compare, |out| {
            write(out, first, Level::BitOr);
            for (op, item) in rest {
                out.push_str(comparison(*op));
                write(out, item, Level::BitOr);
            }
        }),
        ExprKind::IfExp { test, body, orelse } => grouped(out, level, Level::Test, |out| {
            write(out, body, Level::Or);
            out.push_str(" if ");
            write(out, test, Level::Or);
            out.push_str(" else ");
            write(out, orelse, Level::Test);
        }),
        ExprKind::Walrus { target, value } => grouped(out, level, Level::Tuple, |out| {
            out.push_str(target.name.as_str());
            out.push_str(" := ");
            write(out, value, Level::Atom);
        }),
        ExprKind::Lambda(node) => grouped(out, level, Level::Test, |out| {
            out.push_str("lambda");
            params(out, &node.params);
            out.push_str(": ");
            write(out, &node.body, Level::Test);
        }),
        ExprKind::ListComp(node) => comprehension(out, "[", node, "]"),
        ExprKind::SetComp(node) | ExprKind::DictComp(node) => comprehension(out, "{", node, "}"),
        ExprKind::Generator(node) => comprehension(out, "(", node, ")"),
        ExprKind::Await(inner) => grouped(out, level, Level::Await, |out| {
            out.push_str("await ");
            write(out, inner, Level::Atom);
        }),
        ExprKind::Yield(None) => out.push_str("(yield)"),
        ExprKind::Yield(Some(value)) => {
            out.push_str("(yield ");
            write(out, value, Level::Test);
            out.push(')');
        }
        ExprKind::YieldFrom(value) => {
            out.push_str("(yield from ");
            write(out, value, Level::Test);
            out.push(')');
        }
        ExprKind::Slice { lower, upper, step } => {
            if let Some(lower) = lower {
                write(out, lower, Level::Test);
            }
            out.push(':');
            if let Some(upper) = upper {
                write(out, upper, Level::Test);
            }
            if let Some(step) = step {
                out.push(':');
                write(out, step, Level::Test);
            }
        }
        ExprKind::Binary(..)
        | ExprKind::Attribute { .. }
        | ExprKind::Subscript { .. }
        | ExprKind::Call { .. } => write(out, expr, level),
        ExprKind::Error => {}
    }
}

fn comprehension(out: &mut String, open: &str, node: &Comprehension, close: &str) {
    out.push_str(open);
    if let Some(key) = &node.key {
        write(out, key, Level::Test);
        out.push_str(": ");
    }
    write(out, &node.element, Level::Test);
    for clause in &node.clauses {
        out.push_str(if clause.is_async { " async for " } else { " for " });
        write(out, &clause.target, Level::Tuple);
        out.push_str(" in ");
        write(out, &clause.iter, Level::Or);
        for condition in &clause.conditions {
            out.push_str(" if ");
            write(out, condition, Level::Or);
        }
    }
    out.push_str(close);
}

/// The parameters of a lambda.
fn params(out: &mut String, params: &Params) {
    let mut list: Vec<String> = Vec::new();
    let plain = |param: &Param| {
        let mut text = param.name.name.as_str().to_owned();
        if let Some(default) = &param.default {
            text.push('=');
            write(&mut text, default, Level::Test);
        }
        text
    };
    list.extend(params.posonly.iter().map(plain));
    if !params.posonly.is_empty() {
        list.push("/".to_owned());
    }
    list.extend(params.args.iter().map(plain));
    match &params.vararg {
        Some(vararg) => list.push(format!("*{}", vararg.name.name)),
        None if !params.kwonly.is_empty() => list.push("*".to_owned()),
        None => {}
    }
    list.extend(params.kwonly.iter().map(plain));
    list.extend(params.kwarg.iter().map(|kwarg| format!("**{}", kwarg.name.name)));
    // CPython thinks of plain parameters only.
    if !params.args.is_empty() {
        out.push(' ');
    }
    out.push_str(&list.join(", "));
}

/// What stands between the quotes of an f-string.
fn fstring(out: &mut String, parts: &[FStringPart]) {
    for part in parts {
        match part {
            FStringPart::Literal(text) => out.push_str(&text.replace('{', "{{").replace('}', "}}")),
            FStringPart::Field(field) => {
                // `{x=}` is short for its own text and the value after it.
                if let Some(debug) = &field.debug {
                    out.push_str(&debug.replace('{', "{{").replace('}', "}}"));
                }
                let mut value = String::new();
                write(&mut value, &field.value, Level::Or);
                out.push_str(if value.starts_with('{') { "{ " } else { "{" });
                out.push_str(&value);
                match field.conversion {
                    Some(Conversion::Str) => out.push_str("!s"),
                    Some(Conversion::Repr) => out.push_str("!r"),
                    Some(Conversion::Ascii) => out.push_str("!a"),
                    None if field.debug.is_some() && field.spec.is_none() => out.push_str("!r"),
                    None => {}
                }
                if let Some(spec) = &field.spec {
                    out.push(':');
                    fstring(out, spec);
                }
                out.push('}');
            }
        }
    }
}

/// `repr` of a string.
pub fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if c == quote => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ => {
                let code = surrogate::code_of(c);
                let lone = (0xD800..0xE000).contains(&code);
                if !lone && !c.is_control() && !c.is_whitespace() {
                    out.push(c);
                } else if code <= 0xFF {
                    out.push_str(&format!("\\x{code:02x}"));
                } else {
                    out.push_str(&format!("\\u{code:04x}"));
                }
            }
        }
    }
    out.push(quote);
    out
}

/// `repr` of bytes.
pub fn bytes(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in data {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            _ if byte as char == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(byte as char),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// `repr` of a number that a literal can be; one beyond all floats as a literal that is too.
pub fn float(x: f64) -> String {
    if x.is_infinite() {
        return "1e309".to_owned();
    }
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if x != 0.0 && !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{x:?}"),
    }
}

/// `repr` of an imaginary literal: a whole number of `j` has no point.
pub fn imaginary(x: f64) -> String {
    let text = float(x);
    format!("{}j", text.strip_suffix(".0").unwrap_or(&text))
}
