//! The house rules that a test can check: who imports whom, where `unsafe` may stand, one door for each
//! dependency, and what a source file must and must not contain.
//!
//! The tables stand at the top; a change of plan is a change of one row.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room with the rooms it may name. A room that is missing here fails the test, so the plan stays complete.
const IMPORTS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("stack", &[]),
    ("diagnostics", &["source"]),
    ("bytecode", &["source"]),
    ("host", &["source"]),
    ("syntax", &["source", "stack", "diagnostics"]),
    ("object", &["source", "bytecode"]),
    ("analysis", &["syntax", "source", "diagnostics"]),
    ("vm", &["object", "bytecode", "host", "source"]),
    ("compiler", &["analysis", "syntax", "bytecode", "diagnostics", "source"]),
    ("types", &["vm", "object", "bytecode", "source"]),
    ("builtins", &["types", "vm", "object", "host", "source"]),
    ("stdlib", &["types", "vm", "object", "host", "source"]),
    ("asyncio", &["types", "vm", "object", "host", "source"]),
    (
        "engine",
        &[
            "asyncio",
            "stdlib",
            "builtins",
            "types",
            "compiler",
            "vm",
            "analysis",
            "object",
            "syntax",
            "host",
            "bytecode",
            "diagnostics",
            "stack",
            "source",
        ],
    ),
    // Programs beside what they print: files and processes, nothing of the language.
    ("golden", &[]),
    ("cli", &["repl", "engine", "golden", "diagnostics", "syntax", "bytecode", "source", "stack", "host"]),
    ("repl", &["engine", "diagnostics", "syntax", "bytecode", "source", "stack", "host"]),
];

/// The only files in which `unsafe` may stand.
const UNSAFE: &[&str] = &[
    "object/value.rs",
    "object/header.rs",
    "object/heap.rs",
    "object/heap/cells.rs",
    "object/heap/opaque.rs",
    "object/heap/release.rs",
    "object/heap/ticks.rs",
    "object/cycle.rs",
    "object/weak.rs",
    // Payloads whose words lie behind their header.
    "object/coroutine.rs",
    "object/frame.rs",
    "object/frame_object.rs",
    "object/instance.rs",
    "object/sequence.rs",
    "object/str.rs",
    "vm/window.rs",
    // The native stack, and the process's own beginning.
    "stack/mod.rs",
    "main.rs",
];

/// A dependency, or a part of the standard library, with the files or folders that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("logos", &["syntax/token.rs", "syntax/lexer.rs"]),
    ("chumsky", &["syntax/parser/"]),
    ("ariadne", &["diagnostics/report.rs"]),
    ("rustyline", &["repl/"]),
    ("clap", &["cli/"]),
    ("indicatif", &["cli/test.rs"]),
    ("quick_xml", &["golden/junit.rs"]),
    ("serde_json", &["cli/check.rs"]),
    ("similar", &["golden/compare.rs", "bytecode/pair.rs"]),
    // The golden runner bounds and times other programs; its own answers do not depend on it.
    ("std::time::Instant", &["host/real.rs", "golden/", "cli/test.rs"]),
    ("std::time::SystemTime", &["host/real.rs"]),
    ("std::net", &["host/real.rs"]),
    ("std::thread", &["host/real.rs", "golden/", "cli/test.rs"]),
    ("std::fs", &["engine/", "cli/", "host/", "golden/", "repl/history.rs"]),
];

/// Words that have no place outside tests.
const FORBIDDEN: &[(&str, &str)] = &[
    ("todo!", "write it, or write a program under tests/differences"),
    ("unimplemented!", "write it, or write a program under tests/differences"),
    ("dbg!", "remove it"),
    ("#[allow(", "use #[expect(.., reason = \"..\")]"),
    ("#![allow(", "use #![expect(.., reason = \"..\")]"),
    (".unwrap()", "use expect(\"the invariant\") or return the error"),
];

struct Source {
    /// The path below `src`, with `/` between the folders.
    path: String,
    text: String,
    /// The lines of the program outside tests, without comments and the insides of strings.
    code: Vec<(usize, String)>,
}

