//! Random parts of questions. Ids and times come from small pools, so that they often meet.

use cofferdam_model::wall::{Kept, Terms};
use cofferdam_model::*;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The role matrix, written down a second time: what each role may do. Integrations: by purpose.
pub(crate) const MATRIX: [(Role, &[Act]); 4] = [
    (
        Role::Author,
        &[
            Act::ReadGuideline,
            Act::ClaimTask,
            Act::ReadTask,
            Act::SaveDraft,
            Act::ReturnTask,
            Act::Submit,
            Act::Ask,
            Act::TrackTime,
        ],
    ),
    (
        Role::Reviewer,
        &[
            Act::ReadGuideline,
            Act::ClaimReview,
            Act::Review,
            Act::Ask,
            Act::AnswerQuestion,
            Act::TrackTime,
        ],
    ),
    (
        Role::Lead,
        &[
            Act::ReadGuideline,
            Act::WriteGuideline,
            Act::Import,
            Act::Export,
            Act::Ask,
            Act::AnswerQuestion,
            Act::TrackTime,
        ],
    ),
    (
        Role::Steward,
        &[
            Act::ReadGuideline,
            Act::WriteGuideline,
            Act::Import,
            Act::Export,
            Act::AnswerQuestion,
            Act::DecideDelivery,
            Act::SetRecipients,
            Act::ReadLedger,
            Act::Halt,
            Act::Resume,
            Act::DecideIncident,
            Act::SetWebhooks,
        ],
    ),
];

/// What each purpose lets an integration do.
pub(crate) const PURPOSES: [(Purpose, &[Act]); 4] = [
    (
        Purpose::Import,
        &[
            Act::ReadGuideline,
            Act::ReportInventory,
            Act::Import,
            Act::WriteGuideline,
        ],
    ),
    (
        Purpose::Agreement,
        &[Act::ReadGuideline, Act::ReportInventory, Act::MeasureAgreement],
    ),
    (
        Purpose::Delivery,
        &[Act::ReadGuideline, Act::ReportInventory, Act::BuildDelivery],
    ),
    (
        Purpose::Export,
        &[Act::ReadGuideline, Act::ReportInventory, Act::Export],
    ),
];

/// The acts that may be asked for without naming a project.
pub(crate) const LAB_WIDE: [Act; 6] = [
    Act::SetRecipients,
    Act::ReadLedger,
    Act::Halt,
    Act::Resume,
    Act::DecideIncident,
    Act::SetWebhooks,
];

/// What the matrix gives to `role` with `purposes`.
pub(crate) fn matrix(role: Role, purposes: &[Purpose]) -> Vec<Act> {
    let of_role = MATRIX.iter().filter(|(own, _)| *own == role);
    let of_purpose = PURPOSES
        .iter()
        .filter(|(own, _)| role == Role::Integration && purposes.contains(own));
    of_role
        .flat_map(|(_, acts)| acts.iter())
        .chain(of_purpose.flat_map(|(_, acts)| acts.iter()))
        .copied()
        .collect()
}

/// The `n`th id of a kind.
pub(crate) fn id<I: Id>(n: u8) -> I {
    I::from_bytes([n; 16])
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

pub(crate) fn any_id<I: Id + std::fmt::Debug>() -> impl Strategy<Value = I> {
    (1u8..4).prop_map(id)
}

pub(crate) fn any_time() -> impl Strategy<Value = Timestamp> {
    (0i64..20).prop_map(at)
}

pub(crate) fn any_act() -> impl Strategy<Value = Act> {
    select(&Act::ALL[..])
}

pub(crate) fn any_role() -> impl Strategy<Value = Role> {
    select(vec![
        Role::Author,
        Role::Reviewer,
        Role::Lead,
        Role::Steward,
        Role::Integration,
    ])
}

pub(crate) fn any_purposes() -> impl Strategy<Value = Vec<Purpose>> {
    subsequence(
        vec![
            Purpose::Import,
            Purpose::Agreement,
            Purpose::Delivery,
            Purpose::Export,
        ],
        0..=4,
    )
}

pub(crate) fn any_reach(role: Role) -> BoxedStrategy<Reach> {
    let project = any_id().prop_map(Reach::Project);
    if role == Role::Steward {
        prop_oneof![Just(Reach::Lab), project].boxed()
    } else {
        project.boxed()
    }
}

pub(crate) fn any_scope() -> BoxedStrategy<Scope> {
    prop_oneof![
        Just(Scope::Installation),
        any_id().prop_map(Scope::Lab),
        any_id().prop_map(Scope::Project),
        any_id().prop_map(Scope::Engagement),
        any_id().prop_map(Scope::Person),
        any_id().prop_map(Scope::Component),
        any_id().prop_map(Scope::Credential),
    ]
    .boxed()
}

pub(crate) fn any_reason() -> impl Strategy<Value = HaltReason> {
    select(&HaltReason::ALL[..])
}

pub(crate) fn any_halt() -> BoxedStrategy<Halt> {
    (
        any_id(),
        any_scope(),
        any_reason(),
        any_time(),
        proptest::option::of(any_time()),
        any::<bool>(),
    )
        .prop_map(|(id, scope, reason, since, until, by_lab)| Halt {
            id,
            scope,
            reason,
            since,
            until,
            by_lab,
        })
        .boxed()
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0u64..12, 1 => Just(u64::MAX), 1 => any::<u64>()]
}

