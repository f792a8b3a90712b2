//! Numbers over time for a terminal: bars for one series, a table for several.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::sanitise::sanitise_line;
use super::text::Style;
use crate::aggregate::kwic::first_columns;
use crate::aggregate::timeline::{Series, SeriesRole, Timeline};

/// Longest run of empty periods that is drawn one by one.
const EMPTY_DRAWN: usize = 3;
/// Narrowest bar that tells anything.
const LEAST_BAR: usize = 10;
/// Widest bar: longer ones are no easier to compare.
const MOST_BAR: usize = 60;
/// Widest heading of a column.
const MOST_COLUMN: usize = 18;
/// Eighths of a column.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Draws `timeline`.
///
/// # Errors
/// When `out` fails.
pub fn write_chart(out: &mut dyn Write, timeline: &Timeline, style: Style) -> io::Result<()> {
    match timeline.series.as_slice() {
        [] => Ok(()),
        [only] if timeline.split.is_none() => write_bars(out, timeline, only, style),
        series => write_table(out, timeline, series, style),
    }
}

/// One row a period; a long run of empty ones is a row that says how long it is.
enum Row {
    Period(usize),
    Empty(usize),
}

fn rows(timeline: &Timeline) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < timeline.periods.len() {
        let is_empty = |at: usize| timeline.series.iter().all(|series| series.counts[at] == 0);
        let run = (at..timeline.periods.len()).take_while(|&at| is_empty(at)).count();
        if run > EMPTY_DRAWN {
            rows.push(Row::Empty(run));
            at += run;
        } else {
            rows.push(Row::Period(at));
            at += 1;
        }
    }
    rows
}

fn empty_row(timeline: &Timeline, run: usize) -> String {
    format!("⋮ {run} {}s with none", timeline.by.name())
}

fn write_bars(out: &mut dyn Write, timeline: &Timeline, series: &Series, style: Style) -> io::Result<()> {
    let label_width = timeline.periods.first().map_or(0, |period| period.label.len());
    let shown = |number: usize| match timeline.periods[number].of {
        Some(of) => format!("{} of {of} {:>6}", series.counts[number], percent(series.counts[number], of)),
        None => series.counts[number].to_string(),
    };
    let height = |number: usize| match timeline.periods[number].of {
        Some(of) => (series.counts[number], of.max(1)),
        None => (series.counts[number], 1),
    };
    let number_width = (0..timeline.periods.len()).map(|number| shown(number).len()).max().unwrap_or(0);
    let bar_width = style.width.saturating_sub(label_width + number_width + 4).clamp(LEAST_BAR, MOST_BAR);
    // Of two shares the one whose cross product is larger.
    let highest = (0..timeline.periods.len()).map(height).fold((0, 1), |best, next| {
        if u128::from(next.0) * u128::from(best.1) > u128::from(best.0) * u128::from(next.1) {
            next
        } else {
            best
        }
    });
    for row in rows(timeline) {
        match row {
            Row::Empty(run) => writeln!(out, "{}", style.faint(&empty_row(timeline, run)))?,
            Row::Period(number) => {
                let bar = bar(height(number), highest, bar_width);
                let line =
                    format!("{}  {:>number_width$}  {bar}", timeline.periods[number].label, shown(number));
                writeln!(out, "{}", line.trim_end())?;
            }
        }
    }
    Ok(())
}

