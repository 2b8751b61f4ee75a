//! Aligned text in columns.

use std::fmt;

/// Rows under a heading.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    heading: bool,
    indent: usize,
}

impl Table {
    /// With a heading.
    pub(crate) fn new(heading: &[&str]) -> Self {
        let rows = vec![heading.iter().map(|h| (*h).to_owned()).collect()];
        Self {
            rows,
            heading: true,
            indent: 0,
        }
    }

    /// Names and values, side by side.
    pub(crate) const fn pairs() -> Self {
        Self {
            rows: Vec::new(),
            heading: false,
            indent: 0,
        }
    }

    /// Moved to the right.
    pub(crate) fn indented(self, indent: usize) -> Self {
        Self { indent, ..self }
    }

    /// One more row.
    pub(crate) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there is no row but the heading.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() == usize::from(self.heading)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "{:indent$}none", "", indent = self.indent);
        }
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, &width)| format!("{cell:<width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(f, "{:indent$}{}", "", line.trim_end(), indent = self.indent)?;
        }
        Ok(())
    }
}

/// A number as people read it: `2,997`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How many of something: `1 row`, `2,997 rows`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    let shown = thousands(number);
    match one.strip_suffix('y') {
        _ if number == 1 => format!("{shown} {one}"),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{shown} {stem}ies"),
        _ => format!("{shown} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_have_no_tail() {
        let mut table = Table::new(&["name", "id"]);
        table.row(["Merrowby", "lab_1"]);
        table.row(["x", ""]);
        assert_eq!(table.to_string(), "name      id\nMerrowby  lab_1\nx\n");
        assert_eq!(Table::new(&["name"]).to_string(), "none\n");
    }

    #[test]
    fn many_are_called_as_they_are() {
        for (one, many) in [("entry", "2 entries"), ("day", "2 days"), ("row", "2 rows")] {
            assert_eq!(counted(2, one), many);
            assert_eq!(counted(1, one), format!("1 {one}"));
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(thousands),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 1, 2_000].map(|n| counted(n, "row")),
            ["0 rows", "1 row", "2,000 rows"]
        );
        assert_eq!([1, 2].map(|n| counted(n, "entry")), ["1 entry", "2 entries"]);
    }
}
