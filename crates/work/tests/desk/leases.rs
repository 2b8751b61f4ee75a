//! How long a task is one's own, and that what is shown of it is true.

use std::collections::BTreeSet;

use cofferdam_model::work::Verdict;
use cofferdam_model::{CredentialKind, Fact, HaltId, HaltReason, Role, Scope, Timestamp};
use cofferdam_work::ops::{Opinion, WorkError};
use serde_json::json;

use crate::world::{LEASE, Seat, World};

#[tokio::test]
async fn a_late_answer_is_taken_until_somebody_asks_for_a_task() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 2).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let answer = json!({ "text": "answer" });
    let platform = &world.platform;

    let held = platform
        .claim(&slow.caller, slow.engagement)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(held.until, Some(world.now().plus_seconds(LEASE)));
    world.wait(LEASE + 1);
    let late = platform.submit(&slow.caller, slow.engagement, held.assignment, &answer, None);
    assert_eq!(late.await.unwrap().version, 1);

    let held = platform
        .claim(&slow.caller, slow.engagement)
        .await
        .unwrap()
        .unwrap();
    world.wait(LEASE + 1);
    let taken = platform
        .claim(&other.caller, other.engagement)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(taken.task, held.task);
    let late = platform.submit(&slow.caller, slow.engagement, held.assignment, &answer, None);
    let Err(WorkError::Conflict(told)) = late.await else {
        panic!("the answer of somebody whose task is another's was taken")
    };
    assert!(told.contains("your time for this task had run out"), "{told}");
    let back =
        |fact: &Fact| matches!(fact, Fact::TaskReturned { assignment, .. } if *assignment == held.assignment);
    assert_eq!(world.ledger(lab).await.iter().filter(|f| back(f)).count(), 1);
}

#[tokio::test]
async fn what_came_back_has_no_end_that_could_lie_in_the_past() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let author = world.seat(project, Role::Author).await;
    let reviewer = world.seat(project, Role::Reviewer).await;
    let platform = &world.platform;
    let held = platform.claim(&author.caller, author.engagement).await.unwrap();
    let hold = held.unwrap().assignment;
    let answer = json!({ "text": "answer" });
    platform
        .submit(&author.caller, author.engagement, hold, &answer, None)
        .await
        .unwrap();
    world.wait(3 * LEASE);
    let review = platform
        .claim_review(&reviewer.caller, reviewer.engagement)
        .await
        .unwrap()
        .unwrap();
    platform
        .judge(
            &reviewer.caller,
            reviewer.engagement,
            review.review,
            Opinion::new(Verdict::Return, Some("say why")),
        )
        .await
        .unwrap();
    let back = platform.claim(&author.caller, author.engagement).await.unwrap();
    let back = back.unwrap();
    assert!(back.rework.is_some());
    assert_eq!(back.until, None);
    let again = platform.reopen(&author.caller, author.engagement, hold).await;
    assert_eq!(again.unwrap().until, None);
}

#[tokio::test]
async fn the_time_that_a_halt_gave_back_is_shown() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let author = world.seat(project, Role::Author).await;
    let platform = &world.platform;
    let held = platform.claim(&author.caller, author.engagement).await.unwrap();
    let hold = held.unwrap().assignment;
    let end = world.now().plus_seconds(2 * LEASE);
    platform
        .halt(
            &world.operator,
            None,
            Scope::Lab(lab),
            HaltReason::Drill,
            Some(end),
        )
        .await
        .unwrap();
    world.wait(2 * LEASE + 5);
    for _ in 0..2 {
        let held = platform.claim(&author.caller, author.engagement).await.unwrap();
        let held = held.unwrap();
        assert_eq!(held.assignment, hold);
        assert_eq!(held.until, Some(end.plus_seconds(LEASE)));
    }
}

