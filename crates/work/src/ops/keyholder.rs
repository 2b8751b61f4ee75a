//! Giving a lab's keys into the lab's own hands.

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Answers, Caller, EnrolledWith, GateError, LabCode, NotEnrolled,
};
use cofferdam_model::{Compartment, Fact, LabId, SetKeyholder};

use super::{Platform, WorkError};

/// Says that keys are minted by a lab's own keyholder, and has what was sealed before sealed anew.
struct SetLabKeyholder {
    lab: LabId,
    enrolled: EnrolledWith,
}

impl AdminCommand for SetLabKeyholder {
    type Output = ();
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<WorkError>> {
        let compartment = Compartment::Lab(self.lab);
        let authority = scope.authority(compartment)?.ok_or(WorkError::NotFound("lab"))?;
        let facts = match authority.keyholder() {
            // Another node is enrolled with the same.
            Some(set) if set.authority == self.enrolled.authority && set.witness == self.enrolled.witness => {
                Vec::new()
            }
            Some(_) => return Err(other_keyholder().into()),
            None => {
                let set = Fact::KeyholderSet {
                    authority: self.enrolled.authority,
                    witness: self.enrolled.witness,
                };
                let anew = authority.projects();
                let anew = anew.map(|(project, _)| Fact::EpochsRotated { project });
                std::iter::once(set).chain(anew).collect()
            }
        };
        let facts = facts.into_iter().map(|fact| (compartment, fact)).collect();
        Ok(AdminDone {
            output: (),
            facts,
            consequences: Vec::new(),
        })
    }
}

fn other_keyholder() -> WorkError {
    WorkError::Conflict(
        "this lab's keys are held by another keyholder: take a code of that one. Moving from one of a lab's own to another is not \
         supported so far"
            .into(),
    )
}

/// Who holds a lab's keys.
#[derive(Debug)]
pub struct KeyHolding {
    /// The lab's own keyholder, as its ledger has it; none: the platform holds the keys itself.
    pub set: Option<SetKeyholder>,
    /// How it stands.
    pub answers: Answers,
}

impl Platform {
    /// Enrols this node with a lab's own keyholder. The first time, keys of the lab are minted there from then on, and what was sealed before
    /// is sealed anew in the background; afterwards, another node is enrolled or the same anew.
    pub async fn enrol_with_keyholder(
        &self,
        caller: &Caller,
        lab: LabId,
        code: &str,
        node: &str,
    ) -> Result<KeyHolding, WorkError> {
        self.gate.admit_operator(caller).await?;
        let authority = self
            .gate
            .authority(lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let code = LabCode::read(code).ok_or_else(|| {
            WorkError::invalid(
                "/code",
                "it is no whole code; it begins with cfk1_ and is one word, as `cofferdam-keyholder enrol` prints it",
            )
        })?;
        check_node(node)?;
        let other = |set: &SetKeyholder| set.authority != code.authority();
        if authority.keyholder().is_some_and(other) {
            return Err(other_keyholder());
        }
        let enrolled = self.gate.enrol(lab, code, node).await.map_err(why)?;
        if authority.keyholder().is_none() {
            // Once it is the lab's there is no way back, and all of the lab's work waits for it.
            let tried = self.gate.try_keyholder(lab, &enrolled).await;
            tried.map_err(|error| not_ready(why(error)))?;
        }
        self.gate
            .administer(caller, SetLabKeyholder { lab, enrolled })
            .await?;
        self.key_holding(lab).await
    }

    /// Who holds a lab's keys, and how that stands.
    pub async fn key_holding(&self, lab: LabId) -> Result<KeyHolding, WorkError> {
        let authority = self
            .gate
            .authority(lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let set = authority.keyholder().cloned();
        let answers = match &set {
            Some(set) => self.gate.lab_keyholder(lab, &set.authority).await,
            None => Answers::NotEnrolled,
        };
        Ok(KeyHolding { set, answers })
    }
}

/// The code is spent, and nothing else was done.
fn not_ready(error: WorkError) -> WorkError {
    match error {
        WorkError::Conflict(why) => WorkError::Conflict(format!(
            "this node is enrolled, but the keyholder grants it no lease for work, so that the lab's keys stay where they are: {why}. When \
             that is mended, try again with the same code"
        )),
        other => other,
    }
}

/// A name that a keyholder takes: `docs/keyholder-protocol.md`, section 2.
fn check_node(node: &str) -> Result<(), WorkError> {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let fits = (1..=64).contains(&node.len()) && node.bytes().all(known);
    let wrong = || {
        WorkError::invalid(
            "/node",
            "it is the name that the code was made for: 1 to 64 letters, digits, `.`, `-` and `_`",
        )
    };
    fits.then_some(()).ok_or_else(wrong)
}

fn why(error: NotEnrolled) -> WorkError {
    match error {
        NotEnrolled::Refused(why) => WorkError::Conflict(why),
        NotEnrolled::Away(why) if why.starts_with("this node") => WorkError::Conflict(why),
        NotEnrolled::Away(why) => {
            // What an address answers that is no keyholder's is nobody's to learn here.
            tracing::warn!(%why, "a lab's keyholder does not enrol this node");
            WorkError::Conflict(
                "the keyholder cannot be reached, or does not answer as one; the server's log says why. When it can, try again with the \
                 same code"
                    .into(),
            )
        }
        NotEnrolled::Gate(error) => error.into(),
    }
}
