//! Dates as people type them: days, months, years, ages, names of months.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span as Age, Timestamp, ToSpan, ZonedDateTime};

/// A stretch of time: first second included, end excluded; in seconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRange {
    /// First second.
    pub start: i64,
    /// One past the last second.
    pub end: i64,
}

/// The stretch that `text` names, seen from `now`: `2024`, `2024-05`, `2024-05-15`, `15 May 2024`,
/// `May 2024`, an instant, `today`, `yesterday`, `this week`, `last month`; an age such as `7d`,
/// `2w`, `3mo`, `1y` or `12h` names the instant so long ago up to `now`.
pub fn date_range(text: &str, now: &ZonedDateTime) -> Option<DateRange> {
    let text = text.trim().to_lowercase();
    let today = now.date();
    let days = |from: Date, to: Date| range(from, to);
    match text.as_str() {
        "today" => return days(today, today.tomorrow().ok()?),
        "yesterday" => return days(today.yesterday().ok()?, today),
        "tomorrow" => return days(today.tomorrow().ok()?, today.checked_add(2.days()).ok()?),
        "now" => {
            return Some(DateRange {
                start: now.timestamp().as_second(),
                end: now.timestamp().as_second() + 1,
            });
        }
        _ => {}
    }
    named_period(&text, today)
        .or_else(|| calendar(&text))
        .or_else(|| month_words(&text, today))
        .or_else(|| instant(&text))
        .or_else(|| age(&text, now))
}

/// The first second that `since:TEXT` lets in.
pub fn since(text: &str, now: &ZonedDateTime) -> Option<i64> {
    date_range(text, now).map(|range| range.start)
}

/// One past the last second that `until:TEXT` lets in: the whole of a day, month or year; for an
/// age, the instant so long ago.
pub fn until(text: &str, now: &ZonedDateTime) -> Option<i64> {
    if let Some(ago) = age(&text.trim().to_lowercase(), now) {
        return Some(ago.start);
    }
    date_range(text, now).map(|range| range.end)
}

fn range(from: Date, to: Date) -> Option<DateRange> {
    Some(DateRange { start: first_second(from)?, end: first_second(to)? })
}

fn first_second(date: Date) -> Option<i64> {
    let zoned = DateTime::from(date).to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_second())
}

fn named_period(text: &str, today: Date) -> Option<DateRange> {
    let (which, unit) = text.split_once(' ')?;
    let back: i64 = match which {
        "this" => 0,
        "last" => 1,
        _ => return None,
    };
    match unit {
        "week" => {
            let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
            let start = monday.checked_sub((7 * back).days()).ok()?;
            range(start, start.checked_add(7.days()).ok()?)
        }
        "month" => {
            let start = today.first_of_month().checked_sub(back.months()).ok()?;
            range(start, start.checked_add(1.month()).ok()?)
        }
        "year" => {
            let start = today.first_of_year().checked_sub(back.years()).ok()?;
            range(start, start.checked_add(1.year()).ok()?)
        }
        _ => None,
    }
}

/// `2024`, `2024-05`, `2024-05-15`, `20240515`, also with `/` or `.` between the parts.
fn calendar(text: &str) -> Option<DateRange> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let number = |part: &str| part.parse::<i16>().ok();
    match parts.as_slice() {
        [whole] if whole.len() == 8 => {
            day(number(whole.get(..4)?)?, number(whole.get(4..6)?)?, number(whole.get(6..)?)?)
        }
        [year] if year.len() == 4 => {
            let start = Date::new(number(year)?, 1, 1).ok()?;
            range(start, start.checked_add(1.year()).ok()?)
        }
        [year, month] if year.len() == 4 => month_of(number(year)?, number(month)?),
        [year, month, date] if year.len() == 4 => day(number(year)?, number(month)?, number(date)?),
        _ => None,
    }
}

fn day(year: i16, month: i16, day: i16) -> Option<DateRange> {
    let start = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    range(start, start.tomorrow().ok()?)
}

