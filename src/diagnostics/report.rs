//! A mistake as a picture, drawn by `ariadne` (this is the only file that names it): the source
//! line, the place underlined, labels, notes and a help line. Widths are display widths, so the
//! carets are right under Hangul, tabs and emoji.

use super::{Diagnostic, Severity};
use crate::source::SourceFile;
use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

/// Draws `diagnostic`; with `colour` for a terminal, else as plain text.
pub fn render(file: &SourceFile, diagnostic: &Diagnostic, colour: bool) -> String {
    let name: String = file.name.to_string();
    let kind = match diagnostic.severity {
        Severity::Error => ReportKind::Custom(diagnostic.python_type, Color::Red),
        Severity::Warning => ReportKind::Custom(diagnostic.python_type, Color::Yellow),
    };
    let config = Config::new()
        .with_color(colour)
        .with_index_type(IndexType::Byte)
        .with_char_set(CharSet::Unicode)
        .with_tab_width(4);
    let text = &*file.text;
    // A caret at the end of a line needs a character to stand under; spans end on characters.
    let range = |span: crate::source::Span| {
        let start = (span.start as usize).min(text.len());
        let end = (span.end as usize).clamp(start, text.len());
        start..end
    };
    let place = (name.clone(), range(diagnostic.span));
    let mut report = Report::build(kind, place.clone())
        .with_config(config)
        .with_code(diagnostic.code.text())
        .with_message(&diagnostic.message)
        .with_label(
            Label::new(place)
                .with_message(diagnostic.label.as_deref().unwrap_or("here"))
                .with_color(Color::Red),
        );
    for label in &diagnostic.labels {
        report = report.with_label(
            Label::new((name.clone(), range(label.span))).with_message(&label.text).with_color(Color::Blue),
        );
    }
    for note in &diagnostic.notes {
        report = report.with_note(note);
    }
    if let Some(help) = &diagnostic.help {
        report = report.with_help(help);
    }
    let mut out = Vec::new();
    let cache = (name, Source::from(text));
    if report.finish().write(cache, &mut out).is_err() {
        // Writing to memory does not fail; should drawing ever do, CPython's form says it all.
        return super::cpython::render(file, diagnostic);
    }
    let drawn = String::from_utf8_lossy(&out);
    let drawn = if colour { drawn.into_owned() } else { without_colour(&drawn) };
    drawn.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Takes out what `ariadne` paints in any case: the kind of the report.
fn without_colour(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(escape) = rest.find('\x1b') {
        out.push_str(&rest[..escape]);
        rest = &rest[escape..];
        rest = rest.find('m').map_or("", |end| &rest[end + 1..]);
    }
    out.push_str(rest);
    out
}
