//! Files of rows: written a row group at a time, read by row groups and within these by ranges.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use cofferdam_model::{Id as _, ObjectId, ProjectId, StreamId, Timestamp};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;

use crate::columns::{Batch, GROUP_ROWS, SPECS, at, rows_properties, rows_schema};
use crate::error::Damage;
use crate::guard;
use crate::head::{FORMAT, Part, said, saying, typed};
use crate::row::Row;

/// A file of rows that is being written.
pub(crate) struct PartWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    batch: Batch,
    part: Part,
    rows: u64,
}

impl<W: Write + Send> PartWriter<W> {
    pub(crate) fn new(out: W, part: Part) -> Result<Self, Damage> {
        let file = SerializedFileWriter::new(out, Arc::new(rows_schema()?), Arc::new(rows_properties()?))?;
        Ok(Self {
            file,
            batch: Batch::default(),
            part,
            rows: 0,
        })
    }

    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds an entry's rows.
    pub(crate) fn push(&mut self, rows: &[Row]) -> Result<(), Damage> {
        for row in rows {
            self.batch.push(row);
            self.rows += 1;
            self.part.end = row.n + 1;
            if self.batch.len() == GROUP_ROWS {
                self.batch.flush(&mut self.file)?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and the footer.
    pub(crate) fn finish(mut self) -> Result<(W, Part), Damage> {
        self.batch.flush(&mut self.file)?;
        self.file.append_key_value_metadata(saying(&self.part)?);
        Ok((self.file.into_inner()?, self.part))
    }
}

/// A file of rows.
pub(crate) struct PartFile<R> {
    file: R,
    metadata: ParquetMetaData,
    pub(crate) part: Part,
}

/// What the footer says of a row group's entries and times: first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) n: (u64, u64),
    pub(crate) t: (Timestamp, Timestamp),
}

impl<R: ChunkReader> PartFile<R> {
    pub(crate) fn open(file: R) -> Result<Self, Damage> {
        let metadata = guard::footer(&file, &rows_schema()?)?;
        let part: Part = said(&metadata)?;
        if part.format != FORMAT {
            return Err(Damage::new(format!(
                "it is of the format {}, and this version reads {FORMAT}",
                part.format
            )));
        }
        Ok(Self { file, metadata, part })
    }

    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.metadata.file_metadata().num_rows()).unwrap_or(0)
    }

    pub(crate) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    pub(crate) fn extent(&self, group: usize) -> Result<Extent, Damage> {
        let group = self.metadata.row_group(group);
        let of = |column: usize| match group.column(column).statistics() {
            Some(Statistics::Int64(found)) => found.min_opt().copied().zip(found.max_opt().copied()),
            _ => None,
        };
        let n = of(at::N).and_then(|(min, max)| Some((u64::try_from(min).ok()?, u64::try_from(max).ok()?)));
        let t = of(at::T).map(|(min, max)| (Timestamp::from_micros(min), Timestamp::from_micros(max)));
        match (n, t) {
            (Some(n), Some(t)) if n.0 <= n.1 && t.0 <= t.1 => Ok(Extent { n, t }),
            _ => Err(Damage::new("it does not say which entries its row groups have")),
        }
    }

    /// A row group, to be read from its beginning on.
    pub(crate) fn group(&self, group: usize) -> Result<Group<'_, R>, Damage> {
        guard::caught(|| {
            Ok(Group {
                part: self,
                group,
                rows: usize::try_from(self.metadata.row_group(group).num_rows()).unwrap_or(0),
                n: self.cursor(group, at::N)?,
                t: self.cursor(group, at::T)?,
                actor: self.cursor(group, at::ACTOR)?,
                rest: None,
            })
        })
    }

    fn cursor<D: DataType>(&self, group: usize, column: usize) -> Result<Cursor<D>, Damage> {
        Ok(Cursor {
            reader: typed(&self.file, &self.metadata, group, column)?,
            optional: SPECS[column].optional,
            at: 0,
            levels: Vec::new(),
            values: Vec::new(),
        })
    }
}

