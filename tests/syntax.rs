//! The front end against CPython.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A CPython 3.13, when there is one.
fn python() -> Option<PathBuf> {
    let mut candidates: Vec<PathBuf> = std::env::var_os("PYTHON313").map(Into::into).into_iter().collect();
    if let Some(home) = std::env::var_os("HOME") {
        let versions = Path::new(&home).join(".pyenv/versions");
        let mut found: Vec<PathBuf> = std::fs::read_dir(versions)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin/python3.13"))
            .collect();
        found.sort();
        candidates.extend(found);
    }
    candidates.push("python3.13".into());
    candidates.into_iter().find(|p| {
        Command::new(p).arg("--version").output().is_ok_and(|o| o.status.success())
    })
}

fn run_python(code: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(python()?).arg("-c").arg(code).args(args).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Every file of CPython's own test suite that CPython itself accepts.
fn library_tests() -> Vec<PathBuf> {
    let code = "
import ast, os, test, warnings
warnings.simplefilter('ignore')
for folder, _, names in os.walk(os.path.dirname(test.__file__)):
    for name in sorted(names):
        if name.endswith('.py'):
            path = os.path.join(folder, name)
            try:
                source = open(path, 'rb').read().decode('utf-8')
                ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            print(path)
";
    run_python(code, &[]).unwrap_or_default().lines().map(PathBuf::from).collect()
}

#[test]
fn every_file_of_the_library_tests_parses() {
    let files = library_tests();
    let mut bytes = 0;
    let mut failed = Vec::new();
    let mut time = std::time::Duration::ZERO;
    for file in &files {
        let source = std::fs::read_to_string(file).expect("CPython read it");
        bytes += source.len();
        let start = std::time::Instant::now();
        let parsed = co::syntax::parse(&source);
        time += start.elapsed();
        if let Some(error) = parsed.errors.first() {
            let source_file = co::source::SourceFile::new(&file.display().to_string(), &source);
            failed.push(co::diagnostics::cpython::render(&source_file, error));
        }
    }
    let rate = bytes as f64 / 1e6 / time.as_secs_f64();
    println!("{} files, {bytes} bytes, {rate:.1} MB/s", files.len());
    assert!(failed.is_empty(), "{} files failed:\n{}", failed.len(), failed.join("\n"));
}
