//! Where letters come to stand: a text laid out in the rows of a terminal, counted exactly as the
//! editor counts them, and the part of those rows that a window shows.
//!
//! The editor knows nothing of a window's height. It lets a painted text end wherever it ends,
//! goes up as many rows as it believes to lie between that end and the cursor, and stops at the
//! top of the screen. So two parts of a tall text can be shown with the cursor in its place:
//!
//! ```text
//!   the last rows, when the cursor is in them      the cursor's row and those below it
//!        row 41   ┌──────────┐ ↑                        row 12  ┌█─────────┐ ↑ as far up
//!        row 42   │  █       │ │ as far up                row 13  │          │ │ as the
//!        row 43   └──────────┘ │ as rows lie between    row 14  └──────────┘ │ screen goes
//! ```

use rustyline::GraphemeClusterMode;
use unicode_segmentation::UnicodeSegmentation;

pub(super) const RESET: &str = "\x1b[0m";

/// The size of a terminal, and how it shows letters that belong together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Columns between two tab stops.
    pub(super) tab: usize,
    pub(super) mode: GraphemeClusterMode,
}

impl Screen {
    /// Columns that a text takes behind so many others.
    pub(super) fn width(&self, letter: &str, column: usize) -> usize {
        match letter {
            "\t" => self.tab - column % self.tab,
            _ => usize::from(self.mode.width(letter)),
        }
    }
}

#[derive(Debug, Default)]
struct Row {
    text: String,
    /// The row goes on where the one above was full.
    wrapped: bool,
    /// Nothing in it takes room.
    empty: bool,
}

/// Rows that are being filled.
pub(super) struct Sheet {
    screen: Screen,
    rows: Vec<Row>,
    column: usize,
    /// The style in force.
    style: &'static str,
}

impl Sheet {
    pub(super) fn new(screen: Screen) -> Sheet {
        Sheet { screen, rows: Vec::from([Row { empty: true, ..Row::default() }]), column: 0, style: "" }
    }

    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// The row that is filled.
    pub(super) fn row(&self) -> usize {
        self.rows.len() - 1
    }

    fn write(&mut self, text: &str) {
        if let Some(row) = self.rows.last_mut() {
            row.text.push_str(text);
        }
    }

    /// Changes the style of what comes next.
    fn set_style(&mut self, style: &'static str) {
        if style != self.style {
            self.write(if self.style.is_empty() { "" } else { RESET });
            self.write(style);
            self.style = style;
        }
    }

    fn begin_row(&mut self, wrapped: bool) {
        self.set_style("");
        self.rows.push(Row { text: String::new(), wrapped, empty: true });
        self.column = 0;
    }

    /// Adds what takes no room: an escape sequence.
    pub(super) fn escape(&mut self, sequence: &str) {
        self.write(sequence);
    }

    /// Adds a letter, of which `shown` appears.
    pub(super) fn put(&mut self, letter: &str, shown: &str, style: &'static str) {
        if letter == "\n" {
            return self.begin_row(false);
        }
        let width = self.screen.width(letter, self.column);
        if self.column + width > self.screen.columns {
            self.begin_row(true);
        }
        self.set_style(style);
        self.write(shown);
        self.column += width;
        if let Some(row) = self.rows.last_mut() {
            row.empty &= width == 0;
        }
    }

    /// Adds a text as it is.
    pub(super) fn put_text(&mut self, text: &str, style: &'static str) {
        for letter in text.graphemes(true) {
            self.put(letter, letter, style);
        }
    }

    /// The cursor, or what comes next, stands behind a full row in the next.
    pub(super) fn settle(&mut self) {
        if self.column == self.screen.columns {
            self.begin_row(true);
        }
    }

