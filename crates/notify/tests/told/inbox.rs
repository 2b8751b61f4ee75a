//! In the application: each is told of their own.

use std::collections::BTreeSet;

use cofferdam_incident::NewIncident;
use cofferdam_model::{HaltReason, IncidentSubject, PrincipalId, Scope};
use cofferdam_store::principal::PrincipalKind;
use cofferdam_testbed::Cell;
use cofferdam_work::ops::ReturnedRow;

use crate::world::{Lab, WORDS, World};

async fn halted(world: &World, lab: &Lab, scope: Scope) -> cofferdam_model::HaltId {
    let by = &lab.steward;
    let halted = world.platform.halt(
        &by.caller,
        Some(by.engagement),
        scope,
        HaltReason::LabRequest,
        None,
    );
    halted.await.unwrap().halt.id
}

/// Something of every kind in a lab.
async fn everything(world: &World, lab: &Lab) {
    let by = &lab.steward;
    let halt = halted(world, lab, Scope::Project(lab.project)).await;
    world
        .platform
        .resume(&by.caller, Some(by.engagement), halt, BTreeSet::new())
        .await
        .unwrap();
    let delivery = world.delivered(lab).await;
    let back = [ReturnedRow {
        row: 1,
        reason: WORDS.into(),
    }];
    world
        .platform
        .return_rows(&by.caller, by.engagement, delivery, &back)
        .await
        .unwrap();
    world
        .containment
        .open(
            &world.operator,
            NewIncident {
                title: Some(WORDS.into()),
                reason: WORDS.into(),
                for_labs: None,
                subjects: vec![IncidentSubject::Person(lab.reviewer.person())],
                event: None,
            },
        )
        .await
        .unwrap();
    world
        .platform
        .end_engagement(&world.operator, lab.reviewer.engagement)
        .await
        .unwrap();
}

#[tokio::test]
async fn each_is_told_of_their_own() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    everything(&world, &lab).await;
    world.notifier.pass().await.unwrap();
    assert_eq!(
        world.kinds(&lab.author.caller).await,
        ["engagement-begun", "halted", "resumed", "answer-returned"]
    );
    assert_eq!(
        world.kinds(&lab.reviewer.caller).await,
        [
            "engagement-begun",
            "halted",
            "resumed",
            "halted",
            "engagement-ended"
        ]
    );
    assert_eq!(
        world.kinds(&lab.steward.caller).await,
        [
            "engagement-begun",
            "halted",
            "resumed",
            "delivery-offered",
            "incident-opened",
            "halted",
        ]
    );
    let mut operators = world.kinds(&world.operator).await;
    operators.sort_unstable();
    assert_eq!(
        operators,
        ["delivery-returned", "halted", "incident-opened", "resumed"]
    );
}

#[tokio::test]
async fn of_other_labs_nobody_is_told_anything() {
    let world = World::new().await;
    let (lab, other) = (world.lab("one").await, world.lab("other").await);
    world.answer_returned(&other).await;
    everything(&world, &other).await;
    world.wait(1);
    everything(&world, &lab).await;
    world.notifier.pass().await.unwrap();
    let others = ids_of(&world, &other).await;
    assert!(others.len() > 30, "{}", others.len());
    for seat in [&lab.author, &lab.reviewer, &lab.steward] {
        let said = world.said(&seat.caller).await;
        assert!(
            !said.is_empty() && !said.contains(WORDS) && !said.contains("quagga"),
            "{said}"
        );
        for id in &others {
            assert!(!said.contains(id), "{id} in {said}");
        }
    }
    // Who is engaged is told of their engagement, and not which lab it is for.
    let said = world.said(&lab.author.caller).await;
    assert!(said.contains(&lab.author.engagement.to_string()));
    assert!(!said.contains(&lab.id.to_string()) && !said.contains(&lab.reviewer.engagement.to_string()));
}

/// Every id that a lab's ledger holds, pseudonyms too, and those of its people.
async fn ids_of(world: &World, lab: &Lab) -> BTreeSet<String> {
    let entries = world
        .gate()
        .entries_before(lab.id.into(), u64::MAX, 500)
        .await
        .unwrap();
    let text = serde_json::to_string(&entries).unwrap();
    let is_id = |word: &&str| {
        word.split_once('_')
            .is_some_and(|(kind, rest)| kind.len() <= 3 && rest.len() == 26)
    };
    let people = [&lab.author, &lab.reviewer, &lab.steward].map(|seat| seat.person().to_string());
    // An operator works for both.
    let operator = world.operator.principal().to_string();
    let found = text.split('"').filter(is_id).map(str::to_owned).chain(people);
    found.filter(|id| *id != operator).collect()
}

