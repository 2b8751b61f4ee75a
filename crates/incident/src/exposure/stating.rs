//! What the firm states of an incident to one lab.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cofferdam_custody::{Gate, Integrity};
use cofferdam_inventory::advisory::{Event, Index};
use cofferdam_inventory::history::{self, of_outcome};
use cofferdam_inventory::{Finding, History, Rules};
use cofferdam_model::blur::BEHIND_MICROS;
use cofferdam_model::engagement::{credential_tag, inventory_commitment};
use cofferdam_model::{
    Actor, CredentialTag, EngagementId, Entry, Fact, IncidentId, IncidentSubject, PrincipalId, Pseudonym,
    Timestamp, Window,
};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::incident::{self, SubjectRow};
use cofferdam_store::inventory::InventoryRow;
use cofferdam_store::{Reader, credential, engagement};

use super::recorded::{Recorded, check_holders};
use super::{Asked, Ledger};
use crate::IncidentError;
use crate::components::read_back;
use crate::presence::{Whose, held, whose};
use crate::report::{Case, Credential, Elsewhere, Scan, Subject, counted, rebuilding};

/// The longest time between two scans from which what was so between them is inferred, in microseconds: two days.
pub(crate) const LONGEST_SILENCE: i64 = 2 * 86_400_000_000;

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// The salts of the engagements that one pseudonym has in a lab.
type Salts = BTreeMap<EngagementId, [u8; 32]>;

/// A case that is being stated.
pub(super) struct Stating<'s> {
    gate: &'s Gate,
    ledger: &'s Ledger,
    entries: &'s [Entry],
    asked: Asked,
    recorded: Recorded,
    /// What the incident is judged by.
    events: Vec<Event>,
    /// Every credential that the lab's ledger shows.
    shown: HashSet<CredentialTag>,
    windows: Vec<Window>,
}

/// Everything that a component said, and what it says of the event.
struct Judged {
    rows: Vec<InventoryRow>,
    findings: HashMap<[u8; 32], Finding>,
}

impl<'s> Stating<'s> {
    pub(super) fn case(
        reader: &mut Reader<'_>,
        gate: &'s Gate,
        ledger: &'s Ledger,
        entries: &'s [Entry],
        asked: Asked,
    ) -> Result<Case, IncidentError> {
        let concerned = incident::own(reader, asked.lab, asked.own)?;
        let concerned = concerned.ok_or_else(|| unknown(entries, asked.own))?;
        gate.secrets().check_seal(&concerned)?;
        let recorded = Recorded::read(reader, gate, concerned.incident)?;
        check_holders(reader, &ledger.authority)?;
        let opened = recorded.incident(reader, gate)?;
        let rows = recorded.subjects(reader, gate, &opened)?;
        let (events, advisories) = recorded.events(reader, gate, &opened)?;
        let mut case = Case {
            incident: asked.own,
            advisories,
            availability: recorded.claims(reader, gate, &opened)?,
            chosen: asked.chosen,
            subjects: Vec::new(),
        };
        let stating = Self {
            gate,
            ledger,
            entries,
            asked,
            recorded,
            events,
            shown: entries.iter().flat_map(shown).collect(),
            windows: case.windows().into_iter().flatten().collect(),
        };
        for row in &rows {
            case.subjects.extend(stating.subject(reader, row)?);
        }
        case.subjects.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(case)
    }

