//! What a service takes from the world besides I/O: the time and randomness, both passed in.

use std::sync::Arc;

use crate::id::Id;
use crate::time::{Clock, SystemClock, Timestamp};

/// Where randomness comes from.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes; `false` when the source failed and nothing may be built on `out`.
    #[must_use]
    fn fill(&self, out: &mut [u8]) -> bool;
}

/// The operating system's source, by way of AWS-LC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> bool {
        aws_lc_rs::rand::fill(out).is_ok()
    }
}

/// The source of randomness failed: nothing that needs it can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine's source of randomness failed")]
pub struct NoEntropy;

/// A clock and a source of randomness, cheap to clone.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env")
    }
}

impl Env {
    /// From the parts given.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The machine's clock and randomness.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        if self.entropy.fill(&mut bytes) {
            Ok(bytes)
        } else {
            Err(NoEntropy)
        }
    }

    /// A new identifier whose first 48 bits are the time in milliseconds.
    pub fn new_id<I: Id>(&self) -> Result<I, NoEntropy> {
        let mut bytes: [u8; 16] = self.random()?;
        let millis = (self.now().as_micros().max(0) / 1_000).to_be_bytes();
        bytes[..6].copy_from_slice(&millis[2..]);
        Ok(I::from_bytes(bytes))
    }

    /// A new identifier that is random throughout: for pseudonyms, whose age must say nothing.
    pub fn random_id<I: Id>(&self) -> Result<I, NoEntropy> {
        Ok(I::from_bytes(self.random()?))
    }
}
