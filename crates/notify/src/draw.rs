//! What follows from an entry: who is told of it, and which labs.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use cofferdam_custody::{Gate, GateError};
use cofferdam_model::engagement::{EngagementState, Reach};
use cofferdam_model::work::Verdict;
use cofferdam_model::{
    About, Actor, Authority, Compartment, Engagement, EngagementId, Entry, Fact, HaltId, Id, LabId, NoticeId,
    PrincipalId, RemarkId, Role, Scope, SubmissionId, Timestamp,
};
use cofferdam_store::notice::NoticeRow;
use cofferdam_store::principal::{self, PrincipalKind};
use cofferdam_store::{Reader, ledger, remark, submission};

type Outcome<T = ()> = Result<T, GateError<Infallible>>;

/// On what halts are that were read of and have not ended, so that whoever ends many has none looked for in the ledger.
pub(crate) type Scopes = Arc<Mutex<HashMap<(Compartment, HaltId), Scope>>>;

/// The kinds of entries that somebody may be told of.
const KINDS: [&str; 13] = [
    "halted",
    "resumed",
    "engagement-granted",
    "engagement-ended",
    "incident-opened",
    "incident-moved",
    "delivery-made",
    "delivery-accepted",
    "delivery-rows-returned",
    "review-given",
    "submission-sent-back",
    "question-answered",
    "keyholder-set",
];

/// Whether somebody may be told of an entry, by its canonical bytes: almost all are of work, and are not even parsed.
pub(crate) fn is_wanted(body: &[u8]) -> bool {
    const KIND: &[u8] = b"\"kind\":\"";
    let mut places = body.windows(KIND.len()).enumerate().filter(|(_, at)| *at == KIND);
    places.any(|(at, _)| {
        let rest = &body[at + KIND.len()..];
        let name = rest.split(|byte| *byte == b'"').next().unwrap_or_default();
        KINDS.iter().any(|kind| kind.as_bytes() == name)
    })
}

/// What follows from some entries.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    pub(crate) notices: Vec<NoticeRow>,
    /// What a lab as such is told: where, what, of which entry, and when that was.
    pub(crate) events: Vec<(LabId, About, u64, Timestamp)>,
    /// Of which entry a lab could not be told, since its ledger is closed.
    pub(crate) missed: Vec<(LabId, u64)>,
}

impl Drawn {
    pub(crate) fn is_empty(&self) -> bool {
        self.notices.is_empty() && self.events.is_empty() && self.missed.is_empty()
    }
}

/// An id whose first 48 bits are a time, to be bound to what it is of.
pub(crate) fn id_at<I: Id>(at: Timestamp) -> I {
    let mut bytes = [0; 16];
    let millis = (at.as_micros().max(0) / 1_000).to_be_bytes();
    bytes[..6].copy_from_slice(&millis[2..]);
    I::from_bytes(bytes)
}

/// Takes in what follows from one entry of a ledger.
pub(crate) fn draw(
    (gate, scopes): (&Gate, &Scopes),
    reader: &mut Reader<'_>,
    compartment: Compartment,
    entry: &Entry,
    drawn: &mut Drawn,
) -> Outcome {
    let mut drawing = Drawing::of(gate, scopes, reader, compartment, entry);
    drawing.fact()?;
    drawing.end(drawn);
    Ok(())
}

/// The same of an entry of the installation's ledger for a lab that could not be told of it then.
pub(crate) fn draw_missed(
    (gate, scopes): (&Gate, &Scopes),
    reader: &mut Reader<'_>,
    lab: LabId,
    entry: &Entry,
    drawn: &mut Drawn,
) -> Outcome {
    let mut drawing = Drawing::of(gate, scopes, reader, Compartment::Installation, entry);
    if let Some((about, Scope::Installation)) = drawing.halting()? {
        drawing.whole_lab(lab, about)?;
    }
    drawing.end(drawn);
    Ok(())
}

