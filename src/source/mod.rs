//! Text and names: the ground floor. A [`Span`] is a byte range of one source text, a
//! [`LineIndex`] turns offsets into lines and columns, a [`Name`] is an interned identifier,
//! and a [`SourceFile`] is a text with the name that diagnostics show.
//!
//! Depends on nothing of ours. Nothing here knows what the text means.

pub mod charname;
mod file;
mod line_index;
mod marks;
mod name;
mod span;
pub mod surrogate;

pub use file::SourceFile;
pub use line_index::{LineColumn, LineIndex};
pub use marks::marked_line;
pub use name::Name;
pub use span::{Span, Spanned};
