//! What keys do beyond the editor's own bindings: Enter decides between a new line and running
//! the input, Tab and Backspace know levels of indentation, and the cursor never has to be moved
//! over a mark (see `buffer`).
//!
//! The editor repeats a movement once whatever a handler asks for, so movements of several
//! places are searches for a character: for the line end in front of a mark, or for the mark.

use super::buffer::{self, Enter, MARK};
use rustyline::{
    CharSearch, Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent,
    Modifiers, Movement, RepeatCount,
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
    /// Every key that nothing else is bound to.
    Other,
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
    ];
    let handler = |key| EventHandler::Conditional(Box::new(Handler { key, pasting: pasting.clone() }));
    let mut bindings: Vec<(Event, EventHandler)> =
        rows.into_iter().map(|(event, key)| (Event::from(event), handler(key))).collect();
    bindings.push((Event::Any, handler(Key::Other)));
    bindings
}

impl ConditionalEventHandler for Handler {
    fn handle(&self, event: &Event, _: RepeatCount, positive: bool, context: &EventContext<'_>) -> Option<Cmd> {
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
            Key::Other => return other(event, line, at),
        }
        Some(Cmd::Noop)
    }
}

fn new_line(indent: usize) -> Cmd {
    Cmd::Insert(1, format!("\n{MARK}{}", " ".repeat(indent)))
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

fn tab(line: &str, at: usize) -> Option<Cmd> {
    let (front, _) = in_front(line, at);
    let blank = front.chars().all(|letter| letter == ' ');
    blank.then(|| Cmd::Insert(1, " ".repeat(buffer::blanks_to_stop(front.len()))))
}

fn backspace(line: &str, at: usize) -> Option<Cmd> {
    let (front, marked) = in_front(line, at);
    if !marked {
        return None;
    }
    if front.is_empty() {
        // The line is joined to the one above.
        return Some(Cmd::Kill(Movement::ViCharSearch(1, CharSearch::Backward('\n'))));
    }
    let blank = front.chars().all(|letter| letter == ' ');
    let left = (front.len() - 1) / buffer::WIDTH * buffer::WIDTH;
    let to_mark = Movement::ViCharSearch(1, CharSearch::BackwardAfter(MARK));
    blank.then(|| Cmd::Replace(to_mark, Some(" ".repeat(left))))
}

fn left(line: &str, at: usize) -> Option<Cmd> {
    let (front, marked) = in_front(line, at);
    let to_end_above = Movement::ViCharSearch(1, CharSearch::Backward('\n'));
    (marked && front.is_empty()).then_some(Cmd::Move(to_end_above))
}

fn right(line: &str, at: usize) -> Option<Cmd> {
    let below = line[at..].strip_prefix('\n')?.strip_prefix(MARK)?;
    match below.chars().next() {
        None => Some(Cmd::Move(Movement::EndOfBuffer)),
        // An empty line: the cursor rests in front of its mark.
        Some('\n') => None,
        Some(first) => Some(Cmd::Move(Movement::ViCharSearch(1, CharSearch::Forward(first)))),
    }
}

fn home(line: &str, at: usize, command: fn(Movement) -> Cmd) -> Option<Cmd> {
    let (_, marked) = in_front(line, at);
    marked.then(|| command(Movement::ViCharSearch(1, CharSearch::BackwardAfter(MARK))))
}

/// A letter that is typed in front of a mark goes behind it.
fn other(event: &Event, line: &str, at: usize) -> Option<Cmd> {
    let Event::KeySeq(keys) = event else { return None };
    let [KeyEvent(KeyCode::Char(letter), modifiers)] = keys.as_slice() else { return None };
    let before_mark = at > 0 && line[..at].ends_with('\n') && line[at..].starts_with(MARK);
    if !before_mark || !(modifiers.is_empty() || *modifiers == Modifiers::SHIFT) {
        return None;
    }
    Some(Cmd::Replace(Movement::ForwardChar(1), Some(format!("{MARK}{letter}"))))
}