fn month_of(year: i16, month: i16) -> Option<DateRange> {
    let start = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
    range(start, start.checked_add(1.month()).ok()?)
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `15 May 2024`, `May 15, 2024`, `May 2024`, `May` (the latest that has begun).
fn month_words(text: &str, today: Date) -> Option<DateRange> {
    let mut month = None;
    let mut numbers = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        if let Ok(number) = word.parse::<i16>() {
            numbers.push(number);
        } else {
            let at = MONTHS.iter().position(|name| word.starts_with(name))?;
            let full = jiff::fmt::strtime::format("%B", Date::new(2024, i8::try_from(at + 1).ok()?, 1).ok()?)
                .ok()?;
            if !full.to_lowercase().starts_with(word.trim_end_matches('.')) || month.is_some() {
                return None;
            }
            month = i16::try_from(at + 1).ok();
        }
    }
    let month = month?;
    match numbers.as_slice() {
        [] => {
            let year = if month <= i16::from(today.month()) { today.year() } else { today.year() - 1 };
            month_of(year, month)
        }
        [year] if *year > 31 => month_of(*year, month),
        [date] => day(today.year(), month, *date),
        [date, year] | [year, date] if *year > 31 && *date <= 31 => day(*year, month, *date),
        _ => None,
    }
}

fn instant(text: &str) -> Option<DateRange> {
    let upper = text.to_uppercase();
    if let Ok(timestamp) = upper.parse::<Timestamp>() {
        let start = timestamp.as_second();
        return Some(DateRange { start, end: start + 1 });
    }
    let local: DateTime = upper.parse().ok()?;
    let start = local.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_second();
    let length = if upper.matches(':').count() > 1 { 1 } else { 60 };
    Some(DateRange { start, end: start + length })
}

fn age(text: &str, now: &ZonedDateTime) -> Option<DateRange> {
    let text = text.strip_suffix(" ago").unwrap_or(text).trim();
    // ISO 8601 writes `P7D`.
    let text = text.strip_prefix('p').unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: i64 = text.get(..digits)?.parse().ok()?;
    if count > 100_000 {
        return None;
    }
    let span: Age = match text[digits..].trim() {
        "h" | "hour" | "hours" => count.hours(),
        "d" | "day" | "days" => count.days(),
        "w" | "week" | "weeks" => count.weeks(),
        "m" | "mo" | "month" | "months" => count.months(),
        "y" | "year" | "years" => count.try_years().ok()?,
        _ => return None,
    };
    let start = now.checked_sub(span).ok()?.timestamp().as_second();
    Some(DateRange { start, end: now.timestamp().as_second() + 1 })
}

trait TryYears {
    fn try_years(self) -> Result<Age, jiff::Error>;
}

impl TryYears for i64 {
    fn try_years(self) -> Result<Age, jiff::Error> {
        Age::new().try_years(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> ZonedDateTime {
        "2024-05-16T12:00:00+00:00[UTC]".parse().unwrap()
    }

    fn days(text: &str) -> (String, String) {
        let range = date_range(text, &now()).unwrap_or_else(|| panic!("{text}"));
        let show = |second| Timestamp::from_second(second).unwrap().strftime("%Y-%m-%d").to_string();
        (show(range.start), show(range.end))
    }

    #[test]
    fn calendar_days_months_and_years() {
        assert_eq!(days("2024"), ("2024-01-01".into(), "2025-01-01".into()));
        assert_eq!(days("2024-02"), ("2024-02-01".into(), "2024-03-01".into()));
        for text in ["2024-05-15", "20240515", "15 May 2024", "May 15, 2024", "2024/05/15"] {
            assert_eq!(days(text), ("2024-05-15".into(), "2024-05-16".into()), "{text}");
        }
        assert_eq!(days("may"), ("2024-05-01".into(), "2024-06-01".into()));
        assert_eq!(days("December"), ("2023-12-01".into(), "2024-01-01".into()));
    }

    #[test]
    fn periods_and_ages() {
        assert_eq!(days("yesterday"), ("2024-05-15".into(), "2024-05-16".into()));
        assert_eq!(days("this week"), ("2024-05-13".into(), "2024-05-20".into()));
        assert_eq!(days("last month"), ("2024-04-01".into(), "2024-05-01".into()));
        assert_eq!(days("7d"), ("2024-05-09".into(), "2024-05-16".into()));
        assert_eq!(days("1y").0, "2023-05-16");
        assert_eq!(until("2024-05-15", &now()), date_range("2024-05-16", &now()).map(|range| range.start));
        assert_eq!(until("7d", &now()), since("7d", &now()));
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in ["", "2024-13", "2024-02-30", "maybe", "99999999999d", "x", "15 16 May", "mayo 2024", "-"]
        {
            assert_eq!(date_range(text, &now()), None, "{text}");
        }
    }
}
