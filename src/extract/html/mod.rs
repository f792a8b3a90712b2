//! HTML pages: the tree, its leaf blocks, and which of them are the story.

pub mod blocks;
pub mod dom;
pub mod evidence;
pub mod features;
mod flow;
mod kind;
mod place;
pub mod second;
mod select;
pub mod shape;
pub mod sheet;
pub mod structure;
mod tokens;
pub mod traits;
mod tree_sink;
pub mod view;

pub use dom::{Dom, NodeId};
pub use select::{Judged, judge};
pub use tree_sink::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, parse};
