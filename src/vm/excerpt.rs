//! The source lines of a traceback entry, with marks below what failed, in CPython's layout: all lines
//! that the expression spans, dedented, the long middle of them left out.

use super::Vm;
use crate::object::TracebackObj;

/// What only a parser can say about the marks of an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The expression is all that a plain statement does: the lines say it without marks.
    pub obvious: bool,
    /// The operator or the brackets, as offsets in the lines: marked `^`, the rest `~`.
    pub anchors: Option<(usize, usize)>,
}

/// Looks at `lines`, of which the bytes `from..to` failed.
pub type MarksHook = fn(lines: &str, from: usize, to: usize) -> Marks;

impl Vm {
    /// The lines below `File "…", line N, in f`, the first alone without marks; empty when the text
    /// is not kept.
    pub(super) fn excerpt(&mut self, entry: &TracebackObj, marked: bool) -> String {
        let source = &entry.function().code.code.source.0;
        // The text of `exec` is kept nowhere: CPython has only the lines of files.
        let kept = source.name.starts_with("<frozen ")
            || *source.name != *"<stdin>"
                && self.source_of(&source.name).is_some_and(|known| known.text == source.text);
        if !kept {
            return String::new();
        }
        let span = entry.span();
        let first = entry.line();
        let last = if span.is_empty() { first } else { source.lines.line(span.end - 1).max(first) };
        let text = |line: u32| source.lines.line_text(&source.text, line).trim_end();
        let originals: Vec<&str> = (first..=last).map(text).collect();
        let margin = margin(&originals);
        let lines: Vec<&str> = originals.iter().map(|line| line.get(margin..).unwrap_or("")).collect();
        if lines.iter().all(|line| line.is_empty()) {
            return String::new();
        }
        let column = |line: u32, offset: u32| {
            let start = source.lines.line_start(line).unwrap_or(0);
            (offset.saturating_sub(start) as usize).saturating_sub(margin)
        };
        let from = column(first, span.start).min(lines[0].len());
        let to = column(last, span.end).min(lines[lines.len() - 1].len());
        let joined = lines.join("\n");
        let last_start = joined.len() - lines[lines.len() - 1].len();
        let to = last_start + to;
        if !marked
            || span.is_empty()
            || from >= to
            || !joined.is_char_boundary(from)
            || !joined.is_char_boundary(to)
        {
            return format!("    {}\n", lines[0].trim());
        }
        let marks = self.marks_hook.map(|hook| hook(&joined, from, to)).unwrap_or_default();
        let rest = !joined[..from].trim_start().is_empty() || !joined[to..].trim_end().is_empty();
        let shown = !marks.obvious && (marks.anchors.is_some() || rest);
        draw(&lines, &joined, (from, to), marks.anchors, shown)
    }
}

/// How many bytes of blanks all lines begin with that are not empty.
fn margin(lines: &[&str]) -> usize {
    let mut common: Option<&str> = None;
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let blanks = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        common = Some(match common {
            None => blanks,
            Some(known) => {
                let same = known.bytes().zip(blanks.bytes()).take_while(|(a, b)| a == b).count();
                &known[..same]
            }
        });
    }
    common.map_or(0, str::len)
}

/// The first and the last line and those around an anchor; a single line between two of them is
/// drawn as well, more are counted.
fn draw(
    lines: &[&str],
    joined: &str,
    span: (usize, usize),
    anchors: Option<(usize, usize)>,
    shown: bool,
) -> String {
    let line_of = |offset: usize| joined[..offset].matches('\n').count();
    let mut wanted = vec![0, lines.len() - 1];
    if let Some((left, right)) = anchors {
        for at in [line_of(left), line_of(right)] {
            wanted.extend(at.saturating_sub(1)..=(at + 1).min(lines.len() - 1));
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut out = String::new();
    let put = |out: &mut String, line: usize| {
        out.push_str(&format!("    {}\n", lines[line]));
        if shown {
            let start = lines[..line].iter().map(|text| text.len() + 1).sum();
            let marks = marks_below(lines[line], start, span, anchors);
            out.push_str(&format!("    {}\n", if marks.trim().is_empty() { "" } else { &marks }));
        }
    };
    let mut previous = 0;
    for line in wanted {
        match line - previous {
            0 | 1 => {}
            2 => put(&mut out, line - 1),
            gap => out.push_str(&format!("    ...<{} lines>...\n", gap - 1)),
        }
        previous = line;
        put(&mut out, line);
    }
    out
}

/// The marks below one line that begins at `start` of all.
fn marks_below(line: &str, start: usize, span: (usize, usize), anchors: Option<(usize, usize)>) -> String {
    let blanks = line.len() - line.trim_start().len();
    let (left, right) = anchors.unwrap_or(span);
    let around = if anchors.is_some() { '~' } else { '^' };
    let mut out = String::new();
    for (i, c) in line.char_indices() {
        let at = start + i;
        let mark = if i < blanks || at < span.0 {
            ' '
        } else if at >= span.1 {
            break;
        } else if (left..right).contains(&at) {
            '^'
        } else {
            around
        };
        // Of characters without a width, each has its mark all the same.
        let wide = unicode_width::UnicodeWidthChar::width(c) == Some(2);
        out.extend(std::iter::repeat_n(mark, if wide { 2 } else { 1 }));
    }
    out
}
