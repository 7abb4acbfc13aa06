//! Names and rules before code: which scope each name belongs to, and what Python forbids
//! where. Reads the tree, writes a [`Analysis`] that the compiler looks things up in.
//!
//! Reading order: `scope` (the data), `collect` (one walk over the tree that fills it and asks
//! `checks`), `checks` (one function for each rule), `resolve` (from names to variables),
//! `error` (every mistake, in CPython's words). `flow` looks for programs that are valid and most
//! likely wrong.

mod checks;
mod collect;
mod error;
mod flow;
mod resolve;
mod scope;
mod suspect;

pub use collect::first_component;
pub use error::{ErrorKind, Mistake};
pub use flow::findings;
pub use scope::{Analysis, Binding, Role, ScopeId, ScopeKind, mangle};

use crate::syntax::ast::Module;

/// What the analysis has to know about the place where the code will run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The code has a namespace of its own: its names are not simply globals.
    pub namespace: bool,
    /// `await` and its kin are allowed at the top level.
    pub top_level_await: bool,
    /// As if `from __future__ import annotations` stood first.
    pub future_annotations: bool,
}

/// Resolves every name of `module` and collects every mistake.
pub fn analyse(module: &Module, context: Context) -> Analysis {
    let mut analysis = collect::collect(module, context);
    resolve::resolve(&mut analysis, context);
    analysis.mistakes.sort_by_key(|mistake| (mistake.kind.phase(), mistake.span.start, mistake.span.end));
    analysis.mistakes.dedup();
    analysis.warnings.sort_by_key(|warning| warning.span.start);
    analysis.warnings.dedup();
    if let Some(mistake) = analysis.mistakes.first() {
        // CPython warns while it compiles, up to the mistake; before that it only looks at names.
        let compiled_to = if mistake.kind.phase() < error::COMPILES { 0 } else { mistake.span.start };
        analysis.warnings.retain(|warning| warning.span.start < compiled_to);
    }
    analysis
}
