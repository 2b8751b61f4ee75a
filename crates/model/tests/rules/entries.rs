//! The grammar of the ledger is append-only: what was written once reads the same for ever.
//!
//! `testdata/entries.jsonl` holds one frozen entry per line, in the order of [`samples`]. Lines are only ever added.

use std::collections::BTreeSet;

use cofferdam_model::budget::Ceiling;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::timer::StopCause;
use cofferdam_model::wall::Terms;
use cofferdam_model::work::{ReturnCause, Verdict};
use cofferdam_model::*;
use serde_json::Value;

use crate::arbitrary::{at, id};

const FROZEN: &str = include_str!("../../testdata/entries.jsonl");

/// Names every alternative of an enum. A new one does not compile until it is listed here, and fails the test
/// until a frozen line shows it.
macro_rules! alternatives {
    ($name:ident, $all:ident, $type:ident: $($variant:ident)*) => {
        const fn $name(value: &$type) -> &'static str {
            match value { $($type::$variant { .. } => stringify!($variant),)* }
        }
        const $all: &[&str] = &[$(stringify!($variant)),*];
    };
}

alternatives!(fact_name, FACTS, Fact:
    LabOpened ProjectOpened ProjectClosed EpochsRotated EngagementGranted EngagementEnded BudgetSet Halted Resumed RecipientsSet
    OperatorGranted OperatorEnded CredentialIssued CredentialRevoked GuidelineSet TasksImported SubmissionReceived
    ReviewGiven TaskReleased ReviewReleased ObjectsReleased ReadIntended ReadCompleted TaskReturned TimerStarted
    TimerStopped DeliveryMade DeliveryAccepted DeliveryRowsReturned Refused HolderCredentialIssued
    SubmissionSentBack SubmissionLapsed PrincipalEnrolled ClockPutBack ClockCaughtUp InventoryReported
    InventoryKept AdvisoryTaken IncidentOpened IncidentConcerns IncidentSubjectAdded IncidentMoved ClaimTaken
    HostRebuilt IncidentDecided WallDeclared WallChanged WallLifted DataSeen WallStands WallGone
    AddressSet WebhookSet WebhookRemoved AnswerAmended ReviewWithdrawn QuestionAsked
    QuestionAnswered KeyholderSet);
alternatives!(actor_name, ACTORS, Actor: Engaged Operator Platform Stranger);
alternatives!(refusal_name, REFUSALS, Refusal:
    NotEngaged NotBegun Ended Halted NotInRole OutOfReach BudgetSpent BudgetTooSmall Walled);
alternatives!(scope_name, SCOPES, Scope: Installation Lab Project Engagement Person Component Credential);
alternatives!(reason_name, REASONS, HaltReason:
    Incident Component LabRequest Credential Budget Maintenance Drill);
alternatives!(role_name, ROLES, Role: Author Reviewer Lead Steward Integration);
alternatives!(purpose_name, PURPOSES, Purpose: Import Agreement Delivery Export);
alternatives!(reach_name, REACHES, Reach: Project Lab);
alternatives!(act_name, ACTS, Act:
    ReadGuideline ClaimTask ReadTask SaveDraft ReturnTask Submit ClaimReview Review TrackTime Import WriteGuideline
    Export MeasureAgreement BuildDelivery DecideDelivery SetRecipients ReadLedger Halt Resume ReportInventory
    DecideIncident SetWebhooks Administer Ask AnswerQuestion);
alternatives!(end_name, ENDS, StreamEnd: Finished Halted Left Failed);
alternatives!(cause_name, CAUSES, StopCause: Stopped HeartbeatsCeased Halted EngagementEnded Walled);
alternatives!(back_name, BACKS, ReturnCause: Skipped Expired);
alternatives!(verdict_name, VERDICTS, Verdict: Accept Return Reject);
alternatives!(state_name, STATES, IncidentState: Open Contained Assessed Closed);
alternatives!(subject_name, SUBJECTS, IncidentSubject: Component Person Credential Platform);
alternatives!(decision_name, DECISIONS, IncidentDecision: Continue Review Halt);
alternatives!(ceiling_name, CEILINGS, Ceiling: ObjectsPerHour ObjectsPerDay BytesPerHour BytesPerDay);

