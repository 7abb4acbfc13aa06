//! The words of the command line.
//!
//! `co FILE` and `co COMMAND` share the first word. A word with a `.` or `/` in it cannot be a
//! command; a command's name that is also a file runs the file when nothing follows it, because
//! every command but `repl` needs something to work on, and `co` alone does what that does.

use super::input_is_terminal;
use crate::engine::{Clock, Color, Options};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::Path;

/// What to do.
pub(super) enum Request {
    Run(Run),
    /// Ask a person for programs.
    Repl(Options),
    Check {
        files: Vec<String>,
        options: Options,
    },
    Dis {
        file: String,
        names: Vec<String>,
    },
}

/// A program to run.
pub(super) struct Run {
    pub(super) source: Source,
    /// What stands in `sys.argv` behind the program's name.
    pub(super) arguments: Vec<String>,
    pub(super) options: Options,
}

/// Where the program's text is.
pub(super) enum Source {
    File(String),
    Command(String),
    /// `named` when the command line said `-`.
    StandardInput {
        named: bool,
    },
}

/// Run Python programs made of coroutines, with asyncio built in.
#[derive(Parser)]
#[command(name = "co", version, subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    program: ProgramArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Run a program; the same as `co FILE`.
    Run(ProgramArguments),
    /// Type programs; the same as `co` at a terminal.
    Repl(RunArguments),
    /// Show every syntax error of every file; run nothing.
    Check {
        #[arg(value_name = "FILE", required = true)]
        files: Vec<String>,
        /// When to colour messages.
        #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
        color: When,
    },
    /// Show the bytecode of a program, or of the functions named.
    Dis {
        file: String,
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
}

#[derive(Args)]
struct ProgramArguments {
    #[command(flatten)]
    options: RunArguments,
    /// Run this text; what follows it goes to the program.
    #[arg(short = 'c', value_name = "CODE", num_args = 1.., allow_hyphen_values = true, conflicts_with = "file")]
    code: Option<Vec<String>>,
    /// The program, or `-` for standard input, and its arguments.
    #[arg(value_name = "FILE [ARG]", trailing_var_arg = true, allow_hyphen_values = true)]
    file: Vec<String>,
}

#[derive(Args)]
struct RunArguments {
    /// The clock that the program sees: real, virtual or virtual@HH:MM:SS.
    #[arg(long, default_value = "real", value_name = "CLOCK")]
    clock: Clock,
    /// Seed of string hashes.
    #[arg(long, value_name = "N")]
    hash_seed: Option<u32>,
    /// End the run after this many instructions.
    #[arg(long, value_name = "N")]
    max_steps: Option<u64>,
    /// Raise MemoryError when objects take more than this.
    #[arg(long, value_name = "BYTES")]
    max_memory: Option<usize>,
    /// The recursion limit at the start.
    #[arg(long, value_name = "N")]
    max_depth: Option<u32>,
    /// When to colour messages.
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: When,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl From<When> for Color {
    fn from(when: When) -> Color {
        match when {
            When::Auto => Color::Auto,
            When::Always => Color::Always,
            When::Never => Color::Never,
        }
    }
}

fn with_environment(options: Options) -> Options {
    options.with_environment(|name| std::env::var(name).ok())
}

impl RunArguments {
    fn options(self) -> Options {
        with_environment(Options {
            clock: self.clock,
            hash_seed: self.hash_seed,
            max_steps: self.max_steps,
            max_memory: self.max_memory,
            max_depth: self.max_depth,
            color: self.color.into(),
            ..Options::default()
        })
    }
}

/// `co FILE …` and `co -c CODE …`: no options, no command, nothing to look up. Most runs are
/// like this, and clap would take a good part of their time to start.
fn plain(arguments: &[String]) -> Option<Run> {
    let word = arguments.get(1)?.as_str();
    let (source, rest) = match word {
        "-c" => (Source::Command(arguments.get(2)?.clone()), 3),
        "run" | "repl" | "check" | "dis" | "help" => return None,
        _ if word.starts_with('-') || word.is_empty() => return None,
        _ => (Source::File(word.to_owned()), 2),
    };
    let options = with_environment(Options::default());
    Some(Run { source, arguments: arguments[rest..].to_vec(), options })
}

/// Reads the command line, the program's own name first.
pub(super) fn parse(arguments: &[String]) -> Result<Request, clap::Error> {
    if let Some(run) = plain(arguments) {
        return Ok(Request::Run(run));
    }
    let line = match first_word(arguments) {
        Some(at) if is_file(arguments, at) => {
            // The word is a file although it may look like a command.
            let mut guarded = arguments.to_vec();
            guarded.insert(at, "run".to_owned());
            // Options in front of a command belong to it.
            guarded[1..=at].rotate_right(1);
            CommandLine::try_parse_from(guarded)?
        }
        _ => CommandLine::try_parse_from(arguments)?,
    };
    match line.command {
        Some(Command::Run(program)) => request(program),
        Some(Command::Repl(arguments)) => Ok(Request::Repl(arguments.options())),
        Some(Command::Check { files, color }) => {
            let options = with_environment(Options { color: color.into(), ..Options::default() });
            Ok(Request::Check { files, options })
        }
        Some(Command::Dis { file, names }) => Ok(Request::Dis { file, names }),
        None => request(line.program),
    }
}

fn request(program: ProgramArguments) -> Result<Request, clap::Error> {
    let options = program.options.options();
    if let Some(mut code) = program.code.filter(|code| !code.is_empty()) {
        let text = code.remove(0);
        return Ok(Request::Run(Run { source: Source::Command(text), arguments: code, options }));
    }
    let mut words = program.file.into_iter();
    let source = match words.next() {
        Some(word) if word == "-" => Source::StandardInput { named: true },
        Some(word) => Source::File(word),
        None if input_is_terminal() => return Ok(Request::Repl(options)),
        None => Source::StandardInput { named: false },
    };
    Ok(Request::Run(Run { source, arguments: words.collect(), options }))
}

/// The options that take the next word as their value.
const WITH_VALUE: &[&str] =
    &["--clock", "--hash-seed", "--max-steps", "--max-memory", "--max-depth", "--color"];

/// Where the first word that is no option stands; none behind `-c`.
fn first_word(arguments: &[String]) -> Option<usize> {
    let mut at = 1;
    while let Some(word) = arguments.get(at) {
        if WITH_VALUE.contains(&word.as_str()) {
            at += 2;
        } else if word.starts_with("-c") || word == "--" {
            return None;
        } else if word.starts_with('-') && word != "-" {
            at += 1;
        } else {
            return Some(at);
        }
    }
    None
}

fn is_file(arguments: &[String], at: usize) -> bool {
    let word = arguments[at].as_str();
    match word {
        "run" | "repl" | "check" | "dis" | "help" => at + 1 == arguments.len() && Path::new(word).is_file(),
        _ => true,
    }
}
