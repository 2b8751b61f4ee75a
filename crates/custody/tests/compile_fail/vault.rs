//! The vault has no door to the street.

fn main() {
    let _ = cofferdam_custody::vault::open;
}
