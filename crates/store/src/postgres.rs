//! PostgreSQL: one writing connection that holds the installation ([`hold`]), and a pool of readers that connect when first used.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use postgres::config::TargetSessionAttrs;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, Statement};

use crate::error::StoreError;
use crate::schema::{Dialect, Empty, Migrated, Schema, refuse_parts};
use crate::sql::{Connection, Each, Others, Row, Tx, Value, missing};
use crate::store::Snapshots;
use crate::writer::{Backend, Begun};

mod failed;
mod hold;
mod reach;
mod rights;

pub(crate) use failed::no_schema;

/// How long to try to connect to one host.
const CONNECT: Duration = Duration::from_secs(5);
/// After how long without an acknowledgement what was sent counts as lost.
const UNANSWERED: Duration = Duration::from_secs(10);

/// Where a PostgreSQL server is, and which of its databases is meant: one for each host named, in their order.
#[derive(Debug, Clone)]
pub struct Server {
    hosts: Vec<Config>,
    /// As which of several nodes it is used; none: by one process alone.
    node: Option<String>,
}

impl Server {
    /// The same, to be used as one of several nodes, each with a name of its own.
    #[must_use]
    pub fn as_node(self, name: &str) -> Self {
        let node = Some(name.to_owned());
        Self { node, ..self }
    }

    /// Whether other nodes may write too.
    pub(crate) fn is_shared(&self) -> bool {
        self.node.is_some()
    }
}

impl std::str::FromStr for Server {
    type Err = String;

    /// Reads a URL (`postgres://user@host/database`) or `key=value` pairs, as libpq writes them. Several hosts may be
    /// named: the one that accepts writes is used.
    fn from_str(text: &str) -> Result<Self, String> {
        let fits = match text.split_once("://") {
            Some((scheme, _)) if !scheme.contains('=') => ["postgres", "postgresql"].contains(&scheme),
            _ => text.contains('='),
        };
        if !fits {
            return Err("it must be `sqlite`, or a URL as in postgres://user@host/name".into());
        }
        if text.contains(char::is_control) {
            return Err("the address of the PostgreSQL server holds a control character".into());
        }
        let mut config: Config = text.parse().map_err(|error| unread(&error))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err("the address of the PostgreSQL server names no host".into());
        }
        config
            .application_name("cofferdam")
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .connect_timeout(CONNECT)
            .tcp_user_timeout(UNANSWERED)
            .keepalives_idle(UNANSWERED);
        let hosts = reach::each_host(&config);
        if hosts.is_empty() {
            return Err("the address of the PostgreSQL server names no host".into());
        }
        Ok(Self { hosts, node: None })
    }
}

/// Says why an address was not understood. What the client calls an option may be the end of a password.
fn unread(error: &postgres::Error) -> String {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let why = if why.starts_with("unknown option") {
        "an option in it is unknown. In a URL's password, write `@`, `/`, `?` and `%` as %40, %2F, %3F and %25"
    } else {
        &why
    };
    format!("the address of the PostgreSQL server cannot be read: {why}")
}

/// A connection that holds the database, its schema brought up to date.
pub(crate) fn owned(server: &Server, empty: Empty) -> Result<Postgres, StoreError> {
    migrated(server, empty).map(|(connection, _)| connection)
}

/// The same, and what was changed for it. Nobody else has the database meanwhile, whether there are several nodes or not.
pub(crate) fn migrated(server: &Server, empty: Empty) -> Result<(Postgres, Migrated), StoreError> {
    let mut connection = Postgres::connect(server)?;
    let migrated = hold::take(&mut connection, None, empty, hold::LET_GO)?;
    Ok((connection, migrated))
}

/// The writer's connection.
pub(crate) fn writer(server: &Server, empty: Empty) -> Result<PostgresWriter, StoreError> {
    let mut connection = Postgres::connect(server)?;
    hold::take(&mut connection, server.node.as_deref(), empty, hold::LET_GO)?;
    refuse_parts(&mut connection)?;
    Ok(PostgresWriter {
        server: server.clone(),
        connection,
        contact: Contact::new("writes"),
        anew: false,
        turn: None,
    })
}

/// Reading connections, so many, which connect when they are first used.
pub(crate) fn readers(server: &Server, count: usize) -> Vec<PostgresReader> {
    let contact = Arc::new(Contact::new("reads"));
    let one = || PostgresReader {
        server: server.clone(),
        connection: None,
        contact: Arc::clone(&contact),
    };
    std::iter::repeat_with(one).take(count).collect()
}

/// Whether the server was there when last asked, and let its work be done. The log hears of it when that changes, and not
/// with every request.
struct Contact {
    /// What those who share it do.
    does: &'static str,
    lost: AtomicBool,
    forbidden: AtomicBool,
}

