//! What a component ran over time: by the facts of March 2026, and against a plain definition.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_inventory::advisory::{Advisory, Event, group};
use cofferdam_inventory::history::{Known, Span, Why};
use cofferdam_inventory::inventory::{Item, RootKind, ScannedRoot, SourceKind};
use cofferdam_inventory::package::Version;
use cofferdam_inventory::{
    Ecosystem, Evidence, Gap, History, Inventory, Package, Place, Reason, Report, Rules, Standing,
};
use cofferdam_model::window::exposed;
use cofferdam_model::{Timestamp, Window};
use proptest::prelude::*;

use crate::support::{RECORDS, install, litellm, record, scanned};

/// A component that has one package, in these versions, one of them installed or wanted.
fn inventory(versions: &[(&str, Standing)]) -> Inventory {
    let evidence = |standing| Evidence {
        standing,
        source: SourceKind::DistInfo,
        place: Place::default(),
        archives: Vec::new(),
        record: None,
    };
    let item = |(version, standing): &(&str, Standing)| {
        let version = match *version {
            "?" => Version::Unknown("no METADATA".to_owned()),
            version => Version::Known(version.to_owned()),
        };
        let package = Package::new(Ecosystem::PyPi, "litellm", version).unwrap();
        Item {
            package,
            evidence: vec![evidence(*standing)],
        }
    };
    let root = ScannedRoot {
        name: "machine".to_owned(),
        kind: RootKind::Folder,
    };
    Inventory {
        scanned_at: None,
        roots: vec![root],
        packages: versions.iter().map(item).collect(),
        startup: Vec::new(),
        sources: BTreeMap::from([(SourceKind::DistInfo, 1)]),
        gaps: Vec::new(),
    }
}

fn installed(version: &str) -> Inventory {
    inventory(&[(version, Standing::Installed)])
}

fn with_gap(mut inventory: Inventory) -> Inventory {
    inventory.gaps.push(Gap {
        place: Place::default(),
        reason: Reason::Denied,
        concerns: None,
    });
    inventory
}

fn t(clock: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("2026-03-24T{clock}:00Z")).unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window::new(t(from), Some(t(to))).unwrap()
}

fn report<'i>(clock: &str, inventory: &'i Inventory) -> Report<'i> {
    let scanned_at = t(clock);
    Report {
        scanned_at,
        received: scanned_at,
        inventory,
    }
}

fn rules() -> Rules {
    Rules {
        longest_silence: 6 * 3_600 * 1_000_000,
        roots: BTreeSet::new(),
    }
}

/// What came in after some time is not dated before it by a slow clock.
#[test]
fn what_a_slow_clock_saw_counts_when_it_came_in_too() {
    let (clean, bad) = (installed("1.82.6"), installed("1.82.8"));
    let late = |inventory| Report {
        received: t("13:00"),
        ..report("10:00", inventory)
    };
    let found = history(&[report("12:00", &clean), late(&bad)]);
    let expected = [
        "ever 10:00 Unknown(NoScanYet)",
        "10:00 10:00 Ran",
        "10:00 13:00 MayHaveRun",
        "13:00 13:00 Ran",
        "13:00 open MayHaveRun",
    ];
    assert_eq!(told(&found), expected);
    assert!(found.seen_since(t("13:00")) && !found.seen_since(t("13:01")));
    // What was not there is believed to have been so when it says.
    let absent = history(&[report("09:00", &clean), late(&clean)]);
    assert_eq!(absent.possible(window("09:00", "10:00")), None);
    assert!(absent.possible(window("10:00", "10:30")).is_some() && !absent.seen_since(t("09:00")));
}

/// Spans as text, with the seconds left out; the instant of a scan is written as `=`.
fn told(history: &History) -> Vec<String> {
    let clock = |time: Timestamp| match time {
        time if time == Window::EVER.from() => "ever".to_owned(),
        time => time.rfc3339()[11..16].to_owned(),
    };
    let span = |span: &Span| {
        let to = span.during.to().map_or("open".to_owned(), clock);
        format!("{} {to} {:?}", clock(span.during.from()), span.known)
    };
    history.spans().iter().map(span).collect()
}

