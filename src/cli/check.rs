//! `co check`: every mistake of every file, and what looks like one; nothing is run. Mistakes
//! decide about the exit status; findings are warnings, and count only when asked to.

use super::{USAGE, cannot_load};
use crate::diagnostics::{Diagnostic, Severity};
use crate::engine::{self, Options};
use crate::host::{Host, RealHost, Stream};
use crate::source::{SourceFile, Span};
use crate::stack;
use clap::ValueEnum;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// How `co check` shows what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// What the command line asked for.
pub(super) struct Request {
    pub(super) files: Vec<String>,
    pub(super) format: Format,
    /// Warnings count.
    pub(super) strict: bool,
    pub(super) options: Options,
}

/// Shows what is wrong with the files; 1 when there is an error, 2 when a file cannot be read.
pub(super) fn check(request: Request) -> u8 {
    // The parser is protected against deep nesting itself; the stack is for the compiler.
    stack::on_new(request.options.stack, |_| {
        let mut host = RealHost::new();
        let mut found = Vec::new();
        let mut status = 0;
        for name in &request.files {
            status = status.max(check_file(name, &request, &mut host, &mut found));
        }
        if request.format == Format::Json {
            let text = format!("{:#}\n", Value::Array(found));
            if host.write_out(text.as_bytes()).and_then(|()| host.flush_out()).is_err() {
                status = status.max(1);
            }
        }
        status
    })
}

fn check_file(name: &str, request: &Request, host: &mut RealHost, found: &mut Vec<Value>) -> u8 {
    let source = match engine::load(Path::new(name), name) {
        Ok(source) => Arc::new(source),
        Err(error) => {
            let complaint = cannot_load(name, error);
            // Nobody is left to tell when standard error is closed; the status still says it.
            let _ = host.write_err(complaint.text.as_bytes());
            return complaint.status.min(USAGE);
        }
    };
    let color = engine::use_color(&request.options, host);
    let drawn = host.is_terminal(Stream::Err);
    let diagnostics = engine::diagnose(&source);
    for diagnostic in &diagnostics {
        match request.format {
            Format::Text => {
                let text = if drawn {
                    engine::show(&source, diagnostic, drawn, color)
                } else {
                    plain(&source, diagnostic)
                };
                // As above.
                let _ = host.write_err(text.as_bytes());
            }
            Format::Json => found.push(as_json(&source, diagnostic)),
        }
    }
    let counts = |one: &Diagnostic| request.strict || one.severity == Severity::Error;
    u8::from(diagnostics.iter().any(counts))
}

/// A mistake where nobody draws: the lines of a syntax error, then what else there is to say.
fn plain(source: &SourceFile, diagnostic: &Diagnostic) -> String {
    let mut text = engine::show(source, diagnostic, false, false);
    for label in &diagnostic.labels {
        let line = source.lines.line(label.span.start);
        text.push_str(&format!("  line {line}: {}\n", label.text));
    }
    for note in &diagnostic.notes {
        text.push_str(&format!("  note: {note}\n"));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("  help: {help}\n"));
    }
    text
}

fn as_json(source: &SourceFile, diagnostic: &Diagnostic) -> Value {
    let place = |span: Span| {
        let start = source.lines.line_column(&source.text, span.start);
        let end = source.lines.line_column(&source.text, span.end.max(span.start));
        json!({
            "line": start.line, "column": start.column,
            "end_line": end.line, "end_column": end.column,
        })
    };
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "text": label.text, "place": place(label.span) }))
        .collect();
    json!({
        "file": &*source.name,
        "place": place(diagnostic.span),
        "code": diagnostic.code.text(),
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "type": diagnostic.python_type,
        "message": diagnostic.message,
        "label": diagnostic.label,
        "labels": labels,
        "notes": diagnostic.notes,
        "help": diagnostic.help,
    })
}