/// Whoever is away for longer than their lease finds their words again with the task, until it is handed in.
#[tokio::test]
async fn what_was_typed_before_time_ran_out_is_there_when_the_task_is_theirs_again() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let platform = &world.platform;
    let claim =
        async |seat: &crate::world::Seat| platform.claim(&seat.caller, seat.engagement).await.unwrap();
    let first = claim(&slow).await.unwrap();
    let words = json!({ "text": "half of it" });
    let keep = platform.save_draft(&slow.caller, slow.engagement, first.assignment, &words, Some(0));
    let saved = keep.await.unwrap();
    world.wait(LEASE + 1);
    let theirs = claim(&other).await.unwrap();
    assert!(theirs.draft.is_none(), "another's words");
    let back = platform.give_back(&other.caller, other.engagement, theirs.assignment, None);
    back.await.unwrap();
    let again = claim(&slow).await.unwrap();
    assert_ne!(again.assignment, first.assignment);
    let (kept, told) = again.draft.unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(kept.as_bytes()).unwrap(),
        words
    );
    assert_eq!((told.version, told.saved), (0, saved.saved));
    // They are on the ledger with the task.
    let released = world
        .ledger(lab)
        .await
        .into_iter()
        .rev()
        .find_map(|fact| match fact {
            Fact::TaskReleased { objects, .. } => Some(objects.len()),
            _ => None,
        });
    assert_eq!(released, Some(2));
    let more = json!({ "text": "nearly all of it" });
    let keep = platform.save_draft(&slow.caller, slow.engagement, again.assignment, &more, Some(0));
    assert_eq!(keep.await.unwrap().version, 1);
    let (kept, _) = claim(&slow).await.unwrap().draft.unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(kept.as_bytes()).unwrap(),
        more
    );
    let answer = json!({ "text": "all of it" });
    let submit = platform.submit(&slow.caller, slow.engagement, again.assignment, &answer, Some(1));
    submit.await.unwrap();
    let left = platform
        .gate()
        .store()
        .read(cofferdam_store::task::drafts)
        .await
        .unwrap();
    assert_eq!(left, [], "neither is kept");
}

async fn halt(world: &World, scope: Scope, until: Option<Timestamp>) -> HaltId {
    let stopped = world
        .platform
        .halt(&world.operator, None, scope, HaltReason::Drill, until);
    stopped.await.unwrap().halt.id
}

async fn resume(world: &World, halt: HaltId) {
    let resumed = world
        .platform
        .resume(&world.operator, None, halt, BTreeSet::new());
    resumed.await.unwrap();
}

/// Whose credential is halted can no more go on than whoever is halted otherwise. Once it is good for nothing their time runs, a
/// whole lease.
#[tokio::test]
async fn a_task_stays_with_whoever_is_stopped_by_their_credential() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    let hold = claim(&slow).await.unwrap().unwrap().assignment;
    let credential = slow.caller.credential();
    let halted = halt(&world, Scope::Credential(credential), None).await;
    world.wait(3 * LEASE);
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    resume(&world, halted).await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    let back = claim(&slow).await.unwrap().unwrap();
    assert_eq!(
        (back.assignment, back.until),
        (hold, Some(world.now().plus_seconds(1)))
    );
    halt(&world, Scope::Credential(credential), None).await;
    world.wait(LEASE);
    let revoked = world.platform.gate().revoke(&world.operator, credential);
    revoked.await.unwrap();
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    world.wait(2);
    assert!(
        claim(&other).await.unwrap().is_some(),
        "nobody will go on with it"
    );
}

/// An answer in a reviewer's hands is theirs while a halt keeps them from judging it, as a task is its author's.
#[tokio::test]
async fn an_answer_stays_with_a_reviewer_who_is_halted() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let author = world.seat(project, Role::Author).await;
    let (slow, other) = (
        world.seat(project, Role::Reviewer).await,
        world.seat(project, Role::Reviewer).await,
    );
    let claim = async |seat: &Seat| {
        let next = world.platform.claim_review(&seat.caller, seat.engagement).await;
        next.unwrap().map(|held| held.review)
    };
    let held = world.platform.claim(&author.caller, author.engagement).await;
    let hold = held.unwrap().unwrap().assignment;
    let words = json!({ "text": "answer" });
    let given = world
        .platform
        .submit(&author.caller, author.engagement, hold, &words, None);
    given.await.unwrap();
    let review = claim(&slow).await.unwrap();
    // Until further notice; looked for twice, each a lease and more later.
    let halted = halt(&world, Scope::Engagement(slow.engagement), None).await;
    for _ in 0..2 {
        world.wait(2_000);
        assert_eq!(claim(&other).await, None, "it went to somebody else");
    }
    resume(&world, halted).await;
    world.wait(1_799);
    assert_eq!(claim(&slow).await, Some(review));
    // Until a time: then for a lease.
    let end = world.now().plus_seconds(5_000);
    halt(&world, Scope::Project(project), Some(end)).await;
    world.wait(5_000 + 1_799);
    assert_eq!((claim(&other).await, claim(&slow).await), (None, Some(review)));
    world.wait(2);
    let theirs = claim(&other).await.unwrap();
    assert_ne!(theirs, review);
    let late = world.platform.judge(
        &slow.caller,
        slow.engagement,
        review,
        Opinion::new(Verdict::Accept, None),
    );
    assert!(late.await.is_err());
}

