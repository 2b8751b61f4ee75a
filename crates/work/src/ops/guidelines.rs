//! Guidelines and templates: what those who work must know.

use std::sync::Arc;

use cofferdam_custody::{Caller, Command, Done, GateError, Integrity, ObjectKind, Scope, Sealed};
use cofferdam_model::{Act, EngagementId, Fact, ObjectRef, ProjectId, Refusal};
use cofferdam_store::project::{self, ProjectRow};
use cofferdam_store::{Tx, object};

use super::jobs::DELIVERY;
use super::{Platform, WorkError};
use crate::template::Template;

const MOST_GUIDELINE_BYTES: usize = 1 << 20;

/// What those who work on a project must know.
#[derive(Debug, Clone)]
pub struct Guideline {
    /// The project.
    pub project: ProjectRow,
    /// The guideline's text, if there is one.
    pub markdown: Option<String>,
    /// The template document.
    pub template: String,
}

pub(super) fn project_of(
    scope: &mut Scope<'_, '_>,
    id: ProjectId,
) -> Result<ProjectRow, GateError<WorkError>> {
    let row = project::get(scope.tx.reader(), id)?.ok_or(WorkError::NotFound("project"))?;
    scope.secrets.check(&row)?;
    Ok(row)
}

/// An object that a row names, if it is of the kind that belongs there: a row made to name another shows nobody what
/// was written for others.
pub(super) fn reference(
    tx: &mut Tx<'_>,
    id: cofferdam_model::ObjectId,
    version: u32,
    kind: ObjectKind,
) -> Result<ObjectRef, GateError<WorkError>> {
    let found = object::reference_of(tx.reader(), id, version, kind.code())?;
    let missing = || {
        let what = format!("object {id} version {version}");
        Integrity::of(what, format!("it is missing, or not of the kind {kind:?}"))
    };
    found.ok_or_else(|| missing().into())
}

struct ReadGuideline(ProjectId);

impl Command for ReadGuideline {
    type Output = (ProjectRow, bool);
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::ReadGuideline
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.0)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        let row = project_of(scope, self.0)?;
        scope.check_guideline(&row)?;
        let mut objects = vec![reference(scope.tx, row.template, 1, ObjectKind::Template)?];
        if let Some(guideline) = row.guideline {
            let (version, kind) = (row.guideline_version, ObjectKind::Guideline);
            objects.push(reference(scope.tx, guideline, version, kind)?);
        }
        let output = (row, objects.len() == 2);
        Ok(Done::one(
            output,
            Fact::ObjectsReleased {
                project: self.0,
                objects,
            },
        ))
    }
}

struct WriteGuideline {
    project: ProjectId,
    sealed: Sealed,
}

impl Command for WriteGuideline {
    type Output = u32;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::WriteGuideline
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<u32>, GateError<WorkError>> {
        let row = project_of(scope, self.project)?;
        scope.check_guideline(&row)?;
        let guideline = self.sealed.reference();
        let next = (
            row.guideline.unwrap_or(guideline.object),
            row.guideline_version + 1,
        );
        if (guideline.object, guideline.version) != next {
            let text = "somebody else has set the guideline meanwhile; read it, and set it again";
            return Err(WorkError::Conflict(text.into()).into());
        }
        scope.put(&self.sealed)?;
        project::set_guideline(scope.tx, self.project, guideline.object, guideline.version)?;
        Ok(Done::one(
            guideline.version,
            Fact::GuidelineSet {
                project: self.project,
                guideline,
            },
        ))
    }
}

fn text(bytes: &[u8]) -> Result<String, WorkError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| WorkError::Failed("a sealed text is not UTF-8".into()))
}

