//! What an archive says of itself: of which ledger it is, and how far it goes. It stands in the file of those who acted, which is written
//! last.

use std::io::Write;
use std::sync::Arc;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_model::authority::PutBack;
use cofferdam_model::{Actor, Id as _, ProjectId, Role, Timestamp};
use parquet::column::reader::{ColumnReaderImpl, get_column_reader, get_typed_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FixedLenByteArrayType};
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde::{Deserialize, Serialize};

use crate::columns::{Kind, Values, field, ids, properties, put, schema};
use crate::error::Damage;
use crate::guard;
use crate::row::Known;

/// The format that this code writes.
pub(crate) const FORMAT: u32 = 1;
/// Where it stands among a file's key-value pairs.
pub(crate) const KEY: &str = "cofferdam.archive";
/// The most who act in an archive.
pub(crate) const MOST_ACTORS: usize = 1 << 20;

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) format: u32,
    /// The ledger's verifier key.
    pub(crate) vkey: String,
    /// The signed tree head that it was made as of.
    pub(crate) checkpoint: String,
    /// It has the rows of the entries from 0 to below this.
    pub(crate) end: u64,
    /// No entry of an earlier ledger time than this is beyond them, microseconds since 1970.
    pub(crate) until: i64,
    pub(crate) rows: u64,
    /// Where the clock was put back, as of the tree head.
    pub(crate) put_back: Vec<Span>,
    pub(crate) parts: Vec<PartEnd>,
}

/// Where a file of rows ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartEnd {
    /// The first entry after it.
    pub(crate) end: u64,
    pub(crate) rows: u64,
}

/// What a file of rows says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) format: u32,
    pub(crate) part: u64,
    pub(crate) checkpoint: String,
    /// It has the rows of the entries from this to below `end`.
    pub(crate) first: u64,
    pub(crate) end: u64,
}

/// [`PutBack`], as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    n: u64,
    t: i64,
    clock: i64,
    caught_up: Option<(u64, i64)>,
}

impl From<&PutBack> for Span {
    fn from(span: &PutBack) -> Self {
        Self {
            n: span.n,
            t: span.t.as_micros(),
            clock: span.clock.as_micros(),
            caught_up: span.caught_up.map(|(n, t)| (n, t.as_micros())),
        }
    }
}

impl From<&Span> for PutBack {
    fn from(span: &Span) -> Self {
        Self {
            n: span.n,
            t: Timestamp::from_micros(span.t),
            clock: Timestamp::from_micros(span.clock),
            caught_up: span.caught_up.map(|(n, t)| (n, Timestamp::from_micros(t))),
        }
    }
}

impl Head {
    /// The tree head, if it is signed with the archive's key, and that is one of `keys`, where there are any.
    pub(crate) fn open(&self, keys: &[VerifyingKey]) -> Result<Checkpoint, String> {
        let own: VerifyingKey = self
            .vkey
            .trim()
            .parse()
            .map_err(|error| format!("its key does not read: {error}"))?;
        if !keys.is_empty() && !keys.contains(&own) {
            return Err(format!("it is signed with the key {own}, not with the one given"));
        }
        let open =
            Checkpoint::open(self.checkpoint.as_bytes(), &own, &[]).map_err(|error| error.to_string())?;
        match open.checkpoint.size() >= self.end {
            true => Ok(open.checkpoint),
            false => Err("it has fewer entries than the archive".to_owned()),
        }
    }
}

/// What a file says of itself.
pub(crate) fn said<T: serde::de::DeserializeOwned>(metadata: &ParquetMetaData) -> Result<T, Damage> {
    let pairs = metadata
        .file_metadata()
        .key_value_metadata()
        .into_iter()
        .flatten();
    let mut own = pairs
        .filter(|pair| pair.key == KEY)
        .filter_map(|pair| pair.value.as_deref());
    match (own.next(), own.next()) {
        (Some(text), None) => serde_json::from_str(text)
            .map_err(|error| Damage::new(format!("what it says of itself does not read: {error}"))),
        _ => Err(Damage::new("it does not say of which archive it is")),
    }
}

