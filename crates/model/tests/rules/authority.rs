//! `Authority`: the fold over a ledger's authorising entries.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_model::authority::ProjectState;
use cofferdam_model::*;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::arbitrary::*;
use crate::history::*;

fn fold(entries: &[Entry]) -> Result<Authority, FoldError> {
    let mut state = Authority::empty(Compartment::Lab(lab()));
    entries.iter().try_for_each(|entry| state.apply(entry))?;
    Ok(state)
}

/// Every decision that a state leads to, over all engagements, acts, projects, some callers and some times.
fn decisions(state: &Authority) -> Vec<Decision> {
    let mut out = Vec::new();
    let projects: Vec<_> = state.projects().map(|(project, _)| Some(project)).collect();
    for engagement in state.engagements() {
        for act in Act::ALL {
            for project in projects.iter().copied().chain([None]) {
                for (who, seconds) in [(1, 5), (2, 15), (3, 60)] {
                    let caller = Caller {
                        principal: id(who),
                        credential: id(who),
                        kind: CredentialKind::Token,
                        bound_to: None,
                    };
                    let demand = Demand {
                        engagement: engagement.id,
                        act,
                        project,
                        draw: Draw { objects: 1, bytes: 1 },
                    };
                    let standing = Standing {
                        engagement: state.engagement(engagement.id),
                        holds: true,
                        halts: state.halts(),
                        walls: state.walls(),
                        seen: state.seen(),
                        usage: Usage::default(),
                        now: at(seconds),
                    };
                    out.push(admit(&caller, &demand, standing));
                }
            }
        }
    }
    out
}

/// The state that a history should lead to, read off it naively.
#[derive(Debug, PartialEq, Default)]
struct Expected {
    projects: BTreeMap<ProjectId, ProjectState>,
    ends: BTreeMap<EngagementId, Option<Timestamp>>,
    budgets: BTreeMap<EngagementId, (u64, u64, u64, u64)>,
    halts: BTreeMap<HaltId, (Scope, Timestamp, Option<Timestamp>)>,
    recipients: Vec<String>,
    revoked: Vec<bool>,
}

const fn numbers(b: &Budget) -> (u64, u64, u64, u64) {
    (
        b.objects_per_hour,
        b.objects_per_day,
        b.bytes_per_hour,
        b.bytes_per_day,
    )
}

fn expected(history: &[Entry]) -> Expected {
    let mut out = Expected {
        revoked: vec![false; 3],
        ..Expected::default()
    };
    for entry in history {
        match &entry.fact {
            Fact::ProjectOpened { project, .. } => _ = out.projects.insert(*project, ProjectState::Open),
            Fact::ProjectClosed { project } => _ = out.projects.insert(*project, ProjectState::Closed),
            Fact::EngagementGranted {
                engagement, budget, ..
            } => {
                out.ends.insert(*engagement, None);
                out.budgets.insert(*engagement, numbers(budget));
            }
            Fact::EngagementEnded { engagement } => {
                out.ends.entry(*engagement).or_default().get_or_insert(entry.t);
            }
            Fact::BudgetSet { engagement, budget } => {
                out.budgets.insert(*engagement, numbers(budget));
            }
            Fact::Halted {
                halt, scope, until, ..
            } => _ = out.halts.insert(*halt, (*scope, entry.t, *until)),
            Fact::Resumed { halt, .. } => _ = out.halts.remove(halt),
            Fact::RecipientsSet { recipients } => out.recipients.clone_from(recipients),
            Fact::CredentialRevoked { credential } => {
                out.revoked[usize::from(credential.as_bytes()[0]) - 1] = true;
            }
            _ => {}
        }
    }
    out
}

