//! A plan written as a query: for counts, explanations and messages.

use super::{Leaf, PlanNode};
use crate::article::Span;
use crate::query::Scope;

/// What lies deeper than this is left out of a notation: nobody reads it, and writing it at every level
/// would cost the square of the depth.
const MAX_LEVELS: usize = 12;

impl PlanNode {
    /// The node as it could be typed, with an ellipsis for what lies deep in it; `text` is the query that
    /// its places are in.
    pub fn notation(&self, text: &str) -> String {
        self.written(text, MAX_LEVELS)
    }

    fn written(&self, text: &str, levels: usize) -> String {
        let Some(levels) = levels.checked_sub(1) else { return "…".to_owned() };
        let joined = |nodes: &[Self], between: &str| {
            nodes.iter().map(|node| node.enclosed(text, levels)).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Leaf(leaf, span) => leaf_notation(leaf, *span, text),
            Self::And(nodes) => joined(nodes, " "),
            Self::Or(nodes) => joined(nodes, " OR "),
            // The spellings of one name: what was typed.
            Self::Best(nodes) => match typed(self.span(), text) {
                Some(typed) => typed.to_owned(),
                None => nodes.first().map(|node| node.written(text, levels)).unwrap_or_default(),
            },
            Self::Not(node) => format!("-{}", node.enclosed(text, levels)),
            Self::Boost(node, boost) => format!("{}^{boost}", node.enclosed(text, levels)),
            Self::Near { sides, distance, ordered } => {
                let operator = if *ordered { "PRE" } else { "NEAR" };
                format!(
                    "{} {operator}/{distance} {}",
                    sides[0].enclosed(text, levels),
                    sides[1].enclosed(text, levels)
                )
            }
            Self::Within(stretch, node) => format!("{}({})", stretch.notation(), node.written(text, levels)),
            Self::AtLeast(count, node) => format!("atleast{count}:{}", node.enclosed(text, levels)),
        }
    }

    /// The same in parentheses where it needs them.
    fn enclosed(&self, text: &str, levels: usize) -> String {
        let whole = self.written(text, levels);
        match self {
            Self::And(nodes) | Self::Or(nodes) if nodes.len() > 1 => format!("({whole})"),
            Self::Near { .. } => format!("({whole})"),
            _ => whole,
        }
    }
}

fn typed(span: Span, text: &str) -> Option<&str> {
    Some(span.of(text)).filter(|typed| !typed.is_empty())
}

fn leaf_notation(leaf: &Leaf, span: Span, text: &str) -> String {
    let scoped = |scope: Scope, word: String| match scope {
        Scope::Everywhere => word,
        Scope::Headline => format!("headline:{word}"),
        Scope::Byline => format!("byline:{word}"),
    };
    match leaf {
        Leaf::All => "*".to_owned(),
        Leaf::Terms { scope, terms, slop, prefix } => {
            let word = typed(span, text)
                .map(str::to_owned)
                .unwrap_or_else(|| terms.iter().map(|(_, term)| term.as_str()).collect::<Vec<_>>().join(" "));
            let quoted = terms.len() > 1 && !word.starts_with(crate::query::is_quote);
            let word = if quoted { format!("\"{word}\"") } else { word };
            let suffix = match (slop, prefix) {
                (_, true) => "*".to_owned(),
                (0, false) => String::new(),
                (slop, false) => format!("~{slop}"),
            };
            let suffix = if word.ends_with(&suffix) { String::new() } else { suffix };
            scoped(*scope, format!("{word}{suffix}"))
        }
        Leaf::Prefix(scope, prefix) => scoped(*scope, format!("{prefix}*")),
        Leaf::Wildcard(scope, pattern) => scoped(*scope, pattern.clone()),
        Leaf::Fuzzy(scope, word, distance) => scoped(*scope, format!("{word}~{distance}")),
        Leaf::Regex(scope, pattern) => scoped(*scope, format!("/{pattern}/")),
        Leaf::Exact { text, case } => format!("{}:\"{text}\"", if *case { "caps" } else { "exact" }),
        Leaf::Keyword { field, values, prefix, .. } => match typed(span, text) {
            Some(typed) if typed.contains(':') => typed.to_owned(),
            Some(typed) => format!("{field}:{typed}"),
            None => {
                let star = if *prefix { "*" } else { "" };
                format!("{field}:{}{star}", values.first().map_or("", String::as_str))
            }
        },
        Leaf::Range { field, from, to } => typed(span, text).map(str::to_owned).unwrap_or_else(|| {
            let end = |end: &Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
            format!("{field}:{}..{}", end(from), end(to))
        }),
        Leaf::Exists(field) => format!("{field}:*"),
    }
}
