//! From witnesses to fields: the value that the witnesses bear out best, how sure that is, and
//! what the others said.

use std::collections::BTreeMap;

use super::{
    byline,
    date::{day_number, day_of, parse_value},
    fold::{fold_words, tidy},
    headline,
    markup::plain_of,
    page_context::PageContext,
    published::{self, DayCandidate, Reading, date_of},
    publisher::{original_of, outlet_named, outlet_of_host, site_names},
    ranking,
    site::{host_of, registrable_domain},
    transmission::without_marks,
};
use crate::{
    article::{Article, FieldName, Moment, Origin, Outlet, Precision, Witness},
    names::outlets::Outlets,
};

/// Bylines that are less likely right than this are left out: wrong authors are worse than none.
const MIN_BYLINE_CONFIDENCE: f32 = 0.2;

/// Dates that are less likely right than this are left out.
const MIN_DATE_CONFIDENCE: f32 = 0.1;

/// What the losing witnesses of a field are listed up to.
const MAX_REJECTED: usize = 8;

/// An article has no more topics than this; longer lists are a site's whole index.
const MAX_TOPICS: usize = 40;

/// What settling needs beside the witnesses.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The day that the copy was made: no article is younger.
    pub captured: Option<&'a str>,
    /// The known outlets.
    pub outlets: &'a Outlets,
}

/// The fields that the witnesses bear out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
    /// See [`Article::headline`].
    pub headline: Option<String>,
    /// See [`Article::dek`].
    pub dek: Option<String>,
    /// See [`Article::byline`].
    pub byline: Vec<String>,
    /// See [`Article::credit`].
    pub credit: Option<Outlet>,
    /// See [`Article::publisher`].
    pub publisher: Option<Outlet>,
    /// See [`Article::host`].
    pub host: Option<Outlet>,
    /// See [`Article::url`].
    pub url: Option<String>,
    /// See [`Article::language`].
    pub language: Option<String>,
    /// See [`Article::published`].
    pub published: Option<Moment>,
    /// See [`Article::modified`].
    pub modified: Option<Moment>,
    /// See [`Article::topics`].
    pub topics: Vec<String>,
    /// Where each came from.
    pub origins: BTreeMap<FieldName, Origin>,
}

impl Settled {
    /// Puts the fields into `article`.
    pub fn apply(self, article: &mut Article) {
        article.headline = self.headline;
        article.dek = self.dek;
        article.byline = self.byline;
        article.credit = self.credit;
        article.publisher = self.publisher;
        article.host = self.host;
        article.url = self.url;
        article.language = self.language;
        article.published = self.published;
        article.modified = self.modified;
        article.topics = self.topics;
        article.provenance.fields.extend(self.origins);
    }
}

/// Settles every field that `witnesses` speak about.
pub fn settle(witnesses: &[Witness], context: &Context<'_>) -> Settled {
    let page = PageContext::of(witnesses, context.captured, context.outlets);
    let mut settled = Settled::default();
    settled.settle_address(witnesses, &page);
    settled.settle_headline(witnesses, &page);
    settled.settle_byline(witnesses, &page, context.outlets);
    settled.settle_dates(witnesses, &page);
    settled.settle_publisher(witnesses, &page, context.outlets);
    settled.settle_credit(witnesses, context.outlets);
    settled.settle_language(witnesses);
    settled.settle_dek(witnesses);
    settled.settle_topics(witnesses);
    settled
}

impl Settled {
    fn settle_address(&mut self, witnesses: &[Witness], page: &PageContext<'_>) {
        let first = of_field(witnesses, FieldName::Url).next();
        let (url, rule) = match (&page.url, first) {
            (Some(url), _) => (url.clone(), page.url_rule.clone().unwrap_or_default()),
            (None, Some(witness)) if witness.raw.contains("://") => {
                (witness.raw.clone(), witness.rule.clone())
            }
            _ => return,
        };
        let agree: Vec<String> = of_field(witnesses, FieldName::Url)
            .filter(|witness| witness.raw == url && witness.rule != rule)
            .map(|witness| witness.rule.clone())
            .collect();
        let confidence = if agree.is_empty() { 0.9 } else { 0.97 };
        let rules = std::iter::once(rule).chain(agree).collect();
        let rejected = rejected(witnesses, FieldName::Url, |witness| witness.raw != url);
        self.origins.insert(FieldName::Url, Origin { rules, raw: url.clone(), confidence, rejected });
        self.url = Some(url);
    }

