//! The `co` binary: everything it does lives in the library, see `lib.rs`.
//!
//! It begins where C programs do. What the standard library does before a Rust `main` finds the
//! bounds of a stack that nothing here runs on, and is a tenth of a short program's time; what is
//! needed of it, `cli::main` does.

#![no_main]
#![expect(unsafe_code, reason = "reads the arguments of C's main")]

use std::ffi::{CStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStringExt;

/// # Safety
/// For the C library only: `count` texts stand at `values`.
// SAFETY: no library has a function of that name; it is the program's own.
#[unsafe(no_mangle)]
unsafe extern "C" fn main(count: c_int, values: *const *const c_char) -> c_int {
    // SAFETY: that is what C's main is called with.
    let text = |at| unsafe { CStr::from_ptr(*values.add(at)) };
    let arguments =
        (0..usize::try_from(count).unwrap_or(0)).map(|at| OsString::from_vec(text(at).to_bytes().to_vec()));
    // Leaving by `exit` flushes what Rust's own streams hold.
    std::process::exit(co::cli::main(arguments).into())
}
