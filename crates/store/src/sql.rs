//! One SQL text for every backend: values, rows and connections.
//!
//! The text keeps to the common subset of SQLite and PostgreSQL: `BIGINT` microseconds and counts, `TEXT`, blobs,
//! `$1` placeholders, `RETURNING`, `ON CONFLICT`. A backend translates placeholders and column types, nothing else.

use std::sync::LazyLock;

use cofferdam_model::{Id, Timestamp};

use crate::copy::TABLES;
use crate::error::StoreError;
use crate::schema::VERSION;

/// A value bound to a placeholder.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// An integer, or absent.
    Int(Option<i64>),
    /// Text, or absent.
    Text(Option<&'a str>),
    /// Bytes, or absent.
    Blob(Option<&'a [u8]>),
}

/// Things that can be bound.
pub trait Bind {
    /// The value to bind.
    fn bind(&self) -> Value<'_>;
}

macro_rules! bind {
    ($($type:ty => |$v:ident| $value:expr;)*) => {$(
        impl Bind for $type { fn bind(&self) -> Value<'_> { let $v = self; $value } }
    )*};
}

bind! {
    i64 => |v| Value::Int(Some(*v));
    Option<i64> => |v| Value::Int(*v);
    u32 => |v| Value::Int(Some(i64::from(*v)));
    u64 => |v| Value::Int(Some(i64::try_from(*v).unwrap_or(i64::MAX)));
    bool => |v| Value::Int(Some(i64::from(*v)));
    Timestamp => |v| Value::Int(Some(v.as_micros()));
    Option<Timestamp> => |v| Value::Int(v.map(Timestamp::as_micros));
    &str => |v| Value::Text(Some(v));
    String => |v| Value::Text(Some(v));
    Option<String> => |v| Value::Text(v.as_deref());
    &[u8] => |v| Value::Blob(Some(v));
    Vec<u8> => |v| Value::Blob(Some(v));
    [u8; 32] => |v| Value::Blob(Some(v));
    [u8; 16] => |v| Value::Blob(Some(v));
    Option<[u8; 32]> => |v| Value::Blob(v.as_ref().map(|b| b.as_slice()));
    Option<[u8; 16]> => |v| Value::Blob(v.as_ref().map(|b| b.as_slice()));
    Option<Vec<u8>> => |v| Value::Blob(v.as_deref());
}

macro_rules! bind_ids {
    ($($id:ident)*) => {$(
        impl Bind for cofferdam_model::$id {
            fn bind(&self) -> Value<'_> { Value::Blob(Some(self.as_bytes())) }
        }
    )*};
}

bind_ids! {
    LabId ProjectId PrincipalId EngagementId Pseudonym CredentialId ObjectId EpochId TaskId AssignmentId
    SubmissionId ReviewId DeliveryId HaltId TimerId StreamId InventoryId IncidentId
    NoticeId WebhookId MessageId WallId RemarkId
}

/// An id that may be absent.
pub struct Maybe<'a, I>(pub &'a Option<I>);

impl<I: Id> Bind for Maybe<'_, I> {
    fn bind(&self) -> Value<'_> {
        Value::Blob(self.0.as_ref().map(|id| id.as_bytes().as_slice()))
    }
}

/// Binds each argument: `params![id, 3_i64, "text"]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Bind::bind(&$value)),*] };
}

/// One row of a result, read by position.
pub trait Row {
    /// An integer, or absent.
    fn int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    /// Text, or absent.
    fn text(&self, column: usize) -> Result<Option<String>, StoreError>;
    /// Bytes, or absent.
    fn blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError>;
}

/// What [`StoreError::Corrupt`] calls a table until it is known which.
const RESULT: &str = "result";

/// A column that does not hold what this program writes into it.
pub(crate) fn missing(column: usize) -> StoreError {
    StoreError::Corrupt {
        table: RESULT,
        problem: format!("column {column} is empty or of the wrong type"),
    }
}

/// Says of a row that does not read in which table it stands, and what its first column holds.
fn placed(error: StoreError, sql: &'static str, row: &dyn Row) -> StoreError {
    let StoreError::Corrupt {
        table: RESULT,
        problem,
    } = error
    else {
        return error;
    };
    let mut words = sql.split_whitespace().skip_while(|word| *word != "FROM");
    let table = words.nth(1).unwrap_or(RESULT);
    let first = match (row.blob(0), row.int(0)) {
        (Ok(Some(bytes)), _) => bytes.iter().take(32).map(|byte| format!("{byte:02x}")).collect(),
        (_, Ok(Some(number))) => number.to_string(),
        _ => "without a key".to_owned(),
    };
    let problem = in_words(sql, &problem).unwrap_or(problem);
    let problem = format!("the row {first}: {problem}");
    StoreError::Corrupt { table, problem }
}

