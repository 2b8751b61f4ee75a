//! A day's work on a watched disk, and what everybody was told.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_model::work::Verdict;
use cofferdam_model::{
    AssignmentId, CredentialKind, EngagementId, Env, LabId, ProjectId, Refusal, ReviewId, Role, SubmissionId,
    TaskId, TimerId,
};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_store::{Database, Options, StoreError};
use cofferdam_testbed::disk::{Disk, Fault, Log};
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Opinion, Platform, WorkError};
use serde_json::json;

/// How many people each task goes to.
pub(crate) const OVERLAP: usize = 2;
pub(crate) const TASKS: usize = 24;

/// What somebody was told, or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Told {
    Input(AssignmentId, TaskId),
    Submitted(SubmissionId, AssignmentId),
    Stopped(TimerId),
    ForReview(ReviewId, SubmissionId),
    Judged(ReviewId),
}

/// What was told, in the order of the marks on the disk's log.
struct Witness {
    disk: Disk,
    told: Mutex<Vec<Told>>,
    /// The disk may fail, and what was answered then.
    failing: bool,
    failures: Mutex<Vec<StoreError>>,
}

impl Witness {
    fn tell(&self, told: Told) {
        let mut all = self.told.lock().unwrap();
        self.disk.mark(all.len() as u64);
        all.push(told);
    }

    /// What was answered, unless the disk failed.
    fn answered<T>(&self, answer: Result<T, WorkError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(WorkError::Store(error)) if self.failing => {
                self.failures.lock().unwrap().push(error);
                None
            }
            // Between a group that was undone and the fold anew, a node knows nobody: it lets nobody in.
            Err(WorkError::Refused(Refusal::NotEngaged)) if self.failing => None,
            Err(WorkError::Integrity(found)) if self.failing && found.what == "what this node knows" => None,
            Err(error) => panic!("{error:?}"),
        }
    }
}

pub(crate) async fn gate(folder: &Path) -> Gate {
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 60_000_000 },
        denied: Default::default(),
    };
    let keyholder =
        EmbeddedKeyholder::open(folder.join("keys"), Box::new(policy), Arc::new(SystemRandom)).unwrap();
    Gate::open(Setup {
        store: Options {
            folder: folder.to_owned(),
            database: Database::Sqlite,
            readers: 2,
        },
        secrets: Secrets::open(folder, "test.example").unwrap(),
        keyholder: Arc::new(keyholder),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: Env::system(),
        node: "node".into(),
    })
    .await
    .unwrap()
}

async fn founded(gate: &Gate) -> Caller {
    let env = Env::system();
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
    gate.authenticate(issued.secret.expose()).await.unwrap()
}

type Engaged = (Caller, EngagementId);

async fn caller(platform: &Platform, operator: &Caller, engagement: EngagementId) -> Engaged {
    let issued = platform
        .issue_token(operator, engagement, "test", 1)
        .await
        .unwrap();
    let caller = platform.gate().authenticate(issued.secret.expose()).await;
    (caller.unwrap(), engagement)
}

async fn engaged(platform: &Platform, operator: &Caller, project: ProjectId, role: Role) -> Engaged {
    let person = platform.enrol(operator, new_person("Somebody"));
    let person = person.await.unwrap().id;
    let engagement = platform
        .engage(operator, project, person, role, vec![], None, None)
        .await
        .unwrap();
    caller(platform, operator, engagement).await
}

fn new_person(name: &str) -> NewPrincipal {
    NewPrincipal {
        name: name.to_owned(),
        kind: PrincipalKind::Person,
        operator: false,
        another: true,
    }
}

/// A lab with a project, and tasks brought in by its steward.
async fn lab(platform: &Platform, operator: &Caller) -> (LabId, ProjectId) {
    let id = platform.open_lab(operator, "Lab").await.unwrap().id;
    let new = NewProject {
        lab: id,
        name: "Project".into(),
        template: "freeform".into(),
        overlap: OVERLAP as u32,
        lease_seconds: 600,
    };
    let project = platform.open_project(operator, new).await.unwrap().id;
    let person = platform.enrol(operator, new_person("Steward"));
    let person = person.await.unwrap().id;
    let steward = platform.appoint_steward(operator, id, person).await.unwrap();
    let steward = caller(platform, operator, steward).await;
    let rows = (0..TASKS).map(|n| format!("{{\"body\":\"task {n}\"}}\n"));
    let file = rows.collect::<String>().into_bytes();
    platform
        .import(&steward.0, steward.1, Some(project), file, Bringing::default())
        .await
        .unwrap();
    (id, project)
}

