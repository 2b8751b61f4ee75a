//! A plaintext is not to be had from its parts.

use cofferdam_custody::Plaintext;

fn forge(opened: cofferdam_seal::Opened) -> Plaintext {
    Plaintext(opened)
}

fn main() {
    let _ = forge;
}
