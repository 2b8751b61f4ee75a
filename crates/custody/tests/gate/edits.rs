//! Edited underneath: whoever can write the database gets nothing by it, and the check of the whole says what they did.

use cofferdam_custody::{AuthError, Beat, Chore, Done, GateError, Scope};
use cofferdam_ledger::hash::Hash;
use cofferdam_model::Scope as On;
use cofferdam_model::*;
use cofferdam_store::StoreError;
use cofferdam_testbed::{Cell, Raw, cells};

use crate::failures::poison;
use crate::support::*;

/// Whether a finding says this.
#[track_caller]
fn named(findings: &[String], what: &str) {
    assert!(
        findings.iter().any(|f| f.contains(what)),
        "nothing about {what} in {findings:#?}"
    );
}

/// Runs one statement; how many rows it changed.
#[track_caller]
fn run(raw: &Raw, sql: &str, values: &[Cell]) -> u64 {
    raw.run(sql, values).unwrap()
}

/// Replaces text in an entry's body and makes its leaf hash fit again, as anybody can.
fn rewrite(raw: &Raw, lab: &Lab, n: u64, from: &str, to: &str) {
    let entry = "SELECT body FROM ledger WHERE compartment = $1 AND n = $2";
    let body = raw.bytes(entry, cells![lab.id.as_bytes(), n as i64]);
    let text = String::from_utf8(body.unwrap()).unwrap();
    assert!(text.contains(from), "{text}");
    let body = text.replace(from, to).into_bytes();
    let leaf = Hash::leaf(&body).0;
    run(
        raw,
        "UPDATE ledger SET body = $3, leaf = $4 WHERE compartment = $1 AND n = $2",
        cells![lab.id.as_bytes(), n as i64, body, &leaf],
    );
}

#[tokio::test]
async fn a_holder_row_that_names_another_is_not_obeyed() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let (own, thief) = (world.author(&lab).await, world.author(&lab).await);
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let stolen = Engaged { id: own.id, ..thief };
    let edit = |raw: &Raw| {
        let (id, to) = (own.id.as_bytes(), thief.principal.as_bytes());
        run(
            raw,
            "UPDATE holder SET principal = $2 WHERE engagement = $1",
            cells![id, to],
        );
    };
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    edit(&world.raw());
    let answer = world.read(&stolen, lab.project, &objects).await;
    assert_eq!(refusal(answer), Refusal::NotEngaged);
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    world.stopped(edit).await;
    for who in [&stolen, &own] {
        let found = integrity(world.read(who, lab.project, &objects).await);
        assert!(found.contains("names another holder"), "{found}");
    }
    assert!(world.read(&thief, lab.project, &objects).await.is_ok());
    named(&world.findings().await, &format!("the holder row of {}", own.id));
}

#[tokio::test]
async fn a_holder_row_without_an_engagement_or_an_engagement_without_one_is_named() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let (own, other) = (world.author(&lab).await, world.author(&lab).await);
    let made_up: EngagementId = world.env().new_id().unwrap();
    world
        .stopped(|raw| {
            let copy = "INSERT INTO holder SELECT $2, lab, principal, salt FROM holder WHERE engagement = $1";
            run(raw, copy, cells![own.id.as_bytes(), made_up.as_bytes()]);
            let drop = "DELETE FROM holder WHERE engagement = $1";
            run(raw, drop, cells![other.id.as_bytes()]);
        })
        .await;
    let forged = Engaged { id: made_up, ..own };
    for who in [&forged, &other] {
        let answer = world.read(who, lab.project, &[]).await;
        assert_eq!(refusal(answer), Refusal::NotEngaged);
    }
    let findings = world.findings().await;
    named(&findings, &made_up.to_string());
    named(&findings, &other.id.to_string());
    let credential = own.caller.credential();
    let window = (Timestamp::from_micros(0), world.now());
    let exposure = world.gate().exposure(credential, window.0, window.1).await;
    assert_eq!(exposure.unwrap().unwrap().unknown, [lab.id]);
}

#[tokio::test]
async fn a_credential_row_made_by_hand_proves_nothing() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let elsewhere = World::new().await;
    for _ in 0..40 {
        elsewhere.token(elsewhere.operator.principal()).await;
    }
    let forged = elsewhere.token(elsewhere.operator.principal()).await;
    let secret = forged.secret.expose().to_owned();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
    let edit = |raw: &Raw| {
        let insert = "INSERT INTO credential
             SELECT $2, $3, kind, $4, bound_to, label, created, expires, n FROM credential WHERE id = $1";
        let operator = world.operator.principal();
        run(
            raw,
            insert,
            cells![
                own.caller.credential().as_bytes(),
                forged.id.as_bytes(),
                hash.as_ref(),
                operator.as_bytes()
            ],
        );
    };
    edit(&world.raw());
    let answer = world.gate().authenticate(&secret).await;
    assert!(matches!(answer, Err(AuthError::Unknown)), "{answer:?}");
    world.stopped(|_| ()).await;
    let answer = world.gate().authenticate(&secret).await;
    assert!(matches!(answer, Err(AuthError::Unknown)), "{answer:?}");
    named(&world.findings().await, &forged.id.to_string());
}

#[tokio::test]
async fn a_credential_row_that_was_changed_proves_nothing() {
    let edits = [
        "UPDATE credential SET principal = (SELECT principal FROM credential ORDER BY n LIMIT 1) WHERE id = $1",
        "UPDATE credential SET expires = expires + 1 WHERE id = $1",
        "UPDATE credential SET kind = 0 WHERE id = $1",
        "UPDATE credential SET n = n - 1 WHERE id = $1",
        "UPDATE credential SET bound_to = id WHERE id = $1",
    ];
    for edit in edits {
        let mut world = World::new().await;
        let person = world.person().await;
        let (seen, unseen) = (world.token(person).await, world.token(person).await);
        let before = world.gate().authenticate(seen.secret.expose()).await.unwrap();
        for issued in [&seen, &unseen] {
            run(&world.raw(), edit, cells![issued.id.as_bytes()]);
        }
        let again = world.gate().authenticate(seen.secret.expose()).await;
        assert_eq!(again.unwrap(), before, "known already, and as it was");
        let answer = world.gate().authenticate(unseen.secret.expose()).await;
        assert!(matches!(answer, Err(AuthError::Unknown)), "{edit}: {answer:?}");
        world.stopped(|_| ()).await;
        let answer = world.gate().authenticate(seen.secret.expose()).await;
        assert!(matches!(answer, Err(AuthError::Unknown)), "{edit}: {answer:?}");
        let findings = world.findings().await;
        named(&findings, &seen.id.to_string());
        named(&findings, &unseen.id.to_string());
    }
}

