//! From listed names and tagged spans to mentions: which spans are names, and whom each means.
//!
//! It decides on the whole article at once: headline, dek and body share their evidence. It finds
//! no spans of its own beyond those of the lists and of the tagger, and places within organisations.

mod evidence;
mod focus;
mod home;
mod merge;
mod nested;
mod organisations;
mod people;
mod places;
#[cfg(test)]
mod tests;

use crate::article::{Article, Entity, Kind, Mention, Span, TextField};
use crate::names::fold::slug;
use crate::names::lists::{EntityRef, Listed, Lists};
use crate::names::outlets::Outlets;
use crate::names::tagger::Tagger;

/// A name before and while it is linked.
#[derive(Clone, Debug)]
pub(super) struct Name {
    field: TextField,
    span: Span,
    kind: Kind,
    demonym: bool,
    /// The form of a list that it is, if any.
    listed: Option<Listed>,
    target: Target,
}

/// What a name is linked to.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    Open,
    Listed(EntityRef),
    /// A name that no list has, with the country that its surroundings suggest.
    Unlisted {
        name: String,
        country: Option<[u8; 2]>,
    },
}

/// The fields in which names are found.
const FIELDS: [TextField; 3] = [TextField::Headline, TextField::Dek, TextField::Body];

/// Finds and links the names of `article`; replaces its mentions and its countries.
pub(super) fn annotate(article: &mut Article, lists: &Lists<'_>, tagger: Option<&Tagger>) {
    let english = article.language.as_deref().is_none_or(|language| language.starts_with("en"));
    let tagger = tagger.filter(|_| english);
    let mut names = Vec::new();
    for field in FIELDS {
        merge::names_of(article.text_of(field), field, lists, tagger, &mut names);
    }
    nested::add(article, lists, &mut names);
    let home = home_country(article);
    let evidence = places::link(article, &mut names, lists, home);
    people::link(article, &mut names, lists);
    organisations::link(article, &mut names, lists);
    let mentions: Vec<Mention> = names.iter().filter_map(|name| mention_of(article, name, lists)).collect();
    article.countries = focus::countries(article, &mentions, evidence.home());
    article.mentions = mentions;
}

/// The country of the publisher, else of the host.
fn home_country(article: &Article) -> Option<[u8; 2]> {
    let outlets = Outlets::builtin();
    let known = [&article.publisher, &article.host]
        .into_iter()
        .flatten()
        .find_map(|outlet| outlets.by_id(&outlet.id));
    known?.country.as_deref()?.as_bytes().try_into().ok()
}

fn mention_of(article: &Article, name: &Name, lists: &Lists<'_>) -> Option<Mention> {
    let entity = match &name.target {
        Target::Open => return None,
        Target::Listed(entity) => lists.entity(*entity)?,
        Target::Unlisted { name: canonical, country } => Entity {
            id: format!("~{}", slug(canonical)),
            name: canonical.clone(),
            kind: name.kind,
            country: country.and_then(|code| String::from_utf8(code.to_vec()).ok()),
            coordinates: None,
        },
    };
    let section = (name.field == TextField::Body).then(|| article.section_at(name.span.start)).flatten();
    let surface = name.span.of(article.text_of(name.field)).to_owned();
    Some(Mention { surface, field: name.field, span: name.span, section, demonym: name.demonym, entity })
}