/// A row group that is being read, onwards.
pub(crate) struct Group<'p, R> {
    part: &'p PartFile<R>,
    group: usize,
    pub(crate) rows: usize,
    n: Cursor<Int64Type>,
    t: Cursor<Int64Type>,
    actor: Cursor<Int32Type>,
    /// Read only where rows are wanted.
    rest: Option<Rest>,
}

struct Rest {
    clock: Cursor<Int64Type>,
    fact: Cursor<ByteArrayType>,
    purpose: Cursor<ByteArrayType>,
    project: Cursor<FixedLenByteArrayType>,
    stream: Cursor<FixedLenByteArrayType>,
    object: Cursor<FixedLenByteArrayType>,
    version: Cursor<Int32Type>,
    objects: Cursor<Int64Type>,
    bytes: Cursor<Int64Type>,
}

impl<R: ChunkReader> Group<'_, R> {
    /// Who did what is in these rows, by place in the list of those who act.
    pub(crate) fn actors(&mut self, rows: Range<usize>) -> Result<&[i32], Damage> {
        let actor = &mut self.actor;
        guard::caught(|| actor.read(rows))?;
        Ok(&self.actor.values)
    }

    /// Index and time of the entries of these rows. Those of no earlier rows can be had after.
    pub(crate) fn places(&mut self, rows: Range<usize>) -> Result<(&[i64], &[i64]), Damage> {
        let (n, t) = (&mut self.n, &mut self.t);
        guard::caught(|| {
            n.read(rows.clone())?;
            t.read(rows)
        })?;
        Ok((&self.n.values, &self.t.values))
    }

    /// These rows whole, added to `out`. `actors` are theirs. None of earlier rows can be had after.
    pub(crate) fn whole(
        &mut self,
        rows: Range<usize>,
        actors: &[i32],
        out: &mut Vec<Row>,
    ) -> Result<(), Damage> {
        self.places(rows.clone())?;
        let (part, group) = (self.part, self.group);
        let (n, t, rest) = (&self.n.values, &self.t.values, &mut self.rest);
        guard::caught(|| {
            let rest = match rest {
                Some(rest) => rest,
                none => none.insert(Rest::new(part, group)?),
            };
            rest.read(rows)?;
            let mut values = rest.values();
            for ((n, t), actor) in n.iter().zip(t).zip(actors) {
                out.push(
                    values
                        .row((*n, *t, *actor))
                        .ok_or_else(|| Damage::new("a row is no row of an archive"))?,
                );
            }
            Ok(())
        })
    }
}

impl Rest {
    fn new<R: ChunkReader>(part: &PartFile<R>, group: usize) -> Result<Self, Damage> {
        Ok(Self {
            clock: part.cursor(group, at::CLOCK)?,
            fact: part.cursor(group, at::FACT)?,
            purpose: part.cursor(group, at::PURPOSE)?,
            project: part.cursor(group, at::PROJECT)?,
            stream: part.cursor(group, at::STREAM)?,
            object: part.cursor(group, at::OBJECT)?,
            version: part.cursor(group, at::VERSION)?,
            objects: part.cursor(group, at::OBJECTS)?,
            bytes: part.cursor(group, at::BYTES)?,
        })
    }

    fn read(&mut self, rows: Range<usize>) -> Result<(), Damage> {
        self.clock.read(rows.clone())?;
        self.fact.read(rows.clone())?;
        self.purpose.read(rows.clone())?;
        self.project.read(rows.clone())?;
        self.stream.read(rows.clone())?;
        self.object.read(rows.clone())?;
        self.version.read(rows.clone())?;
        self.objects.read(rows.clone())?;
        self.bytes.read(rows)
    }

