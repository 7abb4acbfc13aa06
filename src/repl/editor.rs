//! The editor (`rustyline`) with everything that it asks for: bindings, colours, completion,
//! history, and a printer for lines that come while it is at work.

use super::buffer::{self, PROMPT};
use super::screen::{Relay, Screen};
use super::{Ask, Input, Message, command, history, keys, paint};
use crate::host;
use rustyline::completion::Completer;
use rustyline::config::{BellStyle, CompletionType, Configurer};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::{DefaultHistory, History};
use rustyline::validate::Validator;
use rustyline::{ColorMode, Config, Context, Editor, ExternalPrinter, Helper};
use std::borrow::Cow;
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long Tab waits for a machine that is busy.
const PATIENCE: Duration = Duration::from_millis(500);

/// Answers every request for an input, until nobody asks any more.
pub(super) fn serve(
    asks: &Receiver<Ask>,
    tell: &Sender<Message>,
    screen: &Screen,
    relay: Relay,
    color: bool,
) {
    let mut editor = match Prompt::open(tell.clone(), relay, color) {
        Ok(editor) => editor,
        Err(error) => {
            // Without an editor the session ends before it begins.
            let mut host = host::RealHost::new();
            let _ = host::Host::write_err(&mut host, format!("co: no line editor: {error}\n").as_bytes());
            return;
        }
    };
    while asks.recv().is_ok() {
        let input = editor.read();
        if matches!(input, Input::Interrupted) {
            // A task that is busy is stopped, too.
            screen.interrupted.store(true, Ordering::Relaxed);
        }
        if tell.send(Message::Input(input)).is_err() {
            return;
        }
    }
}

struct Prompt {
    editor: Editor<Assistant, DefaultHistory>,
    /// Where inputs are remembered.
    file: Option<PathBuf>,
}

impl Prompt {
    fn open(tell: Sender<Message>, relay: Relay, color: bool) -> rustyline::Result<Prompt> {
        let config = Config::builder()
            .max_history_size(history::LENGTH)?
            .history_ignore_dups(true)?
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .bell_style(BellStyle::None)
            .tab_stop(buffer::WIDTH as u8)
            // One tab is one level (see `buffer`).
            .indent_size(1)
            // The prompts of further lines are painted, so painting is always on; whether it
            // uses colours is decided in `paint`.
            .color_mode(ColorMode::Forced)
            .build();
        let mut editor = Editor::with_config(config)?;
        editor.set_history_ignore_space(false);
        let typing = Arc::new(keys::Typing::default());
        for (event, handler) in keys::bindings(&typing) {
            editor.bind_sequence(event, handler);
        }
        editor.set_helper(Some(Assistant { tell, color, typing, leaving: Cell::new(false) }));
        let printer = editor.create_external_printer()?;
        host::in_background(move || print_above(printer, &relay))?;
        let file = history::file(|name| std::env::var(name).ok());
        if let Some(file) = &file {
            // A history that cannot be read is an empty one.
            let _ = editor.load_history(file);
        }
        Ok(Prompt { editor, file })
    }

    fn read(&mut self) -> Input {
        match self.editor.readline(PROMPT) {
            Ok(typed) => {
                let text = buffer::text(&typed);
                self.remember(text.trim_end());
                Input::Text(text)
            }
            Err(ReadlineError::Interrupted) => Input::Interrupted,
            Err(_) => Input::End,
        }
    }

    /// Adds an input to the history; that this fails must not disturb the session.
    fn remember(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let added = self.editor.history_mut().add_owned(buffer::marked(text));
        if let (Ok(true), Some(file)) = (added, &self.file) {
            let _ = self.editor.append_history(file);
        }
    }
}

/// Hands lines to the editor, several at once when it is slow.
fn print_above(mut printer: impl ExternalPrinter, relay: &Relay) {
    while let Ok(mut lines) = relay.lines.recv() {
        let mut count = 1;
        while let Ok(more) = relay.lines.try_recv() {
            lines.push_str(&more);
            count += 1;
        }
        if printer.print(lines).is_err() {
            return;
        }
        for _ in 0..count {
            // At the end of the session nobody counts any more.
            let _ = relay.shown.send(());
        }
    }
}

/// What the editor asks while a person types.
struct Assistant {
    tell: Sender<Message>,
    color: bool,
    typing: Arc<keys::Typing>,
    /// The line is about to be accepted: no brackets are marked any more.
    leaving: Cell<bool>,
}

impl Helper for Assistant {}
impl Validator for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        if let Some((start, text)) = self.typing.rewritten(&line[..at]) {
            return Ok((start, vec![text]));
        }
        let before = buffer::text(&line[..at]);
        if let Some(word) = before.strip_prefix(':')
            && !word.contains(char::is_whitespace)
        {
            return Ok((1, command::starting_with(word)));
        }
        let (answer, answers) = channel();
        let length = before.len();
        if self.tell.send(Message::Complete(before, answer)).is_err() {
            return Ok((at, Vec::new()));
        }
        match answers.recv_timeout(PATIENCE) {
            // The word lies in the cursor's line, behind every mark.
            Ok((start, found)) => Ok((at - (length - start), found)),
            Err(_) => Ok((at, Vec::new())),
        }
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        let cursor = (!self.leaving.get()).then_some(at);
        Cow::Owned(paint::paint(line, cursor, self.color))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, default: bool) -> Cow<'b, str> {
        if default { Cow::Owned(paint::prompt(prompt, self.color)) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.leaving.set(kind == CmdKind::ForcedRefresh);
        // Pasted letters are only added; the whole is painted when the paste ends.
        !self.typing.pasting()
    }
}
