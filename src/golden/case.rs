//! A program `NAME.co` and its neighbours:
//!
//! ```text
//!   NAME.out    what it prints on standard output
//!   NAME.err    … on standard error; not there when it prints nothing
//!   NAME.exit   its exit status; not there when it is 0
//!   NAME.in     its standard input
//!   NAME.args   options of `co`, one a line; what follows a line `--` goes to the program
//! ```
//!
//! A program that opens with a comment of `description:`, `cause:` and `plan:` is a listed
//! difference: it is known to print something else than the other interpreter. Every run happens
//! inside the folder of the program, so that its own path never shows.

use super::mask::{normalise, reduce_syntax_error};
use super::process::{self, End};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The clock that the other interpreter runs under when a case asks for one.
const CLOCK: &str = include_str!("clock.py");

/// One program with what is expected of it.
#[derive(Clone, Debug)]
pub struct Case {
    pub program: PathBuf,
    pub options: Vec<String>,
    pub arguments: Vec<String>,
    pub stdin: Vec<u8>,
    /// None when there is no `.out`.
    pub stdout: Option<String>,
    pub stderr: String,
    pub exit: i32,
    pub listed: bool,
}

/// What a run left behind, masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub exit: i32,
    /// Why the run is no result: it was stopped, or its output is no text.
    pub trouble: Option<String>,
}

/// Why there is nothing to run or to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble(pub String);

impl Trouble {
    fn reading(path: &Path, error: &std::io::Error) -> Trouble {
        Trouble(format!("can't read '{}': {}", path.display(), reason(error)))
    }
}

/// The words of the operating system without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The programs at `path`, in the order of their names: itself when it is a file; below a folder
/// those with an expectation, and with `listed` those that are listed as differences.
pub fn find(path: &Path, listed: bool) -> Result<Vec<PathBuf>, Trouble> {
    let kind = std::fs::metadata(path).map_err(|error| Trouble::reading(path, &error))?;
    if kind.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| Trouble::reading(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Trouble::reading(&folder, &error))?;
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            // A link to a folder may lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !hidden {
                    folders.push(path);
                }
            } else if path.extension() == Some(OsStr::new("co"))
                && (path.with_extension("out").exists() || (listed && is_listed(&path)))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a program's header lists it as a difference; a file that cannot be read says so later.
fn is_listed(program: &Path) -> bool {
    std::fs::read(program).is_ok_and(|bytes| lists_difference(&String::from_utf8_lossy(&bytes)))
}

fn lists_difference(text: &str) -> bool {
    let header: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    ["description:", "cause:", "plan:"].iter().all(|word| header.iter().any(|line| line.contains(word)))
}

/// The interpreter called `name`, once it has shown that it starts.
pub fn interpreter(name: &str) -> Result<PathBuf, Trouble> {
    match Command::new(name).arg("--version").output() {
        // A relative path would mean another file in the folder of each program.
        Ok(output) if output.status.success() && name.contains('/') => {
            std::path::absolute(name).map_err(|error| Trouble::reading(Path::new(name), &error))
        }
        Ok(output) if output.status.success() => Ok(PathBuf::from(name)),
        Ok(output) => Err(Trouble(format!("'{name} --version' ends with {}", output.status))),
        Err(error) => Err(Trouble(format!("can't run '{name}': {}", reason(&error)))),
    }
}

