//! How high a tree may grow. Everything that walks or drops a tree does so by recursion, so no
//! tree is higher than what a native stack of ordinary size can take.
//!
//! Height is counted while the tree is built: a *scope* is a production whose own nodes sit on
//! top of what it contains; its height is that of the tallest scope inside, plus one for each
//! node of a chain (`a.b.c`, `a + b + c`, `- - a`) that it puts on top.

use super::*;

/// Levels of expressions, and levels of statements.
pub const MAX_HEIGHT: u32 = 3000;

/// The count, for the scope at hand.
#[derive(Clone, Copy, Default)]
pub(super) struct Height {
    /// Of the tallest scope inside.
    tallest: u32,
    /// Chain nodes of this scope itself.
    links: u32,
}

/// Reads `read` as a scope of its own.
pub(super) fn scope<'s, O>(
    inp: &mut Input<'s, '_>,
    read: impl FnOnce(&mut Input<'s, '_>) -> Result<O, EmptyErr>,
) -> Result<O, EmptyErr> {
    let outer = std::mem::take(&mut inp.state().height);
    let result = read(inp);
    let state = inp.state();
    let own = state.height.tallest + state.height.links + 1;
    state.height = Height { tallest: outer.tallest.max(own), links: outer.links };
    if own > MAX_HEIGHT && result.is_ok() {
        let span = peek_span(inp);
        return Err(too_deep(inp.state(), span));
    }
    result
}

/// Counts one node of a chain.
pub(super) fn link(inp: &mut Input<'_, '_>) -> Result<(), EmptyErr> {
    let height = &mut inp.state().height;
    height.links += 1;
    if height.links > MAX_HEIGHT {
        let span = peek_span(inp);
        return Err(too_deep(inp.state(), span));
    }
    Ok(())
}

pub(super) fn too_deep(state: &mut State<'_>, span: Span) -> EmptyErr {
    state.fail(Code::TooDeep, span, "too many nested expressions or statements")
}
