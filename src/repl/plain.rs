//! Reading where nothing can be painted (`TERM=dumb`, standard output into a file): line by
//! line, with prompts and without any escape sequence.

use super::buffer::{self, Enter};
use super::{Ask, Input, Message};
use crate::host::{EINTR, Host, RealHost, Stream};
use std::sync::mpsc::{Receiver, Sender};

/// Whether the terminal understands enough for an editor.
pub(super) fn can_paint(host: &dyn Host) -> bool {
    let term = host.environment("TERM").unwrap_or_default();
    let poor = term.is_empty() || ["dumb", "cons25", "emacs"].contains(&term.as_str());
    host.is_terminal(Stream::In) && host.is_terminal(Stream::Out) && !poor
}

/// Answers every request for an input.
pub(super) fn serve(asks: &Receiver<Ask>, tell: &Sender<Message>) {
    let mut host = RealHost::new();
    while let Ok(ask) = asks.recv() {
        let input = read(&mut host, &ask);
        if tell.send(Message::Input(input)).is_err() {
            return;
        }
    }
}

fn read(host: &mut RealHost, ask: &Ask) -> Input {
    let mut text = String::new();
    let mut prompt = &ask.first;
    loop {
        // A closed standard output is noticed by whoever writes next.
        let _ = host.write_out(prompt.as_bytes());
        let line = match host.read_line() {
            Err(EINTR) => {
                host.take_interrupt();
                // The terminal has echoed `^C` where the cursor stood.
                let _ = host.write_out(b"\n");
                let _ = host.flush_out();
                return Input::Interrupted;
            }
            line => line.unwrap_or_default(),
        };
        if line.is_empty() {
            let _ = host.write_out(b"\n");
            let _ = host.flush_out();
            return if text.is_empty() { Input::End } else { Input::Text(text) };
        }
        text.push_str(&String::from_utf8_lossy(&line));
        let whole = text.strip_suffix('\n').unwrap_or(&text).to_owned();
        match buffer::enter(&whole, whole.len()) {
            Enter::Accept => return Input::Text(whole),
            Enter::Continue { .. } => prompt = &ask.further,
        }
    }
}
