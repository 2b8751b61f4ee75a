//! Small random ledgers and cases. Every time is a whole second.

use std::collections::BTreeSet;

use cofferdam_incident::report::{Advisory, Case, Credential, Elsewhere, Scan, Subject};
use cofferdam_inventory::Finding;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::{
    Actor, Claim, CredentialTag, DeliveryId, EngagementId, Fact, HaltId, HaltReason, LabId, ObjectRef,
    ProjectId, Pseudonym, Purpose, Reach, Scope, StreamId, Timestamp, Window,
};
use proptest::prelude::*;

use crate::book::{Book, Who, at, id, object};

const SECOND: i64 = 1_000_000;
/// The ledger begins then; nothing random is earlier than 0.
const BEGIN: i64 = 20;

pub(crate) const fn second(s: i64) -> Timestamp {
    at(s * SECOND)
}

/// One step: what kind, by whom, and three numbers that mean what they mean to that kind.
pub(crate) type Step = (u8, u8, u8, u8, u8);

/// The subjects are the first three of four.
fn who(n: u8) -> Who {
    // 0 and 1 have one engagement, 2 has two, 3 is nobody's subject.
    Who {
        pseudonym: id::<Pseudonym>(n % 4 + 1),
        engagement: id::<EngagementId>(n % 5 + 1),
        tag: id::<CredentialTag>(n % 5 + 1),
    }
}

fn person(n: u8) -> Who {
    match n % 5 {
        4 => Who {
            pseudonym: id(3),
            engagement: id(5),
            tag: id(5),
        },
        n => who(n),
    }
}

pub(crate) fn project(n: u8) -> ProjectId {
    id::<ProjectId>(n % 2 + 1)
}

struct Writing {
    book: Book,
    t: i64,
    /// What the clock says, and the least that it said, while it is behind.
    behind: Option<(i64, i64)>,
    granted: Vec<EngagementId>,
    halts: Vec<HaltId>,
    streams: Vec<StreamId>,
    deliveries: Vec<DeliveryId>,
    next: u8,
}

fn resumed(halt: HaltId) -> Fact {
    Fact::Resumed {
        halt,
        checked: BTreeSet::new(),
    }
}

impl Writing {
    fn push(&mut self, by: Actor, fact: Fact) {
        let clock = self.behind.map(|(clock, _)| second(clock));
        self.book.push_told(second(self.t), clock, by, fact);
    }

    fn pass(&mut self, seconds: i64) {
        match self.behind {
            None => self.t += seconds,
            Some((clock, _)) if clock + seconds >= self.t => {
                self.t = clock + seconds;
                self.behind = None;
                self.push(Actor::Platform, Fact::ClockCaughtUp);
            }
            Some((clock, least)) => self.behind = Some((clock + seconds, least)),
        }
    }

    fn put_back(&mut self, seconds: i64) {
        let now = self.behind.map_or(self.t, |(clock, _)| clock);
        let least = self.behind.map_or(i64::MAX, |(_, least)| least);
        let clock = (now - seconds).max(1);
        if clock < least && clock < self.t {
            self.behind = Some((clock, clock));
            self.push(Actor::Platform, Fact::ClockPutBack);
        }
    }

    fn fresh(&mut self) -> u8 {
        self.next += 1;
        self.next
    }

    fn objects(&self, a: u8, b: u8) -> Vec<ObjectRef> {
        // Among those written, and now and then one that never was.
        let some = self.next.max(1) + 2;
        (0..=b % 3)
            .map(|i| object((a.wrapping_add(i)) % some + 1, 1))
            .collect()
    }

    fn is_of_one_project(&self, engagement: EngagementId) -> bool {
        let reaches = |fact: &Fact| match fact {
            Fact::EngagementGranted {
                engagement: own,
                reach,
                ..
            } if *own == engagement => Some(*reach),
            _ => None,
        };
        let reach = self.book.entries.iter().find_map(|entry| reaches(&entry.fact));
        matches!(reach, Some(Reach::Project(_)))
    }

    fn authorising(&mut self, (kind, n, a, b, c): Step) {
        let who = person(n);
        match kind {
            0 if !self.granted.contains(&who.engagement) => {
                self.granted.push(who.engagement);
                let reach = if c % 4 == 0 {
                    Reach::Lab
                } else {
                    Reach::Project(project(a))
                };
                let from = second(self.t + i64::from(b % 6) - 2);
                let until = (c % 3 == 0).then(|| second(self.t + i64::from(a % 12) + 3));
                let clock = self.behind.map(|(clock, _)| second(clock));
                let n = self.book.grant(second(self.t), who, reach, (from, until));
                self.book.entries[n as usize].clock = clock;
            }
            1 => {
                if let Some(engagement) = self
                    .granted
                    .get(usize::from(a) % self.granted.len().max(1))
                    .copied()
                {
                    self.push(Actor::Platform, Fact::EngagementEnded { engagement });
                }
            }
            2 => {
                let halt = id::<HaltId>(self.fresh());
                self.halts.push(halt);
                let scope = match a % 4 {
                    0 => Scope::Lab(self.book.lab),
                    1 => Scope::Project(project(b)),
                    2 => Scope::Engagement(person(b).engagement),
                    _ => Scope::Person(id(b % 4 + 1)),
                };
                let until = (c % 2 == 0).then(|| second(self.t + i64::from(c % 9)));
                let reason = HaltReason::Drill;
                self.push(
                    Actor::Platform,
                    Fact::Halted {
                        halt,
                        scope,
                        reason,
                        until,
                    },
                );
            }
            3 => {
                if let Some(halt) = self.halts.pop() {
                    self.push(Actor::Platform, resumed(halt));
                }
            }
            4 if c % 4 < 2 => self.bearing_out(who, (a, b, c)),
            _ => self.put_back(i64::from(a % 9) + 1),
        }
    }

