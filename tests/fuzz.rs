//! Bad input: random bytes, random runs of tokens, and goldens that were cut, spliced and rearranged go through the
//! front end, and what compiles is run within limits. Nothing may panic, overflow the native stack or hang.
//!
//! `FUZZ_SECONDS=600` is the long run, `FUZZ_SEED=7` starts elsewhere; the suite spends a few seconds. An input that
//! fails stays in the folder that the failure names.

mod common;

use co::engine;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// What a front end may take for a small input, on a slow and busy machine.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a bounded run may take.
const LIMIT: Duration = Duration::from_secs(20);

const TOKENS: &[&str] = &[
    "def",
    "async",
    "await",
    "yield",
    "yield from",
    "return",
    "class",
    "if",
    "elif",
    "else",
    "for",
    "while",
    "in",
    "not",
    "is",
    "try",
    "except",
    "except*",
    "finally",
    "with",
    "as",
    "lambda",
    "match",
    "case",
    "type",
    "import",
    "from",
    "global",
    "nonlocal",
    "pass",
    "break",
    "continue",
    "del",
    "assert",
    "raise",
    "None",
    "True",
    "False",
    "and",
    "or",
    "a",
    "b",
    "f",
    "self",
    "print",
    "x1",
    "_",
    "한글",
    "0",
    "1",
    "42",
    "0x1f",
    "1_000",
    "3.5",
    "1e9",
    "2j",
    "0b1",
    "07",
    "'s'",
    "\"t\"",
    "'''m'''",
    "b'b'",
    "r'\\d'",
    "f'{a}'",
    "f'{a!r:>{b}}'",
    "f'{",
    "'",
    "\"\"\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    ".",
    "...",
    "=",
    "==",
    "!=",
    ":=",
    "+=",
    "**",
    "*",
    "//",
    "/",
    "%",
    "@",
    "@=",
    "->",
    "<",
    ">",
    "<=",
    "<<",
    ">>",
    "&",
    "|",
    "^",
    "~",
    "-",
    "+",
    "\n",
    "\n    ",
    "\n        ",
    "\n\t",
    " ",
    "\\\n",
    "# c\n",
    "\u{feff}",
    "\0",
    "\r",
];

const SIGNS: &[u8] = b"()[]{}:,.=\"'\\#@ \t";

fn seconds() -> u64 {
    std::env::var("FUZZ_SECONDS").map_or(6, |text| text.parse().expect("a number of seconds"))
}

fn generator(salt: u64) -> fastrand::Rng {
    let seed = std::env::var("FUZZ_SEED").map_or(1, |text| text.parse().expect("a number"));
    fastrand::Rng::with_seed(salt ^ seed)
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).expect("a writable folder");
    folder
}

/// The texts of the goldens that end soon.
fn corpus() -> Vec<String> {
    let mut programs = common::goldens();
    programs.retain(|program| !program.components().any(|part| part.as_os_str() == "large"));
    programs.iter().filter_map(|program| fs::read_to_string(program).ok()).collect()
}

fn random_bytes(random: &mut fastrand::Rng) -> Vec<u8> {
    let length = random.usize(0..300);
    (0..length)
        .map(|_| match random.u8(0..10) {
            0 => random.u8(..),
            1 => b'\n',
            2..=4 => SIGNS[random.usize(0..SIGNS.len())],
            _ => random.u8(b' '..=b'~'),
        })
        .collect()
}

fn random_tokens(random: &mut fastrand::Rng) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..random.usize(1..120) {
        text.push_str(TOKENS[random.usize(0..TOKENS.len())]);
        if random.u8(0..3) != 0 {
            text.push(' ');
        }
    }
    text.into_bytes()
}

/// A golden with a few wounds.
fn mutated(random: &mut fastrand::Rng, corpus: &[String]) -> Vec<u8> {
    let mut bytes = corpus[random.usize(0..corpus.len())].clone().into_bytes();
    for _ in 0..random.usize(1..8) {
        let at = random.usize(0..=bytes.len());
        let end = (at + random.usize(0..40)).min(bytes.len());
        match random.u8(0..8) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let piece = bytes[at..end].to_vec();
                let target = random.usize(0..=bytes.len());
                drop(bytes.splice(target..target, piece));
            }
            2 => {
                let other = corpus[random.usize(0..corpus.len())].as_bytes();
                let from = random.usize(0..=other.len());
                let piece = other[from..(from + random.usize(0..200)).min(other.len())].to_vec();
                drop(bytes.splice(at..end, piece));
            }
            3 => drop(bytes.splice(at..at, TOKENS[random.usize(0..TOKENS.len())].bytes())),
            4 => bytes.truncate(at.max(bytes.len() / 2)),
            5 => {
                let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
                let (one, two) = (random.usize(0..lines.len()), random.usize(0..lines.len()));
                lines.swap(one, two);
                bytes = lines.join(&b'\n');
            }
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.u8(..);
                }
            }
            _ => {
                // A number becomes another one: sizes, depths and indices go wild.
                let digits = bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit());
                let places: Vec<usize> = digits.map(|(place, _)| place).collect();
                if !places.is_empty() {
                    let place = places[random.usize(0..places.len())];
                    let number = ["0", "-1", "7", "255", "65536", "10**7", "2**63", "10**30"];
                    let number = number[random.usize(0..number.len())];
                    drop(bytes.splice(place..=place, number.bytes()));
                }
            }
        }
    }
    bytes
}

