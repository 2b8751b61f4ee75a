//! Who is told of what, and of nothing else; by e-mail and webhook too, over real sockets; and once, whatever happens between.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in tests a failure is a panic")]

mod inbox;
mod letters;
mod receivers;
mod webhooks;
mod world;
