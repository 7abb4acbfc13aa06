//! The one door to the outside: every source of non-determinism is a method of [`Host`].
//! `real` asks the operating system; `virtual_` answers from a clock that jumps, and passes
//! text through to the real streams. `zone` reads time zone data, which is plain bytes.

mod files;
mod real;
mod virtual_;
mod zone;

pub use files::FileMode;
pub use real::{RealHost, in_background, interrupt_self, on_large_stack, on_large_stack_beside};
pub use virtual_::VirtualHost;

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    In,
    Out,
    Err,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
pub struct FileStat {
    /// Kind and permissions, as `st_mode`.
    pub mode: u32,
    pub size: u64,
    /// Nanoseconds since the epoch.
    pub modified: i64,
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
    /// The seed of a generator that nobody seeded, when the run has to be the same every time.
    fn fixed_seed(&self) -> Option<u64>;
    /// Whether an interrupt (Ctrl-C) has arrived since the last call.
    fn take_interrupt(&mut self) -> bool;
    /// An environment variable.
    fn environment(&self, name: &str) -> Option<String>;
    /// All environment variables.
    fn variables(&self) -> Vec<(String, String)>;
    fn current_folder(&self) -> Result<String, i32>;
    fn process_id(&self) -> u32;
    /// How many processors there are.
    fn processors(&self) -> usize;
    /// The names in a folder, in no order.
    fn list_folder(&self, path: &str) -> Result<Vec<String>, i32>;
    /// What is known of a file, or of the link when links are not followed.
    fn file_stat(&self, path: &str, follow: bool) -> Result<FileStat, i32>;
    fn make_folder(&mut self, path: &str) -> Result<(), i32>;
    fn remove_folder(&mut self, path: &str) -> Result<(), i32>;
    fn remove_file(&mut self, path: &str) -> Result<(), i32>;
    fn rename(&mut self, from: &str, to: &str) -> Result<(), i32>;
    /// Whether a stream is a terminal.
    fn is_terminal(&self, stream: Stream) -> bool;
    /// Bytes of memory that the process takes; 0 where nobody knows.
    fn memory_in_use(&mut self) -> usize;
    /// Ends the process at once.
    fn exit(&mut self, status: u8);
    /// Opens a file and gives its number; errors of these are the operating system's numbers.
    fn open_file(&mut self, path: &str, mode: FileMode) -> Result<i32, i32>;
    /// Up to `limit` bytes, none at the end; everything to the end without a limit.
    fn read_file(&mut self, file: i32, limit: Option<usize>) -> Result<Vec<u8>, i32>;
    /// Writes, perhaps not before the next flush.
    fn write_file(&mut self, file: i32, data: &[u8]) -> Result<(), i32>;
    fn flush_file(&mut self, file: i32) -> Result<(), i32>;
    /// Moves the position (`whence` 0 start, 1 here, 2 end) and tells it.
    fn seek_file(&mut self, file: i32, offset: i64, whence: i64) -> Result<u64, i32>;
    fn truncate_file(&mut self, file: i32, size: u64) -> Result<(), i32>;
    fn is_terminal_file(&mut self, file: i32) -> Result<bool, i32>;
    fn close_file(&mut self, file: i32) -> Result<(), i32>;
    /// Ends the process as an interrupt that nobody handles does; returns when that is not
    /// possible.
    fn die_of_interrupt(&mut self);
}
