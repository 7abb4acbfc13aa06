//! What every golden-like test shares: finding cases, running a program under `co` or under CPython,
//! and the one normalisation that is applied to both sides before they are compared.
//!
//! A case is a program `NAME.co` with neighbours: `NAME.out` (stdout), `NAME.err` (stderr, absent when
//! empty), `NAME.exit` (absent when 0), `NAME.in` (stdin, rare) and `NAME.args` (options of `co`, one a line;
//! what follows a line `--` goes to the program). Every run happens inside the folder of the program, so
//! that its own path never shows.

#![allow(dead_code, reason = "each test binary uses its own part of this module")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The folder of the package.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `folder` with the given extension, in the order of their paths.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let Ok(entries) = fs::read_dir(&current) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// One program with what is expected of it.
pub struct Case {
    pub program: PathBuf,
    pub options: Vec<String>,
    pub arguments: Vec<String>,
    pub stdin: String,
    pub stdout: Option<String>,
    pub stderr: String,
    pub exit: i32,
}

/// What a run left behind.
#[derive(PartialEq, Eq, Clone, Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub exit: i32,
}

impl Case {
    pub fn load(program: &Path) -> Case {
        let read = |extension: &str| fs::read_to_string(program.with_extension(extension)).ok();
        let (mut options, mut arguments, mut after) = (Vec::new(), Vec::new(), false);
        for line in read("args").unwrap_or_default().lines() {
            match line.trim() {
                "--" => after = true,
                line if after => arguments.push(line.to_string()),
                line => options.extend(line.split_whitespace().map(String::from)),
            }
        }
        Case {
            program: program.to_path_buf(),
            options,
            arguments,
            stdin: read("in").unwrap_or_default(),
            stdout: read("out"),
            stderr: read("err").unwrap_or_default(),
            exit: read("exit").map_or(0, |text| text.trim().parse().expect("a number in .exit")),
        }
    }

    /// The name shown to people: the path below the package.
    pub fn name(&self) -> String {
        self.program.strip_prefix(root()).unwrap_or(&self.program).display().to_string()
    }

    pub fn file_name(&self) -> &str {
        self.program.file_name().and_then(|name| name.to_str()).expect("a file name in UTF-8")
    }

    fn folder(&self) -> &Path {
        self.program.parent().expect("a program lies in a folder")
    }

    fn clock(&self) -> Option<&str> {
        let place = self.options.iter().position(|option| option == "--clock")?;
        self.options.get(place + 1).map(String::as_str)
    }

    /// Run under the `co` binary that cargo built for this test.
    pub fn run_co(&self, environment: &[(&str, &str)], limit: Duration) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_co"));
        if self.clock().is_none() {
            command.args(["--clock", "virtual"]);
        }
        command.args(&self.options).arg(self.file_name()).args(&self.arguments);
        command.envs(environment.iter().copied());
        finish(command, self.folder(), &self.stdin, limit)
    }

    /// Run under CPython. A program that asks for a clock runs below the small clock in `oracle/clock.py`.
    pub fn run_cpython(&self, python: &Path, limit: Duration) -> Run {
        let mut command = Command::new(python);
        if let Some(clock) = self.clock() {
            command.arg(root().join("tests/oracle/clock.py")).arg(clock);
        }
        command.arg(self.file_name()).args(&self.arguments);
        let mut run = finish(command, self.folder(), &self.stdin, limit);
        run.stderr = reduce_syntax_error(&run.stderr);
        run
    }

    /// A readable account of every difference, empty when there is none.
    pub fn compare(&self, run: &Run) -> String {
        let mut account = String::new();
        let expected = self.stdout.as_deref().unwrap_or_default();
        if run.exit != self.exit {
            account += &format!("  exit {} instead of {}\n", run.exit, self.exit);
        }
        if run.stdout != expected {
            account += &format!("  stdout:\n{}", diff(expected, &run.stdout));
        }
        match syntax_message(&self.stderr) {
            // How a syntax error is drawn is ours to choose, and a better sentence than the one that says
            // nothing is welcome; any other sentence of CPython must be in it.
            Some("invalid syntax") if !run.stderr.is_empty() => {}
            Some(message) if run.stderr.contains(message) => {}
            _ if run.stderr == self.stderr => {}
            _ => account += &format!("  stderr:\n{}", diff(&self.stderr, &run.stderr)),
        }
        account
    }
}

