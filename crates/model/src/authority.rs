//! What authorises: a fold over one ledger's authorising entries, and nothing else.
//!
//! The gate asks this state, never a table that somebody could edit. Its only inputs are ledger entries in order;
//! an entry that does not fit what came before stops the fold, and with it every read of that compartment.

use std::collections::{BTreeMap, BTreeSet, btree_map};

use crate::engagement::{Engagement, EngagementState, Reach, Role};
use crate::entry::{Entry, Fact};
use crate::halt::{Halt, Scope};
use crate::id::*;
use crate::time::Timestamp;
use crate::wall::{Seen, Terms, Walls};

/// The authorising state of one compartment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    compartment: Compartment,
    projects: BTreeMap<ProjectId, ProjectState>,
    rotations: BTreeMap<ProjectId, Rotation>,
    keyholder: Option<SetKeyholder>,
    engagements: BTreeMap<EngagementId, Engagement>,
    halts: BTreeMap<HaltId, Halt>,
    recipients: Vec<String>,
    put_back: Vec<PutBack>,
    labs: BTreeSet<LabId>,
    operators: BTreeSet<PrincipalId>,
    revoked: BTreeMap<CredentialId, Timestamp>,
    addresses: BTreeMap<PrincipalId, [u8; 32]>,
    webhooks: BTreeSet<WebhookId>,
    walls: Walls,
    seen: Seen,
    folded: u64,
    last: Option<(u64, Timestamp)>,
}

/// Whether a project takes work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectState {
    /// It does.
    Open,
    /// It does no more.
    Closed,
}

/// The last time that a project's keys were to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The entry that says so. Epochs know by it which of them are older.
    pub n: u64,
    /// Its ledger time.
    pub t: Timestamp,
}

/// The keyholder that the lab runs, and by which its keys are minted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetKeyholder {
    /// The entry that last said so.
    pub n: u64,
    /// The SHA-256 of its authority's certificate: which keyholder it is.
    pub authority: [u8; 32],
    /// The key that cosigns the ledger's checkpoints (C2SP vkey).
    pub witness: String,
}

/// A time when the clock said less than the ledger. What bears a ledger time beyond [`PutBack::clock`], up to where it had caught
/// up, was done at a time that the ledger does not tell: either the clock had been ahead, or it was behind now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutBack {
    /// The entry that says so.
    pub n: u64,
    /// The ledger's time, which stood still.
    pub t: Timestamp,
    /// The least that the clock said.
    pub clock: Timestamp,
    /// The entry with which it had caught up, and its ledger time; none: it has not.
    pub caught_up: Option<(u64, Timestamp)>,
}

/// An entry that does not follow from those before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("ledger of {compartment}, entry {index}: {problem}")]
pub struct FoldError {
    /// Whose ledger.
    pub compartment: Compartment,
    /// Which entry.
    pub index: u64,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Authority {
    /// The state before the first entry: nobody may do anything.
    pub fn empty(compartment: Compartment) -> Self {
        Self {
            compartment,
            projects: BTreeMap::new(),
            rotations: BTreeMap::new(),
            keyholder: None,
            engagements: BTreeMap::new(),
            halts: BTreeMap::new(),
            recipients: Vec::new(),
            put_back: Vec::new(),
            labs: BTreeSet::new(),
            operators: BTreeSet::new(),
            revoked: BTreeMap::new(),
            addresses: BTreeMap::new(),
            webhooks: BTreeSet::new(),
            walls: Walls::default(),
            seen: Seen::default(),
            folded: 0,
            last: None,
        }
    }

    /// Whose state this is.
    pub fn compartment(&self) -> Compartment {
        self.compartment
    }

    /// How many authorising entries were folded in.
    pub fn folded(&self) -> u64 {
        self.folded
    }

    /// Takes one more entry in. Entries that authorise nothing change nothing, and may be left out. An entry that
    /// is refused leaves the state as it was.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), FoldError> {
        if !entry.fact.authorises() {
            return Ok(());
        }
        self.follows(entry)
            .and_then(|()| self.apply_fact(entry))
            .map_err(|problem| FoldError {
                compartment: self.compartment,
                index: entry.n,
                problem,
            })?;
        self.folded += 1;
        self.last = Some((entry.n, entry.t));
        Ok(())
    }