    fn bearing_out(&mut self, Who { engagement, tag, .. }: Who, (a, b, c): (u8, u8, u8)) {
        if c % 4 == 0 {
            // Now and then of another incident, or of somebody who is no subject.
            let (incident, whose) = (id(9 - u8::from(b % 3 == 0)), a % 16 / 5 + 1);
            let subject = (a % 7 != 0).then(|| id(whose));
            self.push(Actor::Platform, Fact::IncidentConcerns { incident, subject });
            return;
        }
        let credential = if b % 5 == 0 { id(30) } else { tag };
        let fact = Fact::HolderCredentialIssued {
            engagement,
            credential,
        };
        if self.granted.contains(&engagement) {
            self.push(Actor::Platform, fact);
        }
    }

    fn data(&mut self, (kind, n, a, b, c): Step) {
        // Only who is engaged acts.
        let who = person(n);
        if !self.granted.contains(&who.engagement) {
            return;
        }
        let (by, project) = (who.actor(), project(c));
        match kind {
            0 => {
                let new: Vec<_> = (0..=b % 2).map(|_| object(self.fresh(), 1)).collect();
                let set = self.book.set(&new);
                self.push(by, Fact::TasksImported { project, set });
            }
            1 if c % 3 == 0 && self.is_of_one_project(who.engagement) => {
                let answer = object(self.fresh(), 1);
                let fact = Fact::SubmissionReceived {
                    submission: id(self.next),
                    task: id(1),
                    assignment: id(1),
                    answer,
                };
                self.push(by, fact);
            }
            1 if b % 4 == 3 => self.push(Actor::Platform, Fact::EpochsRotated { project }),
            1 => {
                let guideline = object(self.fresh(), 1);
                let by = if b % 2 == 0 { by } else { Actor::Platform };
                self.push(by, Fact::GuidelineSet { project, guideline });
            }
            2 | 3 => {
                let objects = self.objects(a, b);
                self.push(by, Fact::ObjectsReleased { project, objects });
            }
            _ => self.more_data((kind, n, a, b, c), who),
        }
    }

    fn more_data(&mut self, (kind, n, a, b, c): Step, who: Who) {
        let (by, project) = (who.actor(), project(c));
        match kind {
            4 => {
                let objects = self.objects(a, b);
                let (set, stream) = (self.book.set(&objects), id::<StreamId>(self.fresh()));
                self.streams.push(stream);
                let purpose = Purpose::Export;
                self.push(
                    by,
                    Fact::ReadIntended {
                        stream,
                        project,
                        purpose,
                        set,
                    },
                );
            }
            5 => {
                if let Some(stream) = self.streams.pop() {
                    let end = StreamEnd::Halted;
                    self.push(
                        by,
                        Fact::ReadCompleted {
                            stream,
                            objects: 0,
                            bytes: 0,
                            end,
                        },
                    );
                }
            }
            6 | 7 => {
                let scanned = second(self.t + i64::from(a % 5) - 3);
                let (engagement, document) = (who.engagement, [n; 32]);
                self.push(
                    by,
                    Fact::InventoryReported {
                        engagement,
                        document,
                        packages: 1,
                        gaps: 0,
                        scanned,
                    },
                );
            }
            8 => {
                let delivery = id::<DeliveryId>(self.fresh());
                self.deliveries.push(delivery);
                let (file, manifest) = ([a; 32], [b; 32]);
                let format = "jsonl".to_owned();
                self.push(
                    by,
                    Fact::DeliveryMade {
                        delivery,
                        project,
                        format,
                        rows: 3,
                        file,
                        manifest,
                    },
                );
            }
            _ => {
                if let Some(delivery) = self.deliveries.pop() {
                    self.push(by, Fact::DeliveryAccepted { delivery });
                }
            }
        }
    }
}

/// A ledger of such steps.
fn write(steps: &[(u8, u8, Step)]) -> Book {
    let book = Book::new(id::<LabId>(9), second(BEGIN));
    let mut writing = Writing {
        book,
        t: BEGIN,
        behind: None,
        granted: Vec::new(),
        halts: Vec::new(),
        streams: Vec::new(),
        deliveries: Vec::new(),
        next: 10,
    };
    for n in 0..2 {
        let template = object(writing.fresh(), 1);
        writing.push(
            Actor::Platform,
            Fact::ProjectOpened {
                project: project(n),
                template,
            },
        );
    }
    // Now and then of no incident.
    if !steps.len().is_multiple_of(9) {
        writing.push(
            Actor::Platform,
            Fact::IncidentOpened {
                incident: id(9),
                why: None,
            },
        );
    }
    for (seconds, which, step) in steps {
        writing.pass(i64::from(seconds % 4));
        match which % 3 {
            0 => writing.authorising(*step),
            _ => writing.data(*step),
        }
    }
    writing.book
}

