//! Expressions and patterns as CPython's nodes.

use super::repr::{bytes_repr, float_repr, string_repr};
use super::{Context, Dumper, Fields, Item, node, number, text};
use crate::syntax::ast::*;

impl Dumper<'_> {
    pub(super) fn exprs(&self, exprs: &[Expr], context: Context) -> Item {
        Item::List(exprs.iter().map(|e| self.expr(e, context)).collect())
    }

    pub(super) fn optional(&self, expr: Option<&Expr>) -> Item {
        expr.map_or(Item::Absent, |e| self.expr(e, Context::Load))
    }

    pub(super) fn name(&self, name: &Ident, context: Context) -> Item {
        self.placed("Name", vec![("id", text(name.name)), ("ctx", ctx(context))], name.span)
    }

    pub(super) fn expr(&self, expr: &Expr, context: Context) -> Item {
        use Context::Load;
        let load = |e: &Expr| self.expr(e, Load);
        let constant = |text: &str| ("Constant", vec![("value", Item::Repr(text.to_owned()))]);
        let (name, fields): (&'static str, Fields) = match &expr.kind {
            ExprKind::None => constant("None"),
            ExprKind::True => constant("True"),
            ExprKind::False => constant("False"),
            ExprKind::Ellipsis => constant("Ellipsis"),
            ExprKind::Int(value) => constant(&value.to_string()),
            ExprKind::BigInt(digits) => constant(digits),
            ExprKind::Float(value) => constant(&float_repr(*value)),
            ExprKind::Imaginary(value) => {
                let real = float_repr(*value);
                constant(&format!("{}j", real.strip_suffix(".0").unwrap_or(&real)))
            }
            ExprKind::Str(value) => constant(&string_repr(value)),
            ExprKind::Bytes(value) => constant(&bytes_repr(value)),
            ExprKind::FString(parts) => ("JoinedStr", vec![("values", self.fstring(parts))]),
            ExprKind::Name(name) => ("Name", vec![("id", text(*name)), ("ctx", ctx(context))]),
            ExprKind::Tuple(items) => {
                ("Tuple", vec![("elts", self.exprs(items, context)), ("ctx", ctx(context))])
            }
            ExprKind::List(items) => {
                ("List", vec![("elts", self.exprs(items, context)), ("ctx", ctx(context))])
            }
            ExprKind::Set(items) => ("Set", vec![("elts", self.exprs(items, Load))]),
            ExprKind::Dict(pairs) => {
                let keys = pairs.iter().map(|(key, _)| self.optional(key.as_ref())).collect();
                let values = pairs.iter().map(|(_, value)| load(value)).collect();
                ("Dict", vec![("keys", Item::List(keys)), ("values", Item::List(values))])
            }
            ExprKind::Starred(value) => {
                ("Starred", vec![("value", self.expr(value, context)), ("ctx", ctx(context))])
            }
            ExprKind::Unary(op, operand) => {
                let op = match op {
                    UnaryOp::Not => "Not",
                    UnaryOp::Neg => "USub",
                    UnaryOp::Pos => "UAdd",
                    UnaryOp::Invert => "Invert",
                };
                ("UnaryOp", vec![("op", node(op, vec![])), ("operand", load(operand))])
            }
            ExprKind::Binary(left, op, right) => {
                ("BinOp", vec![("left", load(left)), ("op", binary(*op)), ("right", load(right))])
            }
            ExprKind::Bool(op, values) => {
                let op = match op {
                    BoolOp::And => "And",
                    BoolOp::Or => "Or",
                };
                ("BoolOp", vec![("op", node(op, vec![])), ("values", self.exprs(values, Load))])
            }
            ExprKind::Compare(first, rest) => (
                "Compare",
                vec![
                    ("left", load(first)),
                    ("ops", Item::List(rest.iter().map(|(op, _)| comparison(*op)).collect())),
                    ("comparators", Item::List(rest.iter().map(|(_, e)| load(e)).collect())),
                ],
            ),
            ExprKind::IfExp { test, body, orelse } => {
                ("IfExp", vec![("test", load(test)), ("body", load(body)), ("orelse", load(orelse))])
            }
            ExprKind::Walrus { target, value } => {
                ("NamedExpr", vec![("target", self.name(target, Context::Store)), ("value", load(value))])
            }
            ExprKind::Lambda(lambda) => {
                ("Lambda", vec![("args", self.params(&lambda.params)), ("body", load(&lambda.body))])
            }
            ExprKind::ListComp(comprehension) => self.comprehension("ListComp", comprehension),
            ExprKind::SetComp(comprehension) => self.comprehension("SetComp", comprehension),
            ExprKind::DictComp(comprehension) => self.comprehension("DictComp", comprehension),
            ExprKind::Generator(comprehension) => self.comprehension("GeneratorExp", comprehension),
            ExprKind::Await(value) => ("Await", vec![("value", load(value))]),
            ExprKind::Yield(value) => ("Yield", vec![("value", self.optional(value.as_deref()))]),
            ExprKind::YieldFrom(value) => ("YieldFrom", vec![("value", load(value))]),
            ExprKind::Call { func, args } => {
                let (args, keywords) = self.arguments(args);
                ("Call", vec![("func", load(func)), ("args", args), ("keywords", keywords)])
            }
            ExprKind::Attribute { value, attr } => {
                ("Attribute", vec![("value", load(value)), ("attr", text(attr.name)), ("ctx", ctx(context))])
            }
            ExprKind::Subscript { value, index } => {
                ("Subscript", vec![("value", load(value)), ("slice", load(index)), ("ctx", ctx(context))])
            }
            ExprKind::Slice { lower, upper, step } => (
                "Slice",
                vec![
                    ("lower", self.optional(lower.as_deref())),
                    ("upper", self.optional(upper.as_deref())),
                    ("step", self.optional(step.as_deref())),
                ],
            ),
            ExprKind::Error => ("Error", vec![]),
        };
        self.placed(name, fields, expr.span)
    }

    pub(super) fn comprehension(
        &self,
        name: &'static str,
        comprehension: &Comprehension,
    ) -> (&'static str, Fields) {
        let clauses = comprehension
            .clauses
            .iter()
            .map(|clause| {
                node(
                    "comprehension",
                    vec![
                        ("target", self.expr(&clause.target, Context::Store)),
                        ("iter", self.expr(&clause.iter, Context::Load)),
                        ("ifs", self.exprs(&clause.conditions, Context::Load)),
                        ("is_async", number(u8::from(clause.is_async))),
                    ],
                )
            })
            .collect();
        let element = self.expr(&comprehension.element, Context::Load);
        let fields = match &comprehension.key {
            Some(key) => vec![
                ("key", self.expr(key, Context::Load)),
                ("value", element),
                ("generators", Item::List(clauses)),
            ],
            None => vec![("elt", element), ("generators", Item::List(clauses))],
        };
        (name, fields)
    }

    /// CPython writes `{value=}` as literal text and a field; texts that meet are one.
    pub(super) fn fstring(&self, parts: &[FStringPart]) -> Item {
        let mut values = Vec::new();
        let mut literal = String::new();
        let flush = |values: &mut Vec<Item>, literal: &mut String| {
            if !literal.is_empty() {
                values.push(node("Constant", vec![("value", Item::Repr(string_repr(literal)))]));
                literal.clear();
            }
        };
        for part in parts {
            match part {
                FStringPart::Literal(text) => literal.push_str(text),
                FStringPart::Field(field) => {
                    if let Some(debug) = &field.debug {
                        literal.push_str(debug);
                    }
                    flush(&mut values, &mut literal);
                    let conversion = match field.conversion {
                        Some(Conversion::Str) => 115,
                        Some(Conversion::Repr) => 114,
                        Some(Conversion::Ascii) => 97,
                        None if field.debug.is_some() && field.spec.is_none() => 114,
                        None => -1,
                    };
                    let spec = field
                        .spec
                        .as_ref()
                        .map_or(Item::Absent, |spec| node("JoinedStr", vec![("values", self.fstring(spec))]));
                    values.push(node(
                        "FormattedValue",
                        vec![
                            ("value", self.expr(&field.value, Context::Load)),
                            ("conversion", number(conversion)),
                            ("format_spec", spec),
                        ],
                    ));
                }
            }
        }
        flush(&mut values, &mut literal);
        Item::List(values)
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> Item {
        let patterns = |patterns: &[Pattern]| Item::List(patterns.iter().map(|p| self.pattern(p)).collect());
        let name_of = |name: &Option<Ident>| name.as_ref().map_or(Item::Absent, |n| text(n.name));
        let (name, fields): (&'static str, Fields) = match &pattern.kind {
            PatternKind::Value(value) => ("MatchValue", vec![("value", self.expr(value, Context::Load))]),
            PatternKind::Singleton(value) => {
                let value = match value.kind {
                    ExprKind::True => "True",
                    ExprKind::False => "False",
                    _ => "None",
                };
                ("MatchSingleton", vec![("value", Item::Repr(value.into()))])
            }
            PatternKind::Sequence(items) => ("MatchSequence", vec![("patterns", patterns(items))]),
            PatternKind::Star(name) => ("MatchStar", vec![("name", name_of(name))]),
            PatternKind::Mapping { entries, rest } => (
                "MatchMapping",
                vec![
                    (
                        "keys",
                        Item::List(entries.iter().map(|(key, _)| self.expr(key, Context::Load)).collect()),
                    ),
                    ("patterns", Item::List(entries.iter().map(|(_, p)| self.pattern(p)).collect())),
                    ("rest", name_of(rest)),
                ],
            ),
            PatternKind::Class { class, patterns: positional, keywords } => (
                "MatchClass",
                vec![
                    ("cls", self.expr(class, Context::Load)),
                    ("patterns", patterns(positional)),
                    ("kwd_attrs", Item::List(keywords.iter().map(|(n, _)| text(n.name)).collect())),
                    ("kwd_patterns", Item::List(keywords.iter().map(|(_, p)| self.pattern(p)).collect())),
                ],
            ),
            PatternKind::As { pattern, name } => (
                "MatchAs",
                vec![
                    ("pattern", pattern.as_ref().map_or(Item::Absent, |p| self.pattern(p))),
                    ("name", name_of(name)),
                ],
            ),
            PatternKind::Or(alternatives) => ("MatchOr", vec![("patterns", patterns(alternatives))]),
        };
        self.placed(name, fields, pattern.span)
    }
}

