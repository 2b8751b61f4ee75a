//! When the entries of a ledger were made, as far as it tells.

use std::collections::BTreeMap;

use cofferdam_model::authority::PutBack;
use cofferdam_model::blur::{BEHIND_MICROS, Blur};
use cofferdam_model::{Bounds, Entry, Timestamp};

/// The times of entries, in order: 8 bytes each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    ledger: Vec<Timestamp>,
    /// What the clock said where it was behind.
    told: BTreeMap<u64, Timestamp>,
}

/// The same, with where a clock was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dating {
    times: Times,
    blurs: Vec<Blur>,
}

impl Times {
    pub(super) fn push(&mut self, entry: &Entry) {
        self.ledger.push(entry.t);
        if let Some(clock) = entry.clock {
            self.told.insert(entry.n, clock);
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.ledger.len() as u64
    }

    pub(super) fn last(&self) -> Option<Timestamp> {
        self.ledger.last().copied()
    }

    /// `made_at` tells whether the clock was put back after the last entry.
    pub(super) fn dated(self, put_back: &[PutBack], made_at: Timestamp) -> Dating {
        let mut spans = put_back.to_vec();
        let open = spans.last().is_some_and(|span| span.caught_up.is_none());
        if let Some(t) = self
            .last()
            .filter(|t| !open && t.micros_since(made_at) >= BEHIND_MICROS)
        {
            spans.push(PutBack {
                n: self.size(),
                t,
                clock: made_at,
                caught_up: None,
            });
        }
        let blurs = spans.iter().map(|span| {
            let start = self.ledger.partition_point(|t| *t < span.floor());
            let from = start.checked_sub(1).map(|before| self.ledger[before]);
            let from = from.unwrap_or(Timestamp::from_micros(0));
            Blur::new(span, start as u64, from, self.size())
        });
        Dating {
            blurs: Blur::joined(blurs),
            times: self,
        }
    }
}

impl Dating {
    /// When an entry was made.
    pub(super) fn of(&self, n: u64) -> Bounds {
        let at = usize::try_from(n).ok().and_then(|at| self.times.ledger.get(at));
        let t = at.copied().unwrap_or_default();
        let blur = self.blurs.iter().find(|blur| blur.entries().contains(&n));
        let told = self.times.told.get(&n).copied();
        blur.map_or(Bounds::at(t), |blur| blur.bounds(told))
    }

    /// When a time that was set beforehand came.
    pub(super) fn set(&self, t: Timestamp) -> Bounds {
        let around = self.blurs.iter().filter_map(|blur| blur.around(t));
        around.fold(Bounds::at(t), |one, other| {
            let latest = one.latest().zip(other.latest());
            Bounds::between(
                one.earliest().min(other.earliest()),
                latest.map(|(a, b)| a.max(b)),
            )
        })
    }
}
