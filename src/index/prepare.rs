//! From an article to the documents that tantivy takes: the article, and its sections.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use tantivy::TantivyDocument;

use super::dictionary::Packer;
use super::error::IndexError;
use super::fields::{Fields, UnitCode};
use super::state::FileState;
use super::stored::StoredArticle;
use crate::analysis::{Sketch, Sketcher, word_set};
use crate::article::{Article, Kind, Span, TextField};
use crate::document::Location;

/// The id of an article: `n:` and 48 bits of the hash of its headline, dek and body. Exact copies
/// have the same id, wherever they lie; among a million articles two others share one with a
/// probability of 0.2 %.
pub fn article_id(article: &Article) -> String {
    let mut hash = Sha256::new();
    for text in [article.headline.as_deref(), article.dek.as_deref(), Some(article.text.as_str())] {
        hash.update(text.unwrap_or("").as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("n:{hex}")
}

/// Decides between equal scores: the same for the same article at the same place.
fn tie_of(location: &Location) -> u64 {
    let digest = Sha256::digest(location.to_string().as_bytes());
    digest.iter().take(8).fold(0, |tie, byte| (tie << 8) | u64::from(*byte))
}

/// The document of a file.
pub(super) fn file_document(fields: &Fields, path: &str, state: &FileState) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_u64(fields.unit, UnitCode::File as u64);
    document.add_text(fields.file, path);
    document.add_u64(fields.size, state.bytes);
    document.add_i64(fields.mtime, state.modified_ns);
    document.add_bytes(fields.sha256, &state.sha256[..]);
    document.add_u64(fields.names, state.names);
    document
}

/// The documents of an article: its own, and one for each section where it has several.
///
/// # Errors
/// When the article cannot be serialised or packed.
pub(super) fn article_documents(
    fields: &Fields,
    packer: &mut Packer<'_>,
    location: Location,
    article: Article,
) -> Result<Vec<TantivyDocument>, IndexError> {
    let id = article_id(&article);
    let tie = tie_of(&location);
    let mut shared = TantivyDocument::new();
    add_shared(fields, &mut shared, &location, &id, &article);
    let mut documents = Vec::with_capacity(1 + article.sections.len());
    let mut whole = shared.clone();
    whole.add_u64(fields.unit, UnitCode::Article as u64);
    whole.add_u64(fields.tie, tie);
    whole.add_text(fields.key, location.to_string());
    add_texts(fields, &mut whole, &article);
    add_names(fields, &mut whole, &article, None);
    documents.push(whole);
    if article.sections.len() > 1 {
        for (number, section) in article.sections.iter().enumerate() {
            let mut part = shared.clone();
            part.add_u64(fields.unit, UnitCode::Section as u64);
            part.add_u64(fields.tie, tie.wrapping_add(1 + number as u64));
            part.add_u64(fields.section, number as u64);
            let text = section.span.of(&article.text);
            part.add_text(fields.section_text, text);
            part.add_text(fields.section_words, word_set([text], |_| ()));
            add_names(fields, &mut part, &article, Some(number));
            documents.push(part);
        }
    }
    let stored = StoredArticle { location, id, article };
    documents[0].add_bytes(fields.stored, &packer.pack(&stored.to_bytes()?)?);
    // A section's hit shows its article, which it finds by the key.
    let key = stored.location.to_string();
    for part in &mut documents[1..] {
        part.add_bytes(fields.stored, key.as_bytes());
    }
    Ok(documents)
}

/// What an article and its sections have in common.
fn add_shared(
    fields: &Fields,
    document: &mut TantivyDocument,
    location: &Location,
    id: &str,
    article: &Article,
) {
    document.add_text(fields.path, &location.path);
    document.add_text(fields.id, id);
    if let Some(headline) = &article.headline {
        document.add_text(fields.headline, headline);
        document.add_text(fields.headline_words, word_set([headline.as_str()], |_| ()));
    }
    for name in &article.byline {
        document.add_text(fields.byline, name);
    }
    for (field, outlet) in [
        (fields.publisher, &article.publisher),
        (fields.host, &article.host),
        (fields.credit, &article.credit),
    ] {
        if let Some(outlet) = outlet {
            document.add_text(field, &outlet.id);
        }
    }
    let domain =
        article.host.as_ref().or(article.publisher.as_ref()).and_then(|outlet| outlet.domain.as_ref());
    if let Some(domain) = domain {
        document.add_text(fields.domain, domain.to_lowercase());
    }
    if let Some(url) = &article.url {
        document.add_text(fields.url, url);
    }
    for topic in &article.topics {
        document.add_text(fields.topic, topic.to_lowercase());
    }
    for (name, value) in &article.extra {
        document.add_text(fields.extra, format!("{}={}", name.to_lowercase(), value.to_lowercase()));
    }
    if let Some(published) = &article.published {
        document.add_i64(fields.published, published.unix_seconds);
        document.add_u64(fields.published_grain, published.precision as u64);
    }
    if let Some(modified) = &article.modified {
        document.add_i64(fields.modified, modified.unix_seconds);
    }
    document.add_u64(fields.section_count, article.sections.len() as u64);
    for field in present_fields(article) {
        document.add_text(fields.has, field);
    }
}

/// Names of the fields that have a value, for `has:` and for the coverage that `fields` shows.
fn present_fields(article: &Article) -> impl Iterator<Item = &'static str> {
    [
        ("headline", article.headline.is_some()),
        ("dek", article.dek.is_some()),
        ("byline", !article.byline.is_empty()),
        ("publisher", article.publisher.is_some()),
        ("host", article.host.is_some()),
        ("credit", article.credit.is_some()),
        ("source", !article.citations.is_empty()),
        ("quote", !article.quotes.is_empty()),
        ("entity", !article.mentions.is_empty()),
        ("language", article.language.is_some()),
        ("topic", !article.topics.is_empty()),
        ("url", article.url.is_some()),
        ("published", article.published.is_some()),
        ("modified", article.modified.is_some()),
        ("country", !article.countries.is_empty()),
    ]
    .into_iter()
    .filter_map(|(name, present)| present.then_some(name))
}

