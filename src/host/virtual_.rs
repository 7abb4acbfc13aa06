//! A clock that jumps: sleeping takes no time and ends exactly when it should, so a program
//! prints the same text on every run. Entropy comes from a seed, the zone is UTC, CPU time
//! stands still; only the standard streams and files are real.

use super::{FileMode, FileStat, Host, RealHost, Stream};

/// 2023-11-14, midnight UTC: the day of the default start.
const DAY: i64 = 1_699_920_000;
const DEFAULT_START: i64 = 1_700_000_000;
const MONOTONIC_START: i64 = 1000;
const NANOS: i64 = 1_000_000_000;

/// The virtual clock in front of the real streams.
pub struct VirtualHost {
    real: RealHost,
    /// Nanoseconds since the start.
    passed: i64,
    wall_start: i64,
    seed: u64,
    /// Where the entropy has come to.
    state: u64,
}

impl VirtualHost {
    /// Starts at 1,700,000,000 s UTC, or on that day at a number of seconds after midnight.
    pub fn new(second_of_day: Option<u32>, seed: u64) -> VirtualHost {
        let start = second_of_day.map_or(DEFAULT_START, |second| DAY + i64::from(second));
        VirtualHost { real: RealHost::new(), passed: 0, wall_start: start * NANOS, seed, state: seed }
    }
}

/// Fills `bytes` from a small generator (splitmix64).
pub(super) fn fill(state: &mut u64, bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
    }
}

impl Host for VirtualHost {
    fn write_out(&mut self, bytes: &[u8]) -> Result<(), i32> {
        self.real.write_out(bytes)
    }

    fn write_err(&mut self, bytes: &[u8]) -> Result<(), i32> {
        self.real.write_err(bytes)
    }

    fn flush_out(&mut self) -> Result<(), i32> {
        self.real.flush_out()
    }

    fn read_line(&mut self) -> Result<Vec<u8>, i32> {
        self.real.read_line()
    }

    fn wall_time(&mut self) -> i64 {
        self.wall_start.saturating_add(self.passed)
    }

    fn monotonic(&mut self) -> i64 {
        (MONOTONIC_START * NANOS).saturating_add(self.passed)
    }

    fn sleep(&mut self, nanos: i64) -> bool {
        self.passed = self.passed.saturating_add(nanos.max(0));
        true
    }

    fn process_time(&mut self) -> i64 {
        0
    }

    fn utc_offset(&mut self, _: i64) -> i64 {
        0
    }

    fn entropy(&mut self, bytes: &mut [u8]) {
        fill(&mut self.state, bytes);
    }

    fn fixed_seed(&self) -> Option<u64> {
        Some(self.seed)
    }

    fn take_interrupt(&mut self) -> bool {
        self.real.take_interrupt()
    }

    fn environment(&self, name: &str) -> Option<String> {
        self.real.environment(name)
    }

    fn variables(&self) -> Vec<(String, String)> {
        self.real.variables()
    }

    fn current_folder(&self) -> Result<String, i32> {
        self.real.current_folder()
    }

    /// The same in every run.
    fn process_id(&self) -> u32 {
        1
    }

    fn processors(&self) -> usize {
        self.real.processors()
    }

    fn list_folder(&self, path: &str) -> Result<Vec<String>, i32> {
        let mut names = self.real.list_folder(path)?;
        names.sort();
        Ok(names)
    }

    fn file_stat(&self, path: &str, follow: bool) -> Result<FileStat, i32> {
        self.real.file_stat(path, follow)
    }

    fn make_folder(&mut self, path: &str) -> Result<(), i32> {
        self.real.make_folder(path)
    }

    fn remove_folder(&mut self, path: &str) -> Result<(), i32> {
        self.real.remove_folder(path)
    }

    fn remove_file(&mut self, path: &str) -> Result<(), i32> {
        self.real.remove_file(path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), i32> {
        self.real.rename(from, to)
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        self.real.is_terminal(stream)
    }

    fn memory_in_use(&mut self) -> usize {
        self.real.memory_in_use()
    }

    fn exit(&mut self, status: u8) {
        self.real.exit(status);
    }

    fn open_file(&mut self, path: &str, mode: FileMode) -> Result<i32, i32> {
        self.real.open_file(path, mode)
    }

    fn read_file(&mut self, file: i32, limit: Option<usize>) -> Result<Vec<u8>, i32> {
        self.real.read_file(file, limit)
    }

    fn write_file(&mut self, file: i32, data: &[u8]) -> Result<(), i32> {
        self.real.write_file(file, data)
    }

    fn flush_file(&mut self, file: i32) -> Result<(), i32> {
        self.real.flush_file(file)
    }

    fn seek_file(&mut self, file: i32, offset: i64, whence: i64) -> Result<u64, i32> {
        self.real.seek_file(file, offset, whence)
    }

    fn truncate_file(&mut self, file: i32, size: u64) -> Result<(), i32> {
        self.real.truncate_file(file, size)
    }

    fn is_terminal_file(&mut self, file: i32) -> Result<bool, i32> {
        self.real.is_terminal_file(file)
    }

    fn close_file(&mut self, file: i32) -> Result<(), i32> {
        self.real.close_file(file)
    }

    fn die_of_interrupt(&mut self) {
        self.real.die_of_interrupt();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeping_moves_both_clocks_at_once() {
        let mut host = VirtualHost::new(Some(18 * 3600 + 14 * 60 + 21), 0);
        assert_eq!(host.monotonic(), 1000 * NANOS);
        assert!(host.sleep(3600 * NANOS));
        assert_eq!(host.monotonic(), 4600 * NANOS);
        assert_eq!(host.wall_time() / NANOS % 86_400, 19 * 3600 + 14 * 60 + 21);
    }
}