fn found(state: &Authority) -> Expected {
    let end = |e: &Engagement| match e.state {
        EngagementState::Active => None,
        EngagementState::Ended { at } => Some(at),
    };
    Expected {
        projects: state.projects().collect(),
        ends: state.engagements().map(|e| (e.id, end(e))).collect(),
        budgets: state.engagements().map(|e| (e.id, numbers(&e.budget))).collect(),
        halts: state
            .halts()
            .map(|h| (h.id, (h.scope, h.since, h.until)))
            .collect(),
        recipients: state.recipients().to_vec(),
        revoked: (1..4).map(|n| state.is_revoked(id(n))).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_valid_history_folds_to_what_it_says(history in any_history()) {
        let state = fold(&history).unwrap();
        prop_assert_eq!(found(&state), expected(&history));
        let authorising = history.iter().filter(|e| e.fact.authorises()).count();
        prop_assert_eq!(state.folded(), authorising as u64);
    }

    #[test]
    fn folding_is_deterministic_and_a_prefix_and_the_rest_make_the_whole(history in any_history(), cut: Index) {
        let whole = fold(&history).unwrap();
        prop_assert_eq!(&fold(&history).unwrap(), &whole);
        let (head, tail) = history.split_at(cut.index(history.len() + 1));
        let mut state = fold(head).unwrap();
        for entry in tail {
            state.apply(entry).unwrap();
        }
        prop_assert_eq!(state, whole);
    }

    #[test]
    fn entries_that_authorise_nothing_may_be_left_out(history in any_history()) {
        let only: Vec<_> = history.iter().filter(|e| e.fact.authorises()).cloned().collect();
        prop_assert_eq!(fold(&only).unwrap(), fold(&history).unwrap());
    }

    #[test]
    fn a_history_halted_and_resumed_decides_like_one_never_halted(
        history in any_history(), scope in any_scope(), reason in any_reason(), from: Index, to: Index,
    ) {
        let (from, to) = (from.index(history.len()), to.index(history.len()));
        let halted = Fact::Halted { halt: id(200), scope, reason, until: None };
        let resumed = Fact::Resumed { halt: id(200), checked: BTreeSet::new() };
        let told = with_inserted(&history, &[(from.min(to), halted.clone()), (from.max(to), resumed)]);
        let (plain, told) = (fold(&history).unwrap(), fold(&told).unwrap());
        prop_assert_eq!(found(&told), found(&plain));
        prop_assert_eq!(decisions(&told), decisions(&plain));

        let open = fold(&with_inserted(&history, &[(from.min(to), halted)])).unwrap();
        for (stopped, free) in decisions(&open).iter().zip(decisions(&plain)) {
            prop_assert!(*stopped != Decision::Allow || free == Decision::Allow);
        }
    }

    #[test]
    fn an_entry_that_comes_twice_is_an_error_and_changes_nothing(history in any_history(), which: Index) {
        let mut state = fold(&history).unwrap();
        let before = state.clone();
        let again = &history[which.index(history.len())];
        prop_assert_eq!(state.apply(again).is_err(), again.fact.authorises());
        prop_assert_eq!(state, before);
    }

    #[test]
    fn entries_out_of_order_are_an_error(history in any_history(), which: Index) {
        let mut only: Vec<_> = history.into_iter().filter(|e| e.fact.authorises()).collect();
        if only.len() > 1 {
            let first = which.index(only.len() - 1);
            only.swap(first, first + 1);
            prop_assert!(fold(&only).is_err());
        }
    }

    #[test]
    fn time_that_goes_back_is_an_error(history in any_history(), seconds in 1i64..100) {
        let mut state = fold(&history).unwrap();
        let (last, before) = (history.last().unwrap(), state.clone());
        let next = |t| entry(last.n + 1, t, Fact::RecipientsSet { recipients: vec![] });
        let late = history.iter().rfind(|e| e.fact.authorises()).unwrap().t;
        prop_assert!(state.apply(&next(late.plus_seconds(-seconds))).is_err());
        prop_assert_eq!(&state, &before);
        prop_assert!(state.apply(&next(last.t)).is_ok());
    }

    /// Whatever an entry says: if it is refused, the state is the one before it.
    #[test]
    fn a_refused_entry_leaves_the_state_as_it_was(history in any_history(), other in any_history()) {
        let mut state = fold(&history).unwrap();
        let t = history.last().unwrap().t;
        for (i, stray) in other.iter().enumerate() {
            let before = state.clone();
            let stray = entry((history.len() + i) as u64, t, stray.fact.clone());
            if state.apply(&stray).is_err() {
                prop_assert_eq!(&state, &before);
            }
        }
    }

    #[test]
    fn what_was_ended_or_closed_stays_so_whatever_follows(history in any_history(), cut: Index) {
        let (head, tail) = history.split_at(cut.index(history.len() + 1));
        let mut state = fold(head).unwrap();
        let then = state.clone();
        for entry in tail {
            state.apply(entry).unwrap();
        }
        for e in then.engagements().filter(|e| e.state != EngagementState::Active) {
            prop_assert_eq!(state.engagement(e.id).unwrap().state, e.state);
        }
        for (project, _) in then.projects().filter(|(_, s)| *s == ProjectState::Closed) {
            prop_assert_eq!(state.project(project), Some(ProjectState::Closed));
        }
    }
}

fn refused(compartment: Compartment, before: &[Fact], last: Fact) -> &'static str {
    let mut state = Authority::empty(compartment);
    for (n, fact) in before.iter().enumerate() {
        state.apply(&entry(n as u64, at(1), fact.clone())).unwrap();
    }
    let kept = state.clone();
    let error = state.apply(&entry(before.len() as u64, at(1), last)).unwrap_err();
    assert_eq!(state, kept, "{error}");
    assert_eq!(error.index, before.len() as u64);
    error.problem
}

