//! Work for those whom a halt left without: what people can do, what projects ask for, what is offered to whom and why, and, of all
//! of them at once, who goes where. None of it grants: engaging somebody is an operator's act, here as elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError};
use cofferdam_model::halt::Surroundings;
use cofferdam_model::matching::{self, Able, Fit, MOST_MISFIT, Seeker, Wanted};
use cofferdam_model::{
    Authority, Budget, Compartment, CredentialId, Engagement, EngagementId, Halt, HaltId, Id, LabId,
    PrincipalId, ProjectId, Reach, Role, Scope, Timestamp,
};
use cofferdam_store::engagement::{self, HolderRow};
use cofferdam_store::offer::{self, AbleRow, WantedRow};
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_store::project::{self, ProjectRow};
use cofferdam_store::{Reader, StoreError};

use super::engagements::{Grant, grant};
use super::people::kept_name;
use super::{Platform, WorkError, check_name, walls};

const MOST_WORDS: usize = 30;
const MOST_WORD_BYTES: usize = 40;
/// A week has no more.
const MOST_HOURS: u32 = 168;
const MOST_SEATS: u32 = 1_000_000;

/// A project that people may be offered.
#[derive(Debug, Clone)]
struct Opening {
    project: ProjectRow,
    wanted: WantedRow,
    /// How many more it has room for.
    seats: u32,
}

/// Open work that fits somebody who is not engaged for it: what they may know of it, and why it fits.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The project, to be named to an operator.
    pub project: ProjectId,
    /// What kind of work it is.
    pub template_kind: String,
    /// What it asks for.
    pub wanted: Wanted,
    /// What the firm tells of it.
    pub notice: String,
    /// Why it fits.
    pub fit: Fit,
}

/// Where somebody goes.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Who.
    pub person: PrincipalRow,
    /// Where, and why; none: there is no place left that fits.
    pub to: Option<(ProjectRow, Fit)>,
    /// The engagement, where they were engaged.
    pub engagement: Option<EngagementId>,
}

/// What a project asks for, how many it has room for, and what is told of it.
#[derive(Debug, Clone)]
pub struct Asking {
    /// What it asks for.
    pub wanted: Wanted,
    /// How many people it has room for.
    pub seats: u32,
    /// What those are told who are not engaged for it; empty: its kind and what it asks for alone.
    pub notice: String,
}

/// Short words, all small and each once.
fn words(field: &str, given: impl IntoIterator<Item = String>) -> Result<BTreeSet<String>, WorkError> {
    let mut all = BTreeSet::new();
    for (at, word) in given.into_iter().enumerate() {
        let field = format!("{field}/{at}");
        let word = kept_name(&check_name(&field, &word)?.to_lowercase());
        if word.len() > MOST_WORD_BYTES {
            return Err(WorkError::invalid(
                field,
                format!("at most {MOST_WORD_BYTES} bytes are possible"),
            ));
        }
        all.insert(word);
    }
    match all.len() {
        0..=MOST_WORDS => Ok(all),
        _ => Err(WorkError::invalid(
            field,
            format!("at most {MOST_WORDS} are possible"),
        )),
    }
}

fn at_most(field: &str, number: u32, most: u32) -> Result<(), WorkError> {
    (number <= most)
        .then_some(())
        .ok_or_else(|| WorkError::invalid(field, format!("at most {most} are possible")))
}

struct SetAble(PrincipalId, Able);

impl AdminCommand for SetAble {
    type Output = ();
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<WorkError>> {
        let row = principal::get(scope.tx.reader(), self.0)?;
        if row.is_none_or(|row| row.kind != PrincipalKind::Person) {
            return Err(WorkError::NotFound("person").into());
        }
        let row = scope.secrets.stamped(AbleRow {
            principal: self.0,
            able: self.1,
            seal: [0; 32],
        });
        offer::put_able(scope.tx, &row)?;
        Ok(nothing())
    }
}

struct SetWanted(ProjectId, Asking);

