//! Compiling: text to code, mistakes to text or to a `SyntaxError` that a program can catch.

use super::loader;
use super::options::Dump;
use crate::analysis;
use crate::bytecode::{self, disasm};
use crate::compiler::{self, Mode};
use crate::diagnostics::{Code, Diagnostic, cpython, report};
use crate::host::Host;
use crate::object::Value;
use crate::source::SourceFile;
use crate::syntax::ast::{Module, Stmt, StmtKind};
use crate::syntax::{self, lexer};
use crate::vm::{CompileMode, Raised, Result, Vm};
use std::path::Path;
use std::sync::Arc;

/// What came of a text.
pub struct Compiled {
    pub code: std::result::Result<Arc<bytecode::Code>, Vec<Diagnostic>>,
    pub warnings: Vec<Diagnostic>,
    module: Module,
    /// The tree has no holes.
    whole: bool,
}

/// Compiles a file's text as a module.
pub fn compile_file(source: &Arc<SourceFile>) -> Compiled {
    let parsed = syntax::parse(&source.text);
    let whole = parsed.errors.is_empty();
    let mut warnings = parsed.warnings;
    let code = if whole {
        compiler::compile_with_warnings(&parsed.module, source, &compiler::Options::default(), &mut warnings)
    } else {
        Err(parsed.errors)
    };
    Compiled { code, warnings, module: parsed.module, whole }
}

/// Every mistake of a file, then what is valid and looks wrong; findings need a whole tree.
pub fn diagnose(source: &Arc<SourceFile>) -> Vec<Diagnostic> {
    let compiled = compile_file(source);
    let mut diagnostics = compiled.code.err().unwrap_or_default();
    if compiled.whole {
        diagnostics.extend(compiled.warnings);
        diagnostics.extend(analysis::findings(&compiled.module));
    }
    diagnostics
}

/// The text of a mistake: a picture, or CPython's lines.
pub fn show(source: &SourceFile, diagnostic: &Diagnostic, drawn: bool, color: bool) -> String {
    if drawn { report::render(source, diagnostic, color) } else { cpython::render(source, diagnostic) }
}

/// A warning as CPython shows it when it compiles.
pub(super) fn warning_text(source: &SourceFile, warning: &Diagnostic) -> String {
    let line = source.lines.line(warning.place().start);
    let text = source.lines.line_text(&source.text, line).trim();
    let shown = if text.is_empty() { String::new() } else { format!("  {text}\n") };
    format!("{}:{line}: {}: {}\n{shown}", source.name, warning.python_type, warning.message)
}

/// Issues the warnings of a text that a running program compiles.
pub(super) fn warn(vm: &mut Vm, source: &SourceFile, warnings: &[Diagnostic], kind: TextKind) -> Result<()> {
    for warning in warnings {
        let line = source.lines.line(warning.place().start);
        let category = match warning.python_type {
            "DeprecationWarning" => vm.exceptions.deprecation_warning.clone(),
            _ => vm.exceptions.syntax_warning.clone(),
        };
        if let Err(raised) = vm.warn_at(&category, &warning.message, &source.name, line) {
            // A warning that a filter has made an error is a mistake of the text.
            let exact = raised.0.header().class().is_same(&category);
            return Err(if exact { warned_mistake(vm, source, warning, kind) } else { raised });
        }
    }
    Ok(())
}

/// The error that takes the place of a warning.
fn warned_mistake(vm: &mut Vm, source: &SourceFile, warning: &Diagnostic, kind: TextKind) -> Raised {
    let (code, kind) = match warning.code {
        Code::NumberWarning => (Code::InvalidNumber, kind),
        Code::EscapeWarning => (Code::InvalidEscape, kind),
        _ => (Code::InvalidSyntax, TextKind::Analysed),
    };
    let error = Diagnostic::new(code, warning.place(), warning.message.clone());
    syntax_error(vm, source, &[error], kind)
}