struct Drawing<'a, 'r> {
    gate: &'a Gate,
    scopes: &'a Scopes,
    reader: &'a mut Reader<'r>,
    compartment: Compartment,
    entry: &'a Entry,
    /// Each engagement that it concerns once, and each operator.
    told: BTreeMap<(PrincipalId, Option<EngagementId>), (About, Option<LabId>)>,
    labs: Vec<(LabId, About)>,
    missed: Vec<LabId>,
}

impl<'a, 'r> Drawing<'a, 'r> {
    fn of(
        gate: &'a Gate,
        scopes: &'a Scopes,
        reader: &'a mut Reader<'r>,
        compartment: Compartment,
        entry: &'a Entry,
    ) -> Self {
        Self {
            gate,
            scopes,
            reader,
            compartment,
            entry,
            told: BTreeMap::new(),
            labs: Vec::new(),
            missed: Vec::new(),
        }
    }

    fn end(self, drawn: &mut Drawn) {
        let (n, at) = (self.entry.n, self.entry.t);
        let events = self.labs.into_iter().map(|(lab, about)| (lab, about, n, at));
        drawn.events.extend(events);
        drawn.missed.extend(self.missed.into_iter().map(|lab| (lab, n)));
        for ((recipient, engagement), (about, lab)) in self.told {
            drawn.notices.push(self.gate.secrets().bound(NoticeRow {
                id: id_at::<NoticeId>(at),
                recipient,
                about,
                engagement,
                lab,
                source: (self.compartment, n),
                at,
            }));
        }
    }

    /// What an entry says of which halt, where it begins or ends one.
    fn halting(&mut self) -> Outcome<Option<(About, Scope)>> {
        Ok(match self.entry.fact {
            Fact::Halted { halt, scope, .. } => {
                self.known().insert((self.compartment, halt), scope);
                Some((About::Halted(halt), scope))
            }
            Fact::Resumed { halt, .. } => self.halted(halt)?.map(|scope| (About::Resumed(halt), scope)),
            _ => None,
        })
    }

    fn known(&self) -> std::sync::MutexGuard<'a, HashMap<(Compartment, HaltId), Scope>> {
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fact(&mut self) -> Outcome {
        let lab = self.compartment.lab();
        match self.entry.fact {
            Fact::Halted { .. } | Fact::Resumed { .. } => match self.halting()? {
                Some((about, scope)) => self.halt(about, scope),
                None => Ok(()),
            },
            Fact::IncidentOpened { incident, .. } => self.overseers(About::IncidentOpened(incident)),
            Fact::IncidentMoved { incident, .. } => self.overseers(About::IncidentMoved(incident)),
            Fact::DeliveryMade { delivery, .. } => self.overseers(About::DeliveryOffered(delivery)),
            Fact::DeliveryAccepted { delivery } => self.operators(About::DeliveryAccepted(delivery), lab),
            Fact::DeliveryRowsReturned { delivery, .. } => {
                self.operators(About::DeliveryReturned(delivery), lab)
            }
            Fact::EngagementGranted { engagement, role, .. } if role != Role::Integration => {
                self.holder(engagement, About::EngagementBegun(engagement))
            }
            Fact::EngagementEnded { engagement } => self.ended(engagement),
            Fact::ReviewGiven {
                submission,
                verdict: Verdict::Return,
                ..
            }
            | Fact::SubmissionSentBack { submission, .. } => self.author(submission),
            Fact::QuestionAnswered { question, .. } => self.asker(question),
            Fact::KeyholderSet { .. } => lab.map_or(Ok(()), |lab| self.overseers(About::KeyholderSet(lab))),
            _ => Ok(()),
        }
    }

