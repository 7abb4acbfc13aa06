//! Colours for what is typed, from the lexer's own tokens; brackets that belong together; and
//! the prompts of further lines. What is painted is as wide as what is in the buffer.

use super::buffer::{CONTINUATION, MARK, WIDTH};
use crate::syntax::lexer;
use crate::syntax::token::Token;
use unicode_width::UnicodeWidthStr;

const RESET: &str = "\x1b[0m";
pub(super) const PROMPT: &str = "\x1b[1;35m";
const KEYWORD: &str = "\x1b[1;34m";
const TEXT: &str = "\x1b[32m";
const NUMBER: &str = "\x1b[36m";
const DEFINED: &str = "\x1b[1m";
const COMMENT: &str = "\x1b[90m";
const COMMAND: &str = "\x1b[33m";
const MATCHED: &str = "\x1b[1;4m";

/// A buffer ready for the screen; `cursor` is where brackets are looked for.
pub(super) fn paint(buffer: &str, cursor: Option<usize>, color: bool) -> String {
    let styles = if color { styles(buffer, cursor) } else { Vec::new() };
    let mut styles = styles.into_iter().peekable();
    let mut painted = String::with_capacity(buffer.len() * 2);
    let mut column = WIDTH;
    let mut marked = true;
    let mut current = "";
    for (at, letter) in buffer.char_indices() {
        let mut style = "";
        while let Some((start, end, found)) = styles.peek() {
            if at >= *end {
                styles.next();
                continue;
            }
            if at >= *start {
                style = found;
            }
            break;
        }
        // A line end carries no colour over to the prompt.
        let style = if letter == '\n' || letter == MARK { "" } else { style };
        if style != current {
            painted.push_str(if current.is_empty() { "" } else { RESET });
            painted.push_str(style);
            current = style;
        }
        match letter {
            '\n' => {
                painted.push('\n');
                (column, marked) = (0, false);
            }
            MARK if !marked && column == 0 => {
                painted.push_str(&prompt(CONTINUATION, color));
                (column, marked) = (WIDTH, true);
            }
            MARK => {
                let width = WIDTH - column % WIDTH;
                painted.push_str(&" ".repeat(width));
                column += width;
            }
            letter => {
                painted.push(letter);
                column += letter.encode_utf8(&mut [0; 4]).width();
            }
        }
    }
    if !current.is_empty() {
        painted.push_str(RESET);
    }
    painted
}

/// A prompt in its colour.
pub(super) fn prompt(text: &str, color: bool) -> String {
    if color { format!("{PROMPT}{text}{RESET}") } else { text.to_owned() }
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
        let mut out = String::new();
        let mut rest = painted;
        while let Some(at) = rest.find('\x1b') {
            out.push_str(&rest[..at]);
            rest = &rest[at + rest[at..].find('m').expect("an escape ends") + 1..];
        }
        out + rest
    }

    #[test]
    fn painting_adds_only_colours_and_prompts() {
        for text in
            ["x = 'é'  # ü", "def f(a):\n\t    return a[0]", "'unfinished", "f\"{x!r:>{w}}\" 1.5", "\0"]
        {
            let painted = paint(text, Some(0), true);
            assert_eq!(plain(&painted), text.replace(MARK, CONTINUATION), "{text:?}");
            assert_eq!(paint(text, None, false), text.replace(MARK, CONTINUATION));
        }
    }

    #[test]
    fn tabs_inside_a_line_reach_the_next_stop() {
        assert_eq!(paint("if x:\n\ta\tb", None, false), "if x:\n... a   b");
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