fn opened() -> [Fact; 2] {
    let template = ObjectRef {
        bytes: 1,
        object: id(1),
        version: 1,
    };
    [
        Fact::LabOpened { lab: lab() },
        Fact::ProjectOpened {
            project: id(1),
            template,
        },
    ]
}

fn engaged(reach: Reach, role: Role) -> Fact {
    let e = Engagement {
        id: id(1),
        lab: lab(),
        reach,
        role,
        purposes: vec![],
        pseudonym: id(1),
        holder: engagement::HolderCommitment([7; 32]),
        from: at(0),
        begun: false,
        until: None,
        budget: Budget::PERSON,
        state: EngagementState::Active,
    };
    granted_fact(id(1), &e)
}

fn no_address() -> Fact {
    Fact::AddressSet {
        principal: id(1),
        row: None,
    }
}

#[test]
fn entries_that_do_not_follow_are_refused_with_the_reason() {
    let home = Compartment::Lab(lab());
    let away = Compartment::Installation;
    let operator = |n| Fact::OperatorGranted { principal: id(n) };
    let halted = Fact::Halted {
        halt: id(1),
        scope: Scope::Lab(lab()),
        reason: HaltReason::Drill,
        until: None,
    };
    let [first, project] = opened();
    let grant = engaged(Reach::Project(id(1)), Role::Author);

    for (compartment, before, last) in [
        (home, vec![], Fact::LabOpened { lab: id(2) }),
        (away, vec![], first.clone()),
        (home, vec![first.clone()], first.clone()),
        (home, vec![], project.clone()),
        (home, vec![], halted.clone()),
        (away, vec![], project.clone()),
        (away, vec![], Fact::RecipientsSet { recipients: vec![] }),
        (away, vec![], Fact::WebhookSet { webhook: id(1) }),
        (home, vec![first.clone()], Fact::WebhookRemoved { webhook: id(1) }),
        (home, vec![first.clone()], no_address()),
        (home, opened().to_vec(), project),
        (home, opened().to_vec(), Fact::ProjectClosed { project: id(2) }),
        (
            home,
            opened().to_vec(),
            engaged(Reach::Project(id(2)), Role::Author),
        ),
        (home, opened().to_vec(), engaged(Reach::Lab, Role::Lead)),
        (
            home,
            [&opened()[..], std::slice::from_ref(&grant)].concat(),
            grant.clone(),
        ),
        (away, vec![], grant),
        (
            home,
            vec![first.clone()],
            Fact::EngagementEnded { engagement: id(1) },
        ),
        (
            home,
            vec![first.clone()],
            Fact::BudgetSet {
                engagement: id(1),
                budget: Budget::JOB,
            },
        ),
        (home, vec![first.clone(), halted.clone()], halted),
        (
            home,
            vec![first.clone()],
            Fact::Resumed {
                halt: id(1),
                checked: BTreeSet::new(),
            },
        ),
        (home, vec![first], operator(1)),
        (away, vec![operator(1)], operator(1)),
        (away, vec![operator(1)], Fact::OperatorEnded { principal: id(2) }),
    ] {
        assert!(!refused(compartment, &before, last).is_empty());
    }
}

