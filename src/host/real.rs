//! The operating system: clocks, entropy, standard streams, Ctrl-C. The only file that asks it.
//!
//! Standard output is collected and written in blocks, or line by line on a terminal, and always
//! before standard input is read: what CPython does. Ctrl-C only sets a flag and writes a byte
//! into a socket; a sleeping program watches the other end of that socket, so it wakes at once
//! whichever thread the signal goes to.

use super::{EINTR, FileMode, FileStat, Host, Stream, files::Files, zone::Zone};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::rand::{GetRandomFlags, getrandom};
use rustix::time::{ClockId, clock_gettime};
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

const BLOCK: usize = 8192;
const NANOS: i64 = 1_000_000_000;

/// The operating system.
pub struct RealHost {
    out: Vec<u8>,
    out_is_terminal: bool,
    /// Standard input that was read and not asked for, and how far it is known to have no line end.
    input: Vec<u8>,
    input_searched: usize,
    interrupted: Arc<AtomicBool>,
    /// Readable after an interrupt; made by the first sleep, none inside when that failed.
    wake: Option<Option<UnixStream>>,
    zone: Option<Zone>,
    files: Files,
    /// `--seed`, and where the entropy made from it has come to.
    seed: Option<u64>,
    state: u64,
}

impl Default for RealHost {
    fn default() -> RealHost {
        RealHost::new()
    }
}

/// Whether Ctrl-C was pressed and nobody has seen it yet; one for the process, as its signals are.
static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// A first Ctrl-C is noted. A second one before anybody saw the first (a native is at work that cannot be
/// stopped) ends the process, as it would without all this.
fn notice_interrupts() -> Arc<AtomicBool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let signal = signal_hook::consts::SIGINT;
    // Miri delivers no signals.
    if cfg!(miri) {
        return interrupted;
    }
    // Without them, Ctrl-C ends the process at once: nothing that could be told anybody.
    let _ = signal_hook::flag::register_conditional_default(signal, Arc::clone(&interrupted));
    let _ = signal_hook::flag::register(signal, Arc::clone(&interrupted));
    interrupted
}

/// The standard streams that were closed when the process began, a bit each.
static MISSING: AtomicU8 = AtomicU8::new(0);

/// Prepares the process; to be called once, before anything else of this room. A standard stream
/// that is closed becomes the null device, so that no file gets its number, and a closed pipe is
/// the error of a write instead of the end of the process.
pub fn prepare() {
    let streams = [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()];
    for (number, stream) in streams.into_iter().enumerate() {
        if rustix::io::fcntl_getfd(stream).is_err() {
            MISSING.fetch_or(1 << number, Ordering::Relaxed);
            // It gets the lowest number that is free, which is this one. Without a null device the
            // stream stays closed, and says so when it is used.
            let null = std::fs::File::options().read(true).write(true).open("/dev/null");
            let _ = null.map(std::os::fd::IntoRawFd::into_raw_fd);
        }
    }
    // Nobody asks whether the signal came. Without the handler it ends the process.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGPIPE, Arc::default());
}

impl RealHost {
    pub fn new() -> RealHost {
        let interrupted = Arc::clone(INTERRUPTED.get_or_init(notice_interrupts));
        RealHost {
            out: Vec::new(),
            out_is_terminal: rustix::termios::isatty(rustix::stdio::stdout()),
            input: Vec::new(),
            input_searched: 0,
            wake: None,
            interrupted,
            zone: None,
            files: Files::default(),
            seed: None,
            state: 0,
        }
    }

    /// The same, whose entropy comes from a seed when there is one.
    pub fn seeded(seed: Option<u64>) -> RealHost {
        RealHost { seed, state: seed.unwrap_or(0), ..RealHost::new() }
    }

    /// Columns of the terminal that standard output is.
    pub fn width(&self) -> Option<usize> {
        RealHost::window().map(|(columns, _)| columns)
    }

    /// Columns and rows of that terminal; one that does not tell its rows has as many as you like.
    pub fn window() -> Option<(usize, usize)> {
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
        let rows = if size.ws_row == 0 { u16::MAX } else { size.ws_row };
        (size.ws_col > 0).then(|| (usize::from(size.ws_col), usize::from(rows)))
    }

    /// Writes what was collected. What the other end did not take stays.
    fn drain(&mut self) -> Result<(), i32> {
        let mut written = 0;
        let mut failure = Ok(());
        let stdout = std::io::stdout();
        let mut lock = stdout.lock();
        while written < self.out.len() {
            match write_raw(&mut lock, &self.out[written..]) {
                Ok(count) => written += count,
                Err(code) => {
                    failure = Err(code);
                    break;
                }
            }
        }
        self.out.drain(..written);
        failure
    }
}

/// Writes past the buffer that the standard library keeps in front of standard output.
fn write_raw(lock: &mut std::io::StdoutLock<'_>, bytes: &[u8]) -> Result<usize, i32> {
    match lock.write_all(bytes).and_then(|()| lock.flush()) {
        Ok(()) => Ok(bytes.len()),
        Err(error) => Err(error.raw_os_error().unwrap_or(5)),
    }
}