    /// A halt, or its end: whoever is engaged in its scope, the lab's stewards; and, where the lab did it, the operators.
    fn halt(&mut self, about: About, scope: Scope) -> Outcome {
        match scope {
            Scope::Installation => {
                for compartment in ledger::compartments(self.reader)? {
                    let Some(lab) = compartment.lab() else { continue };
                    match self.gate.is_closed(compartment) {
                        true => self.missed.push(lab),
                        false => self.whole_lab(lab, about)?,
                    }
                }
                self.operators(about, None)?;
            }
            Scope::Lab(_) => self.within(about, |_| true)?,
            Scope::Project(project) => self.within(about, |e| e.reaches(project))?,
            Scope::Engagement(id) => self.within(about, |e| e.id == id || e.reach == Reach::Lab)?,
            Scope::Person(principal) => self.tell(principal, None, about, None),
            Scope::Component(_) => self.operators(about, None)?,
            Scope::Credential(credential) => {
                if let Some(principal) = self.gate.proven_within(self.reader, credential)? {
                    match self.is_person(principal)? {
                        true => self.tell(principal, None, about, None),
                        // As where it is on the component itself.
                        false => self.operators(about, None)?,
                    }
                }
            }
        }
        if matches!(self.entry.by, Actor::Engaged { .. }) {
            self.operators(about, self.compartment.lab())?;
        }
        Ok(())
    }

    fn within(&mut self, about: About, concerns: impl Fn(&Engagement) -> bool) -> Outcome {
        let Some(lab) = self.compartment.lab() else {
            return Ok(());
        };
        self.labs.push((lab, about));
        self.engaged(lab, about, concerns)
    }

    /// Everybody who is engaged in a lab, and its webhooks.
    fn whole_lab(&mut self, lab: LabId, about: About) -> Outcome {
        self.engaged(lab, about, |_| true)?;
        self.labs.push((lab, about));
        Ok(())
    }

    /// Whether somebody reads notices: software does not, nor one of whom it cannot be said.
    fn is_person(&mut self, principal: PrincipalId) -> Outcome<bool> {
        let row = principal::get(self.reader, principal)?;
        let whole = row.filter(|row| self.gate.secrets().check(row).is_ok());
        Ok(whole.is_some_and(|row| row.kind == PrincipalKind::Person))
    }

    /// On what a halt was that has ended: as it was read of, or else as the ledger has it.
    fn halted(&mut self, wanted: HaltId) -> Outcome<Option<Scope>> {
        let known = self.known().remove(&(self.compartment, wanted));
        if known.is_some() {
            return Ok(known);
        }
        let text = wanted.to_string();
        let named = |body: &[u8]| body.windows(text.len()).any(|at| at == text.as_bytes());
        let mut rows = ledger::authorising(self.reader, self.compartment, 0)?;
        rows.retain(|row| row.n < self.entry.n && named(&row.body));
        for row in rows {
            let read = self
                .gate
                .read_on(self.reader, self.compartment, row.n, 1, |_| true)?;
            for entry in read.entries {
                match entry.fact {
                    Fact::Halted { halt, scope, .. } if halt == wanted => return Ok(Some(scope)),
                    _ => {}
                }
            }
        }
        Ok(None)
    }

    /// What happened to a lab: its stewards and its webhooks; in the installation's ledger, the operators.
    fn overseers(&mut self, about: About) -> Outcome {
        match self.compartment {
            Compartment::Installation => self.operators(about, None),
            Compartment::Lab(_) => self.within(about, |e| e.role == Role::Steward),
        }
    }

    fn operators(&mut self, about: About, lab: Option<LabId>) -> Outcome {
        let installation = self.gate.authority(Compartment::Installation)?;
        let all = installation.iter().flat_map(|a| a.operators());
        for operator in all.collect::<Vec<_>>() {
            self.tell(operator, None, about, lab);
        }
        Ok(())
    }

    /// Whoever was engaged in a lab at the time of the entry, and is concerned. Software reads no notices.
    fn engaged(&mut self, lab: LabId, about: About, concerns: impl Fn(&Engagement) -> bool) -> Outcome {
        let Some(authority) = self.open(lab)? else {
            return Ok(());
        };
        let at = self.entry.t;
        let all = authority.engagements().filter(|e| stood(e, at) && concerns(e));
        let people = all.filter(|e| e.role != Role::Integration);
        for engagement in people {
            let steward = engagement.role == Role::Steward;
            self.holder_of(engagement.id, about, steward.then_some(lab))?;
        }
        Ok(())
    }

