//! The tree. One enum per category of CPython's grammar, the same words (`ast` module of
//! Python 3.13), a span on every node. Plain data: no names are resolved and no rule that
//! needs context has been checked here; that is `analysis`.

use crate::source::{Name, Span};

/// A parsed source text.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// An identifier where it stands in the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ident {
    pub name: Name,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

pub type Block = Vec<Stmt>;

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    Expr(Expr),
    /// `a = b = value`; `targets` holds one expression for each `=`.
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    /// `target: annotation [= value]`; `simple` is true for a bare, unparenthesised name.
    AnnAssign {
        target: Expr,
        annotation: Expr,
        value: Option<Expr>,
        simple: bool,
    },
    AugAssign {
        target: Expr,
        op: BinOp,
        value: Expr,
    },
    TypeAlias {
        name: Ident,
        type_params: Vec<TypeParam>,
        value: Expr,
    },
    Return(Option<Expr>),
    Delete(Vec<Expr>),
    Raise {
        exc: Option<Expr>,
        cause: Option<Expr>,
    },
    Assert {
        test: Expr,
        msg: Option<Expr>,
    },
    Global(Vec<Ident>),
    Nonlocal(Vec<Ident>),
    Import(Vec<Alias>),
    ImportFrom {
        module: Option<Ident>,
        names: ImportNames,
        level: u32,
    },
    Pass,
    Break,
    Continue,
    If {
        test: Expr,
        body: Block,
        orelse: Block,
    },
    While {
        test: Expr,
        body: Block,
        orelse: Block,
    },
    For {
        target: Expr,
        iter: Expr,
        body: Block,
        orelse: Block,
        is_async: bool,
    },
    With {
        items: Vec<WithItem>,
        body: Block,
        is_async: bool,
    },
    Try(Box<Try>),
    Match {
        subject: Expr,
        cases: Vec<MatchCase>,
    },
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    /// Where recovery gave up on a statement; an error has been reported for it.
    Error,
}

