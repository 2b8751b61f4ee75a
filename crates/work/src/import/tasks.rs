//! Rows become checked tasks, one after the other.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;

use super::convert::{self, Fault, Group, Made, Origin};
use super::held;
use super::mapping::{Mapping, MappingError};
use super::numbers::Numbers;
use super::raw::Record;
use super::records::Records;
use super::{ImportError, ImportOptions, ImportedTask, RowError, RowErrors};
use crate::strict_json::{clip, step};
use crate::template::{Template, TemplateKind};

/// Reads a file task by task. Gives every error and goes on behind it, so that a caller who wants all or nothing
/// counts errors to the end; see [`super::import`] and [`super::check`].
pub struct Tasks<R> {
    records: Records<R>,
    mapping: Mapping,
    template: Arc<Template>,
    extra: Vec<String>,
    options: ImportOptions,
    numbers: Numbers,
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
        if options.columns.is_empty() {
            not_judged(&columns, &extra)?;
            own.map_or(Ok(()), |template| nothing_to_compare(&columns, template, &extra))?;
        }
        let mapping = match Mapping::detect(&columns, kind, &options.columns, &extra) {
            Ok(mapping) => mapping,
            Err(unfit) => return Err(unfit_columns(records.lone(), unfit)),
        };
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
        Ok(Self {
            numbers: Numbers::of(&mapping, records.is_csv()),
            records,
            mapping,
            template,
            extra,
            options: options.clone(),
            seen: HashMap::new(),
            groups: Groups::default(),
            ready: VecDeque::new(),
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

    /// How many numbers were taken as text so far, by column.
    #[must_use]
    pub const fn numbers_as_text(&self) -> &BTreeMap<String, u64> {
        self.numbers.counted()
    }

    /// Where in a row the lab's own id of a task stands, as [`RowError::field`] says it.
    pub(super) fn id_place(&self) -> String {
        self.records
            .place(step(self.mapping.column("id").unwrap_or("id")))
    }

    fn single(&mut self, record: &Record) {
        let (row, line) = (record.place.row, record.place.line);
        match convert::task(record, &self.mapping, &self.extra, &self.options.limits) {
            Ok(task) => self.admit(task, Made::Of(record)),
            Err(fault) => self.ready.push_back(Err(fault.at(row, line))),
        }
    }

    fn grouped(&mut self, record: &Record) {
        let (row, line) = (record.place.row, record.place.line);
        let (mapping, limits) = (&self.mapping, &self.options.limits);
        let added = convert::criterion(record, mapping, &self.extra, limits).and_then(|criterion| {
            let Groups { order, by_id } = &mut self.groups;
            match by_id
                .get(&criterion.task_id)
                .and_then(|&index| order.get_mut(index))
            {
                Some(group) => group.add(criterion, mapping),
                None => {
                    by_id.insert(criterion.task_id.clone(), order.len());
                    order.push_back(Group::open(criterion));
                    Ok(())
                }
            }
        });
        if let Err(fault) = added {
            self.ready.push_back(Err(fault.at(row, line)));
        }
    }

    /// Checks a task and lets it out, or its errors.
    fn admit(&mut self, mut task: ImportedTask, made: Made<'_>) {
        let mut wrong = Vec::new();
        if let Some(id) = &task.external_id {
            if let Some(&first) = self.seen.get(id) {
                let column = self.mapping.column("id").unwrap_or("id");
                let fault = Fault::new(column, format!("is `{}`, as in row {first}", clip(id)));
                wrong.push(
                    fault
                        .hint("each task needs an id of its own")
                        .at(task.row, task.line),
                );
            } else {
                self.seen.insert(id.clone(), task.row);
            }
        }
        let origin = Origin {
            made,
            mapping: &self.mapping,
            limits: &self.options.limits,
        };
        wrong.extend(held::against(&self.template, &self.extra, &origin, &mut task));
        if wrong.is_empty() {
            self.ready.push_back(Ok(task));
        }
        self.ready.extend(wrong.into_iter().map(Err));
    }
}

impl<R: Read> Iterator for Tasks<R> {
    type Item = Result<ImportedTask, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready.map_err(|error| self.records.placed(error)));
            }
            match self.records.next() {
                Some(Err(error)) => return Some(Err(self.records.placed(error))),
                Some(Ok(record)) => {
                    self.numbers.count(&record);
                    if self.mapping.is_grouped() {
                        self.grouped(&record);
                    } else {
                        self.single(&record);
                    }
                }
                None => {
                    let (task, places, literals) = self.groups.order.pop_front()?.close();
                    self.admit(task, Made::OfCriteria(&places, &literals));
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

/// Several responses to each prompt are to be compared. Where a project asks for something else, the prompts alone would come in, or
/// two of the responses, and nobody would be asked which is the best.
fn nothing_to_compare(columns: &[String], template: &Template, extra: &[String]) -> Result<(), ImportError> {
    let detected = Mapping::detect(columns, None, &[], &[]).map(|mapping| mapping.kind);
    let found = match detected {
        Ok(found @ (TemplateKind::PairwisePreference | TemplateKind::Ranking)) => found,
        _ => return Ok(()),
    };
    let compares = template.kind() == found || template.kind() == TemplateKind::Ranking;
    if compares || !extra.is_empty() {
        return Ok(());
    }
    Err(ImportError::Compared {
        found,
        template: template.kind(),
    })
}

/// Pairs as preference data sets hold them, the better response first. Nobody is shown which that was, unless it is asked for.
fn not_judged(columns: &[String], extra: &[String]) -> Result<(), ImportError> {
    let named = |name: &str| {
        let found = columns.iter().find(|column| column.eq_ignore_ascii_case(name));
        found.filter(|column| !extra.contains(column)).cloned()
    };
    let detected = Mapping::detect(columns, None, &[], &[]).map(|mapping| mapping.kind);
    match (named("chosen"), named("rejected")) {
        (Some(better), Some(worse))
            if !matches!(
                detected,
                Ok(TemplateKind::PairwisePreference | TemplateKind::Ranking)
            ) =>
        {
            Err(ImportError::Judged { better, worse })
        }
        _ => Ok(()),
    }
}

/// Columns that fit nothing; those of a line that is no header at all are not spoken of.
fn unfit_columns(lone: Option<RowError>, unfit: MappingError) -> ImportError {
    match lone {
        Some(error) => ImportError::Rows(RowErrors {
            listed: vec![error],
            total: 1,
        }),
        None => unfit.into(),
    }
}

/// No row among the first could be read: its errors are all there is to say.
fn no_columns<R: Read>(records: &mut Records<R>, options: &ImportOptions) -> Result<(), ImportError> {
    let mut tally = super::Tally::new(options.limits.listed_errors);
    let mut rows = 0;
    while let Some(next) = records.next() {
        rows += 1;
        if let Err(error) = next {
            tally.add(records.placed(error));
        }
    }
    super::finish(tally, rows)
}
