//! What elements say of themselves: tag, class names, role and visibility, as one bit each.
//!
//! What is looked for is data (`schema/rules/html-blocks.tsv`); what the bits are worth is the model's matter.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::{
    blocks::LeafBlocks,
    dom::{Dom, NodeId},
};

const RULES: &str = include_str!("../../../schema/rules/html-blocks.tsv");

/// Bytes of an element's class names and ids that are looked at.
const MAX_NAME_BYTES: usize = 200;

/// Room for the automata of the patterns, each thread's: with less they are thrown away and built again all
/// the time.
const DFA_BYTES: usize = 16 << 20;

/// Tags whose presence above a block counts.
pub const TAGS: [&str; 18] = [
    "article",
    "main",
    "aside",
    "nav",
    "footer",
    "header",
    "figure",
    "form",
    "ul",
    "ol",
    "table",
    "section",
    "blockquote",
    "a",
    "dl",
    "li",
    "p",
    "details",
];

/// Roles that mark furniture.
const ROLES: [&str; 7] = ["navigation", "complementary", "banner", "contentinfo", "dialog", "search", "menu"];

/// Class groups that count on the inline elements of a block, too.
const INLINE_GROUPS: [&str; 8] = ["cap", "by", "date", "news", "rel", "soc", "tag", "ad"];

/// The attributes whose values name what an element is for.
const NAMING: [&str; 5] = ["class", "id", "data-testid", "data-component", "itemprop"];

/// What class names and texts are searched for.
pub struct Patterns {
    /// Names of the class groups, in the order of their bits.
    pub groups: Vec<&'static str>,
    /// Bits of the groups that also count on the inline elements of a block.
    pub inline: u64,
    /// The parts of class names of all groups.
    parts: Option<AhoCorasick>,
    /// Of each part: the bit of its group, and whether it must stand alone.
    part_bits: Vec<(u64, bool)>,
    /// Furniture's phrases.
    pub junk: Option<Regex>,
    /// Days, times and ages.
    pub date: Option<Regex>,
}

impl Patterns {
    /// The patterns of `schema/rules/html-blocks.tsv`.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Patterns> = LazyLock::new(|| Patterns::of_tsv(RULES));
        &BUILTIN
    }

    fn of_tsv(tsv: &'static str) -> Self {
        let rows: Vec<[&'static str; 3]> = tsv
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut cells = line.splitn(3, '\t');
                Some([cells.next()?, cells.next()?, cells.next()?])
            })
            .collect();
        let classes = rows.iter().filter(|[kind, ..]| *kind == "class");
        let (mut parts, mut part_bits) = (Vec::new(), Vec::new());
        for (bit, [.., listed]) in (CLASS_BIT..).zip(classes.clone()) {
            for part in listed.split('|') {
                let alone = part.strip_prefix('<').and_then(|part| part.strip_suffix('>'));
                parts.push(alone.unwrap_or(part));
                part_bits.push((1 << bit, alone.is_some()));
            }
        }
        let text = |wanted: &str| {
            let row = rows.iter().find(|[kind, name, _]| *kind == "text" && *name == wanted)?;
            RegexBuilder::new(row[2]).case_insensitive(true).dfa_size_limit(DFA_BYTES).build().ok()
        };
        let groups: Vec<&str> = classes.map(|[_, name, _]| *name).collect();
        let inline = (CLASS_BIT..).zip(&groups).filter(|(_, group)| INLINE_GROUPS.contains(group));
        Self {
            inline: inline.fold(0, |bits, (bit, _)| bits | 1 << bit),
            groups,
            parts: AhoCorasickBuilder::new()
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::DFA))
                .build(parts)
                .ok(),
            part_bits,
            junk: text("junk"),
            date: text("date"),
        }
    }

    /// The bits of the class groups that `names` belong to.
    fn class_bits(&self, names: &str) -> u64 {
        let ends_name = |byte: Option<&u8>| matches!(byte, None | Some(b'-' | b'_' | b' '));
        let bytes = names.as_bytes();
        let mut bits = 0;
        for found in self.parts.iter().flat_map(|parts| parts.find_overlapping_iter(names)) {
            let (bit, alone) = self.part_bits[found.pattern().as_usize()];
            let before = found.start().checked_sub(1).map(|at| &bytes[at]);
            if !alone || ends_name(before) && ends_name(bytes.get(found.end())) {
                bits |= bit;
            }
        }
        bits
    }
}

/// Bit of the first class group; the tags come before it, then `itemprop=articleBody`, hidden, roles.
pub const CLASS_BIT: u32 = TAGS.len() as u32;

/// Bit of `itemprop=articleBody`, after room for 24 class groups.
pub const BODY_PROPERTY_BIT: u32 = CLASS_BIT + 24;

/// Bit of hidden elements.
pub const HIDDEN_BIT: u32 = BODY_PROPERTY_BIT + 1;

/// Bit of the first role.
pub const ROLE_BIT: u32 = HIDDEN_BIT + 1;

