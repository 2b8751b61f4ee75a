//! Nothing that was edited is obeyed: what leaves, and what is handed out, goes by the ledger and by what rows are made of.

use cofferdam_model::work::Verdict;
use cofferdam_model::{AssignmentId, Role};
use cofferdam_store::Reader;
use cofferdam_work::ops::{Opinion, ReturnedRow, WorkError};

use crate::world::{Busy, Seat, World, bytes, was_refused};

/// What a steward exports of the project, or why not.
async fn exported(busy: &Busy) -> Result<Vec<serde_json::Value>, WorkError> {
    let (steward, speaks) = busy.lab.steward;
    let platform = &busy.world.platform;
    let mut export = platform.export(&steward, speaks, Some(busy.lab.project)).await?;
    let mut lines = Vec::new();
    while let Some(line) = export.next_line().await {
        lines.push(serde_json::from_slice(&line?).unwrap());
    }
    export.finish().await?;
    Ok(lines)
}

#[tokio::test]
async fn what_leaves_goes_by_the_ledger() {
    let edits = [
        "UPDATE submission SET state = 1 WHERE state = 3",
        "UPDATE submission SET state = 3 WHERE state = 0",
        "UPDATE submission SET state = 2 WHERE state = 0",
        "UPDATE submission SET version = 1 WHERE version = 2",
        "DELETE FROM submission WHERE state = 0",
        "DELETE FROM submission WHERE state = 3",
        "DELETE FROM task WHERE seq = 0",
        "DELETE FROM task WHERE seq = 3",
        "UPDATE task SET input = (SELECT t.input FROM task t WHERE t.project = task.project AND t.seq = 2)
         WHERE seq = 0",
        "UPDATE project SET overlap = 2",
        "DELETE FROM object WHERE kind = 2 AND version = 2",
        "DELETE FROM object WHERE id = (SELECT input FROM task WHERE seq = 0)",
    ];
    for sql in edits {
        let busy = Busy::new().await;
        let platform = &busy.world.platform;
        busy.world.edit(sql, vec![]).await;
        let delivered = platform.deliver(busy.lab.project, None).await;
        assert!(
            matches!(delivered, Err(WorkError::Integrity(_))),
            "{sql}: {delivered:?}"
        );
        let exported = exported(&busy).await;
        assert!(
            matches!(exported, Err(WorkError::Integrity(_))),
            "{sql}: {exported:?}"
        );
    }
}

/// A row with its own seal, as it once was, tells nothing wrong by itself.
#[tokio::test]
async fn an_older_row_that_is_put_back_is_not_delivered() {
    let busy = Busy::new().await;
    let (world, lab) = (&busy.world, &busy.lab);
    let keep = "CREATE TABLE kept AS SELECT id, version, state, received, seal FROM submission";
    world.run(keep).await;
    let (who, engagement) = busy.reviewer;
    let held = world
        .platform
        .claim_review(&who, engagement)
        .await
        .unwrap()
        .unwrap();
    let judged = world.platform.judge(
        &who,
        engagement,
        held.review,
        Opinion::new(Verdict::Reject, Some("It is another's.")),
    );
    judged.await.unwrap();
    let restore = "UPDATE submission SET (version, state, received, seal) =
        (SELECT k.version, k.state, k.received, k.seal FROM kept k WHERE k.id = submission.id)";
    world.run(restore).await;
    world.run("DROP TABLE kept").await;
    let delivered = world.platform.deliver(lab.project, None).await;
    let text = format!("{delivered:?}");
    assert!(text.contains("the row of submission sub_"), "{text}");
    assert!(exported(&busy).await.is_err());
    for found in [world.findings().await, world.inspected().await] {
        assert!(
            found.iter().any(|f| f.contains("the row of submission sub_")),
            "{found:#?}"
        );
    }
}

#[tokio::test]
async fn whose_an_answer_is_the_ledger_says() {
    let busy = Busy::new().await;
    let before = exported(&busy).await.unwrap();
    let author = &before[0]["submissions"][0]["author"];
    assert!(author.is_string(), "{before:#?}");
    busy.world
        .edit("UPDATE pseudonym SET pseudonym = principal", vec![])
        .await;
    assert_eq!(exported(&busy).await.unwrap(), before);
    busy.world.edit("DELETE FROM pseudonym", vec![]).await;
    assert_eq!(exported(&busy).await.unwrap(), before);
}

