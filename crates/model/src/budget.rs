//! Read budgets: how many objects and bytes an engagement may have unsealed within an hour and a day.

use serde::{Deserialize, Serialize};

/// A ceiling per clock hour and per UTC day. Drawn before a read; of a set that is fixed before, what was not sent when its reading
/// came to its end is given back, in the hour in which it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Objects within one clock hour.
    pub objects_per_hour: u64,
    /// Objects within one UTC day.
    pub objects_per_day: u64,
    /// Plaintext bytes within one clock hour.
    pub bytes_per_hour: u64,
    /// Plaintext bytes within one UTC day.
    pub bytes_per_day: u64,
}

impl Budget {
    /// Enough for a person who works fast by hand: 600 objects and 64 MiB an hour, 4,000 and 512 MiB a day.
    pub const PERSON: Self = Self {
        objects_per_hour: 600,
        objects_per_day: 4_000,
        bytes_per_hour: 64 << 20,
        bytes_per_day: 512 << 20,
    };

    /// For a platform job that reads whole projects: 2,000,000 objects and 8 GiB an hour, four times that a day.
    pub const JOB: Self = Self {
        objects_per_hour: 2_000_000,
        objects_per_day: 8_000_000,
        bytes_per_hour: 8 << 30,
        bytes_per_day: 32 << 30,
    };

    /// Whether no ceiling of `self` is above that of `other`.
    pub const fn within(&self, other: &Self) -> bool {
        self.objects_per_hour <= other.objects_per_hour
            && self.objects_per_day <= other.objects_per_day
            && self.bytes_per_hour <= other.bytes_per_hour
            && self.bytes_per_day <= other.bytes_per_day
    }

    /// The first ceiling that `draw` on top of `usage` would pass, if any. Drawing nothing passes none, even when
    /// a lowered budget is overdrawn already: a steward must still be able to halt, an author to hand in.
    pub const fn passed_by(&self, usage: &Usage, draw: Draw) -> Option<Ceiling> {
        if draw.objects == 0 && draw.bytes == 0 {
            None
        } else if usage.hour.objects.saturating_add(draw.objects) > self.objects_per_hour {
            Some(Ceiling::ObjectsPerHour)
        } else if usage.day.objects.saturating_add(draw.objects) > self.objects_per_day {
            Some(Ceiling::ObjectsPerDay)
        } else if usage.hour.bytes.saturating_add(draw.bytes) > self.bytes_per_hour {
            Some(Ceiling::BytesPerHour)
        } else if usage.day.bytes.saturating_add(draw.bytes) > self.bytes_per_day {
            Some(Ceiling::BytesPerDay)
        } else {
            None
        }
    }

    /// The first ceiling that `draw` alone passes, if any: no later hour or day will do.
    pub const fn never_holds(&self, draw: Draw) -> Option<Ceiling> {
        let unused = Usage {
            hour: Draw { objects: 0, bytes: 0 },
            day: Draw { objects: 0, bytes: 0 },
        };
        self.passed_by(&unused, draw)
    }
}

/// Which ceiling stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ceiling {
    /// Objects within one clock hour.
    ObjectsPerHour,
    /// Objects within one UTC day.
    ObjectsPerDay,
    /// Bytes within one clock hour.
    BytesPerHour,
    /// Bytes within one UTC day.
    BytesPerDay,
}

/// An amount of plaintext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Draw {
    /// Objects.
    pub objects: u64,
    /// Plaintext bytes.
    pub bytes: u64,
}

impl Draw {
    /// The sum, held at the end of the range.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            objects: self.objects.saturating_add(other.objects),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// The smaller of each.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        Self {
            objects: self.objects.min(other.objects),
            bytes: self.bytes.min(other.bytes),
        }
    }

    /// The difference, held at nothing.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self {
            objects: self.objects.saturating_sub(other.objects),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }
}

/// What an engagement has drawn so far in the present hour and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// In the present clock hour.
    pub hour: Draw,
    /// In the present UTC day.
    pub day: Draw,
}