    /// What is written for the rows, all of them or as many as the screen has. An empty last row
    /// is left to the editor, but for one that it believes to be `begun`.
    ///
    /// When not all of them fit, `notice` takes the place of a row that the cursor is not in.
    pub(super) fn show(mut self, cursor: usize, whole: bool, begun: bool, notice: &str) -> String {
        self.set_style("");
        let (count, height) = (self.rows.len(), self.screen.rows.max(1));
        let left = count > 1 && self.column == 0 && !begun;
        let shown = if whole || count <= height {
            0..count
        } else if count - cursor <= height {
            count - height..count
        } else {
            cursor..cursor + height - usize::from(left)
        };
        let tall = shown.len() < count && shown.len() > 1 && !notice.is_empty();
        let noticed = match shown.end - 1 {
            _ if !tall => None,
            last if last == cursor || (left && last == count - 1) => Some(shown.start),
            last => Some(last),
        };
        let noticed = noticed.filter(|number| *number != cursor);
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate().take(shown.end).skip(shown.start) {
            let last = left && number + 1 == count;
            let beside = noticed.is_some_and(|noticed| number == noticed || number == noticed + 1);
            if number > shown.start && !last && (!row.wrapped || row.empty || beside) {
                text.push('\n');
            }
            match noticed {
                Some(noticed) if number == noticed => {
                    text.extend(notice.chars().scan(0, |width, letter| {
                        *width += self.screen.width(letter.encode_utf8(&mut [0; 4]), *width);
                        (*width < self.screen.columns).then_some(letter)
                    }));
                }
                _ => text.push_str(&row.text),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(columns: usize, rows: usize, text: &str) -> Sheet {
        let mode = GraphemeClusterMode::WcWidth;
        let mut sheet = Sheet::new(Screen { columns, rows, tab: 4, mode });
        sheet.put_text(text, "");
        sheet
    }

    #[test]
    fn rows_break_where_the_editor_breaks_them() {
        let filled = |text: &str| {
            let sheet = sheet(4, 9, text);
            (sheet.row(), sheet.column())
        };
        assert_eq!(filled("abc"), (0, 3));
        assert_eq!(filled("abcd"), (0, 4));
        assert_eq!(filled("abcde"), (1, 1));
        assert_eq!(filled("abcd\ne"), (1, 1));
        assert_eq!(filled("abc한"), (1, 2));
        let mut full = sheet(4, 9, "abcd");
        full.settle();
        assert_eq!((full.row(), full.column()), (1, 0));
    }

    #[test]
    fn a_window_holds_the_cursor() {
        let show = |cursor| sheet(4, 3, "a\nb\nc\nd\ne\nf").show(cursor, false, false, "");
        assert_eq!(show(5), "d\ne\nf");
        assert_eq!(show(3), "d\ne\nf");
        assert_eq!(show(2), "c\nd\ne");
        assert_eq!(show(0), "a\nb\nc");
        assert_eq!(sheet(4, 3, "a\nb\nc\nd").show(0, true, false, ""), "a\nb\nc\nd");
        assert_eq!(sheet(4, 3, "abcdefgh").show(0, false, false, ""), "abcdefgh");
    }

    #[test]
    fn a_notice_is_seen_beside_the_cursor() {
        let show = |cursor| sheet(4, 3, "a\nb\nc\nd\ne\nf").show(cursor, false, false, "find: x");
        assert_eq!(show(5), "fin\ne\nf");
        assert_eq!(show(3), "d\ne\nfin");
        assert_eq!(show(0), "a\nb\nfin");
        assert_eq!(sheet(4, 3, "a\nb").show(0, false, false, "find"), "a\nb");
    }

    #[test]
    fn a_style_ends_with_its_row() {
        let mut sheet =
            Sheet::new(Screen { columns: 2, rows: 9, tab: 4, mode: GraphemeClusterMode::WcWidth });
        for letter in ["a", "b", "c"] {
            sheet.put(letter, letter, "\x1b[1m");
        }
        assert_eq!(sheet.show(0, false, false, ""), "\x1b[1mab\x1b[0m\x1b[1mc\x1b[0m");
    }
}
