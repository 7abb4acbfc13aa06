//! What a picture says beside CPython's words: a text under the underlined place, and what may
//! help. CPython's message, which many programs and people know, stays as it is; this is for those
//! who meet it for the first time. Called once, when all mistakes of a text are known.
//!
//! Of several mistakes on one line the first is kept: the others are mostly its consequences.

mod foreign;

use super::token::{Lexeme, Token};
use crate::diagnostics::{Code, Diagnostic, Label};
use crate::source::{LineIndex, Span};
use rustc_hash::FxHashMap;

/// So many tokens of a line are looked at before a mistake and behind it: a line may be a whole file.
const NEAR: usize = 500;

/// Words for a mistake.
pub(super) struct Said {
    text: String,
    help: Option<String>,
}

/// A text without help.
fn text(text: impl Into<String>) -> Said {
    Said { text: text.into(), help: None }
}

/// A text with help.
fn help(text: impl Into<String>, help: impl Into<String>) -> Said {
    Said { text: text.into(), help: Some(help.into()) }
}

/// Completes all mistakes of a text, and leaves out what only follows from another one.
pub(super) fn advise(source: &str, tokens: &[Lexeme], errors: &mut Vec<Diagnostic>) {
    one_for_each_line(source, errors);
    for error in errors {
        let place = Place::new(source, tokens, error);
        point(&place, error);
        let Some(said) = words(&place, error) else { continue };
        error.label.get_or_insert(said.text);
        error.help = said.help.or(error.help.take());
    }
}

/// Keeps the first mistake of each line. An open bracket, which is found last, becomes a label.
fn one_for_each_line(source: &str, errors: &mut Vec<Diagnostic>) {
    let lines = LineIndex::new(source);
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut first_of_line = FxHashMap::default();
    for error in errors.drain(..) {
        let line = lines.line(error.span.start);
        let index = *first_of_line.entry(line).or_insert(kept.len());
        let Some(before) = kept.get_mut(index) else {
            kept.push(error);
            continue;
        };
        let inside = before.span.start > error.span.start;
        if error.code == Code::UnclosedBracket && before.code == Code::InvalidSyntax && inside {
            let bracket = &source[error.span.range()];
            before.labels.push(Label { span: error.span, text: format!("this '{bracket}' is still open") });
        }
    }
    *errors = kept;
}

/// Where a mistake is: its token in its line.
struct Place<'s> {
    source: &'s str,
    tokens: &'s [Lexeme],
    /// The token that CPython points at.
    at: usize,
    /// The first token of its logical line.
    first: usize,
    span: Span,
}

impl<'s> Place<'s> {
    fn new(source: &'s str, tokens: &'s [Lexeme], error: &Diagnostic) -> Place<'s> {
        let from = tokens.partition_point(|l| l.span.start < error.span.start);
        let visible = |l: &Lexeme| !matches!(l.token, Token::Indent | Token::Dedent);
        let at = tokens[from..].iter().position(visible).map_or(tokens.len(), |skipped| from + skipped);
        let near = at.saturating_sub(NEAR);
        let first = tokens[near..at].iter().rposition(|l| is_layout(l.token));
        let first = first.map_or(near, |before| near + before + 1);
        Place { source, tokens, at, first, span: error.span }
    }

    fn token(&self, index: usize) -> Token {
        self.tokens.get(index).map_or(Token::EndMarker, |l| l.token)
    }

    fn text(&self, index: usize) -> &'s str {
        self.tokens.get(index).map_or("", |l| &self.source[l.span.range()])
    }

    /// The token that CPython points at.
    fn here(&self) -> Token {
        self.token(self.at)
    }

    /// The token before it on its line.
    fn before(&self) -> Option<Token> {
        (self.at > self.first).then(|| self.token(self.at - 1))
    }

    /// The tokens of the line.
    fn line(&self) -> &'s [Lexeme] {
        let limit = self.tokens.len().min(self.at + NEAR);
        let rest = &self.tokens[self.first.min(limit)..limit];
        let end = rest.iter().position(|l| matches!(l.token, Token::Newline | Token::EndMarker));
        &rest[..end.unwrap_or(rest.len())]
    }

    fn line_has(&self, token: Token) -> bool {
        self.line().iter().any(|l| l.token == token)
    }

    /// Whether nothing is between a token and the one before it.
    fn touches(&self, index: usize) -> bool {
        index > 0
            && index < self.tokens.len()
            && self.tokens[index - 1].span.end == self.tokens[index].span.start
    }

    fn at_line_end(&self) -> bool {
        matches!(self.here(), Token::Newline | Token::EndMarker)
    }

    /// The blanks before the line.
    fn indentation(&self) -> Span {
        let start = self.source[..self.span.start as usize].rfind(['\n', '\r']).map_or(0, |n| n + 1);
        let blanks = self.source[start..].bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\x0c')).count();
        Span::new(start as u32, (start + blanks) as u32)
    }
}

