//! Questions: what the guideline does not say, asked once and answered once for all who work on a project.
//!
//! A question is a remark that begins a thread. Whoever asked sees it, and whoever answers; once somebody answered, everybody sees it who
//! may read the guideline. Who they are is not said, only in what capacity they speak.

use std::collections::HashMap;

use cofferdam_custody::{Again, Caller, Command, Done, GateError, ObjectKind, Plaintext, Scope, Sealed};
use cofferdam_model::admit::permits;
use cofferdam_model::{
    Act, AssignmentId, EngagementId, Fact, ObjectId, ProjectId, Pseudonym, RemarkId, Role, TaskId, Timestamp,
};
use cofferdam_store::remark::{self, RemarkRow};
use serde::{Deserialize, Serialize};

use super::guidelines::{project_of, reference};
use super::queue::own;
use super::{Platform, WorkError};
use crate::blank::is_blank;

const MOST_WORDS_BYTES: usize = 16 << 10;
/// What is said to one question.
const MOST_REMARKS: usize = 100;
/// Questions on a page.
pub const MOST_QUESTIONS: u32 = 50;
/// What is said on a page in all, where one question alone has not more: each is read, and counts towards a budget.
const MOST_ON_PAGE: usize = 100;
/// Pages that are looked through for questions that one may see.
const MOST_PAGES: u32 = 20;

/// That something was asked, or said.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Remarked {
    /// The remark; of a question its id.
    pub remark: RemarkId,
    /// When.
    pub said: Timestamp,
}

/// Something that was said.
#[derive(Debug)]
pub struct Remark {
    /// Its id.
    pub id: RemarkId,
    /// Whether the reader said it.
    pub own: bool,
    /// In what capacity it was said.
    pub role: Role,
    /// When.
    pub said: Timestamp,
    /// The words.
    pub words: Plaintext,
}

/// A question, and what was said to it.
#[derive(Debug)]
pub struct Question {
    /// The question.
    pub asked: Remark,
    /// The task that it is about, if it is about one.
    pub task: Option<TaskId>,
    /// Whether it says that the task is broken.
    pub broken: bool,
    /// Whether somebody else than whoever asked said something to it.
    pub answered: bool,
    /// What was said to it, the oldest first.
    pub remarks: Vec<Remark>,
}

struct Ask {
    words: Sealed,
    about: Option<AssignmentId>,
    broken: bool,
}

impl Command for Ask {
    type Output = Remarked;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("ask"));

    fn act(&self) -> Act {
        Act::Ask
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Remarked>, GateError<WorkError>> {
        let project = scope.engagement.project().ok_or(WorkError::NotFound("project"))?;
        project_of(scope, project)?;
        let task = match self.about {
            Some(hold) => Some(own(scope, hold)?.0.task),
            None => None,
        };
        let words = self.words.reference();
        let row = written(scope, project, (None, task, self.broken), words.object)?;
        scope.put(&self.words)?;
        remark::insert(scope.tx, &row)?;
        let fact = Fact::QuestionAsked {
            remark: row.id,
            project,
            task,
            broken: self.broken,
            words,
        };
        Ok(Done::one(remarked(&row), fact))
    }
}

fn written(
    scope: &Scope<'_, '_>,
    project: ProjectId,
    (question, task, broken): (Option<RemarkId>, Option<TaskId>, bool),
    words: ObjectId,
) -> Result<RemarkRow, GateError<WorkError>> {
    Ok(scope.secrets.bound(RemarkRow {
        id: scope.env.new_id()?,
        question,
        project,
        task,
        broken,
        engagement: scope.engagement.id,
        words,
        said: scope.now,
    }))
}

const fn remarked(row: &RemarkRow) -> Remarked {
    Remarked {
        remark: row.id,
        said: row.said,
    }
}

struct SayTo {
    project: ProjectId,
    question: RemarkId,
    /// What it takes: to go on with what one asked, or to answer others.
    act: Act,
    words: Sealed,
}