    fn settle_headline(&mut self, witnesses: &[Witness], page: &PageContext<'_>) {
        let candidates = headline::candidates(witnesses, page);
        let Some((best, confidence)) = ranking::best_headline(&candidates, witnesses, page) else { return };
        let candidate = &candidates[best];
        let support: Vec<usize> = candidate.support.iter().map(|(index, _)| *index).collect();
        let origin = origin_of(witnesses, FieldName::Headline, &support, confidence);
        self.origins.insert(FieldName::Headline, origin);
        self.headline = Some(without_marks(&candidate.text).to_owned());
    }

    fn settle_byline(&mut self, witnesses: &[Witness], page: &PageContext<'_>, outlets: &Outlets) {
        let candidates = byline::candidates(witnesses, page);
        let Some((best, confidence)) = ranking::best_byline(&candidates, witnesses, page, outlets) else {
            return;
        };
        if confidence < MIN_BYLINE_CONFIDENCE {
            return;
        }
        let candidate = &candidates[best];
        let support: Vec<usize> = candidate.support.iter().map(|given| given.index).collect();
        self.origins.insert(FieldName::Byline, origin_of(witnesses, FieldName::Byline, &support, confidence));
        self.byline = candidate.names.clone();
    }

    fn settle_dates(&mut self, witnesses: &[Witness], page: &PageContext<'_>) {
        let candidates = published::candidates(witnesses, page);
        let best =
            ranking::best_day(&candidates, witnesses, page).filter(|(_, sure)| *sure >= MIN_DATE_CONFIDENCE);
        match best {
            Some((best, confidence)) => {
                let candidate = &candidates[best];
                let support: Vec<usize> = candidate.support.iter().map(|(index, ..)| *index).collect();
                self.origins.insert(
                    FieldName::Published,
                    origin_of(witnesses, FieldName::Published, &support, confidence),
                );
                self.published = Some(finest_of(candidate, witnesses));
            }
            None => self.settle_coarse_date(witnesses, page),
        }
        self.settle_modified(witnesses, page);
    }

    /// A month or a year, where no day is known.
    fn settle_coarse_date(&mut self, witnesses: &[Witness], page: &PageContext<'_>) {
        for witness in of_field(witnesses, FieldName::Published) {
            let Some(found) = parse_value(&witness.raw, page.style) else { continue };
            if found.moment.precision < Precision::Day {
                let origin = Origin {
                    rules: vec![witness.rule.clone()],
                    raw: witness.raw.clone(),
                    confidence: 0.3,
                    rejected: Vec::new(),
                };
                self.origins.insert(FieldName::Published, origin);
                self.published = Some(found.moment);
                return;
            }
        }
    }

    /// The latest change that is not before the day of publication.
    fn settle_modified(&mut self, witnesses: &[Witness], page: &PageContext<'_>) {
        let earliest =
            self.published.as_ref().and_then(|moment| day_number(day_of(moment)?)).unwrap_or(i64::MIN);
        let last = page.last_day.map_or(i64::MAX, |day| day + 1);
        let known: Vec<(usize, Moment)> = witnesses
            .iter()
            .enumerate()
            .filter(|(_, witness)| witness.field == FieldName::Modified)
            .filter_map(|(index, witness)| Some((index, date_of(witness, page.style)?.moment)))
            .filter(|(_, moment)| {
                day_of(moment)
                    .and_then(day_number)
                    .is_some_and(|day| (earliest..=last).contains(&day) && day != 0)
            })
            .collect();
        let rules = super::rules::rules_of(FieldName::Modified);
        let best = known.iter().max_by(|one, other| {
            let trust = |index: usize| rules.reliability(&witnesses[index].rule);
            (one.1.precision, trust(one.0))
                .partial_cmp(&(other.1.precision, trust(other.0)))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(other.0.cmp(&one.0))
        });
        let Some((_, moment)) = best else { return };
        let day = day_of(moment).map(str::to_owned);
        let support: Vec<usize> = known
            .iter()
            .filter(|(_, other)| day_of(other).map(str::to_owned) == day)
            .map(|(index, _)| *index)
            .collect();
        let confidence = 1.0 - 0.5_f32.powi(support.len().min(6) as i32);
        self.origins
            .insert(FieldName::Modified, origin_of(witnesses, FieldName::Modified, &support, confidence));
        self.modified = Some(moment.clone());
    }

