//! Dates as pages print them: ISO 8601, RFC 2822, and printed dates in some forty languages.
//!
//! Finds dates and says how fine they are; it does not decide which of them is the article's,
//! and it reads no clock. Month names and time zones are data (`schema/metadata`).

mod clock;
mod pattern;
mod scan;

use jiff::civil;

use crate::article::{Moment, Precision, Span};

/// The year of the oldest newspaper still read; no article is older.
pub const FIRST_YEAR: i16 = 1665;

/// No date of a page is later than this year: what is, is no date.
pub const LAST_YEAR: i16 = 2150;

/// Text is searched for dates no further than this: a byline's date stands near it, and the
/// search would otherwise be paid for every byte of a book.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// At most this many dates are read from one text.
const MAX_FOUND: usize = 64;

/// How a language writes numeric dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DateStyle {
    /// `5/15/2024`: the month first, where a slash parts the numbers.
    pub month_first: bool,
    /// ISO 639-1 code, for month names that differ between languages; zero bytes when unknown.
    language: [u8; 2],
}

impl DateStyle {
    /// The style of a page in `language` (a BCP 47 tag such as `en-GB`, or nothing).
    pub fn of_language(language: Option<&str>) -> Self {
        let tag = language.unwrap_or("").trim().to_ascii_lowercase().replace('_', "-");
        let month_first = matches!(tag.as_str(), "" | "en" | "en-us" | "en-ph" | "es-us" | "en-usa");
        let mut code = [0; 2];
        if let Some(two) = tag.as_bytes().get(..2) {
            code.copy_from_slice(two);
        }
        Self { month_first, language: code }
    }
}

/// A date found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDate {
    /// What it says.
    pub moment: Moment,
    /// The other reading, where day and month could change places.
    pub swapped: Option<Moment>,
    /// Where it stands, its time of day included.
    pub span: Span,
}

/// All dates of `text`, in order.
pub fn dates_in(text: &str, style: DateStyle) -> Vec<FoundDate> {
    let mut end = text.len().min(MAX_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if !scan::has_digit(text) {
        return Vec::new();
    }
    let tokens = scan::tokens_of(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() && found.len() < MAX_FOUND {
        match pattern::date_at(&tokens, at, style) {
            Some(matched) => {
                at = matched.next;
                found.push(matched.date);
            }
            None => at += 1,
        }
    }
    found
}

/// The date that `value`, a machine-readable value, gives: also compact forms (`20240515`),
/// seconds or milliseconds since 1970, and a bare month or year.
pub fn parse_value(value: &str, style: DateStyle) -> Option<FoundDate> {
    let value = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() || value.len() > 400 {
        return None;
    }
    let whole = Span::new(0, value.len());
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        let moment = match value.len() {
            4 => moment_of(value.parse().ok()?, None, None, None)?,
            6 => moment_of(value[..4].parse().ok()?, Some(value[4..].parse().ok()?), None, None)?,
            8 => compact_day(value)?,
            14 => compact_second(value)?,
            10 => of_unix_seconds(value.parse().ok()?)?,
            13 => of_unix_seconds(value.parse::<i64>().ok()? / 1000)?,
            _ => return None,
        };
        return Some(FoundDate { moment, swapped: None, span: whole });
    }
    if let Some(found) = dates_in(value, style).into_iter().next() {
        return Some(found);
    }
    let (year, month) = value.split_once(['-', '/'])?;
    let moment = moment_of(year.trim().parse().ok()?, Some(month.trim().parse().ok()?), None, None)?;
    (year.trim().len() == 4).then_some(FoundDate { moment, swapped: None, span: whole })
}

fn compact_day(value: &str) -> Option<Moment> {
    let part = |range: std::ops::Range<usize>| value.get(range)?.parse::<i16>().ok();
    moment_of(part(0..4)?, Some(part(4..6)? as i8), Some(part(6..8)? as i8), None)
}

fn compact_second(value: &str) -> Option<Moment> {
    let part = |range: std::ops::Range<usize>| value.get(range)?.parse::<i8>().ok();
    let time = Time { hour: part(8..10)?, minute: part(10..12)?, second: Some(part(12..14)?), offset: None };
    let year = value.get(..4)?.parse().ok()?;
    moment_of(year, Some(part(4..6)?), Some(part(6..8)?), Some(time))
}

/// The instant `seconds` after 1970-01-01T00:00:00Z.
pub fn of_unix_seconds(seconds: i64) -> Option<Moment> {
    let stamp = jiff::Timestamp::from_second(seconds).ok()?;
    let at = jiff::tz::Offset::UTC.to_datetime(stamp);
    let time = Time { hour: at.hour(), minute: at.minute(), second: Some(at.second()), offset: Some(0) };
    moment_of(at.year(), Some(at.month()), Some(at.day()), Some(time))
}

/// A time of day as printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    pub hour: i8,
    pub minute: i8,
    pub second: Option<i8>,
    /// Minutes east of Greenwich; none where no zone is printed.
    pub offset: Option<i32>,
}

