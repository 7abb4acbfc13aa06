//! `co dis --pair`: two listings side by side, with a sentence at the end that counts what
//! differs. `bytecode::pair` says what corresponds; here it is only drawn.
//!
//! ```text
//!   old(n)                          │   new(n)
//!     2 |     yield from step(n)    │     5 |     await step(n)
//!       3  get_yield_from_iter …    ≠       3  get_awaitable …
//! ```

use crate::bytecode::pair::{Pair, Row};
use crate::bytecode::{Code, disasm};
use std::collections::BTreeMap;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Narrower columns than this show nothing of use.
const NARROWEST: usize = 20;
/// Differing instructions that the sentence names.
const MOST_NAMED: usize = 4;

const FAINT: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";

/// One line of the picture.
struct Line {
    left: String,
    right: String,
    mark: char,
    style: Style,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Heading,
    Source,
    Same,
    Differs,
}

/// The picture of `pair` and of the functions inside; in at most `width` columns when there is a
/// terminal.
pub(super) fn draw(pair: &Pair, width: Option<usize>, color: bool) -> String {
    let mut text = String::new();
    let mut pairs = vec![pair];
    while let Some(pair) = pairs.pop() {
        if !text.is_empty() {
            text.push('\n');
        }
        draw_one(&mut text, pair, width, color);
        pairs.extend(pair.inner.iter().rev());
    }
    text
}

fn draw_one(text: &mut String, pair: &Pair, width: Option<usize>, color: bool) {
    let lines = lines(pair);
    let widest = |side: fn(&Line) -> &str| lines.iter().map(|line| side(line).width()).max().unwrap_or(0);
    let (mut left, mut right) = (widest(|line| &line.left), widest(|line| &line.right));
    if let Some(width) = width {
        // A narrow side leaves its room to the other one.
        let room = width.saturating_sub(3).max(2 * NARROWEST);
        let half = room / 2;
        match (left > half, right > half) {
            (true, true) => (left, right) = (half, room - half),
            (true, false) => left = left.min(room - right),
            (false, true) => right = right.min(room - left),
            (false, false) => {}
        }
    }
    for line in &lines {
        let (one, other) = (fit(&line.left, left), fit(&line.right, right));
        let pad = " ".repeat(left - one.width());
        let paint = |paint: &str, text: &str| {
            if color && !text.is_empty() { format!("{paint}{text}\x1b[0m") } else { text.to_owned() }
        };
        let (one, mark, other) = match line.style {
            Style::Heading => (paint(BOLD, &one), line.mark.to_string(), paint(BOLD, &other)),
            Style::Source => (paint(FAINT, &one), line.mark.to_string(), paint(FAINT, &other)),
            Style::Same => (one, line.mark.to_string(), other),
            Style::Differs => (paint(RED, &one), paint(BOLD, &line.mark.to_string()), paint(GREEN, &other)),
        };
        let drawn = format!("{one}{pad} {mark} {other}");
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", drawn.trim_end());
    }
    text.push_str(&sentence(pair));
}

/// The first `width` columns of a text, the last one `…` when something is left out.
fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let mut short: String = text
        .chars()
        .take_while(|letter| {
            used += letter.width().unwrap_or(0);
            used <= width
        })
        .collect();
    short.push('…');
    short
}

/// One side of the picture while it is drawn.
struct Side<'a> {
    code: &'a Code,
    labels: BTreeMap<u32, usize>,
    /// The source line that was shown last.
    line: u32,
}

