//! Verifying a log in a folder: one pass over its entries, one bundle and one tile in memory.

use std::io;
use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::entry::read_head;
use crate::hash::{HASH_BYTES, Hash};
use crate::note::{MAX_NOTE_BYTES, VerifyingKey};
use crate::tile::{BundleCoord, TILE_WIDTH, Tile, TileCoord, split_bundle};
use crate::tree::TileWriter;

use super::{
    CHECKPOINT_PATH, Folder, FsFolder, MAX_BUNDLE_BYTES, MAX_TILE_BYTES, MAX_VKEY_BYTES, Problem, Report,
    VKEY_PATH, Witnessed,
};

/// What the caller knows of the log beforehand. The default is nothing: the folder is then only checked to
/// be whole and true to *some* key, which whoever altered it may have made.
#[derive(Debug, Clone, Default)]
pub struct Expect<'a> {
    /// The log's key.
    pub key: Option<&'a VerifyingKey>,
    /// Trusted witnesses.
    pub witnesses: &'a [VerifyingKey],
    /// How many of them must have cosigned.
    pub quorum: usize,
    /// A checkpoint seen before, whose signature was checked then: the folder must extend it.
    pub known: Option<&'a Checkpoint>,
}

/// Verifies the log in the folder at `dir`.
#[must_use]
pub fn verify_folder(dir: &Path, expect: &Expect<'_>) -> Report {
    verify(&FsFolder::new(dir), expect, |_, _| Ok(()))
}

/// Verifies the log in `folder`, and hands each entry to `visit` with its index once it was found equal to
/// its leaf. This is how a log is imported: act on the entries only when the report is without a problem,
/// since the signature covers the whole.
#[must_use]
pub fn verify<F: Folder>(
    folder: &F,
    expect: &Expect<'_>,
    visit: impl FnMut(u64, &[u8]) -> Result<(), String>,
) -> Report {
    let mut check = Check {
        folder,
        visit,
        tree: TileWriter::new(),
        bundle: Vec::new(),
        tile: Vec::new(),
        full: Vec::new(),
        report: Report::default(),
    };
    check.report.problem = check.run(expect).err();
    check.report
}

struct Check<'f, F, V> {
    folder: &'f F,
    visit: V,
    /// The tree over the entries read so far.
    tree: TileWriter,
    /// The bundle that is being read.
    bundle: Vec<u8>,
    /// The tile that is being compared.
    tile: Vec<u8>,
    /// Tiles that became full with the last entry.
    full: Vec<Tile>,
    report: Report,
}

