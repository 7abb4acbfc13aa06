//! The front end against CPython.

#[path = "syntax/grammar.rs"]
mod grammar;

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
    candidates
        .into_iter()
        .find(|p| Command::new(p).arg("--version").output().is_ok_and(|o| o.status.success()))
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

/// CPython's throughput on the same texts.
fn cpython_rate(files: &[PathBuf]) -> String {
    let code = "
import ast, sys, time, warnings
warnings.simplefilter('ignore')
texts = [open(path, 'rb').read().decode('utf-8') for path in sys.argv[2:]]
start = time.perf_counter()
for text in texts:
    ast.parse(text)
time = time.perf_counter() - start
print('%.1f MB/s' % (sum(len(t.encode()) for t in texts) / 1e6 / time))
";
    let paths: Vec<String> = files.iter().map(|p| p.display().to_string()).collect();
    let mut args = vec!["--"];
    args.extend(paths.iter().map(String::as_str));
    run_python(code, &args).unwrap_or_default().trim().to_owned()
}

#[test]
fn every_file_of_the_library_tests_parses() {
    let files = library_tests();
    let mut bytes = 0;
    let mut failed = Vec::new();
    if files.is_empty() {
        // No CPython here.
        return;
    }
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
    println!(
        "{} files, {bytes} bytes, {rate:.1} MB/s; CPython's ast.parse: {}",
        files.len(),
        cpython_rate(&files)
    );
    assert!(failed.is_empty(), "{} files failed:\n{}", failed.len(), failed.join("\n"));
}

/// CPython's own dump, with what the two trees have in common.
const DUMP: &str = "
import ast, sys, warnings
warnings.simplefilter('ignore')
ast.repr = ascii
PLACES = ('lineno', 'col_offset', 'end_lineno', 'end_col_offset')
def strip(node):
    for place in PLACES:
        if hasattr(node, place):
            delattr(node, place)
def plain(node):
    for child in ast.walk(node):
        if isinstance(child, ast.Constant):
            child.kind = None
        if isinstance(child, (ast.arg, ast.keyword)):
            strip(child)
        if isinstance(child, (ast.Call, ast.ClassDef)):
            for arg in child.args if isinstance(child, ast.Call) else child.bases:
                if isinstance(arg, ast.Starred):
                    strip(arg)
        if isinstance(child, ast.JoinedStr):
            for value in child.values:
                strip(value)
                if isinstance(value, ast.FormattedValue) and value.format_spec:
                    strip(value.format_spec)
for path in sys.argv[2:]:
    source = open(path, 'rb').read().decode('utf-8')
    tree = ast.parse(source)
    plain(tree)
    text = ast.dump(tree, indent=1, include_attributes=True)
    sys.stdout.buffer.write(b'%d\\n' % len(text) + text.encode())
";

#[test]
fn trees_are_cpythons() {
    // All files take minutes; `CO_EVERY_TREE=1` does it.
    let step = if std::env::var_os("CO_EVERY_TREE").is_some() { 1 } else { 12 };
    let files: Vec<PathBuf> = library_tests().into_iter().step_by(step).collect();
    let mut different = Vec::new();
    for chunk in files.chunks(20) {
        let paths: Vec<String> = chunk.iter().map(|p| p.display().to_string()).collect();
        let mut args = vec!["--"];
        args.extend(paths.iter().map(String::as_str));
        let Some(output) = run_python(DUMP, &args) else { return };
        let mut rest = output.as_str();
        for path in chunk {
            let (length, after) = rest.split_once('\n').expect("a length before each dump");
            let (expected, after) = after.split_at(length.parse().expect("a length"));
            rest = after;
            let source = std::fs::read_to_string(path).expect("CPython read it");
            let parsed = co::syntax::parse(&source);
            let actual = co::syntax::dump::dump_with_positions(&parsed.module, &source);
            if actual != expected {
                let line = actual.lines().zip(expected.lines()).position(|(a, b)| a != b).unwrap_or(0);
                let from = line.saturating_sub(6);
                let show = |text: &str| text.lines().skip(from).take(12).collect::<Vec<_>>().join("\n");
                different.push(format!(
                    "{}\n--- co\n{}\n--- CPython\n{}",
                    path.display(),
                    show(&actual),
                    show(expected)
                ));
            }
        }
    }
    println!("{} trees compared", files.len());
    assert!(
        different.is_empty(),
        "{} trees differ:\n{}",
        different.len(),
        different[..different.len().min(12)].join("\n\n")
    );
}

