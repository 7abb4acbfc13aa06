//! Every program of `tests/golden` and `examples` through the runner of `co test`, compared with what CPython
//! printed.
//!
//! `GOLDEN=text` narrows the run to the programs whose path contains the text. There is no list of exceptions:
//! a known gap is a program under `tests/differences` that says why.

mod common;

use std::time::Duration;

#[test]
fn every_golden_prints_what_cpython_prints() {
    common::run_goldens("golden programs", &common::goldens(), &[], Duration::from_secs(60));
}

/// The same programs with a collection at every allocation and a count of what is left at exit. Neither may
/// show: the output stays what it was, and a leak would change the exit status.
///
/// The area `large` is left out: with so many objects alive, collecting at each allocation would take hours.
#[test]
fn every_golden_survives_constant_collection_without_a_leak() {
    let mut programs = common::goldens();
    programs.retain(|program| !program.components().any(|part| part.as_os_str() == "large"));
    let stress = [("CO_STRESS", "gc"), ("CO_CHECK", "refs")];
    common::run_goldens("programs under collection", &programs, &stress, Duration::from_secs(300));
}

/// A gap that is listed must still be a gap; once it is closed, the program belongs to the goldens.
#[test]
fn every_listed_difference_is_explained() {
    for program in common::files_below(&common::root().join("tests/differences"), "co") {
        let text = std::fs::read_to_string(&program).expect("a readable program");
        let header: String = text.lines().take_while(|line| line.starts_with('#')).collect();
        for word in ["description:", "cause:", "plan:"] {
            assert!(header.contains(word), "{}: the header has no `{word}`", program.display());
        }
    }
}
