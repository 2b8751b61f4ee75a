//! To webhooks: signed, once unless it did not arrive, and to nobody who was not named.

use cofferdam_custody::GateError;
use cofferdam_model::{HaltReason, Scope, WebhookId};
use cofferdam_notify::{Hosts, Notifier, NotifyError, Options};
use cofferdam_store::outbox::{Outcome, Sent};
use cofferdam_testbed::Cell;

use crate::receivers::{Babbler, Posted, Receiver};
use crate::world::{Lab, WORDS, World};

/// HMAC by its definition (RFC 2104), over a plain hash.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    use aws_lc_rs::digest::{SHA256, digest};
    assert!(key.len() <= 64);
    let pad = |with: u8| -> Vec<u8> {
        (0..64)
            .map(|at| key.get(at).copied().unwrap_or(0) ^ with)
            .collect()
    };
    let inner = digest(&SHA256, &[pad(0x36), text.to_vec()].concat());
    digest(&SHA256, &[pad(0x5c), inner.as_ref().to_vec()].concat())
        .as_ref()
        .to_vec()
}

fn is_signed(posted: &Posted, secret: &str) -> bool {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let key = base64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let [id, at] = ["webhook-id", "webhook-timestamp"].map(|name| posted.header(name));
    let signed = hmac(&key, format!("{id}.{at}.{}", posted.body).as_bytes());
    posted.header("webhook-signature") == format!("v1,{}", base64.encode(signed))
}

struct Reached {
    world: World,
    receiver: Receiver,
    lab: Lab,
    webhook: WebhookId,
    secret: String,
}

async fn reached() -> Reached {
    let receiver = Receiver::open().await;
    let world = World::reaching(std::slice::from_ref(&receiver.host), None).await;
    let lab = world.lab("one").await;
    world.notifier.pass().await.unwrap();
    let by = &lab.steward;
    let url = receiver.url();
    let set = world
        .notifier
        .set_webhook(&by.caller, Some(by.engagement), lab.id, &url);
    let set = set.await.unwrap();
    let (webhook, secret) = (set.id, set.secret);
    Reached {
        world,
        receiver,
        lab,
        webhook,
        secret,
    }
}

async fn halt(world: &World, lab: &Lab) {
    let scope = Scope::Lab(lab.id);
    let halted = world
        .platform
        .halt(&world.operator, None, scope, HaltReason::Incident, None);
    halted.await.unwrap();
}

#[tokio::test]
async fn a_lab_is_told_of_its_own_signed_and_by_ids_alone() {
    let Reached {
        world,
        receiver,
        lab,
        secret,
        ..
    } = reached().await;
    let other = world.lab("other").await;
    halt(&world, &other).await;
    let delivery = world.delivered(&lab).await;
    world.wait(1);
    halt(&world, &lab).await;
    world.notifier.pass().await.unwrap();
    let posted = receiver.posted();
    let kinds: Vec<String> = posted
        .iter()
        .map(|one| serde_json::from_str::<serde_json::Value>(&one.body).unwrap()["type"].to_string())
        .collect();
    assert_eq!(kinds, ["\"delivery-offered\"", "\"halted\""]);
    assert!(posted[0].body.contains(&delivery.to_string()));
    for one in &posted {
        assert!(is_signed(one, &secret), "{one:?}");
        assert!(one.head.starts_with("POST /hook HTTP/1.1"), "{}", one.head);
        assert_eq!(one.header("content-type"), "application/json");
        let said = format!("{}{}", one.head, one.body);
        assert!(said.contains(&lab.id.to_string()));
        for strange in [
            &other.id.to_string(),
            WORDS,
            &lab.author.engagement.to_string(),
            &other.project.to_string(),
        ] {
            assert!(!said.contains(strange), "{strange} in {said}");
        }
    }
    // Nothing is sent again.
    world.notifier.pass().await.unwrap();
    assert_eq!(receiver.posted().len(), 2);
}

