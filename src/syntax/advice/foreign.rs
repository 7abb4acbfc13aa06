//! What people bring along from other languages, from word processors, and from quick fingers:
//! operators, words and characters that Python has not, with what it has for them.

use super::{Place, Said, help, text};
use crate::syntax::token::Token;

/// What braces are for in other languages.
pub(super) const BLOCKS: &str = "a block starts with ':', and its lines are indented";

/// `x++`, `a && b`, `x =! y`
pub(super) fn operator(place: &Place<'_>) -> Option<Said> {
    let (at, here) = (place.at, place.here());
    let twice =
        |token| here == token && at > place.first && place.token(at - 1) == token && place.touches(at);
    let joined = |first, second| at > place.first && place.token(at - 1) == first && here == second;
    if twice(Token::Ampersand) {
        return Some(help("not an operator of Python", "write 'and'"));
    }
    if twice(Token::Bar) {
        return Some(help("not an operator of Python", "write 'or'"));
    }
    if here == Token::Exclamation && place.before() == Some(Token::Equal) && place.touches(at) {
        return Some(help("not an operator of Python", "write '!='"));
    }
    if here == Token::Exclamation {
        return Some(help("not an operator of Python", "write 'not'"));
    }
    if (joined(Token::EqualEqual, Token::Equal) || joined(Token::NotEqual, Token::Equal)) && place.touches(at)
    {
        return Some(help("one '=' too many", format!("write '{}'", place.text(at - 1))));
    }
    if joined(Token::Equal, Token::Greater) && place.touches(at) {
        return Some(help("not an operator of Python", "write '>='"));
    }
    if joined(Token::Equal, Token::Less) && place.touches(at) {
        return Some(help("not an operator of Python", "write '<='"));
    }
    if joined(Token::Equal, Token::Equal) {
        return Some(help("a second '='", "write '==' to compare, without a blank in it"));
    }
    if here == Token::ColonEqual && at == place.first + 1 {
        return Some(help("this gives a value inside an expression only", "write '='"));
    }
    if place.at_line_end() && at >= place.first + 2 && place.touches(at - 1) {
        let change = match (place.token(at - 2), place.token(at - 1)) {
            (Token::Plus, Token::Plus) => "+= 1",
            (Token::Minus, Token::Minus) => "-= 1",
            _ => return None,
        };
        return Some(help("the line ends too early", format!("to count, write '{change}'")));
    }
    if here == Token::LeftBrace && place.token(place.first).is_keyword() {
        return Some(help("a brace opens no block", BLOCKS));
    }
    if here != Token::Refused {
        return None;
    }
    Some(match place.text(at) {
        "<>" => help("not an operator of Python", "write '!='"),
        "?" if place.line_has(Token::Colon) => {
            help("not an operator of Python", "write 'value if condition else other'")
        }
        "$" => text("no name has a '$'"),
        _ => text("not a character of Python"),
    })
}

/// Words of other languages, and Python's for the same.
const WORDS: [(&str, &str); 17] = [
    ("catch", "except"),
    ("elseif", "elif"),
    ("elsif", "elif"),
    ("foreach", "for"),
    ("fn", "def"),
    ("fun", "def"),
    ("func", "def"),
    ("function", "def"),
    ("include", "import"),
    ("require", "import"),
    ("struct", "class"),
    ("sub", "def"),
    ("switch", "match"),
    ("throw", "raise"),
    ("unless", "if not"),
    ("until", "while not"),
    ("using", "with"),
];

/// With these, other languages declare a variable.
const DECLARATIONS: [&str; 12] =
    ["var", "let", "const", "int", "float", "double", "str", "string", "String", "bool", "char", "auto"];

/// Keywords that a statement starts with.
const KEYWORDS: [&str; 24] = [
    "assert", "async", "await", "class", "def", "del", "elif", "else", "except", "finally", "for", "from",
    "global", "if", "import", "match", "nonlocal", "raise", "return", "try", "while", "with", "yield",
    "case",
];

