//! Two nodes on one database: each decides on all that was recorded before, whoever recorded it.

use std::fs;

use cofferdam_custody::{Done, Gate, GateError, Scope, Unproven};
use cofferdam_model::Scope as On;
use cofferdam_model::budget::Ceiling;
use cofferdam_model::*;
use cofferdam_testbed::Place;

use crate::support::*;

/// A world that is node `a`, and node `b` beside it.
struct Two {
    world: World,
    other: Option<Gate>,
    _folder: tempfile::TempDir,
}

impl Two {
    async fn new() -> Self {
        let mut world = World::at(Place::on_postgres().unwrap()).await;
        // Founded alone; nodes are let in once that process is gone.
        world.through(None);
        let own = world.folder.path().to_owned();
        let first = world.node("a", &own).await;
        world.through(Some(first));
        let folder = tempfile::tempdir().unwrap();
        let secret = "installation.key";
        fs::copy(own.join(secret), folder.path().join(secret)).unwrap();
        let other = Some(world.node("b", folder.path()).await);
        Self {
            world,
            other,
            _folder: folder,
        }
    }

    /// The other node does everything from now on.
    fn change(&mut self) {
        self.other = self.world.through(self.other.take());
    }
}

#[tokio::test]
async fn a_halt_an_end_and_a_credential_revoked_at_one_node_hold_at_the_other_at_once() {
    let mut two = Two::new().await;
    let lab = two.world.lab("Lab").await;
    let own = two.world.author(&lab).await;
    let objects = two.world.objects(lab.id, lab.project, &["words"]).await;
    two.change();
    let read = |two: &Two| {
        let (project, objects) = (lab.project, objects.clone());
        let gate = two.world.gate().clone();
        async move {
            let answer = gate
                .transact(&own.caller, own.id, reading(project, objects))
                .await;
            answer.map(|released| released.plaintexts.len())
        }
    };
    assert_eq!(read(&two).await.unwrap(), 1);
    let halt = two.world.halt(lab.ledger(), On::Project(lab.project)).await;
    two.change();
    assert!(matches!(refusal(read(&two).await), Refusal::Halted { .. }));
    two.world.resume(lab.ledger(), halt).await;
    two.change();
    assert_eq!(read(&two).await.unwrap(), 1);
    let credential = own.caller.credential();
    two.world
        .gate()
        .revoke(&two.world.operator, credential)
        .await
        .unwrap();
    two.change();
    let revoked = read(&two).await;
    assert!(matches!(revoked, Err(GateError::Unproven(Unproven::Revoked))));
    let anew = Engaged {
        caller: two.world.caller(own.principal).await,
        ..own
    };
    let ended = Fact::EngagementEnded { engagement: own.id };
    two.world.record(lab.ledger(), ended).await;
    two.change();
    let answer = two.world.read(&anew, lab.project, &objects).await;
    assert!(matches!(refusal(answer), Refusal::Ended));
    assert_eq!(two.world.findings().await, [""; 0]);
}

/// What another node stopped and resumed before this one heard of either has ended its streams all the same.
#[tokio::test]
async fn a_halt_that_is_resumed_at_another_node_has_cut_the_streams_of_this_one() {
    let mut two = Two::new().await;
    let lab = two.world.lab("Lab").await;
    let lead = two.world.engaged(&lab, Role::Lead, Budget::JOB).await;
    let objects = two.world.objects(lab.id, lab.project, &["one", "two"]).await;
    for undone in [false, true] {
        let gate = two.world.gate().clone();
        let selection = all_of(lab.project, &objects);
        let mut stream = gate.stream(&lead.caller, lead.id, selection).await.unwrap();
        assert!(matches!(stream.next().await, Some(Ok(_))));
        let act = Act::Export;
        let watch = gate.watch(&lead.caller, lead.id, act, lab.project).await.unwrap();
        two.change();
        if undone {
            let halt = two.world.halt(lab.ledger(), On::Project(lab.project)).await;
            two.world.resume(lab.ledger(), halt).await;
        }
        two.change();
        gate.hear_others().await.unwrap();
        assert_eq!(watch.goes_on().await.is_err(), undone);
        let next = stream.next().await;
        assert_eq!(matches!(next, Some(Ok(_))), !undone, "{undone}");
    }
}

