//! Nobody answers a task of which they have seen somebody else's answer, nor judges an answer to what they answer themselves.

use cofferdam_model::work::Verdict;
use cofferdam_model::{Role, TaskId};
use cofferdam_store::principal::PrincipalKind;
use cofferdam_work::ops::{Opinion, WorkError};
use serde_json::json;

use crate::world::{LEASE, Seat, World};

async fn claim(world: &World, seat: &Seat) -> Option<(TaskId, cofferdam_model::AssignmentId)> {
    let held = world.platform.claim(&seat.caller, seat.engagement).await;
    held.unwrap().map(|held| (held.task, held.assignment))
}

/// Takes the next task and answers it, a second after whatever was before: the oldest answer is judged first.
async fn answer(world: &World, seat: &Seat) -> TaskId {
    world.wait(1);
    let (task, hold) = claim(world, seat).await.unwrap();
    let words = json!({ "text": "answer" });
    let taken = world
        .platform
        .submit(&seat.caller, seat.engagement, hold, &words, None);
    taken.await.unwrap();
    task
}

/// Takes the next answer and judges it: of which task it is.
async fn judge(world: &World, seat: &Seat, verdict: Verdict) -> Option<TaskId> {
    let (platform, comment) = (&world.platform, Some("Mend this."));
    let next = platform.claim_review(&seat.caller, seat.engagement).await;
    let next = next.unwrap()?;
    let judged = platform.judge(
        &seat.caller,
        seat.engagement,
        next.review,
        Opinion::new(verdict, comment),
    );
    judged.await.unwrap();
    Some(next.task)
}

