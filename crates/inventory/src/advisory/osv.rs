//! One record in the OSV format, schema 1.x: <https://ossf.github.io/osv-schema/>.

use std::collections::BTreeSet;
use std::fmt;

use cofferdam_model::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::digest::Sha256;
use crate::package::Ecosystem;
use crate::text::{is_unseen, short};

/// The largest record, in bytes.
pub const MAX_RECORD: usize = 16 << 20;
/// The longest id of a record, in bytes.
const MAX_ID: usize = 256;

/// A time as a record claims it. When somebody published a record is not when anybody could have known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// As it was written.
    pub text: String,
    /// As a time, where it is RFC 3339 in UTC; digits beyond microseconds are dropped.
    pub time: Option<Timestamp>,
}

/// How much later than it was last changed a record may say that it was taken back, in microseconds: a day, for clocks and zones.
const AHEAD: i64 = 86_400_000_000;

impl Claimed {
    fn new(text: &str) -> Self {
        let time = match text.split_once('.') {
            Some((seconds, fraction)) => {
                let digits: String = fraction
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .take(6)
                    .collect();
                Timestamp::parse_rfc3339(&format!("{seconds}.{digits}Z")).filter(|_| text.ends_with('Z'))
            }
            None => Timestamp::parse_rfc3339(text),
        };
        Self {
            text: short(text),
            time,
        }
    }
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// `MAL-2026-2144`.
    pub id: String,
    /// When it was last changed, by its own account.
    pub modified: Claimed,
    /// When it was published, by its own account.
    pub published: Option<Claimed>,
    /// When it was taken back. A record that was taken back concerns nobody.
    pub withdrawn: Option<Claimed>,
    /// Ids of records of the same thing, as this record has it; sorted.
    pub aliases: BTreeSet<String>,
    /// One line.
    pub summary: Option<String>,
    /// What it is about. Entries that name no package (commits alone) are left out.
    pub affected: Vec<Affected>,
    /// SHA-256 of malicious files, from `database_specific.iocs`.
    pub indicators: BTreeSet<Sha256>,
    /// Whether it is about code that was put there to do harm, and not about a fault: a record of the database of malicious
    /// packages (<https://github.com/ossf/malicious-packages>), or of a weakness that is malicious code (CWE-506 and those
    /// below it).
    pub malicious: bool,
}

/// One package, and which of its versions are affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Of which ecosystem.
    pub ecosystem: Ecosystem,
    /// Its name, in the ecosystem's one form.
    pub name: String,
    /// Versions that are affected, as written.
    pub versions: Vec<String>,
    /// Ranges of versions that are affected.
    pub ranges: Vec<Range>,
}

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// In the order of the package's ecosystem.
    Ecosystem(Vec<Bound>),
    /// In the order of SemVer.
    SemVer(Vec<Bound>),
    /// Of commits: of versions it says nothing.
    Git,
    /// What the schema does not allow. What it would have said is unknown.
    Malformed(String),
}

/// One event of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Affected from here on. `0` is before every version.
    Introduced(String),
    /// No longer affected from here on.
    Fixed(String),
    /// No longer affected after this one.
    LastAffected(String),
    /// Nothing is said of this one and later. `*` is no limit.
    Limit(String),
}

impl Bound {
    /// The version that it names.
    #[must_use]
    pub fn version(&self) -> &str {
        match self {
            Self::Introduced(text) | Self::Fixed(text) | Self::LastAffected(text) | Self::Limit(text) => text,
        }
    }
}

