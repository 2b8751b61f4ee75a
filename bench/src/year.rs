//! A synthetic year of work, from a seed: the same entries in every run, through the archive's own writer.
//!
//! The year is 2026, UTC. 20 labs, of which the largest has an eighth of the work and the smallest a fiftieth; 500 projects and 30,000 people,
//! shared out as the work is, one person in ten engaged in two projects; 3 components of each lab (one brings tasks in, two read answers), and
//! one that reads answers in every lab. Everybody acts with one credential.
//!
//! Whoever works is on one of three shifts of eight hours, and comes on seven days of ten (but the one who is
//! asked for, who always does); by day there is most to do, at night a tenth and at
//! weekends a fifth of that. They take a task, and hand in an answer with their next act; each task goes to three people; one act in five is a
//! review, which reads task and answer and says something in every second case. Tasks come in by 500. When a project has 600 new answers, one in
//! three times a component reads them all. One act in thirty starts a timer. Texts have 100 bytes to 16 KiB, most of them few.
//!
//! Ids are as the platform makes them: 48 bits of time, 80 that do not compress. Behind the archive lies no ledger, so the root in its tree head is
//! made up, and nothing but that.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::Result;
use cofferdam_archive::{Archived, Archiver};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::SigningKey;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::work::Verdict;
use cofferdam_model::*;

pub(crate) const LABS: u64 = 20;
const PROJECTS: u64 = 500;
const PEOPLE: u64 = 30_000;
/// 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600_000_000;
const HOUR: i64 = 3_600_000_000;
const HOURS: i64 = 365 * 24;
/// Tasks that come in together.
const BATCH: u64 = 500;
/// Answers that are read together.
const ANSWERS: usize = 600;
/// To how many people a task goes.
const OVERLAP: u8 = 3;

/// xorshift64*.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        // Of SplitMix64, so that seeds that are near give dice that are not.
        let mixed = (seed ^ (seed >> 30))
            .wrapping_add(0x9E37_79B9_7F4A_7C15)
            .wrapping_mul(0xBF58_476D_1CE4_E5B9);
        Self((mixed ^ (mixed >> 27)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound.max(1)
    }

    /// An id that is random throughout.
    fn name(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }

    /// An id with its time.
    fn id(&mut self, t: i64) -> [u8; 16] {
        let millis = (t / 1_000).cast_unsigned() as u128;
        let random = u128::from(self.next()) << 16 | u128::from(self.next() >> 48);
        (millis << 80 | random).to_be_bytes()
    }

    fn object(&mut self, t: i64) -> ObjectRef {
        let few = self.below(127) + 1;
        ObjectRef {
            bytes: 100 + few * self.below(128),
            object: ObjectId::from_bytes(self.id(t)),
            version: 1,
        }
    }
}

/// The largest lab's share is six times that of the smallest.
const fn share(lab: u64) -> u64 {
    1_000_000 / (lab + 4)
}

fn shared(of: u64, lab: u64) -> u64 {
    let all: u64 = (0..LABS).map(share).sum();
    (of * share(lab) / all).max(1)
}

/// How much is done in an hour of the year, of 100.
const fn busy(hour: i64) -> u64 {
    // 2026 begins on a Thursday.
    let weekend = (hour / 24 + 3) % 7 >= 5;
    let by_day = match hour % 24 {
        8..=17 => 100,
        6..=7 | 18..=21 => 40,
        _ => 10,
    };
    if weekend { by_day / 5 } else { by_day }
}

struct Person {
    by: Actor,
    project: usize,
    shift: i64,
    /// Whether they come every day.
    always: bool,
    /// The task that they have.
    holds: Option<(TaskId, AssignmentId)>,
}

struct Project {
    id: ProjectId,
    waiting: VecDeque<(TaskId, ObjectRef, u8)>,
    answers: Vec<ObjectRef>,
    last: Option<(SubmissionId, ObjectRef, ObjectRef)>,
}