#[tokio::test]
async fn what_does_not_arrive_is_sent_again_as_the_same() {
    let Reached {
        world,
        receiver,
        lab,
        secret,
        ..
    } = reached().await;
    receiver.answer_next("500 Internal Server Error");
    receiver.answer_next("hang up");
    receiver.answer_next("302 Found\r\nlocation: /elsewhere");
    halt(&world, &lab).await;
    for seconds in [0, 7, 40] {
        world.wait(seconds);
        world.notifier.pass().await.unwrap();
        // Before its time nothing is tried.
        world.notifier.pass().await.unwrap();
    }
    world.wait(3_600);
    world.notifier.pass().await.unwrap();
    let posted = receiver.posted();
    assert_eq!(posted.len(), 4);
    let ids: std::collections::BTreeSet<_> = posted.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids.len(), 1);
    assert!(
        posted
            .iter()
            .all(|one| is_signed(one, &secret) && one.head.starts_with("POST /hook"))
    );
    assert_ne!(
        posted[0].header("webhook-timestamp"),
        posted[3].header("webhook-timestamp")
    );
    let log = world.notifier.log(after_all(), 99).await.unwrap().attempts;
    let went: Vec<_> = log
        .iter()
        .rev()
        .map(|(attempt, _)| (attempt.n, attempt.outcome, attempt.status))
        .collect();
    assert_eq!(
        went,
        [
            (1, Outcome::Answered, Some(500)),
            (2, Outcome::Unreachable, None),
            (3, Outcome::Answered, Some(302)),
            (4, Outcome::Delivered, Some(204)),
        ]
    );
    assert_eq!(log[0].1.state, Sent::Delivered);
}

fn after_all() -> (cofferdam_model::Timestamp, cofferdam_model::MessageId, u32) {
    use cofferdam_model::{Id as _, MessageId, Timestamp};
    (
        Timestamp::from_micros(i64::MAX),
        MessageId::from_bytes([0xFF; 16]),
        u32::MAX,
    )
}

