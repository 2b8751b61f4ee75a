//! What can be wrong with an imported file, said so that the person who made it can mend it.

use std::fmt;
use std::io;

use super::mapping::MappingError;
use crate::strict_json::counted;
use crate::template::TemplateKind;

/// One thing wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The row, counted from 1; a CSV header and blank lines do not count.
    pub row: u64,
    /// The line of the file at which the row starts, counted from 1.
    pub line: u64,
    /// The place within the row as its maker wrote it: a JSON pointer (RFC 6901) from the row on (`/turns/0`); in CSV a
    /// column's name (`question`), and what is wrong within the JSON of its cell behind it (`turns/0`).
    pub field: Option<String>,
    /// The rest of the sentence that begins with the place.
    pub reason: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} (line {})", self.row, self.line)?;
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, " {}", self.reason)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

/// Every wrong row of a file: all counted, the first ones listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowErrors {
    /// The first errors, in the order of the file.
    pub listed: Vec<RowError>,
    /// All errors.
    pub total: u64,
}

impl fmt::Display for RowErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was imported: {}", counted(self.total, "error"))?;
        if self.total > self.listed.len() as u64 {
            write!(f, ", the first {} listed", self.listed.len())?;
        }
        self.listed.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

/// Why a file was not imported. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It could not be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It has bytes that no text has.
    #[error("the file is no text; what can be read is JSONL, a JSON array or CSV, in UTF-8")]
    Binary,
    /// It has a header, or an empty array, and no row.
    #[error("the file has no rows")]
    NoRows,
    /// It is in another encoding of Unicode than UTF-8; a byte order mark says so.
    #[error("the file is {0}, not UTF-8; convert it: iconv -f {0} -t UTF-8 FILE > FILE.utf8")]
    Encoding(&'static str),
    /// The first line of a CSV file is no header.
    #[error("the header (line {line}) {reason}")]
    Header {
        /// The line of the file at which the header starts.
        line: u64,
        /// The rest of the sentence.
        reason: String,
    },
    /// The columns fit no template, or the named mapping does not fit the columns.
    #[error(transparent)]
    Columns(#[from] MappingError),
    /// The project's template does not work.
    #[error("the template cannot be used: {0}")]
    Template(#[from] crate::template::TemplateError),
    /// The project's template is of another kind than the file.
    #[error("the file holds tasks of kind `{found}`, the project's template is of kind `{template}`")]
    OtherKind {
        /// The kind of the project's template.
        template: TemplateKind,
        /// The kind of the file's tasks.
        found: TemplateKind,
    },
    /// The file is for a comparison of responses, and the project asks for something else.
    #[error(
        "the file holds {} responses to each prompt, a `{found}`, and the project's template is of kind `{template}`; where the prompts \
         alone are meant, name their column with field=column, as in prompt=Question",
        if *found == TemplateKind::Ranking { "several" } else { "two" }
    )]
    Compared {
        /// The kind that the file is for.
        found: TemplateKind,
        /// The kind of the project's template.
        template: TemplateKind,
    },
    /// Which response is better is said already.
    #[error(
        "the file holds pairs that were judged already, in `{better}` and `{worse}`; to have them judged anew, name the columns, as in \
         response_a={better} and response_b={worse}; where the prompts alone are meant, name theirs, as in prompt=Question"
    )]
    Judged {
        /// The column of the responses that were preferred.
        better: String,
        /// The column of the others.
        worse: String,
    },
    /// Rows are wrong.
    #[error("{0}")]
    Rows(RowErrors),
}
