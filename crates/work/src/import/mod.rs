//! Import: files of other people's making become tasks, all of a file or nothing.
//!
//! Three formats ([`FileFormat`]), told from the first bytes; columns matched to a template's fields by name
//! ([`Mapping`]); every row checked against the template. Rows stream: a file is never held whole, except that
//! tasks over several rows wait for the last row. What a wrong file is answered with is in [`ImportError`].
//!
//! To import a large file all or nothing, read it twice: [`check`] first, then [`Tasks`]. A small one is held by
//! [`import`].

mod array;
mod bytes;
mod convert;
mod csv;
mod error;
mod held;
mod jsonl;
mod limits;
mod mapping;
mod numbers;
mod raw;
mod records;
mod tasks;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;

pub use error::{ImportError, RowError, RowErrors};
pub use limits::Limits;
pub(crate) use mapping::listed;
pub use mapping::{Mapping, MappingError};
pub use records::{FileFormat, UnknownFormat};
pub use tasks::Tasks;

use self::convert::EXPERT;
use crate::template::{Template, TemplateKind};

/// What the user says about a file; everything else is told from the file.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The file's format.
    pub format: Option<FileFormat>,
    /// The kind of template.
    pub kind: Option<TemplateKind>,
    /// The project's own template, where it is not the built-in one of its kind.
    pub template: Option<Arc<Template>>,
    /// `field=column` pairs; see [`parse_pair`].
    pub columns: Vec<(String, String)>,
    /// Bounds.
    pub limits: Limits,
}

/// One task read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedTask {
    /// The row (the first of several), from 1.
    pub row: u64,
    /// The line at which that row starts, from 1.
    pub line: u64,
    /// The lab's own name for the task. A lab's words: sealed, and compared by keyed hash.
    pub external_id: Option<String>,
    /// The input, as the template's schema has it.
    pub input: Value,
    /// Answers that the file brings along.
    pub recorded_answers: Vec<RecordedAnswer>,
}

/// An answer that was given before the import.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedAnswer {
    /// Who gave it: a column's name (`annotator1`), a name in the file, `expert`, or `reference`.
    pub annotator: String,
    /// The answer, as the template's schema has it.
    pub answer: Value,
}

/// A whole file, read and checked.
#[derive(Debug)]
pub struct Import {
    /// The kind of the tasks.
    pub template_kind: TemplateKind,
    /// How the columns were read.
    pub mapping: Mapping,
    /// Where in a row the lab's own id of a task stands, as [`RowError::field`] says it.
    pub id_place: String,
    /// The tasks, in the order of the file.
    pub tasks: Vec<ImportedTask>,
    /// How many numbers were taken as text, by column: worth a look where a column is mapped by its name.
    pub numbers_as_text: BTreeMap<String, u64>,
}

impl Import {
    /// Answers that the file brings along and the tasks do not hold themselves.
    #[must_use]
    pub fn recorded_answers(&self) -> u64 {
        let answers = self.tasks.iter().flat_map(|task| &task.recorded_answers);
        answers
            .filter(|recorded| !self.mapping.is_grouped() || recorded.annotator != EXPERT)
            .count() as u64
    }
}

/// What a file that is in order holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The kind of the tasks.
    pub template_kind: TemplateKind,
    /// How the columns are read.
    pub mapping: Mapping,
    /// Tasks.
    pub tasks: u64,
    /// Recorded answers.
    pub recorded_answers: u64,
}

/// Reads a file into memory, all or nothing.
///
/// # Errors
/// Every wrong row, the first ones listed; or why the file as a whole cannot be read.
pub fn import<R: Read>(source: R, options: &ImportOptions) -> Result<Import, ImportError> {
    let mut reader = Tasks::open(source, options)?;
    let mut tally = Tally::new(options.limits.listed_errors);
    let mut tasks = Vec::new();
    for next in &mut reader {
        match next {
            Ok(task) if tally.total == 0 => tasks.push(task),
            Ok(_) => {}
            Err(error) => tally.add(error),
        }
    }
    finish(tally, tasks.len() as u64)?;
    let mapping = reader.mapping().clone();
    Ok(Import {
        template_kind: mapping.kind,
        mapping,
        id_place: reader.id_place(),
        tasks,
        numbers_as_text: reader.numbers_as_text().clone(),
    })
}

/// Reads a file and keeps nothing of it but counts: the first of two passes over a large file.
///
/// # Errors
/// As [`import`].
pub fn check<R: Read>(source: R, options: &ImportOptions) -> Result<Checked, ImportError> {
    let mut reader = Tasks::open(source, options)?;
    let mut tally = Tally::new(options.limits.listed_errors);
    let (mut tasks, mut recorded_answers) = (0, 0);
    for next in &mut reader {
        match next {
            Ok(task) => {
                tasks += 1;
                recorded_answers += task.recorded_answers.len() as u64;
            }
            Err(error) => tally.add(error),
        }
    }
    finish(tally, tasks)?;
    let mapping = reader.mapping().clone();
    Ok(Checked {
        template_kind: mapping.kind,
        mapping,
        tasks,
        recorded_answers,
    })
}

fn finish(tally: Tally, tasks: u64) -> Result<(), ImportError> {
    match tally.into_errors() {
        Some(errors) => Err(ImportError::Rows(errors)),
        None if tasks == 0 => Err(ImportError::NoRows),
        None => Ok(()),
    }
}

/// Reads `field=column`, as the command line takes it. The column may contain `=`.
///
/// # Errors
/// A message, when there is no `=`, or nothing before or behind it.
pub fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, column)) if !field.is_empty() && !column.is_empty() => {
            Ok((field.to_owned(), column.to_owned()))
        }
        _ => Err("must be field=column, as in prompt=Question".to_owned()),
    }
}

/// Errors, the first ones kept and all counted.
struct Tally {
    most: usize,
    listed: Vec<RowError>,
    total: u64,
}

impl Tally {
    const fn new(most: usize) -> Self {
        Self {
            most,
            listed: Vec::new(),
            total: 0,
        }
    }

    fn add(&mut self, error: RowError) {
        self.total += 1;
        if self.listed.len() < self.most {
            self.listed.push(error);
        }
    }

    fn into_errors(mut self) -> Option<RowErrors> {
        // Tasks over several rows are checked when their last row is there.
        self.listed.sort_by_key(|error| error.row);
        (self.total > 0).then_some(RowErrors {
            listed: self.listed,
            total: self.total,
        })
    }
}
