//! An installation in a fresh folder, a clock that stands still until it is moved, and the least commands there can be.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cofferdam_custody::*;
use cofferdam_custody::{Caller, Scope};
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::env::{Entropy, Env};
use cofferdam_model::*;
use cofferdam_seal::Id128;
use cofferdam_seal::SystemRandom;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::{LeaseCall, Leased, Status};
use cofferdam_seal::keyholder::{
    Answer, Destroy, EmbeddedKeyholder, FixedPolicy, IngestGrant, Keyholder, KeyholderError, LabKeyholder,
    LabKeyholders, LeaseGrant, LeaseRequest, LeaseTerms, Mint, MintedIngestKey, NewEnrolment,
};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::lab::LabRow;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_store::project::ProjectRow;
use cofferdam_store::task::TaskRow;
use cofferdam_store::{Database, Options, engagement, lab, object, principal, project, task};
use cofferdam_testbed::{Place, Raw};

/// A command's own reason not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct No;

pub(crate) type Failure = GateError<No>;

pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(crate) fn nudge(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Hashes of a counter: other bytes on every call, and the same in every run.
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, out: &mut [u8]) -> bool {
        for chunk in out.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &n.to_be_bytes());
            chunk.copy_from_slice(&hash.as_ref()[..chunk.len()]);
        }
        true
    }
}

/// A keyholder that lets nobody through while a test holds its turnstile.
pub(crate) struct Turnstile {
    permits: Arc<tokio::sync::Semaphore>,
    waiting: AtomicU64,
    /// Those of labs' own, beside the one behind it.
    pub(crate) labs: Arc<LabsOwns>,
}

/// More than ever ask at once.
const PERMITS: u32 = 1_000;

impl Turnstile {
    /// Holds everybody until the answer is dropped.
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedSemaphorePermit {
        let permits = Arc::clone(&self.permits);
        permits.acquire_many_owned(PERMITS).await.unwrap()
    }

    /// Comes back once somebody waits for a lease.
    pub(crate) async fn is_waited_at(&self) {
        while self.waiting.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    async fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        drop(self.permits.acquire().await);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Guarded(EmbeddedKeyholder, Arc<Turnstile>);

impl Keyholder for Guarded {
    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey> {
        self.0.mint(request)
    }
    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey> {
        self.0.mint_ingest(request)
    }
    fn lease(&self, request: LeaseRequest) -> Answer<'_, LeaseGrant> {
        Box::pin(async move {
            self.1.pass().await;
            self.0.lease(request).await
        })
    }
    fn lease_ingest(&self, request: LeaseRequest) -> Answer<'_, IngestGrant> {
        self.0.lease_ingest(request)
    }
    fn destroy(&self, request: Destroy) -> Answer<'_, ()> {
        self.0.destroy(request)
    }
}

/// A keyholder of a lab's own, as far as custody sees it: it takes every checkpoint, and remembers how large the last was.
pub(crate) struct LabsOwn {
    keys: EmbeddedKeyholder,
    seen: AtomicU64,
    /// Reasons for which it granted leases, in order.
    pub(crate) granted: Mutex<Vec<LeaseReason>>,
    /// Whether nobody reaches it.
    pub(crate) away: AtomicBool,
}

/// Which it is.
pub(crate) const AUTHORITY: [u8; 32] = [0x11; 32];

impl LabsOwn {
    /// One that this world's node is enrolled with.
    pub(crate) fn of(world: &World) -> Arc<Self> {
        let terms = LeaseTerms { micros: 60_000_000 };
        let policy = Box::new(FixedPolicy {
            terms,
            denied: Default::default(),
        });
        let folder = world.folder.path().join("labs");
        let own = Arc::new(Self {
            keys: EmbeddedKeyholder::open(folder, policy, Arc::new(SystemRandom)).unwrap(),
            seen: AtomicU64::new(0),
            granted: Mutex::default(),
            away: AtomicBool::new(false),
        });
        *world.turnstile.labs.0.lock().unwrap() = Some(Arc::clone(&own));
        own
    }

