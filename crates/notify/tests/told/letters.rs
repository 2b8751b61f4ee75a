//! By e-mail: to whom an operator says, and to nobody else.

use cofferdam_model::{HaltReason, Id as _, Scope};
use cofferdam_notify::NotifyError;
use cofferdam_store::outbox::{Outcome, Sent};
use cofferdam_testbed::Cell;

use crate::receivers::{Babbler, PostOffice, Receiver};
use crate::world::{Lab, WORDS, World};

async fn halt(world: &World, lab: &Lab) {
    let scope = Scope::Lab(lab.id);
    let halted = world
        .platform
        .halt(&world.operator, None, scope, HaltReason::Incident, None);
    halted.await.unwrap();
}

fn is_integrity<T>(found: &Result<T, NotifyError>) -> bool {
    matches!(
        found,
        Err(NotifyError::Gate(cofferdam_custody::GateError::Integrity(_)))
    )
}

fn header(letter: &str, name: &str) -> String {
    let found = letter
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found
        .unwrap_or_else(|| panic!("no {name} in {letter}"))
        .to_owned()
}

#[tokio::test]
async fn a_letter_says_what_a_notice_does_and_no_more() {
    let office = PostOffice::open().await;
    let world = World::reaching(&[], Some(&office.address)).await;
    let lab = world.lab("one").await;
    world.notifier.pass().await.unwrap();
    let set = |person, email| world.notifier.set_address(&world.operator, person, email);
    set(lab.author.person(), Some("ada@work.example")).await.unwrap();
    set(lab.steward.person(), Some("mira@lab.example")).await.unwrap();
    halt(&world, &lab).await;
    world.answer_returned(&world.lab("other").await).await;
    world.notifier.pass().await.unwrap();
    let mut letters = office.letters();
    letters.sort();
    let to: Vec<&str> = letters.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["ada@work.example", "mira@lab.example"]);
    let (_, own) = &letters[0];
    assert_eq!(header(own, "Subject"), "Cofferdam: Work is halted");
    assert_eq!(header(own, "Auto-Submitted"), "auto-generated");
    assert!(header(own, "From").contains("cofferdam@work.example"));
    assert!(
        header(own, "Message-ID").starts_with("<msg_")
            && header(own, "Date").starts_with("Tue, 24 Mar 2026 10:00:00")
    );
    assert!(own.contains(&lab.author.engagement.to_string()) && own.contains("https://work.example/"));
    for strange in [
        WORDS,
        &lab.id.to_string(),
        "mira",
        &lab.steward.engagement.to_string(),
    ] {
        assert!(!own.contains(strange), "{strange} in {own}");
    }
    assert!(letters[1].1.contains(&lab.id.to_string()));
}

#[tokio::test]
async fn a_letter_that_was_not_taken_is_sent_again_as_the_same() {
    let office = PostOffice::open().await;
    let world = World::reaching(&[], Some(&office.address)).await;
    let lab = world.lab("one").await;
    world.notifier.pass().await.unwrap();
    let email = Some("ada@work.example");
    world
        .notifier
        .set_address(&world.operator, lab.author.person(), email)
        .await
        .unwrap();
    office.refuse_next("451 later");
    office.refuse_next("550 who is that?");
    halt(&world, &lab).await;
    for _ in 0..3 {
        world.notifier.pass().await.unwrap();
        world.wait(60);
    }
    assert_eq!(office.letters().len(), 1);
    let all = world
        .gate()
        .store()
        .read(cofferdam_store::outbox::all)
        .await
        .unwrap();
    let [message] = &all[..] else { panic!("{all:?}") };
    assert_eq!((message.state, message.attempts), (Sent::Delivered, 3));
    assert_eq!(
        header(&office.letters()[0].1, "Message-ID"),
        format!("<{}@work.example>", message.id)
    );
    let before = (
        cofferdam_model::Timestamp::from_micros(i64::MAX),
        cofferdam_model::MessageId::from_bytes([0xFF; 16]),
        u32::MAX,
    );
    let log = world.notifier.log(before, 99).await.unwrap().attempts;
    let statuses: Vec<_> = log.iter().rev().map(|(attempt, _)| attempt.status).collect();
    assert_eq!(statuses, [Some(451), Some(550), Some(250)]);
    assert!(!format!("{log:?}").contains("ada"));
}

