//! What is shown of the work: states, times and counts. No plaintext, so no gate; who may see it is still asked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use cofferdam_custody::{Caller, GateError};
use cofferdam_model::halt::Surroundings;
use cofferdam_model::{
    Act, Actor, Checked, Compartment, CredentialId, DeliveryId, Draw, Engagement, EngagementId, Entry, Fact,
    Halt, HaltId, Id, LabId, PrincipalId, ProjectId, Pseudonym, Refusal, Role, Scope, Timestamp,
};
use cofferdam_store::delivery::{self, DeliveryRow};
use cofferdam_store::engagement::{self, HolderRow};
use cofferdam_store::lab::{self, LabRow};
use cofferdam_store::principal::PrincipalRow;
use cofferdam_store::project::{self, Counts, ProjectRow};
use cofferdam_store::{Reader, StoreError, principal};

use super::{Platform, WorkError};

/// An engagement as its holder, its lab's stewards and operators see it.
#[derive(Debug, Clone)]
pub struct EngagementView {
    /// The engagement.
    pub engagement: Engagement,
    /// Its lab.
    pub lab: LabRow,
    /// Its project; none: the whole lab.
    pub project: Option<ProjectRow>,
    /// The halt that stops it now.
    pub halted: Option<Halt>,
    /// Until when a wall keeps its holder out.
    pub walled: Option<Timestamp>,
    /// Who holds it.
    pub principal: PrincipalRow,
}

/// A project with its counts.
#[derive(Debug, Clone)]
pub struct ProjectView {
    /// The project.
    pub project: ProjectRow,
    /// Its lab.
    pub lab: LabRow,
    /// Whether it takes work.
    pub open: bool,
    /// Its counts.
    pub counts: Counts,
    /// Active engagements of persons.
    pub people: u64,
    /// The halt that stops it now.
    pub halted: Option<Halt>,
}

/// A halt's place in a list: open ones first, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HaltPlace {
    /// Whether it stops nothing any more.
    pub past: bool,
    /// When it began.
    pub since: Reverse<Timestamp>,
    /// Which it is.
    pub id: Reverse<HaltId>,
}

/// A halt, open or past.
#[derive(Debug, Clone)]
pub struct HaltView {
    /// The halt.
    pub halt: Halt,
    /// In whose ledger it stands.
    pub compartment: Compartment,
    /// Who opened it.
    pub by: Actor,
    /// When it was ended.
    pub resumed: Option<Timestamp>,
    /// What was checked before, as whoever ended it said.
    pub checked: BTreeSet<Checked>,
}

impl HaltView {
    /// Whether it stops anything at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.resumed.is_none() && self.halt.in_effect(now)
    }

    /// Its place in a list at `now`.
    pub fn place(&self, now: Timestamp) -> HaltPlace {
        HaltPlace {
            past: !self.is_open(now),
            since: Reverse(self.halt.since),
            id: Reverse(self.halt.id),
        }
    }
}

/// One entry of a lab's ledger, with what is known of its actor.
#[derive(Debug, Clone)]
pub struct AccessView {
    /// The entry.
    pub entry: Entry,
    /// The engagement of its actor.
    pub engagement: Option<Engagement>,
    /// Whether the actor is one of the platform's own jobs.
    pub job: bool,
}

/// Who has seen a lab's data within a window.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Entries in the window.
    pub entries: u64,
    /// Plaintext released.
    pub released: Draw,
    /// By actor, most first.
    pub actors: Vec<SummaryActor>,
    /// Attempts that were refused, oldest first, at most 500.
    pub refused: Vec<AccessView>,
    /// How many were refused in all.
    pub refused_total: u64,
}

/// One actor of a [`Summary`].
#[derive(Debug, Clone)]
pub struct SummaryActor {
    /// The engagement.
    pub engagement: Engagement,
    /// Whether it is one of the platform's own jobs.
    pub job: bool,
    /// Plaintext released.
    pub released: Draw,
    /// The last time.
    pub last: Timestamp,
    /// Objects by bucket: the bucket's start and how many.
    pub buckets: BTreeMap<i64, u64>,
}

