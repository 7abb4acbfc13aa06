//! A clock that jumps: sleeping takes no time and ends exactly when it should, so a program
//! prints the same text on every run. It stands still while a program runs, but not for one that
//! only looks at it again and again until it is late enough: that would wait for ever. Entropy
//! comes from a seed, the zone is UTC, CPU time stands still; only the standard streams and files
//! are real.

use super::{Host, Layer, RealHost};

/// 2023-11-14, midnight UTC: the day of the default start.
const DAY: i64 = 1_699_920_000;
const DEFAULT_START: i64 = 1_700_000_000;
const MONOTONIC_START: i64 = 1000;
const NANOS: i64 = 1_000_000_000;
/// So often a program may look at the clock and find it standing.
const PATIENCE: u32 = 200_000;
/// What the clock moves at each further look; twice as much each time that patience has run out.
const MOVE: i64 = 1_000;

/// The virtual clock in front of the real streams.
pub struct VirtualHost {
    real: RealHost,
    /// Nanoseconds since the start.
    passed: i64,
    /// How often somebody has looked since the last sleep.
    looks: u32,
    wall_start: i64,
    seed: u64,
    /// Where the entropy has come to.
    state: u64,
}

impl VirtualHost {
    /// Starts at 1,700,000,000 s UTC, or on that day at a number of seconds after midnight.
    pub fn new(second_of_day: Option<u32>, seed: u64) -> VirtualHost {
        let start = second_of_day.map_or(DEFAULT_START, |second| DAY + i64::from(second));
        VirtualHost {
            real: RealHost::new(),
            passed: 0,
            looks: 0,
            wall_start: start * NANOS,
            seed,
            state: seed,
        }
    }

    /// Somebody looks at the clock.
    fn look(&mut self) -> i64 {
        self.looks = self.looks.saturating_add(1);
        let impatient = self.looks / PATIENCE;
        if impatient > 0 {
            self.passed = self.passed.saturating_add(MOVE << (impatient - 1).min(40));
        }
        self.passed
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

impl Layer for VirtualHost {
    fn behind(&self) -> &dyn Host {
        &self.real
    }

    fn behind_mut(&mut self) -> &mut dyn Host {
        &mut self.real
    }

    fn wall_time(&mut self) -> i64 {
        self.wall_start.saturating_add(self.look())
    }

    fn monotonic(&mut self) -> i64 {
        (MONOTONIC_START * NANOS).saturating_add(self.look())
    }

    fn sleep(&mut self, nanos: i64) -> bool {
        if nanos > 0 {
            self.passed = self.passed.saturating_add(nanos);
            self.looks = 0;
        }
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

    /// The same in every run.
    fn process_id(&self) -> u32 {
        1
    }

    fn list_folder(&self, path: &str) -> Result<Vec<String>, i32> {
        let mut names = self.real.list_folder(path)?;
        names.sort();
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::{Host, NANOS, VirtualHost};

    #[test]
    fn sleeping_moves_both_clocks_at_once() {
        let mut host = VirtualHost::new(Some(18 * 3600 + 14 * 60 + 21), 0);
        assert_eq!(host.monotonic(), 1000 * NANOS);
        assert!(host.sleep(3600 * NANOS));
        assert_eq!(host.monotonic(), 4600 * NANOS);
        assert_eq!(host.wall_time() / NANOS % 86_400, 19 * 3600 + 14 * 60 + 21);
    }

    #[test]
    fn who_looks_and_looks_sees_time_pass() {
        let mut host = VirtualHost::new(None, 0);
        let start = host.monotonic();
        assert!((0..100_000).all(|_| host.monotonic() == start));
        assert!((0..2_000_000).any(|_| host.monotonic() >= start + 2 * NANOS));
        assert!(host.sleep(NANOS));
        let after = host.monotonic();
        assert!((0..100_000).all(|_| host.monotonic() == after));
    }
}