/// Routes Ctrl-C to the socket that is returned.
fn wake_up_call() -> Option<UnixStream> {
    let (reader, writer) = UnixStream::pair().ok()?;
    reader.set_nonblocking(true).ok()?;
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGINT, writer).ok()?;
    Some(reader)
}

/// Takes the bytes that interrupts have left.
fn drain_calls(wake: &mut UnixStream) {
    let mut bytes = [0; 16];
    while wake.read(&mut bytes).is_ok_and(|count| count > 0) {}
}

/// The operating system's number of an error; 22 (invalid argument) for one of Rust's own.
fn number(error: std::io::Error) -> i32 {
    error.raw_os_error().unwrap_or(22)
}

fn clock(id: ClockId) -> i64 {
    let time = clock_gettime(id);
    time.tv_sec * NANOS + time.tv_nsec
}

impl Host for RealHost {
    fn write_out(&mut self, bytes: &[u8]) -> Result<(), i32> {
        self.out.extend_from_slice(bytes);
        if self.out.len() >= BLOCK || (self.out_is_terminal && bytes.contains(&b'\n')) {
            // What cannot be written on the way is lost, as in CPython: it is not reported twice.
            return self.drain().inspect_err(|_| self.out.clear());
        }
        Ok(())
    }

    fn write_err(&mut self, bytes: &[u8]) -> Result<(), i32> {
        std::io::stderr().write_all(bytes).map_err(|error| error.raw_os_error().unwrap_or(5))
    }

    fn flush_out(&mut self) -> Result<(), i32> {
        self.drain()
    }