fn history(reports: &[Report<'_>]) -> History {
    History::of(reports, &litellm(), &rules())
}

#[test]
fn it_came_after_one_scan_and_went_before_another() {
    let (clean, bad, newer) = (installed("1.82.6"), installed("1.82.8"), installed("1.83.0"));
    let reports = [
        report("09:00", &clean),
        report("11:10", &bad),
        report("12:30", &bad),
        report("15:00", &newer),
    ];
    let history = history(&reports);
    let expected = [
        "ever 09:00 Unknown(NoScanYet)",
        "09:00 11:10 MayHaveRun",
        "11:10 12:30 Ran",
        "12:30 15:00 MayHaveRun",
        "15:00 open Unknown(NoScanSince)",
    ];
    assert_eq!(told(&history), expected);
    // By the project it could be had from 10:39 to 11:19, by the registry until 13:24 at the latest.
    assert_eq!(
        history.possible(window("10:39", "11:19")),
        Some(window("10:39", "11:19"))
    );
    assert_eq!(
        history.certain(window("10:39", "11:19")),
        Some(window("11:10", "11:19"))
    );
    assert_eq!(
        history.possible(window("13:11", "13:24")),
        Some(window("13:11", "13:24"))
    );
    assert_eq!(history.certain(window("13:11", "13:24")), None);
    let first = history.possible(window("08:00", "11:25")).unwrap().from();
    assert_eq!(first, t("08:00"), "before the first scan it is unknown");
    let first = history.possible(window("10:39", "16:00")).unwrap().from();
    assert_eq!(
        exposed(first, [Some(t("11:58"))], Some(t("16:00"))),
        window("10:39", "16:00")
    );
}

#[test]
fn one_that_was_clean_before_and_after_is_not_seen_and_no_more_than_that() {
    let clean = installed("1.82.6");
    let (before, after) = (report("09:00", &clean), report("14:00", &clean));
    let known = history(&[before, after]);
    assert_eq!(known.possible(window("10:39", "11:58")), None);
    // Until 16:00, nobody looked again.
    assert_eq!(
        known.possible(window("10:39", "16:00")),
        Some(window("14:00", "16:00"))
    );
    let whys = |reports: &[Report<'_>]| {
        let history = history(reports);
        let within: Vec<_> = history
            .within(window("10:39", "11:58"))
            .map(|span| span.known)
            .collect();
        assert_eq!(
            history.possible(window("10:39", "11:58")),
            Some(window("10:39", "11:58"))
        );
        within
    };
    let late = report("15:01", &clean);
    assert_eq!(whys(&[before, late]), [Known::Unknown(Why::Silence)]);
    assert_eq!(whys(&[before]), [Known::Unknown(Why::NoScanSince)]);
    assert_eq!(whys(&[after]), [Known::Unknown(Why::NoScanYet)]);
    assert_eq!(whys(&[]), [Known::Unknown(Why::NoScanYet)]);
    let blind = with_gap(installed("1.82.6"));
    assert_eq!(
        whys(&[before, report("14:00", &blind)]),
        [Known::Unknown(Why::Gaps)]
    );
    assert_eq!(
        whys(&[report("09:00", &blind), after]),
        [Known::Unknown(Why::Gaps)]
    );
    assert_eq!(
        whys(&[before, report("11:00", &blind), late]),
        [Known::Unknown(Why::Gaps)]
    );
    // A scan that could not see takes nothing from those that could.
    let between = history(&[before, report("11:00", &blind), after]);
    assert_eq!(between, known);
}

#[test]
fn what_is_wanted_or_cannot_be_judged_may_have_run() {
    let clean = installed("1.82.6");
    for doubted in [inventory(&[("1.82.8", Standing::Locked)]), installed("?")] {
        let history = history(&[
            report("09:00", &clean),
            report("11:00", &doubted),
            report("12:00", &clean),
        ]);
        let expected = [
            "ever 09:00 Unknown(NoScanYet)",
            "09:00 12:00 MayHaveRun",
            "12:00 open Unknown(NoScanSince)",
        ];
        assert_eq!(told(&history), expected);
        assert_eq!(history.certain(Window::EVER), None);
    }
}

#[test]
fn found_once_it_ran_then_and_may_have_around_it() {
    let (clean, bad) = (installed("1.82.6"), installed("1.82.7"));
    let once = history(&[
        report("09:00", &clean),
        report("11:00", &bad),
        report("12:00", &clean),
    ]);
    let instant = Window::new(
        t("11:00"),
        Some(Timestamp::from_micros(t("11:00").as_micros() + 1)),
    )
    .unwrap();
    assert_eq!(once.certain(Window::EVER), Some(instant));
    assert_eq!(once.possible(Window::EVER), Some(Window::EVER));
    assert_eq!(
        once.spans().last().unwrap().known,
        Known::Unknown(Why::NoScanSince)
    );
    let still = history(&[report("11:00", &bad)]);
    assert_eq!(still.spans().last().unwrap().known, Known::MayHaveRun);
}

#[test]
fn a_clock_that_runs_ahead_is_held_to_the_receipt() {
    let clean = installed("1.82.6");
    let ahead = Report {
        scanned_at: t("14:00"),
        received: t("11:00"),
        inventory: &clean,
    };
    let history = history(&[report("09:00", &clean), ahead]);
    assert_eq!(
        history.possible(window("09:30", "16:00")),
        Some(window("11:00", "16:00"))
    );
}

#[test]
fn a_scan_of_a_part_does_not_clear_the_whole() {
    let (bad, clean) = (installed("1.82.8"), installed("1.82.6"));
    let mut part = clean.clone();
    part.roots[0].name = "another".to_owned();
    let rules = Rules {
        roots: BTreeSet::from(["machine".to_owned()]),
        ..rules()
    };
    let of = |last: &Inventory| {
        let reports = [
            report("09:00", &bad),
            report("10:00", last),
            report("12:00", last),
        ];
        History::of(&reports, &litellm(), &rules).possible(window("10:39", "11:19"))
    };
    assert_eq!(of(&clean), None);
    assert_eq!(of(&part), Some(window("10:39", "11:19")));
}

#[test]
fn a_scan_that_read_nothing_of_the_kind_is_as_none() {
    let clean = installed("1.82.6");
    let mut nothing = inventory(&[]);
    nothing.sources.clear();
    let reports = [
        report("09:00", &clean),
        report("10:00", &nothing),
        report("12:00", &clean),
    ];
    assert_eq!(history(&reports), history(&[reports[0], reports[2]]));
    let alone = history(&reports[1..2]);
    assert_eq!(told(&alone), ["ever open Unknown(Gaps)"]);
}

#[test]
fn an_event_whose_records_were_all_withdrawn_says_nothing() {
    let text = r#"{"id": "R", "modified": "2026-03-25T00:00:00Z", "withdrawn": "2026-03-26T00:00:00Z", "affected": [
        {"package": {"ecosystem": "PyPI", "name": "litellm"}, "versions": ["1.82.8"]}]}"#;
    let event = group(vec![Advisory::parse(text, "test").unwrap()]).remove(0);
    let (clean, bad) = (installed("1.82.6"), installed("1.82.8"));
    let history = History::of(
        &[report("09:00", &clean), report("10:00", &bad)],
        &event,
        &rules(),
    );
    assert_eq!(told(&history), ["ever open Unknown(Withdrawn)"]);
}

