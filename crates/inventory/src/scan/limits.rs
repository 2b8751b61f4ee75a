//! How much a scan reads.

/// Bounds of a scan. Whatever lies beyond one is a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Folders within folders.
    pub depth: u32,
    /// Files and folders, of all roots together.
    pub entries: u64,
    /// The largest file that is parsed, in bytes. Parsed, the worst of them takes sixteen times as much memory.
    pub file_bytes: u64,
    /// The largest installed file that is held against its hash, in bytes; `.pth` files are checked up to
    /// [`Self::file_bytes`]. With 0, only those are.
    pub record_file_bytes: u64,
    /// How many bytes of installed files are held against hashes, of all roots together.
    pub record_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 64,
            entries: 5_000_000,
            file_bytes: 32 << 20,
            record_file_bytes: 1 << 20,
            record_bytes: 8 << 30,
        }
    }
}
