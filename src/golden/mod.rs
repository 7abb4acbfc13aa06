//! Golden programs: a program beside what it prints, run and compared. `co test` and the
//! project's own suites use this room; nothing in it knows the language. Each program runs in a
//! process of its own, so that one that hangs or floods its output is ended and named, and the
//! rest goes on.
//!
//! ```text
//!   case      NAME.co and its neighbours    mask     what may differ from run to run
//!   process   one run, bounded              compare  what differs, as data and as a picture
//!   runner    all cases, in parallel        junit    the outcome for other tools
//! ```
//!
//! Reading order: `case`, `runner`. `clock.py` is the virtual clock for the other interpreter
//! when a case asks for one.

mod case;
mod compare;
mod junit;
mod mask;
mod process;
mod runner;

pub use case::{Case, Run, Trouble, find, interpreter};
pub use compare::{Difference, Sides};
pub use junit::junit;
pub use mask::{normalise, syntax_message};
pub use process::stop_all;
pub use runner::{Finding, Outcome, Settings, Verdict, in_parallel, run};
