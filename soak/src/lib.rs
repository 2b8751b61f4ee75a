//! What takes longer than CI has time for. Each kind has a short form that CI runs as a test.

pub mod crash;
pub mod model;
