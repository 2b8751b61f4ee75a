//! What is on its way out, and how it went.

use cofferdam_model::{
    About, Compartment, EngagementId, Id, LabId, MessageId, PrincipalId, Timestamp, WebhookId,
};

use crate::error::StoreError;
use crate::notice::about;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// By which way, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// By e-mail to a person: the address is looked up when it is sent.
    Mail(PrincipalId),
    /// To a webhook.
    Webhook(WebhookId),
}

impl Target {
    /// The number that stands for the way in storage.
    pub const fn channel(&self) -> i64 {
        match self {
            Self::Mail(_) => 0,
            Self::Webhook(_) => 1,
        }
    }

    /// The way's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mail(_) => "e-mail",
            Self::Webhook(_) => "webhook",
        }
    }

    /// The id's bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        match self {
            Self::Mail(id) => id.as_bytes(),
            Self::Webhook(id) => id.as_bytes(),
        }
    }

    fn from_parts(channel: i64, bytes: [u8; 16]) -> Result<Self, StoreError> {
        match channel {
            0 => Ok(Self::Mail(Id::from_bytes(bytes))),
            1 => Ok(Self::Webhook(Id::from_bytes(bytes))),
            other => Err(StoreError::Corrupt {
                table: "outbox",
                problem: format!("channel {other}"),
            }),
        }
    }
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is tried again.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was tried often enough.
    GivenUp,
    /// Whom it was for wants none any more.
    NotWanted,
}

impl Sent {
    const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::GivenUp, Self::NotWanted];

    const fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Delivered => 1,
            Self::GivenUp => 2,
            Self::NotWanted => 3,
        }
    }

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
            Self::NotWanted => "not-wanted",
        }
    }
}

/// How one attempt went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Delivered,
    /// There was an answer, and it was another.
    Answered,
    /// Nobody was reached.
    Unreachable,
    /// There was no answer in time.
    Late,
    /// The address is one that nothing is sent to.
    NotAllowed,
}

impl Outcome {
    const ALL: [Self; 5] = [
        Self::Delivered,
        Self::Answered,
        Self::Unreachable,
        Self::Late,
        Self::NotAllowed,
    ];

    const fn code(self) -> i64 {
        match self {
            Self::Delivered => 0,
            Self::Answered => 1,
            Self::Unreachable => 2,
            Self::Late => 3,
            Self::NotAllowed => 4,
        }
    }

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Answered => "answered-otherwise",
            Self::Unreachable => "unreachable",
            Self::Late => "not-in-time",
            Self::NotAllowed => "not-allowed",
        }
    }
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageRow {
    /// Its id, by which a receiver tells a repeated one.
    pub id: MessageId,
    /// To whom.
    pub target: Target,
    /// What it says.
    pub about: About,
    /// The recipient's own engagement that it is about.
    pub engagement: Option<EngagementId>,
    /// The lab, where the recipient speaks for it.
    pub lab: Option<LabId>,
    /// The ledger and the entry that it was made of.
    pub source: (Compartment, u64),
    /// That entry's time.
    pub at: Timestamp,
    /// How it stands.
    pub state: Sent,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: Timestamp,
}

fn of<T: Copy>(all: &[T], code: impl Fn(T) -> i64, found: i64, table: &'static str) -> Result<T, StoreError> {
    let known = all.iter().find(|one| code(**one) == found);
    known.copied().ok_or_else(|| StoreError::Corrupt {
        table,
        problem: format!("state {found}"),
    })
}

fn read(row: &dyn Row) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        id: row.id(0)?,
        target: Target::from_parts(row.i64(1)?, row.array(2)?)?,
        about: about(row, "outbox", 3)?,
        engagement: row.maybe_id(5)?,
        lab: row.maybe_id(6)?,
        source: (Compartment::from_bytes(row.array(7)?), row.u64(8)?),
        at: row.time(9)?,
        state: of(&Sent::ALL, Sent::code, row.i64(10)?, "outbox")?,
        attempts: row.u32(11)?,
        due: row.time(12)?,
    })
}

/// Adds a message; one that is there already is left as it is.
pub fn insert(tx: &mut Tx<'_>, m: &MessageRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO outbox (id, channel, target, kind, about, engagement, lab, compartment, entry, moment, state,
             attempts, due)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING",
        params![
            m.id,
            m.target.channel(),
            *m.target.bytes(),
            m.about.code(),
            *m.about.bytes(),
            Maybe(&m.engagement),
            Maybe(&m.lab),
            m.source.0.to_bytes(),
            m.source.1,
            m.at,
            m.state.code(),
            m.attempts,
            m.due
        ],
    )?;
    Ok(())
}

/// To whom something is due by now, at most `limit`: first for whom it waited longest.
pub fn receivers(reader: &mut Reader<'_>, now: Timestamp, limit: u32) -> Result<Vec<Target>, StoreError> {
    reader.all(
        "SELECT channel, target, MIN(due) FROM outbox WHERE state = 0 AND due <= $1
         GROUP BY channel, target ORDER BY MIN(due), target LIMIT $2",
        params![now, limit],
        |row| Target::from_parts(row.i64(0)?, row.array(1)?),
    )
}

