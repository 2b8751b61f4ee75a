//! Nor printed.

fn show(plaintext: &cofferdam_custody::Plaintext) -> String {
    plaintext.to_string()
}

fn main() {
    let _ = show;
}
