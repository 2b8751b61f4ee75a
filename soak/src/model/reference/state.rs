//! What the model knows.

use std::collections::BTreeSet;

/// Microseconds since the Unix epoch.
pub(crate) type Time = i64;

/// A second.
pub(crate) const SECOND: Time = 1_000_000;

/// A text that stands once in all that is written in a script: whoever receives it received what it was written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Mark {
    /// Whose words it marks.
    pub lab: usize,
    /// Of which kind: a letter.
    pub kind: char,
    /// Which.
    pub n: u32,
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<<{}{}{:06}>>", self.lab, self.kind, self.n)
    }
}

impl Mark {
    /// Every mark in a text.
    pub(crate) fn all(text: &str) -> BTreeSet<Self> {
        let parts = text.split("<<").skip(1);
        parts.filter_map(Self::read).collect()
    }

    fn read(text: &str) -> Option<Self> {
        let body = text.get(..8).filter(|_| text.get(8..10) == Some(">>"))?;
        let mut letters = body.chars();
        let lab = letters.next()?.to_digit(10)? as usize;
        let kind = letters.next()?;
        let n = letters.as_str().parse().ok()?;
        Some(Self { lab, kind, n })
    }
}

/// A sealed object, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Object {
    Template {
        project: usize,
    },
    Guideline {
        project: usize,
    },
    Input {
        task: usize,
    },
    /// Handing in drops a draft; the next one is another object.
    Draft {
        hold: usize,
        which: u32,
    },
    Answer {
        submission: usize,
    },
    Comment {
        review: usize,
    },
    Reason {
        delivery: usize,
        row: usize,
    },
}

/// One version of an object, as it is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Which.
    pub object: Object,
    /// Its version.
    pub version: u32,
    /// Plaintext bytes.
    pub bytes: u64,
    /// The words in it.
    pub mark: Option<Mark>,
}

/// Who an entry says it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Engaged { engagement: usize },
    Operator { person: usize },
    Platform,
    Stranger,
}

/// What an entry releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Released {
    /// Nothing.
    Nothing,
    /// These, one by one.
    Parts(Vec<Part>),
    /// These, as a set that was fixed before.
    Set(Vec<Part>),
    /// Of the set before it, the first so many objects: all of them, when the reader stayed.
    Completed {
        /// How many were sent.
        sent: u64,
        /// How many the set has.
        most: u64,
    },
}

/// One entry that a ledger has to hold.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// When.
    pub t: Time,
    /// What the clock said, where it had been put back.
    pub clock: Option<Time>,
    /// By whom.
    pub by: By,
    /// Its kind.
    pub kind: &'static str,
    /// What it releases.
    pub released: Released,
}

/// A ledger as it has to be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// Its entries.
    pub lines: Vec<Line>,
    /// Its time, which never goes back.
    pub t: Time,
    /// The least that the clock said since it was put back; none: it has caught up.
    pub behind: Option<Time>,
}

impl Ledger {
    /// What has to stand in it of the clock before anything else does.
    pub(super) fn clock_changed(&self, now: Time) -> Option<&'static str> {
        let far = |t: Time| t - now >= SECOND;
        match self.behind {
            _ if self.lines.is_empty() => None,
            None => far(self.t).then_some("clock-put-back"),
            Some(_) if now >= self.t => Some("clock-caught-up"),
            Some(least) => far(least).then_some("clock-put-back"),
        }
    }

    /// The clock, as it would be behind when something were recorded now.
    pub(super) fn behind_at(&self, now: Time) -> Option<Time> {
        match self.clock_changed(now) {
            Some("clock-put-back") => Some(now),
            Some(_) => None,
            None => self.behind,
        }
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Author,
    Reviewer,
    Lead,
    Steward,
    Integration(Purpose),
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Import,
    Agreement,
    Delivery,
    Export,
}

