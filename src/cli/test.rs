//! `co test`: golden programs, run in parallel, and what differs. The runner itself is the room
//! `golden`; here are its words, its colours and its bar.

use super::USAGE;
use crate::golden::{self, Outcome, Settings, Trouble, Verdict};
use crate::host::{Host, RealHost, Stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the command line asked for.
pub(super) struct Request {
    pub(super) paths: Vec<String>,
    pub(super) filter: Option<String>,
    pub(super) bless: bool,
    pub(super) against: Option<String>,
    pub(super) jobs: Option<usize>,
    pub(super) timeout: Duration,
    pub(super) junit: Option<String>,
    /// Options of `co` for the programs, with their values.
    pub(super) options: Vec<(String, String)>,
    /// Whether to paint; none when the terminal decides.
    pub(super) color: Option<bool>,
}

/// What a shell shows for a command that an interrupt ended.
const INTERRUPTED: u8 = 130;

const GREEN: &str = "\x1b[1;32m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[33m";

/// Runs the programs; 0 when all is well, 1 when something differs, 2 when there is nothing to
/// run.
pub(super) fn test(request: &Request) -> u8 {
    let mut host = RealHost::new();
    match prepare(request) {
        Ok((programs, settings)) => run(request, &programs, &settings, &mut host),
        Err(Trouble(text)) => {
            // With standard error closed, the exit status has to say it all.
            let _ = host.write_err(format!("co test: {text}\n").as_bytes());
            USAGE
        }
    }
}

fn prepare(request: &Request) -> Result<(Vec<PathBuf>, Settings), Trouble> {
    let against = request.against.as_deref().map(golden::interpreter).transpose()?;
    let mut programs = Vec::new();
    for path in &request.paths {
        // A folder without a name in front reads better.
        let found = golden::find(Path::new(path), against.is_some())?;
        programs.extend(found.into_iter().map(|path| match path.strip_prefix(".") {
            Ok(inside) => inside.to_path_buf(),
            Err(_) => path,
        }));
    }
    let mut seen = std::collections::HashSet::new();
    programs.retain(|program| seen.insert(program.clone()));
    if programs.is_empty() {
        let places = request.paths.join("', '");
        return Err(Trouble(format!("no goldens in '{places}': a golden is NAME.co beside NAME.out")));
    }
    if let Some(filter) = &request.filter {
        programs.retain(|program| program.to_string_lossy().contains(filter.as_str()));
        if programs.is_empty() {
            return Err(Trouble(format!("no golden has '{filter}' in its path")));
        }
    }
    let co = std::env::current_exe().map_err(|error| Trouble(format!("can't find co itself: {error}")))?;
    let jobs = match request.jobs {
        Some(jobs) => jobs,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let settings = Settings {
        co,
        options: request.options.clone(),
        environment: Vec::new(),
        limit: request.timeout,
        jobs,
        against,
        bless: request.bless,
    };
    Ok((programs, settings))
}

/// The lines about a case that is not simply fine.
fn lines(program: &Path, outcome: &Outcome, color: bool) -> String {
    let word = |paint: &str, word: &str| {
        if color { format!("{paint}{word}\x1b[0m") } else { word.to_owned() }
    };
    let program = program.display();
    match &outcome.verdict {
        Verdict::Passed => String::new(),
        Verdict::Listed => format!("{} {program}\n", word(YELLOW, "listed ")),
        Verdict::Blessed => format!("{} {program}\n", word(GREEN, "blessed")),
        Verdict::Failed(findings) => {
            let body: String = findings.iter().map(|finding| finding.draw(color)).collect();
            format!("{} {program}\n{body}\n", word(RED, "FAILED "))
        }
    }
}

fn run(request: &Request, programs: &[PathBuf], settings: &Settings, host: &mut RealHost) -> u8 {
    let color = request.color.unwrap_or_else(|| host.is_terminal(Stream::Out));
    let bar = ProgressBar::new(programs.len() as u64);
    if host.is_terminal(Stream::Err) {
        bar.set_draw_target(ProgressDrawTarget::stderr());
    } else {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    let start = Instant::now();
    let mut outcomes: Vec<(PathBuf, Outcome)> = Vec::with_capacity(programs.len());
    let mut written = Ok(());
    let mut failed = 0;
    let mut stopped = false;
    let mut watch = RealHost::new();
    let mut interrupted = || {
        stopped |= watch.take_interrupt();
        stopped
    };
    golden::run(programs, settings, &mut interrupted, |program, outcome| {
        let text = lines(program, &outcome, color);
        if matches!(outcome.verdict, Verdict::Failed(_)) {
            failed += 1;
            bar.set_message(format!("{failed} failed"));
        }
        if !text.is_empty() && written.is_ok() {
            written = bar.suspend(|| host.write_out(text.as_bytes()).and_then(|()| host.flush_out()));
        }
        outcomes.push((program.to_path_buf(), outcome));
        bar.inc(1);
    });
    bar.finish_and_clear();
    if stopped {
        host.die_of_interrupt();
        return INTERRUPTED;
    }
    let time = start.elapsed();
    let count = |wanted: &dyn Fn(&Verdict) -> bool| {
        outcomes.iter().filter(|(_, outcome)| wanted(&outcome.verdict)).count()
    };
    let counts = [
        (count(&|verdict| *verdict == Verdict::Passed), "passed", GREEN),
        (count(&|verdict| *verdict == Verdict::Blessed), "blessed", GREEN),
        (count(&|verdict| *verdict == Verdict::Listed), "listed", YELLOW),
        (failed, "failed", RED),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, word, _)| *count > 0 || *word == "passed")
        .map(|(count, word, paint)| {
            let text = format!("{count} {word}");
            if color && *count > 0 { format!("{paint}{text}\x1b[0m") } else { text }
        })
        .collect();
    let summary = format!("{} in {:.2} s\n", words.join(", "), time.as_secs_f64());
    if written.is_ok() {
        written = host.write_out(summary.as_bytes()).and_then(|()| host.flush_out());
    }
    if let Some(path) = &request.junit {
        let report = golden::junit(&outcomes, time).and_then(|report| std::fs::write(path, report));
        if let Err(error) = report {
            // With standard error closed, the exit status has to say it all.
            let _ = host.write_err(format!("co test: can't write '{path}': {error}\n").as_bytes());
            return USAGE;
        }
    }
    u8::from(failed > 0 || written.is_err())
}
