//! Opening an incident, by hand or from an advisory; what the policy stops is stopped in the same transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError};
use cofferdam_inventory::advisory::Event;
use cofferdam_inventory::history::Finding as Saw;
use cofferdam_model::{
    Compartment, Fact, IncidentId, IncidentPolicies, IncidentState, IncidentSubject, Timestamp,
};
use cofferdam_store::incident::{self, Grounds, IncidentRow, SubjectRow};
use cofferdam_store::principal::{self, PrincipalKind};
use cofferdam_store::{Reader, advisory, credential};
use serde::{Deserialize, Serialize};

use super::concerned::{halt_by_policy, named, tell};
use super::{Halted, Halting, known, state, words};
use crate::exposure::LONGEST_SILENCE;
use crate::{Concern, Containment, Finding, IncidentError};

/// The most subjects of one incident.
pub(super) const MOST_SUBJECTS: usize = 500;

/// An incident to be opened.
#[derive(Debug, Clone, Default)]
pub struct NewIncident {
    /// What the firm calls it; from an advisory: the record's id, unless said.
    pub title: Option<String>,
    /// Why it is opened, in the firm's words. No lab is shown it.
    pub reason: String,
    /// The same for the labs concerned, each of which is shown it: it names no lab, and nobody.
    pub for_labs: Option<String>,
    /// Whom or what it is about, besides what an advisory says.
    pub subjects: Vec<IncidentSubject>,
    /// A record of the event that it is about, and since when: every component that ever was affected, or of which it is not
    /// known since then, becomes a subject.
    pub event: Option<(String, Timestamp)>,
}

/// What was opened, and stopped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub incident: IncidentId,
    /// What the policy halted.
    pub halts: Vec<Halted>,
}

pub(super) struct Open {
    pub(super) title: String,
    pub(super) reason: String,
    pub(super) for_labs: Option<String>,
    /// The event's records, the one that was named first.
    pub(super) records: Vec<String>,
    pub(super) subjects: BTreeMap<IncidentSubject, Grounds>,
    pub(super) policies: Arc<IncidentPolicies>,
    pub(super) halting: Halting,
}

impl AdminCommand for Open {
    type Output = Opened;
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("open-incident"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Opened>, GateError<IncidentError>> {
        for subject in self.subjects.keys() {
            is_there(scope, subject)?;
        }
        self.only_once(scope)?;
        words::name_nobody(scope, self.for_labs.as_deref())?;
        let id = self.insert(scope)?;
        let compartment = Compartment::Installation;
        let mut facts = vec![(
            compartment,
            Fact::IncidentOpened {
                incident: id,
                why: None,
            },
        )];
        let added = |&subject| Fact::IncidentSubjectAdded {
            incident: id,
            subject,
        };
        facts.extend(self.subjects.keys().map(|subject| (compartment, added(subject))));
        let names = named(scope, self.subjects.keys().copied())?;
        facts.extend(tell(scope, id, &names)?);
        let halted = halt_by_policy(scope, &self.policies, self.halting, self.subjects.keys())?;
        facts.extend(halted.facts);
        Ok(AdminDone {
            output: Opened {
                incident: id,
                halts: halted.output,
            },
            facts,
            consequences: halted.consequences,
        })
    }
}

impl Open {
    fn insert(&self, scope: &mut AdminScope<'_, '_>) -> Result<IncidentId, GateError<IncidentError>> {
        let mut records = Vec::new();
        for record in &self.records {
            let known = advisory::known(scope.tx.reader(), record)?;
            records.push(known.ok_or(IncidentError::NotFound("record of an advisory"))?);
        }
        let row = scope.secrets.bound(IncidentRow {
            id: scope.env.new_id()?,
            title: self.title.clone(),
            reason: self.reason.clone(),
            for_labs: self.for_labs.clone(),
            record: self.records.first().cloned(),
            records,
            by: scope.by,
            opened: scope.now,
        });
        incident::insert(scope.tx, &row)?;
        for (&subject, &grounds) in &self.subjects {
            put(scope, row.id, subject, grounds)?;
        }
        Ok(row.id)
    }