#[tokio::test]
async fn an_address_that_was_edited_or_put_back_is_not_written_to() {
    let office = PostOffice::open().await;
    let world = World::reaching(&[], Some(&office.address)).await;
    let lab = world.lab("one").await;
    world.notifier.pass().await.unwrap();
    let person = lab.author.person();
    let set = |email| world.notifier.set_address(&world.operator, person, email);
    set(Some("old@work.example")).await.unwrap();
    let columns = "SELECT principal, email, operator, since, seal FROM address";
    let old = world.raw().look(columns, &[]).unwrap().remove(0);
    set(Some("new@work.example")).await.unwrap();
    let thief = [Cell::Text("thief@else.example".into())];
    world.raw().run("UPDATE address SET email = $1", &thief).unwrap();
    halt(&world, &lab).await;
    world.notifier.pass().await.unwrap();
    let findings = world.gate().examine().await.unwrap().findings;
    assert!(
        findings.iter().any(|found| found.what.contains("address")),
        "{findings:?}"
    );
    let edited = world.notifier.address(person).await;
    assert!(is_integrity(&edited), "{edited:?}");
    // The row of before, seal and all.
    world.raw().run("DELETE FROM address", &[]).unwrap();
    world
        .raw()
        .run(
            "INSERT INTO address (principal, email, operator, since, seal) VALUES ($1, $2, $3, $4, $5)",
            &old,
        )
        .unwrap();
    world
        .platform
        .end_engagement(&world.operator, lab.author.engagement)
        .await
        .unwrap();
    world.notifier.pass().await.unwrap();
    let put_back = world.notifier.address(person).await;
    assert!(is_integrity(&put_back), "{put_back:?}");
    world.raw().run("DELETE FROM address", &[]).unwrap();
    let missing = world.notifier.address(person).await;
    assert!(is_integrity(&missing), "{missing:?}");
    world
        .raw()
        .run(
            "INSERT INTO address (principal, email, operator, since, seal) VALUES ($1, $2, $3, $4, $5)",
            &old,
        )
        .unwrap();
    let findings = world.gate().examine().await.unwrap().findings;
    assert!(
        findings.iter().any(|found| found.what.contains("address")),
        "{findings:?}"
    );
    assert_eq!(office.letters(), []);
    // Once it is mended, they are written what waited.
    set(Some("newer@work.example")).await.unwrap();
    world.wait(60);
    world.notifier.pass().await.unwrap();
    let to: Vec<_> = office.letters().into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["newer@work.example", "newer@work.example"]);
    set(None).await.unwrap();
    assert_eq!(world.notifier.address(person).await.unwrap(), None);
    assert_eq!(world.gate().examine().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_server_that_is_dead_slows_nothing_else() {
    // Taken, and never answered.
    let dead = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let receiver = Receiver::open().await;
    let server = dead.local_addr().unwrap().to_string();
    let world = World::reaching(std::slice::from_ref(&receiver.host), Some(&server)).await;
    let lab = world.lab("one").await;
    for (n, seat) in [&lab.author, &lab.reviewer, &lab.steward].into_iter().enumerate() {
        let email = format!("p{n}@work.example");
        world
            .notifier
            .set_address(&world.operator, seat.person(), Some(&email))
            .await
            .unwrap();
    }
    let by = &lab.steward;
    let url = receiver.url();
    let set = world
        .notifier
        .set_webhook(&by.caller, Some(by.engagement), lab.id, &url);
    set.await.unwrap();
    halt(&world, &lab).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let own = world.notifier.clone();
    let running = tokio::spawn(async move {
        own.run_background(async {
            let _ = stopped.await;
        })
        .await;
    });
    while receiver.posted().is_empty() || !world.kinds(&lab.author.caller).await.contains(&"halted") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let waiting = world
        .gate()
        .store()
        .read(cofferdam_store::outbox::waiting)
        .await
        .unwrap();
    assert!(waiting >= 3, "{waiting}");
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn nobody_there_is_tried_until_it_is_given_up() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = free.local_addr().unwrap().to_string();
    drop(free);
    let world = World::reaching(&[], Some(&server)).await;
    let lab = world.lab("one").await;
    world.notifier.pass().await.unwrap();
    let email = Some("ada@work.example");
    world
        .notifier
        .set_address(&world.operator, lab.author.person(), email)
        .await
        .unwrap();
    halt(&world, &lab).await;
    for _ in 0..15 {
        world.notifier.pass().await.unwrap();
        world.wait(60_000);
    }
    let all = world
        .gate()
        .store()
        .read(cofferdam_store::outbox::all)
        .await
        .unwrap();
    assert_eq!(all[0].state, Sent::GivenUp);
    let last = world
        .gate()
        .store()
        .read(cofferdam_store::outbox::waiting)
        .await
        .unwrap();
    assert_eq!(last, 0);
    // What was done with long ago is taken out.
    world.wait(100 * 86_400);
    world.notifier.pass().await.unwrap();
    assert!(
        world
            .gate()
            .store()
            .read(cofferdam_store::outbox::all)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn only_an_operator_sets_an_address_and_only_one_that_is_one() {
    let world = World::new().await;
    let lab = world.lab("one").await;
    let person = lab.author.person();
    let own = world
        .notifier
        .set_address(&lab.author.caller, person, Some("a@work.example"))
        .await;
    assert!(matches!(own, Err(NotifyError::Gate(_))), "{own:?}");
    let wrong = world
        .notifier
        .set_address(&world.operator, person, Some("Ada <a@work.example>"))
        .await;
    assert!(
        matches!(wrong, Err(NotifyError::Invalid { field: "/email", .. })),
        "{wrong:?}"
    );
    let nobody = cofferdam_model::PrincipalId::from_bytes([7; 16]);
    let missing = world
        .notifier
        .set_address(&world.operator, nobody, Some("a@work.example"))
        .await;
    assert!(
        matches!(missing, Err(NotifyError::NotFound("person"))),
        "{missing:?}"
    );
}

#[tokio::test]
async fn a_server_that_says_too_much_is_not_listened_to() {
    for said in ["220-abc\r\n".repeat(1_200), format!("220-{}", "x".repeat(9_000))] {
        let babbler = Babbler::open(said).await;
        let world = World::reaching(&[], Some(&babbler.host)).await;
        let lab = world.lab("one").await;
        world.notifier.pass().await.unwrap();
        let email = Some("ada@work.example");
        world
            .notifier
            .set_address(&world.operator, lab.author.person(), email)
            .await
            .unwrap();
        halt(&world, &lab).await;
        world.notifier.pass().await.unwrap();
        let before = (
            cofferdam_model::Timestamp::from_micros(i64::MAX),
            cofferdam_model::MessageId::from_bytes([0xFF; 16]),
            u32::MAX,
        );
        let log = world.notifier.log(before, 99).await.unwrap().attempts;
        let went: Vec<_> = log.iter().map(|(attempt, _)| attempt.outcome).collect();
        assert_eq!(went, [Outcome::Unreachable]);
    }
}
