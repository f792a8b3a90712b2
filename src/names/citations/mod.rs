//! Who is cited, how it shows, and who said the quoted words.
//!
//! Reads an article whose mentions are known and writes its citations and quotes. The words that
//! attribute are data (`schema/rules/attribution.tsv`, `attribution-words.tsv`,
//! `source-lines.tsv`). Names that are no mentions are found only where a cue or a list shows an
//! outlet; an outlet that is merely in the news is no citation, nor is the publisher itself.

mod lines;
mod phrase;
mod prose;
mod quoted;
mod rules;
mod scene;
mod source;
mod speakers;
mod subjects;
#[cfg(test)]
mod tests;
mod tokens;
mod voice;

use std::collections::BTreeMap;

use crate::article::{Article, Citation, Evidence, Force, Kind, Mention, Quote, Source, Span, TextField};
use crate::names::outlets::{OutletEntry, Outlets};
use crate::names::sentences::{sentence_at, sentences};

use prose::attributions;
use rules::{Cue, Rules, uses};
use scene::{Scene, Setting};
use source::Memory;
use speakers::{Attributed, Speaker};
use tokens::{Cursors, Marks, Token, tokenise};

/// Bytes of a line that can be a credit ("Originally published by …").
const MAX_CREDIT_BYTES: usize = 400;

/// Bytes of text in which a sentence may be expected.
const BYTES_PER_SENTENCE: usize = 100;

/// Shortest surname looked for by itself; "Jr" and "V" are none.
const MIN_SURNAME_BYTES: usize = 4;
/// Characters of a name before a colon at the head of a paragraph.
const MAX_TURN_CHARS: usize = 48;

/// Finds the cited sources and the quotes of `article` and writes them into it, replacing what
/// was there.
///
/// Mentions must be in order of place within each field, as `names::annotate` leaves them.
pub fn cite(article: &mut Article, outlets: &Outlets) {
    article.citations.clear();
    article.quotes.clear();
    let rules = Rules::builtin();
    let mut found = Found::default();
    for field in [TextField::Headline, TextField::Dek, TextField::Body] {
        read_field(article, field, rules, outlets, &mut found);
    }
    link_citations(article, outlets, &mut found);
    found.citations.retain(|citation| !is_own(article, &citation.source));
    for quote in &mut found.quotes {
        quote.carrier = quote.carrier.take().filter(|carrier| !is_own(article, carrier));
    }
    found.citations.sort_by(|a, b| {
        (a.field, a.span, a.evidence, &a.source.id).cmp(&(b.field, b.span, b.evidence, &b.source.id))
    });
    found.citations.dedup_by(|b, a| (a.field, a.span, a.evidence) == (b.field, b.span, b.evidence));
    article.citations = found.citations;
    article.quotes = found.quotes;
}

#[derive(Default)]
struct Found {
    citations: Vec<Citation>,
    quotes: Vec<Quote>,
}

/// Whether `source` is the article's own publisher.
fn is_own(article: &Article, source: &Source) -> bool {
    article.publisher.as_ref().is_some_and(|publisher| {
        publisher.id == source.id || publisher.name.eq_ignore_ascii_case(&source.name)
    })
}

fn read_field(article: &Article, field: TextField, rules: &Rules, outlets: &Outlets, found: &mut Found) {
    let text = article.text_of(field);
    if text.is_empty() {
        return;
    }
    let language = article.language.as_deref();
    let mentions = mentions_of(article, field);
    let known_outlets: Vec<Option<&OutletEntry>> =
        mentions.iter().map(|mention| outlet_of(mention, outlets)).collect();
    let short_names = short_names(&known_outlets);
    let surnames = surnames(&mentions, text);
    let cues = rules.cues(text, language);
    let quotes = quoted::quotations(text);
    let mut known_sentences = Vec::with_capacity(text.len() / BYTES_PER_SENTENCE);
    known_sentences.extend(sentences(text));
    let sentences = known_sentences;
    let marks = Marks { mentions: &mentions, cues: &cues, quotes: &quotes, sentences: &sentences };
    let setting = Setting {
        text,
        marks,
        rules,
        outlets,
        language,
        known_outlets: &known_outlets,
        short_names: &short_names,
        surnames: &surnames,
    };
    let mut reader =
        Reader { article, field, setting, tokens: Vec::new(), memory: Memory::default(), before: None };
    let mut cursors = Cursors::default();
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |n| start + n);
        let line = &text[start..end];
        let first = start + (line.len() - line.trim_start().len());
        let paragraph = Span::new(first, first + line.trim().len());
        if !paragraph.is_empty() {
            cursors.advance(marks, paragraph.start);
            reader.read(paragraph, cursors, found);
        }
        start = end + 1;
    }
}