    /// Whether the entry can come next, whatever it says.
    fn follows(&self, entry: &Entry) -> Result<(), &'static str> {
        if entry.v != Entry::VERSION {
            return Err("is of a format that this version does not know");
        }
        match self.last {
            Some((n, _)) if entry.n <= n => Err("comes after an entry of the same or a higher index"),
            Some((_, t)) if entry.t < t => Err("is dated before the entry that it follows"),
            Some(_) if entry.clock.is_some_and(|clock| clock >= entry.t) => {
                Err("tells a clock that is not behind its own time")
            }
            Some(_) => Ok(()),
            None => {
                let opens = matches!(entry.fact, Fact::LabOpened { .. });
                let fits = opens == (self.compartment != Compartment::Installation);
                fits.then_some(())
                    .ok_or("cannot be the first: a lab's ledger, and no other, begins with the lab's opening")
            }
        }
    }

    fn apply_fact(&mut self, entry: &Entry) -> Result<(), &'static str> {
        match &entry.fact {
            Fact::LabOpened { lab } => self.lab_opened(*lab),
            Fact::ProjectOpened { project, .. } => {
                self.lab_only()?;
                let open = ProjectState::Open;
                put(&mut self.projects, *project, open, "opens a project twice")
            }
            Fact::ProjectClosed { project } => {
                let found = self
                    .projects
                    .get_mut(project)
                    .ok_or("closes a project that was never opened")?;
                *found = ProjectState::Closed;
                Ok(())
            }
            Fact::EpochsRotated { project } => self.rotated(*project, entry),
            Fact::KeyholderSet { authority, witness } => self.keyholder_set(entry.n, *authority, witness),
            Fact::EngagementGranted { .. } => self.grant(entry),
            Fact::EngagementEnded { engagement } => {
                let found = self.engagements.get_mut(engagement);
                let found = found.ok_or("ends an engagement never granted")?;
                *found = found.clone().end(entry.t);
                Ok(())
            }
            Fact::BudgetSet { engagement, budget } => {
                let found = self.engagements.get_mut(engagement);
                found.ok_or("sets a budget of nothing")?.budget = *budget;
                Ok(())
            }
            Fact::Halted {
                halt,
                scope,
                reason,
                until,
            } => {
                let open = Halt {
                    id: *halt,
                    scope: *scope,
                    reason: *reason,
                    since: entry.t,
                    until: *until,
                    by_lab: matches!(entry.by, crate::entry::Actor::Engaged { .. }),
                };
                put(&mut self.halts, *halt, open, "opens a halt twice")
            }
            Fact::Resumed { halt, .. } => self
                .halts
                .remove(halt)
                .map(|_| ())
                .ok_or("resumes a halt that is not open"),
            Fact::RecipientsSet { recipients } => {
                self.lab_only()?;
                self.recipients.clone_from(recipients);
                Ok(())
            }
            Fact::ClockPutBack => self.put_back(entry),
            Fact::ClockCaughtUp => self.caught_up(entry),
            Fact::OperatorGranted { principal } => self.operator(|all| all.insert(*principal)),
            Fact::OperatorEnded { principal } => self.operator(|all| all.remove(principal)),
            Fact::AddressSet { principal, row } => self.address(*principal, *row),
            Fact::WebhookSet { webhook } => self.webhook_set(*webhook),
            Fact::WebhookRemoved { webhook } => self.webhook_removed(webhook),
            Fact::CredentialRevoked { credential } => {
                self.revoked.entry(*credential).or_insert(entry.t);
                Ok(())
            }
            other => self.apply_wall(other),
        }
    }

    fn rotated(&mut self, project: ProjectId, entry: &Entry) -> Result<(), &'static str> {
        self.project(project)
            .ok_or("replaces the keys of a project that was never opened")?;
        let rotation = Rotation {
            n: entry.n,
            t: entry.t,
        };
        self.rotations.insert(project, rotation);
        Ok(())
    }

    fn keyholder_set(&mut self, n: u64, authority: [u8; 32], witness: &str) -> Result<(), &'static str> {
        self.lab_only()?;
        self.keyholder = Some(SetKeyholder {
            n,
            authority,
            witness: witness.to_owned(),
        });
        Ok(())
    }

    fn apply_wall(&mut self, fact: &Fact) -> Result<(), &'static str> {
        match fact {
            Fact::WallDeclared { wall, terms, .. } => {
                let fits = self.walls.get(*wall).is_none() && terms.can_stand();
                self.installation_only(fits, "declares a wall twice, or one that cannot stand")?;
                self.walls.put(*wall, terms.clone());
                Ok(())
            }
            Fact::WallChanged { wall, terms, .. } => {
                let fits = self.walls.get(*wall).is_some() && terms.can_stand();
                let problem = "changes a wall that does not stand, or to one that cannot";
                self.installation_only(fits, problem)?;
                self.walls.put(*wall, terms.clone());
                Ok(())
            }
            Fact::WallLifted { wall, .. } => {
                let lifted = self.walls.lift(*wall).is_some();
                self.installation_only(lifted, "lifts a wall that does not stand")
            }
            Fact::DataSeen {
                principal,
                lab,
                counts_from,
            } => {
                let known = self.labs.contains(lab);
                self.installation_only(known, "tells of data of a lab that was never opened")?;
                self.seen.saw(*principal, *lab, *counts_from);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn installation_only(&self, fits: bool, problem: &'static str) -> Result<(), &'static str> {
        if self.compartment != Compartment::Installation {
            return Err("says of a lab what is said of the installation");
        }
        fits.then_some(()).ok_or(problem)
    }

    fn caught_up(&mut self, entry: &Entry) -> Result<(), &'static str> {
        let open = self.put_back.last_mut().filter(|span| span.caught_up.is_none());
        let open = open.ok_or("catches up with a clock that was not put back")?;
        open.caught_up = Some((entry.n, entry.t));
        Ok(())
    }

    fn put_back(&mut self, entry: &Entry) -> Result<(), &'static str> {
        let clock = entry
            .clock
            .ok_or("puts the clock back, and does not say to when")?;
        match self.put_back.last_mut().filter(|span| span.caught_up.is_none()) {
            Some(open) if clock < open.clock => open.clock = clock,
            Some(_) => return Err("puts a clock back that was put back further already"),
            None => self.put_back.push(PutBack {
                n: entry.n,
                t: entry.t,
                clock,
                caught_up: None,
            }),
        }
        Ok(())
    }

    /// A lab's own ledger begins with it; the installation's tells which labs there are, so that none is missed less for
    /// being gone altogether.
    fn lab_opened(&mut self, lab: LabId) -> Result<(), &'static str> {
        let fits = match self.compartment {
            Compartment::Installation => return put_in(&mut self.labs, lab, "opens a lab twice"),
            Compartment::Lab(own) => own == lab && self.folded == 0,
        };
        fits.then_some(())
            .ok_or("opens a lab that this ledger is not the first page of")
    }

    fn lab_only(&self) -> Result<LabId, &'static str> {
        self.compartment
            .lab()
            .ok_or("says of the installation what is said of a lab")
    }

    fn operator(
        &mut self,
        change: impl FnOnce(&mut BTreeSet<PrincipalId>) -> bool,
    ) -> Result<(), &'static str> {
        if self.compartment != Compartment::Installation {
            return Err("names an operator in a lab's ledger");
        }
        change(&mut self.operators)
            .then_some(())
            .ok_or("changes no operator")
    }

    fn address(&mut self, principal: PrincipalId, row: Option<[u8; 32]>) -> Result<(), &'static str> {
        if self.compartment != Compartment::Installation {
            return Err("says in a lab's ledger where somebody is written to");
        }
        match row {
            Some(row) => _ = self.addresses.insert(principal, row),
            None => _ = self.addresses.remove(&principal),
        }
        Ok(())
    }

    fn webhook_set(&mut self, webhook: WebhookId) -> Result<(), &'static str> {
        self.lab_only()?;
        put_in(&mut self.webhooks, webhook, "sets a webhook twice")
    }

    fn webhook_removed(&mut self, webhook: &WebhookId) -> Result<(), &'static str> {
        let removed = self.webhooks.remove(webhook);
        removed.then_some(()).ok_or("removes a webhook that was not set")
    }

    fn grant(&mut self, entry: &Entry) -> Result<(), &'static str> {
        let Fact::EngagementGranted {
            engagement,
            pseudonym,
            holder,
            reach,
            role,
            purposes,
            from,
            until,
            budget,
        } = &entry.fact
        else {
            return Ok(());
        };
        let lab = self.lab_only()?;
        match reach {
            Reach::Lab if *role != Role::Steward => {
                return Err("reaches a whole lab, and is not a steward's");
            }
            Reach::Project(project) if !self.projects.contains_key(project) => {
                return Err("engages for a project that was never opened");
            }
            _ => {}
        }
        let granted = Engagement {
            id: *engagement,
            lab,
            reach: *reach,
            role: *role,
            purposes: purposes.clone(),
            pseudonym: *pseudonym,
            holder: *holder,
            from: *from,
            begun: *from <= entry.t,
            until: *until,
            budget: *budget,
            state: EngagementState::Active,
        };
        let twice = "grants an engagement twice";
        put(&mut self.engagements, *engagement, granted, twice)
    }

    /// The engagement of that id.
    pub fn engagement(&self, id: EngagementId) -> Option<&Engagement> {
        self.engagements.get(&id)
    }

    /// Every engagement, ended ones too.
    pub fn engagements(&self) -> impl Iterator<Item = &Engagement> {
        self.engagements.values()
    }

    /// How many there are of them.
    pub fn granted(&self) -> usize {
        self.engagements.len()
    }

    /// Every halt not resumed; one with a time limit may no longer be in effect.
    pub fn halts(&self) -> impl Iterator<Item = &Halt> {
        self.halts.values()
    }

    /// The open halt of that id.
    pub fn halt(&self, id: HaltId) -> Option<&Halt> {
        self.halts.get(&id)
    }

    /// The open halts on exactly this scope.
    pub fn halts_on(&self, scope: Scope) -> impl Iterator<Item = &Halt> {
        self.halts.values().filter(move |h| h.scope == scope)
    }

    /// Whether the project was opened, and takes work.
    pub fn project(&self, id: ProjectId) -> Option<ProjectState> {
        self.projects.get(&id).copied()
    }

    /// Every project opened.
    pub fn projects(&self) -> impl Iterator<Item = (ProjectId, ProjectState)> {
        self.projects.iter().map(|(id, state)| (*id, *state))
    }

    /// The last time that the project's keys were to be replaced, if they ever were.
    pub fn rotation(&self, id: ProjectId) -> Option<Rotation> {
        self.rotations.get(&id).copied()
    }

    /// The last such time of every project of which there is one.
    pub fn rotations(&self) -> impl Iterator<Item = (ProjectId, Rotation)> {
        self.rotations.iter().map(|(id, rotation)| (*id, *rotation))
    }

    /// The keyholder of the lab's own by which its keys are minted; none: the platform's.
    pub fn keyholder(&self) -> Option<&SetKeyholder> {
        self.keyholder.as_ref()
    }

    /// Every time when the clock said less than the ledger, in order.
    pub fn clock_put_back(&self) -> &[PutBack] {
        &self.put_back
    }

    /// The time when the clock says less than the ledger, if that is now.
    pub fn clock_behind(&self) -> Option<&PutBack> {
        self.put_back.last().filter(|span| span.caught_up.is_none())
    }

    /// Whom deliveries are encrypted to: age recipients.
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// The labs that the installation's ledger opened.
    pub fn labs(&self) -> impl Iterator<Item = LabId> {
        self.labs.iter().copied()
    }

    /// The walls that stand; of the installation.
    pub fn walls(&self) -> &Walls {
        &self.walls
    }

    /// What a wall says that stands.
    pub fn wall(&self, wall: WallId) -> Option<&Terms> {
        self.walls.get(wall)
    }

    /// Who has seen whose data, of labs within walls; of the installation.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Whether the principal administers the installation.
    pub fn is_operator(&self, principal: PrincipalId) -> bool {
        self.operators.contains(&principal)
    }

    /// Who administers the installation.
    pub fn operators(&self) -> impl Iterator<Item = PrincipalId> {
        self.operators.iter().copied()
    }

    /// The seal of the row that says where a person is written to, if they are.
    pub fn address_of(&self, principal: PrincipalId) -> Option<&[u8; 32]> {
        self.addresses.get(&principal)
    }

    /// The same of everybody.
    pub fn addresses(&self) -> impl Iterator<Item = (PrincipalId, [u8; 32])> {
        self.addresses.iter().map(|(id, row)| (*id, *row))
    }

    /// The webhooks that are told what happens to the lab.
    pub fn webhooks(&self) -> impl Iterator<Item = WebhookId> {
        self.webhooks.iter().copied()
    }

    /// Whether that webhook is one of them.
    pub fn is_webhook(&self, webhook: WebhookId) -> bool {
        self.webhooks.contains(&webhook)
    }

    /// Whether the credential was revoked.
    pub fn is_revoked(&self, credential: CredentialId) -> bool {
        self.revoked.contains_key(&credential)
    }

    /// When the credential was revoked, if it was.
    pub fn revoked(&self, credential: CredentialId) -> Option<Timestamp> {
        self.revoked.get(&credential).copied()
    }
}

/// Takes in what must not be there yet.
fn put_in<K: Ord>(all: &mut BTreeSet<K>, key: K, problem: &'static str) -> Result<(), &'static str> {
    all.insert(key).then_some(()).ok_or(problem)
}

/// Inserts what must not be there yet.
fn put<K: Ord, V>(
    all: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    problem: &'static str,
) -> Result<(), &'static str> {
    match all.entry(key) {
        btree_map::Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        btree_map::Entry::Occupied(_) => Err(problem),
    }
}