pub(crate) fn any_budget() -> BoxedStrategy<Budget> {
    prop_oneof![
        2 => Just(Budget::PERSON),
        3 => (amount(), amount(), amount(), amount()).prop_map(|(a, b, c, d)| Budget {
            objects_per_hour: a,
            objects_per_day: b,
            bytes_per_hour: c,
            bytes_per_day: d,
        }),
    ]
    .boxed()
}

pub(crate) fn any_draw() -> BoxedStrategy<Draw> {
    prop_oneof![
        1 => Just(Draw::default()),
        3 => (amount(), amount()).prop_map(|(objects, bytes)| Draw { objects, bytes }),
    ]
    .boxed()
}

pub(crate) fn any_usage() -> BoxedStrategy<Usage> {
    prop_oneof![
        1 => Just(Usage::default()),
        2 => (any_draw(), any_draw()).prop_map(|(hour, day)| Usage { hour, day }),
    ]
    .boxed()
}

pub(crate) fn any_engagement() -> BoxedStrategy<Engagement> {
    let whole = (any_role(), any_purposes()).prop_flat_map(|(role, purposes)| {
        let reach = any_reach(role);
        (Just(role), Just(purposes), reach)
    });
    let state = prop_oneof![
        5 => Just(EngagementState::Active),
        1 => any_time().prop_map(|at| EngagementState::Ended { at }),
    ];
    let span = (0i64..12, proptest::option::of(8i64..25));
    (whole, any_id(), any_id(), span, any_budget(), state)
        .prop_map(
            |((role, purposes, reach), id, lab, (from, until), budget, state)| Engagement {
                id,
                lab,
                reach,
                role,
                purposes,
                pseudonym: Pseudonym::from_bytes([9; 16]),
                holder: engagement::HolderCommitment([9; 32]),
                from: at(from),
                begun: false,
                until: until.map(at),
                budget,
                state,
            },
        )
        .boxed()
}

pub(crate) fn any_caller() -> BoxedStrategy<Caller> {
    let kind = prop_oneof![
        4 => Just(CredentialKind::Session),
        4 => Just(CredentialKind::Token),
        1 => Just(CredentialKind::Link),
    ];
    (
        any_id(),
        any_id(),
        kind,
        proptest::option::weighted(0.3, any_id()),
    )
        .prop_map(|(principal, credential, kind, bound_to)| Caller {
            principal,
            credential,
            kind,
            bound_to,
        })
        .boxed()
}

/// What a wall may say, among few labs and days.
pub(crate) fn any_terms() -> impl Strategy<Value = Terms> {
    (1u32..4, subsequence(vec![1u8, 2, 3, 4], 2..=4)).prop_map(|(days, labs)| Terms {
        cooling_off_days: CoolingOff::days(days).unwrap(),
        members: labs.into_iter().map(|lab| (id(lab), id(90 + lab))).collect(),
    })
}

pub(crate) fn any_walls() -> impl Strategy<Value = Walls> {
    proptest::collection::vec(any_terms(), 0..3).prop_map(|all| {
        let mut walls = Walls::default();
        for (terms, n) in all.into_iter().zip(1u8..) {
            walls.put(id(n), terms);
        }
        walls
    })
}

/// What was seen, at times whose cooling-off is over at about the times of questions.
pub(crate) fn any_seen() -> impl Strategy<Value = Seen> {
    let one = (any_id(), any_id(), 0i64..20, 1i64..4);
    proptest::collection::vec(one, 0..4).prop_map(|all| {
        let mut seen = Seen::default();
        for (principal, lab, seconds, days) in all {
            seen.saw(principal, lab, at(seconds - 86_400 * days));
        }
        seen
    })
}

/// The rule of walls, written down a second time: whom any wall keeps out of a lab.
pub(crate) fn walled(walls: &Walls, seen: &Seen, principal: PrincipalId, lab: LabId, now: Timestamp) -> bool {
    seen.iter().any(|(who, other, from)| {
        let apart = |terms: &Terms| [lab, other].iter().all(|l| terms.members.contains_key(l));
        let over =
            |terms: &Terms| from.plus_seconds(86_400 * i64::from(terms.cooling_off_days.in_days())) <= now;
        who == principal && other != lab && walls.iter().any(|(_, terms)| apart(terms) && !over(terms))
    })
}

