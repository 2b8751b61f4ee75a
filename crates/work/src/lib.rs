//! Templates, import, queue, submissions, review, agreement, hours and delivery.
//!
//! The modules below are pure: no database, no clock, no network. What they read is given to them, what they
//! decide is returned.

pub mod strict_json;