/// Machine-made texts: each must be parsed or refused with a clean error, and soon.
#[test]
fn nothing_breaks_the_parser() {
    let many = |text: &str, n: usize| text.repeat(n);
    let n = 100_000;
    let cases: Vec<(&str, String, Option<bool>)> = vec![
        ("200 parentheses", format!("{}1{}\n", many("(", 200), many(")", 200)), Some(true)),
        ("200 lists", format!("{}1{}\n", many("[", 200), many("]", 200)), Some(true)),
        ("200 sets", format!("{}1{}\n", many("{", 200), many("}", 200)), Some(true)),
        ("200 dicts", format!("{}1{}\n", many("{1:", 200), many("}", 200)), Some(true)),
        ("200 calls", format!("{}1{}\n", many("f(", 200), many(")", 200)), Some(true)),
        (
            "200 lambdas in defaults",
            format!("{}1{}\n", many("(lambda x=", 200), many(": 0)", 200)),
            Some(true),
        ),
        ("200 with a mistake", format!("{}1 2{}\n", many("(", 200), many(")", 200)), Some(false)),
        ("200 calls with a mistake", format!("{}1 = 2{}\n", many("f(", 200), many(")", 200)), Some(false)),
        ("200 dicts with a mistake", format!("{}1 2{}\n", many("{1:", 200), many("}", 200)), Some(false)),
        ("201 parentheses", format!("{}1{}\n", many("(", 201), many(")", 201)), Some(false)),
        ("open parentheses", many("(", n), Some(false)),
        ("open brackets", many("[", n), Some(false)),
        ("open braces", many("{", n), Some(false)),
        ("open calls", many("f(", n), Some(false)),
        ("minus", format!("{}1\n", many("-", n)), Some(false)),
        ("not", format!("{}1\n", many("not ", n)), Some(false)),
        ("sum", format!("{}1\n", many("1+", 1_000_000)), Some(false)),
        ("sum of 2000", format!("{}1\n", many("1+", 2000)), Some(true)),
        ("power", format!("{}1\n", many("1**", n)), Some(false)),
        ("conditionals", format!("{}1\n", many("1 if 1 else ", n)), Some(false)),
        ("lambdas", format!("{}1\n", many("lambda:", n)), Some(false)),
        ("attributes", format!("a{}\n", many(".b", n)), Some(false)),
        ("subscripts", format!("a{}\n", many("[0]", n)), Some(false)),
        ("calls in a row", format!("a{}\n", many("()", n)), Some(false)),
        ("and", format!("{}1\n", many("1 and ", n)), Some(true)),
        ("comparisons", format!("{}1\n", many("1 < ", n)), Some(true)),
        ("assignments", format!("{}1\n", many("a = ", n)), Some(true)),
        ("commas", many("a, ", n) + "\n", Some(true)),
        ("elif", format!("if a: pass\n{}", many("elif a: pass\n", 50_000)), Some(false)),
        ("2000 elif", format!("if a: pass\n{}", many("elif a: pass\n", 2000)), Some(true)),
        ("decorators", format!("{}def f(): pass\n", many("@a\n", n)), Some(true)),
        ("strings", many("'a' ", n) + "\n", Some(true)),
        ("nested f-strings", many("f'{", n), Some(false)),
        ("quotes", many("\"", n), None),
        ("colons", many(":", n), Some(false)),
        ("at signs", many("@", n), Some(false)),
        ("stars", many("*", n), Some(false)),
        ("clauses", format!("[a {}]\n", many("for a in a ", n)), Some(true)),
        ("indents", (0..200).map(|i| format!("{}if a:\n", many(" ", i))).collect(), Some(false)),
        (
            "indented blocks",
            (0..99).map(|i| format!("{}if a:\n", many(" ", i))).collect::<String>()
                + &many(" ", 99)
                + "pass\n",
            Some(true),
        ),
        ("lines with mistakes", many("a b\n", n), Some(false)),
        ("broken headers", many("if a b:\n  c d\n", n / 2), Some(false)),
        ("closing brackets", many(")", n), Some(false)),
        ("brackets mixed", many("([{)]}", n), Some(false)),
        (
            "deep in brackets",
            format!("{}0{}\n", many("(1+", 150), many("+1)", 150).replace("+1", &many("+1", 1000))),
            Some(false),
        ),
        (
            "deep in brackets, broken",
            format!("{}0{} x\n", many("(", 150), many("+1)", 150).replace("+1", &many("+1", 1000))),
            Some(false),
        ),
        ("or patterns", format!("match a:\n case {}b: pass\n", many("1|", n)), Some(true)),
        ("one long line", format!("x = [{}]\n", many("1234567, ", n)), Some(true)),
        ("a long file", many("def f(a, b=1):\n    return g(a)[b] + 'text'\n", 100_000), Some(true)),
        ("a long string", format!("'{}'\n", many("abcdefghij", 100_000)), Some(true)),
        ("a long name", many("a", 1_000_000) + "\n", Some(true)),
        ("backslashes", many("\\\n", n), None),
        ("empty lines", many("\n", n), Some(true)),
        ("nothing", String::new(), Some(true)),
    ];
    for (name, source, accepted) in cases {
        let start = std::time::Instant::now();
        let parsed = co::syntax::parse(&source);
        let parsing = start.elapsed();
        if let Some(accepted) = accepted {
            assert_eq!(parsed.errors.is_empty(), accepted, "{name}: {:?}", parsed.errors.first());
        }
        co::syntax::completeness(&source[..source.len().min(2_000)]);
        drop(parsed);
        let time = start.elapsed();
        println!("{name}: {} bytes, {parsing:.0?}, with dropping {time:.0?}", source.len());
        assert!(time.as_secs() < 20, "{name} took {time:?}");
    }
}

