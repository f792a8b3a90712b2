//! An [`Article`]'s body put together from judged blocks: text, sections, links, source map, and
//! what was left out.
//!
//! The same for every format. It trusts the verdicts it is given, but for section labels and
//! lines of furniture, which no model is asked about.

use super::{
    block::{BlockKind, Candidate, Verdict},
    language,
    rules::{LabelMeaning, Rules},
};
use crate::article::{Article, Dropped, Link, Role, Section, SourceMap, Span};

/// Longest text, in characters, that a dropped line is listed with.
const MAX_DROPPED_CHARS: usize = 200;

/// Fewest letters of a section from which its language is told apart from the article's.
const MIN_SECTION_BYTES: usize = 300;

/// So much of a section tells its language: a page may have hundreds of them.
const MAX_SECTION_BYTES: usize = 1_200;

/// Detector's confidence from which a section counts as written in another language.
const MIN_SECTION_CONFIDENCE: f32 = 0.9;

/// What the body is assembled from.
pub fn assemble(mut candidates: Vec<Candidate>, rules: &Rules) -> Article {
    let roles = apply_labels(&mut candidates, rules);
    drop_trailing_headings(&mut candidates);
    let mut body = Body::default();
    let mut dropped = Vec::new();
    for (candidate, role) in candidates.into_iter().zip(roles) {
        match &candidate.verdict {
            Verdict::Keep => body.push(candidate, role),
            Verdict::Drop(rule) => dropped.push(Dropped {
                rule: rule.clone(),
                text: candidate.text.chars().take(MAX_DROPPED_CHARS).collect(),
                line: candidate.line,
            }),
        }
    }
    let mut article = body.finish();
    article.provenance.dropped = dropped;
    article.word_count = language::count_words(&article.text);
    article
}

/// The whole of `text` as the body, in one section: nothing is dropped, spans are the file's.
pub fn verbatim(text: &str) -> Article {
    Article {
        word_count: language::count_words(text),
        sections: vec![Section { span: Span::new(0, text.len()), ..Section::default() }],
        source_map: vec![SourceMap { text_start: 0, file_start: 0, len: text.len(), line: 1 }],
        text: text.to_owned(),
        ..Article::default()
    }
}

/// Makes headings of the lines that are section labels, drops rubrics, and tells the role of the
/// section that each candidate would open.
fn apply_labels(candidates: &mut [Candidate], rules: &Rules) -> Vec<Option<Role>> {
    let mut rubric = None;
    let mut roles = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let label = rules.section_label(&candidate.text);
        let role = match label {
            Some(label) if label.meaning == LabelMeaning::Heading => {
                if candidate.is_kept() {
                    candidate.kind = heading_kind(candidate.kind);
                }
                rubric = None;
                label.role
            }
            Some(label) => {
                candidate.drop_by("line:section-label");
                rubric = label.role.or(rubric);
                rubric
            }
            None => rubric,
        };
        roles.push(role);
    }
    roles
}

/// A heading stays at its level; anything else becomes one of level 2.
fn heading_kind(kind: BlockKind) -> BlockKind {
    match kind {
        BlockKind::Heading(level) => BlockKind::Heading(level),
        _ => BlockKind::Heading(2),
    }
}

/// A heading with no text after it heads something that is not there.
fn drop_trailing_headings(candidates: &mut [Candidate]) {
    let last_text = candidates.iter().rposition(|c| c.is_kept() && !matches!(c.kind, BlockKind::Heading(_)));
    let Some(last_text) = last_text else { return };
    for candidate in &mut candidates[last_text + 1..] {
        candidate.drop_by("block:heading-without-text");
    }
}

/// The body as it grows.
#[derive(Default)]
struct Body {
    text: String,
    sections: Vec<Section>,
    links: Vec<Link>,
    source_map: Vec<SourceMap>,
}