/// A halt that began while an earlier one kept a task in its holder's hands keeps it too, also if it is resumed.
#[tokio::test]
async fn one_halt_after_another_gives_nothing_away() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    let hold = claim(&slow).await.unwrap().unwrap().assignment;
    let end = world.now().plus_seconds(2 * LEASE);
    halt(&world, Scope::Project(project), Some(end)).await;
    // Their own time has ended, and the halt that keeps the task goes on: of the next each keeps it.
    world.wait(LEASE + 10);
    let of_person = halt(&world, Scope::Person(slow.caller.principal()), None).await;
    let of_lab = halt(&world, Scope::Lab(lab), None).await;
    world.wait(4 * LEASE);
    resume(&world, of_person).await;
    world.wait(2 * LEASE);
    resume(&world, of_lab).await;
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    let back = claim(&slow).await.unwrap().unwrap();
    assert_eq!(
        (back.assignment, back.until),
        (hold, Some(world.now().plus_seconds(1)))
    );
}

/// Whoever is engaged anew goes on under that, and is stopped by what concerns that.
#[tokio::test]
async fn who_is_engaged_anew_keeps_what_is_in_hand() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    claim(&slow).await.unwrap().unwrap();
    // Halted, ended, and engaged anew: a whole lease from then on.
    halt(&world, Scope::Engagement(slow.engagement), None).await;
    world.wait(2 * LEASE);
    let ended = world.platform.end_engagement(&world.operator, slow.engagement);
    ended.await.unwrap();
    let anew = world
        .engaged(project, slow.caller.principal(), Role::Author)
        .await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    // By the engagement itself, and by a credential that is good for that alone.
    let halted = halt(&world, Scope::Engagement(anew.engagement), None).await;
    world.wait(2 * LEASE);
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    resume(&world, halted).await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    world.wait(2);
    assert!(claim(&other).await.unwrap().is_some(), "kept for ever");
}

/// A credential's halt keeps its holder from going on until they are given another: then for a lease. What they had before stopped
/// them in nothing.
#[tokio::test]
async fn another_credential_ends_what_a_halt_of_one_keeps() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    let hold = claim(&slow).await.unwrap().unwrap().assignment;
    let token = async || {
        let issued = world
            .platform
            .issue_token(&world.operator, slow.engagement, "another", 90);
        issued.await.unwrap()
    };
    halt(&world, Scope::Credential(slow.caller.credential()), None).await;
    world.wait(2 * LEASE);
    let second = token().await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    let caller = world.platform.gate().authenticate(second.secret.expose());
    let by_second = Seat {
        caller: caller.await.unwrap(),
        engagement: slow.engagement,
    };
    let back = claim(&by_second).await.unwrap().unwrap();
    assert_eq!(
        (back.assignment, back.until),
        (hold, Some(world.now().plus_seconds(1)))
    );
    token().await;
    halt(&world, Scope::Credential(second.id), None).await;
    world.wait(2);
    assert!(claim(&other).await.unwrap().is_some(), "they might have gone on");
}

/// Whoever works on after a halt that came to its end by itself keeps what they have in hand by that, as everybody does.
#[tokio::test]
async fn a_heartbeat_prolongs_what_a_halt_gave_back() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    claim(&slow).await.unwrap().unwrap();
    let end = world.now().plus_seconds(LEASE + 10);
    halt(&world, Scope::Person(slow.caller.principal()), Some(end)).await;
    world.wait(LEASE + 10);
    let started = world.platform.start_timer(&slow.caller, slow.engagement);
    started.await.unwrap();
    for _ in 0..LEASE / 60 {
        world.wait(60);
        let beat = world.platform.beat_timer(&slow.caller, slow.engagement);
        beat.await.unwrap();
    }
    world.wait(60);
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
}

