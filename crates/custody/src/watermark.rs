//! The furthest signed tree head of each ledger, kept in a file beside the database.
//!
//! Whoever can write the database, and nothing else, can put back an older state of it, seals and all: a halt would be
//! gone. The file says how far the ledger was; one that ends before that, or that is another up to there, stays closed.
//! The file follows the database by a moment and is never ahead of it, because it is written after the commit. Whoever
//! can write the whole data folder can put both back: that takes a witness elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::TileCoord;
use cofferdam_ledger::tree::{TreeReader, root_tiles};
use cofferdam_model::Compartment;
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
        self.0.join(format!("{compartment}.checkpoint"))
    }

    /// Keeps a signed tree head that the database holds durably.
    pub(crate) fn keep(&self, compartment: Compartment, checkpoint: &str) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let path = self.path(compartment);
        let part = path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        file.write_all(checkpoint.as_bytes())?;
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
            let name = path.file_name().and_then(|name| name.to_str());
            let compartment = name.and_then(|name| name.strip_suffix(".checkpoint")?.parse().ok());
            if let Some(compartment) = compartment {
                let text = fs::read(&path).map_err(|error| unread(&path, error))?;
                marks.0.insert(compartment, (path, text));
            }
        }
        Ok(marks)
    }
}

/// What the files said at one moment, and where each is.
#[derive(Default)]
pub(crate) struct Marks(BTreeMap<Compartment, (PathBuf, Vec<u8>)>);

impl Marks {
    /// Whether a ledger's file holds this tree head.
    pub(crate) fn has(&self, compartment: Compartment, checkpoint: &str) -> bool {
        let kept = self.0.get(&compartment);
        kept.is_some_and(|(_, text)| text == checkpoint.as_bytes())
    }

    /// The ledgers that were there, and of which nothing is left.
    pub(crate) fn gone(&self, there: &[Compartment]) -> Vec<(Compartment, Integrity)> {
        let gone = self.0.iter().filter(|(known, _)| !there.contains(known));
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
        let Some((path, text)) = self.0.get(&compartment) else {
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
fn hashes(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    coord: TileCoord,
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = ledger::tile(reader, compartment, coord.level, coord.index)?.unwrap_or_default();
    bytes.truncate(usize::from(coord.width) * 32);
    Ok(bytes)
}
