//! Every number of a report, second by second and entry by entry, as `docs/exposure-report.md` says it.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_incident::report::{
    Case, Count, Elsewhere, FactCounts, Subject, SubjectResult, Sums, WindowResult, read_set,
};
use cofferdam_inventory::Finding;
use cofferdam_model::exposure::Class;
use cofferdam_model::{
    Actor, DeliveryId, EngagementId, Entry, Fact, ObjectId, ObjectRef, ProjectId, Pseudonym, Reach, Scope,
    Timestamp, Window,
};
use proptest::prelude::*;

use crate::book::Book;
use crate::random::world;

/// What has no end lasts until here; nothing random is later.
const HORIZON: i64 = 260;

fn secs(t: Timestamp) -> i64 {
    assert_eq!(t.as_micros() % 1_000_000, 0, "{t:?}");
    t.as_micros() / 1_000_000
}

fn within(window: Window) -> std::ops::Range<i64> {
    secs(window.from())..window.to().map_or(HORIZON, secs)
}

/// Both included; none: until the horizon.
type Possible = (i64, Option<i64>);

struct Oracle<'o> {
    book: &'o Book,
    case: &'o Case,
    /// When each entry was made.
    when: Vec<Possible>,
    /// Spans of doubt: from, to.
    doubts: Vec<Possible>,
}

/// Where a clock was put back: entries, the time before them, where the ledger stood (least and most), the end, how many times.
#[derive(Debug, Clone)]
struct Doubt {
    entries: (usize, usize),
    from: i64,
    stood: (i64, i64),
    to: Option<i64>,
    times: usize,
}

fn doubts(entries: &[Entry], made_at: Timestamp) -> Vec<Doubt> {
    let mut raw: Vec<(i64, i64, usize, Option<i64>)> = Vec::new();
    let mut open: Option<(i64, i64)> = None;
    for (n, entry) in entries.iter().enumerate() {
        match entry.fact {
            Fact::ClockPutBack => {
                let clock = secs(entry.clock.unwrap());
                open = Some(open.map_or((secs(entry.t), clock), |(t, least)| (t, least.min(clock))));
            }
            Fact::ClockCaughtUp => {
                let (t, least) = open.take().unwrap();
                raw.push((t, least, n, Some(secs(entry.t))));
            }
            _ => {}
        }
    }
    let last = secs(entries.last().unwrap().t);
    if let Some((t, least)) = open {
        raw.push((t, least, entries.len(), None));
    } else if last - secs(made_at) >= 1 {
        raw.push((last, secs(made_at), entries.len(), None));
    }
    let doubt = |(t, least, end, to): (i64, i64, usize, Option<i64>)| {
        let start = entries
            .iter()
            .position(|e| secs(e.t) >= least - 1)
            .unwrap_or(entries.len());
        let from = if start == 0 { 0 } else { secs(entries[start - 1].t) };
        Doubt {
            entries: (start, end),
            from,
            stood: (t, t),
            to,
            times: 1,
        }
    };
    let mut all: Vec<Doubt> = raw.into_iter().map(doubt).collect();
    // Until nothing is left to join.
    loop {
        let touch = |a: &Doubt, b: &Doubt| a.entries.0 <= b.entries.1 && b.entries.0 <= a.entries.1;
        let pair = (0..all.len()).flat_map(|i| (i + 1..all.len()).map(move |j| (i, j)));
        let Some((i, j)) = pair.into_iter().find(|(i, j)| touch(&all[*i], &all[*j])) else {
            return all;
        };
        let b = all.remove(j);
        let a = &mut all[i];
        a.entries = (a.entries.0.min(b.entries.0), a.entries.1.max(b.entries.1));
        a.from = a.from.min(b.from);
        a.stood = (a.stood.0.min(b.stood.0), a.stood.1.max(b.stood.1));
        a.to = a.to.zip(b.to).map(|(x, y)| x.max(y));
        a.times += b.times;
    }
}