/// An answer in the hands of a reviewer whose engagement has ended is nobody's to keep, halted or not.
#[tokio::test]
async fn an_answer_does_not_stay_with_a_reviewer_who_is_gone() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let author = world.seat(project, Role::Author).await;
    let (gone, other) = (
        world.seat(project, Role::Reviewer).await,
        world.seat(project, Role::Reviewer).await,
    );
    let held = world.platform.claim(&author.caller, author.engagement).await;
    let hold = held.unwrap().unwrap().assignment;
    let words = json!({ "text": "answer" });
    let given = world
        .platform
        .submit(&author.caller, author.engagement, hold, &words, None);
    given.await.unwrap();
    let claim = async |seat: &Seat| world.platform.claim_review(&seat.caller, seat.engagement).await;
    claim(&gone).await.unwrap().unwrap();
    halt(&world, Scope::Person(gone.caller.principal()), None).await;
    world
        .platform
        .end_engagement(&world.operator, gone.engagement)
        .await
        .unwrap();
    world.wait(1_801);
    assert!(claim(&other).await.unwrap().is_some(), "nobody will judge it");
}

/// Of two credentials that are halted one after the other each keeps what the other does not.
#[tokio::test]
async fn with_every_credential_halted_nothing_is_given_away_until_one_is_back() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    let second = world
        .platform
        .issue_token(&world.operator, slow.engagement, "second", 90);
    let second = second.await.unwrap();
    let hold = claim(&slow).await.unwrap().unwrap().assignment;
    let first_ends = world.now().plus_seconds(3 * LEASE);
    halt(
        &world,
        Scope::Credential(slow.caller.credential()),
        Some(first_ends),
    )
    .await;
    world.wait(5);
    halt(&world, Scope::Credential(second.id), None).await;
    world.wait(3 * LEASE - 5);
    // From here on the first is good again.
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    assert_eq!(claim(&slow).await.unwrap().unwrap().assignment, hold);
    halt(&world, Scope::Credential(slow.caller.credential()), None).await;
    world.wait(2 * LEASE);
    assert!(claim(&other).await.unwrap().is_none(), "neither is good");
}

/// What was halted before somebody was engaged anew kept them until then, however often that was.
#[tokio::test]
async fn a_halt_of_the_engagement_before_kept_them_until_the_next() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    claim(&slow).await.unwrap().unwrap();
    let end = async |engagement| {
        let ended = world.platform.end_engagement(&world.operator, engagement);
        ended.await.unwrap();
    };
    let anew = async || {
        let person = slow.caller.principal();
        world.engaged(project, person, Role::Author).await
    };
    // The one credential, good for the first alone.
    halt(&world, Scope::Credential(slow.caller.credential()), None).await;
    world.wait(2 * LEASE);
    end(slow.engagement).await;
    let second = anew().await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    halt(&world, Scope::Engagement(second.engagement), None).await;
    world.wait(2 * LEASE);
    end(second.engagement).await;
    anew().await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    world.wait(2);
    assert!(claim(&other).await.unwrap().is_some(), "kept for ever");
}

/// Looked at while a reviewer's credential is halted, an answer is looked at again, and free when their time after it has passed; one of
/// a reviewer who is gone is free at once, whatever is resumed.
#[tokio::test]
async fn an_answer_is_kept_no_longer_than_its_reviewer_was() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 2).await;
    let author = world.seat(project, Role::Author).await;
    let (slow, other) = (
        world.seat(project, Role::Reviewer).await,
        world.seat(project, Role::Reviewer).await,
    );
    let claim = async |seat: &Seat| {
        let next = world.platform.claim_review(&seat.caller, seat.engagement).await;
        next.unwrap().map(|held| held.review)
    };
    let held = world.platform.claim(&author.caller, author.engagement).await;
    let hold = held.unwrap().unwrap().assignment;
    let words = json!({ "text": "answer" });
    let given = world
        .platform
        .submit(&author.caller, author.engagement, hold, &words, None);
    given.await.unwrap();
    let review = claim(&slow).await.unwrap();
    let halted = halt(&world, Scope::Credential(slow.caller.credential()), None).await;
    world.wait(2_000);
    assert_eq!(claim(&other).await, None);
    resume(&world, halted).await;
    world.wait(1_799);
    assert_eq!((claim(&other).await, claim(&slow).await), (None, Some(review)));
    world.wait(2);
    let review = claim(&other).await.unwrap();
    // Now theirs, who go while the project is halted.
    let halted = halt(&world, Scope::Project(project), None).await;
    let ended = world.platform.end_engagement(&world.operator, other.engagement);
    ended.await.unwrap();
    world.wait(1_700);
    resume(&world, halted).await;
    world.wait(101);
    let last = claim(&slow).await;
    assert!(
        last.is_some_and(|last| last != review),
        "somebody who is gone keeps it"
    );
}

