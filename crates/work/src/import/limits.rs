//! What one imported file may contain.

use crate::strict_json::Bounds;

/// Bounds of an import. The defaults are those of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows of one file.
    pub rows: u64,
    /// Bytes of one row as it stands in the file.
    pub row_bytes: usize,
    /// Bytes of one CSV cell or one JSON text.
    pub cell_bytes: usize,
    /// Levels of arrays and objects in one row.
    pub depth: usize,
    /// Keys over all objects of one row.
    pub keys: usize,
    /// Columns of a CSV file.
    pub columns: usize,
    /// Errors that are listed; the rest are counted.
    pub listed_errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 100_000,
            row_bytes: 4 << 20,
            cell_bytes: 1 << 20,
            depth: 64,
            keys: 10_000,
            columns: 1_000,
            listed_errors: 100,
        }
    }
}

impl Limits {
    pub(super) const fn json(&self) -> Bounds {
        Bounds {
            depth: self.depth,
            keys: self.keys,
            text_bytes: self.cell_bytes,
        }
    }
}
