//! Where the published data sets lie.

use std::path::PathBuf;

/// A file below `../shared/data` (seen from the project's root), or below `COFFERDAM_SHARED_DATA`.
pub(crate) fn data(path: &str) -> Vec<u8> {
    let root = std::env::var_os("COFFERDAM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join(path);
    std::fs::read(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; set COFFERDAM_SHARED_DATA", file.display()))
}
