//! Windows: spans of time that somebody claims, or that follow from what is known.
//!
//! When something began and ended is told differently by different sources, so a window is a claim with a source, and
//! what follows from several of them is asked of the narrowest, the widest and any other.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A span of time that is not empty: from a time (included) to another (not included), or without an end that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Window {
    from: Timestamp,
    to: Option<Timestamp>,
}

/// A window as it is written: `{"from": micros, "to": micros or null}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ends {
    from: Timestamp,
    to: Option<Timestamp>,
}

/// A window that ends when it begins, or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a window from {} to {} is empty: give an end after its beginning, or none while it is open",
    from.rfc3339(), to.rfc3339()
)]
pub struct EmptyWindow {
    from: Timestamp,
    to: Timestamp,
}

impl Window {
    /// All of time.
    pub const EVER: Self = Self::since(Timestamp::from_micros(i64::MIN));

    /// From `from` until before `to`; none: without an end that is known.
    pub fn new(from: Timestamp, to: Option<Timestamp>) -> Result<Self, EmptyWindow> {
        match to {
            Some(to) if to <= from => Err(EmptyWindow { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// Open: from `from` on.
    pub const fn since(from: Timestamp) -> Self {
        Self { from, to: None }
    }

    /// The first time within it.
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// The first time after it; none: it is open.
    pub const fn to(self) -> Option<Timestamp> {
        self.to
    }

    /// Whether a time lies within it.
    pub fn contains(self, t: Timestamp) -> bool {
        self.from <= t && self.is_before_end(t)
    }

    /// Whether a time is before its end.
    pub(crate) fn is_before_end(self, t: Timestamp) -> bool {
        self.to.is_none_or(|to| t < to)
    }

    /// What lies within both.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let ends = [self.to, other.to];
        Self::new(self.from.max(other.from), ends.into_iter().flatten().min()).ok()
    }

    /// The shortest window that holds both, and whatever lies between them.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            from: self.from.min(other.from),
            to: self.to.zip(other.to).map(|(one, other)| one.max(other)),
        }
    }
}

impl TryFrom<Ends> for Window {
    type Error = EmptyWindow;
    fn try_from(ends: Ends) -> Result<Self, EmptyWindow> {
        Self::new(ends.from, ends.to)
    }
}

impl From<Window> for Ends {
    fn from(Window { from, to }: Window) -> Self {
        Self { from, to }
    }
}

/// What a source says of when something was so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Who says so: a document and its place, in words for readers.
    pub source: String,
    /// When it was so. Its end is none where the source names none.
    pub window: Window,
}

/// What all sources agree on; nothing, where two of them exclude each other, or there is none.
pub fn narrowest(claims: &[Claim]) -> Option<Window> {
    let mut windows = claims.iter().map(|claim| claim.window);
    let first = windows.next()?;
    windows.try_fold(first, Window::overlap)
}

/// From the earliest beginning that a source names to the latest end; nothing, where there is no source.
pub fn widest(claims: &[Claim]) -> Option<Window> {
    claims.iter().map(|claim| claim.window).reduce(Window::hull)
}

/// How long a subject was exposed: from the first possible execution until the last credential in its reach was
/// revoked *and* its host was declared rebuilt (DESIGN, 'Incident').
///
/// `revoked` has every credential that was in reach; none: not revoked yet. A host that was rebuilt before `first` was
/// not rebuilt of this. While anything is outstanding the window is open.
pub fn exposed(
    first: Timestamp,
    revoked: impl IntoIterator<Item = Option<Timestamp>>,
    rebuilt: Option<Timestamp>,
) -> Window {
    let rebuilt = rebuilt.filter(|rebuilt| first < *rebuilt);
    let last = |last: Timestamp, revoked: Option<Timestamp>| Some(last.max(revoked?));
    let to = rebuilt.and_then(|rebuilt| revoked.into_iter().try_fold(rebuilt, last));
    Window { from: first, to }
}

/// When something happened that the ledger dates only so far: not before `earliest` and not after `latest`, both
/// included. They differ where a clock was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    earliest: Timestamp,
    latest: Option<Timestamp>,
}

impl Bounds {
    /// At a time that is known.
    pub const fn at(t: Timestamp) -> Self {
        Self {
            earliest: t,
            latest: Some(t),
        }
    }

    /// At some time from `earliest` to `latest`; none: no bound is known. Where `latest` is the earlier of the two, the
    /// bounds are taken the other way round.
    pub fn between(earliest: Timestamp, latest: Option<Timestamp>) -> Self {
        Self {
            earliest: latest.map_or(earliest, |latest| latest.min(earliest)),
            latest: latest.map(|latest| latest.max(earliest)),
        }
    }

    /// Not before this.
    pub const fn earliest(self) -> Timestamp {
        self.earliest
    }

    /// Not after this; none: no bound is known.
    pub const fn latest(self) -> Option<Timestamp> {
        self.latest
    }

    /// What that says of a window.
    pub fn place(self, window: Window) -> Place {
        let not_before = window.from <= self.earliest;
        let not_after = match self.latest {
            Some(latest) => window.is_before_end(latest),
            None => window.to.is_none(),
        };
        let before = self.latest.is_some_and(|latest| latest < window.from);
        match (not_before, not_after) {
            (true, true) => Place::Within,
            (false, true) if before => Place::Before,
            (false, true) => Place::BeforeOrWithin,
            (_, false) if window.is_before_end(self.earliest) => Place::MayBeWithin,
            (_, false) => Place::After,
        }
    }
}

/// Where something lies that happened once, as far as its bounds tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the window.
    Before,
    /// Before it or within it: both are possible.
    BeforeOrWithin,
    /// Within it.
    Within,
    /// Within it or after it, or anywhere.
    MayBeWithin,
    /// After it.
    After,
}

/// Times, as windows that neither overlap nor touch, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times(Vec<Window>);

impl FromIterator<Window> for Times {
    /// The times of any of them, in whatever order they come.
    fn from_iter<I: IntoIterator<Item = Window>>(windows: I) -> Self {
        let mut windows: Vec<_> = windows.into_iter().collect();
        windows.sort_unstable_by_key(|window| window.from);
        windows.dedup_by(|later, kept| {
            let joined = kept.to.is_none_or(|to| later.from <= to);
            if joined {
                *kept = kept.hull(*later);
            }
            joined
        });
        Self(windows)
    }
}

impl Times {
    /// Whether any of them lies within a window. Takes time logarithmic in their number.
    pub fn meet(&self, window: Window) -> bool {
        let first = self
            .0
            .partition_point(|own| own.to.is_some_and(|to| to <= window.from));
        self.0
            .get(first)
            .is_some_and(|own| window.is_before_end(own.from))
    }
}
