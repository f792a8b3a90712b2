use jiff::ZonedDateTime;

use super::*;

fn options(any: bool) -> ParseOptions {
    let now: ZonedDateTime = "2024-05-16T12:00:00+00:00[UTC]".parse().unwrap();
    ParseOptions { any, now }
}

/// The tree in a short notation.
fn shape(node: &Node) -> String {
    let list = |name: &str, nodes: &[Node]| {
        format!("{name}({})", nodes.iter().map(shape).collect::<Vec<_>>().join(" "))
    };
    match node {
        Node::All => "*".into(),
        Node::And(nodes) => list("and", nodes),
        Node::Or(nodes) => list("or", nodes),
        Node::Not(node) => format!("not({})", shape(node)),
        Node::Boost(node, boost) => format!("{}^{boost}", shape(node)),
        Node::Filter(filter) => match &filter.test {
            Test::Is(value) => format!("{}={value}", filter.field.name),
            Test::StartsWith(value) => format!("{}={value}*", filter.field.name),
            Test::Between(from, to) => format!("{}:{from:?}..{to:?}", filter.field.name),
            Test::Exists => format!("{}?", filter.field.name),
        },
        Node::Text { scope, form, .. } => {
            let scope = match scope {
                Scope::Everywhere => "",
                Scope::Headline => "hd:",
                Scope::Byline => "by:",
            };
            match form {
                Form::Word(word) => format!("{scope}{word}"),
                Form::Phrase { text, slop, prefix } => {
                    let prefix = if *prefix { "*" } else { "" };
                    format!("{scope}'{text}'~{slop}{prefix}")
                }
                Form::Prefix(word) => format!("{scope}{word}*"),
                Form::Wildcard(word) => format!("{scope}wild:{word}"),
                Form::Fuzzy(word, distance) => format!("{scope}{word}~{distance}"),
                Form::Regex(pattern) => format!("{scope}/{pattern}/"),
                Form::Exact(text) => format!("{scope}exact:{text}"),
            }
        }
    }
}

fn parsed(text: &str) -> String {
    match parse(text, &options(false)) {
        Ok(query) => shape(&query.root),
        Err(error) => format!("{error}"),
    }
}

#[test]
fn operators_bind_as_the_trade_expects() {
    assert_eq!(parsed("kharkiv offensive"), "and(kharkiv offensive)");
    assert_eq!(parsed("a OR b c"), "or(a and(b c))");
    assert_eq!(parsed("(a OR b) c"), "and(or(a b) c)");
    assert_eq!(parsed("a AND NOT b"), "and(a not(b))");
    assert_eq!(parsed("a -b -\"c d\""), "and(a not(b) not('c d'~0))");
    assert_eq!(parsed("state-run media - no clause"), "and('state-run'~0 media no clause)");
    assert_eq!(parsed("(a b)^2 c^0.5"), "and(and(a b)^2 c^0.5)");
}

#[test]
fn quotation_marks_of_every_style() {
    for query in ["\"a b\"", "“a b”", "„a b“", "«a b»", "”a b”"] {
        assert_eq!(parsed(query), "'a b'~0", "{query}");
    }
    assert_eq!(parsed("\"a b\"~3 \"c d\"*"), "and('a b'~3 'c d'~0*)");
    assert_eq!(parsed("exact:\"The Times\""), "exact:The Times");
}

#[test]
fn patterns() {
    assert_eq!(parsed("khark* offens?ve kharkov~ missle~2"), "and(khark* wild:offens?ve kharkov~1 missle~2)");
    assert_eq!(parsed("/khar(k|g)iv/"), "/khar(k|g)iv/");
    assert_eq!(parsed("and/or what?"), "and('and/or'~0 what)");
}

#[test]
fn fields_values_and_dates() {
    assert_eq!(parsed("source:Meduza place:\"New York\""), "and(source=Meduza place=New York)");
    assert_eq!(parsed("pub:(Semafor OR Reuters)"), "or(publisher=Semafor publisher=Reuters)");
    assert_eq!(
        parsed("headline:(war OR peace) title:\"big deal\""),
        "and(or(hd:war hd:peace) hd:'big deal'~0)"
    );
    assert_eq!(parsed("published:2024-05-15"), "published:Some(1715731200)..Some(1715817599)");
    assert_eq!(parsed("date:2024-05-15..2024-05-16"), "published:Some(1715731200)..Some(1715903999)");
    assert_eq!(parsed("date:[2024-05-15 TO *]"), "published:Some(1715731200)..None");
    assert_eq!(
        parsed("since:yesterday wc:>500 wc:10..20"),
        "and(since:Some(1715731200)..None word_count:Some(501)..None word_count:Some(10)..Some(20))"
    );
    assert_eq!(parsed("until:\"15 May 2024\""), "until:None..Some(1715817599)");
    assert_eq!(parsed("has:byline byline:*"), "and(has=byline byline?)");
}