    /// A subject as it appears in the lab, once for each name that it has there; nowhere, where it never was engaged there. The platform
    /// is everywhere.
    fn subject(&self, reader: &mut Reader<'_>, row: &SubjectRow) -> Result<Vec<Subject>, IncidentError> {
        let Some(whose) = whose(reader, self.gate.secrets(), &row.subject)? else {
            return Ok(vec![Subject::Platform {}]);
        };
        let here = self.names(reader, whose)?;
        if here.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match row.subject {
            IncidentSubject::Component(component) => self.component(reader, component, row.rebuilt, &here)?,
            IncidentSubject::Credential(id) => {
                let tags = |salts: &Salts| salts.values().map(|salt| credential_tag(salt, id)).collect();
                let subject = |(&pseudonym, salts): (&Pseudonym, &Salts)| Subject::Credential {
                    pseudonym,
                    tags: sorted(tags(salts)),
                };
                here.iter().map(subject).collect()
            }
            IncidentSubject::Person(_) | IncidentSubject::Platform => here
                .into_keys()
                .map(|pseudonym| Subject::Person { pseudonym })
                .collect(),
        })
    }

    /// How somebody is called in the lab, and under which engagements.
    fn names(
        &self,
        reader: &mut Reader<'_>,
        whose: Whose,
    ) -> Result<BTreeMap<Pseudonym, Salts>, IncidentError> {
        let rows = engagement::of_principal(reader, whose.principal)?;
        let lab = self.asked.lab;
        let authority = |of| Some(self.ledger.authority.clone()).filter(|_| of == lab);
        let mut names: BTreeMap<Pseudonym, Salts> = BTreeMap::new();
        for held in held(&rows, whose, authority) {
            let salts = names.entry(held.granted.pseudonym).or_default();
            salts.insert(held.granted.id, held.salt);
        }
        Ok(names)
    }

    fn component(
        &self,
        reader: &mut Reader<'_>,
        component: PrincipalId,
        rebuilt: Option<Timestamp>,
        here: &BTreeMap<Pseudonym, Salts>,
    ) -> Result<Vec<Subject>, IncidentError> {
        let judged = self.judged(reader, component)?;
        let all = credential::of_principal(reader, component)?;
        let mut subjects = Vec::new();
        for (&pseudonym, salts) in here {
            let scans = judged.scans(self.entries, salts)?;
            let elsewhere = judged.elsewhere(&scans, rebuilt);
            let longest_silence = match elsewhere {
                Elsewhere::Nothing => LONGEST_SILENCE,
                Elsewhere::Seen | Elsewhere::SinceRebuilt => 0,
            };
            let dated = scans.iter().map(|own| own.scan);
            let history = History::of_scans(dated, longest_silence);
            let ended = rebuilding(rebuilt, elsewhere);
            let counted = counted(&history, self.windows.iter().copied(), ended);
            let (credentials, others_revoked) = self.credentials(&all, salts, rebuilt, counted);
            subjects.push(Subject::Component {
                pseudonym,
                scans: scans.iter().map(Own::stated).collect(),
                longest_silence,
                credentials,
                others_revoked,
                rebuilt,
                elsewhere,
            });
        }
        Ok(subjects)
    }

    /// The credentials that were in a component's reach: those with a name in the lab's ledger, and when the others were revoked. What
    /// was made after its host was rebuilt was never in reach; where the clock was put back, that is not known.
    fn credentials(
        &self,
        all: &[CredentialRow],
        salts: &Salts,
        rebuilt: Option<Timestamp>,
        counted: Option<Timestamp>,
    ) -> (Vec<Credential>, Option<Timestamp>) {
        let ahead = self
            .entries
            .last()
            .is_some_and(|last| last.t.micros_since(self.asked.made_at) >= BEHIND_MICROS);
        let dated = !ahead && self.ledger.authority.clock_put_back().is_empty();
        let late = |row: &&CredentialRow| dated && counted.is_some_and(|rebuilt| row.created >= rebuilt);
        let mut named = Vec::new();
        let mut others = Vec::new();
        for row in all.iter().filter(|row| !late(row)) {
            let revoked = self.ended(row);
            let good = |engagement: &EngagementId| row.bound_to.is_none_or(|only| only == *engagement);
            let here = salts.iter().filter(|(engagement, _)| good(engagement));
            let tags = sorted(here.map(|(_, salt)| credential_tag(salt, row.id)).collect());
            match tags.iter().any(|tag| self.shown.contains(tag)) {
                true => named.push(Credential { tags, revoked }),
                false => others.push(revoked),
            }
        }
        named.sort_by(|a, b| a.tags.cmp(&b.tags));
        (named, rounded(others, rebuilt.unwrap_or(self.asked.made_at)))
    }

    /// When a credential proved nothing more: it was revoked, or expired.
    fn ended(&self, row: &CredentialRow) -> Option<Timestamp> {
        let expired = Some(row.expires).filter(|expires| *expires <= self.asked.made_at);
        let revoked = self.ledger.installation.revoked(row.id);
        revoked.into_iter().chain(expired).min()
    }

    /// What everything that a component said says of the events. Where there are none, nothing. One document is in hand at a time.
    fn judged(&self, reader: &mut Reader<'_>, component: PrincipalId) -> Result<Judged, IncidentError> {
        let rows = self.recorded.inventories(reader, component)?;
        let mut found: HashMap<[u8; 32], (Finding, BTreeSet<String>)> = HashMap::new();
        let mut rules = Rules {
            longest_silence: LONGEST_SILENCE,
            roots: BTreeSet::new(),
        };
        for row in &rows {
            if found.contains_key(&row.sha256) {
                self.gate.secrets().check(row)?;
                continue;
            }
            let document = read_back(reader, self.gate.secrets(), row)?;
            let index = Index::new(&document);
            let finding = together(
                self.events
                    .iter()
                    .map(|event| of_outcome(&index.assess(event).outcome)),
            );
            let roots: BTreeSet<String> = document.roots.into_iter().map(|root| root.name).collect();
            rules.roots.extend(roots.iter().cloned());
            found.insert(row.sha256, (finding, roots));
        }
        let findings = found
            .into_iter()
            .map(|(sha256, (finding, roots))| (sha256, rules.of_roots(finding, &roots)));
        Ok(Judged {
            findings: findings.collect(),
            rows,
        })
    }
}

