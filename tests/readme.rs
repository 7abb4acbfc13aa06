//! The README is a program: every `python` block runs and must print the `output` block that follows it.
//! The list of differences must name every program under `tests/differences`, and no other.

mod common;

use common::Case;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A program of the README with the line on which it starts and what it should print.
struct Block {
    line: usize,
    program: String,
    output: String,
}

fn readme() -> String {
    fs::read_to_string(common::root().join("README.md")).expect("a README")
}

fn blocks() -> Vec<Block> {
    let text = readme();
    let mut blocks: Vec<Block> = Vec::new();
    let mut fence: Option<(String, usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut fence {
            Some((language, start, body)) if line == "```" => {
                match language.as_str() {
                    "python" => {
                        blocks.push(Block { line: *start, program: body.clone(), output: String::new() })
                    }
                    "output" => blocks.last_mut().expect("an output follows a program").output = body.clone(),
                    _ => {}
                }
                fence = None;
            }
            Some((_, _, body)) => {
                body.push_str(line);
                body.push('\n');
            }
            None => {
                if let Some(language) = line.strip_prefix("```") {
                    fence = Some((language.to_string(), number + 1, String::new()));
                }
            }
        }
    }
    blocks
}

fn cases() -> Vec<(usize, Case)> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("readme");
    fs::create_dir_all(&folder).expect("a writable folder");
    let case = |block: Block| {
        let program = folder.join(format!("line_{}.co", block.line));
        fs::write(&program, block.program).expect("a writable program");
        let mut case = Case::load(&program);
        case.options = vec!["--clock".into(), "virtual".into()];
        case.stdout = Some(block.output);
        (block.line, case)
    };
    blocks().into_iter().map(case).collect()
}

#[test]
fn every_block_prints_what_the_readme_says() {
    let cases = cases();
    assert!(cases.len() >= 5, "the tour has its programs");
    for (line, case) in cases {
        let account = case.compare(&case.run_co(&[], Duration::from_secs(60)));
        assert!(account.is_empty(), "README.md:{line}\n{account}");
    }
}

#[test]
fn cpython_agrees_with_every_block() {
    let Some(python) = common::cpython() else {
        println!("skipped: no CPython 3.13 here");
        return;
    };
    for (line, case) in cases() {
        let account = case.compare(&case.run_cpython(&python, Duration::from_secs(60)));
        assert!(account.is_empty(), "README.md:{line}\n{account}");
    }
}

#[test]
fn every_difference_is_listed() {
    let text = readme();
    let list = text
        .split_once("<!-- differences: start -->")
        .and_then(|(_, rest)| rest.split_once("<!-- differences: end -->"))
        .map(|(list, _)| list)
        .expect("the README has its list of differences");
    let programs = common::files_below(&common::root().join("tests/differences"), "co");
    for program in &programs {
        let name = program.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
        assert!(list.contains(name), "README.md does not list tests/differences/{name}");
    }
    let listed = list.lines().filter(|line| line.starts_with("- ")).count();
    assert_eq!(listed, programs.len(), "README.md lists as many differences as there are programs");
}
