//! A reviewer looks at what others answered, leaves an answer otherwise than it came, and takes a verdict back.

use cofferdam_model::work::{Submission, Verdict};
use cofferdam_model::{EngagementId, Fact, LabId, ReviewId, Role};
use cofferdam_work::ops::{Judged, Opinion, ToReview, WorkError};
use serde_json::{Value, json};

use crate::world::{Seat, World};

/// One project whose tasks are answered twice, and who works on it.
struct Desk {
    world: World,
    lab: LabId,
    authors: [Seat; 2],
    reviewer: Seat,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let project = world.project_for(lab, "Project", 2, 2).await;
        let authors = [
            world.seat(project, Role::Author).await,
            world.seat(project, Role::Author).await,
        ];
        let reviewer = world.seat(project, Role::Reviewer).await;
        Self {
            world,
            lab,
            authors,
            reviewer,
        }
    }

    async fn answer(&self, author: usize, words: &str) {
        self.world.wait(1);
        let (platform, seat) = (&self.world.platform, &self.authors[author]);
        let held = platform
            .claim(&seat.caller, seat.engagement)
            .await
            .unwrap()
            .unwrap();
        let words = json!({ "text": words });
        let (who, under) = (&seat.caller, seat.engagement);
        platform
            .submit(who, under, held.assignment, &words, None)
            .await
            .unwrap();
    }

    async fn next(&self) -> Option<ToReview> {
        let Seat { caller, engagement } = &self.reviewer;
        self.world
            .platform
            .claim_review(caller, *engagement)
            .await
            .unwrap()
    }

    async fn judge(&self, review: ReviewId, given: Opinion<'_>) -> Result<Judged, WorkError> {
        let Seat { caller, engagement } = &self.reviewer;
        self.world
            .platform
            .judge(caller, *engagement, review, given)
            .await
    }

    async fn withdraw(&self, review: ReviewId) -> Result<(), String> {
        let Seat { caller, engagement } = &self.reviewer;
        let taken = self.world.platform.withdraw_verdict(caller, *engagement, review);
        taken.await.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn others(&self, review: ReviewId) -> Result<Vec<Value>, WorkError> {
        let Seat { caller, engagement } = &self.reviewer;
        let found = self
            .world
            .platform
            .others_answers(caller, *engagement, review)
            .await?;
        Ok(found
            .iter()
            .map(|other| serde_json::from_slice(&other.answer).unwrap())
            .collect())
    }

    /// The rows are as the ledger says.
    async fn examined(&self) {
        let health = self.world.platform.gate().examine().await.unwrap();
        assert!(health.findings.is_empty(), "{:?}", health.findings);
    }

    /// What the first author has in hand: the words that they go on from.
    async fn back(&self) -> Option<Value> {
        let Seat { caller, engagement } = &self.authors[0];
        let held = self.world.platform.claim(caller, *engagement).await.unwrap();
        held?
            .rework
            .map(|rework| serde_json::from_slice(&rework.answer).unwrap())
    }

    /// The project's rows, as its lab's steward is given them.
    async fn exported(&self) -> Vec<Value> {
        let project = self
            .world
            .platform
            .gate()
            .engagement(self.reviewer.engagement)
            .await;
        let project = project.unwrap().unwrap().0.project().unwrap();
        let lead = self.world.seat(project, Role::Lead).await;
        let export = self
            .world
            .platform
            .export(&lead.caller, lead.engagement, None)
            .await;
        let mut export = export.unwrap();
        let mut lines = Vec::new();
        while let Some(line) = export.next_line().await {
            lines.push(serde_json::from_slice(&line.unwrap()).unwrap());
        }
        export.finish().await.unwrap();
        lines
    }
}

fn told(refused: Result<impl std::fmt::Debug, WorkError>) -> (String, String) {
    let Err(WorkError::Invalid { errors, .. }) = refused else {
        return (format!("{refused:?}"), String::new());
    };
    (errors[0].field.clone(), errors[0].reason.clone())
}

