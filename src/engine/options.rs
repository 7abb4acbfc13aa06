//! Everything that changes how a program runs: command line options, and the debug switches of
//! the environment, one sentence each.

use crate::source::SourceFile;

/// Which clock a program sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    Real,
    /// Jumps when the program sleeps; starts at a second of the day, or at its default.
    Virtual(Option<u32>),
}

impl std::str::FromStr for Clock {
    type Err = String;

    /// `real`, `virtual` or `virtual@HH:MM:SS`.
    fn from_str(text: &str) -> Result<Clock, String> {
        match text {
            "real" => return Ok(Clock::Real),
            "virtual" => return Ok(Clock::Virtual(None)),
            _ => {}
        }
        let second = text.strip_prefix("virtual@").and_then(|time| {
            let parts: Vec<u32> = time.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
            match parts[..] {
                [h, m, s] if h < 24 && m < 60 && s < 60 => Some(h * 3600 + m * 60 + s),
                _ => None,
            }
        });
        match second {
            Some(second) => Ok(Clock::Virtual(Some(second))),
            None => Err("expected real, virtual or virtual@HH:MM:SS".to_owned()),
        }
    }
}

/// Whether messages are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// What `CO_DUMP` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dump {
    pub tokens: bool,
    pub ast: bool,
    pub code: bool,
}

/// How to run a program.
#[derive(Clone, Debug)]
pub struct Options {
    pub clock: Clock,
    /// Seed of string hashes; 0 when not given.
    pub hash_seed: Option<u32>,
    /// Seed of all other randomness: 0 under the virtual clock, else real entropy, when not given.
    pub seed: Option<u64>,
    pub max_steps: Option<u64>,
    /// Bytes that objects may take.
    pub max_memory: Option<usize>,
    /// The recursion limit that a program starts with.
    pub max_depth: Option<u32>,
    pub color: Color,
    /// Native stack to reserve for the program, in bytes.
    pub stack: usize,
    /// `CO_STRESS=gc`: collect cycles at every allocation.
    pub stress_gc: bool,
    /// `CO_STRESS=heap`: every object is a system allocation of its own, for tools that watch those.
    pub stress_heap: bool,
    /// `CO_CHECK=refs`: report the objects that are left at exit.
    pub check_refs: bool,
    /// `CO_DUMP=tokens,ast,code`: show what the front end made, on standard error.
    pub dump: Dump,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            clock: Clock::Real,
            hash_seed: None,
            seed: None,
            max_steps: None,
            max_memory: None,
            max_depth: None,
            color: Color::Auto,
            stack: 96 << 20,
            stress_gc: false,
            stress_heap: false,
            check_refs: false,
            dump: Dump::default(),
        }
    }
}

impl Options {
    /// Adds the switches of the environment.
    pub fn with_environment(mut self, variable: impl Fn(&str) -> Option<String>) -> Options {
        let has = |name: &str, word: &str| {
            variable(name).is_some_and(|list| list.split(',').any(|w| w.trim() == word))
        };
        self.stress_gc |= has("CO_STRESS", "gc");
        self.stress_heap |= has("CO_STRESS", "heap");
        self.check_refs |= has("CO_CHECK", "refs");
        self.dump.tokens |= has("CO_DUMP", "tokens");
        self.dump.ast |= has("CO_DUMP", "ast");
        self.dump.code |= has("CO_DUMP", "code");
        if self.hash_seed.is_none() {
            self.hash_seed = variable("PYTHONHASHSEED").and_then(|seed| seed.parse().ok());
        }
        if self.color == Color::Auto && variable("NO_COLOR").is_some_and(|v| !v.is_empty()) {
            self.color = Color::Never;
        }
        self
    }

    /// The seed to use: 0 unless another one was asked for, so that every run orders its sets
    /// alike.
    pub fn fixed_seed(&self) -> Option<u32> {
        Some(self.hash_seed.unwrap_or(0))
    }
}

/// The hash key that CPython makes from a seed (`PYTHONHASHSEED`): zero means no key at all.
pub fn hash_key(seed: u32) -> (u64, u64) {
    if seed == 0 {
        return (0, 0);
    }
    let mut state = seed;
    let mut next = || {
        (0..8).fold(0, |word: u64, i| {
            state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
            word | u64::from((state >> 16) & 0xFF) << (8 * i)
        })
    };
    (next(), next())
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Program {
    pub source: SourceFile,
    /// `__file__`; none for `-c` and standard input.
    pub file: Option<String>,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// The first folder of `sys.path`; empty for the one in which the process runs.
    pub folder: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_parse() {
        assert_eq!("real".parse(), Ok(Clock::Real));
        assert_eq!("virtual".parse(), Ok(Clock::Virtual(None)));
        assert_eq!("virtual@01:02:03".parse(), Ok(Clock::Virtual(Some(3723))));
        assert!("virtual@25:00:00".parse::<Clock>().is_err());
        assert!("sundial".parse::<Clock>().is_err());
    }

    #[test]
    fn seed_zero_is_no_key() {
        assert_eq!(hash_key(0), (0, 0));
        assert_ne!(hash_key(1), hash_key(2));
    }
}
