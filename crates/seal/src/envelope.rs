//! Delivery envelopes: age files (<https://age-encryption.org/v1>) that the stock `age` tool opens.
//!
//! A lab gives X25519 recipients (`age1…`) and keeps the identities (`AGE-SECRET-KEY-1…`) to itself; any one of
//! them opens a delivery. A delivery that was cut off does not open to its end.

mod identity;
mod recipient;
mod stream;
#[cfg(test)]
mod tests;

pub use identity::{Identity, IdentityError};
pub use recipient::{Recipient, RecipientError};
pub use stream::{EnvelopeError, Reader, Writer, decrypt, encrypt};
