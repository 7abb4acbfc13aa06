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

/// Source text from bytes: UTF-8, perhaps with a byte order mark, or what the first lines declare.
pub fn decode(bytes: Vec<u8>, name: &str) -> Result<SourceFile, LoadError> {
    let declared = declared_encoding(&bytes);
    let marked = bytes.starts_with("\u{feff}".as_bytes());
    if let Some(declared) = &declared {
        let problem = || Err(LoadError::NotUtf8(format!("encoding problem: {declared}")));
        match declared.to_ascii_lowercase().replace('_', "-").as_str() {
            "utf-8" | "utf-8-sig" if std::str::from_utf8(&bytes).is_ok() => {}
            "utf8" | "u8" | "cp65001" if !marked && std::str::from_utf8(&bytes).is_ok() => {}
            "ascii" | "us-ascii" | "646" if bytes.is_ascii() => {}
            // The mark says UTF-8 already.
            "latin-1" | "iso-8859-1" | "iso-latin-1" if marked => {
                return Err(LoadError::NotUtf8("encoding problem: iso-8859-1 with BOM".to_owned()));
            }
            _ if marked => {
                return Err(LoadError::NotUtf8(format!("encoding problem: {declared} with BOM")));
            }
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" | "latin" | "8859" => {
                let text: String = bytes.into_iter().map(char::from).collect();
                return Ok(SourceFile::new(name, &text));
            }
            _ => return problem(),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => {
            let bytes = error.as_bytes();
            let at = error.utf8_error().valid_up_to();
            if bytes[..at].contains(&0) {
                // The null byte comes first, and nothing behind it is read.
                return Ok(SourceFile::new(name, &String::from_utf8_lossy(bytes)));
            }
            let line = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count();
            Err(LoadError::NotUtf8(format!(
                "Non-UTF-8 code starting with '\\x{:02x}' in file {name} on line {line}, but no encoding \
                 declared; see https://peps.python.org/pep-0263/ for details",
                bytes[at]
            )))
        }
    }
}

/// What a comment such as `# -*- coding: latin-1 -*-` in one of the first two lines declares.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    for line in bytes.split(|&b| b == b'\n' || b == b'\r').take(2) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_start_matches([' ', '\t', '\u{c}']);
        let Some(comment) = text.strip_prefix('#') else {
            if text.is_empty() {
                continue;
            }
            return None;
        };
        for (at, _) in comment.match_indices("coding") {
            let Some(rest) = comment[at + "coding".len()..].strip_prefix([':', '=']) else { continue };
            let rest = rest.trim_start_matches([' ', '\t']);
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(rest.len());
            if end > 0 {
                return Some(rest[..end].to_owned());
            }
        }
    }
    None
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