/// Objects and bytes an hour, objects and bytes a day.
pub(crate) type Budget = [u64; 4];
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub id: String,
    pub operator: bool,
    pub component: bool,
}
#[derive(Debug, Clone)]
pub(crate) struct Lab {
    pub id: String,
    pub ledger: Ledger,
    pub recipients: bool,
}
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub id: String,
    pub lab: usize,
    pub overlap: usize,
    pub lease: Time,
    pub template_bytes: u64,
    /// Version, bytes and words.
    pub guideline: Option<(u32, u64, Mark)>,
    /// In the order of the queue.
    pub tasks: Vec<usize>,
    /// Whether the running service has read the template.
    pub known: bool,
}
#[derive(Debug, Clone)]
pub(crate) struct Engagement {
    pub id: String,
    pub lab: usize,
    /// None: the whole lab.
    pub project: Option<usize>,
    pub role: Role,
    pub person: usize,
    pub from: Time,
    pub until: Option<Time>,
    pub ended: bool,
    /// When it was ended.
    pub ended_at: Option<Time>,
    pub budget: Budget,
}
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub id: String,
    pub person: usize,
    pub bound: Option<usize>,
    pub created: Time,
    pub expires: Time,
    pub revoked: bool,
    /// When it was, by the ledger.
    pub revoked_at: Option<Time>,
}

impl Credential {
    /// Until when it is, or was, good.
    pub(crate) fn to(&self) -> Time {
        self.revoked_at
            .into_iter()
            .chain([self.expires])
            .min()
            .unwrap_or(self.expires)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Installation,
    Lab(usize),
    Project(usize),
    Engagement(usize),
    Person(usize),
    Credential(usize),
}
#[derive(Debug, Clone)]
pub(crate) struct Halt {
    pub id: String,
    pub on: Scope,
    /// In whose ledger; none: the installation's.
    pub lab: Option<usize>,
    /// When it began, by its ledger.
    pub since: Time,
    pub until: Option<Time>,
    pub open: bool,
    /// Whether a steward opened it: then a steward ends it, and otherwise an operator.
    pub by_lab: bool,
}
#[derive(Debug, Clone)]
pub(crate) struct Wall {
    pub id: String,
    pub labs: BTreeSet<usize>,
    pub days: i64,
    pub stands: bool,
}
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub project: usize,
    /// Known once it was released.
    pub id: Option<String>,
    pub mark: Mark,
    pub bytes: u64,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldState {
    Claimed,
    Submitted,
    Skipped,
    Expired,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Draft {
    pub mark: Mark,
    pub bytes: u64,
    pub version: u32,
    pub saved: Time,
}
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    pub id: String,
    pub task: usize,
    pub engagement: usize,
    pub person: usize,
    pub claimed: Time,
    pub until: Time,
    pub state: HoldState,
    pub draft: Option<Draft>,
    /// Drafts dropped so far.
    pub drafts: u32,
    pub submission: Option<usize>,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubmissionState {
    Submitted,
    Accepted,
    Returned,
    Rejected,
    Lapsed,
}

impl SubmissionState {
    /// Whether it keeps its place among the answers to its task.
    pub(crate) fn counts(self) -> bool {
        !matches!(self, Self::Rejected | Self::Lapsed)
    }
}
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub mark: Mark,
    pub bytes: u64,
    pub choice: &'static str,
}
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    pub id: String,
    pub hold: usize,
    pub task: usize,
    pub engagement: usize,
    pub person: usize,
    pub state: SubmissionState,
    pub received: Time,
    /// How often a verdict on which version was taken back.
    pub withdrawn: (u32, u32),
    /// The first is version 1.
    pub answers: Vec<Answer>,
}

