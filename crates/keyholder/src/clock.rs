//! The time, passed in, so that tests decide what it is.

/// Tells the time.
pub(crate) trait Clock: Send + Sync {
    /// Microseconds since the Unix epoch.
    fn now(&self) -> i64;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> i64 {
        let now = std::time::SystemTime::now();
        match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            // Before 1970: behind everything that the log has, and so refused.
            Err(_) => i64::MIN,
        }
    }
}

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// A time as people write it: RFC 3339, in UTC, to the second.
pub(crate) fn shown(micros: i64) -> String {
    let whole = time::OffsetDateTime::from_unix_timestamp(micros.div_euclid(SECOND));
    whole
        .ok()
        .and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok())
        .unwrap_or_else(|| format!("{micros} µs"))
}

/// Reads a time: RFC 3339, or a day (its beginning in UTC).
pub(crate) fn read(text: &str) -> Option<i64> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let at = time::OffsetDateTime::parse(&whole, &time::format_description::well_known::Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1000)).ok()
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::Clock;

    /// A clock that tests set.
    pub(crate) struct Hand(pub(crate) AtomicI64);

    impl Hand {
        pub(crate) fn at(micros: i64) -> std::sync::Arc<Self> {
            std::sync::Arc::new(Self(AtomicI64::new(micros)))
        }

        pub(crate) fn advance(&self, micros: i64) {
            self.0.fetch_add(micros, Ordering::SeqCst);
        }
    }

    impl Clock for Hand {
        fn now(&self) -> i64 {
            self.0.load(Ordering::SeqCst)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_they_are_shown() {
        assert_eq!(shown(1_790_000_000_123_456), "2026-09-21T14:13:20Z");
        assert_eq!(read("2026-09-21T14:13:20Z"), Some(1_790_000_000_000_000));
        assert_eq!(read("2026-09-21T16:13:20+02:00"), Some(1_790_000_000_000_000));
        assert_eq!(
            read("2026-09-21"),
            Some(1_790_000_000_000_000 - (14 * 3600 + 13 * 60 + 20) * SECOND)
        );
        assert_eq!(read("yesterday"), None);
    }
}
