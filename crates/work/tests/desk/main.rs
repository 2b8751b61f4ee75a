//! What people at their desks are told as time passes.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod answers;
mod engaging;
mod halts;
mod hours;
mod leases;
mod questions;
mod reviews;
mod second_thoughts;
mod world;
