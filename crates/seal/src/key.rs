//! Keys in memory: a span's key, its wrapped form, and the lease that holds it for a short time.

mod epoch;
mod lease;
mod secret;
mod wrapped;

pub use epoch::EpochKey;
pub use lease::{Lease, LeaseExpired};
pub use secret::SecretBytes;
pub use wrapped::WrappedKey;

#[cfg(test)]
mod tests {
    use crate::ingest::IngestPrivateKey;
    use crate::key::{EpochKey, Lease};
    use crate::keyholder::{EmbeddedKeyholder, Keyholder};

    #[test]
    fn keys_and_keyholders_may_be_shared_between_threads() {
        fn shared<T: Send + Sync + ?Sized>() {}
        shared::<Lease<EpochKey>>();
        shared::<Lease<IngestPrivateKey>>();
        shared::<EmbeddedKeyholder>();
        shared::<dyn Keyholder>();
    }
}
