//! What keys do beyond the editor's own bindings: Enter decides between a new line and running
//! the input, Tab indents or completes, pasted text is taken as it is, and the cursor need not
//! be moved over a mark (see `buffer`).
//!
//! The indentation that comes by itself is a suggestion: who types blanks of their own, or sends
//! a program key by key, gets those and no others, and `else` goes back to where its `if` is.
//!
//! The editor repeats a movement once whatever a handler asks for, so movements of several
//! places are searches for a character: for the line end in front of a mark, or for the mark.

use super::buffer::{self, Enter, MARK};
use rustyline::{
    At, CharSearch, Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent,
    Modifiers, Movement, RepeatCount, Word,
};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A key with a meaning of its own here.
#[derive(Clone, Copy, Debug)]
enum Key {
    Enter,
    Tab,
    Backspace,
    Left,
    Right,
    Home,
    KillLine,
    PasteBegins,
    PasteEnds,
    /// Shift-Tab.
    BackTab,
    Space,
    Colon,
}

/// What the keys before leave behind.
#[derive(Debug, Default)]
pub(super) struct Typing {
    /// Between the two marks that a terminal sends around a paste.
    pasting: AtomicBool,
    /// Where the cursor was put behind a suggested indentation.
    suggested: AtomicUsize,
    /// What is to stand in the cursor's line in front of it.
    rewritten: Mutex<Option<String>>,
}

impl Typing {
    /// Whether pasted text comes in.
    pub(super) fn pasting(&self) -> bool {
        self.pasting.load(Ordering::Relaxed)
    }

    /// The text that the last key wants in front of the cursor, with the place where it starts.
    /// No command of the editor replaces text and leaves the cursor behind it, but a completion
    /// does: such a key asks for one.
    pub(super) fn rewritten(&self, before: &str) -> Option<(usize, String)> {
        let text = self.rewritten.lock().ok()?.take()?;
        Some((line_begin(before), text))
    }

    fn rewrite(&self, text: String) -> Option<Cmd> {
        *self.rewritten.lock().ok()? = Some(text);
        Some(Cmd::Complete)
    }
}

struct Handler {
    key: Key,
    typing: Arc<Typing>,
}

/// The bindings.
pub(super) fn bindings(typing: &Arc<Typing>) -> Vec<(Event, EventHandler)> {
    let plain = |code| KeyEvent(code, Modifiers::NONE);
    let rows = [
        (plain(KeyCode::Enter), Key::Enter),
        (KeyEvent::ctrl('J'), Key::Enter),
        (KeyEvent::ctrl('M'), Key::Enter),
        (plain(KeyCode::Tab), Key::Tab),
        (KeyEvent::ctrl('I'), Key::Tab),
        (plain(KeyCode::Backspace), Key::Backspace),
        (KeyEvent::ctrl('H'), Key::Backspace),
        (plain(KeyCode::Left), Key::Left),
        (KeyEvent::ctrl('B'), Key::Left),
        (plain(KeyCode::Right), Key::Right),
        (KeyEvent::ctrl('F'), Key::Right),
        (plain(KeyCode::Home), Key::Home),
        (KeyEvent::ctrl('A'), Key::Home),
        (KeyEvent::ctrl('U'), Key::KillLine),
        (plain(KeyCode::BracketedPasteStart), Key::PasteBegins),
        (plain(KeyCode::BracketedPasteEnd), Key::PasteEnds),
        (plain(KeyCode::BackTab), Key::BackTab),
        (plain(KeyCode::Char(' ')), Key::Space),
        (plain(KeyCode::Char(':')), Key::Colon),
    ];
    let handler = |key| EventHandler::Conditional(Box::new(Handler { key, typing: typing.clone() }));
    rows.into_iter().map(|(event, key)| (Event::from(event), handler(key))).collect()
}

impl ConditionalEventHandler for Handler {
    fn handle(&self, _: &Event, _: RepeatCount, positive: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let (line, at) = (context.line(), context.pos());
        let typing = &*self.typing;
        let pasting = typing.pasting();
        if !positive {
            return None;
        }
        match self.key {
            Key::PasteBegins => typing.pasting.store(true, Ordering::Relaxed),
            Key::PasteEnds => {
                typing.pasting.store(false, Ordering::Relaxed);
                return Some(Cmd::Repaint);
            }
            Key::Enter if pasting => return Some(new_line(0)),
            Key::Enter => {
                let command = enter(line, at);
                if let Cmd::Insert(_, start) = &command {
                    typing.suggested.store(at + start.len(), Ordering::Relaxed);
                }
                return Some(command);
            }
            Key::Space | Key::Tab if !pasting && at == typing.suggested.swap(0, Ordering::Relaxed) => {
                let blank = if matches!(self.key, Key::Tab) { '\t' } else { ' ' };
                return match own_indent(line, at, blank) {
                    Some(text) => typing.rewrite(text),
                    None if blank == '\t' => tab(line, at),
                    None => None,
                };
            }
            Key::Colon if !pasting => {
                return colon(line, at).and_then(|text| typing.rewrite(text));
            }
            Key::Space | Key::Colon => return None,
            Key::Tab if pasting => return Some(Cmd::Insert(1, "\t".to_owned())),
            Key::Tab => return tab(line, at),
            Key::Backspace => return backspace(line, at),
            Key::Left => return left(line, at),
            Key::Right => return right(line, at),
            Key::Home => return home(line, at, Cmd::Move),
            Key::KillLine => return home(line, at, Cmd::Kill),
            Key::BackTab => return dedent(line, at),
        }
        Some(Cmd::Noop)
    }
}