fn object(n: u8) -> ObjectRef {
    ObjectRef {
        bytes: 1_000 + u64::from(n),
        object: id(n),
        version: u32::from(n),
    }
}

fn set() -> ObjectSet {
    ObjectSet {
        bytes: 1 << 40,
        objects: 2_997,
        sha256: [0xA5; 32],
    }
}

fn engagement(role: Role, reach: Reach, purposes: &[Purpose], until: Option<Timestamp>) -> Fact {
    Fact::EngagementGranted {
        engagement: id(1),
        pseudonym: id(2),
        holder: HolderCommitment([0x0F; 32]),
        reach,
        role,
        purposes: purposes.to_vec(),
        from: at(10),
        until,
        budget: Budget::PERSON,
    }
}

fn of_authority() -> Vec<Fact> {
    let mut facts = vec![
        Fact::LabOpened { lab: id(1) },
        Fact::ProjectOpened {
            project: id(1),
            template: object(1),
        },
        Fact::ProjectClosed { project: id(1) },
        engagement(Role::Author, Reach::Project(id(1)), &[], None),
        engagement(Role::Reviewer, Reach::Project(id(1)), &[], Some(at(99))),
        engagement(Role::Lead, Reach::Project(id(1)), &[], None),
        engagement(Role::Steward, Reach::Lab, &[], None),
        engagement(
            Role::Integration,
            Reach::Project(id(1)),
            &[
                Purpose::Import,
                Purpose::Agreement,
                Purpose::Delivery,
                Purpose::Export,
            ],
            None,
        ),
        Fact::EngagementEnded { engagement: id(1) },
        Fact::BudgetSet {
            engagement: id(1),
            budget: Budget::JOB,
        },
        Fact::Resumed {
            halt: id(1),
            checked: BTreeSet::new(),
        },
        Fact::RecipientsSet {
            recipients: vec!["age1recipient".into()],
        },
        Fact::OperatorGranted { principal: id(1) },
        Fact::OperatorEnded { principal: id(1) },
        Fact::CredentialIssued {
            credential: id(1),
            row: [0x1E; 32],
        },
        Fact::CredentialRevoked { credential: id(1) },
    ];
    let scopes = [
        (Scope::Installation, HaltReason::Incident),
        (Scope::Lab(id(1)), HaltReason::LabRequest),
        (Scope::Project(id(1)), HaltReason::Maintenance),
        (Scope::Engagement(id(1)), HaltReason::Budget),
        (Scope::Person(id(1)), HaltReason::Drill),
        (Scope::Component(id(1)), HaltReason::Component),
        (Scope::Credential(id(1)), HaltReason::Credential),
    ];
    facts.extend(scopes.into_iter().map(|(scope, reason)| Fact::Halted {
        halt: id(1),
        scope,
        reason,
        until: (reason == HaltReason::Maintenance).then(|| at(50)),
    }));
    facts
}

fn of_data() -> Vec<Fact> {
    let review = |verdict, comment| Fact::ReviewGiven {
        review: id(1),
        submission: id(2),
        verdict,
        comment,
    };
    let intended = |purpose| Fact::ReadIntended {
        stream: id(1),
        project: id(2),
        purpose,
        set: set(),
    };
    let completed = |end| Fact::ReadCompleted {
        stream: id(1),
        objects: 12,
        bytes: u64::from(u32::MAX) + 1,
        end,
    };
    vec![
        Fact::GuidelineSet {
            project: id(1),
            guideline: object(2),
        },
        Fact::TasksImported {
            project: id(1),
            set: set(),
        },
        Fact::SubmissionReceived {
            submission: id(1),
            task: id(2),
            assignment: id(3),
            answer: object(3),
        },
        review(Verdict::Accept, None),
        review(Verdict::Return, Some(object(4))),
        review(Verdict::Reject, None),
        Fact::TaskReleased {
            task: id(1),
            assignment: id(2),
            objects: vec![object(1), object(2)],
        },
        Fact::ReviewReleased {
            review: id(1),
            submission: id(2),
            objects: vec![object(3)],
        },
        Fact::ObjectsReleased {
            project: id(1),
            objects: vec![],
        },
        intended(Purpose::Agreement),
        intended(Purpose::Export),
        completed(StreamEnd::Finished),
        completed(StreamEnd::Halted),
        completed(StreamEnd::Left),
        completed(StreamEnd::Failed),
    ]
}

