//! Whose a database is: one process's alone, or several nodes' that write in turns.
//!
//! A process that is alone holds an advisory lock on its schema for as long as its session lasts. A node holds the same lock in common
//! with the other nodes, a second one on its name, and, for as long as a transaction of its writer's lasts, a third: its turn. So
//! one that is alone keeps nodes out, they keep it out, and nobody writes between what a node has read in its turn and what
//! it writes then.

use postgres::types::Type;

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
/// the server's default is. The key's first half is [`HOLD`] + 2.
pub(super) const TURN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(1668245096, hashtext(COALESCE(current_schema(), '')))";

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
}