impl Contact {
    fn new(does: &'static str) -> Self {
        Self {
            does,
            lost: AtomicBool::new(false),
            forbidden: AtomicBool::new(false),
        }
    }

    /// Takes in how a transaction went.
    fn went(&self, connection: &mut Postgres) {
        match connection.forbidden.take() {
            Some(error) if !self.forbidden.swap(true, Ordering::Relaxed) => {
                tracing::error!(%error, "the database forbids what somebody who {} must do", self.does);
            }
            None if connection.worked && self.forbidden.swap(false, Ordering::Relaxed) => {
                tracing::warn!("the database allows again what whoever {} must do", self.does);
            }
            _ => {}
        }
        connection.worked = false;
    }

    fn lost(&self, error: &StoreError) {
        if !self.lost.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the database is lost: nobody {} until it is there again", self.does);
        }
    }

    /// Whether it was lost before.
    fn there(&self) -> bool {
        let lost = self.lost.swap(false, Ordering::Relaxed);
        if lost {
            tracing::warn!("the database is there again, for whoever {}", self.does);
        }
        lost
    }
}

/// Refuses a server that acknowledges what it may lose.
fn check_durable(connection: &mut Postgres) -> Result<(), StoreError> {
    for (setting, wanted) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("server_encoding", "UTF8"),
    ] {
        let row = connection.client.query_one(&format!("SHOW {setting}"), &[])?;
        let found: String = row.try_get(0)?;
        if found != wanted {
            return Err(StoreError::Unfit(format!(
                "{setting} is {found} and must be {wanted}"
            )));
        }
    }
    Ok(())
}

/// What every session is told. A commit waits for the disk here, or for whatever stronger the server asked for when the
/// session began: it is set even where it is so already, so that a server which is told less later is not followed.
const SESSION: &str = "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan; \
     SET lock_timeout = '5s'; SET client_min_messages = warning; SET tcp_keepalives_idle = 10; \
     SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; \
     SELECT set_config('synchronous_commit', CASE WHEN asked IN ('off', 'local') THEN 'on' ELSE asked END, false) \
     FROM (SELECT current_setting('synchronous_commit') AS asked) AS server";

/// A connection that speaks this crate's SQL.
pub(crate) struct Postgres {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    /// What the server forbade first since this was last looked at, and whether it did anything meanwhile.
    forbidden: Option<StoreError>,
    worked: bool,
    /// What somebody else kept locked for too long, in this transaction.
    locked: Option<StoreError>,
    /// Rows written by this connection.
    wrote: i64,
    /// Whether others write rows too.
    shared: bool,
    /// Whether it has the lead among nodes, for as long as it lasts.
    leads: bool,
}

impl Postgres {
    fn connect(server: &Server) -> Result<Self, StoreError> {
        let mut client = reach::connect(&server.hosts)?;
        client.batch_execute(SESSION)?;
        Ok(Self {
            client,
            shared: server.is_shared(),
            leads: !server.is_shared(),
            statements: HashMap::new(),
            forbidden: None,
            worked: false,
            locked: None,
            wrote: 0,
        })
    }

    fn statement(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let types: Vec<Type> = params.iter().map(Value::kind).collect();
        let statement = self.client.prepare_typed(sql, &types)?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Value<'_> {
    fn kind(&self) -> Type {
        match self {
            Self::Int(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
            Self::Blob(_) => Type::BYTEA,
        }
    }
}

type Encoded = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Encoded {
        match self {
            Self::Int(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

/// An integer of any width: literals are narrow.
struct Wide(i64);

impl<'a> FromSql<'a> for Wide {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::INT2 => i16::from_sql(kind, raw)?.into(),
            Type::INT4 => i32::from_sql(kind, raw)?.into(),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8].contains(kind)
    }
}

impl Row for postgres::Row {
    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let wide = self.try_get::<_, Option<Wide>>(column);
        wide.map(|wide| wide.map(|wide| wide.0))
            .map_err(|_| missing(column))
    }
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.try_get(column).map_err(|_| missing(column))
    }
    fn blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        self.try_get(column).map_err(|_| missing(column))
    }
}