/// The halt that stops an engagement's work now, for one credential or for all that are good for it.
fn halted(
    halts: &[Halt],
    e: &Engagement,
    (principal, credential): (PrincipalId, Option<CredentialId>),
    now: Timestamp,
) -> Option<Halt> {
    let at = Surroundings {
        lab: e.lab,
        project: e.project(),
        engagement: Some(e.id),
        principal,
        credential: credential.unwrap_or(CredentialId::from_bytes([0; 16])),
    };
    halts
        .iter()
        .find(|h| h.in_effect(now) && h.scope.encloses(&at))
        .copied()
}

/// The labs that somebody oversees.
#[derive(Debug, Default)]
pub struct Overseen {
    /// Those whose ledgers check.
    pub open: Vec<LabId>,
    /// Those whose ledgers are closed: of them nothing can be told.
    pub closed: Vec<LabId>,
}

impl Overseen {
    /// Those of which there is no row.
    pub fn not_among(&self, rows: &[LabRow]) -> Vec<LabId> {
        let all = self.open.iter().chain(&self.closed).copied();
        all.filter(|lab| !rows.iter().any(|row| row.id == *lab)).collect()
    }
}

impl Platform {
    /// The steward's engagement by which a caller speaks for a lab, if they do.
    pub async fn stewardship(&self, caller: &Caller, lab: LabId) -> Result<Option<EngagementId>, WorkError> {
        let held = self.held(caller).await?;
        let own: Vec<HolderRow> = held.into_iter().filter(|row| row.lab == lab).collect();
        self.stewardship_among(caller, &own).await
    }

    async fn stewardship_among(
        &self,
        caller: &Caller,
        held: &[HolderRow],
    ) -> Result<Option<EngagementId>, WorkError> {
        for row in held {
            let allowed = self
                .gate
                .allows(caller, row.engagement, Act::ReadLedger, None)
                .await?;
            if allowed.is_ok_and(|e| e.role == Role::Steward) {
                return Ok(Some(row.engagement));
            }
        }
        Ok(None)
    }

    /// Lets operators and the lab's stewards pass.
    pub async fn may_oversee(&self, caller: &Caller, lab: LabId) -> Result<(), WorkError> {
        self.overseen(caller, Some(lab), |_| true, "lab").await
    }

    /// Lets those pass who oversee the project's lab.
    pub async fn may_oversee_project(&self, caller: &Caller, project: ProjectId) -> Result<(), WorkError> {
        let found = self.gate.store().read(move |r| project::get(r, project)).await?;
        let lab = found.as_ref().map(|row| row.lab);
        let known = |e: &Engagement| e.reaches(project);
        self.overseen(caller, lab, known, "project").await?;
        self.whole_project(found).await.map(|_| ())
    }

    /// Lets those of them pass whom nothing stops just now: one of the platform's jobs reads the project's data for them, which
    /// they may not have done while they could not read it themselves.
    pub async fn may_have_read(&self, caller: &Caller, project: ProjectId) -> Result<(), WorkError> {
        // It is asked here alone, and by no act that is admitted in its turn: what another node stopped before must be known.
        self.gate.hear_others().await?;
        self.gate.still_proves(caller).await?;
        self.may_oversee_project(caller, project).await?;
        if self.gate.is_operator(caller) {
            return Ok(());
        }
        let lab = self.project_row(project).await?.lab;
        let missing = WorkError::NotFound("project");
        let engagement = self.stewardship(caller, lab).await?.ok_or(missing)?;
        self.admitted(caller, engagement, Act::DecideDelivery, Some(project))
            .await?;
        Ok(())
    }

    /// A delivery, for those who oversee its lab. Who works for it is not told which deliveries there are.
    pub async fn overseen_delivery(&self, caller: &Caller, id: DeliveryId) -> Result<DeliveryRow, WorkError> {
        let found = self.gate.store().read(move |r| delivery::get(r, id)).await?;
        let lab = found.as_ref().map(|row| row.lab);
        let known = |e: &Engagement| e.role == Role::Steward;
        self.overseen(caller, lab, known, "delivery").await?;
        self.whole_delivery(found).await
    }