#[tokio::test]
async fn a_budget_is_one_over_all_nodes() {
    let mut two = Two::new().await;
    let lab = two.world.lab("Lab").await;
    let budget = Budget {
        objects_per_hour: 3,
        ..Budget::PERSON
    };
    let own = two.world.engaged(&lab, Role::Author, budget).await;
    let objects = two.world.objects(lab.id, lab.project, &["words"]).await;
    for _ in 0..3 {
        two.world.read(&own, lab.project, &objects).await.unwrap();
        two.change();
    }
    for _ in 0..2 {
        let answer = two.world.read(&own, lab.project, &objects).await;
        let ceiling = Ceiling::ObjectsPerHour;
        assert_eq!(refusal(answer), Refusal::BudgetSpent { ceiling });
        two.change();
    }
}

#[tokio::test]
async fn nodes_append_to_one_ledger_and_grow_one_tree() {
    let mut two = Two::new().await;
    let lab = two.world.lab("Lab").await;
    let own = two.world.author(&lab).await;
    let objects = two.world.objects(lab.id, lab.project, &["words"]).await;
    let before = two.world.entries(lab.ledger()).await.len();
    for _ in 0..5 {
        two.world.read(&own, lab.project, &objects).await.unwrap();
        two.world.gate().integrate().await.unwrap();
        two.change();
    }
    // A lab that one of them opens, the other signs for.
    let later = two.world.lab("Later").await;
    two.change();
    two.world.gate().integrate().await.unwrap();
    assert_eq!(
        two.world.author(&later).await.caller.kind(),
        CredentialKind::Token
    );
    for _ in 0..2 {
        let all = two.world.entries(lab.ledger()).await;
        assert_eq!(all.len(), before + 5);
        assert_eq!(two.world.gate().closed(), []);
        assert_eq!(two.world.findings().await, [""; 0]);
        two.change();
    }
}

#[tokio::test]
async fn what_is_undone_at_one_node_is_forgotten_there_and_never_known_to_the_other() {
    let mut two = Two::new().await;
    let lab = two.world.lab("Lab").await;
    let own = two.world.author(&lab).await;
    let objects = two.world.objects(lab.id, lab.project, &["words"]).await;
    let panics = Do {
        act: Act::ReadTask,
        project: None,
        run: move |_: &mut Scope<'_, '_>| -> Result<Done<()>, Failure> { panic!("a mistake") },
    };
    let answer = two.world.gate().transact(&own.caller, own.id, panics).await;
    assert!(matches!(answer, Err(GateError::Store(_))), "{answer:?}");
    two.change();
    let before = two.world.entries(lab.ledger()).await.len();
    two.world.read(&own, lab.project, &objects).await.unwrap();
    two.change();
    two.world.read(&own, lab.project, &objects).await.unwrap();
    assert_eq!(two.world.entries(lab.ledger()).await.len(), before + 2);
    assert_eq!(two.world.findings().await, [""; 0]);
}

/// Somebody who can write the database is not another node: their entries have no seal of this installation's.
#[tokio::test]
async fn an_entry_that_no_node_wrote_closes_its_ledger_and_no_other() {
    let mut two = Two::new().await;
    let (lab, other) = (two.world.lab("Lab").await, two.world.lab("Other").await);
    let own = two.world.author(&lab).await;
    let others = two.world.author(&other).await;
    let objects = two.world.objects(lab.id, lab.project, &["words"]).await;
    let theirs = two.world.objects(other.id, other.project, &["words"]).await;
    two.world.halt(lab.ledger(), On::Lab(lab.id)).await;
    let id: String = lab
        .ledger()
        .to_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // A resumption that nobody made: the halt's own entry again, in the next place.
    let forged = format!(
        "INSERT INTO ledger (compartment, n, t, body, leaf, seal, authorising, engagement)
             SELECT compartment, n + 1, t, body, leaf, seal, authorising + 1, engagement FROM ledger
             WHERE compartment = decode('{id}', 'hex') ORDER BY n DESC LIMIT 1;
         UPDATE ledger_head SET size = size + 1, authorising = authorising + 1 WHERE compartment = decode('{id}', 'hex')"
    );
    two.world.place.sql(&forged).unwrap();
    for _ in 0..2 {
        let answer = two.world.read(&own, lab.project, &objects).await;
        assert!(matches!(answer, Err(GateError::Integrity(_))), "{answer:?}");
        assert!(two.world.read(&others, other.project, &theirs).await.is_ok());
        two.change();
    }
}
