//! Administration: what operators do. It releases nothing, and each act is on the ledgers concerned.

use std::sync::Arc;

use cofferdam_model::env::Env;
use cofferdam_model::{
    Act, Actor, Authority, Compartment, CredentialId, Fact, LabId, PrincipalId, Refusal, Timestamp,
};
use cofferdam_store::principal::PrincipalRow;
use cofferdam_store::{StoreError, Tx, ledger, object, principal};

use crate::auth::Caller;
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner, Outcome};
use crate::jobs;
use crate::keys;
use crate::known::State;
use crate::once::{Again, Turn};
use crate::record::{self, Appended, Receipt};
use crate::secrets::Secrets;
use crate::state::StateError;
use crate::vault::Sealed;

/// An operator's act. It has no way to plaintext: nothing it says is unsealed.
pub trait AdminCommand: Send + 'static {
    /// What it answers.
    type Output: Send + 'static;
    /// Its own reasons not to.
    type Error: Send + 'static;
    /// How its output is kept for a request that is repeated; none: it is not.
    const AGAIN: Option<Again<Self::Output>> = None;
    /// Does it.
    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Self::Output>, GateError<Self::Error>>;
}

/// What an operator's act works with.
pub struct AdminScope<'a, 't> {
    /// The transaction.
    pub tx: &'a mut Tx<'t>,
    /// Who acts: an operator, or a job of the platform's own.
    pub by: PrincipalId,
    /// What proves it; a job needs none.
    pub credential: Option<CredentialId>,
    /// The time.
    pub now: Timestamp,
    /// Time and randomness.
    pub env: &'a Env,
    /// The installation's own secrets.
    pub secrets: &'a Secrets,
    pub(crate) state: &'a State,
    inner: &'a Inner,
}

impl AdminScope<'_, '_> {
    /// The principal of the platform's job of that name, and what is to be recorded where it is enrolled now.
    pub fn job<E>(&mut self, name: &str) -> Result<(PrincipalId, Option<Fact>), GateError<E>> {
        jobs::enrolled(self.inner, self.tx, name, self.now)
    }

    /// Keeps a sealed object.
    pub fn put(&mut self, sealed: &Sealed) -> Result<(), StoreError> {
        let row = sealed.row();
        let authority = self.state.authority(row.compartment).ok().flatten();
        let keyholder = authority.and_then(|authority| Some(authority.keyholder()?.authority));
        if !keys::is_by(self.tx.reader(), row.epoch, keyholder)? {
            return Err(StoreError::Conflict(
                "the lab's keys came into other hands".into(),
            ));
        }
        object::insert(self.tx, row)
    }

    /// What authorises in a compartment, if it was begun.
    pub fn authority(&self, compartment: Compartment) -> Result<Option<Arc<Authority>>, Integrity> {
        self.state.authority(compartment)
    }

    /// What authorises in each open compartment.
    pub fn authorities(&self) -> impl Iterator<Item = Arc<Authority>> {
        self.state.authorities().into_iter()
    }
}

/// What an operator's act did.
pub struct AdminDone<T> {
    /// What it answers.
    pub output: T,
    /// What is to be recorded as the operator's doing, and where.
    pub facts: Vec<(Compartment, Fact)>,
    /// What is to be recorded as a consequence.
    pub consequences: Vec<(Compartment, Fact)>,
}

impl<T> AdminDone<T> {
    /// One fact in one ledger.
    pub fn one(output: T, compartment: Compartment, fact: Fact) -> Self {
        Self {
            output,
            facts: vec![(compartment, fact)],
            consequences: Vec::new(),
        }
    }
}

impl Gate {
    /// Does one operator's act. Only operators may, while neither they nor their credential are halted.
    pub async fn administer<C: AdminCommand>(
        &self,
        caller: &Caller,
        command: C,
    ) -> Result<(C::Output, Option<Receipt>), GateError<C::Error>>
    where
        GateError<C::Error>: From<StoreError> + Send,
    {
        let inner = Arc::clone(&self.inner);
        let caller = *caller;
        let turn = Turn::of(C::AGAIN);
        match self
            .inner
            .write(move |state, tx| run(&inner, state, tx, &caller, command, turn.as_ref()))
            .await?
        {
            Outcome::Refused(refusal) => Err(GateError::Refused(refusal)),
            Outcome::Ran(done) => Ok(done),
        }
    }

