//! Walls: whoever has seen one lab's data is let in to no other of its class until the cooling-off has passed.

use cofferdam_custody::{AdminDone, GateError, LeaseReason, Releases, Selection, Stream};
use cofferdam_model::wall::Terms as Says;
use cofferdam_model::*;
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_store::wall::{self, WallActRow};
use cofferdam_testbed::Cell;

use crate::support::*;

const DAY: i64 = 86_400;

/// The midnight after the day on which every world begins.
fn midnight() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-25").unwrap()
}

/// Two labs with an object each, and somebody engaged in both.
struct Both {
    world: World,
    labs: [Lab; 2],
    objects: [Vec<ObjectRef>; 2],
    who: [Engaged; 2],
}

impl Both {
    async fn new() -> Self {
        let world = World::new().await;
        let labs = [world.lab("Aster").await, world.lab("Birch").await];
        let objects = [
            world.objects(labs[0].id, labs[0].project, &["of aster"]).await,
            world.objects(labs[1].id, labs[1].project, &["of birch"]).await,
        ];
        let principal = world.person().await;
        let who = engaged_in_both(&world, &labs, principal).await;
        Self {
            world,
            labs,
            objects,
            who,
        }
    }

    async fn read(&self, lab: usize) -> Result<Vec<String>, Failure> {
        let (who, project) = (&self.who[lab], self.labs[lab].project);
        self.world.read(who, project, &self.objects[lab]).await
    }

    /// Declares a wall between the two, for so many days, with what was seen before.
    async fn declare(&self, days: u32) -> WallId {
        let (world, wall) = (&self.world, self.world.env().new_id().unwrap());
        let cooling_off_days = CoolingOff::days(days).unwrap();
        let mut releases: Vec<Releases> = Vec::new();
        for lab in &self.labs {
            releases.push(world.gate().releases(lab.id, cooling_off_days).await.unwrap());
        }
        let members = self
            .labs
            .iter()
            .map(|lab| (lab.id, world.env().random_id().unwrap()));
        let terms = Says {
            cooling_off_days,
            members: members.collect(),
        };
        let (name, reason) = ("Rivals".to_owned(), "They make the same thing.".to_owned());
        let declared = Fact::WallDeclared {
            wall,
            terms,
            name: cofferdam_custody::sha256(name.as_bytes()),
            why: cofferdam_custody::sha256(reason.as_bytes()),
        };
        world
            .administer(move |scope| {
                let words = scope.secrets.stamped(WallActRow {
                    wall,
                    n: 1,
                    name,
                    reason,
                    by: scope.by,
                    at: scope.now,
                    seal: [0; 32],
                });
                wall::insert(scope.tx, &words)?;
                let mut consequences = Vec::new();
                for of_lab in releases {
                    let seen = scope.seen(of_lab)?;
                    consequences.extend(seen.into_iter().map(|fact| (Compartment::Installation, fact)));
                }
                Ok(AdminDone {
                    output: (),
                    facts: vec![(Compartment::Installation, declared)],
                    consequences,
                })
            })
            .await;
        wall
    }

    async fn stream(&self, lab: usize) -> Result<Stream<()>, GateError<std::convert::Infallible>> {
        let who = &self.who[lab];
        let objects = self.objects[lab].clone();
        let selection = Selection {
            act: Act::Export,
            project: self.labs[lab].project,
            purpose: Purpose::Export,
            reason: LeaseReason::Work,
            items: Box::new(move |_| Ok(objects.into_iter().map(|object| ((), object)).collect())),
        };
        self.world.gate().stream(&who.caller, who.id, selection).await
    }

    async fn seen(&self) -> Vec<(PrincipalId, LabId, Timestamp)> {
        let entries = self.world.entries(Compartment::Installation).await;
        let seen = |entry: Entry| match entry.fact {
            Fact::DataSeen {
                principal,
                lab,
                counts_from,
            } => Some((principal, lab, counts_from)),
            _ => None,
        };
        entries.into_iter().filter_map(seen).collect()
    }
}

