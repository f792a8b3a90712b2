//! Whom and what an article is about, told from those it merely mentions.
//!
//! It looks at where names stand and how often; it weighs no words, and finds no names of its own.

use std::collections::BTreeMap;

use crate::article::{Article, Mention, TextField};

/// Bytes at the beginning of the body, after its first line where that is the headline, in which a
/// name is a topic wherever it stands.
const LEAD_BYTES: usize = 200;
/// Mentions that make a topic of a name that comes later.
const MIN_MENTIONS: usize = 3;
/// One in how many of the article's mentions such a name must have, so that long articles do not
/// make a topic of everybody.
const MIN_SHARE: usize = 10;

/// For each entity that `article` is about, the mention that names it most fully (the longest, then
/// the first), in the order of their places. An entity is a topic when it is named in headline, dek
/// or lead, or often enough.
///
/// The bounds were chosen on the tags that editors gave to news of the 1980s.
pub fn topics_of(article: &Article) -> Vec<&Mention> {
    let lead_end = lead_end(article);
    let mut topics = BTreeMap::<&str, Topic<'_>>::new();
    for mention in &article.mentions {
        let leads = mention.field != TextField::Body || mention.span.start < lead_end;
        let topic = topics.entry(mention.entity.id.as_str()).or_insert(Topic {
            fullest: mention,
            leads: false,
            mentions: 0,
        });
        topic.leads |= leads;
        topic.mentions += 1;
        if mention.surface.len() > topic.fullest.surface.len() {
            topic.fullest = mention;
        }
    }
    let often = |topic: &Topic<'_>| {
        topic.mentions >= MIN_MENTIONS && topic.mentions * MIN_SHARE >= article.mentions.len()
    };
    let mut fullest: Vec<&Mention> =
        topics.into_values().filter(|topic| topic.leads || often(topic)).map(|topic| topic.fullest).collect();
    fullest.sort_by_key(|mention| (mention.field, mention.span));
    fullest
}

/// Leaves of the mentions of `article` those of [`topics_of`], and of its citations those that
/// stand on them.
pub fn keep_topics(article: &mut Article) {
    let topics: Vec<Mention> = topics_of(article).into_iter().cloned().collect();
    article.citations.retain(|citation| {
        topics.iter().any(|topic| topic.field == citation.field && topic.span.overlaps(citation.span))
    });
    article.mentions = topics;
}

/// An entity of the article, as its mentions show it.
struct Topic<'a> {
    fullest: &'a Mention,
    leads: bool,
    mentions: usize,
}

/// Where the lead ends. A text without a headline of its own often begins with it, as its first line.
fn lead_end(article: &Article) -> usize {
    let text = &article.text;
    let start = text.len() - text.trim_start().len();
    let headline = if article.headline.is_none() { text[start..].find('\n').unwrap_or(0) } else { 0 };
    start + headline + LEAD_BYTES
}

#[cfg(test)]
mod tests {
    use super::{keep_topics, topics_of};
    use crate::article::Article;
    use crate::names::annotate;

    fn annotated(headline: Option<&str>, text: String) -> Article {
        let language = Some("en".to_owned());
        let mut article =
            Article { headline: headline.map(str::to_owned), text, language, ..Article::default() };
        annotate(&mut article);
        article
    }

    fn names(article: &Article) -> Vec<&str> {
        topics_of(article).iter().map(|mention| mention.surface.as_str()).collect()
    }

    fn padding() -> String {
        "The hall was cold and the benches were hard, and nobody spoke for a long while. ".repeat(4)
    }

    #[test]
    fn headline_lead_and_frequency_make_topics() {
        let mut text = format!("Angela Merkel spoke at noon. {}", padding());
        text += "A guest from Norway listened. The World Bank sent a note. The World Bank sent two. \
                 The World Bank sent three.";
        let article = annotated(Some("Visitors in Vilnius"), text);
        let found = names(&article);
        for topic in ["Vilnius", "Angela Merkel", "World Bank"] {
            assert!(found.contains(&topic), "{topic}: {found:?}");
        }
        assert!(!found.contains(&"Norway"), "{found:?}");
    }

    #[test]
    fn the_first_line_of_a_text_without_headline_is_one() {
        let text = format!("Merkel returns after a long winter\n\n{}", padding());
        assert_eq!(names(&annotated(None, text + "Chancellor Angela Merkel waved.")), ["Angela Merkel"]);
    }

    #[test]
    fn what_is_kept_is_an_articles_own() {
        let text = format!("In Kyiv it rained. {}Peter Pellegrini, in Bratislava, said so.", padding());
        let mut article = annotated(None, text);
        keep_topics(&mut article);
        assert_eq!(article.mentions.len(), 1);
        assert!(article.citations.is_empty());
        keep_topics(&mut Article::default());
    }
}
