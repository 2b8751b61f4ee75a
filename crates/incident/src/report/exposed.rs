//! From when to when a component was exposed.

use cofferdam_inventory::History;
use cofferdam_model::window::exposed;
use cofferdam_model::{Timestamp, Window};

/// The first possible execution of what was possible in a window. Whoever had it in hand by the window's end may have begun to run it
/// later: where the window itself leaves no instant, the first one after it at which scans saw it, or could have, counts.
fn first(history: &History, availability: Window) -> Option<Timestamp> {
    let within = history.possible(availability);
    let found = within.or_else(|| history.suspected(Window::since(availability.from())));
    found.map(Window::from)
}

/// Whether rebuilding its host ended what began at `first`: it was rebuilt after that, and no scan found the thing on it since.
fn ended(history: &History, first: Timestamp, rebuilt: Timestamp) -> bool {
    let ran = history.certain(Window::since(first));
    let gone = ran.is_none_or(|ran| ran.to().is_some_and(|to| to <= rebuilt));
    first < rebuilt && gone
}

/// When a host was rebuilt, if that ended what was possible in one of these windows at least. Only what it could reach before is of any
/// account then.
pub(crate) fn counted(
    history: &History,
    windows: impl IntoIterator<Item = Window>,
    rebuilt: Option<Timestamp>,
) -> Option<Timestamp> {
    let rebuilt = rebuilt?;
    let mut firsts = windows.into_iter().filter_map(|window| first(history, window));
    firsts
        .any(|first| ended(history, first, rebuilt))
        .then_some(rebuilt)
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
    let rebuilt = rebuilt.filter(|rebuilt| ended(history, first, *rebuilt));
    Some(exposed(first, revoked, rebuilt))
}