/// Number of bits in use.
pub const BITS: usize = ROLE_BIT as usize + ROLES.len();

/// The traits of every element of a page, by number of its node.
#[derive(Clone, Debug)]
pub struct Traits {
    bits: Vec<u64>,
}

impl Traits {
    /// The bits of one element; none for other nodes.
    pub fn of(&self, id: NodeId) -> u64 {
        self.bits[id.index()]
    }
}

/// Looks at every shown element of a page.
pub fn traits_of(dom: &Dom, page: &LeafBlocks) -> Traits {
    let mut bits = vec![0; dom.node_count()];
    let mut known: FxHashMap<String, u64> = FxHashMap::default();
    let mut names = String::new();
    let patterns = Patterns::builtin();
    for &id in &page.elements {
        let tag = dom.tag(id).map_or("", |tag| tag);
        let mut own = tag_bit(tag);
        names.clear();
        for (name, value) in dom.attributes(id) {
            own |= attribute_bits(name, value);
            if NAMING.contains(&name) && names.len() < MAX_NAME_BYTES {
                push_name(&mut names, value);
            }
        }
        // The page's own classes say what it is about, not where the story stands.
        if !names.is_empty() && tag != "body" && tag != "html" {
            own |= match known.get(&names) {
                Some(&bits) => bits,
                None => {
                    let bits = patterns.class_bits(&names);
                    known.insert(names.clone(), bits);
                    bits
                }
            };
        }
        bits[id.index()] = own;
    }
    Traits { bits }
}

fn tag_bit(tag: &str) -> u64 {
    TAGS.iter().position(|known| *known == tag).map_or(0, |bit| 1 << bit)
}

fn attribute_bits(name: &str, value: &str) -> u64 {
    match name {
        "itemprop" if value.contains("articleBody") => 1 << BODY_PROPERTY_BIT,
        "hidden" => 1 << HIDDEN_BIT,
        "aria-hidden" if value == "true" => 1 << HIDDEN_BIT,
        "style" if value.contains("display:none") || value.contains("display: none") => 1 << HIDDEN_BIT,
        "role" => ROLES.iter().position(|role| *role == value).map_or(0, |bit| 1 << (ROLE_BIT + bit as u32)),
        _ => 0,
    }
}

fn push_name(names: &mut String, value: &str) {
    if !names.is_empty() {
        names.push(' ');
    }
    let mut end = value.len().min(MAX_NAME_BYTES.saturating_sub(names.len()));
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    names.push_str(&value[..end]);
}

#[cfg(test)]
mod tests {
    use super::super::{blocks::leaf_blocks, dom::local_name, parse};
    use super::*;

    fn group(name: &str) -> u64 {
        let index = Patterns::builtin().groups.iter().position(|known| *known == name);
        1 << (CLASS_BIT + index.expect("a group of that name") as u32)
    }

    #[test]
    fn the_rules_compile() {
        let patterns = Patterns::builtin();
        assert_eq!(patterns.parts.as_ref().map(AhoCorasick::patterns_len), Some(patterns.part_bits.len()));
        assert!(patterns.groups.len() >= 20 && patterns.groups.len() <= 24 && BITS <= 64);
        assert!(patterns.junk.as_ref().is_some_and(|junk| junk.is_match("Lire AUSSI : la suite")));
        let date = patterns.date.as_ref().expect("a pattern");
        assert!(
            date.is_match("3 hours ago") && date.is_match("12:30") && !date.is_match("ragout for 19 people")
        );
    }

    #[test]
    fn elements_show_their_traits() {
        let page = "<body class=comment><section class='Story-Body x' role=search><p hidden>a</p>\
            <aside id=newsletter-box>b</aside></section>";
        let dom = parse(page).expect("a small page");
        let traits = traits_of(&dom, &leaf_blocks(&dom));
        let of = |tag| traits.of(dom.first_named(tag).expect("an element"));
        let section = of(local_name!("section"));
        assert_ne!(section & group("bodypos"), 0);
        assert_ne!(section >> ROLE_BIT, 0);
        assert_eq!(of(local_name!("p")), tag_bit("p") | 1 << HIDDEN_BIT);
        assert_ne!(of(local_name!("aside")) & group("news"), 0);
        assert_eq!(of(local_name!("body")), 0);
    }

    #[test]
    fn some_parts_must_stand_alone() {
        let patterns = Patterns::builtin();
        for name in ["ad", "top-ads", "x Ad_1", "ads"] {
            assert_ne!(patterns.class_bits(name) & group("ad"), 0, "{name}");
        }
        for name in ["head", "adx", "read-1", "loads"] {
            assert_eq!(patterns.class_bits(name) & group("ad"), 0, "{name}");
        }
    }

    #[test]
    fn long_names_are_cut() {
        let mut names = String::new();
        push_name(&mut names, &"é".repeat(MAX_NAME_BYTES));
        push_name(&mut names, "more");
        assert!(names.len() <= MAX_NAME_BYTES + 1);
    }
}
