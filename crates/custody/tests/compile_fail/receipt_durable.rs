//! Nor does its constructor take anybody's word.

fn main() {
    let _ = cofferdam_custody::Receipt::durable;
}
