//! The HTTP API, login, the OpenAPI document and the built web application.
//!
//! Invariants, as absences:
//! - no handler decides: it translates a request into one operation of `work`, and the answer back;
//! - no handler is reachable without a caller, save login, health and the application's own files: the caller is an
//!   extractor, and forgetting it does not compile, because every operation wants one;
//! - no log line, metric or error carries a secret, a lab's words or a contractor's.

mod api;
mod app;
mod caller;
mod containment;
mod deadline;
mod document;
mod events;
mod idempotency;
mod limits;
mod observe;
mod oidc;
mod party;
mod problem;
mod room;
mod router;
mod state;
#[cfg(test)]
mod testing;
mod unread;
mod web;
mod wording;

pub use containment::containment;
pub use document::openapi;
pub use oidc::{Oidc, is_issuer};
pub use problem::NOWHERE;
pub use router::{ON_THE_WAY, router, serve};
pub use state::{Settings, notifier};
