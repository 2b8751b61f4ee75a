//! What an id is of: whoever reads a ledger, a log or a letter has one, and wants the name.

use std::collections::HashMap;

use cofferdam_custody::{Bound, Caller};
use cofferdam_model::engagement::credential_tag;
use cofferdam_model::{
    AssignmentId, Compartment, CredentialId, CredentialTag, DeliveryId, EngagementId, HaltId, Id, IdError,
    IncidentId, InventoryId, LabId, PrincipalId, ProjectId, Pseudonym, RemarkId, ReviewId, Scope,
    SubmissionId, TaskId, WallId,
};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::lab::LabRow;
use cofferdam_store::principal::PrincipalRow;
use cofferdam_store::project::ProjectRow;
use cofferdam_store::{
    Reader, StoreError, credential, engagement, incident, inventory, remark, review, submission, task,
};

use super::{Platform, WorkError};

/// What an id is of, and what that belongs to.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What it is called in the vocabulary: `lab`, `engagement`, `credential`, …
    pub kind: &'static str,
    /// Whose.
    pub lab: Option<LabRow>,
    /// Of which project.
    pub project: Option<ProjectRow>,
    /// By which engagement.
    pub engagement: Option<EngagementId>,
    /// Whom it is, or who has or made it.
    pub person: Option<PrincipalRow>,
    /// The credential, where it is one or its name in a ledger.
    pub credential: Option<CredentialId>,
    /// The incident, where it is one or a lab's own name for it.
    pub incident: Option<IncidentId>,
}

impl Platform {
    /// What an id is of, for operators.
    pub async fn lookup(&self, caller: &Caller, id: &str) -> Result<Found, WorkError> {
        self.gate.administers(caller)?;
        let (prefix, _) = id.split_once('_').unwrap_or_default();
        let mut found = match prefix {
            "lab" => self.of_lab(of(id)?).await?,
            "prj" => self.of_project(of(id)?).await?,
            "pri" => self.of_person(of(id)?).await?,
            "eng" => self.of_engagement(of(id)?).await?,
            "p" => self.of_pseudonym(of(id)?).await?,
            "crd" => self.of_credential(of(id)?).await?,
            "ct" => self.of_tag(of(id)?).await?,
            "tsk" | "asg" | "sub" | "rev" | "rmk" => self.of_work(prefix, id).await?,
            "dlv" => {
                let row = self.delivery(of::<DeliveryId>(id)?).await?;
                self.of_project(row.project).await?
            }
            "hlt" => self.of_halt(of(id)?).await?,
            "inc" => self.of_incident(of(id)?).await?,
            "inv" => self.of_inventory(of(id)?).await?,
            "wal" => self.wall(of::<WallId>(id)?).await.map(|_| Found::default())?,
            _ => return Err(WorkError::invalid("id", KINDS)),
        };
        found.kind = match (&found.person, prefix) {
            (Some(found), "pri") => found.kind.name(),
            _ => kind(prefix),
        };
        Ok(found)
    }

    async fn of_lab(&self, id: LabId) -> Result<Found, WorkError> {
        Ok(Found {
            lab: Some(self.lab(id).await?),
            ..Found::default()
        })
    }

    async fn of_project(&self, id: ProjectId) -> Result<Found, WorkError> {
        let project = self.project_row(id).await?;
        Ok(Found {
            project: Some(project.clone()),
            ..self.of_lab(project.lab).await?
        })
    }

    async fn of_person(&self, id: PrincipalId) -> Result<Found, WorkError> {
        Ok(Found {
            person: Some(self.person(id).await?),
            ..Found::default()
        })
    }

    async fn of_engagement(&self, id: EngagementId) -> Result<Found, WorkError> {
        let known = self.gate.engagement(id).await?;
        let (granted, holder) = known.ok_or(WorkError::NotFound("engagement"))?;
        let within = match granted.project() {
            Some(project) => self.of_project(project).await?,
            None => self.of_lab(granted.lab).await?,
        };
        Ok(Found {
            engagement: Some(id),
            person: Some(self.person(holder.principal).await?),
            ..within
        })
    }

