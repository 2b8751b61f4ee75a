//! Whoever used up their budget can hand in what they were given, also just after the service was started.

use cofferdam_model::{Actor, Budget, Fact, Refusal, Role};
use cofferdam_work::ops::WorkError;
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn an_answer_is_taken_when_the_budget_is_used_up_and_the_template_is_not_read_yet() {
    let house = House::new().await;
    let one_object = Budget {
        objects_per_day: 1,
        ..Budget::PERSON
    };
    let lead = house.seat(Role::Lead, None).await;
    let (author, own) = house.seat(Role::Author, Some(one_object)).await;
    house.import(lead, &["one"]).await;
    let held = house.platform.claim(&author, own).await.unwrap().unwrap();
    let house = house.again().await;

    let platform = &house.platform;
    let answer = json!({ "text": "answer" });
    let taken = platform
        .submit(&author, own, held.assignment, &answer, None)
        .await;
    assert_eq!(taken.unwrap().version, 1);
    // They still read no more than they may; the platform's own job read the template, and the ledger says so.
    let again = platform.guideline(&author, own, None).await;
    let spent = matches!(again, Err(WorkError::Refused(Refusal::BudgetSpent { .. })));
    assert!(spent, "{again:?}");
    let entries = platform
        .gate()
        .entries_before(house.lab.into(), u64::MAX, 100)
        .await
        .unwrap();
    let read = entries
        .iter()
        .find(|e| matches!(e.fact, Fact::ObjectsReleased { .. }));
    let by = read.map(|e| e.by);
    assert!(
        matches!(by, Some(Actor::Engaged { engagement, .. }) if engagement != own),
        "{by:?}"
    );
}
