//! There is no way to unseal but through its two doors.

fn keys(gate: &cofferdam_custody::Gate) {
    let _ = gate.keys();
    let _ = gate.lease();
}

fn main() {
    let _ = keys;
}
