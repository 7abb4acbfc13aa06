//! `co dis`: the bytecode of a program, or of some of its functions.

use super::{USAGE, cannot_load, complain};
use crate::bytecode::disasm;
use crate::engine;
use crate::host::{Host, RealHost};
use std::path::Path;
use std::sync::Arc;

/// Prints the listing of `file`; of `names` only, when there are any.
pub(super) fn dis(file: &str, names: &[String]) -> u8 {
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
    let mut text = String::new();
    if names.is_empty() {
        text = disasm::listing(&code);
    }
    for name in names {
        match disasm::find(&code, name) {
            Some(found) => text.push_str(&disasm::listing(&found)),
            None => return complain(&format!("co: no function '{name}' in '{file}'\n"), USAGE),
        }
    }
    let mut host = RealHost::new();
    match host.write_out(text.as_bytes()).and_then(|()| host.flush_out()) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}
