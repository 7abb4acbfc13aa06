//! `co dis`: the bytecode of a program, of some of its functions, or of two side by side.

use super::{USAGE, cannot_load, complain, pair};
use crate::bytecode::{Code, disasm, pair::pair as compare};
use crate::engine::{self, Color};
use crate::host::{Host, RealHost, Stream};
use std::path::Path;
use std::sync::Arc;

/// What of a file is shown.
pub(super) enum Shown {
    /// The functions named, or everything when there are none.
    Listing(Vec<String>),
    Pair(String, String),
}

/// Prints the listing of `file`.
pub(super) fn dis(file: &str, shown: &Shown, color: Color) -> u8 {
    let source = match engine::load(Path::new(file), file) {
        Ok(source) => Arc::new(source),
        Err(error) => {
            let complaint = cannot_load(file, error);
            return complain(&complaint.text, complaint.status);
        }
    };
    let code = match engine::compile_file(&source).code {
        Ok(code) => code,
        Err(errors) => {
            let text: String =
                errors.iter().map(|error| engine::show(&source, error, false, false)).collect();
            return complain(&text, 1);
        }
    };
    let mut host = RealHost::new();
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => host.is_terminal(Stream::Out),
    };
    let find = |name: &str| {
        disasm::find(&code, name).ok_or_else(|| format!("co: no function '{name}' in '{file}'\n"))
    };
    let text = match shown {
        Shown::Listing(names) if names.is_empty() => Ok(painted(&disasm::listing(&code), color)),
        Shown::Listing(names) => names
            .iter()
            .map(|name| find(name).map(|found| painted(&disasm::listing(&found), color)))
            .collect::<Result<Vec<String>, String>>()
            .map(|listings| listings.join("\n")),
        Shown::Pair(left, right) => find(left).and_then(|left| Ok((left, find(right)?))).map(
            |(left, right): (Arc<Code>, Arc<Code>)| {
                let width = host.is_terminal(Stream::Out).then(|| host.width()).flatten();
                pair::draw(&compare(&code, &left, &right), width, color)
            },
        ),
    };
    let text = match text {
        Ok(text) => text,
        Err(complaint) => return complain(&complaint, USAGE),
    };
    match host.write_out(text.as_bytes()).and_then(|()| host.flush_out()) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

/// A listing with its source lines set off from the instructions.
fn painted(listing: &str, color: bool) -> String {
    if !color {
        return listing.to_owned();
    }
    let mut text = String::with_capacity(listing.len() * 2);
    for line in listing.lines() {
        let number = line.trim_start().split(' ').next().unwrap_or_default();
        let is_source = number.parse::<u32>().is_ok() && line.trim_start()[number.len()..].starts_with(" |");
        let style = if line.starts_with("code ") {
            "\x1b[1m"
        } else if is_source {
            "\x1b[36m"
        } else if line.starts_with("  handl") || line.starts_with("  free:") || line.starts_with("  cells:") {
            "\x1b[2m"
        } else {
            ""
        };
        let end = if style.is_empty() { "" } else { "\x1b[0m" };
        text.push_str(&format!("{style}{line}{end}\n"));
    }
    text
}