impl Platform {
    /// The one project that an engagement is for; of a steward's, the one named. Whoever does not hold it is told
    /// what is told of one that is not there, and that is recorded.
    pub(super) async fn project_under(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        act: Act,
        named: Option<ProjectId>,
    ) -> Result<ProjectRow, WorkError> {
        if self.own_engagement(caller, engagement).await.is_err() {
            self.admitted(caller, engagement, act, named).await?;
        }
        let found = self.gate.engagement(engagement).await?;
        let (found, _) = found.ok_or(cofferdam_model::Refusal::NotEngaged)?;
        let id = named.or(found.project());
        let id = id.ok_or_else(|| {
            WorkError::invalid("project", "this engagement is for a whole lab: name a project")
        })?;
        let row = self.gate.store().read(move |r| project::get(r, id)).await?;
        // Nothing more is done of another lab's than of one that is not there.
        self.whole_project(row.filter(|row| row.lab == found.lab)).await
    }

    /// Reads the guideline and the template.
    pub async fn guideline(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
    ) -> Result<Guideline, WorkError> {
        let act = Act::ReadGuideline;
        let id = self.project_under(caller, engagement, act, project).await?.id;
        let released = self.gate.transact(caller, engagement, ReadGuideline(id)).await?;
        let (row, has_guideline) = released.output;
        let mut texts = released.plaintexts.iter().map(|p| text(p));
        let template = texts
            .next()
            .ok_or_else(|| WorkError::Failed("the template was not released".into()))??;
        let markdown = if has_guideline {
            texts.next().transpose()?
        } else {
            None
        };
        self.compiled(id, &template)?;
        Ok(Guideline {
            project: row,
            markdown,
            template,
        })
    }

    /// A project's template, compiled once in this process: whoever was shown it hands in by it, also while nothing more can be read.
    fn compiled(&self, project: ProjectId, text: &str) -> Result<Arc<Template>, WorkError> {
        if let Some(known) = self.cached_template(project) {
            return Ok(known);
        }
        let template = Template::kept(text).map_err(|e| WorkError::Failed(e.to_string()))?;
        let template = Arc::new(template);
        self.keep_template(project, Arc::clone(&template));
        Ok(template)
    }

    /// The project's template, compiled; read under `engagement` the first time this process needs it. Where that
    /// engagement's budget is used up it is read by the platform's own job: nothing of it goes to the caller, who must
    /// be able to hand in what they were given.
    pub(super) async fn template(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: ProjectId,
    ) -> Result<Arc<Template>, WorkError> {
        if let Some(known) = self.cached_template(project) {
            return Ok(known);
        }
        let read = match self.guideline(caller, engagement, Some(project)).await {
            Err(WorkError::Refused(
                spent @ (Refusal::BudgetSpent { .. } | Refusal::BudgetTooSmall { .. }),
            )) => {
                let (job, own) = self.job(DELIVERY, project).await?;
                match self.guideline(&job, own, Some(project)).await {
                    Err(WorkError::Refused(_)) => return Err(spent.into()),
                    read => read?,
                }
            }
            read => read?,
        };
        self.compiled(project, &read.template)
    }

    /// Sets the guideline; its new version.
    pub async fn set_guideline(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
        markdown: &str,
    ) -> Result<u32, WorkError> {
        if markdown.trim().is_empty() || markdown.len() > MOST_GUIDELINE_BYTES || markdown.contains('\0') {
            return Err(WorkError::invalid(
                "/markdown",
                "1 byte to 1 MiB of text without NUL is needed",
            ));
        }
        let act = Act::WriteGuideline;
        let row = self.project_under(caller, engagement, act, project).await?;
        let fresh = self.fresh()?;
        let (id, version) = (row.guideline.unwrap_or(fresh), row.guideline_version + 1);
        let kind = ObjectKind::Guideline;
        let sealed = self
            .gate
            .seal(row.lab, row.id, kind, id, version, markdown.as_bytes())
            .await?;
        self.admitted(caller, engagement, act, Some(row.id)).await?;
        let command = WriteGuideline {
            project: row.id,
            sealed,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }
}