    /// Whether a caller administers the installation, now.
    pub fn is_operator(&self, caller: &Caller) -> bool {
        self.administers(caller).is_ok()
    }

    /// The same, or why not.
    pub fn administers(&self, caller: &Caller) -> Result<(), Refusal> {
        may_administer(self.inner.state(), caller, self.inner.env.now())
    }

    /// Lets operators pass; that anybody else asked is recorded.
    pub async fn admit_operator(&self, caller: &Caller) -> Result<(), GateError<std::convert::Infallible>> {
        self.inner.state().proves(caller, self.inner.env.now())?;
        let Err(refusal) = self.administers(caller) else {
            return Ok(());
        };
        let (inner, caller) = (Arc::clone(&self.inner), *caller);
        let record = move |state: &State, tx: &mut Tx<'_>| {
            let now = inner.env.now();
            Ok(record_refusal(&inner, state, tx, &caller, refusal, now)?)
        };
        self.inner.write(record).await?;
        Err(GateError::Refused(refusal))
    }

    /// Begins the installation: its log, and its first operator, whose id is made from the one given. Only once.
    pub async fn found(&self, operator: PrincipalRow) -> Result<PrincipalId, GateError<&'static str>> {
        let inner = Arc::clone(&self.inner);
        let operator = inner.secrets.bound(operator);
        self.inner
            .write(move |state, tx| {
                let compartment = Compartment::Installation;
                if !ledger::compartments(tx.reader())?.is_empty() {
                    return Err(GateError::Command(
                        "its database holds an installation already; name an empty one, or serve that one",
                    ));
                }
                begin(tx, state, compartment)?;
                principal::insert(tx, &operator)?;
                let (principal, now) = (operator.id, operator.created);
                for fact in [
                    Fact::PrincipalEnrolled { principal },
                    Fact::OperatorGranted { principal },
                ] {
                    let by = Actor::Platform;
                    record::append(tx, &inner.secrets, state, compartment, by, fact, now)?;
                }
                Ok(principal)
            })
            .await
    }

    /// Whether the installation was founded.
    pub fn is_founded(&self) -> bool {
        self.inner
            .state()
            .authorities()
            .iter()
            .any(|a| a.compartment() == Compartment::Installation)
    }

    /// Every lab whose compartment is open.
    pub fn labs(&self) -> Vec<LabId> {
        let mut labs: Vec<_> = self
            .inner
            .state()
            .authorities()
            .iter()
            .filter_map(|a| a.compartment().lab())
            .collect();
        labs.sort();
        labs
    }
}

fn begin(tx: &mut Tx<'_>, state: &State, compartment: Compartment) -> Result<(), StoreError> {
    ledger::create(tx, compartment)?;
    state.begin(compartment);
    Ok(())
}

pub(crate) fn may_administer(state: &State, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
    let installation = state.authority(Compartment::Installation).ok().flatten();
    let installation = installation.as_deref();
    let operator = installation.is_some_and(|a| a.is_operator(caller.0.principal));
    let revoked = installation.is_none_or(|a| a.is_revoked(caller.0.credential));
    if !operator || revoked || caller.0.bound_to.is_some() || !caller.0.kind.acts() {
        return Err(Refusal::NotInRole);
    }
    let mut halts = installation.into_iter().flat_map(|a| a.halts());
    match halts.find(|h| h.in_effect(now) && h.scope.is_on(caller.0.principal, caller.0.credential)) {
        Some(halt) => Err(Refusal::Halted {
            halt: Some(halt.id),
            reason: halt.reason,
            since: Some(halt.since),
        }),
        None => Ok(()),
    }
}

