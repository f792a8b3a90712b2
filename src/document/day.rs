//! The day that a written date falls on: for the days that copies were made, in the forms of machines
//! and of English; dates of articles are read by extraction, which knows more of them.

/// The day, `YYYY-MM-DD`, that a date in one of the usual machine forms or in English falls on.
///
/// Read are ISO 8601, `YYYYMMDD…`, mail and JavaScript dates, `5 March 2024`, and seconds or
/// milliseconds since 1970. The day is the one written, whatever the time zone.
pub(super) fn day_of(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == text.len() && (digits == 10 || digits == 13) {
        let number: i64 = text.parse().ok()?;
        let seconds = if digits == 13 { number / 1000 } else { number };
        let moment = jiff::Timestamp::from_second(seconds).ok()?;
        return Some(moment.strftime("%Y-%m-%d").to_string());
    }
    let number = |part: &str| part.parse::<i16>().ok();
    if digits == 8 || digits == 14 {
        return date_text(number(text.get(..4)?)?, number(text.get(4..6)?)?, number(text.get(6..8)?)?);
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(8).collect();
    if let [year, month, day, ..] = words.as_slice()
        && year.len() == 4
        && let (Some(year), Some(month)) = (number(year), number(month))
    {
        let day = day.get(..day.len().min(2))?;
        return date_text(year, month, number(day)?);
    }
    let month = words.iter().position(|word| {
        let lower = word.to_ascii_lowercase();
        MONTHS.iter().any(|month| lower.starts_with(month))
    })?;
    let lower = words[month].to_ascii_lowercase();
    let month_number = MONTHS.iter().position(|name| lower.starts_with(name))? + 1;
    let year = words.iter().find(|word| word.len() == 4).and_then(|word| number(word))?;
    let around = [month.checked_sub(1), Some(month + 1)];
    let day = around.iter().flatten().find_map(|at| {
        let word = words.get(*at)?.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if word.len() <= 2 { number(word) } else { None }
    })?;
    date_text(year, i16::try_from(month_number).ok()?, day)
}

fn date_text(year: i16, month: i16, day: i16) -> Option<String> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    jiff::civil::Date::new(year, month, day).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_usual_form() {
        let cases = [
            ("2024-03-05T23:30:00-05:00", "2024-03-05"),
            ("2024/3/5", "2024-03-05"),
            ("20240305T101500Z", "2024-03-05"),
            ("20240305", "2024-03-05"),
            ("20240305101500", "2024-03-05"),
            ("1709634600", "2024-03-05"),
            ("1709634600000", "2024-03-05"),
            ("Tue, 05 Mar 2024 10:30:00 +0000", "2024-03-05"),
            ("Tue Mar 05 2024 10:22:31 GMT+0100 (Central European Standard Time)", "2024-03-05"),
            ("March 5th, 2024", "2024-03-05"),
            ("5 March 2024", "2024-03-05"),
        ];
        for (text, day) in cases {
            assert_eq!(day_of(text).as_deref(), Some(day), "{text}");
        }
        for text in
            ["", "yesterday", "2024-13-05", "31 February 2024", "99999999999", "März", "12345678é", "1234-é"]
        {
            assert_eq!(day_of(text), None, "{text}");
        }
    }
}