/// The moment with these parts, where they make one: a real day, in a year that news has.
pub(crate) fn moment_of(year: i16, month: Option<i8>, day: Option<i8>, time: Option<Time>) -> Option<Moment> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    let date = civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let midnight = date.at(0, 0, 0, 0);
    let Some(time) = time.filter(|_| day.is_some()) else {
        let (iso, precision) = match (month, day) {
            (Some(month), Some(day)) => (format!("{year:04}-{month:02}-{day:02}"), Precision::Day),
            (Some(month), None) => (format!("{year:04}-{month:02}"), Precision::Month),
            _ => (format!("{year:04}"), Precision::Year),
        };
        return Some(Moment { iso, unix_seconds: unix_of(midnight, 0)?, precision });
    };
    let at = civil::Time::new(time.hour, time.minute, time.second.unwrap_or(0), 0).ok()?;
    let offset = time.offset.filter(|minutes| minutes.abs() <= 18 * 60);
    let mut iso = format!("{date}T{:02}:{:02}", time.hour, time.minute);
    if let Some(second) = time.second {
        iso.push_str(&format!(":{second:02}"));
    }
    match offset {
        Some(0) => iso.push('Z'),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            iso.push_str(&format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
        }
        None => {}
    }
    let precision = if time.second.is_some() { Precision::Second } else { Precision::Minute };
    let unix_seconds = unix_of(date.to_datetime(at), offset.unwrap_or(0))?;
    Some(Moment { iso, unix_seconds, precision })
}

fn unix_of(at: civil::DateTime, offset_minutes: i32) -> Option<i64> {
    let utc = jiff::tz::Offset::UTC.to_timestamp(at).ok()?;
    Some(utc.as_second() - i64::from(offset_minutes) * 60)
}

/// Whether `word` is a month's name in some language.
pub(crate) fn is_month(word: &str) -> bool {
    scan::month_of(scan::fold(word).trim_end_matches(['.', ',']), [0; 2]).is_some()
}

/// The day that `moment` names, as printed (`2024-05-15`); none for a month or a year.
pub fn day_of(moment: &Moment) -> Option<&str> {
    if moment.precision < Precision::Day { None } else { moment.iso.get(..10) }
}

/// The day in UTC of an instant.
pub fn utc_day_of(moment: &Moment) -> Option<String> {
    if moment.precision < Precision::Minute {
        return day_of(moment).map(str::to_owned);
    }
    let stamp = jiff::Timestamp::from_second(moment.unix_seconds).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(stamp).date().to_string())
}

