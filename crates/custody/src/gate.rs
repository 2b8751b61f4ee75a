//! The first door: one act, in one transaction with its record.

use std::sync::{Arc, Mutex};

use cofferdam_model::env::Env;
use cofferdam_model::{
    Act, Actor, Compartment, Decision, Draw, Engagement, EngagementId, Fact, Halt, LabId, ObjectId,
    ObjectRef, PrincipalId, ProjectId, Refusal, Scope as On, Timestamp,
};
use cofferdam_seal::keyholder::{Keyholder, LabKeyholders, LeaseReason};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::object::SealedRow;
use cofferdam_store::{News, Options, Store, StoreError, Tx, ledger, object};
use tokio::sync::watch;

use crate::admin::stranger;
use crate::auth::Caller;
use crate::chores::Chores;
use crate::error::{GateError, Integrity, OpenError};
use crate::following::Following;
use crate::keys::{About, Held, KeyError, Keys};
use crate::known::State;
use crate::listening::{Heard, Holdings};
use crate::once::{Again, Turn};
use crate::reading::Readings;
use crate::record::{self, Appended, Receipt};
use crate::rotation::Rotated;
use crate::secrets::Secrets;
use crate::state::Ask;
use crate::vault::{self, ObjectKind, Place, Plaintext, Sealed};
use crate::walls;
use crate::witnessed::Witnesses;

/// What a gate stands on.
pub struct Setup {
    /// Where the data is.
    pub store: Options,
    /// The installation's own secrets.
    pub secrets: Secrets,
    /// Who mints and leases keys of labs that run no keyholder of their own.
    pub keyholder: Arc<dyn Keyholder>,
    /// The keyholders of those that do, as this node is enrolled with them.
    pub lab_keyholders: Arc<dyn LabKeyholders>,
    /// The time and randomness.
    pub env: Env,
    /// This node's name, told to the keyholder.
    pub node: String,
}

/// The gate; cheap to clone.
#[derive(Clone)]
pub struct Gate {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) env: Env,
    pub(crate) keys: Keys,
    pub(crate) known: Credentials,
    pub(crate) state: Arc<State>,
    pub(crate) changed: watch::Sender<u64>,
    pub(crate) readings: Readings,
    pub(crate) holdings: Holdings,
    pub(crate) chores: Chores,
    pub(crate) rotated: Rotated,
    pub(crate) heard: Heard,
    pub(crate) following: Following,
    /// Held while trees grow and their heads are kept: one at a time.
    pub(crate) integrating: tokio::sync::Mutex<()>,
}

pub(crate) type Credentials =
    Mutex<std::collections::HashMap<[u8; 32], cofferdam_store::credential::CredentialRow>>;

/// An act under an engagement.
///
/// `run` changes rows and says what is to be recorded. The objects that its facts release, in the order in which
/// the facts name them, are what the caller gets unsealed: a command cannot release what it does not record.
pub trait Command: Send + 'static {
    /// What it answers besides plaintext.
    type Output: Send + 'static;
    /// Its own reasons not to.
    type Error: Send + 'static;
    /// Which act it is, for the one question.
    fn act(&self) -> Act;
    /// To which project, when it is not the engagement's only one. For an act that may span projects, none means
    /// the lab as a whole.
    fn project(&self) -> Option<ProjectId> {
        None
    }
    /// How its output is kept for a request that is repeated; none: it is not.
    const AGAIN: Option<Again<Self::Output>> = None;
    /// Why a key would be leased.
    fn reason(&self) -> LeaseReason {
        LeaseReason::Work
    }
    /// Does it, on the writer's thread: it must ask `scope` for what the gate knows, never the gate.
    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<Self::Error>>;
}

/// What a command works with.
pub struct Scope<'a, 't> {
    /// The transaction.
    pub tx: &'a mut Tx<'t>,
    /// The engagement under which it runs, admitted.
    pub engagement: &'a Engagement,
    /// Who holds it.
    pub principal: PrincipalId,
    /// The time.
    pub now: Timestamp,
    /// Time and randomness.
    pub env: &'a Env,
    /// The installation's own secrets.
    pub secrets: &'a Secrets,
    pub(crate) state: &'a State,
    pub(crate) elsewhere: Vec<(Compartment, Fact)>,
}

