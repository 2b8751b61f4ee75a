//! A place for one test: a schema of its own, which goes when the test ends.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};

use crate::DATABASE;
use crate::server::psql as sql;

/// The variable that names a running server's superuser and database, as a URL.
pub const SERVER: &str = "COFFERDAM_TEST_POSTGRES";

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
            Err(_) => Ok(Self {
                database: "sqlite".into(),
                schema: None,
            }),
            Ok(other) => bail!("{DATABASE} must be `postgres` or not set, not `{other}`"),
        }
    }

    /// On the server that [`SERVER`] names.
    pub fn on_postgres() -> Result<Self> {
        let server = std::env::var(SERVER).with_context(|| {
            format!("{SERVER} names no PostgreSQL server: run `cargo xtask test`, or set it to the URL of a superuser")
        })?;
        let schema = format!(
            "test_{}_{}",
            std::process::id(),
            PLACES.fetch_add(1, Ordering::Relaxed)
        );
        sql(&server, &format!("CREATE SCHEMA {schema}"))?;
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

    /// The folder of the server's files, tables and write-ahead log, if it is on one.
    /// What the server still had in memory is written to them first.
    pub fn server_folder(&self) -> Result<Option<PathBuf>> {
        let shown = self.is_on_server().then(|| {
            self.sql("CHECKPOINT")
                .and_then(|_| self.sql("SHOW data_directory"))
        });
        Ok(shown.transpose()?.map(PathBuf::from))
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