#[test]
fn each_record_alone_and_all_together_tell_the_same_of_real_scans() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site-packages");
    install(&site, "litellm", "1.82.6", &[]);
    let clean = scanned(folder.path());
    std::fs::remove_dir_all(&site).unwrap();
    install(&site, "litellm", "1.82.8", &[("litellm_init.pth", "import os\n")]);
    let bad = scanned(folder.path());
    let reports = [
        report("09:00", &clean),
        report("11:58", &bad),
        report("13:24", &bad),
    ];
    let together = history(&reports);
    assert_eq!(together.certain(Window::EVER).unwrap().from(), t("11:58"));
    for id in RECORDS {
        let alone = group(vec![record(id)]);
        assert_eq!(History::of(&reports, &alone[0], &rules()), together, "{id}");
    }
}

// Any reports, at small times.

const HORIZON: i64 = 40;

/// What a scan is made to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Found,
    Doubted,
    Absent,
}

#[derive(Debug, Clone, Copy)]
struct Scan {
    made: Made,
    gap: bool,
    scanned_at: i64,
    received: i64,
}

impl Scan {
    fn at(&self) -> i64 {
        self.scanned_at.min(self.received)
    }

    fn is_blind(&self) -> bool {
        self.made == Made::Absent && self.gap
    }

    fn inventory(&self) -> Inventory {
        let inventory = match self.made {
            Made::Found => installed("1.82.8"),
            Made::Doubted => installed("?"),
            Made::Absent => installed("1.82.6"),
        };
        if self.gap { with_gap(inventory) } else { inventory }
    }
}

fn event() -> Event {
    let text = r#"{"id": "R", "modified": "2026-03-25T00:00:00Z", "affected": [
        {"package": {"ecosystem": "PyPI", "name": "litellm"}, "versions": ["1.82.8"]}]}"#;
    group(vec![Advisory::parse(text, "test").unwrap()]).remove(0)
}