fn sources() -> Vec<Source> {
    let folder = common::root().join("src");
    let load = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable source");
        let inside = path.strip_prefix(&folder).expect("a file below src");
        let path =
            inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let code = code_lines(&text);
        Source { path, text, code }
    };
    common::files_below(&folder, "rs").into_iter().map(load).collect()
}

fn room(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The code of a file: what follows `#[cfg(test)] mod` goes, comments and texts are blanked.
///
/// This is a reader of Rust that knows just enough: line and block comments, plain and raw strings, characters.
fn code_lines(text: &str) -> Vec<(usize, String)> {
    let mut code = String::with_capacity(text.len());
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        let word_before = at > 0 && (letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
        if rest.starts_with(&['/', '/']) {
            while at < letters.len() && letters[at] != '\n' {
                at += 1;
            }
        } else if rest.starts_with(&['/', '*']) {
            let mut depth = 0;
            while at < letters.len() {
                if letters[at..].starts_with(&['/', '*']) {
                    depth += 1;
                    at += 2;
                } else if letters[at..].starts_with(&['*', '/']) {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        break;
                    }
                } else {
                    if letters[at] == '\n' {
                        code.push('\n');
                    }
                    at += 1;
                }
            }
        } else if rest[0] == '"' {
            at = skip_string(&letters, at + 1, &mut code);
        } else if rest[0] == 'r' && !word_before && matches!(rest.get(1), Some('"' | '#')) {
            let hashes = rest[1..].iter().take_while(|letter| **letter == '#').count();
            if rest.get(1 + hashes) != Some(&'"') {
                code.push('r');
                at += 1;
                continue;
            }
            let mut end: Vec<char> = vec!['"'];
            end.extend(std::iter::repeat_n('#', hashes));
            at += 2 + hashes;
            while at < letters.len() && !letters[at..].starts_with(&end) {
                if letters[at] == '\n' {
                    code.push('\n');
                }
                at += 1;
            }
            at += end.len();
            code.push_str("\"\"");
        } else if rest[0] == '\'' && rest.get(1) == Some(&'\\') {
            at += 3;
            while at < letters.len() && letters[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if rest[0] == '\'' && rest.get(2) == Some(&'\'') {
            at += 3;
        } else {
            code.push(rest[0]);
            at += 1;
        }
    }
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut pending = false;
    for (number, line) in code.lines().enumerate() {
        // By custom the tests are the last part of a file.
        if pending && line.trim_start().starts_with("mod ") {
            lines.pop();
            break;
        }
        pending = line.trim() == "#[cfg(test)]";
        lines.push((number + 1, line.to_string()));
    }
    lines
}

fn skip_string(letters: &[char], mut at: usize, code: &mut String) -> usize {
    code.push_str("\"\"");
    while at < letters.len() && letters[at] != '"' {
        if letters[at] == '\\' {
            at += 1;
        }
        if letters.get(at) == Some(&'\n') {
            code.push('\n');
        }
        at += 1;
    }
    at + 1
}

/// Whether `word` stands in the line as a word of its own.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let before = line[..place].chars().next_back();
        let after = line[place + word.len()..].chars().next();
        let part =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        !part(before) && !part(after)
    })
}

fn check(violations: Vec<String>) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// The rooms that a file names through `crate::`, in a path or inside the braces of a `use`, with their lines.
fn rooms_named(source: &Source) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (place, (number, line)) in source.code.iter().enumerate() {
        for (column, _) in line.match_indices("crate::") {
            let rest = &line[column + "crate::".len()..];
            if let Some(inside) = rest.strip_prefix('{') {
                let following = source.code[place + 1..].iter().map(|(_, line)| line.as_str());
                let list = std::iter::once(inside).chain(following).collect::<Vec<_>>().join("\n");
                found.extend(first_segments(&list).into_iter().map(|word| (*number, word)));
            } else {
                let word =
                    rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                found.insert((*number, word));
            }
        }
    }
    found
}