/// The same, as it is written.
pub(crate) fn saying(of: &impl Serialize) -> Result<KeyValue, Damage> {
    let text = serde_json::to_string(of).map_err(|error| Damage::new(error.to_string()))?;
    Ok(KeyValue::new(KEY.to_owned(), text))
}

const TEXTS: [&str; 2] = ["as", "role"];
const IDS: [&str; 5] = ["engagement", "pseudonym", "credential", "principal", "project"];

fn actors_schema() -> Result<Type, Damage> {
    let texts = TEXTS.map(|name| field(name, Kind::Text, true));
    let ids = IDS.map(|name| field(name, Kind::Id, true));
    schema(texts.into_iter().chain(ids))
}

/// Writes the file of those who acted.
pub(crate) fn write_actors(out: impl Write + Send, head: &Head, known: &[Known]) -> Result<(), Damage> {
    let mut texts: [Values<ByteArray>; 2] = Default::default();
    let mut columns: [Values<[u8; 16]>; 5] = Default::default();
    for known in known {
        let (name, ids) = spelt(known);
        texts[0].push(Some(name.into()));
        texts[1].push(known.role.map(|role| role.name().into()));
        for (column, id) in columns.iter_mut().zip(ids) {
            column.push(id);
        }
    }
    let properties = Arc::new(properties()?.build());
    let mut file = SerializedFileWriter::new(out, Arc::new(actors_schema()?), properties)?;
    if !known.is_empty() {
        let mut group = file.next_row_group()?;
        for column in &texts {
            put::<ByteArrayType>(&mut group, &column.values, &column.levels)?;
        }
        for column in &columns {
            put::<FixedLenByteArrayType>(&mut group, &ids(&column.values), &column.levels)?;
        }
        group.close()?;
    }
    file.append_key_value_metadata(saying(head)?);
    file.close()?;
    Ok(())
}

/// One who acted, by columns: as what, and the ids in the order of [`IDS`].
fn spelt(known: &Known) -> (&'static str, [Option<[u8; 16]>; 5]) {
    let project = known.project.map(|id| *id.as_bytes());
    match &known.by {
        Actor::Engaged {
            engagement,
            pseudonym,
            credential,
        } => {
            let ids =
                [engagement.as_bytes(), pseudonym.as_bytes(), credential.as_bytes()].map(|id| Some(*id));
            ("engaged", [ids[0], ids[1], ids[2], None, project])
        }
        Actor::Operator {
            principal,
            credential,
        } => {
            let [credential, principal] = [credential.as_bytes(), principal.as_bytes()].map(|id| Some(*id));
            ("operator", [None, None, credential, principal, project])
        }
        Actor::Platform => ("platform", [None, None, None, None, project]),
        Actor::Stranger { credential } => (
            "stranger",
            [None, None, Some(*credential.as_bytes()), None, project],
        ),
    }
}

/// The same, read.
fn read_known(name: &[u8], role: Option<&[u8]>, ids: [Option<[u8; 16]>; 5]) -> Option<Known> {
    let by = match (name, ids) {
        (b"engaged", [Some(engagement), Some(pseudonym), Some(credential), None, _]) => Actor::Engaged {
            engagement: cofferdam_model::EngagementId::from_bytes(engagement),
            pseudonym: cofferdam_model::Pseudonym::from_bytes(pseudonym),
            credential: cofferdam_model::CredentialTag::from_bytes(credential),
        },
        (b"operator", [None, None, Some(credential), Some(principal), _]) => Actor::Operator {
            principal: cofferdam_model::PrincipalId::from_bytes(principal),
            credential: cofferdam_model::CredentialTag::from_bytes(credential),
        },
        (b"platform", [None, None, None, None, _]) => Actor::Platform,
        (b"stranger", [None, None, Some(credential), None, _]) => Actor::Stranger {
            credential: cofferdam_model::CredentialTag::from_bytes(credential),
        },
        _ => return None,
    };
    const ROLES: [Role; 5] = [
        Role::Author,
        Role::Reviewer,
        Role::Lead,
        Role::Steward,
        Role::Integration,
    ];
    let role = match role {
        None => None,
        Some(name) => Some(ROLES.into_iter().find(|role| role.name().as_bytes() == name)?),
    };
    let project = ids[4].map(ProjectId::from_bytes);
    Some(Known { by, role, project })
}