/// What is known at each instant from one before the first possible scan.
fn known(scans: &[Scan], longest_silence: i64) -> Vec<Known> {
    let inventories: Vec<_> = scans.iter().map(Scan::inventory).collect();
    let micros = Timestamp::from_micros;
    let reports: Vec<_> = scans
        .iter()
        .zip(&inventories)
        .map(|(scan, inventory)| Report {
            scanned_at: micros(scan.scanned_at),
            received: micros(scan.received),
            inventory,
        })
        .collect();
    let history = History::of(
        &reports,
        &event(),
        &Rules {
            longest_silence,
            roots: BTreeSet::new(),
        },
    );
    // The spans cover all of time, in order, without overlap.
    let spans = history.spans();
    assert_eq!(spans[0].during.from(), Window::EVER.from());
    assert_eq!(spans[spans.len() - 1].during.to(), None);
    for pair in spans.windows(2) {
        assert_eq!(pair[0].during.to(), Some(pair[1].during.from()));
        assert_ne!(pair[0].known, pair[1].known);
    }
    let at = |t| {
        spans
            .iter()
            .find(|span| span.during.contains(micros(t)))
            .unwrap()
            .known
    };
    (-1..HORIZON).map(at).collect()
}

/// The same of one instant, from the words alone.
fn oracle(scans: &[Scan], longest_silence: i64, t: i64) -> Known {
    let saw = |scan: &&Scan| !scan.is_blind();
    // What it saw it saw when it says, and when that came in.
    let came = |scan: &Scan| Some(scan.received).filter(|_| scan.made != Made::Absent);
    let times = |scan: &Scan| std::iter::once(Scan::at(scan)).chain(came(scan));
    let last = scans
        .iter()
        .filter(saw)
        .flat_map(times)
        .filter(|at| *at <= t)
        .max();
    let next = scans
        .iter()
        .filter(saw)
        .flat_map(times)
        .filter(|at| *at > t)
        .min();
    let any = |at: i64, made: Made| {
        let same = |scan: &Scan| scan.made == made && times(scan).any(|time| time == at);
        scans.iter().any(same)
    };
    let suspect = |at: i64| any(at, Made::Found) || any(at, Made::Doubted);
    let blind = scans.iter().filter(|scan| !saw(scan)).map(Scan::at);
    let blind = blind
        .filter(|at| last.is_none_or(|last| last < *at) && next.is_none_or(|next| *at < next))
        .count();
    let unknown = |why| Known::Unknown(if blind > 0 { Why::Gaps } else { why });
    match (last, next) {
        (Some(last), _) if last == t && any(last, Made::Found) => Known::Ran,
        (None, _) => unknown(Why::NoScanYet),
        (Some(last), None) if suspect(last) => Known::MayHaveRun,
        (Some(_), None) => unknown(Why::NoScanSince),
        (Some(last), Some(next)) => match (suspect(last) || suspect(next), next - last <= longest_silence) {
            (true, true) if any(last, Made::Found) && any(next, Made::Found) => Known::Ran,
            (true, _) => Known::MayHaveRun,
            (false, true) => Known::NotSeen,
            (false, false) => unknown(Why::Silence),
        },
    }
}

fn scans() -> impl Strategy<Value = Vec<Scan>> {
    let made = prop_oneof![
        Just(Made::Found),
        Just(Made::Doubted),
        Just(Made::Absent),
        Just(Made::Absent)
    ];
    let gap = proptest::bool::weighted(0.25);
    let scan = (made, gap, 0..30_i64, 0..30_i64).prop_map(|(made, gap, scanned_at, received)| Scan {
        made,
        gap,
        scanned_at,
        received,
    });
    proptest::collection::vec(scan, 0..6)
}

proptest! {
    #[test]
    fn it_is_what_both_ends_allow(scans in scans(), silence in 0..20_i64) {
        let expected: Vec<_> = (-1..HORIZON).map(|t| oracle(&scans, silence, t)).collect();
        prop_assert_eq!(known(&scans, silence), expected);
    }

    #[test]
    fn less_knowledge_clears_nothing(
        scans in scans(),
        silence in 0..20_i64,
        which in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!scans.is_empty());
        let which = which.index(scans.len());
        let mut gappy = scans.clone();
        gappy[which].gap = true;
        let mut others = vec![known(&gappy, silence), known(&scans, silence / 2)];
        // Without a report in which it was found, it was not found: that is no gap in knowledge.
        if scans[which].made == Made::Absent {
            let mut fewer = scans.clone();
            fewer.remove(which);
            others.push(known(&fewer, silence));
        }
        for (at, before) in known(&scans, silence).into_iter().enumerate() {
            for after in &others {
                prop_assert!(before == Known::NotSeen || after[at] != Known::NotSeen, "{before:?} became not seen");
            }
            // Nor does a gap take back what was found.
            prop_assert!(before != Known::Ran || others[0][at] == Known::Ran, "{before:?} became {:?}", others[0][at]);
        }
    }

    #[test]
    fn the_order_of_reports_does_not_matter(scans in scans(), silence in 0..20_i64) {
        let mut other = scans.clone();
        other.reverse();
        prop_assert_eq!(known(&other, silence), known(&scans, silence));
    }
}