#[tokio::test]
async fn a_credential_row_that_is_gone_is_named() {
    let world = World::new().await;
    let token = world.token(world.operator.principal()).await;
    let drop = "DELETE FROM credential WHERE id = $1";
    run(&world.raw(), drop, cells![token.id.as_bytes()]);
    let answer = world.gate().authenticate(token.secret.expose()).await;
    assert!(matches!(answer, Err(AuthError::Unknown)), "{answer:?}");
    named(&world.findings().await, &token.id.to_string());
}

#[tokio::test]
async fn a_budget_that_was_raised_by_hand_closes_the_compartment() {
    let mut world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
    // The last entry tells the lab of the token; the grant stands before it.
    let n = world.last(lab.ledger()).await.n - 1;
    let edit = |raw: &Raw| {
        rewrite(
            raw,
            &lab,
            n,
            "\"objects_per_hour\":600",
            "\"objects_per_hour\":999999",
        );
    };
    edit(&world.raw());
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
    let kept = world.gate().authority(lab.ledger()).unwrap().unwrap();
    assert_eq!(kept.engagement(own.id).unwrap().budget, Budget::PERSON);
    let entry = format!("entry {n} of the ledger of {}", lab.id);
    named(&world.findings().await, &entry);
    world.stopped(|_| ()).await;
    let found = integrity(world.read(&own, lab.project, &[]).await);
    assert!(found.contains(&entry), "{found}");
    named(&world.findings().await, &entry);
    assert_eq!(world.gate().closed().len(), 1);
    assert!(
        world.read(&elsewhere, other.project, &[]).await.is_ok(),
        "the other lab's is open"
    );
}

#[tokio::test]
async fn a_record_of_what_was_read_cannot_be_changed_unseen() {
    let edits = [
        "",
        "UPDATE ledger SET body = 'text' WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET leaf = $3 WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET seal = $3 WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET t = t + 1 WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET t = 9000000000000000000 WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET t = 0 WHERE n <= $2 AND compartment = $1",
        "UPDATE ledger SET authorising = 1000 WHERE n = $2 AND compartment = $1",
        "DELETE FROM ledger WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET engagement = NULL WHERE n = $2 AND compartment = $1",
        "UPDATE ledger SET engagement = compartment WHERE n = $2 AND compartment = $1",
    ];
    for edit in edits {
        let mut world = World::new().await;
        let lab = world.lab("Lab").await;
        let (own, other) = (world.author(&lab).await, world.author(&lab).await);
        let objects = world.objects(lab.id, lab.project, &["words"]).await;
        let begin = world.now();
        world.read(&own, lab.project, &objects).await.unwrap();
        let n = world.last(lab.ledger()).await.n;
        world.clock.forward(1);
        for _ in 0..3 {
            world.read(&own, lab.project, &objects).await.unwrap();
        }
        match edit {
            "" => rewrite(&world.raw(), &lab, n, "objects-released", "objects-relaesed"),
            sql => {
                let values = cells![lab.id.as_bytes(), n as i64, &[0; 32]];
                assert_ne!(run(&world.raw(), sql, values), 0, "{sql}");
            }
        }
        named(&world.findings().await, &format!("the ledger of {}", lab.id));
        let integrated = world.gate().integrate().await;
        assert!(integrated.is_err(), "{edit}: it was signed");
        assert_eq!(world.gate().checkpoint(lab.ledger()).await.unwrap(), None);
        let installation = world.gate().checkpoint(Compartment::Installation).await;
        assert!(installation.unwrap().is_some(), "no other ledger waits for it");
        // Nor of somebody else's: it might have been this one's.
        for who in [&own, &other] {
            let credential = who.caller.credential();
            let exposure = world.gate().exposure(credential, begin, world.now()).await;
            assert_eq!(exposure.unwrap().unwrap().unknown, [lab.id], "{edit}");
        }
        world.stopped(|_| ()).await;
        integrity(world.read(&own, lab.project, &objects).await);
        named(&world.findings().await, &format!("the ledger of {}", lab.id));
    }
}

#[tokio::test]
async fn a_halt_that_was_deleted_still_holds_or_closes_the_compartment() {
    let delete = "DELETE FROM ledger WHERE n = $2 AND compartment = $1";
    let disguise = "UPDATE ledger SET authorising = NULL WHERE n = $2 AND compartment = $1";
    // By way of negative numbers, so that no two entries ever have the same.
    let close_the_gap = [
        "UPDATE ledger SET authorising = 1 - authorising WHERE n > $2 AND compartment = $1",
        "UPDATE ledger SET authorising = -authorising WHERE authorising < 0 AND compartment = $1",
        "UPDATE ledger_head SET authorising = authorising - 1 WHERE compartment = $1",
    ];
    let edits = [
        vec![delete],
        [&[delete], &close_the_gap[..]].concat(),
        [&[disguise], &close_the_gap[..]].concat(),
    ];
    for (edit, later) in edits.iter().flat_map(|e| [(e, false), (e, true)]) {
        let mut world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        let halt = world.halt(lab.ledger(), On::Lab(lab.id)).await;
        let n = world.last(lab.ledger()).await.n;
        if later {
            world.author(&lab).await;
        }
        let raw = world.raw();
        for sql in edit {
            run(&raw, sql, cells![lab.id.as_bytes(), n as i64]);
        }
        let held = world.gate().halts(lab.ledger());
        assert_eq!(held.iter().map(|h| h.id).collect::<Vec<_>>(), [halt]);
        assert!(world.read(&own, lab.project, &[]).await.is_err());
        named(&world.findings().await, &format!("the ledger of {}", lab.id));
        world.stopped(|_| ()).await;
        integrity(world.read(&own, lab.project, &[]).await);
        named(&world.findings().await, &format!("the ledger of {}", lab.id));
    }
}

/// Takes the last entries away and moves the head back to before them.
fn rewind(raw: &Raw, lab: &Lab, size: u64, authorising: u64) {
    let id = lab.id.as_bytes();
    run(
        raw,
        "DELETE FROM ledger WHERE compartment = $1 AND n >= $2",
        cells![id, size as i64],
    );
    run(
        raw,
        "UPDATE ledger_head SET size = $2, authorising = $3, integrated = 0, checkpoint = NULL WHERE compartment = $1",
        cells![id, size as i64, authorising as i64],
    );
    run(raw, "DELETE FROM ledger_tile WHERE compartment = $1", cells![id]);
}

