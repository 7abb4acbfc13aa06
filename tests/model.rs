//! Random scripts of generators and coroutines that delegate to, advance, throw into and close each other.
//!
//! Each program of `tests/model` prints one line per sequence: seed, number of events, checksum. The first 300
//! sequences are compared with a stored answer of CPython; where a CPython 3.13 is present, 2,000 more are compared
//! with what it prints now (`MODEL_SEQUENCES=100000` for the long run). A sequence that differs is shown event by
//! event up to the first difference.
//!
//! The stored answer holds stderr as well, where a generator that refuses to leave says so when it's dropped. Of the
//! other sequences only stdout counts.

mod common;

use common::{Case, Run};
use std::path::Path;
use std::time::Duration;

const FIXED: usize = 300;
const LIMIT: Duration = Duration::from_secs(1800);

fn programs() -> Vec<std::path::PathBuf> {
    common::files_below(&common::root().join("tests/model"), "co")
}

fn case(program: &Path, arguments: &[&str]) -> Case {
    let mut case = Case::load(program);
    case.arguments = arguments.iter().map(|argument| (*argument).to_string()).collect();
    case
}

#[test]
fn the_fixed_sequences_print_the_stored_answer() {
    for program in programs() {
        let case = case(&program, &["1", &FIXED.to_string()]);
        let run = case.run_co(&[], LIMIT);
        let expected = case.stdout.as_deref().unwrap_or_default();
        assert_eq!(run.exit, 0, "{}: {}", case.name(), run.stderr);
        let differing = differing_seeds(expected, &run.stdout);
        assert!(
            differing.is_empty(),
            "{}: {} sequences differ from the stored answer: {:?}",
            case.name(),
            differing.len(),
            &differing[..differing.len().min(20)],
        );
        let account = case.compare(&run);
        assert!(account.is_empty(), "{}:\n{account}", case.name());
    }
}

#[test]
fn many_sequences_agree_with_cpython() {
    let Some(python) = common::cpython() else {
        println!("skipped: no CPython 3.13 here");
        return;
    };
    let count: usize = std::env::var("MODEL_SEQUENCES").map_or(2000, |text| text.parse().expect("a number"));
    for program in programs() {
        let block = 1000.min(count.max(1));
        let firsts: Vec<usize> =
            (0..count.div_ceil(block)).map(|number| FIXED + 1 + number * block).collect();
        let differing: Vec<String> = common::on_two_threads(&firsts, |first| {
            let case = case(&program, &[&first.to_string(), &block.to_string()]);
            let (ours, theirs) = (case.run_co(&[], LIMIT), case.run_cpython(&python, LIMIT));
            assert_eq!(theirs.exit, 0, "{}", theirs.stderr);
            if ours.exit != 0 {
                return vec![format!("sequences from {first}: exit {}\n{}", ours.exit, ours.stderr)];
            }
            differing_seeds(&theirs.stdout, &ours.stdout)
        })
        .concat();
        assert!(differing.is_empty(), "{}", account(&program, &python, count, &differing));
    }
}

/// The seeds whose lines differ, and those that one side has not printed at all.
fn differing_seeds(expected: &str, found: &str) -> Vec<String> {
    let found: Vec<&str> = found.lines().collect();
    let wrong = expected.lines().enumerate().filter(|(place, line)| found.get(*place) != Some(line));
    wrong.map(|(_, line)| line.split(' ').next().unwrap_or(line).to_string()).collect()
}

/// Which sequences differ, and for the first of them the event where they part.
fn account(program: &Path, python: &Path, count: usize, differing: &[String]) -> String {
    let case = case(program, &[&differing[0], "1", "log"]);
    let (ours, theirs): (Run, Run) = (case.run_co(&[], LIMIT), case.run_cpython(python, LIMIT));
    let same = ours.stdout.lines().zip(theirs.stdout.lines()).take_while(|(a, b)| a == b).count();
    let events: Vec<&str> = theirs.stdout.lines().take(same).collect();
    format!(
        "{}: {} of {count} sequences differ: {:?}\nfirst of them, up to the difference:\n{}\nCPython: {:?}\nco:      {:?}",
        case.name(),
        differing.len(),
        &differing[..differing.len().min(20)],
        events.join("\n"),
        theirs.stdout.lines().nth(same),
        ours.stdout.lines().nth(same),
    )
}
