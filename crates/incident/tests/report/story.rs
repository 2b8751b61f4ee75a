//! The incident of March 2026 in small: a component that ran the bad release, one that ran the good one, and one that was never scanned.

use cofferdam_incident::report::{
    Advisory, Case, Credential, Derived, Elsewhere, Report, Scan, Subject, Sums, UNWITNESSED, WindowResult,
    sign, verify_report,
};
use cofferdam_inventory::Finding;
use cofferdam_ledger::note::SigningKey;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::exposure::Class;
use cofferdam_model::{
    Actor, Claim, DeliveryId, EngagementId, Fact, HaltId, HaltReason, IncidentId, LabId, ObjectRef,
    ProjectId, Purpose, Reach, Scope, StreamId, Timestamp, Window,
};

use crate::book::{Book, Who, id, object};

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("2026-03-{text}Z")).unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window::new(time(from), Some(time(to))).unwrap()
}

/// What the sources say.
pub(crate) fn claims() -> Vec<Claim> {
    [
        ("the maker's update", "24T10:39:00", "24T11:19:00"),
        ("a third party", "24T10:52:00", "24T11:25:00"),
        ("the index's post-mortem", "24T10:39:00", "24T13:24:00"),
    ]
    .map(|(source, from, to)| Claim {
        source: source.to_owned(),
        window: window(from, to),
    })
    .to_vec()
}

/// Three components in one lab, each with an engagement for the one project, and a steward. `n` sets the ids of this lab apart.
pub(crate) struct Lab {
    pub(crate) book: Book,
    pub(crate) bad: Who,
    pub(crate) good: Who,
    pub(crate) unseen: Who,
    pub(crate) scans: [Vec<u64>; 2],
    pub(crate) incident: IncidentId,
    pub(crate) ids: Vec<[u8; 16]>,
}

pub(crate) fn lab(n: u8) -> Lab {
    let who = |k: u8| Who {
        pseudonym: id(n + k),
        engagement: id(n + 10 + k),
        tag: id(n + 20 + k),
    };
    let everybody = [1, 2, 3, 4].map(who);
    let [bad, good, unseen, steward] = everybody;
    let project = id::<ProjectId>(n + 5);
    let mut book = Book::new(id::<LabId>(n), time("01T08:00:00"));
    let template = object(n + 30, 1);
    book.push(
        time("01T08:00:00"),
        Actor::Platform,
        Fact::ProjectOpened { project, template },
    );
    for component in [bad, good, unseen] {
        let from = time("01T09:00:00");
        book.grant(
            time("01T09:00:00"),
            component,
            Reach::Project(project),
            (from, None),
        );
    }
    book.grant(
        time("01T09:00:00"),
        steward,
        Reach::Lab,
        (time("01T09:00:00"), None),
    );
    let tasks: Vec<_> = (0..4).map(|k| object(n + 31 + k, 1)).collect();
    book.import(time("02T09:00:00"), steward.actor(), project, &tasks);
    let scans = day(n, &mut book, everybody, &tasks);
    let ids = (0..50).map(|k| [n + k; 16]).collect();
    Lab {
        book,
        bad,
        good,
        unseen,
        scans,
        incident: id(n + 43),
        ids,
    }
}