impl Body {
    fn push(&mut self, candidate: Candidate, role: Option<Role>) {
        if candidate.text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        if let BlockKind::Heading(_) = candidate.kind {
            self.close_section(start);
            let heading = Some(candidate.text.clone());
            self.sections.push(Section { heading, span: Span::new(start, start), role, language: None });
        } else if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        self.text.push_str(&candidate.text);
        self.links.extend(
            candidate
                .links
                .into_iter()
                .map(|link| Link { span: Span::new(link.span.start + start, link.span.end + start), ..link }),
        );
        let moved =
            candidate.source.iter().map(|piece| SourceMap { text_start: piece.text_start + start, ..*piece });
        self.source_map.extend(moved);
    }

    fn close_section(&mut self, end: usize) {
        if let Some(section) = self.sections.last_mut() {
            section.span.end = end;
        }
    }

    fn finish(mut self) -> Article {
        self.close_section(self.text.len());
        Article {
            text: self.text,
            sections: self.sections,
            links: self.links,
            source_map: self.source_map,
            ..Article::default()
        }
    }
}

/// Notes the language of each section that is surely not written in the article's.
pub fn mark_section_languages(article: &mut Article) {
    if article.sections.len() < 2 {
        return;
    }
    for section in &mut article.sections {
        let text = section.span.of(&article.text);
        if text.len() < MIN_SECTION_BYTES {
            continue;
        }
        let sample = &text[..text.floor_char_boundary(MAX_SECTION_BYTES)];
        if article.language.as_deref().is_some_and(|own| language::is_surely(sample, own)) {
            continue;
        }
        let Some((code, confidence)) = language::detect(sample) else { continue };
        if confidence >= MIN_SECTION_CONFIDENCE && article.language.as_deref() != Some(code) {
            section.language = Some(code.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Candidate {
        Candidate::kept(BlockKind::Paragraph, text)
    }

    #[test]
    fn sections_cover_the_body_in_order() {
        let mut linked = paragraph("A bridge fell, the paper said.");
        linked.links.push(Link { span: Span::new(19, 24), url: "https://paper.example/x".into() });
        let blocks = vec![
            paragraph("Lead."),
            Candidate::kept(BlockKind::Heading(2), "Background"),
            linked,
            paragraph("SIGNALS"),
            Candidate::kept(BlockKind::Heading(3), "Engineers disagree"),
            paragraph("They do."),
            Candidate::kept(BlockKind::Heading(2), "Read these"),
        ];
        let article = assemble(blocks, Rules::builtin());
        assert_eq!(
            article.text,
            "Lead.\nBackground\nA bridge fell, the paper said.\nEngineers disagree\nThey do."
        );
        let spans: Vec<&str> = article.sections.iter().map(|s| s.span.of(&article.text)).collect();
        assert_eq!(spans.concat(), article.text);
        assert_eq!(article.sections[1].role, Some(Role::Background));
        assert_eq!(article.sections[2].role, Some(Role::Analysis));
        assert_eq!(article.links[0].span.of(&article.text), "paper");
        let rules: Vec<&str> = article.provenance.dropped.iter().map(|d| d.rule.as_str()).collect();
        assert_eq!(rules, ["line:section-label", "block:heading-without-text"]);
    }

    #[test]
    fn an_empty_body_has_no_section() {
        let article = assemble(vec![], Rules::builtin());
        assert_eq!((article.text.as_str(), article.sections.len(), article.word_count), ("", 0, 0));
    }

    #[test]
    fn verbatim_text_is_one_section() {
        let article = verbatim(" a\r\n\tb ");
        assert_eq!(article.text, " a\r\n\tb ");
        assert_eq!(article.sections[0].span, Span::new(0, 7));
    }

    #[test]
    fn a_section_in_another_language_says_so() {
        let english =
            "The council met on Monday evening to talk about the budget for the coming year. ".repeat(5);
        let german =
            "Der Rat kam am Montagabend zusammen, um über den Haushalt des kommenden Jahres zu beraten. "
                .repeat(5);
        let blocks = vec![
            paragraph(english.trim()),
            Candidate::kept(BlockKind::Heading(2), "Auf Deutsch"),
            paragraph(german.trim()),
        ];
        let mut article = assemble(blocks, Rules::builtin());
        article.language = Some("en".into());
        mark_section_languages(&mut article);
        let languages: Vec<_> = article.sections.iter().map(|s| s.language.as_deref()).collect();
        assert_eq!(languages, [None, Some("de")]);
    }
}
