//! The second door: a set fixed before it is read, with an entry before and an entry after.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use cofferdam_model::entry::StreamEnd;
use cofferdam_model::{
    Act, Actor, Compartment, Draw, EngagementId, Fact, ObjectRef, ProjectId, Purpose, Refusal, StreamId,
};
use cofferdam_seal::keyholder::LeaseReason;
use cofferdam_store::object::SealedRow;
use cofferdam_store::{Tx, object};
use tokio::sync::watch;

use crate::auth::Caller;
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner, Outcome, admit_recorded};
use crate::known::State;
use crate::reading::Reading;
use crate::record::{self, Receipt};
use crate::state::Ask;
use crate::vault::Plaintext;
use crate::walls;

/// Objects loaded at a time.
const PAGE: usize = 64;

/// Chooses the objects of a stream, in reading order, each with what the reader needs to know it by.
pub type Select<M> =
    Box<dyn FnOnce(&mut Tx<'_>) -> Result<Vec<(M, ObjectRef)>, GateError<Infallible>> + Send>;

/// What a stream is to read.
pub struct Selection<M> {
    /// Which act it is.
    pub act: Act,
    /// Of which project; all objects must be its.
    pub project: ProjectId,
    /// For what.
    pub purpose: Purpose,
    /// Why keys are leased.
    pub reason: LeaseReason,
    /// The objects.
    pub items: Select<M>,
}

/// One object of a stream, unsealed.
#[derive(Debug)]
pub struct StreamItem<M> {
    /// What the selection said of it.
    pub about: M,
    /// Which object.
    pub object: ObjectRef,
    /// Its plaintext.
    pub plaintext: Plaintext,
}

/// A recorded read in progress. A halt cuts it; however it ends, how much was sent is recorded.
pub struct Stream<M> {
    inner: Arc<Inner>,
    reading: Arc<Reading>,
    actor: Actor,
    id: StreamId,
    reason: LeaseReason,
    receipt: Receipt,
    waiting: VecDeque<(M, ObjectRef)>,
    /// The rows of the first ones waiting.
    loaded: VecDeque<SealedRow>,
    changed: watch::Receiver<u64>,
    sent: Draw,
    end: Option<StreamEnd>,
    recorded: bool,
}

struct Opened<M> {
    items: Vec<(M, ObjectRef)>,
    id: StreamId,
    reading: Arc<Reading>,
    actor: Actor,
    receipt: Receipt,
}

impl Gate {
    /// Begins to read a fixed set: admits, fixes the set, draws its whole budget and records the intent, durably,
    /// before the first object is unsealed.
    pub async fn stream<M: Send + 'static>(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        selection: Selection<M>,
    ) -> Result<Stream<M>, GateError<std::convert::Infallible>> {
        let changed = self.changes();
        let inner = Arc::clone(&self.inner);
        let (caller, reason) = (*caller, selection.reason);
        let opened = self
            .inner
            .write(move |state, tx| open(&inner, state, tx, &caller, engagement, selection))
            .await?;
        match opened {
            Outcome::Refused(refusal) => Err(GateError::Refused(refusal)),
            Outcome::Ran(opened) => Ok(Stream {
                inner: Arc::clone(&self.inner),
                reading: opened.reading,
                actor: opened.actor,
                id: opened.id,
                reason,
                receipt: opened.receipt,
                waiting: opened.items.into(),
                loaded: VecDeque::new(),
                changed,
                sent: Draw::default(),
                end: None,
                recorded: false,
            }),
        }
    }
}

