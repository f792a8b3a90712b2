//! Inflected forms of Ukrainian and Russian names, by the endings of their words.
//!
//! The rules rather give a form too many than miss one: a form that no text has does no harm. They
//! know nothing of stress or of words that lose a vowel, except for Ukrainian towns in `-ів`.

/// Most forms that a name is given; a guard against lists of long phrases.
const MAX_FORMS: usize = 60;
/// Cases beside the nominative: genitive, dative, accusative, instrumental, locative.
const CASES: usize = 5;

/// The further forms of `name` in its oblique cases; none for names in other scripts.
pub(super) fn inflected(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split(' ').collect();
    if words.len() > 4 || !words.iter().any(|word| is_cyrillic(word)) {
        return Vec::new();
    }
    let mut forms = Vec::new();
    for case in 0..CASES {
        // The first word or two alone, for names with a tail in the genitive; and all words together.
        for declined in [1, 2, words.len()] {
            let mut partial = vec![String::new()];
            for (n, word) in words.iter().enumerate() {
                let mut endings =
                    if n < declined { declension(word, n + 1 < words.len(), case) } else { Vec::new() };
                if endings.is_empty() {
                    endings.push((*word).to_owned());
                }
                partial = partial
                    .iter()
                    .flat_map(|head| {
                        let gap = if head.is_empty() { "" } else { " " };
                        endings.iter().map(move |word| format!("{head}{gap}{word}"))
                    })
                    .take(MAX_FORMS)
                    .collect();
            }
            forms.extend(partial);
        }
    }
    forms.sort();
    forms.dedup();
    forms.retain(|form| form != name);
    forms.truncate(MAX_FORMS);
    forms
}

/// Whether the whole word is Cyrillic and no acronym.
fn is_cyrillic(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3
        && word.chars().all(|c| ('\u{400}'..='\u{52f}').contains(&c) || !c.is_alphabetic())
        && word.chars().skip(1).any(char::is_lowercase)
}

/// Endings by the nominative's, for the five cases; alternatives are separated by spaces. The first
/// rule that fits holds. `~` stands for the bare stem.
const NOUNS: [(&str, [&str; CASES]); 28] = [
    ("ський", ["ського", "ському", "ського", "ським", "ському ськім"]),
    ("цький", ["цького", "цькому", "цького", "цьким", "цькому цькім"]),
    ("ский", ["ского", "скому", "ского", "ским", "ском"]),
    ("цкий", ["цкого", "цкому", "цкого", "цким", "цком"]),
    ("ий", ["ого ия", "ому ию", "ого ия", "им ием", "ом ии ому"]),
    ("ый", ["ого", "ому", "ого ый", "ым", "ом"]),
    ("ой", ["ого оя", "ому ою", "ого", "ым им оем", "ом ое"]),
    ("ая", ["ой", "ой", "ую", "ой ою", "ой"]),
    ("яя", ["ей", "ей", "юю", "ей", "ей"]),
    ("ые", ["ых", "ым", "ые", "ыми", "ых"]),
    ("ое", ["ого", "ому", "ое", "ым", "ом"]),
    ("ів", ["ова іва", "ову іву", "ів ова", "овом івом", "ові іві"]),
    ("їв", ["єва їва", "єву їву", "їв єва", "євом", "єві їві"]),
    ("ия", ["ии", "ии", "ию", "ией", "ии"]),
    ("ія", ["ії", "ії", "ію", "ією", "ії"]),
    ("ья", ["ьи", "ье", "ью", "ьей", "ье"]),
    ("я", ["и ї", "е ї і", "ю", "ей єю ею", "е ї і"]),
    ("ка", ["ки", "ке ці", "ку", "кой кою", "ке ці"]),
    ("га", ["ги", "ге зі", "гу", "гой гою", "ге зі"]),
    ("а", ["ы и і", "е і", "у", "ой ою ей ею", "е і"]),
    ("й", ["я ю", "ю єві", "й я", "ем єм", "е ї ю"]),
    ("ь", ["я и і", "ю и і", "ь я", "ем ью ю ём", "е и і"]),
    ("ы", ["ов ~", "ам", "ы", "ами", "ах"]),
    ("и", ["ів ов ей ~", "ам", "и", "ами", "ах"]),
    ("о", ["а", "у", "о", "ом", "е і у"]),
    ("і", ["их", "им", "і", "ими", "их"]),
    ("е", ["ого", "ому", "е", "им", "ому"]),
    ("у", ["у", "у", "у", "у", "у"]),
];

