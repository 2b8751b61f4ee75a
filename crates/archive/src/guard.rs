//! What is looked at of a Parquet file before the library reads it: a stranger may have made it.
//!
//! The library takes sizes out of a file and reserves memory for them, and some nonsense makes it panic. So everything that it reserves for
//! is held against bounds first: the footer's length, what the footer says of the columns, and the head of every page. A panic that is
//! left over ends the reading of that file with an error, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::buf::Reader;
use bytes::{Buf as _, Bytes};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::schema::types::Type;

use crate::error::Damage;

/// The most bytes of a footer.
const MOST_FOOTER: u64 = 1 << 20;
/// The most rows of a row group.
pub(crate) const MOST_GROUP_ROWS: usize = 1 << 20;
/// The most row groups of a file.
const MOST_GROUPS: usize = 4096;
/// The most bytes of a page, as it is and unpacked.
const MOST_PAGE: u64 = 8 << 20;
/// The most bytes of a column of a row group.
const MOST_CHUNK: i64 = 32 << 20;
/// The most bytes of a page's head.
const MOST_HEAD: usize = 1024;
/// How deep a page's head is nested, at most.
const MOST_DEPTH: u32 = 4;

const MAGIC: &[u8; 4] = b"PAR1";

/// Runs what the library does: a panic of it is an error.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Damage::new("its columns do not read")))
}

/// Reads the footer of a file whose columns must be those of `schema`.
pub(crate) fn footer<R: ChunkReader>(file: &R, schema: &Type) -> Result<ParquetMetaData, Damage> {
    let len = file.len();
    if len < 12 {
        return Err(Damage::new("it is too short"));
    }
    let tail = file.get_bytes(len - 8, 8)?;
    let (footer, magic) = tail.split_at(4);
    let footer = u64::from(u32::from_le_bytes(footer.try_into().unwrap_or_default()));
    if magic != MAGIC || file.get_bytes(0, 4)?.as_ref() != MAGIC {
        return Err(Damage::new(
            "it is no Parquet file, or was not written to its end",
        ));
    }
    if footer > MOST_FOOTER || footer > len - 12 {
        return Err(Damage::new("its footer is longer than a footer may be"));
    }
    caught(|| {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(file)?;
        check(&metadata, schema, len - 8 - footer)?;
        Ok(metadata)
    })
}

/// Holds what a footer says against bounds; `end` is where the columns end.
fn check(metadata: &ParquetMetaData, schema: &Type, end: u64) -> Result<(), Damage> {
    if metadata.file_metadata().schema() != schema {
        return Err(Damage::new("its columns are not those of an archive"));
    }
    if metadata.num_row_groups() > MOST_GROUPS {
        return Err(Damage::new("it has more row groups than a file may have"));
    }
    let mut rows = 0i64;
    for group in metadata.row_groups() {
        let own = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
        if own == 0 || own > MOST_GROUP_ROWS {
            return Err(Damage::new("a row group has no rows, or more than one may have"));
        }
        if group.num_columns() != schema.get_fields().len() {
            return Err(Damage::new("a row group has other columns than the file"));
        }
        rows = rows.saturating_add(group.num_rows());
        for (column, field) in group.columns().iter().zip(schema.get_fields()) {
            chunk(column, field, group.num_rows(), end)?;
        }
    }
    match rows == metadata.file_metadata().num_rows() {
        true => Ok(()),
        false => Err(Damage::new("its row groups have other rows than it counts")),
    }
}

fn chunk(column: &ColumnChunkMetaData, field: &Type, rows: i64, end: u64) -> Result<(), Damage> {
    if column.column_type() != field.get_physical_type() || column.num_values() != rows {
        return Err(Damage::new("a column of a row group is not that of the file"));
    }
    if !matches!(
        column.compression(),
        Compression::ZSTD(_) | Compression::UNCOMPRESSED
    ) {
        return Err(Damage::new("a column is packed in another way than archives are"));
    }
    if column.compressed_size() > MOST_CHUNK {
        return Err(Damage::new("a column of a row group is longer than one may be"));
    }
    let place = |offset: i64| u64::try_from(offset).ok().filter(|offset| *offset <= end);
    let start = place(
        column
            .dictionary_page_offset()
            .unwrap_or(column.data_page_offset()),
    );
    let past = start
        .zip(place(column.compressed_size()))
        .and_then(|(start, len)| start.checked_add(len));
    match past.is_some_and(|past| past <= end) {
        true => Ok(()),
        false => Err(Damage::new("a column lies beyond the end of the file")),
    }
}

/// One column of a row group, read whole: what was looked at is what is read after.
pub(crate) struct Chunk {
    /// Where it begins in the file.
    base: u64,
    bytes: Bytes,
}

impl Length for Chunk {
    fn len(&self) -> u64 {
        self.base.saturating_add(self.bytes.len() as u64)
    }
}

impl ChunkReader for Chunk {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let rest = self.len().saturating_sub(start);
        let rest = usize::try_from(rest).unwrap_or(usize::MAX);
        self.get_bytes(start, rest).map(Bytes::reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let from = start
            .checked_sub(self.base)
            .and_then(|from| usize::try_from(from).ok());
        let past = from.and_then(|from| from.checked_add(length));
        match (from, past) {
            (Some(from), Some(past)) if past <= self.bytes.len() => Ok(self.bytes.slice(from..past)),
            _ => Err(ParquetError::EOF("a column ends before it should".to_owned())),
        }
    }
}

