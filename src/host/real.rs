//! The operating system: clocks, entropy, standard streams, Ctrl-C. The only file that asks it.
//!
//! Standard output is collected and written in blocks, or line by line on a terminal, and always
//! before standard input is read: what CPython does. Ctrl-C only sets a flag and writes a byte
//! into a socket; a sleeping program watches the other end of that socket, so it wakes at once
//! although the signal goes to another thread.

use super::{Host, Stream, zone::Zone};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCK: usize = 8192;
const NANOS: i64 = 1_000_000_000;
/// Native stack that may be used below the lowest address that is announced.
const MARGIN: usize = 512 * 1024;

/// The operating system.
pub struct RealHost {
    out: Vec<u8>,
    out_is_terminal: bool,
    interrupted: Arc<AtomicBool>,
    /// Readable after an interrupt; none when it could not be set up.
    wake: Option<UnixStream>,
    zone: Option<Zone>,
}

impl Default for RealHost {
    fn default() -> RealHost {
        RealHost::new()
    }
}

impl RealHost {
    pub fn new() -> RealHost {
        let interrupted = Arc::new(AtomicBool::new(false));
        RealHost {
            out: Vec::with_capacity(BLOCK),
            out_is_terminal: std::io::stdout().is_terminal(),
            wake: watch_interrupts(&interrupted),
            interrupted,
            zone: None,
        }
    }

    /// Writes what was collected. What the other end did not take stays, as in CPython, so that
    /// the flush at exit reports the error again.
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

/// Routes Ctrl-C to `flag` and to the socket that is returned.
fn watch_interrupts(flag: &Arc<AtomicBool>) -> Option<UnixStream> {
    let (reader, writer) = UnixStream::pair().ok()?;
    reader.set_nonblocking(true).ok()?;
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(flag)).ok()?;
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGINT, writer).ok()?;
    Some(reader)
}

fn clock(id: ClockId) -> i64 {
    let time = clock_gettime(id);
    time.tv_sec * NANOS + time.tv_nsec
}

impl Host for RealHost {
    fn write_out(&mut self, bytes: &[u8]) -> Result<(), i32> {
        self.out.extend_from_slice(bytes);
        if self.out.len() >= BLOCK || (self.out_is_terminal && bytes.contains(&b'\n')) {
            return self.drain();
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
        let mut line = Vec::new();
        match std::io::stdin().lock().read_until(b'\n', &mut line) {
            Ok(_) => Ok(line),
            Err(error) => Err(error.raw_os_error().unwrap_or(5)),
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
        loop {
            if self.interrupted.load(Ordering::Relaxed) {
                return false;
            }
            let left = end.saturating_sub(self.monotonic());
            if left <= 0 {
                return true;
            }
            let timeout = Timespec { tv_sec: left / NANOS, tv_nsec: left % NANOS };
            match &mut self.wake {
                Some(wake) => {
                    // An error (a signal that interrupts the wait) is answered by the loop.
                    let _ = poll(&mut [PollFd::new(wake, PollFlags::IN)], Some(&timeout));
                    let mut bytes = [0; 16];
                    while wake.read(&mut bytes).is_ok_and(|count| count > 0) {}
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
        let filled = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(bytes));
        if filled.is_err() {
            // Without a source of entropy the clock has to do.
            let mut state = self.monotonic() as u64 ^ self.wall_time() as u64;
            super::virtual_::fill(&mut state, bytes);
        }
    }

    fn take_interrupt(&mut self) -> bool {
        self.interrupted.load(Ordering::Relaxed) && self.interrupted.swap(false, Ordering::Relaxed)
    }

    fn environment(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::In => std::io::stdin().is_terminal(),
            Stream::Out => self.out_is_terminal,
            Stream::Err => std::io::stderr().is_terminal(),
        }
    }

    fn die_of_interrupt(&mut self) {
        // When it fails, the caller exits with 130, which a shell shows for both.
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
    }
}

/// Calls `work` on a thread with a large stack and returns what it returns; the second argument
/// is the lowest address that it may use.
pub fn on_large_stack<R: Send + 'static>(
    size: usize,
    work: impl FnOnce(usize) -> R + Send + 'static,
) -> std::io::Result<R> {
    on_large_stack_beside(size, work, || ())
}

/// Like [`on_large_stack`]; meanwhile `beside` runs on this thread.
pub fn on_large_stack_beside<R: Send + 'static>(
    size: usize,
    work: impl FnOnce(usize) -> R + Send + 'static,
    beside: impl FnOnce(),
) -> std::io::Result<R> {
    let thread = std::thread::Builder::new().name("main".to_owned()).stack_size(size).spawn(move || {
        let here = 0u8;
        let top = &raw const here as usize;
        work(top.saturating_sub(size) + MARGIN)
    })?;
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