fn ctx(context: Context) -> Item {
    node(
        match context {
            Context::Load => "Load",
            Context::Store => "Store",
            Context::Del => "Del",
        },
        vec![],
    )
}

pub(super) fn binary(op: BinOp) -> Item {
    node(
        match op {
            BinOp::Add => "Add",
            BinOp::Sub => "Sub",
            BinOp::Mul => "Mult",
            BinOp::MatMul => "MatMult",
            BinOp::Div => "Div",
            BinOp::FloorDiv => "FloorDiv",
            BinOp::Mod => "Mod",
            BinOp::Pow => "Pow",
            BinOp::LShift => "LShift",
            BinOp::RShift => "RShift",
            BinOp::BitAnd => "BitAnd",
            BinOp::BitOr => "BitOr",
            BinOp::BitXor => "BitXor",
        },
        vec![],
    )
}

fn comparison(op: CmpOp) -> Item {
    node(
        match op {
            CmpOp::Eq => "Eq",
            CmpOp::NotEq => "NotEq",
            CmpOp::Lt => "Lt",
            CmpOp::LtE => "LtE",
            CmpOp::Gt => "Gt",
            CmpOp::GtE => "GtE",
            CmpOp::Is => "Is",
            CmpOp::IsNot => "IsNot",
            CmpOp::In => "In",
            CmpOp::NotIn => "NotIn",
        },
        vec![],
    )
}
