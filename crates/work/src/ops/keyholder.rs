//! Giving a lab's keys into the lab's own hands.

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Answers, Caller, Enrolled, GateError, LabCode, NotEnrolled,
};
use cofferdam_model::{Compartment, Fact, LabId, SetKeyholder};

use super::{Platform, WorkError};

/// Says that keys are minted by a lab's own keyholder, and has what was sealed before sealed anew.
struct SetLabKeyholder {
    lab: LabId,
    enrolled: Enrolled,
}

impl AdminCommand for SetLabKeyholder {
    type Output = ();
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<WorkError>> {
        let compartment = Compartment::Lab(self.lab);
        let authority = scope.authority(compartment)?.ok_or(WorkError::NotFound("lab"))?;
        let facts = match authority.keyholder() {
            // Another node is enrolled with the same.
            Some(set) if set.authority == self.enrolled.authority => Vec::new(),
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
        NotEnrolled::Away(why) => WorkError::Conflict(format!(
            "the keyholder cannot be reached ({why}); when it can, try again with the same code"
        )),
        NotEnrolled::Gate(error) => error.into(),
    }
}