    async fn of_pseudonym(&self, name: Pseudonym) -> Result<Found, WorkError> {
        for lab in self.gate.labs() {
            let Some(authority) = self.gate.authority(lab.into())? else {
                continue;
            };
            let called = authority.engagements().find(|e| e.pseudonym == name);
            if let Some(called) = called.map(|e| e.id) {
                // It is a person's in the whole lab, whatever project that engagement is for.
                let found = self.of_engagement(called).await?;
                return Ok(Found {
                    project: None,
                    engagement: None,
                    ..found
                });
            }
        }
        Err(WorkError::NotFound("pseudonym"))
    }

    async fn of_credential(&self, id: CredentialId) -> Result<Found, WorkError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let row: CredentialRow = credential::get(reader, id)?.ok_or(WorkError::NotFound("credential"))?;
            gate.secrets().check_credential(reader, &row)?;
            Ok::<_, WorkError>(row)
        };
        let row = self.gate.store().read(read).await?;
        let within = match row.bound_to {
            Some(only) => self.of_engagement(only).await?,
            None => self.of_person(row.principal).await?,
        };
        Ok(Found {
            credential: Some(id),
            ..within
        })
    }

    /// The credential that is called so in a lab's ledger: each has a name of its own in each.
    async fn of_tag(&self, tag: CredentialTag) -> Result<Found, WorkError> {
        let read = |reader: &mut Reader<'_>| {
            Ok::<_, StoreError>((credential::all(reader)?, engagement::all(reader)?))
        };
        let (credentials, holders): (Vec<CredentialRow>, Vec<HolderRow>) =
            self.gate.store().read(read).await?;
        let mut of_person: HashMap<PrincipalId, Vec<HolderRow>> = HashMap::new();
        for holder in holders {
            of_person.entry(holder.principal).or_default().push(holder);
        }
        let held = |row: &CredentialRow| of_person.get(&row.principal).into_iter().flatten().copied();
        let labs = self.gate.labs().into_iter().map(Compartment::Lab);
        let ledgers: Vec<Compartment> = labs.chain([Compartment::Installation]).collect();
        for row in &credentials {
            let called = held(row).find(|holder| credential_tag(&holder.salt, row.id) == tag);
            if let Some(holder) = called {
                let found = self.of_credential(row.id).await?;
                let lab = Some(self.lab(holder.lab).await?);
                return Ok(Found { lab, ..found });
            }
            let mut ledgers = ledgers.iter();
            if let Some(ledger) = ledgers.find(|ledger| self.gate.is_called(row.id, **ledger, tag)) {
                let found = self.of_credential(row.id).await?;
                let lab = match ledger.lab() {
                    Some(lab) => Some(self.lab(lab).await?),
                    None => None,
                };
                return Ok(Found { lab, ..found });
            }
        }
        Err(WorkError::NotFound("credential"))
    }

    async fn of_work(&self, prefix: &str, id: &str) -> Result<Found, WorkError> {
        let missing = |what| move || WorkError::NotFound(what);
        let store = self.gate.store();
        match prefix {
            "tsk" => {
                let id: TaskId = of(id)?;
                let row = store.read(move |r| task::get(r, id)).await?;
                let row = self.whole(row, missing("task"))?;
                self.of_project(row.project).await
            }
            "asg" => {
                let id: AssignmentId = of(id)?;
                let row = store.read(move |r| task::assignment(r, id)).await?;
                let row = self.whole(row, missing("hold"))?;
                self.of_engagement(row.engagement).await
            }
            "rev" => {
                let id: ReviewId = of(id)?;
                let row = store.read(move |r| review::get(r, id)).await?;
                let row = self.whole(row, missing("review"))?;
                self.of_engagement(row.engagement).await
            }
            "rmk" => {
                let id: RemarkId = of(id)?;
                let row = store.read(move |r| remark::get(r, id)).await?;
                let row = self.whole(row, missing("remark"))?;
                self.of_engagement(row.engagement).await
            }
            _ => {
                let id: SubmissionId = of(id)?;
                let row = store.read(move |r| submission::get(r, id)).await?;
                let row = row.ok_or_else(missing("submission"))?;
                self.gate.secrets().check_seal(&row)?;
                self.of_engagement(row.engagement).await
            }
        }
    }

    fn whole<R: Bound>(&self, row: Option<R>, missing: impl FnOnce() -> WorkError) -> Result<R, WorkError> {
        let row = row.ok_or_else(missing)?;
        self.gate.secrets().check(&row)?;
        Ok(row)
    }

    /// An open halt, and what it is on: of others the ledgers tell.
    async fn of_halt(&self, id: HaltId) -> Result<Found, WorkError> {
        let labs = self.gate.labs().into_iter().map(Compartment::Lab);
        for compartment in labs.chain([Compartment::Installation]) {
            let authority = self.gate.authority(compartment)?;
            let Some(scope) = authority.and_then(|authority| authority.halt(id).map(|halt| halt.scope))
            else {
                continue;
            };
            return match scope {
                Scope::Installation => Ok(Found::default()),
                Scope::Lab(lab) => self.of_lab(lab).await,
                Scope::Project(project) => self.of_project(project).await,
                Scope::Engagement(engagement) => self.of_engagement(engagement).await,
                Scope::Person(person) | Scope::Component(person) => self.of_person(person).await,
                Scope::Credential(credential) => self.of_credential(credential).await,
            };
        }
        Err(WorkError::NotFound("open halt"))
    }

    async fn of_incident(&self, id: IncidentId) -> Result<Found, WorkError> {
        let labs = self.gate.labs();
        let read = move |reader: &mut Reader<'_>| {
            if incident::get(reader, id)?.is_some() {
                return Ok(Some((id, None)));
            }
            for lab in labs {
                if let Some(row) = incident::own(reader, lab, id)? {
                    return Ok(Some((row.incident, Some(lab))));
                }
            }
            Ok::<_, StoreError>(None)
        };
        let found = self.gate.store().read(read).await?;
        let (incident, lab) = found.ok_or(WorkError::NotFound("incident"))?;
        let within = match lab {
            Some(lab) => self.of_lab(lab).await?,
            None => Found::default(),
        };
        Ok(Found {
            incident: Some(incident),
            ..within
        })
    }

    async fn of_inventory(&self, id: InventoryId) -> Result<Found, WorkError> {
        let row = self.gate.store().read(move |r| inventory::get(r, id)).await?;
        let row = self.whole(row, || WorkError::NotFound("inventory"))?;
        self.of_person(row.component).await
    }
}

const KINDS: &str = "an id is needed of a lab (lab_), a project (prj_), a person or component (pri_), an engagement (eng_), a pseudonym \
     (p_), a credential (crd_) or its name in a ledger (ct_), a task (tsk_), a hold (asg_), an answer (sub_), a review (rev_), a \
     question or what was said to it (rmk_), a delivery (dlv_), a halt (hlt_), an incident (inc_), an inventory (inv_) or a wall (wal_)";

fn kind(prefix: &str) -> &'static str {
    match prefix {
        "lab" => "lab",
        "prj" => "project",
        "pri" => "person",
        "eng" => "engagement",
        "p" => "pseudonym",
        "crd" => "credential",
        "ct" => "credential-tag",
        "tsk" => "task",
        "asg" => "assignment",
        "sub" => "submission",
        "rev" => "review",
        "rmk" => "remark",
        "dlv" => "delivery",
        "hlt" => "halt",
        "inc" => "incident",
        "inv" => "inventory",
        _ => "wall",
    }
}

fn of<I: Id>(id: &str) -> Result<I, WorkError> {
    id.parse()
        .map_err(|error: IdError| WorkError::invalid("id", error.to_string()))
}
