//! Walls between labs: what operators declare, change and lift, and what of it each lab is told.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError, Releases};
use cofferdam_model::timer::StopCause;
use cofferdam_model::wall::{Kept, Seen, Terms, Walls};
use cofferdam_model::{Compartment, CoolingOff, Fact, Id, LabId, PrincipalId, Role, Timestamp, WallId};
use cofferdam_store::timer::TimerRow;
use cofferdam_store::wall::{self, WallActRow};
use cofferdam_store::{Reader, engagement, lab};

use super::halts::stop_timers;
use super::people::same_to_the_eye;
use super::{Platform, WorkError, check_name};

/// What each lab concerned is told.
type Told = Vec<(Compartment, Fact)>;

const MOST_REASON_BYTES: usize = 2_000;

/// A wall to be declared.
#[derive(Debug, Clone)]
pub struct NewWall {
    /// What the firm calls it.
    pub name: String,
    /// Between whom.
    pub labs: Vec<LabId>,
    /// How long what was seen counts, in days.
    pub cooling_off_days: u32,
    /// Why, in the firm's words.
    pub reason: String,
}

/// What becomes of a wall.
#[derive(Debug, Clone, Default)]
pub struct Changing {
    /// Who joins the class.
    pub add: Vec<LabId>,
    /// Who leaves it.
    pub remove: Vec<LabId>,
    /// How long what was seen counts from now on, in days.
    pub cooling_off_days: Option<u32>,
    /// Why; must be said of what lets somebody in whom the wall kept out.
    pub reason: Option<String>,
}

/// A wall that stands, or stood until just now.
#[derive(Debug, Clone)]
pub struct WallView {
    /// Its id.
    pub id: WallId,
    /// What it says.
    pub terms: Terms,
    /// What was done to it and why, in order. Every act bears its name.
    pub acts: Vec<WallActRow>,
    /// When it was lifted.
    pub lifted: Option<Timestamp>,
    /// Active engagements within it that are stopped now: their holders have seen the other side, of this wall or of another.
    pub stopped: u64,
}

fn reason(given: &str) -> Result<String, WorkError> {
    let text = given.trim();
    let odd = |c: char| c.is_control() && c != '\n';
    if text.is_empty() || text.len() > MOST_REASON_BYTES || text.chars().any(odd) {
        let told = format!("1 to {MOST_REASON_BYTES} bytes of text without control characters are needed");
        return Err(WorkError::invalid("/reason", told));
    }
    Ok(text.to_owned())
}

fn cooling_off(days: u32) -> Result<CoolingOff, WorkError> {
    let told = || format!("1 to {} days are possible", CoolingOff::MOST_DAYS);
    CoolingOff::days(days).ok_or_else(|| WorkError::invalid("/cooling_off_days", told()))
}

/// A class that can stand.
fn class(field: &str, labs: &BTreeSet<LabId>) -> Result<(), WorkError> {
    let most = Terms::MOST_MEMBERS;
    if (2..=most).contains(&labs.len()) {
        return Ok(());
    }
    let told = format!("a wall stands between 2 to {most} different labs; to have none, lift it");
    Err(WorkError::invalid(field, told))
}

/// Lets somebody be engaged for a lab whom no wall keeps out of it.
pub(super) fn let_in(
    scope: &mut AdminScope<'_, '_>,
    who: PrincipalId,
    lab: LabId,
    role: Role,
) -> Result<(), GateError<WorkError>> {
    if let Some(kept) = scope.kept_out(who, lab)? {
        return Err(between(scope, &kept)?.into());
    }
    let to_speak = role == Role::Steward;
    match scope.speaks_across(who, lab, to_speak)? {
        Some(across) => Err(speaks(scope, across, to_speak)?.into()),
        None => Ok(()),
    }
}

