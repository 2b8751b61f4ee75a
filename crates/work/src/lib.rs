//! Templates, import, queue, submissions, review, agreement, hours and delivery.
//!
//! [`ops`] is what people and jobs do, each through the gate. The other modules are pure: no database, no clock, no
//! network; what they read is given to them, what they decide is returned.

pub mod agreement;
mod blank;
pub mod formats;
pub mod import;
pub mod manifest;
mod objects;
pub mod ops;
pub mod sample;
pub mod strict_json;
pub mod template;
pub mod unread;
