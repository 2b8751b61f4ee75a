//! An answer that was sent back to somebody who is engaged no more does not keep its task from others.

use cofferdam_model::work::{Submission, Verdict};
use cofferdam_model::{Actor, Fact, Role};
use cofferdam_work::ops::{Opinion, WorkError};
use serde_json::json;

use crate::house::{House, Seat};

/// Answers the next task, and has the answer sent back; the task's text.
async fn sent_back(house: &House, author: &Seat, reviewer: &Seat) -> String {
    let (platform, answer) = (&house.platform, json!({ "text": "answer" }));
    let held = platform.claim(&author.0, author.1).await.unwrap().unwrap();
    platform
        .submit(&author.0, author.1, held.assignment, &answer, None)
        .await
        .unwrap();
    let given = platform
        .claim_review(&reviewer.0, reviewer.1)
        .await
        .unwrap()
        .unwrap();
    let judged = platform.judge(
        &reviewer.0,
        reviewer.1,
        given.review,
        Opinion::new(Verdict::Return, Some("mend it")),
    );
    assert_eq!(judged.await.unwrap().state, Submission::Returned);
    String::from_utf8(held.input.to_vec()).unwrap()
}

#[tokio::test]
async fn a_task_whose_author_is_gone_goes_to_somebody_else_once_no_other_is_left() {
    let house = House::new().await;
    let lead = house.seat(Role::Lead, None).await;
    let (author, other) = (
        house.seat(Role::Author, None).await,
        house.seat(Role::Author, None).await,
    );
    let reviewer = house.seat(Role::Reviewer, None).await;
    house.import(lead, &["one", "two"]).await;
    let first = sent_back(&house, &author, &reviewer).await;
    let platform = &house.platform;
    let second = platform.claim(&other.0, other.1).await.unwrap().unwrap();
    assert_ne!(String::from_utf8(second.input.to_vec()).unwrap(), first);
    let answer = json!({ "text": "answer" });
    platform
        .submit(&other.0, other.1, second.assignment, &answer, None)
        .await
        .unwrap();
    // While its author may still mend it, the answer keeps its place.
    assert!(platform.claim(&other.0, other.1).await.unwrap().is_none());
    platform.end_engagement(&house.operator, author.1).await.unwrap();
    let held = platform.claim(&other.0, other.1).await.unwrap().unwrap();
    assert_eq!(String::from_utf8(held.input.to_vec()).unwrap(), first);
    assert!(held.rework.is_none());
    platform
        .submit(&other.0, other.1, held.assignment, &answer, None)
        .await
        .unwrap();

    let view = platform.project_view(house.project).await.unwrap();
    let counts = view.counts;
    let states = (counts.submitted, counts.returned, counts.rejected, counts.lapsed);
    assert_eq!(states, (2, 0, 0, 1));
    let entries = platform
        .gate()
        .entries_before(house.lab.into(), u64::MAX, 100)
        .await
        .unwrap();
    let lapsed = entries
        .iter()
        .filter(|e| matches!(e.fact, Fact::SubmissionLapsed { .. }));
    assert_eq!(lapsed.map(|e| e.by).collect::<Vec<_>>(), [Actor::Platform]);
    let health = platform.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}

async fn no_findings(house: &House) {
    let health = house.platform.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}

#[tokio::test]
async fn whoever_is_engaged_anew_gets_back_what_was_sent_back() {
    let house = House::new().await;
    let lead = house.seat(Role::Lead, None).await;
    let (author, other) = (
        house.seat(Role::Author, None).await,
        house.seat(Role::Author, None).await,
    );
    let reviewer = house.seat(Role::Reviewer, None).await;
    house.import(lead, &["one"]).await;
    let first = sent_back(&house, &author, &reviewer).await;
    let platform = &house.platform;
    let again = house.anew(&author, Role::Author).await;
    // While the first engagement lasts, its work is not reached through another.
    assert!(platform.claim(&again.0, again.1).await.unwrap().is_none());
    platform.end_engagement(&house.operator, author.1).await.unwrap();
    // Nor is it anybody else's, whoever asks first.
    assert!(platform.claim(&other.0, other.1).await.unwrap().is_none());

    let held = platform.claim(&again.0, again.1).await.unwrap().unwrap();
    assert_eq!(String::from_utf8(held.input.to_vec()).unwrap(), first);
    let why = held.rework.unwrap();
    let said: Vec<&[u8]> = why.remarks.iter().map(|remark| &*remark.text).collect();
    assert_eq!(said, [b"mend it"]);
    let better = json!({ "text": "better" });
    let taken = platform
        .submit(&again.0, again.1, held.assignment, &better, None)
        .await;
    assert_eq!(taken.unwrap().version, 2);
    let given = platform
        .claim_review(&reviewer.0, reviewer.1)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(given.version, 2);
    no_findings(&house).await;
    platform.agreement(house.project).await.unwrap();
}

#[tokio::test]
async fn whoever_is_engaged_anew_goes_on_with_what_was_in_hand() {
    let house = House::new().await;
    let lead = house.seat(Role::Lead, None).await;
    let author = house.seat(Role::Author, None).await;
    let other = house.seat(Role::Author, None).await;
    house.import(lead, &["one"]).await;
    let platform = &house.platform;
    let held = platform.claim(&author.0, author.1).await.unwrap().unwrap();
    let draft = json!({ "text": "half" });
    platform
        .save_draft(&author.0, author.1, held.assignment, &draft, None)
        .await
        .unwrap();
    let again = house.anew(&author, Role::Author).await;
    let reads = platform.reopen(&again.0, again.1, held.assignment).await;
    assert!(matches!(reads, Err(WorkError::NotFound(_))), "{reads:?}");
    platform.end_engagement(&house.operator, author.1).await.unwrap();
    let reads = platform.reopen(&other.0, other.1, held.assignment).await;
    assert!(matches!(reads, Err(WorkError::NotFound(_))), "{reads:?}");
    assert!(platform.claim(&other.0, other.1).await.unwrap().is_none());

    let found = platform.claim(&again.0, again.1).await.unwrap().unwrap();
    assert_eq!(found.assignment, held.assignment);
    let (typed, _) = found.draft.unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&typed).unwrap(),
        draft
    );
    platform
        .submit(&again.0, again.1, held.assignment, &draft, None)
        .await
        .unwrap();
    no_findings(&house).await;
}

#[tokio::test]
async fn what_somebody_held_who_is_gone_goes_to_others_before_the_lease_ends() {
    let house = House::new().await;
    let lead = house.seat(Role::Lead, None).await;
    let author = house.seat(Role::Author, None).await;
    let other = house.seat(Role::Author, None).await;
    house.import(lead, &["one"]).await;
    let platform = &house.platform;
    let held = platform.claim(&author.0, author.1).await.unwrap().unwrap();
    assert!(platform.claim(&other.0, other.1).await.unwrap().is_none());
    platform.end_engagement(&house.operator, author.1).await.unwrap();
    // A reviewer's seat does not answer tasks.
    house.anew(&author, Role::Reviewer).await;
    let found = platform.claim(&other.0, other.1).await.unwrap().unwrap();
    assert_eq!(
        (found.task, found.assignment == held.assignment),
        (held.task, false)
    );
    no_findings(&house).await;
}
