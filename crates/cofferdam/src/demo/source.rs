//! Where the demonstration's projects come from: the built-in sample, or files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cofferdam_work::import::{Import, ImportError, ImportOptions, ImportedTask, import};
use cofferdam_work::sample::PROJECTS;
use cofferdam_work::template::TemplateKind;

use super::book::Book;
use super::cast;
use crate::client::encoded;
use crate::fail::{Failure, Outcome, Problem, To, Wrong};
use crate::files;
use crate::table::counted;

/// One project to be.
pub(super) struct Source {
    /// Its name.
    pub(super) name: String,
    /// The kind of its template.
    pub(super) kind: TemplateKind,
    /// How many people answer each task.
    pub(super) overlap: usize,
    /// The guideline.
    pub(super) guideline: String,
    /// The files, as they are imported.
    pub(super) files: Vec<Vec<u8>>,
    /// How the server is told to read them: the query of an import.
    pub(super) query: String,
    /// How many tasks they hold.
    pub(super) tasks: u64,
    /// Whose answers they record.
    pub(super) annotators: Vec<String>,
    /// The answers.
    pub(super) book: Book,
    /// Tasks that are left for whoever logs in.
    pub(super) left_open: u64,
}

/// How files are to be read.
pub(super) struct Reading<'a> {
    /// The kind of template, where it is not to be detected.
    pub(super) kind: Option<TemplateKind>,
    /// Which columns fill which fields.
    pub(super) columns: &'a [(String, String)],
}

/// The built-in sample: three projects, some tasks of each left open.
pub(super) fn sample() -> Outcome<Vec<Source>> {
    let project = |sample: &cofferdam_work::sample::SampleProject| {
        let read = read(sample.tasks.as_bytes(), &ImportOptions::default()).to(sample.name)?;
        let files = vec![sample.tasks.as_bytes().to_vec()];
        let guideline = sample.guidelines.to_owned();
        let source = Source::new(sample.name.to_owned(), sample.kind, guideline, files, read.tasks);
        Ok(Source {
            left_open: source.tasks / 6,
            ..source
        })
    };
    PROJECTS.iter().map(project).collect()
}

/// Files: those of the same shape are one project.
pub(super) fn from_files(paths: &[PathBuf], reading: &Reading<'_>) -> Outcome<Vec<Source>> {
    let options = ImportOptions {
        kind: reading.kind,
        columns: reading.columns.to_vec(),
        ..ImportOptions::default()
    };
    let mut groups: Vec<(Shape, Group)> = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        if paths[..index].iter().any(|other| is_same(path, other)) {
            let told = format!("{} is given twice; leave one out", path.display());
            return Err(Failure::new(told));
        }
        let bytes = files::bytes(path)?;
        let read = read(&bytes, &options).map_err(|failure| failure.about(path.display()))?;
        let shape = (read.template_kind, read.mapping.columns.clone());
        let group = match groups.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, group)) => group,
            None => {
                groups.push((shape, Group::default()));
                let Some((_, group)) = groups.last_mut() else {
                    continue;
                };
                group
            }
        };
        group.names.push(stem(path));
        group.files.push(bytes);
        group.tasks.extend(read.tasks);
    }
    let mut sources: Vec<Source> = Vec::new();
    for ((kind, _), group) in groups {
        let mut name = group.name();
        while sources.iter().any(|source| source.name == name) {
            name.push_str(&format!(" {kind}"));
        }
        let source = Source::new(
            name,
            kind,
            cast::guideline(kind).to_owned(),
            group.files,
            group.tasks,
        );
        sources.push(Source {
            query: query(reading.columns),
            ..source
        });
    }
    Ok(sources)
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

type Shape = (TemplateKind, BTreeMap<String, Vec<String>>);

#[derive(Default)]
struct Group {
    names: Vec<String>,
    files: Vec<Vec<u8>>,
    tasks: Vec<ImportedTask>,
}

