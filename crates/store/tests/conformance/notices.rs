//! Notices, where people and labs are told, and what waits to be sent.

use cofferdam_model::{About, Compartment, Id as _, LabId, MessageId, PrincipalId, Timestamp};
use cofferdam_store::Store;
use cofferdam_store::contact::{self, AddressRow, WebhookRow};
use cofferdam_store::notice::{self, CursorRow, NoticeRow};
use cofferdam_store::outbox::{self, AttemptRow, MessageRow, Outcome, Sent, Target};

use crate::support::*;

fn told(n: u64, recipient: u64) -> NoticeRow {
    NoticeRow {
        id: id(n),
        recipient: id(recipient),
        about: About::Halted(id(n)),
        engagement: n.is_multiple_of(2).then(|| id(70)),
        lab: (n % 2 == 1).then(|| id(71)),
        source: (Compartment::Lab(id(71)), n),
        at: at(n as i64),
    }
}

pub(crate) async fn each_has_their_own_in_the_order_in_which_they_were_told(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| {
        for (n, recipient) in [(3, 1), (1, 1), (2, 2), (4, 1), (3, 1)] {
            notice::insert(tx, &told(n, recipient))?;
        }
        Ok(())
    })
    .await;
    let (who, other) = (id::<PrincipalId>(1), id::<PrincipalId>(2));
    let found = read(&store, move |r| {
        Ok((
            notice::page(r, who, None, 9, 2)?,
            notice::page(r, who, None, 2, 9)?,
            notice::page(r, who, Some(id(70)), 9, 9)?,
            notice::number(r, who, id(4))?,
            notice::number(r, other, id(4))?,
            notice::all(r)?.len(),
        ))
    });
    let (newest, oldest, of_one, mine, theirs, all) = found.await;
    assert_eq!(newest, [(3, told(4, 1)), (2, told(1, 1))]);
    assert_eq!(oldest, [(1, told(3, 1))]);
    assert_eq!(of_one, [(3, told(4, 1))]);
    assert_eq!((mine, theirs, all), (Some(3), None, 4));
    let unread = read(&store, move |r| {
        Ok((notice::seen(r, who)?, notice::unread(r, who, None)?))
    });
    assert_eq!(unread.await, (0, 3));
    write(&store, move |tx| {
        notice::see(tx, who, 2)?;
        notice::see(tx, who, 1)
    })
    .await;
    let unread = read(&store, move |r| {
        Ok((
            notice::seen(r, who)?,
            notice::unread(r, who, None)?,
            notice::unread(r, who, Some(id(72)))?,
            notice::unread(r, other, None)?,
        ))
    });
    assert_eq!(unread.await, (2, 1, 0, 1));
}

pub(crate) async fn how_far_was_read_is_kept_of_each_ledger(backend: &impl Backend) {
    let store = backend.open();
    let row = |next| CursorRow {
        compartment: Compartment::Installation,
        next,
        seal: [7; 32],
    };
    let lab = CursorRow {
        compartment: Compartment::Lab(id::<LabId>(5)),
        ..row(9)
    };
    write(&store, move |tx| {
        notice::set_cursor(tx, &row(1))?;
        notice::set_cursor(tx, &lab)?;
        notice::set_cursor(tx, &row(2))
    })
    .await;
    let found = read(&store, |r| {
        Ok((notice::cursors(r)?, notice::cursor(r, Compartment::Lab(id(6)))?))
    });
    assert_eq!(found.await, (vec![row(2), lab], None));
}

pub(crate) async fn where_people_and_labs_are_told(backend: &impl Backend) {
    let store = backend.open();
    let address = |email: &str| AddressRow {
        principal: id(1),
        email: email.to_owned(),
        by: id(2),
        since: at(3),
        seal: [4; 32],
    };
    let webhook = |n: u64| WebhookRow {
        id: id(n),
        lab: id(1 + n % 2),
        url: format!("https://lab.example/{n}"),
        by: id(9),
        since: at(1),
    };
    let (old, new) = (address("old@work.example"), address("new@work.example"));
    let all = [webhook(1), webhook(2), webhook(3)];
    let put = all.clone();
    write(&store, move |tx| {
        contact::put_address(tx, &old)?;
        contact::put_address(tx, &new)?;
        put.iter().try_for_each(|row| contact::insert_webhook(tx, row))
    })
    .await;
    let found = read(&store, |r| {
        Ok((
            contact::address(r, id(1))?.map(|row| row.email),
            contact::addresses(r)?.len(),
            contact::webhooks_of(r, id(2))?,
            contact::webhook(r, id(2))?,
            contact::webhooks(r)?.len(),
        ))
    });
    let [one, two, three] = all;
    let email = Some("new@work.example".to_owned());
    assert_eq!(found.await, (email, 1, vec![one.clone(), three], Some(two), 3));
    write(&store, move |tx| {
        contact::remove_address(tx, id(1))?;
        contact::remove_webhook(tx, one.id)
    })
    .await;
    let found = read(&store, |r| {
        Ok((contact::address(r, id(1))?, contact::webhooks_of(r, id(2))?.len()))
    });
    assert_eq!(found.await, (None, 1));
}

