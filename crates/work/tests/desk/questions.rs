//! Questions: asked once, answered once for all.

use cofferdam_model::{AssignmentId, Fact, Id, LabId, ProjectId, RemarkId, Role};
use cofferdam_work::ops::{Question, Remarked, WorkError};

use crate::world::{Seat, World};

struct Desk {
    world: World,
    lab: LabId,
    project: ProjectId,
    author: Seat,
    other: Seat,
    reviewer: Seat,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        let lab = world.lab("Lab").await;
        let project = world.project(lab, "Project", 2).await;
        let author = world.seat(project, Role::Author).await;
        let other = world.seat(project, Role::Author).await;
        let reviewer = world.seat(project, Role::Reviewer).await;
        Self {
            world,
            lab,
            project,
            author,
            other,
            reviewer,
        }
    }

    async fn ask(&self, seat: &Seat, text: &str, about: Option<AssignmentId>) -> Result<Remarked, WorkError> {
        self.world.wait(1);
        let (platform, broken) = (&self.world.platform, about.is_some());
        platform
            .ask(&seat.caller, seat.engagement, text, about, broken)
            .await
    }

    async fn say(&self, seat: &Seat, question: RemarkId, text: &str) -> Result<Remarked, WorkError> {
        self.world.wait(1);
        let platform = &self.world.platform;
        platform
            .say_to_question(&seat.caller, seat.engagement, None, question, text)
            .await
    }

    async fn seen(&self, seat: &Seat) -> Vec<Question> {
        let platform = &self.world.platform;
        let found = platform
            .questions(&seat.caller, seat.engagement, None, None, 50)
            .await;
        let (found, next) = found.unwrap();
        assert_eq!(next, None);
        found
    }

    async fn pages(&self, seat: &Seat, limit: u32) -> Vec<Vec<Question>> {
        let (platform, mut after, mut pages) = (&self.world.platform, None, Vec::new());
        loop {
            // An hour's budget is for less than all that may stand there.
            self.world.wait(3_600);
            let page = platform
                .questions(&seat.caller, seat.engagement, None, after, limit)
                .await;
            let (page, next) = page.unwrap();
            pages.push(page);
            match next {
                Some(next) => after = Some(next),
                None => return pages,
            }
        }
    }

    async fn texts(&self, seat: &Seat) -> Vec<String> {
        let text = |q: Question| String::from_utf8(q.asked.words.to_vec()).unwrap();
        self.seen(seat).await.into_iter().map(text).collect()
    }
}

#[tokio::test]
async fn a_question_is_its_askers_and_the_answerers_until_it_is_answered() {
    let desk = Desk::new().await;
    let asked = desk.ask(&desk.author, " Which units? ", None).await.unwrap();
    let none: [String; 0] = [];
    assert_eq!(desk.texts(&desk.author).await, ["Which units?"]);
    assert_eq!(desk.texts(&desk.reviewer).await, ["Which units?"]);
    assert_eq!(desk.texts(&desk.other).await, none);
    let foreign = desk.say(&desk.other, asked.remark, "I wonder too.").await;
    assert!(
        matches!(foreign, Err(WorkError::NotFound("question"))),
        "{foreign:?}"
    );
    desk.say(&desk.author, asked.remark, "Metres, or feet?")
        .await
        .unwrap();
    assert_eq!(
        desk.texts(&desk.other).await,
        none,
        "its asker's own words are no answer"
    );
    desk.say(&desk.reviewer, asked.remark, "Metres.").await.unwrap();

    let seen = desk.seen(&desk.other).await.remove(0);
    assert_eq!(
        (seen.asked.own, seen.asked.role, seen.broken),
        (false, Role::Author, false)
    );
    let said: Vec<_> = seen.remarks.iter().map(|r| (&*r.words, r.own, r.role)).collect();
    let expected: [(&[u8], bool, Role); 2] = [
        (b"Metres, or feet?", false, Role::Author),
        (b"Metres.", false, Role::Reviewer),
    ];
    assert_eq!(said, expected);
    let facts = desk.world.ledger(desk.lab).await;
    let last = facts.iter().rev().find_map(|fact| match fact {
        Fact::ObjectsReleased { objects, .. } => Some(objects.len()),
        _ => None,
    });
    assert_eq!(last, Some(3), "what was read is recorded");
    let health = desk.world.platform.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}