impl Scope<'_, '_> {
    /// Has a consequence recorded in another compartment's ledger, as the platform's doing: it says nothing of this one, and
    /// releases nothing. `false` where that ledger is closed: then nothing of it may be done either.
    #[must_use]
    pub fn record_elsewhere(&mut self, compartment: Compartment, fact: Fact) -> bool {
        let open = matches!(self.state.authority(compartment), Ok(Some(_)));
        let quiet = fact.objects().is_empty();
        if open && quiet {
            self.elsewhere.push((compartment, fact));
        }
        open && quiet
    }

    /// Keeps a sealed object.
    pub fn put(&mut self, sealed: &Sealed) -> Result<(), StoreError> {
        let row = sealed.row();
        let own =
            row.compartment == Compartment::Lab(self.engagement.lab) && self.engagement.reaches(row.project);
        if !own {
            let problem = "an object sealed for another place was not kept".into();
            return Err(StoreError::Corrupt {
                table: "object",
                problem,
            });
        }
        object::insert(self.tx, row)
    }

    /// In which other labs the caller's principal is engaged now: one engagement of each, with its holder's row. None of a lab whose ledger
    /// is closed: nothing can be told to it.
    pub fn engaged_elsewhere<E>(&mut self) -> Result<Vec<HolderRow>, GateError<E>> {
        let mut found: Vec<HolderRow> = Vec::new();
        for held in cofferdam_store::engagement::of_principal(self.tx.reader(), self.principal)? {
            let known = held.lab == self.engagement.lab || found.iter().any(|other| other.lab == held.lab);
            let open = matches!(self.state.authority(Compartment::Lab(held.lab)), Ok(Some(_)));
            if known || !open {
                continue;
            }
            let holder = self.state.holder(self.tx.reader(), held.engagement)?;
            let active = |row: &HolderRow| self.state.engagement(row).is_some_and(|e| e.active(self.now));
            found.extend(holder.filter(active));
        }
        Ok(found)
    }

    /// The salt of the caller's own holder commitment.
    pub fn salt<E>(&mut self) -> Result<[u8; 32], GateError<E>> {
        let holder = self.state.holder(self.tx.reader(), self.engagement.id)?;
        let holder = holder.ok_or_else(|| Integrity::of("an engagement", "it has no holder"))?;
        Ok(holder.salt)
    }

    /// The halts that were not resumed, those of the installation too.
    pub fn halts(&self) -> Vec<cofferdam_model::Halt> {
        self.state.halts(Compartment::Lab(self.engagement.lab))
    }

    /// What authorises in the installation's own ledger; none: that does not check.
    pub fn installation(&self) -> Option<Arc<cofferdam_model::Authority>> {
        self.state.authority(Compartment::Installation).ok().flatten()
    }

    /// What authorises in this lab.
    pub fn authority(&self) -> Result<Arc<cofferdam_model::Authority>, Integrity> {
        let lab = Compartment::Lab(self.engagement.lab);
        let found = self.state.authority(lab)?;
        found.ok_or_else(|| Integrity::of(format!("the ledger of {lab}"), "it was never begun"))
    }
}

/// What a command did.
pub struct Done<T> {
    /// What it answers.
    pub output: T,
    /// What is to be recorded as the caller's doing.
    pub facts: Vec<Fact>,
    /// What is to be recorded as a consequence: the platform's doing. What [makes room](Fact::makes_room) for the caller's is recorded
    /// before it, the rest behind it.
    pub consequences: Vec<Fact>,
}

impl<T> Done<T> {
    /// One fact, no consequences.
    pub fn one(output: T, fact: Fact) -> Self {
        Self {
            output,
            facts: vec![fact],
            consequences: Vec::new(),
        }
    }

    /// Nothing to record: an act that releases nothing and changes nothing that is kept for others.
    pub fn quiet(output: T) -> Self {
        Self {
            output,
            facts: Vec::new(),
            consequences: Vec::new(),
        }
    }
}

/// What came through the gate.
#[derive(Debug)]
pub struct Released<T> {
    /// What the command answers.
    pub output: T,
    /// That it is recorded: none when there was nothing to record.
    pub receipt: Option<Receipt>,
    /// The objects its facts released, in their order.
    pub plaintexts: Vec<Plaintext>,
}

pub(crate) struct Ran<T> {
    output: T,
    appended: Vec<Appended>,
    sealed: Vec<SealedRow>,
    compartment: Compartment,
    /// What was asked for, its draw left out: that is on the ledger.
    asked: Ask,
    holder: HolderRow,
}