#[tokio::test]
async fn others_answers_are_read_when_they_are_asked_for_and_recorded() {
    let desk = Desk::new().await;
    desk.answer(0, "one").await;
    let held = desk.next().await.unwrap();
    let released = async || {
        let facts = desk.world.ledger(desk.lab).await;
        let review = facts.into_iter().filter_map(|fact| match fact {
            Fact::ReviewReleased { objects, .. } => Some(objects.len()),
            _ => None,
        });
        review.collect::<Vec<_>>()
    };
    assert!(desk.others(held.review).await.unwrap().is_empty());
    assert_eq!(
        released().await,
        [2],
        "where there is nothing to read, nothing is recorded"
    );
    desk.answer(1, "another").await;
    assert_eq!(
        desk.others(held.review).await.unwrap(),
        [json!({"text": "another"})]
    );
    assert_eq!(released().await, [2, 1]);

    let unknown = desk.others(cofferdam_model::Id::from_bytes([9; 16])).await;
    assert!(matches!(unknown, Err(WorkError::NotFound(_))), "{unknown:?}");
    let Seat { caller, engagement } = &desk.authors[0];
    let foreign = desk
        .world
        .platform
        .others_answers(caller, *engagement, held.review)
        .await;
    assert!(foreign.is_err(), "no author reads others' answers: {foreign:?}");
    desk.judge(held.review, Opinion::new(Verdict::Accept, None))
        .await
        .unwrap();
    let late = desk.others(held.review).await;
    assert!(matches!(late, Err(WorkError::Conflict(_))), "{late:?}");
}

#[tokio::test]
async fn what_a_reviewer_changed_is_delivered_and_its_authors_stays() {
    let desk = Desk::new().await;
    desk.answer(0, "teh answer").await;
    let held = desk.next().await.unwrap();
    let (mended, empty) = (json!({"text": "the answer"}), json!({}));
    let with = |verdict, answer| Opinion {
        verdict,
        comment: Some("A word was wrong."),
        answer: Some(answer),
    };
    for verdict in [Verdict::Return, Verdict::Reject] {
        let (field, why) = told(desk.judge(held.review, with(verdict, &mended)).await);
        assert_eq!(field, "/answer");
        assert!(
            why.starts_with("an answer that you changed can only be accepted"),
            "{why}"
        );
    }
    let (field, why) = told(desk.judge(held.review, with(Verdict::Accept, &empty)).await);
    assert_eq!(
        (field.as_str(), why.as_str()),
        ("/answer/text", "is missing; it must be of type string")
    );
    let judged = desk
        .judge(held.review, with(Verdict::Accept, &mended))
        .await
        .unwrap();
    assert_eq!(judged.state, Submission::Accepted);

    desk.examined().await;
    let line = desk.exported().await.remove(0);
    assert_eq!(line["submissions"][0]["answer"], json!({"text": "teh answer"}));
    assert_eq!(line["submissions"][0]["amended"], mended);
    desk.answer(1, "another").await;
    let other = desk.next().await.unwrap();
    assert_eq!(
        desk.others(other.review).await.unwrap(),
        [mended],
        "as it would be delivered"
    );
}

#[tokio::test]
async fn a_verdict_is_taken_back_as_long_as_nothing_was_built_on_it() {
    let desk = Desk::new().await;
    desk.answer(0, "one").await;
    let held = desk.next().await.unwrap();
    let still = desk.withdraw(held.review).await.unwrap_err();
    assert!(still.contains("there is no verdict to take back"), "{still}");
    for verdict in [Verdict::Accept, Verdict::Return, Verdict::Reject] {
        let judged = desk
            .judge(held.review, Opinion::new(verdict, Some("Why.")))
            .await
            .unwrap();
        assert_eq!(judged.firm, desk.world.now().plus_seconds(30));
        desk.world.wait(30);
        desk.withdraw(held.review).await.unwrap();
        let again = desk.next().await.unwrap();
        assert_eq!(
            (again.review, again.version),
            (held.review, held.version),
            "it is in hand again"
        );
        assert_eq!(desk.back().await, None);
        desk.examined().await;
    }
    desk.judge(held.review, Opinion::new(Verdict::Return, Some("Why.")))
        .await
        .unwrap();
    desk.world.wait(31);
    let late = desk.withdraw(held.review).await.unwrap_err();
    assert!(late.contains("for 30 seconds, and these are over"), "{late}");
    assert_eq!(desk.back().await, Some(json!({"text": "one"})));
}