/// The sentence of an expectation that is one syntax error and nothing else.
pub fn syntax_message(stderr: &str) -> Option<&str> {
    let line = stderr.trim_end();
    let (kind, message) = line.split_once(": ")?;
    let known = matches!(kind, "SyntaxError" | "IndentationError" | "TabError");
    (known && !line.contains('\n')).then_some(message)
}

/// Of a syntax error as CPython shows it, only the last line is an expectation.
fn reduce_syntax_error(stderr: &str) -> String {
    let last = stderr.trim_end().lines().last().unwrap_or_default();
    if syntax_message(last).is_some() && !stderr.contains("Traceback") {
        return format!("{last}\n");
    }
    stderr.to_string()
}

/// Start a command, feed it, and wait for its end; a run over the limit is killed and says so.
fn finish(mut command: Command, folder: &Path, stdin: &str, limit: Duration) -> Run {
    command
        .current_dir(folder)
        .env("TZ", "UTC")
        .env("LC_ALL", "C.UTF-8")
        .env("NO_COLOR", "1")
        .env("PYTHON_COLORS", "0")
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONIOENCODING", "utf-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("a piped stdin");
    // A program that ends without reading closes the pipe: that is its right.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    let stdout = gather(child.stdout.take().expect("a piped stdout"));
    let stderr = gather(child.stderr.take().expect("a piped stderr"));
    let start = Instant::now();
    let mut nap = Duration::from_micros(200);
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child that can be waited for") {
            break Some(status);
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(5));
    };
    let stdout = stdout.join().expect("a reader that ends");
    let mut stderr = stderr.join().expect("a reader that ends");
    if status.is_none() {
        stderr += "(stopped by the test: it ran for too long)\n";
    }
    let exit = status.and_then(|status| status.code()).unwrap_or(-1);
    Run { stdout: normalise(&stdout), stderr: normalise(&stderr), exit }
}

