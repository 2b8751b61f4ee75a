//! Replacing keys: what was sealed is sealed anew and reads the same, what was under old keys is gone with them, and what cannot be
//! done is told and costs nothing.

use std::sync::Arc;

use cofferdam_custody::{AdminDone, AdminScope, GateError, LeaseReason, ObjectKind, Sealed};
use cofferdam_model::*;
use cofferdam_seal::keyholder::{
    Before, EmbeddedKeyholder, FixedPolicy, Keyholder as _, KeyholderError, LabKeyholder, LeaseTerms, Mint,
};
use cofferdam_seal::{Id128, SystemRandom};
use cofferdam_store::Reader;
use cofferdam_store::epoch::{self, EpochRow};
use cofferdam_store::object::{self, SealedRow};
use cofferdam_testbed::cells;

use crate::support::*;

const HOUR: i64 = 3_600;

async fn stored(world: &World) -> (Vec<EpochRow>, Vec<SealedRow>) {
    let read = |reader: &mut Reader<'_>| {
        let all = (ObjectId::from_bytes([0; 16]), 0);
        Ok::<_, cofferdam_store::StoreError>((epoch::all(reader)?, object::page(reader, all, 1_000)?))
    };
    world.gate().store().read(read).await.unwrap()
}

async fn call(world: &World, lab: &Lab) {
    let project = lab.project;
    world.record(lab.ledger(), Fact::EpochsRotated { project }).await;
}

async fn left(world: &World, lab: &Lab) -> (u64, u64) {
    let progress = world.gate().rotation(lab.id, lab.project).await.unwrap();
    progress.map_or((0, 0), |progress| (progress.objects, progress.epochs))
}

async fn texts(world: &World, lab: &Lab, own: &Engaged, objects: &[ObjectRef]) -> Vec<String> {
    let command = reading(lab.project, objects.to_vec());
    let released = world.gate().transact(&own.caller, own.id, command).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    released.plaintexts.iter().map(|p| text(p.as_bytes())).collect()
}

#[tokio::test]
async fn everything_reads_the_same_and_nothing_is_left_under_the_old_key() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let own = world.author(&lab).await;
    let words: Vec<String> = (0..70).map(|n| format!("text {n}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let objects = world.objects(lab.id, lab.project, &words).await;
    world.objects(other.id, other.project, &["theirs"]).await;
    let (_, before) = stored(&world).await;
    let theirs = |rows: &[SealedRow]| {
        rows.iter()
            .find(|row| row.project == other.project)
            .unwrap()
            .epoch
    };
    assert!(
        world
            .gate()
            .rotation(lab.id, lab.project)
            .await
            .unwrap()
            .is_none()
    );

    call(&world, &lab).await;
    let own_rows = before.iter().filter(|row| row.project == lab.project);
    assert_eq!(left(&world, &lab).await, (own_rows.count() as u64, 1));
    // What is written from here on is under a new key at once.
    let new = world.objects(lab.id, lab.project, &["new"]).await[0];
    let (_, between) = stored(&world).await;
    let old = before.iter().find(|row| row.object == objects[0]).unwrap().epoch;
    let of = |rows: &[SealedRow], object| rows.iter().find(|row| row.object == object).unwrap().clone();
    assert_ne!(of(&between, new).epoch, old);

    world.gate().rotate().await.unwrap();
    assert_eq!(left(&world, &lab).await, (0, 1));
    let (epochs, after) = stored(&world).await;
    assert_eq!(after.len(), before.len() + 1);
    for row in &before {
        let anew = of(&after, row.object);
        match row.project == lab.project {
            true => assert!(anew.epoch != old && anew.sealed != row.sealed),
            false => assert_eq!(anew, *row),
        }
    }
    assert!(
        epochs.iter().any(|epoch| epoch.id == old),
        "whoever was reading by it still may"
    );
    assert_eq!(texts(&world, &lab, &own, &objects).await, words);

    world.clock.forward(HOUR + 1);
    world.gate().rotate().await.unwrap();
    assert_eq!(left(&world, &lab).await, (0, 0));
    let (epochs, after) = stored(&world).await;
    assert!(
        !epochs.iter().any(|epoch| epoch.id == old),
        "the old key is still there"
    );
    assert_eq!(theirs(&after), theirs(&before));
    let fresh = world.caller(own.principal).await;
    let command = reading(lab.project, vec![objects[69], new]);
    let released = world.gate().transact(&fresh, own.id, command).await.unwrap();
    assert_eq!(released.plaintexts[0].as_bytes(), b"text 69");
    assert_eq!(released.plaintexts[1].as_bytes(), b"new");
    assert_eq!(world.findings().await, Vec::<String>::new());
}

/// Sealed before, stored after: while the old key is there it is sealed anew later; then it is refused rather than lost.
#[tokio::test]
async fn what_was_sealed_before_and_is_stored_after_is_not_left_behind() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let seal = async |text: &'static str| {
        let object: ObjectId = world.env().new_id().unwrap();
        let sealed = world.gate().seal(
            lab.id,
            lab.project,
            ObjectKind::Answer,
            object,
            1,
            text.as_bytes(),
        );
        sealed.await.unwrap()
    };
    let (early, late) = (seal("early").await, seal("late").await);
    call(&world, &lab).await;
    world.gate().rotate().await.unwrap();
    let put = |sealed: Sealed| {
        world.gate().administer(
            &world.operator,
            Admin(move |scope: &mut AdminScope<'_, '_>| {
                scope.put(&sealed)?;
                Ok(AdminDone {
                    output: (),
                    facts: Vec::new(),
                    consequences: Vec::new(),
                })
            }),
        )
    };
    let object = early.reference();
    put(early).await.unwrap();
    assert_eq!(left(&world, &lab).await, (1, 1));
    world.gate().rotate().await.unwrap();
    assert_eq!(left(&world, &lab).await, (0, 1));
    assert_eq!(texts(&world, &lab, &own, &[object]).await, ["early"]);
    world.clock.forward(HOUR + 1);
    world.gate().rotate().await.unwrap();
    let gone = late.reference();
    let refused = format!("{:?}", put(late).await.unwrap_err());
    assert!(refused.contains("is gone"), "{refused}");
    assert!(stored(&world).await.1.iter().all(|row| row.object != gone));
}

