//! What is stored as sealed was sealed by the gate.

fn forge(row: cofferdam_store::object::SealedRow) -> cofferdam_custody::Sealed {
    cofferdam_custody::Sealed(row)
}

fn main() {
    let _ = forge;
}
