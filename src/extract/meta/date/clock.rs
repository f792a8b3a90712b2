//! Times of day beside a date: `17:25`, `5.25 pm`, `17h25`, `17.25 Uhr`, with or without a zone.

use super::{
    Time,
    scan::{Kind, Token, zone_of},
};

/// Words that may stand between a date and its time.
const LINKS: [&str; 26] = [
    "t", "at", "um", "kl", "klo", "a", "as", "las", "los", "o", "ore", "ora", "h", "в", "о", "ob", "u",
    "saat", "godz", "pukul", "jam", "om", "alle", "г", "г", "da",
];

/// Words after a time that make sure it is one.
const CLOCK_WORDS: [&str; 8] = ["uhr", "uur", "h", "hrs", "hs", "น", "ч", "часов"];

/// The time that follows token `at`, past at most four linking words or marks, and the token
/// after it.
pub(super) fn time_after(tokens: &[Token<'_>], at: usize) -> Option<(Time, usize)> {
    let mut cue = false;
    for skip in 0..5 {
        if let Some(found) = time_at(tokens, at + skip, cue) {
            return Some(found);
        }
        cue = match &tokens.get(at + skip)?.kind {
            Kind::Mark(',' | '-' | '|' | '·' | '•' | '/' | '.' | '@' | '(' | ':') => cue,
            Kind::Word(word) if LINKS.contains(&word.as_ref()) => true,
            Kind::Word(word) if word.starts_with('日') || word.starts_with('일') => true,
            Kind::Word(word) if matches!(word.as_ref(), "오전" | "오후" | "上午" | "下午") => {
                let later = matches!(word.as_ref(), "오후" | "下午");
                let (mut time, next) = time_at(tokens, at + skip + 1, true)?;
                if later && time.hour < 12 {
                    time.hour += 12;
                }
                return Some((time, next));
            }
            _ => return None,
        };
    }
    None
}

/// The time that ends right before token `at` (`17:25, 15 May 2024`), and its first token.
pub(super) fn time_before(tokens: &[Token<'_>], at: usize) -> Option<(Time, usize)> {
    let back = |steps: usize| at.checked_sub(steps);
    for steps in 3..=9 {
        let start = back(steps)?;
        let Some((time, next)) = time_at(tokens, start, false) else { continue };
        let gap = tokens.get(next..at)?;
        let linked = gap.len() <= 2
            && gap.iter().all(|token| {
                matches!(token.kind, Kind::Mark(',' | '-' | '/' | '|' | '·' | ')'))
                    || token.word().is_some_and(|w| w == "on")
            });
        if linked && !tokens.get(start.wrapping_sub(1)).is_some_and(|token| token.is_mark(':')) {
            return Some((time, start));
        }
    }
    None
}

fn time_at(tokens: &[Token<'_>], at: usize, cue: bool) -> Option<(Time, usize)> {
    let (hour, digits) = tokens.get(at)?.number()?;
    if digits == 6 && cue {
        let time = Time {
            hour: (hour / 10_000) as i8,
            minute: (hour / 100 % 100) as i8,
            second: Some((hour % 100) as i8),
            offset: None,
        };
        return with_zone(tokens, time, at + 1);
    }
    if digits == 4 && cue && tokens.get(at + 1).is_none() {
        let time = Time { hour: (hour / 100) as i8, minute: (hour % 100) as i8, second: None, offset: None };
        return with_zone(tokens, time, at + 1);
    }
    if digits > 2 || hour > 24 {
        return None;
    }
    let hour = hour as i8 % 24;
    let after = tokens.get(at + 1)?;
    if let Some(later) = half_day(tokens, at + 1).filter(|_| (1..=12).contains(&hour)) {
        let time = Time { hour: hour % 12 + 12 * i8::from(later.0), minute: 0, second: None, offset: None };
        return with_zone(tokens, time, later.1);
    }
    let (minute, digits) = tokens.get(at + 2)?.number()?;
    if digits != 2 || minute > 59 {
        return None;
    }
    let sure =
        after.is_mark(':') || after.word().is_some_and(|word| matches!(word, "h" | "u" | "時" | "时" | "시"));
    let mut next = at + 3;
    let said = tokens.get(next).and_then(Token::word).is_some_and(|word| CLOCK_WORDS.contains(&word));
    let halved = half_day(tokens, next);
    if !(sure || after.is_mark('.') && (cue || said || halved.is_some())) {
        return None;
    }
    let mut time = Time { hour, minute: minute as i8, second: None, offset: None };
    if sure && let Some(second) = seconds_at(tokens, next) {
        time.second = Some(second);
        next += 2;
        if tokens.get(next).is_some_and(|token| token.is_mark('.') || token.is_mark(','))
            && tokens.get(next + 1).is_some_and(|token| token.number().is_some())
        {
            next += 2;
        }
    }
    if said {
        next += 1;
    }
    if let Some((later, after)) = half_day(tokens, next) {
        if time.hour <= 12 {
            time.hour = time.hour % 12 + 12 * i8::from(later);
        }
        next = after;
    }
    with_zone(tokens, time, next)
}

fn seconds_at(tokens: &[Token<'_>], at: usize) -> Option<i8> {
    let (second, digits) =
        tokens.get(at).filter(|token| token.is_mark(':')).and(tokens.get(at + 1))?.number()?;
    (digits == 2 && second < 60).then_some(second as i8)
}

/// Whether `am` or `pm` stands at token `at` (true for the afternoon), and the token after it.
fn half_day(tokens: &[Token<'_>], at: usize) -> Option<(bool, usize)> {
    match tokens.get(at)?.word()? {
        "am" => Some((false, at + 1)),
        "pm" => Some((true, at + 1)),
        letter @ ("a" | "p") => {
            let dotted = tokens.get(at + 1)?.is_mark('.') && tokens.get(at + 2)?.word() == Some("m");
            let end = at + 3 + usize::from(tokens.get(at + 3).is_some_and(|token| token.is_mark('.')));
            dotted.then_some((letter == "p", end))
        }
        _ => None,
    }
}

/// Adds the zone printed at token `at`: `Z`, `EDT`, `+02:00`, `UTC+2`, each also in parentheses.
fn with_zone(tokens: &[Token<'_>], mut time: Time, at: usize) -> Option<(Time, usize)> {
    let open = tokens.get(at).is_some_and(|token| token.is_mark('('));
    let mut next = at + usize::from(open);
    let named = tokens.get(next).and_then(Token::word).and_then(zone_of);
    if named.is_some() {
        next += 1;
    }
    let signed = offset_at(tokens, next);
    match (named, signed) {
        (_, Some((offset, after))) => {
            time.offset = Some(offset);
            next = after;
        }
        (Some(offset), None) => time.offset = Some(offset),
        (None, None) => return Some((time, at)),
    }
    Some((time, next + usize::from(open && tokens.get(next).is_some_and(|token| token.is_mark(')')))))
}

fn offset_at(tokens: &[Token<'_>], at: usize) -> Option<(i32, usize)> {
    let sign = match tokens.get(at)?.kind {
        Kind::Mark('+') => 1,
        Kind::Mark('-') => -1,
        _ => return None,
    };
    let (value, digits) = tokens.get(at + 1)?.number()?;
    if tokens.get(at)?.end != tokens.get(at + 1)?.start {
        return None;
    }
    let value = i32::try_from(value).ok()?;
    let colon = tokens.get(at + 2).is_some_and(|token| token.is_mark(':'));
    let minutes = tokens
        .get(at + 3)
        .and_then(Token::number)
        .filter(|(minutes, digits)| colon && *digits == 2 && *minutes < 60);
    let (offset, next) = match (digits, minutes) {
        (4, _) => (value / 100 * 60 + value % 100, at + 2),
        (1 | 2, Some((minutes, _))) => (value * 60 + minutes as i32, at + 4),
        (1 | 2, None) => (value * 60, at + 2),
        _ => return None,
    };
    (offset <= 18 * 60).then_some((sign * offset, next))
}