    fn values(&self) -> Each<'_> {
        Each {
            clock: self.clock.each(),
            fact: self.fact.each(),
            purpose: self.purpose.each(),
            project: self.project.each(),
            stream: self.stream.each(),
            object: self.object.each(),
            version: self.version.each(),
            objects: self.objects.each(),
            bytes: self.bytes.each(),
        }
    }
}

/// The values of the rows that were read, row by row.
struct Each<'v> {
    clock: Next<'v, i64>,
    fact: Next<'v, ByteArray>,
    purpose: Next<'v, ByteArray>,
    project: Next<'v, FixedLenByteArray>,
    stream: Next<'v, FixedLenByteArray>,
    object: Next<'v, FixedLenByteArray>,
    version: Next<'v, i32>,
    objects: Next<'v, i64>,
    bytes: Next<'v, i64>,
}

impl Each<'_> {
    /// The next row; none, where it is none that an archive has.
    fn row(&mut self, (n, t, actor): (i64, i64, i32)) -> Option<Row> {
        let row = Row {
            n: u64::try_from(n).ok()?,
            t: Timestamp::from_micros(t),
            clock: self.clock.next()?.copied().map(Timestamp::from_micros),
            actor: u32::try_from(actor).ok()?,
            fact: text(self.fact.next()??),
            purpose: self.purpose.next()?.map(text),
            project: id(self.project.next()?)?.map(ProjectId::from_bytes),
            stream: id(self.stream.next()?)?.map(StreamId::from_bytes),
            object: id(self.object.next()?)?.map(ObjectId::from_bytes),
            version: number(self.version.next()?.copied())?,
            objects: number(self.objects.next()?.copied())?,
            bytes: number(self.bytes.next()?.copied())?,
        };
        let whole =
            row.object.is_some() == row.version.is_some() && (row.object.is_none() || row.bytes.is_some());
        whole.then_some(row)
    }
}

fn text(value: &ByteArray) -> Bytes {
    Bytes::copy_from_slice(value.data())
}

fn id(value: Option<&FixedLenByteArray>) -> Option<Option<[u8; 16]>> {
    value
        .map(|id| id.data().try_into().ok())
        .map_or(Some(None), |id: Option<_>| id.map(Some))
}

fn number<S, U: TryFrom<S>>(value: Option<S>) -> Option<Option<U>> {
    value.map_or(Some(None), |value| U::try_from(value).ok().map(Some))
}

/// A column of a row group that is being read, onwards.
struct Cursor<D: DataType> {
    reader: ColumnReaderImpl<D>,
    optional: bool,
    /// The row that comes next.
    at: usize,
    levels: Vec<i16>,
    values: Vec<D::T>,
}

impl<D: DataType> Cursor<D> {
    /// Reads the values of these rows, in place of those before.
    fn read(&mut self, rows: Range<usize>) -> Result<(), Damage> {
        let short = || Damage::new("a column ends before it should");
        let before = rows.start.checked_sub(self.at).ok_or_else(short)?;
        if before > 0 && self.reader.skip_records(before)? != before {
            return Err(short());
        }
        self.levels.clear();
        self.values.clear();
        let levels = self.optional.then_some(&mut self.levels);
        let (read, _, _) = self
            .reader
            .read_records(rows.len(), levels, None, &mut self.values)?;
        self.at = rows.end;
        match read == rows.len() {
            true => Ok(()),
            false => Err(short()),
        }
    }

    fn each(&self) -> Next<'_, D::T> {
        Next {
            levels: self.optional.then(|| self.levels.iter()),
            values: self.values.iter(),
        }
    }
}

struct Next<'v, T> {
    levels: Option<std::slice::Iter<'v, i16>>,
    values: std::slice::Iter<'v, T>,
}

impl<'v, T> Next<'v, T> {
    /// The value of the next row, if it has one; none, where there is no next row.
    fn next(&mut self) -> Option<Option<&'v T>> {
        let there = match &mut self.levels {
            Some(levels) => *levels.next()? > 0,
            None => true,
        };
        Some(if there { Some(self.values.next()?) } else { None })
    }
}