impl Submission {
    /// The newest version.
    pub(crate) fn version(&self) -> u32 {
        u32::try_from(self.answers.len()).unwrap_or(u32::MAX)
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accept,
    Return,
    Reject,
}
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub id: String,
    pub submission: usize,
    pub version: u32,
    pub engagement: usize,
    pub until: Time,
    pub verdict: Option<Verdict>,
    pub comment: Option<(Mark, u64)>,
    /// When the verdict was given.
    pub given: Option<Time>,
    /// Whether another reviewer took the submission after its lease had ended.
    pub replaced: bool,
}
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The answers that it is, each in which version.
    pub answers: Vec<(usize, u32)>,
    /// When, with which words, of how many bytes.
    pub returned: Option<(Time, Mark, u64)>,
}
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub id: String,
    pub project: usize,
    pub rows: Vec<Row>,
    pub decided: bool,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Stopped,
    HeartbeatsCeased,
    Halted,
    EngagementEnded,
    Walled,
}
#[derive(Debug, Clone)]
pub(crate) struct Timer {
    pub engagement: usize,
    pub started: Time,
    pub beat: Time,
    /// The end that its engagement was granted with.
    pub until: Option<Time>,
    pub ended: Option<(Time, Cause)>,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub now: Time,
    pub installation: Ledger,
    pub people: Vec<Person>,
    pub labs: Vec<Lab>,
    pub projects: Vec<Project>,
    pub engagements: Vec<Engagement>,
    pub credentials: Vec<Credential>,
    pub halts: Vec<Halt>,
    pub walls: Vec<Wall>,
    /// Who has seen whose data, and the end of the day when: known of what a wall stood around.
    pub seen: Vec<(usize, usize, Time)>,
    pub tasks: Vec<Task>,
    pub holds: Vec<Hold>,
    pub submissions: Vec<Submission>,
    pub reviews: Vec<Review>,
    pub deliveries: Vec<Delivery>,
    pub timers: Vec<Timer>,
}

impl Model {
    /// A ledger: a lab's, or the installation's.
    pub(crate) fn ledger(&self, lab: Option<usize>) -> &Ledger {
        lab.map_or(&self.installation, |lab| &self.labs[lab].ledger)
    }

    /// Says that an entry has to stand in a ledger.
    pub(crate) fn record(&mut self, lab: Option<usize>, by: By, kind: &'static str, released: Released) {
        let now = self.now;
        let ledger = match lab {
            None => &mut self.installation,
            Some(lab) => &mut self.labs[lab].ledger,
        };
        let changed = ledger.clock_changed(now);
        ledger.behind = ledger.behind_at(now);
        ledger.t = ledger.t.max(now);
        let (t, clock) = (ledger.t, ledger.behind.map(|_| now));
        if let Some(kind) = changed {
            let (by, released) = (By::Platform, Released::Nothing);
            ledger.lines.push(Line {
                t,
                clock,
                by,
                kind,
                released,
            });
        }
        ledger.lines.push(Line {
            t,
            clock,
            by,
            kind,
            released,
        });
    }

    /// Says that an entry by somebody engaged has to stand in their lab's ledger.
    pub(super) fn done(&mut self, engagement: usize, kind: &'static str, released: Released) {
        let lab = self.engagements[engagement].lab;
        let sees = matches!(&released, Released::Parts(parts) | Released::Set(parts) if !parts.is_empty());
        self.record(Some(lab), By::Engaged { engagement }, kind, released);
        if sees {
            self.sees(engagement);
        }
    }

    /// How many people have a task in hand or have answered it, answers rejected or given up aside.
    pub(crate) fn taken(&self, task: usize) -> usize {
        let counted = |hold: &&Hold| match (hold.state, hold.submission) {
            (HoldState::Claimed, _) => true,
            (HoldState::Submitted, Some(given)) => self.submissions[given].state.counts(),
            _ => false,
        };
        self.holds
            .iter()
            .filter(|h| h.task == task)
            .filter(counted)
            .count()
    }

    /// A task's submissions that were neither rejected nor given up, by their ids.
    pub(crate) fn answers_to(&self, task: usize) -> Vec<usize> {
        let given = self.submissions.iter().enumerate();
        let mut given: Vec<usize> = given
            .filter(|(_, s)| s.task == task && s.state.counts())
            .map(|(at, _)| at)
            .collect();
        given.sort_by(|a, b| self.submissions[*a].id.cmp(&self.submissions[*b].id));
        given
    }

    /// A task's input, as it is released.
    pub(crate) fn input(&self, task: usize) -> Part {
        let found = &self.tasks[task];
        Part {
            object: Object::Input { task },
            version: 1,
            bytes: found.bytes,
            mark: Some(found.mark),
        }
    }

    /// A submission's newest answer, as it is released.
    pub(crate) fn answer(&self, submission: usize) -> Part {
        let found = &self.submissions[submission];
        let (bytes, mark) = found
            .answers
            .last()
            .map_or((0, None), |a| (a.bytes, Some(a.mark)));
        Part {
            object: Object::Answer { submission },
            version: found.version(),
            bytes,
            mark,
        }
    }
}
