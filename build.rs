//! Links the `co` program statically where the machine has what that takes.
//!
//! A short program spends more time in the dynamic linker than in its own code: three libraries
//! are looked up, mapped and relocated, and the tables of native rows (addresses of functions
//! and texts) are relocated page by page. A static program at a fixed address has none of that.
//!
//! `-C target-feature=+crt-static` would say the same in one flag, but Cargo would pass it to
//! the procedural macros too, which cannot be built that way. So the linker is told directly,
//! for the program alone, and finds the static archives under the names of the libraries that
//! the standard library asks for. Where an archive is missing (some systems ship the C library
//! without it) the program is linked as usual: it only starts more slowly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The libraries that the standard library names, with the archives that stand for each.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("gcc_s", &["libgcc_eh.a", "libgcc.a"]),
    ("util", &["libutil.a"]),
    ("rt", &["librt.a"]),
    ("pthread", &["libpthread.a"]),
    ("m", &["libm.a"]),
    ("dl", &["libdl.a"]),
    ("c", &["libc.a"]),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    if !wanted() {
        return Ok(());
    }
    let Some(folder) = env::var_os("OUT_DIR").map(PathBuf::from) else { return Ok(()) };
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let mut scripts = Vec::new();
    for (library, archives) in LIBRARIES {
        let found: Option<Vec<PathBuf>> = archives.iter().map(|name| archive(&linker, name)).collect();
        let Some(found) = found else { return Ok(()) };
        let names: Vec<String> = found.iter().map(|path| format!("\"{}\"", path.display())).collect();
        scripts.push((format!("lib{library}.a"), format!("GROUP ( {} )\n", names.join(" "))));
    }
    for (name, script) in scripts {
        fs::write(folder.join(name), script)?;
    }
    // An argument of the program's link alone: the tests are linked as usual.
    println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    for argument in ["-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    Ok(())
}

/// Whether the program is for this machine, with the GNU C library, and nobody has decided how
/// the C library is linked.
fn wanted() -> bool {
    let is = |name: &str, wanted: &str| env::var(name).is_ok_and(|value| value == wanted);
    let decided = env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("crt-static"));
    is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("HOST").ok() == env::var("TARGET").ok()
        && !decided
}

/// Where the linker would find an archive; it answers with the bare name when it would not.
fn archive(linker: &str, name: &str) -> Option<PathBuf> {
    let output = Command::new(linker).arg(format!("-print-file-name={name}")).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let path = Path::new(answer.trim());
    (path.is_absolute() && path.is_file()).then(|| path.to_path_buf())
}