fn window() -> impl Strategy<Value = Window> {
    (BEGIN - 8..BEGIN + 40, prop::option::weighted(0.8, 1i64..25))
        .prop_map(|(from, long)| Window::new(second(from), long.map(|long| second(from + long))).unwrap())
}

fn when() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::weighted(0.7, BEGIN..BEGIN + 50).prop_map(|t| t.map(second))
}

/// The findings are dealt out to whatever inventories there are.
fn case(
    book: &Book,
    claims: Vec<Window>,
    chosen: Option<Window>,
    silence: i64,
    found: &[u8],
    ends: [Option<Timestamp>; 4],
) -> Case {
    let findings = [
        Finding::Blind,
        Finding::Absent,
        Finding::Absent,
        Finding::Doubted,
        Finding::Found,
    ];
    let component = |pseudonym: Pseudonym| {
        let own = book.entries.iter().filter(|entry| {
            matches!(entry.fact, Fact::InventoryReported { .. })
                && matches!(entry.by, Actor::Engaged { pseudonym: by, .. } if by == pseudonym)
        });
        let scans = own.map(|entry| Scan {
            entry: entry.n,
            finding: findings[usize::from(found[entry.n as usize % found.len()]) % findings.len()],
        });
        // The second subject has two engagements, and the tag of one is now and then left out.
        let tags: Vec<Vec<CredentialTag>> = match (pseudonym == id(1), silence % 4) {
            (true, _) => vec![vec![id(1), id(30)]],
            (false, 0) => vec![vec![id(3), id(30)]],
            (false, _) => vec![vec![id(3)], vec![id(5), id(30)]],
        };
        let credential = |(revoked, tags)| Credential { tags, revoked };
        let elsewhere = match (found[0] + found[found.len() - 1]) % 6 {
            0 if ends[0].is_some() => Elsewhere::SinceRebuilt,
            1 => Elsewhere::Seen,
            _ => Elsewhere::Nothing,
        };
        Subject::Component {
            pseudonym,
            scans: scans.collect(),
            longest_silence: if elsewhere == Elsewhere::Nothing {
                silence * SECOND
            } else {
                0
            },
            elsewhere,
            credentials: ends[1..3].iter().copied().zip(tags).map(credential).collect(),
            others_revoked: ends[3],
            rebuilt: ends[0],
        }
    };
    let named = [
        component(id(1)),
        component(id(3)),
        Subject::Person { pseudonym: id(2) },
        Subject::Credential {
            pseudonym: id(3),
            tags: vec![id(3)],
        },
    ];
    let platform = (silence % 4 != 0).then_some(Subject::Platform {});
    let subjects = named.into_iter().chain(platform);
    Case {
        incident: id(9),
        advisories: vec![Advisory {
            id: "TEST-1".to_owned(),
            sha256: [1; 32],
        }],
        availability: claims
            .into_iter()
            .map(|window| Claim {
                source: "somebody".to_owned(),
                window,
            })
            .collect(),
        chosen,
        subjects: subjects.collect(),
    }
}

/// A ledger, a case, and when it is asked.
pub(crate) fn world() -> impl Strategy<Value = (Book, Case, Timestamp)> {
    let step = (0u8..10, 0u8..20, 0u8..60, 0u8..60, 0u8..60);
    // Whoever may act is mostly engaged to begin with.
    let engaged = prop::collection::vec((0u8..60, 0u8..60, 1u8..60), 5);
    let steps = prop::collection::vec((0u8..9, 0u8..9, step), 5..45);
    let ends = [when(), when(), when(), when()];
    (
        engaged,
        steps,
        prop::collection::vec(window(), 0..3),
        prop::option::of(window()),
        0i64..20,
        prop::collection::vec(0u8..5, 1..9),
        ends,
        0i64..12,
    )
        .prop_map(
            |(engaged, mut steps, claims, chosen, silence, found, ends, early)| {
                for step in &mut steps {
                    // Five kinds authorise, ten are of data.
                    step.2.0 %= if step.1 % 3 == 0 { 5 } else { 10 };
                }
                let first = (0u8..).zip(engaged).map(|(n, (a, b, c))| (1, 0, (0, n, a, b, c)));
                let steps: Vec<_> = first.chain(steps).collect();
                let book = write(&steps);
                let case = case(&book, claims, chosen, silence, &found, ends);
                let last = book.entries.last().unwrap();
                let said = last.clock.unwrap_or(last.t);
                let made_at = if early > 9 {
                    said.plus_seconds(8 - early)
                } else {
                    said.plus_seconds(early)
                };
                (book, case, made_at)
            },
        )
}