/// What [`missing`] says, with the column's name in place of its number: nobody sees the query.
fn in_words(sql: &'static str, problem: &str) -> Option<String> {
    let (number, rest) = problem.strip_prefix("column ")?.split_once(' ')?;
    let (list, _) = sql.trim_start().strip_prefix("SELECT ")?.split_once("FROM")?;
    let column = list.split(',').nth(number.parse().ok()?)?.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    // Beyond an expression with commas of its own the places are others.
    (!list.contains('(') && column.chars().all(plain)).then(|| format!("its column {column} {rest}"))
}

impl dyn Row + '_ {
    /// An integer that must be there.
    pub fn i64(&self, column: usize) -> Result<i64, StoreError> {
        self.int(column)?.ok_or_else(|| missing(column))
    }

    /// A count that must be there.
    pub fn u64(&self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.i64(column)?).map_err(|_| missing(column))
    }

    /// A small count that must be there.
    pub fn u32(&self, column: usize) -> Result<u32, StoreError> {
        u32::try_from(self.i64(column)?).map_err(|_| missing(column))
    }

    /// A time that must be there.
    pub fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.i64(column).map(Timestamp::from_micros)
    }

    /// A time, or absent.
    pub fn maybe_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.int(column)?.map(Timestamp::from_micros))
    }

    /// Text that must be there.
    pub fn string(&self, column: usize) -> Result<String, StoreError> {
        self.text(column)?.ok_or_else(|| missing(column))
    }

    /// Bytes that must be there.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.blob(column)?
            .map(<[u8]>::to_vec)
            .ok_or_else(|| missing(column))
    }

    /// Exactly `N` bytes that must be there.
    pub fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreError> {
        self.blob(column)?
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| missing(column))
    }

    /// An id that must be there.
    pub fn id<I: Id>(&self, column: usize) -> Result<I, StoreError> {
        self.array::<16>(column).map(I::from_bytes)
    }

    /// An id, or absent.
    pub fn maybe_id<I: Id>(&self, column: usize) -> Result<Option<I>, StoreError> {
        match self.blob(column)? {
            None => Ok(None),
            Some(bytes) => bytes
                .try_into()
                .map(|b| Some(I::from_bytes(b)))
                .map_err(|_| missing(column)),
        }
    }
}

/// What a row is handed to.
pub type Each<'a> = &'a mut dyn FnMut(&dyn Row) -> Result<(), StoreError>;

/// A connection of a backend. `sql` is always a literal of this crate.
pub trait Connection {
    /// Runs a statement; the number of rows changed.
    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError>;
    /// Runs a query and hands each row to `each`.
    fn query(&mut self, sql: &'static str, params: &[Value<'_>], each: Each<'_>) -> Result<(), StoreError>;
    /// Whether this program may write here what it must; changes nothing.
    fn may_write(&mut self) -> Result<(), StoreError>;
    /// Whether somebody else keeps what must be written from being written, as far as that is to be seen.
    fn locked(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// What differs when another than this connection has written, as far as the database tells.
    fn others(&mut self) -> Result<Others, StoreError>;
    /// Whether this connection has the lead among several nodes; one process alone has it.
    fn leads(&mut self) -> Result<bool, StoreError> {
        Ok(true)
    }
    /// What the database says is wrong with its own file, where it can be asked; it may also say `ok`.
    fn damage(&mut self, each: &mut dyn FnMut(String)) -> Result<(), StoreError> {
        let _ = each;
        Ok(())
    }
}

/// By what a database tells that somebody else has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Others {
    /// Any other number: its files, or its counting, are other ones.
    pub shape: i64,
    /// A larger number: somebody wrote. A smaller one: what was written by us is counted later.
    pub rows: i64,
}

/// A query for every table of the schema, that finds nothing and needs all its columns. Made once: statements live as long as
/// the program.
fn probes() -> &'static [(&'static str, &'static str)] {
    static PROBES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let copied = TABLES.iter().map(|table| {
            let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
            (table.name, columns.join(", "))
        });
        let own = [
            ("schema_version", "version".to_owned()),
            ("copying", "mark".to_owned()),
        ];
        let probe = |(name, columns)| -> (&str, &str) {
            (name, format!("SELECT {columns} FROM {name} LIMIT 0").leak())
        };
        copied.chain(own).map(probe).collect()
    });
    &PROBES
}