/// What a scan says of all that an incident is judged by: whatever one of them finds or doubts. It sees nothing only where all of them
/// could see.
fn together(findings: impl Iterator<Item = Finding>) -> Finding {
    let worse = |one: Finding, other: Finding| match (one, other) {
        (Finding::Blind, Finding::Absent) | (Finding::Absent, Finding::Blind) => Finding::Blind,
        (one, other) => one.max(other),
    };
    findings.reduce(worse).unwrap_or(Finding::Blind)
}

impl Judged {
    /// What each scan found that the lab's ledger has under these engagements.
    fn scans(&self, entries: &[Entry], salts: &Salts) -> Result<Vec<Own>, IncidentError> {
        let index: HashMap<(EngagementId, [u8; 32]), ([u8; 32], Finding)> = salts
            .iter()
            .flat_map(|(engagement, salt)| {
                let commit = move |(sha256, finding): (&[u8; 32], &Finding)| {
                    let known = (*sha256, *finding);
                    ((*engagement, inventory_commitment(salt, sha256)), known)
                };
                self.findings.iter().map(commit)
            })
            .collect();
        let mut scans = Vec::new();
        for entry in entries {
            let Fact::InventoryReported {
                engagement,
                document,
                scanned,
                ..
            } = &entry.fact
            else {
                continue;
            };
            if !salts.contains_key(engagement) {
                continue;
            }
            let missing = || Integrity::of(format!("the inventory of entry {}", entry.n), "it is missing");
            let (sha256, finding) = index
                .get(&(*engagement, *document))
                .copied()
                .ok_or_else(missing)?;
            let scan = history::Scan {
                scanned: *scanned,
                received: entry.t,
                finding,
            };
            scans.push(Own {
                entry: entry.n,
                sha256,
                scan,
            });
        }
        Ok(scans)
    }

    /// What was found, or left in doubt, by scans that the lab's ledger has not: it was closed then, or the component had no engagement in
    /// it. Neither what was so after the first of the scans that it has may be inferred from these alone then, nor that a host was clean
    /// which had been rebuilt by the time at which such a scan came in.
    fn elsewhere(&self, own: &[Own], rebuilt: Option<Timestamp>) -> Elsewhere {
        let has: HashSet<([u8; 32], Timestamp)> =
            own.iter().map(|own| (own.sha256, own.scan.scanned)).collect();
        let first = own.iter().map(|own| own.scan.at()).min();
        let seen = |row: &&InventoryRow| {
            let finding = self.findings.get(&row.sha256);
            let seen = matches!(finding, Some(Finding::Found | Finding::Doubted));
            seen && !has.contains(&(row.sha256, row.scanned))
        };
        let mut elsewhere = Elsewhere::Nothing;
        for row in self.rows.iter().filter(seen) {
            if rebuilt.is_some_and(|rebuilt| rebuilt <= row.received) {
                return Elsewhere::SinceRebuilt;
            }
            if first.is_some_and(|first| first <= row.received) {
                elsewhere = Elsewhere::Seen;
            }
        }
        elsewhere
    }
}

/// A scan that the lab's ledger has.
struct Own {
    entry: u64,
    sha256: [u8; 32],
    scan: history::Scan,
}

impl Own {
    const fn stated(&self) -> Scan {
        Scan {
            entry: self.entry,
            finding: self.scan.finding,
        }
    }
}

/// Nothing, unless the lab's ledger knows of it.
fn unknown(entries: &[Entry], own: IncidentId) -> IncidentError {
    let opened =
        |entry: &Entry| matches!(entry.fact, Fact::IncidentOpened { incident, .. } if incident == own);
    match entries.iter().any(opened) {
        true => Integrity::of(format!("the row of incident lab {own}"), "it is missing").into(),
        false => IncidentError::NotFound("incident"),
    }
}

/// The credential that an entry shows: who made it, or whom it was made for.
fn shown(entry: &Entry) -> impl Iterator<Item = CredentialTag> {
    let by = match entry.by {
        Actor::Engaged { credential, .. } => Some(credential),
        _ => None,
    };
    let issued = match entry.fact {
        Fact::HolderCredentialIssued { credential, .. } => Some(credential),
        _ => None,
    };
    by.into_iter().chain(issued)
}

fn sorted(mut tags: Vec<CredentialTag>) -> Vec<CredentialTag> {
    tags.sort_unstable();
    tags
}

/// By what a lab has in its own ledger: the order of ids would be the same for every lab.
fn order(subject: &Subject) -> (Option<Pseudonym>, &'static str, &[CredentialTag]) {
    let tags = match subject {
        Subject::Credential { tags, .. } => tags.as_slice(),
        Subject::Component { .. } | Subject::Person { .. } | Subject::Platform {} => &[],
    };
    (subject.pseudonym(), subject.kind(), tags)
}

