//! Streams that are open: what ends one ends it for good, though it is undone before the stream is asked for more.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use cofferdam_model::{Act, Decision, Draw, EngagementId, ProjectId, Refusal, Timestamp};
use cofferdam_store::engagement::HolderRow;

use crate::auth::Caller;
use crate::error::{GateError, Integrity, Unproven};
use crate::gate::{Gate, Inner, admit_recorded};
use crate::known::State;
use crate::state::Ask;

/// A stream, as far as it is asked whether it may go on.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) caller: Caller,
    pub(crate) holder: HolderRow,
    pub(crate) act: Act,
    pub(crate) project: ProjectId,
    cut: OnceLock<Cut>,
}

/// What ended a stream for good.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Refused(Refusal),
    /// By a credential that proves nothing any more.
    Unproven(Unproven),
    /// Nothing was heard of other nodes for too long, or not of everything that they did.
    Adrift,
}

impl Cut {
    /// Of what is not known, nothing is said but that it does not go on.
    fn refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Unproven(_) | Self::Adrift => Refusal::NotEngaged,
        }
    }
}

impl Reading {
    /// What ended it, as an error; none: nothing so far.
    pub(crate) fn ended<E>(&self) -> Option<GateError<E>> {
        Some(match self.cut.get()? {
            Cut::Refused(refusal) => GateError::Refused(*refusal),
            Cut::Unproven(why) => (*why).into(),
            Cut::Adrift => Integrity::unsettled().into(),
        })
    }

    /// Whether it may go on. Once it may not, it may not for ever.
    pub(crate) fn still_allowed(&self, state: &State, now: Timestamp) -> Result<(), Refusal> {
        if let Some(cut) = self.cut.get() {
            return Err(cut.refusal());
        }
        if let Err(why) = state.proves(&self.caller, now) {
            return Err(self.cut.get_or_init(|| Cut::Unproven(why)).refusal());
        }
        let ask = Ask {
            engagement: self.holder.engagement,
            act: self.act,
            project: Some(self.project),
            draw: Draw::default(),
            now,
        };
        match state.decide(&self.caller.0, &ask, Some(&self.holder)) {
            Ok(Decision::Allow) => Ok(()),
            Ok(Decision::Deny(refusal)) => Err(self.cut.get_or_init(|| Cut::Refused(refusal)).refusal()),
            // There is no answer, so nothing goes on now.
            Err(_) => Err(Refusal::NotEngaged),
        }
    }
}

/// Watch over what is sent on under an engagement though nothing of it is opened: a delivery's file on its way.
pub struct Watch {
    inner: Arc<Inner>,
    reading: Arc<Reading>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Watch {
    /// Whether more may be sent, by what is known of other nodes too: it waits for that. Once it may not, it may not for ever, though
    /// what ended it is undone.
    pub async fn goes_on(&self) -> Result<(), GateError<Infallible>> {
        let inner = &self.inner;
        inner.settle().await?;
        let why = |refusal| self.reading.ended().unwrap_or(GateError::Refused(refusal));
        let allowed = self.reading.still_allowed(inner.state(), inner.env.now());
        allowed.map_err(why)
    }
}

impl Gate {
    /// Keeps watch from now on, where the act is allowed now.
    pub async fn watch(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        act: Act,
        project: ProjectId,
    ) -> Result<Watch, GateError<Infallible>> {
        let (inner, caller) = (Arc::clone(&self.inner), *caller);
        let begun = self.inner.write(move |state, tx| {
            let ask = Ask {
                engagement,
                act,
                project: Some(project),
                draw: Draw::default(),
                now: inner.env.now(),
            };
            state.proves(&caller, ask.now)?;
            let admitted = admit_recorded(&inner, state, tx, &caller, &ask)?;
            Ok(admitted.map(|holder| inner.readings.open(caller, holder, act, project)))
        });
        let reading = begun.await?.map_err(GateError::Refused)?;
        Ok(Watch {
            inner: Arc::clone(&self.inner),
            reading,
        })
    }
}

/// Every stream that is open.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<Vec<Weak<Reading>>>);

impl Readings {
    /// Keeps watch over a stream, until it is dropped. On the writer's thread, so that no halt comes between.
    pub(crate) fn open(
        &self,
        caller: Caller,
        holder: HolderRow,
        act: Act,
        project: ProjectId,
    ) -> Arc<Reading> {
        let reading = Arc::new(Reading {
            caller,
            holder,
            act,
            project,
            cut: OnceLock::new(),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|reading| reading.strong_count() > 0);
        all.push(Arc::downgrade(&reading));
        reading
    }

    /// Ends all of them: whether something came between that ended one is not known any more.
    pub(crate) fn end(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for reading in all.iter().filter_map(Weak::upgrade) {
            reading.cut.get_or_init(|| Cut::Adrift);
        }
    }

    /// Cuts those that may not go on now.
    pub(crate) fn cut(&self, state: &State, now: Timestamp) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let adrift = state.is_adrift();
        for reading in all.iter().filter_map(Weak::upgrade) {
            if adrift {
                reading.cut.get_or_init(|| Cut::Adrift);
            }
            // What is refused is kept there.
            let _ = reading.still_allowed(state, now);
        }
    }
}