/// One lab's year.
pub(crate) struct Lab {
    number: u64,
    dice: Dice,
    people: Vec<Person>,
    components: Vec<Vec<Actor>>,
    projects: Vec<Project>,
    next: u64,
    rows: u64,
    queue: VecDeque<(Actor, Fact)>,
    list: Vec<ObjectRef>,
}

/// The component that reads answers in every lab, by its name there.
pub(crate) fn everywhere(lab: u64) -> Pseudonym {
    Pseudonym::from_bytes([0xE0 ^ lab as u8; 16])
}

/// The credential that is asked for, in the largest lab.
pub(crate) fn asked() -> CredentialTag {
    CredentialTag::from_bytes([0xA5; 16])
}

impl Lab {
    fn new(number: u64) -> Self {
        Self {
            number,
            dice: Dice::of(number + 1),
            people: Vec::new(),
            components: Vec::new(),
            projects: Vec::new(),
            next: 0,
            rows: 0,
            queue: VecDeque::new(),
            list: Vec::new(),
        }
    }

    /// Everything until this many rows, in order.
    fn run(&mut self, rows: u64, each: &mut dyn FnMut(&Entry, &[ObjectRef]) -> Result<()>) -> Result<()> {
        self.found();
        while let Some((by, fact)) = self.queue.pop_front() {
            self.put(BEGIN, by, fact, each)?;
        }
        let weight: u64 = (0..HOURS).map(busy).sum();
        let mut done = 0;
        for hour in 0..HOURS {
            done += busy(hour);
            let until = (u128::from(rows) * u128::from(done) / u128::from(weight)) as u64;
            self.hour(BEGIN + hour * HOUR, until, each)?;
        }
        Ok(())
    }

    /// Who is there, and for what.
    fn found(&mut self) {
        let operator = Actor::Operator {
            principal: PrincipalId::from_bytes(self.dice.id(BEGIN)),
            credential: CredentialTag::from_bytes(self.dice.name()),
        };
        let lab = LabId::from_bytes(self.dice.id(BEGIN));
        self.queue.push_back((Actor::Platform, Fact::LabOpened { lab }));
        let reading = [
            Pseudonym::from_bytes(self.dice.name()),
            Pseudonym::from_bytes(self.dice.name()),
            everywhere(self.number),
        ];
        let importing = Pseudonym::from_bytes(self.dice.name());
        for _ in 0..shared(PROJECTS, self.number) {
            let id = ProjectId::from_bytes(self.dice.id(BEGIN));
            let template = self.dice.object(BEGIN);
            self.queue.push_back((
                operator,
                Fact::ProjectOpened {
                    project: id,
                    template,
                },
            ));
            let mut own = vec![self.engage(operator, id, importing, Role::Integration)];
            for pseudonym in reading {
                own.push(self.engage(operator, id, pseudonym, Role::Integration));
            }
            self.components.push(own);
            self.projects.push(Project {
                id,
                waiting: VecDeque::new(),
                answers: Vec::new(),
                last: None,
            });
        }
        for person in 0..shared(PEOPLE, self.number) {
            let pseudonym = Pseudonym::from_bytes(self.dice.name());
            let shift = self.dice.below(3) as i64;
            for _ in 0..if self.dice.below(10) == 0 { 2 } else { 1 } {
                let project = self.dice.below(self.projects.len() as u64) as usize;
                let mut by = self.engage(operator, self.projects[project].id, pseudonym, Role::Author);
                let asked_for = (self.number, person) == (0, 7);
                if let (true, Actor::Engaged { credential, .. }) = (asked_for, &mut by) {
                    *credential = asked();
                }
                self.people.push(Person {
                    by,
                    project,
                    shift: if asked_for { 0 } else { shift },
                    always: asked_for,
                    holds: None,
                });
            }
        }
    }

