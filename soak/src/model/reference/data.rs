//! Guidelines, imports and exports.

use super::*;

/// A line of an export: the task's words, and each answer's words with its state.
pub(crate) type ExportedLine = (Option<Mark>, Vec<(Option<Mark>, SubmissionState)>);

/// What was read of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exported {
    /// Line by line; one that was cut is none.
    pub lines: Vec<ExportedLine>,
    /// Whether it came to its end.
    pub whole: bool,
    /// How many objects were sent, as the ledger says.
    pub sent: u64,
}

impl Model {
    fn template_parts(&self, project: usize) -> Vec<Part> {
        let found = &self.projects[project];
        let template = Part {
            object: Object::Template { project },
            version: 1,
            bytes: found.template_bytes,
            mark: None,
        };
        let guideline = found.guideline.map(|(version, bytes, mark)| Part {
            object: Object::Guideline { project },
            version,
            bytes,
            mark: Some(mark),
        });
        std::iter::once(template).chain(guideline).collect()
    }

    /// The service reads a project's template to check what came in, the first time since it was started: under the
    /// engagement that it came under, or by its own job where that one's budget is used up.
    pub(super) fn read_template(&mut self, who: Who, engagement: usize, project: usize) -> Result<(), Class> {
        if self.projects[project].known {
            return Ok(());
        }
        let (parts, asked) = (self.template_parts(project), Some(project));
        let by = match self.ask(who, engagement, Act::Guideline, asked, &parts) {
            Ok(()) => engagement,
            Err(Class::Budget) => {
                let (job, own) = self.job(project, Purpose::Delivery).ok_or(Class::Budget)?;
                let ruled = self.ask(job, own, Act::Guideline, asked, &parts);
                ruled.map_err(|_| Class::Budget)?;
                own
            }
            Err(class) => return Err(class),
        };
        self.projects[project].known = true;
        self.done(by, "objects-released", Released::Parts(parts));
        Ok(())
    }

    /// The guideline and the template are read; the guideline's words.
    pub(crate) fn guideline(
        &mut self,
        who: Who,
        engagement: usize,
        named: Option<usize>,
        said: Said<(u32, Option<Mark>)>,
    ) -> Check {
        let ruled = self.recognised(who);
        let ruled = ruled.and_then(|()| self.project_under(who, engagement, Act::Guideline, named));
        let ruled = ruled.and_then(|project| {
            let parts = self.template_parts(project);
            self.ask(who, engagement, Act::Guideline, Some(project), &parts)
                .map(|()| (project, parts))
        });
        match ruled {
            Err(class) => refused(&said, class),
            Ok((project, parts)) => {
                let found = self.projects[project].guideline;
                let expected = found.map_or((0, None), |(version, _, mark)| (version, Some(mark)));
                same("the guideline", &allowed(said)?, &expected)?;
                // What was shown is kept, to check by.
                self.projects[project].known = true;
                self.done(engagement, "objects-released", Released::Parts(parts));
                Ok(())
            }
        }
    }

    /// The guideline is set; its version.
    pub(crate) fn set_guideline(
        &mut self,
        who: Who,
        engagement: usize,
        named: Option<usize>,
        (mark, bytes): (Mark, u64),
        said: Said<u32>,
    ) -> Check {
        let act = Act::SetGuideline;
        let ruled = self.recognised(who);
        let ruled = ruled.and_then(|()| self.project_under(who, engagement, act, named));
        let ruled = ruled.and_then(|project| {
            self.ask(who, engagement, act, Some(project), &[])
                .map(|()| project)
        });
        match ruled {
            Err(class) => refused(&said, class),
            Ok(project) => {
                let version = self.projects[project]
                    .guideline
                    .map_or(0, |(version, ..)| version)
                    + 1;
                same("the guideline's version", &allowed(said)?, &version)?;
                self.projects[project].guideline = Some((version, bytes, mark));
                self.done(engagement, "guideline-set", Released::Nothing);
                Ok(())
            }
        }
    }

    /// Tasks come in: all of them, or, where `fits` is not so, none.
    pub(crate) fn import(
        &mut self,
        who: Who,
        engagement: usize,
        named: Option<usize>,
        (tasks, fits): (Vec<(Mark, u64)>, bool),
        said: Said<u64>,
    ) -> Check {
        let act = Act::Import;
        let ruled = self.recognised(who);
        // Whoever speaks for a whole lab and names no project is asked for one.
        let ruled = ruled.and_then(|()| match named {
            Some(_) => self.ask(who, engagement, act, named, &[]),
            None => Ok(()),
        });
        let ruled = ruled.and_then(|()| self.project_under(who, engagement, act, named));
        let ruled = ruled.and_then(|project| {
            self.ask(who, engagement, act, Some(project), &[])
                .map(|()| project)
        });
        let project = match ruled {
            Err(class) => return refused(&said, class),
            Ok(project) => project,
        };
        if let Err(class) = self.read_template(who, engagement, project) {
            return refused(&said, class);
        }
        if !fits {
            return refused(&said, Class::Invalid);
        }
        same("the number of tasks", &allowed(said)?, &(tasks.len() as u64))?;
        for (mark, bytes) in tasks {
            self.projects[project].tasks.push(self.tasks.len());
            let id = None;
            self.tasks.push(Task {
                project,
                id,
                mark,
                bytes,
            });
        }
        self.done(engagement, "tasks-imported", Released::Nothing);
        Ok(())
    }

    /// A project is read as a whole: every task in the order of the queue, with what was answered.
    pub(crate) fn export(
        &mut self,
        who: Who,
        engagement: usize,
        named: Option<usize>,
        said: Said<Exported>,
    ) -> Check {
        let act = Act::Export;
        let ruled = self.recognised(who);
        let ruled = ruled.and_then(|()| self.project_under(who, engagement, act, named));
        let ruled = ruled.and_then(|project| {
            let (parts, lines) = self.whole(project);
            self.ask(who, engagement, act, Some(project), &parts)
                .map(|()| (parts, lines))
        });
        let (parts, lines) = match ruled {
            Err(class) => return refused(&said, class),
            Ok(set) => set,
        };
        let said = allowed(said)?;
        let sent = said.lines.len();
        same(
            "the lines of the export",
            &said.lines.as_slice(),
            &lines.get(..sent).unwrap_or(&lines),
        )?;
        if said.whole {
            same("the length of the export", &sent, &lines.len())?;
        }
        let most = parts.len() as u64;
        let got: usize = said.lines.iter().map(|(_, answers)| 1 + answers.len()).sum();
        let least = if said.whole { most } else { got as u64 };
        if !(least..=most).contains(&said.sent) {
            return Err(format!("{} objects were sent, of {least} to {most}", said.sent));
        }
        self.done(engagement, "read-intended", Released::Set(parts));
        self.done(
            engagement,
            "read-completed",
            Released::Completed {
                sent: said.sent,
                most,
            },
        );
        Ok(())
    }

    fn whole(&self, project: usize) -> (Vec<Part>, Vec<ExportedLine>) {
        let (mut parts, mut lines) = (Vec::new(), Vec::new());
        for task in &self.projects[project].tasks {
            let answers = self.answers_to(*task);
            parts.push(self.input(*task));
            parts.extend(answers.iter().map(|s| self.answer(*s)));
            let shown = answers
                .iter()
                .map(|s| (self.answer(*s).mark, self.submissions[*s].state));
            lines.push((Some(self.tasks[*task].mark), shown.collect()));
        }
        (parts, lines)
    }
}