impl Command for SayTo {
    type Output = Remarked;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("say-to-question"));

    fn act(&self) -> Act {
        self.act
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Remarked>, GateError<WorkError>> {
        let project = self.project;
        let asked = remark::get(scope.tx.reader(), self.question)?;
        let asked = asked.filter(|row| row.question.is_none() && row.project == project);
        let asked = asked.ok_or(WorkError::NotFound("question"))?;
        scope.secrets.check(&asked)?;
        if self.act == Act::Ask && !is_own(scope, &asked)? {
            return Err(WorkError::NotFound("question").into());
        }
        if remark::said_to(scope.tx.reader(), asked.id)?.len() >= MOST_REMARKS {
            let text = format!("{MOST_REMARKS} remarks were made to this question; ask a new one");
            return Err(WorkError::Conflict(text).into());
        }
        let words = self.words.reference();
        let row = written(scope, project, (Some(asked.id), None, false), words.object)?;
        scope.put(&self.words)?;
        remark::insert(scope.tx, &row)?;
        let fact = Fact::QuestionAnswered {
            remark: row.id,
            question: asked.id,
            project,
            words,
        };
        Ok(Done::one(remarked(&row), fact))
    }
}

/// Whether the caller said it: under this engagement, or an earlier one of theirs.
fn is_own(scope: &Scope<'_, '_>, row: &RemarkRow) -> Result<bool, GateError<WorkError>> {
    let authority = scope.authority()?;
    let said = authority.engagement(row.engagement);
    Ok(said.is_some_and(|said| said.pseudonym == scope.engagement.pseudonym))
}

struct ReadQuestions {
    project: ProjectId,
    after: (Timestamp, RemarkId),
    limit: u32,
}

/// A remark, in what capacity it was said, whether by the reader, and by whom.
type Shown = (RemarkRow, Role, bool, Pseudonym);

/// A question, and what was said to it.
type Thread = (Shown, Vec<Shown>);

/// Questions; and after which the next page begins, if there is one.
type Threads = (Vec<Thread>, Option<(Timestamp, RemarkId)>);

impl Command for ReadQuestions {
    type Output = Threads;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::ReadGuideline
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Threads>, GateError<WorkError>> {
        project_of(scope, self.project)?;
        let output = self.threads(scope)?;
        let mut objects = Vec::new();
        for (asked, said) in &output.0 {
            for (row, ..) in std::iter::once(asked).chain(said) {
                objects.push(reference(scope.tx, row.words, 1, ObjectKind::Remark)?);
            }
        }
        if objects.is_empty() {
            return Ok(Done::quiet(output));
        }
        let project = self.project;
        Ok(Done::one(output, Fact::ObjectsReleased { project, objects }))
    }
}

impl ReadQuestions {
    fn threads(&self, scope: &mut Scope<'_, '_>) -> Result<Threads, GateError<WorkError>> {
        let (project, limit) = (self.project, self.limit);
        let (mut threads, mut remarks, mut after) = (Vec::new(), 0, self.after);
        for _ in 0..MOST_PAGES {
            let asked = remark::questions(scope.tx.reader(), project, after, limit)?;
            let mut said: HashMap<_, Vec<_>> = HashMap::new();
            for row in remark::said_to_questions(scope.tx.reader(), project, after, limit)? {
                said.entry(row.question).or_default().push(row);
            }
            let last = asked.len() < limit as usize;
            for row in asked {
                let place = (row.said, row.id);
                let said = said.remove(&Some(row.id)).unwrap_or_default();
                if let Some(thread) = thread(scope, row, said)? {
                    remarks += 1 + thread.1.len();
                    let full = threads.len() == limit as usize || remarks > MOST_ON_PAGE;
                    if full && !threads.is_empty() {
                        return Ok((threads, Some(after)));
                    }
                    threads.push(thread);
                }
                after = place;
            }
            if last {
                return Ok((threads, None));
            }
        }
        Ok((threads, Some(after)))
    }
}

/// A question and what was said to it, if the caller may see it.
fn thread(
    scope: &Scope<'_, '_>,
    asked: RemarkRow,
    said: Vec<RemarkRow>,
) -> Result<Option<Thread>, GateError<WorkError>> {
    let said: Vec<Shown> = said
        .into_iter()
        .map(|row| shown(scope, row))
        .collect::<Result<_, _>>()?;
    let asked = shown(scope, asked)?;
    let visible = is_answered(&asked, &said) || asked.2 || permits(scope.engagement, Act::AnswerQuestion);
    Ok(visible.then_some((asked, said)))
}