impl Postgres {
    /// Keeps in mind what was forbidden, or locked: whoever asked may have taken no notice.
    fn noted<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        match &result {
            Err(error @ StoreError::Forbidden(_)) => {
                self.forbidden.get_or_insert_with(|| error.clone());
            }
            Err(error @ StoreError::Locked(_)) => {
                self.locked.get_or_insert_with(|| error.clone());
            }
            _ => {}
        }
        result
    }

    fn run(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.statement(sql, params)?;
        let mut rows = self.client.query_raw(&statement, params.iter())?;
        while rows.next()?.is_some() {}
        let affected = rows.rows_affected().unwrap_or(0);
        self.wrote += written(sql, affected);
        Ok(affected)
    }

    fn read(&mut self, sql: &'static str, params: &[Value<'_>], each: Each<'_>) -> Result<(), StoreError> {
        let statement = self.statement(sql, params)?;
        let mut rows = self.client.query_raw(&statement, params.iter())?;
        while let Some(row) = rows.next()? {
            each(&row)?;
        }
        let affected = rows.rows_affected().unwrap_or(0);
        self.wrote += written(sql, affected);
        Ok(())
    }
}

impl Connection for Postgres {
    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let run = self.run(sql, params);
        self.worked |= matches!(run, Ok(changed) if changed > 0);
        self.noted(run)
    }

    fn query(&mut self, sql: &'static str, params: &[Value<'_>], each: Each<'_>) -> Result<(), StoreError> {
        let read = self.read(sql, params, each);
        self.noted(read)
    }

    fn may_write(&mut self) -> Result<(), StoreError> {
        rights::check(&mut self.client)
    }

    fn locked(&mut self) -> Result<(), StoreError> {
        rights::locked(&mut self.client)
    }

    fn others(&mut self) -> Result<Others, StoreError> {
        let mut found = Others { shape: 0, rows: 0 };
        self.query(WRITTEN, &[], &mut |row| {
            found = Others {
                shape: row.i64(1)?,
                rows: row.i64(0)?,
            };
            Ok(())
        })?;
        found.rows = match self.shared {
            // Other nodes write all the time.
            true => 0,
            false => found.rows - self.wrote,
        };
        Ok(found)
    }

    fn leads(&mut self) -> Result<bool, StoreError> {
        if !self.leads {
            self.leads = hold::lead(self)?;
        }
        Ok(self.leads)
    }
}

/// Rows of our tables that anybody wrote, as the server counts them, a second late or more; and a number that is another one where a
/// table has another file (it was emptied as a whole, say), or counting began anew.
const WRITTEN: &str = "SELECT CAST(COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) AS BIGINT),
            CAST(COALESCE(SUM(CAST(relfilenode AS BIGINT)), 0) AS BIGINT)
                + COALESCE((SELECT CAST(EXTRACT(EPOCH FROM stats_reset) * 1000 AS BIGINT)
                            FROM pg_catalog.pg_stat_database WHERE datname = current_database()), 0)
     FROM pg_catalog.pg_stat_user_tables JOIN pg_catalog.pg_class ON pg_class.oid = relid
     WHERE schemaname = current_schema()";

/// Of the rows that a statement concerned, those that it wrote.
fn written(sql: &str, affected: u64) -> i64 {
    match sql.trim_start().starts_with("SELECT") {
        true => 0,
        false => i64::try_from(affected).unwrap_or(0),
    }
}

impl Schema for Postgres {
    fn as_connection(&mut self) -> &mut dyn Connection {
        self
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.client.batch_execute(sql)?)
    }
}

/// A pooled reading connection.
pub(crate) struct PostgresReader {
    server: Server,
    connection: Option<Postgres>,
    contact: Arc<Contact>,
}

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl PostgresReader {
    fn connected(&mut self) -> Result<&mut Postgres, StoreError> {
        if self.connection.is_none() {
            let connected = Postgres::connect(&self.server);
            self.connection = Some(connected.inspect_err(|error| self.contact.lost(error))?);
            self.contact.there();
        }
        self.connection.as_mut().ok_or(StoreError::Stopped)
    }
}

impl Snapshots for PostgresReader {
    fn begin(&mut self) -> Result<(), StoreError> {
        if self.connected()?.execute(SNAPSHOT, &[]).is_ok() {
            return Ok(());
        }
        // Whatever became of that connection, another one tells.
        self.connection = None;
        self.connected()?.execute(SNAPSHOT, &[]).map(|_| ())
    }

    fn end(&mut self) -> Result<(), StoreError> {
        let ended = self.connection.as_mut().map_or(Ok(0), |connection| {
            self.contact.went(connection);
            connection.execute("ROLLBACK", &[])
        });
        if ended.is_err() {
            self.connection = None;
        }
        ended.map(|_| ())
    }

    fn connection(&mut self) -> Result<&mut dyn Connection, StoreError> {
        Ok(self.connected()?)
    }
}

/// Commits. A transaction that failed already would answer a mere COMMIT by undoing everything, and call that success:
/// the statement before it fails there too. And it fails on a server that no longer waits for its disk, which may be told
/// so at any time; a division by zero is what fails without a function of our own.
const COMMIT: &str = "SELECT 1 / CAST(current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' \
     AS INTEGER); COMMIT";