#[tokio::test]
async fn what_its_author_mends_or_somebody_else_has_stays_as_it_is() {
    let desk = Desk::new().await;
    desk.answer(0, "one").await;
    let held = desk.next().await.unwrap();
    desk.judge(held.review, Opinion::new(Verdict::Return, Some("Why.")))
        .await
        .unwrap();
    let Seat { caller, engagement } = &desk.authors[0];
    let platform = &desk.world.platform;
    let hold = platform.claim(caller, *engagement).await.unwrap().unwrap();
    let words = json!({"text": "two"});
    let draft = platform.save_draft(caller, *engagement, hold.assignment, &words, None);
    draft.await.unwrap();
    let begun = desk.withdraw(held.review).await.unwrap_err();
    assert!(begun.contains("its author has begun to mend it"), "{begun}");
    platform
        .submit(caller, *engagement, hold.assignment, &words, None)
        .await
        .unwrap();
    let mended = desk.withdraw(held.review).await.unwrap_err();
    assert!(mended.contains("went on its way meanwhile"), "{mended}");

    let held = desk.next().await.unwrap();
    desk.judge(held.review, Opinion::new(Verdict::Reject, Some("Why.")))
        .await
        .unwrap();
    let project = platform.gate().engagement(desk.reviewer.engagement).await;
    let project = project.unwrap().unwrap().0.project().unwrap();
    let mut others = vec![&desk.authors[1]];
    let third = desk.world.seat(project, Role::Author).await;
    others.push(&third);
    for seat in others {
        let taken = platform.claim(&seat.caller, seat.engagement).await.unwrap();
        assert_eq!(taken.unwrap().task, hold.task);
    }
    let gone = desk.withdraw(held.review).await.unwrap_err();
    assert!(gone.contains("in somebody else's hands by now"), "{gone}");
    desk.examined().await;
}

#[tokio::test]
async fn nobody_takes_back_anothers_verdict_nor_one_for_ever() {
    let desk = Desk::new().await;
    desk.answer(0, "one").await;
    let held = desk.next().await.unwrap();
    desk.judge(held.review, Opinion::new(Verdict::Accept, None))
        .await
        .unwrap();
    let project = desk
        .world
        .platform
        .gate()
        .engagement(desk.reviewer.engagement)
        .await;
    let project = project.unwrap().unwrap().0.project().unwrap();
    let other = desk.world.seat(project, Role::Reviewer).await;
    for (seat, under) in [
        (&other, other.engagement),
        (&desk.authors[0], desk.authors[0].engagement),
    ] {
        let refused = desk
            .world
            .platform
            .withdraw_verdict(&seat.caller, under, held.review)
            .await;
        assert!(refused.is_err(), "{refused:?}");
    }
    let theirs: EngagementId = desk.reviewer.engagement;
    let refused = desk
        .world
        .platform
        .withdraw_verdict(&other.caller, theirs, held.review)
        .await;
    assert!(refused.is_err(), "{refused:?}");
    for _ in 0..5 {
        desk.withdraw(held.review).await.unwrap();
        desk.judge(held.review, Opinion::new(Verdict::Accept, None))
            .await
            .unwrap();
    }
    let sixth = desk.withdraw(held.review).await.unwrap_err();
    assert!(
        sixth.contains("taken back five times; this one stands"),
        "{sixth}"
    );
    let facts = desk.world.ledger(desk.lab).await;
    let back = facts
        .iter()
        .filter(|fact| matches!(fact, Fact::ReviewWithdrawn { .. }));
    assert_eq!(back.count(), 5);
}