/// What somebody is handed, or does, under an engagement.
async fn claimed(world: &World, (who, engagement): Seat) -> Result<(), WorkError> {
    world.platform.claim(&who, engagement).await.map(|_| ())
}

#[tokio::test]
async fn nobody_is_handed_what_an_edit_hands_out() {
    let move_inputs =
        "UPDATE task SET input = (SELECT t.input FROM task t WHERE t.project = task.project AND t.seq = 0)
        WHERE seq > 0";
    let edits = [
        move_inputs,
        "UPDATE project SET lease_seconds = 9000000",
        "UPDATE project SET overlap = 50",
        "UPDATE submission SET state = 2 WHERE state = 0",
        "UPDATE assignment SET seq = 99",
    ];
    for sql in edits {
        let busy = Busy::new().await;
        busy.world.edit(sql, vec![]).await;
        // One has an answer that waits for its review, the other a task in hand.
        let who = if sql.contains("submission") {
            busy.lab.author
        } else {
            busy.other
        };
        let answer = claimed(&busy.world, who).await;
        assert!(was_refused(&answer), "{sql}: {answer:?}");
    }
    let edits = [
        "UPDATE submission SET state = 0 WHERE state = 3",
        "UPDATE submission SET version = 1 WHERE version = 2",
        move_inputs,
    ];
    for sql in edits {
        let busy = Busy::new().await;
        busy.world.edit(sql, vec![]).await;
        busy.world.run("DELETE FROM review WHERE verdict IS NULL").await;
        busy.world.run("UPDATE review SET version = 9, until = 0").await;
        let (who, engagement) = busy.reviewer;
        let mut answers = Vec::new();
        for _ in 0..2 {
            answers.push(busy.world.platform.claim_review(&who, engagement).await);
        }
        let safe = sql == move_inputs || answers.iter().any(was_refused);
        assert!(safe, "{sql}: {answers:?}");
    }
}

#[tokio::test]
async fn an_older_guideline_is_not_shown_again() {
    let busy = Busy::new().await;
    let (platform, (steward, speaks)) = (&busy.world.platform, busy.lab.steward);
    for text in ["Old.", "New."] {
        let set = platform.set_guideline(&steward, speaks, Some(busy.lab.project), text);
        set.await.unwrap();
    }
    let back = "UPDATE project SET guideline_version = 1";
    busy.world.edit(back, vec![]).await;
    let (who, engagement) = busy.other;
    let read = platform.guideline(&who, engagement, None).await.map(|_| ());
    assert!(was_refused(&read), "{read:?}");
    for found in [busy.world.findings().await, busy.world.inspected().await] {
        let named = found.iter().any(|f| f.contains("the row of project prj_"));
        assert!(named, "{found:#?}");
    }
}

#[tokio::test]
async fn hours_that_an_edit_adds_are_not_counted() {
    for sql in [
        "UPDATE timer SET started = started - 3600000000 WHERE ended IS NULL",
        "UPDATE timer SET beat = beat + 3600000000 WHERE ended IS NULL",
    ] {
        let busy = Busy::new().await;
        busy.world.edit(sql, vec![]).await;
        let (who, engagement) = busy.other;
        let platform = &busy.world.platform;
        for answer in [
            platform.beat_timer(&who, engagement).await,
            platform.stop_timer(&who, engagement).await,
            platform.timer(&who, engagement).await,
        ] {
            assert!(was_refused(&answer), "{sql}: {answer:?}");
        }
        // Ending the engagement must go on all the same.
        let ended = platform.end_engagement(&busy.world.operator, engagement).await;
        assert!(ended.is_ok(), "{sql}: {ended:?}");
    }
}