#[tokio::test]
async fn what_was_edited_stays_as_it_is_with_its_key_and_is_told() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["one", "two"]).await;
    let edit = "UPDATE object SET bytes = 4 WHERE id = $1";
    world
        .raw()
        .run(edit, cells![objects[0].object.as_bytes()])
        .unwrap();
    call(&world, &lab).await;
    for _ in 0..2 {
        let told = world.gate().rotate().await.unwrap_err();
        assert!(told.contains(&objects[0].object.to_string()), "{told}");
        assert_eq!(left(&world, &lab).await, (1, 1));
        assert_eq!(texts(&world, &lab, &own, &objects[1..]).await, ["two"]);
        world.clock.forward(HOUR + 1);
    }
}

#[tokio::test]
async fn a_keyholder_that_does_not_lease_for_it_stops_it_and_nothing_else() {
    let world = World::denying(vec![LeaseReason::Rotation]).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["one"]).await;
    call(&world, &lab).await;
    let told = world.gate().rotate().await.unwrap_err();
    assert!(told.contains("rotation"), "{told}");
    assert!(left(&world, &lab).await.0 > 0);
    assert_eq!(texts(&world, &lab, &own, &objects).await, ["one"]);
}

/// From the platform's own keyholder to the lab's: nothing is left that the first could open, and nothing is sealed under the wrong one.
#[tokio::test]
async fn a_lab_that_comes_under_a_keyholder_of_its_own_leaves_no_key_behind() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["before"]).await;
    let keyholder = LabsOwn::of(&world);
    // Sealed before, and kept after: nothing would have it sealed anew.
    let object: ObjectId = world.env().new_id().unwrap();
    let late = world
        .gate()
        .seal(lab.id, lab.project, ObjectKind::Template, object, 1, b"late");
    let late = late.await.unwrap();
    set(&world, &lab).await;
    let kept = Admin(move |scope: &mut AdminScope<'_, '_>| {
        scope.put(&late)?;
        Ok(AdminDone {
            output: (),
            facts: Vec::new(),
            consequences: Vec::new(),
        })
    });
    let kept = world.gate().administer(&world.operator, kept).await;
    assert!(matches!(
        kept,
        Err(GateError::Store(cofferdam_store::StoreError::Conflict(_)))
    ));
    call(&world, &lab).await;
    world.gate().integrate().await.unwrap();
    world.gate().rotate().await.unwrap();
    assert_eq!(left(&world, &lab).await, (0, 1));
    assert_eq!(*keyholder.granted.lock().unwrap(), [LeaseReason::Work]);

    world.clock.forward(HOUR + 1);
    world.gate().rotate().await.unwrap();
    assert_eq!(left(&world, &lab).await, (0, 0));
    let fresh = world.caller(own.principal).await;
    let read = async |world: &World| {
        let command = reading(lab.project, objects.clone());
        world.gate().transact(&fresh, own.id, command).await
    };
    assert_eq!(read(&world).await.unwrap().plaintexts[0].as_bytes(), b"before");
    assert!(
        is_shredded(&world, &lab).await,
        "no backup of what the embedded keyholder opened opens now"
    );
    // A node without the enrolment opens nothing, and does not turn to the embedded one.
    *world.turnstile.labs.0.lock().unwrap() = None;
    world.stopped(|_| {}).await;
    let fresh = world.caller(own.principal).await;
    let command = reading(lab.project, objects.clone());
    let closed = world.gate().transact(&fresh, own.id, command).await;
    assert!(matches!(&closed, Err(GateError::NoKey(why)) if why.contains("not enrolled")));
    // What it seals is for the lab's keyholder all the same.
    let written = world
        .gate()
        .seal(lab.id, lab.project, ObjectKind::Answer, object, 1, b"new");
    let written = written.await.unwrap().row().epoch;
    let (epochs, _) = stored(&world).await;
    let row = epochs.iter().find(|row| row.id == written).unwrap();
    assert!(String::from_utf8_lossy(&row.wrapped).contains("ingest_of"));
}

