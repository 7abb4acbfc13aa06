//! Where output goes. While an input runs, to the terminal as in any program. While a person
//! types, whole lines go to the editor, which shows them above the prompt; what is left of a
//! line waits for its end or for the end of the input.

use crate::host::{Host, Layer};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the machine waits for lines that are on their way to the editor.
const PATIENCE: Duration = Duration::from_millis(50);

/// What both threads know of the terminal.
pub(super) struct Screen {
    /// Ctrl-C was hit at the prompt; for a task that is busy.
    pub(super) interrupted: AtomicBool,
    state: Mutex<State>,
    /// Whether an editor can show lines above the prompt.
    painted: bool,
}

struct State {
    /// A person types.
    editing: bool,
    /// A line that has not ended.
    started: Vec<u8>,
    /// The cursor is at the start of a line.
    at_start: bool,
    relay: Sender<String>,
    shown: Receiver<()>,
    /// Lines given to the relay of which it has not said that they are shown.
    on_their_way: usize,
}

/// The editor's end: what is to be shown, and where to say that it is.
pub(super) struct Relay {
    pub(super) lines: Receiver<String>,
    pub(super) shown: Sender<()>,
}

impl Screen {
    pub(super) fn new(painted: bool) -> (Screen, Relay) {
        let (relay, lines) = channel();
        let (tell_shown, shown) = channel();
        let state =
            State { editing: false, started: Vec::new(), at_start: true, relay, shown, on_their_way: 0 };
        let screen = Screen { interrupted: AtomicBool::new(false), state: Mutex::new(state), painted };
        (screen, Relay { lines, shown: tell_shown })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next output begins a line.
    pub(super) fn is_at_start(&self) -> bool {
        self.state().at_start
    }

    /// The prompt comes next.
    pub(super) fn begin_edit(&self) {
        self.state().editing = self.painted;
    }

    /// What follows is the output of an input; first, what is returned.
    pub(super) fn end_edit(&self) -> String {
        self.interrupted.store(false, Ordering::Relaxed);
        let mut state = self.state();
        state.editing = false;
        state.at_start = true;
        while state.on_their_way > 0 && state.shown.recv_timeout(PATIENCE).is_ok() {
            state.on_their_way -= 1;
        }
        let started = std::mem::take(&mut state.started);
        String::from_utf8_lossy(&started).into_owned()
    }

    fn note(&self, bytes: &[u8]) {
        if !bytes.is_empty() {
            // Who clears the screen puts the cursor there, too.
            self.state().at_start = bytes.ends_with(b"\n") || bytes.ends_with(b"\x1b[H");
        }
    }

    /// Takes output while a person types; false when it may go to the terminal.
    fn take(&self, bytes: &[u8]) -> bool {
        let mut state = self.state();
        if !state.editing {
            return false;
        }
        state.started.extend_from_slice(bytes);
        if let Some(end) = state.started.iter().rposition(|&byte| byte == b'\n') {
            let lines: Vec<u8> = state.started.drain(..=end).collect();
            if state.relay.send(String::from_utf8_lossy(&lines).into_owned()).is_ok() {
                state.on_their_way += 1;
            }
        }
        true
    }
}

/// The outside of a machine that shares its terminal with an editor.
pub(super) struct TerminalHost {
    inner: Box<dyn Host>,
    screen: Arc<Screen>,
}

impl TerminalHost {
    pub(super) fn new(inner: Box<dyn Host>, screen: Arc<Screen>) -> TerminalHost {
        TerminalHost { inner, screen }
    }
}

impl Layer for TerminalHost {
    fn behind(&self) -> &dyn Host {
        &*self.inner
    }

    fn behind_mut(&mut self) -> &mut dyn Host {
        &mut *self.inner
    }

    fn write_out(&mut self, bytes: &[u8]) -> Result<(), i32> {
        if self.screen.take(bytes) {
            return Ok(());
        }
        self.screen.note(bytes);
        self.inner.write_out(bytes)
    }

    fn write_err(&mut self, bytes: &[u8]) -> Result<(), i32> {
        if self.screen.take(bytes) {
            return Ok(());
        }
        self.screen.note(bytes);
        self.inner.write_err(bytes)
    }

    fn read_line(&mut self) -> Result<Vec<u8>, i32> {
        if self.screen.state().editing {
            // The terminal belongs to the editor: a task that asks gets the end of the input.
            return Ok(Vec::new());
        }
        let line = self.inner.read_line();
        self.screen.note(b"\n");
        line
    }

    fn take_interrupt(&mut self) -> bool {
        let here = self.screen.interrupted.load(Ordering::Relaxed)
            && self.screen.interrupted.swap(false, Ordering::Relaxed);
        let sent = self.inner.take_interrupt();
        if sent && !self.screen.state().editing {
            // The terminal has echoed `^C` where the cursor stood.
            let _ = self.inner.write_out(b"\n").and_then(|()| self.inner.flush_out());
            self.screen.note(b"\n");
        }
        sent || here
    }
}
