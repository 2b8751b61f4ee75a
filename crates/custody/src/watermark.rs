//! The furthest signed tree head of each ledger, kept in a file beside the database.
//!
//! Whoever can write the database, and nothing else, can put back an older state of it, seals and all: a halt would be
//! gone. The file says how far the ledger was; one that ends before that, or that is another up to there, stays closed.
//! The file follows the database by a moment and is never ahead of it, because it is written after the commit. Whoever
//! can write the whole data folder can put both back: that takes a witness elsewhere.
//!
//! While a ledger cannot be signed, a second file says where it ends: else whoever keeps it from being signed could take away
//! later what was recorded meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::TileCoord;
use cofferdam_ledger::tree::{TreeReader, root_tiles};
use cofferdam_model::Compartment;
use cofferdam_model::entry::hex32;
use cofferdam_store::ledger::{self, HeadRow};
use cofferdam_store::{Reader, StoreError};

use crate::error::Integrity;

/// Where the files are.
pub(crate) struct Watermarks(PathBuf);

impl Watermarks {
    /// Files below `folder`, which is made when the first is kept.
    pub(crate) fn below(folder: PathBuf) -> Self {
        Self(folder)
    }

    fn path(&self, compartment: Compartment) -> PathBuf {
        self.0.join(format!("{compartment}.{HEAD}"))
    }

    /// Keeps a signed tree head that the database holds durably.
    pub(crate) fn keep(&self, compartment: Compartment, checkpoint: &str) -> io::Result<()> {
        self.put(&self.path(compartment), checkpoint)
    }

    /// Keeps where a ledger ends that is not signed so far. The database holds it durably.
    pub(crate) fn keep_end(&self, compartment: Compartment, last: Last) -> io::Result<()> {
        let text = format!("{}\n{}\n", last.size, hex32::encode(&last.leaf));
        let path = self.path(compartment).with_extension(END);
        if fs::read(&path).is_ok_and(|kept| kept == text.as_bytes()) {
            return Ok(());
        }
        self.put(&path, &text)
    }

    /// Drops that again, once a signed tree head is kept that holds as much.
    pub(crate) fn drop_end(&self, compartment: Compartment) -> io::Result<()> {
        match fs::remove_file(self.path(compartment).with_extension(END)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn put(&self, path: &Path, text: &str) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let part = path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        file.write_all(text.as_bytes())?;
        // An empty file in its place after a power cut would close a ledger that is whole.
        file.sync_all()?;
        fs::rename(part, path)
    }

    /// The tree head kept of a ledger, if one was.
    pub(crate) fn kept(&self, compartment: Compartment) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(compartment)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the files say now. To be asked before the ledgers are read that are held against it: a file may follow its
    /// ledger while that is being done, and would seem to be ahead of it. A file that cannot be read says nothing of its
    /// ledger, neither that it is whole nor that it was edited.
    pub(crate) fn read(&self) -> Result<Marks, StoreError> {
        let unread = |path: &Path, error: io::Error| {
            StoreError::Unreadable(format!("{} cannot be read: {error}", path.display()))
        };
        let files = match fs::read_dir(&self.0) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Marks::default()),
            Err(error) => return Err(unread(&self.0, error)),
        };
        let mut marks = Marks::default();
        for file in files {
            let path = file.map_err(|error| unread(&self.0, error))?.path();
            let compartment = path.file_stem().and_then(|name| name.to_str()?.parse().ok());
            let (Some(compartment), Some(kind)) = (compartment, path.extension()) else {
                continue;
            };
            if kind != HEAD && kind != END {
                continue;
            }
            let text = fs::read(&path).map_err(|error| unread(&path, error))?;
            if kind == HEAD {
                marks.heads.insert(compartment, (path, text));
            } else {
                let told = format!("{} (remove it only if you restored a backup) has", path.display());
                marks.ends.insert(compartment, (told, Last::read(&text)));
            }
        }
        Ok(marks)
    }
}

/// What a file is called that holds a signed tree head, behind the dot,
const HEAD: &str = "checkpoint";
/// and one that says where a ledger ends that is not signed so far.
const END: &str = "end";

/// The last entry of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Last {
    /// How many entries there are with it.
    pub(crate) size: u64,
    /// Its leaf hash.
    pub(crate) leaf: [u8; 32],
}

impl Last {
    fn read(text: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(text).ok()?.lines();
        let size = lines.next()?.parse().ok()?;
        let leaf = hex32::decode(lines.next()?)?;
        Some(Self { size, leaf })
    }

