//! An installation whose database anybody may write.

use std::sync::Arc;

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_model::work::Verdict;
use cofferdam_model::{
    CredentialKind, DeliveryId, EngagementId, Env, Id, LabId, PrincipalId, ProjectId, Role,
};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_store::sql::Value as Sql;
use cofferdam_store::{Options, Tx};
use cofferdam_testbed::Place;
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Opinion, Platform, ReturnedRow, WorkError};
use serde_json::json;

/// Somebody under their engagement.
pub(crate) type Seat = (Caller, EngagementId);

pub(crate) const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

pub(crate) struct World {
    _folder: tempfile::TempDir,
    _place: Place,
    pub(crate) platform: Platform,
    pub(crate) operator: Caller,
}

#[derive(Clone, Copy)]
pub(crate) struct Lab {
    pub(crate) id: LabId,
    pub(crate) project: ProjectId,
    pub(crate) steward: Seat,
    pub(crate) author: Seat,
}

async fn gate(folder: &std::path::Path, place: &Place, env: &Env) -> Gate {
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 60_000_000 },
        denied: Default::default(),
    };
    let keyholder =
        EmbeddedKeyholder::open(folder.join("keys"), Box::new(policy), Arc::new(SystemRandom)).unwrap();
    Gate::open(Setup {
        store: Options {
            folder: folder.to_owned(),
            database: place.database().parse().unwrap(),
            readers: 2,
        },
        secrets: Secrets::open(folder, "test.example").unwrap(),
        keyholder: Arc::new(keyholder),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: env.clone(),
        node: "node".into(),
    })
    .await
    .unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env = Env::system();
        Secrets::create(folder.path(), &env).unwrap();
        let place = Place::fresh().unwrap();
        let gate = gate(folder.path(), &place, &env).await;
        let founder = PrincipalRow {
            id: env.new_id().unwrap(),
            kind: PrincipalKind::Person,
            name: "Operator".into(),
            created: env.now(),
        };
        let id = gate.found(founder).await.unwrap();
        let issued = gate
            .issue_to_founder(id, CredentialKind::Token, "first", 3_600)
            .await
            .unwrap();
        let operator = gate.authenticate(issued.secret.expose()).await.unwrap();
        let deliveries = folder.path().join("deliveries");
        std::fs::create_dir(&deliveries).unwrap();
        Self {
            platform: Platform::new(gate, deliveries),
            operator,
            _folder: folder,
            _place: place,
        }
    }

    pub(crate) async fn person(&self) -> PrincipalId {
        let kind = PrincipalKind::Person;
        let somebody = NewPrincipal {
            name: "Somebody".to_owned(),
            kind,
            operator: false,
            another: true,
        };
        let enrolled = self.platform.enrol(&self.operator, somebody).await;
        enrolled.unwrap().id
    }

    pub(crate) async fn caller(&self, engagement: EngagementId) -> Seat {
        let issued = self
            .platform
            .issue_token(&self.operator, engagement, "test", 1)
            .await;
        let gate = self.platform.gate();
        let caller = gate.authenticate(issued.unwrap().secret.expose()).await.unwrap();
        (caller, engagement)
    }

    /// A lab with a steward, a project of two tasks, and an author who answered the first.
    pub(crate) async fn lab(&self, name: &str) -> Lab {
        let (platform, operator) = (&self.platform, &self.operator);
        let id = platform.open_lab(operator, name).await.unwrap().id;
        let new = NewProject {
            lab: id,
            name: "Project".into(),
            template: "freeform".into(),
            overlap: 1,
            lease_seconds: 600,
        };
        let project = platform.open_project(operator, new).await.unwrap().id;
        let person = self.person().await;
        let steward = platform.appoint_steward(operator, id, person).await.unwrap();
        let steward = self.caller(steward).await;
        let recipients = vec![RECIPIENT.to_owned()];
        platform
            .set_recipients(&steward.0, steward.1, recipients)
            .await
            .unwrap();
        let file = b"{\"body\":\"one\"}\n{\"body\":\"two\"}\n".to_vec();
        platform
            .import(&steward.0, steward.1, Some(project), file, Bringing::default())
            .await
            .unwrap();
        let person = self.person().await;
        let author = platform
            .engage(operator, project, person, Role::Author, vec![], None, None)
            .await;
        let author = self.caller(author.unwrap()).await;
        let held = platform.claim(&author.0, author.1).await.unwrap().unwrap();
        platform
            .submit(
                &author.0,
                author.1,
                held.assignment,
                &json!({ "text": "answer" }),
                None,
            )
            .await
            .unwrap();
        Lab {
            id,
            project,
            steward,
            author,
        }
    }

    /// Writes into the database past every rule.
    pub(crate) async fn edit(&self, sql: &'static str, values: Vec<[u8; 16]>) {
        let store = self.platform.gate().store();
        let done = store.write(move |tx| {
            let values: Vec<Sql<'_>> = values.iter().map(|v| Sql::Blob(Some(v))).collect();
            tx.execute(sql, &values)
        });
        assert_ne!(done.await.unwrap(), 0, "{sql}");
    }

    pub(crate) async fn findings(&self) -> Vec<String> {
        let health = self.platform.gate().examine().await.unwrap();
        health.findings.iter().map(ToString::to_string).collect()
    }
}

