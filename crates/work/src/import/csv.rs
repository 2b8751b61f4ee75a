//! CSV as RFC 4180 describes it, read strictly.
//!
//! The `csv` crate accepts an unclosed quote in silence, grows a cell without bound and cannot say on which line a
//! quote opened. All three matter here, so the few states of the format are written out; the tests hold them
//! against that crate.

use std::io::{self, Read};

use super::bytes::{Bounded, Bytes};
use super::raw::{self, Outcome, Place};
use super::{ImportError, Limits, RowError};
use crate::strict_json::{clip, counted, step, thousands};
use serde_json::{Map, Value};

pub(super) struct Csv<R> {
    bytes: Bytes<R>,
    delimiter: u8,
    pub(super) columns: Vec<String>,
    row: u64,
}

/// One record's cells, the line and offset at which it starts, and its length.
struct Cells {
    place: Place,
    cells: Vec<Cell>,
    bytes: u64,
}

struct Cell {
    text: Bounded,
    offset: u64,
    quoted: bool,
}

impl Cell {
    /// The cell as text. Where a byte is not UTF-8, its place in the file counts the quotes that were taken away.
    fn utf8(&self, place: Place) -> Result<&str, RowError> {
        let bytes = &self.text.kept;
        let valid = std::str::from_utf8(bytes)
            .err()
            .map_or(0, |error| error.valid_up_to());
        let doubled = bytes[..valid].iter().filter(|&&byte| byte == b'"').count() as u64;
        let removed = if self.quoted { 1 + doubled } else { 0 };
        raw::utf8(place, self.offset + removed, bytes)
    }
}

/// What follows a cell.
enum End {
    Delimiter,
    Record,
    File,
}