/// What is due to one of them by now, in the order in which it was made, at most `limit`.
pub fn due_to(
    reader: &mut Reader<'_>,
    target: Target,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<MessageRow>, StoreError> {
    reader.all(
        "SELECT id, channel, target, kind, about, engagement, lab, compartment, entry, moment, state, attempts, due
         FROM outbox WHERE state = 0 AND target = $1 AND channel = $2 AND due <= $3 ORDER BY id LIMIT $4",
        params![*target.bytes(), target.channel(), now, limit],
        read,
    )
}

/// Has what is due to one of them before a time wait until then.
pub fn postpone(tx: &mut Tx<'_>, target: Target, until: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET due = $3 WHERE state = 0 AND target = $1 AND channel = $2 AND due < $3",
        params![*target.bytes(), target.channel(), until],
    )?;
    Ok(())
}

/// How many messages wait.
pub fn waiting(reader: &mut Reader<'_>) -> Result<u64, StoreError> {
    let count = reader.first("SELECT COUNT(*) FROM outbox WHERE state = 0", &[], |row| {
        row.u64(0)
    })?;
    Ok(count.unwrap_or(0))
}

/// Every message, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<MessageRow>, StoreError> {
    reader.all(
        "SELECT id, channel, target, kind, about, engagement, lab, compartment, entry, moment, state, attempts, due
         FROM outbox ORDER BY id",
        &[],
        read,
    )
}

/// Keeps how a message stands, and when it is tried next.
pub fn update(tx: &mut Tx<'_>, m: &MessageRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET state = $2, attempts = $3, due = $4 WHERE id = $1",
        params![m.id, m.state.code(), m.attempts, m.due],
    )?;
    Ok(())
}

/// One attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRow {
    /// Of which message.
    pub message: MessageId,
    /// Which one, from 1.
    pub n: u32,
    /// When.
    pub at: Timestamp,
    /// How it went.
    pub outcome: Outcome,
    /// The status of HTTP or SMTP, where there was an answer.
    pub status: Option<u32>,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// Adds an attempt.
pub fn insert_attempt(tx: &mut Tx<'_>, a: &AttemptRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO outbox_attempt (message, n, tried, outcome, status, seal) VALUES ($1, $2, $3, $4, $5, $6)",
        params![a.message, a.n, a.at, a.outcome.code(), a.status.map(i64::from), a.seal],
    )?;
    Ok(())
}

fn read_attempt(row: &dyn Row, from: usize) -> Result<AttemptRow, StoreError> {
    Ok(AttemptRow {
        message: row.id(0)?,
        n: row.u32(from)?,
        at: row.time(from + 1)?,
        outcome: of(&Outcome::ALL, Outcome::code, row.i64(from + 2)?, "outbox_attempt")?,
        status: row.int(from + 3)?.and_then(|status| u32::try_from(status).ok()),
        seal: row.array(from + 4)?,
    })
}

fn read_logged(row: &dyn Row) -> Result<(AttemptRow, MessageRow), StoreError> {
    Ok((read_attempt(row, 13)?, read(row)?))
}

/// Every attempt, for a check of the whole: message by message, the first first.
pub fn attempts(reader: &mut Reader<'_>) -> Result<Vec<AttemptRow>, StoreError> {
    reader.all(
        "SELECT message, n, tried, outcome, status, seal FROM outbox_attempt ORDER BY message, n",
        &[],
        |row| read_attempt(row, 1),
    )
}

/// A message of that kind that waits for a receiver, if there is one.
pub fn waiting_to(
    reader: &mut Reader<'_>,
    target: Target,
    kind: i64,
) -> Result<Option<MessageRow>, StoreError> {
    reader.first(
        "SELECT id, channel, target, kind, about, engagement, lab, compartment, entry, moment, state, attempts, due
         FROM outbox WHERE state = 0 AND target = $1 AND channel = $2 AND kind = $3 ORDER BY id LIMIT 1",
        params![*target.bytes(), target.channel(), kind],
        read,
    )
}

/// Attempts with their messages before the one given, newest first, at most `limit`.
pub fn log(
    reader: &mut Reader<'_>,
    before: (Timestamp, MessageId, u32),
    limit: u32,
) -> Result<Vec<(AttemptRow, MessageRow)>, StoreError> {
    reader.all(
        "SELECT m.id, m.channel, m.target, m.kind, m.about, m.engagement, m.lab, m.compartment, m.entry, m.moment,
             m.state, m.attempts, m.due, a.n, a.tried, a.outcome, a.status, a.seal
         FROM outbox_attempt AS a JOIN outbox AS m ON m.id = a.message
         WHERE (a.tried, a.message, a.n) < ($1, $2, $3)
         ORDER BY a.tried DESC, a.message DESC, a.n DESC LIMIT $4",
        params![before.0, before.1, before.2, limit],
        read_logged,
    )
}

/// The last attempt to reach a webhook, and the message that it was.
pub fn last_to(
    reader: &mut Reader<'_>,
    webhook: WebhookId,
) -> Result<Option<(AttemptRow, MessageRow)>, StoreError> {
    reader.first(
        "SELECT m.id, m.channel, m.target, m.kind, m.about, m.engagement, m.lab, m.compartment, m.entry, m.moment,
             m.state, m.attempts, m.due, a.n, a.tried, a.outcome, a.status, a.seal
         FROM outbox_attempt AS a JOIN outbox AS m ON m.id = a.message
         WHERE m.target = $1 AND m.channel = 1 ORDER BY a.tried DESC, a.message DESC, a.n DESC LIMIT 1",
        params![webhook],
        read_logged,
    )
}

/// Takes out what was done with before that time, with its attempts. How many messages that were.
pub fn trim(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM outbox_attempt WHERE message IN (SELECT id FROM outbox WHERE state <> 0 AND due < $1)",
        params![before],
    )?;
    tx.execute(
        "DELETE FROM outbox WHERE state <> 0 AND due < $1",
        params![before],
    )
}
