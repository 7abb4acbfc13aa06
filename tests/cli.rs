//! The command line: where programs come from, what they see of it, exit status, and how the
//! process ends when its output or its user goes away.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder of its own for one test.
fn folder(test: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{test}"));
    std::fs::create_dir_all(&path).expect("the test folder can be made");
    path
}

fn co() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_co"));
    command.env_remove("CO_STRESS").env_remove("CO_CHECK").env_remove("CO_DUMP").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    co().args(arguments).output().expect("co starts")
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = co()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("co starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("co reads its input");
    child.wait_with_output().expect("co ends")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_runs_with_its_arguments() {
    let folder = folder("file");
    std::fs::write(folder.join("a.co"), "import sys\nprint(sys.argv[1:], __name__)\n").expect("written");
    for words in [vec!["a.co", "-x", "--clock"], vec!["run", "a.co", "-x", "--clock"]] {
        let output = co().current_dir(&folder).args(&words).output().expect("co starts");
        assert_eq!(out(&output), "['-x', '--clock'] __main__\n", "{}", err(&output));
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn text_runs_with_c_and_from_standard_input() {
    let output = run(&["-c", "import sys; print(sys.argv)", "-v", "1"]);
    assert_eq!(out(&output), "['-c', '-v', '1']\n", "{}", err(&output));
    assert_eq!(out(&with_input(&["-", "a"], "import sys\nprint(sys.argv)\n")), "['-', 'a']\n");
    assert_eq!(out(&with_input(&[], "print(1 + 1)\n")), "2\n");
}

#[test]
fn a_file_named_as_a_command_runs_when_nothing_follows() {
    let folder = folder("named");
    std::fs::write(folder.join("run"), "print('the file')\n").expect("written");
    std::fs::write(folder.join("b.co"), "print('the other')\n").expect("written");
    let at = |words: &[&str]| co().current_dir(&folder).args(words).output().expect("co starts");
    assert_eq!(out(&at(&["run"])), "the file\n");
    assert_eq!(out(&at(&["run", "b.co"])), "the other\n");
}

#[test]
fn exit_status_is_that_of_the_program() {
    for (text, status) in [
        ("pass", 0),
        ("raise SystemExit", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit(-1)", 255),
        ("raise SystemExit('why')", 1),
        ("1 / 0", 1),
        ("x = (", 1),
    ] {
        assert_eq!(run(&["-c", text]).status.code(), Some(status), "{text}");
    }
    assert_eq!(err(&run(&["-c", "raise SystemExit('why')"])), "why\n");
    assert!(err(&run(&["-c", "1 / 0"])).ends_with("ZeroDivisionError: division by zero\n"));
}

#[test]
fn a_missing_file_is_named() {
    let output = run(&["no-such-file.co"]);
    assert_eq!(output.status.code(), Some(2));
    let text = err(&output);
    assert!(text.starts_with("co: can't open file '"), "{text}");
    assert!(text.ends_with("no-such-file.co': [Errno 2] No such file or directory\n"), "{text}");
}

#[test]
fn nothing_runs_when_there_is_a_syntax_error() {
    let output = run(&["-c", "print(1)\nx = ("]);
    assert_eq!((out(&output), output.status.code()), (String::new(), Some(1)));
    assert!(err(&output).ends_with("SyntaxError: '(' was never closed\n"), "{}", err(&output));
}

#[test]
fn check_shows_every_error_of_every_file() {
    let folder = folder("check");
    std::fs::write(folder.join("good.co"), "x = 1\n").expect("written");
    std::fs::write(folder.join("bad.co"), "def f(:\n    pass\n\nreturn 1\n\nx = = 2\n").expect("written");
    std::fs::write(folder.join("worse.co"), "break\n").expect("written");
    let at = |words: &[&str]| co().current_dir(&folder).args(words).output().expect("co starts");
    assert_eq!(at(&["check", "good.co"]).status.code(), Some(0));
    let output = at(&["check", "good.co", "bad.co", "worse.co"]);
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    assert!(text.matches("SyntaxError: ").count() >= 3, "{text}");
    assert!(text.contains("worse.co"), "{text}");
    assert!(text.contains("help: write '==' to compare"), "what may help is said: {text}");
    // The bracket is why the first line is wrong, and said with it.
    assert!(text.contains("line 1: this '(' is still open"), "{text}");
    assert!(!text.contains("was never closed"), "{text}");
}

#[test]
fn dis_lists_functions() {
    let folder = folder("dis");
    std::fs::write(folder.join("d.co"), "def f(x):\n    return x + 1\n").expect("written");
    let at = |words: &[&str]| co().current_dir(&folder).args(words).output().expect("co starts");
    assert!(out(&at(&["dis", "d.co"])).contains("code f(x)"));
    assert!(out(&at(&["dis", "d.co", "f"])).starts_with("code f(x)"));
    assert_eq!(at(&["dis", "d.co", "g"]).status.code(), Some(2));
}

#[test]
fn help_and_version_are_no_mistakes() {
    let output = run(&["--version"]);
    assert_eq!(out(&output), format!("co {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&run(&["--help"])).contains("Usage: co"));
    assert_eq!(run(&["--no-such-option"]).status.code(), Some(2));
}

#[test]
fn modules_beside_the_script_are_found() {
    let folder = folder("import");
    std::fs::create_dir_all(folder.join("pack")).expect("made");
    std::fs::write(folder.join("pack/__init__.co"), "name = 'pack'\n").expect("written");
    std::fs::write(folder.join("pack/inner.co"), "from . import name\nprint('inner of', name)\n")
        .expect("written");
    std::fs::write(folder.join("main.co"), "import pack.inner\nprint(pack.inner.__name__)\n")
        .expect("written");
    let path = folder.join("main.co");
    let output = run(&[&path.to_string_lossy()]);
    assert_eq!(out(&output), "inner of pack\npack.inner\n", "{}", err(&output));
}

#[test]
fn an_hour_passes_at_once_under_the_virtual_clock() {
    let text = "import asyncio, time\nasync def main():\n    await asyncio.sleep(3600)\nasyncio.run(main())\n\
                print(time.strftime('%X'), time.monotonic())\n";
    let start = Instant::now();
    let output = run(&["--clock", "virtual@18:14:21", "-c", text]);
    assert_eq!(out(&output), "19:14:21 4600.0\n", "{}", err(&output));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn randomness_has_a_seed_when_the_run_has_to_repeat() {
    let text = "import random\nprint(random.random(), random.Random().random())\n";
    let output = run(&["--clock", "virtual", "-c", text]);
    assert_eq!(out(&output), "0.8444218515250481 0.8444218515250481\n", "{}", err(&output));
    let output = run(&["--seed", "42", "-c", text]);
    assert_eq!(out(&output), "0.6394267984578837 0.6394267984578837\n", "{}", err(&output));
    let (first, second) = (run(&["-c", text]), run(&["-c", text]));
    assert_ne!(out(&first), out(&second));
}

#[test]
fn output_is_there_before_an_error_message() {
    let output = run(&["-c", "print('first')\nraise ValueError('second')\n"]);
    assert_eq!(out(&output), "first\n");
    assert!(err(&output).ends_with("ValueError: second\n"));
}

#[test]
fn a_closed_pipe_ends_a_long_output() {
    let mut child = co()
        .args(["-c", "for i in range(100_000):\n    print(i)\n"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("co starts");
    let mut first = [0; 2];
    let mut pipe = child.stdout.take().expect("piped");
    pipe.read_exact(&mut first).expect("co writes");
    drop(pipe);
    let output = child.wait_with_output().expect("co ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).ends_with("BrokenPipeError: [Errno 32] Broken pipe\n"), "{}", err(&output));
}

#[test]
fn a_closed_pipe_ends_the_last_flush_with_120() {
    let mut child = co()
        .args(["-c", "input()\nprint('nobody reads this')\n"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("co starts");
    drop(child.stdout.take());
    child.stdin.take().expect("piped").write_all(b"go on\n").expect("co reads");
    let output = child.wait_with_output().expect("co ends");
    assert_eq!(output.status.code(), Some(120));
    let expected = "Exception ignored on flushing sys.stdout:\nBrokenPipeError: [Errno 32] Broken pipe\n";
    assert_eq!(err(&output), expected);
}

/// Runs `co` with streams that a shell has closed, and tells what it left in a file: the streams
/// that are missing, the number of a file that is opened then, and what `input` says.
fn with_closed(streams: &str) -> String {
    let notes = std::env::temp_dir().join(format!("co-closed-{}-{}", std::process::id(), streams.len()));
    let text = "import sys\nwith open(sys.argv[1], 'w') as notes:\n    print(5)\n    \
                print([name for name in ('stdin', 'stdout', 'stderr') if getattr(sys, name) is None], file=notes)\n    \
                try:\n        input()\n    except Exception as error:\n        print(repr(error), file=notes)\n";
    let line = format!("exec \"$0\" -c \"$1\" \"$2\" {streams}");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_co"), text]).arg(&notes).stdin(Stdio::null());
    let output = shell.output().expect("a shell");
    let told = std::fs::read_to_string(&notes).expect("what the program left");
    let _ = std::fs::remove_file(&notes);
    format!("{}{}{}{told}", output.status.code().expect("an end"), out(&output), err(&output))
}

#[test]
fn a_stream_that_is_closed_at_the_start_is_none() {
    assert_eq!(with_closed(""), "05\n[]\nEOFError('EOF when reading a line')\n");
    assert_eq!(with_closed("<&-"), "05\n['stdin']\nRuntimeError('input(): lost sys.stdin')\n");
    assert_eq!(with_closed(">&-  "), "0['stdout']\nRuntimeError('input(): lost sys.stdout')\n");
    assert_eq!(with_closed("2>&- "), "05\n['stderr']\nRuntimeError('input(): lost sys.stderr')\n");
    let all = "0['stdin', 'stdout', 'stderr']\nRuntimeError('input(): lost sys.stdin')\n";
    assert_eq!(with_closed("<&- >&- 2>&-"), all);
}

#[test]
fn an_interrupt_ends_a_read() {
    let text = "print('ready', flush=True)\ntry:\n    input()\nexcept KeyboardInterrupt:\n    print('caught')\n\
                import sys\ntry:\n    print('ready', flush=True)\n    sys.stdin.read()\n\
                except KeyboardInterrupt:\n    print('again')\n";
    let mut child =
        co().args(["-c", text]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("co starts");
    let mut pipe = child.stdout.take().expect("piped");
    for expected in ["ready\n", "caught\nready\n"] {
        let mut line = vec![0; expected.len()];
        pipe.read_exact(&mut line).expect("co writes");
        assert_eq!(line, expected.as_bytes());
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(killed.expect("kill starts").success());
    }
    let mut rest = String::new();
    pipe.read_to_string(&mut rest).expect("co writes");
    assert_eq!(rest, "again\n");
    assert!(child.wait().expect("co ends").success());
}

#[test]
fn a_folder_is_run_by_its_main_program() {
    let folder = folder("main_program");
    std::fs::create_dir_all(&folder).expect("made");
    let text = "import sys, beside\nprint(__name__, sys.argv[1:], beside.NAME, __file__ == sys.path[0] + '/__main__.py')\n";
    std::fs::write(folder.join("__main__.py"), text).expect("written");
    std::fs::write(folder.join("beside.py"), "NAME = 'beside'\n").expect("written");
    let output = co().arg(&folder).args(["a", "b"]).output().expect("co starts");
    assert_eq!(out(&output), "__main__ ['a', 'b'] beside True\n", "{}", err(&output));
}

#[test]
fn options_may_stand_in_front_of_a_command() {
    let output = run(&["--max-steps", "1000", "run", "-c", "while True: pass"]);
    assert!(err(&output).ends_with("RuntimeError: step limit exceeded\n"), "{}", err(&output));
    assert_eq!(out(&run(&["-cprint(5)"])), "5\n");
}

#[test]
fn an_interrupt_ends_a_sleeping_program() {
    use std::os::unix::process::ExitStatusExt;
    let text = "import asyncio\nasync def main():\n    print('ready', flush=True)\n    try:\n        \
                await asyncio.sleep(60)\n    finally:\n        print('cleaned up')\nasyncio.run(main())\n";
    let mut child =
        co().args(["-c", text]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("co starts");
    let mut line = [0; 6];
    let mut pipe = child.stdout.take().expect("piped");
    pipe.read_exact(&mut line).expect("co writes");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill starts").success());
    let mut rest = String::new();
    pipe.read_to_string(&mut rest).expect("co writes");
    let output = child.wait_with_output().expect("co ends");
    assert_eq!(rest, "cleaned up\n");
    assert!(err(&output).ends_with("KeyboardInterrupt\n"), "{}", err(&output));
    assert!(output.status.signal() == Some(2) || output.status.code() == Some(130));
}

/// A folder with three goldens: one right, one wrong, one that never ends.
fn goldens(test: &str) -> PathBuf {
    let folder = folder(test);
    // What an earlier run of this test left would be found as well.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("deep/er")).expect("made");
    for (name, text) in [
        ("right.co", "print(input())\nraise SystemExit(3)\n"),
        ("right.in", "다\n"),
        ("right.out", "다\n"),
        ("right.exit", "3\n"),
        ("deep/wrong.co", "print('one')\nprint('two')\n"),
        ("deep/wrong.out", "one\n2\n"),
        ("deep/er/endless.co", "while True: pass\n"),
        ("deep/er/endless.out", ""),
        ("deep/module.co", "print('no golden')\n"),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
    folder
}

#[test]
fn test_runs_goldens_and_shows_what_differs() {
    let folder = goldens("test");
    let at = |words: &[&str]| co().current_dir(&folder).args(words).output().expect("co starts");
    let output = at(&["test", "--timeout", "1", "--junit", "report.xml"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let text = out(&output);
    let expected = "FAILED  deep/er/endless.co\n  it was stopped: it ran for more than 1 s\n";
    assert!(text.starts_with(expected), "{text}");
    let expected = "FAILED  deep/wrong.co\n  stdout: - expected + co\n      1     1   one\n      2       - 2\n            2 + two\n";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("\n1 passed, 2 failed in "), "{text}");
    let report = std::fs::read_to_string(folder.join("report.xml")).expect("a report");
    assert!(report.contains("tests=\"3\" failures=\"2\""), "{report}");

    let output = at(&["test", "--filter", "right"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).starts_with("1 passed in "), "{}", out(&output));

    let output = at(&["test", "--bless", "deep/wrong.co", "deep/module.co"]);
    assert!(out(&output).starts_with("blessed deep/wrong.co\nblessed deep/module.co\n"), "{}", out(&output));
    assert_eq!(std::fs::read_to_string(folder.join("deep/wrong.out")).expect("there"), "one\ntwo\n");
    assert_eq!(at(&["test", "deep/wrong.co", "deep/module.co", "right.co"]).status.code(), Some(0));
}

#[test]
fn test_says_why_there_is_nothing_to_run() {
    let folder = goldens("test-nothing");
    std::fs::create_dir_all(folder.join("empty")).expect("made");
    for (words, complaint) in [
        (vec!["test", "no-such"], "co test: can't read 'no-such': No such file or directory\n"),
        (vec!["test", "empty"], "co test: no goldens in 'empty': a golden is NAME.co beside NAME.out\n"),
        (vec!["test", "--filter", "zz"], "co test: no golden has 'zz' in its path\n"),
        (
            vec!["test", "--against", "no-such-python"],
            "co test: can't run 'no-such-python': No such file or directory\n",
        ),
    ] {
        let output = co().current_dir(&folder).args(&words).output().expect("co starts");
        assert_eq!((err(&output).as_str(), output.status.code()), (complaint, Some(2)));
    }
    std::fs::write(folder.join("bytes.co"), "import os\nprint('\\udc80'.encode('utf-8', 'surrogatepass'))\n")
        .expect("written");
    std::fs::write(folder.join("bytes.out"), b"\xff\n").expect("written");
    let output = co().current_dir(&folder).args(["test", "bytes.co"]).output().expect("co starts");
    assert_eq!(out(&output).lines().nth(1), Some("  'bytes.out' is not UTF-8"), "{}", out(&output));
    let output = co().current_dir(&folder).args(["test", "deep/module.co"]).output().expect("co starts");
    let line = "  'deep/module.out' isn't there; make it with --bless";
    assert_eq!(out(&output).lines().nth(1), Some(line), "{}", out(&output));
}

#[test]
fn check_warns_about_what_looks_wrong() {
    let folder = folder("findings");
    let text = "import asyncio\n\nasync def job(): pass\n\nasync def main():\n    job()\n";
    std::fs::write(folder.join("f.co"), text).expect("written");
    let at = |words: &[&str]| co().current_dir(&folder).args(words).output().expect("co starts");
    let output = at(&["check", "f.co"]);
    assert_eq!(output.status.code(), Some(0));
    let expected = "  File \"f.co\", line 5\n    async def main():\n              ^^^^\nWarning: coroutine function 'main' \
                    never runs\n  help: end the file with 'asyncio.run(main())'\n  File \"f.co\", line 6\n    job()\n    \
                    ^^^^^\nRuntimeWarning: coroutine 'job' was never awaited\n  line 3: 'job' is a coroutine function\n  \
                    help: write 'await job(…)', or keep 'asyncio.create_task(job(…))' to go on meanwhile\n";
    assert_eq!(err(&output), expected);
    assert_eq!(at(&["check", "--strict", "f.co"]).status.code(), Some(1));
    let output = at(&["check", "--format", "json", "f.co"]);
    let text = out(&output);
    for part in ["\"code\": \"W0204\"", "\"code\": \"W0201\"", "\"severity\": \"warning\"", "\"line\": 6"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert_eq!(out(&at(&["check", "--format", "json"])), "");
}

#[test]
fn unknown_options_are_named() {
    for (words, name) in [
        (vec!["--nope"], "--nope"),
        (vec!["--nope=3", "a.co"], "--nope"),
        (vec!["-m", "x"], "-m"),
        (vec!["-i"], "-i"),
        (vec!["run", "-xyz"], "-x"),
        (vec!["--max-steps", "9", "--nope"], "--nope"),
    ] {
        let output = run(&words);
        let expected = format!("error: unexpected argument '{name}' found\n");
        assert!(err(&output).starts_with(&expected), "{words:?}: {}", err(&output));
        assert_eq!(output.status.code(), Some(2));
    }
    // Behind `--` a name may begin as it likes.
    let output = run(&["--", "--nope"]);
    assert!(err(&output).contains("can't open file"), "{}", err(&output));
}

#[test]
fn limits_have_to_be_numbers() {
    for (option, value) in [
        ("--max-steps", "-1"),
        ("--max-steps", "99999999999999999999"),
        ("--max-memory", "lots"),
        ("--max-depth", "-1"),
    ] {
        let output = run(&[option, value, "-c", "print(1)"]);
        assert!(err(&output).starts_with("error: invalid value"), "{option} {value}: {}", err(&output));
        assert_eq!(output.status.code(), Some(2));
    }
    for option in ["--max-steps", "--max-memory"] {
        let output = run(&[option, &u64::MAX.to_string(), "-c", "print(1)"]);
        assert_eq!((out(&output).as_str(), output.status.code()), ("1\n", Some(0)), "{}", err(&output));
    }
}

#[test]
fn arguments_that_are_not_utf_8_are_surrogates() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder("bytes");
    let name = OsStr::from_bytes(b"a\xff.co");
    std::fs::write(folder.join(name), "import sys\nprint(ascii(sys.argv))\n").expect("written");
    let output =
        co().current_dir(&folder).arg(name).arg(OsStr::from_bytes(b"\xfe!")).output().expect("co starts");
    assert_eq!(out(&output), "['a\\udcff.co', '\\udcfe!']\n", "{}", err(&output));
    let output = co().arg(OsStr::from_bytes(b"no\xff.co")).output().expect("co starts");
    assert!(err(&output).contains("no\\udcff.co': [Errno 2]"), "{}", err(&output));
    let output = co().arg("-c").arg(OsStr::from_bytes(b"'\xff'")).output().expect("co starts");
    assert!(err(&output).starts_with("Unable to decode the command"), "{}", err(&output));
    assert_eq!(output.status.code(), Some(1));
}
