//! Exports: a project's tasks and answers as a recorded stream that a halt cuts.

use std::convert::Infallible;

use cofferdam_custody::{Caller, GateError, LeaseReason, Secrets, Selection, Standing, Stream};
use cofferdam_model::{Act, EngagementId, ObjectRef, ProjectId, Pseudonym, Purpose, SubmissionId, TaskId};
use cofferdam_store::Tx;
use serde_json::{Value, json};

use super::answered::{answered, kept};
use super::{Platform, WorkError};

/// What a streamed object is to the export.
pub(crate) enum Part {
    Input {
        task: TaskId,
    },
    Answer {
        submission: SubmissionId,
        author: Pseudonym,
        state: &'static str,
    },
    /// The answer before it, as its reviewer left it.
    Amended,
}

/// A project on its way out, a line a task.
pub struct Export {
    stream: Stream<Part>,
    current: Option<Value>,
}

fn select(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    standing: Standing,
    project: ProjectId,
) -> Result<Vec<(Part, ObjectRef)>, GateError<Infallible>> {
    let mut items = Vec::new();
    for answered in answered(tx.reader(), secrets, standing, project)? {
        let task = answered.task.id;
        items.push((Part::Input { task }, kept(tx.reader(), answered.task.input, 1)?));
        for given in answered.given {
            let part = Part::Answer {
                submission: given.row.id,
                author: given.author,
                state: given.row.state.name(),
            };
            items.push((part, kept(tx.reader(), given.row.answer, given.row.version)?));
            if let Some(amended) = given.amended {
                items.push((Part::Amended, kept(tx.reader(), amended.object, amended.version)?));
            }
        }
    }
    Ok(items)
}

impl Export {
    /// The next line, with its line feed; none at the end. A halt is an error, and final.
    pub async fn next_line(&mut self) -> Option<Result<Vec<u8>, WorkError>> {
        while let Some(item) = self.stream.next().await {
            let item = match item {
                Ok(item) => item,
                Err(error) => return Some(Err(error.into())),
            };
            let Ok(value) = serde_json::from_slice::<Value>(&item.plaintext) else {
                return Some(Err(WorkError::Failed("a sealed object is not JSON".into())));
            };
            match item.about {
                Part::Input { task } => {
                    let next = json!({
                        "task": task, "id": value["id"], "input": value["input"], "submissions": []
                    });
                    if let Some(done) = self.current.replace(next) {
                        return Some(line(&done));
                    }
                }
                Part::Answer {
                    submission,
                    author,
                    state,
                } => {
                    let answer = json!({ "submission": submission, "author": author, "state": state, "answer": value });
                    if let Some(list) = self.submissions() {
                        list.push(answer);
                    }
                }
                Part::Amended => {
                    if let Some(last) = self.submissions().and_then(|list| list.last_mut()) {
                        last["amended"] = value;
                    }
                }
            }
        }
        self.current.take().map(|last| line(&last))
    }

    /// Those of the task whose line is being put together.
    fn submissions(&mut self) -> Option<&mut Vec<Value>> {
        self.current.as_mut()?["submissions"].as_array_mut()
    }

    /// Whether it may go on; what ended it, as it is told.
    pub fn goes_on(&self) -> Result<(), WorkError> {
        Ok(self.stream.goes_on()?)
    }

    /// It was cut within a line.
    pub fn cut(&mut self) {
        self.stream.cut();
    }

    /// Waits until something changed that might cut it.
    pub async fn changed(&mut self) {
        self.stream.changed().await;
    }

    /// Ends it, and waits until its end is recorded.
    pub async fn finish(self) -> Result<(), WorkError> {
        Ok(self.stream.finish().await?)
    }
}

fn line(value: &Value) -> Result<Vec<u8>, WorkError> {
    let mut bytes = serde_json::to_vec(value).map_err(|e| WorkError::Failed(e.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Platform {
    /// Begins to read a whole project.
    pub async fn export(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
    ) -> Result<Export, WorkError> {
        let (act, purpose, reason) = (Act::Export, Purpose::Export, LeaseReason::Job);
        let row = self.project_under(caller, engagement, act, project).await?;
        let project = row.id;
        self.admitted(caller, engagement, act, Some(project)).await?;
        let standing = self.gate.standing(&row).await?;
        let gate = self.gate.clone();
        let items = Box::new(move |tx: &mut Tx<'_>| select(tx, gate.secrets(), standing, project));
        let selection = Selection {
            act,
            project,
            purpose,
            reason,
            items,
        };
        let stream = self.gate.stream(caller, engagement, selection).await?;
        Ok(Export {
            stream,
            current: None,
        })
    }
}
