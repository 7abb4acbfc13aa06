//! What there is, and how it is called: `co`'s types, exceptions and modules beside CPython's.
//!
//! `signatures/survey.co` prints a row for each public name; `signatures/cpython.txt` holds the rows that
//! CPython 3.13 printed. Every signature equals the published one or stands in `signatures/differences.txt`,
//! and the coverage table of the README says how much of CPython is there. With `BLESS=1` the table is
//! written, and the stored rows are asked for again where there is a CPython 3.13.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Kind and signature of the names of each subject, in the order of the survey.
struct Survey {
    subjects: Vec<String>,
    rows: BTreeMap<(String, String), (String, String)>,
}

impl Survey {
    fn parse(text: &str) -> Survey {
        let mut survey = Survey { subjects: Vec::new(), rows: BTreeMap::new() };
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [subject, name, kind, signature] = fields[..] else {
                panic!("a row of the survey has four fields: {line:?}");
            };
            if survey.subjects.last().is_none_or(|last| last != subject) {
                survey.subjects.push(subject.to_string());
            }
            survey
                .rows
                .insert((subject.to_string(), name.to_string()), (kind.to_string(), signature.to_string()));
        }
        assert!(survey.rows.len() > 1000, "a survey names thousands of things");
        survey
    }

    fn names<'s>(&'s self, subject: &'s str) -> impl Iterator<Item = &'s str> {
        self.rows.keys().filter(move |(own, _)| own == subject).map(|(_, name)| name.as_str())
    }

    /// A name of a subject, or what a type inherits from `object`.
    fn find(&self, subject: &str, name: &str) -> Option<&(String, String)> {
        let own = self.rows.get(&(subject.to_string(), name.to_string()));
        let inherited = || self.rows.get(&("type object".to_string(), name.to_string()));
        own.or_else(|| if subject.starts_with("type ") { inherited() } else { None })
    }

    fn has_own(&self, subject: &str, name: &str) -> bool {
        self.rows.contains_key(&(subject.to_string(), name.to_string()))
    }
}

fn folder() -> PathBuf {
    common::root().join("tests/signatures")
}

fn run(interpreter: &Path) -> String {
    let output = Command::new(interpreter)
        .arg("survey.co")
        .current_dir(folder())
        .env("PYTHONHASHSEED", "0")
        .output()
        .expect("an interpreter that starts");
    assert!(output.status.success(), "the survey failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("rows in UTF-8")
}

fn stored() -> String {
    fs::read_to_string(folder().join("cpython.txt")).expect("the stored rows")
}

fn own_survey() -> Survey {
    Survey::parse(&run(Path::new(env!("CARGO_BIN_EXE_co"))))
}

fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

#[test]
fn cpython_still_publishes_the_stored_rows() {
    let Some(python) = common::cpython() else {
        println!("skipped: no CPython 3.13 here");
        return;
    };
    let rows = run(&python);
    if bless() {
        fs::write(folder().join("cpython.txt"), rows).expect("writable rows");
    } else if rows != stored() {
        panic!("CPython publishes other rows; BLESS=1 writes them:\n{}", common::diff(&stored(), &rows));
    }
}

/// The listed differences: subject, name, reason.
fn differences() -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(folder().join("differences.txt")).expect("the list of differences");
    let mut listed = BTreeSet::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [subject, name, reason] = fields[..] else { panic!("a difference has three fields: {line:?}") };
        assert!(reason.len() > 3, "a difference has a reason: {line:?}");
        assert!(listed.insert((subject.to_string(), name.to_string())), "listed twice: {line:?}");
    }
    listed
}

/// Whether both are there, CPython publishes a signature, and `co` has another one.
fn differs(cpython: &Survey, own: &Survey, subject: &str, name: &str) -> bool {
    let published = &cpython.rows[&(subject.to_string(), name.to_string())].1;
    published != "-"
        && own.has_own(subject, name)
        && own.find(subject, name).is_some_and(|(_, s)| s != published)
}

