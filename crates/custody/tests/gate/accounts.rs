//! Accounts at a provider: whoever added theirs is let in once for each answer, and nobody else.

use cofferdam_custody::{Account, AuthError, Caller, GateError, RegisterError, SignIn, SignInOver};
use cofferdam_model::*;

use crate::support::*;

const HOUR: i64 = 3_600;

fn account(subject: &str) -> Account {
    Account {
        issuer: "https://id.work.example".into(),
        subject: subject.into(),
    }
}

async fn signed_in(world: &World, person: PrincipalId) -> Caller {
    let gate = world.gate();
    let kind = CredentialKind::Link;
    let link = gate.issue(&world.operator, kind, person, None, "link", HOUR);
    let link = link.await.unwrap();
    gate.log_in(link.secret.expose(), HOUR, None).await.unwrap().0
}

async fn adds(world: &World, caller: &Caller, subject: &str) -> Result<CredentialId, RegisterError> {
    let asked = world.gate().ask_account(Some(caller)).unwrap();
    added(world, caller, &asked, subject).await
}

async fn added(
    world: &World,
    caller: &Caller,
    asked: &SignIn,
    subject: &str,
) -> Result<CredentialId, RegisterError> {
    let added = world
        .gate()
        .add_account(caller, asked, account(subject), "Work".into())
        .await;
    added.map_err(|error| match error {
        GateError::Command(refused) => refused,
        other => panic!("{other:?}"),
    })
}

async fn logs_in(world: &World, asked: &SignIn, account: Account) -> Result<Caller, AuthError> {
    let opened = world.gate().log_in_by_account(asked, account, HOUR, None).await?;
    Ok(opened.0)
}

#[tokio::test]
async fn an_account_opens_sessions_for_whoever_added_it() {
    let world = World::new().await;
    let person = world.person().await;
    let caller = signed_in(&world, person).await;
    let ask = || world.gate().ask_account(None).unwrap();
    let unknown = logs_in(&world, &ask(), account("ann")).await.unwrap_err();
    assert!(matches!(unknown, AuthError::Unknown), "{unknown}");
    let id = adds(&world, &caller, "ann").await.unwrap();
    let credentials = world.gate().credentials_of_principal(person).await.unwrap();
    let own = credentials.iter().find(|c| c.id == id).unwrap();
    assert_eq!((own.kind, own.label.as_str()), (CredentialKind::Account, "Work"));

    let asked = ask();
    let session = logs_in(&world, &asked, account("ann")).await.unwrap();
    assert_eq!(
        (session.principal(), session.kind()),
        (person, CredentialKind::Session)
    );
    let again = logs_in(&world, &asked, account("ann")).await.unwrap_err();
    assert!(matches!(again, AuthError::Account(SignInOver)), "{again}");
    let elsewhere = Account {
        issuer: "https://id.other.example".into(),
        subject: "ann".into(),
    };
    for other in [account("anna"), account("an"), elsewhere] {
        let refused = logs_in(&world, &ask(), other).await.unwrap_err();
        assert!(matches!(refused, AuthError::Unknown), "{refused}");
    }
}

#[tokio::test]
async fn what_was_asked_is_answered_by_whoever_asked_and_in_time() {
    let world = World::new().await;
    let person = world.person().await;
    let (caller, other) = (
        signed_in(&world, person).await,
        signed_in(&world, world.person().await).await,
    );
    let gate = world.gate();
    let for_one = gate.ask_account(Some(&caller)).unwrap();
    let for_nobody = gate.ask_account(None).unwrap();
    for (by, asked) in [(&other, &for_one), (&caller, &for_nobody)] {
        let refused = added(&world, by, asked, "ann").await.unwrap_err();
        assert_eq!(refused, RegisterError::Stale(SignInOver));
    }
    let refused = logs_in(&world, &for_one, account("ann")).await.unwrap_err();
    assert!(matches!(refused, AuthError::Account(SignInOver)));
    for at in 0..for_one.state.len() {
        let mut bent = for_one.clone();
        bent.state[at] ^= 1;
        assert!(
            gate.asked_account(Some(&caller), &bent.state).is_err(),
            "byte {at}"
        );
    }
    assert!(gate.asked_account(Some(&caller), &for_one.state[1..]).is_err());
    let again = gate.asked_account(Some(&caller), &for_one.state).unwrap();
    assert_eq!((again.nonce, again.verifier), (for_one.nonce, for_one.verifier));
    assert_ne!(again.nonce, again.verifier);
    let another = gate.ask_account(Some(&caller)).unwrap();
    assert_ne!(again.nonce, another.nonce);
    world.clock.forward(300);
    let late = added(&world, &caller, &for_one, "ann").await.unwrap_err();
    assert_eq!(late, RegisterError::Stale(SignInOver));
}

#[tokio::test]
async fn an_account_is_one_persons_and_can_be_added_again_once_it_was_revoked() {
    let world = World::new().await;
    let (one, two) = (world.person().await, world.person().await);
    let (first, second) = (signed_in(&world, one).await, signed_in(&world, two).await);
    let id = adds(&world, &first, "ann").await.unwrap();
    for by in [&first, &second] {
        assert_eq!(
            adds(&world, by, "ann").await.unwrap_err(),
            RegisterError::TakenAccount
        );
    }
    world.gate().revoke(&first, id).await.unwrap();
    let asked = world.gate().ask_account(None).unwrap();
    let revoked = logs_in(&world, &asked, account("ann")).await.unwrap_err();
    assert!(matches!(revoked, AuthError::Unknown), "{revoked}");
    adds(&world, &second, "ann").await.unwrap();
    let session = logs_in(&world, &asked, account("ann")).await.unwrap();
    assert_eq!(session.principal(), two);
    for n in 0..4 {
        adds(&world, &second, &format!("more {n}")).await.unwrap();
    }
    assert_eq!(
        adds(&world, &second, "one more").await.unwrap_err(),
        RegisterError::TooManyAccounts
    );
}

#[tokio::test]
async fn accounts_are_added_from_a_fresh_session_alone() {
    let world = World::new().await;
    let person = world.person().await;
    let caller = signed_in(&world, person).await;
    adds(&world, &caller, "ann").await.unwrap();
    let asked = world.gate().ask_account(None).unwrap();
    let by_account = logs_in(&world, &asked, account("ann")).await.unwrap();
    adds(&world, &by_account, "anna").await.unwrap();
    assert_eq!(
        adds(&world, &world.operator, "olga").await.unwrap_err(),
        RegisterError::NoSession
    );
    world.clock.forward(900);
    let old = adds(&world, &by_account, "later").await.unwrap_err();
    assert_eq!(old, RegisterError::NotFresh);
    let health = world.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}
