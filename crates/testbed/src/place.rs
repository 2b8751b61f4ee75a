//! A place for one test: a schema of its own, which goes when the test ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};

use crate::DATABASE;
use crate::server::psql as sql;

/// The variable that names a running server's superuser and database, as a URL.
pub const SERVER: &str = "COFFERDAM_TEST_POSTGRES";

/// The paths of every file of the present schema, below the server's folder.
const FILES: &str = "\
WITH own AS (SELECT oid, reltoastrelid FROM pg_class WHERE relnamespace = current_schema()::regnamespace),
     overflow AS (SELECT reltoastrelid AS oid FROM own WHERE reltoastrelid <> 0),
     every AS (SELECT oid FROM own UNION SELECT oid FROM overflow
               UNION SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM overflow))
SELECT path FROM (SELECT pg_relation_filepath(oid) AS path FROM every) AS files WHERE path IS NOT NULL";

/// Ends the session that holds the present schema, and comes back once it is gone.
const END_OWNER: &str = "\
SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND granted AND datname = current_database()
  AND CAST(objid AS BIGINT) = CAST(hashtext(current_schema()) AS BIGINT) & 4294967295";

static PLACES: AtomicU32 = AtomicU32::new(0);

/// Where a test keeps its rows.
#[derive(Debug)]
pub struct Place {
    /// As the configuration's key `database` has it.
    database: String,
    schema: Option<String>,
}

impl Place {
    /// On whichever database this run is about.
    pub fn fresh() -> Result<Self> {
        match std::env::var(DATABASE).as_deref() {
            Ok("postgres") => Self::on_postgres(),
            Err(_) => Ok(Self::in_file()),
            Ok(other) => bail!("{DATABASE} must be `postgres` or not set, not `{other}`"),
        }
    }

    /// In a file of the data folder, whatever this run is about.
    #[must_use]
    pub fn in_file() -> Self {
        Self {
            database: "sqlite".into(),
            schema: None,
        }
    }

    /// On the server that [`SERVER`] names.
    pub fn on_postgres() -> Result<Self> {
        let server = std::env::var(SERVER).with_context(|| {
            format!("{SERVER} names no PostgreSQL server: run `cargo xtask test`, or set it to the URL of a superuser")
        })?;
        Self::on(&server)
    }

    /// On a server, given the URL of its superuser.
    pub fn on(server: &str) -> Result<Self> {
        let schema = format!(
            "test_{}_{}",
            std::process::id(),
            PLACES.fetch_add(1, Ordering::Relaxed)
        );
        sql(server, &format!("CREATE SCHEMA {schema}"))?;
        let join = if server.contains('?') { '&' } else { '?' };
        Ok(Self {
            database: format!("{server}{join}options=-csearch_path%3D{schema}"),
            schema: Some(schema),
        })
    }

    /// As the configuration's key `database` has it.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Whether it is on a server.
    #[must_use]
    pub fn is_on_server(&self) -> bool {
        self.schema.is_some()
    }

    /// Copies the server's files of this place, tables, what they overflow into and indexes, if it is on one. What the
    /// server still had in memory is written to them first.
    pub fn copy_files(&self, into: &Path) -> Result<()> {
        if !self.is_on_server() {
            return Ok(());
        }
        self.sql("CHECKPOINT")?;
        let folder = PathBuf::from(self.sql("SHOW data_directory")?);
        let files = self.sql(FILES)?;
        if files.lines().count() < 40 {
            bail!("too few files: {files}");
        }
        for (number, file) in files.lines().enumerate() {
            fs::copy(folder.join(file), into.join(number.to_string())).with_context(|| file.to_owned())?;
        }
        Ok(())
    }

    /// Ends the session that holds this place, as a restart of the server would, or somebody at it.
    pub fn end_owner(&self) -> Result<()> {
        let ended = self.sql(END_OWNER)?;
        if ended != "1" {
            bail!("{ended} sessions hold this place, or end slowly");
        }
        Ok(())
    }

    /// Runs statements there, as whoever can write the database alone might; what they print, unaligned.
    pub fn sql(&self, statements: &str) -> Result<String> {
        sql(&self.database, statements)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            // The server goes away with its folder anyhow.
            let _ = sql(&self.database, &format!("DROP SCHEMA {schema} CASCADE"));
        }
    }
}
