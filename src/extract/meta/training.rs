//! The ranking's features with their names, for the program that learns it.
//!
//! One code path: these are the rows that [`super::settle()`] ranks by.

use super::{Context, byline, headline, page_context::PageContext, published, rules::Row};
use crate::article::{FieldName, Witness};

/// One candidate of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct CandidateRow {
    /// The field.
    pub field: FieldName,
    /// The headline, the day, or the names.
    pub value: Vec<String>,
    /// Names of the features, the same for every row of a field.
    pub names: Vec<String>,
    /// The features.
    pub features: Vec<f32>,
}

/// All candidates of the headline, the byline and the day of publication.
pub fn candidate_rows(witnesses: &[Witness], context: &Context<'_>) -> Vec<CandidateRow> {
    let page = PageContext::of(witnesses, context.captured, context.outlets);
    let row_of = |field, value: Vec<String>, row: Row| CandidateRow {
        field,
        value,
        names: row.names.unwrap_or_default(),
        features: row.values,
    };
    let headlines = headline::candidates(witnesses, &page);
    let headline_rows = headline::features(&headlines, witnesses, &page, true);
    let mut rows: Vec<CandidateRow> = headlines
        .into_iter()
        .zip(headline_rows)
        .map(|(candidate, row)| row_of(FieldName::Headline, vec![candidate.text], row))
        .collect();
    let bylines = byline::candidates(witnesses, &page);
    let byline_rows = byline::features(&bylines, witnesses, &page, context.outlets, true);
    rows.extend(bylines.into_iter().zip(byline_rows).map(|(c, row)| row_of(FieldName::Byline, c.names, row)));
    let days = published::candidates(witnesses, &page);
    let day_rows = published::features(&days, witnesses, &page, true);
    rows.extend(
        days.into_iter().zip(day_rows).map(|(c, row)| row_of(FieldName::Published, vec![c.day], row)),
    );
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::outlets::Outlets;

    #[test]
    fn rows_of_a_field_have_the_same_features() {
        let witnesses = [
            Witness::new(FieldName::Headline, "html:title", "Rain floods old town | Harbour Post"),
            Witness::new(FieldName::Headline, "html:h1", "Rain floods old town"),
            Witness::new(FieldName::Byline, "meta:author", "Ada Quill and Bo Marsh"),
            Witness::new(FieldName::Published, "time:first", "4/5/2021"),
        ];
        let rows = candidate_rows(&witnesses, &Context { captured: None, outlets: Outlets::builtin() });
        for field in [FieldName::Headline, FieldName::Byline, FieldName::Published] {
            let of_field: Vec<&CandidateRow> = rows.iter().filter(|row| row.field == field).collect();
            assert!(of_field.len() > 1, "{field:?}");
            assert!(
                of_field
                    .iter()
                    .all(|row| row.names == of_field[0].names && row.names.len() == row.features.len())
            );
        }
        assert!(
            rows.iter().any(|row| row.value == ["2021-05-04"])
                && rows.iter().any(|row| row.value == ["2021-04-05"])
        );
    }
}