/// The mentions of `field` whose spans fit its text, in order, none inside another.
fn mentions_of(article: &Article, field: TextField) -> Vec<&Mention> {
    let text = article.text_of(field);
    let fits = |mention: &&Mention| mention.field == field && !mention.span.of(text).is_empty();
    let mut mentions: Vec<&Mention> = article.mentions.iter().filter(fits).collect();
    mentions.sort_by_key(|mention| (mention.span.start, std::cmp::Reverse(mention.span.end)));
    let mut end = 0;
    mentions.retain(|mention| {
        let free = mention.span.start >= end;
        if free {
            end = mention.span.end;
        }
        free
    });
    mentions
}

/// The outlet that a mention names.
fn outlet_of<'a>(mention: &Mention, outlets: &'a Outlets) -> Option<&'a OutletEntry> {
    if mention.entity.kind != Kind::Organisation {
        return None;
    }
    outlets.by_id(&mention.entity.id).or_else(|| {
        mention.entity.id.starts_with('~').then(|| outlets.by_name(&mention.entity.name)).flatten()
    })
}

/// The last words of the known outlets' names, each with the first outlet that has it.
fn short_names<'a>(known: &[Option<&'a OutletEntry>]) -> BTreeMap<&'a str, &'a OutletEntry> {
    let mut short = BTreeMap::new();
    for outlet in known.iter().copied().flatten() {
        if let Some((_, last)) = outlet.name.rsplit_once(' ') {
            short.entry(last).or_insert(outlet);
        }
    }
    short
}

/// The last words of persons' full names, each with the first mention that has it.
fn surnames<'a>(mentions: &[&Mention], text: &'a str) -> BTreeMap<&'a str, usize> {
    let mut surnames = BTreeMap::new();
    for (index, mention) in
        mentions.iter().enumerate().filter(|(_, mention)| mention.entity.kind == Kind::Person)
    {
        if let Some((_, last)) = mention.span.of(text).rsplit_once(' ')
            && last.len() >= MIN_SURNAME_BYTES
        {
            surnames.entry(last).or_insert(index);
        }
    }
    surnames
}

/// Reads one field, paragraph by paragraph.
struct Reader<'a> {
    article: &'a Article,
    field: TextField,
    setting: Setting<'a>,
    tokens: Vec<Token>,
    memory: Memory,
    /// The speaker whose words the next paragraph may go on with.
    before: Option<Speaker>,
}

