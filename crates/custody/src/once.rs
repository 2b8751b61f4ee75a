//! A request that carries a key is done once: what it answered is kept in the transaction that did it.
//!
//! Whoever asks again with the same key, because nobody answered, gets the first answer, also when the process or its
//! machine died between doing and answering. Kept are ids, states, counts and names, never plaintext or a secret.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use cofferdam_model::Timestamp;
use cofferdam_store::idempotency::{self, AnswerRow};
use cofferdam_store::{Reader, StoreError, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::gate::Gate;
use crate::secrets::Secrets;

tokio::task_local! {
    static ASKED: Asked;
}

/// What tells a repeated request from another one.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Hash of the caller's secret and the key.
    pub request: [u8; 32],
    /// Hash of what is asked.
    pub body: [u8; 32],
}

/// Does `work` as one request that may be repeated.
pub async fn once<T>(asked: Asked, work: impl Future<Output = T>) -> T {
    ASKED.scope(asked, work).await
}

/// How the output of a command is kept. A request does each command at most once.
#[derive(Debug)]
pub struct Again<T> {
    name: &'static str,
    keep: fn(&T) -> Option<String>,
    read: fn(&str) -> Option<T>,
}

impl<T: Serialize + DeserializeOwned> Again<T> {
    /// As JSON. `name` tells one command of a request from another, for ever.
    #[must_use]
    pub const fn json(name: &'static str) -> Self {
        Self {
            name,
            keep: |output| serde_json::to_string(output).ok(),
            read: |text| serde_json::from_str(text).ok(),
        }
    }
}

/// One command of a request that may be repeated.
pub(crate) struct Turn<T> {
    again: Again<T>,
    request: [u8; 32],
    body: [u8; 32],
}

impl<T> Turn<T> {
    /// Of the request that this task does, if it carries a key and the command can be answered again.
    pub(crate) fn of(again: Option<Again<T>>) -> Option<Self> {
        let asked = ASKED.try_with(|asked| *asked).ok()?;
        let again = again?;
        let mut context = Context::new(&SHA256);
        context.update(&asked.request);
        context.update(again.name.as_bytes());
        let mut request = [0; 32];
        request.copy_from_slice(context.finish().as_ref());
        Some(Self {
            again,
            request,
            body: asked.body,
        })
    }

    /// What was answered before.
    pub(crate) fn before(&self, reader: &mut Reader<'_>, secrets: &Secrets) -> Result<Option<T>, StoreError> {
        let Some(row) = idempotency::get(reader, &self.request)? else {
            return Ok(None);
        };
        let own = row.body == self.body && secrets.check_seal(&row).is_ok();
        let answered = (self.again.read)(&row.outcome).filter(|_| own);
        answered.map(Some).ok_or_else(|| StoreError::Corrupt {
            table: "idempotency",
            problem: "an answer that was kept is not the one to what was asked".into(),
        })
    }

    /// Keeps an answer with what it answers for.
    pub(crate) fn keep(
        &self,
        tx: &mut Tx<'_>,
        secrets: &Secrets,
        output: &T,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(outcome) = (self.again.keep)(output) else {
            return Ok(());
        };
        let row = AnswerRow {
            request: self.request,
            body: self.body,
            outcome,
            created: now,
            seal: [0; 32],
        };
        idempotency::insert(tx, &secrets.stamped(row))
    }
}

impl Gate {
    /// What this request was answered before: for those who look at rows that its first doing changed.
    pub async fn answered<T: Send + 'static>(
        &self,
        again: Option<Again<T>>,
    ) -> Result<Option<T>, StoreError> {
        let Some(turn) = Turn::of(again) else {
            return Ok(None);
        };
        let secrets = Arc::clone(&self.inner.secrets);
        let read = move |reader: &mut Reader<'_>| turn.before(reader, &secrets);
        self.inner.store.read(read).await
    }
}