/// Why a record cannot be read.
enum Broken {
    Io(io::Error),
    /// The quote that opened on this line never closes.
    Unclosed(u64),
    /// Something other than a delimiter follows a closing quote on this line, in this cell (from 1).
    AfterQuote(u64, usize),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<R: Read> Csv<R> {
    /// Reads the header.
    pub(super) fn open(bytes: Bytes<R>, limits: &Limits) -> Result<Self, ImportError> {
        let delimiter = delimiter(bytes.head());
        let mut csv = Self {
            bytes,
            delimiter,
            columns: Vec::new(),
            row: 0,
        };
        let line = csv.bytes.line;
        let header = csv.record(limits).map_err(|broken| match broken {
            Broken::Io(error) => ImportError::Unreadable(error),
            broken => ImportError::Header {
                line,
                reason: broken.reason(),
            },
        })?;
        let header = header.ok_or(ImportError::Empty)?;
        csv.columns = columns(&header, limits)?;
        Ok(csv)
    }

    pub(super) fn next(&mut self, limits: &Limits) -> Option<Outcome<raw::Record>> {
        let place = Place {
            row: self.row + 1,
            line: self.bytes.line,
            offset: self.bytes.offset,
        };
        match self.record(limits) {
            Ok(None) => None,
            Ok(Some(record)) => {
                self.row += 1;
                Some(self.named(record, limits))
            }
            Err(Broken::Io(error)) => Some(Outcome::Fatal(raw::unreadable(place, &error))),
            Err(broken) => {
                let hint = "a quote inside a quoted cell is written twice: \"\"";
                Some(Outcome::Fatal(place.error(None, broken.reason(), Some(hint))))
            }
        }
    }

    /// Gives the cells the columns' names.
    fn named(&self, record: Cells, limits: &Limits) -> Outcome<raw::Record> {
        let place = record.place;
        if record.bytes > limits.row_bytes as u64 {
            let bytes = usize::try_from(record.bytes).unwrap_or(usize::MAX);
            return Outcome::Wrong(raw::too_long(place, bytes, limits));
        }
        if record.cells.len() != self.columns.len() {
            let reason = format!(
                "has {} where the header has {}",
                counted(record.cells.len() as u64, "cell"),
                self.columns.len()
            );
            let hint = "quote a cell that holds the delimiter or a line break";
            return Outcome::Wrong(place.error(None, reason, Some(hint)));
        }
        let mut fields = Map::new();
        for (column, cell) in self.columns.iter().zip(record.cells) {
            if cell.text.too_long() {
                let reason = format!(
                    "has {} bytes; at most {} are taken in one cell",
                    thousands(cell.text.count as u64),
                    thousands(limits.cell_bytes as u64)
                );
                return Outcome::Wrong(place.error(Some(step(column)), reason, None));
            }
            let text = match cell.utf8(place) {
                Ok(text) => text,
                Err(mut error) => {
                    error.field = Some(step(column));
                    return Outcome::Fatal(error);
                }
            };
            if let Some(at) = text.find('\0') {
                let reason = format!("contains a NUL character at byte {at} of the text");
                return Outcome::Wrong(place.error(
                    Some(step(column)),
                    reason,
                    Some("remove it: NUL is no part of any text"),
                ));
            }
            fields.insert(column.clone(), Value::String(text.to_owned()));
        }
        Outcome::Row(raw::Record {
            place,
            fields,
            literals: raw::Literals::new(),
        })
    }

    /// The next record that is not a blank line.
    fn record(&mut self, limits: &Limits) -> Result<Option<Cells>, Broken> {
        while matches!(self.bytes.peek()?, Some(b'\r' | b'\n')) {
            self.bytes.next()?;
        }
        if self.bytes.peek()?.is_none() {
            return Ok(None);
        }
        let place = Place {
            row: self.row + 1,
            line: self.bytes.line,
            offset: self.bytes.offset,
        };
        let mut cells = Vec::new();
        loop {
            let offset = self.bytes.offset;
            let mut text = Bounded::new(limits.cell_bytes);
            let quoted = self.bytes.peek()? == Some(b'"');
            let end = if quoted {
                self.quoted(&mut text, cells.len() + 1)?
            } else {
                self.plain(&mut text)?
            };
            if cells.len() <= limits.columns {
                cells.push(Cell { text, offset, quoted });
            }
            if !matches!(end, End::Delimiter) {
                let bytes = self.bytes.offset - place.offset;
                return Ok(Some(Cells { place, cells, bytes }));
            }
        }
    }

    fn plain(&mut self, text: &mut Bounded) -> Result<End, Broken> {
        loop {
            match self.bytes.next()? {
                None => return Ok(End::File),
                Some(byte) if byte == self.delimiter => return Ok(End::Delimiter),
                Some(b'\n') => return Ok(End::Record),
                Some(b'\r') => return self.after_return(),
                Some(byte) => text.push(byte),
            }
        }
    }

    fn quoted(&mut self, text: &mut Bounded, cell: usize) -> Result<End, Broken> {
        let opened = self.bytes.line;
        self.bytes.next()?;
        loop {
            match self.bytes.next()? {
                None => return Err(Broken::Unclosed(opened)),
                Some(b'"') if self.bytes.peek()? == Some(b'"') => {
                    self.bytes.next()?;
                    text.push(b'"');
                }
                Some(b'"') => break,
                Some(byte) => text.push(byte),
            }
        }
        let line = self.bytes.line;
        match self.bytes.next()? {
            None => Ok(End::File),
            Some(byte) if byte == self.delimiter => Ok(End::Delimiter),
            Some(b'\n') => Ok(End::Record),
            Some(b'\r') => self.after_return(),
            Some(_) => Err(Broken::AfterQuote(line, cell)),
        }
    }

    fn after_return(&mut self) -> Result<End, Broken> {
        if self.bytes.peek()? == Some(b'\n') {
            self.bytes.next()?;
        }
        Ok(End::Record)
    }
}

impl Broken {
    fn reason(&self) -> String {
        match self {
            Self::Io(error) => format!("cannot be read: {error}"),
            Self::Unclosed(line) => format!("has a quote that opens on line {line} and never closes"),
            Self::AfterQuote(line, cell) => {
                format!("has text after the closing quote of cell {cell}, on line {line}")
            }
        }
    }
}

/// Comma, semicolon or tab: whichever the first line holds most of outside quotes; the comma where they tie.
fn delimiter(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for &byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(mark, _)| *mark == byte)
                .for_each(|(_, count)| *count += 1),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(mark, _)| *mark)
}

