//! What outsiders read: checkpoints, tiles, bundles; and what a credential touched.

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{Expect, Folder, FsFolder, verify_folder};
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::{BundleCoord, TileCoord};
use cofferdam_model::*;
use cofferdam_testbed::Cell;

use crate::support::*;

/// Writes a compartment's log into a folder, from what the gate gives out; how many entries it has.
async fn export(world: &World, compartment: Compartment, folder: &FsFolder) -> u64 {
    let gate = world.gate();
    let vkey = gate.vkey(compartment).unwrap();
    let note = gate.checkpoint(compartment).await.unwrap().unwrap();
    let key: VerifyingKey = vkey.parse().unwrap();
    let size = Checkpoint::open(note.as_bytes(), &key, &[])
        .unwrap()
        .checkpoint
        .size();
    for level in 0..8 {
        let tiles = (0..).map_while(|index| TileCoord::in_tree(level, index, size));
        for coord in tiles {
            let bytes = gate.tile(compartment, coord).await.unwrap().unwrap();
            folder.write(&coord.to_string(), &bytes).unwrap();
        }
    }
    for coord in (0..).map_while(|index| BundleCoord::in_log(index, size)) {
        let bytes = gate.bundle(compartment, coord).await.unwrap().unwrap();
        folder.write(&coord.to_string(), &bytes).unwrap();
    }
    folder.write("vkey", format!("{vkey}\n").as_bytes()).unwrap();
    folder.write("checkpoint", note.as_bytes()).unwrap();
    size
}

#[tokio::test]
async fn an_exported_log_verifies_at_every_size() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    for more in [0, 1, 250, 3, 300] {
        for _ in 0..more {
            assert!(world.read(&own, lab.project, &[]).await.is_ok());
        }
        world.gate().integrate().await.unwrap();
        for compartment in [lab.ledger(), Compartment::Installation] {
            let folder = tempfile::tempdir().unwrap();
            let size = export(&world, compartment, &FsFolder::new(folder.path())).await;
            let key: VerifyingKey = world.gate().vkey(compartment).unwrap().parse().unwrap();
            let expect = Expect {
                key: Some(&key),
                ..Expect::default()
            };
            let report = verify_folder(folder.path(), &expect);
            assert!(report.is_ok(), "{report}");
            assert_eq!((report.entries, report.size), (size, size));
            assert_eq!(size, world.entries(compartment).await.len() as u64);
        }
    }
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn what_the_tree_does_not_hold_is_not_given_out() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let never_begun = Compartment::Lab(LabId::from_bytes([7; 16]));
    assert_eq!(world.gate().checkpoint(never_begun).await.unwrap(), None);
    let size = world.entries(lab.ledger()).await.len() as u16;
    let asked = world.gate().checkpoint(lab.ledger()).await.unwrap().unwrap();
    assert_eq!(asked.lines().nth(1), Some(size.to_string().as_str()));
    world.author(&lab).await;
    for (index, width) in [(0, size + 1), (1, 1), (u64::MAX, 256)] {
        let bundle = BundleCoord { index, width };
        assert_eq!(world.gate().bundle(lab.ledger(), bundle).await.unwrap(), None);
        let tile = TileCoord {
            level: 0,
            index,
            width,
        };
        assert_eq!(world.gate().tile(lab.ledger(), tile).await.unwrap(), None);
    }
}