/// `CO_DUMP`: shows the stages that were asked for.
pub(super) fn dump(wanted: Dump, source: &SourceFile, compiled: &Compiled, host: &mut dyn Host) {
    let mut text = String::new();
    if wanted.tokens {
        for lexeme in lexer::lex(&source.text).tokens {
            text.push_str(&format!("{lexeme:?}\n"));
        }
    }
    if wanted.ast {
        text.push_str(&syntax::dump::dump(&compiled.module));
        text.push('\n');
    }
    if wanted.code
        && let Ok(code) = &compiled.code
    {
        text.push_str(&disasm::listing(code));
    }
    // Debug output has nobody to complain to.
    let _ = host.write_err(text.as_bytes());
}

/// `compile`, `exec` and `eval` of text.
pub(super) fn compile_text(
    vm: &mut Vm,
    text: &str,
    filename: &str,
    mode: CompileMode,
) -> Result<Arc<bytecode::Code>> {
    let source = Arc::new(SourceFile::new(filename, text));
    let (module, errors, mut warnings) = match mode {
        CompileMode::Eval => {
            let parsed = syntax::parse_expression(text);
            let span = parsed.expression.span;
            let body = vec![Stmt { kind: StmtKind::Expr(parsed.expression), span }];
            (Module { body, span }, parsed.errors, parsed.warnings)
        }
        CompileMode::Module | CompileMode::Namespace | CompileMode::Interactive => {
            let parsed = syntax::parse(text);
            (parsed.module, parsed.errors, parsed.warnings)
        }
    };
    let kind = if matches!(mode, CompileMode::Eval) { TextKind::Expression } else { TextKind::Statements };
    if !errors.is_empty() {
        warn(vm, &source, &warnings, kind)?;
        return Err(syntax_error(vm, &source, &errors, kind));
    }
    let mode = match mode {
        CompileMode::Module => Mode::Module,
        CompileMode::Namespace => Mode::Namespace,
        CompileMode::Eval => Mode::Eval,
        CompileMode::Interactive => Mode::Interactive,
    };
    let options = compiler::Options { mode, ..compiler::Options::default() };
    let code = compiler::compile_with_warnings(&module, &source, &options, &mut warnings);
    warn(vm, &source, &warnings, kind)?;
    code.map_err(|errors| syntax_error(vm, &source, &errors, TextKind::Analysed))
}

/// The exception for the first of some mistakes, with CPython's arguments:
/// `(message, (file, line, column, text, end line, end column))`.
pub(super) fn syntax_error(
    vm: &mut Vm,
    source: &SourceFile,
    errors: &[Diagnostic],
    kind: TextKind,
) -> Raised {
    let Some(error) = errors.first() else {
        return vm.system_error("a syntax error without a message");
    };
    let class = match error.python_type {
        "IndentationError" => vm.exceptions.indentation_error.clone(),
        "TabError" => vm.exceptions.tab_error.clone(),
        _ => vm.exceptions.syntax_error.clone(),
    };
    let start = source.lines.line_column(&source.text, error.span.start);
    let end = source.lines.line_column(&source.text, error.span.end.max(error.span.start));
    let line = source.lines.line_text(&source.text, start.line);
    let mut place = [start.line, start.column, end.line, end.column].map(i64::from);
    let text = place_in_text(source, error, kind, line, &mut place);
    let [start_line, start_column, end_line, end_column] = place.map(|n| vm.int(n));
    let text = text.map_or(Value::NONE, |text| vm.str(text));
    let details = vm.tuple(vec![vm.str(&*source.name), start_line, start_column, text, end_line, end_column]);
    let message = vm.str(error.message.clone());
    match vm.call(class.as_value(), &[message, details]) {
        Ok(made) => match made.downcast() {
            Some(exception) => Raised(exception),
            None => vm.raised(&class, error.message.clone()),
        },
        Err(raised) => raised,
    }
}