/// Takes what the queue has, step by step; an answer that nobody took is given again.
async fn author(platform: Arc<Platform>, who: Engaged, witness: Arc<Witness>) {
    let (who, under) = (&who.0, who.1);
    for n in 0..30 {
        if n % 6 == 0 {
            witness.answered(platform.start_timer(who, under).await);
        }
        let Some(held) = witness.answered(platform.claim(who, under).await) else {
            continue;
        };
        let Some(held) = held else {
            break;
        };
        witness.tell(Told::Input(held.assignment, held.task));
        let answer = json!({ "text": format!("answer {n}") });
        if n % 4 == 0 {
            witness.answered(
                platform
                    .save_draft(who, under, held.assignment, &answer, None)
                    .await,
            );
        }
        let taken = platform.submit(who, under, held.assignment, &answer, None).await;
        if let Some(taken) = witness.answered(taken) {
            witness.tell(Told::Submitted(taken.submission, held.assignment));
        }
        if n % 6 == 5 {
            let shown = witness.answered(platform.stop_timer(who, under).await);
            if let Some(last) = shown.and_then(|shown| shown.last) {
                witness.tell(Told::Stopped(last.timer));
            }
        }
    }
}

/// Judges what there is, so often.
async fn reviewer(platform: Arc<Platform>, who: Engaged, witness: Arc<Witness>) {
    let (who, under) = (&who.0, who.1);
    for n in 0..20 {
        let given = witness.answered(platform.claim_review(who, under).await);
        let Some(given) = given.flatten() else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        witness.tell(Told::ForReview(given.review, given.submission));
        let (verdict, comment) = match n % 3 {
            0 => (Verdict::Return, Some("again")),
            _ => (Verdict::Accept, None),
        };
        let judged = platform
            .judge(who, under, given.review, Opinion::new(verdict, comment))
            .await;
        if let Some(judged) = witness.answered(judged) {
            witness.tell(Told::Judged(judged.review));
        }
    }
}

/// The tree grows, more often than in earnest, so that it does between many acts.
async fn integrate(platform: Arc<Platform>, witness: Arc<Witness>) {
    loop {
        let integrated = platform.gate().integrate().await;
        witness.answered(integrated.map_err(WorkError::from));
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}

/// Fails in one way after the other, and is well for a moment after each.
async fn fail(witness: Arc<Witness>, faults: Vec<Fault>) {
    for fault in faults {
        witness.disk.fail(fault);
        // Until it was met; nobody may be left to meet it.
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if witness.disk.failed() >= fault.times {
                break;
            }
        }
        witness.disk.mend();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What came of a day.
pub(crate) struct Day {
    pub(crate) lab: LabId,
    pub(crate) told: Vec<Told>,
    /// What was answered when the disk failed.
    pub(crate) failures: Vec<StoreError>,
    pub(crate) log: Log,
}

/// A day's work on a disk that fails in these ways.
pub(crate) async fn worked(folder: &Path, faults: Vec<Fault>) -> Day {
    Secrets::create(folder, &Env::system()).unwrap();
    let disk = Disk::watch(folder).unwrap();
    disk.set_latency(Duration::from_millis(1));
    disk.keep_beside();
    let witness = Arc::new(Witness {
        disk,
        told: Mutex::default(),
        failing: !faults.is_empty(),
        failures: Mutex::default(),
    });
    let gate = gate(folder).await;
    let operator = founded(&gate).await;
    let platform = Arc::new(Platform::new(gate, folder.join("deliveries")));
    let (lab, project) = lab(&platform, &operator).await;
    let with = || (Arc::clone(&platform), Arc::clone(&witness));
    let mut working = tokio::task::JoinSet::new();
    let mut team = Vec::new();
    for role in [Role::Author, Role::Author, Role::Author, Role::Reviewer] {
        team.push((role, engaged(&platform, &operator, project, role).await));
    }
    for (role, who) in team {
        let (platform, witness) = with();
        match role {
            Role::Reviewer => working.spawn(reviewer(platform, who, witness)),
            _ => working.spawn(author(platform, who, witness)),
        };
    }
    let (tree, told) = with();
    let integrating = tokio::spawn(integrate(tree, told));
    let failing = tokio::spawn(fail(Arc::clone(&witness), faults));
    while let Some(worker) = working.join_next().await {
        worker.unwrap();
    }
    failing.await.unwrap();
    integrating.abort();
    let ended = integrating.await;
    assert!(ended.is_err_and(|e| e.is_cancelled()), "the trees could not grow");
    platform.gate().integrate().await.unwrap();
    drop(platform);
    let told = witness.told.lock().unwrap().clone();
    let failures = witness.failures.lock().unwrap().clone();
    Day {
        lab,
        told,
        failures,
        log: witness.disk.log(),
    }
}
