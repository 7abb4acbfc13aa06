//! The words that begin with a colon. One row each: name, what follows it, what it does.

use crate::engine::{After, Session};
use crate::source::SourceFile;
use crate::syntax::{self, dump, lexer};

type Action = fn(&mut Session, &str) -> After;

const COMMANDS: &[(&str, &str, &str, Action)] = &[
    ("help", "", "show this list", help),
    ("dis", "NAME or CODE", "show the bytecode of a function, a class, or some code", dis),
    ("tasks", "", "show the tasks that are not done", tasks),
    ("time", "CODE", "run it and say how long it took", time),
    ("tokens", "CODE", "show the tokens of some code", tokens),
    ("ast", "CODE", "show the tree of some code", ast),
    ("reset", "", "forget every name and cancel every task", |session, _| session.reset()),
    ("quit", "", "leave; so do exit, quit and Ctrl-D", |_, _| After::Leave(0)),
];

const KEYS: &str = "\
Tab completes names, attributes and modules. Up and Down walk through the
lines of an input, then through earlier inputs; Ctrl-R searches them. An
empty line ends a block, Shift-Tab takes a level of indentation away. Ctrl-C
stops what runs, or throws away what is typed; Ctrl-L and the word clear empty
the screen. _ is the last value. Tasks go on while you type.
";

/// Does what the line, without its colon, says.
pub(super) fn obey(session: &mut Session, line: &str) -> After {
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let argument = argument.trim();
    let Some((_, wanted, _, action)) = COMMANDS.iter().find(|row| row.0 == name) else {
        session.show(&format!("no command ':{name}'; :help lists them\n"));
        return After::Continue;
    };
    match (wanted.is_empty(), argument.is_empty()) {
        (false, true) => session.show(&format!(":{name} needs {wanted}\n")),
        (true, false) => session.show(&format!(":{name} takes nothing, got '{argument}'\n")),
        (true, true) | (false, false) => return action(session, argument),
    }
    After::Continue
}

/// The names that begin with `word`, for completion.
pub(super) fn starting_with(word: &str) -> Vec<String> {
    COMMANDS.iter().map(|row| row.0.to_owned()).filter(|name| name.starts_with(word)).collect()
}

fn help(session: &mut Session, _: &str) -> After {
    let mut text = String::new();
    for (name, wanted, about, _) in COMMANDS {
        let left = format!(":{name} {wanted}");
        text.push_str(&format!("  {left:<18} {about}\n"));
    }
    text.push_str(KEYS);
    session.show(&text);
    After::Continue
}

fn dis(session: &mut Session, argument: &str) -> After {
    let (Ok(text) | Err(text)) = session.listing(argument);
    session.show(&text);
    After::Continue
}

fn tasks(session: &mut Session, _: &str) -> After {
    let text = session.tasks();
    session.show(if text.is_empty() { "no tasks\n" } else { &text });
    After::Continue
}

fn time(session: &mut Session, argument: &str) -> After {
    // What is no program takes no time.
    let runs = syntax::parse(argument).errors.is_empty();
    let start = session.now();
    let after = session.evaluate(argument);
    let nanos = session.now().saturating_sub(start);
    if runs && after == After::Continue {
        session.show(&format!("{}\n", duration(nanos)));
    }
    after
}

/// A time with the unit that suits it.
fn duration(nanos: i64) -> String {
    let nanos = nanos as f64;
    match nanos {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n if n < 1e9 => format!("{:.1} ms", n / 1e6),
        n => format!("{:.3} s", n / 1e9),
    }
}

fn tokens(session: &mut Session, argument: &str) -> After {
    let lexed = lexer::lex(argument);
    let mut text = String::new();
    for lexeme in &lexed.tokens {
        let (start, end) = (lexeme.span.start as usize, lexeme.span.end as usize);
        text.push_str(&format!("{start:>4}..{end:<4} {:?}  {}\n", lexeme.token, &argument[start..end]));
    }
    show_mistakes(&mut text, argument, lexed.errors.iter().take(1));
    session.show(&text);
    After::Continue
}

fn ast(session: &mut Session, argument: &str) -> After {
    let parsed = syntax::parse(argument);
    let mut text = String::new();
    if parsed.errors.is_empty() {
        text.push_str(dump::dump(&parsed.module).trim_end());
        text.push('\n');
    }
    show_mistakes(&mut text, argument, parsed.errors.iter().take(1));
    session.show(&text);
    After::Continue
}

fn show_mistakes<'d>(
    text: &mut String,
    source: &str,
    errors: impl Iterator<Item = &'d crate::diagnostics::Diagnostic>,
) {
    let file = SourceFile::new("<input>", source);
    text.extend(errors.map(|error| crate::engine::show(&file, error, false, false)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_fitting_unit() {
        assert_eq!(duration(999), "999 ns");
        assert_eq!(duration(1_500), "1.5 µs");
        assert_eq!(duration(2_000_000), "2.0 ms");
        assert_eq!(duration(3_600_000_000_000), "3600.000 s");
    }

    #[test]
    fn commands_complete() {
        assert_eq!(starting_with("t"), ["tasks", "time", "tokens"]);
    }
}
