//! Following the ledgers: read on, draw, and keep all of it at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::PoisonError;

use cofferdam_custody::{Gate, GateError};
use cofferdam_model::{Compartment, LabId, MessageId, PrincipalId, Timestamp};
use cofferdam_store::notice::{self, CursorRow, MissedRow, NoticeRow};
use cofferdam_store::outbox::{self, MessageRow, Sent, Target};
use cofferdam_store::{Reader, Tx, contact, ledger};

use crate::draw::{Drawn, draw, draw_missed, id_at, is_wanted};
use crate::{Notifier, NotifyError, backoff};

/// Entries read at a time.
const BATCH: u32 = 1_024;
/// After so many entries that nobody is told of, how far was read is kept all the same: a new process begins there.
const KEEP: u64 = 8_192;
/// How long what was done with is kept, and how often it is looked for.
const KEPT_MICROS: i64 = 90 * 86_400 * 1_000_000;
const TRIM_MICROS: i64 = 3_600 * 1_000_000;

/// How far a ledger was read, and how far the database knows it.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    next: u64,
    kept: Option<u64>,
}

/// The same of every ledger.
#[derive(Debug, Default)]
pub(crate) struct Places {
    of: HashMap<Compartment, Place>,
    /// Whether a lab may still have to be told of something.
    missed: bool,
    trimmed: Option<Timestamp>,
}