fn of_work() -> Vec<Fact> {
    let returned = |cause| Fact::TaskReturned {
        task: id(1),
        assignment: id(2),
        cause,
    };
    vec![
        returned(ReturnCause::Skipped),
        returned(ReturnCause::Expired),
        Fact::TimerStarted { timer: id(1) },
        stopped(StopCause::Stopped),
        stopped(StopCause::HeartbeatsCeased),
        stopped(StopCause::Halted),
        stopped(StopCause::EngagementEnded),
        Fact::DeliveryMade {
            delivery: id(1),
            project: id(2),
            format: "openai-preference".into(),
            rows: 900,
            file: [0x11; 32],
            manifest: [0x22; 32],
        },
        Fact::DeliveryAccepted { delivery: id(1) },
        Fact::DeliveryRowsReturned {
            delivery: id(1),
            rows: 3,
        },
    ]
}

fn of_refusals() -> Vec<Fact> {
    let mut reasons = vec![
        Refusal::NotEngaged,
        Refusal::NotBegun,
        Refusal::Ended,
        Refusal::Halted {
            halt: Some(id(1)),
            reason: HaltReason::Incident,
            since: Some(at(40)),
        },
        Refusal::NotInRole,
        Refusal::OutOfReach,
    ];
    let ceilings = [
        Ceiling::ObjectsPerHour,
        Ceiling::ObjectsPerDay,
        Ceiling::BytesPerHour,
        Ceiling::BytesPerDay,
    ];
    reasons.extend(ceilings.map(|ceiling| Refusal::BudgetSpent { ceiling }));
    let refused = |(n, act): (usize, &Act)| Fact::Refused {
        act: *act,
        why: reasons[n % reasons.len()],
        project: (n % 2 == 0).then(|| id(1)),
    };
    // Those there were when these lines were frozen.
    Act::ALL.iter().take(19).enumerate().map(refused).collect()
}

fn of_incidents() -> Vec<Fact> {
    let mut facts = vec![
        Fact::IncidentOpened {
            incident: id(1),
            why: None,
        },
        Fact::IncidentConcerns {
            incident: id(1),
            subject: Some(id(2)),
        },
    ];
    let subjects = [
        IncidentSubject::Component(id(2)),
        IncidentSubject::Person(id(3)),
        IncidentSubject::Credential(id(4)),
        IncidentSubject::Platform,
    ];
    facts.extend(subjects.map(|subject| Fact::IncidentSubjectAdded {
        incident: id(1),
        subject,
    }));
    facts.extend(IncidentState::ALL.map(|state| Fact::IncidentMoved {
        incident: id(1),
        state,
        why: (state != IncidentState::Assessed).then_some([4; 32]),
    }));
    let windows = [Window::since(at(7)), Window::new(at(7), Some(at(8))).unwrap()];
    facts.extend(windows.map(|window| Fact::ClaimTaken {
        incident: id(1),
        source: [5; 32],
        window,
    }));
    facts.push(Fact::HostRebuilt {
        incident: id(1),
        component: id(2),
        at: at(9),
    });
    facts.extend(IncidentDecision::ALL.map(|decision| Fact::IncidentDecided {
        conditions: BTreeSet::new(),
        incident: id(1),
        decision,
    }));
    facts.push(Fact::Refused {
        act: Act::DecideIncident,
        why: Refusal::NotInRole,
        project: None,
    });
    facts
}

fn of_notices() -> Vec<Fact> {
    vec![
        Fact::AddressSet {
            principal: id(1),
            row: Some([6; 32]),
        },
        Fact::AddressSet {
            principal: id(1),
            row: None,
        },
        Fact::WebhookSet { webhook: id(1) },
        Fact::WebhookRemoved { webhook: id(1) },
        Fact::Refused {
            act: Act::SetWebhooks,
            why: Refusal::NotInRole,
            project: None,
        },
    ]
}

fn administering() -> Fact {
    Fact::Refused {
        act: Act::Administer,
        why: Refusal::NotInRole,
        project: None,
    }
}

fn resumed() -> Fact {
    Fact::Resumed {
        halt: id(1),
        checked: Checked::ALL.into(),
    }
}