/// Whether a line of tokens may begin behind this one.
fn is_layout(token: Token) -> bool {
    matches!(token, Token::Newline | Token::Indent | Token::Dedent)
}

/// Where the picture points, when CPython points at something that says less.
fn point(place: &Place<'_>, error: &mut Diagnostic) {
    if matches!(error.code, Code::UnexpectedIndent | Code::Unindent | Code::Tabs) {
        let indentation = place.indentation();
        if !indentation.is_empty() {
            error.picture = Some(indentation);
        }
    }
}

/// The words for a mistake. None where CPython's own say it all.
fn words(place: &Place<'_>, error: &Diagnostic) -> Option<Said> {
    let message = &*error.message;
    Some(match error.code {
        Code::InvalidCharacter => foreign::character(place.source[error.span.range()].chars().next()?),
        Code::NullByte => text("no text has this byte"),
        Code::LineContinuation => help(
            "this stands behind a backslash",
            "a backslash continues a line only as its last character; often a blank follows it",
        ),
        Code::UnterminatedString => unterminated(place, message),
        Code::InvalidNumber => number(place, message)?,
        Code::BytesNotAscii => help(
            "not only ASCII characters",
            "write bytes as '\\x..', or make them of a text with its method 'encode'",
        ),
        Code::MixedBytes => text("bytes and text do not join"),
        Code::FString => f_string(message)?,
        Code::UnmatchedBracket if message.starts_with("unmatched") => text("nothing is open for it to close"),
        Code::UnmatchedBracket => text("this closes another kind of bracket"),
        Code::UnexpectedIndent if message != "unexpected indent" => return None,
        Code::UnexpectedIndent if place.indentation().start == 0 => {
            help("indented, and no block is open", "the first line of a program is not indented")
        }
        Code::UnexpectedIndent => {
            help("indented, and the line before it opens no block", "indent this line like the one before it")
        }
        Code::Unindent => help(
            "no line above is indented like this",
            "indent it exactly like the lines of the block that it belongs to",
        ),
        Code::ExpectedBlock if place.span.start as usize >= place.source.trim_end().len() => {
            text("nothing follows")
        }
        Code::ExpectedBlock => text("this is not indented deeper"),
        Code::Tabs => text("a mixture of tabs and blanks"),
        Code::UnexpectedEnd => text("the text ends behind a backslash"),
        Code::InvalidSyntax if message == "invalid syntax" => invalid_syntax(place),
        Code::ExpectedToken => expected(place, message)?,
        Code::InvalidTarget if message.ends_with("augmented assignment") => {
            text("only one name, attribute or item can be changed in place")
        }
        Code::InvalidTarget if message.starts_with("cannot delete") => {
            text("only a name, an attribute or an item can be deleted")
        }
        Code::InvalidTarget if ["None", "True", "False"].iter().any(|word| message.ends_with(word)) => {
            text("a keyword, not a name")
        }
        Code::InvalidTarget if message.starts_with("cannot assign") => {
            text("only a name, an attribute or an item can take a value")
        }
        Code::EqualsForComparison if message.starts_with("cannot") => {
            text("only a name, an attribute or an item can take a value")
        }
        Code::EqualsForComparison if place.token(place.first) == Token::For => {
            help("a loop of another language", "write 'for name in range(…):'")
        }
        Code::EqualsForComparison => text("'=' gives a value to a name; it does not compare"),
        Code::MissingCallParentheses => text("a call without parentheses"),
        Code::MissingComma => text("two expressions side by side"),
        Code::Arguments if message.starts_with("positional argument") => {
            text("a positional argument comes before this, and after a keyword argument")
        }
        Code::Arguments if message.starts_with("Generator expression") => {
            help("not the only argument", "put it into parentheses of its own: (x for x in …)")
        }
        Code::Arguments if message.starts_with("expression cannot contain") => {
            text("before '=' stands the name of a parameter")
        }
        Code::Arguments if message.starts_with("cannot assign") => text("a keyword, not a name"),
        Code::Dictionary if message.starts_with("':' expected") => {
            text("':' and a value are missing before this")
        }
        Code::Dictionary if message.starts_with("expression expected") => text("a value has to follow this"),
        Code::Parameters if message.starts_with("parameter without a default") => {
            help("this one has no default", "give it one, or move it before those that have one")
        }
        Code::ExpectedExpression if message.starts_with("expected 'else'") => {
            help("'else' is missing after this", "write 'value if condition else other'")
        }
        Code::ExpectedExpression => text("something is missing before this"),
        Code::TryBlock if message.starts_with("multiple") => text("several types, without parentheses"),
        Code::TryBlock if message.starts_with("expected 'except'") => match place.text(place.at) {
            "catch" => help("not a word of Python", "write 'except'"),
            _ => text("the 'try' ends before this, without 'except' or 'finally'"),
        },
        Code::Import if message.starts_with("Expected one or more names") => text("what to import?"),
        _ => return None,
    })
}

