//! Rows of any of the three formats.

use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::str::FromStr;

use serde_json::Value;

use super::array::JsonArray;
use super::bytes::Bytes;
use super::csv::Csv;
use super::jsonl::{self, Jsonl};
use super::raw::{self, Outcome, Place, Record};
use super::{ImportError, Limits, RowError};
use crate::strict_json::{clip, first_step, thousands};

/// The form of an imported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// One JSON object a line.
    Jsonl,
    /// One JSON array of objects.
    JsonArray,
    /// A header and rows of cells, delimited by comma, semicolon or tab.
    Csv,
}

impl FileFormat {
    /// Tells the format from the beginning of a file: `[` an array, `{` lines, anything else CSV.
    fn sniff(head: &[u8]) -> Self {
        match head.trim_ascii_start().first() {
            Some(b'[') => Self::JsonArray,
            Some(b'{') => Self::Jsonl,
            _ => Self::Csv,
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Jsonl => "jsonl",
            Self::JsonArray => "json",
            Self::Csv => "csv",
        })
    }
}

/// A name that is none of the formats.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no file format `{0}`; the formats are jsonl, json and csv")]
pub struct UnknownFormat(String);

impl FromStr for FileFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        match name {
            "jsonl" => Ok(Self::Jsonl),
            "json" => Ok(Self::JsonArray),
            "csv" => Ok(Self::Csv),
            _ => Err(UnknownFormat(clip(name))),
        }
    }
}

/// Whether a file begins as pictures and archives do, and no text. Further on control characters are the lab's own business.
fn is_binary(head: &[u8]) -> bool {
    let first = head.iter().take(8);
    FileFormat::sniff(head) == FileFormat::Csv
        && first.copied().any(|byte| matches!(byte, 0..=8 | 0x0E..=0x1F))
}

/// See [`Records::lone`]. A header of one quoted column looks like that too.
fn lone_value(head: &[u8]) -> Option<RowError> {
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let (before, line) = lines.enumerate().find(|(_, line)| !line.is_empty())?;
    let value: Value = serde_json::from_slice(line).ok()?;
    let place = Place {
        row: 1,
        line: before as u64 + 1,
        offset: 0,
    };
    (!value.is_object() && !value.is_array()).then(|| raw::no_object(place, &value, Some(jsonl::FORM)))
}

enum Source<R> {
    Jsonl(Jsonl<R>),
    Array(JsonArray<R>),
    Csv(Csv<R>),
}

/// Reads rows one at a time. After an error that leaves the rest without meaning it ends.
pub(super) struct Records<R> {
    source: Source<R>,
    lone: Option<RowError>,
    limits: Limits,
    ahead: VecDeque<Result<Record, RowError>>,
    rows: u64,
    ended: bool,
}

impl<R: Read> Records<R> {
    pub(super) fn open(source: R, format: Option<FileFormat>, limits: Limits) -> Result<Self, ImportError> {
        let bytes = Bytes::open(source)?;
        if bytes.head().trim_ascii().is_empty() {
            return Err(ImportError::Empty);
        }
        if is_binary(bytes.head()) {
            return Err(ImportError::Binary);
        }
        let lone = format.is_none().then(|| lone_value(bytes.head())).flatten();
        let source = match format.unwrap_or_else(|| FileFormat::sniff(bytes.head())) {
            FileFormat::Jsonl => Source::Jsonl(Jsonl::new(bytes)),
            FileFormat::JsonArray if !bytes.head().trim_ascii_start().starts_with(b"[") => {
                return Err(ImportError::Header {
                    line: 1,
                    reason: "must be the `[` of a JSON array".to_owned(),
                });
            }
            FileFormat::JsonArray => Source::Array(JsonArray::new(bytes)),
            FileFormat::Csv => Source::Csv(Csv::open(bytes, &limits)?),
        };
        Ok(Self {
            source,
            lone,
            limits,
            ahead: VecDeque::new(),
            rows: 0,
            ended: false,
        })
    }

    /// What is wrong with the first line where it is one JSON value and no object: a line of JSONL, rather than the header that
    /// it was taken for.
    pub(super) fn lone(&mut self) -> Option<RowError> {
        self.lone.take()
    }

    /// Whether a row's values are all text.
    pub(super) const fn is_csv(&self) -> bool {
        matches!(self.source, Source::Csv(_))
    }

    /// An error with its place as the file's format has it.
    pub(super) fn placed(&self, mut error: RowError) -> RowError {
        error.field = error.field.map(|pointer| self.place(pointer));
        error
    }

    /// A JSON pointer (RFC 6901) into a row as the file's format has it: in CSV, the column's name, and what is within
    /// the cell's own JSON as the pointer has it.
    pub(super) fn place(&self, pointer: String) -> String {
        if !self.is_csv() {
            return pointer;
        }
        let (column, rest) = first_step(&pointer);
        column + rest
    }

    /// The columns: the header of a CSV file, in its order; of JSON, the keys of the first rows, sorted.
    /// Empty where no readable row is among the first ones.
    pub(super) fn columns(&mut self) -> Vec<String> {
        /// Rows looked at, so that an optional field need not be in the very first.
        const AHEAD: usize = 20;
        if let Source::Csv(csv) = &self.source {
            return csv.columns.clone();
        }
        while self.ahead.len() < AHEAD {
            let Some(next) = self.read() else { break };
            self.ahead.push_back(next);
        }
        let keys = self
            .ahead
            .iter()
            .flatten()
            .flat_map(|record| record.fields.keys());
        let mut columns: Vec<String> = keys.cloned().collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn read(&mut self) -> Option<Result<Record, RowError>> {
        if self.ended {
            return None;
        }
        let outcome = match &mut self.source {
            Source::Jsonl(source) => source.next(&self.limits),
            Source::Array(source) => source.next(&self.limits),
            Source::Csv(source) => source.next(&self.limits),
        };
        self.rows += 1;
        match outcome {
            None => {
                self.ended = true;
                None
            }
            Some(Outcome::Row(record)) if self.rows > self.limits.rows => {
                self.ended = true;
                let most = thousands(self.limits.rows);
                let reason = format!("is one too many: at most {most} rows are taken from one file");
                Some(Err(record.place.error(None, reason, Some("split the file"))))
            }
            Some(Outcome::Row(record)) => Some(Ok(record)),
            Some(Outcome::Wrong(error)) => {
                self.ended = self.rows > self.limits.rows;
                Some(Err(error))
            }
            Some(Outcome::Fatal(error)) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ahead.pop_front().or_else(|| self.read())
    }
}
