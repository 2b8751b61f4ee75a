//! What the unit tests share: randomness that repeats itself, and hexadecimal.

use std::sync::Mutex;

use crate::random::{Random, RandomError};

/// A counter that passes for randomness: the bytes seed, seed + 1, … in one endless stream.
pub(crate) struct Counting(Mutex<u8>);

impl Counting {
    pub(crate) fn from(seed: u8) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for Counting {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        let mut next = self.0.lock().unwrap();
        for byte in out {
            *byte = *next;
            *next = next.wrapping_add(1);
        }
        Ok(())
    }
}

/// A source that is always empty.
pub(crate) struct Broken;

impl Random for Broken {
    fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError)
    }
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "hexadecimal digits come in pairs");
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}
