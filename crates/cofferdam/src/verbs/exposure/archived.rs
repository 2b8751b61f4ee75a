//! Exposure, asked of archives.

use std::path::{Path, PathBuf};

use cofferdam_archive::{Answer, Archive, Whose};
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_model::{CredentialTag, EngagementId, Pseudonym, Timestamp, Undated};
use serde_json::{Value, json};

use crate::client::{number, text, when};
use crate::fail::{Failure, Outcome, To};
use crate::out::Out;
use crate::progress::waiting;
use crate::table::{Table, thousands};
use crate::verbs::ledger::archive::archived;
use crate::verbs::verify::UNVOUCHED;

/// A name that a ledger has for somebody.
pub(super) fn whose(text: &str) -> Result<Whose, String> {
    let tag = text.parse::<CredentialTag>().map(Whose::Credential);
    let engagement = || text.parse::<EngagementId>().map(Whose::Engagement);
    let pseudonym = || text.parse::<Pseudonym>().map(Whose::Pseudonym);
    tag.or_else(|_| engagement()).or_else(|_| pseudonym()).map_err(|_| {
        "a ledger names people and components by pseudonym (p_…), credential tag (ct_…) and engagement (eng_…): give one of these".to_owned()
    })
}

/// What is asked of archives.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) archives: Vec<PathBuf>,
    pub(super) of: Vec<Whose>,
    pub(super) keys: Vec<VerifyingKey>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

/// The last time that a ledger can tell, in microseconds since 1970.
const FOREVER: i64 = (1 << 53) - 1;

impl Asked {
    pub(super) async fn run(self, out: Out) -> Outcome {
        let time = |text: &Option<String>| text.as_deref().and_then(Timestamp::parse_rfc3339);
        let window = (
            time(&self.from).unwrap_or_default(),
            time(&self.to).unwrap_or(Timestamp::from_micros(FOREVER)),
        );
        if window.1 <= window.0 {
            return Err(Failure::usage("the time asked for ends before it begins"));
        }
        self.archives.iter().try_for_each(|dir| archived(dir))?;
        let ask = tokio::task::spawn_blocking(move || {
            let each = self.archives.iter().map(|dir| ask(dir, &self, window));
            each.collect::<Outcome<Vec<Value>>>()
        });
        let found = waiting("reading the archives", ask)
            .await
            .to("reading the archives")??;
        let told = json!({
            "from": window.0.rfc3339(),
            "to": told_end(window.1),
            "archives": found,
        });
        out.answer(&told, shown)
    }
}

/// None, where all of time was asked for.
fn told_end(to: Timestamp) -> Option<String> {
    (to.as_micros() < FOREVER).then(|| to.rfc3339())
}

fn ask(dir: &Path, asked: &Asked, window: (Timestamp, Timestamp)) -> Outcome<Value> {
    let failed =
        |error: cofferdam_archive::ArchiveError| Failure::new(error.to_string()).about(dir.display());
    let archive = Archive::open(dir, &asked.keys).map_err(failed)?;
    let answer = archive.exposure(&asked.of, window).map_err(failed)?;
    Ok(told(&archive, &answer, !asked.keys.is_empty()))
}

fn told(archive: &Archive, answer: &Answer, vouched: bool) -> Value {
    let touched = &answer.touched;
    let released = touched.released();
    let projects = touched.projects.iter().map(|(project, draw)| {
        json!({ "project": project.to_string(), "releases": draw.objects, "bytes": draw.bytes })
    });
    let versions = answer.versions.map(|versions| {
        let told = |draw: cofferdam_model::Draw| json!({ "objects": draw.objects, "bytes": draw.bytes });
        json!({ "altered": told(versions.altered), "touched": told(versions.touched) })
    });
    let head = archive.checkpoint();
    json!({
        "ledger": { "origin": head.origin(), "size": head.size(), "root": head.root().to_string(), "vouched": vouched },
        "covers": { "end": archive.end(), "until": archive.until().rfc3339() },
        "named": answer.named,
        "entries": touched.entries,
        "administered": touched.administered,
        "releases": released.objects,
        "bytes": released.bytes,
        "versions": versions,
        "first": touched.first.map(Timestamp::rfc3339),
        "last": touched.last.map(Timestamp::rfc3339),
        "projects": projects.collect::<Vec<_>>(),
        "undated": touched.undated.as_ref().map(undated),
        "unknown": answer.unknown.map(|(from, to)| json!({ "from": from.rfc3339(), "to": told_end(to) })),
    })
}

fn undated(undated: &Undated) -> Value {
    json!({
        "entries": undated.entries,
        "releases": undated.released.objects,
        "bytes": undated.released.bytes,
        "from": undated.from.rfc3339(),
        "to": undated.to.map(Timestamp::rfc3339),
    })
}

fn shown(told: &Value) -> String {
    let columns = [
        "ledger", "project", "releases", "bytes", "versions", "written", "entries", "first", "last",
    ];
    let mut table = Table::new(&columns);
    let mut said = String::new();
    for found in told["archives"].as_array().into_iter().flatten() {
        said += &doubts(found);
        let count = |at: &str| thousands(number(found, at));
        let versions = match found["versions"].is_object() {
            true => ["/versions/touched/objects", "/versions/altered/objects"].map(count),
            false => ["many".to_owned(), String::new()],
        };
        let [versions, written] = versions;
        table.row([
            text(found, "/ledger/origin"),
            "(all)".to_owned(),
            count("/releases"),
            count("/bytes"),
            versions,
            written,
            count("/entries"),
            when(found, "/first"),
            when(found, "/last"),
        ]);
        for project in found["projects"].as_array().into_iter().flatten() {
            let counts = ["/releases", "/bytes"].map(|at| thousands(number(project, at)));
            let names = [String::new(), text(project, "/project")];
            table.row(names.into_iter().chain(counts));
        }
    }
    said += "rows are taken as the archive has them: `cofferdam ledger archive EXPORT ARCHIVE --verify` holds them against the ledger's export\n";
    format!("{said}{table}")
}

/// What is not in the table.
fn doubts(found: &Value) -> String {
    let ledger = text(found, "/ledger/origin");
    let mut said = String::new();
    if found["unknown"].is_object() {
        let until = match found.pointer("/unknown/to").and_then(Value::as_str) {
            Some(_) => format!(" until {}", when(found, "/unknown/to")),
            None => String::new(),
        };
        let from = when(found, "/unknown/from");
        said += &format!("UNKNOWN: of {ledger} the archive does not tell all from {from}{until}\n");
    }
    if found["undated"].is_object() {
        let [entries, releases, bytes] = ["/undated/entries", "/undated/releases", "/undated/bytes"]
            .map(|at| thousands(number(found, at)));
        said += &format!(
            "UNDATED: {entries} more entries of {ledger} ({releases} releases, {bytes} bytes) may be within: the clock was put back there\n"
        );
    }
    if found["named"] == false {
        said += &format!("nobody acts by that name in the archive of {ledger}\n");
    }
    if found.pointer("/ledger/vouched") == Some(&Value::Bool(false)) {
        said += &format!("{UNVOUCHED}: {ledger}\n");
    }
    said
}
