//! The prompt: what a person types is read here, what it means is in `engine::session`.
//!
//! ```text
//!   the process's thread                      the machine's thread (large stack)
//!   editor: reads an input   -- Message -->   session: runs it, then waits for the next;
//!           asks for names   -- Message -->            while it waits, tasks go on
//!           prints above it  <-- relay ----            and what they print goes to the relay
//! ```
//!
//! The machine never waits for the editor but for the next message, and the editor waits for
//! the machine only for names, and not for long; so neither can hold the other up.
//!
//! **Which loop runs when.** A loop lives as long as the session. An input that awaits is a task
//! of it, driven to its end. Other inputs run as a script's lines do: `asyncio.run(main())`
//! works, as tutorials have it, and `asyncio.create_task(…)` finds the session's loop. Between
//! inputs that loop turns, so timers fire and tasks print; under the virtual clock time stands
//! still there and jumps only while an input waits.
//!
//! `buffer` says how a block is held and indented, `keys` what keys do, `sheet` lays out rows,
//! `paint` colours them, `assistant` answers the editor's questions, `editor` sets it up; `plain` reads where a terminal cannot be painted; `screen` is
//! where output goes; `command` has the words with a colon; `history` names a file.

mod assistant;
mod buffer;
mod command;
mod editor;
mod history;
mod keys;
mod paint;
mod plain;
mod screen;
mod sheet;

use crate::engine::{self, After, Clock, Next, Options, Session};
use crate::host::{self, Host, Stream};
use crate::stack;
use screen::{Screen, TerminalHost};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::Duration;

/// What the editor tells the machine.
enum Message {
    /// What stands in place of the last word of a text? The answer is where that word begins
    /// and what may stand there.
    Complete(String, Sender<(usize, Vec<String>)>),
    Input(Input),
}

/// What a person did at the prompt.
enum Input {
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D on an empty line, or a terminal that is gone.
    End,
}

/// The next input is wanted, with these prompts for its first line and the further ones.
struct Ask {
    first: String,
    further: String,
}

/// Reads and runs inputs until the person leaves; the result is the exit status.
pub fn run(options: Options) -> u8 {
    let (ask, asks) = channel::<Ask>();
    let (tell, messages) = channel::<Message>();
    let host = host::RealHost::new();
    let painted = plain::can_paint(&host);
    let color = engine::use_color(&options, &host);
    drop(host);
    let (screen, relay) = Screen::new(painted);
    let screen = Arc::new(screen);
    let machine = {
        let screen = screen.clone();
        let stack = options.stack;
        move || {
            let beside = {
                let screen = screen.clone();
                move || {
                    if painted {
                        editor::serve(&asks, &tell, &screen, relay, color);
                    } else {
                        plain::serve(&asks, &tell);
                    }
                }
            };
            let work = move || {
                stack::on_new(stack, |lowest| {
                    converse(&options, lowest + engine::STACK_MARGIN, &screen, &ask, &messages)
                })
            };
            host::in_front(work, beside)
        }
    };
    machine().unwrap_or(1)
}

/// The machine's side.
fn converse(
    options: &Options,
    native_limit: usize,
    screen: &Arc<Screen>,
    ask: &Sender<Ask>,
    messages: &Receiver<Message>,
) -> u8 {
    let host = TerminalHost::new(engine::host(options), screen.clone());
    let greet = host.is_terminal(Stream::Out);
    let mut session = Session::open(Box::new(host), options, native_limit);
    if greet {
        session.show(concat!(
            "co ",
            env!("CARGO_PKG_VERSION"),
            ", a subset of Python 3.13. Top-level await works.\nType :help for the commands and keys, Ctrl-D to leave.\n"
        ));
    }
    let waits = options.clock == Clock::Real;
    let status = loop {
        let (first, further) = session.prompts();
        if !screen.is_at_start() {
            session.show("\n");
        }
        screen.begin_edit();
        // Nobody listens any more: the terminal is gone.
        if ask.send(Ask { first, further }).is_err() {
            break 0;
        }
        let input = match next_input(&mut session, messages, waits) {
            Ok(input) => input,
            Err(status) => {
                // A task wants to leave while a person types: take the prompt away first.
                host::interrupt_self();
                while let Ok(Message::Complete(..)) = messages.recv() {}
                session.show(&screen.end_edit());
                break status;
            }
        };
        let started = screen.end_edit();
        session.show(&started);
        if !started.is_empty() {
            // What a task left unfinished is no part of what the input shows.
            session.show("\n");
        }
        let after = match input {
            Input::Text(text) => obey(&mut session, &text),
            Input::Interrupted => {
                session.show("KeyboardInterrupt\n");
                After::Continue
            }
            Input::End => After::Leave(0),
        };
        if let After::Leave(status) = after {
            break status;
        }
    };
    session.close(status)
}

/// Lets tasks go on until there is an input; or says with which status one of them leaves.
fn next_input(session: &mut Session, messages: &Receiver<Message>, waits: bool) -> Result<Input, u8> {
    loop {
        let (next, after) = session.turn();
        if let After::Leave(status) = after {
            return Err(status);
        }
        let message = match next {
            Next::Ready => match messages.try_recv() {
                Err(TryRecvError::Empty) => continue,
                Err(TryRecvError::Disconnected) => return Ok(Input::End),
                Ok(message) => message,
            },
            Next::In(nanos) if waits => {
                match messages.recv_timeout(Duration::from_nanos(nanos.unsigned_abs())) {
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => return Ok(Input::End),
                    Ok(message) => message,
                }
            }
            Next::In(_) | Next::Nothing => match messages.recv() {
                Err(_) => return Ok(Input::End),
                Ok(message) => message,
            },
        };
        match message {
            Message::Input(input) => return Ok(input),
            Message::Complete(before, answer) => {
                // An editor that no longer waits does without.
                let _ = answer.send(session.complete(&before));
            }
        }
    }
}

/// The cursor at the top of an empty screen.
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Runs an input or a command.
fn obey(session: &mut Session, text: &str) -> After {
    let word = text.trim();
    if let Some(line) = word.strip_prefix(':') {
        return command::obey(session, line);
    }
    match word {
        "" => After::Continue,
        // As at CPython's prompt these need no brackets, unless a program took the name.
        "exit" | "quit" if !session.has_global(word) => After::Leave(0),
        "clear" if !session.has_global(word) => {
            session.show(CLEAR);
            After::Continue
        }
        "help" | "help()" if !session.has_global("help") => command::obey(session, "help"),
        _ => session.evaluate(text),
    }
}
