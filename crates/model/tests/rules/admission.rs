//! `admit`: who is let in, and that nothing but more trust ever opens a door.

use cofferdam_model::wall::Terms;
use cofferdam_model::*;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::arbitrary::*;

/// The rule, written down a second time as one conjunction.
fn ought(q: &Question) -> bool {
    let Some(e) = &q.engagement else { return false };
    let held = q.holds
        && e.id == q.demand.engagement
        && q.caller.kind != CredentialKind::Link
        && [None, Some(e.id)].contains(&q.caller.bound_to);
    let ended = matches!(e.state, EngagementState::Ended { .. });
    let live = !ended && e.from <= q.now && e.until.is_none_or(|until| until > q.now);
    let in_role = matrix(e.role, &e.purposes).contains(&q.demand.act);
    let in_reach = match (q.demand.project, e.reach) {
        (Some(asked), Reach::Project(own)) => asked == own,
        (Some(_), Reach::Lab) => true,
        (None, Reach::Lab) => LAB_WIDE.contains(&q.demand.act),
        (None, Reach::Project(_)) => false,
    };
    let outlive = [
        Act::SaveDraft,
        Act::ReportInventory,
        Act::ReadLedger,
        Act::Halt,
        Act::Resume,
        Act::DecideIncident,
    ];
    let spared = outlive.contains(&q.demand.act);
    let halted = q
        .halts
        .iter()
        .any(|h| h.until.is_none_or(|until| until > q.now) && h.scope.encloses(&surroundings(q, e)));
    let given_back = q.demand.act == Act::ReturnTask;
    let walled = walled(&q.walls, &q.seen, q.caller.principal, e.lab, q.now);
    let draw = q.demand.draw;
    // The highest number that can be written down is no ceiling.
    let fits = |used: u64, more: u64, most: u64| {
        most == u64::MAX || u128::from(used) + u128::from(more) <= u128::from(most)
    };
    let affordable = draw == Draw::default()
        || fits(q.usage.hour.objects, draw.objects, e.budget.objects_per_hour)
            && fits(q.usage.day.objects, draw.objects, e.budget.objects_per_day)
            && fits(q.usage.hour.bytes, draw.bytes, e.budget.bytes_per_hour)
            && fits(q.usage.day.bytes, draw.bytes, e.budget.bytes_per_day);
    held && live
        && in_role
        && in_reach
        && (spared || !halted)
        && (spared || given_back || !walled)
        && affordable
}

/// Something that can only make the answer stricter.
#[derive(Debug, Clone)]
enum Tightening {
    AddHalt(Index, Halt),
    ProlongHalt(Index, i64),
    End(Timestamp),
    Until(Timestamp),
    ShrinkBudget([u64; 4]),
    AddWall(Terms),
    ProlongWall(Index),
    Join(Index, LabId),
    See(PrincipalId, LabId, Timestamp),
    Use(Draw, Draw),
    Draw(Draw),
    DropPurpose(Index),
    NarrowReach(ProjectId),
    Bind(EngagementId),
    NotTheHolder,
    OnlyALink,
}

fn any_tightening() -> BoxedStrategy<Tightening> {
    prop_oneof![
        (any::<Index>(), any_halt()).prop_map(|(i, halt)| Tightening::AddHalt(i, halt)),
        (any::<Index>(), 0i64..20).prop_map(|(i, seconds)| Tightening::ProlongHalt(i, seconds)),
        any_time().prop_map(Tightening::End),
        any_time().prop_map(Tightening::Until),
        any::<[u64; 4]>().prop_map(Tightening::ShrinkBudget),
        any_terms().prop_map(Tightening::AddWall),
        any::<Index>().prop_map(Tightening::ProlongWall),
        (any::<Index>(), any_id()).prop_map(|(i, lab)| Tightening::Join(i, lab)),
        (any_id(), any_id(), any_time()).prop_map(|(who, lab, at)| Tightening::See(who, lab, at)),
        (any_draw(), any_draw()).prop_map(|(hour, day)| Tightening::Use(hour, day)),
        any_draw().prop_map(Tightening::Draw),
        any::<Index>().prop_map(Tightening::DropPurpose),
        any_id().prop_map(Tightening::NarrowReach),
        any_id().prop_map(Tightening::Bind),
        Just(Tightening::NotTheHolder),
        Just(Tightening::OnlyALink),
    ]
    .boxed()
}