/// A record that cannot be read, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RecordError {
    /// The file, with the entry of an archive after `!`.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    schema_version: Option<String>,
    id: String,
    modified: String,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    affected: Option<Vec<RecordAffected>>,
    #[serde(default)]
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct RecordAffected {
    #[serde(default)]
    package: Option<RecordPackage>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    ranges: Option<Vec<RecordRange>>,
    #[serde(default)]
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct RecordPackage {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct RecordRange {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<serde_json::Map<String, Value>>,
}

impl Advisory {
    /// Reads one record. `place` names it in errors.
    pub fn parse(text: &str, place: &str) -> Result<Self, RecordError> {
        let fault = |why: &str| RecordError {
            place: short(place),
            why: short(why),
        };
        if text.len() > MAX_RECORD {
            return Err(fault(&format!("a record has at most {MAX_RECORD} bytes")));
        }
        let record: Record = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| fault(&format!("no record in the OSV format: {error}")))?;
        if record
            .schema_version
            .as_deref()
            .is_some_and(|version| version.split('.').next() != Some("1"))
        {
            return Err(fault(
                "its schema_version is not 1; a newer release of Cofferdam may read it",
            ));
        }
        if record.id.is_empty() || record.id.len() > MAX_ID || record.id.chars().any(is_unseen) {
            return Err(fault(
                "its id is empty, too long, or holds characters that nobody sees",
            ));
        }
        let mut indicators = BTreeSet::new();
        indicators_in(record.database_specific.as_ref(), &mut indicators);
        let affected = record.affected.unwrap_or_default();
        for entry in &affected {
            indicators_in(entry.database_specific.as_ref(), &mut indicators);
        }
        let malicious = is_malicious(&record.id, record.database_specific.as_ref());
        Ok(Self {
            malicious,
            aliases: record
                .aliases
                .unwrap_or_default()
                .into_iter()
                .filter(|id| *id != record.id)
                .collect(),
            id: record.id,
            modified: Claimed::new(&record.modified),
            published: record.published.as_deref().map(Claimed::new),
            withdrawn: record.withdrawn.as_deref().map(Claimed::new),
            summary: record.summary.as_deref().map(short),
            affected: affected.into_iter().filter_map(Affected::new).collect(),
            indicators,
        })
    }

    /// Whether it was taken back: at a time, and one that was not to come when it was written. What says that it will be taken back,
    /// or says no time, still stands.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        let at = |claimed: &Claimed| claimed.time;
        let times = self.withdrawn.as_ref().and_then(at).zip(at(&self.modified));
        times.is_some_and(|(withdrawn, written)| withdrawn.micros_since(written) <= AHEAD)
    }
}

impl Affected {
    fn new(record: RecordAffected) -> Option<Self> {
        let package = record.package?;
        let ecosystem = Ecosystem::parse(&package.ecosystem);
        Some(Self {
            name: ecosystem.normalise(&package.name),
            ecosystem,
            versions: record.versions.unwrap_or_default(),
            ranges: record.ranges.unwrap_or_default().iter().map(Range::new).collect(),
        })
    }
}

impl Range {
    fn new(record: &RecordRange) -> Self {
        let bounds = || {
            record
                .events
                .iter()
                .map(Bound::new)
                .collect::<Result<Vec<_>, _>>()
        };
        let read = match record.kind.as_str() {
            "GIT" => Ok(Self::Git),
            "ECOSYSTEM" => bounds().map(Self::Ecosystem),
            "SEMVER" => bounds().map(Self::SemVer),
            other => Err(format!("a range of the unknown type {other}")),
        };
        match read {
            Ok(Self::Ecosystem(bounds) | Self::SemVer(bounds))
                if !bounds.iter().any(|bound| matches!(bound, Bound::Introduced(_))) =>
            {
                Self::Malformed("a range that begins nowhere: it has no `introduced`".to_owned())
            }
            Ok(range) => range,
            Err(why) => Self::Malformed(short(&why)),
        }
    }
}

impl Bound {
    fn new(event: &serde_json::Map<String, Value>) -> Result<Self, String> {
        let mut members = event.iter();
        let (Some((kind, Value::String(version))), None) = (members.next(), members.next()) else {
            return Err("an event that is not one member with a version".to_owned());
        };
        let version = version.clone();
        match kind.as_str() {
            "introduced" => Ok(Self::Introduced(version)),
            "fixed" => Ok(Self::Fixed(version)),
            "last_affected" => Ok(Self::LastAffected(version)),
            "limit" => Ok(Self::Limit(version)),
            other => Err(format!("an event of the unknown kind {other}")),
        }
    }
}

