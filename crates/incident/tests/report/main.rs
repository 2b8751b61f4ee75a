//! The exposure report: its numbers against an oracle, and what must break it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in tests a failure is a panic")]

mod book;
mod frozen;
mod oracle;
mod random;
mod story;
mod tampered;
