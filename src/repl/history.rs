//! Where inputs are remembered: `CO_HISTORY` names a file (empty: none), else the folder for
//! state that the XDG rules name, else `~/.co_history`. A file that cannot be read or written is
//! no reason to stop: the session then remembers for itself alone.

use std::path::PathBuf;

/// How many inputs are kept.
pub(super) const LENGTH: usize = 2000;

/// The file, with its folder made; none when the person wants none or there is no place.
pub(super) fn file(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(named) = variable("CO_HISTORY") {
        return (!named.is_empty()).then(|| PathBuf::from(named));
    }
    let home = variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let state = match variable("XDG_STATE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => home.as_ref().map(|home| home.join(".local/state")).filter(|folder| folder.is_dir()),
    };
    if let Some(folder) = state.map(|state| state.join("co"))
        && std::fs::create_dir_all(&folder).is_ok()
    {
        return Some(folder.join("history"));
    }
    home.map(|home| home.join(".co_history"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_file() {
        let named = |name: &str| (name == "CO_HISTORY").then(|| "/tmp/inputs".to_owned());
        assert_eq!(file(named), Some(PathBuf::from("/tmp/inputs")));
        let off = |name: &str| (name == "CO_HISTORY").then(String::new);
        assert_eq!(file(off), None);
        let home = |name: &str| (name == "HOME").then(|| "/nowhere".to_owned());
        assert_eq!(file(home), Some(PathBuf::from("/nowhere/.co_history")));
        assert_eq!(file(|_| None), None);
    }
}
