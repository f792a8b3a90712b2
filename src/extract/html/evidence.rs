//! What the page's head says of the story: its titles, its description, and the text that JSON-LD holds.
//!
//! Evidence for the body model alone, read leniently; metadata proper is another module's matter.

use rustc_hash::FxHashSet;

use super::{
    dom::{Dom, local_name},
    shape::shape_of,
};

/// Bytes of a JSON-LD text that are looked at: more than the longest articles have.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Words in a row that are compared.
pub const GRAM_WORDS: usize = 4;

/// Hashes of word runs.
#[derive(Clone, Debug, Default)]
pub struct Grams(FxHashSet<u64>);

impl Grams {
    fn of(text: &str) -> Self {
        let mut words = Vec::new();
        shape_of(text, &mut words);
        let mut grams = FxHashSet::default();
        for length in 1..=GRAM_WORDS {
            grams.extend(words.windows(length).map(gram_hash));
        }
        Self(grams)
    }

    /// Runs of [`GRAM_WORDS`] hashed words, within each of `texts`.
    pub fn of_words<'a>(texts: impl Iterator<Item = &'a [u64]>) -> Self {
        Self(texts.flat_map(|words| words.windows(GRAM_WORDS)).map(gram_hash).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Share of the runs of four words (or of all words, where there are fewer) that are among these.
    pub fn share_of(&self, words: &[u64]) -> f32 {
        let length = words.len().min(GRAM_WORDS);
        if length == 0 {
            return 0.0;
        }
        let found = words.windows(length).filter(|run| self.0.contains(&gram_hash(run))).count();
        found as f32 / (words.len() - length + 1) as f32
    }
}

fn gram_hash(run: &[u64]) -> u64 {
    run.iter()
        .fold(run.len() as u64, |hash, word| (hash.rotate_left(9) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// The evidence of one page.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The words of the title tag, of `og:title` and of JSON-LD's headline.
    pub title_words: FxHashSet<u64>,
    /// Word runs of JSON-LD's `articleBody`.
    pub article_body: Grams,
    /// Word runs of the description.
    pub description: Grams,
}

/// Reads the evidence of a page.
pub fn evidence_of(dom: &Dom) -> Evidence {
    let mut titles: Vec<String> = Vec::new();
    let mut description = String::new();
    let mut article_body = String::new();
    for id in dom.elements() {
        match dom.tag(id) {
            Some(&local_name!("title")) if titles.len() < 4 => titles.push(dom.text_content(id).into_owned()),
            Some(&local_name!("meta")) => {
                let name = dom.attribute(id, "property").or_else(|| dom.attribute(id, "name")).unwrap_or("");
                let content = dom.attribute(id, "content").unwrap_or("");
                match name {
                    "og:title" | "twitter:title" => titles.push(content.to_owned()),
                    "description" | "og:description" if content.len() > description.len() => {
                        description = content.to_owned();
                    }
                    _ => {}
                }
            }
            Some(&local_name!("script")) if is_json_ld(dom.attribute(id, "type")) => {
                let json = dom.text_content(id);
                titles.extend(string_after(&json, "\"headline\""));
                if let Some(body) = string_after(&json, "\"articleBody\"")
                    && body.len() > article_body.len()
                {
                    article_body = body;
                }
            }
            _ => {}
        }
    }
    Evidence {
        title_words: titles.iter().flat_map(|title| words_of(title)).collect(),
        article_body: Grams::of(&without_tags(&article_body)),
        description: Grams::of(&description),
    }
}

fn is_json_ld(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/ld+json"))
}

fn words_of(text: &str) -> Vec<u64> {
    let mut words = Vec::new();
    shape_of(text, &mut words);
    words
}

/// The JSON string that follows the first `key` in `json`, which may be broken elsewhere. Control
/// characters inside the string are taken as they stand.
fn string_after(json: &str, key: &str) -> Option<String> {
    let after = &json[json.find(key)? + key.len()..];
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let bytes = value.as_bytes();
    let mut end = 0;
    while end < bytes.len().min(MAX_BODY_BYTES) && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let raw = value.get(..end)?;
    let escaped: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    serde_json::from_str(&format!("\"{escaped}\"")).ok()
}

/// `text` without HTML's tags, which some sites leave in their JSON.
fn without_tags(text: &str) -> String {
    if !text.contains("</") && !text.contains("&lt;") {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                plain.push(' ');
            }
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn reads_titles_and_bodies() {
        let page = "<head><title>Harbour opens - Daily</title><meta name=description content='A new harbour'>\
            <script type='application/ld+json'>{\"@type\": \"NewsArticle\", broken, \"headline\" : \"New \\\"quay\\\"\",\
            \"articleBody\":\"The harbour\nopened on Sunday with a parade of ships.\"}</script></head>";
        let evidence = evidence_of(&parse(page).expect("a small page"));
        for word in ["harbour", "quay", "daily"] {
            assert!(evidence.title_words.contains(&words_of(word)[0]), "{word}");
        }
        let share = |text| evidence.article_body.share_of(&words_of(text));
        assert_eq!(share("opened on Sunday with a parade"), 1.0);
        assert_eq!(share("opened on Monday with a parade of ships"), 0.4);
        assert_eq!(share("Sunday"), 1.0);
        assert!(!evidence.description.is_empty());
    }

    #[test]
    fn strings_end_where_json_ends_them() {
        assert_eq!(string_after("{\"a\": \"x\\\\\", \"b\": 1}", "\"a\"").as_deref(), Some("x\\"));
        assert_eq!(string_after("{\"a\": 3}", "\"a\""), None);
        assert_eq!(string_after("{\"a\": \"never closed \\", "\"a\""), None);
    }

    #[test]
    fn tags_in_json_are_removed() {
        assert_eq!(
            without_tags("<p>One</p><p>two</p>").split_whitespace().collect::<Vec<_>>(),
            ["One", "two"]
        );
        assert_eq!(without_tags("1 < 2"), "1 < 2");
    }
}
