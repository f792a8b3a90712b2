//! A table of named numbers, filled row by row: what a model sees.

/// Rows of features. The names come from the very calls that put the values, so that the two cannot
/// part.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Names of the columns, if they were asked for.
    names: Vec<String>,
    naming: bool,
    /// Values, row after row.
    values: Vec<f32>,
    rows: usize,
    /// Rows for which room is made.
    expected: usize,
}

impl Sheet {
    /// An empty sheet for some `expected` rows; with `naming` it also collects the names of its columns.
    pub fn new(naming: bool, expected: usize) -> Self {
        Self { naming, expected, ..Self::default() }
    }

    /// Adds a value to the row under way.
    pub fn put(&mut self, name: &str, value: f32) {
        if self.naming && self.rows == 0 {
            self.names.push(name.to_owned());
        }
        self.values.push(value);
    }

    /// Adds a value whose column is named `group:name`.
    pub fn put_in(&mut self, group: &str, name: &str, value: f32) {
        if self.naming && self.rows == 0 {
            self.names.push(format!("{group}:{name}"));
        }
        self.values.push(value);
    }

    /// Adds all values of a row of another sheet.
    pub fn put_row(&mut self, other: &Self, index: usize) {
        if self.naming && self.rows == 0 {
            self.names.extend_from_slice(&other.names);
        }
        self.values.extend_from_slice(other.row(index));
    }

    /// Ends the row under way.
    pub fn end_row(&mut self) {
        self.rows += 1;
        if self.rows == 1 {
            self.values.reserve_exact(self.values.len() * self.expected.saturating_sub(1));
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Values of a row; 0 where there is none.
    pub fn columns(&self) -> usize {
        self.values.len().checked_div(self.rows).unwrap_or(0)
    }

    /// Names of the columns; none unless they were asked for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All values, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The values of one row.
    pub fn row(&self, index: usize) -> &[f32] {
        let columns = self.columns();
        &self.values[index * columns..(index + 1) * columns]
    }
}

/// 1 for yes, 0 for no.
pub fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_go_together() {
        let mut sheet = Sheet::new(true, 2);
        for row in 0..2u8 {
            sheet.put("a", f32::from(row));
            sheet.put_in("g", "b", 5.0);
            sheet.end_row();
        }
        assert_eq!(sheet.names(), ["a", "g:b"]);
        assert_eq!((sheet.rows(), sheet.columns()), (2, 2));
        assert_eq!(sheet.row(1), [1.0, 5.0]);
    }
}