impl AdminCommand for SetWanted {
    type Output = ();
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<WorkError>> {
        let opened = scope.authorities().any(|a| a.project(self.0).is_some());
        if !opened {
            return Err(WorkError::NotFound("project").into());
        }
        let row = scope.secrets.stamped(WantedRow {
            project: self.0,
            wanted: self.1.wanted,
            seats: self.1.seats,
            notice: self.1.notice,
            seal: [0; 32],
        });
        offer::put_wanted(scope.tx, &row)?;
        Ok(nothing())
    }
}

/// It authorises nothing, and so no ledger has it.
fn nothing() -> AdminDone<()> {
    AdminDone {
        output: (),
        facts: Vec::new(),
        consequences: Vec::new(),
    }
}

/// Engages everybody for where they go, or nobody.
struct EngageAll(Vec<(PrincipalId, LabId, ProjectId)>);

impl AdminCommand for EngageAll {
    type Output = Vec<EngagementId>;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("place"));

    fn run(
        self,
        scope: &mut AdminScope<'_, '_>,
    ) -> Result<AdminDone<Vec<EngagementId>>, GateError<WorkError>> {
        let (mut output, mut facts) = (Vec::new(), Vec::new());
        for (principal, lab, project) in self.0 {
            walls::let_in(scope, principal, lab, Role::Author)?;
            let wanted = Grant {
                principal,
                lab,
                reach: Reach::Project(project),
                role: Role::Author,
                purposes: Vec::new(),
                until: None,
                budget: Budget::PERSON,
            };
            let (id, fact) = grant(scope, wanted)?;
            output.push(id);
            facts.push((Compartment::Lab(lab), fact));
        }
        Ok(AdminDone {
            output,
            facts,
            consequences: Vec::new(),
        })
    }
}

/// Whether an engagement is one by which somebody works for pay.
fn works(e: &Engagement) -> bool {
    matches!(e.role, Role::Author | Role::Reviewer | Role::Lead)
}

fn surroundings(e: &Engagement, principal: PrincipalId) -> Surroundings {
    Surroundings {
        lab: e.lab,
        project: e.project(),
        engagement: Some(e.id),
        principal,
        credential: CredentialId::from_bytes([0; 16]),
    }
}

/// How old what is offered may be: a halt asks the offers of everybody whom it stops at once, and each board goes over all engagements.
const BOARD_MICROS: i64 = 1_000_000;

/// Everything that says who works where, at one moment.
pub(super) struct Board {
    now: Timestamp,
    held: HashMap<PrincipalId, Vec<Engagement>>,
    halts: HashMap<LabId, Vec<Halt>>,
    openings: Vec<Opening>,
    /// Of the openings: each is asked for once for everybody, and there are fewer.
    labs: BTreeSet<LabId>,
}

impl Board {
    fn halts_on<'a>(&'a self, e: &'a Engagement, who: PrincipalId) -> impl Iterator<Item = &'a Halt> + 'a {
        let at = surroundings(e, who);
        let all = self.halts.get(&e.lab).into_iter().flatten();
        all.filter(move |halt| halt.in_effect(self.now) && halt.scope.encloses(&at))
    }

    fn of(&self, who: PrincipalId) -> impl Iterator<Item = &Engagement> {
        self.held.get(&who).into_iter().flatten()
    }
}

impl Platform {
    /// Says what somebody can do.
    pub async fn set_able(
        &self,
        caller: &Caller,
        person: PrincipalId,
        able: Able,
    ) -> Result<Able, WorkError> {
        at_most("/hours", able.hours, MOST_HOURS)?;
        let able = Able {
            skills: words("/skills", able.skills)?,
            languages: words("/languages", able.languages)?,
            hours: able.hours,
        };
        self.gate
            .administer(caller, SetAble(person, able.clone()))
            .await?;
        Ok(able)
    }

    /// Says what a project asks for; from then on it is offered.
    pub async fn set_wanted(
        &self,
        caller: &Caller,
        project: ProjectId,
        asking: Asking,
    ) -> Result<Asking, WorkError> {
        at_most("/hours", asking.wanted.hours, MOST_HOURS)?;
        at_most("/seats", asking.seats, MOST_SEATS)?;
        let notice = match asking.notice.trim() {
            "" => String::new(),
            notice => check_name("/notice", notice)?,
        };
        let asking = Asking {
            wanted: Wanted {
                skills: words("/skills", asking.wanted.skills)?,
                languages: words("/languages", asking.wanted.languages)?,
                hours: asking.wanted.hours,
            },
            seats: asking.seats,
            notice,
        };
        self.gate
            .administer(caller, SetWanted(project, asking.clone()))
            .await?;
        Ok(asking)
    }