/// Read a pipe to its end on a thread of its own, so that a full pipe never stops the program.
fn gather(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What arrived before a failing read is still worth comparing.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Make two runs comparable that happened in different places.
///
/// - Addresses (`at 0x7f…`) are masked.
/// - Paths of programs and library files are reduced to the file name.
/// - In tracebacks, source and caret lines go, and so do the frames of files that are no `.co` program:
///   what is between the program and itself (the library's own frames) is not part of the promise.
pub fn normalise(text: &str) -> String {
    let mut lines = Vec::new();
    let mut column = None;
    for line in text.split('\n') {
        let line = reduce_paths(&mask_addresses(line));
        if let Some((indent, file)) = frame_line(&line) {
            column = Some(indent);
            if file.ends_with(".co") {
                lines.push(line);
            }
            continue;
        }
        if let Some(indent) = column {
            let body = line.trim_start_matches([' ', '|']);
            if !body.is_empty() && line.len() - body.len() > indent {
                continue;
            }
            column = None;
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// The indentation and the file of a line `  File "…", line N`.
fn frame_line(line: &str) -> Option<(usize, &str)> {
    let body = line.trim_start_matches([' ', '|', '+', '-']);
    let (file, rest) = body.strip_prefix("File \"")?.split_once('"')?;
    rest.strip_prefix(", line ")?.starts_with(|digit: char| digit.is_ascii_digit()).then_some(())?;
    Some((line.len() - body.len(), file))
}

fn mask_addresses(line: &str) -> String {
    let mut masked = String::new();
    let mut rest = line;
    while let Some(place) = rest.find("at 0x") {
        let digits = place + "at 0x".len();
        let end =
            rest[digits..].find(|c: char| !c.is_ascii_hexdigit()).map_or(rest.len(), |end| digits + end);
        let word_starts = !rest[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if end > digits && word_starts {
            masked += &rest[..digits];
            masked.push('…');
        } else {
            masked += &rest[..end];
        }
        rest = &rest[end..];
    }
    masked + rest
}

/// Replace `/some/where/name.co` (or `.py`) by `name.co`.
fn reduce_paths(line: &str) -> String {
    let mut reduced = String::new();
    let mut rest = line;
    while let Some(place) = rest.find('/') {
        let fresh = rest[..place].chars().next_back().or(reduced.chars().next_back());
        let starts = fresh.is_none_or(|before| before.is_whitespace() || matches!(before, '"' | '\'' | '('));
        let end = rest[place..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ':'))
            .map_or(rest.len(), |end| place + end);
        let path = &rest[place..end];
        let name = path.rsplit('/').next().unwrap_or(path);
        let known = [".co", ".py"].iter().find_map(|extension| Some(name.find(extension)? + extension.len()));
        match known {
            Some(length) if starts => {
                reduced += &rest[..place];
                reduced += &name[..length];
                reduced += &name[length..];
                rest = &rest[end..];
            }
            _ => {
                reduced += &rest[..=place];
                rest = &rest[place + 1..];
            }
        }
    }
    reduced + rest
}

/// A line-wise difference around what changed, in the manner of a patch.
pub fn diff(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.split('\n').collect(), found.split('\n').collect());
    let same_start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let same_end = old[same_start..]
        .iter()
        .rev()
        .zip(new[same_start..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let mut account = String::new();
    for line in &old[same_start.saturating_sub(2)..same_start] {
        account += &format!("      {line}\n");
    }
    let mut side = |mark: char, lines: &[&str]| {
        for line in lines.iter().take(30) {
            account += &format!("    {mark} {line}\n");
        }
        if lines.len() > 30 {
            account += &format!("    {mark} … and {} lines more\n", lines.len() - 30);
        }
    };
    side('-', &old[same_start..old.len() - same_end]);
    side('+', &new[same_start..new.len() - same_end]);
    account
}

/// The interpreter that decides: named by `PYTHON313`, or under pyenv, or `python3.13` on the path.
pub fn cpython() -> Option<PathBuf> {
    let mut candidates: Vec<PathBuf> = std::env::var_os("PYTHON313").map(PathBuf::from).into_iter().collect();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let versions =
        std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from).join("versions");
    if let Ok(entries) = fs::read_dir(versions) {
        let mut found: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("3.13."))
            .map(|entry| entry.path().join("bin/python3.13"))
            .collect();
        found.sort();
        candidates.extend(found);
    }
    candidates.push(PathBuf::from("python3.13"));
    candidates.into_iter().find(|candidate| {
        Command::new(candidate)
            .arg("--version")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("Python 3.13."))
    })
}

/// Do `work` for every item on two threads; the answers come back in the order of the items.
pub fn on_two_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    let answer = work(item);
                    answers.lock().expect("no worker panics").push((place, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().expect("no worker panics");
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The goldens and the examples, narrowed by the environment variable `GOLDEN` when it is set.
pub fn goldens() -> Vec<PathBuf> {
    let filter = std::env::var("GOLDEN").unwrap_or_default();
    let mut programs = files_below(&root().join("tests/golden"), "co");
    programs.extend(files_below(&root().join("examples"), "co"));
    programs.retain(|program| program.to_string_lossy().contains(&filter));
    programs
}

/// Fail with the whole list when there is one.
pub fn report(what: &str, total: usize, failures: &[String]) {
    if failures.is_empty() {
        println!("{total} {what}");
        return;
    }
    panic!("{} of {total} {what} differ\n\n{}", failures.len(), failures.join("\n"));
}
