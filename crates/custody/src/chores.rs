//! What a node does beside answering: ledgers are integrated, their tree heads kept beside the database, and what is stored
//! is read again. Where one of these cannot be done nothing is released that should not be, but somebody must hear of it:
//! what is not looked at is not known to be whole.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use cofferdam_model::Timestamp;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chore {
    /// Entries join the tree, and its head is signed.
    Integrating,
    /// Signed tree heads are kept beside the database.
    Keeping,
    /// What authorises is read again.
    Patrolling,
    /// Rows are held against the ledgers.
    Inspecting,
    /// Ledgers are read for what somebody is to be told.
    Noticing,
    /// What waits to be sent is looked at. (That a receiver does not answer is no fault of this node's.)
    Sending,
    /// Projects whose keys are to be replaced are sealed anew.
    Rotating,
    /// What components run is held against advisories, and acted on.
    Matching,
    /// What this node shows labs' keyholders is renewed.
    StayingEnrolled,
}

impl fmt::Display for Chore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integrating => "ledgers could not be integrated",
            Self::Keeping => "signed tree heads could not be kept beside the database",
            Self::Patrolling => "what authorises could not be read again",
            Self::Inspecting => "rows could not be held against the ledgers",
            Self::Noticing => "ledgers could not be read for notices",
            Self::Rotating => "projects whose keys are to be replaced could not be sealed anew",
            Self::Matching => "what components run could not be held against advisories, or not be acted on",
            Self::StayingEnrolled => "this node could not stay enrolled with a lab's keyholder",
            Self::Sending => "notices that wait could not be looked at, or how they went could not be kept",
        })
    }
}

/// What is not being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Which of them.
    pub chore: Chore,
    /// Since when.
    pub since: Timestamp,
    why: String,
    /// Whether what is stored could not be read, though the database was there and let itself be read.
    unread: bool,
}

impl Undone {
    /// Why, for whoever runs this: it may name what is not for everybody to know.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Whether what is stored could not be read.
    pub fn is_unread(&self) -> bool {
        self.unread
    }
}

/// How each of them last went.
#[derive(Default)]
pub(crate) struct Chores(Mutex<BTreeMap<Chore, Undone>>);

impl Chores {
    /// Takes in how one of them went. The log is told when that changes, and not as often as it is tried.
    pub(crate) fn went<E: fmt::Display>(&self, chore: Chore, now: Timestamp, outcome: Result<(), E>) {
        self.read(chore, now, outcome, false);
    }

    /// The same of one that reads what is stored: `unread`, where it is the fault of what is there.
    pub(crate) fn read<E: fmt::Display>(
        &self,
        chore: Chore,
        now: Timestamp,
        outcome: Result<(), E>,
        unread: bool,
    ) {
        let mut undone = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = undone.remove(&chore);
        let Err(error) = outcome else {
            if before.is_some() {
                tracing::info!(was = %chore, "that is over");
            }
            return;
        };
        let why = error.to_string();
        if before.as_ref().is_none_or(|before| before.why != why) {
            tracing::error!(error = %why, "{chore}; will try again");
        }
        let since = before.map_or(now, |before| before.since);
        let told = Undone {
            chore,
            since,
            why,
            unread,
        };
        undone.insert(chore, told);
    }

    /// What is not being done.
    pub(crate) fn undone(&self) -> Vec<Undone> {
        let undone = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        undone.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_done_is_told_until_it_is() {
        let chores = Chores::default();
        let at = Timestamp::from_micros;
        chores.went(Chore::Keeping, at(1), Err("full"));
        chores.went(Chore::Keeping, at(2), Err("still full"));
        chores.went(Chore::Integrating, at(3), Ok::<_, &str>(()));
        let [undone] = &chores.undone()[..] else {
            panic!("one of them")
        };
        assert_eq!((undone.chore, undone.since), (Chore::Keeping, at(1)));
        chores.went(Chore::Keeping, at(4), Ok::<_, &str>(()));
        assert_eq!(chores.undone(), []);
    }
}