fn columns(header: &Cells, limits: &Limits) -> Result<Vec<String>, ImportError> {
    let refuse = |reason: String| ImportError::Header {
        line: header.place.line,
        reason,
    };
    if header.cells.len() > limits.columns {
        return Err(refuse(format!(
            "has more than {} columns",
            thousands(limits.columns as u64)
        )));
    }
    let mut names: Vec<String> = Vec::new();
    for (index, cell) in header.cells.iter().enumerate() {
        let text = cell.utf8(header.place).map_err(|error| {
            let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            refuse(format!("{}{hint}", error.reason))
        })?;
        let name = text.trim();
        if name.is_empty() || name.chars().count() > 200 || name.contains('\0') {
            return Err(refuse(format!(
                "must name column {} with 1 to 200 characters",
                index + 1
            )));
        }
        if names.iter().any(|earlier| earlier == name) {
            return Err(refuse(format!("names the column `{}` twice", clip(name))));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Rows = Vec<Vec<String>>;

    fn ours(text: &[u8]) -> (Vec<String>, Rows) {
        let limits = Limits::default();
        let mut reader = Csv::open(Bytes::open(text).unwrap(), &limits).unwrap();
        let mut rows = Vec::new();
        while let Some(outcome) = reader.next(&limits) {
            match outcome {
                Outcome::Row(record) => {
                    let cell = |column: &String| record.fields[column].as_str().unwrap().to_owned();
                    rows.push(reader.columns.iter().map(cell).collect());
                }
                Outcome::Wrong(error) | Outcome::Fatal(error) => panic!("{error}"),
            }
        }
        (reader.columns, rows)
    }

    fn theirs(text: &[u8]) -> Rows {
        let mut reader = ::csv::Reader::from_reader(text);
        reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn reads_quotes_line_breaks_and_either_line_end() {
        let text = b"a,b\r\n\"x,\"\"y\"\"\",\"two\r\nlines\"\n\nplain \"quotes\",\n";
        let (columns, rows) = ours(text);
        assert_eq!(columns, ["a", "b"]);
        assert_eq!(rows, [["x,\"y\"", "two\r\nlines"], ["plain \"quotes\"", ""]]);
        assert_eq!(rows, theirs(text));
    }

    #[test]
    fn tells_the_delimiter() {
        assert_eq!(ours(b"a;b\n1,5;2\n").1, [["1,5", "2"]]);
        assert_eq!(ours(b"a\tb\n1\t2\n").1, [["1", "2"]]);
        assert_eq!(ours(b"\"a;b;c\",d\n1,2\n").1, [["1", "2"]]);
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n é;]{0,6}", 3), 1..8),
            crlf in any::<bool>(),
        ) {
            let end = if crlf { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') };
            let mut writer = ::csv::WriterBuilder::new().terminator(end).from_writer(Vec::new());
            writer.write_record(["one", "two", "three"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let (_, read) = ours(&text);
            prop_assert_eq!(&read, &rows);
            prop_assert_eq!(read, theirs(&text));
        }

        #[test]
        fn never_panics(text in prop::collection::vec(prop::sample::select(b"a,\"\r\n\0;\xff".to_vec()), 0..60)) {
            let limits = Limits { cell_bytes: 8, row_bytes: 20, ..Limits::default() };
            if let Ok(mut reader) = Bytes::open(&text[..]).and_then(|bytes| Csv::open(bytes, &limits)) {
                for _ in 0..100 {
                    if reader.next(&limits).is_none() {
                        break;
                    }
                }
            }
        }
    }
}
