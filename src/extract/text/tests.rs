//! Whole texts, from file to article.

use crate::{
    article::{Article, FieldName, Role, Span},
    document::{Content, Document, Location},
    extract::{
        ExtractOptions, extract,
        repeats::{LazyFurniture, Repeats},
    },
};

fn article_of(content: Content) -> Article {
    let document = Document {
        location: Location { path: "a.txt".into(), record: None },
        format: "text",
        content,
        witnesses: vec![],
        extra: std::collections::BTreeMap::new(),
        captured: None,
    };
    extract(&document, &ExtractOptions::default()).expect("an article")
}

fn lines(text: &str) -> Article {
    article_of(Content::Lines(text.into()))
}

fn headings(article: &Article) -> Vec<Option<&str>> {
    article.sections.iter().map(|section| section.heading.as_deref()).collect()
}

/// Sections cover the body, and every stretch of the source map is a verbatim copy.
fn check_invariants(file: &str, article: &Article) {
    let parts: String = article.sections.iter().map(|section| section.span.of(&article.text)).collect();
    assert_eq!(parts, article.text);
    for piece in &article.source_map {
        let body = Span::new(piece.text_start, piece.text_start + piece.len).of(&article.text);
        let source = Span::new(piece.file_start, piece.file_start + piece.len).of(file);
        assert_eq!(body, source);
        assert_eq!(
            article.file_span(Span::new(piece.text_start, piece.text_start + piece.len)).map(|s| s.of(file)),
            Some(body)
        );
    }
}

const SIGNALS: &str = "Coastal states agree on fish quotas

  • Oops!
    Something went wrong.
    Please try again later.
icon
icon

Acme Signals

Supported by

Bigfirm logo
Bigfirm logo

Insights from The Daily Example, Example Wire, and Der Bote

Arrow Down
Arrow Down
Title icon
Title icon

The News

Ministers of five coastal states signed a deal on Tuesday that cuts the herring catch by a third over four years. Fishers had asked for a slower pace.

The talks had dragged on since the autumn; several delegations left twice before a mediator brought them back to the table.

icon
icon

SIGNALS

Acme Signals: What the world makes of today's news.

Small ports fear for their boats

Source icon
Source icon

Sources: \u{a0}The Daily Example, Der Bote

Harbour towns with fewer than ten boats would lose their processing plants first, The Daily Example reported. “Nobody asked us,” a mayor told Der Bote.

Scientists wanted a deeper cut

Source icon
Source icon

Sources: \u{a0}Example Wire

The stock has halved since 2009, and biologists had called for a full stop of two seasons, according to Example Wire.

Acme Logo
Acme Logo";

#[test]
fn a_signals_page_falls_into_its_parts() {
    let article = lines(SIGNALS);
    check_invariants(SIGNALS, &article);
    assert_eq!(article.headline.as_deref(), Some("Coastal states agree on fish quotas"));
    assert_eq!(article.dek.as_deref(), Some("Insights from The Daily Example, Example Wire, and Der Bote"));
    assert_eq!(article.publisher.as_ref().map(|p| p.name.as_str()), Some("Acme"));
    assert_eq!(article.host, None);
    assert_eq!(
        headings(&article),
        [Some("The News"), Some("Small ports fear for their boats"), Some("Scientists wanted a deeper cut")]
    );
    assert_eq!(
        article.sections.iter().map(|s| s.role).collect::<Vec<_>>(),
        [Some(Role::News), Some(Role::Analysis), Some(Role::Analysis)]
    );
    let second: Vec<&str> = article.sections[1].span.of(&article.text).lines().collect();
    assert_eq!(second.len(), 3);
    assert_eq!(second[1], "Sources: The Daily Example, Der Bote");
    assert!(second[2].starts_with("Harbour towns"));
    for junk in [
        "icon",
        "Arrow",
        "Oops",
        "went wrong",
        "Bigfirm",
        "Supported",
        "Logo",
        "SIGNALS",
        "Signals",
        "makes of",
    ] {
        assert!(!article.text.contains(junk), "{junk}");
        assert!(
            article.provenance.dropped.iter().any(|d| d.text.contains(junk) && d.line.is_some()),
            "{junk}"
        );
    }
}