/// A string that does not end.
fn unterminated(place: &Place<'_>, message: &str) -> Said {
    let opening =
        place.source[place.span.start as usize..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let quote = opening.chars().next().unwrap_or('"');
    if message.contains("triple-quoted") {
        return help(
            "the string starts here, and nothing ends it",
            format!("end it with {quote}{quote}{quote}"),
        );
    }
    let torn = |pair: &[Lexeme]| {
        pair[0].token == Token::String
            && matches!(pair[1].token, Token::Name(_))
            && pair[0].span.end == pair[1].span.start
    };
    if place.line().windows(2).any(torn) {
        let other = if quote == '\'' { '"' } else { '\'' };
        return help(
            "this starts a string that nothing ends",
            format!(
                "a {quote} inside the string ends it: put the string between {other} and {other}, or write \\{quote}"
            ),
        );
    }
    help("the string starts here, and the line ends before it does", format!("end it with {quote}"))
}

fn number(place: &Place<'_>, message: &str) -> Option<Said> {
    let rest = &place.source[place.span.start as usize..];
    if message.starts_with("leading zeros") {
        let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '_').collect();
        let plain = digits.trim_start_matches(['0', '_']);
        return Some(help(
            "a number that starts with a zero",
            format!("write {plain}, or 0o{plain} in base 8"),
        ));
    }
    if message != "invalid decimal literal" {
        return None;
    }
    let mut behind = rest.chars().skip(1);
    Some(match (rest.chars().next()?, behind.next()) {
        ('_', _) | (_, Some('_')) => text("an underscore stands between two digits"),
        (_, Some(c)) if c.is_alphabetic() && !matches!(c, 'e' | 'E') => {
            help("a number runs into letters", "a name cannot start with a digit")
        }
        _ => text("this number is not complete"),
    })
}

fn f_string(message: &str) -> Option<Said> {
    let about = message.strip_prefix("f-string: ")?;
    Some(if about.starts_with("expecting '}'") {
        text("'}' is missing here")
    } else if about.starts_with("valid expression required") {
        help("nothing stands between the braces", "write '{{' and '}}' for braces in the text")
    } else if about.starts_with("single '}'") {
        help("no '{' belongs to it", "write '}}' for a brace in the text")
    } else {
        return None;
    })
}

/// A token that the grammar demands.
fn expected(place: &Place<'_>, message: &str) -> Option<Said> {
    let wanted = message.strip_prefix("expected ")?;
    if place.at_line_end() {
        return Some(text(format!("{wanted} is missing here")));
    }
    Some(match (place.before(), place.here()) {
        (Some(Token::Else), Token::If) => help(format!("{wanted} is missing before this"), "write 'elif'"),
        (_, Token::LeftBrace) => help("a brace opens no block", foreign::BLOCKS),
        (_, Token::Arrow) => text("a type has to follow this"),
        _ => text(format!("{wanted} is missing before this")),
    })
}

