//! Keys that a keyholder of the lab's own minted: it is the witness of the lab's ledger, and leases against a checkpoint that extends the
//! last one it saw, with the proof.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::tree::{TreeReader, consistency_tiles, root_tiles};
use cofferdam_model::Compartment;
use cofferdam_model::entry::hex32;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{Consistency, LeaseCall};
use cofferdam_seal::keyholder::{KeyholderError, LabKeyholder, LabKeyholders, LeaseGrant, LeaseRequest};
use cofferdam_store::{Reader, Store, StoreError, ledger};

use crate::error::Integrity;
use crate::keys::{KeyError, locked};
use crate::secrets::Secrets;
use crate::watermark::hashes;

/// So often is a checkpoint brought, where the keyholder has seen another meanwhile: nodes of one installation race.
const TRIES: u32 = 4;
/// How long to wait for what another node has just signed.
const ANOTHER: Duration = Duration::from_millis(300);
/// A keyholder that is away is not asked again before that, for each of many who wait: microseconds.
const REST_MICROS: i64 = 2_000_000;

/// The keyholders that labs run, as this node is enrolled with them.
pub(crate) struct Witnesses {
    pub(crate) keyholders: Arc<dyn LabKeyholders>,
    pub(crate) store: Store,
    pub(crate) secrets: Arc<Secrets>,
    lanes: Mutex<HashMap<Compartment, Arc<tokio::sync::Mutex<Lane>>>>,
}

/// What one compartment's leases have between them: they are asked for one after another.
#[derive(Default)]
pub(crate) struct Lane {
    /// Entries of the last checkpoint that the keyholder took; 0: not known.
    seen: u64,
    /// Until when it is not asked again, and why.
    away: Option<(i64, KeyholderError)>,
}

impl Witnesses {
    pub(crate) fn new(keyholders: Arc<dyn LabKeyholders>, store: Store, secrets: Arc<Secrets>) -> Self {
        Self {
            keyholders,
            store,
            secrets,
            lanes: Mutex::default(),
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
        request: LeaseRequest,
    ) -> Result<LeaseGrant, KeyError> {
        let now = request.now_micros;
        match &lane.away {
            Some((until, why)) if now < *until => return Err(KeyError::of(why)),
            _ => lane.away = None,
        }
        let outcome = self.try_lease(keyholder, compartment, lane, request).await?;
        outcome.map_err(|error| {
            if matches!(error, KeyholderError::Unavailable { .. }) {
                lane.away = Some((now.saturating_add(REST_MICROS), error.clone()));
            }
            KeyError::of(&error)
        })
    }

    async fn try_lease(
        &self,
        keyholder: &dyn LabKeyholder,
        compartment: Compartment,
        lane: &mut Lane,
        request: LeaseRequest,
    ) -> Result<Result<LeaseGrant, KeyholderError>, KeyError> {
        for _ in 0..TRIES {
            let brought = self.brought(compartment, lane.seen).await?;
            let call = LeaseCall {
                lease: LeaseRequest {
                    checkpoint: Some(brought.checkpoint),
                    ..request.clone()
                },
                proof: brought.proof,
            };
            match keyholder.lease(call).await {
                Ok(leased) => {
                    lane.seen = brought.size;
                    return Ok(Ok(leased.grant));
                }
                Err(KeyholderError::Behind { size }) => {
                    if size >= brought.size {
                        tokio::time::sleep(ANOTHER).await;
                    }
                    lane.seen = size;
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Err(KeyholderError::Behind { size: lane.seen }))
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

/// What a lease is asked for with.
struct Brought {
    checkpoint: String,
    size: u64,
    proof: Option<Consistency>,
}

/// The checkpoint and the proof, of one moment. A proof that did not hold would be a contradiction, and stop the lab: so the tiles are
/// held against the checkpoint first.
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
    {
        tiles.insert(coord, hashes(reader, compartment, coord)?);
    }
    let mut tree = TreeReader::new(tiles, size);
    let found = tree.root(size).map_err(|error| wrong(error.to_string()))?;
    if found != root {
        return Err(wrong("its tiles are not those of its checkpoint".into()).into());
    }
    let proof = tree.consistency(seen).map_err(|error| wrong(error.to_string()))?;
    Ok(Brought {
        checkpoint,
        size,
        proof: Some(Consistency {
            old: seen,
            hashes: proof.iter().map(|hash| STANDARD.encode(hash.0)).collect(),
        }),
    })
}