/// The day itself, and what came of it; the entries of the scans of the bad one and the good one.
fn day(n: u8, book: &mut Book, [bad, good, _, steward]: [Who; 4], tasks: &[ObjectRef]) -> [Vec<u64>; 2] {
    let project = id::<ProjectId>(n + 5);
    let mut scans = [Vec::new(), Vec::new()];
    let scan = |book: &mut Book, who: Who, t: &str, scans: &mut Vec<u64>| {
        let (engagement, document, scanned) = (who.engagement, [n; 32], time(t));
        let fact = Fact::InventoryReported {
            engagement,
            document,
            packages: 300,
            gaps: 0,
            scanned,
        };
        scans.push(book.push(time(t), who.actor(), fact));
    };
    scan(book, good, "24T06:00:00", &mut scans[1]);
    scan(book, bad, "24T06:00:00", &mut scans[0]);
    // Read by the bad one before it was bad.
    book.push(
        time("24T07:00:00"),
        bad.actor(),
        Fact::ObjectsReleased {
            project,
            objects: vec![tasks[0]],
        },
    );
    scan(book, bad, "24T11:00:00", &mut scans[0]);
    // A stream that broke off: all that it intended counts.
    let set = book.set(&tasks[1..3]);
    let (stream, purpose) = (id::<StreamId>(n + 40), Purpose::Export);
    book.push(
        time("24T11:05:00"),
        bad.actor(),
        Fact::ReadIntended {
            stream,
            project,
            purpose,
            set,
        },
    );
    let completed = Fact::ReadCompleted {
        stream,
        objects: 1,
        bytes: 10,
        end: StreamEnd::Halted,
    };
    book.push(time("24T11:06:00"), bad.actor(), completed);
    let delivery = id::<DeliveryId>(n + 41);
    let made = Fact::DeliveryMade {
        delivery,
        project,
        format: "jsonl".to_owned(),
        rows: 2,
        file: [n; 32],
        manifest: [n; 32],
    };
    book.push(time("24T11:10:00"), bad.actor(), made);
    scan(book, good, "24T14:00:00", &mut scans[1]);
    scan(book, bad, "24T14:00:00", &mut scans[0]);
    let halted = Fact::Halted {
        halt: id::<HaltId>(n + 42),
        scope: Scope::Engagement(bad.engagement),
        reason: HaltReason::Incident,
        until: None,
    };
    book.push(time("24T15:00:00"), Actor::Platform, halted);
    concerns(n, book, [bad, good]);
    book.push(
        time("31T09:00:00"),
        steward.actor(),
        Fact::DeliveryAccepted { delivery },
    );
    scans
}

/// What the lab was told of the incident.
fn concerns(n: u8, book: &mut Book, subjects: [Who; 2]) {
    let incident = id::<IncidentId>(n + 43);
    book.push(
        time("24T15:30:00"),
        Actor::Platform,
        Fact::IncidentOpened { incident, why: None },
    );
    for Who {
        pseudonym: subject, ..
    } in subjects
    {
        let subject = Some(subject);
        let fact = Fact::IncidentConcerns { incident, subject };
        book.push(time("24T15:30:00"), Actor::Platform, fact);
    }
}

pub(crate) fn case(lab: &Lab) -> Case {
    let component = |who: Who, found: &[(u64, Finding)]| Subject::Component {
        pseudonym: who.pseudonym,
        scans: found
            .iter()
            .map(|&(entry, finding)| Scan { entry, finding })
            .collect(),
        longest_silence: 86_400_000_000,
        credentials: vec![Credential {
            tags: vec![who.tag],
            revoked: Some(time("24T16:00:00")),
        }],
        others_revoked: Some(time("25T12:00:00")),
        rebuilt: Some(time("25T12:00:00")),
        elsewhere: Elsewhere::Nothing,
    };
    let [bad, good] = &lab.scans;
    Case {
        incident: lab.incident,
        advisories: vec![Advisory {
            id: "MAL-2026-2144".to_owned(),
            sha256: [9; 32],
        }],
        availability: claims(),
        chosen: Some(window("24T10:39:00", "24T16:00:00")),
        subjects: vec![
            component(
                lab.bad,
                &[
                    (bad[0], Finding::Absent),
                    (bad[1], Finding::Found),
                    (bad[2], Finding::Found),
                ],
            ),
            component(
                lab.good,
                &[(good[0], Finding::Absent), (good[1], Finding::Absent)],
            ),
            component(lab.unseen, &[]),
            Subject::Person {
                pseudonym: lab.good.pseudonym,
            },
            Subject::Credential {
                pseudonym: lab.bad.pseudonym,
                tags: vec![lab.bad.tag],
            },
        ],
    }
}

pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(name, &[3; 32]).unwrap()
}

pub(crate) fn report(lab: &Lab) -> Report {
    lab.book
        .report(&case(lab), time("31T12:00:00"), &key("lab.example"))
}

fn counts(sums: &Sums) -> Vec<(Class, u64)> {
    let c = &sums.classes;
    let all = [
        c.altered,
        c.touched,
        c.leased,
        c.held,
        c.unknown,
        c.reachable,
        c.untouched,
    ];
    let counted = Class::ALL.into_iter().zip(all.map(|count| count.objects));
    counted.filter(|(_, n)| *n > 0).collect()
}

