//! How a fold follows what other nodes append: entry by entry, each checked as on load.

use std::sync::Arc;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_model::Compartment;
use cofferdam_store::ledger::{EndRow, Ends, EntryRow, HeadRow};

use super::{End, Fold, Mark, Tree, wrong_head};
use crate::error::Integrity;
use crate::record::Appended;
use crate::secrets::Secrets;

/// The ledgers that are not as they are known.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    /// Those that go on beyond what is known, and from which entry; those that were begun since from their first.
    pub(crate) further: Vec<(Compartment, u64)>,
    /// Those that end elsewhere, with what is wrong with that.
    pub(crate) otherwise: Vec<(Compartment, Integrity)>,
}

/// How a ledger stands to what is known of it.
enum Stands {
    /// It ends where it is known to; or where it did before what this node has appended just now, and has not committed.
    Level,
    /// It goes on from there: others have appended.
    Further(u64),
    /// Neither: somebody moved its end, or this node lost its turn and does not know it yet.
    Otherwise,
}

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

    /// Takes in that a group of writes is durable.
    pub(crate) fn committed(&mut self) {
        self.base.clear();
    }

    /// How a ledger, as it is stored, stands to what is known of it.
    fn stands(&self, compartment: Compartment, end: &EndRow) -> Stands {
        let Some(known) = self.ends.get(&compartment) else {
            return match self.is_broken(compartment) {
                true => Stands::Level,
                false => Stands::Further(0),
            };
        };
        let is = |known: &End| end.head.size == known.size && end.leaf.unwrap_or_default() == known.leaf;
        let base = self.base.get(&compartment);
        if is(known) || base.is_some_and(is) {
            Stands::Level
        } else if base.is_none() && end.head.size > known.size {
            Stands::Further(known.size)
        } else {
            Stands::Otherwise
        }
    }

    /// What is not known yet of the ledgers as they are stored.
    pub(crate) fn behind(&self, ends: &Ends) -> Behind {
        let mut behind = Behind::default();
        for (compartment, end) in ends {
            // What does not read, the next round of integration names.
            let Ok(end) = end else { continue };
            match self.stands(*compartment, end) {
                Stands::Level => {}
                Stands::Further(from) => behind.further.push((*compartment, from)),
                Stands::Otherwise => {
                    let problem = format!(
                        "it ends at {} entries, with another last one than was recorded",
                        end.head.size
                    );
                    behind
                        .otherwise
                        .push((*compartment, wrong_head(*compartment, problem)));
                }
            }
        }
        behind
    }

    /// Begins a ledger that another node began.
    pub(crate) fn begin_theirs(&mut self, compartment: Compartment) {
        if !self.ends.contains_key(&compartment) && !self.is_broken(compartment) {
            self.make(compartment);
        }
    }

    /// Takes in an entry that another node appended, if it is not known yet; whether it is one that authorises. The last that is
    /// known must be the one before it.
    pub(crate) fn follow(
        &mut self,
        compartment: Compartment,
        row: &EntryRow,
        appended: &Appended,
    ) -> Result<bool, Integrity> {
        let known = self.ends.get(&compartment).copied().unwrap_or_default();
        let n = appended.entry.n;
        if self.is_broken(compartment) || n + 1 < known.size {
            return Ok(false);
        }
        if n + 1 == known.size {
            return match row.leaf == known.leaf {
                true => Ok(false),
                false => Err(Integrity::entry(
                    compartment,
                    n,
                    "it is another than was recorded",
                )),
            };
        }
        let folded = self.authorities.get(&compartment).map_or(0, |a| a.folded());
        if row.authorising.is_some_and(|number| number != folded + 1) {
            let problem = "an authorising entry before it is missing";
            return Err(Integrity::entry(compartment, n, problem));
        }
        self.take_in(compartment, appended)
            .map(|()| appended.entry.fact.authorises())
    }

    /// Takes in how far other nodes grew and signed the trees.
    pub(crate) fn follow_trees(&mut self, ends: &Ends, secrets: &Secrets) -> Vec<(Compartment, Integrity)> {
        let mut wrong = Vec::new();
        for (compartment, end) in ends {
            let (Some(tree), Ok(EndRow { head, .. })) = (self.trees.get(compartment), end) else {
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