    /// One event is one incident, until that is closed.
    fn only_once(&self, scope: &mut AdminScope<'_, '_>) -> Result<(), GateError<IncidentError>> {
        for row in incident::all(scope.tx.reader())? {
            if !row
                .record
                .as_ref()
                .is_some_and(|record| self.records.contains(record))
            {
                continue;
            }
            let (row, moves) = known(scope.tx.reader(), scope.secrets, row.id)?;
            if state(&moves) != IncidentState::Closed {
                let text = format!(
                    "{} is open for that event already, and is {}; `cofferdam incident show {}` says more",
                    row.id,
                    state(&moves).name(),
                    row.id
                );
                return Err(IncidentError::Conflict(text).into());
            }
        }
        Ok(())
    }
}

/// Makes somebody or something a subject of an incident.
pub(super) fn put(
    scope: &mut AdminScope<'_, '_>,
    incident: IncidentId,
    subject: IncidentSubject,
    grounds: Grounds,
) -> Result<(), GateError<IncidentError>> {
    let row = scope.secrets.stamped(SubjectRow {
        incident,
        subject,
        grounds,
        added: scope.now,
        rebuilt: None,
        seal: [0; 32],
    });
    Ok(incident::put_subject(scope.tx, &row)?)
}

/// Whether what a subject names is there, and is what it is called.
pub(super) fn is_there(
    scope: &mut AdminScope<'_, '_>,
    subject: &IncidentSubject,
) -> Result<(), GateError<IncidentError>> {
    let reader = scope.tx.reader();
    match *subject {
        IncidentSubject::Platform => Ok(()),
        IncidentSubject::Credential(id) => {
            let found = credential::get(reader, id)?.ok_or(IncidentError::NotFound("credential"))?;
            let checked = scope.secrets.check_credential(scope.tx.reader(), &found);
            checked.map_err(IncidentError::from)?;
            if !found.kind.acts() {
                let told = format!(
                    "{id} is a login link or a passkey: it opens nothing but a session, which is a credential of its own; name that one, or whom it is for, {}",
                    found.principal
                );
                return Err(IncidentError::invalid("/subjects", told).into());
            }
            Ok(())
        }
        IncidentSubject::Component(id) => is_of_kind(reader, id, PrincipalKind::Component),
        IncidentSubject::Person(id) => is_of_kind(reader, id, PrincipalKind::Person),
    }
}

fn is_of_kind(
    reader: &mut Reader<'_>,
    id: cofferdam_model::PrincipalId,
    kind: PrincipalKind,
) -> Result<(), GateError<IncidentError>> {
    let row = principal::get(reader, id)?.ok_or(IncidentError::NotFound("person or component"))?;
    let is = match row.kind {
        found if found == kind => return Ok(()),
        PrincipalKind::Person => format!("a person: write person:{id}"),
        PrincipalKind::Component => format!("a component: write component:{id}"),
        PrincipalKind::Job => "one of the platform's own jobs: write platform".to_owned(),
    };
    Err(IncidentError::invalid("/subjects", format!("{id} is {is}")).into())
}

impl Containment {
    /// Opens an incident, and halts at once what the policies say.
    pub async fn open(&self, caller: &Caller, new: NewIncident) -> Result<Opened, IncidentError> {
        let reason = words::text("/reason", &new.reason, words::REASON)?;
        let for_labs = words::for_labs(new.for_labs.as_deref())?;
        let mut subjects: BTreeMap<_, _> = BTreeMap::new();
        let (mut records, mut title) = (Vec::new(), new.title);
        if let Some((record, since)) = new.event {
            let found = self.affected_by(&record, since).await?;
            title.get_or_insert(found.title);
            subjects.extend(found.subjects);
            records = found.records;
        }
        for subject in new.subjects {
            subjects.entry(subject).or_insert(Grounds::Named);
        }
        let missing = "name one: what the firm calls it";
        let title = title.ok_or_else(|| IncidentError::invalid("/title", missing))?;
        let title = words::line("/title", &title, words::TITLE)?;
        let nobody = subjects.is_empty();
        if nobody || subjects.len() > MOST_SUBJECTS {
            let text =
                format!("name 1 to {MOST_SUBJECTS} of them, or a record of an advisory and since when");
            return Err(IncidentError::invalid("/subjects", text));
        }
        let command = Open {
            title,
            reason,
            for_labs,
            records,
            subjects,
            policies: Arc::clone(&self.policies),
            halting: self.halting,
        };
        Ok(self.gate.administer(caller, command).await?.0)
    }

