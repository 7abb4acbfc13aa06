//! What the editor asks while a person types: what completes a word, what a key changes, and how
//! the input looks.
//!
//! Several words that fit are listed below the input, until the next key. For the editor such a
//! list is a hint, and a hint is written by itself; here the input, its prompts and the list are
//! laid out together, so that a window that is too low for them shows the right part.

use super::buffer;
use super::keys::{Change, Typing};
use super::paint::{self, Label, Look};
use super::sheet::Screen;
use super::{Message, command};
use crate::host::RealHost;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::line_buffer::LineBuffer;
use rustyline::validate::Validator;
use rustyline::{Changeset, Context, GraphemeClusterMode, Helper};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

/// How long Tab waits for a machine that is busy.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) struct Assistant {
    tell: Sender<Message>,
    typing: Arc<Typing>,
    mode: GraphemeClusterMode,
    look: RefCell<Look>,
    /// The prompt that the editor shows now; its own while it searches.
    first: RefCell<Label>,
    tab: Cell<usize>,
    change: RefCell<Option<Change>>,
    /// A list that the last key asked for, and the one that is on the screen.
    wanted: RefCell<String>,
    listed: RefCell<String>,
}

impl Assistant {
    pub(super) fn new(tell: Sender<Message>, typing: Arc<Typing>, color: bool) -> Assistant {
        let look = Look {
            first: Label::default(),
            further: Label::default(),
            color,
            notice: String::new(),
            whole: false,
        };
        Assistant {
            tell,
            typing,
            mode: GraphemeClusterMode::from_env(),
            look: RefCell::new(look),
            first: RefCell::default(),
            tab: Cell::new(buffer::WIDTH),
            change: RefCell::default(),
            wanted: RefCell::default(),
            listed: RefCell::default(),
        }
    }

    /// Takes the prompts of the next input; the editor's prompt and its tab stops.
    pub(super) fn set_prompts(&self, first: &str, further: &str) -> (String, u8) {
        let room = (self.screen().columns / 2).max(1);
        let mut look = self.look.borrow_mut();
        look.first = Label::new(first);
        look.further = Label::of_line(further, room);
        let tab = u8::try_from(usize::from(self.mode.width(&look.further.plain()))).unwrap_or(u8::MAX).max(1);
        self.tab.set(usize::from(tab));
        (look.first.plain(), tab)
    }

    fn screen(&self) -> Screen {
        let (columns, rows) = RealHost::window().unwrap_or((80, 24));
        Screen { columns, rows, tab: self.tab.get(), mode: self.mode }
    }

    /// What may stand in front of `at`, and where it begins.
    fn found(&self, before: &str) -> Option<(usize, Vec<String>)> {
        if let Some(word) = before.strip_prefix(':')
            && !word.contains(char::is_whitespace)
        {
            return Some((1, command::starting_with(word)));
        }
        let (answer, answers) = channel();
        self.tell.send(Message::Complete(before.to_owned(), answer)).ok()?;
        answers.recv_timeout(PATIENCE).ok()
    }
}

impl Helper for Assistant {}
impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        // One candidate is taken without a question.
        if let Some(change) = self.typing.take_change() {
            *self.change.borrow_mut() = Some(change);
            return Ok((at, vec![String::new()]));
        }
        let before = buffer::text(&line[..at]);
        let Some((start, found)) = self.found(&before) else { return Ok((at, Vec::new())) };
        let typed = before.len() - start;
        let Some(common) = common_start(&found).filter(|common| common.len() >= typed) else {
            return Ok((at, Vec::new()));
        };
        if found.len() > 1 {
            let screen = self.screen();
            *self.wanted.borrow_mut() = list(&found, screen.columns, screen.rows.saturating_sub(2));
        }
        // The word lies in the cursor's line, behind every mark.
        Ok((at - typed, vec![common.to_owned()]))
    }

    fn update(&self, line: &mut LineBuffer, start: usize, elected: &str, changes: &mut Changeset) {
        let Some(change) = self.change.borrow_mut().take() else {
            let end = line.pos();
            if &line.as_str()[start..end] != elected {
                line.replace(start..end, elected, changes);
            }
            return;
        };
        if !change.range.is_empty() || !change.text.is_empty() {
            line.replace(change.range, &change.text, changes);
        }
        line.set_pos(change.cursor);
    }
}