/// The first segment of every path in a list such as `a::b, c::{d, e}}`, up to the brace that closes the list.
fn first_segments(list: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut depth, mut inside_first) = (0, true);
    for letter in list.chars() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                words.push(String::new());
                inside_first = true;
            }
            letter if inside_first && (letter.is_alphanumeric() || letter == '_') => {
                words.last_mut().expect("a list that starts with one word").push(letter);
            }
            ':' => inside_first = false,
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn imports_only_go_down() {
    let mut violations = Vec::new();
    for source in sources() {
        let own = room(&source.path);
        if matches!(own, "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = IMPORTS.iter().find(|(room, _)| *room == own) else {
            violations.push(format!("src/{}: the room `{own}` has no row in the import table", source.path));
            continue;
        };
        for (line, name) in rooms_named(&source) {
            let is_room = IMPORTS.iter().any(|(room, _)| *room == name);
            if is_room && name != own && !allowed.contains(&name.as_str()) {
                violations.push(format!("src/{}:{line}: `{own}` may not import `{name}`", source.path));
            }
        }
    }
    check(violations);
}

/// A row for what is not there allows what nobody has looked at.
#[test]
fn every_row_names_what_is_there() {
    let src = common::root().join("src");
    let rooms = IMPORTS.iter().flat_map(|(room, allowed)| std::iter::once(room).chain(*allowed));
    let rooms = rooms.filter(|room| !src.join(room).is_dir()).map(|room| format!("no room `{room}` in src"));
    let doors = DOORS.iter().flat_map(|(_, doors)| doors.iter()).chain(UNSAFE);
    let doors = doors.filter(|door| !src.join(door).exists()).map(|door| format!("no `{door}` in src"));
    check(rooms.chain(doors).collect());
}

#[test]
fn unsafe_stands_only_where_it_may_and_says_why() {
    let mut violations = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        for (number, line) in &source.code {
            if !names(line, "unsafe")
                || line.contains("unsafe_code")
                || line.contains("unsafe_op_in_unsafe_fn")
            {
                continue;
            }
            if !UNSAFE.contains(&source.path.as_str()) {
                violations.push(format!("src/{}:{number}: `unsafe` outside the listed files", source.path));
                continue;
            }
            if line.contains("unsafe fn") || line.contains("unsafe trait") || line.contains("unsafe extern") {
                continue;
            }
            // The sentence stands on the line, or in the comment above the statement.
            let own = lines[number - 1].contains("SAFETY:");
            let above = lines[..number - 1].iter().rev().take(8).any(|line| line.contains("SAFETY:"));
            if !own && !above {
                violations
                    .push(format!("src/{}:{number}: an unsafe block without a SAFETY: comment", source.path));
            }
        }
    }
    check(violations);
}

#[test]
fn every_dependency_has_one_door() {
    let mut violations = Vec::new();
    for source in sources() {
        for (dependency, doors) in DOORS {
            let may = doors.iter().any(|door| {
                if door.ends_with('/') { source.path.starts_with(door) } else { source.path == *door }
            });
            if may {
                continue;
            }
            for (number, line) in &source.code {
                // A crate is named by a path or by an attribute; a plain word may be a local of the same name.
                let named = names(line, dependency)
                    && (dependency.contains("::")
                        || line.contains(&format!("{dependency}::"))
                        || line.contains(&format!("use {dependency}")));
                if named {
                    violations.push(format!(
                        "src/{}:{number}: `{dependency}` is named outside its door",
                        source.path
                    ));
                }
            }
        }
    }
    check(violations);
}

#[test]
fn every_file_says_what_lives_in_it() {
    let mut violations = Vec::new();
    let files = sources().into_iter().map(|source| (format!("src/{}", source.path), source.text));
    let tests = common::files_below(&common::root().join("tests"), "rs")
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("a readable test")));
    for (path, text) in files.chain(tests) {
        if !text.starts_with("//!") {
            violations.push(format!("{path}: does not open with `//!`"));
        }
    }
    check(violations);
}

#[test]
fn nothing_unfinished_stays() {
    let mut violations = Vec::new();
    for source in sources() {
        for (number, line) in &source.code {
            for (word, advice) in FORBIDDEN {
                if line.contains(word) {
                    violations.push(format!("src/{}:{number}: `{word}`: {advice}", source.path));
                }
            }
        }
    }
    check(violations);
}

