//! Rows edited underneath: whose a project or a delivery is, its lab's ledger says, and no row; nothing that was edited is
//! obeyed; and the check of the whole names each edit, as the patrol of a running node does.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod named;
mod older;
mod rows;
mod unheeded;
mod world;
