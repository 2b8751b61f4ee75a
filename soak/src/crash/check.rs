//! Holds what was told against what is there.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, split_bundle};
use cofferdam_model::{Actor, Entry, Fact};

use super::load::{LABS, OVERLAP};
use super::witness::{Release, Submitted, Witness};
use super::world::World;

/// What the ledgers say.
#[derive(Default)]
struct Recorded {
    released: HashMap<Release, u64>,
    submitted: HashSet<Submitted>,
    stopped: HashSet<(String, String)>,
    /// Which holds were answered, of each task.
    answered: HashMap<String, HashSet<String>>,
    entries: u64,
}

/// Exports and verifies every ledger, holds it against what was told, and lets `doctor` look at the rest; how many
/// entries there are. The server is stopped for it, and started again.
pub(super) async fn everything(world: &mut World, witness: &Witness) -> Result<u64> {
    world.stop_server().await?;
    let doctor = world.run(&["doctor", "--data"])?;
    ensure!(doctor.contains("all is as it was written"), "doctor: {doctor}");
    world.serve().await?;
    let mut recorded = Recorded::default();
    for lab in LABS {
        world.export_ledger(lab)?;
        read(&world.export(lab), &mut recorded)?;
    }
    for submitted in &witness.submitted {
        ensure!(
            recorded.submitted.contains(submitted),
            "acknowledged and gone: {submitted:?}"
        );
    }
    for stopped in &witness.stopped {
        ensure!(
            recorded.stopped.contains(stopped),
            "a time that was told is gone: {stopped:?}"
        );
    }
    for (release, times) in &witness.released {
        let known = recorded.released.get(release).copied().unwrap_or(0);
        ensure!(
            known >= *times,
            "came {times} times and is recorded {known} times: {release:?}"
        );
    }
    for (task, holds) in &recorded.answered {
        ensure!(
            holds.len() <= OVERLAP,
            "{task} was answered {} times",
            holds.len()
        );
    }
    Ok(recorded.entries)
}

/// Takes in an exported ledger, which was verified as it was written.
fn read(folder: &Path, recorded: &mut Recorded) -> Result<()> {
    let signed = fs::read(folder.join("checkpoint"))?;
    let key = fs::read_to_string(folder.join("vkey"))?.trim().parse()?;
    let size = Checkpoint::open(&signed, &key, &[])?.checkpoint.size();
    for index in 0..size.div_ceil(TILE_WIDTH) {
        let coord = BundleCoord::in_log(index, size).context("a bundle beyond the end")?;
        let bundle = fs::read(folder.join(coord.to_string())).with_context(|| coord.to_string())?;
        for entry in split_bundle(&bundle) {
            take(serde_json::from_slice(entry?)?, recorded);
        }
    }
    recorded.entries += size;
    Ok(())
}

fn take(entry: Entry, recorded: &mut Recorded) {
    let engagement = match entry.by {
        Actor::Engaged { engagement, .. } => engagement.to_string(),
        _ => String::new(),
    };
    match entry.fact {
        Fact::TaskReleased { task, assignment, .. } => {
            let release = Release {
                engagement,
                assignment: assignment.to_string(),
                task: task.to_string(),
            };
            *recorded.released.entry(release).or_default() += 1;
        }
        Fact::SubmissionReceived {
            submission,
            task,
            assignment,
            ..
        } => {
            let holds = recorded.answered.entry(task.to_string()).or_default();
            holds.insert(assignment.to_string());
            recorded.submitted.insert(Submitted {
                engagement,
                assignment: assignment.to_string(),
                submission: submission.to_string(),
            });
        }
        Fact::TimerStopped { timer, .. } => {
            recorded.stopped.insert((engagement, timer.to_string()));
        }
        _ => {}
    }
}