    fn settle_publisher(&mut self, witnesses: &[Witness], page: &PageContext<'_>, outlets: &Outlets) {
        let names = site_names(witnesses, page);
        let site = names.first().map(|best| match &page.host {
            Some(host) => outlet_of_host(host, Some(&best.name), outlets),
            None => outlet_named(&best.name, outlets),
        });
        let mut origin = names.first().map(|best| Origin {
            rules: best.support.iter().map(|(rule, _)| rule.clone()).collect(),
            raw: best.support.first().map(|(_, raw)| raw.clone()).unwrap_or_default(),
            confidence: best.confidence,
            rejected: rejected(witnesses, FieldName::Publisher, |witness| {
                best.support.iter().all(|(rule, _)| *rule != witness.rule)
            }),
        });
        self.publisher = site.clone();
        let found_at = served_from(witnesses, page);
        if let Some(original) = original_of(witnesses, page, outlets) {
            let Some(site_origin) = origin.replace(Origin {
                rules: vec![original.rule],
                raw: original.raw,
                confidence: original.confidence,
                rejected: Vec::new(),
            }) else {
                self.publisher = Some(original.outlet);
                self.origins.extend(origin.map(|origin| (FieldName::Publisher, origin)));
                return;
            };
            self.publisher = Some(original.outlet);
            self.host = site;
            self.origins.insert(FieldName::Host, site_origin);
        } else if let Some(host) = found_at {
            // The canonical address is another site's: that one wrote it.
            self.host = Some(outlet_of_host(&host, None, outlets));
            self.origins.insert(
                FieldName::Host,
                Origin {
                    rules: vec!["document:url".into()],
                    raw: host,
                    confidence: 0.8,
                    rejected: Vec::new(),
                },
            );
        } else if let Some(witness) = of_field(witnesses, FieldName::Host).next() {
            let host = host_of(&witness.raw).unwrap_or_else(|| witness.raw.clone());
            let outlet = if host.contains('.') {
                outlet_of_host(&host, None, outlets)
            } else {
                outlet_named(&host, outlets)
            };
            if self.publisher.is_none() {
                self.publisher = Some(outlet);
            } else if self
                .publisher
                .as_ref()
                .is_some_and(|publisher| publisher.id != outlet.id && publisher.domain != outlet.domain)
            {
                self.host = Some(outlet);
                self.origins.insert(
                    FieldName::Host,
                    Origin {
                        rules: vec![witness.rule.clone()],
                        raw: witness.raw.clone(),
                        confidence: 0.7,
                        rejected: Vec::new(),
                    },
                );
            }
        }
        self.origins.extend(origin.map(|origin| (FieldName::Publisher, origin)));
    }

    /// The wire agency that a dateline, a credit line or the byline names.
    fn settle_credit(&mut self, witnesses: &[Witness], outlets: &Outlets) {
        if let Some(witness) = of_field(witnesses, FieldName::Credit).next() {
            self.credit = Some(outlet_named(&witness.raw, outlets));
            let origin = Origin {
                rules: vec![witness.rule.clone()],
                raw: witness.raw.clone(),
                confidence: 0.9,
                rejected: rejected(witnesses, FieldName::Credit, |other| other.raw != witness.raw),
            };
            self.origins.insert(FieldName::Credit, origin);
            return;
        }
        let agency = self
            .byline
            .iter()
            .find_map(|name| Some((name, outlets.by_name(name).filter(|entry| entry.wire)?)));
        let Some((name, entry)) = agency else { return };
        if self.publisher.as_ref().is_some_and(|publisher| publisher.id == entry.id) {
            return;
        }
        let rules =
            self.origins.get(&FieldName::Byline).map(|origin| origin.rules.clone()).unwrap_or_default();
        self.origins.insert(
            FieldName::Credit,
            Origin { rules, raw: name.clone(), confidence: 0.8, rejected: Vec::new() },
        );
        self.credit = Some(outlet_named(name, outlets));
    }

