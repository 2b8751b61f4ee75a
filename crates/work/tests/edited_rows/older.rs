//! Rows put back as they once were, with their own old seals: no command goes by them, and none writes them over.

use cofferdam_model::HaltReason;
use cofferdam_model::halt::Scope;
use cofferdam_model::work::Verdict;
use cofferdam_work::ops::{Opinion, ReturnedRow};
use serde_json::json;

use crate::world::{Busy, was_refused};

/// A hold that went back is not in anybody's hands again because its row says so, and its place is not freed again.
#[tokio::test]
async fn a_hold_that_went_back() {
    let busy = Busy::new().await;
    let (world, platform, (who, engagement)) = (&busy.world, &busy.world.platform, busy.other);
    let held = platform.claim(&who, engagement).await.unwrap().unwrap();
    let back = platform.give_back(&who, engagement, held.assignment, None);
    back.await.unwrap();
    assert_eq!(world.findings().await, [""; 0]);
    for until in ["9000000000000000", "1"] {
        world.run("DELETE FROM draft").await;
        let reopen = match until {
            "1" => "UPDATE assignment SET state = 0, until = 1 WHERE state = 2",
            _ => "UPDATE assignment SET state = 0, until = 9000000000000000 WHERE state = 2",
        };
        world.edit(reopen, vec![]).await;
        let before = world.findings().await;
        assert!(
            before.iter().any(|f| f.contains("the row of hold")),
            "{before:#?}"
        );
        let words = json!({ "text": "too late" });
        let taken = platform
            .submit(&who, engagement, held.assignment, &words, None)
            .await;
        assert!(was_refused(&taken), "{taken:?}");
        let saved = platform
            .save_draft(&who, engagement, held.assignment, &words, None)
            .await;
        assert!(was_refused(&saved), "{saved:?}");
        let opened = platform
            .reopen(&who, engagement, held.assignment)
            .await
            .map(|_| ());
        assert!(was_refused(&opened), "{opened:?}");
        let given = platform.give_back(&who, engagement, held.assignment, None).await;
        assert!(was_refused(&given), "{given:?}");
        // Whoever asks for a task takes back those whose time is over.
        let next = platform.claim(&who, engagement).await.map(|_| ());
        assert!(until == "1" || was_refused(&next), "{next:?}");
        let after = world.findings().await;
        assert!(
            before.iter().all(|f| after.contains(f)),
            "{before:#?}\n{after:#?}"
        );
        world
            .edit("UPDATE assignment SET state = 2 WHERE state = 0", vec![])
            .await;
    }
}

/// An answer that was mended is judged, mended and sent back as it now is, or not at all.
#[tokio::test]
async fn an_answer_as_it_was() {
    let busy = Busy::new().await;
    let (world, platform, lab) = (&busy.world, &busy.world.platform, &busy.lab);
    let (reviewer, reviews) = busy.reviewer;
    let held = platform.claim_review(&reviewer, reviews).await.unwrap().unwrap();
    world.run("CREATE TABLE kept AS SELECT * FROM submission").await;
    let judged = platform.judge(
        &reviewer,
        reviews,
        held.review,
        Opinion::new(Verdict::Return, Some("Once more.")),
    );
    judged.await.unwrap();
    world.answer(lab.author, "mended again").await;
    let again = platform.claim_review(&reviewer, reviews).await.unwrap().unwrap();
    assert_eq!(again.version, held.version + 1);
    let restore = "UPDATE submission SET (version, state, received, seal) =
        (SELECT k.version, k.state, k.received, k.seal FROM kept k WHERE k.id = submission.id)";
    world.run(restore).await;
    let shown = platform.claim_review(&reviewer, reviews).await;
    assert!(matches!(shown, Ok(None)) || was_refused(&shown), "{shown:?}");
    let judged = platform
        .judge(
            &reviewer,
            reviews,
            again.review,
            Opinion::new(Verdict::Accept, None),
        )
        .await;
    assert!(was_refused(&judged), "{judged:?}");
    let back = [ReturnedRow {
        row: 1,
        reason: "Why.".into(),
    }];
    let (steward, speaks) = lab.steward;
    let returned = platform.return_rows(&steward, speaks, busy.offered, &back).await;
    assert!(was_refused(&returned), "{returned:?}");
    let named = world.findings().await;
    assert!(
        named.iter().any(|f| f.contains("the row of submission")),
        "{named:#?}"
    );
}

/// A timer that was stopped does not go on, nor is it stopped again; a halt comes all the same.
#[tokio::test]
async fn a_timer_as_it_ran() {
    let busy = Busy::new().await;
    let (world, platform, (who, engagement)) = (&busy.world, &busy.world.platform, busy.other);
    world.run("CREATE TABLE kept AS SELECT * FROM timer").await;
    platform.stop_timer(&who, engagement).await.unwrap();
    let restore = "UPDATE timer SET (beat, ended, cause, seal) =
        (SELECT k.beat, k.ended, k.cause, k.seal FROM kept k WHERE k.id = timer.id)";
    world.run(restore).await;
    let before = world.findings().await;
    assert!(before.iter().any(|f| f.contains("timer")), "{before:#?}");
    let beat = platform.beat_timer(&who, engagement).await.map(|_| ());
    assert!(was_refused(&beat), "{beat:?}");
    let stopped = platform.stop_timer(&who, engagement).await.map(|_| ());
    assert!(was_refused(&stopped), "{stopped:?}");
    let halted = platform.halt(
        &world.operator,
        None,
        Scope::Installation,
        HaltReason::Incident,
        None,
    );
    assert_eq!(halted.await.unwrap().timers, 0);
    let after = world.findings().await;
    assert!(
        before.iter().all(|f| after.contains(f)),
        "{before:#?}\n{after:#?}"
    );
}

/// Nobody works without the guideline that the lab set.
#[tokio::test]
async fn a_project_before_its_guideline() {
    let busy = Busy::new().await;
    let (world, platform, (steward, speaks)) = (&busy.world, &busy.world.platform, busy.lab.steward);
    let set = platform.set_guideline(&steward, speaks, Some(busy.lab.project), "Read this.");
    set.await.unwrap();
    let none = "UPDATE project SET guideline = NULL, guideline_version = 0";
    world.edit(none, vec![]).await;
    let (who, engagement) = busy.other;
    let read = platform.guideline(&who, engagement, None).await.map(|_| ());
    assert!(was_refused(&read), "{read:?}");
    let held = platform.claim(&who, engagement).await.map(|_| ());
    assert!(was_refused(&held), "{held:?}");
}