    /// Lets operators and the lab's stewards pass. To those whose engagement in the lab lets them know of what they ask
    /// for, it says why not; to all others that is not there. `lab` is whose it is by its row, which is not yet believed,
    /// or none: the same steps are taken either way, so that the time of the answer does not tell them apart.
    async fn overseen(
        &self,
        caller: &Caller,
        lab: Option<LabId>,
        known: impl Fn(&Engagement) -> bool,
        what: &'static str,
    ) -> Result<(), WorkError> {
        let operates = self.gate.administers(caller);
        if operates.is_ok() {
            return lab.map(|_| ()).ok_or(WorkError::NotFound(what));
        }
        let mut held = self.rows_held(caller).await?;
        held.retain(|row| Some(row.lab) == lab);
        let closed = lab.filter(|lab| self.gate.is_closed((*lab).into()));
        if closed.is_none() && self.stewardship_among(caller, &held).await?.is_some() {
            return Ok(());
        }
        if let Err(halted @ Refusal::Halted { .. }) = operates {
            return Err(halted.into());
        }
        if let Some(lab) = closed {
            // As what they are engaged there nobody can say; that there is no such lab would be wrong.
            if !held.is_empty() {
                self.gate.authority(lab.into())?;
            }
            return Err(WorkError::NotFound(what));
        }
        let now = self.gate.env().now();
        let mut ended = None;
        for row in held {
            let Some((engagement, _)) = self.gate.engagement(row.engagement).await? else {
                continue;
            };
            match engagement.ended(now) {
                _ if !known(&engagement) => {}
                None => return Err(Refusal::NotInRole.into()),
                at => ended = ended.max(at),
            }
        }
        Err(ended.map_or(WorkError::NotFound(what), WorkError::Ended))
    }

    /// When the last of a caller's stewardships ended, if none goes on.
    pub(super) async fn ended_stewardship(&self, caller: &Caller) -> Result<Option<Timestamp>, WorkError> {
        let now = self.gate.env().now();
        let mut last = None;
        for row in self.held(caller).await? {
            let found = self.gate.engagement(row.engagement).await?;
            let Some((engagement, _)) = found.filter(|(e, _)| e.role == Role::Steward) else {
                continue;
            };
            match engagement.ended(now) {
                None => return Ok(None),
                at => last = last.max(at),
            }
        }
        Ok(last)
    }

    /// The rows of what a caller holds; of a credential that is good for one engagement, that one.
    async fn held(&self, caller: &Caller) -> Result<Vec<HolderRow>, WorkError> {
        let mut held = self.rows_held(caller).await?;
        // What a closed ledger granted nobody can say.
        held.retain(|row| !self.gate.is_closed(row.lab.into()));
        Ok(held)
    }

    /// The same, whether anybody can say what was granted or not.
    async fn rows_held(&self, caller: &Caller) -> Result<Vec<HolderRow>, WorkError> {
        let principal = caller.principal();
        let read = move |r: &mut Reader<'_>| engagement::of_principal(r, principal);
        let mut held = self.gate.store().read(read).await?;
        held.retain(|row| caller.bound_to().is_none_or(|only| only == row.engagement));
        Ok(held)
    }

    /// Tells those whom a row engages for a lab that its ledger is closed, where it is: as what, nobody can say, and that
    /// there is no such lab would be wrong.
    pub(super) async fn is_open_to(&self, caller: &Caller, lab: LabId) -> Result<(), WorkError> {
        if !self.gate.is_closed(lab.into()) {
            return Ok(());
        }
        let held = self.rows_held(caller).await?;
        if held.iter().any(|row| row.lab == lab) {
            self.gate.authority(lab.into())?;
        }
        Ok(())
    }

