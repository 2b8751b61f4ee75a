//! Work written for this project, so that an installation can be shown without anybody's data: three projects with
//! guidelines, tasks and answers as contractors might give them. The people, firms and places do not exist.

use crate::template::TemplateKind;

/// One project to show.
#[derive(Clone, Copy, Debug)]
pub struct SampleProject {
    /// Its name.
    pub name: &'static str,
    /// The kind of its template, which is the built-in one.
    pub kind: TemplateKind,
    /// Its guidelines, in Markdown.
    pub guidelines: &'static str,
    /// Its tasks, as a JSONL file to [import](crate::import); every task has recorded answers.
    pub tasks: &'static str,
}

/// The three projects: a preference with three annotators to each task, rubrics, and demonstrations.
pub const PROJECTS: [SampleProject; 3] = [
    SampleProject {
        name: "Support replies",
        kind: TemplateKind::PairwisePreference,
        guidelines: include_str!("../sample/support-replies.md"),
        tasks: include_str!("../sample/support-replies.jsonl"),
    },
    SampleProject {
        name: "Answer rubrics",
        kind: TemplateKind::Rubric,
        guidelines: include_str!("../sample/answer-rubrics.md"),
        tasks: include_str!("../sample/answer-rubrics.jsonl"),
    },
    SampleProject {
        name: "Worked help",
        kind: TemplateKind::Chat,
        guidelines: include_str!("../sample/worked-help.md"),
        tasks: include_str!("../sample/worked-help.jsonl"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::{Ratings, cohen_pairs};
    use crate::formats::{DeliveryFormat, LeftOut, Resolved, Tally, resolve, write};
    use crate::import::{Import, ImportOptions, import};

    fn read(project: &SampleProject) -> Import {
        import(project.tasks.as_bytes(), &ImportOptions::default()).unwrap()
    }

    #[test]
    fn every_project_imports_without_being_told_how() {
        let counts: Vec<(TemplateKind, usize)> = PROJECTS
            .iter()
            .map(|project| (read(project).template_kind, read(project).tasks.len()))
            .collect();
        assert_eq!(
            counts,
            [
                (TemplateKind::PairwisePreference, 24),
                (TemplateKind::Rubric, 12),
                (TemplateKind::Chat, 16)
            ]
        );
        for project in &PROJECTS {
            assert_eq!(read(project).template_kind, project.kind);
            assert!(read(project).mapping.unused.is_empty(), "{}", project.name);
            let words = project.guidelines.split_whitespace().count();
            assert!((300..=500).contains(&words), "{}: {words} words", project.name);
        }
    }

    #[test]
    fn the_simulated_annotators_agree_well_but_not_wholly() {
        let mut ratings = Ratings::new();
        for task in read(&PROJECTS[0]).tasks {
            assert_eq!(task.recorded_answers.len(), 3);
            for recorded in &task.recorded_answers {
                let choice = recorded.answer["choice"].as_str().unwrap();
                ratings
                    .add(task.external_id.as_deref().unwrap(), &recorded.annotator, choice)
                    .unwrap();
            }
        }
        for pair in cohen_pairs(&ratings) {
            let kappa = pair.result.unwrap().kappa;
            assert!(
                (0.5..0.8).contains(&kappa),
                "{} and {}: {kappa}",
                pair.first,
                pair.second
            );
        }
    }

    #[test]
    fn every_task_is_delivered_or_left_out_with_a_reason() {
        let mut outcomes = Vec::new();
        for project in &PROJECTS {
            let mut tally = Tally::default();
            for task in read(project).tasks {
                let answers: Vec<_> = task
                    .recorded_answers
                    .into_iter()
                    .map(|recorded| recorded.answer)
                    .collect();
                tally.count(&resolve(project.kind, &answers).and_then(|answer| {
                    let external_id = task.external_id.as_deref();
                    let resolved = Resolved {
                        kind: project.kind,
                        external_id,
                        input: &task.input,
                        answer: &answer,
                    };
                    write(DeliveryFormat::usual(project.kind), &resolved)
                }));
            }
            outcomes.push((tally.rows, tally.left_out.into_iter().collect::<Vec<_>>()));
        }
        let uneven = vec![(LeftOut::Tie, 1), (LeftOut::NoMajority, 1)];
        assert_eq!(outcomes, [(22, uneven), (12, Vec::new()), (16, Vec::new())]);
    }
}