#[test]
fn colons_that_are_no_fields() {
    assert_eq!(parsed("Ukraine: what next"), "and(Ukraine what next)");
    assert_eq!(parsed("https://example.org/a"), "'https://example.org/a'~0");
    assert_eq!(parsed("12:30"), "'12:30'~0");
}

#[test]
fn any_joins_words_and_keeps_filters() {
    let shape_of = |text| shape(&parse(text, &options(true)).unwrap().root);
    assert_eq!(shape_of("a b c"), "or(a b c)");
    assert_eq!(shape_of("a b -c lang:en"), "and(or(a b) not(c) language=en)");
    assert_eq!(shape_of("a AND b"), "and(a b)");
}

#[test]
fn words_in_capitals_stand_out_unless_all_do() {
    let passed_over = |text: &str, any| {
        let query = parse(text, &options(any)).unwrap();
        plan(&query, &NoNames, PlanOptions { variants: true }).passed_over
    };
    assert!(passed_over("missiles from the US", false).iter().all(|word| word != "US"));
    assert_eq!(passed_over("EFFORTS OF AMBASSADORS TO CHANGE US", true), ["OF", "TO", "US"]);
    assert_eq!(
        shape(&parse("WAR AND PEACE OR TALKS", &options(true)).unwrap().root),
        "or(WAR AND PEACE OR TALKS)"
    );
    assert_eq!(parsed("WAR AND PEACE"), "and(WAR PEACE)");
}

#[test]
fn errors_say_where_and_what_to_do() {
    let error = parse("tilte:war", &options(false)).unwrap_err();
    assert_eq!(error.to_string(), "cannot parse query: unknown field `tilte` at byte 0");
    assert!(error.hint.as_deref().unwrap().contains("`title:`"), "{error:?}");
    let error = parse("war \"peace", &options(false)).unwrap_err();
    assert_eq!((error.fault.clone(), error.span.start), (QueryFault::UnbalancedQuote, 4));
    let (line, carets) = error.excerpt("war \"peace", 72);
    assert_eq!((line.as_str(), carets.as_str()), ("war \"peace", "    ^"));
    assert!(parsed("(war").contains("expected `)` at byte 4"));
    assert!(parsed("war)").contains("`)` without `(`"));
    assert!(parsed("published:soon").contains("`soon` is no date"));
    assert!(parsed("-war").contains("only excludes"));
    assert!(parsed("  ").contains("nothing to search for"));
    assert!(parsed("OR war").contains("something before `OR`"));
    assert!(parsed("headline:").contains("a value after the colon"));
}

#[test]
fn hostile_queries_end_in_an_error() {
    for query in
        ["(".repeat(50_000), "(".repeat(200_000), "a ".repeat(30_000), "-".repeat(60_000), "\"".repeat(7)]
    {
        assert!(parse(&query, &options(false)).is_err(), "{}", &query[..3]);
    }
    let deep = format!("{}a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert!(parse(&deep, &options(false)).is_ok());
    let wide = "я".repeat(100);
    let error = parse(&format!("{wide} ("), &options(false)).unwrap_err();
    let (line, carets) = error.excerpt(&format!("{wide} ("), 40);
    assert!(line.chars().count() <= 40 && carets.chars().count() <= 41, "{line}\n{carets}");
}

#[test]
fn literal_words_have_no_syntax() {
    let query = parse_literal("source:x OR \"(", &options(false)).unwrap();
    assert_eq!(shape(&query.root), "and('source:x'~0 OR)");
}

proptest::proptest! {
    #[test]
    fn no_query_panics(text in "\\PC{0,60}") {
        if let Ok(query) = parse(&text, &options(false)) {
            plan(&query, &NoNames, PlanOptions { variants: true });
        }
    }

    #[test]
    fn no_query_of_operators_panics(text in "[ab()\"~^*:/\\[\\] .>-]{0,40}") {
        match parse(&text, &options(true)) {
            Ok(query) => drop(plan(&query, &NoNames, PlanOptions { variants: true })),
            Err(error) => drop(error.excerpt(&text, 20)),
        }
    }
}