fn tighten_engagement(e: &mut Engagement, how: &Tightening) {
    match how {
        Tightening::End(at) => *e = e.clone().end(*at),
        Tightening::Until(until) => e.until = Some(e.until.map_or(*until, |own| own.min(*until))),
        Tightening::ShrinkBudget([a, b, c, d]) => {
            e.budget.objects_per_hour = e.budget.objects_per_hour.min(a % 12);
            e.budget.objects_per_day = e.budget.objects_per_day.min(b % 12);
            e.budget.bytes_per_hour = e.budget.bytes_per_hour.min(*c);
            e.budget.bytes_per_day = e.budget.bytes_per_day.min(*d);
        }
        Tightening::DropPurpose(pick) if !e.purposes.is_empty() => {
            e.purposes.remove(pick.index(e.purposes.len()));
        }
        Tightening::NarrowReach(project) if e.reach == Reach::Lab => e.reach = Reach::Project(*project),
        _ => {}
    }
}

fn change_wall(walls: &mut Walls, pick: &Index, change: impl FnOnce(&mut Terms)) {
    let all: Vec<_> = walls.iter().map(|(wall, terms)| (wall, terms.clone())).collect();
    if let Some((wall, mut terms)) = all.get(pick.index(all.len().max(1))).cloned() {
        change(&mut terms);
        walls.put(wall, terms);
    }
}

fn tighten(q: &mut Question, how: &Tightening) {
    match how {
        Tightening::AddHalt(pick, halt) => {
            let place = pick.index(q.halts.len() + 1);
            q.halts.insert(place, *halt);
        }
        Tightening::ProlongHalt(pick, seconds) if !q.halts.is_empty() => {
            let place = pick.index(q.halts.len());
            q.halts[place].until = q.halts[place].until.map(|t| t.plus_seconds(*seconds));
        }
        Tightening::AddWall(terms) => {
            q.walls.put(id(100 + q.walls.iter().count() as u8), terms.clone());
        }
        Tightening::ProlongWall(pick) => change_wall(&mut q.walls, pick, |terms| {
            let longer = terms.cooling_off_days.in_days() + 1;
            terms.cooling_off_days = CoolingOff::days(longer).unwrap();
        }),
        Tightening::Join(pick, lab) => change_wall(&mut q.walls, pick, |terms| {
            terms.members.insert(*lab, id(80));
        }),
        Tightening::See(who, lab, at) => {
            q.seen.saw(*who, *lab, *at);
        }
        Tightening::Use(hour, day) => {
            q.usage = Usage {
                hour: q.usage.hour.plus(*hour),
                day: q.usage.day.plus(*day),
            };
        }
        Tightening::Draw(more) => q.demand.draw = q.demand.draw.plus(*more),
        Tightening::Bind(only) => q.caller.bound_to = q.caller.bound_to.or(Some(*only)),
        Tightening::NotTheHolder => q.holds = false,
        Tightening::OnlyALink => q.caller.kind = CredentialKind::Link,
        _ => {
            if let Some(e) = &mut q.engagement {
                tighten_engagement(e, how);
            }
        }
    }
}