    /// Whether a ledger does not hold it.
    fn missed(
        self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        head: &HeadRow,
        told: &str,
    ) -> Result<Option<String>, StoreError> {
        let Self { size, leaf } = self;
        if head.size < size {
            let now = head.size;
            return Ok(Some(format!(
                "it was put back: {told} {size} entries, it has {now}. Bring them back; where you restored a backup, or a \
                 server took over that had not got them, remove its files in watermarks/ and start again"
            )));
        }
        let Some(n) = size.checked_sub(1) else {
            return Ok(None);
        };
        let same = ledger::entry(reader, compartment, n)?.is_some_and(|entry| entry.leaf == leaf);
        Ok((!same).then(|| format!("its entry {n} is not the one that {told}")))
    }
}

/// What the files said at one moment, and where each is.
#[derive(Default)]
pub(crate) struct Marks {
    heads: BTreeMap<Compartment, (PathBuf, Vec<u8>)>,
    /// Who says so, and what.
    ends: BTreeMap<Compartment, (String, Option<Last>)>,
}

impl Marks {
    /// And where ledgers ended that a node knows, which may be further on.
    pub(crate) fn and_known(mut self, ends: impl Iterator<Item = (Compartment, Last)>) -> Self {
        for (compartment, last) in ends {
            // One that does not read contradicts its ledger, whatever this node knows.
            let further = |(_, kept): &(String, Option<Last>)| kept.is_some_and(|kept| kept.size < last.size);
            if self.ends.get(&compartment).is_none_or(further) {
                self.ends
                    .insert(compartment, ("this node recorded".to_owned(), Some(last)));
            }
        }
        self
    }

    /// Whether a ledger's file holds this tree head.
    pub(crate) fn has(&self, compartment: Compartment, checkpoint: &str) -> bool {
        let kept = self.heads.get(&compartment);
        kept.is_some_and(|(_, text)| text == checkpoint.as_bytes())
    }

    /// Whether there is a file of a ledger's tree head.
    pub(crate) fn is_marked(&self, compartment: Compartment) -> bool {
        self.heads.contains_key(&compartment)
    }

    /// The ledgers that were there, and of which nothing is left.
    pub(crate) fn gone(&self, there: &[Compartment]) -> Vec<(Compartment, Integrity)> {
        let gone = self.heads.iter().filter(|(known, _)| !there.contains(known));
        gone.map(|(compartment, (path, _))| {
            let problem = format!(
                "it is gone, and {} says that it was there. Remove that file only if you restored a backup",
                path.display()
            );
            (
                *compartment,
                Integrity::of(format!("the ledger of {compartment}"), problem),
            )
        })
        .collect()
    }

    /// What is wrong with a ledger, measured against its file, if anything is.
    pub(crate) fn contradicted(
        &self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        head: &HeadRow,
        key: &VerifyingKey,
    ) -> Result<Option<String>, StoreError> {
        let missed = match self.ends.get(&compartment) {
            Some((told, Some(last))) => last.missed(reader, compartment, head, told)?,
            Some((told, None)) => Some(format!("{told} no entry of a ledger's")),
            None => None,
        };
        if missed.is_some() {
            return Ok(missed);
        }
        let Some((path, text)) = self.heads.get(&compartment) else {
            return Ok(None);
        };
        let named = path.display();
        let Ok(open) = Checkpoint::open(text, key, &[]) else {
            return Ok(Some(format!(
                "{named} is not a tree head that was signed here; `origin` and installation.key must be those that \
                 `cofferdam init` made it with"
            )));
        };
        let (size, root) = (open.checkpoint.size(), open.checkpoint.root());
        if size > head.integrated {
            let now = head.integrated;
            return Ok(Some(format!(
                "it was put back: {named} has {size} entries, it has {now}. Remove that file only if you restored a backup"
            )));
        }
        let mut tiles = BTreeMap::new();
        for coord in root_tiles(size, head.integrated) {
            tiles.insert(coord, hashes(reader, compartment, coord)?);
        }
        let found = TreeReader::new(tiles, head.integrated).root(size);
        let same = found.is_ok_and(|found| found == root);
        Ok((!same).then(|| format!("its first {size} entries are not those of {named}")))
    }
}

/// A tile as wide as asked; shorter when it is not there.
pub(crate) fn hashes(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    coord: TileCoord,
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = ledger::tile(reader, compartment, coord.level, coord.index)?.unwrap_or_default();
    bytes.truncate(usize::from(coord.width) * 32);
    Ok(bytes)
}