/// Keeps a table as it is.
fn keep(raw: &Raw, table: &str) {
    run(
        raw,
        &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"),
        &[],
    );
}

/// Puts a lab's rows of a table back as they were kept.
fn put_back(raw: &Raw, table: &str, lab: &Lab) {
    let id = cells![lab.id.as_bytes()];
    run(raw, &format!("DELETE FROM {table} WHERE compartment = $1"), id);
    let copy = format!("INSERT INTO {table} SELECT * FROM kept_{table} WHERE compartment = $1");
    run(raw, &copy, id);
    run(raw, &format!("DROP TABLE kept_{table}"), &[]);
}

#[tokio::test]
async fn a_ledger_whose_end_was_taken_away_is_closed() {
    for integrated in [false, true] {
        let mut world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        let authority = world.gate().authority(lab.ledger()).unwrap().unwrap();
        let size = world.entries(lab.ledger()).await.len() as u64;
        world.halt(lab.ledger(), On::Lab(lab.id)).await;
        if integrated {
            world.gate().integrate().await.unwrap();
        }
        rewind(&world.raw(), &lab, size, authority.folded());
        let before = world.entries(Compartment::Installation).await.len();
        assert!(world.read(&own, lab.project, &[]).await.is_err());
        assert!(world.gate().integrate().await.is_err(), "it was signed");
        assert!(!world.gate().halts(lab.ledger()).is_empty());
        assert!(world.gate().is_closed(lab.ledger()));
        let head = format!("the head of the ledger of {}", lab.id);
        named(&world.findings().await, &head);
        world.stopped(|_| ()).await;
        let found = integrity(world.read(&own, lab.project, &[]).await);
        assert!(found.contains(&head), "{found}");
        named(&world.findings().await, &head);
        assert_eq!(world.entries(Compartment::Installation).await.len(), before);
    }
}

/// A head of before the last signing counts as many entries. What is there is handed out; what is made of a ledger is of what was signed.
#[tokio::test]
async fn what_is_made_of_a_ledger_is_of_the_tree_that_was_signed_last() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    world.gate().integrate().await.unwrap();
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    let raw = world.raw();
    keep(&raw, "ledger_head");
    let signed = world.gate().signed_head(lab.ledger()).await.unwrap();
    put_back(&raw, "ledger_head", &lab);
    let there = world.gate().checkpoint(lab.ledger()).await.unwrap();
    assert!(there.is_some() && there.as_deref() != signed.as_deref());
    assert_eq!(world.gate().signed_head(lab.ledger()).await.unwrap(), signed);
}

/// A whole older head, seal and all, is as good as new to whoever did not see the newer one. This node did.
#[tokio::test]
async fn an_old_head_put_back_is_noticed_by_the_node_that_saw_the_newer_one() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let raw = world.raw();
    keep(&raw, "ledger_head");
    let size = world.entries(lab.ledger()).await.len() as u64;
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    rewind(&raw, &lab, size, 0);
    put_back(&raw, "ledger_head", &lab);
    let found = integrity(world.read(&own, lab.project, &[]).await);
    assert!(found.contains("it should be entry"), "{found}");
    assert!(world.gate().integrate().await.is_err(), "it was signed");
}

/// Whoever lets the database say that all is signed would keep a ledger unsigned, and could take its end away later.
#[tokio::test]
async fn a_tree_that_is_said_to_hold_what_was_never_signed_closes_the_ledger() {
    let ahead = "UPDATE ledger_head SET integrated = size WHERE compartment = $1";
    let swap = "UPDATE ledger_head SET checkpoint = (SELECT checkpoint FROM ledger_head AS other WHERE other.compartment <> $1 LIMIT 1) \
                WHERE compartment = $1";
    for edit in [ahead, swap] {
        let mut world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        world.gate().integrate().await.unwrap();
        world
            .halt(lab.ledger(), On::Lab(world.lab("Other").await.id))
            .await;
        assert_eq!(run(&world.raw(), edit, cells![lab.id.as_bytes()]), 1);
        assert!(
            world.gate().integrate().await.is_err(),
            "{edit}: nobody heard of it"
        );
        // That is for somebody to look into, and passes by no trying again.
        assert_eq!(world.gate().undone(), []);
        assert!(world.gate().is_closed(lab.ledger()));
        let found = integrity(world.read(&own, lab.project, &[]).await);
        assert!(found.contains("its tree head is not the one"), "{edit}: {found}");
        assert!(world.gate().is_closed(lab.ledger()));
        named(&world.findings().await, "the checkpoint of");
        world.stopped(|_| ()).await;
        let found = integrity(world.read(&own, lab.project, &[]).await);
        assert!(found.contains("the checkpoint of"), "{edit}: {found}");
    }
}

/// Entries are signed though a trigger says all the while that there is nothing to sign.
#[tokio::test]
async fn a_trigger_does_not_keep_a_ledger_from_being_signed_unnoticed() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    world.gate().integrate().await.unwrap();
    let moves = if world.place.is_on_server() {
        "CREATE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN NEW.integrated := NEW.size; RETURN NEW; END $$;
         CREATE TRIGGER moves BEFORE UPDATE ON ledger_head FOR EACH ROW EXECUTE FUNCTION moved()"
    } else {
        "CREATE TRIGGER moves AFTER UPDATE OF size ON ledger_head BEGIN \
         UPDATE ledger_head SET integrated = NEW.size WHERE compartment = NEW.compartment; END"
    };
    for statement in moves.split(";\n") {
        world.raw().run(statement, &[]).unwrap();
    }
    assert!(
        world.read(&own, lab.project, &[]).await.is_ok(),
        "the first one cannot know"
    );
    assert!(world.gate().integrate().await.is_err());
    let found = integrity(world.read(&own, lab.project, &[]).await);
    assert!(found.contains("the ledger of"), "{found}");
}

/// An older state of one ledger, put back whole while nobody watches: head, seal, tiles and all. The file beside the
/// database says how far the ledger was.
#[tokio::test]
async fn an_old_ledger_put_back_while_stopped_stays_closed() {
    let mut world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
    world.gate().integrate().await.unwrap();
    for table in ["ledger_head", "ledger_tile"] {
        keep(&world.raw(), table);
    }
    let size = world.entries(lab.ledger()).await.len() as u64;
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    assert!(world.read(&own, lab.project, &[]).await.is_err());
    world.gate().integrate().await.unwrap();
    world
        .stopped(|raw| {
            rewind(raw, &lab, size, 0);
            for table in ["ledger_head", "ledger_tile"] {
                put_back(raw, table, &lab);
            }
        })
        .await;
    let found = integrity(world.read(&own, lab.project, &[]).await);
    assert!(found.contains("it was put back"), "{found}");
    named(&world.findings().await, "it was put back");
    assert!(world.read(&elsewhere, other.project, &[]).await.is_ok());
}

