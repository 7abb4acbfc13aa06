//! Colours for what is typed, from the lexer's own tokens; brackets that belong together; and
//! the prompts of all lines. Where the letters come to stand is reckoned in `sheet`.

use super::buffer::MARK;
use super::sheet::{RESET, Screen, Sheet};
use crate::syntax::lexer;
use crate::syntax::token::Token;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const PROMPT: &str = "\x1b[1;35m";
const KEYWORD: &str = "\x1b[1;34m";
const TEXT: &str = "\x1b[32m";
const NUMBER: &str = "\x1b[36m";
const DEFINED: &str = "\x1b[1m";
const COMMENT: &str = "\x1b[90m";
const COMMAND: &str = "\x1b[33m";
const MATCHED: &str = "\x1b[1;4m";

/// A prompt: letters, and escape sequences for colours, which take no room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    parts: Vec<(bool, String)>,
}

impl Label {
    /// Takes a text of the program, which may have brought its own colours.
    pub(super) fn new(text: &str) -> Label {
        let mut parts: Vec<(bool, String)> = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '\x1b' && letters.next_if_eq(&'[').is_some() {
                let mut sequence = String::from("\x1b[");
                while let Some(letter) = letters.next_if(|letter| letter.is_ascii_digit() || *letter == ';') {
                    sequence.push(letter);
                }
                // Only colours: everything else would move the cursor.
                if letters.next() == Some('m') {
                    parts.push((true, sequence + "m"));
                }
                continue;
            }
            let letter = if letter == MARK { ' ' } else { letter };
            if letter.is_control() && letter != '\n' {
                continue;
            }
            match parts.last_mut() {
                Some((false, text)) => text.push(letter),
                _ => parts.push((false, letter.to_string())),
            }
        }
        Label { parts }
    }

    /// The prompt of a further line: one row of at least one column, and of at most `room`.
    pub(super) fn of_line(text: &str, room: usize) -> Label {
        let label = Label::new(text.rsplit('\n').next().unwrap_or_default());
        let plain = label.plain();
        if plain.is_empty() {
            return Label::new(" ");
        }
        if plain.width() <= room {
            return label;
        }
        let fits = |width: &mut usize, letter: &str| {
            *width += letter.width();
            *width <= room
        };
        let cut = plain.graphemes(true).scan(0, |width, letter| fits(width, letter).then_some(letter));
        Label::new(&cut.collect::<String>())
    }

    /// The letters alone.
    pub(super) fn plain(&self) -> String {
        self.parts.iter().filter(|(escape, _)| !escape).map(|(_, text)| text.as_str()).collect()
    }

    fn put(&self, sheet: &mut Sheet, color: bool) {
        let own = self.parts.iter().any(|(escape, _)| *escape);
        for (escape, text) in &self.parts {
            match escape {
                true => sheet.escape(text),
                false => sheet.put_text(text, if color && !own { PROMPT } else { "" }),
            }
        }
        if own {
            sheet.escape(RESET);
        }
    }
}

/// How a buffer is shown.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) first: Label,
    pub(super) further: Label,
    pub(super) color: bool,
    /// What a person must see even when the first row is out of sight: that a search goes on.
    pub(super) notice: String,
    /// All of it, in the state in which it stays on the screen: no brackets are marked.
    pub(super) whole: bool,
}

/// A buffer ready for the screen; `below` is shown under it.
pub(super) fn paint(buffer: &str, cursor: usize, below: &str, look: &Look, screen: Screen) -> String {
    let brackets = (!look.whole).then_some(cursor);
    let mut styles = if look.color { styles(buffer, brackets) } else { Vec::new() }.into_iter().peekable();
    let mut sheet = Sheet::new(screen);
    look.first.put(&mut sheet, look.color);
    sheet.settle();
    let mut begun = true;
    let mut row = 0;
    let cursor = cursor.min(buffer.len());
    let (before, after) = buffer.split_at(cursor);
    for (begin, part, holds_cursor) in [(0, before, true), (cursor, after, false)] {
        for (at, letter) in part.grapheme_indices(true) {
            let at = begin + at;
            while styles.next_if(|(_, end, _)| at >= *end).is_some() {}
            let style = styles.peek().filter(|(start, ..)| at >= *start).map_or("", |(.., style)| style);
            match letter {
                "\t" if !begun && sheet.column() == 0 => look.further.put(&mut sheet, look.color),
                "\t" => {
                    let blanks = " ".repeat(screen.width(letter, sheet.column()));
                    sheet.put(letter, &blanks, "");
                }
                _ => sheet.put(letter, letter, style),
            }
            begun = letter != "\n";
        }
        sheet.settle();
        row = if holds_cursor { sheet.row() } else { row };
    }
    sheet.put_text(below, "");
    sheet.settle();
    let last = if below.is_empty() { buffer } else { below };
    sheet.show(row, look.whole, last.ends_with('\n'), &look.notice)
}

