//! A key in a node's memory, for a short time and a stated reason.

use super::EpochKey;
use crate::id::Id128;
use crate::keyholder::LeaseReason;

/// A key that may be used until a time that the keyholder set. Dropping it wipes the key.
///
/// `K` is [`EpochKey`], or [`IngestPrivateKey`](crate::ingest::IngestPrivateKey) for drafts.
#[derive(Debug)]
pub struct Lease<K = EpochKey> {
    key: K,
    epoch: Id128,
    reason: LeaseReason,
    expires_at_micros: i64,
}

/// The lease's time is over; ask the keyholder for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lease of epoch {epoch} ended at {expires_at_micros} µs; ask the keyholder for another")]
pub struct LeaseExpired {
    /// The epoch that was leased.
    pub epoch: Id128,
    /// When the lease ended, in microseconds since the Unix epoch.
    pub expires_at_micros: i64,
}

impl<K> Lease<K> {
    /// A lease of `key` until `expires_at_micros` (microseconds since the Unix epoch), which is excluded.
    #[must_use]
    pub const fn new(key: K, epoch: Id128, reason: LeaseReason, expires_at_micros: i64) -> Self {
        Self {
            key,
            epoch,
            reason,
            expires_at_micros,
        }
    }

    /// The key, if the lease still runs at `now_micros`.
    ///
    /// # Errors
    /// [`LeaseExpired`] from `expires_at_micros` on.
    pub fn open(&self, now_micros: i64) -> Result<&K, LeaseExpired> {
        if now_micros < self.expires_at_micros {
            Ok(&self.key)
        } else {
            Err(LeaseExpired {
                epoch: self.epoch,
                expires_at_micros: self.expires_at_micros,
            })
        }
    }

    /// The epoch that is leased.
    #[must_use]
    pub const fn epoch(&self) -> Id128 {
        self.epoch
    }

    /// What the lease was granted for.
    #[must_use]
    pub const fn reason(&self) -> LeaseReason {
        self.reason
    }

    /// When the lease ends, in microseconds since the Unix epoch.
    #[must_use]
    pub const fn expires_at_micros(&self) -> i64 {
        self.expires_at_micros
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretBytes;

    #[test]
    fn opens_until_the_last_microsecond_before_its_end() {
        let key = EpochKey::new(&SecretBytes::copy_of(&[7; 32]));
        let epoch = Id128::new([3; 16]);
        let lease = Lease::new(key, epoch, LeaseReason::Review, 1_000);
        assert!(lease.open(i64::MIN).is_ok());
        assert!(lease.open(999).is_ok());
        let expired = LeaseExpired {
            epoch,
            expires_at_micros: 1_000,
        };
        assert_eq!(lease.open(1_000).err(), Some(expired));
        assert_eq!(lease.open(i64::MAX).err(), Some(expired));
    }

    #[test]
    fn debug_shows_no_key() {
        let key = EpochKey::new(&SecretBytes::copy_of(&[0xA7; 32]));
        let lease = Lease::new(key, Id128::new([3; 16]), LeaseReason::BreakGlass, 5);
        let shown = format!("{lease:?}").to_lowercase();
        assert!(
            shown.contains("key: epochkey,") && shown.contains("breakglass"),
            "{shown}"
        );
        assert!(!shown.contains("a7") && !shown.contains("167"), "{shown}");
    }
}
