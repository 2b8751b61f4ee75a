//! A platform whose clock the tests move, and people at their desks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_model::{
    Clock, CredentialKind, EngagementId, Env, Fact, LabId, PrincipalId, ProjectId, Role, SystemEntropy,
    Timestamp,
};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::Options;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_testbed::Place;
use cofferdam_work::import::ImportOptions;
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Platform};

/// How long a task is held.
pub(crate) const LEASE: i64 = 600;

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct World {
    _folder: tempfile::TempDir,
    _place: Place,
    clock: Arc<Hand>,
    pub(crate) platform: Platform,
    pub(crate) operator: Caller,
}

/// Somebody at a desk: under which engagement, and who it is.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) caller: Caller,
    pub(crate) engagement: EngagementId,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // 2026-03-24T10:00:00Z, a Tuesday.
        let clock = Arc::new(Hand(AtomicI64::new(1_774_346_400_000_000)));
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        Secrets::create(folder.path(), &env).unwrap();
        let place = Place::fresh().unwrap();
        let policy = FixedPolicy {
            terms: LeaseTerms { micros: 60_000_000 },
            denied: Default::default(),
        };
        let keys = folder.path().join("keys");
        let keyholder = EmbeddedKeyholder::open(keys, Box::new(policy), Arc::new(SystemRandom)).unwrap();
        let gate = Gate::open(Setup {
            store: Options {
                folder: folder.path().to_owned(),
                database: place.database().parse().unwrap(),
                readers: 2,
            },
            secrets: Secrets::open(folder.path(), "test.example").unwrap(),
            keyholder: Arc::new(keyholder),
            lab_keyholders: Arc::new(NoLabKeyholders),
            env: env.clone(),
            node: "node".into(),
        });
        let gate = gate.await.unwrap();
        let founder = PrincipalRow {
            id: env.new_id().unwrap(),
            kind: PrincipalKind::Person,
            name: "Operator".into(),
            created: env.now(),
        };
        let id = gate.found(founder).await.unwrap();
        let kind = CredentialKind::Token;
        let issued = gate
            .issue_to_founder(id, kind, "first", 90 * 86_400)
            .await
            .unwrap();
        let operator = gate.authenticate(issued.secret.expose()).await.unwrap();
        Self {
            platform: Platform::new(gate, folder.path().to_owned()),
            operator,
            clock,
            _folder: folder,
            _place: place,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub(crate) async fn lab(&self, name: &str) -> LabId {
        self.platform.open_lab(&self.operator, name).await.unwrap().id
    }

    /// A project of tasks that ask for a text.
    pub(crate) async fn project(&self, lab: LabId, name: &str, tasks: usize) -> ProjectId {
        self.project_for(lab, name, tasks, 1).await
    }

    /// The same, each task for so many people.
    pub(crate) async fn project_for(&self, lab: LabId, name: &str, tasks: usize, overlap: u32) -> ProjectId {
        let file: String = (0..tasks)
            .map(|n| format!("{{\"body\":\"task {n}\"}}\n"))
            .collect();
        self.project_with(lab, name, "freeform", &file, overlap).await
    }

    /// A project of the tasks in a file.
    pub(crate) async fn project_with(
        &self,
        lab: LabId,
        name: &str,
        template: &str,
        file: &str,
        overlap: u32,
    ) -> ProjectId {
        let new = NewProject {
            lab,
            name: name.into(),
            template: template.into(),
            overlap,
            lease_seconds: LEASE,
        };
        let project = self.platform.open_project(&self.operator, new).await.unwrap().id;
        let lead = self.seat(project, Role::Lead).await;
        let bringing = Bringing {
            reading: ImportOptions::default(),
            again: false,
        };
        let import = self
            .platform
            .import(&lead.caller, lead.engagement, None, file.into(), bringing);
        import.await.unwrap();
        project
    }

    pub(crate) async fn person(&self, kind: PrincipalKind) -> PrincipalId {
        let somebody = NewPrincipal {
            name: "Somebody".to_owned(),
            kind,
            operator: false,
            another: true,
        };
        self.platform.enrol(&self.operator, somebody).await.unwrap().id
    }

    /// A new person, engaged.
    pub(crate) async fn seat(&self, project: ProjectId, role: Role) -> Seat {
        let person = self.person(PrincipalKind::Person).await;
        self.engaged(project, person, role).await
    }

    pub(crate) async fn engaged(&self, project: ProjectId, person: PrincipalId, role: Role) -> Seat {
        self.engaged_until(project, person, role, None).await
    }

    /// The same until then.
    pub(crate) async fn engaged_until(
        &self,
        project: ProjectId,
        person: PrincipalId,
        role: Role,
        until: Option<Timestamp>,
    ) -> Seat {
        let engaged = self
            .platform
            .engage(&self.operator, project, person, role, vec![], until, None);
        let engagement = engaged.await.unwrap();
        let issued = self
            .platform
            .issue_token(&self.operator, engagement, "desk", 90)
            .await
            .unwrap();
        let caller = self.platform.gate().authenticate(issued.secret.expose());
        Seat {
            caller: caller.await.unwrap(),
            engagement,
        }
    }

    /// Everything in a lab's ledger, oldest first.
    pub(crate) async fn ledger(&self, lab: LabId) -> Vec<Fact> {
        let entries = self.platform.gate().entries_before(lab.into(), u64::MAX, 500);
        let mut facts: Vec<Fact> = entries.await.unwrap().into_iter().map(|e| e.fact).collect();
        facts.reverse();
        facts
    }
}
