//! What differs between an expectation and a run: as data, and drawn for people with the lines
//! around, numbered on both sides, and with the changed part of a line set off.

use super::mask::syntax_message;
use super::{Case, Run};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::time::Duration;

/// Lines shown around a change.
const AROUND: usize = 2;
/// Lines shown of one stream.
const MOST_LINES: usize = 60;
/// Characters shown of one line.
const MOST_WIDTH: usize = 400;
/// After this time a rougher picture has to do.
const PATIENCE: Duration = Duration::from_millis(500);

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    Exit { expected: i32, found: i32 },
    Output { expected: String, found: String },
    Error { expected: String, found: String },
}

/// What the two sides of a comparison are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    pub expected: String,
    pub found: String,
}

impl Case {
    /// What is stored beside the program, as if it were a run.
    pub fn stored(&self) -> Run {
        Run {
            stdout: self.stdout.clone().unwrap_or_default(),
            stderr: self.stderr.clone(),
            exit: self.exit,
            trouble: None,
        }
    }
}

impl Run {
    /// What `found` has that is not as here.
    pub fn differences(&self, found: &Run) -> Vec<Difference> {
        let mut differences = Vec::new();
        if self.exit != found.exit {
            differences.push(Difference::Exit { expected: self.exit, found: found.exit });
        }
        if self.stdout != found.stdout {
            let (expected, found) = (self.stdout.clone(), found.stdout.clone());
            differences.push(Difference::Output { expected, found });
        }
        let same = match syntax_message(&self.stderr) {
            // How a syntax error is drawn is ours to choose, and a better sentence than the one
            // that says nothing is welcome; any other sentence must be in it.
            Some("invalid syntax") => !found.stderr.is_empty(),
            Some(message) => found.stderr.contains(message),
            None => found.stderr == self.stderr,
        };
        if !same {
            let (expected, found) = (self.stderr.clone(), found.stderr.clone());
            differences.push(Difference::Error { expected, found });
        }
        differences
    }
}

/// How parts of a picture are painted: `open` before, `RESET` behind; nothing without colour.
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const FAINT: &str = "\x1b[2m";
const STRONG: &str = "\x1b[1;7m";
const RESET: &str = "\x1b[0m";

impl Difference {
    /// The picture of it, indented, with a final line end.
    pub fn draw(&self, sides: &Sides, color: bool) -> String {
        match self {
            Difference::Exit { expected, found } => {
                format!(
                    "  exit status: {} ({}), {} ({})\n",
                    paint(color, RED, &expected.to_string()),
                    sides.expected,
                    paint(color, GREEN, &found.to_string()),
                    sides.found
                )
            }
            Difference::Output { expected, found } => picture("stdout", expected, found, sides, color),
            Difference::Error { expected, found } => picture("stderr", expected, found, sides, color),
        }
    }
}

fn paint(color: bool, paint: &str, text: &str) -> String {
    if color && !text.is_empty() { format!("{paint}{text}{RESET}") } else { text.to_owned() }
}

fn picture(stream: &str, expected: &str, found: &str, sides: &Sides, color: bool) -> String {
    let mut text = format!(
        "  {stream}: {} {}\n",
        paint(color, RED, &format!("- {}", sides.expected)),
        paint(color, GREEN, &format!("+ {}", sides.found))
    );
    let mut shown = 0;
    let mut left_out = 0;
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(expected, found);
    for (number, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if number > 0 && shown < MOST_LINES {
            text.push_str("                ⋮\n");
        }
        for op in group {
            for change in diff.iter_inline_changes(op) {
                shown += 1;
                if shown > MOST_LINES {
                    left_out += 1;
                    continue;
                }
                let (mark, tint) = match change.tag() {
                    ChangeTag::Equal => (' ', FAINT),
                    ChangeTag::Delete => ('-', RED),
                    ChangeTag::Insert => ('+', GREEN),
                };
                let place = |index: Option<usize>| index.map_or(String::new(), |at| (at + 1).to_string());
                let places = format!("{:>5} {:>5}", place(change.old_index()), place(change.new_index()));
                let changed = change.tag() != ChangeTag::Equal;
                let line = line_text(change.iter_strings_lossy(), changed, tint, color);
                // Writing to a string does not fail.
                let _ = writeln!(
                    text,
                    "  {} {} {line}",
                    paint(color, FAINT, &places),
                    paint(color, tint, &mark.to_string())
                );
                if changed && change.missing_newline() {
                    let _ = writeln!(text, "                {}", paint(color, FAINT, "(no line end)"));
                }
            }
        }
    }
    if left_out > 0 {
        // Writing to a string does not fail.
        let _ = writeln!(text, "                … and {left_out} lines more");
    }
    text
}