fn new_line(indent: usize) -> Cmd {
    Cmd::Insert(1, buffer::line_start(indent))
}

fn enter(line: &str, at: usize) -> Cmd {
    match buffer::enter(&buffer::text(line), buffer::text(&line[..at]).len()) {
        Enter::Accept => Cmd::AcceptLine,
        Enter::Continue { indent } => new_line(indent),
    }
}

/// Where the last line of a text begins.
fn line_begin(text: &str) -> usize {
    text.rfind('\n').map_or(0, |end| end + 1)
}

/// What stands in the cursor's line in front of it, without the mark; and whether there is one.
fn in_front(line: &str, at: usize) -> (&str, bool) {
    let begin = line_begin(&line[..at]);
    let front = &line[begin..at];
    match front.strip_prefix(MARK) {
        Some(rest) if begin > 0 => (rest, true),
        _ => (front, false),
    }
}

fn is_blank(front: &str) -> bool {
    front.chars().all(|letter| letter == ' ' || letter == '\t')
}

fn ends_line(line: &str, at: usize) -> bool {
    line[at..].is_empty() || line[at..].starts_with('\n')
}

/// The first blank that somebody types takes the place of the suggested indentation.
fn own_indent(line: &str, at: usize, blank: char) -> Option<String> {
    let (front, marked) = in_front(line, at);
    let suggested = marked && !front.is_empty() && is_blank(front) && ends_line(line, at);
    suggested.then(|| format!("{MARK}{blank}"))
}

/// The colon behind `else` and its kind moves the line to the statement that it belongs to.
fn colon(line: &str, at: usize) -> Option<String> {
    let (front, marked) = in_front(line, at);
    if !marked || !ends_line(line, at) {
        return None;
    }
    let indent = buffer::clause_indent(&buffer::text(&line[..at]))?;
    let start = buffer::line_start(indent);
    Some(format!("{}{}:", start.trim_start_matches('\n'), front.trim_start()))
}

fn tab(line: &str, at: usize) -> Option<Cmd> {
    is_blank(in_front(line, at).0).then(|| Cmd::Insert(1, "\t".to_owned()))
}

/// Takes the first tab of the line away: the next becomes the mark.
fn dedent(line: &str, at: usize) -> Option<Cmd> {
    let (front, marked) = in_front(line, at);
    Some(if marked && front.starts_with('\t') { Cmd::Dedent(Movement::WholeLine) } else { Cmd::Noop })
}

fn backspace(line: &str, at: usize) -> Option<Cmd> {
    let (front, marked) = in_front(line, at);
    // At the start of a line it is joined to the one above.
    let join = Cmd::Kill(Movement::ViCharSearch(1, CharSearch::Backward('\n')));
    (marked && front.is_empty()).then_some(join)
}

fn left(line: &str, at: usize) -> Option<Cmd> {
    let (front, marked) = in_front(line, at);
    let to_end_above = Movement::ViCharSearch(1, CharSearch::Backward('\n'));
    (marked && front.is_empty()).then_some(Cmd::Move(to_end_above))
}

fn right(line: &str, at: usize) -> Option<Cmd> {
    let below = line[at..].strip_prefix('\n')?.strip_prefix(MARK)?;
    let below = below.split('\n').next().unwrap_or_default();
    match below.chars().next() {
        None if line[at + 2..].is_empty() => Some(Cmd::Move(Movement::EndOfBuffer)),
        Some('\t') if !is_blank(below) => Some(Cmd::Move(Movement::ForwardWord(1, At::Start, Word::Big))),
        Some(first) if first != '\t' => {
            Some(Cmd::Move(Movement::ViCharSearch(1, CharSearch::Forward(first))))
        }
        // In an empty line the cursor rests in front of the mark.
        None | Some(_) => None,
    }
}

fn home(line: &str, at: usize, command: fn(Movement) -> Cmd) -> Option<Cmd> {
    let (_, marked) = in_front(line, at);
    marked.then(|| command(Movement::ViCharSearch(1, CharSearch::BackwardAfter(MARK))))
}