pub(crate) fn keep_out(
    walls: &Walls,
    seen: &Seen,
    who: PrincipalId,
    lab: LabId,
    now: Timestamp,
) -> Option<Kept> {
    walls.keep_out(seen.by(who), lab, now)
}

/// A question to `admit`, owned, so that it can be changed and asked again.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) caller: Caller,
    pub(crate) demand: Demand,
    pub(crate) engagement: Option<Engagement>,
    pub(crate) holds: bool,
    pub(crate) halts: Vec<Halt>,
    pub(crate) walls: Walls,
    pub(crate) seen: Seen,
    pub(crate) usage: Usage,
    pub(crate) now: Timestamp,
}

impl Question {
    pub(crate) fn ask(&self) -> Decision {
        let standing = Standing {
            engagement: self.engagement.as_ref(),
            holds: self.holds,
            halts: self.halts.iter(),
            walls: &self.walls,
            seen: &self.seen,
            usage: self.usage,
            now: self.now,
        };
        admit(&self.caller, &self.demand, standing)
    }

    pub(crate) fn allowed(&self) -> bool {
        self.ask() == Decision::Allow
    }
}

/// Any question at all: most are to be denied, for one reason or several.
pub(crate) fn wild() -> BoxedStrategy<Question> {
    let demand = (
        any_id(),
        any_act(),
        proptest::option::weighted(0.7, any_id()),
        any_draw(),
    )
        .prop_map(|(engagement, act, project, draw)| Demand {
            engagement,
            act,
            project,
            draw,
        });
    (
        any_caller(),
        demand,
        proptest::option::weighted(0.9, any_engagement()),
        proptest::bool::weighted(0.8),
        proptest::collection::vec(any_halt(), 0..4),
        (any_walls(), any_seen()),
        any_usage(),
        any_time(),
    )
        .prop_map(
            |(caller, demand, engagement, holds, halts, (walls, seen), usage, now)| Question {
                caller,
                demand,
                engagement,
                holds,
                halts,
                walls,
                seen,
                usage,
                now,
            },
        )
        .boxed()
}

/// A question with everything in its favour but, perhaps, halts and the budget.
pub(crate) fn fitted() -> BoxedStrategy<Question> {
    let of_matrix = (wild(), any_engagement()).prop_filter("the matrix gives it nothing", |(_, e)| {
        !matrix(e.role, &e.purposes).is_empty()
    });
    (
        of_matrix,
        any::<proptest::sample::Index>(),
        any_id(),
        any::<bool>(),
    )
        .prop_map(|((mut q, mut e), pick, project, whole)| {
            let acts = matrix(e.role, &e.purposes);
            q.demand.act = acts[pick.index(acts.len())];
            q.demand.engagement = e.id;
            q.demand.project = match e.reach {
                Reach::Project(own) => Some(own),
                Reach::Lab if whole && LAB_WIDE.contains(&q.demand.act) => None,
                Reach::Lab => Some(project),
            };
            q.caller.bound_to = q.caller.bound_to.map(|_| e.id);
            if q.caller.kind == CredentialKind::Link {
                q.caller.kind = CredentialKind::Session;
            }
            e.state = EngagementState::Active;
            q.now = q.now.max(e.from);
            e.until = e.until.map(|until| until.max(q.now.plus_seconds(1)));
            q.holds = true;
            q.engagement = Some(e);
            q
        })
        .boxed()
}

/// A question that is allowed.
pub(crate) fn granted() -> BoxedStrategy<Question> {
    fitted()
        .prop_map(|mut q| {
            q.halts.clear();
            q.walls = Walls::default();
            if let Some(e) = &mut q.engagement
                && e.budget.passed_by(&q.usage, q.demand.draw).is_some()
            {
                e.budget = Budget::JOB;
                q.usage = Usage::default();
                q.demand.draw = Draw {
                    objects: 3,
                    bytes: 300,
                };
            }
            q
        })
        .boxed()
}

/// Everything from the allowed to the hopeless.
pub(crate) fn any_question() -> BoxedStrategy<Question> {
    prop_oneof![2 => granted(), 2 => fitted(), 1 => wild()].boxed()
}

/// Where the question is asked: what encloses it.
pub(crate) fn surroundings(q: &Question, e: &Engagement) -> halt::Surroundings {
    halt::Surroundings {
        lab: e.lab,
        project: q.demand.project,
        engagement: Some(e.id),
        principal: q.caller.principal,
        credential: q.caller.credential,
    }
}
