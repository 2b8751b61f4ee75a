//! The crate as a whole: real environments, real lock files, real advisories, and what strangers may send.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in tests a failure is a panic"
)]

mod advisories;
mod bills;
mod environments;
mod formats;
mod gaps;
mod history;
mod hostile;
mod installed;
mod machine;
mod oracle;
mod ordering;
mod sources;
mod support;