/// One row that nobody here can have written is no reason to sign nothing.
#[tokio::test]
async fn a_head_that_does_not_read_closes_its_ledger_alone() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let own = world.author(&lab).await;
    world.gate().integrate().await.unwrap();
    let before = world.gate().checkpoint(other.ledger()).await.unwrap();
    let elsewhere = world.author(&other).await;
    let sql = "UPDATE ledger_head SET size = -1 WHERE compartment = $1";
    assert_eq!(run(&world.raw(), sql, cells![lab.id.as_bytes()]), 1);
    assert!(world.gate().integrate().await.is_err());
    assert!(world.gate().is_closed(lab.ledger()));
    let signed = std::fs::read_to_string(mark(&world, other.ledger())).unwrap();
    assert_ne!(Some(signed), before, "nothing was signed");
    assert!(world.read(&elsewhere, other.project, &[]).await.is_ok());
    integrity(world.read(&own, lab.project, &[]).await);
    assert!(world.gate().integrate().await.is_ok(), "it was told once");
}

/// What a file says that does not read contradicts the ledger that it is of, and no other.
#[tokio::test]
async fn an_end_that_does_not_read_closes_its_ledger_alone() {
    let mut world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
    world.gate().integrate().await.unwrap();
    std::fs::write(mark(&world, lab.ledger()).with_extension("end"), "some").unwrap();
    world.stopped(|_| ()).await;
    let found = integrity(world.read(&own, lab.project, &[]).await);
    assert!(found.contains("no entry of a ledger's"), "{found}");
    assert!(world.read(&elsewhere, other.project, &[]).await.is_ok());
}

/// A record that the database took, and let go again, was none: what follows is not let out on the strength of it.
#[tokio::test]
async fn a_trigger_that_takes_entries_away_closes_the_ledger() {
    let change = [
        "DELETE FROM ledger WHERE n = NEW.n AND compartment = NEW.compartment",
        "UPDATE ledger SET body = NEW.seal WHERE n = NEW.n AND compartment = NEW.compartment",
    ];
    for change in change {
        let world = World::new().await;
        let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
        let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
        let objects = world.objects(lab.id, lab.project, &["words"]).await;
        world.gate().integrate().await.unwrap();
        let set = if world.place.is_on_server() {
            vec![
                format!("CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NULL; END $$"),
                "CREATE TRIGGER gone AFTER INSERT ON ledger FOR EACH ROW WHEN (NEW.authorising IS NULL) EXECUTE FUNCTION gone()".into(),
            ]
        } else {
            vec![format!(
                "CREATE TRIGGER gone AFTER INSERT ON ledger WHEN NEW.authorising IS NULL BEGIN {change}; END"
            )]
        };
        for statement in set {
            world.raw().run(&statement, &[]).unwrap();
        }
        let _ = world.read(&own, lab.project, &objects).await;
        assert!(world.gate().integrate().await.is_err(), "{change}");
        let found = integrity(world.read(&own, lab.project, &objects).await);
        assert!(found.contains("entry"), "{found}");
        assert!(world.gate().is_closed(lab.ledger()));
        assert!(!world.gate().is_closed(other.ledger()));
        assert!(world.read(&elsewhere, other.project, &[]).await.is_ok());
    }
}

/// A write that fails as a whole, so that the node reads anew what it knows.
async fn undo_a_write(world: &World, lab: &Lab, own: &Engaged) {
    let on_server = world.place.is_on_server();
    let undone = Do {
        act: Act::SaveDraft,
        project: Some(lab.project),
        run: move |scope: &mut Scope<'_, '_>| {
            poison(scope, on_server)?;
            Ok(Done::quiet(()))
        },
    };
    assert!(world.gate().transact(&own.caller, own.id, undone).await.is_err());
    assert!(!world.gate().is_settled());
}

/// Whoever keeps a ledger from being signed cannot take away later what was recorded meanwhile.
#[tokio::test]
async fn a_halt_that_could_not_be_signed_is_not_taken_away_unnoticed() {
    for live in [true, false] {
        let mut world = World::new().await;
        let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
        let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
        world.gate().integrate().await.unwrap();
        let size = world.entries(lab.ledger()).await.len() as u64;
        for table in ["ledger_head", "ledger_tile"] {
            keep(&world.raw(), table);
        }
        run(&world.raw(), "DELETE FROM ledger_tile", &[]);
        world.halt(lab.ledger(), On::Lab(lab.id)).await;
        assert!(world.gate().integrate().await.is_err());
        let back = |raw: &Raw| {
            rewind(raw, &lab, size, 0);
            for table in ["ledger_head", "ledger_tile"] {
                put_back(raw, table, &lab);
            }
        };
        if live {
            back(&world.raw());
            undo_a_write(&world, &other, &elsewhere).await;
        } else {
            world.stopped(back).await;
        }
        let found = integrity(world.read(&own, lab.project, &[]).await);
        assert!(found.contains("it was put back"), "{found}");
        named(&world.findings().await, "it was put back");
    }
}

/// Where the tree heads are kept.
fn marks(world: &World) -> std::path::PathBuf {
    world.folder.path().join("watermarks")
}

fn mark(world: &World, ledger: Compartment) -> std::path::PathBuf {
    marks(world).join(format!("{ledger}.checkpoint"))
}

#[tokio::test]
async fn a_tree_head_that_could_not_be_kept_is_kept_later() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    world.gate().integrate().await.unwrap();
    let kept = std::fs::read_to_string(mark(&world, lab.ledger())).unwrap();
    // As when the disk is full: no new file can be made there.
    let stands = mark(&world, lab.ledger()).with_extension("part");
    std::fs::create_dir(&stands).unwrap();
    world.author(&lab).await;
    world.gate().integrate().await.unwrap();
    let undone: Vec<Chore> = world.gate().undone().iter().map(|undone| undone.chore).collect();
    assert_eq!(undone, [Chore::Keeping]);
    assert_eq!(std::fs::read_to_string(mark(&world, lab.ledger())).unwrap(), kept);
    std::fs::remove_dir(&stands).unwrap();
    world.gate().integrate().await.unwrap();
    assert_eq!(world.gate().undone(), []);
    let newer = std::fs::read_to_string(mark(&world, lab.ledger())).unwrap();
    assert_eq!(
        world.gate().checkpoint(lab.ledger()).await.unwrap(),
        Some(newer.clone())
    );
    assert_ne!(newer, kept);
    // A node that ended before it could catches up when it is started.
    std::fs::write(mark(&world, lab.ledger()), kept).unwrap();
    world.stopped(|_| ()).await;
    world.gate().integrate().await.unwrap();
    assert_eq!(
        std::fs::read_to_string(mark(&world, lab.ledger())).unwrap(),
        newer
    );
}

