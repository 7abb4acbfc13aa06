//! What keys do beyond the editor's own bindings: Enter decides between a new line and running
//! the input, Tab indents or completes, pasted text is taken as it is, Up and Down keep their
//! column, and no key leaves the cursor in front of a mark or takes half of a line end (see
//! `buffer`).
//!
//! The indentation that comes by itself is a suggestion: who types blanks of their own, or sends
//! a program key by key, gets those and no others, and `else` goes back to where its `if` is.
//!
//! No command of the editor replaces text or moves the cursor as a handler likes, but a
//! completion does: such a key leaves a [`Change`] behind and asks for one.

use super::buffer::{self, Enter, MARK, WIDTH};
use rustyline::{
    CharSearch, Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent,
    Modifiers, Movement, RepeatCount,
};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A key with a meaning of its own here.
#[derive(Clone, Copy, Debug)]
enum Key {
    Enter,
    Tab,
    /// Shift-Tab.
    BackTab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    KillToStart,
    KillToEnd,
    PasteBegins,
    PasteEnds,
    Space,
    Colon,
    /// Every other key.
    Other,
}

/// What becomes of the buffer and its cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    pub(super) cursor: usize,
}

impl Change {
    fn go_to(cursor: usize) -> Change {
        Change { range: cursor..cursor, text: String::new(), cursor }
    }

    /// The cursor comes to stand behind the text.
    fn replace(range: Range<usize>, text: impl Into<String>) -> Change {
        let text = text.into();
        Change { cursor: range.start + text.len(), range, text }
    }
}

/// The column that Up and Down keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Column(usize),
    /// Behind the last letter, however long the line is.
    End,
}

/// What the keys before leave behind.
#[derive(Debug, Default)]
pub(super) struct Typing {
    /// What came in since the terminal said that a paste begins: it is inserted as one when that
    /// ends.
    pasted: Mutex<Option<String>>,
    /// An earlier input is searched: keys are letters of what is wanted.
    searching: AtomicBool,
    /// Where the cursor was put behind a suggested indentation.
    suggested: AtomicUsize,
    change: Mutex<Option<Change>>,
    /// Where Up or Down left the cursor, and the column that they keep.
    goal: Mutex<Option<(usize, Goal)>>,
}

impl Typing {
    pub(super) fn set_searching(&self, searching: bool) {
        self.searching.store(searching, Ordering::Relaxed);
    }

    /// The change that the last key wants.
    pub(super) fn take_change(&self) -> Option<Change> {
        self.change.lock().ok()?.take()
    }

    fn change(&self, change: Change) -> Option<Cmd> {
        *self.change.lock().ok()? = Some(change);
        Some(Cmd::Complete)
    }

    fn begin_paste(&self) -> Option<Cmd> {
        *self.pasted.lock().ok()? = Some(String::new());
        Some(Cmd::Noop)
    }

    /// Takes a key that is a letter of pasted text; false when nothing is pasted.
    fn collect(&self, event: &Event) -> bool {
        let Ok(mut pasted) = self.pasted.lock() else { return false };
        let Some(text) = pasted.as_mut() else { return false };
        if let Event::KeySeq(keys) = event {
            text.extend(keys.iter().filter_map(|KeyEvent(code, modifiers)| match code {
                KeyCode::Enter => Some('\r'),
                KeyCode::Char('M') if *modifiers == Modifiers::CTRL => Some('\r'),
                KeyCode::Char('J') if *modifiers == Modifiers::CTRL => Some('\n'),
                KeyCode::Char('I') if *modifiers == Modifiers::CTRL => Some('\t'),
                KeyCode::Tab => Some('\t'),
                KeyCode::Char(letter) if modifiers.is_empty() => Some(*letter),
                // A control character has no place in a program.
                _ => None,
            }));
        }
        true
    }

    fn end_paste(&self, line: &str, at: usize) -> Option<Change> {
        let text = self.pasted.lock().ok()?.take()?;
        let suggested = self.suggested.swap(0, Ordering::Relaxed) == at;
        Some(paste(line, at, &text, suggested))
    }

