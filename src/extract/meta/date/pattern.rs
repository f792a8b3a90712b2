//! The orders in which the parts of a date are printed.

use super::{
    DateStyle, FoundDate, Time,
    clock::{time_after, time_before},
    moment_of,
    scan::{Token, month_of},
};
use crate::article::{Moment, Span};

/// A date at some token, and the token after it.
pub(super) struct Matched {
    pub date: FoundDate,
    pub next: usize,
}

/// Year, month and day as printed, and the token after them.
struct Parts {
    year: i16,
    month: i8,
    day: i8,
    /// Whether day and month could change places.
    ambiguous: bool,
    time: Option<Time>,
    next: usize,
}

/// Words between day, month and year.
const FILLERS: [&str; 17] =
    ["de", "del", "di", "of", "d", "st", "nd", "rd", "th", "er", "o", "a", "ro", "e", "den", "г", "do"];

pub(super) fn date_at(tokens: &[Token<'_>], at: usize, style: DateStyle) -> Option<Matched> {
    let orders =
        [year_first, day_month_name, month_name_first, numbers, year_and_month_name, with_units, vietnamese];
    let parts = orders.iter().find_map(|order| order(tokens, at, style))?;
    let mut start = at;
    let mut next = parts.next;
    let mut time = parts.time;
    if time.is_none() {
        if let Some((found, after)) = time_after(tokens, next) {
            (time, next) = (Some(found), after);
        } else if let Some((found, first)) = time_before(tokens, at) {
            (time, start) = (Some(found), first);
        }
    }
    let moment = moment_with(parts.year, parts.month, parts.day, time)?;
    let swapped = parts.ambiguous.then(|| moment_with(parts.year, parts.day, parts.month, time)).flatten();
    let span = Span::new(tokens.get(start)?.start, tokens.get(next.checked_sub(1)?)?.end);
    Some(Matched { date: FoundDate { moment, swapped, span }, next })
}

/// The moment, or its day alone where the time is none ("24:61").
fn moment_with(year: i16, month: i8, day: i8, time: Option<Time>) -> Option<Moment> {
    moment_of(year, Some(month), Some(day), time).or_else(|| moment_of(year, Some(month), Some(day), None))
}

fn plain(year: i16, month: i8, day: i8, next: usize) -> Option<Parts> {
    Some(Parts { year, month, day, ambiguous: false, time: None, next })
}

/// A year of four digits; years of the Buddhist era are turned into ours.
fn year_at(tokens: &[Token<'_>], at: usize) -> Option<i16> {
    match tokens.get(at)?.number()? {
        (value @ 1600..=2199, 4) => Some(value as i16),
        (value @ 2443..=2643, 4) => Some(value as i16 - 543),
        _ => None,
    }
}

fn day_at(tokens: &[Token<'_>], at: usize) -> Option<i8> {
    let (value, digits) = tokens.get(at)?.number()?;
    (digits <= 2 && (1..=31).contains(&value)).then_some(value as i8)
}

fn month_at(tokens: &[Token<'_>], at: usize, style: DateStyle) -> Option<i8> {
    month_of(tokens.get(at)?.word()?, style.language)
}

fn is_number(tokens: &[Token<'_>], at: Option<usize>) -> bool {
    at.and_then(|at| tokens.get(at)).is_some_and(|token| token.number().is_some())
}

/// Whether token `at` touches a further number by one of the marks that make version numbers,
/// telephone numbers and fractions.
fn runs_on(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(mark) = tokens.get(at) else { return false };
    let joined = ['.', '/', '-'].iter().any(|c| mark.is_mark(*c));
    let touching = tokens.get(at + 1).is_some_and(|next| next.number().is_some() && next.start == mark.end);
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    joined && touching && before.is_some_and(|token| token.end == mark.start)
}

fn runs_in(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else { return false };
    let joined = ['.', '/', '-'].iter().any(|c| before.is_mark(*c));
    joined
        && before.end == tokens[at].start
        && is_number(tokens, at.checked_sub(2))
        && tokens[at - 2].end == before.start
}

/// `2024-05-15`, `2024/5/15`, `2024.05.15`, and `20240515` with a time.
fn year_first(tokens: &[Token<'_>], at: usize, _: DateStyle) -> Option<Parts> {
    if let Some((value, 8)) = tokens.get(at)?.number() {
        let timed = tokens.get(at + 1)?.word() == Some("t") && is_number(tokens, Some(at + 2));
        return timed.then(|| {
            plain((value / 10_000) as i16, (value / 100 % 100) as i8, (value % 100) as i8, at + 1)
        })?;
    }
    let year = year_at(tokens, at)?;
    let separator = tokens.get(at + 1)?;
    let known = ['-', '/', '.'].into_iter().find(|mark| separator.is_mark(*mark))?;
    if !tokens.get(at + 3)?.is_mark(known) || runs_in(tokens, at) {
        return None;
    }
    let (month, day) = (day_at(tokens, at + 2)?, day_at(tokens, at + 4)?);
    if runs_on(tokens, at + 5) {
        return None;
    }
    // 2024-29-11: only one reading makes a day.
    if month > 12 { plain(year, day, month, at + 5) } else { plain(year, month, day, at + 5) }
}

/// Skips one dot, comma or filler word, twice at most.
fn skip_fillers(tokens: &[Token<'_>], at: usize) -> usize {
    let mut next = at;
    for _ in 0..3 {
        let Some(token) = tokens.get(next) else { break };
        let filler = token.word().is_some_and(|word| FILLERS.contains(&word));
        if filler || ['.', ',', '-', '/', 'º', 'ª', '\'', '’'].iter().any(|mark| token.is_mark(*mark)) {
            next += 1;
        } else {
            break;
        }
    }
    next
}

/// `15 May 2024`, `15. Mai 2024`, `1er août 2023`, `15 de mayo de 2024`, `15-May-24`.
fn day_month_name(tokens: &[Token<'_>], at: usize, style: DateStyle) -> Option<Parts> {
    let day = day_at(tokens, at)?;
    let month_token = skip_fillers(tokens, at + 1);
    let month = month_at(tokens, month_token, style)?;
    let year_token = skip_fillers(tokens, month_token + 1);
    if let Some(year) = year_at(tokens, year_token) {
        return plain(year, month, day, year_token + 1);
    }
    let marked = tokens
        .get(year_token - 1)
        .is_some_and(|token| ['\'', '’', '-'].iter().any(|mark| token.is_mark(*mark)));
    let (value, digits) = tokens.get(year_token)?.number()?;
    (marked && digits == 2).then(|| plain(century_of(value), month, day, year_token + 1))?
}

fn century_of(two_digits: u32) -> i16 {
    two_digits as i16 + if two_digits < 70 { 2000 } else { 1900 }
}

/// `May 15, 2024`, `May 15th 2024`, and `May 15 17:25:11 UTC 2024`.
fn month_name_first(tokens: &[Token<'_>], at: usize, style: DateStyle) -> Option<Parts> {
    let day_token =
        at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.is_mark('.') || t.is_mark('-')));
    // The day first: most words have none behind them, and need not be looked up.
    let day = day_at(tokens, day_token)?;
    let month = month_at(tokens, at, style)?;
    let year_token = skip_fillers(tokens, day_token + 1);
    if let Some(year) = year_at(tokens, year_token) {
        return plain(year, month, day, year_token + 1);
    }
    let (time, after) = time_after(tokens, day_token + 1)?;
    let year_token = skip_fillers(tokens, after);
    let year = year_at(tokens, year_token)?;
    Some(Parts { time: Some(time), ..plain(year, month, day, year_token + 1)? })
}

/// `15.05.2024`, `5/15/2024`, `15-05-24`.
fn numbers(tokens: &[Token<'_>], at: usize, style: DateStyle) -> Option<Parts> {
    let (first, second) = (day_at(tokens, at)?, day_at(tokens, at + 2)?);
    let separator = ['.', '/', '-'].into_iter().find(|mark| tokens[at + 1].is_mark(*mark))?;
    if !tokens.get(at + 3)?.is_mark(separator) || runs_in(tokens, at) || runs_on(tokens, at + 5) {
        return None;
    }
    let year = match tokens.get(at + 4)?.number()? {
        (_, 4) => year_at(tokens, at + 4)?,
        (value, 2) if separator != '-' && tokens[at].end == tokens[at + 1].start => century_of(value),
        _ => return None,
    };
    let month_first = if second > 12 { true } else { first <= 12 && style.month_first && separator != '.' };
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    let ambiguous = first <= 12 && second <= 12 && first != second;
    Some(Parts { ambiguous, ..plain(year, month, day, at + 5)? })
}

/// `2024. május 15.`, `2024 m. gegužės 15 d.`, `2024 May 15`.
fn year_and_month_name(tokens: &[Token<'_>], at: usize, style: DateStyle) -> Option<Parts> {
    let year = year_at(tokens, at)?;
    let month_token = (at + 1..at + 4).find(|token| month_at(tokens, *token, style).is_some())?;
    let bridges = ["m", "g", "gada", "ko", "eko", "de", "оны"];
    let joined = tokens[at + 1..month_token].iter().all(|token| {
        token.is_mark('.')
            || token.is_mark(',')
            || token.is_mark('-')
            || token.word().is_some_and(|word| bridges.contains(&word))
    });
    let day_token = skip_fillers(tokens, month_token + 1);
    let day = day_at(tokens, day_token).filter(|_| joined)?;
    plain(year, month_at(tokens, month_token, style)?, day, day_token + 1)
}

/// `2024年5月15日`, `2024년 5월 15일`.
fn with_units(tokens: &[Token<'_>], at: usize, _: DateStyle) -> Option<Parts> {
    let unit = |at: usize, names: [char; 2]| tokens.get(at)?.word()?.starts_with(names).then_some(());
    let (year, _) = tokens.get(at)?.number().filter(|(_, digits)| *digits == 4)?;
    unit(at + 1, ['年', '년'])?;
    let month = day_at(tokens, at + 2)?;
    unit(at + 3, ['月', '월'])?;
    let day = day_at(tokens, at + 4)?;
    unit(at + 5, ['日', '일'])?;
    plain(i16::try_from(year).ok()?, month, day, at + 6)
}

/// `15 tháng 5, 2024`, `15 tháng 5 năm 2024`.
fn vietnamese(tokens: &[Token<'_>], at: usize, _: DateStyle) -> Option<Parts> {
    let day = day_at(tokens, at)?;
    if tokens.get(at + 1)?.word()? != "thang" {
        return None;
    }
    let month = day_at(tokens, at + 2)?;
    let year_token = (at + 3..at + 5).find(|token| year_at(tokens, *token).is_some())?;
    let bridge = tokens.get(at + 3)?;
    let joined =
        year_token == at + 3 || bridge.is_mark(',') || bridge.is_mark('-') || bridge.word() == Some("nam");
    joined.then(|| plain(year_at(tokens, year_token)?, month, day, year_token + 1))?
}