impl<T> Ran<T> {
    /// What was done and recorded before.
    fn before(output: T, asked: Ask, holder: HolderRow) -> Self {
        Self {
            output,
            appended: Vec::new(),
            sealed: Vec::new(),
            compartment: Compartment::Lab(holder.lab),
            asked,
            holder,
        }
    }
}

pub(crate) enum Outcome<T> {
    Ran(T),
    Refused(Refusal),
}

/// Called when what is known may be so no more.
type Told = Box<dyn Fn(News) + Send>;

impl Gate {
    /// Opens the store, made if it is new, and folds every ledger.
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        Self::open_with(setup, Store::open).await
    }

    /// The same for an installation that was made: an empty database is not its own, and stays as it is.
    pub async fn open_made(setup: Setup) -> Result<Self, OpenError> {
        Self::open_with(setup, Store::open_made).await
    }

    async fn open_with(
        setup: Setup,
        open: impl FnOnce(&Options, Told) -> Result<Store, StoreError>,
    ) -> Result<Self, OpenError> {
        let state = Arc::new(State::default());
        let told = {
            let state = Arc::clone(&state);
            Box::new(move |news| match news {
                News::Undone => state.forget(),
                News::Others => state.lag(),
                News::Committed => state.committed(),
            })
        };
        let store = open(&setup.store, told)?;
        let secrets = Arc::new(setup.secrets);
        let keys = Keys {
            keyholder: setup.keyholder,
            labs: Witnesses::new(
                setup.lab_keyholders,
                store.clone(),
                Arc::clone(&secrets),
                setup.env.clone(),
            ),
            store: store.clone(),
            secrets: Arc::clone(&secrets),
            env: setup.env.clone(),
            node: setup.node,
            held: Held::default(),
        };
        let inner = Inner {
            following: Following::new(store.is_shared()),
            store,
            secrets,
            env: setup.env,
            keys,
            known: Mutex::default(),
            state,
            changed: watch::Sender::new(0),
            readings: Readings::default(),
            holdings: Holdings::default(),
            chores: Chores::default(),
            rotated: Rotated::default(),
            heard: Heard::default(),
            integrating: tokio::sync::Mutex::default(),
        };
        let gate = Self {
            inner: Arc::new(inner),
        };
        gate.load().await?;
        Ok(gate)
    }

    async fn load(&self) -> Result<(), OpenError> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .write(move |tx| {
                if record::is_foreign(tx.reader(), &inner.secrets, Compartment::Installation)? {
                    return Err(OpenError::OtherInstallation);
                }
                // The file beside the database may be gone: that head was signed too.
                let head = ledger::head(tx.reader(), Compartment::Installation)?;
                let signed = head.and_then(|head| head.checkpoint);
                signed.map_or(Ok(()), |text| inner.secrets.check_origin(text.as_bytes()))?;
                inner.state().forget();
                Ok(inner.refresh(tx.reader())?)
            })
            .await
    }

    /// The store, for rows that hold no plaintext.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The time and randomness.
    pub fn env(&self) -> &Env {
        &self.inner.env
    }

    /// The installation's own secrets: blinding, origins, signatures.
    pub fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    /// Changes whenever a halt or an engagement begins or ends, a credential is revoked, or a ledger is closed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// The engagement and its holder, checked against the ledger. Says nothing about what is allowed.
    pub async fn engagement(
        &self,
        id: EngagementId,
    ) -> Result<Option<(Engagement, HolderRow)>, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        let found = self.known_engagement(id).await?;
        if found.is_some() || !self.inner.store.is_shared() {
            return Ok(found);
        }
        self.inner.hear_now().await?;
        self.known_engagement(id).await
    }

    async fn known_engagement(
        &self,
        id: EngagementId,
    ) -> Result<Option<(Engagement, HolderRow)>, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .read(move |reader| {
                let state = inner.state();
                let holder = state.holder(reader, id)?;
                Ok(holder.and_then(|h| state.engagement(&h).map(|e| (e, h))))
            })
            .await
    }

    /// What authorises in a compartment, as it is now.
    pub fn authority(
        &self,
        compartment: Compartment,
    ) -> Result<Option<Arc<cofferdam_model::Authority>>, Integrity> {
        self.inner.state().authority(compartment)
    }

    /// Whether what this node knows is up to date. Just after a write was undone it is not, and is read anew; nor is it while nothing
    /// is heard of other nodes.
    pub fn is_settled(&self) -> bool {
        !self.inner.state().is_stale() && !self.inner.state().is_adrift()
    }

    /// The open halts that concern a compartment: its own and the installation's.
    pub fn halts(&self, compartment: Compartment) -> Vec<cofferdam_model::Halt> {
        self.inner.state().halts(compartment)
    }

    /// Whether a ledger calls a credential so where it is under no engagement, as an operator's.
    pub fn is_called(
        &self,
        credential: cofferdam_model::CredentialId,
        ledger: Compartment,
        tag: cofferdam_model::CredentialTag,
    ) -> bool {
        self.inner.secrets.credential_tag(ledger, credential) == tag
    }

    /// The lab in whose ledger a project was opened: the ledger says whose a project is, and no row.
    pub async fn lab_of(&self, project: ProjectId) -> Result<Option<LabId>, StoreError> {
        self.inner.settle().await?;
        let known = self.inner.state().lab_of(project);
        if known.is_none() {
            self.inner.hear_now().await?;
        }
        Ok(self.inner.state().lab_of(project))
    }

    /// Whether a project was opened in a lab's ledger; an error when that ledger is closed.
    pub async fn is_of(
        &self,
        project: ProjectId,
        lab: LabId,
    ) -> Result<bool, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        let state = self.inner.state();
        let known = || {
            Ok::<_, Integrity>(
                state
                    .authority(lab.into())?
                    .is_some_and(|a| a.project(project).is_some()),
            )
        };
        if !known()? {
            self.inner.hear_now().await?;
        }
        Ok(known()?)
    }

    /// Whether a caller might do this now. Releases nothing and records nothing: for what holds no plaintext.
    pub async fn allows(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        act: Act,
        project: Option<ProjectId>,
    ) -> Result<Result<Engagement, Refusal>, GateError<std::convert::Infallible>> {
        let ask = |now| Ask {
            engagement,
            act,
            project,
            draw: Draw::default(),
            now,
        };
        let mut found = self.engagement(engagement).await?;
        let mut decided = self.decided(caller, &ask(self.inner.env.now()), found.as_ref())?;
        if matches!(decided, Decision::Deny(_)) && self.inner.store.is_shared() {
            // What another node resumed or granted just now is not refused.
            self.inner.hear_now().await?;
            found = self.known_engagement(engagement).await?;
            decided = self.decided(caller, &ask(self.inner.env.now()), found.as_ref())?;
        }
        Ok(match (decided, found) {
            (Decision::Allow, Some((engagement, _))) => Ok(engagement),
            (Decision::Deny(refusal), _) => Err(refusal),
            (Decision::Allow, None) => Err(Refusal::NotEngaged),
        })
    }

    fn decided(
        &self,
        caller: &Caller,
        ask: &Ask,
        found: Option<&(Engagement, HolderRow)>,
    ) -> Result<Decision, GateError<std::convert::Infallible>> {
        let holder = found.map(|(_, holder)| holder);
        let decided = self.inner.state().decide(&caller.0, ask, holder)?;
        self.inner.state().proves(caller, ask.now)?;
        Ok(decided)
    }

    /// Seals what is about to be stored. Opens nothing and needs no engagement: what is sealed here can be read
    /// only through the gate.
    pub async fn seal(
        &self,
        lab: LabId,
        project: ProjectId,
        kind: ObjectKind,
        object: ObjectId,
        version: u32,
        plaintext: &[u8],
    ) -> Result<Sealed, GateError<std::convert::Infallible>> {
        let mut sealed = self
            .seal_all(lab, project, kind, vec![(object, version, plaintext)])
            .await?;
        sealed
            .pop()
            .ok_or_else(|| Integrity::of("a sealed object", "there is none").into())
    }

    /// Seals many objects of one project under one lease.
    pub async fn seal_all(
        &self,
        lab: LabId,
        project: ProjectId,
        kind: ObjectKind,
        objects: Vec<(ObjectId, u32, &[u8])>,
    ) -> Result<Vec<Sealed>, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        let about = self.inner.about(lab, project, objects.len() as u64)?;
        let (epoch, sealing) = self.inner.keys.writing(about).await.map_err(from_key)?;
        let key = sealing
            .key(self.inner.env.now().as_micros())
            .map_err(|e| GateError::NoKey(e.to_string()))?;
        let seal = |(object, version, plaintext): (ObjectId, u32, &[u8])| {
            let place = Place {
                lab,
                project,
                kind,
                object,
                version,
            };
            vault::seal(&self.inner.secrets, key, epoch, place, plaintext).map_err(GateError::NoKey)
        };
        objects.into_iter().map(seal).collect()
    }

    /// Does one act: admits, runs, records and commits in one transaction; then, and only then, unseals. A halt that
    /// comes between the record and the release stops the release; the record stands.
    pub async fn transact<C: Command>(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        command: C,
    ) -> Result<Released<C::Output>, GateError<C::Error>>
    where
        GateError<C::Error>: From<StoreError> + Send,
    {
        let inner = Arc::clone(&self.inner);
        let caller = *caller;
        let reason = command.reason();
        let turn = Turn::of(C::AGAIN);
        let run = move |state: &State, tx: &mut Tx<'_>| {
            run(&inner, state, tx, &caller, engagement, command, turn.as_ref())
        };
        match self.inner.write(run).await? {
            Outcome::Refused(refusal) => Err(GateError::Refused(refusal)),
            Outcome::Ran(ran) => self.release(ran, &caller, reason).await,
        }
    }

    async fn release<T, E>(
        &self,
        ran: Ran<T>,
        caller: &Caller,
        reason: LeaseReason,
    ) -> Result<Released<T>, GateError<E>> {
        // Of what the caller did, which what made room for it may stand before.
        let own = ran.appended.iter().find(|a| a.entry.by != Actor::Platform);
        let first = own.or(ran.appended.first());
        let receipt = first.map(|first| Receipt::durable(ran.compartment, first));
        let mut plaintexts = Vec::with_capacity(ran.sealed.len());
        for row in &ran.sealed {
            let Some(receipt) = &receipt else {
                return Err(Integrity::of("a release", "it has no record").into());
            };
            plaintexts.push(self.inner.unseal(receipt, row, reason).await?);
        }
        if !plaintexts.is_empty() {
            self.inner.settle().await?;
            let now = self.inner.env.now();
            let ask = Ask { now, ..ran.asked };
            self.inner.state().proves(caller, now)?;
            let decided = self.inner.state().decide(&caller.0, &ask, Some(&ran.holder))?;
            if let Decision::Deny(refusal) = decided {
                return Err(GateError::Refused(refusal));
            }
        }
        Ok(Released {
            output: ran.output,
            receipt,
            plaintexts,
        })
    }
}