    /// Up and Down: through the lines, then through earlier inputs.
    fn walk(&self, buffer: &str, at: usize, count: RepeatCount, down: bool) -> Option<Cmd> {
        let lines = buffer::lines(buffer);
        let here = buffer::line_at(&lines, at);
        let count = usize::from(count);
        let there = if down { (here + count).min(lines.len() - 1) } else { here.saturating_sub(count) };
        if there == here {
            return Some(if down { Cmd::NextHistory } else { Cmd::PreviousHistory });
        }
        let mut kept = self.goal.lock().ok()?;
        let goal = match *kept {
            Some((place, goal)) if place == at => goal,
            _ => goal(buffer, &lines[here], at),
        };
        let target = place(buffer, &lines[there], goal);
        *kept = Some((target, goal));
        self.change(Change::go_to(target))
    }
}

/// The column of a place in its line.
fn goal(buffer: &str, line: &Range<usize>, at: usize) -> Goal {
    let text = &buffer[line.clone()];
    if at >= line.end && !text.trim().is_empty() {
        return Goal::End;
    }
    Goal::Column(buffer.get(line.start..at).map_or(0, UnicodeWidthStr::width))
}

/// The place in a line that is nearest to a column.
fn place(buffer: &str, line: &Range<usize>, goal: Goal) -> usize {
    let Goal::Column(wanted) = goal else { return line.end };
    let mut column = 0;
    for (at, letter) in buffer[line.clone()].grapheme_indices(true) {
        column += letter.width();
        if column > wanted {
            return line.start + at;
        }
    }
    line.end
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
        (plain(KeyCode::BackTab), Key::BackTab),
        (plain(KeyCode::Backspace), Key::Backspace),
        (KeyEvent::ctrl('H'), Key::Backspace),
        (plain(KeyCode::Delete), Key::Delete),
        (KeyEvent::ctrl('D'), Key::Delete),
        (plain(KeyCode::Left), Key::Left),
        (KeyEvent::ctrl('B'), Key::Left),
        (plain(KeyCode::Right), Key::Right),
        (KeyEvent::ctrl('F'), Key::Right),
        (plain(KeyCode::Up), Key::Up),
        (KeyEvent::ctrl('P'), Key::Up),
        (plain(KeyCode::Down), Key::Down),
        (KeyEvent::ctrl('N'), Key::Down),
        (plain(KeyCode::Home), Key::Home),
        (KeyEvent::ctrl('A'), Key::Home),
        (KeyEvent::ctrl('U'), Key::KillToStart),
        (KeyEvent::ctrl('K'), Key::KillToEnd),
        (plain(KeyCode::BracketedPasteStart), Key::PasteBegins),
        (plain(KeyCode::BracketedPasteEnd), Key::PasteEnds),
        (plain(KeyCode::Char(' ')), Key::Space),
        (plain(KeyCode::Char(':')), Key::Colon),
    ];
    let handler = |key| EventHandler::Conditional(Box::new(Handler { key, typing: typing.clone() }));
    let keys = rows.into_iter().map(|(event, key)| (Event::from(event), handler(key)));
    keys.chain([(Event::Any, handler(Key::Other))]).collect()
}

impl ConditionalEventHandler for Handler {
    fn handle(
        &self,
        event: &Event,
        count: RepeatCount,
        positive: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let (line, at) = (context.line(), context.pos());
        let typing = &*self.typing;
        if matches!(self.key, Key::PasteEnds) {
            return typing.change(typing.end_paste(line, at)?);
        }
        if typing.collect(event) {
            return Some(Cmd::Noop);
        }
        if !positive {
            return None;
        }
        if typing.searching.load(Ordering::Relaxed) {
            return matches!(self.key, Key::Enter).then(|| found(line));
        }
        let change = match self.key {
            Key::PasteBegins => return typing.begin_paste(),
            Key::PasteEnds | Key::Other => None,
            Key::Enter => {
                let command = enter(line, at);
                if let Cmd::Insert(_, start) = &command {
                    typing.suggested.store(at + start.len(), Ordering::Relaxed);
                }
                return Some(command);
            }
            Key::Space | Key::Tab if at == typing.suggested.swap(0, Ordering::Relaxed) => {
                let blank = if matches!(self.key, Key::Tab) { WIDTH } else { 1 };
                match own_indent(line, at, blank) {
                    None if blank == WIDTH => return tab(line, at),
                    change => change,
                }
            }
            Key::Tab => return tab(line, at),
            Key::Colon => colon(line, at),
            Key::Space => None,
            Key::BackTab => dedent(line, at),
            Key::Backspace => backspace(line, at),
            Key::Delete | Key::KillToEnd => join_below(line, at),
            Key::Left => left(line, at),
            Key::Right => right(line, at),
            Key::Up => return typing.walk(line, at, count, false),
            Key::Down => return typing.walk(line, at, count, true),
            Key::Home => Some(Change::go_to(front_start(line, at))),
            Key::KillToStart => return kill_to_start(line, at),
        };
        typing.change(change?)
    }
}