    fn settle_language(&mut self, witnesses: &[Witness]) {
        let code_of = |witness: &Witness| super::language_code(&witness.raw);
        let mut votes: BTreeMap<String, usize> = BTreeMap::new();
        for witness in of_field(witnesses, FieldName::Language) {
            *votes.entry(code_of(witness).unwrap_or_default()).or_default() += 1;
        }
        votes.remove("");
        // The page's own order decides between equals: `html lang` comes first.
        let best = of_field(witnesses, FieldName::Language).filter_map(code_of).rev_max_by_votes(&votes);
        let Some(code) = best else { return };
        let support: Vec<usize> = witnesses
            .iter()
            .enumerate()
            .filter(|(_, witness)| {
                witness.field == FieldName::Language && code_of(witness).as_deref() == Some(code.as_str())
            })
            .map(|(index, _)| index)
            .collect();
        let total: usize = votes.values().sum();
        let confidence = if support.len() == total { 0.95 } else { 0.7 };
        self.origins
            .insert(FieldName::Language, origin_of(witnesses, FieldName::Language, &support, confidence));
        self.language = Some(code);
    }

    /// The visible dek, or the description where a heading or a record names none; never the
    /// headline again.
    fn settle_dek(&mut self, witnesses: &[Witness]) {
        let headline = self.headline.as_deref().map(fold_words).unwrap_or_default();
        let found = witnesses
            .iter()
            .enumerate()
            .filter(|(_, witness)| witness.field == FieldName::Dek && !is_description(witness))
            .find(|(_, witness)| fold_words(&witness.raw) != headline);
        let Some((index, witness)) = found else { return };
        let folded = fold_words(&witness.raw);
        let support: Vec<usize> = witnesses
            .iter()
            .enumerate()
            .filter(|(_, other)| other.field == FieldName::Dek && fold_words(&other.raw) == folded)
            .map(|(at, _)| at)
            .collect();
        let seconded = support.len() > 1;
        let page = super::rules::is_page_rule(&witness.rule);
        // A class name alone is weak: teasers carry the same names.
        if page && !seconded {
            return;
        }
        let support = if support.is_empty() { vec![index] } else { support };
        self.origins.insert(
            FieldName::Dek,
            origin_of(witnesses, FieldName::Dek, &support, if seconded { 0.9 } else { 0.7 }),
        );
        self.dek = Some(plain_of(&witness.raw));
    }

    fn settle_topics(&mut self, witnesses: &[Witness]) {
        let mut support = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (index, witness) in
            witnesses.iter().enumerate().filter(|(_, witness)| witness.field == FieldName::Topics)
        {
            for topic in witness
                .raw
                .split([',', ';', '|'])
                .map(tidy)
                .filter(|topic| (2..=60).contains(&topic.chars().count()))
            {
                let own_title = self
                    .headline
                    .as_deref()
                    .is_some_and(|headline| fold_words(headline) == fold_words(&topic));
                if !own_title && self.topics.len() < MAX_TOPICS && seen.insert(fold_words(&topic)) {
                    self.topics.push(topic);
                    support.push(index);
                }
            }
        }
        if !support.is_empty() {
            support.dedup();
            self.origins.insert(FieldName::Topics, origin_of(witnesses, FieldName::Topics, &support, 0.8));
        }
    }
}

