//! Walls: conflict-of-interest classes of labs, after Brewer and Nash, "The Chinese Wall Security Policy" (IEEE S&P 1989).
//!
//! Whoever has seen one member's data is let in to no other member until the cooling-off has passed. Their own side of the wall
//! stays open to them. What counts is what was released, never what somebody is engaged for. Members are labs; model providers
//! will be members of another kind, beside them, once there is a gateway.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::*;
use crate::time::Timestamp;

const SECONDS_PER_DAY: i64 = 86_400;
const MICROS_PER_DAY: i64 = SECONDS_PER_DAY * 1_000_000;

/// How long what was seen counts: whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CoolingOff(u32);

impl CoolingOff {
    /// The longest: 100 years.
    pub const MOST_DAYS: u32 = 36_500;

    /// That many days; none: 0, or more than [`CoolingOff::MOST_DAYS`].
    pub fn days(days: u32) -> Option<Self> {
        (1..=Self::MOST_DAYS).contains(&days).then_some(Self(days))
    }

    /// How many days.
    pub const fn in_days(self) -> u32 {
        self.0
    }

    /// When it is over that counts from then.
    #[must_use]
    pub fn after(self, counts_from: Timestamp) -> Timestamp {
        counts_from.plus_seconds(i64::from(self.0) * SECONDS_PER_DAY)
    }
}

/// From when a cooling-off counts of what was released then: the end of that day, UTC. So one entry a day says it, and nobody is
/// told the hour at which somebody worked for somebody else.
#[must_use]
pub fn counts_from(released: Timestamp) -> Timestamp {
    let midnight = released.midnight().as_micros();
    Timestamp::from_micros(midnight.saturating_add(MICROS_PER_DAY))
}

/// What a wall says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// How long what was seen counts.
    pub cooling_off_days: CoolingOff,
    /// The labs of the class, and how each knows the wall in its own ledger: two labs find no id in common.
    pub members: BTreeMap<LabId, WallId>,
}

impl Terms {
    /// The most members: an entry of the ledger holds them all.
    pub const MOST_MEMBERS: usize = 200;

    /// Whether it can stand: between two labs at least.
    pub fn can_stand(&self) -> bool {
        let days = self.cooling_off_days.in_days();
        CoolingOff::days(days).is_some() && (2..=Self::MOST_MEMBERS).contains(&self.members.len())
    }

    /// Whether `next` lets somebody in, some time, whom these keep out.
    pub fn weakened_by(&self, next: &Self) -> bool {
        let stays = |lab: &LabId| next.members.contains_key(lab);
        next.cooling_off_days < self.cooling_off_days || !self.members.keys().all(stays)
    }

    fn separates(&self, one: LabId, other: LabId) -> bool {
        one != other && self.members.contains_key(&one) && self.members.contains_key(&other)
    }
}

/// Why somebody is kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The wall.
    pub wall: WallId,
    /// Whose data they have seen.
    pub seen: LabId,
    /// Until when.
    pub until: Timestamp,
}

/// The walls that stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walls(BTreeMap<WallId, Terms>);

impl Walls {
    /// What keeps somebody out of `lab` who has `seen` what they have: that which lasts longest.
    pub fn keep_out(
        &self,
        seen: impl Iterator<Item = (LabId, Timestamp)>,
        lab: LabId,
        now: Timestamp,
    ) -> Option<Kept> {
        let mut longest: Option<Kept> = None;
        for (other, counts_from) in seen.filter(|(other, _)| *other != lab) {
            for (wall, terms) in self.0.iter().filter(|(_, terms)| terms.separates(other, lab)) {
                let until = terms.cooling_off_days.after(counts_from);
                if now < until && longest.is_none_or(|kept| kept.until < until) {
                    longest = Some(Kept {
                        wall: *wall,
                        seen: other,
                        until,
                    });
                }
            }
        }
        longest
    }

    /// Whether a wall stands around a lab.
    pub fn concern(&self, lab: LabId) -> bool {
        self.0.values().any(|terms| terms.members.contains_key(&lab))
    }

    /// Whether a wall stands between two labs.
    pub fn separate(&self, one: LabId, other: LabId) -> bool {
        let within = |terms: &Terms| [one, other].iter().all(|lab| terms.members.contains_key(lab));
        one != other && self.0.values().any(within)
    }

    /// What a wall says.
    pub fn get(&self, wall: WallId) -> Option<&Terms> {
        self.0.get(&wall)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (WallId, &Terms)> {
        self.0.iter().map(|(wall, terms)| (*wall, terms))
    }

    /// Declares one, or says of one that stands what it says from now on.
    pub fn put(&mut self, wall: WallId, terms: Terms) -> Option<Terms> {
        self.0.insert(wall, terms)
    }

    /// Lifts one.
    pub fn lift(&mut self, wall: WallId) -> Option<Terms> {
        self.0.remove(&wall)
    }
}

/// Who has seen whose data: by principal and lab, from when the cooling-off of the last time counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<(PrincipalId, LabId), Timestamp>);

impl Seen {
    /// Takes in that something was released; whether that says more than was known.
    pub fn saw(&mut self, principal: PrincipalId, lab: LabId, counts_from: Timestamp) -> bool {
        let more = self.when(principal, lab).is_none_or(|known| known < counts_from);
        if more {
            self.0.insert((principal, lab), counts_from);
        }
        more
    }

    /// From when the cooling-off counts of what a principal last saw of a lab.
    pub fn when(&self, principal: PrincipalId, lab: LabId) -> Option<Timestamp> {
        self.0.get(&(principal, lab)).copied()
    }

    /// What a principal has seen.
    pub fn by(&self, principal: PrincipalId) -> impl Iterator<Item = (LabId, Timestamp)> {
        let (first, last) = ([0; 16], [0xFF; 16]);
        let all = (principal, LabId::from_bytes(first))..=(principal, LabId::from_bytes(last));
        self.0.range(all).map(|((_, lab), at)| (*lab, *at))
    }

    /// Everything.
    pub fn iter(&self) -> impl Iterator<Item = (PrincipalId, LabId, Timestamp)> {
        self.0
            .iter()
            .map(|((principal, lab), at)| (*principal, *lab, *at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cooling_off_counts_from_the_end_of_the_day() {
        let at = |text| Timestamp::parse_rfc3339(text).unwrap();
        for (released, from) in [
            ("2026-03-24T00:00:00Z", "2026-03-25"),
            ("2026-03-24T23:59:59.999999Z", "2026-03-25"),
            ("1969-12-31T12:00:00Z", "1970-01-01"),
        ] {
            assert_eq!(counts_from(at(released)), at(from), "{released}");
        }
        let days = CoolingOff::days(180).unwrap();
        assert_eq!(days.after(at("2026-03-25")), at("2026-09-21"));
        assert_eq!(CoolingOff::days(0).or(CoolingOff::days(36_501)), None);
    }
}
