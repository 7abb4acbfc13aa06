//! The command line as a user meets it: ways to give a program, exit statuses, streams, signals.

mod common;

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

fn co(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_co"));
    command
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    co(arguments).output().expect("co starts")
}

fn run_with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = co(arguments)
        .stdin(Stdio::piped())
        .spawn()
        .expect("co starts");
    let mut pipe = child.stdin.take().expect("a piped stdin");
    pipe.write_all(input.as_bytes())
        .expect("co reads its input");
    drop(pipe);
    child.wait_with_output().expect("co ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file that lives as long as the test process needs it.
fn file(name: &str, content: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("a writable file");
    path.to_str().expect("a path in UTF-8").to_string()
}

#[test]
fn code_on_the_command_line() {
    let output = run(&["-c", "import sys; print(sys.argv)", "one", "--two"]);
    assert_eq!(text(&output.stdout), "['-c', 'one', '--two']\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_program_on_stdin() {
    let output = run_with_input(
        &["-", "argument"],
        "import sys\nprint('from stdin', sys.argv)\n",
    );
    assert_eq!(text(&output.stdout), "from stdin ['-', 'argument']\n");
}

#[test]
fn a_file_with_and_without_run() {
    let program = file(
        "with_arguments.co",
        "import sys\nprint(sys.argv[1:], __name__)\n",
    );
    for arguments in [&["run", &program, "a", "-b"][..], &[&program, "a", "-b"]] {
        let output = run(arguments);
        assert_eq!(
            text(&output.stdout),
            "['a', '-b'] __main__\n",
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn exit_statuses() {
    for (code, status) in [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import sys; sys.exit()", 0),
        ("import sys; sys.exit('text')", 1),
        ("raise SystemExit(256)", 0),
        ("raise SystemExit(-1)", 255),
        ("1 / 0", 1),
        ("x = = 1", 1),
        (
            "import asyncio\nasync def f(): raise SystemExit(9)\nasyncio.run(f())",
            9,
        ),
    ] {
        assert_eq!(run(&["-c", code]).status.code(), Some(status), "{code}");
    }
}

#[test]
fn a_file_that_is_not_there() {
    let output = run(&["no_such_file.co"]);
    assert_eq!(output.status.code(), Some(2), "as python3");
    assert!(text(&output.stderr).contains("no_such_file.co"));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_file_that_is_no_text() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("bytes.co");
    std::fs::write(&path, b"print('a')\n\xff\xfe\x00\n").expect("a writable file");
    let output = run(&[path.to_str().expect("a path in UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty() && !output.stderr.is_empty());
}

#[test]
fn byte_order_mark_line_ends_and_empty_files() {
    for (name, content, expected) in [
        ("bom.co", "\u{feff}print('mark')\n", "mark\n"),
        ("crlf.co", "if True:\r\n    print('crlf')\r\n", "crlf\n"),
        ("cr.co", "print('cr')\rprint('again')\r", "cr\nagain\n"),
        (
            "no_newline.co",
            "if True:\n    print('no newline')",
            "no newline\n",
        ),
        ("empty.co", "", ""),
        ("comment.co", "# only a comment", ""),
        (
            "shebang.co",
            "#!/usr/bin/env co\nprint('shebang')\n",
            "shebang\n",
        ),
        ("form_feed.co", "x = 1\n\u{c}\nprint(x)\n", "1\n"),
    ] {
        let output = run(&[&file(name, content)]);
        assert_eq!(
            (text(&output.stdout), output.status.code()),
            (expected.to_string(), Some(0)),
            "{name}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn version_and_help() {
    let version = run(&["--version"]);
    assert!(
        text(&version.stdout).starts_with("co "),
        "{}",
        text(&version.stdout)
    );
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    for word in ["run", "check", "dis", "--clock"] {
        assert!(
            text(&help.stdout).contains(word),
            "--help does not mention {word}"
        );
    }
}

#[test]
fn check_shows_every_error_and_runs_nothing() {
    let program = file(
        "three_errors.co",
        "print('must not run')\nx = = 1\ndef f(:\n    pass\ny = 2\nfor in z:\n    pass\n",
    );
    let output = run(&["check", &program]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stderr) + &text(&output.stdout);
    assert!(
        !shown.contains("must not run\n") || shown.contains("print("),
        "nothing ran"
    );
    for line in ["2", "3", "6"] {
        assert!(
            shown.contains(&format!(":{line}:")) || shown.contains(&format!("line {line}")),
            "line {line} is missing in\n{shown}"
        );
    }
    let good = file("good.co", "print('must not run')\n");
    let output = run(&["check", &good]);
    assert_eq!(
        (
            output.status.code(),
            text(&output.stdout).contains("must not run")
        ),
        (Some(0), false)
    );
}

#[test]
fn dis_lists_functions_by_name() {
    let program = file(
        "listed.co",
        "def first():\n    return 1\nasync def second():\n    await first()\nprint('must not run')\n",
    );
    let all = text(&run(&["dis", &program]).stdout);
    assert!(all.contains("first") && all.contains("second") && !all.starts_with("must not run"));
    let one = text(&run(&["dis", &program, "second"]).stdout);
    assert!(one.contains("second") && one.len() < all.len());
}

#[test]
fn output_goes_out_in_order_and_before_the_traceback() {
    let output = run(&[
        "-c",
        "import sys\nprint('a', end='')\nsys.stdout.write('b')\nprint('c', flush=True)\nsys.stdout.write('last')\n1/0",
    ]);
    assert_eq!(text(&output.stdout), "abc\nlast");
    assert!(text(&output.stderr).ends_with("ZeroDivisionError: division by zero\n"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_program_without_a_crash() {
    use std::os::unix::process::ExitStatusExt;
    let mut child = co(&["-c", "for i in range(1000000):\n    print('line', i)"])
        .spawn()
        .expect("co starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("co ends");
    assert!(
        output.status.code().is_some_and(|code| code != 0) || output.status.signal() == Some(13),
        "{:?}",
        output.status
    );
    assert!(
        !text(&output.stderr).contains("panicked"),
        "{}",
        text(&output.stderr)
    );
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_a_keyboard_interrupt() {
    use std::os::unix::process::ExitStatusExt;
    for code in [
        "import sys\nprint('ready', flush=True)\ntry:\n    while True: pass\nfinally:\n    print('finally')",
        "import asyncio\nasync def main():\n    print('ready', flush=True)\n    try:\n        await asyncio.sleep(600)\n    finally:\n        print('finally')\nasyncio.run(main())",
        "import time\nprint('ready', flush=True)\ntry:\n    time.sleep(600)\nfinally:\n    print('finally')",
    ] {
        let child = co(&["-c", code]).spawn().expect("co starts");
        thread::sleep(Duration::from_millis(500));
        interrupt(&child);
        let output = child.wait_with_output().expect("co ends");
        assert_eq!(
            text(&output.stdout),
            "ready\nfinally\n",
            "{code}\n{}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).ends_with("KeyboardInterrupt\n"),
            "{}",
            text(&output.stderr)
        );
        assert!(
            output.status.signal() == Some(2) || output.status.code() == Some(130),
            "{:?}",
            output.status
        );
    }
    let child = co(&[
        "-c",
        "try:\n    while True: pass\nexcept KeyboardInterrupt:\n    print('caught')",
    ])
    .spawn()
    .expect("co starts");
    thread::sleep(Duration::from_millis(500));
    interrupt(&child);
    let output = child.wait_with_output().expect("co ends");
    assert_eq!(
        (text(&output.stdout), output.status.code()),
        ("caught\n".to_string(), Some(0))
    );
}

#[test]
fn the_virtual_clock_starts_where_it_is_told() {
    let code = "import time\nprint(time.strftime('%X'), time.monotonic())\ntime.sleep(3600)\nprint(time.strftime('%X'), time.monotonic())";
    let output = run(&["--clock", "virtual@18:14:21", "-c", code]);
    assert_eq!(
        text(&output.stdout),
        "18:14:21 1000.0\n19:14:21 4600.0\n",
        "{}",
        text(&output.stderr)
    );
    let output = run(&[
        "--clock",
        "virtual",
        "-c",
        "import time\nprint(time.time())",
    ]);
    assert_eq!(text(&output.stdout), "1700000000.0\n");
    let output = run(&["--clock", "sundial", "-c", "pass"]);
    assert_ne!(output.status.code(), Some(0));
}

#[test]
fn what_is_not_there_is_said_plainly() {
    let output = run(&["-c", "import no_such_module"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no_such_module"));
}

#[test]
fn helper_module_finds_programs() {
    assert!(common::goldens().len() > 250);
}