fn is_answered(asked: &Shown, said: &[Shown]) -> bool {
    said.iter().any(|(.., who)| *who != asked.3)
}

fn shown(scope: &Scope<'_, '_>, row: RemarkRow) -> Result<Shown, GateError<WorkError>> {
    scope.secrets.check(&row)?;
    let authority = scope.authority()?;
    let said = authority.engagement(row.engagement);
    let said = said.ok_or_else(|| WorkError::Failed("nobody was engaged who said this".into()))?;
    Ok((
        row,
        said.role,
        said.pseudonym == scope.engagement.pseudonym,
        said.pseudonym,
    ))
}

/// Refuses words that are none, or too many.
fn bounded(text: &str) -> Result<&str, WorkError> {
    let text = text.trim();
    if is_blank(text) || text.contains('\0') {
        return Err(WorkError::invalid(
            "/text",
            "say what it is about, in text without NUL",
        ));
    }
    match text.len() > MOST_WORDS_BYTES {
        true => Err(WorkError::invalid("/text", "at most 16 KiB are taken")),
        false => Ok(text),
    }
}

impl Platform {
    /// Asks what the guideline does not say; about a task that one has in hand, or about none. `broken` says that the task cannot be done as
    /// it is.
    pub async fn ask(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        text: &str,
        about: Option<AssignmentId>,
        broken: bool,
    ) -> Result<Remarked, WorkError> {
        let text = bounded(text)?;
        if broken && about.is_none() {
            return Err(WorkError::invalid(
                "/assignment",
                "say which task is broken: one that you have in hand",
            ));
        }
        let project = self.project_under(caller, engagement, Act::Ask, None).await?;
        let (id, kind) = (self.fresh()?, ObjectKind::Remark);
        let words = self
            .gate
            .seal(project.lab, project.id, kind, id, 1, text.as_bytes());
        let command = Ask {
            words: words.await?,
            about,
            broken,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// Says something to a question: whoever answers to any, everybody else to their own.
    pub async fn say_to_question(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
        question: RemarkId,
        text: &str,
    ) -> Result<Remarked, WorkError> {
        let text = bounded(text)?;
        let granted = self.gate.engagement(engagement).await?;
        let answers = granted.is_some_and(|(granted, _)| permits(&granted, Act::AnswerQuestion));
        let act = if answers { Act::AnswerQuestion } else { Act::Ask };
        let project = self.project_under(caller, engagement, act, project).await?;
        let (id, kind) = (self.fresh()?, ObjectKind::Remark);
        let words = self
            .gate
            .seal(project.lab, project.id, kind, id, 1, text.as_bytes());
        let command = SayTo {
            project: project.id,
            question,
            act,
            words: words.await?,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// A page of a project's questions, the newest first, and after which the next one begins. It is read, and recorded as that.
    pub async fn questions(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
        after: Option<(Timestamp, RemarkId)>,
        limit: u32,
    ) -> Result<(Vec<Question>, Option<(Timestamp, RemarkId)>), WorkError> {
        let act = Act::ReadGuideline;
        let project = self.project_under(caller, engagement, act, project).await?.id;
        let last = (
            Timestamp::from_micros(i64::MAX),
            cofferdam_model::Id::from_bytes([0xFF; 16]),
        );
        let command = ReadQuestions {
            project,
            after: after.unwrap_or(last),
            limit: limit.min(MOST_QUESTIONS),
        };
        let released = self.gate.transact(caller, engagement, command).await?;
        let (threads, next) = released.output;
        let mut words = released.plaintexts.into_iter();
        let mut remark = |(row, role, own, _): Shown| {
            let words = words.next();
            let words =
                words.ok_or_else(|| WorkError::Failed("fewer objects were released than recorded".into()))?;
            Ok::<_, WorkError>(Remark {
                id: row.id,
                own,
                role,
                said: row.said,
                words,
            })
        };
        let mut questions = Vec::new();
        for (asked, said) in threads {
            let (task, broken) = (asked.0.task, asked.0.broken);
            let answered = is_answered(&asked, &said);
            questions.push(Question {
                asked: remark(asked)?,
                task,
                broken,
                answered,
                remarks: said.into_iter().map(&mut remark).collect::<Result<_, _>>()?,
            });
        }
        Ok((questions, next))
    }
}
