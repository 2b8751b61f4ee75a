//! Whose a database is: one process's alone, or several nodes' that write in turns.
//!
//! A process that is alone holds an advisory lock on its schema for as long as its session lasts. A node holds the same lock in common
//! with the other nodes, a second one on its name, and, for as long as a transaction of its writer's lasts, a third: its turn. So
//! one that is alone keeps nodes out, they keep it out, and nobody writes between what a node has read in its turn and what
//! it writes then.

use cofferdam_model::{Clock as _, SystemClock, Timestamp};
use postgres::SimpleQueryMessage;
use postgres::types::Type;
use tokio::time::Instant;

use super::{Postgres, check_durable};
use crate::error::StoreError;
use crate::schema::{Empty, Migrated, migrate};

/// How often to ask whether the last process is gone that held the database, and how long to wait in between: the
/// server may take a while to notice.
pub(super) const LET_GO: u32 = 100;
/// The same while others wait: our own session, which was lost, may still be ending there.
pub(super) const LET_GO_SOON: u32 = 20;
const ASK_AGAIN: std::time::Duration = std::time::Duration::from_millis(50);

/// The first halves of the advisory locks' keys, `coff` and on. The second is of the schema: without one there is nothing to hold;
/// that, the first table to be made says.
const HOLD: i32 = 0x636f_6666;
const NODE: i32 = HOLD + 1;
const LEAD: i32 = HOLD + 3;

/// Takes the turn to write, within a transaction and until it ends: what others committed before is seen from then on, whatever
/// the server's default is. The key's first half is [`HOLD`] + 2. Says what time it is, in microseconds since 1970.
const TURN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(1668245096, hashtext(COALESCE(current_schema(), ''))), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

/// By how much a node's clock may differ from the server's, by which all nodes are held: 0.5 s, in microseconds. So no two nodes are
/// apart by the second from which on a ledger takes a clock for one that was put back.
const APART: i64 = 500_000;

/// A node that does nothing in the middle of its turn, as one does that was stopped or cut off, loses it; also where the server
/// is sending to it.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '1s'; SET tcp_user_timeout = '5s'";

/// Takes the database for a session, alone or as the node of that name, and brings its schema up to date. Under other nodes a schema
/// is not changed.
pub(super) fn take(
    connection: &mut Postgres,
    node: Option<&str>,
    empty: Empty,
    times: u32,
) -> Result<Migrated, StoreError> {
    check_durable(connection)?;
    match node {
        None => {
            asked(times, || alone(connection))?;
            migrate(connection, empty)
        }
        Some(name) => {
            let migrated = asked(times, || in_common(connection, empty))?;
            asked(times, || named(connection, name))
                .map_err(|error| match error {
                    StoreError::InUse => StoreError::NodeInUse(name.to_owned()),
                    other => other,
                })
                .and_then(|()| Ok(connection.client.batch_execute(SESSION)?))
                .map(|()| migrated)
        }
    }
}

/// Asks for something so many times, until it is there.
fn asked<T>(times: u32, mut once: impl FnMut() -> Result<Option<T>, StoreError>) -> Result<T, StoreError> {
    for _ in 0..times {
        if let Some(taken) = once()? {
            return Ok(taken);
        }
        std::thread::sleep(ASK_AGAIN);
    }
    Err(StoreError::InUse)
}

/// Takes it for this session, if nobody has it. It is let go when the session ends, however that happens.
fn alone(connection: &mut Postgres) -> Result<Option<()>, StoreError> {
    tried(connection, "pg_try_advisory_lock", HOLD, "")
}

/// Takes it in common with other nodes, if nobody has it alone.
fn in_common(connection: &mut Postgres, empty: Empty) -> Result<Option<Migrated>, StoreError> {
    let first = alone(connection)?.is_some();
    if tried(connection, "pg_try_advisory_lock_shared", HOLD, "")?.is_none() {
        return Ok(None);
    }
    let migrated = match first {
        true => migrate(connection, empty),
        false => unchanged(connection),
    };
    if first {
        tried(connection, "pg_advisory_unlock", HOLD, "")?;
    }
    migrated.map(Some)
}

