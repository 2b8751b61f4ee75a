//! An installation in a folder of its own, and people in it.

use std::sync::Arc;

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_model::{Budget, CredentialKind, EngagementId, Env, LabId, ProjectId, Role, Timestamp};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::Options;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_testbed::Place;
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Platform};

/// Somebody under their engagement.
pub(crate) type Seat = (Caller, EngagementId);

/// An installation with one lab and one project, in which one hands in a text.
pub(crate) struct House {
    pub(crate) platform: Platform,
    pub(crate) operator: Caller,
    pub(crate) lab: LabId,
    pub(crate) project: ProjectId,
    folder: tempfile::TempDir,
    place: Place,
}

impl House {
    /// A project without a task.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Secrets::create(folder.path(), &Env::system()).unwrap();
        let place = Place::fresh().unwrap();
        let platform = started(folder.path(), &place).await;
        let operator = founded(&platform).await;
        let lab = platform.open_lab(&operator, "Lab").await.unwrap().id;
        let new = NewProject {
            lab,
            name: "Project".into(),
            template: "freeform".into(),
            overlap: 1,
            lease_seconds: 600,
        };
        let project = platform.open_project(&operator, new).await.unwrap().id;
        Self {
            platform,
            operator,
            lab,
            project,
            folder,
            place,
        }
    }

    /// Stops the service and starts it anew.
    pub(crate) async fn again(self) -> Self {
        let Self {
            platform,
            folder,
            place,
            ..
        } = self;
        drop(platform);
        let platform = started(folder.path(), &place).await;
        Self {
            platform,
            folder,
            place,
            ..self
        }
    }

    /// Somebody new in a role on the project.
    pub(crate) async fn seat(&self, role: Role, budget: Option<Budget>) -> Seat {
        let somebody = NewPrincipal {
            name: "Somebody".into(),
            kind: PrincipalKind::Person,
            operator: false,
            another: true,
        };
        let person = self.platform.enrol(&self.operator, somebody).await.unwrap().id;
        let engaged = self
            .platform
            .engage(&self.operator, self.project, person, role, vec![], None, budget);
        let engagement = engaged.await.unwrap();
        self.token(engagement).await
    }

    /// Engages the holder of a seat once more, in a role on the project.
    pub(crate) async fn anew(&self, seat: &Seat, role: Role) -> Seat {
        let (operator, project, person) = (&self.operator, self.project, seat.0.principal());
        let other = Budget {
            objects_per_hour: 599,
            ..Budget::PERSON
        };
        let engaged = self
            .platform
            .engage(operator, project, person, role, vec![], None, Some(other));
        let engagement = engaged.await.unwrap();
        self.token(engagement).await
    }

    /// Somebody new who looks after the lab.
    pub(crate) async fn steward(&self) -> Seat {
        let somebody = NewPrincipal {
            name: "Steward".into(),
            kind: PrincipalKind::Person,
            operator: false,
            another: true,
        };
        let person = self.platform.enrol(&self.operator, somebody).await.unwrap().id;
        let appointed = self
            .platform
            .appoint_steward(&self.operator, self.lab, person)
            .await;
        self.token(appointed.unwrap()).await
    }

    async fn token(&self, engagement: EngagementId) -> Seat {
        let issued = self
            .platform
            .issue_token(&self.operator, engagement, "test", 1)
            .await
            .unwrap();
        let caller = self
            .platform
            .gate()
            .authenticate(issued.secret.expose())
            .await
            .unwrap();
        (caller, engagement)
    }

    /// Tasks come in, one for each text.
    pub(crate) async fn import(&self, lead: Seat, texts: &[&str]) {
        let file: String = texts
            .iter()
            .map(|text| format!("{{\"body\":\"{text}\"}}\n"))
            .collect();
        let (caller, under) = lead;
        let taken = self
            .platform
            .import(&caller, under, None, file.into_bytes(), Bringing::default());
        taken.await.unwrap();
    }
}

async fn started(folder: &std::path::Path, place: &Place) -> Platform {
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 60_000_000 },
        denied: Default::default(),
    };
    let keys = folder.join("keys");
    let keyholder = EmbeddedKeyholder::open(keys, Box::new(policy), Arc::new(SystemRandom)).unwrap();
    let gate = Gate::open(Setup {
        store: Options {
            folder: folder.to_owned(),
            database: place.database().parse().unwrap(),
            readers: 1,
        },
        secrets: Secrets::open(folder, "test.example").unwrap(),
        keyholder: Arc::new(keyholder),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: Env::system(),
        node: "node".into(),
    });
    Platform::new(gate.await.unwrap(), folder.to_owned())
}

async fn founded(platform: &Platform) -> Caller {
    let (gate, env) = (platform.gate(), Env::system());
    let founder = PrincipalRow {
        id: env.new_id().unwrap(),
        kind: PrincipalKind::Person,
        name: "Operator".into(),
        created: Timestamp::from_micros(0),
    };
    let id = gate.found(founder).await.unwrap();
    let kind = CredentialKind::Token;
    let issued = gate.issue_to_founder(id, kind, "first", 3_600).await.unwrap();
    gate.authenticate(issued.secret.expose()).await.unwrap()
}