    fn reached(&self) -> Result<(), KeyholderError> {
        let away = KeyholderError::Unavailable {
            detail: "it is away".into(),
        };
        (!self.away.load(Ordering::SeqCst)).then_some(()).ok_or(away)
    }

    /// Takes a checkpoint with its proof, or says which it wants.
    fn take(&self, call: &LeaseCall) -> Result<(), KeyholderError> {
        self.reached()?;
        let size = call.lease.checkpoint.as_ref().unwrap().lines().nth(1).unwrap();
        let (size, seen) = (size.parse().unwrap(), self.seen.load(Ordering::SeqCst));
        let old = call.proof.as_ref().map_or(seen, |proof| proof.old);
        if seen > size || (size > seen && seen > 0 && call.proof.is_none()) || old != seen {
            return Err(KeyholderError::Behind { size: seen });
        }
        self.seen.store(size, Ordering::SeqCst);
        self.granted.lock().unwrap().push(call.lease.reason);
        Ok(())
    }
}

impl LabKeyholder for LabsOwn {
    fn authority(&self) -> [u8; 32] {
        AUTHORITY
    }
    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey> {
        Box::pin(async {
            self.reached()?;
            self.keys.mint(request).await
        })
    }
    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey> {
        Box::pin(async {
            self.reached()?;
            self.keys.mint_ingest(request).await
        })
    }
    fn lease(&self, call: LeaseCall) -> Answer<'_, Leased> {
        Box::pin(async move {
            self.take(&call)?;
            let grant = self.keys.lease(call.lease).await?;
            Ok(Leased {
                grant,
                entry: 0,
                cosignature: None,
            })
        })
    }
    fn lease_ingest(&self, call: LeaseCall) -> Answer<'_, Leased<IngestGrant>> {
        Box::pin(async move {
            self.take(&call)?;
            let grant = self.keys.lease_ingest(call.lease).await?;
            Ok(Leased {
                grant,
                entry: 0,
                cosignature: None,
            })
        })
    }
    fn destroy(&self, request: Destroy) -> Answer<'_, ()> {
        self.keys.destroy(request)
    }
    fn status(&self) -> Answer<'_, Status> {
        unreachable!("the ledger was not put back")
    }
    fn upkeep(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// The one keyholder of a lab's own, once there is one: it is that of every lab.
#[derive(Default)]
pub(crate) struct LabsOwns(pub(crate) Mutex<Option<Arc<LabsOwn>>>);

impl LabKeyholders for LabsOwns {
    fn of(&self, _: Id128) -> Option<Arc<dyn LabKeyholder>> {
        let own = self.0.lock().unwrap().clone()?;
        Some(own)
    }
    fn all(&self) -> Vec<(Id128, Arc<dyn LabKeyholder>)> {
        Vec::new()
    }
    fn enrol(&self, _: NewEnrolment) -> Answer<'_, EnrolledWith> {
        unreachable!("it is there or not")
    }
}

/// An operator's act, as a closure.
pub(crate) struct Admin<F>(pub(crate) F);

impl<F, T> AdminCommand for Admin<F>
where
    F: FnOnce(&mut AdminScope<'_, '_>) -> Result<AdminDone<T>, Failure> + Send + 'static,
    T: Send + 'static,
{
    type Output = T;
    type Error = No;
    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<T>, Failure> {
        (self.0)(scope)
    }
}

/// An act under an engagement, as a closure.
pub(crate) struct Do<F> {
    pub(crate) act: Act,
    pub(crate) project: Option<ProjectId>,
    pub(crate) run: F,
}

impl<F, T> Command for Do<F>
where
    F: FnOnce(&mut Scope<'_, '_>) -> Result<Done<T>, Failure> + Send + 'static,
    T: Send + 'static,
{
    type Output = T;
    type Error = No;
    fn act(&self) -> Act {
        self.act
    }
    fn project(&self) -> Option<ProjectId> {
        self.project
    }
    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<T>, Failure> {
        (self.run)(scope)
    }
}

