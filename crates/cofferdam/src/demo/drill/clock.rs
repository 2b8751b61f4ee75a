//! The clock of a drill: it stands where the scenario puts it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cofferdam_model::{Clock, Env, SystemEntropy, Timestamp};

/// A clock that is put forward by hand. It moves a microsecond each time it is read, so that what follows is later.
#[derive(Debug, Clone)]
pub(super) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(super) fn at(begins: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(begins.as_micros())))
    }

    /// Puts it forward; a time that it has passed already leaves it where it is.
    pub(super) fn forward_to(&self, at: Timestamp) {
        self.0.fetch_max(at.as_micros(), Ordering::SeqCst);
    }

    /// The world in which it is the clock.
    pub(super) fn env(&self) -> Env {
        Env::new(Arc::new(self.clone()), Arc::new(SystemEntropy))
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
    }
}
