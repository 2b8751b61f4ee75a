//! What the log says: all of it, or the leases alone. It is read from its file, whether a server runs or not.

use std::collections::BTreeMap;

use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::LeaseReason;
use serde::Serialize;

use crate::args::Span;
use crate::clock::{read, shown};
use crate::config::Config;
use crate::entry::{Entry, Fact};
use crate::fail::{Failure, Outcome};
use crate::files::Folder;
use crate::{log, out};

/// One lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Exposed {
    /// Its number in the log.
    entry: u64,
    node: String,
    reason: LeaseReason,
    compartment: Id128,
    project: Id128,
    epoch: Id128,
    ingest: bool,
    from_micros: i64,
    until_micros: i64,
    /// Entries of the checkpoint that it was granted against.
    checkpoint_size: u64,
}

fn bounds(span: &Span) -> Outcome<(i64, i64)> {
    let bound = |text: &Option<String>, open: i64| match text {
        None => Ok(open),
        Some(text) => read(text).ok_or_else(|| {
            Failure::usage(format!(
                "`{text}` is no time; it is like 2026-11-30 or 2026-11-30T08:00:00Z"
            ))
        }),
    };
    Ok((bound(&span.from, i64::MIN)?, bound(&span.to, i64::MAX)?))
}

/// `log`.
pub(super) fn log(config: &Config, span: &Span, json: bool) -> Outcome {
    let (from, to) = bounds(span)?;
    let folder = Folder::open(&config.state)?;
    let mut failed = Ok(());
    let end = log::read(&folder.path(log::FILE), |entry| {
        if (from..to).contains(&entry.t) && failed.is_ok() {
            failed = if json {
                line_of(&entry)
            } else {
                out::line(for_people(&entry))
            };
        }
    })?;
    failed?;
    out::note(format!(
        "{} entries, of which the chain is whole; the last one's sum is {}",
        end.n,
        crate::hex::encode(&end.sum)
    ));
    Ok(())
}

/// As it stands in the file.
fn line_of(entry: &Entry) -> Outcome {
    let (line, _) = entry.to_line().map_err(Failure::new)?;
    out::line(String::from_utf8_lossy(&line))
}

/// The time, the kind, and the members that are short.
fn for_people(entry: &Entry) -> String {
    let value = serde_json::to_value(&entry.fact).unwrap_or_default();
    let mut text = format!("{} {:>6}", shown(entry.t), entry.n);
    let members = value.as_object();
    let kind = members
        .and_then(|members| members.get("kind"))
        .and_then(|kind| kind.as_str());
    text.push_str(&format!(" {:<12}", kind.unwrap_or_default()));
    for (name, value) in members.into_iter().flatten() {
        if matches!(
            name.as_str(),
            "kind" | "call" | "certificate" | "wrapped" | "public" | "authority"
        ) {
            continue;
        }
        let value = match value {
            serde_json::Value::String(value) => value.clone(),
            serde_json::Value::Number(number) if matches!(name.as_str(), "until" | "expires") => {
                shown(number.as_i64().unwrap_or_default())
            }
            other => other.to_string(),
        };
        text.push_str(&format!(" {name}={}", crate::fail::one_line(&value)));
    }
    text
}

/// `exposure`.
pub(super) fn exposure(config: &Config, span: &Span, json: bool) -> Outcome {
    let (from, to) = bounds(span)?;
    let folder = Folder::open(&config.state)?;
    let mut leases: BTreeMap<u64, Exposed> = BTreeMap::new();
    log::read(&folder.path(log::FILE), |entry| {
        take(&mut leases, entry, from, to)
    })?;
    if json {
        let leases: Vec<&Exposed> = leases.values().collect();
        return out::json(&leases);
    }
    for lease in leases.values() {
        out::line(format!(
            "{} to {} {} {} compartment {} project {} epoch {}{}",
            shown(lease.from_micros),
            shown(lease.until_micros),
            lease.node,
            lease.reason,
            lease.compartment,
            lease.project,
            lease.epoch,
            if lease.ingest { " (ingest key)" } else { "" }
        ))?;
    }
    out::note(format!("{} leases ran within that time", leases.len()));
    Ok(())
}

/// A lease counts while it runs, and does not where nothing was given out by it.
fn take(leases: &mut BTreeMap<u64, Exposed>, entry: Entry, from: i64, to: i64) {
    match entry.fact {
        Fact::Leased(leased) if entry.t < to && leased.until > from => {
            let exposed = Exposed {
                entry: entry.n,
                node: leased.node,
                reason: leased.reason,
                compartment: leased.compartment,
                project: leased.project,
                epoch: leased.epoch,
                ingest: leased.ingest,
                from_micros: entry.t,
                until_micros: leased.until,
                checkpoint_size: leased.size,
            };
            leases.insert(entry.n, exposed);
        }
        Fact::Denied(denied) => {
            if let Some(lease) = denied.lease {
                leases.remove(&lease);
            }
        }
        _ => {}
    }
}