/// Does nothing and records nothing.
pub(crate) fn nothing(act: Act) -> impl Command<Output = (), Error = No> {
    Do {
        act,
        project: None,
        run: |_: &mut Scope<'_, '_>| Ok(Done::quiet(())),
    }
}

/// Releases objects, as when a task is opened again.
pub(crate) fn reading(project: ProjectId, objects: Vec<ObjectRef>) -> impl Command<Output = (), Error = No> {
    Do {
        act: Act::ReadTask,
        project: None,
        run: move |_: &mut Scope<'_, '_>| Ok(Done::one((), Fact::ObjectsReleased { project, objects })),
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) place: Arc<Place>,
    pub(crate) clock: Arc<FakeClock>,
    env: Env,
    gate: Option<Gate>,
    pub(crate) operator: Caller,
    pub(crate) operator_secret: String,
    denied: Vec<LeaseReason>,
    pub(crate) turnstile: Arc<Turnstile>,
}

#[derive(Clone, Copy)]
pub(crate) struct Lab {
    pub(crate) id: LabId,
    pub(crate) project: ProjectId,
}

impl Lab {
    pub(crate) fn ledger(&self) -> Compartment {
        Compartment::Lab(self.id)
    }
}

/// Somebody engaged.
#[derive(Clone, Copy)]
pub(crate) struct Engaged {
    pub(crate) principal: PrincipalId,
    pub(crate) id: EngagementId,
    pub(crate) caller: Caller,
}

/// What an engagement is to be, besides whose.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) role: Role,
    pub(crate) from: Timestamp,
    pub(crate) until: Option<Timestamp>,
    pub(crate) budget: Budget,
}

/// Ten o'clock in the morning of 2026-03-24.
const START: i64 = 1_774_346_400_000_000;

impl World {
    /// Founds an installation.
    pub(crate) async fn new() -> Self {
        Self::denying(Vec::new()).await
    }

    /// Founds one whose keyholder leases for none of these reasons.
    pub(crate) async fn denying(denied: Vec<LeaseReason>) -> Self {
        Self::founded(Place::fresh().unwrap(), denied).await
    }

    /// Founds one at this place, whatever database the run is about.
    pub(crate) async fn at(place: Place) -> Self {
        Self::founded(place, Vec::new()).await
    }