#[tokio::test]
async fn a_delivery_is_decided_as_it_was_made() {
    let busy = Busy::new().await;
    let (platform, (steward, speaks)) = (&busy.world.platform, busy.lab.steward);
    let swap = "UPDATE delivery_row SET task = (SELECT id FROM task WHERE seq = 1) WHERE returned IS NULL";
    busy.world.edit(swap, vec![]).await;
    let back = ReturnedRow {
        row: 1,
        reason: "Why.".into(),
    };
    let returned = platform
        .return_rows(&steward, speaks, busy.offered, &[back])
        .await;
    assert!(was_refused(&returned), "{returned:?}");
    busy.world
        .edit("UPDATE delivery SET left_out = 0, bytes = 1", vec![])
        .await;
    let accepted = platform.accept_delivery(&steward, speaks, busy.offered).await;
    assert!(was_refused(&accepted), "{accepted:?}");
}

#[tokio::test]
async fn nobody_goes_by_a_name_that_was_edited() {
    let busy = Busy::new().await;
    let (world, platform) = (&busy.world, &busy.world.platform);
    let person = world.person().await;
    let all = platform
        .people((String::new(), person_before()), 50)
        .await
        .unwrap();
    let rename = "UPDATE principal SET name = 'Operator' WHERE id = $1";
    world.edit(rename, vec![bytes(person)]).await;
    assert!(was_refused(&platform.person(person).await));
    let left = platform
        .people((String::new(), person_before()), 50)
        .await
        .unwrap();
    assert_eq!(left.len(), all.len() - 1);
    assert!(left.iter().all(|row| row.id != person));
    let few = platform
        .people((String::new(), person_before()), left.len() as u32)
        .await;
    assert_eq!(few.unwrap(), left, "a page is filled with those behind");
    world.edit("UPDATE lab SET name = 'Another'", vec![]).await;
    assert!(was_refused(&platform.lab(busy.lab.id).await));
    assert!(platform.labs().await.unwrap().is_empty());
    let (who, _) = busy.other;
    let own = platform.own_engagements(&who).await.unwrap();
    assert_eq!(own[0].lab.name, busy.lab.id.to_string());
    assert_eq!(own.len(), 1);
}

fn person_before() -> cofferdam_model::PrincipalId {
    cofferdam_model::Id::from_bytes([0; 16])
}

/// What was decided once is not decided again, whether the row says otherwise by an edit or is an older one with its own seal.
#[tokio::test]
async fn what_a_lab_decided_is_not_decided_again() {
    let busy = Busy::new().await;
    let (world, platform, (steward, speaks)) = (&busy.world, &busy.world.platform, busy.lab.steward);
    world
        .run("CREATE TABLE kept AS SELECT id, state, decided, seal FROM delivery")
        .await;
    platform
        .accept_delivery(&steward, speaks, busy.offered)
        .await
        .unwrap();
    let back = || async {
        let row = ReturnedRow {
            row: 1,
            reason: "Why.".into(),
        };
        platform.return_rows(&steward, speaks, busy.offered, &[row]).await
    };
    let reopen = "UPDATE delivery SET state = 0 WHERE state = 1";
    let restore = "UPDATE delivery SET (state, decided, seal) =
        (SELECT k.state, k.decided, k.seal FROM kept k WHERE k.id = delivery.id)";
    for sql in [reopen, restore] {
        world.edit(sql, vec![]).await;
        let accepted = platform.accept_delivery(&steward, speaks, busy.offered).await;
        assert!(was_refused(&accepted), "{sql}: {accepted:?}");
        let returned = back().await;
        assert!(was_refused(&returned), "{sql}: {returned:?}");
        let found = world.inspected().await;
        assert!(
            found.iter().any(|f| f.contains("the row of delivery dlv_")),
            "{sql}: {found:#?}"
        );
    }
    world.run("DROP TABLE kept").await;
}

