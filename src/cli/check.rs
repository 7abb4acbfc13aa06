//! `co check`: every syntax error of every file, and nothing is run.

use super::{USAGE, cannot_load};
use crate::engine::{self, Options};
use crate::host::{Host, RealHost, Stream, on_large_stack};
use std::path::Path;
use std::sync::Arc;

/// Shows the mistakes of `files`; 1 when there is any, 2 when a file cannot be read.
pub(super) fn check(files: &[String], options: &Options) -> u8 {
    // The parser is protected against deep nesting itself; the stack is for the compiler.
    on_large_stack(options.stack, |_| files.iter().map(|name| check_file(name, options)).max().unwrap_or(0))
}

fn check_file(name: &str, options: &Options) -> u8 {
    let mut host = RealHost::new();
    let source = match engine::load(Path::new(name), name) {
        Ok(source) => Arc::new(source),
        Err(error) => {
            let complaint = cannot_load(name, error);
            let _ = host.write_err(complaint.text.as_bytes());
            return complaint.status.min(USAGE);
        }
    };
    let color = engine::use_color(options, &host);
    let drawn = host.is_terminal(Stream::Err);
    let mistakes = engine::diagnose(&source);
    for mistake in &mistakes {
        let text = engine::show(&source, mistake, drawn, color);
        // Nobody is left to tell when standard error is closed; the status still says it.
        let _ = host.write_err(text.as_bytes());
    }
    u8::from(!mistakes.is_empty())
}
