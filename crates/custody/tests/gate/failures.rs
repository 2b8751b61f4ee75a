//! When the record cannot be written, nothing is released and nothing that was undone is remembered.

use cofferdam_custody::{Done, GateError, Scope};
use cofferdam_model::Scope as On;
use cofferdam_model::*;
use cofferdam_store::StoreError;

use crate::support::*;

/// Makes the transaction fail at its commit, after everything in it went well.
pub(crate) fn poison(scope: &mut Scope<'_, '_>, on_server: bool) -> Result<(), StoreError> {
    let defer = if on_server {
        "SET CONSTRAINTS ALL DEFERRED"
    } else {
        "PRAGMA defer_foreign_keys = ON"
    };
    scope.tx.execute(defer, &[])?;
    let orphaned = scope.tx.execute("UPDATE project SET lab = id", &[])?;
    assert_ne!(orphaned, 0);
    Ok(())
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_releases_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let raw = world.raw();
    let move_away = |table: &str, to: &str| {
        raw.run(&format!("ALTER TABLE {table} RENAME TO {to}"), &[])
            .unwrap()
    };
    for table in ["ledger", "ledger_head"] {
        move_away(table, "elsewhere");
        let answer = world.read(&own, lab.project, &objects).await;
        assert!(matches!(answer, Err(GateError::Store(_))), "{answer:?}");
        move_away("elsewhere", table);
        let answer = world.read(&own, lab.project, &objects).await;
        assert_eq!(answer.unwrap(), ["words"]);
    }
    assert_eq!(world.findings().await, [""; 0]);
}

/// The statement goes well and nothing is written: whoever can change the schema can have that.
#[tokio::test]
async fn a_record_that_the_database_swallows_releases_nothing() {
    for table in ["ledger", "ledger_head"] {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        let objects = world.objects(lab.id, lab.project, &["words"]).await;
        let on = if table == "ledger" { "INSERT" } else { "UPDATE" };
        let (swallow, stop) = if world.place.is_on_server() {
            (
                format!("CREATE RULE swallow AS ON {on} TO {table} DO INSTEAD NOTHING"),
                format!("DROP RULE swallow ON {table}"),
            )
        } else {
            let ignore = "BEGIN SELECT RAISE(IGNORE); END";
            (
                format!("CREATE TRIGGER swallow BEFORE {on} ON {table} {ignore}"),
                "DROP TRIGGER swallow".to_owned(),
            )
        };
        world.raw().run(&swallow, &[]).unwrap();
        let answer = world.read(&own, lab.project, &objects).await;
        assert!(answer.is_err(), "{table}: released without a record");
        world.raw().run(&stop, &[]).unwrap();
        if world.place.is_on_server() {
            // A statement that was planned into nothing stays nothing for as long as its session.
            world.place.end_owner().unwrap();
        }
        let answer = world.read(&own, lab.project, &objects).await;
        assert_eq!(answer.unwrap(), ["words"], "{table}");
        assert_eq!(world.findings().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_resume_whose_commit_failed_resumes_nothing() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let steward = world.engaged(&lab, Role::Steward, Budget::PERSON).await;
    let halt = world.halt(lab.ledger(), On::Lab(lab.id)).await;
    let on_server = world.place.is_on_server();
    let before = world.entries(lab.ledger()).await.len();
    let command = Do {
        act: Act::Resume,
        project: Some(lab.project),
        run: move |scope: &mut Scope<'_, '_>| {
            poison(scope, on_server)?;
            Ok(Done::one(
                (),
                Fact::Resumed {
                    halt,
                    checked: std::collections::BTreeSet::new(),
                },
            ))
        },
    };
    let answer = world.gate().transact(&steward.caller, steward.id, command).await;
    assert!(matches!(answer, Err(GateError::Store(_))), "{answer:?}");
    let may = world
        .gate()
        .allows(&own.caller, own.id, Act::ReadTask, Some(lab.project));
    assert!(matches!(may.await.unwrap(), Err(Refusal::Halted { .. })));
    let answer = world
        .gate()
        .transact(&own.caller, own.id, nothing(Act::ReadTask))
        .await;
    assert!(matches!(refusal(answer), Refusal::Halted { .. }));
    assert_eq!(world.entries(lab.ledger()).await.len(), before + 1);
    world.resume(lab.ledger(), halt).await;
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
}

#[tokio::test]
async fn a_command_that_fails_after_its_first_fact_leaves_nothing_in_memory() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let steward = world.engaged(&lab, Role::Steward, Budget::PERSON).await;
    let unknown = world.env().new_id().unwrap();
    let halt = Fact::Halted {
        halt: world.env().new_id().unwrap(),
        scope: On::Lab(lab.id),
        reason: HaltReason::Drill,
        until: None,
    };
    let command = Do {
        act: Act::Halt,
        project: Some(lab.project),
        run: move |_: &mut Scope<'_, '_>| {
            Ok(Done {
                output: (),
                facts: vec![
                    halt,
                    Fact::Resumed {
                        halt: unknown,
                        checked: std::collections::BTreeSet::new(),
                    },
                ],
                consequences: vec![],
            })
        },
    };
    integrity(world.gate().transact(&steward.caller, steward.id, command).await);
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
    assert_eq!(world.gate().halts(lab.ledger()), []);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_command_that_panics_takes_nobody_with_it() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let command = Do {
        act: Act::SaveDraft,
        project: None,
        run: |_: &mut Scope<'_, '_>| -> Result<Done<()>, Failure> { panic!("a mistake") },
    };
    let answer = world.gate().transact(&own.caller, own.id, command).await;
    assert!(
        matches!(answer, Err(GateError::Store(StoreError::Panicked))),
        "{answer:?}"
    );
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
    assert!(world.gate().authenticate(&world.operator_secret).await.is_ok());
}

#[tokio::test]
async fn after_a_group_was_undone_credentials_are_still_issued_and_revoked() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let steward = world.engaged(&lab, Role::Steward, Budget::PERSON).await;
    let on_server = world.place.is_on_server();
    let undo = || {
        let command = Do {
            act: Act::Halt,
            project: Some(lab.project),
            run: move |scope: &mut Scope<'_, '_>| {
                poison(scope, on_server)?;
                Ok(Done::quiet(()))
            },
        };
        world.gate().transact(&steward.caller, steward.id, command)
    };
    assert!(undo().await.is_err());
    // Until it is read anew there is no answer, neither yes nor no, and that is said to pass.
    assert!(!world.gate().is_settled());
    let unknown = world.gate().authority(lab.ledger()).unwrap_err();
    assert!(unknown.is_passing(), "{unknown}");
    assert!(unknown.to_string().contains("ask again") && !unknown.to_string().contains("doctor"));
    let asked = world
        .gate()
        .allows(&steward.caller, steward.id, Act::Halt, Some(lab.project));
    assert!(asked.await.unwrap().is_ok());
    assert!(world.gate().is_settled());
    assert!(undo().await.is_err());
    let token = world.token(steward.principal).await;
    assert!(undo().await.is_err());
    assert!(world.gate().authenticate(token.secret.expose()).await.is_ok());
    assert!(undo().await.is_err());
    world.gate().revoke(&world.operator, token.id).await.unwrap();
    assert!(undo().await.is_err());
    assert!(world.gate().authenticate(token.secret.expose()).await.is_err());
}