    /// The components that an event concerns since a time.
    pub(super) async fn affected_by(&self, record: &str, since: Timestamp) -> Result<Found, IncidentError> {
        let events = self.events().await?;
        let has = |event: &Event| event.members().iter().any(|member| member.advisory.id == record);
        let found = events.into_iter().find(|(event, _)| has(event));
        let (event, _) = found.ok_or(IncidentError::NotFound("record of an advisory"))?;
        if event.in_force().next().is_none() {
            let text = "every record of that event was withdrawn; name the subjects yourself if it concerns you all the same";
            return Err(IncidentError::Conflict(text.into()));
        }
        let mut records: Vec<String> = event.members().iter().map(|m| m.advisory.id.clone()).collect();
        records.sort_by_key(|id| id != record);
        let title = record.to_owned();
        let concerns = self.concerns(event).await?;
        let now = self.gate.env().now();
        let concerned = concerns.iter().filter_map(|concern| {
            let grounds = grounds(concern, since, now)?;
            Some((IncidentSubject::Component(concern.component.id), grounds))
        });
        let subjects: BTreeMap<_, _> = concerned.collect();
        if subjects.is_empty() {
            let text = format!(
                "no component was ever affected or is unknown since {}, by what each said; `cofferdam advisory show {record}` says it \
                 scan by scan",
                since.rfc3339()
            );
            return Err(IncidentError::Conflict(text));
        }
        Ok(Found {
            title,
            records,
            subjects,
        })
    }
}

/// The components that an event concerns.
pub(super) struct Found {
    title: String,
    pub(super) records: Vec<String>,
    pub(super) subjects: BTreeMap<IncidentSubject, Grounds>,
}

/// Whether a component is affected, or whether it is not known what it ran since a time. Whatever once had it is: when it was possible is
/// said later, source by source, and may have begun before. Otherwise its last scan before tells of then; where there is none of a component
/// that was enrolled, or none since, or too long a silence between them, nothing tells: that is never counted as clean.
fn grounds(concern: &Concern, since: Timestamp, now: Timestamp) -> Option<Grounds> {
    let all = &concern.findings;
    if all.iter().any(|finding| !finding.affected.is_empty()) {
        return Some(Grounds::Affected);
    }
    let doubted = all.iter().any(|finding| finding.saw == Saw::Doubted);
    let before = all.iter().filter(|f| at(f) <= since).max_by_key(|f| at(f));
    let after = all.iter().filter(|f| at(f) > since);
    let partly = before.into_iter().chain(after).any(|f| !f.unknown.is_empty());
    let unknown = doubted || partly || is_silent(concern, since, now);
    unknown.then_some(Grounds::Unknown)
}

fn at(finding: &Finding) -> Timestamp {
    finding.inventory.scanned.min(finding.inventory.received)
}

/// Whether its scans that saw something leave a time since then of which nothing may be inferred. The time after the last one, and that from
/// its enrolment to the first, is for scans to come to tell, as long as it is no longer than any other silence.
fn is_silent(concern: &Concern, since: Timestamp, now: Timestamp) -> bool {
    let seeing: BTreeSet<Timestamp> = concern
        .findings
        .iter()
        .filter(|f| f.saw != Saw::Blind)
        .map(at)
        .collect();
    let before = seeing.range(..=since).next_back().copied();
    let enrolled = Some(concern.component.created).filter(|created| *created > since);
    let Some(begin) = before.or(enrolled) else {
        return true;
    };
    let after: Vec<Timestamp> = seeing.iter().copied().filter(|at| *at > since).collect();
    let points: Vec<Timestamp> = std::iter::once(begin)
        .chain(after.iter().copied())
        .chain([now])
        .collect();
    let long = |pair: &[Timestamp]| pair[1].micros_since(pair[0]) > LONGEST_SILENCE;
    after.is_empty() || points.windows(2).any(long)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_model::Id;
    use cofferdam_store::inventory::InventoryRow;
    use cofferdam_store::principal::PrincipalRow;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    fn finding(seconds: i64, affected: bool, unknown: bool) -> Finding {
        let told = |so: bool| if so { vec!["words".to_owned()] } else { Vec::new() };
        Finding {
            inventory: InventoryRow {
                id: Id::from_bytes([1; 16]),
                component: Id::from_bytes([2; 16]),
                sha256: [0; 32],
                scanned: at(seconds),
                received: at(seconds),
            },
            affected: told(affected),
            unknown: told(unknown),
            saw: match (affected, unknown) {
                (true, _) => Saw::Found,
                (false, true) => Saw::Blind,
                (false, false) => Saw::Absent,
            },
        }
    }

    fn concern(created: i64, findings: Vec<Finding>) -> Concern {
        Concern {
            component: PrincipalRow {
                id: Id::from_bytes([2; 16]),
                kind: PrincipalKind::Component,
                name: "Importer".into(),
                created: at(created),
            },
            findings,
        }
    }

    #[test]
    fn what_is_not_known_since_a_time_is_never_clean() {
        let (clean, hit, doubt) = ((false, false), (true, false), (false, true));
        let scans = |all: &[(i64, (bool, bool))]| all.iter().map(|(t, (a, u))| finding(*t, *a, *u)).collect();
        let of =
            |created, all: &[(i64, (bool, bool))]| grounds(&concern(created, scans(all)), at(100), at(200));
        // Clean before and after: nothing.
        assert_eq!(of(0, &[(50, clean), (150, clean)]), None);
        // It had it, and was rid of it before the time: it may have begun before.
        assert_eq!(
            of(0, &[(40, hit), (50, clean), (150, clean)]),
            Some(Grounds::Affected)
        );
        // It had it at the time, by its last scan before.
        assert_eq!(of(0, &[(50, hit), (150, clean)]), Some(Grounds::Affected));
        assert_eq!(of(0, &[(50, clean), (150, hit)]), Some(Grounds::Affected));
        assert_eq!(of(0, &[(50, clean), (150, doubt)]), Some(Grounds::Unknown));
        assert_eq!(of(0, &[(50, doubt), (150, hit)]), Some(Grounds::Affected));
        // Never scanned; not since; not before, though it was there.
        assert_eq!(of(0, &[]), Some(Grounds::Unknown));
        assert_eq!(of(0, &[(50, clean)]), Some(Grounds::Unknown));
        assert_eq!(of(0, &[(150, clean)]), Some(Grounds::Unknown));
        // It was not there yet.
        assert_eq!(of(120, &[(150, clean)]), None);
        assert_eq!(of(120, &[]), Some(Grounds::Unknown));
        // Too long a silence: between the scans, before the first, since the last.
        let silent = |created, all: &[i64], now| {
            let all = all.iter().map(|t| finding(*t, false, false)).collect();
            grounds(&concern(created, all), at(100), at(now))
        };
        let days = |n: i64| n * 86_400;
        assert_eq!(silent(0, &[50, days(2)], days(3)), None);
        for (created, scans, now) in [
            (0, vec![50, days(2) + 51], days(3)),
            (120, vec![days(2) + 121], days(3)),
            (0, vec![50, 150], days(2) + 151),
            (0, vec![50, 150, days(3), days(4)], days(4)),
        ] {
            assert_eq!(silent(created, &scans, now), Some(Grounds::Unknown), "{scans:?}");
        }
        // One that once was in doubt.
        let mut doubted = finding(10, false, true);
        doubted.saw = Saw::Doubted;
        let all = vec![doubted, finding(50, false, false), finding(150, false, false)];
        assert_eq!(
            grounds(&concern(0, all), at(100), at(200)),
            Some(Grounds::Unknown)
        );
    }
}