/// The schema as it is, where it is that of this program: others go by it.
fn unchanged(connection: &mut Postgres) -> Result<Migrated, StoreError> {
    use crate::schema::{VERSION, known_version};
    match known_version(connection)? {
        VERSION => Ok(Migrated {
            from: VERSION,
            to: VERSION,
        }),
        _ => Err(StoreError::InUse),
    }
}

/// Takes the node's name, if no other process goes by it.
fn named(connection: &mut Postgres, name: &str) -> Result<Option<()>, StoreError> {
    // No schema's name and node's together are another's.
    tried(connection, "pg_try_advisory_lock", NODE, &format!("/{name}"))
}

/// Takes the lead among nodes, for as long as the session lasts, if no other has it.
pub(super) fn lead(connection: &mut Postgres) -> Result<bool, StoreError> {
    tried(connection, "pg_try_advisory_lock", LEAD, "").map(|led| led.is_some())
}

/// Begins a transaction in this node's turn. A node whose clock is not the server's gets none: what it recorded would have another
/// time than what the others do, and what stops at a time would stop there at another.
pub(super) fn turn(connection: &mut Postgres) -> Result<Turn, StoreError> {
    let (sent, begun) = (SystemClock.now(), Instant::now());
    let answers = connection.client.simple_query(TURN)?;
    let received = SystemClock.now();
    let told = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(1)?.parse().ok(),
        _ => None,
    });
    let told = told.map(Timestamp::from_micros);
    let off = match told {
        Some(told) => apart(sent, told, received),
        None => Some(StoreError::Unfit("it does not say what time it is".to_owned())),
    };
    match off {
        None => Ok(Turn { sent, begun }),
        Some(error) => {
            connection.client.batch_execute("ROLLBACK")?;
            Err(error)
        }
    }
}

/// When a turn began: by the machine's clock, and by the one that goes on evenly.
pub(super) struct Turn {
    sent: Timestamp,
    begun: Instant,
}

impl Turn {
    /// Whether the clock was set within the turn: what was recorded in it may have any time.
    pub(super) fn clock_was_set(&self) -> Result<(), StoreError> {
        let passed = i64::try_from(self.begun.elapsed().as_micros()).unwrap_or(i64::MAX);
        let told = Timestamp::from_micros(self.sent.as_micros().saturating_add(passed));
        let now = SystemClock.now();
        apart(now, told, now).map_or(Ok(()), Err)
    }
}

/// Whether what the server said between two moments is too far from both.
fn apart(sent: Timestamp, told: Timestamp, received: Timestamp) -> Option<StoreError> {
    let ahead = told.micros_since(received).max(0);
    let behind = sent.micros_since(told).max(0);
    let micros = ahead.max(behind);
    (micros >= APART).then(|| StoreError::ClockApart {
        millis: micros.unsigned_abs() / 1_000,
        ahead: behind > ahead,
    })
}

/// Calls a function of the server's for an advisory lock; whether it said yes.
fn tried(connection: &mut Postgres, function: &str, key: i32, name: &str) -> Result<Option<()>, StoreError> {
    let sql =
        format!("SELECT CAST({function}($1, hashtext(COALESCE(current_schema(), '') || $2)) AS INTEGER)");
    let statement = connection.client.prepare_typed(&sql, &[Type::INT4, Type::TEXT])?;
    let row = connection.client.query_one(&statement, &[&key, &name])?;
    Ok((row.try_get::<_, i32>(0)? == 1).then_some(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_has_a_key_of_its_own() {
        let key = HOLD + 2;
        assert!(TURN.contains(&format!("({key}, ")), "{key}");
        assert!(![HOLD, NODE, LEAD].contains(&key));
    }

    #[test]
    fn a_clock_is_off_by_half_a_second_at_least_however_long_the_answer_was_on_its_way() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let apart = |sent, told, received| match apart(at(sent), at(told), at(received)) {
            Some(StoreError::ClockApart { millis, ahead }) => Some((millis, ahead)),
            _ => None,
        };
        assert_eq!(apart(10, 10, 10), None);
        assert_eq!(apart(10, 17, 19), None, "it waited for its turn");
        assert_eq!(apart(10, 9, 19), Some((1_000, true)));
        assert_eq!(apart(10, 79, 19), Some((60_000, false)));
    }
}
