//! An answer is held against what its task asks, though nobody but its author has the task before them.

use cofferdam_model::{AssignmentId, Role};
use cofferdam_work::ops::WorkError;
use serde_json::{Value, json};

use crate::world::{Seat, World};

async fn asked(template: &str, input: Value) -> (World, Seat, AssignmentId) {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    // The first is of the same kind, and asks something else.
    let other = match template {
        "chat" => json!({ "turns": ["a", "b", "c", "d", "e"] }),
        _ => json!({ "prompt": "other", "response": "r", "criteria": [{ "id": "1", "text": "t" }] }),
    };
    let file = format!("{input}\n{other}\n");
    let project = world.project_with(lab, "Project", template, &file, 1).await;
    let author = world.seat(project, Role::Author).await;
    let held = world.platform.claim(&author.caller, author.engagement).await;
    let hold = held.unwrap().unwrap().assignment;
    (world, author, hold)
}

/// What is said of an answer; nothing where it is taken.
async fn said(world: &World, (author, hold): (&Seat, AssignmentId), answer: &Value) -> Vec<String> {
    let (caller, engagement) = (&author.caller, author.engagement);
    match world
        .platform
        .submit(caller, engagement, hold, answer, None)
        .await
    {
        Ok(_) => Vec::new(),
        Err(WorkError::Invalid { errors, .. }) => errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.reason))
            .collect(),
        Err(other) => vec![format!("{other:?}")],
    }
}

#[tokio::test]
async fn a_graded_rubric_has_a_verdict_on_each_of_its_criteria() {
    let input = json!({ "prompt": "p", "response": "r", "criteria": [
        { "id": "1", "text": "says a", "required": true }, { "id": "2", "text": "says b" }, { "text": "no id" },
    ] });
    let (world, author, hold) = asked("rubric", input).await;
    let [one, two, three] = [("1", "says a"), ("2", "says b"), ("", "no id")].map(|(id, text)| {
        let mut criterion = json!({ "text": text, "verdict": "met" });
        if !id.is_empty() {
            criterion["id"] = json!(id);
        }
        criterion
    });
    let said = async |criteria: Value| said(&world, (&author, hold), &json!({ "criteria": criteria })).await;
    let unjudged = json!({ "id": "2", "text": "says b" });
    let still =
        |n: usize| format!("/answer/criteria/{n}/verdict is missing: the task gives a response to grade");
    assert_eq!(said(json!([one, unjudged, three])).await, [still(1)]);
    assert_eq!(said(json!([unjudged, unjudged])).await, [still(0), still(1)]);
    let unlike = "/answer/criteria must be the criteria of the task: each of them once, with its id and its text as \
                  they came, and no others";
    let changed = json!({ "id": "2", "text": "says c", "verdict": "met" });
    let renamed = json!({ "id": "3", "text": "says b", "verdict": "met" });
    let added = json!({ "text": "says b", "verdict": "met" });
    for criteria in [
        json!([one, two]),
        json!([one, changed, three]),
        json!([one, renamed, three]),
        json!([one, two, three, added]),
        json!([one, two, three, three]),
        json!([{ "id": "1", "text": "t", "verdict": "met" }]),
    ] {
        assert_eq!(said(criteria.clone()).await, [unlike], "{criteria}");
    }
    let twice = said(json!([one, one, two, three])).await;
    assert_eq!(twice, ["/answer/criteria/1/id is that of criterion 1 too"]);
    // In whichever order, and with what else is said of them.
    let noted = json!({ "id": "2", "text": "says b", "verdict": "unclear", "note": "n" });
    assert_eq!(said(json!([three, noted, one])).await, [""; 0]);
}

#[tokio::test]
async fn criteria_to_revise_are_the_authors_own() {
    let input = json!({ "prompt": "p", "criteria": [{ "id": "1", "text": "says a" }] });
    let (world, author, hold) = asked("rubric", input).await;
    let said = async |criteria: Value| said(&world, (&author, hold), &json!({ "criteria": criteria })).await;
    assert_eq!(
        said(json!([{ "id": "1", "text": "says a", "verdict": "met" }])).await,
        ["/answer/criteria/0/verdict must not be there: the task gives no response to grade"]
    );
    let blank = "\u{200b}\u{a0}\u{3164}\n";
    assert_eq!(
        said(json!([{ "text": "new" }, { "text": blank }])).await,
        ["/answer/criteria/1/text must hold something that can be seen"]
    );
    assert_eq!(
        said(json!([{ "id": "1", "text": "changed" }, { "text": "new" }])).await,
        [""; 0]
    );
}

#[tokio::test]
async fn a_conversation_has_a_reply_to_each_turn() {
    let (world, author, hold) = asked("chat", json!({ "turns": ["one", "two"] })).await;
    let said = async |replies: Value| said(&world, (&author, hold), &json!({ "replies": replies })).await;
    for replies in [
        json!(["a"]),
        json!(["a", "b", "c"]),
        json!(["a", "b", "c", "d", "e"]),
    ] {
        let refused = said(replies).await;
        assert_eq!(
            refused,
            ["/answer/replies must have 2 items, one to each turn of the user"]
        );
    }
    let unseen = "must hold something that can be seen";
    assert_eq!(
        said(json!([" ", "\u{2800}"])).await,
        [
            format!("/answer/replies/0 {unseen}"),
            format!("/answer/replies/1 {unseen}")
        ]
    );
    assert_eq!(said(json!(["a", " b "])).await, [""; 0]);
}

#[tokio::test]
async fn a_text_of_blanks_answers_nothing() {
    let (world, author, hold) = {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let project = world.project(lab, "Project", 1).await;
        let author = world.seat(project, Role::Author).await;
        let held = world.platform.claim(&author.caller, author.engagement).await;
        let hold = held.unwrap().unwrap().assignment;
        (world, author, hold)
    };
    for blank in [" ", "\t\n", "\u{2003}\u{feff}", "\u{200b}\u{2060}"] {
        assert_eq!(
            said(&world, (&author, hold), &json!({ "text": blank })).await,
            ["/answer/text must hold something that can be seen"]
        );
    }
    assert_eq!(
        said(&world, (&author, hold), &json!({ "text": " x ", "label": " " })).await,
        [""; 0]
    );
}