impl Inner {
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// What is sealed of a project now, as the lab's ledger has it.
    pub(crate) fn about(&self, lab: LabId, project: ProjectId, objects: u64) -> Result<About, Integrity> {
        let authority = self.state.authority(Compartment::Lab(lab))?;
        let called = authority
            .as_ref()
            .and_then(|authority| authority.rotation(project));
        let keyholder = authority.as_ref().and_then(|authority| authority.keyholder());
        Ok(About {
            lab,
            project,
            objects,
            rotation: called.map_or(0, |called| called.n),
            keyholder: keyholder.map(|keyholder| keyholder.authority),
        })
    }

    /// Runs `work` in a transaction, with a state that is up to date. When it fails, the state forgets with it.
    pub(crate) async fn write<T, E>(
        self: &Arc<Self>,
        work: impl FnOnce(&State, &mut Tx<'_>) -> Result<T, GateError<E>> + Send + 'static,
    ) -> Result<T, GateError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let inner = Arc::clone(self);
        let write = move |tx: &mut Tx<'_>| {
            inner.refresh(tx.reader())?;
            inner.state().attempt(|state| work(state, tx))
        };
        self.store.write(write).await
    }

    /// Folds anew if something was undone since the last time, and waits where too long was heard nothing of other nodes.
    pub(crate) async fn settle(self: &Arc<Self>) -> Result<(), StoreError> {
        if self.state().is_stale() {
            let inner = Arc::clone(self);
            let refresh = move |tx: &mut Tx<'_>| inner.refresh(tx.reader());
            self.store.write(refresh).await?;
        }
        self.abreast().await
    }

    pub(crate) async fn unseal<E>(
        &self,
        receipt: &Receipt,
        row: &SealedRow,
        reason: LeaseReason,
    ) -> Result<Plaintext, GateError<E>> {
        let lease = self.keys.lease(row.epoch, reason).await.map_err(from_key)?;
        let key = lease
            .key(self.env.now().as_micros())
            .map_err(|e| GateError::NoKey(e.to_string()))?;
        Ok(vault::open(receipt, &self.secrets, key, row)?)
    }

    /// Tells streams and listeners when an entry changes what is allowed.
    pub(crate) fn announce<'a>(&self, facts: impl Iterator<Item = &'a Fact>) {
        let mut facts = facts;
        let matters = |f: &Fact| {
            matches!(
                f,
                Fact::Halted { .. }
                    | Fact::Resumed { .. }
                    | Fact::EngagementGranted { .. }
                    | Fact::EngagementEnded { .. }
                    | Fact::CredentialRevoked { .. }
                    | Fact::WallDeclared { .. }
                    | Fact::WallChanged { .. }
                    | Fact::WallLifted { .. }
            )
        };
        if facts.any(matters) {
            self.cut_streams();
        }
    }

    /// Ends the streams that may not go on, and tells listeners.
    pub(crate) fn cut_streams(&self) {
        self.readings.cut(self.state(), self.env.now());
        self.changed.send_modify(|n| *n += 1);
    }
}

