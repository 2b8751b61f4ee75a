//! The furthest signed tree head of each ledger, kept in a file beside the database.
//!
//! Whoever can write the database, and nothing else, can put back an older state of it, seals and all: a halt would be
//! gone. The file says how far the ledger was; one that ends before that, or that is another up to there, stays closed.
//! The file follows the database by a moment and is never ahead of it, because it is written after the commit. Whoever
//! can write the whole data folder can put both back: that takes a witness elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::TileCoord;
use cofferdam_ledger::tree::{TreeReader, root_tiles};
use cofferdam_model::Compartment;
use cofferdam_store::ledger::{self, HeadRow};
use cofferdam_store::{Reader, StoreError};

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

    /// What is wrong with ledgers that are not there at all, though they were.
    pub(crate) fn missing(&self, there: &[Compartment]) -> io::Result<Vec<(Compartment, String)>> {
        let files = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            files => files?,
        };
        let mut gone = Vec::new();
        for file in files {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let kept = name.and_then(|name| name.strip_suffix(".checkpoint")?.parse().ok());
            if let Some(compartment) = kept.filter(|kept| !there.contains(kept)) {
                let problem = format!(
                    "it is not there, and {} says that it was. Remove that file only if you restored a backup",
                    path.display()
                );
                gone.push((compartment, problem));
            }
        }
        Ok(gone)
    }

    /// The tree head kept of a ledger, if one was.
    pub(crate) fn kept(&self, compartment: Compartment) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(compartment)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is wrong with a ledger, measured against its file, if anything is.
    pub(crate) fn contradicted(
        &self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        head: &HeadRow,
        key: &VerifyingKey,
    ) -> Result<Option<String>, StoreError> {
        let path = self.path(compartment);
        let named = path.display();
        let text = match self.kept(compartment) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(format!("{named}: {error}"))),
        };
        let Ok(open) = Checkpoint::open(&text, key, &[]) else {
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
