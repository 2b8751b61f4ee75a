//! The published records, each alone and together; and every shape of the schema.

use cofferdam_inventory::advisory::event::Joined;
use cofferdam_inventory::advisory::{
    Advisory, Doubt, Event, Grounds, Outcome, Verdict, assess, group, judge,
};
use cofferdam_inventory::{Ecosystem, Package, Version};

use crate::support::{RECORDS, litellm, outcome, record, scanned, write};

fn package(ecosystem: &str, name: &str, version: &str) -> Package {
    Package::new(
        Ecosystem::parse(ecosystem),
        name,
        Version::Known(version.to_owned()),
    )
    .unwrap()
}

fn parsed(text: &str) -> Advisory {
    Advisory::parse(text, "test").unwrap()
}

/// A record of one package, with what its `affected` says beside the package.
fn about(id: &str, ecosystem: &str, name: &str, said: &str, more: &str) -> Advisory {
    parsed(&format!(
        r#"{{"id": "{id}", "modified": "2026-03-25T00:00:00Z", {more}
            "affected": [{{"package": {{"ecosystem": "{ecosystem}", "name": "{name}"}}, {said}}}]}}"#
    ))
}

fn verdicts(judge: impl Fn(&Package) -> Option<Verdict>) -> Vec<&'static str> {
    let versions = [
        "1.82.5",
        "1.82.6",
        "1.82.7",
        "1.82.8",
        "1.82.8+local",
        "1.82.8.post1",
        "1.82.9",
        "1.83.0",
        "0",
        "99",
        "not one",
    ];
    let word = |version| match judge(&package("PyPI", "litellm", version)) {
        Some(Verdict::Affected(_)) => "affected",
        Some(Verdict::NotAffected) => "not",
        Some(Verdict::Unknown(_)) => "unknown",
        None => "not named",
    };
    versions.map(word).to_vec()
}

/// The same affected versions, whichever of the records are at hand: one event.
#[test]
fn three_records_are_one_event() {
    let expected = [
        "not", "not", "affected", "affected", "affected", "not", "not", "not", "not", "not", "unknown",
    ];
    for chosen in 1..8_usize {
        let of = RECORDS.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
        let records: Vec<_> = of.map(|(_, id)| record(id)).collect();
        for id in &records {
            assert_eq!(verdicts(|package| judge(package, id)), expected, "{}", id.id);
        }
        let count = records.len();
        let events = group(records);
        let [event] = &events[..] else {
            panic!("{} events of {chosen:b}", events.len())
        };
        assert_eq!(event.members().len(), count);
        assert_eq!(verdicts(|package| event.judge(package)), expected);
    }
}

#[test]
fn how_each_record_came_in_is_told() {
    let event = litellm();
    let told: Vec<_> = event
        .members()
        .iter()
        .map(|m| (m.advisory.id.as_str(), m.joined))
        .collect();
    let expected = [
        ("GHSA-5mg7-485q-xm76", Joined::ByVersions),
        ("MAL-2026-2144", Joined::ByName),
        ("PYSEC-2026-2", Joined::ByName),
    ];
    assert_eq!(told, expected);
    // Hashes of reports are none of files.
    assert!(
        event
            .members()
            .iter()
            .all(|member| member.advisory.indicators.is_empty())
    );
}

/// What the three say in the shape of one more record, under one more id.
fn like(id: &str, said: &str, more: &str) -> Advisory {
    about(id, "PyPI", "litellm", said, more)
}