/// `import a.b as c`: `name` is the dotted path as one interned name.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    pub name: Ident,
    pub asname: Option<Ident>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ImportNames {
    Star(Span),
    Names(Vec<Alias>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct WithItem {
    pub context: Expr,
    pub target: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    pub body: Block,
    pub handlers: Vec<ExceptHandler>,
    pub orelse: Block,
    pub finalbody: Block,
    /// `except*`
    pub is_star: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ExceptHandler {
    pub typ: Option<Expr>,
    pub name: Option<Ident>,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDef {
    pub name: Ident,
    pub decorators: Vec<Expr>,
    pub type_params: Vec<TypeParam>,
    pub params: Params,
    pub returns: Option<Expr>,
    pub body: Block,
    pub is_async: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ClassDef {
    pub name: Ident,
    pub decorators: Vec<Expr>,
    pub type_params: Vec<TypeParam>,
    /// Bases and keywords, as in a call.
    pub args: Vec<Arg>,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TypeParam {
    pub kind: TypeParamKind,
    pub name: Ident,
    /// `T: bound`; only for [`TypeParamKind::TypeVar`].
    pub bound: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeParamKind {
    TypeVar,
    TypeVarTuple,
    ParamSpec,
}

/// The parameters of a `def` or `lambda`, in source order within each group.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Params {
    pub posonly: Vec<Param>,
    pub args: Vec<Param>,
    pub vararg: Option<Param>,
    pub kwonly: Vec<Param>,
    pub kwarg: Option<Param>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: Ident,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    None,
    True,
    False,
    Ellipsis,
    /// An integer that fits 64 bits.
    Int(i64),
    /// A larger one, as decimal digits.
    BigInt(Box<str>),
    Float(f64),
    /// `2j`: the imaginary part.
    Imaginary(f64),
    /// A string literal with escapes undone and implicit concatenation joined. Lone surrogates
    /// are held as `source::surrogate` describes.
    Str(Box<str>),
    Bytes(Box<[u8]>),
    /// An f-string, or a concatenation with at least one f-string in it.
    FString(Vec<FStringPart>),
    Name(Name),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Set(Vec<Expr>),
    /// `key: value`, or `**value` where the key is `None`.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `*value` in a display, call-like list, subscript or target list.
    Starred(Box<Expr>),
    Unary(UnaryOp, Box<Expr>),
    Binary(Box<Expr>, BinOp, Box<Expr>),
    /// `a and b and c`: two or more operands of one operator.
    Bool(BoolOp, Vec<Expr>),
    /// `a < b <= c`
    Compare(Box<Expr>, Vec<(CmpOp, Expr)>),
    /// `body if test else orelse`
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// `target := value`; the target is always a name.
    Walrus {
        target: Ident,
        value: Box<Expr>,
    },
    Lambda(Box<Lambda>),
    ListComp(Box<Comprehension>),
    SetComp(Box<Comprehension>),
    /// `element` is the value, `key` the key.
    DictComp(Box<Comprehension>),
    Generator(Box<Comprehension>),
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
    Call {
        func: Box<Expr>,
        args: Vec<Arg>,
    },
    Attribute {
        value: Box<Expr>,
        attr: Ident,
    },
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
    /// Where recovery filled a hole; an error has been reported for it.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    pub params: Params,
    pub body: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// Only in a dict comprehension.
    pub key: Option<Expr>,
    pub element: Expr,
    pub clauses: Vec<CompFor>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CompFor {
    pub target: Expr,
    pub iter: Expr,
    pub conditions: Vec<Expr>,
    pub is_async: bool,
}

/// One argument of a call, or of a class statement, in source order.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    Positional(Expr),
    Star(Expr),
    Keyword(Ident, Expr),
    DoubleStar(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub enum FStringPart {
    Literal(Box<str>),
    Field(Box<FStringField>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FStringField {
    pub value: Expr,
    /// For `{value=}`: the source text between the braces up to and including `=` and the
    /// white space after it.
    pub debug: Option<Box<str>>,
    pub conversion: Option<Conversion>,
    /// The format specification, itself made of parts.
    pub spec: Option<Vec<FStringPart>>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    Str,
    Repr,
    Ascii,
}

/// The kinds of literals, as a pattern.
macro_rules! literal {
    () => {
        $crate::syntax::ast::ExprKind::None
            | $crate::syntax::ast::ExprKind::True
            | $crate::syntax::ast::ExprKind::False
            | $crate::syntax::ast::ExprKind::Ellipsis
            | $crate::syntax::ast::ExprKind::Int(_)
            | $crate::syntax::ast::ExprKind::BigInt(_)
            | $crate::syntax::ast::ExprKind::Float(_)
            | $crate::syntax::ast::ExprKind::Imaginary(_)
            | $crate::syntax::ast::ExprKind::Str(_)
            | $crate::syntax::ast::ExprKind::Bytes(_)
    };
}
pub(crate) use literal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Not,
    Neg,
    Pos,
    Invert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    BitAnd,
    BitOr,
    BitXor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// A literal or dotted name compared by `==`.
    Value(Expr),
    /// `None`, `True`, `False`: compared by `is`.
    Singleton(Expr),
    Sequence(Vec<Pattern>),
    /// `*name` or `*_` (no name) inside a sequence pattern.
    Star(Option<Ident>),
    Mapping {
        entries: Vec<(Expr, Pattern)>,
        rest: Option<Ident>,
    },
    Class {
        class: Expr,
        patterns: Vec<Pattern>,
        keywords: Vec<(Ident, Pattern)>,
    },
    /// `pattern as name`, a bare capture name (no pattern), or `_` (neither).
    As {
        pattern: Option<Box<Pattern>>,
        name: Option<Ident>,
    },
    Or(Vec<Pattern>),
}
