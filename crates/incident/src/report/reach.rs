//! When a subject could reach which project, as far as a lab's own ledger tells.

use cofferdam_model::exposure::Reachable;
use cofferdam_model::{Engagement, EngagementState, ProjectId, Pseudonym, Reach, Scope, Timestamp, Window};

use super::dating::Dating;
use super::gather::{Gathered, Halted};

/// The engagements that a subject ever held, by id; the platform, none.
pub(super) fn subject_engagements(
    gathered: &Gathered,
    pseudonym: Option<Pseudonym>,
) -> impl Iterator<Item = &Engagement> {
    gathered
        .authority
        .engagements()
        .filter(move |engagement| Some(engagement.pseudonym) == pseudonym)
}

/// When a subject could reach which project: while one of its engagements was active, less the halts that certainly stood. Where the ends
/// are not certain, the longest that it may have been.
pub(super) fn reach(gathered: &Gathered, dating: &Dating, pseudonym: Option<Pseudonym>) -> Vec<Reachable> {
    let mut reachable = Vec::new();
    for engagement in subject_engagements(gathered, pseudonym) {
        let Some(active) = active(gathered, dating, engagement) else {
            continue;
        };
        let projects: Vec<ProjectId> = match engagement.reach {
            Reach::Project(project) => vec![project],
            Reach::Lab => gathered.authority.projects().map(|(id, _)| id).collect(),
        };
        for project in projects {
            let stopped = gathered
                .halts
                .values()
                .filter(|halt| stops(halt, engagement, project));
            let stopped = stopped.filter_map(|halt| certain(halt, dating)).collect();
            let rest = without(active, stopped);
            reachable.extend(rest.into_iter().map(|during| Reachable { project, during }));
        }
    }
    reachable
}

/// How long an engagement may have been active.
fn active(gathered: &Gathered, dating: &Dating, engagement: &Engagement) -> Option<Window> {
    let (granted, ended) = gathered.granted.get(&engagement.id)?;
    let granted = dating.of(*granted).earliest();
    let from = match engagement.begun {
        true => granted,
        false => dating.set(engagement.from).earliest().max(granted),
    };
    let ran_out = engagement.until.map(|until| dating.set(until).latest());
    let was_ended = match engagement.state {
        EngagementState::Active => None,
        EngagementState::Ended { .. } => ended.map(|n| dating.of(n).latest()),
    };
    let ends = [ran_out, was_ended].into_iter().flatten().flatten();
    Window::new(from, ends.min()).ok()
}

/// Whether a halt stops what is done in a project under an engagement.
fn stops(halt: &Halted, engagement: &Engagement, project: ProjectId) -> bool {
    match halt.scope {
        Scope::Installation => true,
        Scope::Lab(lab) => lab == engagement.lab,
        Scope::Project(of) => of == project,
        Scope::Engagement(of) => of == engagement.id,
        // Whom these name a lab's ledger does not tell.
        Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => false,
    }
}

/// When a halt certainly stood.
fn certain(halt: &Halted, dating: &Dating) -> Option<Window> {
    let from = dating.of(halt.n).latest()?;
    let resumed = halt.resumed.map(|n| dating.of(n).earliest());
    let ran_out = halt.until.map(|until| dating.set(until).earliest());
    Window::new(from, [resumed, ran_out].into_iter().flatten().min()).ok()
}

/// What is left of a window.
fn without(window: Window, mut holes: Vec<Window>) -> Vec<Window> {
    holes.sort_unstable();
    let mut left = Vec::new();
    let mut from = Some(window.from());
    for hole in holes {
        let Some(begin) = from else { break };
        let before = earlier(Some(hole.from()), window.to());
        left.extend(Window::new(begin, before).ok());
        from = hole.to().map(|end| end.max(begin));
    }
    if let Some(begin) = from {
        left.extend(Window::new(begin, window.to()).ok());
    }
    left
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}
