//! What is known where a block begins, on the way to a fixed point: for analyses that go forward
//! from the first instruction and join what comes from several sides.

use rustc_hash::FxHashMap;

/// The states at the beginnings of blocks, by the index of their first instruction.
pub(super) struct Blocks<S> {
    states: FxHashMap<u32, Vec<S>>,
    /// The blocks whose state has changed since they were last walked.
    work: Vec<u32>,
}

impl<S: Copy + PartialEq> Blocks<S> {
    /// The first block begins with `entry`; of the others nothing is known.
    pub fn new(entry: Vec<S>) -> Blocks<S> {
        Blocks { states: FxHashMap::from_iter([(0, entry)]), work: vec![0] }
    }

    /// A block that has to be walked again, and its state.
    pub fn next(&mut self) -> Option<(usize, Vec<S>)> {
        let start = self.work.pop()?;
        Some((start as usize, self.states[&start].clone()))
    }

    /// Control comes to `at` with `state`: `join` says what is known of each part then.
    pub fn reach(&mut self, at: u32, state: &[S], join: impl Fn(S, S) -> S) {
        let Some(known) = self.states.get_mut(&at) else {
            self.states.insert(at, state.to_vec());
            self.work.push(at);
            return;
        };
        let mut changed = false;
        for (old, new) in known.iter_mut().zip(state) {
            let joined = join(*old, *new);
            changed |= joined != *old;
            *old = joined;
        }
        if changed {
            self.work.push(at);
        }
    }

    /// All blocks that control comes to, once there is nothing left to walk.
    pub fn finished(self) -> impl Iterator<Item = (usize, Vec<S>)> {
        self.states.into_iter().map(|(start, state)| (start as usize, state))
    }
}
