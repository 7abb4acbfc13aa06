//! Sessions at the prompt, typed into a real pseudo-terminal; what the screen shows at the end is
//! compared with what the transcript says.
//!
//! A transcript is a list of steps, then a line `===`, then the screen:
//!
//! ```text
//! size 60x20        columns and rows (80x24 when not given)
//! env NAME=VALUE    for the program
//! args WORDS        of the program
//! line TEXT         type TEXT, wait until it is there, Enter, wait for the next prompt
//! run TEXT          the same, but wait only until the input was taken
//! type TEXT         type TEXT; \r \t \e \xNN \\ are escapes
//! wait TEXT         wait until TEXT is somewhere on the screen
//! prompt            wait until the cursor is behind an empty prompt
//! at ROW            wait until the cursor's row is ROW
//! exit STATUS       wait until the program has ended with this status
//! color TEXT        the first cell of the last TEXT on the screen has a colour of its own
//! ```
//!
//! Nothing waits for a time to pass, only for something to be seen; the time limit is for hangs.
//! `BLESS=1` writes the screens anew.

mod common;

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20);

/// A program at its terminal.
struct Terminal {
    parser: vt100::Parser,
    output: Receiver<Vec<u8>>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    ended: bool,
    /// The screen when a key was last pressed.
    pressed: String,
    /// Until when everything must have been seen.
    deadline: Instant,
}

impl Terminal {
    fn start(
        columns: u16,
        rows: u16,
        environment: &[(String, String)],
        arguments: &[String],
        folder: &Path,
    ) -> Terminal {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_co"));
        command.args(arguments);
        command.cwd(folder);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("PYTHONHASHSEED", "0");
        command.env("CO_HISTORY", "");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keyboard = pair.master.take_writer().expect("a writer");
        let (send, output) = channel();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut bytes = [0; 4096];
            while let Ok(count) = reader.read(&mut bytes) {
                if count == 0 || send.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let whole = |number| NonZero::new(number).expect("a screen with room");
        let parser = vt100::Parser::new(whole(rows), whole(columns), 0);
        Terminal {
            parser,
            output,
            keyboard,
            child,
            ended: false,
            pressed: String::new(),
            deadline: Instant::now() + LIMIT,
        }
    }

    fn contents(&self) -> String {
        let contents = self.parser.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// The cursor's row in front of the cursor.
    fn before_cursor(&self) -> String {
        let screen = self.parser.screen();
        let (row, column) = screen.cursor_position();
        screen.contents_between(row, 0, row, column)
    }

    fn cursor_row(&self) -> String {
        let screen = self.parser.screen();
        let (row, _) = screen.cursor_position();
        screen.contents_between(row, 0, row, screen.size().1.get()).trim_end().to_owned()
    }

    /// Reads output until `seen`.
    fn until(&mut self, what: &str, seen: impl Fn(&Terminal) -> bool) -> Result<(), String> {
        while !seen(self) {
            let left = self.deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("waited in vain for {what}; the screen:\n{}", self.contents()));
                }
                Err(RecvTimeoutError::Disconnected) if self.ended => {
                    return Err(format!("the program ended before {what}; the screen:\n{}", self.contents()));
                }
                Err(RecvTimeoutError::Disconnected) => self.ended = true,
            }
        }
        Ok(())
    }

    /// The screen with its cursor.
    fn snapshot(&self) -> String {
        format!("{:?} {}", self.parser.screen().cursor_position(), self.contents())
    }

    /// Whether the program has answered the last key, so that what is seen is not from before.
    fn has_answered(&self) -> bool {
        self.snapshot() != self.pressed
    }

    fn press(&mut self, text: &str) -> Result<(), String> {
        self.pressed = self.snapshot();
        self.keyboard.write_all(text.as_bytes()).map_err(|error| format!("cannot type: {error}"))
    }

    /// Types a line's text and waits until the cursor stands behind it.
    fn echo(&mut self, text: &str) -> Result<(), String> {
        self.press(text)?;
        let tail: String = text.trim_end().to_owned();
        // A line that is longer than the screen is wide ends in another row.
        let columns = usize::from(self.parser.screen().size().1.get());
        let skipped = if tail.len() + 8 > columns { tail.chars().count().saturating_sub(2) } else { 0 };
        let tail: String = tail.chars().skip(skipped).collect();
        self.until(&format!("the echo of {text:?}"), |terminal| {
            terminal.before_cursor().trim_end().ends_with(&tail)
        })
    }

    fn at_prompt(&self) -> bool {
        matches!(self.before_cursor().as_str(), ">>> ") && self.cursor_row() == ">>>"
    }

    fn at_next_line(&self) -> bool {
        let row = self.before_cursor();
        self.at_prompt() || row.strip_prefix("... ").is_some_and(|rest| rest.trim().is_empty())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A program that has ended cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('e') => out.push('\x1b'),
            Some('x') => {
                let digits: String = letters.by_ref().take(2).collect();
                out.push(char::from(u8::from_str_radix(&digits, 16).expect("two digits behind \\x")));
            }
            other => out.extend(other),
        }
    }
    out
}

