//! What people get wrong and what machines run out of, through the built binary and its HTTP API: each with the exact
//! message, and nothing changed by it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail them")]

mod bodies;
mod deliveries;
mod desk;
mod files;
mod folders;
mod full;
mod names;
mod templates;
mod times;

#[path = "../spine/support.rs"]
#[expect(dead_code, reason = "the other suite uses the rest")]
mod support;
