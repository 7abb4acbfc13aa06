//! The editor (`rustyline`): its settings, its history, and a printer for lines that come while
//! it is at work. What it asks is answered in `assistant`.

use super::assistant::Assistant;
use super::screen::{Relay, Screen};
use super::{Ask, Input, Message, buffer, history, keys};
use crate::host;
use rustyline::config::{BellStyle, CompletionType, Configurer};
use rustyline::error::ReadlineError;
use rustyline::history::{DefaultHistory, History};
use rustyline::{ColorMode, Config, Editor, ExternalPrinter};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};

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
    while let Ok(ask) = asks.recv() {
        let input = editor.read(&ask);
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
            .bell_style(BellStyle::None)
            // The prompts are painted with the text, so painting is always on; whether it uses
            // colours is decided in `paint`.
            .color_mode(ColorMode::Forced)
            .build();
        let mut editor = Editor::with_config(config)?;
        editor.set_history_ignore_space(false);
        let typing = Arc::new(keys::Typing::default());
        for (event, handler) in keys::bindings(&typing) {
            editor.bind_sequence(event, handler);
        }
        editor.set_helper(Some(Assistant::new(tell, typing, color)));
        let printer = editor.create_external_printer()?;
        host::in_background(move || print_above(printer, &relay))?;
        let file = history::file(|name| std::env::var(name).ok());
        if let Some(file) = &file {
            // A history that cannot be read is an empty one.
            let _ = editor.load_history(file);
        }
        Ok(Prompt { editor, file })
    }

    fn read(&mut self, ask: &Ask) -> Input {
        let prompts = self.editor.helper().map(|helper| helper.set_prompts(&ask.first, &ask.further));
        let (prompt, tab) = prompts.unwrap_or_default();
        self.editor.set_tab_stop(tab);
        match self.editor.readline(&prompt) {
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