/// Endings of a feminine adjective before its noun, where Ukrainian has the noun's `-а`.
const ADJECTIVE_A: [&str; CASES] = ["ої", "ій", "у", "ою", "ій"];
/// Endings after a consonant.
const CONSONANT: [&str; CASES] = ["а у", "у ові", "а ~", "ом ым им ем", "е і ові"];

/// The forms of one word in one case. A hyphenated word declines at its end only.
fn declension(word: &str, before_another: bool, case: usize) -> Vec<String> {
    if !is_cyrillic(word) {
        return Vec::new();
    }
    let joined = |stem: &str, endings: &str| -> Vec<String> {
        endings.split(' ').map(|ending| format!("{stem}{}", ending.trim_matches('~'))).collect()
    };
    for (nominative, endings) in &NOUNS {
        let Some(stem) = word.strip_suffix(nominative).filter(|stem| stem.chars().count() >= 2) else {
            continue;
        };
        let mut forms = joined(stem, endings[case]);
        if before_another && (*nominative == "а" || *nominative == "ка") {
            let stem = word.strip_suffix('а').unwrap_or(stem);
            forms.extend(joined(stem, ADJECTIVE_A[case]));
        }
        return forms;
    }
    match word.chars().last() {
        Some(last) if !"аеєиіїоуюяыэё".contains(last) => joined(word, CONSONANT[case]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::inflected;

    fn has(name: &str, wanted: &[&str]) {
        let forms = inflected(name);
        for form in wanted {
            assert!(forms.iter().any(|f| f == form), "{name}: no {form} in {forms:?}");
        }
    }

    #[test]
    fn towns_and_countries_decline() {
        has("Харків", &["Харкова", "Харкові", "Харковом"]);
        has("Київ", &["Києва", "Києві", "Києву"]);
        has("Харьков", &["Харькова", "Харькове", "Харькову", "Харьковом"]);
        has("Москва", &["Москвы", "Москве", "Москву", "Москвой", "Москви", "Москві"]);
        has("Россия", &["России", "Россию", "Россией"]);
        has("Росія", &["Росії", "Росію", "Росією"]);
        has("Китай", &["Китая", "Китаю", "Китаем", "Китае"]);
        has("Америка", &["Америки", "Америке", "Америці", "Америкой"]);
    }

    #[test]
    fn people_and_phrases_decline() {
        has("Владимир Путин", &["Владимира Путина", "Владимиром Путиным", "Владимире Путине"]);
        has("Володимир Зеленський", &["Володимира Зеленського", "Володимиру Зеленському"]);
        has("Северная Корея", &["Северной Кореи", "Северную Корею"]);
        has("Північна Корея", &["Північної Кореї", "Північній Кореї"]);
        has("Збройні сили України", &["Збройних сил України"]);
    }

    #[test]
    fn other_scripts_and_acronyms_stay() {
        assert!(inflected("Kharkiv").is_empty());
        assert!(inflected("США").is_empty());
        assert!(inflected("").is_empty());
        assert!(inflected("А").is_empty());
    }

    #[test]
    fn a_long_phrase_stays_within_bounds() {
        assert!(inflected("Первая Вторая Третья Четвёртая").len() <= super::MAX_FORMS);
        assert!(inflected(&"Первая ".repeat(500)).is_empty());
    }
}
