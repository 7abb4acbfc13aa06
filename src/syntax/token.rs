//! The tokens: one `logos` enum. Names carry their interned identifier; numbers and strings are
//! read from the source text when the parser builds the tree. Soft keywords (`match`, `case`,
//! `type`, `_`) are names here, and keywords only where the grammar says so.
//!
//! The table with examples is `grammar/tokens.txt`.

use crate::source::{Name, Span};
use logos::Logos;

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lexeme {
    pub token: Token,
    pub span: Span,
}

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
#[logos(skip r"[ \t\x0C]+")]
pub enum Token {
    // Made by the layout pass.
    Indent,
    Dedent,
    EndMarker,
    /// Text that is no token; an error has been reported for it.
    Error,
    /// What CPython's tokenizer takes for an operator, and no production has a place for.
    #[token("$")]
    #[token("?")]
    #[token("`")]
    #[token("<>")]
    Refused,

    #[regex(r"\r\n|\n|\r")]
    Newline,
    /// The lexer drops it, but CPython lets the line end start with it.
    #[regex(r"#[^\r\n]*", allow_greedy = true)]
    Comment,
    /// A backslash at the end of a line; only between lexer and layout.
    #[regex(r"\\(\r\n|\n|\r)")]
    Continuation,

    #[regex(r"[A-Za-z_][A-Za-z0-9_]*", |lexer| Name::new(lexer.slice()), priority = 1)]
    Name(Name),
    /// The driver reads the rest of the number.
    #[regex(r"\.?[0-9]")]
    Number,
    /// The driver reads the rest of the string.
    #[regex("([rR][bB]?|[bB][rR]?|[uU])?(\"|'|\"\"\"|''')")]
    String,
    /// A string whose prefix has a `b`; the driver tells it from [`Token::String`].
    Bytes,
    #[regex("([fF][rR]?|[rR][fF])(\"|'|\"\"\"|''')")]
    FStringStart,
    FStringMiddle,
    FStringEnd,

    #[token("False")]
    False,
    #[token("None")]
    None,
    #[token("True")]
    True,
    #[token("and")]
    And,
    #[token("as")]
    As,
    #[token("assert")]
    Assert,
    #[token("async")]
    Async,
    #[token("await")]
    Await,
    #[token("break")]
    Break,
    #[token("class")]
    Class,
    #[token("continue")]
    Continue,
    #[token("def")]
    Def,
    #[token("del")]
    Del,
    #[token("elif")]
    Elif,
    #[token("else")]
    Else,
    #[token("except")]
    Except,
    #[token("finally")]
    Finally,
    #[token("for")]
    For,
    #[token("from")]
    From,
    #[token("global")]
    Global,
    #[token("if")]
    If,
    #[token("import")]
    Import,
    #[token("in")]
    In,
    #[token("is")]
    Is,
    #[token("lambda")]
    Lambda,
    #[token("nonlocal")]
    Nonlocal,
    #[token("not")]
    Not,
    #[token("or")]
    Or,
    #[token("pass")]
    Pass,
    #[token("raise")]
    Raise,
    #[token("return")]
    Return,
    #[token("try")]
    Try,
    #[token("while")]
    While,
    #[token("with")]
    With,
    #[token("yield")]
    Yield,

    #[token("(")]
    LeftParen,
    #[token(")")]
    RightParen,
    #[token("[")]
    LeftBracket,
    #[token("]")]
    RightBracket,
    #[token("{")]
    LeftBrace,
    #[token("}")]
    RightBrace,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token(":=")]
    ColonEqual,
    #[token(";")]
    Semicolon,
    #[token(".")]
    Dot,
    #[token("...")]
    Ellipsis,
    #[token("->")]
    Arrow,
    #[token("@")]
    At,
    #[token("=")]
    Equal,
    #[token("!")]
    Exclamation,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("**")]
    DoubleStar,
    #[token("/")]
    Slash,
    #[token("//")]
    DoubleSlash,
    #[token("%")]
    Percent,
    #[token("|")]
    Bar,
    #[token("&")]
    Ampersand,
    #[token("^")]
    Caret,
    #[token("~")]
    Tilde,
    #[token("<<")]
    LeftShift,
    #[token(">>")]
    RightShift,
    #[token("==")]
    EqualEqual,
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,
    #[token("+=")]
    PlusEqual,
    #[token("-=")]
    MinusEqual,
    #[token("*=")]
    StarEqual,
    #[token("@=")]
    AtEqual,
    #[token("/=")]
    SlashEqual,
    #[token("//=")]
    DoubleSlashEqual,
    #[token("%=")]
    PercentEqual,
    #[token("&=")]
    AmpersandEqual,
    #[token("|=")]
    BarEqual,
    #[token("^=")]
    CaretEqual,
    #[token("<<=")]
    LeftShiftEqual,
    #[token(">>=")]
    RightShiftEqual,
    #[token("**=")]
    DoubleStarEqual,
}

impl Token {
    /// Whether this is a keyword of the language (never a name).
    pub fn is_keyword(self) -> bool {
        Token::False <= self && self <= Token::Yield
    }

    /// Whether this keyword can only stand at the start of a statement, so that at the start of
    /// a line it shows that a bracket was left open.
    pub fn starts_only_statements(self) -> bool {
        matches!(
            self,
            Token::Assert
                | Token::Break
                | Token::Class
                | Token::Continue
                | Token::Def
                | Token::Del
                | Token::Global
                | Token::Import
                | Token::Nonlocal
                | Token::Pass
                | Token::Raise
                | Token::Return
                | Token::Try
                | Token::While
                | Token::With
        )
    }

    /// The closing bracket that belongs to this opening one.
    pub fn closer(self) -> Option<Token> {
        match self {
            Token::LeftParen => Some(Token::RightParen),
            Token::LeftBracket => Some(Token::RightBracket),
            Token::LeftBrace => Some(Token::RightBrace),
            _ => None,
        }
    }

    pub fn is_closer(self) -> bool {
        matches!(self, Token::RightParen | Token::RightBracket | Token::RightBrace)
    }
}