#[tokio::test]
async fn a_task_that_is_broken_is_one_in_hand() {
    let desk = Desk::new().await;
    let Seat { caller, engagement } = &desk.author;
    let platform = &desk.world.platform;
    let held = platform.claim(caller, *engagement).await.unwrap().unwrap();
    let none = platform
        .ask(caller, *engagement, "It is empty.", None, true)
        .await;
    assert!(matches!(none, Err(WorkError::Invalid { .. })), "{none:?}");
    let foreign = desk.ask(&desk.other, "It is empty.", Some(held.assignment)).await;
    assert!(matches!(foreign, Err(WorkError::NotFound(_))), "{foreign:?}");
    desk.ask(&desk.author, "It is empty.", Some(held.assignment))
        .await
        .unwrap();
    let seen = desk.seen(&desk.reviewer).await.remove(0);
    assert_eq!((seen.task, seen.broken), (Some(held.task), true));
}

#[tokio::test]
async fn words_that_are_none_or_too_many_are_refused() {
    let desk = Desk::new().await;
    let asked = desk.ask(&desk.author, "Which?", None).await.unwrap();
    for text in ["", " \n", "\u{200b}", "a\0b", &"a".repeat((16 << 10) + 1)] {
        let refused = desk.ask(&desk.author, text, None).await;
        assert!(matches!(refused, Err(WorkError::Invalid { .. })), "{refused:?}");
        let refused = desk.say(&desk.reviewer, asked.remark, text).await;
        assert!(matches!(refused, Err(WorkError::Invalid { .. })), "{refused:?}");
    }
    let unknown = desk
        .say(&desk.reviewer, RemarkId::from_bytes([7; 16]), "No.")
        .await;
    assert!(
        matches!(unknown, Err(WorkError::NotFound("question"))),
        "{unknown:?}"
    );
    let said = desk.say(&desk.reviewer, asked.remark, "This.").await.unwrap();
    let nested = desk.say(&desk.reviewer, said.remark, "No.").await;
    assert!(
        matches!(nested, Err(WorkError::NotFound("question"))),
        "a remark is no question: {nested:?}"
    );
}

#[tokio::test]
async fn questions_of_other_projects_are_not_seen() {
    let desk = Desk::new().await;
    let asked = desk.ask(&desk.author, "Which?", None).await.unwrap();
    let elsewhere = desk.world.project(desk.lab, "Another", 1).await;
    let reviewer = desk.world.seat(elsewhere, Role::Reviewer).await;
    assert!(desk.seen(&reviewer).await.is_empty());
    let foreign = desk.say(&reviewer, asked.remark, "This.").await;
    assert!(
        matches!(foreign, Err(WorkError::NotFound("question"))),
        "{foreign:?}"
    );
    let named = desk.world.platform.questions(
        &reviewer.caller,
        reviewer.engagement,
        Some(desk.project),
        None,
        50,
    );
    assert!(named.await.is_err());
}

#[tokio::test]
async fn pages_go_through_all_of_them() {
    let desk = Desk::new().await;
    for n in 0..7 {
        desk.ask(&desk.author, &format!("Question {n}?"), None)
            .await
            .unwrap();
        desk.ask(&desk.other, &format!("Another {n}?"), None)
            .await
            .unwrap();
    }
    for (seat, count) in [(&desk.author, 7), (&desk.reviewer, 14)] {
        let pages = desk.pages(seat, 3).await;
        let mut seen: Vec<_> = pages.iter().flatten().map(|q| q.asked.id).collect();
        let total = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((seen.len(), total), (count, count));
        assert!(pages.len() <= 6, "{}", pages.len());
    }
}

#[tokio::test]
async fn long_threads_are_read_on_several_pages() {
    // More remarks in all than somebody may read in an hour.
    const QUESTIONS: usize = 6;
    let desk = Desk::new().await;
    for _ in 0..QUESTIONS {
        let asked = desk.ask(&desk.author, "Which?", None).await.unwrap().remark;
        for n in 0..100 {
            desk.say(&desk.reviewer, asked, &format!("This, {n}."))
                .await
                .unwrap();
        }
        let full = desk.say(&desk.reviewer, asked, "And this.").await;
        assert!(matches!(full, Err(WorkError::Conflict(_))), "{full:?}");
    }
    let pages = desk.pages(&desk.other, 50).await;
    let seen: Vec<_> = pages.iter().flatten().map(|q| q.remarks.len()).collect();
    assert_eq!(seen, [100; QUESTIONS]);
    assert!(pages.len() > 1, "{}", pages.len());
}
