//! Time: microseconds since the Unix epoch, UTC, from a clock that is passed in.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This time moved by so many seconds (negative: earlier), held at the ends of the range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whether canonical JSON can hold it: integers up to 2^53 - 1 either way (RFC 8785), so from the year 1684 to June 2255.
    pub const fn is_recordable(self) -> bool {
        self.0.unsigned_abs() < 1 << 53
    }

    /// Microseconds from `earlier` to this time; negative when it is not earlier.
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The number of whole hours since the Unix epoch: the bucket of an hourly budget.
    pub const fn hour(self) -> i64 {
        self.0.div_euclid(3_600_000_000)
    }

    /// The midnight, UTC, that its day began with.
    #[must_use]
    pub const fn midnight(self) -> Self {
        const DAY: i64 = 86_400_000_000;
        Self(self.0.div_euclid(DAY).saturating_mul(DAY))
    }

    /// RFC 3339 in UTC with microseconds, as `2026-03-24T10:39:00.000000Z`.
    ///
    /// Days to civil date after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2014).
    pub fn rfc3339(self) -> String {
        let (days, rest) = (
            self.0.div_euclid(86_400_000_000),
            self.0.rem_euclid(86_400_000_000),
        );
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        let (secs, micros) = (rest / 1_000_000, rest % 1_000_000);
        let (h, m, s) = (secs / 3_600, secs / 60 % 60, secs % 60);
        format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{micros:06}Z")
    }

    /// Reads RFC 3339 in UTC: `2026-03-24T10:39:00Z`, with up to six decimals of a second, or a bare date.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, time.strip_suffix('Z')?),
            None => (text, "00:00:00"),
        };
        let [year, month, day] = numbers(date, '-')?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let [h, m, s] = numbers(clock, ':')?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let in_range =
            (1..=12).contains(&month) && (1..=longest).contains(&day) && h < 24 && m < 60 && s < 60;
        let digits =
            !fraction.is_empty() && fraction.len() <= 6 && fraction.bytes().all(|b| b.is_ascii_digit());
        if !in_range || !digits {
            return None;
        }
        let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let mp = (month + 9) % 12;
        let doy = (153 * mp + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        let days = era * 146_097 + doe - 719_468;
        Some(Self(
            (days * 86_400 + h * 3_600 + m * 60 + s) * 1_000_000 + micros,
        ))
    }
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut next = || {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        part.parse().ok()
    };
    let found = [next()?, next()?, next()?];
    parts.next().is_none().then_some(found)
}

/// Where time comes from. The only implementation that asks the machine is [`SystemClock`].
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine is asked for the time"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_instants() {
        let t = Timestamp::parse_rfc3339("2026-03-24T10:39:00Z").unwrap();
        assert_eq!(t.as_micros(), 1_774_348_740_000_000);
        assert_eq!(t.rfc3339(), "2026-03-24T10:39:00.000000Z");
        assert_eq!(
            Timestamp::parse_rfc3339("1970-01-01").unwrap(),
            Timestamp::from_micros(0)
        );
        for bad in [
            "2026-02-30",
            "2026-13-01",
            "2026-03-24T24:00:00Z",
            "2026-03-24T10:39:00",
            "x",
            "2026-3-24T1:1",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_form_round_trips(micros in -62_135_596_800_000_000i64..253_402_300_799_999_999) {
            let t = Timestamp::from_micros(micros);
            prop_assert_eq!(Timestamp::parse_rfc3339(&t.rfc3339()), Some(t));
        }
    }
}
