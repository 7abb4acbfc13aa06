//! Expressions as text again: what CPython keeps of an annotation under `from __future__ import
//! annotations`.
//!
//! The text has one form whatever the source looked like: spaces around operators, single quotes
//! where they do, and only the parentheses that the tree needs. [`Level`] is the order of binding:
//! an expression that binds less than its place asks for gets parentheses. The tree's other text,
//! for tests, is in `dump`.

use super::ast::*;
use super::dump::{bytes_repr, float_repr, string_repr};

/// How tightly something binds, loosest first.
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
    Sum,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn tighter(self) -> Level {
        match self {
            Level::Tuple => Level::Test,
            Level::Test => Level::Or,
            Level::Or => Level::And,
            Level::And => Level::Not,
            Level::Not => Level::Compare,
            Level::Compare => Level::BitOr,
            Level::BitOr => Level::BitXor,
            Level::BitXor => Level::BitAnd,
            Level::BitAnd => Level::Shift,
            Level::Shift => Level::Sum,
            Level::Sum => Level::Term,
            Level::Term => Level::Factor,
            Level::Factor => Level::Power,
            Level::Power => Level::Await,
            Level::Await | Level::Atom => Level::Atom,
        }
    }
}

/// The text of an annotation.
pub fn annotation(expr: &Expr) -> String {
    let mut out = String::new();
    write(&mut out, expr, Level::Test);
    out
}

fn write(out: &mut String, expr: &Expr, level: Level) {
    let own = own_level(expr);
    if own < level {
        out.push('(');
        bare(out, expr, own);
        out.push(')');
    } else {
        bare(out, expr, own);
    }
}

fn own_level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::Tuple(items) if !items.is_empty() => Level::Tuple,
        ExprKind::Walrus { .. } => Level::Tuple,
        ExprKind::IfExp { .. } | ExprKind::Lambda(_) => Level::Test,
        ExprKind::Bool(BoolOp::Or, _) => Level::Or,
        ExprKind::Bool(BoolOp::And, _) => Level::And,
        ExprKind::Unary(UnaryOp::Not, _) => Level::Not,
        ExprKind::Compare(..) => Level::Compare,
        ExprKind::Binary(_, op, _) => binary(*op).1,
        ExprKind::Unary(..) => Level::Factor,
        ExprKind::Await(_) => Level::Await,
        // All others are closed by themselves.
        _ => Level::Atom,
    }
}

fn binary(op: BinOp) -> (&'static str, Level) {
    match op {
        BinOp::Add => (" + ", Level::Sum),
        BinOp::Sub => (" - ", Level::Sum),
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

/// Without parentheses around the whole, but for those that are always there.
fn bare(out: &mut String, expr: &Expr, own: Level) {
    match &expr.kind {
        ExprKind::None => out.push_str("None"),
        ExprKind::True => out.push_str("True"),
        ExprKind::False => out.push_str("False"),
        ExprKind::Ellipsis => out.push_str("..."),
        ExprKind::Int(n) => out.push_str(&n.to_string()),
        ExprKind::BigInt(digits) => out.push_str(digits),
        ExprKind::Float(x) => out.push_str(&float_text(*x)),
        ExprKind::Imaginary(x) => {
            let text = float_text(*x);
            out.push_str(text.strip_suffix(".0").unwrap_or(&text));
            out.push('j');
        }
        ExprKind::Str(text) => out.push_str(&quoted(text)),
        ExprKind::Bytes(data) => out.push_str(&bytes_repr(data)),
        ExprKind::FString(parts) => {
            let mut inner = String::new();
            fstring(&mut inner, parts);
            out.push('f');
            out.push_str(&quoted(&inner));
        }
        ExprKind::Name(name) => out.push_str(name.as_str()),
        ExprKind::Tuple(items) => {
            if items.is_empty() {
                out.push_str("()");
            }
            list(out, items);
            if items.len() == 1 {
                out.push(',');
            }
        }
        ExprKind::List(items) => closed(out, '[', ']', |out| list(out, items)),
        ExprKind::Set(items) => closed(out, '{', '}', |out| list(out, items)),
        ExprKind::Dict(items) => closed(out, '{', '}', |out| {
            separated(out, items, |out, (key, value)| match key {
                Some(key) => {
                    write(out, key, Level::Test);
                    out.push_str(": ");
                    write(out, value, Level::Test);
                }
                None => {
                    out.push_str("**");
                    write(out, value, Level::BitOr);
                }
            });
        }),
        ExprKind::Starred(value) => {
            out.push('*');
            write(out, value, Level::BitOr);
        }
        ExprKind::Unary(op, value) => {
            out.push_str(match op {
                UnaryOp::Not => "not ",
                UnaryOp::Neg => "-",
                UnaryOp::Pos => "+",
                UnaryOp::Invert => "~",
            });
            write(out, value, own);
        }
        ExprKind::Binary(left, op, right) => {
            let (symbol, _) = binary(*op);
            let (before, after) = if *op == BinOp::Pow { (own.tighter(), own) } else { (own, own.tighter()) };
            write(out, left, before);
            out.push_str(symbol);
            write(out, right, after);
        }
        ExprKind::Bool(op, operands) => {
            let word = if *op == BoolOp::And { " and " } else { " or " };
            for (i, operand) in operands.iter().enumerate() {
                if i > 0 {
                    out.push_str(word);
                }
                write(out, operand, own.tighter());
            }
        }
        ExprKind::Compare(first, rest) => {
            write(out, first, own.tighter());
            for (op, operand) in rest {
                out.push_str(comparison(*op));
                write(out, operand, own.tighter());
            }
        }
        ExprKind::IfExp { test, body, orelse } => {
            write(out, body, Level::Or);
            out.push_str(" if ");
            write(out, test, Level::Or);
            out.push_str(" else ");
            write(out, orelse, Level::Test);
        }
        ExprKind::Walrus { target, value } => {
            out.push_str(target.name.as_str());
            out.push_str(" := ");
            write(out, value, Level::Atom);
        }
        ExprKind::Lambda(lambda) => {
            let params = &lambda.params;
            // CPython leaves the space out where no plain parameter comes first.
            let plain = !params.posonly.is_empty() || !params.args.is_empty();
            out.push_str(if plain { "lambda " } else { "lambda" });
            parameters(out, params);
            out.push_str(": ");
            write(out, &lambda.body, Level::Test);
        }
        ExprKind::ListComp(node) => closed(out, '[', ']', |out| comprehension(out, node)),
        ExprKind::SetComp(node) | ExprKind::DictComp(node) => {
            closed(out, '{', '}', |out| comprehension(out, node));
        }
        ExprKind::Generator(node) => closed(out, '(', ')', |out| comprehension(out, node)),
        ExprKind::Await(value) => {
            out.push_str("await ");
            write(out, value, Level::Atom);
        }
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
        ExprKind::Call { func, args } => {
            write(out, func, Level::Atom);
            match args.as_slice() {
                [Arg::Positional(only)] if matches!(only.kind, ExprKind::Generator(_)) => {
                    write(out, only, Level::Atom);
                }
                args => closed(out, '(', ')', |out| arguments(out, args)),
            }
        }
        ExprKind::Attribute { value, attr } => {
            write(out, value, Level::Atom);
            let number = matches!(value.kind, ExprKind::Int(_) | ExprKind::BigInt(_));
            out.push_str(if number { " ." } else { "." });
            out.push_str(attr.name.as_str());
        }
        ExprKind::Subscript { value, index } => {
            write(out, value, Level::Atom);
            closed(out, '[', ']', |out| write(out, index, Level::Tuple));
        }
        ExprKind::Slice { lower, upper, step } => {
            let part = |out: &mut String, part: &Option<Box<Expr>>| {
                if let Some(part) = part {
                    write(out, part, Level::Test);
                }
            };
            part(out, lower);
            out.push(':');
            part(out, upper);
            if step.is_some() {
                out.push(':');
                part(out, step);
            }
        }
        // An error has been reported; this text is never run.
        ExprKind::Error => {}
    }
}

fn closed(out: &mut String, open: char, close: char, inner: impl FnOnce(&mut String)) {
    out.push(open);
    inner(out);
    out.push(close);
}

fn separated<T>(out: &mut String, items: &[T], mut each: impl FnMut(&mut String, &T)) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        each(out, item);
    }
}