/// As whose an operator's act stands in a ledger.
pub(crate) fn signed(secrets: &Secrets, compartment: Compartment, caller: &Caller) -> Actor {
    Actor::Operator {
        principal: caller.0.principal,
        credential: secrets.credential_tag(compartment, caller.0.credential),
    }
}

/// As whom the installation's ledger has somebody without what they asked for.
pub(crate) fn stranger(secrets: &Secrets, caller: &Caller) -> Actor {
    Actor::Stranger {
        credential: secrets.credential_tag(Compartment::Installation, caller.0.credential),
    }
}

/// Records that somebody asked for what operators do, and may not.
fn record_refusal(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    refusal: Refusal,
    now: Timestamp,
) -> Result<(), StateError> {
    let compartment = Compartment::Installation;
    let fact = Fact::Refused {
        act: Act::Administer,
        why: refusal,
        project: None,
    };
    let by = stranger(&inner.secrets, caller);
    record::append(tx, &inner.secrets, state, compartment, by, fact, now)?;
    Ok(())
}

type Ran<T> = (T, Option<Receipt>);
type Permitted<T> = (T, Vec<(Compartment, Appended)>);

fn run<C: AdminCommand>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    command: C,
    turn: Option<&Turn<C::Output>>,
) -> Result<Outcome<Ran<C::Output>>, GateError<C::Error>> {
    let now = inner.env.now();
    state.proves(caller, now)?;
    if let Err(refusal) = may_administer(state, caller, now) {
        record_refusal(inner, state, tx, caller, refusal, now)?;
        return Ok(Outcome::Refused(refusal));
    }
    if let Some(output) = turn
        .map(|turn| turn.before(tx.reader(), &inner.secrets))
        .transpose()?
        .flatten()
    {
        return Ok(Outcome::Ran((output, None)));
    }
    let (output, appended) = permitted(inner, state, tx, Who::Operator(caller), now, command)?;
    turn.map_or(Ok(()), |turn| turn.keep(tx, &inner.secrets, &output, now))?;
    inner.announce(appended.iter().map(|(_, a)| &a.entry.fact));
    let receipt = appended
        .first()
        .map(|(compartment, first)| Receipt::durable(*compartment, first));
    Ok(Outcome::Ran((output, receipt)))
}

/// As whom something is done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who<'a> {
    /// An operator, who may.
    Operator(&'a Caller),
    /// The platform's job of that name.
    Job(&'static str),
}

impl Who<'_> {
    /// As whose doing it stands in a ledger.
    fn signed(self, secrets: &Secrets, compartment: Compartment) -> Actor {
        match self {
            Self::Operator(caller) => signed(secrets, compartment, caller),
            Self::Job(_) => Actor::Platform,
        }
    }
}

pub(crate) fn permitted<C: AdminCommand>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    who: Who<'_>,
    now: Timestamp,
    command: C,
) -> Result<Permitted<C::Output>, GateError<C::Error>> {
    let ((by, enrolled), credential) = match who {
        Who::Operator(caller) => ((caller.0.principal, None), Some(caller.0.credential)),
        Who::Job(name) => (jobs::enrolled(inner, tx, name, now)?, None),
    };
    let done = command.run(&mut AdminScope {
        tx,
        by,
        credential,
        now,
        env: &inner.env,
        secrets: &inner.secrets,
        state,
        inner,
    })?;
    let mut appended = Vec::new();
    let enrolled = enrolled.map(|fact| (Actor::Platform, Compartment::Installation, fact));
    let own = done.facts.into_iter();
    let own = own.map(|(compartment, f)| (who.signed(&inner.secrets, compartment), compartment, f));
    let platform = done.consequences.into_iter();
    let platform = platform.map(|(compartment, f)| (Actor::Platform, compartment, f));
    for (by, compartment, fact) in enrolled.into_iter().chain(own).chain(platform) {
        if let Fact::LabOpened { lab } = &fact
            && compartment == Compartment::Lab(*lab)
        {
            begin(tx, state, compartment)?;
        }
        let entry = record::append(tx, &inner.secrets, state, compartment, by, fact, now)?;
        appended.push((compartment, entry));
    }
    Ok((done.output, appended))
}
