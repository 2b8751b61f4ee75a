//! How a fold follows what other nodes append: entry by entry, each checked as on load.

use std::sync::Arc;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_model::Compartment;
use cofferdam_store::ledger::{EntryRow, HeadRow, Heads};

use super::{End, Fold, Mark, Tree, wrong_head};
use crate::error::Integrity;
use crate::record::Appended;
use crate::secrets::Secrets;

impl Fold {
    /// Marks it as behind what other nodes may have appended: the next transaction brings it up to date first.
    pub(crate) fn lag(&mut self) {
        self.lagging = true;
        self.shared = true;
    }

    /// Whether other nodes may have appended since it was brought up to date.
    pub(crate) fn is_lagging(&self) -> bool {
        self.lagging
    }

    /// Takes in that a transaction, in its turn, saw all that others appended.
    pub(crate) fn is_level(&mut self) {
        self.lagging = false;
    }

    /// Whether nothing was heard of other nodes for so long that nothing may go on; whether that is new.
    pub(crate) fn drift(&mut self, adrift: bool) -> bool {
        std::mem::replace(&mut self.adrift, adrift) != adrift
    }

    /// Whether nothing may go on for that.
    pub(crate) fn is_adrift(&self) -> bool {
        self.adrift
    }

    /// The ledgers that go on beyond what is known, and from which entry; those that were begun since from their first.
    pub(crate) fn behind(&self, heads: &Heads) -> Vec<(Compartment, u64)> {
        let beyond = |(compartment, head): (&Compartment, &Result<HeadRow, _>)| {
            let known = self.ends.get(compartment).map(|end| end.size);
            // What does not read, or is less than is known, the next round of integration names.
            let size = head.as_ref().ok()?.size;
            let further = known.is_none_or(|known| known < size) && !self.is_broken(*compartment);
            further.then_some((*compartment, known.unwrap_or(0)))
        };
        heads.iter().filter_map(beyond).collect()
    }

    /// Begins a ledger that another node began.
    pub(crate) fn begin_theirs(&mut self, compartment: Compartment) {
        if !self.ends.contains_key(&compartment) && !self.is_broken(compartment) {
            let touched = self.touched;
            self.begin(compartment);
            self.touched = touched;
        }
    }

    /// Takes in an entry that another node appended, if it is not known yet; whether it is one that authorises.
    pub(crate) fn follow(
        &mut self,
        compartment: Compartment,
        row: &EntryRow,
        appended: &Appended,
    ) -> Result<bool, Integrity> {
        let known = self.ends.get(&compartment).copied().unwrap_or(End::default());
        if appended.entry.n < known.size || self.is_broken(compartment) {
            return Ok(false);
        }
        let folded = self.authorities.get(&compartment).map_or(0, |a| a.folded());
        if row.authorising.is_some_and(|number| number != folded + 1) {
            let problem = "an authorising entry before it is missing";
            return Err(Integrity::entry(compartment, appended.entry.n, problem));
        }
        // It is durable: what a transaction of this node's undoes is not this.
        let touched = self.touched;
        let applied = self.apply(compartment, appended);
        self.touched = touched;
        applied.map(|()| appended.entry.fact.authorises())
    }

    /// Takes in how far other nodes grew and signed the trees.
    pub(crate) fn follow_trees(&mut self, heads: &Heads, secrets: &Secrets) -> Vec<(Compartment, Integrity)> {
        let mut wrong = Vec::new();
        for (compartment, head) in heads {
            let (Some(tree), Ok(head)) = (self.trees.get(compartment), head) else {
                continue;
            };
            if head.integrated <= tree.size {
                continue;
            }
            match theirs(secrets, *compartment, head) {
                Ok(tree) => {
                    self.trees.insert(*compartment, tree);
                }
                Err(found) => wrong.push((*compartment, found)),
            }
        }
        wrong
    }
}

/// The tree that another node signed. Whether it holds the entries that are there, its next growth tells, and the patrol.
fn theirs(secrets: &Secrets, compartment: Compartment, head: &HeadRow) -> Result<Tree, Integrity> {
    let wrong = |problem: String| wrong_head(compartment, problem);
    let key = secrets
        .ledger_key(compartment)
        .map_err(|error| wrong(error.to_string()))?;
    let text = head.checkpoint.as_deref().unwrap_or_default();
    let signed = Checkpoint::open(text.as_bytes(), key.verifying_key(), &[])
        .map_err(|error| wrong(format!("its tree head: {error}")))?;
    let size = signed.checkpoint.size();
    if size != head.integrated || size > head.size {
        let said = head.integrated;
        return Err(wrong(format!(
            "its tree is said to hold {said} entries, and its signed head says {size}"
        )));
    }
    Ok(Tree {
        size,
        checkpoint: Some(Arc::from(text)),
        mark: Mark::Due,
    })
}
