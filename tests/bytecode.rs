//! Listings: `tests/bytecode/*.co` compile to the `.dis` beside them, every listing passes the
//! verifier, and together they contain every opcode. `BLESS=1` rewrites the listings.

use co::bytecode::{Code, Const, OPS, Op, disasm, verify};
use co::compiler::{Mode, Options, compile};
use co::source::SourceFile;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs `work` with a stack for deep trees.
fn with_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(work).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn compiled(name: &str, text: &str, options: &Options) -> Arc<Code> {
    let parsed = co::syntax::parser::parse(text);
    assert!(parsed.errors.is_empty(), "{name}: {:?}", parsed.errors);
    let source = Arc::new(SourceFile::new(name, text));
    match compile(&parsed.module, &source, options) {
        Ok(code) => code,
        Err(errors) => panic!("{name}: {errors:?}"),
    }
}

fn options_of(name: &str) -> Options {
    let mode = match name {
        _ if name.starts_with("interactive") => Mode::Interactive,
        _ if name.starts_with("namespace") => Mode::Namespace,
        _ => Mode::Module,
    };
    Options { mode, ..Options::default() }
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bytecode");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "co"))
        .collect();
    paths.sort();
    paths
}

fn each_code(code: &Code, visit: &mut impl FnMut(&Code)) {
    visit(code);
    for value in &code.consts {
        if let Const::Code(inner) = value {
            each_code(inner, visit);
        }
    }
}

#[test]
fn listings() {
    with_stack(|| {
        let bless = std::env::var_os("BLESS").is_some();
        let mut wrong = Vec::new();
        for path in programs() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let code = compiled(&name, &text, &options_of(&name));
            verify::verify(&code).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            let listing = disasm::listing(&code);
            let golden = path.with_extension("dis");
            if bless {
                std::fs::write(&golden, &listing).unwrap();
            } else if std::fs::read_to_string(&golden).unwrap_or_default() != listing {
                wrong.push(name);
            }
        }
        assert!(wrong.is_empty(), "these listings differ (BLESS=1 rewrites them): {wrong:?}");
    });
}

#[test]
fn every_opcode_is_listed() {
    with_stack(|| {
        let mut seen = HashSet::new();
        for path in programs() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let code = compiled(&name, &text, &options_of(&name));
            each_code(&code, &mut |code| seen.extend(code.instrs.iter().map(|instr| instr.op)));
        }
        let missing: Vec<Op> =
            OPS.iter().map(|info| info.op).filter(|op| !seen.contains(&(*op as u8))).collect();
        assert!(missing.is_empty(), "no listing contains {missing:?}");
    });
}

/// `yield from` and `await` are the same thing but for the question how to delegate.
#[test]
fn await_differs_in_one_instruction() {
    let of = |text: &str| {
        let code = compiled("twin", text, &Options::default());
        disasm::find(&code, "f").unwrap().instrs.clone()
    };
    for (sync, coroutine) in [
        ("def f():\n    x = yield from g()\n", "async def f():\n    x = await g()\n"),
        ("def f():\n    return (yield from g())\n", "async def f():\n    return await g()\n"),
        (
            "def f(a):\n    for x in a:\n        b = yield from x\n        print(b)\n",
            "async def f(a):\n    for x in a:\n        b = await x\n        print(b)\n",
        ),
    ] {
        let (sync, coroutine) = (of(sync), of(coroutine));
        assert_eq!(sync.len(), coroutine.len());
        let differing = sync.iter().zip(&coroutine).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 1);
    }
}

/// Far jumps get islands, and a huge unit is compiled in reasonable time.
#[test]
fn far_jumps() {
    with_stack(|| {
        let mut text = "def f(x):\n    while x < 3:\n".to_owned();
        for _ in 0..20_000 {
            text.push_str("        x = x + y\n        if x: print(x)\n");
        }
        verify::verify(&compiled("far", &text, &Options::default())).unwrap();
    });
}

/// Chains of operators are not limited by the native stack or the registers.
#[test]
fn long_chains() {
    with_stack(|| {
        let text = format!("def f(x):\n    return {}x\n", "x + ".repeat(2_000));
        verify::verify(&compiled("chain", &text, &Options::default())).unwrap();
    });
}

/// Trees as deep as the parser lets through fit a stack of 64 MB.
#[test]
fn deep_trees() {
    let work = || {
        let depth = 1_500;
        for text in [
            format!("{}x\n", "not -".repeat(depth)),
            format!("x{}\n", ".a".repeat(depth)),
            format!("x{}\n", "[1]".repeat(depth)),
            format!("x{}\n", ".f(1)".repeat(depth)),
            format!("{}1\n", "1 if x else ".repeat(depth)),
            format!("{}1\n", "lambda: ".repeat(depth)),
            format!("{}1{}\n", "[".repeat(150), "]".repeat(150)),
            format!("{}1{}\n", "f(".repeat(150), ")".repeat(150)),
            format!("{}1{}\n", "x + (".repeat(150), ")".repeat(150)),
            format!("if x: pass\n{}", "elif y: pass\n".repeat(20_000)),
            format!("x = [{}]\n", "y, ".repeat(100_000)),
            format!("f({})\n", "y, ".repeat(10_000)),
        ] {
            let parsed = co::syntax::parser::parse(&text);
            if parsed.errors.is_empty() {
                verify::verify(&compiled("deep", &text, &Options::default())).unwrap();
            }
        }
        // More arguments than there are registers: an error, no panic.
        let text = format!("f({})\n", "y, ".repeat(70_000));
        let parsed = co::syntax::parser::parse(&text);
        let source = Arc::new(SourceFile::new("wide", &text));
        let errors = compile(&parsed.module, &source, &Options::default()).unwrap_err();
        assert_eq!(errors[0].message, "code object too large");
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap().join().unwrap();
}

/// Every program below the folder `CO_CORPUS` compiles and passes the verifier; without the
/// variable there is nothing to do.
#[test]
fn corpus() {
    let Some(root) = std::env::var_os("CO_CORPUS") else { return };
    with_stack(move || {
        let mut folders = vec![PathBuf::from(root)];
        let (mut good, mut bad) = (0, Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if !name.ends_with(".py") || name.starts_with("badsyntax") {
                    continue;
                }
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let parsed = co::syntax::parser::parse(&text);
                if !parsed.errors.is_empty() {
                    continue;
                }
                let source = Arc::new(SourceFile::new(&path.to_string_lossy(), &text));
                match compile(&parsed.module, &source, &Options::default()) {
                    Ok(code) => match verify::verify(&code) {
                        Ok(()) => good += 1,
                        Err(problem) => bad.push(format!("{}: {problem}", path.display())),
                    },
                    Err(errors) => bad.push(format!("{}: {:?}", path.display(), errors[0])),
                }
            }
        }
        assert!(bad.is_empty(), "{good} compile, these do not:\n{}", bad.join("\n"));
    });
}