/// Why an engagement is refused, for operators: they run the firm, and know who works for whom.
fn between(scope: &mut AdminScope<'_, '_>, kept: &Kept) -> Result<WorkError, GateError<WorkError>> {
    let (lab, wall) = called(scope, kept.seen, kept.wall)?;
    Ok(WorkError::Conflict(format!(
        "they have seen data of {lab}, which is on the other side of {wall}, until {}: engage them after that, or \
         somebody else",
        kept.until.rfc3339()
    )))
}

/// The same where they speak for one side, or are to speak for it.
fn speaks(
    scope: &mut AdminScope<'_, '_>,
    (wall, lab): (WallId, LabId),
    to_speak: bool,
) -> Result<WorkError, GateError<WorkError>> {
    let (lab, wall) = called(scope, lab, wall)?;
    let does = if to_speak { "are engaged for" } else { "speak for" };
    Ok(WorkError::Conflict(format!(
        "they {does} {lab}, which is on the other side of {wall}, and whoever speaks for a lab opens its deliveries: choose \
         somebody else, or end that first"
    )))
}

/// What a lab and a wall are called.
fn called(
    scope: &mut AdminScope<'_, '_>,
    lab: LabId,
    wall: WallId,
) -> Result<(String, String), GateError<WorkError>> {
    let lab = lab::get(scope.tx.reader(), lab)?.map_or_else(|| lab.to_string(), |row| row.name);
    let acts = wall::of(scope.tx.reader(), wall)?;
    let name = acts
        .first()
        .map_or_else(|| wall.to_string(), |act| act.name.clone());
    Ok((lab, format!("the wall `{name}` ({wall})")))
}

/// Every member's ledger must be open: each is told, and what was seen before is read in it.
fn known(scope: &AdminScope<'_, '_>, lab: LabId) -> Result<(), GateError<WorkError>> {
    let found = scope.authority(lab.into())?;
    found.map(|_| ()).ok_or_else(|| WorkError::NotFound("lab").into())
}

fn note(
    scope: &mut AdminScope<'_, '_>,
    wall: WallId,
    n: u64,
    name: String,
    reason: String,
) -> Result<(), GateError<WorkError>> {
    let row = scope.secrets.stamped(WallActRow {
        wall,
        n,
        name,
        reason,
        by: scope.by,
        at: scope.now,
        seal: [0; 32],
    });
    Ok(wall::insert(scope.tx, &row)?)
}

fn sha256(text: &str) -> [u8; 32] {
    cofferdam_custody::sha256(text.as_bytes())
}

/// Stops the timers of those whom a wall keeps out from now on; `seen` is what is recorded of whose data who has seen.
fn stop_timers_behind(
    scope: &mut AdminScope<'_, '_>,
    terms: &Terms,
    seen: &[(Compartment, Fact)],
) -> Result<Vec<(Compartment, Fact)>, GateError<WorkError>> {
    let installation = scope.authority(Compartment::Installation)?;
    let mut who = installation.map_or_else(Seen::default, |known| known.seen().clone());
    for (_, fact) in seen {
        if let Fact::DataSeen {
            principal,
            lab,
            counts_from,
        } = *fact
        {
            who.saw(principal, lab, counts_from);
        }
    }
    // Which wall it is matters to nobody here.
    let mut wall = Walls::default();
    wall.put(WallId::from_bytes([0; 16]), terms.clone());
    let now = scope.now;
    let kept_out = |row: &TimerRow| wall.keep_out(who.by(row.principal), row.lab, now).is_some();
    Ok(stop_timers(
        scope.tx,
        scope.secrets,
        now,
        StopCause::Walled,
        kept_out,
    )?)
}

/// What the members have been seen of, to be recorded behind what makes it count.
fn seen(
    scope: &mut AdminScope<'_, '_>,
    releases: Vec<Releases>,
) -> Result<Vec<(Compartment, Fact)>, GateError<WorkError>> {
    let mut all = Vec::new();
    for of_lab in releases {
        let facts = scope.seen(of_lab)?;
        all.extend(facts.into_iter().map(|fact| (Compartment::Installation, fact)));
    }
    Ok(all)
}