/// A bar whose length is to `width` as `value` is to `highest`, both fractions; never empty for
/// something and never there for nothing.
fn bar(value: (u64, u64), highest: (u64, u64), width: usize) -> String {
    let whole = u128::from(highest.0) * u128::from(value.1);
    if value.0 == 0 || whole == 0 {
        return String::new();
    }
    let eighths = u128::from(value.0) * u128::from(highest.1) * 8 * width as u128 / whole;
    let eighths = usize::try_from(eighths).unwrap_or(usize::MAX).clamp(1, 8 * width);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// A share; one that is not whole is never shown as 0 or 100 %.
fn percent(count: u64, of: u64) -> String {
    match (count * 1000).checked_div(of) {
        None => "–".to_owned(),
        Some(0) if count > 0 => "<0.1%".to_owned(),
        Some(1000) => "100%".to_owned(),
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

fn write_table(out: &mut dyn Write, timeline: &Timeline, series: &[Series], style: Style) -> io::Result<()> {
    let label_width = timeline.periods.first().map_or(4, |period| period.label.len()).max("undated".len());
    let cells = |series: &Series, number: usize| match timeline.periods[number].of {
        Some(of) => percent(series.counts[number], of),
        None => series.counts[number].to_string(),
    };
    let mut columns: Vec<(String, usize)> = Vec::new();
    let mut used = label_width;
    for one in series {
        let heading = first_columns(&sanitise_line(&heading(one)), MOST_COLUMN);
        let numbers = (0..timeline.periods.len()).map(|number| cells(one, number).width()).max().unwrap_or(0);
        let width = heading.width().max(numbers).max(one.undated.to_string().len());
        if used + 2 + width > style.width {
            break;
        }
        used += 2 + width;
        columns.push((heading, width));
    }
    let padded =
        |text: &str, width: usize| format!("  {}{text}", " ".repeat(width.saturating_sub(text.width())));
    let head: String = columns.iter().map(|(heading, width)| padded(heading, *width)).collect();
    writeln!(out, "{}", style.strong(&format!("{}{head}", " ".repeat(label_width))))?;
    for row in rows(timeline) {
        let number = match row {
            Row::Empty(run) => {
                writeln!(out, "{}", style.faint(&empty_row(timeline, run)))?;
                continue;
            }
            Row::Period(number) => number,
        };
        let cells = columns.iter().zip(series).map(|((_, width), series)| match series.counts[number] {
            0 => padded("·", *width),
            _ => padded(&cells(series, number), *width),
        });
        writeln!(out, "{:<label_width$}{}", timeline.periods[number].label, cells.collect::<String>())?;
    }
    if timeline.undated > 0 {
        let cells = columns.iter().zip(series);
        let cells: String =
            cells.map(|((_, width), series)| padded(&series.undated.to_string(), *width)).collect();
        writeln!(out, "{:<label_width$}{cells}", "undated")?;
    }
    if columns.len() < series.len() {
        let more = series.len() - columns.len();
        writeln!(
            out,
            "{}",
            style.faint(&format!("{more} more series do not fit: `--top`, or another format"))
        )?;
    }
    Ok(())
}

fn heading(series: &Series) -> String {
    match series.role {
        SeriesRole::All => "all".to_owned(),
        SeriesRole::Others => "others".to_owned(),
        SeriesRole::None => "(none)".to_owned(),
        SeriesRole::Value => {
            let value = series.value.clone().unwrap_or_default();
            series.label.name.clone().unwrap_or(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_something_for_something_and_nothing_for_nothing() {
        assert_eq!(bar((0, 1), (9, 1), 10), "");
        assert_eq!(bar((9, 1), (9, 1), 3), "███");
        assert_eq!(bar((1, 1), (100_000, 1), 10), "▏");
        assert_eq!(bar((3, 1), (8, 1), 1), "▍");
        assert_eq!(bar((1, 2), (2, 2), 4), "██");
        assert_eq!(bar((u64::MAX, 1), (u64::MAX, 1), 60), "█".repeat(60));
    }

    #[test]
    fn shares_are_never_rounded_to_all_or_nothing() {
        assert_eq!(percent(1, 100_000), "<0.1%");
        assert_eq!(percent(999, 1000), "99.9%");
        assert_eq!(percent(99_999, 100_000), "99.9%");
        assert_eq!(percent(7, 7), "100%");
        assert_eq!(percent(0, 7), "0.0%");
        assert_eq!(percent(0, 0), "–");
    }
}