/// A lab's ledger does not name a halt that may stand in another's too.
fn of_others_halts() -> Vec<Fact> {
    let why = Refusal::Halted {
        halt: Some(id(1)),
        reason: HaltReason::Credential,
        since: Some(at(9)),
    };
    vec![Fact::Refused {
        act: Act::ClaimTask,
        why: why.recorded(|_| false),
        project: None,
    }]
}

fn of_walls() -> Vec<Fact> {
    let days = CoolingOff::days(180).unwrap();
    let terms = |labs: &[u8]| Terms {
        cooling_off_days: days,
        members: labs.iter().map(|lab| (id(*lab), id(10 + lab))).collect(),
    };
    vec![
        Fact::WallDeclared {
            wall: id(1),
            terms: terms(&[1, 2]),
            name: [6; 32],
            why: [7; 32],
        },
        Fact::WallChanged {
            wall: id(1),
            terms: terms(&[1, 2, 3]),
            why: [8; 32],
        },
        Fact::WallLifted {
            wall: id(1),
            why: [9; 32],
        },
        Fact::DataSeen {
            principal: id(1),
            lab: id(2),
            counts_from: at(86_400),
        },
        Fact::WallStands {
            wall: id(1),
            cooling_off_days: days,
        },
        Fact::WallGone { wall: id(1) },
        Fact::Refused {
            act: Act::ClaimTask,
            why: Refusal::Walled { until: Some(at(9)) }.recorded(|_| false),
            project: None,
        },
        Fact::Refused {
            act: Act::ClaimTask,
            why: Refusal::Walled { until: Some(at(9)) },
            project: None,
        },
    ]
}

/// Everybody who can have done something, in turn.
fn actors() -> [Actor; 4] {
    [
        Actor::Platform,
        Actor::Engaged {
            engagement: id(1),
            pseudonym: id(2),
            credential: id(3),
        },
        Actor::Operator {
            principal: id(4),
            credential: id(5),
        },
        Actor::Stranger { credential: id(6) },
    ]
}

/// The frozen entries, in the order of the file. New ones go to the end: add another function to the chain.
fn of_the_platform() -> Fact {
    Fact::IncidentConcerns {
        incident: id(1),
        subject: None,
    }
}

fn with_conditions() -> Fact {
    Fact::IncidentDecided {
        incident: id(1),
        decision: IncidentDecision::Halt,
        conditions: [Checked::HostRebuilt, Checked::ReportRead].into(),
    }
}

fn stopped(cause: StopCause) -> Fact {
    Fact::TimerStopped {
        timer: id(1),
        from: at(10),
        to: at(130),
        cause,
    }
}

fn with_words() -> Fact {
    Fact::IncidentOpened {
        incident: id(1),
        why: Some([7; 32]),
    }
}

fn in_vain(act: Act) -> Fact {
    Fact::Refused {
        act,
        why: Refusal::NotInRole,
        project: Some(id(1)),
    }
}

fn asked(task: Option<TaskId>, broken: bool) -> Fact {
    Fact::QuestionAsked {
        remark: id(1),
        project: id(1),
        task,
        broken,
        words: object(1),
    }
}

fn later_still() -> Vec<Fact> {
    vec![
        of_the_platform(),
        with_conditions(),
        with_words(),
        stopped(StopCause::Walled),
        Fact::EpochsRotated { project: id(1) },
        Fact::AnswerAmended {
            review: id(1),
            submission: id(2),
            answer: object(1),
        },
        Fact::ReviewWithdrawn {
            review: id(1),
            submission: id(2),
        },
        asked(Some(id(3)), true),
        asked(None, false),
        Fact::QuestionAnswered {
            remark: id(2),
            question: id(1),
            project: id(1),
            words: object(2),
        },
        in_vain(Act::Ask),
        in_vain(Act::AnswerQuestion),
        Fact::KeyholderSet {
            authority: [0x33; 32],
            witness: "keyholder.lab.example+00000000+BA==".into(),
        },
    ]
}