#[tokio::test]
async fn a_verdict_that_does_not_accept_says_why() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let author = world.seat(project, Role::Author).await;
    let reviewer = world.seat(project, Role::Reviewer).await;
    answer(&world, &author).await;
    let next = world
        .platform
        .claim_review(&reviewer.caller, reviewer.engagement)
        .await;
    let review = next.unwrap().unwrap().review;
    for (verdict, why) in [
        (Verdict::Return, "say what the author is to mend"),
        (Verdict::Reject, "say why it does not count"),
    ] {
        for comment in [
            None,
            Some(" \n"),
            Some("\u{200b}\u{a0}"),
            Some("\u{2800}\u{3164}\u{34f}\u{fe0f}"),
        ] {
            let judged = world.platform.judge(
                &reviewer.caller,
                reviewer.engagement,
                review,
                Opinion::new(verdict, comment),
            );
            match judged.await {
                Err(WorkError::Invalid { errors, .. }) => {
                    assert_eq!(errors[0].field, "/comment");
                    assert_eq!(errors[0].reason, why);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_another_window_kept_is_not_replaced_unseen() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let author = world.seat(project, Role::Author).await;
    let (_, hold) = claim(&world, &author).await.unwrap();
    let save = async |words: &str, after| {
        let (who, under) = (&author.caller, author.engagement);
        let words = json!({ "text": words });
        let saved = world.platform.save_draft(who, under, hold, &words, after).await;
        saved.map(|kept| kept.version)
    };
    assert_eq!(save("one", Some(0)).await.unwrap(), 1);
    assert_eq!(save("two", Some(1)).await.unwrap(), 2);
    for stale in [0, 1, 3] {
        let refused = save("other", Some(stale)).await;
        assert!(matches!(refused, Err(WorkError::Conflict(_))), "{refused:?}");
    }
    let there = world
        .platform
        .reopen(&author.caller, author.engagement, hold)
        .await;
    let (typed, kept) = there.unwrap().draft.unwrap();
    assert_eq!((&*typed, kept.version), (&br#"{"text":"two"}"#[..], 2));
    assert_eq!(save("whatever", None).await.unwrap(), 3);
    // Of two at one moment one is kept, and the other hears of it.
    let both = tokio::join!(save("left", Some(3)), save("right", Some(3)));
    let kept = [both.0.is_ok(), both.1.is_ok()];
    assert!(kept.contains(&true) && kept.contains(&false), "{kept:?}");
}

/// Who names a draft that there is not, or a task that is no longer theirs, is not told of other words.
#[tokio::test]
async fn what_a_draft_cannot_go_on_from_is_told_as_what_it_is() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 2).await;
    let author = world.seat(project, Role::Author).await;
    let (_, hold) = claim(&world, &author).await.unwrap();
    let (who, under, platform) = (&author.caller, author.engagement, &world.platform);
    let words = json!({ "text": "words" });
    for none in [json!("x"), json!(null), json!([1]), json!(1)] {
        let refused = platform.save_draft(who, under, hold, &none, None).await;
        let Err(WorkError::Invalid { errors, .. }) = refused else {
            panic!("{none}: {refused:?}")
        };
        assert_eq!(errors[0].field, "/answer");
    }
    let told = async |after, words: &serde_json::Value| match platform
        .save_draft(who, under, hold, words, after)
        .await
    {
        Err(WorkError::Conflict(told)) => told,
        other => panic!("{after:?}: {other:?}"),
    };
    assert!(
        told(Some(5), &words)
            .await
            .starts_with("there is no draft of this task, and so no version 5")
    );
    platform
        .save_draft(who, under, hold, &json!({}), Some(0))
        .await
        .unwrap();
    assert!(
        told(Some(5), &words)
            .await
            .starts_with("the draft of this task has version 1, and there is no 5")
    );
    assert!(told(Some(0), &words).await.starts_with("other words were kept"));
    platform.give_back(who, under, hold, Some(1)).await.unwrap();
    for after in [None, Some(0), Some(1)] {
        assert!(told(after, &words).await.starts_with("you gave this task back"));
    }
    let (_, next) = claim(&world, &author).await.unwrap();
    platform.submit(who, under, next, &words, None).await.unwrap();
    let late = platform.save_draft(who, under, next, &words, None).await;
    assert!(matches!(late, Err(WorkError::Conflict(told)) if told.starts_with("this task is handed in")));
}

#[tokio::test]
async fn what_another_window_kept_is_not_dropped_unseen() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 2).await;
    let author = world.seat(project, Role::Author).await;
    let (who, under, platform) = (&author.caller, author.engagement, &world.platform);
    let words = json!({ "text": "words" });
    for skips in [true, false] {
        let (_, hold) = claim(&world, &author).await.unwrap();
        let end = async |after| match skips {
            true => platform.give_back(who, under, hold, after).await,
            false => {
                let taken = platform.submit(who, under, hold, &words, after).await;
                taken.map(|_| ())
            }
        };
        let kept = platform
            .save_draft(who, under, hold, &words, Some(0))
            .await
            .unwrap();
        for stale in [0, kept.version + 1] {
            let refused = end(Some(stale)).await;
            assert!(
                matches!(refused, Err(WorkError::Conflict(_))),
                "{skips} {refused:?}"
            );
        }
        let there = platform.reopen(who, under, hold).await.unwrap();
        assert!(
            there
                .draft
                .is_some_and(|(typed, _)| &*typed == br#"{"text":"words"}"#)
        );
        end(Some(kept.version)).await.unwrap();
    }
}

#[tokio::test]
async fn who_judged_an_answer_is_not_handed_its_task() {
    for verdict in [Verdict::Accept, Verdict::Return, Verdict::Reject] {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let project = world.project_for(lab, "Project", 2, 2).await;
        let author = world.seat(project, Role::Author).await;
        let both = world.person(PrincipalKind::Person).await;
        let reviews = world.engaged(project, both, Role::Reviewer).await;
        let answers = world.engaged(project, both, Role::Author).await;
        let seen = answer(&world, &author).await;
        assert_eq!(judge(&world, &reviews, verdict).await, Some(seen));
        let own = answer(&world, &answers).await;
        assert_ne!(own, seen, "{verdict:?}");
        assert_eq!(claim(&world, &answers).await, None, "{verdict:?}");
        // It is there for somebody else.
        let other = world.seat(project, Role::Author).await;
        assert_eq!(answer(&world, &other).await, seen);
        let health = world.platform.gate().examine().await.unwrap();
        assert!(health.findings.is_empty(), "{:?}", health.findings);
    }
}

#[tokio::test]
async fn who_has_an_answer_in_hand_to_judge_is_not_handed_its_task() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project_for(lab, "Project", 1, 2).await;
    let author = world.seat(project, Role::Author).await;
    let both = world.person(PrincipalKind::Person).await;
    let reviews = world.engaged(project, both, Role::Reviewer).await;
    let answers = world.engaged(project, both, Role::Author).await;
    answer(&world, &author).await;
    let open = world
        .platform
        .claim_review(&reviews.caller, reviews.engagement)
        .await;
    assert!(open.unwrap().is_some());
    assert_eq!(claim(&world, &answers).await, None);
    // What was seen is not forgotten when the time for judging it is over.
    world.wait(3_600);
    assert_eq!(claim(&world, &answers).await, None);
}

#[tokio::test]
async fn who_holds_or_answered_a_task_is_handed_no_answer_to_it() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project_for(lab, "Project", 1, 2).await;
    let author = world.seat(project, Role::Author).await;
    let both = world.person(PrincipalKind::Person).await;
    let reviews = world.engaged(project, both, Role::Reviewer).await;
    let answers = world.engaged(project, both, Role::Author).await;
    let task = answer(&world, &author).await;
    assert_eq!(claim(&world, &answers).await.map(|(task, _)| task), Some(task));
    assert_eq!(judge(&world, &reviews, Verdict::Accept).await, None);
    answer(&world, &answers).await;
    assert_eq!(judge(&world, &reviews, Verdict::Accept).await, None);
    let reviewer = world.seat(project, Role::Reviewer).await;
    assert_eq!(judge(&world, &reviewer, Verdict::Accept).await, Some(task));
    assert_eq!(judge(&world, &reviewer, Verdict::Accept).await, Some(task));
}

#[tokio::test]
async fn who_gave_a_task_back_or_let_it_lapse_may_judge_others_answers_to_it() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project_for(lab, "Project", 2, 2).await;
    let both = world.person(PrincipalKind::Person).await;
    let reviews = world.engaged(project, both, Role::Reviewer).await;
    let answers = world.engaged(project, both, Role::Author).await;
    let (skipped, hold) = claim(&world, &answers).await.unwrap();
    let back = world
        .platform
        .give_back(&answers.caller, answers.engagement, hold, None);
    back.await.unwrap();
    let (lapsed, _) = claim(&world, &answers).await.unwrap();
    world.wait(LEASE + 1);
    let author = world.seat(project, Role::Author).await;
    let answered = [answer(&world, &author).await, answer(&world, &author).await];
    assert_eq!(answered, [skipped, lapsed]);
    for task in answered {
        assert_eq!(judge(&world, &reviews, Verdict::Accept).await, Some(task));
    }
    assert_eq!(claim(&world, &answers).await, None, "both were seen");
}
