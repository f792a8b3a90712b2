//! Where the parts of a query's tree stand.

use super::ast::{Filter, Node};
use crate::article::Span;

/// `node` as if all of it had been typed at `span`: the parts of a saved query stand where it is
/// called.
pub(super) fn placed(node: Node, span: Span) -> Node {
    let list = |nodes: Vec<Node>| nodes.into_iter().map(|node| placed(node, span)).collect();
    match node {
        Node::All => Node::All,
        Node::Text { scope, form, .. } => Node::Text { scope, form, span },
        Node::Filter(filter) => Node::Filter(Filter { span, value_span: span, ..filter }),
        Node::And(nodes) => Node::And(list(nodes)),
        Node::Or(nodes) => Node::Or(list(nodes)),
        Node::Not(node) => Node::Not(Box::new(placed(*node, span))),
        Node::Boost(node, boost) => Node::Boost(Box::new(placed(*node, span)), boost),
        Node::Near { sides, distance, ordered, .. } => {
            let [left, right] = *sides;
            let sides = Box::new([placed(left, span), placed(right, span)]);
            Node::Near { sides, distance, ordered, span }
        }
        Node::Within { stretch, node, .. } => {
            Node::Within { stretch, node: Box::new(placed(*node, span)), span }
        }
        Node::AtLeast { count, node, .. } => {
            Node::AtLeast { count, node: Box::new(placed(*node, span)), span }
        }
    }
}