/// What only opens sessions is revoked, and not halted: a halt would stop none of them.
#[tokio::test]
async fn a_login_link_is_not_halted() {
    let world = World::new().await;
    let person = world
        .person(cofferdam_store::principal::PrincipalKind::Person)
        .await;
    let gate = world.platform.gate();
    let link = gate.issue(&world.operator, CredentialKind::Link, person, None, "link", 600);
    let scope = Scope::Credential(link.await.unwrap().id);
    let refused = world
        .platform
        .halt(&world.operator, None, scope, HaltReason::Drill, None)
        .await;
    let told = refused.unwrap_err().to_string();
    assert!(told.contains("it opens sessions"), "{told}");
}

/// A halt that shuts no way when it begins is what keeps them when the other is good no more.
#[tokio::test]
async fn a_halt_keeps_them_from_when_the_other_way_is_gone() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    let second = world
        .platform
        .issue_token(&world.operator, slow.engagement, "second", 90);
    let second = second.await.unwrap();
    claim(&slow).await.unwrap().unwrap();
    let halted = halt(&world, Scope::Credential(second.id), None).await;
    world.wait(LEASE - 5);
    let first = slow.caller.credential();
    world
        .platform
        .gate()
        .revoke(&world.operator, first)
        .await
        .unwrap();
    world.wait(2 * LEASE);
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    resume(&world, halted).await;
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    world.wait(2);
    assert!(claim(&other).await.unwrap().is_some(), "kept for ever");
}

/// Another engagement for the same work is a way to what is in hand only once that by which they have it has ended.
#[tokio::test]
async fn another_live_engagement_is_no_way_to_what_is_in_hand() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    let hold = claim(&slow).await.unwrap().unwrap().assignment;
    let later = world.now().plus_seconds(90 * 86_400);
    let person = slow.caller.principal();
    let beside = world
        .engaged_until(project, person, Role::Author, Some(later))
        .await;
    let halted = halt(&world, Scope::Engagement(slow.engagement), None).await;
    world.wait(3 * LEASE);
    assert!(
        claim(&beside).await.unwrap().is_none(),
        "it is not theirs by this one"
    );
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    resume(&world, halted).await;
    let back = claim(&slow).await.unwrap().unwrap();
    assert_eq!(
        (back.assignment, back.until),
        (hold, Some(world.now().plus_seconds(LEASE)))
    );
    // Once it has ended, the other is: a whole lease from then on.
    halt(&world, Scope::Engagement(slow.engagement), None).await;
    world.wait(2 * LEASE);
    let ended = world.platform.end_engagement(&world.operator, slow.engagement);
    ended.await.unwrap();
    world.wait(LEASE - 1);
    assert!(claim(&other).await.unwrap().is_none(), "no whole lease");
    world.wait(2);
    assert!(claim(&other).await.unwrap().is_some(), "kept for ever");
}

/// Whoever is there again after a silence goes on, though the timer stopped meanwhile.
#[tokio::test]
async fn a_sign_of_life_after_a_silence_prolongs_too() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let (slow, other) = (
        world.seat(project, Role::Author).await,
        world.seat(project, Role::Author).await,
    );
    let claim = async |seat: &Seat| world.platform.claim(&seat.caller, seat.engagement).await;
    claim(&slow).await.unwrap().unwrap();
    let (who, under) = (&slow.caller, slow.engagement);
    world.platform.start_timer(who, under).await.unwrap();
    world.wait(LEASE - 10);
    world.platform.beat_timer(who, under).await.unwrap();
    world.wait(LEASE - 10);
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    world.platform.start_timer(who, under).await.unwrap();
    world.wait(LEASE - 10);
    assert!(claim(&other).await.unwrap().is_none(), "it went to somebody else");
    world.wait(20);
    assert!(claim(&other).await.unwrap().is_some());
}
