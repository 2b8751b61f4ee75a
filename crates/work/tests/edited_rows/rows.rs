//! Rows that give one lab or person what is another's.

use cofferdam_model::work::Verdict;
use cofferdam_model::{EngagementId, HaltReason, Role, Scope, Timestamp};
use cofferdam_work::ops::{Bringing, Opinion, WorkError};
use serde_json::json;

use crate::world::{RECIPIENT, World, bytes, not_there, was_refused};

#[tokio::test]
async fn a_project_that_a_row_gives_to_another_lab_is_not_that_labs() {
    let world = World::new().await;
    let (own, other) = (world.lab("Own").await, world.lab("Other").await);
    let platform = &world.platform;
    assert_eq!(world.findings().await, [""; 0]);
    let give = "UPDATE project SET lab = $2, name = 'stolen' WHERE id = $1";
    world.edit(give, vec![bytes(own.project), bytes(other.id)]).await;
    let authors = "INSERT INTO pseudonym (lab, principal, pseudonym)
        SELECT $1, s.principal, s.id FROM submission s WHERE s.project = $2";
    world
        .edit(authors, vec![bytes(other.id), bytes(own.project)])
        .await;
    let (thief, engagement) = other.steward;
    not_there(platform.deliver(own.project, None).await);
    not_there(platform.agreement(own.project).await);
    not_there(
        platform
            .guideline(&thief, engagement, Some(own.project))
            .await
            .map(|_| ()),
    );
    not_there(
        platform
            .export(&thief, engagement, Some(own.project))
            .await
            .map(|_| ()),
    );
    not_there(platform.project_view(own.project).await);
    let (listed, whole) = platform.projects_of(other.id).await.unwrap();
    assert_eq!((listed.len(), whole), (1, true));
    let halted = platform
        .halt(
            &world.operator,
            None,
            Scope::Project(own.project),
            HaltReason::Drill,
            None,
        )
        .await;
    assert_eq!(halted.unwrap().engagements, 4);
    let (author, engagement) = own.author;
    let answer = platform.claim(&author, engagement).await;
    assert!(matches!(answer, Err(WorkError::Refused(_))), "a halt was passed");
    let named = format!("the row of project {}", own.project);
    assert!(world.findings().await.iter().any(|f| f.contains(&named)));
}

#[tokio::test]
async fn a_delivery_that_a_row_gives_to_another_lab_is_not_that_labs() {
    let world = World::new().await;
    let (own, other) = (world.lab("Own").await, world.lab("Other").await);
    let platform = &world.platform;
    let made = platform.deliver(own.project, None).await.unwrap().id;
    assert_eq!(world.findings().await, [""; 0]);
    let give = "UPDATE delivery SET lab = $2 WHERE id = $1";
    world.edit(give, vec![bytes(made), bytes(other.id)]).await;
    let (thief, engagement) = other.steward;
    not_there(platform.delivery_file(&thief, engagement, made).await);
    not_there(platform.accept_delivery(&thief, engagement, made).await);
    assert!(platform.deliveries(other.id).await.unwrap().0.is_empty());
    let named = format!("the row of delivery {made}");
    assert!(world.findings().await.iter().any(|f| f.contains(&named)));
}

/// Neither alone nor in the list is it said of a delivery what its row says and nobody wrote.
#[tokio::test]
async fn a_delivery_of_which_the_row_was_edited_is_left_out_of_the_list() {
    let world = World::new().await;
    let own = world.lab("Own").await;
    let platform = &world.platform;
    let made = platform.deliver(own.project, None).await.unwrap().id;
    let all = platform.deliveries(own.id).await.unwrap();
    assert_eq!((all.0.len(), all.1), (1, true));
    let edit = "UPDATE delivery SET row_count = 7, state = 1 WHERE id = $1";
    world.edit(edit, vec![bytes(made)]).await;
    let left = platform.deliveries(own.id).await.unwrap();
    assert_eq!((left.0.len(), left.1), (0, false));
    assert!(platform.delivery(made).await.is_err());
}