fn samples() -> Vec<Entry> {
    let later = vec![
        Fact::HolderCredentialIssued {
            engagement: id(1),
            credential: id(2),
        },
        Fact::SubmissionSentBack {
            submission: id(1),
            delivery: id(2),
        },
        Fact::SubmissionLapsed { submission: id(1) },
        Fact::PrincipalEnrolled { principal: id(1) },
        Fact::Refused {
            act: Act::Export,
            why: Refusal::BudgetTooSmall {
                ceiling: Ceiling::BytesPerDay,
            },
            project: Some(id(1)),
        },
        Fact::ClockPutBack,
        Fact::ClockCaughtUp,
        Fact::InventoryReported {
            engagement: id(1),
            document: [2; 32],
            packages: 3,
            gaps: 4,
            scanned: at(5),
        },
        Fact::InventoryKept {
            component: id(1),
            inventory: id(2),
            sha256: [3; 32],
        },
        Fact::AdvisoryTaken {
            sha256: [1; 32],
            replaces: None,
        },
        Fact::AdvisoryTaken {
            sha256: [1; 32],
            replaces: Some([2; 32]),
        },
        Fact::Refused {
            act: Act::ReportInventory,
            why: Refusal::NotInRole,
            project: None,
        },
    ];
    let facts = [
        of_authority(),
        of_data(),
        of_work(),
        of_refusals(),
        later,
        of_incidents(),
        vec![resumed(), administering()],
        of_walls(),
        of_notices(),
        of_others_halts(),
        later_still(),
    ]
    .concat();
    let entry = |(n, fact): (usize, Fact)| Entry {
        by: actors()[n % 4],
        clock: (fact == Fact::ClockPutBack).then(|| at(n as i64 - 9)),
        fact,
        n: n as u64,
        t: at(n as i64),
        v: 1,
    };
    facts.into_iter().enumerate().map(entry).collect()
}

/// The entry as a line: members sorted by name, no spaces (what RFC 8785 asks of integers, ASCII and short names).
fn line(entry: &Entry) -> String {
    fn write(value: &Value, out: &mut String) {
        match value {
            Value::Object(members) => {
                let mut names: Vec<_> = members.keys().collect();
                names.sort();
                out.push('{');
                for (i, name) in names.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    out.push_str(&format!("\"{name}\":"));
                    write(&members[*name], out);
                }
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    write(item, out);
                }
                out.push(']');
            }
            other => out.push_str(&other.to_string()),
        }
    }
    let mut out = String::new();
    write(&serde_json::to_value(entry).unwrap(), &mut out);
    out
}

#[test]
fn every_frozen_line_still_means_what_it_meant() {
    let samples = samples();
    let lines: Vec<_> = FROZEN.lines().collect();
    for (n, (text, sample)) in lines.iter().zip(&samples).enumerate() {
        let read: Entry = serde_json::from_str(text).unwrap_or_else(|e| panic!("line {}: {e}", n + 1));
        assert_eq!(&read, sample, "line {} reads as something else", n + 1);
        assert_eq!(*text, line(sample), "line {} is written otherwise now", n + 1);
    }
    assert!(
        lines.len() <= samples.len(),
        "a frozen line has no sample any more"
    );
    let missing: Vec<_> = samples[lines.len()..].iter().map(line).collect();
    assert!(
        missing.is_empty(),
        "append to testdata/entries.jsonl:\n{}",
        missing.join("\n")
    );
}

/// What a set of entries shows of each enum of the grammar.
#[derive(Default)]
struct Shown(BTreeSet<(&'static str, &'static str)>);

impl Shown {
    fn add(&mut self, of: &'static str, name: &'static str) {
        self.0.insert((of, name));
    }

    fn scope(&mut self, scope: &Scope, reason: &HaltReason) {
        self.add("Scope", scope_name(scope));
        self.add("HaltReason", reason_name(reason));
    }

