//! One run of one program: started, fed, read to its end, and ended when it takes too long or
//! writes too much. One `poll` serves all three pipes, so a full pipe never stops either side.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{ErrorKind, Read, Result, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A stream with more than this is no golden.
pub(super) const MOST_OUTPUT: usize = 64 << 20;

/// How often a run that waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// Set when nobody waits for the answers any more.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Ends all runs, those to come included.
pub fn stop_all() {
    STOPPED.store(true, Ordering::Relaxed);
}

/// What came of a run.
pub(super) struct Ended {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) end: End,
}

pub(super) enum End {
    Exit(i32),
    Signal(i32),
    TimedOut,
    Flooded,
}

/// Runs `command` with `input` for at most `limit`.
pub(super) fn run(mut command: Command, input: &[u8], limit: Duration) -> Result<Ended> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let deadline = Instant::now() + limit;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let end = match talk(&mut child, input, deadline, &mut stdout, &mut stderr) {
        Ok(None) => match wait(&mut child, deadline)? {
            Some(status) => end_of(status),
            None => End::TimedOut,
        },
        Ok(Some(end)) => end,
        Err(error) => {
            stop(&mut child);
            return Err(error);
        }
    };
    if matches!(end, End::TimedOut | End::Flooded) {
        stop(&mut child);
    }
    Ok(Ended { stdout, stderr, end })
}

/// It may have ended by itself in this moment; there is nothing to do about either failure.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Exit(-1),
    }
}

/// Moves bytes until the program has closed its output; an `End` when it has to be stopped.
fn talk(
    child: &mut Child,
    input: &[u8],
    deadline: Instant,
    stdout: &mut Vec<u8>,
    stderr: &mut Vec<u8>,
) -> Result<Option<End>> {
    let mut stdin = child.stdin.take().filter(|_| !input.is_empty());
    if let Some(pipe) = &stdin {
        rustix::io::ioctl_fionbio(pipe, true)?;
    }
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let mut fed = 0;
    while out.is_some() || err.is_some() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || STOPPED.load(Ordering::Relaxed) {
            return Ok(Some(End::TimedOut));
        }
        let [may_write, may_read_out, may_read_err] = ready(
            [stdin.as_ref().map(AsFd::as_fd), out.as_ref().map(AsFd::as_fd), err.as_ref().map(AsFd::as_fd)],
            left.min(LOOK),
        )?;
        if may_write && let Some(pipe) = &mut stdin {
            match pipe.write(&input[fed..]) {
                Ok(count) => fed += count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                // A program that ends without reading closes the pipe: that is its right.
                Err(_) => fed = input.len(),
            }
            if fed == input.len() {
                stdin = None;
            }
        }
        if may_read_out && !read_some(&mut out, stdout)? || may_read_err && !read_some(&mut err, stderr)? {
            return Ok(Some(End::Flooded));
        }
    }
    Ok(None)
}

/// Waits until something can be done with one of the pipes: writing to the first, reading from
/// the others.
fn ready(pipes: [Option<BorrowedFd<'_>>; 3], left: Duration) -> Result<[bool; 3]> {
    let mut places = Vec::with_capacity(3);
    let mut polled = Vec::with_capacity(3);
    for (place, pipe) in pipes.into_iter().enumerate() {
        if let Some(pipe) = pipe {
            places.push(place);
            let flags = if place == 0 { PollFlags::OUT } else { PollFlags::IN };
            polled.push(PollFd::from_borrowed_fd(pipe, flags));
        }
    }
    let timeout = Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(left.subsec_nanos()),
    };
    match poll(&mut polled, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut answer = [false; 3];
    for (place, pipe) in places.into_iter().zip(&polled) {
        answer[place] = !pipe.revents().is_empty();
    }
    Ok(answer)
}

/// Reads once; the pipe goes at its end. False when there is too much.
fn read_some(pipe: &mut Option<impl Read>, bytes: &mut Vec<u8>) -> Result<bool> {
    let Some(open) = pipe else { return Ok(true) };
    let mut block = [0; 32 * 1024];
    match open.read(&mut block) {
        Ok(0) => *pipe = None,
        Ok(count) => bytes.extend_from_slice(&block[..count]),
        Err(error) if error.kind() == ErrorKind::Interrupted => {}
        Err(error) => return Err(error),
    }
    Ok(bytes.len() <= MOST_OUTPUT)
}

/// Waits for a program that has closed its output; nothing when it goes on for too long.
fn wait(child: &mut Child, deadline: Instant) -> Result<Option<ExitStatus>> {
    let mut nap = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > deadline || STOPPED.load(Ordering::Relaxed) {
            return Ok(None);
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(5));
    }
}