#[tokio::test]
async fn rows_of_work_that_are_not_as_recorded_are_named() {
    let edits = [
        (
            "UPDATE assignment SET engagement = $2 WHERE engagement = $1",
            "the row of hold",
        ),
        (
            "UPDATE submission SET state = 1 WHERE engagement = $1 AND $2 <> ''",
            "the row of submission",
        ),
        (
            "UPDATE submission SET engagement = $2 WHERE engagement = $1",
            "the row of submission",
        ),
        (
            "DELETE FROM submission WHERE engagement = $1 AND $2 <> ''",
            "the row of submission",
        ),
        (
            "UPDATE task SET input = (SELECT answer FROM submission WHERE engagement = $1) WHERE $2 <> ''",
            "the row of task",
        ),
        (
            "UPDATE timer SET started = started - 3600000000 WHERE engagement = $1 AND $2 <> ''",
            "the row of timer",
        ),
        (
            "INSERT INTO timer (id, lab, project, engagement, principal, started, beat, ended, cause, seal)
             SELECT $2, lab, project, engagement, principal, 0, 0, 9, 0, seal FROM timer WHERE engagement = $1",
            "the row of timer",
        ),
    ];
    for (sql, named) in edits {
        let world = World::new().await;
        let (own, other) = (world.lab("Own").await, world.lab("Other").await);
        let (author, engagement) = own.author;
        world.platform.start_timer(&author, engagement).await.unwrap();
        world.platform.stop_timer(&author, engagement).await.unwrap();
        assert_eq!(world.findings().await, [""; 0]);
        world
            .edit(sql, vec![bytes(engagement), bytes(other.author.1)])
            .await;
        let found = world.findings().await;
        assert!(found.iter().any(|f| f.contains(named)), "{sql}: {found:#?}");
    }
}