impl Reader<'_> {
    fn read(&mut self, paragraph: Span, from: Cursors, found: &mut Found) {
        let Setting { text, marks, rules, outlets, .. } = self.setting;
        if let Some((label, items)) = lines::sources_line(text, paragraph, rules, outlets) {
            let cue = label.of(text).trim().to_lowercase();
            for (source, span) in items {
                self.memory.keep(&source, span.end);
                let citation = self.citation(source, span, Evidence::SourcesLine, Some(cue.clone()), None);
                found.citations.push(citation);
            }
            return;
        }
        for (source, span) in lines::dateline(text, paragraph, outlets) {
            found.citations.push(self.citation(source, span, Evidence::Dateline, None, None));
        }
        let cues = within(marks.cues, from.cue, paragraph.end, |cue| cue.span.start);
        let quotes = within(marks.quotes, from.quote, paragraph.end, |quote| quote.outer.start);
        self.lists_and_credits(paragraph, cues, found);
        let silent = cues.is_empty() && quotes.is_empty() && !begins_with_turn(paragraph.of(text));
        let attributed = if silent { Vec::new() } else { self.attributed(paragraph, from, found) };
        let speakers = speakers::speakers(text, paragraph, quotes, &attributed, self.before.as_ref());
        for (quote, speaker) in quotes.iter().zip(&speakers) {
            found.quotes.push(Quote {
                field: self.field,
                span: quote.inner,
                section: self.section(quote.inner),
                speaker: speaker.source.clone(),
                speaker_span: speaker.span,
                carrier: speaker.carrier.clone(),
            });
        }
        self.before = self.goes_on(paragraph, quotes.last(), &speakers, &attributed);
    }

    /// The speaker of the next paragraph, if it opens with a quotation: the one whose words were
    /// left open, or who was announced by a colon.
    fn goes_on(
        &self,
        paragraph: Span,
        quote: Option<&tokens::Quoted>,
        speakers: &[Speaker],
        attributed: &[Attributed],
    ) -> Option<Speaker> {
        if quote.is_some_and(|quote| quote.open_ended) {
            return speakers.last().cloned();
        }
        let announced = paragraph.of(self.setting.text).ends_with([':', '：']);
        let last = attributed.iter().rev().find(|known| !known.attribution.carrier).filter(|_| announced)?;
        let span = Some(last.attribution.voice.span);
        Some(Speaker { source: last.source.clone(), span, carrier: None })
    }

    fn lists_and_credits(&self, paragraph: Span, cues: &[Cue], found: &mut Found) {
        let Setting { text, outlets, .. } = self.setting;
        let lists = cues.iter().filter(|cue| cue.uses & (uses::LIST | uses::CREDIT) != 0);
        for cue in lists.take(4) {
            let is_list = cue.uses & uses::LIST != 0;
            let leads = cue.span.start - paragraph.start <= 8 || self.field == TextField::Dek;
            if (is_list && !leads) || (!is_list && paragraph.len() > MAX_CREDIT_BYTES) {
                continue;
            }
            let evidence = match self.field {
                TextField::Dek if is_list => Evidence::Dek,
                _ if is_list => Evidence::SourcesLine,
                _ => Evidence::Credit,
            };
            for (source, span) in lines::after_cue(text, paragraph, cue, outlets) {
                found.citations.push(self.citation(source, span, evidence, Some(cue_text(text, cue)), None));
            }
        }
    }

    /// The attributions of a paragraph with their sources, written down as citations.
    fn attributed(&mut self, paragraph: Span, from: Cursors, found: &mut Found) -> Vec<Attributed> {
        let mut tokens = std::mem::take(&mut self.tokens);
        tokenise(self.setting.text, paragraph, self.setting.marks, from, &mut tokens);
        let breaks = tokens.iter().enumerate().filter(|(_, token)| token.kind == tokens::Kind::Break);
        let breaks: Vec<usize> = breaks.map(|(index, _)| index).collect();
        let scene = Scene { setting: self.setting, tokens: &tokens, breaks: &breaks };
        let mut attributed = Vec::new();
        for attribution in attributions(&scene) {
            let source = source::of_voice(&scene, &attribution.voice, &self.memory);
            if let Some(source) = &source {
                self.memory.keep(source, attribution.voice.span.end);
                let cue = Some(cue_text(self.setting.text, &attribution.cue)).filter(|cue| !cue.is_empty());
                let span = attribution.voice.span;
                let mut citation =
                    self.citation(source.clone(), span, Evidence::Attribution, cue, attribution.cue.force);
                citation.sentence = Some(attribution.sentence);
                citation.covers = attribution.covers;
                found.citations.push(citation);
            }
            attributed.push(Attributed { attribution, source });
        }
        self.tokens = tokens;
        attributed
    }

    fn citation(
        &self,
        source: Source,
        span: Span,
        evidence: Evidence,
        cue: Option<String>,
        force: Option<Force>,
    ) -> Citation {
        Citation {
            source,
            evidence,
            field: self.field,
            span,
            section: self.section(span),
            sentence: sentence_at(self.setting.marks.sentences, span.start),
            cue,
            force,
            covers: None,
            url: None,
        }
    }

    fn section(&self, span: Span) -> Option<usize> {
        (self.field == TextField::Body).then(|| self.article.section_at(span.start)).flatten()
    }
}

/// Whether a colon stands where a speaker's name would end ("LEE: We go.").
fn begins_with_turn(paragraph: &str) -> bool {
    let turn = paragraph.char_indices().take(MAX_TURN_CHARS).find(|(_, c)| *c == ':');
    turn.is_some_and(|(at, _)| paragraph[at + 1..].starts_with(' '))
}

fn cue_text(text: &str, cue: &Cue) -> String {
    cue.span.of(text).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The items from index `first` on that begin before `end`.
fn within<T>(items: &[T], first: usize, end: usize, start_of: impl Fn(&T) -> usize) -> &[T] {
    let rest = &items[first.min(items.len())..];
    &rest[..rest.partition_point(|item| start_of(item) < end)]
}

/// Citations by hyperlink: the outlets of other publishers that the body links to.
fn link_citations(article: &Article, outlets: &Outlets, found: &mut Found) {
    let host = article.host.as_ref().map(|host| host.id.as_str());
    let own = article.url.as_ref().and_then(|url| {
        lines::linked(&crate::article::Link { span: Span::default(), url: url.clone() }, outlets)
    });
    for link in &article.links {
        let Some(source) = lines::linked(link, outlets) else { continue };
        let fits =
            article.text.get(link.span.start..link.span.end).is_some_and(|anchor| !anchor.trim().is_empty());
        if !fits || host == Some(&source.id) || own.as_ref().is_some_and(|own| own.id == source.id) {
            continue;
        }
        found.citations.push(Citation {
            source,
            evidence: Evidence::Link,
            field: TextField::Body,
            span: link.span,
            section: article.section_at(link.span.start),
            sentence: None,
            cue: None,
            force: None,
            covers: None,
            url: Some(link.url.clone()),
        });
    }
}