async fn engaged_in_both(world: &World, labs: &[Lab; 2], principal: PrincipalId) -> [Engaged; 2] {
    let caller = world.caller(principal).await;
    let mut both = Vec::new();
    for lab in labs {
        for role in [Role::Author, Role::Lead] {
            let terms = Terms {
                role,
                from: world.now(),
                until: None,
                budget: Budget::JOB,
            };
            let reach = Reach::Project(lab.project);
            let id = world.engage(lab.id, reach, principal, terms).await;
            both.push(Engaged {
                principal,
                id,
                caller,
            });
        }
    }
    [both[0], both[2]]
}

fn walled(until: Timestamp) -> Refusal {
    Refusal::Walled { until: Some(until) }
}

#[tokio::test]
async fn whoever_has_seen_one_side_is_refused_the_other_until_the_cooling_off_is_over() {
    let mut both = Both::new().await;
    both.declare(10).await;
    assert_eq!(both.read(0).await.unwrap(), ["of aster"]);
    let until = midnight().plus_seconds(10 * DAY);
    assert_eq!(refusal(both.read(1).await), walled(until));
    let allowed = both
        .world
        .gate()
        .allows(&both.who[1].caller, both.who[1].id, Act::ClaimTask, None)
        .await;
    assert_eq!(allowed.unwrap().unwrap_err(), walled(until));
    // What releases nothing is left, and a task can be given back.
    for act in [Act::SaveDraft, Act::ReturnTask] {
        let left = both
            .world
            .gate()
            .transact(&both.who[1].caller, both.who[1].id, nothing(act))
            .await;
        assert!(left.is_ok(), "{act:?}");
    }
    // It is so still after a restart, and after their own side was seen again, which prolongs it.
    both.world.stopped(|_| ()).await;
    assert_eq!(refusal(both.read(1).await), walled(until));
    both.world.clock.forward(2 * DAY);
    assert_eq!(both.read(0).await.unwrap(), ["of aster"]);
    let until = until.plus_seconds(2 * DAY);
    assert_eq!(refusal(both.read(1).await), walled(until));
    both.world.clock.nudge(until.micros_since(both.world.now()) - 1);
    assert_eq!(refusal(both.read(1).await), walled(until));
    both.world.clock.nudge(1);
    assert_eq!(both.read(1).await.unwrap(), ["of birch"]);
    // Now it is the first side that is closed.
    assert!(matches!(refusal(both.read(0).await), Refusal::Walled { .. }));
    assert_eq!(both.world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_labs_ledger_tells_neither_the_other_lab_nor_when_it_was_seen() {
    let both = Both::new().await;
    both.declare(30).await;
    both.read(0).await.unwrap();
    refusal(both.read(1).await);
    let last = both.world.last(both.labs[1].ledger()).await;
    let why = Refusal::Walled { until: None };
    assert!(
        matches!(last.fact, Fact::Refused { why: told, .. } if told == why),
        "{last:?}"
    );
    for (own, other) in [(0, 1), (1, 0)] {
        let entries = both.world.entries(both.labs[own].ledger()).await;
        let text = serde_json::to_string(&entries).unwrap();
        for secret in [
            both.labs[other].id.to_string(),
            both.who[own].principal.to_string(),
        ] {
            assert!(!text.contains(&secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn a_day_is_said_once_and_nothing_where_no_wall_stands() {
    let both = Both::new().await;
    both.read(0).await.unwrap();
    assert_eq!(both.seen().await, []);
    let wall = both.declare(30).await;
    let (who, lab) = (both.who[0].principal, both.labs[0].id);
    assert_eq!(both.seen().await, [(who, lab, midnight())]);
    for _ in 0..3 {
        both.read(0).await.unwrap();
    }
    assert_eq!(both.seen().await.len(), 1);
    both.world.clock.forward(DAY);
    both.read(0).await.unwrap();
    assert_eq!(both.seen().await.len(), 2);
    both.world
        .record(Compartment::Installation, Fact::WallLifted { wall, why: [3; 32] })
        .await;
    both.read(1).await.unwrap();
    assert_eq!(both.seen().await.len(), 2);
}

#[tokio::test]
async fn what_was_seen_before_a_wall_stood_counts_for_as_long_as_it_reaches() {
    let mut both = Both::new().await;
    both.read(0).await.unwrap();
    both.world.clock.forward(10 * DAY);
    both.read(1).await.unwrap();
    both.world.stopped(|_| ()).await;
    // Both sides were seen: each keeps from the other, and that which was seen first for a shorter time.
    let wall = both.declare(12).await;
    let until = midnight().plus_seconds(22 * DAY);
    assert_eq!(refusal(both.read(0).await), walled(until));
    let until = midnight().plus_seconds(12 * DAY);
    assert_eq!(refusal(both.read(1).await), walled(until));
    both.world
        .record(Compartment::Installation, Fact::WallLifted { wall, why: [3; 32] })
        .await;
    both.read(0).await.unwrap();
}

#[tokio::test]
async fn a_fixed_set_is_seen_with_its_intent_and_a_wall_cuts_what_runs() {
    let mut both = Both::new().await;
    // A lead's engagement exports.
    let lead = |e: &Both, lab: usize| {
        let ledger = e.world.gate().authority(e.labs[lab].ledger()).unwrap().unwrap();
        let found = ledger.engagements().find(|e| e.role == Role::Lead).unwrap().id;
        Engaged {
            id: found,
            ..e.who[lab]
        }
    };
    let leads = [lead(&both, 0), lead(&both, 1)];
    let authors = std::mem::replace(&mut both.who, leads);
    let mut open = both.stream(1).await.unwrap();
    both.who = authors;
    both.read(0).await.unwrap();
    both.declare(30).await;
    let cut = open.next().await;
    assert!(
        matches!(cut, Some(Err(GateError::Refused(Refusal::Walled { .. })))),
        "{cut:?}"
    );
    open.finish().await.unwrap();
    assert_eq!(both.seen().await.len(), 2);
    // The next that is read is refused at the other door, too.
    both.who = leads;
    assert!(matches!(refusal(both.stream(0).await), Refusal::Walled { .. }));
}

#[tokio::test]
async fn the_platforms_own_jobs_go_through_every_wall() {
    let mut both = Both::new().await;
    both.declare(30).await;
    let world = &both.world;
    let row = world.gate().secrets().bound(PrincipalRow {
        id: world.env().new_id().unwrap(),
        kind: PrincipalKind::Job,
        name: "delivery".into(),
        created: world.now(),
    });
    let job = row.id;
    world
        .administer(move |scope| {
            principal::insert(scope.tx, &row)?;
            let enrolled = Fact::PrincipalEnrolled { principal: job };
            Ok(AdminDone::one((), Compartment::Installation, enrolled))
        })
        .await;
    both.who = engaged_in_both(&both.world, &both.labs, job).await;
    both.read(0).await.unwrap();
    both.read(1).await.unwrap();
    assert_eq!(both.seen().await, []);
}

/// An entry that says what was seen authorises: it is missed when it is gone.
#[tokio::test]
async fn what_was_seen_cannot_be_taken_out() {
    let mut both = Both::new().await;
    both.declare(30).await;
    both.read(0).await.unwrap();
    let seen = both.world.last(Compartment::Installation).await;
    assert!(matches!(seen.fact, Fact::DataSeen { .. }));
    both.world
        .stopped(|raw| {
            let sql = "DELETE FROM ledger WHERE compartment = $1 AND n = $2";
            let n = i64::try_from(seen.n).unwrap();
            raw.run(sql, &[Cell::from(&[0; 16][..]), n.into()]).unwrap();
        })
        .await;
    let answer = both.read(1).await;
    assert!(matches!(answer, Err(GateError::Integrity(_))), "{answer:?}");
}
