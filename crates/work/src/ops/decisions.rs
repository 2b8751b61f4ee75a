//! What a lab decides on a delivery: it takes it, or sends rows back, and the work behind them with it.

use std::collections::HashSet;

use cofferdam_custody::{Again, Caller, Command, Done, GateError, ObjectKind, Plaintext, Scope, Sealed};
use cofferdam_model::work::Delivery;
use cofferdam_model::{Act, DeliveryId, EngagementId, Fact, ProjectId, Timestamp};
use cofferdam_store::delivery::{self, DeliveryRow, ItemRow};
use cofferdam_store::submission::{self, SubmissionRow};

use super::bound::{self, What};
use super::guidelines::reference;
use super::{Platform, WorkError};
use crate::blank::is_blank;

const MOST_ROWS: usize = 10_000;
const MOST_REASON_BYTES: usize = 64 << 10;

/// A row that the lab sends back.
#[derive(Debug, Clone)]
pub struct ReturnedRow {
    /// Its number, from 1.
    pub row: u64,
    /// Why.
    pub reason: String,
}

/// A row that the lab sent back, as the lab reads it again.
#[derive(Debug)]
pub struct SentBack {
    /// Its number, from 1.
    pub row: u64,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<Plaintext>,
}

/// Some of the rows that the lab sent back.
#[derive(Debug)]
pub struct SentBackPage {
    /// In their order.
    pub rows: Vec<SentBack>,
    /// Whether there are more behind them.
    pub more: bool,
}

struct Decide {
    project: ProjectId,
    delivery: DeliveryId,
    returned: Vec<(u64, Sealed)>,
}

impl Command for Decide {
    /// The delivery, and how many answers went back to their authors.
    type Output = (DeliveryRow, u64);
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("decide"));

    fn act(&self) -> Act {
        Act::DecideDelivery
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        let row = own(scope, self.delivery, self.project)?;
        scope.check_delivery(&row)?;
        let accepted = self.returned.is_empty();
        let next = if accepted {
            row.state.accept()
        } else {
            row.state.return_rows()
        };
        let next = next.map_err(|_| decided(row.state))?;
        let mut facts = vec![if accepted {
            Fact::DeliveryAccepted { delivery: row.id }
        } else {
            let rows = self.returned.len() as u64;
            Fact::DeliveryRowsReturned {
                delivery: row.id,
                rows,
            }
        }];
        for (number, reason) in &self.returned {
            scope.put(reason)?;
            let object = Some(reason.reference().object);
            let item = delivery::return_row(scope.tx, row.id, *number, object, scope.now)?;
            let item = item.ok_or_else(|| {
                let text = format!("the delivery has no row {number} that was not sent back before");
                WorkError::invalid("/rows", text)
            })?;
            scope.secrets.check_seal(&item)?;
            facts.extend(send_back(scope, &item)?);
        }
        // The first says what was decided, each other that an answer went back.
        let went_back = facts.len() as u64 - 1;
        let decided = scope.secrets.stamped(DeliveryRow {
            state: next,
            decided: Some(scope.now),
            ..row
        });
        delivery::decide(scope.tx, &decided)?;
        Ok(Done {
            output: (decided, went_back),
            facts,
            consequences: Vec::new(),
        })
    }
}

/// A delivery of this lab and project.
fn own(
    scope: &mut Scope<'_, '_>,
    id: DeliveryId,
    project: ProjectId,
) -> Result<DeliveryRow, GateError<WorkError>> {
    let row = delivery::get(scope.tx.reader(), id)?;
    let row = row.filter(|row| row.lab == scope.engagement.lab && row.project == project);
    let row = row.ok_or(WorkError::NotFound("delivery"))?;
    scope.secrets.check_seal(&row)?;
    Ok(row)
}

/// Why nothing more can be decided, and what to do next.
fn decided(state: Delivery) -> WorkError {
    WorkError::Conflict(match state {
        Delivery::Offered => "this delivery waits for a decision".into(),
        Delivery::Accepted => "this delivery was accepted already; what is wrong with it goes into the next one".into(),
        Delivery::RowsReturned => {
            "rows of this delivery were sent back already: they are with their authors. Decide on the next delivery, \
             which holds the other rows again, and these once they are mended"
                .to_owned()
        }
    })
}