fn read_grammar() -> grammar::Grammar {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/co.gram");
    grammar::Grammar::read(&std::fs::read_to_string(path).expect("the grammar is there"))
}

#[test]
fn each_production_is_a_parser_function() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/syntax/parser")];
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the parser is there") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources += &std::fs::read_to_string(path).expect("text");
            }
        }
    }
    let missing: Vec<_> = read_grammar()
        .productions
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| !sources.contains(&format!("fn {name}(")) && !sources.contains(&format!("fn {name}<")))
        .collect();
    assert!(missing.is_empty(), "no parser function for {missing:?}");
}

#[test]
fn each_sentence_of_the_grammar_parses() {
    let grammar = read_grammar();
    let sentences: Vec<String> = (0..6000).map(|seed| grammar.sentence("statements", seed)).collect();
    let mut refused = Vec::new();
    let mut bytes = 0;
    for sentence in &sentences {
        bytes += sentence.len();
        if let Some(error) = co::syntax::parse(sentence).errors.first() {
            let file = co::source::SourceFile::new("sentence", sentence);
            refused.push(format!("{sentence}{}", co::diagnostics::cpython::render(&file, error)));
        }
    }
    println!("{} sentences, {bytes} bytes", sentences.len());
    refused.sort_by_key(String::len);
    assert!(
        refused.is_empty(),
        "{} refused:\n{}",
        refused.len(),
        refused[..refused.len().min(8)].join("\n\n")
    );
}

#[test]
fn each_sentence_of_the_grammar_is_python() {
    let code = "
import ast, sys, warnings
warnings.simplefilter('ignore')
for sentence in sys.stdin.read().split('\\0'):
    try:
        ast.parse(sentence)
    except SyntaxError as error:
        print(ascii(sentence), error)
";
    let Some(python) = python() else { return };
    let grammar = read_grammar();
    let sentences: Vec<String> = (0..1500).map(|seed| grammar.sentence("statements", seed)).collect();
    let mut child = Command::new(python)
        .args(["-X", "utf8", "-c", code])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("CPython starts");
    let text = sentences.join("\0");
    let mut input = child.stdin.take().expect("standard input is piped");
    std::io::Write::write_all(&mut input, text.as_bytes()).expect("CPython reads");
    drop(input);
    let output = child.wait_with_output().expect("CPython ends");
    let refused = String::from_utf8_lossy(&output.stdout);
    let mut refused: Vec<&str> = refused.lines().collect();
    refused.sort_by_key(|line| line.len());
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused[..refused.len().min(5)].join("\n"));
}

/// The golden cases of one folder, sorted.
fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax").join(folder);
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "co"))
        .collect();
    cases.sort();
    cases
}