fn known(found: &WindowResult) -> Vec<&str> {
    found.ran.iter().map(|seen| seen.known.as_str()).collect()
}

#[test]
fn three_components_each_with_its_own_answer() {
    let lab = lab(100);
    let report = report(&lab);
    assert_eq!(report.witness, UNWITNESSED);
    let [bad, good, unseen, person, credential] = report.results.as_slice() else {
        panic!("five subjects")
    };
    let bad = bad.windows.widest.as_ref().unwrap();
    assert_eq!(known(bad), ["may-have-run", "ran"]);
    // From the first source's beginning until the host was rebuilt.
    assert_eq!(bad.exposed, Some(window("24T10:39:00", "25T12:00:00")));
    // Two by the stream, one before; the template and the fourth task were in reach.
    assert_eq!(
        counts(&bad.totals),
        [(Class::Touched, 2), (Class::Held, 1), (Class::Reachable, 2)]
    );
    assert_eq!(bad.deliveries.len(), 1);
    assert!(bad.deliveries[0].made_by_subject && !bad.deliveries[0].accepted);

    let good = good.windows.widest.as_ref().unwrap();
    assert_eq!(known(good), ["not-seen"]);
    assert_eq!((good.exposed, counts(&good.totals)), (None, Vec::new()));

    let unseen = unseen.windows.widest.as_ref().unwrap();
    assert_eq!(known(unseen), ["unknown"]);
    assert_eq!(unseen.ran[0].why.as_deref(), Some("no-scan-yet"));
    assert_eq!(counts(&unseen.totals), [(Class::Unknown, 5)]);

    let person = person.windows.narrowest.as_ref().unwrap();
    assert_eq!(person.exposed, Some(window("24T10:52:00", "24T11:19:00")));
    assert_eq!(counts(&person.totals), [(Class::Reachable, 5)]);
    let credential = credential.windows.narrowest.as_ref().unwrap();
    assert_eq!(
        counts(&credential.totals),
        [(Class::Touched, 2), (Class::Held, 1), (Class::Reachable, 2)]
    );
}

/// A stream that was open before the window and after it was read all the while.
#[test]
fn a_stream_through_the_whole_window_was_read_in_it() {
    let mut lab = lab(100);
    let project = id::<ProjectId>(105);
    let (stream, purpose) = (id::<StreamId>(170), Purpose::Export);
    let last = object(134, 1);
    let set = lab.book.set(&[last]);
    let by = lab.bad.actor();
    lab.book.push(
        time("31T09:00:00"),
        by,
        Fact::ReadIntended {
            stream,
            project,
            purpose,
            set,
        },
    );
    let completed = Fact::ReadCompleted {
        stream,
        objects: 1,
        bytes: 10,
        end: StreamEnd::Left,
    };
    lab.book.push(time("31T11:00:00"), by, completed);
    let mut case = case(&lab);
    case.chosen = Some(window("31T10:00:00", "31T10:30:00"));
    let entries = lab.book.entries.iter().cloned().map(Ok::<_, String>);
    let lists = |set: &cofferdam_model::ObjectSet| lab.book.lists.get(&set.sha256).cloned();
    let derived = cofferdam_incident::report::derive(&case, time("31T12:00:00"), entries, lists).unwrap();
    let chosen = derived.results[4].windows.chosen.as_ref().unwrap();
    let found = chosen
        .objects
        .iter()
        .find(|found| found.object == last.object)
        .unwrap();
    assert_eq!(found.class, Class::Touched);
    assert!(found.facts.contains(&Class::Held) && !found.facts.contains(&Class::Unknown));
}

#[test]
fn one_date_of_one_scan_changes_the_answer() {
    let mut lab = lab(100);
    let before = report(&lab).results[1].windows.widest.as_ref().unwrap().exposed;
    // The second scan of the good one a week later: too long a silence.
    let n = lab.scans[1][1];
    let entry = lab.book.entries.remove(n as usize);
    for later in &mut lab.book.entries[n as usize..] {
        later.n -= 1;
    }
    let Fact::InventoryReported {
        engagement,
        document,
        packages,
        gaps,
        ..
    } = entry.fact
    else {
        panic!("an inventory")
    };
    let scanned = time("31T10:00:00");
    let fact = Fact::InventoryReported {
        engagement,
        document,
        packages,
        gaps,
        scanned,
    };
    lab.scans[1][1] = lab.book.push(scanned, entry.by, fact);
    lab.scans[0][2] -= 1;
    let after = report(&lab);
    let after = after.results[1].windows.widest.as_ref().unwrap();
    assert_eq!(before, None);
    assert_eq!(after.exposed, Some(window("24T10:39:00", "25T12:00:00")));
    assert_eq!(counts(&after.totals), [(Class::Unknown, 5)]);
}

