//! Credentials: proven once, gone at once.

use cofferdam_custody::{AuthError, GateError, Issued, Unproven};
use cofferdam_model::*;

use crate::support::*;

async fn link(world: &World, principal: PrincipalId, seconds: i64) -> Issued {
    let kind = CredentialKind::Link;
    world
        .gate()
        .issue(&world.operator, kind, principal, None, "link", seconds)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_link_opens_one_session() {
    let world = World::new().await;
    let person = world.person().await;
    let link = link(&world, person, 600).await;
    let text = link.secret.expose();
    let direct = world.gate().authenticate(text).await;
    assert!(matches!(direct, Err(AuthError::WrongKind)));
    let (caller, session) = world.gate().log_in(text, 3_600, None).await.unwrap();
    assert_eq!(
        (caller.principal(), caller.kind()),
        (person, CredentialKind::Session)
    );
    let again = world.gate().authenticate(session.secret.expose()).await.unwrap();
    assert_eq!(again, caller);
    let twice = world.gate().log_in(text, 3_600, None).await;
    assert!(matches!(twice, Err(AuthError::Unproven(Unproven::Revoked))));
    let not_a_link = world.gate().log_in(session.secret.expose(), 3_600, None).await;
    assert!(matches!(not_a_link, Err(AuthError::WrongKind)));
}

#[tokio::test]
async fn a_session_ends_with_the_login_that_replaces_it() {
    let world = World::new().await;
    let person = world.person().await;
    let gate = world.gate();
    let first = link(&world, person, 600).await;
    let (before, session) = gate.log_in(first.secret.expose(), 3_600, None).await.unwrap();
    let second = link(&world, person, 600).await;
    let (_, another) = gate
        .log_in(second.secret.expose(), 3_600, Some(&before))
        .await
        .unwrap();
    let old = gate.authenticate(session.secret.expose()).await;
    assert!(
        matches!(old, Err(AuthError::Unproven(Unproven::Revoked))),
        "{old:?}"
    );
    gate.authenticate(another.secret.expose()).await.unwrap();
    // A token is no session: a login beside it leaves it as it is.
    let token = world.token(person).await;
    let caller = gate.authenticate(token.secret.expose()).await.unwrap();
    let third = link(&world, person, 600).await;
    gate.log_in(third.secret.expose(), 3_600, Some(&caller))
        .await
        .unwrap();
    gate.authenticate(token.secret.expose()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_used_many_times_at_once_opens_one_session() {
    let world = World::new().await;
    let person = world.person().await;
    let link = link(&world, person, 600).await;
    let attempts = (0..16).map(|_| {
        let (gate, text) = (world.gate().clone(), link.secret.clone());
        tokio::spawn(async move { gate.log_in(text.expose(), 3_600, None).await })
    });
    let mut opened = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => opened += 1,
            Err(AuthError::Unproven(Unproven::Revoked)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn a_credential_ends_with_its_time() {
    let world = World::new().await;
    let person = world.person().await;
    let link = link(&world, person, 600).await;
    world.clock.forward(600);
    let late = world.gate().log_in(link.secret.expose(), 60, None).await;
    assert!(matches!(late, Err(AuthError::Unproven(Unproven::Expired))));
    let token = world.token(person).await;
    let text = token.secret.expose();
    assert!(world.gate().authenticate(text).await.is_ok());
    world.clock.forward(30 * 86_400);
    let late = world.gate().authenticate(text).await;
    assert!(matches!(late, Err(AuthError::Unproven(Unproven::Expired))));
}

/// A request that is long on its way is taken when it has come, and then its credential must be good.
#[tokio::test]
async fn what_expires_while_a_request_is_on_its_way_does_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
    let before = world.entries(lab.id.into()).await.len();
    world.clock.forward(30 * 86_400);
    let late = Unproven::Expired;
    let act = world
        .gate()
        .transact(&own.caller, own.id, nothing(Act::SaveDraft))
        .await;
    assert!(matches!(act, Err(GateError::Unproven(why)) if why == late));
    let allowed = world
        .gate()
        .allows(&own.caller, own.id, Act::ReadTask, None)
        .await;
    assert!(matches!(allowed, Err(GateError::Unproven(why)) if why == late));
    let revoked = world.gate().revoke(&own.caller, own.caller.credential()).await;
    assert!(matches!(revoked, Err(GateError::Unproven(why)) if why == late));
    let admitted = world.gate().admit_operator(&own.caller).await;
    assert!(matches!(admitted, Err(GateError::Unproven(why)) if why == late));
    assert_eq!(
        world.entries(lab.id.into()).await.len(),
        before,
        "something was recorded"
    );
}

#[tokio::test]
async fn what_is_revoked_stops_at_once_and_for_ever() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let token = world.token(own.principal).await;
    let text = token.secret.expose();
    let caller = world.gate().authenticate(text).await.unwrap();
    world.gate().revoke(&caller, token.id).await.unwrap();
    world.gate().revoke(&world.operator, token.id).await.unwrap();
    assert!(matches!(
        world.gate().authenticate(text).await,
        Err(AuthError::Unproven(Unproven::Revoked))
    ));
    let held = world.gate().transact(&caller, own.id, nothing(Act::ReadTask));
    assert!(matches!(held.await, Err(GateError::Unproven(Unproven::Revoked))));
    world.stopped(|_| ()).await;
    assert!(matches!(
        world.gate().authenticate(text).await,
        Err(AuthError::Unproven(Unproven::Revoked))
    ));
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
}

#[tokio::test]
async fn only_ones_own_credentials_may_be_revoked() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let (own, other) = (world.author(&lab).await, world.author(&lab).await);
    let answer = world.gate().revoke(&own.caller, other.caller.credential()).await;
    assert!(answer.is_err());
    assert!(world.read(&other, lab.project, &[]).await.is_ok());
}

/// What is good for one engagement is stolen for one: it ends nothing that its holder has elsewhere.
#[tokio::test]
async fn a_credential_for_one_engagement_revokes_none_that_is_good_for_more() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let everywhere = world.token(own.principal).await;
    let kind = CredentialKind::Token;
    let issued = world
        .gate()
        .issue(&world.operator, kind, own.principal, Some(own.id), "bound", 60);
    let bound = issued.await.unwrap();
    let caller = world.gate().authenticate(bound.secret.expose()).await.unwrap();
    let answer = world.gate().revoke(&caller, everywhere.id).await;
    assert!(matches!(answer, Err(GateError::Command(_))), "{answer:?}");
    assert!(
        world
            .gate()
            .authenticate(everywhere.secret.expose())
            .await
            .is_ok()
    );
    world.gate().revoke(&caller, bound.id).await.unwrap();
    assert!(world.gate().authenticate(bound.secret.expose()).await.is_err());
}

#[tokio::test]
async fn a_revoked_operator_administers_no_more() {
    let world = World::new().await;
    let id = world.operator.credential();
    let second = world.token(world.operator.principal()).await;
    let second = world.gate().authenticate(second.secret.expose()).await.unwrap();
    world.gate().revoke(&second, id).await.unwrap();
    assert!(!world.gate().is_operator(&world.operator));
    assert!(world.gate().is_operator(&second));
    let kind = CredentialKind::Token;
    let issue = world
        .gate()
        .issue(&world.operator, kind, second.principal(), None, "x", 60);
    assert!(matches!(issue.await, Err(GateError::Unproven(Unproven::Revoked))));
}

#[tokio::test]
async fn what_is_no_credential_is_told_from_what_is_unknown() {
    let world = World::new().await;
    let good = world.operator_secret.clone();
    let cut = &good[..good.len() - 1];
    let longer = format!("{good}0");
    let lower = good.to_lowercase();
    let other_kind = good.replacen("cft_", "cfs_", 1);
    let slip: String = good
        .char_indices()
        .map(|(i, c)| {
            if i == 20 {
                if c == '0' { '1' } else { '0' }
            } else {
                c
            }
        })
        .collect();
    let wide = format!("cft_{}", "é".repeat(29));
    for bad in ["", "cft_", cut, &longer, &lower, &other_kind, &slip, &wide, "🔑"] {
        let answer = world.gate().authenticate(bad).await;
        assert!(matches!(answer, Err(AuthError::Malformed)), "{bad}: {answer:?}");
    }
    let elsewhere = World::new().await;
    let stranger = elsewhere.token(elsewhere.person().await).await;
    let answer = world.gate().authenticate(stranger.secret.expose()).await;
    assert!(matches!(answer, Err(AuthError::Unknown)), "{answer:?}");
    assert_eq!(format!("{:?}", stranger.secret), "Secret");
}

#[tokio::test]
async fn nothing_is_issued_to_nobody() {
    let world = World::new().await;
    let nobody = world.env().new_id().unwrap();
    let kind = CredentialKind::Token;
    let before = world.entries(Compartment::Installation).await.len();
    let issue = world.gate().issue(&world.operator, kind, nobody, None, "x", 60);
    assert!(issue.await.is_err());
    assert_eq!(world.entries(Compartment::Installation).await.len(), before);
    world.person().await;
    assert!(world.gate().authenticate(&world.operator_secret).await.is_ok());
}

#[tokio::test]
async fn those_of_an_engagement_are_listed_with_how_they_stand() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let (own, other) = (world.author(&lab).await, world.author(&lab).await);
    let terms = Terms {
        role: Role::Author,
        from: world.now(),
        until: None,
        budget: Budget::PERSON,
    };
    let reach = Reach::Project(lab.project);
    let second = world.engage(lab.id, reach, own.principal, terms).await;
    let bound = |to| {
        let (gate, operator, principal) = (world.gate().clone(), world.operator, own.principal);
        async move {
            let kind = CredentialKind::Token;
            let issued = gate.issue(&operator, kind, principal, Some(to), "bound", 60);
            issued.await.unwrap().id
        }
    };
    let (good, gone, elsewhere) = (bound(own.id).await, bound(own.id).await, bound(second).await);
    world.gate().revoke(&world.operator, gone).await.unwrap();
    world.clock.forward(5);
    world.read(&own, lab.project, &[]).await.unwrap();
    world.clock.forward(5);

    let known = world.gate().credentials_of(own.id).await.unwrap().unwrap();
    let ids: Vec<_> = known.iter().map(|c| c.id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.contains(&good) && ids.contains(&gone) && ids.contains(&own.caller.credential()));
    assert!(!ids.contains(&elsewhere) && !ids.contains(&other.caller.credential()));
    let of = |id| known.iter().find(|c| c.id == id).unwrap();
    let now = world.now();
    assert!(of(good).is_good(now) && of(good).bound_to == Some(own.id) && of(good).last_used.is_none());
    assert!(!of(gone).is_good(now) && of(gone).revoked.is_some());
    assert!(!of(good).is_good(now.plus_seconds(60)));
    let used = world.entries(lab.ledger()).await;
    let used = used.iter().rev().find(|e| matches!(e.by, Actor::Engaged { .. }));
    assert_eq!(of(own.caller.credential()).last_used, used.map(|e| e.t));
    // What it did under another engagement is a use of it too.
    let besides = Engaged { id: second, ..own };
    world.clock.forward(5);
    world.read(&besides, lab.project, &[]).await.unwrap();
    let known = world.gate().credentials_of(own.id).await.unwrap().unwrap();
    let of = |id| known.iter().find(|c| c.id == id).unwrap();
    assert_eq!(of(own.caller.credential()).last_used, Some(world.now()));
    assert!(of(good).last_used.is_none());
    let nobody = world.env().new_id().unwrap();
    assert!(world.gate().credentials_of(nobody).await.unwrap().is_none());

    // A row that is not as recorded proves nothing, and is not shown as if it did.
    world
        .stopped(|raw| {
            let edit = "UPDATE credential SET expires = expires + 1 WHERE label = 'bound'";
            assert_ne!(raw.run(edit, &[]).unwrap(), 0);
        })
        .await;
    let known = world.gate().credentials_of(own.id).await.unwrap().unwrap();
    assert_eq!(known.len(), 1);
}
