//! The one door to the outside: every source of non-determinism is a method of [`Host`].
//! `real` asks the operating system; `virtual_` answers from a clock that jumps, and passes
//! text through to the real streams. `zone` reads time zone data, which is plain bytes.

mod real;
mod virtual_;
mod zone;

pub use real::{RealHost, in_background, interrupt_self, on_large_stack, on_large_stack_beside};
pub use virtual_::VirtualHost;

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    In,
    Out,
    Err,
}

/// The outside, as the machine sees it. Times are nanoseconds.
pub trait Host {
    /// Writes to standard output. Errors (a closed pipe) are reported as the operating system's
    /// error number.
    fn write_out(&mut self, bytes: &[u8]) -> Result<(), i32>;
    fn write_err(&mut self, bytes: &[u8]) -> Result<(), i32>;
    fn flush_out(&mut self) -> Result<(), i32>;
    /// One line of standard input with its line ending; empty at the end.
    fn read_line(&mut self) -> Result<Vec<u8>, i32>;
    /// Nanoseconds since the Unix epoch.
    fn wall_time(&mut self) -> i64;
    /// Nanoseconds of a clock that never goes back.
    fn monotonic(&mut self) -> i64;
    /// Waits; the virtual clock jumps instead. Returns early (false) when interrupted.
    fn sleep(&mut self, nanos: i64) -> bool;
    /// CPU time of the process.
    fn process_time(&mut self) -> i64;
    /// Seconds east of UTC at a wall time.
    fn utc_offset(&mut self, wall_seconds: i64) -> i64;
    /// Fills `bytes` with entropy.
    fn entropy(&mut self, bytes: &mut [u8]);
    /// Whether an interrupt (Ctrl-C) has arrived since the last call.
    fn take_interrupt(&mut self) -> bool;
    /// An environment variable.
    fn environment(&self, name: &str) -> Option<String>;
    /// Whether a stream is a terminal.
    fn is_terminal(&self, stream: Stream) -> bool;
    /// Ends the process as an interrupt that nobody handles does; returns when that is not
    /// possible.
    fn die_of_interrupt(&mut self);
}
