//! The one door to the outside: every source of non-determinism is a method of [`Host`].
//! `real` asks the operating system; `virtual_` answers from a clock that jumps, and passes
//! text through to the real streams; it is a [`Layer`], which states only what it changes.
//! `zone` reads time zone data, which is plain bytes.

mod files;
mod real;
mod virtual_;
mod zone;

pub use files::FileMode;
pub use real::{RealHost, in_background, in_front, interrupt_self, prepare};
pub use virtual_::VirtualHost;

/// The error number of a call that Ctrl-C ended.
pub const EINTR: i32 = 4;

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

/// Declares [`Host`] from the one list of its methods, and [`Layer`], which passes each of them
/// on. What is asked takes `&self`, what is done `&mut self`.
macro_rules! host {
    (
        asked { $($(#[$asked_doc:meta])* fn $asked:ident($($a:ident: $at:ty),*) $(-> $ar:ty)?;)* }
        done { $($(#[$done_doc:meta])* fn $done:ident($($d:ident: $dt:ty),*) $(-> $dr:ty)?;)* }
    ) => {
        /// The outside, as the machine sees it. Times are nanoseconds.
        pub trait Host {
            $($(#[$asked_doc])* fn $asked(&self, $($a: $at),*) $(-> $ar)?;)*
            $($(#[$done_doc])* fn $done(&mut self, $($d: $dt),*) $(-> $dr)?;)*
        }

        /// A host in front of another one: it states only what it does differently.
        pub trait Layer {
            /// The host behind.
            fn behind(&self) -> &dyn Host;
            fn behind_mut(&mut self) -> &mut dyn Host;
            $($(#[$asked_doc])* fn $asked(&self, $($a: $at),*) $(-> $ar)? { self.behind().$asked($($a),*) })*
            $($(#[$done_doc])* fn $done(&mut self, $($d: $dt),*) $(-> $dr)? { self.behind_mut().$done($($d),*) })*
        }

        impl<L: Layer> Host for L {
            $(fn $asked(&self, $($a: $at),*) $(-> $ar)? { Layer::$asked(self, $($a),*) })*
            $(fn $done(&mut self, $($d: $dt),*) $(-> $dr)? { Layer::$done(self, $($d),*) })*
        }
    };
}

host! {
    asked {
        /// The seed of a generator that nobody seeded, when the run has to be the same every time.
        fn fixed_seed() -> Option<u64>;
        /// An environment variable.
        fn environment(name: &str) -> Option<String>;
        /// All environment variables.
        fn variables() -> Vec<(String, String)>;
        fn current_folder() -> Result<String, i32>;
        fn process_id() -> u32;
        /// How many processors there are.
        fn processors() -> usize;
        /// The names in a folder, in no order.
        fn list_folder(path: &str) -> Result<Vec<String>, i32>;
        /// What is known of a file, or of the link when links are not followed.
        fn file_stat(path: &str, follow: bool) -> Result<FileStat, i32>;
        /// Whether a stream is a terminal.
        fn is_terminal(stream: Stream) -> bool;
        /// Whether a stream was closed when the process began.
        fn is_missing(stream: Stream) -> bool;
    }
    done {
        /// Writes to standard output. Errors (a closed pipe) are reported as the operating system's
        /// error number.
        fn write_out(bytes: &[u8]) -> Result<(), i32>;
        fn write_err(bytes: &[u8]) -> Result<(), i32>;
        fn flush_out() -> Result<(), i32>;
        /// One line of standard input with its line ending; empty at the end. [`EINTR`] when Ctrl-C came
        /// meanwhile: `take_interrupt` answers true then.
        fn read_line() -> Result<Vec<u8>, i32>;
        /// Nanoseconds since the Unix epoch.
        fn wall_time() -> i64;
        /// Nanoseconds of a clock that never goes back.
        fn monotonic() -> i64;
        /// Waits; the virtual clock jumps instead. Returns early (false) when interrupted.
        fn sleep(nanos: i64) -> bool;
        /// CPU time of the process.
        fn process_time() -> i64;
        /// Seconds east of UTC at a wall time.
        fn utc_offset(wall_seconds: i64) -> i64;
        /// Fills `bytes` with entropy.
        fn entropy(bytes: &mut [u8]);
        /// Whether an interrupt (Ctrl-C) has arrived since the last call.
        fn take_interrupt() -> bool;
        fn make_folder(path: &str) -> Result<(), i32>;
        /// Makes a folder the current one.
        fn enter_folder(path: &str) -> Result<(), i32>;
        fn remove_folder(path: &str) -> Result<(), i32>;
        fn remove_file(path: &str) -> Result<(), i32>;
        fn rename(from: &str, to: &str) -> Result<(), i32>;
        /// Bytes of memory that the process takes; 0 where nobody knows.
        fn memory_in_use() -> usize;
        /// Ends the process at once.
        fn exit(status: u8);
        /// Opens a file and gives its number; errors of these are the operating system's numbers.
        fn open_file(path: &str, mode: FileMode) -> Result<i32, i32>;
        /// Up to `limit` bytes, none at the end; everything to the end without a limit.
        fn read_file(file: i32, limit: Option<usize>) -> Result<Vec<u8>, i32>;
        /// Writes, perhaps not before the next flush.
        fn write_file(file: i32, data: &[u8]) -> Result<(), i32>;
        fn flush_file(file: i32) -> Result<(), i32>;
        /// Moves the position (`whence` 0 start, 1 here, 2 end) and tells it.
        fn seek_file(file: i32, offset: i64, whence: i64) -> Result<u64, i32>;
        fn truncate_file(file: i32, size: u64) -> Result<(), i32>;
        fn is_terminal_file(file: i32) -> Result<bool, i32>;
        fn close_file(file: i32) -> Result<(), i32>;
        /// Ends the process as an interrupt that nobody handles does; returns when that is not
        /// possible.
        fn die_of_interrupt();
    }
}