/// Has a lab's ledger say that its keys are in its own hands.
async fn set(world: &World, lab: &Lab) {
    let witness = "keyholder.lab.example+00000000+BA==".into();
    let set = Fact::KeyholderSet {
        authority: AUTHORITY,
        witness,
    };
    world.record(lab.ledger(), set).await;
    world.gate().integrate().await.unwrap();
}

/// While the keyholder is away people go on writing, to keys that seal without it; nothing of it is read before it is back, and then all is.
#[tokio::test]
async fn what_is_written_while_a_labs_keyholder_is_away_is_read_when_it_is_back() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let keyholder = LabsOwn::of(&world);
    set(&world, &lab).await;
    call(&world, &lab).await;
    world.gate().integrate().await.unwrap();
    let mut objects = world.objects(lab.id, lab.project, &["before"]).await;
    let before = stored(&world).await.0;
    keyholder.away.store(true, std::sync::atomic::Ordering::SeqCst);
    world.clock.forward(61);
    objects.extend(world.objects(lab.id, lab.project, &["while it is away"]).await);
    // Also by a process that begins meanwhile.
    world.stopped(|_| {}).await;
    objects.extend(world.objects(lab.id, lab.project, &["and after a start"]).await);
    assert_eq!(stored(&world).await.0, before, "nothing could be minted");
    let fresh = world.caller(own.principal).await;
    let read = async |world: &World| {
        let command = reading(lab.project, objects.clone());
        world.gate().transact(&fresh, own.id, command).await
    };
    assert!(matches!(read(&world).await, Err(GateError::NoKey(why)) if why.contains("away")));
    keyholder.away.store(false, std::sync::atomic::Ordering::SeqCst);
    let words = ["before", "while it is away", "and after a start"];
    let back = read(&world).await.unwrap();
    let texts: Vec<_> = back.plaintexts.iter().map(|p| p.as_bytes().to_vec()).collect();
    assert_eq!(texts, words.map(|text| text.as_bytes().to_vec()));
    // Sealed anew they are like any other, and the key that sealed without a lease goes too.
    call(&world, &lab).await;
    world.gate().integrate().await.unwrap();
    world.gate().rotate().await.unwrap();
    world.clock.forward(HOUR + 1);
    world.gate().rotate().await.unwrap();
    assert_eq!(left(&world, &lab).await, (0, 0));
    let fresh = world.caller(own.principal).await;
    let command = reading(lab.project, objects.clone());
    let again = world.gate().transact(&fresh, own.id, command).await.unwrap();
    assert_eq!(again.plaintexts[2].as_bytes(), b"and after a start");
    assert_eq!(world.findings().await, Vec::<String>::new());
    // What is shredded takes nothing more: nobody would ever read it.
    let destroy = cofferdam_seal::keyholder::Destroy {
        compartment: Id128::new(lab.ledger().to_bytes()),
        project: Id128::new(*lab.project.as_bytes()),
        now_micros: 0,
    };
    LabKeyholder::destroy(&*keyholder, destroy).await.unwrap();
    world.clock.forward(61);
    let object: ObjectId = world.env().new_id().unwrap();
    let lost = world
        .gate()
        .seal(lab.id, lab.project, ObjectKind::Answer, object, 1, b"lost");
    assert!(matches!(lost.await, Err(GateError::NoKey(why)) if why.contains("destroyed")));
}

/// Whether the embedded keyholder mints nothing more for a project, since it has shredded it.
async fn is_shredded(world: &World, lab: &Lab) -> bool {
    let mint = Mint {
        compartment: Id128::new(lab.ledger().to_bytes()),
        project: Id128::new(*lab.project.as_bytes()),
        epoch: Id128::new([9; 16]),
        before: Before::Nothing,
    };
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 1 },
        denied: Default::default(),
    };
    let (keys, random) = (world.folder.path().join("keys"), Arc::new(SystemRandom));
    let embedded = EmbeddedKeyholder::open(keys, Box::new(policy), random).unwrap();
    matches!(embedded.mint(mint).await, Err(KeyholderError::Shredded { .. }))
}
