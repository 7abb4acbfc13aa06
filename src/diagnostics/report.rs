//! A mistake as a picture, drawn by `ariadne` (this is the only file that names it): the source
//! line, the place underlined, labels, notes and a help line. Widths are display widths, so the
//! carets are right under Hangul, tabs and emoji.

use super::{Diagnostic, Severity};
use crate::source::{SourceFile, Span};
use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};
use std::ops::Range;

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
    let span = diagnostic.picture.unwrap_or(diagnostic.span);
    let view = View::new(file, span);
    let place = (name.clone(), view.range(span));
    let mut report = Report::build(kind, place.clone())
        .with_config(config)
        .with_code(diagnostic.code.text())
        .with_message(&diagnostic.message);
    let said = diagnostic.label.as_deref().unwrap_or("here");
    let mut labels = vec![(place.1.start, Label::new(place).with_message(said).with_color(Color::Red))];
    for label in diagnostic.labels.iter().filter(|label| view.shows(label.span)) {
        let place = view.range(label.span);
        let start = place.start;
        let drawn = Label::new((name.clone(), place)).with_message(&label.text).with_color(Color::Blue);
        labels.push((start, drawn));
    }
    // A label above the one before it would start a picture of its own.
    labels.sort_by_key(|(start, _)| *start);
    report = report.with_labels(labels.into_iter().map(|(_, label)| label));
    for note in &diagnostic.notes {
        report = report.with_note(note);
    }
    if let Some(help) = &diagnostic.help {
        report = report.with_help(help);
    }
    let mut out = Vec::new();
    let source = Source::from(&*view.text).with_display_line_offset(view.lines_before);
    if report.finish().write((name, source), &mut out).is_err() {
        // Writing to memory does not fail; should drawing ever do, CPython's form says it all.
        return super::cpython::render(file, diagnostic);
    }
    let drawn = String::from_utf8_lossy(&out);
    let drawn = if colour { drawn.into_owned() } else { without_colour(&drawn) };
    let drawn = view.with_column(&drawn, file, span);
    drawn.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A line with more characters is shown in part.
const WIDEST: usize = 300;
/// So many characters of it, on both sides of the place.
const AROUND: usize = 60;

/// What is drawn: the text of the file, or a part of a line that is too long.
struct View {
    text: String,
    /// Where the part lies in the file; None for all of it.
    part: Option<Range<usize>>,
    /// How many bytes stand before the part for what is left out.
    lead: usize,
    lines_before: usize,
}

impl View {
    fn new(file: &SourceFile, span: Span) -> View {
        let line = file.lines.line(span.start);
        let start = file.lines.line_start(line).unwrap_or(0) as usize;
        let content = file.lines.line_text(&file.text, line);
        if content.chars().take(WIDEST + 1).count() <= WIDEST {
            return View { text: one_line_each(&file.text), part: None, lead: 0, lines_before: 0 };
        }
        let place = (span.start as usize).clamp(start, start + content.len()) - start;
        let from = content[..place].char_indices().rev().take(AROUND).last().map_or(place, |(at, _)| at);
        let to = content[place..].char_indices().nth(AROUND).map_or(content.len(), |(at, _)| place + at);
        let lead = if from > 0 { CUT } else { "" };
        let tail = if to < content.len() { CUT } else { "" };
        let text = format!("{lead}{}{tail}", one_line_each(&content[from..to]));
        let part = Some(start + from..start + to);
        View { text, part, lead: lead.len(), lines_before: line as usize - 1 }
    }

    fn shows(&self, span: Span) -> bool {
        let within = |part: &Range<usize>| part.contains(&(span.start as usize));
        self.part.as_ref().is_none_or(within)
    }

    /// Where a span is in the text that is drawn: as much of it as stands on its first line, as arrows
    /// around many lines hide more than they show.
    fn range(&self, span: Span) -> Range<usize> {
        let shown = |offset: u32| match &self.part {
            Some(part) => (offset as usize).clamp(part.start, part.end) - part.start + self.lead,
            None => (offset as usize).min(self.text.len()),
        };
        let (start, end) = (shown(span.start), shown(span.end.max(span.start)));
        let line = self.text[start..end].find(['\n', '\r']).map_or(end, |length| start + length);
        if line > start { start..line } else { start..end }
    }

    /// Puts the column of the file into the picture of a part.
    fn with_column(&self, drawn: &str, file: &SourceFile, span: Span) -> String {
        if self.part.is_none() {
            return drawn.to_owned();
        }
        let place = file.lines.line_column(&file.text, span.start);
        let before = self.text[..self.range(span).start].chars().count();
        let of_part = format!("{}:{}:{}", file.name, place.line, before + 1);
        drawn.replacen(&of_part, &format!("{}:{}:{}", file.name, place.line, place.column), 1)
    }
}

/// Stands for what is left out.
const CUT: &str = "…";

/// Puts as many bytes of blanks for what `ariadne` takes for the end of a line and Python does not, and
/// marks for what would steer the terminal.
fn one_line_each(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\x0b' | '\x0c' => ' ',
            '\u{85}' => '\u{a0}',
            '\u{2028}' | '\u{2029}' => '\u{2003}',
            '\t' | '\n' | '\r' => c,
            c if c.is_ascii_control() => '?',
            c => c,
        })
        .collect()
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
