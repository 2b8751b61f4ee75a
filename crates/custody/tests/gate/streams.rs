//! Reading a fixed set: recorded before, cut by halts, recorded after.

use std::time::Duration;

use cofferdam_custody::{GateError, LeaseReason, Selection, Stream, Unproven};
use cofferdam_model::Scope as On;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::*;
use cofferdam_store::object;

use crate::support::*;

/// A lead, and a stream over these texts.
async fn streaming(world: &World, lab: &Lab, texts: &[&str]) -> (Engaged, Vec<ObjectRef>, Stream<usize>) {
    let lead = world.engaged(lab, Role::Lead, Budget::JOB).await;
    let objects = world.objects(lab.id, lab.project, texts).await;
    let selection = all_of(lab.project, &objects);
    let stream = world.gate().stream(&lead.caller, lead.id, selection).await;
    (lead, objects, stream.unwrap())
}

fn completed(entry: &Entry) -> (u64, u64, StreamEnd) {
    match entry.fact {
        Fact::ReadCompleted {
            objects, bytes, end, ..
        } => (objects, bytes, end),
        ref other => panic!("not a completion: {other:?}"),
    }
}

/// Waits for an entry that is written in the background.
async fn completion(world: &World, lab: &Lab) -> (u64, u64, StreamEnd) {
    for _ in 0..200 {
        let last = world.last(lab.ledger()).await;
        if matches!(last.fact, Fact::ReadCompleted { .. }) {
            return completed(&last);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the end of the stream was never recorded");
}

#[tokio::test]
async fn a_whole_set_is_read_in_order_and_its_list_is_kept() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let texts: Vec<String> = (0..150).map(|i| format!("text {i}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (lead, objects, mut stream) = streaming(&world, &lab, &texts).await;
    let intent = world.last(lab.ledger()).await;
    assert_eq!(stream.receipt().index(), intent.n);
    let Fact::ReadIntended { stream: id, set, .. } = intent.fact else {
        panic!("not an intent");
    };
    let sha256 = set.sha256;
    let list: Result<_, GateError<()>> = world
        .gate()
        .store()
        .read(move |r| Ok(object::set(r, &sha256)?))
        .await;
    let (expected, bytes) = cofferdam_custody::object_set(&objects);
    assert_eq!((set, list.unwrap().unwrap()), (expected, bytes));
    for (index, text) in texts.iter().enumerate() {
        assert_eq!(stream.remaining(), texts.len() - index);
        let item = stream.next().await.unwrap().unwrap();
        assert_eq!((item.about, &*item.plaintext), (index, text.as_bytes()));
        assert_eq!(item.object, objects[index]);
    }
    assert!(stream.next().await.is_none());
    let sent = stream.sent();
    stream.finish().await.unwrap();
    let last = world.last(lab.ledger()).await;
    assert_eq!(completed(&last), (sent.objects, sent.bytes, StreamEnd::Finished));
    assert_eq!(sent.objects, 150);
    assert!(matches!(last.fact, Fact::ReadCompleted { stream, .. } if stream == id));
    assert!(matches!(last.by, Actor::Engaged { engagement, .. } if engagement == lead.id));
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_halt_cuts_at_the_next_object() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut stream) = streaming(&world, &lab, &["one", "two", "three"]).await;
    stream.next().await.unwrap().unwrap();
    let halt = world.halt(lab.ledger(), On::Project(lab.project)).await;
    tokio::time::timeout(Duration::from_secs(5), stream.changed())
        .await
        .unwrap();
    match stream.next().await {
        Some(Err(GateError::Refused(Refusal::Halted { halt: h, .. }))) => assert_eq!(h, Some(halt)),
        other => panic!("{other:?}"),
    }
    world.resume(lab.ledger(), halt).await;
    assert!(stream.next().await.is_none(), "a cut is final");
    stream.finish().await.unwrap();
    let last = world.last(lab.ledger()).await;
    assert_eq!(completed(&last), (1, 3, StreamEnd::Halted));
}

#[tokio::test]
async fn a_halt_that_is_resumed_before_anybody_looks_cuts_all_the_same() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut stream) = streaming(&world, &lab, &["one", "two"]).await;
    stream.next().await.unwrap().unwrap();
    let halt = world.halt(lab.ledger(), On::Project(lab.project)).await;
    world.resume(lab.ledger(), halt).await;
    let cut = stream.next().await;
    assert!(
        matches!(cut, Some(Err(GateError::Refused(Refusal::Halted { .. })))),
        "{cut:?}"
    );
    stream.finish().await.unwrap();
    assert_eq!(
        completed(&world.last(lab.ledger()).await),
        (1, 3, StreamEnd::Halted)
    );
}

#[tokio::test]
async fn a_stream_that_is_given_up_under_a_halt_was_cut_and_its_reader_did_not_leave() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut stream) = streaming(&world, &lab, &["one", "two"]).await;
    stream.next().await.unwrap().unwrap();
    world.halt(lab.ledger(), On::Project(lab.project)).await;
    stream.finish().await.unwrap();
    assert_eq!(
        completed(&world.last(lab.ledger()).await),
        (1, 3, StreamEnd::Halted)
    );
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut whole) = streaming(&world, &lab, &["one"]).await;
    whole.next().await.unwrap().unwrap();
    assert!(whole.next().await.is_none());
    whole.cut();
    whole.finish().await.unwrap();
    assert_eq!(
        completed(&world.last(lab.ledger()).await),
        (1, 3, StreamEnd::Halted)
    );
}

