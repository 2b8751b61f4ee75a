//! Keys that a keyholder of the lab's own minted: it is the witness of the lab's ledger, and leases against a checkpoint that extends the
//! last one it saw, with the proof.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::tree::{TreeReader, consistency_tiles, root_tiles, verify_consistency};
use cofferdam_model::entry::hex32;
use cofferdam_model::env::Env;
use cofferdam_model::{Compartment, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::ingest::IngestError;
use cofferdam_seal::keyholder::wire::{Consistency, LeaseCall};
use cofferdam_seal::keyholder::{KeyKind, KeyholderError, LabKeyholder, LabKeyholders, LeaseRequest};
use cofferdam_store::{Reader, Store, StoreError, ledger};

use crate::error::Integrity;
use crate::keys::{KeyError, locked};
use crate::openings::Opening;
use crate::secrets::Secrets;
use crate::watermark::hashes;

/// So often is a checkpoint brought, where the keyholder has seen another meanwhile: nodes of one installation race.
const TRIES: u32 = 4;
/// How long to wait for what another node has just signed.
const ANOTHER: Duration = Duration::from_millis(300);

/// The keyholders that labs run, as this node is enrolled with them.
pub(crate) struct Witnesses {
    pub(crate) keyholders: Arc<dyn LabKeyholders>,
    pub(crate) store: Store,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) env: Env,
    lanes: Mutex<HashMap<Compartment, Arc<tokio::sync::Mutex<Lane>>>>,
    /// Why a lab's keyholder gave no key when it was last asked for one, and since when it gives none.
    troubles: Mutex<HashMap<Compartment, Trouble>>,
}

/// Why there is no key of a lab's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// Why, when it was last asked.
    pub why: String,
}

/// What one compartment's leases have between them: they are asked for one after another.
#[derive(Default)]
pub(crate) struct Lane {
    /// Entries of the last checkpoint that the keyholder took; 0: not known.
    seen: u64,
}

/// A lease as it was granted.
pub(crate) struct Granted {
    pub(crate) opening: Opening,
    /// When it was asked for, by this node's clock: microseconds.
    pub(crate) asked: i64,
}

impl Witnesses {
    pub(crate) fn new(
        keyholders: Arc<dyn LabKeyholders>,
        store: Store,
        secrets: Arc<Secrets>,
        env: Env,
    ) -> Self {
        Self {
            keyholders,
            store,
            secrets,
            env,
            lanes: Mutex::default(),
            troubles: Mutex::default(),
        }
    }

    /// The keyholder of a compartment, if this node is enrolled with it and it is the one with that authority.
    pub(crate) fn of(
        &self,
        compartment: Compartment,
        authority: &[u8; 32],
    ) -> Result<Arc<dyn LabKeyholder>, KeyError> {
        let found = self.keyholders.of(Id128::new(compartment.to_bytes()));
        let own = found.filter(|keyholder| keyholder.authority() == *authority);
        own.ok_or_else(|| {
            KeyError::Keyholder(format!(
                "this node is not enrolled with the keyholder {} of {compartment}: have the lab run `cofferdam-keyholder enrol`, and give \
                 its code to `cofferdam lab keyholder`",
                hex32::encode(authority)
            ))
        })
    }

    /// Notes what came of asking for a key.
    pub(crate) fn note<T>(
        &self,
        compartment: Compartment,
        outcome: Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let mut troubles = locked(&self.troubles);
        match &outcome {
            Ok(_) => drop(troubles.remove(&compartment)),
            Err(error) => {
                let known = troubles.get(&compartment).map(|trouble| trouble.since);
                let trouble = Trouble {
                    since: known.unwrap_or_else(|| self.env.now()),
                    why: error.in_full(),
                };
                troubles.insert(compartment, trouble);
            }
        }
        outcome
    }

    /// Why a compartment's keyholder gave no key when it was last asked for one.
    pub(crate) fn trouble(&self, compartment: Compartment) -> Option<Trouble> {
        locked(&self.troubles).get(&compartment).cloned()
    }

    /// It begins anew.
    pub(crate) fn forget(&self, compartment: Compartment) {
        locked(&self.troubles).remove(&compartment);
    }

    /// Of how many compartments that is so.
    pub(crate) fn in_trouble(&self) -> usize {
        locked(&self.troubles).len()
    }

    /// The lane of a compartment, for one at a time.
    pub(crate) fn lane(&self, compartment: Compartment) -> Arc<tokio::sync::Mutex<Lane>> {
        Arc::clone(locked(&self.lanes).entry(compartment).or_default())
    }

