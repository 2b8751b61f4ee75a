//! The reference model: what the service ought to answer and to record, in plain lists and loops.
//!
//! It shares no rule with the product. Each method is told what the service said, holds that against what may have
//! been said, and follows it: where more than one answer is right (which open task, which of two equally old
//! submissions), it takes any of them and goes on from the one that was given. An error says what was wrong.

mod data;
mod deliveries;
mod holds;
mod hours;
mod people;
mod reviews;
mod rules;
mod state;
mod stops;
mod walls;

pub(crate) use data::Exported;
pub(crate) use deliveries::{Counts, Delivered, Measured};
pub(crate) use holds::{Shown, ShownRework};
pub(crate) use hours::{Span, Step, Timing};
pub(crate) use people::Granted;
pub(crate) use reviews::ShownReview;
pub(crate) use rules::{Act, Who};
pub(crate) use state::*;
pub(crate) use stops::Stopped;
pub(crate) use walls::Becoming;

/// Why the service said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// 401.
    Unauthenticated,
    /// 404.
    NotFound,
    /// 403, the role.
    NotInRole,
    /// 403, the engagement's time.
    Ended,
    /// 403, a halt.
    Halted,
    /// 403, a wall.
    Walled,
    /// 404, or 403 to those whose engagement lets them know that it is there: which of them is for the API's own tests.
    NotYours,
    /// 409.
    Conflict,
    /// 422.
    Invalid,
    /// 429, a read budget.
    Budget,
}

/// What the service said.
pub(crate) type Said<T> = Result<T, Class>;

/// Whether that is right, and, if not, what is wrong.
pub(crate) type Check<T = ()> = Result<T, String>;

/// What was said, where it had to be yes.
pub(super) fn allowed<T: std::fmt::Debug>(said: Said<T>) -> Check<T> {
    said.map_err(|class| format!("it was refused ({class:?}), and should have been done"))
}

/// Lets the refusal pass that had to come.
pub(super) fn refused<T: std::fmt::Debug>(said: &Said<T>, class: Class) -> Check {
    match said {
        Err(found) if *found == class => Ok(()),
        Err(Class::NotFound | Class::NotInRole | Class::Ended | Class::Halted | Class::Walled)
            if class == Class::NotYours =>
        {
            Ok(())
        }
        other => Err(format!(
            "it should have been refused ({class:?}), and was {other:?}"
        )),
    }
}

/// Lets what is as expected pass.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Check {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what} is {found:?}, and should be {expected:?}"))
    }
}