#[test]
fn it_is_verified_against_the_export_then_and_later() {
    let mut lab = lab(100);
    let key = key("lab.example");
    let file = sign(report(&lab), &key).unwrap().to_bytes().unwrap();
    let folder = tempfile::tempdir().unwrap();
    lab.book.export(&folder.path().join("then"), &key);
    let verdict = verify_report(&file, &folder.path().join("then"), Some(key.verifying_key()));
    assert_eq!(verdict.wrong, None);
    assert!(verdict.values > 400, "{}", verdict.values);
    lab.book.push(
        time("31T13:00:00"),
        Actor::Platform,
        Fact::EngagementEnded {
            engagement: lab.bad.engagement,
        },
    );
    lab.book.export(&folder.path().join("later"), &key);
    let later = verify_report(&file, &folder.path().join("later"), None);
    assert_eq!(later.wrong, None);
    assert_eq!(later.ledger.entries, verdict.ledger.entries + 1);
}

#[test]
fn a_case_says_of_every_scan_what_it_found() {
    let lab = lab(100);
    let derive = |change: fn(&mut Vec<Scan>)| {
        let mut case = case(&lab);
        let Subject::Component { scans, .. } = &mut case.subjects[0] else {
            panic!("a component")
        };
        change(scans);
        let entries = lab.book.entries.iter().cloned().map(Ok::<_, String>);
        let lists = |set: &cofferdam_model::ObjectSet| lab.book.lists.get(&set.sha256).cloned();
        cofferdam_incident::report::derive(&case, time("31T12:00:00"), entries, lists)
            .unwrap_err()
            .to_string()
    };
    let missing = derive(|scans| {
        scans.remove(1);
    });
    assert!(
        missing.starts_with("case/subjects/0/scans: it does not say what"),
        "{missing}"
    );
    let foreign = derive(|scans| scans[0].entry = 0);
    assert_eq!(
        foreign,
        "case/subjects/0/scans/0: it names an entry that is no inventory of this subject"
    );
    let twice = derive(|scans| scans[1] = scans[0]);
    assert_eq!(twice, "case/subjects/0/scans/1: it is there twice");
}

/// What a component was exposed to in the widest window, where its case is changed.
fn exposed_if(lab: &Lab, i: usize, change: impl Fn(&mut Subject)) -> Result<Option<Window>, String> {
    let mut case = case(lab);
    change(&mut case.subjects[i]);
    let derived = lab.book.derived(&case, time("31T12:00:00"));
    let widest = |derived: Derived| derived.results[i].windows.widest.as_ref().unwrap().exposed;
    derived.map(widest).map_err(|error| error.to_string())
}

fn rebuilt_at(t: &str) -> impl Fn(&mut Subject) + use<> {
    let t = time(t);
    move |subject| {
        if let Subject::Component { rebuilt, .. } = subject {
            *rebuilt = Some(t);
        }
    }
}

#[test]
fn a_host_on_which_it_was_found_again_was_not_rebuilt_of_it() {
    let lab = lab(100);
    let open = Some(Window::since(time("24T10:39:00")));
    // The scan of 14:00 found it.
    assert_eq!(exposed_if(&lab, 0, rebuilt_at("24T12:00:00")), Ok(open));
    assert_eq!(exposed_if(&lab, 0, rebuilt_at("24T14:00:00")), Ok(open));
    let closed = Some(window("24T10:39:00", "25T12:00:00"));
    assert_eq!(exposed_if(&lab, 0, rebuilt_at("24T14:00:01")), Ok(closed));
}

/// A later scan of a component, by its clock and when it was received.
fn scanned(lab: &mut Lab, i: usize, (at, received): (&str, &str), finding: Finding) -> Scan {
    let who = if i == 0 { lab.bad } else { lab.good };
    let fact = Fact::InventoryReported {
        engagement: who.engagement,
        document: [1; 32],
        packages: 300,
        gaps: 0,
        scanned: time(at),
    };
    let entry = lab.book.push(time(received), who.actor(), fact);
    Scan { entry, finding }
}