#[tokio::test]
async fn an_end_is_told_to_those_whom_it_concerns_then() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    let halt = halted(&world, &lab, Scope::Engagement(lab.author.engagement)).await;
    let late = world.seat(lab.project, cofferdam_model::Role::Author).await;
    let by = &lab.steward;
    world
        .platform
        .resume(&by.caller, Some(by.engagement), halt, BTreeSet::new())
        .await
        .unwrap();
    world.notifier.pass().await.unwrap();
    assert_eq!(
        world.kinds(&lab.author.caller).await,
        ["engagement-begun", "halted", "resumed"]
    );
    assert_eq!(world.kinds(&lab.reviewer.caller).await, ["engagement-begun"]);
    assert_eq!(world.kinds(&late.caller).await, ["engagement-begun"]);
}

#[tokio::test]
async fn a_halt_of_everything_is_told_each_for_their_own_engagements() {
    let world = World::new().await;
    let (lab, other) = (world.lab("one").await, world.lab("other").await);
    let person: PrincipalId = lab.author.person();
    let engaged = world.platform.engage(
        &world.operator,
        other.project,
        person,
        cofferdam_model::Role::Author,
        vec![],
        None,
        None,
    );
    let second = engaged.await.unwrap();
    let stop = world.platform.halt(
        &world.operator,
        None,
        Scope::Installation,
        HaltReason::Incident,
        None,
    );
    stop.await.unwrap();
    world.notifier.pass().await.unwrap();
    let look =
        move |r: &mut cofferdam_store::Reader<'_>| cofferdam_store::notice::page(r, person, None, 99, 99);
    let all = world.gate().store().read(look).await.unwrap();
    let halts: BTreeSet<_> = all
        .iter()
        .filter(|(_, row)| row.about.name() == "halted")
        .map(|(_, row)| row.engagement)
        .collect();
    assert_eq!(halts, [Some(lab.author.engagement), Some(second)].into());
    assert_eq!(world.kinds(&world.operator).await, ["halted"]);
}

#[tokio::test]
async fn what_was_told_is_not_told_again_and_nothing_is_left_out() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    world.notifier.pass().await.unwrap();
    let before = world.kinds(&lab.author.caller).await;
    // A new process knows what the database does.
    let another = world.another_notifier();
    another.pass().await.unwrap();
    assert_eq!(world.kinds(&lab.author.caller).await, before);
    // One that is behind does not tell twice what another told.
    halted(&world, &lab, Scope::Lab(lab.id)).await;
    another.pass().await.unwrap();
    world.notifier.pass().await.unwrap();
    world.notifier.pass().await.unwrap();
    assert_eq!(
        world.kinds(&lab.author.caller).await,
        ["engagement-begun", "halted"]
    );
    // And what both have not told is told once.
    world
        .platform
        .end_engagement(&world.operator, lab.author.engagement)
        .await
        .unwrap();
    let (one, other) = tokio::join!(another.pass(), world.notifier.pass());
    one.unwrap();
    other.unwrap();
    world.notifier.pass().await.unwrap();
    assert_eq!(
        world.kinds(&lab.author.caller).await,
        ["engagement-begun", "halted", "engagement-ended"]
    );
}

#[tokio::test]
async fn a_first_start_tells_nothing_of_what_is_past() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    // As before there were notices.
    world.raw().run("DELETE FROM notice_cursor", &[]).unwrap();
    let first = world.another_notifier();
    first.pass().await.unwrap();
    assert!(world.kinds(&lab.author.caller).await.is_empty());
    halted(&world, &lab, Scope::Lab(lab.id)).await;
    let late = world.lab("late").await;
    first.pass().await.unwrap();
    assert_eq!(world.kinds(&lab.author.caller).await, ["halted"]);
    assert_eq!(world.kinds(&late.author.caller).await, ["engagement-begun"]);
}