/// A statement that starts with a word that is no keyword: `whlie x:`, `function f() {`, `int x = 5`
pub(super) fn word(place: &Place<'_>) -> Option<Said> {
    let first = place.text(place.first);
    let ends = place.at_line_end() && place.at > 0 && place.token(place.at - 1) == Token::Colon;
    if !matches!(place.token(place.first), Token::Name(_)) || !(place.at == place.first + 1 || ends) {
        // `x = new Thing()`
        let new = place.at > place.first && place.text(place.at - 1) == "new";
        let made = place.text(place.at);
        return new.then(|| {
            help(
                "this does not belong to what stands before it",
                format!("a call makes an object: {made}(…)"),
            )
        });
    }
    if first == "case" {
        return Some(help("not expected here", "'case' has to be in the block of a 'match'"));
    }
    if first == "do" {
        return Some(help("not a statement of Python", "write 'while True:', and leave it with 'break'"));
    }
    if DECLARATIONS.contains(&first) && place.line_has(Token::Equal) {
        let name = place.text(place.at);
        return Some(help(
            "this does not belong to what stands before it",
            format!("a variable is not declared: write '{name} = …'"),
        ));
    }
    let known = WORDS.iter().find(|(foreign, _)| *foreign == first).map(|(_, python)| *python);
    let meant = known.or_else(|| KEYWORDS.into_iter().find(|keyword| is_meant(place, first, keyword)))?;
    let said = if place.at_line_end() { "the line ends too early" } else { "not expected here" };
    Some(help(said, format!("did you mean '{meant}'? '{first}' is not a keyword")))
}

/// Whether `word` looks like `keyword`, in a line that such a statement can be.
fn is_meant(place: &Place<'_>, word: &str, keyword: &str) -> bool {
    let fits = match keyword {
        "for" => place.line_has(Token::In),
        "from" => place.line_has(Token::Import),
        "async" => matches!(place.here(), Token::Def | Token::For | Token::With),
        "class" | "def" | "elif" | "else" | "except" | "finally" | "if" | "match" | "case" | "try"
        | "while" | "with" => place.line_has(Token::Colon),
        _ => true,
    };
    fits && word != keyword
        && (word.to_lowercase() == keyword || one_slip(word.as_bytes(), keyword.as_bytes()))
}

/// Whether one letter is missing, added or another one, or two stand in the wrong order.
fn one_slip(word: &[u8], keyword: &[u8]) -> bool {
    let same = word.iter().zip(keyword).take_while(|(a, b)| a == b).count();
    let (word, keyword) = (&word[same..], &keyword[same..]);
    let swapped = word.len() >= 2
        && keyword.len() >= 2
        && word[0] == keyword[1]
        && word[1] == keyword[0]
        && word[2..] == keyword[2..];
    // Of two letters, one is too much to differ in.
    let long = same + keyword.len() > 2;
    let skip = |letters: &[u8]| letters.get(1..).map_or(Vec::new(), <[u8]>::to_vec);
    let tail = |letters: &[u8]| letters.get(1..).is_some();
    let other = tail(word) && tail(keyword) && skip(word) == skip(keyword);
    let added = tail(word) && skip(word) == keyword;
    let missing = tail(keyword) && skip(keyword) == word;
    swapped || long && (other || added || missing)
}

/// A character that starts no token: what Python has in its place.
pub(super) fn character(found: char) -> Said {
    let code = u32::from(found);
    let meant = match found {
        '“' | '”' | '„' | '«' | '»' | '″' => "\"",
        '‘' | '’' | '‚' | '‹' | '›' | '´' | '′' => "'",
        '–' | '—' | '−' | '‐' | '‑' => "-",
        '×' | '∗' | '·' => "*",
        '÷' => "/",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '…' => "...",
        '→' => "->",
        '、' => ",",
        '。' => ".",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            return help("a blank of another kind", "write an ordinary blank");
        }
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => {
            return help("a character that cannot be seen", "remove it; it came with a text that was copied");
        }
        '\u{ff01}'..='\u{ff5e}' => {
            let plain = char::from_u32(code - 0xFEE0).unwrap_or(found);
            return help("a wide form of a character", format!("write {plain}"));
        }
        _ => return text("no word of Python starts with this"),
    };
    help("looks like another character", format!("write {meant}"))
}