fn enter(line: &str, at: usize) -> Cmd {
    match buffer::enter(&buffer::text(line), buffer::text(&line[..at]).len()) {
        Enter::Accept => Cmd::AcceptLine,
        Enter::Continue { indent } => Cmd::Insert(1, buffer::line_start(indent)),
    }
}

/// Enter in a search runs what was found, wherever in it the cursor stands.
fn found(line: &str) -> Cmd {
    // The empty line that ended a block was not kept.
    let text = buffer::text(line) + "\n";
    match buffer::enter(&text, text.len()) {
        Enter::Accept => Cmd::AcceptLine,
        Enter::Continue { .. } => Cmd::Move(Movement::EndOfBuffer),
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

fn front_start(line: &str, at: usize) -> usize {
    at - in_front(line, at).0.len()
}

fn is_blank(front: &str) -> bool {
    front.chars().all(|letter| letter == ' ' || letter == '\t')
}

fn ends_line(line: &str, at: usize) -> bool {
    line[at..].is_empty() || line[at..].starts_with('\n')
}

/// Whether the cursor is at the end of a line that another one follows.
fn has_mark_behind(line: &str, at: usize) -> bool {
    line[at..].strip_prefix('\n').is_some_and(|below| below.starts_with(MARK))
}

/// The first blank that somebody types takes the place of the suggested indentation.
fn own_indent(line: &str, at: usize, blanks: usize) -> Option<Change> {
    let (front, marked) = in_front(line, at);
    let suggested = marked && !front.is_empty() && is_blank(front) && ends_line(line, at);
    suggested.then(|| Change::replace(at - front.len()..at, " ".repeat(blanks)))
}

/// The colon behind `else` and its kind moves the line to the statement that it belongs to.
fn colon(line: &str, at: usize) -> Option<Change> {
    let (front, marked) = in_front(line, at);
    if !marked || !ends_line(line, at) {
        return None;
    }
    let indent = buffer::clause_indent(&buffer::text(&line[..at]))?;
    let text = format!("{}{}:", " ".repeat(indent), front.trim_start());
    Some(Change::replace(at - front.len()..at, text))
}

/// The blanks from behind `front` to the next level of indentation.
fn to_next_level(front: &str) -> String {
    " ".repeat(WIDTH - front.chars().count() % WIDTH)
}

fn tab(line: &str, at: usize) -> Option<Cmd> {
    let (front, _) = in_front(line, at);
    is_blank(front).then(|| Cmd::Insert(1, to_next_level(front)))
}

/// Inserts pasted text. Indentation of its own takes the place of a suggested one.
fn paste(line: &str, at: usize, text: &str, suggested: bool) -> Change {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (front, _) = in_front(line, at);
    let indented = text.starts_with([' ', '\t']) && is_blank(front) && ends_line(line, at);
    let from = if suggested && indented { at - front.len() } else { at };
    let text = buffer::with_blanks(&buffer::text(&line[..from]), &text);
    Change::replace(from..at, buffer::marked(&text))
}

/// How much of the blanks at the end of `front` one level is.
fn last_level(front: &str) -> usize {
    if front.ends_with('\t') {
        return 1;
    }
    let over = match front.len() % WIDTH {
        0 => WIDTH,
        over => over,
    };
    over.min(front.len() - front.trim_end_matches(' ').len())
}

/// Takes a level of indentation from the line.
fn dedent(line: &str, at: usize) -> Option<Change> {
    let start = front_start(line, at);
    let rest = &line[start..];
    let blanks = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
    let taken = if blanks.is_empty() { 0 } else { last_level(blanks) };
    let from = start + blanks.len() - taken;
    let cursor = if at > from { from.max(at.saturating_sub(taken)) } else { at };
    Some(Change { range: from..from + taken, text: String::new(), cursor })
}

/// At the start of a line Backspace joins it to the one above, in blanks it takes a level.
fn backspace(line: &str, at: usize) -> Option<Change> {
    let (front, marked) = in_front(line, at);
    if front.is_empty() {
        return marked.then(|| Change::replace(at - 2..at, ""));
    }
    is_blank(front).then(|| Change::replace(at - last_level(front)..at, ""))
}

/// Joins the line below to the cursor's line: the line end goes with its mark.
fn join_below(line: &str, at: usize) -> Option<Change> {
    has_mark_behind(line, at).then(|| Change::replace(at..at + 2, ""))
}

fn left(line: &str, at: usize) -> Option<Change> {
    let (front, marked) = in_front(line, at);
    (marked && front.is_empty()).then(|| Change::go_to(at - 2))
}

fn right(line: &str, at: usize) -> Option<Change> {
    has_mark_behind(line, at).then(|| Change::go_to(at + 2))
}

fn kill_to_start(line: &str, at: usize) -> Option<Cmd> {
    let (_, marked) = in_front(line, at);
    marked.then_some(Cmd::Kill(Movement::ViCharSearch(1, CharSearch::BackwardAfter(MARK))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "if 한글:\n\t    one\n\t\n\t    three = 3";

    fn walked(typing: &Typing, at: usize, down: bool) -> Option<usize> {
        typing.walk(BLOCK, at, 1, down)?;
        typing.take_change().map(|change| change.cursor)
    }

    #[test]
    fn up_and_down_keep_their_column() {
        let typing = Typing::default();
        let lines = buffer::lines(BLOCK);
        let start = lines[3].start + 6;
        let middle = walked(&typing, start, false);
        assert_eq!(middle, Some(lines[2].start));
        let above = walked(&typing, middle.unwrap_or_default(), false);
        assert_eq!(above, Some(lines[1].start + 6));
        // A wide letter is entered from its left.
        let first = walked(&typing, above.unwrap_or_default(), false);
        assert_eq!(first, Some("if 한".len()));
        assert_eq!(typing.walk(BLOCK, first.unwrap_or_default(), 1, false), Some(Cmd::PreviousHistory));
        assert_eq!(typing.walk(BLOCK, BLOCK.len(), 1, true), Some(Cmd::NextHistory));
    }

    #[test]
    fn behind_the_last_letter_is_a_column_too() {
        let typing = Typing::default();
        let lines = buffer::lines(BLOCK);
        let end = walked(&typing, lines[0].end, true);
        assert_eq!(end, Some(lines[1].end));
        let empty = walked(&typing, end.unwrap_or_default(), true);
        assert_eq!(walked(&typing, empty.unwrap_or_default(), true), Some(lines[3].end));
    }

    #[test]
    fn levels_come_and_go() {
        assert_eq!(backspace("if x:\n\t      ", 13), Some(Change::replace(11..13, "")));
        assert_eq!(backspace("if x:\n\t    ", 11), Some(Change::replace(7..11, "")));
        assert_eq!(backspace("if x:\n\t", 7), Some(Change::replace(5..7, "")));
        assert_eq!(backspace("if x:\n\ty", 8), None);
        assert_eq!(
            dedent("if x:\n\t    y", 12),
            Some(Change { range: 7..11, text: String::new(), cursor: 8 })
        );
        assert_eq!(dedent("y", 1), Some(Change { range: 0..0, text: String::new(), cursor: 1 }));
        assert_eq!(join_below("if x:\n\ty", 5), Some(Change::replace(5..7, "")));
        assert_eq!(to_next_level("  "), "  ");
    }

    #[test]
    fn a_paste_comes_as_one() {
        let pasted = |line: &str, text, suggested| paste(line, line.len(), text, suggested).text;
        assert_eq!(pasted("", "if x:\r\n\ty\rz", false), "if x:\n\t    y\n\tz");
        assert_eq!(paste("if x:\n\t    ", 11, "    y", true), Change::replace(7..11, "    y"));
        assert_eq!(paste("if x:\n\t    ", 11, "y", true), Change::replace(11..11, "y"));
        assert_eq!(pasted("", "s = '''\r\tx'''\r", false), "s = '''\n\t\tx'''\n\t");
    }
}