    fn read_line(&mut self) -> Result<Vec<u8>, i32> {
        // A failure to write is reported by whoever writes or flushes next.
        let _ = self.drain();
        let wake = self.wake.get_or_insert_with(wake_up_call);
        let stdin = std::io::stdin();
        loop {
            let seen = self.input_searched;
            if let Some(end) = memchr::memchr(b'\n', &self.input[seen..]) {
                self.input_searched = 0;
                let rest = self.input.split_off(seen + end + 1);
                return Ok(std::mem::replace(&mut self.input, rest));
            }
            self.input_searched = self.input.len();
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(EINTR);
            }
            // Nothing may be read before it is there: a read goes on after a signal.
            if let Some(wake) = wake {
                let mut ready = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(wake, PollFlags::IN)];
                // An error (a signal that interrupts the wait) is answered by the loop.
                let _ = poll(&mut ready, None);
                let [input, woken] = ready.map(|entry| !entry.revents().is_empty());
                if woken {
                    drain_calls(wake);
                }
                if !input {
                    continue;
                }
            }
            let mut chunk = [0; BLOCK];
            match rustix::io::read(&stdin, &mut chunk) {
                Ok(0) => {
                    self.input_searched = 0;
                    return Ok(std::mem::take(&mut self.input));
                }
                Ok(count) => self.input.extend_from_slice(&chunk[..count]),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.raw_os_error()),
            }
        }
    }

    fn wall_time(&mut self) -> i64 {
        clock(ClockId::Realtime)
    }

    fn monotonic(&mut self) -> i64 {
        clock(ClockId::Monotonic)
    }

    fn sleep(&mut self, nanos: i64) -> bool {
        let end = self.monotonic().saturating_add(nanos.max(0));
        let wake = self.wake.get_or_insert_with(wake_up_call);
        loop {
            if self.interrupted.load(Ordering::Relaxed) {
                return false;
            }
            let left = end.saturating_sub(clock(ClockId::Monotonic));
            if left <= 0 {
                return true;
            }
            let timeout = Timespec { tv_sec: left / NANOS, tv_nsec: left % NANOS };
            match wake {
                Some(wake) => {
                    // An error (a signal that interrupts the wait) is answered by the loop.
                    let _ = poll(&mut [PollFd::new(wake, PollFlags::IN)], Some(&timeout));
                    drain_calls(wake);
                }
                None => std::thread::sleep(std::time::Duration::from_nanos(left.min(NANOS / 20) as u64)),
            }
        }
    }

    fn process_time(&mut self) -> i64 {
        clock(ClockId::ProcessCPUTime)
    }

    fn utc_offset(&mut self, wall_seconds: i64) -> i64 {
        self.zone.get_or_insert_with(local_zone).offset(wall_seconds)
    }

    fn entropy(&mut self, bytes: &mut [u8]) {
        if self.seed.is_some() {
            super::virtual_::fill(&mut self.state, bytes);
            return;
        }
        if getrandom(&mut *bytes, GetRandomFlags::empty()) != Ok(bytes.len()) {
            // Without a source of entropy the clock has to do.
            let mut state = self.monotonic() as u64 ^ self.wall_time() as u64;
            super::virtual_::fill(&mut state, bytes);
        }
    }

    fn fixed_seed(&self) -> Option<u64> {
        self.seed
    }

    fn take_interrupt(&mut self) -> bool {
        self.interrupted.load(Ordering::Relaxed) && self.interrupted.swap(false, Ordering::Relaxed)
    }

    fn environment(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn variables(&self) -> Vec<(String, String)> {
        std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect()
    }

    fn current_folder(&self) -> Result<String, i32> {
        let path = std::env::current_dir().map_err(number)?;
        Ok(path.to_string_lossy().into_owned())
    }

    fn process_id(&self) -> u32 {
        std::process::id()
    }

    fn processors(&self) -> usize {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
    }

    fn list_folder(&self, path: &str) -> Result<Vec<String>, i32> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(number)? {
            names.push(entry.map_err(number)?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn file_stat(&self, path: &str, follow: bool) -> Result<FileStat, i32> {
        let found = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
        let found = found.map_err(number)?;
        let modified = found.mtime().saturating_mul(NANOS).saturating_add(found.mtime_nsec());
        Ok(FileStat { mode: found.mode(), size: found.size(), modified })
    }

    fn enter_folder(&mut self, path: &str) -> Result<(), i32> {
        std::env::set_current_dir(path).map_err(number)
    }

    fn make_folder(&mut self, path: &str) -> Result<(), i32> {
        std::fs::create_dir(path).map_err(number)
    }

    fn remove_folder(&mut self, path: &str) -> Result<(), i32> {
        std::fs::remove_dir(path).map_err(number)
    }

    fn remove_file(&mut self, path: &str) -> Result<(), i32> {
        std::fs::remove_file(path).map_err(number)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), i32> {
        std::fs::rename(from, to).map_err(number)
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::In => rustix::termios::isatty(rustix::stdio::stdin()),
            Stream::Out => self.out_is_terminal,
            Stream::Err => rustix::termios::isatty(rustix::stdio::stderr()),
        }
    }

    fn is_missing(&self, stream: Stream) -> bool {
        MISSING.load(Ordering::Relaxed) & 1 << stream as u8 != 0
    }

    fn memory_in_use(&mut self) -> usize {
        // The second number counts the pages that are in memory.
        let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages: usize = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
        pages * rustix::param::page_size()
    }

    fn exit(&mut self, status: u8) {
        std::process::exit(i32::from(status));
    }

    fn open_file(&mut self, path: &str, mode: FileMode) -> Result<i32, i32> {
        self.files.open(path, mode)
    }

    fn read_file(&mut self, file: i32, limit: Option<usize>) -> Result<Vec<u8>, i32> {
        self.files.read(file, limit)
    }

    fn write_file(&mut self, file: i32, data: &[u8]) -> Result<(), i32> {
        self.files.write(file, data)
    }

    fn flush_file(&mut self, file: i32) -> Result<(), i32> {
        self.files.flush(file)
    }

    fn seek_file(&mut self, file: i32, offset: i64, whence: i64) -> Result<u64, i32> {
        self.files.seek(file, offset, whence)
    }

    fn truncate_file(&mut self, file: i32, size: u64) -> Result<(), i32> {
        self.files.truncate(file, size)
    }

    fn is_terminal_file(&mut self, file: i32) -> Result<bool, i32> {
        self.files.is_terminal(file)
    }

    fn close_file(&mut self, file: i32) -> Result<(), i32> {
        self.files.close(file)
    }

    fn die_of_interrupt(&mut self) {
        // When it fails, the caller exits with 130, which a shell shows for both.
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
    }
}

/// Calls `work` on a thread of its own; meanwhile `beside` runs on this one.
pub fn in_front<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
    beside: impl FnOnce(),
) -> std::io::Result<R> {
    let thread = std::thread::Builder::new().name("main".to_owned()).spawn(work)?;
    beside();
    thread.join().map_err(|_| std::io::Error::other("the program's thread ended early"))
}

/// Calls `work` on a thread of its own that nobody waits for.
pub fn in_background(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name("background".to_owned()).spawn(work).map(drop)
}

/// Sends this process what Ctrl-C at its terminal would.
pub fn interrupt_self() {
    // Only an unknown signal would be an error.
    let _ = signal_hook::low_level::raise(signal_hook::consts::SIGINT);
}

/// The zone that `TZ` names, or the machine's.
fn local_zone() -> Zone {
    let name = std::env::var("TZ").ok();
    match name.as_deref().map(|name| name.trim_start_matches(':')) {
        Some("" | "UTC" | "UTC0" | "GMT") => Zone::default(),
        Some(name) => {
            let path =
                if name.starts_with('/') { name.to_owned() } else { format!("/usr/share/zoneinfo/{name}") };
            match std::fs::read(path) {
                Ok(data) => Zone::parse(&data),
                Err(_) => Zone::from_rule(name),
            }
        }
        None => std::fs::read("/etc/localtime").map_or_else(|_| Zone::default(), |data| Zone::parse(&data)),
    }
}