#[tokio::test]
async fn a_tree_head_that_was_taken_away_is_told_and_kept_again() {
    let world = World::new().await;
    world.lab("Lab").await;
    world.gate().integrate().await.unwrap();
    let ledger = world.lab("Other").await.ledger();
    world.gate().integrate().await.unwrap();
    let newest = std::fs::read_to_string(mark(&world, ledger)).unwrap();
    let patrol = async || world.gate().patrol(&mut Beat::default()).await.unwrap();
    assert_eq!(patrol().await, []);
    for lose in [true, false] {
        if lose {
            std::fs::remove_file(mark(&world, ledger)).unwrap();
        } else {
            let other = mark(&world, Compartment::Installation);
            std::fs::copy(other, mark(&world, ledger)).unwrap();
        }
        let told: Vec<String> = patrol().await.iter().map(ToString::to_string).collect();
        named(&told, "the watermark of");
        world.gate().integrate().await.unwrap();
        assert_eq!(std::fs::read_to_string(mark(&world, ledger)).unwrap(), newest);
        assert_eq!(patrol().await, []);
    }
}

/// One thing that is wrong is told as one thing, and not of every row that hangs on it.
#[tokio::test]
async fn rows_of_a_ledger_that_does_not_check_are_held_against_its_entries() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    world.author(&lab).await;
    run(
        &world.raw(),
        "UPDATE ledger_head SET t = t + 1 WHERE compartment = $1",
        cells![lab.id.as_bytes()],
    );
    let found = world.findings().await;
    assert!(
        found.iter().all(|found| found.contains("the head of the ledger")),
        "{found:#?}"
    );
    let other = "UPDATE holder SET principal = (SELECT principal FROM holder WHERE engagement <> $1 LIMIT 1) WHERE engagement = $1";
    assert_eq!(run(&world.raw(), other, cells![own.id.as_bytes()]), 1);
    named(&world.findings().await, &format!("the holder row of {}", own.id));
}

#[tokio::test]
async fn an_epoch_that_is_gone_is_found_while_it_runs() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    world.objects(lab.id, lab.project, &["words"]).await;
    assert_eq!(run(&world.raw(), "DELETE FROM epoch", &[]), 1);
    let told = world.gate().patrol(&mut Beat::default()).await.unwrap();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    named(&told, "epoch ");
}

/// Also when no file beside the database tells of it: the installation's ledger does.
#[tokio::test]
async fn a_lab_that_is_wholly_gone_is_missed() {
    let mut world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
    world.gate().integrate().await.unwrap();
    std::fs::remove_dir_all(marks(&world)).unwrap();
    let delete = |raw: &Raw| {
        for table in ["ledger", "ledger_head", "ledger_tile"] {
            let sql = format!("DELETE FROM {table} WHERE compartment = $1");
            assert_ne!(run(raw, &sql, cells![lab.id.as_bytes()]), 0);
        }
    };
    world.stopped(delete).await;
    named(
        &world.findings().await,
        "the installation's ledger says that it was opened",
    );
    assert!(world.gate().is_closed(lab.ledger()));
    assert!(world.read(&own, lab.project, &[]).await.is_err());
    assert!(world.read(&elsewhere, other.project, &[]).await.is_ok());
}

/// What a file says is not known when it cannot be read, and that is no edit: it is asked again.
#[tokio::test]
async fn watermarks_that_cannot_be_read_close_nothing_for_good() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    world.gate().integrate().await.unwrap();
    let aside = world.folder.path().join("aside");
    std::fs::rename(marks(&world), &aside).unwrap();
    std::fs::write(marks(&world), "").unwrap();
    let answer = world.gate().patrol(&mut Beat::default()).await;
    assert!(matches!(answer, Err(StoreError::Unreadable(_))), "{answer:?}");
    undo_a_write(&world, &lab, &own).await;
    let answer = world.read(&own, lab.project, &[]).await;
    assert!(
        matches!(answer, Err(GateError::Store(StoreError::Unreadable(_)))),
        "{answer:?}"
    );
    std::fs::remove_file(marks(&world)).unwrap();
    std::fs::rename(&aside, marks(&world)).unwrap();
    assert!(world.read(&own, lab.project, &[]).await.is_ok());
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_ledger_time_moved_by_hand_stops_the_ledger() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    for edit in [
        "UPDATE ledger_head SET t = 0 WHERE compartment = $1",
        "UPDATE ledger_head SET t = t + 86400000000 WHERE compartment = $1",
    ] {
        run(&world.raw(), edit, cells![lab.id.as_bytes()]);
        let found = integrity(world.read(&own, lab.project, &[]).await);
        assert!(found.contains("the head of the ledger"), "{found}");
    }
}

#[tokio::test]
async fn a_sealed_object_opens_only_as_itself() {
    let edits = [
        "UPDATE object SET sealed = (SELECT sealed FROM object WHERE id = $2) WHERE id = $1",
        "UPDATE object SET (sealed, seal) = (SELECT sealed, seal FROM object WHERE id = $2) WHERE id = $1",
        "UPDATE object SET kind = kind + 1 WHERE id = $1",
        "UPDATE object SET bytes = bytes + 1 WHERE id = $1",
        "UPDATE object SET bytes = 0 WHERE id = $1",
        "UPDATE object SET seal = $3 WHERE id = $1",
        "UPDATE object SET project = (SELECT id FROM project WHERE name = 'second') WHERE id = $1",
        "UPDATE object SET epoch = (SELECT epoch FROM object WHERE id = $2) WHERE id = $1",
        "UPDATE object SET version = 2 WHERE id = $1",
        "DELETE FROM object WHERE id = $1",
    ];
    for edit in edits {
        let mut world = World::new().await;
        let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
        world.project(lab.id, "second").await;
        let own = world.author(&lab).await;
        let mine = world.objects(lab.id, lab.project, &["mine"]).await[0];
        let secret = world.objects(other.id, other.project, &["else"]).await[0];
        let bytes = (mine.object.as_bytes(), secret.object.as_bytes());
        let changed = run(&world.raw(), edit, cells![bytes.0, bytes.1, &[0; 32]]);
        assert_eq!(changed, 1, "{edit}");
        let stored = world
            .raw()
            .int("SELECT bytes FROM object WHERE id = $1", cells![bytes.0]);
        let asked = ObjectRef {
            bytes: stored.map_or(mine.bytes, |bytes| bytes as u64),
            ..mine
        };
        for _ in 0..2 {
            let found = integrity(world.read(&own, lab.project, &[asked]).await);
            assert!(found.contains(&mine.object.to_string()), "{edit}: {found}");
            named(&world.findings().await, &mine.object.to_string());
            world.stopped(|_| ()).await;
        }
    }
}