impl<F: Folder, V: FnMut(u64, &[u8]) -> Result<(), String>> Check<'_, F, V> {
    fn run(&mut self, expect: &Expect<'_>) -> Result<(), Problem> {
        let signed = self.head(expect)?;
        for index in 0..signed.size().div_ceil(TILE_WIDTH) {
            if let Some(coord) = BundleCoord::in_log(index, signed.size()) {
                self.bundle(coord, expect.known)?;
            }
        }
        let edge: Vec<Tile> = self.tree.edge().filter(|tile| tile.coord.level > 0).collect();
        edge.iter().try_for_each(|tile| self.compare(tile))?;
        self.known(expect.known)?;
        let found = self.tree.root();
        if found != signed.root() {
            return Err(Problem::Root {
                signed: signed.root(),
                found,
            });
        }
        self.nothing_beyond(signed.size())
    }

    /// Reads key and checkpoint.
    fn head(&mut self, expect: &Expect<'_>) -> Result<Checkpoint, Problem> {
        self.is_log()?;
        self.read_into_bundle(VKEY_PATH, MAX_VKEY_BYTES)?;
        let text = String::from_utf8_lossy(&self.bundle);
        let key: VerifyingKey = text.strip_suffix('\n').unwrap_or(&text).parse()?;
        self.report.vkey = Some(key.to_string());
        if let Some(expected) = expect.key.filter(|expected| **expected != key) {
            return Err(Problem::OtherKey {
                expected: expected.to_string(),
                found: key.to_string(),
            });
        }
        self.read_into_bundle(CHECKPOINT_PATH, MAX_NOTE_BYTES)?;
        let open = Checkpoint::open(&self.bundle, &key, expect.witnesses)?;
        let found = open.distinct_witnesses();
        let head = open.checkpoint;
        self.report.origin = Some(head.origin().to_owned());
        self.report.size = head.size();
        self.report.root = Some(head.root());
        let name = |w: &crate::note::Verified<'_>| Witnessed {
            name: w.key.name().to_owned(),
            timestamp: w.timestamp,
        };
        self.report.witnesses = open.witnesses.iter().map(name).collect();
        if found < expect.quorum {
            return Err(Problem::Witnesses {
                found,
                needed: expect.quorum,
            });
        }
        match expect.known {
            Some(known) if known.size() > head.size() => Err(Problem::Older {
                known: known.size(),
                size: head.size(),
            }),
            _ => Ok(head),
        }
    }

    /// Whether there is anything of a log: where there is not, no single file is what is missing.
    fn is_log(&self) -> Result<(), Problem> {
        let names = self.names("")?;
        let any = [VKEY_PATH, CHECKPOINT_PATH]
            .iter()
            .any(|path| names.iter().any(|name| name == path));
        any.then_some(()).ok_or(Problem::NoLog)
    }

    fn read_into_bundle(&mut self, path: &str, limit: usize) -> Result<(), Problem> {
        found(path, self.folder.read(path, limit, &mut self.bundle))
    }

    /// Checks the entries of one bundle, and the tiles that became full with it.
    fn bundle(&mut self, coord: BundleCoord, known: Option<&Checkpoint>) -> Result<(), Problem> {
        let path = coord.to_string();
        self.read_into_bundle(&path, MAX_BUNDLE_BYTES)?;
        self.load_tile(coord.leaf_tile())?;
        let bundle = std::mem::take(&mut self.bundle);
        let mut entries = split_bundle(&bundle);
        for slot in 0..usize::from(coord.width) {
            let Some(Ok(entry)) = entries.next() else {
                return Err(Problem::NoEntry {
                    index: self.tree.size(),
                    path,
                });
            };
            self.entry(entry, slot, coord)?;
            self.known(known)?;
        }
        if entries.next().is_some() {
            return Err(Problem::TooManyEntries {
                path,
                last: self.tree.size() - 1,
            });
        }
        drop(entries);
        self.bundle = bundle;
        let full = std::mem::take(&mut self.full);
        full.iter().try_for_each(|tile| self.compare(tile))
    }

    /// Checks one entry: its form, place, time and hash.
    fn entry(&mut self, entry: &[u8], slot: usize, coord: BundleCoord) -> Result<(), Problem> {
        let index = self.tree.size();
        let path = || coord.to_string();
        let head = read_head(entry).map_err(|error| Problem::Entry {
            index,
            path: path(),
            error,
        })?;
        if head.index != index {
            return Err(Problem::Place {
                index,
                path: path(),
                found: head.index,
            });
        }
        if let Some(before) = self.report.last_time.filter(|&before| head.time < before) {
            return Err(Problem::Time {
                index,
                path: path(),
                time: head.time,
                before,
            });
        }
        let leaf = Hash::leaf(entry);
        if self.tile[slot * HASH_BYTES..][..HASH_BYTES] != leaf.0 {
            return Err(Problem::Leaf {
                index,
                path: path(),
                tile: coord.leaf_tile().to_string(),
            });
        }
        (self.visit)(index, entry).map_err(|why| Problem::Refused { index, why })?;
        let full = &mut self.full;
        // Level 0 was compared hash by hash.
        self.tree
            .push(leaf, |tile| full.extend((tile.coord.level > 0).then_some(tile)));
        self.report.entries = self.tree.size();
        self.report.first_time.get_or_insert(head.time);
        self.report.last_time = Some(head.time);
        Ok(())
    }

    /// Where the tree has just the size of the checkpoint seen before, checks that it has its root.
    fn known(&self, known: Option<&Checkpoint>) -> Result<(), Problem> {
        match known {
            Some(known) if known.size() == self.tree.size() && known.root() != self.tree.root() => {
                Err(Problem::Forked {
                    size: known.size(),
                    known: known.root(),
                    found: self.tree.root(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Reads a tile, which must be of its exact length.
    fn load_tile(&mut self, coord: TileCoord) -> Result<(), Problem> {
        let path = coord.to_string();
        found(&path, self.folder.read(&path, MAX_TILE_BYTES, &mut self.tile))?;
        let expected = usize::from(coord.width) * HASH_BYTES;
        if self.tile.len() == expected {
            return Ok(());
        }
        Err(Problem::TileLength {
            path,
            found: self.tile.len(),
            expected,
        })
    }

    /// Compares a tile of the folder with the one computed from the entries.
    fn compare(&mut self, computed: &Tile) -> Result<(), Problem> {
        self.load_tile(computed.coord)?;
        let mut pairs = self
            .tile
            .chunks(HASH_BYTES)
            .zip(computed.bytes.chunks(HASH_BYTES));
        let Some(slot) = pairs.position(|(stored, computed)| stored != computed) else {
            return Ok(());
        };
        let (first, past) = computed.coord.covers(slot as u16);
        Err(Problem::Tile {
            path: computed.coord.to_string(),
            first,
            last: past - 1,
        })
    }

    /// Checks that no entries follow those of the checkpoint: in the last bundle's other widths, or in the
    /// bundle after it.
    fn nothing_beyond(&self, size: u64) -> Result<(), Problem> {
        let edge = size / TILE_WIDTH;
        let next = size.div_ceil(TILE_WIDTH);
        for (index, width) in [(edge, size % TILE_WIDTH), (next, 0)] {
            let full = BundleCoord {
                index,
                width: TILE_WIDTH as u16,
            }
            .to_string();
            let partials = format!("{full}.p");
            let wider = |name: &String| name.parse().is_ok_and(|w: u64| w > width);
            if let Some(name) = self.names(&partials)?.into_iter().find(wider) {
                return Err(Problem::Beyond {
                    path: format!("{partials}/{name}"),
                    size,
                });
            }
            let (parent, name) = full.rsplit_once('/').unwrap_or(("", &full));
            if self.names(parent)?.iter().any(|found| found == name) {
                return Err(Problem::Beyond { path: full, size });
            }
        }
        Ok(())
    }

    fn names(&self, path: &str) -> Result<Vec<String>, Problem> {
        self.folder.names(path).map_err(|e| Problem::Unreadable {
            path: path.to_owned(),
            why: e.to_string(),
        })
    }
}

/// Makes a problem of a file that is not there or cannot be read.
fn found(path: &str, read: io::Result<bool>) -> Result<(), Problem> {
    match read {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::Missing {
            path: path.to_owned(),
        }),
        Err(e) => Err(Problem::Unreadable {
            path: path.to_owned(),
            why: e.to_string(),
        }),
    }
}
