//! Many at once: no gap, no deadlock, nothing wrong afterwards.

use cofferdam_custody::{Beat, Done, GateError, Scope};
use cofferdam_model::*;
use proptest::prelude::*;

use crate::support::*;

/// One thing that somebody does.
#[derive(Debug, Clone, Copy)]
enum Step {
    Read,
    ReadTooMuch,
    WithoutEngagement,
    Fail,
    Fact,
    Authenticate,
    Integrate,
    Ask,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Read),
        1 => Just(Step::ReadTooMuch),
        1 => Just(Step::WithoutEngagement),
        1 => Just(Step::Fail),
        2 => Just(Step::Fact),
        1 => Just(Step::Authenticate),
        1 => Just(Step::Integrate),
        1 => Just(Step::Ask),
    ]
}

async fn take(world: &World, lab: &Lab, who: &Engaged, objects: &[ObjectRef], step: Step) {
    let gate = world.gate();
    match step {
        Step::Read => assert_eq!(world.read(who, lab.project, objects).await.unwrap().len(), 2),
        Step::ReadTooMuch => {
            let many: Vec<_> = objects.iter().cycle().take(2_000).copied().collect();
            let answer = refusal(world.read(who, lab.project, &many).await);
            let budget = matches!(
                answer,
                Refusal::BudgetSpent { .. } | Refusal::BudgetTooSmall { .. }
            );
            assert!(budget, "{answer:?}");
        }
        Step::WithoutEngagement => {
            let made_up = world.env().new_id().unwrap();
            let answer = gate.transact(&who.caller, made_up, nothing(Act::ReadTask)).await;
            assert_eq!(refusal(answer), Refusal::NotEngaged);
        }
        Step::Fail => {
            let command = Do {
                act: Act::Submit,
                project: None,
                run: |scope: &mut Scope<'_, '_>| -> Result<Done<()>, Failure> {
                    scope.tx.execute("DELETE FROM project", &[])?;
                    Err(GateError::Command(No))
                },
            };
            let answer = gate.transact(&who.caller, who.id, command).await;
            assert!(matches!(answer, Err(GateError::Command(No))));
        }
        Step::Fact => world.read(who, lab.project, &[]).await.map(|_| ()).unwrap(),
        Step::Authenticate => {
            let found = gate.authenticate(&world.operator_secret).await.unwrap();
            assert_eq!(found, world.operator);
        }
        Step::Integrate => gate.integrate().await.unwrap(),
        Step::Ask => {
            let ask = gate.allows(&who.caller, who.id, Act::ReadTask, Some(lab.project));
            assert!(ask.await.unwrap().is_ok());
        }
    }
}

async fn crowd(steps: Vec<Step>) {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let objects = world.objects(lab.id, lab.project, &["one", "two"]).await;
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(world.author(&lab).await);
    }
    let turns = steps.iter().enumerate().map(|(i, step)| {
        let who = &people[i % people.len()];
        take(&world, &lab, who, &objects, *step)
    });
    futures::future::join_all(turns).await;
    world.gate().integrate().await.unwrap();
    for compartment in [lab.ledger(), Compartment::Installation] {
        let entries = world.entries(compartment).await;
        let indices: Vec<u64> = entries.iter().map(|e| e.n).collect();
        assert_eq!(indices, (0..entries.len() as u64).collect::<Vec<_>>());
        assert!(entries.is_sorted_by_key(|e| e.t));
    }
    assert_eq!(world.findings().await, [""; 0]);
    assert!(world.gate().closed().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    #[test]
    fn whatever_many_do_at_once_the_ledgers_stay_whole(steps in proptest::collection::vec(any_step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(crowd(steps));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_on_several_threads_never_wait_for_each_other_for_ever() {
    let world = std::sync::Arc::new(World::new().await);
    let lab = world.lab("Lab").await;
    let objects = world.objects(lab.id, lab.project, &["one", "two"]).await;
    let who = world.author(&lab).await;
    let steps = [
        Step::Read,
        Step::Ask,
        Step::Authenticate,
        Step::Integrate,
        Step::Fact,
    ];
    let tasks: Vec<_> = (0..100)
        .map(|i| {
            let (world, objects) = (world.clone(), objects.clone());
            let step = steps[i % steps.len()];
            tokio::spawn(async move { take(&world, &lab, &who, &objects, step).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(world.findings().await, [""; 0]);
}

/// What is held against a ledger may move on while the ledger is being read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_checks_while_others_write_finds_nothing() {
    let world = std::sync::Arc::new(World::new().await);
    let lab = world.lab("Lab").await;
    let objects = world.objects(lab.id, lab.project, &["one", "two"]).await;
    let who = world.author(&lab).await;
    let begin = world.now();
    let writing = {
        let (world, objects) = (world.clone(), objects.clone());
        tokio::spawn(async move {
            for _ in 0..60 {
                take(&world, &lab, &who, &objects, Step::Read).await;
                take(&world, &lab, &who, &objects, Step::Integrate).await;
            }
        })
    };
    let (credential, later) = (who.caller.credential(), begin.plus_seconds(60));
    while !writing.is_finished() {
        assert_eq!(world.gate().patrol(&mut Beat::default()).await.unwrap(), []);
        assert_eq!(world.findings().await, [""; 0]);
        let exposure = world.gate().exposure(credential, begin, later).await;
        assert_eq!(exposure.unwrap().unwrap().unknown, []);
    }
    writing.await.unwrap();
}

/// The database may hang in the middle of a command: whether somebody is halted can still be asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_takes_long_keeps_nobody_from_asking() {
    use std::sync::mpsc::channel;
    use std::time::Duration;
    let world = std::sync::Arc::new(World::new().await);
    let lab = world.lab("Lab").await;
    let who = world.author(&lab).await;
    let ((entered, within), (go, may_go)) = (channel(), channel::<()>());
    let slow = {
        let world = world.clone();
        tokio::spawn(async move {
            let command = Do {
                act: Act::Submit,
                project: None,
                run: move |scope: &mut Scope<'_, '_>| -> Result<Done<()>, Failure> {
                    let _ = scope.authority()?;
                    entered.send(()).unwrap();
                    let _ = may_go.recv_timeout(Duration::from_secs(30));
                    Ok(Done::quiet(()))
                },
            };
            world.gate().transact(&who.caller, who.id, command).await.unwrap();
        })
    };
    let within = tokio::task::spawn_blocking(move || within.recv_timeout(Duration::from_secs(30)));
    within.await.unwrap().unwrap();
    let (answered, answer) = channel();
    let gate = world.gate().clone();
    let asking = tokio::spawn(async move {
        let halts = gate.halts(lab.ledger()).len();
        let allowed = gate
            .allows(&who.caller, who.id, Act::ReadTask, None)
            .await
            .unwrap()
            .is_ok();
        answered.send((halts, allowed, gate.labs().len())).unwrap();
    });
    let answer = tokio::task::spawn_blocking(move || answer.recv_timeout(Duration::from_secs(10)));
    let answer = answer.await.unwrap();
    go.send(()).unwrap();
    assert_eq!(answer, Ok((0, true, 1)));
    asking.await.unwrap();
    slow.await.unwrap();
}