#[tokio::test]
async fn an_epochs_key_opens_only_its_own_epoch() {
    let edits = [
        "UPDATE epoch SET wrapped = (SELECT wrapped FROM epoch WHERE id = $2) WHERE id = $1",
        "UPDATE epoch SET (wrapped, seal) = (SELECT wrapped, seal FROM epoch WHERE id = $2) WHERE id = $1",
        "UPDATE epoch SET (compartment, project, wrapped) =
             (SELECT compartment, project, wrapped FROM epoch WHERE id = $2) WHERE id = $1",
        "UPDATE epoch SET wrapped = $3 WHERE id = $1",
        "DELETE FROM epoch WHERE id = $1",
    ];
    for edit in edits {
        let mut world = World::new().await;
        let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
        let own = world.author(&lab).await;
        let mine = world.objects(lab.id, lab.project, &["mine"]).await;
        let theirs = world.objects(other.id, other.project, &["else"]).await;
        let raw = world.raw();
        let epoch = |of: &ObjectRef| {
            let epoch = "SELECT epoch FROM object WHERE id = $1";
            raw.bytes(epoch, cells![of.object.as_bytes()]).unwrap()
        };
        let (own_epoch, foreign) = (epoch(&mine[0]), epoch(&theirs[0]));
        let id = EpochId::from_bytes(own_epoch.as_slice().try_into().unwrap()).to_string();
        let changed = run(&raw, edit, cells![own_epoch, foreign, b"{}"]);
        assert_eq!(changed, 1, "{edit}");
        drop(raw);
        // While it runs, the lease that was granted before the edit is the true key.
        assert_eq!(world.read(&own, lab.project, &mine).await.unwrap(), ["mine"]);
        named(&world.findings().await, &id);
        world.stopped(|_| ()).await;
        let found = integrity(world.read(&own, lab.project, &mine).await);
        assert!(found.contains(&id), "{edit}: {found}");
        named(&world.findings().await, &id);
    }
}

#[tokio::test]
async fn hashes_after_the_last_of_a_tile_are_named() {
    let world = World::new().await;
    world.lab("Lab").await;
    world.gate().integrate().await.unwrap();
    assert_eq!(world.findings().await, [""; 0]);
    let raw = world.raw();
    let first = "FROM ledger_tile WHERE compartment = (SELECT compartment FROM ledger_tile ORDER BY compartment LIMIT 1) AND level = 0";
    let mut hashes = raw.bytes(&format!("SELECT hashes {first}"), &[]).unwrap();
    hashes.extend([7; 32]);
    let longer = "UPDATE ledger_tile SET hashes = $1 WHERE compartment = (SELECT compartment FROM ledger_tile ORDER BY compartment LIMIT 1) AND level = 0";
    assert_eq!(run(&raw, longer, cells![hashes]), 1);
    drop(raw);
    named(&world.findings().await, "tile/0/000");
}

#[tokio::test]
async fn trees_checkpoints_and_lists_are_held_against_the_entries() {
    let edits = [
        ("UPDATE ledger_tile SET hashes = $1", "tile/0/000"),
        ("DELETE FROM ledger_tile", "tile/0/000"),
        ("UPDATE ledger_head SET checkpoint = NULL", "the checkpoint of"),
        (
            "UPDATE ledger_head SET checkpoint = upper(checkpoint)",
            "the checkpoint of",
        ),
        ("UPDATE object_set SET list = $1", "the object set"),
        ("DELETE FROM object_set", "the object set"),
        ("UPDATE credential SET kind = 9", "the table credential"),
    ];
    for (edit, what) in edits {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        world.objects(lab.id, lab.project, &["words"]).await;
        world.gate().integrate().await.unwrap();
        assert_eq!(world.findings().await, [""; 0]);
        // As long as the widest tile, and a whole number of a list's rows.
        assert_ne!(run(&world.raw(), edit, cells![&[0; 32 * 256 * 28]]), 0, "{edit}");
        named(&world.findings().await, what);
        let read = world.read(&own, lab.project, &[]).await;
        let head = edit.contains("ledger_head");
        assert_eq!(
            read.is_err(),
            head,
            "{edit}: nothing is added to a tree head that was never signed"
        );
        let grown = world.gate().integrate().await;
        let tree = edit.contains("ledger_");
        assert_eq!(
            grown.is_err(),
            tree,
            "{edit}: a tree that does not check was grown"
        );
    }
}

#[tokio::test]
async fn without_the_installations_ledger_nobody_is_anybody() {
    let entries = "DELETE FROM ledger WHERE compartment = $1";
    let head = "DELETE FROM ledger_head WHERE compartment = $1";
    let first = "DELETE FROM ledger WHERE compartment = $1 AND n = 0";
    for edit in [vec![entries], vec![entries, head], vec![first]] {
        let mut world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        let delete = |raw: &Raw| {
            for sql in &edit {
                assert_ne!(
                    run(raw, sql, cells![&Compartment::Installation.to_bytes()]),
                    0,
                    "{sql}"
                );
            }
        };
        world.stopped(delete).await;
        assert!(world.gate().authenticate(&world.operator_secret).await.is_err());
        let answer = world.read(&own, lab.project, &[]).await;
        assert!(
            matches!(
                answer,
                Err(GateError::Refused(_) | GateError::Integrity(_) | GateError::Store(_))
            ),
            "{answer:?}"
        );
        assert!(!world.gate().is_operator(&world.operator));
        assert!(!world.findings().await.is_empty());
        let thief = cofferdam_store::principal::PrincipalRow {
            id: own.principal,
            kind: cofferdam_store::principal::PrincipalKind::Person,
            name: "Thief".into(),
            created: world.now(),
        };
        assert!(
            world.gate().found(thief).await.is_err(),
            "founded anew over labs' data"
        );
    }
}

async fn patrolled(world: &World) -> Vec<String> {
    let found = world.gate().patrol(&mut Beat::default()).await.unwrap();
    found.iter().map(ToString::to_string).collect()
}