/// What was edited is not written over, which would make it look as if it had been so all along.
#[tokio::test]
async fn a_guideline_is_not_set_after_a_version_that_nobody_set() {
    let busy = Busy::new().await;
    let (platform, (steward, speaks)) = (&busy.world.platform, busy.lab.steward);
    let set = |text| platform.set_guideline(&steward, speaks, Some(busy.lab.project), text);
    assert_eq!(set("Old.").await.unwrap(), 1);
    assert_eq!(set("New.").await.unwrap(), 2);
    for edit in [
        "UPDATE project SET guideline_version = 41",
        "UPDATE project SET guideline_version = 1",
        "UPDATE project SET guideline = NULL, guideline_version = 0",
    ] {
        busy.world.edit(edit, vec![]).await;
        let answer = set("Newer.").await;
        assert!(was_refused(&answer), "{edit}: {answer:?}");
        let found = busy.world.inspected().await;
        let named = found.iter().any(|f| f.contains("the row of project prj_"));
        assert!(named, "{edit}: {found:#?}");
    }
}

/// A hold that was answered is neither given back nor taken back, and one that went back takes no answer beside another's.
#[tokio::test]
async fn a_hold_is_not_reopened_by_its_row() {
    let busy = Busy::new().await;
    let (world, platform, (who, engagement)) = (&busy.world, &busy.world.platform, busy.lab.author);
    world
        .edit(
            "UPDATE assignment SET state = 0, until = 1 WHERE state = 1",
            vec![],
        )
        .await;
    let ids = |sql: &'static str| async move {
        let read = move |r: &mut Reader<'_>| r.all(sql, &[], |row| row.id::<AssignmentId>(0));
        platform.gate().store().read(read).await.unwrap()
    };
    let answered =
        "SELECT s.assignment FROM submission s JOIN assignment a ON a.id = s.assignment ORDER BY s.id";
    let before = world.findings().await;
    for hold in ids(answered).await {
        let given = platform.give_back(&who, engagement, hold, None).await;
        assert!(given.is_err(), "{given:?}");
    }
    // Whoever asks for a task takes back those whose time is over.
    let _ = platform.claim(&who, engagement).await;
    for held in before.iter().filter(|f| f.contains("the row of hold")) {
        assert!(world.findings().await.contains(held), "{held}");
    }
    assert!(
        before.iter().any(|f| f.contains("the row of hold")),
        "{before:#?}"
    );
}

#[tokio::test]
async fn nobody_judges_what_was_not_handed_to_them() {
    for edit in [
        "UPDATE review SET submission = (SELECT s.id FROM submission s WHERE s.id <> review.submission LIMIT 1),
             version = 7 WHERE verdict IS NULL",
        "UPDATE review SET engagement = (SELECT h.engagement FROM holder h WHERE h.engagement <> review.engagement LIMIT 1)
             WHERE verdict IS NULL",
    ] {
        let busy = Busy::new().await;
        let (world, platform, (who, engagement)) = (&busy.world, &busy.world.platform, busy.reviewer);
        let hold = platform.claim_review(&who, engagement).await;
        let Ok(Some(hold)) = hold else { continue };
        world.edit(edit, vec![]).await;
        let judged = platform.judge(&who, engagement, hold.review, Opinion::new(Verdict::Accept, None)).await;
        assert!(judged.is_err(), "{edit}: {judged:?}");
    }
}

/// What somebody is called in a lab its ledger says: an edited name is not written into it, and a lost one is made again.
#[tokio::test]
async fn nobody_is_engaged_under_anothers_name() {
    for edit in [
        "UPDATE pseudonym SET pseudonym = principal",
        "DELETE FROM pseudonym",
    ] {
        let busy = Busy::new().await;
        let (platform, (who, before)) = (&busy.world.platform, busy.other);
        busy.world.edit(edit, vec![]).await;
        let project = busy.lab.project;
        let granted = platform
            .engage(
                &busy.world.operator,
                project,
                who.principal(),
                Role::Reviewer,
                vec![],
                None,
                None,
            )
            .await;
        let Ok(granted) = granted else {
            assert!(
                was_refused(&granted) && edit.starts_with("UPDATE"),
                "{edit}: {granted:?}"
            );
            continue;
        };
        let name = async |id| platform.gate().engagement(id).await.unwrap().unwrap().0.pseudonym;
        assert_eq!(name(granted).await, name(before).await, "{edit}");
        assert!(edit.starts_with("DELETE"), "{edit}");
    }
}