pub(crate) fn bytes(id: impl Id) -> [u8; 16] {
    *id.as_bytes()
}

/// Whether something was not done since what is stored is not as it was written.
pub(crate) fn was_refused<T>(answer: &Result<T, WorkError>) -> bool {
    matches!(answer, Err(WorkError::Failed(_) | WorkError::Integrity(_)))
}

#[track_caller]
pub(crate) fn not_there<T: std::fmt::Debug>(answer: Result<T, WorkError>) {
    let hidden = matches!(
        answer,
        Err(WorkError::NotFound(_) | WorkError::Refused(cofferdam_model::Refusal::OutOfReach))
    );
    assert!(hidden, "{answer:?}");
}

/// A lab in the middle of its work: one answer was delivered, sent back, mended and delivered again, one was rejected, and
/// one is being written.
pub(crate) struct Busy {
    pub(crate) world: World,
    pub(crate) lab: Lab,
    pub(crate) other: Seat,
    pub(crate) reviewer: Seat,
    /// The delivery that waits for the lab's decision.
    pub(crate) offered: DeliveryId,
}

impl Busy {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let lab = world.lab("Own").await;
        let (platform, (steward, speaks)) = (&world.platform, lab.steward);
        let file = b"{\"body\":\"three\"}\n{\"body\":\"four\"}\n".to_vec();
        let done = platform.import(&steward, speaks, Some(lab.project), file, Bringing::default());
        done.await.unwrap();
        let reviewer = world.seat(&lab, Role::Reviewer).await;
        let other = world.seat(&lab, Role::Author).await;
        world.answer(other, "to be rejected").await;
        for verdict in [Verdict::Accept, Verdict::Reject] {
            let (who, engagement) = reviewer;
            let held = platform.claim_review(&who, engagement).await.unwrap().unwrap();
            let judged = platform.judge(
                &who,
                engagement,
                held.review,
                Opinion::new(verdict, Some("Words.")),
            );
            judged.await.unwrap();
        }
        let held = platform.claim(&other.0, other.1).await.unwrap().unwrap();
        let words = json!({ "text": "half" });
        let saved = platform.save_draft(&other.0, other.1, held.assignment, &words, None);
        saved.await.unwrap();
        platform.start_timer(&lab.author.0, lab.author.1).await.unwrap();
        platform.stop_timer(&lab.author.0, lab.author.1).await.unwrap();
        platform.start_timer(&other.0, other.1).await.unwrap();
        let first = platform.deliver(lab.project, None).await.unwrap();
        assert_eq!(first.rows, 1);
        let back = [ReturnedRow {
            row: 1,
            reason: "Why.".into(),
        }];
        let returned = platform.return_rows(&steward, speaks, first.id, &back);
        returned.await.unwrap();
        world.answer(lab.author, "mended").await;
        platform
            .claim_review(&reviewer.0, reviewer.1)
            .await
            .unwrap()
            .unwrap();
        let offered = platform.deliver(lab.project, None).await.unwrap().id;
        assert_eq!(world.findings().await, [""; 0]);
        assert_eq!(world.inspected().await, [""; 0]);
        Self {
            world,
            lab,
            other,
            reviewer,
            offered,
        }
    }
}

impl World {
    /// Somebody new in a role on a lab's project.
    pub(crate) async fn seat(&self, lab: &Lab, role: Role) -> Seat {
        let person = self.person().await;
        let granted = self
            .platform
            .engage(&self.operator, lab.project, person, role, vec![], None, None);
        self.caller(granted.await.unwrap()).await
    }

    /// Takes the next task, or what came back, and answers it.
    pub(crate) async fn answer(&self, (who, engagement): Seat, text: &str) {
        let held = self.platform.claim(&who, engagement).await.unwrap().unwrap();
        let answer = json!({ "text": text });
        let taken = self
            .platform
            .submit(&who, engagement, held.assignment, &answer, None);
        taken.await.unwrap();
    }

    /// Runs a statement in the database, past every rule.
    pub(crate) async fn run(&self, sql: &'static str) {
        let run = move |tx: &mut Tx<'_>| tx.execute(sql, &[]);
        self.platform.gate().store().write(run).await.unwrap();
    }

    /// What the patrol of a running node finds wrong with its rows.
    pub(crate) async fn inspected(&self) -> Vec<String> {
        let found = self.platform.gate().inspect().await.unwrap();
        found.iter().map(ToString::to_string).collect()
    }
}