trait MostVotes: Iterator<Item = String> + Sized {
    /// The first item among those with most votes.
    fn rev_max_by_votes(self, votes: &BTreeMap<String, usize>) -> Option<String> {
        let mut best: Option<String> = None;
        for item in self {
            let count = |name: &String| votes.get(name).copied().unwrap_or(0);
            if best.as_ref().is_none_or(|known| count(&item) > count(known)) {
                best = Some(item);
            }
        }
        best
    }
}

impl<I: Iterator<Item = String>> MostVotes for I {}

/// Descriptions for search engines are no deks, but they can bear one out.
fn is_description(witness: &Witness) -> bool {
    matches!(
        witness.rule.as_str(),
        "meta:description" | "meta:og:description" | "jsonld:description" | "jsonld-page:description"
    )
}

/// The host that served the page, where its canonical address is another site's.
fn served_from(witnesses: &[Witness], page: &PageContext<'_>) -> Option<String> {
    let served = of_field(witnesses, FieldName::Url).find(|witness| {
        matches!(
            witness.rule.as_str(),
            "document:url" | "saved-from:url" | "singlefile:url" | "warc:target-uri"
        )
    })?;
    let host = host_of(&served.raw)?;
    let apart = page.domain().is_some_and(|domain| registrable_domain(&host) != domain);
    apart.then_some(host)
}

/// The most precise moment among those that give the day as printed, of the most trusted rule.
fn finest_of(candidate: &DayCandidate, witnesses: &[Witness]) -> Moment {
    let rules = super::rules::rules_of(FieldName::Published);
    let trust = |index: usize| {
        let witness = &witnesses[index];
        rules.reliability(&witness.rule) - if witness.field == FieldName::Modified { 0.6 } else { 0.0 }
    };
    let instants = candidate.support.iter().filter(|(index, reading, moment)| {
        *reading == Reading::Printed
            && moment.precision >= Precision::Minute
            && witnesses[*index].field == FieldName::Published
    });
    // A clock at midnight is a day in disguise.
    let real = instants.filter(|(_, _, moment)| !moment.iso.contains("T00:00"));
    let best = real.max_by(|one, other| trust(one.0).total_cmp(&trust(other.0)).then(other.0.cmp(&one.0)));
    match best {
        Some((_, _, moment)) => moment.clone(),
        None => Moment {
            iso: candidate.day.clone(),
            unix_seconds: candidate.number * 86_400,
            precision: Precision::Day,
        },
    }
}

fn of_field(witnesses: &[Witness], field: FieldName) -> impl Iterator<Item = &Witness> {
    witnesses.iter().filter(move |witness| witness.field == field)
}

/// The witnesses of `field` that `wanted` picks, the first few.
fn rejected(witnesses: &[Witness], field: FieldName, wanted: impl Fn(&Witness) -> bool) -> Vec<Witness> {
    of_field(witnesses, field).filter(|witness| wanted(witness)).take(MAX_REJECTED).cloned().collect()
}

