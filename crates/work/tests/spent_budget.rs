//! Whoever used up their budget can hand in what they were given, also just after the service was started.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

use std::path::Path;
use std::sync::Arc;

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_model::{Actor, Budget, CredentialKind, EngagementId, Env, Fact, Refusal, Role, Timestamp};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms};
use cofferdam_store::Options;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_testbed::Place;
use cofferdam_work::import::ImportOptions;
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Platform, WorkError};
use serde_json::json;

async fn started(folder: &Path, place: &Place) -> Platform {
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

async fn caller(platform: &Platform, operator: &Caller, engagement: EngagementId) -> Caller {
    let issued = platform
        .issue_token(operator, engagement, "test", 1)
        .await
        .unwrap();
    let gate = platform.gate();
    gate.authenticate(issued.secret.expose()).await.unwrap()
}

#[tokio::test]
async fn an_answer_is_taken_when_the_budget_is_used_up_and_the_template_is_not_read_yet() {
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
    let mut engaged = Vec::new();
    let one_object = Budget {
        objects_per_day: 1,
        ..Budget::PERSON
    };
    for (role, budget) in [(Role::Lead, None), (Role::Author, Some(one_object))] {
        let somebody = NewPrincipal {
            name: "Somebody".into(),
            kind: PrincipalKind::Person,
            operator: false,
            another: true,
        };
        let person = platform.enrol(&operator, somebody).await.unwrap().id;
        let id = platform
            .engage(&operator, project, person, role, vec![], None, budget)
            .await
            .unwrap();
        engaged.push((caller(&platform, &operator, id).await, id));
    }
    let [(lead, leading), (author, own)] = engaged[..] else {
        unreachable!()
    };
    let file = b"{\"body\":\"one\"}\n".to_vec();
    let bringing = Bringing {
        reading: ImportOptions::default(),
        again: false,
    };
    platform
        .import(&lead, leading, None, file, bringing)
        .await
        .unwrap();
    let held = platform.claim(&author, own).await.unwrap().unwrap();
    drop(platform);

    let platform = started(folder.path(), &place).await;
    let answer = json!({ "text": "answer" });
    let taken = platform.submit(&author, own, held.assignment, &answer).await;
    assert_eq!(taken.unwrap().version, 1);
    // They still read no more than they may; the platform's own job read the template, and the ledger says so.
    let again = platform.guideline(&author, own, None).await;
    let spent = matches!(again, Err(WorkError::Refused(Refusal::BudgetSpent { .. })));
    assert!(spent, "{again:?}");
    let entries = platform
        .gate()
        .entries_before(lab.into(), u64::MAX, 100)
        .await
        .unwrap();
    let read = entries
        .iter()
        .find(|e| matches!(e.fact, Fact::ObjectsReleased { .. }));
    let by = read.map(|e| e.by);
    assert!(
        matches!(by, Some(Actor::Engaged { engagement, .. }) if engagement != own),
        "{by:?}"
    );
}
