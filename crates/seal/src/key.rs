//! Keys in memory: a span's key, its wrapped form, and the lease that holds it for a short time.

mod epoch;
mod lease;
mod secret;
mod wrapped;

pub use epoch::EpochKey;
pub use lease::{Lease, LeaseExpired};
pub use secret::SecretBytes;
pub use wrapped::WrappedKey;