#[tokio::test]
async fn exposure_is_what_the_ledger_says_of_one_credential() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, bystander) = (world.author(&lab).await, world.author(&lab).await);
    let objects = world.objects(lab.id, lab.project, &["one", "four"]).await;
    let begin = world.now();
    world.read(&own, lab.project, &objects).await.unwrap();
    world.read(&bystander, lab.project, &objects).await.unwrap();
    world.clock.forward(10);
    world.read(&own, lab.project, &objects[..1]).await.unwrap();
    let credential = own.caller.credential();
    let ask = async |from, to| {
        world
            .gate()
            .exposure(credential, from, to)
            .await
            .unwrap()
            .unwrap()
    };
    let whole = ask(begin, begin.plus_seconds(60)).await;
    assert_eq!(whole.labs.len(), 1, "nothing of {}", other.id);
    let found = &whole.labs[&lab.id];
    assert_eq!(found.entries, 2);
    let draw = found.projects[&lab.project];
    assert_eq!((draw.objects, draw.bytes), (3, 10));
    assert_eq!(
        (found.first, found.last),
        (Some(begin), Some(begin.plus_seconds(10)))
    );
    let early = ask(begin, begin.plus_seconds(10)).await;
    assert_eq!(early.labs[&lab.id].entries, 1);
    let none = ask(begin.plus_seconds(11), begin.plus_seconds(60)).await;
    assert!(none.labs.is_empty() && none.unknown.is_empty());
    let nobody = world.env().new_id().unwrap();
    let answer = world.gate().exposure(nobody, begin, world.now()).await;
    assert!(answer.unwrap().is_none());
}

#[tokio::test]
async fn pages_and_scans_give_every_entry_once() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    for _ in 0..7 {
        world.clock.forward(1);
        world.read(&own, lab.project, &[]).await.unwrap();
    }
    let all = world.entries(lab.ledger()).await;
    let (mut before, mut paged) = (u64::MAX, Vec::new());
    loop {
        let page = world
            .gate()
            .entries_before(lab.ledger(), before, 4)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        before = last.n;
        paged.extend(page);
    }
    paged.reverse();
    assert_eq!(paged, all);
    let (from, to) = (all[3].t, Timestamp::from_micros(i64::MAX));
    let each = |found: &mut Vec<Entry>, entry: &Entry| found.push(entry.clone());
    let scanned = world.gate().scan(lab.ledger(), from, to, Vec::new(), each).await;
    let expected: Vec<_> = all.iter().filter(|e| e.t >= from).cloned().collect();
    assert_eq!(scanned.unwrap(), expected);
}

#[tokio::test]
async fn a_list_of_objects_is_given_out_to_its_own_lab_alone_and_only_as_it_was_hashed() {
    let world = World::new().await;
    let (own, other) = (world.lab("Own").await, world.lab("Other").await);
    let objects = world.objects(own.id, own.project, &["one", "two"]).await;
    world.objects(other.id, other.project, &["three"]).await;
    let (set, list) = cofferdam_custody::object_set(&objects);
    let ask = async |compartment| world.gate().object_list(compartment, set.sha256).await.unwrap();
    assert_eq!(ask(own.ledger()).await, Some(list));
    assert_eq!(ask(other.ledger()).await, None);
    assert_eq!(ask(Compartment::Installation).await, None);
    let none = world.gate().object_list(own.ledger(), [1; 32]).await.unwrap();
    assert_eq!(none, None);
    let raw = world.raw();
    // Rows that say they are another lab's: the ledger tells whose it is.
    let moved = "UPDATE object SET compartment = $1 WHERE project = $2";
    for to in [other, own] {
        let to = to.ledger().to_bytes().to_vec();
        raw.run(
            moved,
            &[Cell::from(to), Cell::from(own.project.as_bytes().to_vec())],
        )
        .unwrap();
        assert_eq!(ask(other.ledger()).await, None);
        assert!(ask(own.ledger()).await.is_some());
    }
    // Another lab's list under this one's hash.
    let theirs = "SELECT list FROM object_set WHERE sha256 <> $1";
    let theirs = raw.cell(theirs, &[Cell::from(set.sha256.to_vec())]).unwrap();
    let put = "UPDATE object_set SET list = $1 WHERE sha256 = $2";
    raw.run(put, &[theirs, Cell::from(set.sha256.to_vec())]).unwrap();
    assert_eq!(ask(own.ledger()).await, None);
    assert_eq!(ask(other.ledger()).await, None);
}