#[tokio::test]
async fn whoever_is_gone_or_was_removed_is_sent_nothing_more() {
    let Reached {
        world,
        receiver,
        lab,
        webhook,
        ..
    } = reached().await;
    receiver.answer_next("410 Gone");
    world.notifier.test_webhook(lab.id, webhook).await.unwrap();
    world.notifier.pass().await.unwrap();
    world.wait(100_000);
    world.notifier.pass().await.unwrap();
    assert_eq!(receiver.posted().len(), 1);
    assert!(receiver.posted()[0].body.contains("\"type\":\"test\""));
    receiver.answer_next("500 Internal Server Error");
    world.notifier.test_webhook(lab.id, webhook).await.unwrap();
    world.notifier.pass().await.unwrap();
    world
        .notifier
        .remove_webhook(&world.operator, None, lab.id, webhook)
        .await
        .unwrap();
    world.wait(100_000);
    world.notifier.pass().await.unwrap();
    assert_eq!(receiver.posted().len(), 2);
    let all = world
        .gate()
        .store()
        .read(cofferdam_store::outbox::all)
        .await
        .unwrap();
    let states: Vec<_> = all.iter().map(|message| message.state).collect();
    assert_eq!(states, [Sent::GivenUp, Sent::NotWanted]);
    assert_eq!(world.gate().examine().await.unwrap().findings, []);
    let gone = world
        .notifier
        .remove_webhook(&world.operator, None, lab.id, webhook)
        .await;
    assert!(matches!(gone, Err(NotifyError::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn a_webhook_that_was_put_there_or_moved_is_not_obeyed() {
    let Reached {
        world,
        receiver,
        lab,
        webhook,
        ..
    } = reached().await;
    use cofferdam_model::Id as _;
    let id = Cell::Bytes(webhook.as_bytes().to_vec());
    let elsewhere = Receiver::open().await;
    let moved = [Cell::Text(elsewhere.url()), id.clone()];
    world
        .raw()
        .run("UPDATE webhook SET url = $1 WHERE id = $2", &moved)
        .unwrap();
    halt(&world, &lab).await;
    world.notifier.pass().await.unwrap();
    let findings = world.gate().examine().await.unwrap().findings;
    assert!(
        findings.iter().any(|found| found.what.contains("webhook whk_")),
        "{findings:?}"
    );
    let listed = world.notifier.webhooks(lab.id).await;
    assert!(
        matches!(&listed, Err(NotifyError::Gate(GateError::Integrity(_)))),
        "{listed:?}"
    );
    let back = [Cell::Text(receiver.url()), id.clone()];
    world
        .raw()
        .run("UPDATE webhook SET url = $1 WHERE id = $2", &back)
        .unwrap();
    // Once it is mended, it is sent what waited.
    assert!(receiver.posted().is_empty());
    world.wait(60);
    world.notifier.pass().await.unwrap();
    assert_eq!(receiver.posted().len(), 1);
    // A removed one that is put back as it was: the ledger says that it is gone.
    let row = world
        .raw()
        .look("SELECT id, lab, url, principal, since FROM webhook", &[])
        .unwrap()
        .remove(0);
    world
        .notifier
        .remove_webhook(&world.operator, None, lab.id, webhook)
        .await
        .unwrap();
    world
        .raw()
        .run(
            "INSERT INTO webhook (id, lab, url, principal, since) VALUES ($1, $2, $3, $4, $5)",
            &row,
        )
        .unwrap();
    assert!(world.notifier.webhooks(lab.id).await.unwrap().is_empty());
    // A message of another lab's that is addressed to this one's.
    let other = world.lab("other").await;
    let (by, url) = (&other.steward, receiver.url());
    let set = world
        .notifier
        .set_webhook(&by.caller, Some(by.engagement), other.id, &url);
    let theirs = set.await.unwrap().id;
    world.notifier.test_webhook(other.id, theirs).await.unwrap();
    world
        .raw()
        .run("UPDATE outbox SET kind = 0, about = $1", &[id])
        .unwrap();
    world.notifier.pass().await.unwrap();
    assert!(receiver.posted().len() == 1 && elsewhere.posted().is_empty());
}

#[tokio::test]
async fn this_server_is_not_sent_into_its_own_network() {
    let Reached { world, lab, .. } = reached().await;
    let by = &lab.steward;
    for url in [
        "http://lab.example/",
        "https://127.0.0.1/x",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "nothing",
    ] {
        let set = world
            .notifier
            .set_webhook(&by.caller, Some(by.engagement), lab.id, url)
            .await;
        assert!(
            matches!(set, Err(NotifyError::Invalid { field: "/url", .. })),
            "{url}: {set:?}"
        );
    }
    // A name that leads there, and was allowed when it was set, is known by what it leads to.
    let private = Receiver::open().await;
    let port = private.host.rsplit(':').next().unwrap();
    let url = format!("https://localhost:{port}/");
    let before = Options {
        webhook_hosts: Hosts::of(["localhost"]).unwrap(),
        ..Options::default()
    };
    Notifier::new(world.gate().clone(), before)
        .set_webhook(&by.caller, Some(by.engagement), lab.id, &url)
        .await
        .unwrap();
    halt(&world, &lab).await;
    world.notifier.pass().await.unwrap();
    let known = world.notifier.webhooks(lab.id).await.unwrap();
    let local = known.iter().find(|known| known.row.url == url).unwrap();
    assert_eq!(local.last.unwrap().0.outcome, Outcome::NotAllowed);
    assert!(private.posted().is_empty());
}

#[tokio::test]
async fn a_lab_has_few_webhooks_each_once_and_its_ledger_says_so() {
    let Reached {
        world, receiver, lab, ..
    } = reached().await;
    let by = &lab.steward;
    let set = async |url: String| {
        let set = world
            .notifier
            .set_webhook(&by.caller, Some(by.engagement), lab.id, &url);
        set.await.map(|set| set.secret)
    };
    assert!(matches!(set(receiver.url()).await, Err(NotifyError::Conflict(_))));
    let mut secrets = std::collections::BTreeSet::new();
    for n in 1..10 {
        secrets.insert(set(format!("{}/{n}", receiver.url())).await.unwrap());
    }
    assert_eq!(secrets.len(), 9);
    assert!(matches!(
        set(format!("{}/10", receiver.url())).await,
        Err(NotifyError::Conflict(_))
    ));
    let entries = world
        .gate()
        .entries_before(lab.id.into(), u64::MAX, 500)
        .await
        .unwrap();
    let set = entries
        .iter()
        .filter(|entry| matches!(entry.fact, cofferdam_model::Fact::WebhookSet { .. }));
    assert_eq!(set.count(), 10);
    // Who only works there sets none, and is told that it is not theirs.
    let by = &lab.author;
    let refused = world
        .notifier
        .set_webhook(&by.caller, Some(by.engagement), lab.id, receiver.url().as_str())
        .await;
    assert!(matches!(refused, Err(NotifyError::Gate(_))), "{refused:?}");
}

#[tokio::test]
async fn one_that_does_not_answer_keeps_no_other_waiting() {
    let (silent, receiver) = (
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(),
        Receiver::open().await,
    );
    let host = silent.local_addr().unwrap().to_string();
    let world = World::reaching(&[host.clone(), receiver.host.clone()], None).await;
    let lab = world.lab("one").await;
    let by = &lab.steward;
    for url in [format!("http://{host}/"), receiver.url()] {
        let set = world
            .notifier
            .set_webhook(&by.caller, Some(by.engagement), lab.id, &url);
        set.await.unwrap();
    }
    halt(&world, &lab).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let own = world.notifier.clone();
    let running = tokio::spawn(async move {
        own.run_background(async {
            let _ = stopped.await;
        })
        .await;
    });
    while receiver.posted().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // The other one is still waited for: a second message passes it by, and stopping does not wait for it.
    let known = world.notifier.webhooks(lab.id).await.unwrap();
    let good = known
        .iter()
        .find(|known| known.row.url == receiver.url())
        .unwrap();
    world.notifier.test_webhook(lab.id, good.row.id).await.unwrap();
    while receiver.posted().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // What became of each is kept while the other is still waited for.
    let target = cofferdam_store::outbox::Target::Webhook(good.row.id);
    loop {
        let tried = world.notifier.log(after_all(), 99).await.unwrap().attempts;
        let own: Vec<_> = tried
            .iter()
            .filter(|(_, message)| message.target == target)
            .collect();
        assert!(
            own.iter()
                .all(|(attempt, _)| attempt.outcome == Outcome::Delivered)
        );
        if own.len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn interim_answers_without_end_are_no_answer() {
    for said in [
        "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2_000),
        format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(40_000)),
    ] {
        let babbler = Babbler::open(said).await;
        let world = World::reaching(std::slice::from_ref(&babbler.host), None).await;
        let lab = world.lab("one").await;
        let url = format!("http://{}/", babbler.host);
        let set = world.notifier.set_webhook(&world.operator, None, lab.id, &url);
        let webhook = set.await.unwrap().id;
        world.notifier.test_webhook(lab.id, webhook).await.unwrap();
        world.notifier.pass().await.unwrap();
        let log = world.notifier.log(after_all(), 99).await.unwrap().attempts;
        let went: Vec<_> = log.iter().map(|(attempt, _)| attempt.outcome).collect();
        assert_eq!(went, [Outcome::Unreachable]);
    }
}

#[tokio::test]
async fn a_large_answer_is_one_and_so_is_one_after_interim_ones() {
    for answer in [
        "103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content".to_owned(),
        format!(
            "200 OK\r\nx: {}\r\ntransfer-encoding: identity\r\n\r\n{}",
            "x".repeat(12_000),
            "y".repeat(99_000)
        ),
    ] {
        let Reached {
            world,
            receiver,
            lab,
            webhook,
            ..
        } = reached().await;
        receiver.answer_next(answer.leak());
        world.notifier.test_webhook(lab.id, webhook).await.unwrap();
        world.notifier.pass().await.unwrap();
        let log = world.notifier.log(after_all(), 99).await.unwrap().attempts;
        assert_eq!(log[0].0.outcome, Outcome::Delivered, "{log:?}");
    }
}

#[tokio::test]
async fn what_is_sent_takes_nobody_elses_thread() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let world = World::reaching(std::slice::from_ref(&host), None).await;
    let lab = world.lab("one").await;
    let url = format!("http://{host}/");
    let set = world.notifier.set_webhook(&world.operator, None, lab.id, &url);
    let webhook = set.await.unwrap().id;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let own = world.notifier.clone();
    let running = tokio::spawn(async move {
        own.run_background(async {
            let _ = stopped.await;
        })
        .await;
    });
    // Time to begin, on a machine that has other things to do.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    world.notifier.test_webhook(lab.id, webhook).await.unwrap();
    // From here on the one thread of this runtime does nothing but wait.
    let (connected, came) = std::sync::mpsc::channel();
    std::thread::spawn(move || connected.send(listener.accept()));
    let came = came.recv_timeout(std::time::Duration::from_secs(30));
    assert!(
        came.is_ok(),
        "nothing was sent while nobody else's thread was free"
    );
    // It is answered nothing, and stopping does not wait for it.
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn two_labs_whose_webhooks_are_silent_keep_no_other_lab_waiting() {
    let (silent, receiver) = (Babbler::silent().await, Receiver::open().await);
    let world = World::reaching(&[silent.host.clone(), receiver.host.clone()], None).await;
    let set = async |lab: &Lab, url: String| {
        let set = world.notifier.set_webhook(&world.operator, None, lab.id, &url);
        set.await.unwrap().id
    };
    for name in ["one", "other"] {
        let lab = world.lab(name).await;
        for n in 0..10 {
            let webhook = set(&lab, format!("http://{}/{n}", silent.host)).await;
            world.notifier.test_webhook(lab.id, webhook).await.unwrap();
        }
    }
    let third = world.lab("third").await;
    let webhook = set(&third, receiver.url()).await;
    world.wait(1);
    world.notifier.test_webhook(third.id, webhook).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let own = world.notifier.clone();
    let running = tokio::spawn(async move {
        own.run_background(async {
            let _ = stopped.await;
        })
        .await;
    });
    while receiver.posted().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(
        silent.connected() <= 4,
        "{} at once of two labs",
        silent.connected()
    );
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn one_test_at_a_time_waits() {
    let Reached {
        world,
        receiver,
        lab,
        webhook,
        ..
    } = reached().await;
    receiver.answer_next("500 Internal Server Error");
    world.notifier.test_webhook(lab.id, webhook).await.unwrap();
    let another = world.notifier.test_webhook(lab.id, webhook).await;
    assert!(matches!(another, Err(NotifyError::Conflict(_))), "{another:?}");
    world.notifier.pass().await.unwrap();
    let another = world.notifier.test_webhook(lab.id, webhook).await;
    assert!(matches!(another, Err(NotifyError::Conflict(_))), "{another:?}");
    world.wait(10);
    world.notifier.pass().await.unwrap();
    assert_eq!(receiver.posted().len(), 2);
    world.notifier.test_webhook(lab.id, webhook).await.unwrap();
}

#[tokio::test]
async fn a_webhook_is_answered_as_it_is_kept() {
    let world = World::reaching(&["hooks.internal".to_owned()], None).await;
    let lab = world.lab("one").await;
    let set = world
        .notifier
        .set_webhook(&world.operator, None, lab.id, "HTTPS://Hooks.Internal:443/a/../b");
    let set = set.await.unwrap();
    assert_eq!(set.url, "https://hooks.internal/b");
    assert_eq!(world.notifier.webhooks(lab.id).await.unwrap()[0].row.url, set.url);
    assert!(!format!("{set:?}").contains(&set.secret));
}

#[tokio::test]
async fn an_attempt_that_was_edited_is_not_shown_and_is_named() {
    for edit in [
        "UPDATE outbox_attempt SET outcome = 0, status = 204 WHERE n = 1",
        "DELETE FROM outbox_attempt WHERE n = 1",
        "UPDATE outbox SET state = 1",
    ] {
        let Reached {
            world,
            receiver,
            lab,
            webhook,
            ..
        } = reached().await;
        receiver.answer_next("500 Internal Server Error");
        receiver.answer_next("500 Internal Server Error");
        world.notifier.test_webhook(lab.id, webhook).await.unwrap();
        world.notifier.pass().await.unwrap();
        world.wait(10);
        world.notifier.pass().await.unwrap();
        assert_eq!(world.gate().examine().await.unwrap().findings, []);
        world.raw().run(edit, &[]).unwrap();
        let findings = world.gate().examine().await.unwrap().findings;
        assert!(
            findings.iter().any(|found| found.what.contains("msg_")),
            "{edit}: {findings:?}"
        );
        // It hides nothing but itself.
        let newest = world.notifier.log(after_all(), 1).await.unwrap();
        let older = world
            .notifier
            .log(newest.next.unwrap_or(after_all()), 1)
            .await
            .unwrap();
        let shown = newest.attempts.iter().chain(&older.attempts);
        assert!(
            shown
                .clone()
                .all(|(attempt, _)| attempt.outcome == Outcome::Answered)
        );
        assert!(shown.clone().any(|(attempt, _)| attempt.n == 2));
    }
}
