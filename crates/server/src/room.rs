//! How much of what is being sent is held in memory at once, by all who send.
//!
//! Each body is bounded by itself ([`crate::limits::Most`]); this bounds them all together, so that nobody fills the memory by sending many
//! that never come to their end.

use std::sync::Arc;

use axum::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What each body has without asking, and in which steps it asks for more.
const STEP: usize = 64 << 10;
/// Steps that there are for all of them: 768 MiB, one and a half of the largest files.
const STEPS: usize = (768 << 20) / STEP;

/// Room for bodies; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(STEPS)))
    }
}

/// What one body has of the room, until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Taken(Option<OwnedSemaphorePermit>);

/// There is none left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Room {
    /// Takes what a body of so many bytes needs beyond what it has.
    pub(crate) fn take(&self, taken: &mut Taken, bytes: usize) -> Result<(), Full> {
        let has = taken.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = (bytes / STEP).saturating_sub(has);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| Full)?;
        let permit = Arc::clone(&self.0)
            .try_acquire_many_owned(more)
            .map_err(|_| Full)?;
        match &mut taken.0 {
            Some(all) => all.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }
}

/// A body that came in, and its room.
#[derive(Debug)]
pub(crate) struct Whole {
    /// All of it.
    pub(crate) bytes: Bytes,
    /// Kept for as long as the bytes are.
    pub(crate) taken: Taken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bodies_together_are_bounded_and_what_is_let_go_is_there_again() {
        let room = Room::default();
        let (mut one, mut other, mut small) = (Taken::default(), Taken::default(), Taken::default());
        assert_eq!(room.take(&mut one, 512 << 20), Ok(()));
        assert_eq!(room.take(&mut one, 512 << 20), Ok(()), "it has that already");
        assert_eq!(room.take(&mut other, 200 << 20), Ok(()));
        assert_eq!(room.take(&mut other, 300 << 20), Err(Full));
        assert_eq!(room.take(&mut small, STEP - 1), Ok(()), "little is always taken");
        drop(one);
        assert_eq!(room.take(&mut other, 300 << 20), Ok(()));
    }
}
