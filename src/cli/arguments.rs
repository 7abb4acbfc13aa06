//! The words of the command line.
//!
//! `co FILE` and `co COMMAND` share the first word. A word with a `.` or `/` in it cannot be a
//! command; a command's name that is also a file runs the file when nothing follows it, because
//! every command but `repl` needs something to work on, and `co` alone does what that does.

use super::dis::Shown;
use super::{check, input_is_terminal, test};
use crate::engine::{Clock, Color, Options};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::Path;
use std::time::Duration;

/// The words that are commands, and files only when nothing follows them.
const COMMANDS: &[&str] = &["run", "repl", "check", "dis", "test"];

/// What to do.
pub(super) enum Request {
    Run(Run),
    /// Ask a person for programs.
    Repl(Options),
    Check(check::Request),
    Dis {
        file: String,
        shown: Shown,
        color: Color,
    },
    Test(test::Request),
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

/// Runs programs in a subset of Python 3.13, with coroutines and asyncio built in.
#[derive(Parser)]
#[command(
    name = "co",
    version,
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = EXAMPLES
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    program: ProgramArguments,
}

/// What `co --help` ends with.
const EXAMPLES: &str = "\
Examples:
  co hello.co                           run a program
  co --clock virtual sleepy.co          … and jump over every sleep
  co check *.co                         what is wrong, and what looks wrong
  co dis --pair old new twins.co        two functions side by side
  co test tests --against python3.13    golden programs, under two interpreters

Exit status: that of the program; 2 when the command line or a file is wrong.";

const CHECK_STATUS: &str = "\
Exit status: 1 when there is an error, 2 when a file cannot be read. Findings are warnings and
leave it at 0, unless --strict is given.";

const TEST_FILES: &str = "\
A golden is a program NAME.co beside NAME.out, what it prints. Beside it may stand NAME.err and
NAME.exit (standard error and status; not there when empty and 0), NAME.in (standard input) and
NAME.args (options of co, one a line; what follows a line '--' goes to the program). Addresses
and folders are masked. A program that opens with a comment of 'description:', 'cause:' and
'plan:' is a listed difference: it has to differ, and does not count as failed.

Exit status: 0 when nothing differs, 1 when something does, 2 when there is nothing to run.";

#[derive(Subcommand)]
enum Command {
    /// Run a program; the same as `co FILE`.
    Run(ProgramArguments),
    /// Type programs; the same as `co` at a terminal.
    Repl(RunArguments),
    /// Show what is wrong with programs, and what looks wrong; run nothing.
    #[command(after_help = CHECK_STATUS)]
    Check {
        #[arg(value_name = "FILE", required = true)]
        files: Vec<String>,
        /// Drawings for people on standard error, or JSON on standard output.
        #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
        format: check::Format,
        /// Let warnings count as errors.
        #[arg(long)]
        strict: bool,
        /// When to colour messages.
        #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
        color: When,
    },
    /// Show the bytecode of a program, or of the functions named.
    Dis {
        file: String,
        #[arg(value_name = "NAME", conflicts_with = "pair")]
        names: Vec<String>,
        /// Lay two functions side by side and mark the instructions that differ.
        #[arg(long, num_args = 2, value_names = ["A", "B"])]
        pair: Option<Vec<String>>,
        /// When to colour the listing.
        #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
        color: When,
    },
    /// Run golden programs and show what differs from their expectations.
    #[command(after_help = TEST_FILES)]
    Test(Box<TestArguments>),
}

#[derive(Args)]
struct TestArguments {
    /// Programs, and folders that are searched for goldens.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// Only programs with TEXT in their path.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write what is printed as the expectation.
    #[arg(long)]
    bless: bool,
    /// Ask another interpreter as well: it has to print what is expected, and what co prints.
    #[arg(long, value_name = "PYTHON")]
    against: Option<String>,
    /// Programs that run at the same time; as many as there are processors when not given.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Stop a program after this time.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    timeout: Duration,
    /// Write a report in JUnit's XML as well.
    #[arg(long, value_name = "FILE")]
    junit: Option<String>,
    /// The clock of programs that do not choose one: real, virtual or virtual@HH:MM:SS.
    #[arg(long, default_value = "virtual", value_name = "CLOCK")]
    clock: String,
    /// Seed of string hashes.
    #[arg(long, value_name = "N")]
    hash_seed: Option<u32>,
    #[command(flatten)]
    limits: Limits,
    /// When to colour differences.
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: When,
}

/// The bounds of a run that may be hostile.
#[derive(Args)]
struct Limits {
    /// End a run after this many steps.
    #[arg(long, value_name = "N")]
    max_steps: Option<u64>,
    /// Raise MemoryError when objects take more than this.
    #[arg(long, value_name = "BYTES")]
    max_memory: Option<usize>,
    /// The recursion limit at the start.
    #[arg(long, value_name = "N")]
    max_depth: Option<u32>,
}

