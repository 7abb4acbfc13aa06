//! Asks CPython 3.13 again for every expectation of `tests/golden` and `examples`.
//!
//! With `BLESS=1` the answers are written; without it they're compared with the files. Where there is no
//! CPython 3.13 (`PYTHON313`, pyenv, or `python3.13` on the path) the test says so and passes.

mod common;

use common::Case;
use std::fs;
use std::path::Path;
use std::time::Duration;

#[test]
fn cpython_still_prints_every_expectation() {
    let Some(python) = common::cpython() else {
        println!("skipped: no CPython 3.13 here");
        return;
    };
    let bless = std::env::var_os("BLESS").is_some();
    let programs = common::goldens();
    let accounts = common::on_two_threads(&programs, |program| {
        let case = Case::load(program);
        let run = case.run_cpython(&python, Duration::from_secs(60));
        if bless {
            write(&program.with_extension("out"), &run.stdout, None);
            write(&program.with_extension("err"), &run.stderr, Some(""));
            write(&program.with_extension("exit"), &format!("{}\n", run.exit), Some("0\n"));
            return String::new();
        }
        let account = case.compare(&run);
        if account.is_empty() { account } else { format!("{}\n{account}", case.name()) }
    });
    let failures: Vec<String> = accounts.into_iter().filter(|account| !account.is_empty()).collect();
    common::report("expectations", programs.len(), &failures);
}

/// Write a file, or remove it when it would hold what its absence means.
fn write(path: &Path, text: &str, absent: Option<&str>) {
    if absent == Some(text) {
        // It may well not be there.
        let _ = fs::remove_file(path);
    } else {
        fs::write(path, text).expect("a writable golden");
    }
}
