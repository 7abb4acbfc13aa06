//! Prints a tree exactly as CPython prints its own: the text of
//! `ast.dump(ast.parse(source), indent=1)`, with non-ASCII characters escaped and without the
//! `kind` of string constants. With positions, the nodes that have a span in both trees show
//! `lineno`, `col_offset`, `end_lineno` and `end_col_offset` as CPython counts them.

use super::ast::*;
use crate::source::{LineIndex, Name, Span, surrogate};
use std::fmt::Write;

/// The dump of a module.
pub fn dump(module: &Module) -> String {
    Dumper { source: "", lines: None }.module(module)
}

/// The dump of a module, with the positions of its nodes in `source`.
pub fn dump_with_positions(module: &Module, source: &str) -> String {
    let lines = LineIndex::new(source);
    Dumper { source, lines: Some(&lines) }.module(module)
}

/// CPython's view of a tree: nodes with named fields, lists, and values by their `repr`.
enum Item {
    Node(&'static str, Vec<(&'static str, Item)>),
    List(Vec<Item>),
    Repr(String),
    Absent,
}

impl Item {
    /// Writes the item as `ast.dump` does; true when CPython calls it simple.
    fn write(&self, out: &mut String, level: usize) -> bool {
        let level = level + 1;
        match self {
            Item::Repr(text) => {
                out.push_str(text);
                true
            }
            Item::Absent => {
                out.push_str("None");
                true
            }
            Item::List(items) if items.is_empty() => {
                out.push_str("[]");
                true
            }
            Item::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    newline(out, level);
                    item.write(out, level);
                }
                out.push(']');
                false
            }
            Item::Node(name, fields) => {
                let shown: Vec<_> = fields
                    .iter()
                    .filter(|(_, item)| match item {
                        Item::Absent => false,
                        Item::List(items) => !items.is_empty(),
                        Item::Node(..) | Item::Repr(_) => true,
                    })
                    .collect();
                // Whether it fits on one line is known only once the fields are written.
                let mut simple = true;
                let texts: Vec<String> = shown
                    .iter()
                    .map(|(field, item)| {
                        let mut text = format!("{field}=");
                        simple &= item.write(&mut text, level);
                        text
                    })
                    .collect();
                out.push_str(name);
                out.push('(');
                if simple && texts.len() <= 3 {
                    out.push_str(&texts.join(", "));
                    out.push(')');
                    return texts.is_empty();
                }
                for (i, text) in texts.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    newline(out, level);
                    out.push_str(text);
                }
                out.push(')');
                false
            }
        }
    }
}

fn newline(out: &mut String, level: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', level));
}

#[derive(Clone, Copy)]
enum Context {
    Load,
    Store,
    Del,
}

struct Dumper<'t> {
    source: &'t str,
    lines: Option<&'t LineIndex>,
}