struct Declare {
    name: String,
    reason: String,
    labs: BTreeSet<LabId>,
    cooling_off: CoolingOff,
    releases: Vec<Releases>,
}

impl AdminCommand for Declare {
    type Output = WallId;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("declare-wall"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<WallId>, GateError<WorkError>> {
        for lab in &self.labs {
            known(scope, *lab)?;
        }
        let installation = scope.authority(Compartment::Installation)?;
        let stands = |wall| {
            installation
                .as_ref()
                .is_some_and(|known| known.wall(wall).is_some())
        };
        let acts = wall::all(scope.tx.reader())?;
        let same = |act: &&WallActRow| same_to_the_eye(&act.name, &self.name) && stands(act.wall);
        if let Some(same) = acts.iter().find(same) {
            let text = format!("there is a wall called `{}` already: {}", same.name, same.wall);
            return Err(WorkError::Conflict(text).into());
        }
        let id: WallId = scope.env.new_id()?;
        let mut members = BTreeMap::new();
        for lab in self.labs {
            members.insert(lab, scope.env.random_id()?);
        }
        let cooling_off_days = self.cooling_off;
        let tell = |(lab, wall): (&LabId, &WallId)| {
            let fact = Fact::WallStands {
                wall: *wall,
                cooling_off_days,
            };
            (Compartment::Lab(*lab), fact)
        };
        let told: Vec<_> = members.iter().map(tell).collect();
        let terms = Terms {
            cooling_off_days,
            members,
        };
        let declared = Fact::WallDeclared {
            wall: id,
            terms: terms.clone(),
            name: sha256(&self.name),
            why: sha256(&self.reason),
        };
        note(scope, id, 1, self.name, self.reason)?;
        let mut consequences = seen(scope, self.releases)?;
        consequences.extend(stop_timers_behind(scope, &terms, &consequences)?);
        let own = std::iter::once((Compartment::Installation, declared));
        Ok(AdminDone {
            output: id,
            facts: own.chain(told).collect(),
            consequences,
        })
    }
}

impl Changing {
    /// The labs of the class, and the cooling-off, once it is done; a lab that is named twice, or not where it is said to be, is an error.
    fn to(&self, terms: &Terms) -> Result<(BTreeSet<LabId>, CoolingOff), WorkError> {
        let mut labs: BTreeSet<LabId> = terms.members.keys().copied().collect();
        for lab in &self.add {
            if !labs.insert(*lab) {
                return Err(WorkError::invalid(
                    "/add",
                    format!("{lab} is within the wall already"),
                ));
            }
        }
        for lab in &self.remove {
            if self.add.contains(lab) || !labs.remove(lab) {
                return Err(WorkError::invalid(
                    "/remove",
                    format!("{lab} is not within the wall"),
                ));
            }
        }
        class(if self.remove.is_empty() { "/add" } else { "/remove" }, &labs)?;
        let days = self.cooling_off_days.map(cooling_off).transpose()?;
        Ok((labs, days.unwrap_or(terms.cooling_off_days)))
    }
}

struct Change {
    wall: WallId,
    changing: Changing,
    reason: String,
    /// Of which labs it was read who has seen their data, and that.
    read: BTreeSet<LabId>,
    releases: Vec<Releases>,
}

impl Change {
    /// What the wall says from now on, and what each lab concerned is told.
    fn next(&self, scope: &AdminScope<'_, '_>, terms: &Terms) -> Result<(Terms, Told), GateError<WorkError>> {
        let (labs, cooling_off_days) = self.changing.to(terms)?;
        let (mut members, mut told) = (BTreeMap::new(), Vec::new());
        for lab in &labs {
            known(scope, *lab)?;
            let before = terms.members.get(lab).copied();
            let wall = before.map_or_else(|| scope.env.random_id(), Ok)?;
            members.insert(*lab, wall);
            if before.is_none() || cooling_off_days != terms.cooling_off_days {
                let fact = Fact::WallStands {
                    wall,
                    cooling_off_days,
                };
                told.push((Compartment::Lab(*lab), fact));
            }
        }
        for (lab, wall) in terms.members.iter().filter(|(lab, _)| !labs.contains(lab)) {
            told.push((Compartment::Lab(*lab), Fact::WallGone { wall: *wall }));
        }
        let terms = Terms {
            cooling_off_days,
            members,
        };
        Ok((terms, told))
    }
}

impl AdminCommand for Change {
    type Output = ();
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("change-wall"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<WorkError>> {
        let before = standing(scope, self.wall)?;
        let (terms, told) = self.next(scope, &before)?;
        if terms == before {
            return Err(WorkError::Conflict("the wall says that already".into()).into());
        }
        if before.weakened_by(&terms) && self.reason.is_empty() {
            let told = "this lets somebody in whom the wall kept out: say why";
            return Err(WorkError::invalid("/reason", told).into());
        }
        if !terms.members.keys().all(|lab| self.read.contains(lab)) {
            let text = "somebody changed the same wall at the same time; try again";
            return Err(WorkError::Conflict(text.into()).into());
        }
        let acts = wall::of(scope.tx.reader(), self.wall)?;
        let name = acts.first().map_or_else(String::new, |act| act.name.clone());
        let changed = Fact::WallChanged {
            wall: self.wall,
            terms: terms.clone(),
            why: sha256(&self.reason),
        };
        note(scope, self.wall, acts.len() as u64 + 1, name, self.reason)?;
        let mut consequences = seen(scope, self.releases)?;
        consequences.extend(stop_timers_behind(scope, &terms, &consequences)?);
        let own = std::iter::once((Compartment::Installation, changed));
        Ok(AdminDone {
            output: (),
            facts: own.chain(told).collect(),
            consequences,
        })
    }
}

fn standing(scope: &AdminScope<'_, '_>, wall: WallId) -> Result<Terms, GateError<WorkError>> {
    let installation = scope.authority(Compartment::Installation)?;
    let terms = installation.and_then(|known| known.wall(wall).cloned());
    terms.ok_or_else(|| WorkError::NotFound("wall").into())
}

struct Lift {
    wall: WallId,
    reason: String,
}

impl AdminCommand for Lift {
    type Output = Timestamp;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("lift-wall"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Timestamp>, GateError<WorkError>> {
        let terms = standing(scope, self.wall)?;
        let acts = wall::of(scope.tx.reader(), self.wall)?;
        let name = acts.first().map_or_else(String::new, |act| act.name.clone());
        let lifted = Fact::WallLifted {
            wall: self.wall,
            why: sha256(&self.reason),
        };
        note(scope, self.wall, acts.len() as u64 + 1, name, self.reason)?;
        let mut facts = vec![(Compartment::Installation, lifted)];
        for (lab, wall) in terms.members {
            known(scope, lab)?;
            facts.push((Compartment::Lab(lab), Fact::WallGone { wall }));
        }
        Ok(AdminDone {
            output: scope.now,
            facts,
            consequences: Vec::new(),
        })
    }
}

impl Platform {
    async fn releases(
        &self,
        labs: &BTreeSet<LabId>,
        cooling_off: CoolingOff,
    ) -> Result<Vec<Releases>, WorkError> {
        let mut all = Vec::new();
        for lab in labs {
            all.push(self.gate.releases(*lab, cooling_off).await?);
        }
        Ok(all)
    }

