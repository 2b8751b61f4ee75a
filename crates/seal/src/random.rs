//! Randomness as a parameter, so that tests and frozen vectors choose it.

/// A source of bytes that nobody else can predict.
///
/// Outside tests this is [`SystemRandom`]. Sealing twice with the same bytes under the same key breaks
/// AES-GCM, so an implementation must never repeat itself.
pub trait Random: Send + Sync {
    /// Fills `out` with fresh random bytes.
    ///
    /// # Errors
    /// [`RandomError`] when the source has none to give; `out` must then not be used.
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError>;
}

/// The source of randomness failed. Nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed; nothing was sealed")]
pub struct RandomError;

/// The generator of the cryptographic library, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        aws_lc_rs::rand::fill(out).map_err(|_| RandomError)
    }
}
