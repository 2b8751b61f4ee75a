//! What a check stands on.

use cofferdam_model::{Id, Timestamp};
use cofferdam_store::{News, Reader, Store, StoreError, Tx};

/// A backend under test.
pub(crate) trait Backend: Sync {
    /// A new place without data.
    fn fresh() -> Self;
    /// Opens the store there. `told` is called whenever a group of writes was undone.
    fn open_with(&self, told: impl Fn(News) + Send + 'static) -> Result<Store, StoreError>;

    /// Changes something in a way that only the commit finds wrong.
    fn spoil(tx: &mut Tx<'_>) -> Result<(), StoreError>;

    /// Opens the store there.
    fn open(&self) -> Store {
        self.open_with(|_| ()).unwrap()
    }
}

/// The `n`th id of a kind.
pub(crate) fn id<I: Id>(n: u64) -> I {
    let mut bytes = [0xA0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    I::from_bytes(bytes)
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_774_346_400_000_000).plus_seconds(seconds)
}

/// Writes, and it must succeed.
pub(crate) async fn write<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store.write(work).await.unwrap()
}

/// Reads, and it must succeed.
pub(crate) async fn read<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&mut Reader<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store.read(work).await.unwrap()
}

/// Writes what must be in conflict with what is there.
pub(crate) async fn conflict(
    store: &Store,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    let answer = store.write(work).await;
    assert!(
        answer.as_ref().is_err_and(StoreError::is_conflict),
        "no conflict: {answer:?}"
    );
}
