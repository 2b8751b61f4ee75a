//! What is released: what the facts name, in their order, and only once they are recorded.

use cofferdam_custody::{Done, GateError, LeaseReason, Scope};
use cofferdam_model::*;
use cofferdam_testbed::cells;

use crate::support::*;

#[tokio::test]
async fn plaintexts_come_in_the_order_of_the_facts() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world
        .objects(lab.id, lab.project, &["one", "two", "three", ""])
        .await;
    let project = lab.project;
    let named = objects.clone();
    let command = Do {
        act: Act::ClaimTask,
        project: None,
        run: move |_: &mut Scope<'_, '_>| {
            let released = |of: &[ObjectRef]| Fact::ObjectsReleased {
                project,
                objects: of.to_vec(),
            };
            Ok(Done {
                output: "output",
                facts: vec![
                    released(&[named[2], named[3]]),
                    released(&[]),
                    released(&[named[0], named[2]]),
                ],
                consequences: vec![released(&[named[1]])],
            })
        },
    };
    let released = world.gate().transact(&own.caller, own.id, command).await.unwrap();
    let texts: Vec<&[u8]> = released.plaintexts.iter().map(|p| p.as_bytes()).collect();
    assert_eq!(texts, [&b"three"[..], b"", b"one", b"three"]);
    let receipt = released.receipt.unwrap();
    let entries = world.entries(lab.ledger()).await;
    let first = &entries[entries.len() - 4];
    assert_eq!((receipt.index(), receipt.time()), (first.n, first.t));
    assert_eq!(first.fact.objects(), [objects[2], objects[3]]);
    assert_eq!(released.output, "output");
    assert_eq!(entries.last().unwrap().by, Actor::Platform);
}

#[tokio::test]
async fn plaintext_is_there_only_once_its_entry_is_in_the_database() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let command = reading(lab.project, objects.clone());
    let released = world.gate().transact(&own.caller, own.id, command).await.unwrap();
    let (n, leaf) = (
        released.receipt.as_ref().unwrap().index(),
        released.receipt.unwrap(),
    );
    let raw = world.raw();
    let stored = |column: &str| {
        let cell = format!("SELECT {column} FROM ledger WHERE compartment = $1 AND n = $2");
        raw.bytes(&cell, cells![lab.id.as_bytes(), n as i64]).unwrap()
    };
    assert_eq!(stored("leaf"), leaf.leaf());
    let entry: Entry = serde_json::from_slice(&stored("body")).unwrap();
    assert_eq!(entry.fact.objects(), objects);
    assert_eq!(released.plaintexts.len(), 1);
    assert_eq!(format!("{:?}", released.plaintexts[0]), "Plaintext(5 bytes)");
}

#[tokio::test]
async fn what_is_another_labs_or_projects_or_of_another_length_is_not_released() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let second = world.project(lab.id, "second").await;
    let own = world.author(&lab).await;
    let good = world.objects(lab.id, lab.project, &["good"]).await[0];
    let foreign = world.objects(other.id, other.project, &["secret"]).await[0];
    let sibling = world.objects(lab.id, second, &["sibling"]).await[0];
    let longer = ObjectRef { bytes: 5, ..good };
    let missing = ObjectRef { version: 2, ..good };
    let before = world.entries(lab.ledger()).await.len();
    for (wanted, why) in [
        (foreign, "another compartment"),
        (sibling, "another project"),
        (longer, "length is another"),
        (missing, "it is missing"),
    ] {
        let found = integrity(world.read(&own, lab.project, &[good, wanted]).await);
        assert!(found.contains(why), "{found}");
    }
    assert_eq!(world.entries(lab.ledger()).await.len(), before);
    assert_eq!(world.read(&own, lab.project, &[good]).await.unwrap(), ["good"]);
}

#[tokio::test]
async fn a_quiet_act_leaves_no_entry_and_no_receipt() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let before = world.entries(lab.ledger()).await.len();
    let released = world
        .gate()
        .transact(&own.caller, own.id, nothing(Act::SaveDraft))
        .await
        .unwrap();
    assert!(released.receipt.is_none() && released.plaintexts.is_empty());
    assert_eq!(world.entries(lab.ledger()).await.len(), before);
}

#[tokio::test]
async fn without_a_lease_the_record_stands_and_nothing_is_released() {
    let world = World::denying(vec![LeaseReason::Review]).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    struct Reviewing(ProjectId, Vec<ObjectRef>);
    impl cofferdam_custody::Command for Reviewing {
        type Output = ();
        type Error = No;
        fn act(&self) -> Act {
            Act::ReadTask
        }
        fn reason(&self) -> LeaseReason {
            LeaseReason::Review
        }
        fn run(self, _: &mut Scope<'_, '_>) -> Result<Done<()>, Failure> {
            let (project, objects) = (self.0, self.1);
            Ok(Done::one((), Fact::ObjectsReleased { project, objects }))
        }
    }
    let command = Reviewing(lab.project, objects.clone());
    let answer = world.gate().transact(&own.caller, own.id, command).await;
    assert!(matches!(answer, Err(GateError::NoKey(_))), "{answer:?}");
    assert_eq!(world.last(lab.ledger()).await.fact.objects(), objects);
}

#[tokio::test]
async fn a_halt_between_the_record_and_the_release_stops_the_release() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    world.clock.forward(601);
    let held = world.turnstile.hold().await;
    let reading = world.read(&own, lab.project, &objects);
    let halting = async {
        world.turnstile.is_waited_at().await;
        assert_eq!(world.last(lab.ledger()).await.fact.objects(), objects);
        world
            .halt(lab.ledger(), cofferdam_model::Scope::Lab(lab.id))
            .await;
        drop(held);
    };
    let (answer, ()) = tokio::join!(reading, halting);
    assert!(matches!(refusal(answer), Refusal::Halted { .. }));
}
