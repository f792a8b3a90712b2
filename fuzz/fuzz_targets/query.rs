//! The query language: whatever is typed is understood or refused with a place that lies in it; what
//! is understood has a plan, a notation, and tests of passages that hold or do not.
#![no_main]

use std::sync::LazyLock;

use newsidx::analysis::Stem;
use newsidx::article::{Article, Section, Span};
use newsidx::names::gazetteer::Gazetteer;
use newsidx::query::{
    Extent, ParseOptions, PassageTest, PlanNode, PlanOptions, SavedQueries, needs_reading, parse, parse_literal, plan,
};

static OPTIONS: LazyLock<ParseOptions> = LazyLock::new(|| {
    let now = "2024-05-16T12:00:00+00:00[UTC]".parse().expect("an instant");
    let mut saved = SavedQueries::default();
    for (name, query) in [("a", "war OR $1"), ("b", "@a(x) NEAR/3 $1"), ("c", "a @c"), ("d", "@b($1) @b($1) $2")] {
        saved.insert(name, query).expect("a query");
    }
    ParseOptions { saved, ..ParseOptions::new(now) }
});

static ARTICLE: LazyLock<Article> = LazyLock::new(|| {
    let text = "Old harbour\nThe ferry left at noon. \u{201c}Never a b c a b again,\u{201d} he said.\nКиев 北京大学 end.";
    let section = |start, end| Section { span: Span::new(start, end), ..Section::default() };
    Article {
        headline: Some("Ferry sails a b".into()),
        dek: Some("x y".into()),
        sections: vec![section(0, 12), section(12, text.len())],
        text: text.into(),
        ..Article::default()
    }
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _ = parse_literal(&text, &OPTIONS);
    for any in [false, true] {
        let options = ParseOptions { any, ..OPTIONS.clone() };
        match parse(&text, &options) {
            Err(error) => {
                let (line, carets) = error.excerpt(&text, 40);
                assert!(line.chars().count() <= 40 && carets.chars().count() <= 41);
            }
            Ok(query) => {
                let plan = plan(&query, Gazetteer::builtin(), PlanOptions::default());
                assert!(plan.text.get(plan.root.span().start..plan.root.span().end).is_some());
                drop(plan.root.notation(&plan.text));
                test(&plan.root);
            }
        }
    }
});

fn test(node: &PlanNode) {
    if needs_reading(node) {
        let Ok(test) = PassageTest::new(node) else { return };
        let mut stem = Stem::default();
        for extent in [Extent::Article, Extent::Section(1), Extent::Section(7)] {
            let holds = test.holds(&ARTICLE, extent, &mut stem);
            let sightings = test.sightings(&ARTICLE, extent, &mut stem);
            assert!(holds || sightings.is_empty());
            for sighting in sightings {
                let text = ARTICLE.text_of(sighting.field);
                assert!(text.get(sighting.span.start..sighting.span.end).is_some_and(|seen| !seen.is_empty()));
                assert!(sighting.part < test.parts());
            }
        }
    }
    match node {
        PlanNode::And(nodes) | PlanNode::Or(nodes) | PlanNode::Best(nodes) => nodes.iter().for_each(test),
        PlanNode::Not(node) | PlanNode::Boost(node, _) => test(node),
        _ => {}
    }
}