    fn engage(&mut self, operator: Actor, project: ProjectId, pseudonym: Pseudonym, role: Role) -> Actor {
        let engagement = EngagementId::from_bytes(self.dice.id(BEGIN));
        let granted = Fact::EngagementGranted {
            engagement,
            pseudonym,
            holder: HolderCommitment([0; 32]),
            reach: Reach::Project(project),
            role,
            purposes: Vec::new(),
            from: Timestamp::from_micros(BEGIN),
            until: None,
            budget: Budget::PERSON,
        };
        self.queue.push_back((operator, granted));
        Actor::Engaged {
            engagement,
            pseudonym,
            credential: CredentialTag::from_bytes(self.dice.name()),
        }
    }

    fn put(
        &mut self,
        t: i64,
        by: Actor,
        fact: Fact,
        each: &mut dyn FnMut(&Entry, &[ObjectRef]) -> Result<()>,
    ) -> Result<()> {
        let entry = Entry {
            by,
            clock: None,
            fact,
            n: self.next,
            t: Timestamp::from_micros(t),
            v: Entry::VERSION,
        };
        self.next += 1;
        self.rows += match entry.fact.object_set() {
            Some(set) => set.objects,
            None => entry.fact.objects().len() as u64,
        }
        .max(1);
        each(&entry, &self.list)
    }

    /// An hour, until there are so many rows in all: acts at times that are spread over it.
    fn hour(
        &mut self,
        begin: i64,
        until: u64,
        each: &mut dyn FnMut(&Entry, &[ObjectRef]) -> Result<()>,
    ) -> Result<()> {
        let mut t = begin;
        while self.rows < until {
            // What is left of the hour, shared out among the acts that are left: one and a half rows each.
            let left = ((until - self.rows) * 2 / 3 + 1) as i64;
            let gap = (begin + HOUR - 1 - t) / left;
            t += self.dice.below((2 * gap.max(1)).cast_unsigned()) as i64;
            t = t.min(begin + HOUR - 1);
            self.act(t);
            while let Some((by, fact)) = self.queue.pop_front() {
                self.put(t, by, fact, each)?;
            }
        }
        Ok(())
    }

    /// Somebody who is at work does something.
    fn act(&mut self, t: i64) {
        let (hour, day) = ((t - BEGIN) / HOUR % 24, (t - BEGIN) / HOUR / 24);
        let shift = (hour + 18) % 24 / 8;
        let mut at = 0;
        for _ in 0..20 {
            at = self.dice.below(self.people.len() as u64) as usize;
            // Who comes today, without a list of it.
            let comes = Dice::of((at as u64) << 32 ^ day.cast_unsigned()).below(10) < 7;
            let person = &self.people[at];
            if person.shift == shift && (person.always || comes) {
                break;
            }
        }
        match self.dice.below(30) {
            0 => {
                let timer = TimerId::from_bytes(self.dice.id(t));
                self.queue
                    .push_back((self.people[at].by, Fact::TimerStarted { timer }));
            }
            1..=6 => self.review(at, t),
            _ => self.work(at, t),
        }
    }

    fn work(&mut self, at: usize, t: i64) {
        let Person {
            by, project, holds, ..
        } = &mut self.people[at];
        let (by, project) = (*by, *project);
        if let Some((task, assignment)) = holds.take() {
            let answer = self.dice.object(t);
            let submission = SubmissionId::from_bytes(self.dice.id(t));
            let fact = Fact::SubmissionReceived {
                submission,
                task,
                assignment,
                answer,
            };
            self.queue.push_back((by, fact));
            let own = &mut self.projects[project];
            let task = own.waiting.front().map_or(answer, |(_, task, _)| *task);
            own.last = Some((submission, task, answer));
            own.answers.push(answer);
            return self.read_answers(project, t);
        }
        if self.projects[project].waiting.is_empty() {
            return self.import(project, t);
        }
        let assignment = AssignmentId::from_bytes(self.dice.id(t));
        let waiting = &mut self.projects[project].waiting;
        let Some((task, object, left)) = waiting.front_mut() else {
            return;
        };
        let (task, objects) = (*task, vec![*object]);
        *left -= 1;
        if *left == 0 {
            waiting.pop_front();
        }
        self.people[at].holds = Some((task, assignment));
        let fact = Fact::TaskReleased {
            task,
            assignment,
            objects,
        };
        self.queue.push_back((by, fact));
    }