pub(crate) fn from_key<E>(error: KeyError) -> GateError<E> {
    match error {
        KeyError::Store(e) => GateError::Store(e),
        KeyError::Integrity(e) => GateError::Integrity(e),
        error @ (KeyError::Keyholder(_) | KeyError::Refused(_) | KeyError::Gone(_)) => {
            GateError::NoKey(error.to_string())
        }
        KeyError::NoEntropy(e) => GateError::NoEntropy(e),
    }
}

/// Admits; the holder and the lab when the answer is yes, and the refusal, recorded, when it is no.
pub(crate) fn admit_recorded<E>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    ask: &Ask,
) -> Result<Result<HolderRow, Refusal>, GateError<E>> {
    let holder = state.holder(tx.reader(), ask.engagement)?;
    match state.decide(&caller.0, ask, holder.as_ref())? {
        Decision::Allow => holder
            .map(Ok)
            .ok_or_else(|| Integrity::of("an engagement", "it has no holder").into()),
        Decision::Deny(refusal) => {
            record_refusal(inner, state, tx, caller, ask, holder.as_ref(), refusal)?;
            Ok(Err(refusal))
        }
    }
}

fn record_refusal<E>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    ask: &Ask,
    holder: Option<&HolderRow>,
    refusal: Refusal,
) -> Result<(), GateError<E>> {
    let own = holder.filter(|h| h.principal == caller.0.principal);
    let (compartment, actor) = match own.and_then(|h| state.actor(&caller.0, h).map(|a| (h, a))) {
        Some((h, actor)) => (Compartment::Lab(h.lab), actor),
        None => (Compartment::Installation, stranger(&inner.secrets, caller)),
    };
    // Only a project of this lab may be named in its ledger: what others there are is not its business.
    let known = |id: &ProjectId| state.authority(compartment).ok().flatten()?.project(*id);
    let project = ask.project.filter(|id| own.is_some() && known(id).is_some());
    let halt_in = |ledger, id| state.authority(ledger).ok().flatten()?.halt(id).copied();
    let named = |id| {
        let everywhere: Option<Halt> = halt_in(Compartment::Installation, id);
        everywhere.is_some_and(|halt| halt.scope == On::Installation) || halt_in(compartment, id).is_some()
    };
    let fact = Fact::Refused {
        act: ask.act,
        why: refusal.recorded(named),
        project,
    };
    record::append(tx, &inner.secrets, state, compartment, actor, fact, ask.now)?;
    Ok(())
}

