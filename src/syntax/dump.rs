//! Prints a tree exactly as CPython prints its own: the text of
//! `ast.dump(ast.parse(source), indent=1)`, with non-ASCII characters escaped and without the
//! `kind` of string constants. With positions, the nodes that have a span in both trees show
//! `lineno`, `col_offset`, `end_lineno` and `end_col_offset` as CPython counts them.

mod expressions;
mod repr;

use super::ast::*;
use crate::source::{LineIndex, Name, Span};
use expressions::binary;
use repr::string_repr;

/// The dump of a module.
pub fn dump(module: &Module) -> String {
    Dumper { lines: None }.module(module)
}

/// The dump of a module, with the positions of its nodes in `source`.
pub fn dump_with_positions(module: &Module, source: &str) -> String {
    let lines = LineIndex::new(source);
    Dumper { lines: Some(&lines) }.module(module)
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
    lines: Option<&'t LineIndex>,
}

type Fields = Vec<(&'static str, Item)>;

fn node(name: &'static str, fields: Fields) -> Item {
    Item::Node(name, fields)
}

fn text(name: Name) -> Item {
    Item::Repr(string_repr(name.as_str()))
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
                (line, offset.saturating_sub(lines.line_start(line).unwrap_or(0)))
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
}

fn names_of(names: &[Ident]) -> Item {
    Item::List(names.iter().map(|n| text(n.name)).collect())
}
