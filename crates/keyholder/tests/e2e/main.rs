//! The built binary, asked over the wire by a small client of its own: what it does, what it refuses, and what happens when
//! it is killed or the disk is full.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "in tests a failure is a panic, and the binary goes by the machine's clock"
)]

mod attacks;
mod client;
mod faults;
mod lab;
mod ledger;
mod skeleton;
mod witness;
mod world;