/// Every row of the opcode table has a sentence, and every opcode stands in a listing once there are listings.
#[test]
fn every_opcode_is_described_and_shown() {
    let table = common::root().join("src/bytecode/op.rs");
    let Ok(text) = fs::read_to_string(table) else {
        println!("no opcode table yet");
        return;
    };
    let rows = opcode_rows(&text);
    assert!(rows.len() > 50, "the table is found");
    let listings = common::files_below(&common::root().join("tests/bytecode"), "dis");
    let mut shown = BTreeSet::new();
    for listing in &listings {
        let text = fs::read_to_string(listing).expect("a readable listing");
        shown.extend(text.split_whitespace().map(String::from));
    }
    let mut violations = Vec::new();
    for Row { name, listed_as, sentence } in rows {
        if sentence.is_empty() {
            violations.push(format!("src/bytecode/op.rs: `{name}` has no sentence"));
        }
        // `yield_` is a word that Rust keeps for itself; a listing says `yield`.
        if !listings.is_empty() && !shown.contains(listed_as.trim_end_matches('_')) {
            violations.push(format!("tests/bytecode: `{listed_as}` stands in no listing"));
        }
    }
    check(violations);
}

/// A row of `for_each_opcode!`: `Name listed_as (operands) "sentence";`.
struct Row {
    name: String,
    listed_as: String,
    sentence: String,
}

fn opcode_rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let Some(start) = text.find("macro_rules! for_each_opcode") else {
        return rows;
    };
    for line in text[start..].lines().skip(1) {
        if line.starts_with('}') {
            break;
        }
        let mut words = line.split_whitespace();
        let (Some(name), Some(listed_as), Some(operands)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        if name.starts_with(|letter: char| letter.is_ascii_uppercase()) && operands.starts_with('(') {
            let sentence = line.split('"').nth(1).unwrap_or_default().to_string();
            rows.push(Row { name: name.to_string(), listed_as: listed_as.to_string(), sentence });
        }
    }
    rows
}

/// Where a CPython is present: every golden is a Python 3.13 program, but for those whose expectation is that it is none.
#[test]
fn every_golden_is_valid_python() {
    let Some(python) = common::cpython() else {
        println!("skipped: no CPython 3.13 here");
        return;
    };
    let mut programs = common::goldens();
    programs.extend(common::files_below(&common::root().join("tests/model"), "co"));
    programs.extend(common::files_below(&common::root().join("tests/differences"), "co"));
    programs.retain(|program| {
        let stderr = fs::read_to_string(program.with_extension("err")).unwrap_or_default();
        common::syntax_message(&stderr).is_none()
    });
    let script = "import sys, ast\nfor name in sys.argv[1:]:\n try: compile(open(name, encoding='utf-8').read(), name, 'exec')\n except SyntaxError as error: print(name, error)";
    let output = std::process::Command::new(python)
        .args(["-W", "ignore", "-c", script])
        .args(&programs)
        .output()
        .expect("CPython starts");
    let complaints = String::from_utf8_lossy(&output.stdout);
    assert!(
        complaints.is_empty() && output.status.success(),
        "\n{complaints}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_reader_of_rust_knows_comments_and_texts() {
    let text = "use crate::{a::b, c};\n// unsafe\nlet x = \"unsafe\"; let y = r#\"todo!\"#; /* dbg! */ let z = '\"';\n#[cfg(test)]\nmod tests {}\n";
    let code: Vec<String> = code_lines(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(code.len(), 3);
    assert!(
        !code.concat().contains("unsafe")
            && !code.concat().contains("todo!")
            && !code.concat().contains("dbg!")
    );
    let source = Source { path: "x.rs".into(), text: text.into(), code: code_lines(text) };
    let named: Vec<String> = rooms_named(&source).into_iter().map(|(_, name)| name).collect();
    assert_eq!(named, ["a", "c"]);
}

#[test]
fn the_plan_has_no_circle() {
    for (room, allowed) in IMPORTS {
        for name in *allowed {
            let (_, back) =
                IMPORTS.iter().find(|(other, _)| other == name).expect("a row for every room that is named");
            assert!(!back.contains(room), "`{room}` and `{name}` import each other");
        }
    }
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs").exists());
}
