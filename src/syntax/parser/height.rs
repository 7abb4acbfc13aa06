//! How high a tree may grow. Everything that walks a tree does so by recursion, so no tree is
//! higher than what a native stack of ordinary size can walk.

/// Levels of nesting, operands of one chain of operators, links of one chain of attributes.
pub const MAX_HEIGHT: u32 = 3000;

/// Branches of one `if`: each nests in the one before it.
pub(super) const MAX_ELIF: u32 = 3000;