/// The same case, with more scans, a claim up to a time, and when it was rebuilt.
fn exposed_with(lab: &Lab, i: usize, more: &[Scan], until: Option<&str>, rebuilt: &str) -> Option<Window> {
    let mut case = case(lab);
    case.availability.truncate(1);
    case.availability[0].window = Window::new(time("24T10:39:00"), until.map(time)).unwrap();
    rebuilt_at(rebuilt)(&mut case.subjects[i]);
    if let Subject::Component { scans, .. } = &mut case.subjects[i] {
        scans.extend(more);
    }
    let derived = lab.book.derived(&case, time("31T12:00:00")).unwrap();
    derived.results[i].windows.widest.as_ref().unwrap().exposed
}

#[test]
fn a_rebuild_ends_nothing_while_the_thing_may_come_again() {
    let mut lab = lab(100);
    let (open, closed) = (
        Some(Window::since(time("24T10:39:00"))),
        Some(window("24T10:39:00", "25T12:00:00")),
    );
    let rebuilt = "25T12:00:00";
    assert_eq!(exposed_with(&lab, 0, &[], Some("25T12:00:00"), rebuilt), closed);
    assert_eq!(exposed_with(&lab, 0, &[], Some("25T12:00:01"), rebuilt), open);
    assert_eq!(exposed_with(&lab, 0, &[], None, rebuilt), open);
    // Never scanned, and open: it may have it again.
    assert_eq!(exposed_with(&lab, 2, &[], None, rebuilt), open);
    assert_eq!(exposed_with(&lab, 2, &[], Some("25T12:00:00"), rebuilt), closed);
    // Scans before and after it leave nothing possible up to the window's end.
    let before = scanned(&mut lab, 0, ("31T09:10:00", "31T09:10:00"), Finding::Absent);
    let after = scanned(&mut lab, 0, ("31T09:30:00", "31T09:30:00"), Finding::Absent);
    let clean = [before, after];
    let within = |rebuilt| exposed_with(&lab, 0, &clean, Some("31T09:25:00"), rebuilt);
    assert_eq!(within("31T09:20:00"), Some(window("24T10:39:00", "31T09:20:00")));
    // It may have had it until the first of them.
    assert_eq!(within("31T09:05:00"), open);
    let beyond = exposed_with(&lab, 0, &clean, Some("31T09:31:00"), "31T09:20:00");
    assert_eq!(beyond, open);
}

#[test]
fn what_is_seen_or_doubted_after_a_rebuild_undoes_it_whatever_the_clock_said() {
    for finding in [Finding::Found, Finding::Doubted, Finding::Blind] {
        let mut lab = lab(100);
        // Its clock is a week slow; the window is long over.
        let late = scanned(&mut lab, 0, ("24T12:00:00", "31T10:00:00"), finding);
        let of = |rebuilt| exposed_with(&lab, 0, &[late], Some("24T11:19:00"), rebuilt);
        let until = |to| Some(window("24T10:39:00", to));
        let open = Some(Window::since(time("24T10:39:00")));
        let undone = if finding == Finding::Blind {
            until("25T12:00:00")
        } else {
            open
        };
        assert_eq!(of("25T12:00:00"), undone, "{finding:?}");
        assert_eq!(of("31T10:00:01"), until("31T10:00:01"), "{finding:?}");
    }
    // What it was told of before its rebuild, and is seen after: also where it had been seen in no window.
    let mut lab = lab(100);
    let late = scanned(&mut lab, 1, ("24T15:00:00", "31T10:00:00"), Finding::Found);
    let since = Some(Window::since(time("24T14:00:00")));
    assert_eq!(
        exposed_with(&lab, 1, &[late], Some("24T11:19:00"), "25T12:00:00"),
        since
    );
}

