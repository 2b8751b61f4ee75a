//! Which leases a keyholder grants, and for how long.

use std::collections::BTreeSet;

use super::{KeyholderError, LeaseReason, LeaseRequest};

/// Decides on leases. A keyholder that a lab runs judges checkpoints, hours and projects in its own.
pub trait LeasePolicy: Send + Sync {
    /// Decides on one request, before anything is unwrapped.
    ///
    /// # Errors
    /// [`KeyholderError::Denied`] to refuse.
    fn decide(&self, request: &LeaseRequest) -> Result<LeaseTerms, KeyholderError>;
}

/// How long a lease runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTerms {
    /// Length of the lease, in microseconds.
    pub micros: i64,
}

/// The same terms for every lease, save for reasons that are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedPolicy {
    /// What each lease is granted.
    pub terms: LeaseTerms,
    /// Reasons for which no lease is granted.
    pub denied: BTreeSet<LeaseReason>,
}

impl LeasePolicy for FixedPolicy {
    fn decide(&self, request: &LeaseRequest) -> Result<LeaseTerms, KeyholderError> {
        if self.denied.contains(&request.reason) {
            let reason = format!("its policy grants no lease for {}", request.reason);
            return Err(KeyholderError::Denied { reason });
        }
        Ok(self.terms)
    }
}