    /// What authorises in a lab; none where its ledger is closed, and nobody can say who is engaged.
    fn open(&self, lab: LabId) -> Outcome<Option<std::sync::Arc<Authority>>> {
        match self.gate.authority(Compartment::Lab(lab)) {
            Err(_) if self.gate.is_closed(Compartment::Lab(lab)) => Ok(None),
            known => Ok(known?),
        }
    }

    fn holder(&mut self, engagement: EngagementId, about: About) -> Outcome {
        let authority = self.gate.authority(self.compartment)?;
        let granted = authority.as_ref().and_then(|a| a.engagement(engagement));
        let steward = granted.is_some_and(|e| e.role == Role::Steward);
        let lab = self.compartment.lab().filter(|_| steward);
        self.holder_of(engagement, about, lab)
    }

    fn ended(&mut self, engagement: EngagementId) -> Outcome {
        let authority = self.gate.authority(self.compartment)?;
        let granted = authority.as_ref().and_then(|a| a.engagement(engagement));
        if granted.is_none_or(|e| e.role == Role::Integration) {
            return Ok(());
        }
        // Who spoke for a lab does so no more: it is not named.
        self.holder_of(engagement, About::EngagementEnded(engagement), None)
    }

    fn holder_of(&mut self, engagement: EngagementId, about: About, lab: Option<LabId>) -> Outcome {
        if let Some(holder) = self.gate.holder_within(self.reader, engagement)? {
            self.tell(holder.principal, Some(engagement), about, lab);
        }
        Ok(())
    }

    /// The author of an answer that is back: as its row says, where that was not edited and is of this ledger's.
    fn author(&mut self, id: SubmissionId) -> Outcome {
        let Some(row) = submission::get(self.reader, id)? else {
            return Ok(());
        };
        let authority = self.gate.authority(self.compartment)?;
        let here = authority.is_some_and(|a| a.engagement(row.engagement).is_some());
        if here && self.gate.secrets().check_seal(&row).is_ok() {
            self.holder_of(row.engagement, About::AnswerReturned(id), None)?;
        }
        Ok(())
    }

    /// Whoever asked a question, unless what was said to it is their own.
    fn asker(&mut self, id: RemarkId) -> Outcome {
        let Some(row) = remark::get(self.reader, id)? else {
            return Ok(());
        };
        let authority = self.gate.authority(self.compartment)?;
        let asked = authority.as_ref().and_then(|a| a.engagement(row.engagement));
        // Under a later engagement of theirs too.
        let own = |e: &Engagement| matches!(self.entry.by, Actor::Engaged { pseudonym, .. } if pseudonym == e.pseudonym);
        if asked.is_some_and(|asked| !own(asked)) && self.gate.secrets().check(&row).is_ok() {
            self.holder_of(row.engagement, About::QuestionAnswered(id), None)?;
        }
        Ok(())
    }

    /// Once each. Who is told as engaged is not told again as an operator.
    fn tell(&mut self, who: PrincipalId, engagement: Option<EngagementId>, about: About, lab: Option<LabId>) {
        let own = |byte| (who, Some(EngagementId::from_bytes([byte; 16])));
        if engagement.is_none() && self.told.range(own(0)..=own(0xFF)).next().is_some() {
            return;
        }
        self.told.entry((who, engagement)).or_insert((about, lab));
    }
}

/// Whether an engagement granted at that time.
fn stood(engagement: &Engagement, at: Timestamp) -> bool {
    let over = match engagement.state {
        EngagementState::Ended { at: ended } => ended < at,
        EngagementState::Active => engagement.until.is_some_and(|until| until <= at),
    };
    !over && (engagement.begun || engagement.from <= at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_work_are_not_even_parsed() {
        assert!(is_wanted(
            br#"{"by":{"as":"platform"},"fact":{"halt":"x","kind":"halted"},"n":1}"#
        ));
        for other in [
            &br#"{"fact":{"kind":"task-released"}}"#[..],
            br#"{"fact":{"kind":"halted-"}}"#,
            br#""kind":""#,
            b"",
        ] {
            assert!(!is_wanted(other), "{}", String::from_utf8_lossy(other));
        }
    }
}
