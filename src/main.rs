//! The `co` binary: everything it does lives in the library, see `lib.rs`.

fn main() -> std::process::ExitCode {
    co::cli::main()
}