    fn administers(&self, caller: &Caller) -> Result<(), WorkError> {
        Ok(self.gate.administers(caller)?)
    }

    /// Declares a wall: it stands at once, and for what was seen before, too.
    pub async fn declare_wall(&self, caller: &Caller, new: NewWall) -> Result<WallId, WorkError> {
        self.administers(caller)?;
        let (name, reason) = (check_name("/name", &new.name)?, reason(&new.reason)?);
        let labs: BTreeSet<LabId> = new.labs.into_iter().collect();
        class("/labs", &labs)?;
        let cooling_off = cooling_off(new.cooling_off_days)?;
        let releases = self.releases(&labs, cooling_off).await?;
        let declare = Declare {
            name,
            reason,
            labs,
            cooling_off,
            releases,
        };
        Ok(self.gate.administer(caller, declare).await?.0)
    }

    /// Changes what a wall says; at once, and for what was seen before, too.
    pub async fn change_wall(
        &self,
        caller: &Caller,
        wall: WallId,
        changing: Changing,
    ) -> Result<(), WorkError> {
        self.administers(caller)?;
        let given = changing.reason.as_deref().map(reason).transpose()?;
        let terms = self.standing_wall(wall)?;
        let (labs, cooling_off) = changing.to(&terms)?;
        let releases = self.releases(&labs, cooling_off).await?;
        let change = Change {
            wall,
            changing,
            reason: given.unwrap_or_default(),
            read: labs,
            releases,
        };
        self.gate.administer(caller, change).await?;
        Ok(())
    }

