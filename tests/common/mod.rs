//! What every golden-like test shares: finding cases, and running them under `co` or under CPython. What a
//! case is, what is masked and how two runs are compared is the library's room `golden`, the same as for
//! `co test`.

#![allow(dead_code, reason = "each test binary uses its own part of this module")]

use co::golden::{self, Settings, Verdict};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use co::golden::Run;

/// Programs at the same time: tests of other binaries run as well.
const JOBS: usize = 2;

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

/// One program with what is expected of it, under the binary that cargo built for this test.
pub struct Case(golden::Case);

impl std::ops::Deref for Case {
    type Target = golden::Case;

    fn deref(&self) -> &golden::Case {
        &self.0
    }
}

impl std::ops::DerefMut for Case {
    fn deref_mut(&mut self) -> &mut golden::Case {
        &mut self.0
    }
}

impl Case {
    pub fn load(program: &Path) -> Case {
        match golden::Case::load(program) {
            Ok(case) => Case(case),
            Err(trouble) => panic!("{}: {}", program.display(), trouble.0),
        }
    }

    /// The name shown to people: the path below the package.
    pub fn name(&self) -> String {
        name(&self.0.program)
    }

    /// Run under `co`, under the virtual clock unless the case chooses one.
    pub fn run_co(&self, environment: &[(&str, &str)], limit: Duration) -> Run {
        self.0.run_co(Path::new(CO), &virtual_clock(), environment, limit)
    }

    /// Run under CPython. A program that asks for a clock runs below the small clock in `golden/clock.py`.
    pub fn run_cpython(&self, python: &Path, limit: Duration) -> Run {
        self.0.run_other(python, limit)
    }

    /// A readable account of every difference, empty when there is none.
    pub fn compare(&self, run: &Run) -> String {
        let sides = golden::Sides { expected: "expected".into(), found: "found".into() };
        let trouble = run.trouble.iter().map(|trouble| format!("  {trouble}\n"));
        let differences = self.0.stored().differences(run);
        trouble.chain(differences.iter().map(|difference| difference.draw(&sides, false))).collect()
    }
}

/// Two texts, line by line.
pub fn diff(expected: &str, found: &str) -> String {
    let sides = golden::Sides { expected: "expected".into(), found: "found".into() };
    golden::Difference::Output { expected: expected.to_owned(), found: found.to_owned() }.draw(&sides, false)
}

/// The binary that cargo built for this test.
const CO: &str = env!("CARGO_BIN_EXE_co");

fn virtual_clock() -> Vec<(String, String)> {
    vec![("--clock".into(), "virtual".into())]
}

fn name(program: &Path) -> String {
    program.strip_prefix(root()).unwrap_or(program).display().to_string()
}

/// Run programs through the runner of `co test`, and fail with everything that differs.
pub fn run_goldens(what: &str, programs: &[PathBuf], environment: &[(&str, &str)], limit: Duration) {
    let settings = Settings {
        co: PathBuf::from(CO),
        options: virtual_clock(),
        environment: environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        limit,
        jobs: JOBS,
        against: None,
        bless: false,
    };
    let mut failures = Vec::new();
    golden::run(
        programs,
        &settings,
        || false,
        |program, outcome| match outcome.verdict {
            Verdict::Passed => {}
            Verdict::Listed => {
                failures.push(format!("{}: a listed difference among the goldens\n", name(program)))
            }
            Verdict::Blessed => failures.push(format!("{}: blessed without being asked to\n", name(program))),
            Verdict::Failed(findings) => {
                let account: String = findings.iter().map(|finding| finding.draw(false)).collect();
                failures.push(format!("{}\n{account}", name(program)));
            }
        },
    );
    report(what, programs.len(), &failures);
}

/// The sentence of an expectation that is one syntax error and nothing else.
pub fn syntax_message(stderr: &str) -> Option<&str> {
    golden::syntax_message(stderr)
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
    let mut answers = Vec::with_capacity(items.len());
    golden::in_parallel(items, JOBS, work, || false, |_, answer| answers.push(answer));
    answers
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
