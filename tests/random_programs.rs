//! Random programs, run under `co` and under CPython 3.13, must print the same.
//!
//! Without a CPython the programs still run, and none may crash, hang or leave with a status that isn't Python's.
//! `RANDOM_PROGRAMS=10000 RANDOM_FIRST=1` is the long run; `RANDOM_SHOW=seed` prints one program and runs nothing.

mod common;
mod random;

use common::Case;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The folder that cargo keeps for what tests write.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("random_programs");
    fs::create_dir_all(&folder).expect("a writable folder");
    folder
}

/// The program with this seed as a case: the file is written, nothing is expected yet.
fn case(folder: &Path, seed: u64) -> Case {
    let file = folder.join(format!("program_{seed}.co"));
    fs::write(&file, random::program(seed)).expect("a writable program");
    let mut case = Case::load(&file);
    case.options = vec!["--clock".to_owned(), "virtual".to_owned()];
    case
}

#[test]
fn random_programs_print_what_cpython_prints() {
    if let Ok(seed) = std::env::var("RANDOM_SHOW") {
        println!("{}", random::program(seed.parse().expect("a number")));
        return;
    }
    let python = common::cpython();
    let (first, count) = (number("RANDOM_FIRST", 1), number("RANDOM_PROGRAMS", 150));
    let seeds: Vec<u64> = (first..first + count).collect();
    let folder = folder();
    let accounts = common::on_two_threads(&seeds, |&seed| {
        let mut case = case(&folder, seed);
        let ours = case.run_co(&[], LIMIT);
        let account = match &python {
            Some(python) => {
                let theirs = case.run_cpython(python, LIMIT);
                (case.stdout, case.stderr, case.exit) = (Some(theirs.stdout), theirs.stderr, theirs.exit);
                case.compare(&ours)
            }
            None if matches!(ours.exit, 0 | 1) => String::new(),
            None => format!("  exit {}\n{}", ours.exit, ours.stderr),
        };
        if account.is_empty() {
            // Only what differs is worth keeping.
            let _ = fs::remove_file(&case.program);
            return account;
        }
        format!("seed {seed}: {}\n{account}", case.program.display())
    });
    let failures: Vec<String> = accounts.into_iter().filter(|account| !account.is_empty()).collect();
    common::report("random programs", seeds.len(), &failures);
}
