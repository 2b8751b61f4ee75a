//! Rows become checked tasks, one after the other.

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;

use super::convert::{self, Fault, Group};
use super::mapping::Mapping;
use super::records::Records;
use super::{ImportError, ImportOptions, ImportedTask, RowError};
use crate::strict_json::clip;
use crate::template::{Template, Violations};

/// Reads a file task by task. Gives every error and goes on behind it, so that a caller who wants all or nothing
/// counts errors to the end; see [`super::import`] and [`super::check`].
pub struct Tasks<R> {
    records: Records<R>,
    mapping: Mapping,
    template: Arc<Template>,
    extra: Vec<String>,
    options: ImportOptions,
    seen: HashMap<String, u64>,
    groups: Groups,
    ready: VecDeque<Result<ImportedTask, RowError>>,
}

/// Tasks over several rows, in the order of their first rows.
#[derive(Default)]
struct Groups {
    order: VecDeque<Group>,
    by_id: HashMap<String, usize>,
}

impl<R: Read> Tasks<R> {
    /// Opens a file: tells its format, reads its columns, decides on the mapping.
    ///
    /// # Errors
    /// When the file is empty, not UTF-8 by its byte order mark, or its columns fit no template.
    pub fn open(source: R, options: &ImportOptions) -> Result<Self, ImportError> {
        let mut records = Records::open(source, options.format, options.limits)?;
        let columns = records.columns();
        if columns.is_empty() {
            no_columns(&mut records, options)?;
        }
        let own = options.template.as_ref();
        let kind = options.kind.or_else(|| own.map(|template| template.kind()));
        let extra = own.map(|template| own_fields(template)).unwrap_or_default();
        let mapping = Mapping::detect(&columns, kind, &options.columns, &extra)?;
        let template = match own {
            Some(template) if template.kind() == mapping.kind => Arc::clone(template),
            Some(template) => {
                return Err(ImportError::OtherKind {
                    template: template.kind(),
                    found: mapping.kind,
                });
            }
            None => Arc::new(Template::builtin(mapping.kind)?),
        };
        let (groups, ready, seen) = (Groups::default(), VecDeque::new(), HashMap::new());
        Ok(Self {
            records,
            mapping,
            template,
            extra,
            options: options.clone(),
            seen,
            groups,
            ready,
        })
    }

    /// How the columns are read.
    #[must_use]
    pub const fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The template that the tasks are checked against.
    #[must_use]
    pub const fn template(&self) -> &Arc<Template> {
        &self.template
    }

    fn single(&mut self, record: &super::raw::Record) {
        let (row, line) = (record.place.row, record.place.line);
        match convert::task(record, &self.mapping, &self.extra, &self.options.limits) {
            Ok(task) => self.admit(task),
            Err(fault) => self.ready.push_back(Err(fault.at(row, line))),
        }
    }

    fn grouped(&mut self, record: &super::raw::Record) {
        let (row, line) = (record.place.row, record.place.line);
        let added = convert::criterion(record, &self.mapping, &self.extra, &self.options.limits).and_then(
            |criterion| {
                let Groups { order, by_id } = &mut self.groups;
                match by_id
                    .get(&criterion.task_id)
                    .and_then(|&index| order.get_mut(index))
                {
                    Some(group) => group.add(criterion),
                    None => {
                        by_id.insert(criterion.task_id.clone(), order.len());
                        order.push_back(Group::open(row, line, criterion));
                        Ok(())
                    }
                }
            },
        );
        if let Err(fault) = added {
            self.ready.push_back(Err(fault.at(row, line)));
        }
    }

    /// Checks a task and lets it out, or its errors.
    fn admit(&mut self, task: ImportedTask) {
        let before = self.ready.len();
        let (row, line) = (task.row, task.line);
        if let Some(id) = &task.external_id {
            if let Some(&first) = self.seen.get(id) {
                let column = self.mapping.column("id").unwrap_or("id");
                let fault = Fault::new(clip(column), format!("is `{}`, as in row {first}", clip(id)));
                self.ready
                    .push_back(Err(fault.hint("each task needs an id of its own").at(row, line)));
            } else {
                self.seen.insert(id.clone(), row);
            }
        }
        if let Err(violations) = self.template.check_input(&task.input) {
            self.report(&task, "", &violations);
        } else {
            for recorded in &task.recorded_answers {
                if let Err(violations) = self.template.check_submission(&task.input, &recorded.answer) {
                    let at = format!(
                        "/answers/{}",
                        crate::strict_json::escape(&clip(&recorded.annotator))
                    );
                    self.report(&task, &at, &violations);
                }
            }
        }
        if self.ready.len() == before {
            self.ready.push_back(Ok(task));
        }
    }

    fn report(&mut self, task: &ImportedTask, under: &str, violations: &Violations) {
        for violation in violations.as_slice() {
            let pointer = format!("{under}{}", violation.pointer);
            let top = violation.pointer.split('/').nth(1).unwrap_or_default();
            let column = self
                .mapping
                .column(top)
                .filter(|column| under.is_empty() && *column != top);
            let error = RowError {
                row: task.row,
                line: task.line,
                field: Some(pointer).filter(|pointer| !pointer.is_empty()),
                reason: violation.reason.clone(),
                hint: column.map(|column| format!("it comes from the column `{}`", clip(column))),
            };
            self.ready.push_back(Err(error));
        }
    }
}

impl<R: Read> Iterator for Tasks<R> {
    type Item = Result<ImportedTask, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            match self.records.next() {
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(record)) if self.mapping.is_grouped() => self.grouped(&record),
                Some(Ok(record)) => self.single(&record),
                None => {
                    let task = self.groups.order.pop_front()?.close();
                    self.admit(task);
                }
            }
        }
    }
}

/// Fields of the project's own template that no import knows by itself.
fn own_fields(template: &Template) -> Vec<String> {
    let known = Template::builtin(template.kind()).ok();
    let known = known.as_ref().map(|builtin| builtin.input_schema());
    let properties = template
        .input_schema()
        .get("properties")
        .and_then(Value::as_object);
    let names = properties.into_iter().flat_map(|properties| properties.keys());
    names
        .filter(|name| known.is_none_or(|schema| schema["properties"].get(name).is_none()))
        .cloned()
        .collect()
}

/// No row among the first could be read: its errors are all there is to say.
fn no_columns<R: Read>(records: &mut Records<R>, options: &ImportOptions) -> Result<(), ImportError> {
    let mut tally = super::Tally::new(options.limits.listed_errors);
    let mut rows = 0;
    for next in records {
        rows += 1;
        next.err().into_iter().for_each(|error| tally.add(error));
    }
    super::finish(tally, rows)
}