/// Days from 1970-01-01 to the day `YYYY-MM-DD`.
pub fn day_number(day: &str) -> Option<i64> {
    let date: civil::Date = day.get(..10)?.parse().ok()?;
    Some(unix_of(date.at(0, 0, 0, 0), 0)?.div_euclid(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str, language: &str) -> String {
        let found = parse_value(text, DateStyle::of_language(Some(language)));
        found.map(|found| found.moment.iso).unwrap_or_default()
    }

    #[test]
    fn reads_machine_dates() {
        for (text, iso) in [
            ("2024-05-15", "2024-05-15"),
            ("2024-05-15T17:25:11Z", "2024-05-15T17:25:11Z"),
            ("2024-05-15T17:25:11.123456+0530", "2024-05-15T17:25:11+05:30"),
            ("2024-05-15 17:25 -05:00", "2024-05-15T17:25-05:00"),
            ("Wed, 15 May 2024 17:25:11 GMT", "2024-05-15T17:25:11Z"),
            ("Wed May 15 17:25:11 UTC 2024", "2024-05-15T17:25:11Z"),
            ("20240515", "2024-05-15"),
            ("20240515T172511", "2024-05-15T17:25:11"),
            ("1715793911", "2024-05-15T17:25:11Z"),
            ("1715793911000", "2024-05-15T17:25:11Z"),
            ("2024-05", "2024-05"),
            ("2024", "2024"),
            ("99999-01-01", ""),
            ("2024-02-30", ""),
            ("0001-01-01T00:00:00", ""),
        ] {
            assert_eq!(first(text, "en"), iso, "{text}");
        }
    }

    #[test]
    fn reads_printed_dates_in_many_languages() {
        for (text, language, iso) in [
            ("Published: May 15, 2024 at 5:25 p.m. EDT", "en", "2024-05-15T17:25-04:00"),
            ("15th of May 2024", "en-GB", "2024-05-15"),
            ("Mittwoch, 15. Mai 2024, 17.25 Uhr", "de", "2024-05-15T17:25"),
            ("Publié le 1er août 2023 à 17h25", "fr", "2023-08-01T17:25"),
            ("15 de mayo de 2024", "es", "2024-05-15"),
            ("15 de março de 2024 às 08h05", "pt", "2024-03-15T08:05"),
            ("3 wrz 2019", "pl", "2019-09-03"),
            ("3. listopadu 2019", "cs", "2019-11-03"),
            ("3. listopada 2019", "hr", "2019-10-03"),
            ("15 мая 2024, 17:25", "ru", "2024-05-15T17:25"),
            ("15 травня 2024", "uk", "2024-05-15"),
            ("2024. május 15.", "hu", "2024-05-15"),
            ("2024年5月15日 17:25", "zh", "2024-05-15T17:25"),
            ("2024년 5월 15일", "ko", "2024-05-15"),
            ("15 مايو 2024", "ar", "2024-05-15"),
            ("١٥ مايو ٢٠٢٤", "ar", "2024-05-15"),
            ("ngày 15 tháng 5 năm 2024", "vi", "2024-05-15"),
            ("15 Ağustos 2024 - 17:25", "tr", "2024-08-15T17:25"),
            ("15. elokuuta 2024", "fi", "2024-08-15"),
            ("2024 m. gegužės 15 d.", "lt", "2024-05-15"),
            ("15-May-2024", "en", "2024-05-15"),
            ("15 พฤษภาคม 2567", "th", "2024-05-15"),
        ] {
            assert_eq!(first(text, language), iso, "{text}");
        }
    }

    #[test]
    fn reads_numbers_in_the_order_of_the_language() {
        assert_eq!(first("04/05/2024", "en-US"), "2024-04-05");
        assert_eq!(first("04/05/2024", "en-GB"), "2024-05-04");
        assert_eq!(first("04.05.2024", "en"), "2024-05-04");
        assert_eq!(first("25/12/2024", "en-US"), "2024-12-25");
        assert_eq!(first("4.5.24 17:25", "de"), "2024-05-04T17:25");
        let found = dates_in("on 04/05/2024", DateStyle::of_language(Some("fr")));
        assert_eq!(found[0].swapped.as_ref().map(|m| m.iso.as_str()), Some("2024-04-05"));
        assert_eq!(found[0].span, Span::new(3, 13));
    }

    #[test]
    fn takes_no_number_for_a_date() {
        for text in
            ["version 10.4.2024.1", "call 555-01-2024", "192.168.1.20", "1/2 cup", "May be 20 people", ""]
        {
            assert!(dates_in(text, DateStyle::default()).is_empty(), "{text}");
        }
    }

    #[test]
    fn gives_the_day_in_utc_as_well() {
        let found = parse_value("2024-05-15T23:30:00-04:00", DateStyle::default()).map(|f| f.moment);
        assert_eq!(found.as_ref().and_then(utc_day_of).as_deref(), Some("2024-05-16"));
        assert_eq!(found.as_ref().and_then(day_of), Some("2024-05-15"));
    }

    #[test]
    fn survives_hostile_text() {
        let digits = "9".repeat(200_000);
        assert!(dates_in(&digits, DateStyle::default()).is_empty());
        let slashes = "1/".repeat(100_000);
        assert!(dates_in(&slashes, DateStyle::default()).is_empty());
        let many = "2024-05-15 ".repeat(10_000);
        assert_eq!(dates_in(&many, DateStyle::default()).len(), MAX_FOUND);
    }
}
