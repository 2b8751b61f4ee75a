//! The manifest of a delivery: what was delivered, in a form that is signed.
//!
//! Its text is the body of a C2SP signed note (<https://c2sp.org/signed-note>): UTF-8 lines, each ended by a line
//! feed, no control characters, no empty line. There is one way to write it, and the reader takes no other:
//!
//! ```text
//! cofferdam.delivery/v1
//! delivery dlv_01
//! project prj_01
//! lab lab_01
//! format openai-chat
//! created 1767225600000000
//! rows 1319
//! bytes 789123
//! plaintext-sha256 9f86d0…
//! envelope-sha256 60303a…
//! rows-root 5dc9da…
//! ```

mod digest;

use std::fmt;

pub use digest::{Digester, RowHashes, RowsDigest, Sha256};

use crate::formats::DeliveryFormat;

/// The first line: what the text is, so that a signature over it can be taken for nothing else.
const TITLE: &str = "cofferdam.delivery/v1";

/// A delivery as its manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The delivery's id.
    pub delivery: Id,
    /// The project's id.
    pub project: Id,
    /// The lab's id.
    pub lab: Id,
    /// The form of the rows.
    pub format: DeliveryFormat,
    /// Microseconds since 1970-01-01 UTC.
    pub created_micros: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes of the JSONL file before encryption.
    pub bytes: u64,
    /// SHA-256 of the JSONL file before encryption.
    pub plaintext_sha256: Sha256,
    /// SHA-256 of the age file.
    pub envelope_sha256: Sha256,
    /// [`RowHashes::root`].
    pub rows_root: Sha256,
}

/// An id in its text form: 1 to 64 ASCII letters, digits, `-`, `_` and `.`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// Takes an id.
    ///
    /// # Errors
    /// [`ManifestError::Id`] when it has other characters, none, or more than 64.
    pub fn new(text: &str) -> Result<Self, ManifestError> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(ManifestError::Id)
        }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// An id is not in its text form.
    #[error("an id has 1 to 64 ASCII letters, digits, `-`, `_` and `.`")]
    Id,
    /// The first line is another.
    #[error("the manifest does not start with the line `{TITLE}`")]
    Title,
    /// A line is missing, misplaced, or has another value than its name allows.
    #[error("line {line} of the manifest is not `{name} VALUE`, with the value in its canonical form")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What it must name.
        name: &'static str,
    },
    /// The text goes on, or its last line has no line feed.
    #[error("the manifest does not end after the line `rows-root`")]
    End,
}

impl fmt::Display for Manifest {
    /// The canonical text: the bytes that are signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        writeln!(f, "delivery {}", self.delivery.0)?;
        writeln!(f, "project {}", self.project.0)?;
        writeln!(f, "lab {}", self.lab.0)?;
        writeln!(f, "format {}", self.format)?;
        writeln!(f, "created {}", self.created_micros)?;
        writeln!(f, "rows {}", self.rows)?;
        writeln!(f, "bytes {}", self.bytes)?;
        writeln!(f, "plaintext-sha256 {}", self.plaintext_sha256)?;
        writeln!(f, "envelope-sha256 {}", self.envelope_sha256)?;
        writeln!(f, "rows-root {}", self.rows_root)
    }
}

impl Manifest {
    /// Reads the canonical text and no other.
    ///
    /// # Errors
    /// The first line that differs from the form.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let mut lines = Lines { rest: text, line: 1 };
        if lines.take() != Some(TITLE) {
            return Err(ManifestError::Title);
        }
        let id = |text: &str| Id::new(text).ok();
        let manifest = Self {
            delivery: lines.value("delivery", id)?,
            project: lines.value("project", id)?,
            lab: lines.value("lab", id)?,
            format: lines.value("format", |text| text.parse().ok())?,
            created_micros: lines.value("created", number)?,
            rows: lines.value("rows", number)?,
            bytes: lines.value("bytes", number)?,
            plaintext_sha256: lines.value("plaintext-sha256", Sha256::parse)?,
            envelope_sha256: lines.value("envelope-sha256", Sha256::parse)?,
            rows_root: lines.value("rows-root", Sha256::parse)?,
        };
        if lines.rest.is_empty() {
            Ok(manifest)
        } else {
            Err(ManifestError::End)
        }
    }

    /// Whether rows that were read again are those of this manifest.
    #[must_use]
    pub fn matches(&self, digest: &RowsDigest) -> bool {
        (self.rows, self.bytes, self.plaintext_sha256) == (digest.rows, digest.bytes, digest.sha256)
            && self.rows_root == digest.hashes.root()
    }
}

