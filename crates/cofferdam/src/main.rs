//! The `cofferdam` binary: command line, configuration, wiring and demo.
fn main() {}
