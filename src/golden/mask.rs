//! What may differ between two runs of one program: addresses, folders, and how much of a
//! traceback is the library's own. Both sides of a comparison go through the same functions, and
//! a second pass changes nothing.

/// Make two runs comparable that happened in different places.
///
/// - Addresses (`at 0x7f…`) are masked.
/// - Paths of programs and library files are reduced to the file name.
/// - Where a coroutine of the library is defined or runs (`defined at …/locks.py:511`) loses its line.
/// - In tracebacks, source and caret lines go, and so do the frames of files that are no `.co` program:
///   what is between the program and itself (the library's own frames) is not part of the promise.
pub fn normalise(text: &str) -> String {
    let mut lines = Vec::new();
    let mut column = None;
    for line in text.split('\n') {
        let line = mask_library_lines(&reduce_paths(&mask_addresses(line)));
        if let Some((indent, file)) = frame_line(&line) {
            column = Some(indent);
            if file.ends_with(".co") {
                lines.push(line);
            }
            continue;
        }
        if let Some(indent) = column {
            let body = line.trim_start_matches([' ', '|']);
            if !body.is_empty() && line.len() - body.len() > indent {
                continue;
            }
            column = None;
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// The indentation and the file of a line `  File "…", line N`.
fn frame_line(line: &str) -> Option<(usize, &str)> {
    let body = line.trim_start_matches([' ', '|', '+', '-']);
    let (file, rest) = body.strip_prefix("File \"")?.split_once('"')?;
    rest.strip_prefix(", line ")?.starts_with(|digit: char| digit.is_ascii_digit()).then_some(())?;
    Some((line.len() - body.len(), file))
}

fn mask_addresses(line: &str) -> String {
    let mut masked = String::new();
    let mut rest = line;
    while let Some(place) = rest.find("at 0x") {
        let digits = place + "at 0x".len();
        let end =
            rest[digits..].find(|c: char| !c.is_ascii_hexdigit()).map_or(rest.len(), |end| digits + end);
        let word_starts = !rest[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if end > digits && word_starts {
            masked += &rest[..digits];
            masked.push('…');
        } else {
            masked += &rest[..end];
        }
        rest = &rest[end..];
    }
    masked + rest
}

/// Replace `/some/where/name.co` (or `.py`) by `name.co`.
fn reduce_paths(line: &str) -> String {
    let mut reduced = String::new();
    let mut rest = line;
    while let Some(place) = rest.find('/') {
        let fresh = rest[..place].chars().next_back().or(reduced.chars().next_back());
        let starts = fresh.is_none_or(|before| before.is_whitespace() || matches!(before, '"' | '\'' | '('));
        let end = rest[place..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ':'))
            .map_or(rest.len(), |end| place + end);
        let path = &rest[place..end];
        let name = path.rsplit('/').next().unwrap_or(path);
        let known = [".co", ".py"].iter().find_map(|extension| Some(name.find(extension)? + extension.len()));
        match known {
            Some(length) if starts => {
                reduced += &rest[..place];
                reduced += &name[..length];
                reduced += &name[length..];
                rest = &rest[end..];
            }
            _ => {
                reduced += &rest[..=place];
                rest = &rest[place + 1..];
            }
        }
    }
    reduced + rest
}

/// What stands before the place of a coroutine, in the representation of a task.
const PLACES: [&str; 2] = ["defined at ", "running at "];

/// Replace the place of a library's coroutine, `defined at locks.py:511` or `running at <asyncio.locks>:243`,
/// by `defined at locks.py:…`: each library has lines of its own.
fn mask_library_lines(line: &str) -> String {
    let mut masked = String::new();
    let mut rest = line;
    while let Some(place) = rest.find(" at ") {
        let (before, after) = rest.split_at(place + " at ".len());
        masked += before;
        rest = after;
        let Some((file, number)) = after.split_once(':') else { break };
        let module = file.strip_prefix('<').and_then(|name| name.strip_suffix('>')?.strip_prefix("asyncio."));
        let name = module.or(file.strip_suffix(".py")).filter(|name| !name.contains([' ', '<', '>']));
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        if let Some(name) = name.filter(|_| digits > 0 && PLACES.iter().any(|word| before.ends_with(word))) {
            masked += &format!("{name}.py:…");
            rest = &number[digits..];
        }
    }
    masked + rest
}

/// The sentence of an expectation that is one syntax error and nothing else.
pub fn syntax_message(stderr: &str) -> Option<&str> {
    let line = stderr.trim_end();
    let (kind, message) = line.split_once(": ")?;
    let known = matches!(kind, "SyntaxError" | "IndentationError" | "TabError");
    (known && !line.contains('\n')).then_some(message)
}

/// Of a syntax error as CPython shows it, only the last line is an expectation.
pub(super) fn reduce_syntax_error(stderr: &str) -> String {
    let last = stderr.trim_end().lines().last().unwrap_or_default();
    if syntax_message(last).is_some() && !stderr.contains("Traceback") {
        return format!("{last}\n");
    }
    stderr.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalisation_masks_places_and_keeps_everything_else() {
        let text = "Traceback (most recent call last):\n  File \"/a/b/x.co\", line 3, in f\n    f()\n    ~^^\n  \
                    File \"/usr/lib/python3.13/asyncio/runners.py\", line 1, in run\n    run()\nValueError: at /a/b\n\
                    <object at 0x7fa0> 0x10 /a/x.co:3: RuntimeWarning\n";
        let expected = "Traceback (most recent call last):\n  File \"x.co\", line 3, in f\nValueError: at /a/b\n\
                        <object at 0x…> 0x10 x.co:3: RuntimeWarning\n";
        assert_eq!(normalise(text), expected);
        assert_eq!(normalise(expected), expected, "a second pass changes nothing");
    }

    #[test]
    fn a_place_in_the_library_has_no_line() {
        let theirs =
            "coro=<f() running at /a/x.co:3> coro=<Barrier.wait() done, defined at /a/locks.py:511> at 2";
        let ours =
            "coro=<f() running at /a/x.co:3> coro=<Barrier.wait() done, defined at <asyncio.locks>:2> at 2";
        let expected = "coro=<f() running at x.co:3> coro=<Barrier.wait() done, defined at locks.py:…> at 2";
        for text in [theirs, ours, expected] {
            assert_eq!(normalise(text), expected);
        }
    }

    #[test]
    fn a_syntax_error_is_its_last_line() {
        let text = "  File \"x.co\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed\n";
        assert_eq!(reduce_syntax_error(text), "SyntaxError: '(' was never closed\n");
        assert_eq!(syntax_message(&reduce_syntax_error(text)), Some("'(' was never closed"));
        assert_eq!(syntax_message("ValueError: x\n"), None);
    }
}
