//! The tree of a query as it was typed; every part knows its place.

use super::fields::QueryField;
use crate::article::Span;

/// A parsed query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What was typed.
    pub text: String,
    /// What it says.
    pub root: Node,
    /// Parts that say nothing (stray punctuation), for a note to the user.
    pub ignored: Vec<Span>,
    /// What `variants:on` or `variants:off` says, over any other setting.
    pub variants: Option<bool>,
}

impl Query {
    /// The same query of which one of `conditions` must hold, too; without any, itself.
    pub fn narrowed(mut self, mut conditions: Vec<Node>) -> Self {
        let condition = match conditions.len() {
            0 => return self,
            1 => conditions.remove(0),
            _ => Node::Or(conditions),
        };
        self.root = match self.root {
            Node::And(mut nodes) => {
                nodes.push(condition);
                Node::And(nodes)
            }
            other => Node::And(vec![other, condition]),
        };
        self
    }
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Every article.
    All,
    /// Words that stand in a text.
    Text {
        /// Which text.
        scope: Scope,
        /// What is looked for.
        form: Form,
        /// Where it was typed.
        span: Span,
    },
    /// A condition on a field.
    Filter(Filter),
    /// All of them.
    And(Vec<Node>),
    /// At least one of them.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// The same with its score multiplied.
    Boost(Box<Node>, f32),
    /// Two things near each other.
    Near {
        /// The one and the other.
        sides: Box<[Node; 2]>,
        /// How many words further on at most: 1 is side by side.
        distance: u32,
        /// Whether the first must stand before the second.
        ordered: bool,
        /// Where it was typed.
        span: Span,
    },
    /// All of it in one stretch of an article.
    Within {
        /// What kind of stretch.
        stretch: Stretch,
        /// What must hold there.
        node: Box<Node>,
        /// Where it was typed.
        span: Span,
    },
    /// So many times at least.
    AtLeast {
        /// How many times.
        count: u32,
        /// What.
        node: Box<Node>,
        /// Where it was typed.
        span: Span,
    },
}

/// A stretch of an article that a condition can be held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stretch {
    /// A sentence.
    Sentence,
    /// A paragraph of the body; the headline and the dek are one each.
    Paragraph,
    /// A section of the body.
    Section,
    /// A quotation.
    Quote,
    /// A section's heading.
    Heading,
    /// The headline.
    Headline,
    /// The dek.
    Dek,
    /// The dek and the first paragraphs of the body.
    Lead,
    /// The headline and the lead.
    HeadlineLead,
    /// The body.
    Body,
    /// So many words from the beginning of the body.
    First(u32),
}

impl Stretch {
    /// How it is written in a query.
    pub fn notation(self) -> String {
        match self {
            Self::Sentence => "SENTENCE".to_owned(),
            Self::Paragraph => "PARA".to_owned(),
            Self::Section => "SECTION".to_owned(),
            Self::Quote => "quote:".to_owned(),
            Self::Heading => "heading:".to_owned(),
            Self::Headline => "headline:".to_owned(),
            Self::Dek => "dek:".to_owned(),
            Self::Lead => "lead:".to_owned(),
            Self::HeadlineLead => "hlead:".to_owned(),
            Self::Body => "body:".to_owned(),
            Self::First(count) => format!("first{count}:"),
        }
    }
}

/// The text that words are looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Headline, dek and body as one.
    Everywhere,
    /// The headline.
    Headline,
    /// The writers' names.
    Byline,
}

/// What is looked for in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A word in any inflection.
    Word(String),
    /// Words in this order.
    Phrase {
        /// The words.
        text: String,
        /// How many moves of words are forgiven.
        slop: u32,
        /// Whether the last word may go on.
        prefix: bool,
    },
    /// Words that begin so.
    Prefix(String),
    /// Words of this shape: `*` for any characters, `?` for one.
    Wildcard(String),
    /// Words that differ in at most so many characters.
    Fuzzy(String, u8),
    /// Words that this expression matches wholly.
    Regex(String),
    /// The text as it is: not stemmed, no other spelling.
    Exact {
        /// The text.
        text: String,
        /// Whether capitals must be the same, too.
        case: bool,
    },
}

/// A condition on a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Which field.
    pub field: &'static QueryField,
    /// What must hold.
    pub test: Test,
    /// Where it was typed.
    pub span: Span,
    /// Where its value was typed.
    pub value_span: Span,
}

/// What must hold of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The value, or a spelling of it.
    Is(String),
    /// Begins with this.
    StartsWith(String),
    /// Lies between the two, both included; an open end is `None`.
    Between(Option<i64>, Option<i64>),
    /// The field has a value.
    Exists,
}
