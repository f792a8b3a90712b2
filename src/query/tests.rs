use jiff::ZonedDateTime;

use super::*;

fn options(any: bool) -> ParseOptions {
    let now: ZonedDateTime = "2024-05-16T12:00:00+00:00[UTC]".parse().unwrap();
    let mut saved = SavedQueries::default();
    saved.insert("war", "war OR fighting").unwrap();
    saved.insert("cites", "SECTION(source:$1 $2)").unwrap();
    saved.insert("loop", "a @loop").unwrap();
    saved.insert("broken", "grain AND").unwrap();
    ParseOptions { any, saved, ..ParseOptions::new(now) }
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
        Node::Near { sides, distance, ordered, .. } => {
            let sign = if *ordered { "pre" } else { "near" };
            format!("{sign}{distance}({} {})", shape(&sides[0]), shape(&sides[1]))
        }
        Node::Within { stretch, node, .. } => format!("{}[{}]", stretch.notation(), shape(node)),
        Node::AtLeast { count, node, .. } => format!("{count}x[{}]", shape(node)),
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
                Form::Exact { text, case: false } => format!("{scope}exact:{text}"),
                Form::Exact { text, case: true } => format!("{scope}caps:{text}"),
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
fn proximity_binds_before_everything() {
    assert_eq!(parsed("grain NEAR/3 deal odesa"), "and(near3(grain deal) odesa)");
    assert_eq!(parsed("a w/2 b PRE/4 c"), "pre4(pre2(a b) c)");
    assert_eq!(parsed("-a near/3 \"b c\""), parsed("NOT (a NEAR/3 \"b c\")"));
    assert_eq!(parsed("x (a OR b*) NEAR/3 place:Kyiv"), "and(x near3(or(a b*) place=Kyiv))");
    assert_eq!(parsed("(new york) NEAR/3 fire"), "near3(and(new york) fire)");
    assert_eq!(
        parsed("tea w/o milk, near/far, pre/post"),
        "and(tea 'w/o'~0 milk 'near/far,'~0 'pre/post'~0)"
    );
}

#[test]
fn stretches_counts_and_parts() {
    assert_eq!(parsed("SENTENCE(a OR b -c) d"), "and(SENTENCE[or(a and(b not(c)))] d)");
    assert_eq!(parsed("PARA(a b) PARAGRAPH (c)"), "and(PARA[and(a b)] PARA[c])");
    assert_eq!(parsed("SECTION(source:Meduza a)"), "SECTION[and(source=Meduza a)]");
    assert_eq!(parsed("atleast3:grain atleast2:\"a b\""), "and(3x[grain] 2x['a b'~0])");
    assert_eq!(
        parsed("hlead:(a b) lead:c quote:\"d e\" dek:*"),
        "and(hlead:[and(a b)] lead:[c] quote:['d e'~0] dek:[*])"
    );
    assert_eq!(parsed("first50:grain^2 body:gr?in"), "and(first50:[grain^2] body:[wild:gr?in])");
    assert_eq!(parsed("caps:Apple caps:\"White House\""), "and(caps:Apple caps:White House)");
    assert_eq!(parsed("sentence SECTION para"), "and(sentence SECTION para)");
    let any = parse("SENTENCE(a b) c", &options(true)).unwrap();
    assert_eq!(shape(&any.root), "or(SENTENCE[and(a b)] c)", "in one sentence all is meant");
    assert_eq!(parsed("headline:(a NEAR/2 b)"), "headline:[near2(a b)]");
    assert_eq!(parsed("headline:\"a b\"~2 title:\"a b\"*"), "and(hd:'a b'~2 hd:'a b'~0*)");
}

#[test]
fn comparisons_need_no_colon() {
    assert_eq!(parsed("wc>500 sections >= 2"), "and(word_count:Some(501)..None section_count:Some(2)..None)");
    assert_eq!(parsed("wc<10 wc=7"), "and(word_count:None..Some(9) word_count:Some(7)..Some(7))");
    assert_eq!(parsed("date>=2024-05-15"), "published:Some(1715731200)..None");
    assert_eq!(parsed("date:P2D/"), "published:Some(1715688000)..None");
    assert_eq!(parsed("date:2024-05-15/2024-05-16"), parsed("date:2024-05-15..2024-05-16"));
    assert_eq!(parsed("a>b wc words"), "and('a>b'~0 wc words)");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (query, fault, at) in [
        ("wc>many", "`many` is no whole number", 2),
        ("wc >", "expected a value after the sign", 2),
        ("a NEAR/x b", "`x` is no number of words", 2),
        ("a NEAR/0 b", "`0` is no number of words", 2),
        ("a w/5000 b", "`5000` is no number of words", 2),
        ("a NEAR b", "`NEAR` is no number of words", 2),
        ("NEAR/3 b", "on both sides", 0),
        ("a NEAR/3", "on both sides", 2),
        ("a NEAR/3 lang:en", "`language:` holds for a whole article", 9),
        ("a NEAR/3 (b -c)", "expected a word, a phrase, a name", 9),
        ("x SENTENCE(a date:2024)", "`published:` holds for a whole article", 13),
        ("SENTENCE(by:keane a)", "`byline:` holds for a whole article", 12),
        ("SENTENCE(-a)", "only excludes", 0),
        ("atleast0:a", "`atleast0` is no number from 1", 0),
        ("published:2024-06..2024-05", "ends before it begins", 10),
        ("wc:20..10", "`20..10` ends before it begins", 3),
        ("evidence:rumour", "`rumour` is no kind of evidence", 9),
        ("has:wings", "`wings` is no field", 4),
        ("lang:english", "`english` is no language code", 5),
        ("variants:maybe", "`maybe` is no `on` or `off`", 0),
        ("a @nobody", "no saved query `nobody`", 2),
        ("@cites(Meduza)", "takes 2 arguments, not 1", 0),
        ("@loop", "nested deeper than 8", 0),
        ("b @broken", "in saved query `broken`: expected something on both sides of `AND`", 2),
    ] {
        let error = parse(query, &options(false)).expect_err(query);
        assert!(error.to_string().contains(fault), "{query}: {error}");
        assert_eq!(error.span.start, at, "{query}: {error}");
    }
    assert_eq!(parsed("TROOPS NEAR KYIV"), "and(TROOPS NEAR KYIV)", "a headline in capitals");
}

#[test]
fn saved_queries_are_called_by_name() {
    assert_eq!(parsed("peace -@war"), "and(peace not(or(war fighting)))");
    assert_eq!(parsed("@cites(Meduza, \"peace, talks\")"), "SECTION[and(source=Meduza 'peace, talks'~0)]");
    assert_eq!(parsed("query:cites(Meduza, (a OR b))"), "SECTION[and(source=Meduza or(a b))]");
    let query = parse("x @war", &options(false)).unwrap();
    let Node::And(nodes) = query.root else { panic!("{query:?}") };
    let Node::Or(words) = &nodes[1] else { panic!("{nodes:?}") };
    assert!(
        words.iter().all(|word| matches!(word, Node::Text { span, .. } if (span.start, span.end) == (2, 6)))
    );
}

#[test]
fn saved_queries_are_sorted_lines() {
    let mut saved = SavedQueries::parse("# mine\n\nzeta\ta b\nalpha\tc $2\n").unwrap();
    saved.insert("mid", "d\n  e").unwrap();
    assert_eq!(saved.to_text(), "alpha\tc $2\nmid\td e\nzeta\ta b\n");
    assert_eq!(parameters_of("c $2 and $1"), 2);
    assert!(saved.remove("zeta") && !saved.remove("zeta"));
    assert_eq!(SavedQueries::parse("no tab").unwrap_err(), SavedError::BadLine(1));
    assert!(matches!(saved.insert("1st", "a"), Err(SavedError::BadName(_))));
}

#[test]
fn variants_can_be_switched_within_a_query() {
    let query = parse("kharkov variants:off", &options(false)).unwrap();
    assert_eq!((shape(&query.root).as_str(), query.variants), ("kharkov", Some(false)));
    assert!(query.ignored.is_empty());
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
        plan(&query, &NoNames, PlanOptions::default()).passed_over
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
    for query in [
        format!("{}a", "hlead:".repeat(10_000)),
        format!("a{}", " NEAR/2 a".repeat(200)),
        format!("{}a{}", "((".repeat(50), format!("{} NEAR/2 b)", " NEAR/2 b".repeat(9)).repeat(100)),
        "SENTENCE(".repeat(5_000),
    ] {
        let error = parse(&query, &options(false)).unwrap_err();
        assert!(matches!(error.fault, QueryFault::TooDeep { .. }), "{}: {error}", &query[..9]);
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
            plan(&query, &NoNames, PlanOptions::default());
        }
    }

    #[test]
    fn no_query_of_operators_panics(text in "[ab()\"~^*:/@$\\[\\] .>-]{0,40}") {
        match parse(&text, &options(true)) {
            Ok(query) => drop(plan(&query, &NoNames, PlanOptions::default())),
            Err(error) => drop(error.excerpt(&text, 20)),
        }
    }
}