/// Reads a column of a row group, and holds the head of each of its pages against bounds.
pub(crate) fn column<R: ChunkReader>(file: &R, column: &ColumnChunkMetaData) -> Result<Chunk, Damage> {
    let (base, len) = caught(|| Ok(column.byte_range()))?;
    let chunk = Chunk {
        base,
        bytes: file.get_bytes(base, usize::try_from(len).unwrap_or(usize::MAX))?,
    };
    pages(&chunk.bytes, u64::try_from(column.num_values()).unwrap_or(0))?;
    Ok(chunk)
}

fn pages(chunk: &[u8], most: u64) -> Result<(), Damage> {
    let mut values = 0u64;
    let mut at = 0;
    while at < chunk.len() {
        let rest = &chunk[at..];
        let head = &rest[..rest.len().min(MOST_HEAD)];
        let head = PageHead::read(head).ok_or_else(|| Damage::new("the head of a page does not read"))?;
        let long = head.bytes.saturating_add(head.packed);
        if head.packed > MOST_PAGE || head.unpacked > MOST_PAGE || long > rest.len() as u64 {
            return Err(Damage::new("a page is longer than a page may be"));
        }
        match head.kind {
            DATA_PAGE if DATA_ENCODINGS.contains(&head.encoding) => {
                values = values.saturating_add(head.values)
            }
            DICTIONARY_PAGE if DICTIONARY_ENCODINGS.contains(&head.encoding) => {
                // Each value takes four bytes or more of the page.
                if head.values > head.unpacked / 4 {
                    return Err(Damage::new("a dictionary counts more values than it has"));
                }
            }
            _ => return Err(Damage::new("a page is of another kind than archives have")),
        }
        at += usize::try_from(long).unwrap_or(usize::MAX);
    }
    match values == most {
        true => Ok(()),
        false => Err(Damage::new("a column's pages have other values than it counts")),
    }
}

const DATA_PAGE: u64 = 0;
const DICTIONARY_PAGE: u64 = 2;
/// PLAIN, DELTA_BINARY_PACKED, RLE_DICTIONARY, BYTE_STREAM_SPLIT.
const DATA_ENCODINGS: [u64; 4] = [0, 5, 8, 9];
/// PLAIN, and what older writers call it.
const DICTIONARY_ENCODINGS: [u64; 2] = [0, 2];

/// What the head of a page says: `PageHeader` of parquet.thrift, in Thrift's compact protocol.
#[derive(Debug, Default, PartialEq, Eq)]
struct PageHead {
    /// How long the head itself is.
    bytes: u64,
    kind: u64,
    unpacked: u64,
    packed: u64,
    values: u64,
    encoding: u64,
}

impl PageHead {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut thrift = Thrift { bytes, at: 0 };
        let mut head = Self::default();
        let mut id = 0;
        while let Some((field, kind)) = thrift.field(&mut id)? {
            match (field, kind) {
                (1, INT) => head.kind = thrift.number()?,
                (2, INT) => head.unpacked = thrift.number()?,
                (3, INT) => head.packed = thrift.number()?,
                (5 | 7, STRUCT) => {
                    let mut id = 0;
                    while let Some((field, kind)) = thrift.field(&mut id)? {
                        match (field, kind) {
                            (1, INT) => head.values = thrift.number()?,
                            (2, INT) => head.encoding = thrift.number()?,
                            _ => thrift.skip(kind, MOST_DEPTH)?,
                        }
                    }
                }
                _ => thrift.skip(kind, MOST_DEPTH)?,
            }
        }
        head.bytes = thrift.at as u64;
        Some(head)
    }
}

const INT: u8 = 5;
const STRUCT: u8 = 12;

/// Thrift's compact protocol, as far as heads of pages go.
struct Thrift<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A number that is not negative, by zigzag.
    fn number(&mut self) -> Option<u64> {
        let value = self.varint()?;
        (value & 1 == 0).then_some(value >> 1)
    }

    /// The next field of a struct and its type, or none where the struct ends.
    fn field(&mut self, id: &mut u64) -> Option<Option<(u64, u8)>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *id = match u64::from(byte >> 4) {
            0 => self.number()?,
            more => *id + more,
        };
        Some(Some((*id, byte & 15)))
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => {}
            3 => self.take(1)?,
            4..=6 => self.varint().map(|_| ())?,
            7 => self.take(8)?,
            8 => {
                let len = self.varint()?;
                self.take(len)?;
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    few => u64::from(few),
                };
                for _ in 0..count {
                    let kind = head & 15;
                    // Truths within a list take a byte each.
                    self.skip(if kind < 3 { 3 } else { kind }, depth)?;
                }
            }
            STRUCT => {
                let mut id = 0;
                while let Some((_, kind)) = self.field(&mut id)? {
                    self.skip(kind, depth)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn take(&mut self, len: u64) -> Option<()> {
        let past = self.at.checked_add(usize::try_from(len).ok()?)?;
        self.at = Some(past).filter(|past| *past <= self.bytes.len())?;
        Some(())
    }
}