/// One line: control characters are shown as escapes, and white space at the end of a changed
/// line as dots, because nobody sees it otherwise.
fn line_text<'a>(
    parts: impl Iterator<Item = (bool, std::borrow::Cow<'a, str>)>,
    changed: bool,
    tint: &str,
    color: bool,
) -> String {
    let parts: Vec<(bool, String)> = parts.map(|(strong, part)| (strong, part.into_owned())).collect();
    let whole: String = parts.iter().map(|(_, part)| part.trim_end_matches('\n')).collect();
    let visible = if changed { whole.trim_end_matches([' ', '\t']).len() } else { whole.len() };
    let mut line = String::new();
    let mut place = 0;
    let mut width = 0;
    for (strong, part) in &parts {
        let mut shown = String::new();
        for letter in part.trim_end_matches('\n').chars() {
            width += 1;
            if width <= MOST_WIDTH {
                match letter {
                    ' ' if place >= visible => shown.push('·'),
                    '\t' if place < visible => shown.push('\t'),
                    letter if letter.is_control() => shown.extend(letter.escape_default()),
                    letter => shown.push(letter),
                }
            }
            place += letter.len_utf8();
        }
        // A whole line that changed needs no emphasis on all of it.
        let strong = *strong && changed && parts.len() > 1;
        let style = if strong { format!("{tint}{STRONG}") } else { tint.to_owned() };
        line.push_str(&paint(color, &style, &shown));
    }
    if width > MOST_WIDTH {
        // Writing to a string does not fail.
        let _ = write!(line, " … ({} characters more)", width - MOST_WIDTH);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides() -> Sides {
        Sides { expected: "expected".into(), found: "found".into() }
    }

    #[test]
    fn a_changed_line_is_drawn_between_its_neighbours() {
        let difference = Difference::Output {
            expected: "one\ntwo\nthree\nfour\nfive\nsix\n".into(),
            found: "one\ntwo\nthree\nFOUR \nfive\nsix\n".into(),
        };
        let expected = "  stdout: - expected + found\n      2     2   two\n      3     3   three\n      \
                        4       - four\n            4 + FOUR·\n      5     5   five\n      6     6   six\n";
        assert_eq!(difference.draw(&sides(), false), expected);
    }

    #[test]
    fn a_missing_line_end_and_control_characters_are_shown() {
        let difference = Difference::Error { expected: "a\n".into(), found: "a\x1b".into() };
        let expected = "  stderr: - expected + found\n      1       - a\n            1 + a\\u{1b}\n                \
                        (no line end)\n";
        assert_eq!(difference.draw(&sides(), false), expected);
    }

    #[test]
    fn a_better_sentence_for_a_syntax_error_is_welcome() {
        let stored =
            |stderr: &str| Run { stdout: String::new(), stderr: stderr.into(), exit: 1, trouble: None };
        let vague = stored("SyntaxError: invalid syntax\n");
        assert!(vague.differences(&stored("SyntaxError: expected ':'\n")).is_empty());
        assert_eq!(vague.differences(&stored("")).len(), 1);
        let exact = stored("SyntaxError: expected ':'\n");
        assert_eq!(exact.differences(&stored("SyntaxError: invalid syntax\n")).len(), 1);
    }
}