impl Notifier {
    /// Reads every ledger to its end. A ledger that is closed, or that does not check, keeps its place, and no other waits for it; the
    /// first such is the error.
    pub(crate) async fn follow(&self) -> Result<(), NotifyError> {
        let mut places = self.inner.places.lock().await;
        if places.is_none() {
            *places = Some(self.begin().await?);
        }
        let heads = self.gate().store().read(ledger::heads).await?;
        // Whoever is told of something must be known to this node, though another has recorded it.
        self.gate().hear_others().await?;
        let mut failed = None;
        for (compartment, head) in heads {
            // What does not read others tell of.
            let Ok(head) = head else { continue };
            if self.gate().is_closed(compartment) {
                continue;
            }
            let Some(known) = places.as_mut() else { break };
            let place = known.of.entry(compartment).or_default();
            let before = place.next;
            match self.to_the_end(compartment, head.size, place).await {
                Ok(true) => known.missed |= compartment == Compartment::Installation && place.next != before,
                // Somebody else moved it: what is known is read anew.
                Ok(false) => *places = None,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(known) = places.as_mut() {
            if known.missed {
                known.missed = self.catch_up().await?;
            }
            self.trim(known).await?;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Forgets how far it read: somebody else reads on.
    pub(crate) async fn forget(&self) {
        *self.inner.places.lock().await = None;
    }

    /// How far each ledger was read. Where none ever was, all begin at their ends: nobody is told of years that are past.
    async fn begin(&self) -> Result<Places, NotifyError> {
        let gate = self.gate().clone();
        let begin = move |tx: &mut Tx<'_>| {
            let mut rows = notice::cursors(tx.reader())?;
            if !rows
                .iter()
                .any(|row| row.compartment == Compartment::Installation)
            {
                rows = ends(&gate, tx)?;
            }
            let mut places = Places::default();
            for row in rows {
                gate.secrets().check_seal(&row)?;
                let (next, kept) = (row.next, Some(row.next));
                places.of.insert(row.compartment, Place { next, kept });
            }
            places.missed = true;
            Ok::<_, NotifyError>(places)
        };
        let places = self.gate().store().write(begin).await?;
        let open = places.of.keys().filter_map(|of| self.gate().authority(*of).ok()?);
        let mut scopes = self.inner.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        for authority in open {
            let halts = authority.halts();
            scopes.extend(halts.map(|halt| ((authority.compartment(), halt.id), halt.scope)));
        }
        drop(scopes);
        Ok(places)
    }

    /// `false` where the database knows another place.
    async fn to_the_end(
        &self,
        compartment: Compartment,
        size: u64,
        place: &mut Place,
    ) -> Result<bool, NotifyError> {
        while place.next < size {
            let most = u32::try_from(size - place.next).unwrap_or(BATCH).min(BATCH);
            let (drawn, next) = self.read(compartment, place.next, most).await?;
            if next <= place.next {
                break;
            }
            if drawn.is_empty() && next - place.kept.unwrap_or(0) < KEEP {
                place.next = next;
                continue;
            }
            let told: BTreeSet<PrincipalId> = drawn.notices.iter().map(|row| row.recipient).collect();
            if !self.keep(compartment, place.kept, next, drawn).await? {
                return Ok(false);
            }
            (place.next, place.kept) = (next, Some(next));
            self.inner.due.notify_one();
            if !told.is_empty() {
                self.gate().tell(told.into_iter());
            }
        }
        Ok(true)
    }

    async fn read(
        &self,
        compartment: Compartment,
        from: u64,
        most: u32,
    ) -> Result<(Drawn, u64), NotifyError> {
        let (gate, scopes) = (self.gate().clone(), self.inner.scopes.clone());
        let read = move |reader: &mut Reader<'_>| {
            let read = gate.read_on(reader, compartment, from, most, is_wanted)?;
            let mut drawn = Drawn::default();
            for entry in &read.entries {
                draw((&gate, &scopes), reader, compartment, entry, &mut drawn)?;
            }
            Ok::<_, GateError<std::convert::Infallible>>((drawn, read.next))
        };
        Ok(self.gate().store().read(read).await?)
    }

    /// Keeps notices, what is to be sent, and how far was read: all of it, or nothing where another place is known.
    async fn keep(
        &self,
        compartment: Compartment,
        from: Option<u64>,
        next: u64,
        drawn: Drawn,
    ) -> Result<bool, NotifyError> {
        let gate = self.gate().clone();
        let by_mail = self.inner.options.mail.is_some();
        let keep = move |tx: &mut Tx<'_>| {
            let known = notice::cursor(tx.reader(), compartment)?;
            if known.map(|row| row.next) != from {
                return Ok(false);
            }
            put(&gate, tx, by_mail, compartment, drawn)?;
            let cursor = CursorRow {
                compartment,
                next,
                seal: [0; 32],
            };
            notice::set_cursor(tx, &gate.secrets().stamped(cursor))?;
            Ok::<_, NotifyError>(true)
        };
        self.gate().store().write(keep).await
    }

    /// Tells labs whose ledgers were closed what they were not told. Whether something is left.
    async fn catch_up(&self) -> Result<bool, NotifyError> {
        let mut left = false;
        for row in self.gate().store().read(notice::missed).await? {
            if self.gate().is_closed(Compartment::Lab(row.lab)) {
                left = true;
                continue;
            }
            self.gate().secrets().check_seal(&row)?;
            self.make_up(row).await?;
        }
        Ok(left)
    }

    async fn make_up(&self, row: MissedRow) -> Result<(), NotifyError> {
        let (lab, source) = (row.lab, Compartment::Installation);
        let (gate, scopes) = (self.gate().clone(), self.inner.scopes.clone());
        let read = move |reader: &mut Reader<'_>| {
            let read = gate.read_on(reader, source, row.entry, 1, |_| true)?;
            let mut drawn = Drawn::default();
            for entry in &read.entries {
                draw_missed((&gate, &scopes), reader, lab, entry, &mut drawn)?;
            }
            Ok::<_, GateError<std::convert::Infallible>>(drawn)
        };
        let drawn = self.gate().store().read(read).await?;
        let told: BTreeSet<PrincipalId> = drawn.notices.iter().map(|row| row.recipient).collect();
        let (gate, by_mail) = (self.gate().clone(), self.inner.options.mail.is_some());
        let keep = move |tx: &mut Tx<'_>| {
            if notice::remove_missed(tx, lab, row.entry)? {
                put(&gate, tx, by_mail, source, drawn)?;
            }
            Ok::<_, NotifyError>(())
        };
        self.gate().store().write(keep).await?;
        self.inner.due.notify_one();
        self.gate().tell(told.into_iter());
        Ok(())
    }

    /// Takes out what was done with long ago, now and then.
    async fn trim(&self, places: &mut Places) -> Result<(), NotifyError> {
        let now = self.gate().env().now();
        let long_ago = |at: Timestamp| now.micros_since(at) >= TRIM_MICROS;
        if places.trimmed.is_some_and(|at| !long_ago(at)) {
            return Ok(());
        }
        let before = Timestamp::from_micros(now.as_micros().saturating_sub(KEPT_MICROS));
        let trim = move |tx: &mut Tx<'_>| outbox::trim(tx, before);
        self.gate().store().write(trim).await?;
        places.trimmed = Some(now);
        Ok(())
    }
}