/// The writer's connection.
pub(crate) struct PostgresWriter {
    server: Server,
    connection: Postgres,
    contact: Contact,
    /// It was connected anew, and no transaction has begun since.
    anew: bool,
    /// Where there are several nodes: the turn that this one has.
    turn: Option<hold::Turn>,
}

impl PostgresWriter {
    /// Begins a transaction: where there are several nodes, when it is this one's turn.
    fn turn(&mut self) -> Result<(), StoreError> {
        let begun = match self.server.is_shared() {
            true => hold::turn(&mut self.connection).map(Some),
            false => self.connection.execute("BEGIN", &[]).map(|_| None),
        };
        self.turn = self.connection.noted(begun)?;
        Ok(())
    }

    /// Connects again. Somebody else may have held the database in between, with a newer program even.
    fn reconnect(&mut self) -> Result<(), StoreError> {
        let mut connection = Postgres::connect(&self.server)?;
        let node = self.server.node.as_deref();
        hold::take(&mut connection, node, Empty::Refused, hold::LET_GO_SOON)?;
        refuse_parts(&mut connection)?;
        self.connection = connection;
        Ok(())
    }
}

impl Backend for PostgresWriter {
    fn begin(&mut self) -> Result<Begun, StoreError> {
        self.connection.locked = None;
        match self.turn() {
            Ok(()) => {
                self.contact.there();
                Ok(match self.server.is_shared() {
                    _ if std::mem::take(&mut self.anew) => Begun::Anew,
                    true => Begun::InTurn,
                    false => Begun::Continued,
                })
            }
            // Whoever has the turn gives it back: the connection, which has this node's name, is as good as before.
            Err(error) if self.server.is_shared() && !self.connection.client.is_closed() => Err(error),
            Err(error) => {
                let anew = self.reconnect();
                anew.inspect_err(|why| self.contact.lost(why))?;
                self.anew = true;
                self.turn()?;
                self.anew = false;
                if !self.contact.there() {
                    tracing::warn!(%error, "the connection to the database was lost, and is made again");
                }
                Ok(Begun::Anew)
            }
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.contact.went(&mut self.connection);
        self.turn.as_ref().map_or(Ok(()), hold::Turn::clock_was_set)?;
        let committed = self.connection.client.batch_execute(COMMIT);
        committed.map_err(|error| match error.code() {
            Some(code) if *code == SqlState::DIVISION_BY_ZERO => {
                StoreError::Unfit("fsync or full_page_writes was switched off while this program ran".into())
            }
            _ => match error.into() {
                // Sent, and not answered.
                StoreError::Unreachable(why) => StoreError::Unknown(why),
                other => other,
            },
        })
    }

    fn rollback(&mut self) {
        self.contact.went(&mut self.connection);
        // What a lost connection left open, the server undoes.
        if self.connection.client.is_closed() {
            return;
        }
        if let Err(error) = self.connection.execute("ROLLBACK", &[])
            && !self.connection.client.is_closed()
        {
            tracing::warn!(%error, "a failed group of writes could not be undone explicitly; PostgreSQL undoes it");
        }
    }

    fn tx(&mut self) -> Tx<'_> {
        Tx::new(&mut self.connection)
    }

    fn ended(&self) -> Option<StoreError> {
        if self.connection.client.is_closed() {
            return Some(StoreError::Unreachable("the connection ended".into()));
        }
        // The others of the group would wait for it too, one after the other.
        self.connection.locked.clone()
    }

    fn idle(&mut self) {}

    fn is_shared(&self) -> bool {
        self.server.is_shared()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_read_is_not_repeated() {
        let refused = |text: &str| text.parse::<Server>().unwrap_err();
        let said = "the address of the PostgreSQL server cannot be read: ";
        // What the client takes for an option may be the end of a password.
        let unknown = format!(
            "{said}an option in it is unknown. In a URL's password, write `@`, `/`, `?` and `%` as %40, %2F, %3F and %25"
        );
        let meant = "it must be `sqlite`, or a URL as in postgres://user@host/name";
        for other in [
            "postgre://me:secret@host/name?sslmode=disable",
            "mysql://x",
            "",
            "SQLite",
            "postgres",
        ] {
            assert_eq!(refused(other), meant, "{other}");
        }
        assert!("host=x password=a://b".parse::<Server>().is_ok());
        assert_eq!(refused("hots=here"), unknown);
        let control = "the address of the PostgreSQL server holds a control character";
        assert_eq!(refused("postgres://me:secret\0@host/name"), control);
        assert_eq!(
            refused("postgres://me:secret@host:port/name"),
            format!("{said}invalid value for option `port`")
        );
    }
}