fn message(n: u64, target: Target, due: i64) -> MessageRow {
    MessageRow {
        id: id(n),
        target,
        about: About::DeliveryOffered(id(n)),
        engagement: None,
        lab: Some(id(5)),
        source: (Compartment::Lab(id(5)), n),
        at: at(n as i64),
        state: Sent::Waiting,
        attempts: 0,
        due: at(due),
    }
}

/// After the last attempt that there can be.
fn end() -> (Timestamp, MessageId, u32) {
    (
        Timestamp::from_micros(i64::MAX),
        MessageId::from_bytes([0xFF; 16]),
        u32::MAX,
    )
}

fn attempt(n: u32, message: u64, tried: i64, outcome: Outcome) -> AttemptRow {
    AttemptRow {
        message: id(message),
        n,
        at: at(tried),
        outcome,
        status: (outcome == Outcome::Answered).then_some(500),
        seal: [7; 32],
    }
}

/// Four that wait, and one that was put in twice.
async fn waiting(store: &Store) {
    write(store, move |tx| {
        for row in [
            message(1, hook(), 20),
            message(2, mail(), 10),
            message(3, hook(), 10),
            message(4, hook(), 99),
        ] {
            outbox::insert(tx, &row)?;
        }
        outbox::insert(tx, &message(1, mail(), 0))
    })
    .await;
}

/// One is delivered at the second attempt, another was not.
async fn tried(store: &Store) {
    write(store, move |tx| {
        outbox::update(
            tx,
            &MessageRow {
                state: Sent::Delivered,
                attempts: 2,
                due: at(40),
                ..message(1, hook(), 20)
            },
        )?;
        outbox::insert_attempt(tx, &attempt(1, 1, 20, Outcome::Answered))?;
        outbox::insert_attempt(tx, &attempt(2, 1, 40, Outcome::Delivered))?;
        outbox::insert_attempt(tx, &attempt(1, 2, 40, Outcome::Late))?;
        outbox::postpone(tx, hook(), at(70))
    })
    .await;
}

fn mail() -> Target {
    Target::Mail(id(1))
}

fn hook() -> Target {
    Target::Webhook(id(1))
}

pub(crate) async fn attempts_are_read_as_they_were_made(backend: &impl Backend) {
    let (store, hook) = (backend.open(), hook());
    waiting(&store).await;
    tried(&store).await;
    let found = read(&store, move |r| {
        let kind = message(3, hook, 10).about.code();
        Ok((
            outbox::attempts(r)?,
            outbox::waiting_to(r, hook, kind)?.map(|m| m.id),
            outbox::waiting_to(r, hook, kind + 1)?,
        ))
    });
    let (attempts, waiting, none) = found.await;
    let all = [
        attempt(1, 1, 20, Outcome::Answered),
        attempt(2, 1, 40, Outcome::Late),
        attempt(1, 2, 40, Outcome::Delivered),
    ];
    let order = |a: &AttemptRow| (a.message, a.n);
    assert!(attempts.iter().map(order).is_sorted() && attempts.len() == 3);
    assert!(
        all.iter()
            .all(|one| attempts.iter().any(|a| order(a) == order(one))),
        "{attempts:?}"
    );
    assert_eq!((waiting, none), (Some(id(3)), None));
}

pub(crate) async fn what_waits_is_found_when_it_is_due_and_taken_out_long_after(backend: &impl Backend) {
    let store = backend.open();
    let (mail, hook) = (mail(), hook());
    waiting(&store).await;
    let found = read(&store, move |r| {
        Ok((
            outbox::receivers(r, at(9), 9)?,
            outbox::receivers(r, at(20), 9)?.len(),
            outbox::receivers(r, at(20), 1)?.len(),
            outbox::due_to(r, hook, at(20), 9)?,
            outbox::due_to(r, mail, at(20), 9)?,
            outbox::waiting(r)?,
        ))
    });
    let (none, both, one, hooks, mails, waiting) = found.await;
    assert_eq!((none.len(), both, one, waiting), (0, 2, 1, 4));
    assert_eq!(hooks, [message(1, hook, 20), message(3, hook, 10)]);
    assert_eq!(mails, [message(2, mail, 10)]);
    tried(&store).await;
    let found = read(&store, move |r| {
        let first = outbox::log(r, end(), 2)?;
        let last = first[1].0;
        Ok((
            first.iter().map(|(a, _)| (a.message, a.n)).collect::<Vec<_>>(),
            outbox::log(r, (last.at, last.message, last.n), 9)?,
            outbox::last_to(r, id(1))?.map(|(a, m)| (a.n, m.state)),
            outbox::due_to(r, hook, at(98), 9)?,
        ))
    });
    let (first, second, last, due) = found.await;
    assert_eq!(first, [(id(2), 1), (id(1), 2)]);
    assert_eq!(second[0].0, attempt(1, 1, 20, Outcome::Answered));
    assert_eq!((second.len(), last), (1, Some((2, Sent::Delivered))));
    assert_eq!(due, [message(3, hook, 70)]);
    let taken = write(&store, |tx| {
        Ok((outbox::trim(tx, at(40))?, outbox::trim(tx, at(41))?))
    });
    assert_eq!(taken.await, (0, 1));
    let left = read(&store, |r| {
        Ok((outbox::all(r)?.len(), outbox::log(r, end(), 9)?.len()))
    });
    assert_eq!(left.await, (3, 1));
}