/// When the last of others was revoked, but no earlier than a time that the lab is told anyhow, and to the full hour: so it tells neither
/// whether there are any nor when each was. Nothing, while one is not revoked.
fn rounded(others: Vec<Option<Timestamp>>, told: Timestamp) -> Option<Timestamp> {
    let last = others
        .into_iter()
        .try_fold(told, |last, revoked| Some(last.max(revoked?)))?;
    if last == told {
        return Some(told);
    }
    let past = last.as_micros().rem_euclid(HOUR);
    let up = if past == 0 { 0 } else { HOUR - past };
    Some(Timestamp::from_micros(last.as_micros().saturating_add(up)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_model::Id as _;

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_micros(n * HOUR)
    }

    #[test]
    fn others_tell_no_exact_time_and_not_that_there_are_none() {
        let exact = Timestamp::from_micros(5 * HOUR + 1);
        assert_eq!(rounded(Vec::new(), hour(3)), Some(hour(3)));
        assert_eq!(
            rounded(vec![Some(hour(1)), Some(hour(2))], hour(3)),
            Some(hour(3))
        );
        assert_eq!(rounded(vec![Some(exact)], hour(3)), Some(hour(6)));
        assert_eq!(rounded(vec![Some(hour(5))], hour(3)), Some(hour(5)));
        assert_eq!(rounded(vec![Some(hour(1)), None], hour(3)), None);
        // What is told anyhow is told as it is.
        assert_eq!(rounded(Vec::new(), exact), Some(exact));
    }

    #[test]
    fn what_one_record_says_no_other_unsays() {
        use Finding::{Absent, Blind, Doubted, Found};
        for (findings, expected) in [
            (&[][..], Blind),
            (&[Absent, Absent], Absent),
            (&[Absent, Blind, Absent], Blind),
            (&[Blind, Absent, Doubted], Doubted),
            (&[Found, Absent, Blind, Doubted], Found),
        ] {
            assert_eq!(together(findings.iter().copied()), expected);
            assert_eq!(together(findings.iter().rev().copied()), expected);
        }
    }

    #[test]
    fn what_a_scan_saw_that_the_ledger_has_not_forbids_inferences_and_undoes_a_rebuild() {
        let row = |n: u8, at| InventoryRow {
            id: cofferdam_model::InventoryId::from_bytes([n; 16]),
            component: PrincipalId::from_bytes([1; 16]),
            sha256: [n; 32],
            scanned: at,
            received: at,
        };
        let judged = |at, finding| Judged {
            rows: vec![row(1, hour(10)), row(2, at), row(1, hour(20))],
            findings: HashMap::from([([1; 32], Finding::Absent), ([2; 32], finding)]),
        };
        let scan = |at, finding| history::Scan {
            scanned: at,
            received: at,
            finding,
        };
        let own = |sha256, at, finding| Own {
            entry: 0,
            sha256: [sha256; 32],
            scan: scan(at, finding),
        };
        let here = [10, 20].map(|n| own(1, hour(n), Finding::Absent));
        for (at, finding, expected) in [
            (15, Finding::Found, Elsewhere::Seen),
            (15, Finding::Doubted, Elsewhere::Seen),
            (15, Finding::Absent, Elsewhere::Nothing),
            (15, Finding::Blind, Elsewhere::Nothing),
            // At the same time as one that it has, of another document.
            (20, Finding::Found, Elsewhere::Seen),
            // After the last one that it has.
            (21, Finding::Found, Elsewhere::Seen),
            (21, Finding::Doubted, Elsewhere::Seen),
            // Before the first, nothing is inferred anyhow.
            (5, Finding::Found, Elsewhere::Nothing),
        ] {
            let judged = judged(hour(at), finding);
            assert_eq!(judged.elsewhere(&here, None), expected, "{at} {finding:?}");
            // Rebuilt after it, and rebuilt before it.
            assert_eq!(judged.elsewhere(&here, Some(hour(at + 1))), expected);
            let saw = matches!(finding, Finding::Found | Finding::Doubted);
            let undone = if saw { Elsewhere::SinceRebuilt } else { expected };
            assert_eq!(
                judged.elsewhere(&here, Some(hour(at))),
                undone,
                "{at} {finding:?}"
            );
        }
        let found = judged(hour(15), Finding::Found);
        assert_eq!(found.elsewhere(&[], None), Elsewhere::Nothing);
        assert_eq!(found.elsewhere(&[], Some(hour(14))), Elsewhere::SinceRebuilt);
        let has = [
            own(1, hour(10), Finding::Absent),
            own(2, hour(15), Finding::Found),
        ];
        assert_eq!(found.elsewhere(&has, Some(hour(14))), Elsewhere::Nothing);
    }
}