#[test]
fn what_was_seen_elsewhere_leaves_nothing_clean() {
    let lab = lab(100);
    let elsewhere = |told: Elsewhere, silence: i64| {
        exposed_if(&lab, 1, move |subject| {
            if let Subject::Component {
                elsewhere,
                longest_silence,
                ..
            } = subject
            {
                *elsewhere = told;
                *longest_silence = silence;
            }
        })
    };
    assert_eq!(elsewhere(Elsewhere::Nothing, 86_400_000_000), Ok(None));
    let closed = Some(window("24T10:39:00", "25T12:00:00"));
    assert_eq!(elsewhere(Elsewhere::Seen, 0), Ok(closed));
    let open = Some(Window::since(time("24T10:39:00")));
    assert_eq!(elsewhere(Elsewhere::SinceRebuilt, 0), Ok(open));
    for told in [Elsewhere::Seen, Elsewhere::SinceRebuilt] {
        let error = elsewhere(told, 1).unwrap_err();
        assert!(error.starts_with("case/subjects/1/longest_silence: "), "{error}");
    }
    let error = exposed_if(&lab, 1, |subject| {
        if let Subject::Component {
            elsewhere,
            longest_silence,
            rebuilt,
            ..
        } = subject
        {
            (*elsewhere, *longest_silence, *rebuilt) = (Elsewhere::SinceRebuilt, 0, None);
        }
    });
    let error = error.unwrap_err();
    assert!(error.starts_with("case/subjects/1/elsewhere: "), "{error}");
}

#[test]
fn what_was_seen_after_the_window_began_after_it() {
    let mut lab = lab(100);
    assert_eq!(exposed_if(&lab, 1, |_| ()), Ok(None));
    let (engagement, scanned) = (lab.good.engagement, time("25T10:00:00"));
    let fact = Fact::InventoryReported {
        engagement,
        document: [1; 32],
        packages: 300,
        gaps: 0,
        scanned,
    };
    let later = lab.book.push(time("31T10:00:00"), lab.good.actor(), fact);
    let found = |finding| {
        exposed_if(&lab, 1, move |subject| {
            rebuilt_at("31T11:00:00")(subject);
            if let Subject::Component { scans, .. } = subject {
                scans.push(Scan {
                    entry: later,
                    finding,
                });
            }
        })
    };
    assert_eq!(found(Finding::Absent), Ok(None));
    // It came at some time after the last scan that did not have it.
    let since = Some(window("24T14:00:00", "31T11:00:00"));
    assert_eq!(found(Finding::Found), Ok(since));
    assert_eq!(found(Finding::Doubted), Ok(since));
}