impl Group {
    /// What the names have in common, or the first one.
    fn name(&self) -> String {
        let Some((first, rest)) = self.names.split_first() else {
            return "Tasks".to_owned();
        };
        let common = |name: &String| {
            first
                .chars()
                .zip(name.chars())
                .take_while(|(a, b)| a == b)
                .count()
        };
        let length = rest.iter().map(common).min().unwrap_or(usize::MAX);
        let shared: String = first.chars().take(length).collect();
        let shared = shared.trim_end_matches(|c: char| !c.is_alphanumeric());
        if shared.is_empty() {
            first.clone()
        } else {
            shared.to_owned()
        }
    }
}

impl Source {
    fn new(
        name: String,
        kind: TemplateKind,
        guideline: String,
        files: Vec<Vec<u8>>,
        tasks: Vec<ImportedTask>,
    ) -> Self {
        let overlap = tasks
            .iter()
            .map(|task| task.recorded_answers.len())
            .max()
            .unwrap_or(1)
            .max(1);
        let named = tasks
            .iter()
            .flat_map(|task| task.recorded_answers.iter().map(|a| a.annotator.clone()));
        let mut annotators: Vec<String> = named.collect();
        annotators.sort_unstable();
        annotators.dedup();
        if annotators.is_empty() {
            annotators = cast::SIMULATED.map(str::to_owned).to_vec();
        }
        let book = Book::of(kind, &tasks, overlap);
        let tasks = tasks.len() as u64;
        let query = String::new();
        Self {
            name,
            kind,
            overlap,
            guideline,
            files,
            query,
            tasks,
            annotators,
            book,
            left_open: 0,
        }
    }
}

fn read(bytes: &[u8], options: &ImportOptions) -> Outcome<Import> {
    import(bytes, options).map_err(|error| match error {
        ImportError::Rows(rows) => {
            let text = counted(rows.total, "error");
            let text = format!("{text}; mend the rows listed, or say with --map which column is which");
            let lines = rows.listed.iter().map(ToString::to_string).collect();
            let errors = rows.listed.into_iter().map(|e| Wrong {
                row: Some(e.row),
                line: Some(e.line),
                field: e.field.unwrap_or_default(),
                reason: e.reason,
                hint: e.hint,
            });
            Failure::new(text).with(lines).told(Problem {
                errors: errors.collect(),
                ..Problem::default()
            })
        }
        other => Failure::new(other.to_string()),
    })
}

/// Files of one shape may ask the same: they were all named, so all of them is meant.
fn query(columns: &[(String, String)]) -> String {
    let pairs: Vec<String> = columns
        .iter()
        .map(|(field, column)| format!("{field}={column}"))
        .collect();
    if pairs.is_empty() {
        "?again=true".to_owned()
    } else {
        format!("?again=true&mapping={}", encoded(&pairs.join(",")))
    }
}

fn stem(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let clean: String = stem.chars().filter(|c| !c.is_control()).take(80).collect();
    if clean.trim().is_empty() {
        "Tasks".to_owned()
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_called_what_its_files_have_in_common() {
        let name = |names: &[&str]| {
            Group {
                names: names.iter().map(|n| (*n).to_owned()).collect(),
                ..Group::default()
            }
            .name()
        };
        assert_eq!(name(&["ACE-DIY", "ACE-Food", "ACE-Gaming"]), "ACE");
        assert_eq!(name(&["testset-v1"]), "testset-v1");
        assert_eq!(name(&["one", "two"]), "one");
    }

    #[test]
    fn the_sample_leaves_work_for_whoever_logs_in() {
        let sources = sample().unwrap();
        let shape: Vec<(u64, usize, u64)> = sources
            .iter()
            .map(|s| (s.tasks, s.overlap, s.left_open))
            .collect();
        assert_eq!(shape, [(24, 3, 4), (12, 1, 2), (16, 1, 2)]);
    }
}