    /// Lifts a wall. What it said just before, and when it was lifted.
    pub async fn lift_wall(&self, caller: &Caller, wall: WallId, given: &str) -> Result<WallView, WorkError> {
        self.administers(caller)?;
        let terms = self.standing_wall(wall)?;
        let reason = reason(given)?;
        let lifted = self.gate.administer(caller, Lift { wall, reason }).await?.0;
        let acts = self.gate.store().read(move |r| wall::of(r, wall)).await?;
        Ok(WallView {
            id: wall,
            terms,
            acts,
            lifted: Some(lifted),
            stopped: 0,
        })
    }

    fn standing_wall(&self, wall: WallId) -> Result<Terms, WorkError> {
        let installation = self.gate.authority(Compartment::Installation)?;
        let terms = installation.and_then(|known| known.wall(wall).cloned());
        terms.ok_or(WorkError::NotFound("wall"))
    }

    /// A wall that stands; for operators.
    pub async fn wall(&self, id: WallId) -> Result<WallView, WorkError> {
        let found = self.walls().await?.into_iter().find(|view| view.id == id);
        found.ok_or(WorkError::NotFound("wall"))
    }

    /// The walls that stand; for operators.
    pub async fn walls(&self) -> Result<Vec<WallView>, WorkError> {
        let Some(installation) = self.gate.authority(Compartment::Installation)? else {
            return Ok(Vec::new());
        };
        let read =
            |r: &mut Reader<'_>| Ok::<_, cofferdam_store::StoreError>((wall::all(r)?, engagement::all(r)?));
        let (acts, held) = self.gate.store().read(read).await?;
        let now = self.gate.env().now();
        let mut stopped: BTreeMap<LabId, u64> = BTreeMap::new();
        for row in held.iter().filter(|row| installation.walls().concern(row.lab)) {
            let seen = installation.seen().by(row.principal);
            let kept = installation.walls().keep_out(seen, row.lab, now).is_some();
            let ledger = self.gate.authority(row.lab.into()).ok().flatten();
            let active = ledger.and_then(|known| known.engagement(row.engagement).map(|e| e.active(now)));
            *stopped.entry(row.lab).or_default() += u64::from(kept && active == Some(true));
        }
        let mut views = Vec::new();
        for (id, terms) in installation.walls().iter() {
            let acts: Vec<WallActRow> = acts.iter().filter(|act| act.wall == id).cloned().collect();
            for act in &acts {
                self.gate.secrets().check_seal(act)?;
            }
            let within = terms.members.keys().filter_map(|lab| stopped.get(lab));
            views.push(WallView {
                id,
                terms: terms.clone(),
                acts,
                lifted: None,
                stopped: within.sum(),
            });
        }
        Ok(views)
    }
}