fn run<C: Command>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    engagement: EngagementId,
    command: C,
    turn: Option<&Turn<C::Output>>,
) -> Result<Outcome<Ran<C::Output>>, GateError<C::Error>> {
    let now = inner.env.now();
    let mut ask = Ask {
        engagement,
        act: command.act(),
        project: command.project(),
        draw: Draw::default(),
        now,
    };
    state.proves(caller, now)?;
    let holder = match admit_recorded(inner, state, tx, caller, &ask)? {
        Ok(holder) => holder,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    if let Some(output) = turn
        .map(|turn| turn.before(tx.reader(), &inner.secrets))
        .transpose()?
        .flatten()
    {
        return Ok(Outcome::Ran(Ran::before(output, ask, holder)));
    }
    let ran = tx.attempt(|tx| admitted(inner, state, tx, caller, &mut ask, &holder, command));
    match ran {
        Ok(ran) => {
            turn.map_or(Ok(()), |turn| turn.keep(tx, &inner.secrets, &ran.output, now))?;
            inner.announce(ran.appended.iter().map(|a| &a.entry.fact));
            Ok(Outcome::Ran(ran))
        }
        Err(GateError::Refused(refusal)) => {
            record_refusal(inner, state, tx, caller, &ask, Some(&holder), refusal)?;
            Ok(Outcome::Refused(refusal))
        }
        Err(other) => Err(other),
    }
}

fn admitted<C: Command>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    ask: &mut Ask,
    holder: &HolderRow,
    command: C,
) -> Result<Ran<C::Output>, GateError<C::Error>> {
    let missing = || Integrity::of(format!("engagement {}", ask.engagement), "it has no ledger entry");
    let granted = state.engagement(holder).ok_or_else(missing)?;
    let actor = state.actor(&caller.0, holder).ok_or_else(missing)?;
    let mut scope = Scope {
        tx,
        engagement: &granted,
        principal: holder.principal,
        now: ask.now,
        env: &inner.env,
        secrets: &inner.secrets,
        state,
        elsewhere: Vec::new(),
    };
    let done = command.run(&mut scope)?;
    let elsewhere = scope.elsewhere;
    let released: Vec<ObjectRef> = done.facts.iter().flat_map(Fact::objects).copied().collect();
    ask.draw = cofferdam_model::entry::draw_of(&released);
    if let Decision::Deny(refusal) = state.decide(&caller.0, ask, Some(holder))? {
        return Err(GateError::Refused(refusal));
    }
    let project = ask.project_under(&granted);
    let sealed = load(
        tx,
        &released,
        granted.lab,
        project.filter(|_| ask.act.stopped_by_halts()),
    )?;
    let compartment = Compartment::Lab(granted.lab);
    let mut appended = Vec::with_capacity(done.facts.len() + done.consequences.len());
    let (room, after): (Vec<Fact>, Vec<Fact>) = done.consequences.into_iter().partition(Fact::makes_room);
    let platform = |fact| (Actor::Platform, fact);
    let own = done.facts.into_iter().map(|fact| (actor, fact));
    let before = room.into_iter().map(platform);
    for (by, fact) in before.chain(own).chain(after.into_iter().map(platform)) {
        let entry = record::append(tx, &inner.secrets, state, compartment, by, fact, ask.now)?;
        appended.push(entry);
    }
    let released = appended
        .iter()
        .filter(|a| a.entry.fact.released() != Draw::default());
    if let Some(t) = released.map(|a| a.entry.t).max() {
        walls::note_seen(inner, state, tx, holder, t)?;
    }
    // Not among what this act's receipt is of.
    for (compartment, fact) in elsewhere {
        record::append(
            tx,
            &inner.secrets,
            state,
            compartment,
            Actor::Platform,
            fact,
            ask.now,
        )?;
    }
    Ok(Ran {
        output: done.output,
        appended,
        sealed,
        compartment,
        asked: Ask {
            draw: Draw::default(),
            ..*ask
        },
        holder: *holder,
    })
}

/// Loads what is to be released; all of it must be of the project that was asked for. Where `project` is none the
/// act spans projects, or outlives a halt, and may release nothing.
fn load<E>(
    tx: &mut Tx<'_>,
    objects: &[ObjectRef],
    lab: LabId,
    project: Option<ProjectId>,
) -> Result<Vec<SealedRow>, GateError<E>> {
    let mut rows = Vec::with_capacity(objects.len());
    for wanted in objects {
        let named = || format!("object {} version {}", wanted.object, wanted.version);
        let row = object::get(tx.reader(), wanted.object, wanted.version)?
            .ok_or_else(|| Integrity::of(named(), "it is missing"))?;
        if row.compartment != Compartment::Lab(lab) {
            return Err(Integrity::of(named(), "it belongs to another compartment").into());
        }
        if Some(row.project) != project {
            return Err(
                Integrity::of(named(), "this act may not release it: it is of another project").into(),
            );
        }
        if row.object != *wanted {
            return Err(Integrity::of(named(), "its recorded length is another").into());
        }
        rows.push(row);
    }
    Ok(rows)
}
