//! Files that say which versions are wanted. Each parser is a function of a file's text; it opens nothing.
//!
//! What a file names is recorded, the project's own packages too, since a file does not always tell them apart. What
//! has no version is recorded without one.

pub mod cargo;
pub mod go;
pub mod npm;
pub mod pnpm;
pub mod poetry;
pub mod requirements;
pub mod uv;
pub mod yarn;

use toml::{Table, Value};

use crate::digest::Sha256;
use crate::gap::Reason;
use crate::text::line;

/// A TOML file, or the line that is none.
fn table(text: &str) -> Result<Table, Reason> {
    text.parse::<Table>().map_err(|error| {
        let at = error.span().map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            line(before.bytes().filter(|byte| *byte == b'\n').count())
        });
        Reason::malformed(at, error.message())
    })
}

/// The entries of a TOML file's `[[package]]`.
fn packages(table: &Table) -> Result<&[Value], Reason> {
    match table.get("package") {
        None => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(Reason::malformed(None, "`package` is no list of tables")),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

/// The hashes of a list of files, each a table with a member `hash`.
fn hashes(list: Option<&Value>) -> Vec<Sha256> {
    let files = list.and_then(Value::as_array).into_iter().flatten();
    files
        .filter_map(|file| Sha256::parse_tagged(text(file, "hash")?))
        .collect()
}