/// Where a text comes from: CPython's places and lines of a mistake depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKind {
    /// A file, read line by line.
    File,
    /// What `exec` takes; a line ending is put behind it.
    Statements,
    /// What `eval` takes, as it is.
    Expression,
    /// A text that parses; its mistake was found later.
    Analysed,
}

/// The line that a mistake in a text is shown with; adjusts its place (first and last line and column)
/// to that of CPython, whose tokenizer reports without an end and without a line ending.
fn place_in_text(
    source: &SourceFile,
    error: &Diagnostic,
    kind: TextKind,
    line: &str,
    place: &mut [i64; 4],
) -> Option<String> {
    let plain = format!("{line}\n");
    if kind == TextKind::Analysed {
        // CPython reads the file of that name again, if there is one.
        let file = loader::load(Path::new(&*source.name), &source.name).ok()?;
        let start = file.lines.line_start(place[0] as u32)?;
        let end = file.lines.line_start(place[0] as u32 + 1).unwrap_or(file.text.len() as u32);
        let text = &file.text[start as usize..end as usize];
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let text = source.text.get(error.span.range()).unwrap_or("");
    let comment = text.trim_end_matches(['\n', '\r']);
    let is_line_end = comment.is_empty() && !text.is_empty() || comment.starts_with('#');
    if is_line_end && error.code != Code::Import && !comment.contains(['\n', '\r']) {
        // The end of a line, perhaps with a comment before it, is one column wide.
        (place[2], place[3]) = (place[0], place[1] + comment.chars().count() as i64 + 1);
    }
    let is_last = place[0] >= i64::from(source.lines.line(source.text.trim_end_matches('\n').len() as u32));
    let bare = kind == TextKind::Expression && is_last && !source.text.ends_with('\n');
    let shown = if bare { line.to_owned() } else { plain };
    if error.textless {
        (place[2], place[3]) = (place[0], -1);
        if error.code == Code::InvalidSyntax {
            // This is said of a token, and the end of the text has no column.
            (place[1], place[3]) = (0, 0);
        } else if error.code == Code::UnexpectedEnd {
            place[1] = if kind == TextKind::File { 0 } else { place[1] };
        } else if cpython::is_before_the_line(error) {
            place[1] = 0;
        } else if cpython::is_behind_the_text(&source.text, error) {
            // The line end that is put behind the text counts.
            let added = i64::from(!source.text.ends_with('\n'));
            place[1] = if kind == TextKind::File { 0 } else { place[1] + added };
        }
        return Some(shown);
    }
    let message = &error.message;
    if kind != TextKind::File && message.ends_with("was never closed") {
        place[3] = 0;
        return Some(if bare || !is_last { line.to_owned() } else { shown });
    }
    let at_end = error.span.start as usize >= source.text.trim_end().len();
    match error.code {
        Code::UnmatchedBracket | Code::UnterminatedString | Code::InvalidCharacter => {}
        Code::InvalidNumber if message.starts_with("leading zeros") => return Some(line.to_owned()),
        Code::InvalidNumber => {}
        Code::FString
            if ["f-string: expecting '}'", "f-string: single '}' is not allowed"].contains(&&**message) => {}
        Code::LineContinuation | Code::Tabs | Code::TooManyIndents | Code::Dictionary
            if error.code != Code::Dictionary || message.starts_with("':' expected") =>
        {
            (place[2], place[3]) = (place[0], 0);
            return Some(shown);
        }
        Code::Unindent | Code::UnexpectedEnd => {
            (place[2], place[3]) = (place[0], -1);
            return Some(shown);
        }
        Code::InvalidSyntax if kind != TextKind::File && at_end && is_last && message == "invalid syntax" => {
            match kind {
                // Behind the text is nothing that has a place.
                TextKind::Expression if bare => (place[1], place[2], place[3]) = (0, place[0], 0),
                _ => (place[2], place[3]) = (place[0], place[1] + 1),
            }
            return Some(shown);
        }
        _ => return Some(shown),
    }
    (place[2], place[3]) = (place[0], place[1]);
    Some(line.to_owned())
}
