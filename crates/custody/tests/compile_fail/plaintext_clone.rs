//! Nor is it copied, nor made of nothing.

use cofferdam_custody::Plaintext;

fn twice(plaintext: &Plaintext) -> Plaintext {
    plaintext.clone()
}

fn main() {
    let _ = Plaintext::default();
    let _: Plaintext = Vec::new().into();
    let _ = twice;
}
