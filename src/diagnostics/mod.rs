//! A mistake as data. A [`Diagnostic`] says what is wrong, where, in CPython's words, and what
//! may help; it is made by `syntax` and `analysis` and shown by one of two renderers, both pure
//! functions to a `String`: [`report`] draws a picture for people, [`cpython`] prints what
//! CPython 3.13 prints.

pub mod codes;
pub mod cpython;
pub mod report;

pub use codes::Code;

use crate::source::Span;

/// Whether a program with it cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// A second place that has to do with the mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// `SyntaxError`, `IndentationError`, `TabError` or `SyntaxWarning`.
    pub python_type: &'static str,
    /// CPython's message, word for word.
    pub message: String,
    /// What CPython underlines. An empty span is shown as one caret.
    pub span: Span,
    /// Where CPython says that it is, when that is another place.
    pub told_at: Option<Span>,
    /// CPython's place is a token without text, which begins or ends a block or ends the file: its
    /// column is how much of the line had been read, and it has no end.
    pub textless: bool,
    /// What a picture points at, when that is something else.
    pub picture: Option<Span>,
    /// What a picture says under the place.
    pub label: Option<String>,
    pub labels: Vec<Label>,
    pub notes: Vec<String>,
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            python_type: code.python_type(),
            message: message.into(),
            span,
            told_at: None,
            textless: false,
            picture: None,
            label: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says where CPython says that it is.
    pub fn told_at(mut self, span: Span) -> Diagnostic {
        self.told_at = Some(span);
        self
    }

    /// CPython's place.
    pub fn place(&self) -> Span {
        self.told_at.unwrap_or(self.span)
    }

    /// Whether the place is a token without text.
    pub fn with_textless(mut self, textless: bool) -> Diagnostic {
        self.textless = textless;
        self
    }

    /// What a picture points at instead of CPython's place.
    pub fn with_picture(mut self, span: Span) -> Diagnostic {
        self.picture = Some(span);
        self
    }

    /// The text under the underlined place.
    pub fn with_text(mut self, text: impl Into<String>) -> Diagnostic {
        self.label = Some(text.into());
        self
    }

    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    pub fn with_note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }
}