fn add_texts(fields: &Fields, document: &mut TantivyDocument, article: &Article) {
    let texts = [article.headline.as_deref(), article.dek.as_deref(), Some(article.text.as_str())];
    let texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
    texts.clone().for_each(|text| document.add_text(fields.text, text));
    let mut sketcher = Sketcher::default();
    document.add_text(fields.words, word_set(texts, |word| sketcher.add(word)));
    if let Some([low, high]) = sketcher.sketch().map(Sketch::numbers) {
        document.add_u64(fields.sketch_low, low);
        document.add_u64(fields.sketch_high, high);
    }
}

/// Names, citations and quotes: of the whole article, or of one section.
fn add_names(fields: &Fields, document: &mut TantivyDocument, article: &Article, section: Option<usize>) {
    let within = |field: TextField, span: Span| match section {
        None => true,
        Some(number) => {
            field == TextField::Body && article.sections.get(number).is_some_and(|s| s.span.contains(span))
        }
    };
    let mut kinds: BTreeMap<&str, Kind> = BTreeMap::new();
    for mention in article.mentions.iter().filter(|mention| within(mention.field, mention.span)) {
        document.add_text(fields.entity, &mention.entity.id);
        kinds.insert(&mention.entity.id, mention.entity.kind);
    }
    for (id, kind) in kinds {
        let field = match kind {
            Kind::Person => fields.person,
            Kind::Organisation => fields.organisation,
            Kind::Place => fields.place,
        };
        document.add_text(field, id);
    }
    let mut sources = BTreeSet::new();
    let mut evidence = BTreeSet::new();
    for citation in article.citations.iter().filter(|citation| within(citation.field, citation.span)) {
        sources.insert(citation.source.id.as_str());
        evidence.insert(citation.evidence.name());
    }
    sources.into_iter().for_each(|source| document.add_text(fields.source, source));
    evidence.into_iter().for_each(|evidence| document.add_text(fields.evidence, evidence));
    let quotes = article.quotes.iter().filter(|quote| within(quote.field, quote.span));
    let speakers: BTreeSet<&str> =
        quotes.filter_map(|quote| Some(quote.speaker.as_ref()?.id.as_str())).collect();
    speakers.into_iter().for_each(|speaker| document.add_text(fields.speaker, speaker));
    let (language, words) = match section.and_then(|number| article.sections.get(number)) {
        Some(section) => (
            section.language.as_ref().or(article.language.as_ref()),
            crate::analysis::folded_words(section.span.of(&article.text)).len(),
        ),
        None => (article.language.as_ref(), article.word_count),
    };
    if let Some(language) = language {
        document.add_text(fields.language, language.to_lowercase());
    }
    document.add_u64(fields.word_count, words as u64);
    for country in &article.countries {
        document.add_text(fields.country, country);
    }
}