#[test]
fn a_second_opening_does_not_reopen_a_closed_project() {
    let [first, project] = opened();
    let closed = Fact::ProjectClosed { project: id(1) };
    let told = [first, project.clone(), closed];
    let problem = refused(Compartment::Lab(lab()), &told, project);
    assert_eq!(problem, "opens a project twice");
}

#[test]
fn an_entry_of_a_format_not_known_is_not_folded() {
    let mut state = Authority::empty(Compartment::Lab(lab()));
    let mut first = entry(0, at(0), Fact::LabOpened { lab: lab() });
    first.v = Entry::VERSION + 1;
    assert!(state.apply(&first).is_err());
    assert_eq!(state.folded(), 0);
}

#[test]
fn a_clock_is_put_back_further_or_catches_up_and_nothing_else() {
    let told = |n: u64, seconds: i64, fact: Fact| Entry {
        clock: Some(at(seconds)),
        ..entry(n, at(9), fact)
    };
    let [first, project] = opened();
    let before: Vec<Entry> = [first, project]
        .into_iter()
        .zip(0..)
        .map(|(fact, n)| entry(n, at(9), fact))
        .collect();
    let state = fold(&before).unwrap();
    let after = |entries: &[Entry]| {
        let mut state = state.clone();
        entries.iter().try_for_each(|entry| state.apply(entry))?;
        Ok::<_, FoldError>(state)
    };
    let (back, up) = (
        |n, seconds| told(n, seconds, Fact::ClockPutBack),
        |n| entry(n, at(12), Fact::ClockCaughtUp),
    );
    let found =
        after(&[back(2, 6), back(3, 4), up(4), back(5, 8)].map(|e| Entry { t: at(12), ..e })).unwrap();
    let [first, second] = found.clock_put_back() else {
        panic!("{:?}", found.clock_put_back());
    };
    assert_eq!(
        (first.n, first.clock, first.caught_up),
        (2, at(4), Some((4, at(12))))
    );
    assert_eq!((second.n, second.clock, second.caught_up), (5, at(8), None));
    assert_eq!(found.clock_behind(), Some(second));
    let silent = entry(2, at(9), Fact::ClockPutBack);
    for wrong in [
        vec![up(2)],
        vec![back(2, 6), back(3, 6)],
        vec![back(2, 9)],
        vec![silent],
    ] {
        assert!(after(&wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn operators_come_and_go_in_the_installation_log() {
    let mut state = Authority::empty(Compartment::Installation);
    let principal = id(1);
    state
        .apply(&entry(0, at(0), Fact::OperatorGranted { principal }))
        .unwrap();
    assert!(state.is_operator(principal));
    state
        .apply(&entry(7, at(0), Fact::OperatorEnded { principal }))
        .unwrap();
    assert!(!state.is_operator(principal));
}