/// Reads the file of those who acted.
pub(crate) fn read_actors<R: ChunkReader>(file: &R) -> Result<(Head, Vec<Known>), Damage> {
    let metadata = guard::footer(file, &actors_schema()?)?;
    let head: Head = said(&metadata)?;
    if head.format != FORMAT {
        return Err(Damage::new(format!(
            "it is of the format {}, and this version reads {FORMAT}",
            head.format
        )));
    }
    let mut all = Vec::new();
    for group in 0..metadata.num_row_groups() {
        if all.len() > MOST_ACTORS {
            return Err(Damage::new("more act in it than may"));
        }
        all.extend(guard::caught(|| group_of_actors(file, &metadata, group))?);
    }
    Ok((head, all))
}

fn group_of_actors<R: ChunkReader>(
    file: &R,
    metadata: &ParquetMetaData,
    group: usize,
) -> Result<Vec<Known>, Damage> {
    let texts = [0, 1].map(|column| whole::<ByteArrayType, R>(file, metadata, group, column));
    let [names, roles] = texts;
    let (names, roles) = (names?, roles?);
    let mut ids = Vec::with_capacity(IDS.len());
    for column in 2..2 + IDS.len() {
        ids.push(whole::<FixedLenByteArrayType, R>(file, metadata, group, column)?);
    }
    let mut known = Vec::with_capacity(names.len());
    for (i, (name, role)) in names.iter().zip(&roles).enumerate() {
        let mut row = [None; 5];
        for (place, column) in row.iter_mut().zip(&ids) {
            let id = column.get(i).and_then(Option::as_ref);
            *place = match id {
                None => None,
                Some(id) => Some(<[u8; 16]>::try_from(id.data()).map_err(|_| Damage::new("an id is none"))?),
            };
        }
        let name = name.as_ref().map_or(&[][..], ByteArray::data);
        let role = role.as_ref().map(ByteArray::data);
        known.push(
            read_known(name, role, row)
                .ok_or_else(|| Damage::new("it names somebody in a way that it does not know"))?,
        );
    }
    Ok(known)
}

/// All values of a column of a row group.
fn whole<D: DataType, R: ChunkReader>(
    file: &R,
    metadata: &ParquetMetaData,
    group: usize,
    column: usize,
) -> Result<Vec<Option<D::T>>, Damage> {
    let rows = usize::try_from(metadata.row_group(group).num_rows()).unwrap_or(0);
    let mut reader: ColumnReaderImpl<D> = typed(file, metadata, group, column)?;
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let (read, _, _) = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
    if read != rows {
        return Err(Damage::new("a column ends before it should"));
    }
    let mut values = values.into_iter();
    Ok(levels
        .iter()
        .map(|level| (*level > 0).then(|| values.next()).flatten())
        .collect())
}

/// A reader of one column of a row group.
pub(crate) fn typed<D: DataType, R: ChunkReader>(
    file: &R,
    metadata: &ParquetMetaData,
    group: usize,
    column: usize,
) -> Result<ColumnReaderImpl<D>, Damage> {
    let group = metadata.row_group(group);
    let rows = usize::try_from(group.num_rows()).unwrap_or(0);
    let meta = group.column(column);
    let chunk = Arc::new(guard::column(file, meta)?);
    let pages = SerializedPageReader::new(chunk, meta, rows, None)?;
    Ok(get_typed_column_reader(get_column_reader(
        meta.column_descr_ptr(),
        Box::new(pages),
    )))
}