    fn entry(&mut self, entry: &Entry) {
        self.add("Actor", actor_name(&entry.by));
        self.add("Fact", fact_name(&entry.fact));
        match &entry.fact {
            Fact::EngagementGranted {
                role,
                reach,
                purposes,
                ..
            } => {
                self.add("Role", role_name(role));
                self.add("Reach", reach_name(reach));
                purposes.iter().for_each(|p| self.add("Purpose", purpose_name(p)));
            }
            Fact::Halted { scope, reason, .. } => self.scope(scope, reason),
            Fact::ReviewGiven { verdict, .. } => self.add("Verdict", verdict_name(verdict)),
            Fact::ReadCompleted { end, .. } => self.add("StreamEnd", end_name(end)),
            Fact::TimerStopped { cause, .. } => self.add("StopCause", cause_name(cause)),
            Fact::TaskReturned { cause, .. } => self.add("ReturnCause", back_name(cause)),
            Fact::Refused { act, why, .. } => {
                self.add("Act", act_name(act));
                self.add("Refusal", refusal_name(why));
                if let Refusal::BudgetSpent { ceiling } | Refusal::BudgetTooSmall { ceiling } = why {
                    self.add("Ceiling", ceiling_name(ceiling));
                }
            }
            Fact::IncidentMoved { state, .. } => self.add("IncidentState", state_name(state)),
            Fact::IncidentSubjectAdded { subject, .. } => self.add("IncidentSubject", subject_name(subject)),
            Fact::IncidentDecided { decision, .. } => self.add("IncidentDecision", decision_name(decision)),
            _ => {}
        }
    }
}

#[test]
fn every_alternative_of_the_grammar_has_a_frozen_line() {
    let mut shown = Shown::default();
    for text in FROZEN.lines() {
        shown.entry(&serde_json::from_str(text).unwrap());
    }
    let all = [
        ("Fact", FACTS),
        ("Actor", ACTORS),
        ("Refusal", REFUSALS),
        ("Scope", SCOPES),
        ("HaltReason", REASONS),
        ("Role", ROLES),
        ("Purpose", PURPOSES),
        ("Reach", REACHES),
        ("Act", ACTS),
        ("StreamEnd", ENDS),
        ("StopCause", CAUSES),
        ("ReturnCause", BACKS),
        ("Verdict", VERDICTS),
        ("Ceiling", CEILINGS),
        ("IncidentState", STATES),
        ("IncidentSubject", SUBJECTS),
        ("IncidentDecision", DECISIONS),
    ];
    for (of, names) in all {
        for name in names {
            assert!(shown.0.contains(&(of, name)), "no frozen line shows {of}::{name}");
        }
    }
    assert_eq!(
        ACTS.len(),
        Act::ALL.len(),
        "an act is missing from one of the lists"
    );
    assert_eq!(
        REASONS.len(),
        HaltReason::ALL.len(),
        "a reason is missing from one of the lists"
    );
}

/// Every object within `value`, by the steps that lead to it.
fn objects(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            out.push(path.to_owned());
            members
                .iter()
                .for_each(|(name, v)| objects(v, &format!("{path}/{name}"), out));
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                objects(item, &format!("{path}/{i}"), out);
            }
        }
        _ => {}
    }
}

#[test]
fn a_member_that_the_grammar_does_not_know_is_refused_wherever_it_stands() {
    for sample in samples() {
        let value = serde_json::to_value(&sample).unwrap();
        let mut paths = Vec::new();
        objects(&value, "", &mut paths);
        for path in paths {
            let mut widened = value.clone();
            let place = widened.pointer_mut(&path).unwrap().as_object_mut().unwrap();
            place.insert("smuggled".into(), Value::Bool(true));
            let read = serde_json::from_value::<Entry>(widened.clone());
            assert!(read.is_err(), "{path} in {widened}");
        }
    }
}

#[test]
fn a_missing_member_is_refused_unless_it_may_be_left_out() {
    const OPTIONAL: [&str; 11] = [
        "task",
        "purposes",
        "until",
        "comment",
        "project",
        "replaces",
        "why",
        "checked",
        "row",
        "subject",
        "conditions",
    ];
    for sample in samples() {
        let value = serde_json::to_value(&sample).unwrap();
        let members = value["fact"].as_object().unwrap();
        for name in members.keys() {
            let mut narrowed = value.clone();
            narrowed["fact"].as_object_mut().unwrap().remove(name);
            let read = serde_json::from_value::<Entry>(narrowed);
            let may = OPTIONAL.contains(&name.as_str())
                && (name != "project" || members["kind"] == "refused")
                && (name != "subject" || members["kind"] == "incident-concerns")
                && (name != "why"
                    || ["incident-moved", "incident-opened"]
                        .iter()
                        .any(|kind| members["kind"] == *kind))
                && (name != "task" || members["kind"] == "question-asked")
                && (name != "row" || members["kind"] == "address-set");
            assert_eq!(read.is_ok(), may, "{name} of {value}");
        }
    }
}