/// Lines ended by a line feed.
struct Lines<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Lines<'t> {
    fn take(&mut self) -> Option<&'t str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        self.line += 1;
        Some(line)
    }

    fn value<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, ManifestError> {
        let line = self.line;
        let value = self
            .take()
            .and_then(|text| text.strip_prefix(name)?.strip_prefix(' ').and_then(read));
        value.ok_or(ManifestError::Line { line, name })
    }
}

/// A decimal number without sign or leading zero.
fn number(text: &str) -> Option<u64> {
    text.parse::<u64>()
        .ok()
        .filter(|number| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn example() -> Manifest {
        let mut digester = Digester::default();
        digester.push_line(b"{\"messages\":[]}\n");
        let digest = digester.finish();
        Manifest {
            delivery: Id::new("dlv_01").unwrap(),
            project: Id::new("prj_01").unwrap(),
            lab: Id::new("lab_01").unwrap(),
            format: DeliveryFormat::OpenAiChat,
            created_micros: 1_767_225_600_000_000,
            rows: digest.rows,
            bytes: digest.bytes,
            plaintext_sha256: digest.sha256,
            envelope_sha256: Sha256::of(b"envelope"),
            rows_root: digest.hashes.root(),
        }
    }

    #[test]
    fn the_text_is_canonical() {
        let text = example().to_string();
        let expected = "cofferdam.delivery/v1\ndelivery dlv_01\nproject prj_01\nlab lab_01\nformat openai-chat\n\
                        created 1767225600000000\nrows 1\nbytes 16\n";
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(Manifest::parse(&text), Ok(example()));
    }

    #[test]
    fn every_departure_is_refused() {
        let text = example().to_string();
        let refusal = |from: &str, to: &str| {
            Manifest::parse(&text.replacen(from, to, 1))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refusal("/v1", "/v2"),
            "the manifest does not start with the line `cofferdam.delivery/v1`"
        );
        let form = "with the value in its canonical form";
        assert_eq!(
            refusal("rows 1\n", "rows 01\n"),
            format!("line 7 of the manifest is not `rows VALUE`, {form}")
        );
        assert_eq!(
            refusal("rows 1\n", "rows +1\n"),
            format!("line 7 of the manifest is not `rows VALUE`, {form}")
        );
        assert_eq!(
            refusal("rows 1\n", "rows 1\r\n"),
            format!("line 7 of the manifest is not `rows VALUE`, {form}")
        );
        assert_eq!(
            refusal("lab lab_01\n", ""),
            format!("line 4 of the manifest is not `lab VALUE`, {form}")
        );
        assert_eq!(
            refusal("lab_01", "lab 01"),
            format!("line 4 of the manifest is not `lab VALUE`, {form}")
        );
        assert_eq!(
            refusal("openai-chat", "parquet"),
            format!("line 5 of the manifest is not `format VALUE`, {form}")
        );
        let end = "the manifest does not end after the line `rows-root`";
        assert_eq!(
            Manifest::parse(&format!("{text}\n")).unwrap_err().to_string(),
            end
        );
        assert_eq!(
            Manifest::parse(text.trim_end()).unwrap_err().to_string(),
            format!("line 11 of the manifest is not `rows-root VALUE`, {form}")
        );
    }

    #[test]
    fn rows_are_compared_with_the_manifest() {
        let mut digester = Digester::default();
        digester.push_line(b"{\"messages\":[]}\n");
        assert!(example().matches(&digester.finish()));
        let mut other = Digester::default();
        other.push_line(b"{\"messages\":[1]\n");
        assert!(!example().matches(&other.finish()));
    }

    #[test]
    fn it_is_the_body_of_a_signed_note() {
        let text = example().to_string();
        let note = signed_note::Note::new(text.as_bytes(), &[]);
        assert!(note.is_ok(), "{note:?}");
    }

    proptest! {
        #[test]
        fn whatever_parses_is_canonical(line in 0_usize..11, at in 0_usize..80, byte in 0_u8..128) {
            let mut lines: Vec<Vec<u8>> = example().to_string().lines().map(|l| l.as_bytes().to_vec()).collect();
            let target = &mut lines[line];
            let at = at % (target.len() + 1);
            target.insert(at, byte);
            let text: String = lines.iter().map(|l| String::from_utf8_lossy(l).into_owned() + "\n").collect();
            if let Ok(manifest) = Manifest::parse(&text) {
                prop_assert_eq!(manifest.to_string(), text);
            }
        }
    }
}