/// A time in seconds, above zero.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() && seconds < 1e9 => Ok(time),
        _ => Err("expected a number of seconds above 0".to_owned()),
    }
}

impl TestArguments {
    fn request(self) -> Result<test::Request, clap::Error> {
        if let Err(text) = self.clock.parse::<Clock>() {
            let text = format!("invalid value '{}' for '--clock <CLOCK>': {text}\n", self.clock);
            return Err(clap::Error::raw(ErrorKind::InvalidValue, text));
        }
        let mut options = vec![("--clock".to_owned(), self.clock)];
        for (name, value) in [
            ("--hash-seed", self.hash_seed.map(|n| n.to_string())),
            ("--max-steps", self.limits.max_steps.map(|n| n.to_string())),
            ("--max-memory", self.limits.max_memory.map(|n| n.to_string())),
            ("--max-depth", self.limits.max_depth.map(|n| n.to_string())),
        ] {
            options.extend(value.map(|value| (name.to_owned(), value)));
        }
        let color = with_environment(Options { color: self.color.into(), ..Options::default() }).color;
        Ok(test::Request {
            paths: self.paths,
            filter: self.filter,
            bless: self.bless,
            against: self.against,
            jobs: self.jobs.map(usize::from),
            timeout: self.timeout,
            junit: self.junit,
            options,
            color: match color {
                Color::Always => Some(true),
                Color::Never => Some(false),
                Color::Auto => None,
            },
        })
    }
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
    /// Seed of random numbers that the program leaves unseeded.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    limits: Limits,
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
            seed: self.seed,
            max_steps: self.limits.max_steps,
            max_memory: self.limits.max_memory,
            max_depth: self.limits.max_depth,
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
        word if COMMANDS.contains(&word) => return None,
        word if word.len() > 2 && word.starts_with("-c") => (Source::Command(word[2..].to_owned()), 2),
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
        Some(at) if at > 1 => {
            let mut moved = arguments.to_vec();
            moved[1..=at].rotate_right(1);
            CommandLine::try_parse_from(moved)?
        }
        _ => CommandLine::try_parse_from(arguments)?,
    };
    match line.command {
        Some(Command::Run(program)) => request(arguments, program),
        Some(Command::Repl(arguments)) => Ok(Request::Repl(arguments.options())),
        Some(Command::Check { files, format, strict, color }) => {
            let options = with_environment(Options { color: color.into(), ..Options::default() });
            Ok(Request::Check(check::Request { files, format, strict, options }))
        }
        Some(Command::Dis { file, names, pair, color }) => {
            let shown = match pair.and_then(|pair| <[String; 2]>::try_from(pair).ok()) {
                Some([left, right]) => Shown::Pair(left, right),
                None => Shown::Listing(names),
            };
            let color = with_environment(Options { color: color.into(), ..Options::default() }).color;
            Ok(Request::Dis { file, shown, color })
        }
        Some(Command::Test(arguments)) => arguments.request().map(Request::Test),
        None => request(arguments, line.program),
    }
}

/// A file may begin with a hyphen where `--` stands before it; elsewhere it is an option that nobody knows.
fn unknown_option(arguments: &[String], program: &ProgramArguments) -> Option<clap::Error> {
    let word = program.file.first().filter(|word| word.starts_with('-') && word.as_str() != "-")?;
    let at = arguments.iter().position(|argument| argument == word)?;
    if arguments[..at].iter().any(|argument| argument == "--") {
        return None;
    }
    // As clap says it; of joined letters, it names the first.
    let name = if word.starts_with("--") {
        word.split('=').next().unwrap_or(word).to_owned()
    } else {
        word.chars().take(2).collect()
    };
    let mut command = CommandLine::command();
    let usage = command.render_usage();
    let mut error = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(&command);
    error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    Some(error)
}

fn request(arguments: &[String], program: ProgramArguments) -> Result<Request, clap::Error> {
    if let Some(error) = unknown_option(arguments, &program) {
        return Err(error);
    }
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

/// Whether an option takes the next word as its value.
fn takes_value(options: &clap::Command, word: &str) -> bool {
    let Some(name) = word.strip_prefix("--") else { return false };
    options
        .get_arguments()
        .any(|option| option.get_long() == Some(name) && option.get_action().takes_values())
}

/// Where the first word that is no option stands; none behind `-c`.
fn first_word(arguments: &[String]) -> Option<usize> {
    let options = CommandLine::command();
    let mut at = 1;
    while let Some(word) = arguments.get(at) {
        if takes_value(&options, word) {
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
        // `co test` alone runs the goldens here, whatever lies beside them.
        "test" => false,
        word if COMMANDS.contains(&word) => at + 1 == arguments.len() && Path::new(word).is_file(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_known_without_clap() {
        let line = CommandLine::command();
        let names: Vec<&str> = line.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, COMMANDS);
    }
}