    async fn founded(place: Place, denied: Vec<LeaseReason>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock(AtomicI64::new(START)));
        let env = Env::new(clock.clone(), Arc::new(Counted(AtomicU64::new(0))));
        Secrets::create(folder.path(), &env).unwrap();
        let turnstile = Arc::new(Turnstile {
            permits: Arc::new(tokio::sync::Semaphore::new(PERMITS as usize)),
            waiting: AtomicU64::new(0),
            labs: Arc::default(),
        });
        let gate = open(folder.path(), &place, &env, &denied, &turnstile).await;
        let founder = PrincipalRow {
            id: env.new_id().unwrap(),
            kind: PrincipalKind::Person,
            name: "Operator".into(),
            created: env.now(),
        };
        let id = gate.found(founder).await.unwrap();
        let issued = gate
            .issue_to_founder(id, CredentialKind::Token, "first", 40 * 86_400)
            .await
            .unwrap();
        let operator_secret = issued.secret.expose().to_owned();
        let operator = gate.authenticate(&operator_secret).await.unwrap();
        let gate = Some(gate);
        Self {
            folder,
            place: Arc::new(place),
            clock,
            env,
            gate,
            operator,
            operator_secret,
            denied,
            turnstile,
        }
    }

    pub(crate) fn gate(&self) -> &Gate {
        self.gate.as_ref().unwrap()
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.env.now()
    }

    /// The way to the database past every rule.
    pub(crate) fn raw(&self) -> Raw {
        Raw::open(&self.place, self.folder.path()).unwrap()
    }

    /// Another node of the same installation, with a data folder of its own.
    pub(crate) async fn another_node(&self, folder: &Path) -> Gate {
        open(folder, &self.place, &self.env, &self.denied, &self.turnstile).await
    }

    /// The node of that name, with a data folder and the same keys; only where this world's own node is gone, or another's.
    pub(crate) async fn node(&self, name: &str, folder: &Path) -> Gate {
        let Database::Postgres(server) = self.place.database().parse().unwrap() else {
            panic!("nodes are on a server");
        };
        let (database, keys) = (
            Database::Postgres(server.as_node(name)),
            self.folder.path().join("keys"),
        );
        open_as(folder, &keys, database, &self.env, &self.denied, &self.turnstile).await
    }

    /// Does everything through another gate from now on; through which it was done before.
    pub(crate) fn through(&mut self, gate: Option<Gate>) -> Option<Gate> {
        std::mem::replace(&mut self.gate, gate)
    }

    /// Stops, lets somebody at the database, and starts again.
    pub(crate) async fn stopped(&mut self, edit: impl FnOnce(&Raw)) {
        self.gate = None;
        edit(&self.raw());
        let path = self.folder.path().to_owned();
        self.gate = Some(open(&path, &self.place, &self.env, &self.denied, &self.turnstile).await);
    }

    pub(crate) async fn administer<F, T>(&self, command: F) -> T
    where
        F: FnOnce(&mut AdminScope<'_, '_>) -> Result<AdminDone<T>, Failure> + Send + 'static,
        T: Send + 'static,
    {
        let done = self.gate().administer(&self.operator, Admin(command)).await;
        done.unwrap().0
    }

    /// Opens a lab with one project.
    pub(crate) async fn lab(&self, name: &'static str) -> Lab {
        let row = LabRow {
            id: self.env.new_id().unwrap(),
            name: name.into(),
            created: self.now(),
        };
        let row = self.gate().secrets().bound(row);
        let id = row.id;
        self.administer(move |scope| {
            lab::insert(scope.tx, &row)?;
            let opened = |ledger| (ledger, Fact::LabOpened { lab: id });
            Ok(AdminDone {
                output: (),
                facts: vec![opened(Compartment::Lab(id)), opened(Compartment::Installation)],
                consequences: Vec::new(),
            })
        })
        .await;
        let project = self.project(id, "first").await;
        Lab { id, project }
    }

    /// Opens one more project of a lab.
    pub(crate) async fn project(&self, lab: LabId, name: &'static str) -> ProjectId {
        let template = self.env.new_id().unwrap();
        let row = self.gate().secrets().bound(ProjectRow {
            id: self.env.new_id().unwrap(),
            lab,
            name: name.into(),
            template_kind: "chat".into(),
            template,
            overlap: 1,
            lease_seconds: 600,
            guideline: None,
            guideline_version: 0,
            created: self.now(),
        });
        let id = row.id;
        let kind = ObjectKind::Template;
        let sealed = self.gate().seal(lab, id, kind, template, 1, b"{}").await.unwrap();
        self.administer(move |scope| {
            scope.put(&sealed)?;
            project::insert(scope.tx, &row)?;
            let template = sealed.reference();
            let opened = Fact::ProjectOpened {
                project: id,
                template,
            };
            Ok(AdminDone::one((), Compartment::Lab(lab), opened))
        })
        .await;
        id
    }

    pub(crate) async fn person(&self) -> PrincipalId {
        let fresh: PrincipalId = self.env.new_id().unwrap();
        let row = self.gate().secrets().bound(PrincipalRow {
            id: fresh,
            kind: PrincipalKind::Person,
            name: format!("Person {fresh}"),
            created: self.now(),
        });
        let id = row.id;
        self.administer(move |scope| {
            principal::insert(scope.tx, &row)?;
            let enrolled = Fact::PrincipalEnrolled { principal: id };
            Ok(AdminDone::one((), Compartment::Installation, enrolled))
        })
        .await;
        id
    }

    pub(crate) async fn token(&self, principal: PrincipalId) -> Issued {
        let kind = CredentialKind::Token;
        let issued = self
            .gate()
            .issue(&self.operator, kind, principal, None, "token", 30 * 86_400);
        issued.await.unwrap()
    }

    /// By a token that is good for one engagement.
    pub(crate) async fn bound(&self, principal: PrincipalId, engagement: EngagementId) -> Caller {
        let (kind, only) = (CredentialKind::Token, Some(engagement));
        let issued = self
            .gate()
            .issue(&self.operator, kind, principal, only, "bound", 30 * 86_400);
        let issued = issued.await.unwrap();
        self.gate().authenticate(issued.secret.expose()).await.unwrap()
    }

    pub(crate) async fn caller(&self, principal: PrincipalId) -> Caller {
        let issued = self.token(principal).await;
        self.gate().authenticate(issued.secret.expose()).await.unwrap()
    }

    pub(crate) async fn engage(
        &self,
        lab: LabId,
        reach: Reach,
        principal: PrincipalId,
        terms: Terms,
    ) -> EngagementId {
        self.administer(move |scope| {
            let id = scope.env.new_id()?;
            let salt = scope.env.random()?;
            let holder = HolderRow {
                engagement: id,
                lab,
                principal,
                salt,
            };
            engagement::insert(scope.tx, &holder)?;
            let pseudonym = match principal::pseudonym(scope.tx.reader(), lab, principal)? {
                Some(known) => known,
                None => {
                    let new = scope.env.random_id()?;
                    principal::insert_pseudonym(scope.tx, lab, principal, new)?;
                    new
                }
            };
            let fact = Fact::EngagementGranted {
                engagement: id,
                pseudonym,
                holder: HolderCommitment::new(&salt, principal),
                reach,
                role: terms.role,
                purposes: vec![],
                from: terms.from,
                until: terms.until,
                budget: terms.budget,
            };
            Ok(AdminDone::one(id, Compartment::Lab(lab), fact))
        })
        .await
    }

    /// A new person, engaged for a lab's first project from now on.
    pub(crate) async fn engaged(&self, lab: &Lab, role: Role, budget: Budget) -> Engaged {
        let principal = self.person().await;
        let terms = Terms {
            role,
            from: self.now(),
            until: None,
            budget,
        };
        let id = self
            .engage(lab.id, Reach::Project(lab.project), principal, terms)
            .await;
        let caller = self.caller(principal).await;
        Engaged {
            principal,
            id,
            caller,
        }
    }

    pub(crate) async fn author(&self, lab: &Lab) -> Engaged {
        self.engaged(lab, Role::Author, Budget::PERSON).await
    }

    /// Stores one sealed object for each text.
    pub(crate) async fn objects(&self, lab: LabId, project: ProjectId, texts: &[&str]) -> Vec<ObjectRef> {
        let ids = || self.env.new_id::<ObjectId>().unwrap();
        let plain = texts.iter().map(|t| (ids(), 1, t.as_bytes())).collect();
        let kind = ObjectKind::TaskInput;
        let sealed = self.gate().seal_all(lab, project, kind, plain).await.unwrap();
        let references: Vec<ObjectRef> = sealed.iter().map(Sealed::reference).collect();
        let (set, list) = object_set(&references);
        self.administer(move |scope| {
            let first = project::reserve_places(scope.tx, project, sealed.len() as u64)?;
            for (seq, sealed) in (first..).zip(&sealed) {
                scope.put(sealed)?;
                let task = scope.secrets.bound(TaskRow {
                    id: scope.env.new_id()?,
                    project,
                    seq,
                    slots: 1,
                    external: None,
                    input: sealed.reference().object,
                });
                task::insert(scope.tx, &task)?;
            }
            object::insert_set(scope.tx, &set.sha256, &list)?;
            Ok(AdminDone::one(
                (),
                Compartment::Lab(lab),
                Fact::TasksImported { project, set },
            ))
        })
        .await;
        references
    }

    /// Records an authorising fact, as the operator.
    pub(crate) async fn record(&self, compartment: Compartment, fact: Fact) {
        self.administer(move |_| Ok(AdminDone::one((), compartment, fact)))
            .await;
    }

    pub(crate) async fn halt(&self, compartment: Compartment, scope: cofferdam_model::Scope) -> HaltId {
        let halt = self.env.new_id().unwrap();
        let reason = HaltReason::Drill;
        let until = None;
        let fact = Fact::Halted {
            halt,
            scope,
            reason,
            until,
        };
        self.record(compartment, fact).await;
        halt
    }

    pub(crate) async fn resume(&self, compartment: Compartment, halt: HaltId) {
        self.record(
            compartment,
            Fact::Resumed {
                halt,
                checked: std::collections::BTreeSet::new(),
            },
        )
        .await;
    }

    /// Every entry of a ledger, oldest first.
    pub(crate) async fn entries(&self, compartment: Compartment) -> Vec<Entry> {
        let newest = self.gate().entries_before(compartment, u64::MAX, 100_000).await;
        let mut entries = newest.unwrap();
        entries.reverse();
        entries
    }

    pub(crate) async fn last(&self, compartment: Compartment) -> Entry {
        self.entries(compartment).await.pop().unwrap()
    }

    /// What a check of the whole finds wrong.
    pub(crate) async fn findings(&self) -> Vec<String> {
        let health = self.gate().examine().await.unwrap();
        health.findings.iter().map(ToString::to_string).collect()
    }

    /// Reads objects under an engagement; their texts.
    pub(crate) async fn read(
        &self,
        who: &Engaged,
        project: ProjectId,
        objects: &[ObjectRef],
    ) -> Result<Vec<String>, Failure> {
        let command = reading(project, objects.to_vec());
        let released = self.gate().transact(&who.caller, who.id, command).await?;
        let text = |p: &Plaintext| String::from_utf8(p.as_bytes().to_vec()).unwrap();
        Ok(released.plaintexts.iter().map(text).collect())
    }
}