#[test]
fn a_signals_page_without_sources_lines_has_the_same_sections() {
    let text: String = SIGNALS
        .lines()
        .filter(|l| !l.starts_with("Sources:") && *l != "Source icon")
        .fold(String::new(), |text, line| text + line + "\n");
    let article = lines(&text);
    assert_eq!(headings(&article).len(), 3);
    assert_eq!(headings(&article)[2], Some("Scientists wanted a deeper cut"));
}

#[test]
fn other_labels_in_other_languages_are_known() {
    let text = "Küstenstaaten einigen sich auf Fangquoten\n\nDer Bote Logo\nDer Bote Logo\n\nMit Einblicken von Example Wire und Der Bote\n\nDie Nachricht\n\nDie Minister von fünf Küstenstaaten haben am Dienstag ein Abkommen unterzeichnet, das den Heringsfang um ein Drittel senkt.\n\nHintergrund\n\nQuellen: Der Bote, Example Wire\n\nDer Bestand hat sich seit 2009 halbiert, und Biologen hatten einen vollen Stopp für zwei Jahre gefordert.\n";
    let article = lines(text);
    check_invariants(text, &article);
    assert_eq!(headings(&article), [Some("Die Nachricht"), Some("Hintergrund")]);
    assert_eq!(article.sections[1].role, Some(Role::Background));
    assert_eq!(article.publisher.map(|p| p.name), Some("Der Bote".into()));
    assert_eq!(article.language.as_deref(), Some("de"));
    assert_eq!(article.dek.as_deref(), Some("Mit Einblicken von Example Wire und Der Bote"));
}

#[test]
fn a_dateline_story_keeps_its_prose_and_gives_its_credit() {
    let text = "Harbour reopens after storm\n\nBy Ana Ferrer and Bo Lind\n\nOSLO, May 3 (Example Wire) - The harbour reopened on Friday after three days of storm, its master said.\n\nShips had waited outside the fjord since Tuesday evening, some of them without fresh water on board.\n\n(Reporting by Ana Ferrer; Editing by Cy Orr)\n";
    let article = lines(text);
    check_invariants(text, &article);
    assert_eq!(article.headline.as_deref(), Some("Harbour reopens after storm"));
    assert_eq!(article.credit.map(|c| c.name), Some("Example Wire".into()));
    assert!(article.provenance.fields.contains_key(&FieldName::Byline));
    assert!(article.text.starts_with("OSLO, May 3 (Example Wire) - The harbour"));
    assert_eq!(article.sections.len(), 1);
}

#[test]
fn a_blog_post_keeps_headings_and_lists() {
    let text = "Why I moved my garden indoors\n\nLast winter took nearly every plant I had on the balcony, and I did not want to go through that again this year.\n\nWhat you need\n\n• A lamp with a timer, the brighter the better for tomatoes and peppers.\n• Pots with holes, and a tray below each of them.\n\nHow it went\n\nThe basil grew at once. The peppers took until March, which my neighbour says is what peppers do.\n";
    let article = lines(text);
    check_invariants(text, &article);
    assert_eq!(headings(&article), [None, Some("What you need"), Some("How it went")]);
    assert!(article.text.contains("\nPots with holes, and a tray below each of them.\n"));
}

#[test]
fn readers_headers_become_fields() {
    let text = "Title: Harbour reopens after storm\nAuthor: Ana Ferrer\nURL: https://bote.example/a/1\n\nThe harbour reopened on Friday after three days of storm, its master said on the radio.\n";
    let article = lines(text);
    assert_eq!(article.headline.as_deref(), Some("Harbour reopens after storm"));
    assert_eq!(article.url.as_deref(), Some("https://bote.example/a/1"));
    assert!(article.text.starts_with("The harbour reopened"));
}

#[test]
fn furniture_around_a_story_is_left_out() {
    let text = "Harbour reopens after storm | Der Bote\nSkip to content\nNews\nSport\nWeather\nSign in\nHarbour reopens after storm\nShare\nThe harbour reopened on Friday after three days of storm, its master said on the radio.\nShips had waited outside the fjord since Tuesday evening, some without fresh water on board.\nMost read\nTen towns to see before summer\nWhat the new ferry will cost you\n© 2024 Der Bote\n";
    let article = lines(text);
    check_invariants(text, &article);
    assert_eq!(article.headline.as_deref(), Some("Harbour reopens after storm"));
    assert_eq!(article.text.lines().count(), 2);
    assert_eq!(article.provenance.dropped.len(), text.lines().count() - 2);
}