type Fields = Vec<(&'static str, Item)>;

fn node(name: &'static str, fields: Fields) -> Item {
    Item::Node(name, fields)
}

fn text(name: Name) -> Item {
    Item::Repr(string_repr(name.as_str(), |_| false))
}

fn number(value: impl ToString) -> Item {
    Item::Repr(value.to_string())
}

impl Dumper<'_> {
    fn module(&self, module: &Module) -> String {
        let mut out = String::new();
        node("Module", vec![("body", self.block(&module.body))]).write(&mut out, 0);
        out
    }

    /// Adds CPython's position attributes.
    fn placed(&self, name: &'static str, mut fields: Fields, span: Span) -> Item {
        if let Some(lines) = self.lines {
            let at = |offset: u32| {
                let line = lines.line(offset);
                let mut start = lines.line_start(line).unwrap_or(0);
                // CPython does not see the byte order mark.
                if line == 1 && self.source.starts_with('\u{feff}') {
                    start += 3;
                }
                (line, offset.saturating_sub(start))
            };
            let ((line, column), (end_line, end_column)) = (at(span.start), at(span.end));
            fields.push(("lineno", number(line)));
            fields.push(("col_offset", number(column)));
            fields.push(("end_lineno", number(end_line)));
            fields.push(("end_col_offset", number(end_column)));
        }
        node(name, fields)
    }

    fn block(&self, body: &[Stmt]) -> Item {
        Item::List(body.iter().map(|s| self.statement(s)).collect())
    }

    fn statement(&self, statement: &Stmt) -> Item {
        use Context::{Del, Load, Store};
        let load = |e: &Expr| self.expr(e, Load);
        let (name, fields): (&'static str, Fields) = match &statement.kind {
            StmtKind::Expr(value) => ("Expr", vec![("value", load(value))]),
            StmtKind::Assign { targets, value } => {
                ("Assign", vec![("targets", self.exprs(targets, Store)), ("value", load(value))])
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => (
                "AnnAssign",
                vec![
                    ("target", self.expr(target, Store)),
                    ("annotation", load(annotation)),
                    ("value", self.optional(value.as_ref())),
                    ("simple", number(u8::from(*simple))),
                ],
            ),
            StmtKind::AugAssign { target, op, value } => (
                "AugAssign",
                vec![("target", self.expr(target, Store)), ("op", binary(*op)), ("value", load(value))],
            ),
            StmtKind::TypeAlias { name, type_params, value } => (
                "TypeAlias",
                vec![
                    ("name", self.name(name, Store)),
                    ("type_params", self.type_params(type_params)),
                    ("value", load(value)),
                ],
            ),
            StmtKind::Return(value) => ("Return", vec![("value", self.optional(value.as_ref()))]),
            StmtKind::Delete(targets) => ("Delete", vec![("targets", self.exprs(targets, Del))]),
            StmtKind::Raise { exc, cause } => (
                "Raise",
                vec![("exc", self.optional(exc.as_ref())), ("cause", self.optional(cause.as_ref()))],
            ),
            StmtKind::Assert { test, msg } => {
                ("Assert", vec![("test", load(test)), ("msg", self.optional(msg.as_ref()))])
            }
            StmtKind::Global(names) => ("Global", vec![("names", names_of(names))]),
            StmtKind::Nonlocal(names) => ("Nonlocal", vec![("names", names_of(names))]),
            StmtKind::Import(names) => ("Import", vec![("names", self.aliases(names))]),
            StmtKind::ImportFrom { module, names, level } => (
                "ImportFrom",
                vec![
                    ("module", module.as_ref().map_or(Item::Absent, |m| text(m.name))),
                    (
                        "names",
                        match names {
                            ImportNames::Star(span) => Item::List(vec![self.placed(
                                "alias",
                                vec![("name", Item::Repr("'*'".into()))],
                                *span,
                            )]),
                            ImportNames::Names(names) => self.aliases(names),
                        },
                    ),
                    ("level", number(level)),
                ],
            ),
            StmtKind::Pass => ("Pass", vec![]),
            StmtKind::Break => ("Break", vec![]),
            StmtKind::Continue => ("Continue", vec![]),
            StmtKind::If { test, body, orelse } => {
                ("If", vec![("test", load(test)), ("body", self.block(body)), ("orelse", self.block(orelse))])
            }
            StmtKind::While { test, body, orelse } => (
                "While",
                vec![("test", load(test)), ("body", self.block(body)), ("orelse", self.block(orelse))],
            ),
            StmtKind::For { target, iter, body, orelse, is_async } => (
                if *is_async { "AsyncFor" } else { "For" },
                vec![
                    ("target", self.expr(target, Store)),
                    ("iter", load(iter)),
                    ("body", self.block(body)),
                    ("orelse", self.block(orelse)),
                ],
            ),
            StmtKind::With { items, body, is_async } => (
                if *is_async { "AsyncWith" } else { "With" },
                vec![
                    (
                        "items",
                        Item::List(
                            items
                                .iter()
                                .map(|item| {
                                    let target = item.target.as_ref();
                                    node(
                                        "withitem",
                                        vec![
                                            ("context_expr", load(&item.context)),
                                            (
                                                "optional_vars",
                                                target.map_or(Item::Absent, |t| self.expr(t, Store)),
                                            ),
                                        ],
                                    )
                                })
                                .collect(),
                        ),
                    ),
                    ("body", self.block(body)),
                ],
            ),
            StmtKind::Try(statement) => (
                if statement.is_star { "TryStar" } else { "Try" },
                vec![
                    ("body", self.block(&statement.body)),
                    ("handlers", Item::List(statement.handlers.iter().map(|h| self.handler(h)).collect())),
                    ("orelse", self.block(&statement.orelse)),
                    ("finalbody", self.block(&statement.finalbody)),
                ],
            ),
            StmtKind::Match { subject, cases } => (
                "Match",
                vec![
                    ("subject", load(subject)),
                    (
                        "cases",
                        Item::List(
                            cases
                                .iter()
                                .map(|case| {
                                    node(
                                        "match_case",
                                        vec![
                                            ("pattern", self.pattern(&case.pattern)),
                                            ("guard", self.optional(case.guard.as_ref())),
                                            ("body", self.block(&case.body)),
                                        ],
                                    )
                                })
                                .collect(),
                        ),
                    ),
                ],
            ),
            StmtKind::FunctionDef(function) => (
                if function.is_async { "AsyncFunctionDef" } else { "FunctionDef" },
                vec![
                    ("name", text(function.name.name)),
                    ("args", self.params(&function.params)),
                    ("body", self.block(&function.body)),
                    ("decorator_list", self.exprs(&function.decorators, Load)),
                    ("returns", self.optional(function.returns.as_ref())),
                    ("type_params", self.type_params(&function.type_params)),
                ],
            ),
            StmtKind::ClassDef(class) => {
                let (bases, keywords) = self.arguments(&class.args);
                (
                    "ClassDef",
                    vec![
                        ("name", text(class.name.name)),
                        ("bases", bases),
                        ("keywords", keywords),
                        ("body", self.block(&class.body)),
                        ("decorator_list", self.exprs(&class.decorators, Load)),
                        ("type_params", self.type_params(&class.type_params)),
                    ],
                )
            }
            StmtKind::Error => ("Error", vec![]),
        };
        self.placed(name, fields, statement.span)
    }

    fn aliases(&self, names: &[Alias]) -> Item {
        Item::List(
            names
                .iter()
                .map(|alias| {
                    let asname = alias.asname.as_ref().map_or(Item::Absent, |n| text(n.name));
                    self.placed(
                        "alias",
                        vec![("name", text(alias.name.name)), ("asname", asname)],
                        alias.span,
                    )
                })
                .collect(),
        )
    }

    fn handler(&self, handler: &ExceptHandler) -> Item {
        self.placed(
            "ExceptHandler",
            vec![
                ("type", self.optional(handler.typ.as_ref())),
                ("name", handler.name.as_ref().map_or(Item::Absent, |n| text(n.name))),
                ("body", self.block(&handler.body)),
            ],
            handler.span,
        )
    }

    fn type_params(&self, params: &[TypeParam]) -> Item {
        Item::List(
            params
                .iter()
                .map(|param| {
                    let (name, bound) = match param.kind {
                        TypeParamKind::TypeVar => ("TypeVar", self.optional(param.bound.as_ref())),
                        TypeParamKind::TypeVarTuple => ("TypeVarTuple", Item::Absent),
                        TypeParamKind::ParamSpec => ("ParamSpec", Item::Absent),
                    };
                    self.placed(
                        name,
                        vec![
                            ("name", text(param.name.name)),
                            ("bound", bound),
                            ("default_value", self.optional(param.default.as_ref())),
                        ],
                        param.span,
                    )
                })
                .collect(),
        )
    }

    fn params(&self, params: &Params) -> Item {
        let list = |params: &[Param]| Item::List(params.iter().map(|p| self.param(p)).collect());
        let one = |param: &Option<Param>| param.as_ref().map_or(Item::Absent, |p| self.param(p));
        let defaults = params.posonly.iter().chain(&params.args).filter_map(|p| p.default.as_ref());
        node(
            "arguments",
            vec![
                ("posonlyargs", list(&params.posonly)),
                ("args", list(&params.args)),
                ("vararg", one(&params.vararg)),
                ("kwonlyargs", list(&params.kwonly)),
                (
                    "kw_defaults",
                    Item::List(params.kwonly.iter().map(|p| self.optional(p.default.as_ref())).collect()),
                ),
                ("kwarg", one(&params.kwarg)),
                ("defaults", Item::List(defaults.map(|e| self.expr(e, Context::Load)).collect())),
            ],
        )
    }

    fn param(&self, param: &Param) -> Item {
        let fields =
            vec![("arg", text(param.name.name)), ("annotation", self.optional(param.annotation.as_ref()))];
        node("arg", fields)
    }

    fn arguments(&self, args: &[Arg]) -> (Item, Item) {
        let mut positional = Vec::new();
        let mut keywords = Vec::new();
        for arg in args {
            match arg {
                Arg::Positional(value) => positional.push(self.expr(value, Context::Load)),
                Arg::Star(value) => positional.push(node(
                    "Starred",
                    vec![("value", self.expr(value, Context::Load)), ("ctx", node("Load", vec![]))],
                )),
                Arg::Keyword(name, value) => keywords.push(node(
                    "keyword",
                    vec![("arg", text(name.name)), ("value", self.expr(value, Context::Load))],
                )),
                Arg::DoubleStar(value) => {
                    keywords.push(node("keyword", vec![("value", self.expr(value, Context::Load))]));
                }
            }
        }
        (Item::List(positional), Item::List(keywords))
    }

    fn exprs(&self, exprs: &[Expr], context: Context) -> Item {
        Item::List(exprs.iter().map(|e| self.expr(e, context)).collect())
    }

    fn optional(&self, expr: Option<&Expr>) -> Item {
        expr.map_or(Item::Absent, |e| self.expr(e, Context::Load))
    }

    fn name(&self, name: &Ident, context: Context) -> Item {
        self.placed("Name", vec![("id", text(name.name)), ("ctx", ctx(context))], name.span)
    }

    fn expr(&self, expr: &Expr, context: Context) -> Item {
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
            ExprKind::Str(value) => constant(&string_repr(value, |_| false)),
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

    fn comprehension(&self, name: &'static str, comprehension: &Comprehension) -> (&'static str, Fields) {
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
    fn fstring(&self, parts: &[FStringPart]) -> Item {
        let mut values = Vec::new();
        let mut literal = String::new();
        let flush = |values: &mut Vec<Item>, literal: &mut String| {
            if !literal.is_empty() {
                values.push(node("Constant", vec![("value", Item::Repr(string_repr(literal, |_| false)))]));
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

    fn pattern(&self, pattern: &Pattern) -> Item {
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

fn names_of(names: &[Ident]) -> Item {
    Item::List(names.iter().map(|n| text(n.name)).collect())
}

fn binary(op: BinOp) -> Item {
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

/// Python's `repr()` of a string, with the characters beyond ASCII that `keep` lets stand; with none it is
/// `ascii()`.
pub(super) fn string_repr(value: &str, keep: fn(char) -> bool) -> String {
    let quote = if value.contains('\'') && !value.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(value.len() + 2);
    out.push(quote);
    for c in value.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if !c.is_ascii() && keep(c) => out.push(c),
            c => {
                // Writing to a string does not fail.
                let _ = match surrogate::code_of(c) {
                    code @ 0..=0xff => write!(out, "\\x{code:02x}"),
                    code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

pub(super) fn bytes_repr(value: &[u8]) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in value {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            byte if byte as char == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(byte as char),
            byte => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}

/// Python's `repr()` of a float.
pub(super) fn float_repr(value: f64) -> String {
    if value.is_infinite() {
        return "inf".into();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}
