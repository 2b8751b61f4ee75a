//! Times that a ledger does not tell, because the clock was put back.

use std::ops::Range;

use crate::authority::PutBack;
use crate::time::Timestamp;
use crate::window::Bounds;

/// A clock that is behind the ledger by less than this, in microseconds, is not recorded as put back.
pub const BEHIND_MICROS: i64 = 1_000_000;

/// Entries that were made in order, but at times that the ledger does not tell: until the clock was put back, perhaps earlier than
/// they say; after that, when the clock said, or later than the ledger's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blur {
    entries: Range<u64>,
    from: Timestamp,
    /// Where the ledger's time stood still, the first time and the last.
    stood: (Timestamp, Timestamp),
    to: Option<Timestamp>,
    /// Whether the clock was put back more than once: what it told meanwhile is then no bound either.
    again: bool,
}

impl PutBack {
    /// What bears an earlier ledger time than this is dated as ever.
    pub const fn floor(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.as_micros().saturating_sub(BEHIND_MICROS))
    }
}

impl Blur {
    /// Of one such span. `start` is the first entry whose ledger time is not before [`PutBack::floor`], `from` the time of the entry before
    /// it, and `size` the ledger's, where the clock has not caught up.
    pub fn new(span: &PutBack, start: u64, from: Timestamp, size: u64) -> Self {
        Self {
            entries: start..span.caught_up.map_or(size, |(n, _)| n),
            from,
            stood: (span.t, span.t),
            to: span.caught_up.map(|(_, t)| t),
            again: false,
        }
    }

    /// In order, those that overlap or touch as one.
    pub fn joined(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for mut blur in all {
            while let Some(last) = joined.pop_if(|last| blur.entries.start <= last.entries.end) {
                blur = blur.with(last);
            }
            joined.push(blur);
        }
        joined
    }

    fn with(self, other: Self) -> Self {
        Self {
            entries: self.entries.start.min(other.entries.start)..self.entries.end.max(other.entries.end),
            from: self.from.min(other.from),
            stood: (self.stood.0.min(other.stood.0), self.stood.1.max(other.stood.1)),
            to: self.to.zip(other.to).map(|(a, b)| a.max(b)),
            again: true,
        }
    }

    /// Which entries.
    pub fn entries(&self) -> Range<u64> {
        self.entries.clone()
    }

    /// None was made earlier.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// None was made later; none: the clock has not caught up.
    pub const fn to(&self) -> Option<Timestamp> {
        self.to
    }

    /// Between which times an entry was made if it was not when the clock said, both included.
    pub fn between(&self, clock: Option<Timestamp>) -> (Timestamp, Option<Timestamp>) {
        match clock {
            None => (self.from, Some(self.stood.1)),
            Some(_) if self.again => (self.from, self.to),
            Some(_) => (self.stood.0, self.to),
        }
    }

    /// Between which times an entry was made, whichever clock was right.
    pub fn bounds(&self, clock: Option<Timestamp>) -> Bounds {
        let (earliest, latest) = self.between(clock);
        Bounds::between(clock.map_or(earliest, |clock| clock.min(earliest)), latest)
    }

    /// The longest that a time which was set beforehand may have been off: nothing, where it is dated as ever.
    pub fn around(&self, t: Timestamp) -> Option<Bounds> {
        let within = self.from <= t && self.to.is_none_or(|to| t <= to);
        within.then(|| Bounds::between(self.from, self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::{Place, Window};

    const fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros * BEHIND_MICROS)
    }

    fn put_back(t: i64, clock: i64, caught_up: Option<(u64, i64)>) -> PutBack {
        PutBack {
            n: 0,
            t: at(t),
            clock: at(clock),
            caught_up: caught_up.map(|(n, t)| (n, at(t))),
        }
    }

    #[test]
    fn of_one_span_both_clocks_are_possible() {
        let blur = Blur::new(&put_back(100, 50, Some((9, 100))), 3, at(40), 20);
        assert_eq!(blur.entries(), 3..9);
        assert_eq!(blur.bounds(None), Bounds::between(at(40), Some(at(100))));
        assert_eq!(blur.bounds(Some(at(60))), Bounds::between(at(60), Some(at(100))));
        assert_eq!(blur.around(at(41)), Some(Bounds::between(at(40), Some(at(100)))));
        assert_eq!(blur.around(at(101)), None);
    }

    #[test]
    fn between_two_spans_that_touch_an_entry_may_be_as_late_as_it_says() {
        let first = Blur::new(&put_back(100, 50, Some((9, 100))), 3, at(40), 20);
        let second = Blur::new(&put_back(120, 90, Some((15, 120))), 5, at(60), 20);
        let joined = Blur::joined([first, second]);
        let [both] = joined.as_slice() else {
            panic!("{joined:?}")
        };
        assert_eq!(both.entries(), 3..15);
        // Recorded at 110, between the two: the ledger's own time is still possible.
        let window = Window::new(at(105), Some(at(115))).unwrap();
        assert_eq!(both.bounds(None).place(window), Place::MayBeWithin);
        // Told at 95 while the clock was behind: it may have been ahead even then.
        let earlier = Window::new(at(60), Some(at(70))).unwrap();
        assert_eq!(both.bounds(Some(at(95))).place(earlier), Place::MayBeWithin);
    }
}