/// Every ledger's end, kept as how far it was read.
fn ends(gate: &Gate, tx: &mut Tx<'_>) -> Result<Vec<CursorRow>, NotifyError> {
    let mut rows = Vec::new();
    for compartment in ledger::compartments(tx.reader())? {
        let head = ledger::head(tx.reader(), compartment)?;
        let row = gate.secrets().stamped(CursorRow {
            compartment,
            next: head.map_or(0, |head| head.size),
            seal: [0; 32],
        });
        notice::set_cursor(tx, &row)?;
        rows.push(row);
    }
    Ok(rows)
}

/// Notices, what is to be sent of them, and what labs are still to be told.
fn put(
    gate: &Gate,
    tx: &mut Tx<'_>,
    by_mail: bool,
    compartment: Compartment,
    drawn: Drawn,
) -> Result<(), NotifyError> {
    for row in &drawn.notices {
        notice::insert(tx, row)?;
        if by_mail && row.about.is_mailed() {
            letter(gate, tx, row)?;
        }
    }
    for (lab, about, entry, at) in drawn.events {
        events(gate, tx, lab, |target| MessageRow {
            id: id_at(at),
            target,
            about,
            engagement: None,
            lab: Some(lab),
            source: (compartment, entry),
            at,
            state: Sent::Waiting,
            attempts: 0,
            due: gate.env().now(),
        })?;
    }
    for (lab, entry) in drawn.missed {
        let seal = [0; 32];
        let row = gate.secrets().stamped(MissedRow { lab, entry, seal });
        notice::insert_missed(tx, &row)?;
    }
    Ok(())
}

/// A letter to whoever has an address.
fn letter(gate: &Gate, tx: &mut Tx<'_>, row: &NoticeRow) -> Result<(), NotifyError> {
    if contact::address(tx.reader(), row.recipient)?.is_none() {
        return Ok(());
    }
    let message = gate.secrets().bound(MessageRow {
        id: id_at::<MessageId>(row.at),
        target: Target::Mail(row.recipient),
        about: row.about,
        engagement: row.engagement,
        lab: row.lab,
        source: row.source,
        at: row.at,
        state: Sent::Waiting,
        attempts: 0,
        due: gate.env().now(),
    });
    Ok(outbox::insert(tx, &message)?)
}

/// A message to each of a lab's webhooks.
fn events(
    gate: &Gate,
    tx: &mut Tx<'_>,
    lab: LabId,
    message: impl Fn(Target) -> MessageRow,
) -> Result<(), NotifyError> {
    let authority = match gate.authority(Compartment::Lab(lab)) {
        Err(_) if gate.is_closed(Compartment::Lab(lab)) => None,
        known => known?,
    };
    for webhook in authority.iter().flat_map(|a| a.webhooks()) {
        let message = gate.secrets().bound(message(Target::Webhook(webhook)));
        outbox::insert(tx, &message)?;
    }
    Ok(())
}

/// When a message that waits since then is of no more use.
pub(crate) fn is_too_old(message: &MessageRow, now: Timestamp) -> bool {
    now.micros_since(message.at) > backoff::TOO_OLD_MICROS
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_model::Id as _;

    #[test]
    fn an_id_begins_with_its_time() {
        let id: MessageId = id_at(Timestamp::from_micros(1_774_346_400_123_456));
        assert_eq!(id.as_bytes()[..6], 1_774_346_400_123_u64.to_be_bytes()[2..]);
    }
}