/// The origin of a value that the witnesses at `support` give.
fn origin_of(witnesses: &[Witness], field: FieldName, support: &[usize], confidence: f32) -> Origin {
    let table = super::rules::rules_of(field);
    let mut giving: Vec<&Witness> = support.iter().map(|index| &witnesses[*index]).collect();
    giving.sort_by(|one, other| table.reliability(&other.rule).total_cmp(&table.reliability(&one.rule)));
    let mut rules: Vec<String> = Vec::new();
    for witness in &giving {
        if !rules.contains(&witness.rule) {
            rules.push(witness.rule.clone());
        }
    }
    let raw = giving.first().map(|witness| witness.raw.clone()).unwrap_or_default();
    let rejected = rejected(witnesses, field, |witness| !rules.contains(&witness.rule));
    Origin { rules, raw, confidence: confidence.clamp(0.0, 1.0), rejected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(witnesses: &[(FieldName, &str, &str)], captured: Option<&str>) -> Settled {
        let witnesses: Vec<Witness> =
            witnesses.iter().map(|(field, rule, raw)| Witness::new(*field, *rule, *raw)).collect();
        settle(&witnesses, &Context { captured, outlets: Outlets::builtin() })
    }

    #[test]
    fn a_record_is_taken_at_its_word() {
        let settled = settled(
            &[
                (FieldName::Headline, "json:title", "Rain floods old town"),
                (FieldName::Byline, "json:authors", "Ada Quill"),
                (FieldName::Byline, "json:authors", "Bo Marsh"),
                (FieldName::Published, "json:date", "2021-05-04 08:00:00"),
                (FieldName::Url, "json:url", "https://www.harbourpost.example/rain"),
                (FieldName::Language, "json:language", "EN-gb"),
            ],
            None,
        );
        assert_eq!(settled.headline.as_deref(), Some("Rain floods old town"));
        assert_eq!(settled.byline, ["Ada Quill", "Bo Marsh"]);
        assert_eq!(settled.published.map(|moment| moment.iso).as_deref(), Some("2021-05-04T08:00:00"));
        assert_eq!(settled.language.as_deref(), Some("en"));
        assert_eq!(
            settled.publisher.and_then(|outlet| outlet.domain).as_deref(),
            Some("harbourpost.example")
        );
        assert!(settled.host.is_none());
        let origin = &settled.origins[&FieldName::Headline];
        assert_eq!(
            (origin.rules.as_slice(), origin.raw.as_str()),
            (&["json:title".to_owned()][..], "Rain floods old town")
        );
    }

    #[test]
    fn no_date_is_later_than_the_copy() {
        let dates = [
            (FieldName::Published, "meta:article:published_time", "2031-01-01"),
            (FieldName::Published, "time:first", "2021-05-04"),
        ];
        let day = |captured| settled(&dates, captured).published.map(|moment| moment.iso);
        assert_eq!(day(Some("2021-06-01")).as_deref(), Some("2021-05-04"));
        assert_eq!(settled(&dates[..1], Some("2021-06-01")).published, None);
        assert_eq!(
            settled(&[(FieldName::Published, "json:date", "1970-01-01T00:00:00Z")], None).published,
            None
        );
    }

    #[test]
    fn who_wrote_and_who_republished() {
        let settled_page = settled(
            &[
                (FieldName::Url, "link:canonical", "https://www.yahoo.com/news/rain"),
                (FieldName::Publisher, "meta:og:site_name", "Yahoo News"),
                (FieldName::Publisher, "jsonld:provider", "Harbour Post"),
            ],
            None,
        );
        assert_eq!(settled_page.publisher.map(|outlet| outlet.name).as_deref(), Some("Harbour Post"));
        assert!(settled_page.host.is_some_and(|host| host.name.contains("Yahoo")));
        let credited = settled(
            &[
                (FieldName::Url, "link:canonical", "https://gazette.example/rain"),
                (FieldName::Publisher, "meta:og:site_name", "Gazette"),
                (FieldName::Publisher, "text:originally-published", "Harbour Post"),
            ],
            None,
        );
        assert_eq!(credited.publisher.map(|outlet| outlet.name).as_deref(), Some("Harbour Post"));
        assert_eq!(credited.host.map(|outlet| outlet.name).as_deref(), Some("Gazette"));
    }

    #[test]
    fn an_agency_in_the_byline_is_the_credit() {
        let settled = settled(
            &[
                (FieldName::Byline, "json:author", "Reuters"),
                (FieldName::Publisher, "json:publisher", "Harbour Post"),
            ],
            None,
        );
        assert_eq!(settled.credit.map(|outlet| outlet.id).as_deref(), Some("reuters"));
        assert_eq!(settled.byline, ["Reuters"]);
    }

    #[test]
    fn papers_of_one_house_keep_their_names() {
        let settled = settled(
            &[
                (FieldName::Url, "link:canonical", "https://www.metropost.example/rain"),
                (FieldName::Url, "meta:og:url", "https://www.harbourpost.example/rain"),
                (FieldName::Publisher, "jsonld:publisher", "Harbour Post"),
            ],
            None,
        );
        assert_eq!(settled.publisher.map(|outlet| outlet.name).as_deref(), Some("Harbour Post"));
        assert!(settled.host.is_none());
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(settled(&[], None), Settled::default());
    }
}