/// The front end over one input; whether it compiled.
fn front_end(bytes: &[u8]) -> bool {
    let Ok(source) = engine::decode(bytes.to_vec(), "input.co") else {
        return false;
    };
    let source = Arc::new(source);
    for mistake in engine::diagnose(&source) {
        for drawn in [false, true] {
            assert!(!engine::show(&source, &mistake, drawn, drawn).is_empty());
        }
    }
    engine::compile_file(&source).code.is_ok()
}

#[test]
fn the_front_end_takes_any_input() {
    let (mut random, corpus, folder) = (generator(0x0001), corpus(), folder());
    let input = folder.join("front_end.co");
    let end = Instant::now() + Duration::from_secs(seconds()) / 2;
    let (mut count, mut compiled) = (0, 0);
    while Instant::now() < end {
        let bytes = match random.u8(0..3) {
            0 => random_bytes(&mut random),
            1 => random_tokens(&mut random),
            _ => mutated(&mut random, &corpus),
        };
        // Written first: after an abort, the file is all that is left.
        fs::write(&input, &bytes).expect("a writable file");
        let start = Instant::now();
        // As large a stack as a run has.
        let worker = thread::Builder::new().stack_size(64 << 20).spawn(move || front_end(&bytes));
        let answer = worker.expect("a thread").join();
        assert!(answer.is_ok(), "the front end panics on {}", input.display());
        assert!(
            start.elapsed() < PATIENCE,
            "the front end takes {:?} on {}",
            start.elapsed(),
            input.display()
        );
        count += 1;
        compiled += u32::from(answer.unwrap_or(false));
    }
    println!("{count} inputs, {compiled} of them programs");
    assert!(compiled > 0, "some of the inputs must reach the compiler");
}

/// Seconds of processor time that a child has used, where the system tells.
fn processor_seconds(child: &Child) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// Runs a program within limits; what is wrong with how it ended.
fn bounded_run(program: &Path, folder: &Path) -> Option<String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_co"))
        .args(["--clock", "virtual", "--max-steps", "300000", "--max-memory", "300000000"])
        .arg(program)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(program.with_extension("stderr")).expect("a writable file"))
        .spawn()
        .expect("the program starts");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child that can be waited for") {
            break status;
        }
        if start.elapsed() > LIMIT {
            // A program that waits for what never comes waits as it does in CPython; one that computes must end.
            let used = processor_seconds(&child).unwrap_or(f64::INFINITY);
            let _ = child.kill();
            let _ = child.wait();
            return (used > 5.0)
                .then(|| format!("it computes for {used} seconds in spite of the limit of steps"));
        }
        thread::sleep(Duration::from_millis(1));
    };
    let stderr = fs::read(program.with_extension("stderr")).unwrap_or_default();
    let stderr = String::from_utf8_lossy(&stderr);
    for sign in ["panicked at", "overflowed its stack", "memory allocation of"] {
        if stderr.contains(sign) {
            return Some(stderr.into_owned());
        }
    }
    // A program may interrupt itself, and ends as one that Ctrl-C has ended.
    let interrupted = status.signal() == Some(2) && stderr.trim_end().ends_with("KeyboardInterrupt");
    if status.code().is_none() && !interrupted {
        return Some(format!("{status}\n{stderr}"));
    }
    None
}

#[test]
fn bounded_runs_end_cleanly() {
    let (corpus, folder) = (corpus(), folder());
    let end = Instant::now() + Duration::from_secs(seconds()) / 2;
    let accounts = common::on_two_threads(&[0u64, 1], |&worker| {
        let mut random = generator(0x1000 + worker);
        let place = folder.join(format!("run_{worker}"));
        fs::create_dir_all(&place).expect("a writable folder");
        let (mut failures, mut count) = (Vec::new(), 0);
        while Instant::now() < end {
            let bytes =
                if random.u8(0..4) == 0 { random_tokens(&mut random) } else { mutated(&mut random, &corpus) };
            let program = place.join(format!("input_{count}.co"));
            fs::write(&program, &bytes).expect("a writable file");
            match bounded_run(&program, &place) {
                Some(wrong) => failures.push(format!("{}\n{wrong}", program.display())),
                None => {
                    // What was fine is not worth keeping.
                    let _ = fs::remove_file(&program);
                    let _ = fs::remove_file(program.with_extension("stderr"));
                }
            }
            count += 1;
        }
        (failures, count)
    });
    let total = accounts.iter().map(|(_, count)| count).sum();
    let failures: Vec<String> = accounts.into_iter().flat_map(|(failures, _)| failures).collect();
    common::report("bounded runs", total, &failures);
}