#[test]
fn a_case_leaves_out_nobody_and_no_credential_that_the_ledger_knows() {
    let mut lab = lab(100);
    let mut less = case(&lab);
    // The good one is a component and a person: it is there as long as one of them is.
    less.subjects.remove(1);
    assert!(lab.book.derived(&less, time("31T12:00:00")).is_ok());
    less.subjects.remove(2);
    let error = lab
        .book
        .derived(&less, time("31T12:00:00"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("case/subjects: entry "), "{error}");
    assert!(error.contains(&lab.good.pseudonym.to_string()), "{error}");
    // Of an incident that the lab was never told of nothing is reported: else another's id would leave everybody out.
    let told = std::mem::replace(&mut less.incident, id(99));
    let error = lab.book.derived(&less, time("31T12:00:00")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "case/incident: the ledger tells of no such incident"
    );
    less.incident = told;

    let none = |subject: &mut Subject| {
        if let Subject::Component { credentials, .. } = subject {
            credentials.clear();
        }
    };
    let error = exposed_if(&lab, 0, none).unwrap_err();
    assert!(
        error.starts_with("case/subjects/0/credentials: it leaves out "),
        "{error}"
    );
    // One that did nothing yet; and then one for the new host.
    let issue = |book: &mut Book, t: &str, n: u8| {
        let (engagement, credential) = (lab.bad.engagement, id(n));
        let fact = Fact::HolderCredentialIssued {
            engagement,
            credential,
        };
        book.push(time(t), Actor::Platform, fact);
    };
    issue(&mut lab.book, "31T09:30:00", 201);
    assert!(exposed_if(&lab, 0, |_| ()).is_ok());
    let error = exposed_if(&lab, 0, rebuilt_at("24T12:00:00")).unwrap_err();
    assert!(
        error.starts_with("case/subjects/0/credentials: it leaves out "),
        "{error}"
    );
    let error = exposed_if(&lab, 0, rebuilt_at("31T09:30:01")).unwrap_err();
    assert!(
        error.starts_with("case/subjects/0/credentials: it leaves out "),
        "{error}"
    );
}

#[test]
fn credentials_without_a_name_here_hold_the_window_open_all_the_same() {
    let lab = lab(100);
    let others = |until: Option<Timestamp>| {
        exposed_if(&lab, 0, move |subject| {
            if let Subject::Component { others_revoked, .. } = subject {
                *others_revoked = until;
            }
        })
    };
    assert_eq!(others(None), Ok(Some(Window::since(time("24T10:39:00")))));
    let later = Some(time("26T13:00:00"));
    assert_eq!(others(later), Ok(Some(window("24T10:39:00", "26T13:00:00"))));
}

#[test]
fn what_cannot_be_read_is_named() {
    let lab = lab(100);
    let case = case(&lab);
    let entries = lab.book.entries.iter().cloned().enumerate();
    let entries = entries.map(|(n, entry)| {
        if n == 6 {
            Err("of an unknown kind")
        } else {
            Ok(entry)
        }
    });
    let lists = |set: &cofferdam_model::ObjectSet| lab.book.lists.get(&set.sha256).cloned();
    let at = time("31T12:00:00");
    let error = cofferdam_incident::report::derive(&case, at, entries, lists).unwrap_err();
    assert_eq!(error.to_string(), "entry 6 cannot be read: of an unknown kind");
    let entries = lab.book.entries.iter().cloned().map(Ok::<_, String>);
    let error = cofferdam_incident::report::derive(&case, at, entries, |_| None).unwrap_err();
    assert!(
        error.to_string().starts_with("entry 6: the list of objects "),
        "{error}"
    );
    assert!(error.to_string().ends_with(" is missing"), "{error}");
}

#[test]
fn a_report_to_one_lab_has_nothing_of_another() {
    let (a, b) = (lab(100), lab(180));
    let file = sign(report(&a), &key("lab.example")).unwrap().to_bytes().unwrap();
    let text = String::from_utf8(file).unwrap();
    for bytes in &b.ids {
        let raw = id::<LabId>(bytes[0]).to_string();
        let body = raw.split_once('_').unwrap().1;
        assert!(!text.contains(body), "{body}");
    }
    // The same search finds what is the lab's own.
    let own = |n: EngagementId| text.contains(n.to_string().split_once('_').unwrap().1);
    assert!(own(a.bad.engagement) && !own(b.bad.engagement));
}

#[test]
fn the_page_has_no_script_no_address_and_nothing_unescaped() {
    let lab = lab(100);
    let mut case = case(&lab);
    case.availability[0].source = "<img src=x>".to_owned();
    case.availability[1].source = "<script>alert('\"&')</script>".to_owned();
    case.advisories[0].id = "</table><a href=\"//x\">".to_owned();
    let key = key("lab.example");
    let report = lab.book.report(&case, time("31T12:00:00"), &key);
    let page = cofferdam_incident::report::html(&sign(report, &key).unwrap());
    for (foreign, escaped) in [
        (
            "<script",
            "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;",
        ),
        ("<img", "&lt;img src=x&gt;"),
        ("<a ", "&lt;/table&gt;&lt;a href=&quot;//x&quot;&gt;"),
    ] {
        assert!(!page.contains(foreign) && page.contains(escaped), "{foreign}");
    }
    for request in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        let page = page
            .replace("&lt;img src=x&gt;", "")
            .replace("&lt;a href=&quot;//x&quot;&gt;", "");
        assert!(!page.contains(request), "{request}");
    }
    assert!(!page.contains("No window is claimed yet"));
    // What is to be rotated is named.
    let Subject::Component { credentials, .. } = &mut case.subjects[0] else {
        panic!("{:?}", case.subjects[0])
    };
    credentials[0].revoked = None;
    let tag = credentials[0].tags[0].to_string();
    assert!(page.contains(&tag) && !page.contains("to be rotated"));
    case.availability.clear();
    let unclaimed = lab.book.report(&case, time("31T12:00:00"), &key);
    let unclaimed = cofferdam_incident::report::html(&sign(unclaimed, &key).unwrap());
    assert!(unclaimed.contains("not yet: to be rotated"));
    assert!(unclaimed.contains("No window is claimed yet") && unclaimed.contains("cofferdam incident claim"));
    assert!(page.contains("not seen") && page.contains("may have run") && page.contains("UNWITNESSED"));
}
