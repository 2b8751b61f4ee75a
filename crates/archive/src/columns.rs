//! The columns of the rows: their names, types and encodings, and values on their way into a file.

use std::sync::Arc;

use bytes::Bytes;
use cofferdam_model::Id as _;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};

use crate::error::Damage;
use crate::row::Row;

/// Rows of a row group, but of the last: 2^17, so that one hour of a busy ledger is few of them, and their footers cost a hundredth of a byte
/// a row.
pub(crate) const GROUP_ROWS: usize = 1 << 17;
/// Rows of a page: an object's id has 16 bytes, each of which is then 64 KiB of one kind.
const PAGE_ROWS: usize = 1 << 16;
const ZSTD_LEVEL: i32 = 3;

/// The places of the columns.
pub(crate) mod at {
    pub(crate) const N: usize = 0;
    pub(crate) const T: usize = 1;
    pub(crate) const CLOCK: usize = 2;
    pub(crate) const ACTOR: usize = 3;
    pub(crate) const FACT: usize = 4;
    pub(crate) const PURPOSE: usize = 5;
    pub(crate) const PROJECT: usize = 6;
    pub(crate) const STREAM: usize = 7;
    pub(crate) const OBJECT: usize = 8;
    pub(crate) const VERSION: usize = 9;
    pub(crate) const OBJECTS: usize = 10;
    pub(crate) const BYTES: usize = 11;
    pub(crate) const ALL: usize = 12;
}

/// How a column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Dictionary,
    /// Each value as the difference to the one before.
    Delta,
    /// The first byte of every value, then the second of every value, and so on.
    Split,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Number,
    Small,
    Time,
    Text,
    Id,
}

pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
    packing: Packing,
}

const fn spec(name: &'static str, kind: Kind, optional: bool, packing: Packing) -> Spec {
    Spec {
        name,
        kind,
        optional,
        packing,
    }
}

/// By place.
pub(crate) const SPECS: [Spec; at::ALL] = [
    spec("n", Kind::Number, false, Packing::Delta),
    spec("t", Kind::Time, false, Packing::Delta),
    spec("clock", Kind::Time, true, Packing::Delta),
    spec("actor", Kind::Small, false, Packing::Dictionary),
    spec("fact", Kind::Text, false, Packing::Dictionary),
    spec("purpose", Kind::Text, true, Packing::Dictionary),
    spec("project", Kind::Id, true, Packing::Dictionary),
    spec("stream", Kind::Id, true, Packing::Dictionary),
    spec("object", Kind::Id, true, Packing::Split),
    spec("version", Kind::Small, true, Packing::Dictionary),
    spec("objects", Kind::Number, true, Packing::Delta),
    spec("bytes", Kind::Number, true, Packing::Split),
];

/// A column's type in the file.
pub(crate) fn field(name: &str, kind: Kind, optional: bool) -> Result<Type, Damage> {
    let (physical, logical, length) = match kind {
        Kind::Number => (Physical::INT64, None, -1),
        Kind::Small => (Physical::INT32, None, -1),
        Kind::Time => {
            let micros = LogicalType::timestamp(true, TimeUnit::MICROS);
            (Physical::INT64, Some(micros), -1)
        }
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), -1),
        Kind::Id => (Physical::FIXED_LEN_BYTE_ARRAY, None, 16),
    };
    let repetition = match optional {
        true => Repetition::OPTIONAL,
        false => Repetition::REQUIRED,
    };
    let field = Type::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .with_length(length);
    Ok(field.build()?)
}

/// A file's columns.
pub(crate) fn schema(fields: impl IntoIterator<Item = Result<Type, Damage>>) -> Result<Type, Damage> {
    let fields: Vec<_> = fields
        .into_iter()
        .map(|f| f.map(Arc::new))
        .collect::<Result<_, _>>()?;
    Ok(Type::group_type_builder("schema").with_fields(fields).build()?)
}

/// The columns of rows.
pub(crate) fn rows_schema() -> Result<Type, Damage> {
    schema(
        SPECS
            .iter()
            .map(|spec| field(spec.name, spec.kind, spec.optional)),
    )
}

/// What all files have in common.
pub(crate) fn properties() -> Result<WriterPropertiesBuilder, Damage> {
    Ok(WriterProperties::builder()
        .set_created_by("cofferdam".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(2 << 20)
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::None))
}