async fn open(
    folder: &Path,
    place: &Place,
    env: &Env,
    denied: &[LeaseReason],
    turnstile: &Arc<Turnstile>,
) -> Gate {
    let database = place.database().parse().unwrap();
    open_as(folder, &folder.join("keys"), database, env, denied, turnstile).await
}

async fn open_as(
    folder: &Path,
    keys: &Path,
    database: Database,
    env: &Env,
    denied: &[LeaseReason],
    turnstile: &Arc<Turnstile>,
) -> Gate {
    let terms = LeaseTerms { micros: 600_000_000 };
    let policy = FixedPolicy {
        terms,
        denied: denied.iter().copied().collect(),
    };
    let keyholder =
        EmbeddedKeyholder::open(keys.to_owned(), Box::new(policy), Arc::new(SystemRandom)).unwrap();
    Gate::open(Setup {
        store: Options {
            folder: folder.to_path_buf(),
            database,
            readers: 2,
        },
        secrets: Secrets::open(folder, "test.example").unwrap(),
        keyholder: Arc::new(Guarded(keyholder, Arc::clone(turnstile))),
        lab_keyholders: Arc::clone(&turnstile.labs) as Arc<dyn LabKeyholders>,
        env: env.clone(),
        node: "node".into(),
    })
    .await
    .unwrap()
}

/// The refusal that an answer must be.
#[track_caller]
/// Everything that is named, for an export.
pub(crate) fn all_of(project: ProjectId, objects: &[ObjectRef]) -> Selection<usize> {
    let items: Vec<_> = objects.iter().copied().enumerate().collect();
    Selection {
        act: Act::Export,
        project,
        purpose: Purpose::Export,
        reason: LeaseReason::Job,
        items: Box::new(move |_| Ok(items)),
    }
}

pub(crate) fn refusal<T, E: std::fmt::Debug>(answer: Result<T, GateError<E>>) -> Refusal {
    match answer {
        Err(GateError::Refused(refusal)) => refusal,
        Err(other) => panic!("not a refusal: {other:?}"),
        Ok(_) => panic!("it was allowed"),
    }
}

/// What is not as it was written, which an answer must be about.
#[track_caller]
pub(crate) fn integrity<T>(answer: Result<T, Failure>) -> String {
    match answer {
        Err(GateError::Integrity(found)) => found.to_string(),
        Err(other) => panic!("not an integrity error: {other:?}"),
        Ok(_) => panic!("it was allowed"),
    }
}