fn list(out: &mut String, items: &[Expr]) {
    separated(out, items, |out, item| write(out, item, Level::Test));
}

/// The positional arguments, then those with names, whatever their order was.
fn arguments(out: &mut String, args: &[Arg]) {
    let named = |arg: &&Arg| matches!(arg, Arg::Keyword(..) | Arg::DoubleStar(_));
    let ordered: Vec<&Arg> = args.iter().filter(|arg| !named(arg)).chain(args.iter().filter(named)).collect();
    separated(out, &ordered, |out, arg| match arg {
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
    });
}

fn parameters(out: &mut String, params: &Params) {
    let mut parts: Vec<String> = Vec::new();
    let plain = |param: &Param| {
        let mut text = param.name.name.as_str().to_owned();
        if let Some(default) = &param.default {
            text.push('=');
            write(&mut text, default, Level::Test);
        }
        text
    };
    parts.extend(params.posonly.iter().map(plain));
    if !params.posonly.is_empty() {
        parts.push("/".to_owned());
    }
    parts.extend(params.args.iter().map(plain));
    match &params.vararg {
        Some(rest) => parts.push(format!("*{}", rest.name.name.as_str())),
        None if !params.kwonly.is_empty() => parts.push("*".to_owned()),
        None => {}
    }
    parts.extend(params.kwonly.iter().map(plain));
    if let Some(rest) = &params.kwarg {
        parts.push(format!("**{}", rest.name.name.as_str()));
    }
    out.push_str(&parts.join(", "));
}

fn comprehension(out: &mut String, node: &Comprehension) {
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
}

/// What stands between the quotes of an f-string, before it is quoted.
fn fstring(out: &mut String, parts: &[FStringPart]) {
    for part in parts {
        match part {
            FStringPart::Literal(text) => out.push_str(&text.replace('{', "{{").replace('}', "}}")),
            FStringPart::Field(field) => {
                if let Some(debug) = &field.debug {
                    out.push_str(&debug.replace('{', "{{").replace('}', "}}"));
                }
                let mut value = String::new();
                write(&mut value, &field.value, Level::Or);
                // Two braces would be one that is no field.
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

/// A number that no float can hold is written as one that none can either.
fn float_text(x: f64) -> String {
    if x.is_infinite() { "1e309".to_owned() } else { float_repr(x) }
}

/// Python's `repr()` of a string: only what cannot be shown is escaped.
fn quoted(text: &str) -> String {
    string_repr(text, |c| c.escape_debug().count() == 1)
}
