//! Offsets to lines. Lines end at `\n`, `\r\n` or a lone `\r`, as CPython's tokenizer has it.

/// A position as people count it: both numbers start at 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// The start offset of every line of one text.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, &b) in bytes.iter().enumerate() {
            if b == b'\n' || (b == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                starts.push(i as u32 + 1);
            }
        }
        LineIndex { starts }
    }

    /// The 1-based line that holds `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// Line and column (in characters of `text`, the indexed text) of `offset`.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1] as usize;
        let end = (offset as usize).min(text.len());
        let column = text.get(start..end).map_or(end - start, |s| s.chars().count()) as u32 + 1;
        LineColumn { line, column }
    }

    /// The offset at which 1-based `line` starts.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get(line as usize - 1).copied()
    }

    /// The text of 1-based `line`, without its line ending; empty when there is no such line.
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let Some(start) = self.line_start(line) else { return "" };
        let end = self.line_start(line + 1).unwrap_or(text.len() as u32);
        text.get(start as usize..end as usize).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}