/// What a node knows already it does not ask for again, so it would not meet these.
#[tokio::test]
async fn what_is_edited_while_a_node_runs_is_found_by_its_patrol() {
    let delete = "DELETE FROM ledger WHERE compartment = $1 AND n = $2";
    let edits = [
        (
            "UPDATE holder SET principal = $3 WHERE engagement = $4",
            "the holder row of",
        ),
        ("DELETE FROM holder WHERE engagement = $4", "the holder row of"),
        (
            "UPDATE holder SET lab = $3 WHERE engagement = $4",
            "the holder row of",
        ),
        (
            "INSERT INTO holder SELECT $3, $3, principal, salt FROM holder WHERE engagement = $4",
            "the holder row of",
        ),
        (
            "UPDATE ledger_head SET size = size + 1 WHERE compartment = $1",
            "the head of the ledger of",
        ),
        ("DELETE FROM ledger_head WHERE compartment = $1", "the ledger of"),
        (delete, "the ledger of"),
        (
            "UPDATE ledger SET t = t + 1 WHERE compartment = $1 AND n = $2 - 1",
            "the ledger of",
        ),
        (
            "DELETE FROM ledger WHERE compartment = $1 AND n = $2 - 1",
            "the ledger of",
        ),
        ("UPDATE object SET sealed = seal WHERE id = $5", "object obj_"),
        ("UPDATE object SET seal = $5 WHERE id = $5", "the table object"),
        (
            "UPDATE ledger SET leaf = $5 WHERE compartment = $1 AND n = $2 - 1",
            "the table ledger",
        ),
        (
            "UPDATE holder SET salt = $5 WHERE engagement = $4",
            "the table holder",
        ),
    ];
    for (sql, what) in edits {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let own = world.author(&lab).await;
        let objects = world.objects(lab.id, lab.project, &["words"]).await;
        world.read(&own, lab.project, &objects).await.unwrap();
        world.gate().integrate().await.unwrap();
        assert_eq!(patrolled(&world).await, [""; 0]);
        let n = world.last(lab.ledger()).await.n as i64;
        // None of it is of today any more.
        world.clock.forward(2 * 86_400);
        let other = world.operator.principal();
        let input = objects[0].object;
        let values = cells![
            lab.id.as_bytes(),
            n,
            other.as_bytes(),
            own.id.as_bytes(),
            input.as_bytes()
        ];
        assert_ne!(run(&world.raw(), sql, values), 0, "{sql}");
        named(&patrolled(&world).await, what);
        named(&world.findings().await, what);
    }
}

/// Nothing of it contradicts anything, in the database.
#[tokio::test]
async fn a_lab_that_was_taken_out_of_the_database_whole_is_missed() {
    let mut world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, elsewhere) = (world.author(&lab).await, world.author(&other).await);
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    world.gate().integrate().await.unwrap();
    let delete = |raw: &Raw| {
        for (table, column) in [
            ("ledger", "compartment"),
            ("ledger_head", "compartment"),
            ("ledger_tile", "compartment"),
            ("object", "compartment"),
            ("epoch", "compartment"),
            ("holder", "lab"),
            ("pseudonym", "lab"),
            ("project", "lab"),
            ("lab", "id"),
        ] {
            let sql = format!("DELETE FROM {table} WHERE {column} = $1");
            assert_ne!(run(raw, &sql, cells![lab.id.as_bytes()]), 0, "{table}");
        }
    };
    delete(&world.raw());
    let gone = format!("the ledger of {} is not as it was written: it is gone", lab.id);
    named(&patrolled(&world).await, &gone);
    assert_eq!(world.gate().halts(lab.ledger()).len(), 1);
    world.stopped(|_| ()).await;
    assert_eq!(world.findings().await.len(), 1);
    named(&world.findings().await, &gone);
    assert_eq!(world.gate().closed().len(), 1);
    assert_eq!(
        refusal(world.read(&own, lab.project, &[]).await),
        Refusal::NotEngaged
    );
    assert!(world.read(&elsewhere, other.project, &[]).await.is_ok());
}

/// Whoever verifies a ledger is to see what there is.
#[tokio::test]
async fn an_entry_that_was_changed_is_handed_out_as_it_stands_and_one_that_is_gone_leaves_a_gap() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    world.gate().integrate().await.unwrap();
    let coord = cofferdam_ledger::tile::BundleCoord::in_log(0, 2).unwrap();
    let bundle = || async { world.gate().bundle(lab.ledger(), coord).await.unwrap().unwrap() };
    let whole = bundle().await;
    rewrite(&world.raw(), &lab, 1, "project-opened", "project-opeend");
    let changed = bundle().await;
    assert_eq!(changed.len(), whole.len());
    assert!(changed.windows(14).any(|word| word == b"project-opeend"));
    let delete = "DELETE FROM ledger WHERE compartment = $1 AND n = 0";
    assert_eq!(run(&world.raw(), delete, cells![lab.id.as_bytes()]), 1);
    let rest = bundle().await;
    let entries: Vec<_> = cofferdam_ledger::tile::split_bundle(&rest).collect();
    assert_eq!(entries.len(), 1);
}

/// One edit is no cover for another.
#[tokio::test]
async fn every_one_of_many_edits_is_named() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["one", "two", "three"]).await;
    for _ in 0..6 {
        world.read(&own, lab.project, &objects).await.unwrap();
    }
    world.gate().integrate().await.unwrap();
    let (raw, end) = (world.raw(), world.last(lab.ledger()).await.n);
    let entry = |n: u64| format!("entry {n} of the ledger of {}", lab.id);
    let delete = "DELETE FROM ledger WHERE compartment = $1 AND n = $2";
    let spoil = "UPDATE ledger SET leaf = $1 WHERE compartment = $1 AND n = $2";
    run(&raw, delete, cells![lab.id.as_bytes(), end as i64 - 5]);
    run(&raw, spoil, cells![lab.id.as_bytes(), end as i64 - 4]);
    for n in [end - 3, end - 1] {
        rewrite(&raw, &lab, n, "objects-released", "objects-relaesed");
    }
    run(&raw, delete, cells![lab.id.as_bytes(), end as i64]);
    let mut named_all = vec![
        entry(end - 5),
        "the table ledger".to_owned(),
        entry(end - 3),
        entry(end - 1),
        entry(end),
    ];
    for (object, sql) in objects.iter().zip([
        "UPDATE object SET seal = id WHERE id = $1",
        "UPDATE object SET sealed = seal WHERE id = $1",
        "UPDATE object SET bytes = bytes + 1 WHERE id = $1",
    ]) {
        run(&raw, sql, cells![object.object.as_bytes()]);
        named_all.push(match sql.contains("seal = id") {
            true => format!("the row {}", hex(object.object.as_bytes())),
            false => object.object.to_string(),
        });
    }
    let (doctor, patrol) = (world.findings().await, patrolled(&world).await);
    for what in &named_all {
        named(&doctor, what);
    }
    // That the last one is gone, the fold says of the ledger as a whole.
    for what in named_all.iter().filter(|what| **what != entry(end)) {
        named(&patrol, what);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Nobody asks for some of them for days.
#[tokio::test]
async fn a_table_that_is_gone_is_named_by_the_check_and_while_a_node_runs() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    world.author(&lab).await;
    for (spoil, table) in [
        ("ALTER TABLE idempotency RENAME TO elsewhere", "idempotency"),
        (
            "ALTER TABLE inventory_document RENAME COLUMN document TO text",
            "inventory_document",
        ),
        ("DROP TABLE delivery_row", "delivery_row"),
    ] {
        run(&world.raw(), spoil, &[]);
        let expected =
            format!("the table {table} is not as it was written: it is not there, or not all of its columns");
        named(&world.findings().await, &expected);
        let inspected = world.gate().inspect().await.unwrap();
        let inspected: Vec<String> = inspected.iter().map(ToString::to_string).collect();
        named(&inspected, &expected);
    }
}