#[tokio::test]
async fn what_was_read_is_ones_own_to_say_and_stays_read() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    halted(&world, &lab, Scope::Lab(lab.id)).await;
    world.notifier.pass().await.unwrap();
    let (author, reviewer) = (&lab.author.caller, &lab.reviewer.caller);
    let inbox = world.inbox(author).await;
    let [newest, oldest] = [inbox.notices[0].1.id, inbox.notices[1].1.id];
    assert_eq!((inbox.unread, inbox.seen), (2, 0));
    assert!(world.notifier.see(reviewer, newest).await.is_err());
    world.notifier.see(author, newest).await.unwrap();
    world.notifier.see(author, oldest).await.unwrap();
    assert_eq!(world.inbox(author).await.unread, 0);
    assert_eq!(world.inbox(reviewer).await.unread, 2);
    let page = world.notifier.inbox(author, 2, 500).await.unwrap();
    assert_eq!(page.notices.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn what_was_edited_is_not_shown_and_is_named() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    halted(&world, &lab, Scope::Lab(lab.id)).await;
    world.notifier.pass().await.unwrap();
    assert_eq!(world.gate().examine().await.unwrap().findings, []);
    let id = |bytes: &[u8; 16]| Cell::Bytes(bytes.to_vec());
    use cofferdam_model::Id as _;
    // Somebody else's notice is made to be one's own.
    let (mine, theirs) = (lab.author.person(), lab.steward.person());
    world
        .raw()
        .run(
            "UPDATE notice SET recipient = $1, n = 99, engagement = $2 WHERE recipient = $3 AND kind = 0",
            &[
                id(mine.as_bytes()),
                id(lab.author.engagement.as_bytes()),
                id(theirs.as_bytes()),
            ],
        )
        .unwrap();
    assert_eq!(
        world.kinds(&lab.author.caller).await,
        ["engagement-begun", "halted"]
    );
    let found = world.gate().examine().await.unwrap().findings;
    assert!(
        found.iter().any(|found| found.what.contains("notice ntc_")),
        "{found:?}"
    );
    // A place that was moved on, so that nobody is told, is not believed.
    world
        .raw()
        .run("UPDATE notice_cursor SET next = next + 1", &[])
        .unwrap();
    assert!(world.another_notifier().pass().await.is_err());
    let found = world.gate().examine().await.unwrap().findings;
    assert!(
        found.iter().any(|found| found.what.contains("notice cursor")),
        "{found:?}"
    );
}

#[tokio::test]
async fn software_reads_no_notices() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    let component = world.principal(PrincipalKind::Component).await;
    let purposes = vec![cofferdam_model::Purpose::Import];
    let role = cofferdam_model::Role::Integration;
    world
        .platform
        .engage(
            &world.operator,
            lab.project,
            component,
            role,
            purposes,
            None,
            None,
        )
        .await
        .unwrap();
    halted(&world, &lab, Scope::Lab(lab.id)).await;
    world.notifier.pass().await.unwrap();
    let look =
        move |r: &mut cofferdam_store::Reader<'_>| cofferdam_store::notice::page(r, component, None, 99, 99);
    assert!(world.gate().store().read(look).await.unwrap().is_empty());
    // Nor do the platform's own jobs.
    let all = world
        .gate()
        .store()
        .read(cofferdam_store::notice::all)
        .await
        .unwrap();
    for row in all {
        let who = world.platform.person(row.recipient).await.unwrap();
        assert_eq!(who.kind, PrincipalKind::Person);
    }
}

#[tokio::test]
async fn a_halt_on_a_components_credential_is_told_to_operators_and_no_software() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    let component = world.principal(PrincipalKind::Component).await;
    let purposes = vec![cofferdam_model::Purpose::Import];
    let role = cofferdam_model::Role::Integration;
    let engaged = world.platform.engage(
        &world.operator,
        lab.project,
        component,
        role,
        purposes,
        None,
        None,
    );
    let engagement = engaged.await.unwrap();
    let issued = world
        .platform
        .issue_token(&world.operator, engagement, "script", 90)
        .await
        .unwrap();
    let caller = world.gate().authenticate(issued.secret.expose()).await.unwrap();
    for credential in [caller.credential(), lab.author.caller.credential()] {
        let scope = Scope::Credential(credential);
        let halted = world
            .platform
            .halt(&world.operator, None, scope, HaltReason::Incident, None);
        halted.await.unwrap();
    }
    world.notifier.pass().await.unwrap();
    let look =
        move |r: &mut cofferdam_store::Reader<'_>| cofferdam_store::notice::page(r, component, None, 99, 99);
    assert!(world.gate().store().read(look).await.unwrap().is_empty());
    assert_eq!(world.kinds(&world.operator).await, ["halted"]);
    let mut told = world.told(lab.author.person()).await;
    told.sort_unstable();
    assert_eq!(told, ["engagement-begun", "halted"]);
}

#[tokio::test]
async fn one_that_was_edited_hides_no_older_one() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    halted(&world, &lab, Scope::Lab(lab.id)).await;
    halted(&world, &lab, Scope::Project(lab.project)).await;
    world.notifier.pass().await.unwrap();
    let who = Cell::Bytes(cofferdam_model::Id::as_bytes(&lab.author.person()).to_vec());
    world
        .raw()
        .run(
            "UPDATE notice SET moment = moment + 1 WHERE recipient = $1 AND n = 3",
            &[who],
        )
        .unwrap();
    let (mut before, mut shown) = (99, Vec::new());
    loop {
        let page = world.notifier.inbox(&lab.author.caller, before, 1).await.unwrap();
        shown.extend(page.notices.iter().map(|(n, _)| *n));
        let Some(next) = page.next else { break };
        before = next;
    }
    assert_eq!(shown, [2, 1]);
}