fn step(terminal: &mut Terminal, word: &str, text: &str) -> Result<(), String> {
    match word {
        "line" | "run" => {
            let text = unescape(text);
            let block = terminal.before_cursor().starts_with("... ");
            if !text.is_empty() {
                terminal.echo(&text)?;
            }
            terminal.press("\r")?;
            let empty = text.is_empty();
            if word == "run" {
                return terminal.until("the input to be taken", Terminal::has_answered);
            }
            terminal.until("the next prompt", |terminal| {
                // An empty line leaves a block; everywhere else the prompt tells that a line was taken.
                let there = if empty && block { terminal.at_prompt() } else { terminal.at_next_line() };
                there && terminal.has_answered()
            })
        }
        "type" => terminal.press(&unescape(text)),
        "wait" => terminal.until(&format!("{text:?}"), |terminal| terminal.contents().contains(text)),
        "prompt" => {
            terminal.until("an empty prompt", |terminal| terminal.at_prompt() && terminal.has_answered())
        }
        "at" => terminal.until(&format!("the row {text:?}"), |terminal| {
            terminal.cursor_row() == text && terminal.has_answered()
        }),
        "exit" => {
            let wanted: u32 = text.parse().expect("a status");
            terminal.until("the end", |terminal| terminal.ended)?;
            let status = terminal.child.wait().map_err(|error| error.to_string())?;
            let got = status.exit_code();
            if got == wanted { Ok(()) } else { Err(format!("status {got}, not {wanted}")) }
        }
        "color" => {
            let screen = terminal.parser.screen();
            let (rows, columns) = screen.size();
            let found = (0..rows.get()).rev().find_map(|row| {
                let line = screen.contents_between(row, 0, row, columns.get());
                let at = line.find(text)?;
                screen.cell(row, line[..at].chars().count() as u16)
            });
            match found {
                Some(cell) if cell.fgcolor() != vt100::Color::Default || cell.bold() => Ok(()),
                Some(_) => Err(format!("{text:?} has no colour")),
                None => Err(format!("{text:?} is not on the screen")),
            }
        }
        _ => Err(format!("no step {word:?}")),
    }
}

/// Plays a transcript; the screen at the end.
fn play(steps: &str, folder: &Path) -> Result<String, String> {
    let (mut columns, mut rows) = (80, 24);
    let mut environment = Vec::new();
    let mut arguments = Vec::new();
    let mut rest = Vec::new();
    for line in steps.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (word, text) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "size" => {
                let (width, height) = text.split_once('x').expect("a size");
                (columns, rows) = (width.parse().expect("columns"), height.parse().expect("rows"));
            }
            "env" => {
                let (name, value) = text.split_once('=').expect("NAME=VALUE");
                environment.push((name.to_owned(), value.replace("$FOLDER", &folder.to_string_lossy())));
            }
            "args" => arguments.extend(text.split(' ').map(str::to_owned)),
            _ => rest.push((word, text)),
        }
    }
    let mut terminal = Terminal::start(columns, rows, &environment, &arguments, folder);
    terminal.until("the first prompt", Terminal::at_prompt)?;
    for (word, text) in rest {
        step(&mut terminal, word, text).map_err(|error| format!("{word} {text}: {error}"))?;
    }
    Ok(terminal.contents())
}

fn transcripts() -> Vec<PathBuf> {
    common::files_below(&common::root().join("tests/repl"), "txt")
}

#[test]
fn sessions_look_as_their_transcripts_say() {
    let bless = std::env::var_os("BLESS").is_some();
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut failures = Vec::new();
    let paths: Vec<PathBuf> =
        transcripts().into_iter().filter(|path| path.to_string_lossy().contains(&only)).collect();
    assert!(!paths.is_empty(), "no transcript is called {only:?}");
    for path in paths {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a readable transcript");
        let (steps, wanted) = text.split_once("===\n").unwrap_or((&text, ""));
        // Every session has a folder of its own: two tests may run at once.
        let folder = std::env::temp_dir().join(format!("co-repl-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the session");
        let played = play(steps, &folder);
        fs::remove_dir_all(&folder).expect("the folder of the session goes");
        match played {
            Ok(screen) if screen == wanted.trim_end() => {}
            Ok(screen) if bless => {
                fs::write(&path, format!("{steps}===\n{screen}\n")).expect("a writable transcript");
            }
            Ok(screen) => failures
                .push(format!("---- {name}: the screen\n{screen}\n---- instead of\n{}\n", wanted.trim_end())),
            Err(error) => failures.push(format!("---- {name}: {error}\n")),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn there_are_a_dozen_sessions() {
    assert!(transcripts().len() >= 12);
}