#[tokio::test]
async fn what_the_database_says_of_itself_is_read_again_while_a_node_runs() {
    let world = World::new().await;
    assert_eq!(patrolled(&world).await, [""; 0]);
    for (edit, undo, what) in [
        (
            "UPDATE schema_version SET version = 9",
            "UPDATE schema_version SET version = 1",
            "the table schema_version",
        ),
        (
            "DELETE FROM schema_version",
            "INSERT INTO schema_version VALUES (1)",
            "the table schema_version",
        ),
        (
            "INSERT INTO copying VALUES (7)",
            "DELETE FROM copying",
            "the table copying",
        ),
    ] {
        run(&world.raw(), edit, &[]);
        named(&patrolled(&world).await, what);
        run(&world.raw(), undo, &[]);
        assert_eq!(patrolled(&world).await, [""; 0]);
    }
}

/// The next entry would close the ledger: whoever starts a node hears of it before, whether or not what is kept beside the
/// database tells.
#[tokio::test]
async fn a_tree_that_cannot_be_grown_is_found_before_it_should_grow() {
    let set = "UPDATE ledger_tile SET hashes = $2 WHERE compartment = $1";
    for (sql, longer) in [
        (set, true),
        (set, false),
        ("DELETE FROM ledger_tile WHERE compartment = $1", false),
    ] {
        let mut world = World::new().await;
        let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
        world.gate().integrate().await.unwrap();
        if !longer {
            std::fs::remove_dir_all(marks(&world)).unwrap();
        }
        let what = format!("the tree of {}", lab.id);
        let edit = |raw: &Raw| {
            let own = cells![lab.id.as_bytes()];
            let stored = raw.bytes("SELECT hashes FROM ledger_tile WHERE compartment = $1", own);
            let mut hashes = stored.unwrap();
            if longer {
                hashes.extend([0; 32]);
            } else {
                hashes.reverse();
            }
            assert_eq!(run(raw, sql, cells![lab.id.as_bytes(), hashes]), 1);
        };
        edit(&world.raw());
        named(&patrolled(&world).await, &what);
        world.stopped(|_| ()).await;
        let closed = world.gate().closed();
        assert!(closed.len() == 1 && closed[0].what == what, "{closed:?}");
        assert!(world.gate().is_closed(lab.ledger()) && !world.gate().is_closed(other.ledger()));
    }
}

/// However slow the machine: in a small installation a round looks at everything.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_on_a_busy_machine_goes_over_all_of_a_small_installation() {
    let world = World::new().await;
    let mut objects = Vec::new();
    for name in ["One", "Two", "Three", "Four", "Five", "Six"] {
        let lab = world.lab(name).await;
        objects.extend(world.objects(lab.id, lab.project, &["words"]).await);
    }
    world.gate().integrate().await.unwrap();
    let last = objects.iter().map(|object| object.object).max().unwrap();
    run(
        &world.raw(),
        "UPDATE object SET sealed = seal WHERE id = $1",
        cells![last.as_bytes()],
    );
    // As if every step took a second.
    let (clock, going) = (std::sync::Arc::clone(&world.clock), std::sync::Arc::new(()));
    let goes = std::sync::Arc::downgrade(&going);
    let ticking = std::thread::spawn(move || {
        while goes.upgrade().is_some() {
            clock.forward(1);
            std::thread::yield_now();
        }
    });
    let found = patrolled(&world).await;
    drop(going);
    ticking.join().unwrap();
    named(&found, &format!("object {last}"));
}

/// Nobody asks for such a row, and nobody here put it there.
#[tokio::test]
async fn rows_that_nothing_refers_to_are_named() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    world.read(&own, lab.project, &objects).await.unwrap();
    world.gate().integrate().await.unwrap();
    let inspected = async || {
        let found = world.gate().inspect().await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(world.findings().await, [""; 0]);
    assert_eq!(inspected().await, [""; 0]);
    let hash = [7; 32];
    for (edit, what) in [
        (
            "INSERT INTO object_set (sha256, list) VALUES ($1, $4)",
            "the row of the object set 0707",
        ),
        (
            "INSERT INTO idempotency (request, body, outcome, created) SELECT $1, list, '\"x\"', 1 FROM object_set WHERE sha256 = $1",
            "the row of answer 0707",
        ),
        (
            "INSERT INTO inventory_document (sha256, document) VALUES ($1, 'x')",
            "the row of the inventory document 0707",
        ),
        (
            "INSERT INTO advisory_replaced (sha256, document) VALUES ($1, 'x')",
            "the row of the replaced advisory 0707",
        ),
        (
            "INSERT INTO ledger_tile (compartment, level, position, hashes) VALUES ($2, 1, 4, $1)",
            "tile 4 of level 1 of the ledger of lab_",
        ),
        (
            "INSERT INTO ledger_tile (compartment, level, position, hashes) VALUES ($3, 0, 0, $1)",
            "tiles of lab_",
        ),
        (
            "INSERT INTO ledger SELECT $3, n, t, body, leaf, seal, authorising, engagement, about FROM ledger WHERE compartment = $2",
            "entries of lab_",
        ),
    ] {
        let strange = [9; 16];
        run(
            &world.raw(),
            edit,
            cells![&hash, lab.id.as_bytes(), &strange, &[7; 64]],
        );
        named(&world.findings().await, what);
        named(&inspected().await, what);
    }
}