#[tokio::test]
async fn a_lab_whose_ledger_was_closed_is_told_of_a_halt_on_everything_once_it_is_open() {
    let receiver = crate::receivers::Receiver::open().await;
    let world = World::reaching(std::slice::from_ref(&receiver.host), None).await;
    let (lab, other) = (world.lab("one").await, world.lab("other").await);
    let url = receiver.url();
    let set = world.notifier.set_webhook(&world.operator, None, lab.id, &url);
    set.await.unwrap();
    world.notifier.pass().await.unwrap();
    let ledger = Cell::Bytes(cofferdam_model::Compartment::Lab(lab.id).to_bytes().to_vec());
    let last = "SELECT n, seal FROM ledger WHERE compartment = $1 AND authorising IS NOT NULL ORDER BY n DESC LIMIT 1";
    let last = world
        .raw()
        .look(last, std::slice::from_ref(&ledger))
        .unwrap()
        .remove(0);
    let seal = |seal: Cell| [seal, ledger.clone(), last[0].clone()];
    let edit = "UPDATE ledger SET seal = $1 WHERE compartment = $2 AND n = $3";
    let world = world
        .restarted(|raw| raw.run(edit, &seal(Cell::Bytes(vec![0; 32]))).map(drop).unwrap())
        .await;
    assert!(world.gate().is_closed(lab.id.into()));
    let (on, why) = (Scope::Installation, HaltReason::Incident);
    let halt = world
        .platform
        .halt(&world.operator, None, on, why, None)
        .await
        .unwrap();
    world
        .platform
        .resume(&world.operator, None, halt.halt.id, BTreeSet::new())
        .await
        .unwrap();
    world.notifier.pass().await.unwrap();
    assert_eq!(
        world.told(other.author.person()).await,
        ["engagement-begun", "halted", "resumed"]
    );
    assert_eq!(world.told(lab.author.person()).await, ["engagement-begun"]);
    let world = world
        .restarted(|raw| raw.run(edit, &seal(last[1].clone())).map(drop).unwrap())
        .await;
    world.notifier.pass().await.unwrap();
    world.notifier.pass().await.unwrap();
    for person in [lab.author.person(), other.author.person()] {
        assert_eq!(
            world.told(person).await,
            ["engagement-begun", "halted", "resumed"]
        );
    }
    assert_eq!(receiver.posted().len(), 2);
    assert_eq!(world.gate().examine().await.unwrap().findings, []);
}

#[tokio::test]
async fn an_end_is_told_though_its_halt_was_read_by_a_process_before() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    let by = &lab.steward;
    let (first, second) = (
        halted(&world, &lab, Scope::Lab(lab.id)).await,
        halted(&world, &lab, Scope::Engagement(lab.author.engagement)).await,
    );
    world.notifier.pass().await.unwrap();
    let another = world.another_notifier();
    // One ends while nobody follows, the other when the next process does.
    for halt in [first, second] {
        let resumed = world
            .platform
            .resume(&by.caller, Some(by.engagement), halt, BTreeSet::new());
        resumed.await.unwrap();
        another.pass().await.unwrap();
    }
    assert_eq!(
        world.kinds(&lab.reviewer.caller).await,
        ["engagement-begun", "halted", "resumed"]
    );
    assert_eq!(
        world.kinds(&lab.author.caller).await,
        ["engagement-begun", "halted", "halted", "resumed", "resumed"]
    );
}

/// Whoever asked is told of what others say to it, and not of what they say themselves.
#[tokio::test]
async fn an_asker_is_told_of_the_answer() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    let (author, reviewer, platform) = (&lab.author, &lab.reviewer, &world.platform);
    let asked = platform.ask(&author.caller, author.engagement, WORDS, None, false);
    let question = asked.await.unwrap().remark;
    for (seat, times) in [(author, 0), (reviewer, 1)] {
        let said = platform.say_to_question(&seat.caller, seat.engagement, None, question, WORDS);
        said.await.unwrap();
        world.notifier.pass().await.unwrap();
        let kinds = world.kinds(&author.caller).await;
        let told = kinds.iter().filter(|kind| **kind == "question-answered");
        assert_eq!(told.count(), times, "{kinds:?}");
    }
    assert!(!world.kinds(&reviewer.caller).await.contains(&"question-answered"));
}
