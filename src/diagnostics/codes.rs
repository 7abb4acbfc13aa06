//! The table of error codes: one row for each kind of mistake. A row holds the code that a user
//! can search for, the Python exception it is, and what kind of mistake it stands for. The exact
//! words of one occurrence are in its `Diagnostic`; here is only what all occurrences share.

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:expr])* $name:ident = $code:literal $kind:ident $title:literal;)*) => {
        /// A kind of mistake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// The code as users see it: `E0101`.
            pub fn text(self) -> &'static str {
                match self {
                    $(Code::$name => $code,)*
                }
            }

            /// The Python exception (or warning) that CPython raises for it.
            pub fn python_type(self) -> &'static str {
                match self {
                    $(Code::$name => stringify!($kind),)*
                }
            }

            /// One line about the kind of mistake.
            pub fn title(self) -> &'static str {
                match self {
                    $(Code::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    // Characters and literals.
    InvalidCharacter = "E0101" SyntaxError "a character that starts no token";
    NullByte = "E0102" SyntaxError "a NUL byte in the source";
    LineContinuation = "E0103" SyntaxError "something after a line continuation character";
    UnterminatedString = "E0104" SyntaxError "a string literal without its closing quote";
    InvalidNumber = "E0105" SyntaxError "a number literal that is no number";
    InvalidEscape = "E0106" SyntaxError "an escape sequence that names no character";
    BytesNotAscii = "E0107" SyntaxError "a bytes literal with other than ASCII characters";
    MixedBytes = "E0108" SyntaxError "bytes and text in one implicit concatenation";
    FString = "E0109" SyntaxError "an f-string that is not well-formed";
    // Layout.
    UnclosedBracket = "E0201" SyntaxError "a bracket that is never closed";
    UnmatchedBracket = "E0202" SyntaxError "a closing bracket without its opening one";
    TooDeep = "E0203" SyntaxError "nesting deeper than the limit";
    UnexpectedIndent = "E0204" IndentationError "a line indented for no reason";
    Unindent = "E0205" IndentationError "a line that returns to no outer indentation";
    ExpectedBlock = "E0206" IndentationError "a block that is missing";
    TooManyIndents = "E0207" IndentationError "more indentation levels than the limit";
    Tabs = "E0208" TabError "indentation that depends on the width of a tab";
    UnexpectedEnd = "E0209" SyntaxError "the text ends in the middle of a statement";
    // Grammar.
    InvalidSyntax = "E0301" SyntaxError "text that is no statement";
    ExpectedToken = "E0302" SyntaxError "a token that the grammar demands";
    InvalidTarget = "E0303" SyntaxError "something that cannot be assigned to";
    EqualsForComparison = "E0304" SyntaxError "`=` where `==` or `:=` is meant";
    MissingCallParentheses = "E0305" SyntaxError "a function used as a statement, as in Python 2";
    MissingComma = "E0306" SyntaxError "two expressions with nothing between them";
    Arguments = "E0307" SyntaxError "arguments in an order or form that no call has";
    Parameters = "E0308" SyntaxError "parameters in an order or form that no function has";
    Comprehension = "E0309" SyntaxError "a comprehension that is not well-formed";
    ExpectedExpression = "E0310" SyntaxError "an expression that is missing";
    TryBlock = "E0311" SyntaxError "a `try` statement without or with clashing clauses";
    Pattern = "E0312" SyntaxError "a pattern that cannot match";
    Import = "E0313" SyntaxError "an import that is not well-formed";
    Dictionary = "E0314" SyntaxError "a dictionary display that is not well-formed";
    // Rules that need context, reported by `analysis`.
    OutsideFunction = "E0401" SyntaxError "a statement that belongs into a function";
    OutsideLoop = "E0402" SyntaxError "a statement that belongs into a loop";
    OutsideAsync = "E0403" SyntaxError "an asynchronous form outside an async function";
    NameBinding = "E0404" SyntaxError "a name declared or bound in a way that clashes";
    Placement = "E0405" SyntaxError "a form that is not allowed where it stands";
    // Warnings.
    EscapeWarning = "W0101" SyntaxWarning "a backslash that starts no escape sequence";
    NumberWarning = "W0102" SyntaxWarning "a number run together with a keyword";
    CodeWarning = "W0103" SyntaxWarning "code that can hardly do what it says";
    // Findings of `co check`: nothing that a run would say.
    NeverAwaited = "W0201" RuntimeWarning "a call that makes a coroutine and drops it";
    TaskDropped = "W0202" Warning "a task that nobody keeps";
    BlockingCall = "W0203" Warning "a call in a coroutine that stops the event loop";
    MainNeverRuns = "W0204" Warning "a `main` coroutine that nothing runs";
    UnreachableAwait = "W0205" Warning "an await that is never reached";
}

impl Code {
    /// An error, or a warning for a code that starts with `W`.
    pub fn severity(self) -> Severity {
        if self.text().starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}
