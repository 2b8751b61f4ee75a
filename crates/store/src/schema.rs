//! The schema and its versions.

use crate::error::StoreError;
use crate::sql::Reader;
use crate::sqlite::Sqlite;

/// Every released version's changes, in order. A released one is never edited.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/0001.sql")];

/// The schema version that this program writes.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

pub(crate) fn migrate(connection: &mut Sqlite) -> Result<(), StoreError> {
    connection.batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)")?;
    let found = Reader(connection)
        .first(
            "SELECT COALESCE(MAX(version), 0) FROM schema_version",
            &[],
            |row| row.i64(0),
        )?
        .unwrap_or(0);
    if found > VERSION {
        return Err(StoreError::TooNew {
            found,
            known: VERSION,
        });
    }
    let applied = usize::try_from(found).unwrap_or(0);
    for (index, text) in MIGRATIONS.iter().enumerate().skip(applied) {
        let version = index + 1;
        let text = bare(text);
        connection.batch(&format!(
            "BEGIN; {text}; INSERT INTO schema_version VALUES ({version}); COMMIT"
        ))?;
    }
    Ok(())
}

/// Statements without comments and alignment: SQLite keeps their text in the file, where nothing but what is needed
/// should stand. No literal of ours holds `--`.
fn bare(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.split("--").next());
    lines
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}
