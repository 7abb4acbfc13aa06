//! The command line: what `co` was asked to do, and where the program comes from. Everything
//! that a program means is behind `engine`.

mod arguments;
mod check;
mod dis;
mod pair;
mod test;

use crate::engine::{self, LoadError, Program};
use crate::host::{self, EINTR, Host, RealHost, Stream};
use crate::source::{SourceFile, surrogate};
use arguments::{Request, Run, Source};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// Exit status for a wrong command line and for files that cannot be opened.
const USAGE: u8 = 2;
/// What a shell shows for a program that an interrupt ended.
const INTERRUPTED: u8 = 130;

/// Does what the command line says, whose first word is the program's own name; the result is
/// the exit status of the process. It begins with what the standard library does before a Rust
/// `main`, since there is none (see `main.rs`).
pub fn main(arguments: impl Iterator<Item = OsString>) -> u8 {
    host::prepare();
    let arguments: Vec<String> = arguments.map(|argument| surrogate::escaped(argument.as_bytes())).collect();
    match arguments::parse(&arguments) {
        Ok(Request::Run(run)) => run_program(run),
        Ok(Request::Repl(options)) => crate::repl::run(options),
        Ok(Request::Check(request)) => check::check(request),
        Ok(Request::Dis { file, shown, color }) => dis::dis(&file, &shown, color),
        Ok(Request::Test(request)) => test::test(&request),
        Err(answer) => {
            // Help and version are no mistakes; clap knows which is which.
            let status = if answer.use_stderr() { USAGE } else { 0 };
            if answer.print().is_err() { USAGE } else { status }
        }
    }
}

fn run_program(run: Run) -> u8 {
    match load_program(run.source, run.arguments) {
        Ok(program) => engine::run(program, run.options),
        Err(message) => complain(&message.text, message.status),
    }
}

/// Why there is nothing to run.
struct Complaint {
    text: String,
    status: u8,
}

/// Writes a message to standard error.
fn complain(text: &str, status: u8) -> u8 {
    // With standard error closed, the exit status has to say it all.
    let _ = RealHost::new().write_err(surrogate::shown(text).as_bytes());
    status
}

fn load_program(source: Source, arguments: Vec<String>) -> Result<Program, Complaint> {
    let mut argv = Vec::with_capacity(arguments.len() + 1);
    let program = match source {
        Source::Command(text) => {
            argv.push("-c".to_owned());
            if let Some(at) = text.chars().position(surrogate::is_surrogate) {
                let text = surrogate::shown(&text.chars().skip(at).take(1).collect::<String>());
                let text = format!(
                    "Unable to decode the command from the command line:\n\
                     UnicodeEncodeError: 'utf-8' codec can't encode character '{text}' in position {at}: \
                     surrogates not allowed\n"
                );
                return Err(Complaint { text, status: 1 });
            }
            let text = if text.ends_with('\n') { text } else { text + "\n" };
            Program { source: SourceFile::new("<string>", &text), file: None, argv, folder: String::new() }
        }
        Source::StandardInput { named } => {
            argv.push(if named { "-".to_owned() } else { String::new() });
            let mut host = RealHost::new();
            let mut bytes = Vec::new();
            loop {
                match host.read_line() {
                    Ok(line) if line.is_empty() => break,
                    Ok(line) => bytes.extend(line),
                    Err(EINTR) => {
                        host.die_of_interrupt();
                        return Err(Complaint { text: String::new(), status: INTERRUPTED });
                    }
                    Err(code) => {
                        let error = std::io::Error::from_raw_os_error(code);
                        return Err(Complaint {
                            text: format!("co: can't read <stdin>: {error}\n"),
                            status: 1,
                        });
                    }
                }
            }
            let source = engine::decode(bytes, "<stdin>").map_err(|e| cannot_load("<stdin>", e))?;
            Program { source, file: None, argv, folder: String::new() }
        }
        Source::File(name) => {
            argv.push(name.clone());
            let path = OsString::from_vec(surrogate::unescaped(&name));
            let path = Path::new(&path);
            // A folder is run by the program in it that is named for that.
            let (path, name, folder) = if path.is_dir() {
                let folder = absolute(&name);
                let inside = ["__main__.co", "__main__.py"].map(|file| path.join(file));
                let Some(inside) = inside.into_iter().find(|file| file.is_file()) else {
                    let text = format!("co: can't find '__main__' module in '{folder}'\n");
                    return Err(Complaint { text, status: 1 });
                };
                let name = surrogate::escaped(inside.as_os_str().as_bytes());
                (inside, name, folder)
            } else {
                (path.to_owned(), name, folder_of(path))
            };
            let source = engine::load(&path, &absolute(&name)).map_err(|error| cannot_load(&name, error))?;
            Program { source, file: Some(absolute(&name)), argv, folder }
        }
    };
    let mut program = program;
    program.argv.extend(arguments);
    Ok(program)
}

/// The name that `__file__` and tracebacks show: absolute as CPython makes it, dots and all.
fn absolute(name: &str) -> String {
    if Path::new(name).is_absolute() {
        return name.to_owned();
    }
    std::env::current_dir()
        .map_or_else(|_| name.to_owned(), |folder| format!("{}/{name}", folder.to_string_lossy()))
}

/// The folder of a script, for `sys.path`: where the file really lies.
fn folder_of(script: &Path) -> String {
    std::fs::canonicalize(script)
        .ok()
        .and_then(|path| path.parent().map(|folder| folder.to_string_lossy().into_owned()))
        .unwrap_or_default()
}

/// The complaint about a file that cannot be read, in CPython's words.
fn cannot_load(name: &str, error: LoadError) -> Complaint {
    match error {
        LoadError::Io(error) => {
            let number = error.raw_os_error().unwrap_or(5);
            let text = error.to_string();
            let reason = text.split(" (os error").next().unwrap_or_default();
            Complaint {
                text: format!("co: can't open file '{}': [Errno {number}] {reason}\n", absolute(name)),
                status: USAGE,
            }
        }
        LoadError::NotUtf8(message) => Complaint { text: format!("SyntaxError: {message}\n"), status: 1 },
    }
}

/// Whether standard input is a person.
fn input_is_terminal() -> bool {
    RealHost::new().is_terminal(Stream::In)
}