    /// What somebody can do, as was said last; for operators.
    pub async fn able(&self, person: PrincipalId) -> Result<Able, WorkError> {
        let row = self.gate.store().read(move |r| offer::able(r, person)).await?;
        row.as_ref()
            .map_or(Ok(()), |row| self.gate.secrets().check_seal(row))?;
        Ok(row.map(|row| row.able).unwrap_or_default())
    }

    async fn board(&self) -> Result<Board, WorkError> {
        let read = |r: &mut Reader<'_>| {
            Ok::<_, StoreError>((engagement::all(r)?, offer::all_wanted(r)?, project::all(r)?))
        };
        let (rows, wanted, projects) = self.gate.store().read(read).await?;
        let now = self.gate.env().now();
        let mut ledgers: HashMap<LabId, Arc<Authority>> = HashMap::new();
        for lab in self.gate.labs() {
            if let Ok(Some(ledger)) = self.gate.authority(lab.into()) {
                ledgers.insert(lab, ledger);
            }
        }
        let mut held: HashMap<PrincipalId, Vec<Engagement>> = HashMap::new();
        let opens = |row: &HolderRow, e: &Engagement| {
            e.holder == cofferdam_model::engagement::HolderCommitment::new(&row.salt, row.principal)
        };
        for row in &rows {
            let found = ledgers
                .get(&row.lab)
                .and_then(|ledger| ledger.engagement(row.engagement));
            if let Some(e) = found.filter(|e| e.active(now) && opens(row, e)) {
                held.entry(row.principal).or_default().push(e.clone());
            }
        }
        let halts = ledgers
            .keys()
            .map(|lab| (*lab, self.gate.halts((*lab).into())))
            .collect();
        let mut board = Board {
            now,
            held,
            halts,
            openings: Vec::new(),
            labs: BTreeSet::new(),
        };
        let projects = projects.into_iter().map(|row| (row.id, row)).collect();
        board.openings = self.openings(&board, &ledgers, wanted, &projects)?;
        board.labs = board.openings.iter().map(|opening| opening.project.lab).collect();
        Ok(board)
    }

    /// A board that is not older than it may be, made once for all who ask meanwhile.
    async fn recent_board(&self) -> Result<Arc<Board>, WorkError> {
        let mut kept = self.shared.board.lock().await;
        let now = self.gate.env().now();
        let recent = |board: &&Arc<Board>| (0..BOARD_MICROS).contains(&now.micros_since(board.now));
        if let Some(board) = kept.as_ref().filter(recent) {
            return Ok(Arc::clone(board));
        }
        let board = Arc::new(self.board().await?);
        *kept = Some(Arc::clone(&board));
        Ok(board)
    }

    /// Whether a halt stops all that is done in a project.
    fn stops_whole(&self, project: &ProjectRow) -> bool {
        let now = self.gate.env().now();
        let stops = |halt: &Halt| match halt.scope {
            Scope::Installation => true,
            Scope::Lab(lab) => lab == project.lab,
            Scope::Project(id) => id == project.id,
            _ => false,
        };
        let halts = self.gate.halts(project.lab.into());
        halts.iter().any(|halt| halt.in_effect(now) && stops(halt))
    }

    /// The projects that are offered now: that take work and have some.
    fn openings(
        &self,
        board: &Board,
        ledgers: &HashMap<LabId, Arc<Authority>>,
        wanted: Vec<(WantedRow, bool)>,
        projects: &HashMap<ProjectId, ProjectRow>,
    ) -> Result<Vec<Opening>, WorkError> {
        let mut taken: HashMap<ProjectId, u32> = HashMap::new();
        for e in board.held.values().flatten().filter(|e| e.role == Role::Author) {
            if let Some(project) = e.project() {
                *taken.entry(project).or_default() += 1;
            }
        }
        let mut openings = Vec::new();
        for (row, _) in wanted.into_iter().filter(|(_, has_tasks)| *has_tasks) {
            let known = projects.get(&row.project);
            let Some(project) = known.filter(|project| self.is_whole(*project)) else {
                continue;
            };
            let open = cofferdam_model::authority::ProjectState::Open;
            let ledger = ledgers.get(&project.lab);
            let takes = ledger.is_some_and(|ledger| ledger.project(project.id) == Some(open));
            if !takes {
                continue;
            }
            self.gate.secrets().check_seal(&row)?;
            let has = taken.get(&project.id).copied().unwrap_or(0);
            openings.push(Opening {
                project: project.clone(),
                seats: row.seats.saturating_sub(has),
                wanted: row,
            });
        }
        Ok(openings)
    }

    /// Which openings are none for somebody: where they work already, and where a wall stands.
    fn closed_to(&self, board: &Board, who: PrincipalId) -> impl Fn(&Opening) -> bool + use<> {
        let speaks = board.of(who).filter(|e| e.role == Role::Steward);
        let speaks: Vec<LabId> = speaks.map(|e| e.lab).collect();
        let installation = self.gate.authority(Compartment::Installation);
        let across = |lab: &LabId| match &installation {
            Ok(Some(known)) => speaks.iter().any(|own| known.walls().separate(*own, *lab)),
            Ok(None) | Err(_) => !speaks.is_empty(),
        };
        let kept = board.labs.iter().copied();
        let kept = kept.filter(|lab| across(lab) || !matches!(self.gate.kept_out(who, *lab), Ok(None)));
        let kept: BTreeSet<LabId> = kept.collect();
        let own: BTreeSet<ProjectId> = board.of(who).filter_map(Engagement::project).collect();
        move |opening| own.contains(&opening.project.id) || kept.contains(&opening.project.lab)
    }

    /// Open work that fits the caller, whom a halt or a wall stops somewhere; best first. Nothing for whoever is not stopped, or is
    /// stopped everywhere.
    pub async fn offers(&self, caller: &Caller) -> Result<Vec<Offer>, WorkError> {
        let who = caller.principal();
        let own = self.own_engagements(caller).await?;
        let now = self.gate.env().now();
        let stopped = |view: &super::EngagementView| view.halted.is_some() || view.walled.is_some();
        let displaced = own
            .iter()
            .any(|view| view.engagement.active(now) && works(&view.engagement) && stopped(view));
        let everywhere = self.halt_on(who, caller.credential()).is_some() || caller.bound_to().is_some();
        let able = self.able(who).await?;
        if !displaced || everywhere {
            return Ok(Vec::new());
        }
        let board = self.recent_board().await?;
        let mut offers: Vec<Offer> = Vec::new();
        let closed = self.closed_to(&board, who);
        let open =
            |opening: &&Opening| opening.seats > 0 && !closed(opening) && !self.stops_whole(&opening.project);
        for opening in board.openings.iter().filter(open) {
            offers.extend(opening.wanted.wanted.fits(&able).map(|fit| Offer {
                project: opening.project.id,
                template_kind: opening.project.template_kind.clone(),
                wanted: opening.wanted.wanted.clone(),
                notice: opening.wanted.notice.clone(),
                fit,
            }));
        }
        offers.sort_by_key(|offer| (offer.fit.misfit, offer.project));
        Ok(offers)
    }

    /// Finds a place for everybody whom an open halt leaves without work, in one assignment over all of them; with `engage`, engages
    /// them there.
    pub async fn place(&self, caller: &Caller, halt: HaltId, engage: bool) -> Result<Vec<Placed>, WorkError> {
        self.gate.administers(caller)?;
        let board = self.board().await?;
        let installation = self.gate.halts(Compartment::Installation);
        let mut all = board.halts.values().flatten().chain(&installation);
        let halt = *all
            .find(|known| known.id == halt)
            .ok_or(WorkError::NotFound("open halt"))?;
        if !halt.in_effect(board.now) {
            return Err(WorkError::Conflict(
                "the halt is over: whoever it stopped can go on".into(),
            ));
        }
        let read = |r: &mut Reader<'_>| offer::all_able(r);
        let mut abilities: BTreeMap<PrincipalId, Able> = BTreeMap::new();
        for row in self.gate.store().read(read).await? {
            self.gate.secrets().check_seal(&row)?;
            abilities.insert(row.principal, row.able);
        }
        let displaced = self.displaced(&board, &halt).await?;
        let projects = board.openings.iter().map(|opening| &opening.project);
        let stopped = projects.filter(|project| self.stops_whole(project));
        let stopped: BTreeSet<ProjectId> = stopped.map(|project| project.id).collect();
        let nothing = Able::default();
        let seeker = |person: &PrincipalRow| {
            let able = abilities.get(&person.id).unwrap_or(&nothing);
            let closed = self.closed_to(&board, person.id);
            let misfit = |opening: &Opening| match closed(opening) || stopped.contains(&opening.project.id) {
                true => None,
                false => opening.wanted.wanted.misfit(able),
            };
            Seeker {
                misfits: board.openings.iter().map(misfit).collect(),
                urgency: urgency(able),
            }
        };
        let seekers: Vec<Seeker> = displaced.iter().map(seeker).collect();
        let seats: Vec<u32> = board.openings.iter().map(|opening| opening.seats).collect();
        let assigned = tokio::task::spawn_blocking(move || matching::assign(&seekers, &seats)).await;
        let assigned = assigned.map_err(|error| WorkError::Failed(error.to_string()))?;
        let mut placed = Vec::with_capacity(displaced.len());
        for (person, place) in displaced.into_iter().zip(assigned.places) {
            let to = place.and_then(|place| {
                let opening = &board.openings[place];
                let able = abilities.get(&person.id).unwrap_or(&nothing);
                Some((opening.project.clone(), opening.wanted.wanted.fits(able)?))
            });
            placed.push(Placed {
                person,
                to,
                engagement: None,
            });
        }
        if engage {
            self.engage_all(caller, &mut placed).await?;
        }
        Ok(placed)
    }

    async fn engage_all(&self, caller: &Caller, placed: &mut [Placed]) -> Result<(), WorkError> {
        let mut going: Vec<&mut Placed> = placed.iter_mut().filter(|one| one.to.is_some()).collect();
        let wanted = going.iter().filter_map(|one| {
            let (project, _) = one.to.as_ref()?;
            Some((one.person.id, project.lab, project.id))
        });
        let command = EngageAll(wanted.collect());
        let ids = self.gate.administer(caller, command).await?.0;
        for (one, id) in going.iter_mut().zip(ids) {
            one.engagement = Some(id);
        }
        Ok(())
    }

    /// The people whom a halt stops in something, and who can go on with nothing else.
    async fn displaced(&self, board: &Board, halt: &Halt) -> Result<Vec<PrincipalRow>, WorkError> {
        let mut found = Vec::new();
        for (who, held) in &board.held {
            let work = held.iter().filter(|e| works(e));
            let (mut stopped, mut free) = (false, false);
            for e in work {
                let kept = self.gate.kept_out(*who, e.lab);
                stopped |= halt.scope.encloses(&surroundings(e, *who));
                free |= board.halts_on(e, *who).next().is_none() && matches!(kept, Ok(None));
            }
            if stopped && !free {
                found.push(*who);
            }
        }
        found.sort_unstable();
        let read = move |r: &mut Reader<'_>| {
            let rows = found.into_iter().map(|who| principal::get(r, who));
            rows.collect::<Result<Vec<_>, StoreError>>()
        };
        let rows = self.gate.store().read(read).await?;
        let people = rows
            .into_iter()
            .flatten()
            .filter(|row| row.kind == PrincipalKind::Person);
        Ok(people.filter(|row| self.is_whole(row)).collect())
    }
}

/// Whoever has more hours to fill comes first.
fn urgency(able: &Able) -> u8 {
    u8::try_from(able.hours / 4)
        .unwrap_or(MOST_MISFIT)
        .min(MOST_MISFIT)
}