    async fn view_of(
        &self,
        row: HolderRow,
        credential: Option<CredentialId>,
    ) -> Result<Option<EngagementView>, WorkError> {
        let Some((engagement, holder)) = self.gate.engagement(row.engagement).await? else {
            return Ok(None);
        };
        let project = engagement.project();
        let read = move |r: &mut Reader<'_>| {
            let lab = lab::get(r, holder.lab)?;
            let project = project.map(|id| project::get(r, id)).transpose()?.flatten();
            Ok::<_, StoreError>((lab, project, principal::get(r, holder.principal)?))
        };
        let (lab, project, principal) = self.gate.store().read(read).await?;
        let (Some(lab), Some(principal)) = (lab, principal) else {
            return Ok(None);
        };
        let halts = self.gate.halts(Compartment::Lab(engagement.lab));
        let who = (holder.principal, credential);
        let kept = self.gate.kept_out(holder.principal, engagement.lab)?;
        let halted = halted(&halts, &engagement, who, self.gate.env().now());
        Ok(Some(EngagementView {
            engagement,
            lab: self.named(lab, |row| &mut row.name),
            project: project.map(|project| self.named(project, |row| &mut row.name)),
            halted,
            walled: kept.map(|kept| kept.until),
            principal: self.named(principal, |row| &mut row.name),
        }))
    }

    /// The halt on a credential, or on whom it proves, if there is one.
    pub fn halt_on(&self, principal: PrincipalId, credential: CredentialId) -> Option<Halt> {
        let now = self.gate.env().now();
        let halts = self.gate.halts(Compartment::Installation);
        halts
            .into_iter()
            .find(|halt| halt.in_effect(now) && halt.scope.is_on(principal, credential))
    }

    /// What a caller holds; of a credential that is good for one engagement, that one.
    pub async fn own_engagements(&self, caller: &Caller) -> Result<Vec<EngagementView>, WorkError> {
        let mut views = Vec::new();
        for row in self.held(caller).await? {
            views.extend(self.view_of(row, Some(caller.credential())).await?);
        }
        if caller.bound_to().is_some() {
            // When its holder last worked elsewhere is nothing to a token that is good for one engagement.
            views.iter_mut().for_each(|view| view.walled = None);
        }
        Ok(views)
    }

    /// One engagement.
    pub async fn engagement_view(&self, id: EngagementId) -> Result<EngagementView, WorkError> {
        let row = self.gate.store().read(move |r| engagement::get(r, id)).await?;
        let row = row.ok_or(WorkError::NotFound("engagement"))?;
        self.view_of(row, None)
            .await?
            .ok_or(WorkError::NotFound("engagement"))
    }

    /// Every engagement of a project.
    pub async fn engagements_of(&self, project: ProjectId) -> Result<Vec<EngagementId>, WorkError> {
        let row = self.project_row(project).await?;
        let authority = self
            .gate
            .authority(row.lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let own = authority.engagements().filter(|e| e.project() == Some(project));
        Ok(own.map(|e| e.id).collect())
    }

    /// A project's row.
    pub async fn project_row(&self, id: ProjectId) -> Result<ProjectRow, WorkError> {
        let found = self.gate.store().read(move |r| project::get(r, id)).await?;
        self.whole_project(found).await
    }

    /// The row of a project, if it is there and as its lab's ledger and its own id say.
    pub(super) async fn whole_project(&self, found: Option<ProjectRow>) -> Result<ProjectRow, WorkError> {
        let found = found.ok_or(WorkError::NotFound("project"))?;
        if !self.belongs(found.id, found.lab).await? {
            return Err(WorkError::NotFound("project"));
        }
        self.gate.secrets().check(&found)?;
        Ok(found)
    }

    /// Whether a project is the lab's by its ledger. A row that says otherwise is not obeyed.
    pub(super) async fn belongs(&self, project: ProjectId, lab: LabId) -> Result<bool, WorkError> {
        let own = self.gate.is_of(project, lab).await?;
        if !own {
            tracing::error!(%project, %lab, "a row was not obeyed: the lab's ledger opened no such project");
        }
        Ok(own)
    }

    /// A project with its counts.
    pub async fn project_view(&self, id: ProjectId) -> Result<ProjectView, WorkError> {
        let row = self.project_row(id).await?;
        let lab = self.lab(row.lab).await?;
        let counted = row.clone();
        let counts = self
            .gate
            .store()
            .read(move |r| project::counts(r, &counted))
            .await?;
        let authority = self
            .gate
            .authority(row.lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let now = self.gate.env().now();
        let workers = authority
            .engagements()
            .filter(|e| e.project() == Some(id) && e.active(now));
        // Whoever is engaged twice is one of them: a lab has one name for each.
        let people = workers
            .filter(|e| e.role != Role::Integration)
            .map(|e| e.pseudonym);
        let people = people.collect::<std::collections::BTreeSet<_>>().len() as u64;
        let halts = self.gate.halts(row.lab.into());
        let stops = |h: &&Halt| match h.scope {
            Scope::Installation => true,
            Scope::Lab(lab) => lab == row.lab,
            Scope::Project(project) => project == id,
            _ => false,
        };
        let halted = halts.iter().filter(|h| h.in_effect(now)).find(stops).copied();
        let open = authority.project(id) == Some(cofferdam_model::authority::ProjectState::Open);
        Ok(ProjectView {
            project: row,
            lab,
            open,
            counts,
            people,
            halted,
        })
    }

    /// Every project of a lab, and whether that is all that its ledger opened; none while that is closed.
    pub async fn projects_of(&self, lab: LabId) -> Result<(Vec<ProjectRow>, bool), WorkError> {
        if self.gate.is_closed(lab.into()) {
            return Ok((Vec::new(), false));
        }
        let rows = self.gate.store().read(move |r| project::of_lab(r, lab)).await?;
        let mut own = Vec::with_capacity(rows.len());
        for row in rows {
            if self.belongs(row.id, lab).await? && self.is_whole(&row) {
                own.push(row);
            }
        }
        let opened = self.gate.authority(lab.into())?;
        let whole = own.len() >= opened.map_or(0, |ledger| ledger.projects().count());
        Ok((own, whole))
    }

    /// The labs that a caller oversees: all for operators, one's own for stewards.
    pub async fn labs_overseen(&self, caller: &Caller) -> Result<Overseen, WorkError> {
        let mut overseen = Overseen::default();
        let installation = self.gate.authority(Compartment::Installation)?;
        for lab in installation.iter().flat_map(|ledger| ledger.labs()) {
            match self.may_oversee(caller, lab).await {
                Ok(()) if self.gate.is_closed(lab.into()) => overseen.closed.push(lab),
                Ok(()) => overseen.open.push(lab),
                Err(WorkError::Integrity(_)) => overseen.closed.push(lab),
                Err(_) => {}
            }
        }
        Ok(overseen)
    }

    /// Open halts first, then past ones, newest first, of the compartments given; and the labs whose ledgers do not check. Those are
    /// left out: once that is known nothing is allowed there, and the others have to be seen.
    pub async fn halts_in(
        &self,
        compartments: Vec<Compartment>,
    ) -> Result<(Vec<HaltView>, Vec<LabId>), WorkError> {
        let (mut views, mut unread) = (Vec::new(), Vec::new());
        for compartment in compartments {
            if self.gate.is_closed(compartment) {
                unread.extend(compartment.lab());
                continue;
            }
            let entries = match self.gate.authorising(compartment).await {
                Err(GateError::Integrity(found)) => {
                    tracing::error!(%found, "its halts are not listed");
                    unread.extend(compartment.lab());
                    continue;
                }
                read => read?,
            };
            let mut own = Vec::new();
            entries
                .iter()
                .for_each(|entry| follow(&mut own, compartment, entry));
            views.extend(own);
        }
        let now = self.gate.env().now();
        views.sort_by_key(|v| v.place(now));
        Ok((views, unread))
    }

    /// A lab's entries below `before`, newest first.
    pub async fn accesses(&self, lab: LabId, before: u64, limit: u32) -> Result<Vec<AccessView>, WorkError> {
        let authority = self
            .gate
            .authority(lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let entries = self.gate.entries_before(lab.into(), before, limit).await?;
        let jobs = self.jobs_of(lab).await?;
        Ok(entries
            .into_iter()
            .map(|entry| describe(entry, &authority, &jobs))
            .collect())
    }

    /// The pseudonyms of the platform's own jobs in a lab.
    async fn jobs_of(&self, lab: LabId) -> Result<Vec<Pseudonym>, WorkError> {
        let read = move |r: &mut Reader<'_>| {
            let mut known = Vec::new();
            for name in [super::jobs::AGREEMENT, super::jobs::DELIVERY] {
                if let Some(job) = principal::job(r, name)? {
                    known.extend(principal::pseudonym(r, lab, job.id)?);
                }
            }
            Ok::<_, StoreError>(known)
        };
        Ok(self.gate.store().read(read).await?)
    }

    /// Who has seen a lab's data between two times, in buckets of so many seconds.
    pub async fn summary(
        &self,
        lab: LabId,
        window: (Timestamp, Timestamp),
        bucket_seconds: i64,
    ) -> Result<Summary, WorkError> {
        let jobs = self.jobs_of(lab).await?;
        let authority = self
            .gate
            .authority(lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let bucket = bucket_seconds.max(1) * 1_000_000;
        let start = (Summary::default(), BTreeMap::<EngagementId, SummaryActor>::new());
        let scanned = self.gate.scan(
            lab.into(),
            window.0,
            window.1,
            start,
            move |(sum, actors), entry| {
                tally(sum, actors, entry, (&authority, &jobs, bucket));
            },
        );
        let (mut summary, actors) = scanned.await?;
        summary.actors = actors.into_values().collect();
        summary
            .actors
            .sort_by_key(|a| std::cmp::Reverse(a.released.objects));
        Ok(summary)
    }
}

/// Whether it is one of the platform's own jobs: by its role, which the ledger has, and its pseudonym, which a row has.
fn is_job(engagement: &Engagement, jobs: &[Pseudonym]) -> bool {
    engagement.role == Role::Integration && jobs.contains(&engagement.pseudonym)
}

fn describe(entry: Entry, authority: &cofferdam_model::Authority, jobs: &[Pseudonym]) -> AccessView {
    let engagement = match entry.by {
        Actor::Engaged { engagement, .. } => authority.engagement(engagement).cloned(),
        _ => None,
    };
    let job = engagement.as_ref().is_some_and(|e| is_job(e, jobs));
    AccessView {
        entry,
        engagement,
        job,
    }
}

fn tally(
    sum: &mut Summary,
    actors: &mut BTreeMap<EngagementId, SummaryActor>,
    entry: &Entry,
    (authority, jobs, bucket): (&cofferdam_model::Authority, &[Pseudonym], i64),
) {
    sum.entries += 1;
    if matches!(entry.fact, Fact::Refused { .. }) {
        sum.refused_total += 1;
        if sum.refused.len() < 500 {
            sum.refused.push(describe(entry.clone(), authority, jobs));
        }
    }
    let draw = entry.fact.released();
    if draw.objects == 0 {
        return;
    }
    sum.released = sum.released.plus(draw);
    let Actor::Engaged { engagement, .. } = entry.by else {
        return;
    };
    let Some(found) = authority.engagement(engagement) else {
        return;
    };
    let actor = actors.entry(engagement).or_insert_with(|| SummaryActor {
        engagement: found.clone(),
        job: is_job(found, jobs),
        released: Draw::default(),
        last: entry.t,
        buckets: BTreeMap::new(),
    });
    actor.released = actor.released.plus(draw);
    actor.last = entry.t;
    let start = entry.t.as_micros().div_euclid(bucket) * bucket;
    *actor.buckets.entry(start).or_default() += draw.objects;
}

/// Takes one entry into a ledger's halts.
fn follow(views: &mut Vec<HaltView>, compartment: Compartment, entry: &Entry) {
    match &entry.fact {
        Fact::Halted {
            halt,
            scope,
            reason,
            until,
        } => {
            let halt = Halt {
                id: *halt,
                scope: *scope,
                reason: *reason,
                since: entry.t,
                until: *until,
                by_lab: matches!(entry.by, Actor::Engaged { .. }),
            };
            views.push(HaltView {
                halt,
                compartment,
                by: entry.by,
                resumed: None,
                checked: BTreeSet::new(),
            });
        }
        Fact::Resumed { halt, checked } => {
            if let Some(view) = views.iter_mut().find(|v| v.halt.id == *halt) {
                view.checked.clone_from(checked);
                view.resumed = Some(entry.t);
            }
        }
        _ => {}
    }
}