    fn import(&mut self, project: usize, t: i64) {
        self.list.clear();
        for _ in 0..BATCH {
            let object = self.dice.object(t);
            let task = TaskId::from_bytes(self.dice.id(t));
            self.list.push(object);
            self.projects[project].waiting.push_back((task, object, OVERLAP));
        }
        let fact = Fact::TasksImported {
            project: self.projects[project].id,
            set: set_of(&self.list),
        };
        self.queue.push_back((self.components[project][0], fact));
    }

    fn review(&mut self, at: usize, t: i64) {
        let Person { by, project, .. } = self.people[at];
        let Some((submission, task, answer)) = self.projects[project].last else {
            return self.work(at, t);
        };
        let review = ReviewId::from_bytes(self.dice.id(t));
        let released = Fact::ReviewReleased {
            review,
            submission,
            objects: vec![task, answer],
        };
        let comment = (self.dice.below(2) == 0).then(|| self.dice.object(t));
        let given = Fact::ReviewGiven {
            review,
            submission,
            verdict: Verdict::Accept,
            comment,
        };
        self.queue.extend([(by, released), (by, given)]);
    }

    fn read_answers(&mut self, project: usize, t: i64) {
        if self.projects[project].answers.len() < ANSWERS {
            return;
        }
        self.list.clear();
        self.list.append(&mut self.projects[project].answers);
        if self.dice.below(3) > 0 {
            return;
        }
        let by = self.components[project][1 + self.dice.below(3) as usize];
        let stream = StreamId::from_bytes(self.dice.id(t));
        let set = set_of(&self.list);
        let (objects, bytes) = (set.objects, set.bytes);
        let intended = Fact::ReadIntended {
            stream,
            project: self.projects[project].id,
            purpose: Purpose::Export,
            set,
        };
        let completed = Fact::ReadCompleted {
            stream,
            objects,
            bytes,
            end: StreamEnd::Finished,
        };
        self.queue.extend([(by, intended), (by, completed)]);
    }
}

fn set_of(objects: &[ObjectRef]) -> ObjectSet {
    ObjectSet {
        bytes: objects.iter().map(|object| object.bytes).sum(),
        objects: objects.len() as u64,
        sha256: [0; 32],
    }
}

/// Writes the archive of one lab of a year in which all labs together have about so many rows.
pub(crate) fn archive(lab: u64, rows: u64, dir: &Path) -> Result<Archived> {
    let rows = shared(rows, lab);
    let mut entries = 0;
    Lab::new(lab).run(rows, &mut |_, _| {
        entries += 1;
        Ok(())
    })?;
    let origin = format!("synthetic.example/{lab}");
    let key = SigningKey::from_seed(&origin, &[lab as u8; 32])?;
    let head = Checkpoint::new(&origin, entries, Hash([lab as u8; 32]))?.sign(&key)?;
    let mut archiver = Archiver::create(dir, &key.verifying_key().to_string(), &head.to_string(), None)?;
    Lab::new(lab).run(rows, &mut |entry, list| {
        Ok(archiver.push(entry, &mut |_| Some(list.to_vec()))?)
    })?;
    Ok(archiver.finish()?)
}

/// The hour that is asked for: Tuesday, 2026-03-24, 10:00 to 11:00.
pub(crate) fn an_hour() -> (Timestamp, Timestamp) {
    let from = BEGIN + (82 * 24 + 10) * HOUR;
    (Timestamp::from_micros(from), Timestamp::from_micros(from + HOUR))
}

/// The week: Monday, 2026-03-23, until before the Monday after.
pub(crate) fn a_week() -> (Timestamp, Timestamp) {
    let from = BEGIN + 81 * 24 * HOUR;
    (
        Timestamp::from_micros(from),
        Timestamp::from_micros(from + 7 * 24 * HOUR),
    )
}
