//! What the targets share. A target is a file of `fuzz_targets`: a function of bytes that a stranger might send, and
//! what must hold of whatever our readers make of them. `cargo xtask fuzz` runs them.

/// The first byte, which says how the rest is to be taken, and the rest.
#[must_use]
pub fn choice(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(first, rest)| (*first, rest))
}

/// The first byte, and the rest as text.
#[must_use]
pub fn text_choice(data: &[u8]) -> Option<(u8, &str)> {
    let (first, rest) = choice(data)?;
    Some((first, std::str::from_utf8(rest).ok()?))
}

/// Takes numbers off the front of the input; zeros once it is used up.
#[derive(Debug)]
pub struct Numbers<'d>(pub &'d [u8]);

impl Numbers<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// The next so many bytes, big-endian, as one number.
    pub fn number(&mut self, bytes: u32) -> u64 {
        (0..bytes).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A message as a terminal shows it: on one line, and not the whole of what it complains about.
///
/// # Panics
/// Where it is not.
pub fn is_readable(message: &str) {
    assert!(!message.trim().is_empty(), "a message says nothing");
    assert!(
        !message.contains(char::is_control),
        "a message holds control characters: {message:?}"
    );
    assert!(
        message.len() < 4_000,
        "a message is as long as what it complains about: {} bytes",
        message.len()
    );
}