#[tokio::test]
async fn whoever_does_not_hold_an_engagement_learns_nothing_of_it() {
    let world = World::new().await;
    let (own, other) = (world.lab("Own").await, world.lab("Other").await);
    let (stranger, _) = other.author;
    let nowhere: EngagementId = world.platform.gate().env().new_id().unwrap();
    for engagement in [own.steward.1, own.author.1, nowhere] {
        let read = world.platform.guideline(&stranger, engagement, None).await;
        let export = world.platform.export(&stranger, engagement, None).await;
        let write = world
            .platform
            .set_guideline(&stranger, engagement, None, "x")
            .await;
        for answer in [read.map(|_| ()), export.map(|_| ()), write.map(|_| ())] {
            let told = matches!(
                answer,
                Err(WorkError::Refused(cofferdam_model::Refusal::NotEngaged))
            );
            assert!(told, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_halt_is_refused_where_it_would_stop_nothing_or_could_not_be_undone() {
    let world = World::new().await;
    let (platform, operator) = (&world.platform, &world.operator);
    let halt = |scope, until| platform.halt(operator, None, scope, HaltReason::Drill, until);
    let nowhere = platform.gate().env().new_id().unwrap();
    let answer = halt(Scope::Credential(nowhere), None).await;
    assert!(
        matches!(answer, Err(WorkError::NotFound("credential"))),
        "{answer:?}"
    );
    for own in [
        Scope::Person(operator.principal()),
        Scope::Component(operator.principal()),
    ] {
        let answer = halt(own, None).await;
        assert!(matches!(answer, Err(WorkError::Invalid { .. })), "{answer:?}");
    }
    assert!(platform.gate().is_operator(operator));
    let never = Timestamp::parse_rfc3339("9999-12-31T00:00:00Z");
    let answer = halt(Scope::Installation, never).await;
    assert!(matches!(answer, Err(WorkError::Invalid { .. })), "{answer:?}");
    let late = Timestamp::parse_rfc3339("2254-12-31T00:00:00Z");
    assert!(halt(Scope::Installation, late).await.is_ok());
}

#[tokio::test]
async fn a_row_that_names_an_object_of_another_kind_shows_nobody_what_was_written_for_others() {
    let edits = [
        "UPDATE project SET guideline_version = 1, guideline = (SELECT answer FROM submission WHERE engagement = $1)
         WHERE id = (SELECT project FROM submission WHERE engagement = $1)",
        "UPDATE project SET template = (SELECT answer FROM submission WHERE engagement = $1)
         WHERE id = (SELECT project FROM submission WHERE engagement = $1)",
        "UPDATE task SET input = (SELECT answer FROM submission WHERE engagement = $1)
         WHERE project = (SELECT project FROM submission WHERE engagement = $1)",
    ];
    for sql in edits {
        let world = World::new().await;
        let own = world.lab("Own").await;
        let (platform, operator) = (&world.platform, &world.operator);
        let person = world.person().await;
        let granted = platform.engage(operator, own.project, person, Role::Author, vec![], None, None);
        let (curious, engagement) = world.caller(granted.await.unwrap()).await;
        world.edit(sql, vec![bytes(own.author.1)]).await;
        let read = platform.guideline(&curious, engagement, None).await.map(|_| ());
        let claim = platform.claim(&curious, engagement).await.map(|_| ());
        let answer = if sql.contains("UPDATE task") { claim } else { read };
        assert!(was_refused(&answer), "{sql}: {answer:?}");
    }
}

#[tokio::test]
async fn a_timers_row_that_was_spoilt_keeps_nobody_from_halting() {
    let edits = [
        "UPDATE timer SET lab = $1 WHERE engagement = $1",
        "UPDATE timer SET lab = substr(lab, 1, 3) WHERE engagement = $1",
    ];
    for sql in edits {
        let world = World::new().await;
        let own = world.lab("Own").await;
        let (author, engagement) = own.author;
        world.platform.start_timer(&author, engagement).await.unwrap();
        world.edit(sql, vec![bytes(engagement)]).await;
        let (operator, reason) = (&world.operator, HaltReason::Incident);
        let halted = world
            .platform
            .halt(operator, None, Scope::Installation, reason, None)
            .await;
        assert!(halted.is_ok(), "{sql}: {halted:?}");
        assert!(world.platform.claim(&author, engagement).await.is_err());
    }
}

#[tokio::test]
async fn a_hold_a_draft_and_an_answer_are_shown_to_nobody_but_whose_they_are() {
    let edits = [
        "UPDATE assignment SET engagement = $2 WHERE engagement = $1 AND state = 0",
        "UPDATE assignment SET engagement = $2, principal = (SELECT principal FROM holder WHERE engagement = $2)
         WHERE engagement = $1 AND state = 0",
        "UPDATE draft SET (object, version) = (SELECT d.object, d.version FROM draft d JOIN assignment a
             ON a.id = d.assignment WHERE a.engagement = $1)
         WHERE assignment = (SELECT id FROM assignment WHERE engagement = $2 AND state = 0)",
        "UPDATE submission SET engagement = $2, state = 2,
             assignment = (SELECT id FROM assignment WHERE engagement = $2 AND state = 0)
         WHERE engagement = $1",
    ];
    for sql in edits {
        let world = World::new().await;
        let own = world.lab("Own").await;
        let (platform, operator) = (&world.platform, &world.operator);
        let (steward, speaks) = own.steward;
        let file = b"{\"body\":\"three\"}\n{\"body\":\"four\"}\n".to_vec();
        let options = Bringing::default();
        let done = platform.import(&steward, speaks, Some(own.project), file, options);
        done.await.unwrap();
        let person = world.person().await;
        let granted = platform.engage(operator, own.project, person, Role::Author, vec![], None, None);
        let curious = world.caller(granted.await.unwrap()).await;
        for (who, engagement) in [own.author, curious] {
            let held = platform.claim(&who, engagement).await.unwrap().unwrap();
            let words = json!({ "text": engagement.to_string() });
            let saved = platform.save_draft(&who, engagement, held.assignment, &words, None);
            saved.await.unwrap();
            assert!(
                platform
                    .claim(&who, engagement)
                    .await
                    .unwrap()
                    .unwrap()
                    .draft
                    .is_some()
            );
        }
        world.edit(sql, vec![bytes(own.author.1), bytes(curious.1)]).await;
        let (who, engagement) = curious;
        let theirs = own.author.1.to_string();
        let mut answers = vec![platform.claim(&who, engagement).await];
        match platform.assignments(&who, engagement, None, 10).await {
            Err(refused) => answers.push(Err(refused)),
            Ok(holds) => {
                for (hold, _) in holds {
                    answers.push(platform.reopen(&who, engagement, hold.id).await.map(Some));
                }
            }
        }
        assert!(answers.iter().any(was_refused), "{sql}: {answers:?}");
        let shown = answers
            .iter()
            .flatten()
            .flatten()
            .filter_map(|held| held.draft.as_ref());
        for (draft, _) in shown {
            assert!(!String::from_utf8_lossy(draft).contains(&theirs), "{sql}");
        }
    }
}

#[tokio::test]
async fn an_answer_moved_to_another_task_is_neither_exported_nor_delivered_nor_measured() {
    let edits = [
        "UPDATE submission SET answer = (SELECT answer FROM submission WHERE engagement = $2) WHERE engagement = $1",
        "UPDATE submission SET task = (SELECT task FROM submission WHERE engagement = $2) WHERE engagement = $1",
    ];
    for sql in edits {
        let world = World::new().await;
        let own = world.lab("Own").await;
        let (platform, (steward, speaks)) = (&world.platform, own.steward);
        let file = b"{\"body\":\"another\"}\n".to_vec();
        let done = platform.import(&steward, speaks, Some(own.project), file, Bringing::default());
        done.await.unwrap();
        let person = world.person().await;
        let granted = platform.engage(
            &world.operator,
            own.project,
            person,
            Role::Author,
            vec![],
            None,
            None,
        );
        let (other, engagement) = world.caller(granted.await.unwrap()).await;
        let held = platform.claim(&other, engagement).await.unwrap().unwrap();
        let answer = json!({ "text": "another answer" });
        let taken = platform.submit(&other, engagement, held.assignment, &answer, None);
        taken.await.unwrap();
        let recipients = vec![RECIPIENT.to_owned()];
        platform
            .set_recipients(&steward, speaks, recipients)
            .await
            .unwrap();
        assert!(platform.deliver(own.project, None).await.is_ok());
        world
            .edit(sql, vec![bytes(own.author.1), bytes(engagement)])
            .await;
        let refused = |answer: Result<(), WorkError>| {
            let text = format!("{answer:?}");
            assert!(text.contains("the row of submission"), "{sql}: {text}");
        };
        refused(platform.deliver(own.project, None).await.map(|_| ()));
        refused(
            platform
                .export(&steward, speaks, Some(own.project))
                .await
                .map(|_| ()),
        );
    }
}

/// Whoever is handed an answer to mend is told why it came back, or is not handed it.
#[tokio::test]
async fn an_answer_whose_review_was_edited_away_is_not_shown_without_its_words() {
    for [edit, back] in [
        [
            "UPDATE review SET comment = NULL WHERE verdict = 1",
            "UPDATE review SET comment = (SELECT id FROM object WHERE kind = 3) WHERE verdict = 1",
        ],
        [
            "UPDATE review SET version = 9 WHERE verdict = 1",
            "UPDATE review SET version = 1 WHERE verdict = 1",
        ],
    ] {
        let world = World::new().await;
        let own = world.lab("Own").await;
        let platform = &world.platform;
        let person = world.person().await;
        let granted = platform.engage(
            &world.operator,
            own.project,
            person,
            Role::Reviewer,
            vec![],
            None,
            None,
        );
        let (reviewer, engagement) = world.caller(granted.await.unwrap()).await;
        let held = platform
            .claim_review(&reviewer, engagement)
            .await
            .unwrap()
            .unwrap();
        let why = Some("say more");
        let judged = platform.judge(
            &reviewer,
            engagement,
            held.review,
            Opinion::new(Verdict::Return, why),
        );
        judged.await.unwrap();
        let (author, under) = own.author;
        let shown = async || platform.claim(&author, under).await;
        assert_eq!(shown().await.unwrap().unwrap().rework.unwrap().remarks.len(), 1);
        world.edit(edit, vec![]).await;
        let answer = shown().await;
        assert!(was_refused(&answer), "{edit}: {answer:?}");
        world.edit(back, vec![]).await;
        assert_eq!(shown().await.unwrap().unwrap().rework.unwrap().remarks.len(), 1);
    }
}