#[test]
fn what_does_not_agree_is_another_event() {
    let same = r#""versions": ["1.82.8", "1.82.7"]"#;
    let count = |record: Advisory| {
        let mut records = RECORDS.map(crate::support::record).to_vec();
        records.push(record);
        group(records).len()
    };
    assert_eq!(count(like("X-1", same, "")), 1);
    assert_eq!(
        count(like("X-1", r#""versions": ["1.82.7", "1.82.8", "1.82.9"]"#, "")),
        2,
        "another version"
    );
    assert_eq!(
        count(like("X-1", r#""versions": ["1.82.7"]"#, "")),
        2,
        "one version less"
    );
    assert_eq!(
        count(like("X-1", same, r#""aliases": ["CVE-1"],"#)),
        3,
        "it has aliases, and none of these: GHSA fits two events"
    );
    assert_eq!(
        count(like("X-1", same, r#""withdrawn": "2026-03-26T00:00:00Z","#)),
        2,
        "withdrawn"
    );
    assert_eq!(
        count(like("X-1", same, r#""published": "2026-07-01T00:00:00Z","#)),
        2,
        "months later"
    );
    assert_eq!(
        count(about("X-1", "npm", "litellm", same, "")),
        2,
        "another ecosystem"
    );
    let open = r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.82.7"}]}]"#;
    assert_eq!(count(like("X-1", open, "")), 2, "without an end");
    let fixed =
        r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.82.7"}, {"fixed": "1.82.9"}]}]"#;
    assert_eq!(
        count(like("X-1", fixed, "")),
        1,
        "the same, told by the release that is clean"
    );
    let git = r#""ranges": [{"type": "GIT", "repo": "https://e.example", "events": [{"introduced": "0"}]}]"#;
    assert_eq!(count(like("X-1", git, "")), 2, "commits");
}

/// Faults that came long ago and went with one release look alike, and are not one.
#[test]
fn old_faults_with_one_fix_stay_apart() {
    let said = r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]"#;
    let events = group(vec![like("A-1", said, ""), like("A-2", said, "")]);
    assert_eq!(events.len(), 2);
    // Where a record fits two events, it is not known to which it belongs.
    let said = r#""versions": ["1", "2"]"#;
    let aliased = |id: &str, alias: &str| like(id, said, &format!(r#""aliases": ["{alias}"],"#));
    let events = group(vec![
        aliased("A-1", "C-1"),
        aliased("A-2", "C-2"),
        like("A-3", said, ""),
    ]);
    assert_eq!(events.len(), 3);
}

#[test]
fn aliases_are_symmetric_and_transitive() {
    let alias = |id: &str, alias: &str| {
        let more = format!(r#""aliases": ["{alias}"],"#);
        like(id, &format!(r#""versions": ["{}"]"#, id.len()), &more)
    };
    let events = group(vec![
        alias("A", "C-9"),
        alias("BB", "C-9"),
        alias("CCC", "BB"),
        alias("DDDD", "C-8"),
    ]);
    let ids: Vec<Vec<_>> = events
        .iter()
        .map(|e| e.members().iter().map(|m| m.advisory.id.as_str()).collect())
        .collect();
    assert_eq!(ids, [vec!["A", "BB", "CCC"], vec!["DDDD"]]);
    assert_eq!(events[0].id(), "A");
}

#[test]
fn the_later_copy_of_a_record_counts() {
    let copy = |modified: &str, version: &str| {
        parsed(&format!(
            r#"{{"id": "A", "modified": "{modified}", "affected": [{{"package": {{"ecosystem": "PyPI", "name": "x"}},
                "versions": ["{version}"]}}]}}"#
        ))
    };
    let (old, new) = (
        copy("2026-03-24T00:00:00.5Z", "1"),
        copy("2026-03-24T00:00:00.75Z", "2"),
    );
    for records in [vec![old.clone(), new.clone()], vec![new.clone(), old]] {
        assert_eq!(group(records)[0].members()[0].advisory, new);
    }
}

#[test]
fn shapes_of_the_schema() {
    let said = |ecosystem: &str, text: &str, version: &str| {
        let record = about("A", ecosystem, "x", text, "");
        judge(&package(ecosystem, "x", version), &record).unwrap()
    };
    let semver = r#""ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]}]"#;
    for ecosystem in ["npm", "crates.io", "Go"] {
        assert!(matches!(
            said(ecosystem, semver, "1.2.3-rc.1"),
            Verdict::Affected(Grounds::InRange { .. })
        ));
        assert_eq!(said(ecosystem, semver, "1.2.3"), Verdict::NotAffected);
    }
    assert!(matches!(
        said("Go", semver, "v0.0.0-20240101000000-abcdefabcdef"),
        Verdict::Affected(_)
    ));
    assert_eq!(said("Go", semver, "v2.0.0+incompatible"), Verdict::NotAffected);
    let deb =
        r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0-1+deb12u1"}]}]"#;
    assert!(matches!(
        said("Debian:12", deb, "1.0-1~bpo1"),
        Verdict::Affected(_)
    ));
    assert_eq!(said("Debian:12", deb, "1:0.1"), Verdict::NotAffected);
    // What is not known here.
    assert_eq!(
        said("Maven", deb, "1.0"),
        Verdict::Unknown(Doubt::NoOrdering("Maven".into()))
    );
    assert!(matches!(
        said("Maven", r#""versions": ["1.0"]"#, "1.0"),
        Verdict::Affected(Grounds::Listed { .. })
    ));
    assert_eq!(
        said("Maven", r#""versions": ["1.0"]"#, "1.0.0"),
        Verdict::Unknown(Doubt::NoOrdering("Maven".into()))
    );
    let git = r#""ranges": [{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}]"#;
    assert_eq!(said("PyPI", git, "1.0"), Verdict::Unknown(Doubt::CommitsOnly));
    assert_eq!(
        said("PyPI", &format!(r#""versions": ["2.0"], {git}"#), "1.0"),
        Verdict::NotAffected
    );
    assert_eq!(
        said("PyPI", r#""versions": []"#, "1.0"),
        Verdict::Unknown(Doubt::NoVersions)
    );
    let bound = r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "x y"}]}]"#;
    assert_eq!(
        said("PyPI", bound, "1.0"),
        Verdict::Unknown(Doubt::BoundNotParsed("x y".into()))
    );
    let endless = r#""ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "1"}]}]"#;
    assert!(matches!(
        said("PyPI", endless, "1.0"),
        Verdict::Unknown(Doubt::RangeMalformed(_))
    ));
    // Spelt otherwise.
    assert!(matches!(
        said("PyPI", r#""versions": ["1.0"]"#, "1.0.0"),
        Verdict::Affected(_)
    ));
}

#[test]
fn several_entries_of_one_package_and_releases_of_a_distribution() {
    let entry = |release: &str, fixed: &str| {
        format!(
            r#"{{"package": {{"ecosystem": "Debian:{release}", "name": "openssl"}}, "ranges": [{{"type": "ECOSYSTEM",
                "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}"#
        )
    };
    let record = parsed(&format!(
        r#"{{"id": "DSA-1", "modified": "2026-01-01T00:00:00Z", "affected": [{}, {}]}}"#,
        entry("11", "1.1.1-5"),
        entry("12", "3.0.11-2")
    ));
    let of = |ecosystem: &str, version: &str| judge(&package(ecosystem, "openssl", version), &record);
    assert_eq!(of("Debian:11", "1.1.1-5"), Some(Verdict::NotAffected));
    assert!(matches!(
        of("Debian:12", "3.0.11-1"),
        Some(Verdict::Affected(Grounds::InRange {
            affected: 1,
            range: 0
        }))
    ));
    assert_eq!(of("Debian:13", "1.0"), None);
    assert_eq!(
        of("Debian", "1.1.1-5"),
        Some(Verdict::Unknown(Doubt::ReleaseNotKnown))
    );
    assert_eq!(of("Debian", "3.0.11-2"), Some(Verdict::NotAffected));
}

#[test]
fn a_version_that_is_not_known() {
    let unknown = Package::new(Ecosystem::PyPi, "litellm", Version::Unknown("any version".into())).unwrap();
    let verdict = judge(&unknown, &record("MAL-2026-2144"));
    assert_eq!(
        verdict,
        Some(Verdict::Unknown(Doubt::VersionNotKnown("any version".into())))
    );
    // A package that was malicious from its first version on.
    let all = r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]"#;
    assert!(matches!(
        judge(&unknown, &like("MAL-1", all, "")),
        Some(Verdict::Affected(_))
    ));
}

#[test]
fn withdrawn_records_concern_nobody() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "requirements.txt", "litellm==1.82.8\n");
    let inventory = scanned(folder.path());
    let withdrawn = like(
        "X",
        r#""versions": ["1.82.8"]"#,
        r#""withdrawn": "2026-03-25T00:00:00Z", "aliases": ["Y"],"#,
    );
    let stands = like("Y", r#""versions": ["1.0"]"#, "");
    assert_eq!(
        outcome(&inventory, &group(vec![withdrawn.clone()])[0]),
        "withdrawn"
    );
    assert_eq!(
        outcome(&inventory, &group(vec![withdrawn, stands])[0]),
        "not affected"
    );
}

fn with_hash(hash: &str) -> Event {
    let text = format!(
        r#"{{"id": "X", "modified": "2026-01-01T00:00:00Z", "database_specific": {{"iocs": {{"files": ["{hash}"]}}}}}}"#
    );
    group(vec![parsed(&text)]).remove(0)
}

#[test]
fn files_are_found_by_hash() {
    let folder = tempfile::tempdir().unwrap();
    let pth = "import os\n";
    write(folder.path(), "site-packages/other.pth", pth);
    let wheel = "d2a0d5f564628773b6af7b9c11f6b86531a875bd2d186d7081ab62748a800ebb";
    write(
        folder.path(),
        "requirements.txt",
        &format!("renamed --hash=sha256:{wheel}\n"),
    );
    let inventory = scanned(folder.path());
    let hash = cofferdam_inventory::Sha256::of(pth.as_bytes()).to_string();
    for hash in [hash.as_str(), wheel] {
        let event = with_hash(hash);
        let assessment = assess(&inventory, &event);
        let Outcome::Affected { hits, .. } = assessment.outcome else {
            panic!("{assessment:?}")
        };
        assert_eq!(hits.len(), 1);
        assert!(matches!(hits[0].grounds, Grounds::Hash(found) if found.to_string() == hash));
    }
    assert_eq!(outcome(&inventory, &with_hash(&"0".repeat(64))), "not affected");
}
