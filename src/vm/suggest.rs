//! "Did you mean …?": the closest of some names, by an edit distance that counts a change of
//! case as half a change, with CPython's bounds.

use super::{Raised, Vm};

/// Longer names, or longer lists of candidates, get no suggestion.
const LONGEST: usize = 40;
const MOST_CANDIDATES: usize = 750;
const MOVE: usize = 2;
const CASE: usize = 1;

/// The candidate that is close enough to `name`, if any.
pub fn closest<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
    if candidates.len() > MOST_CANDIDATES || name.len() > LONGEST {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates {
        if *candidate == name {
            continue;
        }
        let mut bound = (name.chars().count() + candidate.chars().count() + 3) * MOVE / 6;
        if let Some((_, distance)) = best {
            bound = bound.min(distance.saturating_sub(1));
        }
        let distance = edit_distance(name, candidate);
        if distance <= bound && best.is_none_or(|(_, least)| distance < least) {
            best = Some((candidate, distance));
        }
    }
    best.map(|(candidate, _)| candidate)
}

impl Vm {
    /// The error of a keyword argument that none of the parameters takes.
    #[cold]
    pub fn unexpected_keyword(&mut self, function: &str, name: &str, parameters: &[&str]) -> Raised {
        let hint = hint(name, parameters);
        self.type_error(format!("{function}() got an unexpected keyword argument '{name}'{hint}"))
    }
}

/// What follows the complaint about a keyword argument that a function does not take.
pub(super) fn hint(name: &str, parameters: &[&str]) -> String {
    match closest(name, parameters) {
        Some(best) => format!(". Did you mean '{best}'?"),
        None => String::new(),
    }
}

fn substitution(a: char, b: char) -> usize {
    if a == b {
        0
    } else if a.to_lowercase().eq(b.to_lowercase()) {
        CASE
    } else {
        MOVE
    }
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * MOVE).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * MOVE;
        for (j, &y) in b.iter().enumerate() {
            let replaced = diagonal + substitution(x, y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + MOVE).min(diagonal + MOVE);
        }
    }
    row[b.len()]
}
