//! The words of Cofferdam and every rule that needs no I/O.
//!
//! Invariants, as absences:
//! - this crate never reads a clock, a file, a socket or a database; time and randomness are passed in;
//! - it never holds plaintext of a lab or a contractor: ids, states, times and counts only;
//! - nothing here grants access by itself: [`admit::admit`] answers a question, the gate in `custody` asks it.

pub mod admit;
pub mod authority;
pub mod blur;
pub mod budget;
pub mod engagement;
pub mod entry;
pub mod env;
pub mod exposure;
pub mod halt;
pub mod id;
pub mod incident;
mod kind;
pub mod matching;
pub mod notice;
pub mod time;
pub mod timer;
pub mod touched;
pub mod wall;
pub mod window;
pub mod work;

pub use admit::{Act, Caller, CredentialKind, Decision, Demand, Refusal, Standing, admit};
pub use authority::{Authority, FoldError, SetKeyholder};
pub use budget::{Budget, Draw, Usage};
pub use engagement::{Engagement, EngagementState, Purpose, Reach, Role};
pub use entry::{Actor, Entry, Fact, ObjectRef, ObjectSet};
pub use env::{Entropy, Env, SystemEntropy};
pub use halt::{Checked, Halt, HaltReason, Scope};
pub use id::*;
pub use incident::{
    IncidentDecision, IncidentPolicies, IncidentPolicy, IncidentState, IncidentSubject, OpensOn,
};
pub use notice::About;
pub use time::{Clock, SystemClock, Timestamp};
pub use touched::{Touched, Undated};
pub use wall::{CoolingOff, Seen, Walls};
pub use window::{Bounds, Claim, Window};