/// How rows are written.
pub(crate) fn rows_properties() -> Result<WriterProperties, Damage> {
    let by_n = SortingColumn {
        column_idx: at::N as i32,
        descending: false,
        nulls_first: false,
    };
    let mut all = properties()?.set_sorting_columns(Some(vec![by_n]));
    for spec in &SPECS {
        let path = || ColumnPath::from(spec.name);
        all = match spec.packing {
            Packing::Dictionary => all,
            Packing::Delta => all
                .set_column_dictionary_enabled(path(), false)
                .set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED),
            Packing::Split => all
                .set_column_dictionary_enabled(path(), false)
                .set_column_encoding(path(), Encoding::BYTE_STREAM_SPLIT),
        };
    }
    for indexed in ["n", "t", "actor"] {
        all = all.set_column_statistics_enabled(ColumnPath::from(indexed), EnabledStatistics::Chunk);
    }
    Ok(all.build())
}

/// The values of one column, and for one that may have none which of its rows has one.
#[derive(Debug)]
pub(crate) struct Values<T> {
    pub(crate) values: Vec<T>,
    pub(crate) levels: Vec<i16>,
}

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            levels: Vec::new(),
        }
    }
}

impl<T> Values<T> {
    pub(crate) fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn clear(&mut self) {
        self.values.clear();
        self.levels.clear();
    }

    /// Writes the next column of a row group.
    fn put<D: DataType<T = T>>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, impl std::io::Write + Send>,
    ) -> Result<(), Damage> {
        put::<D>(group, &self.values, &self.levels)?;
        self.clear();
        Ok(())
    }
}

/// Writes the next column of a row group.
pub(crate) fn put<D: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl std::io::Write + Send>,
    values: &[D::T],
    levels: &[i16],
) -> Result<(), Damage> {
    let Some(mut column) = group.next_column()? else {
        return Err(Damage::new("there are fewer columns than values"));
    };
    column.typed::<D>().write_batch(values, Some(levels), None)?;
    Ok(column.close()?)
}

/// Ids, as they lie in a file: parts of one buffer.
pub(crate) fn ids(ids: &[[u8; 16]]) -> Vec<FixedLenByteArray> {
    let all = Bytes::copy_from_slice(ids.as_flattened());
    let each = (0..ids.len()).map(|i| ByteArray::from(all.slice(16 * i..16 * (i + 1))).into());
    each.collect()
}

fn put_ids(
    column: &mut Values<[u8; 16]>,
    group: &mut SerializedRowGroupWriter<'_, impl std::io::Write + Send>,
) -> Result<(), Damage> {
    put::<FixedLenByteArrayType>(group, &ids(&column.values), &column.levels)?;
    column.clear();
    Ok(())
}

/// The rows of one row group, by column, before they are written.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    n: Values<i64>,
    t: Values<i64>,
    clock: Values<i64>,
    actor: Values<i32>,
    fact: Values<ByteArray>,
    purpose: Values<ByteArray>,
    project: Values<[u8; 16]>,
    stream: Values<[u8; 16]>,
    object: Values<[u8; 16]>,
    version: Values<i32>,
    objects: Values<i64>,
    bytes: Values<i64>,
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.n.levels.len()
    }

    pub(crate) fn push(&mut self, row: &Row) {
        self.n.push(Some(row.n.cast_signed()));
        self.t.push(Some(row.t.as_micros()));
        self.clock.push(row.clock.map(|clock| clock.as_micros()));
        self.actor.push(Some(row.actor.cast_signed()));
        self.fact.push(Some(row.fact.clone().into()));
        self.purpose.push(row.purpose.clone().map(ByteArray::from));
        self.project.push(row.project.map(|id| *id.as_bytes()));
        self.stream.push(row.stream.map(|id| *id.as_bytes()));
        self.object.push(row.object.map(|id| *id.as_bytes()));
        self.version.push(row.version.map(u32::cast_signed));
        self.objects.push(row.objects.map(u64::cast_signed));
        self.bytes.push(row.bytes.map(u64::cast_signed));
    }

    /// Writes all of it as one row group, in the order of [`SPECS`], and is empty again.
    pub(crate) fn flush(
        &mut self,
        file: &mut SerializedFileWriter<impl std::io::Write + Send>,
    ) -> Result<(), Damage> {
        if self.len() == 0 {
            return Ok(());
        }
        let mut group = file.next_row_group()?;
        self.n.put::<Int64Type>(&mut group)?;
        self.t.put::<Int64Type>(&mut group)?;
        self.clock.put::<Int64Type>(&mut group)?;
        self.actor.put::<Int32Type>(&mut group)?;
        self.fact.put::<ByteArrayType>(&mut group)?;
        self.purpose.put::<ByteArrayType>(&mut group)?;
        put_ids(&mut self.project, &mut group)?;
        put_ids(&mut self.stream, &mut group)?;
        put_ids(&mut self.object, &mut group)?;
        self.version.put::<Int32Type>(&mut group)?;
        self.objects.put::<Int64Type>(&mut group)?;
        self.bytes.put::<Int64Type>(&mut group)?;
        group.close()?;
        Ok(())
    }
}
