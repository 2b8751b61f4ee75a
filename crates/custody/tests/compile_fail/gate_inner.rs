//! The gate's keys, secrets and state are its own.

fn keys(gate: &cofferdam_custody::Gate) {
    let _ = &gate.inner;
}

fn main() {
    let _ = keys;
}
