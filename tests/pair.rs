//! `co dis --pair`: `tests/pair/*.co` each hold two functions, `sync` and `coroutine`; the picture of both is
//! in the `.pair` beside them. `BLESS=1` rewrites the pictures.

mod common;

use std::fs;
use std::process::Command;

#[test]
fn twins_are_drawn_side_by_side() {
    let mut wrong = Vec::new();
    let programs = common::files_below(&common::root().join("tests/pair"), "co");
    assert!(programs.len() > 4, "the programs are found");
    for program in programs {
        let folder = program.parent().expect("a file in a folder");
        let name = program.file_name().expect("a file").to_string_lossy().into_owned();
        let output = Command::new(env!("CARGO_BIN_EXE_co"))
            .current_dir(folder)
            .args(["dis", "--pair", "sync", "coroutine", &name])
            .output()
            .expect("co starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let found = String::from_utf8(output.stdout).expect("a picture is text");
        let golden = program.with_extension("pair");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &found).expect("a writable golden");
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{name}\n{found}"));
        }
        // The claim itself, apart from how it is drawn.
        if name != "others.co" {
            let differing = found.lines().filter_map(|line| {
                let (count, rest) = line.split_once(" of ")?;
                rest.contains("instructions differ").then(|| count.parse::<usize>().ok())?
            });
            let awaits = fs::read_to_string(&program).expect("readable").matches("await ").count();
            assert_eq!(differing.sum::<usize>(), awaits, "{name}: one for each await\n{found}");
        }
    }
    assert!(wrong.is_empty(), "these pictures differ (BLESS=1 rewrites them):\n{}", wrong.join("\n"));
}
