//! A source text with the name it is known by.

use super::LineIndex;
use std::sync::Arc;

/// One source text: the name that messages show (`main.co`, `<string>`), the text, its lines.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub name: Arc<str>,
    pub text: Arc<str>,
    pub lines: Arc<LineIndex>,
}

impl SourceFile {
    pub fn new(name: &str, text: &str) -> SourceFile {
        SourceFile { name: name.into(), text: text.into(), lines: Arc::new(LineIndex::new(text)) }
    }
}