#[tokio::test]
async fn the_end_of_the_engagement_or_of_the_credential_cuts_too() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    for revoked in [false, true] {
        let (lead, _, mut stream) = streaming(&world, &lab, &["one", "two"]).await;
        stream.next().await.unwrap().unwrap();
        if revoked {
            let id = lead.caller.credential();
            world.gate().revoke(&world.operator, id).await.unwrap();
        } else {
            let ended = Fact::EngagementEnded { engagement: lead.id };
            world.record(lab.ledger(), ended).await;
        }
        let cut = stream.next().await;
        let told = match cut {
            Some(Err(GateError::Unproven(Unproven::Revoked))) => revoked,
            Some(Err(GateError::Refused(_))) => !revoked,
            _ => false,
        };
        assert!(told, "{cut:?}");
        drop(stream);
        assert_eq!(completion(&world, &lab).await, (1, 3, StreamEnd::Halted));
    }
}

/// A token that ran out proves nothing more, to a stream that was begun with it either.
#[tokio::test]
async fn a_credential_that_ran_out_cuts_too() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut stream) = streaming(&world, &lab, &["one", "two"]).await;
    stream.next().await.unwrap().unwrap();
    world.clock.forward(30 * 86_400);
    let cut = stream.next().await;
    assert!(
        matches!(cut, Some(Err(GateError::Unproven(Unproven::Expired)))),
        "{cut:?}"
    );
    drop(stream);
    assert_eq!(completion(&world, &lab).await, (1, 3, StreamEnd::Halted));
}

#[tokio::test]
async fn a_reader_who_leaves_is_recorded_as_having_left() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut stream) = streaming(&world, &lab, &["one", "two"]).await;
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert_eq!(completion(&world, &lab).await, (1, 3, StreamEnd::Left));
    let (_, _, stream) = streaming(&world, &lab, &["one", "two"]).await;
    stream.finish().await.unwrap();
    let last = world.last(lab.ledger()).await;
    assert_eq!(completed(&last), (0, 0, StreamEnd::Left));
}

#[tokio::test]
async fn a_next_that_is_given_up_skips_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let texts: Vec<String> = (0..70).map(|i| format!("{i}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (_, _, mut stream) = streaming(&world, &lab, &texts).await;
    let mut read = Vec::new();
    loop {
        // Polled once, given up, asked again.
        if let Some(done) = futures::FutureExt::now_or_never(stream.next()) {
            match done {
                Some(item) => read.push(item.unwrap().about),
                None => break,
            }
            continue;
        }
        match stream.next().await {
            Some(item) => read.push(item.unwrap().about),
            None => break,
        }
    }
    assert_eq!(read, (0..70).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_set_draws_its_whole_budget_before_it_is_read() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let small = Budget {
        objects_per_hour: 3,
        ..Budget::JOB
    };
    let lead = world.engaged(&lab, Role::Lead, small).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    let ask = || {
        let selection = all_of(lab.project, &objects);
        world.gate().stream(&lead.caller, lead.id, selection)
    };
    let open = ask().await.unwrap();
    let refused = ask().await.map(|_| ());
    assert!(matches!(
        refused,
        Err(GateError::Refused(Refusal::BudgetSpent { .. }))
    ));
    assert!(matches!(
        world.last(lab.ledger()).await.fact,
        Fact::Refused { .. }
    ));
    drop(open);
    completion(&world, &lab).await;
    assert!(ask().await.is_ok(), "nothing of it was sent");
}

#[tokio::test]
async fn an_object_of_elsewhere_ends_the_stream() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let lead = world.engaged(&lab, Role::Lead, Budget::JOB).await;
    let mut objects = world.objects(lab.id, lab.project, &["a"]).await;
    objects.extend(world.objects(other.id, other.project, &["secret"]).await);
    let selection = all_of(lab.project, &objects);
    let mut stream = world
        .gate()
        .stream(&lead.caller, lead.id, selection)
        .await
        .unwrap();
    let answer = stream.next().await.unwrap();
    assert!(matches!(answer, Err(GateError::Integrity(_))), "{answer:?}");
    assert!(stream.next().await.is_none());
    stream.finish().await.unwrap();
    let last = world.last(lab.ledger()).await;
    assert_eq!(completed(&last), (0, 0, StreamEnd::Failed));
}

#[tokio::test]
async fn who_may_not_export_reads_no_set_and_nothing_is_selected() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let author = world.author(&lab).await;
    let selection: Selection<()> = Selection {
        act: Act::Export,
        project: lab.project,
        purpose: Purpose::Export,
        reason: LeaseReason::Job,
        items: Box::new(|_| panic!("it was selected before it was admitted")),
    };
    let answer = world.gate().stream(&author.caller, author.id, selection).await;
    assert!(matches!(
        answer.map(|_| ()),
        Err(GateError::Refused(Refusal::NotInRole))
    ));
}

#[tokio::test]
async fn a_halt_while_an_object_is_being_opened_stops_that_object() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (_, _, mut stream) = streaming(&world, &lab, &["one"]).await;
    let held = world.turnstile.hold().await;
    let halting = async {
        world.turnstile.is_waited_at().await;
        world.halt(lab.ledger(), On::Lab(lab.id)).await;
        drop(held);
    };
    let (answer, ()) = tokio::join!(stream.next(), halting);
    let answer = answer.unwrap();
    assert!(
        matches!(answer, Err(GateError::Refused(Refusal::Halted { .. }))),
        "{answer:?}"
    );
    stream.finish().await.unwrap();
    let last = world.last(lab.ledger()).await;
    assert_eq!(completed(&last), (0, 0, StreamEnd::Halted));
}
