//! What keys do beyond the editor's own bindings: Enter decides between a new line and running
//! the input, Tab indents or completes, pasted text is taken as it is, and the cursor need not
//! be moved over a mark (see `buffer`).
//!
//! The editor repeats a movement once whatever a handler asks for, so movements of several
//! places are searches for a character: for the line end in front of a mark, or for the mark.

use super::buffer::{self, Enter, MARK};
use rustyline::{
    At, CharSearch, Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent,
    Modifiers, Movement, RepeatCount, Word,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
}

struct Handler {
    key: Key,
    /// Between the two marks that a terminal sends around a paste.
    pasting: Arc<AtomicBool>,
}

/// The bindings; `pasting` is set while pasted text comes in.
pub(super) fn bindings(pasting: &Arc<AtomicBool>) -> Vec<(Event, EventHandler)> {
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
    ];
    let handler = |key| EventHandler::Conditional(Box::new(Handler { key, pasting: pasting.clone() }));
    rows.into_iter().map(|(event, key)| (Event::from(event), handler(key))).collect()
}

impl ConditionalEventHandler for Handler {
    fn handle(&self, _: &Event, _: RepeatCount, positive: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let (line, at) = (context.line(), context.pos());
        let pasting = self.pasting.load(Ordering::Relaxed);
        if !positive {
            return None;
        }
        match self.key {
            Key::PasteBegins => self.pasting.store(true, Ordering::Relaxed),
            Key::PasteEnds => {
                self.pasting.store(false, Ordering::Relaxed);
                return Some(Cmd::Repaint);
            }
            Key::Enter if pasting => return Some(new_line(0)),
            Key::Enter => return Some(enter(line, at)),
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

/// What stands in the cursor's line in front of it, without the mark; and whether there is one.
fn in_front(line: &str, at: usize) -> (&str, bool) {
    let begin = line[..at].rfind('\n').map_or(0, |end| end + 1);
    let front = &line[begin..at];
    match front.strip_prefix(MARK) {
        Some(rest) if begin > 0 => (rest, true),
        _ => (front, false),
    }
}

fn is_blank(front: &str) -> bool {
    front.chars().all(|letter| letter == ' ' || letter == '\t')
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