fn possible(entry: &Entry, doubts: &[Doubt]) -> Possible {
    let n = entry.n as usize;
    let Some(doubt) = doubts.iter().find(|d| d.entries.0 <= n && n < d.entries.1) else {
        return (secs(entry.t), Some(secs(entry.t)));
    };
    match entry.clock.map(secs) {
        None => (doubt.from, Some(doubt.stood.1)),
        Some(_) if doubt.times > 1 => (doubt.from, doubt.to),
        Some(clock) => (doubt.stood.0.min(clock), doubt.to),
    }
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Known {
    Ran,
    May,
    Not,
    Unknown(&'static str),
}

impl<'o> Oracle<'o> {
    fn new(book: &'o Book, case: &'o Case, made_at: Timestamp) -> Self {
        let doubts = doubts(&book.entries, made_at);
        Self {
            book,
            case,
            when: book
                .entries
                .iter()
                .map(|entry| possible(entry, &doubts))
                .collect(),
            doubts: doubts.iter().map(|d| (d.from, d.to)).collect(),
        }
    }

    /// Of a time that was set beforehand: the earliest and the latest that it may have come.
    fn set(&self, t: Timestamp) -> Possible {
        let t = secs(t);
        let mut all = (t, Some(t));
        for (from, to) in &self.doubts {
            if *from <= t && to.is_none_or(|to| t <= to) {
                all = (all.0.min(*from), all.1.zip(*to).map(|(a, b)| a.max(b)));
            }
        }
        all
    }

    fn is(&self, subject: &Subject, by: &Actor) -> bool {
        let Actor::Engaged {
            pseudonym,
            credential,
            ..
        } = by
        else {
            return false;
        };
        Some(*pseudonym) == subject.pseudonym()
            && match subject {
                Subject::Credential { tags, .. } => tags.contains(credential),
                _ => true,
            }
    }

    /// What is known of one second.
    fn known(&self, subject: &Subject, t: i64) -> Option<Known> {
        let Subject::Component {
            scans,
            longest_silence,
            ..
        } = subject
        else {
            return None;
        };
        // When it says that it was, and of what it saw when it came in as well.
        let mut seeing: Vec<(i64, Finding)> = Vec::new();
        let mut blinds = Vec::new();
        for scan in scans {
            let entry = &self.book.entries[scan.entry as usize];
            let Fact::InventoryReported { scanned, .. } = entry.fact else {
                panic!("{} is no inventory", scan.entry)
            };
            let (said, came) = (secs(scanned).min(secs(entry.t)), secs(entry.t));
            match scan.finding {
                Finding::Blind => blinds.push(said),
                Finding::Absent => seeing.push((said, Finding::Absent)),
                saw => seeing.extend([(said, saw), (came, saw)]),
            }
        }
        let blind = |from: i64, to: i64| blinds.iter().any(|at| from < *at && *at < to);
        let best = |time: i64| {
            let same = seeing.iter().filter(|(at, _)| *at == time);
            same.map(|(_, finding)| *finding).max().unwrap()
        };
        let before = seeing.iter().map(|(at, _)| *at).filter(|s| *s <= t).max();
        let after = seeing.iter().map(|(at, _)| *at).filter(|s| *s > t).min();
        let why = |why, from, to| Known::Unknown(if blind(from, to) { "gaps" } else { why });
        Some(match (before, after) {
            (Some(b), _) if b == t && best(b) == Finding::Found => Known::Ran,
            (None, after) => why("no-scan-yet", i64::MIN, after.unwrap_or(i64::MAX)),
            (Some(b), None) if best(b) == Finding::Absent => why("no-scan-since", b, i64::MAX),
            (Some(_), None) => Known::May,
            (Some(b), Some(a)) => {
                let near = (a - b) * 1_000_000 <= *longest_silence;
                match (best(b), best(a), near) {
                    (Finding::Absent, Finding::Absent, true) => Known::Not,
                    (Finding::Absent, Finding::Absent, false) => why("silence", b, a),
                    (Finding::Found, Finding::Found, true) => Known::Ran,
                    _ => Known::May,
                }
            }
        })
    }

    /// The exposed window; the horizon stands for no end.
    fn exposed(&self, subject: &Subject, availability: Window) -> Option<(i64, Option<i64>)> {
        if subject.kind() == "platform" {
            return Some((secs(availability.from()), None));
        }
        let Subject::Component {
            credentials,
            others_revoked,
            rebuilt,
            ..
        } = subject
        else {
            return Some((secs(availability.from()), availability.to().map(secs)));
        };
        let first = self.first_execution(subject, availability)?;
        let rebuilt = rebuilt
            .map(secs)
            .filter(|rebuilt| self.counts(subject, first, availability, *rebuilt));
        let ends = credentials.iter().map(|c| c.revoked.map(secs));
        let ends = ends.chain([others_revoked.map(secs), rebuilt]);
        let ends: Option<Vec<i64>> = ends.collect();
        Some((first, ends.and_then(|ends| ends.into_iter().max())))
    }

    fn first_execution(&self, subject: &Subject, availability: Window) -> Option<i64> {
        let mut possible = within(availability).filter(|t| self.known(subject, *t) != Some(Known::Not));
        let seen = |t: &i64| matches!(self.known(subject, *t), Some(Known::Ran | Known::May));
        let mut later = (secs(availability.from())..HORIZON).filter(seen);
        possible.next().or_else(|| later.next())
    }

    /// Whether a host was rebuilt after it began, never seen or doubted since, and could not have got it again in the window.
    fn counts(&self, subject: &Subject, first: i64, availability: Window, rebuilt: i64) -> bool {
        let Subject::Component { scans, elsewhere, .. } = subject else {
            panic!("only components have hosts")
        };
        let saw = scans
            .iter()
            .filter(|s| s.finding == Finding::Found || s.finding == Finding::Doubted);
        let mut came = saw.map(|s| secs(self.book.entries[s.entry as usize].t));
        let mut left = within(availability).filter(|t| *t >= rebuilt);
        rebuilt > first
            && *elsewhere != Elsewhere::SinceRebuilt
            && came.all(|t| t < rebuilt)
            && left.all(|t| self.known(subject, t) == Some(Known::Not))
    }

    /// Whether the case leaves out somebody, or a credential, that the ledger knows of.
    fn leaves_out(&self) -> bool {
        let entries = &self.book.entries;
        let subjects = &self.case.subjects;
        let own = |entry: &Entry| matches!(entry.fact, Fact::IncidentOpened { incident, .. } if incident == self.case.incident);
        if !entries.iter().any(own) {
            return true;
        }
        let unnamed = entries.iter().any(|entry| match entry.fact {
            Fact::IncidentConcerns { incident, subject } => {
                incident == self.case.incident && subjects.iter().all(|s| s.pseudonym() != subject)
            }
            _ => false,
        });
        unnamed || subjects.iter().any(|subject| self.lacks_a_credential(subject))
    }

    fn lacks_a_credential(&self, subject: &Subject) -> bool {
        let Subject::Component {
            pseudonym,
            credentials,
            rebuilt,
            ..
        } = subject
        else {
            return false;
        };
        let windows = self.windows().into_iter().flatten();
        let counted = rebuilt.map(secs).filter(|rebuilt| {
            windows
                .filter_map(|w| Some((w, self.first_execution(subject, w)?)))
                .any(|(w, first)| self.counts(subject, first, w, *rebuilt))
        });
        let has = |tag| credentials.iter().any(|c| c.tags.contains(tag));
        self.book.entries.iter().any(|entry| {
            let early = counted.is_none_or(|rebuilt| self.when[entry.n as usize].0 < rebuilt);
            let by = match &entry.by {
                Actor::Engaged {
                    pseudonym: by,
                    credential,
                    ..
                } if by == pseudonym => Some(credential),
                _ => None,
            };
            let issued = match &entry.fact {
                Fact::HolderCredentialIssued {
                    engagement,
                    credential,
                } if self.is_held(*engagement, *pseudonym) => Some(credential),
                _ => None,
            };
            early && by.into_iter().chain(issued).any(|tag| !has(tag))
        })
    }

    fn is_held(&self, held: EngagementId, by: Pseudonym) -> bool {
        self.book.entries.iter().any(|entry| {
            matches!(entry.fact, Fact::EngagementGranted { engagement, pseudonym, .. } if engagement == held && pseudonym == by)
        })
    }

    /// Whether the subject may have reached a project at a second.
    fn reach(&self, subject: &Subject, project: ProjectId, t: i64) -> bool {
        self.book.entries.iter().any(|entry| {
            let Fact::EngagementGranted {
                engagement,
                pseudonym,
                reach,
                from,
                until,
                ..
            } = &entry.fact
            else {
                return false;
            };
            let granted = self.when[entry.n as usize].0;
            let begin = if *from <= entry.t {
                granted
            } else {
                self.set(*from).0.max(granted)
            };
            let ended =
                self.first(|fact| matches!(fact, Fact::EngagementEnded { engagement: e } if e == engagement));
            let over = |end: Option<i64>| end.is_some_and(|end| end <= t);
            Some(*pseudonym) == subject.pseudonym()
                && (*reach == Reach::Lab || *reach == Reach::Project(project))
                && begin <= t
                && !over(until.and_then(|until| self.set(until).1))
                && !over(ended.and_then(|n| self.when[n].1))
                && !self.halted(*engagement, project, t)
        })
    }

    fn first(&self, wanted: impl Fn(&Fact) -> bool) -> Option<usize> {
        self.book.entries.iter().position(|entry| wanted(&entry.fact))
    }

    /// Whether a halt certainly stood.
    fn halted(&self, engagement: EngagementId, project: ProjectId, t: i64) -> bool {
        self.book.entries.iter().any(|entry| {
            let Fact::Halted {
                halt, scope, until, ..
            } = &entry.fact
            else {
                return false;
            };
            let stops = match scope {
                Scope::Lab(_) => true,
                Scope::Project(own) => *own == project,
                Scope::Engagement(own) => *own == engagement,
                _ => false,
            };
            let resumed = self.first(|fact| matches!(fact, Fact::Resumed { halt: h, .. } if h == halt));
            stops
                && self.when[entry.n as usize].1.is_some_and(|begun| begun <= t)
                && resumed.is_none_or(|n| t < self.when[n].0)
                && until.is_none_or(|until| t < self.set(until).0)
        })
    }

    fn list(&self, entry: &Entry) -> Vec<ObjectRef> {
        match &entry.fact {
            Fact::TasksImported { set, .. } | Fact::ReadIntended { set, .. } => {
                read_set(set, &self.book.lists[&set.sha256]).unwrap()
            }
            Fact::ProjectOpened { template: one, .. }
            | Fact::GuidelineSet { guideline: one, .. }
            | Fact::SubmissionReceived { answer: one, .. } => vec![*one],
            Fact::ObjectsReleased { objects, .. } => objects.clone(),
            _ => Vec::new(),
        }
    }

    fn describes(fact: &Fact) -> bool {
        matches!(
            fact,
            Fact::TasksImported { .. }
                | Fact::ProjectOpened { .. }
                | Fact::GuidelineSet { .. }
                | Fact::SubmissionReceived { .. }
        )
    }

    fn project(&self, entry: &Entry) -> ProjectId {
        let of = |engagement: EngagementId| {
            self.book.entries.iter().find_map(|entry| match &entry.fact {
                Fact::EngagementGranted {
                    engagement: e,
                    reach: Reach::Project(p),
                    ..
                } if *e == engagement => Some(*p),
                _ => None,
            })
        };
        let by = match entry.by {
            Actor::Engaged { engagement, .. } => of(engagement),
            _ => None,
        };
        entry.fact.project().or(by).unwrap()
    }

    /// The facts of one object version, and whether it was alive in the window.
    fn facts(
        &self,
        subject: &Subject,
        window: (i64, Option<i64>),
        key: (ObjectId, u32),
    ) -> Option<BTreeSet<Class>> {
        let span = window.0..window.1.unwrap_or(HORIZON);
        let mut facts = BTreeSet::new();
        let own = |entry: &&Entry| self.list(entry).iter().any(|o| (o.object, o.version) == key);
        let named: Vec<&Entry> = self.book.entries.iter().filter(own).collect();
        for entry in named.iter().filter(|entry| self.is(subject, &entry.by)) {
            let what = if Self::describes(&entry.fact) {
                Class::Altered
            } else {
                Class::Touched
            };
            for when in self.deeds(entry, subject) {
                facts.extend(place(when, window, what));
            }
        }
        let described = named.iter().find(|entry| Self::describes(&entry.fact));
        let Some(described) = described else {
            let any = !facts.is_empty();
            facts.insert(Class::Unknown);
            return any.then_some(facts);
        };
        let born = self.when[described.n as usize].0;
        let done = facts.contains(&Class::Altered) || facts.contains(&Class::Touched);
        if born >= span.end {
            return done.then_some(facts);
        }
        let project = self.project(described);
        for t in span {
            let reach = self.reach(subject, project, t);
            facts.extend((reach && t >= born).then_some(Class::Reachable));
            let unknown = matches!(self.known(subject, t), Some(Known::Unknown(_)));
            let told = subject.kind() != "platform";
            facts.extend((reach && unknown || !told && t >= born).then_some(Class::Unknown));
        }
        Some(facts)
    }

    /// When something was done: of a stream at its intent, its end, and the beginning of each exposed window that lies between.
    fn deeds(&self, entry: &Entry, subject: &Subject) -> Vec<Possible> {
        let begun = self.when[entry.n as usize];
        let Fact::ReadIntended { stream, .. } = &entry.fact else {
            return vec![begun];
        };
        let ended = self.first(|fact| matches!(fact, Fact::ReadCompleted { stream: s, .. } if s == stream));
        let Some(ended) = ended.map(|n| self.when[n]) else {
            return vec![begun, (begun.0, None)];
        };
        let windows = self.windows().into_iter().flatten();
        let begins = windows.filter_map(|window| self.exposed(subject, window));
        let through = begins
            .map(|(from, _)| from)
            .filter(|from| begun.1.is_some_and(|latest| latest < *from) && *from < ended.0)
            .map(|from| (from, Some(from)));
        [begun, ended].into_iter().chain(through).collect()
    }

    fn deliveries(
        &self,
        subject: &Subject,
        window: (i64, Option<i64>),
    ) -> BTreeMap<DeliveryId, (bool, bool)> {
        let maybe = |n: u64| {
            let (from, to) = self.when[n as usize];
            window.1.is_none_or(|end| from < end) && to.is_none_or(|to| to >= window.0)
        };
        let mut found = BTreeMap::new();
        for entry in &self.book.entries {
            match &entry.fact {
                Fact::DeliveryMade { delivery, .. }
                    if maybe(entry.n) && (subject.kind() == "platform" || self.is(subject, &entry.by)) =>
                {
                    found.entry(*delivery).or_insert((false, false)).0 = true;
                }
                Fact::DeliveryAccepted { delivery } if maybe(entry.n) => {
                    found.entry(*delivery).or_insert((false, false)).1 = true;
                }
                _ => {}
            }
        }
        found
    }

    fn compare(&self, subject: &Subject, availability: Option<Window>, found: Option<&WindowResult>) {
        let (Some(availability), Some(found)) = (availability, found) else {
            assert!(availability.is_none() && found.is_none());
            return;
        };
        assert_eq!(found.availability, availability);
        for t in within(availability) {
            let seen = found.ran.iter().find(|seen| within_micros(seen.during, t));
            let seen = seen.map(|seen| (seen.known.as_str(), seen.why.as_deref()));
            let expected = self.known(subject, t).map(|known| match known {
                Known::Ran => ("ran", None),
                Known::May => ("may-have-run", None),
                Known::Not => ("not-seen", None),
                Known::Unknown(why) => ("unknown", Some(why)),
            });
            assert_eq!(seen, expected, "at second {t}");
        }
        let exposed = self.exposed(subject, availability);
        let ends = |w: Window| (secs(w.from()), w.to().map(secs));
        assert_eq!(found.exposed.map(ends), exposed);
        self.compare_counts(subject, exposed, found);
        let deliveries = exposed.map_or_else(BTreeMap::new, |window| self.deliveries(subject, window));
        let told = found.deliveries.iter();
        let told = told
            .map(|d| (d.delivery, (d.made_by_subject, d.accepted)))
            .collect();
        assert_eq!(deliveries, told);
    }

    fn compare_counts(&self, subject: &Subject, exposed: Option<(i64, Option<i64>)>, found: &WindowResult) {
        let mut sums = Sums::default();
        let mut of_projects: BTreeMap<ProjectId, Count> = BTreeMap::new();
        let mut objects = Vec::new();
        let keys: BTreeSet<_> = self
            .book
            .entries
            .iter()
            .flat_map(|e| self.list(e))
            .collect::<Vec<_>>()
            .iter()
            .map(|o| (o.object, o.version, o.bytes))
            .collect();
        for (object, version, bytes) in keys.into_iter().filter(|_| exposed.is_some()) {
            let Some(facts) = self.facts(subject, exposed.unwrap(), (object, version)) else {
                continue;
            };
            let class = facts.iter().next().copied().unwrap_or(Class::Untouched);
            add(class_count(&mut sums, class), bytes);
            facts
                .iter()
                .for_each(|fact| add(fact_count(&mut sums.facts, *fact), bytes));
            let named = |e: &&Entry| {
                self.list(e)
                    .iter()
                    .any(|o| (o.object, o.version) == (object, version))
            };
            let described = self
                .book
                .entries
                .iter()
                .find(|e| Self::describes(&e.fact) && named(e));
            let released = || {
                self.book
                    .entries
                    .iter()
                    .find(|e| self.is(subject, &e.by) && named(e))
            };
            let project = self.project(described.or_else(released).unwrap());
            add(of_projects.entry(project).or_default(), bytes);
            if class != Class::Untouched {
                objects.push((
                    object,
                    version,
                    bytes,
                    Some(project),
                    class,
                    facts.into_iter().collect::<Vec<_>>(),
                ));
            }
        }
        let told: Vec<_> = found
            .objects
            .iter()
            .map(|o| (o.object, o.version, o.bytes, o.project, o.class, o.facts.clone()))
            .collect();
        assert_eq!(told, objects);
        assert_eq!(found.totals, sums);
        let told = found
            .projects
            .iter()
            .map(|p| (p.project, all(&p.totals)))
            .collect();
        assert_eq!(of_projects, told);
    }

    /// The narrowest, the widest, the chosen.
    fn windows(&self) -> [Option<Window>; 3] {
        let spans: Vec<Window> = self.case.availability.iter().map(|claim| claim.window).collect();
        let from = spans.iter().map(|w| w.from());
        let ends: Vec<_> = spans.iter().map(|w| w.to()).collect();
        let narrowest = (!spans.is_empty())
            .then(|| Window::new(from.clone().max().unwrap(), ends.iter().flatten().min().copied()).ok());
        let widest = (!spans.is_empty()).then(|| {
            let open = ends.iter().any(Option::is_none);
            let to = ends.iter().flatten().max().copied().filter(|_| !open);
            Window::new(from.clone().min().unwrap(), to).unwrap()
        });
        [narrowest.flatten(), widest, self.case.chosen]
    }

    /// Of the platform: every project, each with the last call for new keys.
    fn compare_keys(&self, subject: &Subject, found: &SubjectResult) {
        let mut last = std::collections::BTreeMap::new();
        for entry in &self.book.entries {
            match entry.fact {
                Fact::ProjectOpened { project, .. } => last.insert(project, None),
                Fact::EpochsRotated { project } => last.insert(project, Some(entry.t)),
                _ => None,
            };
        }
        if subject.kind() != "platform" {
            last.clear();
        }
        let found: Vec<_> = found.keys.iter().map(|key| (key.project, key.rotated)).collect();
        assert_eq!(found, Vec::from_iter(last));
    }

    fn check(&self, results: &[SubjectResult]) {
        let [narrowest, widest, chosen] = self.windows();
        assert_eq!(results.len(), self.case.subjects.len());
        for (subject, found) in self.case.subjects.iter().zip(results) {
            assert_eq!(found.subject, subject.pseudonym());
            self.compare_keys(subject, found);
            self.compare(subject, narrowest, found.windows.narrowest.as_ref());
            self.compare(subject, widest, found.windows.widest.as_ref());
            self.compare(subject, chosen, found.windows.chosen.as_ref());
        }
    }
}

fn within_micros(window: Window, second: i64) -> bool {
    window.contains(Timestamp::from_micros(second * 1_000_000))
}

/// What an act that was at one of these times says of a window.
fn place((earliest, latest): Possible, window: (i64, Option<i64>), what: Class) -> Vec<Class> {
    // Where there is no bound, beyond every end that a window has.
    let ends = |t: i64| window.1.is_none_or(|end| t < end);
    let last = latest.unwrap_or(HORIZON * 2);
    let inside = (earliest..=last).filter(|t| *t >= window.0 && ends(*t)).count() as i64;
    let before = (earliest..=last).filter(|t| *t < window.0).count() as i64;
    let all = last - earliest + 1;
    match (inside, before) {
        (i, _) if i == all => vec![what],
        (0, b) if b == all => vec![Class::Held],
        (0, 0) => Vec::new(),
        (i, b) if i + b == all => vec![Class::Held, Class::Unknown],
        (i, b) if i > 0 || b > 0 => vec![Class::Unknown],
        _ => Vec::new(),
    }
}

fn add(count: &mut Count, bytes: u64) {
    count.objects += 1;
    count.bytes += bytes;
}

fn all(sums: &Sums) -> Count {
    let c = &sums.classes;
    let all = [
        c.altered,
        c.touched,
        c.leased,
        c.held,
        c.unknown,
        c.reachable,
        c.untouched,
    ];
    Count {
        objects: all.iter().map(|c| c.objects).sum(),
        bytes: all.iter().map(|c| c.bytes).sum(),
    }
}

fn class_count(sums: &mut Sums, class: Class) -> &mut Count {
    let c = &mut sums.classes;
    match class {
        Class::Altered => &mut c.altered,
        Class::Touched => &mut c.touched,
        Class::Leased => &mut c.leased,
        Class::Held => &mut c.held,
        Class::Unknown => &mut c.unknown,
        Class::Reachable => &mut c.reachable,
        Class::Untouched => &mut c.untouched,
    }
}

fn fact_count(facts: &mut FactCounts, fact: Class) -> &mut Count {
    match fact {
        Class::Altered => &mut facts.altered,
        Class::Touched => &mut facts.touched,
        Class::Leased => &mut facts.leased,
        Class::Held => &mut facts.held,
        Class::Unknown => &mut facts.unknown,
        Class::Reachable => &mut facts.reachable,
        Class::Untouched => panic!("no fact"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_number_is_that_of_the_oracle((book, case, made_at) in world()) {
        let oracle = Oracle::new(&book, &case, made_at);
        match book.derived(&case, made_at) {
            Ok(derived) => {
                prop_assert!(!oracle.leaves_out());
                prop_assert_eq!(derived.size, book.entries.len() as u64);
                oracle.check(&derived.results);
            }
            Err(error) => prop_assert!(oracle.leaves_out(), "{}", error),
        }
    }
}
