//! The states of tasks, assignments, submissions and deliveries, and their transitions.
//!
//! Transitions consume the old state; one that is not possible is an error that names the state found.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A transition was asked for that the state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {what} that is {is} cannot be {wanted}")]
pub struct StateError {
    what: &'static str,
    is: &'static str,
    wanted: &'static str,
}

macro_rules! codes {
    ($name:ident { $($variant:ident = $code:literal, $text:literal;)* }) => {
        impl $name {
            /// The number that stands for it in storage.
            pub const fn code(self) -> i64 { match self { $(Self::$variant { .. } => $code,)* } }
            /// Its name in the API.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant { .. } => $text,)* } }
        }
    };
}

/// Why a hold on a task ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnCause {
    /// Its holder passed on it.
    Skipped,
    /// The time for it was over: the lease ran out, or its holder's engagement ended.
    Expired,
}

/// One person's hold on one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// Held until the lease ends.
    Claimed {
        /// The end of the lease.
        until: Timestamp,
    },
    /// Answered.
    Submitted,
    /// Given back.
    Returned {
        /// By its holder, or by time.
        cause: ReturnCause,
    },
}

impl Assignment {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claimed { .. } => "claimed",
            Self::Submitted => "submitted",
            Self::Returned {
                cause: ReturnCause::Skipped,
            } => "skipped",
            Self::Returned {
                cause: ReturnCause::Expired,
            } => "expired",
        }
    }

    /// Answers it. A lease that ran out is honoured as long as nobody else was handed the task meanwhile:
    /// the store returns expired assignments before it hands tasks out, so a claimed one is still its holder's.
    pub fn submit(self) -> Result<Self, StateError> {
        match self {
            Self::Claimed { .. } => Ok(Self::Submitted),
            other => Err(StateError {
                what: "task",
                is: other.name(),
                wanted: "submitted",
            }),
        }
    }

    /// Gives it back.
    pub fn give_back(self, cause: ReturnCause) -> Result<Self, StateError> {
        match self {
            Self::Claimed { .. } => Ok(Self::Returned { cause }),
            other => Err(StateError {
                what: "task",
                is: other.name(),
                wanted: "given back",
            }),
        }
    }
}

/// A reviewer's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Good.
    Accept,
    /// Back to its author, with a comment.
    Return,
    /// Not to be used; the task is open again to somebody else.
    Reject,
}

/// A submission's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Submission {
    /// Handed in.
    Submitted,
    /// Good.
    Accepted,
    /// Back with its author.
    Returned,
    /// Not to be used.
    Rejected,
    /// Given up: it was back with its author, who was engaged no more or gave it back.
    Lapsed,
}

codes!(Submission {
    Submitted = 0, "submitted"; Accepted = 1, "accepted"; Returned = 2, "returned"; Rejected = 3, "rejected";
    Lapsed = 4, "lapsed";
});

impl Submission {
    /// From storage.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Submitted,
            1 => Self::Accepted,
            2 => Self::Returned,
            3 => Self::Rejected,
            4 => Self::Lapsed,
            _ => return None,
        })
    }

    /// A reviewer judges it.
    pub fn judge(self, verdict: Verdict) -> Result<Self, StateError> {
        match (self, verdict) {
            (Self::Submitted, Verdict::Accept) => Ok(Self::Accepted),
            (Self::Submitted, Verdict::Return) => Ok(Self::Returned),
            (Self::Submitted, Verdict::Reject) => Ok(Self::Rejected),
            (other, _) => Err(StateError {
                what: "submission",
                is: other.name(),
                wanted: "judged",
            }),
        }
    }

    /// Its reviewer takes the verdict back.
    pub fn reconsider(self) -> Result<Self, StateError> {
        match self {
            Self::Accepted | Self::Returned | Self::Rejected => Ok(Self::Submitted),
            other => Err(StateError {
                what: "submission",
                is: other.name(),
                wanted: "judged anew",
            }),
        }
    }

    /// The lab sends the row back that it is in: to its author, like one that a reviewer returned.
    pub fn send_back(self) -> Result<Self, StateError> {
        match self {
            Self::Submitted | Self::Accepted => Ok(Self::Returned),
            other => Err(StateError {
                what: "submission",
                is: other.name(),
                wanted: "sent back",
            }),
        }
    }

    /// Its author hands in another version.
    pub fn resubmit(self) -> Result<Self, StateError> {
        match self {
            Self::Returned => Ok(Self::Submitted),
            other => Err(StateError {
                what: "submission",
                is: other.name(),
                wanted: "handed in again",
            }),
        }
    }

    /// It is back with its author, who is engaged no more or gives it back: nobody will hand it in again.
    pub fn lapse(self) -> Result<Self, StateError> {
        match self {
            Self::Returned => Ok(Self::Lapsed),
            other => Err(StateError {
                what: "submission",
                is: other.name(),
                wanted: "given up",
            }),
        }
    }

    /// Whether it keeps its place among the answers to its task.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Rejected | Self::Lapsed)
    }

    /// Whether a delivery may contain it.
    pub const fn deliverable(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted)
    }
}

/// A delivery's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// The lab may fetch and decide.
    Offered,
    /// The lab took it.
    Accepted,
    /// The lab sent rows back.
    RowsReturned,
}

codes!(Delivery { Offered = 0, "offered"; Accepted = 1, "accepted"; RowsReturned = 2, "rows-returned"; });

impl Delivery {
    /// From storage.
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Offered,
            1 => Self::Accepted,
            2 => Self::RowsReturned,
            _ => return None,
        })
    }

    /// The lab accepts.
    pub fn accept(self) -> Result<Self, StateError> {
        match self {
            Self::Offered => Ok(Self::Accepted),
            other => Err(StateError {
                what: "delivery",
                is: other.name(),
                wanted: "accepted",
            }),
        }
    }

    /// The lab sends rows back.
    pub fn return_rows(self) -> Result<Self, StateError> {
        match self {
            Self::Offered => Ok(Self::RowsReturned),
            other => Err(StateError {
                what: "delivery",
                is: other.name(),
                wanted: "returned",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_that_do_not_exist_say_what_was_found() {
        let error = Submission::Accepted.judge(Verdict::Reject).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a submission that is accepted cannot be judged"
        );
        assert!(Delivery::Accepted.return_rows().is_err());
        assert!(Assignment::Submitted.submit().is_err());
        assert!(
            Assignment::Returned {
                cause: ReturnCause::Skipped
            }
            .give_back(ReturnCause::Expired)
            .is_err()
        );
    }

    #[test]
    fn codes_round_trip() {
        for code in 0..5 {
            assert_eq!(Submission::from_code(code).map(Submission::code), Some(code));
        }
        for code in 0..3 {
            assert_eq!(Delivery::from_code(code).map(Delivery::code), Some(code));
        }
        assert_eq!(Submission::from_code(5), None);
    }
}
