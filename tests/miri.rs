//! Golden programs, run inside this process under Miri, which watches what the rooms with `unsafe` do with
//! memory: `MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-permissive-provenance -Zmiri-tree-borrows
//! -Zmiri-ignore-leaks" cargo +nightly miri test --test miri`. A program takes some minutes.
//!
//! Values hold addresses as numbers (hence the permissive provenance), objects that the interpreter keeps
//! for the whole process are not given back (hence the leaks), and whoever asks for the heap gets a
//! mutable borrow of it that ends before the next one is used, which tree borrows can tell.
#![cfg(miri)]

use co::engine::{Clock, Options, Program, load, run};
use std::path::Path;

/// Runs a golden program twice: with an allocation for each object, so that no use of a freed one is
/// missed, and with the cells that objects have otherwise.
fn watch(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name).with_extension("co");
    let expected = std::fs::read_to_string(path.with_extension("exit")).unwrap_or_else(|_| "0".to_owned());
    for stress_heap in [true, false] {
        let file = path.display().to_string();
        let Ok(source) = load(&path, &file) else { panic!("{file} cannot be read") };
        let program =
            Program { source, file: Some(file.clone()), argv: vec![file.clone()], folder: String::new() };
        let options = Options { clock: Clock::Virtual(None), stress_heap, ..Options::default() };
        assert_eq!(run(program, options).to_string(), expected.trim(), "{file}");
    }
}

macro_rules! programs {
    ($($area:ident / $name:ident)*) => {$(
        #[test]
        fn $name() {
            watch(concat!(stringify!($area), "/", stringify!($name)));
        }
    )*};
}

programs! {
    classes/super_cooperation
    coroutines/anext_and_aiter
    coroutines/async_generator_basics
    coroutines/await_protocol
    data/list_release_order
    exceptions/deep_context
    exceptions/except_star
    functions/closures_and_cells
    gc/finaliser_order
    generators/close
    generators/deep_delegation
    generators/executing_chains
    generators/shared_between_consumers
    generators/throw_forms
    statements/assignment
    types/memoryview_windows
    types/set_methods
}
