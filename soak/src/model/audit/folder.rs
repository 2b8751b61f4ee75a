//! Where a ledger is exported to: memory, since it is looked at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use cofferdam_ledger::folder::Folder;

/// Files by their paths.
#[derive(Debug, Default)]
pub(super) struct Files(RefCell<BTreeMap<String, Vec<u8>>>);

impl Files {
    /// The tiles of hashes.
    pub(super) fn tiles(&self) -> Vec<(String, Vec<u8>)> {
        let files = self.0.borrow();
        let tiles = files
            .iter()
            .filter(|(path, _)| path.starts_with("tile/") && !path.starts_with("tile/entries/"));
        tiles.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    }
}

impl Folder for Files {
    fn read(&self, path: &str, _limit: usize, out: &mut Vec<u8>) -> io::Result<bool> {
        let files = self.0.borrow();
        let Some(found) = files.get(path) else {
            return Ok(false);
        };
        out.clone_from(found);
        Ok(true)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let prefix = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        let files = self.0.borrow();
        let within = files.keys().filter_map(|file| file.strip_prefix(&prefix));
        let mut names: Vec<String> = within
            .filter_map(|rest| rest.split('/').next().map(str::to_owned))
            .collect();
        names.dedup();
        Ok(names)
    }
}