#[test]
fn everything_is_kept_when_asked() {
    let text = "icon\r\n Some  text \n";
    let document = Document {
        location: Location { path: "a.txt".into(), record: None },
        format: "text",
        content: Content::Lines(text.into()),
        witnesses: vec![],
        extra: std::collections::BTreeMap::new(),
        captured: None,
    };
    let article = extract(&document, &ExtractOptions { keep_everything: true, ..ExtractOptions::default() })
        .expect("an article");
    assert_eq!((article.text.as_str(), article.headline.as_deref(), article.sections.len()), (text, None, 1));
    assert!(article.provenance.dropped.is_empty());
    assert_eq!(article.file_span(Span::new(1, 5)), Some(Span::new(1, 5)));
}

#[test]
fn lines_that_recur_in_a_folder_are_left_out() {
    let places = ["harbour", "school", "library", "market", "mill"];
    let documents: Vec<Document> = places
        .iter()
        .map(|place| Document {
            location: Location { path: format!("bote/{place}.txt"), record: None },
            format: "text",
            content: Content::Lines(format!(
                "The {place} reopens after storm\n\nThe {place} reopened on Friday after three days of storm, its keeper said.\n\nThe Boat is read in nine towns along the coast, and you should read it too.\n\nPeople had waited at the {place} since Tuesday evening, some of them without a coat.\n"
            )),
            witnesses: vec![],
            extra: std::collections::BTreeMap::new(),
            captured: None,
        })
        .collect();
    let mut repeats = Repeats::new();
    documents.iter().for_each(|document| repeats.observe_document(document));
    let options = ExtractOptions {
        furniture: Some(std::sync::Arc::new(LazyFurniture::new(move || repeats.furniture()))),
        ..ExtractOptions::default()
    };
    for document in &documents {
        let article = extract(document, &options).expect("an article");
        assert_eq!(article.text.lines().count(), 2, "{}", article.text);
        assert!(
            article
                .provenance
                .dropped
                .iter()
                .any(|d| d.rule == "repeat:lines-of-source" && d.line == Some(5))
        );
    }
}

/// Runs where the real page is at hand; its words are not repeated here.
#[test]
fn the_real_page_falls_into_its_parts() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real-input");
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for path in
        files.map(|file| file.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "txt"))
    {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let article = lines(&text);
        check_invariants(&text, &article);
        assert_eq!(article.headline.as_deref(), text.lines().next());
        let dek = article.dek.as_deref().expect("a dek");
        assert_eq!(dek.matches(',').count(), 2);
        assert_eq!(article.publisher.as_ref().map(|p| p.name.as_str()), Some("Semafor"));
        assert_eq!(article.host, None);
        assert_eq!(article.sections.len(), 3);
        assert_eq!(article.sections[0].heading.as_deref(), Some("The News"));
        for section in &article.sections[1..] {
            let parts: Vec<&str> = section.span.of(&article.text).lines().collect();
            assert_eq!(parts.len(), 3);
            assert!(parts[1].starts_with("Sources: ") && parts[2].len() > 300);
            assert_eq!(section.role, Some(Role::Analysis));
        }
        assert_eq!(article.text.lines().count(), 1 + 3 + 2 * 3);
        let shown = text.lines().filter(|line| !line.trim().is_empty()).count();
        assert_eq!(article.provenance.dropped.len() + article.text.lines().count(), shown);
        assert_eq!(article.language.as_deref(), Some("en"));
    }
}

#[test]
fn a_last_paragraph_in_broken_lines_belongs_to_the_story() {
    let paragraph = "The harbour town voted on Sunday to keep its old ferry, which has carried people across the \
        strait since the spring of 1951, and to sell the new one to a neighbour.";
    let last = "Whoever wants to see the old ferry off on its first\nvoyage of the season should come to the pier by\n\
        nine, the harbour master said, and bring a coat.";
    let file = format!("Ferry stays\n\n{paragraph}\n\n{paragraph} Twice.\n\n{paragraph} Again.\n\n{last}\n");
    let article = lines(&file);
    check_invariants(&file, &article);
    assert!(article.text.ends_with("bring a coat.\n") || article.text.ends_with("bring a coat."));
    assert!(article.text.contains("on its first voyage of the season"));
}