#[test]
fn signatures_equal_the_published_ones() {
    let (cpython, own, listed) = (Survey::parse(&stored()), own_survey(), differences());
    let mut failures = Vec::new();
    for (subject, name) in cpython.rows.keys() {
        let known = listed.contains(&(subject.clone(), name.clone()));
        let differs = differs(&cpython, &own, subject, name);
        let (published, found) = (&cpython.rows[&(subject.clone(), name.clone())].1, own.find(subject, name));
        let found = found.map_or("nothing", |(_, signature)| signature.as_str());
        if differs && !known {
            failures.push(format!("{subject} {name}: {found} instead of {published}"));
        } else if known && !differs {
            failures.push(format!("{subject} {name} is listed, but does not differ"));
        }
    }
    for (subject, name) in listed {
        if !cpython.has_own(&subject, &name) {
            failures.push(format!("{subject} {name} is listed, but CPython has no such name"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// One line of the table: counts, and the names that are not there.
#[derive(Default)]
struct Line {
    subjects: usize,
    names: usize,
    equal: usize,
    missing: BTreeSet<String>,
}

impl Line {
    fn add(&mut self, cpython: &Survey, own: &Survey, subject: &str, qualified: bool) {
        self.subjects += 1;
        for name in cpython.names(subject) {
            self.names += 1;
            let published = &cpython.rows[&(subject.to_string(), name.to_string())].1;
            match own.find(subject, name) {
                Some((_, signature)) => self.equal += usize::from(published != "-" && signature == published),
                None if qualified => {
                    let owner = subject.trim_start_matches("type ");
                    self.missing.insert(format!("{owner}.{name}"));
                }
                None => drop(self.missing.insert(name.to_string())),
            }
        }
    }

    fn row(&self, title: &str) -> String {
        let there = self.names - self.missing.len();
        let names: Vec<String> = self.missing.iter().map(|name| format!("`{name}`")).collect();
        format!("| {title} | {} | {} | {there} | {} |\n", self.names, self.equal, names.join(" "))
    }
}

fn table(cpython: &Survey, own: &Survey) -> String {
    let named: BTreeSet<&str> = cpython.names("module builtins").collect();
    let mut text = String::from("| | names | equal signature | there | missing |\n|---|---|---|---|---|\n");
    let (mut exceptions, mut unnamed, mut total) = (Line::default(), Line::default(), Line::default());
    let mut rows = String::new();
    for subject in &cpython.subjects {
        total.add(cpython, own, subject, true);
        let (kind, name) = subject.split_once(' ').expect("a subject has a kind and a name");
        if kind == "module" {
            let mut line = Line::default();
            line.add(cpython, own, subject, false);
            rows += &line.row(&format!("module `{name}`"));
        } else if cpython.has_own(subject, "with_traceback") {
            exceptions.add(cpython, own, subject, true);
        } else if named.contains(name) {
            let mut line = Line::default();
            line.add(cpython, own, subject, false);
            rows += &line.row(&format!("`{name}`"));
        } else {
            unnamed.add(cpython, own, subject, true);
        }
    }
    text += &rows;
    text += &exceptions.row(&format!("{} exceptions", exceptions.subjects));
    text += &unnamed.row(&format!("{} types without a name in `builtins`", unnamed.subjects));
    let there = total.names - total.missing.len();
    writeln!(text, "| all | {} | {} | {there} | |", total.names, total.equal).expect("a String takes all");
    let surveyed: BTreeSet<&str> =
        cpython.subjects.iter().filter_map(|subject| subject.strip_prefix("module ")).collect();
    let others: Vec<String> = modules_there()
        .into_iter()
        .filter(|module| !surveyed.contains(module.as_str()))
        .map(|module| format!("`{module}`"))
        .collect();
    writeln!(
        text,
        "\nModules without a row, which hold the parts that programs use and not everything that CPython's hold:\n{}.",
        others.join(", ")
    )
    .expect("a String takes all");
    text
}

/// The modules of CPython's library that `co` has, in the order of their names.
fn modules_there() -> Vec<String> {
    const PROGRAM: &str = "\
import sys
for name in sorted(sys.stdlib_module_names):
    if not name.startswith('_'):
        try:
            __import__(name)
        except ImportError:
            continue
        print(name)
";
    let output = Command::new(env!("CARGO_BIN_EXE_co"))
        .args(["-c", PROGRAM])
        .current_dir(folder())
        .output()
        .expect("co starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

const START: &str = "<!-- coverage: start -->\n";
const END: &str = "<!-- coverage: end -->";

#[test]
fn the_readme_shows_the_coverage() {
    let table = table(&Survey::parse(&stored()), &own_survey());
    let path = common::root().join("README.md");
    let readme = fs::read_to_string(&path).expect("a README");
    let (before, rest) = readme.split_once(START).expect("the README has the start of the coverage table");
    let (shown, after) = rest.split_once(END).expect("the README has the end of the coverage table");
    if bless() {
        fs::write(&path, format!("{before}{START}{table}{END}{after}")).expect("a writable README");
    } else if shown != table {
        panic!("the README shows another table; BLESS=1 writes this one:\n{}", common::diff(shown, &table));
    }
}