type Style = (usize, usize, &'static str);

/// What is coloured, in order.
fn styles(buffer: &str, cursor: Option<usize>) -> Vec<Style> {
    if buffer.starts_with(':') {
        let end = buffer.find(char::is_whitespace).unwrap_or(buffer.len());
        return vec![(0, end, COMMAND)];
    }
    let tokens = lexer::lex(buffer).tokens;
    let matched = cursor.and_then(|cursor| matched(&tokens, cursor));
    let mut styles: Vec<Style> = Vec::new();
    let mut last = 0;
    let mut defines = false;
    for lexeme in &tokens {
        let (start, end) = (lexeme.span.start as usize, lexeme.span.end as usize);
        comment(buffer, last, start, &mut styles);
        let style = match lexeme.token {
            Token::String | Token::Bytes | Token::FStringStart | Token::FStringMiddle | Token::FStringEnd => {
                TEXT
            }
            Token::Number => NUMBER,
            Token::Name(_) if defines => DEFINED,
            Token::Comment => COMMENT,
            token if token.is_keyword() => KEYWORD,
            _ if matched.is_some_and(|(a, b)| start == a || start == b) => MATCHED,
            _ => "",
        };
        defines = matches!(lexeme.token, Token::Def | Token::Class);
        if !style.is_empty() && start < end && start >= last {
            styles.push((start, end, style));
        }
        last = last.max(end);
    }
    comment(buffer, last, buffer.len(), &mut styles);
    styles
}

/// A comment between two tokens, which the lexer drops.
fn comment(buffer: &str, from: usize, to: usize, styles: &mut Vec<Style>) {
    let Some(gap) = buffer.get(from..to) else { return };
    if let Some(at) = gap.find('#') {
        let end = gap[at..].find('\n').map_or(gap.len(), |length| at + length);
        styles.push((from + at, from + end, COMMENT));
    }
}

/// The bracket under the cursor, or just in front of it, and its partner.
fn matched(tokens: &[crate::syntax::token::Lexeme], cursor: usize) -> Option<(usize, usize)> {
    let mut open: Vec<(usize, Token)> = Vec::new();
    let mut pairs = Vec::new();
    for lexeme in tokens {
        let at = lexeme.span.start as usize;
        let partner = match lexeme.token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace => {
                open.push((at, lexeme.token));
                continue;
            }
            Token::RightParen => Token::LeftParen,
            Token::RightBracket => Token::LeftBracket,
            Token::RightBrace => Token::LeftBrace,
            _ => continue,
        };
        let (begin, token) = open.pop()?;
        if token != partner {
            return None;
        }
        pairs.push((begin, at));
    }
    let at = |place: usize| pairs.iter().find(|(a, b)| *a == place || *b == place).copied();
    at(cursor).or_else(|| at(cursor.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(painted: &str) -> String {
        Label::new(painted).plain()
    }

    fn screen() -> Screen {
        Screen { columns: 80, rows: 24, tab: 4, mode: rustyline::GraphemeClusterMode::WcWidth }
    }

    fn look(color: bool) -> Look {
        Look {
            first: Label::new(">>> "),
            further: Label::of_line("... ", 9),
            color,
            notice: String::new(),
            whole: false,
        }
    }

    #[test]
    fn painting_adds_only_colours_and_prompts() {
        for text in ["x = 'é'  # ü", "def f(a):\n\t    return a[0]", "'unfinished", "f\"{x!r:>{w}}\" 1.5"] {
            let wanted = format!(">>> {}", text.replace(MARK, "... "));
            assert_eq!(plain(&paint(text, 0, "", &look(true), screen())), wanted, "{text:?}");
            assert_eq!(paint(text, text.len(), "", &look(false), screen()), wanted);
        }
    }

    #[test]
    fn tabs_inside_a_line_reach_the_next_stop() {
        assert_eq!(paint("if x:\n\ta\tb", 0, "", &look(false), screen()), ">>> if x:\n... a   b");
    }

    #[test]
    fn the_cursor_stands_behind_a_full_row() {
        let narrow = Screen { columns: 8, ..screen() };
        assert_eq!(paint("abcd\n\tx", 4, "", &look(false), narrow), ">>> abcd\n\n... x");
        assert_eq!(paint("abcd\n\tx", 3, "", &look(false), narrow), ">>> abcd\n... x");
        assert_eq!(paint("abcdefg", 4, "", &look(false), narrow), ">>> abcdefg");
        assert_eq!(paint("abcd", 4, "", &look(false), narrow), ">>> abcd");
    }

    #[test]
    fn a_program_brings_colours_of_its_own() {
        let label = Label::new("\x01\x1b[31m\x02red\x1b[0m\x1b[2J> ");
        assert_eq!(label.plain(), "red> ");
        let look = Look { first: label, ..look(true) };
        assert_eq!(paint("x", 1, "", &look, screen()), "\x1b[31mred\x1b[0m> \x1b[0mx");
        assert_eq!(Label::of_line("", 9).plain(), " ");
        assert_eq!(Label::of_line("a\nb ", 9).plain(), "b ");
        assert_eq!(Label::of_line("한글한글", 5).plain(), "한글");
    }

    #[test]
    fn brackets_find_their_partner() {
        let tokens = lexer::lex("f(a[1])").tokens;
        assert_eq!(matched(&tokens, 7), Some((1, 6)));
        assert_eq!(matched(&tokens, 1), Some((1, 6)));
        assert_eq!(matched(&tokens, 3), Some((3, 5)));
        assert_eq!(matched(&tokens, 0), None);
        assert_eq!(matched(&lexer::lex("(]").tokens, 0), None);
    }
}