/// Reads. A consistent snapshot for as long as it lives.
pub struct Reader<'a> {
    connection: &'a mut dyn Connection,
    /// Rows that did not read, where they are to be left out.
    unreadable: Option<Vec<StoreError>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(connection: &'a mut dyn Connection) -> Self {
        Self {
            connection,
            unreadable: None,
        }
    }

    /// From now on, rows that nobody here can have written are left out and kept in mind, instead of ending the query:
    /// for a check of the whole, which one such row must not blind. Never for what decides anything.
    pub fn leave_out_unreadable(&mut self) {
        self.unreadable.get_or_insert_default();
    }

    /// What was left out since this was last asked.
    pub fn left_out(&mut self) -> Vec<StoreError> {
        self.unreadable.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Whether the database lets this program write, as far as it tells without being written to.
    pub fn may_write(&mut self) -> Result<(), StoreError> {
        self.connection.may_write()
    }

    /// Whether somebody else has locked what this program must write, as far as the database tells.
    pub fn locked(&mut self) -> Result<(), StoreError> {
        self.connection.locked()
    }

    /// Whether the schema still has the version that it was opened with, and no copy into it was begun.
    pub fn schema(&mut self) -> Result<(), StoreError> {
        let all = "SELECT version FROM schema_version ORDER BY version";
        let versions = self.all(all, &[], |row| row.i64(0))?;
        if !versions.iter().copied().eq(1..=VERSION) {
            let found = versions.last().copied().unwrap_or(0);
            let known = VERSION;
            return Err(StoreError::OtherSchema { found, known });
        }
        match self.first("SELECT mark FROM copying", &[], |row| row.i64(0))? {
            None => Ok(()),
            Some(_) => Err(StoreError::Unfinished),
        }
    }

    /// What the database says is wrong with its own file, the first hundred things. It reads all of it.
    pub fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        let mut told = Vec::new();
        match self.connection.damage(&mut |line| told.push(line)) {
            // There may be too much of it for it to be looked through.
            Err(StoreError::Damaged(problem)) => told.push(problem),
            looked => looked?,
        }
        told.retain(|line| line != "ok");
        Ok(told)
    }

    /// Tables of the schema that are not there with all their columns, and what the database says of each.
    pub fn lacking(&mut self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let mut lacking = Vec::new();
        for (table, probe) in probes() {
            // On a server, a statement that fails would take the whole transaction with it.
            self.connection.execute("SAVEPOINT probe", &[])?;
            match self.connection.query(probe, &[], &mut |_| Ok(())) {
                Err(StoreError::Lacking(what)) => {
                    self.connection.execute("ROLLBACK TO SAVEPOINT probe", &[])?;
                    lacking.push((*table, what));
                }
                other => other?,
            }
            self.connection.execute("RELEASE SAVEPOINT probe", &[])?;
        }
        Ok(lacking)
    }

    fn each<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
        mut take: impl FnMut(T),
    ) -> Result<(), StoreError> {
        let unreadable = &mut self.unreadable;
        self.connection.query(sql, params, &mut |row| {
            match (
                read(row).map_err(|error| placed(error, sql, row)),
                &mut *unreadable,
            ) {
                (Ok(value), _) => take(value),
                (Err(error @ StoreError::Corrupt { .. }), Some(left_out)) => left_out.push(error),
                (Err(error), _) => return Err(error),
            }
            Ok(())
        })
    }

    /// All rows of a query.
    pub fn all<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, params, read, |row| rows.push(row))?;
        Ok(rows)
    }

    /// The first row of a query, if there is one.
    pub fn first<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let (mut seen, mut found) = (false, None);
        let only_first = |row: &dyn Row| {
            let first = !std::mem::replace(&mut seen, true);
            first.then(|| read(row)).transpose()
        };
        self.each(sql, params, only_first, |row| found = found.take().or(row))?;
        Ok(found)
    }
}

/// Reads and writes within one transaction.
pub struct Tx<'a>(Reader<'a>);

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a mut dyn Connection) -> Self {
        Self(Reader::new(connection))
    }

    /// The reading half.
    pub fn reader(&mut self) -> &mut Reader<'a> {
        &mut self.0
    }

    /// What differs when another than this store's writer has written. No more than a hint: a server counts late, and whoever
    /// writes the bytes of a file is not counted.
    pub fn others(&mut self) -> Result<Others, StoreError> {
        self.0.connection.others()
    }

    /// Whether this node has the lead among several, or takes it now; one process alone has it. It is lost with the connection,
    /// and another node takes it then.
    pub fn leads(&mut self) -> Result<bool, StoreError> {
        self.0.connection.leads()
    }

    /// Runs a statement; the number of rows changed.
    pub fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.0.connection.execute(sql, params)
    }

    /// See [`Reader::all`].
    pub fn all<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.0.all(sql, params, read)
    }

    /// See [`Reader::first`].
    pub fn first<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        read: impl FnMut(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.0.first(sql, params, read)
    }

    /// Runs `work` so that it happens wholly or, when it gives an error, not at all.
    pub fn attempt<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.execute("SAVEPOINT attempt", &[])?;
        let result = work(self).and_then(|value| {
            // Fails where a statement failed and `work` took no notice.
            self.execute("RELEASE SAVEPOINT attempt", &[])?;
            Ok(value)
        });
        // Where the failure ended the whole transaction there is nothing left to undo, and it is told as it was.
        if result.is_err() && self.execute("ROLLBACK TO SAVEPOINT attempt", &[]).is_ok() {
            self.execute("RELEASE SAVEPOINT attempt", &[])?;
        }
        result
    }
}