/// What to say where CPython says no more than `invalid syntax`.
fn invalid_syntax(place: &Place<'_>) -> Said {
    const RULES: [fn(&Place<'_>) -> Option<Said>; 9] = [
        foreign::operator,
        foreign::word,
        inside_bracket,
        part_of_another_statement,
        decorated,
        keyword_for_name,
        statement_in_expression,
        missing_operand,
        missing_operator,
    ];
    RULES.iter().find_map(|rule| rule(place)).unwrap_or_else(|| text("not expected here"))
}

/// `if (x == 1:` has its bracket as a second place.
fn inside_bracket(place: &Place<'_>) -> Option<Said> {
    if place.here() != Token::Colon || place.before()?.closer().is_some() {
        return None;
    }
    let mut open = Vec::new();
    for lexeme in &place.tokens[place.first..place.at] {
        if lexeme.token.closer().is_some() {
            open.push(lexeme);
        } else if lexeme.token.is_closer() {
            open.pop();
        }
    }
    let bracket = open.last()?;
    let closer = match bracket.token {
        Token::LeftParen => ")",
        Token::LeftBracket => "]",
        _ => return None,
    };
    Some(help("not expected inside the bracket", format!("add '{closer}' before it")))
}

/// `else:` without its `if`.
fn part_of_another_statement(place: &Place<'_>) -> Option<Said> {
    let owner = match place.here() {
        Token::Elif => "'if'",
        Token::Else => "'if', 'for', 'while' or 'try'",
        Token::Except | Token::Finally => "'try'",
        _ => return None,
    };
    Some(match place.before() {
        None => help(
            format!("no {owner} comes before this"),
            "it has to be indented like the statement that it belongs to, and follow its block",
        ),
        Some(_) if place.line_has(Token::Colon) => {
            help("not expected on this line", "put it on a line of its own")
        }
        Some(_) => return None,
    })
}

/// A decorator with something else than a definition below it.
fn decorated(place: &Place<'_>) -> Option<Said> {
    let above = place.tokens.get(..place.first.checked_sub(1)?)?;
    let start = above.iter().rposition(|l| is_layout(l.token)).map_or(0, |before| before + 1);
    let decorator = place.at == place.first && above.get(start)?.token == Token::At;
    decorator.then(|| text("below a decorator stands a 'def' or a 'class'"))
}

/// `class = 1`, `def class():`
fn keyword_for_name(place: &Place<'_>) -> Option<Said> {
    let here = place.here();
    let naming = |token| {
        matches!(
            token,
            Token::Def
                | Token::Class
                | Token::Import
                | Token::As
                | Token::Dot
                | Token::Global
                | Token::Nonlocal
        )
    };
    let parameter = || {
        place.token(place.first) == Token::Def
            && matches!(place.before(), Some(Token::LeftParen | Token::Comma))
    };
    if here.is_keyword() && (place.before().is_some_and(naming) || parameter()) {
        return Some(text("a keyword, which no name can be"));
    }
    let alone = place.at == place.first + 1 && matches!(here, Token::Equal);
    if alone && place.token(place.first).is_keyword() {
        let keyword = place.text(place.first);
        return Some(help("not expected here", format!("'{keyword}' is a keyword, which no name can be")));
    }
    None
}

/// `lambda x: return x`, `if x: if y: z`, `x = if y else z`
fn statement_in_expression(place: &Place<'_>) -> Option<Said> {
    let (here, before) = (place.here(), place.before()?);
    if before == Token::Equal && here == Token::If {
        return Some(help("a value is missing before this", "write 'value if condition else other'"));
    }
    if here == Token::Return && place.line_has(Token::Lambda) {
        return Some(help("a statement inside an expression", "a lambda gives what stands behind its ':'"));
    }
    let compound = matches!(here, Token::If | Token::For | Token::While | Token::With | Token::Try)
        || matches!(here, Token::Def | Token::Class);
    if compound && matches!(before, Token::Colon | Token::Semicolon) {
        return Some(help("a block of its own", "put it on a line of its own"));
    }
    here.starts_only_statements().then(|| text("a statement inside an expression"))
}

/// Something stands before, after or between that should be an expression.
fn missing_operand(place: &Place<'_>) -> Option<Said> {
    if place.at_line_end() {
        return Some(text("the line ends too early"));
    }
    let before = place.before()?;
    let here = place.here();
    let closes = here.is_closer() || matches!(here, Token::Comma | Token::Colon | Token::Semicolon);
    let whole = matches!((before, here), (Token::LeftParen, Token::RightParen))
        || before == Token::Star && place.line_has(Token::Import);
    (closes && !whole && !ends_operand(before)).then(|| text("something is missing before this"))
}

/// Two expressions side by side.
fn missing_operator(place: &Place<'_>) -> Option<Said> {
    let starts = matches!(
        place.here(),
        Token::Name(_)
            | Token::Number
            | Token::String
            | Token::Bytes
            | Token::FStringStart
            | Token::None
            | Token::True
            | Token::False
            | Token::LeftBrace
    );
    if !starts || !ends_operand(place.before()?) {
        return None;
    }
    let said = "this does not belong to what stands before it";
    let header = matches!(
        place.token(place.first),
        Token::If | Token::Elif | Token::While | Token::For | Token::With | Token::Class | Token::Def
    );
    let colon = place.tokens[place.first..place.at].iter().any(|l| l.token == Token::Colon);
    Some(if header && !colon { help(said, "put a ':' between the two") } else { text(said) })
}

fn ends_operand(token: Token) -> bool {
    token.is_closer()
        || matches!(
            token,
            Token::Name(_)
                | Token::Number
                | Token::String
                | Token::Bytes
                | Token::FStringEnd
                | Token::Ellipsis
                | Token::None
                | Token::True
                | Token::False
        )
}
