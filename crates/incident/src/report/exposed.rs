//! From when to when a component was exposed.

use cofferdam_inventory::History;
use cofferdam_model::window::exposed;
use cofferdam_model::{Timestamp, Window};

use super::case::Elsewhere;

/// The first possible execution of what was possible in a window. Whoever had it in hand by the window's end may have begun to run it
/// later: where the window itself leaves no instant, the first one after it at which scans saw it, or could have, counts.
fn first(history: &History, availability: Window) -> Option<Timestamp> {
    let within = history.possible(availability);
    let found = within.or_else(|| history.suspected(Window::since(availability.from())));
    found.map(Window::from)
}

/// What may have ended an exposure: when a host was rebuilt, unless it is known of a scan since, by whichever lab, that saw the thing.
pub(crate) fn rebuilding(rebuilt: Option<Timestamp>, elsewhere: Elsewhere) -> Option<Timestamp> {
    rebuilt.filter(|_| elsewhere != Elsewhere::SinceRebuilt)
}

/// Whether rebuilding its host ended what was possible in a window and began at `first`. It was rebuilt after that; no scan saw the thing
/// since, nor left it in doubt; and no instant of the window is left after it at which it could have come again.
fn ended(history: &History, first: Timestamp, availability: Window, rebuilt: Timestamp) -> bool {
    let left = Window::since(rebuilt).overlap(availability);
    let possible = left.and_then(|left| history.possible(left));
    first < rebuilt && possible.is_none() && !history.seen_since(rebuilt)
}

/// When a host was rebuilt, if that ended what was possible in one of these windows at least. Only what it could reach before is of any
/// account then.
pub(crate) fn counted(
    history: &History,
    windows: impl IntoIterator<Item = Window>,
    rebuilt: Option<Timestamp>,
) -> Option<Timestamp> {
    let rebuilt = rebuilt?;
    let counts = |window| first(history, window).is_some_and(|first| ended(history, first, window, rebuilt));
    windows.into_iter().any(counts).then_some(rebuilt)
}

/// From the first possible execution until everything in reach was revoked and the host rebuilt; nothing, where the scans leave no
/// instant for it.
pub(super) fn window(
    history: &History,
    availability: Window,
    revoked: impl IntoIterator<Item = Option<Timestamp>>,
    rebuilt: Option<Timestamp>,
) -> Option<Window> {
    let first = first(history, availability)?;
    let rebuilt = rebuilt.filter(|rebuilt| ended(history, first, availability, *rebuilt));
    Some(exposed(first, revoked, rebuilt))
}
