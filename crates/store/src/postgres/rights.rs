//! What a role must be allowed to do so that this program can work, asked before anything fails for want of it.

use postgres::Client;
use postgres::types::Type;

use super::failed::WRITES;
use crate::copy::TABLES;
use crate::error::StoreError;

/// Tables whose rows are changed, and those of which rows are taken out; rows are put into every one that is copied.
const CHANGED: [&str; 21] = [
    "able",
    "address",
    "advisory",
    "assignment",
    "delivery",
    "delivery_row",
    "draft",
    "incident_lab",
    "incident_subject",
    "ledger_head",
    "ledger_tile",
    "notice_cursor",
    "notice_read",
    "object",
    "outbox",
    "project",
    "review",
    "submission",
    "task",
    "timer",
    "wanted",
];
const TAKEN_OUT: [&str; 10] = [
    "address",
    "challenge",
    "draft",
    "epoch",
    "idempotency",
    "notice_missed",
    "object",
    "outbox",
    "outbox_attempt",
    "webhook",
];

/// What of it the role lacks, a line for each privilege, with its tables.
const LACKING: &str = "SELECT wanted.privilege, string_agg(wanted.name, ', ' ORDER BY wanted.name)
     FROM unnest($1, $2) AS wanted (name, privilege)
     JOIN pg_catalog.pg_class AS class ON class.relname = wanted.name
     JOIN pg_catalog.pg_namespace AS space ON space.oid = class.relnamespace AND space.nspname = current_schema()
     WHERE NOT has_table_privilege(class.oid, wanted.privilege)
     GROUP BY wanted.privilege ORDER BY wanted.privilege";

fn wanted() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = TABLES.iter().map(|table| table.name);
    let put = all.clone().map(|name| (name, "INSERT"));
    let read = all.map(|name| (name, "SELECT"));
    let changed = CHANGED.into_iter().map(|name| (name, "UPDATE"));
    let taken_out = TAKEN_OUT.into_iter().map(|name| (name, "DELETE"));
    read.chain(put).chain(changed).chain(taken_out)
}

/// Refuses a role that may not write what this program must, and a server that takes no writes.
pub(super) fn check(client: &mut Client) -> Result<(), StoreError> {
    // A reader's own transaction never writes: what the next one of the writer's would be is asked.
    let at = client.query_one(
        "SELECT current_user::text, quote_ident(current_user), quote_ident(current_schema()),
                pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'",
        &[],
    )?;
    let (role, quoted): (String, String) = (at.try_get(0)?, at.try_get(1)?);
    if at.try_get(3)? {
        return Err(StoreError::Forbidden(format!(
            "the server, or the role {role} on it, writes nothing; {WRITES}"
        )));
    }
    let (names, privileges): (Vec<&str>, Vec<&str>) = wanted().unzip();
    let lacking = client.prepare_typed(LACKING, &[Type::TEXT_ARRAY, Type::TEXT_ARRAY])?;
    let lacking = client.query(&lacking, &[&names, &privileges])?;
    if lacking.is_empty() {
        return Ok(());
    }
    let schema: Option<String> = at.try_get(2)?;
    let mut lacks = Vec::with_capacity(lacking.len());
    for row in &lacking {
        let (privilege, tables): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        lacks.push(format!("{privilege} on {}", shortened(&tables)));
    }
    Err(StoreError::Forbidden(format!(
        "the role {role} lacks {}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {quoted}, there",
        lacks.join(", "),
        schema.unwrap_or_default()
    )))
}

/// Which of our tables somebody else has locked so that no row of them can be written.
const LOCKED: &str = "SELECT string_agg(DISTINCT class.relname, ', ')
     FROM pg_catalog.pg_locks AS held
     JOIN pg_catalog.pg_class AS class ON class.oid = held.relation
     JOIN pg_catalog.pg_namespace AS space ON space.oid = class.relnamespace AND space.nspname = current_schema()
     WHERE held.granted AND class.relname = ANY ($1)
       AND held.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
       AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())";

/// Refuses where somebody holds a lock that keeps every write waiting. This program takes none such.
pub(super) fn locked(client: &mut Client) -> Result<(), StoreError> {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let query = client.prepare_typed(LOCKED, &[Type::TEXT_ARRAY])?;
    let tables: Option<String> = client.query_one(&query, &[&names])?.try_get(0)?;
    match tables {
        Some(tables) => Err(StoreError::Locked(format!("the tables {}", shortened(&tables)))),
        None => Ok(()),
    }
}

/// The first few of many.
fn shortened(tables: &str) -> String {
    let names: Vec<&str> = tables.split(", ").collect();
    match names.as_slice() {
        [first, second, rest @ ..] if rest.len() > 1 => {
            format!("{first}, {second} and {} other tables", rest.len())
        }
        _ => tables.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The tables after these words in the SQL of this crate.
    fn after(text: &str, words: &str, found: &mut BTreeSet<String>) {
        for rest in text.split(words).skip(1) {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            // This test's own words are followed by nothing.
            found.extend(Some(name).filter(|name| !name.is_empty()));
        }
    }

    #[test]
    fn what_is_asked_for_is_what_the_sql_does() {
        let (mut changed, mut taken_out) = (BTreeSet::new(), BTreeSet::new());
        let mut waiting = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(
                    std::fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            after(&text, "\"UPDATE ", &mut changed);
            after(&text, "\"DELETE FROM ", &mut taken_out);
            for statement in text.split("INSERT INTO ").skip(1) {
                if statement.split('"').next().unwrap().contains("DO UPDATE") {
                    after(&format!("INSERT INTO {statement}"), "INSERT INTO ", &mut changed);
                }
            }
        }
        // Only a copy takes its mark out.
        taken_out.remove("copying");
        assert!(changed.iter().eq(CHANGED.iter()), "{changed:?}");
        assert!(taken_out.iter().eq(TAKEN_OUT.iter()), "{taken_out:?}");
    }

    #[test]
    fn many_tables_are_counted() {
        assert_eq!(shortened("lab"), "lab");
        assert_eq!(shortened("lab, project, task"), "lab, project, task");
        assert_eq!(shortened("a, b, c, d"), "a, b and 2 other tables");
    }
}
