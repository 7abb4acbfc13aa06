//! Many cases on many threads, each program in a process of its own. The outcome of each case is
//! handed on in the order of the cases as soon as those before it have ended.

use super::{Case, Difference, Run, Sides, Trouble, stop_all};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How to run cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The `co` that runs them.
    pub co: PathBuf,
    /// Options of `co` with their values, for cases that do not set them.
    pub options: Vec<(String, String)>,
    pub environment: Vec<(String, String)>,
    /// How long one program may take.
    pub limit: Duration,
    pub jobs: usize,
    /// Another interpreter that is asked as well.
    pub against: Option<PathBuf>,
    /// Write what was found as the expectation: of the other interpreter when there is one.
    pub bless: bool,
}

/// Something that is wrong with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Trouble(String),
    Differs(Sides, Vec<Difference>),
}

/// How a case came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// It differs, and its header says why.
    Listed,
    /// A new expectation was written.
    Blessed,
    Failed(Vec<Finding>),
}

#[derive(Clone, Debug)]
pub struct Outcome {
    pub verdict: Verdict,
    pub time: Duration,
}

/// Runs `programs`; `report` hears of each, in their order. When `interrupted` says so, the
/// programs are ended and the rest is not run.
pub fn run(
    programs: &[PathBuf],
    settings: &Settings,
    interrupted: impl FnMut() -> bool,
    mut report: impl FnMut(&Path, Outcome),
) {
    in_parallel(
        programs,
        settings.jobs,
        |program| {
            let start = Instant::now();
            let verdict = match Case::load(program).and_then(|case| judge(&case, settings)) {
                Ok(verdict) => verdict,
                Err(Trouble(text)) => Verdict::Failed(vec![Finding::Trouble(text)]),
            };
            Outcome { verdict, time: start.elapsed() }
        },
        interrupted,
        |program, outcome| report(program, outcome),
    );
}

/// Does `work` for every item on `jobs` threads; `report` hears the answers in the order of the
/// items. `interrupted` is asked now and then.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
    mut interrupted: impl FnMut() -> bool,
    mut report: impl FnMut(&T, R),
) {
    let next = AtomicUsize::new(0);
    let (sender, answers) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    // Nobody listens any more when the report panicked; the scope says so.
                    if sender.send((place, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut told = 0;
        while told < items.len() {
            if interrupted() {
                next.store(items.len(), Ordering::Relaxed);
                stop_all();
                break;
            }
            match answers.recv_timeout(Duration::from_millis(100)) {
                Ok((place, answer)) => drop(early.insert(place, answer)),
                Err(mpsc::RecvTimeoutError::Timeout) => continue,
                // A worker panicked; the scope says so.
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            while let Some(answer) = early.remove(&told) {
                report(&items[told], answer);
                told += 1;
            }
        }
    });
}

fn judge(case: &Case, settings: &Settings) -> Result<Verdict, Trouble> {
    let environment: Vec<(&str, &str)> =
        settings.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let other = settings.against.as_ref().map(|python| {
        let name = python.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, case.run_other(python, settings.limit))
    });
    if settings.bless {
        let run = match other {
            Some((_, run)) => run,
            None => case.run_co(&settings.co, &settings.options, &environment, settings.limit),
        };
        return bless(case, &run);
    }
    let run = case.run_co(&settings.co, &settings.options, &environment, settings.limit);
    let mut findings = Vec::new();
    if let Some(trouble) = &run.trouble {
        findings.push(Finding::Trouble(trouble.clone()));
    }
    let mut compare = |expected: (&str, &Run), found: (&str, &Run)| {
        let differences = expected.1.differences(found.1);
        let same = differences.is_empty();
        if !same {
            let sides = Sides { expected: expected.0.to_owned(), found: found.0.to_owned() };
            findings.push(Finding::Differs(sides, differences));
        }
        same
    };
    let stored = case.stdout.is_some().then(|| case.stored());
    if case.listed {
        // What is stored, if anything, is the other interpreter's answer.
        let expected = match (&other, &stored) {
            (Some((name, run)), _) => (name.as_str(), run),
            (None, Some(stored)) => ("expected", stored),
            (None, None) => return Err(no_expectation(case)),
        };
        let same = compare(expected, ("co", &run));
        return Ok(if same {
            let text = format!("listed as a difference, but co and {} agree", expected.0);
            Verdict::Failed(vec![Finding::Trouble(text)])
        } else {
            Verdict::Listed
        });
    }
    match &stored {
        Some(stored) => {
            compare(("expected", stored), ("co", &run));
            if let Some((name, other)) = &other {
                compare(("expected", stored), (name, other));
            }
        }
        None if other.is_none() => return Err(no_expectation(case)),
        None => {}
    }
    if let Some((name, other)) = &other {
        compare((name, other), ("co", &run));
        if let Some(trouble) = &other.trouble {
            findings.push(Finding::Trouble(format!("{name}: {trouble}")));
        }
    }
    Ok(if findings.is_empty() { Verdict::Passed } else { Verdict::Failed(findings) })
}

fn no_expectation(case: &Case) -> Trouble {
    let expectation = case.program.with_extension("out");
    Trouble(format!("'{}' isn't there; make it with --bless", expectation.display()))
}

/// Writes a run as the expectation of its case.
fn bless(case: &Case, run: &Run) -> Result<Verdict, Trouble> {
    if let Some(trouble) = &run.trouble {
        return Err(Trouble(format!("not blessed: {trouble}")));
    }
    let mut run = run.clone();
    run.stderr = super::mask::reduce_syntax_error(&run.stderr);
    if case.stdout.is_some() && case.stored() == run {
        return Ok(Verdict::Passed);
    }
    write(&case.program.with_extension("out"), Some(&run.stdout))?;
    write(&case.program.with_extension("err"), Some(&run.stderr).filter(|text| !text.is_empty()))?;
    let exit = format!("{}\n", run.exit);
    write(&case.program.with_extension("exit"), Some(&exit).filter(|_| run.exit != 0))?;
    Ok(Verdict::Blessed)
}

/// Writes a file, or removes it when its absence says the same.
fn write(path: &Path, text: Option<&String>) -> Result<(), Trouble> {
    let done = match text {
        Some(text) => std::fs::write(path, text),
        None => std::fs::remove_file(path),
    };
    match done {
        Err(error) if text.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Trouble(format!("can't write '{}': {error}", path.display()))),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..40).collect();
        let mut heard = Vec::new();
        in_parallel(
            &items,
            8,
            |item| {
                std::thread::sleep(Duration::from_micros((40 - item) * 50));
                item * 2
            },
            || false,
            |item, answer| heard.push((*item, answer)),
        );
        assert_eq!(heard, items.iter().map(|item| (*item, item * 2)).collect::<Vec<_>>());
        in_parallel(&[] as &[u8], 3, |_| (), || false, |_, ()| panic!("there is nothing to report"));
    }
}