/// Sends the answers that a row is back to their authors. Those that are there already, that no delivery may contain, or
/// that are others since, stay as they are.
fn send_back(scope: &mut Scope<'_, '_>, item: &ItemRow) -> Result<Vec<Fact>, GateError<WorkError>> {
    let delivery = item.delivery;
    let mut facts = Vec::new();
    for given in submission::of_task(scope.tx.reader(), item.task)? {
        if !item.answers.contains(&(given.id, given.version)) {
            continue;
        }
        // Not of others: those of another row may have gone back in this transaction.
        scope.check_submission(&given)?;
        let Ok(state) = given.state.send_back() else {
            continue;
        };
        let row = scope.secrets.stamped(SubmissionRow { state, ..given });
        submission::update(scope.tx, &row)?;
        facts.push(Fact::SubmissionSentBack {
            submission: given.id,
            delivery,
        });
    }
    Ok(facts)
}

struct ReadReasons {
    project: ProjectId,
    delivery: DeliveryId,
    after: u64,
    limit: u32,
}

impl Command for ReadReasons {
    /// The rows, and whether there are more behind them.
    type Output = (Vec<delivery::ReturnedRow>, bool);
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::DecideDelivery
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        own(scope, self.delivery, self.project)?;
        // One more than asked for tells that there is more: it is not read.
        let mut rows = delivery::returned(scope.tx.reader(), self.delivery, self.after, self.limit + 1)?;
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let mut objects = Vec::new();
        for row in &rows {
            if let Some(reason) = row.reason {
                bound::check(scope, &What::Reason(reason, row.delivery, row.row))?;
                objects.push(reference(scope.tx, reason, 1, ObjectKind::ReturnReason)?);
            }
        }
        let project = self.project;
        let facts = if objects.is_empty() {
            Vec::new()
        } else {
            vec![Fact::ObjectsReleased { project, objects }]
        };
        Ok(Done {
            output: (rows, more),
            facts,
            consequences: Vec::new(),
        })
    }
}

impl Platform {
    /// The lab takes a delivery.
    pub async fn accept_delivery(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
    ) -> Result<DeliveryRow, WorkError> {
        let project = self.delivery(id).await?.project;
        self.admitted(caller, engagement, Act::DecideDelivery, Some(project))
            .await?;
        let command = Decide {
            project,
            delivery: id,
            returned: Vec::new(),
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output.0)
    }

    /// The lab sends rows back, each with its reason; the answers behind them go back to their authors, who read it. How many did
    /// is told: those that are back already, or were mended since the delivery was made, stay where they are.
    pub async fn return_rows(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
        rows: &[ReturnedRow],
    ) -> Result<(DeliveryRow, u64), WorkError> {
        if rows.is_empty() || rows.len() > MOST_ROWS {
            return Err(WorkError::invalid(
                "/rows",
                "1 to 10,000 rows can be sent back at a time",
            ));
        }
        let wrong = |r: &ReturnedRow| is_blank(&r.reason) || r.reason.len() > MOST_REASON_BYTES;
        if let Some(index) = rows.iter().position(wrong) {
            let field = format!("/rows/{index}/reason");
            return Err(WorkError::invalid(
                field,
                "a reason is needed that can be read, of at most 64 KiB",
            ));
        }
        let mut seen = HashSet::new();
        if let Some(index) = rows.iter().position(|r| !seen.insert(r.row)) {
            let field = format!("/rows/{index}/row");
            return Err(WorkError::invalid(
                field,
                "this row is named twice; say it once, with one reason",
            ));
        }
        let row = self.delivery(id).await?;
        self.admitted(caller, engagement, Act::DecideDelivery, Some(row.project))
            .await?;
        let mut returned = Vec::with_capacity(rows.len());
        for sent_back in rows {
            let fresh = self.fresh()?;
            let object = bound::reason(self.gate.secrets(), fresh, id, sent_back.row);
            let (kind, text) = (ObjectKind::ReturnReason, sent_back.reason.as_bytes());
            let sealed = self
                .gate
                .seal(row.lab, row.project, kind, object, 1, text)
                .await?;
            returned.push((sent_back.row, sealed));
        }
        let command = Decide {
            project: row.project,
            delivery: id,
            returned,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// The rows that the lab sent back, with its reasons: its own words, which it reads under its own engagement. At most
    /// `limit` after that row: no more is read, or recorded, than is answered.
    pub async fn returned_reasons(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
        after: u64,
        limit: u32,
    ) -> Result<SentBackPage, WorkError> {
        let project = self.delivery(id).await?.project;
        let released = self
            .gate
            .transact(
                caller,
                engagement,
                ReadReasons {
                    project,
                    delivery: id,
                    after,
                    limit,
                },
            )
            .await?;
        let (rows, more) = released.output;
        let mut reasons = released.plaintexts.into_iter();
        let rows = rows.into_iter().map(|row| SentBack {
            row: row.row,
            at: row.returned,
            reason: row.reason.and_then(|_| reasons.next()),
        });
        Ok(SentBackPage {
            rows: rows.collect(),
            more,
        })
    }
}