impl<'a> Side<'a> {
    fn new(code: &'a Code) -> Side<'a> {
        Side { code, labels: disasm::labels(code), line: 0 }
    }

    /// The source line of the instruction, when it is another one than before.
    fn source(&mut self, index: Option<u32>) -> Option<String> {
        let span = self.code.spans.get(index? as usize)?;
        let source = &self.code.source.0;
        let line = source.lines.line(span.start);
        if line == self.line {
            return None;
        }
        self.line = line;
        let text = source.lines.line_text(&source.text, line).trim_end();
        Some(format!("{line:5} | {}", text.replace('\t', "    ")))
    }

    fn instruction(&self, index: Option<u32>) -> String {
        let Some(index) = index else { return String::new() };
        let Some(instr) = self.code.instrs.get(index as usize) else { return String::new() };
        let label = self.labels.get(&index).map_or(String::new(), |label| format!("L{label}:"));
        format!("{label:>6} {index:4}  {}", disasm::instruction(self.code, index, *instr, &self.labels))
    }

    fn name(&self, index: u32) -> String {
        let text = self.instruction(Some(index));
        let instruction = text.split_once("  ").map_or(text.as_str(), |_| text.trim_start());
        // Behind the label and the index.
        let words = instruction.split_whitespace().skip_while(|word| word.ends_with(':'));
        words.skip(1).collect::<Vec<_>>().join(" ")
    }
}

fn lines(pair: &Pair) -> Vec<Line> {
    let (mut left, mut right) = (Side::new(&pair.left), Side::new(&pair.right));
    let mut lines = vec![Line {
        left: disasm::heading(&pair.left),
        right: disasm::heading(&pair.right),
        mark: '│',
        style: Style::Heading,
    }];
    for row in &pair.rows {
        let (one, other) = (left.source(row.left), right.source(row.right));
        if one.is_some() || other.is_some() {
            let (left, right) = (one.unwrap_or_default(), other.unwrap_or_default());
            lines.push(Line { left, right, mark: '│', style: Style::Source });
        }
        lines.push(Line {
            left: left.instruction(row.left),
            right: right.instruction(row.right),
            mark: mark(row),
            style: if row.same { Style::Same } else { Style::Differs },
        });
    }
    let handler = |side: &Side<'_>, number: usize| {
        let handler = side.code.handlers.get(number);
        let text = handler.map(|handler| disasm::handler_text(side.code, handler, &side.labels));
        text.map_or(String::new(), |text| format!("  {text}"))
    };
    for number in 0..pair.left.handlers.len().max(pair.right.handlers.len()) {
        let (left, right) = (handler(&left, number), handler(&right, number));
        lines.push(Line { left, right, mark: '│', style: Style::Source });
    }
    lines
}

fn mark(row: &Row) -> char {
    match (row.same, row.left, row.right) {
        (true, _, _) => '│',
        (false, Some(_), Some(_)) => '≠',
        (false, Some(_), None) => '<',
        (false, None, _) => '>',
    }
}

/// What differs, counted and named.
fn sentence(pair: &Pair) -> String {
    let (differing, all) = (pair.differing(), pair.rows.len());
    let (left, right) = (Side::new(&pair.left), Side::new(&pair.right));
    let mut named: Vec<String> = Vec::new();
    for row in pair.rows.iter().filter(|row| !row.same) {
        named.push(match (row.left, row.right) {
            (Some(one), Some(other)) => format!("'{}' is '{}'", left.name(one), right.name(other)),
            (Some(one), None) => format!("'{}' is only in {}", left.name(one), pair.left.name),
            (None, Some(other)) => format!("'{}' is only in {}", right.name(other), pair.right.name),
            (None, None) => continue,
        });
    }
    let more = named.len().saturating_sub(MOST_NAMED);
    named.truncate(MOST_NAMED);
    let mut list = named.join("; ");
    if more > 0 {
        let _ = write!(list, "; and {more} more");
    }
    let mut text = match (differing, all) {
        (0, 1) => "The only instruction is the same".to_owned(),
        (0, _) => format!("All {all} instructions are the same"),
        (1, 1) => format!("The only instruction differs: {list}"),
        (1, _) => format!("1 of {all} instructions differs: {list}"),
        (_, _) => format!("{differing} of {all} instructions differ: {list}"),
    };
    text.push_str(".\n");
    if !pair.same_handlers {
        text.push_str("The handlers of exceptions differ.\n");
    }
    if !pair.names.is_empty() {
        let names: Vec<String> =
            pair.names.iter().map(|(left, right)| format!("{left} is {right}")).collect();
        let _ = writeln!(text, "Other names for the same: {}.", names.join(", "));
    }
    text
}
