//! A ledger that does not fit what was signed, kept as the server gives it out: whoever verifies that folder is told which
//! entry it is.

use std::path::{Path, PathBuf};

use cofferdam_ledger::folder::{
    CHECKPOINT_PATH, Expect, ExportError, Folder as _, FsFolder, VKEY_PATH, verify_folder,
};
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, TileCoord};

use crate::client::Client;
use crate::fail::{Failure, Outcome, To};

/// A ledger that could not be exported.
pub(super) struct Served<'a> {
    pub(super) client: &'a Client,
    /// Where it is on the server.
    pub(super) base: &'a str,
    pub(super) key: &'a VerifyingKey,
    /// Its checkpoint, and how many entries that is of.
    pub(super) signed: &'a [u8],
    pub(super) size: u64,
}

impl Served<'_> {
    /// What is to be said of an export into `dir` that came to this.
    pub(super) async fn failed(&self, dir: &Path, error: ExportError) -> Failure {
        if matches!(error, ExportError::Io { .. }) {
            return super::unexported(dir, error);
        }
        // What was exported before is whole, and may be the last true copy.
        let kept = if dir.join(CHECKPOINT_PATH).exists() {
            let mut name = dir.file_name().unwrap_or_default().to_owned();
            name.push("-as-served");
            dir.with_file_name(name)
        } else {
            dir.to_owned()
        };
        match self.keep(&kept).await {
            Ok(()) => self.named(kept, error),
            Err(failure) => failure,
        }
    }

    fn named(&self, kept: PathBuf, error: ExportError) -> Failure {
        let expect = Expect {
            key: Some(self.key),
            ..Expect::default()
        };
        let problem = verify_folder(&kept, &expect).problem;
        let problem = problem.map_or_else(|| error.to_string(), |problem| problem.to_string());
        Failure::new(format!(
            "{}: {problem}. This is what the server gave out: keep it as evidence, and ask whoever runs the server",
            kept.display()
        ))
    }

    /// Writes what the server has, right or wrong.
    async fn keep(&self, dir: &Path) -> Outcome {
        let folder = FsFolder::new(dir);
        folder
            .write(VKEY_PATH, format!("{}\n", self.key).as_bytes())
            .to(dir.display())?;
        for index in 0..self.size.div_ceil(TILE_WIDTH) {
            if let Some(coord) = BundleCoord::in_log(index, self.size) {
                self.fetch(&folder, &coord.to_string(), dir).await?;
            }
        }
        for level in 0.. {
            let tiles = (0..).map_while(|index| TileCoord::in_tree(level, index, self.size));
            let tiles: Vec<_> = tiles.map(|coord| coord.to_string()).collect();
            if tiles.is_empty() {
                break;
            }
            for path in tiles {
                self.fetch(&folder, &path, dir).await?;
            }
        }
        folder.write(CHECKPOINT_PATH, self.signed).to(dir.display())
    }

    /// Writes one file; one that the server does not have is missing in the folder too.
    async fn fetch(&self, folder: &FsFolder, path: &str, dir: &Path) -> Outcome {
        match self.client.bytes(&format!("{}/{path}", self.base)).await {
            Ok(bytes) => folder.write(path, &bytes).to(dir.display()),
            Err(error) if error.slug == "not-found" => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