/// Every scope that encloses the question.
fn enclosing(q: &Question, e: &Engagement) -> Vec<Scope> {
    let mut scopes = vec![
        Scope::Installation,
        Scope::Lab(e.lab),
        Scope::Engagement(e.id),
        Scope::Person(q.caller.principal),
        Scope::Component(q.caller.principal),
        Scope::Credential(q.caller.credential),
    ];
    scopes.extend(q.demand.project.map(Scope::Project));
    scopes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_answer_is_yes_exactly_when_every_condition_holds(q in any_question()) {
        prop_assert_eq!(q.allowed(), ought(&q), "{:?}", q.ask());
    }

    #[test]
    fn nothing_is_allowed_but_through_an_active_engagement_that_the_caller_holds(
        q in granted(), other in any_engagement(), seconds in 1i64..100, spare: u8,
    ) {
        prop_assert!(q.allowed(), "{:?}", q.ask());
        let own = q.engagement.clone().unwrap();
        let denied = |change: &dyn Fn(&mut Question)| {
            let mut changed = q.clone();
            change(&mut changed);
            changed.ask() != Decision::Allow
        };
        let with = |e: Engagement| denied(&move |q| q.engagement = Some(e.clone()));

        prop_assert!(denied(&|q| q.engagement = None));
        prop_assert!(denied(&|q| q.holds = false));
        prop_assert!(denied(&|q| q.caller.kind = CredentialKind::Link));
        let foreign: EngagementId = id(spare.max(4));
        prop_assert!(denied(&|q| q.demand.engagement = foreign));
        prop_assert!(denied(&|q| q.caller.bound_to = Some(foreign)));
        prop_assert!(other.id == own.id || with(other));
        let (unborn, over) = (own.clone(), own.clone());
        let unborn = Engagement { from: q.now.plus_seconds(seconds), ..unborn };
        let over = Engagement { until: Some(q.now), ..over };
        prop_assert_eq!((own.ended(q.now), over.ended(q.now)), (None, Some(q.now)));
        let at = q.now.plus_seconds(-seconds);
        prop_assert_eq!(own.clone().end(at).ended(q.now), Some(at));
        prop_assert!(with(unborn) && with(over));
        prop_assert!(with(own.clone().end(q.now.plus_seconds(seconds))));
        prop_assert!(with(own.end(q.now.plus_seconds(-seconds))));
    }

    #[test]
    fn a_halt_on_any_enclosing_scope_stops_every_act_that_halts_stop(
        q in granted(), others in proptest::collection::vec(any_halt(), 0..4), place: Index, reason in any_reason(),
        since in any_time(), lasts in proptest::option::of(1i64..100),
    ) {
        let e = q.engagement.clone().unwrap();
        for scope in enclosing(&q, &e) {
            let halt = Halt {
                id: id(200), scope, reason, since, until: lasts.map(|s| q.now.plus_seconds(s)),
                by_lab: false,
            };
            let mut halted = q.clone();
            halted.halts.clone_from(&others);
            halted.halts.insert(place.index(others.len() + 1), halt);
            if q.demand.act.stopped_by_halts() {
                let refused = matches!(halted.ask(), Decision::Deny(Refusal::Halted { .. }));
                prop_assert!(refused, "{:?} {:?}", scope, halted.ask());
            } else {
                prop_assert_eq!(halted.ask(), Decision::Allow);
            }
        }
    }

    #[test]
    fn a_halt_elsewhere_or_over_changes_nothing(q in granted(), halts in proptest::collection::vec(any_halt(), 1..6)) {
        let e = q.engagement.clone().unwrap();
        let around = surroundings(&q, &e);
        let mut halted = q.clone();
        halted.halts = halts.into_iter().filter(|h| !h.scope.encloses(&around) || !h.in_effect(q.now)).collect();
        prop_assert_eq!(halted.ask(), Decision::Allow);
    }

    #[test]
    fn nothing_that_takes_trust_away_makes_the_answer_more_generous(
        q in any_question(), steps in proptest::collection::vec(any_tightening(), 1..6),
    ) {
        let mut now = q;
        for step in &steps {
            let before = now.clone();
            tighten(&mut now, step);
            prop_assert!(before.allowed() || !now.allowed(), "{:?} opened what was {:?}", step, before.ask());
        }
    }

    #[test]
    fn what_the_matrix_does_not_give_is_denied(q in granted(), role in any_role(), purposes in any_purposes()) {
        for act in Act::ALL {
            let mut asked = q.clone();
            asked.demand.act = act;
            let e = asked.engagement.as_mut().unwrap();
            e.role = role;
            e.purposes.clone_from(&purposes);
            if !matrix(role, &purposes).contains(&act) {
                prop_assert_eq!(asked.ask(), Decision::Deny(Refusal::NotInRole), "{:?}", act);
            }
        }
    }

    #[test]
    fn an_engagement_for_one_project_reaches_no_other_and_not_the_lab(q in granted(), own: u8, other in 1u8..) {
        let asked = own ^ other;
        let mut elsewhere = q;
        elsewhere.engagement.as_mut().unwrap().reach = Reach::Project(id(own));
        for project in [Some(id(asked)), None] {
            elsewhere.demand.project = project;
            prop_assert_eq!(elsewhere.ask(), Decision::Deny(Refusal::OutOfReach));
        }
    }

    #[test]
    fn a_halted_project_is_not_reached_by_leaving_its_name_out(q in granted()) {
        let mut whole = q;
        let e = whole.engagement.as_mut().unwrap();
        (e.role, e.reach) = (Role::Steward, Reach::Lab);
        whole.demand.project = None;
        for (_, acts) in MATRIX {
            for act in acts.iter().filter(|act| !LAB_WIDE.contains(act)) {
                whole.demand.act = *act;
                prop_assert!(!whole.allowed(), "{:?}", act);
            }
        }
    }

    #[test]
    fn a_lowered_budget_takes_nothing_away_that_draws_nothing(q in granted(), usage in any_usage()) {
        let mut spent = q;
        spent.usage = usage;
        spent.demand.draw = Draw::default();
        spent.engagement.as_mut().unwrap().budget = Budget {
            objects_per_hour: 0, objects_per_day: 0, bytes_per_hour: 0, bytes_per_day: 0,
        };
        prop_assert_eq!(spent.ask(), Decision::Allow);
        spent.demand.draw = Draw { objects: 1, bytes: 0 };
        let refused = matches!(spent.ask(), Decision::Deny(Refusal::BudgetTooSmall { .. }));
        prop_assert!(refused);
    }

    #[test]
    fn too_small_means_that_no_unused_hour_allows_it(q in granted(), usage in any_usage()) {
        let mut now = q;
        now.usage = usage;
        let mut fresh = now.clone();
        fresh.usage = Usage::default();
        let too_small = matches!(now.ask(), Decision::Deny(Refusal::BudgetTooSmall { .. }));
        prop_assert_eq!(too_small, !fresh.allowed(), "{:?}", now);
    }

    #[test]
    fn the_order_of_halts_does_not_decide(q in any_question()) {
        let mut turned = q.clone();
        turned.halts.reverse();
        prop_assert_eq!(turned.allowed(), q.allowed());
    }

    #[test]
    fn an_ended_engagement_is_called_ended_even_before_it_would_have_begun(q in granted(), seconds in 1i64..50) {
        let mut early = q;
        let e = early.engagement.as_mut().unwrap();
        e.from = early.now.plus_seconds(seconds);
        e.until = None;
        let unborn = early.clone().ask();
        prop_assert_eq!(unborn, Decision::Deny(Refusal::NotBegun));
        early.engagement = early.engagement.map(|e| e.end(early.now));
        prop_assert_eq!(early.ask(), Decision::Deny(Refusal::Ended));
    }
}

/// The questions above would prove little if they were all denied at the door.
#[test]
fn the_questions_asked_are_varied() {
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..4_000 {
        let q = any_question().new_tree(&mut runner).unwrap().current();
        let answer = match q.ask() {
            Decision::Allow => "allow",
            Decision::Deny(Refusal::NotEngaged) => "not-engaged",
            Decision::Deny(Refusal::NotBegun) => "not-begun",
            Decision::Deny(Refusal::Ended) => "ended",
            Decision::Deny(Refusal::Halted { .. }) => "halted",
            Decision::Deny(Refusal::Walled { .. }) => "walled",
            Decision::Deny(Refusal::NotInRole) => "not-in-role",
            Decision::Deny(Refusal::OutOfReach) => "out-of-reach",
            Decision::Deny(Refusal::BudgetSpent { .. }) => "budget-spent",
            Decision::Deny(Refusal::BudgetTooSmall { .. }) => "budget-too-small",
        };
        *seen.entry(answer).or_default() += 1;
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
    assert!(seen["walled"] > 20, "{seen:?}");
    assert!(seen["allow"] > 1_000 && seen["allow"] < 3_000, "{seen:?}");
    assert!(seen["halted"] > 100 && seen["budget-spent"] > 50, "{seen:?}");
}