    /// Leases, with the newest checkpoint and what leads to it from the last one that the keyholder saw.
    pub(crate) async fn lease(
        &self,
        keyholder: &dyn LabKeyholder,
        compartment: Compartment,
        lane: &mut Lane,
        request: &LeaseRequest,
        kind: KeyKind,
    ) -> Result<Granted, KeyError> {
        for _ in 0..TRIES {
            let brought = self.brought(compartment, lane.seen).await?;
            if brought.size < lane.seen {
                // Either the ledger was put back here, or the lab accepted that it was.
                lane.seen = seen_by(keyholder, compartment)
                    .await
                    .map_err(|e| KeyError::of_labs(&e))?;
                if brought.size < lane.seen {
                    tokio::time::sleep(ANOTHER).await;
                }
                continue;
            }
            let asked = self.env.now().as_micros();
            let call = LeaseCall {
                lease: LeaseRequest {
                    checkpoint: Some(brought.checkpoint),
                    now_micros: asked,
                    ..request.clone()
                },
                proof: brought.proof,
            };
            let leased = match kind {
                KeyKind::Epoch => keyholder.lease(call).await.map(|leased| leased.grant.into()),
                KeyKind::Ingest => keyholder.lease_ingest(call).await.and_then(|leased| {
                    let lease = leased.grant.into_lease();
                    let wrong = |error: IngestError| KeyholderError::Tampered {
                        what: error.to_string(),
                    };
                    lease.map(|lease| Opening::Ingest(Arc::new(lease))).map_err(wrong)
                }),
            };
            match leased {
                Ok(opening) => {
                    lane.seen = brought.size;
                    let other = || KeyError::Keyholder("it granted another key than was asked for".into());
                    let fits = opening.is_of(request.epoch, request.reason);
                    return fits.then_some(Granted { opening, asked }).ok_or_else(other);
                }
                Err(KeyholderError::Behind { size }) => {
                    if size >= brought.size {
                        tokio::time::sleep(ANOTHER).await;
                    }
                    lane.seen = size;
                }
                Err(error) => return Err(KeyError::of_labs(&error)),
            }
        }
        Err(KeyError::of_labs(&KeyholderError::Behind { size: lane.seen }))
    }

    async fn brought(&self, compartment: Compartment, seen: u64) -> Result<Brought, KeyError> {
        let key = self.secrets.ledger_key(compartment);
        let key =
            key.map_err(|error| Integrity::of(format!("the key of {compartment}"), error.to_string()))?;
        let read = move |reader: &mut Reader<'_>| {
            Ok::<_, StoreError>(bring(reader, compartment, key.verifying_key(), seen))
        };
        self.store.read(read).await?
    }
}

/// How many entries of a ledger its keyholder has seen.
async fn seen_by(keyholder: &dyn LabKeyholder, compartment: Compartment) -> Result<u64, KeyholderError> {
    let compartment = Id128::new(compartment.to_bytes());
    let ledgers = keyholder.status().await?.ledgers;
    let own = ledgers
        .into_iter()
        .find(|ledger| ledger.compartment == compartment);
    Ok(own.map_or(0, |ledger| ledger.size))
}

/// What a lease is asked for with.
struct Brought {
    checkpoint: String,
    size: u64,
    proof: Option<Consistency>,
}

/// The checkpoint and the proof, of one moment. A proof that did not hold would be a contradiction, and stop the lab: so it is checked
/// here first, against the checkpoint's own root.
fn bring(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    key: &cofferdam_ledger::note::VerifyingKey,
    seen: u64,
) -> Result<Brought, KeyError> {
    let wrong = |problem: String| Integrity::of(format!("the tree of {compartment}"), problem);
    let head = ledger::head(reader, compartment)?;
    let text = head.and_then(|head| head.checkpoint);
    let checkpoint = text.ok_or_else(|| wrong("it has no checkpoint yet".into()))?;
    let open = Checkpoint::open(checkpoint.as_bytes(), key, &[]).map_err(|error| wrong(error.to_string()))?;
    let (size, root) = (open.checkpoint.size(), open.checkpoint.root());
    if seen == 0 || seen >= size {
        return Ok(Brought {
            checkpoint,
            size,
            proof: None,
        });
    }
    let mut tiles = BTreeMap::new();
    for coord in consistency_tiles(seen, size)
        .into_iter()
        .chain(root_tiles(size, size))
        .chain(root_tiles(seen, size))
    {
        tiles.insert(coord, hashes(reader, compartment, coord)?);
    }
    let mut tree = TreeReader::new(tiles, size);
    let old = tree.root(seen).map_err(|error| wrong(error.to_string()))?;
    let proof = tree.consistency(seen).map_err(|error| wrong(error.to_string()))?;
    verify_consistency(seen, old, size, root, &proof)
        .map_err(|_| wrong("its tiles are not those of its checkpoint".into()))?;
    Ok(Brought {
        checkpoint,
        size,
        proof: Some(Consistency {
            old: seen,
            hashes: proof.iter().map(|hash| STANDARD.encode(hash.0)).collect(),
        }),
    })
}