/// Compares with the golden text; `CO_BLESS=1` writes it.
fn check_golden(path: &Path, actual: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("CO_BLESS").is_some() {
        std::fs::write(path, actual).expect("the golden can be written");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if actual != expected {
        wrong.push(format!("{}\n--- expected\n{expected}\n--- actual\n{actual}", path.display()));
    }
}

#[test]
fn good_programs_have_their_trees() {
    let mut wrong = Vec::new();
    for case in cases("ok") {
        let source = std::fs::read_to_string(&case).expect("text");
        let parsed = co::syntax::parse(&source);
        assert!(parsed.errors.is_empty(), "{}: {:?}", case.display(), parsed.errors);
        let tree = co::syntax::dump::dump(&parsed.module) + "\n";
        check_golden(&case.with_extension("ast"), &tree, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bad_programs_have_their_messages() {
    let mut wrong = Vec::new();
    for case in cases("err") {
        let source = std::fs::read_to_string(&case).expect("text");
        let parsed = co::syntax::parse(&source);
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        let file = co::source::SourceFile::new(&name, &source);
        let mut text = String::new();
        if let Some(first) = parsed.errors.first() {
            text += &co::diagnostics::cpython::render(&file, first);
            text += "----\n";
        }
        for diagnostic in parsed.errors.iter().chain(&parsed.warnings) {
            text += &co::diagnostics::report::render(&file, diagnostic, false);
        }
        check_golden(&case.with_extension("diag"), &text, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn first_messages_are_cpythons() {
    let code = "
import ast, sys, traceback, warnings
warnings.simplefilter('ignore')
for path in sys.argv[2:]:
    source = open(path, newline='').read()
    text = ''
    try:
        compile(source, path.rsplit('/', 1)[1], 'exec', ast.PyCF_ONLY_AST)
    except SyntaxError:
        text = ''.join(traceback.format_exception_only(sys.exception()))
    sys.stdout.write(text + '\\0')
";
    let cases: Vec<PathBuf> = cases("err")
        .into_iter()
        // CPython says it of a text, not of a line.
        .filter(|case| !case.ends_with("null_byte.co"))
        .collect();
    let paths: Vec<String> = cases.iter().map(|p| p.display().to_string()).collect();
    let mut args = vec!["--"];
    args.extend(paths.iter().map(String::as_str));
    let Some(output) = run_python(code, &args) else { return };
    let mut wrong = Vec::new();
    for (case, expected) in cases.iter().zip(output.split('\0')) {
        let source = std::fs::read_to_string(case).expect("text");
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        let file = co::source::SourceFile::new(&name, &source);
        let parsed = co::syntax::parse(&source);
        let actual =
            parsed.errors.first().map(|e| co::diagnostics::cpython::render(&file, e)).unwrap_or_default();
        if actual != expected {
            wrong.push(format!("--- co\n{actual}--- CPython\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// A node of a dump, while it is read.
struct Open {
    indent: usize,
    numbers: Vec<u32>,
    parts: Vec<[u32; 4]>,
}

/// Closes the nodes that end before a line of this indentation, and checks their parts.
fn close(open: &mut Vec<Open>, indent: usize, checked: &mut usize) {
    while open.last().is_some_and(|node| node.indent >= indent) {
        let node = open.pop().expect("there is a last one");
        let mut parts = node.parts;
        if let [line, column, end_line, end_column] = node.numbers[..] {
            for part in &parts {
                let inside =
                    (line, column) <= (part[0], part[1]) && (part[2], part[3]) <= (end_line, end_column);
                // Decorators stand before the definition that they are parts of.
                let before = (part[2], part[3]) <= (line, column);
                assert!(inside || before, "{part:?} in {:?}", node.numbers);
                *checked += 1;
            }
            parts = vec![[line, column, end_line, end_column]];
        }
        if let Some(outer) = open.last_mut() {
            outer.parts.extend(parts);
        }
    }
}

#[test]
fn spans_nest() {
    let mut checked = 0;
    for case in cases("ok") {
        let source = std::fs::read_to_string(&case).expect("text");
        let parsed = co::syntax::parse(&source);
        let dump = co::syntax::dump::dump_with_positions(&parsed.module, &source);
        let mut open: Vec<Open> = Vec::new();
        for line in dump.lines() {
            let indent = line.len() - line.trim_start().len();
            close(&mut open, indent, &mut checked);
            if line.ends_with('(') {
                open.push(Open { indent, numbers: Vec::new(), parts: Vec::new() });
            }
            for field in ["end_lineno=", "end_col_offset=", "lineno=", "col_offset="] {
                if let Some(value) = line.trim_start().strip_prefix(field) {
                    let digits = value.trim_end_matches([',', ')', ']']);
                    let node = open.last_mut().expect("a node is open");
                    node.numbers.push(digits.parse().expect("a number"));
                }
            }
        }
        close(&mut open, 0, &mut checked);
    }
    assert!(checked > 400, "{checked}");
}

#[test]
fn a_prompt_knows_when_input_is_complete() {
    use co::syntax::Completeness::{Complete, Incomplete, Invalid};
    let table = [
        ("", Complete),
        ("1\n", Complete),
        ("1 +\n", Invalid),
        ("x = (1,\n", Incomplete),
        ("x = (1 2\n", Incomplete),
        ("f(1,\ndef\n", Invalid),
        ("'''abc\n", Incomplete),
        ("'abc\n", Invalid),
        ("x = 1 + \\\n", Incomplete),
        ("if a:\n", Incomplete),
        ("if a:\n    b\n", Incomplete),
        ("if a:\n    b\n\n", Complete),
        ("if a: b\n", Incomplete),
        ("if a: b\n\n", Complete),
        ("@a\n", Incomplete),
        ("@a\ndef f(): pass\n\n", Complete),
        ("try:\n    a\n", Incomplete),
        ("class A\n", Invalid),
        ("def f(:\n", Invalid),
        ("x = ]\n", Invalid),
    ];
    for (source, expected) in table {
        assert_eq!(co::syntax::completeness(source), expected, "{source:?}");
    }
}
