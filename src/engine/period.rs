//! Days, weeks, months and years of the calendar, in UTC.

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Unit};
use serde::Serialize;

use crate::article::Precision;

/// Length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grain {
    /// A day.
    Day,
    /// A week from Monday on (ISO 8601).
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Grain {
    /// The grain's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The grain of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month, Self::Year].into_iter().find(|grain| grain.name() == name)
    }

    /// Whether a date known to `precision` does not say in which such period it lies.
    pub fn is_finer_than(self, precision: Precision) -> bool {
        match self {
            Self::Day | Self::Week => precision < Precision::Day,
            Self::Month => precision < Precision::Month,
            Self::Year => false,
        }
    }

    /// First day of the period that `day` lies in.
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let back = i64::from(day.weekday().since(Weekday::Monday));
                day.checked_sub(back.days()).unwrap_or(Date::MIN)
            }
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    /// First day of the period after the one that begins on `start`; none at the end of time.
    pub fn next(self, start: Date) -> Option<Date> {
        let step = match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        };
        start.checked_add(step).ok()
    }

    /// `2024-05-14`, `2024-W20`, `2024-05` or `2024`.
    pub fn label(self, start: Date) -> String {
        match self {
            Self::Day => start.to_string(),
            Self::Week => {
                let week = start.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", start.year(), start.month()),
            Self::Year => format!("{:04}", start.year()),
        }
    }

    /// How many periods lie between the two first days, both counted.
    pub fn count(self, first: Date, last: Date) -> usize {
        let days = || first.until((Unit::Day, last)).map_or(0, |span| i64::from(span.get_days()));
        let months = i64::from(last.year() - first.year()) * 12 + i64::from(last.month() - first.month());
        let between = match self {
            Self::Day => days(),
            Self::Week => days() / 7,
            Self::Month => months,
            Self::Year => i64::from(last.year() - first.year()),
        };
        usize::try_from(between).map_or(0, |between| between + 1)
    }
}

/// The day so many days after 1970-01-01, as near as the calendar reaches.
pub fn day_of(number: i64) -> Date {
    let edge = if number < 0 { Date::MIN } else { Date::MAX };
    let Ok(days) = i32::try_from(number) else { return edge };
    let age = jiff::Span::new().try_days(days);
    age.and_then(|age| Date::constant(1970, 1, 1).checked_add(age)).unwrap_or(edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(grain: Grain, day: &str) -> String {
        grain.label(grain.start(day.parse().unwrap()))
    }

    #[test]
    fn days_fall_into_their_periods() {
        assert_eq!(label(Grain::Week, "2024-05-19"), "2024-W20");
        assert_eq!(label(Grain::Week, "2024-05-20"), "2024-W21");
        assert_eq!(label(Grain::Week, "2021-01-03"), "2020-W53");
        assert_eq!(label(Grain::Month, "2024-02-29"), "2024-02");
        assert_eq!(label(Grain::Year, "1999-12-31"), "1999");
        assert_eq!(day_of(19_857).to_string(), "2024-05-14");
        assert_eq!(day_of(-1).to_string(), "1969-12-31");
        assert_eq!(day_of(i64::MAX), Date::MAX);
    }

    #[test]
    fn periods_are_counted_as_they_are_stepped_through() {
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Year] {
            let first = grain.start("2019-11-27".parse().unwrap());
            let last = grain.start("2024-03-02".parse().unwrap());
            let mut stepped = 1;
            let mut at = first;
            while at < last {
                at = grain.next(at).unwrap();
                stepped += 1;
            }
            assert_eq!(at, last, "{grain:?}");
            assert_eq!(grain.count(first, last), stepped, "{grain:?}");
        }
    }
}