fn open<M>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    engagement: EngagementId,
    selection: Selection<M>,
) -> Result<Outcome<Opened<M>>, GateError<std::convert::Infallible>> {
    let now = inner.env.now();
    let mut ask = Ask {
        engagement,
        act: selection.act,
        project: Some(selection.project),
        draw: Draw::default(),
        now,
    };
    state.proves(caller, now)?;
    if let Err(refusal) = admit_recorded(inner, state, tx, caller, &ask)? {
        return Ok(Outcome::Refused(refusal));
    }
    let items = (selection.items)(tx)?;
    let objects: Vec<ObjectRef> = items.iter().map(|(_, object)| *object).collect();
    let (set, list) = record::object_set(&objects);
    ask.draw = Draw {
        objects: set.objects,
        bytes: set.bytes,
    };
    let holder = match admit_recorded(inner, state, tx, caller, &ask)? {
        Ok(holder) => holder,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let actor = state
        .actor(&caller.0, &holder)
        .ok_or_else(|| Integrity::of("an engagement", "it has no entry"))?;
    object::insert_set(tx, &set.sha256, &list)?;
    let id: StreamId = inner.env.new_id()?;
    let fact = Fact::ReadIntended {
        stream: id,
        project: selection.project,
        purpose: selection.purpose,
        set,
    };
    let compartment = Compartment::Lab(holder.lab);
    let appended = record::append(tx, &inner.secrets, state, compartment, actor, fact, now)?;
    if ask.draw != Draw::default() {
        walls::note_seen(inner, state, tx, &holder, appended.entry.t)?;
    }
    let reading = inner
        .readings
        .open(*caller, holder, selection.act, selection.project);
    // Handed on only by the caller of `write`, that is, after the commit.
    let receipt = Receipt::durable(compartment, &appended);
    Ok(Outcome::Ran(Opened {
        items,
        id,
        reading,
        actor,
        receipt,
    }))
}

impl<M: Send + 'static> Stream<M> {
    /// That the intent is recorded.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// How much was sent so far.
    pub fn sent(&self) -> Draw {
        self.sent
    }

    /// How many objects are still to come.
    pub fn remaining(&self) -> usize {
        self.waiting.len()
    }

    /// The next object, or none when all were sent. A halt or an end of the engagement is an error, and final.
    /// Nothing is lost when the future is dropped: asked again, it goes on with the same object.
    pub async fn next(&mut self) -> Option<Result<StreamItem<M>, GateError<std::convert::Infallible>>> {
        if self.end.is_some() {
            return None;
        }
        let cut = until_cut(Arc::clone(&self.reading), self.changed.clone());
        // A database that hangs keeps nobody from being cut.
        let taken = tokio::select! {
            taken = self.take() => taken,
            error = cut => Err(error),
        };
        match taken {
            Ok(None) => {
                self.end = Some(StreamEnd::Finished);
                None
            }
            Ok(Some(item)) => {
                self.sent = self.sent.plus(Draw {
                    objects: 1,
                    bytes: item.object.bytes,
                });
                Some(Ok(item))
            }
            Err(error) => {
                let halted = matches!(error, GateError::Refused(_) | GateError::Unproven(_));
                self.end = Some(if halted {
                    StreamEnd::Halted
                } else {
                    StreamEnd::Failed
                });
                Some(Err(error))
            }
        }
    }

    /// Waits until something changed that might cut the stream.
    pub async fn changed(&mut self) {
        let _ = self.changed.changed().await;
    }

    /// Whether the stream may go on: asked before each object, and again before it is handed over.
    pub fn still_allowed(&self) -> Result<(), Refusal> {
        self.reading
            .still_allowed(self.inner.state(), self.inner.env.now())
    }

    /// The same; what ended it, as it is told.
    pub fn goes_on(&self) -> Result<(), GateError<Infallible>> {
        let why = |refusal| self.reading.ended().unwrap_or(GateError::Refused(refusal));
        self.still_allowed().map_err(why)
    }

    /// What was handed over will not reach its reader whole: it was cut on the way.
    pub fn cut(&mut self) {
        self.end = Some(StreamEnd::Halted);
    }

    async fn take(&mut self) -> Result<Option<StreamItem<M>>, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        self.goes_on()?;
        if self.loaded.is_empty() {
            self.load().await?;
        }
        let Some(row) = self.loaded.front() else {
            return Ok(None);
        };
        let plaintext = self.inner.unseal(&self.receipt, row, self.reason).await?;
        self.goes_on()?;
        self.loaded.pop_front();
        Ok(self.waiting.pop_front().map(|(about, object)| StreamItem {
            about,
            object,
            plaintext,
        }))
    }

    async fn load(&mut self) -> Result<(), GateError<std::convert::Infallible>> {
        let page: Vec<ObjectRef> = self.waiting.iter().take(PAGE).map(|(_, o)| *o).collect();
        let (lab, project) = (Compartment::Lab(self.reading.holder.lab), self.reading.project);
        let load = move |reader: &mut cofferdam_store::Reader<'_>| {
            let mut rows = Vec::with_capacity(page.len());
            for wanted in page {
                let named = || format!("object {} version {}", wanted.object, wanted.version);
                let row = object::get(reader, wanted.object, wanted.version)?
                    .ok_or_else(|| Integrity::of(named(), "it is missing"))?;
                if row.compartment != lab || row.project != project || row.object != wanted {
                    return Err(Integrity::of(named(), "it is not the object that was recorded").into());
                }
                rows.push(row);
            }
            Ok::<_, GateError<std::convert::Infallible>>(rows)
        };
        self.loaded.extend(self.inner.store.read(load).await?);
        Ok(())
    }

    /// Ends the stream and waits until its end is recorded.
    pub async fn finish(mut self) -> Result<(), GateError<std::convert::Infallible>> {
        self.recorded = true;
        self.completion(self.ended()).await
    }
}

/// Waits until something ended a stream for good, and for ever where nothing does.
async fn until_cut(reading: Arc<Reading>, mut changed: watch::Receiver<u64>) -> GateError<Infallible> {
    loop {
        if let Some(error) = reading.ended() {
            return error;
        }
        if changed.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl<M> Stream<M> {
    /// How it ends that is given up: where it might have gone on, its reader left.
    fn ended(&self) -> StreamEnd {
        let state = self.inner.state();
        let refused = || self.reading.still_allowed(state, self.inner.env.now()).is_err();
        self.end.unwrap_or_else(|| match refused() {
            true => StreamEnd::Halted,
            false => StreamEnd::Left,
        })
    }

    fn completion(
        &self,
        end: StreamEnd,
    ) -> impl Future<Output = Result<(), GateError<std::convert::Infallible>>> + Send + 'static {
        let (inner, writer) = (Arc::clone(&self.inner), Arc::clone(&self.inner));
        let (actor, compartment) = (self.actor, Compartment::Lab(self.reading.holder.lab));
        let (objects, bytes) = (self.sent.objects, self.sent.bytes);
        let fact = Fact::ReadCompleted {
            stream: self.id,
            objects,
            bytes,
            end,
        };
        let record = move |state: &State, tx: &mut Tx<'_>| {
            let now = writer.env.now();
            record::append(tx, &writer.secrets, state, compartment, actor, fact, now)?;
            Ok(())
        };
        async move { inner.write(record).await }
    }
}

impl<M> Drop for Stream<M> {
    fn drop(&mut self) {
        if self.recorded {
            return;
        }
        let completion = self.completion(self.ended());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = completion.await {
                    tracing::warn!(%error, "the end of a stream could not be recorded; its intent stands");
                }
            });
        }
    }
}
