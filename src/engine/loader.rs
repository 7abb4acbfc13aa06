//! Where source text comes from: files, and the modules beside the script.

use crate::source::SourceFile;
use std::path::{Path, PathBuf};

/// Why a file could not be read.
#[derive(Debug)]
pub enum LoadError {
    Io(std::io::Error),
    /// CPython's message about bytes that are not UTF-8.
    NotUtf8(String),
}

/// Reads a source file; messages call it `name`.
pub fn load(path: &Path, name: &str) -> Result<SourceFile, LoadError> {
    let bytes = std::fs::read(path).map_err(LoadError::Io)?;
    decode(bytes, name)
}

/// Source text from bytes: UTF-8, perhaps with a byte order mark.
pub fn decode(bytes: Vec<u8>, name: &str) -> Result<SourceFile, LoadError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => {
            let bytes = error.as_bytes();
            let at = error.utf8_error().valid_up_to();
            let line = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count();
            Err(LoadError::NotUtf8(format!(
                "Non-UTF-8 code starting with '\\x{:02x}' in file {name} on line {line}, but no encoding \
                 declared; see https://peps.python.org/pep-0263/ for details",
                bytes[at]
            )))
        }
    }
}

/// A module found in a folder.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    /// The folder of a package.
    pub package: Option<PathBuf>,
}

/// Looks for module `name` (the last component of a dotted name) in `folder`: a package, then
/// a file, each with the first of `endings` that is there.
pub fn find(folder: &Path, name: &str, endings: &[&str]) -> Option<Found> {
    let package = folder.join(name);
    for ending in endings {
        let path = package.join("__init__").with_extension(ending);
        if path.is_file() {
            return Some(Found { path, package: Some(package) });
        }
    }
    endings.iter().find_map(|ending| {
        let path = folder.join(format!("{name}.{ending}"));
        path.is_file().then_some(Found { path, package: None })
    })
}

/// The modules and packages that lie in `folder`.
pub(super) fn modules_beside(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries
        .filter_map(|entry| stem(&entry.ok()?.path()))
        .filter(|name| name.chars().all(|letter| letter == '_' || letter.is_alphanumeric()))
        .filter(|name| find(folder, name, &["co", "py"]).is_some())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_text_are_named() {
        let error = decode(b"a = 1\nb = '\xff'\n".to_vec(), "x.co");
        let Err(LoadError::NotUtf8(message)) = error else { panic!("decoded") };
        assert!(message.starts_with("Non-UTF-8 code starting with '\\xff' in file x.co on line 2,"));
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let file = decode("\u{feff}x = 1".into(), "x.co").expect("valid text");
        assert_eq!(&*file.text, "x = 1");
    }
}