/// Embedded malicious code, and the kinds of it: <https://cwe.mitre.org/data/definitions/506.html>.
const MALICIOUS: [&str; 7] = [
    "CWE-506", "CWE-507", "CWE-508", "CWE-509", "CWE-510", "CWE-511", "CWE-512",
];

fn is_malicious(id: &str, specific: Option<&Value>) -> bool {
    let member = |name| specific.and_then(|specific| specific.get(name));
    let weaknesses = member("cwe_ids").and_then(Value::as_array);
    let mut weaknesses = weaknesses.into_iter().flatten().filter_map(Value::as_str);
    id.starts_with("MAL-")
        || member("malicious-packages-origins").is_some()
        || weaknesses.any(|weakness| MALICIOUS.contains(&weakness))
}

/// Collects the SHA-256 below `iocs`, where databases of malicious packages keep what identifies files. Elsewhere a hash
/// may be of anything: `malicious-packages-origins` has those of reports.
fn indicators_in(specific: Option<&Value>, into: &mut BTreeSet<Sha256>) {
    let mut open: Vec<&Value> = specific
        .and_then(|specific| specific.get("iocs"))
        .into_iter()
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => into.extend(Sha256::parse(text).or_else(|| Sha256::parse_tagged(text))),
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read() {
        let text = r#"{"schema_version": "1.7.4", "id": "X-1", "modified": "2026-03-26T09:50:43.996758996Z",
            "aliases": ["X-1", "Y-1"], "affected": [
              {"package": {"ecosystem": "PyPI", "name": "Lite_LLM"}, "versions": ["1"], "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "2"}]},
                {"type": "SEMVER", "events": [{"fixed": "1.0.0"}]},
                {"type": "GIT", "repo": "https://e.example", "events": [{"introduced": "abc"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "1", "fixed": "2"}]},
                {"type": "NEW", "events": []}]},
              {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}],
            "database_specific": {"malicious-packages-origins": [{"sha256":
                "6a89401cbf53902e8374fbf3b424a77bb5e5f8c437176232eab7c3237d10ecbe"}],
              "iocs": {"files": [{"digests": {"sha256":
                "71e35aef03099cd1f2d6446734273025a163597de93912df321ef118bf135238"}}]}}}"#;
        let advisory = Advisory::parse(text, "x.json").unwrap();
        assert_eq!(advisory.aliases.iter().collect::<Vec<_>>(), ["Y-1"]);
        assert_eq!(
            advisory.modified.time.unwrap().rfc3339(),
            "2026-03-26T09:50:43.996758Z"
        );
        assert_eq!(advisory.indicators.len(), 1);
        let [affected] = &advisory.affected[..] else {
            panic!("{:?}", advisory.affected)
        };
        assert_eq!(affected.name, "lite-llm");
        let malformed = affected
            .ranges
            .iter()
            .filter(|range| matches!(range, Range::Malformed(_)));
        assert_eq!(malformed.count(), 3);
    }

    #[test]
    fn what_is_to_be_taken_back_some_day_still_stands() {
        for (withdrawn, is) in [
            ("2026-03-24T00:00:00Z", true),
            ("2026-03-26T11:00:00Z", true),
            ("2026-03-26T13:00:00Z", false),
            ("2999-01-01T00:00:00Z", false),
            ("some day", false),
            ("", false),
        ] {
            let text =
                format!(r#"{{"id": "X", "modified": "2026-03-25T12:00:00Z", "withdrawn": "{withdrawn}"}}"#);
            assert_eq!(
                Advisory::parse(&text, "x").unwrap().is_withdrawn(),
                is,
                "{withdrawn}"
            );
        }
    }

    #[test]
    fn what_is_no_record_is_told() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"id": "X"}"#,
            r#"{"id": "", "modified": "x"}"#,
            r#"{"schema_version": "2.0", "id": "X", "modified": "x"}"#,
            r#"{"id": "X", "modified": "x", "affected": [{"package": {"name": "x"}}]}"#,
        ] {
            let error = Advisory::parse(text, "folder/x.json").unwrap_err();
            assert!(error.to_string().starts_with("folder/x.json: "), "{error}");
        }
    }
}
