//! What an engagement lets its holder do when its budget is used up, and what is left when it has ended.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod gone;
mod halts;
mod house;
mod spent;
