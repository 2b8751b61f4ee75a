//! A stream begins with its recorded intent.

fn forge(receipt: cofferdam_custody::Receipt) -> cofferdam_custody::Stream<()> {
    cofferdam_custody::Stream { receipt }
}

fn main() {
    let _ = forge;
}
