//! The exposure report of an incident for one lab: what the firm states is gathered from the rows, each held against the ledgers;
//! everything else follows from the lab's own ledger.

mod recorded;
mod stating;

pub(crate) use stating::LONGEST_SILENCE;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use cofferdam_custody::{Gate, Integrity};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::SigningKey;
use cofferdam_model::{Authority, Compartment, Entry, Fact, IncidentId, LabId, ObjectSet, Timestamp, Window};
use cofferdam_store::{Reader, incident};

use crate::report::{self, Case, ReportError};
use crate::{Containment, IncidentError};
use stating::Stating;

/// What a report is asked of.
#[derive(Clone, Copy)]
struct Asked {
    lab: LabId,
    own: IncidentId,
    chosen: Option<Window>,
    made_at: Timestamp,
}

/// What authorises in a lab and in the installation, and how much of the lab's ledger is signed.
struct Ledger {
    checkpoint: Arc<str>,
    size: u64,
    key: SigningKey,
    authority: Arc<Authority>,
    installation: Arc<Authority>,
}

/// Everything that a report is made from.
struct Made {
    case: Case,
    made_at: Timestamp,
    ledger: Ledger,
    entries: Vec<Entry>,
    lists: HashMap<[u8; 32], Vec<u8>>,
}

impl Containment {
    /// The signed exposure report of an incident that concerns a lab, by the lab's own id for it, as a file. For its stewards, and
    /// for operators. One is made at a time.
    pub async fn exposure_report(
        &self,
        lab: LabId,
        own: IncidentId,
        chosen: Option<Window>,
    ) -> Result<Vec<u8>, IncidentError> {
        self.is_there(lab, own).await?;
        // What is being made is made to its end, whether or not anybody still waits for it: the next one waits.
        let turn = Arc::clone(&self.reporting)
            .acquire_owned()
            .await
            .map_err(failed)?;
        let asked = Asked {
            lab,
            own,
            chosen,
            made_at: self.gate.env().now(),
        };
        let ledger = Ledger::of(&self.gate, lab).await?;
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let entries = entries(reader, &gate, &ledger, lab)?;
            let case = Stating::case(reader, &gate, &ledger, &entries, asked)?;
            Ok::<_, IncidentError>((ledger, entries, case, turn))
        };
        let (ledger, entries, case, turn) = self.gate.store().read(read).await?;
        let made = Made {
            case,
            made_at: asked.made_at,
            lists: self.lists(lab, &entries).await?,
            ledger,
            entries,
        };
        let signed = tokio::task::spawn_blocking(move || {
            let signed = made.signed(lab);
            drop(turn);
            signed
        });
        signed.await.map_err(failed)?
    }

    /// Whether there is such an incident in the lab: what is not there waits for no report.
    async fn is_there(&self, lab: LabId, own: IncidentId) -> Result<(), IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            if incident::own(reader, lab, own)?.is_some() {
                return Ok(());
            }
            let mut told = false;
            gate.scan_within(reader, Compartment::Lab(lab), &mut |entry| {
                told |= matches!(entry.fact, Fact::IncidentOpened { incident, .. } if incident == own);
            })?;
            match told {
                // The report itself says what is missing.
                true => Ok(()),
                false => Err(IncidentError::NotFound("incident")),
            }
        };
        self.gate.store().read(read).await
    }

    /// The lists that entries name. One that is missing is named by what needs it.
    async fn lists(
        &self,
        lab: LabId,
        entries: &[Entry],
    ) -> Result<HashMap<[u8; 32], Vec<u8>>, IncidentError> {
        let compartment = Compartment::Lab(lab);
        let mut lists = HashMap::new();
        for set in entries.iter().filter_map(|entry| entry.fact.object_set()) {
            if let Some(list) = self.gate.object_list(compartment, set.sha256).await? {
                lists.insert(set.sha256, list);
            }
        }
        Ok(lists)
    }
}

impl Ledger {
    /// What authorises is asked after what is signed, so that it knows all of that.
    async fn of(gate: &Gate, lab: LabId) -> Result<Self, IncidentError> {
        let compartment = Compartment::Lab(lab);
        let checkpoint = gate.signed_head(compartment).await;
        let open = |compartment| match gate.authority(compartment) {
            Ok(Some(authority)) => Ok(authority),
            Ok(None) => Err(IncidentError::NotFound("lab")),
            Err(found) => Err(found.into()),
        };
        let (authority, installation) = (open(compartment)?, open(Compartment::Installation)?);
        let wrong = |problem: String| Integrity::of(format!("the ledger of {lab}"), problem);
        let checkpoint = checkpoint?.ok_or_else(|| wrong("it has no signed tree head".into()))?;
        let key = gate.secrets().ledger_key(compartment).map_err(failed)?;
        let signed = Checkpoint::open(checkpoint.as_bytes(), key.verifying_key(), &[]);
        let signed = signed.map_err(|error| wrong(format!("its signed tree head does not hold: {error}")))?;
        Ok(Self {
            size: signed.checkpoint.size(),
            checkpoint,
            key,
            authority,
            installation,
        })
    }
}

/// The entries of a lab's ledger that are signed.
fn entries(
    reader: &mut Reader<'_>,
    gate: &Gate,
    ledger: &Ledger,
    lab: LabId,
) -> Result<Vec<Entry>, IncidentError> {
    let mut entries = Vec::new();
    gate.scan_within(reader, Compartment::Lab(lab), &mut |entry| {
        if entry.n < ledger.size {
            entries.push(entry.clone());
        }
    })?;
    Ok(entries)
}

impl Made {
    fn signed(self, lab: LabId) -> Result<Vec<u8>, IncidentError> {
        let Self { ledger, lists, .. } = self;
        let signed = (ledger.checkpoint.as_bytes(), ledger.key.verifying_key());
        let entries = self.entries.into_iter().map(Ok::<_, Infallible>);
        let list = |set: &ObjectSet| lists.get(&set.sha256).cloned();
        let report = report::make(&self.case, self.made_at, signed, entries, list);
        let report = report.map_err(|error| unmade(lab, &error))?;
        let signed = report::sign(report, &ledger.key).map_err(failed)?;
        signed.to_bytes().map_err(failed)
    }
}

/// Whatever does not follow from rows and a ledger that are as they were written: they are not.
fn unmade(lab: LabId, error: &ReportError) -> IncidentError {
    match error {
        ReportError::Derive(_) | ReportError::Checkpoint(_) | ReportError::Size { .. } => {
            let what = format!("what a report to {lab} is made from");
            Integrity::of(what, error.to_string()).into()
        }
        ReportError::Canonical(_) | ReportError::Note(_) | ReportError::Key { .. } => failed(error),
    }
}

fn failed(error: impl std::fmt::Display) -> IncidentError {
    IncidentError::Failed(error.to_string())
}
