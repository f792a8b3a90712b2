//! HTML pages: the tree, its leaf blocks, and which of them are the story.

mod attribute_count;
pub mod blocks;
pub mod dom;
mod select;
pub mod shape;
pub mod structure;
mod tree_sink;

pub use dom::{Dom, NodeId};
pub use select::{Judged, judge};
pub use tree_sink::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, MAX_PAGE_BYTES, parse};
