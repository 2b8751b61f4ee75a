//! The table.

use std::io::Write;

use anyhow::Result;

/// Rows of the table: what, how much, and against what.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 3]>,
}

impl Report {
    /// Adds a row, and says so at once on stderr: a run takes minutes.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        against: impl Into<String>,
    ) {
        let row = [what.into(), figure.into(), against.into()];
        eprintln!("{}: {} ({})", row[0], row[1], row[2]);
        self.rows.push(row);
    }

    /// Prints the table.
    pub(crate) fn print(&self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "| What | Measured | Against, in the same run |\n|---|---|---|"
        )?;
        for [what, figure, against] in &self.rows {
            writeln!(out, "| {what} | {figure} | {against} |")?;
        }
        Ok(())
    }
}

/// The value at a share of a sorted list, from 0 to 1.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}