/// What all words begin with.
fn common_start(words: &[String]) -> Option<&str> {
    let first = words.first()?;
    let length = words.iter().fold(first.len(), |length, word| {
        let pairs = first.char_indices().zip(word.chars());
        let differs = pairs.into_iter().find(|((_, one), other)| one != other).map(|((at, _), _)| at);
        length.min(differs.unwrap_or(word.len()))
    });
    first.get(..length)
}

/// Words in columns, on rows of their own.
fn list(words: &[String], columns: usize, rows: usize) -> String {
    let width = words.iter().map(|word| word.width()).max().unwrap_or(0) + 2;
    let across = (columns / width).max(1);
    let needed = words.len().div_ceil(across);
    let (shown, left) = match rows.max(1) {
        rows if needed > rows => (across * (rows - 1).max(1), true),
        _ => (words.len(), false),
    };
    let down = shown.div_ceil(across);
    let mut text = String::new();
    for row in 0..down {
        text.push('\n');
        let mut line = String::new();
        for word in words[..shown.min(words.len())].iter().skip(row).step_by(down) {
            line.push_str(word);
            line.push_str(&" ".repeat(width - word.width()));
        }
        text.push_str(line.trim_end());
    }
    if left {
        text.push_str(&format!("\n… and {} more", words.len() - shown));
    }
    text
}

/// A list below the input; Right does not take it over.
pub(super) struct List(String);

impl Hint for List {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = List;

    fn hint(&self, _: &str, _: usize, _: &Context<'_>) -> Option<List> {
        let wanted = self.wanted.take();
        self.listed.borrow_mut().clone_from(&wanted);
        (!wanted.is_empty()).then_some(List(wanted))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        let look = self.look.borrow();
        let look = Look { first: self.first.borrow().clone(), ..look.clone() };
        Cow::Owned(paint::paint(line, at, &self.listed.borrow(), &look, self.screen()))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, default: bool) -> Cow<'b, str> {
        // It is painted together with what it stands in front of.
        *self.first.borrow_mut() =
            if default { self.look.borrow().first.clone() } else { Label::new(prompt) };
        self.typing.set_searching(!default && prompt.contains("reverse-i-search"));
        self.look.borrow_mut().notice = if default { String::new() } else { prompt.to_owned() };
        Cow::Borrowed("")
    }

    fn highlight_hint<'h>(&self, _: &'h str) -> Cow<'h, str> {
        Cow::Borrowed("")
    }

    fn highlight_char(&self, line: &str, at: usize, kind: CmdKind) -> bool {
        // A movement and the last painting of an input come without a hint.
        if kind != CmdKind::Other {
            self.listed.borrow_mut().clear();
        }
        self.look.borrow_mut().whole = kind == CmdKind::ForcedRefresh && at == line.len();
        // A letter changes more than itself: colours, brackets, the list below.
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn words_have_a_common_start() {
        assert_eq!(common_start(&words("print property")), Some("pr"));
        assert_eq!(common_start(&words("한글 한국")), Some("한"));
        assert_eq!(common_start(&words("a ab")), Some("a"));
        assert_eq!(common_start(&[]), None);
    }

    #[test]
    fn a_list_stays_within_its_rows() {
        assert_eq!(list(&words("a b c d e"), 9, 9), "\na  c  e\nb  d");
        assert_eq!(list(&words("a b c d e"), 3, 3), "\na\nb\n… and 3 more");
        assert_eq!(list(&words("한 글"), 8, 9), "\n한  글");
    }
}