impl Case {
    /// Reads a program's neighbours.
    pub fn load(program: &Path) -> Result<Case, Trouble> {
        let bytes = |path: PathBuf| match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Trouble::reading(&path, &error)),
        };
        let text = |extension: &str| {
            let path = program.with_extension(extension);
            match bytes(path.clone())?.map(String::from_utf8) {
                None => Ok(None),
                Some(Ok(text)) => Ok(Some(text)),
                Some(Err(_)) => Err(Trouble(format!("'{}' is not UTF-8", path.display()))),
            }
        };
        let source = std::fs::read(program).map_err(|error| Trouble::reading(program, &error))?;
        let (mut options, mut arguments, mut after) = (Vec::new(), Vec::new(), false);
        for line in text("args")?.unwrap_or_default().lines() {
            match line.trim() {
                "--" => after = true,
                line if after => arguments.push(line.to_owned()),
                line => options.extend(line.split_whitespace().map(String::from)),
            }
        }
        let exit = match text("exit")? {
            None => 0,
            Some(text) => text.trim().parse().map_err(|_| {
                Trouble(format!("'{}' holds no exit status", program.with_extension("exit").display()))
            })?,
        };
        Ok(Case {
            program: program.to_path_buf(),
            options,
            arguments,
            stdin: bytes(program.with_extension("in"))?.unwrap_or_default(),
            stdout: text("out")?,
            stderr: text("err")?.unwrap_or_default(),
            exit,
            listed: lists_difference(&String::from_utf8_lossy(&source)),
        })
    }

    fn file_name(&self) -> &OsStr {
        self.program.file_name().unwrap_or_default()
    }

    fn folder(&self) -> &Path {
        match self.program.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// The value of an option of `co` that the case sets itself.
    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().enumerate().find_map(|(place, option)| match option.strip_prefix(name)? {
            "" => self.options.get(place + 1).map(String::as_str),
            rest => rest.strip_prefix('='),
        })
    }

    /// Runs under the `co` at `binary`; `defaults` are options that the case may override.
    pub fn run_co(
        &self,
        binary: &Path,
        defaults: &[(String, String)],
        environment: &[(&str, &str)],
        limit: Duration,
    ) -> Run {
        let mut command = Command::new(binary);
        for (name, value) in defaults {
            if self.option(name).is_none() {
                command.arg(name).arg(value);
            }
        }
        command.args(&self.options).arg(self.file_name()).args(&self.arguments);
        command.envs(environment.iter().copied());
        self.finish(command, limit)
    }

    /// Runs under another interpreter; under `clock.py` when the case asks for a virtual clock.
    pub fn run_other(&self, python: &Path, limit: Duration) -> Run {
        let mut command = Command::new(python);
        if let Some(clock) = self.option("--clock").filter(|clock| *clock != "real") {
            command.args(["-c", CLOCK, clock]);
        }
        command.arg(self.file_name()).args(&self.arguments);
        let mut run = self.finish(command, limit);
        run.stderr = reduce_syntax_error(&run.stderr);
        run
    }

    fn finish(&self, mut command: Command, limit: Duration) -> Run {
        command
            .current_dir(self.folder())
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env("PYTHON_COLORS", "0")
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONIOENCODING", "utf-8")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let ended = match process::run(command, &self.stdin, limit) {
            Ok(ended) => ended,
            Err(error) => {
                let trouble = Some(format!("it could not be run: {}", reason(&error)));
                return Run { stdout: String::new(), stderr: String::new(), exit: -1, trouble };
            }
        };
        let (stdout, no_text) = decode(&ended.stdout);
        let (stderr, no_text_either) = decode(&ended.stderr);
        let mut trouble = None;
        for (name, place) in [("error", no_text_either), ("output", no_text)] {
            if let Some(place) = place {
                trouble = Some(format!("its standard {name} is not UTF-8: see byte {place}, shown as ⟨hex⟩"));
            }
        }
        let exit = match ended.end {
            End::Exit(code) => code,
            // As in a shell's `$?`, but below zero: no program ends like that by itself.
            End::Signal(number) => -number,
            End::TimedOut => {
                let seconds = limit.as_secs_f64();
                trouble = Some(format!("it was stopped: it ran for more than {seconds} s"));
                -1
            }
            End::Flooded => {
                let most = process::MOST_OUTPUT >> 20;
                trouble = Some(format!("it was stopped: it wrote more than {most} MB"));
                -1
            }
        };
        Run { stdout: normalise(&stdout), stderr: normalise(&stderr), exit, trouble }
    }
}

/// Bytes as text; where they are none, each stands as its number, and the first place is told.
fn decode(bytes: &[u8]) -> (String, Option<usize>) {
    let mut text = String::with_capacity(bytes.len());
    let (mut place, mut first) = (0, None);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        place += chunk.valid().len();
        for byte in chunk.invalid() {
            first.get_or_insert(place);
            text.push_str(&format!("⟨{byte:02x}⟩"));
            place += 1;
        }
    }
    (text, first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_shown_and_told() {
        assert_eq!(decode("다 b".as_bytes()), ("다 b".to_owned(), None));
        assert_eq!(decode(b"a\xffb\xfe"), ("a⟨ff⟩b⟨fe⟩".to_owned(), Some(1)));
    }

    #[test]
    fn a_header_with_all_three_words_lists_a_difference() {
        assert!(lists_difference("# description: a\n# cause: b\n# plan: c\nx = 1\n"));
        assert!(!lists_difference("# description: a\n# cause: b\nx = 'plan:'\n# plan: c\n"));
    }

    #[test]
    fn options_of_a_case_are_found_in_both_forms() {
        let mut case = Case {
            program: PathBuf::from("x.co"),
            options: vec!["--clock=real".into()],
            arguments: Vec::new(),
            stdin: Vec::new(),
            stdout: None,
            stderr: String::new(),
            exit: 0,
            listed: false,
        };
        assert_eq!(case.option("--clock"), Some("real"));
        case.options = vec!["--clock".into(), "virtual@01:02:03".into()];
        assert_eq!(case.option("--clock"), Some("virtual@01:02:03"));
        assert_eq!(case.option("--hash-seed"), None);
    }
}
