//! What people and jobs do: each operation is one command through the gate, or one recorded stream.
//!
//! Handlers translate, these decide. None of them holds a key or opens an object: what they get unsealed, the gate
//! gave them after it was recorded.

mod admitted;
mod agreements;
mod answered;
mod bound;
mod bounds;
mod decisions;
mod deliveries;
mod engagements;
mod error;
mod exports;
mod foreseen;
mod gone;
mod guidelines;
mod halts;
mod hours;
mod imports;
mod jobs;
mod keyholder;
mod known;
mod lookup;
mod offers;
mod others;
mod people;
mod projects;
mod questions;
mod queue;
mod reviews;
mod rotation;
mod spared;
mod views;
mod walls;
mod withdrawals;

pub use agreements::{Agreement, PairAgreement};
pub use decisions::{ReturnedRow, SentBack, SentBackPage};
pub use deliveries::DeliveryMade;
pub use engagements::Grant;
pub use error::{FieldError, WorkError};
pub use exports::Export;
pub use foreseen::{Foreseen, Foresight};
pub use guidelines::Guideline;
pub use halts::{Resumption, Stopped, halt_within};
pub use hours::{Started, StoppedTimer, TimerView, Worked};
pub use imports::{Bringing, Imported};
pub use keyholder::KeyHolding;
pub use lookup::Found;
pub use offers::{Asking, Offer, Placed};
pub use others::Other;
pub use people::{NewPrincipal, check_name, kept_name};
pub use projects::NewProject;
pub use questions::{MOST_QUESTIONS, Question, Remark as QuestionRemark, Remarked};
pub use queue::{Held, Remark, Rework, SavedDraft, SentBackBy, Taken};
pub use reviews::{Judged, Opinion, ToReview};
pub use views::{
    AccessView, EngagementView, HaltPlace, HaltView, Overseen, ProjectView, Summary, SummaryActor,
};
pub use walls::{Changing, NewWall, WallView};
pub use withdrawals::{WITHDRAWN_WITHIN_SECONDS, Withdrawn};

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cofferdam_custody::Gate;
use cofferdam_model::{Id, ProjectId};

use crate::template::Template;

/// The work platform over one gate; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    pub(crate) gate: Gate,
    shared: Arc<Shared>,
}

struct Shared {
    deliveries: PathBuf,
    templates: Mutex<HashMap<ProjectId, Arc<Template>>>,
    board: tokio::sync::Mutex<Option<Arc<offers::Board>>>,
}

/// Where the encrypted file of a delivery lies in the folder of deliveries.
#[must_use]
pub fn delivery_file(folder: &std::path::Path, id: cofferdam_model::DeliveryId) -> PathBuf {
    folder.join(format!("{id}.age"))
}

impl Platform {
    /// A platform whose encrypted deliveries lie in `deliveries`, a folder that exists.
    pub fn new(gate: Gate, deliveries: PathBuf) -> Self {
        Self {
            gate,
            shared: Arc::new(Shared {
                deliveries,
                templates: Mutex::default(),
                board: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// The gate.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The id of what is to be.
    pub(crate) fn fresh<I: Id>(&self) -> Result<I, WorkError> {
        let id = self.gate.env().new_id();
        id.map_err(|e| WorkError::Failed(e.to_string()))
    }

    pub(crate) fn delivery_path(&self, id: cofferdam_model::DeliveryId) -> PathBuf {
        delivery_file(&self.shared.deliveries, id)
    }

    pub(crate) fn cached_template(&self, project: ProjectId) -> Option<Arc<Template>> {
        self.shared
            .templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&project)
            .cloned()
    }

    pub(crate) fn keep_template(&self, project: ProjectId, template: Arc<Template>) {
        self.shared
            .templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(project, template);
    }
}
